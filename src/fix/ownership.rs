//! Which files are the workspace's own: below its root, and in no repository inside of it. Only those are written unasked.

use std::path::Path;

use super::View;
use crate::lint::{Finding, Fix, Safety};
use crate::source::{Sources, canonical};

/// Whether the file at `path` lies below `root` and in no git submodule or other repository inside of `root`. A link counts
/// by what it leads to.
#[must_use]
pub fn is_own(root: &Path, path: &Path) -> bool {
    path.exists() && lies_in(root, path)
}

/// The same of a file that need not be there.
fn lies_in(root: &Path, path: &Path) -> bool {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let Ok(root) = root.canonicalize() else { return false };
    let path = canonical(path);
    let inside = path.ancestors().skip(1).take_while(|folder| *folder != root);
    path.starts_with(&root) && !inside.into_iter().any(|folder| folder.join(".git").exists())
}

/// The first safe fix of `finding` that changes no file but the workspace's own.
#[must_use]
pub fn safe_fix<'a>(view: &View, finding: &'a Finding) -> Option<&'a Fix> {
    finding.fixes.iter().find(|fix| is_safe(&view.sources, &view.checked.root, fix))
}

/// Whether `fix` is safe and changes no file but the own ones of the workspace at `root`.
#[must_use]
pub fn is_safe(sources: &Sources, root: &Path, fix: &Fix) -> bool {
    // What was never saved is in the editor alone.
    let is_file = |path: &Path| path.is_file() || sources.has_overlay(path);
    let own = |path: &Path| is_file(path) && lies_in(root, path);
    fix.safety == Safety::Safe && fix.edits().iter().all(|edit| own(sources.get(edit.span.file).path()))
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
