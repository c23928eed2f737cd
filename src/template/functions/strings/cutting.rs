//! Functions that keep a part of their text: trimming and slicing. What is kept keeps its place.

use super::bytes::Bytes;
use crate::source::{Text, TextBuilder, to_bytes};
use crate::template::Value;
use crate::template::functions::{Failure, Outcome, arguments};

pub(super) fn trim(arguments: &[Value]) -> Outcome {
    Ok(Value::String(arguments::text(arguments, 0)?.trim()))
}

/// `trimAll CUTSET TEXT`: without the set's characters at both ends.
pub(super) fn trim_all(arguments: &[Value]) -> Outcome {
    let (set, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let in_set = |character| set.contains(character);
    let end = text.trim_end_matches(in_set).len();
    let start = end - text[..end].trim_start_matches(in_set).len();
    Ok(Value::String(text.slice(start..end)))
}

pub(super) fn trim_suffix(arguments: &[Value]) -> Outcome {
    let (suffix, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let kept = text.strip_suffix(suffix.as_str()).unwrap_or(text);
    Ok(Value::String(text.slice(0..kept.len())))
}

pub(super) fn trim_prefix(arguments: &[Value]) -> Outcome {
    let (prefix, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let kept = text.strip_prefix(prefix.as_str()).unwrap_or(text);
    Ok(Value::String(text.slice(text.len() - kept.len()..text.len())))
}

/// `trunc COUNT TEXT`: the first bytes, or the last ones of a negative count.
pub(super) fn trunc(arguments: &[Value]) -> Outcome {
    let (count, text) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    let bytes = Bytes::of(text);
    let length = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX).min(bytes.len());
    let range = if count < 0 { bytes.len() - length..bytes.len() } else { 0..length };
    Ok(Value::String(bytes.slice(range)))
}

/// `substr START END TEXT`, in bytes. A negative start counts as none, a negative end as the length.
pub(super) fn substr(arguments: &[Value]) -> Outcome {
    let (start, end) = (arguments::int(arguments, 0)?, arguments::int(arguments, 1)?);
    let text = arguments::text(arguments, 2)?;
    let bytes = Bytes::of(text);
    let length = bytes.len();
    let out_of_range = |what: String| Failure::from(format!("runtime error: slice bounds out of range {what}"));
    let Ok(from) = usize::try_from(start) else {
        let end = usize::try_from(end).map_err(|_| out_of_range(format!("[:{end}]")))?;
        if end > length {
            return Err(out_of_range(format!("[:{end}] with length {length}")));
        }
        return Ok(Value::String(bytes.slice(0..end)));
    };
    let to = usize::try_from(end).ok().filter(|end| *end <= length).unwrap_or(length);
    if from > to { Err(out_of_range(format!("[{from}:{to}]"))) } else { Ok(Value::String(bytes.slice(from..to))) }
}

/// Without blanks. Sprig looks at bytes, not at characters: with one blank removed, what is left is read as Latin-1.
pub(super) fn nospace(arguments: &[Value]) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    let bytes = to_bytes(text);
    if !bytes.iter().any(|byte| is_blank(*byte)) {
        return Ok(Value::String(text.clone()));
    }
    if !text.is_ascii() {
        let kept: String = bytes.iter().filter(|byte| !is_blank(**byte)).map(|byte| char::from(*byte)).collect();
        return Ok(Value::String(text.derive(kept)));
    }
    let mut builder = TextBuilder::new();
    let mut at = 0;
    for part in text.split(|character: char| character.is_ascii() && is_blank(character as u8)) {
        builder.push_slice(text, at..at + part.len());
        at += part.len() + 1;
    }
    Ok(Value::String(or_empty_of(builder, text)))
}

/// Go's `unicode.IsSpace` of a Latin-1 character.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0)
}

/// What was built; an empty text keeps the place of what it was cut from.
fn or_empty_of(builder: TextBuilder, text: &Text) -> Text {
    if builder.is_empty() { text.slice(0..0) } else { builder.finish() }
}
