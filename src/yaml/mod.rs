//! YAML as Helm reads and writes it: a located tree, scalars resolved by go-yaml's rules, the emitters behind `toYaml` and
//! `toJson`. Uses `source` only; never resolves anchors without a budget, never panics on input.

mod decode;
mod emit;
mod error;
mod json;
mod json_read;
mod load;
mod node;
mod number;
mod order;
mod parser;
mod reader;
mod resolve;
mod scalars;
mod scanner;
mod value;

pub use emit::emit;
pub use error::Error;
pub use json::{emit_json, emit_json_pretty, emit_json_raw};
pub use json_read::load_json;
pub use load::{load, load_list, load_map, load_strict, load_values, parse, split};
pub use node::{Document, Node, Stream};
pub use scanner::Style;
pub use value::{Map, Value};
