//! The charts deploy this repository with another tag.

use super::floats;
use super::wrong_source::same_version;
use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::addition::{HAS_NO_TAG, MOVES, spoilt};
use crate::lint::context::{version_of, version_place};
use crate::lint::note::true_source;
use crate::lint::same::as_entry;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict, wanted};
use crate::mirror::SourceNote;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let used = judged.verdict.uses().first().map(|at| (*at, context.used(*at)));
        match (judged.verdict, used) {
            (Verdict::OtherVersion { .. }, Some((_, used))) if differs(judged, used) => {
                findings.push(other_version(rule, context, judged, used));
            }
            (Verdict::Unpushed { expected, .. }, Some((at, used)))
                if is_of_chart(judged, used) && context.overridden.contains(&at) =>
            {
                findings.push(unpushed(rule, context, judged, used, expected));
            }
            _ => {}
        }
    }
    findings
}

/// Whether `used` asks the team's own registry for another tag than the copy of the entry pushes, and a chart says so: then it is the list
/// that is wrong.
pub(super) fn is_of_chart(judged: Judged<'_>, used: &Use) -> bool {
    let Verdict::Unpushed { expected, by_override: false, .. } = judged.verdict else { return false };
    used.reference.digest().is_none() && used.reference.tag() == expected.tag()
}

/// The finding about an entry whose copy `used` takes from the team's own registry, but with the tag of `expected`.
fn unpushed(
    rule: &'static Rule,
    context: &Context<'_>,
    judged: Judged<'_>,
    used: &Use,
    expected: &Reference,
) -> Finding {
    let (name, listed, asked) = (&judged.entry.name.text, version_of(judged.reference), version_of(expected));
    let message =
        format!("`{name}` lists {listed}, but {} takes {asked} by that name from the private registry", used.chart);
    let registry = used.reference.registry_range().and_then(|range| used.decisive(range));
    let said = version_place(used).map(|(span, layer)| (format!("{} says {asked} ({layer})", used.chart), span));
    let (said, place) = said.unzip();
    let mut finding = judged
        .finding(rule, judged.tag_span(), message)
        .label(format!("the charts ask for {asked}"))
        .expected(expected.as_str())
        .chart(used.chart.clone())
        .related(said.unwrap_or_default(), place)
        .related("values point at the private registry here", registry.map(|place| place.0));
    if let Some(advice) = obstacle(context, judged.reference, used, expected) {
        finding = finding.advise(advice);
    }
    finding.scenarios = used.scenarios.clone();
    finding.fix(fix(context, judged, used))
}

/// Whether it is the tag in which the entry and `used` differ, and not the digest alone.
pub(super) fn differs(judged: Judged<'_>, used: &Use) -> bool {
    used.is_completed() || used.reference.tag() != judged.reference.tag()
}

/// The finding about an entry whose repository is deployed with another tag or digest, as in `used`.
pub(super) fn other_version(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>, used: &Use) -> Finding {
    let known = wanted(judged.reference, used);
    // Without a system in the list, nobody knows which ones the nodes have.
    let behind = if known.is_none() { " with the node's system behind it" } else { "" };
    let wanted = known.unwrap_or_else(|| used.reference.clone());
    let (listed, deployed) = (version_of(judged.reference), version_of(&wanted));
    let as_needed = (!behind.is_empty()).then_some("List it as your nodes have it");
    let advice = obstacle(context, judged.reference, used, &wanted);
    let advice = advice.or_else(|| alone(judged.reference, &wanted)).or(as_needed);
    let message = format!("`{}` lists {listed}, but {} deploys {deployed}{behind}", judged.entry.name.text, used.chart);
    let place = version_place(used);
    let mut finding = judged
        .finding(rule, judged.tag_span(), message)
        .label(format!("the charts deploy {deployed}"))
        .expected(wanted.as_str())
        .chart(used.chart.clone());
    if let Some((span, layer)) = place {
        let said = version_of(&used.reference);
        finding = finding.related(format!("{} says {said} ({layer})", used.chart), Some(span));
    }
    if let Some(advice) = advice {
        finding = finding.advise(advice);
    }
    finding.scenarios = used.scenarios.clone();
    finding.fix(fix(context, judged, used))
}

/// What has to be done before an entry that lists `listed` can list the version of `deployed`, the image of `used` or what that is in
/// another region or on another system.
pub(super) fn obstacle(
    context: &Context<'_>,
    listed: &Reference,
    used: &Use,
    deployed: &Reference,
) -> Option<&'static str> {
    if let Some(advice) = spoilt(context, used) {
        Some(advice)
    } else if floats(deployed) {
        Some(MOVES)
    } else if deployed.tag().is_none() {
        // Only who lists a digest already is given another one.
        listed.digest().is_none().then_some(HAS_NO_TAG)
    } else {
        floats(&as_entry(deployed)).then_some(HAS_NO_TAG)
    }
}

/// What an entry with a digest is to list in place of another one.
fn alone(listed: &Reference, deployed: &Reference) -> Option<&'static str> {
    let both = listed.digest().is_some() && deployed.digest().is_some() && deployed.tag().is_some();
    both.then_some("The copy scripts cannot read a digest: list the tag alone")
}

/// Gives the entry the version of `used`, and its comments with it; none when something has to be done first.
pub(super) fn fix(context: &Context<'_>, judged: Judged<'_>, used: &Use) -> Option<Fix> {
    let listed = judged.reference;
    let deployed = &wanted(listed, used)?;
    if obstacle(context, listed, used, deployed).is_some() {
        return None;
    }
    let listable = as_entry(deployed);
    let version = &listable.as_str()[listable.name_range().end..];
    let place = judged.span(listed.name_range().end..listed.as_str().len());
    let mut edits: Vec<Edit> = context.replace(place, version).into_iter().collect();
    // The comments that document the tag go with it: they are one statement.
    let whole = format!("{}{version}", listed.name());
    edits.extend(Reference::parse(&whole).iter().flat_map(|image| context.comments(judged.entry, image)));
    let note = &judged.entry.note;
    let silenced = context.is_silenced(judged.entry, "wrong-comment");
    let mut remarks = context.remarked_versions(judged.entry, used);
    for remark in note.tags.iter().filter(|_| !silenced).filter_map(|field| field.remark.as_ref()) {
        if let Some((range, words)) = true_source(&remark.text, context.sources, used) {
            let span = remark.span_of(range);
            remarks.retain(|edit| edit.span.end <= span.start || span.end <= edit.span.start);
            edits.push(Edit { span, text: words });
        }
    }
    edits.extend(remarks);
    if !context.is_silenced(judged.entry, "wrong-source") {
        edits.extend(noted_version(context, note, used));
    }
    let title = match listed.tag().is_some() && listed.tag() == listable.tag() {
        true => "List the tag alone".to_owned(),
        false => format!("Set the tag to {}", version.trim_start_matches([':', '@'])),
    };
    Some(Fix::new(title, Safety::Safe, edits))
}

/// Makes the note that names a chart of `used` say its version, unless there is one that does: of several one is enough.
fn noted_version(context: &Context<'_>, note: &SourceNote, used: &Use) -> Option<Edit> {
    let of_charts = || {
        note.charts().filter_map(|named| {
            let chart = *used.charts_named(&named.chart.text).first()?;
            Some((named.version.as_ref(), chart.version.as_str()))
        })
    };
    if of_charts().any(|(noted, version)| noted.is_none_or(|noted| same_version(&noted.text, version))) {
        return None;
    }
    of_charts().find_map(|(noted, version)| context.replace(noted?.span, version))
}
