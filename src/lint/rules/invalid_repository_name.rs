//! A name that Amazon ECR refuses to create.

use crate::image::{check_repository_name, is_unseen};
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in &context.list.entries {
        let Err(error) = check_repository_name(&entry.name.text) else { continue };
        let fault = entry.name.span_of(error.range.clone());
        let span = if fault.is_empty() { entry.name.span } else { fault };
        let at_fault = entry.name.text.get(error.range.clone()).unwrap_or_default();
        let advice = if at_fault.contains(is_unseen) { "Take it away" } else { "Choose another one" };
        let message = format!("ECR refuses the repository name `{}`: {}", entry.name.text, error.message);
        findings.push(
            Finding::new(rule, span, &entry.name.text, message)
                .entry(&entry.name.text)
                .image(&entry.source.text)
                .advise(advice),
        );
    }
    findings
}
