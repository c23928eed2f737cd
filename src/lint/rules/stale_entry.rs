//! Listed, deployed under no scenario.

use super::duplicate_entry;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Standing, Verdict};
use crate::mirror::{ChartOrigin, Entry, LineKind, List, NamedChart};
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
                "no chart deploys {image}; the charts deploy {}, which `{}` lists",
                other.reference.as_str(),
                other.entry.name.text
            ),
            None => format!("no chart deploys {image}{}", nowhere(judged)),
        };
        let or = if sibling.is_some() { "" } else { ", or say why it stays" };
        let span = removal(context.list, judged.entry);
        let edit = Edit { span, text: context.list.remainder(span).to_owned() };
        let fix = Fix::new(format!("Delete `{name}`"), Safety::Unsafe, vec![edit]);
        let other = sibling.map(|other| other.entry.source.span);
        let finding = judged
            .finding(rule, judged.entry.source.span, message)
            .label("deployed by no chart")
            .advise(format!("Delete `{name}`{or}"));
        let finding = finding.related("this one is deployed", other).fix(fix);
        let better = duplicate_entry::that_delete(context, judged.entry).into_iter();
        findings.push(better.fold(finding, |finding, span| finding.behind("duplicate-entry", span)));
    }
    findings
}

/// The chart that a note names, as it is written there.
fn written(from: &NamedChart) -> String {
    let repository = match &from.origin {
        ChartOrigin::Repository(repository) => format!("{}/", repository.text),
        _ => String::new(),
    };
    let version = from.version.iter().map(|version| format!(":{}", version.text));
    repository + &from.chart.text + &version.collect::<String>()
}

/// That the chart of the entry's note is nowhere, if it is.
fn nowhere(judged: Judged<'_>) -> String {
    let note = judged.entry.note.from.as_ref().filter(|_| judged.noted == Standing::Nowhere);
    note.map(|from| format!(", and {} is in no root chart of this list", written(from))).unwrap_or_default()
}

/// The entry with its comment block, and with one blank line beside it where there is one. Comments that speak of more than
/// this entry stay.
fn removal(list: &List, entry: &Entry) -> Span {
    let is = |line: usize, kind: LineKind| list.lines.get(line).is_some_and(|line| line.kind == kind);
    let shared = list.lines.get(entry.line + 1).is_some_and(|line| matches!(line.kind, LineKind::Entry(_)));
    let end = entry.line + 1;
    if shared {
        return list.span_of_lines(entry.line..end);
    }
    // The first comments of the file may be its header, not the entry's.
    let own = |line: &usize| entry.block.start > 0 || !is_remark(list, entry, *line);
    let start = entry.block.clone().rev().take_while(own).last().unwrap_or(entry.line);
    let alone = start == 0 || is(start - 1, LineKind::Blank);
    if alone && is(end, LineKind::Blank) {
        list.span_of_lines(start..end + 1)
    } else if alone && start > 0 {
        list.span_of_lines(start - 1..end)
    } else {
        list.span_of_lines(start..end)
    }
}

/// Whether a line of the entry's block says nothing that is known to be of the entry.
fn is_remark(list: &List, entry: &Entry, line: usize) -> bool {
    let span = list.lines[line].span;
    let within = |place: Span| span.start <= place.start && place.end <= span.end;
    let note = &entry.note;
    // Above the line that names the chart stands what was taken for the title; and a line on top of the file that nothing
    // follows but the entry may be the file's title.
    let compact = list.lines.get(entry.line + 1).is_some_and(|line| line.kind == LineKind::Comment);
    let known = !(note.repositories.is_empty() && note.tags.is_empty() && note.notes.is_empty());
    let title = note.title.iter().filter(|_| note.from.is_none() && note.remarks.is_empty() && (known || compact));
    let told = title.chain(&note.notes).map(|text| text.span);
    let fields = note.repositories.iter().chain(&note.tags).chain(&note.default_region).map(|field| field.value.span);
    let orders = list.directives.iter().map(|order| order.span);
    !told.chain(fields).chain(orders).chain(note.charts().map(|from| from.span)).any(within)
}
