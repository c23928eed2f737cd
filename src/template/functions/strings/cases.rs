//! Upper, lower, title: `strings.ToUpper`, `strings.ToLower`, `strings.Title` and what Sprig takes from goutils.

use super::characters::{is_digit, is_letter, is_lower, is_title, is_upper, map, to_lower, to_title, to_upper};
use crate::template::Value;
use crate::template::functions::{Outcome, arguments};

pub(super) fn upper(arguments: &[Value]) -> Outcome {
    Ok(Value::String(map(arguments::text(arguments, 0)?, to_upper)))
}

pub(super) fn lower(arguments: &[Value]) -> Outcome {
    Ok(Value::String(map(arguments::text(arguments, 0)?, to_lower)))
}

/// Each letter after a separator in its title form. Apostrophes and hyphens separate, underscores don't.
pub(super) fn title(arguments: &[Value]) -> Outcome {
    let mut previous = ' ';
    Ok(Value::String(map(arguments::text(arguments, 0)?, |character| {
        let starts = is_separator(std::mem::replace(&mut previous, character));
        if starts { to_title(character) } else { character }
    })))
}

fn is_separator(character: char) -> bool {
    if character.is_ascii() {
        return !(character.is_ascii_alphanumeric() || character == '_');
    }
    !is_letter(character) && !is_digit(character) && character.is_whitespace()
}

/// The first character of each word in lower case; blanks separate words.
pub(super) fn untitle(arguments: &[Value]) -> Outcome {
    let mut starts = true;
    Ok(Value::String(map(arguments::text(arguments, 0)?, |character| {
        if character.is_whitespace() {
            starts = true;
            return character;
        }
        if std::mem::take(&mut starts) { to_lower(character) } else { character }
    })))
}

/// Upper to lower and back; a lower letter at the start of a word gets its title form.
pub(super) fn swapcase(arguments: &[Value]) -> Outcome {
    let mut starts = true;
    Ok(Value::String(map(arguments::text(arguments, 0)?, |character| {
        if is_upper(character) || is_title(character) {
            starts = false;
            to_lower(character)
        } else if is_lower(character) {
            if std::mem::take(&mut starts) { to_title(character) } else { to_upper(character) }
        } else {
            starts = character.is_whitespace();
            character
        }
    })))
}
