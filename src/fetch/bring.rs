//! Brings what charts need into the cache, level by level, and says what the lock file should pin. A package is kept only when it
//! is whole, is the chart that was asked for, and has the bytes that it had before.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::FetchError;
use super::needs::{Key, Need, needs};
use super::remotes::Remotes;
use super::verify::verify;
use crate::chart::version::Version;
use crate::chart::{Chart, ChartError, Found, LoadOptions, Packages as _};
use crate::source::Sources;
use crate::store::{Known, LOCK_NAME, Pin, Store, plain_address, sha256};

/// Downloads at a time.
pub const WORKERS: usize = 8;
/// The most packages that one run brings.
pub const MAX_PACKAGES: usize = 2000;
/// The most levels of dependencies that lie in no `charts/`.
const MAX_LEVELS: usize = crate::chart::MAX_CHART_DEPTH;

/// What may be done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mode {
    /// Choose anew what a constraint leaves open, whatever the lock file says.
    pub update: bool,
    /// Bring nothing; only say what would be.
    pub dry_run: bool,
    /// Bring also what is to take the place of packages in `charts/`.
    pub vendor: bool,
}

/// How a package came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was in the cache.
    Held,
    /// It was downloaded.
    Fetched,
    /// It would be downloaded.
    Wanted,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Its version.
    pub version: String,
    /// Where it was, or would be.
    pub url: String,
    /// Its digest; empty when it was not downloaded.
    pub sha256: String,
    /// How it came.
    pub state: State,
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// What became of a need.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The need.
    pub need: Need,
    /// The package, or why there is none.
    pub result: Result<Brought, FetchError>,
}

/// Brings what the charts at `paths` need. `store` takes what is brought, and pins it. `said` hears of each outcome as it comes.
/// Charts that cannot be loaded are told in the end.
pub fn bring(
    sources: &Sources,
    paths: &[PathBuf],
    store: &mut Store,
    remotes: &Remotes,
    mode: Mode,
    said: &(dyn Fn(&Outcome) + Sync),
) -> (Vec<Outcome>, Vec<ChartError>) {
    let mut done: BTreeMap<Key, Outcome> = BTreeMap::new();
    // A pin that is chosen anew must not choose itself.
    let pinned = store.clone();
    let mut errors = Vec::new();
    for _ in 0..MAX_LEVELS {
        let (all, broken) = all_needs(sources, paths, store, mode.vendor);
        errors = broken;
        let new: Vec<Need> = all.into_iter().filter(|need| !done.contains_key(&need.key())).collect();
        if new.is_empty() {
            break;
        }
        let free = MAX_PACKAGES.saturating_sub(done.len());
        let run = Run { store: &pinned, remotes, mode };
        let outcomes = run.all(&new, free, said);
        for outcome in outcomes {
            if let (Ok(brought), false) = (&outcome.result, mode.dry_run) {
                pin(store, &outcome.need, brought);
            }
            done.insert(outcome.need.key(), outcome);
        }
    }
    (done.into_values().collect(), errors)
}

/// What all charts need that can be loaded.
fn all_needs(sources: &Sources, paths: &[PathBuf], store: &Store, vendoring: bool) -> (Vec<Need>, Vec<ChartError>) {
    let (mut all, mut errors) = (BTreeMap::new(), Vec::new());
    for path in paths {
        let options = LoadOptions { resolve_file_dependencies: true, packages: Some(store) };
        match Chart::load(sources, path, &options) {
            Ok(chart) => all.extend(needs(&chart, vendoring).into_iter().map(|need| (need.key(), need))),
            Err(error) => errors.push(error),
        }
    }
    (all.into_values().collect(), errors)
}

fn pin(store: &mut Store, need: &Need, brought: &Brought) {
    let repository = plain_address(&need.repository);
    let lock = store.lock.get_or_insert_default();
    lock.packages.retain(|pin| {
        let same = pin.name == need.name && pin.repository == repository && pin.version == brought.version;
        !same
    });
    lock.packages.push(Pin {
        name: need.name.clone(),
        version: brought.version.clone(),
        repository,
        url: brought.url.clone(),
        sha256: brought.sha256.clone(),
    });
}

struct Run<'a> {
    store: &'a Store,
    remotes: &'a Remotes,
    mode: Mode,
}

impl Run<'_> {
    /// Brings all, several at a time; the outcomes in the order of the needs.
    fn all(&self, needs: &[Need], free: usize, said: &(dyn Fn(&Outcome) + Sync)) -> Vec<Outcome> {
        let next = AtomicUsize::new(0);
        let outcomes = Mutex::new(Vec::with_capacity(needs.len()));
        std::thread::scope(|scope| {
            for _ in 0..WORKERS.min(needs.len()) {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(need) = needs.get(number) else { break };
                        let result = if number < free {
                            self.one(need)
                        } else {
                            Err(FetchError::new(format!("one run brings no more than {MAX_PACKAGES} packages")))
                        };
                        let outcome = Outcome { need: need.clone(), result };
                        said(&outcome);
                        outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((number, outcome));
                    }
                });
            }
        });
        let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcomes.sort_by_key(|(number, _)| *number);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    fn one(&self, need: &Need) -> Result<Brought, FetchError> {
        let pin = self.store.pin(&need.wanted()).filter(|_| !self.mode.update || is_exact(need));
        if let Some(pin) = pin
            && let Found::Package(package) = self.store.find(&need.wanted())
            && self.in_own_cache(&package.path)
        {
            let (version, url) = (pin.version.clone(), pin.url.clone());
            return Ok(Brought { version, url, sha256: pin.sha256.clone(), state: State::Held, notes: Vec::new() });
        }
        let locked = pin.map(|pin| pin.version.clone());
        let exactly = Need { locked: locked.or_else(|| need.locked.clone()), ..need.clone() };
        let (release, skipped) = self.remotes.choose(&exactly)?;
        let notes = notes(need, &release.version, pin.is_some(), skipped);
        if let Some(held) = self.held(need, &release.version, release.digest.as_deref(), pin)? {
            let (version, sha256) = (held.version, held.sha256);
            return Ok(Brought { version, url: held.url, sha256, state: State::Held, notes });
        }
        if self.mode.dry_run {
            let url = release.urls.first().cloned().unwrap_or_default();
            let sha256 = release.digest.unwrap_or_default();
            let url = plain_address(&url);
            return Ok(Brought { version: release.version, url, sha256, state: State::Wanted, notes });
        }
        let (bytes, url) = self.remotes.package(need, &release)?;
        let digest = sha256(&bytes);
        if let Some(wanted) = release.digest.as_ref().filter(|wanted| **wanted != digest) {
            return Err(FetchError::new(format!(
                "{url} has the sha256 {digest}, but its repository's index says {wanted}"
            )));
        }
        if let Some(pin) = pin.filter(|pin| pin.sha256 != digest) {
            return Err(changed(need, &pin.version, &url, &digest, &pin.sha256));
        }
        let version = verify(&bytes, &need.name, &release.version, &url)?;
        let known = self.store.known(&need.wanted());
        if let Some(before) =
            known.iter().find(|known| known.version == version && known.sha256 != digest && pin.is_none())
        {
            return Err(changed_since(need, &version, &url, &digest, before));
        }
        let Some(cache) = &self.store.cache else {
            return Err(FetchError::new("there is no cache: MIRRORLINT_CACHE names a folder for it"));
        };
        let repository = self.remotes.address(need);
        let (name, sha256) = (need.name.clone(), digest);
        let known = Known { repository, name, version: version.clone(), url: url.clone(), sha256: sha256.clone() };
        cache.add(&known, &bytes).map_err(FetchError::new)?;
        Ok(Brought { version, url, sha256, state: State::Fetched, notes })
    }

    fn in_own_cache(&self, path: &std::path::Path) -> bool {
        self.store.cache.as_ref().is_some_and(|cache| path.starts_with(cache.folder()))
    }

    /// What the cache holds of `version`, if the repository's index agrees with it.
    fn held(
        &self,
        need: &Need,
        version: &str,
        digest: Option<&str>,
        pin: Option<&Pin>,
    ) -> Result<Option<Known>, FetchError> {
        let Some(cache) = &self.store.cache else { return Ok(None) };
        let mut known = self.store.known(&need.wanted()).into_iter();
        let Some(known) = known.find(|known| known.version == version) else { return Ok(None) };
        if pin.is_some_and(|pin| pin.sha256 != known.sha256) {
            return Ok(None);
        }
        // A registry is asked for its manifest, which is as short as an index is long.
        if digest.is_none() && super::remotes::is_registry(&need.repository) && pin.is_none() {
            return Ok(None);
        }
        if let Some(digest) = digest.filter(|digest| *digest != known.sha256) {
            return Err(changed_since(need, version, &known.url, digest, &known));
        }
        let there = cache.package(&known.name, &known.version, &known.sha256);
        Ok(there.ok().flatten().map(|_| known))
    }
}

/// Whether a version is asked for and no range.
fn is_exact(need: &Need) -> bool {
    need.locked.is_some() || Version::parse(&need.version).is_ok()
}

fn notes(need: &Need, version: &str, pinned: bool, skipped: Vec<String>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(outdated) = &need.outdated {
        notes.push(format!("Chart.lock pins {outdated}, which is not what Chart.yaml asks for ({})", need.version));
    }
    if !pinned && !is_exact(need) {
        notes.push(format!("no lock file pins it: {version} is the newest that `{}` allows", need.version));
    }
    let more = skipped.len().saturating_sub(super::index::MAX_TOLD);
    notes.extend(skipped.into_iter().take(super::index::MAX_TOLD));
    if more > 0 {
        notes.push(format!("{more} more entries were skipped"));
    }
    notes
}

fn changed(need: &Need, version: &str, url: &str, found: &str, pinned: &str) -> FetchError {
    FetchError::new(format!(
        "{} {version} was published again with other bytes: {url} has the sha256 {found}, {LOCK_NAME} pins {pinned}. Ask its \
         makers why; if that is right, take the package out of {LOCK_NAME} and fetch again",
        need.name
    ))
}

fn changed_since(need: &Need, version: &str, url: &str, found: &str, before: &Known) -> FetchError {
    FetchError::new(format!(
        "{} {version} was published again with other bytes: {url} has the sha256 {found}, but it was {} when it was fetched \
         before. Ask its makers why; an empty cache (MIRRORLINT_CACHE) takes what is there now",
        need.name, before.sha256
    ))
}
