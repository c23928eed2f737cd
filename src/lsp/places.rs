//! From spans to places in files, as the client calls and counts them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use lsp_types::{Location, Range, Uri};

use super::positions::{Encoding, Lines};
use super::queue::Scene;
use super::uri::uri_of;
use crate::source::{FileId, Sources, Span, canonical};

/// Places the spans of some sources.
pub(super) struct Places<'a> {
    /// What they are places in.
    pub sources: &'a Sources,
    scene: &'a Scene,
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
    /// Those of `sources`, as the client of `scene` calls and counts them.
    pub fn new(sources: &'a Sources, scene: &'a Scene, encoding: Encoding) -> Self {
        Self { sources, scene, encoding, known: RefCell::default() }
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

    /// What the client calls the file at `path`, its one path: as it opened it, else by the folder that it works in.
    pub fn uri(&self, path: &Path) -> Uri {
        if let Some(document) = self.scene.documents.of_path(path) {
            return document.uri.clone();
        }
        let inside = |folder: &PathBuf| Some(folder.join(path.strip_prefix(canonical(folder)).ok()?));
        uri_of(&self.scene.folders.iter().find_map(inside).unwrap_or_else(|| path.to_owned()))
    }

    /// The place of `span`, and its file's path within its package, when it lies in one.
    pub fn location(&self, span: Span) -> (Location, Option<String>) {
        let file = self.file(span.file);
        (Location { uri: file.uri.clone(), range: file.range(span) }, file.inside.clone())
    }
}
