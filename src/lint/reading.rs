//! A list as it is read for a check: its file, its entries with a well-formed image, and what the others are for.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::exemption::Exemptions;
use super::reconcile::{Listed, NotedChart};
use super::targets::Configured as ConfiguredList;
use super::{Refusal, Settings};
use crate::image::Reference;
use crate::mirror::{Entry, Line, LineKind, List};
use crate::source::{FileId, Sources, Span, is_stray};

/// The refusal of a list that cannot be read, with the place where the configuration names it.
pub(super) fn named_by(configured: Option<ConfiguredList<'_>>, error: Refusal) -> Refusal {
    match (configured, error.span, &error.path) {
        (Some(configured), None, Some(path)) => {
            let message = format!("{} {}", path.display(), error.message);
            Refusal { message, span: Some(configured.span()), path: error.path }
        }
        _ => error,
    }
}

/// Reads a list, which must be text.
pub(super) fn read_list(sources: &Sources, path: &Path) -> Result<FileId, Refusal> {
    let refusal = |message: String, span| Refusal { message, path: Some(path.to_owned()), span };
    if path.is_dir() {
        return Err(refusal("is a folder; the mirror list must be a file".to_owned(), None));
    }
    // A pipe would be waited for.
    let irregular = std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    if irregular && !sources.has_overlay(path) {
        return Err(refusal("is no regular file".to_owned(), None));
    }
    let file = sources.read(path).map_err(|error| refusal(format!("cannot be read: {}", error.cause), None))?;
    let text = sources.get(file).text().clone();
    let place = |at: usize| Some(Span::new(file, at, at + text[at..].chars().next().map_or(0, char::len_utf8)));
    if let Some(at) = text.find('\0') {
        return Err(refusal("the list is no text: it holds a NUL byte here".to_owned(), place(at)));
    }
    match text.find(is_stray) {
        Some(at) => Err(refusal("the list is not UTF-8: this byte is no part of a character".to_owned(), place(at))),
        None => Ok(file),
    }
}

/// The charts that the notes name, all of each entry's, also where the entry itself cannot be read.
pub(super) fn noted(list: &List) -> BTreeSet<&str> {
    list.entries.iter().flat_map(|entry| entry.note.charts()).map(|named| named.chart.text.as_str()).collect()
}

/// What a list says of what it is to be held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Says {
    /// The charts that its notes name.
    pub charts: BTreeSet<String>,
    /// The regions that its ECR hosts name, one for each entry that has one; else those of what is exempt.
    pub regions: Vec<String>,
    /// The names of those entries.
    pub regional: Vec<String>,
}

/// What the list `text`, which stands in `file`, says.
pub(crate) fn says(file: FileId, text: &Arc<str>) -> Says {
    let list = List::parse(file, text);
    let host = |entry: Listed| Some((entry.reference.ecr()?.region().to_owned(), entry.name));
    let (mut regions, regional): (Vec<_>, Vec<_>) = listed(&list).into_iter().filter_map(host).unzip();
    if regions.is_empty() {
        regions = Exemptions::of(&list, &Settings::default()).named_regions();
    }
    Says { charts: noted(&list).into_iter().map(str::to_owned).collect(), regions, regional }
}

/// The entries with a well-formed image.
pub(super) fn listed(list: &List) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (index, entry) in list.entries.iter().enumerate() {
        let Ok(reference) = Reference::parse(&entry.source.text) else { continue };
        let noted = entry.note.from.as_ref().map(|named| NotedChart {
            name: named.chart.text.clone(),
            version: named.version.as_ref().map(|version| version.text.clone()).unwrap_or_default(),
        });
        listed.push(Listed { entry: index, name: entry.name.text.clone(), reference, noted });
    }
    listed
}

/// For each entry whose image cannot be read: its name and the image without its version, as a chart would spell them. For
/// each line that is no entry: its first word, and what in it could be an image.
pub(super) fn meant(list: &List) -> Vec<Vec<String>> {
    let unreadable = list.entries.iter().filter(|entry| Reference::parse(&entry.source.text).is_err());
    let unversioned = |text: &str| {
        let text = text.trim_matches(['"', '\'', '`', '=']);
        let last = text.rfind('/').map_or(0, |slash| slash + 1);
        let end = text[last..].find([':', '@']).map_or(text.len(), |mark| last + mark);
        text[..end].to_ascii_lowercase()
    };
    let names = |entry: &Entry| vec![unversioned(&entry.name.text), unversioned(&entry.source.text)];
    let invalid = list.lines.iter().filter(|line| matches!(line.kind, LineKind::Invalid(_)));
    let words = |line: &Line| {
        // What stands before the first line is no part of its first word.
        let words = list.line_text(line).trim_start_matches('\u{feff}').split(|c: char| c == '=' || c.is_whitespace());
        let words = words.filter(|word| !word.is_empty()).enumerate();
        words.filter(|(at, word)| *at == 0 || word.contains(['/', ':'])).map(|(_, word)| unversioned(word)).collect()
    };
    unreadable.map(names).chain(invalid.map(words)).collect()
}
