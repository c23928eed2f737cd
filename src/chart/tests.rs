//! Whole charts on disk and in packages: what Helm 3.10.1 was seen to do with them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::yaml;

mod loading;
mod processing;
mod schemas;
mod subcharts;

/// A gzipped tar file of `files`, paths taken as they are, however hostile.
pub(crate) fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        append(&mut builder, path, text.as_bytes(), |_| {});
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// A package of one empty file `a/x` whose header went through `change`.
pub(super) fn tar_entry(change: impl Fn(&mut tar::Header)) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    append(&mut builder, "a/x", b"", change);
    builder.into_inner().unwrap().finish().unwrap()
}

fn append(
    builder: &mut tar::Builder<GzEncoder<Vec<u8>>>,
    path: &str,
    content: &[u8],
    change: impl Fn(&mut tar::Header),
) {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::Regular);
    change(&mut header);
    header.set_cksum();
    builder.get_mut().write_all(header.as_bytes()).unwrap();
    builder.get_mut().write_all(content).unwrap();
    let padding = content.len().next_multiple_of(512) - content.len();
    builder.get_mut().write_all(&vec![0; padding]).unwrap();
}

/// `value` as `toJson` writes it.
pub(super) fn json(value: &Value) -> String {
    yaml::emit_json(value).unwrap().to_string()
}

/// A chart folder made of `files`; a path that ends in `.tgz` holds a package, whose files are given by `path!inside`.
struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self { root: tempfile::tempdir().unwrap() };
        let mut packages: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (path, text) in files {
            match path.split_once('!') {
                Some((package, inside)) => packages.entry(package).or_default().push((inside, text)),
                None => folder.write(path, text.as_bytes()),
            }
        }
        for (path, files) in packages {
            folder.write(path, &package(&files));
        }
        folder
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn load(&self, sources: &Sources) -> Result<Arc<Chart>, ChartError> {
        Chart::load(sources, self.root.path(), &LoadOptions::default())
    }

    fn process(&self, overrides: &Overrides, choice: &Choice) -> Result<Processed, ChartError> {
        let sources = Sources::new();
        let chart = self.load(&sources)?;
        chart.process(&overrides.merge(&sources)?, choice, Schemas::All)
    }

    fn values(&self, set: &[&str]) -> String {
        let overrides =
            Overrides { set: set.iter().map(|&argument| argument.into()).collect(), ..Overrides::default() };
        self.process(&overrides, &Choice::default())
            .map_or_else(|error| format!("Error: {error}"), |processed| json(&processed.values))
    }

    fn refusal(&self) -> String {
        self.load(&Sources::new()).map_or_else(|error| error.message, |_| "accepted".to_owned())
    }
}

const ROOT: &str = "apiVersion: v2\nname: x\nversion: 0.1.0\n";

fn metadata(name: &str) -> String {
    format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
}
