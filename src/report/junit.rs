//! `--format junit`: a report of tests. A suite for each list, and for each other file with findings; a case for each finding. A
//! list without findings is one case that passes. Paths are relative to the top of the repository.

use super::human::{held_against, message, printable, title, verdict};
use super::location::{Place, display_path, place_of};
use super::xml::Element;
use crate::lint::{Checked, Finding, Severity};
use crate::source::Sources;

/// The report. Errors and warnings are failures; notes are skipped cases, which fail nothing, as they do not fail a run; what could
/// not be checked is a case that ended in an error.
#[must_use]
pub fn junit(checked: &Checked, sources: &Sources) -> String {
    let mut suites: Vec<Suite> = Vec::new();
    for list in &checked.lists {
        Suite::of(&mut suites, display_path(&checked.root, &list.path));
    }
    for finding in &checked.findings {
        let place = Place::shown(sources, &checked.root, finding.span);
        let suite = Suite::of(&mut suites, place.path.clone());
        suite.add(case(finding, &place, checked, sources));
    }
    for error in &checked.errors {
        let (path, place) = place_of(error, sources, &checked.root);
        let path = path.unwrap_or_else(|| ".".to_owned());
        let case = Case {
            name: "could be checked".to_owned(),
            line: place.map(|place| place.start.line),
            outcome: Outcome::Error(error.message.clone()),
        };
        Suite::of(&mut suites, path).add(case);
    }
    for list in &checked.lists {
        let suite = Suite::of(&mut suites, display_path(&checked.root, &list.path));
        if suite.cases.is_empty() {
            let outcome = match list.uncertain || checked.narrowed || checked.since.is_some() {
                true => Outcome::Skipped(verdict(checked)),
                false => Outcome::Passed(held_against(checked, list)),
            };
            // Counts and versions would make another test of it each time.
            suite.add(Case { name: "says what the charts deploy".to_owned(), line: None, outcome });
        }
    }
    let counts = suites.iter().fold([0; 4], |sum, suite| {
        let counts = suite.counts();
        std::array::from_fn(|at| sum[at] + counts[at])
    });
    // No schema knows how many are skipped in all.
    let [tests, failures, errors, _] = counts;
    let element = Element::new("testsuites").with("name", "mirrorlint");
    let element = element.with("tests", tests).with("failures", failures).with("errors", errors);
    element.inside(suites.iter().map(Suite::element)).document()
}

/// The case of a finding: called after the rule and what it is about, which keep their names when lines move.
fn case(finding: &Finding, place: &Place, checked: &Checked, sources: &Sources) -> Case {
    let mut text =
        format!("{}:{}:{}: {}\n", place.path, place.start.line, place.start.column, finding.told_beside_fix());
    for related in &finding.related {
        let Place { path, start, .. } = Place::shown(sources, &checked.root, related.span);
        text.push_str(&format!("{path}:{}:{}: {}\n", start.line, start.column, related.message));
    }
    if let Some(fix) = finding.fixes.first() {
        text.push_str(&format!("fix: {}\n", title(fix)));
    }
    text.push_str(&finding.rule.url());
    let told = finding.told();
    Case {
        name: printable(&finding.key()),
        line: Some(place.start.line),
        outcome: match finding.severity {
            Severity::Info => Outcome::Skipped(told),
            severity => Outcome::Failed { severity, message: told, text },
        },
    }
}

struct Suite {
    path: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    line: Option<usize>,
    outcome: Outcome,
}

enum Outcome {
    /// What was checked.
    Passed(String),
    Skipped(String),
    Failed {
        severity: Severity,
        message: String,
        text: String,
    },
    Error(String),
}

impl Suite {
    /// The suite of `path`, which is made when there is none.
    fn of(suites: &mut Vec<Self>, path: String) -> &mut Self {
        let at = suites.iter().position(|suite| suite.path == path).unwrap_or(suites.len());
        if at == suites.len() {
            suites.push(Self { path, cases: Vec::new() });
        }
        &mut suites[at]
    }

    /// Adds a case; one of several that are called alike gets a number, for names have to tell them apart.
    fn add(&mut self, mut case: Case) {
        let alike = |known: &&Case| known.name == case.name || known.name.starts_with(&format!("{} (", case.name));
        let number = self.cases.iter().filter(alike).count();
        if number > 0 {
            case.name.push_str(&format!(" ({})", number + 1));
        }
        self.cases.push(case);
    }

    /// Cases in all, failures, errors, skipped.
    fn counts(&self) -> [usize; 4] {
        let number = |wanted: fn(&Outcome) -> bool| self.cases.iter().filter(|case| wanted(&case.outcome)).count();
        [
            self.cases.len(),
            number(|outcome| matches!(outcome, Outcome::Failed { .. })),
            number(|outcome| matches!(outcome, Outcome::Error(_))),
            number(|outcome| matches!(outcome, Outcome::Skipped(_))),
        ]
    }

    fn element(&self) -> Element {
        let [tests, failures, errors, skipped] = self.counts();
        let element = Element::new("testsuite").with("name", &self.path).with("tests", tests);
        let element = element.with("failures", failures).with("errors", errors).with("skipped", skipped);
        element.inside(self.cases.iter().map(|case| case.element(&self.path)))
    }
}

impl Case {
    fn element(&self, path: &str) -> Element {
        let element = Element::new("testcase").with("name", &self.name).with("classname", path).with("file", path);
        let element = match self.line {
            Some(line) => element.with("line", line),
            None => element,
        };
        let outcome = match &self.outcome {
            Outcome::Passed(told) => Some(Element::new("system-out").text(printable(told))),
            Outcome::Skipped(told) => Some(Element::new("skipped").with("message", message(told))),
            Outcome::Failed { severity, message: told, text } => Some(
                Element::new("failure")
                    .with("message", message(told))
                    .with("type", severity.as_str())
                    .text(printable(text)),
            ),
            Outcome::Error(told) => Some(
                Element::new("error").with("message", message(told)).with("type", "unchecked").text(printable(told)),
            ),
        };
        element.inside(outcome)
    }
}
