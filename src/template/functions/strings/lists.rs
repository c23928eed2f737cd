//! Between strings and lists of them: joining, splitting, sorting.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::source::{Text, TextBuilder, spend};
use crate::template::Value;
use crate::template::functions::convert::strings;
use crate::template::functions::{Outcome, arguments};
use crate::template::value::MapKind;

/// `join SEPARATOR LIST`; nil members are left out, anything but a list is a list of one.
pub(super) fn join(arguments: &[Value]) -> Outcome {
    let separator = arguments::text(arguments, 0)?;
    let parts = strings(arguments::any(arguments, 1));
    if let [part] = parts.as_slice() {
        return Ok(Value::String(part.clone()));
    }
    let mut builder = TextBuilder::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            builder.push_text(separator);
        }
        builder.push_text(part);
    }
    Ok(Value::String(builder.finish()))
}

/// `split SEPARATOR TEXT`: a map of `_0`, `_1` and so on.
pub(super) fn split(arguments: &[Value]) -> Outcome {
    let (separator, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(numbered(parts(text, separator, usize::MAX)))
}

/// `splitn SEPARATOR COUNT TEXT`: at most that many parts; all of them for a negative count.
pub(super) fn splitn(arguments: &[Value]) -> Outcome {
    let (separator, count) = (arguments::text(arguments, 0)?, arguments::int(arguments, 1)?);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(numbered(parts(arguments::text(arguments, 2)?, separator, count)))
}

/// `splitList SEPARATOR TEXT`: a list.
pub(super) fn split_list(arguments: &[Value]) -> Outcome {
    let (separator, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(Value::strings(parts(text, separator, usize::MAX)))
}

fn numbered(parts: Vec<Text>) -> Value {
    let entry = |(index, part)| (Text::from(format!("_{index}")), Value::String(part));
    let entries: BTreeMap<Text, Value> = parts.into_iter().enumerate().map(entry).collect();
    Value::map_of(MapKind::String, entries)
}

/// Go's `strings.SplitN`: an empty separator splits after each character. Stops when the memory is spent.
fn parts(text: &Text, separator: &str, most: usize) -> Vec<Text> {
    if separator.is_empty() {
        let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).take(most).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let ranges = starts.iter().zip(ends).take_while(|_| spend(size_of::<Text>()));
        return ranges.map(|(start, end)| text.slice(*start..end)).collect();
    }
    let range = |part: &str| -> Range<usize> {
        let start = part.as_ptr().addr() - text.as_ptr().addr();
        start..start + part.len()
    };
    let parts = text.splitn(most, separator).take_while(|_| spend(size_of::<Text>()));
    parts.map(|part| text.slice(range(part))).collect()
}
