//! Edits of files, as the client applies them.

use std::collections::{BTreeMap, HashMap};

use lsp_types::{
    DocumentChange, OptionalVersionedTextDocumentIdentifier, Range, SnippetTextEdit, StringValue, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use similar::{DiffOp, TextDiff};

use super::client::Abilities;
use super::documents::Documents;
use super::places::Places;
use super::positions::Lines;
use crate::lint::Fix;
use crate::source::{Sources, Span};

/// Edits by the URI of their file.
pub(super) type Edits = BTreeMap<String, Vec<TextEdit>>;

/// Whether `fix` changes line endings themselves. Editors have one for all lines of a document, and no place between CR and LF:
/// such an edit does nothing there, or harm.
pub(super) fn is_of_endings(fix: &Fix, sources: &Sources) -> bool {
    let parts = |span: Span| {
        let file = sources.get(span.file);
        let text = file.text().as_bytes();
        let is_inside = |at: usize| at > 0 && text[at - 1] == b'\r' && text.get(at) == Some(&b'\n');
        [span.range().start, span.range().end].into_iter().any(is_inside)
    };
    fix.edits().iter().any(|edit| parts(edit.span))
}

/// The edits of `fix`; nothing when one of them lies in a package, or when it [`is_of_endings`].
pub(super) fn of_fix(fix: &Fix, places: &Places<'_>) -> Option<Edits> {
    if is_of_endings(fix, places.sources) {
        return None;
    }
    let mut edits = Edits::new();
    for edit in fix.edits() {
        let (location, inside) = places.location(edit.span);
        if inside.is_some() {
            return None;
        }
        edits.entry(location.uri.0).or_default().push(TextEdit { range: location.range, new_text: edit.text.clone() });
    }
    Some(edits)
}

/// The edits that make `after` of `before`, lines that stay untouched.
pub(super) fn between(before: &str, after: &str, lines: &Lines) -> Vec<TextEdit> {
    let diff = TextDiff::from_lines(before, after);
    let starts = |parts: &mut dyn Iterator<Item = usize>| {
        let mut starts = vec![0];
        parts.for_each(|length| starts.push(starts.last().copied().unwrap_or(0) + length));
        starts
    };
    let old = starts(&mut diff.iter_old_slices().map(str::len));
    let new = starts(&mut diff.iter_new_slices().map(str::len));
    let changed = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let edit = |op: &DiffOp| {
        let (from, to) = (op.old_range(), op.new_range());
        let range = lines.range(before, old[from.start]..old[from.end]);
        TextEdit { range, new_text: after[new[to.start]..new[to.end]].to_owned() }
    };
    changed.map(edit).collect()
}

/// The edits as the client takes them: with the versions of the documents that they are for, where it knows those.
pub(super) fn workspace_edit(edits: Edits, documents: &Documents, abilities: &Abilities) -> WorkspaceEdit {
    if !abilities.versioned_edits {
        let changes: HashMap<_, _> = edits.into_iter().map(|(uri, edits)| (Uri(uri), edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let changes = edits.into_iter().map(|(uri, edits)| {
        let edits = edits.into_iter().map(Into::into).collect();
        change(Uri(uri), edits, documents)
    });
    WorkspaceEdit { document_changes: Some(changes.collect()), ..WorkspaceEdit::default() }
}

/// An insertion with a part to be filled in, for a client that can; for others that part is empty.
pub(super) fn insertion(
    uri: Uri,
    at: Range,
    (before, part, after): (&str, &str, &str),
    documents: &Documents,
    abilities: &Abilities,
) -> WorkspaceEdit {
    if !abilities.snippet_edits || !abilities.versioned_edits {
        let edit = TextEdit { range: at, new_text: format!("{before}{after}") };
        return workspace_edit(Edits::from([(uri.0, vec![edit])]), documents, abilities);
    }
    let plain = |text: &str| text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}");
    let value = format!("{}${{1:{}}}{}", plain(before), plain(part), plain(after));
    let edit = SnippetTextEdit { range: at, snippet: StringValue { value }, annotation_id: None };
    let change = change(uri, vec![edit.into()], documents);
    WorkspaceEdit { document_changes: Some(vec![change]), ..WorkspaceEdit::default() }
}

fn change(uri: Uri, edits: Vec<lsp_types::Edit>, documents: &Documents) -> DocumentChange {
    let version = documents.get(&uri).map(|document| document.version);
    let text_document_identifier = TextDocumentIdentifier { uri };
    let text_document = OptionalVersionedTextDocumentIdentifier { version, text_document_identifier };
    TextDocumentEdit { text_document, edits }.into()
}

#[cfg(test)]
mod tests {
    use super::super::positions::Encoding;
    use super::*;

    #[test]
    fn edits_between_two_texts_make_one_of_the_other() {
        let before = "a\r\n\u{1f600}\r\nc";
        for after in ["a\r\n\u{1f600}!\r\nc\r\n", "", "x\r\na\r\nc", before] {
            let lines = Lines::of(before, Encoding::Utf16);
            let mut text = before.to_owned();
            for edit in between(before, after, &lines).into_iter().rev() {
                text.replace_range(lines.bytes(before, edit.range), &edit.new_text);
            }
            assert_eq!(text, after);
        }
    }
}
