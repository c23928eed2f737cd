//! `.Chart`: the metadata of a chart as Go's structs have it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::record::{Field, Record};
use crate::source::Text;
use crate::template::convert;
use crate::template::value::{Element, List, MapKind, Value};
use crate::yaml;

/// Metadata of a chart. Texts that `Chart.yaml` leaves out are empty.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// `name`
    pub name: Text,
    /// `home`
    pub home: Text,
    /// `sources`
    pub sources: Vec<Text>,
    /// `version`
    pub version: Text,
    /// `description`
    pub description: Text,
    /// `keywords`
    pub keywords: Vec<Text>,
    /// `maintainers`
    pub maintainers: Vec<Maintainer>,
    /// `icon`
    pub icon: Text,
    /// `apiVersion`
    pub api_version: Text,
    /// `condition`
    pub condition: Text,
    /// `tags`
    pub tags: Text,
    /// `appVersion`
    pub app_version: Text,
    /// `deprecated`
    pub deprecated: bool,
    /// `annotations`
    pub annotations: BTreeMap<Text, Text>,
    /// `kubeVersion`
    pub kube_version: Text,
    /// `dependencies`
    pub dependencies: Vec<Dependency>,
    /// `type`
    pub kind: Text,
    /// Whether it is no other's subchart.
    pub is_root: bool,
}

/// An entry of `maintainers`.
#[derive(Clone, Debug, Default)]
pub struct Maintainer {
    /// `name`
    pub name: Text,
    /// `email`
    pub email: Text,
    /// `url`
    pub url: Text,
}

/// An entry of `dependencies`.
#[derive(Clone, Debug, Default)]
pub struct Dependency {
    /// `name`
    pub name: Text,
    /// `version`
    pub version: Text,
    /// `repository`
    pub repository: Text,
    /// `condition`
    pub condition: Text,
    /// `tags`
    pub tags: Vec<Text>,
    /// Whether its conditions leave it on.
    pub enabled: bool,
    /// `import-values`
    pub import_values: Vec<yaml::Value>,
    /// `alias`
    pub alias: Text,
}

impl Chart {
    /// This as a template's value: Helm's nameless struct around `chart.Metadata`.
    #[must_use]
    pub fn into_value(self) -> Value {
        let maintainers = self.maintainers.into_iter().map(Maintainer::into_value).collect();
        let dependencies = self.dependencies.into_iter().map(Dependency::into_value).collect();
        let annotations = self.annotations.into_iter().map(|(key, value)| (key, Value::String(value)));
        let metadata = structure(
            "chart.Metadata",
            false,
            vec![
                text("Name", "name", self.name),
                text("Home", "home", self.home),
                field("Sources", "sources", Value::strings(self.sources)),
                text("Version", "version", self.version),
                text("Description", "description", self.description),
                field("Keywords", "keywords", Value::strings(self.keywords)),
                field("Maintainers", "maintainers", pointers("[]*chart.Maintainer", maintainers)),
                text("Icon", "icon", self.icon),
                text("APIVersion", "apiVersion", self.api_version),
                text("Condition", "condition", self.condition),
                text("Tags", "tags", self.tags),
                text("AppVersion", "appVersion", self.app_version),
                field("Deprecated", "deprecated", Value::bool(self.deprecated)),
                field("Annotations", "annotations", Value::map_of(MapKind::String, annotations.collect())),
                text("KubeVersion", "kubeVersion", self.kube_version),
                field("Dependencies", "dependencies", pointers("[]*chart.Dependency", dependencies)),
                text("Type", "type", self.kind),
            ],
        );
        structure(
            "struct { chart.Metadata; IsRoot bool }",
            false,
            vec![
                Field { embedded: true, ..field("Metadata", "", metadata) },
                Field { omits_empty: false, ..field("IsRoot", "IsRoot", Value::bool(self.is_root)) },
            ],
        )
    }
}

impl Maintainer {
    fn into_value(self) -> Value {
        let fields =
            vec![text("Name", "name", self.name), text("Email", "email", self.email), text("URL", "url", self.url)];
        structure("*chart.Maintainer", true, fields)
    }
}

impl Dependency {
    fn into_value(self) -> Value {
        let import_values = self.import_values.iter().map(convert::from_yaml).collect();
        let fields = vec![
            Field { omits_empty: false, ..text("Name", "name", self.name) },
            text("Version", "version", self.version),
            Field { omits_empty: false, ..text("Repository", "repository", self.repository) },
            text("Condition", "condition", self.condition),
            field("Tags", "tags", Value::strings(self.tags)),
            field("Enabled", "enabled", Value::bool(self.enabled)),
            field("ImportValues", "import-values", Value::list(import_values)),
            text("Alias", "alias", self.alias),
        ];
        structure("*chart.Dependency", true, fields)
    }
}

fn structure(type_name: &'static str, is_pointer: bool, fields: Vec<Field>) -> Value {
    Value::Object(Rc::new(Record { type_name, is_pointer, fields, methods: &[] }))
}

fn pointers(type_name: &'static str, items: Vec<Value>) -> Value {
    Value::List(Rc::new(List { element: Element::Object(type_name), items }))
}

fn text(name: &'static str, key: &'static str, text: Text) -> Field {
    field(name, key, Value::String(text))
}

fn field(name: &'static str, key: &'static str, value: Value) -> Field {
    Field { name, key, omits_empty: true, embedded: false, value }
}
