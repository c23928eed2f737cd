//! The functions of Go's template package itself: printing, `index`, `len`, `not`, `call`, and the names `and` and `or`, whose
//! arguments the evaluator evaluates one by one. Go's own `slice` is hidden by Sprig's.

use super::convert::{items, strval};
use super::types::{origins, truth, type_name};
use super::{Failure, Function, Outcome, Type, format};
use crate::source::to_bytes;
use crate::template::Value;
use crate::template::value::{IntKind, MapKind, Object};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("print", &[], Type::Any, |arguments| Ok(Value::String(format::sprint(arguments)?))),
    Function::variadic("println", &[], Type::Any, |arguments| Ok(Value::String(format::sprintln(arguments)?))),
    Function::variadic("printf", &[Type::String], Type::Any, printf),
    Function::variadic("index", &[Type::Reflect], Type::Reflect, index),
    Function::new("len", &[Type::Reflect], length),
    Function::new("not", &[Type::Reflect], |arguments| Ok(Value::Bool(!truth(&arguments[0]), origins(arguments)))),
    Function::variadic("call", &[Type::Reflect], Type::Reflect, call),
    Function::variadic("and", &[Type::Reflect], Type::Reflect, |arguments| Ok(chosen(arguments, false))),
    Function::variadic("or", &[Type::Reflect], Type::Reflect, |arguments| Ok(chosen(arguments, true))),
];

fn printf(arguments: &[Value]) -> Outcome {
    Ok(Value::String(format::sprintf(&strval(&arguments[0]), &arguments[1..])?))
}

/// The first argument whose truth is `wanted`, or the last one.
fn chosen(arguments: &[Value], wanted: bool) -> Value {
    let found = arguments.iter().find(|argument| truth(argument) == wanted);
    found.or(arguments.last()).cloned().unwrap_or_default()
}

/// No template value is a function.
fn call(arguments: &[Value]) -> Outcome {
    match &arguments[0] {
        Value::Nil => Err("call of nil".into()),
        value => Err(format!("non-function of type {}", type_name(value)).into()),
    }
}

/// Go looks through pointers: what `*chart.Metadata` points to is a `chart.Metadata`.
fn pointed_type(object: &dyn Object) -> &'static str {
    object.type_name().trim_start_matches('*')
}

fn length(arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    let length = match value {
        Value::Nil => return Err("len of nil pointer".into()),
        Value::String(text) | Value::Bytes(text) => to_bytes(text).len(),
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.entries.borrow().len(),
        Value::Object(object) => match (object.kind(), object.data()) {
            ("map", Value::Map(map)) => map.entries.borrow().len(),
            ("slice", Value::List(list)) => list.items.len(),
            _ => return Err(format!("len of type {}", pointed_type(&**object)).into()),
        },
        _ => return Err(format!("len of type {}", type_name(value)).into()),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX), IntKind::Int, origins(arguments)))
}

/// `index X A B` is `X[A][B]`.
fn index(arguments: &[Value]) -> Outcome {
    let mut item = arguments[0].clone();
    if matches!(item, Value::Nil) {
        return Err("index of untyped nil".into());
    }
    for key in &arguments[1..] {
        item = member(&item, key)?;
    }
    Ok(item)
}

fn member(item: &Value, key: &Value) -> Outcome {
    match item {
        Value::Nil => Err("index of nil pointer".into()),
        Value::String(text) => {
            let bytes = to_bytes(text);
            let at = position(key, bytes.len())?;
            let byte = bytes.get(at).ok_or("reflect: string index out of range")?;
            Ok(Value::Int(i64::from(*byte), IntKind::Uint8, text.origins()))
        }
        Value::Map(map) => {
            let key = map_key(key)?;
            let missing = if map.kind == MapKind::String { Value::string("") } else { Value::Nil };
            Ok(map.entries.borrow().get(&*key).cloned().unwrap_or(missing))
        }
        Value::Object(object) if object.kind() == "map" => {
            // Of files: what is not there are no bytes.
            Ok(object.field(&map_key(key)?).unwrap_or_default())
        }
        _ => match items(item) {
            Some(items) => {
                let at = position(key, items.len())?;
                items.get(at).cloned().ok_or_else(|| "reflect: slice index out of range".into())
            }
            None => {
                let name = if let Value::Object(object) = item { pointed_type(&**object) } else { type_name(item) };
                Err(format!("can't index item of type {name}").into())
            }
        },
    }
}

fn map_key(key: &Value) -> Result<crate::source::Text, Failure> {
    match key {
        Value::String(text) => Ok(text.clone()),
        Value::Nil => Err("value is nil; should be of type string".into()),
        other => Err(format!("value has type {}; should be string", type_name(other)).into()),
    }
}

/// An index; Go lets through the one just behind the end, and fails later.
fn position(key: &Value, length: usize) -> Result<usize, Failure> {
    match key {
        Value::Int(number, ..) => match usize::try_from(*number) {
            Ok(index) if index <= length => Ok(index),
            _ => Err(format!("index out of range: {number}").into()),
        },
        Value::Nil => Err("cannot index slice/array with nil".into()),
        other => Err(format!("cannot index slice/array with type {}", type_name(other)).into()),
    }
}
