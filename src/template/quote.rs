//! Go's characters and quoting: which characters are letters or printable, `%q`, and the inverse for template literals.
//! Pure text; knows nothing of templates.

use std::fmt::Write;
use std::sync::OnceLock;

use regex::Regex;

pub(super) use super::functions::format::quote::is_printable;

/// The first of the private characters that stand for stray bytes (see `source::from_bytes`).
const STRAY: u32 = 0x10_FE00;

/// Whether `character` may stand in an identifier: `_`, a Unicode letter (L) or decimal digit (Nd).
pub(super) fn is_alphanumeric(character: char) -> bool {
    static LETTERS: OnceLock<Option<Regex>> = OnceLock::new();
    if character.is_ascii() {
        return character == '_' || character.is_ascii_alphanumeric();
    }
    let letters = LETTERS.get_or_init(|| Regex::new(r"^[\p{L}\p{Nd}]$").ok());
    letters.as_ref().is_some_and(|letters| letters.is_match(character.encode_utf8(&mut [0; 4])))
}

/// `text` as Go's `strconv.Quote` and `%q` write it.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        push_escaped(&mut quoted, character, '"');
    }
    quoted.push('"');
    quoted
}

/// One character as `%#U` writes it: `U+0040 '@'`.
pub(super) fn describe(character: char) -> String {
    let code = u32::from(character);
    if is_printable(character) { format!("U+{code:04X} '{character}'") } else { format!("U+{code:04X}") }
}

fn push_escaped(quoted: &mut String, character: char, quote: char) {
    let code = u32::from(character);
    let simple = match character {
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        '\\' => '\\',
        _ if character == quote => quote,
        _ if is_printable(character) => return quoted.push(character),
        _ => {
            // Writing to a string cannot fail.
            let _ = match code {
                STRAY.. => write!(quoted, "\\x{:02x}", code - STRAY),
                // Delete is `\x7f` only since Go 1.19.
                0..=0x1f => write!(quoted, "\\x{code:02x}"),
                0x20..=0xffff => write!(quoted, "\\u{code:04x}"),
                _ => write!(quoted, "\\U{code:08x}"),
            };
            return;
        }
    };
    quoted.push('\\');
    quoted.push(simple);
}

/// What the quoted literal `literal` (quotes included) means; `None` where Go's `strconv.Unquote` says `invalid syntax`.
pub(super) fn unquote(literal: &str) -> Option<String> {
    let mut characters = literal.chars();
    let (first, last) = (characters.next()?, characters.next_back()?);
    if first != last {
        return None;
    }
    let inner = characters.as_str();
    match first {
        '`' => (!inner.contains('`')).then(|| inner.replace('\r', "")),
        '"' => {
            let mut bytes = Vec::with_capacity(inner.len());
            let mut rest = inner;
            while !rest.is_empty() {
                if rest.starts_with('\n') {
                    return None;
                }
                let (unit, tail) = unquote_character(rest, '"')?;
                unit.push_to(&mut bytes);
                rest = tail;
            }
            Some(crate::source::from_bytes(&bytes).into_owned())
        }
        _ => None,
    }
}

/// The value of a character constant, quotes included.
///
/// # Errors
/// What Go says: `invalid syntax`, or that the constant is malformed.
pub(super) fn unquote_rune(literal: &str) -> Result<i64, String> {
    let rest = literal.strip_prefix('\'').unwrap_or(literal);
    match unquote_character(rest, '\'') {
        None => Err("invalid syntax".to_owned()),
        Some((unit, "'")) => Ok(i64::from(unit.code())),
        Some(_) => Err(format!("malformed character constant: {literal}")),
    }
}

/// A unit of a quoted literal.
enum Unit {
    Character(char),
    Byte(u8),
}

impl Unit {
    fn code(&self) -> u32 {
        match self {
            Self::Character(character) => u32::from(*character),
            Self::Byte(byte) => u32::from(*byte),
        }
    }

    fn push_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Character(character) => {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(&crate::source::to_bytes(character.encode_utf8(&mut buffer)));
            }
            Self::Byte(byte) => bytes.push(*byte),
        }
    }
}

fn unquote_character(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first == quote {
        return None;
    }
    if first != '\\' {
        // Go decodes what it reads here: a byte that is no UTF-8 is the replacement character.
        let character = if crate::source::is_stray(first) { char::REPLACEMENT_CHARACTER } else { first };
        return Some((Unit::Character(character), characters.as_str()));
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    let plain = |character| Some((Unit::Character(character), rest));
    match escape {
        'a' => plain('\x07'),
        'b' => plain('\x08'),
        'f' => plain('\x0c'),
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        'v' => plain('\x0b'),
        '\\' => plain('\\'),
        '\'' | '"' if escape == quote => plain(escape),
        'x' => digits(rest, 2, 16).and_then(|(code, tail)| Some((Unit::Byte(u8::try_from(code).ok()?), tail))),
        'u' => digits(rest, 4, 16).and_then(|(code, tail)| Some((Unit::Character(char::from_u32(code)?), tail))),
        'U' => digits(rest, 8, 16).and_then(|(code, tail)| Some((Unit::Character(char::from_u32(code)?), tail))),
        '0'..='7' => {
            digits(&text[1..], 3, 8).and_then(|(code, tail)| Some((Unit::Byte(u8::try_from(code).ok()?), tail)))
        }
        _ => None,
    }
}

fn digits(text: &str, count: usize, radix: u32) -> Option<(u32, &str)> {
    let (head, tail) = text.split_at_checked(count)?;
    let valid = head.chars().all(|digit| digit.is_digit(radix));
    if valid { Some((u32::from_str_radix(head, radix).ok()?, tail)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_is_gos() {
        assert_eq!(quote("a\"b\\\n\t\u{7}\u{1}"), r#""a\"b\\\n\t\a\x01""#);
        assert_eq!(quote("h\u{e9}\u{200b}\u{1f680}\u{7f}"), "\"h\u{e9}\\u200b\u{1f680}\\u007f\"");
        assert_eq!(quote(&crate::source::from_bytes(b"\xff")), r#""\xff""#);
    }

    #[test]
    fn literals_mean_what_go_says() {
        let cases = [
            (r#""a\tb\u00e9\x41\101\"""#, Some("a\tb\u{e9}AA\"")),
            ("`raw\\n`", Some("raw\\n")),
            (r#""\xc3\xa9""#, Some("\u{e9}")),
            (r#""\q""#, None),
            (r#""\'""#, None),
            (r#""\ud800""#, None),
            (r#""\400""#, None),
            ("\"", None),
        ];
        for (literal, meaning) in cases {
            assert_eq!(unquote(literal).as_deref(), meaning, "{literal}");
        }
        assert_eq!(unquote(r#""\xff""#).unwrap(), crate::source::from_bytes(b"\xff"));
        assert_eq!(unquote(&crate::source::from_bytes(b"\"a\xffb\"")).unwrap(), "a\u{fffd}b");
        assert_eq!(unquote(&crate::source::from_bytes(b"`a\xffb`")).unwrap(), crate::source::from_bytes(b"a\xffb"));
        assert_eq!(unquote_rune(&crate::source::from_bytes(b"'\xff'")), Ok(0xfffd));
    }

    #[test]
    fn character_constants() {
        assert_eq!(unquote_rune("'a'"), Ok(97));
        assert_eq!(unquote_rune(r"'\''"), Ok(39));
        assert_eq!(unquote_rune("''"), Err("invalid syntax".to_owned()));
        assert_eq!(unquote_rune("'ab'"), Err("malformed character constant: 'ab'".to_owned()));
    }

    #[test]
    fn characters_are_described_with_their_code() {
        assert_eq!(describe('@'), "U+0040 '@'");
        assert_eq!(describe('\u{7}'), "U+0007");
        assert!(is_alphanumeric('\u{e9}') && is_alphanumeric('_') && !is_alphanumeric('\u{b2}'));
    }
}
