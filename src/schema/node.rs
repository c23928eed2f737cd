//! A schema that was read: what is asked of a value, each kind of value apart. Nodes name each other by number, for schemas
//! may contain themselves. Holds no values and checks none.

use std::sync::OnceLock;

use regex::Regex;

use crate::expression::translate;
use crate::source::Text;

/// The number of a node among those of its schema.
pub(super) type NodeId = usize;

/// What one schema asks.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// `true` and `false` in place of a schema.
    pub(super) pass: Option<bool>,
    /// `$ref`; up to draft 7 nothing else counts beside it.
    pub(super) refers: Option<NodeId>,
    /// `type`: any of them; none for any type.
    pub(super) types: Vec<String>,
    /// `const` as JSON.
    pub(super) constant: Option<String>,
    /// `enum`, each as JSON.
    pub(super) options: Vec<String>,
    pub(super) combined: Option<Box<Combined>>,
    pub(super) object: Option<Box<ObjectRules>>,
    pub(super) array: Option<Box<ArrayRules>>,
    pub(super) string: Option<Box<StringRules>>,
    pub(super) number: Option<Box<NumberRules>>,
    /// `format`
    pub(super) format: Option<String>,
}

/// Other schemas of the same value.
#[derive(Debug, Default)]
pub(super) struct Combined {
    pub(super) any_of: Vec<NodeId>,
    pub(super) one_of: Vec<NodeId>,
    pub(super) all_of: Vec<NodeId>,
    pub(super) not: Option<NodeId>,
    pub(super) condition: Option<NodeId>,
    pub(super) then: Option<NodeId>,
    pub(super) otherwise: Option<NodeId>,
    /// By property.
    pub(super) dependencies: Vec<(Text, Dependency)>,
}

/// What a property asks for by being there.
#[derive(Debug)]
pub(super) enum Dependency {
    Properties(Vec<Text>),
    Schema(NodeId),
}

/// What becomes of members that nothing else describes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Rest {
    #[default]
    Free,
    Refused,
    Schema(NodeId),
}

#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    /// `properties`, sorted by name.
    pub(super) properties: Vec<(Text, NodeId)>,
    pub(super) patterns: Vec<(Pattern, NodeId)>,
    pub(super) rest: Rest,
    pub(super) names: Option<NodeId>,
    pub(super) required: Vec<Text>,
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    /// `unevaluatedProperties`
    pub(super) unevaluated: Rest,
}

impl ObjectRules {
    /// The schema of the property `name`.
    pub(super) fn property(&self, name: &str) -> Option<NodeId> {
        let at = self.properties.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.properties.get(at).map(|(_, node)| *node)
    }
}

#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    /// `items` as one schema: of all, or of those behind the first ones.
    pub(super) each: Option<NodeId>,
    /// `items` as a list, or `prefixItems`.
    pub(super) first: Vec<NodeId>,
    /// `additionalItems`
    pub(super) rest: Rest,
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    pub(super) unique: bool,
    pub(super) contains: Option<NodeId>,
    /// How many must fit `contains`, at least and at most.
    pub(super) least_contained: Option<u64>,
    pub(super) most_contained: Option<u64>,
    /// `unevaluatedItems`
    pub(super) unevaluated: Rest,
}

#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    pub(super) pattern: Option<Pattern>,
}

#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) multiple_of: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) below: Option<f64>,
    pub(super) minimum: Option<f64>,
    pub(super) above: Option<f64>,
}

/// A regular expression, compiled when it is first needed: most never are, and compiling takes longer than all else.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As it is written.
    pub(super) source: Text,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// `None` when it is no expression that Go knows.
    pub(super) fn new(source: &Text) -> Option<Self> {
        is_expression(source).then(|| Self { source: source.clone(), compiled: OnceLock::new() })
    }

    /// Whether some part of `text` fits. One that is too large to be compiled fits nothing.
    pub(super) fn fits(&self, text: &str) -> bool {
        let compile = || Regex::new(&translate(&self.source).ok()?.pattern).ok();
        self.compiled.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Whether `source` is a regular expression of Go's.
pub(super) fn is_expression(source: &str) -> bool {
    translate(source).is_ok()
}
