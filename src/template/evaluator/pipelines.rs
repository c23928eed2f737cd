//! Pipelines and commands: what a word means where no type is expected.

use super::types::Held;
use super::{Evaluated, Evaluator};
use crate::source::beyond;
use crate::template::ast::{Command, Number, Operand, Pipe, Term};
use crate::template::context::Place;
use crate::template::value::{IntKind, Value};

impl<'p> Evaluator<'p, '_> {
    /// The value of a pipeline, out of its interface; declares and assigns its variables.
    pub(super) fn pipeline(&mut self, dot: &Held, pipe: &'p Pipe) -> Evaluated<Held> {
        self.place = Some(Place::Pipe(pipe));
        let mut last = None;
        for command in &pipe.commands {
            let mut held = self.command(dot, command, last)?;
            held.boxed = false;
            last = Some(held);
        }
        let held = last.unwrap_or_default();
        for variable in &pipe.variables {
            if pipe.assigns {
                self.assign(variable, &held)?;
            } else {
                self.variables.push((variable.id, held.clone()));
            }
        }
        Ok(held)
    }

    /// The value of a command; `last` is the value of the one before it in the pipeline.
    fn command(&mut self, dot: &Held, command: &'p Command, last: Option<Held>) -> Evaluated<Held> {
        self.step()?;
        let Some((word, arguments)) = command.words.split_first() else {
            return Ok(Held::default());
        };
        match &word.term {
            Term::Field(fields) => {
                self.place = Some(Place::Operand(word));
                self.field_chain(dot, dot.clone(), word, fields, arguments, last)
            }
            Term::Chain(base, fields) => self.chain(dot, word, base, fields, arguments, last),
            Term::Function(callee) => {
                self.place = Some(Place::Operand(word));
                self.call(dot, *callee, Place::Command(command), arguments, last)
            }
            Term::Pipe(pipe) => {
                self.expect_no_arguments(word, arguments, last.as_ref())?;
                self.check_stack()?;
                self.pipeline(dot, pipe)
            }
            Term::Variable(..) => self.variable_chain(dot, word, arguments, last),
            Term::Bool(..) | Term::Dot | Term::Nil | Term::Number(_) | Term::String(_) => {
                self.place = Some(Place::Operand(word));
                self.expect_no_arguments(word, arguments, last.as_ref())?;
                self.constant(dot, word)
            }
        }
    }

    /// `$x` and `$x.a.b`
    pub(super) fn variable_chain(
        &mut self,
        dot: &Held,
        word: &'p Operand,
        arguments: &'p [Operand],
        last: Option<Held>,
    ) -> Evaluated<Held> {
        let Term::Variable(variable, fields) = &word.term else {
            return Ok(Held::default());
        };
        self.place = Some(Place::Operand(word));
        let held = self.variable(variable)?.clone();
        if fields.is_empty() {
            self.expect_no_arguments(word, arguments, last.as_ref())?;
            return Ok(held);
        }
        self.field_chain(dot, held, word, fields, arguments, last)
    }

    /// A word that stands for itself.
    fn constant(&mut self, dot: &Held, word: &Operand) -> Evaluated<Held> {
        match &word.term {
            Term::Dot => Ok(dot.clone()),
            Term::Bool(value, origins) => Ok(Held::plain(Value::Bool(*value, origins.clone()))),
            Term::Number(number) => self.ideal_number(number, word),
            Term::String(text) => Ok(Held::plain(Value::String(text.clone()))),
            _ => Err(self.fail("nil is not a command")),
        }
    }

    /// A number where its syntax decides the type.
    pub(super) fn ideal_number(&self, number: &Number, word: &Operand) -> Evaluated<Held> {
        let written = self.tree.source.slice(word.extent.range());
        let origins = number.origins.clone();
        match (number.float, number.int) {
            _ if number.is_complex => Err(self.fail(beyond(format_args!("no complex numbers such as {written}")))),
            (Some(float), _) if number.is_float_syntax => Ok(Held::plain(Value::Float(float, origins))),
            (_, Some(int)) => Ok(Held::plain(Value::Int(int, IntKind::Int, origins))),
            _ => Err(self.fail(format!("{written} overflows int"))),
        }
    }

    fn expect_no_arguments(&self, word: &Operand, arguments: &[Operand], last: Option<&Held>) -> Evaluated<()> {
        if arguments.is_empty() && last.is_none() {
            return Ok(());
        }
        let written = Place::Operand(word).describe(&self.tree.source);
        Err(self.fail(format!("can't give argument to non-function {written}")))
    }
}
