//! A chart as it would be if another version of one of its dependencies were pinned.

use std::path::Path;
use std::sync::Arc;

use super::{Chart, Dependency, is_compatible};
use crate::source::{Text, canonical};

/// A dependency of a chart somewhere in a tree.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The `Chart.yaml` of the chart that asks.
    pub metadata: &'a Path,
    /// `name`
    pub name: &'a str,
    /// The alias, else the name.
    pub called: &'a str,
}

impl Asked<'_> {
    fn is(&self, dependency: &Dependency) -> bool {
        let called = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
        dependency.name == *self.name && *called == *self.called
    }

    fn is_asked_by(&self, chart: &Chart) -> bool {
        chart.metadata.dependencies.iter().flatten().any(|one| self.is(one))
            && canonical(&chart.metadata_path) == canonical(self.metadata)
    }
}

impl Chart {
    /// Whether the chart, or one below it, asks for the dependency at `place`.
    #[must_use]
    pub fn asks_for(&self, place: &Asked<'_>) -> bool {
        place.is_asked_by(self) || self.subcharts.iter().any(|subchart| subchart.asks_for(place))
    }

    /// The chart as it would be if the dependency at `place` were pinned at the version of `new`, and `new` served it; the very same
    /// where no chart in it asks for that.
    #[must_use]
    pub fn exchanged(self: &Arc<Self>, place: &Asked<'_>, new: &Arc<Self>) -> Arc<Self> {
        if !self.asks_for(place) {
            return self.clone();
        }
        let mut chart = Self::clone(self);
        chart.subcharts = self.subcharts.iter().map(|subchart| subchart.exchanged(place, new)).collect();
        if place.is_asked_by(self) {
            chart.pin(place, new);
        }
        Arc::new(chart)
    }

    fn pin(&mut self, place: &Asked<'_>, new: &Arc<Self>) {
        let metadata = Arc::make_mut(&mut self.metadata);
        let mut others = Vec::new();
        for dependency in metadata.dependencies.iter_mut().flatten().filter(|one| one.name == *place.name) {
            if place.is(dependency) {
                dependency.version = Text::new(&new.metadata.version);
            } else {
                others.push(dependency.version.clone());
            }
        }
        // What another dependency on the same chart asks for stays there for that one.
        let stays = |old: &Self| others.iter().any(|version| is_compatible(version, &old.metadata.version));
        let is_new = |old: &Self| old.metadata.version == new.metadata.version;
        self.subcharts.retain(|old| *old.name() != *place.name || (stays(old) && !is_new(old)));
        self.subcharts.push(new.clone());
        self.refused.retain(|refused| refused.name != *place.name);
        self.lock = None;
    }
}
