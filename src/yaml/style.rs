//! How go-yaml's emitter writes a string: plain, quoted or as a block, and which characters it escapes. Strings only.

use super::resolve::{Resolved, resolve};

/// Which of Helm's writers is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `toYaml`: sigs.k8s.io/yaml over go-yaml v2.
    Standard,
    /// `toYamlPretty`: go-yaml v3 by itself.
    Pretty,
}

/// A scalar's string and what the emitter may do with it.
pub(super) struct Analysis {
    pub multiline: bool,
    plain: bool,
    single_quoted: bool,
    block: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

pub(super) fn style(text: &str, analysis: &Analysis, simple_key: bool) -> Style {
    let style = if text.contains('\n') {
        Style::Literal
    } else if resolve(text) == Resolved::String && !is_base_60(text) {
        Style::Plain
    } else {
        Style::Double
    };
    match style {
        Style::Literal if !analysis.block || simple_key => Style::Double,
        Style::Plain if analysis.plain => Style::Plain,
        Style::Plain if analysis.single_quoted => Style::Single,
        Style::Plain => Style::Double,
        style => style,
    }
}

/// Whether YAML 1.1 would read `text` as a number of base 60, like `12:30`.
fn is_base_60(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = digits.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    let sixtieth = |part: &str| match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
        _ => false,
    };
    let digits_or_underscores = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits_or_underscores(first)
        && middle.iter().all(|part| sixtieth(part))
        && sixtieth(last)
        && digits_or_underscores(fraction)
}

/// Whether `text` has nothing but letters, digits and such that never need a closer look.
pub(super) fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/');
    let mut bytes = text.bytes();
    bytes.next().is_some_and(is_plain) && bytes.all(|byte| is_plain(byte) || matches!(byte, b'-' | b'.'))
}

/// Looks at every letter once.
pub(super) fn analyze(text: &str, dialect: Dialect) -> Analysis {
    if text.is_empty() {
        return Analysis { multiline: false, plain: true, single_quoted: true, block: false };
    }
    if is_word(text) {
        return Analysis { multiline: false, plain: true, single_quoted: true, block: true };
    }
    let bytes = text.as_bytes();
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut breaks, mut special, mut tab) = (false, false, false);
    let (mut edge, mut trailing_space, mut break_space, mut space_break) = (false, false, false, false);
    let (mut previous_space, mut previous_break, mut after_blank) = (false, false, true);
    for (at, character) in text.char_indices() {
        let next = at + character.len_utf8();
        let blank_next = matches!(bytes.get(next), None | Some(b' ' | b'\t'));
        indicators |= match character {
            '#' => at == 0 || after_blank,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => at == 0,
            '?' | '-' => at == 0 && blank_next,
            ':' => blank_next,
            _ => false,
        };
        match (character, dialect) {
            ('\t', Dialect::Pretty) => tab = true,
            _ => special |= !is_printable(character),
        }
        let is_break = break_len(bytes, at) > 0;
        let is_edge = at == 0 || next == bytes.len();
        if character == ' ' {
            edge |= is_edge;
            trailing_space |= next == bytes.len();
            break_space |= previous_break;
        } else if is_break {
            breaks = true;
            edge |= is_edge;
            space_break |= previous_space;
        }
        previous_space = character == ' ';
        previous_break = is_break;
        after_blank = is_break || matches!(character, ' ' | '\t' | '\0');
    }
    let unquotable = space_break || special;
    Analysis {
        multiline: breaks,
        plain: !(edge || break_space || unquotable || tab || breaks || indicators),
        single_quoted: !(break_space || unquotable || tab),
        block: !(trailing_space || unquotable),
    }
}

/// Whether go-yaml writes the character unescaped. It escapes everything past U+FFFD.
pub(super) fn is_printable(character: char) -> bool {
    match character {
        '\n' | ' '..='~' => true,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        '\u{a0}'..='\u{ffff}' => true,
        _ => false,
    }
}

/// The length in bytes of the line break at `at`, 0 if there is none.
pub(super) fn break_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n' | b'\r') => 1,
        Some(0xC2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xE2) if bytes.get(at + 1) == Some(&0x80) && matches!(bytes.get(at + 2), Some(0xA8 | 0xA9)) => 3,
        _ => 0,
    }
}

/// The length in bytes of the character that starts with `byte`.
pub(super) fn width(byte: u8) -> usize {
    match byte {
        0..=0x7F => 1,
        0x80..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

/// The escape of a character in a double-quoted scalar.
pub(super) fn escape(character: char) -> String {
    let short = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let code = u32::from(character);
            return match code {
                0..=0xFF => format!("\\x{code:02X}"),
                0x100..=0xFFFF => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}
