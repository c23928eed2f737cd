//! A line that is no `REPO_NAME=SOURCE_IMAGE`, comment or blank.

use crate::lint::{Context, Finding, Rule};
use crate::mirror::{InvalidLine, LineKind};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let merges = context.list.merges();
    for (number, line) in context.list.lines.iter().enumerate() {
        let LineKind::Invalid(reason) = line.kind else { continue };
        let merge = merges.iter().find(|merge| merge.contains(&number));
        // Whatever stands between the marks is decided with them.
        if merge.is_some_and(|merge| merge.start != number) {
            continue;
        }
        // What names the line stays when a byte order mark before it goes.
        let text = context.list.line_text(line).trim_start_matches('\u{feff}').trim();
        let advice = match reason {
            InvalidLine::Mark if merge.is_some() => "Decide it, and delete its marks",
            InvalidLine::Mark => "Decide it, and delete the mark",
            InvalidLine::OtherComment => "Start the line with `#`",
            _ => "Write the line so, or put `#` before it",
        };
        let message = format!("{reason}: the scripts read `NAME=IMAGE` lines only");
        let last = merge.and_then(|merge| context.list.lines.get(merge.end - 1));
        let finding = Finding::new(rule, line.span, text, message).label("neither entry nor comment").advise(advice);
        findings.push(finding.related("it ends here", last.map(|last| last.span)));
    }
    findings
}
