//! How Helm 3.10 lays values over each other: given values over a chart's own, a parent's over a subchart's, globals from the
//! top down. Follows pkg/chartutil/coalesce.go, with its habit of changing the charts' own tables while it reads them.

use crate::source::{Text, beyond};
use crate::yaml::Value;

use super::go;
use super::table::{Node, Table, TooDeep};

/// The key of values that every subchart sees.
const GLOBAL: &str = "global";

/// How deep tables are merged before Helm's stack would overflow.
const MAX_DEPTH: usize = 1000;

/// What the merging needs to know of a chart.
pub(super) trait Tree {
    /// The chart's name, or its alias.
    fn name(&self, chart: usize) -> Text;
    /// Its own values.
    fn values(&self, chart: usize) -> Option<Table>;
    /// Its subcharts in order.
    fn subcharts(&self, chart: usize) -> Vec<usize>;
}

/// Why values do not fit together.
#[derive(Debug)]
pub(super) enum Misfit {
    /// The subchart's key holds no table.
    Type {
        /// The subchart's name.
        name: Text,
        /// What the key holds.
        value: Value,
    },
    /// Tables nest without end.
    TooDeep,
}

impl From<TooDeep> for Misfit {
    fn from(_: TooDeep) -> Self {
        Self::TooDeep
    }
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Helm prints the value with `%t`, which is meant for booleans.
            Self::Type { name, value } => write!(f, "type mismatch on {name}: {}", print_as_bool(value)),
            Self::TooDeep => f.write_str(&beyond(format_args!(
                "values nest deeper than {MAX_DEPTH}, or contain themselves through import-values"
            ))),
        }
    }
}

/// One run over a tree of charts; collects Helm's warnings.
pub(super) struct Coalescing<'a, T> {
    pub(super) tree: &'a T,
    pub(super) warnings: &'a mut Vec<String>,
}

impl<T: Tree> Coalescing<'_, T> {
    /// Helm's `CoalesceValues`: the values of `chart` and all below it, under a copy of `values`.
    pub(super) fn all(&mut self, chart: usize, values: Option<&Table>) -> Result<Table, Misfit> {
        let values = values.map_or_else(|| Ok(Table::default()), Table::deep_copy)?;
        self.chart(chart, &values, "", 0)?;
        Ok(values)
    }

    fn chart(&mut self, chart: usize, target: &Table, prefix: &str, depth: usize) -> Result<(), Misfit> {
        if depth > MAX_DEPTH {
            return Err(Misfit::TooDeep);
        }
        let prefix = join(prefix, &self.tree.name(chart));
        self.own(chart, target, &prefix)?;
        for subchart in self.tree.subcharts(chart) {
            let name = self.tree.name(subchart);
            let inner = match target.get(&name) {
                None => {
                    let inner = Table::default();
                    target.insert(name, Node::Table(inner.clone()));
                    inner
                }
                Some(Node::Table(inner)) => inner,
                Some(Node::Leaf(value)) => return Err(Misfit::Type { name, value }),
            };
            self.globals(&inner, target, &prefix)?;
            self.chart(subchart, &inner, &prefix, depth + 1)?;
        }
        Ok(())
    }

    /// Helm's `coalesceValues`: the chart's own values under `target`.
    fn own(&mut self, chart: usize, target: &Table, prefix: &str) -> Result<(), Misfit> {
        let Some(values) = self.tree.values(chart) else { return Ok(()) };
        for (key, value) in values.entries() {
            match target.get(&key) {
                None => target.insert(key, value),
                Some(given) if given.is_null() => target.remove(&key),
                Some(Node::Table(given)) => match &value {
                    Node::Table(value) => self.tables(&given, value, &join(prefix, &key), 0)?,
                    Node::Leaf(Value::Null(_)) => {}
                    Node::Leaf(_) => {
                        self.warn(format!("warning: skipped value for {prefix}.{key}: Not a table."));
                    }
                },
                Some(Node::Leaf(_)) => {}
            }
        }
        Ok(())
    }

    /// Helm's `coalesceGlobals`: the globals of `source` over those of `target`.
    fn globals(&mut self, target: &Table, source: &Table, prefix: &str) -> Result<(), Misfit> {
        let mut table_of = |owner: &Table, role: &str| match owner.get(GLOBAL) {
            None => Some(Table::default()),
            Some(Node::Table(table)) => Some(table),
            Some(Node::Leaf(_)) => {
                let message = format!("warning: skipping globals because {role} {GLOBAL} is not a table.");
                self.warn(message);
                None
            }
        };
        let Some(under) = table_of(target, "destination") else { return Ok(()) };
        let Some(over) = table_of(source, "source") else { return Ok(()) };
        for (key, value) in over.entries() {
            match (&value, under.get(&key)) {
                (Node::Table(value), None) => under.insert(key, Node::Table(value.shallow_copy())),
                (Node::Table(value), Some(Node::Table(known))) => {
                    // The copy is shallow, as Helm's: what lies deeper is shared and changes for everyone.
                    let copy = value.shallow_copy();
                    self.tables(&copy, &known, &join(prefix, &key), 0)?;
                    under.insert(key, Node::Table(copy));
                }
                (Node::Table(_), Some(Node::Leaf(_))) => {
                    let key = go::quote(&key);
                    self.warn(format!("Conflict: cannot merge map onto non-map for {key}. Skipping."));
                }
                (Node::Leaf(_), Some(Node::Table(_))) => self.warn(format!("key {key} is table. Skipping")),
                (Node::Leaf(_), _) => under.insert(key, value),
            }
        }
        let key = source.entries().into_iter().find_map(|(key, _)| (*key == *GLOBAL).then_some(key));
        target.insert(key.unwrap_or_else(|| Text::new(GLOBAL)), Node::Table(under));
        Ok(())
    }

    /// Helm's `CoalesceTables`: `source` under `target`, which has the last word; its nulls remove keys.
    pub(super) fn tables(&mut self, target: &Table, source: &Table, prefix: &str, depth: usize) -> Result<(), Misfit> {
        if depth > MAX_DEPTH {
            return Err(Misfit::TooDeep);
        }
        for (key, value) in source.entries() {
            match target.get(&key) {
                Some(given) if given.is_null() => target.remove(&key),
                None => target.insert(key, value),
                Some(Node::Table(given)) => match &value {
                    Node::Table(value) => self.tables(&given, value, &join(prefix, &key), depth + 1)?,
                    Node::Leaf(Value::Null(_)) => {}
                    Node::Leaf(value) => {
                        let (path, value) = (join(prefix, &key), go::print(value));
                        self.warn(format!(
                            "warning: destination for {path} is a table. Ignoring non-table value ({value})"
                        ));
                    }
                },
                Some(Node::Leaf(_)) => {
                    if let Node::Table(value) = &value {
                        let path = join(prefix, &key);
                        let value = value.freeze().map(|value| go::print(&value)).unwrap_or_default();
                        self.warn(format!("warning: cannot overwrite table with non table for {path} ({value})"));
                    }
                }
            }
        }
        Ok(())
    }

    fn warn(&mut self, message: String) {
        if !self.warnings.contains(&message) {
            self.warnings.push(message);
        }
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

/// What `%t` makes of a value that is no boolean: `%!t(string=x)`.
fn print_as_bool(value: &Value) -> String {
    match value {
        Value::Bool(flag, _) => flag.to_string(),
        Value::Null(_) => "%!t(<nil>)".to_owned(),
        Value::String(text) => format!("%!t(string={text})"),
        Value::Int(number, _) => format!("%!t(int64={number})"),
        Value::Float(number, _) => format!("%!t(float64={})", go::float(*number)),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(inner_as_bool).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Map(map) => {
            let entries: Vec<_> =
                map.iter().map(|(key, value)| format!("%!t(string={key}):{}", inner_as_bool(value))).collect();
            format!("map[{}]", entries.join(" "))
        }
    }
}

/// As [`print_as_bool`] within a list or mapping, where Go prints nil plainly.
fn inner_as_bool(value: &Value) -> String {
    if value.is_null() { "<nil>".to_owned() } else { print_as_bool(value) }
}
