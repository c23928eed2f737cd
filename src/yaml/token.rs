//! What the scanner hands to the parser: tokens with their places, and scalars that know where each letter stands. Data only.

use std::ops::Range;

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
    Exact(Range<usize>),
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
    pub len: usize,
    pub source: Range<usize>,
    pub exact: bool,
}

impl Cooked {
    pub(super) fn push(&mut self, text: &str, source: Range<usize>, exact: bool) {
        if text.is_empty() {
            return;
        }
        self.value.push_str(text);
        if exact
            && let Some(last) = self.pieces.last_mut()
            && last.exact
            && last.source.end == source.start
        {
            last.len += text.len();
            last.source.end = source.end;
            return;
        }
        self.pieces.push(Piece { len: text.len(), source, exact });
    }
}

/// A place in the text. `line` counts from 0 as go-yaml does; `index` and `column` count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub offset: usize,
    pub line: usize,
    pub index: usize,
    pub column: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    StreamEnd,
    VersionDirective(u8, u8),
    TagDirective { handle: Box<str>, prefix: Box<str> },
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
    Alias(Range<usize>),
    Anchor(Range<usize>),
    Tag { handle: Box<str>, suffix: Box<str> },
    Scalar(Style, Content),
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: Mark,
    /// The byte after the last.
    pub end: usize,
}
