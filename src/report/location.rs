//! Paths and places as every format prints them.

use std::path::{Component, Path};

use crate::lint::Refusal;
use crate::source::{Position, SourceFile, Sources, Span, path_from, to_bytes, to_utf8};

/// `path` relative to `root`, see [`path_from`]; `/`-separated, without `./`.
#[must_use]
pub fn display_path(root: &Path, path: &Path) -> String {
    let below = path_from(root, path);
    let parts: Vec<_> = below
        .components()
        .filter(|part| !matches!(part, Component::CurDir | Component::RootDir | Component::Prefix(_)))
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    let lead = if below.is_absolute() { "/" } else { "" };
    if parts.is_empty() { ".".to_owned() } else { format!("{lead}{}", parts.join("/")) }
}

/// `PATH:LINE:COLUMN` of where `span` starts.
#[must_use]
pub fn place(sources: &Sources, root: &Path, span: Span) -> String {
    let Place { path, start, .. } = Place::new(sources, root, span);
    format!("{path}:{}:{}", start.line, start.column)
}

/// A span for printing, in bytes of the file as it lies on the disk.
pub(super) struct Place {
    pub path: String,
    pub start: Position,
    pub end: Position,
}

impl Place {
    pub fn new(sources: &Sources, root: &Path, span: Span) -> Self {
        let file = sources.get(span.file);
        let position = |offset: u32| {
            let Counted { line, bytes, offset, .. } = Counted::new(&file, offset as usize);
            Position { line, column: bytes, offset }
        };
        Self { path: display_path(root, file.path()), start: position(span.start), end: position(span.end) }
    }

    /// The same for readers that refuse a line which the file does not have, see [`within`].
    pub fn shown(sources: &Sources, root: &Path, span: Span) -> Self {
        Self::new(sources, root, within(sources, span))
    }

    /// The last line that has something of the span: one that ends with a line does not reach into the next.
    pub fn last_line(&self) -> usize {
        if self.end.column == 1 && self.end.line > self.start.line { self.end.line - 1 } else { self.end.line }
    }
}

/// `span`; but the last line where it is the end of the file, behind that line. There stands what a list lacks.
pub(super) fn within(sources: &Sources, span: Span) -> Span {
    let file = sources.get(span.file);
    let Position { line, column, .. } = file.position(span.start as usize);
    let is_behind = column == 1 && line > 1 && span.start as usize >= file.text().len();
    let last = is_behind.then(|| file.line(line - 1)).flatten();
    last.map_or(span, |last| Span::new(span.file, last.start, last.end))
}

/// A position as programs count that know neither our columns nor how stray bytes travel through the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in bytes of the file.
    pub bytes: usize,
    /// Column, from 1, in UTF-16 code units; a byte that is no UTF-8 is one, a byte order mark none.
    pub units: usize,
    /// Offset from 0, in bytes of the file.
    pub offset: usize,
}

impl Counted {
    pub fn new(file: &SourceFile, offset: usize) -> Self {
        let text = file.text();
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let Position { line, column, .. } = file.position(offset);
        let before = &text[offset + 1 - column..offset];
        let shown = before.strip_prefix('\u{feff}').filter(|_| line == 1).unwrap_or(before);
        Self {
            line,
            bytes: to_bytes(before).len() + 1,
            units: to_utf8(shown).encode_utf16().count() + 1,
            offset: to_bytes(&text[..offset]).len(),
        }
    }
}

/// What could not be checked, for printing: the file, if it is about one, and the place in it.
pub(super) fn place_of(error: &Refusal, sources: &Sources, root: &Path) -> (Option<String>, Option<Place>) {
    let place = error.span.map(|span| Place::shown(sources, root, span));
    let path = error.path.as_ref().map(|path| display_path(root, path));
    (path.or_else(|| place.as_ref().map(|place| place.path.clone())), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_others_count_them() {
        let sources = Sources::new();
        let count = |text: &[u8], at: usize| {
            let file = sources.get(sources.add("f", crate::source::from_bytes(text).into()));
            let Counted { line, bytes, units, offset } = Counted::new(&file, at);
            (line, bytes, units, offset)
        };
        assert_eq!(count("\u{1f680}x\n".as_bytes(), 4), (1, 5, 3, 4));
        assert_eq!(count("a\n\u{e9}x".as_bytes(), 4), (2, 3, 2, 4));
        // One byte in the file is a character of four bytes here.
        assert_eq!(count(b"a\xffb", 5), (1, 3, 3, 2));
        assert_eq!(count("\u{feff}ab".as_bytes(), 4), (1, 5, 2, 4));
        assert_eq!(count(b"a\n", 99), (2, 1, 1, 2));
    }

    #[test]
    fn a_span_that_ends_with_a_line_does_not_reach_into_the_next() {
        let sources = Sources::new();
        let file = sources.add("f", "ab\ncd\n".into());
        let last = |start, end| Place::new(&sources, Path::new(""), Span::new(file, start, end)).last_line();
        assert_eq!((last(0, 3), last(0, 4), last(3, 3), last(6, 6)), (1, 2, 2, 3));
    }

    #[test]
    fn what_comes_behind_the_last_line_is_shown_at_it() {
        let sources = Sources::new();
        let shown = |text: &str, at: usize| {
            let file = sources.add("f", text.into());
            within(&sources, Span::new(file, at, at)).range()
        };
        assert_eq!(shown("ab\ncd\r\n", 8), 3..5);
        assert_eq!(shown("ab\n\n", 4), 3..3);
        assert_eq!(shown("ab\n\n", 3), 3..3);
        assert_eq!((shown("", 0), shown("ab", 2), shown("ab\ncd", 3)), (0..0, 2..2, 3..3));
    }

    #[test]
    fn paths_are_relative_to_the_root() {
        assert_eq!(display_path(Path::new("/w"), Path::new("/w/tools/list")), "tools/list");
        assert_eq!(display_path(Path::new("."), Path::new("./tools/list")), "tools/list");
        assert_eq!(display_path(Path::new("/w"), Path::new("/else/list")), "/else/list");
        assert_eq!(display_path(Path::new("/w"), Path::new("/w")), ".");
    }
}
