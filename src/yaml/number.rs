//! Numbers as Go's `strconv` reads and writes them. Plain strings and floats only; nothing of YAML's rules.

use std::fmt::Write as _;

/// The shortest decimal digits that read back as the number, and the exponent of the first: `1.25e3` is `("125", 3)`.
fn digits(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (mantissa.chars().filter(char::is_ascii_digit).collect(), exponent.parse().unwrap_or(0))
}

fn with_exponent(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs())
}

fn without_exponent(digits: &str, exponent: i32) -> String {
    let mut text = String::new();
    if exponent < 0 {
        text.push_str("0.");
        text.extend((exponent + 1..0).map(|_| '0'));
        text.push_str(digits);
        return text;
    }
    let whole = usize::try_from(exponent).unwrap_or(0) + 1;
    if digits.len() <= whole {
        text.push_str(digits);
        text.extend((digits.len()..whole).map(|_| '0'));
    } else {
        let _ = write!(text, "{}.{}", &digits[..whole], &digits[whole..]);
    }
    text
}

fn format_general(scientific: &str) -> String {
    let (digits, exponent) = digits(scientific);
    let sign = if scientific.starts_with('-') { "-" } else { "" };
    // For the shortest form Go switches to an exponent at six digits.
    let text = if (-4..6).contains(&exponent) {
        without_exponent(&digits, exponent)
    } else {
        with_exponent(&digits, exponent)
    };
    format!("{sign}{text}")
}

/// `strconv.FormatFloat(value, 'g', -1, 64)`, infinities and NaN as YAML has them.
pub(super) fn format_float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    format_general(&format!("{value:e}"))
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`: sigs.k8s.io/yaml writes numeric keys, and numbers where Go wants a string, in
/// single precision.
#[allow(clippy::cast_possible_truncation)] // Go's conversion loses the same digits.
pub(super) fn format_single(value: f64) -> String {
    let single = value as f32;
    if single.is_finite() { format_general(&format!("{single:e}")) } else { format_float(f64::from(single)) }
}

/// A float as `encoding/json` writes it. The number must be finite.
pub(super) fn format_json(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (digits, exponent) = digits(&scientific);
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let mut text = with_exponent(&digits, exponent);
        if let Some(cut) = text.find("e-0") {
            text.remove(cut + 2);
        }
        return format!("{sign}{text}");
    }
    format!("{sign}{}", without_exponent(&digits, exponent))
}

/// `strconv.ParseInt(text, 0, 64)`, underscores already taken out.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let size = i128::from(parse_uint(rest)?);
    i64::try_from(if negative { -size } else { size }).ok()
}

/// `strconv.ParseUint(text, 0, 64)`, underscores already taken out.
pub(super) fn parse_uint(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let (radix, digits) = match (bytes.first()?, bytes.get(1).map(u8::to_ascii_lowercase)) {
        (b'0', Some(b'x')) if bytes.len() > 2 => (16, &text[2..]),
        (b'0', Some(b'o')) if bytes.len() > 2 => (8, &text[2..]),
        (b'0', Some(b'b')) if bytes.len() > 2 => (2, &text[2..]),
        (b'0', None) => return Some(0),
        (b'0', _) => (8, &text[1..]),
        _ => (10, text),
    };
    parse_radix(digits, radix)
}

/// Digits of `radix` without a sign.
pub(super) fn parse_radix(digits: &str, radix: u32) -> Option<u64> {
    if digits.starts_with(['+', '-']) { None } else { u64::from_str_radix(digits, radix).ok() }
}

/// `strconv.ParseFloat` of plain decimals; `None` when the number is too large.
pub(super) fn parse_decimal(text: &str) -> Option<f64> {
    if !is_decimal(text) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Whether `text` is a decimal number with at most a sign, a point and an exponent.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    !(whole.is_empty() && fraction.is_empty()) && all_digits(whole) && all_digits(fraction) && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_go_prints_them() {
        for (value, general, json) in [
            (0.1, "0.1", "0.1"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "0.00001"),
            (0.000_000_12, "1.2e-07", "1.2e-7"),
            (123_456.5, "123456.5", "123456.5"),
            (1_234_567.5, "1.2345675e+06", "1234567.5"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (-1.5e-10, "-1.5e-10", "-1.5e-10"),
            (0.0, "0", "0"),
            (-0.0, "-0", "-0"),
            (f64::MAX, "1.7976931348623157e+308", "1.7976931348623157e+308"),
            (5e-324, "5e-324", "5e-324"),
        ] {
            assert_eq!(format_float(value), general);
            assert_eq!(format_json(value), json);
        }
        assert_eq!(format_single(1.1), "1.1");
        assert_eq!(format_single(1e39), ".inf");
    }

    #[test]
    fn integers_read_as_go_reads_them() {
        for (text, value) in [
            ("0", Some(0)),
            ("010", Some(8)),
            ("08", None),
            ("0x1F", Some(31)),
            ("0o17", Some(15)),
            ("0b101", Some(5)),
            ("-0b11", Some(-3)),
            ("+5", Some(5)),
            ("0x", None),
            ("--1", None),
            ("", None),
            ("-", None),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
        ] {
            assert_eq!(parse_int(text), value, "{text}");
        }
        assert_eq!(parse_uint("18446744073709551615"), Some(u64::MAX));
        assert_eq!(parse_decimal("1e400"), None);
        assert_eq!(parse_decimal("1e-400"), Some(0.0));
        assert_eq!(parse_decimal("."), None);
        assert_eq!(parse_decimal("1."), Some(1.0));
    }
}
