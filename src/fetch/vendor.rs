//! Puts packages into `charts/`, as `helm dependency build` does. Only packages of the chart's own external dependencies are
//! replaced; whatever else lies there stays.

use std::path::PathBuf;

use super::FetchError;
use super::needs::{held, is_asked_for, own_needs};
use crate::chart::{Chart, Found, Package, Packages as _, Place};
use crate::source::{Over, write_whole};
use crate::store::Store;

/// What was done in one `charts/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vendored {
    /// A package was written.
    Written(PathBuf),
    /// A package of another version was removed.
    Removed(PathBuf),
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
    for need in own_needs(chart, true) {
        let Found::Package(Package { version, bytes, .. }) = store.find(&need.wanted()) else { continue };
        if let Some(other) = held(chart, &need.name).find(|held| held.place == Place::Folder) {
            let (path, found) = (other.path.display(), &other.metadata.version);
            let message = format!("{path} is a folder with {} {found}, not {version}: take it away first", need.name);
            return Err(FetchError::new(message));
        }
        let path = folder.join(format!("{}-{version}.tgz", need.name));
        write_whole(&path, &bytes, Over::Anything).map_err(|error| FetchError::new(error.to_string()))?;
        for old in held(chart, &need.name).filter(|old| old.path != path && !is_asked_for(chart, old)) {
            std::fs::remove_file(&old.path)
                .map_err(|cause| FetchError::new(format!("cannot remove {}: {cause}", old.path.display())))?;
            done.push(Vendored::Removed(old.path.clone()));
        }
        done.push(Vendored::Written(path));
    }
    let own = chart.subcharts.iter().filter(|subchart| subchart.keeper.is_none());
    own.into_iter().try_for_each(|subchart| fill(subchart, store, done))
}
