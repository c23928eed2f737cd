//! Brings what charts need into the cache. A package is kept only when it is whole, is the chart that was asked for, and has the
//! bytes that it had before. What is there already is held against what its repository says of it today.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::FetchError;
use super::index::Release;
use super::local::with_local;
use super::needs::{Need, is_exact, is_exact_tag, needs};
use super::remotes::Remotes;
use super::verify::{Verified, verify};
use crate::chart::{Chart, ChartError, LoadOptions, Place};
use crate::source::Sources;
use crate::store::{Known, LOCK_NAME, Pin, Store, identity, plain_address, sha256};

/// Downloads at a time.
pub const WORKERS: usize = 8;
/// The most packages that one run brings.
pub const MAX_PACKAGES: usize = 2000;

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

/// Brings what the charts at `paths` need, each once, in the order in which they ask. `store` takes what is brought. `said` hears of
/// each outcome in that order, as soon as it can. Told in the end: charts that cannot be loaded, and packages in `charts/` that have
/// other bytes than are pinned, unless they are to be replaced.
pub fn bring(
    sources: &Sources,
    paths: &[PathBuf],
    store: &Store,
    remotes: &Remotes,
    mode: Mode,
    said: &(dyn Fn(&Outcome) + Sync),
) -> (Vec<Outcome>, Vec<ChartError>) {
    let (mut all, mut known) = (Vec::new(), HashSet::new());
    let options = LoadOptions { resolve_file_dependencies: true, packages: Some(store) };
    let (charts, mut errors) = if mode.vendor {
        with_local(sources, paths, &options)
    } else {
        let (charts, errors): (Vec<_>, Vec<_>) =
            paths.iter().map(|path| Chart::load(sources, path, &options)).partition(Result::is_ok);
        (charts.into_iter().flatten().collect(), errors.into_iter().filter_map(Result::err).collect())
    };
    for chart in &charts {
        lacking(chart, &mut errors);
        all.extend(needs(chart, mode.vendor).into_iter().filter(|need| known.insert(need.key())));
        if !mode.vendor {
            objections(chart, &mut errors);
        }
    }
    let mut outcomes = Run { store, remotes, mode }.all(&all, said);
    tell_apart(&mut outcomes);
    (outcomes, errors)
}

/// Refuses what came with different bytes for several needs that a lock file cannot tell apart.
fn tell_apart(outcomes: &mut [Outcome]) {
    let key = |need: &Need, brought: &Brought| (need.name.clone(), brought.version.clone(), identity(&need.repository));
    let mut known: BTreeMap<_, BTreeMap<String, String>> = BTreeMap::new();
    for Outcome { need, result } in &*outcomes {
        let Ok(brought) = result else { continue };
        let bytes = known.entry(key(need, brought)).or_default();
        bytes.entry(brought.sha256.clone()).or_insert_with(|| format!("`{}` of {}", need.version, need.parent));
    }
    for Outcome { need, result } in outcomes {
        let Some(several) = result.as_ref().ok().map(|brought| &known[&key(need, brought)]) else { continue };
        if several.len() > 1 {
            let (name, place) = (&need.name, need.shown_repository());
            let asked = several.values().cloned().collect::<Vec<_>>().join(" and ");
            let message =
                format!("{place} gives different packages of one version for {asked}: ask for {name} in one way");
            *result = Err(FetchError::new(message));
        }
    }
}

/// The dependencies that nobody but people can bring: they name no repository.
fn lacking(chart: &Chart, errors: &mut Vec<ChartError>) {
    let missing = chart.missing_dependencies().into_iter().filter(|dependency| dependency.repository.is_empty());
    errors.extend(missing.map(|dependency| {
        let (name, version) = (&dependency.name, &dependency.version);
        let asks = format!("{} depends on {name} {version}", chart.name());
        let message = format!("{asks}, which is not in its charts/ and names no repository: put it there, or name one");
        ChartError { message, span: name.exact_span(), path: chart.metadata_path.clone() }
    }));
    let own = chart.subcharts.iter().filter(|subchart| subchart.place == Place::Folder);
    own.for_each(|subchart| lacking(subchart, errors));
}

/// The packages in `charts/` that must not be used.
fn objections(chart: &Chart, errors: &mut Vec<ChartError>) {
    let held = chart.refused.iter().filter(|refused| refused.held.is_some());
    errors.extend(held.map(|refused| {
        let span = chart.metadata.dependencies.iter().flatten().find(|one| one.name == refused.name);
        let span = span.and_then(|dependency| dependency.name.exact_span());
        let message = format!("{} depends on {}, but {}", chart.name(), refused.name, refused.reason);
        ChartError { message, span, path: chart.metadata_path.clone() }
    }));
    chart.subcharts.iter().for_each(|subchart| objections(subchart, errors));
}

struct Run<'a> {
    store: &'a Store,
    remotes: &'a Remotes,
    mode: Mode,
}

impl Run<'_> {
    /// Brings all, several at a time; the outcomes are told and given in the order of the needs.
    fn all(&self, needs: &[Need], said: &(dyn Fn(&Outcome) + Sync)) -> Vec<Outcome> {
        let next = AtomicUsize::new(0);
        let outcomes = Mutex::new(BTreeMap::new());
        let told = AtomicUsize::new(0);
        self.remotes.meter().asks(needs.len());
        std::thread::scope(|scope| {
            for _ in 0..WORKERS.min(needs.len()) {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(need) = needs.get(number) else { break };
                        let result = if number < MAX_PACKAGES {
                            self.one(need)
                        } else {
                            Err(FetchError::new(format!("one run brings no more than {MAX_PACKAGES} packages")))
                        };
                        self.remotes.meter().finished();
                        let outcome = Outcome { need: need.clone(), result };
                        let mut outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                        outcomes.insert(number, outcome);
                        while let Some(outcome) = outcomes.get(&told.load(Ordering::Relaxed)) {
                            said(outcome);
                            told.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        outcomes.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    fn one(&self, need: &Need) -> Result<Brought, FetchError> {
        let pin = self.store.pin(&need.wanted()).filter(|_| !self.mode.update || is_exact(need));
        let kept = pin.and_then(|pin| self.kept(need, pin));
        // Of a registry an exact version is the tag that is asked for, whatever tag a pin came by.
        let locked = pin.map(Pin::offered_version).filter(|_| !is_exact_tag(need));
        let exactly = Need { locked: locked.or_else(|| need.locked.clone()), ..need.clone() };
        let (release, skipped) = match (self.remotes.choose(&exactly), kept.clone()) {
            (Ok(chosen), _) => chosen,
            // The right bytes are here; only nobody says whether they are still what is offered.
            (Err(error), Some(kept)) => {
                return Ok(Brought { notes: vec![format!("not compared with what is offered now: {error}")], ..kept });
            }
            (Err(error), None) => return Err(error),
        };
        if let (Some(pin), Some(digest)) = (pin, &release.digest)
            && *digest != pin.sha256
        {
            let place = need.shown_repository();
            return Err(changed(need, &pin.version, &format!("{place} offers it with"), digest, &pin.sha256));
        }
        if let Some(mut kept) = kept {
            kept.notes.extend(outdated(need).into_iter().chain(uncompared(&release)));
            return Ok(kept);
        }
        let mut notes = notes(need, &release.version, pin.is_some(), skipped);
        if let Some(held) = self.held(need, &release.version, release.digest.as_deref(), pin)? {
            let (version, sha256) = (held.version, held.sha256);
            notes.extend(uncompared(&release));
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
        if let Some(pin) = pin.filter(|pin| pin.sha256 != digest) {
            return Err(changed(need, &pin.version, &format!("{url} has"), &digest, &pin.sha256));
        }
        let Verified { version, notes: more } = verify(&bytes, &need.name, &release.version, &url)?;
        notes.extend(more);
        let known = self.store.known(&need.wanted());
        if let Some(before) =
            known.iter().find(|known| known.version == version && known.sha256 != digest && pin.is_none())
        {
            return Err(changed_since(need, &version, &format!("{url} has"), &digest, before));
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

    /// What our cache holds of what is pinned.
    fn kept(&self, need: &Need, pin: &Pin) -> Option<Brought> {
        let there = self.store.cache.as_ref()?.package(&need.name, &pin.version, &pin.sha256);
        there.ok().flatten()?;
        let Pin { version, url, sha256, .. } = pin.clone();
        Some(Brought { version, url, sha256, state: State::Held, notes: Vec::new() })
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
        if let Some(digest) = digest.filter(|digest| *digest != known.sha256) {
            let place = format!("{} offers it with", need.shown_repository());
            return Err(changed_since(need, version, &place, digest, &known));
        }
        let there = cache.package(&known.name, &known.version, &known.sha256);
        Ok(there.ok().flatten().map(|_| known))
    }
}

/// That a lock file of Helm's does not agree with what is asked for.
fn outdated(need: &Need) -> Option<String> {
    let (asks, pins) = need.files();
    let outdated = need.outdated.as_ref()?;
    Some(format!("{pins} pins {outdated}, which is not what {asks} asks for ({})", need.version))
}

/// That nobody says which bytes `release` has now.
fn uncompared(release: &Release) -> Option<String> {
    let is_open = release.digest.is_none();
    is_open.then(|| "not compared with what is offered now: its repository gives no digest".to_owned())
}

fn notes(need: &Need, version: &str, pinned: bool, skipped: Vec<String>) -> Vec<String> {
    let mut notes: Vec<String> = outdated(need).into_iter().collect();
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

/// `place`: `ADDRESS has`.
fn changed(need: &Need, version: &str, place: &str, found: &str, pinned: &str) -> FetchError {
    FetchError::new(format!(
        "{} {version} was published again with other bytes: {place} the sha256 {found}, {LOCK_NAME} pins {pinned}. Ask its \
         makers why; if that is right, take the package out of {LOCK_NAME} and fetch again",
        need.name
    ))
}

/// `place`: `ADDRESS has`.
fn changed_since(need: &Need, version: &str, place: &str, found: &str, before: &Known) -> FetchError {
    FetchError::new(format!(
        "{} {version} was published again with other bytes: {place} the sha256 {found}, but it was {} when it was fetched \
         before. Ask its makers why; an empty cache (MIRRORLINT_CACHE) takes what is there now",
        need.name, before.sha256
    ))
}
