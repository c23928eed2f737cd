//! What a fix may not bring: a finding that was not there. Compares two checks by the kinds of their findings; applies nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::View;
use crate::lint::{Checked, Finding, Severity};

/// What fixes in the files at `paths` brought that mended findings of the kinds in `mended`: what was not there before, and what
/// should be gone and is not. Two things were there, unseen: what stands in other files and is less than an error, as in a script
/// that mentions the old tag; and where the scenarios are others, for the list names a region for the first time, what shows under
/// them, unless it is about a line that the fixes wrote. And where the first note of a list says which charts it is for, what is said
/// of an entry, or of an image that is missing, may be said in other words.
pub(super) fn brought<'a>(
    before: &View,
    after: &'a View,
    paths: &BTreeSet<&Path>,
    mended: &[&Kind],
) -> Vec<&'a Finding> {
    let mut allowed = count(before);
    for kind in mended {
        allowed.entry((*kind).clone()).and_modify(|count| *count = count.saturating_sub(1));
    }
    let follows = |finding: &Finding| {
        finding.severity < Severity::Error && !paths.contains(after.sources.get(finding.span.file).path())
    };
    let is_other_world = scenarios(&before.checked) != scenarios(&after.checked);
    let was_unseen = |finding: &Finding| is_other_world && !is_written(before, after, finding);
    let are_other_charts = charts(&before.checked) != charts(&after.checked);
    let known = &before.checked.findings;
    let was_wrong = |finding: &Finding| {
        let same = |other: &Finding| match &finding.entry {
            Some(_) => other.entry == finding.entry,
            None => other.entry.is_none() && finding.expected.is_some() && other.expected == finding.expected,
        };
        are_other_charts && known.iter().any(same) && !is_written(before, after, finding)
    };
    let is_known = |finding: &Finding| follows(finding) || was_unseen(finding) || was_wrong(finding);
    beyond(allowed, after).filter(|finding| !is_known(finding)).collect()
}

/// The charts of each list.
fn charts(checked: &Checked) -> BTreeMap<&Path, BTreeSet<&Path>> {
    let lists = checked.lists.iter();
    lists.map(|list| (list.path.as_path(), list.charts.iter().map(|chart| chart.path.as_path()).collect())).collect()
}

/// The scenarios of each list.
fn scenarios(checked: &Checked) -> BTreeMap<&Path, BTreeSet<&String>> {
    checked.lists.iter().map(|list| (list.path.as_path(), list.scenarios.iter().collect())).collect()
}

/// Whether the line that `finding` is about was not in its file before. What is missing is about no line.
fn is_written(before: &View, after: &View, finding: &Finding) -> bool {
    let is_missing = finding.entry.is_none() && finding.expected.is_some();
    let file = after.sources.get(finding.span.file);
    let line = file.line(file.position(finding.span.range().start).line).and_then(|line| file.text().get(line));
    let was_there = |known| {
        let known = before.sources.get(known);
        line.is_some_and(|line| known.text().lines().any(|old| old == line.trim_end_matches(['\r', '\n'])))
    };
    !is_missing && !before.sources.find(file.path()).is_some_and(was_there)
}

/// What is wrong with what, in which file.
pub(super) type Kind = (PathBuf, String);

pub(super) fn kind_of(view: &View, finding: &Finding) -> Kind {
    (view.sources.get(finding.span.file).path().to_owned(), finding.kind())
}

/// How many findings there are of each kind.
pub(super) fn count(view: &View) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for finding in &view.checked.findings {
        *counts.entry(kind_of(view, finding)).or_default() += 1;
    }
    counts
}

/// The findings that are there more often than `allowed`.
pub(super) fn beyond(mut allowed: BTreeMap<Kind, usize>, view: &View) -> impl Iterator<Item = &Finding> {
    view.checked.findings.iter().filter(move |finding| {
        let count = allowed.entry(kind_of(view, finding)).or_default();
        let is_more = *count == 0;
        *count = count.saturating_sub(1);
        is_more
    })
}
