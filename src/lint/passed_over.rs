//! Root charts that a list is not held against, for no source note names a chart in them. They are asked only before an entry is
//! said to be deployed by none: then what they deploy speaks for it, and what of them is not known keeps it from being judged; and
//! before one is said to stand for another version than it lists, by its name alone: then the very image that it lists does. Those
//! that are left to other lists are asked together with them, and say nothing of other images than the very one.

use std::collections::HashMap;

use super::coverage::{coverage, meaningless};
use super::kept::Kept;
use super::reconcile::{Coverage, Listed, Reconciliation, reconcile};
use super::same::brings;
use super::verdict::{Standing, Verdict};
use crate::image::Reference;
use crate::inventory::when::is_switched;
use crate::inventory::{Inventory, Malformed, Problem, Target, Use, survey};
use crate::source::Sources;

/// Such charts.
#[derive(Default)]
pub(super) struct PassedOver {
    /// Those that could be loaded.
    pub targets: Vec<Target>,
    /// Those that are left to other lists.
    pub anothers: Vec<Target>,
    /// What is wrong with the others.
    pub broken: Vec<Problem>,
}

/// What they say.
#[derive(Default)]
pub(super) struct Said {
    /// Verdicts on entries that nothing else deploys, by their places; of uses, the indices of `aside` are counted on from
    /// those of the inventory.
    pub verdicts: HashMap<usize, Verdict>,
    /// The same of entries that they deploy, or would, exactly as listed.
    pub exact: HashMap<usize, Verdict>,
    /// What they deploy, or would.
    pub aside: Vec<Use>,
    /// What is wrong with them, as far as it matters.
    pub problems: Vec<Problem>,
    /// Their images that may mean any, likewise.
    pub malformed: Vec<Malformed>,
    /// Whether an entry could not be judged for what of them is not known.
    pub unsure: bool,
    /// Names of their switched-off charts whose images are not all known.
    pub disabled_unknown: Vec<String>,
    /// That they were asked, in a sentence.
    pub note: Option<String>,
}

impl PassedOver {
    /// Asks the charts about the entries that are stale, or stand for another image by their name alone; `meant` is of those that
    /// cannot be read. `own` is what is deployed without them.
    pub fn ask(
        &self,
        sources: &Sources,
        kept: &Kept,
        (listed, meant): (&[Listed], &[Vec<String>]),
        known: &Reconciliation,
        own: &Inventory,
    ) -> Said {
        let is_open =
            |verdict: &Verdict| matches!(verdict, Verdict::Stale | Verdict::OtherRepository { documented: false, .. });
        let is_guess = |at: usize| is_guess(&listed[at], &known.verdicts[at], own);
        let is_asked = |at: usize| is_open(&known.verdicts[at]) || is_guess(at);
        let is_alone = self.targets.is_empty() && self.anothers.is_empty() && self.broken.is_empty();
        if !(0..listed.len()).any(is_asked) || is_alone {
            return Said::default();
        }
        let survey = kept.survey(sources, &self.targets, kept.listing(listed));
        let theirs = kept.survey(sources, &self.anothers, kept.listing(listed));
        let asked: Vec<&Reference> =
            (0..listed.len()).filter(|at| is_asked(*at)).map(|at| &listed[at].reference).collect();
        let is_very = |used: &Use| asked.iter().any(|image| brings(image, used));
        let mut inventory = survey.inventory.clone();
        inventory.uses.extend(theirs.inventory.uses.iter().filter(|used| is_very(used)).cloned());
        let blind = !self.broken.is_empty();
        let mut coverage = Coverage { blind, meant: meant.to_vec(), ..coverage(sources, &survey) };
        // What another entry lists, or will once it is mended, no open one stands for.
        let select = |uses: &[Use]| {
            let brought = |image: &Reference| uses.iter().any(|used| brings(image, used));
            let deployed = |image: &Reference| uses.iter().any(|used| used.when.is_none() && brings(image, used));
            let asked = |(at, entry): (usize, &Listed)| {
                if is_open(&known.verdicts[at]) || (is_guess(at) && brought(&entry.reference)) {
                    return vec![(Some(at), entry.clone())];
                }
                let mended = &known.mended[at];
                let other = Some(&entry.reference).filter(|listed| *listed != mended);
                let taken = other.into_iter().chain([mended]).filter(|image| deployed(image));
                taken.map(|image| (None, Listed { reference: image.clone(), ..entry.clone() })).collect()
            };
            listed.iter().enumerate().flat_map(asked).unzip()
        };
        let (mut places, mut entries): (Vec<Option<usize>>, Vec<Listed>) = select(&inventory.uses);
        let mut found = reconcile(&entries, &inventory, &coverage);
        let is_left = |at: usize| is_guess(at) && !places.contains(&Some(at));
        if found.asks_for_optional() || (0..listed.len()).any(is_left) {
            let more = kept.optional(sources, &self.targets, &survey);
            let of_theirs = kept.optional(sources, &self.anothers, &theirs).uses;
            inventory.uses.extend(more.uses.into_iter().chain(of_theirs.into_iter().filter(is_very)));
            coverage.disabled_unknown = more.unknown;
            (places, entries) = select(&inventory.uses);
            found = reconcile(&entries, &inventory, &coverage);
        }
        let unknown = coverage.blind || !coverage.unknown.is_empty();
        // Another list's chart that a note names and that is not wholly known may deploy the very image.
        let is_theirs = |at: usize| {
            let noted = listed[at].noted.as_ref().filter(|_| known.noted[at] == Standing::Nowhere);
            noted
                .is_some_and(|noted| theirs.unknown.contains(&noted.name) || theirs.above_unknown.contains(&noted.name))
        };
        let mut said = Said::default();
        let (mut is_stale, mut is_hidden) = (false, false);
        let uses = &inventory.uses;
        for (at, mut verdict) in places.into_iter().zip(found.verdicts).filter_map(|(at, verdict)| Some((at?, verdict)))
        {
            let is_exact = match &verdict {
                Verdict::Right { .. } => true,
                Verdict::Disabled { when, used: Some(used) } => {
                    is_switched(when) && brings(&listed[at].reference, &uses[*used])
                }
                _ => false,
            };
            if is_guess(at) {
                if is_exact {
                    verdict.count_on(own.len());
                    said.exact.insert(at, verdict);
                }
                continue;
            }
            // Charts that the list is not for give no image twice: an entry that cannot be read may be for it.
            let is_claimed = verdict.uses().iter().any(|used| found.reserved.contains(used));
            if is_claimed && !matches!(verdict, Verdict::Right { .. }) {
                verdict = Verdict::Unknown;
            }
            let was_stale = known.verdicts[at] == Verdict::Stale;
            let deployed = match &verdict {
                Verdict::OtherRegistry { uses: found, .. } => was_stale || uses[found[0]].when.is_none(),
                Verdict::Right { .. } | Verdict::OtherVersion { .. } => true,
                Verdict::Disabled { used, .. } => was_stale && used.is_some(),
                Verdict::OtherRepository { .. }
                | Verdict::Unpushed { .. }
                | Verdict::Elsewhere
                | Verdict::Overridden
                | Verdict::Mentioned(_)
                | Verdict::Unknown
                | Verdict::Stale => false,
            };
            if deployed {
                verdict.count_on(own.len());
                said.verdicts.insert(at, verdict);
            } else if ((unknown || verdict == Verdict::Unknown) && known.noted[at] != Standing::Known) || is_theirs(at)
            {
                said.unsure = true;
                is_hidden |= is_theirs(at);
                said.verdicts.insert(at, Verdict::Unknown);
            } else {
                is_stale |= was_stale;
            }
        }
        let told = |problem: &Problem| match problem {
            Problem::Unrenderable { .. } => said.unsure || is_stale,
            Problem::Unavailable { .. } => said.unsure,
            Problem::Ambiguous(_) => false,
        };
        let problems = self.broken.iter().chain(&survey.problems).filter(|problem| told(problem));
        let of_theirs = theirs.problems.iter().filter(|_| is_hidden);
        said.problems = problems.chain(of_theirs).cloned().collect();
        if said.unsure {
            said.malformed = meaningless(sources, &survey.inventory).cloned().collect();
        }
        let is_told = !said.exact.is_empty() || known.verdicts.iter().any(is_open);
        said.note = self.note(survey.inventory.count()).filter(|_| is_told);
        said.aside = inventory.uses;
        said.disabled_unknown = coverage.disabled_unknown;
        said
    }

    /// Renders them for a later question, one after the other.
    pub fn prepare(&self, sources: &Sources, kept: &Kept, listed: &[Listed]) {
        let listing = kept.listing(listed);
        for target in self.targets.iter().chain(&self.anothers) {
            if kept.stop().is_said() {
                return;
            }
            // Its renderer remembers.
            let _ = survey(sources, std::slice::from_ref(target), &listing, kept.stop());
        }
        for targets in [&self.targets, &self.anothers] {
            let survey = kept.survey(sources, targets, listing.clone());
            kept.optional(sources, targets, &survey);
        }
    }

    fn note(&self, count: usize) -> Option<String> {
        (!self.targets.is_empty()).then(|| {
            let images = if count == 1 { "image" } else { "images" };
            format!(
                "before an entry is called stale, what was passed over was rendered, too: it deploys {count} {images}"
            )
        })
    }
}

/// Whether only the name of its image says that the entry stands for what `own` has in its place.
fn is_guess(entry: &Listed, verdict: &Verdict, own: &Inventory) -> bool {
    let (Verdict::OtherVersion { uses } | Verdict::OtherRegistry { uses, .. }) = verdict else { return false };
    let used = uses.first().and_then(|at| own.used(*at));
    let is_noted = |used: &Use| entry.noted.as_ref().is_some_and(|noted| !used.charts_named(&noted.name).is_empty());
    !used.is_some_and(is_noted)
}
