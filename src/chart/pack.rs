//! The package of a chart folder, as `helm package` and `helm dependency build` make one: all files that `.helmignore` leaves.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::archive::MAX_TOTAL_SIZE;
use super::error::ChartError;
use super::folder;
use crate::source::{Sources, beyond};

/// The time that all files in a package have, so that the same files make the same bytes: the first of 1980, for programs that
/// unpack doubt earlier ones.
const TIME: u64 = 315_532_800;

/// The package of the chart called `name` in the folder at `path`. Files are as they lie there: unlike Helm, which writes
/// `Chart.yaml` anew and unpacks the packages in `charts/`.
///
/// # Errors
/// When a file cannot be read; when they are more than a chart may have.
pub fn pack(path: &Path, name: &str) -> Result<Vec<u8>, ChartError> {
    let sources = Sources::new();
    let mut entries = folder::read(&sources, path)?;
    // The one that tells what the package holds comes first.
    entries.sort_by_key(|entry| entry.name != "Chart.yaml");
    let fail = |cause: std::io::Error| ChartError::at_path(path, format!("cannot be packaged: {cause}"));
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut total = 0;
    for entry in entries {
        let hidden = entry.name.strip_prefix("charts/").is_some_and(|inside| inside.starts_with(['_', '.']));
        if hidden {
            continue;
        }
        let bytes = entry.bytes(&sources)?;
        total += bytes.len() as u64;
        if total > MAX_TOTAL_SIZE {
            let message = beyond(format_args!("the files of {} are more than {MAX_TOTAL_SIZE} bytes", path.display()));
            return Err(ChartError::at_path(path, message));
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(TIME);
        builder.append_data(&mut header, format!("{name}/{}", entry.name), bytes.as_slice()).map_err(fail)?;
    }
    let mut whole = builder.into_inner().and_then(GzEncoder::finish).map_err(fail)?;
    whole.flush().map_err(fail)?;
    Ok(whole)
}
