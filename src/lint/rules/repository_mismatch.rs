//! The documented chart deploys another repository.

use std::ops::Range;

use super::tag_mismatch::obstacle;
use super::{undocumented_dynamic_image, undocumented_source};
use crate::image::Reference;
use crate::lint::addition::listable;
use crate::lint::overridden::may_be_own;
use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety, Verdict};
use crate::mirror::Entry;

/// What is to be done about an image that the team itself may have copied there.
fn advice_on_own(entry: &str, deployed: &Reference, documented: bool) -> &'static str {
    match (entry == deployed.path(), documented) {
        (false, _) => {
            "If that is your own registry, call the entry as the repository there is called; else list that image"
        }
        (true, false) => "If that is your own registry, note from which chart the entry is; else list that image",
        (true, true) => "If that is your own registry, name it in values of your own; else list that image",
    }
}

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let Verdict::OtherRepository { uses, documented } = judged.verdict else { continue };
        let used = context.used(uses[0]);
        let image = used.reference.as_str();
        let name = &judged.entry.name.text;
        let message = if *documented {
            let deployed = differences(judged.reference, &used.reference);
            format!("`{name}` is documented as from {}, which deploys {deployed}", used.chart)
        } else {
            format!("no chart deploys what `{name}` lists; {} deploys {image}, which nothing lists", used.chart)
        };
        let obstacle = obstacle(context, judged.reference, used, &used.reference);
        let own = || may_be_own(context.listed, &used.reference);
        let obstacle = obstacle.or_else(|| own().then(|| advice_on_own(name, &used.reference, *documented)));
        // What the scripts can read, where there is such a way to write it.
        let wanted = listable(context, name, used).unwrap_or_else(|_| used.reference.clone());
        let mut edits: Vec<_> = context.replace(judged.entry.source.span, wanted.as_str()).into_iter().collect();
        edits.extend(context.comments(judged.entry, &wanted));
        edits.extend(notes(context, judged.entry, uses[0], &wanted));
        let place = used.decisive(other_part(judged.reference, &used.reference)).map(|(span, _)| span);
        let mut finding = judged
            .finding(rule, judged.name_span(), message)
            .label(format!("the charts deploy {}", used.reference.name()))
            .expected(image)
            .chart(used.chart.clone())
            .related(format!("{} names it here", used.chart), place)
            .fix(obstacle.is_none().then(|| Fix::new(format!("List {wanted}"), Safety::Unsafe, edits)));
        if let Some(advice) = obstacle {
            finding = finding.advise(advice);
        }
        finding.scenarios = used.scenarios.clone();
        findings.push(finding);
    }
    findings
}

/// What the comments of `entry` should say and do not, once it lists `image` for the use of index `at`.
fn notes(context: &Context<'_>, entry: &Entry, at: usize, image: &Reference) -> Vec<Edit> {
    let used = context.used(at);
    let of_source = entry.note.from.is_none() && !context.is_silenced(entry, "undocumented-source");
    let source = of_source.then(|| undocumented_source::missing_note(context, entry, used));
    let of_region = !context.is_silenced(entry, "undocumented-dynamic-image");
    let region = undocumented_dynamic_image::missing_note(context, entry, at, image).filter(|_| of_region);
    match (source, region.map(|(_, edit)| edit)) {
        (Some(source), Some(region)) if source.span == region.span => {
            vec![Edit { text: source.text + &region.text, ..source }]
        }
        (source, region) => source.into_iter().chain(region).collect(),
    }
}

/// What is deployed and what is not, without what both have in common.
fn differences(listed: &Reference, deployed: &Reference) -> String {
    let registry = |image: &'_ Reference| image.registry().unwrap_or("docker.io").to_owned();
    let (one, other) = (registry(deployed), registry(listed));
    if listed.path() == deployed.path() {
        return format!("it from {one} and not from {other}");
    }
    match one == other {
        true => format!("{} and not {}", &deployed.as_str()[deployed.path_range().start..], listed.path()),
        false => format!("{} instead", deployed.as_str()),
    }
}

/// Where `deployed` names another registry or another path than `listed`: the path when both differ.
fn other_part(listed: &Reference, deployed: &Reference) -> Range<usize> {
    if listed.path() == deployed.path() { deployed.name_range() } else { deployed.path_range() }
}
