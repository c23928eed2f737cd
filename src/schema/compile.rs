//! Reads a schema into [`Node`]s, with the complaints that gojsonschema has about schemas themselves. Checks no values.

use std::collections::HashMap;

use crate::source::{Text, beyond};
use crate::yaml::{Map, Value, emit_json};

use super::node::{
    ArrayRules, Combined, Dependency, Node, NodeId, NumberRules, ObjectRules, Pattern, Rest, StringRules,
};
use super::references::References;

/// How deep schemas may lie in each other.
const DEEPEST: usize = 128;

/// The types that there are.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "number", "null", "object", "string"];

/// Which version of JSON Schema is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Draft {
    Four,
    Six,
    Seven,
    /// None declared: the keywords of 4 to 7 at once, as gojsonschema allows.
    Any,
    /// 2019-09 or 2020-12: as newer Helm reads it.
    Modern,
}

impl Draft {
    fn declared_by(schema: &Value) -> Result<Self, String> {
        let map = match schema {
            Value::Bool(..) => return Ok(Self::Any),
            Value::Map(map) => map,
            _ => return Err("schema is invalid".to_owned()),
        };
        let declared = match map.get("$schema") {
            None => "",
            Some(Value::String(text)) => text.as_str(),
            Some(_) => return Err("$schema must be of type string".to_owned()),
        };
        Ok(match declared.strip_suffix('#').unwrap_or(declared) {
            "http://json-schema.org/draft-04/schema" => Self::Four,
            "http://json-schema.org/draft-06/schema" => Self::Six,
            "http://json-schema.org/draft-07/schema" => Self::Seven,
            newer if newer.contains("2019-09") || newer.contains("2020-12") => Self::Modern,
            _ => Self::Any,
        })
    }
}

/// The nodes of `schema`; the first is the schema itself.
///
/// # Errors
/// Why it is no schema, in gojsonschema's words.
pub(super) fn compile(schema: &Value) -> Result<Vec<Node>, String> {
    let draft = Draft::declared_by(schema)?;
    let mut compiler =
        Compiler { draft, references: References::new(schema), known: HashMap::new(), nodes: Vec::new() };
    compiler.schema(schema, 0)?;
    Ok(compiler.nodes)
}

struct Compiler<'s> {
    draft: Draft,
    references: References<'s>,
    /// Where references lead that were followed already.
    known: HashMap<String, NodeId>,
    nodes: Vec<Node>,
}

fn invalid_type(expected: &str, given: &str) -> String {
    format!("Invalid type. Expected: {expected}, given: {given}")
}

impl<'s> Compiler<'s> {
    fn reserve(&mut self) -> NodeId {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn schema(&mut self, schema: &'s Value, depth: usize) -> Result<NodeId, String> {
        let id = self.reserve();
        self.fill(id, schema, depth)?;
        Ok(id)
    }

    fn fill(&mut self, id: NodeId, schema: &'s Value, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(beyond(format_args!("schemas nest deeper than {DEEPEST}")));
        }
        let node = match schema {
            Value::Bool(pass, _) if self.draft >= Draft::Six => Node { pass: Some(*pass), ..Node::default() },
            Value::Map(map) => self.node(map, depth + 1)?,
            _ => return Err("Expected: valid schema, given: Invalid JSON".to_owned()),
        };
        self.nodes[id] = node;
        Ok(())
    }

    /// A part that must be a schema, else `complaint`.
    fn part(&mut self, schema: &'s Value, depth: usize, complaint: &str) -> Result<NodeId, String> {
        match schema {
            Value::Map(_) | Value::Bool(..) => self.schema(schema, depth),
            _ => Err(complaint.to_owned()),
        }
    }

    fn node(&mut self, map: &'s Map, depth: usize) -> Result<Node, String> {
        self.descriptions(map, depth)?;
        let mut node = Node::default();
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(reference) = map.get(keyword).filter(|_| keyword == "$ref" || self.draft == Draft::Modern) else {
                continue;
            };
            if reference.as_text().is_none() {
                return Err(invalid_type("string", keyword));
            }
            node.refers = Some(self.reference(reference, depth)?);
        }
        if node.refers.is_some() && self.draft != Draft::Modern {
            return Ok(node);
        }
        node.types = types(map)?;
        node.object = self.object(map, depth)?;
        let dependencies = self.dependencies(map, depth)?;
        node.array = self.array(map, depth)?;
        node.number = self.number(map)?;
        node.string = string(map)?;
        node.format = match map.get("format") {
            None => None,
            Some(format) => Some(format.as_text().ok_or("format must be of type string")?.to_string()),
        };
        if let Some(constant) = map.get("const").filter(|_| self.draft >= Draft::Six) {
            node.constant = Some(json(constant)?);
        }
        node.options = options(map)?;
        node.combined = self.combined(map, dependencies, depth)?;
        Ok(node)
    }

    /// What describes the schema itself: its types are checked, nothing else.
    fn descriptions(&mut self, map: &'s Map, depth: usize) -> Result<(), String> {
        let old = self.draft == Draft::Four || (self.draft == Draft::Any && map.contains_key("id"));
        let address = if old { "id" } else { "$id" };
        for keyword in [address, "title", "description"] {
            if map.get(keyword).is_some_and(|value| value.as_text().is_none()) {
                return Err(invalid_type("string", keyword));
            }
        }
        if let Some(definitions) = map.get("definitions") {
            let complaint = invalid_type("array of schemas", "definitions");
            for definition in definitions.as_map().ok_or_else(|| complaint.clone())?.values() {
                self.part(definition, depth, &complaint)?;
            }
        }
        Ok(())
    }

    fn reference(&mut self, reference: &'s Value, depth: usize) -> Result<NodeId, String> {
        let Some(address) = self.references.address(reference).map(str::to_owned) else {
            return Err(beyond(format_args!("schemas nest deeper than {DEEPEST}")));
        };
        if let Some(known) = self.known.get(&address) {
            return Ok(*known);
        }
        let target = self.references.find(&address)?;
        let id = self.reserve();
        self.known.insert(address, id);
        if !matches!(target, Value::Map(_) | Value::Bool(..)) {
            return Err("valid schema must be of type object".to_owned());
        }
        self.fill(id, target, depth)?;
        Ok(id)
    }

    /// `additionalProperties` and the like.
    fn rest(&mut self, map: &'s Map, keyword: &str, depth: usize) -> Result<Rest, String> {
        match map.get(keyword) {
            None | Some(Value::Bool(true, _)) => Ok(Rest::Free),
            Some(Value::Bool(false, _)) => Ok(Rest::Refused),
            Some(schema @ Value::Map(_)) => self.schema(schema, depth).map(Rest::Schema),
            Some(_) => Err(invalid_type("boolean/valid schema", keyword)),
        }
    }

    fn object(&mut self, map: &'s Map, depth: usize) -> Result<Option<Box<ObjectRules>>, String> {
        const KEYWORDS: [&str; 8] = [
            "properties",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "required",
            "unevaluatedProperties",
        ];
        if !KEYWORDS.iter().any(|keyword| map.contains_key(*keyword)) {
            return Ok(None);
        }
        let mut rules = ObjectRules::default();
        if let Some(properties) = map.get("properties") {
            for (name, schema) in properties.as_map().ok_or("properties must be of type object")? {
                rules.properties.push((name.clone(), self.schema(schema, depth)?));
            }
        }
        rules.rest = self.rest(map, "additionalProperties", depth)?;
        if let Some(patterns) = map.get("patternProperties") {
            let complaint = invalid_type("valid schema", "patternProperties");
            for (source, schema) in patterns.as_map().ok_or(complaint)? {
                let pattern = Pattern::new(source).ok_or_else(|| format!("Invalid regex pattern '{source}'"))?;
                rules.patterns.push((pattern, self.schema(schema, depth)?));
            }
        }
        if let Some(names) = map.get("propertyNames").filter(|_| self.draft >= Draft::Six) {
            // The wrong keyword is gojsonschema's.
            rules.names = Some(self.part(names, depth, &invalid_type("valid schema", "patternProperties"))?);
        }
        [rules.least, rules.most] = limits(map, ["minProperties", "maxProperties"])?;
        rules.required = required(map)?;
        if self.draft == Draft::Modern {
            rules.unevaluated = self.rest(map, "unevaluatedProperties", depth)?;
        }
        Ok(Some(Box::new(rules)))
    }

    fn dependencies(&mut self, map: &'s Map, depth: usize) -> Result<Vec<(Text, Dependency)>, String> {
        let complaint = "dependency must be of type schema or array of strings";
        let mut found = Vec::new();
        let keywords = if self.draft == Draft::Modern {
            &["dependencies", "dependentRequired", "dependentSchemas"][..]
        } else {
            &["dependencies"]
        };
        for keyword in keywords {
            let Some(dependencies) = map.get(*keyword) else { continue };
            let wrong = || format!("{keyword} must be of type object");
            for (name, asked) in dependencies.as_map().ok_or_else(wrong)? {
                let dependency = match asked {
                    Value::List(names) => Dependency::Properties(
                        names.iter().map(|name| name.as_text().cloned().ok_or(complaint)).collect::<Result<_, _>>()?,
                    ),
                    schema => Dependency::Schema(self.part(schema, depth, complaint)?),
                };
                found.push((name.clone(), dependency));
            }
        }
        Ok(found)
    }

    fn array(&mut self, map: &'s Map, depth: usize) -> Result<Option<Box<ArrayRules>>, String> {
        const KEYWORDS: [&str; 8] = [
            "items",
            "prefixItems",
            "additionalItems",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "unevaluatedItems",
        ];
        if !KEYWORDS.iter().any(|keyword| map.contains_key(*keyword)) {
            return Ok(None);
        }
        let mut rules = ArrayRules::default();
        let complaint = invalid_type("valid schema/array of schemas", "items");
        if let Some(prefix) = map.get("prefixItems").filter(|_| self.draft == Draft::Modern) {
            for item in prefix.as_list().ok_or("prefixItems must be of an array")? {
                rules.first.push(self.schema(item, depth)?);
            }
        }
        match map.get("items") {
            None => {}
            Some(Value::List(items)) => {
                for item in items.iter() {
                    rules.first.push(self.part(item, depth, &complaint)?);
                }
            }
            Some(one) => rules.each = Some(self.part(one, depth, &complaint)?),
        }
        rules.rest = self.rest(map, "additionalItems", depth)?;
        [rules.least, rules.most] = [limit(map, "minItems")?, limit(map, "maxItems")?];
        rules.unique = match map.get("uniqueItems") {
            None => false,
            Some(Value::Bool(flag, _)) => *flag,
            Some(_) => return Err("uniqueItems must be of a boolean".to_owned()),
        };
        if let Some(contained) = map.get("contains").filter(|_| self.draft >= Draft::Six) {
            rules.contains = Some(self.schema(contained, depth)?);
        }
        if self.draft == Draft::Modern {
            [rules.least_contained, rules.most_contained] = [limit(map, "minContains")?, limit(map, "maxContains")?];
            rules.unevaluated = self.rest(map, "unevaluatedItems", depth)?;
        }
        Ok(Some(Box::new(rules)))
    }

    fn number(&self, map: &Map) -> Result<Option<Box<NumberRules>>, String> {
        let mut rules = NumberRules::default();
        if let Some(step) = map.get("multipleOf") {
            let step = number(step).ok_or_else(|| invalid_type("number", "multipleOf"))?;
            if step <= 0.0 {
                return Err("multipleOf must be strictly greater than 0".to_owned());
            }
            rules.multiple_of = Some(step);
        }
        (rules.minimum, rules.above) = self.bound(map, "minimum", "exclusiveMinimum")?;
        (rules.maximum, rules.below) = self.bound(map, "maximum", "exclusiveMaximum")?;
        let is_empty =
            [rules.multiple_of, rules.minimum, rules.above, rules.maximum, rules.below].iter().all(Option::is_none);
        Ok((!is_empty).then(|| Box::new(rules)))
    }

    /// The bound that a number may reach and the one that it may not: draft 4 has a flag for the second.
    fn bound(&self, map: &Map, plain: &str, exclusive: &str) -> Result<(Option<f64>, Option<f64>), String> {
        let reached = match map.get(plain) {
            None => None,
            Some(bound) => Some(number(bound).ok_or_else(|| format!("{plain} must be of a number"))?),
        };
        let (takes_flag, takes_number, expected) = match self.draft {
            Draft::Four => (true, false, "boolean"),
            Draft::Any => (true, true, "boolean/number"),
            _ => (false, true, "number"),
        };
        match map.get(exclusive) {
            None => Ok((reached, None)),
            Some(Value::Bool(flag, _)) if takes_flag => match (reached, flag) {
                (None, _) => Err(format!("{exclusive} cannot be used without {plain}")),
                (Some(_), true) => Ok((None, reached)),
                (Some(_), false) => Ok((reached, None)),
            },
            Some(bound) => match number(bound).filter(|_| takes_number) {
                Some(bound) => Ok((reached, Some(bound))),
                None => Err(invalid_type(expected, exclusive)),
            },
        }
    }

    fn list(&mut self, map: &'s Map, keyword: &str, depth: usize) -> Result<Vec<NodeId>, String> {
        let Some(schemas) = map.get(keyword) else { return Ok(Vec::new()) };
        // The wrong keyword is gojsonschema's.
        let told = if keyword == "allOf" { "anyOf" } else { keyword };
        let schemas = schemas.as_list().ok_or_else(|| format!("{told} must be of an array"))?;
        schemas.iter().map(|schema| self.schema(schema, depth)).collect()
    }

    fn combined(
        &mut self,
        map: &'s Map,
        dependencies: Vec<(Text, Dependency)>,
        depth: usize,
    ) -> Result<Option<Box<Combined>>, String> {
        let mut combined = Combined {
            dependencies,
            one_of: self.list(map, "oneOf", depth)?,
            any_of: self.list(map, "anyOf", depth)?,
            all_of: self.list(map, "allOf", depth)?,
            ..Combined::default()
        };
        let seven = self.draft >= Draft::Seven;
        let mut one = |keyword: &str, counts: bool| match map.get(keyword).filter(|_| counts) {
            None => Ok(None),
            Some(schema) => self.part(schema, depth, &format!("{keyword} must be of an object")).map(Some),
        };
        combined.not = one("not", true)?;
        combined.condition = one("if", seven)?;
        combined.then = one("then", seven)?;
        combined.otherwise = one("else", seven)?;
        let Combined { any_of, one_of, all_of, not, condition, dependencies, .. } = &combined;
        let is_empty = [any_of, one_of, all_of].iter().all(|schemas| schemas.is_empty())
            && not.or(*condition).is_none()
            && dependencies.is_empty();
        Ok((!is_empty).then(|| Box::new(combined)))
    }
}

fn types(map: &Map) -> Result<Vec<String>, String> {
    let complaint = || invalid_type("string/array of strings", "type");
    let named = match map.get("type") {
        None => return Ok(Vec::new()),
        Some(Value::List(named)) => named.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let mut types: Vec<String> = Vec::with_capacity(named.len());
    for name in named {
        let name = name.as_text().ok_or_else(complaint)?;
        if !TYPES.contains(&name.as_str()) {
            let valid = TYPES.join(" ");
            return Err(format!(
                "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{valid}]"
            ));
        }
        if types.iter().any(|known| known == name.as_str()) {
            return Err(format!("{name} type is duplicated"));
        }
        types.push(name.to_string());
    }
    Ok(types)
}

fn string(map: &Map) -> Result<Option<Box<StringRules>>, String> {
    let [least, most] = limits(map, ["minLength", "maxLength"])?;
    let pattern = match map.get("pattern") {
        None => None,
        Some(source) => {
            let source = source.as_text().ok_or("pattern must be of a string")?;
            Some(Pattern::new(source).ok_or("pattern must be a valid regex")?)
        }
    };
    let is_empty = least.or(most).is_none() && pattern.is_none();
    Ok((!is_empty).then(|| Box::new(StringRules { least, most, pattern })))
}

fn required(map: &Map) -> Result<Vec<Text>, String> {
    let Some(names) = map.get("required") else { return Ok(Vec::new()) };
    let mut required: Vec<Text> = Vec::new();
    for name in names.as_list().ok_or("required must be of an array")? {
        let name = name.as_text().ok_or("required items must be string")?;
        if required.contains(name) {
            return Err("required items must be unique".to_owned());
        }
        required.push(name.clone());
    }
    Ok(required)
}

fn options(map: &Map) -> Result<Vec<String>, String> {
    let Some(values) = map.get("enum") else { return Ok(Vec::new()) };
    let mut options = Vec::new();
    for value in values.as_list().ok_or("enum must be of an array")? {
        let option = json(value)?;
        if options.contains(&option) {
            return Err("enum items must be unique".to_owned());
        }
        options.push(option);
    }
    Ok(options)
}

/// A value as gojsonschema compares and tells it.
pub(super) fn json(value: &Value) -> Result<String, String> {
    emit_json(value).map(|text| text.to_string())
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number, _) => Some(*number),
        #[expect(clippy::cast_precision_loss, reason = "as JSON numbers have it")]
        Value::Int(number, _) => Some(*number as f64),
        _ => None,
    }
}

/// A number of members, characters or items.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not negative")]
fn limit(map: &Map, keyword: &str) -> Result<Option<u64>, String> {
    let Some(value) = map.get(keyword) else { return Ok(None) };
    match number(value).filter(|number| number.fract() == 0.0) {
        None => Err(format!("{keyword} must be of an integer")),
        Some(number) if number < 0.0 => Err(format!("{keyword} must be greater than or equal to 0")),
        Some(number) => Ok(Some(number as u64)),
    }
}

/// Both limits of something.
fn limits(map: &Map, keywords: [&str; 2]) -> Result<[Option<u64>; 2], String> {
    let [least, most] = [limit(map, keywords[0])?, limit(map, keywords[1])?];
    match (least, most) {
        (Some(least), Some(most)) if least > most => {
            Err(format!("{} cannot be greater than {}", keywords[0], keywords[1]))
        }
        _ => Ok([least, most]),
    }
}
