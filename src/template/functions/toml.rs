//! `toToml` and `fromToml`: TOML as the BurntSushi library writes it for Helm (indented by two blanks per table, values before
//! tables), and the maps of newer Helm's reader. Origins of values go along.

use std::ops::Range;

use ::toml::de::{DeTable, DeValue};

use super::{Failure, Function, Outcome, Type, types};
use crate::source::{Text, TextBuilder, beyond, spend, to_bytes};
use crate::template::Value;
use crate::template::objects::{Field, Record};
use crate::template::value::IntKind;

/// How deep values may nest.
const DEEPEST: usize = 400;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toToml", &[Type::Any], |arguments| {
        written(arguments).or_else(|refusal| match refusal {
            Refusal::Told(message) => Ok(Value::string(message)),
            failed => Err(failed.into()),
        })
    }),
    Function::new("mustToToml", &[Type::Any], |arguments| Ok(written(arguments)?)),
    Function::new("fromToml", &[Type::String], from_toml),
];

/// Why a value has no TOML.
enum Refusal {
    /// `toToml` gives the message as its text, `mustToToml` fails with it.
    Told(&'static str),
    /// Both fail.
    Failed(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Told(message) => message.into(),
            Refusal::Failed(message) => message.into(),
        }
    }
}

fn written(arguments: &[Value]) -> Result<Value, Refusal> {
    let value = arguments.first().unwrap_or(&Value::Nil);
    let mut writer = Writer { out: TextBuilder::new() };
    match value {
        Value::Nil => Err(Refusal::Failed("reflect: call of reflect.Value.Interface on zero Value".to_owned())),
        value if is_table(value) => writer.table_body(&[], value),
        // Items are looked at before the place of the list is.
        Value::List(list) if holds_nil(&list.items, DEEPEST) => Err(nil_item()),
        _ => Err(Refusal::Told("toml: top-level values must be Go maps or structs")),
    }?;
    Ok(Value::String(writer.out.finish()))
}

/// Whether TOML writes it under a header of its own.
fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::Object(object) => !matches!(object.kind(), "slice"),
        _ => false,
    }
}

/// Whether it is a list of tables; the first item decides.
fn is_table_list(value: &Value) -> bool {
    matches!(value, Value::List(list) if list.items.first().is_some_and(is_table))
}

/// The entries of a table, those with headers last.
fn entries(value: &Value) -> Result<Vec<(Text, Value)>, Refusal> {
    let data = match value {
        Value::Object(object) => match object.as_any().downcast_ref::<Record>() {
            Some(record) => {
                return Ok(sorted(record.each_field().filter(|field| !field.value.is_nil()).map(name_and_value)));
            }
            None => object.data(),
        },
        other => other.clone(),
    };
    let Value::Map(map) = &data else {
        return Err(Refusal::Failed(format!("eTable: unhandled reflect.Value Kind: {}", types::kind(value))));
    };
    let entries = map.entries.borrow();
    Ok(sorted(entries.iter().map(|(key, value)| (key.clone(), value.clone()))))
}

/// A field of a struct, under Go's name for it.
fn name_and_value(field: &Field) -> (Text, Value) {
    (Text::new(field.name), field.value.clone())
}

fn sorted(entries: impl Iterator<Item = (Text, Value)>) -> Vec<(Text, Value)> {
    let (tables, plain): (Vec<_>, Vec<_>) = entries.partition(|(_, value)| is_table(value) || is_table_list(value));
    plain.into_iter().chain(tables).collect()
}

struct Writer {
    out: TextBuilder,
}

impl Writer {
    fn blank_line(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn indent(&mut self, path: &[Text]) {
        for _ in 1..path.len() {
            self.out.push_str("  ");
        }
    }

    fn path(&mut self, path: &[Text]) {
        for (index, key) in path.iter().enumerate() {
            self.out.push_str(if index > 0 { "." } else { "" });
            self.key(key);
        }
    }

    fn key(&mut self, key: &Text) {
        let is_bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if is_bare { self.out.push_text(key) } else { self.quoted(key) }
    }

    fn table_body(&mut self, path: &[Text], value: &Value) -> Result<(), Refusal> {
        if path.len() > DEEPEST {
            return Err(Refusal::Failed("stack overflow: the value contains itself".to_owned()));
        }
        for (key, value) in entries(value)? {
            if !spend(size_of::<Value>() * path.len()) {
                return Err(Refusal::Failed(beyond("the value takes more memory than is left")));
            }
            let mut path = path.to_vec();
            path.push(key);
            if matches!(value, Value::Nil) || is_table(&value) && value.is_nil() {
                continue;
            }
            if is_table(&value) {
                if path.len() == 1 {
                    self.blank_line();
                }
                self.indent(&path);
                self.out.push('[');
                self.path(&path);
                self.out.push_str("]\n");
                self.table_body(&path, &value)?;
            } else if let Value::List(list) = &value
                && is_table_list(&value)
            {
                check_items(&list.items)?;
                for item in &list.items {
                    self.blank_line();
                    self.indent(&path);
                    self.out.push_str("[[");
                    self.path(&path);
                    self.out.push_str("]]\n");
                    self.table_body(&path, item)?;
                }
            } else {
                self.indent(&path);
                if let Some(key) = path.last() {
                    self.key(key);
                }
                self.out.push_str(" = ");
                self.value(&value, path.len())?;
                self.out.push('\n');
            }
        }
        Ok(())
    }

    /// A value on one line.
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Refusal> {
        if depth > DEEPEST {
            return Err(Refusal::Failed("stack overflow: the value contains itself".to_owned()));
        }
        if !spend(size_of::<Value>()) {
            return Err(Refusal::Failed(beyond("the value takes more memory than is left")));
        }
        match value {
            Value::Nil => return Err(nil_item()),
            Value::Bool(value, origins) => self.out.push_computed(if *value { "true" } else { "false" }, origins),
            Value::Int(value, _, origins) => self.out.push_computed(&value.to_string(), origins),
            Value::Float(value, origins) => self.out.push_computed(&float(*value), origins),
            Value::String(text) => self.quoted(text),
            Value::Bytes(text) => {
                let bytes: Vec<String> = to_bytes(text).iter().map(u8::to_string).collect();
                self.out.push_computed(&format!("[{}]", bytes.join(", ")), &text.origins());
            }
            Value::List(list) => {
                check_items(&list.items)?;
                self.out.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.value(item, depth + 1)?;
                }
                self.out.push(']');
            }
            Value::Object(object) if !is_table(value) => self.value(&object.data(), depth + 1)?,
            Value::Map(_) | Value::Object(_) => {
                self.out.push('{');
                let entries = entries(value)?;
                let present = entries.iter().enumerate().filter(|(_, (_, value))| !matches!(value, Value::Nil));
                for (index, (key, value)) in present {
                    self.key(key);
                    self.out.push_str(" = ");
                    self.value(value, depth + 1)?;
                    // The library counts the nil entries that it leaves out: a comma may be the last thing.
                    self.out.push_str(if index + 1 < entries.len() { ", " } else { "" });
                }
                self.out.push('}');
            }
        }
        Ok(())
    }

    fn quoted(&mut self, text: &Text) {
        self.out.push('"');
        let mut plain = 0;
        for (at, character) in text.char_indices() {
            let escape = match character {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\t' => "\\t".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\u{8}' => "\\b".to_owned(),
                '\u{c}' => "\\f".to_owned(),
                '\0'..='\u{1f}' | '\u{7f}' => format!("\\u{:04x}", u32::from(character)),
                _ => continue,
            };
            let end = at + character.len_utf8();
            self.out.push_slice(text, plain..at);
            self.out.push_computed(&escape, &text.origins_of(at..end));
            plain = end;
        }
        self.out.push_slice(text, plain..text.len());
        self.out.push('"');
    }
}

/// A list may not hold nil.
fn check_items(items: &[Value]) -> Result<(), Refusal> {
    if items.iter().any(|item| matches!(item, Value::Nil)) { Err(nil_item()) } else { Ok(()) }
}

fn nil_item() -> Refusal {
    Refusal::Told("toml: cannot encode array with nil element")
}

/// Whether nil is in a list, or in a list of it.
fn holds_nil(items: &[Value], depth: usize) -> bool {
    depth > 0
        && items.iter().any(|item| match item {
            Value::Nil => true,
            Value::List(inner) => holds_nil(&inner.items, depth - 1),
            _ => false,
        })
}

/// Without exponent, and always with a point.
fn float(value: f64) -> String {
    let shown = match value {
        _ if value.is_nan() => return "nan".to_owned(),
        f64::INFINITY => return "+inf".to_owned(),
        f64::NEG_INFINITY => return "-inf".to_owned(),
        _ => value.to_string(),
    };
    if shown.contains('.') { shown } else { shown + ".0" }
}

/// A map; what cannot be read is told in it under `Error`. Newer Helm only; the message is our reader's.
fn from_toml(arguments: &[Value]) -> Outcome {
    let [Value::String(text)] = arguments else {
        return Err("fromToml takes a text".into());
    };
    let told = |message: &str| Value::map([(Text::new("Error"), Value::string(message))].into());
    match DeTable::parse(text) {
        Ok(table) => Ok(from_table(text, table.get_ref()).unwrap_or_else(|message| told(&message))),
        Err(error) => Ok(told(error.message())),
    }
}

/// `table`, which was read from `text`.
fn from_table(text: &Text, table: &DeTable<'_>) -> Result<Value, String> {
    let entries = table.iter().map(|(key, value)| {
        Ok((word(text, key.span(), key.get_ref()), from_value(text, value.span(), value.get_ref())?))
    });
    entries.collect::<Result<_, String>>().map(Value::map)
}

fn from_value(text: &Text, span: Range<usize>, value: &DeValue<'_>) -> Result<Value, String> {
    let origins = || text.origins_of(span.clone());
    Ok(match value {
        DeValue::String(string) => Value::String(word(text, span, string)),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(value) => Value::Int(value, IntKind::Int64, origins()),
            Err(_) => return Err(format!("integer {number} does not fit into 64 bits")),
        },
        DeValue::Float(number) => match number.as_str().parse() {
            Ok(value) => Value::Float(value, origins()),
            Err(_) => return Err(format!("{number} is no number")),
        },
        DeValue::Boolean(value) => Value::Bool(*value, origins()),
        DeValue::Datetime(moment) => Value::String(Text::computed(moment.to_string(), origins())),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| from_value(text, item.span(), item.get_ref()));
            Value::list(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => from_table(text, table)?,
    })
}

/// A string or key as it was read from `span`, quotes included; letter by letter where nothing was escaped.
fn word(text: &Text, span: Range<usize>, read: &str) -> Text {
    let written = text.as_str().get(span.clone()).unwrap_or_default();
    match written.find(read) {
        Some(at) if written.len() - read.len() <= 2 * at => text.slice(span.start + at..span.start + at + read.len()),
        _ => Text::computed(read, text.origins_of(span)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::functions::format;

    #[test]
    fn what_has_no_toml_is_told_or_fails() {
        let call = |name: &str, value: &Value| {
            let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
            (function.call)(std::slice::from_ref(value))
        };
        let message = "toml: top-level values must be Go maps or structs";
        let told = call("toToml", &Value::int(1)).unwrap();
        assert_eq!(format::print(&told), message);
        assert_eq!(call("mustToToml", &Value::int(1)).unwrap_err().message, message);
        let map = Value::map([(Text::new("a"), Value::int(1))].into());
        assert_eq!(format::print(&call("mustToToml", &map).unwrap()), "a = 1\n");
    }

    #[test]
    fn toml_is_read_into_maps() {
        let read = |text: &str| format::print(&from_toml(&[Value::string(text)]).unwrap()).to_string();
        assert_eq!(read("a = 1\n[b]\nc = [true, 2.5, 'x']\n"), "map[a:1 b:map[c:[true 2.5 x]]]");
        assert_eq!(read("a = 0xff_0\nb = 1_0.5\nc = '''\n'x''''\nd = \"\"\n"), "map[a:4080 b:10.5 c:'x' d:]");
        assert_eq!(read("a = inf\nb = 1979-05-27\n"), "map[a:+Inf b:1979-05-27]");
        assert!(read("a = 99999999999999999999").starts_with("map[Error:"));
        assert!(read("a = ").starts_with("map[Error:"));
    }
}
