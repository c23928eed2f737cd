//! Sprig's string functions. Each keeps the origins of the letters that survive. Pure; `strval` and `%v` are the business
//! of Go's formatting, not of this module.

mod abbreviation;
mod bytes;
mod cases;
pub(super) mod characters;
mod cutting;
mod layout;
mod lists;
mod quoting;
mod words;
mod wrapping;

use super::Type::{Any, Int, String};
use super::{Function, Outcome, arguments};
use crate::template::Value;

/// The most bytes that a repetition may give; Go itself dies of less than it accepts.
const LONGEST: usize = 64 << 20;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |_| Ok(Value::string("Hello!"))),
    Function::new("upper", &[String], cases::upper),
    Function::new("lower", &[String], cases::lower),
    Function::new("title", &[String], cases::title),
    Function::new("untitle", &[String], cases::untitle),
    Function::new("swapcase", &[String], cases::swapcase),
    Function::new("trim", &[String], cutting::trim),
    Function::new("trimAll", &[String, String], cutting::trim_all),
    Function::new("trimall", &[String, String], cutting::trim_all),
    Function::new("trimSuffix", &[String, String], cutting::trim_suffix),
    Function::new("trimPrefix", &[String, String], cutting::trim_prefix),
    Function::new("trunc", &[Int, String], cutting::trunc),
    Function::new("substr", &[Int, Int, String], cutting::substr),
    Function::new("nospace", &[String], cutting::nospace),
    Function::new("abbrev", &[Int, String], abbreviation::abbrev),
    Function::new("abbrevboth", &[Int, Int, String], abbreviation::abbrevboth),
    Function::new("indent", &[Int, String], layout::indent),
    Function::new("nindent", &[Int, String], layout::nindent),
    Function::new("repeat", &[Int, String], layout::repeat),
    Function::new("replace", &[String, String, String], layout::replace),
    Function::new("wrap", &[Int, String], wrapping::wrap),
    Function::new("wrapWith", &[Int, String, String], wrapping::wrap_with),
    Function::new("initials", &[String], words::initials),
    Function::new("snakecase", &[String], words::snakecase),
    Function::new("kebabcase", &[String], words::kebabcase),
    Function::new("camelcase", &[String], words::camelcase),
    Function::new("shuffle", &[String], |arguments| Ok(Value::String(arguments::text(arguments, 0)?.clone()))),
    Function::new("plural", &[String, String, Int], plural),
    Function::new("contains", &[String, String], |arguments| test(arguments, |part, whole| whole.contains(part))),
    Function::new("hasPrefix", &[String, String], |arguments| test(arguments, |part, whole| whole.starts_with(part))),
    Function::new("hasSuffix", &[String, String], |arguments| test(arguments, |part, whole| whole.ends_with(part))),
    Function::variadic("quote", &[], Any, quoting::quote),
    Function::variadic("squote", &[], Any, quoting::squote),
    Function::variadic("cat", &[], Any, quoting::cat),
    Function::new("join", &[String, Any], lists::join),
    Function::new("split", &[String, String], lists::split),
    Function::new("splitn", &[String, Int, String], lists::splitn),
    Function::new("splitList", &[String, String], lists::split_list),
];

/// `plural ONE MANY COUNT`: the one or the other.
fn plural(arguments: &[Value]) -> Outcome {
    let one = arguments::int(arguments, 2)? == 1;
    Ok(Value::String(arguments::text(arguments, usize::from(!one))?.clone()))
}

/// A question about a part and a whole; the answer came from both.
fn test(arguments: &[Value], holds: fn(&str, &str) -> bool) -> Outcome {
    let (part, whole) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let origins = crate::source::Origin::union([part.origins(), whole.origins()].into_iter().flatten());
    Ok(Value::Bool(holds(part, whole), origins))
}

#[cfg(test)]
mod tests;
