//! Cuts the wanted charts out of an index in the form that Helm and chart museums write, by its indentation: reading 20 MB of YAML to
//! use 20 kB of it takes seconds. Whatever looks otherwise is left to the reader of the whole.

use std::collections::BTreeSet;

/// The lines of `text` that are needed for the charts `names`: an index again, but without other charts. Nothing when the text is
/// not plainly indented, or a line could mean something else.
pub(super) fn excerpt(text: &str, names: &BTreeSet<&str>) -> Option<String> {
    let mut out = String::new();
    let mut place = Place::Top;
    let mut indent = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let depth = bare.len() - bare.trim_start_matches(' ').len();
        let content = &bare[depth..];
        if content.is_empty() || content.starts_with('#') {
            // Part of a block of text, perhaps.
            if place == Place::Wanted {
                out.push_str(line);
            }
            continue;
        }
        if content.starts_with('\t') || (depth == 0 && !is_plain_top(content)) {
            return None;
        }
        if depth == 0 && !content.starts_with('-') {
            if content.starts_with("entries:") && content != "entries:" {
                return None;
            }
            place = if content == "entries:" { Place::Entries } else { Place::Top };
            // Of the rest only the version is needed, which stands on its line.
            if place == Place::Entries || content.starts_with("apiVersion:") {
                out.push_str(line);
            }
            indent = 0;
            continue;
        }
        if place == Place::Top {
            continue;
        }
        if indent == 0 {
            indent = depth.max(1);
        }
        if depth < indent {
            return None;
        }
        if depth == indent && !content.starts_with("- ") && content != "-" {
            let name = content.strip_suffix(':')?;
            let name = name.strip_prefix(['"', '\'']).and_then(|name| name.strip_suffix(['"', '\''])).unwrap_or(name);
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
                return None;
            }
            place = if names.contains(name) { Place::Wanted } else { Place::Other };
        }
        if place == Place::Wanted {
            out.push_str(line);
        }
    }
    Some(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Entries,
    Wanted,
    Other,
}

/// Whether a line that is not indented begins a key, or is an item of the key above.
fn is_plain_top(content: &str) -> bool {
    let key = content.split(':').next().unwrap_or_default();
    let named =
        key.len() < content.len() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    named || content.starts_with("- ") || content == "---"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Option<String> {
        excerpt(text, &BTreeSet::from(["web"]))
    }

    #[test]
    fn only_the_wanted_charts_are_left() {
        let text = "apiVersion: v1\nentries:\n  api:\n  - version: 1\n    web:\n      x\n  web:\n  - version: 2\n    text: |\n      a\n\n      # b\n  \
                    x:\n  - version: 3\ngenerated: now\nserverInfo:\n  web:\n  - 1\n";
        let expected = "apiVersion: v1\nentries:\n  web:\n  - version: 2\n    text: |\n      a\n\n      # b\n";
        assert_eq!(cut(text).as_deref(), Some(expected));
        let deeper = "entries:\n    'web':\n        - version: 1\n    y:\n        - 1\napiVersion: v1\n";
        assert_eq!(cut(deeper).as_deref(), Some("entries:\n    'web':\n        - version: 1\napiVersion: v1\n"));
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        for text in [
            "{}",
            "entries: {web: []}\n  x\n",
            "entries:\n  web: []\n",
            "entries:\n  ? web\n  : []\n",
            "entries:\n    web:\n  - 1\n",
            "%YAML 1.1\n---\n",
            "...\n",
            "entries:\n\tweb:\n",
            "\"entries\":\n  web:\n",
        ] {
            assert!(cut(text).is_none_or(|cut| !cut.contains("web")), "{text}");
        }
    }
}
