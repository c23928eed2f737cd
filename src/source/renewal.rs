//! Sources that live longer than one look at the files: what may have changed is doubted, and keeps its id when it turns out to
//! be the same. What nobody needs any more is forgotten.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::file::{FileId, Known, Sources};
use super::path::canonical;

impl Sources {
    /// Doubts all files: each is read again when it is asked for.
    pub fn doubt_all(&mut self) {
        self.known().values_mut().for_each(|known| known.doubtful = true);
    }

    /// Puts `overlays` in place of those that there are. Files whose overlay came, went or changed are doubted; all are, when a
    /// file comes or goes with its overlay.
    pub fn set_overlays(&mut self, overlays: HashMap<PathBuf, Arc<str>>) {
        let before = std::mem::replace(&mut self.overlays, overlays);
        let changed =
            before.iter().filter(|(path, text)| self.overlays.get(*path) != Some(*text)).map(|(path, _)| path);
        let new = self.overlays.keys().filter(|path| !before.contains_key(*path));
        let gone = before.keys().filter(|path| !self.overlays.contains_key(*path));
        let come_and_go = new.clone().chain(gone).any(|path| !path.exists());
        let changed: Vec<PathBuf> = changed.chain(new).cloned().collect();
        if come_and_go {
            self.doubt_all();
        }
        changed.iter().for_each(|path| self.doubt(path));
    }

    /// Doubts the file at `path`, by whatever path it was read.
    fn doubt(&mut self, path: &Path) {
        let name = path.file_name();
        for (known, file) in self.known() {
            if known == path || (known.file_name() == name && canonical(known) == canonical(path)) {
                file.doubtful = true;
            }
        }
    }

    /// Whether `file` is what its path leads to, as far as is known.
    #[must_use]
    pub fn is_current(&self, file: FileId) -> bool {
        self.find(self.get(file).path()) == Some(file)
    }

    /// The paths of all files that were read.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.by_path.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Forgets what is doubted still, and all files but those that paths lead to and those of `kept`.
    pub fn forget(&mut self, kept: &HashSet<FileId>) {
        self.known().retain(|_, known| !known.doubtful);
        let current: HashSet<FileId> = self.known().values().map(|known| known.file).collect();
        let files = self.files.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (number, file) in files.iter_mut().enumerate().filter(|(_, file)| file.is_some()) {
            let id = FileId(u32::try_from(number).unwrap_or(u32::MAX));
            if !current.contains(&id) && !kept.contains(&id) {
                *file = None;
            }
        }
    }

    /// Whether there is a doubted file of that path that was read.
    pub(super) fn was_read(&self, path: &Path) -> bool {
        let by_path = self.by_path.read().unwrap_or_else(PoisonError::into_inner);
        by_path.get(path).is_some_and(|known| self.get(known.file).content.get().is_some())
    }

    fn known(&mut self) -> &mut HashMap<PathBuf, Known> {
        self.by_path.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlays(texts: &[(&Path, &str)]) -> HashMap<PathBuf, Arc<str>> {
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect()
    }

    #[test]
    fn what_did_not_change_keeps_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a", "b", "c"] {
            std::fs::write(path(name), name).unwrap();
        }
        let mut sources = Sources::new();
        let read = |sources: &Sources| ["a", "b"].map(|name| sources.read(&path(name)).unwrap());
        let [a, b] = read(&sources);
        let c = sources.enlist(&path("c")).unwrap();
        std::fs::write(path("b"), "other").unwrap();
        assert_eq!(read(&sources), [a, b], "nobody said that something changed");
        sources.doubt_all();
        assert!(!sources.is_current(a) && sources.find(&path("a")).is_none());
        let [a2, b2] = read(&sources);
        assert!(a2 == a && b2 != b && sources.enlist(&path("c")).unwrap() == c);
        assert_eq!((&**sources.get(b).text(), &**sources.get(b2).text()), ("b", "other"), "both are there");
        assert!(sources.is_current(a) && sources.is_current(b2) && !sources.is_current(b));
    }

    #[test]
    fn overlays_come_change_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "disk").unwrap();
        let mut sources = Sources::new();
        let disk = sources.enlist(&path).unwrap();
        assert_eq!(&**sources.get(disk).text(), "disk");
        sources.set_overlays(overlays(&[(&path, "disk")]));
        assert_eq!(sources.enlist(&path).unwrap(), disk, "opened, and not changed");
        sources.set_overlays(overlays(&[(&path, "new")]));
        let new = sources.read(&path).unwrap();
        assert_eq!(&**sources.get(new).text(), "new");
        let other = folder.path().join("b");
        std::fs::write(&other, "").unwrap();
        sources.set_overlays(overlays(&[(&path, "new"), (&other, "x")]));
        assert!(sources.is_current(new));
        sources.set_overlays(overlays(&[(&path, "new"), (&folder.path().join("c"), "x")]));
        assert!(!sources.is_current(new), "whoever listed the folder is to list it again");
        sources.set_overlays(HashMap::new());
        let back = sources.read(&path).unwrap();
        assert_eq!(&**sources.get(back).text(), "disk");
    }

    #[test]
    fn what_nobody_needs_is_forgotten() {
        let mut sources = Sources::new();
        let [old, kept] = ["old", "kept"].map(|name| sources.add(name, "text".into()));
        sources.doubt_all();
        let new = sources.add("old", "other".into());
        sources.forget(&HashSet::from([kept]));
        assert_eq!(&**sources.get(old).text(), "");
        assert_eq!((&**sources.get(kept).text(), &**sources.get(new).text()), ("text", "other"));
        assert!(sources.find(Path::new("kept")).is_none());
    }
}
