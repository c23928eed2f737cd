//! Templates as they are for one of those that include them, with a dictionary of values: `include "part" (dict "part" .Values.a)`.

use std::collections::HashMap;

use super::{Path, Reader};
use crate::inventory::conditions::Conditions;
use crate::inventory::facts::Fact;
use crate::template::ast::{Command, Node, Operand, Pipe, Term};

impl<'a> Reader<'a> {
    /// Reads the template that `node` includes, where it names images and is handed values that can be set.
    pub(super) fn called(&mut self, node: &'a Node, ways: Option<&[Vec<Fact>]>, dot: Option<&Path>, depth: usize) {
        let Some((name, scope)) = callee(node) else { return };
        let Some(tree) = self.conditions.templates.get(name).copied().filter(|_| self.speech.names_image(name)) else {
            return;
        };
        let inner = self.conditions.path(scope, dot).filter(|path| !path.is_empty());
        let fields = self.fields(scope, dot);
        let Some(left) = self.elements_left.checked_sub(1).filter(|_| inner.is_some() || !fields.is_empty()) else {
            return;
        };
        let mut reader = Reader {
            name: &tree.name,
            source: &tree.source,
            conditions: Conditions { fields, ..Conditions::new(self.conditions.values, self.conditions.templates) },
            loops: HashMap::new(),
            items: HashMap::new(),
            item: None,
            elements_left: left,
            is_element: true,
            is_called: true,
            around: Vec::new(),
            ways: Vec::new(),
            blocks: &mut *self.blocks,
            together: &mut *self.together,
            ..*self
        };
        reader.nodes(&tree.body, ways, inner.as_ref(), depth + 1);
        let (found, left) = (reader.ways, reader.elements_left);
        self.ways.extend(found);
        self.elements_left = left;
    }

    /// The values that a dictionary has.
    fn fields(&self, scope: &Operand, dot: Option<&Path>) -> HashMap<String, Path> {
        let Term::Pipe(pipe) = &scope.term else { return HashMap::new() };
        let [Command { words, .. }] = &*pipe.commands else { return HashMap::new() };
        let Some((Operand { term: Term::Function(function), .. }, pairs)) = words.split_first() else {
            return HashMap::new();
        };
        let field = |pair: &[Operand]| match pair {
            [Operand { term: Term::String(key), .. }, value] => {
                let path = self.conditions.path(value, dot).filter(|path| !path.is_empty())?;
                Some((key.to_string(), path))
            }
            _ => None,
        };
        pairs.chunks(2).filter(|_| function.name == "dict").filter_map(field).collect()
    }
}

/// The template that a node includes, and what becomes its dot.
fn callee(node: &Node) -> Option<(&str, &Operand)> {
    let only = |pipe: &'_ Pipe| pipe.commands.len() == 1 && pipe.commands[0].words.len() == 1;
    match node {
        Node::Action(action) => match &*action.pipe.commands.first()?.words {
            [Operand { term: Term::Function(function), .. }, Operand { term: Term::String(name), .. }, scope]
                if function.name == "include" && action.pipe.variables.is_empty() =>
            {
                Some((name.as_str(), scope))
            }
            _ => None,
        },
        Node::Template(invocation) => {
            let pipe = invocation.pipe.as_ref().filter(|pipe| only(pipe))?;
            Some((&*invocation.name, &pipe.commands[0].words[0]))
        }
        _ => None,
    }
}
