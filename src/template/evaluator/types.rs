//! Values as Go's `reflect` sees them: what an interface holds, names of types, truth, and which value fits which parameter.

use crate::template::functions::Type;
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
    pub(super) fn type_name(&self) -> String {
        if self.boxed { Type::Any.to_string() } else { type_name(&self.value) }
    }
}

/// Go's name of a value's own type.
pub(super) fn type_name(value: &Value) -> String {
    let name = match value {
        Value::Nil => "<nil>",
        Value::Bool(..) => "bool",
        Value::Int(_, kind, _) => match kind {
            IntKind::Int => "int",
            IntKind::Int64 => "int64",
            IntKind::Int32 => "int32",
            IntKind::Uint8 => "uint8",
            IntKind::Uint32 => "uint32",
            IntKind::Uint64 => "uint64",
            IntKind::Duration => "time.Duration",
            IntKind::Month => "time.Month",
            IntKind::Weekday => "time.Weekday",
        },
        Value::Float(..) => "float64",
        Value::String(_) => "string",
        Value::Bytes(_) => "[]uint8",
        Value::List(list) => match list.element {
            Element::Any => "[]interface {}",
            Element::String => "[]string",
            Element::Int => "[]int",
            Element::Map => "[]map[string]interface {}",
            Element::List => match list.items.first() {
                Some(Value::List(inner)) if inner.element == Element::String => "[][]string",
                _ => "[][]interface {}",
            },
            Element::Object(name) => return format!("[]{name}"),
        },
        Value::Map(map) => match map.kind {
            MapKind::Any => "map[string]interface {}",
            MapKind::String => "map[string]string",
            MapKind::Values => "chartutil.Values",
        },
        Value::Object(object) => object.type_name(),
    };
    name.to_owned()
}

/// Whether Go takes `value` for true: not the zero of its type.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Nil => false,
        Value::Bool(value, _) => *value,
        Value::Int(value, ..) => *value != 0,
        Value::Float(value, _) => *value != 0.0,
        Value::String(text) | Value::Bytes(text) => !text.is_empty(),
        Value::List(list) => !list.items.is_empty(),
        Value::Map(map) => !map.entries.borrow().is_empty(),
        Value::Object(object) => object.truth(),
    }
}

/// Whether an untyped nil may stand for a value of `wanted`.
pub(super) fn can_be_nil(wanted: Type) -> bool {
    matches!(wanted, Type::Any | Type::Map | Type::List | Type::Strings | Type::Values | Type::Reflect)
}

/// Whether a value, out of its interface, may be given for `wanted`.
pub(super) fn is_assignable(value: &Value, wanted: Type) -> bool {
    match wanted {
        Type::Any | Type::Reflect => true,
        Type::String => matches!(value, Value::String(_)),
        Type::Bool => matches!(value, Value::Bool(..)),
        Type::Int => matches!(value, Value::Int(_, IntKind::Int, _)),
        Type::Int64 => matches!(value, Value::Int(_, IntKind::Int64, _)),
        Type::Float64 => matches!(value, Value::Float(..)),
        Type::Map | Type::Values => matches!(value, Value::Map(map) if map.kind != MapKind::String),
        Type::List => matches!(value, Value::List(list) if list.element == Element::Any),
        Type::Strings => matches!(value, Value::List(list) if list.element == Element::String),
    }
}
