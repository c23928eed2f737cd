//! From YAML values to Helm's structs, as sigs.k8s.io/yaml and `encoding/json` fill them: keys match without regard to case,
//! unknown keys are ignored, numbers and booleans become strings where a string is wanted, null changes nothing.

use std::path::Path;

use crate::source::{Sources, Text};
use crate::yaml::{self, Map, Value};

use super::error::ChartError;
use super::go;
use super::metadata::{Dependency, Lock, Maintainer, Metadata};

/// Reads one file.
pub(super) struct Decoder<'a> {
    sources: &'a Sources,
    path: &'a Path,
    text: &'a Text,
}

/// A key of a struct, for Go's messages: `Metadata.name`.
struct Field<'a> {
    key: &'a Text,
    owner: &'static str,
    name: &'static str,
}

impl<'a> Decoder<'a> {
    /// For `text`, which was read from `path`.
    pub(super) fn new(sources: &'a Sources, path: &'a Path, text: &'a Text) -> Self {
        Self { sources, path, text }
    }

    /// Reads `Chart.yaml` or `requirements.yaml` over what `metadata` holds already.
    pub(super) fn metadata(&self, metadata: &mut Metadata) -> Result<(), ChartError> {
        let value = self.value()?;
        let Some(map) = self.top(&value, "chart.Metadata")? else { return Ok(()) };
        for (key, value) in map {
            let field = |name| Field { key, owner: "Metadata", name };
            match key.to_ascii_lowercase().as_str() {
                "name" => self.string(&mut metadata.name, value, &field("name"))?,
                "home" => self.string(&mut metadata.home, value, &field("home"))?,
                "sources" => self.strings(&mut metadata.sources, value, &field("sources"))?,
                "version" => self.string(&mut metadata.version, value, &field("version"))?,
                "description" => self.string(&mut metadata.description, value, &field("description"))?,
                "keywords" => self.strings(&mut metadata.keywords, value, &field("keywords"))?,
                "maintainers" => metadata.maintainers = self.maintainers(value, &field("maintainers"))?,
                "icon" => self.string(&mut metadata.icon, value, &field("icon"))?,
                "apiversion" => self.string(&mut metadata.api_version, value, &field("apiVersion"))?,
                "condition" => self.string(&mut metadata.condition, value, &field("condition"))?,
                "tags" => self.string(&mut metadata.tags, value, &field("tags"))?,
                "appversion" => self.string(&mut metadata.app_version, value, &field("appVersion"))?,
                "deprecated" => self.boolean(&mut metadata.deprecated, value, &field("deprecated"))?,
                "annotations" => self.annotations(metadata, value, &field("annotations"))?,
                "kubeversion" => self.string(&mut metadata.kube_version, value, &field("kubeVersion"))?,
                "dependencies" => {
                    metadata.dependencies = self.dependencies(value, &field("dependencies"))?;
                }
                "type" => self.string(&mut metadata.kind, value, &field("type"))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads `Chart.lock` or `requirements.lock`; an empty file is no lock.
    pub(super) fn lock(&self) -> Result<Option<Lock>, ChartError> {
        let value = self.value()?;
        let Some(map) = self.top(&value, "chart.Lock")? else { return Ok(None) };
        let mut lock = Lock::default();
        for (key, value) in map {
            let field = |name| Field { key, owner: "Lock", name };
            match key.to_ascii_lowercase().as_str() {
                "generated" => self.string(&mut lock.generated, value, &field("generated"))?,
                "digest" => self.string(&mut lock.digest, value, &field("digest"))?,
                "dependencies" => {
                    lock.dependencies = self.dependencies(value, &field("dependencies"))?.unwrap_or_default();
                }
                _ => {}
            }
        }
        Ok(Some(lock))
    }

    fn value(&self) -> Result<Value, ChartError> {
        yaml::load(self.text).map_err(|error| ChartError::at_range(self.path, self.text, error.range, error.message))
    }

    fn top<'v>(&self, value: &'v Value, go_type: &str) -> Result<Option<&'v Map>, ChartError> {
        match value {
            Value::Map(map) => Ok(Some(map)),
            Value::Null(_) => Ok(None),
            other => {
                let kind = other.json_kind();
                let message = format!("{DECODING}json: cannot unmarshal {kind} into Go value of type {go_type}");
                Err(ChartError::at_range(self.path, self.text, 0..0, message))
            }
        }
    }

    fn mismatch(&self, value: &Value, field: &Field<'_>, go_type: &str) -> ChartError {
        let kind = value.json_kind();
        let message = format!(
            "{DECODING}json: cannot unmarshal {kind} into Go struct field {}.{} of type {go_type}",
            field.owner, field.name
        );
        ChartError::at_text(self.path, field.key, message)
    }

    fn string(&self, target: &mut Text, value: &Value, field: &Field<'_>) -> Result<(), ChartError> {
        match value {
            Value::Null(_) => {}
            Value::String(text) => *target = text.clone(),
            Value::Bool(flag, origins) => {
                *target = Text::computed(if *flag { "true" } else { "false" }, origins.clone());
            }
            Value::Int(number, origins) => *target = Text::computed(number.to_string(), origins.clone()),
            Value::Float(number, origins) => {
                let printed = origins.as_ref().and_then(|origin| {
                    // Whether it is an integer or a float in YAML's eyes, only its letters tell.
                    let (span, ..) = *origin.places().first()?;
                    let scalar = yaml::parse(&Text::from(self.sources.slice(span))).ok()?;
                    scalar.documents.first()?.root().to_go_string().map(|text| text.to_string())
                });
                let printed = printed.unwrap_or_else(|| go::float32(*number));
                *target = Text::computed(printed, origins.clone());
            }
            other => return Err(self.mismatch(other, field, "string")),
        }
        Ok(())
    }

    fn boolean(&self, target: &mut bool, value: &Value, field: &Field<'_>) -> Result<(), ChartError> {
        match value {
            Value::Null(_) => {}
            Value::Bool(flag, _) => *target = *flag,
            other => return Err(self.mismatch(other, field, "bool")),
        }
        Ok(())
    }

    fn list<'v>(&self, value: &'v Value, field: &Field<'_>, go_type: &str) -> Result<Option<&'v [Value]>, ChartError> {
        match value {
            Value::Null(_) => Ok(None),
            Value::List(items) => Ok(Some(items)),
            other => Err(self.mismatch(other, field, go_type)),
        }
    }

    fn strings(&self, target: &mut Option<Vec<Text>>, value: &Value, field: &Field<'_>) -> Result<(), ChartError> {
        let text = |item: &Value| {
            let mut text = Text::default();
            self.string(&mut text, item, field).map(|()| text)
        };
        let items = self.list(value, field, "[]string")?;
        *target = items.map(|items| items.iter().map(text).collect()).transpose()?;
        Ok(())
    }

    fn annotations(&self, metadata: &mut Metadata, value: &Value, field: &Field<'_>) -> Result<(), ChartError> {
        match value {
            Value::Null(_) => metadata.annotations = None,
            Value::Map(map) => {
                let annotations = metadata.annotations.get_or_insert_default();
                for (key, value) in map.iter() {
                    let mut text = Text::default();
                    self.string(&mut text, value, field)?;
                    annotations.insert(key.clone(), text);
                }
            }
            other => return Err(self.mismatch(other, field, "map[string]string")),
        }
        Ok(())
    }

    fn maintainers(&self, value: &Value, field: &Field<'_>) -> Result<Option<Vec<Maintainer>>, ChartError> {
        let Some(items) = self.list(value, field, "[]*chart.Maintainer")? else { return Ok(None) };
        items.iter().map(|item| self.maintainer(item, field)).collect::<Result<_, _>>().map(Some)
    }

    fn maintainer(&self, value: &Value, field: &Field<'_>) -> Result<Maintainer, ChartError> {
        let map = match value {
            Value::Map(map) => map,
            Value::Null(_) => {
                let message = "validation: maintainer cannot be an empty list";
                return Err(ChartError::at_text(self.path, field.key, message));
            }
            other => return Err(self.mismatch(other, field, "chart.Maintainer")),
        };
        let mut maintainer = Maintainer::default();
        for (key, value) in map.iter() {
            let field = |name| Field { key, owner: "Maintainer", name };
            match key.to_ascii_lowercase().as_str() {
                "name" => self.string(&mut maintainer.name, value, &field("maintainers.name"))?,
                "email" => self.string(&mut maintainer.email, value, &field("maintainers.email"))?,
                "url" => self.string(&mut maintainer.url, value, &field("maintainers.url"))?,
                _ => {}
            }
        }
        Ok(maintainer)
    }

    fn dependencies(&self, value: &Value, field: &Field<'_>) -> Result<Option<Vec<Dependency>>, ChartError> {
        let Some(items) = self.list(value, field, "[]*chart.Dependency")? else { return Ok(None) };
        items.iter().map(|item| self.dependency(item, field)).collect::<Result<_, _>>().map(Some)
    }

    fn dependency(&self, value: &Value, field: &Field<'_>) -> Result<Dependency, ChartError> {
        let map = match value {
            Value::Map(map) => map,
            Value::Null(_) => {
                let message = "validation: dependency cannot be an empty list";
                return Err(ChartError::at_text(self.path, field.key, message));
            }
            other => return Err(self.mismatch(other, field, "chart.Dependency")),
        };
        let mut dependency = Dependency::default();
        for (key, value) in map.iter() {
            let field = |name| Field { key, owner: "Dependency", name };
            match key.to_ascii_lowercase().as_str() {
                "name" => self.string(&mut dependency.name, value, &field("dependencies.name"))?,
                "version" => self.string(&mut dependency.version, value, &field("dependencies.version"))?,
                "repository" => self.string(&mut dependency.repository, value, &field("dependencies.repository"))?,
                "condition" => self.string(&mut dependency.condition, value, &field("dependencies.condition"))?,
                "tags" => self.strings(&mut dependency.tags, value, &field("dependencies.tags"))?,
                "enabled" => self.boolean(&mut dependency.enabled, value, &field("dependencies.enabled"))?,
                "import-values" => {
                    let items = self.list(value, &field("dependencies.import-values"), "[]interface {}")?;
                    dependency.import_values = items.unwrap_or_default().to_vec();
                }
                "alias" => self.string(&mut dependency.alias, value, &field("dependencies.alias"))?,
                _ => {}
            }
        }
        Ok(dependency)
    }
}

/// What sigs.k8s.io/yaml puts before errors of `encoding/json`.
const DECODING: &str = "error unmarshaling JSON: while decoding JSON: ";
