//! Rounds of fixes: in each, all that do not touch each other; then everything is checked again. What would bring a new
//! finding is given up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::apply_edits;
use crate::lint::{Checked, Edit, Finding, Fix, Refusal, Severity};
use crate::source::{Sources, Span};

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

/// A finding that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The rule.
    pub rule: &'static str,
    /// The finding's key.
    pub key: String,
    /// The file that was changed.
    pub path: PathBuf,
    /// What was done.
    pub title: String,
}

/// Where the rounds ended.
#[derive(Debug)]
pub struct Settled {
    /// The check of the changed files: what is left.
    pub view: View,
    /// The files that change, by path.
    pub changes: Vec<Change>,
    /// What was mended, in the order in which it was.
    pub fixed: Vec<Fixed>,
    /// What was given up, for it would bring a new finding.
    pub withheld: Vec<Fixed>,
}

/// Applies the fixes that `wanted` picks, in memory. `check` checks the workspace with some texts changed.
///
/// # Errors
/// Those of the first check.
pub fn settle(
    check: impl Fn(&Texts) -> Result<View, Refusal>,
    wanted: impl Fn(&View, &Finding) -> Option<Fix>,
) -> Result<Settled, Refusal> {
    let mut texts = Texts::new();
    let mut view = check(&texts)?;
    let mut originals = Texts::new();
    let (mut fixed, mut withheld) = (Vec::new(), Vec::new());
    let mut given_up = BTreeSet::new();
    let (mut rounds, mut changed) = (0, false);
    while rounds < MAX_ROUNDS {
        let chosen = choose(&view, |finding| {
            wanted(&view, finding).filter(|fix| !given_up.contains(&(finding.key(), fix.title.clone())))
        });
        if chosen.is_empty() {
            if given_up.is_empty() || !changed {
                break;
            }
            // What did harm once may do none now, or a second run would find it.
            (given_up, withheld, changed) = (BTreeSet::new(), Vec::new(), false);
            continue;
        }
        let verified = |fixes: &[Chosen]| {
            let texts = apply_all(&view.sources, &texts, fixes);
            let next = check(&texts).ok()?;
            let paths: BTreeSet<&Path> = fixes.iter().map(|one| one.fixed.path.as_path()).collect();
            is_no_worse(&view.checked, &next, &paths).then_some((texts, next))
        };
        let Some((next_texts, next)) = verified(&chosen) else {
            // One of them is at fault, or two that only harm each other.
            let harmful = chosen.iter().filter(|one| verified(std::slice::from_ref(one)).is_none());
            let mut harmful: Vec<_> = harmful.cloned().collect();
            if harmful.is_empty() {
                harmful.extend(chosen.last().cloned());
            }
            given_up.extend(harmful.iter().map(|one| (one.fixed.key.clone(), one.fixed.title.clone())));
            withheld.extend(harmful.into_iter().map(|one| one.fixed));
            continue;
        };
        for one in chosen {
            let file = view.sources.get(one.file());
            originals.entry(one.fixed.path.clone()).or_insert_with(|| file.text().clone());
            fixed.push(one.fixed);
        }
        (texts, view) = (next_texts, next);
        (rounds, changed) = (rounds + 1, true);
    }
    let change = |(path, before): (PathBuf, Arc<str>)| {
        let after = texts.get(&path).cloned().unwrap_or_else(|| before.clone());
        Change { path, before, after }
    };
    let changes = originals.into_iter().map(change).filter(|change| change.before != change.after).collect();
    Ok(Settled { view, changes, fixed, withheld })
}

/// A fix that is to be applied.
#[derive(Clone)]
struct Chosen {
    fix: Fix,
    fixed: Fixed,
}

impl Chosen {
    fn file(&self) -> crate::source::FileId {
        self.fix.edits()[0].span.file
    }
}

/// The fixes of a round: in the order of the findings, each that touches none before it.
fn choose(view: &View, wanted: impl Fn(&Finding) -> Option<Fix>) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for finding in &view.checked.findings {
        let Some(fix) = wanted(finding).filter(|fix| !fix.edits().is_empty()) else { continue };
        let taken = chosen.iter().flat_map(|other| other.fix.edits());
        if taken.clone().any(|taken| fix.edits().iter().any(|edit| touches(taken.span, edit.span))) {
            continue;
        }
        let fixed = Fixed {
            rule: finding.rule.id,
            key: finding.key(),
            path: view.sources.get(fix.edits()[0].span.file).path().to_owned(),
            title: fix.title.clone(),
        };
        chosen.push(Chosen { fix, fixed });
    }
    chosen
}

/// Whether two edits cannot both be made: what they replace overlaps, or one inserts inside of what the other replaces.
/// Insertions at one point follow each other.
fn touches(a: Span, b: Span) -> bool {
    let (a, b, same_file) = (a.range(), b.range(), a.file == b.file);
    let overlap = a.start.max(b.start) < a.end.min(b.end);
    let inside = |point: &std::ops::Range<usize>, range: &std::ops::Range<usize>| {
        point.is_empty() && range.start < point.start && point.start < range.end
    };
    same_file && (overlap || inside(&a, &b) || inside(&b, &a))
}

/// The changed texts after some more fixes.
fn apply_all(sources: &Sources, texts: &Texts, fixes: &[Chosen]) -> Texts {
    let mut texts = texts.clone();
    let paths: BTreeSet<&Path> = fixes.iter().map(|one| one.fixed.path.as_path()).collect();
    for path in paths {
        let of_file: Vec<&Chosen> = fixes.iter().filter(|one| one.fixed.path == path).collect();
        let mut edits: Vec<&Edit> = of_file.iter().flat_map(|one| one.fix.edits()).collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let text = of_file.first().map(|one| sources.get(one.file()).text().clone()).unwrap_or_default();
        texts.insert(path.to_owned(), apply_edits(&text, edits).into());
    }
    texts
}

/// The rule about orders to the linter that are of no use any more.
const UNUSED: &str = "unused-suppression";

/// Whether every finding of `after` was there before. What merely follows does not count, see [`follows`].
fn is_no_worse(before: &Checked, after: &View, touched: &BTreeSet<&Path>) -> bool {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &before.findings {
        *known.entry(finding.key()).or_default() += 1;
    }
    after.checked.findings.iter().filter(|finding| !follows(finding, before, after, touched)).all(|finding| {
        known.get_mut(&finding.key()).is_some_and(|count| {
            let is_known = *count > 0;
            *count = count.saturating_sub(1);
            is_known
        })
    })
}

/// Whether a finding merely follows from what was mended: less than an error in a file that was not touched, as in a script
/// that mentions the old tag; a suppression of what is mended, which has a fix of its own; what could not be seen before the
/// list named another region: all that holds under scenarios that there were not, and less than errors.
fn follows(finding: &Finding, before: &Checked, after: &View, touched: &BTreeSet<&Path>) -> bool {
    fn scenarios(checked: &Checked) -> BTreeSet<&String> {
        checked.lists.iter().flat_map(|list| &list.scenarios).collect()
    }
    let known = scenarios(before);
    let new_scenarios = !finding.scenarios.is_empty() && finding.scenarios.iter().all(|name| !known.contains(name));
    let elsewhere = !touched.contains(after.sources.get(finding.span.file).path());
    let slight = finding.severity < Severity::Error;
    new_scenarios || (slight && (elsewhere || finding.rule.id == UNUSED || known != scenarios(&after.checked)))
}
