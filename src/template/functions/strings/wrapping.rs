//! `wrap` and `wrapWith`, as goutils counts: in bytes, words apart by single blanks.

use super::bytes::Bytes;
use crate::source::{Text, TextBuilder};
use crate::template::Value;
use crate::template::functions::{Outcome, arguments};

/// `wrap WIDTH TEXT`: longer words stand out.
pub(super) fn wrap(arguments: &[Value]) -> Outcome {
    let (width, text) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(Value::String(wrapped(text, width, &Text::new("\n"), false)))
}

/// `wrapWith WIDTH SEPARATOR TEXT`: longer words are cut. An empty separator is a line feed.
pub(super) fn wrap_with(arguments: &[Value]) -> Outcome {
    let (width, separator) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    let text = arguments::text(arguments, 2)?;
    let line_feed = Text::new("\n");
    Ok(Value::String(wrapped(text, width, if separator.is_empty() { &line_feed } else { separator }, true)))
}

fn wrapped(text: &Text, width: i64, separator: &Text, cut_words: bool) -> Text {
    let view = Bytes::of(text);
    let bytes = view.as_slice();
    let width = usize::try_from(width).unwrap_or(1).max(1);
    if bytes.len() <= width {
        return text.clone();
    }
    let mut builder = TextBuilder::new();
    let mut at = 0;
    while bytes.len() - at > width {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        let end = at + width;
        let blank = bytes[at..=end].iter().rposition(|byte| *byte == b' ').map(|blank| (at + blank, 1));
        let (stop, skip) = match blank {
            Some(blank) => blank,
            None if cut_words => (end, 0),
            None => match bytes[end..].iter().position(|byte| *byte == b' ') {
                Some(blank) => (end + blank, 1),
                None => break,
            },
        };
        view.push(&mut builder, at..stop);
        builder.push_text(separator);
        at = stop + skip;
    }
    view.push(&mut builder, at..bytes.len());
    builder.finish()
}
