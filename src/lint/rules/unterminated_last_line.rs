//! No newline at the end: `while read` of the copy script never runs for that line.

use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety};
use crate::mirror::{Ending, LineKind};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let Some(last) = context.list.lines.last() else { return Vec::new() };
    let LineKind::Entry(entry) = last.kind else { return Vec::new() };
    if last.ending != Ending::None {
        return Vec::new();
    }
    let entry = &context.list.entries[entry];
    let end = last.span.end as usize;
    // A CR without its LF would become the end of a line that Windows knows.
    let line = context.list.line_text(last);
    let start = end - (line.len() - line.trim_end_matches('\r').len());
    let edit = Edit { span: Span::new(last.span.file, start, end), text: context.list.line_ending().to_owned() };
    let name = &entry.name.text;
    let message =
        format!("`{name}` stands on a last line without a newline: the copy script's `while read` never sees it");
    let finding = Finding::new(rule, Span::new(last.span.file, end, end), name, message);
    let fix = Fix::new("End the last line", Safety::Safe, vec![edit]);
    vec![finding.label("no newline here").entry(name).image(&entry.source.text).fix(fix)]
}
