//! Puts packages into `charts/`, as `helm dependency build` does. Only packages of the chart's own external dependencies are
//! replaced; whatever else lies there stays.

use std::path::PathBuf;

use super::FetchError;
use super::needs::{held, own_needs};
use crate::chart::{Chart, Found, Packages as _, Place};
use crate::source::{Over, write_whole};
use crate::store::Store;

/// What was done in one `charts/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vendored {
    /// A package was written.
    Written(PathBuf),
    /// A package of another version was removed.
    Removed(PathBuf),
    /// A package that no dependency names was left; Helm would remove it.
    Left(PathBuf),
}

/// Writes what `chart` and the chart folders below it need from `store` into their `charts/`. A dependency that is not there is
/// left out: who brought the others said so.
///
/// # Errors
/// What the system said; a folder that has the name of a dependency, but another version.
pub fn vendor(chart: &Chart, store: &Store) -> Result<Vec<Vendored>, FetchError> {
    let mut done = Vec::new();
    fill(chart, store, &mut done)?;
    Ok(done)
}

fn fill(chart: &Chart, store: &Store, done: &mut Vec<Vendored>) -> Result<(), FetchError> {
    if chart.place != Place::Folder {
        return Ok(());
    }
    let folder = chart.path.join("charts");
    let needs = own_needs(chart, true);
    let found: Vec<_> = needs.iter().map(|need| store.find(&need.wanted())).collect();
    let mut places = Vec::new();
    for (need, found) in needs.iter().zip(&found) {
        let Found::Package(package) = found else { continue };
        let version = &package.version;
        if let Some(other) = held(chart, &need.name).find(|held| held.place == Place::Folder) {
            let (path, found) = (other.path.display(), &other.metadata.version);
            let message = format!("{path} is a folder with {} {found}, not {version}: take it away first", need.name);
            return Err(FetchError::new(message));
        }
        let path = folder.join(format!("{}-{version}.tgz", need.name));
        if std::fs::read(&path).map_or(true, |old| old != package.bytes) {
            write_whole(&path, &package.bytes, Over::Anything).map_err(|error| FetchError::new(error.to_string()))?;
            done.push(Vendored::Written(path.clone()));
        }
        places.push(path);
    }
    let refused = chart.refused.iter().filter_map(|refused| Some((&refused.name, refused.held.as_ref()?)));
    let packages = chart.subcharts.iter().filter(|held| held.keeper.is_none() && held.place == Place::Package);
    for (name, old) in packages.map(|held| (held.name(), &held.path)).chain(refused) {
        let named = chart.metadata.dependencies.iter().flatten().any(|dependency| dependency.name == *name);
        let mut mine = needs.iter().zip(&found).filter(|(need, _)| need.name == **name).peekable();
        if !named {
            done.push(Vendored::Left(old.clone()));
        } else if !places.contains(old)
            && mine.peek().is_some()
            && mine.all(|(_, found)| matches!(found, Found::Package(_)))
        {
            std::fs::remove_file(old)
                .map_err(|cause| FetchError::new(format!("cannot remove {}: {cause}", old.display())))?;
            done.push(Vendored::Removed(old.clone()));
        }
    }
    let own = chart.subcharts.iter().filter(|subchart| subchart.keeper.is_none());
    own.into_iter().try_for_each(|subchart| fill(subchart, store, done))
}
