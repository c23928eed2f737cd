//! `--format json`, version 1: the contract that other programs read. Paths are relative to the workspace root and
//! `/`-separated; lines and columns count from 1, columns and offsets in UTF-8 bytes, offsets from 0.

use std::path::Path;

use serde::Serialize;

use super::location::{Place, display_path};
use crate::fix::Fixed;
use crate::inventory::{ChartName, Disagreement, Gap, Inventory, Use};
use crate::lint::{Checked, Finding, Refusal, Severity};
use crate::source::{Layer, Position, Sources, Span};

#[derive(Serialize)]
struct Report {
    version: u32,
    tool: Tool,
    lists: Vec<List>,
    findings: Vec<JsonFinding>,
    /// What `--fix` mended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<JsonFixed>,
    summary: Summary,
    /// What is left out because a revision had it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Since>,
    /// What could not be checked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct Error {
    message: String,
    path: Option<String>,
    location: Option<Location>,
}

#[derive(Serialize)]
struct JsonFixed {
    rule: &'static str,
    key: String,
    path: String,
    title: String,
}

#[derive(Serialize)]
struct Since {
    revision: String,
    left_out: usize,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct List {
    path: String,
    entries: usize,
    charts: Vec<ListChart>,
    scenarios: Vec<String>,
    images: usize,
    /// What was assumed, in sentences.
    assumed: Vec<String>,
}

#[derive(Serialize)]
struct ListChart {
    name: String,
    version: String,
    path: String,
}

#[derive(Serialize)]
struct JsonFinding {
    rule: &'static str,
    /// Of the rule's page.
    url: String,
    severity: &'static str,
    message: String,
    key: String,
    entry: Option<String>,
    image: Option<String>,
    expected: Option<String>,
    chart: Option<Chart>,
    scenarios: Vec<String>,
    location: Location,
    related: Vec<Related>,
    fixes: Vec<Fix>,
}

#[derive(Serialize)]
struct Chart {
    name: String,
    version: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Fix {
    title: String,
    safety: &'static str,
    edits: Vec<Edit>,
}

#[derive(Serialize)]
struct Edit {
    path: String,
    start: usize,
    end: usize,
    text: String,
}

#[derive(Serialize, Default)]
struct Summary {
    error: usize,
    warning: usize,
    info: usize,
    fixable: usize,
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

impl From<&ChartName> for Chart {
    fn from(chart: &ChartName) -> Self {
        Self { name: chart.name.clone(), version: chart.version.clone() }
    }
}

struct Printer<'a> {
    sources: &'a Sources,
    root: &'a Path,
}

impl Printer<'_> {
    fn location(&self, span: Span) -> Location {
        let place = Place::new(self.sources, self.root, span);
        Location { path: place.path, start: place.start.into(), end: place.end.into() }
    }

    fn finding(&self, finding: &Finding) -> JsonFinding {
        JsonFinding {
            rule: finding.rule.id,
            url: finding.rule.url(),
            severity: finding.severity.as_str(),
            message: finding.told(),
            key: finding.key(),
            entry: finding.entry.clone(),
            image: finding.image.clone(),
            expected: finding.expected.clone(),
            chart: finding.chart.as_ref().map(Chart::from),
            scenarios: finding.scenarios.clone(),
            location: self.location(finding.span),
            related: (finding.related.iter())
                .map(|related| Related { message: related.message.clone(), location: self.location(related.span) })
                .collect(),
            fixes: finding.fixes.iter().map(|fix| self.fix(fix)).collect(),
        }
    }

    fn error(&self, error: &Refusal) -> Error {
        let in_file = error.span.map(|span| self.sources.get(span.file).path().to_owned());
        Error {
            message: error.message.clone(),
            path: error.path.clone().or(in_file).map(|path| display_path(self.root, &path)),
            location: error.span.map(|span| self.location(span)),
        }
    }

    fn fix(&self, fix: &crate::lint::Fix) -> Fix {
        let edit = |edit: &crate::lint::Edit| {
            let Place { path, start, end } = Place::new(self.sources, self.root, edit.span);
            Edit { path, start: start.offset, end: end.offset, text: edit.text.clone() }
        };
        Fix { title: fix.title.clone(), safety: fix.safety.as_str(), edits: fix.edits().iter().map(edit).collect() }
    }
}

/// The findings as one line of JSON.
#[must_use]
pub fn json(checked: &Checked, fixed: &[Fixed], sources: &Sources) -> String {
    let printer = Printer { sources, root: &checked.root };
    let mut summary = Summary::default();
    for finding in &checked.findings {
        match finding.severity {
            Severity::Error => summary.error += 1,
            Severity::Warning => summary.warning += 1,
            Severity::Info => summary.info += 1,
        }
        summary.fixable += usize::from(!finding.fixes.is_empty());
    }
    let lists = checked.lists.iter().map(|list| List {
        path: display_path(&checked.root, &list.path),
        entries: list.entries,
        charts: (list.charts.iter())
            .map(|chart| ListChart {
                name: chart.name.name.clone(),
                version: chart.name.version.clone(),
                path: display_path(&checked.root, &chart.path),
            })
            .collect(),
        scenarios: list.scenarios.clone(),
        assumed: list.assumed.iter().map(|assumption| assumption.sentence.clone()).collect(),
        images: list.images,
    });
    to_json(&Report {
        version: 1,
        tool: Tool { name: "mirrorlint", version: env!("CARGO_PKG_VERSION") },
        lists: lists.collect(),
        findings: checked.findings.iter().map(|finding| printer.finding(finding)).collect(),
        fixed: (fixed.iter())
            .map(|one| JsonFixed {
                rule: one.rule,
                key: one.key.clone(),
                path: display_path(&checked.root, &one.path),
                title: one.title.clone(),
            })
            .collect(),
        summary,
        since: (checked.since.as_ref())
            .map(|since| Since { revision: since.revision.clone(), left_out: since.left_out }),
        errors: checked.errors.iter().map(|error| printer.error(error)).collect(),
    })
}

#[derive(Serialize)]
struct Images {
    version: u32,
    images: Vec<Image>,
    /// Where charts say otherwise of their images than the rendering has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<ImageNote>,
    /// What is not known of what could be deployed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Error>,
    /// What could not be rendered as it stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct ImageNote {
    message: String,
    chart: Chart,
    image: String,
    rendered: Vec<String>,
    location: Option<Location>,
}

#[derive(Serialize)]
struct Image {
    image: String,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
    kind: &'static str,
    /// How an operand is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    naming: Option<Naming>,
    chart: Chart,
    path: Vec<String>,
    workload: Workload,
    origins: Vec<Origin>,
    scenarios: Vec<String>,
    when: Option<String>,
    /// What it depends on beside the values that are the image; only where there is something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends: Vec<String>,
    /// Why it needs no mirroring, where an exemption says so.
    exempt: Option<String>,
}

#[derive(Serialize)]
struct Naming {
    place: String,
    confidence: &'static str,
    /// Only where it is so: the controller puts the node's system behind the tag.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    completed: bool,
}

#[derive(Serialize)]
struct Workload {
    kind: String,
    name: String,
    container: Option<String>,
}

#[derive(Serialize)]
struct Origin {
    path: String,
    line: usize,
    column: usize,
    text: String,
    kind: &'static str,
}

/// The inventory as one line of JSON.
#[must_use]
pub fn images(inventory: &Inventory, sources: &Sources, root: &Path) -> String {
    let image = |used: &Use| Image {
        image: used.reference.to_string(),
        repository: used.reference.repository(),
        tag: used.reference.tag().map(str::to_owned),
        digest: used.reference.digest().map(str::to_owned),
        kind: used.kind.as_str(),
        naming: used.naming.as_ref().map(|naming| Naming {
            place: naming.place.clone(),
            confidence: naming.confidence.as_str(),
            completed: naming.completed,
        }),
        chart: Chart::from(&used.chart),
        path: used.path.clone(),
        workload: Workload {
            kind: used.workload.kind.clone(),
            name: used.workload.name.clone(),
            container: used.workload.container.clone(),
        },
        origins: used.origins().iter().map(|place| origin(sources, root, place.0, place.1)).collect(),
        scenarios: used.scenarios.clone(),
        when: used.when.clone(),
        depends: used.depends.clone(),
        exempt: used.exempt.clone(),
    };
    let printer = Printer { sources, root };
    let note = |told: &Disagreement| ImageNote {
        message: told.to_string(),
        chart: Chart::from(&told.chart),
        image: told.image.clone(),
        rendered: told.rendered.clone(),
        location: told.span.map(|span| printer.location(span)),
    };
    let gap = |gap: &Gap| Error {
        message: gap.message.clone(),
        path: gap.span.map(|span| display_path(root, sources.get(span.file).path())),
        location: gap.span.map(|span| printer.location(span)),
    };
    let gaps = |refused: bool| inventory.gaps.iter().filter(move |gap| gap.is_refusal == refused);
    to_json(&Images {
        version: 1,
        images: inventory.uses.iter().map(image).collect(),
        notes: inventory.disagreements.iter().map(note).collect(),
        warnings: gaps(false).map(gap).collect(),
        errors: gaps(true).map(gap).collect(),
    })
}

fn origin(sources: &Sources, root: &Path, span: Span, layer: Layer) -> Origin {
    let place = Place::new(sources, root, span);
    let kind = self::layer(layer);
    Origin { path: place.path, line: place.start.line, column: place.start.column, text: sources.slice(span), kind }
}

/// What a layer is called in JSON.
pub(super) fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Values => "values",
        Layer::Chart => "chart",
        Layer::Template => "template",
        Layer::Set => "set",
        Layer::Computed => "computed",
    }
}

/// One line of JSON, as all reports for programs are.
#[must_use]
pub fn to_json(value: &impl Serialize) -> String {
    // Serializing our own structs of strings and numbers into memory cannot fail.
    serde_json::to_string(value).map(|json| json + "\n").unwrap_or_default()
}
