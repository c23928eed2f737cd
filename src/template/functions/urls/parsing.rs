//! Takes a URL apart as Go's `url.Parse` does, with its messages.

use super::escaping::{Part, escape, unescape};
use crate::template::quote::quote;

/// The parts of a URL, escapes resolved but in `opaque` and `query`.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) scheme: String,
    pub(super) opaque: String,
    pub(super) user: Option<User>,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) fragment: String,
}

/// A user's name, and a password where one is given.
#[derive(Debug)]
pub(super) struct User {
    name: String,
    password: Option<String>,
}

impl User {
    /// `name:password`, escaped.
    pub(super) fn encoded(&self) -> String {
        let mut encoded = escape(&self.name, Part::UserPassword).into_owned();
        if let Some(password) = &self.password {
            encoded.push(':');
            encoded.push_str(&escape(password, Part::UserPassword));
        }
        encoded
    }
}

/// The parts of `text`.
///
/// # Errors
/// Go's message, with the text that was read.
pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let (main, fragment) = text.split_once('#').unwrap_or((text, ""));
    let named = |text: &str, problem: String| format!("parse {}: {problem}", quote(text));
    let mut parsed = parse_main(main).map_err(|problem| named(main, problem))?;
    parsed.fragment = unescape(fragment, Part::Fragment).map_err(|problem| named(text, problem))?;
    Ok(parsed)
}

fn parse_main(text: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text == "*" {
        parsed.path = text.to_owned();
        return Ok(parsed);
    }
    let (scheme, rest) = scheme(text)?;
    parsed.scheme = scheme.to_lowercase();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    parsed.query = query.to_owned();
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            parsed.opaque = rest.to_owned();
            return Ok(parsed);
        }
        if rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let hierarchical = !scheme.is_empty() || !rest.starts_with("///");
    let path = match rest.strip_prefix("//").filter(|_| hierarchical) {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (parsed.user, parsed.host) = parse_authority(authority)?;
            path
        }
        None => rest,
    };
    parsed.path = unescape(path, Part::Path)?;
    Ok(parsed)
}

/// The scheme, without its colon, and what follows it.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn parse_authority(authority: &str) -> Result<(Option<User>, String), String> {
    let Some((userinfo, host)) = authority.rsplit_once('@') else { return Ok((None, parse_host(authority)?)) };
    let host = parse_host(host)?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !userinfo.bytes().all(valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let part = |text: &str| unescape(text, Part::UserPassword);
    let user = match userinfo.split_once(':') {
        Some((name, password)) => User { name: part(name)?, password: Some(part(password)?) },
        None => User { name: part(userinfo)?, password: None },
    };
    Ok((Some(user), host))
}

fn parse_host(host: &str) -> Result<String, String> {
    let check_port = |port: &str| {
        let valid = port.is_empty()
            || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        if valid { Ok(()) } else { Err(format!("invalid port {} after host", quote(port))) }
    };
    if host.starts_with('[') {
        let end = host.rfind(']').ok_or("missing ']' in host")?;
        check_port(&host[end + 1..])?;
        if let Some(zone) = host[..end].find("%25") {
            let parts = [(&host[..zone], Part::Host), (&host[zone..end], Part::Zone), (&host[end..], Part::Host)];
            return parts.into_iter().map(|(text, part)| unescape(text, part)).collect();
        }
    } else if let Some(colon) = host.rfind(':') {
        check_port(&host[colon..])?;
    }
    unescape(host, Part::Host)
}
