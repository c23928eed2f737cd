//! A pinned chart that is not on disk.

use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Unavailable { chart, parent, span, .. } = problem else { continue };
        let Some(message) = sentence(problem) else { continue };
        let finding = Finding::new(rule, *span, format!("{}:{chart}", parent.name), message).label("not on disk");
        findings.push(finding.chart(chart.clone()));
    }
    findings
}

/// The problem in words, when it is a chart that is not on disk.
pub(in crate::lint) fn sentence(problem: &Problem) -> Option<String> {
    let Problem::Unavailable { chart, parent, repository, .. } = problem else { return None };
    let from = repository.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    Some(format!(
        "{parent} depends on {chart}, which is not in its charts/: what it deploys is unknown. Put the chart{from} there (`helm \
         dependency build`)"
    ))
}
