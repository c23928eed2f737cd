//! Cuts the wanted charts out of an index in the form that Helm and chart museums write, by its indentation: reading 20 MB of YAML to
//! use 20 kB of it takes seconds, and all of it at once takes fourteen times its size in memory. Whatever looks otherwise is left to
//! the reader of the whole.

use std::collections::{BTreeMap, BTreeSet};

/// What of an index is wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Excerpt<'a> {
    /// The line with `apiVersion`.
    pub version: &'a str,
    /// The entries of each chart, each a sequence of one item.
    pub entries: BTreeMap<&'a str, Vec<&'a str>>,
}

/// What `text` has of the charts `names`. Nothing when it is not plainly indented, or a line could mean something else.
pub(super) fn excerpt<'a>(text: &'a str, names: &BTreeSet<&str>) -> Option<Excerpt<'a>> {
    let mut excerpt = Excerpt::default();
    let mut place = Place::Top;
    let mut indent = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim_end();
        let depth = bare.len() - bare.trim_start_matches(' ').len();
        let content = &bare[depth..];
        // Comments and empty lines are of the entry around them: part of a block of text, perhaps.
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if content.starts_with('\t') || (depth == 0 && !is_plain_top(content)) {
            return None;
        }
        let is_item = content.starts_with("- ") || content == "-";
        if depth == 0 && !content.starts_with('-') {
            place.end(text, start, &mut excerpt);
            if content.starts_with("entries:") && content != "entries:" {
                return None;
            }
            place = if content == "entries:" { Place::Entries } else { Place::Top };
            // Of the rest only the version is needed, which stands on its line.
            if content.starts_with("apiVersion:") {
                excerpt.version = line;
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
        if depth == indent && !is_item {
            place.end(text, start, &mut excerpt);
            let name = content.strip_suffix(':')?;
            let name = name.strip_prefix(['"', '\'']).and_then(|name| name.strip_suffix(['"', '\''])).unwrap_or(name);
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
                return None;
            }
            place = Place::Other;
            if names.contains(name) {
                excerpt.entries.entry(name).or_default();
                place = Place::Wanted { name, item: None };
            }
        } else if let Place::Wanted { name, item } = place {
            let first = item.is_none();
            let (known, _) = item.unwrap_or((depth, start));
            // What stands there is no sequence, or ends in the middle of one.
            if depth < known || (first && !is_item) || (depth == known && !is_item) {
                return None;
            }
            if depth == known {
                place.end(text, start, &mut excerpt);
                place = Place::Wanted { name, item: Some((depth, start)) };
            }
        }
    }
    place.end(text, text.len(), &mut excerpt);
    Some(excerpt)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Top,
    Entries,
    /// A chart that is wanted, and the depth and start of the entry that was begun.
    Wanted {
        name: &'a str,
        item: Option<(usize, usize)>,
    },
    Other,
}

impl<'a> Place<'a> {
    /// Takes down the entry that ends before `end`.
    fn end(self, text: &'a str, end: usize, excerpt: &mut Excerpt<'a>) {
        if let Self::Wanted { name, item: Some((_, start)) } = self {
            excerpt.entries.entry(name).or_default().push(&text[start..end]);
        }
    }
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

    fn cut(text: &str) -> Option<Excerpt<'_>> {
        excerpt(text, &BTreeSet::from(["web"]))
    }

    #[test]
    fn only_the_wanted_charts_are_left() {
        let text = "apiVersion: v1\nentries:\n  api:\n  - version: 1\n    web:\n      x\n  web:\n  - version: 2\n    text: |\n      a\n\n      # b\n  \
                    # c\n  -\n    version: 3\n  x:\n  - version: 4\ngenerated: now\nserverInfo:\n  web:\n  - 1\n";
        let found = cut(text).unwrap();
        assert_eq!(found.version, "apiVersion: v1\n");
        let expected = vec!["  - version: 2\n    text: |\n      a\n\n      # b\n  # c\n", "  -\n    version: 3\n"];
        assert_eq!(found.entries, BTreeMap::from([("web", expected)]));
        let deeper = "entries:\n    'web':\n        - version: 1\n    y:\n        - 1\napiVersion: v1\n";
        assert_eq!(cut(deeper).unwrap().entries["web"], ["        - version: 1\n"]);
        assert_eq!(cut("entries:\n  web:\n").unwrap().entries["web"], [""; 0]);
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
            "entries:\n  web:\n    version: 1\n",
            "entries:\n  web:\n    - version: 1\n   x: 1\n",
            "entries:\n  web:\n    - version: 1\n    x: 1\n",
        ] {
            assert!(cut(text).is_none_or(|cut| cut.entries.is_empty()), "{text}");
        }
    }
}
