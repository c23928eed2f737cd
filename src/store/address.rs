//! How an address is taken apart: in one way for who connects to it, who compares it and who shows it. Otherwise a chart could be
//! kept under the name of a host that never gave it.

use super::cache::sha256;
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

/// What tells a repository from others: its address without password, fragment and closing slashes; a name as it is. Servers may
/// answer by user and by query: of those, which may be secret, a digest stands behind `#`.
#[must_use]
pub fn identity(written: &str) -> String {
    let written = written.trim_end_matches('/');
    let Some(parts) = Parts::of(written).filter(|_| name_of(written).is_none()) else { return written.to_owned() };
    let user = parts.login.map(|login| login.split(':').next().unwrap_or(login)).unwrap_or_default();
    let (rest, fragment) = parts.tail.split_once('#').unwrap_or((parts.tail, ""));
    let query = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let is_account = fragment.len() == ACCOUNT && fragment.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (user, query) {
        ("", "") if is_account => format!("{}#{fragment}", bare(&parts)),
        ("", "") => bare(&parts),
        _ => format!("{}#{}", bare(&parts), &sha256(format!("{user}\n{query}").as_bytes())[..ACCOUNT]),
    }
}

/// How many digits of a digest tell apart who asks and for what.
const ACCOUNT: usize = 16;

fn bare(parts: &Parts<'_>) -> String {
    format!("{}://{}{}", parts.scheme, parts.place, parts.path().trim_end_matches('/'))
}

/// An address as it may be shown: without what may be secret. Where that cannot be told apart, all before the last `@` is left
/// out.
#[must_use]
pub fn plain_address(written: &str) -> String {
    if name_of(written).is_some() {
        return identity(written);
    }
    if let Some(parts) = Parts::of(written.trim_end_matches('/')).filter(|parts| !parts.is_doubtful()) {
        return bare(&parts);
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
            assert_eq!(identity(written).split('#').next(), Some(other));
            assert_eq!(identity(&identity(written)), identity(written));
        }
        assert_eq!(identity("@me@x"), "@me@x");
    }

    #[test]
    fn who_asks_and_for_what_tells_repositories_apart_and_passwords_do_not() {
        let all = ["", "?repo=a", "?repo=b"].map(|query| format!("https://a.example/charts{query}"));
        let users = ["me", "you"].map(|user| format!("https://{user}:secret@a.example/charts"));
        let told: std::collections::BTreeSet<String> = all.iter().chain(&users).map(|one| identity(one)).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told.iter().all(|one| !one.contains("repo") && !one.contains("me:") && !one.contains("secret")));
        assert_eq!(identity("https://me:secret@a.example/charts/"), identity("https://me:other@a.example/charts"));
        assert_eq!(identity("https://a.example/charts#x"), "https://a.example/charts");
    }
}
