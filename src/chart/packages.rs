//! Where a dependency comes from that `charts/` does not hold: whoever loads a chart may lend the packages that lie elsewhere on
//! this machine. This room only asks for them.

use std::path::PathBuf;

use crate::source::Text;

/// Packaged charts that are at hand. Gives the same answer each time; opens no socket.
pub trait Packages: std::fmt::Debug + Send + Sync {
    /// The package that serves `wanted`.
    fn find(&self, wanted: &Wanted<'_>) -> Found;

    /// Why a package that lies in `charts/` must not be used, in a sentence.
    fn objection(&self, held: &Held<'_>) -> Option<String>;
}

/// A package in `charts/` that a dependency on another machine's repository names.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The dependency's repository, as it is written.
    pub repository: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A dependency of a chart that has nothing of that name in its `charts/`.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// `name`
    pub name: &'a str,
    /// `version`: a constraint by Masterminds' rules.
    pub version: &'a str,
    /// `repository`, as it is written.
    pub repository: &'a str,
    /// The version that `Chart.lock` pins, if it has one that `version` allows.
    pub locked: Option<&'a str>,
}

/// The answer to [`Wanted`].
#[derive(Clone, Debug)]
pub enum Found {
    /// There is no such package.
    Nothing,
    /// There is one that must not be used, and why.
    Refused(String),
    /// This one.
    Package(Package),
}

/// A package and where it lies.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its path.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its version.
    pub version: String,
    /// Who keeps it, in words: `the cache, pinned by .mirrorlint.lock`.
    pub keeper: String,
}

/// A dependency whose package is there, but must not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedPackage {
    /// `name` of the dependency.
    pub name: Text,
    /// Why.
    pub reason: String,
    /// The package, when it lies in `charts/`.
    pub held: Option<PathBuf>,
}
