//! `.mirrorlint.lock`: which bytes each external chart has. Written by `fetch`, meant to be committed.

use std::collections::BTreeSet;
use std::fs::File as Handle;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{identity, same};
use crate::chart::Wanted;
use crate::source::{Over, WriteError, write_whole};

/// What the file is called; it stands at the workspace root.
pub const LOCK_NAME: &str = ".mirrorlint.lock";

/// How many folders above a chart are looked through for a lock file outside of a git work tree.
const MOST_ABOVE: usize = 4;

/// What stands on top of the file.
const HEADER: &str = "\
# Written by `mirrorlint fetch`: the bytes that external charts must have. Commit it.
";

/// A lock file.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// Where it lies.
    pub path: PathBuf,
    /// The packages, by name, version and repository.
    pub packages: Vec<Pin>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a package: a mapping with `name`, `version` and so on")]
pub struct Pin {
    /// The chart's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The repository, as `Chart.yaml` has it.
    pub repository: String,
    /// Where the package was.
    pub url: String,
    /// The digest of its bytes.
    pub sha256: String,
    /// The constraints that it was chosen for. A dependency that asks for another one does not move it.
    #[serde(rename = "for", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub constraints: BTreeSet<String>,
}

/// What every version of the file says.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `version` and `packages`")]
struct File {
    version: u64,
    packages: Vec<Pin>,
}

/// Why a lock file does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct LockError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub message: String,
}

impl Pin {
    /// Whether it is of the chart and repository that `wanted` names, whatever the version.
    #[must_use]
    pub fn is_of(&self, wanted: &Wanted<'_>) -> bool {
        self.name == wanted.name && identity(&self.repository) == identity(wanted.repository)
    }

    /// The version by which its repository knows it: a registry has it under a tag, which may be written otherwise (`v1.0.0`) than
    /// the package's own version.
    #[must_use]
    pub fn offered_version(&self) -> String {
        let place = self.url.strip_prefix("oci://").and_then(|place| place.rsplit_once(':'));
        let tagged = place.map(|(_, tag)| tag.replace('_', "+")).filter(|tagged| same(tagged, &self.version));
        tagged.unwrap_or_else(|| self.version.clone())
    }

    /// Whether it was chosen for this constraint.
    #[must_use]
    pub fn is_for(&self, constraint: &str) -> bool {
        self.constraints.contains(constraint)
    }
}

impl Lock {
    /// The lock file that speaks for the charts in `folder`: its own, or the nearest above it, up to the top of the git work
    /// tree; outside of one four folders up.
    #[must_use]
    pub fn find(folder: &Path) -> Option<PathBuf> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let own = folder.join(LOCK_NAME);
        if own.is_file() {
            return Some(own);
        }
        let whole = crate::source::canonical(folder);
        let top = whole.ancestors().position(|folder| folder.join(".git").exists());
        let above = whole.ancestors().take(top.unwrap_or(MOST_ABOVE) + 1);
        above.map(|folder| folder.join(LOCK_NAME)).find(|file| file.is_file())
    }

    /// Reads the lock file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or was not written by this version.
    pub fn read(path: &Path) -> Result<Self, LockError> {
        let error = |message: String| LockError { path: path.to_owned(), message };
        let text = std::fs::read_to_string(path).map_err(|cause| error(format!("cannot be read: {cause}")))?;
        if let Ok(Head { version }) = serde_yaml::from_str(&text)
            && version != 1
        {
            return Err(error(format!("has version {version}, but this mirrorlint knows version 1 only")));
        }
        let file: File = serde_yaml::from_str(&text).map_err(|cause| {
            error(format!(
                "is no lock file: {cause}. `mirrorlint fetch` writes it; if a merge broke it, delete it and fetch"
            ))
        })?;
        Ok(Self { path: path.to_owned(), packages: file.packages })
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut packages = self.packages.clone();
        packages.sort();
        packages.dedup();
        let body = serde_yaml::to_string(&File { version: 1, packages }).unwrap_or_default();
        format!("{HEADER}{body}")
    }

    /// Changes the lock file at `path`: `change` makes of the packages that are in it now those that are to be in it. Others that
    /// do the same at the same time wait, so that nobody's pins are lost. Says what it is then, and whether that changed
    /// anything; a file without packages is not made.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn change(path: &Path, change: impl FnOnce(Vec<Pin>) -> Vec<Pin>) -> Result<(Self, bool), LockError> {
        let _guard = guard(path);
        let now = if path.exists() { Self::read(path)?.packages } else { Vec::new() };
        let mut lock = Self { path: path.to_owned(), packages: change(now) };
        lock.packages.sort();
        let written = if lock.packages.is_empty() && !path.exists() { false } else { lock.write()? };
        Ok((lock, written))
    }

    /// Writes it, whole or not at all; says whether that changed anything.
    fn write(&self) -> Result<bool, LockError> {
        let text = self.text();
        if std::fs::read_to_string(&self.path).is_ok_and(|old| old == text) {
            return Ok(false);
        }
        let refused = |error: WriteError| LockError { path: error.path, message: error.reason };
        write_whole(&self.path, text.as_bytes(), Over::Anything).map_err(refused)?;
        Ok(true)
    }
}

/// Keeps others from changing the lock file at `path` for as long as the value lives: a lock on its folder, for the file itself is
/// replaced. Where folders cannot be locked (Windows, some network file systems), the time between reading and writing is short.
fn guard(path: &Path) -> Option<Handle> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let handle = Handle::open(folder).ok()?;
    handle.lock().ok()?;
    Some(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(name: &str, version: &str) -> Pin {
        let text = |text: &str| text.to_owned();
        let (repository, url) = (text("https://a.example/"), text("https://a.example/x.tgz"));
        let constraints = BTreeSet::new();
        Pin { name: text(name), version: text(version), repository, url, sha256: text("ab"), constraints }
    }

    #[test]
    fn a_lock_file_is_written_sorted_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_NAME);
        let web = Pin { constraints: BTreeSet::from(["^1.0".to_owned()]), ..pin("web", "1.10") };
        let lock = Lock { path: path.clone(), packages: vec![web.clone(), pin("api", "2"), pin("api", "2")] };
        assert_eq!(lock.write(), Ok(true));
        assert_eq!(lock.write(), Ok(false));
        assert_eq!(Lock::read(&path).unwrap().packages, [pin("api", "2"), web]);
        insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r"
        # Written by `mirrorlint fetch`: the bytes that external charts must have. Commit it.
        version: 1
        packages:
        - name: api
          version: '2'
          repository: https://a.example/
          url: https://a.example/x.tgz
          sha256: ab
        - name: web
          version: '1.10'
          repository: https://a.example/
          url: https://a.example/x.tgz
          sha256: ab
          for:
          - ^1.0
        ");
    }

    #[test]
    fn a_tag_may_be_written_otherwise_than_the_version() {
        let offered = |url: &str| Pin { url: url.to_owned(), ..pin("web", "1.0.0+b") }.offered_version();
        assert_eq!(offered("oci://a.example:5000/web:v1.0.0_b"), "v1.0.0+b");
        for other in ["oci://a.example:5000/web", "oci://a.example/web:2.0.0", "https://a.example/web:v1.0.0", ""] {
            assert_eq!(offered(other), "1.0.0+b", "{other}");
        }
    }

    #[test]
    fn changes_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_NAME);
        std::thread::scope(|scope| {
            for number in 0..16 {
                let path = &path;
                scope.spawn(move || {
                    let new = pin(&format!("web{number}"), "1.0.0");
                    Lock::change(path, |now| now.into_iter().chain([new]).collect()).unwrap();
                });
            }
        });
        assert_eq!(Lock::read(&path).unwrap().packages.len(), 16);
        let (lock, written) = Lock::change(&folder.path().join("none"), |now| now).unwrap();
        assert!(lock.packages.is_empty() && !written && !lock.path.exists());
    }

    #[test]
    fn what_is_no_lock_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_NAME);
        for (text, message) in [
            ("<<<<<<< HEAD\n", "is no lock file"),
            ("version: 2\npackages: []\n", "has version 2"),
            ("version: 9\ncharts: []\n", "has version 9, but this mirrorlint knows version 1 only"),
            ("version: 1\n", "is no lock file: missing field `packages`"),
            ("version: 1\npackages: [{name: a}]\n", "is no lock file: packages[0]: missing field `version`"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Lock::read(&path).unwrap_err();
            assert!(error.message.starts_with(message), "{}", error.message);
        }
    }

    #[test]
    fn the_nearest_lock_file_up_to_the_work_tree_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("work/.git")).unwrap();
        std::fs::create_dir_all(root.join("work/a/b")).unwrap();
        std::fs::write(root.join(LOCK_NAME), "").unwrap();
        assert_eq!(Lock::find(&root.join("work/a/b")), None);
        std::fs::write(root.join("work").join(LOCK_NAME), "").unwrap();
        assert_eq!(Lock::find(&root.join("work/a/b")), Some(root.join("work").join(LOCK_NAME)));
    }
}
