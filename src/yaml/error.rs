//! Why a text could not be read: the words of go-yaml or `encoding/json`, and the place. Never prints.

use std::ops::Range;

/// What go-yaml, sigs.k8s.io/yaml or `encoding/json` would say, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The message as Go prints it, with its own (sometimes off by one) line number.
    pub message: String,
    /// The bytes of the text that the error is about.
    pub range: Range<usize>,
    /// The line that `range` starts on, from 1.
    pub line: usize,
}

/// An error on its way out of a recursion: small, so that frames are.
pub(super) type Failure = Box<Error>;

impl Error {
    /// The same error behind `prefix`, as Go wraps errors.
    #[must_use]
    pub fn wrap(self, prefix: &str) -> Self {
        Self { message: format!("{prefix}{}", self.message), ..self }
    }

    /// An error of `text` at `range`; the line is counted.
    pub(super) fn at(text: &str, range: Range<usize>, message: String) -> Self {
        let range = within(text, range);
        let start = range.start.min(text.len());
        let line = 1 + text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
        Self { message, range, line }
    }
}

/// `range`, moved to the end of what is written when it lies behind that: what a text lacks is lacking on its last line, not
/// on the empty one after it.
pub(super) fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let end = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
    if range.start < end {
        return range;
    }
    let last = text[..end].chars().next_back().map_or(0, char::len_utf8);
    end - last..end
}
