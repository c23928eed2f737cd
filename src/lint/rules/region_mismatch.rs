//! An ECR account and region pair that the charts never build.

use super::disabled_source::{places, scenarios};
use super::tag_mismatch::obstacle;
use crate::image::Reference;
use crate::inventory::when::{at_its_place, in_words};
use crate::inventory::{RegionValue, Use, is_region_name};
use crate::lint::note::region_of_note;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict, serves};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // What the fixes make of entries, and of which.
    let mut becoming: Vec<(&Reference, &str)> = Vec::new();
    for judged in context.judged() {
        let Verdict::OtherRegistry { uses, expected, own_region, possible } = judged.verdict else { continue };
        let (Some(listed), Some(built)) = (judged.reference.ecr(), expected.ecr()) else { continue };
        let used = context.used(uses[0]);
        let name = &judged.entry.name.text;
        // A value that names another region keeps the chart from what it would build in the entry's.
        let possible = possible.as_ref().filter(|_| !own_region);
        let setting = possible.and_then(|possible| Some((possible, setting(context, used, built.region())?)));
        let is_right = possible.is_some_and(|possible| serves_registry(judged.reference, possible));
        let when = used.when.as_deref();
        let even = when.map(|when| format!(" even when {}", in_words(when))).unwrap_or_default();
        let deploys = if when.is_some() { "would deploy" } else { "deploys" };
        let mut message =
            format!("`{name}` copies from account {} in {}, but {} ", listed.account(), listed.region(), used.chart);
        message.push_str(&match (&setting, own_region) {
            (Some((_, RegionValue { path, region, .. })), _) if is_right => format!(
                "{deploys} {}: values set `{path}` to {region}, not {}",
                expected.as_str(),
                listed.region()
            ),
            (Some((possible, RegionValue { path, region, .. })), _) => format!(
                "builds no such image: its values set `{path}` to {region}, where it deploys {}; with {} there it would deploy {}",
                expected.as_str(),
                listed.region(),
                possible.as_str()
            ),
            (None, false) if is_right => format!(
                "{deploys} {}: {} in {}, not {}",
                expected.as_str(),
                whereabouts(used),
                built.region(),
                listed.region()
            ),
            (None, true) if built.account() == listed.account() => {
                let registry = expected.registry().unwrap_or_default();
                format!("builds no such image{even}: in {} the registry is {registry}", built.region())
            }
            (None, true) => {
                format!("builds no such image{even}: in {} the account is {}", built.region(), built.account())
            }
            (None, false) => format!(
                "builds no such image{even}: as its values stand, it knows account {} in {}",
                built.account(),
                built.region()
            ),
        });
        let twin =
            context.judged().find(|other| other.entry.line != judged.entry.line && serves(other.reference, expected));
        if let Some(twin) = &twin {
            message.push_str(&format!(", which `{}` lists", twin.entry.name.text));
        }
        // Two entries made equal are one too many.
        let other = becoming.iter().find(|(image, _)| serves(image, expected)).filter(|_| twin.is_none());
        if let Some((_, other)) = other {
            message.push_str(&format!(", which `{other}` becomes"));
        }
        let obstacle = obstacle(context, judged.reference, used, expected);
        let advice = match (&twin, &other) {
            (None, None) if is_right => Some("Change one of the two"),
            (None, None) => obstacle,
            _ => Some("Delete one of the two"),
        };
        let place = used.decisive(used.reference.registry_range().unwrap_or_default()).map(|(span, _)| span);
        let host = judged.reference.registry_range().unwrap_or_default();
        let mut finding = judged
            .finding(rule, judged.span(host), message)
            .label(format!("the charts build {}.{}", built.account(), built.region()))
            .expected(expected.as_str())
            .chart(used.chart.clone())
            .related(format!("{} names its registry here", used.chart), place)
            .related("the region is set here", setting.and_then(|(_, value)| value.span));
        finding.scenarios = used.scenarios.clone();
        // What is off is so with the right registry, too.
        if let Some(when) = when {
            finding.scenarios = scenarios(context, used, when);
            finding = finding.tells_too("disabled-source");
            for (fact, span) in places(context, when) {
                finding = finding.related(at_its_place(fact), Some(span));
            }
        }
        if let Some(advice) = advice {
            finding = finding.advise(advice);
        }
        if twin.is_none() && other.is_none() && obstacle.is_none() {
            // Another region is a guess: values that are set may stand for one of several.
            let safety = if *own_region { Safety::Safe } else { Safety::Unsafe };
            finding = finding.fix(fix(context, judged, expected, safety));
            becoming.push((expected, name));
        }
        findings.push(finding);
    }
    findings
}

/// The value that says `region` to the chart of `used`, when one does: of its own values rather than of another chart's.
fn setting<'a>(context: &Context<'a>, used: &Use, region: &str) -> Option<&'a RegionValue> {
    let known =
        context.regions.iter().find(|known| known.root == used.root && used.scenarios.contains(&known.scenario))?;
    let prefix = used.path[1..].join(".");
    let names = |value: &&RegionValue| value.region == region;
    let own = |value: &&RegionValue| {
        value.path.strip_prefix(&prefix).is_some_and(|rest| !prefix.is_empty() && rest.starts_with('.'))
    };
    known.others.iter().filter(names).find(own).or_else(|| known.others.iter().find(names))
}

/// What it is that is in the region of `used`, and is.
fn whereabouts(used: &Use) -> String {
    match used.scenarios.as_slice() {
        [scenario] if scenario != "default" && !is_region_name(scenario) => format!("scenario `{scenario}` is"),
        _ => "as its values stand, it is".to_owned(),
    }
}

/// Whether both come from one registry.
fn serves_registry(one: &Reference, other: &Reference) -> bool {
    one.ecr().zip(other.ecr()).is_some_and(|(one, other)| one.same_registry(&other))
}

/// The whole image, and the comments that say the same.
fn fix(context: &Context<'_>, judged: Judged<'_>, expected: &Reference, safety: Safety) -> Fix {
    let note = &judged.entry.note;
    let mut edits: Vec<Edit> = context.replace(judged.entry.source.span, expected.as_str()).into_iter().collect();
    edits.extend(context.comments(judged.entry, expected));
    if let Some(built) = expected.ecr() {
        let regions = note.notes.iter().filter_map(|words| Some(words.span_of(region_of_note(&words.text)?)));
        edits.extend(regions.filter_map(|span| context.replace(span, built.region())));
    }
    if let (Some(field), Some(listed), Some(built)) = (&note.default_region, judged.reference.ecr(), expected.ecr()) {
        edits.extend(context.replace(field.value.span, built.region()));
        if let Some(remark) = &field.remark
            && let Some(at) = remark.text.find(listed.account())
        {
            let start = remark.span.start as usize + at;
            let span = Span::new(remark.span.file, start, start + listed.account().len());
            edits.extend(context.replace(span, built.account()));
        }
    }
    Fix::new(format!("List {}", expected.as_str()), safety, edits)
}
