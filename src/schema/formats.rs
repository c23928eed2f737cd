//! The formats that gojsonschema knows, as Go's parsers read them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::node::is_expression;

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
        "uri" | "iri" => has_scheme(text) && is_reference(text),
        "uri-reference" | "iri-reference" => is_reference(text),
        "uri-template" => is_reference(text) && has_whole_braces(text),
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

/// Whether nothing but a zone is left: `Z` or `+01:00`.
fn is_zone(text: &str) -> bool {
    let zone = |text: &str| {
        let rest = text.strip_prefix(['+', '-'])?;
        let (_, rest) = pair(rest, 25)?;
        let (_, rest) = pair(after(rest, ':')?, 60)?;
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

/// `mail.ParseAddress`: `local@domain`, or a name before it in angle brackets. Comments and groups are not read.
fn is_email(text: &str) -> bool {
    let text = text.trim();
    let address = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((_, address)) => address,
        None => text,
    };
    let is_atom = |text: &str| {
        !text.is_empty()
            && text.chars().all(|letter| {
                letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter) || !letter.is_ascii()
            })
            && !text.starts_with('.')
            && !text.ends_with('.')
            && !text.contains("..")
    };
    let is_quoted = |text: &str| text.len() > 2 && text.starts_with('"') && text.ends_with('"');
    let is_literal = |text: &str| text.starts_with('[') && text.ends_with(']');
    address
        .rsplit_once('@')
        .is_some_and(|(local, domain)| (is_atom(local) || is_quoted(local)) && (is_atom(domain) || is_literal(domain)))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// `url.Parse`, and no backslash.
fn is_reference(text: &str) -> bool {
    if text.contains('\\') || text.bytes().any(|byte| byte < b' ' || byte == 0x7f) || text.starts_with(':') {
        return false;
    }
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (path, _) = text.split_once('?').unwrap_or((text, ""));
    let rest = if has_scheme(path) {
        let behind = path.split_once(':').map_or("", |(_, rest)| rest);
        if !behind.starts_with('/') {
            // Opaque: nothing more is read.
            return has_whole_escapes(fragment);
        }
        behind
    } else if path.split('/').next().is_some_and(|first| first.contains(':')) {
        return false;
    } else {
        path
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(behind) => behind.split_at(behind.find('/').unwrap_or(behind.len())),
        None => ("", rest),
    };
    has_whole_escapes(path) && has_whole_escapes(fragment) && is_authority(authority)
}

fn is_authority(authority: &str) -> bool {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = match host.strip_prefix('[') {
        Some(literal) => match literal.split_once(']') {
            Some((_, port)) => port,
            None => return false,
        },
        None => &host[host.rfind(':').unwrap_or(host.len())..],
    };
    let is_port =
        port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    is_port && !host.contains([' ', '<', '>', '"', '^', '`', '{', '|', '}', '%'])
}

fn has_whole_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|behind| behind.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

/// Every opened brace of a template is closed again.
fn has_whole_braces(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.split('{').skip(1).all(|behind| behind.contains('}'))
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
