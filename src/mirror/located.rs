//! A piece of the list with its place. Pieces are cut from pieces, so that places are never counted by hand.

use std::ops::Range;

use crate::source::{FileId, Span};

/// A piece of text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The text; as it stands there, but for what the shell takes away where [`Located::is_verbatim`] says so.
    pub text: String,
    /// Its bytes.
    pub span: Span,
    /// Where each byte of the text stands within the span, when it is not as it stands there.
    places: Option<Vec<usize>>,
}

impl Located {
    /// Where the bytes of `range` within the text stand: the tag within a source, a wrong character within a name. Where the text
    /// is not verbatim that is a place to point at, none to write to.
    #[must_use]
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let place = |offset: usize| match &self.places {
            None => offset.min(self.text.len()),
            Some(places) => places.get(offset).copied().unwrap_or(self.span.range().len()),
        };
        let start = place(range.start);
        let end = if range.is_empty() { start } else { place(range.end - 1) + 1 };
        let at = |offset: usize| self.span.start as usize + offset.min(self.span.range().len());
        Span::new(self.span.file, at(start), at(end))
    }

    /// The byte of the text that stands at byte `at` of the file, or next behind it.
    #[must_use]
    pub fn offset_of(&self, at: usize) -> usize {
        let place = at.saturating_sub(self.span.start as usize);
        self.places.as_ref().map_or(place, |places| places.partition_point(|known| *known < place))
    }

    /// Whether the text is what stands there, letter for letter.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        self.places.is_none()
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
        Located { text: self.text.to_owned(), span: self.span(), places: None }
    }

    /// The finished piece, of which `letters` are read, each from its place.
    pub fn located_as(self, letters: &[(usize, char)]) -> Located {
        let bytes = letters.iter().flat_map(|(at, letter)| (*at..).take(letter.len_utf8()));
        let text: String = letters.iter().map(|(_, letter)| letter).collect();
        let places = (text != self.text).then(|| bytes.collect());
        Located { text, span: self.span(), places }
    }

    /// The finished piece, blanks around it left out; nothing when it is blank.
    pub fn filled(self) -> Option<Located> {
        let piece = self.trim();
        (!piece.text.is_empty()).then(|| piece.located())
    }
}
