//! `mirrorlint check`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::arguments::{ChartOptions, Check, FindingsFormat as Format, ValueOptions};
use super::{Ending, Outcome, Session, leave};
use crate::chart::Overrides;
use crate::config::{FILE_NAME, Loaded};
use crate::fix::Fixed;
use crate::lint::{Checked, Finding, Refusal, Settings, Workspace, check, configured, decide, discover, rule};
use crate::report;

pub(super) fn run(session: &Session, options: &Check) -> Outcome {
    for name in options.select.iter().chain(&options.ignore) {
        rule(name).ok_or_else(|| super::rules::unknown(name))?;
    }
    if options.statistics && options.format == Format::Json {
        return Err(Refusal::new("--statistics is for people: JSON has every finding with its rule"));
    }
    let here = [PathBuf::from(".")];
    let paths = if options.paths.is_empty() { &here[..] } else { &options.paths };
    if options.show_settings {
        for path in paths {
            let (workspace, settings) = open(session, path, &options.charts)?;
            let decisions = decide(&session.sources, &workspace, &settings)?;
            let isolated = options.charts.isolated;
            session.print(&report::settings(&session.sources, &workspace, &settings, &decisions, isolated))?;
        }
        return Ok(Ending::Clean);
    }
    if options.fix || options.diff {
        return super::fix::run(session, options, paths);
    }
    let checked = check_all(session, paths, &options.charts)?;
    conclude(session, options, checked, &[])
}

/// Whether the rule of `finding` was asked for.
pub(super) fn is_selected(options: &Check, finding: &Finding) -> bool {
    let named = |list: &[String]| list.iter().any(|name| name == finding.rule.id);
    (options.select.is_empty() || named(&options.select)) && !named(&options.ignore)
}

/// Prints what was found and what was mended before; decides the exit code.
pub(super) fn conclude(session: &Session, options: &Check, mut checked: Checked, fixed: &[Fixed]) -> Outcome {
    checked.findings.retain(|finding| is_selected(options, finding));
    checked.narrowed = !options.select.is_empty() || !options.ignore.is_empty();
    session.print(&text(session, options, &checked, fixed))?;
    let worst = checked.findings.iter().map(|finding| finding.severity).max();
    let failed = worst.is_some_and(|severity| severity >= options.fail_on.into());
    leave(checked);
    Ok(if failed && !options.exit_zero { Ending::Findings } else { Ending::Clean })
}

/// Checks each list once. With several workspaces, paths are printed as they were given.
pub(super) fn check_all(session: &Session, paths: &[PathBuf], options: &ChartOptions) -> Result<Checked, Refusal> {
    let mut all: Option<Checked> = None;
    let mut known = HashSet::new();
    for path in paths {
        let (mut workspace, settings) = open(session, path, options)?;
        workspace.lists.retain(|list| known.insert(std::fs::canonicalize(list).unwrap_or_else(|_| list.clone())));
        if workspace.lists.is_empty() {
            continue;
        }
        let checked = check(&session.sources, &workspace, &settings)?;
        match &mut all {
            None => all = Some(checked),
            Some(all) => {
                if all.root != checked.root {
                    all.root = PathBuf::new();
                }
                all.lists.extend(checked.lists);
                // What is wrong with a chart is said once.
                let new = |finding: &Finding| {
                    all.findings.iter().all(|known| (known.key(), known.span) != (finding.key(), finding.span))
                };
                let new: Vec<_> = checked.findings.into_iter().filter(new).collect();
                all.findings.extend(new);
            }
        }
    }
    Ok(all.unwrap_or_default())
}

fn text(session: &Session, options: &Check, checked: &Checked, fixed: &[Fixed]) -> String {
    let (sources, style) = (&session.sources, session.style);
    let mut text = match options.format {
        _ if options.statistics => report::statistics(checked),
        Format::Human => report::findings(checked, sources, style),
        Format::Concise => report::concise(checked, sources),
        Format::Json => report::json(checked, fixed, sources),
    };
    if options.format == Format::Human && !options.quiet {
        if options.statistics && !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&report::fixed(fixed, &checked.root, style));
        text.push_str(&report::closing(checked, style));
    }
    text
}

/// The workspace that `path` means, and the settings for it: its configuration and the command line's over that.
pub(super) fn open(session: &Session, path: &Path, options: &ChartOptions) -> Result<(Workspace, Settings), Refusal> {
    let folder = if path.is_dir() { path.to_owned() } else { discover(path)?.root };
    let standard = folder.join(FILE_NAME);
    let file = match &options.config {
        Some(given) => Some(given.clone()),
        None => Some(standard).filter(|file| file.is_file() && !options.isolated),
    };
    let mut settings = settings(session, options)?;
    settings.configuration = file.map(|file| Loaded::read(&session.sources, &file)).transpose()?;
    let lists = settings.configuration.iter().flat_map(|loaded| {
        loaded.configuration.lists.iter().map(|list| loaded.folder.join(&list.path)).collect::<Vec<_>>()
    });
    let lists: Vec<_> = lists.collect();
    let workspace = if path.is_dir() && !lists.is_empty() { configured(path, lists) } else { discover(path)? };
    Ok((workspace, settings))
}

pub(super) fn settings(session: &Session, options: &ChartOptions) -> Result<Settings, Refusal> {
    Ok(Settings {
        charts: options.charts.clone(),
        regions: options.regions.clone(),
        overrides: overrides(session, &options.values)?,
        kube_version: options.kube_version.clone(),
        optional: false,
        all_regions: false,
        configuration: None,
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
        set_literal: Vec::new(),
    })
}

/// A chart at a path that was given.
pub(super) fn is_chart(path: &Path) -> bool {
    path.join("Chart.yaml").is_file() || path.extension().is_some_and(|extension| extension == "tgz")
}
