//! Helm would refuse to read or render the chart.

use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Unrenderable { chart, message, span, scenarios } = problem else { continue };
        let text = format!("Helm would refuse {}: {message}", chart.name);
        let mut finding = Finding::new(rule, *span, &chart.name, text).label("Helm stops here").chart(chart.clone());
        finding.scenarios = scenarios.clone();
        findings.push(finding);
    }
    findings
}
