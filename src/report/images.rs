//! The inventory for people: each image once, with what deploys it and where its text comes from.

use std::fmt::Write as _;
use std::path::Path;

use super::human::Style;
use super::location::Place;
use crate::inventory::{Inventory, Use};
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
        let _ = writeln!(out, "{}", style.paint("1", image));
        for used in inventory.uses.iter().filter(|used| used.reference.as_str() == image) {
            let when = used.when.as_deref().map(when).unwrap_or_default();
            let _ = writeln!(out, "  {} in {}{}{when}", used.place(), used.path.join(" > "), scenarios(used));
        }
        for (span, _) in first.origins().into_iter().filter(|(_, layer)| *layer != Layer::Computed) {
            let place = Place::new(sources, root, span);
            let text = sources.slice(span);
            let text = text.lines().next().unwrap_or_default();
            let _ = writeln!(out, "    {}:{}:{}: {text}", place.path, place.start.line, place.start.column);
        }
    }
    if known.is_empty() {
        out.push_str("The charts deploy no image.\n");
    }
    for malformed in &inventory.malformed {
        let _ = writeln!(out, "not an image, left out: `{}` in {}", malformed.text, malformed.template);
    }
    out
}

/// Under which condition, in words.
pub(super) fn when(when: &str) -> String {
    match when.split_once("values: ") {
        Some(("", _)) => ", optional: no template prints these values".to_owned(),
        Some((switches, _)) => format!(", optional: only with {}", switches.trim_end_matches(", ")),
        None => format!(", optional: only with {when}"),
    }
}

fn scenarios(used: &Use) -> String {
    if used.scenarios == ["default"] { String::new() } else { format!(" ({})", used.scenarios.join(", ")) }
}
