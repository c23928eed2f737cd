//! Go's comparisons of basic values: `eq`, `ne`, `lt`, `le`, `gt`, `ge`. Integers of any type compare with each other, nothing else
//! across types.

use std::cmp::Ordering;
use std::rc::Rc;

use super::types::{deep_equal, kind, origins, truth, type_name};
use super::{Failure, Function, Outcome, Type, format};
use crate::template::Value;
use crate::template::value::IntKind;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("eq", &[Type::Reflect], Type::Reflect, |arguments| {
        Ok(Value::Bool(equals_any(&arguments[0], &arguments[1..])?, origins(arguments)))
    }),
    Function::new("ne", &[Type::Reflect, Type::Reflect], |arguments| {
        Ok(Value::Bool(!equals_any(&arguments[0], &arguments[1..])?, origins(arguments)))
    }),
    Function::new("lt", &[Type::Reflect, Type::Reflect], |arguments| ordered(arguments, Ordering::is_lt)),
    Function::new("le", &[Type::Reflect, Type::Reflect], |arguments| ordered(arguments, Ordering::is_le)),
    Function::new("gt", &[Type::Reflect, Type::Reflect], greater),
    Function::new("ge", &[Type::Reflect, Type::Reflect], not_less),
];

/// Go's basic kinds, with integers in one.
enum Basic<'a> {
    Bool(bool),
    Int(i128),
    Float(f64),
    String(&'a str),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    Some(match value {
        Value::Bool(value, _) => Basic::Bool(*value),
        Value::Int(value, IntKind::Uint64, _) => Basic::Int(value.cast_unsigned().into()),
        Value::Int(value, ..) => Basic::Int((*value).into()),
        Value::Float(value, _) => Basic::Float(*value),
        Value::String(text) => Basic::String(text),
        _ => return None,
    })
}

/// Whether `left` equals one of `rights`; they are looked at in order, up to the first that is equal.
fn equals_any(left: &Value, rights: &[Value]) -> Result<bool, Failure> {
    if rights.is_empty() {
        comparable(left)?;
        return Err("missing argument for comparison".into());
    }
    for right in rights {
        if equals(left, right)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// As Go has it since 1.20: nil, also that of a slice or map, compares with everything. What is refused is in the words of 1.18.
fn equals(left: &Value, right: &Value) -> Result<bool, Failure> {
    let incompatible = || comparable(left).and(Err("incompatible types for comparison".into()));
    match (basic(left), basic(right)) {
        (Some(Basic::Bool(left)), Some(Basic::Bool(right))) => Ok(left == right),
        (Some(Basic::Int(left)), Some(Basic::Int(right))) => Ok(left == right),
        (Some(Basic::Float(left)), Some(Basic::Float(right))) => Ok(left == right),
        (Some(Basic::String(left)), Some(Basic::String(right))) => Ok(left == right),
        _ if matches!(left, Value::Nil) || matches!(right, Value::Nil) => Ok(left.is_nil() && right.is_nil()),
        (None, None) if kind(left) != kind(right) => {
            comparable(left).and(comparable(right)).and_then(|()| incompatible())
        }
        (None, None) if left.is_nil() || right.is_nil() => Ok(left.is_nil() && right.is_nil()),
        (None, None) => comparable(left).and(comparable(right)).map(|()| objects_equal(left, right)),
        _ => incompatible(),
    }
}

/// Go compares no maps and slices, not even with themselves.
fn comparable(value: &Value) -> Result<(), Failure> {
    let refused = match value {
        Value::List(_) | Value::Map(_) | Value::Bytes(_) => true,
        // `.Chart` holds slices; the other structs of Helm's scope hold strings only.
        Value::Object(object) => matches!(object.kind(), "map" | "slice") || object.type_name().starts_with("struct {"),
        _ => false,
    };
    if refused {
        return Err(format!("uncomparable type {}: {}", type_name(value), format::default_form(value)).into());
    }
    Ok(())
}

/// Pointers are equal when they point to the same thing, structs when their fields are.
fn objects_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(one), Value::Object(other)) if one.kind() == "ptr" || other.kind() == "ptr" => {
            std::ptr::addr_eq(Rc::as_ptr(one), Rc::as_ptr(other))
        }
        _ => deep_equal(left, right),
    }
}

/// How the two compare; `None` when one is NaN.
fn order(arguments: &[Value]) -> Result<Option<Ordering>, Failure> {
    let invalid = || Failure::from("invalid type for comparison");
    let left = basic(&arguments[0]).ok_or_else(invalid)?;
    let right = basic(&arguments[1]).ok_or_else(invalid)?;
    match (left, right) {
        (Basic::Bool(_), Basic::Bool(_)) => Err(invalid()),
        (Basic::Int(left), Basic::Int(right)) => Ok(Some(left.cmp(&right))),
        (Basic::Float(left), Basic::Float(right)) => Ok(left.partial_cmp(&right)),
        (Basic::String(left), Basic::String(right)) => Ok(Some(left.cmp(right))),
        _ => Err("incompatible types for comparison".into()),
    }
}

fn ordered(arguments: &[Value], holds: fn(Ordering) -> bool) -> Outcome {
    Ok(Value::Bool(order(arguments)?.is_some_and(holds), origins(arguments)))
}

/// Go's `gt` is not `le`, and so true of NaN.
fn greater(arguments: &[Value]) -> Outcome {
    Ok(Value::Bool(!truth(&ordered(arguments, Ordering::is_le)?), origins(arguments)))
}

/// Go's `ge` is not `lt`, and so true of NaN.
fn not_less(arguments: &[Value]) -> Outcome {
    Ok(Value::Bool(!truth(&ordered(arguments, Ordering::is_lt)?), origins(arguments)))
}
