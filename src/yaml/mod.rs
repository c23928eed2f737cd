//! YAML as Helm reads and writes it: a located tree, scalars resolved by go-yaml's rules, the emitters behind `toYaml` and
//! `toJson`. Uses `source` only; never resolves anchors without a budget, never panics on input.

mod value;

pub use value::{Map, Value};
