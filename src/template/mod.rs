//! Go's text/template language with Helm's functions: lexer, parser, evaluator. Every string carries its origins.
//! Uses `chart` (versions), `yaml` and `source`; never reads files, the clock, the network or randomness.

pub mod ast;
mod context;
pub mod convert;
mod evaluator;
pub mod functions;
mod lexer;
pub mod machine;
pub mod objects;
pub mod parser;
pub mod program;
pub(crate) mod quote;
pub mod stack;
#[cfg(test)]
mod tests;
pub mod value;

pub use machine::{Decision, Environment, ExecError, Limits, Machine};
pub use parser::ParseError;
pub use program::{ParsedFile, Program};
pub use value::Value;
