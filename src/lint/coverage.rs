//! What a survey of charts says about charts and images of which not all is known. Judges nothing.

use std::collections::HashMap;

use super::number::as_written;
use super::reconcile::Coverage;
use crate::image::Reference;
use crate::inventory::{Inventory, Survey};
use crate::source::{Sources, Text};

/// What `survey` says of charts that images could come from.
pub(super) fn coverage(sources: &Sources, survey: &Survey) -> Coverage {
    let malformed = &survey.inventory.malformed;
    // Where not even a repository can be read, anything may be meant.
    let meaningless = || malformed.iter().filter(|image| without_version(&image.text).is_none());
    let unknown = meaningless().map(|image| image.chart.name.clone());
    let above = meaningless().flat_map(|image| charts_above(&image.template));
    Coverage {
        unknown: survey.unknown.iter().cloned().chain(unknown).collect(),
        above_unknown: survey.above_unknown.iter().cloned().chain(above).collect(),
        known: survey.known.clone(),
        disabled: survey.disabled.clone(),
        malformed: malformed.iter().filter_map(|image| without_version(&image.text)).collect(),
        written: written(sources, &survey.inventory),
        written_malformed: malformed.iter().filter_map(|image| meant_as(sources, &image.text)).collect(),
        ..Coverage::default()
    }
}

/// The uses with numbers that Helm prints otherwise than they are written, as they are meant.
fn written(sources: &Sources, inventory: &Inventory) -> HashMap<usize, Reference> {
    let uses = inventory.uses.iter().enumerate().filter(|(_, used)| used.when.is_none());
    uses.filter_map(|(at, used)| Some((at, meant_as(sources, &used.text)?))).collect()
}

fn meant_as(sources: &Sources, image: &Text) -> Option<Reference> {
    as_written(sources, image).and_then(|text| Reference::parse(&text).ok())
}

/// What the charts are called above the one of the template of that name: `[a, b]` of `a/charts/b/charts/c/templates/x.yaml`.
fn charts_above(template: &str) -> Vec<String> {
    let mut called: Vec<String> = template.split("/charts/").map(str::to_owned).collect();
    called.pop();
    called
}

/// The repository of an image whose tag or digest is missing behind its mark.
fn without_version(image: &str) -> Option<Reference> {
    Reference::parse(image.trim_end_matches([':', '@'])).ok()
}
