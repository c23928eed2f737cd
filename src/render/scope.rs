//! What each template sees: `.Values`, `.Chart`, `.Files` and the rest, one scope per chart, shared by its templates.
//! After Helm's `engine.recAllTpls`.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::Options;
use super::capabilities::{HELM_VERSION, api_versions};
use crate::chart::{ChartNode, Processed};
use crate::source::{FileId, Text};
use crate::template::objects::{Capabilities, Files, chart_value};
use crate::template::value::Map;
use crate::template::{Value, convert};

/// One template file.
#[derive(Debug)]
pub(super) struct Template<'a> {
    /// Its full name: `umbrella/charts/sub/templates/x.yaml`.
    pub name: String,
    pub text: &'a Text,
    /// Its source.
    pub file: FileId,
    /// The path of its chart: `umbrella/charts/sub`. Charts under one alias have one path, each with a scope of its own.
    pub chart: &'a str,
    /// The number of its chart, subcharts counted before their parents.
    scope: usize,
}

impl Template<'_> {
    /// Whether it only defines templates for others.
    pub fn is_partial(&self) -> bool {
        self.name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
    }
}

/// All templates in the order in which Helm parses and runs them: deeper ones first, names backwards.
pub(super) fn templates(processed: &Processed) -> Vec<Template<'_>> {
    let mut by_name = HashMap::new();
    collect(&processed.root, &mut 0, &mut by_name);
    let mut templates: Vec<_> = by_name.into_values().collect();
    let depth = |template: &Template<'_>| template.name.matches('/').count();
    templates.sort_by(|a, b| (depth(b), &b.name).cmp(&(depth(a), &a.name)));
    templates
}

/// Of two templates of one name the later one counts; a chart comes after its subcharts.
fn collect<'a>(node: &'a ChartNode, next: &mut usize, templates: &mut HashMap<String, Template<'a>>) {
    for subchart in &node.subcharts {
        collect(subchart, next, templates);
    }
    let scope = *next;
    *next += 1;
    let is_library = node.metadata.is_library();
    for file in &node.chart.templates {
        let name = join(&node.path, &file.name);
        let template = Template { name, text: &file.text, file: file.file, chart: &node.path, scope };
        if !is_library || template.is_partial() {
            templates.insert(template.name.clone(), template);
        }
    }
}

pub(super) fn join(path: &str, name: &str) -> String {
    format!("{path}/{name}")
}

/// The scopes of all charts of one rendering.
pub(super) struct Scopes {
    /// By the chart's number.
    charts: Vec<Rc<Map>>,
}

impl Scopes {
    /// Builds the scopes; values are converted once and shared by all charts, as in Helm: a change in one is seen by all.
    pub fn new(processed: &Processed, options: &Options) -> Self {
        let values =
            processed.values.as_map().map_or_else(|| Value::values(BTreeMap::new()), convert::values_from_yaml);
        let shared = Shared { release: release(options), capabilities: capabilities(options) };
        let mut scopes = Self { charts: Vec::new() };
        scopes.add(&processed.root, values, &shared);
        scopes
    }

    fn add(&mut self, node: &ChartNode, values: Value, shared: &Shared) -> Value {
        let mut subcharts = BTreeMap::new();
        for subchart in &node.subcharts {
            let scope = self.add(subchart, table(&values, &subchart.name), shared);
            subcharts.insert(subchart.name.clone(), scope);
        }
        let files = node.chart.files.iter().map(|file| (Text::new(&file.name), file.text.clone()));
        let entries = [
            ("Chart", chart_value(&node.metadata, node.is_root)),
            ("Files", Files::new(files).into_value()),
            ("Release", shared.release.clone()),
            ("Capabilities", shared.capabilities.clone()),
            ("Values", values),
            ("Subcharts", Value::map(subcharts)),
        ];
        let scope = Value::values(entries.into_iter().map(|(key, value)| (Text::new(key), value)).collect());
        if let Value::Map(map) = &scope {
            self.charts.push(map.clone());
        }
        scope
    }

    /// The scope of `template`, with `.Template` set for it.
    pub fn enter(&self, template: &Template<'_>) -> Value {
        let Some(scope) = self.charts.get(template.scope) else { return Value::Nil };
        let own = BTreeMap::from([
            (Text::new("Name"), Value::string(template.name.as_str())),
            (Text::new("BasePath"), Value::string(join(template.chart, "templates"))),
        ]);
        scope.entries.borrow_mut().insert(Text::new("Template"), Value::values(own));
        Value::Map(scope.clone())
    }
}

struct Shared {
    release: Value,
    capabilities: Value,
}

/// The subtable of `values` for a subchart; a name with dots is a path, as Helm reads it. Empty when there is none.
fn table(values: &Value, name: &str) -> Value {
    let mut table = values.clone();
    for key in name.split('.') {
        let Value::Map(map) = &table else { break };
        let inner = map.entries.borrow().get(key).cloned();
        table = inner.unwrap_or_default();
    }
    if matches!(table, Value::Map(_)) { table } else { Value::values(BTreeMap::new()) }
}

fn release(options: &Options) -> Value {
    let entries = [
        ("Name", Value::string(options.release.as_str())),
        ("Namespace", Value::string(options.namespace.as_str())),
        ("IsUpgrade", Value::bool(options.is_upgrade)),
        ("IsInstall", Value::bool(!options.is_upgrade)),
        ("Revision", Value::int(1)),
        ("Service", Value::string("Helm")),
    ];
    Value::map(entries.into_iter().map(|(key, value)| (Text::new(key), value)).collect())
}

fn capabilities(options: &Options) -> Value {
    let [helm_version, helm_commit, helm_tree_state, go_version] = HELM_VERSION.map(Text::new);
    let capabilities = Capabilities {
        kube_version: Text::new(&options.kube_version.version),
        kube_major: Text::new(&options.kube_version.major),
        kube_minor: Text::new(&options.kube_version.minor),
        api_versions: api_versions(&options.api_versions),
        helm_version,
        helm_commit,
        helm_tree_state,
        go_version,
    };
    capabilities.into_value()
}
