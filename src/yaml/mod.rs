//! YAML as Helm reads and writes it: a located tree, scalars resolved by go-yaml's rules, the emitters behind `toYaml` and
//! `toJson`. Uses `source` only; never resolves anchors without a budget, never panics on input.

mod cursor;
mod decode;
mod emit;
mod error;
mod json;
mod json_read;
mod load;
mod node;
mod number;
mod order;
mod outline;
mod parser;
mod reader;
mod resolve;
mod scalars;
mod scanner;
mod style;
mod token;
mod utf16;
mod value;

pub use emit::{emit, emit_pretty};
pub use error::Error;
pub use json::{emit_json, emit_json_pretty, emit_json_raw};
pub use json_read::{load_json, load_json_first, load_json_list, load_json_map};
pub use load::{load, load_entries, load_list, load_map, load_strict, load_values, parse, split};
pub use node::{Document, Node, Stream};
pub use token::Style;
pub use value::{Map, Value, merge};

#[cfg(test)]
mod tests;
