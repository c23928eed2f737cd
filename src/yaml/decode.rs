//! Nodes to values, as Helm gets them: go-yaml v2 decodes, sigs.k8s.io/yaml turns keys into strings, JSON turns numbers
//! into floats. Aliases are expanded within go-yaml's budget; keys and scalars keep their places.

use std::collections::HashSet;
use std::sync::Arc;

use super::error::Error;
use super::node::{Document, Node, NodeKind};
use super::number::{format_float, format_json, format_single, parse_int, parse_uint};
use super::resolve::{Resolved, resolve, resolve_tagged};
use super::scanner::DEEPEST;
use super::value::{Map, Value};
use crate::source::Text;

/// Up to how many decoded nodes nearly all may come from aliases.
const SMALL: usize = 400_000;
/// From how many decoded nodes on only a tenth may come from aliases.
const LARGE: usize = 4_000_000;

/// Decodes a document. `strict` refuses duplicate keys.
pub(super) fn decode(document: &Document, strict: bool) -> Result<Value, Error> {
    let mut decoder = Decoder { strict, decoded: 1, ..Decoder::default() };
    let value = decoder.value(document.root())?;
    if let Some((node, _)) = decoder.duplicates.first() {
        let all: Vec<&str> = decoder.duplicates.iter().map(|(_, message)| message.as_str()).collect();
        return Err(error(*node, &format!("yaml: unmarshal errors:\n  {}", all.join("\n  "))));
    }
    match decoder.bad_key.or(decoder.bad_number) {
        Some(error) => Err(error),
        None => Ok(value),
    }
}

/// A scalar as sigs.k8s.io/yaml reads it where Go wants a string (a field of `Chart.yaml`): `1.10` is `1.1`.
pub(super) fn as_go_string(node: Node<'_>) -> Option<Text> {
    let text = node.text()?;
    let node = node.resolved();
    let resolved = match &node.data().kind {
        NodeKind::Scalar { resolvable: false, .. } if node.tag().is_none() => Resolved::String,
        _ => node.tag().map_or_else(|| Some(resolve(&text)), |tag| resolve_tagged(tag, &text).ok())?,
    };
    match resolved {
        Resolved::Null => None,
        Resolved::Bool(value) => Some(text.derive(value.to_string())),
        Resolved::Int(value) => Some(text.derive(value.to_string())),
        Resolved::Uint(value) => Some(text.derive(value.to_string())),
        Resolved::Float(value) => Some(text.derive(format_single(value))),
        Resolved::Timestamp | Resolved::String => Some(text),
        Resolved::Binary => binary(&text),
    }
}

fn error(node: Node<'_>, message: &str) -> Error {
    Error { message: message.to_owned(), range: node.range(), line: node.line() }
}

fn binary(text: &Text) -> Option<Text> {
    let packed: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let bytes = data_encoding::BASE64.decode(&packed).ok()?;
    // On its way through JSON each byte that is no UTF-8 becomes a replacement character.
    let mut string = String::new();
    for chunk in bytes.utf8_chunks() {
        string.push_str(chunk.valid());
        string.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    Some(text.derive(string))
}

#[derive(Default)]
struct Decoder<'a> {
    strict: bool,
    decoded: usize,
    from_aliases: usize,
    /// The aliases that are being expanded.
    aliases: Vec<usize>,
    depth: usize,
    duplicates: Vec<(Node<'a>, String)>,
    /// What the conversion to JSON refuses once all is decoded: first a key without a string, then an infinity or NaN.
    bad_key: Option<Error>,
    bad_number: Option<Error>,
}

impl<'a> Decoder<'a> {
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    fn count(&mut self, node: Node<'a>) -> Result<(), Error> {
        self.decoded += 1;
        if !self.aliases.is_empty() {
            self.from_aliases += 1;
        }
        if self.from_aliases > 100 && self.decoded > 1000 {
            let above = self.decoded.clamp(SMALL, LARGE) - SMALL;
            let allowed = 0.99 - 0.89 * (above as f64 / (LARGE - SMALL) as f64);
            if self.from_aliases as f64 / self.decoded as f64 > allowed {
                return Err(error(node, "yaml: document contains excessive aliasing"));
            }
        }
        Ok(())
    }

    /// Expands an alias with `read`, guarded against cycles and depth.
    fn nested<T>(
        &mut self,
        node: Node<'a>,
        read: impl FnOnce(&mut Self, Node<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.count(node)?;
        if self.depth >= DEEPEST {
            return Err(error(node, "yaml: exceeded max depth"));
        }
        self.depth += 1;
        let result = match node.target() {
            None => read(self, node),
            Some(target) => {
                if self.aliases.contains(&node.index) {
                    let name = node.document.source().slice(node.range().start + 1..node.range().end);
                    return Err(error(node, &format!("yaml: anchor '{name}' value contains itself")));
                }
                self.aliases.push(node.index);
                let result = self.count(target).and_then(|()| read(self, target));
                self.aliases.pop();
                result
            }
        };
        self.depth -= 1;
        result
    }

    fn value(&mut self, node: Node<'a>) -> Result<Value, Error> {
        self.nested(node, |decoder, node| match &node.data().kind {
            NodeKind::Scalar { .. } => scalar(node).map(|(resolved, text)| decoder.scalar(node, resolved, text)),
            NodeKind::Sequence { .. } => {
                let items: Result<_, _> = node.items().map(|item| decoder.value(item)).collect();
                Ok(Value::List(Arc::new(items?)))
            }
            NodeKind::Mapping { .. } => {
                let mut map = Map::new();
                decoder.mapping(node, &mut map, &mut HashSet::new())?;
                Ok(Value::Map(Arc::new(map)))
            }
            NodeKind::Alias { .. } => Err(error(node, "yaml: alias of an alias")),
        })
    }

    /// Reads the entries of `node` into `map`. A merge comes at its place: it overrides what stands before it.
    fn mapping(&mut self, node: Node<'a>, map: &mut Map, seen: &mut HashSet<String>) -> Result<(), Error> {
        for (key, value) in node.entries() {
            if key.is_merge_key() {
                self.merge(value, map, seen)?;
                continue;
            }
            let (name, typed) = self.key(key)?;
            let line = value.line();
            let value = self.value(value)?;
            let Some(name) = name else {
                if self.bad_key.is_none() {
                    let value = if value.is_null() { "<nil>".to_owned() } else { go_syntax(&value) };
                    self.bad_key = Some(error(key, &format!("Unsupported map key of type: {typed}, value: {value}")));
                }
                continue;
            };
            if self.strict && !seen.insert(typed.clone()) {
                self.duplicates.push((key, format!("line {line}: key {typed} already set in map")));
                continue;
            }
            // A later key brings its own place.
            map.remove(name.as_str());
            map.insert(name, value);
        }
        Ok(())
    }

    fn merge(&mut self, node: Node<'a>, map: &mut Map, seen: &mut HashSet<String>) -> Result<(), Error> {
        let refused = |node| Err(error(node, "yaml: map merge requires map or sequence of maps as the value"));
        if node.is_mapping() {
            return self.nested(node, |decoder, target| decoder.mapping(target, map, seen));
        }
        if node.target().is_some() || !node.is_sequence() {
            return refused(node);
        }
        let items: Vec<_> = node.items().collect();
        for item in items.into_iter().rev() {
            if !item.is_mapping() {
                return refused(item);
            }
            self.nested(item, |decoder, target| decoder.mapping(target, map, seen))?;
        }
        Ok(())
    }

    /// A key as the string that it becomes, and as Go prints it with its type; no string for a key that JSON cannot have.
    fn key(&mut self, key: Node<'a>) -> Result<(Option<Text>, String), Error> {
        if !key.is_scalar() {
            // go-yaml decodes the key before it refuses it.
            let decoded = self.value(key)?;
            return Err(error(key, &format!("yaml: invalid map key: {}", go_syntax(&decoded))));
        }
        let (resolved, text) = self.nested(key, |_, node| scalar(node))?;
        let (name, typed) = match resolved {
            Resolved::String | Resolved::Timestamp | Resolved::Binary => {
                let typed = if self.strict { format!("{:?}", text.as_str()) } else { String::new() };
                return Ok((Some(text), typed));
            }
            Resolved::Bool(value) => (value.to_string(), value.to_string()),
            Resolved::Int(value) => (value.to_string(), value.to_string()),
            Resolved::Float(value) => (format_single(value), format_float(value)),
            Resolved::Null => return Ok((None, "%!s(<nil>), key: <nil>".to_owned())),
            Resolved::Uint(value) => return Ok((None, format!("uint64, key: {value:#x}"))),
        };
        Ok((Some(text.derive(name)), typed))
    }

    #[allow(clippy::cast_precision_loss)] // JSON's numbers are floats in Helm.
    fn scalar(&mut self, node: Node<'a>, resolved: Resolved, text: Text) -> Value {
        match resolved {
            Resolved::Null => Value::Null(text.origins()),
            Resolved::Bool(value) => Value::Bool(value, text.origins()),
            Resolved::Int(value) => Value::Float(value as f64, text.origins()),
            Resolved::Uint(value) => Value::Float(value as f64, text.origins()),
            Resolved::Float(value) => {
                if !value.is_finite() && self.bad_number.is_none() {
                    let name = if value.is_nan() {
                        "NaN"
                    } else if value > 0.0 {
                        "+Inf"
                    } else {
                        "-Inf"
                    };
                    self.bad_number = Some(error(node, &format!("json: unsupported value: {name}")));
                }
                Value::Float(value, text.origins())
            }
            Resolved::Timestamp | Resolved::String | Resolved::Binary => Value::String(text),
        }
    }
}

/// A scalar's meaning and its string.
fn scalar(node: Node<'_>) -> Result<(Resolved, Text), Error> {
    let text = node.text().unwrap_or_default();
    let resolved = match node.tag() {
        Some(tag) => resolve_tagged(tag, &text).map_err(|message| error(node, &format!("yaml: {message}")))?,
        None if matches!(node.data().kind, NodeKind::Scalar { resolvable: true, .. }) => resolve(&text),
        None => Resolved::String,
    };
    if resolved == Resolved::Binary {
        let Some(text) = binary(&text) else {
            return Err(error(node, "yaml: !!binary value contains invalid base64 data"));
        };
        return Ok((resolved, text));
    }
    Ok((resolved, text))
}

/// Whole numbers print as the integers that go-yaml read, those past `int64` in hexadecimal as Go prints `uint64`.
fn go_number(value: f64) -> String {
    let json = format_json(value);
    match (parse_int(&json), parse_uint(&json)) {
        (Some(value), _) => value.to_string(),
        (None, Some(value)) => format!("{value:#x}"),
        (None, None) => format_float(value),
    }
}

/// A value as Go's `%#v` prints it, for messages.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null(_) => "interface {}(nil)".to_owned(),
        Value::Bool(value, _) => value.to_string(),
        Value::Int(value, _) => value.to_string(),
        Value::Float(value, _) => go_number(*value),
        Value::String(text) => format!("{:?}", text.as_str()),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<_> =
                map.iter().map(|(key, value)| format!("{:?}:{}", key.as_str(), go_syntax(value))).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "))
        }
    }
}
