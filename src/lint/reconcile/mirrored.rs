//! Entries whose copies values take from the team's own registry, where each entry has a repository of its name.

use super::{Listed, Verdict, Work};
use crate::image::Reference;
use crate::lint::overridden::brings_tag;
use crate::lint::same::unpushed_tag;

impl Work<'_> {
    /// What the copy makes of the entry is deployed: as it is pushed, or with nothing but other tags.
    pub(super) fn mirrored(&self, entry: &Listed) -> Option<Verdict> {
        let mirrored = |at: &&usize| self.uses[**at].reference.path() == entry.name;
        let mut uses: Vec<usize> = self.coverage.overridden.iter().filter(mirrored).copied().collect();
        let by_override = |at: usize| brings_tag(&self.uses[at]);
        uses.sort_by_key(|at| (by_override(*at), *at));
        let first = *uses.first()?;
        // Of a tag that a controller completes it is not known what it asks for.
        let asked =
            |at: usize| unpushed_tag(&entry.reference, &self.uses[at]).filter(|_| !self.uses[at].is_completed());
        let with = |tag: &str| Reference::parse(&format!("{}:{tag}", entry.reference.name())).ok();
        let expected = asked(first).and_then(with).filter(|_| uses.iter().all(|at| asked(*at).is_some()));
        Some(match expected {
            Some(expected) => Verdict::Unpushed { expected, by_override: by_override(first), uses },
            None => {
                uses.sort_unstable();
                Verdict::Right { uses }
            }
        })
    }
}
