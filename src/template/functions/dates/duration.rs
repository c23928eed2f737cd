//! Lengths of time in nanoseconds: Go's `ParseDuration` and what Sprig makes of them.

use super::parsing::quote;
use crate::source::to_bytes;
use crate::template::Value;
use crate::template::functions::format;
use crate::template::value::IntKind;

const SECOND: u64 = 1_000_000_000;
const HOUR: u64 = 3600 * SECOND;

/// `1h0m0s`
pub(super) fn show(nanoseconds: i64) -> String {
    format::print(&Value::Int(nanoseconds, IntKind::Duration, None)).to_string()
}

/// To the nearest second, halves away from zero; what would not fit stays the longest duration.
pub(super) fn round_to_seconds(nanoseconds: i64) -> i64 {
    let second = 1_000_000_000;
    let rest = nanoseconds % second;
    let down = nanoseconds - rest;
    if rest.abs() * 2 < second { down } else { down.saturating_add(second * rest.signum()) }
}

/// The whole number of the largest unit that it is longer than one of: years of 365 days, months of 30.
pub(super) fn coarse(nanoseconds: i64) -> String {
    let size = nanoseconds.unsigned_abs();
    let units = [
        (365 * 24 * HOUR, "y"),
        (30 * 24 * HOUR, "mo"),
        (24 * HOUR, "d"),
        (HOUR, "h"),
        (60 * SECOND, "m"),
        (SECOND, "s"),
    ];
    let unit = units.iter().find(|(length, _)| size > *length);
    unit.map_or_else(|| "0s".to_owned(), |(length, name)| format!("{}{name}", size / length))
}

/// Go's `ParseDuration`: a sign, then numbers with units: `-1.5h`, `2h45m`.
///
/// # Errors
/// Go's message.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let bytes = to_bytes(text);
    let invalid = || format!("time: invalid duration {}", quote(&bytes));
    let (negative, mut rest) = match &*bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    match rest {
        b"0" => return Ok(0),
        b"" => return Err(invalid()),
        _ => {}
    }
    let limit = 1_u64 << 63;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after {
            [b'.', after @ ..] => digits(after),
            after => (&[][..], after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let length = after.iter().take_while(|byte| **byte != b'.' && !byte.is_ascii_digit()).count();
        let (name, after) = after.split_at(length);
        if name.is_empty() {
            return Err(format!("time: missing unit in duration {}", quote(&bytes)));
        }
        let Some(unit) = unit(name) else {
            return Err(format!("time: unknown unit {} in duration {}", quote(name), quote(&bytes)));
        };
        let value = number(whole).and_then(|whole| whole.checked_mul(unit)).ok_or_else(invalid)?;
        let value = value.checked_add(part_of(fraction, unit)).ok_or_else(invalid)?;
        total = total.checked_add(value).filter(|total| *total <= limit).ok_or_else(invalid)?;
        rest = after;
    }
    if negative {
        return Ok(total.cast_signed().wrapping_neg());
    }
    i64::try_from(total).map_err(|_| invalid())
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
}

/// The digits behind the point, in nanoseconds. Go computes with a float, and with as many digits as fit into its integer.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Go rounds likewise"
)]
fn part_of(digits: &[u8], unit: u64) -> u64 {
    let kept = &digits[..digits.len().min(18)];
    let scale = (0..kept.len()).fold(1.0, |scale, _| scale * 10.0);
    number(kept).map_or(0, |fraction| (fraction as f64 * (unit as f64 / scale)) as u64)
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        // The micro sign and the Greek letter.
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1000,
        b"ms" => 1_000_000,
        b"s" => SECOND,
        b"m" => 60 * SECOND,
        b"h" => HOUR,
        _ => return None,
    })
}
