//! The files of a chart before they are sorted into templates, values and the rest: from a folder or out of a package.

use std::path::{Path, PathBuf};

use crate::source::{FileId, Layer, LazyText, Sources, Text};

use super::archive;
use super::error::ChartError;

/// One file.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its path inside the chart, separated by `/`.
    pub(super) name: String,
    /// Its path as a source: on disk, or `archive.tgz!/inside`.
    pub(super) path: PathBuf,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// A source, perhaps not read yet.
    Source(FileId),
    /// A package inside a folder: read when it is needed.
    Disk,
    /// A package inside a package.
    Bytes(Vec<u8>),
}

impl Entry {
    /// The file as a source, perhaps not read yet.
    pub(super) fn source(&self, sources: &Sources) -> Result<FileId, ChartError> {
        match &self.content {
            Content::Source(file) => Ok(*file),
            Content::Disk => read(sources, &self.path, &self.name),
            Content::Bytes(bytes) => Ok(sources.add(&self.path, crate::source::from_bytes(bytes).into())),
        }
    }

    /// The file's text without a byte order mark, read now.
    pub(super) fn text(&self, sources: &Sources, layer: Layer) -> Result<(FileId, Text), ChartError> {
        let file = self.source(sources)?;
        let text = LazyText::new(sources, file, layer);
        let read = (*text).clone();
        match text.failure() {
            Some(cause) => Err(ChartError::at_path(&self.path, format!("error reading {}: {cause}", self.name))),
            None => Ok((file, read)),
        }
    }

    /// The file's bytes, for a package.
    pub(super) fn bytes(&self, sources: &Sources) -> Result<Vec<u8>, ChartError> {
        match &self.content {
            Content::Source(file) => Ok(crate::source::to_bytes(sources.get(*file).text()).into_owned()),
            Content::Disk => archive::read_packed(&self.path)
                .map_err(|cause| ChartError::at_path(&self.path, format!("error reading {}: {cause}", self.name))),
            Content::Bytes(bytes) => Ok(bytes.clone()),
        }
    }
}

/// Reads the file at `path`, called `name` in messages.
pub(super) fn read(sources: &Sources, path: &Path, name: &str) -> Result<FileId, ChartError> {
    sources.read(path).map_err(|error| ChartError::at_path(path, format!("error reading {name}: {}", error.cause)))
}

/// Enlists the file at `path`, called `name` in messages, to be read when it is needed.
pub(super) fn enlist(sources: &Sources, path: &Path, name: &str) -> Result<FileId, ChartError> {
    sources.enlist(path).map_err(|error| ChartError::at_path(path, format!("error reading {name}: {}", error.cause)))
}
