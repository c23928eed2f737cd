//! What blocks' conditions are called. Reads trees and what was given to variables.

use std::sync::Arc;

use super::{MAX_DEPTH, Reader, path_from_root};
use crate::inventory::conditions::{Given, is_capability};
use crate::inventory::facts::negated;
use crate::inventory::item::Item;
use crate::inventory::switches::Path;
use crate::inventory::when::given;
use crate::template::ast::{Command, Operand, Pipe, Term};
use crate::yaml::Value;

/// Variables in variables that are spelled out.
const MAX_SPELLED: usize = 4;

/// Bytes of a condition up to which they are.
const MAX_WORDS: usize = 200;

impl Reader<'_> {
    /// A condition in words: the value that it is, the API version that it asks for, else its text.
    pub(super) fn words(&self, pipe: &Pipe, wanted: bool, dot: Option<&Path>) -> String {
        let path = self.conditions.path_of(pipe, dot).filter(|path| !path.is_empty());
        let capability = || match pipe.commands.split_first()?.0.words.split_first()? {
            (first, [version]) if is_capability(first) => match &version.term {
                Term::String(text) => Some(format!("capability {text}")),
                _ => None,
            },
            _ => None,
        };
        let value = |path: Path| {
            let is_switch = matches!(self.conditions.look_up(&path), Some(Value::Bool(..)) | None);
            let words = path_from_root(&path, self.names).join(".");
            if is_switch || !wanted { words } else { given(&words) }
        };
        if let Some((path, text, is_same)) = self.conditions.compared(pipe, dot) {
            let words = format!("{}={text}", path_from_root(&path, self.names).join("."));
            return if is_same == wanted { words } else { negated(&words) };
        }
        // Of one of several elements it is told as of any.
        let words = self.of_item(self.conditions.spelled(pipe), wanted).or_else(|| path.map(value)).or_else(capability);
        let text = || self.spelled_out(self.conditions.spelled(pipe), 0);
        let words = words.unwrap_or_else(|| format!("({})", text().replace(", ", ",")));
        if wanted { words } else { negated(&words) }
    }

    /// A value of what a loop goes through, in words.
    fn of_item(&self, pipe: &Pipe, wanted: bool) -> Option<String> {
        let Item { words, values } = self.item_of(pipe)?;
        let is_switch = values.iter().all(|value| matches!(value, Value::Bool(..) | Value::Null(_)));
        Some(if is_switch || !wanted { words } else { given(&words) })
    }

    /// What `pipe` is, where that is of what a loop goes through.
    pub(super) fn item_of(&self, pipe: &Pipe) -> Option<Item> {
        let [Command { words, .. }] = &*pipe.commands else { return None };
        match &**words {
            [Operand { term: Term::Variable(variable, parts), .. }] => Some(self.items.get(&variable.id)?.below(parts)),
            [Operand { term: Term::Field(parts), .. }] => Some(self.item.as_ref()?.below(parts)),
            [Operand { term: Term::Dot, .. }] => self.item.clone(),
            _ => None,
        }
    }

    /// What a loop goes through that has `pipe`.
    pub(super) fn gone_through(&self, pipe: &Pipe, dot: Option<&Path>) -> Option<Item> {
        let known = |path: Path| Item {
            words: path_from_root(&path, self.names).join("."),
            values: self.conditions.look_up(&path).cloned().into_iter().collect(),
        };
        self.conditions.path_of(pipe, dot).filter(|path| !path.is_empty()).map(known).or_else(|| self.item_of(pipe))
    }

    /// The text of a pipeline, its variables as what they were given.
    fn spelled_out(&self, pipe: &Pipe, depth: usize) -> String {
        let [first, ..] = &*pipe.commands else { return String::new() };
        let end = pipe.commands.iter().map(|command| command.extent.end).max().unwrap_or_default();
        let mut variables = Vec::new();
        collect_variables(pipe, &mut variables, 0);
        let (mut text, mut done) = (String::new(), first.extent.start);
        for (operand, parts) in variables {
            let Some(given) = self.given(operand, depth) else { continue };
            text.push_str(self.source.slice(done..operand.extent.start));
            let is_all = parts.is_empty() && operand.extent.range() == (first.extent.start..end);
            text.push_str(&if given.contains(' ') && !is_all { format!("({given})") } else { given });
            parts.iter().for_each(|part| text.extend([".", part]));
            done = operand.extent.end;
        }
        text.push_str(self.source.slice(done..end));
        if text.len() > MAX_WORDS {
            text = self.source.slice(first.extent.start..end).to_owned();
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What a variable was given, as text; of several things that which is no constant and was decided last.
    fn given(&self, operand: &Operand, depth: usize) -> Option<String> {
        let Term::Variable(variable, _) = &operand.term else { return None };
        if depth > MAX_SPELLED {
            return None;
        }
        let all = self.conditions.given(operand);
        let decides = |given: &&Given<'_>| self.conditions.constant(given.pipe).is_none();
        match all.iter().rfind(decides).or(all.last()) {
            Some(given) => Some(self.spelled_out(given.pipe, depth + 1)),
            None => Some(format!("range {}", self.spelled_out(self.loops.get(&variable.id)?, depth + 1))),
        }
    }
}

/// The variables of a pipeline in the order of its text, with the fields that are asked of each.
fn collect_variables<'t>(pipe: &'t Pipe, found: &mut Vec<(&'t Operand, &'t [Arc<str>])>, depth: usize) {
    fn collect<'t>(operand: &'t Operand, found: &mut Vec<(&'t Operand, &'t [Arc<str>])>, depth: usize) {
        match &operand.term {
            Term::Variable(_, parts) => found.push((operand, parts)),
            Term::Pipe(inner) => collect_variables(inner, found, depth + 1),
            Term::Chain(inner, _) => collect(inner, found, depth + 1),
            _ => {}
        }
    }
    if depth <= MAX_DEPTH {
        pipe.commands.iter().flat_map(|command| &command.words).for_each(|word| collect(word, found, depth));
    }
}
