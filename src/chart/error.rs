//! The one error of this room: what Helm would say and the place that it is about. Never prints.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::source::{Span, Text};

/// Why a chart cannot be loaded, or its values cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ChartError {
    /// Helm's message, without `Error: ` in front; our own words where Helm has none.
    pub message: String,
    /// The place, when it lies inside a file that could be read. A value that a schema refuses, or that is no table where
    /// one is wanted, may lie in another file than `path`.
    pub span: Option<Span>,
    /// The file or folder that the error is about.
    pub path: PathBuf,
}

impl ChartError {
    /// An error about `path` as a whole.
    pub(super) fn at_path(path: impl Into<PathBuf>, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, path: path.into() }
    }

    /// An error about `range` of `text`, which was read from `path`.
    pub(super) fn at_range(path: &Path, text: &Text, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: text.span_of(range), path: path.to_owned() }
    }

    /// An error about a value that was read from `path`.
    pub(super) fn at_text(path: &Path, text: &Text, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: text.span_of(0..text.len()), path: path.to_owned() }
    }

    /// The same error with the place `span`, if it has none of its own.
    pub(super) fn or_at(self, span: Option<Span>) -> Self {
        Self { span: self.span.or(span), ..self }
    }

    /// As [`ChartError::wrap`], but Helm's own validation, which it runs later than the reading, stays as it is.
    pub(super) fn wrap_unless_validation(self, prefix: &str) -> Self {
        if self.message.starts_with("validation: ") { self } else { self.wrap(prefix) }
    }

    /// The same error with `prefix: ` in front, as Helm wraps errors.
    pub(super) fn wrap(self, prefix: &str) -> Self {
        Self { message: format!("{prefix}: {}", self.message), ..self }
    }
}
