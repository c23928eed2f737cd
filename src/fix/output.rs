//! New lists and reports in files. Never checks what a file was: the caller knows which files are no reports.

use std::io::Write as _;
use std::path::Path;

use crate::source::{Over, WriteError, to_bytes, write_whole};

/// Writes a new file at `path`, and the folders above it; never over one that is there.
///
/// # Errors
/// When there is one, or the system refuses.
pub fn create(path: &Path, text: &str) -> Result<(), WriteError> {
    write_whole(path, &to_bytes(text), Over::Nothing)
}

/// Puts `text` into the file at `path`, in place of what it holds; makes the folders above it. A link is followed. What is no
/// regular file (a pipe, `/dev/null`) is written to; so is what a descriptor leads to (`/dev/fd/3`), behind what it holds.
///
/// # Errors
/// When it is read-only or a folder, or the system refuses.
pub fn put(path: &Path, text: &str) -> Result<(), WriteError> {
    if path.starts_with("/dev/fd") || path.starts_with("/proc") {
        let open = std::fs::OpenOptions::new().append(true).open(path);
        let written = open.and_then(|mut stream| stream.write_all(&to_bytes(text)));
        return written.map_err(|error| unwritable(path, &error));
    }
    write_whole(path, &to_bytes(text), Over::Anything)
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
    written.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, cause: &std::io::Error) -> WriteError {
    WriteError { path: path.to_owned(), reason: format!("cannot be written: {cause}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_replaces_an_older_one_and_a_new_list_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out/report.json");
        put(&path, "one").unwrap();
        put(&path, "two").unwrap();
        assert!(create(&path, "three").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
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
}
