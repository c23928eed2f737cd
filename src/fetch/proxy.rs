//! Which proxy a request goes through: as Go's `http.ProxyFromEnvironment`, which Helm uses. Never one for this machine itself.

use std::borrow::Cow;
use std::net::IpAddr;

use super::address::Address;

/// The environment's proxies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
        self.of(address).filter(|proxy| !address.secure && !proxy.starts_with("socks"))
    }

    fn excepts(&self, address: &Address) -> bool {
        let (_, host, port) = address.origin();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        self.except.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).any(|pattern| {
            let pattern = pattern.to_ascii_lowercase();
            if pattern == "*" {
                return true;
            }
            if let (Ok(ip), Some((network, bits))) = (host.parse::<IpAddr>(), pattern.split_once('/')) {
                return matches!((network.parse(), bits.parse()), (Ok(network), Ok(bits)) if contains(network, bits, ip));
            }
            let (name, wanted) = match pattern.rsplit_once(':') {
                Some((name, number)) if !name.contains(':') => (name, number.parse::<u16>().ok()),
                _ => (pattern.as_str(), None),
            };
            let domain = name.trim_start_matches("*.").trim_start_matches('.');
            let below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
            let same = host == domain && !name.starts_with(['.', '*']);
            (same || below) && wanted.is_none_or(|wanted| wanted == port)
        })
    }
}

/// A proxy as Go understands it: one for SOCKS resolves the names itself.
pub(super) fn as_go(proxy: &str) -> Cow<'_, str> {
    match proxy.strip_prefix("socks5://") {
        Some(rest) => Cow::Owned(format!("socks5h://{rest}")),
        None => Cow::Borrowed(proxy),
    }
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
        let proxies = |except: &str| Proxies {
            http: Some("http://p:1".into()),
            https: Some("http://s:1".into()),
            except: except.into(),
        };
        let of = |except: &str, address: &str| proxies(except).of(&Address::parse(address).unwrap()).map(str::to_owned);
        assert_eq!(of("", "http://a.example/"), Some("http://p:1".into()));
        assert_eq!(of("", "https://a.example/"), Some("http://s:1".into()));
        for none in ["a.example", "example", ".example", "*", "x, a.example:80", "*.example"] {
            assert_eq!(of(none, "http://a.example/"), None, "{none}");
        }
        for other in ["b.example", ".a.example", "a.example:81", "ample"] {
            assert!(of(other, "http://a.example/").is_some(), "{other}");
        }
        assert_eq!(of("10.0.0.0/8", "http://10.1.2.3/"), None);
        assert!(of("10.0.0.0/16", "http://10.1.2.3/").is_some());
        assert_eq!(of("", "http://127.0.0.1:5000/"), None);
        assert_eq!(of("", "http://localhost/"), None);
    }
}
