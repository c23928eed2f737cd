//! Fixes applied in memory. Uses `lint` and `source`; never writes a file.

use crate::lint::Fix;

/// `text` after `fix`; every byte outside the edits stays as it is.
#[must_use]
pub fn apply(text: &str, fix: &Fix) -> String {
    let (mut fixed, mut at) = (String::with_capacity(text.len()), 0);
    for edit in fix.edits() {
        let range = edit.span.range();
        fixed.push_str(text.get(at..range.start).unwrap_or_default());
        fixed.push_str(&edit.text);
        at = range.end;
    }
    fixed.push_str(text.get(at..).unwrap_or_default());
    fixed
}
