//! A line that is no `REPO_NAME=SOURCE_IMAGE`, comment or blank.

use crate::lint::{Context, Finding, Rule};
use crate::mirror::LineKind;

/// What git leaves around the sides of a merge that it cannot decide.
const MARKS: [&str; 4] = ["<<<<<<< ", "||||||| ", "======= ", ">>>>>>> "];

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in &context.list.lines {
        let LineKind::Invalid(reason) = line.kind else { continue };
        // What names the line stays when a byte order mark before it goes.
        let text = context.list.line_text(line).trim_start_matches('\u{feff}').trim();
        let message = match MARKS.iter().any(|mark| text.starts_with(mark) || text == mark.trim_end()) {
            true => "a merge was left undecided here: the scripts read `NAME=IMAGE` lines only. Decide it, and delete \
                     the mark"
                .to_owned(),
            false => {
                format!("{reason}: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it")
            }
        };
        findings.push(Finding::new(rule, line.span, text, message).label("neither entry nor comment"));
    }
    findings
}
