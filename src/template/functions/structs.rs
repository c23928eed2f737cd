//! JSON of values that hold structs: `.Chart`, `.Capabilities`. Go writes their fields in the order of their declaration, where
//! keys of maps are sorted. Everything else is left to `yaml`.

use crate::source::{Text, TextBuilder};
use crate::template::objects::Record;
use crate::template::{Value, convert};
use crate::yaml;

/// Compact JSON; `emit` writes what holds no struct.
///
/// # Errors
/// What has no JSON.
pub(super) fn compact(value: &Value, emit: super::documents::Writer) -> Result<Text, String> {
    let mut out = TextBuilder::new();
    push(&mut out, value, emit)?;
    Ok(out.finish())
}

fn push(out: &mut TextBuilder, value: &Value, emit: super::documents::Writer) -> Result<(), String> {
    match value {
        Value::Object(object) => match object.as_any().downcast_ref::<Record>() {
            Some(record) => {
                let members = record.members().into_iter();
                push_members(out, members.map(|(key, value)| (Text::new(key), value)), emit)
            }
            None => push(out, &object.data(), emit),
        },
        Value::List(list) if !list.is_nil => {
            out.push('[');
            for (index, item) in list.items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                push(out, item, emit)?;
            }
            out.push(']');
            Ok(())
        }
        Value::Map(map) if !map.is_nil => {
            let entries = map.entries.borrow();
            push_members(out, entries.iter().map(|(key, value)| (key.clone(), value.clone())), emit)
        }
        plain => {
            let plain = convert::to_yaml(plain).map_err(|error| error.to_string())?;
            out.push_text(&emit(&plain)?);
            Ok(())
        }
    }
}

fn push_members(
    out: &mut TextBuilder,
    members: impl Iterator<Item = (Text, Value)>,
    emit: super::documents::Writer,
) -> Result<(), String> {
    out.push('{');
    for (index, (key, value)) in members.enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        out.push_text(&emit(&yaml::Value::String(key))?);
        out.push(':');
        push(out, &value, emit)?;
    }
    out.push('}');
    Ok(())
}

/// Compact JSON on lines of its own, two blanks per level, as Go's `json.Indent` lays it out.
pub(super) fn indented(json: &Text) -> Text {
    let (mut out, mut kept, mut depth) = (TextBuilder::new(), 0, 0);
    let (mut in_string, mut escaped, mut opened) = (false, false, false);
    let line = |out: &mut TextBuilder, depth: usize| {
        out.push('\n');
        (0..depth).for_each(|_| out.push_str("  "));
    };
    for (at, byte) in json.bytes().enumerate() {
        if in_string {
            in_string = byte != b'"' || escaped;
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        let closes = matches!(byte, b'}' | b']');
        // A line behind an opening brace, unless nothing stands in the braces.
        if opened && !closes {
            out.push_slice(json, kept..at);
            kept = at;
            line(&mut out, depth);
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b',' => {
                out.push_slice(json, kept..at + 1);
                kept = at + 1;
                line(&mut out, depth);
            }
            b':' => {
                out.push_slice(json, kept..at + 1);
                kept = at + 1;
                out.push(' ');
            }
            _ if closes => {
                depth = depth.saturating_sub(1);
                if !opened {
                    out.push_slice(json, kept..at);
                    kept = at;
                    line(&mut out, depth);
                }
            }
            _ => {}
        }
        opened = matches!(byte, b'{' | b'[');
    }
    out.push_slice(json, kept..json.len());
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indenting_gives_what_the_pretty_writer_gives() {
        let json = r#"{"a":[],"b":{},"c":[1,{"d":"x, \"y\": [z] \\"}],"e":{"f":null}}"#;
        let value = yaml::load_json(&Text::new(json)).unwrap();
        assert_eq!(indented(&yaml::emit_json(&value).unwrap()), yaml::emit_json_pretty(&value).unwrap());
    }
}
