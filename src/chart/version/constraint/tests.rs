use super::*;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn reasons(constraint: &str, text: &str) -> Vec<String> {
    Constraint::parse(constraint).unwrap().validate(&version(text)).err().unwrap_or_default()
}

/// Masterminds' published test vectors: test, constraint, version, answer.
const VECTORS: &str = include_str!("../../../../tests/data/semver-constraints.tsv");

/// The constraints and versions of published vectors that 3.1 answers the other way, and why.
const NEWER: &[(&str, &str)] = &[
    // From 3.3 on `!=` refuses prereleases too.
    ("!=4.1.0", "5.1.0-alpha.1"),
    // From 3.3 on a wildcard keeps its prerelease.
    ("*-0", "1.2.3-alpha.1"),
    // The upstream test goes around `NewConstraint`, which refuses an empty text in all versions.
    ("", "1"),
    ("", "4.5.6"),
    // From 3.3 on one comparison with a prerelease opens its group to prereleases.
    (">= 1.0.0  <= 2.0.0-beta", "1.0.1-beta"),
    (">= 1.0.0  <= 2.0.0-beta || > 3", "1.0.1-beta"),
    (">= 1.0.0  <= 2.0.0-beta != 1.0.1 || > 3", "1.0.1-beta"),
    (">= 1.0.0-0  <= 2.0.0", "1.0.1-beta"),
    // From 3.2 on the minor number matters.
    ("^0.0.1", "0.3.1"),
];

#[test]
fn published_vectors_hold_but_for_those_of_newer_versions() {
    let mut newer = Vec::new();
    for line in VECTORS.lines() {
        let [test, text, candidate, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let constraint = Constraint::parse(text);
        let answer = constraint.as_ref().is_ok_and(|constraint| constraint.check(&version(candidate)));
        if answer.to_string() != expected {
            // IncludePrerelease is a switch of newer versions, off in Helm.
            let switched = test == "TestConstraintsCheckIncludePrerelease" && candidate.contains('-');
            assert!(switched || NEWER.contains(&(text, candidate)), "{line}");
            newer.push((text, candidate));
        } else if let Ok(constraint) = constraint {
            assert_eq!(constraint.validate(&version(candidate)).is_ok(), answer, "{line}");
        }
    }
    assert!(NEWER.iter().all(|vector| newer.contains(vector)), "an exception that is none");
    assert_eq!(newer.len(), 22);
}

#[test]
fn what_is_usual_reads_as_what_is_not() {
    let odd = [
        ">=1,",
        ">= 1 ,<2",
        "1,,2",
        "~>1.x",
        "v1.*",
        "=1",
        "=<1-a.b+c",
        "1-",
        "1+",
        "1 -2",
        "1 - 2",
        "x",
        "1x",
        ">",
        " ",
    ];
    let mut usual = 0;
    for text in VECTORS.lines().filter_map(|line| line.split('\t').nth(1)).chain(odd) {
        let Some(groups) = super::usual::groups(text) else { continue };
        usual += 1;
        assert_eq!(format!("{groups:?}"), format!("{:?}", Constraint::unusual(text)), "{text}");
    }
    assert!(usual > 300, "{usual}");
}

#[test]
fn a_text_that_is_no_constraint_is_refused_by_group() {
    let refused = |text: &str| Constraint::parse(text).unwrap_err();
    assert_eq!(refused(""), "improper constraint: ");
    assert_eq!(refused(">1 || latest"), "improper constraint:  latest");
    assert_eq!(refused("1.2.3.4"), "improper constraint: 1.2.3.4");
    assert_eq!(refused(">>1"), "improper constraint: >>1");
    assert_eq!(refused("1x"), "constraint Parser Error");
    assert_eq!(refused("1|2"), "constraint Parser Error");
}

#[test]
fn validating_refuses_a_prerelease_that_checking_lets_through() {
    assert!(Constraint::parse("!=4.1.0").unwrap().check(&version("5.1.0-alpha")));
    assert_eq!(reasons("!=4.1.0", "5.1.0-alpha").len(), 1);
}

#[test]
fn comparisons_may_touch_each_other() {
    assert_eq!(Constraint::parse(">1.2<2 , !=1.5||~>3.x").unwrap().to_string(), ">1.2 <2 !=1.5 || ~>3.x");
    assert_eq!(Constraint::parse("1.12.3.4").unwrap().to_string(), "1.12.3 4");
    assert_eq!(Constraint::parse("1.2 - 3 || 4").unwrap().to_string(), ">=1.2 <=3 || 4");
}

#[test]
fn reasons_are_given_in_masterminds_words() {
    assert_eq!(
        reasons(">1.2.3, <1", "1.1"),
        ["1.1.0 is less than or equal to 1.2.3", "1.1.0 is greater than or equal to 1"]
    );
    assert_eq!(reasons("=2 || !=1.1", "1.1"), ["1.1.0 is less than 2", "1.1.0 is equal to 1.1"]);
    assert_eq!(reasons("2.0.0", "1.1"), ["1.1.0 is not equal to 2.0.0"]);
    assert_eq!(reasons("<=1", "2"), ["2.0.0 is greater than 1"]);
    assert_eq!(reasons("~1", "2"), ["2.0.0 does not have same major version as 1"]);
    assert_eq!(reasons("~1.1", "1.2"), ["1.2.0 does not have same major and minor version as 1.1"]);
    assert_eq!(reasons("^1", "2"), ["2.0.0 does not have same major version as 1"]);
    assert_eq!(
        reasons("^0.1", "0.2"),
        [
            "0.2.0 does not have same minor version as 0.1. Expected minor versions to match when constraint major version is 0"
        ]
    );
    assert_eq!(
        reasons("^0.0.1", "0.0.2"),
        ["0.0.2 does not equal 0.0.1. Expect version and constraint to equal when major and minor versions are 0"]
    );
    assert_eq!(
        reasons(">1, <2 || 3", "1.5-rc"),
        ["1.5.0-rc is a prerelease version and the constraint is only looking for release versions"]
    );
}
