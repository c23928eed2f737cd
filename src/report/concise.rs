//! One line for each finding: `PATH:LINE:COLUMN: SEVERITY[RULE] MESSAGE`, as compilers print and editors parse. What could not be
//! checked is written so, too, as an error called `unchecked`; but it is no finding.

use std::fmt::Write as _;

use super::human::in_line;
use super::location::{Place, display_path};
use crate::lint::{Checked, Refusal};
use crate::source::Sources;

/// The findings, one line each; nothing when there are none.
#[must_use]
pub fn concise(checked: &Checked, sources: &Sources) -> String {
    let mut out = String::new();
    for finding in &checked.findings {
        let Place { path, start, .. } = Place::new(sources, &checked.root, finding.span);
        let (severity, rule) = (finding.severity.as_str(), finding.rule.id);
        let (path, message) = (in_line(&path), one_line(&finding.told()));
        let _ = writeln!(out, "{path}:{}:{}: {severity}[{rule}] {message}", start.line, start.column);
    }
    out
}

/// What could not be done, for a reader of [`concise`]; nothing when it is about no file.
#[must_use]
pub fn concise_refusal(refusal: &Refusal, sources: &Sources) -> Option<String> {
    let here = std::env::current_dir().unwrap_or_default();
    let (path, line, column) = match (refusal.span, &refusal.path) {
        (Some(span), _) => {
            let Place { path, start, .. } = Place::new(sources, &here, span);
            (path, start.line, start.column)
        }
        (None, Some(path)) if path.is_file() => (display_path(&here, path), 1, 1),
        _ => return None,
    };
    Some(format!("{}:{line}:{column}: error[unchecked] {}\n", in_line(&path), one_line(&refusal.message)))
}

/// A message in one line: what stands in several is set apart by a blank. Blanks within a line may be what it speaks of.
#[must_use]
pub fn one_line(message: &str) -> String {
    let lines = message.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    in_line(&lines.collect::<Vec<_>>().join(" "))
}
