//! One line for each finding: `PATH:LINE:COLUMN: SEVERITY[RULE] MESSAGE`, as compilers print and editors parse.

use std::fmt::Write as _;

use super::human::in_line;
use super::location::Place;
use crate::lint::Checked;
use crate::source::Sources;

/// The findings, one line each; nothing when there are none.
#[must_use]
pub fn concise(checked: &Checked, sources: &Sources) -> String {
    let mut out = String::new();
    for finding in &checked.findings {
        let Place { path, start, .. } = Place::new(sources, &checked.root, finding.span);
        let (severity, rule) = (finding.severity.as_str(), finding.rule.id);
        let message = finding.message.split_whitespace().collect::<Vec<_>>().join(" ");
        let (path, message) = (in_line(&path), in_line(&message));
        let _ = writeln!(out, "{path}:{}:{}: {severity}[{rule}] {message}", start.line, start.column);
    }
    out
}
