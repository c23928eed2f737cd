//! `.Chart`: the metadata of a chart as Go's structs have it.

use std::rc::Rc;

use super::record::{Field, Record};
use crate::chart::{Dependency, Maintainer, Metadata};
use crate::source::Text;
use crate::template::convert;
use crate::template::value::{Element, List, MapKind, Value};

/// This as a template's value: Helm's nameless struct around `chart.Metadata`.
#[must_use]
pub fn chart_value(chart: &Metadata, is_root: bool) -> Value {
    let maintainers = chart.maintainers.iter().map(maintainer).collect();
    let dependencies = chart.dependencies.iter().flatten().map(dependency).collect();
    let annotations = chart.annotations.iter().map(|(key, value)| (key.clone(), Value::String(value.clone())));
    let metadata = structure(
        "chart.Metadata",
        false,
        vec![
            text("Name", "name", &chart.name),
            text("Home", "home", &chart.home),
            field("Sources", "sources", Value::strings(chart.sources.clone())),
            text("Version", "version", &chart.version),
            text("Description", "description", &chart.description),
            field("Keywords", "keywords", Value::strings(chart.keywords.clone())),
            field("Maintainers", "maintainers", pointers("[]*chart.Maintainer", maintainers)),
            text("Icon", "icon", &chart.icon),
            text("APIVersion", "apiVersion", &chart.api_version),
            text("Condition", "condition", &chart.condition),
            text("Tags", "tags", &chart.tags),
            text("AppVersion", "appVersion", &chart.app_version),
            field("Deprecated", "deprecated", Value::bool(chart.deprecated)),
            field("Annotations", "annotations", Value::map_of(MapKind::String, annotations.collect())),
            text("KubeVersion", "kubeVersion", &chart.kube_version),
            field("Dependencies", "dependencies", pointers("[]*chart.Dependency", dependencies)),
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
    let import_values = dependency.import_values.iter().map(convert::from_yaml).collect();
    let fields = vec![
        Field { omits_empty: false, ..text("Name", "name", &dependency.name) },
        text("Version", "version", &dependency.version),
        Field { omits_empty: false, ..text("Repository", "repository", &dependency.repository) },
        text("Condition", "condition", &dependency.condition),
        field("Tags", "tags", Value::strings(dependency.tags.clone())),
        field("Enabled", "enabled", Value::bool(dependency.enabled)),
        field("ImportValues", "import-values", Value::list(import_values)),
        text("Alias", "alias", &dependency.alias),
    ];
    structure("*chart.Dependency", true, fields)
}

fn structure(type_name: &'static str, is_pointer: bool, fields: Vec<Field>) -> Value {
    Value::Object(Rc::new(Record { type_name, is_pointer, fields, methods: &[] }))
}

fn pointers(type_name: &'static str, items: Vec<Value>) -> Value {
    Value::List(Rc::new(List { element: Element::Object(type_name), items }))
}

fn text(name: &'static str, key: &'static str, text: &Text) -> Field {
    field(name, key, Value::String(text.clone()))
}

fn field(name: &'static str, key: &'static str, value: Value) -> Field {
    Field { name, key, omits_empty: true, embedded: false, value }
}
