//! Which changes on disk matter; and when files and folders were changed last, for clients that cannot watch them: what was
//! looked at is looked at again, by its time and size.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

/// Folders that are looked at at most.
const MOST_FOLDERS: usize = 5_000;

/// Time and size of each path that was looked at; nothing for one that is not there.
#[derive(Debug)]
pub(super) struct Stamps(Vec<(PathBuf, Option<Stamp>)>);

type Stamp = (SystemTime, u64);

impl Stamps {
    /// Those of `files`, which may lie in packages, and of the folders below `root`, in which others may come and go.
    pub fn of(files: &[PathBuf], root: &Path) -> Self {
        let mut paths: BTreeSet<PathBuf> = files.iter().map(|file| outer(file)).collect();
        let folders = WalkDir::new(root).into_iter().filter_entry(is_own).flatten();
        paths.extend(folders.take(MOST_FOLDERS).map(DirEntry::into_path));
        let stamped = |path: PathBuf| {
            let stamp = stamp(&path);
            (path, stamp)
        };
        Self(paths.into_iter().map(stamped).collect())
    }

    /// Whether one of them is another one now.
    pub fn are_old(&self) -> bool {
        self.0.iter().any(|(path, before)| stamp(path) != *before)
    }
}

/// Whether a change of the file at `path` can mean anything: git writes its own files all the time.
pub(super) fn matters(path: &Path) -> bool {
    path.iter().all(|part| part != ".git" && part != "node_modules")
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
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
        let stamps = || Stamps::of(&[root.join("a/x"), root.join("p.tgz!/in")], root);
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
    }
}
