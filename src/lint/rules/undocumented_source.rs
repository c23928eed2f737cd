//! No `(from ...)` in the comment block of an entry that a chart deploys, or one that is only a name.

use crate::inventory::Use;
use crate::lint::note::{source_note, source_note_named, title};
use crate::lint::style::Style;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Verdict};
use crate::mirror::Located;
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let entry = judged.entry;
        let Some(at) = judged.verdict.uses().first().copied().filter(|_| entry.note.from.is_none()) else { continue };
        let used = context.used(at);
        // A second entry of a name is to be deleted or renamed first.
        if context.list.entries.iter().any(|other| other.line < entry.line && other.name.text == entry.name.text) {
            continue;
        }
        if let Some(found) = incomplete(rule, context, judged) {
            findings.push(found);
            continue;
        }
        let note = source_note(used);
        let name = &entry.name.text;
        let message = format!("`{name}` does not say where its image comes from; {} deploys it", used.chart);
        // The first words of the file may be its header, not the entry's title.
        let first = context.list.lines[0].span;
        let header = |title: &Located| title.span.start < first.end && !entry.note.remarks.is_empty();
        let titled = entry.note.title.as_ref().filter(|title| !header(title));
        let edit = match titled {
            Some(title) => {
                let end = title.span.end as usize;
                Edit { span: Span::new(title.span.file, end, end), text: format!(" {note}") }
            }
            None => {
                let line = if entry.note.title.is_some() { entry.line } else { entry.block.start };
                let ending = context.list.line_ending();
                let comment = Style::of(context.list).comment(&format!("{} {note}", title(used)));
                let text = comment + ending;
                Edit { span: context.list.start_of_line(line), text }
            }
        };
        let sure = is_sure(context, judged);
        let fix = sure.then(|| Fix::new(format!("Write `{note}`"), context.safety_of_note(used), vec![edit]));
        let span = titled.map_or(entry.name.span, |title| title.span);
        let found = judged.finding(rule, span, message).label("names no chart").advise(format!("Write `{note}`"));
        findings.push(finding(found, used).fix(fix));
    }
    findings
}

/// Whether it is known which image the entry stands for. Of a wrong one that can be a guess, which a note would make look known.
fn is_sure(context: &Context<'_>, judged: Judged<'_>) -> bool {
    let rival =
        |other: &Judged<'_>| other.entry.line != judged.entry.line && other.reference.path() == judged.reference.path();
    match judged.verdict {
        Verdict::Right { .. } => true,
        Verdict::OtherRepository { .. } => false,
        _ => !context.judged().any(|other| rival(&other)),
    }
}

/// What is to be said of an entry whose note names a chart that deploys the image, and nothing else of it: `(from web)`.
fn incomplete(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>) -> Option<Finding> {
    let entry = judged.entry;
    let uses = || judged.verdict.uses().iter().map(|at| context.used(*at));
    let (named, used, note) = entry.note.perhaps.iter().find_map(|named| {
        let (used, note) = uses().find_map(|used| Some((used, source_note_named(used, &named.chart.text)?)))?;
        Some((named, used, note))
    })?;
    let (name, chart) = (&entry.name.text, &named.chart.text);
    let message = format!("the note of `{name}` says {chart}, but neither of which version nor from where");
    let edit = Edit { span: named.span, text: note.clone() };
    let safety = context.safety_of_note(used);
    let fix = is_sure(context, judged).then(|| Fix::new(format!("Write `{note}`"), safety, vec![edit]));
    let found = judged.finding(rule, named.span, message).label("names no version").advise(format!("Write `{note}`"));
    Some(finding(found, used).fix(fix))
}

fn finding(finding: Finding, used: &Use) -> Finding {
    let place = used.decisive(0..used.text.len()).map(|place| place.0);
    let mut finding = finding.chart(used.chart.clone()).related(format!("{} names the image here", used.chart), place);
    finding.scenarios = used.scenarios.clone();
    finding
}
