//! Listed, but deployed only when something is switched on that is off.

use crate::inventory::when::{at_its_place, facts, in_words, is_met_by, printed_value};
use crate::inventory::{Mention, Use};
use crate::lint::addition::listable;
use crate::lint::context::version_of;
use crate::lint::same::takes_copy;
use crate::lint::{Context, Finding, Judged, Rule, Verdict, brings};
use crate::source::Span;

/// What to do about an image that a switch would bring.
const KEEP: &str = "Keep it for that, or delete it";

/// What to do about one that a chart names and that nothing was seen to bring.
const LOOK: &str = "Look there before you delete it";

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        if let Verdict::Mentioned(mention) = judged.verdict {
            findings.push(mentioned(rule, judged, mention));
        }
        let Verdict::Disabled { when, used } = judged.verdict else { continue };
        let used = used.map(|at| context.used(at));
        let name = &judged.entry.name.text;
        let mut finding = match used {
            Some(used) if brings(judged.reference, used) || takes_copy(judged.reference, used) => {
                let message = match in_values(used) {
                    Some(_) => format!(
                        "`{name}` lists an image that no template deploys as the values stand; {}",
                        source(used)
                    ),
                    None => format!("`{name}` is deployed only when {}; {}", in_words(when), source(used)),
                };
                let advice = if in_values(used).is_some() { LOOK } else { KEEP };
                let finding = judged.finding(rule, judged.entry.source.span, message).advise(advice);
                finding.label("deployed only when switched on")
            }
            Some(used) if used.invented().is_some() => {
                let message = format!(
                    "`{name}` lists {}, which {} may deploy when {}: which tag is for values to say",
                    version_of(judged.reference),
                    used.chart,
                    in_words(when)
                );
                let finding = judged.finding(rule, judged.entry.source.span, message).advise(KEEP);
                finding.label("deployed only when switched on")
            }
            Some(used) => other(rule, context, judged, used, when),
            None => {
                let noted = judged.entry.note.from.as_ref().map(|from| from.chart.text.as_str()).unwrap_or_default();
                let message =
                    format!("`{name}` is documented as from {noted}, which is deployed only when {}", in_words(when));
                let finding = judged.finding(rule, judged.entry.source.span, message).advise(KEEP);
                finding.label("from a chart that is switched off")
            }
        };
        if let Some(used) = used {
            let place = used.decisive(0..used.text.len()).map(|(span, _)| span);
            finding.scenarios = scenarios(context, used, when);
            finding = finding.chart(used.chart.clone()).related(format!("{} names it here", used.chart), place);
        }
        for (fact, span) in places(context, when) {
            finding = finding.related(at_its_place(fact), Some(span));
        }
        findings.push(finding);
    }
    findings
}

/// An image whose text stands in a chart, for what purpose ever.
fn mentioned(rule: &'static Rule, judged: Judged<'_>, mention: &Mention) -> Finding {
    let (name, chart) = (&judged.entry.name.text, &mention.chart);
    // What stands there is no more than that: its registry may be put together.
    let spoken = &judged.reference.as_str()[judged.reference.path_range().start..];
    let message = format!("`{name}` lists an image that no trial deploys, but {chart} speaks of {spoken}");
    judged
        .finding(rule, judged.entry.source.span, message)
        .label("deployed by nothing that was tried")
        .advise(LOOK)
        .chart(chart.clone())
        .related(format!("{chart} speaks of it here"), Some(mention.span))
}

/// The entry's repository with another version, or what stands in its place.
fn other(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>, used: &Use, when: &str) -> Finding {
    let (name, chart) = (&judged.entry.name.text, &used.chart);
    let (listed, there) = (version_of(judged.reference), version_of(&used.reference));
    let (message, advice) = match in_values(used) {
        Some(_) => (format!("`{name}` lists {listed}, which nothing deploys; {}", source(used)), LOOK.to_owned()),
        None => (
            format!("`{name}` lists {listed}, but {chart} would deploy {there} when {}", in_words(when)),
            match listable(context, name, used) {
                Ok(image) => format!("List {} before that", version_of(&image)),
                Err(advice) => advice.to_owned(),
            },
        ),
    };
    // The copy fills the team's own registry from the repository that is listed.
    let is_own = !used.reference.same_repository(judged.reference);
    let expected = if is_own { format!("{}:{there}", judged.reference.name()) } else { used.reference.to_string() };
    judged
        .finding(rule, judged.tag_span(), message)
        .label(format!("{there} when switched on"))
        .advise(advice)
        .expected(&expected)
}

/// Who would deploy the image.
fn source(used: &Use) -> String {
    match in_values(used) {
        Some(place) => format!("the values of {} name {} at {place}", used.chart, used.reference.as_str()),
        None => format!("{} would deploy it", used.chart),
    }
}

/// The key of the values that name the image, when no template does.
fn in_values(used: &Use) -> Option<&str> {
    printed_value(used.when.as_deref()?)
}

/// The scenarios in which `when` is all that the image of `used` needs: others may ask for more.
pub(super) fn scenarios(context: &Context<'_>, used: &Use, when: &str) -> Vec<String> {
    let is_way = |other: &&Use| {
        let same = other.reference == used.reference && other.path == used.path;
        same && other.when.as_deref().is_some_and(|own| is_met_by(own, when))
    };
    context.inventory.uses.iter().chain([used]).filter(is_way).flat_map(|other| other.scenarios.clone()).collect()
}

/// Where the values of `when` stand, each once.
pub(super) fn places<'a>(context: &Context<'a>, when: &'a str) -> Vec<(&'a str, Span)> {
    let mut places: Vec<(&str, Span)> = Vec::new();
    for fact in facts(when) {
        let known = context.switches.iter().find(|(known, _)| known == fact);
        places.extend(known.map(|(_, span)| (fact, *span)).filter(|place| !places.contains(place)));
    }
    places
}
