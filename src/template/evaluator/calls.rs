//! Calls of functions and methods: the number of arguments, their evaluation, the call, its error.

use std::rc::Rc;

use super::types::{Held, truth};
use super::{Evaluated, Evaluator};
use crate::source::{Text, is_spent, spend};
use crate::template::ast::Operand;
use crate::template::context::Place;
use crate::template::functions::{Callee, Function, Outcome, Target, Type};
use crate::template::value::Value;

impl<'p> Evaluator<'p, '_> {
    /// Calls a function with the words that follow it and the value that the pipeline brought; errors of the function itself
    /// are told from `node`.
    pub(super) fn call(
        &mut self,
        dot: &Held,
        callee: Callee,
        node: Place<'p>,
        words: &'p [Operand],
        last: Option<Held>,
    ) -> Evaluated<Held> {
        let (fixed, variadic) = callee.signature();
        self.check_count(callee.name, fixed.len(), variadic.is_some(), words.len(), last.is_some())?;
        if let Target::And | Target::Or = callee.target {
            return self.short_circuit(dot, matches!(callee.target, Target::Or), words, last);
        }
        let mut arguments = Vec::with_capacity(words.len() + usize::from(last.is_some()));
        let wanted = |index: usize| fixed.get(index).copied().or(variadic).unwrap_or(Type::Any);
        for (index, word) in words.iter().enumerate() {
            arguments.push(self.argument(dot, wanted(index), word)?.value);
        }
        if let Some(last) = last {
            arguments.push(self.validate(last, wanted(words.len()))?.value);
        }
        match callee.target {
            Target::Plain(function) => match self.metered(node, function, &arguments)? {
                Ok(value) => Ok(Held { boxed: matches!(value, Value::Nil), value }),
                Err(_) if self.run.environment.is_tolerant && matches!(callee.name, "required" | "fail") => {
                    Ok(Held::plain(Value::String(Text::default())))
                }
                Err(failure) => {
                    self.place = Some(node);
                    let mut error = self.fail(format!("error calling {}: {}", callee.name, failure.message));
                    error.place = failure.place.or(error.place);
                    Err(error)
                }
            },
            Target::Include => self.include(node, &arguments),
            Target::Tpl => self.tpl(node, &arguments),
            Target::Lookup => Ok(Held::plain(self.lookup(&arguments))),
            Target::And | Target::Or => Ok(Held::default()),
        }
    }

    /// Calls a function and counts what it reads and makes.
    fn metered(&mut self, node: Place<'p>, function: &Function, arguments: &[Value]) -> Evaluated<Outcome> {
        spend(arguments.iter().map(read_by).sum());
        let outcome = if is_spent() { Err("the memory is spent".into()) } else { (function.call)(arguments) };
        if let Ok(value) = &outcome {
            spend(made_by(value));
        }
        if is_spent() {
            self.place = Some(node);
            self.check_memory()?;
        }
        Ok(outcome)
    }

    /// `and` and `or` give the argument that decides, or the last one.
    fn short_circuit(&mut self, dot: &Held, is_or: bool, words: &'p [Operand], last: Option<Held>) -> Evaluated<Held> {
        let mut decisive = Held::default();
        for word in words {
            decisive = self.argument(dot, Type::Reflect, word)?;
            if truth(&decisive.value) == is_or {
                return Ok(decisive);
            }
        }
        Ok(last.unwrap_or(decisive))
    }

    /// The arguments of a method.
    pub(super) fn method_arguments(
        &mut self,
        dot: &Held,
        name: &str,
        parameters: Option<&'static [Type]>,
        words: &'p [Operand],
        last: Option<Held>,
    ) -> Evaluated<Vec<Value>> {
        if let Some(parameters) = parameters {
            self.check_count(name, parameters.len(), false, words.len(), last.is_some())?;
        }
        let wanted = |index: usize| parameters.and_then(|known| known.get(index).copied()).unwrap_or(Type::Any);
        let mut arguments = Vec::with_capacity(words.len() + usize::from(last.is_some()));
        for (index, word) in words.iter().enumerate() {
            arguments.push(self.argument(dot, wanted(index), word)?.value);
        }
        if let Some(last) = last {
            arguments.push(self.validate(last, wanted(words.len()))?.value);
        }
        Ok(arguments)
    }

    fn check_count(&self, name: &str, fixed: usize, variadic: bool, words: usize, has_last: bool) -> Evaluated<()> {
        let given = words + usize::from(has_last);
        if variadic && given < fixed {
            return Err(self.fail(format!("wrong number of args for {name}: want at least {fixed} got {words}")));
        }
        if !variadic && given != fixed {
            return Err(self.fail(format!("wrong number of args for {name}: want {fixed} got {given}")));
        }
        Ok(())
    }
}

/// Bytes that a function reads of an argument. What it takes of collections is counted when it has made them anew.
fn read_by(argument: &Value) -> usize {
    match argument {
        Value::String(text) | Value::Bytes(text) => text.len(),
        _ => 0,
    }
}

/// About the bytes that a value takes which a function has made; nothing for one that others hold, too.
pub(super) fn made_by(value: &Value) -> usize {
    match value {
        Value::String(text) | Value::Bytes(text) => text.len(),
        Value::List(list) if Rc::strong_count(list) == 1 => list.items.len() * MEMBER,
        Value::Map(map) if Rc::strong_count(map) == 1 => value.footprint(),
        _ => 0,
    }
}

/// Bytes that count for one member of a list: half of what it takes, for lists are copied often and thrown away.
const MEMBER: usize = 24;
