//! The image depends on the region, and no comment of the entry says so.

use crate::lint::note::{region_note, speaks_of_region, varying};
use crate::lint::style::Style;
use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety, Verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let Some(first) = judged.verdict.uses().first().filter(|_| !speaks_of_region(judged.entry)) else { continue };
        let Some(change) = context.dynamic.get(first) else { continue };
        // A second entry of a name is to be deleted or renamed first.
        let entry = judged.entry;
        if context.list.entries.iter().any(|other| other.line < entry.line && other.name.text == entry.name.text) {
            continue;
        }
        let used = context.used(*first);
        let image = match judged.verdict {
            Verdict::OtherRegistry { expected, .. } => expected,
            _ => &used.reference,
        };
        let what = varying(*change);
        let name = &judged.entry.name.text;
        let message = format!("{what} of `{name}` change with the region in {}, and no comment says so", used.chart);
        let message = if what.contains(" and ") { message } else { message.replacen(" change ", " changes ", 1) };
        let note = Style::of(context.list).note(&region_note(*change, image, used));
        let text = note + context.list.line_ending();
        let edit = Edit { span: context.list.start_of_line(judged.entry.line), text };
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
