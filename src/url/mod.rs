//! Takes a URL apart as Go's `url.Parse` does, for templates and for schemas. Uses only `source`; what is wrong with a URL is told
//! in parts, for whoever prints it to quote.

mod escaping;

use escaping::unescape;
pub(crate) use escaping::{Part, escape};

/// What is wrong with a URL.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Go's sentence.
    Said(&'static str),
    /// Go's sentence around a text that it quotes.
    Quoting(&'static str, String, &'static str),
}

/// The parts of a URL, escapes resolved but in `opaque` and `query`.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) scheme: String,
    pub(crate) opaque: String,
    pub(crate) user: Option<User>,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) fragment: String,
}

/// A user's name, and a password where one is given.
#[derive(Debug)]
pub(crate) struct User {
    name: String,
    password: Option<String>,
}

impl User {
    /// `name:password`, escaped.
    pub(crate) fn encoded(&self) -> String {
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
/// What Go finds wrong, and the text that it says that of.
pub(crate) fn parse(text: &str) -> Result<Parsed, (&str, Problem)> {
    let (main, fragment) = text.split_once('#').unwrap_or((text, ""));
    let mut parsed = parse_main(main).map_err(|problem| (main, problem))?;
    parsed.fragment = unescape(fragment, Part::Fragment).map_err(|problem| (text, problem))?;
    Ok(parsed)
}

fn parse_main(text: &str) -> Result<Parsed, Problem> {
    let mut parsed = Parsed::default();
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(Problem::Said("net/url: invalid control character in URL"));
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
            return Err(Problem::Said("first path segment in URL cannot contain colon"));
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
fn scheme(text: &str) -> Result<(&str, &str), Problem> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err(Problem::Said("missing protocol scheme")),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn parse_authority(authority: &str) -> Result<(Option<User>, String), Problem> {
    let Some((userinfo, host)) = authority.rsplit_once('@') else { return Ok((None, parse_host(authority)?)) };
    let host = parse_host(host)?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !userinfo.bytes().all(valid) {
        return Err(Problem::Said("net/url: invalid userinfo"));
    }
    let part = |text: &str| unescape(text, Part::UserPassword);
    let user = match userinfo.split_once(':') {
        Some((name, password)) => User { name: part(name)?, password: Some(part(password)?) },
        None => User { name: part(userinfo)?, password: None },
    };
    Ok((Some(user), host))
}

fn parse_host(host: &str) -> Result<String, Problem> {
    let check_port = |port: &str| {
        let valid = port.is_empty()
            || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        if valid { Ok(()) } else { Err(Problem::Quoting("invalid port ", port.to_owned(), " after host")) }
    };
    if host.starts_with('[') {
        let end = host.rfind(']').ok_or(Problem::Said("missing ']' in host"))?;
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
