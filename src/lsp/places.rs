//! From spans to places in files, as the client calls and counts them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use lsp_types::{Location, Range, Uri};

use super::documents::Documents;
use super::positions::{Encoding, Lines};
use super::uri::uri_of;
use crate::source::{FileId, Sources, Span, canonical};

/// Places the spans of some sources.
pub(super) struct Places<'a> {
    sources: &'a Sources,
    documents: &'a Documents,
    encoding: Encoding,
    known: RefCell<HashMap<FileId, Rc<Placed>>>,
}

/// A file as the client knows it.
pub(super) struct Placed {
    /// What the client calls it.
    pub uri: Uri,
    /// Its one path; of a file in a package the package's.
    pub path: PathBuf,
    /// Its path within its package.
    pub inside: Option<String>,
    text: Arc<str>,
    lines: Lines,
}

impl Placed {
    /// The place of `span`; of what lies in a package, the package's beginning.
    pub fn range(&self, span: Span) -> Range {
        if self.inside.is_some() {
            return Range::default();
        }
        self.lines.range(&self.text, span.range())
    }
}

impl<'a> Places<'a> {
    /// Those of `sources`, as a client that has `documents` open counts.
    pub fn new(sources: &'a Sources, documents: &'a Documents, encoding: Encoding) -> Self {
        Self { sources, documents, encoding, known: RefCell::default() }
    }

    /// The file.
    pub fn file(&self, file: FileId) -> Rc<Placed> {
        if let Some(known) = self.known.borrow().get(&file) {
            return known.clone();
        }
        let source = self.sources.get(file);
        let whole = source.path().to_string_lossy();
        let (path, inside) = match whole.split_once("!/") {
            Some((package, inside)) => (canonical(Path::new(package)), Some(inside.to_owned())),
            None => (canonical(source.path()), None),
        };
        let text = source.text().clone();
        let placed =
            Rc::new(Placed { uri: self.uri(&path), lines: Lines::of(&text, self.encoding), path, inside, text });
        self.known.borrow_mut().insert(file, placed.clone());
        placed
    }

    /// What the client calls the file at `path`, its one path.
    pub fn uri(&self, path: &Path) -> Uri {
        self.documents.of_path(path).map_or_else(|| uri_of(path), |document| document.uri.clone())
    }

    /// The place of `span`, and its file's path within its package, when it lies in one.
    pub fn location(&self, span: Span) -> (Location, Option<String>) {
        let file = self.file(span.file);
        (Location { uri: file.uri.clone(), range: file.range(span) }, file.inside.clone())
    }
}
