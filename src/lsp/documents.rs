//! What is open in the editor, as it stands there. A snapshot is cheap: texts are shared.

use std::collections::BTreeMap;
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

    /// The document of the file at `path`, its one path.
    pub fn of_path(&self, path: &Path) -> Option<&Arc<Document>> {
        self.open.values().find(|document| document.path == path)
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

    #[test]
    fn what_is_no_file_is_not_kept() {
        let mut documents = Documents::default();
        documents.open(Uri("untitled:1".to_owned()), "mirrorlint", 1, "");
        assert_eq!(documents.iter().count(), 0);
        documents.open(Uri("file:///w/images.txt".to_owned()), "mirrorlint", 1, "");
        assert!(documents.iter().all(|document| document.is_list()));
    }
}
