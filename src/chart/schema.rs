//! `values.schema.json`: whether a chart's values fit. Helm 3.10 validates with gojsonschema, whose words are used here; a
//! schema that declares a draft newer than 7 is read as newer Helm reads it. References out of the file are refused.

mod combined;

use std::fmt::Write as _;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::Value as Json;

use crate::source::Span;
use crate::yaml::Value;

use super::process::ChartNode;
use super::{ChartError, ChartFile, go, origins};

/// How deep values may nest to be validated.
const MAX_DEPTH: usize = 500;

/// Holds the values of `root` and of all charts below it against their schemas.
///
/// # Errors
/// All violations in one message; the place is that of the first.
pub(super) fn validate(root: &ChartNode, values: &Value) -> Result<(), ChartError> {
    let mut report = Report { message: String::new(), first: None };
    report.chart(root, values);
    let Some(first) = report.first else { return Ok(()) };
    let message =
        format!("values don't meet the specifications of the schema(s) in the following chart(s):\n{}", report.message);
    Err(ChartError { message, ..first })
}

struct Report {
    message: String,
    /// The first violation's place.
    first: Option<ChartError>,
}

impl Report {
    fn chart(&mut self, node: &ChartNode, values: &Value) {
        if let Some(schema) = &node.chart.schema
            && let Err(violations) = check(schema, values)
        {
            let first = violations.span.map_or_else(
                || ChartError::at_range(&schema.path, &schema.text, 0..0, ""),
                |span| ChartError { message: String::new(), span: Some(span), path: schema.path.clone() },
            );
            self.first.get_or_insert(first);
            // Writing to a string cannot fail.
            let _ = write!(self.message, "{}:\n{}", node.name, violations.message);
        }
        for subchart in &node.subcharts {
            if let Some(values) = values.get(&subchart.name) {
                self.chart(subchart, values);
            }
        }
    }
}

struct Violations {
    message: String,
    span: Option<Span>,
}

impl Violations {
    fn of_schema(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None }
    }
}

fn check(schema: &ChartFile, values: &Value) -> Result<(), Violations> {
    let mut read: Json =
        serde_json::from_str(&schema.text).map_err(|error| Violations::of_schema(error.to_string()))?;
    let draft = prepare(&mut read).ok_or_else(|| Violations::of_schema("schema is invalid"))?;
    let validator = jsonschema::options()
        .with_draft(draft)
        .offline()
        .should_validate_formats(true)
        // Go's expressions know no look-around either.
        .with_pattern_options(PatternOptions::regex())
        .build(&read)
        .map_err(|error| Violations::of_schema(refusal(&error)))?;
    let instance = to_json(values, 0).ok_or_else(|| Violations::of_schema("values nest too deep for a schema"))?;
    let mut violations = Violations { message: String::new(), span: None };
    let errors: Vec<_> = validator.iter_errors(&instance).collect();
    if let Some(first) = combined::told(&errors).first() {
        violations.span = place(values, first.instance_path().as_str());
    }
    describe_all(&errors, "", &read, &instance, &mut violations.message);
    if violations.message.is_empty() { Ok(()) } else { Err(violations) }
}

/// Adds the lines of `errors`, which the schema at `below` found.
fn describe_all(errors: &[ValidationError<'_>], below: &str, schema: &Json, instance: &Json, lines: &mut String) {
    let mut consequences = Vec::new();
    for error in combined::told(errors) {
        describe_all(combined::nearest(error), error.evaluation_path().as_str(), schema, instance, lines);
        describe(error, schema, instance, lines);
        for consequence in combined::consequences(error, below) {
            if !consequences.contains(&consequence) {
                consequences.push(consequence);
            }
        }
    }
    for (_, path, sentence) in consequences {
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "- {}: {sentence}", field_at(&path));
    }
}

/// How a value is called.
fn field_at(path: &str) -> String {
    if path.is_empty() { "(root)".to_owned() } else { unescape(&path[1..]).join(".") }
}

/// The draft that the schema is read by. Without one of its own it may use the keywords of drafts 4 to 7 at once, as
/// gojsonschema allows. `None` for what is no schema at all.
fn prepare(schema: &mut Json) -> Option<Draft> {
    let object = match schema {
        Json::Bool(_) => return Some(Draft::Draft7),
        Json::Object(object) => object,
        _ => return None,
    };
    let declared = match object.get("$schema") {
        None => "",
        Some(Json::String(declared)) => declared.as_str(),
        Some(_) => return None,
    };
    for (mark, draft) in [
        ("draft-04", Draft::Draft4),
        ("draft-06", Draft::Draft6),
        ("draft-07", Draft::Draft7),
        ("2019-09", Draft::Draft201909),
        ("2020-12", Draft::Draft202012),
    ] {
        if declared.contains(mark) {
            return Some(draft);
        }
    }
    object.remove("$schema");
    modernise(schema, 0);
    Some(Draft::Draft7)
}

/// Turns draft 4's boolean `exclusiveMinimum` and `exclusiveMaximum` into draft 7's numbers.
fn modernise(schema: &mut Json, depth: usize) {
    match schema {
        Json::Object(object) if depth < MAX_DEPTH => {
            for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
                if let (Some(Json::Bool(flag)), Some(Json::Number(_))) = (object.get(exclusive), object.get(bound)) {
                    let flag = *flag;
                    object.remove(exclusive);
                    if flag && let Some(limit) = object.remove(bound) {
                        object.insert(exclusive.to_owned(), limit);
                    }
                }
            }
            object.values_mut().for_each(|value| modernise(value, depth + 1));
        }
        Json::Array(items) if depth < MAX_DEPTH => items.iter_mut().for_each(|item| modernise(item, depth + 1)),
        _ => {}
    }
}

/// Why a schema itself is refused.
fn refusal(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Referencing(cause) => {
            format!("schema cannot be resolved (references to other files are not followed): {cause}")
        }
        ValidationErrorKind::Format { format } if format == "regex" => "pattern must be a valid regex".to_owned(),
        _ => format!("schema is invalid: {error}"),
    }
}

/// Adds the lines of one violation.
fn describe(error: &ValidationError<'_>, schema: &Json, instance: &Json, lines: &mut String) {
    let path = error.instance_path().as_str();
    let field = field_at(path);
    let mut line = |text: &str| {
        let _ = writeln!(lines, "- {field}: {text}");
    };
    let plain = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for property in unexpected {
                line(&format!("Additional property {property} is not allowed"));
            }
        }
        // `additionalProperties: false` without any properties names only the first one by itself.
        ValidationErrorKind::FalseSchema if error.schema_path().as_str().ends_with("/additionalProperties") => {
            for property in instance.pointer(path).and_then(Json::as_object).into_iter().flatten() {
                line(&format!("Additional property {} is not allowed", property.0));
            }
        }
        ValidationErrorKind::Required { property } if is_dependency(error.schema_path().as_str()) => {
            line(&format!("Has a dependency on {}", plain(property)));
        }
        ValidationErrorKind::Required { property } => line(&format!("{} is required", plain(property))),
        ValidationErrorKind::Type { kind } => {
            let written = schema.pointer(error.schema_path().as_str());
            let expected = match (written, kind) {
                (Some(Json::Array(types)), _) if types.len() > 1 => {
                    format!("[{}]", types.iter().map(plain).collect::<Vec<_>>().join(","))
                }
                (Some(Json::Array(types)), _) => types.first().map(plain).unwrap_or_default(),
                (_, TypeKind::Single(kind)) => kind.to_string(),
                (_, TypeKind::Multiple(kinds)) => {
                    format!("[{}]", kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(","))
                }
            };
            line(&format!("Invalid type. Expected: {expected}, given: {}", type_of(error.instance())));
        }
        ValidationErrorKind::Enum { options } => {
            let allowed: Vec<String> = options.as_array().into_iter().flatten().map(Json::to_string).collect();
            line(&format!("{field} must be one of the following: {}", allowed.join(", ")));
        }
        ValidationErrorKind::Constant { expected_value } => {
            line(&format!("{field} does not match: {expected_value}"));
        }
        ValidationErrorKind::PropertyNames { error: inner } => {
            line(&format!("Property name of {} does not match", inner.instance()));
        }
        ValidationErrorKind::Referencing(_) => line(&refusal(error)),
        other => line(&sentence(other).unwrap_or_else(|| error.to_string())),
    }
}

/// gojsonschema's sentence for the violations that need nothing but their limit.
fn sentence(kind: &ValidationErrorKind) -> Option<String> {
    use ValidationErrorKind as Kind;
    Some(match kind {
        Kind::AdditionalItems { .. } => "No additional items allowed on array".to_owned(),
        Kind::AnyOf { .. } => "Must validate at least one schema (anyOf)".to_owned(),
        Kind::OneOfMultipleValid { .. } | Kind::OneOfNotValid { .. } => {
            "Must validate one and only one schema (oneOf)".to_owned()
        }
        Kind::Not { .. } => "Must not validate the schema (not)".to_owned(),
        Kind::Contains => "At least one of the items must match".to_owned(),
        Kind::FalseSchema => "False always fails validation".to_owned(),
        Kind::Format { format } => format!("Does not match format '{format}'"),
        Kind::Pattern { pattern } => format!("Does not match pattern '{pattern}'"),
        Kind::UniqueItems => "array items must be unique".to_owned(),
        Kind::Maximum { limit } => format!("Must be less than or equal to {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("Must be less than {limit}"),
        Kind::Minimum { limit } => format!("Must be greater than or equal to {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("Must be greater than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("Must be a multiple of {}", go::float(*multiple_of)),
        Kind::MinLength { limit } => format!("String length must be greater than or equal to {limit}"),
        Kind::MaxLength { limit } => format!("String length must be less than or equal to {limit}"),
        Kind::MinItems { limit } => format!("Array must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("Array must have at most {limit} items"),
        Kind::MinProperties { limit } => format!("Must have at least {limit} properties"),
        Kind::MaxProperties { limit } => format!("Must have at most {limit} properties"),
        _ => return None,
    })
}

/// Whether a missing property was asked for by `dependencies` rather than by `required`.
fn is_dependency(schema_path: &str) -> bool {
    schema_path.contains("/dependencies") && !schema_path.ends_with("/required")
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// The keys of a JSON pointer (without its first slash).
fn unescape(pointer: &str) -> Vec<String> {
    pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// Where the value at `pointer` stands.
fn place(values: &Value, pointer: &str) -> Option<Span> {
    let mut value = values;
    for key in unescape(pointer.strip_prefix('/')?) {
        value = match value {
            Value::List(items) => items.get(key.parse::<usize>().ok()?)?,
            other => other.get(&key)?,
        };
    }
    let places = origins(value)?.places();
    places.first().map(|(span, ..)| *span)
}

/// The values as JSON. A float without a fraction is an integer, as gojsonschema sees it. `None` when they nest too deep.
fn to_json(value: &Value, depth: usize) -> Option<Json> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match value {
        Value::Null(_) => Json::Null,
        Value::Bool(flag, _) => Json::Bool(*flag),
        Value::Int(number, _) => Json::from(*number),
        Value::Float(number, _) => integer(*number).unwrap_or_else(|| Json::from(*number)),
        Value::String(text) => Json::from(text.as_str()),
        Value::List(items) => Json::Array(items.iter().map(|item| to_json(item, depth + 1)).collect::<Option<_>>()?),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| Some((key.to_string(), to_json(value, depth + 1)?)));
            Json::Object(entries.collect::<Option<_>>()?)
        }
    })
}

fn integer(number: f64) -> Option<Json> {
    // Printed without a fraction, it parses as an integer if it is one and fits.
    if number.fract() != 0.0 {
        return None;
    }
    let printed = format!("{number:.0}");
    printed.parse::<i64>().map(Json::from).or_else(|_| printed.parse::<u64>().map(Json::from)).ok()
}
