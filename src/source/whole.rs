//! Files that are written whole or not at all: a temporary file beside, synced, then renamed over what was there. Knows bytes,
//! no meanings; the one place that writes files of the user's or of the cache.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What begins the name of a temporary file. Nobody reads hidden files: Helm none in `charts/`, this crate none at all.
const HIDDEN: &str = ".mirrorlint-unfinished-";

/// How much older than a new temporary file another one is that nobody writes to any more: a run that was killed left it.
const DEAD: std::time::Duration = std::time::Duration::from_secs(60);

/// Links that are followed at most, as Linux does.
const MOST_LINKS: usize = 40;

/// What may be at the place of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over<'a> {
    /// Nothing: a file that is there stays.
    Nothing,
    /// Anything but a folder. What is no regular file, a pipe or `/dev/null`, is written to.
    Anything,
    /// A file with exactly these bytes: what somebody else wrote meanwhile is not lost.
    Exactly(&'a [u8]),
}

/// Why a file was not written. It is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}; nothing was written to it", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What is in the way.
    pub reason: String,
}

/// Writes `bytes` to the file at `path`, and the folders above it. A link is followed: the file that it leads to is written. Mode
/// and owner of a file that is there stay; of several hard links to it, the others keep what they had.
///
/// # Errors
/// When something else is there than may be, the file is read-only, or the system refuses.
pub fn write_whole(path: &Path, bytes: &[u8], over: Over<'_>) -> Result<(), WriteError> {
    put(path, bytes, over).map_err(|reason| WriteError { path: path.to_owned(), reason })
}

fn put(path: &Path, bytes: &[u8], over: Over<'_>) -> Result<(), String> {
    let target = end_of_links(path).map_err(told("cannot be written"))?;
    let known = match std::fs::metadata(&target) {
        Ok(known) => Some(known),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !matches!(over, Over::Exactly(_)) => None,
        Err(error) => return Err(told("cannot be read")(error)),
    };
    match &known {
        Some(known) if known.is_dir() => return Err("it is a folder".to_owned()),
        Some(known) if known.permissions().readonly() => return Err("it is read-only".to_owned()),
        Some(_) if over == Over::Nothing => return Err("it is there already".to_owned()),
        Some(known) if !known.is_file() => return std::fs::write(&target, bytes).map_err(told("cannot be written")),
        _ => {}
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if known.is_none() {
        std::fs::create_dir_all(folder).map_err(told("its folder cannot be made"))?;
    }
    let file = beside(folder, bytes, known.as_ref())?;
    if let Over::Exactly(before) = over {
        // As late as can be.
        let now = std::fs::read(&target).map_err(told("cannot be read"))?;
        if now != before {
            return Err("it has changed on disk since it was read".to_owned());
        }
    }
    let put = if over == Over::Nothing { file.persist_noclobber(&target) } else { file.persist(&target) };
    put.map_err(|error| told("cannot be put in its place")(error.error))?;
    // The new name lasts once the folder is synced; where folders cannot be, the system sees to it.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn told(what: &'static str) -> impl Fn(io::Error) -> String {
    move |error| format!("{what}: {error}")
}

/// The path without links, also where the last one leads to nothing.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match target.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match target.read_link() {
                Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
                Err(_) => return Ok(target),
            },
            found => return found,
        }
    }
    Err(io::Error::other("too many links"))
}

/// A temporary file in `folder` with `bytes`, and with mode and owner of the file that is `known`; else as any new file has
/// them. It lasts: all of it is synced.
fn beside(folder: &Path, bytes: &[u8], known: Option<&Metadata>) -> Result<NamedTempFile, String> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(HIDDEN);
    // The system takes from it what the user's mask says.
    #[cfg(unix)]
    if known.is_none() {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    // The library names the temporary file beside the cause, which tells the user nothing.
    let cause = |error: io::Error| io::Error::from(error.kind());
    let made = builder.tempfile_in(folder).map_err(cause);
    let mut file = made.map_err(told("no file can be written beside it"))?;
    // Says that somebody writes it, until it is closed.
    let _ = file.as_file().lock();
    sweep(folder, &file);
    if let Some(known) = known {
        // First, so that nobody reads in it what he may not read; and the owner before the mode, of which a change of owner
        // takes something away.
        keep_owner(file.as_file(), known).map_err(told("its owner cannot be kept"))?;
        let mode: Permissions = known.permissions();
        file.as_file().set_permissions(mode).map_err(told("its mode cannot be kept"))?;
    }
    let written = file.as_file_mut().write_all(bytes).and_then(|()| file.as_file().sync_all());
    written.map_err(told("cannot be written"))?;
    Ok(file)
}

/// Takes away what runs that were killed have left in `folder`, where `new` was just made: what nobody holds locked and is older.
fn sweep(folder: &Path, new: &NamedTempFile) {
    let Ok(now) = new.as_file().metadata().and_then(|metadata| metadata.modified()) else { return };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(HIDDEN));
        let Some(file) = is_ours.then(|| File::open(entry.path()).ok()).flatten() else { continue };
        let modified = file.metadata().and_then(|metadata| metadata.modified());
        let is_old = modified.is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age >= DEAD));
        if is_old && file.try_lock().is_ok() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(unix)]
fn keep_owner(file: &File, known: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = file.metadata()?;
    let is_same = (own.uid(), own.gid()) == (known.uid(), known.gid());
    if is_same { Ok(()) } else { fchown(file, Some(known.uid()), Some(known.gid())) }
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _known: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(path: &Path, over: Over<'_>) -> String {
        write_whole(path, b"new", over).unwrap_err().reason
    }

    #[test]
    fn folders_are_made_and_no_temporary_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        write_whole(&path, b"one", Over::Nothing).unwrap();
        write_whole(&path, b"two", Over::Anything).unwrap();
        write_whole(&path, b"three", Over::Exactly(b"two")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"three");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_run_left_goes_and_what_others_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let left = |name: &str, age: u64| {
            let file = File::create(folder.path().join(format!("{HIDDEN}{name}"))).unwrap();
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(age)).unwrap();
            file
        };
        let (dead, fresh, written) = (left("dead", 120), left("fresh", 1), left("written", 120));
        drop((dead, fresh));
        written.lock().unwrap();
        std::fs::write(folder.path().join(".mirrorlint.yaml"), "").unwrap();
        write_whole(&folder.path().join("file"), b"one", Over::Nothing).unwrap();
        let names =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: std::collections::BTreeSet<String> = names.collect();
        let rest = [&format!("{HIDDEN}fresh"), &format!("{HIDDEN}written"), ".mirrorlint.yaml", "file"];
        assert_eq!(names, rest.map(str::to_owned).into());
    }

    #[test]
    fn what_should_not_be_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(reason(&path, Over::Exactly(b"read")).starts_with("cannot be read: "));
        std::fs::write(&path, "theirs").unwrap();
        assert_eq!(reason(&path, Over::Nothing), "it is there already");
        assert_eq!(reason(&path, Over::Exactly(b"read")), "it has changed on disk since it was read");
        assert_eq!(reason(folder.path(), Over::Anything), "it is a folder");
        assert!(reason(&path.join("below"), Over::Anything).starts_with("cannot be "));
        assert_eq!(std::fs::read(&path).unwrap(), b"theirs");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_links_stay_and_devices_are_written_to() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        let mode = |mode| std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        std::fs::write(&path, "old").unwrap();
        mode(0o640);
        symlink("file", &link).unwrap();
        write_whole(&link, b"new", Over::Exactly(b"old")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        mode(0o440);
        assert_eq!(reason(&link, Over::Anything), "it is read-only");
        write_whole(Path::new("/dev/null"), b"gone", Over::Anything).unwrap();
        let (nowhere, loop_) = (folder.path().join("nowhere"), folder.path().join("loop"));
        symlink("deep/er", &nowhere).unwrap();
        write_whole(&nowhere, b"made", Over::Anything).unwrap();
        assert_eq!(std::fs::read(folder.path().join("deep/er")).unwrap(), b"made");
        symlink("loop", &loop_).unwrap();
        assert!(reason(&loop_, Over::Anything).starts_with("cannot be written: "));
    }

    /// Nobody can make a file in `/proc`, not even root.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_temporary_file_is_not_told() {
        let reason = reason(Path::new("/proc/list.conf"), Over::Nothing);
        assert!(reason.starts_with("no file can be written beside it: "), "{reason}");
        assert!(!reason.contains(HIDDEN), "{reason}");
    }

    #[cfg(unix)]
    #[test]
    fn another_hard_link_keeps_what_it_had() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("file"), folder.path().join("other"));
        std::fs::write(&path, "old").unwrap();
        std::fs::hard_link(&path, &other).unwrap();
        write_whole(&path, b"new", Over::Exactly(b"old")).unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), std::fs::read(&other).unwrap()), (b"new".to_vec(), b"old".to_vec()));
    }
}
