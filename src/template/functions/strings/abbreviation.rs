//! `abbrev` and `abbrevboth`, as goutils counts: in bytes, with `...` for what is left out.

use super::bytes::Bytes;
use crate::source::{Text, TextBuilder};
use crate::template::Value;
use crate::template::functions::{Outcome, arguments};

const MARK: &str = "...";

/// `abbrev WIDTH TEXT`; a width below 4 leaves the text alone.
pub(super) fn abbrev(arguments: &[Value]) -> Outcome {
    let (width, text) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(Value::String(if width < 4 { text.clone() } else { abbreviate(text, 0, width) }))
}

/// `abbrevboth OFFSET WIDTH TEXT`: also leaves out what lies before the offset, when that is more than the mark.
pub(super) fn abbrevboth(arguments: &[Value]) -> Outcome {
    let (offset, width) = (arguments::int(arguments, 0)?, arguments::int(arguments, 1)?);
    let text = arguments::text(arguments, 2)?;
    let unchanged = width < 4 || (offset > 0 && width < 7);
    Ok(Value::String(if unchanged { text.clone() } else { abbreviate(text, offset, width) }))
}

/// `width` is at least 4.
fn abbreviate(text: &Text, offset: i64, width: i64) -> Text {
    let bytes = Bytes::of(text);
    let length = bytes.len();
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    if length <= width {
        return text.clone();
    }
    let room = width - MARK.len();
    let offset = usize::try_from(offset).unwrap_or(0).min(length - room);
    let mut builder = TextBuilder::new();
    if offset <= 4 {
        bytes.push(&mut builder, 0..room);
        builder.push_str(MARK);
        return builder.finish();
    }
    builder.push_str(MARK);
    if offset + room < length {
        // The rest is abbreviated in turn, without an offset; a width of 7 leaves room for one byte.
        bytes.push(&mut builder, offset..offset + room.saturating_sub(MARK.len()));
        builder.push_str(MARK);
    } else {
        bytes.push(&mut builder, length - room..length);
    }
    builder.finish()
}
