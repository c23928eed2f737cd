//! A packaged chart: a gzipped tar file, streamed under fixed limits and never unpacked to disk. Refuses what Helm refuses
//! (absolute paths, parent folders, drive letters) and also links and devices, which Helm reads as empty files.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use tar::EntryType;

use crate::source::{Sources, beyond, from_bytes};

use super::entry::{Content, Entry};
use super::error::ChartError;
use super::go;

/// The largest file that is read out of a package, in bytes (newer Helm's `MaxDecompressedFileSize`).
pub const MAX_FILE_SIZE: u64 = 5 * 1024 * 1024;
/// The most bytes that one loading reads out of packages, nested ones included (newer Helm's `MaxDecompressedChartSize`,
/// which it grants to each package anew).
pub const MAX_TOTAL_SIZE: u64 = 100 * 1024 * 1024;
/// The most entries that one loading reads out of packages, nested ones included.
pub const MAX_ENTRIES: usize = 20_000;

/// What one loading may still read out of packages.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: u64,
    entries: usize,
    /// Whether paths are refused that lead elsewhere by their base folder, which Helm cuts off unread.
    pub(super) strict: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: MAX_TOTAL_SIZE, entries: MAX_ENTRIES, strict: false }
    }
}

/// The bytes of the package at `path` on disk.
pub(super) fn read_packed(path: &Path) -> std::io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.len() > MAX_TOTAL_SIZE {
        return Err(std::io::Error::other(format!("it is larger than the maximum size {MAX_TOTAL_SIZE}")));
    }
    std::fs::read(path)
}

/// Refuses what is no gzip file, as Helm does for a chart that was named by the user.
pub(super) fn check_signature(path: &Path, bytes: &[u8]) -> Result<(), ChartError> {
    if bytes.starts_with(b"\x1f\x8b\x08") {
        return Ok(());
    }
    let name = path.display();
    let extension = path.extension().and_then(|extension| extension.to_str());
    let message = if matches!(extension, Some("yml" | "yaml")) {
        format!("file '{name}' seems to be a YAML file, but expected a gzipped archive")
    } else {
        let beginning = &bytes[..bytes.len().min(512)];
        let binary = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
        let kind = if beginning.iter().any(binary) { "application/octet-stream" } else { "text/plain; charset=utf-8" };
        format!("file '{name}' does not appear to be a gzipped archive; got '{kind}'")
    };
    Err(ChartError::at_path(path, message))
}

/// The files of the package `bytes`, which stands at `path`; each becomes a source called `path!/inside`.
pub(super) fn read(
    sources: &Sources,
    path: &Path,
    bytes: &[u8],
    budget: &mut Budget,
) -> Result<Vec<Entry>, ChartError> {
    let fail = |message: String| ChartError::at_path(path, message);
    if !bytes.starts_with(b"\x1f\x8b") {
        return Err(fail(if bytes.is_empty() { "EOF" } else { "gzip: invalid header" }.to_owned()));
    }
    // The tar reader keeps long names and extended headers in memory: what it may read in all is bounded, too.
    let ceiling = budget.bytes.saturating_add(MAX_ENTRIES as u64 * 2048);
    let mut archive = tar::Archive::new(MultiGzDecoder::new(bytes).take(ceiling));
    let mut entries = Vec::new();
    for member in archive.entries().map_err(|cause| fail(cause.to_string()))? {
        let mut member = member.map_err(|cause| fail(cause.to_string()))?;
        budget.entries = budget.entries.checked_sub(1).ok_or_else(|| {
            fail(beyond(format_args!("chart archive has more than the maximum of {MAX_ENTRIES} entries")))
        })?;
        let raw = from_bytes(&member.path_bytes()).into_owned();
        let kind = member.header().entry_type();
        if kind == EntryType::Directory || raw.ends_with('/') || kind == EntryType::XGlobalHeader {
            continue;
        }
        if !matches!(kind, EntryType::Regular | EntryType::Continuous) {
            return Err(fail(beyond(format_args!("chart archive holds {} as a {}", go::quote(&raw), describe(kind)))));
        }
        let name = inner_name(&raw, budget.strict).map_err(fail)?;
        let size = member.size();
        if size > MAX_FILE_SIZE {
            let quoted = go::quote(&raw);
            return Err(fail(format!(
                "decompressed chart file {quoted} is larger than the maximum file size {MAX_FILE_SIZE}"
            )));
        }
        budget.bytes = budget
            .bytes
            .checked_sub(size)
            .ok_or_else(|| fail(format!("decompressed chart is larger than the maximum size {MAX_TOTAL_SIZE}")))?;
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        member.read_to_end(&mut content).map_err(|cause| fail(cause.to_string()))?;
        if content.len() as u64 != size {
            return Err(fail("unexpected EOF".to_owned()));
        }
        let inside = std::path::PathBuf::from(format!("{}!/{raw}", path.display()));
        let content = if name.ends_with(".tgz") {
            Content::Bytes(content)
        } else {
            Content::Source(sources.add(&inside, from_bytes(&content).into()))
        };
        entries.push(Entry { name, path: inside, content });
    }
    if entries.is_empty() {
        return Err(fail("no files in chart archive".to_owned()));
    }
    Ok(entries)
}

fn describe(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Link => "hard link",
        EntryType::Symlink => "symbolic link",
        EntryType::Char | EntryType::Block => "device",
        EntryType::Fifo => "named pipe",
        _ => "special file",
    }
}

/// The path inside the chart of the tar entry `raw`, its base folder looked at if `strict`: without the base folder, cleaned as Go's `path.Clean` does.
fn inner_name(raw: &str, strict: bool) -> Result<String, String> {
    // A package made on Windows separates by backslashes alone; mixed separators only serve to hide something.
    let delimiter = if raw.contains('\\') { '\\' } else { '/' };
    if delimiter == '\\' && raw.contains('/') {
        return Err("chart illegally mixes slashes and backslashes in a path".to_owned());
    }
    let (base, rest) = raw.split_once(delimiter).unwrap_or((raw, ""));
    let inside = rest.replace(delimiter, "/");
    let outer = if strict { base } else { "base" };
    if outer.is_empty() || inside.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_owned());
    }
    let name = clean(&inside);
    if name == "." {
        return Err(format!("chart illegally contains content outside the base directory: {}", go::quote(raw)));
    }
    if outer == ".." || name.starts_with("..") {
        return Err("chart illegally references parent directory".to_owned());
    }
    let is_drive = |part: &str| matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic());
    if is_drive(outer) || name.split_once('/').is_some_and(|(first, _)| is_drive(first)) {
        return Err("chart contains illegally named files".to_owned());
    }
    if base == "Chart.yaml" {
        return Err("chart yaml not in base directory".to_owned());
    }
    Ok(name)
}

/// A relative path without empty, `.` and resolvable `..` parts; `.` when nothing is left.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{package, tar_entry};

    fn names(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        read_bytes(&package(files))
    }

    fn read_bytes(bytes: &[u8]) -> Result<Vec<String>, String> {
        read(&Sources::new(), Path::new("x.tgz"), bytes, &mut Budget::default())
            .map(|entries| entries.into_iter().map(|entry| entry.name).collect())
            .map_err(|error| error.message)
    }

    #[test]
    fn the_base_folder_is_cut_off_whatever_it_is_called() {
        assert_eq!(names(&[("a/Chart.yaml", ""), ("b/./x//y", "")]).unwrap(), ["Chart.yaml", "x/y"]);
        assert_eq!(names(&[("a\\templates\\x.yaml", "")]).unwrap(), ["templates/x.yaml"]);
    }

    #[test]
    fn paths_that_leave_the_chart_are_refused() {
        for (path, message) in [
            ("a/../../etc/passwd", "chart illegally references parent directory"),
            ("a//etc/passwd", "chart illegally contains absolute paths"),
            ("Chart.yaml", "chart illegally contains content outside the base directory: \"Chart.yaml\""),
            ("a/c:/x", "chart contains illegally named files"),
            ("a\\..\\..\\x", "chart illegally references parent directory"),
            ("a/..\\..\\x", "chart illegally mixes slashes and backslashes in a path"),
            ("a\\c:\\x", "chart contains illegally named files"),
            ("Chart.yaml/x", "chart yaml not in base directory"),
            ("a/..x", "chart illegally references parent directory"),
        ] {
            assert_eq!(names(&[(path, "")]).unwrap_err(), message, "{path}");
        }
    }

    #[test]
    fn base_folders_that_lead_elsewhere_are_refused_in_what_is_fetched() {
        for (path, message) in [
            ("/etc/passwd", "chart illegally contains absolute paths"),
            ("\\etc\\passwd", "chart illegally contains absolute paths"),
            ("../a/x", "chart illegally references parent directory"),
            ("c:\\a\\x", "chart contains illegally named files"),
        ] {
            assert_eq!(inner_name(path, true).unwrap_err(), message, "{path}");
            assert!(inner_name(path, false).is_ok(), "{path}");
        }
        assert_eq!(inner_name("a/x", true).as_deref(), Ok("x"));
    }

    #[test]
    fn links_and_devices_are_refused() {
        for (kind, message) in [
            (EntryType::Symlink, "chart archive holds \"a/x\" as a symbolic link, mirrorlint's bound"),
            (EntryType::Link, "chart archive holds \"a/x\" as a hard link, mirrorlint's bound"),
            (EntryType::Char, "chart archive holds \"a/x\" as a device, mirrorlint's bound"),
            (EntryType::Fifo, "chart archive holds \"a/x\" as a named pipe, mirrorlint's bound"),
        ] {
            let bytes = tar_entry(|header| header.set_entry_type(kind));
            assert_eq!(read_bytes(&bytes).unwrap_err(), message);
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_read() {
        let huge = tar_entry(|header| header.set_size(MAX_FILE_SIZE + 1));
        assert!(read_bytes(&huge).unwrap_err().ends_with("is larger than the maximum file size 5242880"));
        let large = "x".repeat(4 * 1024 * 1024);
        let files: Vec<(String, &str)> = (0..26).map(|index| (format!("a/{index}"), large.as_str())).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        assert_eq!(names(&files).unwrap_err(), "decompressed chart is larger than the maximum size 104857600");
        let many: Vec<String> = (0..=MAX_ENTRIES).map(|index| format!("a/{index}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|path| (path.as_str(), "")).collect();
        assert_eq!(
            names(&many).unwrap_err(),
            "chart archive has more than the maximum of 20000 entries, mirrorlint's bound"
        );
    }

    #[test]
    fn what_is_no_package_is_refused() {
        assert_eq!(read_bytes(b"hello").unwrap_err(), "gzip: invalid header");
        assert_eq!(names(&[]).unwrap_err(), "no files in chart archive");
        let truncated = tar_entry(|header| header.set_size(5000));
        assert!(read_bytes(&truncated).is_err());
        let refused = |name: &str, bytes: &[u8]| check_signature(Path::new(name), bytes).unwrap_err().message;
        assert_eq!(
            refused("a.txt", b"hi"),
            "file 'a.txt' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'"
        );
        assert_eq!(
            refused("values.yaml", b"a: 1"),
            "file 'values.yaml' seems to be a YAML file, but expected a gzipped archive"
        );
    }
}
