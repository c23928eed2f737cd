//! Percent escapes, by the part of a URL they stand in, as Go's `net/url` has them.

use std::borrow::Cow;
use std::fmt::Write;

use super::Problem;
use crate::source::{from_bytes, to_bytes};

/// Where in a URL a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Path,
    Host,
    /// The zone of an IPv6 address.
    Zone,
    UserPassword,
    Fragment,
}

fn must_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    match part {
        Part::Host | Part::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&byte),
        Part::Path => !b"$&+,/:;=@".contains(&byte),
        Part::UserPassword => !b"$&+,;=".contains(&byte),
        Part::Fragment => !b"$&+,/:;=?@!()*".contains(&byte),
    }
}

/// `text` with everything escaped that may not stand in `part`.
pub(crate) fn escape(text: &str, part: Part) -> Cow<'_, str> {
    let bytes = to_bytes(text);
    if !bytes.iter().any(|byte| must_escape(*byte, part)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(bytes.len() + 16);
    for byte in bytes.iter() {
        if must_escape(*byte, part) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        } else {
            escaped.push(char::from(*byte));
        }
    }
    Cow::Owned(escaped)
}

/// `text` with its escapes resolved.
///
/// # Errors
/// Go's message about a malformed escape, or one or a character that may not stand in `part`.
pub(crate) fn unescape(text: &str, part: Part) -> Result<String, Problem> {
    let bytes = to_bytes(text);
    let quoted = |before, bytes: &[u8], after| Err(Problem::Quoting(before, from_bytes(bytes).into_owned(), after));
    let in_host = matches!(part, Part::Host | Part::Zone);
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = &*bytes;
    while let [byte, after @ ..] = rest {
        if *byte != b'%' {
            if in_host && byte.is_ascii() && must_escape(*byte, part) {
                return quoted("invalid character ", &[*byte], " in host name");
            }
            plain.push(*byte);
            rest = after;
            continue;
        }
        let invalid = || quoted("invalid URL escape ", &rest[..rest.len().min(3)], "");
        let [high, low, after @ ..] = after else { return invalid() };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return invalid() };
        let value = high << 4 | low;
        let allowed = match part {
            // A host may escape what is not ASCII; `%25` starts a zone.
            Part::Host => !value.is_ascii() || value == b'%',
            Part::Zone => value == b'%' || value == b' ' || !must_escape(value, Part::Host),
            _ => true,
        };
        if !allowed {
            return invalid();
        }
        plain.push(value);
        rest = after;
    }
    Ok(from_bytes(&plain).into_owned())
}
