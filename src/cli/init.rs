//! `mirrorlint init`: the list that the charts ask for. An empty list, brought up to date by the fixes of `check`, so that both
//! never differ.

use std::collections::BTreeSet;
use std::path::Path;

use super::arguments::{Init, ListFormat};
use super::check::settings_of;
use super::fix::{with_texts, withheld};
use super::{Ending, Outcome, Session, here};
use crate::fix::{Settled, Texts, View, create, settle_new};
use crate::inventory::Use;
use crate::lint::{
    Checked, CheckedList, Finding, Fix, LIST_NAME, Outlook, Refusal, Safety, Severity, Workspace, check, find,
    same_image,
};
use crate::report;
use crate::source::Sources;

/// What means standard output in place of a file.
const STANDARD_OUTPUT: &str = "-";

/// What stands on top of a new list.
const HEADER: &str = "\
# Container images to mirror into the private registry: REPO_NAME=SOURCE_IMAGE
# Written by `mirrorlint init` from the charts; `mirrorlint check --fix` keeps it up to date.
";

pub(super) fn run(session: &Session, options: &Init) -> Outcome {
    let folder = options.path.as_deref().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let refusal = Refusal::new("is no folder: name the workspace, or the chart with --chart");
        return Err(Refusal { path: Some(folder.to_owned()), ..refusal });
    }
    let found = find(&session.sources, folder, options.charts.config.is_none() && !options.charts.isolated)?;
    let output = options.output.as_deref().filter(|output| *output != Path::new(STANDARD_OUTPUT));
    let path = output.map_or_else(|| found.root.join("tools").join(LIST_NAME), Path::to_owned);
    // Whoever asks for something else than the list of this workspace, or where to print it, means no update.
    let is_update = options.output.is_none() && options.charts.charts.is_empty() && options.format == ListFormat::List;
    let existing = match output {
        Some(output) => Some(output.to_owned()).filter(|output| output.exists()),
        None => Some(&path).filter(|path| path.exists()).or(found.lists.first()).filter(|_| is_update).cloned(),
    };
    if let Some(list) = existing {
        let refusal = Refusal::new(
            "is there already: `mirrorlint check --fix` brings it up to date; --output names another, `-` prints one",
        );
        return Err(Refusal { path: Some(list), ..refusal });
    }
    if options.charts.values.reads_input() {
        session.read_input()?;
    }
    let workspace = Workspace { lists: vec![path.clone()], ..found };
    let check_with = |texts: &Texts, outlook: &Outlook| {
        let mut texts = texts.clone();
        texts.entry(path.clone()).or_insert_with(|| HEADER.into());
        let round = with_texts(session, &texts);
        let mut settings = settings_of(&round, &workspace, &options.charts)?;
        // What may be mended without being asked is no matter here: a new list is wanted whole.
        settings.configuration.iter_mut().for_each(|loaded| loaded.configuration.fixes.clear());
        settings.outlook.clone_from(outlook);
        let checked = check(&round.sources, &workspace, &settings)?;
        Ok(View { sources: round.sources, checked })
    };
    let Settled { before, after, changes, withheld: given_up, .. } =
        settle_new(check_with, |view, finding| wanted(view, finding, &path))?;
    let (View { sources, mut checked }, before) = match after {
        Some(after) => (after, Some(before)),
        None => (before, None),
    };
    let after = session.with(sources);
    let is_empty = checked.lists.iter().all(|list| list.entries == 0);
    checked.findings.retain(|finding| finding.severity >= Severity::Warning);
    checked.root = here();
    if is_empty && !(checked.errors.is_empty() && checked.findings.is_empty()) {
        complain(&after, &checked);
        return Err(Refusal::new(
            "the charts show no image that could be listed, for the reasons above: no list was written",
        ));
    }
    let text = changes.iter().find(|change| change.path == path).map_or(HEADER, |change| &change.after);
    let text = match options.format {
        ListFormat::List => text.to_owned(),
        ListFormat::Plain => {
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            lines.filter_map(|line| Some(format!("{}\n", line.split_once('=')?.1))).collect()
        }
    };
    match output {
        Some(output) => create(output, &text).map_err(|error| Refusal::new(error.to_string()))?,
        None => session.print(&text)?,
    }
    withheld(session, &given_up);
    complain(&after, &checked);
    // What was not known of the charts before there were notes is as open as what is not known of those that are listed.
    let known = |checked: &Checked| {
        let gaps = |list: &CheckedList| list.inventory.gaps.iter().any(|gap| gap.is_refusal);
        checked.errors.is_empty() && !checked.lists.iter().any(|list| list.uncertain || gaps(list))
    };
    let is_known = known(&checked) && before.iter().all(|before| known(&before.checked));
    // What is wrong beside a new list was said, and leaves the list right.
    let in_list = |finding: &Finding| after.sources.get(finding.span.file).path() == path;
    let is_right =
        is_known && !checked.findings.iter().any(in_list) && checked.lists.iter().all(|list| list.missing.is_empty());
    let left_out = before.map(|before| of_charts(before, &after.sources, &checked, &path));
    let is_whole = left_out.as_ref().is_none_or(|view| {
        !view.checked.findings.iter().any(|finding| view.sources.get(finding.span.file).path() == path)
    });
    if let Some(View { sources, checked }) = left_out {
        complain(&session.with(sources), &checked);
    }
    for submodule in &workspace.absent_submodules {
        let submodule = submodule.display();
        session.warn(&format!(
            "{submodule} is a submodule that is not checked out, so nothing in it is listed: `git submodule update --init`"
        ));
    }
    let is_right = is_right && is_whole && workspace.absent_submodules.is_empty();
    Ok(if is_right { Ending::Clean } else { Ending::Incomplete })
}

/// What was wrong with charts `before` there were notes, which the `new` list has no word of: the notes say which charts count,
/// and those of which nothing could be listed are none of them. Of the list it is what only these deploy that matters.
fn of_charts(mut before: View, now: &Sources, new: &Checked, list: &Path) -> View {
    let View { sources, checked } = &mut before;
    let is_held = |used: &Use| {
        let same = |other: &Use| {
            let (other, image) = (&other.reference, &used.reference);
            same_image(other, image) || other.path() == image.path()
        };
        let is_root = |list: &CheckedList| list.charts.iter().any(|chart| chart.path == used.root);
        new.lists.iter().any(|list| is_root(list) || list.inventory.uses.iter().any(same))
    };
    let missing = checked.lists.iter().flat_map(|list| list.missing.iter().filter_map(|at| list.used(*at)));
    let lost: BTreeSet<String> =
        missing.filter(|used| !is_held(used)).map(|used| used.reference.as_str().to_owned()).collect();
    let is_lost = |finding: &Finding| finding.expected.as_ref().is_some_and(|image| lost.contains(image));
    checked.errors.clear();
    checked.root = here();
    checked.findings.retain(|finding| {
        let file = sources.get(finding.span.file);
        let is_same = |told: &Finding| told.kind() == finding.kind() && now.get(told.span.file).path() == file.path();
        let counts = file.path() != list || is_lost(finding);
        finding.severity >= Severity::Warning && counts && !new.findings.iter().any(is_same)
    });
    before
}

/// Says what the new list leaves open.
fn complain(session: &Session, checked: &Checked) {
    report::concise(checked, &session.sources).lines().for_each(|line| session.warn(line));
    checked.errors.iter().for_each(|error| session.complain(error));
}

/// The safe fix of `finding` within the new list; what is likely an image is listed as well, for nobody has listed anything yet.
fn wanted(view: &View, finding: &Finding, list: &Path) -> Option<Fix> {
    let within = |fix: &&Fix| {
        (fix.safety == Safety::Safe || finding.rule.id == "missing-operand")
            && fix.edits().iter().all(|edit| view.sources.get(edit.span.file).path() == list)
    };
    finding.fixes.iter().find(within).cloned()
}
