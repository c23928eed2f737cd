//! Holds the entries of a list against the images that the charts deploy: each entry gets one verdict, each deployed image
//! is listed or missing. Every rule about images reads the verdicts from here, so that one cause gives one finding.

mod claim;
mod mirrored;
mod optional;

use std::collections::{HashMap, HashSet};

use super::same::{as_entry, brings, is_version, may_bring, same_image, serves};
use super::verdict::{Standing, Verdict};
use crate::image::Reference;
use crate::inventory::{Inventory, Kind, Use, regions_of};

/// What a source note says, as far as reconciling needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedChart {
    /// The chart's name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// An entry with a well-formed image.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its index among the list's entries.
    pub entry: usize,
    /// Its name.
    pub name: String,
    /// Its image.
    pub reference: Reference,
    /// The chart that its source note names.
    pub noted: Option<NotedChart>,
}

/// What the charts say about charts that images could come from.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Charts whose images are not known, because they are not on disk or cannot be rendered.
    pub unknown: Vec<String>,
    /// Charts above those: what is deployed below them is not all known.
    pub above_unknown: Vec<String>,
    /// All charts that were found, by all names that they go by.
    pub known: Vec<String>,
    /// Whether there is a chart of which not even the names of its dependencies are known.
    pub blind: bool,
    /// Names of charts that a condition switches off, each with the condition.
    pub disabled: Vec<(String, String)>,
    /// What the charts build in all regions that they name, once that is known.
    pub built: Vec<Use>,
    /// Whether the scenarios are not all regions that the list is for. Then [`Inventory::aside`] is what is built in the others.
    pub narrowed: bool,
    /// What they would build in the regions of entries if values that name another region said so.
    pub possible: Vec<Use>,
    /// Names of switched-off charts whose images are not all known.
    pub disabled_unknown: Vec<String>,
    /// Images that charts deploy with a tag that cannot be read.
    pub malformed: Vec<Reference>,
    /// Uses that come from the team's own registry, where each entry has a repository of its name.
    pub overridden: HashSet<usize>,
    /// What those would be by the values below the ones that point there: repositories, without a version.
    pub under: HashMap<usize, Reference>,
    /// Uses whose text Helm has spoilt, for a number in it has no quotes; as they are meant.
    pub written: HashMap<usize, Reference>,
    /// The same of images that nothing can pull.
    pub written_malformed: Vec<Reference>,
    /// What charts that were passed over say of entries, by their places among the [`Listed`].
    pub elsewhere: HashMap<usize, Verdict>,
    /// The same of those that such charts deploy, or would, exactly as they are listed.
    pub exactly_elsewhere: HashMap<usize, Verdict>,
    /// What the entries that cannot be read are for: their images without versions, as they are written, and their names.
    pub meant: Vec<Vec<String>>,
}

impl Coverage {
    /// The condition that switches the chart off that the entry's note names.
    fn switch_of(&self, entry: &Listed) -> Option<&str> {
        let noted = entry.noted.as_ref()?;
        self.disabled.iter().find(|(chart, _)| *chart == noted.name).map(|(_, when)| when.as_str())
    }

    /// Whether a switched-off chart whose images are not all known may deploy what the entry lists, whose note names no chart that is
    /// there: the entry's name or its image's path has a word of that chart's name.
    pub(super) fn may_hide(&self, entry: &Listed) -> bool {
        let words = |text: &str| -> HashSet<String> {
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() > 2);
            words.map(str::to_ascii_lowercase).collect()
        };
        let own = &words(&entry.name) | &words(entry.reference.path());
        !self.is_documented(entry) && self.disabled_unknown.iter().any(|chart| !words(chart).is_disjoint(&own))
    }

    /// Whether the entry's note names a chart that is there. One that names another may be older than the chart's name: it says
    /// no more than none.
    fn is_documented(&self, entry: &Listed) -> bool {
        entry.noted.as_ref().is_some_and(|noted| self.known.contains(&noted.name))
    }
}

/// The outcome.
#[derive(Clone, Debug, Default)]
pub struct Reconciliation {
    /// One verdict per [`Listed`], in their order.
    pub verdicts: Vec<Verdict>,
    /// What each of them lists once its finding is mended.
    pub mended: Vec<Reference>,
    /// What is known of the chart that each [`Listed`] is documented as from, in their order.
    pub noted: Vec<Standing>,
    /// Deployed images that no entry serves: one representative use each, in inventory order.
    pub missing: Vec<usize>,
    /// Operands that no entry serves and no container names, likewise.
    pub missing_operands: Vec<usize>,
    /// Uses that entries stand for which cannot be read.
    pub reserved: Vec<usize>,
}

impl Reconciliation {
    /// Whether what the charts build in other regions could change a verdict.
    #[must_use]
    pub fn asks_for_regions(&self) -> bool {
        self.verdicts.iter().any(|verdict| matches!(verdict, Verdict::OtherRegistry { .. }))
    }

    /// The regions of entries of which it could matter what the charts build there if their values said so.
    #[must_use]
    pub fn regions_in_doubt(&self, listed: &[Listed]) -> Vec<String> {
        let in_doubt = |verdict: &Verdict| matches!(verdict, Verdict::OtherRegistry { own_region: false, .. });
        let entries = self.verdicts.iter().zip(listed).filter(|(verdict, _)| in_doubt(verdict));
        regions_of(entries.map(|(_, entry)| &entry.reference))
    }

    /// Whether knowing the images that are switched off could change a verdict.
    #[must_use]
    pub fn asks_for_optional(&self) -> bool {
        let is_sure = |verdict: &Verdict| {
            matches!(
                verdict,
                Verdict::Right { .. } | Verdict::Unpushed { .. } | Verdict::Elsewhere | Verdict::Mentioned(_)
            )
        };
        !self.verdicts.iter().all(is_sure)
    }
}

/// Reconciles `listed` with `inventory`.
#[must_use]
pub fn reconcile(listed: &[Listed], inventory: &Inventory, coverage: &Coverage) -> Reconciliation {
    let Inventory { uses, aside, .. } = inventory;
    let elsewhere = if coverage.narrowed { aside.as_slice() } else { &[] };
    let mut work = Work {
        uses,
        elsewhere,
        listed,
        coverage,
        served: HashSet::new(),
        taken: HashSet::new(),
        claimed: HashSet::new(),
    };
    let exact = |(at, entry): (usize, &Listed)| {
        let own = work.exact(entry).or_else(|| work.exactly_optional(entry));
        own.or_else(|| coverage.exactly_elsewhere.get(&at).cloned())
    };
    let mut verdicts: Vec<Option<Verdict>> = listed.iter().enumerate().map(exact).collect();
    for verdict in verdicts.iter().flatten() {
        work.serve(verdict.uses(), false);
    }
    let reserved = work.reserve();
    let stages: [(Stage<'_>, _); 3] = [
        (Work::other_registry, Partner::SamePath),
        (Work::other_version, Partner::SamePath),
        (Work::other_repository, Partner::Another),
    ];
    for (stage, partner) in stages {
        if partner == Partner::Another {
            // What an entry lists is no other image where a switch would bring it.
            let mended: Vec<Reference> = (listed.iter().zip(&verdicts))
                .map(|(entry, verdict)| work.mended(entry, verdict.as_ref()).clone())
                .collect();
            let is_listed = |image: &Reference| mended.iter().any(|mended| serves(&as_entry(mended), image));
            for (verdict, entry) in verdicts.iter_mut().zip(listed).filter(|(verdict, _)| verdict.is_none()) {
                *verdict = work.switched_off(entry, &is_listed);
            }
            // A chart that was passed over and deploys the image knows more of it than a name does.
            for (at, verdict) in verdicts.iter_mut().enumerate().filter(|(_, verdict)| verdict.is_none()) {
                *verdict = coverage.elsewhere.get(&at).cloned();
            }
        }
        // Entries whose note names the deploying chart choose first, then the others in list order.
        for documented in [true, false] {
            for (at, entry) in listed.iter().enumerate() {
                if verdicts[at].is_none() && work.may_judge(entry, partner, documented) {
                    verdicts[at] = stage(&work, entry, documented).map(|verdict| work.unless_claimed(verdict));
                    let uses = verdicts[at].as_ref().map(Verdict::uses).unwrap_or_default();
                    work.serve(uses, entry.reference.digest().is_none());
                }
            }
        }
    }
    let mended: Vec<Reference> =
        listed.iter().zip(&verdicts).map(|(entry, verdict)| work.mended(entry, verdict.as_ref()).clone()).collect();
    let is_listed = |reference: &Reference| mended.iter().any(|mended| serves(&as_entry(mended), reference));
    let absent = |entry: &Listed| work.absent(entry, &is_listed);
    let verdicts = verdicts.iter().zip(listed).map(|(known, entry)| known.clone().unwrap_or_else(|| absent(entry)));
    let verdicts = verdicts.collect();
    let noted = listed.iter().map(|entry| work.standing(entry)).collect();
    work.served.extend(&work.claimed);
    let (missing, missing_operands) = (work.missing(), work.missing_operands());
    Reconciliation { missing, missing_operands, noted, verdicts, mended, reserved }
}

/// A way to find what an entry stands for.
type Stage<'a> = fn(&Work<'a>, &Listed, bool) -> Option<Verdict>;

/// What an entry would be paired with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Partner {
    /// An image of the same path.
    SamePath,
    /// Another image.
    Another,
}

struct Work<'a> {
    uses: &'a [Use],
    /// What is built in regions that were not asked for.
    elsewhere: &'a [Use],
    listed: &'a [Listed],
    coverage: &'a Coverage,
    /// Uses that some entry serves or should serve, and their variants under other scenarios.
    served: HashSet<usize>,
    /// The same without the variants.
    taken: HashSet<usize>,
    /// Uses, and their variants, for which there are entries that cannot be read.
    claimed: HashSet<usize>,
}

impl Work<'_> {
    /// Marks uses as served, and with them all variants of the same images; with `by_tag` also what has the same tag with a
    /// digest or without.
    fn serve(&mut self, uses: &[usize], by_tag: bool) {
        // What is built elsewhere serves nothing here.
        for &at in uses.iter().filter(|at| **at < self.uses.len()) {
            let used = &self.uses[at];
            let twin = |other: &Use| {
                let (image, other) = (&used.reference, &other.reference);
                by_tag && other.tag().is_some() && other.tag() == image.tag() && other.same_repository(image)
            };
            let same = |other: &Use| {
                let image = twin(other) || same_image(&other.reference, &used.reference);
                other.is_variant(used) || (other.when.is_none() && image)
            };
            let twins = self.uses.iter().enumerate().filter(|(_, other)| twin(other)).map(|(at, _)| at);
            self.taken.extend(twins);
            let variants = self.uses.iter().enumerate().filter(|(_, other)| same(other)).map(|(at, _)| at);
            self.served.extend(variants.collect::<Vec<_>>());
            self.served.insert(at);
            self.taken.insert(at);
        }
    }

    /// What the entry lists once its finding is mended.
    fn mended<'e>(&'e self, entry: &'e Listed, verdict: Option<&'e Verdict>) -> &'e Reference {
        match verdict {
            Some(Verdict::OtherRegistry { expected, .. } | Verdict::Unpushed { expected, .. }) => expected,
            Some(Verdict::OtherVersion { uses } | Verdict::OtherRepository { uses, .. }) => {
                uses.first().and_then(|at| self.used(*at)).map_or(&entry.reference, |used| &used.reference)
            }
            _ => &entry.reference,
        }
    }

    /// Whether an entry that no chart deploys as it is listed may be paired with what the charts do deploy: not when what it is
    /// listed for may be deployed where nobody could look.
    fn may_judge(&self, entry: &Listed, partner: Partner, documented: bool) -> bool {
        let image = &entry.reference;
        let unread = self.coverage.malformed.iter().chain(&self.coverage.written_malformed);
        if unread.into_iter().any(|other| other.same_repository(image)) {
            return false;
        }
        match partner {
            Partner::SamePath => documented || !self.is_unknown(entry),
            Partner::Another if self.is_of_other_region(entry) => false,
            Partner::Another if documented => !self.is_unknown(entry) && !self.is_above_unknown(entry),
            Partner::Another => !self.is_doubtful(entry),
        }
    }

    /// Whether the entry's repository is one that the charts use in a region that was not asked for, and there alone.
    fn is_of_other_region(&self, entry: &Listed) -> bool {
        let alike = |used: &Use| used.reference.same_repository(&entry.reference);
        self.elsewhere.iter().any(alike) && self.select(alike).is_empty()
    }

    /// The use of that index, those elsewhere counted on.
    fn used(&self, at: usize) -> Option<&Use> {
        self.uses.get(at).or_else(|| self.elsewhere.get(at.checked_sub(self.uses.len())?))
    }

    /// Whether the chart that the entry's note names is one whose images are not known, or may be one.
    fn is_unknown(&self, entry: &Listed) -> bool {
        let is = |names: &[String], noted: &NotedChart| names.contains(&noted.name);
        let noted = entry.noted.as_ref();
        noted.is_some_and(|noted| {
            is(&self.coverage.unknown, noted) || (self.coverage.blind && !is(&self.coverage.known, noted))
        })
    }

    fn standing(&self, entry: &Listed) -> Standing {
        match &entry.noted {
            None => Standing::Unnamed,
            Some(_) if self.is_unknown(entry) => Standing::Unknown,
            Some(_) if self.is_documented(entry) => Standing::Known,
            Some(_) => Standing::Nowhere,
        }
    }

    /// Whether the chart that the entry's note names has a chart below it whose images are not known.
    fn is_above_unknown(&self, entry: &Listed) -> bool {
        entry.noted.as_ref().is_some_and(|noted| self.coverage.above_unknown.contains(&noted.name))
    }

    fn is_documented(&self, entry: &Listed) -> bool {
        self.coverage.is_documented(entry)
    }

    /// Whether some chart whose images are not known may deploy what the entry lists.
    fn is_doubtful(&self, entry: &Listed) -> bool {
        let undocumented = !self.is_documented(entry) && !self.coverage.unknown.is_empty();
        undocumented || self.coverage.blind || self.is_unknown(entry) || self.is_above_unknown(entry)
    }

    /// Whether what is switched off says nothing of the entry: the chart that the note names, or any chart when none says it, may deploy
    /// it.
    fn is_hidden(&self, entry: &Listed) -> bool {
        self.is_unknown(entry) || (!self.is_documented(entry) && self.is_doubtful(entry))
    }

    fn select(&self, accept: impl Fn(&Use) -> bool) -> Vec<usize> {
        let deployed = |at: &usize| self.uses[*at].when.is_none() && !self.coverage.overridden.contains(at);
        (0..self.uses.len()).filter(deployed).filter(|at| accept(&self.uses[*at])).collect()
    }

    fn exact(&self, entry: &Listed) -> Option<Verdict> {
        let mut uses = self.select(|used| brings(&entry.reference, used));
        if uses.is_empty() && self.elsewhere.iter().any(|used| brings(&entry.reference, used)) {
            return Some(Verdict::Elsewhere);
        }
        // What is surely pulled speaks for the entry.
        uses.sort_by_key(|at| self.uses[*at].kind);
        if uses.is_empty()
            && let Some(verdict) = self.mirrored(entry)
        {
            return Some(verdict);
        }
        if uses.is_empty() {
            let meant = self.coverage.written.iter().filter(|(_, meant)| serves(&entry.reference, meant));
            uses = meant.map(|(at, _)| *at).collect();
            uses.sort_unstable();
        }
        (!uses.is_empty()).then_some(Verdict::Right { uses })
    }

    /// Somebody who copied the image's path from another region, or mixed up the accounts. Whether the image is listed
    /// elsewhere does not matter: the pair of account and region is wrong in any case.
    fn other_registry(&self, entry: &Listed, documented: bool) -> Option<Verdict> {
        let listed = entry.reference.ecr()?;
        let same_path = |used: &Use| used.reference.path() == entry.reference.path() && used.reference.ecr().is_some();
        let uses = self.select(same_path);
        let elsewhere = || self.coverage.built.iter().filter(|used| same_path(used));
        let built = || uses.iter().map(|at| &self.uses[*at]).chain(elsewhere());
        let is_built = |used: &Use| used.reference.ecr().is_some_and(|host| host.same_registry(&listed));
        // What is right in a region that no scenario is in may still be right where others were not asked for.
        let is_right = built().any(is_built);
        if is_right && (self.coverage.narrowed || uses.iter().any(|at| is_built(&self.uses[*at]))) {
            return None;
        }
        let is_own =
            |used: &&Use| same_path(used) && used.reference.ecr().is_some_and(|host| host.region() == listed.region());
        // What a use is in the entry's own region.
        let own = |at: usize| {
            let used = &self.uses[at];
            let variant = || elsewhere().filter(|other| other.slot() == used.slot()).find(is_own);
            Some(used).filter(is_own).or_else(variant).filter(|_| !is_right).map(|used| &used.reference)
        };
        let rank = |at: usize| {
            let in_region = self.uses[at].scenarios.iter().any(|scenario| scenario == listed.region());
            (own(at).is_none(), self.served.contains(&at), !in_region, self.is_package(at), at)
        };
        let mut best: Vec<usize> =
            uses.iter().copied().filter(|at| !documented || self.names(entry, &self.uses[*at])).collect();
        best.sort_by_key(|at| rank(*at));
        let nearest = *best.first()?;
        // A region that the charts do not know, but an account that they know: then the region is what is wrong.
        let by_account = || {
            let of_account = |used: &&Use| used.reference.ecr().is_some_and(|host| host.account() == listed.account());
            let mut images = built().filter(of_account);
            let image = images.next()?;
            images.all(|other| other.reference.repository() == image.reference.repository()).then_some(image)
        };
        let of_account = if is_right || own(nearest).is_some() { None } else { by_account() };
        // What the entry is to list and what it then serves are one image.
        let at_home = |other: &Use| best.iter().copied().find(|at| self.uses[*at].slot() == other.slot());
        let first = of_account.and_then(at_home).unwrap_or(nearest);
        let expected = own(first).or(of_account.map(|used| &used.reference)).unwrap_or(&self.uses[first].reference);
        best.retain(|at| same_image(&self.uses[*at].reference, &self.uses[first].reference));
        best.sort_by_key(|at| (*at != first, rank(*at)));
        let mut possible = self.coverage.possible.iter().filter(|used| used.slot() == self.uses[first].slot());
        Some(Verdict::OtherRegistry {
            expected: expected.clone(),
            own_region: own(first).is_some(),
            possible: possible.find(is_own).map(|used| used.reference.clone()),
            uses: best,
        })
    }

    fn other_version(&self, entry: &Listed, documented: bool) -> Option<Verdict> {
        let alike = |used: &Use| used.reference.same_repository(&entry.reference);
        // Several systems, several entries.
        let free = |at: &usize| self.uses[*at].is_completed() || !self.is_taken(*at);
        let uses: Vec<_> = self.select(alike).into_iter().filter(free).collect();
        let noted: Vec<_> = uses.iter().copied().filter(|at| self.names(entry, &self.uses[*at])).collect();
        let uses = if documented { noted } else { uses };
        let found = self.first_image(uses).or_else(|| Some(vec![self.other_version_elsewhere(entry, documented)?]));
        Some(Verdict::OtherVersion { uses: found? })
    }

    /// The use of the entry's repository in a region that was not asked for, which no entry lists.
    fn other_version_elsewhere(&self, entry: &Listed, documented: bool) -> Option<usize> {
        if !self.is_of_other_region(entry) {
            return None;
        }
        let is_listed = |used: &Use| self.listed.iter().any(|other| brings(&other.reference, used));
        let is_it = |used: &Use| {
            used.reference.same_repository(&entry.reference)
                && (!documented || self.names(entry, used))
                && !is_listed(used)
        };
        self.elsewhere.iter().position(is_it).map(|at| self.uses.len() + at)
    }

    fn other_repository(&self, entry: &Listed, documented: bool) -> Option<Verdict> {
        let same_name = |used: &Use| {
            let deployed = last_part(used.reference.path());
            deployed == last_part(entry.reference.path()) || deployed == last_part(&entry.name)
        };
        let free = self.select(|_| true).into_iter().filter(|at| !self.served.contains(at));
        let uses: Vec<_> = if documented {
            let of_chart: Vec<_> = free.filter(|at| self.names(entry, &self.uses[*at])).collect();
            let alike: Vec<_> = of_chart.iter().copied().filter(|at| same_name(&self.uses[*at])).collect();
            // Several images of one chart: only a name can tell which of them the entry stands for.
            let deployed = |at: &usize| self.uses[*at].kind == Kind::Container;
            let all_of_chart = self.select(|used| used.kind == Kind::Container && self.names(entry, used));
            let only = alike.is_empty() && self.images(&all_of_chart) == 1;
            if only { of_chart.into_iter().filter(deployed).collect() } else { alike }
        } else {
            free.filter(|at| same_name(&self.uses[*at])).collect()
        };
        Some(Verdict::OtherRepository { uses: self.first_image(uses)?, documented })
    }

    /// Whether some entry serves it, or what stands in its place under the same scenarios.
    fn is_taken(&self, at: usize) -> bool {
        let used = &self.uses[at];
        self.taken.contains(&at)
            || self.taken.iter().map(|other| &self.uses[*other]).any(|other| {
                let together = other.scenarios.iter().any(|name| used.scenarios.contains(name));
                (together && other.is_variant(used)) || same_image(&other.reference, &used.reference)
            })
    }

    /// The uses of the first image among `uses`, and its variants.
    fn first_image(&self, uses: Vec<usize>) -> Option<Vec<usize>> {
        // A container comes before an operand, and a copy that lies twice under charts/ after one that is certain.
        let first = *uses.iter().min_by_key(|at| (self.uses[**at].kind, self.is_package(**at), **at))?;
        let used = &self.uses[first];
        let mut same: Vec<_> = uses
            .into_iter()
            .filter(|at| *at != first)
            .filter(|at| same_image(&self.uses[*at].reference, &used.reference) || self.uses[*at].is_variant(used))
            .collect();
        same.insert(0, first);
        Some(same)
    }

    /// Whether only the packaged copy of an ambiguous subchart names it.
    fn is_package(&self, at: usize) -> bool {
        let copies = &self.uses[at].only_in;
        !copies.is_empty() && copies.iter().all(|copy| copy.extension().is_some_and(|extension| extension == "tgz"))
    }

    fn images(&self, uses: &[usize]) -> usize {
        let repositories: HashSet<_> = uses.iter().map(|at| self.uses[*at].reference.repository()).collect();
        repositories.len()
    }

    /// Whether the entry's note names the chart of `used`, or a chart that contains it.
    fn names(&self, entry: &Listed, used: &Use) -> bool {
        entry.noted.as_ref().is_some_and(|noted| !used.charts_named(&noted.name).is_empty())
    }

    fn absent(&self, entry: &Listed, is_listed: &impl Fn(&Reference) -> bool) -> Verdict {
        if self.is_hidden(entry) || !self.may_judge(entry, Partner::SamePath, false) {
            return Verdict::Unknown;
        }
        if let Some(same) = self.optional(|used| brings(&entry.reference, used)) {
            return same;
        }
        let noted = entry.noted.as_ref().map(|noted| noted.name.as_str());
        // Its chart's image comes from the team's registry, under a name that is no entry's.
        let is_under =
            |at: &usize| self.coverage.under.get(at).is_some_and(|own| own.same_repository(&entry.reference));
        let unfilled = self.own(|used| used.when.is_none());
        let mut unfilled = unfilled.iter().filter(|at| !self.served.contains(at));
        if unfilled.any(|at| self.names(entry, &self.uses[*at]) || is_under(at)) {
            return Verdict::Overridden;
        }
        if self.is_doubtful(entry) {
            return Verdict::Unknown;
        }
        if let Some(near) = self.optional(|used| may_bring(&entry.reference, used)) {
            return near;
        }
        let other_version = |used: &Use| is_version(&entry.reference, used) && !is_listed(&used.reference);
        if let Some(other) = self.optional(|used| other_version(used) && self.names(entry, used)) {
            return other;
        }
        if let Some(other) = self.optional(other_version) {
            return other;
        }
        if let Some(registry) = self.switched_registry(entry, false) {
            return registry;
        }
        let Some(when) = self.coverage.switch_of(entry) else { return Verdict::Stale };
        // Turned on, the chart shows its images; one that is none of them is deployed under no condition. One that comes from the
        // team's own registry, by whatever name, may be a copy of it.
        let shown = self.uses.iter().any(|used| used.when.is_some() && self.names(entry, used));
        let is_entry = |used: &Use| self.listed.iter().any(|other| other.name == used.reference.path());
        let unfilled = self.own(|used| used.when.is_some() && self.names(entry, used) && !is_entry(used));
        let not_all =
            !unfilled.is_empty() || self.coverage.disabled_unknown.iter().any(|chart| Some(chart.as_str()) == noted);
        match shown && !not_all {
            true => Verdict::Stale,
            false => Verdict::Disabled { when: when.to_owned(), used: None },
        }
    }

    /// Whether `used`, or what stands in its place under another scenario or in another copy of its chart, is among `missing`.
    fn is_known(&self, missing: &[usize], used: &Use) -> bool {
        let is_missing =
            |image: &Reference| missing.iter().any(|at| serves(&as_entry(&self.uses[*at].reference), image));
        let mut variants = self.uses.iter().filter(|variant| variant.is_variant(used));
        is_missing(&used.reference) || variants.any(|variant| is_missing(&variant.reference))
    }

    fn missing(&self) -> Vec<usize> {
        let mut missing: Vec<usize> = Vec::new();
        for at in self.select(|used| used.kind == Kind::Container) {
            let used = &self.uses[at];
            let known = self.is_known(&missing, used);
            if !known && !self.served.contains(&at) {
                missing.push(at);
            }
        }
        missing
    }

    fn missing_operands(&self) -> Vec<usize> {
        let mut missing: Vec<usize> = Vec::new();
        for at in self.select(|used| used.kind == Kind::Operand) {
            let used = &self.uses[at];
            // A name without a version says no more than a container or an entry that has one.
            let open = used.reference.tag().is_none() && used.reference.digest().is_none();
            let same = |other: &Use| {
                same_image(&other.reference, &used.reference)
                    || (open && other.reference.same_repository(&used.reference))
            };
            let deployed = |other: &Use| other.kind == Kind::Container && other.when.is_none() && same(other);
            let deployed = self.uses.iter().any(deployed);
            let malformed = self.coverage.malformed.iter().any(|image| image.same_repository(&used.reference));
            let listed = self.served.contains(&at) || self.served.iter().any(|other| same(&self.uses[*other]));
            let known = self.is_known(&missing, used);
            if !(deployed || listed || known || (open && malformed)) {
                missing.push(at);
            }
        }
        missing
    }
}

pub(super) fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
