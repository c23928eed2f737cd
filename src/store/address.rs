//! How an address is taken apart: in one way for who connects to it, who compares it and who shows it. Otherwise a chart could be
//! kept under the name of a host that never gave it.

use super::repositories::name_of;

/// The parts of an absolute address (RFC 3986).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// What stands before `://`.
    pub scheme: &'a str,
    /// User and password.
    pub login: Option<&'a str>,
    /// Host and port.
    pub place: &'a str,
    /// Path, query and fragment, with what begins each.
    pub tail: &'a str,
}

impl<'a> Parts<'a> {
    /// The parts of `address`, if it is absolute.
    #[must_use]
    pub fn of(address: &'a str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, authority),
        };
        Some(Self { scheme, login, place, tail })
    }

    /// The path, which is empty or begins with `/`.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.tail.split(['?', '#']).next().unwrap_or_default()
    }

    /// Whether it may be another address to who wrote it: one with a password that holds `/`, `?` or `#`, which end the host.
    /// `https://host/path@1.0` is none of those.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        let path = self.path();
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        let port = self.place.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
        let has_at = self.tail.contains('@') && self.login.is_none();
        self.tail[path.len()..].contains('@') || (has_at && port.is_some()) || port.is_some_and(|port| !is_port(port))
    }
}

/// What tells a repository from others: its address without user, password, query and closing slashes; a name as it is.
#[must_use]
pub fn identity(written: &str) -> String {
    let written = written.trim_end_matches('/');
    match Parts::of(written).filter(|_| name_of(written).is_none()) {
        Some(parts) => format!("{}://{}{}", parts.scheme, parts.place, parts.path().trim_end_matches('/')),
        None => written.to_owned(),
    }
}

/// An address as it may be shown: without what may be secret. Where that cannot be told apart, all before the last `@` is left
/// out.
#[must_use]
pub fn plain_address(written: &str) -> String {
    if name_of(written).is_some() || Parts::of(written).is_some_and(|parts| !parts.is_doubtful()) {
        return identity(written);
    }
    let (scheme, rest) = match written.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), written),
    };
    let rest = rest.rsplit('@').next().unwrap_or_default();
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    format!("{scheme}{}", rest.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_its_password() {
        assert_eq!(plain_address("https://me:secret@a.example/x@y/"), "https://a.example/x@y");
        assert_eq!(plain_address("https://a.example/x@y"), "https://a.example/x@y");
        assert_eq!(plain_address("oci://a.example:5000/x"), "oci://a.example:5000/x");
        assert_eq!(plain_address("http://[::1]/x@y"), "http://[::1]/x@y");
        assert_eq!(plain_address("@eks"), "@eks");
        assert_eq!(plain_address("https://a.example/?token=secret"), "https://a.example");
        assert_eq!(plain_address("me:secret@a.example"), "a.example");
        for password in ["se#cr?et", "se/cret", "12/cret", "12?cret", "12#cret"] {
            let shown = plain_address(&format!("http://me:{password}@a.example/x"));
            assert_eq!(shown, "http://a.example/x", "{password}");
        }
    }

    #[test]
    fn an_address_is_that_of_the_host_that_is_asked() {
        for (written, other) in [
            ("http://evil.example#@good.example", "http://evil.example"),
            ("http://evil.example?@good.example", "http://evil.example"),
            ("http://evil.example:80#@good.example/x", "http://evil.example:80"),
            ("oci://evil.example#@good.example/charts", "oci://evil.example"),
            ("https://me:x@good.example/charts//?a=b", "https://good.example/charts"),
        ] {
            assert_eq!(identity(written), other);
            assert_eq!(identity(&identity(written)), identity(written));
        }
        assert_eq!(identity("@me@x"), "@me@x");
    }
}
