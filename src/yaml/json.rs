//! Values to JSON as Go's `encoding/json` writes them: `toJson`, `toPrettyJson`, `toRawJson`. Carries origins.

use super::number::format_json;
use super::scanner::DEEPEST;
use super::value::Value;
use crate::source::{Text, TextBuilder, beyond};

/// `json.Marshal`: compact, keys sorted by bytes, `<`, `>`, `&` escaped.
///
/// # Errors
/// What Go says about infinities and NaN; Helm's `toJson` then prints nothing.
pub fn emit_json(value: &Value) -> Result<Text, String> {
    write(value, Form { pretty: false, html: true })
}

/// `json.MarshalIndent` with two spaces.
///
/// # Errors
/// As [`emit_json`].
pub fn emit_json_pretty(value: &Value) -> Result<Text, String> {
    write(value, Form { pretty: true, html: true })
}

/// As [`emit_json`], but `<`, `>`, `&` stay as they are.
///
/// # Errors
/// As [`emit_json`].
pub fn emit_json_raw(value: &Value) -> Result<Text, String> {
    write(value, Form { pretty: false, html: false })
}

#[derive(Clone, Copy)]
struct Form {
    pretty: bool,
    /// Whether `<`, `>`, `&` are escaped.
    html: bool,
}

fn write(value: &Value, form: Form) -> Result<Text, String> {
    let mut out = TextBuilder::new();
    write_value(&mut out, value, form, 0)?;
    Ok(out.finish())
}

fn write_value(out: &mut TextBuilder, value: &Value, form: Form, depth: usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(beyond(format_args!("json: unsupported value: nested deeper than {DEEPEST}")));
    }
    match value {
        Value::Null(origins) => out.push_computed("null", origins),
        Value::Bool(value, origins) => out.push_computed(if *value { "true" } else { "false" }, origins),
        Value::Int(value, origins) => out.push_computed(&value.to_string(), origins),
        Value::Float(value, origins) if value.is_finite() => out.push_computed(&format_json(*value), origins),
        Value::Float(value, _) => {
            let name = if value.is_nan() {
                "NaN"
            } else if *value > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(format!("json: unsupported value: {name}"));
        }
        Value::String(text) => write_string(out, text, form.html),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, form, depth + 1, index > 0);
                write_value(out, item, form, depth + 1)?;
            }
            close(out, form, depth, items.is_empty());
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                separate(out, form, depth + 1, index > 0);
                write_string(out, key, form.html);
                out.push_str(if form.pretty { ": " } else { ":" });
                write_value(out, value, form, depth + 1)?;
            }
            close(out, form, depth, map.is_empty());
            out.push('}');
        }
    }
    Ok(())
}

fn separate(out: &mut TextBuilder, form: Form, depth: usize, comma: bool) {
    if comma {
        out.push(',');
    }
    if form.pretty {
        new_line(out, depth);
    }
}

fn close(out: &mut TextBuilder, form: Form, depth: usize, empty: bool) {
    if form.pretty && !empty {
        new_line(out, depth);
    }
}

fn new_line(out: &mut TextBuilder, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn write_string(out: &mut TextBuilder, text: &Text, html: bool) {
    out.push('"');
    let mut from = 0;
    for (at, character) in text.char_indices() {
        if let Some(escaped) = escape(character, html) {
            out.push_slice(text, from..at);
            from = at + character.len_utf8();
            out.push_computed(&escaped, &text.origins_of(at..from));
        }
    }
    out.push_slice(text, from..text.len());
    out.push('"');
}

/// The JSON string of `text`, plain.
pub(super) fn quote(text: &str, html: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match escape(character, html) {
            Some(escaped) => out.push_str(&escaped),
            None => out.push(character),
        }
    }
    out.push('"');
    out
}

/// How many characters the JSON string of `text` takes, quotes included.
pub(super) fn requoted_width(text: &str) -> usize {
    if text.len() < 100 {
        return text.len();
    }
    text.chars().map(|character| escape(character, true).map_or(1, |escaped| escaped.chars().count())).sum::<usize>()
        + 2
}

fn escape(character: char, html: bool) -> Option<String> {
    Some(match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => format!("\\u{:04x}", u32::from(character)),
        '<' | '>' | '&' if html => format!("\\u{:04x}", u32::from(character)),
        '\u{10fe00}'..='\u{10feff}' => "\\ufffd".to_owned(),
        _ => return None,
    })
}
