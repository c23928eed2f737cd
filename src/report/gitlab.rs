//! `--format gitlab`: GitLab's code quality report (<https://docs.gitlab.com/ci/testing/code_quality/>). Paths are relative to the
//! top of the repository.

use serde::Serialize;

use super::fingerprint::{fingerprints, of_error};
use super::json::to_json;
use super::location::{Place, place_of};
use crate::lint::{Checked, Severity};
use crate::source::Sources;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The findings as one line of JSON; before them, as `unchecked`, what could not be checked.
#[must_use]
pub fn gitlab(checked: &Checked, sources: &Sources) -> String {
    let errors = checked.errors.iter().map(|error| {
        let (path, place) = place_of(error, sources, &checked.root);
        Issue {
            description: format!("could not be checked: {}", error.message),
            check_name: "unchecked",
            fingerprint: of_error(error, path.as_deref()),
            severity: "blocker",
            location: Location {
                path: path.unwrap_or_else(|| ".".to_owned()),
                lines: place.map_or(Lines { begin: 1, end: 1 }, |place| lines(&place)),
            },
        }
    });
    let findings = checked.findings.iter().zip(fingerprints(checked, sources)).map(|(finding, fingerprint)| {
        let place = Place::shown(sources, &checked.root, finding.span);
        let lines = lines(&place);
        Issue {
            description: finding.told(),
            check_name: finding.rule.id,
            fingerprint,
            severity: match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: Location { path: place.path, lines },
        }
    });
    to_json(&errors.chain(findings).collect::<Vec<_>>())
}

fn lines(place: &Place) -> Lines {
    Lines { begin: place.start.line, end: place.last_line() }
}
