//! What would make the condition of a block true or false: values and API versions that it asks for. Reads the condition's tree
//! and the values. What it gives is to be tried: of functions it knows `and`, `or`, `not` and `default`; of others only that
//! they hang on the values and constants in them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::facts::{Fact, MAX_WAYS, product};
use super::operands::is_image_part;
use super::scenario::is_region_key;
use super::switches::Path;
use crate::template::ast::{Command, Node, Operand, Pipe, Term, Tree, Variable};
use crate::yaml::Value;

/// Conditions in conditions that are followed, and templates in templates.
pub(super) const MAX_DEPTH: usize = 12;

/// What a variable in a condition counts for of that: what it was given may have it again.
const VARIABLE: usize = 4;

/// Functions whose constants a value could be: of others they are formats and separators.
const COMPARING: [&str; 10] = ["eq", "ne", "has", "list", "contains", "hasPrefix", "hasSuffix", "and", "or", "not"];

/// What must be otherwise for a condition to hold: one of several sets of facts, an empty one when it may hold as it is. `None`:
/// nothing that is known does it.
pub(super) type Ways = Option<Vec<Vec<Fact>>>;

/// What a condition is read with.
pub(super) struct Conditions<'a> {
    /// The values of the chart.
    pub values: &'a Value,
    /// The templates that it may include.
    pub templates: &'a HashMap<&'a str, &'a Tree>,
    /// What was given to variables, by their numbers, with the blocks around that.
    pub variables: HashMap<u32, Vec<Given<'a>>>,
    /// The values that variables of loops are for one element.
    pub elements: HashMap<u32, Path>,
    /// The values that fields of the dot are, where a template is handed a dictionary.
    pub fields: HashMap<String, Path>,
    /// Whether empty texts may be given: only where an image's text hangs on it is what they are then no matter.
    pub invents: bool,
}

/// What a variable was given, or what decided whether it was.
#[derive(Clone)]
pub(super) struct Given<'a> {
    pub(super) pipe: &'a Pipe,
    /// The value that it is, if it is nothing else.
    path: Option<Path>,
}

impl<'a> Conditions<'a> {
    pub fn new(values: &'a Value, templates: &'a HashMap<&'a str, &'a Tree>) -> Self {
        let (variables, elements, fields) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { values, templates, variables, elements, fields, invents: false }
    }

    /// What makes `pipe` be `wanted`; `dot` is the value that `.` stands for, where it is one.
    pub fn ways(&self, pipe: &Pipe, wanted: bool, dot: Option<&Path>) -> Ways {
        self.of_pipe(pipe, wanted, dot, 0)
    }

    /// The same of a word.
    pub fn ways_of(&self, condition: &Operand, wanted: bool, dot: Option<&Path>) -> Ways {
        self.of_operand(condition, wanted, dot, 0)
    }

    /// The same of a pipeline's `commands`, the last of which gives the condition.
    pub fn ways_of_commands(&self, commands: &[Command], wanted: bool, dot: Option<&Path>) -> Ways {
        self.of_commands(commands, wanted, dot, 0)
    }

    pub(super) fn of_pipe(&self, pipe: &Pipe, wanted: bool, dot: Option<&Path>, depth: usize) -> Ways {
        self.of_commands(&pipe.commands, wanted, dot, depth)
    }

    fn of_commands(&self, commands: &[Command], wanted: bool, dot: Option<&Path>, depth: usize) -> Ways {
        let (last, before) = commands.split_last()?;
        let callee = |command: &Command| match &command.words.first()?.term {
            Term::Function(callee) => Some(callee.name),
            _ => None,
        };
        match before {
            _ if depth > MAX_DEPTH => Some(vec![Vec::new()]),
            _ if callee(&commands[0]) == Some("include") => self.of_include(commands, wanted, dot, depth),
            [] => self.of_command(last, wanted, dot, depth),
            [first] if callee(last) == Some("default") => self.of_command(first, wanted, dot, depth),
            [first] if matches!(callee(last), Some("not" | "empty")) => self.of_command(first, !wanted, dot, depth),
            _ => self.of_atom(commands.iter().map(|command| &*command.words), dot),
        }
    }

    fn of_command(&self, command: &Command, wanted: bool, dot: Option<&Path>, depth: usize) -> Ways {
        let (first, arguments) = command.words.split_first()?;
        let operand = |operand: &Operand| self.of_operand(operand, wanted, dot, depth + 1);
        let Term::Function(callee) = &first.term else {
            return if arguments.is_empty() {
                operand(first)
            } else {
                self.of_atom(std::iter::once(&*command.words), dot)
            };
        };
        if let Some(path) = self.indexed(&command.words, dot) {
            return self.of_path(path, wanted);
        }
        match (callee.name, wanted) {
            ("and", true) | ("or", false) => {
                let all: Option<Vec<_>> = arguments.iter().map(operand).collect();
                Some(all?.iter().fold(vec![Vec::new()], |both, ways| product(&both, ways)))
            }
            ("and", false) | ("or", true) => {
                let any: Vec<Vec<Fact>> = arguments.iter().filter_map(operand).flatten().collect();
                Some(any).filter(|any| !any.is_empty())
            }
            ("not" | "empty", _) => self.of_operand(arguments.first()?, !wanted, dot, depth + 1),
            ("default", _) => operand(arguments.last()?),
            ("eq", _) => self.of_comparison(&command.words, arguments, wanted, dot, depth),
            ("ne", _) => self.of_comparison(&command.words, arguments, !wanted, dot, depth),
            _ => self.of_atom(std::iter::once(&*command.words), dot),
        }
    }

    /// A value and what it is compared with.
    fn sides<'o>(&self, arguments: &'o [Operand], dot: Option<&Path>) -> Option<(Path, &'o Operand)> {
        let [one, other] = arguments else { return None };
        self.path(one, dot).zip(Some(other)).or_else(|| self.path(other, dot).zip(Some(one)))
    }

    /// The value and the text that a pipeline compares, and whether they have to be the same.
    pub fn compared(&self, pipe: &Pipe, dot: Option<&Path>) -> Option<(Path, String, bool)> {
        let [Command { words, .. }] = &*self.spelled(pipe).commands else { return None };
        let (Operand { term: Term::Function(callee), .. }, arguments) = words.split_first()? else { return None };
        let is_same = match callee.name {
            "eq" => true,
            "ne" => false,
            _ => return None,
        };
        match self.sides(arguments, dot)? {
            (path, Operand { term: Term::String(text), .. }) => Some((path, text.to_string(), is_same)),
            _ => None,
        }
    }

    /// A pipeline without parentheses around it, or what gave a variable its value where it is nothing else.
    pub fn spelled<'o>(&self, pipe: &'o Pipe) -> &'o Pipe
    where
        'a: 'o,
    {
        let [Command { words, .. }] = &*pipe.commands else { return pipe };
        match &**words {
            [Operand { term: Term::Pipe(inner), .. }] => self.spelled(inner),
            [operand @ Operand { term: Term::Variable(_, parts), .. }] if parts.is_empty() => match self.given(operand)
            {
                [only] => only.pipe,
                _ => pipe,
            },
            _ => pipe,
        }
    }

    /// What makes a template print something, or nothing.
    fn of_include(&self, commands: &[Command], wanted: bool, dot: Option<&Path>, depth: usize) -> Ways {
        let told = self.ways_to_print(commands, |text| text.is_empty() != wanted, dot, depth);
        let mentioned = || self.of_atom(commands.iter().map(|command| &*command.words), dot);
        told.filter(|ways| is_told(ways)).or_else(mentioned)
    }

    /// What makes a template print a constant, or something else.
    fn of_printed(&self, arguments: &[Operand], wanted: bool, dot: Option<&Path>, depth: usize) -> Ways {
        let ([other, Operand { term: Term::String(constant), .. }]
        | [Operand { term: Term::String(constant), .. }, other]) = arguments
        else {
            return None;
        };
        let pipe = match &other.term {
            Term::Pipe(pipe) => &**pipe,
            _ => match self.given(other) {
                [only] => only.pipe,
                _ => return None,
            },
        };
        let told = self.ways_to_print(&pipe.commands, |text| (text == constant.as_str()) == wanted, dot, depth);
        told.filter(|ways| is_told(ways))
    }

    /// What makes a value and a constant be the same, or not.
    fn of_comparison(
        &self,
        words: &[Operand],
        arguments: &[Operand],
        wanted: bool,
        dot: Option<&Path>,
        depth: usize,
    ) -> Ways {
        if let Some(ways) = self.of_printed(arguments, wanted, dot, depth) {
            return Some(ways);
        }
        let known = self.sides(arguments, dot);
        let as_it_is = || Some(vec![Vec::new()]);
        let is_own = |path: &Path| path.last().is_some_and(|last| !is_region_key(last) && !is_image_part(last));
        match known.filter(|(path, _)| is_own(path)) {
            Some((path, Operand { term: Term::String(constant), .. })) => {
                let is_same = match self.look_up(&path) {
                    Some(Value::String(text)) => text == constant,
                    None | Some(Value::Null(_)) => constant.is_empty(),
                    _ => return self.of_atom(std::iter::once(words), dot),
                };
                match (is_same == wanted, wanted) {
                    (true, _) => as_it_is(),
                    (false, true) => Some(vec![vec![Fact::Text(path, constant.to_string())]]),
                    (false, false) => Some(vec![vec![Fact::Other(path, constant.to_string())]]),
                }
            }
            Some((path, Operand { term: Term::Bool(constant, _), .. })) => match self.look_up(&path) {
                Some(Value::Bool(on, _)) if (on == constant) == wanted => as_it_is(),
                Some(Value::Bool(..)) => Some(vec![vec![Fact::Switch(path, *constant == wanted)]]),
                _ => self.of_atom(std::iter::once(words), dot),
            },
            _ => self.of_atom(std::iter::once(words), dot),
        }
    }

    fn of_operand(&self, operand: &Operand, wanted: bool, dot: Option<&Path>, depth: usize) -> Ways {
        if let Term::Pipe(inner) = &operand.term {
            return self.of_pipe(inner, wanted, dot, depth);
        }
        let Some(path) = self.path(operand, dot) else {
            return match self.given(operand) {
                [only] => self.of_pipe(only.pipe, wanted, None, depth + VARIABLE),
                _ => self.of_atom(std::iter::once(std::slice::from_ref(operand)), dot),
            };
        };
        self.of_path(path, wanted)
    }

    fn of_path(&self, path: Path, wanted: bool) -> Ways {
        let value = self.look_up(&path);
        if is_on(value) == wanted {
            return Some(vec![Vec::new()]);
        }
        let turned = |fact: Fact| Some(vec![vec![fact]]);
        match value {
            Some(Value::Bool(..)) => turned(Fact::Switch(path, wanted)),
            None | Some(Value::Null(_)) if path.last().is_some_and(|last| is_switch(last)) => {
                turned(Fact::Switch(path, true))
            }
            // A part of an image that is not there makes another image, not another feature.
            Some(Value::String(_))
                if wanted
                    && self.invents
                    && !path.last().is_some_and(|last| is_image_part(last) || is_region_key(last)) =>
            {
                turned(Fact::Other(path, String::new()))
            }
            Some(Value::String(_)) if !wanted && !path.last().is_some_and(|last| is_image_part(last)) => {
                turned(Fact::Text(path, String::new()))
            }
            _ => None,
        }
    }

    /// What may change the outcome of anything: each boolean in it the other way, each text that it could be compared with.
    fn of_atom<'o>(&self, commands: impl Iterator<Item = &'o [Operand]>, dot: Option<&Path>) -> Ways {
        let mut found = Mentions::default();
        for words in commands {
            self.mentions_of_command(words, dot, &mut found, 0);
        }
        self.pair(&mut found);
        let mut ways = vec![Vec::new()];
        ways.extend(found.facts.into_iter().map(|fact| vec![fact]));
        ways.truncate(MAX_WAYS);
        Some(ways)
    }

    /// Makes facts of the values that one pipeline mentions, and the constants beside them.
    fn pair(&self, found: &mut Mentions) {
        let constants = std::mem::take(&mut found.constants);
        for path in std::mem::take(&mut found.paths) {
            let Some(last) = path.last() else { continue };
            let value = self.look_up(&path);
            let text = match value {
                Some(Value::Bool(on, _)) => {
                    found.add(Fact::Switch(path, !on));
                    continue;
                }
                None | Some(Value::Null(_)) if is_switch(last) => {
                    found.add(Fact::Switch(path, true));
                    continue;
                }
                // Regions are scenarios; a part of an image makes another image, not another feature.
                _ if is_region_key(last) || is_image_part(last) => continue,
                None | Some(Value::Null(_)) => "",
                Some(Value::String(text)) => text.as_str(),
                _ => continue,
            };
            for other in constants.iter().filter(|other| !other.is_empty() && *other != text) {
                found.add(Fact::Text(path.clone(), other.clone()));
            }
        }
    }

    fn mentions(&self, operand: &Operand, dot: Option<&Path>, found: &mut Mentions, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some(path) = self.path(operand, dot).filter(|path| !path.is_empty()) {
            return found.paths.push(path);
        }
        let seen = |place: usize, found: &mut Mentions| !found.seen.insert(place);
        for given in self.given(operand) {
            // Each is read once: variables and templates may stand in each other many times over.
            if seen(std::ptr::from_ref(given.pipe) as usize, found) {
                continue;
            }
            match &given.path {
                Some(path) => found.paths.push(path.clone()),
                None => self.apart(given.pipe, found, depth + VARIABLE),
            }
        }
        match &operand.term {
            Term::String(text) => match self.templates.get(text.as_str()) {
                Some(tree) if seen(std::ptr::from_ref(*tree) as usize, found) => {}
                Some(tree) => self.mentions_in(&tree.body, found, depth + 1),
                None => found.constants.push(text.to_string()),
            },
            Term::Pipe(pipe) => self.mentions_of(pipe, dot, found, depth + 1),
            Term::Chain(inner, _) => self.mentions(inner, dot, found, depth + 1),
            _ => {}
        }
    }

    fn mentions_of(&self, pipe: &Pipe, dot: Option<&Path>, found: &mut Mentions, depth: usize) {
        for command in &pipe.commands {
            self.mentions_of_command(&command.words, dot, found, depth);
        }
    }

    fn mentions_of_command(&self, words: &[Operand], dot: Option<&Path>, found: &mut Mentions, depth: usize) {
        match words {
            [first, version] if is_capability(first) => {
                if let Term::String(text) = &version.term {
                    found.add(Fact::Capability(text.to_string()));
                }
            }
            words => {
                let known = found.constants.len();
                words.iter().for_each(|word| self.mentions(word, dot, found, depth));
                let callee = words.first().map(|word| &word.term);
                if matches!(callee, Some(Term::Function(callee)) if !COMPARING.contains(&callee.name)) {
                    found.constants.truncate(known);
                }
            }
        }
    }

    /// The same of a pipeline with constants of its own.
    fn apart(&self, pipe: &Pipe, found: &mut Mentions, depth: usize) {
        let mut own = Mentions { seen: std::mem::take(&mut found.seen), ..Mentions::default() };
        self.mentions_of(pipe, None, &mut own, depth);
        self.pair(&mut own);
        found.seen = own.seen;
        own.facts.into_iter().for_each(|fact| found.add(fact));
    }

    /// What the conditions of an included template mention.
    fn mentions_in(&self, nodes: &[Node], found: &mut Mentions, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for node in nodes {
            match node {
                Node::Action(action) => self.apart(&action.pipe, found, depth + 1),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                    self.apart(&branch.pipe, found, depth + 1);
                    self.mentions_in(&branch.body, found, depth + 1);
                    self.mentions_in(branch.otherwise.as_deref().unwrap_or_default(), found, depth + 1);
                }
                Node::Text(_) | Node::Template(_) | Node::Break | Node::Continue => {}
            }
        }
    }

    /// Notes what `{{ $name := .Values.x }}` says; `around` are the conditions on the way there.
    pub fn remember(&mut self, pipe: &'a Pipe, dot: Option<&Path>, around: &[Given<'a>]) {
        let [Variable { id, .. }] = &*pipe.variables else { return };
        let given = self.as_given(pipe, dot);
        let known = self.variables.entry(*id).or_default();
        if pipe.assigns {
            known.extend_from_slice(around);
        } else {
            known.clear();
        }
        known.push(given);
    }

    /// What `pipe` gives.
    pub fn as_given(&self, pipe: &'a Pipe, dot: Option<&Path>) -> Given<'a> {
        Given { pipe, path: self.path_of(pipe, dot) }
    }

    /// What was given to a variable that stands by itself.
    pub(super) fn given(&self, operand: &Operand) -> &[Given<'a>] {
        match &operand.term {
            Term::Variable(Variable { id, .. }, _) => self.variables.get(id).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// The value that a word is. What stands before `Values` is taken for the chart's own scope, by whatever way it was handed
    /// on.
    pub fn path(&self, operand: &Operand, dot: Option<&Path>) -> Option<Path> {
        let below = |parts: &[Arc<str>]| {
            let at = parts.iter().position(|part| **part == *"Values")?;
            Some(parts[at + 1..].iter().map(ToString::to_string).collect::<Path>())
        };
        let joined = |start: &Path, parts: &[Arc<str>]| {
            let parts = parts.iter().map(ToString::to_string);
            start.iter().cloned().chain(parts).collect::<Path>()
        };
        match &operand.term {
            Term::Dot => dot.cloned(),
            Term::Pipe(pipe) => self.path_of(pipe, dot),
            Term::Chain(inner, parts) => self.path(inner, dot).map(|path| joined(&path, parts)),
            Term::Field(parts) => below(parts).or_else(|| match (dot, parts.split_first()?) {
                (Some(dot), _) => Some(joined(dot, parts)),
                (None, (first, rest)) => Some(joined(self.fields.get(&**first)?, rest)),
            }),
            Term::Variable(variable, parts) => {
                below(parts).or_else(|| match (self.elements.get(&variable.id), self.given(operand)) {
                    (Some(path), _) | (None, [Given { path: Some(path), .. }]) => Some(joined(path, parts)),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// Whether a condition is about a part of an image.
    pub fn asks_for_part(&self, pipe: &Pipe, dot: Option<&Path>) -> bool {
        let is_part = |operand: &Operand| match &operand.term {
            Term::Variable(variable, _) => is_image_part(variable.name.trim_start_matches('$')),
            _ => false,
        };
        if pipe.commands.iter().any(|command| command.words.iter().any(is_part)) {
            return true;
        }
        let mut found = Mentions::default();
        self.mentions_of(pipe, dot, &mut found, 0);
        found.paths.iter().any(|path| path.last().is_some_and(|last| is_image_part(last)))
    }

    /// The value at a path.
    pub fn look_up(&self, path: &[String]) -> Option<&Value> {
        path.iter().try_fold(self.values, |value, key| value.get(key))
    }
}

/// What a condition speaks of.
#[derive(Default)]
struct Mentions {
    paths: Vec<Path>,
    constants: Vec<String>,
    /// What could be otherwise, each once.
    facts: Vec<Fact>,
    /// Which pipelines and templates were read, by their addresses.
    seen: HashSet<usize>,
}

impl Mentions {
    fn add(&mut self, fact: Fact) {
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }
}

/// Whether `ways` say what must be otherwise.
fn is_told(ways: &[Vec<Fact>]) -> bool {
    ways.iter().any(|way| !way.is_empty())
}

/// `.Capabilities.APIVersions.Has`
pub(super) fn is_capability(operand: &Operand) -> bool {
    match &operand.term {
        Term::Field(parts) | Term::Variable(_, parts) => {
            parts.len() >= 2 && *parts[parts.len() - 1] == *"Has" && *parts[parts.len() - 2] == *"APIVersions"
        }
        _ => false,
    }
}

/// Whether a value that is called so turns something on.
pub(super) fn is_switch(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("enabled") || key.ends_with("enable") || matches!(key.as_str(), "create" | "install" | "deploy")
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
