//! Functions that find words: `initials` (goutils), `snakecase`, `kebabcase` and `camelcase` (xstrings 1.3).

use super::characters::{REPLACEMENT, is_letter, is_number, is_punctuation, is_upper, map, to_lower, to_upper};
use super::cutting::is_blank;
use crate::source::is_stray;
use crate::source::{Text, TextBuilder, to_bytes};
use crate::template::Value;
use crate::template::functions::{Outcome, arguments};

/// The first byte of each word; Sprig reads bytes as Latin-1.
pub(super) fn initials(arguments: &[Value]) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    if text.is_ascii() {
        let mut builder = TextBuilder::new();
        for word in text.split(|character: char| is_blank(character as u8)).filter(|word| !word.is_empty()) {
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            builder.push_slice(text, start..start + 1);
        }
        return Ok(Value::String(builder.finish()));
    }
    let bytes = to_bytes(text);
    let words = bytes.split(|byte| is_blank(*byte)).filter_map(|word| word.first());
    Ok(Value::String(text.derive(words.map(|byte| char::from(*byte)).collect::<String>())))
}

pub(super) fn snakecase(arguments: &[Value]) -> Outcome {
    Ok(Value::String(connected(arguments::text(arguments, 0)?, '_')))
}

pub(super) fn kebabcase(arguments: &[Value]) -> Outcome {
    Ok(Value::String(connected(arguments::text(arguments, 0)?, '-')))
}

/// Words joined, each starting with a capital; connectors stay at both ends and where several follow each other, but one.
pub(super) fn camelcase(arguments: &[Value]) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut builder = TextBuilder::new();
    let mut push =
        |(start, original): (usize, char), mapped: char| push_character(&mut builder, text, start, original, mapped);
    let leading = characters.iter().take_while(|(_, character)| is_connector(*character)).count();
    characters.iter().take(leading).for_each(|place| push(*place, place.1));
    let Some(first) = characters.get(leading) else {
        // Text of connectors only: the last one is written once more.
        characters.last().into_iter().for_each(|place| push(*place, place.1));
        return Ok(Value::String(builder.finish()));
    };
    let mut held = (*first, to_upper(first.1));
    for place in characters.iter().skip(leading + 1) {
        let mapped = match (is_connector(held.1), is_connector(place.1)) {
            (true, true) => {
                push(held.0, held.1);
                place.1
            }
            (true, false) => to_upper(place.1),
            (false, _) => {
                push(held.0, held.1);
                to_lower(place.1)
            }
        };
        held = (*place, mapped);
    }
    push(held.0, held.1);
    Ok(Value::String(builder.finish()))
}

/// A character that stays keeps its place exactly; stray bytes become U+FFFD.
fn push_character(builder: &mut TextBuilder, text: &Text, start: usize, original: char, mapped: char) {
    let mapped = if is_stray(mapped) { REPLACEMENT } else { mapped };
    let place = start..start + original.len_utf8();
    if mapped == original {
        builder.push_slice(text, place);
    } else {
        builder.push_computed(mapped.encode_utf8(&mut [0; 4]), &text.origins_of(place));
    }
}

fn is_connector(character: char) -> bool {
    matches!(character, '-' | '_') || character.is_whitespace()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing but stray bytes.
    Invalid,
    Number,
    /// A run of capitals, or one capital and the small letters behind it.
    Capital,
    Small,
    Connector,
    Punctuation,
    Other,
}

struct Word {
    kind: Kind,
    start: usize,
    end: usize,
}

/// The text in lower case, its words and numbers joined by `connector`.
fn connected(text: &Text, connector: char) -> Text {
    let words = words(text);
    let mut builder = TextBuilder::new();
    let kind = |index: usize| words.get(index).map(|word| word.kind);
    let alphanumeric = |kind: Option<Kind>| matches!(kind, Some(Kind::Small | Kind::Number));
    let mut at = 0;
    while at + 1 < words.len() {
        let mut push = |index: usize| push_word(&mut builder, text, words.get(index), connector);
        push(at);
        let current = words[at].kind;
        at += 1;
        let joins = match current {
            Kind::Connector | Kind::Punctuation => false,
            // Small letters and numbers behind a number belong to it; a connector behind them is doubled.
            Kind::Number => {
                while alphanumeric(kind(at)) {
                    push(at);
                    at += 1;
                }
                !matches!(kind(at), None | Some(Kind::Punctuation | Kind::Invalid))
            }
            _ if kind(at) != Some(Kind::Number) => !matches!(kind(at), Some(Kind::Connector | Kind::Punctuation)),
            // A number at the very end belongs to the word before it.
            _ if at + 1 == words.len() => false,
            _ if kind(at + 1) == Some(Kind::Small) => {
                builder.push(connector);
                let mut push = |index: usize| push_word(&mut builder, text, words.get(index), connector);
                push(at);
                at += 1;
                while alphanumeric(kind(at)) {
                    push(at);
                    at += 1;
                }
                !matches!(kind(at), None | Some(Kind::Connector | Kind::Punctuation | Kind::Invalid))
            }
            // So does a number before a capital: `bld4_floor`.
            _ => {
                push(at);
                at += 1;
                !matches!(kind(at), Some(Kind::Connector | Kind::Punctuation))
            }
        };
        if joins {
            builder.push(connector);
        }
    }
    push_word(&mut builder, text, words.get(at), connector);
    builder.finish()
}

fn push_word(builder: &mut TextBuilder, text: &Text, word: Option<&Word>, connector: char) {
    let Some(word) = word else { return };
    if !matches!(word.kind, Kind::Capital | Kind::Connector) {
        return builder.push_slice(text, word.start..word.end);
    }
    let lower = |character| {
        if is_connector(character) {
            connector
        } else if is_upper(character) {
            to_lower(character)
        } else {
            character
        }
    };
    builder.push_text(&map(&text.slice(word.start..word.end), lower));
}

/// A character with the stray bytes before it, which belong to the same word.
struct Unit {
    character: char,
    start: usize,
    end: usize,
}

fn words(text: &Text) -> Vec<Word> {
    let units = units(text);
    if units.is_empty() && !text.is_empty() {
        return vec![Word { kind: Kind::Invalid, start: 0, end: text.len() }];
    }
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = units.get(at) {
        let (kind, length) = word_at(&units[at..]);
        let end = units.get(at + length - 1).map_or(first.end, |last| last.end);
        words.push(Word { kind, start: first.start, end });
        at += length;
    }
    words
}

fn units(text: &Text) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        if !is_stray(character) && character != REPLACEMENT {
            units.push(Unit { character, start, end });
            start = end;
        }
    }
    if let Some(last) = units.last_mut() {
        last.end = text.len();
    }
    units
}

/// The kind of the first word and the number of its characters.
fn word_at(units: &[Unit]) -> (Kind, usize) {
    let count = |test: fn(char) -> bool| units.iter().take_while(|unit| test(unit.character)).count();
    let small = |from: usize| units.iter().skip(from).take_while(|unit| is_small(unit.character)).count();
    let Some(first) = units.first().map(|unit| unit.character) else { return (Kind::Invalid, 1) };
    if is_connector(first) {
        (Kind::Connector, count(is_connector))
    } else if is_punctuation(first) {
        (Kind::Punctuation, count(is_punctuation))
    } else if is_upper(first) {
        let capitals = count(is_upper);
        let followed = units.get(capitals).is_some_and(|unit| is_alphabetic(unit.character));
        match capitals {
            1 => (Kind::Capital, 1 + small(1)),
            // The last capital starts the next word: `HTTP`, `Server`.
            _ if followed => (Kind::Capital, capitals - 1),
            _ => (Kind::Capital, capitals),
        }
    } else if is_alphabetic(first) {
        (Kind::Small, small(0))
    } else if is_number(first) {
        (Kind::Number, count(is_number))
    } else {
        (Kind::Other, count(is_other))
    }
}

fn is_small(character: char) -> bool {
    is_alphabetic(character) && !is_upper(character)
}

fn is_other(character: char) -> bool {
    !(is_connector(character) || is_alphabetic(character) || is_number(character) || is_punctuation(character))
}

/// A letter that is no Chinese character, by the ranges of xstrings.
fn is_alphabetic(character: char) -> bool {
    let chinese = matches!(character, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}');
    !chinese && is_letter(character)
}
