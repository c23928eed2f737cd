//! A pinned chart that is not on disk.

use crate::chart::RefusedPackage;
use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};
use crate::store::plain_address;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Unavailable { chart, parent, span, refused, .. } = problem else { continue };
        let Some(message) = sentence(problem) else { continue };
        let label = if refused.is_some() { "must not be used" } else { "not on disk" };
        let finding = Finding::new(rule, *span, format!("{}:{chart}", parent.name), message).label(label);
        findings.push(finding.chart(chart.clone()));
    }
    findings
}

/// The problem in words, when it is a chart that is not on disk.
pub(in crate::lint) fn sentence(problem: &Problem) -> Option<String> {
    let Problem::Unavailable { chart, parent, repository, refused, .. } = problem else { return None };
    if let Some(RefusedPackage { held: Some(_), reason, .. }) = refused {
        return Some(format!("{parent} depends on {chart}, but {reason}. What it deploys is unknown"));
    }
    let depends = format!("{parent} depends on {chart}, which is not in its charts/");
    let external = repository.as_deref().filter(|from| !from.starts_with("file://"));
    Some(match (refused, external) {
        (Some(RefusedPackage { reason, .. }), _) => {
            format!("{depends}, and the package at hand must not be used: {reason}. What it deploys is unknown")
        }
        (None, Some(from)) => {
            let from = plain_address(from);
            format!("{depends}: what it deploys is unknown. `mirrorlint fetch` brings it from {from}")
        }
        (None, None) => format!("{depends}: what it deploys is unknown. Put it there: it names no repository"),
    })
}
