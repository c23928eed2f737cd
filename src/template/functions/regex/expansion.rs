//! The replacement of `regexReplaceAll`: `$1`, `$name`, `${name}`, `$$`.

use std::ops::Range;

use super::expression::Groups;
use crate::source::{Text, TextBuilder};
use crate::template::functions::strings::characters::{is_digit, is_letter};

/// A part of a replacement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// These bytes of the replacement.
    Literal(Range<usize>),
    /// The group of this number.
    Number(usize),
    /// The group whose name are these bytes of the replacement.
    Name(Range<usize>),
}

/// Takes a replacement apart. A `$` that starts no reference stands for itself.
pub(super) fn parse(replacement: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(dollar) = replacement[at..].find('$').map(|found| at + found) {
        if dollar > at {
            parts.push(Part::Literal(at..dollar));
        }
        let rest = &replacement[dollar + 1..];
        if rest.starts_with('$') {
            parts.push(Part::Literal(dollar..dollar + 1));
            at = dollar + 2;
        } else if let Some((name, length)) = reference(rest) {
            let place = dollar + 1 + name.start..dollar + 1 + name.end;
            parts.push(number(&rest[name]).map_or(Part::Name(place), Part::Number));
            at = dollar + 1 + length;
        } else {
            parts.push(Part::Literal(dollar..dollar + 1));
            at = dollar + 1;
        }
    }
    if at < replacement.len() {
        parts.push(Part::Literal(at..replacement.len()));
    }
    parts
}

/// The name at the start of what follows a `$`, and the length of the reference.
fn reference(rest: &str) -> Option<(Range<usize>, usize)> {
    let braces = usize::from(rest.starts_with('{'));
    let is_name = |character: char| character == '_' || is_letter(character) || is_digit(character);
    let length = rest[braces..].find(|character| !is_name(character)).unwrap_or(rest.len() - braces);
    let end = braces + length;
    let closed = braces == 0 || rest[end..].starts_with('}');
    (length > 0 && closed).then_some((braces..end, end + braces))
}

/// A decimal number without leading zeros and not beyond all bounds.
fn number(name: &str) -> Option<usize> {
    let decimal = name.bytes().all(|byte| byte.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
    name.parse().ok().filter(|_| decimal && name.len() <= 9)
}

/// Adds the replacement of one match: literals with the places of `replacement`, groups with those of `text`.
pub(super) fn push(builder: &mut TextBuilder, parts: &[Part], text: &Text, replacement: &Text, groups: &Groups<'_>) {
    for part in parts {
        let found = match part {
            Part::Literal(range) => {
                builder.push_slice(replacement, range.clone());
                continue;
            }
            Part::Number(number) => groups.group(*number),
            Part::Name(range) => groups.named(&replacement[range.clone()]),
        };
        if let Some(range) = found {
            builder.push_slice(text, range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_as_long_as_they_can_be() {
        assert_eq!(parse("a$1x"), [Part::Literal(0..1), Part::Name(2..4)]);
        assert_eq!(parse("${1}x"), [Part::Number(1), Part::Literal(4..5)]);
        assert_eq!(parse("$10$01"), [Part::Number(10), Part::Name(4..6)]);
        assert_eq!(parse("$$1"), [Part::Literal(0..1), Part::Literal(2..3)]);
        assert_eq!(parse("$"), [Part::Literal(0..1)]);
        assert_eq!(parse("${a"), [Part::Literal(0..1), Part::Literal(1..3)]);
    }
}
