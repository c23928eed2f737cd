//! What was decided before anything is checked, and why, for people.

use std::fmt::Write as _;

use super::human::printable;
use super::location::display_path;
use crate::config::{FILE_NAME, Level, Trust};
use crate::lint::{Decision, LIST_NAME, Settings, Workspace};
use crate::source::Sources;

/// Workspace, configuration, lists, charts and scenarios.
#[must_use]
pub fn settings(
    sources: &Sources,
    workspace: &Workspace,
    settings: &Settings,
    decisions: &[Decision],
    isolated: bool,
) -> String {
    let mut out = String::new();
    let shown = workspace.root.display().to_string();
    let _ = writeln!(out, "workspace: {}", if shown.is_empty() { "." } else { &shown });
    let _ = writeln!(out, "  {}", workspace.why);
    match &settings.configuration {
        Some(loaded) => {
            let _ = writeln!(out, "configuration: {}", loaded.path(sources).display());
            for (rule, level) in &loaded.configuration.rules {
                let _ = writeln!(out, "  {rule}: {}", level_words(*level));
            }
            for (rule, trust) in &loaded.configuration.fixes {
                let _ = writeln!(out, "  fixes of {rule}: {}", trust_words(*trust));
            }
        }
        None if isolated => out.push_str("configuration: none, as --isolated says\n"),
        None if !workspace.nested.is_empty() => {
            let folders: Vec<_> = workspace.nested.iter().map(|folder| display_path(&workspace.root, folder)).collect();
            let _ = writeln!(out, "configuration: none here; {FILE_NAME} counts below for {}", folders.join(", "));
        }
        None => {
            let _ = writeln!(out, "configuration: none; there is no {FILE_NAME} in the workspace");
        }
    }
    let configured = settings.configuration.as_ref().is_some_and(|loaded| !loaded.configuration.lists.is_empty());
    for decision in decisions {
        let _ = writeln!(out, "list: {}", display_path(&workspace.root, &decision.list));
        let why = match (configured, workspace.partial) {
            (true, _) => "the configuration names it, or it was asked for".to_owned(),
            (false, true) => "it was asked for; the workspace has others".to_owned(),
            (false, false) => format!("it was asked for, or is called `{LIST_NAME}`"),
        };
        let _ = writeln!(out, "  {why}");
        for chart in &decision.charts {
            let _ = writeln!(out, "  chart {} ({})", chart.name, display_path(&workspace.root, &chart.path));
        }
        for scenario in &decision.scenarios {
            let _ = writeln!(out, "  scenario {scenario}");
        }
        for note in &decision.notes {
            let _ = writeln!(out, "  {note}");
        }
    }
    printable(&out)
}

fn level_words(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn trust_words(trust: Trust) -> &'static str {
    match trust {
        Trust::Off => "off",
        Trust::Safe => "safe",
        Trust::Unsafe => "unsafe",
    }
}
