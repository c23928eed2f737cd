//! The linter: finds lists and charts, reconciles them, runs the rules. Gives typed findings; prints nothing, writes nothing.

mod check;
mod context;
mod discovery;
mod finding;
mod note;
mod reconcile;
mod rule;
mod rules;

pub use crate::inventory::ChartName;
pub use check::{Checked, CheckedChart, CheckedList, Settings, check, images};
pub use discovery::{Workspace, discover};
pub use finding::{Edit, Finding, Fix, Refusal, Related, Safety, Severity};
pub use reconcile::{Coverage, Listed, NotedChart, Reconciliation, Verdict, reconcile, same_image};
pub use rule::{Rule, nearest_rule, rule, rules};

pub(crate) use context::{Context, Judged};
