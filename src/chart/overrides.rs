//! Values from the command line: `--values` files, `--set` and its siblings, laid over each other in Helm's order. Each
//! argument becomes a source of its own, so that every value can point into it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{FileId, Layer, Sources, Text, TextBuilder};
use crate::yaml::{self, Map, Value, merge};

use super::error::ChartError;
use super::load;
use super::set::{self, Reader};

/// What stands for standard input where a file is named.
pub const STANDARD_INPUT: &str = "-";

/// One of the user's sources of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Given {
    /// A `--values` file.
    File(PathBuf),
    /// An argument: the flag and which one of its kind, from 1.
    Argument(&'static str, usize),
}

impl std::fmt::Display for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "--values {}", path.display()),
            Self::Argument(flag, number) => write!(f, "{flag} {number}"),
        }
    }
}

/// What the user gives over a chart's own values. Later entries win over earlier ones of their kind; the kinds come in the
/// order of the fields, whatever the order on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--values`: files, merged key by key.
    pub files: Vec<PathBuf>,
    /// `--set-json`
    pub json: Vec<String>,
    /// `--set`
    pub set: Vec<String>,
    /// `--set-string`
    pub set_string: Vec<String>,
    /// `--set-file`
    pub set_file: Vec<String>,
    /// `--set-literal`, of newer Helm.
    pub set_literal: Vec<String>,
}

/// Where the arguments of one flag are.
type Arguments = fn(&mut Overrides) -> &mut Vec<String>;

/// The flags whose arguments are values, in their order.
const FLAGS: [(&str, Arguments); 5] = [
    ("--set-json", |given| &mut given.json),
    ("--set", |given| &mut given.set),
    ("--set-string", |given| &mut given.set_string),
    ("--set-file", |given| &mut given.set_file),
    ("--set-literal", |given| &mut given.set_literal),
];

impl Overrides {
    /// Each of them by itself, later ones over earlier ones.
    ///
    /// # Errors
    /// As [`Overrides::merge`].
    pub fn layers(&self, sources: &Sources) -> Result<Vec<(Given, Value)>, ChartError> {
        let mut layers = Vec::new();
        for path in &self.files {
            let alone = Self { files: vec![path.clone()], ..Self::default() };
            layers.push((Given::File(path.clone()), alone.merge(sources)?));
        }
        let mut all = self.clone();
        for (flag, of) in FLAGS {
            for (index, argument) in of(&mut all).drain(..).enumerate() {
                let mut alone = Self::default();
                of(&mut alone).push(argument);
                layers.push((Given::Argument(flag, index + 1), alone.merge(sources)?));
            }
        }
        Ok(layers)
    }

    /// All of them as one mapping.
    ///
    /// # Errors
    /// Files that cannot be read or are no YAML mapping, and malformed arguments, in Helm's words. Addresses in place of files
    /// are not read; [`STANDARD_INPUT`] must have been added to `sources`.
    pub fn merge(&self, sources: &Sources) -> Result<Value, ChartError> {
        let mut values = Arc::new(Map::new());
        for path in &self.files {
            let map = read_values(sources, path)?;
            values = Arc::new(merge(&values, &map));
        }
        let mut values = Arc::unwrap_or_clone(values);
        for (index, argument) in self.json.iter().enumerate() {
            let text = source(sources, "--set-json", index, argument);
            if argument.trim_start().starts_with('{') {
                // A whole object, as newer Helm takes it.
                let Ok(Value::Map(map)) = read_json(&text) else {
                    return Err(bad_json(&text, argument, text.len(), true));
                };
                values = merge(&values, &map);
            } else {
                set::parse_into(&mut values, &text, &Reader::Json(&read_json))
                    .map_err(|(_, at)| bad_json(&text, argument, at, false))?;
            }
        }
        let file = |path: &Text| {
            let (file, text) = open(sources, Path::new(path.as_str()))?;
            Ok(Value::String(Text::of_file(file, text, Layer::Set)))
        };
        for (flag, arguments, reader) in [
            ("--set", &self.set, Reader::Typed),
            ("--set-string", &self.set_string, Reader::String),
            ("--set-file", &self.set_file, Reader::File(&file)),
            ("--set-literal", &self.set_literal, Reader::Literal),
        ] {
            for (index, argument) in arguments.iter().enumerate() {
                let text = source(sources, flag, index, argument);
                set::parse_into(&mut values, &text, &reader).map_err(|(message, at)| {
                    let message = format!("failed parsing {flag} data: {message}");
                    ChartError::at_range(&source_path(flag, index), &text, 0..at, message)
                })?;
            }
        }
        Ok(Value::Map(Arc::new(values)))
    }
}

/// Sets `key` (`a.b[0]`, as `--set` reads keys) to `value` in `values`.
///
/// # Errors
/// What is wrong with the key, in Helm's words.
pub(crate) fn assign(values: &mut Map, key: &Text, value: &Value) -> Result<(), String> {
    let mut argument = TextBuilder::new();
    argument.push_text(key);
    argument.push_str("=value");
    let given = |_: &Text| Ok(value.clone());
    set::parse_into(values, &argument.finish(), &Reader::File(&given)).map_err(|(message, _)| message)
}

fn source_path(flag: &str, index: usize) -> PathBuf {
    PathBuf::from(format!("{flag} {}", index + 1))
}

fn source(sources: &Sources, flag: &str, index: usize, argument: &str) -> Text {
    let text: Arc<str> = argument.into();
    let file = sources.add(source_path(flag, index), text.clone());
    Text::of_file(file, text, Layer::Set)
}

fn bad_json(text: &Text, argument: &str, at: usize, whole: bool) -> ChartError {
    let kind = if whole { "data JSON:" } else { "data" };
    let message = format!("failed parsing --set-json {kind} {argument}");
    ChartError::at_range(Path::new("--set-json"), text, 0..at, message)
}

/// Reads a file that was named on the command line. Helm ignores blanks around the name of standard input.
fn open(sources: &Sources, path: &Path) -> Result<(FileId, Arc<str>), String> {
    let shown = path.display();
    if path.to_str().is_some_and(|name| name.trim() == STANDARD_INPUT) {
        let file = sources.find(Path::new(STANDARD_INPUT)).ok_or("standard input was not read")?;
        return Ok((file, sources.get(file).text().clone()));
    }
    if shown.to_string().contains("://") {
        return Err(format!("values are only read from files, not from {shown}"));
    }
    let file = sources.read(path).map_err(|error| match error.cause.kind() {
        std::io::ErrorKind::NotFound => format!("open {shown}: no such file or directory"),
        std::io::ErrorKind::IsADirectory => format!("read {shown}: is a directory"),
        _ => format!("open {shown}: {}", error.cause),
    })?;
    Ok((file, sources.get(file).text().clone()))
}

pub(crate) fn read_values(sources: &Sources, path: &Path) -> Result<Arc<Map>, ChartError> {
    let (file, text) = open(sources, path).map_err(|message| ChartError::at_path(path, message))?;
    // Unlike the files of a chart, these keep a byte order mark; YAML skips it.
    let text = Text::of_file(file, text, Layer::Values);
    load::read_values(path, &text).map_err(|error| error.wrap(&format!("failed to parse {}", path.display())))
}

/// Reads a JSON text, as `encoding/json` does.
fn read_json(text: &Text) -> Result<Value, String> {
    yaml::load_json(text).map_err(|error| error.message)
}
