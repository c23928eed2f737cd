//! Sprig's `merge` family with the results of mergo 0.3.12, which Helm 3.10 merges with. The destination changes in place; what it
//! lacks it takes over by reference, so that a later merge into it reaches the source as well.

use std::rc::Rc;

use super::defaults::is_empty;
use super::types::DEEPEST;
use super::{Failure, Outcome};
use crate::source::spend;
use crate::template::Value;
use crate::template::value::Map;

/// `merge DICT DICT...`: the first one that has a value keeps it; empty values count as missing.
pub(super) fn merge(arguments: &[Value]) -> Outcome {
    merged(arguments, false)
}

/// `mergeOverwrite DICT DICT...`: the last one wins, with empty values too; only a map does not replace what
/// is no map and not empty (mergo 1.0 of Helm 3.17 replaces that too).
pub(super) fn merge_overwrite(arguments: &[Value]) -> Outcome {
    merged(arguments, true)
}

fn merged(arguments: &[Value], overwrite: bool) -> Outcome {
    let mut destination = arguments[0].clone();
    for source in &arguments[1..] {
        // Into a nil map a nil one goes without a trace.
        if destination.is_nil() && !source.is_nil() {
            destination = Value::map(std::collections::BTreeMap::new());
        }
        if let (Value::Map(destination), Value::Map(source)) = (&destination, source) {
            merge_into(destination, source, overwrite, DEEPEST)?;
        }
    }
    Ok(destination)
}

/// Bytes that count for each entry that is looked at: a map may hold another one many times over.
const ENTRY: usize = 64;

fn merge_into(destination: &Rc<Map>, source: &Rc<Map>, overwrite: bool, depth: usize) -> Result<(), Failure> {
    if Rc::ptr_eq(destination, source) {
        return Ok(());
    }
    if depth == 0 {
        return Err("stack overflow: the value contains itself".into());
    }
    // A copy: the source may lie within the destination.
    let entries: Vec<_> = source.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    if !spend(entries.len() * ENTRY) {
        return Err("the memory is spent".into());
    }
    for (key, value) in entries {
        let present = destination.entries.borrow().get(&*key).cloned();
        let replace = match (&value, &present) {
            (Value::Nil, _) => overwrite,
            (Value::Map(source), Some(present)) => {
                if let Value::Map(destination) = present {
                    merge_into(destination, source, overwrite, depth - 1)?;
                }
                is_empty(present)
            }
            (_, Some(present)) => overwrite || is_empty(present),
            (_, None) => true,
        };
        if replace {
            destination.entries.borrow_mut().insert(key, value);
        }
    }
    Ok(())
}
