//! Files that stand in an editor and were never saved: whoever lists a folder asks for them, too.

use std::path::{Path, PathBuf};

use super::file::Sources;
use super::path::canonical;

impl Sources {
    /// The files below `folder` that overlays bring and the disk does not have, by their paths from there, sorted.
    #[must_use]
    pub fn unsaved_below(&self, folder: &Path) -> Vec<PathBuf> {
        if self.overlays.is_empty() {
            return Vec::new();
        }
        let folder = canonical(folder);
        let below = |path: &PathBuf| {
            let path = canonical(path);
            let inside = path.strip_prefix(&folder).ok()?.to_owned();
            (!path.exists()).then_some(inside)
        };
        let mut found: Vec<PathBuf> = self.overlays.keys().filter_map(below).collect();
        found.sort();
        found
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
        assert_eq!(below(""), ["a/new", "above", "b/c/new"].map(Path::new));
    }
}
