//! Root charts that a list is not held against, for no source note names a chart in them. They are asked only before an entry is
//! said to be deployed by none: then what they deploy speaks for it, and what of them is not known keeps it from being judged.

use std::collections::HashMap;

use super::coverage::{coverage, meaningless};
use super::kept::Kept;
use super::reconcile::{Coverage, Listed, Reconciliation, reconcile};
use super::same::brings;
use super::verdict::{Standing, Verdict};
use crate::image::Reference;
use crate::inventory::{Malformed, Problem, Survey, Target, Use, survey};
use crate::source::Sources;

/// Such charts.
#[derive(Default)]
pub(super) struct PassedOver {
    /// Those that could be loaded.
    pub targets: Vec<Target>,
    /// What is wrong with the others.
    pub broken: Vec<Problem>,
}

/// What they say.
#[derive(Default)]
pub(super) struct Said {
    /// Verdicts on entries that nothing else deploys, by their places; of uses, the indices of `aside` are counted on from
    /// those of the inventory.
    pub verdicts: HashMap<usize, Verdict>,
    /// What they deploy, or would.
    pub aside: Vec<Use>,
    /// What is wrong with them, as far as it matters.
    pub problems: Vec<Problem>,
    /// Their images that may mean any, likewise.
    pub malformed: Vec<Malformed>,
    /// Whether an entry could not be judged for what of them is not known.
    pub unsure: bool,
    /// That they were asked, in a sentence.
    pub note: Option<String>,
}

impl PassedOver {
    /// Asks the charts about the entries that are stale, or stand for another repository by their name alone; `meant` is of those that
    /// cannot be read. `first` is the index of the first use that is theirs.
    pub fn ask(
        &self,
        sources: &Sources,
        kept: &Kept,
        (listed, meant): (&[Listed], &[Vec<String>]),
        known: &Reconciliation,
        first: usize,
    ) -> Said {
        let is_open =
            |verdict: &Verdict| matches!(verdict, Verdict::Stale | Verdict::OtherRepository { documented: false, .. });
        if !known.verdicts.iter().any(is_open) || (self.targets.is_empty() && self.broken.is_empty()) {
            return Said::default();
        }
        let mut survey = kept.survey(sources, &self.targets, kept.listing(listed));
        let blind = !self.broken.is_empty();
        let mut coverage = Coverage { blind, meant: meant.to_vec(), ..coverage(sources, &survey) };
        // What another entry lists, or will once it is mended, no open one stands for.
        let deployed = |image: &Reference| survey.inventory.uses.iter().any(|used| brings(image, used));
        let (mut places, mut entries) = (Vec::new(), Vec::new());
        for (at, (verdict, mended)) in known.verdicts.iter().zip(&known.mended).enumerate() {
            if is_open(verdict) {
                places.push(at);
                entries.push(listed[at].clone());
            } else if deployed(mended) {
                places.push(at);
                entries.push(Listed { reference: mended.clone(), ..listed[at].clone() });
            }
        }
        let mut found = reconcile(&entries, &survey.inventory, &coverage);
        if found.asks_for_optional(&entries, &coverage) {
            let more = kept.optional(sources, &self.targets, &survey);
            survey.inventory.uses.extend(more.uses);
            coverage.disabled_unknown = more.unknown;
            found = reconcile(&entries, &survey.inventory, &coverage);
        }
        let unknown = coverage.blind || !coverage.unknown.is_empty();
        let mut said = Said::default();
        let mut is_stale = false;
        let verdicts = places.into_iter().zip(found.verdicts).filter(|(at, _)| is_open(&known.verdicts[*at]));
        for (at, mut verdict) in verdicts {
            // Charts that the list is not for give no image twice: an entry that cannot be read may be for it.
            let is_claimed = verdict.uses().iter().any(|used| found.reserved.contains(used));
            if is_claimed && !matches!(verdict, Verdict::Right { .. }) {
                verdict = Verdict::Unknown;
            }
            let was_stale = known.verdicts[at] == Verdict::Stale;
            let deployed = match &verdict {
                Verdict::Right { .. } | Verdict::OtherRegistry { .. } | Verdict::OtherVersion { .. } => true,
                Verdict::Disabled { used, .. } => was_stale && used.is_some(),
                Verdict::OtherRepository { .. }
                | Verdict::Elsewhere
                | Verdict::Overridden
                | Verdict::Mentioned(_)
                | Verdict::Unknown
                | Verdict::Stale => false,
            };
            if deployed {
                verdict.count_on(first);
                said.verdicts.insert(at, verdict);
            } else if (unknown || verdict == Verdict::Unknown) && known.noted[at] != Standing::Known {
                said.unsure = true;
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
        said.problems = self.broken.iter().chain(&survey.problems).filter(|problem| told(problem)).cloned().collect();
        if said.unsure {
            said.malformed = meaningless(sources, &survey.inventory).cloned().collect();
        }
        said.note = self.note(&survey);
        said.aside = survey.inventory.uses;
        said
    }

    /// Renders them for a later question, one after the other.
    pub fn prepare(&self, sources: &Sources, kept: &Kept, listed: &[Listed]) {
        let listing = kept.listing(listed);
        for target in &self.targets {
            if kept.stop().is_said() {
                return;
            }
            // Its renderer remembers.
            let _ = survey(sources, std::slice::from_ref(target), &listing, kept.stop());
        }
        let survey = kept.survey(sources, &self.targets, listing);
        kept.optional(sources, &self.targets, &survey);
    }

    fn note(&self, survey: &Survey) -> Option<String> {
        let count = survey.inventory.count();
        (!self.targets.is_empty()).then(|| {
            let images = if count == 1 { "image" } else { "images" };
            format!(
                "before an entry is called stale, what was passed over was rendered, too: it deploys {count} {images}"
            )
        })
    }
}
