//! `values.schema.json`: whether a chart's values fit. Helm 3.10 validates with gojsonschema, whose words are used here; a
//! schema that declares a draft newer than 7 is read as newer Helm reads it. References out of the file are not followed.

use std::fmt::Write as _;

use crate::schema::Schema;
use crate::source::{Span, is_beyond};
use crate::yaml::{self, Value};

use super::process::ChartNode;
use super::{ChartError, ChartFile, Schemas, origins};

/// Holds the values of `root` and of all charts below it against their schemas. Gives why it was not done, where `schemas` leave
/// out what cannot be read.
///
/// # Errors
/// All violations in one message; the place is that of the first.
pub(super) fn validate(root: &ChartNode, values: &Value, schemas: Schemas) -> Result<Vec<ChartError>, ChartError> {
    let mut report = Report { schemas, message: String::new(), first: None, unread: Vec::new() };
    if schemas != Schemas::None {
        report.chart(root, values);
    }
    let Some(first) = report.first else { return Ok(report.unread) };
    let message =
        format!("values don't meet the specifications of the schema(s) in the following chart(s):\n{}", report.message);
    Err(ChartError { message, ..first })
}

struct Report {
    schemas: Schemas,
    message: String,
    /// The first violation's place.
    first: Option<ChartError>,
    /// Why schemas were left out.
    unread: Vec<ChartError>,
}

impl Report {
    fn chart(&mut self, node: &ChartNode, values: &Value) {
        if let Some(schema) = &node.chart.schema {
            let start = |message: String| ChartError::at_range(&schema.path, &schema.text, 0..0, message);
            match check(schema, values) {
                Ok(()) => {}
                Err(Refusal::Schema(why)) if self.schemas == Schemas::Readable && is_beyond(&why) => {
                    let name = &node.chart.metadata.name;
                    self.unread.push(start(format!("the values of {name} are not held against its schema: {why}")));
                }
                Err(Refusal::Schema(why)) => self.refuse(node, start(String::new()), &why),
                Err(Refusal::Values(why, place)) => {
                    let at = |span| ChartError { message: String::new(), span: Some(span), path: schema.path.clone() };
                    self.refuse(node, place.map_or_else(|| start(String::new()), at), &why);
                }
            }
        }
        for subchart in &node.subcharts {
            if let Some(values) = values.get(&subchart.name) {
                self.chart(subchart, values);
            }
        }
    }

    fn refuse(&mut self, node: &ChartNode, place: ChartError, why: &str) {
        self.first.get_or_insert(place);
        // Writing to a string cannot fail.
        let _ = write!(self.message, "{}:\n{why}", node.name);
    }
}

enum Refusal {
    /// The schema cannot be used.
    Schema(String),
    /// The values do not fit: a line for each violation, and the first one's place.
    Values(String, Option<Span>),
}

fn check(schema: &ChartFile, values: &Value) -> Result<(), Refusal> {
    let schema = yaml::load_json_first(&schema.text).map_err(|error| Refusal::Schema(error.message))?;
    let schema = Schema::new(&schema).map_err(Refusal::Schema)?;
    let violations = schema.violations(values).map_err(Refusal::Schema)?;
    let Some(first) = violations.first() else { return Ok(()) };
    let span = origins(first.value).and_then(|origin| origin.places().first().map(|(span, ..)| *span));
    Err(Refusal::Values(violations.iter().map(|violation| format!("- {violation}\n")).collect(), span))
}
