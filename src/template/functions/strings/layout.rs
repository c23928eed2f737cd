//! Functions that set text into lines or repeat and replace parts of it.

use super::LONGEST;
use crate::source::{Text, TextBuilder, beyond};
use crate::template::Value;
use crate::template::functions::{Failure, Outcome, arguments};

pub(super) fn indent(arguments: &[Value]) -> Outcome {
    indented(arguments, "")
}

pub(super) fn nindent(arguments: &[Value]) -> Outcome {
    indented(arguments, "\n")
}

/// Blanks before every line, the first and an empty last one included.
fn indented(arguments: &[Value], start: &str) -> Outcome {
    let text = arguments::text(arguments, 1)?;
    let pad = blanks(arguments::int(arguments, 0)?)?;
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    bounded(lines.saturating_mul(pad.len()))?;
    let mut builder = TextBuilder::new();
    builder.push_str(start);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        builder.push_str(&pad);
        builder.push_slice(text, at..at + line.len());
        at += line.len();
    }
    if text.is_empty() || text.ends_with('\n') {
        builder.push_str(&pad);
    }
    Ok(Value::String(if builder.is_empty() { text.clone() } else { builder.finish() }))
}

fn blanks(count: i64) -> Result<String, Failure> {
    let count = usize::try_from(count).map_err(|_| Failure::from("strings: negative Repeat count"))?;
    bounded(count)?;
    Ok(" ".repeat(count))
}

/// `repeat COUNT TEXT`.
pub(super) fn repeat(arguments: &[Value]) -> Outcome {
    let (count, text) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    let count = usize::try_from(count).map_err(|_| Failure::from("strings: negative Repeat count"))?;
    let length = count.checked_mul(text.len()).filter(|length| i64::try_from(*length).is_ok());
    bounded(length.ok_or_else(|| Failure::from("strings: Repeat count causes overflow"))?)?;
    if count == 0 || text.is_empty() {
        return Ok(Value::String(text.slice(0..0)));
    }
    let mut builder = TextBuilder::new();
    (0..count).for_each(|_| builder.push_text(text));
    Ok(Value::String(builder.finish()))
}

/// Go refuses only what overflows its `int`, and dies of what does not fit into memory.
fn bounded(length: usize) -> Result<(), Failure> {
    if length > LONGEST { Err(beyond(format_args!("the text is larger than {LONGEST} bytes")).into()) } else { Ok(()) }
}

/// `replace OLD NEW TEXT`; an empty old text stands before every character and at the end.
pub(super) fn replace(arguments: &[Value]) -> Outcome {
    let (old, new) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let text = arguments::text(arguments, 2)?;
    Ok(Value::String(replaced(text, old, new)))
}

fn replaced(text: &Text, old: &Text, new: &Text) -> Text {
    let mut found = text.match_indices(old.as_str()).peekable();
    if found.peek().is_none() || old == new {
        return text.clone();
    }
    let mut builder = TextBuilder::new();
    let mut at = 0;
    for (start, part) in found {
        builder.push_slice(text, at..start);
        builder.push_text(new);
        at = start + part.len();
    }
    builder.push_slice(text, at..text.len());
    // A text that was replaced as a whole by nothing keeps its place.
    if builder.is_empty() { text.slice(0..0) } else { builder.finish() }
}
