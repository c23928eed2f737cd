//! The inventory for people: each image once, with what deploys it and where its text comes from.

use std::fmt::Write as _;
use std::path::Path;

use super::human::{in_line, printable};
use super::location::Place;
use super::style::{Colour, Style};
use crate::inventory::when::in_words;
use crate::inventory::{Confidence, Inventory, Use};
use crate::source::{Layer, Sources};

/// The images, each with its uses and origins.
#[must_use]
pub fn images(inventory: &Inventory, sources: &Sources, root: &Path, style: Style) -> String {
    let mut out = String::new();
    let mut known: Vec<&str> = Vec::new();
    for first in &inventory.uses {
        let image = first.reference.as_str();
        if known.contains(&image) {
            continue;
        }
        known.push(image);
        let uses = || inventory.uses.iter().filter(|used| used.reference.as_str() == image);
        // One list may need what another one does not.
        let exempt = if uses().all(|used| used.exempt.is_some()) { first.exempt.as_deref() } else { None };
        let exempt = exempt.map(|reason| if reason.is_empty() { String::new() } else { format!(": {reason}") });
        let exempt = exempt.map(|reason| format!(" (exempt{})", in_line(&reason))).unwrap_or_default();
        let _ = writeln!(out, "{}{exempt}", style.paint(Colour::Strong, &in_line(image)));
        for used in uses() {
            let line = format!("{} in {}{}", used.place(), used.path.join(" > "), circumstances(used));
            let _ = writeln!(out, "  {}", in_line(&line));
        }
        for (span, _) in first.origins().into_iter().filter(|(_, layer)| *layer != Layer::Computed) {
            let place = Place::new(sources, root, span);
            let text = sources.slice(span);
            let text = text.lines().next().unwrap_or_default();
            let (path, text) = (in_line(&place.path), printable(text));
            let _ = writeln!(out, "    {path}:{}:{}: {text}", place.start.line, place.start.column);
        }
    }
    if known.is_empty() {
        out.push_str(if inventory.gaps.is_empty() {
            "The charts deploy no image.\n"
        } else {
            "No image is known: what the charts deploy could not all be found out.\n"
        });
    }
    for told in &inventory.disagreements {
        let place = told.span.map(|span| Place::new(sources, root, span));
        let place = place.map(|place| format!("{}:{}:{}: ", place.path, place.start.line, place.start.column));
        let _ = writeln!(out, "note: {}", in_line(&format!("{}{told}", place.unwrap_or_default())));
    }
    for malformed in &inventory.malformed {
        let what = if malformed.text.is_empty() { &malformed.message } else { &format!("`{}`", malformed.text) };
        let line = format!("{what} ({}, {})", malformed.template, malformed.workload);
        let _ = writeln!(out, "not an image, left out: {}", in_line(&line));
    }
    out
}

/// What is deployed, one image a line, each once.
#[must_use]
pub fn images_plain(inventory: &Inventory) -> String {
    let images = inventory.uses.iter().filter(|used| used.when.is_none()).map(|used| used.reference.as_str());
    let images: std::collections::BTreeSet<&str> = images.collect();
    images.into_iter().map(|image| format!("{image}\n")).collect()
}

/// Under which condition, in words.
pub(super) fn when(when: &str) -> String {
    format!(" (when {})", in_words(when))
}

/// The scenarios, where there are several, and the condition that is off.
fn circumstances(used: &Use) -> String {
    let scenarios = if used.scenarios == ["default"] { "" } else { &format!(" ({})", used.scenarios.join(", ")) };
    let when = used.when.as_deref().map(when).unwrap_or_default();
    let depends = match used.depends.as_slice() {
        [] => String::new(),
        depends => format!(" (depends on {})", depends.join(", ")),
    };
    let likely = used.naming.as_ref().is_some_and(|naming| naming.confidence == Confidence::Likely);
    let completed = if used.is_completed() { " (the node's system follows the tag)" } else { "" };
    format!("{scenarios}{when}{depends}{completed}{}", if likely { " (likely)" } else { "" })
}
