//! The charts deploy this repository with the same tag and another digest.

use super::tag_mismatch::other_version;
use crate::inventory::Use;
use crate::lint::context::{version_of, version_place};
use crate::lint::{Context, Finding, Judged, Rule, Verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        if let Verdict::Right { uses } = judged.verdict {
            findings.extend(two_digests(rule, context, judged, uses));
        }
        let Verdict::OtherVersion { uses } = judged.verdict else { continue };
        let used = context.used(uses[0]);
        // A chart that deploys a tag alone takes what stands behind it: the digest that the list pins is one such.
        if used.reference.tag() == judged.reference.tag() && used.reference.digest().is_some() {
            findings.push(other_version(rule, context, judged, used));
        }
    }
    findings
}

/// An entry that lists a tag alone, which two charts, or two containers, pin to two digests at once: the copy brings one of them.
fn two_digests(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>, uses: &[usize]) -> Option<Finding> {
    let pinned = uses.iter().map(|at| context.used(*at)).filter(|used| used.reference.digest().is_some());
    let pinned: Vec<&Use> = pinned.filter(|_| judged.reference.digest().is_none()).collect();
    let together = |one: &Use, other: &Use| one.scenarios.iter().any(|name| other.scenarios.contains(name));
    let differ = |one: &Use, other: &Use| one.reference.digest() != other.reference.digest() && !one.is_variant(other);
    let (one, other) = pinned.iter().enumerate().find_map(|(at, one)| {
        let other = pinned[at + 1..].iter().find(|other| differ(one, other) && together(one, other))?;
        Some((*one, *other))
    })?;
    let digest = |used: &Use| used.reference.digest().unwrap_or_default().to_owned();
    let deployed = match one.chart == other.chart {
        true => format!("{} deploys {} and {}", one.chart, digest(one), digest(other)),
        false => format!("{} deploys {} and {} deploys {}", one.chart, digest(one), other.chart, digest(other)),
    };
    let message = format!(
        "`{}` lists {}, which is one image, but the charts pin it to two: {deployed}",
        judged.entry.name.text,
        version_of(judged.reference),
    );
    let mut finding = judged.finding(rule, judged.tag_span(), message).label("two digests are deployed");
    finding = finding.advise("The copy brings only one: pin them alike");
    for used in [one, other] {
        let place = version_place(used).map(|(span, _)| span);
        finding = finding.related(format!("{} says {}", used.chart, digest(used)), place);
    }
    finding.scenarios = one.scenarios.clone();
    Some(finding.chart(one.chart.clone()))
}
