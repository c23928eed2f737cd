//! The list as a whole: which comment lines belong to which entry, which to the file. Parsing never fails and loses nothing.

use std::ops::Range;
use std::sync::Arc;

use crate::image::is_unseen;
use crate::source::{FileId, Span};

use super::directive::{self, Directive, DirectiveKind, Scope};
use super::line::{self, Ending, InvalidLine, Line, LineKind, Meaning};
use super::located::{Located, Piece};
use super::note::SourceNote;

/// One `REPO_NAME=SOURCE_IMAGE` line with what stands above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name that the image gets in the private registry: what stands before the first `=`, as the copy script reads it.
    pub name: Located,
    /// Everything after the first `=`, blanks trimmed: quotes and a trailing comment are still in it.
    pub value: Located,
    /// The image that the value means: as the copy script reads it, without a comment behind it.
    pub source: Located,
    /// The comment behind the source, from its `#`.
    pub trailing_comment: Option<Located>,
    /// The index of its line in [`List::lines`].
    pub line: usize,
    /// The comment lines directly above it, as indices into [`List::lines`]; empty when there are none. Lines among them that
    /// should be comments, and marks of an undecided merge, do not end it.
    pub block: Range<usize>,
    /// What the block says about the image's source.
    pub note: SourceNote,
}

/// A mirror list. Prints as the file it was parsed from.
#[derive(Clone, Debug)]
pub struct List {
    file: FileId,
    text: Arc<str>,
    /// All lines in order; every byte of the file belongs to one of them.
    pub lines: Vec<Line>,
    /// The entries in order.
    pub entries: Vec<Entry>,
    /// The lines above the first entry's block, which speak of the whole file; all lines when there is no entry.
    pub header: Range<usize>,
    /// The `mirrorlint:` comments in order.
    pub directives: Vec<Directive>,
}

impl Entry {
    /// Whether name and image stand in the line letter for letter, so that parts of them can be written anew.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        self.name.is_verbatim() && self.source.is_verbatim()
    }
}

impl List {
    /// Parses a list. Never fails: a line that is nothing else is [`LineKind::Invalid`].
    #[must_use]
    pub fn parse(file: FileId, text: &Arc<str>) -> Self {
        let whole = Piece::of_file(file, text);
        let mut list = Self {
            file,
            text: text.clone(),
            lines: Vec::new(),
            entries: Vec::new(),
            header: 0..0,
            directives: Vec::new(),
        };
        for (content, ending) in line::split(whole) {
            let kind = match line::meaning(content) {
                Meaning::Blank => LineKind::Blank,
                Meaning::Comment => LineKind::Comment,
                Meaning::Invalid(reason) => LineKind::Invalid(reason),
                Meaning::Entry(parts) => {
                    list.add_entry(parts, whole);
                    LineKind::Entry(list.entries.len() - 1)
                }
            };
            list.lines.push(Line { span: content.span(), kind, ending });
        }
        list.header = 0..list.entries.first().map_or(list.lines.len(), |entry| entry.block.start);
        list.directives = list.find_directives();
        list
    }

    /// The file it was parsed from.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text of `line` without its ending, as it stands in the file.
    #[must_use]
    pub fn line_text(&self, line: &Line) -> &str {
        self.text.get(line.span.range()).unwrap_or_default()
    }

    /// The bytes of the lines of `range` with all endings: what must go when they go.
    #[must_use]
    pub fn span_of_lines(&self, range: Range<usize>) -> Span {
        let start = self.lines.get(range.start).map_or(self.text.len(), |line| line.span.start as usize);
        let end = self.lines.get(range.end).map_or(self.text.len(), |line| line.span.start as usize);
        Span::new(self.file, start, end)
    }

    /// What must stand in place of `gone`, whole lines, when they go: nothing; but where the comments below would come to the top of the
    /// file and be taken for its header there, as far as a bare `#`, a blank line.
    #[must_use]
    pub fn remainder(&self, gone: Span) -> &'static str {
        let Some(next) = self.entries.iter().find(|entry| self.lines[entry.line].span.start >= gone.end) else {
            return "";
        };
        if gone.start > 0 {
            return "";
        }
        let rest = self.text.get(gone.end as usize..).unwrap_or_default();
        let rest = Self::parse(self.file, &rest.into());
        let is_cut = rest.entries.first().is_some_and(|entry| entry.block.len() < next.block.len());
        if is_cut { self.line_ending() } else { "" }
    }

    /// Where new lines go that should stand above `line`: its first byte, behind a byte order mark.
    #[must_use]
    pub fn start_of_line(&self, line: usize) -> Span {
        let start = self.span_of_lines(line..line).start as usize;
        let marked = start == 0 && self.text.starts_with(line::BYTE_ORDER_MARK);
        let start = if marked { line::BYTE_ORDER_MARK.len_utf8() } else { start };
        Span::new(self.file, start, start)
    }

    /// The comment lines of the entry's block.
    pub fn comments_of(&self, entry: &Entry) -> impl Iterator<Item = usize> + use<'_> {
        entry.block.clone().filter(|line| self.lines[*line].kind == LineKind::Comment)
    }

    /// The lines of each merge that git left undecided, its marks among them.
    #[must_use]
    pub fn merges(&self) -> Vec<Range<usize>> {
        let whole = Piece::of_file(self.file, &self.text);
        let (mut merges, mut open) = (Vec::new(), None);
        for (index, line) in self.lines.iter().enumerate() {
            let text = whole.slice(line.span.range());
            if line::opens_merge(text) {
                open = Some(index);
            } else if line::closes_merge(text) {
                merges.extend(open.take().map(|start| start..index + 1));
            }
        }
        merges
    }

    /// How new lines should end: with CRLF only where lines that the scripts read end with it already.
    #[must_use]
    pub fn line_ending(&self) -> &'static str {
        let is_read = |line: &&Line| matches!(line.kind, LineKind::Entry(_) | LineKind::Blank);
        let carriage_return = self.lines.iter().filter(is_read).any(|line| line.ending == Ending::CrLf);
        if carriage_return { Ending::CrLf.as_str() } else { Ending::Lf.as_str() }
    }

    /// Adds the entry whose line comes next.
    fn add_entry(&mut self, parts: line::Assignment<'_>, whole: Piece<'_>) {
        let line = self.lines.len();
        let belongs = |line: &&Line| {
            let stray = matches!(line.kind, LineKind::Invalid(InvalidLine::OtherComment | InvalidLine::Mark));
            stray || line.kind == LineKind::Comment
        };
        let above = self.lines.iter().rev().take_while(belongs).count();
        let mut block = line - above..line;
        if block.start == 0 {
            // The file's header and the first entry's block run into each other.
            block.start = self.end_of_header(line, whole);
        }
        let comments = self.lines[block.clone()].iter().filter(|line| line.kind == LineKind::Comment);
        let note = SourceNote::read(comments.map(|line| line::comment_text(whole.slice(line.span.range()))));
        self.entries.push(Entry {
            name: parts.name,
            value: parts.value.located(),
            source: parts.source,
            trailing_comment: parts.comment.map(Piece::located),
            line,
            block,
            note,
        });
    }

    /// Where the block of the first entry, on `line`, begins when only comments stand above it: below the last bare `#` that has
    /// prose above it and a title or a note below it, or nothing but the entry. What says where an image is from is no header's,
    /// and no suppression leaves the block: that would make it one of the whole list.
    fn end_of_header(&self, line: usize, whole: Piece<'_>) -> usize {
        let text = |index: usize| line::comment_text(whole.slice(self.lines[index].span.range()));
        let notes: Vec<SourceNote> = (0..line)
            .map(|index| {
                SourceNote::read((self.lines[index].kind == LineKind::Comment).then(|| text(index)).into_iter())
            })
            .collect();
        let prose = notes.iter().position(SourceNote::says_anything).unwrap_or(line);
        let source = notes.iter().position(SourceNote::says_source).unwrap_or(line);
        let said = notes.iter().rposition(SourceNote::says_anything).unwrap_or_default();
        let bare = |index: &usize| text(*index).text.is_empty();
        let is_ruler = |index: usize| self.line_text(&self.lines[index]).trim().len() > 1;
        let parted = (prose..source.min(said)).rev().find(bare);
        let alone =
            || line.checked_sub(1).filter(|last| source == line && prose < *last && bare(last) && !is_ruler(*last));
        let start = parted.or_else(alone).map_or(0, |bare| bare + 1);
        let allows = |index: &usize| matches!(directive::read(text(*index)), Some(DirectiveKind::Allow { .. }));
        (0..start).find(allows).unwrap_or(start)
    }

    /// What the comments around `line` say of an image's source.
    fn note_around(&self, line: usize) -> SourceNote {
        let whole = Piece::of_file(self.file, &self.text);
        let is_comment = |line: &&Line| line.kind == LineKind::Comment;
        let above = self.lines[..line].iter().rev().take_while(is_comment).count();
        let below = self.lines[line..].iter().take_while(is_comment).count();
        let comments = self.lines[line - above..line + below].iter();
        SourceNote::read(comments.map(|line| line::comment_text(whole.slice(line.span.range()))))
    }

    /// The blank lines that part the comments around `line` from an entry that has none of its own, and that entry.
    #[must_use]
    pub fn parted_from(&self, line: usize) -> Option<(Range<usize>, &Entry)> {
        let of_kind = |from: usize, kind: LineKind| {
            let rest = self.lines.get(from..).unwrap_or_default();
            from + rest.iter().take_while(|line| line.kind == kind).count()
        };
        let blanks = of_kind(line, LineKind::Comment);
        let end = of_kind(blanks, LineKind::Blank);
        let below = self.entries.iter().find(|entry| entry.line == end);
        below.filter(|_| blanks < end).map(|entry| (blanks..end, entry))
    }

    /// The blank lines that part `entry`, which has no comments of its own, from a block that says where an image is from, and what
    /// that says. What is at the top of the file and holds an order to the linter is meant for the whole list.
    #[must_use]
    pub fn parted_note(&self, entry: &Entry) -> Option<(Range<usize>, SourceNote)> {
        let above = self.lines[..entry.line].iter().rposition(|line| line.kind != LineKind::Blank)?;
        let (blanks, below) = self.parted_from(above)?;
        let note = self.note_around(above);
        let is_note = self.lines[above].kind == LineKind::Comment && below.line == entry.line && note.says_source();
        let of_list = self.directives.iter().any(|order| order.scope == Scope::File && order.line < entry.line);
        (is_note && !(of_list && self.header.contains(&above))).then_some((blanks, note))
    }

    /// The character that nobody can see, and its place, without which the comments of `entry` would say which chart it is from.
    #[must_use]
    pub fn unread_note(&self, entry: &Entry) -> Option<(Span, char)> {
        self.lines[entry.block.clone()].iter().filter(|line| line.kind == LineKind::Comment).find_map(|line| {
            let text = self.line_text(line).trim_start_matches(line::BYTE_ORDER_MARK);
            let (at, character) = text.char_indices().find(|(_, letter)| is_unseen(*letter))?;
            let names = |instead: &str| {
                let plain = text.replace(is_unseen, instead);
                let comment = Piece::of_file(self.file, plain.trim_start().trim_start_matches('#'));
                SourceNote::read(std::iter::once(comment)).from.is_some()
            };
            let start = line.span.end as usize - text.len() + at;
            let place = Span::new(self.file, start, start + character.len_utf8());
            (names("") || names(" ")).then_some((place, character))
        })
    }

    /// Whether the comments around `line` say where an image is from, and belong to no entry, or to one that a blank line parts from them:
    /// at the top of the file they may be a legend as well.
    #[must_use]
    pub fn is_torn(&self, line: usize) -> bool {
        (self.header.contains(&line) || self.parted_from(line).is_some()) && self.note_around(line).says_source()
    }

    /// The comments that blank lines part from `entry`, which has none of its own, though they speak of it: they say where an image is
    /// from, or name it.
    #[must_use]
    pub fn parted_comments(&self, entry: &Entry) -> Option<Range<usize>> {
        let above = self.lines[..entry.line].iter().rposition(|line| line.kind == LineKind::Comment)?;
        let (blanks, _) = self.parted_from(above).filter(|(_, below)| below.line == entry.line)?;
        let count = self.lines[..blanks.start].iter().rev().take_while(|line| line.kind == LineKind::Comment).count();
        let comments = blanks.start - count..blanks.start;
        let is_named = |text: &str| {
            let last = text.rsplit('/').next().unwrap_or_default();
            let name = last.split([':', '@', '"', '\'']).next().unwrap_or_default().to_lowercase();
            let names = |line: usize| self.line_text(&self.lines[line]).to_lowercase().contains(&name);
            !name.is_empty() && comments.clone().any(names)
        };
        let speaks =
            self.note_around(above).says_source() || is_named(&entry.name.text) || is_named(&entry.source.text);
        speaks.then_some(comments)
    }

    fn find_directives(&self) -> Vec<Directive> {
        let whole = Piece::of_file(self.file, &self.text);
        let comments = self.lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Comment);
        comments
            .filter_map(|(index, line)| {
                let comment = line::comment_text(whole.slice(line.span.range()));
                directive::read(comment).map(|kind| Directive {
                    span: comment.span(),
                    line: index,
                    scope: self.scope_of(index),
                    kind,
                })
            })
            .collect()
    }

    fn scope_of(&self, line: usize) -> Scope {
        if self.header.contains(&line) {
            return Scope::File;
        }
        let next = self.entries.partition_point(|entry| entry.line < line);
        match self.entries.get(next) {
            Some(entry) if entry.block.contains(&line) => Scope::Entry(next),
            // It was parted from its entry.
            _ if self.is_torn(line) => Scope::Entry(next),
            _ => Scope::Nowhere,
        }
    }
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lines.iter().try_for_each(|line| {
            f.write_str(self.line_text(line))?;
            f.write_str(line.ending.as_str())
        })
    }
}

#[cfg(test)]
mod tests;
