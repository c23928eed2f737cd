//! Regions that templates ask for and no values have: `.Values.region | default "us-west-2"` without a `region` in any values.yaml.
//! Found by what templates read, not by text; renders nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::conditions::Conditions;
use super::scenario::is_region_key;
use super::speech::MAX_DEPTH;
use super::switches::Path;
use crate::chart::{ChartNode, Processed};
use crate::render::Renderer;
use crate::source::Text;
use crate::template::ast::{Branch, Node, Operand, Pipe, Term, Tree};
use crate::yaml::{Map, Value};

/// The keys, from the root's values, that templates of `processed` read, that are called as regions are, and that its values lack.
/// A mapping that is empty or not there is left so: to have one may switch something on.
pub(super) fn asked(renderer: &Renderer, processed: &Processed) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    collect(renderer, processed, &processed.root, (&[], &[]), &mut found);
    found.retain(|path| is_open(&processed.values, path));
    found
}

/// `text` at `path`, and nothing else.
pub(super) fn at(path: &[String], text: &Text) -> Map {
    let [key, rest @ ..] = path else { return Map::new() };
    let value = if rest.is_empty() { Value::String(text.clone()) } else { Value::Map(Arc::new(at(rest, text))) };
    Map::from_iter([(Text::new(key), value)])
}

/// Whether `values` could have that key and do not. All charts have `global`.
fn is_open(values: &Value, path: &[String]) -> bool {
    let Some((last, above)) = path.split_last() else { return false };
    let map = above.iter().try_fold(values, |value, key| value.get(key)).and_then(Value::as_map);
    match map {
        Some(map) if map.is_empty() => matches!(above, [] | [_]) && above.iter().all(|key| key == "global"),
        Some(map) => !map.contains_key(last.as_str()),
        None => above == ["global"] && values.get("global").is_none_or(Value::is_null),
    }
}

/// `names` lead to the values of `node`, the first of them to those of the chart that takes it in.
fn collect(
    renderer: &Renderer,
    processed: &Processed,
    node: &ChartNode,
    (above, names): (&[String], &[String]),
    found: &mut BTreeSet<Path>,
) {
    // What a library reads are the values of whoever includes its templates.
    let own = if node.chart.metadata.is_library() { above } else { names };
    let speaks = |tree: &Tree| tree.source.text.to_ascii_lowercase().contains("region");
    for file in renderer.trees(node).filter(|file| file.first().is_some_and(speaks)) {
        for tree in file.iter() {
            let templates = HashMap::new();
            let conditions = Conditions::new(&processed.values, &templates);
            let mut reader = Reader { conditions, found: BTreeSet::new() };
            reader.nodes(&tree.body, None, 0);
            found.extend(reader.found.into_iter().map(
                |path| match path.first().is_some_and(|first| first == "global") {
                    true => path,
                    false => [own, &path].concat(),
                },
            ));
        }
    }
    for subchart in &node.subcharts {
        let below = [names, &[subchart.name.to_string()]].concat();
        collect(renderer, processed, subchart, (names, &below), found);
    }
}

/// Reads one template.
struct Reader<'a> {
    conditions: Conditions<'a>,
    found: BTreeSet<Path>,
}

impl<'a> Reader<'a> {
    /// `dot` is the value that `.` stands for, where it is one.
    fn nodes(&mut self, nodes: &'a [Node], dot: Option<&Path>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for node in nodes {
            match node {
                Node::Action(action) => self.pipe(&action.pipe, dot, depth),
                Node::Template(called) => called.pipe.iter().for_each(|pipe| self.pipe(pipe, dot, depth)),
                Node::If(branch) => self.branch(branch, dot, dot.cloned(), depth),
                Node::With(branch) => self.branch(branch, dot, self.conditions.path_of(&branch.pipe, dot), depth),
                Node::Range(branch) => self.branch(branch, dot, None, depth),
                Node::Text(_) | Node::Break | Node::Continue => {}
            }
        }
    }

    fn branch(&mut self, branch: &'a Branch, dot: Option<&Path>, inner: Option<Path>, depth: usize) {
        self.pipe(&branch.pipe, dot, depth);
        self.nodes(&branch.body, inner.as_ref(), depth + 1);
        self.nodes(branch.otherwise.as_deref().unwrap_or_default(), dot, depth + 1);
    }

    fn pipe(&mut self, pipe: &'a Pipe, dot: Option<&Path>, depth: usize) {
        for command in &pipe.commands {
            self.add(self.conditions.indexed(&command.words, dot));
            self.add(self.looked_up(&command.words, dot));
            command.words.iter().for_each(|word| self.word(word, dot, depth));
        }
        self.conditions.remember(pipe, dot, &[]);
    }

    /// `get MAP "key"`, `dig "key" ... DEFAULT MAP` and `pluck "key" MAP`
    fn looked_up(&self, words: &[Operand], dot: Option<&Path>) -> Option<Path> {
        let [Operand { term: Term::Function(callee), .. }, arguments @ ..] = words else { return None };
        let (map, keys) = match (callee.name, arguments) {
            ("get", [map, key]) | ("pluck", [key, map]) => (map, std::slice::from_ref(key)),
            ("dig", [keys @ .., _, map]) => (map, keys),
            _ => return None,
        };
        let key = |operand: &Operand| match &operand.term {
            Term::String(text) => Some(text.to_string()),
            _ => None,
        };
        let keys: Option<Path> = keys.iter().map(key).collect();
        Some([self.conditions.path(map, dot)?, keys?].concat())
    }

    fn word(&mut self, word: &'a Operand, dot: Option<&Path>, depth: usize) {
        match &word.term {
            Term::Pipe(inner) if depth <= MAX_DEPTH => self.pipe(inner, dot, depth + 1),
            Term::Chain(inner, _) if depth <= MAX_DEPTH => self.word(inner, dot, depth + 1),
            _ => {}
        }
        self.add(self.conditions.path(word, dot));
    }

    fn add(&mut self, path: Option<Path>) {
        self.found.extend(path.filter(|path| path.last().is_some_and(|last| is_region_key(last))));
    }
}
