//! Holds a value against a schema as gojsonschema does: which violations are told, in which order, and which branch of
//! several comes nearest. Bounded in depth and steps, for schemas may contain themselves.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::source::{Text, beyond};
use crate::yaml::{Map, Value};

use super::compile::json;
use super::evaluated;
use super::formats;
use super::node::{ArrayRules, Combined, Dependency, Node, NodeId, NumberRules, ObjectRules, Rest, StringRules};
use super::number::{is_multiple, shown};
use super::{Kind, Violation};

/// How deep schemas are followed.
const DEEPEST: usize = 256;

/// How many values are held against schemas, branches counted each.
const MOST_STEPS: usize = 4_000_000;

/// What came of one schema: its violations, and how much of it fits.
#[derive(Default)]
struct Outcome<'v> {
    violations: Vec<Violation<'v>>,
    score: i64,
}

impl<'v> Outcome<'v> {
    fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    fn violate(&mut self, path: &Path<'_>, value: &'v Value, sentence: impl Display) {
        self.violate_by(Kind::Other, path, value, sentence);
    }

    fn violate_by(&mut self, kind: Kind, path: &Path<'_>, value: &'v Value, sentence: impl Display) {
        self.violations.push(Violation { path: path.keys(), sentence: sentence.to_string(), value, kind });
        // One more is added for the group of keywords.
        self.score -= 2;
    }

    fn unknown(&mut self, path: &Path<'_>, name: &str, member: &'v Value) {
        let kind = Kind::Unknown(name.to_owned());
        self.violate_by(kind, path, member, format_args!("Additional property {name} is not allowed"));
    }

    fn merge(&mut self, other: Self) {
        self.violations.extend(other.violations);
        self.score += other.score;
    }
}

/// Where a value stands among the values.
pub(super) struct Path<'p> {
    above: Option<&'p Path<'p>>,
    key: Key<'p>,
}

enum Key<'p> {
    Root,
    Name(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    fn name(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), key: Key::Name(name) }
    }

    fn index(&'p self, index: usize) -> Self {
        Self { above: Some(self), key: Key::Index(index) }
    }

    fn keys(&self) -> Vec<String> {
        let mut keys = self.above.map(Path::keys).unwrap_or_default();
        match self.key {
            Key::Root => {}
            Key::Name(name) => keys.push(name.to_owned()),
            Key::Index(index) => keys.push(index.to_string()),
        }
        keys
    }

    /// What messages call it.
    fn field(&self) -> String {
        if self.above.is_none() { "(root)".to_owned() } else { self.keys().join(".") }
    }
}

/// The violations of the schema `nodes` by `value`.
///
/// # Errors
/// A schema that never comes to an end, or not within [`MOST_STEPS`].
pub(super) fn check<'v>(nodes: &[Node], value: &'v Value) -> Result<Vec<Violation<'v>>, String> {
    let mut checker = Checker { nodes, steps: 0, depth: 0, exhausted: None };
    let root = Path { above: None, key: Key::Root };
    let outcome = checker.check(0, value, &root);
    match checker.exhausted {
        Some(Bound::Depth) => Err("schema refers to itself without end".to_owned()),
        Some(Bound::Steps) => Err(beyond(format_args!("schema takes more than {MOST_STEPS} steps"))),
        None => Ok(outcome.violations),
    }
}

/// What a schema may not go beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Depth,
    Steps,
}

pub(super) struct Checker<'n> {
    pub(super) nodes: &'n [Node],
    steps: usize,
    depth: usize,
    exhausted: Option<Bound>,
}

impl<'n> Checker<'n> {
    fn check<'v>(&mut self, node: NodeId, value: &'v Value, path: &Path<'_>) -> Outcome<'v> {
        let mut outcome = Outcome::default();
        self.into(node, value, path, &mut outcome);
        outcome
    }

    /// Whether the value fits.
    pub(super) fn fits(&mut self, node: NodeId, value: &Value) -> bool {
        self.check(node, value, &Path { above: None, key: Key::Root }).is_valid() && !self.is_exhausted()
    }

    /// Whether a bound was reached: then there is nothing more to look at.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted.is_some()
    }

    /// Adds what comes of the schema `node`.
    fn into<'v>(&mut self, node: NodeId, value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
        self.steps += 1;
        if self.depth > DEEPEST {
            self.exhausted.get_or_insert(Bound::Depth);
        } else if self.steps > MOST_STEPS {
            self.exhausted.get_or_insert(Bound::Steps);
        }
        if self.is_exhausted() {
            return;
        }
        self.depth += 1;
        let nodes = self.nodes;
        self.node(&nodes[node], value, path, outcome);
        self.depth -= 1;
    }

    fn node<'v>(&mut self, node: &'n Node, value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
        if let Some(pass) = node.pass {
            if !pass {
                outcome.violate(path, value, "False always fails validation");
            }
            return;
        }
        if let Some(target) = node.refers {
            self.into(target, value, path, outcome);
        }
        if let Some(given) = mismatch(&node.types, value) {
            let expected = match node.types.as_slice() {
                [one] => one.clone(),
                all => format!("[{}]", all.join(",")),
            };
            let sentence = format!("Invalid type. Expected: {expected}, given: {given}");
            outcome.violate_by(Kind::Type, path, value, sentence);
            return;
        }
        if let Some(combined) = &node.combined {
            self.combined(combined, value, path, outcome);
        }
        outcome.score += 1;
        match value {
            Value::List(items) => {
                if let Some(rules) = &node.array {
                    self.array(rules, value, items, path, outcome);
                }
                outcome.score += 1;
            }
            Value::Map(map) => {
                if let Some(rules) = &node.object {
                    self.object(rules, value, map, path, outcome);
                }
                outcome.score += 1;
            }
            Value::Int(..) | Value::Float(..) => {
                number(node, value, path, outcome);
                outcome.score += 1;
            }
            _ => {}
        }
        literal(node, value, path, outcome);
        outcome.score += 1;
        if let Value::String(text) = value {
            string(node, value, text, path, outcome);
            outcome.score += 1;
        }
        if let (Some(rules), Value::Map(map)) = (&node.object, value) {
            for (name, property) in &rules.properties {
                if let Some(value) = map.get(name) {
                    self.into(*property, value, &path.name(name), outcome);
                }
            }
        }
        self.unevaluated(node, value, path, outcome);
        outcome.score += 1;
    }

    fn combined<'v>(&mut self, combined: &'n Combined, value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
        self.any_of(&combined.any_of, value, path, outcome);
        self.one_of(&combined.one_of, value, path, outcome);
        let mut are_all_valid = true;
        for schema in &combined.all_of {
            let found = self.check(*schema, value, path);
            are_all_valid &= found.is_valid();
            outcome.merge(found);
        }
        if !are_all_valid {
            outcome.violate(path, value, "Must validate all the schemas (allOf)");
        }
        if combined.not.is_some_and(|schema| self.check(schema, value, path).is_valid()) {
            outcome.violate(path, value, "Must not validate the schema (not)");
        }
        if let Value::Map(map) = value {
            self.dependencies(&combined.dependencies, value, map, path, outcome);
        }
        if let Some(condition) = combined.condition {
            let (branch, sentence) = if self.check(condition, value, path).is_valid() {
                (combined.then, "Must validate \"then\" as \"if\" was valid")
            } else {
                (combined.otherwise, "Must validate \"else\" as \"if\" was not valid")
            };
            let found = branch.map(|schema| self.check(schema, value, path));
            if let Some(found) = found.filter(|found| !found.is_valid()) {
                outcome.violate(path, value, sentence);
                outcome.merge(found);
            }
        }
    }

    fn any_of<'v>(&mut self, schemas: &[NodeId], value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
        let mut nearest: Option<Outcome<'v>> = None;
        for schema in schemas {
            let found = self.check(*schema, value, path);
            if found.is_valid() {
                return;
            }
            if nearest.as_ref().is_none_or(|nearest| found.score > nearest.score) {
                nearest = Some(found);
            }
        }
        if let Some(nearest) = nearest {
            outcome.violate(path, value, "Must validate at least one schema (anyOf)");
            outcome.merge(nearest);
        }
    }

    fn one_of<'v>(&mut self, schemas: &[NodeId], value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
        let (mut valid, mut nearest) = (0, None::<Outcome<'v>>);
        for schema in schemas {
            let found = self.check(*schema, value, path);
            if found.is_valid() {
                valid += 1;
            } else if valid == 0 && nearest.as_ref().is_none_or(|nearest| found.score > nearest.score) {
                nearest = Some(found);
            }
        }
        if !schemas.is_empty() && valid != 1 {
            outcome.violate(path, value, "Must validate one and only one schema (oneOf)");
            if let Some(nearest) = nearest.filter(|_| valid == 0) {
                outcome.merge(nearest);
            }
        }
    }

    fn dependencies<'v>(
        &mut self,
        dependencies: &'n [(Text, Dependency)],
        value: &'v Value,
        map: &'v Map,
        path: &Path<'_>,
        outcome: &mut Outcome<'v>,
    ) {
        for (_, dependency) in dependencies.iter().filter(|(name, _)| map.contains_key(name)) {
            match dependency {
                Dependency::Properties(names) => {
                    for name in names.iter().filter(|name| !map.contains_key(*name)) {
                        outcome.violate(path, value, format_args!("Has a dependency on {}", name.as_str()));
                    }
                }
                Dependency::Schema(schema) => self.into(*schema, value, path, outcome),
            }
        }
    }

    fn array<'v>(
        &mut self,
        rules: &'n ArrayRules,
        value: &'v Value,
        items: &'v [Value],
        path: &Path<'_>,
        outcome: &mut Outcome<'v>,
    ) {
        for (index, item) in items.iter().enumerate() {
            let schema = rules.first.get(index).copied().or(rules.each);
            let schema = schema.or(match rules.rest {
                Rest::Schema(schema) if !rules.first.is_empty() => Some(schema),
                _ => None,
            });
            if let Some(schema) = schema {
                self.into(schema, item, &path.index(index), outcome);
            }
        }
        if matches!(rules.rest, Rest::Refused)
            && !rules.first.is_empty()
            && rules.each.is_none()
            && items.len() > rules.first.len()
        {
            outcome.violate(path, value, "No additional items allowed on array");
        }
        if let Some(least) = rules.least.filter(|least| (items.len() as u64) < *least) {
            outcome.violate(path, value, format_args!("Array must have at least {least} items"));
        }
        if let Some(most) = rules.most.filter(|most| items.len() as u64 > *most) {
            outcome.violate(path, value, format_args!("Array must have at most {most} items"));
        }
        if rules.unique {
            unique(value, items, path, outcome);
        }
        if let Some(contained) = rules.contains {
            self.contains(rules, contained, value, items, path, outcome);
        }
    }

    fn contains<'v>(
        &mut self,
        rules: &ArrayRules,
        contained: NodeId,
        value: &'v Value,
        items: &'v [Value],
        path: &Path<'_>,
        outcome: &mut Outcome<'v>,
    ) {
        let (least, most) = (rules.least_contained.unwrap_or(1), rules.most_contained.unwrap_or(u64::MAX));
        let (mut found, mut nearest) = (0, None::<Outcome<'v>>);
        for (index, item) in items.iter().enumerate() {
            if found >= least && most == u64::MAX {
                return;
            }
            let one = self.check(contained, item, &path.index(index));
            if one.is_valid() {
                found += 1;
            } else if nearest.as_ref().is_none_or(|nearest| one.score > nearest.score) {
                nearest = Some(one);
            }
        }
        if found < least {
            outcome.violate(path, value, "At least one of the items must match");
            if let Some(nearest) = nearest {
                outcome.merge(nearest);
            }
        } else if found > most {
            outcome.violate(path, value, format_args!("At most {most} of the items may match"));
        }
    }

    fn object<'v>(
        &mut self,
        rules: &'n ObjectRules,
        value: &'v Value,
        map: &'v Map,
        path: &Path<'_>,
        outcome: &mut Outcome<'v>,
    ) {
        if let Some(least) = rules.least.filter(|least| (map.len() as u64) < *least) {
            outcome.violate(path, value, format_args!("Must have at least {least} properties"));
        }
        if let Some(most) = rules.most.filter(|most| map.len() as u64 > *most) {
            outcome.violate(path, value, format_args!("Must have at most {most} properties"));
        }
        for name in &rules.required {
            if map.contains_key(name) {
                outcome.score += 1;
            } else {
                let kind = Kind::Missing(name.to_string());
                outcome.violate_by(kind, path, value, format_args!("{} is required", name.as_str()));
            }
        }
        for (name, member) in map {
            let mut is_described = rules.property(name).is_some();
            let mut fits_a_pattern = false;
            for (_, schema) in rules.patterns.iter().filter(|(pattern, _)| pattern.fits(name)) {
                fits_a_pattern = true;
                self.into(*schema, member, &path.name(name), outcome);
            }
            outcome.score += i64::from(fits_a_pattern);
            is_described |= fits_a_pattern;
            match rules.rest {
                Rest::Refused if !is_described => {
                    outcome.unknown(path, name, member);
                }
                Rest::Schema(schema) if !is_described => self.into(schema, member, &path.name(name), outcome),
                _ => {}
            }
        }
        if let Some(schema) = rules.names {
            self.names(schema, value, map, path, outcome);
        }
    }

    fn names<'v>(
        &mut self,
        schema: NodeId,
        value: &'v Value,
        map: &'v Map,
        path: &Path<'_>,
        outcome: &mut Outcome<'v>,
    ) {
        for name in map.keys() {
            let name_value = Value::String(name.clone());
            let found = self.check(schema, &name_value, path);
            if !found.is_valid() {
                let sentence = format!("Property name of \"{}\" does not match", name.as_str());
                outcome.violate(path, value, sentence);
                let told = found.violations.into_iter().map(|violation| Violation {
                    value,
                    path: violation.path,
                    sentence: violation.sentence,
                    kind: violation.kind,
                });
                outcome.violations.extend(told);
                outcome.score += found.score;
            }
        }
    }

    /// What newer drafts ask of members that no schema of the value has looked at.
    fn unevaluated<'v>(&mut self, node: &'n Node, value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
        match value {
            Value::Map(map) => {
                let Some(rules) = node.object.as_ref().filter(|rules| !matches!(rules.unevaluated, Rest::Free)) else {
                    return;
                };
                let known = evaluated::properties(self, node, value);
                for (name, member) in map.iter().filter(|(name, _)| !known.has_name(name)) {
                    match rules.unevaluated {
                        Rest::Schema(schema) => self.into(schema, member, &path.name(name), outcome),
                        _ => outcome.unknown(path, name, member),
                    }
                }
            }
            Value::List(items) => {
                let Some(rules) = node.array.as_ref().filter(|rules| !matches!(rules.unevaluated, Rest::Free)) else {
                    return;
                };
                let known = evaluated::properties(self, node, value);
                for (index, item) in items.iter().enumerate().filter(|(index, _)| !known.has_index(*index)) {
                    match rules.unevaluated {
                        Rest::Schema(schema) => self.into(schema, item, &path.index(index), outcome),
                        _ => {
                            outcome.violate(path, value, "No additional items allowed on array");
                            return;
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// The type that the value has, where it is none of `types`.
fn mismatch(types: &[String], value: &Value) -> Option<&'static str> {
    if types.is_empty() {
        return None;
    }
    let (given, also) = match value {
        Value::Null(_) => ("null", ""),
        Value::Bool(..) => ("boolean", ""),
        Value::Int(..) => ("integer", "number"),
        Value::Float(number, _) if number.fract() == 0.0 => ("integer", "number"),
        Value::Float(..) => ("number", ""),
        Value::String(_) => ("string", ""),
        Value::List(_) => ("array", ""),
        Value::Map(_) => ("object", ""),
    };
    (!types.iter().any(|kind| kind == given || kind == also)).then_some(given)
}

/// `const` and `enum`.
fn literal<'v>(node: &Node, value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
    if node.constant.is_none() && node.options.is_empty() {
        return;
    }
    let printed = match json(value) {
        Ok(printed) => printed,
        Err(error) => return outcome.violate(path, value, format_args!("Internal Error {error}")),
    };
    if let Some(constant) = node.constant.as_ref().filter(|constant| **constant != printed) {
        outcome.violate(path, value, format_args!("{} does not match: {constant}", path.field()));
    }
    if !node.options.is_empty() && !node.options.contains(&printed) {
        let options = node.options.join(", ");
        outcome.violate(path, value, format_args!("{} must be one of the following: {options}", path.field()));
    }
}

fn unique<'v>(value: &'v Value, items: &[Value], path: &Path<'_>, outcome: &mut Outcome<'v>) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let printed = json(item).unwrap_or_default();
        if let Some(first) = known.insert(printed, index) {
            outcome.violate(path, value, format_args!("array items[{first},{index}] must be unique"));
        }
    }
}

fn string<'v>(node: &Node, value: &'v Value, text: &Text, path: &Path<'_>, outcome: &mut Outcome<'v>) {
    if let Some(rules) = &node.string {
        let StringRules { least, most, pattern } = &**rules;
        let length = if least.or(*most).is_some() { text.chars().count() as u64 } else { 0 };
        if let Some(least) = least.filter(|least| length < *least) {
            outcome.violate(path, value, format_args!("String length must be greater than or equal to {least}"));
        }
        if let Some(most) = most.filter(|most| length > *most) {
            outcome.violate(path, value, format_args!("String length must be less than or equal to {most}"));
        }
        if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.fits(text)) {
            outcome.violate(path, value, format_args!("Does not match pattern '{}'", pattern.source.as_str()));
        }
    }
    if let Some(format) = node.format.as_ref().filter(|format| formats::fits(format, text) == Some(false)) {
        outcome.violate(path, value, format_args!("Does not match format '{format}'"));
    }
}

fn number<'v>(node: &Node, value: &'v Value, path: &Path<'_>, outcome: &mut Outcome<'v>) {
    #[expect(clippy::cast_precision_loss, reason = "as JSON numbers have it")]
    let given = match value {
        Value::Int(number, _) => *number as f64,
        Value::Float(number, _) => *number,
        _ => return,
    };
    if let Some(rules) = &node.number {
        let NumberRules { multiple_of, maximum, below, minimum, above } = **rules;
        let mut tell = |wrong: Option<f64>, sentence: &str| {
            if let Some(limit) = wrong {
                outcome.violate(path, value, format_args!("Must be {sentence} {}", shown(limit)));
            }
        };
        tell(multiple_of.filter(|step| !is_multiple(given, *step)), "a multiple of");
        tell(maximum.filter(|limit| given > *limit), "less than or equal to");
        tell(below.filter(|limit| given >= *limit), "less than");
        tell(minimum.filter(|limit| given < *limit), "greater than or equal to");
        tell(above.filter(|limit| given <= *limit), "greater than");
    }
    // No number has the form of a string.
    if let Some(format) = node.format.as_ref().filter(|format| formats::fits(format, "").is_some()) {
        outcome.violate(path, value, format_args!("Does not match format '{format}'"));
    }
}
