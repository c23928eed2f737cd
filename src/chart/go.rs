//! How Go prints the values that Helm's messages mention: `%q`, `%v`, `strconv.FormatFloat`. Pure; no other use.

use std::fmt::Write as _;

use crate::yaml::Value;

/// `text` as `%q` prints it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            other => push_escaped(&mut quoted, other),
        }
    }
    quoted.push('"');
    quoted
}

/// `text` as `%q` prints a `[]rune`: each character in single quotes.
pub(super) fn quote_runes(text: &str) -> String {
    let mut quoted = String::from("[");
    for (index, character) in text.chars().enumerate() {
        quoted.push_str(if index > 0 { " '" } else { "'" });
        match character {
            '\'' => quoted.push_str("\\'"),
            other => push_escaped(&mut quoted, other),
        }
        quoted.push('\'');
    }
    quoted.push(']');
    quoted
}

fn push_escaped(quoted: &mut String, character: char) {
    match character {
        '\\' => quoted.push_str("\\\\"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        '\u{7}' => quoted.push_str("\\a"),
        '\u{8}' => quoted.push_str("\\b"),
        '\u{b}' => quoted.push_str("\\v"),
        '\u{c}' => quoted.push_str("\\f"),
        other if !other.is_control() => quoted.push(other),
        // Writing to a string cannot fail.
        other if u32::from(other) < 0x80 => drop(write!(quoted, "\\x{:02x}", u32::from(other))),
        other => drop(write!(quoted, "\\u{:04x}", u32::from(other))),
    }
}

/// `number` as `strconv.FormatFloat(number, 'g', -1, 64)` writes it.
pub(super) fn float(number: f64) -> String {
    shortest(&format!("{number:e}"), number.is_nan(), number)
}

/// `number` as `strconv.FormatFloat(number, 'g', -1, 32)` writes it: rounded to `float32` first.
#[expect(clippy::cast_possible_truncation, reason = "sigs.k8s.io/yaml rounds to float32 in exactly this way")]
pub(super) fn float32(number: f64) -> String {
    let single = number as f32;
    shortest(&format!("{single:e}"), single.is_nan(), f64::from(single))
}

/// Turns Rust's shortest scientific form into Go's `%g`: an exponent below -4 or from 6 on is written with `e`.
fn shortest(scientific: &str, nan: bool, number: f64) -> String {
    if nan {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let point = exponent + 1;
    match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
        Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        _ => format!("{sign}0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0))),
    }
}

/// `value` as `%v` prints it.
pub(super) fn print(value: &Value) -> String {
    let mut text = String::new();
    push_value(&mut text, value, 0);
    text
}

fn push_value(text: &mut String, value: &Value, depth: usize) {
    /// Deeper values are cut: this is only ever part of a warning.
    const DEEPEST: usize = 64;
    match value {
        _ if depth > DEEPEST => text.push_str("..."),
        Value::Null(_) => text.push_str("<nil>"),
        Value::Bool(flag, _) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number, _) => text.push_str(&number.to_string()),
        Value::Float(number, _) => text.push_str(&float(*number)),
        Value::String(string) => text.push_str(string),
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(' ');
                }
                push_value(text, item, depth + 1);
            }
            text.push(']');
        }
        Value::Map(map) => {
            text.push_str("map[");
            for (index, (key, item)) in map.iter().enumerate() {
                if index > 0 {
                    text.push(' ');
                }
                text.push_str(key);
                text.push(':');
                push_value(text, item, depth + 1);
            }
            text.push(']');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_go_quotes_them() {
        assert_eq!(quote("a\"b\\\n\u{1}\u{e9}"), "\"a\\\"b\\\\\\n\\x01\u{e9}\"");
        assert_eq!(quote_runes("b'c"), "['b' '\\'' 'c']");
    }

    #[test]
    fn floats_print_as_shortest_g() {
        for (number, printed) in [
            (1.1, "1.1"),
            (0.0, "0"),
            (-2.5, "-2.5"),
            (1e6, "1e+06"),
            (123_456.0, "123456"),
            (1e20, "1e+20"),
            (1_234_567.0, "1.234567e+06"),
            (20_240_101.0, "2.0240101e+07"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
        ] {
            assert_eq!(float(number), printed);
        }
        assert_eq!(float32(1.123_456_789), "1.1234568");
    }
}
