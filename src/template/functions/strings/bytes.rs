//! A text as Go sees it: a string of bytes that may be cut anywhere. A cut through a character leaves stray bytes.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::{Text, TextBuilder, from_bytes, to_bytes};

/// A text and its bytes.
pub(super) struct Bytes<'text> {
    text: &'text Text,
    bytes: Cow<'text, [u8]>,
}

impl<'text> Bytes<'text> {
    /// The bytes of `text`.
    pub(super) fn of(text: &'text Text) -> Self {
        Self { text, bytes: to_bytes(text) }
    }

    /// Go's `len`.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Go's `text[start:end]`, cut to fit.
    pub(super) fn slice(&self, range: Range<usize>) -> Text {
        if self.is_whole(&range) {
            return self.text.slice(range);
        }
        let mut builder = TextBuilder::new();
        self.push(&mut builder, range);
        builder.finish()
    }

    /// Adds Go's `text[start:end]`, cut to fit, to `builder`.
    pub(super) fn push(&self, builder: &mut TextBuilder, range: Range<usize>) {
        if self.is_whole(&range) {
            return builder.push_slice(self.text, range);
        }
        let mut at = 0;
        for (start, character) in self.text.char_indices() {
            let place = start..start + character.len_utf8();
            let length = to_bytes(&self.text[place.clone()]).len();
            let (from, to) = (range.start.max(at), range.end.min(at + length));
            if from == at && to == at + length {
                builder.push_slice(self.text, place);
            } else if from < to {
                // A character that was cut: what is left are stray bytes from the place of the whole.
                let stray = self.bytes.get(from..to).unwrap_or_default();
                builder.push_computed(&from_bytes(stray), &self.text.origins_of(place));
            }
            at += length;
            if at >= range.end {
                break;
            }
        }
    }

    /// Whether `range` counts the same in the text and cuts no character.
    fn is_whole(&self, range: &Range<usize>) -> bool {
        let whole = |at: usize| self.text.is_char_boundary(at.min(self.text.len()));
        self.bytes.len() == self.text.len() && whole(range.start) && whole(range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources};

    #[test]
    fn a_cut_character_leaves_its_bytes_and_its_place() {
        let text = Text::of_file(Sources::new().add("values", "a日b".into()), "a日b".into(), Layer::Values);
        let bytes = Bytes::of(&text);
        let cut = bytes.slice(0..3);
        assert_eq!(to_bytes(&cut).as_ref(), b"a\xe6\x97");
        assert_eq!(
            cut.origins().unwrap().places().iter().map(|(span, ..)| span.range()).collect::<Vec<_>>(),
            [0..1, 1..4]
        );
        assert_eq!(bytes.slice(4..9).exact_span().unwrap().range(), 4..5);
        let again = cut.clone();
        assert_eq!(to_bytes(&Bytes::of(&again).slice(2..3)).as_ref(), b"\x97");
    }
}
