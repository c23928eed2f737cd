//! Deployed, not listed.

use crate::inventory::Kind;
use crate::lint::addition::additions;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    additions(rule, context, Kind::Container, |used| {
        format!("{} deploys {}, which is not listed", used.chart, used.reference)
    })
}
