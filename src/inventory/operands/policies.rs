//! What a rule about other objects puts into them, or makes: of Kyverno's policies the parts of `mutate` and `generate`, of those in CEL
//! the expressions for patches and objects, of Gatekeeper's what they assign: the cluster will run the containers. What a policy
//! matches, refuses or excepts names images that nobody pulls for it.
//! <https://kyverno.io/docs/policy-types/cluster-policy/mutate/>, <https://kyverno.io/docs/policy-types/cluster-policy/generate/>

use std::sync::Arc;

use super::cel;
use crate::source::{Text, TextBuilder};
use crate::yaml::{self, Map, Value};

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
        Some(under(&key, value))
    };
    Value::List(Arc::new(patch.as_list().unwrap_or_default().iter().filter_map(one).collect()))
}

/// Something that a policy brings.
pub(super) struct Brought {
    pub path: String,
    pub value: Value,
    /// Whether it stands within the text of an expression there.
    pub is_within: bool,
}

/// What `policy` brings.
pub(super) fn brought(policy: &Map) -> impl Iterator<Item = Brought> {
    let text = |key: &str| policy.get(key).and_then(Value::as_text).map_or("", Text::as_str);
    let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
    let is_within = matches!(group, "admissionregistration.k8s.io" | "policies.kyverno.io");
    let found = match (policy.get("spec"), group) {
        (Some(spec), _) if is_within => of_expressions(spec),
        (Some(spec), "kyverno.io") => of_rules(spec),
        (Some(spec), "mutations.gatekeeper.sh") => assigned(text("kind"), spec).into_iter().collect(),
        _ => Vec::new(),
    };
    found.into_iter().map(move |(path, value)| Brought { path, value, is_within })
}

/// What the rules of Kyverno's first policies bring.
fn of_rules(spec: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (number, rule) in items(spec, "rules").iter().enumerate() {
        for (act, keys) in ACTS {
            let Some(act_value) = rule.get(act) else { continue };
            let path = format!("spec.rules[{number}].{act}");
            let each = items(act_value, "foreach").iter().enumerate();
            let each = each.map(|(at, each)| (format!("{path}.foreach[{at}]"), each));
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

/// The texts by which policies in CEL make patches and objects. Those that only judge may speak of any image.
/// <https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/>,
/// <https://kyverno.io/docs/policy-types/mutating-policy/>, <https://kyverno.io/docs/policy-types/generating-policy/>
fn of_expressions(spec: &Value) -> Vec<(String, Value)> {
    let (mutations, makers) = (items(spec, "mutations"), items(spec, "generate"));
    let patches = mutations.iter().enumerate().flat_map(|(at, mutation)| {
        ["applyConfiguration", "jsonPatch"].map(|way| (format!("spec.mutations[{at}].{way}"), mutation.get(way)))
    });
    let made = makers.iter().enumerate().map(|(at, maker)| (format!("spec.generate[{at}]"), Some(maker)));
    // What patches and objects are made of may stand in variables.
    let text = |variable: &Value| {
        let literal = cel::literal(variable.get("expression")?.as_text()?)?;
        Some((variable.get("name")?.as_text()?.to_string(), literal))
    };
    let known: Vec<(String, Text)> = items(spec, "variables").iter().filter_map(text).collect();
    let variables = items(spec, "variables").iter().filter(|_| !(mutations.is_empty() && makers.is_empty()));
    let variables = variables.enumerate().map(|(at, variable)| (format!("spec.variables[{at}]"), Some(variable)));
    let expressions = patches.chain(made).chain(variables);
    let expressions = expressions.filter_map(|(path, value)| Some((path, value?.get("expression")?.as_text()?)));
    let of_expression = |(path, expression): (String, &Text)| {
        let path = format!("{path}.expression");
        cel::texts(expression, &known)
            .into_iter()
            .map(move |(key, text)| (path.clone(), under(&key, Value::String(text))))
    };
    expressions.flat_map(of_expression).collect()
}

/// What Gatekeeper puts at a place, under the key that the place ends with; of an image that is given in parts all of them, for
/// one that is not given is that of the image that was there.
/// <https://open-policy-agent.github.io/gatekeeper/website/docs/mutation/>
fn assigned(kind: &str, spec: &Value) -> Option<(String, Value)> {
    let parameters = spec.get("parameters")?;
    let text = |key: &str| parameters.get(key).and_then(Value::as_text).filter(|text| !text.is_empty());
    let (path, value) = match kind {
        "AssignImage" => {
            let mut image = TextBuilder::new();
            let tag = text("assignTag")?;
            image.push_text(text("assignDomain")?);
            image.push('/');
            image.push_text(text("assignPath")?);
            image.push_str(if tag.starts_with([':', '@']) { "" } else { ":" });
            image.push_text(tag);
            return Some(("spec.parameters".to_owned(), under("image", Value::String(image.finish()))));
        }
        "Assign" => ("assign.value", parameters.get("assign")?.get("value")?),
        "ModifySet" if text("operation").is_none_or(|operation| operation.as_str() != "prune") => {
            ("values.fromList", parameters.get("values")?.get("fromList")?)
        }
        _ => return None,
    };
    // `spec.containers[name: side].image`, `spec.containers[name: side]`
    let place = spec.get("location").and_then(Value::as_text)?;
    let (place, value) = match place.strip_suffix(']').and_then(|item| item.rsplit_once('[')) {
        Some((list, _)) => (list, Value::List(Arc::new(vec![value.clone()]))),
        None => (place.as_str(), value.clone()),
    };
    let key = place.rsplit(['.', ']']).next().unwrap_or_default();
    Some((format!("spec.parameters.{path}"), under(key, value)))
}

/// `value` under `key`.
fn under(key: &str, value: Value) -> Value {
    Value::Map(Arc::new(Map::from_iter([(Text::new(key), value)])))
}

/// The items of the list that `map` has under `key`.
fn items<'a>(map: &'a Value, key: &str) -> &'a [Value] {
    map.get(key).and_then(Value::as_list).unwrap_or_default()
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
