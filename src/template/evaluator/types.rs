//! Values as Go's `reflect` sees them: what an interface holds, and which value fits which parameter.

use crate::template::functions::Type;
pub(super) use crate::template::functions::types::{truth, type_name};
use crate::template::value::{Element, IntKind, MapKind, Value};

/// A value, and whether its static type is `interface {}`: only then is it a nil of known place, and only then do errors
/// call it `interface {}`.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) value: Value,
    pub(super) boxed: bool,
}

impl Held {
    /// A value of its own type; nil is Go's invalid value.
    pub(super) fn plain(value: Value) -> Self {
        Self { value, boxed: false }
    }

    /// A value inside an `interface {}`.
    pub(super) fn boxed(value: Value) -> Self {
        Self { value, boxed: true }
    }

    /// Go's name of its static type.
    pub(super) fn type_name(&self) -> &'static str {
        if self.boxed { "interface {}" } else { type_name(&self.value) }
    }
}

/// Whether an untyped nil may stand for a value of `wanted`.
pub(super) fn can_be_nil(wanted: Type) -> bool {
    match wanted {
        Type::Any | Type::Map | Type::List | Type::Strings | Type::Values | Type::Reflect => true,
        Type::Object(name) => name.starts_with('*'),
        _ => false,
    }
}

/// What Go gives for `wanted` where an untyped nil stands for it.
pub(super) fn zero(wanted: Type) -> Value {
    match wanted {
        Type::Map => Value::nil_map(MapKind::Any),
        Type::Values => Value::nil_map(MapKind::Values),
        Type::List => Value::list_or_nil(Element::Any, Vec::new()),
        Type::Strings => Value::list_or_nil(Element::String, Vec::new()),
        _ => Value::Nil,
    }
}

/// Whether a value, out of its interface, may be given for `wanted`.
pub(super) fn is_assignable(value: &Value, wanted: Type) -> bool {
    match wanted {
        Type::Any | Type::Reflect => true,
        Type::String => matches!(value, Value::String(_)),
        Type::Bool => matches!(value, Value::Bool(..)),
        Type::Int => matches!(value, Value::Int(_, IntKind::Int, _)),
        Type::Int64 => matches!(value, Value::Int(_, IntKind::Int64, _)),
        Type::Uint32 => matches!(value, Value::Int(_, IntKind::Uint32, _)),
        Type::Float64 => matches!(value, Value::Float(..)),
        Type::Map | Type::Values => matches!(value, Value::Map(map) if map.kind != MapKind::String),
        Type::List => matches!(value, Value::List(list) if list.element == Element::Any),
        Type::Strings => {
            matches!(value, Value::List(list) if list.element == Element::String)
        }
        // A pointer may stand for what it points to.
        Type::Object(name) => {
            matches!(value, Value::Object(object) if object.type_name().trim_start_matches('*') == name.trim_start_matches('*')
                && (object.type_name() == name || !name.starts_with('*')))
        }
    }
}
