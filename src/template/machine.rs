//! Runs the templates of a [`Program`]: limits, the objects that `lookup` finds, and errors with Go's text and our places.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluator;
use super::program::Program;
use super::stack::Guard;
use super::value::Value;
use crate::source::{Allowance, Span, Text};
use crate::yaml;

/// What one execution may use. Going over is an [`ExecError`] with the place where it happened.
///
/// Nesting is bounded by the stack (see [`super::stack`]): as Helm's 1000 nested includes of one name and Go's 100,000 nested
/// templates on the deep stack, less on others.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nodes, commands and iterations, over all templates that one execution calls.
    pub steps: u64,
    /// Bytes that one template, or one `include` or `tpl` in it, may print.
    pub output: usize,
    /// Bytes that the text and the collections may take that one execution makes, what it throws away included.
    pub memory: u64,
}

impl Default for Limits {
    /// Ten million steps (about a second), 16 MiB printed, 256 MiB made: some fifty times what the largest known charts take.
    /// Kubernetes takes objects of 1.5 MiB.
    fn default() -> Self {
        Self { steps: 10_000_000, output: 16 << 20, memory: 256 << 20 }
    }
}

/// Whether the body of one `if`, `with` or `range` ran, or what follows otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    /// The condition or collection, where it stands in a file.
    pub place: Span,
    /// Whether the body ran.
    pub taken: bool,
}

/// What templates see beside their data.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The bounds of each execution.
    pub limits: Limits,
    /// The cluster's objects: manifests with `apiVersion`, `kind` and `metadata`, for `lookup`.
    pub objects: Arc<[yaml::Value]>,
    /// Decisions that are made so whatever the data say. A `range` over nothing then runs once, over nil.
    pub forced: Arc<[Decision]>,
    /// Whether decisions are noted, for [`Machine::take_decisions`].
    pub notes: bool,
    /// Whether values may be missing: `required` and `fail` give an empty text, as where `helm lint` runs templates, and each
    /// field of nil is nil.
    pub is_tolerant: bool,
}

/// A template that was executing when an error happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The template's name.
    pub template: Arc<str>,
    /// The action or word that was being evaluated, if its text stands in a file.
    pub place: Option<Span>,
}

/// Why a template stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecError {
    /// Go's whole text, with all that `include` and `tpl` put around it. Messages of `required` and `fail` stand between Helm's
    /// marks: see [`super::functions::helm::cleanup_execution_error`].
    pub message: String,
    /// Where it happened: the innermost place that stands in a file.
    pub place: Option<Span>,
    /// The templates that were executing, the innermost first.
    pub trace: Vec<Frame>,
}

impl std::fmt::Display for ExecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExecError {}

/// What all templates of one execution share.
#[derive(Debug)]
pub(super) struct Run<'p> {
    pub(super) environment: &'p Environment,
    pub(super) steps: Cell<u64>,
    pub(super) guard: Guard,
    /// How many `tpl` are open.
    pub(super) texts: Cell<usize>,
    pub(super) decisions: &'p RefCell<BTreeMap<Decision, usize>>,
}

impl Run<'_> {
    /// Whether it matters where decisions stand.
    pub(super) fn minds_decisions(&self) -> bool {
        self.environment.notes || !self.environment.forced.is_empty()
    }

    /// How the decision at `place` is made, if not by the data.
    pub(super) fn forced(&self, place: Option<Span>) -> Option<bool> {
        let known = |place| self.environment.forced.iter().find(|forced| forced.place == place);
        place.and_then(known).map(|forced| forced.taken)
    }

    /// Notes how the decision at `place` was made.
    pub(super) fn note(&self, place: Option<Span>, taken: bool) {
        if self.environment.notes {
            let mut decisions = self.decisions.borrow_mut();
            place.into_iter().for_each(|place| *decisions.entry(Decision { place, taken }).or_default() += 1);
        }
    }
}

/// Executes the templates of one program. Cheap to make; not `Send`, for values are not.
#[derive(Debug)]
pub struct Machine<'p> {
    program: &'p Program,
    environment: Environment,
    decisions: RefCell<BTreeMap<Decision, usize>>,
}

impl<'p> Machine<'p> {
    /// A machine over `program`.
    #[must_use]
    pub fn new(program: &'p Program, environment: Environment) -> Self {
        Self { program, environment, decisions: RefCell::default() }
    }

    /// Executes the template `name` with `data` as its dot. What it prints for nil, `<no value>`, Helm removes later.
    /// Runs best inside [`super::stack::on_deep_stack`].
    ///
    /// # Errors
    /// Whatever Go or Helm refuse, and [`Limits`].
    pub fn execute(&self, name: &str, data: &Value) -> Result<Text, ExecError> {
        let run = Run {
            environment: &self.environment,
            steps: Cell::new(self.environment.limits.steps),
            guard: Guard::new(),
            texts: Cell::new(0),
            decisions: &self.decisions,
        };
        let _allowance = Allowance::of(self.environment.limits.memory);
        evaluator::execute(&run, self.program, name, data).map_err(|error| *error)
    }

    /// The decisions of what was executed since this was asked for, and how often each was made, if the [`Environment`] has them
    /// noted.
    #[must_use]
    pub fn take_decisions(&mut self) -> BTreeMap<Decision, usize> {
        self.decisions.take()
    }
}
