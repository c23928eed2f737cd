//! Deployed, not listed.

use crate::inventory::Kind;
use crate::lint::addition::additions;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    additions(rule, context, Kind::Container, |used| {
        format!("{} is not listed, but {} deploys it", used.reference, used.chart)
    })
}
