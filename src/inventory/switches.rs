//! Switches within charts: boolean values that keep a block of a template from running which names images. Reads templates and
//! values; renders nothing, so what a switch really brings is for a rendering to show.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::chart::{Chart, ChartNode, Processed};
use crate::render::Renderer;
use crate::source::Text;
use crate::template::ParsedFile;
use crate::template::ast::{Action, Branch, Command, Node, Operand, Pipe, Source, Term, Tree, Variable};
use crate::yaml::Value;

/// The keys that lead to a value.
pub(super) type Path = Vec<String>;

/// A block that does not run, for values are not true.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// Those values, by their paths from the root's.
    pub switches: Vec<Path>,
    /// The chart whose template has the block.
    pub chart: Arc<Chart>,
}

/// Nesting of blocks that is followed; the parser refuses deeper ones long before a person writes them.
const MAX_DEPTH: usize = 100;

/// Ways to turn one block on that are followed.
const MAX_WAYS: usize = 8;

/// The guards in the templates of all charts of `processed` but those at the paths `known`; each once, those with the fewest
/// switches first.
pub(super) fn guards(renderer: &Renderer, processed: &Processed, known: &BTreeSet<String>) -> Vec<Guard> {
    let mut parsed: Vec<Templates<'_>> = Vec::new();
    parse(renderer, &processed.root, &[], &mut parsed);
    let speaking = speaking(parsed.iter().flat_map(|(.., files)| files.iter().flat_map(|file| file.iter())));
    let mut guards: Vec<Guard> = Vec::new();
    for (node, names, files) in parsed.iter().filter(|(node, ..)| !known.contains(&node.path)) {
        let values = names.iter().try_fold(&processed.values, |values, name| values.get(name));
        let Some(values) = values else { continue };
        for tree in files.iter().flat_map(|file| file.iter()) {
            let mut reader =
                Reader { source: &tree.source, speaking: &speaking, values, variables: Vec::new(), found: Vec::new() };
            reader.nodes(&tree.body, &[Vec::new()], None, 0);
            for switches in reader.found {
                let from_root = |path: &Path| match path.first().is_some_and(|first| first == "global") {
                    true => path.clone(),
                    false => names.iter().chain(path).cloned().collect(),
                };
                let switches: Vec<Path> = switches.iter().map(from_root).collect();
                if guards.iter().all(|known| known.switches != switches) {
                    guards.push(Guard { switches, chart: node.chart.clone() });
                }
            }
        }
    }
    guards.sort_by_key(|guard| guard.switches.len());
    guards
}

/// The switches beside and above the value at `path`: values that are `false` and called as switches are, nearest first.
pub(super) fn beside(values: &Value, path: &[&str]) -> Vec<Path> {
    let mut found = Vec::new();
    for depth in (0..path.len()).rev() {
        let above = &path[..depth];
        let map = above.iter().try_fold(values, |value, key| value.get(key)).and_then(Value::as_map);
        let off = |(key, value): (&Text, &Value)| {
            (matches!(value, Value::Bool(false, _)) && is_switch(key)).then(|| key.to_string())
        };
        let keys = map.into_iter().flatten().filter_map(off);
        found.extend(keys.map(|key| above.iter().map(|part| (*part).to_owned()).chain([key]).collect::<Path>()));
    }
    found
}

/// Whether a value that is called so turns something on.
fn is_switch(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("enabled") || key.ends_with("enable") || matches!(key.as_str(), "create" | "install" | "deploy")
}

/// A chart with the names that lead to its values, and its templates.
type Templates<'a> = (&'a ChartNode, Vec<String>, Vec<ParsedFile>);

fn parse<'a>(renderer: &Renderer, node: &'a ChartNode, names: &[String], parsed: &mut Vec<Templates<'a>>) {
    // What does not parse is told by the rendering.
    parsed.push((node, names.to_vec(), renderer.trees(node).collect()));
    for subchart in &node.subcharts {
        parse(renderer, subchart, &[names, &[subchart.name.to_string()]].concat(), parsed);
    }
}

/// The names of the templates that name images, themselves or by those that they include.
fn speaking<'a>(trees: impl Iterator<Item = &'a Tree>) -> HashSet<Arc<str>> {
    let mut speaking = HashSet::new();
    let mut silent: Vec<&Tree> = trees.collect();
    loop {
        let before = silent.len();
        silent.retain(|tree| {
            let speaks = names_image(&tree.source, &tree.body, &speaking, 0);
            if speaks {
                speaking.insert(tree.name.clone());
            }
            !speaks
        });
        if silent.len() == before {
            return speaking;
        }
    }
}

/// Whether one of `nodes` prints a key or value that is called image, or includes a template that does.
fn names_image(source: &Source, nodes: &[Node], speaking: &HashSet<Arc<str>>, depth: usize) -> bool {
    let pipe = |pipe: &Pipe| speaks(pipe, speaking, depth + 1);
    let branch = |branch: &Branch| {
        let inner = |nodes: &[Node]| names_image(source, nodes, speaking, depth + 1);
        pipe(&branch.pipe) || inner(&branch.body) || branch.otherwise.as_deref().is_some_and(inner)
    };
    depth <= MAX_DEPTH
        && nodes.iter().any(|node| match node {
            Node::Text(range) => says_image(source.slice(range.clone())),
            Node::Action(action) => pipe(&action.pipe),
            Node::If(inner) | Node::With(inner) | Node::Range(inner) => branch(inner),
            Node::Template(invocation) => speaking.contains(&invocation.name),
            Node::Break | Node::Continue => false,
        })
}

fn says_image(text: &str) -> bool {
    text.contains("mage")
}

fn speaks(pipe: &Pipe, speaking: &HashSet<Arc<str>>, depth: usize) -> bool {
    let operand = |operand: &Operand| operand_speaks(operand, speaking, depth + 1);
    depth <= MAX_DEPTH && pipe.commands.iter().any(|command| command.words.iter().any(operand))
}

fn operand_speaks(operand: &Operand, speaking: &HashSet<Arc<str>>, depth: usize) -> bool {
    let fields = |parts: &[Arc<str>]| parts.iter().any(|part| says_image(part));
    match &operand.term {
        Term::Field(parts) | Term::Variable(_, parts) => fields(parts),
        Term::String(text) => says_image(text) || speaking.contains(text.as_str()),
        Term::Chain(inner, parts) => fields(parts) || operand_speaks(inner, speaking, depth + 1),
        Term::Pipe(inner) => speaks(inner, speaking, depth + 1),
        _ => false,
    }
}

/// What must be turned on for a condition to hold: one of several sets of values. `None`: no boolean does it.
type Ways = Option<Vec<Vec<Path>>>;

struct Reader<'a> {
    source: &'a Source,
    speaking: &'a HashSet<Arc<str>>,
    /// Those of the chart.
    values: &'a Value,
    /// Variables that stand for values.
    variables: Vec<(u32, Path)>,
    found: Vec<Vec<Path>>,
}

impl Reader<'_> {
    /// `ways` lead to `nodes`; `dot` is the value that `.` stands for, where it is one.
    fn nodes(&mut self, nodes: &[Node], ways: &[Vec<Path>], dot: Option<&Path>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for node in nodes {
            match node {
                Node::Action(action) => self.remember(action, dot),
                Node::If(branch) => self.condition(branch, ways, dot, depth),
                Node::With(branch) => {
                    let path = self.path_of(&branch.pipe, dot);
                    if path.as_ref().is_none_or(|path| is_on(self.look_up(path))) {
                        self.nodes(&branch.body, ways, path.as_ref(), depth + 1);
                    }
                    self.nodes(branch.otherwise.as_deref().unwrap_or_default(), ways, dot, depth + 1);
                }
                Node::Range(branch) => {
                    self.nodes(&branch.body, ways, None, depth + 1);
                    self.nodes(branch.otherwise.as_deref().unwrap_or_default(), ways, dot, depth + 1);
                }
                Node::Text(_) | Node::Template(_) | Node::Break | Node::Continue => {}
            }
        }
    }

    fn condition(&mut self, branch: &Branch, ways: &[Vec<Path>], dot: Option<&Path>, depth: usize) {
        if let Some(own) = self.ways(&branch.pipe, dot, 0) {
            let both = product(ways, &own);
            let turned = own.iter().all(|way| !way.is_empty());
            let names = || {
                names_image(self.source, &branch.body, self.speaking, depth)
                    || self.prints_image(&branch.body, dot, depth)
            };
            if turned && names() {
                let new = both.iter().filter(|way| !way.is_empty());
                self.found.extend(new.cloned());
            }
            self.nodes(&branch.body, &both, dot, depth + 1);
        }
        self.nodes(branch.otherwise.as_deref().unwrap_or_default(), ways, dot, depth + 1);
    }

    /// Whether one of `nodes` prints a mapping that holds an image.
    fn prints_image(&self, nodes: &[Node], dot: Option<&Path>, depth: usize) -> bool {
        let branch = |branch: &Branch, dot: Option<&Path>| {
            let inner = |nodes: &[Node]| self.prints_image(nodes, dot, depth + 1);
            inner(&branch.body) || branch.otherwise.as_deref().is_some_and(inner)
        };
        depth <= MAX_DEPTH
            && nodes.iter().any(|node| match node {
                Node::Action(action) => self.mentions_image(&action.pipe, dot, depth),
                Node::If(inner) => branch(inner, dot),
                Node::With(inner) => branch(inner, self.path_of(&inner.pipe, dot).as_ref()),
                Node::Range(inner) => branch(inner, None),
                Node::Text(_) | Node::Template(_) | Node::Break | Node::Continue => false,
            })
    }

    fn mentions_image(&self, pipe: &Pipe, dot: Option<&Path>, depth: usize) -> bool {
        let holds = |operand: &Operand| match &operand.term {
            Term::Pipe(inner) => depth <= MAX_DEPTH && self.mentions_image(inner, dot, depth + 1),
            _ => {
                let value = self.path(operand, dot).filter(|path| !path.is_empty());
                value.is_some_and(|path| self.look_up(&path).is_some_and(|value| holds_image(value, 0)))
            }
        };
        pipe.commands.iter().any(|command| command.words.iter().any(holds))
    }

    /// `{{ $name := .Values.x }}`
    fn remember(&mut self, action: &Action, dot: Option<&Path>) {
        let [Variable { id, .. }] = &*action.pipe.variables else { return };
        self.variables.retain(|(known, _)| known != id);
        if let Some(path) = self.path_of(&action.pipe, dot) {
            self.variables.push((*id, path));
        }
    }

    /// The value that a pipeline is, if it is nothing else.
    fn path_of(&self, pipe: &Pipe, dot: Option<&Path>) -> Option<Path> {
        let [Command { words, .. }] = &*pipe.commands else { return None };
        let [operand] = &**words else { return None };
        self.path(operand, dot)
    }

    fn path(&self, operand: &Operand, dot: Option<&Path>) -> Option<Path> {
        let below = |parts: &[Arc<str>]| match parts {
            [first, rest @ ..] if **first == *"Values" => Some(rest.iter().map(ToString::to_string).collect::<Path>()),
            _ => None,
        };
        let joined = |start: &Path, parts: &[Arc<str>]| {
            let parts = parts.iter().map(ToString::to_string);
            start.iter().cloned().chain(parts).collect::<Path>()
        };
        match &operand.term {
            Term::Dot => dot.cloned(),
            Term::Field(parts) => below(parts).or_else(|| dot.map(|dot| joined(dot, parts))),
            Term::Variable(Variable { id: 0, .. }, parts) => below(parts),
            Term::Variable(Variable { id, .. }, parts) => {
                let known = self.variables.iter().find(|(known, _)| known == id);
                known.map(|(_, path)| joined(path, parts))
            }
            _ => None,
        }
    }

    fn look_up(&self, path: &Path) -> Option<&Value> {
        path.iter().try_fold(self.values, |value, key| value.get(key))
    }

    /// What turns a condition on. What cannot be told from here is taken to hold.
    fn ways(&self, pipe: &Pipe, dot: Option<&Path>, depth: usize) -> Ways {
        let holds = || Some(vec![Vec::new()]);
        let [Command { words, .. }, rest @ ..] = &*pipe.commands else { return holds() };
        let is_default = |command: &Command| matches!(command.words.first().map(|word| &word.term), Some(Term::Function(callee)) if callee.name == "default");
        if depth > MAX_DEPTH || !rest.iter().all(is_default) {
            return holds();
        }
        let operand = |operand: &Operand| self.ways_of(operand, dot, depth);
        let Term::Function(callee) = &words[0].term else { return operand(&words[0]) };
        let arguments = &words[1..];
        match callee.name {
            "and" => {
                let all: Option<Vec<_>> = arguments.iter().map(operand).collect();
                Some(all?.iter().fold(vec![Vec::new()], |both, ways| product(&both, ways)))
            }
            "or" => {
                let any: Vec<Vec<Path>> = arguments.iter().filter_map(operand).flatten().collect();
                if any.iter().any(Vec::is_empty) { holds() } else { Some(any).filter(|any| !any.is_empty()) }
            }
            "not" => match arguments.first().and_then(operand) {
                Some(ways) if ways.iter().any(Vec::is_empty) && self.is_known(&arguments[0], dot) => None,
                _ => holds(),
            },
            "default" => arguments.last().and_then(operand),
            "eq" if arguments.iter().any(|argument| matches!(argument.term, Term::Bool(true, _))) => {
                arguments.iter().find(|argument| self.path(argument, dot).is_some()).map_or_else(holds, operand)
            }
            _ => holds(),
        }
    }

    /// Whether it is known if a word is true.
    fn is_known(&self, operand: &Operand, dot: Option<&Path>) -> bool {
        self.path(operand, dot).is_some()
    }

    fn ways_of(&self, operand: &Operand, dot: Option<&Path>, depth: usize) -> Ways {
        if let Term::Pipe(inner) = &operand.term {
            return self.ways(inner, dot, depth + 1);
        }
        let Some(path) = self.path(operand, dot) else { return Some(vec![Vec::new()]) };
        match self.look_up(&path) {
            value if is_on(value) => Some(vec![Vec::new()]),
            Some(Value::Bool(..)) => Some(vec![vec![path]]),
            None | Some(Value::Null(_)) if path.last().is_some_and(|last| is_switch(last)) => Some(vec![vec![path]]),
            _ => None,
        }
    }
}

/// Whether a mapping has a key that is called image, at any depth.
fn holds_image(value: &Value, depth: usize) -> bool {
    let entry = |(key, value): (&Text, &Value)| says_image(key) || holds_image(value, depth + 1);
    match value {
        Value::Map(map) => depth <= MAX_DEPTH && map.iter().any(entry),
        Value::List(items) => depth <= MAX_DEPTH && items.iter().any(|item| holds_image(item, depth + 1)),
        _ => false,
    }
}

/// Whether a template takes a value for true.
fn is_on(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null(_)) => false,
        Some(Value::Bool(on, _)) => *on,
        Some(Value::Int(number, _)) => *number != 0,
        Some(Value::Float(number, _)) => *number != 0.0,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::List(items)) => !items.is_empty(),
        Some(Value::Map(map)) => !map.is_empty(),
    }
}

/// All ways to go both.
fn product(one: &[Vec<Path>], other: &[Vec<Path>]) -> Vec<Vec<Path>> {
    let join = |one: &Vec<Path>, other: &Vec<Path>| {
        let new = other.iter().filter(|path| !one.contains(path));
        one.iter().chain(new).cloned().collect::<Vec<Path>>()
    };
    let pairs = one.iter().flat_map(|one| other.iter().map(move |other| join(one, other)));
    pairs.take(MAX_WAYS).collect()
}
