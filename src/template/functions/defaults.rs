//! Sprig's notion of emptiness and the functions that choose by it.

use super::types::{origins, truth};
use super::{Function, Outcome, Type};
use crate::template::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("default", &[Type::Any], Type::Any, default),
    Function::new("empty", &[Type::Any], |arguments| Ok(Value::Bool(is_empty(&arguments[0]), origins(arguments)))),
    Function::variadic("coalesce", &[], Type::Any, coalesce),
    Function::variadic("all", &[], Type::Any, |arguments| {
        Ok(Value::Bool(!arguments.iter().any(is_empty), origins(arguments)))
    }),
    Function::variadic("any", &[], Type::Any, |arguments| {
        Ok(Value::Bool(!arguments.iter().all(is_empty), origins(arguments)))
    }),
    Function::new("ternary", &[Type::Any, Type::Any, Type::Bool], ternary),
];

/// Whether Sprig takes a value for unset: nil, zero, false or without members. Structs never are.
#[must_use]
pub(crate) fn is_empty(value: &Value) -> bool {
    !truth(value)
}

fn default(arguments: &[Value]) -> Outcome {
    let given = arguments.get(1).filter(|given| !is_empty(given));
    Ok(given.unwrap_or(&arguments[0]).clone())
}

fn coalesce(arguments: &[Value]) -> Outcome {
    Ok(arguments.iter().find(|argument| !is_empty(argument)).cloned().unwrap_or_default())
}

fn ternary(arguments: &[Value]) -> Outcome {
    let chosen = matches!(arguments[2], Value::Bool(true, _));
    Ok(arguments[usize::from(!chosen)].clone())
}
