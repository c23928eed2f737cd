//! What a configuration says, as types. The committed JSON Schema is made from them; a test keeps the two equal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::chart::typed;
use crate::yaml::{Node, Style, Value};

/// Configuration of mirrorlint: `.mirrorlint.yaml` at the workspace root. Paths are relative to its folder.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Configuration {
    /// The lists to check. Without it, those found below the workspace root.
    pub lists: Vec<List>,
    /// The severity of each rule, in place of its own.
    pub rules: BTreeMap<String, Level>,
    /// How far the fixes of each rule can be trusted, in place of what the rule says: `safe` ones are applied by `--fix`,
    /// `unsafe` ones by `--unsafe-fixes`, with `off` there are none.
    pub fixes: BTreeMap<String, Trust>,
    /// Deployed images that need no mirroring.
    pub exempt: Vec<Exemption>,
    /// Findings that are not reported.
    pub allow: Vec<Allow>,
}

/// One list and the charts that it is held against.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct List {
    /// The list.
    pub path: PathBuf,
    /// Its root charts. Without it, those found.
    #[serde(default)]
    pub charts: Vec<Chart>,
}

/// A root chart and how it is deployed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Chart {
    /// Its folder or package.
    pub path: PathBuf,
    /// The release's name.
    #[serde(default)]
    pub release: Option<String>,
    /// The release's namespace.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The Kubernetes version that it sees, in quotes: `"1.31"`.
    #[serde(default)]
    pub kube_version: Option<String>,
    /// API versions that it sees beside those that Helm knows.
    #[serde(default)]
    pub api_versions: Vec<String>,
    /// Values files, the last one wins. What is not below the configuration's folder is looked for below the chart's.
    #[serde(default)]
    pub values: Vec<PathBuf>,
    /// Values, by paths as `--set` takes them.
    #[serde(default)]
    pub set: BTreeMap<String, Scalar>,
    /// Files with Kubernetes objects that `lookup` finds.
    #[serde(default)]
    pub objects: Vec<PathBuf>,
    /// The scenarios. Without it, one per region that the list's ECR hosts name.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
}

/// One named set of assumptions.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What findings call it.
    pub name: String,
    /// The region that empty `region` values take.
    #[serde(default)]
    pub region: Option<String>,
    /// Values files over the chart's, found as those are.
    #[serde(default)]
    pub values: Vec<PathBuf>,
    /// Values over the chart's.
    #[serde(default)]
    pub set: BTreeMap<String, Scalar>,
}

/// Deployed images that need no mirroring.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exemption {
    /// Which images: `*` stands for anything, `?` for one character.
    pub image: String,
    /// Why.
    pub reason: String,
}

/// Findings of a rule that are not reported.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Allow {
    /// The rule.
    pub rule: String,
    /// The file or folder that its findings are in. Without it, all of them.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// Why.
    pub reason: String,
}

/// How bad the findings of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// A deployment can fail.
    Error,
}

/// How far fixes of a rule can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Not offered.
    Off,
    /// Applied by `--fix`.
    Safe,
    /// Applied by `--unsafe-fixes`.
    Unsafe,
}

/// A value to set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written: `1.10` stays `1.10`.
    Number(f64),
    /// A string.
    String(String),
    /// `null`: removes a default.
    Null(()),
}

impl Scalar {
    /// The value with the place of `node`, where it stands in the file.
    pub(super) fn locate(&self, node: Node<'_>) -> Value {
        let written = node.text().unwrap_or_default();
        let plain = node.style() == Some(Style::Plain) && node.tag().is_none();
        match self {
            Self::Null(()) if written.is_empty() || *written == *"~" => Value::Null(written.origins()),
            _ if plain => typed(written),
            Self::Bool(flag) => Value::Bool(*flag, written.origins()),
            Self::Number(number) => Value::Float(*number, written.origins()),
            Self::String(text) => Value::String(written.derive(text.as_str())),
            Self::Null(()) => Value::Null(written.origins()),
        }
    }
}
