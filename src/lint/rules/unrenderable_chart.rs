//! Helm would refuse to read or render the chart, or it goes beyond what mirrorlint bears.

use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};
use crate::source::{is_beyond, verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Unrenderable { chart, message, span, scenarios } = problem else { continue };
        let (label, advice) = match is_beyond(message) {
            true => ("mirrorlint stops here", "Hold the list against other charts, with --chart"),
            false => ("Helm stops here", "Correct the chart, or give the values that you deploy it with"),
        };
        let text = verdict(&chart.name, message);
        let mut finding = Finding::new(rule, *span, &chart.name, text).label(label).advise(advice).chart(chart.clone());
        finding.scenarios = scenarios.clone();
        findings.push(finding);
    }
    findings
}
