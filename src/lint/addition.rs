//! New entries for a list: their names and their text. One place for all rules that add entries, so that two of them never choose
//! the same name.

use super::context::Context;
use super::misread::misread;
use super::naming::Habit;
use super::note::words;
use super::number::numbers;
use super::order::{New, Order, end};
use super::provenance::Provenance;
use super::rules::floats;
use super::style::Style;
use super::{Beside, Finding, Fix, Rule, Safety, serves};
use crate::image::Reference;
use crate::inventory::{Confidence, Kind, Use};
use crate::source::Layer;

/// What to do about a deployed image before it can be listed: its tag moves.
pub(crate) const MOVES: &str = "Its tag moves: pin it in the chart, then list that";

/// Likewise: it is deployed by its digest alone.
pub(crate) const HAS_NO_TAG: &str =
    "The copy scripts cannot read a digest: give it a fixed tag in the chart, then list that";

/// Likewise: Helm has spoilt a number or a word in it. Nobody can quote the `appVersion` of a package: what Helm makes of that stays
/// what is deployed.
pub(super) fn spoilt(context: &Context<'_>, used: &Use) -> Option<&'static str> {
    let spoilt = numbers(context.sources, &used.text);
    spoilt.iter().find_map(|number| match (number.is_packaged(context.sources), number.layer) {
        (false, _) => Some("A part of it has no quotes: quote it in the chart, then list that"),
        (true, Layer::Values) => {
            Some("A part of it has no quotes: set it in quotes in values of your own, then list that")
        }
        (true, _) => None,
    })
}

/// A finding for each missing image of `kind`, with the entry that it wants; `message` says what is wrong.
pub(crate) fn additions(
    rule: &'static Rule,
    context: &Context<'_>,
    kind: Kind,
    message: impl Fn(&Use) -> String,
) -> Vec<Finding> {
    let order = Order::of(context);
    let habit = Habit::of(&context.list.entries);
    let style = Style::of(context.list);
    let provenance = Provenance::of(context);
    let mut taken: Vec<String> = context.list.entries.iter().map(|entry| entry.name.text.clone()).collect();
    let mut brought: Vec<Reference> = Vec::new();
    let mut findings = Vec::new();
    let reconciliation = context.reconciliation;
    for at in reconciliation.missing.iter().chain(&reconciliation.missing_operands) {
        let used = context.used(*at);
        // One entry serves a tag and the same tag with its digest.
        if brought.iter().any(|listed| serves(listed, &used.reference)) {
            continue;
        }
        let name = habit.name(&used.reference, &taken);
        let listed = listable(context, &name, used);
        // What cannot be listed yet takes no name.
        taken.extend(listed.is_ok().then(|| name.clone()));
        brought.extend(listed.clone());
        if used.kind == kind {
            let rank = order.rank(used);
            let fix = listed.map(|image| {
                let words = words(context.sources, &provenance, used, &image, context.dynamic.get(at).copied());
                let mut block = style.block(&words);
                block.push(format!("{name}={}", image.as_str()));
                let (edit, again) = order.insert(context.list, &rank, &New { block: &block, gap: style.gap });
                // What may be no image at all is listed only when somebody says so.
                let sure = used.naming.as_ref().is_none_or(|naming| naming.confidence == Confidence::Certain);
                let safety = if sure { Safety::Safe } else { Safety::Unsafe };
                Fix::new(format!("List it as `{name}`"), safety, vec![edit]).beside(Beside::Block { again })
            });
            findings.push(finding(rule, context, used, message(used), fix).rank(rank));
        }
    }
    findings
}

fn finding(
    rule: &'static Rule,
    context: &Context<'_>,
    used: &Use,
    message: String,
    fix: Result<Fix, &'static str>,
) -> Finding {
    let image = used.reference.as_str();
    let place = used.decisive(0..used.text.len()).map(|(span, _)| span);
    let mut finding = Finding::new(rule, end(context.list), image, message)
        .label("missing")
        .expected(image)
        .chart(used.chart.clone())
        .related(format!("{} names it here, for {}", used.chart, used.place()), place)
        .fix(fix.clone().ok());
    if let Err(advice) = fix {
        finding = finding.advise(advice);
    }
    finding.scenarios = used.scenarios.clone();
    finding
}

/// What an entry should list for `image`: a line that both scripts read as it is meant, and that stands for one image; else
/// what has to be done first.
pub(super) fn listable(context: &Context<'_>, name: &str, used: &Use) -> Result<Reference, &'static str> {
    let image = &used.reference;
    if let Some(advice) = spoilt(context, used) {
        return Err(advice);
    }
    if used.is_completed() {
        return Err(
            "Its controller puts the node's system behind the tag (`-ubuntu24.04`): list it as your nodes have it",
        );
    }
    if floats(image) {
        return Err(MOVES);
    }
    let is_read = |image: &&str| misread(&format!("{name}={image}"), name, image).is_none();
    let without_digest = image.tag_range().map(|tag| &image.as_str()[..tag.end]);
    let listed = [Some(image.as_str()), without_digest].into_iter().flatten().find(is_read);
    let listed = listed.and_then(|listed| Reference::parse(listed).ok());
    // Without its digest a tag may move.
    listed.filter(|listed| !floats(listed)).ok_or(match image.digest() {
        Some(_) => HAS_NO_TAG,
        None => "The copy scripts cannot read its registry with a port: list it from another one",
    })
}
