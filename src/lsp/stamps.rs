//! Which changes on disk matter; and when files and folders were changed last, where no client watches them: what was looked at
//! is looked at again, by its time and size.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use walkdir::{DirEntry, WalkDir};

/// Folders that are looked at at most.
const MOST_FOLDERS: usize = 5_000;

/// The times of files come from a clock that ticks this slowly at most.
const TICK: Duration = Duration::from_millis(20);

/// Time and size of each path that was looked at, but those that the client watches.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    stamps: BTreeMap<PathBuf, Stamp>,
    /// The folders that were walked through.
    walked: BTreeSet<PathBuf>,
    /// The folders that the client watches.
    watched: Vec<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
enum Stamp {
    /// It is not there.
    Nothing,
    /// It was changed then, and has that size.
    Of(SystemTime, u64),
    /// It was changed while it was looked at: what was seen of it may be older.
    Doubtful,
}

impl Stamps {
    /// None yet, and never one of what lies in the folders `watched`.
    pub fn new(watched: Vec<PathBuf>) -> Self {
        Self { watched, ..Self::default() }
    }

    /// Adds those of `files`, which may lie in packages, and of the folders below each of `roots`, in which others may come and go.
    /// All were looked at after `began`. What is known keeps its stamp.
    pub fn add(&mut self, files: &[PathBuf], roots: &[PathBuf], began: SystemTime) {
        for file in files {
            self.stamp(outer(file), began);
        }
        for root in roots {
            let is_covered =
                self.walked.iter().any(|walked| root.starts_with(walked) && self.stamps.contains_key(root));
            if is_covered || self.is_watched(root) || !self.walked.insert(root.clone()) {
                continue;
            }
            let folders = WalkDir::new(root).into_iter().filter_entry(is_own).flatten();
            folders.take(MOST_FOLDERS).for_each(|folder| self.stamp(folder.into_path(), began));
            // It may come.
            self.stamp(root.clone(), began);
        }
    }

    fn is_watched(&self, path: &Path) -> bool {
        self.watched.iter().any(|folder| path.starts_with(folder))
    }

    fn stamp(&mut self, path: PathBuf, began: SystemTime) {
        if self.is_watched(&path) || self.stamps.contains_key(&path) {
            return;
        }
        let stamp = match stamp(&path) {
            // A time that is still to come says nothing.
            Stamp::Of(changed, _) if changed + TICK >= began && changed <= SystemTime::now() => Stamp::Doubtful,
            stamp => stamp,
        };
        self.stamps.insert(path, stamp);
    }

    /// Whether one of them is another one now.
    pub fn are_old(&self) -> bool {
        self.stamps.iter().any(|(path, before)| stamp(path) != *before)
    }
}

/// Whether a change of the file at `path` can mean anything: git writes its own files all the time.
pub(super) fn matters(path: &Path) -> bool {
    path.iter().all(|part| part != ".git" && part != "node_modules")
}

fn stamp(path: &Path) -> Stamp {
    let found = std::fs::metadata(path).and_then(|metadata| Ok(Stamp::Of(metadata.modified()?, metadata.len())));
    found.unwrap_or(Stamp::Nothing)
}

/// The package that a file lies in; else the file.
fn outer(file: &Path) -> PathBuf {
    let text = file.to_string_lossy();
    text.split_once("!/").map_or_else(|| file.to_owned(), |(package, _)| PathBuf::from(package))
}

/// Whether it is a folder that could hold lists and charts.
fn is_own(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let foreign = name.starts_with('.') || name == "node_modules" || name == "target";
    entry.file_type().is_dir() && (entry.depth() == 0 || !foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_keeps_for_itself_means_nothing() {
        assert!(!matters(Path::new("/w/.git/index")) && !matters(Path::new("/w/node_modules/x/Chart.yaml")));
        assert!(matters(Path::new("/w/.gitmodules")) && matters(Path::new("/w/.mirrorlint.yaml")));
    }

    #[test]
    fn what_changes_comes_or_goes_makes_stamps_old() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::write(root.join("a/x"), "1").unwrap();
        let stamps = || {
            std::thread::sleep(2 * TICK);
            let mut stamps = Stamps::default();
            stamps.add(&[root.join("a/x"), root.join("p.tgz!/in")], &[root.to_owned()], SystemTime::now());
            stamps
        };
        let before = stamps();
        assert!(!before.are_old());
        std::fs::write(root.join("a/x"), "12").unwrap();
        assert!(before.are_old());
        let before = stamps();
        std::fs::write(root.join("p.tgz"), "").unwrap();
        assert!(before.are_old());
        let before = stamps();
        std::fs::remove_file(root.join("a/x")).unwrap();
        assert!(before.are_old());
        let before = stamps();
        assert!(!before.are_old());
        std::fs::create_dir(root.join("a/b/c")).unwrap();
        assert!(before.are_old());
    }

    #[test]
    fn what_changes_while_it_is_looked_at_is_looked_at_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        let began = SystemTime::now();
        std::fs::write(&file, "1").unwrap();
        let mut stamps = Stamps::default();
        stamps.add(std::slice::from_ref(&file), &[], began);
        assert!(stamps.are_old());
        // Once: then it is as it was.
        let mut stamps = Stamps::default();
        stamps.add(std::slice::from_ref(&file), &[], SystemTime::now() + 2 * TICK);
        assert!(!stamps.are_old());
    }

    #[test]
    fn what_the_client_watches_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("in")).unwrap();
        std::fs::create_dir_all(path("out")).unwrap();
        let mut stamps = Stamps::new(vec![path("in")]);
        let later = SystemTime::now() + 2 * TICK;
        stamps.add(&[path("in/x"), path("out/x")], &[path("in"), path("out")], later);
        std::fs::write(path("in/x"), "").unwrap();
        assert!(!stamps.are_old());
        std::fs::write(path("out/x"), "").unwrap();
        assert!(stamps.are_old());
    }
}
