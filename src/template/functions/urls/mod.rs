//! `urlParse` and `urlJoin`: Go's `net/url` over a dictionary of parts.

use std::collections::BTreeMap;

use super::Type::{Map, String};
use super::{Failure, Function, Outcome, arguments, types};
use crate::source::{Origin, Origins, Text};
use crate::template::Value;
use crate::template::quote::quote;
use crate::url::{Parsed, Part, Problem, User, escape, parse};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] =
    &[Function::new("urlParse", &[String], url_parse), Function::new("urlJoin", &[Map], url_join)];

/// A dictionary of the parts. Those that stand in the text as they are keep their places.
fn url_parse(arguments: &[Value]) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    let Parsed { scheme, opaque, user, host, path, query, fragment } = parse(text)
        .map_err(|(read, problem)| Failure::from(format!("unable to parse url: {}", told(read, problem))))?;
    // Each part is looked for behind the sign that opens it.
    let behind = |sign: &str| text.find(sign).map_or(0, |at| at + sign.len());
    let authority = behind("//");
    let named = behind("@").max(authority);
    let rooted = text[named..].find(host.as_str()).map_or(0, |at| named + at + host.len());
    let part = |name: &str, value: &str, from: usize| {
        let place = if value.is_empty() { None } else { text[from..].find(value).map(|at| from + at) };
        let value = place.map_or_else(|| text.derive(value), |start| text.slice(start..start + value.len()));
        (Text::new(name), Value::String(value))
    };
    let userinfo = user.as_ref().map(User::encoded).unwrap_or_default();
    let entries: BTreeMap<Text, Value> = [
        part("scheme", &scheme, 0),
        part("host", &host, named),
        part("hostname", hostname(&host), named),
        part("path", &path, rooted),
        part("query", &query, behind("?")),
        part("opaque", &opaque, behind(":")),
        part("fragment", &fragment, behind("#")),
        part("userinfo", &userinfo, authority),
    ]
    .into();
    Ok(Value::map(entries))
}

/// Go's message about `read`.
fn told(read: &str, problem: Problem) -> std::string::String {
    let read = quote(read);
    match problem {
        Problem::Said(sentence) => format!("parse {read}: {sentence}"),
        Problem::Quoting(before, text, after) => format!("parse {read}: {before}{}{after}", quote(&text)),
    }
}

/// The host without its port, and without the brackets of an IPv6 address.
fn hostname(host: &str) -> &str {
    let port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rfind(':') {
        Some(colon) if port(&host[colon + 1..]) => &host[..colon],
        _ => host,
    };
    name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
}

/// The text of a URL from a dictionary of its parts; other keys are ignored.
fn url_join(arguments: &[Value]) -> Outcome {
    let mut origins: Vec<Origins> = Vec::new();
    let mut part = |key: &str| -> Result<Text, Failure> {
        let value = arguments::map(arguments, 0)?.and_then(|map| map.entries.borrow().get(key).cloned());
        match value {
            None => Ok(Text::default()),
            Some(Value::String(text)) => {
                origins.push(text.origins());
                Ok(text)
            }
            Some(Value::Nil) => Err("runtime error: invalid memory address or nil pointer dereference".into()),
            Some(other) => {
                let kind = types::kind(&other);
                Err(format!("unable to parse {key} key, must be of type string, but {kind} found").into())
            }
        }
    };
    let [scheme, host, path, query, opaque, fragment, userinfo] =
        ["scheme", "host", "path", "query", "opaque", "fragment", "userinfo"].map(&mut part);
    let (scheme, host, path, query) = (scheme?, host?, path?, query?);
    let (opaque, fragment, userinfo) = (opaque?, fragment?, userinfo?);
    let user = if userinfo.is_empty() {
        None
    } else {
        let whole = format!("proto://{userinfo}@host");
        let refused = |(read, problem)| format!("unable to parse userinfo in dict: {}", told(read, problem));
        parse(&whole).map_err(refused)?.user
    };
    let mut url = std::string::String::new();
    if !scheme.is_empty() {
        url.push_str(&scheme);
        url.push(':');
    }
    if opaque.is_empty() {
        push_hierarchy(&mut url, &scheme, user.as_ref(), &host, &path);
    } else {
        url.push_str(&opaque);
    }
    if !query.is_empty() {
        url.push('?');
        url.push_str(&query);
    }
    if !fragment.is_empty() {
        url.push('#');
        url.push_str(&escape(&fragment, Part::Fragment));
    }
    Ok(Value::String(Text::computed(url, Origin::union(origins.into_iter().flatten()))))
}

fn push_hierarchy(url: &mut std::string::String, scheme: &str, user: Option<&User>, host: &str, path: &str) {
    if !host.is_empty() || user.is_some() || (!scheme.is_empty() && !path.is_empty()) {
        url.push_str("//");
    }
    if let Some(user) = user {
        url.push_str(&user.encoded());
        url.push('@');
    }
    url.push_str(&escape(host, Part::Host));
    let path = if path == "*" { path.into() } else { escape(path, Part::Path) };
    if !path.is_empty() && !path.starts_with('/') && !host.is_empty() {
        url.push('/');
    }
    // A first element with a colon would be taken for a scheme.
    if url.is_empty() && path.split('/').next().is_some_and(|first| first.contains(':')) {
        url.push_str("./");
    }
    url.push_str(&path);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources};

    fn parse(text: &str) -> Result<BTreeMap<Text, Value>, std::string::String> {
        match url_parse(&[Value::string(text)]) {
            Ok(Value::Map(map)) => Ok(map.entries.borrow().clone()),
            Ok(other) => panic!("{other:?}"),
            Err(failure) => Err(failure.message),
        }
    }

    fn join(parts: &[(&str, &str)]) -> std::string::String {
        let entries = parts.iter().map(|(key, value)| (Text::new(key), Value::string(*value))).collect();
        match url_join(&[Value::map(entries)]) {
            Ok(Value::String(text)) => text.to_string(),
            Ok(other) => panic!("{other:?}"),
            Err(failure) => failure.message,
        }
    }

    #[test]
    fn a_url_falls_into_its_parts() {
        let parts = parse("http://admin:s%20@server.com:8080/a%20b?list=false#x").unwrap();
        let part = |key: &str| match &parts[key] {
            Value::String(text) => text.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!([part("scheme"), part("host"), part("hostname")], ["http", "server.com:8080", "server.com"]);
        assert_eq!([part("path"), part("query"), part("fragment")], ["/a b", "list=false", "x"]);
        assert_eq!([part("userinfo"), part("opaque")], ["admin:s%20", ""]);
    }

    #[test]
    fn parts_keep_their_places() {
        let text =
            Text::of_file(Sources::new().add("values", "oci://h.io/a".into()), "oci://h.io/a".into(), Layer::Values);
        let Value::Map(map) = url_parse(&[Value::String(text)]).unwrap() else { panic!("no map") };
        let Value::String(host) = map.entries.borrow()["host"].clone() else { panic!("no string") };
        assert_eq!(host.exact_span().unwrap().range(), 6..10);
        let Value::String(path) = map.entries.borrow()["path"].clone() else { panic!("no string") };
        assert_eq!(path.exact_span().unwrap().range(), 10..12);
    }

    #[test]
    fn what_is_no_url_is_refused_as_in_go() {
        let problem = |text: &str| parse(text).unwrap_err().replace("unable to parse url: parse ", "");
        assert_eq!(problem("127.0.0.1:80"), "\"127.0.0.1:80\": first path segment in URL cannot contain colon");
        assert_eq!(problem(":a"), "\":a\": missing protocol scheme");
        assert_eq!(problem("http://[::1"), "\"http://[::1\": missing ']' in host");
        assert_eq!(problem("http://h:x/"), "\"http://h:x/\": invalid port \":x\" after host");
        assert_eq!(problem("http://h/%4"), "\"http://h/%4\": invalid URL escape \"%4\"");
        assert_eq!(problem("http://a b/"), "\"http://a b/\": invalid character \" \" in host name");
        assert_eq!(problem("http://u[@h"), "\"http://u[@h\": net/url: invalid userinfo");
    }

    #[test]
    fn parts_make_a_url_again() {
        assert_eq!(join(&[]), "");
        assert_eq!(
            join(&[("scheme", "http"), ("host", "h:80"), ("path", "/a b"), ("fragment", "é")]),
            "http://h:80/a%20b#%C3%A9"
        );
        assert_eq!(join(&[("path", "a:b/c")]), "./a:b/c");
        assert_eq!(join(&[("scheme", "http"), ("host", "h"), ("userinfo", "u:p@x")]), "http://u:p%40x@h");
        assert_eq!(join(&[("scheme", "mailto"), ("opaque", "a@b")]), "mailto:a@b");
    }
}
