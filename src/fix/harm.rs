//! What a fix may not bring: a finding that was not there. Compares two checks by the keys of their findings; applies nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::View;
use crate::lint::{Checked, Finding, Severity};

/// What fixes in the files at `paths` brought that mended the findings called `mended`: what was not there before, and what
/// should be gone and is not. Two things were there, unseen: what stands in other files and is less than an error, as in a script
/// that mentions the old tag; and where the scenarios are others, for the list names a region for the first time, whatever shows
/// under them, as long as less is wrong than before.
pub(super) fn brought<'a>(
    before: &Checked,
    after: &'a View,
    paths: &BTreeSet<&Path>,
    mended: &[&str],
) -> Vec<&'a Finding> {
    let mut allowed = count(before);
    for key in mended {
        allowed.entry((*key).to_owned()).and_modify(|count| *count = count.saturating_sub(1));
    }
    fn scenarios(checked: &Checked) -> BTreeSet<&String> {
        checked.lists.iter().flat_map(|list| &list.scenarios).collect()
    }
    if scenarios(before) != scenarios(&after.checked) && weight(&after.checked) < weight(before) {
        return Vec::new();
    }
    let follows = |finding: &Finding| {
        finding.severity < Severity::Error && !paths.contains(after.sources.get(finding.span.file).path())
    };
    beyond(allowed, &after.checked).filter(|finding| !follows(finding)).collect()
}

/// How much is wrong: errors first, then warnings, then the rest.
fn weight(checked: &Checked) -> [usize; 3] {
    let of = |severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    [Severity::Error, Severity::Warning, Severity::Info].map(of)
}

/// How many findings there are of each key.
pub(super) fn count(checked: &Checked) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.findings {
        *counts.entry(finding.key()).or_default() += 1;
    }
    counts
}

/// The findings that are there more often than `allowed`.
pub(super) fn beyond(mut allowed: BTreeMap<String, usize>, checked: &Checked) -> impl Iterator<Item = &Finding> {
    checked.findings.iter().filter(move |finding| {
        let count = allowed.entry(finding.key()).or_default();
        let is_more = *count == 0;
        *count = count.saturating_sub(1);
        is_more
    })
}
