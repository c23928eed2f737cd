//! A line that is no `REPO_NAME=SOURCE_IMAGE`, comment or blank.

use crate::lint::{Context, Finding, Rule};
use crate::mirror::LineKind;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in &context.list.lines {
        let LineKind::Invalid(reason) = line.kind else { continue };
        // What names the line stays when a byte order mark before it goes.
        let text = context.list.line_text(line).trim_start_matches('\u{feff}').trim();
        let message =
            format!("{reason}: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it");
        findings.push(Finding::new(rule, line.span, text, message).label("neither entry nor comment"));
    }
    findings
}
