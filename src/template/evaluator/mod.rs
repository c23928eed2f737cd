//! Runs a template as Go's `text/template/exec.go` does (1.18; newer rules where they only add): text, actions, control
//! structures, scopes. One evaluator prints one text; `include` and `tpl` start another.

mod arguments;
mod calls;
mod fields;
mod pipelines;
mod templates;
mod types;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::ast::{Action, Branch, Invocation, Node, Tree};
use super::context::Place;
use super::functions::format;
use super::machine::{ExecError, Frame, Run};
use super::program::{Program, Templates};
use super::quote::quote;
use super::stack::DEEP_STACK;
use super::value::{Element, Map, MapKind, Value};
use crate::source::{Text, TextBuilder, beyond, is_spent, spend};
use types::{Held, truth};

/// Go's bound on nested `{{ template }}`.
const MAX_TEMPLATE_DEPTH: usize = 100_000;
/// Bytes that count for one entry of a map that is ranged over, beside the step that its iteration is.
const ENTRY: usize = 8;

type Evaluated<T> = Result<T, Box<ExecError>>;

/// What is said when the stack ends before Go's bounds are reached.
fn too_deep() -> String {
    beyond(format_args!("the templates nest deeper than {} MiB of stack hold", DEEP_STACK >> 20))
}

/// How a list of nodes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Through,
    Break,
    Continue,
}

/// The templates that call each other, and how often each is being included.
#[derive(Debug)]
struct Set<'p> {
    templates: Templates<'p>,
    included: RefCell<HashMap<Text, usize>>,
}

impl<'p> Set<'p> {
    fn new(templates: Templates<'p>) -> Self {
        Self { templates, included: RefCell::default() }
    }
}

/// Executes the template `name` of `program`.
pub(super) fn execute(run: &Run<'_>, program: &Program, name: &str, data: &Value) -> Evaluated<Text> {
    let set = Set::new(Templates::of(program));
    execute_in(run, &set, name, data)
}

fn execute_in(run: &Run<'_>, set: &Set<'_>, name: &str, data: &Value) -> Evaluated<Text> {
    let Some(tree) = set.templates.find(name) else {
        let message = format!("template: no template {} associated with template \"gotpl\"", quote(name));
        return Err(Box::new(ExecError { message, place: None, trace: Vec::new() }));
    };
    let dot = Held::plain(data.clone());
    let variables = vec![(0, dot.clone())];
    let mut evaluator = Evaluator { run, set, tree, place: None, variables, depth: 0, output: TextBuilder::new() };
    evaluator.walk(&dot, &tree.body)?;
    Ok(evaluator.output.finish())
}

/// The state of one execution.
struct Evaluator<'p, 'r> {
    run: &'r Run<'r>,
    set: &'r Set<'p>,
    /// The template whose nodes are being run.
    tree: &'p Tree,
    /// The node that an error would name.
    place: Option<Place<'p>>,
    /// The variables in scope, by number; the last of a number counts.
    variables: Vec<(u32, Held)>,
    /// How many `{{ template }}` are open.
    depth: usize,
    output: TextBuilder,
}

impl<'p> Evaluator<'p, '_> {
    fn walk(&mut self, dot: &Held, nodes: &'p [Node]) -> Evaluated<Flow> {
        for node in nodes {
            self.step()?;
            let flow = match node {
                Node::Text(range) => {
                    self.output.push_slice(&self.tree.source.text, range.start as usize..range.end as usize);
                    Flow::Through
                }
                Node::Action(action) => self.walk_action(dot, action)?,
                Node::If(branch) => self.walk_branch(dot, branch, false)?,
                Node::With(branch) => self.walk_branch(dot, branch, true)?,
                Node::Range(branch) => self.walk_range(dot, branch)?,
                Node::Template(invocation) => self.walk_template(dot, invocation)?,
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::Through {
                return Ok(flow);
            }
        }
        Ok(Flow::Through)
    }

    fn walk_action(&mut self, dot: &Held, action: &'p Action) -> Evaluated<Flow> {
        self.place = Some(Place::Action(action));
        let held = self.pipeline(dot, &action.pipe)?;
        if action.pipe.variables.is_empty() {
            self.place = Some(Place::Action(action));
            self.print(&format::print(&held.value), action.site)?;
        }
        Ok(Flow::Through)
    }

    fn print(&mut self, text: &Text, site: Option<crate::source::Span>) -> Evaluated<()> {
        match site {
            Some(site) => self.output.push_via(text, site),
            None => self.output.push_text(text),
        }
        if self.output.is_full() {
            self.check_memory()?;
        }
        let limit = self.run.environment.limits.output;
        if self.output.len() > limit {
            return Err(self.fail(beyond(format_args!("the output is larger than {limit} bytes"))));
        }
        Ok(())
    }

    /// `if` and `with`: variables of the condition end with it.
    fn walk_branch(&mut self, dot: &Held, branch: &'p Branch, sets_dot: bool) -> Evaluated<Flow> {
        self.check_stack()?;
        let mark = self.variables.len();
        let held = self.pipeline(dot, &branch.pipe)?;
        let place = self.place_of(branch);
        let taken = self.run.forced(place).unwrap_or_else(|| truth(&held.value));
        self.run.note(place, taken);
        let flow = if taken {
            self.walk(if sets_dot { &held } else { dot }, &branch.body)
        } else if let Some(otherwise) = &branch.otherwise {
            self.walk(dot, otherwise)
        } else {
            Ok(Flow::Through)
        };
        self.variables.truncate(mark);
        flow
    }

    fn walk_range(&mut self, dot: &Held, branch: &'p Branch) -> Evaluated<Flow> {
        self.check_stack()?;
        let mark = self.variables.len();
        let held = self.pipeline(dot, &branch.pipe)?;
        let place = self.place_of(branch);
        let forced = self.run.forced(place);
        let mut taken = forced != Some(false) && self.iterate(&held.value, branch)?;
        if forced == Some(true) && !taken {
            taken = self.iterate_over(std::iter::once((Value::Nil, Held::default())), branch)?;
        }
        self.run.note(place, taken);
        let flow = match taken {
            true => Ok(Flow::Through),
            false => branch.otherwise.as_ref().map_or(Ok(Flow::Through), |otherwise| self.walk(dot, otherwise)),
        };
        self.variables.truncate(mark);
        flow
    }

    /// Runs the body for each member; tells whether there was one.
    fn iterate(&mut self, value: &Value, branch: &'p Branch) -> Evaluated<bool> {
        match value {
            Value::Nil => Ok(false),
            Value::List(list) => {
                let list = list.clone();
                let boxed = list.element == Element::Any;
                let items = list.items.iter().zip(0i64..);
                let members = items.map(|(item, index)| (Value::int(index), Held { value: item.clone(), boxed }));
                self.iterate_over(members, branch)
            }
            Value::Bytes(text) => {
                let bytes = crate::source::to_bytes(text).into_owned();
                let origins = text.origins();
                let members = bytes.into_iter().zip(0i64..).map(|(byte, index)| {
                    let byte = Value::Int(i64::from(byte), super::value::IntKind::Uint8, origins.clone());
                    (Value::int(index), Held::plain(byte))
                });
                self.iterate_over(members, branch)
            }
            Value::Map(map) => {
                let boxed = map.kind != MapKind::String;
                let entries = self.entries_of(map)?.into_iter();
                let members = entries.map(|(key, value)| (Value::String(key), Held { value, boxed }));
                self.iterate_over(members, branch)
            }
            Value::Object(object) if matches!(object.kind(), "map" | "slice") => {
                let object: Rc<_> = object.clone();
                let data = object.data();
                // The members have types of their own.
                match &data {
                    Value::Map(map) => {
                        let entries = self.entries_of(map)?.into_iter();
                        let members = entries.map(|(key, value)| (Value::String(key), Held::plain(value)));
                        self.iterate_over(members, branch)
                    }
                    _ => self.iterate(&data, branch),
                }
            }
            // Newer Go counts up to an integer; it gives one variable.
            Value::Int(count, kind, origins) if branch.pipe.variables.len() < 2 => {
                let (kind, origins) = (*kind, origins.clone());
                let members =
                    (0..*count).map(|index| (Value::Nil, Held::plain(Value::Int(index, kind, origins.clone()))));
                self.iterate_over(members, branch)
            }
            Value::Int(..) => {
                let shown = format::print(value);
                Err(self.fail(format!("can't use {shown} to iterate over more than one variable")))
            }
            // Go has followed pointers before it complains.
            _ => {
                let shown = format::pointed_form(value);
                Err(self.fail(format!("range can't iterate over {shown}")))
            }
        }
    }

    /// Go takes the entries once, before the first iteration, after which it may break off.
    fn entries_of(&self, map: &Map) -> Evaluated<Vec<(Text, Value)>> {
        let entries = map.entries.borrow();
        spend(entries.len() * ENTRY);
        self.check_memory()?;
        Ok(entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn iterate_over(&mut self, members: impl Iterator<Item = (Value, Held)>, branch: &'p Branch) -> Evaluated<bool> {
        let mark = self.variables.len();
        let wanted = branch.pipe.variables.len();
        if mark < wanted {
            // `range $, $ = .list`: Go's own bug, which Helm reports like this.
            let message = "rendering template failed: runtime error: index out of range [-1]".to_owned();
            return Err(Box::new(ExecError { message, place: self.span(), trace: Vec::new() }));
        }
        let mut any = false;
        for (index, member) in members {
            any = true;
            self.step()?;
            // Go 1.18 sets the topmost variables, also when the loop assigns to others.
            if wanted > 0 {
                self.variables[mark - 1].1 = member.clone();
            }
            if wanted > 1 {
                self.variables[mark - 2].1 = Held::plain(index);
            }
            let flow = self.walk(&member, &branch.body)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(any)
    }

    /// `{{ template "name" pipeline }}`: the callee sees its dot and no variables.
    fn walk_template(&mut self, dot: &Held, invocation: &'p Invocation) -> Evaluated<Flow> {
        self.place = Some(Place::Invocation(invocation));
        let Some(callee) = self.set.templates.find(&invocation.name) else {
            return Err(self.fail(format!("template {} not defined", quote(&invocation.name))));
        };
        // Nothing but recursion without end comes here, which Go ends in these words; its own stack is larger.
        if self.depth >= MAX_TEMPLATE_DEPTH || self.run.guard.is_exhausted() {
            return Err(self.fail(format!("exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")));
        }
        let dot = match &invocation.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Held::default(),
        };
        let caller = Frame { template: self.tree.name.clone(), place: invocation.site };
        let tree = std::mem::replace(&mut self.tree, callee);
        let variables = std::mem::replace(&mut self.variables, vec![(0, dot.clone())]);
        let output = std::mem::take(&mut self.output);
        self.depth += 1;
        let outcome = self.walk(&dot, &callee.body);
        self.depth -= 1;
        let printed = std::mem::replace(&mut self.output, output).finish();
        self.variables = variables;
        self.tree = tree;
        if let Err(mut error) = outcome {
            error.trace.push(caller);
            return Err(error);
        }
        self.place = Some(Place::Invocation(invocation));
        self.print(&printed, invocation.site)?;
        Ok(Flow::Through)
    }

    fn step(&mut self) -> Evaluated<()> {
        let left = self.run.steps.get();
        if left == 0 {
            let limit = self.run.environment.limits.steps;
            return Err(self.fail(beyond(format_args!("the templates take more than {limit} steps"))));
        }
        self.run.steps.set(left - 1);
        if self.output.is_full() { self.check_memory() } else { Ok(()) }
    }

    /// Stops what has spent its memory.
    fn check_memory(&self) -> Evaluated<()> {
        if !is_spent() {
            return Ok(());
        }
        let limit = self.run.environment.limits.memory;
        Err(self.fail(beyond(format_args!("the templates make more than {limit} bytes of text and lists"))))
    }

    /// Stops recursion that the call of a template did not stop.
    fn check_stack(&self) -> Evaluated<()> {
        if self.run.guard.is_exhausted() { Err(self.fail(too_deep())) } else { Ok(()) }
    }

    /// The variable's value.
    fn variable(&self, variable: &super::ast::Variable) -> Evaluated<&Held> {
        let found = self.variables.iter().rfind(|(id, _)| *id == variable.id);
        found.map(|(_, held)| held).ok_or_else(|| self.fail(format!("undefined variable: {}", variable.name)))
    }

    /// Gives the innermost variable of this name a new value.
    fn assign(&mut self, variable: &super::ast::Variable, held: &Held) -> Evaluated<()> {
        match self.variables.iter_mut().rfind(|(id, _)| *id == variable.id) {
            Some((_, known)) => {
                *known = held.clone();
                Ok(())
            }
            None => Err(self.fail(format!("undefined variable: {}", variable.name))),
        }
    }

    /// Where the condition of a block stands, if that matters.
    fn place_of(&self, branch: &Branch) -> Option<crate::source::Span> {
        if self.run.minds_decisions() { self.tree.source.span(branch.pipe.extent.range()) } else { None }
    }

    fn span(&self) -> Option<crate::source::Span> {
        self.tree.source.span(self.place?.extent().range())
    }

    fn frame(&self) -> Frame {
        Frame { template: self.tree.name.clone(), place: self.span() }
    }

    /// An error at the present place.
    fn fail(&self, message: impl AsRef<str>) -> Box<ExecError> {
        let mut error = ExecError { message: String::new(), place: self.span(), trace: Vec::new() };
        self.wrap(&mut error, message.as_ref());
        Box::new(error)
    }

    /// Makes `message`, told from the present place, the text of `error`.
    fn wrap(&self, error: &mut ExecError, message: &str) {
        let name: &Arc<str> = &self.tree.name;
        error.message = match &self.place {
            Some(place) => {
                let source = &self.tree.source;
                let (line, column) = source.line_and_column(place.extent().position);
                let context = place.describe(source);
                let name = quote(name);
                format!("template: {}:{line}:{column}: executing {name} at <{context}>: {message}", source.name)
            }
            None => format!("template: {name}: {message}"),
        };
        error.place = error.place.or_else(|| self.span());
        error.trace.push(self.frame());
    }
}
