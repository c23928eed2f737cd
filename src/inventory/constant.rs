//! Conditions that hold, or do not, whatever anybody says: `{{ if false }}`. What stands behind them is deployed under no condition.

use super::conditions::{Conditions, MAX_DEPTH};
use crate::template::ast::{Command, Number, Operand, Pipe, Term};

impl Conditions<'_> {
    /// Whether constants alone make the condition true or false; `None` where something else has a say.
    pub fn constant(&self, pipe: &Pipe) -> Option<bool> {
        self.constant_pipe(pipe, 0)
    }

    fn constant_pipe(&self, pipe: &Pipe, depth: usize) -> Option<bool> {
        match &*pipe.commands {
            [Command { words, .. }] if depth <= MAX_DEPTH => self.constant_words(words, depth),
            _ => None,
        }
    }

    fn constant_words(&self, words: &[Operand], depth: usize) -> Option<bool> {
        let (first, arguments) = words.split_first()?;
        let Term::Function(callee) = &first.term else {
            return if arguments.is_empty() { self.constant_operand(first, depth) } else { None };
        };
        let all = || arguments.iter().map(|argument| self.constant_operand(argument, depth + 1));
        let decides = |wanted: bool| {
            let any = all().any(|constant| constant == Some(wanted));
            if any { Some(wanted) } else { all().all(|constant| constant == Some(!wanted)).then_some(!wanted) }
        };
        match (callee.name, arguments) {
            ("and", [_, ..]) => decides(false),
            ("or", [_, ..]) => decides(true),
            ("not" | "empty", [argument]) => self.constant_operand(argument, depth + 1).map(|constant| !constant),
            ("eq" | "ne", [Operand { term: Term::String(one), .. }, Operand { term: Term::String(other), .. }]) => {
                Some((one == other) == (callee.name == "eq"))
            }
            _ => None,
        }
    }

    fn constant_operand(&self, operand: &Operand, depth: usize) -> Option<bool> {
        match &operand.term {
            Term::Bool(constant, _) => Some(*constant),
            Term::String(text) => Some(!text.is_empty()),
            Term::Number(number) => Some(!is_zero(number)),
            Term::Pipe(inner) => self.constant_pipe(inner, depth + 1),
            Term::Variable(_, fields) if fields.is_empty() => match self.given(operand) {
                [only] => self.constant_pipe(only.pipe, depth + 1),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_zero(number: &Number) -> bool {
    number.int == Some(0) || number.uint == Some(0) || number.float == Some(0.0)
}
