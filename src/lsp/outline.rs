//! The shape of a list: its entries as symbols, its comment blocks to fold, and the deployed tag behind one that differs.

use lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolResponse, FoldingRange, FoldingRangeKind, InlayHint, Label,
    Location, Range, SymbolInformation, SymbolKind,
};

use super::analysis::Held;
use super::client::Abilities;
use super::documents::Document;
use super::positions::Lines;
use crate::image::Reference;
use crate::lint::Verdict;
use crate::mirror::{LineKind, List};

/// The entries.
pub(super) fn symbols(list: &List, document: &Document, abilities: &Abilities) -> DocumentSymbolResponse {
    let lines = Lines::of(&document.text, abilities.encoding);
    let place = |range: std::ops::Range<usize>| lines.range(&document.text, range);
    let nested = list.entries.iter().map(|entry| {
        let block = list.span_of_lines(entry.block.start..entry.line).range();
        let line = list.lines.get(entry.line).map_or(block.clone(), |line| line.span.range());
        #[allow(deprecated)]
        DocumentSymbol {
            name: entry.name.text.clone(),
            detail: Some(entry.source.text.clone()),
            kind: SymbolKind::Package,
            tags: None,
            deprecated: None,
            range: place(block.start..line.end),
            selection_range: place(entry.name.span.range()),
            children: None,
        }
    });
    if abilities.nested_symbols {
        return DocumentSymbolResponse::DocumentSymbolList(nested.collect());
    }
    let flat = nested.map(|symbol| {
        let location = Location { uri: document.uri.clone(), range: symbol.range };
        let base_symbol_information =
            BaseSymbolInformation { name: symbol.name, kind: symbol.kind, tags: None, container_name: None };
        #[allow(deprecated)]
        SymbolInformation { deprecated: None, location, base_symbol_information }
    });
    DocumentSymbolResponse::SymbolInformationList(flat.collect())
}

/// Comment blocks of several lines, and each entry with its block.
pub(super) fn folds(list: &List, document: &Document, abilities: &Abilities) -> Vec<FoldingRange> {
    let lines = Lines::of(&document.text, abilities.encoding);
    // A lone CR ends a line for editors, too.
    let place = |line: usize| lines.position(&document.text, list.lines[line].span.start as usize).line;
    let fold = |start: usize, end: usize, kind: FoldingRangeKind| FoldingRange {
        start_line: place(start),
        end_line: place(end),
        start_character: None,
        end_character: None,
        kind: Some(kind),
        collapsed_text: None,
    };
    let mut folds = Vec::new();
    let last = list.header.clone().rev().find(|line| list.lines[*line].kind == LineKind::Comment);
    let first = list.header.clone().find(|line| list.lines[*line].kind == LineKind::Comment);
    if let (Some(first), Some(last)) = (first, last)
        && first < last
    {
        folds.push(fold(first, last, FoldingRangeKind::Comment));
    }
    for entry in list.entries.iter().filter(|entry| !entry.block.is_empty()) {
        folds.push(fold(entry.block.start, entry.line, FoldingRangeKind::Region));
    }
    folds
}

/// Behind each tag that is not the one which the charts deploy: that one.
pub(super) fn hints(held: &Held<'_>, document: &Document, range: Range, abilities: &Abilities) -> Vec<InlayHint> {
    let lines = Lines::of(&document.text, abilities.encoding);
    let asked = lines.bytes(&document.text, range);
    let hint = |(at, entry): (usize, &crate::mirror::Entry)| {
        let Some(Verdict::OtherVersion { .. } | Verdict::Unpushed { .. }) = held.verdict(at) else { return None };
        let used = held.uses(at).into_iter().next()?;
        let image = Reference::parse(&entry.source.text).ok()?;
        let tag = image.tag_range().unwrap_or(0..entry.source.text.len());
        let end = entry.source.span_of(tag).range().end;
        let version = used.reference.tag().or(used.reference.digest()).unwrap_or("no tag");
        (asked.start <= end && end <= asked.end).then(|| InlayHint {
            position: lines.position(&document.text, end),
            label: Label::String(format!("deployed: {version}")),
            kind: None,
            text_edits: None,
            tooltip: Some(format!("{} deploys {}", used.chart, used.reference).into()),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        })
    };
    held.list.entries.iter().enumerate().filter_map(hint).collect()
}
