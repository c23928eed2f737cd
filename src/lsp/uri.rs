//! File URIs and paths. What is no file has no path.

use std::path::{Path, PathBuf};

use lsp_types::Uri;

/// The path of a `file:` URI on this machine.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    if !host.is_empty() && host != "localhost" {
        return None;
    }
    let bytes = decoded(path.split(['?', '#']).next().unwrap_or(path));
    let text = String::from_utf8(bytes).ok()?;
    // `/C:/folder` of Windows.
    let drive = text.as_bytes().get(2) == Some(&b':') && text.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic);
    Some(PathBuf::from(if drive && cfg!(windows) { text[1..].to_owned() } else { text }))
}

fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

/// The URI of the file at `path`, an absolute one.
pub(super) fn uri_of(path: &Path) -> Uri {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { format!("/{}", text.replace('\\', "/")) } else { text.into_owned() };
    let mut uri = "file://".to_owned();
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => uri.push(byte as char),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    Uri(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_they_went() {
        for path in ["/w/tools/ecr-images.conf", "/w/a b/\u{1f600}/100%/x#y?z", "/"] {
            assert_eq!(path_of(&uri_of(Path::new(path))).as_deref(), Some(Path::new(path)), "{path}");
        }
        assert_eq!(uri_of(Path::new("/a b")).0, "file:///a%20b");
    }

    #[test]
    fn what_clients_write_otherwise_is_the_same_file() {
        let path = |uri: &str| path_of(&Uri(uri.to_owned()));
        assert_eq!(path("file://localhost/a"), Some("/a".into()));
        assert_eq!(path("file:///a%2Fb%zz"), Some("/a/b%zz".into()));
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("file://server/share"), None);
        assert_eq!(path("file:"), None);
        assert_eq!(path("file:///%ff"), None);
    }
}
