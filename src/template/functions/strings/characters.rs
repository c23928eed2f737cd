//! Characters as Go's `unicode` package sees them: one-to-one case mapping and the general categories. Rust maps some
//! characters to several, and counts more of them as upper or lower case.

use crate::source::is_stray;
use std::sync::LazyLock;

use regex::Regex;

use crate::source::{Text, TextBuilder};

/// What Go decodes a stray byte to.
pub(super) const REPLACEMENT: char = '\u{fffd}';

/// `unicode.ToUpper`.
pub(super) fn to_upper(character: char) -> char {
    match character {
        // Whole upper forms exist, but Rust spells them out with a capital iota.
        '\u{1f80}'..='\u{1faf}' => offset(character, if u32::from(character) & 8 == 0 { 8 } else { 0 }),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => offset(character, 9),
        _ => single(character.to_uppercase()).unwrap_or(character),
    }
}

/// `unicode.ToLower`.
pub(super) fn to_lower(character: char) -> char {
    if character == '\u{130}' { 'i' } else { single(character.to_lowercase()).unwrap_or(character) }
}

/// `unicode.ToTitle`: the upper form, but for digraphs and Georgian letters.
pub(super) fn to_title(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => character,
        _ => to_upper(character),
    }
}

fn single(mut mapped: impl ExactSizeIterator<Item = char>) -> Option<char> {
    if mapped.len() == 1 { mapped.next() } else { None }
}

fn offset(character: char, by: u32) -> char {
    char::from_u32(u32::from(character) + by).unwrap_or(character)
}

/// `unicode.IsUpper`: category Lu.
pub(super) fn is_upper(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{Lu}").ok());
    if character.is_ascii() {
        character.is_ascii_uppercase()
    } else {
        character.is_uppercase() && is_in(&CLASS, character)
    }
}

/// `unicode.IsLower`: category Ll.
pub(super) fn is_lower(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{Ll}").ok());
    if character.is_ascii() {
        character.is_ascii_lowercase()
    } else {
        character.is_lowercase() && is_in(&CLASS, character)
    }
}

/// `unicode.IsTitle`: category Lt.
pub(super) fn is_title(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{Lt}").ok());
    !character.is_ascii() && is_in(&CLASS, character)
}

/// `unicode.IsLetter`: category L.
pub(in crate::template::functions) fn is_letter(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{L}").ok());
    if character.is_ascii() { character.is_ascii_alphabetic() } else { is_in(&CLASS, character) }
}

/// `unicode.IsDigit`: category Nd.
pub(in crate::template::functions) fn is_digit(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{Nd}").ok());
    if character.is_ascii() { character.is_ascii_digit() } else { is_in(&CLASS, character) }
}

/// `unicode.IsNumber`: category N.
pub(super) fn is_number(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{N}").ok());
    if character.is_ascii() { character.is_ascii_digit() } else { is_in(&CLASS, character) }
}

/// `unicode.IsPunct`: category P.
pub(super) fn is_punctuation(character: char) -> bool {
    static CLASS: Class = LazyLock::new(|| Regex::new(r"^\p{P}").ok());
    is_in(&CLASS, character)
}

type Class = LazyLock<Option<Regex>>;

fn is_in(class: &Class, character: char) -> bool {
    class.as_ref().is_some_and(|class| class.is_match(character.encode_utf8(&mut [0; 4])))
}

/// `text` with each character mapped, as `strings.Map` does; stray bytes become U+FFFD. Unchanged stretches stay exact, changed ones keep the place of what they replace.
pub(super) fn map(text: &Text, mut mapping: impl FnMut(char) -> char) -> Text {
    let mut builder: Option<TextBuilder> = None;
    let (mut kept, mut changed) = (0, String::new());
    let mut from = 0;
    let flush = |builder: &mut Option<TextBuilder>, changed: &mut String, from: usize, to: usize| {
        if !changed.is_empty() {
            builder.get_or_insert_default().push_computed(changed, &text.origins_of(from..to));
            changed.clear();
        }
    };
    for (start, character) in text.char_indices() {
        let mapped = if is_stray(character) { REPLACEMENT } else { mapping(character) };
        if mapped == character {
            flush(&mut builder, &mut changed, from, start);
            continue;
        }
        if changed.is_empty() {
            builder.get_or_insert_default().push_slice(text, kept..start);
            from = start;
        }
        changed.push(mapped);
        kept = start + character.len_utf8();
    }
    flush(&mut builder, &mut changed, from, text.len().min(kept));
    match builder {
        None => text.clone(),
        Some(mut builder) => {
            builder.push_slice(text, kept..text.len());
            builder.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources};

    #[test]
    fn mapping_is_one_to_one() {
        assert_eq!("ßǆŉᾀῃ".chars().map(to_upper).collect::<String>(), "ßǄŉᾈῌ");
        assert_eq!("İΣẞᾈ".chars().map(to_lower).collect::<String>(), "iσßᾀ");
        assert_eq!("ǆაa".chars().map(to_title).collect::<String>(), "ǅაA");
    }

    #[test]
    fn categories_are_those_of_unicode() {
        assert!(is_upper('É') && !is_upper('Ⅷ') && !is_upper('ǅ') && is_title('ǅ'));
        assert!(is_lower('ß') && !is_lower('ª') && is_letter('ª') && is_number('Ⅷ'));
        assert!(is_punctuation('.') && !is_punctuation('$') && is_punctuation('«'));
    }

    #[test]
    fn unchanged_stretches_stay_exact() {
        let text = Text::of_file(Sources::new().add("values", "Tag: V1.2".into()), "Tag: V1.2".into(), Layer::Values);
        let lower = map(&text, to_lower);
        assert_eq!(lower, "tag: v1.2");
        assert_eq!(lower.slice(6..9).exact_span().unwrap().range(), 6..9);
        assert_eq!(lower.slice(5..6).origins().unwrap().places()[0].0.range(), 5..6);
    }
}
