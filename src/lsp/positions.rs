//! Places as editors count them: lines from 0, characters from 0 in the units that client and server agreed on. A line ends at
//! `\n`, `\r\n` or `\r`, as the protocol says.

use std::ops::Range;

use lsp_types::{Position, PositionEncodingKind, Range as LspRange};

/// What a character offset counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16, of which an emoji has two.
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The best of those that a client offers: that in which nothing has to be counted. One that offers none means UTF-16.
    pub fn negotiated(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has = |kind: &PositionEncodingKind| offered.is_some_and(|offered| offered.contains(kind));
        match () {
            () if has(&PositionEncodingKind::UTF8) => Self::Utf8,
            () if has(&PositionEncodingKind::UTF32) => Self::Utf32,
            () => Self::Utf16,
        }
    }

    /// What the protocol calls it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    /// The lines of `text`.
    pub fn of(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let is_end = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        let ends = (0..bytes.len()).filter(is_end).map(|at| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect(), encoding }
    }

    /// The place of byte `offset`; past the end it is the end.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let units: usize = text[self.starts[line]..offset].chars().map(|letter| self.encoding.width(letter)).sum();
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: small(line), character: small(units) }
    }

    /// The range of bytes as places.
    pub fn range(&self, text: &str, range: Range<usize>) -> LspRange {
        LspRange { start: self.position(text, range.start), end: self.position(text, range.end) }
    }

    /// The byte at `position`; behind the end of a line it is that end, inside of a character its first byte.
    pub fn offset(&self, text: &str, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize) else { return text.len() };
        let end = self.starts.get(position.line as usize + 1).copied().unwrap_or(text.len());
        let line = text[*start..end].trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, letter) in line.char_indices() {
            let width = self.encoding.width(letter);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }

    /// The bytes of `range`; never backwards.
    pub fn bytes(&self, text: &str, range: LspRange) -> Range<usize> {
        let start = self.offset(text, range.start);
        start..self.offset(text, range.end).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a=\u{1f600}b\r\n\u{e9}x\rz\n";

    fn characters(encoding: Encoding) -> Vec<(u32, u32)> {
        let lines = Lines::of(TEXT, encoding);
        TEXT.char_indices()
            .map(|(at, _)| lines.position(TEXT, at))
            .map(|position| (position.line, position.character))
            .collect()
    }

    #[test]
    fn emoji_count_as_agreed() {
        assert_eq!(characters(Encoding::Utf8)[3], (0, 6));
        assert_eq!(characters(Encoding::Utf16)[3], (0, 4));
        assert_eq!(characters(Encoding::Utf32)[3], (0, 3));
        assert_eq!(characters(Encoding::Utf16)[6..], [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]);
    }

    #[test]
    fn places_come_back_as_they_went() {
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::of(TEXT, encoding);
            let ends = TEXT.match_indices(['\n', '\r']).map(|(at, _)| at).collect::<Vec<_>>();
            for (at, _) in TEXT.char_indices().filter(|(at, _)| !ends.contains(at)) {
                assert_eq!(lines.offset(TEXT, lines.position(TEXT, at)), at);
            }
            assert_eq!(lines.offset(TEXT, lines.position(TEXT, TEXT.len())), TEXT.len());
        }
    }

    #[test]
    fn places_that_are_none_become_the_nearest_one() {
        let lines = Lines::of(TEXT, Encoding::Utf16);
        let offset = |line, character| lines.offset(TEXT, Position { line, character });
        assert_eq!(offset(0, 3), 2, "inside of a surrogate pair");
        assert_eq!(offset(0, 99), 7, "before the line ending");
        assert_eq!(offset(99, 0), TEXT.len());
        let at = |line, character| Position { line, character };
        assert_eq!(lines.bytes(TEXT, LspRange { start: at(1, 1), end: at(0, 0) }), 11..11);
    }

    #[test]
    fn the_cheapest_offered_encoding_is_taken() {
        use PositionEncodingKind as Kind;
        assert_eq!(Encoding::negotiated(None), Encoding::Utf16);
        assert_eq!(Encoding::negotiated(Some(&[Kind::UTF16, Kind::UTF8])), Encoding::Utf8);
        assert_eq!(Encoding::negotiated(Some(&[Kind::UTF16, Kind::UTF32])), Encoding::Utf32);
        assert_eq!(Encoding::negotiated(Some(&[Kind::UTF16])), Encoding::Utf16);
    }
}
