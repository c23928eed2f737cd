//! Values to and from YAML, JSON and TOML, as Helm's and Sprig's functions do it: those of Helm swallow errors, those that start
//! with `must` report them. Names that newer Helm added are here as well.

use super::{Failure, Function, Outcome, Type, json, structs};
use crate::source::{Text, beyond, spend};
use crate::template::value::{Element, MapKind};
use crate::template::{Value, convert};
use crate::yaml;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toYaml", &[Type::Any], |arguments| Ok(written_or_empty(arguments, to_yaml))),
    Function::new("mustToYaml", &[Type::Any], |arguments| written(arguments, to_yaml)),
    Function::new("toYamlPretty", &[Type::Any], |arguments| Ok(written_or_empty(arguments, to_yaml_pretty))),
    Function::new("fromYaml", &[Type::String], from_yaml),
    Function::new("fromYamlArray", &[Type::String], from_yaml_array),
    Function::new("toJson", &[Type::Any], |arguments| Ok(json_or_empty(arguments, JSON))),
    Function::new("mustToJson", &[Type::Any], |arguments| json_of(arguments, JSON)),
    Function::new("toPrettyJson", &[Type::Any], |arguments| Ok(json_or_empty(arguments, JSON_PRETTY))),
    Function::new("mustToPrettyJson", &[Type::Any], |arguments| json_of(arguments, JSON_PRETTY)),
    // Sprig panics where this one cannot write, which ends the template as well.
    Function::new("toRawJson", &[Type::Any], |arguments| json_of(arguments, JSON_RAW)),
    Function::new("mustToRawJson", &[Type::Any], |arguments| json_of(arguments, JSON_RAW)),
    Function::new("fromJson", &[Type::String], from_json),
    Function::new("fromJsonArray", &[Type::String], from_json_array),
    Function::new("mustFromJson", &[Type::String], |arguments| Ok(json::parse(read(arguments)?)?)),
];

/// The most bytes that are read as one document: eight times what Kubernetes takes.
const LONGEST: usize = 8 << 20;

pub(super) type Writer = fn(&yaml::Value) -> Result<Text, String>;

fn text(arguments: &[Value]) -> &Text {
    static EMPTY: std::sync::OnceLock<Text> = std::sync::OnceLock::new();
    match arguments {
        [Value::String(text), ..] => text,
        _ => EMPTY.get_or_init(Text::default),
    }
}

/// The text to be read: its values take several times its size.
fn read(arguments: &[Value]) -> Result<&Text, Failure> {
    let text = text(arguments);
    let counted = if text.len() > LONGEST { usize::MAX } else { text.len() * 8 };
    if spend(counted) { Ok(text) } else { Err(beyond(format_args!("the text is larger than {LONGEST} bytes")).into()) }
}

fn written(arguments: &[Value], write: Writer) -> Outcome {
    let value = arguments.first().map_or(Ok(yaml::Value::Null(None)), convert::to_yaml);
    let value = value.map_err(|error| error.to_string())?;
    Ok(Value::String(write(&value)?))
}

fn written_or_empty(arguments: &[Value], write: Writer) -> Value {
    written(arguments, write).unwrap_or_else(|_| Value::String(Text::default()))
}

/// How JSON is written: values without structs at once; others compactly, then spread over lines where these are wanted.
#[derive(Clone, Copy)]
struct Json {
    whole: Writer,
    compact: Writer,
    spreads: bool,
}

const JSON: Json = Json { whole: yaml::emit_json, compact: yaml::emit_json, spreads: false };
const JSON_PRETTY: Json = Json { whole: yaml::emit_json_pretty, compact: yaml::emit_json, spreads: true };
const JSON_RAW: Json = Json { whole: yaml::emit_json_raw, compact: yaml::emit_json_raw, spreads: false };

fn json_of(arguments: &[Value], form: Json) -> Outcome {
    let value = arguments.first().unwrap_or(&Value::Nil);
    let (plain, holds_structs) = convert::to_yaml_and_structs(value).map_err(|error| error.to_string())?;
    if !holds_structs {
        return Ok(Value::String((form.whole)(&plain)?));
    }
    let compact = structs::compact(value, form.compact)?;
    Ok(Value::String(if form.spreads { structs::indented(&compact) } else { compact }))
}

fn json_or_empty(arguments: &[Value], form: Json) -> Value {
    json_of(arguments, form).unwrap_or_else(|_| Value::String(Text::default()))
}

fn to_yaml(value: &yaml::Value) -> Result<Text, String> {
    yaml::emit(value).map(|text| super::helm::without_last_newline(&text))
}

/// As newer Helm writes it: sequences indented.
fn to_yaml_pretty(value: &yaml::Value) -> Result<Text, String> {
    yaml::emit_pretty(value).map(|text| super::helm::without_last_newline(&text))
}

/// A map; what cannot be read is told in it under `Error`.
fn from_yaml(arguments: &[Value]) -> Outcome {
    Ok(match yaml::load_map(read(arguments)?, "map[string]interface {}") {
        Ok(map) => convert::from_yaml(&yaml::Value::Map(map)),
        Err(error) => error_map(error.message),
    })
}

/// A list; what cannot be read is told in it as its one item.
fn from_yaml_array(arguments: &[Value]) -> Outcome {
    Ok(match yaml::load_list(read(arguments)?) {
        Ok(list) => convert::from_yaml(&yaml::Value::List(list)),
        Err(error) => Value::list(vec![Value::string(error.message)]),
    })
}

fn from_json(arguments: &[Value]) -> Outcome {
    const WANTED: &str = "map[string]interface {}";
    let json::Read { value, overflow } = match json::read(read(arguments)?) {
        Ok(found) => found,
        Err(message) => return Ok(error_map(message)),
    };
    Ok(match (value, overflow) {
        (map @ Value::Map(_), None) => map,
        (Value::Map(map), Some(message)) => {
            map.entries.borrow_mut().insert(Text::new("Error"), Value::string(message));
            Value::Map(map)
        }
        (Value::Nil, None) => Value::nil_map(MapKind::Any),
        (Value::Nil, Some(_)) => error_map(mismatch(&Value::int(0), WANTED)),
        (other, _) => error_map(mismatch(&other, WANTED)),
    })
}

fn from_json_array(arguments: &[Value]) -> Outcome {
    const WANTED: &str = "[]interface {}";
    let told = |message: String| Value::list(vec![Value::string(message)]);
    let json::Read { value, overflow } = match json::read(read(arguments)?) {
        Ok(found) => found,
        Err(message) => return Ok(told(message)),
    };
    Ok(match (value, overflow) {
        (list @ Value::List(_), None) => list,
        (Value::List(_), Some(message)) => told(message),
        (Value::Nil, None) => Value::list_or_nil(Element::Any, Vec::new()),
        (Value::Nil, Some(_)) => told(mismatch(&Value::int(0), WANTED)),
        (other, _) => told(mismatch(&other, WANTED)),
    })
}

fn error_map(message: String) -> Value {
    Value::map([(Text::new("Error"), Value::string(message))].into())
}

/// What `encoding/json` says about a value of the wrong kind.
fn mismatch(value: &Value, wanted: &str) -> String {
    let kind = match value {
        Value::Map(_) => "object",
        Value::List(_) => "array",
        Value::String(_) => "string",
        Value::Bool(..) => "bool",
        _ => "number",
    };
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_helm_indents_sequences_on_demand() {
        let written = |write: Writer| {
            let list = Value::list(vec![Value::string("x")]);
            let map = Value::map([(Text::new("a"), list)].into());
            match written(&[map], write) {
                Ok(Value::String(text)) => text.to_string(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(written(to_yaml_pretty), "a:\n  - x");
        assert_eq!(written(to_yaml), "a:\n- x");
    }
}
