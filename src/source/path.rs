//! Paths as people and programs read them, one relative to another, for which only names are compared; and the one path by
//! which files are told apart, for which the file system is asked.

use std::path::{Component, Path, PathBuf};

/// `path` as it is reached from the folder `from`: below it without it; beside it with `..`, when the two have more in common
/// than the root and a folder in it; else as it is. What an argument gave (`--set 1`) lies in no folder.
#[must_use]
pub fn path_from(from: &Path, path: &Path) -> PathBuf {
    if let Ok(below) = path.strip_prefix(from)
        && (below.is_absolute() || !climbs(below))
    {
        return below.to_owned();
    }
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        return path.to_owned();
    }
    let (Some(start), Some(end)) = (absolute(from), absolute(path)) else { return path.to_owned() };
    let common = start.components().zip(end.components()).take_while(|(one, other)| one == other).count();
    let up = start.components().count() - common;
    // The root counts as one.
    if up > 0 && common < 3 {
        return if path.is_absolute() { path.to_owned() } else { end };
    }
    let climb = std::iter::repeat_n(Component::ParentDir, up);
    climb.chain(end.components().skip(common)).collect()
}

/// The one path of what `path` means, for comparing: links followed, `.` and `..` gone. Of what does not exist (a file inside
/// a package, one still to be written) the names behind the last folder that does stay as they are.
#[must_use]
pub fn canonical(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = whole.ancestors().find_map(|above| Some((above, std::fs::canonicalize(above).ok()?)));
    let Some((above, mut clean)) = existing else { return whole };
    whole.strip_prefix(above).iter().for_each(|rest| add(&mut clean, rest));
    clean
}

/// Appends `rest`, `.` and `..` taken by their names.
fn add(clean: &mut PathBuf, rest: &Path) {
    for part in rest.components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
}

fn climbs(path: &Path) -> bool {
    path.components().any(|part| part == Component::ParentDir)
}

/// The path from the root of the file system, without `.` and `..`. The empty path is none.
fn absolute(path: &Path) -> Option<PathBuf> {
    let whole = if path == Path::new(".") { std::env::current_dir().ok()? } else { std::path::absolute(path).ok()? };
    let mut clean = PathBuf::new();
    add(&mut clean, &whole);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("tools/deep")).unwrap();
        std::fs::write(root.join("tools/list"), "").unwrap();
        for (path, one) in [
            ("tools/deep/../list", "tools/list"),
            ("./tools/./list", "tools/list"),
            ("tools/deep/../../tools/nothing", "tools/nothing"),
            ("nothing/../tools/list", "tools/list"),
            ("x.tgz!/web/../values.yaml", "x.tgz!/values.yaml"),
        ] {
            assert_eq!(canonical(&root.join(path)), root.join(one), "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("tools/deep", root.join("link")).unwrap();
            assert_eq!(canonical(&root.join("link/../list")), root.join("tools/list"));
            assert_eq!(canonical(&root.join("link/nothing")), root.join("tools/deep/nothing"));
        }
    }

    #[test]
    fn a_path_is_told_as_it_is_reached() {
        for (from, path, told) in [
            ("/w", "/w/tools/list", "tools/list"),
            ("", "tools/list", "tools/list"),
            ("/home/me/w", "--set 1", "--set 1"),
            ("", "../other/list", "../other/list"),
            ("/home/me/w", "/home/me/w", ""),
            ("/home/me/w/tools", "/home/me/w/web/values.yaml", "../web/values.yaml"),
            ("/home/me/w", "/home/me/w/../charts/x", "../charts/x"),
            ("/home/me/w", "/srv/charts/x", "/srv/charts/x"),
            ("/tmp/a", "/tmp/b/x", "/tmp/b/x"),
        ] {
            assert_eq!(path_from(Path::new(from), Path::new(path)), Path::new(told), "{path} from {from}");
        }
        let here = std::env::current_dir().unwrap();
        assert_eq!(path_from(&here, Path::new("tools/list")), Path::new("tools/list"));
        assert_eq!(path_from(&here.join("tools"), Path::new("./web/x")), Path::new("../web/x"));
        assert_eq!(path_from(Path::new("."), &here.join("x")), Path::new("x"));
    }
}
