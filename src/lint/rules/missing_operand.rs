//! Named for a controller that will pull it, not listed.

use crate::inventory::Kind;
use crate::lint::addition::additions;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    additions(rule, context, Kind::Operand, |used| {
        let (chart, image, place) = (&used.chart, &used.reference, used.place());
        format!("{chart} names {image} for a controller to pull ({place}), which is not listed")
    })
}
