//! Sprig's list functions. None changes its argument. Each has a `must` twin whose errors are Go errors instead of panics; a
//! template sees the same text either way.

use std::borrow::Cow;
use std::rc::Rc;

use super::convert::{items, string_list, strings, strval, to_int64};
use super::defaults::is_empty;
use super::types::{deep_equal, kind, origins};
use super::{Failure, Function, Outcome, Type};
use crate::source::{spend, to_bytes};
use crate::template::Value;
use crate::template::objects::VersionSet;
use crate::template::value::Element;

const NIL_DEREFERENCE: &str = "runtime error: invalid memory address or nil pointer dereference";

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::variadic("list", &[], Type::Any, list),
    Function::variadic("tuple", &[], Type::Any, list),
    Function::new("first", &[Type::Any], first),
    Function::new("mustFirst", &[Type::Any], first),
    Function::new("rest", &[Type::Any], rest),
    Function::new("mustRest", &[Type::Any], rest),
    Function::new("last", &[Type::Any], last),
    Function::new("mustLast", &[Type::Any], last),
    Function::new("initial", &[Type::Any], initial),
    Function::new("mustInitial", &[Type::Any], initial),
    Function::new("append", &[Type::Any, Type::Any], push),
    Function::new("mustAppend", &[Type::Any, Type::Any], push),
    Function::new("push", &[Type::Any, Type::Any], push),
    Function::new("mustPush", &[Type::Any, Type::Any], push),
    Function::new("prepend", &[Type::Any, Type::Any], prepend),
    Function::new("mustPrepend", &[Type::Any, Type::Any], prepend),
    Function::variadic("concat", &[], Type::Any, concat),
    Function::new("reverse", &[Type::Any], reverse),
    Function::new("mustReverse", &[Type::Any], reverse),
    Function::new("uniq", &[Type::Any], uniq),
    Function::new("mustUniq", &[Type::Any], uniq),
    Function::variadic("without", &[Type::Any], Type::Any, without),
    Function::variadic("mustWithout", &[Type::Any], Type::Any, without),
    Function::new("has", &[Type::Any, Type::Any], has),
    Function::new("mustHas", &[Type::Any, Type::Any], has),
    Function::new("compact", &[Type::Any], compact),
    Function::new("mustCompact", &[Type::Any], compact),
    Function::variadic("slice", &[Type::Any], Type::Any, slice),
    Function::variadic("mustSlice", &[Type::Any], Type::Any, slice),
    Function::new("chunk", &[Type::Int, Type::Any], chunk),
    Function::new("mustChunk", &[Type::Int, Type::Any], chunk),
    Function::new("sortAlpha", &[Type::Any], sort_alpha),
];

fn list(arguments: &[Value]) -> Outcome {
    Ok(Value::list(arguments.to_vec()))
}

/// The elements of a slice; for anything else `complaint` and the kind it has.
fn elements<'a>(value: &'a Value, complaint: &str) -> Result<Cow<'a, [Value]>, Failure> {
    items(value).ok_or_else(|| match value {
        Value::Nil => NIL_DEREFERENCE.into(),
        _ => format!("{complaint} {}", kind(value)).into(),
    })
}

fn first(arguments: &[Value]) -> Outcome {
    Ok(elements(&arguments[0], "Cannot find first on type")?.first().cloned().unwrap_or_default())
}

fn last(arguments: &[Value]) -> Outcome {
    Ok(elements(&arguments[0], "Cannot find last on type")?.last().cloned().unwrap_or_default())
}

/// All but the first; of one element an empty list, of none nil.
fn rest(arguments: &[Value]) -> Outcome {
    let elements = elements(&arguments[0], "Cannot find rest on type")?;
    Ok(elements
        .split_first()
        .map_or_else(|| Value::list_or_nil(Element::Any, Vec::new()), |(_, rest)| Value::list(rest.to_vec())))
}

/// All but the last; of one element an empty list, of none nil.
fn initial(arguments: &[Value]) -> Outcome {
    let elements = elements(&arguments[0], "Cannot find initial on type")?;
    Ok(elements
        .split_last()
        .map_or_else(|| Value::list_or_nil(Element::Any, Vec::new()), |(_, initial)| Value::list(initial.to_vec())))
}

fn push(arguments: &[Value]) -> Outcome {
    let mut items = elements(&arguments[0], "Cannot push on type")?.into_owned();
    items.push(arguments[1].clone());
    Ok(Value::list(items))
}

fn prepend(arguments: &[Value]) -> Outcome {
    let elements = elements(&arguments[0], "Cannot prepend on type")?;
    let mut items = Vec::with_capacity(elements.len() + 1);
    items.push(arguments[1].clone());
    items.extend_from_slice(&elements);
    Ok(Value::list(items))
}

fn concat(arguments: &[Value]) -> Outcome {
    let mut all = Vec::new();
    for argument in arguments {
        let elements = items(argument).ok_or_else(|| match argument {
            Value::Nil => Failure::from(NIL_DEREFERENCE),
            _ => format!("Cannot concat type {} as list", kind(argument)).into(),
        })?;
        all.extend_from_slice(&elements);
    }
    Ok(Value::list_or_nil(Element::Any, all))
}

fn reverse(arguments: &[Value]) -> Outcome {
    let mut items = elements(&arguments[0], "Cannot find reverse on type")?.into_owned();
    items.reverse();
    Ok(Value::list(items))
}

/// Bytes that count for one comparison: `uniq` makes as many as the square of the list's length.
const COMPARISON: usize = 32;

fn contains(haystack: &[Value], needle: &Value) -> bool {
    haystack.iter().take_while(|_| spend(COMPARISON)).any(|item| deep_equal(needle, item))
}

fn uniq(arguments: &[Value]) -> Outcome {
    let mut seen: Vec<Value> = Vec::new();
    for item in elements(&arguments[0], "Cannot find uniq on type")?.iter() {
        if !contains(&seen, item) {
            seen.push(item.clone());
        }
    }
    Ok(Value::list(seen))
}

fn without(arguments: &[Value]) -> Outcome {
    let elements = elements(&arguments[0], "Cannot find without on type")?;
    let kept = elements.iter().filter(|item| !contains(&arguments[1..], item));
    Ok(Value::list(kept.cloned().collect()))
}

/// Whether the list, the second argument, has an element of the same type and value. Nil has none.
fn has(arguments: &[Value]) -> Outcome {
    if matches!(arguments[1], Value::Nil) {
        return Ok(Value::bool(false));
    }
    let found = contains(&elements(&arguments[1], "Cannot find has on type")?, &arguments[0]);
    Ok(Value::Bool(found, origins(&arguments[..1])))
}

fn compact(arguments: &[Value]) -> Outcome {
    let elements = elements(&arguments[0], "Cannot compact on type")?;
    Ok(Value::list(elements.iter().filter(|item| !is_empty(item)).cloned().collect()))
}

/// `slice LIST [FROM [TO]]`: keeps the list's type; nil of an empty list.
fn slice(arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    let elements = elements(value, "list should be type of slice or array but")?;
    if elements.is_empty() {
        return Ok(Value::Nil);
    }
    let from = arguments.get(1).map_or(0, to_int64);
    let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let to = arguments.get(2).map_or(length, to_int64);
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let Some(kept) = range.and_then(|(from, to)| elements.get(from..to)) else {
        return Err("reflect.Value.Slice: slice index out of bounds".into());
    };
    let element = match value {
        Value::List(list) => list.element,
        Value::Bytes(text) => {
            let (from, to) = range.unwrap_or_default();
            let bytes = to_bytes(text);
            let kept = crate::source::from_bytes(bytes.get(from..to).unwrap_or_default()).into_owned();
            return Ok(Value::Bytes(text.derive(kept)));
        }
        // The one object that is a slice.
        _ => {
            let versions = kept.iter().map(strval).collect();
            return Ok(Value::Object(Rc::new(VersionSet { versions })));
        }
    };
    Ok(Value::list_of(element, kept.to_vec()))
}

/// Go computes the number of chunks in floating point, and so fails on sizes below one in its own way.
fn chunk(arguments: &[Value]) -> Outcome {
    let elements = elements(&arguments[1], "Cannot chunk type")?;
    let size = to_int64(&arguments[0]);
    let chunks = match usize::try_from(size) {
        Ok(size) if size > 0 => elements.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect(),
        _ if chunk_count(elements.len(), size) == 0 => Vec::new(),
        _ => return Err("runtime error: makeslice: len out of range".into()),
    };
    Ok(Value::list_of(Element::List, chunks))
}

#[expect(clippy::cast_precision_loss, reason = "as Go does it")]
fn chunk_count(length: usize, size: i64) -> i64 {
    let steps = (length as f64 - 1.0) / size as f64;
    super::convert::truncated(steps.floor() + 1.0)
}

/// The strings of a list, sorted by bytes; a scalar as a list of one.
fn sort_alpha(arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    if items(value).is_none() {
        return Ok(Value::strings(vec![strval(value)]));
    }
    let mut sorted = strings(value);
    sorted.sort_by(|left, right| to_bytes(left).cmp(&to_bytes(right)));
    Ok(string_list(value, sorted))
}
