//! The located tree: each document's nodes in one arena, nodes handed out as cheap handles. Knows where everything stands
//! and how it was written; what a scalar means is for `decode`.

use std::ops::Range;

use super::token::{Bytes, Content, Style};
use crate::source::{Origins, Text, TextBuilder};

/// One YAML document. Ranges are bytes of the text that was parsed.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) source: Text,
    pub(super) nodes: Vec<Data>,
    pub(super) children: Vec<u32>,
    pub(super) root: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Data {
    pub kind: NodeKind,
    pub range: Bytes,
    /// Where the anchor or tag in front starts.
    pub first: u32,
    /// From 1.
    pub line: u32,
    /// What stands in front; few nodes have anything.
    pub properties: Option<Box<Properties>>,
}

/// `&anchor` and `!tag`.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    pub anchor: Option<Bytes>,
    /// The tag in full.
    pub tag: Option<Box<str>>,
}

#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// `resolvable`: plain, or tagged `!`; YAML's rules then decide between string, number, boolean and null.
    Scalar {
        style: Style,
        content: Content,
        resolvable: bool,
    },
    /// `items` are places in the document's `children`.
    Sequence {
        items: Bytes,
        flow: bool,
    },
    /// Keys and values in turn.
    Mapping {
        items: Bytes,
        flow: bool,
    },
    Alias {
        target: u32,
    },
}

impl Document {
    /// The top node.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: self.root }
    }

    /// The text that was parsed.
    #[must_use]
    pub fn source(&self) -> &Text {
        &self.source
    }

    /// The innermost scalar or alias at byte `offset`, if there is one.
    #[must_use]
    pub fn leaf_at(&self, offset: usize) -> Option<Node<'_>> {
        let leaf = |data: &Data| matches!(data.kind, NodeKind::Scalar { .. } | NodeKind::Alias { .. });
        let holds = |data: &Data| (data.first as usize..=data.range.end as usize).contains(&offset);
        let index = self.nodes.iter().position(|data| leaf(data) && holds(data))?;
        Some(Node { document: self, index: super::token::small(index) })
    }
}

/// One node of a [`Document`]. Cheap to copy. Reading through an alias reads what it names.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    pub(super) document: &'a Document,
    pub(super) index: u32,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node {:?} {:?}", self.range(), self.document.source.get(self.range()).unwrap_or_default())
    }
}

impl<'a> Node<'a> {
    pub(super) fn data(self) -> &'a Data {
        &self.document.nodes[self.index as usize]
    }

    fn of(self, index: u32) -> Self {
        Self { index, ..self }
    }

    /// The bytes of the node: quotes, brackets and the header of a block scalar belong to it; anchor, tag and the line break
    /// behind it do not. A block collection spans from its first entry to the end of its last.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.data().range.range()
    }

    /// The bytes with anchor and tag in front.
    #[must_use]
    pub fn full_range(self) -> Range<usize> {
        self.data().first as usize..self.data().range.end as usize
    }

    /// The bytes of a scalar's string: inside the quotes, or a block scalar's lines. What an edit of the value replaces
    /// when the style stays. The whole range for other nodes.
    #[must_use]
    pub fn content_range(self) -> Range<usize> {
        let data = self.data();
        let NodeKind::Scalar { style, content, .. } = &data.kind else { return self.range() };
        let Bytes { start, end } = data.range;
        let bytes = match (style, content) {
            (Style::Literal | Style::Folded, Content::Exact(range)) => {
                Bytes { start: range.start, end: end.max(range.start) }
            }
            (_, Content::Exact(range)) => *range,
            (Style::SingleQuoted | Style::DoubleQuoted, _) => Bytes { start: start + 1, end: end.saturating_sub(1) },
            (Style::Plain, _) => data.range,
            (_, Content::Cooked(cooked)) => {
                Bytes { start: cooked.pieces.first().map_or(end, |piece| piece.source.start), end }
            }
        };
        bytes.range()
    }

    /// The line that the node starts on (with its anchor and tag), from 1.
    #[must_use]
    pub fn line(self) -> usize {
        self.data().line as usize
    }

    /// How a scalar is written; `None` for other nodes. An alias has the style of what it names.
    #[must_use]
    pub fn style(self) -> Option<Style> {
        if let NodeKind::Scalar { style, .. } = self.resolved().data().kind { Some(style) } else { None }
    }

    /// The tag in full: `!!str` is `tag:yaml.org,2002:str`.
    #[must_use]
    pub fn tag(self) -> Option<&'a str> {
        self.data().properties.as_ref()?.tag.as_deref()
    }

    /// The name and the bytes of `&anchor`, without the `&`.
    #[must_use]
    pub fn anchor(self) -> Option<(&'a str, Range<usize>)> {
        let range = self.data().properties.as_ref()?.anchor?.range();
        Some((self.document.source.as_str().get(range.clone())?, range))
    }

    /// What an alias names; `None` for other nodes. Aliases may form a cycle.
    #[must_use]
    pub fn target(self) -> Option<Self> {
        if let NodeKind::Alias { target } = self.data().kind { Some(self.of(target)) } else { None }
    }

    /// The node itself, or what it names.
    #[must_use]
    pub fn resolved(self) -> Self {
        self.target().unwrap_or(self)
    }

    /// Whether nothing is written here: the value of `key:`.
    #[must_use]
    pub fn is_absent(self) -> bool {
        let data = self.data();
        data.range.start == data.range.end && matches!(data.kind, NodeKind::Scalar { style: Style::Plain, .. })
    }

    /// Whether a collection is written with brackets.
    #[must_use]
    pub fn is_flow(self) -> bool {
        matches!(self.data().kind, NodeKind::Sequence { flow: true, .. } | NodeKind::Mapping { flow: true, .. })
    }

    /// Whether it is (or names) a scalar.
    #[must_use]
    pub fn is_scalar(self) -> bool {
        matches!(self.resolved().data().kind, NodeKind::Scalar { .. })
    }

    /// Whether it is (or names) a sequence.
    #[must_use]
    pub fn is_sequence(self) -> bool {
        matches!(self.resolved().data().kind, NodeKind::Sequence { .. })
    }

    /// Whether it is (or names) a mapping.
    #[must_use]
    pub fn is_mapping(self) -> bool {
        matches!(self.resolved().data().kind, NodeKind::Mapping { .. })
    }

    /// A scalar's string, plain; not yet resolved to a number or the like.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match &self.resolved().data().kind {
            NodeKind::Scalar { content: Content::Exact(range), .. } => self.document.source.as_str().get(range.range()),
            NodeKind::Scalar { content: Content::Cooked(cooked), .. } => Some(&cooked.value),
            _ => None,
        }
    }

    /// A scalar's string with its origins: letter by letter wherever the letters stand in the source.
    #[must_use]
    pub fn text(self) -> Option<Text> {
        let NodeKind::Scalar { content, .. } = &self.resolved().data().kind else { return None };
        let source = &self.document.source;
        Some(match content {
            Content::Exact(range) => source.slice(range.range()),
            Content::Cooked(cooked) => {
                let mut builder = TextBuilder::new();
                let mut at = 0;
                for piece in &cooked.pieces {
                    if piece.exact {
                        builder.push_slice(source, piece.source.range());
                    } else {
                        let origins = source.origins_of(piece.source.range());
                        builder.push_computed(&cooked.value[at..at + piece.len as usize], &origins);
                    }
                    at += piece.len as usize;
                }
                builder.finish()
            }
        })
    }

    /// Where a scalar's string comes from.
    #[must_use]
    pub fn origins(self) -> Origins {
        match &self.resolved().data().kind {
            NodeKind::Scalar { content: Content::Exact(range), .. } => self.document.source.origins_of(range.range()),
            _ => self.text()?.origins(),
        }
    }

    fn children(self) -> &'a [u32] {
        match &self.resolved().data().kind {
            NodeKind::Sequence { items, .. } | NodeKind::Mapping { items, .. } => {
                self.document.children.get(items.range()).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// The items of a sequence, none for other nodes.
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> {
        let items = if self.is_sequence() { self.children() } else { &[] };
        items.iter().map(move |index| self.of(*index))
    }

    /// The keys and values of a mapping in their order, duplicates and merge keys included; none for other nodes.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = (Self, Self)> + ExactSizeIterator {
        let items = if self.is_mapping() { self.children() } else { &[] };
        items.chunks_exact(2).map(move |pair| (self.of(pair[0]), self.of(pair[1])))
    }

    /// The key and value of `key` in a mapping; of duplicates the last, as Helm reads them. Does not look into `<<`.
    #[must_use]
    pub fn get(self, key: &str) -> Option<(Self, Self)> {
        self.entries().rev().find(|(name, _)| name.as_str() == Some(key))
    }

    /// The value at the end of `path` through mappings.
    #[must_use]
    pub fn find(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, key| node.get(key).map(|(_, value)| value))
    }

    /// Whether this key merges its value into the mapping: a plain `<<`.
    #[must_use]
    pub fn is_merge_key(self) -> bool {
        let data = self.data();
        match &data.kind {
            NodeKind::Scalar { resolvable, .. } => {
                self.as_str() == Some("<<") && (*resolvable || self.tag() == Some("tag:yaml.org,2002:merge"))
            }
            _ => false,
        }
    }
}

/// The documents of a text.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The documents in their order. An empty text has none.
    pub documents: Vec<Document>,
}
