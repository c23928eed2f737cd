//! Sprig's dictionary functions. `set`, `unset` and the merges change their first argument in place, as in Go, `.Values` too; no
//! borrow of a map is held while another is read. Keys and values come in the order of the keys, where Go's order is random.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::convert::strval;
use super::types::{DEEPEST, origins, type_name};
use super::{Failure, Function, Outcome, Type, merge};
use crate::source::{Text, beyond, spend};
use crate::template::Value;
use crate::template::value::{List, Map};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("dict", &[], Type::Any, dict),
    Function::new("get", &[Type::Map, Type::String], get),
    Function::new("set", &[Type::Map, Type::String, Type::Any], set),
    Function::new("unset", &[Type::Map, Type::String], unset),
    Function::new("hasKey", &[Type::Map, Type::String], has_key),
    Function::variadic("pluck", &[Type::String], Type::Map, pluck),
    Function::variadic("keys", &[], Type::Map, keys),
    Function::new("values", &[Type::Map], values),
    Function::variadic("pick", &[Type::Map], Type::String, pick),
    Function::variadic("omit", &[Type::Map], Type::String, omit),
    Function::variadic("merge", &[Type::Map], Type::Map, merge::merge),
    Function::variadic("mustMerge", &[Type::Map], Type::Map, merge::merge),
    Function::variadic("mergeOverwrite", &[Type::Map], Type::Map, merge::merge_overwrite),
    Function::variadic("mustMergeOverwrite", &[Type::Map], Type::Map, merge::merge_overwrite),
    Function::new("deepCopy", &[Type::Any], deep_copy),
    Function::new("mustDeepCopy", &[Type::Any], deep_copy),
    Function::variadic("dig", &[], Type::Any, dig),
];

/// A map argument; a nil one can be read but not written.
fn map(argument: &Value) -> Option<&Rc<Map>> {
    if let Value::Map(map) = argument { Some(map) } else { None }
}

fn text(argument: &Value) -> Text {
    strval(argument)
}

fn look_up(argument: &Value, key: &str) -> Option<Value> {
    map(argument)?.entries.borrow().get(key).cloned()
}

/// Keys and values in turn; a last key without a value gets an empty string.
fn dict(arguments: &[Value]) -> Outcome {
    let pairs = arguments.chunks(2).map(|pair| {
        let value = pair.get(1).cloned().unwrap_or_else(|| Value::string(""));
        (strval(&pair[0]), value)
    });
    Ok(Value::map(pairs.collect()))
}

fn get(arguments: &[Value]) -> Outcome {
    Ok(look_up(&arguments[0], &text(&arguments[1])).unwrap_or_else(|| Value::string("")))
}

fn set(arguments: &[Value]) -> Outcome {
    let Some(map) = map(&arguments[0]).filter(|map| !map.is_nil) else {
        return Err("assignment to entry in nil map".into());
    };
    map.entries.borrow_mut().insert(text(&arguments[1]), arguments[2].clone());
    Ok(arguments[0].clone())
}

fn unset(arguments: &[Value]) -> Outcome {
    let removed = map(&arguments[0]).and_then(|map| map.entries.borrow_mut().remove(&*text(&arguments[1])));
    drop(removed);
    Ok(arguments[0].clone())
}

fn has_key(arguments: &[Value]) -> Outcome {
    let key = text(&arguments[1]);
    let found = map(&arguments[0]).is_some_and(|map| map.entries.borrow().contains_key(&*key));
    Ok(Value::Bool(found, origins(&arguments[1..])))
}

fn pluck(arguments: &[Value]) -> Outcome {
    let key = text(&arguments[0]);
    Ok(Value::list(arguments[1..].iter().filter_map(|argument| look_up(argument, &key)).collect()))
}

fn keys(arguments: &[Value]) -> Outcome {
    let mut found = Vec::new();
    for map in arguments.iter().filter_map(map) {
        found.extend(map.entries.borrow().keys().cloned());
    }
    Ok(Value::strings(found))
}

fn values(arguments: &[Value]) -> Outcome {
    Ok(Value::list(map(&arguments[0]).map_or_else(Vec::new, |map| map.entries.borrow().values().cloned().collect())))
}

fn pick(arguments: &[Value]) -> Outcome {
    let mut picked = BTreeMap::new();
    if let Some(map) = map(&arguments[0]) {
        let entries = map.entries.borrow();
        for key in arguments[1..].iter().map(text) {
            if let Some((key, value)) = entries.get_key_value(&*key) {
                picked.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(Value::map(picked))
}

fn omit(arguments: &[Value]) -> Outcome {
    let mut kept = map(&arguments[0]).map_or_else(BTreeMap::new, |map| map.entries.borrow().clone());
    for key in arguments[1..].iter().map(text) {
        kept.remove(&*key);
    }
    Ok(Value::map(kept))
}

fn deep_copy(arguments: &[Value]) -> Outcome {
    match &arguments[0] {
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        value => copied(value, DEEPEST),
    }
}

/// Maps and lists anew, all the way down; strings and objects never change and are shared.
fn copied(value: &Value, depth: usize) -> Outcome {
    if depth == 0 {
        return Err("stack overflow: the value contains itself".into());
    }
    if !spend(value.footprint()) {
        return Err(beyond("the copy takes more memory than is left").into());
    }
    Ok(match value {
        Value::List(list) => {
            let items: Result<_, Failure> = list.items.iter().map(|item| copied(item, depth - 1)).collect();
            Value::List(Rc::new(List { element: list.element, is_nil: list.is_nil, items: items? }))
        }
        Value::Map(map) => {
            let copy = |(key, value): (&Text, &Value)| Ok((key.clone(), copied(value, depth - 1)?));
            let entries: Result<BTreeMap<_, _>, Failure> = map.entries.borrow().iter().map(copy).collect();
            Value::Map(Rc::new(Map { kind: map.kind, is_nil: map.is_nil, entries: entries?.into() }))
        }
        scalar => scalar.clone(),
    })
}

/// `dig KEY... DEFAULT DICT`: what stands under the keys, the default when one is missing.
fn dig(arguments: &[Value]) -> Outcome {
    let [path @ .., default, start] = arguments else { return Err("dig needs at least three arguments".into()) };
    if path.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    let not_a = |value: &Value, wanted: &str| -> Failure {
        let found = if matches!(value, Value::Nil) { "nil" } else { type_name(value) };
        format!("interface conversion: interface {{}} is {found}, not {wanted}").into()
    };
    const MAP: &str = "map[string]interface {}";
    let mut current = start.clone();
    if type_name(start) != MAP {
        return Err(not_a(start, MAP));
    }
    if let Some(key) = path.iter().find(|key| !matches!(key, Value::String(_))) {
        return Err(not_a(key, "string"));
    }
    for (index, key) in path.iter().enumerate() {
        // Only what is looked into must be a map.
        if index > 0 && type_name(&current) != MAP {
            return Err(not_a(&current, MAP));
        }
        match look_up(&current, &text(key)) {
            Some(found) => current = found,
            None => return Ok(default.clone()),
        }
    }
    Ok(current)
}
