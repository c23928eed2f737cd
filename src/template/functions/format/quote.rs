//! Go's string and character literals, as `strconv.Quote` writes them. The characters that stand unescaped keep their origins.

use crate::source::{Text, TextBuilder, to_bytes};

/// Whether Go prints `character` as it is: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    // Rust's debug form escapes the same categories, and combining marks where they come first; so one stands before it.
    let mut buffer = [b'a', 0, 0, 0, 0];
    let length = 1 + character.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().eq(['a', character]))
}

/// The escape of a character that is not printed as it is; `bytes` is what it stands for.
fn escape(character: char, bytes: &[u8]) -> String {
    match character {
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        _ => match (bytes, u32::from(character)) {
            // A control character, or a byte that is no UTF-8. Delete is `\u007f` until Go 1.19.
            ([byte], code) if code != 0x7F => format!("\\x{byte:02x}"),
            (_, code) if code < 0x1_0000 => format!("\\u{code:04x}"),
            (_, code) => format!("\\U{code:08x}"),
        },
    }
}

/// Adds `text` as a Go literal between `mark`s (`"` or `'`); with `ascii`, everything beyond ASCII is escaped.
pub(crate) fn push_quoted(out: &mut TextBuilder, text: &Text, mark: char, ascii: bool) {
    let mut marks = [0; 4];
    let marks = &*mark.encode_utf8(&mut marks);
    if text.is_empty() {
        out.push_computed(&marks.repeat(2), &text.origins());
        return;
    }
    out.push_str(marks);
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let stray = u32::from(character) >= 0x10_0000 && to_bytes(&text[at..end]).len() == 1;
        let verbatim = character != mark
            && character != '\\'
            && if ascii { matches!(character, ' '..='~') } else { !stray && is_printable(character) };
        if verbatim {
            continue;
        }
        out.push_slice(text, plain..at);
        plain = end;
        let escaped = match character {
            '\\' => "\\\\".to_owned(),
            _ if character == mark => format!("\\{mark}"),
            _ => escape(character, &to_bytes(&text[at..end])),
        };
        out.push_computed(&escaped, &text.origins_of(at..end));
    }
    out.push_slice(text, plain..text.len());
    out.push_str(marks);
}

/// Whether `text` can stand between backquotes: no control characters but tabs, no backquote, no byte order mark.
pub(crate) fn can_backquote(text: &str) -> bool {
    text.chars().all(|character| match character {
        '\t' => true,
        '`' | '\u{7f}' | '\u{feff}' => false,
        _ if u32::from(character) >= 0x10_0000 => to_bytes(character.encode_utf8(&mut [0; 4])).len() > 1,
        _ => character >= ' ',
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(text: &Text) -> Text {
        let mut out = TextBuilder::new();
        push_quoted(&mut out, text, '"', false);
        out.finish()
    }

    use crate::source::from_bytes;

    #[test]
    fn only_what_is_not_printable_is_escaped() {
        let text = Text::new("a\"\\\n\t\u{1}\u{7f}é日\u{301}\u{a0}\u{200b}\u{1f680}\u{e000}\u{feff}");
        let expected = "\"a\\\"\\\\\\n\\t\\x01\\u007fé日\u{301}\\u00a0\\u200b\u{1f680}\\ue000\\ufeff\"";
        assert_eq!(quote(&text), expected);
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped_singly() {
        assert_eq!(quote(&Text::new(&from_bytes(b"a\xff\xc3"))), "\"a\\xff\\xc3\"");
    }

    #[test]
    fn ascii_literals_escape_the_rest() {
        let mut out = TextBuilder::new();
        push_quoted(&mut out, &Text::new("é\u{1f680}'\""), '\'', true);
        assert_eq!(out.finish(), "'\\u00e9\\U0001f680\\'\"'");
    }

    #[test]
    fn backquotes_refuse_control_characters() {
        assert!(can_backquote("a\tb"));
        assert!(["a\n", "a`", "\u{7f}", "\u{feff}"].iter().all(|text| !can_backquote(text)));
    }
}
