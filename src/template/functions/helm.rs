//! Helm's own functions that need no template to run, the methods of `chartutil.Values`, and how Helm rewrites Go's errors.
//! Behaviour of Helm 3.10.1's `pkg/engine` and `pkg/chartutil`; `include`, `tpl` and `lookup` are the evaluator's.

use super::{Function, Outcome, Type};
use crate::source::{Text, TextBuilder};
use crate::template::value::{MapKind, Value};

/// Between these marks Helm hides the messages of `required` and `fail` inside Go's errors.
const START: &str = "HELM_ERR_START";
const END: &str = "HELM_ERR_END";

/// What Go prints for nil, and Helm removes from the output.
const NO_VALUE: &str = "<no value>";

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("required", &[Type::String, Type::Any], required),
    Function::new("fail", &[Type::String], fail),
    // No network: what newer Helm gives without `--enable-dns`.
    Function::new("getHostByName", &[Type::String], |_| Ok(Value::String(Text::default()))),
];

/// `required MESSAGE VALUE`: the value, unless it is nil or an empty string.
fn required(arguments: &[Value]) -> Outcome {
    let [Value::String(message), value] = arguments else {
        return Err("required takes a message and a value".into());
    };
    match value {
        Value::Nil => {}
        Value::String(text) if text.is_empty() => {}
        _ => return Ok(value.clone()),
    }
    // Helm uses the marked message as a format without operands; a percent sign in it shows.
    let format = Text::from(format!("{START}{message}{END}"));
    Err(super::format::sprintf(&format, &[])?.as_str().into())
}

/// `fail MESSAGE`
fn fail(arguments: &[Value]) -> Outcome {
    match arguments {
        [Value::String(message)] => Err(format!("{START}{message}{END}").into()),
        _ => Err("fail takes a message".into()),
    }
}

/// What Helm makes of a parse error of the file `name`: `parse error at (NAME:LINE): MESSAGE`, the last part of Go's text only.
#[must_use]
pub fn cleanup_parse_error(name: &str, message: &str) -> String {
    let mut parts = message.split(": ");
    match (parts.next(), parts.next()) {
        (Some(_), Some(location)) => {
            let last = message.rsplit(": ").next().unwrap_or_default();
            format!("parse error at ({location}): {last}")
        }
        _ => format!("parse error in ({name}): {message}"),
    }
}

/// What Helm makes of an execution error: the message of `required` or `fail` alone, with the place of the outermost template;
/// any other error stays.
#[must_use]
pub fn cleanup_execution_error(message: &str) -> String {
    let mut parts = message.splitn(3, ": ");
    let (Some("template"), Some(location), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return message.to_owned();
    };
    let marked = rest.find(START).map(|at| at + START.len()).zip(rest.rfind(END));
    match marked {
        Some((start, end)) if start <= end => format!("execution error at ({location}): {}", &rest[start..end]),
        _ => message.to_owned(),
    }
}

/// A template's output without Go's `<no value>`.
#[must_use]
pub fn without_no_value(text: &Text) -> Text {
    // Searching one letter is several times as fast as searching the word, and whole templates come here.
    let Some(first) = text.match_indices('<').map(|(at, _)| at).find(|at| text[*at..].starts_with(NO_VALUE)) else {
        return text.clone();
    };
    let mut builder = TextBuilder::new();
    let mut start = 0;
    for (at, found) in text[first..].match_indices(NO_VALUE) {
        builder.push_slice(text, start..first + at);
        start = first + at + found.len();
    }
    builder.push_slice(text, start..text.len());
    builder.finish()
}

/// What `strings.TrimSuffix` does with the newline that ends a document.
pub(in crate::template) fn without_last_newline(text: &Text) -> Text {
    text.slice(0..text.strip_suffix('\n').unwrap_or(text).len())
}

/// The parameters of a method of `chartutil.Values`, if there is one of this name; methods hide keys.
pub(in crate::template) fn values_method(name: &str) -> Option<&'static [Type]> {
    match name {
        "AsMap" | "YAML" => Some(&[]),
        "PathValue" | "Table" => Some(&[Type::String]),
        // No template has a writer to give.
        "Encode" => Some(&[Type::Object("io.Writer")]),
        _ => None,
    }
}

/// Calls a method of `chartutil.Values`.
///
/// # Errors
/// Helm's message.
pub(in crate::template) fn call_values_method(
    receiver: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Value, String> {
    let path = match arguments {
        [Value::String(path)] => path.as_str(),
        _ => "",
    };
    match name {
        "AsMap" => Ok(copied(receiver, MapKind::Any)),
        "YAML" => {
            let value = crate::template::convert::to_yaml(receiver).map_err(|error| error.to_string())?;
            crate::yaml::emit(&value).map(Value::String)
        }
        "Table" => table(receiver, path),
        "PathValue" => path_value(receiver, path),
        _ => Err(format!("{name} is not supported")),
    }
}

/// The same entries under another type.
fn copied(value: &Value, kind: MapKind) -> Value {
    match value {
        Value::Map(map) if map.kind != kind => Value::map_of(kind, map.entries.borrow().clone()),
        other => other.clone(),
    }
}

fn table(receiver: &Value, path: &str) -> Result<Value, String> {
    let mut table = receiver.clone();
    for key in path.split('.') {
        let next = match &table {
            Value::Map(map) => map.entries.borrow().get(key).cloned(),
            _ => None,
        };
        table = match next {
            Some(Value::Map(map)) if map.kind != MapKind::String => Value::Map(map),
            _ => return Err(format!("{} is not a table", crate::template::quote::quote(key))),
        };
    }
    Ok(copied(&table, MapKind::Values))
}

fn path_value(receiver: &Value, path: &str) -> Result<Value, String> {
    if path.is_empty() {
        return Err("YAML path cannot be empty".to_owned());
    }
    let (parent, key) = match path.rsplit_once('.') {
        Some((tables, key)) => (table(receiver, tables).unwrap_or_default(), key),
        None => (receiver.clone(), path),
    };
    let found = match &parent {
        Value::Map(map) => map.entries.borrow().get(key).cloned(),
        _ => None,
    };
    match found {
        Some(Value::Map(map)) if map.kind == MapKind::Any => Err(not_a_value(key)),
        Some(value) => Ok(value),
        None => Err(not_a_value(key)),
    }
}

fn not_a_value(key: &str) -> String {
    format!("{} is not a value", crate::template::quote::quote(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helm_keeps_the_last_part_of_a_parse_error() {
        let go = "template: case/templates/a.yaml:1: integer overflow: \"999\"";
        assert_eq!(cleanup_parse_error("a", go), "parse error at (case/templates/a.yaml:1): \"999\"");
        assert_eq!(cleanup_parse_error("a", "odd"), "parse error in (a): odd");
    }

    #[test]
    fn helm_shows_the_message_of_required_and_fail_alone() {
        let go = "template: a.yaml:1:8: executing \"a.yaml\" at <include \"x\" .>: error calling include: \
                  template: b:1:2: executing \"x\" at <fail \"no: yes\">: error calling fail: HELM_ERR_STARTno: yesHELM_ERR_END";
        assert_eq!(cleanup_execution_error(go), "execution error at (a.yaml:1:8): no: yes");
        assert_eq!(cleanup_execution_error("template: a:1:2: other"), "template: a:1:2: other");
    }

    #[test]
    fn no_value_disappears_from_the_output() {
        assert_eq!(without_no_value(&"a: <no value>b<no value>".into()), "a: b");
    }
}
