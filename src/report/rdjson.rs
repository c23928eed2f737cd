//! `--format rdjson`: reviewdog's diagnostic format (<https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>). Paths are
//! those from the current folder, as reviewdog reads them; columns count from 1 in bytes, the end is behind the last one.

use std::path::Path;

use serde::Serialize;

use super::human::title;
use super::json::to_json;
use super::location::{Counted, Place, place_of, within};
use crate::fix::apply;
use crate::lint::{Checked, Finding, Fix, Severity};
use crate::source::{SourceFile, Sources, Span};

#[derive(Serialize)]
struct Report {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

/// The findings as one line of JSON; before them, as `unchecked`, what could not be checked.
#[must_use]
pub fn rdjson(checked: &Checked, sources: &Sources) -> String {
    let printer = Printer { sources, root: &checked.root };
    let errors = checked.errors.iter().map(|error| {
        let (path, _) = place_of(error, sources, &checked.root);
        Diagnostic {
            message: format!("could not be checked: {}", error.message),
            location: Location {
                path: path.unwrap_or_else(|| ".".to_owned()),
                range: error.span.map(|span| printer.range(span)),
            },
            severity: "ERROR",
            code: Code { value: "unchecked", url: None },
            suggestions: Vec::new(),
            related_locations: Vec::new(),
        }
    });
    let diagnostics = errors.chain(checked.findings.iter().map(|finding| printer.finding(finding))).collect();
    let source = Source { name: "mirrorlint", url: env!("CARGO_PKG_REPOSITORY") };
    to_json(&Report { source, severity: "WARNING", diagnostics })
}

struct Printer<'a> {
    sources: &'a Sources,
    root: &'a Path,
}

impl Printer<'_> {
    fn finding(&self, finding: &Finding) -> Diagnostic {
        let here = |fix: &&Fix| fix.edits().first().is_some_and(|edit| edit.span.file == finding.span.file);
        let fixes = finding.fixes.iter().filter(here);
        let mut message = finding.told();
        if let Some(fix) = fixes.clone().next() {
            message = format!("{}\n{}", finding.told_beside_fix(), title(fix));
        }
        Diagnostic {
            message,
            location: self.location(finding.span),
            severity: match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            },
            code: Code { value: finding.rule.id, url: Some(finding.rule.url()) },
            suggestions: fixes.filter_map(|fix| suggestion(&self.sources.get(finding.span.file), fix)).collect(),
            related_locations: (finding.related.iter())
                .map(|related| Related { message: related.message.clone(), location: self.location(related.span) })
                .collect(),
        }
    }

    fn location(&self, span: Span) -> Location {
        let path = Place::shown(self.sources, self.root, span).path;
        Location { path, range: Some(self.range(span)) }
    }

    fn range(&self, span: Span) -> Range {
        let (file, span) = (self.sources.get(span.file), within(self.sources, span));
        range(&file, span.start as usize, span.end as usize)
    }
}

fn range(file: &SourceFile, start: usize, end: usize) -> Range {
    let point = |offset| {
        let Counted { line, bytes, .. } = Counted::new(file, offset);
        Point { line, column: bytes }
    };
    Range { start: point(start), end: point(end) }
}

/// A fix as one suggestion, for it is applied whole: from its first edit to its last, with what stands between. What comes after
/// the last line is put behind that line, for reviewdog finds no other.
fn suggestion(file: &SourceFile, fix: &Fix) -> Option<Suggestion> {
    let (mut start, end) = (fix.edits().first()?.span.range().start, fix.edits().last()?.span.range().end);
    let before = file.text();
    let after = apply(before, fix);
    let mut text = after.get(start..after.len() - (before.len() - end))?.to_owned();
    let mut end = end;
    if start == before.len() && start > 0 && text.ends_with('\n') && before.ends_with('\n') {
        let ending = if before.ends_with("\r\n") { 2 } else { 1 };
        start -= ending;
        end = start;
        let ending = before[start..].to_owned();
        text = ending + text.trim_end_matches(['\r', '\n']);
    }
    Some(Suggestion { range: range(file, start, end), text })
}
