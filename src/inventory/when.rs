//! What [`super::Use::when`] says: the facts that must hold for an image to be deployed, joined by commas, and each other way
//! behind `or`. Reads and writes that text, nothing else.
//!
//! The facts: `a.enabled` is true; `not a.enabled`; `mode=ha`; `a.url given`; `capability example.org/v1`; `(eq .x .y)` as the
//! template has it; `jobs[0].on` and `jobs.*.on` of what a loop goes through; `a.image printed` by a template; `x.json.example used` by somebody.

use super::scenario::is_region_key;

const AND: &str = ", ";
const OR: &str = " or ";
const PRINTED: &str = " printed";
const USED: &str = " used";
const GIVEN: &str = " given";

/// The fact that a template prints the value at `path`.
pub(super) fn printed(path: &str) -> String {
    format!("{path}{PRINTED}")
}

/// The fact that there is something at `path`.
pub(super) fn given(path: &str) -> String {
    format!("{path}{GIVEN}")
}

/// One of several facts.
pub(super) fn any(facts: &[String]) -> String {
    facts.join(OR)
}

/// The fact that somebody uses the example `file`.
pub(super) fn used(file: &str) -> String {
    format!("{file}{USED}")
}

/// The value that a template must print, where `when` says so.
pub(crate) fn printed_value(when: &str) -> Option<&str> {
    ways(when).flatten().find_map(|fact| fact.strip_suffix(PRINTED))
}

/// The ways of `when`, each with its facts.
fn ways(when: &str) -> impl Iterator<Item = Vec<&str>> {
    when.split(OR).map(|way| way.split(AND).collect())
}

/// The facts of all ways of `when`, each once.
pub(crate) fn facts(when: &str) -> Vec<&str> {
    let mut facts = Vec::new();
    for fact in ways(when).flatten() {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    facts
}

/// What must hold for what is deployed when `one` or `other` holds. A way that needs more than another one says nothing.
pub(crate) fn either(one: Option<String>, other: Option<String>) -> Option<String> {
    let (one, other) = (one?, other?);
    if one == other {
        return Some(one);
    }
    let mut kept: Vec<Vec<&str>> = Vec::new();
    let mut all: Vec<Vec<&str>> = ways(&one).chain(ways(&other)).collect();
    all.sort_by_key(Vec::len);
    for way in all {
        if !kept.iter().any(|less| needs(&way, less)) {
            kept.retain(|more| !needs(more, &way));
            kept.push(way);
        }
    }
    Some(kept.iter().map(|way| way.join(AND)).collect::<Vec<_>>().join(OR))
}

/// Whether one of the ways of `given` is all that `when` asks for.
pub(crate) fn is_met_by(when: &str, given: &str) -> bool {
    ways(given).any(|way| ways(when).any(|own| needs(&way, &own)))
}

/// Whether all facts of `less` hold wherever those of `way` do.
fn needs(way: &[&str], less: &[&str]) -> bool {
    less.iter().all(|fact| way.iter().any(|known| implies(known, fact)))
}

/// Whether `fact` holds wherever `known` does: `mode=ha` is `not mode=single`.
fn implies(known: &str, fact: &str) -> bool {
    let other = || {
        let (value, text) = known.split_once('=')?;
        let (same, not) = fact.strip_prefix("not ")?.split_once('=')?;
        Some(value == same && text != not)
    };
    known == fact || other().unwrap_or(false)
}

/// `when` for people: `a is on`, `a and b are on`, `a or b is on`, `mode=ha`.
#[must_use]
pub fn in_words(when: &str) -> String {
    let all: Vec<Vec<&str>> = ways(when).collect();
    let mixed = all.len() > 1 && all.iter().any(|way| way.len() > 1);
    let in_words = |way: &Vec<&str>| way.iter().map(|fact| fact_in_words(fact)).collect::<Vec<_>>().join(" and ");
    let said: Vec<String> = all.iter().map(in_words).collect();
    let said = said.join(if mixed { ", or " } else { OR });
    if !all.iter().flatten().all(|fact| is_switch(fact)) {
        return said;
    }
    let many = all.last().is_some_and(|way| way.len() > 1);
    format!("{said} {} on", if many { "are" } else { "is" })
}

fn fact_in_words(fact: &str) -> String {
    match (fact.strip_suffix(PRINTED), fact.strip_suffix(USED)) {
        (Some(path), _) => format!("a template prints {path}"),
        (None, Some(file)) => format!("somebody uses the example {file}"),
        (None, None) => fact.to_owned(),
    }
}

/// Whether `when` says what to switch, and not only where values or examples name the image.
pub(crate) fn is_switched(when: &str) -> bool {
    !ways(when).flatten().any(|fact| fact.ends_with(PRINTED) || fact.ends_with(USED))
}

/// Whether a fact of `when` is about a region: another one brings the image, not a switch.
pub(crate) fn is_regional(when: &str) -> bool {
    let key = |fact: &str| {
        let value = fact.strip_prefix("not ").unwrap_or(fact).split(['=', ' ']).next().unwrap_or_default();
        is_region_key(value.rsplit('.').next().unwrap_or_default())
    };
    ways(when).flatten().any(key)
}

/// Whether a fact is a value that must be true, and is called by its path alone.
fn is_switch(fact: &str) -> bool {
    !fact.contains([' ', '='])
}

/// What is to be said of the place where the value of a fact stands.
pub(crate) fn at_its_place(fact: &str) -> String {
    if let Some(value) = fact.strip_suffix(GIVEN) {
        return format!("{value} is empty here");
    }
    match (fact.strip_prefix("not "), fact.split_once('=')) {
        (Some(value), Some(_)) => format!("{value} here"),
        (Some(value), None) => format!("{value} is on here"),
        (None, Some((value, other))) => format!("{value} is not {other} here"),
        (None, None) => format!("{fact} is off here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_that_need_more_than_another_say_nothing() {
        let either = |one: &str, other: &str| either(Some(one.to_owned()), Some(other.to_owned())).unwrap();
        assert_eq!(either("a", "b"), "a or b");
        assert_eq!(either("a, b", "a"), "a");
        assert_eq!(either("a or b", "c, b"), "a or b");
        assert_eq!(either("a, b", "c"), "c or a, b");
        assert_eq!(either("mode=b", "not mode=a"), "not mode=a");
        assert_eq!(super::either(None, Some("a".to_owned())), None);
        assert!(is_met_by("a", "a or b") && is_met_by("a, b or c", "c") && !is_met_by("a, b", "a"));
    }

    #[test]
    fn conditions_have_words() {
        let said = [
            ("a.enabled", "a.enabled is on"),
            ("a, b", "a and b are on"),
            ("a or b", "a or b is on"),
            ("c or a, b", "c, or a and b are on"),
            ("mode=ha", "mode=ha"),
            ("not a.enabled, b", "not a.enabled and b"),
            ("capability example.org/v1", "capability example.org/v1"),
            ("a.enabled, b.image printed", "a.enabled and a template prints b.image"),
            ("x.json.example used", "somebody uses the example x.json.example"),
        ];
        for (when, words) in said {
            assert_eq!(in_words(when), words);
        }
        assert_eq!(printed_value("a.enabled, b.image printed"), Some("b.image"));
        assert!(is_switched("a.enabled or (x printed y)") && !is_switched("a, b.image printed"));
        assert_eq!(at_its_place("not a.enabled"), "a.enabled is on here");
        assert_eq!(at_its_place("mode=ha"), "mode is not ha here");
        assert_eq!(at_its_place("a.url given"), "a.url is empty here");
    }
}
