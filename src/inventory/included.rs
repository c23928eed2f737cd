//! Templates that conditions include, as `{{ if include "enabled" . }}` does: what they print, and what makes them print it. Reads
//! trees and values. Of texts it knows those that blocks choose between; a condition for which that is not enough is tried by what
//! it mentions.

use super::conditions::{Conditions, MAX_DEPTH};
use super::facts::{Fact, MAX_WAYS, product};
use super::switches::Path;
use crate::template::ast::{Branch, Command, Node, Operand, Pipe, Term, Tree};
use crate::yaml::Value;

/// What a template counts for of the depth that is followed: it may include others many times over.
const INCLUDED: usize = 2;

/// Texts of one template that are told apart.
const MAX_TEXTS: usize = 24;

/// A text that a template prints when facts hold.
#[derive(Clone)]
struct Printed {
    facts: Vec<Fact>,
    text: String,
}

impl Printed {
    fn always(text: &str) -> Self {
        Self { facts: Vec::new(), text: text.to_owned() }
    }
}

/// All texts that may be printed; `None` where they cannot be told.
type Texts = Option<Vec<Printed>>;

impl Conditions<'_> {
    /// What makes a pipeline that includes a template print what `accept` takes. `None` for other pipelines, and where that cannot
    /// be told.
    pub(super) fn ways_to_print(
        &self,
        commands: &[Command],
        accept: impl Fn(&str) -> bool,
        dot: Option<&Path>,
        depth: usize,
    ) -> Option<Vec<Vec<Fact>>> {
        let texts = self.included(commands, dot, depth)?;
        Some(texts.into_iter().filter(|printed| accept(&printed.text)).map(|printed| printed.facts).collect())
    }

    fn included(&self, commands: &[Command], dot: Option<&Path>, depth: usize) -> Texts {
        let (first, rest) = commands.split_first()?;
        match &*first.words {
            [Operand { term: Term::Pipe(inner), .. }] if rest.is_empty() => self.included(&inner.commands, dot, depth),
            [Operand { term: Term::Function(callee), .. }, Operand { term: Term::String(name), .. }, scope]
                if callee.name == "include" && depth <= MAX_DEPTH =>
            {
                let tree = self.templates.get(name.as_str())?;
                let inner = self.path(scope, dot);
                let texts = self.texts(tree, &tree.body, inner.as_ref(), depth + INCLUDED)?;
                rest.iter().try_fold(texts, filtered)
            }
            _ => None,
        }
    }

    fn texts(&self, tree: &Tree, nodes: &[Node], dot: Option<&Path>, depth: usize) -> Texts {
        let mut all = vec![Printed::always("")];
        for node in nodes {
            let more = match node {
                Node::Text(range) => vec![Printed::always(tree.source.slice(range.clone()))],
                Node::Action(action) if action.pipe.variables.is_empty() => self.printed(&action.pipe, dot, depth)?,
                Node::If(branch) => self.branch_texts(tree, branch, (dot, dot), depth)?,
                Node::With(branch) => {
                    let inner = self.path_of(&branch.pipe, dot);
                    self.branch_texts(tree, branch, (dot, inner.as_ref()), depth)?
                }
                // What hangs on variables and lists is not followed.
                Node::Action(_) | Node::Range(_) | Node::Template(_) | Node::Break | Node::Continue => return None,
            };
            let pairs = all.iter().flat_map(|before| more.iter().filter_map(move |printed| before.then(printed)));
            all = pairs.take(MAX_TEXTS + 1).collect();
            if all.len() > MAX_TEXTS {
                return None;
            }
        }
        Some(all)
    }

    fn branch_texts(
        &self,
        tree: &Tree,
        branch: &Branch,
        (dot, inner): (Option<&Path>, Option<&Path>),
        depth: usize,
    ) -> Texts {
        let mut all = Vec::new();
        let otherwise = branch.otherwise.as_deref().unwrap_or_default();
        for (wanted, nodes, inner) in [(true, &*branch.body, inner), (false, otherwise, dot)] {
            let Some(ways) = self.of_pipe(&branch.pipe, wanted, dot, depth + 1) else { continue };
            let texts = self.texts(tree, nodes, inner, depth + 1)?;
            for facts in ways {
                let way = Printed { facts, text: String::new() };
                all.extend(texts.iter().filter_map(|printed| way.then(printed)));
            }
        }
        Some(all)
    }

    /// What an action prints: a constant, `true` or `false`, what another template prints.
    fn printed(&self, pipe: &Pipe, dot: Option<&Path>, depth: usize) -> Texts {
        if let [Command { words, .. }] = &*pipe.commands
            && let [Operand { term: Term::String(text), .. }] = &**words
        {
            return Some(vec![Printed::always(text)]);
        }
        if self.is_boolean(&pipe.commands, dot, depth) {
            let print = |wanted: bool| {
                let ways = self.of_pipe(pipe, wanted, dot, depth + 1).unwrap_or_default();
                ways.into_iter().map(move |facts| Printed { facts, text: wanted.to_string() })
            };
            return Some(print(true).chain(print(false)).collect());
        }
        self.included(&pipe.commands, dot, depth)
    }

    /// Whether a pipeline surely gives true or false.
    fn is_boolean(&self, commands: &[Command], dot: Option<&Path>, depth: usize) -> bool {
        let [Command { words, .. }] = commands else { return false };
        let Some((first, arguments)) = words.split_first() else { return false };
        if depth > MAX_DEPTH {
            return false;
        }
        match &first.term {
            Term::Bool(..) => arguments.is_empty(),
            Term::Pipe(inner) => arguments.is_empty() && self.is_boolean(&inner.commands, dot, depth + 1),
            Term::Function(callee) => match callee.name {
                "not" | "eq" | "ne" | "empty" | "has" | "hasKey" | "contains" => true,
                "and" | "or" => arguments.iter().all(|word| match &word.term {
                    Term::Pipe(inner) => self.is_boolean(&inner.commands, dot, depth + 1),
                    _ => self.is_boolean_value(word, dot),
                }),
                _ => false,
            },
            _ => arguments.is_empty() && self.is_boolean_value(first, dot),
        }
    }

    fn is_boolean_value(&self, word: &Operand, dot: Option<&Path>) -> bool {
        let path = self.path(word, dot).filter(|path| !path.is_empty());
        path.is_some_and(|path| matches!(self.look_up(&path), Some(Value::Bool(..))))
    }
}

impl Printed {
    /// This and then the other, unless both do not hold together.
    fn then(&self, other: &Self) -> Option<Self> {
        let both = product(std::slice::from_ref(&self.facts), std::slice::from_ref(&other.facts));
        let facts = both.into_iter().next().filter(|facts| facts.len() <= MAX_WAYS)?;
        Some(Self { facts, text: format!("{}{}", self.text, other.text) })
    }
}

/// What a function makes of texts that it is given.
#[allow(clippy::needless_pass_by_value)] // as folding hands them over
fn filtered(texts: Vec<Printed>, command: &Command) -> Texts {
    let [Operand { term: Term::Function(callee), .. }] = &*command.words else { return None };
    match callee.name {
        "trim" => {
            let trimmed = |printed: Printed| Printed { text: printed.text.trim().to_owned(), ..printed };
            Some(texts.into_iter().map(trimmed).collect())
        }
        "toString" => Some(texts),
        _ => None,
    }
}
