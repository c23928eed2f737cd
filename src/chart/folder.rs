//! The files of a chart folder, in Helm's order: names sorted byte by byte within each folder, symbolic links followed,
//! `.helmignore` obeyed. Reads through `Sources`, so that unsaved buffers count.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::FileType;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::source::{Layer, Sources, beyond};

use super::entry::{self, Content, Entry};
use super::error::ChartError;
use super::ignore::Rules;

/// How deep folders of a chart may lie in each other.
pub const MAX_FOLDER_DEPTH: usize = 64;

/// The files of the chart in `root`.
pub(super) fn read(sources: &Sources, root: &Path) -> Result<Vec<Entry>, ChartError> {
    let unsaved = sources.unsaved_below(root);
    let mut walk = Walk { sources, unsaved, rules: rules(sources, root)?, entries: Vec::new() };
    walk.folder(root, "", 0)?;
    Ok(walk.entries)
}

fn rules(sources: &Sources, root: &Path) -> Result<Rules, ChartError> {
    let path = root.join(".helmignore");
    let on_disk = path.exists();
    if on_disk && !path.is_file() {
        return Err(ChartError::at_path(&path, format!("cannot load irregular file {}", path.display())));
    }
    let (file, text) = if sources.has_overlay(&path) || on_disk {
        let file = entry::read(sources, &path, ".helmignore")?;
        (Some(file), sources.get(file).text().clone())
    } else {
        (None, "".into())
    };
    Rules::parse(&text).map_err(|bad| match file {
        Some(file) => {
            let text = crate::source::Text::of_file(file, text, Layer::Computed);
            ChartError::at_range(&path, &text, bad.range, bad.message)
        }
        None => ChartError::at_path(&path, bad.message),
    })
}

struct Walk<'a> {
    sources: &'a Sources,
    /// The files that are not on disk yet.
    unsaved: Vec<PathBuf>,
    rules: Rules,
    entries: Vec<Entry>,
}

impl Walk<'_> {
    fn folder(&mut self, path: &Path, inside: &str, depth: usize) -> Result<(), ChartError> {
        let fail = |cause: std::io::Error| {
            let what = if inside.is_empty() { "cannot be read".to_owned() } else { format!("cannot read {inside}") };
            ChartError::at_path(path, format!("{what}: {cause}"))
        };
        if depth > MAX_FOLDER_DEPTH {
            let message = beyond(format_args!("folders nest more than {MAX_FOLDER_DEPTH} deep"));
            return Err(ChartError::at_path(path, message));
        }
        let mut found = self.unsaved_in(inside);
        match std::fs::read_dir(path) {
            Ok(entries) => {
                for entry in entries {
                    let entry = entry.map_err(fail)?;
                    found.insert(entry.file_name(), Found::of(entry.file_type().map_err(fail)?));
                }
            }
            // A folder that is there only for the unsaved files in it.
            Err(cause) if cause.kind() == ErrorKind::NotFound && !found.is_empty() => {}
            Err(cause) => return Err(fail(cause)),
        }
        for (name, found) in found {
            let shown = name.to_string_lossy();
            let inner = if inside.is_empty() { shown.into_owned() } else { format!("{inside}/{shown}") };
            let below = path.join(&name);
            let is_link = matches!(found, Found::Link);
            let found = if is_link { followed(&below)? } else { found };
            let ignored = self.rules.ignores(&inner, matches!(found, Found::Folder));
            if is_link && !ignored && is_above(&below, path) {
                // Helm goes round until the system has enough.
                let message = format!("{inner} is a symbolic link to a folder above it");
                return Err(ChartError::at_path(&below, message));
            }
            if !ignored {
                self.visit(below, inner, found, depth)?;
            }
        }
        Ok(())
    }

    /// What unsaved files bring to the folder `inside` of the chart: themselves, or folders with them.
    fn unsaved_in(&self, inside: &str) -> BTreeMap<OsString, Found> {
        let below = self.unsaved.iter().filter_map(|path| path.strip_prefix(inside).ok());
        let name = |path: &Path| {
            let mut parts = path.iter();
            let name = parts.next()?.to_owned();
            Some((name, if parts.next().is_some() { Found::Folder } else { Found::File }))
        };
        below.filter_map(name).collect()
    }

    fn visit(&mut self, path: PathBuf, inside: String, found: Found, depth: usize) -> Result<(), ChartError> {
        if matches!(found, Found::Folder) {
            return self.folder(&path, &inside, depth + 1);
        }
        if !matches!(found, Found::File) {
            let shown = path.display();
            let message = format!("cannot load irregular file {shown} as it has file mode type bits set");
            return Err(ChartError::at_path(&path, message));
        }
        let content = if inside.ends_with(".tgz") {
            Content::Disk
        } else {
            let get = if is_always_read(&inside) { entry::read } else { entry::enlist };
            Content::Source(get(self.sources, &path, &inside)?)
        };
        self.entries.push(Entry { name: inside, path, content });
        Ok(())
    }
}

/// What a name in a folder stands for.
enum Found {
    File,
    Folder,
    Link,
    /// A pipe and the like.
    Irregular,
}

impl Found {
    fn of(kind: FileType) -> Self {
        match () {
            () if kind.is_file() => Self::File,
            () if kind.is_dir() => Self::Folder,
            () if kind.is_symlink() => Self::Link,
            () => Self::Irregular,
        }
    }
}

/// Whether the link at `link` leads to `folder`, or to one above it.
fn is_above(link: &Path, folder: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(link).zip(real(folder)).is_some_and(|(target, folder)| folder.starts_with(target))
}

/// Whether the chart's own file `name` is looked at whatever the chart renders to: then it is opened once, not twice.
fn is_always_read(name: &str) -> bool {
    name.starts_with("templates/") || matches!(name, "Chart.yaml" | "values.yaml" | "values.schema.json")
}

/// What stands at the end of the symbolic link at `path`.
fn followed(path: &Path) -> Result<Found, ChartError> {
    std::fs::metadata(path)
        .map(|found| Found::of(found.file_type()))
        .map_err(|cause| ChartError::at_path(path, format!("error evaluating symlink {}: {cause}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> Result<Vec<String>, String> {
        read(&Sources::new(), root)
            .map(|entries| entries.into_iter().map(|entry| entry.name).collect())
            .map_err(|error| error.message)
    }

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn files_come_in_the_order_of_their_names_folder_by_folder() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b.txt", "a/z", "a/B", "a-b", "templates/.x", "templates/y", ".helmignore", "skip/me"] {
            write(folder.path(), path, if path == ".helmignore" { "skip/\n" } else { "" });
        }
        assert_eq!(names(folder.path()).unwrap(), [".helmignore", "a/B", "a/z", "a-b", "b.txt", "templates/y"]);
    }

    #[test]
    fn files_that_were_never_saved_stand_where_they_will() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "templates/b", "");
        write(folder.path(), ".helmignore", "skip/\n");
        let mut sources = Sources::new();
        for path in ["Chart.yaml", "templates/a", "templates/c/d", "skip/me"] {
            sources.overlay(folder.path().join(path), "text");
        }
        let entries = read(&sources, folder.path()).unwrap();
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, [".helmignore", "Chart.yaml", "templates/a", "templates/b", "templates/c/d"]);
        let text = entries[4].text(&sources, Layer::Template).unwrap().1;
        assert_eq!(text.as_str(), "text");
        assert!(read(&sources, &folder.path().join("new")).unwrap_err().message.starts_with("cannot be read: "));
    }

    #[test]
    fn a_bad_ignore_rule_is_reported_at_its_line() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), ".helmignore", "a\n**/b\n");
        let sources = Sources::new();
        let error = read(&sources, folder.path()).unwrap_err();
        assert_eq!(error.message, "double-star (**) syntax is not supported");
        assert_eq!(sources.start(error.span.unwrap()).line, 2);
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_followed_and_loops_end() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "real/a", "");
        std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
        assert_eq!(names(folder.path()).unwrap(), ["link/a", "real/a"]);
        std::os::unix::fs::symlink("..", folder.path().join("real/up")).unwrap();
        assert_eq!(names(folder.path()).unwrap_err(), "link/up is a symbolic link to a folder above it");
        std::fs::remove_file(folder.path().join("real/up")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
        assert!(names(folder.path()).unwrap_err().starts_with("error evaluating symlink"));
    }
}
