//! A pinned chart that is not on disk.

use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};
use crate::store::plain_address;

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
    let Problem::Unavailable { chart, parent, repository, refused, .. } = problem else { return None };
    let from = repository.as_ref().map(|from| format!(" from {}", plain_address(from))).unwrap_or_default();
    if let Some(reason) = refused {
        return Some(format!(
            "{parent} depends on {chart}, which is not in its charts/, and the package at hand must not be used: {reason}. What \
             it deploys is unknown"
        ));
    }
    let external = repository.as_ref().is_some_and(|from| !from.starts_with("file://"));
    let how = if external { "Bring the chart" } else { "Put the chart there" };
    let by = if external { "`mirrorlint fetch`, or `helm dependency build`" } else { "it names no repository" };
    Some(format!(
        "{parent} depends on {chart}, which is not in its charts/: what it deploys is unknown. {how}{from} ({by})"
    ))
}
