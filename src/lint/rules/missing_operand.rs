//! Named for a controller that will pull it, not listed.

use crate::inventory::Kind;
use crate::lint::addition::additions;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    additions(rule, context, Kind::Operand, |used| {
        format!("{} is not listed, but {} names it for a controller to pull", used.reference, used.chart)
    })
}
