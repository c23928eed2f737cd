//! Helm would refuse to read or render the chart, or it goes beyond what mirrorlint bears.

use crate::inventory::{ChartName, Problem};
use crate::lint::{Context, Finding, Rule};
use crate::source::{is_beyond, verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Unrenderable { chart, message, span, scenarios } = problem else { continue };
        if follows(context, chart, message) {
            continue;
        }
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

/// Whether Helm only stops because a chart is not on disk, which has a finding: at a value that is that chart's own, or at a
/// template that may be.
fn follows(context: &Context<'_>, stopped: &ChartName, message: &str) -> bool {
    let missing: Vec<(&ChartName, &ChartName)> = (context.problems.iter())
        .filter_map(|problem| match problem {
            Problem::Unavailable { chart, parent, .. } => Some((chart, parent)),
            _ => None,
        })
        .collect();
    if message.contains(": no template \"") {
        return !missing.is_empty();
    }
    let of_value =
        |key: &str| message.contains(&format!("<.Values.{key}.")) && message.contains(": nil pointer evaluating");
    let below = missing.iter().filter(|(_, parent)| parent.name == stopped.name);
    below.into_iter().any(|(chart, _)| {
        let dependencies = context.charts.iter().flat_map(|chart| chart.metadata.dependencies.iter().flatten());
        let asked = dependencies.filter(|dependency| dependency.name.as_ref() == chart.name.as_str());
        let mut aliases = asked.map(|dependency| dependency.alias.as_ref()).filter(|alias| !alias.is_empty());
        of_value(&chart.name) || aliases.any(of_value)
    })
}
