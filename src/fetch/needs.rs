//! Which packages charts need: the dependencies of them and of the chart folders below them that no `charts/` holds. What a
//! package needs lies in it; what it lacks Helm does not deploy.

use std::collections::HashSet;
use std::sync::Arc;

use super::remotes::is_registry;
use crate::chart::version::Version;
use crate::chart::{Asked, Chart, Dependency, Place, Wanted, is_compatible};
use crate::source::{Span, Text};
use crate::store::plain_address;

/// A dependency that has to come from a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `name`
    pub name: String,
    /// `version`: a constraint.
    pub version: String,
    /// `repository`, as it is written.
    pub repository: String,
    /// The version that `Chart.lock` pins.
    pub locked: Option<String>,
    /// The version in `Chart.lock` that is none that `version` allows.
    pub outdated: Option<String>,
    /// Whether it stands in a `requirements.yaml`.
    pub is_old: bool,
    /// The chart that asks.
    pub parent: String,
    /// Where it asks.
    pub span: Option<Span>,
}

/// What makes two needs one.
pub(super) type Key = (String, String, String, Option<String>);

impl Need {
    /// The need of `parent` for `dependency`.
    #[must_use]
    pub fn of(parent: &Chart, dependency: &Dependency, locked: Option<&Text>) -> Self {
        let pinned = parent.lock.iter().flat_map(|lock| &lock.dependencies);
        let mut pinned = pinned.filter(|pinned| pinned.name == dependency.name);
        let outdated = if locked.is_none() { pinned.next().map(|pinned| pinned.version.to_string()) } else { None };
        Self {
            name: dependency.name.to_string(),
            version: dependency.version.to_string(),
            repository: dependency.repository.to_string(),
            locked: locked.map(ToString::to_string),
            outdated,
            is_old: parent.requirements_file.is_some(),
            parent: parent.name().to_string(),
            span: dependency.name.exact_span(),
        }
    }

    /// The file that asks, and Helm's lock file beside it.
    #[must_use]
    pub fn files(&self) -> (&'static str, &'static str) {
        if self.is_old { ("requirements.yaml", "requirements.lock") } else { ("Chart.yaml", "Chart.lock") }
    }

    /// As somebody who loads the chart asks for it.
    #[must_use]
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            name: &self.name,
            version: &self.version,
            repository: &self.repository,
            locked: self.locked.as_deref(),
        }
    }

    pub(super) fn key(&self) -> Key {
        (self.repository.clone(), self.name.clone(), self.version.clone(), self.locked.clone())
    }

    /// The repository, without a password.
    #[must_use]
    pub fn shown_repository(&self) -> String {
        plain_address(&self.repository)
    }
}

/// What `chart` and the folders below it need, each once, in the order in which they ask. `vendoring`: also what `charts/` holds as
/// packages, which are to be what repositories give.
#[must_use]
pub fn needs(chart: &Chart, vendoring: bool) -> Vec<Need> {
    let mut found = Vec::new();
    collect(chart, vendoring, &mut found);
    let mut known = HashSet::new();
    found.retain(|need| known.insert(need.key()));
    found
}

fn collect(chart: &Chart, vendoring: bool, found: &mut Vec<Need>) {
    found.extend(own_needs(chart, vendoring));
    let own = chart.subcharts.iter().filter(|subchart| subchart.place == Place::Folder);
    own.for_each(|subchart| collect(subchart, vendoring, found));
}

/// An external dependency, wherever its chart comes from.
#[derive(Clone, Debug)]
pub struct External {
    /// What is asked for.
    pub need: Need,
    /// What it is called in the values of the chart that asks.
    pub called: String,
    /// The chart that asks.
    pub parent: Arc<Chart>,
    /// The chart that serves it, if one is at hand.
    pub chart: Option<Arc<Chart>>,
}

impl External {
    /// Where it is asked for.
    #[must_use]
    pub fn asked(&self) -> Asked<'_> {
        Asked { metadata: &self.parent.metadata_path, name: &self.need.name, called: &self.called }
    }

    /// The chart that serves it in spite of its version. Without a version Helm takes whatever is there, under no alias.
    #[must_use]
    pub fn misfit(&self) -> Option<&Chart> {
        let wanted = self.need.locked.as_deref().unwrap_or(&self.need.version);
        let open = wanted.is_empty() && self.called == self.need.name;
        self.chart.as_deref().filter(|chart| !open && !is_compatible(wanted, &chart.metadata.version))
    }
}

/// The external dependencies of `chart` and of the charts below it that are no packages, outer ones first.
#[must_use]
pub fn externals(chart: &Arc<Chart>) -> Vec<External> {
    let mut found = Vec::new();
    collect_external(chart, &mut found);
    found
}

fn collect_external(chart: &Arc<Chart>, found: &mut Vec<External>) {
    let external = chart.metadata.dependencies.iter().flatten().filter(|dependency| dependency.is_external());
    found.extend(external.map(|dependency| {
        let named: Vec<_> = chart.subcharts.iter().filter(|one| *one.name() == dependency.name).collect();
        let fits = named.iter().find(|one| is_wanted(chart, dependency, one));
        External {
            need: Need::of(chart, dependency, dependency.locked(chart.lock.as_ref())),
            called: if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias }.to_string(),
            parent: chart.clone(),
            chart: fits.or(named.first()).map(|one| Arc::clone(one)),
        }
    }));
    let own = chart.subcharts.iter().filter(|one| one.place == Place::Folder);
    own.for_each(|subchart| collect_external(subchart, found));
}

/// What `chart` itself needs.
pub(super) fn own_needs(chart: &Chart, vendoring: bool) -> Vec<Need> {
    let external = chart.metadata.dependencies.iter().flatten().filter(|dependency| dependency.is_external());
    let needed = external.filter(|dependency| {
        let mut held = held(chart, &dependency.name).peekable();
        // A folder is somebody's work.
        let is_replaced = |held: &Chart| held.place != Place::Folder || !is_wanted(chart, dependency, held);
        held.peek().is_none() || (vendoring && chart.place == Place::Folder && held.all(is_replaced))
    });
    needed.map(|dependency| Need::of(chart, dependency, dependency.locked(chart.lock.as_ref()))).collect()
}

/// Whether `need` is for a version and no range. `1.2` is a range, but of a registry Helm asks for the tag `1.2`.
pub(super) fn is_exact(need: &Need) -> bool {
    let plain = need.version.strip_prefix('v').unwrap_or(&need.version);
    need.locked.is_some() || Version::parse_strict(plain).is_ok() || is_exact_tag(need)
}

/// Whether `need` is for one tag of a registry.
pub(super) fn is_exact_tag(need: &Need) -> bool {
    is_registry(&need.repository) && need.locked.is_none() && Version::parse(&need.version).is_ok()
}

/// The charts called `name` that the `charts/` of `chart` holds.
pub(super) fn held<'a>(chart: &'a Chart, name: &str) -> impl Iterator<Item = &'a Chart> {
    let own = chart.subcharts.iter().map(|subchart| &**subchart);
    own.filter(move |subchart| subchart.keeper.is_none() && *subchart.name() == *name)
}

/// Whether `held` has the version that `chart` wants of it.
pub(super) fn is_wanted(chart: &Chart, dependency: &Dependency, held: &Chart) -> bool {
    let version = dependency.locked(chart.lock.as_ref()).unwrap_or(&dependency.version);
    is_compatible(version, &held.metadata.version)
}
