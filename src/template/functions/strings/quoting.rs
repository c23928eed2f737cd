//! `quote`, `squote` and `cat`. Nil arguments are left out.

use std::fmt::Write;

use super::characters::{is_printable, is_stray};
use super::strval::{printed, strval};
use crate::source::{Text, TextBuilder, to_bytes};
use crate::template::Value;
use crate::template::functions::Outcome;

/// Each argument between double quotes, escaped as Go's `%q` does.
pub(super) fn quote(arguments: &[Value]) -> Outcome {
    Ok(Value::String(joined(arguments, |builder, value| push_quoted(builder, &strval(value)))))
}

/// Each argument between single quotes, as it is.
pub(super) fn squote(arguments: &[Value]) -> Outcome {
    Ok(Value::String(joined(arguments, |builder, value| {
        builder.push('\'');
        builder.push_text(&printed(value));
        builder.push('\'');
    })))
}

/// The arguments apart by blanks.
pub(super) fn cat(arguments: &[Value]) -> Outcome {
    Ok(Value::String(joined(arguments, |builder, value| builder.push_text(&printed(value)))))
}

fn joined(arguments: &[Value], mut push: impl FnMut(&mut TextBuilder, &Value)) -> Text {
    let mut builder = TextBuilder::new();
    for (index, value) in arguments.iter().filter(|value| !matches!(value, Value::Nil)).enumerate() {
        if index > 0 {
            builder.push(' ');
        }
        push(&mut builder, value);
    }
    builder.finish()
}

/// Adds `text` as Go 1.18's `strconv.Quote` writes it; letters that need no escape keep their place.
fn push_quoted(builder: &mut TextBuilder, text: &Text) {
    builder.push('"');
    let mut kept = 0;
    for (start, character) in text.char_indices() {
        let plain = if character.is_ascii() {
            (' '..='~').contains(&character) && !matches!(character, '"' | '\\')
        } else {
            is_printable(character)
        };
        if plain {
            continue;
        }
        let end = start + character.len_utf8();
        builder.push_slice(text, kept..start);
        builder.push_computed(&escaped(character), &text.slice(start..end).origins());
        kept = end;
    }
    builder.push_slice(text, kept..text.len());
    builder.push('"');
}

fn escaped(character: char) -> String {
    let code = u32::from(character);
    let mut escape = String::new();
    // Writing to a string cannot fail.
    let _ = match character {
        '"' | '\\' => write!(escape, "\\{character}"),
        '\x07' => write!(escape, "\\a"),
        '\x08' => write!(escape, "\\b"),
        '\x0c' => write!(escape, "\\f"),
        '\n' => write!(escape, "\\n"),
        '\r' => write!(escape, "\\r"),
        '\t' => write!(escape, "\\t"),
        '\x0b' => write!(escape, "\\v"),
        _ if is_stray(character) => {
            let byte = to_bytes(character.encode_utf8(&mut [0; 4])).first().copied().unwrap_or_default();
            write!(escape, "\\x{byte:02x}")
        }
        _ if code < 0x20 => write!(escape, "\\x{code:02x}"),
        _ if code < 0x1_0000 => write!(escape, "\\u{code:04x}"),
        _ => write!(escape, "\\U{code:08x}"),
    };
    escape
}
