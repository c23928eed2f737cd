//! `.a.b.c`: keys of maps, fields and methods of objects.

use std::sync::Arc;

use super::calls::made_by;
use super::types::Held;
use super::{Evaluated, Evaluator};
use crate::source::{Text, is_spent, spend};
use crate::template::ast::{Operand, Term};
use crate::template::context::Place;
use crate::template::functions::helm;
use crate::template::value::{MapKind, Object, Value};

impl<'p> Evaluator<'p, '_> {
    /// `(pipeline).a.b` and `function.a.b`
    pub(super) fn chain(
        &mut self,
        dot: &Held,
        word: &'p Operand,
        base: &'p Operand,
        fields: &'p [Arc<str>],
        arguments: &'p [Operand],
        last: Option<Held>,
    ) -> Evaluated<Held> {
        self.place = Some(Place::Operand(word));
        self.check_stack()?;
        self.place = Some(Place::Operand(base));
        let receiver = match &base.term {
            Term::Pipe(pipe) => self.pipeline(dot, pipe)?,
            Term::Function(callee) => self.call(dot, *callee, Place::Operand(base), &[], None)?,
            _ => return Err(self.fail("this word has no fields")),
        };
        self.field_chain(dot, receiver, word, fields, arguments, last)
    }

    /// Follows `fields` from `receiver`; only the last one takes arguments.
    pub(super) fn field_chain(
        &mut self,
        dot: &Held,
        mut receiver: Held,
        word: &'p Operand,
        fields: &'p [Arc<str>],
        arguments: &'p [Operand],
        last: Option<Held>,
    ) -> Evaluated<Held> {
        let Some((final_field, inner)) = fields.split_last() else {
            return Ok(receiver);
        };
        for field in inner {
            receiver = self.field(dot, &receiver, field, word, &[], None)?;
        }
        self.field(dot, &receiver, final_field, word, arguments, last)
    }

    fn field(
        &mut self,
        dot: &Held,
        receiver: &Held,
        name: &str,
        word: &'p Operand,
        arguments: &'p [Operand],
        last: Option<Held>,
    ) -> Evaluated<Held> {
        let has_arguments = !arguments.is_empty() || last.is_some();
        match &receiver.value {
            // A nil of no type has any field: nil.
            Value::Nil if !receiver.boxed || self.run.environment.is_tolerant => return Ok(Held::default()),
            Value::Nil => return Err(self.fail(format!("nil pointer evaluating interface {{}}.{name}"))),
            Value::Object(object) => {
                if object.has_method(name) {
                    let parameters = object.parameters(name);
                    let given = self.method_arguments(dot, name, parameters, arguments, last)?;
                    return self.method(word, name, || object.call(name, &given));
                }
                if let Some(value) = object.field(name) {
                    return self.object_field(object.as_ref(), name, value, has_arguments);
                }
            }
            Value::Map(map) => {
                if map.kind == MapKind::Values
                    && let Some(parameters) = helm::values_method(name)
                {
                    let given = self.method_arguments(dot, name, Some(parameters), arguments, last)?;
                    return self.method(word, name, || helm::call_values_method(&receiver.value, name, &given));
                }
                if has_arguments {
                    return Err(self.fail(format!("{name} is not a method but has arguments")));
                }
                let found = map.entries.borrow().get(name).cloned();
                return Ok(match (map.kind, found) {
                    (MapKind::String, found) => Held::plain(found.unwrap_or_else(|| Value::String(Text::default()))),
                    (_, found) => Held::boxed(found.unwrap_or_default()),
                });
            }
            _ => {}
        }
        Err(self.fail(format!("can't evaluate field {name} in type {}", receiver.type_name())))
    }

    fn object_field(&self, object: &dyn Object, name: &str, value: Value, has_arguments: bool) -> Evaluated<Held> {
        if !has_arguments {
            return Ok(Held::plain(value));
        }
        let complaint = if object.kind() == "map" {
            "is not a method but has arguments"
        } else {
            "has arguments but cannot be invoked as function"
        };
        Err(self.fail(format!("{name} {complaint}")))
    }

    /// Calls a method and counts what it makes; what it reads it counts itself.
    fn method(
        &mut self,
        word: &'p Operand,
        name: &str,
        call: impl FnOnce() -> Result<Value, String>,
    ) -> Evaluated<Held> {
        let outcome = call();
        outcome.iter().for_each(|value| _ = spend(made_by(value)));
        if is_spent() {
            self.place = Some(Place::Operand(word));
            self.check_memory()?;
        }
        match outcome {
            Ok(value) => Ok(Held { boxed: matches!(value, Value::Nil), value }),
            Err(message) => {
                self.place = Some(Place::Operand(word));
                Err(self.fail(format!("error calling {name}: {message}")))
            }
        }
    }
}
