//! `.Chart`: the metadata of a chart as Go's structs have it.

use std::rc::Rc;

use super::record::{Field, Record};
use crate::chart::{Dependency, Maintainer, Metadata};
use crate::source::Text;
use crate::template::convert;
use crate::template::value::{Element, MapKind, Value};
use crate::yaml;

/// This as a template's value: Helm's nameless struct around `chart.Metadata`.
#[must_use]
pub fn chart_value(chart: &Metadata, is_root: bool) -> Value {
    let maintainers = chart.maintainers.as_ref().map(|all| all.iter().map(maintainer).collect());
    let dependencies = chart.dependencies.as_ref().map(|all| all.iter().map(dependency).collect());
    let metadata = structure(
        "chart.Metadata",
        false,
        vec![
            text("Name", "name", &chart.name),
            text("Home", "home", &chart.home),
            field("Sources", "sources", strings(chart.sources.as_ref())),
            text("Version", "version", &chart.version),
            text("Description", "description", &chart.description),
            field("Keywords", "keywords", strings(chart.keywords.as_ref())),
            field("Maintainers", "maintainers", slice(Element::Named("[]*chart.Maintainer"), maintainers)),
            text("Icon", "icon", &chart.icon),
            text("APIVersion", "apiVersion", &chart.api_version),
            text("Condition", "condition", &chart.condition),
            text("Tags", "tags", &chart.tags),
            text("AppVersion", "appVersion", &chart.app_version),
            field("Deprecated", "deprecated", Value::bool(chart.deprecated)),
            field("Annotations", "annotations", annotations(chart)),
            text("KubeVersion", "kubeVersion", &chart.kube_version),
            field("Dependencies", "dependencies", slice(Element::Named("[]*chart.Dependency"), dependencies)),
            text("Type", "type", &chart.kind),
        ],
    );
    structure(
        "struct { chart.Metadata; IsRoot bool }",
        false,
        vec![
            Field { embedded: true, ..field("Metadata", "", metadata) },
            Field { omits_empty: false, ..field("IsRoot", "IsRoot", Value::bool(is_root)) },
        ],
    )
}

fn maintainer(maintainer: &Maintainer) -> Value {
    let fields = vec![
        text("Name", "name", &maintainer.name),
        text("Email", "email", &maintainer.email),
        text("URL", "url", &maintainer.url),
    ];
    structure("*chart.Maintainer", true, fields)
}

fn dependency(dependency: &Dependency) -> Value {
    let import_values = dependency.import_values.iter().map(import).collect();
    let fields = vec![
        Field { omits_empty: false, ..text("Name", "name", &dependency.name) },
        text("Version", "version", &dependency.version),
        Field { omits_empty: false, ..text("Repository", "repository", &dependency.repository) },
        text("Condition", "condition", &dependency.condition),
        field("Tags", "tags", strings(dependency.tags.as_ref())),
        field("Enabled", "enabled", Value::bool(dependency.enabled)),
        field("ImportValues", "import-values", Value::list_or_nil(Element::Any, import_values)),
        text("Alias", "alias", &dependency.alias),
    ];
    structure("*chart.Dependency", true, fields)
}

fn structure(type_name: &'static str, is_pointer: bool, fields: Vec<Field>) -> Value {
    Value::Object(Rc::new(Record { type_name, is_pointer, fields, methods: &[] }))
}

/// A slice; nil when the file does not have it.
fn slice(element: Element, items: Option<Vec<Value>>) -> Value {
    items.map_or_else(|| Value::list_or_nil(element, Vec::new()), |items| Value::list_of(element, items))
}

fn strings(texts: Option<&Vec<Text>>) -> Value {
    slice(Element::String, texts.map(|all| all.iter().cloned().map(Value::String).collect()))
}

fn annotations(chart: &Metadata) -> Value {
    let entry = |(key, value): (&Text, &Text)| (key.clone(), Value::String(value.clone()));
    let entries = chart.annotations.as_ref().map(|all| all.iter().map(entry).collect());
    entries.map_or_else(|| Value::nil_map(MapKind::String), |entries| Value::map_of(MapKind::String, entries))
}

/// An import as Helm notes it down when it processes a chart.
fn import(pair: &yaml::Value) -> Value {
    let entry = |(key, value): (&Text, &yaml::Value)| (key.clone(), convert::from_yaml(value));
    pair.as_map().map_or(Value::Nil, |map| Value::map_of(MapKind::String, map.iter().map(entry).collect()))
}

fn text(name: &'static str, key: &'static str, text: &Text) -> Field {
    field(name, key, Value::String(text.clone()))
}

fn field(name: &'static str, key: &'static str, value: Value) -> Field {
    Field { name, key, omits_empty: true, embedded: false, value }
}
