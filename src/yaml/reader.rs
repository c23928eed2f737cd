//! Which characters YAML 1.1 accepts at all, and what go-yaml says about the others. Never changes the text.

use super::error::Error;
use crate::source::{is_stray, to_bytes};

/// The size of the blocks that go-yaml reads.
pub(super) const BLOCK: usize = 512;

const CUT_SHORT: &str = "incomplete UTF-8 octet sequence";

/// Whether the refused character at `at` is one that the end of the text cuts short.
pub(super) fn is_cut_short(text: &str, at: usize) -> bool {
    text.len() - at <= 12 && text[at..].starts_with(is_stray) && stray_problem(&text[at..]) == CUT_SHORT
}

/// What go-yaml says about the refused character at `at`.
pub(super) fn refusal(text: &str, at: usize) -> Error {
    let character = text[at..].chars().next().unwrap_or_default();
    let problem = if is_stray(character) { stray_problem(&text[at..]) } else { "control characters are not allowed" };
    Error::at(text, at..at + character.len_utf8(), format!("yaml: {problem}"))
}

/// Where the first character stands that go-yaml does not read.
pub(super) fn first_refused(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(first_suspect) {
        let at = from + found;
        let character = text[at..].chars().next()?;
        if is_refused(character) {
            return Some(at);
        }
        from = at + character.len_utf8();
    }
    None
}

/// The first byte that may begin a refused character: an ASCII control, or the first byte of one past ASCII.
fn first_suspect(bytes: &[u8]) -> Option<usize> {
    fn is_suspect(byte: u8) -> bool {
        (byte < 0x20) & !matches!(byte, b'\n' | b'\r' | b'\t') | matches!(byte, 0x7F | 0xC2 | 0xEF | 0xF4)
    }
    // Without a branch for each byte this runs many bytes at a time: nearly no text has any.
    let is_unusual = |byte: u8| (byte.cast_signed() < 0x20) & (byte != b'\n') | (byte == 0x7F);
    let clean = |block: &&[u8]| !block.iter().fold(false, |found, byte| found | is_unusual(*byte));
    let passed = bytes.chunks(BLOCK).take_while(clean).count() * BLOCK;
    let rest = bytes.get(passed..)?;
    rest.iter().position(|byte| is_suspect(*byte)).map(|at| passed + at)
}

fn is_refused(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => is_stray(character),
    }
}

/// Names what is wrong with the bytes at the start of `rest`, which begin with a stray one.
fn stray_problem(rest: &str) -> &'static str {
    let mut end = 0;
    for (at, character) in rest.char_indices().take(4) {
        end = at + character.len_utf8();
    }
    let bytes = to_bytes(&rest[..end]);
    let width = match bytes.first() {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF7) => 4,
        _ => return "invalid leading UTF-8 octet",
    };
    if bytes.len() < width {
        return CUT_SHORT;
    }
    if bytes[1..width].iter().any(|byte| byte & 0xC0 != 0x80) {
        return "invalid trailing UTF-8 octet";
    }
    match (bytes[0], bytes[1]) {
        (0xC0 | 0xC1, _) | (0xE0, 0x80..=0x9F) | (0xF0, 0x80..=0x8F) => "invalid length of a UTF-8 sequence",
        _ => "invalid Unicode character",
    }
}
