//! Between YAML values, which are shared by threads, and template values, which live within one rendering. Once per
//! rendering; keeps all origins. Tables that are one stay one, as in Go: a change of one is seen wherever it stands.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::objects::Record;
use super::value::Value;
use crate::source::{Text, beyond, spend};
use crate::yaml;

/// How deep a value may nest on its way to YAML or JSON: a map can contain itself. Go notices cycles past 1000 levels; no more
/// than this fits small stacks.
pub const MAX_DEPTH: usize = 400;

/// Why a value has no YAML or JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// Nests deeper than [`MAX_DEPTH`], most likely in a circle.
    #[error("json: unsupported value: encountered a cycle")]
    Cycle,
    /// Takes more memory than is left.
    #[error("{}", beyond("json: the value takes more memory than is left"))]
    TooLarge,
    /// Not a number, or infinite.
    #[error("json: unsupported value: {0}")]
    Number(&'static str),
}

/// A value from YAML, as templates see it: null is nil, mappings are `map[string]interface {}`.
#[must_use]
pub fn from_yaml(value: &yaml::Value) -> Value {
    Reading::default().value(value)
}

/// A new collection draws on the allowance.
fn counted(value: Value) -> Value {
    spend(value.footprint());
    value
}

/// A mapping from YAML as `chartutil.Values`, the type of `.Values`.
#[must_use]
pub fn values_from_yaml(map: &yaml::Map) -> Value {
    Value::values(Reading::default().entries(map))
}

/// The tables and lists that were met and may be met again.
#[derive(Default)]
struct Reading {
    met: HashMap<usize, Value>,
}

impl Reading {
    fn value(&mut self, value: &yaml::Value) -> Value {
        match value {
            yaml::Value::Null(_) => Value::Nil,
            yaml::Value::Bool(value, origins) => Value::Bool(*value, origins.clone()),
            yaml::Value::Int(value, origins) => Value::Int(*value, super::value::IntKind::Int64, origins.clone()),
            yaml::Value::Float(value, origins) => Value::Float(*value, origins.clone()),
            yaml::Value::String(text) => Value::String(text.clone()),
            yaml::Value::List(items) => self
                .shared(items, |reading| counted(Value::list(items.iter().map(|item| reading.value(item)).collect()))),
            yaml::Value::Map(map) => self.shared(map, |reading| counted(Value::map(reading.entries(map)))),
        }
    }

    fn entries(&mut self, map: &yaml::Map) -> BTreeMap<Text, Value> {
        map.iter().map(|(key, value)| (key.clone(), self.value(value))).collect()
    }

    /// What `read` gives, or gave when `collection` was met before. It lives as long as this reading: no other has its address.
    fn shared<T>(&mut self, collection: &Arc<T>, read: impl FnOnce(&mut Self) -> Value) -> Value {
        if Arc::strong_count(collection) == 1 {
            return read(self);
        }
        let address = Arc::as_ptr(collection).addr();
        if let Some(known) = self.met.get(&address) {
            return known.clone();
        }
        let value = read(self);
        self.met.insert(address, value.clone());
        value
    }
}

/// A template's value as `toYaml` and `toJson` write it: bytes in base64, objects by their data.
///
/// # Errors
/// What has no JSON.
pub fn to_yaml(value: &Value) -> Result<yaml::Value, Unwritable> {
    to_yaml_within(value, MAX_DEPTH, &mut false)
}

/// As [`to_yaml`], and whether there are structs in it: their members are in another order in JSON.
///
/// # Errors
/// What has no JSON.
pub fn to_yaml_and_structs(value: &Value) -> Result<(yaml::Value, bool), Unwritable> {
    let mut structs = false;
    to_yaml_within(value, MAX_DEPTH, &mut structs).map(|value| (value, structs))
}

fn to_yaml_within(value: &Value, depth: usize, structs: &mut bool) -> Result<yaml::Value, Unwritable> {
    let depth = depth.checked_sub(1).ok_or(Unwritable::Cycle)?;
    // Lists that share members unfold here.
    if !spend(value.footprint()) {
        return Err(Unwritable::TooLarge);
    }
    Ok(match value {
        Value::Nil => yaml::Value::Null(None),
        Value::Bool(value, origins) => yaml::Value::Bool(*value, origins.clone()),
        Value::Int(value, _, origins) => yaml::Value::Int(*value, origins.clone()),
        Value::Float(value, _) if value.is_nan() => return Err(Unwritable::Number("NaN")),
        Value::Float(value, _) if value.is_infinite() => {
            return Err(Unwritable::Number(if *value > 0.0 { "+Inf" } else { "-Inf" }));
        }
        Value::Float(value, origins) => yaml::Value::Float(*value, origins.clone()),
        Value::String(text) => yaml::Value::String(text.clone()),
        Value::Bytes(text) => {
            let encoded = data_encoding::BASE64.encode(&crate::source::to_bytes(text));
            yaml::Value::String(text.derive(encoded))
        }
        Value::List(list) if list.is_nil => yaml::Value::Null(None),
        Value::Map(map) if map.is_nil => yaml::Value::Null(None),
        Value::List(list) => {
            let items: Result<Vec<_>, _> = list.items.iter().map(|item| to_yaml_within(item, depth, structs)).collect();
            yaml::Value::List(Arc::new(items?))
        }
        Value::Map(map) => {
            let entries = map.entries.borrow();
            let entries = entries.iter().map(|(key, value)| Ok((key.clone(), to_yaml_within(value, depth, structs)?)));
            yaml::Value::Map(Arc::new(entries.collect::<Result<_, Unwritable>>()?))
        }
        Value::Object(object) => {
            *structs |= object.as_any().is::<Record>();
            to_yaml_within(&object.data(), depth, structs)?
        }
    })
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn yaml_survives_the_round_trip() {
        let map = yaml::Map::from([
            ("list".into(), yaml::Value::List(Arc::new(vec![yaml::Value::Null(None), yaml::Value::Bool(true, None)]))),
            ("number".into(), yaml::Value::Float(1.5, None)),
        ]);
        let there = values_from_yaml(&map);
        let back = to_yaml(&there).unwrap();
        assert_eq!(format!("{back:?}"), format!("{:?}", yaml::Value::Map(Arc::new(map))));
    }

    #[test]
    fn tables_that_are_one_stay_one() {
        let table = yaml::Value::Map(Arc::new(yaml::Map::from([("a".into(), yaml::Value::Bool(true, None))])));
        let list = yaml::Value::List(Arc::new(vec![table.clone()]));
        let entries = [("one".into(), table.clone()), ("other".into(), table), ("list".into(), list)];
        let Value::Map(values) = values_from_yaml(&yaml::Map::from(entries)) else { panic!("values are a map") };
        let values = values.entries.borrow();
        let (Value::Map(one), Value::Map(other), Value::List(list)) =
            (&values["one"], &values["other"], &values["list"])
        else {
            panic!("{values:?}")
        };
        assert!(Rc::ptr_eq(one, other));
        assert!(matches!(&list.items[0], Value::Map(third) if Rc::ptr_eq(one, third)));
    }

    #[test]
    fn a_map_that_contains_itself_is_refused() {
        let value = Value::map(BTreeMap::new());
        if let Value::Map(map) = &value {
            map.entries.borrow_mut().insert("self".into(), value.clone());
        }
        assert_eq!(to_yaml(&value).err(), Some(Unwritable::Cycle));
        assert_eq!(to_yaml(&Value::Float(f64::NAN, None)).err(), Some(Unwritable::Number("NaN")));
        if let Value::Map(map) = &value {
            map.entries.borrow_mut().clear();
        }
    }

    #[test]
    fn bytes_are_written_in_base64() {
        let value = to_yaml(&Value::Bytes("first\nsecond\n".into())).unwrap();
        assert_eq!(value.as_text().unwrap(), &"Zmlyc3QKc2Vjb25kCg==");
    }
}
