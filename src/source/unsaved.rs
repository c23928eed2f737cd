//! Files that stand in an editor and were never saved: whoever lists a folder asks for them, too.

use std::path::{Path, PathBuf};

use super::file::Sources;
use super::path::canonical;

impl Sources {
    /// The files that overlays bring and the disk does not have, each by its one path, sorted.
    #[must_use]
    pub fn unsaved(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> =
            self.overlays.keys().map(|path| canonical(path)).filter(|path| !path.exists()).collect();
        found.sort();
        found
    }

    /// The files below `folder` that overlays bring and the disk does not have, by their paths from there, sorted.
    #[must_use]
    pub fn unsaved_below(&self, folder: &Path) -> Vec<PathBuf> {
        if self.overlays.is_empty() {
            return Vec::new();
        }
        let folder = canonical(folder);
        self.unsaved().iter().filter_map(|path| path.strip_prefix(&folder).ok().map(Path::to_owned)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_on_disk_is_unsaved() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a/saved"), "").unwrap();
        let mut sources = Sources::new();
        for name in ["a/saved", "a/new", "b/c/new", "above"] {
            sources.overlay(folder.path().join(name), "text");
        }
        let below = |inside: &str| sources.unsaved_below(&folder.path().join(inside));
        assert_eq!(below("a"), [Path::new("new")]);
        assert_eq!(below("b/x/.."), [Path::new("c/new")]);
        assert_eq!(sources.unsaved().len(), 3);
        assert_eq!(below(""), ["a/new", "above", "b/c/new"].map(Path::new));
    }
}
