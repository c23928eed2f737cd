//! New entries for a list: their names, their text and where they go. One place for all rules that add entries, so that two of
//! them never choose the same name.

use super::context::Context;
use super::note::{block, new_name};
use super::{Edit, Finding, Fix, Rule, Safety};
use crate::inventory::{Kind, Use};
use crate::mirror::{Ending, LineKind};
use crate::source::Span;

/// A finding for each missing image of `kind`, with the entry that it wants; `message` says what is wrong.
pub(crate) fn additions(
    rule: &'static Rule,
    context: &Context<'_>,
    kind: Kind,
    message: impl Fn(&Use) -> String,
) -> Vec<Finding> {
    let mut taken: Vec<String> = context.list.entries.iter().map(|entry| entry.name.text.clone()).collect();
    let mut findings = Vec::new();
    let reconciliation = context.reconciliation;
    for at in reconciliation.missing.iter().chain(&reconciliation.missing_operands) {
        let used = context.used(*at);
        let name = new_name(&used.reference, &taken);
        if used.kind == kind {
            findings.push(finding(rule, context, used, &name, message(used)));
        }
        taken.push(name);
    }
    findings
}

fn finding(rule: &'static Rule, context: &Context<'_>, used: &Use, name: &str, message: String) -> Finding {
    let image = used.reference.as_str();
    let (span, text) = insertion(context, &block(used, name));
    let fix = Fix::new(format!("List it as `{name}`"), Safety::Safe, vec![Edit { span, text }]);
    let place = used.decisive(0..used.text.len()).map(|(span, _)| span);
    let mut finding = Finding::new(rule, span, image, message)
        .label("missing")
        .expected(image)
        .chart(used.chart.clone())
        .related(format!("{} names it here", used.chart), place)
        .fix(fix);
    finding.scenarios = used.scenarios.clone();
    finding
}

/// Where a new entry goes, and the text that puts it there: after the last entry, parted by a blank line.
fn insertion(context: &Context<'_>, block: &[String]) -> (Span, String) {
    let list = context.list;
    let last = list.lines.iter().rposition(|line| !matches!(line.kind, LineKind::Blank));
    let end = list.lines.iter().map(|line| line.ending).find(|ending| *ending != Ending::None).unwrap_or(Ending::Lf);
    let mut text = String::new();
    let at = match last {
        Some(line) => {
            let line = &list.lines[line];
            if line.ending == Ending::None {
                text.push_str(end.as_str());
            }
            text.push_str(end.as_str());
            line.span.end as usize + line.ending.as_str().len()
        }
        None => list.text().len(),
    };
    for line in block {
        text.push_str(line);
        text.push_str(end.as_str());
    }
    (Span::new(list.file(), at, at), text)
}
