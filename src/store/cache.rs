//! Our cache: packages under the sha256 of their bytes, and which repository gave which version. Every file is
//! there whole or not at all, however many write at once.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::MAX_PACKAGE_SIZE;
use crate::source::{Over, write_whole};

/// The cache in one folder:
/// `packages/SHA256/NAME-VERSION.tgz` and `index/SHA256-OF-REPOSITORY-AND-NAME/VERSION`.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// What a repository once gave under a name and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The repository's address.
    pub repository: String,
    /// The chart's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where the package was.
    pub url: String,
    /// Its digest.
    pub sha256: String,
}

/// The digest of `bytes`, in lower case.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}

impl Cache {
    /// The cache in `folder`, which need not exist.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The package of this name, version and digest, when it is there.
    ///
    /// # Errors
    /// When it cannot be read, or has other bytes than its digest says.
    pub fn package(&self, name: &str, version: &str, digest: &str) -> Result<Option<(PathBuf, Vec<u8>)>, String> {
        if !is_digest(digest) || !is_file_name(name) || !is_file_name(version) {
            return Ok(None);
        }
        let path = self.package_path(name, version, digest);
        let bytes = match read_package(&path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(format!("{} cannot be read: {cause}", path.display())),
        };
        if sha256(&bytes) != digest {
            let path = path.display();
            return Err(format!("{path} is damaged: it does not have the sha256 {digest}"));
        }
        Ok(Some((path, bytes)))
    }

    /// All that is known of the chart `name` of `repository`, by file name.
    #[must_use]
    pub fn versions(&self, repository: &str, name: &str) -> Vec<Known> {
        let folder = self.index_folder(repository, name);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let texts = entries.filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
        let known = texts.filter_map(|text| serde_json::from_str::<Known>(&text).ok());
        let mut known: Vec<_> = known.filter(|one| one.repository == repository && one.name == name).collect();
        known.sort_by(|one, other| one.version.cmp(&other.version));
        known
    }

    /// Adds a package. What it is known for is written last.
    ///
    /// # Errors
    /// What the system said; names that are no file names.
    pub fn add(&self, known: &Known, bytes: &[u8]) -> Result<PathBuf, String> {
        let Known { repository, name, version, sha256: digest, .. } = known;
        if !is_digest(digest) || !is_file_name(name) || !is_file_name(version) {
            return Err(format!("{name} {version} cannot be kept in the cache: that is no file name"));
        }
        let path = self.package_path(name, version, digest);
        let put =
            |path: &Path, bytes: &[u8]| write_whole(path, bytes, Over::Anything).map_err(|error| error.to_string());
        if read_package(&path).map_or(true, |old| sha256(&old) != *digest) {
            put(&path, bytes)?;
        }
        let index = self.index_folder(repository, name).join(version);
        let mut text = serde_json::to_string(known).unwrap_or_default();
        text.push('\n');
        put(&index, text.as_bytes())?;
        Ok(path)
    }

    fn package_path(&self, name: &str, version: &str, digest: &str) -> PathBuf {
        self.folder.join("packages").join(digest).join(format!("{name}-{version}.tgz"))
    }

    fn index_folder(&self, repository: &str, name: &str) -> PathBuf {
        self.folder.join("index").join(sha256(format!("{repository}\n{name}").as_bytes()))
    }
}

/// The bytes of the package at `path`, unless there are too many.
pub(super) fn read_package(path: &Path) -> std::io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    if metadata.len() > MAX_PACKAGE_SIZE {
        return Err(std::io::Error::other(format!("it is larger than {MAX_PACKAGE_SIZE} bytes")));
    }
    std::fs::read(path)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether `text` can be part of a file's name anywhere.
fn is_file_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    !text.is_empty() && text.len() <= 200 && !text.starts_with('.') && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(version: &str, bytes: &[u8]) -> Known {
        Known {
            repository: "https://a.example".into(),
            name: "web".into(),
            version: version.into(),
            url: "https://a.example/web.tgz".into(),
            sha256: sha256(bytes),
        }
    }

    #[test]
    fn what_was_added_is_found_by_its_digest_and_by_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("deep/cache"));
        let one = known("1.0.0+b", b"bytes");
        assert_eq!(cache.package("web", "1.0.0+b", &one.sha256), Ok(None));
        let path = cache.add(&one, b"bytes").unwrap();
        assert_eq!(cache.package("web", "1.0.0+b", &one.sha256).unwrap(), Some((path, b"bytes".to_vec())));
        assert_eq!(cache.versions("https://a.example", "web"), std::slice::from_ref(&one));
        assert_eq!(cache.versions("https://b.example", "web"), []);
    }

    #[test]
    fn a_damaged_package_is_told_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned());
        let one = known("1.0.0", b"bytes");
        let path = cache.add(&one, b"bytes").unwrap();
        std::fs::write(&path, b"byte").unwrap();
        assert!(cache.package("web", "1.0.0", &one.sha256).unwrap_err().contains("is damaged"));
        cache.add(&one, b"bytes").unwrap();
        assert!(cache.package("web", "1.0.0", &one.sha256).unwrap().is_some());
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("cache"));
        for name in ["../x", "", ".x", "a/b", "a\\b", "a\0"] {
            let one = Known { name: name.into(), ..known("1.0.0", b"bytes") };
            assert!(cache.add(&one, b"bytes").is_err(), "{name:?}");
            assert_eq!(cache.package(name, "1.0.0", &one.sha256), Ok(None));
        }
        assert!(!folder.path().join("cache").exists());
    }
}
