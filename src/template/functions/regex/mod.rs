//! Sprig's regular expressions: Go's syntax and its rules of matching, on the `regex` crate. What matches keeps its place.

mod expansion;
mod expression;

use std::rc::Rc;

use super::Type::{Int, String};
use super::format::quote::can_backquote;
use super::{Failure, Function, Outcome, arguments};
use crate::source::{Origin, Text, TextBuilder};
use crate::template::Value;
use crate::template::quote::quote;
use expression::Expression;

/// The functions of this family. Those called `must…` differ only in the words of their errors.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", &[String, String], |arguments| match compiled(arguments) {
        Ok(expression) => is_match(&expression, arguments),
        Err(_) => Ok(Value::bool(false)),
    }),
    Function::new("mustRegexMatch", &[String, String], |arguments| {
        let expression = compiled(arguments)?;
        is_match(&expression, arguments)
    }),
    Function::new("regexFind", &[String, String], |arguments| find(arguments, required)),
    Function::new("mustRegexFind", &[String, String], |arguments| find(arguments, compiled)),
    Function::new("regexFindAll", &[String, String, Int], |arguments| find_all(arguments, required)),
    Function::new("mustRegexFindAll", &[String, String, Int], |arguments| find_all(arguments, compiled)),
    Function::new("regexReplaceAll", &[String, String, String], |arguments| replace_all(arguments, required, true)),
    Function::new("mustRegexReplaceAll", &[String, String, String], |arguments| replace_all(arguments, compiled, true)),
    Function::new("regexReplaceAllLiteral", &[String, String, String], |arguments| {
        replace_all(arguments, required, false)
    }),
    Function::new("mustRegexReplaceAllLiteral", &[String, String, String], |arguments| {
        replace_all(arguments, compiled, false)
    }),
    Function::new("regexSplit", &[String, String, Int], |arguments| split(arguments, required)),
    Function::new("mustRegexSplit", &[String, String, Int], |arguments| split(arguments, compiled)),
    Function::new("regexQuoteMeta", &[String], quote_meta),
];

/// How a function reads its expression: the words of the errors differ.
type Compile = fn(&[Value]) -> Result<Rc<Expression>, Failure>;

/// The expression, or why it is none.
fn compiled(arguments: &[Value]) -> Result<Rc<Expression>, Failure> {
    Ok(expression::compile(arguments::text(arguments, 0)?)?)
}

/// Likewise, with the words of Go's `MustCompile`.
fn required(arguments: &[Value]) -> Result<Rc<Expression>, Failure> {
    let pattern = arguments::text(arguments, 0)?;
    let named = |problem| {
        let shown = if can_backquote(pattern) { format!("`{pattern}`") } else { quote(pattern) };
        Failure::from(format!("regexp: Compile({shown}): {problem}"))
    };
    expression::compile(pattern).map_err(named)
}

fn is_match(expression: &Expression, arguments: &[Value]) -> Outcome {
    let text = arguments::text(arguments, 1)?;
    let origins = [arguments::text(arguments, 0)?.origins(), text.origins()];
    Ok(Value::Bool(expression.is_match(text), Origin::union(origins.into_iter().flatten())))
}

/// `regexFind REGEX TEXT`: the first match, or nothing.
fn find(arguments: &[Value], compile: Compile) -> Outcome {
    let expression = compile(arguments)?;
    let text = arguments::text(arguments, 1)?;
    let found = expression.find(text).unwrap_or(0..0);
    Ok(Value::String(text.slice(found)))
}

/// `regexFindAll REGEX TEXT COUNT`: that many matches, all for a negative count.
fn find_all(arguments: &[Value], compile: Compile) -> Outcome {
    let expression = compile(arguments)?;
    let text = arguments::text(arguments, 1)?;
    let most = usize::try_from(arguments::int(arguments, 2)?).unwrap_or(usize::MAX);
    let found = expression.find_all(text, most).into_iter().map(|range| text.slice(range));
    Ok(Value::strings_or_nil(found.collect()))
}

/// `regexReplaceAll REGEX TEXT REPLACEMENT`; with `expand`, `$1` and `${name}` stand for groups.
fn replace_all(arguments: &[Value], compile: Compile, expand: bool) -> Outcome {
    let expression = compile(arguments)?;
    let (text, replacement) = (arguments::text(arguments, 1)?, arguments::text(arguments, 2)?);
    let parts =
        if expand { expansion::parse(replacement) } else { vec![expansion::Part::Literal(0..replacement.len())] };
    let mut builder = TextBuilder::new();
    let mut kept = 0;
    let any = expression.each_replaced(text, |groups, replaces| {
        builder.push_slice(text, kept..groups.start());
        if replaces {
            expansion::push(&mut builder, &parts, text, replacement, groups);
        }
        kept = groups.end();
    });
    if !any {
        return Ok(Value::String(text.clone()));
    }
    builder.push_slice(text, kept..text.len());
    // A text that was replaced as a whole by nothing keeps its place.
    Ok(Value::String(if builder.is_empty() { text.slice(0..0) } else { builder.finish() }))
}

/// `regexSplit REGEX TEXT COUNT`: at most that many parts, all for a negative count, none for 0.
fn split(arguments: &[Value], compile: Compile) -> Outcome {
    let expression = compile(arguments)?;
    let text = arguments::text(arguments, 1)?;
    let most = usize::try_from(arguments::int(arguments, 2)?).unwrap_or(usize::MAX);
    if most == 0 {
        return Ok(Value::strings_or_nil(Vec::new()));
    }
    if text.is_empty() && !arguments::text(arguments, 0)?.is_empty() {
        return Ok(Value::strings(vec![text.clone()]));
    }
    let mut parts: Vec<Text> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for found in expression.find_all(text, most) {
        if parts.len() + 1 >= most {
            break;
        }
        end = found.start;
        // An empty match at the very start splits nothing off.
        if found.end != 0 {
            parts.push(text.slice(start..end));
        }
        start = found.end;
    }
    if end != text.len() {
        parts.push(text.slice(start..text.len()));
    }
    Ok(Value::strings(parts))
}

/// A backslash before every character that means something.
fn quote_meta(arguments: &[Value]) -> Outcome {
    let text: &Text = arguments::text(arguments, 0)?;
    let mut builder = TextBuilder::new();
    let mut kept = 0;
    for (at, _) in text.match_indices(|character: char| r"\.+*?()|[]{}^$".contains(character)) {
        builder.push_slice(text, kept..at);
        builder.push('\\');
        kept = at;
    }
    if kept == 0 && builder.is_empty() {
        return Ok(Value::String(text.clone()));
    }
    builder.push_slice(text, kept..text.len());
    Ok(Value::String(builder.finish()))
}

#[cfg(test)]
mod tests;
