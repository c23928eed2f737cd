//! What messages call a character, so that one which nobody can see, or which looks like another, can be told.

/// Characters that cannot be seen or told from others, and what they are called.
const NAMES: [(char, &str); 19] = [
    ('\u{a0}', "a no-break space"),
    ('\u{ad}', "a soft hyphen"),
    ('\u{2007}', "a figure space"),
    ('\u{200b}', "a zero-width space"),
    ('\u{200c}', "a zero-width non-joiner"),
    ('\u{200d}', "a zero-width joiner"),
    ('\u{200e}', "a left-to-right mark"),
    ('\u{200f}', "a right-to-left mark"),
    ('\u{2018}', "a typographic quote"),
    ('\u{2019}', "a typographic quote"),
    ('\u{201c}', "a typographic quote"),
    ('\u{201d}', "a typographic quote"),
    ('\u{202f}', "a narrow no-break space"),
    ('\u{2060}', "a word joiner"),
    ('\u{3000}', "a wide space"),
    ('\u{feff}', "a byte order mark"),
    ('\u{ff03}', "a wide number sign"),
    ('\u{ff1a}', "a wide colon"),
    ('\u{ff1d}', "a wide equals sign"),
];

/// How a message names `character`.
#[must_use]
pub fn name_of(character: char) -> String {
    let code = u32::from(character);
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == character) {
        return format!("{name} (U+{code:04X})");
    }
    match character {
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\r' => "a carriage return".to_owned(),
        '\n' => "a line break".to_owned(),
        '`' => "a backtick".to_owned(),
        _ if character.is_ascii_graphic() => format!("`{character}`"),
        _ if character.is_alphanumeric() => format!("`{character}` (U+{code:04X})"),
        _ => match crate::source::to_bytes(character.encode_utf8(&mut [0; 4])).as_ref() {
            [byte] if *byte >= 0x80 => format!("the stray byte 0x{byte:02X}"),
            _ => format!("the character U+{code:04X}"),
        },
    }
}

/// Whether nobody can see `character`, or see that it is no plain blank.
#[must_use]
pub fn is_unseen(character: char) -> bool {
    let formats = matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    formats || (character.is_whitespace() && !character.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_has_a_name_and_a_number() {
        assert_eq!(name_of('\u{a0}'), "a no-break space (U+00A0)");
        assert_eq!(name_of('\u{200b}'), "a zero-width space (U+200B)");
        assert_eq!(name_of('\u{43e}'), "`\u{43e}` (U+043E)");
        assert_eq!((name_of('x').as_str(), name_of(' ').as_str()), ("`x`", "a space"));
        assert!(['\u{a0}', '\u{200b}', '\u{feff}', '\u{3000}'].into_iter().all(is_unseen));
        assert!(![' ', '\t', 'a', '\u{43e}', '\u{ff03}'].into_iter().any(is_unseen));
    }
}
