//! Places in a configuration: from a path of keys and indices to nodes.

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
