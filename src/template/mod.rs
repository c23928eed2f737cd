//! Go's text/template language with Helm's functions: lexer, parser, evaluator. Every string carries its origins.
//! Uses `chart` (versions), `yaml` and `source`; never reads files, the clock, the network or randomness.

pub mod functions;
pub mod value;

pub use value::Value;
