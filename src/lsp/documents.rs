//! What is open in the editor, as it stands there. A snapshot is cheap: texts are shared.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent as ContentChange, Uri};

use super::positions::{Encoding, Lines};
use super::uri::path_of;
use crate::lint::LIST_NAME;
use crate::source::canonical;

/// Languages whose documents are lists, whatever they are called.
const LIST_LANGUAGES: [&str; 2] = ["mirrorlint", "ecr-images"];

/// One open document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// As the client calls it.
    pub uri: Uri,
    /// The file's one path.
    pub path: PathBuf,
    /// The client's number for this state of it.
    pub version: i32,
    /// The text.
    pub text: Arc<str>,
    is_list: bool,
}

impl Document {
    /// Whether it is a list by its name or language.
    pub fn is_list(&self) -> bool {
        self.is_list || self.path.file_name().is_some_and(|name| name == LIST_NAME)
    }
}

/// All open documents that are files.
#[derive(Clone, Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<String, Arc<Document>>,
}

impl Documents {
    /// Opens a document; not one that is no file.
    pub fn open(&mut self, uri: Uri, language: &str, version: i32, text: &str) {
        let Some(path) = path_of(&uri) else { return };
        let is_list = LIST_LANGUAGES.contains(&language);
        let document = Document { path: canonical(&path), version, text: text.into(), is_list, uri: uri.clone() };
        self.open.insert(uri.0, document.into());
    }

    /// Applies changes in their order.
    pub fn change(&mut self, uri: &Uri, version: i32, changes: Vec<ContentChange>, encoding: Encoding) {
        let Some(document) = self.open.get_mut(&uri.0) else { return };
        let mut text = document.text.to_string();
        for change in changes {
            match change {
                ContentChange::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
                ContentChange::TextDocumentContentChangePartial(part) => {
                    let range = Lines::of(&text, encoding).bytes(&text, part.range);
                    text.replace_range(range, &part.text);
                }
            }
        }
        *document = Arc::new(Document { version, text: text.into(), ..(**document).clone() });
    }

    /// Closes a document.
    pub fn close(&mut self, uri: &Uri) {
        self.open.remove(&uri.0);
    }

    /// The document that the client calls so.
    pub fn get(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.open.get(&uri.0)
    }

    /// The same, if what is checked is its text: another document of the same file may have another one.
    pub fn seen(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.get(uri).filter(|document| self.of_path(&document.path).is_some_and(|seen| seen.text == document.text))
    }

    /// The document of the file at `path`, its one path; the last one, where the client has several by way of links. Its text is what
    /// is checked.
    pub fn of_path(&self, path: &Path) -> Option<&Arc<Document>> {
        self.open.values().rev().find(|document| document.path == path)
    }

    /// The text of each file that is open, by its one path.
    pub fn texts(&self) -> HashMap<PathBuf, Arc<str>> {
        self.open.values().map(|document| (document.path.clone(), document.text.clone())).collect()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.open.values()
    }
}

#[cfg(test)]
mod tests {
    use lsp_types::{
        Position, Range, TextDocumentContentChangePartial as Part, TextDocumentContentChangeWholeDocument as Whole,
    };

    use super::*;

    fn part(start: (u32, u32), end: (u32, u32), text: &str) -> ContentChange {
        let at = |(line, character)| Position { line, character };
        let range = Range { start: at(start), end: at(end) };
        #[allow(deprecated)]
        ContentChange::TextDocumentContentChangePartial(Part { range, range_length: None, text: text.to_owned() })
    }

    #[test]
    fn changes_follow_each_other() {
        let uri = Uri("file:///w/ecr-images.conf".to_owned());
        let mut documents = Documents::default();
        documents.open(uri.clone(), "conf", 1, "a=\u{1f600}\r\nb=2\r\n");
        let snapshot = documents.clone();
        documents.change(&uri, 2, vec![part((0, 4), (0, 4), "!"), part((1, 0), (2, 0), "")], Encoding::Utf16);
        let document = documents.get(&uri).unwrap();
        assert_eq!((&*document.text, document.version, document.is_list()), ("a=\u{1f600}!\r\n", 2, true));
        assert_eq!(snapshot.get(&uri).unwrap().version, 1);
        let whole = ContentChange::TextDocumentContentChangeWholeDocument(Whole { text: "x".to_owned() });
        documents.change(&uri, 3, vec![whole, part((9, 9), (9, 9), "y")], Encoding::Utf8);
        assert_eq!(&*documents.get(&uri).unwrap().text, "xy");
        documents.close(&uri);
        assert!(documents.get(&uri).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn one_document_stands_for_a_file_that_is_open_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let uri = |name: &str| super::super::uri::uri_of(&path(name));
        std::fs::write(path("b"), "").unwrap();
        std::os::unix::fs::symlink(path("b"), path("a")).unwrap();
        std::os::unix::fs::symlink(path("b"), path("c")).unwrap();
        let mut documents = Documents::default();
        for (name, text) in [("c", "1"), ("a", "2"), ("b", "1")] {
            documents.open(uri(name), "conf", 1, text);
        }
        let one = canonical(&path("b"));
        assert_eq!(documents.of_path(&one).unwrap().uri, uri("c"));
        assert_eq!(documents.texts(), HashMap::from([(one, "1".into())]));
        assert_eq!(["a", "b", "c"].map(|name| documents.seen(&uri(name)).is_some()), [false, true, true]);
    }

    #[test]
    fn what_is_no_file_is_not_kept() {
        let mut documents = Documents::default();
        documents.open(Uri("untitled:1".to_owned()), "mirrorlint", 1, "");
        assert_eq!(documents.iter().count(), 0);
        documents.open(Uri("file:///w/images.txt".to_owned()), "mirrorlint", 1, "");
        assert!(documents.iter().all(|document| document.is_list()));
    }
}
