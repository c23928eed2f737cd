//! Writes a file whole or not at all: a temporary file beside it, synced, then renamed over it. Mode and owner stay.

use std::fs::Permissions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Change;
use crate::source::to_bytes;

/// Why a file was not written. It is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}; nothing was written to it", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What is in the way.
    pub reason: String,
}

/// Writes `change`. A link is followed: the file that it leads to is written.
///
/// # Errors
/// When the file is no longer what was read, may not be written, or the system refuses.
pub fn write(change: &Change) -> Result<(), WriteError> {
    replace(change).map_err(|reason| WriteError { path: change.path.clone(), reason })
}

/// Writes a new file at `path`, and the folders above it; never over one that is there.
///
/// # Errors
/// When there is one, or the system refuses.
pub fn create(path: &Path, text: &str) -> Result<(), WriteError> {
    let error = |reason: String| WriteError { path: path.to_owned(), reason };
    let folder = folder_of(path);
    let made = std::fs::create_dir_all(folder).and_then(|()| beside(folder, &to_bytes(text), None));
    let file = made.map_err(|cause| error(format!("cannot be written: {cause}")))?;
    file.persist_noclobber(path).map_err(|cause| error(format!("cannot be written: {}", cause.error)))?;
    Ok(())
}

/// The folder that the file at `path` lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary file in `folder` with `bytes` and `mode`, else the mode of any new file. It lasts: all of it is synced.
pub(super) fn beside(folder: &Path, bytes: &[u8], mode: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mirrorlint-");
    // The system takes from it what the user's mask says.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    // First, so that nobody reads in it what he may not read.
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn replace(change: &Change) -> Result<(), String> {
    let told = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    let target = change.path.canonicalize().map_err(told("cannot be found"))?;
    let metadata = std::fs::metadata(&target).map_err(told("cannot be read"))?;
    if metadata.permissions().readonly() {
        return Err("it is read-only".to_owned());
    }
    let folder = folder_of(&target);
    let file = beside(folder, &to_bytes(&change.after), Some(metadata.permissions()))
        .map_err(told("cannot write a file beside it"))?;
    keep_owner(file.as_file(), &metadata)?;
    // As late as can be: what somebody else wrote meanwhile is not lost.
    let now = std::fs::read(&target).map_err(told("cannot be read"))?;
    if now != *to_bytes(&change.before) {
        return Err("it has changed on disk since it was checked".to_owned());
    }
    file.persist(&target).map_err(|error| format!("cannot replace it: {}", error.error))?;
    // The new name lasts once the folder is synced; where folders cannot be, the system sees to it.
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(unix)]
fn keep_owner(file: &std::fs::File, metadata: &std::fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (user, group) = (metadata.uid(), metadata.gid());
    let own = file.metadata().map_err(|error| format!("cannot be read: {error}"))?;
    if (own.uid(), own.gid()) == (user, group) {
        return Ok(());
    }
    fchown(file, Some(user), Some(group)).map_err(|error| format!("cannot keep its owner: {error}"))
}

#[cfg(not(unix))]
fn keep_owner(_file: &std::fs::File, _metadata: &std::fs::Metadata) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &Path, before: &str, after: &str) -> Change {
        Change { path: path.to_owned(), before: before.into(), after: after.into() }
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::fs::write(&path, "theirs\n").unwrap();
        let error = write(&change(&path, "read\n", "ours\n")).unwrap_err();
        assert!(error.to_string().contains("has changed on disk"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_links_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("list"), folder.path().join("link"));
        std::fs::write(&path, "a\r\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("list", &link).unwrap();
        write(&change(&link, "a\r\n", "b\r\n")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"b\r\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_left_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::fs::write(&path, "a\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
        assert!(write(&change(&path, "a\n", "b\n")).unwrap_err().reason.contains("read-only"));
    }
}
