//! Fixes: applied in memory, round after round until nothing changes, verified, and then written. Uses `lint` and `source`.

mod harm;
mod output;
mod ownership;
mod rounds;

use crate::lint::{Edit, Fix};

pub use output::{append, create, put};
pub use ownership::{is_own, is_safe, safe_fix};
pub use rounds::{Change, Fixed, MAX_ROUNDS, Settled, Texts, View, Withheld, settle, settle_new};

/// `text` after `fix`; every byte outside the edits stays as it is.
#[must_use]
pub fn apply(text: &str, fix: &Fix) -> String {
    apply_edits(text, fix.edits())
}

/// `text` after `edits`, which are sorted and do not overlap.
fn apply_edits<'a>(text: &str, edits: impl IntoIterator<Item = &'a Edit>) -> String {
    let (mut fixed, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        let range = edit.span.range();
        fixed.push_str(text.get(at..range.start).unwrap_or_default());
        fixed.push_str(&edit.text);
        at = range.end;
    }
    fixed.push_str(text.get(at..).unwrap_or_default());
    fixed
}
