//! Listed, deployed under no scenario.

use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety, Verdict};
use crate::mirror::{Entry, LineKind, List};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        if *judged.verdict != Verdict::Stale {
            continue;
        }
        let sibling = context.judged().find(|other| {
            matches!(other.verdict, Verdict::Right { .. }) && other.reference.same_repository(judged.reference)
        });
        let (image, name) = (judged.reference.as_str(), &judged.entry.name.text);
        let message = match &sibling {
            Some(other) => format!(
                "no chart deploys {image}; the charts deploy {}, which `{}` lists. Delete `{name}`",
                other.reference.as_str(),
                other.entry.name.text
            ),
            None => format!("no chart deploys {image}. Delete `{name}`, or say why it stays"),
        };
        let edit = Edit { span: removal(context.list, judged.entry), text: String::new() };
        let fix = Fix::new(format!("Delete `{name}`"), Safety::Unsafe, vec![edit]);
        let other = sibling.map(|other| other.entry.source.span);
        let finding = judged.finding(rule, judged.entry.source.span, message).label("deployed by no chart");
        findings.push(finding.related("this one is deployed", other).fix(fix));
    }
    findings
}

/// The entry with its comment block, and with one blank line beside it where there is one.
fn removal(list: &List, entry: &Entry) -> Span {
    let blank = |line: usize| list.lines.get(line).is_some_and(|line| line.kind == LineKind::Blank);
    let (start, end) = (entry.block.start, entry.line + 1);
    if blank(end) {
        list.span_of_lines(start..end + 1)
    } else if start > 0 && blank(start - 1) {
        list.span_of_lines(start - 1..end)
    } else {
        list.span_of_lines(start..end)
    }
}
