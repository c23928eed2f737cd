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
use crate::store::{Environment, Repositories, fits, sha256};

/// What a repository offers for a dependency.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The releases, newest first.
    pub releases: Vec<Release>,
    /// What was skipped, in sentences.
    pub skipped: Vec<String>,
}

type Opened = Arc<OnceLock<Result<HttpRepository, FetchError>>>;

/// The way to all repositories.
#[derive(Debug)]
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

    /// What the repository of `need` offers of its chart, whatever the version.
    ///
    /// # Errors
    /// When it cannot be asked, or knows no such chart.
    pub fn offer(&self, need: &Need) -> Result<Offer, FetchError> {
        if is_registry(&need.repository) {
            let place = Place::of(&need.repository, &need.name)?;
            let releases = self.registry().releases(&place)?;
            return Ok(Offer { releases, skipped: Vec::new() });
        }
        self.with(&need.repository, |repository| {
            let (releases, skipped) = repository.releases(&need.name)?;
            Ok(Offer { releases, skipped })
        })
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
        if is_registry(&need.repository) {
            let exact =
                need.locked.as_deref().or_else(|| Version::parse(&need.version).ok().map(|_| need.version.as_str()));
            // Helm asks for the tag of an exact version, listed or not.
            if let Some(version) = exact {
                let place = Place::of(&need.repository, &need.name)?;
                return Ok((self.registry().release(&place, version)?, Vec::new()));
            }
        }
        let Offer { mut releases, skipped } = self.offer(need)?;
        let newest = releases.first().map(|release| release.version.clone());
        let mut unread = String::new();
        if is_registry(&need.repository) {
            let all = releases.len();
            releases.retain(|release| Version::parse_strict(&release.version).is_ok());
            if releases.len() < all {
                unread = "; Helm takes no tags for a constraint that begin with `v` or lack a number".to_owned();
            }
        }
        let wanted = need.locked.as_ref().unwrap_or(&need.version);
        match fits.best(releases, |release| &release.version) {
            Some(release) if is_registry(&need.repository) => {
                let place = Place::of(&need.repository, &need.name)?;
                Ok((self.registry().release(&place, &release.version)?, skipped))
            }
            Some(release) => Ok((release, skipped)),
            None => {
                let newest = newest.map(|newest| format!("; the newest is {newest}")).unwrap_or_default();
                let skipped = skipped.first().map(|first| format!("; {first}")).unwrap_or_default();
                let from = need.shown_repository();
                Err(FetchError::new(format!("{from} offers no {} {wanted}{newest}{unread}{skipped}", need.name)))
            }
        }
    }

    /// The package of `release`, and where it was.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn package(&self, need: &Need, release: &Release) -> Result<(Vec<u8>, String), FetchError> {
        if is_registry(&need.repository) {
            let place = Place::of(&need.repository, &need.name)?;
            return self.registry().package(&place, release);
        }
        self.with(&need.repository, |repository| repository.package(&self.client, release))
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

pub(super) fn is_registry(repository: &str) -> bool {
    repository.starts_with("oci://")
}
