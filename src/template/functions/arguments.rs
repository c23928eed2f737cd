//! Reading arguments that the evaluator has already checked against the declared parameter types. Never converts.

use std::rc::Rc;

use super::Failure;
use crate::source::Text;
use crate::template::Value;
use crate::template::value::{List, Map};

/// The argument at `index`; nil when it is missing.
pub(super) fn any(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// The string at `index`.
///
/// # Errors
/// If it is none, which the declared type excludes.
pub(super) fn text(arguments: &[Value], index: usize) -> Result<&Text, Failure> {
    match any(arguments, index) {
        Value::String(text) | Value::Bytes(text) => Ok(text),
        _ => Err(wrong(index, "string")),
    }
}

/// The integer at `index`.
///
/// # Errors
/// If it is none, which the declared type excludes.
pub(super) fn int(arguments: &[Value], index: usize) -> Result<i64, Failure> {
    match any(arguments, index) {
        Value::Int(number, ..) => Ok(*number),
        _ => Err(wrong(index, "int")),
    }
}

/// The slice at `index`; none for a nil one.
///
/// # Errors
/// If it is neither, which the declared type excludes.
pub(super) fn list(arguments: &[Value], index: usize) -> Result<Option<&Rc<List>>, Failure> {
    match any(arguments, index) {
        Value::List(list) => Ok(Some(list)),
        Value::Nil => Ok(None),
        _ => Err(wrong(index, "[]interface {}")),
    }
}

/// The map at `index`; none for a nil one.
///
/// # Errors
/// If it is neither, which the declared type excludes.
pub(super) fn map(arguments: &[Value], index: usize) -> Result<Option<&Rc<Map>>, Failure> {
    match any(arguments, index) {
        Value::Map(map) => Ok(Some(map)),
        Value::Nil => Ok(None),
        _ => Err(wrong(index, "map[string]interface {}")),
    }
}

fn wrong(index: usize, expected: &str) -> Failure {
    format!("wrong type for argument {}; expected {expected}", index + 1).into()
}
