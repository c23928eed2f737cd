//! The charts deploy this repository with another tag.

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

/// Gives the entry the version of `used`, and its comments with it.
pub(super) fn fix(context: &Context<'_>, judged: Judged<'_>, used: &Use) -> Fix {
    let image = judged.reference;
    let version = &used.reference.as_str()[used.reference.name_range().end..];
    let listed = judged.span(image.name_range().end..image.as_str().len());
    let mut edits: Vec<Edit> = context.replace(listed, version).into_iter().collect();
    // The comments that document the tag go with it: they are one statement.
    let note = &judged.entry.note;
    if let (Some(field), Some(tag)) = (&note.tag, used.reference.tag()) {
        edits.extend(context.replace(field.value.span, tag));
    }
    if let Some((named, version)) = note.from.as_ref().and_then(|named| Some((named, named.version.as_ref()?)))
        && named.chart.text == used.chart.name
    {
        edits.extend(context.replace(version.span, &used.chart.version));
    }
    Fix::new(format!("Set the tag to {}", version_of(&used.reference)), Safety::Safe, edits)
}
