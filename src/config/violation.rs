//! What of a configuration breaks its schema, in words: with the keys and values that would be right at that place, the most
//! likely one first. Reads the schema; decides nothing that does not stand in it.

use std::sync::LazyLock;

use serde_json::Value;

use super::{SCHEMA, place};
use crate::nearest::{by_nearness, hint};
use crate::schema::{Kind, Schema};
use crate::source::Text;
use crate::yaml::{self, Node};

/// What can stand in a configuration below `path` (keys, and indices as numbers): the keys of a mapping, each with what it
/// means; or the words that a value can be.
#[must_use]
pub fn possible(path: &[String]) -> Vec<(String, String)> {
    let Ok(schema) = serde_json::from_str::<Value>(SCHEMA) else { return Vec::new() };
    let Some(here) = schema_of(&schema, path) else { return Vec::new() };
    let about = |value: &Value| value.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let keys = here.get("properties").and_then(Value::as_object).into_iter().flatten();
    let keys = keys.map(|(key, value)| (key.clone(), about(value)));
    let variants = here.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let words = variants.filter_map(|one| Some((one.get("const")?.as_str()?.to_owned(), about(one))));
    keys.chain(words).collect()
}

/// The first thing in which a configuration breaks the schema.
pub(super) struct Violation {
    /// What is wrong, and what would be right.
    pub message: String,
    path: Vec<String>,
    /// The key at fault, when it is a key.
    key: Option<String>,
}

impl Violation {
    /// The first of `value`, a configuration as JSON.
    pub fn first(value: &Value) -> Option<Self> {
        static SCHEMAS: LazyLock<Option<(Value, Schema)>> = LazyLock::new(|| {
            let schema = Schema::new(&yaml::load_json(&SCHEMA.into()).ok()?).ok()?;
            Some((serde_json::from_str(SCHEMA).ok()?, schema))
        });
        // The schema is ours and a test reads it; without it serde still refuses, only less exactly.
        let (written, schema) = SCHEMAS.as_ref()?;
        let located = yaml::load_json(&Text::from(value.to_string())).ok()?;
        let violations = schema.violations(&located).ok()?;
        // A mistyped key explains best why the right one is lacking.
        let is_key = |violation: &&crate::schema::Violation<'_>| matches!(violation.kind, Kind::Unknown(_));
        let violation = violations.iter().find(is_key).or(violations.first())?;
        let path = violation.path.clone();
        let at = if path.is_empty() { "the configuration".to_owned() } else { format!("`{}`", path.join(".")) };
        let here = schema_of(written, &path).unwrap_or(&Value::Null);
        let (message, key) = match &violation.kind {
            Kind::Unknown(key) => (format!("{at} has no key `{key}`{}", hint(key, keys(here))), Some(key.clone())),
            Kind::Type if wants_quotes(here, violation.value) => {
                (format!("{at} is text: put what stands there in quotes"), None)
            }
            Kind::Type => (format!("{at} is of the wrong type: {}", violation.sentence), None),
            Kind::Missing(property) => (format!("{at} lacks {property:?}"), None),
            Kind::Other => match choices(here) {
                choices if choices.is_empty() => (format!("{at}: {}", violation.sentence), None),
                choices => {
                    let said = yaml::emit_json(violation.value).map(|text| text.to_string()).unwrap_or_default();
                    let name = violation.value.as_text().map_or_else(|| said.clone(), |text| text.to_string());
                    let choices = by_nearness(&name, choices).join(", ");
                    (format!("{at} is {said}; it can be {choices}"), None)
                }
            },
        };
        Some(Self { message, path, key })
    }

    /// Where it stands below `root`.
    pub fn place(&self, root: Node<'_>) -> std::ops::Range<usize> {
        let node = place::find(root, &self.path).unwrap_or(root);
        let key = self.key.as_ref().and_then(|key| node.get(key)).map(|(key, _)| key);
        key.unwrap_or(node).range()
    }
}

/// The part of `root` that speaks of the value at `path`.
fn schema_of<'a>(root: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(root, |schema, part| {
        let known = schema.get("properties").and_then(|properties| properties.get(part));
        let next = known.or_else(|| schema.get("items")).or_else(|| schema.get("additionalProperties"))?;
        match next.get("$ref").and_then(Value::as_str) {
            Some(reference) => root.pointer(reference.trim_start_matches('#')),
            None => Some(next),
        }
    })
}

/// Whether `value` is none of a text's, but would be one in quotes.
fn wants_quotes(schema: &Value, value: &yaml::Value) -> bool {
    let is_text = |kind: &Value| kind.as_str() == Some("string");
    let types = schema.get("type").unwrap_or(&Value::Null);
    let takes_text = is_text(types) || types.as_array().is_some_and(|types| types.iter().any(is_text));
    takes_text && matches!(value, yaml::Value::Int(..) | yaml::Value::Float(..) | yaml::Value::Bool(..))
}

/// The keys that a mapping can have.
fn keys(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str())
}

/// What a value can be: one of some words, or of some types.
fn choices(schema: &Value) -> Vec<&str> {
    let variants = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let words = variants.map(|variant| variant.get("const").or_else(|| variant.get("type")));
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten().map(Some);
    words.chain(listed).filter_map(|word| word?.as_str()).collect()
}
