//! Blocks of templates that do not run and could name images: what would make them run, as far as their conditions say. Reads
//! templates, values and what was decided; renders nothing, so what a switch really brings is for a rendering to show.

mod called;
mod words;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::conditions::{Conditions, Given, is_switch};
use super::facts::{Fact, product};
use super::item::Item;
use super::operands::is_image_part;
use super::speech::{MAX_DEPTH, Speech, Speeches, says_image};
use crate::chart::{Chart, ChartNode, Processed};
use crate::render::{Decisions, Renderer};
use crate::source::{FileId, Span, Text};
use crate::template::ast::{Branch, Node, Operand, Pipe, Source, Term, Tree};
use crate::template::{Decision, ParsedFile};
use crate::yaml::Value;

/// Elements of loops of one template that are read one by one.
const MAX_ELEMENTS: usize = 64;

/// The keys that lead to a value.
pub(super) type Path = Vec<String>;

/// A way to make a block run that does not.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// What must be otherwise.
    pub facts: Vec<Fact>,
    /// What is decided then: that the block runs, and others that hang on the same.
    pub decisions: Vec<Decision>,
    /// The chart whose template has the block.
    pub chart: Arc<Chart>,
}

/// A block that can be made to run by force.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// What must be decided.
    pub decision: Decision,
    /// Its condition, in words.
    pub words: String,
    /// The value that is the condition, from the root's, if it is nothing else.
    pub path: Option<Path>,
    /// Whether it ran for one element of a loop, or for one that included it, and for another not.
    pub ran_for_some: bool,
}

/// The blocks of a rendering that do not run.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// How to make them run, each once, those that need least first.
    pub guards: Vec<Guard>,
    /// Those that print a whole image.
    pub blocks: Vec<Block>,
    /// What a value, by its path from the root's, decides by being there: that other blocks run as well.
    pub together: Vec<(Path, Decision)>,
}

/// The blocks in the templates of all charts of `processed` whose conditions were asked for and are not among `known`, and those
/// inside of them, but for those that are among `taken`. `decided` is what the rendering decided.
pub(super) fn blocks(
    renderer: &Renderer,
    processed: &Processed,
    decided: &Decisions,
    known: &HashSet<(String, Span)>,
    taken: &HashSet<Decision>,
    speeches: &mut Speeches,
) -> Blocks {
    let mut parsed: Vec<Templates<'_>> = Vec::new();
    parse(renderer, &processed.root, &[], &mut parsed);
    let trees = || parsed.iter().flat_map(|(.., files)| files.iter().flat_map(|file| file.iter()));
    let speech = speeches.of(parsed.iter().flat_map(|(.., files)| files.iter().cloned()).collect());
    let templates: HashMap<&str, &Tree> = trees().map(|tree| (&*tree.name, tree)).collect();
    let mut found = Blocks::default();
    for (node, names, files) in &parsed {
        let values = names.iter().try_fold(&processed.values, |values, name| values.get(name));
        let Some((values, decided)) = values.map(|values| (values, decided.of_chart(&node.path))) else { continue };
        let is_new = |place: Span| !known.contains(&(node.path.clone(), place));
        // Files in which nothing was asked for the first time were read before, and have nothing new.
        let new: HashSet<FileId> = decided.iter().filter(|one| is_new(one.place)).map(|one| one.place.file).collect();
        let is_read =
            |tree: &Tree| tree.source.span(0..0).is_some_and(|span| !known.is_empty() && !new.contains(&span.file));
        for tree in files.iter().flat_map(|file| file.iter()).filter(|tree| !is_read(tree)) {
            let mut reader = Reader {
                name: &tree.name,
                source: &tree.source,
                speech: &speech,
                decided: &decided,
                is_new: &is_new,
                taken,
                is_first: taken.is_empty(),
                names,
                conditions: Conditions::new(values, &templates),
                loops: HashMap::new(),
                items: HashMap::new(),
                item: None,
                elements_left: MAX_ELEMENTS,
                is_element: false,
                is_called: false,
                around: Vec::new(),
                is_within: false,
                ways: Vec::new(),
                blocks: &mut found.blocks,
                together: &mut found.together,
            };
            reader.nodes(&tree.body, Some(&[Vec::new()]), None, 0);
            for (facts, decision) in reader.ways {
                let facts: Vec<Fact> = facts.into_iter().map(|fact| from_root(fact, names)).collect();
                match found.guards.iter_mut().find(|known| known.facts == facts) {
                    Some(known) => known.decisions.extend(decision),
                    None => {
                        let decisions = decision.into_iter().collect();
                        found.guards.push(Guard { facts, decisions, chart: node.chart.clone() });
                    }
                }
            }
        }
    }
    // What ran for some has its turn where it is known what makes it run for others.
    let guards = &found.guards;
    let is_tried = |block: &Block| guards.iter().any(|guard| guard.decisions.contains(&block.decision));
    found.blocks.retain(|block| !block.ran_for_some || !is_tried(block));
    found.guards.sort_by_key(|guard| guard.facts.len());
    found
}

/// The facts beside and above the value at `path`: values that are `false` and called as switches are, nearest first, on.
pub(super) fn beside(values: &Value, path: &[&str]) -> Vec<Fact> {
    let mut found = Vec::new();
    for depth in (0..path.len()).rev() {
        let above = &path[..depth];
        let map = above.iter().try_fold(values, |value, key| value.get(key)).and_then(Value::as_map);
        let off = |(key, value): (&Text, &Value)| {
            (matches!(value, Value::Bool(false, _)) && is_switch(key)).then(|| key.to_string())
        };
        let keys = map.into_iter().flatten().filter_map(off);
        let paths = keys.map(|key| above.iter().map(|part| (*part).to_owned()).chain([key]).collect::<Path>());
        found.extend(paths.map(|path| Fact::Switch(path, true)));
    }
    found
}

/// `fact`, whose path is that of a chart's values, from the root's. `names` lead from there to the chart.
fn from_root(fact: Fact, names: &[String]) -> Fact {
    match fact {
        Fact::Switch(path, on) => Fact::Switch(path_from_root(&path, names), on),
        Fact::Text(path, text) => Fact::Text(path_from_root(&path, names), text),
        Fact::Other(path, text) => Fact::Other(path_from_root(&path, names), text),
        capability @ Fact::Capability(_) => capability,
    }
}

fn path_from_root(path: &Path, names: &[String]) -> Path {
    match path.first().is_some_and(|first| first == "global") {
        true => path.clone(),
        false => names.iter().chain(path).cloned().collect(),
    }
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

/// Reads one template.
struct Reader<'a> {
    /// The template's name.
    name: &'a str,
    source: &'a Source,
    speech: &'a Speech,
    decided: &'a BTreeSet<Decision>,
    is_new: &'a dyn Fn(Span) -> bool,
    taken: &'a HashSet<Decision>,
    /// Whether no other rendering was read before.
    is_first: bool,
    names: &'a [String],
    conditions: Conditions<'a>,
    /// What loops take their variables from, by the numbers of these.
    loops: HashMap<u32, &'a Pipe>,
    /// What each of these is, where it is one of something.
    items: HashMap<u32, Item>,
    /// What `.` stands for, where it is one of something.
    item: Option<Item>,
    /// How many elements of loops may still be read one by one.
    elements_left: usize,
    /// Whether it reads for one of them, or for one that includes the template.
    is_element: bool,
    /// Whether it reads for one that includes the template.
    is_called: bool,
    /// The conditions of the blocks around.
    around: Vec<Given<'a>>,
    /// Whether it reads what is inside a block that does not run.
    is_within: bool,
    /// What would make blocks run, and what is decided then.
    ways: Vec<(Vec<Fact>, Option<Decision>)>,
    blocks: &'a mut Vec<Block>,
    together: &'a mut Vec<(Path, Decision)>,
}

impl<'a> Reader<'a> {
    /// `ways` lead to `nodes`, if any is known; `dot` is the value that `.` stands for, where it is one.
    fn nodes(&mut self, nodes: &'a [Node], ways: Option<&[Vec<Fact>]>, dot: Option<&Path>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for node in nodes {
            match node {
                Node::Action(action) => {
                    self.remember(&action.pipe, dot, true);
                    if self.is_first && self.makes_image(&action.pipe) {
                        self.choices(&action.pipe, ways, dot, depth);
                    }
                    self.called(node, ways, dot, depth);
                }
                Node::If(branch) => {
                    self.remember(&branch.pipe, dot, false);
                    self.branch(branch, ways, dot, (dot, self.item.clone()), depth);
                }
                Node::With(branch) => {
                    self.remember(&branch.pipe, dot, false);
                    let path = self.conditions.path_of(&branch.pipe, dot);
                    let item = self.item_of(&branch.pipe).filter(|_| path.is_none());
                    self.branch(branch, ways, dot, (path.as_ref(), item), depth);
                }
                Node::Range(branch) => {
                    self.loops.extend(branch.pipe.variables.iter().map(|variable| (variable.id, &branch.pipe)));
                    let item = self.gone_through(&branch.pipe, dot).map(|through| through.each());
                    if let (Some(variable), Some(item)) = (branch.pipe.variables.last(), &item) {
                        self.items.insert(variable.id, item.clone());
                    }
                    self.each(branch, ways, dot, item, depth);
                }
                Node::Template(_) => self.called(node, ways, dot, depth),
                Node::Text(_) | Node::Break | Node::Continue => {}
            }
        }
    }

    /// Notes what a variable is given.
    fn remember(&mut self, pipe: &'a Pipe, dot: Option<&Path>, is_inside: bool) {
        if let [variable] = &*pipe.variables {
            match self.item_of(pipe).filter(|_| !pipe.assigns) {
                Some(item) => self.items.insert(variable.id, item),
                None => self.items.remove(&variable.id),
            };
        }
        self.conditions.remember(pipe, dot, if is_inside { &self.around } else { &[] });
    }

    /// A loop, for each of the values that it goes through where these can be set, else for one that is any of them.
    fn each(
        &mut self,
        branch: &'a Branch,
        ways: Option<&[Vec<Fact>]>,
        dot: Option<&Path>,
        item: Option<Item>,
        depth: usize,
    ) {
        let through = self.conditions.path_of(&branch.pipe, dot).filter(|path| !path.is_empty());
        let map = through.as_ref().and_then(|path| self.conditions.look_up(path)).and_then(Value::as_map);
        let below = |key: &Text| through.iter().flatten().cloned().chain([key.to_string()]).collect::<Path>();
        let elements: Vec<Path> = map.into_iter().flatten().map(|(key, _)| below(key)).collect();
        let variable = branch.pipe.variables.last().map(|variable| variable.id);
        let left = self.elements_left.checked_sub(elements.len()).filter(|_| !elements.is_empty());
        let was_element = std::mem::replace(&mut self.is_element, left.is_some());
        match left {
            Some(left) => {
                self.elements_left = left;
                for element in elements {
                    variable.map(|id| self.conditions.elements.insert(id, element.clone()));
                    self.branch(branch, ways, dot, (Some(&element), item.clone()), depth);
                }
            }
            None => {
                variable.map(|id| self.conditions.elements.remove(&id));
                self.branch(branch, ways, dot, (None, item), depth);
            }
        }
        self.is_element = was_element;
    }

    /// Both ways of a block; `inner` is the dot of its body.
    fn branch(
        &mut self,
        branch: &'a Branch,
        ways: Option<&[Vec<Fact>]>,
        dot: Option<&Path>,
        (inner, item): (Option<&Path>, Option<Item>),
        depth: usize,
    ) {
        let place = self.source.span(branch.pipe.extent.range());
        self.around.push(self.conditions.as_given(&branch.pipe, dot));
        self.arm(branch, &branch.body, (place, true), ways, (dot, inner, item), depth);
        let otherwise = branch.otherwise.as_deref().unwrap_or_default();
        self.arm(branch, otherwise, (place, false), ways, (dot, dot, self.item.clone()), depth);
        self.around.pop();
    }

    fn arm(
        &mut self,
        branch: &'a Branch,
        nodes: &'a [Node],
        (place, taken): (Option<Span>, bool),
        ways: Option<&[Vec<Fact>]>,
        (dot, inner, item): (Option<&Path>, Option<&Path>, Option<Item>),
        depth: usize,
    ) {
        let ran = |taken: bool| place.is_some_and(|place| self.decided.contains(&Decision { place, taken }));
        let ran_for_some = ran(taken) && ran(!taken);
        self.conditions.invents = self.is_within_image(&branch.pipe);
        let own = self.conditions.ways(&branch.pipe, taken, dot);
        self.conditions.invents = false;
        // What ran for another element of a loop did not for this one.
        let is_other = |own: &Vec<Vec<Fact>>| !own.is_empty() && own.iter().all(|way| !way.is_empty());
        let is_other = ran_for_some && self.is_element && own.as_ref().is_some_and(is_other);
        if ran(taken) && !is_other {
            if ran_for_some && !self.is_element {
                self.may_force(branch, nodes, (place, taken), dot, true);
            }
            let was_within = std::mem::replace(&mut self.is_within, false);
            self.within(nodes, ways, (inner, item), depth);
            self.is_within = was_within;
            return;
        }
        // Nothing brings what stands behind `if false`.
        if self.conditions.constant(&branch.pipe) == Some(!taken) {
            return;
        }
        if let Some(place) = place.filter(|_| taken) {
            let mut deciding = Vec::new();
            self.deciding(&branch.pipe, dot, &mut deciding, 0);
            self.together.extend(deciding.into_iter().map(|path| (path, Decision { place, taken })));
        }
        self.may_force(branch, nodes, (place, taken), dot, false);
        let both = ways.zip(own.as_ref()).map(|(ways, own)| product(ways, own));
        // What is asked for only when something else is otherwise stands inside of that.
        let asked = ran(!taken) || self.is_within;
        let is_new = place.is_none_or(|place| (self.is_new)(place) && !self.taken.contains(&Decision { place, taken }));
        if asked
            && is_new
            && let Some(both) = &both
            && (self.is_within_image(&branch.pipe)
                || self.speech.speaks(self.source, nodes)
                || self.prints_image(nodes, inner, depth))
        {
            let new = both.iter().filter(|way| !way.is_empty());
            let decision = place.map(|place| Decision { place, taken });
            self.ways.extend(new.map(|way| (way.clone(), decision)));
        }
        // Where nothing that is known makes it run, what makes a block inside of it run may do so: `else if`.
        let both = both.map(|both| match both.iter().any(|way| !way.is_empty()) {
            true => both.into_iter().filter(|way| !way.is_empty()).collect(),
            false => both,
        });
        let was_within = std::mem::replace(&mut self.is_within, true);
        self.within(nodes, both.as_deref(), (inner, item), depth);
        self.is_within = was_within;
    }

    /// Notes that a block can be run by force, where it prints a whole image: a part that is not there makes another image, not
    /// another feature.
    fn may_force(
        &mut self,
        branch: &Branch,
        nodes: &[Node],
        (place, taken): (Option<Span>, bool),
        dot: Option<&Path>,
        ran_for_some: bool,
    ) {
        // What it is called for one that includes it is told of none of the others.
        let Some(place) = place.filter(|_| !self.is_called) else { return };
        if self.speech.gives_whole(self.source, nodes) && !self.conditions.asks_for_part(&branch.pipe, dot) {
            let words = self.words(&branch.pipe, taken, dot);
            let path = self.conditions.path_of(&branch.pipe, dot).filter(|path| taken && !path.is_empty());
            let path = path.map(|path| path_from_root(&path, self.names));
            self.blocks.push(Block { decision: Decision { place, taken }, words, path, ran_for_some });
        }
    }

    /// What is inside of a block.
    fn within(
        &mut self,
        nodes: &'a [Node],
        ways: Option<&[Vec<Fact>]>,
        (inner, item): (Option<&Path>, Option<Item>),
        depth: usize,
    ) {
        let outer = std::mem::replace(&mut self.item, item);
        self.nodes(nodes, ways, inner, depth + 1);
        self.item = outer;
    }

    /// The values each of which makes a condition true by being there: the one that it is, or those of an `or`.
    fn deciding(&self, pipe: &Pipe, dot: Option<&Path>, found: &mut Vec<Path>, depth: usize) {
        let [command] = &*pipe.commands else { return };
        let words = match command.words.split_first() {
            Some((Operand { term: Term::Function(callee), .. }, arguments)) if callee.name == "or" => arguments,
            Some((only, [])) => std::slice::from_ref(only),
            _ => return,
        };
        for word in words {
            match (&word.term, self.conditions.path(word, dot)) {
                (_, Some(path)) if !path.is_empty() => found.push(path_from_root(&path, self.names)),
                (Term::Pipe(inner), None) if depth <= MAX_DEPTH => self.deciding(inner, dot, found, depth + 1),
                _ => {}
            }
        }
    }

    /// What would make each `ternary` in a pipeline choose otherwise.
    fn choices(&mut self, pipe: &Pipe, ways: Option<&[Vec<Fact>]>, dot: Option<&Path>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for (at, command) in pipe.commands.iter().enumerate() {
            if let Some((Operand { term: Term::Function(callee), .. }, arguments)) = command.words.split_first()
                && callee.name == "ternary"
            {
                let own = |wanted: bool| match arguments.get(2) {
                    Some(condition) => self.conditions.ways_of(condition, wanted, dot),
                    None => self.conditions.ways_of_commands(pipe.commands.get(..at)?, wanted, dot),
                };
                for own in [own(true), own(false)].into_iter().flatten() {
                    let both = product(ways.unwrap_or(&[]), &own);
                    self.ways.extend(both.into_iter().filter(|way| !way.is_empty()).map(|way| (way, None)));
                }
            }
            for word in &command.words {
                if let Term::Pipe(inner) = &word.term {
                    self.choices(inner, ways, dot, depth + 1);
                }
            }
        }
    }

    /// Whether a pipeline prints a piece of an image, or gives it to a variable.
    fn makes_image(&self, pipe: &Pipe) -> bool {
        pipe.variables.iter().any(|variable| is_image_part(variable.name.trim_start_matches('$')))
            || self.is_within_image(pipe)
    }

    /// Whether a block is a piece of an image's text, so that an image is another one without it: a template that is called so
    /// has it, or its line speaks of images before it.
    fn is_within_image(&self, pipe: &Pipe) -> bool {
        let before = self.source.text.get(..pipe.extent.start as usize).unwrap_or_default();
        says_image(self.name) || says_image(before.rsplit('\n').next().unwrap_or_default())
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
                Node::With(inner) => branch(inner, self.conditions.path_of(&inner.pipe, dot).as_ref()),
                Node::Range(inner) => branch(inner, None),
                Node::Text(_) | Node::Template(_) | Node::Break | Node::Continue => false,
            })
    }

    fn mentions_image(&self, pipe: &Pipe, dot: Option<&Path>, depth: usize) -> bool {
        let holds = |operand: &Operand| match &operand.term {
            Term::Pipe(inner) => depth <= MAX_DEPTH && self.mentions_image(inner, dot, depth + 1),
            _ => {
                let value = self.conditions.path(operand, dot).filter(|path| !path.is_empty());
                value.is_some_and(|path| self.conditions.look_up(&path).is_some_and(|value| holds_image(value, 0)))
            }
        };
        pipe.commands.iter().any(|command| command.words.iter().any(holds))
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
