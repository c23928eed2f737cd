//! The image depends on the region, and no comment of the entry says so.

use crate::image::Reference;
use crate::inventory::Change;
use crate::lint::note::{region_note, speaks_of_region, varying};
use crate::lint::style::Style;
use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety, Verdict};
use crate::mirror::Entry;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        // What is said of another image is no word of this one.
        if matches!(judged.verdict, Verdict::OtherRepository { .. }) {
            continue;
        }
        let Some(first) = judged.verdict.uses().first() else { continue };
        // A second entry of a name is to be deleted or renamed first.
        let entry = judged.entry;
        if context.list.entries.iter().any(|other| other.line < entry.line && other.name.text == entry.name.text) {
            continue;
        }
        let used = context.used(*first);
        let image = match judged.verdict {
            // A note would say a region that the entry does not.
            Verdict::OtherRegistry { own_region: false, .. } => continue,
            Verdict::OtherRegistry { expected, .. } => expected,
            _ => &used.reference,
        };
        let Some((change, edit)) = missing_note(context, entry, *first, image) else { continue };
        let what = varying(change);
        let name = &judged.entry.name.text;
        let message = format!("{what} of `{name}` change with the region in {}, and no comment says so", used.chart);
        let message = if what.contains(" and ") { message } else { message.replacen(" change ", " changes ", 1) };
        let place = used.decisive(used.reference.name_range()).map(|(span, _)| span);
        let mut finding = judged
            .finding(rule, judged.name_span(), message)
            .label("depends on the region")
            .chart(used.chart.clone())
            .related(format!("{} names it here", used.chart), place)
            .fix(Fix::new("Write a note", Safety::Safe, vec![edit]));
        finding.scenarios = used.scenarios.clone();
        findings.push(finding);
    }
    findings
}

/// What of `image` changes with the region, and the note that says so above `entry`, which is for the use of index `at`; nothing
/// where its comments speak of it, or there is nothing to say.
pub(super) fn missing_note(
    context: &Context<'_>,
    entry: &Entry,
    at: usize,
    image: &Reference,
) -> Option<(Change, Edit)> {
    let change = *context.dynamic.get(&at).filter(|_| !speaks_of_region(entry))?;
    let note = Style::of(context.list).note(&region_note(change, image, context.used(at)));
    let text = note + context.list.line_ending();
    Some((change, Edit { span: context.list.start_of_line(entry.line), text }))
}
