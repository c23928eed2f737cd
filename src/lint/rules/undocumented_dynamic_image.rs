//! The image depends on the region, and no comment of the entry says so.

use crate::inventory::Change;
use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety, Verdict};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let Some(first) = judged.verdict.uses().first() else { continue };
        let Some(change) = context.dynamic.get(first) else { continue };
        let used = context.used(*first);
        let image = match judged.verdict {
            Verdict::OtherRegistry { expected, .. } => expected,
            _ => &used.reference,
        };
        let scenario = used.scenarios.first().map_or("default", String::as_str);
        let region = image.ecr().map_or_else(|| scenario.to_owned(), |host| host.region().to_owned());
        let what = what(*change);
        let note = format!("Note: {what} of this image depend on the region; this one is for {region}");
        let note = if what.contains(" and ") { note } else { note.replacen(" depend ", " depends ", 1) };
        let name = &judged.entry.name.text;
        let message = format!(
            "{what} of `{name}` change with the region in {}, and no comment says so. Write a note",
            used.chart
        );
        let message = if what.contains(" and ") { message } else { message.replacen(" change ", " changes ", 1) };
        let line = context.list.lines[judged.entry.line].span;
        let ending = context.list.lines[judged.entry.line].ending.as_str();
        let ending = if ending.is_empty() { "\n" } else { ending };
        let start = line.start as usize;
        let edit = Edit { span: Span::new(line.file, start, start), text: format!("# {note}{ending}") };
        let place = used.decisive(used.reference.name_range()).map(|(span, _)| span);
        let mut finding = judged
            .finding(rule, judged.name_span(), message)
            .label("depends on the region")
            .chart(used.chart.clone())
            .related(format!("{} names it here", used.chart), place)
            .fix(Fix::new("Note it", Safety::Safe, vec![edit]));
        finding.scenarios = used.scenarios.clone();
        findings.push(finding);
    }
    findings
}

/// What changes, in words.
fn what(change: Change) -> &'static str {
    match (change.account, change.region) {
        (true, true) => "the account and region",
        (true, false) => "the account",
        (false, true) => "the registry",
        (false, false) => "the repository",
    }
}
