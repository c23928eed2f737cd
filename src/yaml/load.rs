//! Reading whole texts: the located documents, or the values as sigs.k8s.io/yaml unmarshals them. Ranges of errors are
//! bytes of the text that was given.

use std::sync::Arc;

use super::decode::{as_go_string, decode, decode_entries};
use super::error::Error;
use super::node::{Document, Node, Stream};
use super::outline::outline;
use super::parser::Parser;
use super::utf16;
use super::value::{Map, Value, merge};
use crate::source::{Text, TextBuilder};

/// What sigs.k8s.io/yaml puts before errors of go-yaml.
const CONVERTING: &str = "error converting YAML to JSON: ";

/// The documents of `text`.
///
/// # Errors
/// The first thing that go-yaml v2 would refuse, in its words.
pub fn parse(text: &Text) -> Result<Stream, Error> {
    let mut parser = Parser::new(text);
    let mut documents = Vec::new();
    while let Some(document) = parser.document().map_err(|error| *error)? {
        documents.push(document);
    }
    Ok(Stream { documents })
}

impl Document {
    /// The value of the document, as [`load`] reads it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn to_value(&self) -> Result<Value, Error> {
        decode(self, false).map_err(|error| error.wrap(CONVERTING))
    }
}

impl Node<'_> {
    /// A scalar as Helm reads it where its Go type wants a string (`version`, `appVersion` of `Chart.yaml`): numbers pass
    /// through single precision, so `1.10` is `1.1`. `None` for null and for collections.
    #[must_use]
    pub fn to_go_string(self) -> Option<Text> {
        as_go_string(self)
    }
}

fn load_first(text: &Text, strict: bool) -> Result<Value, Error> {
    let first = utf16::in_utf8(text, |text| {
        Parser::new(text).document().and_then(|document| match document {
            Some(document) => decode(&document, strict),
            None => Ok(Value::Null(text.origins_of(0..0))),
        })
    });
    first.map_err(|error| error.wrap(CONVERTING))
}

/// The value of the first document: `yaml.Unmarshal` of sigs.k8s.io/yaml. What follows the first document is not looked at.
/// An empty text is null. All numbers are floats.
///
/// # Errors
/// Whatever go-yaml v2 or the conversion to JSON refuses, in their words.
pub fn load(text: &Text) -> Result<Value, Error> {
    load_first(text, false)
}

/// As [`load`], for who needs of a mapping only the entries under `keys`, in any case: others may be left out. What [`load`] refuses
/// anywhere is refused.
///
/// # Errors
/// As [`load`].
pub fn load_entries(text: &Text, keys: &[&str]) -> Result<Value, Error> {
    if let Some(entries) = outline(text) {
        let mut wanted = TextBuilder::new();
        for entry in entries.into_iter().filter(|entry| keys.iter().any(|key| key.eq_ignore_ascii_case(entry.key))) {
            wanted.push_slice(text, entry.lines);
        }
        return load_map(&wanted.finish(), "map").map(Value::Map);
    }
    let first = utf16::in_utf8(text, |text| {
        Parser::new(text).document().and_then(|document| match document {
            Some(document) => decode_entries(&document, keys),
            None => Ok(Value::Null(text.origins_of(0..0))),
        })
    });
    first.map_err(|error| error.wrap(CONVERTING))
}

/// As [`load`], but duplicate keys are errors: `yaml.UnmarshalStrict`.
///
/// # Errors
/// As [`load`], and duplicate keys.
pub fn load_strict(text: &Text) -> Result<Value, Error> {
    load_first(text, true)
}

/// As [`load`] into a Go map of the type `go_type` (`map[string]interface {}`, `chartutil.Values`): null is an empty map.
///
/// # Errors
/// As [`load`], and anything else than a mapping.
pub fn load_map(text: &Text, go_type: &str) -> Result<Arc<Map>, Error> {
    match load(text)? {
        Value::Map(map) => Ok(map),
        Value::Null(_) => Ok(Arc::default()),
        other => Err(mismatch(text, &other, go_type)),
    }
}

/// As [`load`] into a Go slice: what `fromYamlArray` does. Null is an empty list.
///
/// # Errors
/// As [`load`], and anything else than a sequence.
pub fn load_list(text: &Text) -> Result<Arc<Vec<Value>>, Error> {
    match load(text)? {
        Value::List(list) => Ok(list),
        Value::Null(_) => Ok(Arc::default()),
        other => Err(mismatch(text, &other, "[]interface {}")),
    }
}

fn mismatch(text: &Text, value: &Value, go_type: &str) -> Error {
    let message = format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type {go_type}",
        value.json_kind()
    );
    let root = Parser::new(text).document().ok().flatten().map(|document| document.root().range());
    Error::at(text, root.unwrap_or(0..text.len()), message)
}

/// A values file as Helm 4 reads it (`loader.LoadValues`): the documents between `---` lines, later ones merged over
/// earlier ones. Helm 3 reads the first document only: [`load_map`].
///
/// # Errors
/// As [`load_map`], behind `cannot unmarshal yaml document: `.
pub fn load_values(text: &Text) -> Result<Arc<Map>, Error> {
    let mut values = Arc::new(Map::new());
    for (start, document) in split_at(text) {
        let map = load_map(&document, "map[string]interface {}").map_err(|error| {
            let range = error.range.start + start..error.range.end + start;
            Error::at(text, range, error.message).wrap("cannot unmarshal yaml document: ")
        })?;
        values = if values.is_empty() { map } else { Arc::new(merge(&values, &map)) };
    }
    Ok(values)
}

/// The documents of `text` as Kubernetes' `YAMLReader` cuts them: at lines that are `---` and blanks. The separator belongs
/// to no document, unless nothing but directives stands before it.
#[must_use]
pub fn split(text: &Text) -> Vec<Text> {
    split_at(text).map(|(_, document)| document).collect()
}

fn split_at(text: &Text) -> impl Iterator<Item = (usize, Text)> {
    let mut cuts = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.as_str().split_inclusive('\n') {
        let separator = line.strip_prefix("---").is_some_and(|rest| rest.trim().is_empty());
        if separator && at > start && !is_prologue(&text[start..at]) {
            cuts.push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    if at > start {
        cuts.push(start..at);
    }
    cuts.into_iter().map(|range| (range.start, text.slice(range)))
}

/// Whether these lines are directives (`%YAML 1.1`), which belong to the document behind the separator that follows. There
/// Kubernetes' reader cuts, and Helm 4 refuses the file; Helm 3 reads it.
fn is_prologue(lines: &str) -> bool {
    lines.starts_with('%') && lines.lines().all(|line| line.is_empty() || line.starts_with(['%', '#']))
}
