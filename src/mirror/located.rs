//! A piece of the list with its place. Pieces are cut from pieces, so that places are never counted by hand.

use std::ops::Range;

use crate::source::{FileId, Span};

/// A piece of text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The text, as it stands there.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

impl Located {
    /// Where the bytes of `range` within the text stand: the tag within a source, a wrong character within a name.
    #[must_use]
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let at = |offset: usize| self.span.start as usize + offset.min(self.text.len());
        Span::new(self.span.file, at(range.start), at(range.end))
    }
}

/// A piece of a file that is still being cut up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    file: FileId,
    start: usize,
    /// The piece's text.
    pub text: &'a str,
}

impl<'a> Piece<'a> {
    /// The whole file.
    pub fn of_file(file: FileId, text: &'a str) -> Self {
        Self { file, start: 0, text }
    }

    /// The bytes of `range`; nothing at the range's start when it splits a character or leaves the piece.
    pub fn slice(self, range: Range<usize>) -> Self {
        let start = range.start.min(self.text.len());
        Self { start: self.start + start, text: self.text.get(range).unwrap_or_default(), ..self }
    }

    /// The part from byte `at` on.
    pub fn from(self, at: usize) -> Self {
        self.slice(at..self.text.len())
    }

    /// Both sides of byte `at`, `width` bytes in between left out.
    pub fn split(self, at: usize, width: usize) -> (Self, Self) {
        (self.slice(0..at), self.from(at + width))
    }

    /// The piece without characters of `cut` at its start.
    pub fn trim_start_matching(self, cut: impl Fn(char) -> bool) -> Self {
        self.from(self.text.len() - self.text.trim_start_matches(cut).len())
    }

    /// The piece without characters of `cut` at its end.
    pub fn trim_end_matching(self, cut: impl Fn(char) -> bool) -> Self {
        self.slice(0..self.text.trim_end_matches(cut).len())
    }

    /// The piece without blanks around it.
    pub fn trim(self) -> Self {
        self.trim_start_matching(char::is_whitespace).trim_end_matching(char::is_whitespace)
    }

    /// The first word and what follows it.
    pub fn first_word(self) -> (Self, Self) {
        let piece = self.trim();
        piece.split(piece.text.find(char::is_whitespace).unwrap_or(piece.text.len()), 0)
    }

    /// Where it stands.
    pub fn span(self) -> Span {
        Span::new(self.file, self.start, self.start + self.text.len())
    }

    /// The finished piece.
    pub fn located(self) -> Located {
        Located { text: self.text.to_owned(), span: self.span() }
    }

    /// The finished piece, blanks around it left out; nothing when it is blank.
    pub fn filled(self) -> Option<Located> {
        let piece = self.trim();
        (!piece.text.is_empty()).then(|| piece.located())
    }
}
