//! `mirrorlint check --fix` and `--diff`.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::arguments::Check;
use super::check::{check_all, conclude, is_selected};
use super::{Ending, Outcome, Session};
use crate::chart::STANDARD_INPUT;
use crate::fix::{Settled, Texts, View, Withheld, is_own, settle};
use crate::lint::{Finding, Fix, Outlook, Refusal, Safety};
use crate::report;
use crate::source::{Sources, WriteError};

pub(super) fn run(session: &Session, options: &Check, paths: &[Option<&Path>]) -> Outcome {
    let known = Cell::new(None);
    let check = |texts: &Texts, outlook: &Outlook| {
        let round = with_texts(session, texts);
        let checked = check_all(&round, paths, options, &options.charts, outlook)?;
        // A fix that keeps something from being checked is none.
        let most = known.get().unwrap_or(checked.errors.len());
        if let Some(error) = checked.errors.get(most) {
            return Err(error.clone());
        }
        known.set(Some(most));
        Ok(View { sources: round.sources, checked })
    };
    if options.charts.values.reads_input() {
        session.read_input()?;
    }
    let settled = settle(check, |view, finding| wanted(options, view, finding))?;
    withheld(session, &settled.withheld);
    passed_over(session, options, settled.view());
    if options.diff { show(session, options, settled) } else { apply(session, options, paths, settled) }
}

/// Says which fixes were not applied, and why: once for those of a file that have one reason.
pub(super) fn withheld(session: &Session, all: &[Withheld]) {
    let same = |one: &Withheld, other: &Withheld| one.fix.path == other.fix.path && one.reason == other.reason;
    for (at, first) in all.iter().enumerate() {
        if all[..at].iter().any(|other| same(first, other)) {
            continue;
        }
        let path = report::display_path(Path::new("."), &first.fix.path);
        let others = match all[at + 1..].iter().filter(|other| same(first, other)).count() {
            0 => "; it".to_owned(),
            1 => ", and another fix; they".to_owned(),
            others => format!(", and {others} other fixes; they"),
        };
        let (rule, title) = (first.fix.rule, first.fix.told());
        session.warn(&format!("{path}: {rule}: not applied: {title}{others} would leave {}", first.reason));
    }
}

/// A session that reads `texts` in place of what is on disk.
pub(super) fn with_texts(session: &Session, texts: &Texts) -> Session {
    let mut sources = Sources::new();
    for (path, text) in texts {
        sources.overlay(path, text);
    }
    // What standard input said can be read once only.
    let input = Path::new(STANDARD_INPUT);
    if let Some(known) = session.sources.find(input) {
        sources.add(input, session.sources.get(known).text().clone());
    }
    session.with(sources)
}

/// The fix of `finding` that may be applied: of a selected rule, safe or asked for, in files that may be written.
fn wanted(options: &Check, view: &View, finding: &Finding) -> Option<Fix> {
    let allowed = |fix: &&Fix| {
        let safe = options.unsafe_fixes || fix.safety == Safety::Safe;
        safe && files(view, fix).all(|path| may_write(options, view, &path))
    };
    finding.fixes.iter().find(allowed).filter(|_| is_selected(options, finding)).cloned()
}

/// Whether the file may be written; files of a package are none on disk.
fn may_write(options: &Check, view: &View, path: &Path) -> bool {
    path.is_file() && (options.unsafe_fixes || is_own(&view.checked.root, path))
}

fn files(view: &View, fix: &Fix) -> impl Iterator<Item = PathBuf> {
    fix.edits().iter().map(|edit| view.sources.get(edit.span.file).path().to_owned())
}

/// Says which files have safe fixes that were not applied because they lie outside.
fn passed_over(session: &Session, options: &Check, view: &View) {
    let selected = view.checked.findings.iter().filter(|finding| is_selected(options, finding));
    let safe = selected.flat_map(|finding| finding.fixes.iter().filter(|fix| fix.safety == Safety::Safe));
    let outside: BTreeSet<PathBuf> = safe
        .flat_map(|fix| files(view, fix))
        .filter(|path| path.is_file() && !may_write(options, view, path))
        .collect();
    for path in outside {
        let path = report::display_path(Path::new("."), &path);
        session.warn(&format!(
            "{path}: not written, for it lies outside of the workspace or in a submodule; --unsafe-fixes writes it"
        ));
    }
}

fn show(session: &Session, options: &Check, settled: Settled) -> Outcome {
    let View { checked, .. } = settled.view();
    session.print_raw(&report::patch(&settled.changes, &checked.root, session.style))?;
    let View { sources, checked } = settled.after.unwrap_or(settled.before);
    if !checked.errors.is_empty() {
        let after = session.with(sources);
        checked.errors.iter().for_each(|error| after.complain(error));
        return Ok(Ending::Incomplete);
    }
    Ok(if settled.changes.is_empty() || options.exit_zero { Ending::Clean } else { Ending::Findings })
}

fn apply(session: &Session, options: &Check, paths: &[Option<&Path>], settled: Settled) -> Outcome {
    let Settled { before, after, changes, mut fixed, .. } = settled;
    let view = after.unwrap_or(before);
    let failed: Vec<WriteError> = changes.iter().filter_map(|change| change.write().err()).collect();
    if failed.is_empty() {
        return conclude(&session.with(view.sources), options, view.checked, &fixed);
    }
    // What is left is what the disk says: a file that cannot be written keeps no other from being mended, or told.
    fixed.retain(|fixed| failed.iter().all(|error| error.path != fixed.path));
    let after = with_texts(session, &Texts::default());
    let mut checked = check_all(&after, paths, options, &options.charts, &Outlook::new())?;
    let told = |WriteError { path, reason }: WriteError| Refusal {
        path: Some(path),
        ..Refusal::new(format!("{reason}; nothing was written to it"))
    };
    failed.into_iter().for_each(|error| checked.add_error(told(error)));
    conclude(&after, options, checked, &fixed)
}
