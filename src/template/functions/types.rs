//! Go's types and kinds of template values, deep equality and truth, and the functions that show them to templates.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Function, Outcome, Type};
use crate::source::{Origin, Origins, spend};
use crate::template::Value;
use crate::template::value::{Element, IntKind, MapKind};

/// How deep values may nest before a function gives up instead of exhausting the stack.
pub(super) const DEEPEST: usize = 400;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("typeOf", &[Type::Any], |arguments| Ok(Value::string(type_name(&arguments[0])))),
    Function::new("typeIs", &[Type::String, Type::Any], type_is),
    Function::new("typeIsLike", &[Type::String, Type::Any], type_is_like),
    Function::new("kindOf", &[Type::Any], |arguments| Ok(Value::string(kind(&arguments[0])))),
    Function::new("kindIs", &[Type::String, Type::Any], kind_is),
    Function::new("deepEqual", &[Type::Any, Type::Any], |arguments| {
        Ok(Value::Bool(deep_equal(&arguments[0], &arguments[1]), origins(arguments)))
    }),
];

/// Go's name of a value's type, as `%T` prints it; `<nil>` for nil.
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match value {
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
            Element::Named(name) => name,
        },
        Value::Map(map) => match map.kind {
            MapKind::Any => "map[string]interface {}",
            MapKind::String => "map[string]string",
            MapKind::Values => "chartutil.Values",
        },
        Value::Object(object) => object.type_name(),
    }
}

/// Go's kind of a value: what `kindOf` says; `invalid` for nil.
#[must_use]
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::Bool(..) => "bool",
        Value::Int(_, kind, _) => match kind {
            IntKind::Int | IntKind::Month | IntKind::Weekday => "int",
            IntKind::Int64 | IntKind::Duration => "int64",
            IntKind::Int32 => "int32",
            IntKind::Uint8 => "uint8",
            IntKind::Uint32 => "uint32",
            IntKind::Uint64 => "uint64",
        },
        Value::Float(..) => "float64",
        Value::String(_) => "string",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(object) => object.kind(),
    }
}

/// Go's truth, as `if`, `and`, `or` and `not` see it: not nil, not zero, not empty.
#[must_use]
pub fn truth(value: &Value) -> bool {
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

/// The union of what scalars came from. Collections are left out: their members have many origins, which a length or a
/// comparison says nothing about.
pub(super) fn origins(values: &[Value]) -> Origins {
    match values {
        [] => None,
        [value] => scalar_origins(value),
        _ => Origin::union(values.iter().filter_map(scalar_origins)),
    }
}

fn scalar_origins(value: &Value) -> Origins {
    if matches!(value, Value::List(_) | Value::Map(_)) { None } else { value.origins() }
}

/// Bytes that count for two members that are compared.
const PAIR: usize = 8;

/// `reflect.DeepEqual`: the same type all the way down, and equal. A pair that is met again counts as equal, so values that
/// contain themselves end too. What is compared counts as memory that is taken; when none is left, the answer is no.
#[must_use]
pub fn deep_equal(left: &Value, right: &Value) -> bool {
    if let (Value::String(left), Value::String(right)) = (left, right) {
        return left == right;
    }
    Comparison::default().equal(left, right, DEEPEST)
}

/// The pairs of collections that were compared, or are being compared.
#[derive(Default)]
struct Comparison {
    met: BTreeSet<(usize, usize)>,
}

impl Comparison {
    fn equal(&mut self, left: &Value, right: &Value, depth: usize) -> bool {
        match (left, right) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(left, _), Value::Bool(right, _)) => left == right,
            (Value::Int(left, left_kind, _), Value::Int(right, right_kind, _)) => {
                left == right && left_kind == right_kind
            }
            (Value::Float(left, _), Value::Float(right, _)) => left == right,
            (Value::String(left), Value::String(right)) | (Value::Bytes(left), Value::Bytes(right)) => {
                left.len() == right.len() && spend(left.len()) && left == right
            }
            (Value::List(left), Value::List(right)) => {
                left.element == right.element
                    && left.is_nil == right.is_nil
                    && left.items.len() == right.items.len()
                    && (self.known(Rc::as_ptr(left), Rc::as_ptr(right))
                        || depth > 0
                            && spend(left.items.len() * PAIR)
                            && left
                                .items
                                .iter()
                                .zip(&right.items)
                                .all(|(left, right)| self.equal(left, right, depth - 1)))
            }
            (Value::Map(left), Value::Map(right)) => {
                if (left.kind, left.is_nil) != (right.kind, right.is_nil) {
                    return false;
                }
                if self.known(Rc::as_ptr(left), Rc::as_ptr(right)) {
                    return true;
                }
                let (left, right) = (left.entries.borrow(), right.entries.borrow());
                depth > 0
                    && left.len() == right.len()
                    && spend(left.len() * PAIR)
                    && left.iter().zip(&*right).all(|((left_key, left), (right_key, right))| {
                        left_key == right_key && self.equal(left, right, depth - 1)
                    })
            }
            (Value::Object(left), Value::Object(right)) => {
                std::ptr::addr_eq(Rc::as_ptr(left), Rc::as_ptr(right))
                    || depth > 0
                        && left.type_name() == right.type_name()
                        && match (left.members(), right.members()) {
                            (Some(left), Some(right)) => left
                                .iter()
                                .zip(&right)
                                .all(|((_, left), (_, right))| self.equal(left, right, depth - 1)),
                            _ => left.string() == right.string() && self.equal(&left.data(), &right.data(), depth - 1),
                        }
            }
            _ => false,
        }
    }

    /// Whether the two are the same one, or were met before.
    fn known<T>(&mut self, left: *const T, right: *const T) -> bool {
        left == right || !self.met.insert((left.addr(), right.addr()))
    }
}

fn type_is(arguments: &[Value]) -> Outcome {
    let same = matches!(&arguments[0], Value::String(name) if *name == *type_name(&arguments[1]));
    Ok(Value::Bool(same, origins(arguments)))
}

fn type_is_like(arguments: &[Value]) -> Outcome {
    let name = type_name(&arguments[1]);
    let like =
        matches!(&arguments[0], Value::String(target) if *target == *name || name.strip_prefix('*') == Some(target));
    Ok(Value::Bool(like, origins(arguments)))
}

fn kind_is(arguments: &[Value]) -> Outcome {
    let same = matches!(&arguments[0], Value::String(name) if *name == *kind(&arguments[1]));
    Ok(Value::Bool(same, origins(arguments)))
}
