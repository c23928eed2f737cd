//! Which entries of lists and which places of charts belong together: through the texts of the images that the charts deploy.

use std::ops::Range;

use super::analysis::{Held, Room};
use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::Verdict;
use crate::mirror::Entry;
use crate::source::{FileId, Origin, Span, canonical};

/// The entry on whose line, or in whose comment block, byte `offset` of its list lies.
pub(super) fn entry_at<'a>(held: &'a Held<'_>, offset: usize) -> Option<(usize, &'a Entry)> {
    let list = &held.list;
    let line = list.lines.iter().rposition(|line| line.span.start as usize <= offset)?;
    list.entries.iter().enumerate().find(|(_, entry)| entry.line == line || entry.block.contains(&line))
}

impl Held<'_> {
    /// What is to be said of the entry of that index.
    pub fn verdict(&self, entry: usize) -> Option<&Verdict> {
        self.checked?.verdicts.get(&entry)
    }

    /// The uses that the entry of that index serves or should serve, and that of a switched-off chart.
    pub fn uses(&self, entry: usize) -> Vec<&Use> {
        let Some(checked) = self.checked else { return Vec::new() };
        let Some(verdict) = self.verdict(entry) else { return Vec::new() };
        let disabled = if let Verdict::Disabled { used, .. } = verdict { *used } else { None };
        verdict.uses().iter().chain(&disabled).filter_map(|at| checked.used(*at)).collect()
    }
}

/// The part of an image's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Registry,
    Path,
    Version,
    Whole,
}

impl Part {
    /// The part of `image` that byte `offset` of its text lies in.
    pub fn at(image: &Reference, offset: usize) -> Self {
        let holds =
            |range: Option<Range<usize>>| range.is_some_and(|range| range.start <= offset && offset <= range.end);
        match () {
            () if holds(image.tag_range()) || holds(image.digest_range()) => Self::Version,
            () if holds(Some(image.path_range())) => Self::Path,
            () if holds(image.registry_range()) => Self::Registry,
            () => Self::Whole,
        }
    }

    /// Its bytes in the text of `used`; all of them, where it has no such part.
    pub fn range(self, used: &Use) -> Range<usize> {
        let image = &used.reference;
        let range = match self {
            Self::Registry => image.registry_range(),
            Self::Path => Some(image.path_range()),
            Self::Version => image.tag_range().or(image.digest_range()),
            Self::Whole => None,
        };
        range.unwrap_or(0..used.text.len())
    }
}

/// How a place has to do with a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// A part of the image's text came from there.
    Origin,
    /// The action there printed it.
    Site,
    /// The version of its chart, or of one above it, is pinned there.
    Pin,
}

/// How byte `offset` of `file` has to do with `used`.
pub(super) fn relation(used: &Use, file: FileId, offset: usize) -> Option<Relation> {
    let holds = |span: Span| span.file == file && span.range().start <= offset && offset <= span.range().end;
    let parts = used.text.parts();
    let origins = || parts.iter().filter_map(|(_, origin)| origin.as_ref()).flat_map(Origin::places);
    if origins().any(|(span, ..)| holds(span)) {
        return Some(Relation::Origin);
    }
    if origins().any(|(_, _, sites)| sites.into_iter().any(holds)) {
        return Some(Relation::Site);
    }
    used.chain.iter().filter_map(|link| link.pinned).any(holds).then_some(Relation::Pin)
}

/// An image that a place of a chart has to do with, and the entries that stand for it.
pub(super) struct Dependent<'a> {
    pub used: &'a Use,
    pub relation: Relation,
    /// The entry's name and the place of its image; nothing when no entry stands for the image.
    pub entry: Option<(String, Span)>,
}

impl Room {
    /// What depends on byte `offset` of the file at `path`, its one path.
    pub fn dependents(&self, path: &std::path::Path, offset: usize) -> Vec<Dependent<'_>> {
        let mut found: Vec<Dependent<'_>> = Vec::new();
        let files = self.sources.find_all(path);
        for checked in self.checked.iter().flat_map(|checked| &checked.lists) {
            let Some(held) = self.held(&canonical(&checked.path)) else { continue };
            let uses = &checked.inventory.uses;
            for (at, used) in uses.iter().enumerate() {
                let Some(relation) = files.iter().find_map(|file| relation(used, *file, offset)) else { continue };
                let serves = |verdict: &Verdict| match verdict {
                    Verdict::Disabled { used, .. } => *used == Some(at),
                    other => other.uses().contains(&at),
                };
                let entries = checked.verdicts.iter().filter(|(_, verdict)| serves(verdict)).map(|(entry, _)| *entry);
                let entries: Vec<_> = entries.filter_map(|entry| held.list.entries.get(entry)).collect();
                let mut add = |entry: Option<(String, Span)>| {
                    let known = |known: &Dependent<'_>| {
                        known.entry == entry && known.used.reference.as_str() == used.reference.as_str()
                    };
                    if !found.iter().any(known) {
                        found.push(Dependent { used, relation, entry });
                    }
                };
                if entries.is_empty() {
                    add(None);
                }
                entries.iter().for_each(|entry| add(Some((entry.name.text.clone(), entry.source.span))));
            }
        }
        found
    }
}
