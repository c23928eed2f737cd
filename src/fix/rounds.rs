//! Rounds of fixes: in each, all that do not touch each other; then everything is checked again. What would do harm, see
//! [`super::harm`], is given up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::apply_edits;
use super::harm::{Kind, beyond, blinding, brought, count, gains_charts, kind_of, lost_chart, lost_region, moved};
use crate::config::FILE_NAME;
use crate::lint::{Beside, Checked, CheckedList, Edit, Finding, Fix, Outlook, Refusal, Says, says};
use crate::source::{Over, Sources, Span, WriteError, to_bytes, write_whole};

/// Rounds that are made at most. Fixes that touch each other wait for the next one.
pub const MAX_ROUNDS: usize = 10;

/// Texts that stand in place of what is on disk.
pub type Texts = BTreeMap<PathBuf, Arc<str>>;

/// A check of the workspace, and the files that it read.
#[derive(Debug)]
pub struct View {
    /// The files.
    pub sources: Sources,
    /// What was found.
    pub checked: Checked,
}

/// One file that fixes change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// Its text as it was read.
    pub before: Arc<str>,
    /// Its text after all fixes.
    pub after: Arc<str>,
}

impl Change {
    /// Writes the new text, whole or not at all.
    ///
    /// # Errors
    /// When the file is no longer what was read, may not be written, or the system refuses.
    pub fn write(&self) -> Result<(), WriteError> {
        write_whole(&self.path, &to_bytes(&self.after), Over::Exactly(&to_bytes(&self.before)))
    }
}

/// A finding that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The rule.
    pub rule: &'static str,
    /// The finding's key.
    pub key: String,
    /// The entry that it is about, if it is about one.
    pub entry: Option<String>,
    /// The file that was changed.
    pub path: PathBuf,
    /// What was done.
    pub title: String,
}

impl Fixed {
    /// What was done, and to which entry.
    #[must_use]
    pub fn told(&self) -> String {
        match &self.entry {
            Some(entry) if !self.title.contains(&format!("`{entry}`")) => format!("{entry}: {}", self.title),
            _ => self.title.clone(),
        }
    }
}

/// A fix that was not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// What it would have done.
    pub fix: Fixed,
    /// Why not, behind `it would leave`: what would be found then, or which chart or region the list would no longer
    /// be held against.
    pub reason: String,
}

/// Where the rounds ended.
#[derive(Debug)]
pub struct Settled {
    /// The check of the files as they were.
    pub before: View,
    /// The check of the changed files, where something was mended.
    pub after: Option<View>,
    /// The files that change, by path.
    pub changes: Vec<Change>,
    /// What was mended, in the order in which it was.
    pub fixed: Vec<Fixed>,
    /// What was given up.
    pub withheld: Vec<Withheld>,
}

impl Settled {
    /// The check of the files as they are now: what is left.
    #[must_use]
    pub fn view(&self) -> &View {
        self.after.as_ref().unwrap_or(&self.before)
    }
}

/// Applies the fixes that `wanted` picks, in memory. `check` checks the workspace with some texts changed, and its lists held against
/// the regions that they will name.
///
/// # Errors
/// Those of the first check.
pub fn settle(
    check: impl Fn(&Texts, &Outlook) -> Result<View, Refusal>,
    wanted: impl Fn(&View, &Finding) -> Option<Fix>,
) -> Result<Settled, Refusal> {
    rounds(check, wanted, true)
}

/// The same for a list that is only being written: which charts it is for, its entries say.
///
/// # Errors
/// As [`settle`].
pub fn settle_new(
    check: impl Fn(&Texts, &Outlook) -> Result<View, Refusal>,
    wanted: impl Fn(&View, &Finding) -> Option<Fix>,
) -> Result<Settled, Refusal> {
    rounds(check, wanted, false)
}

fn rounds(
    check: impl Fn(&Texts, &Outlook) -> Result<View, Refusal>,
    wanted: impl Fn(&View, &Finding) -> Option<Fix>,
    keeps_charts: bool,
) -> Result<Settled, Refusal> {
    let before = check(&Texts::new(), &Outlook::new())?;
    let mut known = Lesson::default();
    loop {
        let attempt = Attempt { check: &check, wanted: &wanted, before: &before, known: &known, keeps_charts };
        let (end, lesson) = attempt.run();
        if lesson.is_empty() {
            let End { after, changes, fixed, withheld } = end;
            return Ok(Settled { before, after, changes, fixed, withheld });
        }
        known.add(lesson);
    }
}

/// What an attempt has taught: the next one begins anew, and knows it. Each turn knows more.
#[derive(Default)]
struct Lesson {
    /// Findings, by kind, that no round mends once a fix has brought them: what brings one is given up.
    lasting: BTreeSet<Kind>,
    /// The regions that a list was expected to name or not, by its path, which no round made true or which hides charts: that is expected no more.
    steady: BTreeSet<(PathBuf, String)>,
}

impl Lesson {
    fn is_empty(&self) -> bool {
        self.lasting.is_empty() && self.steady.is_empty()
    }

    fn add(&mut self, other: Self) {
        self.lasting.extend(other.lasting);
        self.steady.extend(other.steady);
    }
}

/// All rounds, from the files as they are on disk.
struct Attempt<'a, C, W> {
    check: &'a C,
    wanted: &'a W,
    before: &'a View,
    known: &'a Lesson,
    /// Whether no chart may be taken from a list.
    keeps_charts: bool,
}

impl<C, W> Attempt<'_, C, W>
where
    C: Fn(&Texts, &Outlook) -> Result<View, Refusal>,
    W: Fn(&View, &Finding) -> Option<Fix>,
{
    /// Where the rounds end, and what that teaches.
    fn run(&self) -> (End, Lesson) {
        let (mut texts, mut outlook) = (Texts::new(), Outlook::new());
        let mut after: Option<View> = None;
        let mut originals = Texts::new();
        let mut seen = vec![Texts::new()];
        let (mut fixed, mut withheld, mut owed) = (Vec::new(), Vec::new(), BTreeSet::new());
        for _ in 0..MAX_ROUNDS {
            // What is listed is judged in the regions that the list will name, from the first entry on.
            loop {
                let wider = self.look_ahead(after.as_ref().unwrap_or(self.before), &texts, &outlook);
                if wider == outlook {
                    break;
                }
                outlook = wider;
                let steady = match (self.check)(&texts, &outlook) {
                    Ok(view) => {
                        let steady = blinding(self.before, &view, &outlook);
                        after = Some(view);
                        steady
                    }
                    Err(_) => outlook.keys().cloned().collect(),
                };
                if !steady.is_empty() {
                    return (End::default(), Lesson { steady, ..Lesson::default() });
                }
            }
            let view = after.as_ref().unwrap_or(self.before);
            let past = Past { originals: &originals, seen: &seen };
            let (accepted, apart) = (Vec::new(), Vec::new());
            let mut round = Round {
                attempt: self,
                before: view,
                outlook: &outlook,
                texts: &texts,
                past,
                accepted,
                apart,
                next: None,
            };
            withheld.clear();
            // What was not chosen, for it touched a fix that is given up, has its turn now.
            loop {
                let chosen = choose(view, &round.accepted, &withheld, |finding| (self.wanted)(view, finding));
                let mut harmful = round.absorb(chosen);
                harmful.extend(round.reunite());
                if harmful.is_empty() {
                    break;
                }
                withheld.extend(harmful);
            }
            let Round { accepted, next: Some(next), .. } = round else { break };
            for one in accepted {
                let file = view.sources.get(one.file());
                originals.entry(one.fixed.path.clone()).or_insert_with(|| file.text().clone());
                fixed.push(one.fixed);
            }
            owed.extend(next.owed);
            (texts, after) = (next.texts, Some(next.view));
            seen.push(texts.clone());
        }
        let change = |(path, before): (PathBuf, Arc<str>)| {
            let after = texts.get(&path).cloned().unwrap_or_else(|| before.clone());
            Change { path, before, after }
        };
        let changes = originals.into_iter().map(change).filter(|change| change.before != change.after).collect();
        let left = after.as_ref().unwrap_or(self.before);
        let kinds = beyond(count(self.before), left).map(|finding| kind_of(left, finding));
        let lasting = kinds.filter(|kind| owed.contains(kind)).collect();
        let is_named = |(path, region): &(PathBuf, String)| named(self.before, &texts, path).contains(region);
        let missed = outlook.into_iter().filter(|(key, will)| is_named(key) != *will);
        let lesson = Lesson { lasting, steady: missed.map(|(key, _)| key).collect() };
        (End { after, changes, fixed, withheld }, lesson)
    }

    /// The `outlook` with what the fixes of `view` are going to change, all of them that do not touch each other.
    fn look_ahead(&self, view: &View, texts: &Texts, outlook: &Outlook) -> Outlook {
        let chosen = choose(view, &[], &[], |finding| (self.wanted)(view, finding));
        let mut shifts = shifts(view, &apply_all(&view.sources, texts, &chosen.iter().collect::<Vec<_>>()));
        shifts.retain(|key, _| !self.known.steady.contains(key));
        let mut wider = outlook.clone();
        wider.extend(shifts);
        wider
    }
}

/// The regions that the list at `path` names, once of `texts` is what they hold of it.
fn named(view: &View, texts: &Texts, path: &Path) -> BTreeSet<String> {
    let Some(file) = view.sources.find(path) else { return BTreeSet::new() };
    says(file, texts.get(path).unwrap_or(view.sources.get(file).text())).regions.into_iter().collect()
}

/// The regions that lists of `view` name and will no more as they are in `texts`, and the other way round.
fn shifts(view: &View, texts: &Texts) -> Outlook {
    let mut shifts = Outlook::new();
    for CheckedList { path, .. } in view.checked.lists.iter().filter(|list| texts.contains_key(&list.path)) {
        let (now, then) = (named(view, &Texts::new(), path), named(view, texts, path));
        let other = now.symmetric_difference(&then);
        shifts.extend(other.map(|region| ((path.clone(), region.clone()), then.contains(region))));
    }
    shifts
}

/// What an attempt came to, as [`Settled`] has it.
#[derive(Default)]
struct End {
    after: Option<View>,
    changes: Vec<Change>,
    fixed: Vec<Fixed>,
    withheld: Vec<Withheld>,
}

/// What fixes make of the workspace.
struct Next {
    texts: Texts,
    view: View,
    /// What they brought for later rounds to mend, by kind.
    owed: BTreeSet<Kind>,
}

/// What the files were before.
#[derive(Clone, Copy)]
struct Past<'a> {
    /// On disk.
    originals: &'a Texts,
    /// At the start and after each round; a file without a text was as it is on disk.
    seen: &'a [Texts],
}

impl Past<'_> {
    /// Whether all files were as they are in `texts`.
    fn has(&self, texts: &Texts) -> bool {
        let was = |old: &Texts, path: &PathBuf| old.get(path).or_else(|| self.originals.get(path)).cloned();
        self.seen.iter().any(|old| texts.iter().all(|(path, text)| was(old, path).as_ref() == Some(text)))
    }
}

/// One round: what is accepted so far, and the check of it.
struct Round<'a, C, W> {
    attempt: &'a Attempt<'a, C, W>,
    before: &'a View,
    outlook: &'a Outlook,
    texts: &'a Texts,
    past: Past<'a>,
    accepted: Vec<Chosen>,
    /// Those that by themselves would take a chart from a list.
    apart: Vec<Chosen>,
    next: Option<Next>,
}

/// Why fixes may not be applied.
enum Objection {
    /// They would leave this.
    Harm(String),
    /// They would take a chart from a list, unless others name it.
    Chart(String),
    /// They would take a region from a list, or bring one in which other fixes are not judged.
    Region(String),
}

impl<C, W> Round<'_, C, W>
where
    C: Fn(&Texts, &Outlook) -> Result<View, Refusal>,
    W: Fn(&View, &Finding) -> Option<Fix>,
{
    /// Accepts as many of `fixes` as do no harm on top of each other: all at once, else in parts. Gives the others, but for those
    /// that are set apart or have their turn in the next round.
    fn absorb(&mut self, fixes: Vec<Chosen>) -> Vec<Withheld> {
        if fixes.is_empty() {
            return Vec::new();
        }
        let objection = match self.verify(&fixes) {
            Ok(next) => {
                self.accept(fixes, next);
                return Vec::new();
            }
            Err(objection) => objection,
        };
        let parts = match objection {
            Objection::Harm(reason) | Objection::Region(reason) if fixes.len() == 1 => {
                return fixes.into_iter().map(|one| Withheld { fix: one.fixed, reason: reason.clone() }).collect();
            }
            Objection::Chart(_) if fixes.len() == 1 || self.are_first_notes(&fixes) => {
                self.apart.extend(fixes);
                return Vec::new();
            }
            Objection::Harm(_) => halves(fixes),
            Objection::Chart(_) => in_parts(fixes, |one| self.says_otherwise(one, |says| &says.charts)),
            Objection::Region(_) => in_parts(fixes, |one| self.says_otherwise(one, |says| &says.regions)),
        };
        parts.into_iter().flat_map(|part| self.absorb(part)).collect()
    }

    /// Whether the list at `path` is held against all charts, for no note of it names one.
    fn is_unnamed(&self, path: &Path) -> bool {
        self.before.checked.lists.iter().any(|list| list.path == path && !list.by_notes)
    }

    /// Whether `one` by itself changes what a list says in that regard.
    fn says_otherwise<T: PartialEq>(&self, one: &Chosen, regard: impl Fn(&Says) -> &T) -> bool {
        if self.before.checked.lists.iter().all(|list| list.path != one.fixed.path) {
            return false;
        }
        let file = self.before.sources.get(one.file());
        let after = apply_edits(file.text(), one.fix.edits()).into();
        regard(&says(one.file(), file.text())) != regard(&says(one.file(), &after))
    }

    /// Whether `fixes` are notes for a list that is held against all charts, for no note of it names one: the more of them there are,
    /// the fewer charts are lost.
    fn are_first_notes(&self, fixes: &[Chosen]) -> bool {
        let path = &fixes[0].fixed.path;
        let names = |one: &Chosen| one.fixed.path == *path && self.says_otherwise(one, |says| &says.charts);
        self.is_unnamed(path) && fixes.iter().all(names)
    }

    /// Accepts what was set apart, where all of it together in one file names the charts that each by itself would take. Gives it
    /// otherwise.
    fn reunite(&mut self) -> Vec<Withheld> {
        let mut withheld = Vec::new();
        for fixes in by_file(std::mem::take(&mut self.apart)) {
            match self.verify(&fixes) {
                Ok(next) => self.accept(fixes, next),
                Err(Objection::Chart(reason) | Objection::Region(reason) | Objection::Harm(reason)) => {
                    withheld.extend(fixes.into_iter().map(|one| Withheld { fix: one.fixed, reason: reason.clone() }));
                }
            }
        }
        withheld
    }

    fn accept(&mut self, mut fixes: Vec<Chosen>, next: Next) {
        self.accepted.append(&mut fixes);
        self.next = Some(next);
    }

    /// What `fixes` make of the texts, with all that was accepted; or why they may not.
    fn verify(&self, fixes: &[Chosen]) -> Result<Next, Objection> {
        let all: Vec<&Chosen> = self.accepted.iter().chain(fixes).collect();
        let texts = apply_all(&self.before.sources, self.texts, &all);
        if self.past.has(&texts) {
            return Err(Objection::Harm("what was mended before as it was".to_owned()));
        }
        let view = (self.attempt.check)(&texts, self.outlook).map_err(|refusal| Objection::Harm(refusal.message))?;
        let keeps_charts = self.attempt.keeps_charts;
        if let Some(chart) = lost_chart(self.before, &view).filter(|_| keeps_charts) {
            return Err(Objection::Chart(told_of("out of", &chart.name.to_string(), "charts")));
        }
        if let Some(region) = lost_region(self.attempt.before, &view) {
            return Err(Objection::Region(told_of("out of", region, "scenarios")));
        }
        let paths: BTreeSet<&Path> = all.iter().map(|one| one.fixed.path.as_path()).collect();
        let gains = keeps_charts && gains_charts(self.before, &view);
        let mended: Vec<&Kind> = all.iter().map(|one| &one.kind).collect();
        let left: Vec<&Kind> = all.iter().filter_map(|one| one.left.as_ref()).collect();
        let mut owed = BTreeSet::new();
        // Where somebody says the scenarios, the list's hosts move nothing.
        let moved = moved(self.before, &view);
        let unforeseen = |(key, will): &(_, bool)| self.outlook.get(key) != Some(will) && moved.contains(&*key.0);
        let unforeseen = shifts(self.before, &texts).into_iter().find(unforeseen);
        for finding in brought(self.before, &view, &paths, &mended, &left) {
            let told = format!("{}: {}", finding.rule.id, finding.told());
            if unforeseen.is_some() {
                return Err(Objection::Region(told));
            }
            let kind = kind_of(&view, finding);
            let is_owed = !gains && !self.attempt.known.lasting.contains(&kind);
            if !is_owed || (self.attempt.wanted)(&view, finding).is_none() {
                return Err(Objection::Harm(told));
            }
            owed.insert(kind);
        }
        match unforeseen {
            Some(((_, region), true)) => Err(Objection::Region(told_of("among", &region, "scenarios"))),
            Some(((_, region), false)) => Err(Objection::Region(told_of("out of", &region, "scenarios"))),
            None => Ok(Next { texts, view, owed }),
        }
    }
}

/// What is said of fixes that leave `name` out of or among the `what` of a list.
fn told_of(place: &str, name: &str, what: &str) -> String {
    format!("{name} {place} what the list is held against; {FILE_NAME} can name its {what}")
}

fn halves(mut fixes: Vec<Chosen>) -> Vec<Vec<Chosen>> {
    let rest = fixes.split_off(fixes.len() / 2);
    vec![fixes, rest]
}

/// First those that are not `at_fault`, then the others by their files; halves where that parts nothing.
fn in_parts(fixes: Vec<Chosen>, at_fault: impl Fn(&Chosen) -> bool) -> Vec<Vec<Chosen>> {
    let (faulty, others): (Vec<_>, Vec<_>) = fixes.into_iter().partition(at_fault);
    let mut parts = by_file(faulty);
    parts.insert(0, others);
    parts.retain(|part| !part.is_empty());
    if parts.len() == 1 { parts.into_iter().flat_map(halves).collect() } else { parts }
}

fn by_file(fixes: Vec<Chosen>) -> Vec<Vec<Chosen>> {
    let mut parts: BTreeMap<PathBuf, Vec<Chosen>> = BTreeMap::new();
    for one in fixes {
        parts.entry(one.fixed.path.clone()).or_default().push(one);
    }
    parts.into_values().collect()
}

/// A fix that is to be applied.
#[derive(Clone)]
struct Chosen {
    fix: Fix,
    /// Which of the findings it mends, which is where it stands among the others at one place.
    number: usize,
    fixed: Fixed,
    /// The kind of the finding that it mends.
    kind: Kind,
    /// That of what is left of the finding, and was told by it.
    left: Option<Kind>,
}

impl Chosen {
    fn file(&self) -> crate::source::FileId {
        self.fix.edits()[0].span.file
    }
}

/// The next fixes of a round: in the order of the findings, each that touches none before it and none that is accepted, and
/// that is not given up.
fn choose(
    view: &View,
    accepted: &[Chosen],
    withheld: &[Withheld],
    wanted: impl Fn(&Finding) -> Option<Fix>,
) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for (number, finding) in view.checked.findings.iter().enumerate() {
        let Some(fix) = wanted(finding).filter(|fix| !fix.edits().is_empty()) else { continue };
        let mut done = accepted.iter().map(|one| &one.fixed).chain(withheld.iter().map(|one| &one.fix));
        let file = view.sources.get(fix.edits()[0].span.file);
        let path = file.path();
        if done.any(|done| done.title == fix.title && done.key == finding.key() && done.path == path) {
            continue;
        }
        let others = || accepted.iter().chain(&chosen).filter(|other| other.file() == fix.edits()[0].span.file);
        if others().any(|other| fix.beside == Beside::None || other.fix.beside == Beside::None) {
            continue;
        }
        let taken = others().flat_map(|other| other.fix.edits());
        if taken.clone().any(|taken| fix.edits().iter().any(|edit| touches(taken.span, edit.span))) {
            continue;
        }
        let fixed = Fixed {
            rule: finding.rule.id,
            key: finding.key(),
            entry: finding.entry.clone(),
            path: path.to_owned(),
            title: fix.title.clone(),
        };
        let left = finding.kind_left().map(|left| (path.to_owned(), left));
        chosen.push(Chosen { fix, number, fixed, kind: kind_of(view, finding), left });
    }
    chosen
}

/// Whether two edits cannot both be made: what they replace overlaps, or one inserts inside of what the other replaces.
/// Insertions at one point follow each other, see [`apply_all`].
fn touches(a: Span, b: Span) -> bool {
    let (a, b, same_file) = (a.range(), b.range(), a.file == b.file);
    let overlap = a.start.max(b.start) < a.end.min(b.end);
    let inside = |point: &std::ops::Range<usize>, range: &std::ops::Range<usize>| {
        point.is_empty() && range.start < point.start && point.start < range.end
    };
    same_file && (overlap || inside(&a, &b) || inside(&b, &a))
}

/// The changed texts after some more fixes. Of insertions at one point those come first that are blocks of their own, then, in the order
/// of their findings, those that belong to the line there.
fn apply_all(sources: &Sources, texts: &Texts, fixes: &[&Chosen]) -> Texts {
    let mut texts = texts.clone();
    let paths: BTreeSet<&Path> = fixes.iter().map(|one| one.fixed.path.as_path()).collect();
    for path in paths {
        let mut of_file: Vec<&&Chosen> = fixes.iter().filter(|one| one.fixed.path == path).collect();
        of_file.sort_by_key(|one| one.number);
        let mut edits: Vec<(Edit, bool)> = Vec::new();
        for one in &of_file {
            let mut own = one.fix.edits().to_vec();
            if let ([insertion], Beside::Block { again: Some(again) }) = (own.as_mut_slice(), &one.fix.beside)
                && insertion.span.range().is_empty()
                && edits.iter().any(|(other, _)| other.span == insertion.span)
            {
                insertion.text.clone_from(again);
            }
            let is_block = matches!(one.fix.beside, Beside::Block { .. });
            edits.extend(own.into_iter().map(|edit| (edit, is_block)));
        }
        let text = of_file.first().map(|one| sources.get(one.file()).text().clone()).unwrap_or_default();
        // A note stays with the entry below; what only ends a line stays first.
        let is_note = |edit: &Edit, is_block: bool| !is_block && !edit.text.trim().is_empty();
        edits.sort_by_key(|(edit, is_block)| (edit.span.start, edit.span.end, is_note(edit, *is_block)));
        texts.insert(path.to_owned(), apply_edits(&text, edits.iter().map(|(edit, _)| edit)).into());
    }
    texts
}
