//! `.mirrorlint.yaml`: which lists are held against which charts, under which scenarios, and how rules are set. Reads the file
//! and tells what is wrong with it, with the place; decides nothing.

mod place;
mod types;
mod violation;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::source::{FileId, Layer, Sources, Span, Text, canonical};
use crate::yaml;

use violation::Violation;

pub use violation::possible;

pub use types::{Allow, Chart, Configuration, Exemption, Level, List, Scalar, Scenario, Trust};

/// What the file is called; it stands at the workspace root, or above.
pub const FILE_NAME: &str = ".mirrorlint.yaml";

/// What people call it instead; such a file is not read, and nobody should think that it is.
pub const MISNAMED: [&str; 3] = [".mirrorlint.yml", "mirrorlint.yaml", "mirrorlint.yml"];

/// The JSON Schema of the file, as it is committed.
pub const SCHEMA: &str = include_str!("schema.json");

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    /// What is wrong and what would be right.
    pub message: String,
    /// The file.
    pub path: PathBuf,
    /// The place, when the file could be read.
    pub span: Option<Span>,
}

/// A configuration that was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says.
    pub configuration: Configuration,
    /// The folder that its paths are relative to.
    pub folder: PathBuf,
    file: FileId,
    /// The file once more, with places.
    text: Text,
}

impl Loaded {
    /// Where a path of the configuration leads, without `./`.
    #[must_use]
    pub fn below(&self, path: &Path) -> PathBuf {
        let path = self.folder.join(path);
        path.strip_prefix(".").ok().filter(|path| !path.as_os_str().is_empty()).map(Path::to_owned).unwrap_or(path)
    }

    /// Whether it lies above `folder`, and not in it.
    #[must_use]
    pub fn is_above(&self, folder: &Path) -> bool {
        let (own, folder) = (canonical(&self.folder), canonical(folder));
        folder != own && folder.starts_with(own)
    }

    /// Reads the configuration at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is no YAML, or says what no configuration may say: an unknown key, a value of the wrong type.
    pub fn read(sources: &Sources, path: &Path) -> Result<Self, ConfigError> {
        let error = |message: String, span| ConfigError { message, path: path.to_owned(), span };
        let file = sources.read(path).map_err(|cause| error(format!("cannot be read: {}", cause.cause), None))?;
        let text = Text::of_file(file, sources.get(file).text().clone(), Layer::Set);
        let stream = yaml::parse(&text)
            .map_err(|cause| error(cause.message.clone(), Some(Span::new(file, cause.range.start, cause.range.end))))?;
        if let Some((key, range)) = stream.documents.first().and_then(|document| place::repeated(document.root())) {
            let span = Some(Span::new(file, range.start, range.end));
            return Err(error(format!("`{key}` stands here twice: only one of them would count"), span));
        }
        let whole = |message: String| error(message, Some(Span::new(file, 0, 0)));
        let value: serde_json::Value = if text.trim().is_empty() {
            serde_json::json!({})
        } else {
            serde_yaml::from_str(&text).map_err(|cause| {
                let at = cause.location().map(|location| Span::new(file, location.index(), location.index()));
                error(cause.to_string(), at.or(Some(Span::new(file, 0, 0))))
            })?
        };
        let root = stream.documents.first().map(yaml::Document::root);
        if let Some(violation) = Violation::first(&value) {
            let range = root.map_or(0..0, |root| violation.place(root));
            return Err(error(violation.message, Some(Span::new(file, range.start, range.end))));
        }
        let configuration = serde_json::from_value(value).map_err(|cause| whole(cause.to_string()))?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let loaded = Self { configuration, folder, file, text };
        if let Some((place, name)) = repeated(&loaded.configuration) {
            let message =
                format!("another scenario of this chart is called `{name}`: findings could not tell them apart");
            return Err(error(message, Some(loaded.span(&place))));
        }
        if let Some((place, first)) = loaded.repeated_list() {
            let message = format!(
                "`lists.{first}` is the same list: only one of them would count. Put all charts under one of them"
            );
            return Err(error(message, Some(loaded.span(&place))));
        }
        Ok(loaded)
    }

    /// The place of a list's path that leads where the path of another one before it does, and which one that is.
    fn repeated_list(&self) -> Option<(Vec<String>, usize)> {
        let paths = self.configuration.lists.iter().map(|list| canonical(&self.below(&list.path)));
        let paths: Vec<PathBuf> = paths.collect();
        paths.iter().enumerate().find_map(|(at, path)| {
            let first = paths[..at].iter().position(|before| before == path)?;
            Some((["lists", &at.to_string(), "path"].map(str::to_owned).to_vec(), first))
        })
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self, sources: &Sources) -> PathBuf {
        sources.get(self.file).path().to_owned()
    }

    /// The `set` mapping at `path` (keys, and indices as numbers) as keys and values, with their places. What stands without
    /// quotes is what `--set` takes it for: `1.10` stays `1.10`.
    #[must_use]
    pub fn assignments(&self, path: &[String], set: &BTreeMap<String, Scalar>) -> Vec<(Text, yaml::Value)> {
        let stream = yaml::parse(&self.text).ok();
        let root = stream.as_ref().and_then(|stream| stream.documents.first()).map(yaml::Document::root);
        let entries = root.and_then(|root| place::find(root, path));
        let located = |(key, value): (&String, &Scalar)| {
            let (key_node, value_node) = entries?.get(key)?;
            Some((key_node.text()?, value.locate(value_node.resolved())))
        };
        set.iter().filter_map(located).collect()
    }

    /// Where the value at `path` stands.
    #[must_use]
    pub fn span(&self, path: &[String]) -> Span {
        let stream = yaml::parse(&self.text).ok();
        let root = stream.as_ref().and_then(|stream| stream.documents.first()).map(yaml::Document::root);
        let range = root.and_then(|root| place::find(root, path)).map_or(0..0, yaml::Node::range);
        Span::new(self.file, range.start, range.end)
    }

    /// Where the key `key` of the mapping at `path` stands.
    #[must_use]
    pub fn key_span(&self, path: &[String], key: &str) -> Span {
        let stream = yaml::parse(&self.text).ok();
        let root = stream.as_ref().and_then(|stream| stream.documents.first()).map(yaml::Document::root);
        let node = root.and_then(|root| place::find(root, path)).and_then(|node| node.get(key));
        let range = node.map_or(0..0, |(key, _)| key.range());
        Span::new(self.file, range.start, range.end)
    }
}

/// The place of a scenario whose name another one of its chart has, with that name.
fn repeated(configuration: &Configuration) -> Option<(Vec<String>, &str)> {
    let charts = configuration.lists.iter().enumerate().flat_map(|(list, of)| {
        of.charts.iter().enumerate().map(move |(chart, of)| ((list, chart), of.scenarios.as_slice()))
    });
    charts.into_iter().find_map(|((list, chart), scenarios)| {
        let known = |at: usize| scenarios[..at].iter().any(|before| before.name == scenarios[at].name);
        let at = (1..scenarios.len()).find(|at| known(*at))?;
        let place = format!("lists.{list}.charts.{chart}.scenarios.{at}.name");
        Some((place.split('.').map(str::to_owned).collect(), scenarios[at].name.as_str()))
    })
}

#[cfg(test)]
mod tests;
