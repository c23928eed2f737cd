//! The list as lines: each byte belongs to one line or to its ending. What a line *means* is decided here, from the line
//! alone; what the scripts make of it is `readers`' matter.

use crate::source::Span;

use super::located::{Located, Piece};
use super::readers::{fields, xargs};

/// What may stand in front of the first line, and belongs to it without meaning anything.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A line feed.
    Lf,
    /// A carriage return and a line feed.
    CrLf,
    /// The file ends without any: only the last line can have this.
    None,
}

impl Ending {
    /// The bytes of the ending.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::None => "",
        }
    }
}

/// Why a line is neither entry nor comment nor blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// No `=` in it.
    #[error("there is no `=` between repository name and source image")]
    NoEquals,
    /// Nothing before the `=`.
    #[error("there is no repository name before the `=`")]
    NoName,
    /// Nothing after the `=`, or only a comment.
    #[error("there is no source image after the `=`")]
    NoSource,
    /// What is a comment in other files.
    #[error("only `#` starts a comment")]
    OtherComment,
    /// What git leaves around and between the sides of a merge that it cannot decide.
    #[error("a merge was left undecided here")]
    Mark,
}

/// How comments start elsewhere.
const OTHER_COMMENTS: [&str; 5] = ["//", ";", "-- ", "/*", "<!--"];

/// The marks of git, the first and the last one first and last.
const MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// The place among [`MARKS`] of the one that `line` is.
fn mark(line: &str) -> Option<usize> {
    MARKS.iter().position(|mark| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// Whether the mark that `line` is starts an undecided merge.
pub(super) fn opens_merge(line: Piece<'_>) -> bool {
    mark(line.trim().text) == Some(0)
}

/// Whether the mark that `line` is ends an undecided merge.
pub(super) fn closes_merge(line: Piece<'_>) -> bool {
    mark(line.trim().text) == Some(MARKS.len() - 1)
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Nothing but blanks.
    Blank,
    /// A `#`, blanks in front allowed.
    Comment,
    /// `REPO_NAME=SOURCE_IMAGE`: the entry of this index.
    Entry(usize),
    /// Anything else.
    Invalid(InvalidLine),
}

/// One line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its bytes without the ending; a byte order mark belongs to the first line.
    pub span: Span,
    /// What it is.
    pub kind: LineKind,
    /// How it ends.
    pub ending: Ending,
}

/// The parts of `REPO_NAME=SOURCE_IMAGE`.
#[derive(Clone, Debug)]
pub(super) struct Assignment<'a> {
    pub name: Located,
    pub value: Piece<'a>,
    pub source: Located,
    pub comment: Option<Piece<'a>>,
}

/// What the text of one line turned out to be.
#[derive(Clone, Debug)]
pub(super) enum Meaning<'a> {
    Blank,
    Comment,
    Entry(Assignment<'a>),
    Invalid(InvalidLine),
}

/// Cuts a file into its lines, endings apart. A line ends after its line feed; a lone carriage return ends none.
pub(super) fn split(file: Piece<'_>) -> impl Iterator<Item = (Piece<'_>, Ending)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = file.from(at);
        if rest.text.is_empty() {
            return None;
        }
        let (line, ending) = match rest.text.find('\n') {
            None => (rest, Ending::None),
            Some(end) if rest.text[..end].ends_with('\r') => (rest.slice(0..end - 1), Ending::CrLf),
            Some(end) => (rest.slice(0..end), Ending::Lf),
        };
        at += line.text.len() + ending.as_str().len();
        Some((line, ending))
    })
}

/// What `line` means. The first `=` splits; blanks around both sides, a comment behind the source, and what the copy script takes
/// away from either (quotes, backslashes, a `=` at the end) are decoration.
pub(super) fn meaning(line: Piece<'_>) -> Meaning<'_> {
    let whole = unmarked(line);
    let line = whole.trim();
    if line.text.is_empty() {
        return Meaning::Blank;
    }
    if line.text.starts_with('#') {
        return Meaning::Comment;
    }
    if mark(line.text).is_some() {
        return Meaning::Invalid(InvalidLine::Mark);
    }
    if OTHER_COMMENTS.iter().any(|start| line.text.starts_with(start)) {
        return Meaning::Invalid(InvalidLine::OtherComment);
    }
    let Some(equals) = line.text.find('=') else {
        return Meaning::Invalid(InvalidLine::NoEquals);
    };
    let (name, value) = line.split(equals, 1);
    let (name, value) = (name.trim(), value.trim());
    let (source, comment) = undecorated(value.slice(0..value.text.len() - lost_at_end(whole)));
    let name = as_read(name);
    match (name.text.is_empty(), source.text.is_empty()) {
        (true, _) => Meaning::Invalid(InvalidLine::NoName),
        (_, true) => Meaning::Invalid(InvalidLine::NoSource),
        _ => Meaning::Entry(Assignment { name, value, source, comment }),
    }
}

/// The words of a comment line: what follows its `#`, blanks trimmed.
pub(super) fn comment_text(line: Piece<'_>) -> Piece<'_> {
    unmarked(line).trim().trim_start_matching(|c| c == '#').trim()
}

/// The line without a byte order mark; only the file's first line can have one.
fn unmarked(line: Piece<'_>) -> Piece<'_> {
    let at_start = line.span().start == 0 && line.text.starts_with(BYTE_ORDER_MARK);
    if at_start { line.from(BYTE_ORDER_MARK.len_utf8()) } else { line }
}

/// How many bytes at the end of `line` `read` loses: a last `=`.
fn lost_at_end(line: Piece<'_>) -> usize {
    let behind = line.text.find('=').map_or(0, |equals| line.text.len() - equals - 1);
    behind - fields(line.text).1.len()
}

/// The text of `piece` as `xargs` reads it; as it stands where that fails or leaves nothing.
fn as_read(piece: Piece<'_>) -> Located {
    match xargs::printed(piece.text) {
        Ok(letters) if !letters.is_empty() => piece.located_as(&letters),
        _ => piece.located(),
    }
}

/// The image that `value` means, and the comment behind it: quotes around it and ` # ...` after it are left out.
fn undecorated(value: Piece<'_>) -> (Located, Option<Piece<'_>>) {
    if let Some(quote) = value.text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inside = value.from(1);
        if let Some(length) = inside.text.find(quote) {
            let (quoted, rest) = inside.split(length, 1);
            match rest.trim() {
                rest if rest.text.is_empty() => return (quoted.trim().located(), None),
                rest if rest.text.starts_with('#') => return (quoted.trim().located(), Some(rest)),
                _ => {}
            }
        }
    }
    let hash = value
        .text
        .char_indices()
        .find(|(at, c)| *c == '#' && value.text[..*at].chars().next_back().is_none_or(char::is_whitespace));
    match hash {
        Some((at, _)) => (as_read(value.slice(0..at).trim()), Some(value.from(at))),
        None => (as_read(value), None),
    }
}
