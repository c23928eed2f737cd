//! Where `$ref` leads within one schema: addresses made whole by the `$id`s around them, and JSON pointers. Never leaves
//! the document.

use std::collections::HashMap;

use crate::source::beyond;
use crate::yaml::Value;

/// How deep a schema may nest.
const DEEPEST: usize = 1000;

/// The addresses of a schema's parts.
#[derive(Default)]
pub(super) struct References<'s> {
    /// Parts that have an address of their own.
    named: HashMap<String, &'s Value>,
    /// The whole address of each `$ref`, by the place of its text.
    whole: HashMap<*const Value, String>,
}

impl<'s> References<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        let mut references = Self::default();
        references.named.insert(String::new(), root);
        references.walk(root, "", 0);
        references
    }

    fn walk(&mut self, schema: &'s Value, base: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if let Some(items) = schema.as_list() {
            items.iter().for_each(|item| self.walk(item, base, depth + 1));
        }
        let Some(map) = schema.as_map() else { return };
        let address = map.get("id").or_else(|| map.get("$id")).and_then(Value::as_text);
        let own = address.map(|address| whole(base, address));
        let base = own.as_deref().unwrap_or(base);
        if own.is_some() {
            self.named.entry(base.to_owned()).or_insert(schema);
        }
        for anchor in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = map.get(anchor).and_then(Value::as_text) {
                self.named.entry(whole(base, &format!("#{name}"))).or_insert(schema);
            }
        }
        for (key, value) in map {
            match (key.as_str(), value.as_map()) {
                // Taken literally.
                ("const" | "enum", _) => {}
                ("$ref" | "$dynamicRef" | "$recursiveRef", _) => {
                    if let Some(reference) = value.as_text() {
                        self.whole.insert(value, whole(base, reference));
                    }
                }
                // Names of properties are no keywords.
                ("properties" | "dependencies" | "patternProperties", Some(children)) => {
                    children.values().for_each(|child| self.walk(child, base, depth + 1));
                }
                _ => self.walk(value, base, depth + 1),
            }
        }
    }

    /// The whole address that the reference `value` means.
    pub(super) fn address(&self, value: &Value) -> Option<&str> {
        self.whole.get(&std::ptr::from_ref(value)).map(String::as_str)
    }

    /// The part of the schema that has this address.
    pub(super) fn find(&self, address: &str) -> Result<&'s Value, String> {
        if let Some(found) = self.named.get(address) {
            return Ok(found);
        }
        let (document, fragment) = address.split_once('#').unwrap_or((address, ""));
        match self.named.get(document) {
            Some(root) => point(root, &unescape_percent(fragment)),
            None if has_scheme(document) => {
                // Helm fetches it.
                let what = "schema cannot be resolved (references to other files are not followed)";
                Err(beyond(format_args!("{what}: {address}")))
            }
            None => Err(format!("Reference {address} must be canonical")),
        }
    }
}

/// The value that a JSON pointer leads to. What is no pointer leads to the whole, as gojsonschema has it.
fn point<'s>(root: &'s Value, pointer: &str) -> Result<&'s Value, String> {
    let Some(pointer) = pointer.strip_prefix('/') else { return Ok(root) };
    let mut value = root;
    for token in pointer.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        value = match value {
            Value::Map(map) => map.get(token.as_str()).ok_or_else(|| format!("Object has no key '{token}'"))?,
            Value::List(items) => {
                let index = token.parse::<usize>().map_err(|_| format!("Invalid array index '{token}'"))?;
                let last = items.len();
                items.get(index).ok_or_else(|| format!("Out of bound array[0,{last}] index '{index}'"))?
            }
            _ => return Err(format!("Invalid token reference '{token}'")),
        };
    }
    Ok(value)
}

/// `reference` as it reads within `base`.
fn whole(base: &str, reference: &str) -> String {
    let reference = reference.strip_suffix('#').unwrap_or(reference);
    let document = base.split('#').next().unwrap_or_default();
    if reference.is_empty() {
        return document.to_owned();
    }
    if reference.starts_with('#') {
        return format!("{document}{reference}");
    }
    if has_scheme(reference) {
        return reference.to_owned();
    }
    let authority = document.find("://").map_or(0, |at| {
        let host = at + "://".len();
        document[host..].find('/').map_or(document.len(), |slash| host + slash)
    });
    if reference.starts_with('/') {
        return format!("{}{reference}", &document[..authority]);
    }
    let folder = document[authority..].rfind('/').map_or(authority, |slash| authority + slash);
    format!("{}/{reference}", &document[..folder])
}

fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|other| other.is_ascii_alphanumeric() || "+-.".contains(other))
    })
}

fn unescape_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = behind.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match escaped.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_made_whole_by_what_is_around_them() {
        for (base, reference, expected) in [
            ("", "#/a", "#/a"),
            ("", "#", ""),
            ("", "x.json", "/x.json"),
            ("http://h/a/b.json", "#/c", "http://h/a/b.json#/c"),
            ("http://h/a/b.json#x", "c.json#/d", "http://h/a/c.json#/d"),
            ("http://h/a/b.json", "/c", "http://h/c"),
            ("http://h", "c", "http://h/c"),
            ("http://h/a", "https://g/z#", "https://g/z"),
            ("urn:x:y", "#a", "urn:x:y#a"),
        ] {
            assert_eq!(whole(base, reference), expected, "{base} {reference}");
        }
    }
}
