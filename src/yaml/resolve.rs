//! What a scalar means: go-yaml v2's reading of YAML 1.1 (`resolve.go`). Decides for the reader what a plain scalar is and
//! for the writer what needs quotes. Strings in, no tree.

use super::number::{parse_decimal, parse_int, parse_radix, parse_uint};

/// The prefix of YAML's own tags.
const STANDARD: &str = "tag:yaml.org,2002:";

/// What a scalar resolved to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer past `i64`.
    Uint(u64),
    Float(f64),
    /// A time: stays a string in Helm, but is quoted on output.
    Timestamp,
    String,
    /// `!!binary`: base64 of the string.
    Binary,
}

impl Resolved {
    fn tag(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Uint(_) => "int",
            Self::Float(_) => "float",
            Self::Timestamp => "timestamp",
            Self::String => "str",
            Self::Binary => "binary",
        }
    }
}

/// Resolves an untagged plain scalar.
pub(super) fn resolve(text: &str) -> Resolved {
    resolve_hinted(text, true)
}

/// Resolves a scalar with a tag in full form.
///
/// # Errors
/// go-yaml's message when the scalar is not what the tag says.
pub(super) fn resolve_tagged(tag: &str, text: &str) -> Result<Resolved, String> {
    let wanted = match tag.strip_prefix(STANDARD) {
        Some("str") => return Ok(Resolved::String),
        Some("binary") => return Ok(Resolved::Binary),
        Some(name @ ("bool" | "int" | "float" | "null" | "timestamp")) => name,
        _ => return Ok(Resolved::String),
    };
    let found = resolve_hinted(text, wanted == "timestamp");
    match found {
        _ if found.tag() == wanted => Ok(found),
        #[allow(clippy::cast_precision_loss)] // Go converts the same way.
        Resolved::Int(value) if wanted == "float" => Ok(Resolved::Float(value as f64)),
        _ => Err(format!("cannot decode !!{} `{text}` as a !!{wanted}", found.tag())),
    }
}

fn resolve_hinted(text: &str, timestamps: bool) -> Resolved {
    match text.as_bytes().first() {
        None => Resolved::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => word(text),
        Some(b'.') => match text {
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Resolved::Float(f64::INFINITY),
            _ => parse_grouped(text).map_or(Resolved::String, Resolved::Float),
        },
        Some(b'+' | b'-' | b'0'..=b'9') => number(text, timestamps),
        Some(_) => Resolved::String,
    }
}

/// A number that starts with its point: here underscores stand between digits, as in Go.
fn parse_grouped(text: &str) -> Option<f64> {
    if !text.contains('_') {
        return parse_decimal(text);
    }
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let between = |at: usize| digit(at.checked_sub(1)) && digit(Some(at + 1));
    let grouped = bytes.iter().enumerate().all(|(at, byte)| *byte != b'_' || between(at));
    if grouped { parse_decimal(&text.replace('_', "")) } else { None }
}

fn word(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Resolved::Bool(false),
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        _ => Resolved::String,
    }
}

fn number(text: &str, timestamps: bool) -> Resolved {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ if timestamps && is_timestamp(text) => return Resolved::Timestamp,
        _ => {}
    }
    let owned;
    let plain = if text.contains('_') {
        owned = text.replace('_', "");
        owned.as_str()
    } else {
        text
    };
    if let Some(value) = parse_int(plain) {
        return Resolved::Int(value);
    }
    if let Some(value) = parse_uint(plain) {
        return Resolved::Uint(value);
    }
    if let Some(value) = parse_decimal(plain) {
        return Resolved::Float(value);
    }
    // `0b` with a sign behind it: go-yaml parses the rest by itself.
    let signed = plain.strip_prefix("0b").and_then(|digits| {
        let size = parse_radix(digits.strip_prefix(['+', '-'])?, 2)?;
        i64::try_from(if digits.starts_with('-') { -i128::from(size) } else { i128::from(size) }).ok()
    });
    signed.map_or(Resolved::String, Resolved::Int)
}

/// Whether go-yaml takes `text` for a time: a date, or a date and a time of day.
fn is_timestamp(text: &str) -> bool {
    fn digits(text: &str, most: usize) -> Option<(u32, &str)> {
        let len = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
        Some((text.get(..len)?.parse().ok()?, &text[len..]))
    }
    fn date(text: &str) -> Option<&str> {
        let (year, rest) = digits(text, 4)?;
        if text.len() - rest.len() != 4 {
            return None;
        }
        let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            _ => return None,
        };
        (1..=days).contains(&day).then_some(rest)
    }
    fn time(text: &str) -> Option<&str> {
        let (hour, rest) = digits(text, 2)?;
        let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
        let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
        let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        (after.len() < fraction.len()).then_some(after)
    }
    fn zone(text: &str) -> bool {
        match text.as_bytes() {
            b"Z" => true,
            [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()),
            _ => false,
        }
    }
    if text.as_bytes().get(4) != Some(&b'-') {
        return false;
    }
    let Some(rest) = date(text) else { return false };
    match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => time(&rest[1..]).is_some_and(zone),
        Some(b' ') => time(&rest[1..]).is_some_and(str::is_empty),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_yaml_1_1_as_go_yaml_reads_it() {
        use Resolved::{Bool, Float, Int, Null, String, Timestamp, Uint};
        for (text, meaning) in [
            ("", Null),
            ("~", Null),
            ("null", Null),
            ("nULL", String),
            ("y", Bool(true)),
            ("On", Bool(true)),
            ("NO", Bool(false)),
            ("yES", String),
            ("010", Int(8)),
            ("08", Float(8.0)),
            ("0o7", Int(7)),
            ("0b1", Int(1)),
            ("0b+1", Int(1)),
            ("-0b11", Int(-3)),
            ("1_000", Int(1000)),
            ("_1", String),
            ("0x1_F", Int(31)),
            ("190:20:30", String),
            ("18446744073709551615", Uint(u64::MAX)),
            ("123456789012345678901234567890", Float(1.234_567_890_123_456_8e29)),
            ("1e3", Float(1000.0)),
            ("1e400", String),
            (".5", Float(0.5)),
            ("+.5", Float(0.5)),
            (".", String),
            (".1_0", Float(0.1)),
            ("._1", String),
            (".1__0", String),
            ("-", String),
            (".inf", Float(f64::INFINITY)),
            ("-.INF", Float(f64::NEG_INFINITY)),
            ("1.2.3", String),
            ("<<", String),
            ("=", String),
            ("2001-01-01", Timestamp),
            ("2001-1-1", Timestamp),
            ("2001-02-30", String),
            ("2001-12-14t21:59:43.10-05:00", Timestamp),
            ("2001-12-14 21:59:43", Timestamp),
            ("2001-12-14 21:59:43 -5", String),
        ] {
            assert_eq!(resolve(text), meaning, "{text}");
        }
    }

    #[test]
    fn a_tag_must_fit_its_scalar() {
        let tag = |name: &str| format!("tag:yaml.org,2002:{name}");
        assert_eq!(resolve_tagged(&tag("str"), "12"), Ok(Resolved::String));
        assert_eq!(resolve_tagged(&tag("float"), "12"), Ok(Resolved::Float(12.0)));
        assert_eq!(resolve_tagged(&tag("int"), "12"), Ok(Resolved::Int(12)));
        assert_eq!(resolve_tagged("!local", "12"), Ok(Resolved::String));
        let error = resolve_tagged(&tag("int"), "x").unwrap_err();
        assert_eq!(error, "cannot decode !!str `x` as a !!int");
    }
}
