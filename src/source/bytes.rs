//! Go strings hold any bytes, Rust strings only UTF-8. A byte that is no UTF-8 travels through the crate as one character
//! of a private range and becomes that byte again wherever bytes matter (output, base64, digests, `len`).

use std::borrow::Cow;

/// The first of the 256 characters that stand for stray bytes (the end of Unicode's last private-use plane).
const STRAY: u32 = 0x10_FE00;

/// Reads `bytes` as text; each byte that is not part of valid UTF-8 becomes one private character.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|byte| char::from_u32(STRAY + u32::from(*byte))));
    }
    Cow::Owned(text)
}

/// Whether `text` may stand for stray bytes: each such character starts with the byte 0xF4, of which ordinary text has none.
pub(super) fn may_be_stray(text: &str) -> bool {
    !text.is_ascii() && text.as_bytes().contains(&0xF4)
}

/// Whether `character` stands for a stray byte, see [`from_bytes`].
#[must_use]
pub fn is_stray(character: char) -> bool {
    u32::from(character).checked_sub(STRAY).is_some_and(|byte| u8::try_from(byte).is_ok())
}

/// The bytes that `text` stands for; the inverse of [`from_bytes`].
#[must_use]
pub fn to_bytes(text: &str) -> Cow<'_, [u8]> {
    if !may_be_stray(text) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for character in text.chars() {
        match u32::from(character).checked_sub(STRAY).and_then(|stray| u8::try_from(stray).ok()) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

/// `text` for readers that take UTF-8 alone: a stray byte is the replacement character.
#[must_use]
pub fn to_utf8(text: &str) -> Cow<'_, str> {
    if !may_be_stray(text) {
        return Cow::Borrowed(text);
    }
    let is_own = |letter: char| u32::from(letter) >= STRAY;
    Cow::Owned(text.chars().map(|letter| if is_own(letter) { char::REPLACEMENT_CHARACTER } else { letter }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive_the_round_trip() {
        let all: Vec<u8> = (0..=255).chain(*b"plain").chain("h\u{e9}llo \u{1f680}".bytes()).collect();
        assert_eq!(to_bytes(&from_bytes(&all)).as_ref(), all.as_slice());
        assert_eq!(from_bytes(b"\xff").chars().count(), 1);
    }
}
