//! Durations as numbers and rounded, as Helm 4 added them: of a duration, of text (`1h30m`, `2.5`) or of a number of seconds.
//! Those of Helm 3 are in `duration`.

use super::duration;
use crate::template::Value;
use crate::template::functions::types::{origins, type_name};
use crate::template::functions::{Function, Outcome, Type, convert, format};
use crate::template::quote::quote;
use crate::template::value::IntKind;

/// The functions of this family. All but `mustToDuration` take what they cannot read for no time at all.
pub(in crate::template::functions) const FUNCTIONS: &[Function] = &[
    Function::new("mustToDuration", &[Type::Any], |given| Ok(of_nanoseconds(nanoseconds(&given[0])?, given))),
    Function::new("durationNanoseconds", &[Type::Any], |given| whole(given, 1)),
    Function::new("durationMicroseconds", &[Type::Any], |given| whole(given, 1000)),
    Function::new("durationMilliseconds", &[Type::Any], |given| whole(given, 1_000_000)),
    Function::new("durationSeconds", &[Type::Any], |given| measured(given, SECOND, 1.0)),
    Function::new("durationMinutes", &[Type::Any], |given| measured(given, 60 * SECOND, 1.0)),
    Function::new("durationHours", &[Type::Any], |given| measured(given, HOUR, 1.0)),
    Function::new("durationDays", &[Type::Any], |given| measured(given, HOUR, 24.0)),
    Function::new("durationWeeks", &[Type::Any], |given| measured(given, HOUR, 24.0 * 7.0)),
    Function::new("durationRoundTo", &[Type::Any, Type::Any], |given| to_multiple(given, round)),
    Function::new("durationTruncateTo", &[Type::Any, Type::Any], |given| to_multiple(given, truncate)),
];

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;

fn of_nanoseconds(nanoseconds: i64, given: &[Value]) -> Value {
    Value::Int(nanoseconds, IntKind::Duration, origins(given))
}

/// What a value lasts.
fn nanoseconds(value: &Value) -> Result<i64, String> {
    match value {
        Value::Int(nanoseconds, IntKind::Duration, _) => Ok(*nanoseconds),
        Value::Int(seconds, IntKind::Uint64, _) if *seconds < 0 => Err(overflow(seconds.cast_unsigned())),
        Value::Int(seconds, ..) => seconds.checked_mul(SECOND).ok_or_else(|| overflow(seconds)),
        Value::Float(seconds, _) => of_seconds(*seconds),
        Value::String(text) => {
            let trimmed = str::trim(text);
            if trimmed.is_empty() {
                return Err("empty duration".to_owned());
            }
            duration::parse(trimmed).or_else(|_| match convert::parse_float(trimmed) {
                Some(seconds) => of_seconds(seconds),
                None => Err(format!("could not parse duration {}", quote(text))),
            })
        }
        Value::Nil => Err("invalid duration".to_owned()),
        other => Err(format!("unsupported duration type {}", type_name(other))),
    }
}

fn overflow(seconds: impl std::fmt::Display) -> String {
    format!("duration seconds overflow: {seconds}")
}

fn of_seconds(seconds: f64) -> Result<i64, String> {
    const MOST: f64 = 9_223_372_036_854_775_807.0;
    let shown = |number: f64| format::print(&Value::Float(number, None));
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", shown(seconds)));
    }
    if seconds.abs() > MOST / 1e9 {
        return Err(overflow(shown(seconds)));
    }
    Ok(convert::truncated(seconds * 1e9))
}

/// Nanoseconds as a whole number of a small unit.
fn whole(given: &[Value], unit: i64) -> Outcome {
    Ok(convert::int64(nanoseconds(&given[0]).unwrap_or(0) / unit, given))
}

/// As a number of a large unit, and that divided. Go adds whole units and the rest.
#[expect(clippy::cast_precision_loss, reason = "Go rounds likewise")]
fn measured(given: &[Value], unit: i64, divisor: f64) -> Outcome {
    let nanoseconds = nanoseconds(&given[0]).unwrap_or(0);
    let units = (nanoseconds / unit) as f64 + (nanoseconds % unit) as f64 / unit as f64;
    Ok(convert::float64(units / divisor, given))
}

/// The first argument, made a multiple of the second one, when that can be read.
fn to_multiple(given: &[Value], change: fn(i64, i64) -> i64) -> Outcome {
    let changed = match (nanoseconds(&given[0]), nanoseconds(&given[1])) {
        (Ok(length), Ok(multiple)) if multiple > 0 => change(length, multiple),
        (length, _) => length.unwrap_or(0),
    };
    Ok(of_nanoseconds(changed, given))
}

/// To the nearest multiple, halves away from zero; what would not fit is the longest or shortest duration.
fn round(length: i64, multiple: i64) -> i64 {
    let rest = length % multiple;
    let down = length - rest;
    if rest.unsigned_abs() * 2 < multiple.unsigned_abs() {
        down
    } else {
        down.saturating_add(multiple * if length < 0 { -1 } else { 1 })
    }
}

fn truncate(length: i64, multiple: i64) -> i64 {
    length - length % multiple
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::functions::{Target, find};

    fn shown(name: &str, arguments: &[Value]) -> String {
        let Some(Target::Plain(function)) = find(name).map(|callee| callee.target) else { panic!("{name}") };
        (function.call)(arguments)
            .map_or_else(|failure| format!("error: {}", failure.message), |value| format::print(&value).to_string())
    }

    #[test]
    fn texts_numbers_and_durations_last() {
        let cases = [
            (Value::string("1h30m"), "1h30m0s"),
            (Value::string(" 2.5 "), "2.5s"),
            (Value::int(-90), "-1m30s"),
            (Value::Float(0.25, None), "250ms"),
            (Value::Int(5, IntKind::Duration, None), "5ns"),
            (Value::string(" "), "error: empty duration"),
            (Value::string("soon"), "error: could not parse duration \"soon\""),
            (Value::string("NaN"), "error: invalid duration seconds: NaN"),
            (Value::string("1e300"), "error: duration seconds overflow: 1e+300"),
            (Value::int(i64::MAX), "error: duration seconds overflow: 9223372036854775807"),
            (Value::Nil, "error: invalid duration"),
            (Value::Bool(true, None), "error: unsupported duration type bool"),
        ];
        for (value, expected) in cases {
            assert_eq!(shown("mustToDuration", std::slice::from_ref(&value)), expected, "{value:?}");
        }
    }

    #[test]
    fn durations_are_measured_in_every_unit() {
        let cases = [
            ("durationNanoseconds", "1.5ms", "1500000"),
            ("durationMicroseconds", "1.5ms", "1500"),
            ("durationMilliseconds", "1m", "60000"),
            ("durationSeconds", "1m30.25s", "90.25"),
            ("durationMinutes", "1h30s", "60.5"),
            ("durationHours", "90m", "1.5"),
            ("durationDays", "36h", "1.5"),
            ("durationWeeks", "84h", "0.5"),
            ("durationHours", "soon", "0"),
            ("durationMilliseconds", "soon", "0"),
        ];
        for (name, text, expected) in cases {
            assert_eq!(shown(name, &[Value::string(text)]), expected, "{name} {text}");
        }
    }

    #[test]
    fn durations_are_rounded_and_cut() {
        let of =
            |name: &str, length: &str, multiple: &str| shown(name, &[Value::string(length), Value::string(multiple)]);
        assert_eq!(of("durationRoundTo", "2h13m", "30m"), "2h0m0s");
        assert_eq!(of("durationRoundTo", "2h15m", "30m"), "2h30m0s");
        assert_eq!(of("durationRoundTo", "-2h15m", "30m"), "-2h30m0s");
        assert_eq!(of("durationTruncateTo", "2h29m", "30m"), "2h0m0s");
        assert_eq!(of("durationTruncateTo", "2h29m", "none"), "2h29m0s");
        assert_eq!(of("durationRoundTo", "none", "30m"), "0s");
        assert_eq!(of("durationRoundTo", "2562047h47m16s", "1500000h"), "2562047h47m16.854775807s");
    }
}
