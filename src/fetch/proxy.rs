//! Which proxy a request goes through: as Go's `http.ProxyFromEnvironment`, which Helm uses. Never one for this machine itself.

use std::net::IpAddr;

use super::address::Address;

/// The environment's proxies. Their passwords are never to be printed, so there is no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http`: `HTTP_PROXY`, `http_proxy`.
    pub http: Option<String>,
    /// For `https`: `HTTPS_PROXY`, `https_proxy`.
    pub https: Option<String>,
    /// Where none is used: `NO_PROXY`, `no_proxy`.
    pub except: String,
}

impl Proxies {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let variable = |names: [&str; 2]| {
            let values = names.iter().filter_map(|name| std::env::var(name).ok());
            values.into_iter().find(|value| !value.is_empty())
        };
        Self {
            http: variable(["HTTP_PROXY", "http_proxy"]),
            https: variable(["HTTPS_PROXY", "https_proxy"]),
            except: variable(["NO_PROXY", "no_proxy"]).unwrap_or_default(),
        }
    }

    /// The one for `address`.
    #[must_use]
    pub fn of(&self, address: &Address) -> Option<&str> {
        let proxy = if address.secure { &self.https } else { &self.http };
        proxy.as_deref().filter(|_| !address.is_loopback() && !self.excepts(address))
    }

    /// The one that itself answers for `address`, or passes on what the server answers.
    #[must_use]
    pub fn forwarding(&self, address: &Address) -> Option<&str> {
        self.of(address).filter(|proxy| !address.secure && as_go(proxy).starts_with("http"))
    }

    fn excepts(&self, address: &Address) -> bool {
        let (_, host, port) = address.origin();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let patterns = self.except.split(',').map(|pattern| pattern.trim().to_ascii_lowercase());
        patterns.filter(|pattern| !pattern.is_empty()).any(|pattern| pattern == "*" || matches(&pattern, host, port))
    }
}

/// Whether `pattern`, one of `NO_PROXY` in lower case, means the port of the host. Follows golang.org/x/net/http/httpproxy.
fn matches(pattern: &str, host: &str, port: u16) -> bool {
    let ip = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
    if let Some((network, bits)) = pattern.split_once('/')
        && let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse())
        && bits <= if network.is_ipv4() { 32 } else { 128 }
    {
        return ip.is_some_and(|ip| contains(network, bits, ip));
    }
    let (name, wanted) = match pattern.strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
        Some(parts) => parts,
        None if pattern.matches(':').count() == 1 => pattern.split_once(':').unwrap_or_default(),
        None => (pattern, ""),
    };
    if !wanted.is_empty() && wanted != port.to_string() {
        return false;
    }
    if let Ok(named) = name.parse::<IpAddr>() {
        return ip == Some(named.to_canonical());
    }
    // `.a` and `*.a` are all below it; `a` is it, too.
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(name),
        None => host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.') && !name.is_empty()),
    }
}

/// A proxy as Go understands it: where it begins with no scheme that may be one's, it is one for HTTP (httpproxy, `parseProxy`); one
/// for SOCKS resolves the names itself. What stands behind its port is nothing.
pub(super) fn as_go(proxy: &str) -> String {
    let (scheme, rest) = match proxy.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
        Some((scheme, rest)) if scheme == "socks5" => ("socks5h".to_owned(), rest),
        // More than Go knows.
        Some((scheme, rest)) if ["http", "https", "socks", "socks4", "socks4a", "socks5h"].contains(&&*scheme) => {
            (scheme, rest)
        }
        _ => ("http".to_owned(), proxy),
    };
    format!("{scheme}://{}", rest.split(['/', '?', '#']).next().unwrap_or_default())
}

/// Whether the first `bits` of the two are the same.
fn contains(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    let same =
        |one: u128, other: u128, width: u32| bits <= width && (bits == 0 || (one ^ other) >> (width - bits) == 0);
    match (network, address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => same(one.to_bits().into(), other.to_bits().into(), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => same(one.to_bits(), other.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_those_of_go() {
        const HOSTS: [&str; 12] = [
            "http://a.example/",
            "http://b.a.example:8080/",
            "http://A.Example/",
            "http://10.1.2.3/",
            "http://10.1.2.3:81/",
            "http://[fd00::1]/",
            "http://[fd00::1]:81/",
            "http://localhost/",
            "http://localhost.a.example/",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://a.example./",
        ];
        // What Go 1.19 does for each of them under this `NO_PROXY`: `p` goes through the proxy.
        for (except, expected) in [
            ("", "ppppppp-p--p"),
            ("a.example", "---pppp----p"),
            (".a.example", "p-ppppp----p"),
            ("*.a.example", "p-ppppp----p"),
            ("example", "---pppp----p"),
            (".example", "---pppp----p"),
            ("*", "------------"),
            (" a.example , x", "---pppp----p"),
            ("A.EXAMPLE", "---pppp----p"),
            ("a.example:80", "-p-pppp----p"),
            ("a.example:8080", "p-ppppp-p--p"),
            ("a.example:81", "ppppppp-p--p"),
            (".a.example:8080", "p-ppppp-p--p"),
            ("10.1.2.3", "ppp--pp-p--p"),
            ("10.1.2.3:81", "pppp-pp-p--p"),
            ("10.1.2.3:80", "ppp-ppp-p--p"),
            ("10.0.0.0/8", "ppp--pp-p--p"),
            ("10.1.2.0/33", "ppppppp-p--p"),
            ("10.0.0.0/8:80", "ppppppp-p--p"),
            ("fd00::1", "ppppp---p--p"),
            ("[fd00::1]", "ppppppp-p--p"),
            ("[fd00::1]:81", "pppppp--p--p"),
            ("fd00::/16", "ppppp---p--p"),
            ("fd00::1:81", "ppppppp-p--p"),
            ("http://a.example", "ppppppp-p--p"),
            ("a.example/", "ppppppp-p--p"),
            ("a.exam*", "ppppppp-p--p"),
            ("**.a.example", "ppppppp-p--p"),
            (".", "ppppppp-p---"),
            ("..", "ppppppp-p--p"),
            ("*.", "ppppppp-p---"),
            (":80", "ppppppp-p--p"),
            ("a.example:", "---pppp----p"),
            ("a.example:x", "ppppppp-p--p"),
            ("a.example.", "ppppppp-p---"),
            ("a.example,*", "------------"),
            ("a.example;b", "ppppppp-p--p"),
            ("a.example b", "ppppppp-p--p"),
            ("xn--a", "ppppppp-p--p"),
            ("10.1.*", "ppppppp-p--p"),
            ("10.1.2.3/32", "ppp--pp-p--p"),
            ("::ffff:10.1.2.3", "ppp--pp-p--p"),
            ("0.0.0.0/0", "ppp--pp-p--p"),
            ("localhost", "ppppppp-p--p"),
        ] {
            let of = |address: &str| proxies(except).of(&Address::parse(address).unwrap()).is_some();
            let found = HOSTS.map(|host| if of(host) { 'p' } else { '-' });
            assert_eq!(found.iter().collect::<String>(), expected, "{except}");
        }
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let of = |address: &str| proxies("a.example:443").of(&Address::parse(address).unwrap()).map(str::to_owned);
        assert_eq!(of("http://a.example/").as_deref(), Some("http://p:1"));
        assert_eq!(of("https://a.example/"), None);
        assert_eq!(of("https://a.example:8443/").as_deref(), Some("http://s:1"));
    }

    #[test]
    fn a_proxy_is_read_as_go_reads_it() {
        for (written, read) in [
            ("proxy.corp:3128", "http://proxy.corp:3128"),
            ("proxy.corp:3128/", "http://proxy.corp:3128"),
            ("proxy.corp:3128/path?query#x", "http://proxy.corp:3128"),
            ("me:word@proxy.corp/", "http://me:word@proxy.corp"),
            ("HTTPS://proxy.corp/", "https://proxy.corp"),
            ("socks5://proxy.corp/", "socks5h://proxy.corp"),
            ("socks4://proxy.corp:1", "socks4://proxy.corp:1"),
        ] {
            assert_eq!(as_go(written), read);
        }
    }

    fn proxies(except: &str) -> Proxies {
        let (http, https) = (Some("http://p:1".to_owned()), Some("http://s:1".to_owned()));
        Proxies { http, https, except: except.to_owned() }
    }
}
