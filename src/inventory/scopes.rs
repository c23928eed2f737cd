//! Where in a parsed template something stands: what its variables were given, and what its dot is, by the rules of Go's
//! `text/template`. Reads trees; a variable of the same name in another `define` is another one.

use std::collections::HashMap;

use super::speech::MAX_DEPTH;
use crate::chart::ChartNode;
use crate::render::Renderer;
use crate::source::{FileId, Span};
use crate::template::ParsedFile;
use crate::template::ast::{Branch, Node, Pipe, Tree};

/// The templates of the charts of one rendering, by the files that they stand in.
pub(super) struct Templates {
    files: HashMap<FileId, ParsedFile>,
}

impl Templates {
    /// Those of the chart at `root` and of the charts below it.
    pub fn of(renderer: &Renderer, root: &ChartNode) -> Self {
        let mut templates = Self { files: HashMap::new() };
        templates.add(renderer, root);
        templates
    }

    fn add(&mut self, renderer: &Renderer, node: &ChartNode) {
        for file in renderer.trees(node) {
            let place = file.first().and_then(|tree| tree.source.span(0..0));
            self.files.extend(place.map(|place| (place.file, file)));
        }
        node.subcharts.iter().for_each(|subchart| self.add(renderer, subchart));
    }

    /// The text or action at the start of `place`; `None` where that is in no template.
    pub fn spot(&self, place: Span) -> Option<Spot<'_>> {
        self.files.get(&place.file)?.iter().find_map(|tree| Spot::new(tree, place.start))
    }
}

/// A node of a template.
#[derive(Clone)]
pub(super) struct Spot<'a> {
    pub tree: &'a Tree,
    /// From the template's own nodes down to it: the nodes beside each one on the way, and which of them it is. Never empty.
    steps: Vec<(&'a [Node], usize)>,
}

/// A pipeline and the node that it belongs to.
type Given<'a> = (&'a Pipe, Spot<'a>);

impl<'a> Spot<'a> {
    /// The text or action in `tree` at the byte `at` of its file.
    pub fn new(tree: &'a Tree, at: u32) -> Option<Self> {
        let at = at.checked_sub(tree.source.span(0..0)?.start)?;
        let mut spot = Self { tree, steps: Vec::new() };
        let mut nodes = &*tree.body;
        loop {
            let index = nodes.iter().rposition(|node| start(node).is_some_and(|start| start <= at))?;
            spot.steps.push((nodes, index));
            nodes = match &nodes[index] {
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                    let otherwise = branch.otherwise.as_deref().unwrap_or_default();
                    let first = otherwise.iter().find_map(start);
                    if first.is_some_and(|first| first <= at) { otherwise } else { &branch.body }
                }
                leaf => return end(leaf).is_some_and(|end| at < end).then_some(spot),
            };
        }
    }

    /// The node itself.
    pub fn node(&self) -> &'a Node {
        let (nodes, index) = self.steps[self.steps.len() - 1];
        &nodes[index]
    }

    /// The nodes before it, the nearest first, and those behind it, in the same block.
    pub fn beside(&self) -> (impl Iterator<Item = Self> + '_, impl Iterator<Item = Self> + '_) {
        let (nodes, index) = self.steps[self.steps.len() - 1];
        let at = |index: usize| {
            let mut spot = self.clone();
            spot.steps.pop();
            spot.within(nodes, index)
        };
        ((0..index).rev().map(at), (index + 1..nodes.len()).map(at))
    }

    /// All nodes of its template that begin between the bytes `from` and `to` of the file.
    pub fn between(&self, from: u32, to: u32) -> Vec<Self> {
        let mut found = Vec::new();
        let base = self.tree.source.span(0..0).map_or(0, |place| place.start);
        let top = Self { tree: self.tree, steps: Vec::new() };
        top.collect(&self.tree.body, from.saturating_sub(base)..to.saturating_sub(base), &mut found);
        found
    }

    fn collect(&self, nodes: &'a [Node], range: std::ops::Range<u32>, found: &mut Vec<Self>) {
        if self.steps.len() > MAX_DEPTH {
            return;
        }
        for (index, node) in nodes.iter().enumerate() {
            let spot = self.within(nodes, index);
            if let Some(branch) = branch(node) {
                spot.collect(&branch.body, range.clone(), found);
                spot.collect(branch.otherwise.as_deref().unwrap_or_default(), range.clone(), found);
            }
            if start(node).is_some_and(|start| range.contains(&start)) {
                found.push(spot);
            }
        }
    }

    fn within(&self, nodes: &'a [Node], index: usize) -> Self {
        let mut spot = self.clone();
        spot.steps.push((nodes, index));
        spot
    }

    fn outer(&self, depth: usize, index: usize) -> Self {
        let mut spot = Self { tree: self.tree, steps: self.steps[..=depth].to_vec() };
        spot.steps[depth].1 = index;
        spot
    }

    /// What the variable of the number `id` can be here: the declaration that is in scope, and the assignments to it that come
    /// before this, if only in a loop.
    pub fn given(&self, id: u32) -> Vec<Given<'a>> {
        for (depth, (nodes, index)) in self.steps.iter().copied().enumerate().rev() {
            // The block around declares it.
            if depth + 1 < self.steps.len()
                && let Some(branch) = branch(&nodes[index])
                && declares(&branch.pipe, id)
            {
                let spot = self.outer(depth, index);
                let mut found = vec![(&branch.pipe, spot.clone())];
                spot.assigned(&branch.body, 0, id, &mut found);
                spot.assigned(branch.otherwise.as_deref().unwrap_or_default(), 0, id, &mut found);
                found.retain(|(_, given)| self.is_behind(given, depth + 1));
                return found;
            }
            for before in (0..index).rev() {
                let Node::Action(action) = &nodes[before] else { continue };
                if declares(&action.pipe, id) {
                    let mut found = vec![(&action.pipe, self.outer(depth, before))];
                    let around = Self { tree: self.tree, steps: self.steps[..depth].to_vec() };
                    around.assigned(nodes, before + 1, id, &mut found);
                    found.retain(|(_, given)| self.is_behind(given, depth));
                    return found;
                }
            }
        }
        Vec::new()
    }

    /// Whether it is run after `other`, within the block at that depth.
    fn is_behind(&self, other: &Self, depth: usize) -> bool {
        let is_loop = |step: usize| {
            let ((nodes, index), others) = (self.steps[step], other.steps.get(step));
            let is_same = others.is_some_and(|(others, at)| std::ptr::eq(nodes, *others) && index == *at);
            is_same && matches!(nodes[index], Node::Range(_))
        };
        start(other.node()) < start(self.node()) || (depth..self.steps.len() - 1).any(is_loop)
    }

    /// Adds the assignments to a variable in `nodes`, which stand within this one, from that index on.
    fn assigned(&self, nodes: &'a [Node], from: usize, id: u32, found: &mut Vec<Given<'a>>) {
        if self.steps.len() > MAX_DEPTH {
            return;
        }
        for (index, node) in nodes.iter().enumerate().skip(from) {
            let branch = branch(node);
            let pipe = match node {
                Node::Action(action) => Some(&action.pipe),
                _ => branch.map(|branch| &branch.pipe),
            };
            let Some(pipe) = pipe else { continue };
            match (declares(pipe, id), branch) {
                // Another one from here on.
                (true, None) => return,
                (true, Some(_)) => continue,
                (false, _) => {}
            }
            let spot = self.within(nodes, index);
            if pipe.variables.iter().any(|variable| variable.id == id) {
                found.push((pipe, spot.clone()));
            }
            if let Some(branch) = branch {
                spot.assigned(&branch.body, 0, id, found);
                spot.assigned(branch.otherwise.as_deref().unwrap_or_default(), 0, id, found);
            }
        }
    }

    /// What its dot is, or is taken from: the pipeline of the `with` or `range` around it, and whether it is the former.
    pub fn dot(&self) -> Option<(Given<'a>, bool)> {
        let steps = self.steps.iter().copied().enumerate().rev().skip(1);
        steps
            .filter_map(|(depth, (nodes, index))| {
                let (branch, is_with) = match &nodes[index] {
                    Node::With(branch) => (branch, true),
                    Node::Range(branch) => (branch, false),
                    _ => return None,
                };
                let is_in_body = std::ptr::eq(&raw const *branch.body, self.steps[depth + 1].0);
                is_in_body.then(|| ((&branch.pipe, self.outer(depth, index)), is_with))
            })
            .next()
    }
}

fn branch(node: &Node) -> Option<&Branch> {
    match node {
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => Some(branch),
        _ => None,
    }
}

fn declares(pipe: &Pipe, id: u32) -> bool {
    !pipe.assigns && pipe.variables.iter().any(|variable| variable.id == id)
}

/// The first byte of a node; of a block that of its condition.
fn start(node: &Node) -> Option<u32> {
    match node {
        Node::Text(range) => Some(range.start),
        Node::Action(action) => Some(action.extent.start),
        Node::If(branch) | Node::With(branch) | Node::Range(branch) => Some(branch.pipe.extent.start),
        Node::Template(invocation) => Some(invocation.extent.start),
        Node::Break | Node::Continue => None,
    }
}

/// The byte behind a node that is no block.
fn end(node: &Node) -> Option<u32> {
    match node {
        Node::Text(range) => Some(range.end),
        Node::Action(action) => Some(action.extent.end),
        Node::Template(invocation) => Some(invocation.extent.end),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources, Text};
    use crate::template::ast::Term;
    use crate::template::parser;

    /// What `$x` can be at the `{{ $x }}` that ends a template behind `HERE`.
    fn values(file: &str) -> Vec<String> {
        let text = Text::of_file(Sources::new().add("t", file.into()), file.into(), Layer::Template);
        let trees = parser::parse("t", &text).unwrap();
        let at = u32::try_from(file.find("HERE").unwrap() + "HERE".len()).unwrap();
        let spot = trees.iter().find_map(|tree| Spot::new(tree, at)).unwrap();
        let Node::Action(action) = spot.node() else { panic!("{file}") };
        let Term::Variable(variable, _) = &action.pipe.commands[0].words[0].term else { panic!("{file}") };
        let shown = |(pipe, spot): Given<'_>| {
            let last = pipe.commands.last().map(|command| command.extent.end);
            let range = pipe.commands[0].extent.start..last.unwrap();
            spot.tree.source.slice(range).trim().to_owned()
        };
        spot.given(variable.id).into_iter().map(shown).collect()
    }

    #[test]
    fn a_variable_has_the_values_of_its_scope() {
        let cases: [(&str, &[&str]); 10] = [
            ("{{ $x := 1 }}HERE{{ $x }}", &["1"]),
            ("{{ define `a` }}{{ $x := 1 }}{{ end }}{{ define `b` }}{{ $x := 2 }}HERE{{ $x }}{{ end }}", &["2"]),
            ("{{ $x := 1 }}{{ if .a }}{{ $x = 2 }}{{ else }}{{ $x = 3 }}{{ end }}HERE{{ $x }}", &["1", "2", "3"]),
            ("{{ $x := 1 }}{{ if .a }}{{ $x := 2 }}{{ $x = 3 }}{{ end }}HERE{{ $x }}", &["1"]),
            ("{{ range $x := .a }}{{ $x = 1 }}HERE{{ $x }}{{ end }}{{ $x := 2 }}", &[".a", "1"]),
            ("{{ with $x := .a }}{{ else }}HERE{{ $x }}{{ end }}", &[".a"]),
            ("{{ $x := 1 }}{{ $x := 2 }}HERE{{ $x }}", &["2"]),
            ("{{ $x := 1 }}{{ if .a }}HERE{{ $x }}{{ $x := 2 }}{{ end }}{{ $x = 3 }}", &["1"]),
            ("{{ $x := 1 }}{{ range .a }}HERE{{ $x }}{{ $x = 3 }}{{ end }}{{ $x = 4 }}", &["1", "3"]),
            ("{{/* {{ if */}}{{ $x := printf \"%s{{if\" `}` }}HERE{{ $x }}", &["printf \"%s{{if\" `}`"]),
        ];
        for (file, wanted) in cases {
            assert_eq!(values(file), wanted, "{file}");
        }
    }
}
