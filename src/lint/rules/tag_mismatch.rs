//! The charts deploy this repository with another tag.

use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::context::{version_of, version_place};
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let Verdict::OtherVersion { uses } = judged.verdict else { continue };
        let used = context.used(uses[0]);
        if used.reference.tag() != judged.reference.tag() {
            findings.push(other_version(rule, context, judged, used));
        }
    }
    findings
}

/// The finding about an entry whose repository is deployed with another tag or digest, as in `used`.
pub(super) fn other_version(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>, used: &Use) -> Finding {
    let (listed, deployed) = (version_of(judged.reference), version_of(&used.reference));
    let message = format!("`{}` lists {listed}, but {} deploys {deployed}", judged.entry.name.text, used.chart);
    let place = version_place(used);
    let mut finding = judged
        .finding(rule, judged.tag_span(), message)
        .label(format!("the charts deploy {deployed}"))
        .expected(used.reference.as_str())
        .chart(used.chart.clone());
    if let Some((span, layer)) = place {
        finding = finding.related(format!("{} says {deployed} ({layer})", used.chart), Some(span));
    }
    finding.scenarios = used.scenarios.clone();
    finding.fix(fix(context, judged, used))
}

/// Gives the entry the version of `used`, and its comments with it; none when the scripts could not read that.
pub(super) fn fix(context: &Context<'_>, judged: Judged<'_>, used: &Use) -> Option<Fix> {
    let (listed, deployed) = (judged.reference, &used.reference);
    let version = match (deployed.tag(), deployed.digest()) {
        (None, None) => ":latest".to_owned(),
        // Only who lists digests already is given another one.
        (Some(tag), Some(_)) if listed.digest().is_none() => format!(":{tag}"),
        (None, Some(_)) if listed.digest().is_none() => return None,
        _ => deployed.as_str()[deployed.name_range().end..].to_owned(),
    };
    let place = judged.span(listed.name_range().end..listed.as_str().len());
    let mut edits: Vec<Edit> = context.replace(place, &version).into_iter().collect();
    // The comments that document the tag go with it: they are one statement.
    let whole = format!("{}{version}", listed.name());
    edits.extend(Reference::parse(&whole).iter().flat_map(|image| context.comments(judged.entry, image)));
    let note = &judged.entry.note;
    let named = note.charts().find(|named| named.chart.text == used.chart.name);
    let noted = named.and_then(|named| named.version.as_ref());
    edits.extend(noted.and_then(|noted| context.replace(noted.span, &used.chart.version)));
    Some(Fix::new(format!("Set the tag to {}", version.trim_start_matches([':', '@'])), Safety::Safe, edits))
}
