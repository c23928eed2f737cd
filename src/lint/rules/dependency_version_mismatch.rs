//! A vendored chart has another version than `Chart.yaml` asks for, or than `Chart.lock` pins.

use std::sync::Arc;

use crate::chart::{Chart, Dependency, is_compatible};
use crate::lint::{ChartName, Context, Finding, Rule};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chart in context.charts {
        check_chart(rule, chart, &mut findings);
    }
    findings
}

fn check_chart(rule: &'static Rule, chart: &Arc<Chart>, findings: &mut Vec<Finding>) {
    for dependency in chart.metadata.dependencies.iter().flatten() {
        let copies: Vec<_> = chart.subcharts.iter().filter(|copy| *copy.name() == dependency.name).collect();
        let fits = |copy: &&&Arc<Chart>| is_compatible(&dependency.version, &copy.metadata.version);
        // No copy at all is an unavailable chart. Several copies of which one fits are an ambiguous one at most.
        // Without a version Helm takes whatever is there; only an alias needs one.
        if dependency.version.is_empty() && dependency.alias.is_empty() {
            continue;
        }
        match (copies.first(), copies.iter().find(fits)) {
            (Some(copy), None) => findings.extend(against_metadata(rule, chart, dependency, copy)),
            (Some(_), Some(copy)) => findings.extend(against_lock(rule, chart, dependency, &copies, copy)),
            (None, _) => {}
        }
    }
    chart.subcharts.iter().for_each(|subchart| check_chart(rule, subchart, findings));
}

fn against_metadata(rule: &'static Rule, chart: &Chart, dependency: &Dependency, copy: &Chart) -> Option<Finding> {
    let span = dependency.version.exact_span().or_else(|| dependency.name.exact_span())?;
    let (wanted, found) = (&dependency.version, &copy.metadata.version);
    let lost = lost(dependency);
    let message = format!(
        "{} asks for {} {wanted}, but charts/ holds {found}. Helm deploys it all the same{lost}. Fetch the chart again, or ask \
         for {found}",
        chart.name(),
        dependency.name
    );
    let subject = format!("{}:{}", chart.name(), called(dependency));
    let finding = Finding::new(rule, span, subject, message).label(format!("charts/ holds {found}"));
    Some(finding.chart(name_of(copy)).related("the version that is there", place(copy)))
}

fn against_lock(
    rule: &'static Rule,
    chart: &Chart,
    dependency: &Dependency,
    copies: &[&Arc<Chart>],
    copy: &Chart,
) -> Option<Finding> {
    let locked = chart.lock.as_ref()?.dependencies.iter().find(|locked| {
        // The same chart under several aliases has as many lines, which tell themselves apart by their version.
        locked.name == dependency.name && is_compatible(&dependency.version, &locked.version)
    })?;
    if copies.iter().any(|copy| is_compatible(&locked.version, &copy.metadata.version)) {
        return None;
    }
    let span = locked.version.exact_span().or_else(|| locked.name.exact_span())?;
    let (wanted, found) = (&locked.version, &copy.metadata.version);
    let message = format!(
        "the lock file of {} pins {} {wanted}, but charts/ holds {found}, which Helm renders. Run `helm dependency build`, or \
         `helm dependency update` if {found} is meant",
        chart.name(),
        dependency.name
    );
    let subject = format!("{}:{}:lock", chart.name(), called(dependency));
    let finding = Finding::new(rule, span, subject, message).label(format!("charts/ holds {found}"));
    Some(finding.chart(name_of(copy)).related("the version that is there", place(copy)))
}

/// What of the declaration does not apply, in words. Without an alias nothing is lost: Helm switches charts off by name.
fn lost(dependency: &Dependency) -> &'static str {
    let switched = !dependency.condition.is_empty() || !dependency.tags.is_empty();
    match (dependency.alias.is_empty(), switched) {
        (true, _) => "",
        (false, false) => ", but not under its alias",
        (false, true) => ", but not under its alias, and its condition and tags do not apply",
    }
}

fn called(dependency: &Dependency) -> &str {
    if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias }
}

fn name_of(chart: &Chart) -> ChartName {
    ChartName { name: chart.name().to_string(), version: chart.metadata.version.to_string() }
}

fn place(chart: &Chart) -> Option<Span> {
    chart.metadata.version.exact_span().or_else(|| chart.name().exact_span())
}
