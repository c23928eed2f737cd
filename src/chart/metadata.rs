//! `Chart.yaml`, `requirements.yaml` and the lock files as Helm's structs hold them, and what Helm demands of them. Every
//! string keeps its place in the file. Follows Helm's pkg/chart; reads no files.

use std::collections::BTreeMap;
use std::path::Path;

use crate::source::{Text, TextBuilder};
use crate::yaml::Value;

use super::error::ChartError;
use super::go;
use super::version::Version;

/// The content of `Chart.yaml`. An absent string is empty and has no origin; of lists and mappings templates see whether the file
/// has them.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// `name`; a processed subchart has its alias here.
    pub name: Text,
    /// `home`
    pub home: Text,
    /// `sources`
    pub sources: Option<Vec<Text>>,
    /// `version`
    pub version: Text,
    /// `description`
    pub description: Text,
    /// `keywords`
    pub keywords: Option<Vec<Text>>,
    /// `maintainers`
    pub maintainers: Option<Vec<Maintainer>>,
    /// `icon`
    pub icon: Text,
    /// `apiVersion`; `v1` when the file does not say.
    pub api_version: Text,
    /// `condition`
    pub condition: Text,
    /// `tags`
    pub tags: Text,
    /// `appVersion`; unquoted numbers lose what a `float32` loses: `1.10` is `1.1`.
    pub app_version: Text,
    /// `deprecated`
    pub deprecated: bool,
    /// `annotations`
    pub annotations: Option<BTreeMap<Text, Text>>,
    /// `kubeVersion`: a constraint.
    pub kube_version: Text,
    /// `dependencies`; absent and empty differ in how Helm processes the chart.
    pub dependencies: Option<Vec<Dependency>>,
    /// `type`: `application`, `library` or nothing.
    pub kind: Text,
}

/// One of `maintainers`.
#[derive(Clone, Debug, Default)]
pub struct Maintainer {
    /// `name`
    pub name: Text,
    /// `email`
    pub email: Text,
    /// `url`
    pub url: Text,
}

/// One of `dependencies`.
#[derive(Clone, Debug, Default)]
pub struct Dependency {
    /// `name`; once processed, the alias if there is one.
    pub name: Text,
    /// `version`: a constraint by Masterminds' rules; an exact version in a lock file.
    pub version: Text,
    /// `repository`
    pub repository: Text,
    /// `condition`: paths into the values, separated by commas.
    pub condition: Text,
    /// `tags`
    pub tags: Option<Vec<Text>>,
    /// `enabled`: as written when loaded, the outcome of conditions and tags when processed.
    pub enabled: bool,
    /// `import-values`: strings, or mappings with `child` and `parent`.
    pub import_values: Vec<Value>,
    /// `alias`
    pub alias: Text,
}

/// The content of `Chart.lock` or `requirements.lock`.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// `generated`: a time, as it is written.
    pub generated: Text,
    /// `digest` of the dependencies in `Chart.yaml`.
    pub digest: Text,
    /// `dependencies` with exact versions.
    pub dependencies: Vec<Dependency>,
}

impl Metadata {
    /// Whether Helm treats the chart as a library, whose templates are only partials.
    #[must_use]
    pub fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }

    /// Normalises spaces and drops characters that do not print, then demands what Helm demands. `path` is `Chart.yaml`.
    pub(super) fn validate(&mut self, path: &Path) -> Result<(), ChartError> {
        for text in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize(text);
        }
        [&mut self.sources, &mut self.keywords].into_iter().flatten().flatten().for_each(sanitize);
        let refuse =
            |text: &Text, message: &str| Err(ChartError::at_text(path, text, format!("validation: {message}")));
        if self.api_version.is_empty() {
            return refuse(&self.api_version, "chart.metadata.apiVersion is required");
        }
        if self.name.is_empty() {
            return refuse(&self.name, "chart.metadata.name is required");
        }
        if self.version.is_empty() {
            return refuse(&self.version, "chart.metadata.version is required");
        }
        if Version::parse(&self.version).is_err() {
            let message = format!("chart.metadata.version {} is invalid", go::quote(&self.version));
            return refuse(&self.version, &message);
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return refuse(&self.kind, "chart.metadata.type must be application or library");
        }
        for maintainer in self.maintainers.iter_mut().flatten() {
            [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url].into_iter().for_each(sanitize);
        }
        for dependency in self.dependencies.iter_mut().flatten() {
            dependency.sanitize();
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            if !dependency.alias.bytes().all(allowed) {
                let name = go::quote(&dependency.name);
                let message = format!("dependency {name} has disallowed characters in the alias");
                return refuse(&dependency.alias, &message);
            }
        }
        Ok(())
    }

    /// What newer Helm refuses, but Helm 3.10 accepts.
    pub(super) fn warnings(&self, path: &Path) -> Vec<ChartError> {
        let mut warnings = Vec::new();
        let mut warn = |text: &Text, message: String| {
            warnings.push(ChartError::at_text(path, text, format!("validation: {message}")));
        };
        if matches!(self.name.as_str(), "." | "..") || self.name.contains('/') {
            warn(&self.name, format!("chart.metadata.name {} is invalid", go::quote(&self.name)));
        }
        let mut seen = std::collections::BTreeSet::new();
        for dependency in self.dependencies.iter().flatten() {
            let key = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            if !seen.insert(key.as_str()) {
                warn(key, format!("more than one dependency with name or alias {}", go::quote(key)));
            }
        }
        warnings
    }
}

impl Dependency {
    /// Whether it comes from a repository on another machine.
    #[must_use]
    pub fn is_external(&self) -> bool {
        !self.repository.is_empty() && !self.repository.starts_with("file://")
    }

    /// The version that `lock` pins for it, if it is one that is asked for. The same chart under several aliases has as many
    /// lines there, which tell themselves apart by their version.
    #[must_use]
    pub fn locked<'a>(&self, lock: Option<&'a Lock>) -> Option<&'a Text> {
        let mut pinned = lock?.dependencies.iter().filter(|pinned| pinned.name == self.name);
        let found = pinned.find(|pinned| super::process::is_compatible(&self.version, &pinned.version));
        found.map(|pinned| &pinned.version)
    }

    fn sanitize(&mut self) {
        [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition]
            .into_iter()
            .chain(self.tags.iter_mut().flatten())
            .for_each(sanitize);
    }
}

/// Turns every kind of space into a plain one and drops what does not print.
fn sanitize(text: &mut Text) {
    if text.chars().all(|character| character == ' ' || (prints(character) && !character.is_whitespace())) {
        return;
    }
    let mut clean = TextBuilder::new();
    for (at, character) in text.char_indices() {
        let range = at..at + character.len_utf8();
        if character.is_whitespace() {
            clean.push_computed(" ", &text.origins_of(range));
        } else if prints(character) {
            clean.push_slice(text, range);
        }
    }
    *text = clean.finish();
}

/// Whether Go's `unicode.IsPrint` holds for a character that is no space: no control, format or private-use character.
fn prints(character: char) -> bool {
    let format = matches!(u32::from(character),
        0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x8E2 | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E
        | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB | 0x1_10BD | 0x1_10CD | 0x1_BCA0..=0x1_BCA3
        | 0x1_D173..=0x1_D17A | 0xE_0000..=0xE_007F);
    let private = matches!(u32::from(character), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF);
    !character.is_control() && !format && !private
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sanitized(text: &str) -> String {
        let mut text = Text::new(text);
        sanitize(&mut text);
        text.to_string()
    }

    #[test]
    fn strings_lose_what_does_not_print() {
        assert_eq!(sanitized("a\tb\nc\u{a0}d"), "a b c d");
        assert_eq!(sanitized("v1\u{200b}.2\u{7}"), "v1.2");
        assert_eq!(sanitized("h\u{e9} \u{1f680}"), "h\u{e9} \u{1f680}");
    }
}
