//! Versions and constraints by the rules of Masterminds/semver, which Helm uses; they are not Cargo's.

/// A semantic version, read leniently: `v1.2`, `1`, `1.2.3-rc.1+build`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {}

/// A constraint: `>=1.2 <2 || ~3.1`.
#[derive(Clone, Debug)]
pub struct Constraint {}

impl Version {
    /// Reads a version as Masterminds' `NewVersion` does.
    ///
    /// # Errors
    /// Masterminds' own message.
    pub fn parse(_text: &str) -> Result<Self, String> {
        Err("Invalid Semantic Version".to_owned())
    }
}

impl Constraint {
    /// Reads a constraint as Masterminds' `NewConstraint` does.
    ///
    /// # Errors
    /// Masterminds' own message.
    pub fn parse(_text: &str) -> Result<Self, String> {
        Err("improper constraint".to_owned())
    }

    /// Whether `version` satisfies it.
    #[must_use]
    pub fn check(&self, _version: &Version) -> bool {
        false
    }
}
