//! The pieces of an image reference, each checked by the grammar of distribution/reference (`regexp.go`) and, for digests,
//! go-digest (`algorithm.go`). A check names the first bytes that are wrong and says why; ranges are within the piece.

use std::ops::Range;

use super::character::name_of;
use super::reference::ReferenceError;

/// The most bytes a tag may have.
const TAG_LENGTH: usize = 128;

pub(super) type Check = Result<(), ReferenceError>;

pub(super) fn error(message: impl Into<String>, range: Range<usize>) -> ReferenceError {
    ReferenceError { message: message.into(), range }
}

/// `host[:port]`: a domain name, an IPv4 address or an IPv6 address in brackets.
pub(super) fn registry(text: &str) -> Check {
    let (host, port) = match text.strip_prefix('[') {
        Some(address) => {
            let Some(length) = address.find(']') else {
                return Err(error("the IPv6 address of the registry has no closing `]`", 0..text.len()));
            };
            ipv6(&address[..length])?;
            let after = length + 2;
            if !text[after..].is_empty() && !text[after..].starts_with(':') {
                return Err(error("only a port may follow the IPv6 address of the registry", after..text.len()));
            }
            (&text[..after], text[after..].strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    if !host.starts_with('[') {
        domain(host)?;
    }
    match port {
        Some(port) if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(error(format!("the registry's port `{port}` is no number"), host.len()..text.len()))
        }
        _ => Ok(()),
    }
}

fn ipv6(address: &str) -> Check {
    let bad = address.char_indices().find(|(_, c)| !(c.is_ascii_hexdigit() || *c == ':'));
    match bad {
        Some((at, c)) => Err(error(
            format!("{} is not allowed in the registry's IPv6 address", name_of(c)),
            at + 1..at + 1 + c.len_utf8(),
        )),
        None if address.is_empty() => Err(error("the registry's IPv6 address is empty", 0..2)),
        None => Ok(()),
    }
}

fn domain(host: &str) -> Check {
    let mut at = 0;
    for label in host.split('.') {
        let range = at..at + label.len();
        if label.is_empty() {
            return Err(error("the registry's host name has an empty part", 0..host.len().max(1)));
        }
        if let Some((offset, c)) = label.char_indices().find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '-')) {
            let start = at + offset;
            return Err(error(
                format!("{} is not allowed in the registry's host name", name_of(c)),
                start..start + c.len_utf8(),
            ));
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(error(format!("`{label}` in the registry's host name starts or ends with a hyphen"), range));
        }
        at += label.len() + 1;
    }
    Ok(())
}

/// The repository's path: components of `[a-z0-9]+` joined by `.`, `_`, `__` or hyphens, split by `/`.
pub(super) fn path(text: &str) -> Check {
    let mut at = 0;
    for component in text.split('/') {
        path_component(component, text).map_err(|wrong| {
            let range = wrong.range.start + at..wrong.range.end + at;
            error(wrong.message, range)
        })?;
        at += component.len() + 1;
    }
    Ok(())
}

fn path_component(component: &str, path: &str) -> Check {
    if component.is_empty() {
        let message = match path.ends_with('/') {
            true => "the repository ends with `/`: the image's name is missing",
            false => "the repository has an empty part between two slashes",
        };
        return Err(error(message, 0..1));
    }
    if let Some((at, c)) = component.char_indices().find(|(_, c)| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-'))
    {
        let message = match c {
            ':' => "a tag cannot contain `/`, and a repository cannot contain `:`".to_owned(),
            'A'..='Z' => format!("the repository must be lowercase, not `{c}`"),
            _ => format!("{} is not allowed in a repository", name_of(c)),
        };
        return Err(error(message, at..at + c.len_utf8()));
    }
    separators(component)
}

fn separators(component: &str) -> Check {
    let alphanumeric = |byte: &u8| byte.is_ascii_alphanumeric();
    let bytes = component.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|byte| !alphanumeric(byte)).map(|offset| at + offset) {
        let end = bytes[start..].iter().position(alphanumeric).map_or(bytes.len(), |offset| start + offset);
        let separator = &component[start..end];
        if start == 0 || end == bytes.len() {
            let side = if start == 0 { "starts" } else { "ends" };
            let message = format!("`{component}` in the repository {side} with `{separator}`");
            return Err(error(message, start..end));
        }
        if !matches!(separator, "." | "_" | "__") && separator.bytes().any(|byte| byte != b'-') {
            let message = format!("`{separator}` is not allowed in a repository: only `.`, `_`, `__` or hyphens");
            return Err(error(message, start..end));
        }
        at = end;
    }
    Ok(())
}

/// A tag: 1 to 128 letters, digits, `_`, `.` and `-`, not starting with `.` or `-`.
pub(super) fn tag(text: &str) -> Check {
    if text.is_empty() {
        return Err(error("the tag is empty", 0..0));
    }
    if let Some((at, c)) =
        text.char_indices().find(|(_, c)| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
    {
        return Err(error(format!("{} is not allowed in a tag", name_of(c)), at..at + c.len_utf8()));
    }
    if text.starts_with(['.', '-']) {
        return Err(error(format!("a tag cannot start with `{}`", &text[..1]), 0..1));
    }
    if text.len() > TAG_LENGTH {
        let message = format!("the tag has {} characters, {TAG_LENGTH} are allowed", text.len());
        return Err(error(message, 0..text.len()));
    }
    Ok(())
}

/// A digest: `sha256`, `sha384` or `sha512`, a colon and as many lowercase hexadecimal digits as the algorithm has.
pub(super) fn digest(text: &str) -> Check {
    let Some((algorithm, digits)) = text.split_once(':') else {
        return Err(error("a digest is written `sha256:` and 64 hexadecimal digits", 0..text.len()));
    };
    let length = match algorithm {
        "sha256" => Some(64),
        "sha384" => Some(96),
        "sha512" => Some(128),
        _ => None,
    };
    let Some(length) = length else {
        let message = match algorithm.is_empty() {
            true => "the digest's algorithm is missing".to_owned(),
            false => format!("the digest's algorithm `{algorithm}` is none of sha256, sha384 and sha512"),
        };
        return Err(error(message, 0..algorithm.len()));
    };
    let start = algorithm.len() + 1;
    if let Some((at, c)) = digits.char_indices().find(|(_, c)| !matches!(c, '0'..='9' | 'a'..='f')) {
        let message = match c {
            'A'..='F' => format!("a digest's hexadecimal digits are lowercase, not `{c}`"),
            _ => format!("{} is no hexadecimal digit", name_of(c)),
        };
        return Err(error(message, start + at..start + at + c.len_utf8()));
    }
    if digits.len() != length {
        let message = format!("a {algorithm} digest has {length} hexadecimal digits, this one has {}", digits.len());
        return Err(error(message, start..text.len()));
    }
    Ok(())
}
