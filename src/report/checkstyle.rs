//! `--format checkstyle`: Checkstyle's XML, which many servers read. Paths are those from the current folder; columns count from
//! 1 in characters of UTF-16.

use super::location::{Counted, Place, place_of, within};
use super::xml::Element;
use crate::lint::{Checked, Severity};
use crate::source::Sources;

/// The findings by file, and what could not be checked as errors of the source `mirrorlint.unchecked`.
#[must_use]
pub fn checkstyle(checked: &Checked, sources: &Sources) -> String {
    let mut files: Vec<(String, Vec<Element>)> = Vec::new();
    let mut add = |path: String, error: Element| match files.iter_mut().find(|(known, _)| *known == path) {
        Some((_, errors)) => errors.push(error),
        None => files.push((path, vec![error])),
    };
    for error in &checked.errors {
        let (path, place) = place_of(error, sources, &checked.root);
        let element = Element::new("error")
            .with("line", place.map_or(1, |place| place.start.line))
            .with("severity", "error")
            .with("message", format!("could not be checked: {}", error.message))
            .with("source", "mirrorlint.unchecked");
        add(path.unwrap_or_else(|| ".".to_owned()), element);
    }
    for finding in &checked.findings {
        let place = Place::shown(sources, &checked.root, finding.span);
        let span = within(sources, finding.span);
        let column = Counted::new(&sources.get(span.file), span.start as usize).units;
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let element = Element::new("error")
            .with("line", place.start.line)
            .with("column", column)
            .with("severity", severity)
            .with("message", finding.told())
            .with("source", format!("mirrorlint.{}", finding.rule.id));
        add(place.path, element);
    }
    let files = files.into_iter().map(|(path, errors)| Element::new("file").with("name", path).inside(errors));
    Element::new("checkstyle").with("version", "4.3").inside(files).document()
}
