//! No `(from ...)` in the comment block of an entry that a chart deploys.

use crate::lint::note::source_note;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict};
use crate::mirror::Located;
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let entry = judged.entry;
        let Some(first) = judged.verdict.uses().first().filter(|_| entry.note.from.is_none()) else { continue };
        let used = context.used(*first);
        // A second entry of a name is to be deleted or renamed first.
        if context.list.entries.iter().any(|other| other.line < entry.line && other.name.text == entry.name.text) {
            continue;
        }
        let note = source_note(used);
        let name = &entry.name.text;
        let message =
            format!("`{name}` does not say where its image comes from; {} deploys it. Write `{note}`", used.chart);
        // The first words of the file may be its header, not the entry's title.
        let first = context.list.lines[0].span;
        let header = |title: &Located| title.span.start < first.end && !entry.note.remarks.is_empty();
        let title = entry.note.title.as_ref().filter(|title| !header(title));
        let edit = match title {
            Some(title) => {
                let end = title.span.end as usize;
                Edit { span: Span::new(title.span.file, end, end), text: format!(" {note}") }
            }
            None => {
                let line = if entry.note.title.is_some() { entry.line } else { entry.block.start };
                let ending = context.list.line_ending();
                let text = format!("# {} {note}{ending}", crate::lint::note::title(used));
                Edit { span: context.list.start_of_line(line), text }
            }
        };
        // Which image a wrong entry stands for can be a guess: a note would make it look known.
        let rival =
            |other: &Judged<'_>| other.entry.line != entry.line && other.reference.path() == judged.reference.path();
        let guessed = match judged.verdict {
            Verdict::Right { .. } => false,
            Verdict::OtherRepository { .. } => true,
            _ => context.judged().any(|other| rival(&other)),
        };
        let fix = (!guessed).then(|| Fix::new(format!("Add `{note}`"), Safety::Safe, vec![edit]));
        let span = title.map_or(entry.name.span, |title| title.span);
        let mut finding = judged
            .finding(rule, span, message)
            .label("names no chart")
            .chart(used.chart.clone())
            .related(
                format!("{} names the image here", used.chart),
                used.decisive(0..used.text.len()).map(|place| place.0),
            )
            .fix(fix);
        finding.scenarios = used.scenarios.clone();
        findings.push(finding);
    }
    findings
}
