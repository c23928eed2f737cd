//! A source that is no image reference, in the list or in a chart.

use crate::image::{Reference, is_unseen};
use crate::inventory::Malformed;
use crate::lint::number::numbers;
use crate::lint::{Context, Finding, Rule};
use crate::source::{Layer, Sources, Span};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in &context.list.entries {
        let Err(error) = Reference::parse(&entry.source.text) else { continue };
        let fault = entry.source.span_of(error.range.clone());
        let span = if fault.is_empty() { entry.source.span } else { fault };
        let at_fault = entry.source.text.get(error.range.clone()).unwrap_or_default();
        let advice = if at_fault.contains(is_unseen) { "Take it away" } else { "Correct it" };
        let message = format!("`{}` is no image that can be pulled: {}", entry.source.text, error.message);
        findings.push(
            Finding::new(rule, span, &entry.name.text, message)
                .entry(&entry.name.text)
                .image(&entry.source.text)
                .advise(advice),
        );
    }
    // What a number without quotes has spoilt is that number's fault.
    let is_text = |image: &&Malformed| numbers(context.sources, &image.text).is_empty();
    for malformed in context.inventory.malformed.iter().filter(is_text) {
        let Malformed { chart, workload, text, message, layer, .. } = malformed;
        let advice = match layer {
            Some(Layer::Template) if !has_gap(text) || !has_action(context.sources, malformed.span) => {
                "Correct the template"
            }
            _ => "Give its values with --values or --set",
        };
        let message = if text.is_empty() {
            format!("{chart} deploys a container without an image ({workload}): {message}")
        } else {
            format!("{chart} deploys `{text}` ({workload}), which is no image that can be pulled: {message}")
        };
        let subject = format!("{}:{}", malformed.template, malformed.workload);
        let label = if text.is_empty() { "no image here" } else { "this is a part of it" };
        let finding = Finding::new(rule, malformed.span, subject, message).label(label).advise(advice);
        let mut finding = finding.chart(malformed.chart.clone());
        finding.scenarios.clone_from(&malformed.scenarios);
        findings.push(finding);
    }
    findings
}

/// Whether a part of an image is empty.
fn has_gap(image: &str) -> bool {
    image.split(['/', ':', '@']).any(str::is_empty)
}

/// Whether an action stands on the lines of `span` in its template: then an empty value may be what is wrong.
fn has_action(sources: &Sources, span: Span) -> bool {
    let file = sources.get(span.file);
    let mut lines = sources.start(span).line..=sources.end(span).line;
    lines.any(|line| file.line(line).is_some_and(|range| file.text()[range].contains("{{")))
}
