//! Reports in files: each written whole or not at all, over an older one. Never checks what a file was: the caller knows which
//! files are no reports.

use std::io::Write as _;
use std::path::Path;

use super::write::{WriteError, beside, folder_of};
use crate::source::to_bytes;

/// Puts `text` into the file at `path`, in place of what it holds; makes the folders above it. A link is followed. What is no
/// regular file (a pipe, `/dev/null`) is written to.
///
/// # Errors
/// When it is read-only or a folder, or the system refuses.
pub fn put(path: &Path, text: &str) -> Result<(), WriteError> {
    put_bytes(path, &to_bytes(text)).map_err(|reason| WriteError { path: path.to_owned(), reason })
}

/// Adds `text` at the end of the file at `path`, which is made when there is none.
///
/// # Errors
/// When the system refuses.
pub fn append(path: &Path, text: &str) -> Result<(), WriteError> {
    let open = std::fs::OpenOptions::new().create(true).append(true).open(path);
    // What stands there may lack its last newline.
    let joined = || std::fs::read(path).is_ok_and(|before| before.last().is_some_and(|byte| *byte != b'\n'));
    let text = if path.is_file() && joined() { format!("\n{text}") } else { text.to_owned() };
    let written = open.and_then(|mut file| file.write_all(&to_bytes(&text)));
    written.map_err(|error| WriteError { path: path.to_owned(), reason: format!("cannot be written: {error}") })
}

fn put_bytes(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("cannot be written: {error}");
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let known = std::fs::metadata(&target).ok();
    let mode = match &known {
        Some(known) if known.is_dir() => return Err("it is a folder".to_owned()),
        Some(known) if known.permissions().readonly() => return Err("it is read-only".to_owned()),
        Some(known) if !known.is_file() => return std::fs::write(&target, bytes).map_err(told),
        Some(known) => Some(known.permissions()),
        None => None,
    };
    let folder = folder_of(&target);
    std::fs::create_dir_all(folder).map_err(told)?;
    let file = beside(folder, bytes, mode).map_err(told)?;
    file.persist(&target).map_err(|error| told(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_replaces_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out/report.json");
        put(&path, "one").unwrap();
        put(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
        assert_eq!(put(folder.path(), "x").unwrap_err().reason, "it is a folder");
    }

    #[test]
    fn a_part_of_a_report_is_added_to_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary");
        append(&path, "one\n").unwrap();
        append(&path, "two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert!(append(folder.path(), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_links_stay_and_devices_are_written_to() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("report"), folder.path().join("link"));
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("report", &link).unwrap();
        put(&link, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        put(Path::new("/dev/null"), "gone").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(put(&path, "x").unwrap_err().reason, "it is read-only");
    }
}
