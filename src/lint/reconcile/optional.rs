//! What switches would bring of what entries list.

use super::{Listed, Partner, Verdict, Work};
use crate::image::Reference;
use crate::inventory::Use;
use crate::inventory::when::{either, is_regional, is_switched};
use crate::lint::same::{brings, is_version, may_bring};

impl Work<'_> {
    /// What the entry lists, from the chart that its note names, behind a switch: exactly that, else another version that no
    /// entry lists.
    pub(super) fn switched_off(&self, entry: &Listed, is_listed: &impl Fn(&Reference) -> bool) -> Option<Verdict> {
        let exact = |used: &Use| {
            (brings(&entry.reference, used) || may_bring(&entry.reference, used)) && self.names(entry, used)
        };
        let other =
            |used: &Use| is_version(&entry.reference, used) && !is_listed(&used.reference) && self.names(entry, used);
        // What a chart means by an image that cannot be read may be this very version.
        let other = || self.optional(other).filter(|_| self.may_judge(entry, Partner::SamePath, true));
        let registry = || self.switched_registry(entry, true);
        let own = || self.mirrored_optional(entry);
        self.optional(exact).or_else(own).or_else(other).or_else(registry).filter(|_| !self.is_unknown(entry))
    }

    /// What the entry lists, from ECR and behind a switch, but never from its account and region: what the chart that its note names
    /// would deploy, else what comes from an account that the charts know. The charts must have been tried in its region.
    pub(super) fn switched_registry(&self, entry: &Listed, documented: bool) -> Option<Verdict> {
        let listed = entry.reference.ecr()?;
        let all =
            || self.uses.iter().chain(&self.coverage.built).filter_map(|used| Some((used, used.reference.ecr()?)));
        let is_path = |used: &Use| used.invented().is_none() && used.reference.path() == entry.reference.path();
        let is_built = all().any(|(used, host)| is_path(used) && host.same_registry(&listed));
        let is_known = || all().any(|(_, host)| host.account() == listed.account());
        if is_built || (!documented && !is_known()) {
            return None;
        }
        let find = |own_region: bool| {
            self.optional(|used| {
                let is_there = match used.reference.ecr() {
                    Some(host) if own_region => host.region() == listed.region(),
                    Some(_) => used.scenarios.iter().any(|scenario| scenario == listed.region()),
                    None => false,
                };
                is_there
                    && is_path(used)
                    && used.when.as_deref().is_some_and(is_switched)
                    && (!documented || self.names(entry, used))
            })
        };
        let (own_region, found) = find(true).map(|found| (true, found)).or_else(|| Some((false, find(false)?)))?;
        let Verdict::Disabled { used: Some(at), .. } = found else { return None };
        let expected = self.uses[at].reference.clone();
        Some(Verdict::OtherRegistry { uses: vec![at], expected, own_region, possible: None })
    }

    /// What the entry lists exactly, behind a switch; no other version is meant by it, whoever deploys one. Or from a switched-off
    /// chart that its note names.
    pub(super) fn exactly_optional(&self, entry: &Listed) -> Option<Verdict> {
        let of_switch = self.coverage.switch_of(entry).is_some();
        let accept = |used: &Use| {
            let is_behind = used.when.as_deref().is_some_and(|when| is_switched(when) && !is_regional(when));
            brings(&entry.reference, used) && (is_behind || (of_switch && self.names(entry, used)))
        };
        let found = self.optional(accept).or_else(|| self.mirrored_exactly_optional(entry));
        let verdict = found.filter(|_| !self.is_unknown(entry))?;
        Some(if self.is_hidden(entry) || !self.may_judge(entry, Partner::SamePath, false) {
            Verdict::Unknown
        } else {
            verdict
        })
    }

    /// The first use that is only optional and that `accept` takes, from elsewhere than the team's own registry; of a chart that lies twice
    /// that of the folder.
    pub(super) fn optional(&self, accept: impl Fn(&Use) -> bool) -> Option<Verdict> {
        let is_it =
            |(at, used): &(usize, &Use)| used.when.is_some() && !self.coverage.overridden.contains(at) && accept(used);
        let taken = self.uses.iter().enumerate().filter(is_it);
        self.behind(taken.min_by_key(|(at, _)| self.is_package(*at))?.0)
    }

    /// That an entry's image is the use of that index, which is only optional.
    pub(super) fn behind(&self, at: usize) -> Option<Verdict> {
        let first = &self.uses[at];
        // Whatever brings the image is a way to it, in other containers, too.
        let same = self.uses.iter().filter(|used| used.reference == first.reference && used.path == first.path);
        let ways = same.filter_map(|used| used.when.clone()).filter(|when| is_switched(when));
        let mut when = first.when.clone()?;
        if is_switched(&when) {
            for other in ways {
                when = either(Some(when), Some(other))?;
            }
        }
        Some(Verdict::Disabled { when, used: Some(at) })
    }
}
