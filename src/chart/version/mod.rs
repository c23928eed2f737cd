//! Versions and constraints by the rules of Masterminds/semver 3.1, which Helm 3.10 uses; they are not Cargo's. Pure
//! text to answers, with Masterminds' messages.

mod constraint;
mod parse;

use std::cmp::Ordering;
use std::fmt;

pub use constraint::Constraint;

/// A semantic version, read leniently: `v1.2`, `1`, `1.2.3-rc.1+build`. Compares by precedence: metadata and the way it was
/// written make no difference.
#[derive(Clone, Debug)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    prerelease: String,
    metadata: String,
    original: String,
}

impl Version {
    /// Reads a version as Masterminds' `NewVersion` does: a leading `v`, missing minor and patch numbers and leading zeros
    /// of the three numbers are allowed.
    ///
    /// # Errors
    /// Masterminds' own message.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::lenient(text)
    }

    /// Reads a version as Masterminds' `StrictNewVersion` does: exactly three numbers, no `v`.
    ///
    /// # Errors
    /// Masterminds' own message.
    pub fn parse_strict(text: &str) -> Result<Self, String> {
        parse::strict(text)
    }

    /// The first number.
    #[must_use]
    pub fn major(&self) -> u64 {
        self.major
    }

    /// The second number; 0 when it was not written.
    #[must_use]
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// The third number; 0 when it was not written.
    #[must_use]
    pub fn patch(&self) -> u64 {
        self.patch
    }

    /// What stands after `-`; empty for a release.
    #[must_use]
    pub fn prerelease(&self) -> &str {
        &self.prerelease
    }

    /// What stands after `+`, or nothing.
    #[must_use]
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// The text that was read, with its `v` and as many numbers as it had.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The next patch version; a prerelease becomes its release.
    #[must_use]
    pub fn inc_patch(&self) -> Self {
        let step = u64::from(self.prerelease.is_empty());
        self.release(self.major, self.minor, self.patch.wrapping_add(step))
    }

    /// The next minor version.
    #[must_use]
    pub fn inc_minor(&self) -> Self {
        self.release(self.major, self.minor.wrapping_add(1), 0)
    }

    /// The next major version.
    #[must_use]
    pub fn inc_major(&self) -> Self {
        self.release(self.major.wrapping_add(1), 0, 0)
    }

    /// The same version with another prerelease; none when it is empty.
    ///
    /// # Errors
    /// Masterminds' own message when it is no list of identifiers.
    pub fn with_prerelease(&self, prerelease: &str) -> Result<Self, String> {
        if !prerelease.is_empty() {
            parse::check_prerelease(prerelease)?;
        }
        Ok(Self { prerelease: prerelease.to_owned(), ..self.clone() }.rewritten())
    }

    /// The same version with other metadata; none when it is empty.
    ///
    /// # Errors
    /// Masterminds' own message when it is no list of identifiers.
    pub fn with_metadata(&self, metadata: &str) -> Result<Self, String> {
        if !metadata.is_empty() {
            parse::check_metadata(metadata)?;
        }
        Ok(Self { metadata: metadata.to_owned(), ..self.clone() }.rewritten())
    }

    fn release(&self, major: u64, minor: u64, patch: u64) -> Self {
        let original = self.original.clone();
        Self { major, minor, patch, prerelease: String::new(), metadata: String::new(), original }.rewritten()
    }

    /// A changed version's original is its full form, behind the `v` that the first one had.
    fn rewritten(mut self) -> Self {
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
        self
    }
}

impl fmt::Display for Version {
    /// The full form: three numbers without `v`, then prerelease and metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| {
            match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
                (release, other_release) => release.cmp(&other_release),
            }
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

/// Part by part; the shorter of two that agree so far is the smaller.
fn compare_prereleases(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => compare_parts(one.unwrap_or_default(), other.unwrap_or_default()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers by value and below words; a number past `u64` is a word, as Go's `ParseUint` fails on it.
fn compare_parts(one: &str, other: &str) -> Ordering {
    if one.is_empty() || other.is_empty() {
        return one.len().cmp(&other.len());
    }
    match (one.parse::<u64>(), other.parse::<u64>()) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn precedence_is_that_of_semantic_versions() {
        let ordered =
            ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"];
        let ordered = ordered.into_iter().chain(["1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "1.10.0", "2"]);
        let ordered: Vec<Version> = ordered.map(version).collect();
        assert!(ordered.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(version("v1.2+a"), version("1.2.0+b"));
    }

    #[test]
    fn increments_keep_the_v_and_drop_the_rest() {
        assert_eq!(version("v1.2.3-rc.1+b").inc_patch().original(), "v1.2.3");
        assert_eq!(version("1.2.3+b").inc_patch().original(), "1.2.4");
        assert_eq!(version("v1.2").inc_minor().original(), "v1.3.0");
        assert_eq!(version("1.2.3-a").inc_major().to_string(), "2.0.0");
    }

    #[test]
    fn prerelease_and_metadata_can_be_replaced() {
        assert_eq!(version("v1.2").with_prerelease("rc.1").unwrap().original(), "v1.2.0-rc.1");
        assert_eq!(version("1.2-a").with_metadata("b").unwrap().to_string(), "1.2.0-a+b");
        assert_eq!(version("1.2-a").with_prerelease("").unwrap().to_string(), "1.2.0");
        assert_eq!(version("1").with_prerelease("a_b").unwrap_err(), "Invalid Prerelease string");
        assert_eq!(version("1").with_metadata("a_b").unwrap_err(), "Invalid Metadata string");
    }
}
