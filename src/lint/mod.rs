//! The linter: finds lists and charts, reconciles them, runs the rules. Gives typed findings; prints nothing, writes nothing.

mod addition;
mod assumption;
mod cause;
mod check;
mod choice;
mod context;
mod coverage;
mod defect;
mod deployment;
mod discovery;
mod exemption;
mod finding;
mod gaps;
mod kept;
mod misread;
mod mistaken;
mod naming;
mod note;
mod number;
mod objects;
mod opening;
mod order;
mod overridden;
mod passed_over;
mod plan;
mod provenance;
mod reading;
mod reconcile;
mod rule;
mod rules;
mod same;
mod settings;
mod shorten;
mod style;
mod supply;
mod suppress;
mod targets;
mod text_files;
mod underlying;
mod verdict;
mod walk;

pub use crate::inventory::ChartName;
pub use assumption::Assumption;
pub use check::{Checked, CheckedChart, CheckedList, Decision, Since, check, decide, images};
pub use choice::charts_around;
pub use deployment::{Deployment, deployments};
pub use discovery::{
    LIST_NAME, Unread, Workspace, discover, find, find_around, find_charts_here, find_here, home_of,
    places_of_configuration, repository_of,
};
pub use finding::{Beside, Edit, Finding, Fix, Refusal, Related, Safety, Severity};
pub use kept::Kept;
pub use opening::{Configuring, Opened, configure, open, open_charts, settings_of, store};
pub use plan::{LostEntry, Plan, Step};
pub use reconcile::{Coverage, Listed, NotedChart, Reconciliation, reconcile};
pub use rule::{PAGES, Rule, nearest_rule, rule, rules};
pub use same::{brings, may_bring, same_image, serves, wanted};
pub use settings::{Outlook, Settings};
pub use verdict::{Standing, Verdict};

pub(crate) use context::{Context, Judged};
#[cfg(feature = "lsp")]
pub(crate) use defect::words;
#[cfg(feature = "lsp")]
pub(crate) use note::source_note;
pub(crate) use reading::{Says, says};
pub(crate) use suppress::{Fault, FaultKind};
