//! What a fix may not bring: a finding that was not there. Compares two checks by the kinds of their findings; applies nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::View;
use crate::lint::{Checked, Finding, Severity};

/// What fixes in the files at `paths` brought that mended findings of the kinds in `mended`: what was not there before, and what
/// should be gone and is not. Two things were there, unseen: what stands in other files and is less than an error, as in a script
/// that mentions the old tag; and where the scenarios are others, for the list names a region for the first time, what shows under
/// them, unless it is about a line that the fixes wrote.
pub(super) fn brought<'a>(
    before: &View,
    after: &'a View,
    paths: &BTreeSet<&Path>,
    mended: &[&str],
) -> Vec<&'a Finding> {
    let mut allowed = count(&before.checked);
    for kind in mended {
        allowed.entry((*kind).to_owned()).and_modify(|count| *count = count.saturating_sub(1));
    }
    let follows = |finding: &Finding| {
        finding.severity < Severity::Error && !paths.contains(after.sources.get(finding.span.file).path())
    };
    let is_other_world = scenarios(&before.checked) != scenarios(&after.checked);
    let was_unseen = |finding: &Finding| is_other_world && !is_written(before, after, finding);
    beyond(allowed, &after.checked).filter(|finding| !follows(finding) && !was_unseen(finding)).collect()
}

fn scenarios(checked: &Checked) -> BTreeSet<&String> {
    checked.lists.iter().flat_map(|list| &list.scenarios).collect()
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

/// How many findings there are of each kind.
pub(super) fn count(checked: &Checked) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.findings {
        *counts.entry(finding.kind()).or_default() += 1;
    }
    counts
}

/// The findings that are there more often than `allowed`.
pub(super) fn beyond(mut allowed: BTreeMap<String, usize>, checked: &Checked) -> impl Iterator<Item = &Finding> {
    checked.findings.iter().filter(move |finding| {
        let count = allowed.entry(finding.kind()).or_default();
        let is_more = *count == 0;
        *count = count.saturating_sub(1);
        is_more
    })
}
