//! `quote`, `squote` and `cat`. Nil arguments are left out.

use crate::source::{Text, TextBuilder};
use crate::template::Value;
use crate::template::functions::Outcome;
use crate::template::functions::convert::strval;
use crate::template::functions::format::{default_form, quote::push_quoted};

/// Each argument between double quotes, escaped as Go's `%q` does.
pub(super) fn quote(arguments: &[Value]) -> Outcome {
    Ok(Value::String(joined(arguments, |builder, value| push_quoted(builder, &strval(value), '"', false))))
}

/// Each argument between single quotes, as it is.
pub(super) fn squote(arguments: &[Value]) -> Outcome {
    Ok(Value::String(joined(arguments, |builder, value| {
        let text = default_form(value);
        if text.is_empty() {
            // The quotes stand for the empty text.
            return builder.push_computed("''", &text.origins());
        }
        builder.push('\'');
        builder.push_text(&text);
        builder.push('\'');
    })))
}

/// The arguments apart by blanks.
pub(super) fn cat(arguments: &[Value]) -> Outcome {
    Ok(Value::String(joined(arguments, |builder, value| builder.push_text(&default_form(value)))))
}

fn joined(arguments: &[Value], mut push: impl FnMut(&mut TextBuilder, &Value)) -> Text {
    let mut builder = TextBuilder::new();
    for (index, value) in arguments.iter().filter(|value| !matches!(value, Value::Nil)).enumerate() {
        if index > 0 {
            builder.push(' ');
        }
        push(&mut builder, value);
    }
    builder.finish()
}
