//! Named for a controller that will pull it, not listed.

use crate::inventory::Kind;
use crate::lint::addition::additions;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    additions(rule, context, Kind::Operand, |used| {
        format!("{} names {} for a controller to pull, which is not listed", used.chart, used.reference)
    })
}
