//! What is taken for granted of charts and clusters, as nobody said it: in a sentence for who asks, and in a few words for the
//! line that closes every report.

use std::collections::BTreeSet;

use super::Settings;
use crate::inventory::Scenario;

/// One thing that was taken for granted, or that the user said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The whole of it.
    pub sentence: String,
    /// It in a few words; none where what else a closing line says tells it already.
    pub brief: Vec<String>,
}

impl Assumption {
    /// What no closing line has to repeat.
    pub(super) fn told(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), brief: Vec::new() }
    }

    /// Of the values and the cluster of a chart's scenarios, which nobody wrote down as such.
    pub(super) fn of(scenarios: &[Scenario], settings: &Settings) -> Self {
        let kubernetes = kubernetes(scenarios);
        let regions: Vec<_> = scenarios.iter().filter_map(|scenario| scenario.region.as_deref()).collect();
        let given = scenarios.iter().any(|scenario| !scenario.given.is_empty());
        let values = match (regions.as_slice(), given) {
            ([], false) => "default values",
            (_, true) => "given values",
            (_, false) => "",
        };
        let sentence = match (regions.as_slice(), settings.regions.is_empty()) {
            ([], _) if given => format!("assumed: the charts' values under those that were given, {kubernetes}"),
            ([], _) => format!("assumed: the charts' default values, {kubernetes}"),
            (regions, true) => format!(
                "assumed: empty `region` values are {}, which the list's ECR hosts name; {kubernetes}",
                regions.join(" or ")
            ),
            (regions, false) => format!("assumed: empty `region` values are {}; {kubernetes}", regions.join(" or ")),
        };
        let brief = [values.to_owned(), kubernetes].into_iter().filter(|words| !words.is_empty()).collect();
        Self { sentence, brief }
    }

    /// What the configuration of that name says of charts and `scenarios`.
    pub(super) fn configured(file: &str, scenarios: &[Scenario]) -> Self {
        let sentence = format!("charts and scenarios: as {file} says");
        Self { sentence, brief: vec![kubernetes(scenarios), format!("as {file} says")] }
    }
}

/// The versions of Kubernetes that charts see; a last `.0` says nothing.
fn kubernetes(scenarios: &[Scenario]) -> String {
    let version = |scenario: &Scenario| {
        let version = scenario.options.kube_version.version.trim_start_matches('v').to_owned();
        version.strip_suffix(".0").filter(|short| short.contains('.')).map(str::to_owned).unwrap_or(version)
    };
    let versions: BTreeSet<String> = scenarios.iter().map(version).collect();
    format!("Kubernetes {}", versions.into_iter().collect::<Vec<_>>().join(" or "))
}
