//! Nodes to values, as Helm gets them: go-yaml v2 decodes, sigs.k8s.io/yaml turns keys into strings, JSON turns numbers
//! into floats. Aliases are expanded within go-yaml's budget; keys and scalars keep their places.

use std::collections::HashSet;
use std::sync::Arc;

use super::error::{Error, Failure};
use super::node::{Document, Node, NodeKind};
use super::number::{format_float, format_single};
use super::resolve::{Resolved, resolve, resolve_tagged};
use super::scanner::DEEPEST;
use super::value::{Map, Value};
use crate::source::{Text, beyond};

/// Up to how many decoded nodes nearly all may come from aliases.
const SMALL: usize = 400_000;
/// From how many decoded nodes on only a tenth may come from aliases.
const LARGE: usize = 4_000_000;

/// Decodes a document. `strict` refuses duplicate keys.
pub(super) fn decode(document: &Document, strict: bool) -> Result<Value, Failure> {
    let mut decoder = Decoder { strict, decoded: 1, ..Decoder::default() };
    let value = decoder.value(document.root())?;
    if let Some((node, _)) = decoder.duplicates.first() {
        let all: Vec<&str> = decoder.duplicates.iter().map(|(_, message)| message.as_str()).collect();
        return Err(error(*node, &format!("yaml: unmarshal errors:\n  {}", all.join("\n  "))));
    }
    if let Some(error) = decoder.bad_key {
        return Err(error);
    }
    // What a later key replaced never reaches JSON.
    let bad = if decoder.bad_numbers.is_empty() { None } else { first_bad_number(&value) };
    match bad.and_then(|bad| decoder.bad_numbers.into_iter().find(|(_, name)| *name == bad)) {
        Some((node, name)) => Err(error(node, &format!("json: unsupported value: {name}"))),
        None => Ok(value),
    }
}

/// Decodes a document, of a mapping only the entries under `keys` in any case; refuses all that [`decode`] refuses.
pub(super) fn decode_entries(document: &Document, keys: &[&str]) -> Result<Value, Failure> {
    let root = document.root();
    if !root.is_mapping() || !is_harmless(document) {
        return decode(document, false);
    }
    let mut decoder = Decoder::default();
    let mut building = Building::default();
    for (key, value) in root.entries() {
        if key.as_str().is_some_and(|name| keys.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))) {
            decoder.entry(key, value, &mut building)?;
        }
    }
    Ok(Value::Map(Arc::new(building.map)))
}

/// Whether nothing in the document can be refused, seen without decoding it: nothing is expanded, merged or tagged, all keys
/// have a string, all numbers are finite, and nothing nests deeper than the parser saw: `[a: b]` does.
fn is_harmless(document: &Document) -> bool {
    let has_string = |key: Node<'_>| match key.data().kind {
        NodeKind::Scalar { resolvable: false, .. } => true,
        NodeKind::Scalar { .. } if key.is_merge_key() => false,
        NodeKind::Scalar { .. } => {
            key.as_str().is_some_and(|text| !matches!(resolve(text), Resolved::Null | Resolved::Uint(_)))
        }
        _ => false,
    };
    (0..).zip(&document.nodes).all(|(index, data)| {
        let node = Node { document, index };
        data.properties.is_none()
            && match data.kind {
                NodeKind::Scalar { resolvable: false, .. } | NodeKind::Sequence { .. } => true,
                NodeKind::Scalar { .. } => node.as_str().is_some_and(|text| {
                    !text.starts_with(['.', '+', '-'])
                        || !matches!(resolve(text), Resolved::Float(value) if !value.is_finite())
                }),
                NodeKind::Mapping { flow, .. } => {
                    let bare = flow && !document.source.as_bytes()[data.range.range()].starts_with(b"{");
                    !bare && node.entries().all(|(key, _)| has_string(key))
                }
                NodeKind::Alias { .. } => false,
            }
    })
}

/// How Go calls a number that JSON does not have.
fn bad_number(value: f64) -> Option<&'static str> {
    match value {
        _ if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

/// The first such number in the order in which JSON is written.
fn first_bad_number(value: &Value) -> Option<&'static str> {
    match value {
        Value::Float(value, _) => bad_number(*value),
        Value::List(items) => items.iter().find_map(first_bad_number),
        Value::Map(map) => map.values().find_map(first_bad_number),
        _ => None,
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

fn error(node: Node<'_>, message: &str) -> Failure {
    Box::new(Error { message: message.to_owned(), range: node.range(), line: node.line() })
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

/// A mapping that is being read, and its keys with their types where duplicates are refused.
#[derive(Default)]
struct Building {
    map: Map,
    seen: HashSet<String>,
}

/// A key as the string that it becomes, none for a key that JSON cannot have; and as Go prints it with its type.
struct KeyName {
    text: Option<Text>,
    typed: String,
}

#[derive(Default)]
struct Decoder<'a> {
    strict: bool,
    decoded: usize,
    from_aliases: usize,
    /// The aliases that are being expanded.
    aliases: Vec<u32>,
    depth: usize,
    duplicates: Vec<(Node<'a>, String)>,
    /// What the conversion to JSON refuses once all is decoded: first a key without a string, then an infinity or NaN.
    bad_key: Option<Failure>,
    bad_numbers: Vec<(Node<'a>, &'static str)>,
}

impl<'a> Decoder<'a> {
    #[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
    fn count(&mut self, node: Node<'a>) -> Result<(), Failure> {
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

    /// Counts a node and follows an alias, guarded against cycles and depth. [`Self::leave`] it after its children.
    fn enter(&mut self, node: Node<'a>) -> Result<Node<'a>, Failure> {
        self.count(node)?;
        if self.depth >= DEEPEST {
            return Err(error(node, &beyond(format_args!("yaml: exceeded max depth of {DEEPEST}"))));
        }
        self.depth += 1;
        let Some(target) = node.target() else { return Ok(node) };
        if self.aliases.contains(&node.index) {
            let name = node.document.source().slice(node.range().start + 1..node.range().end);
            return Err(error(node, &format!("yaml: anchor '{name}' value contains itself")));
        }
        self.aliases.push(node.index);
        self.count(target)?;
        Ok(target)
    }

    fn leave(&mut self, node: Node<'a>) {
        self.depth -= 1;
        if node.target().is_some() {
            self.aliases.pop();
        }
    }

    fn value(&mut self, node: Node<'a>) -> Result<Value, Failure> {
        let target = self.enter(node)?;
        let value = match &target.data().kind {
            NodeKind::Scalar { .. } => self.scalar(target),
            NodeKind::Sequence { .. } => self.sequence(target),
            NodeKind::Mapping { .. } => {
                let mut building = Building::default();
                self.mapping(target, &mut building).map(|()| Value::Map(Arc::new(building.map)))
            }
            NodeKind::Alias { .. } => Err(error(node, "yaml: alias of an alias")),
        }?;
        self.leave(node);
        Ok(value)
    }

    fn sequence(&mut self, node: Node<'a>) -> Result<Value, Failure> {
        let items = node.items();
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.value(item)?);
        }
        Ok(Value::List(Arc::new(values)))
    }

    /// Reads the entries of `node`. A merge comes at its place: it overrides what stands before it.
    fn mapping(&mut self, node: Node<'a>, building: &mut Building) -> Result<(), Failure> {
        for (key, value) in node.entries() {
            if key.is_merge_key() {
                self.merge(value, building)?;
            } else {
                self.entry(key, value, building)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, key: Node<'a>, value: Node<'a>, building: &mut Building) -> Result<(), Failure> {
        let name = self.key(key)?;
        let line = value.line();
        let value = self.value(value)?;
        self.insert(key, name, line, value, building);
        Ok(())
    }

    fn insert(&mut self, key: Node<'a>, name: KeyName, line: usize, value: Value, building: &mut Building) {
        let Some(text) = name.text else {
            if self.bad_key.is_none() {
                let value = if value.is_null() { "<nil>".to_owned() } else { go_syntax(&value) };
                let message = format!("Unsupported map key of type: {}, value: {value}", name.typed);
                self.bad_key = Some(error(key, &message));
            }
            return;
        };
        if self.strict && !building.seen.insert(name.typed.clone()) {
            self.duplicates.push((key, format!("line {line}: key {} already set in map", name.typed)));
            return;
        }
        // A later key brings its own place.
        building.map.remove(text.as_str());
        building.map.insert(text, value);
    }

    fn merge(&mut self, node: Node<'a>, building: &mut Building) -> Result<(), Failure> {
        let refused = |node| Err(error(node, "yaml: map merge requires map or sequence of maps as the value"));
        if node.is_mapping() {
            return self.merge_one(node, building);
        }
        if node.target().is_some() || !node.is_sequence() {
            return refused(node);
        }
        // Backwards: of several, the first wins.
        for index in (0..node.items().len()).rev() {
            let Some(item) = node.items().nth(index) else { continue };
            if !item.is_mapping() {
                return refused(item);
            }
            self.merge_one(item, building)?;
        }
        Ok(())
    }

    fn merge_one(&mut self, node: Node<'a>, building: &mut Building) -> Result<(), Failure> {
        let target = self.enter(node)?;
        self.mapping(target, building)?;
        self.leave(node);
        Ok(())
    }

    fn key(&mut self, key: Node<'a>) -> Result<KeyName, Failure> {
        if !key.is_scalar() {
            // go-yaml decodes the key before it refuses it.
            let decoded = self.value(key)?;
            return Err(error(key, &format!("yaml: invalid map key: {}", go_syntax(&decoded))));
        }
        let target = self.enter(key)?;
        let resolved = meaning(target)?;
        let text = string(target, resolved)?;
        self.leave(key);
        let (name, typed) = match resolved {
            Resolved::String | Resolved::Timestamp | Resolved::Binary => {
                let typed = if self.strict { format!("{:?}", text.as_str()) } else { String::new() };
                return Ok(KeyName { text: Some(text), typed });
            }
            Resolved::Bool(value) => (value.to_string(), value.to_string()),
            Resolved::Int(value) => (value.to_string(), value.to_string()),
            Resolved::Float(value) => (format_single(value), format_float(value)),
            Resolved::Null => return Ok(KeyName { text: None, typed: "%!s(<nil>), key: <nil>".to_owned() }),
            Resolved::Uint(value) => return Ok(KeyName { text: None, typed: format!("uint64, key: {value:#x}") }),
        };
        Ok(KeyName { text: Some(text.derive(name)), typed })
    }

    #[allow(clippy::cast_precision_loss)] // JSON's numbers are floats in Helm.
    fn scalar(&mut self, node: Node<'a>) -> Result<Value, Failure> {
        let resolved = meaning(node)?;
        let origins = || node.origins();
        Ok(match resolved {
            Resolved::Null => Value::Null(origins()),
            Resolved::Bool(value) => Value::Bool(value, origins()),
            Resolved::Int(value) => Value::Float(value as f64, origins()),
            Resolved::Uint(value) => Value::Float(value as f64, origins()),
            Resolved::Float(value) => {
                self.bad_numbers.extend(bad_number(value).map(|name| (node, name)));
                Value::Float(value, origins())
            }
            Resolved::Timestamp | Resolved::String | Resolved::Binary => Value::String(string(node, resolved)?),
        })
    }
}

/// What a scalar means.
fn meaning(node: Node<'_>) -> Result<Resolved, Failure> {
    let text = node.as_str().unwrap_or_default();
    match node.tag() {
        Some(tag) => resolve_tagged(tag, text).map_err(|message| error(node, &format!("yaml: {message}"))),
        None if matches!(node.data().kind, NodeKind::Scalar { resolvable: true, .. }) => Ok(resolve(text)),
        None => Ok(Resolved::String),
    }
}

/// The string of a scalar with this meaning.
fn string(node: Node<'_>, meaning: Resolved) -> Result<Text, Failure> {
    let text = node.text().unwrap_or_default();
    if meaning != Resolved::Binary {
        return Ok(text);
    }
    binary(&text).ok_or_else(|| error(node, "yaml: !!binary value contains invalid base64 data"))
}

/// Whole numbers print as the integers that go-yaml read, those past `int64` in hexadecimal as Go prints `uint64`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // Within bounds, or cut.
fn go_number(value: f64) -> String {
    let whole = value.fract() == 0.0;
    if whole && value.abs() < i64::MAX as f64 {
        (value as i64).to_string()
    } else if whole && (0.0..=u64::MAX as f64).contains(&value) {
        format!("{:#x}", value as u64)
    } else {
        bad_number(value).map_or_else(|| format_float(value), str::to_owned)
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
