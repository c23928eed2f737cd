//! The formats that gojsonschema knows, as Go's parsers read them.

mod email;

use std::net::{Ipv4Addr, Ipv6Addr};

use super::node::is_expression;
use crate::url::{Parsed, parse};
use email::is_email;

/// Whether `text` has the format; `None` for a format that is not known, which everything has.
pub(super) fn fits(format: &str, text: &str) -> Option<bool> {
    Some(match format {
        "date" => is_date(text),
        "time" => is_time(text),
        "date-time" => is_moment(text),
        "hostname" => is_hostname(text),
        "email" | "idn-email" => is_email(text),
        "ipv4" => text.contains('.') && is_address(text),
        "ipv6" => text.contains(':') && is_address(text),
        "uri" | "iri" => reference(text).is_some_and(|parsed| !parsed.scheme.is_empty()),
        "uri-reference" | "iri-reference" => reference(text).is_some(),
        "uri-template" => reference(text).is_some_and(|parsed| has_whole_braces(&parsed.path)),
        "uuid" => is_uuid(text),
        "regex" => text.is_empty() || is_expression(text),
        "json-pointer" => is_pointer(text),
        "relative-json-pointer" => is_relative_pointer(text),
        _ => return None,
    })
}

/// Two digits, below `end`.
fn pair(text: &str, end: u32) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let value = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?;
    (value < end).then_some((value, rest))
}

fn after(text: &str, separator: char) -> Option<&str> {
    text.strip_prefix(separator)
}

/// What stands behind a date.
fn date(text: &str) -> Option<&str> {
    let (year, rest) = text.split_at_checked(4)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: u32 = year.parse().ok()?;
    let (month, rest) = pair(after(rest, '-')?, 13)?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    let (day, rest) = pair(after(rest, '-')?, days + 1)?;
    (day > 0).then_some(rest)
}

/// What stands behind a time. The hour may have one digit, and seconds a fraction.
fn time(text: &str) -> Option<&str> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (hour, rest) = text.split_at_checked(digits)?;
    if hour.parse::<u32>().ok()? >= 24 {
        return None;
    }
    let (_, rest) = pair(after(rest, ':')?, 60)?;
    let (_, rest) = pair(after(rest, ':')?, 60)?;
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { Some(rest) } else { fraction.get(digits..) }
}

/// Whether nothing but a zone is left: `Z` or `+01:00`. Go 1.18 does not mind `+99:99`.
fn is_zone(text: &str) -> bool {
    let zone = |text: &str| {
        let rest = text.strip_prefix(['+', '-'])?;
        let (_, rest) = pair(rest, 100)?;
        let (_, rest) = pair(after(rest, ':')?, 100)?;
        rest.is_empty().then_some(())
    };
    text == "Z" || zone(text).is_some()
}

fn is_date(text: &str) -> bool {
    date(text) == Some("")
}

fn is_time(text: &str) -> bool {
    time(text).is_some_and(|rest| rest.is_empty() || is_zone(rest))
}

fn is_moment(text: &str) -> bool {
    let whole = || date(text)?.strip_prefix('T').and_then(time);
    is_time(text) || is_date(text) || whole().is_some_and(is_zone)
}

fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() < 256 && text.split('.').all(is_label)
}

fn is_address(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok() || text.parse::<Ipv6Addr>().is_ok()
}

/// `url.Parse`, and no backslash.
fn reference(text: &str) -> Option<Parsed> {
    parse(text).ok().filter(|_| !text.contains('\\'))
}

/// Every opened brace of a template is closed again.
fn has_whole_braces(path: &str) -> bool {
    let mut rest = path;
    while let Some((_, opened)) = rest.split_once('{') {
        let Some((_, closed)) = opened.split_once('}') else { return false };
        rest = closed;
    }
    true
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(|part| is_hex(part))
}

fn is_pointer(text: &str) -> bool {
    let is_escaped = |part: &str| part.split('~').skip(1).all(|behind| behind.starts_with(['0', '1']));
    text.is_empty() || (text.starts_with('/') && is_escaped(text))
}

fn is_relative_pointer(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let is_number = number == "0" || (digits > 0 && !number.starts_with('0'));
    is_number && (rest == "#" || is_pointer(rest))
}
