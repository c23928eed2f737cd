//! `mirrorlint why`: finds the image that is meant among those that the charts deploy.

use super::arguments::{Format, Why};
use super::check::overrides;
use super::images::{gather, tell_gaps};
use super::{Ending, Outcome, Session, here};
use crate::image::Reference;
use crate::inventory::{Inventory, Use, lineage};
use crate::lint::Refusal;
use crate::report;

pub(super) fn run(session: &Session, options: &Why) -> Outcome {
    let overrides = overrides(session, &options.charts.values)?;
    let (root, inventory) = gather(session, options.path.as_deref(), &options.charts, false)?;
    let whole = tell_gaps(session, &inventory);
    let uses = choose(&inventory, &options.image)?;
    let given = overrides.layers(&session.sources)?;
    let explained: Vec<_> = uses.into_iter().map(|used| (used, lineage(&session.sources, used, &given))).collect();
    let text = match options.format {
        Format::Human => report::why(&explained, &session.sources, &here(), session.style),
        Format::Json => report::why_json(&explained, &session.sources, &root),
    };
    session.print(&text)?;
    Ok(if whole { Ending::Clean } else { Ending::Incomplete })
}

/// The uses of the image that `wanted` names: in full, else by its repository, else by the last parts of its path; else those of
/// charts that were passed over.
fn choose<'a>(inventory: &'a Inventory, wanted: &str) -> Result<Vec<&'a Use>, Refusal> {
    let reference = Reference::parse(wanted).ok();
    let same = |used: &Use| {
        let exact = |reference: &Reference| {
            let versions = |image: &Reference| (image.tag().map(str::to_owned), image.digest().map(str::to_owned));
            used.reference.same_repository(reference) && versions(&used.reference) == versions(reference)
        };
        used.reference.as_str() == wanted || reference.as_ref().is_some_and(exact)
    };
    let same_repository = |used: &Use| {
        let without_version = |reference: &&Reference| reference.tag().is_none() && reference.digest().is_none();
        reference.as_ref().filter(without_version).is_some_and(|wanted| used.reference.same_repository(wanted))
    };
    let same_end = |used: &Use| {
        let ends = |text: &str| text.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        ends(used.reference.as_str()) || ends(used.reference.name())
    };
    let tests: [&dyn Fn(&Use) -> bool; 3] = [&same, &same_repository, &same_end];
    let Inventory { uses, aside, .. } = inventory;
    let found = [uses, aside].into_iter().flat_map(|uses| tests.iter().map(move |test| (uses, test)));
    let found = found.map(|(uses, test)| uses.iter().filter(|used| test(used)).collect::<Vec<_>>());
    let uses = found.into_iter().find(|uses| !uses.is_empty()).ok_or_else(|| unknown(inventory, wanted))?;
    let images = images(uses.iter().copied());
    if images.len() > 1 {
        return Err(Refusal::new(format!("`{wanted}` may mean several images; name one:\n{}", images.join("\n"))));
    }
    Ok(uses)
}

/// The images of `uses`, each once.
fn images<'a>(uses: impl Iterator<Item = &'a Use>) -> Vec<&'a str> {
    let mut images = Vec::new();
    for used in uses {
        if !images.contains(&used.reference.as_str()) {
            images.push(used.reference.as_str());
        }
    }
    images
}

/// How many names are suggested.
const SUGGESTIONS: usize = 3;

/// What to say when no image is meant: those whose names are most like it.
fn unknown(inventory: &Inventory, wanted: &str) -> Refusal {
    let images = images(inventory.uses.iter());
    if images.is_empty() {
        return Refusal::new(format!("the charts do not deploy `{wanted}`: they deploy no image"));
    }
    let likeness = |image: &str| {
        let last = image.rsplit('/').next().unwrap_or(image);
        let name = last.split([':', '@']).next().unwrap_or(last);
        let ratio = |text: &str| similar::TextDiff::from_chars(wanted, text).ratio();
        if image.contains(wanted) { 1.0 } else { ratio(image).max(ratio(last)).max(ratio(name)) }
    };
    let mut ranked: Vec<(f32, &str)> = images.into_iter().map(|image| (likeness(image), image)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let near: Vec<_> =
        ranked.into_iter().filter(|(ratio, _)| *ratio > 0.5).take(SUGGESTIONS).map(|(_, image)| image).collect();
    let hint = if near.is_empty() {
        "`mirrorlint images` lists them all".to_owned()
    } else {
        format!("the nearest are\n{}", near.join("\n"))
    };
    Refusal::new(format!("the charts do not deploy `{wanted}`; {hint}"))
}
