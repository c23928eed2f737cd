//! A pinned chart that is not on disk.

use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Unavailable { chart, parent, repository, span } = problem else { continue };
        let from = repository.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        let message = format!(
            "{parent} depends on {chart}, which is not in its charts/: what it deploys is unknown. \
             Put the chart{from} there (`helm dependency build`)"
        );
        let finding = Finding::new(rule, *span, format!("{}:{chart}", parent.name), message).label("not on disk");
        findings.push(finding.chart(chart.clone()));
    }
    findings
}
