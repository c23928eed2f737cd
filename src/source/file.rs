//! The files of one run: read once, never changed, found again by id.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::bytes::from_bytes;
use super::path::canonical;

/// Bytes of a file that are read at once.
const BUFFER_SIZE: usize = 64 << 10;

/// Names one file of a [`Sources`]. Ids depend on the order of reading: never sort or print by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub(super) u32);

/// A stretch of bytes of one file: `start..end`, end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span of `start..end` in `file`. Files are smaller than 4 GiB ([`Sources::read`] refuses others).
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The bytes as a range.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The number of bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span is a point.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A place for people: line and column from 1, the column in UTF-8 bytes; and the byte offset from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1. A line ends after its `\n`.
    pub line: usize,
    /// Column, from 1, in UTF-8 bytes.
    pub column: usize,
    /// Byte offset, from 0.
    pub offset: usize,
}

/// One file as it was when it was read.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    pub(super) content: OnceLock<Content>,
    lines: OnceLock<Vec<u32>>,
}

/// What was read, or nothing and the reason.
#[derive(Debug)]
pub(super) struct Content {
    text: Arc<str>,
    failure: Option<std::io::Error>,
}

impl SourceFile {
    /// The path as it was asked for. A file inside an archive has the archive's path, `!/` and the path inside.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The content; stray bytes as [`from_bytes`] has them. A file that was enlisted is read now; see
    /// [`SourceFile::failure`].
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.content().text
    }

    /// Why the content of an enlisted file is empty, if it was asked for and could not be read.
    #[must_use]
    pub fn failure(&self) -> Option<&std::io::Error> {
        self.content.get()?.failure.as_ref()
    }

    fn new(path: PathBuf, text: Option<Arc<str>>) -> Self {
        let content = text.map(|text| Content { text, failure: None });
        Self { path, content: content.map_or_else(OnceLock::new, OnceLock::from), lines: OnceLock::new() }
    }

    fn content(&self) -> &Content {
        self.content.get_or_init(|| match read(&self.path) {
            Ok(text) => Content { text, failure: None },
            Err(cause) => Content { text: Arc::default(), failure: Some(cause) },
        })
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.text().bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.filter_map(|(at, _)| u32::try_from(at + 1).ok())).collect()
        })
    }

    /// The place of byte `offset`; an offset past the end is taken as the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text().len());
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start as usize <= offset);
        Position { line, column: offset - starts[line - 1] as usize + 1, offset }
    }

    /// The number of lines, at least 1; text after the last `\n` counts as a line, also when it is empty.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }

    /// The bytes of `line` (from 1), its line ending left out; `None` past the last line.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<std::ops::Range<usize>> {
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)?)? as usize;
        let text = self.text().as_bytes();
        let end = starts.get(line).map_or(text.len(), |next| *next as usize - 1);
        let end = if end > start && text[end - 1] == b'\r' { end - 1 } else { end };
        Some(start..end)
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {cause}", path.display())]
pub struct SourceError {
    /// The file.
    pub path: PathBuf,
    /// What the system said, or what is wrong with the content.
    pub cause: std::io::Error,
}

/// All files of a run. Overlays (unsaved editor buffers) hide what is on disk. Shared by threads.
#[derive(Debug, Default)]
pub struct Sources {
    /// By id; nothing in place of those that were forgotten.
    pub(super) files: RwLock<Vec<Option<Arc<SourceFile>>>>,
    pub(super) by_path: RwLock<HashMap<PathBuf, Known>>,
    pub(super) overlays: HashMap<PathBuf, Arc<str>>,
}

/// A file that was read under some path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub file: FileId,
    /// Whether it may be another one by now, see [`Sources::doubt_all`].
    pub doubtful: bool,
}

impl Sources {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `text` in place of what is on disk at `path`.
    pub fn overlay(&mut self, path: impl Into<PathBuf>, text: &str) {
        self.overlays.insert(path.into(), text.into());
    }

    /// Whether an overlay hides `path`.
    #[must_use]
    pub fn has_overlay(&self, path: &Path) -> bool {
        self.overlaid(path).is_some()
    }

    /// What hides `path`: an overlay counts for a file by whatever path that is reached.
    fn overlaid(&self, path: &Path) -> Option<&Arc<str>> {
        if let Some(text) = self.overlays.get(path) {
            return Some(text);
        }
        let name = path.file_name();
        let mut alike = self.overlays.iter().filter(|(other, _)| other.file_name() == name).peekable();
        alike.peek()?;
        let path = canonical(path);
        alike.find(|(other, _)| **other == path || canonical(other) == path).map(|(_, text)| text)
    }

    /// Reads the file at `path` (or its overlay); a second call for the same path gives the same file.
    ///
    /// # Errors
    /// What the system said; a file of 4 GiB or more is refused.
    pub fn read(&self, path: &Path) -> Result<FileId, SourceError> {
        let error = |cause| SourceError { path: path.to_owned(), cause };
        if let Some(known) = self.find(path) {
            return match &self.get(known).content().failure {
                // Errors of the system cannot be copied.
                Some(cause) => Err(error(std::io::Error::new(cause.kind(), cause.to_string()))),
                None => Ok(known),
            };
        }
        if let Some(text) = self.overlaid(path) {
            return Ok(self.add(path, text.clone()));
        }
        Ok(self.add(path, read(path).map_err(error)?))
    }

    /// As [`Sources::read`], but the content is read when it is first asked for. The file is opened now, so that one that may
    /// not be read is refused now.
    ///
    /// # Errors
    /// What the system said.
    pub fn enlist(&self, path: &Path) -> Result<FileId, SourceError> {
        if let Some(known) = self.find(path) {
            return Ok(known);
        }
        if let Some(text) = self.overlaid(path) {
            return Ok(self.add(path, text.clone()));
        }
        let error = |cause| SourceError { path: path.to_owned(), cause };
        if self.was_read(path) {
            return Ok(self.add(path, read(path).map_err(error)?));
        }
        File::open(path).map_err(error)?;
        Ok(self.push(path.to_owned(), None))
    }

    /// Adds a file that does not stand on disk by itself: one of an archive, a `--set` argument. A second file of the same
    /// path is the first if its text is the same; else it replaces that for [`Sources::find`], and the first keeps its id.
    pub fn add(&self, path: impl Into<PathBuf>, text: Arc<str>) -> FileId {
        self.push(path.into(), Some(text))
    }

    fn push(&self, path: PathBuf, text: Option<Arc<str>>) -> FileId {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let mut by_path = self.by_path.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_path.get_mut(&path) {
            let old = files[known.file.0 as usize].as_ref();
            let same = old.is_some_and(|old| match (&text, old.content.get()) {
                (Some(text), Some(content)) => content.failure.is_none() && content.text == *text,
                (None, None) => true,
                _ => false,
            });
            if same {
                known.doubtful = false;
                return known.file;
            }
        }
        let file = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        files.push(Some(Arc::new(SourceFile::new(path.clone(), text))));
        by_path.insert(path, Known { file, doubtful: false });
        file
    }

    /// The file that was read or added under `path`.
    #[must_use]
    pub fn find(&self, path: &Path) -> Option<FileId> {
        let by_path = self.by_path.read().unwrap_or_else(PoisonError::into_inner);
        by_path.get(path).filter(|known| !known.doubtful).map(|known| known.file)
    }

    /// The files that were read or added under a path that leads to the file at `path`, its one path.
    #[must_use]
    pub fn find_all(&self, path: &Path) -> Vec<FileId> {
        let by_path = self.by_path.read().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &Path| known.file_name() == path.file_name() && canonical(known) == path;
        let mut found: Vec<FileId> =
            by_path.iter().filter(|(path, _)| same(path)).map(|(_, known)| known.file).collect();
        found.sort_unstable();
        found
    }

    /// The file of `id`; an empty one when it was forgotten.
    #[must_use]
    pub fn get(&self, id: FileId) -> Arc<SourceFile> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let file = files.get(id.0 as usize).and_then(Clone::clone);
        file.unwrap_or_else(|| Arc::new(SourceFile::new(PathBuf::new(), Some(Arc::default()))))
    }

    /// The text of `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> String {
        self.get(span.file).text().get(span.range()).unwrap_or_default().to_owned()
    }

    /// Where `span` starts.
    #[must_use]
    pub fn start(&self, span: Span) -> Position {
        self.get(span.file).position(span.start as usize)
    }

    /// Where `span` ends.
    #[must_use]
    pub fn end(&self, span: Span) -> Position {
        self.get(span.file).position(span.end as usize)
    }
}

fn read(path: &Path) -> std::io::Result<Arc<str>> {
    // Most files are small and there are many: one buffer serves all, and nobody is asked for their size.
    thread_local!(static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) });
    let mut file = File::open(path)?;
    BUFFER.with_borrow_mut(|buffer| {
        buffer.resize(BUFFER_SIZE, 0);
        let mut len = 0;
        loop {
            match file.read(&mut buffer[len..]) {
                Ok(0) => break Ok(from_bytes(&buffer[..len]).into()),
                Ok(more) => len += more,
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(cause) => break Err(cause),
            }
            if len == buffer.len() {
                break read_on(file, &buffer[..len]);
            }
        }
    })
}

/// Reads the rest of a file that is larger than the buffer.
fn read_on(mut file: File, start: &[u8]) -> std::io::Result<Arc<str>> {
    let mut bytes = start.to_vec();
    file.read_to_end(&mut bytes)?;
    if u32::try_from(bytes.len()).is_err() {
        return Err(std::io::Error::other("the file is larger than 4 GiB"));
    }
    Ok(from_bytes(&bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_from_one_and_columns_in_bytes() {
        let sources = Sources::new();
        let file = sources.get(sources.add("list", "a=b\r\n\u{e9}x\n".into()));
        assert_eq!(file.position(0), Position { line: 1, column: 1, offset: 0 });
        assert_eq!(file.position(7), Position { line: 2, column: 3, offset: 7 });
        assert_eq!(file.position(999), Position { line: 3, column: 1, offset: 9 });
        assert_eq!(file.line(1), Some(0..3));
        assert_eq!(file.line(2), Some(5..8));
        assert_eq!(file.line(4), None);
    }

    #[test]
    fn an_enlisted_file_is_read_when_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a"), "early").unwrap();
        std::fs::write(path("b"), "b").unwrap();
        let sources = Sources::new();
        let (a, b) = (sources.enlist(&path("a")).unwrap(), sources.enlist(&path("b")).unwrap());
        std::fs::write(path("a"), "late").unwrap();
        std::fs::remove_file(path("b")).unwrap();
        assert_eq!(&**sources.get(a).text(), "late");
        assert_eq!(sources.read(&path("a")).unwrap(), a);
        assert!(sources.get(b).failure().is_none());
        assert_eq!(&**sources.get(b).text(), "");
        assert!(sources.get(b).failure().is_some() && sources.read(&path("b")).is_err());
        assert!(sources.enlist(&path("c")).is_err());
    }

    #[test]
    fn what_is_added_again_as_it_was_keeps_its_id() {
        let sources = Sources::new();
        let add = |text: &str| sources.add("p.tgz!/values.yaml", text.into());
        let first = add("a: 1\n");
        assert_eq!(add("a: 1\n"), first);
        let second = add("a: 2\n");
        assert!(second != first && add("a: 2\n") == second);
        assert_eq!(sources.find(Path::new("p.tgz!/values.yaml")), Some(second));
    }

    #[test]
    fn an_overlay_hides_the_disk() {
        let mut sources = Sources::new();
        sources.overlay("/nowhere/list", "a=b\n");
        let id = sources.read(Path::new("/nowhere/list")).unwrap();
        assert_eq!(&**sources.get(id).text(), "a=b\n");
        assert!(sources.read(Path::new("/nowhere/else")).is_err());
    }
}
