//! `values.schema.json`: whether a chart's values fit. Helm 3.10 validates with gojsonschema, whose words are used here; a
//! schema that declares a draft newer than 7 is read as newer Helm reads it. References out of the file are refused.

use std::fmt::Write as _;

use crate::schema::Schema;
use crate::source::Span;
use crate::yaml::{self, Value};

use super::process::ChartNode;
use super::{ChartError, ChartFile, origins};

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

impl From<String> for Violations {
    fn from(message: String) -> Self {
        Self { message, span: None }
    }
}

fn check(schema: &ChartFile, values: &Value) -> Result<(), Violations> {
    let schema = yaml::load_json_first(&schema.text).map_err(|error| error.message)?;
    let schema = Schema::new(&schema)?;
    let violations = schema.violations(values)?;
    let Some(first) = violations.first() else { return Ok(()) };
    let span = origins(first.value).and_then(|origin| origin.places().first().map(|(span, ..)| *span));
    let message = violations.iter().map(|violation| format!("- {violation}\n")).collect();
    Err(Violations { message, span })
}
