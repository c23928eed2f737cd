//! Which members of a value its schema has looked at, for `unevaluatedProperties` and `unevaluatedItems` of the newer drafts.

use std::collections::BTreeSet;

use crate::yaml::Value;

use super::check::Checker;
use super::node::{Dependency, Node, NodeId, Rest};

/// How far references are followed.
const DEEPEST: usize = 64;

/// The members that were looked at.
#[derive(Default)]
pub(super) struct Evaluated {
    names: BTreeSet<String>,
    indices: BTreeSet<usize>,
    all: bool,
}

impl Evaluated {
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.all || self.names.contains(name)
    }

    pub(super) fn has_index(&self, index: usize) -> bool {
        self.all || self.indices.contains(&index)
    }
}

/// The members of `value` that `node` and the schemas it is combined of have looked at; branches count that the value fits.
pub(super) fn properties(checker: &mut Checker<'_>, node: &Node, value: &Value) -> Evaluated {
    let mut found = Evaluated::default();
    collect(checker, node, value, &mut found, 0);
    found
}

fn collect(checker: &mut Checker<'_>, node: &Node, value: &Value, found: &mut Evaluated, depth: usize) {
    match value {
        Value::Map(map) => {
            let Some(rules) = &node.object else { return branches(checker, node, value, found, depth) };
            if !matches!(rules.rest, Rest::Free) || (depth > 0 && !matches!(rules.unevaluated, Rest::Free)) {
                found.all = true;
            }
            let is_known = |name: &str| {
                rules.property(name).is_some() || rules.patterns.iter().any(|(pattern, _)| pattern.fits(name))
            };
            found.names.extend(map.keys().filter(|name| is_known(name)).map(|name| name.to_string()));
        }
        Value::List(items) => {
            let Some(rules) = &node.array else { return branches(checker, node, value, found, depth) };
            if rules.each.is_some() || !matches!(rules.rest, Rest::Free) {
                found.all = true;
            }
            found.indices.extend(0..rules.first.len());
            if let Some(contained) = rules.contains {
                let fitting = items.iter().enumerate().filter(|(_, item)| checker.fits(contained, item));
                found.indices.extend(fitting.map(|(index, _)| index).collect::<Vec<_>>());
            }
        }
        _ => return,
    }
    branches(checker, node, value, found, depth);
}

fn branches(checker: &mut Checker<'_>, node: &Node, value: &Value, found: &mut Evaluated, depth: usize) {
    if depth > DEEPEST || checker.is_exhausted() {
        return;
    }
    let mut follow: Vec<NodeId> = node.refers.into_iter().collect();
    if let Some(combined) = &node.combined {
        follow.extend(combined.all_of.iter().chain(&combined.any_of).chain(&combined.one_of));
        if let Some(condition) = combined.condition {
            let fits = checker.fits(condition, value);
            follow.extend(fits.then_some(condition));
            follow.extend(if fits { combined.then } else { combined.otherwise });
        }
        for (name, dependency) in &combined.dependencies {
            if let Dependency::Schema(schema) = dependency
                && value.get(name).is_some()
            {
                follow.push(*schema);
            }
        }
    }
    for schema in follow {
        if checker.fits(schema, value) {
            let nodes = checker.nodes;
            collect(checker, &nodes[schema], value, found, depth + 1);
        }
    }
}
