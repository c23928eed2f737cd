//! A vendored chart has another version than `Chart.yaml` asks for, or than `Chart.lock` pins.

use std::sync::Arc;

use crate::chart::version::Version;
use crate::chart::{Chart, Dependency, Place, is_compatible};
use crate::lint::number::{Number, numbers};
use crate::lint::{ChartName, Context, Finding, Rule};
use crate::source::{Sources, Span};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chart in context.charts {
        check_chart(rule, context.sources, chart, &mut findings);
    }
    findings
}

fn check_chart(rule: &'static Rule, sources: &Sources, chart: &Arc<Chart>, findings: &mut Vec<Finding>) {
    for dependency in chart.metadata.dependencies.iter().flatten() {
        let copies: Vec<_> = chart.subcharts.iter().filter(|copy| *copy.name() == dependency.name).collect();
        let fits = |copy: &&&Arc<Chart>| is_compatible(&dependency.version, &copy.metadata.version);
        // No copy at all is an unavailable chart. Several copies of which one fits are an ambiguous one at most.
        // Without a version Helm takes whatever is there; only an alias needs one.
        if dependency.version.is_empty() && dependency.alias.is_empty() {
            continue;
        }
        match (copies.first(), copies.iter().find(fits)) {
            // What mends this writes the lock file anew: nothing is said of it beside.
            (Some(copy), None) => findings.extend(against_metadata(rule, sources, chart, dependency, copy)),
            (Some(_), Some(copy)) => findings.extend(against_lock(rule, chart, dependency, &copies, copy)),
            (None, _) => {}
        }
        if copies.is_empty() || copies.iter().any(|copy| fits(&copy)) {
            findings.extend(lock_against_metadata(rule, chart, dependency));
        }
    }
    chart.subcharts.iter().for_each(|subchart| check_chart(rule, sources, subchart, findings));
}

fn against_metadata(
    rule: &'static Rule,
    sources: &Sources,
    chart: &Chart,
    dependency: &Dependency,
    copy: &Chart,
) -> Option<Finding> {
    let number = numbers(sources, &dependency.version).into_iter().next();
    let written = number.as_ref().map(|number| number.span).or_else(|| dependency.version.exact_span());
    let span = written.or_else(|| dependency.name.exact_span())?;
    let (wanted, found) = (&dependency.version, &copy.metadata.version);
    let why = why(number.as_ref(), wanted, found);
    // What is read where it lies was never in `charts/`, and `helm dependency build` does not take it there.
    let folder =
        dependency.repository.strip_prefix("file://").filter(|_| !copy.path.starts_with(chart.path.join("charts")));
    let (holder, effect, advice) = match folder {
        Some(folder) => (folder, "`helm dependency build` refuses it".to_owned(), format!("Ask for {found}")),
        None => {
            let effect = effect(chart, dependency, copy);
            ("charts/", effect, remedy(chart, dependency, copy, found))
        }
    };
    let (above, name) = (chart.name(), &dependency.name);
    let message = format!("{above} asks for {name} {wanted}, but {holder} holds {found}{why}. {effect}");
    let subject = format!("{above}:{}", called(dependency));
    let finding = Finding::new(rule, span, subject, message).label(format!("{holder} holds {found}")).advise(advice);
    Some(finding.chart(name_of(copy)).related("the version that is there", place(copy)))
}

/// What puts the version that is asked for in the place of `copy`, which is `found`; within a package only its makers can do that.
fn remedy(chart: &Chart, dependency: &Dependency, copy: &Chart, found: &str) -> String {
    let remedy = match copy.place {
        _ if chart.place != Place::Folder => return "Tell its makers, or take another version of it".to_owned(),
        _ if dependency.repository.is_empty() => "Put the right one there",
        Place::Folder => "Delete that folder and run `mirrorlint fetch --vendor`",
        Place::Package | Place::Inside => "Run `mirrorlint fetch --vendor`",
    };
    format!("{remedy}, or ask for {found}")
}

/// Why a version does not do that seems to, if it does.
fn why(number: Option<&Number>, wanted: &str, found: &str) -> String {
    if let Some(number) = number {
        return format!(": {} has no quotes, and as a {} it is {wanted}", number.written, number.kind());
    }
    let released = found.split(['-', '+']).next().unwrap_or_default();
    let early = found.split('+').next().is_some_and(|version| version.contains('-'));
    match early && is_compatible(wanted, released) {
        true => ": a range takes no pre-release unless it names one".to_owned(),
        false => String::new(),
    }
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
        "the lock file of {} pins {} {wanted}, but charts/ holds {found}, which Helm renders",
        chart.name(),
        dependency.name
    );
    let subject = format!("{}:{}:lock", chart.name(), called(dependency));
    let finding = Finding::new(rule, span, subject, message).label(format!("charts/ holds {found}"));
    let advice = format!("Run `helm dependency build`, or `helm dependency update` if {found} is meant");
    let finding = finding.advise(advice);
    Some(finding.chart(name_of(copy)).related("the version that is there", place(copy)))
}

/// A lock file that pins what `Chart.yaml` does not allow (any more): `helm dependency build` refuses it. Nobody builds a chart
/// within a package.
fn lock_against_metadata(rule: &'static Rule, chart: &Chart, dependency: &Dependency) -> Option<Finding> {
    let lock = chart.lock.as_ref().filter(|_| chart.place == Place::Folder && !dependency.version.is_empty())?;
    let pinned = || lock.dependencies.iter().filter(|pinned| pinned.name == dependency.name);
    // The same chart under several aliases has as many lines: Helm writes them in the order of `Chart.yaml`.
    if pinned().any(|pinned| is_compatible(&dependency.version, &pinned.version)) {
        return None;
    }
    let alike = chart.metadata.dependencies.iter().flatten().filter(|other| other.name == dependency.name);
    let number = alike.take_while(|other| !std::ptr::eq(*other, dependency)).count();
    let pinned = pinned().nth(number).or_else(|| pinned().next())?;
    Version::parse(&pinned.version).ok()?;
    let span = pinned.version.exact_span().or_else(|| pinned.name.exact_span())?;
    let message = format!(
        "the lock file of {} pins {} {}, but {} is asked for: `helm dependency build` refuses it as out of sync",
        chart.name(),
        dependency.name,
        pinned.version,
        dependency.version
    );
    let subject = format!("{}:{}:lock", chart.name(), called(dependency));
    let finding = Finding::new(rule, span, subject, message).label(format!("{} is asked for", dependency.version));
    let finding = finding.advise("Run `helm dependency update`");
    Some(finding.related("this version is asked for", dependency.version.exact_span()))
}

/// What Helm makes of a `copy` that does not fit `dependency`. Measured with Helm 3.10.1: a copy that fits any dependency of its name is
/// deployed as those that it fits, and as no other; one that fits none goes by its own name, which a dependency without alias may
/// switch off.
fn effect(chart: &Chart, dependency: &Dependency, copy: &Chart) -> String {
    let alike = || chart.metadata.dependencies.iter().flatten().filter(|other| other.name == dependency.name);
    if let Some(fitting) = alike().find(|other| is_compatible(&other.version, &copy.metadata.version)) {
        return format!("Helm deploys it only as `{}`", called(fitting));
    }
    let is_plain = |other: &&Dependency| *called(other) == *other.name;
    match alike().find(is_plain).filter(|_| !is_plain(&dependency)) {
        Some(plain) => format!("Helm deploys it all the same, as `{}`{}", plain.name, but(plain)),
        None => format!("Helm deploys it all the same{}", but(dependency)),
    }
}

/// What of the declaration applies nevertheless, and what does not, in words. Measured with Helm 3.10.1: it switches charts off by
/// their names, whatever their versions; under an alias it looks for the alias, which such a chart does not get.
fn but(dependency: &Dependency) -> String {
    let tags = dependency.tags.as_ref().is_some_and(|tags| !tags.is_empty());
    let (switches, apply, switch) = match (dependency.condition.is_empty(), tags) {
        (true, false) => ("", "", ""),
        (false, false) => ("condition", "does", "switches"),
        (true, true) => ("tags", "do", "switch"),
        (false, true) => ("condition and tags", "do", "switch"),
    };
    let is_renamed = !dependency.alias.is_empty() && dependency.alias != dependency.name;
    match (is_renamed, switches) {
        (false, "") => String::new(),
        (false, switches) => format!(" unless its {} {switch} it off", switches.replace(" and ", " or its ")),
        (true, "") => ", but not under its alias".to_owned(),
        (true, switches) => format!(", but not under its alias, and its {switches} {apply} not apply"),
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
