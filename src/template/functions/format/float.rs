//! Floating-point numbers as Go's `strconv.FormatFloat` writes them. Pure arithmetic on digits; no widths, no flags.

/// More digits than any `float64` has after its point (1074); whatever lies beyond is zeros.
const MOST_DIGITS: usize = 1100;

/// A decimal `0.DIGITS * 10^point`, without trailing zeros; no digits for zero.
struct Decimal {
    digits: String,
    point: i64,
}

impl Decimal {
    /// Reads Rust's `{:e}` form of a number that is not negative.
    fn read(scientific: &str) -> Self {
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
        let mut digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        digits.truncate(digits.trim_end_matches('0').len());
        if digits.is_empty() {
            return Self { digits, point: 0 };
        }
        Self { digits, point: exponent.parse::<i64>().unwrap_or(0) + 1 }
    }

    fn shortest(value: f64) -> Self {
        Self::read(&shortest(value))
    }

    /// Rounded to `count` significant digits, at least one.
    fn rounded(value: f64, count: usize) -> Self {
        Self::read(&format!("{value:.*e}", count.clamp(1, MOST_DIGITS) - 1))
    }

    fn len(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }

    /// `d.ddde±dd` with `precision` digits after the point.
    fn scientific(&self, precision: usize, letter: char) -> String {
        let mut out = String::with_capacity(precision + 8);
        let (first, rest) = self.digits.split_at(self.digits.len().min(1));
        out.push_str(if first.is_empty() { "0" } else { first });
        if precision > 0 {
            let kept = &rest[..rest.len().min(precision)];
            out.push('.');
            out.push_str(kept);
            out.extend(std::iter::repeat_n('0', precision - kept.len()));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        out.push(letter);
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&format!("{:02}", exponent.abs()));
        out
    }

    /// `ddd.ddd` with `precision` digits after the point.
    fn plain(&self, precision: usize) -> String {
        let mut out = String::new();
        let whole = usize::try_from(self.point).unwrap_or(0);
        if whole == 0 {
            out.push('0');
        } else {
            let kept = &self.digits[..self.digits.len().min(whole)];
            out.push_str(kept);
            out.extend(std::iter::repeat_n('0', whole - kept.len()));
        }
        if precision > 0 {
            out.push('.');
            let zeros = usize::try_from(-self.point).unwrap_or(0).min(precision);
            let rest = self.digits.get(whole..).unwrap_or_default();
            let kept = &rest[..rest.len().min(precision - zeros)];
            out.extend(std::iter::repeat_n('0', zeros));
            out.push_str(kept);
            out.extend(std::iter::repeat_n('0', precision - zeros - kept.len()));
        }
        out
    }
}

/// The fewest digits that read back as `value`, in the form `d.ddde7`. Halfway between two such decimals Go takes the even one,
/// Rust the larger one.
pub(crate) fn shortest(value: f64) -> String {
    /// A value that lies halfway has one digit more; with fewer digits than this it would itself be the shortest.
    const FEWEST: usize = 15;
    let text = format!("{value:e}");
    let count = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    if count < FEWEST {
        return text;
    }
    let even = format!("{value:.*e}", count - 1);
    if even.parse() == Ok(value) { even } else { text }
}

/// `value` in one of Go's forms: `b`, `e`, `E`, `f`, `g`, `G`, `x` or `X`. Without a precision: the fewest digits that read
/// back as the same number. A sign stands in front of negative numbers and of infinities only.
pub(crate) fn format(value: f64, verb: char, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let size = value.abs();
    let text = match verb {
        'b' => binary(size),
        'x' | 'X' => hexadecimal(size, verb, precision),
        'e' | 'E' => match precision {
            None => {
                let decimal = Decimal::shortest(size);
                decimal.scientific(decimal.digits.len().saturating_sub(1), verb)
            }
            Some(precision) => Decimal::rounded(size, precision + 1).scientific(precision, verb),
        },
        'g' | 'G' => general(size, if verb == 'g' { 'e' } else { 'E' }, precision),
        _ => fixed(size, precision),
    };
    if value.is_sign_negative() { format!("-{text}") } else { text }
}

fn fixed(size: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision else {
        let decimal = Decimal::shortest(size);
        return decimal.plain(usize::try_from(decimal.len() - decimal.point).unwrap_or(0));
    };
    let known = precision.min(MOST_DIGITS);
    let mut text = format!("{size:.known$}");
    text.extend(std::iter::repeat_n('0', precision - known));
    text
}

/// The exponent from which the shortest form is scientific: `123456`, but `1.234567e+06`.
const SHORTEST_LIMIT: usize = 6;

/// Scientific when the exponent is below -4 or at least the number of significant digits, plain otherwise.
fn general(size: f64, letter: char, precision: Option<usize>) -> String {
    let decimal = match precision {
        None => Decimal::shortest(size),
        Some(precision) => Decimal::rounded(size, precision),
    };
    let count = decimal.digits.len();
    let wanted = precision.map_or(count, |precision| precision.max(1));
    let limit = match precision {
        None => SHORTEST_LIMIT,
        Some(_) if wanted > count && decimal.len() >= decimal.point => count,
        Some(_) => wanted,
    };
    let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let exponent = decimal.point - 1;
    if exponent < -4 || exponent >= signed(limit) {
        return decimal.scientific(wanted.min(count).saturating_sub(1), letter);
    }
    let shown = if signed(wanted) > decimal.point { count } else { wanted };
    decimal.plain(usize::try_from(signed(shown) - decimal.point).unwrap_or(0))
}

/// The mantissa as an integer and the power of two that it is multiplied by.
fn parts(size: f64) -> (u64, i64) {
    let bits = size.to_bits();
    let exponent = i64::try_from(bits >> 52 & 0x7FF).unwrap_or(0);
    let mantissa = bits & ((1 << 52) - 1);
    if exponent == 0 { (mantissa, -1074) } else { (mantissa | 1 << 52, exponent - 1075) }
}

fn binary(size: f64) -> String {
    let (mantissa, exponent) = parts(size);
    format!("{mantissa}p{exponent:+}")
}

fn hexadecimal(size: f64, letter: char, precision: Option<usize>) -> String {
    const POINT: u32 = 60;
    let (mut mantissa, mut exponent) = parts(size);
    // The leading one goes to bit 60; sixty bits, fifteen digits, follow it.
    mantissa <<= 8;
    exponent = if mantissa == 0 { 0 } else { exponent + 52 };
    while mantissa != 0 && mantissa >> POINT == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(digits) = precision.and_then(|digits| u32::try_from(digits).ok()).filter(|digits| *digits < 15) {
        let cut = POINT - 4 * digits;
        let (kept, dropped) = (mantissa >> cut, mantissa & ((1 << cut) - 1));
        let half = 1 << (cut - 1);
        let up = dropped > half || (dropped == half && kept & 1 == 1);
        mantissa = (kept + u64::from(up)) << cut;
        if mantissa >> (POINT + 1) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut fraction = format!("{:015x}", mantissa & ((1 << POINT) - 1));
    match precision {
        None => fraction.truncate(fraction.trim_end_matches('0').len()),
        Some(digits) if digits <= fraction.len() => fraction.truncate(digits),
        Some(digits) => fraction.extend(std::iter::repeat_n('0', digits - fraction.len())),
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    let text = format!("0x{}{point}{fraction}p{sign}{:02}", mantissa >> POINT, exponent.abs());
    if letter == 'X' { text.to_ascii_uppercase() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, verb: char, precision: Option<usize>, expected: &str) {
        assert_eq!(format(value, verb, precision), expected, "{value:?} {verb} {precision:?}");
    }

    #[test]
    fn the_shortest_form_turns_scientific_at_a_million() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1e6, "1e+06"),
            (123_456.0, "123456"),
            (100_000.0, "100000"),
            (1_234_567.0, "1.234567e+06"),
            (20_240_101.0, "2.0240101e+07"),
            (905_418_368_575.0, "9.05418368575e+11"),
            (999_999.5, "999999.5"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.1, "0.1"),
            (5e-324, "5e-324"),
            (1_024_385_218_615_613.2, "1.0243852186156132e+15"),
            (1_024_385_218_615_613.8, "1.0243852186156138e+15"),
            (-14_826_469_134_077.812, "-1.4826469134077812e+13"),
            (9_007_199_254_740_992.0, "9.007199254740992e+15"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            check(value, 'g', None, expected);
        }
    }

    #[test]
    fn a_precision_rounds_half_to_even() {
        check(0.5, 'f', Some(0), "0");
        check(1.5, 'f', Some(0), "2");
        check(2.5, 'f', Some(0), "2");
        check(1.25, 'e', Some(1), "1.2e+00");
        check(1_234_567.0, 'g', Some(3), "1.23e+06");
        check(1_234_567.0, 'g', Some(10), "1234567");
        check(0.0, 'g', Some(3), "0");
        check(0.0, 'e', Some(2), "0.00e+00");
        check(100.0, 'g', Some(0), "1e+02");
        check(0.000_123, 'f', None, "0.000123");
        check(1e-7, 'G', None, "1E-07");
        check(1e22, 'f', Some(1), "10000000000000000000000.0");
    }

    #[test]
    fn huge_precisions_are_padded_with_zeros() {
        assert_eq!(format(1.5, 'f', Some(100_000)).len(), 100_002);
        assert_eq!(format(1.5, 'e', Some(100_000)).len(), 100_006);
        check(1.5, 'g', Some(100_000), "1.5");
        assert_eq!(format(5e-324, 'f', Some(1074)).trim_start_matches(['0', '.']).len(), 751);
    }

    #[test]
    fn powers_of_two_are_exact() {
        check(1.5, 'x', None, "0x1.8p+00");
        check(1.1, 'X', None, "0X1.199999999999AP+00");
        check(1.1, 'x', Some(3), "0x1.19ap+00");
        check(1.9, 'x', Some(0), "0x1p+01");
        check(0.0, 'x', None, "0x0p+00");
        check(5e-324, 'x', None, "0x1p-1074");
        check(1.5, 'b', None, "6755399441055744p-52");
    }
}
