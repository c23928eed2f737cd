//! JSON Schema as gojsonschema has it, which Helm holds values against: its reading of drafts 4 to 7, its words, its choice
//! of what to tell. Newer drafts are read by their own keywords and told in the same words. Nothing is fetched.

mod check;
mod compile;
mod evaluated;
mod formats;
mod node;
mod number;
mod references;

use std::fmt::{self, Display};

use crate::yaml::Value;

/// A schema that was read.
#[derive(Debug)]
pub(crate) struct Schema {
    nodes: Vec<node::Node>,
}

/// What of a value breaks a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A property that nothing allows.
    Unknown(String),
    /// A property that is lacking.
    Missing(String),
    /// A value of another type.
    Type,
    Other,
}

/// One violation. Prints as `FIELD: SENTENCE`.
#[derive(Clone, Debug)]
pub(crate) struct Violation<'v> {
    /// The keys and indices that lead to the value.
    pub(crate) path: Vec<String>,
    pub(crate) sentence: String,
    /// The value that violates.
    pub(crate) value: &'v Value,
    pub(crate) kind: Kind,
}

impl Display for Violation<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.path.is_empty() { "(root)" } else { &self.path.join(".") };
        write!(formatter, "{field}: {}", self.sentence)
    }
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// Why it is none, in gojsonschema's words.
    pub(crate) fn new(schema: &Value) -> Result<Self, String> {
        compile::compile(schema).map(|nodes| Self { nodes })
    }

    /// What of `value` breaks it, in gojsonschema's order.
    ///
    /// # Errors
    /// A schema that never comes to an end.
    pub(crate) fn violations<'v>(&self, value: &'v Value) -> Result<Vec<Violation<'v>>, String> {
        check::check(&self.nodes, value)
    }
}
