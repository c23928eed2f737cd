//! What a fix may not do: bring a finding that was not there, or take a chart from a list. Compares two checks; applies nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::View;
use crate::inventory::is_region_name;
use crate::lint::{CheckedChart, CheckedList, Finding, Severity};

/// What fixes in the files at `paths` brought that mended findings of the kinds in `mended`: what was not there before, and what
/// should be gone and is not. Two things were there, unseen: what stands in other files and is less than an error, as in a script
/// that mentions the old tag; and what the same charts show under a region that the list names for the first time, unless it is about
/// how the list is written, or a line that the fixes wrote.
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
    let shows_more = shows_more(before, after);
    let was_unseen =
        |finding: &Finding| shows_more && finding.rule.group != "list" && !is_written(before, after, finding);
    let is_known = |finding: &Finding| follows(finding) || was_unseen(finding);
    beyond(allowed, after).filter(|finding| !is_known(finding)).collect()
}

/// Whether a list names a region for the first time, and each list is held against the same charts as before.
fn shows_more(before: &View, after: &View) -> bool {
    let was = |list: &CheckedList| before.checked.lists.iter().find(|other| other.path == list.path);
    let lists = || after.checked.lists.iter().filter_map(|list| Some((was(list)?, list)));
    let names_region = |(before, after): (&CheckedList, &CheckedList)| {
        after.scenarios.iter().any(|name| is_region_name(name) && !before.scenarios.contains(name))
    };
    lists().any(names_region) && lists().all(|(before, after)| before.charts == after.charts)
}

/// A chart that a list was held against before and no longer is, for its notes name other charts now: what is wrong with it there
/// would be told no more. Fixes take no chart from a list.
pub(super) fn taken<'a>(before: &'a View, after: &View) -> Option<&'a CheckedChart> {
    before.checked.lists.iter().find_map(|list| {
        let same = after.checked.lists.iter().find(|other| other.path == list.path)?;
        list.charts.iter().find(|chart| same.charts.iter().all(|other| other.path != chart.path))
    })
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
