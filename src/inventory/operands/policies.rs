//! What a rule about other objects puts into them, or makes: of Kyverno's policies the parts of `mutate` and `generate`, whose
//! containers the cluster will run. What a policy matches, refuses or excepts names images that nobody pulls for it.
//! <https://kyverno.io/docs/policy-types/cluster-policy/mutate/>, <https://kyverno.io/docs/policy-types/cluster-policy/generate/>

use std::sync::Arc;

use crate::source::Text;
use crate::yaml::{self, Map, Value};

/// The API group whose rules are known.
const GROUP: &str = "kyverno.io/";

/// The parts of a rule that act, and the keys of what they bring.
const ACTS: [(&str, &[&str]); 2] = [("mutate", &["patchStrategicMerge", OPERATIONS]), ("generate", &["data"])];

/// The key of a JSON patch, which may be written as a text.
const OPERATIONS: &str = "patchesJson6902";

/// What a JSON patch puts somewhere, each under the key that its path ends with: `{image: nginx}` of
/// `{op: replace, path: /spec/containers/0/image, value: nginx}`.
fn put(patch: &Value) -> Value {
    let read = patch.as_text().and_then(|text| yaml::load(text).ok());
    let patch = read.as_ref().unwrap_or(patch);
    let one = |operation: &Value| {
        let value = operation
            .get("value")
            .filter(|_| operation.get("op").and_then(Value::as_text).is_some_and(|op| *op != "test"))?;
        let Some(path) = operation.get("path").and_then(Value::as_text) else { return Some(value.clone()) };
        let mut parts = path.rsplit('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
        let is_place = |part: &String| part == "-" || part.bytes().all(|byte| byte.is_ascii_digit());
        let last = parts.next()?;
        let (key, value) = match is_place(&last) {
            true => (parts.find(|part| !is_place(part))?, Value::List(Arc::new(vec![value.clone()]))),
            false => (last, value.clone()),
        };
        Some(Value::Map(Arc::new(Map::from_iter([(Text::new(&key), value)]))))
    };
    Value::List(Arc::new(patch.as_list().unwrap_or_default().iter().filter_map(one).collect()))
}

/// What the rules of `policy` bring, each with its path.
pub(super) fn brought(policy: &Map) -> Vec<(String, Value)> {
    let is_known = policy.get("apiVersion").and_then(Value::as_text).is_some_and(|version| version.starts_with(GROUP));
    let rules = policy.get("spec").and_then(|spec| spec.get("rules")).and_then(Value::as_list).filter(|_| is_known);
    let mut found = Vec::new();
    for (number, rule) in rules.unwrap_or_default().iter().enumerate() {
        for (act, keys) in ACTS {
            let Some(act_value) = rule.get(act) else { continue };
            let path = format!("spec.rules[{number}].{act}");
            let each = act_value.get("foreach").and_then(Value::as_list).unwrap_or_default();
            let each = each.iter().enumerate().map(|(at, each)| (format!("{path}.foreach[{at}]"), each));
            for (path, part) in std::iter::once((path.clone(), act_value)).chain(each) {
                let values = keys.iter().filter_map(|key| {
                    let value = without_anchors(part.get(key)?, 0);
                    Some((format!("{path}.{key}"), if *key == OPERATIONS { put(&value) } else { value }))
                });
                found.extend(values);
            }
        }
    }
    found
}

/// Nesting that is followed; Kubernetes refuses deeper objects.
const MAX_DEPTH: usize = 100;

/// A patch without its conditions, `(image): x`, and with what it adds by the plain name: `+(image): x`.
/// <https://kyverno.io/docs/policy-types/cluster-policy/mutate/#conditional-logic-using-anchors>
fn without_anchors(value: &Value, depth: usize) -> Value {
    match value {
        _ if depth > MAX_DEPTH => Value::Null(None),
        Value::List(items) => {
            Value::List(Arc::new(items.iter().map(|item| without_anchors(item, depth + 1)).collect()))
        }
        Value::Map(map) => {
            let entry = |(key, value): (&Text, &Value)| {
                let key = match key.strip_suffix(')').and_then(|_| key.find('(')) {
                    Some(1) if key.starts_with(['+', '=']) => key.slice(2..key.len() - 1),
                    Some(_) => return None,
                    None => key.clone(),
                };
                Some((key, without_anchors(value, depth + 1)))
            };
            Value::Map(Arc::new(map.iter().filter_map(entry).collect()))
        }
        leaf => leaf.clone(),
    }
}
