//! What reading and writing YAML does, in tables that were recorded from Helm 3.10.1.

mod places;
mod read;
mod robust;
mod write;

use super::*;
use crate::source::{Layer, Sources, Text};

/// `text` as a values file.
fn file(text: &str) -> Text {
    Text::of_file(Sources::new().add("values.yaml", text.into()), text.into(), Layer::Values)
}

/// The exact place of a text in the one file of a test, if it was taken over letter by letter.
fn exact(text: &Text) -> Option<std::ops::Range<usize>> {
    text.exact_span().map(|span| span.range())
}

/// All places of a text in the one file of a test.
fn places(origins: &crate::source::Origins) -> Vec<(usize, usize)> {
    let places = origins.as_ref().map(crate::source::Origin::places).unwrap_or_default();
    places.into_iter().map(|(span, ..)| (span.range().start, span.range().end)).collect()
}
