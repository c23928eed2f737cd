//! What is not known of the charts, and of which entries nothing can be said, in sentences. Judges nothing.

use super::reconcile::Listed;
use super::verdict::Verdict;
use super::{Settings, Workspace, rules};
use crate::chart::ChartError;
use crate::inventory::{Gap, Problem, RegionOf, RegionValue, Survey, Target};
use crate::source::{Sources, path_from};

/// What is not known of what charts deploy, for charts are not there or cannot be rendered.
pub(super) fn gaps(problems: &[Problem], all: &[String]) -> Vec<Gap> {
    let gap = |problem: &Problem| match problem {
        Problem::Unavailable { span, .. } => {
            let (problem, advice) = rules::unavailable_chart::sentences(problem)?;
            Some(Gap { message: format!("{problem}. {advice}"), span: Some(*span), is_refusal: false })
        }
        Problem::Unrenderable { message, span, scenarios, .. } => {
            let under = under(scenarios, all).unwrap_or_default();
            Some(Gap { message: format!("{message}{under}"), span: Some(*span), is_refusal: true })
        }
        Problem::Ambiguous(_) => None,
    };
    problems.iter().filter_map(gap).collect()
}

/// Which schemas say nothing, for they cannot be read.
pub(super) fn unread(survey: &Survey) -> Vec<Gap> {
    let gap = |error: &ChartError| Gap { message: error.message.clone(), span: error.span, is_refusal: false };
    survey.unread.iter().map(gap).collect()
}

/// Where the region of a scenario changes nothing, though somebody asked for it or values say another one.
pub(super) fn in_vain(survey: &Survey, targets: &[Target], settings: &Settings) -> Vec<Gap> {
    let region_of = |found: &RegionOf| {
        let target = targets.iter().find(|target| target.chart.path == found.root)?;
        let scenario = target.scenarios.iter().find(|scenario| scenario.name == found.scenario)?;
        // What is told to be a region's scenario was not asked for by its name.
        let configured = scenario.region.as_ref() != Some(&scenario.name);
        Some((scenario.region.clone()?, configured || settings.regions.contains(&scenario.name)))
    };
    let gap = |found: &RegionOf| {
        let (region, is_asked) = region_of(found).filter(|_| !found.is_taken)?;
        let chart = &found.chart;
        let (message, span) = match found.others.first() {
            Some(RegionValue { path, region: other, span }) => {
                let rest = found.others.len() - 1;
                let more = if rest > 0 { format!(" (and {rest} more)") } else { String::new() };
                let message = format!(
                    "{chart} has no empty `region` value, so {region} changes nothing in it: its values set `{path}` to \
                     {other}{more}; `--set {path}={region}` says otherwise"
                );
                (message, *span)
            }
            None if is_asked => {
                (format!("{chart} has no empty `region` value, so {region} changes nothing in it"), None)
            }
            None => return None,
        };
        Some(Gap { message, span, is_refusal: false })
    };
    survey.regions.iter().filter_map(gap).collect()
}

/// Why `regions`, which the list's ECR hosts name, are no scenarios.
pub(super) fn unknown_regions(regions: &[String]) -> String {
    let those = regions.join(" and ");
    let (them, such) = if regions.len() == 1 { ("it", "no such region") } else { ("them", "no such regions") };
    format!(
        "{those}: only hosts that the charts never build name {them}, and the charts know {such}: no scenario is made of {them}"
    )
}

/// A gap as a closing line.
pub(super) fn said_with_place(sources: &Sources, workspace: &Workspace, gap: &Gap) -> String {
    let Some(span) = gap.span else { return gap.message.clone() };
    let file = sources.get(span.file);
    let path = path_from(&std::path::absolute(&workspace.root).unwrap_or_default(), file.path());
    format!("{} ({}:{})", gap.message, path.display(), file.position(span.start as usize).line)
}

/// ` (under the scenario a)`; nothing when it is under `all` of them, or none is known.
pub(super) fn under(scenarios: &[String], all: &[String]) -> Option<String> {
    if scenarios.is_empty() || scenarios.len() >= all.len() {
        return None;
    }
    let what = if scenarios.len() == 1 { "the scenario" } else { "the scenarios" };
    Some(format!(" (under {what} {})", scenarios.join(", ")))
}

/// The entries of which nothing can be said, in a sentence: why is told with what is wrong with the charts, or with the lines that
/// cannot be read where some of the list `is_unread`.
pub(super) fn unjudged(listed: &[Listed], verdicts: &[Verdict], is_unread: bool) -> Option<String> {
    let unknown = listed.iter().zip(verdicts).filter(|(_, verdict)| **verdict == Verdict::Unknown);
    let names: Vec<String> = unknown.map(|(entry, _)| format!("`{}`", entry.name)).collect();
    let those = match names.as_slice() {
        [] => return None,
        [first, second, _, _, ..] => format!("{first}, {second} and {} other entries", names.len() - 2),
        few => few.join(", "),
    };
    let lines = if is_unread { ", or of what other lines are for" } else { "" };
    Some(format!("not judged, for not all is known of what the charts deploy{lines}: {those}"))
}

/// Which charts could not be rendered, under which of `all` scenarios, and what that means, in a sentence.
pub(super) fn unrendered(problems: &[Problem], all: &[String]) -> Option<String> {
    let mut charts: Vec<(&str, Vec<String>)> = Vec::new();
    for problem in problems {
        let Problem::Unrenderable { chart, scenarios, .. } = problem else { continue };
        let at = charts.iter().position(|(name, _)| *name == chart.name).unwrap_or(charts.len());
        if at == charts.len() {
            charts.push((&chart.name, Vec::new()));
        }
        // Without any it cannot even be loaded.
        let failed = if scenarios.is_empty() { all } else { scenarios };
        let new = failed.iter().filter(|name| !charts[at].1.contains(name)).cloned().collect::<Vec<_>>();
        charts[at].1.extend(new);
    }
    let under: Vec<Option<String>> = charts.iter().map(|(_, failed)| under(failed, all)).collect();
    let names = charts.iter().zip(&under).map(|((name, _), under)| format!("{name}{}", under.as_deref().unwrap_or("")));
    let names = names.collect::<Vec<_>>().join(" and ");
    let those = if charts.len() == 1 { "it deploys" } else { "they deploy" };
    let there = if under.iter().all(Option::is_some) { " there" } else { "" };
    (!charts.is_empty()).then(|| format!("{names} could not be rendered: what {those}{there} is not known"))
}
