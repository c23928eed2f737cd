//! Which files are the workspace's own: below its root, and in no repository inside of it. Only those are written unasked.

use std::path::Path;

use super::View;
use crate::lint::{Finding, Fix, Safety};

/// Whether the file at `path` lies below `root` and in no git submodule or other repository inside of `root`. A link counts
/// by what it leads to.
#[must_use]
pub fn is_own(root: &Path, path: &Path) -> bool {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let (Ok(root), Ok(path)) = (root.canonicalize(), path.canonicalize()) else { return false };
    let inside = path.ancestors().skip(1).take_while(|folder| *folder != root);
    path.starts_with(&root) && !inside.into_iter().any(|folder| folder.join(".git").exists())
}

/// The first safe fix of `finding` that changes no file but the workspace's own.
#[must_use]
pub fn safe_fix<'a>(view: &View, finding: &'a Finding) -> Option<&'a Fix> {
    let allowed = |fix: &&Fix| {
        let files = fix.edits().iter().map(|edit| view.sources.get(edit.span.file));
        let own = |path: &Path| path.is_file() && is_own(&view.checked.root, path);
        fix.safety == Safety::Safe && files.into_iter().all(|file| own(file.path()))
    };
    finding.fixes.iter().find(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn submodules_and_what_lies_outside_are_not_own() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("work");
        let file = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        file("work/.git/HEAD");
        file("work/module/.git");
        assert!(is_own(&root, &file("work/tools/list")));
        assert!(!is_own(&root, &file("work/module/chart/values.yaml")));
        assert!(!is_own(&root, &file("other/list")));
        assert!(!is_own(&root, &folder.path().join("work/nothing")));
        #[cfg(unix)]
        {
            let link = root.join("link");
            std::os::unix::fs::symlink(folder.path().join("other/list"), &link).unwrap();
            assert!(!is_own(&root, &link));
        }
    }
}
