//! Go's escapers: `html`, `js`, `urlquery`. Characters that stay as they are keep their origins.

use super::format::quote::is_printable;
use super::{Function, Outcome, Type, format};
use crate::source::{TextBuilder, to_bytes};
use crate::template::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("html", &[], Type::Any, |arguments| escaped(arguments, html)),
    Function::variadic("js", &[], Type::Any, |arguments| escaped(arguments, javascript)),
    Function::variadic("urlquery", &[], Type::Any, |arguments| escaped(arguments, url_query)),
];

/// Replaces each character for which `replacement` gives something.
fn escaped(arguments: &[Value], replacement: fn(char) -> Option<String>) -> Outcome {
    let text = format::sprint_printable(arguments)?;
    let mut out = TextBuilder::new();
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if let Some(replacement) = replacement(character) {
            let end = at + character.len_utf8();
            out.push_slice(&text, plain..at);
            out.push_computed(&replacement, &text.origins_of(at..end));
            plain = end;
        }
    }
    if plain == 0 {
        return Ok(Value::String(text));
    }
    out.push_slice(&text, plain..text.len());
    Ok(Value::String(out.finish()))
}

fn html(character: char) -> Option<String> {
    let entity = match character {
        '\0' => "\u{fffd}",
        '"' => "&#34;",
        '\'' => "&#39;",
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => return None,
    };
    Some(entity.to_owned())
}

fn javascript(character: char) -> Option<String> {
    match character {
        '\\' | '\'' | '"' => Some(format!("\\{character}")),
        '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => Some(format!("\\u{:04X}", u32::from(character))),
        _ if character.is_ascii() || is_printable(character) => None,
        // Go decodes a byte that is no UTF-8 to the replacement character, which prints.
        _ if stray(character) => None,
        _ => Some(format!("\\u{:04X}", u32::from(character))),
    }
}

fn stray(character: char) -> bool {
    u32::from(character) >= 0x10_0000 && to_bytes(character.encode_utf8(&mut [0; 4])).len() == 1
}

fn url_query(character: char) -> Option<String> {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | '~' => None,
        ' ' => Some("+".to_owned()),
        _ => Some(to_bytes(character.encode_utf8(&mut [0; 4])).iter().map(|byte| format!("%{byte:02X}")).collect()),
    }
}
