//! What the lock file is to pin after a run: what was brought, and of what it pinned before all that is still asked for. Each pin
//! keeps the constraints that it was chosen for, so that no chart moves the pin of another.

use std::collections::BTreeSet;

use super::bring::Outcome;
use super::needs::{Need, is_exact};
use crate::store::{Pin, fits, identity};

/// A run that ended.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What the lock file pinned when it began.
    pub before: &'a [Pin],
    /// What became of the needs.
    pub outcomes: &'a [Outcome],
    /// All that the charts ask for from repositories, wherever it is.
    pub asked: &'a [Need],
    /// Whether those are all charts that the lock file speaks for.
    pub whole: bool,
}

/// The pins after `run`, when `now` are in the file. What somebody else added meanwhile stays.
#[must_use]
pub fn pins(run: &Run<'_>, now: Vec<Pin>) -> Vec<Pin> {
    let mut pins: Vec<Pin> = run.outcomes.iter().filter_map(new).collect();
    for old in now {
        let Some(old) = (if run.before.contains(&old) { run.left_of(&old) } else { Some(old) }) else { continue };
        merge(&mut pins, old);
    }
    // Those of one package that several needs brought.
    pins.into_iter().fold(Vec::new(), |mut all, pin| {
        merge(&mut all, pin);
        all
    })
}

/// Adds `pin`, or only its constraints to the pin of the same package.
fn merge(pins: &mut Vec<Pin>, pin: Pin) {
    let same = |one: &&mut Pin| {
        (&one.name, &one.version, identity(&one.repository)) == (&pin.name, &pin.version, identity(&pin.repository))
    };
    match pins.iter_mut().find(same) {
        Some(one) => one.constraints.extend(pin.constraints),
        None => pins.push(pin),
    }
}

/// The pin of what was brought.
fn new(outcome: &Outcome) -> Option<Pin> {
    let (need, brought) = (&outcome.need, outcome.result.as_ref().ok()?);
    let constraint = (!is_exact(need)).then(|| need.version.clone());
    Some(Pin {
        name: need.name.clone(),
        version: brought.version.clone(),
        repository: identity(&need.repository),
        url: brought.url.clone(),
        sha256: brought.sha256.clone(),
        constraints: constraint.into_iter().collect(),
    })
}

impl Run<'_> {
    /// What is left of `old`, if anything.
    fn left_of(&self, old: &Pin) -> Option<Pin> {
        let of_it = |need: &Need| old.is_of(&need.wanted());
        let failed = self.outcomes.iter().any(|outcome| outcome.result.is_err() && of_it(&outcome.need));
        if failed {
            return Some(old.clone());
        }
        // What a constraint means was decided anew.
        let renewed: BTreeSet<&String> = self
            .outcomes
            .iter()
            .filter(|outcome| of_it(&outcome.need) && !is_exact(&outcome.need))
            .map(|outcome| &outcome.need.version)
            .collect();
        let constraints: BTreeSet<String> =
            old.constraints.iter().filter(|one| !renewed.contains(one)).cloned().collect();
        // What charts/ holds was not brought, but is asked for.
        let brought = |need: &Need| {
            let same = |other: &Need| (&other.version, &other.repository) == (&need.version, &need.repository);
            self.outcomes.iter().any(|outcome| outcome.need.name == need.name && same(&outcome.need))
        };
        let is_asked = self.asked.iter().any(|need| {
            let wanted = need.wanted();
            of_it(need) && !brought(need) && fits(&wanted).is_some_and(|fits| fits.allows(&old.version))
        });
        let lost = !old.constraints.is_empty() && constraints.is_empty();
        (is_asked || (!self.whole && !lost)).then(|| Pin { constraints, ..old.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{Brought, State};

    fn need(version: &str) -> Need {
        Need {
            name: "web".into(),
            version: version.into(),
            repository: "https://a.example".into(),
            locked: None,
            outdated: None,
            is_old: false,
            parent: "umbrella".into(),
            span: None,
        }
    }

    fn outcome(constraint: &str, version: &str) -> Outcome {
        let (version, sha256) = (version.to_owned(), format!("digest of {version}"));
        let brought = Brought { version, url: String::new(), sha256, state: State::Fetched, notes: Vec::new() };
        Outcome { need: need(constraint), result: Ok(brought) }
    }

    fn shown(pins: &[Pin]) -> Vec<String> {
        let show = |pin: &Pin| format!("{} for {:?}", pin.version, pin.constraints).replace('"', "");
        let mut shown: Vec<_> = pins.iter().map(show).collect();
        shown.sort();
        shown
    }

    fn run(before: &[Pin], outcomes: &[Outcome], whole: bool) -> Vec<Pin> {
        let asked: Vec<Need> = outcomes.iter().map(|outcome| outcome.need.clone()).collect();
        pins(&Run { before, outcomes, asked: &asked, whole }, before.to_vec())
    }

    #[test]
    fn each_constraint_keeps_its_pin() {
        let first = run(&[], &[outcome("^1.0.0", "1.2.0"), outcome("1.0.0", "1.0.0")], true);
        assert_eq!(shown(&first), ["1.0.0 for {}", "1.2.0 for {^1.0.0}"]);
        let second = run(&first, &[outcome("^1.5.0", "1.6.0")], false);
        // `1.2` is any 1.2.x.
        assert_eq!(shown(&run(&[], &[outcome("1.2", "1.2.0")], true)), ["1.2.0 for {1.2}"]);
        assert_eq!(shown(&second), ["1.0.0 for {}", "1.2.0 for {^1.0.0}", "1.6.0 for {^1.5.0}"]);
        let both = [outcome("^1.0.0", "1.6.0"), outcome("^1.5.0", "1.6.0")];
        assert_eq!(shown(&run(&second, &both, true)), ["1.6.0 for {^1.0.0, ^1.5.0}"]);
        // A part of the charts says nothing of the others' pins, but of its own constraints.
        assert_eq!(shown(&run(&second, &both[..1], false)), ["1.0.0 for {}", "1.6.0 for {^1.0.0, ^1.5.0}"]);
    }

    #[test]
    fn what_failed_and_what_others_added_stays() {
        let before = run(&[], &[outcome("^1.0.0", "1.2.0")], true);
        let failed = Outcome { need: need("^1.0.0"), result: Err(crate::fetch::FetchError::new("down")) };
        assert_eq!(shown(&run(&before, &[failed], true)), ["1.2.0 for {^1.0.0}"]);
        let other = run(&[], &[outcome("2.x", "2.0.0")], true);
        let mine = Run { before: &before, outcomes: &[], asked: &[], whole: true };
        assert_eq!(shown(&pins(&mine, [before.clone(), other].concat())), ["2.0.0 for {2.x}"]);
    }
}
