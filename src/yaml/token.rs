//! What the scanner hands to the parser: tokens with their places, and scalars that know where each letter stands. Data only.

use std::ops::Range;

/// Bytes of the text. Half the size of a range, for there are several in each node; no text here reaches 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    pub start: u32,
    pub end: u32,
}

impl Bytes {
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Range<usize>> for Bytes {
    fn from(range: Range<usize>) -> Self {
        Self { start: small(range.start), end: small(range.end) }
    }
}

/// An offset or count in a text.
pub(super) fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'...'`
    SingleQuoted,
    /// `"..."`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A scalar's string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The bytes of the source, as they stand there.
    Exact(Bytes),
    /// Put together from pieces.
    Cooked(Box<Cooked>),
}

/// A string that differs from its source: folded, unescaped, without indentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cooked {
    pub value: String,
    pub pieces: Vec<Piece>,
}

/// The next `len` bytes of the value came from `source`; letter by letter if `exact`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub len: u32,
    pub source: Bytes,
    pub exact: bool,
}

impl Cooked {
    pub(super) fn push(&mut self, text: &str, source: Range<usize>, exact: bool) {
        if text.is_empty() {
            return;
        }
        self.value.push_str(text);
        let source = Bytes::from(source);
        if exact
            && let Some(last) = self.pieces.last_mut()
            && last.exact
            && last.source.end == source.start
        {
            last.len += small(text.len());
            last.source.end = source.end;
            return;
        }
        self.pieces.push(Piece { len: small(text.len()), source, exact });
    }
}

/// A place in the text. `line` counts from 0 as go-yaml does; `index` and `column` count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub offset: u32,
    pub line: u32,
    pub index: u32,
    pub column: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    StreamEnd,
    VersionDirective(u8, u8),
    TagDirective(Box<Tag>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(Bytes),
    Anchor(Bytes),
    Tag(Box<Tag>),
    Scalar(Style, Content),
}

/// A tag's parts: `!handle!suffix`; of a directive what the handle stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub handle: Box<str>,
    pub suffix: Box<str>,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: Mark,
    /// The byte after the last.
    pub end: u32,
}
