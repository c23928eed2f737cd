//! A source that is no image reference.

use crate::image::Reference;
use crate::lint::{Context, Finding, Rule};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in &context.list.entries {
        let Err(error) = Reference::parse(&entry.source.text) else { continue };
        let start = entry.source.span.start as usize;
        let fault = Span::new(entry.source.span.file, start + error.range.start, start + error.range.end);
        let span = if fault.is_empty() { entry.source.span } else { fault };
        let message = format!("`{}` is no image that can be pulled: {}", entry.source.text, error.message);
        findings.push(
            Finding::new(rule, span, &entry.name.text, message).entry(&entry.name.text).image(&entry.source.text),
        );
    }
    findings
}
