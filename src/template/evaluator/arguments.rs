//! Arguments: each word is evaluated for the type that the function declares, constants are converted, values checked.

use super::types::{Held, can_be_nil, is_assignable, type_name, zero};
use super::{Evaluated, Evaluator};
use crate::template::ast::{Operand, Term};
use crate::template::context::Place;
use crate::template::functions::Type;
use crate::template::value::{IntKind, Map, Value};

impl<'p> Evaluator<'p, '_> {
    /// The value of `word` as a parameter of type `wanted`.
    pub(super) fn argument(&mut self, dot: &Held, wanted: Type, word: &'p Operand) -> Evaluated<Held> {
        self.place = Some(Place::Operand(word));
        let held = match &word.term {
            Term::Dot => dot.clone(),
            Term::Nil if can_be_nil(wanted) => return Ok(Held::plain(zero(wanted))),
            Term::Nil => return Err(self.fail(format!("cannot assign nil to {wanted}"))),
            Term::Field(fields) => self.field_chain(dot, dot.clone(), word, fields, &[], None)?,
            Term::Variable(..) => self.variable_chain(dot, word, &[], None)?,
            Term::Pipe(pipe) => {
                self.check_stack()?;
                self.pipeline(dot, pipe)?
            }
            Term::Function(callee) => self.call(dot, *callee, Place::Operand(word), &[], None)?,
            Term::Chain(base, fields) => self.chain(dot, word, base, fields, &[], None)?,
            Term::Bool(..) | Term::Number(_) | Term::String(_) => return self.typed_constant(wanted, word),
        };
        self.validate(held, wanted)
    }

    /// A constant takes on the type of its parameter, if it can.
    fn typed_constant(&self, wanted: Type, word: &Operand) -> Evaluated<Held> {
        let expected = match (wanted, &word.term) {
            (Type::Any | Type::Reflect, Term::Number(number)) => return self.ideal_number(number, word),
            (Type::Any | Type::Reflect | Type::Bool, Term::Bool(value, origins)) => {
                return Ok(Held::plain(Value::Bool(*value, origins.clone())));
            }
            (Type::Any | Type::Reflect | Type::String, Term::String(text)) => {
                return Ok(Held::plain(Value::String(text.clone())));
            }
            (Type::Int | Type::Int64, Term::Number(number)) if number.int.is_some() => {
                let kind = if wanted == Type::Int { IntKind::Int } else { IntKind::Int64 };
                return Ok(Held::plain(Value::Int(number.int.unwrap_or_default(), kind, number.origins.clone())));
            }
            (Type::Uint32, Term::Number(number)) if number.uint.is_some() => {
                // Go sets 64 bits to a type of 32: the lower ones stay.
                let lower = number.uint.unwrap_or_default() & u64::from(u32::MAX);
                return Ok(Held::plain(Value::Int(lower.cast_signed(), IntKind::Uint32, number.origins.clone())));
            }
            (Type::Float64, Term::Number(number)) if number.float.is_some() => {
                return Ok(Held::plain(Value::Float(number.float.unwrap_or_default(), number.origins.clone())));
            }
            (Type::Bool, _) => "bool",
            (Type::String, _) => "string",
            (Type::Int | Type::Int64, _) => "integer",
            (Type::Uint32, _) => "unsigned integer",
            (Type::Float64, _) => "float",
            _ => {
                let written = self.tree.source.slice(word.extent.range());
                return Err(self.fail(format!("can't handle {written} for arg of type {wanted}")));
            }
        };
        let written = self.tree.source.slice(word.extent.range());
        Err(self.fail(format!("expected {expected}; found {written}")))
    }

    /// Checks that `held` may be given for `wanted`.
    pub(super) fn validate(&self, held: Held, wanted: Type) -> Evaluated<Held> {
        if matches!(held.value, Value::Nil) && !held.boxed {
            if can_be_nil(wanted) {
                return Ok(Held::plain(zero(wanted)));
            }
            return Err(self.fail(format!("invalid value; expected {wanted}")));
        }
        match (wanted, &held.value) {
            (Type::Any, Value::Object(object)) => return Ok(object.boxed().map_or(held, Held::plain)),
            (Type::Any | Type::Reflect, _) => return Ok(held),
            _ => {}
        }
        if !matches!(held.value, Value::Nil) && is_assignable(&held.value, wanted) {
            return Ok(Held::plain(match (held.value, wanted) {
                // The function sees, and gives back, the plain type.
                (Value::Map(map), Type::Map) => Value::Map(Map::plain(&map)),
                (value, _) => value,
            }));
        }
        let got = if matches!(held.value, Value::Nil) { held.type_name() } else { type_name(&held.value) };
        Err(self.fail(format!("wrong type for value; expected {wanted}; got {got}")))
    }
}
