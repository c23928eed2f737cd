//! What Helm's YAML reads to: JSON's types, each value with where it came from. Immutable and shared; `Send + Sync`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Origins, Text};

/// A mapping, sorted by key as Go prints and ranges over maps. A key's origins are the place of the key.
pub type Map = BTreeMap<Text, Value>;

/// A value. All numbers that Helm reads from YAML are [`Value::Float`]; [`Value::Int`] comes from templates.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null(Origins),
    /// A boolean.
    Bool(bool, Origins),
    /// An integer that a template computed.
    Int(i64, Origins),
    /// A number.
    Float(f64, Origins),
    /// A string.
    String(Text),
    /// A sequence.
    List(Arc<Vec<Value>>),
    /// A mapping.
    Map(Arc<Map>),
}

impl Value {
    /// What `encoding/json` calls its kind.
    #[must_use]
    pub fn json_kind(&self) -> &'static str {
        match self {
            Self::Null(_) => "null",
            Self::Bool(..) => "bool",
            Self::Int(..) | Self::Float(..) => "number",
            Self::String(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) => "object",
        }
    }

    /// The mapping, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    /// The sequence, if it is one.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&Text> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The value under `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// Whether `other` is the same value, and each part of it came from the same places.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null(one), Self::Null(two)) => one == two,
            (Self::Bool(one, from), Self::Bool(two, other)) => one == two && from == other,
            (Self::Int(one, from), Self::Int(two, other)) => one == two && from == other,
            (Self::Float(one, from), Self::Float(two, other)) => one.to_bits() == two.to_bits() && from == other,
            (Self::String(one), Self::String(two)) => one.is_same(two),
            (Self::List(one), Self::List(two)) => {
                let all = || one.iter().zip(two.iter()).all(|(one, two)| one.is_same(two));
                Arc::ptr_eq(one, two) || (one.len() == two.len() && all())
            }
            (Self::Map(one), Self::Map(two)) => {
                let mut pairs = one.iter().zip(two.iter());
                let same = |((key, one), (other, two)): ((&Text, &Self), (&Text, &Self))| {
                    key.is_same(other) && one.is_same(two)
                };
                Arc::ptr_eq(one, two) || (one.len() == two.len() && pairs.all(same))
            }
            _ => false,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}

/// Helm's `mergeMaps`: `over` wins; where both are mappings, they are merged. A null is a value like any other.
#[must_use]
pub fn merge(under: &Map, over: &Map) -> Map {
    let mut merged = under.clone();
    for (key, value) in over {
        let value = match (under.get(key), value) {
            (Some(Value::Map(under)), Value::Map(over)) => Value::Map(Arc::new(merge(under, over))),
            _ => value.clone(),
        };
        merged.remove(key);
        merged.insert(key.clone(), value);
    }
    merged
}
