//! What Helm reads of a rendered document to sort it: its kind and its hook. Decoded as `encoding/json` decodes it into
//! `releaseutil.SimpleHead`: names of fields in any case, keys in byte order, the first mismatch refused.

use std::ops::Range;

use crate::source::Text;
use crate::yaml::{self, Map, Value};

/// The head of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// `kind`; empty when there is none.
    pub kind: String,
    /// The annotation `helm.sh/hook`.
    pub hook: Option<String>,
}

/// A refusal: Helm's message and the bytes that it is about.
pub(super) type Refusal = (String, Range<usize>);

const METADATA: &str =
    "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }";

/// Reads the head of `document`.
///
/// # Errors
/// What is no YAML, and what does not fit: `apiVersion`, `kind`, the name and annotations must be scalars.
pub(super) fn head(document: &Text) -> Result<Head, Refusal> {
    let value = yaml::load_entries(document, &["apiVersion", "kind", "metadata"])
        .map_err(|error| (error.to_string(), error.range))?;
    decode(&value).map_err(|message| (message, 0..document.len()))
}

fn decode(value: &Value) -> Result<Head, String> {
    let mut head = Head::default();
    for (key, value) in table(value, "value ", "releaseutil.SimpleHead")?.into_iter().flatten() {
        match field(key, &["apiVersion", "kind", "metadata"]) {
            Some("apiVersion") => drop(string(value, "SimpleHead.apiVersion")?),
            Some("kind") => {
                if let Some(kind) = string(value, "SimpleHead.kind")? {
                    head.kind = kind;
                }
            }
            Some(_) => match table(value, "struct field SimpleHead.metadata ", METADATA)? {
                // The fields of several such tables come together; null drops them.
                Some(table) => metadata(table, &mut head)?,
                None => head.hook = None,
            },
            None => {}
        }
    }
    Ok(head)
}

fn metadata(fields: &Map, head: &mut Head) -> Result<(), String> {
    for (key, value) in fields {
        match field(key, &["name", "annotations"]) {
            // Go has no name for the type of this struct.
            Some("name") => drop(string(value, ".metadata.name")?),
            Some(_) => match table(value, "struct field .metadata.annotations ", "map[string]string")? {
                Some(annotations) => {
                    for (key, value) in annotations {
                        let text = string(value, ".metadata.annotations")?.unwrap_or_default();
                        if key == "helm.sh/hook" {
                            head.hook = Some(text);
                        }
                    }
                }
                None => head.hook = None,
            },
            None => {}
        }
    }
    Ok(())
}

/// The field that `encoding/json` finds for `key`: names match in any case.
fn field<'a>(key: &Text, fields: &[&'a str]) -> Option<&'a str> {
    fields.iter().copied().find(|field| key.eq_ignore_ascii_case(field))
}

/// `None` for null.
fn table<'a>(value: &'a Value, field: &str, wanted: &str) -> Result<Option<&'a Map>, String> {
    match value {
        Value::Null(_) => Ok(None),
        Value::Map(map) => Ok(Some(map)),
        other => Err(mismatch(other, field, wanted)),
    }
}

/// A scalar where Go wants a string: sigs.k8s.io/yaml converts it. `None` for null, which leaves a field as it is.
fn string(value: &Value, field: &str) -> Result<Option<String>, String> {
    match value {
        Value::Null(_) => Ok(None),
        Value::Bool(flag, _) => Ok(Some(flag.to_string())),
        Value::Int(number, _) => Ok(Some(number.to_string())),
        Value::Float(number, _) => Ok(Some(number.to_string())),
        Value::String(text) => Ok(Some(text.to_string())),
        Value::List(_) | Value::Map(_) => Err(mismatch(value, &format!("struct field {field} "), "string")),
    }
}

fn mismatch(found: &Value, field: &str, wanted: &str) -> String {
    let found = found.json_kind();
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go {field}of type {wanted}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Result<Head, String> {
        head(&Text::new(document)).map_err(|(message, _)| message)
    }

    fn kind_and_hook(kind: &str, hook: Option<&str>) -> Result<Head, String> {
        Ok(Head { kind: kind.to_owned(), hook: hook.map(str::to_owned) })
    }

    fn refused(found: &str, field: &str, wanted: &str) -> Result<Head, String> {
        Err(format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go struct field {field} of \
             type {wanted}"
        ))
    }

    #[test]
    fn kinds_and_hooks_are_scalars_of_any_type() {
        assert_eq!(
            read("kind: Job\nmetadata: {annotations: {helm.sh/hook: test}}"),
            kind_and_hook("Job", Some("test"))
        );
        assert_eq!(
            read("kind: 5\nmetadata: {name: true, annotations: {helm.sh/hook: null}}"),
            kind_and_hook("5", Some(""))
        );
        assert_eq!(read("# nothing"), kind_and_hook("", None));
    }

    #[test]
    fn names_of_fields_match_in_any_case_and_the_last_key_in_byte_order_wins() {
        assert_eq!(read("Kind: Zed"), kind_and_hook("Zed", None));
        assert_eq!(read("kind: Zed\nKind: Aaa"), kind_and_hook("Zed", None));
        assert_eq!(read("kind: null\nKind: Aaa"), kind_and_hook("Aaa", None));
        assert_eq!(read("METADATA: {Annotations: {helm.sh/hook: test}}"), kind_and_hook("", Some("test")));
        assert_eq!(
            read("Metadata: {annotations: {helm.sh/hook: test}}\nmetadata: {name: a}"),
            kind_and_hook("", Some("test"))
        );
    }

    #[test]
    fn what_does_not_fit_is_refused_in_byte_order_of_the_keys() {
        assert_eq!(read("kind: {a: 1}"), refused("object", "SimpleHead.kind", "string"));
        assert_eq!(read("metadata: 5"), refused("number", "SimpleHead.metadata", METADATA));
        assert_eq!(
            read("metadata: {name: {a: 1}, annotations: [1]}"),
            refused("array", ".metadata.annotations", "map[string]string")
        );
        assert_eq!(
            read("metadata: {name: {a: 1}, annotations: {x: [1], b: {}}}"),
            refused("object", ".metadata.annotations", "string")
        );
        assert_eq!(read("metadata: {name: [1]}"), refused("array", ".metadata.name", "string"));
    }
}
