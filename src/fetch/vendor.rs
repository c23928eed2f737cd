//! Puts packages into `charts/`, as `helm dependency build` does. Only packages of the chart's own dependencies are replaced;
//! whatever else lies there stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::FetchError;
use super::bring::{Brought, Outcome};
use super::needs::{Key, is_wanted, own_needs};
use super::verify::verify;
use crate::chart::{Chart, Dependency, LoadOptions, Place, pack};
use crate::source::{Over, Sources, canonical, write_whole};
use crate::store::Cache;

/// What was done in one `charts/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vendored {
    /// A package was written.
    Written(PathBuf),
    /// A package of another version was removed.
    Removed(PathBuf),
    /// A package that no dependency names was left; Helm would remove it.
    Left(PathBuf),
    /// In this `charts/` so many dependencies lie as folders already; Helm would put a package beside each.
    Beside(PathBuf, usize),
}

/// Writes what `chart` and the folders in its `charts/` need into their `charts/`: what the run that ended with `outcomes` brought
/// into `cache`, and from the folders that `file://` dependencies name, whose own `charts/` are to be filled before. What the run
/// could not bring is left as it is, whoever else holds a package of it: why was told.
///
/// # Errors
/// What the system said; a folder that has the name of a dependency, but another version; a folder that does not hold what is
/// asked for.
pub fn vendor(chart: &Chart, cache: Option<&Cache>, outcomes: &[Outcome]) -> Result<Vec<Vendored>, FetchError> {
    let brought = |outcome: &Outcome| Some((outcome.need.key(), outcome.result.clone().ok()?));
    let brought = outcomes.iter().filter_map(brought).collect();
    let mut done = Vec::new();
    fill(chart, &Supply { cache, brought }, &mut done)?;
    Ok(done)
}

/// What a run brought.
struct Supply<'a> {
    /// Without one nothing was brought.
    cache: Option<&'a Cache>,
    brought: HashMap<Key, Brought>,
}

fn fill(chart: &Chart, supply: &Supply<'_>, done: &mut Vec<Vendored>) -> Result<(), FetchError> {
    if chart.place != Place::Folder {
        return Ok(());
    }
    let mut filling =
        Filling { chart, folder: chart.path.join("charts"), names: BTreeMap::new(), places: Vec::new(), done };
    filling.external(supply)?;
    filling.local()?;
    filling.tidy()?;
    let inside = chart.subcharts.iter().filter(|subchart| is_inside(chart, subchart));
    inside.into_iter().try_for_each(|subchart| fill(subchart, supply, done))
}

/// Whether `subchart` lies in the `charts/` of `chart`.
fn is_inside(chart: &Chart, subchart: &Chart) -> bool {
    subchart.keeper.is_none() && canonical(&subchart.path).starts_with(canonical(&chart.path.join("charts")))
}

struct Filling<'a> {
    chart: &'a Chart,
    /// Its `charts/`.
    folder: PathBuf,
    /// The charts of which packages belong there, and whether each dependency on them has one.
    names: BTreeMap<String, bool>,
    /// The packages that belong there.
    places: Vec<PathBuf>,
    done: &'a mut Vec<Vendored>,
}

impl Filling<'_> {
    fn external(&mut self, supply: &Supply<'_>) -> Result<(), FetchError> {
        for need in own_needs(self.chart, true) {
            let Some(Brought { version, sha256, .. }) = supply.brought.get(&need.key()) else {
                self.names.insert(need.name, false);
                continue;
            };
            let package = supply.cache.map(|cache| cache.package(&need.name, version, sha256)).transpose();
            let Some((_, bytes)) = package.map_err(FetchError::new)?.flatten() else {
                let message = format!("the cache has lost {} {version}, which was just brought", need.name);
                return Err(FetchError::new(message));
            };
            if let Some(other) = self.folder_of(&need.name) {
                let (path, found) = (other.path.display(), &other.metadata.version);
                let message =
                    format!("{path} is a folder with {} {found}, not {version}: take it away first", need.name);
                return Err(FetchError::new(message));
            }
            self.put(&need.name, version, &bytes)?;
        }
        Ok(())
    }

    fn local(&mut self) -> Result<(), FetchError> {
        let (mut packed, mut beside) = (Vec::<PathBuf>::new(), BTreeSet::new());
        for (dependency, path) in self.chart.local_dependencies() {
            if let Some(held) = self.folder_of(&dependency.name) {
                beside.insert(held.path.clone());
                continue;
            }
            let local = self.taken_in(dependency, &path)?;
            if packed.contains(&path) {
                continue;
            }
            let (name, version) = (local.name(), &local.metadata.version);
            let bytes = pack(&path, name).map_err(|error| FetchError::new(error.message))?;
            verify(&bytes, name, version, &path.display().to_string())?;
            self.put(name, version, &bytes)?;
            packed.push(path);
        }
        if !beside.is_empty() {
            self.done.push(Vendored::Beside(self.folder.clone(), beside.len()));
        }
        Ok(())
    }

    /// The chart in the folder at `path`, if it is what `dependency` asks for.
    fn taken_in(&self, dependency: &Dependency, path: &Path) -> Result<std::sync::Arc<Chart>, FetchError> {
        let asked = |reason: String| FetchError::new(format!("{} of {} {reason}", dependency.name, self.chart.name()));
        let local =
            Chart::load(&Sources::new(), path, &LoadOptions::default()).map_err(|error| asked(error.message))?;
        let (name, version) = (local.name(), &local.metadata.version);
        if *name != *dependency.name || !is_wanted(self.chart, dependency, &local) {
            let wanted = dependency.locked(self.chart.lock.as_ref()).unwrap_or(&dependency.version);
            let path = path.display();
            return Err(asked(format!("cannot be packaged: {path} holds {name} {version}, but {wanted} is asked for")));
        }
        Ok(local)
    }

    /// The folder in `charts/` that holds the chart called `name`.
    fn folder_of(&self, name: &str) -> Option<&Chart> {
        let folders = self.chart.subcharts.iter().filter(|held| held.place == Place::Folder && *held.name() == *name);
        folders.map(|held| &**held).find(|held| is_inside(self.chart, held))
    }

    /// Refuses a `charts/` that is a link out of the chart.
    fn is_own(&self) -> Result<(), FetchError> {
        let root = canonical(&self.chart.path);
        match self.folder.canonicalize() {
            Ok(folder) if !folder.starts_with(root) => Err(leads_out(&self.folder)),
            _ => Ok(()),
        }
    }

    fn put(&mut self, name: &str, version: &str, bytes: &[u8]) -> Result<(), FetchError> {
        let path = self.folder.join(format!("{name}-{version}.tgz"));
        if std::fs::read(&path).map_or(true, |old| old != bytes) {
            self.is_own()?;
            if path.is_symlink() {
                return Err(leads_out(&path));
            }
            write_whole(&path, bytes, Over::Anything).map_err(|error| FetchError::new(error.to_string()))?;
            self.done.push(Vendored::Written(path.clone()));
        }
        self.names.entry(name.to_owned()).or_insert(true);
        self.places.push(path);
        Ok(())
    }

    /// Removes packages that others have taken the place of.
    fn tidy(&mut self) -> Result<(), FetchError> {
        let refused = self.chart.refused.iter().filter_map(|refused| Some((&refused.name, refused.held.as_ref()?)));
        let packages = self.chart.subcharts.iter().filter(|held| held.keeper.is_none() && held.place == Place::Package);
        for (name, old) in packages.map(|held| (held.name(), &held.path)).chain(refused) {
            if !self.chart.metadata.dependencies.iter().flatten().any(|dependency| dependency.name == *name) {
                self.done.push(Vendored::Left(old.clone()));
            } else if !self.places.contains(old) && self.names.get(&**name) == Some(&true) {
                self.is_own()?;
                std::fs::remove_file(old)
                    .map_err(|cause| FetchError::new(format!("cannot remove {}: {cause}", old.display())))?;
                self.done.push(Vendored::Removed(old.clone()));
            }
        }
        Ok(())
    }
}

fn leads_out(link: &Path) -> FetchError {
    let link = link.display();
    FetchError::new(format!(
        "{link} is a link: what it leads to is not the chart's own and is left as it is. Remove it first"
    ))
}
