//! Places in a configuration: from a path of keys and indices to nodes, and keys that stand twice.

use std::collections::HashSet;
use std::ops::Range;

use crate::yaml::Node;

/// The node at `path`.
pub(super) fn find<'a>(root: Node<'a>, path: &[String]) -> Option<Node<'a>> {
    path.iter().try_fold(root, |node, part| {
        let node = node.resolved();
        if node.is_sequence() {
            node.items().nth(part.parse().ok()?)
        } else {
            node.get(part.as_str()).map(|(_, value)| value)
        }
    })
}

/// Nesting that is followed; the schema refuses deeper values.
const MAX_DEPTH: usize = 50;

/// The first key that its mapping has already, and where it stands again.
pub(super) fn repeated(root: Node<'_>) -> Option<(String, Range<usize>)> {
    fn below(node: Node<'_>, depth: usize) -> Option<(String, Range<usize>)> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut known = HashSet::new();
        let entries = node.is_mapping().then(|| node.entries()).into_iter().flatten();
        for (key, value) in entries {
            let name = key.as_str().unwrap_or_default();
            if !key.is_merge_key() && !known.insert(name) {
                return Some((name.to_owned(), key.range()));
            }
            if let Some(found) = below(value, depth + 1) {
                return Some(found);
            }
        }
        let mut items = node.is_sequence().then(|| node.items()).into_iter().flatten();
        items.find_map(|item| below(item, depth + 1))
    }
    below(root, 0)
}
