//! The values that pipelines are: `.Values.a.b`, one with a default beside it, `index .Values "a" "b"`.

use super::conditions::Conditions;
use super::switches::Path;
use crate::template::ast::{Command, Operand, Pipe, Term};

impl Conditions<'_> {
    /// The value that a pipeline is, if it is nothing else, or nothing but a default beside it.
    pub fn path_of(&self, pipe: &Pipe, dot: Option<&Path>) -> Option<Path> {
        let is_default = |words: &[Operand]| match words.first().map(|word| &word.term) {
            Some(Term::Function(callee)) => callee.name == "default",
            _ => false,
        };
        let words = match &*pipe.commands {
            [Command { words, .. }] => words,
            [Command { words, .. }, last] if is_default(&last.words) => words,
            _ => return None,
        };
        match &**words {
            [operand] => self.path(operand, dot),
            [.., operand] if is_default(words) => self.path(operand, dot),
            words => self.indexed(words, dot),
        }
    }

    /// The value that `index .Values "a" "b"` is.
    pub(super) fn indexed(&self, words: &[Operand], dot: Option<&Path>) -> Option<Path> {
        let [Operand { term: Term::Function(callee), .. }, of, keys @ ..] = words else { return None };
        let key = |operand: &Operand| match &operand.term {
            Term::String(text) => Some(text.to_string()),
            _ => None,
        };
        let keys: Option<Path> = keys.iter().map(key).collect();
        let path = self.path(of, dot).filter(|_| callee.name == "index")?;
        Some([path, keys?].concat())
    }
}
