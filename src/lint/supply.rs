//! Where the external charts of root charts come from, in sentences: who uses a chart should know which one it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::chart::{Chart, Dependency, Place};

/// The charts that no `charts/` holds, by who keeps them.
pub(super) fn lent<'a>(charts: impl IntoIterator<Item = &'a Arc<Chart>>) -> Vec<String> {
    sentences(charts, &|_, _, subchart| subchart.keeper.clone())
}

/// All external charts, by where they come from.
pub(super) fn supplies<'a>(charts: impl IntoIterator<Item = &'a Arc<Chart>>) -> Vec<String> {
    sentences(charts, &|parent, dependency, subchart| {
        let place = if subchart.place == Place::Package { "packages" } else { "folders" };
        let own = || format!("charts/ of {}, {place}", parent.name());
        dependency.map(|_| subchart.keeper.clone().unwrap_or_else(own))
    })
}

/// Who keeps a subchart of the first chart, which may ask for it as the dependency.
type Keeper<'a> = &'a dyn Fn(&Chart, Option<&Dependency>, &Chart) -> Option<String>;

fn sentences<'a>(charts: impl IntoIterator<Item = &'a Arc<Chart>>, keeper: Keeper<'_>) -> Vec<String> {
    let mut keepers = BTreeMap::new();
    charts.into_iter().for_each(|chart| collect(chart, keeper, &mut keepers));
    let sentence = |(keeper, charts): (String, BTreeSet<String>)| {
        format!("from {keeper}: {}", charts.into_iter().collect::<Vec<_>>().join(", "))
    };
    keepers.into_iter().map(sentence).collect()
}

fn collect(chart: &Chart, keeper: Keeper<'_>, keepers: &mut BTreeMap<String, BTreeSet<String>>) {
    let external = || chart.metadata.dependencies.iter().flatten().filter(|dependency| dependency.is_external());
    for subchart in &chart.subcharts {
        let asked = external().find(|dependency| dependency.name == *subchart.name());
        if let Some(keeper) = keeper(chart, asked, subchart) {
            let name = format!("{} {}", subchart.name(), subchart.metadata.version);
            keepers.entry(keeper).or_default().insert(name);
        }
        collect(subchart, keeper, keepers);
    }
}
