//! HTTP addresses: just what repositories need of RFC 3986. A password in an address is kept apart and never printed.

use std::net::{IpAddr, Ipv6Addr};

use super::FetchError;
use super::credentials::Login;
use crate::store::{Parts, plain_address};

/// An `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether it is `https`.
    pub secure: bool,
    /// The host in lower case; an IPv6 address in brackets.
    pub host: String,
    port: Option<u16>,
    /// Begins with `/`.
    path: String,
    query: Option<String>,
    /// User and password that were written in it.
    pub login: Option<Login>,
}

impl Address {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// When it is none that can be fetched.
    pub fn parse(text: &str) -> Result<Self, FetchError> {
        let shown = plain_address(text);
        let Parts { scheme, login, place, tail } = Parts::of(text).ok_or_else(|| {
            FetchError::new(format!("`{shown}` is no address: it must begin with https://, http:// or oci://"))
        })?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            other => return Err(FetchError::new(format!("{shown}: nothing is known of `{other}` addresses"))),
        };
        let wrong = |what: &str| FetchError::new(format!("`{shown}` is no address: {what}"));
        let (host, port) = match place.rfind(':').filter(|colon| !place[*colon..].contains(']')) {
            Some(colon) => {
                let port = &place[colon + 1..];
                // The standard library reads `+80`, too.
                let number = port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()));
                let number = number.ok_or_else(|| wrong("its port is no number up to 65535"));
                (&place[..colon], if port.is_empty() { None } else { Some(number?) })
            }
            None => (place, None),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let is_host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.bytes().all(is_name),
        };
        if !is_host {
            return Err(wrong("it names no host"));
        }
        if !login.is_none_or(is_userinfo) {
            return Err(wrong(
                "what is no letter, digit or one of -._~!$&'()*+,;= is written as %40 in a user and a password",
            ));
        }
        let mut address = Self {
            secure,
            host: host.to_ascii_lowercase(),
            port,
            path: "/".to_owned(),
            query: None,
            login: login.map(Login::of_address),
        };
        address.set_tail(tail);
        Ok(address)
    }

    /// The address of a repository, as a person wrote it.
    ///
    /// # Errors
    /// As [`Address::parse`]; and when a part of a password may be taken for the host.
    pub fn of_repository(text: &str) -> Result<Self, FetchError> {
        let address = Self::parse(text)?;
        match Parts::of(text).filter(Parts::is_doubtful) {
            Some(_) => Err(doubtful(text)),
            None => Ok(address),
        }
    }

    fn set_tail(&mut self, tail: &str) {
        let tail = tail.split('#').next().unwrap_or_default();
        let (path, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(encoded(query))),
            None => (tail, None),
        };
        self.path = without_dots(&encoded(path));
        self.query = query;
    }

    /// The address that `reference` means on a page at this one.
    ///
    /// # Errors
    /// When it is none.
    pub fn join(&self, reference: &str) -> Result<Self, FetchError> {
        let scheme = reference.split_once(':').map_or("", |(scheme, _)| scheme);
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !scheme.is_empty() && scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && letters(scheme) {
            return Self::parse(reference);
        }
        if let Some(rest) = reference.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme()));
        }
        let mut joined = Self { query: None, ..self.clone() };
        if reference.starts_with('/') {
            joined.set_tail(reference);
        } else if reference.starts_with('?') {
            joined.set_tail(&format!("{}{reference}", self.path));
        } else {
            let folder = self.path.rfind('/').map_or("/", |slash| &self.path[..=slash]);
            joined.set_tail(&format!("{folder}{reference}"));
        }
        Ok(joined)
    }

    /// What `reference` in an index of the repository at this address means. Helm keeps the repository's query.
    ///
    /// # Errors
    /// When it is no address.
    pub fn in_repository(&self, reference: &str) -> Result<Self, FetchError> {
        let folder = Self { path: format!("{}/", self.path.trim_end_matches('/')), ..self.clone() };
        let joined = folder.join(reference)?;
        let relative = joined.origin() == self.origin() && !reference.contains("://");
        Ok(if relative { Self { query: self.query.clone(), ..joined } } else { joined })
    }

    /// The same with another path and query, which begin with `/`.
    #[must_use]
    pub fn at(&self, tail: &str) -> Self {
        let mut address = self.clone();
        address.set_tail(tail);
        address
    }

    /// The same without the user and password that were written in it.
    #[must_use]
    pub fn anonymous(self) -> Self {
        Self { login: None, ..self }
    }

    /// The same by `http`.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self { secure: false, ..self.clone() }
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// Scheme, host and port: who shares them shares credentials.
    #[must_use]
    pub fn origin(&self) -> (bool, &str, u16) {
        (self.secure, &self.host, self.port.unwrap_or(if self.secure { 443 } else { 80 }))
    }

    /// Host and port as they are written.
    #[must_use]
    pub fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
    }

    /// What a request is sent to: without user and password.
    #[must_use]
    pub fn target(&self) -> String {
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{self}{query}")
    }
}

impl std::fmt::Display for Address {
    /// Without user and password, and without the query, which may be as secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path)
    }
}

/// Why the host of the repository `text` is not asked.
pub(super) fn doubtful(text: &str) -> FetchError {
    FetchError::new(format!(
        "`{}` is no address: an `@` behind its host is written %40, and `/`, `?` and `#` in a password %2F, %3F and %23",
        plain_address(text)
    ))
}

/// Whether `text` may stand before the `@` of an address, as Go has it (net/url, `validUserinfo`).
fn is_userinfo(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    let is_code = |code: &str| code.len() >= 2 && code.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    text.bytes().all(plain) && text.split('%').skip(1).all(is_code)
}

/// `text` with what may not stand in an address percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// An absolute path without `.` and `..`.
fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let given: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    for (number, part) in given.iter().enumerate() {
        let last = number + 1 == given.len();
        match *part {
            "." | ".." => {
                if *part == ".." {
                    parts.pop();
                }
                if last {
                    parts.push("");
                }
            }
            other => parts.push(other),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn addresses_are_read_and_shown_without_secrets() {
        let found = address("HTTPS://me:p%40ss@Charts.Example:8443/a/../b c/?token=1#x");
        assert_eq!(found.target(), "https://charts.example:8443/b%20c/?token=1");
        assert_eq!(found.to_string(), "https://charts.example:8443/b%20c/");
        assert_eq!(found.login, Some(Login::new("me", "p@ss")));
        assert_eq!(address("http://[::1]:5000").target(), "http://[::1]:5000/");
        assert!(address("http://[::1]:5000").is_loopback() && address("http://127.0.0.2/").is_loopback());
        assert!(address("http://[::ffff:127.0.0.1]/").is_loopback());
        assert!(
            !address("http://127.0.0.1.example/").is_loopback() && !address("http://[::ffff:10.0.0.1]/").is_loopback()
        );
        for wrong in ["charts", "ftp://x/", "http://", "http://a:b/", "http://a:+80/", "http://a b/", "https://:1/"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }

    /// An address, and of Go's net/url (1.19) `Host`, user and password, and `RequestURI()`.
    type OfGo = (&'static str, Option<(&'static str, Option<(&'static str, &'static str)>, &'static str)>);

    const OF_GO: [OfGo; 32] = [
        ("https://me:p@ss/word@charts.example/x", Some(("ss", Some(("me", "p")), "/word@charts.example/x"))),
        ("https://me:p@ss@charts.example/x", Some(("charts.example", Some(("me", "p@ss")), "/x"))),
        ("https://me:p/w@charts.example/x", None),
        ("https://me:12/w@charts.example/x", Some(("me:12", None, "/w@charts.example/x"))),
        ("http://u:12/…@h", Some(("u:12", None, "/%E2%80%A6@h"))),
        ("https://me:p@12/word@charts.example/x", Some(("12", Some(("me", "p")), "/word@charts.example/x"))),
        ("https://me:p@h:12/word@charts.example/x", Some(("h:12", Some(("me", "p")), "/word@charts.example/x"))),
        ("https://me:p@h:x/word@charts.example/x", None),
        ("https://me:p?w@charts.example/x", None),
        ("https://me:12?w@charts.example/x", Some(("me:12", None, "/?w@charts.example/x"))),
        ("https://me:12#w@charts.example/x", Some(("me:12", None, "/"))),
        ("https://me/w@charts.example/x", Some(("me", None, "/w@charts.example/x"))),
        ("https://me:p%40ss%2Fword@charts.example/x", Some(("charts.example", Some(("me", "p@ss/word")), "/x"))),
        ("https://me:p%zz@charts.example/x", None),
        ("https://me:p%4@charts.example/x", None),
        ("https://me:p w@charts.example/x", None),
        ("https://me:pä@charts.example/x", None),
        ("https://me:p[w@charts.example/x", None),
        ("https://me:p\\w@charts.example/x", None),
        (
            "https://me:-._:~!$&'()*+,;=%25@charts.example/x",
            Some(("charts.example", Some(("me", "-._:~!$&'()*+,;=%")), "/x")),
        ),
        ("https://me:a:b@charts.example/x", Some(("charts.example", Some(("me", "a:b")), "/x"))),
        ("https://:p@charts.example/x", Some(("charts.example", Some(("", "p")), "/x"))),
        ("https://me@charts.example/x", Some(("charts.example", Some(("me", "")), "/x"))),
        ("https://@charts.example/x", Some(("charts.example", Some(("", "")), "/x"))),
        ("https://charts.example/x@y", Some(("charts.example", None, "/x@y"))),
        ("https://charts.example:443/x@y", Some(("charts.example:443", None, "/x@y"))),
        ("https://charts.example/x?y@z", Some(("charts.example", None, "/x?y@z"))),
        ("https://charts.example:/x", Some(("charts.example:", None, "/x"))),
        ("https://[::1]:80/x@y", Some(("[::1]:80", None, "/x@y"))),
        ("https://[::1/x", None),
        ("https://a b/x", None),
        ("https://a%20b/x", None),
    ];

    #[test]
    fn addresses_are_those_of_go() {
        for (written, expected) in OF_GO {
            let found = Address::parse(written).ok();
            let found = found.map(|found| {
                let login = found.login.as_ref().map(|login| (login.user.clone(), login.secret.clone()));
                (found.authority(), login, found.target().split_once(&found.authority()).unwrap().1.to_owned())
            });
            let expected = expected.map(|(host, login, tail)| {
                let login = login.map(|(user, secret)| (user.to_owned(), secret.to_owned()));
                (host.trim_end_matches(':').to_owned(), login, tail.to_owned())
            });
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn a_wrong_port_is_told_as_such() {
        let error = Address::of_repository("http://h:+80/a").unwrap_err();
        assert_eq!(error.message, "`http://h:+80/a` is no address: its port is no number up to 65535");
    }

    #[test]
    fn references_are_resolved() {
        let base = address("https://a.example/charts/stable");
        for (reference, whole) in [
            ("x.tgz", "https://a.example/charts/x.tgz"),
            ("../x.tgz", "https://a.example/x.tgz"),
            ("/x.tgz", "https://a.example/x.tgz"),
            ("//b.example/x", "https://b.example/x"),
            ("http://b.example/x", "http://b.example/x"),
            ("?a=1", "https://a.example/charts/stable?a=1"),
        ] {
            assert_eq!(base.join(reference).unwrap().target(), whole);
        }
        let base = address("https://a.example/charts/stable?key=1");
        for (reference, whole) in [
            ("x.tgz", "https://a.example/charts/stable/x.tgz?key=1"),
            ("charts/x+1.tgz", "https://a.example/charts/stable/charts/x+1.tgz?key=1"),
            ("https://a.example/x", "https://a.example/x"),
            ("https://b.example/x", "https://b.example/x"),
        ] {
            assert_eq!(base.in_repository(reference).unwrap().target(), whole);
        }
    }
}
