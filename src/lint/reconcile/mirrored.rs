//! Entries whose copies values take from the team's own registry, where each entry has a repository of its name.

use super::{Listed, Verdict, Work};
use crate::image::Reference;
use crate::inventory::Use;
use crate::inventory::when::{is_regional, is_switched};
use crate::lint::overridden::brings_tag;
use crate::lint::same::unpushed_tag;

impl Work<'_> {
    /// What the copy makes of the entry is deployed: as it is pushed, or with nothing but other tags.
    pub(super) fn mirrored(&self, entry: &Listed) -> Option<Verdict> {
        let mut uses = self.own(|used| used.when.is_none() && used.reference.path() == entry.name);
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

    /// What the copy makes of the entry is behind a switch: as it is pushed.
    pub(super) fn mirrored_exactly_optional(&self, entry: &Listed) -> Option<Verdict> {
        let is_behind = |used: &Use| used.when.as_deref().is_some_and(|when| is_switched(when) && !is_regional(when));
        let is_pushed = |used: &Use| unpushed_tag(&entry.reference, used).is_none();
        let uses = self.own(|used| is_behind(used) && used.reference.path() == entry.name && is_pushed(used));
        self.behind(*uses.first()?)
    }

    /// What the copy makes of the entry is behind a switch, with whatever tag; or what it copies would be without the values that
    /// point elsewhere.
    pub(super) fn mirrored_optional(&self, entry: &Listed) -> Option<Verdict> {
        let called_so = self.own(|used| used.when.is_some() && used.reference.path() == entry.name);
        let is_under =
            |at: &usize| self.coverage.under.get(at).is_some_and(|under| under.same_repository(&entry.reference));
        let others = || self.own(|used| used.when.is_some()).into_iter().find(is_under);
        self.behind(called_so.first().copied().or_else(others)?)
    }

    /// The uses from the team's own registry that `accept` takes.
    pub(super) fn own(&self, accept: impl Fn(&Use) -> bool) -> Vec<usize> {
        let mut uses: Vec<usize> =
            self.coverage.overridden.iter().copied().filter(|at| accept(&self.uses[*at])).collect();
        uses.sort_unstable();
        uses
    }
}
