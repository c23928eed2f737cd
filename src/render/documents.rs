//! Which documents a rendered file holds, and what Helm reads of them to sort them. Remembered by the text, where somebody renders
//! again and again: most files come out as they did before, many of them with every origin the same.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::head::{Head, Refusal, head};
use super::manifests::ranges;
use crate::source::Text;
use crate::yaml;

/// One document of a file.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// Its head.
    pub head: Result<Head, Refusal>,
    /// What it says, once it was read as a whole; nothing when it cannot be.
    pub whole: Arc<OnceLock<Option<yaml::Value>>>,
}

/// The documents of files that were read before.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// By the file's name and length.
    known: Mutex<HashMap<(String, usize), Vec<Known>>>,
}

#[derive(Debug)]
struct Known {
    text: Text,
    documents: Arc<[Document]>,
    /// How often [`Documents::forget_unused`] was called since it was asked for.
    idle: usize,
}

impl Documents {
    /// Those of the file `name`.
    pub fn of(&self, name: &str, text: &Text) -> Arc<[Document]> {
        let key = (name.to_owned(), text.len());
        let same = |known: &&mut Known| known.text.as_str() == text.as_str();
        if let Some(known) = self.known().get_mut(&key).and_then(|known| known.iter_mut().find(same)) {
            known.idle = 0;
            if !known.text.is_same(text) {
                // It came from elsewhere, which what it says as a whole has to know.
                let again = |known: &Document| Document { whole: Arc::default(), ..known.clone() };
                (known.text, known.documents) = (text.clone(), known.documents.iter().map(again).collect());
            }
            return known.documents.clone();
        }
        // Not under the lock: another thread may read meanwhile, at worst the same file.
        let documents = read(text);
        let known = Known { text: text.clone(), documents: documents.clone(), idle: 0 };
        self.known().entry(key).or_default().push(known);
        documents
    }

    /// Forgets what was not asked for in `most` rounds, each of which ends with this.
    pub fn forget_unused(&self, most: usize) {
        self.known().retain(|_, known| {
            known.iter_mut().for_each(|one| one.idle += 1);
            known.retain(|one| one.idle <= most);
            !known.is_empty()
        });
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(String, usize), Vec<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parts and reads a file.
pub(super) fn read(text: &Text) -> Arc<[Document]> {
    let document =
        |range: Range<usize>| Document { head: head(&text.slice(range.clone())), range, whole: Arc::default() };
    ranges(text).into_iter().map(document).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Layer, Sources};

    #[test]
    fn what_was_read_is_known_by_name_and_text_until_nobody_asks() {
        let documents = Documents::default();
        let text = Text::new("kind: Pod\n---\nkind: Job\n");
        let first = documents.of("a", &text);
        let kinds: Vec<_> = first.iter().map(|one| one.head.as_ref().unwrap().kind.as_str()).collect();
        assert_eq!(kinds, ["Pod", "Job"]);
        assert!(Arc::ptr_eq(&first, &documents.of("a", &Text::new(&text))));
        assert!(!Arc::ptr_eq(&first, &documents.of("a", &Text::new("kind: Pod\n---\nkind: Jab\n"))));
        assert!(!Arc::ptr_eq(&first, &documents.of("b", &text)));
        documents.forget_unused(1);
        assert!(Arc::ptr_eq(&first, &documents.of("a", &text)));
        // From another file: sorted as before, but to be read anew.
        let sources = Sources::new();
        let other = Text::of_file(sources.add("x", text.shared()), text.shared(), Layer::Values);
        let second = documents.of("a", &other);
        assert!(second[0].head == first[0].head && !Arc::ptr_eq(&second[0].whole, &first[0].whole));
        assert!(Arc::ptr_eq(&second, &documents.of("a", &other)));
        let first = documents.of("a", &text);
        (0..2).for_each(|_| documents.forget_unused(1));
        assert!(!Arc::ptr_eq(&first, &documents.of("a", &text)));
    }
}
