//! Numbers of schemas: decimal fractions as they are written, and how Go's `big.Float` prints them.

/// `number` as Go prints a `big.Float` in a template: with an exponent from a million on.
pub(super) fn shown(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{number}"),
    }
}

/// Whether `number` is a whole number of times `step`, both taken as the decimal fractions that they are written as.
pub(super) fn is_multiple(number: f64, step: f64) -> bool {
    let (Some((value, value_exponent)), Some((unit, unit_exponent))) = (decimal(number), decimal(step)) else {
        return false;
    };
    if unit == 0 || value == 0 {
        return value == 0;
    }
    let shift = value_exponent.abs_diff(unit_exponent);
    if value_exponent >= unit_exponent {
        // Only the remainder counts, and it stays below 10^17.
        return (0..shift).fold(value % unit, |rest, _| rest * 10 % unit) == 0;
    }
    let scaled = 10_u128.checked_pow(shift).and_then(|power| unit.checked_mul(power));
    scaled.is_some_and(|unit| value % unit == 0)
}

/// The digits and the exponent of the shortest decimal fraction that means `number`, without its sign.
fn decimal(number: f64) -> Option<(u128, i32)> {
    let scientific = format!("{:e}", number.abs());
    let (digits, exponent) = scientific.split_once('e')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    Some((format!("{whole}{fraction}").parse().ok()?, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_go_prints_big_floats() {
        for (number, expected) in [
            (65535.0, "65535"),
            (999999.0, "999999"),
            (1e6, "1e+06"),
            (2147483647.0, "2.147483647e+09"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (123456.789, "123456.789"),
            (-5.5, "-5.5"),
            (0.0, "0"),
        ] {
            assert_eq!(shown(number), expected);
        }
    }

    #[test]
    fn multiples_are_those_of_decimal_fractions() {
        for (number, step) in [(0.3, 0.1), (9e300, 3e299), (6.0, 2.0), (0.0, 7.0), (1e22, 5.0), (-4.5, 1.5)] {
            assert!(is_multiple(number, step), "{number} {step}");
        }
        for (number, step) in [(0.35, 0.1), (3.0, 1e6), (1.0, 1e300), (5.0, 2.0)] {
            assert!(!is_multiple(number, step), "{number} {step}");
        }
    }
}
