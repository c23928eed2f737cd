//! All repositories and registries of a run: what they offer, and their packages. Each index is asked for once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::FetchError;
use super::credentials::Registries;
use super::http::{Client, Patience};
use super::http_repository::HttpRepository;
use super::index::Release;
use super::meter::Meter;
use super::needs::Need;
use super::registry::{Acquaintance, Place, Registry};
use crate::chart::version::Version;
use crate::store::{Environment, Fits, Repositories, fits, sha256};

/// What a repository offers for a dependency.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The releases, newest first.
    pub releases: Vec<Release>,
    /// What was skipped, in sentences.
    pub skipped: Vec<String>,
}

/// What kind of repository a need names.
enum Source {
    /// One with an index.
    Index,
    /// A registry, and where in it the chart is.
    Registry(Place),
}

impl Source {
    fn of(need: &Need) -> Result<Self, FetchError> {
        match is_registry(&need.repository) {
            true => Place::of(&need.repository, &need.name).map(Self::Registry),
            false => Ok(Self::Index),
        }
    }
}

type Opened = Arc<OnceLock<Result<HttpRepository, FetchError>>>;

/// The way to all repositories.
pub struct Remotes {
    client: Client,
    repositories: Repositories,
    logins: Registries,
    known: Acquaintance,
    /// By the digest of the address, which may hold a password.
    opened: Mutex<HashMap<String, Opened>>,
}

impl Remotes {
    /// With the credentials that `environment` names.
    #[must_use]
    pub fn new(environment: &Environment, patience: Patience, meter: Meter) -> Self {
        let files = environment.registry.iter().chain(&environment.docker).cloned().collect();
        Self {
            client: Client::new(patience, meter),
            repositories: Repositories::new(environment.repositories.clone()),
            logins: Registries { files },
            known: Acquaintance::default(),
            opened: Mutex::default(),
        }
    }

    /// What counts the downloads.
    pub(super) fn meter(&self) -> &Meter {
        &self.client.meter
    }

    /// What the repository of `need` offers of its chart, whatever the version.
    ///
    /// # Errors
    /// When it cannot be asked, or knows no such chart.
    pub fn offer(&self, need: &Need) -> Result<Offer, FetchError> {
        let (releases, skipped) = match Source::of(need)? {
            Source::Registry(place) => (self.registry().releases(&place)?, Vec::new()),
            Source::Index => self.with(&need.repository, |repository| repository.releases(&need.name))?,
        };
        Ok(Offer { releases, skipped })
    }

    /// The release that `need` means: the version that is locked, else the newest that its constraint allows.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn choose(&self, need: &Need) -> Result<(Release, Vec<String>), FetchError> {
        let Some(fits) = fits(&need.wanted()) else {
            let version = &need.version;
            return Err(FetchError::new(format!("`{version}` is no version and no constraint")));
        };
        if let Source::Registry(place) = Source::of(need)? {
            return Ok((self.choose_tag(need, &place, &fits)?, Vec::new()));
        }
        let Offer { releases, skipped } = self.offer(need)?;
        let newest = releases.first().cloned();
        match fits.best(releases, |release| &release.version) {
            Some(release) => Ok((release, skipped)),
            None => {
                let skipped = skipped.first().map(|first| format!("; {first}")).unwrap_or_default();
                Err(none(need, newest, &skipped))
            }
        }
    }

    fn choose_tag(&self, need: &Need, place: &Place, fits: &Fits) -> Result<Release, FetchError> {
        let exact =
            need.locked.as_deref().or_else(|| Version::parse(&need.version).ok().map(|_| need.version.as_str()));
        // Helm asks for the tag of an exact version, listed or not.
        if let Some(version) = exact {
            return self.registry().release(place, version);
        }
        let mut releases = self.registry().releases(place)?;
        let (newest, all) = (releases.first().cloned(), releases.len());
        releases.retain(|release| Version::parse_strict(&release.version).is_ok());
        let unread = match releases.len() < all {
            true => "; Helm takes no tags for a constraint that begin with `v` or lack a number",
            false => "",
        };
        match fits.best(releases, |release| &release.version) {
            Some(release) => self.registry().release(place, &release.version),
            None => Err(none(need, newest, unread)),
        }
    }

    /// The package of `release`, and where it was.
    ///
    /// # Errors
    /// When it cannot be had, or has other bytes than its repository says.
    pub fn package(&self, need: &Need, release: &Release) -> Result<(Vec<u8>, String), FetchError> {
        let (bytes, url) = match Source::of(need)? {
            Source::Registry(place) => self.registry().package(&place, release),
            Source::Index => self.with(&need.repository, |repository| repository.package(&self.registry(), release)),
        }?;
        let digest = sha256(&bytes);
        match release.digest.as_ref().filter(|wanted| **wanted != digest) {
            Some(wanted) => Err(FetchError::new(format!(
                "{url} has the sha256 {digest}, but its repository's index says {wanted}. Helm compares neither: where the index is \
                 known to be wrong, `helm dependency build` fills charts/"
            ))),
            None => Ok((bytes, url)),
        }
    }

    fn registry(&self) -> Registry<'_> {
        Registry { client: &self.client, logins: &self.logins, known: &self.known }
    }

    fn with<T>(
        &self,
        written: &str,
        use_it: impl FnOnce(&HttpRepository) -> Result<T, FetchError>,
    ) -> Result<T, FetchError> {
        let opened = {
            let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever writes a password into an address gets another answer than who does not.
            let known = self.repositories.find(written).ok().flatten();
            let whole = known.map_or(written, |known| &known.url).trim_end_matches('/');
            all.entry(sha256(whole.as_bytes())).or_default().clone()
        };
        let repository = opened.get_or_init(|| HttpRepository::open(&self.client, &self.repositories, written));
        repository.as_ref().map_err(Clone::clone).and_then(use_it)
    }

    /// The address that tells the repository of `need` from others.
    pub(super) fn address(&self, need: &Need) -> String {
        self.repositories.address(&need.repository)
    }
}

/// That nothing offered is what `need` asks for. `more` follows in the sentence.
fn none(need: &Need, newest: Option<Release>, more: &str) -> FetchError {
    let wanted = need.locked.as_ref().unwrap_or(&need.version);
    let newest = newest.map(|newest| format!("; the newest is {}", newest.version)).unwrap_or_default();
    let from = need.shown_repository();
    FetchError::new(format!("{from} offers no {} {wanted}{newest}{more}", need.name))
}

pub(super) fn is_registry(repository: &str) -> bool {
    repository.starts_with("oci://")
}
