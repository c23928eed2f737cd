//! Texts in UTF-16 with a byte order mark, which go-yaml reads as it does UTF-8. They come here as bytes of which most are no
//! UTF-8. What is read from one knows its line, not its place within it.

use std::ops::Range;

use super::error::{Error, Failure};
use crate::source::{Text, TextBuilder, is_stray, to_bytes};

/// A text that was UTF-16.
struct Decoded {
    text: Text,
    /// Where each line starts, and where it stands in the original.
    lines: Vec<(usize, Range<usize>)>,
}

/// What `read` makes of `text`, in UTF-8 if it is UTF-16. The ranges of errors are of `text`.
pub(super) fn in_utf8<T>(text: &Text, read: impl FnOnce(&Text) -> Result<T, Failure>) -> Result<T, Failure> {
    let bytes = if text.starts_with(is_stray) { to_bytes(text) } else { return read(text) };
    let unit: fn([u8; 2]) -> u16 = match &*bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return read(text),
    };
    let units: Vec<u16> = bytes.as_chunks().0.iter().copied().map(unit).collect();
    let is_whole = bytes.len() == units.len() * 2;
    let refuse = |problem: &str| Error::at(text, 0..text.len(), format!("yaml: {problem}"));
    let letters = characters(&units, is_whole).map_err(refuse)?;
    let decoded = decoded(text, &letters);
    read(&decoded.text).map_err(|error| {
        let at = decoded.lines.partition_point(|(start, _)| *start <= error.range.start);
        let line = at.checked_sub(1).and_then(|at| decoded.lines.get(at));
        Box::new(Error { range: line.map_or(0..text.len(), |(_, range)| range.clone()), ..*error })
    })
}

/// The characters of `units`.
///
/// # Errors
/// What go-yaml says about the first unit that is none.
fn characters(units: &[u16], is_whole: bool) -> Result<Vec<char>, &'static str> {
    let mut characters = Vec::with_capacity(units.len());
    let mut taken = 0;
    for character in char::decode_utf16(units.iter().copied()) {
        let character = character.map_err(|error| match error.unpaired_surrogate() {
            0xDC00.. => "unexpected low surrogate area",
            _ if taken + 1 == units.len() => "incomplete UTF-16 surrogate pair",
            _ => "expected low surrogate area",
        })?;
        taken += character.len_utf16();
        characters.push(character);
    }
    if is_whole { Ok(characters) } else { Err("incomplete UTF-16 character") }
}

/// The text that `characters` are, without the byte order mark; each line came from the bytes of `original` that it takes there.
fn decoded(original: &Text, characters: &[char]) -> Decoded {
    // Where each byte stands in the text that stands for the bytes.
    let places = original.char_indices().flat_map(|(at, character)| {
        let count = if is_stray(character) { 1 } else { character.len_utf8() };
        (0..count).map(move |byte| if count == 1 { at } else { at + byte })
    });
    let places: Vec<usize> = places.chain([original.len()]).collect();
    let place = |byte: usize| {
        let at = places.get(byte).copied().unwrap_or(original.len());
        (0..=at).rev().find(|at| original.is_char_boundary(*at)).unwrap_or_default()
    };
    let (mut text, mut lines) = (TextBuilder::new(), Vec::new());
    let mut byte = 2;
    for line in characters.get(1..).unwrap_or_default().split_inclusive(|character| *character == '\n') {
        let start = byte;
        byte += line.iter().map(|character| character.len_utf16() * 2).sum::<usize>();
        let range = place(start)..place(byte);
        lines.push((text.len(), range.clone()));
        text.push_computed(&line.iter().collect::<String>(), &original.origins_of(range));
    }
    Decoded { text: text.finish(), lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources, from_bytes};
    use crate::yaml::load;

    fn file(text: &str, order: fn(u16) -> [u8; 2]) -> Text {
        let bytes: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(order).collect();
        let text = from_bytes(&bytes);
        Text::of_file(Sources::new().add("values.yaml", text.as_ref().into()), text.as_ref().into(), Layer::Values)
    }

    #[test]
    fn it_reads_as_it_would_in_utf8_and_knows_its_lines() {
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let text = file("a: \u{e9}\u{1f600}\r\nb:\n- x\n", order);
            let value = load(&text).unwrap();
            assert_eq!(value.get("a").unwrap().as_text().unwrap(), "\u{e9}\u{1f600}");
            let item = &value.get("b").unwrap().as_list().unwrap()[0];
            let span = item.as_text().unwrap().span_of(0..1).unwrap();
            let line = to_bytes(&text[span.start as usize..span.end as usize]).into_owned();
            assert_eq!(line, "- x\n".encode_utf16().flat_map(order).collect::<Vec<_>>());
            assert_eq!(item.as_text().unwrap().exact_span(), None);
        }
    }

    #[test]
    fn what_is_wrong_in_it_stands_in_its_line() {
        let text = file("a: b\nc: [\n", u16::to_le_bytes);
        let error = load(&text).unwrap_err();
        assert_eq!(error.message, load(&"a: b\nc: [\n".into()).unwrap_err().message);
        assert_eq!(to_bytes(&text[error.range]).as_ref(), b"c\0:\0 \0[\0\n\0");
    }

    #[test]
    fn broken_units_are_refused() {
        let refused = |bytes: &[u8]| load(&from_bytes(bytes).as_ref().into()).unwrap_err().message;
        let message = |problem: &str| format!("error converting YAML to JSON: yaml: {problem}");
        assert_eq!(refused(b"\xff\xfea\0b"), message("incomplete UTF-16 character"));
        assert_eq!(refused(b"\xff\xfe\0\xdc"), message("unexpected low surrogate area"));
        assert_eq!(refused(b"\xff\xfe\0\xd8"), message("incomplete UTF-16 surrogate pair"));
        assert_eq!(refused(b"\xff\xfe\0\xd8a\0"), message("expected low surrogate area"));
    }
}
