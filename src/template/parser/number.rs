//! Numeric constants by Go's rules: one constant is an integer, an unsigned one and a float at once, as far as it fits.

use crate::template::ast::Number;
use crate::template::lexer::Kind;
use crate::template::quote::{quote, unquote_rune};

/// Reads a number or character constant.
///
/// # Errors
/// Go's message: the syntax is wrong, or the value fits no type.
pub(super) fn parse(text: &str, kind: Kind) -> Result<Number, String> {
    if kind == Kind::CharConstant {
        let rune = unquote_rune(text)?;
        // A character is also a float. Odd, but those are Go's rules; it fits exactly.
        let float = i32::try_from(rune).ok().map(f64::from);
        return Ok(Number { int: Some(rune), uint: u64::try_from(rune).ok(), float, ..Number::default() });
    }
    let is_imaginary = text.strip_suffix('i').is_some_and(|real| parse_float(real).is_some());
    if kind == Kind::Complex || is_imaginary {
        return Ok(Number { is_complex: true, ..Number::default() });
    }
    let mut number = Number { int: parse_int(text), uint: parse_uint(text), ..Number::default() };
    if number.int == Some(0) {
        // In case of -0.
        number.uint = Some(0);
    }
    if let Some(int) = number.int {
        number.float = Some(int_to_float(int));
    } else if let Some(uint) = number.uint {
        number.float = Some(uint_to_float(uint));
    } else if let Some(float) = parse_float(text) {
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        number.float = Some(float);
        number.int = float_to_int(float);
        number.uint = float_to_uint(float);
    } else {
        return Err(format!("illegal number syntax: {}", quote(text)));
    }
    let is_hexadecimal_integer = text.starts_with("0x") || text.starts_with("0X");
    let has_binary_exponent = text.contains(['p', 'P']);
    number.is_float_syntax =
        (!is_hexadecimal_integer || has_binary_exponent) && text.contains(['.', 'e', 'E', 'p', 'P']);
    Ok(number)
}

// Go converts the same way: to the nearest float.
#[allow(clippy::cast_precision_loss)]
fn int_to_float(value: i64) -> f64 {
    value as f64
}

#[allow(clippy::cast_precision_loss)]
fn uint_to_float(value: u64) -> f64 {
    value as f64
}

/// The integer that `value` is exactly, if it is one.
#[allow(clippy::cast_possible_truncation)]
fn float_to_int(value: f64) -> Option<i64> {
    let fits = value.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
    fits.then_some(value as i64)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn float_to_uint(value: f64) -> Option<u64> {
    let fits = value.fract() == 0.0 && (0.0..18_446_744_073_709_551_616.0).contains(&value);
    fits.then_some(value as u64)
}

/// `strconv.ParseInt` with base 0.
fn parse_int(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(magnitude) => 0i64.checked_sub_unsigned(parse_uint(magnitude)?),
        None => i64::try_from(parse_uint(text.strip_prefix('+').unwrap_or(text))?).ok(),
    }
}

/// `strconv.ParseUint` with base 0: prefixes `0x`, `0o`, `0b` and `0`, underscores between digits.
fn parse_uint(text: &str) -> Option<u64> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', b'o' | b'O', ..] => (&text[2..], 8),
        [b'0', b'b' | b'B', ..] => (&text[2..], 2),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    if digits.starts_with(['+', '-']) || !underscores_are_good(text) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), radix).ok()
}

/// Whether each underscore stands between digits, or a base prefix and a digit.
fn underscores_are_good(text: &str) -> bool {
    if !text.contains('_') {
        return true;
    }
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let has_prefix = matches!(text.as_bytes(), [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    let is_hexadecimal = has_prefix && matches!(text.as_bytes()[1], b'x' | b'X');
    let mut after_digit = has_prefix;
    let mut after_underscore = false;
    for byte in text.bytes().skip(if has_prefix { 2 } else { 0 }) {
        let is_digit = byte.is_ascii_digit() || (is_hexadecimal && byte.is_ascii_hexdigit());
        if (byte == b'_' && !after_digit) || (after_underscore && !is_digit) {
            return false;
        }
        after_underscore = byte == b'_';
        after_digit = is_digit;
    }
    !after_underscore
}

/// `strconv.ParseFloat`: decimal and hexadecimal, underscores between digits, no overflow.
fn parse_float(text: &str) -> Option<f64> {
    if !underscores_are_good(text) {
        return None;
    }
    let plain = text.replace('_', "");
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let value = match unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        Some(digits) => parse_hexadecimal_float(digits)?,
        // Rust would also read names such as `inf`.
        None if unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') => unsigned.parse().ok()?,
        None => return None,
    };
    value.is_finite().then_some(if plain.starts_with('-') { -value } else { value })
}

/// `1.8p4`: the mantissa in hexadecimal, the exponent of two in decimal and never left out.
fn parse_hexadecimal_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let mut exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    // Sixteen digits fill the mantissa of a float; longer ones are not worth the code.
    let value = u64::from_str_radix(&digits, 16).ok()?;
    exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?;
    Some(uint_to_float(value) * 2f64.powi(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_fit_every_type_that_can_hold_them() {
        type Case = (&'static str, Option<i64>, Option<u64>, Option<f64>);
        let cases: &[Case] = &[
            ("0", Some(0), Some(0), Some(0.0)),
            ("-0", Some(0), Some(0), Some(0.0)),
            ("73", Some(73), Some(73), Some(73.0)),
            ("7_3", Some(73), Some(73), Some(73.0)),
            ("0b10_010_01", Some(73), Some(73), Some(73.0)),
            ("0B10_010_01", Some(73), Some(73), Some(73.0)),
            ("073", Some(0o73), Some(0o73), Some(59.0)),
            ("0o73", Some(0o73), Some(0o73), Some(59.0)),
            ("0x73", Some(0x73), Some(0x73), Some(115.0)),
            ("0x7_3", Some(0x73), Some(0x73), Some(115.0)),
            ("-73", Some(-73), None, Some(-73.0)),
            ("+73", Some(73), None, Some(73.0)),
            ("100", Some(100), Some(100), Some(100.0)),
            ("1e1", Some(10), Some(10), Some(10.0)),
            ("1E1", Some(10), Some(10), Some(10.0)),
            ("-12.000", Some(-12), None, Some(-12.0)),
            ("-1.2", None, None, Some(-1.2)),
            ("1e19", None, Some(10_000_000_000_000_000_000), Some(1e19)),
            ("-1e19", None, None, Some(-1e19)),
            ("0x1p4", Some(16), Some(16), Some(16.0)),
            ("0x1.8p1", Some(3), Some(3), Some(3.0)),
            (".5", None, None, Some(0.5)),
            ("18446744073709551615", None, Some(u64::MAX), Some(18_446_744_073_709_551_615.0)),
            ("-9223372036854775808", Some(i64::MIN), None, Some(-9_223_372_036_854_775_808.0)),
        ];
        for (text, int, uint, float) in cases {
            let number = parse(text, Kind::Number).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((number.int, number.uint, number.float), (*int, *uint, *float), "{text}");
        }
    }

    #[test]
    fn syntax_decides_what_is_a_float() {
        let floats = ["1e3", "1.0", ".5", "0x1p4", "1E1"];
        assert!(floats.iter().all(|text| parse(text, Kind::Number).unwrap().is_float_syntax));
        let integers = ["1000", "0x1e3", "0b11", "017"];
        assert!(integers.iter().all(|text| !parse(text, Kind::Number).unwrap().is_float_syntax));
    }

    #[test]
    fn characters_are_numbers() {
        assert_eq!(parse("'a'", Kind::CharConstant).unwrap().int, Some(97));
        assert!(!parse("'.'", Kind::CharConstant).unwrap().is_float_syntax);
    }

    #[test]
    fn what_fits_no_type_is_refused() {
        assert_eq!(
            parse("99999999999999999999", Kind::Number).err().unwrap(),
            r#"integer overflow: "99999999999999999999""#
        );
        for text in ["08", "0xx", ".", "1__2", "1_", "_1", "0x0.2", "1e", "+-2", "1e400", "0x1p99999"] {
            assert!(parse(text, Kind::Number).is_err(), "{text}");
        }
    }
}
