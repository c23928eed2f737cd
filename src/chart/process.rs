//! Which subcharts are on, under which names, and with which values: Helm 3.10's `ProcessDependencies` and the values that
//! its templates see. The loaded charts stay as they are; the result shares their templates.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use crate::source::{Origins, Text};
use crate::yaml::{Map, Value};

use super::coalesce::{Coalescing, Misfit, Tree};
use super::metadata::{Dependency, Metadata};
use super::table::{Node, Table};
use super::version::{Constraint, Version};
use super::{Chart, ChartError, Choice};

/// A chart with its dependencies switched and its values computed.
#[derive(Clone, Debug)]
pub struct Processed {
    /// The root chart.
    pub root: ChartNode,
    /// `.Values` of the root: its subcharts' values lie in it under their names.
    pub values: Value,
    /// The dependencies that are switched off, outer ones first.
    pub disabled: Vec<Disabled>,
    /// What Helm would log, each message once.
    pub warnings: Vec<String>,
    /// Why the values were not held against a schema, with its place; under [`Schemas::Readable`](super::Schemas::Readable) only.
    pub unread: Vec<ChartError>,
}

/// A chart in its place among the others.
#[derive(Clone, Debug)]
pub struct ChartNode {
    /// The chart as it was loaded.
    pub chart: Arc<Chart>,
    /// Its metadata as templates see it: the alias as name, the dependencies that are on.
    pub metadata: Arc<Metadata>,
    /// Its name, or its alias: the key of its values in its parent's.
    pub name: Text,
    /// Where Helm says that it lies (`root/charts/sub`): the beginning of its templates' names. Helm 3.10 gives the charts
    /// inside an aliased chart, which has no dependencies in `Chart.yaml`, the path of the chart without alias.
    pub path: String,
    /// Whether it is the root.
    pub is_root: bool,
    /// Its subcharts that are on. Of two templates of the same name the later one counts.
    pub subcharts: Vec<ChartNode>,
}

/// A dependency that is switched off.
#[derive(Clone, Debug)]
pub struct Disabled {
    /// The path of the chart that depends on it: `root/charts/sub`.
    pub parent: String,
    /// Its name, or its alias.
    pub dependency: Text,
    /// The charts that are left out for it; empty when `charts/` holds none of that name.
    pub charts: Vec<Arc<Chart>>,
    /// What switched it off.
    pub cause: Cause,
}

/// What switched a dependency off.
#[derive(Clone, Debug)]
pub enum Cause {
    /// The value at this path from the root is `false`: `sub.enabled`.
    Condition {
        /// The path, as `--set` would take it.
        path: String,
        /// Where the `false` stands.
        origins: Origins,
    },
    /// At least one of its tags is `false`, none is `true`.
    Tags {
        /// The tags that are `false`.
        tags: Vec<Text>,
        /// The paths of other values, each of which turns it on when it is `true`: tags that have no value, and conditions.
        others: Vec<Vec<String>>,
        /// Where each `false` stands.
        origins: Origins,
    },
}

impl Cause {
    /// The paths of the values from the root, each of which turns the dependency on when it is `true` and nothing else is changed.
    #[must_use]
    pub fn switches(&self) -> Vec<Vec<String>> {
        match self {
            Self::Condition { path, .. } => vec![path.split('.').map(str::to_owned).collect()],
            Self::Tags { tags, others, .. } => tags.iter().map(tag_path).chain(others.iter().cloned()).collect(),
        }
    }
}

/// The paths of a dependency's condition, in the order in which they count.
fn conditions(requirement: &Requirement) -> impl Iterator<Item = &str> {
    requirement.origin.condition.as_str().trim().split(',').filter(|condition| !condition.is_empty())
}

fn tag_path(tag: &Text) -> Vec<String> {
    vec!["tags".to_owned(), tag.to_string()]
}

/// Processes `root` under `given` values.
pub(super) fn process(root: &Arc<Chart>, given: &Value, choice: &Choice) -> Result<Processed, ChartError> {
    let fail = |misfit: Misfit| refuse(root, &misfit);
    let given = match given {
        Value::Map(map) => Table::of(map),
        _ => Ok(Table::default()),
    };
    let given = given.map_err(|deep| fail(deep.into()))?;
    let mut state = State::default();
    let top = state.add(root, None, choice).map_err(fail)?;
    state.switch(top, &given, "").map_err(fail)?;
    state.import(top).map_err(|failure| match failure {
        ImportFailure::Misfit(misfit) => fail(misfit),
        ImportFailure::NotText { dependency, key } => {
            let message = format!("import-values of dependency {dependency}: {key} is not a string");
            ChartError::at_text(&root.metadata_path, &dependency, message)
        }
    })?;
    let values = state.coalesce(top, Some(&given)).map_err(fail)?;
    let values = values.freeze().map_err(|deep| fail(deep.into()))?;
    let root = state.node(top);
    Ok(Processed { root, values, disabled: state.disabled, warnings: state.warnings.into_inner(), unread: Vec::new() })
}

fn refuse(root: &Chart, misfit: &Misfit) -> ChartError {
    let path = root.values_file.as_ref().map_or(&root.path, |file| &file.path);
    let span = match misfit {
        Misfit::Type { value, .. } => {
            super::origins(value).and_then(|origin| origin.places().first().map(|(span, ..)| *span))
        }
        Misfit::TooDeep => None,
    };
    ChartError { message: misfit.to_string(), span, path: path.clone() }
}

/// All charts, named by their index; `parent` and `subcharts` are what Go's pointers say, which need not agree.
#[derive(Default)]
struct State {
    charts: Vec<Member>,
    disabled: Vec<Disabled>,
    warnings: RefCell<Vec<String>>,
}

#[derive(Clone)]
struct Member {
    chart: Arc<Chart>,
    name: Text,
    values: RefCell<Table>,
    dependencies: Option<Vec<Rc<Requirement>>>,
    subcharts: Vec<usize>,
    parent: Option<usize>,
}

/// A dependency of `Chart.yaml`. Copies of a chart under several aliases share theirs, as in Go.
struct Requirement {
    origin: Dependency,
    name: RefCell<Text>,
    enabled: Cell<bool>,
    cause: RefCell<Option<Cause>>,
    imports: RefCell<Vec<Value>>,
    /// Whether the imports were done. Go then holds them in another type, which a second copy of the chart skips.
    imported: Cell<bool>,
}

enum ImportFailure {
    Misfit(Misfit),
    NotText { dependency: Text, key: &'static str },
}

impl From<Misfit> for ImportFailure {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

impl Tree for State {
    fn name(&self, chart: usize) -> Text {
        self.charts[chart].name.clone()
    }

    fn values(&self, chart: usize) -> Option<Table> {
        Some(self.charts[chart].values.borrow().clone())
    }

    fn subcharts(&self, chart: usize) -> Vec<usize> {
        self.charts[chart].subcharts.clone()
    }
}

impl State {
    fn add(&mut self, chart: &Arc<Chart>, parent: Option<usize>, choice: &Choice) -> Result<usize, Misfit> {
        let requirement = |dependency: &Dependency| {
            Rc::new(Requirement {
                origin: dependency.clone(),
                name: RefCell::new(dependency.name.clone()),
                enabled: Cell::new(dependency.enabled),
                cause: RefCell::new(None),
                imports: RefCell::new(dependency.import_values.clone()),
                imported: Cell::new(false),
            })
        };
        let values = chart.values.as_map().map_or_else(|| Ok(Table::default()), Table::of)?;
        let index = self.charts.len();
        self.charts.push(Member {
            chart: chart.clone(),
            name: chart.metadata.name.clone(),
            values: RefCell::new(values),
            dependencies: chart.metadata.dependencies.as_ref().map(|all| all.iter().map(requirement).collect()),
            subcharts: Vec::new(),
            parent,
        });
        let subcharts = choice.order(&chart.subcharts);
        self.charts[index].subcharts =
            subcharts.into_iter().map(|subchart| self.add(subchart, Some(index), choice)).collect::<Result<_, _>>()?;
        Ok(index)
    }

    fn coalesce(&self, chart: usize, values: Option<&Table>) -> Result<Table, Misfit> {
        Coalescing { tree: self, warnings: &mut self.warnings.borrow_mut() }.all(chart, values)
    }

    fn coalesce_tables(&self, target: &Table, source: &Table) -> Result<(), Misfit> {
        Coalescing { tree: self, warnings: &mut self.warnings.borrow_mut() }.tables(target, source, "", 0)
    }

    fn warn(&self, message: String) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&message) {
            warnings.push(message);
        }
    }

    fn set_subcharts(&mut self, parent: usize, subcharts: Vec<usize>) {
        for subchart in &subcharts {
            self.charts[*subchart].parent = Some(parent);
        }
        self.charts[parent].subcharts = subcharts;
    }

    /// Helm's `processDependencyEnabled`. `path` leads from the root to the chart: `sub.`.
    fn switch(&mut self, chart: usize, values: &Table, path: &str) -> Result<(), Misfit> {
        let Some(requirements) = self.charts[chart].dependencies.clone() else { return Ok(()) };
        let existing = self.charts[chart].subcharts.clone();
        let mut subcharts: Vec<usize> = existing
            .iter()
            .copied()
            .filter(|subchart| !requirements.iter().any(|requirement| self.satisfies(*subchart, requirement)))
            .collect();
        for requirement in &requirements {
            if let Some(subchart) = existing.iter().find(|subchart| self.satisfies(**subchart, requirement)) {
                subcharts.push(self.copy_as(*subchart, requirement));
            }
            if !requirement.origin.alias.is_empty() {
                requirement.name.replace(requirement.origin.alias.clone());
            }
        }
        self.set_subcharts(chart, subcharts);
        for requirement in &requirements {
            requirement.enabled.set(true);
            requirement.cause.replace(None);
        }
        let values = self.coalesce(chart, Some(values))?;
        if let Some(tags) = values.find("tags") {
            requirements.iter().for_each(|requirement| self.apply_tags(requirement, &tags, path));
        }
        requirements.iter().for_each(|requirement| self.apply_condition(requirement, &values, path));
        let off: BTreeSet<Text> = requirements
            .iter()
            .filter(|requirement| !requirement.enabled.get())
            .map(|requirement| requirement.name.borrow().clone())
            .collect();
        self.record_disabled(chart, &requirements);
        let on = |name: &Text| !off.contains(name);
        let kept: Vec<usize> =
            self.charts[chart].subcharts.iter().copied().filter(|subchart| on(&self.charts[*subchart].name)).collect();
        for subchart in &kept {
            let path = format!("{path}{}.", self.charts[*subchart].name);
            self.switch(*subchart, &values, &path)?;
        }
        let requirements: Vec<_> =
            requirements.into_iter().filter(|requirement| on(&requirement.name.borrow())).collect();
        // Appending nothing to nil leaves nil in Go: a chart without any dependency left imports no values either.
        self.charts[chart].dependencies = (!requirements.is_empty()).then_some(requirements);
        self.set_subcharts(chart, kept);
        Ok(())
    }

    fn satisfies(&self, subchart: usize, requirement: &Requirement) -> bool {
        let member = &self.charts[subchart];
        member.name == *requirement.name.borrow()
            && is_compatible(&requirement.origin.version, &member.chart.metadata.version)
    }

    /// A copy of `subchart` under the requirement's alias; values, dependencies and subcharts stay the same ones.
    fn copy_as(&mut self, subchart: usize, requirement: &Requirement) -> usize {
        let mut copy = self.charts[subchart].clone();
        if !requirement.origin.alias.is_empty() {
            copy.name = requirement.origin.alias.clone();
        }
        self.charts.push(copy);
        self.charts.len() - 1
    }

    fn apply_tags(&self, requirement: &Requirement, tags: &Table, path: &str) {
        let (mut on, mut off, mut origins) = (false, Vec::new(), Vec::new());
        for tag in requirement.origin.tags.iter().flatten() {
            match tags.get(tag) {
                Some(Node::Leaf(Value::Bool(true, _))) => on = true,
                Some(Node::Leaf(Value::Bool(false, origin))) => {
                    off.push(tag.clone());
                    origins.extend(origin);
                }
                Some(_) => {
                    let name = requirement.name.borrow();
                    self.warn(format!("Warning: Tag '{tag}' for chart {name} returned non-bool value"));
                }
                None => {}
            }
        }
        if !on && !off.is_empty() {
            requirement.enabled.set(false);
            let origins = crate::source::Origin::union(origins);
            let all = requirement.origin.tags.iter().flatten();
            let tags = all.filter(|tag| !off.contains(tag)).map(tag_path);
            let split = |condition: &str| format!("{path}{condition}").split('.').map(str::to_owned).collect();
            let others = tags.chain(conditions(requirement).map(split)).collect();
            requirement.cause.replace(Some(Cause::Tags { tags: off, others, origins }));
        }
    }

    fn apply_condition(&self, requirement: &Requirement, values: &Table, path: &str) {
        for condition in conditions(requirement) {
            let path = format!("{path}{condition}");
            match values.leaf(&path) {
                Some(Value::Bool(flag, origins)) => {
                    requirement.enabled.set(flag);
                    requirement.cause.replace((!flag).then_some(Cause::Condition { path, origins }));
                    return;
                }
                Some(_) => {
                    let name = requirement.name.borrow();
                    let message =
                        format!("Warning: Condition path '{condition}' for chart {name} returned non-bool value");
                    self.warn(message);
                }
                None => {}
            }
        }
    }

    fn record_disabled(&mut self, chart: usize, requirements: &[Rc<Requirement>]) {
        for requirement in requirements {
            let Some(cause) = requirement.cause.borrow().clone() else { continue };
            let name = requirement.name.borrow().clone();
            let subcharts = self.charts[chart].subcharts.iter().map(|subchart| &self.charts[*subchart]);
            let charts = subcharts.filter(|member| member.name == name).map(|member| member.chart.clone()).collect();
            self.disabled.push(Disabled { parent: self.path(chart), dependency: name, charts, cause });
        }
    }

    /// Helm's `processDependencyImportValues`, inner charts first.
    fn import(&mut self, chart: usize) -> Result<(), ImportFailure> {
        for subchart in self.charts[chart].subcharts.clone() {
            self.import(subchart)?;
        }
        let Some(requirements) = self.charts[chart].dependencies.clone() else { return Ok(()) };
        let values = self.coalesce(chart, None)?;
        let mut imported = Table::default();
        for requirement in &requirements {
            let name = requirement.name.borrow().clone();
            let mut imports = Vec::new();
            let wanted = requirement.imports.take();
            if requirement.imported.replace(true) {
                continue;
            }
            for import in wanted {
                let (child, parent) = match &import {
                    Value::Map(pair) => {
                        let text = |key: &'static str| match pair.get(key) {
                            Some(Value::String(text)) => Ok(text.clone()),
                            _ => Err(ImportFailure::NotText { dependency: name.clone(), key }),
                        };
                        (text("child")?, Some(text("parent")?))
                    }
                    Value::String(export) => (export.derive(format!("exports.{export}")), None),
                    _ => continue,
                };
                let found = values.find(&format!("{name}.{child}"));
                let Some(found) = found else {
                    self.warn(missing_table(&name, &child, parent.is_some(), &values));
                    imports.push(import_pair(child, parent));
                    continue;
                };
                // An empty table is replaced by a new one: Go's `AsMap` returns no table of size zero.
                let found = if found.is_empty() { Table::default() } else { found };
                match &parent {
                    // Helm 3.10 merges this form into all values at once and forgets what strings have imported before.
                    Some(parent) => {
                        self.coalesce_tables(&values, &nested(parent, found))?;
                        imported = values.clone();
                    }
                    None => self.coalesce_tables(&imported, &found)?,
                }
                imports.push(import_pair(child, parent));
            }
            requirement.imports.replace(imports);
        }
        self.coalesce_tables(&values, &imported)?;
        self.charts[chart].values.replace(values);
        Ok(())
    }

    fn path(&self, chart: usize) -> String {
        let member = &self.charts[chart];
        match member.parent {
            Some(parent) => format!("{}/charts/{}", self.path(parent), member.name),
            None => member.name.to_string(),
        }
    }

    fn node(&self, chart: usize) -> ChartNode {
        let member = &self.charts[chart];
        let unchanged = member.name == member.chart.metadata.name && member.chart.metadata.dependencies.is_none();
        let metadata = if unchanged {
            member.chart.metadata.clone()
        } else {
            let dependencies = member.dependencies.as_ref().map(|all| {
                let dependencies = all.iter().map(|requirement| Dependency {
                    name: requirement.name.borrow().clone(),
                    enabled: requirement.enabled.get(),
                    import_values: requirement.imports.borrow().clone(),
                    ..requirement.origin.clone()
                });
                dependencies.collect()
            });
            Arc::new(Metadata { name: member.name.clone(), dependencies, ..(*member.chart.metadata).clone() })
        };
        ChartNode {
            chart: member.chart.clone(),
            metadata,
            name: member.name.clone(),
            path: self.path(chart),
            is_root: member.parent.is_none(),
            subcharts: member.subcharts.iter().map(|subchart| self.node(*subchart)).collect(),
        }
    }
}

/// Helm's `IsCompatibleRange`: false when either is malformed.
pub(crate) fn is_compatible(constraint: &str, version: &str) -> bool {
    match (Version::parse(version), Constraint::parse(constraint)) {
        (Ok(version), Ok(constraint)) => constraint.check(&version),
        _ => false,
    }
}

/// `table` under `path`, which is separated by dots; `.` is the table itself.
fn nested(path: &Text, table: Table) -> Table {
    if *path == *"." {
        return table;
    }
    path.rsplit('.').fold(table, |inner, key| {
        let outer = Table::default();
        outer.insert(Text::new(key), Node::Table(inner));
        outer
    })
}

fn missing_table(name: &str, child: &str, pair: bool, values: &Table) -> String {
    let path = format!("{name}.{child}");
    let mut table = Some(values.clone());
    // Helm names the first part of the path that is no table.
    let part = path.split('.').find(|key| {
        table = table.as_ref().and_then(|table| table.get(key)?.table().cloned());
        table.is_none()
    });
    let fault = format!("{} is not a table", super::go::quote(part.unwrap_or_default()));
    if pair {
        format!("Warning: ImportValues missing table from chart {name}: {fault}")
    } else {
        format!("Warning: ImportValues missing table: {fault}")
    }
}

/// An import as Helm notes it down: always a pair.
fn import_pair(child: Text, parent: Option<Text>) -> Value {
    let parent = parent.unwrap_or_else(|| Text::new("."));
    let entries = [(Text::new("child"), Value::String(child)), (Text::new("parent"), Value::String(parent))];
    Value::Map(Arc::new(Map::from(entries)))
}

/// Which of several subcharts of one name Helm happens to meet first: those at these paths, then folders before packages.
impl Choice {
    fn order<'a>(&self, subcharts: &'a [Arc<Chart>]) -> Vec<&'a Arc<Chart>> {
        let mut ordered: Vec<_> = subcharts.iter().collect();
        ordered.sort_by_key(|chart| {
            let preferred = self.preferred.iter().any(|path: &PathBuf| *path == chart.path);
            (!preferred, chart.place == super::Place::Package)
        });
        ordered
    }
}
