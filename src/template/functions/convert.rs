//! Conversions between strings and numbers, as Sprig's `strval` and the cast package behind its arithmetic have them, and Go's
//! number syntax. What cannot be converted is zero, never an error.

use std::borrow::Cow;

use super::types::origins;
use super::{Failure, Function, Outcome, Type, format};
use crate::source::{Origins, Text, beyond};
use crate::template::Value;
use crate::template::value::{Element, IntKind};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("int", &[Type::Any], |arguments| {
        Ok(Value::Int(to_int64(&arguments[0]), IntKind::Int, origins(arguments)))
    }),
    Function::new("int64", &[Type::Any], |arguments| Ok(int64(to_int64(&arguments[0]), arguments))),
    Function::new("float64", &[Type::Any], |arguments| Ok(float64(to_float64(&arguments[0]), arguments))),
    Function::new("toString", &[Type::Any], |arguments| Ok(Value::String(strval(&arguments[0])))),
    Function::new("toStrings", &[Type::Any], |arguments| Ok(string_list(&arguments[0], strings(&arguments[0])))),
    Function::new("toDecimal", &[Type::Any], to_decimal),
    Function::new("atoi", &[Type::String], atoi),
    Function::new("until", &[Type::Int], until),
    Function::new("untilStep", &[Type::Int, Type::Int, Type::Int], until_step),
    Function::variadic("seq", &[], Type::Int, seq),
];

/// More numbers than any chart counts through; Go would build the list, until memory ends.
const MOST_NUMBERS: usize = 1 << 20;

/// An `int64` computed from `arguments`.
pub(super) fn int64(value: i64, arguments: &[Value]) -> Value {
    Value::Int(value, IntKind::Int64, origins(arguments))
}

/// A `float64` computed from `arguments`.
pub(super) fn float64(value: f64, arguments: &[Value]) -> Value {
    Value::Float(value, origins(arguments))
}

/// Sprig's `strval`: strings and bytes as they are, everything else in Go's default form.
#[must_use]
pub(crate) fn strval(value: &Value) -> Text {
    match value {
        Value::String(text) | Value::Bytes(text) => text.clone(),
        _ => format::default_form(value),
    }
}

/// Sprig's `strslice`: each element's [`strval`] without the nil ones; a scalar is a list of one, nil of none.
#[must_use]
pub(crate) fn strings(value: &Value) -> Vec<Text> {
    match items(value) {
        Some(items) => items.iter().filter(|item| !matches!(item, Value::Nil)).map(strval).collect(),
        None if matches!(value, Value::Nil) => Vec::new(),
        None => vec![strval(value)],
    }
}

/// `texts`, made of `value`, as a `[]string`: nil if that is a nil one.
pub(super) fn string_list(value: &Value, texts: Vec<Text>) -> Value {
    match value {
        Value::List(list) if list.is_nil && list.element == Element::String => value.clone(),
        _ => Value::strings(texts),
    }
}

/// The elements of anything that is a slice for Go: lists, bytes, objects of that kind.
pub(crate) fn items(value: &Value) -> Option<Cow<'_, [Value]>> {
    match value {
        Value::List(list) => Some(list.items.as_slice().into()),
        Value::Bytes(text) => {
            let origins = text.origins();
            let byte = |byte: &u8| Value::Int(i64::from(*byte), IntKind::Uint8, origins.clone());
            Some(crate::source::to_bytes(text).iter().map(byte).collect())
        }
        Value::Object(object) if object.kind() == "slice" => match object.data() {
            Value::List(list) => Some(list.items.clone().into()),
            _ => Some(Vec::new().into()),
        },
        _ => None,
    }
}

/// The cast package's `ToInt64`: truncates numbers, reads strings as Go integer literals (`0x1F`, `010`, `1_000`). `3.0` is none
/// in version 1.4 of Helm 3.10; from version 1.5, Helm 3.12, it is 3.
#[must_use]
pub(crate) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Bool(value, _) => i64::from(*value),
        // Named integer types match no case of the package's type switch.
        Value::Int(_, IntKind::Duration | IntKind::Month | IntKind::Weekday, _) => 0,
        Value::Int(value, ..) => *value,
        Value::Float(value, _) => truncated(*value),
        Value::String(text) => parse_int(text, 0).unwrap_or(0),
        _ => 0,
    }
}

/// The cast package's `ToFloat64`.
#[must_use]
pub(crate) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Bool(value, _) => f64::from(*value),
        Value::Int(_, IntKind::Duration | IntKind::Month | IntKind::Weekday, _) => 0.0,
        #[expect(clippy::cast_precision_loss, reason = "Go rounds likewise")]
        Value::Int(value, IntKind::Uint64, _) => value.cast_unsigned() as f64,
        #[expect(clippy::cast_precision_loss, reason = "Go rounds likewise")]
        Value::Int(value, ..) => *value as f64,
        Value::Float(value, _) => *value,
        Value::String(text) => parse_float(text).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// Go's conversion on amd64: what does not fit is the smallest integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn truncated(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

/// Why `strconv` refuses a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// It is none.
    Syntax,
    /// It does not fit; this is the nearest that does.
    Range(i64),
}

impl NumberError {
    fn nearest(self) -> i64 {
        match self {
            Self::Syntax => 0,
            Self::Range(nearest) => nearest,
        }
    }
}

/// `strconv.ParseInt(text, base, 64)`; base 0 reads prefixes (`0x`, `0o`, `0b`, `0`) and underscores between digits.
///
/// # Errors
/// Text that is no integer of the base, or one beyond 64 bits.
pub(crate) fn parse_int(text: &str, base: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = if base == 0 { prefixed(digits)? } else { (base, Cow::Borrowed(digits)) };
    let range = NumberError::Range(if negative { i64::MIN } else { i64::MAX });
    // Digits are read in order: one too many is found before a later one that is none.
    let mut size = None;
    for character in digits.chars() {
        let digit = character.to_digit(base).ok_or(NumberError::Syntax)?;
        let next =
            size.unwrap_or(0u64).checked_mul(u64::from(base)).and_then(|size| size.checked_add(u64::from(digit)));
        size = Some(next.ok_or(range)?);
    }
    let size = size.ok_or(NumberError::Syntax)?;
    let value = if negative { 0i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() };
    value.ok_or(range)
}

/// The base that a Go integer literal names, and its digits without underscores.
fn prefixed(literal: &str) -> Result<(u32, Cow<'_, str>), NumberError> {
    let prefix = literal.as_bytes().get(..2).map(<[u8]>::to_ascii_lowercase);
    let (base, digits) = match prefix.as_deref() {
        Some(b"0x") => (16, &literal[2..]),
        Some(b"0o") => (8, &literal[2..]),
        Some(b"0b") => (2, &literal[2..]),
        Some([b'0', _]) => (8, &literal[1..]),
        _ => (10, literal),
    };
    if !literal.contains('_') {
        return Ok((base, Cow::Borrowed(digits)));
    }
    if underscores_separate_digits(literal) {
        Ok((base, digits.replace('_', "").into()))
    } else {
        Err(NumberError::Syntax)
    }
}

/// Go's rule: an underscore stands between digits, or between a base prefix and a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text).to_ascii_lowercase();
    let hexadecimal = text.starts_with("0x");
    let prefixed = hexadecimal || text.starts_with("0o") || text.starts_with("0b");
    let mut digit_before = prefixed;
    let mut last = '0';
    for character in text.chars().skip(if prefixed { 2 } else { 0 }) {
        let digit = character.is_ascii_digit() || hexadecimal && character.is_ascii_hexdigit();
        if character == '_' && !digit_before || last == '_' && !digit {
            return false;
        }
        digit_before = digit;
        last = character;
    }
    last != '_'
}

/// `strconv.ParseFloat(text, 64)`: decimal or hexadecimal (`0x1p-2`), `inf`, `infinity` and `nan` in any case, underscores.
/// `None` for anything else, and for numbers that are too large.
#[must_use]
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let word = unsigned.to_ascii_lowercase();
    match word.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" => return (unsigned.len() == text.len()).then_some(f64::NAN),
        _ => {}
    }
    if word.contains('_') && !underscores_separate_digits(&word) {
        return None;
    }
    let plain = word.replace('_', "");
    let size = match plain.strip_prefix("0x") {
        Some(digits) => parse_hexadecimal_float(digits)?,
        None if plain.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'+' | b'-')) => {
            plain.starts_with(|first: char| first.is_ascii_digit() || first == '.').then(|| plain.parse().ok())??
        }
        None => return None,
    };
    size.is_finite().then_some(sign * size)
}

/// `1.8p3`: hexadecimal digits with an optional point, and a binary exponent that must be there.
fn parse_hexadecimal_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let exponent_digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if exponent_digits.is_empty() || !exponent_digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent =
        exponent.parse::<i64>().map_or(if exponent.starts_with('-') { -100_000 } else { 100_000 }, |exponent| {
            exponent.clamp(-100_000, 100_000)
        });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    let (mut size, mut shift, mut sticky) = (0u64, exponent, false);
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = digit.to_digit(16)?;
        let after_point = index >= whole.len();
        if size >> 60 == 0 {
            size = size << 4 | u64::from(digit);
            shift -= if after_point { 4 } else { 0 };
        } else {
            sticky |= digit != 0;
            shift += if after_point { 0 } else { 4 };
        }
    }
    Some(scaled(size, sticky, shift))
}

/// `size * 2^shift`, rounded half to even; `sticky` says that something smaller was cut off.
fn scaled(size: u64, sticky: bool, shift: i64) -> f64 {
    if size == 0 {
        return 0.0;
    }
    let bits = 64 - i64::from(size.leading_zeros());
    // The lowest bit that a float64 of this size can have.
    let lowest = (bits + shift - 53).max(-1074);
    let cut = lowest - shift;
    let rounded = if cut <= 0 {
        size
    } else if cut > 64 {
        0
    } else {
        let wide = u128::from(size);
        let (kept, dropped, half) = (wide >> cut, wide & ((1 << cut) - 1), 1u128 << (cut - 1));
        let up = dropped > half || dropped == half && (sticky || kept & 1 == 1);
        u64::try_from(kept).unwrap_or(u64::MAX) + u64::from(up)
    };
    let power = if cut <= 0 { shift } else { lowest };
    #[expect(clippy::cast_precision_loss, reason = "at most 53 bits are left")]
    let mut value = rounded as f64;
    let mut left = power;
    while left != 0 && value != 0.0 && value.is_finite() {
        let step = left.clamp(-1000, 1000);
        value *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        left -= step;
    }
    value
}

fn to_decimal(arguments: &[Value]) -> Outcome {
    let text = format::sprint(arguments)?;
    Ok(int64(parse_int(&text, 8).unwrap_or(0), arguments))
}

fn atoi(arguments: &[Value]) -> Outcome {
    let Value::String(text) = &arguments[0] else { return Ok(Value::int(0)) };
    // Go's `Atoi` clamps what is out of range, and Sprig drops the error.
    let value = parse_int(text, 10).unwrap_or_else(NumberError::nearest);
    Ok(Value::Int(value, IntKind::Int, origins(arguments)))
}

fn until(arguments: &[Value]) -> Outcome {
    let count = to_int64(&arguments[0]);
    numbers(0, count, if count < 0 { -1 } else { 1 }, &origins(arguments))
}

fn until_step(arguments: &[Value]) -> Outcome {
    let [start, stop, step] = [0, 1, 2].map(|index| to_int64(&arguments[index]));
    numbers(start, stop, step, &origins(arguments))
}

/// A `[]int` from `start` to before `stop`.
fn numbers(start: i64, stop: i64, step: i64, origins: &Origins) -> Outcome {
    let items = counted(start, stop, step)?;
    let items = items.into_iter().map(|number| Value::Int(number, IntKind::Int, origins.clone())).collect();
    Ok(Value::list_of(Element::Int, items))
}

/// The numbers from `start` to before `stop`; none when `step` leads away from it.
fn counted(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Failure> {
    let mut found = Vec::new();
    let mut number = start;
    while if stop < start { step < 0 && number > stop } else { step > 0 && number < stop } {
        if found.len() == MOST_NUMBERS {
            return Err(beyond(format_args!("more than {MOST_NUMBERS} numbers")).into());
        }
        found.push(number);
        let Some(next) = number.checked_add(step) else { break };
        number = next;
    }
    Ok(found)
}

/// Counts up or down, ends included, as the Unix command does: `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`.
fn seq(arguments: &[Value]) -> Outcome {
    let numbers: Vec<i64> = arguments.iter().map(to_int64).collect();
    let (first, step, last) = match numbers[..] {
        [last] => (1, None, last),
        [first, last] => (first, None, last),
        [first, step, last] => (first, Some(step), last),
        _ => return Ok(Value::string("")),
    };
    let direction = if last < first { -1 } else { 1 };
    if last < first && step.is_some_and(|step| step > 0) {
        return Ok(Value::string(""));
    }
    let found = counted(first, last.saturating_add(direction), step.unwrap_or(direction))?;
    let text: Vec<String> = found.iter().map(i64::to_string).collect();
    Ok(Value::String(Text::computed(text.join(" "), origins(arguments))))
}
