//! `mirrorlint check`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::arguments::{ChartOptions, Check, ValueOptions};
use super::findings::{check_outputs, put_out};
use super::{Ending, Outcome, Session, leave};
use crate::chart::{Overrides, STANDARD_INPUT};
use crate::config::FILE_NAME;
use crate::fix::Fixed;
use crate::lint::{
    Checked, Configuring, Finding, Kept, LIST_NAME, Opened, Outlook, Refusal, Settings, Workspace, check, decide,
    find_around, rule, rules,
};
use crate::report;
use crate::source::{Sources, canonical};

pub(super) fn run(session: &Session, options: &Check) -> Outcome {
    for name in options.select.iter().chain(&options.ignore) {
        rule(name).ok_or_else(|| super::rules::unknown(name))?;
    }
    check_outputs(options)?;
    let unsaved;
    let (session, options) = match unsaved_list(session, options)? {
        Some(of_input) => {
            unsaved = of_input;
            (&unsaved.0, &unsaved.1)
        }
        None => (session, options),
    };
    let given = options.paths.iter().map(|path| Some(path.as_path()));
    let paths: Vec<Option<&Path>> = if options.paths.is_empty() { vec![None] } else { given.collect() };
    if options.show_settings {
        for path in paths {
            let opened = open(session, path, &options.charts)?;
            for (workspace, settings) in &opened.parts {
                let decisions = decide(&session.sources, workspace, settings)?;
                let isolated = options.charts.isolated;
                session.print(&report::settings(&session.sources, workspace, settings, &decisions, isolated))?;
            }
            opened.errors.into_iter().next().map_or(Ok(()), Err)?;
        }
        return Ok(Ending::Clean);
    }
    if options.fix || options.diff {
        return super::fix::run(session, options, &paths);
    }
    let mut checked = check_all(session, &paths, options, &options.charts, &Outlook::new())?;
    if let Some(revision) = &options.since {
        super::since::narrow(session, options, &mut checked, revision)?;
    }
    conclude(session, options, checked, &[])
}

/// Where a list comes from standard input: a session that finds it where it would lie, and options that name that place.
fn unsaved_list(session: &Session, options: &Check) -> Result<Option<(Session, Check)>, Refusal> {
    let is_input = |path: &PathBuf| path.as_os_str() == STANDARD_INPUT;
    let path = match (&options.stdin_filename, options.paths.as_slice()) {
        (None, paths) if !paths.iter().any(is_input) => return Ok(None),
        (None, _) => {
            return Err(Refusal::new(
                "standard input has no place among charts: --stdin-filename says where its list lies",
            ));
        }
        (Some(path), [only]) if is_input(only) => path,
        (Some(_), _) => {
            return Err(Refusal::new("--stdin-filename is for standard input alone: the one path besides it is `-`"));
        }
    };
    if options.charts.values.reads_input() {
        return Err(Refusal::new("standard input is the list; it cannot hold values, too"));
    }
    if !is_list(session, path, &options.charts)? {
        let message = format!(
            "is no list, by its name: --stdin-filename takes {LIST_NAME} and the like, and what {FILE_NAME} names as a list"
        );
        return Err(Refusal { path: Some(path.clone()), ..Refusal::new(message) });
    }
    session.read_input()?;
    let text = session.sources.find(Path::new(STANDARD_INPUT)).map(|file| session.sources.get(file).text().clone());
    let mut sources = Sources::new();
    sources.overlay(canonical(path), &text.unwrap_or_default());
    Ok(Some((session.with(sources), Check { paths: vec![path.clone()], stdin_filename: None, ..options.clone() })))
}

/// What files of charts are called, which are no lists unless the configuration says so.
const OF_CHARTS: [&str; 5] = ["yaml", "yml", "tpl", "json", "tgz"];

/// Whether the file at `path` would be a list, by its name or the configuration of the workspace around it.
fn is_list(session: &Session, path: &Path, options: &ChartOptions) -> Result<bool, Refusal> {
    if path.extension().is_none_or(|extension| OF_CHARTS.iter().all(|known| !extension.eq_ignore_ascii_case(known))) {
        return Ok(true);
    }
    let around = find_around(&session.sources, path, configuring(options).is_standard());
    Ok(settings_of(session, &around, options)?.names_list(path))
}

/// Whether the rule of `finding` was asked for.
pub(super) fn is_selected(options: &Check, finding: &Finding) -> bool {
    is_asked(options, finding.rule.id)
}

fn is_asked(options: &Check, rule: &str) -> bool {
    let named = |list: &[String]| list.iter().any(|name| name == rule);
    (options.select.is_empty() || named(&options.select)) && !named(&options.ignore)
}

/// Prints what was found and what was mended before; decides the exit code.
pub(super) fn conclude(session: &Session, options: &Check, mut checked: Checked, fixed: &[Fixed]) -> Outcome {
    checked.findings.retain(|finding| is_selected(options, finding));
    checked.narrowed = !options.select.is_empty() || !options.ignore.is_empty();
    put_out(session, options, &mut checked, fixed)?;
    if !checked.errors.is_empty() {
        checked.errors.iter().for_each(|error| session.complain(error));
        return Ok(Ending::Incomplete);
    }
    let worst = checked.findings.iter().map(|finding| finding.severity).max();
    let failed = worst.is_some_and(|severity| severity >= options.fail_on.into());
    leave(checked);
    Ok(if failed && !options.exit_zero { Ending::Findings } else { Ending::Clean })
}

/// Checks each list once. With several workspaces, paths are printed as they were given. What cannot be checked keeps nothing
/// else from being checked.
pub(super) fn check_all(
    session: &Session,
    paths: &[Option<&Path>],
    asked: &Check,
    options: &ChartOptions,
    outlook: &Outlook,
) -> Result<Checked, Refusal> {
    // What the command line says has to make sense, whatever it is for.
    overrides(session, &options.values)?;
    let unasked: Vec<&str> = rules().iter().map(|rule| rule.id).filter(|rule| !is_asked(asked, rule)).collect();
    let mut all: Option<Checked> = None;
    let mut errors = Vec::new();
    let mut known = HashSet::new();
    let adjust = |settings: &mut Settings| {
        settings.unasked.clone_from(&unasked);
        settings.outlook.clone_from(outlook);
    };
    for path in paths {
        match open(session, *path, options) {
            Ok(opened) => check_opened(session, opened, &mut known, &adjust, (&mut all, &mut errors)),
            Err(error) => errors.push(error),
        }
    }
    let mut all = all.unwrap_or_default();
    errors.into_iter().for_each(|error| all.add_error(error));
    Ok(all)
}

/// Checks the lists of `opened` that are not `known`, each with settings to `adjust`, and adds what is found, and what keeps one from
/// being checked.
pub(super) fn check_opened(
    session: &Session,
    opened: Opened,
    known: &mut HashSet<PathBuf>,
    adjust: &dyn Fn(&mut Settings),
    (all, errors): (&mut Option<Checked>, &mut Vec<Refusal>),
) {
    errors.extend(opened.errors);
    for (mut workspace, mut settings) in opened.parts {
        workspace.lists.retain(|list| known.insert(canonical(list)));
        if workspace.lists.is_empty() {
            continue;
        }
        adjust(&mut settings);
        match check(&session.sources, &workspace, &settings) {
            Ok(mut checked) => {
                errors.append(&mut checked.errors);
                checked.root.clone_from(&opened.root);
                match all {
                    None => *all = Some(checked),
                    Some(all) => all.add(checked),
                }
            }
            Err(error) => errors.push(error),
        }
    }
}

/// The workspaces that `path` means, or the current folder, and the settings for each: its configuration and the command line's
/// over that.
pub(super) fn open(session: &Session, path: Option<&Path>, options: &ChartOptions) -> Result<Opened, Refusal> {
    crate::lint::open(&session.sources, path, &configuring(options), settings(session, options)?)
}

/// Which configuration the command line asks for.
pub(super) fn configuring(options: &ChartOptions) -> Configuring {
    match &options.config {
        Some(given) => Configuring::Given(given.clone()),
        None if options.isolated => Configuring::Isolated,
        None => Configuring::Standard,
    }
}

/// The settings for a workspace: its configuration, and the command line's over that.
pub(super) fn settings_of(session: &Session, found: &Workspace, options: &ChartOptions) -> Result<Settings, Refusal> {
    crate::lint::settings_of(&session.sources, found, &configuring(options), settings(session, options)?)
}

pub(super) fn settings(session: &Session, options: &ChartOptions) -> Result<Settings, Refusal> {
    Ok(Settings {
        registry: None,
        charts: options.charts.clone(),
        regions: options.regions.clone(),
        outlook: Outlook::new(),
        overrides: overrides(session, &options.values)?,
        namespace: options.namespace.clone().filter(|name| !name.is_empty()),
        kube_version: options.kube_version.clone(),
        optional: false,
        all_regions: false,
        configuration: None,
        store: None,
        unasked: Vec::new(),
        kept: Kept::default(),
    })
}

/// The user's values; standard input is read when one of them is `-`.
pub(super) fn overrides(session: &Session, options: &ValueOptions) -> Result<Overrides, Refusal> {
    if options.reads_input() {
        session.read_input()?;
    }
    Ok(Overrides {
        files: options.values.clone(),
        json: options.set_json.clone(),
        set: options.set.clone(),
        set_string: options.set_string.clone(),
        set_file: options.set_file.clone(),
        set_literal: options.set_literal.clone(),
    })
}

/// A chart at a path that was given.
pub(super) fn is_chart(path: &Path) -> bool {
    path.join("Chart.yaml").is_file() || path.extension().is_some_and(|extension| extension == "tgz")
}
