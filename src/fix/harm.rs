//! What a fix may not do: bring a finding that was not there, or take a chart or a region from a list. Compares checks; applies
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::View;
use crate::inventory::is_region_name;
use crate::lint::{CheckedChart, CheckedList, Finding, Outlook, Severity, says};

/// The rule that tells of charts that Helm would refuse.
const UNRENDERABLE: &str = "unrenderable-chart";

/// What fixes in the files at `paths` brought that mended findings of the kinds in `mended`, of which those in `left` were to stay:
/// what was not there before, and what should be gone and is not. What stands in other files and is less than an error was there,
/// unseen, as in a script that mentions the old tag.
pub(super) fn brought<'a>(
    before: &View,
    after: &'a View,
    paths: &BTreeSet<&Path>,
    mended: &[&Kind],
    left: &[&Kind],
) -> Vec<&'a Finding> {
    let mut allowed = count(before);
    for kind in mended {
        allowed.entry((*kind).clone()).and_modify(|count| *count = count.saturating_sub(1));
    }
    for kind in left {
        *allowed.entry((*kind).clone()).or_default() += 1;
    }
    let follows = |finding: &Finding| {
        finding.severity < Severity::Error && !paths.contains(after.sources.get(finding.span.file).path())
    };
    let mut brought: Vec<&Finding> = beyond(allowed, after).filter(|finding| !follows(finding)).collect();
    // Of what hides other findings more is to be said than of these.
    brought.sort_by_key(|finding| finding.rule.id != UNRENDERABLE);
    brought
}

/// What of the `outlook` keeps charts from being rendered that were: nothing would be told of them any more.
pub(super) fn blinding(before: &View, after: &View, outlook: &Outlook) -> BTreeSet<(PathBuf, String)> {
    let mut blinding = BTreeSet::new();
    for finding in beyond(count(before), after).filter(|finding| finding.rule.id == UNRENDERABLE) {
        let file = after.sources.get(finding.span.file);
        let is_held = |list: &&CheckedList| list.charts.iter().any(|chart| is_within(file.path(), &chart.path));
        let lists: Vec<&Path> = after.checked.lists.iter().filter(is_held).map(|list| list.path.as_path()).collect();
        let of_lists = || outlook.keys().filter(|(path, _)| lists.is_empty() || lists.contains(&path.as_path()));
        let there: Vec<_> = of_lists().filter(|(_, region)| finding.scenarios.contains(region)).collect();
        blinding.extend(if there.is_empty() { of_lists().collect() } else { there }.into_iter().cloned());
    }
    blinding
}

/// Each list as it was before and as it is.
fn pairs<'a>(before: &'a View, after: &'a View) -> impl Iterator<Item = (&'a CheckedList, &'a CheckedList)> {
    let lists = after.checked.lists.iter();
    lists.filter_map(|list| Some((before.checked.lists.iter().find(|other| other.path == list.path)?, list)))
}

/// The regions that a list is held against.
fn regions(list: &CheckedList) -> BTreeSet<&str> {
    list.scenarios.iter().map(String::as_str).filter(|name| is_region_name(name)).collect()
}

/// The lists that are held against other regions than before.
pub(super) fn moved<'a>(before: &'a View, after: &'a View) -> BTreeSet<&'a Path> {
    let other = pairs(before, after).filter(|(before, after)| regions(before) != regions(after));
    other.map(|(_, after)| after.path.as_path()).collect()
}

/// Whether a list is held against a chart that it was not held against before.
pub(super) fn gains_charts(before: &View, after: &View) -> bool {
    let lacks = |list: &CheckedList, chart: &CheckedChart| list.charts.iter().all(|other| other.path != chart.path);
    pairs(before, after).any(|(before, after)| after.charts.iter().any(|chart| lacks(before, chart)))
}

/// A chart that a list was held against before and no longer is, for its notes name other charts now: what is wrong with it there
/// would be told no more. One that deploys nothing and has nothing wrong is no loss.
pub(super) fn lost_chart<'a>(before: &'a View, after: &View) -> Option<&'a CheckedChart> {
    let is_wrong = |chart: &CheckedChart| {
        let is_of = |finding: &Finding| is_within(before.sources.get(finding.span.file).path(), &chart.path);
        before.checked.findings.iter().any(is_of)
    };
    let counts = |list: &CheckedList, chart: &CheckedChart| {
        list.inventory.uses.iter().any(|used| used.root == chart.path) || is_wrong(chart)
    };
    before.checked.lists.iter().find_map(|list| {
        let same = after.checked.lists.iter().find(|other| other.path == list.path)?;
        let is_lost = |chart: &&CheckedChart| same.charts.iter().all(|other| other.path != chart.path);
        list.charts.iter().filter(is_lost).find(|chart| counts(list, chart))
    })
}

/// Whether `file` lies in the chart at `path`, a folder or a package.
fn is_within(file: &Path, path: &Path) -> bool {
    let rest = file.as_os_str().as_encoded_bytes().strip_prefix(path.as_os_str().as_encoded_bytes());
    rest.is_some_and(|rest| rest.first().is_none_or(|next| matches!(next, b'/' | b'\\' | b'!')))
}

/// A region that a list was held against before and no longer is, for an entry that named it is gone: what is wrong there would be
/// told no more. One where the charts deploy nothing else is no loss, nor one that all of its entries left for another.
pub(super) fn lost_region<'a>(before: &'a View, after: &View) -> Option<&'a str> {
    let says = |view: &View, list: &CheckedList| {
        let file = view.sources.find(&list.path)?;
        Some(says(file, view.sources.get(file).text()))
    };
    before.checked.lists.iter().find_map(|list| {
        let same = after.checked.lists.iter().find(|other| other.path == list.path)?;
        let (old, new) = (says(before, list)?, says(after, same)?);
        let is_less = old.regions.len() > new.regions.len() && images(list) != images(same);
        let is_left = |region: &&str| {
            let mut named = old.regional.iter().zip(&old.regions).filter(|(_, named)| named == region).peekable();
            named.peek().is_some() && named.all(|(name, _)| new.regional.contains(name))
        };
        let kept = regions(same);
        regions(list).into_iter().filter(|_| is_less).find(|region| !kept.contains(region) && !is_left(region))
    })
}

/// What is deployed, and what is not known of that.
fn images(list: &CheckedList) -> (BTreeSet<&str>, usize) {
    let deployed = list.inventory.uses.iter().filter(|used| used.when.is_none());
    (deployed.map(|used| used.reference.as_str()).collect(), list.inventory.gaps.len())
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
