//! `mirrorlint check`.

use std::path::{Path, PathBuf};

use super::arguments::{ChartOptions, Check, Format, ValueOptions};
use super::{Ending, Outcome, Session};
use crate::chart::Overrides;
use crate::lint::{Refusal, Settings, check, discover, rule};
use crate::report;

pub(super) fn run(session: &Session, options: &Check) -> Outcome {
    for name in options.select.iter().chain(&options.ignore) {
        rule(name).ok_or_else(|| super::rules::unknown(name))?;
    }
    let settings = settings(&options.charts);
    let here = [PathBuf::from(".")];
    let paths = if options.paths.is_empty() { &here[..] } else { &options.paths };
    let mut worst = None;
    for path in paths {
        let workspace = discover(path)?;
        let mut checked = check(&session.sources, &workspace, &settings)?;
        checked.findings.retain(|finding| {
            let named = |list: &[String]| list.iter().any(|name| name == finding.rule.id);
            (options.select.is_empty() || named(&options.select)) && !named(&options.ignore)
        });
        let text = match options.format {
            Format::Human => report::human(&checked, &session.sources, session.style),
            Format::Json => report::json(&checked, &session.sources),
        };
        session.print(&text)?;
        worst = worst.max(checked.findings.iter().map(|finding| finding.severity).max());
    }
    let failed = worst.is_some_and(|severity| severity >= options.fail_on.into());
    Ok(if failed && !options.exit_zero { Ending::Findings } else { Ending::Clean })
}

pub(super) fn settings(options: &ChartOptions) -> Settings {
    Settings {
        charts: options.charts.clone(),
        regions: options.regions.clone(),
        overrides: overrides(&options.values),
        kube_version: options.kube_version.clone(),
    }
}

pub(super) fn overrides(options: &ValueOptions) -> Overrides {
    Overrides {
        files: options.values.clone(),
        json: options.set_json.clone(),
        set: options.set.clone(),
        set_string: options.set_string.clone(),
        set_file: options.set_file.clone(),
        set_literal: Vec::new(),
    }
}

/// A chart at a path that was given.
pub(super) fn is_chart(path: &Path) -> bool {
    path.join("Chart.yaml").is_file() || path.extension().is_some_and(|extension| extension == "tgz")
}

impl From<crate::chart::ChartError> for Refusal {
    fn from(error: crate::chart::ChartError) -> Self {
        Self { message: error.message, path: Some(error.path), span: error.span }
    }
}
