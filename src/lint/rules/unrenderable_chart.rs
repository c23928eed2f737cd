//! Helm would refuse to read or render the chart, or it goes beyond what mirrorlint bears.

use crate::chart::{Chart, Dependency};
use crate::inventory::{ChartName, Problem};
use crate::lint::{Context, Finding, Rule};
use crate::source::{Span, is_beyond, verdict};

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
        let causes = causes(context, chart, message).into_iter();
        findings.push(causes.fold(finding, |finding, span| finding.behind("unavailable-chart", span)));
    }
    findings
}

/// The places where charts are asked for that are not on disk and for whose lack alone Helm stops: at a value that is such a chart's own,
/// or at a template that bears its name.
fn causes(context: &Context<'_>, stopped: &ChartName, message: &str) -> Vec<Span> {
    let missing = context.problems.iter().filter_map(|problem| match problem {
        Problem::Unavailable { chart, parent, span, .. } => Some((chart, parent, *span)),
        _ => None,
    });
    let template = message.split_once(": no template \"").and_then(|(_, rest)| rest.split(['.', '"']).next());
    let of_value =
        |key: &str| message.contains(&format!("<.Values.{key}.")) && message.contains(": nil pointer evaluating");
    let is_cause = |chart: &ChartName, parent: &ChartName| match template {
        // Templates are those of all charts below a root.
        Some(library) => library == chart.name && share_roots(context, stopped, parent),
        None => parent == stopped && keys(context, parent, chart).iter().any(|key| of_value(key)),
    };
    missing.filter(|(chart, parent, _)| is_cause(chart, parent)).map(|(.., span)| span).collect()
}

/// Whether `other` is below each root chart that `chart` is below.
fn share_roots(context: &Context<'_>, chart: &ChartName, other: &ChartName) -> bool {
    let mut roots = context.charts.iter().filter(|root| find(root, chart).is_some()).peekable();
    roots.peek().is_some() && roots.all(|root| find(root, other).is_some())
}

/// The keys under which `parent` has values for `dependency`.
fn keys(context: &Context<'_>, parent: &ChartName, dependency: &ChartName) -> Vec<String> {
    let parents = context.charts.iter().filter_map(|root| find(root, parent));
    let asked = parents.flat_map(|parent| parent.metadata.dependencies.iter().flatten());
    let asked = asked.filter(|asked| asked.name.as_ref() == dependency.name.as_str());
    let key =
        |asked: &Dependency| if asked.alias.is_empty() { asked.name.to_string() } else { asked.alias.to_string() };
    asked.map(key).collect()
}

/// The chart of that name and version at or below `root`.
fn find<'a>(root: &'a Chart, name: &ChartName) -> Option<&'a Chart> {
    let is_it = *root.name() == *name.name && root.metadata.version.to_string() == name.version;
    if is_it { Some(root) } else { root.subcharts.iter().find_map(|chart| find(chart, name)) }
}
