//! Packaged charts that lie on this machine outside of any `charts/`: our cache, Helm's, and the lock file that says which bytes
//! they must have. `check` resolves external charts from here. Uses `chart`; never opens a socket.

mod address;
mod cache;
mod environment;
mod lock;
mod repositories;

use std::path::{Path, PathBuf};

use crate::chart::version::{Constraint, Version};
use crate::chart::{Found, Held, Package, Packages, Wanted};

pub use address::{Parts, identity, plain_address};
pub use cache::{Cache, Known, sha256};
pub use environment::Environment;
pub use lock::{LOCK_NAME, Lock, LockError, Pin};
pub use repositories::{Repositories, Repository};

/// The most bytes that a package may have: what loading charts reads of one.
pub const MAX_PACKAGE_SIZE: u64 = crate::chart::MAX_TOTAL_SIZE;

/// The packages on this machine, under the rule of a lock file.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// Our cache.
    pub cache: Option<Cache>,
    /// Where Helm keeps packages.
    pub helm: Option<PathBuf>,
    /// What Helm knows of repositories.
    pub repositories: Repositories,
    /// The lock file, if there is one.
    pub lock: Option<Lock>,
}

impl Store {
    /// The packages that `environment` names, under the lock file of `folder` or the nearest above it.
    ///
    /// # Errors
    /// When the lock file cannot be read, or is none.
    pub fn open(environment: &Environment, folder: &Path) -> Result<Self, LockError> {
        Ok(Self {
            cache: environment.cache.clone().map(Cache::new),
            helm: environment.helm_packages.clone(),
            repositories: Repositories::new(environment.repositories.clone()),
            lock: Lock::find(folder).map(|path| Lock::read(&path)).transpose()?,
        })
    }

    /// What is pinned for `wanted`: what was chosen for the same constraint, else the newest that it allows.
    #[must_use]
    pub fn pin(&self, wanted: &Wanted<'_>) -> Option<&Pin> {
        let fits = fits(wanted)?;
        let pins = self.lock.iter().flat_map(|lock| &lock.packages);
        let mine = pins.filter(|pin| pin.is_of(wanted) && fits.allows(&pin.version));
        mine.max_by_key(|pin| (pin.is_for(wanted.version), Version::parse(&pin.version).ok()))
    }

    fn pinned(&self, pin: &Pin, wanted: &Wanted<'_>) -> Found {
        let Pin { name, version, sha256: digest, .. } = pin;
        if let Some(cache) = &self.cache {
            match cache.package(name, version, digest) {
                Ok(Some((path, bytes))) => {
                    let keeper = format!("the cache, pinned by {LOCK_NAME}");
                    return Found::Package(Package { path, bytes, version: version.clone(), keeper });
                }
                Ok(None) => {}
                Err(reason) => return Found::Refused(reason),
            }
        }
        let other = |keeper: &str, found: &str| {
            Found::Refused(format!(
                "{keeper} holds other bytes for {name} {version} (sha256 {found}) than {LOCK_NAME} pins ({digest}): \
                 `mirrorlint fetch` asks the repository which are right"
            ))
        };
        if let Some((path, bytes)) = self.of_helm(name).into_iter().find_map(|(known, path)| {
            let same = known == *version;
            same.then(|| cache::read_package(&path).ok().map(|bytes| (path, bytes))).flatten()
        }) {
            let found = sha256(&bytes);
            if found != *digest {
                return other("Helm's cache", &found);
            }
            let keeper = format!("Helm's cache, pinned by {LOCK_NAME}");
            return Found::Package(Package { path, bytes, version: version.clone(), keeper });
        }
        let known = self.known(wanted).into_iter().find(|known| known.version == *version);
        match known {
            Some(known) if known.sha256 != *digest => other("the cache", &known.sha256),
            _ => Found::Nothing,
        }
    }

    /// What the cache has of the chart `wanted`, whatever its version.
    #[must_use]
    pub fn known(&self, wanted: &Wanted<'_>) -> Vec<Known> {
        let Some(cache) = &self.cache else { return Vec::new() };
        cache.versions(&self.repositories.address(wanted.repository), wanted.name)
    }

    fn unpinned(&self, wanted: &Wanted<'_>) -> Found {
        let Some(fits) = fits(wanted) else { return Found::Nothing };
        let note = if self.lock.is_some() { format!(", not pinned by {LOCK_NAME}") } else { String::new() };
        let known = self.known(wanted);
        if let (Some(known), Some(cache)) = (fits.best(known, |known| &known.version), &self.cache) {
            return match cache.package(wanted.name, &known.version, &known.sha256) {
                Ok(Some((path, bytes))) => {
                    Found::Package(Package { path, bytes, version: known.version, keeper: format!("the cache{note}") })
                }
                Ok(None) => Found::Nothing,
                Err(reason) => Found::Refused(reason),
            };
        }
        let Some((version, path)) = fits.best(self.of_helm(wanted.name), |(version, _)| version) else {
            return Found::Nothing;
        };
        match cache::read_package(&path) {
            Ok(bytes) => Found::Package(Package { path, bytes, version, keeper: format!("Helm's cache{note}") }),
            Err(cause) => Found::Refused(format!("{} cannot be read: {cause}", path.display())),
        }
    }

    /// The packages of the chart `name` in Helm's folder, with the versions that their names give.
    fn of_helm(&self, name: &str) -> Vec<(String, PathBuf)> {
        let entries = self.helm.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let named = entries.filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            let version = file.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(".tgz")?;
            // Of `web-api-1.0.0.tgz` and `web`, `api-1.0.0` is no version.
            Version::parse(version).ok()?;
            Some((version.to_owned(), entry.path()))
        });
        named.collect()
    }
}

impl Packages for Store {
    fn find(&self, wanted: &Wanted<'_>) -> Found {
        match self.pin(wanted) {
            Some(pin) => self.pinned(pin, wanted),
            None => self.unpinned(wanted),
        }
    }

    fn objection(&self, held: &Held<'_>) -> Option<String> {
        let Held { name, version, repository, bytes } = *held;
        let wanted = Wanted { name, version, repository, locked: None };
        let pins = self.lock.iter().flat_map(|lock| &lock.packages);
        let pin = pins.into_iter().find(|pin| pin.is_of(&wanted) && pin.version == version)?;
        let found = sha256(bytes);
        (found != pin.sha256).then(|| {
            format!(
                "the package in its charts/ has other bytes (sha256 {found}) than {LOCK_NAME} pins for {name} {version} ({}). \
                 `mirrorlint fetch --vendor` puts the pinned ones there; if those in charts/ are meant, take {name} out of \
                 {LOCK_NAME}",
                pin.sha256
            )
        })
    }
}

/// What versions do for a dependency.
pub struct Fits {
    /// The one that the lock file of the chart pins.
    exactly: Option<String>,
    constraint: Constraint,
}

/// Which versions do for `wanted`; nothing when its constraint is none.
#[must_use]
pub fn fits(wanted: &Wanted<'_>) -> Option<Fits> {
    let constraint = Constraint::parse(wanted.version).ok()?;
    Some(Fits { exactly: wanted.locked.map(str::to_owned), constraint })
}

impl Fits {
    /// Whether `version` does.
    #[must_use]
    pub fn allows(&self, version: &str) -> bool {
        match &self.exactly {
            // Equal but for what stands behind `+` and a leading `v`, as Helm compares.
            Some(exactly) => exactly == version || same(exactly, version),
            None => Version::parse(version).is_ok_and(|version| self.constraint.check(&version)),
        }
    }

    /// The newest of `offered` that does; of equal ones the one that is written exactly so, else the first.
    pub fn best<T>(&self, offered: impl IntoIterator<Item = T>, version: impl Fn(&T) -> &String) -> Option<T> {
        let rate = |one: &T| {
            let text = version(one);
            (Version::parse(text).ok(), self.exactly.as_deref() == Some(text.as_str()))
        };
        let mut best: Option<T> = None;
        for one in offered.into_iter().filter(|one| self.allows(version(one))) {
            if best.as_ref().is_none_or(|best| rate(&one) > rate(best)) {
                best = Some(one);
            }
        }
        best
    }
}

fn same(one: &str, other: &str) -> bool {
    matches!((Version::parse(one), Version::parse(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests;
