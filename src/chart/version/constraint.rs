//! Constraints: alternatives of comparisons, with Masterminds' own reading of `x`, `~`, `^` and of prereleases.
//!
//! This is version 3.1, the judge's. Newer versions (3.2 and up) let one comparison with a prerelease open its whole group
//! to prereleases, read `*-0` as a prerelease, want a blank or comma between comparisons, and require equal minor numbers
//! for `^0.0.z`; `tests` lists the published vectors on which they disagree.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

use super::{Version, compare_prereleases};

/// A constraint: `>=1.2 <2 || ~3.1`.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Any of these groups; in a group, all comparisons.
    groups: Vec<Vec<Comparison>>,
}

#[derive(Clone, Debug)]
struct Comparison {
    operator: Operator,
    /// The operator as it was written.
    sign: String,
    /// The version as it was written.
    written: String,
    version: Version,
    wildcard: Wildcard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The first number that was left out or written as `x`, `X` or `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wildcard {
    None,
    Major,
    Minor,
    Patch,
}

/// One version of a constraint: numbers may be `x`; Masterminds' character class also lets `|` through.
const VERSION: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?";
const BLANK: &str = r"[\t\n\f\r ]";
const SIGN: &str = r"=|!=|>|<|>=|=>|<=|=<|~|~>|\^|";

/// `None` only if a pattern above were wrong, which the tests would show.
static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let pattern = |text: String| Regex::new(&text).ok();
    Some(Patterns {
        range: pattern(format!("{BLANK}*(?P<low>{VERSION}){BLANK}+-{BLANK}+(?P<high>{VERSION}){BLANK}*"))?,
        group: pattern(format!("^(?:{BLANK}*(?:{SIGN}){BLANK}*{VERSION}{BLANK}*,?)+$"))?,
        comparison: pattern(format!("(?P<sign>{SIGN}){BLANK}*(?P<version>{VERSION})"))?,
    })
});

struct Patterns {
    range: Regex,
    group: Regex,
    comparison: Regex,
}

impl Constraint {
    /// Reads a constraint as Masterminds' `NewConstraint` does.
    ///
    /// # Errors
    /// Masterminds' own message.
    pub fn parse(text: &str) -> Result<Self, String> {
        usual::groups(text).unwrap_or_else(|| Self::unusual(text)).map(|groups| Self { groups })
    }

    /// Reads any text. The patterns take longer to build than many a chart takes to render: most processes never need them.
    fn unusual(text: &str) -> Result<Vec<Vec<Comparison>>, String> {
        let Some(patterns) = &*PATTERNS else { return Err("constraint Parser Error".to_owned()) };
        let text = patterns.without_ranges(text);
        text.split("||").map(|group| patterns.group(group)).collect()
    }

    /// Whether `version` satisfies it.
    #[must_use]
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| group.iter().all(|comparison| comparison.check(version).is_ok()))
    }

    /// Whether `version` satisfies it, and if not, why.
    ///
    /// # Errors
    /// Every failed comparison of every group, in Masterminds' words; that a prerelease is not looked for is said once.
    pub fn validate(&self, version: &Version) -> Result<(), Vec<String>> {
        let mut reasons = Vec::new();
        let mut prerelease_said = false;
        for group in &self.groups {
            let mut satisfied = true;
            for comparison in group {
                if let Err(reason) = comparison.check_release(version) {
                    satisfied = false;
                    if !std::mem::replace(&mut prerelease_said, true) {
                        reasons.push(reason);
                    }
                } else if let Err(reason) = comparison.check(version) {
                    satisfied = false;
                    reasons.push(reason);
                }
            }
            if satisfied {
                return Ok(());
            }
        }
        Err(reasons)
    }
}

impl fmt::Display for Constraint {
    /// The normal form: ranges as comparisons, groups apart by ` || `.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.groups.iter().enumerate() {
            f.write_str(if index > 0 { " || " } else { "" })?;
            for (index, comparison) in group.iter().enumerate() {
                let blank = if index > 0 { " " } else { "" };
                write!(f, "{blank}{}{}", comparison.sign, comparison.written)?;
            }
        }
        Ok(())
    }
}

impl Patterns {
    /// Writes `1.2 - 3` as two comparisons. Each replaces the first place that reads the same, as Masterminds does.
    fn without_ranges(&self, text: &str) -> String {
        let mut rewritten = text.to_owned();
        for range in self.range.captures_iter(text) {
            let part = |name| range.name(name).map_or("", |part| part.as_str());
            rewritten = rewritten.replacen(&range[0], &format!(">= {}, <= {}", part("low"), part("high")), 1);
        }
        rewritten
    }

    fn group(&self, text: &str) -> Result<Vec<Comparison>, String> {
        if !self.group.is_match(text) {
            return Err(format!("improper constraint: {text}"));
        }
        let comparison = |found: regex::Captures<'_>| {
            let part = |index| found.get(index).map_or("", |part| part.as_str());
            // Group 1 is the sign, 2 the version, 3 to 6 its numbers and its prerelease with the hyphen.
            Comparison::new(part(1), part(2), [part(3), part(4), part(5)], part(6))
        };
        self.comparison.captures_iter(text).map(comparison).collect()
    }
}

impl Comparison {
    /// The second and third number have their points in front, the prerelease its hyphen.
    fn new(sign: &str, written: &str, numbers: [&str; 3], prerelease: &str) -> Result<Self, String> {
        let [major, minor, patch] = numbers;
        let (wildcard, version) = if is_wildcard(major) {
            (Wildcard::Major, "0.0.0".to_owned())
        } else if is_wildcard(minor) {
            (Wildcard::Minor, format!("{major}.0.0{prerelease}"))
        } else if is_wildcard(patch) {
            (Wildcard::Patch, format!("{major}{minor}.0{prerelease}"))
        } else {
            (Wildcard::None, written.to_owned())
        };
        let version = Version::parse(&version).map_err(|_| "constraint Parser Error".to_owned())?;
        let operator = match sign {
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::GreaterEqual,
            "<=" | "=<" => Operator::LessEqual,
            "~" | "~>" => Operator::Tilde,
            "^" => Operator::Caret,
            _ if wildcard != Wildcard::None => Operator::Tilde,
            _ => Operator::Equal,
        };
        Ok(Self { operator, sign: sign.to_owned(), written: written.to_owned(), version, wildcard })
    }

    /// A prerelease satisfies only comparisons that name one.
    fn check_release(&self, version: &Version) -> Result<(), String> {
        if version.prerelease().is_empty() || !self.version.prerelease().is_empty() {
            return Ok(());
        }
        Err(format!("{version} is a prerelease version and the constraint is only looking for release versions"))
    }

    fn check(&self, version: &Version) -> Result<(), String> {
        // Only `!=` with all its numbers is satisfied by any prerelease.
        if self.operator != Operator::NotEqual || self.wildcard != Wildcard::None {
            self.check_release(version)?;
        }
        let unless = |satisfied: bool, problem: &str| {
            if satisfied { Ok(()) } else { Err(format!("{version} {problem} {}", self.written)) }
        };
        match self.operator {
            Operator::Equal => unless(*version == self.version, "is not equal to"),
            Operator::NotEqual => unless(!self.covers(version), "is equal to"),
            Operator::Greater => unless(self.is_below(version), "is less than or equal to"),
            Operator::Less => unless(*version < self.version, "is greater than or equal to"),
            Operator::GreaterEqual => unless(*version >= self.version, "is less than"),
            Operator::LessEqual => unless(self.is_not_below(version), "is greater than"),
            Operator::Tilde => self.check_tilde(version),
            Operator::Caret => self.check_caret(version),
        }
    }

    /// For `!=`: the numbers that were written are equal. `!=x` compares all three with zero.
    fn covers(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.wildcard {
            Wildcard::Minor => own.major() == version.major(),
            Wildcard::Patch => {
                let prereleases = || compare_prereleases(version.prerelease(), own.prerelease()).is_eq();
                (own.major(), own.minor()) == (version.major(), version.minor()) && prereleases()
            }
            Wildcard::Major | Wildcard::None => own == version,
        }
    }

    /// For `>`: `>11` means at least 12, `>11.1` at least 11.2.
    fn is_below(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.wildcard {
            Wildcard::Minor => version.major() > own.major(),
            Wildcard::Patch => (version.major(), version.minor()) > (own.major(), own.minor()),
            Wildcard::Major | Wildcard::None => version > own,
        }
    }

    /// For `<=`: `<=11` includes 11.2.3. `<=x` holds for all of 0.0.
    fn is_not_below(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.wildcard {
            Wildcard::None => version <= own,
            Wildcard::Minor => version.major() <= own.major(),
            Wildcard::Major | Wildcard::Patch => (version.major(), version.minor()) <= (own.major(), own.minor()),
        }
    }

    /// `~1.2.3` is `>=1.2.3 <1.3`, `~1` is `>=1 <2`; `~0.0.0` and `~x` take everything.
    fn check_tilde(&self, version: &Version) -> Result<(), String> {
        let (own, written) = (&self.version, &self.written);
        if version < own {
            return Err(format!("{version} is less than {written}"));
        }
        let zero = (own.major(), own.minor(), own.patch()) == (0, 0, 0);
        if zero && matches!(self.wildcard, Wildcard::None | Wildcard::Major) {
            return Ok(());
        }
        if version.major() != own.major() {
            return Err(format!("{version} does not have same major version as {written}"));
        }
        if version.minor() != own.minor() && self.wildcard != Wildcard::Minor {
            return Err(format!("{version} does not have same major and minor version as {written}"));
        }
        Ok(())
    }

    /// `^1.2.3` is `>=1.2.3 <2`, `^0.2.3` is `>=0.2.3 <0.3`, `^0.0.3` wants patch 3.
    fn check_caret(&self, version: &Version) -> Result<(), String> {
        let (own, written) = (&self.version, &self.written);
        if version < own {
            return Err(format!("{version} is less than {written}"));
        }
        if own.major() > 0 || self.wildcard == Wildcard::Minor || version.major() > 0 {
            let same = version.major() == own.major();
            return if same { Ok(()) } else { Err(format!("{version} does not have same major version as {written}")) };
        }
        if own.minor() > 0 || self.wildcard == Wildcard::Patch {
            let same = version.minor() == own.minor();
            let expected = "Expected minor versions to match when constraint major version is 0";
            let problem = || format!("{version} does not have same minor version as {written}. {expected}");
            return if same { Ok(()) } else { Err(problem()) };
        }
        if version.patch() == own.patch() {
            return Ok(());
        }
        let expected = "Expect version and constraint to equal when major and minor versions are 0";
        Err(format!("{version} does not equal {written}. {expected}"))
    }
}

/// Whether a number, with the dot before it, stands for any number.
fn is_wildcard(number: &str) -> bool {
    matches!(number.strip_prefix('.').unwrap_or(number), "" | "x" | "X" | "*")
}

mod usual;

#[cfg(test)]
mod tests;
