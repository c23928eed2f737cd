//! Findings as diagnostics: the same ones that the command line prints, placed in the client's files. What kept a list from
//! being checked is told in that list, too.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Range, Uri,
};

use super::analysis::Room;
use super::client::Abilities;
use super::edits::is_of_endings;
use super::places::Places;
use super::queue::Scene;
use crate::lint::{Checked, CheckedList, Finding, Refusal, Severity};
use crate::source::{Span, canonical};

/// What diagnostics say that they come from.
const SOURCE: &str = "mirrorlint";

/// Rules whose findings are of things that are of no use.
const NEEDLESS: [&str; 2] = ["stale-entry", "unused-suppression"];

/// The diagnostics of each file that has some, by its URI.
pub(super) type ByFile = BTreeMap<String, Vec<Diagnostic>>;

/// The diagnostics of `rooms`.
pub(super) fn diagnostics<'a>(rooms: impl Iterator<Item = &'a Room>, scene: &Scene, abilities: &Abilities) -> ByFile {
    let mut all = ByFile::new();
    for room in rooms {
        let places = Places::new(&room.sources, scene, abilities.encoding);
        let teller = Teller { places: &places, abilities };
        let findings = room.checked.iter().flat_map(|checked| &checked.findings).map(|finding| teller.finding(finding));
        let errors = room.errors.iter().flat_map(|error| teller.error(error, room));
        let unheld = room.checked.iter().flat_map(|checked| teller.unheld(checked));
        for (uri, diagnostic) in findings.chain(errors).chain(unheld) {
            let of_file = all.entry(uri.0).or_default();
            if !of_file.contains(&diagnostic) {
                of_file.push(diagnostic);
            }
        }
    }
    all
}

/// What was in the way of `room` and has no place in any file that could be shown.
pub(super) fn unplaced(room: &Room) -> Vec<String> {
    let is_file = |error: &Refusal| error.path.as_ref().is_some_and(|path| path.is_file());
    let nowhere = room.errors.iter().filter(|error| error.span.is_none() && !is_file(error));
    if room.lists().is_empty() { nowhere.map(told_with_path).collect() } else { Vec::new() }
}

fn told_with_path(error: &Refusal) -> String {
    let path = error.path.iter().map(|path| format!("{}: ", path.display())).collect::<String>();
    format!("{path}{}", error.message)
}

/// Tells findings.
pub(super) struct Teller<'a> {
    pub places: &'a Places<'a>,
    pub abilities: &'a Abilities,
}

impl Teller<'_> {
    /// `finding` with the file that it is in.
    pub fn finding(&self, finding: &Finding) -> (Uri, Diagnostic) {
        let (location, inside) = self.places.location(finding.span);
        let message = inside.map_or_else(|| finding.told(), |inside| format!("{inside}: {}", finding.told()));
        let severity = match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Info => DiagnosticSeverity::Information,
        };
        let related = finding.related.iter().map(|related| self.related(&related.message, related.span));
        let mut diagnostic = self.diagnostic(location.range, severity, message, related.collect());
        diagnostic.code = Some(Code::String(finding.rule.id.to_owned()));
        diagnostic.code_description = Some(CodeDescription { href: Uri(finding.rule.url()) });
        diagnostic.tags = NEEDLESS.contains(&finding.rule.id).then(|| vec![DiagnosticTag::Unnecessary]);
        diagnostic.data = Some(serde_json::json!({
            "key": finding.key(),
            "entry": finding.entry,
            "image": finding.image,
            "expected": finding.expected,
            "fixable": finding.fixes.iter().any(|fix| !is_of_endings(fix, self.places.sources)),
        }));
        (location.uri, diagnostic)
    }

    fn related(&self, message: &str, span: Span) -> DiagnosticRelatedInformation {
        let (location, inside) = self.places.location(span);
        let message = inside.map_or_else(|| message.to_owned(), |inside| format!("{message} ({inside})"));
        DiagnosticRelatedInformation { location, message }
    }

    /// What keeps all charts of a list from being loaded is told in the list, too: nothing else is said there.
    fn unheld(&self, checked: &Checked) -> Vec<(Uri, Diagnostic)> {
        let told = |list: &CheckedList| {
            let refused = list.inventory.gaps.iter().filter(|gap| gap.is_refusal);
            let finding = |span: Span| checked.findings.iter().find(|finding| finding.span == span);
            let faults: Vec<&Finding> = refused.filter_map(|gap| finding(gap.span?)).collect();
            let message = format!("this list is held against no chart: {}", faults.first()?.told());
            let related = faults.iter().map(|fault| self.related(&fault.message, fault.span)).collect();
            let uri = self.places.uri(&canonical(&list.path));
            Some((uri, self.diagnostic(Range::default(), DiagnosticSeverity::Error, message, related)))
        };
        checked.lists.iter().filter(|list| list.charts.is_empty()).filter_map(told).collect()
    }

    /// What was in the way, at its place; and in each list that is not checked for it, so that no list looks clean that nobody
    /// looked at.
    fn error(&self, error: &Refusal, room: &Room) -> Vec<(Uri, Diagnostic)> {
        let at = error.span.map(|span| self.places.location(span).0);
        let path = error.path.as_ref().map(|path| canonical(path)).filter(|path| path.is_file());
        let place = at.or_else(|| path.map(|path| Location { uri: self.places.uri(&path), range: Range::default() }));
        let mut told = Vec::new();
        if let Some(Location { uri, range }) = place.clone() {
            let diagnostic = self.diagnostic(range, DiagnosticSeverity::Error, error.message.clone(), Vec::new());
            told.push((uri, diagnostic));
        }
        // One that is not there is told where it is named.
        let is_there = |list: &&PathBuf| list.exists() || room.sources.has_overlay(list);
        let lists = room.lists().iter().filter(is_there).map(|list| self.places.uri(&canonical(list)));
        let is_told = |uri: &Uri| place.as_ref().is_some_and(|place| place.uri == *uri);
        let checked = |uri: &Uri| {
            let lists = room.checked.iter().flat_map(|checked| &checked.lists);
            lists.into_iter().any(|list| self.places.uri(&canonical(&list.path)) == *uri)
        };
        for uri in lists.filter(|uri| !is_told(uri)) {
            let message = match checked(&uri) {
                false => format!("this list is not checked: {}", error.message),
                // A folder that could not be looked into has no place in a file.
                true if place.is_none() => told_with_path(error),
                true => continue,
            };
            let related = place
                .clone()
                .map(|location| DiagnosticRelatedInformation { location, message: "what is in the way".to_owned() });
            let related = related.into_iter().collect();
            told.push((uri, self.diagnostic(Range::default(), DiagnosticSeverity::Error, message, related)));
        }
        told
    }

    fn diagnostic(
        &self,
        range: Range,
        severity: DiagnosticSeverity,
        mut message: String,
        related: Vec<DiagnosticRelatedInformation>,
    ) -> Diagnostic {
        let linked = self.abilities.related_information;
        if !linked {
            for DiagnosticRelatedInformation { location, message: what } in &related {
                let path = super::uri::path_of(&location.uri).unwrap_or_default();
                message.push_str(&format!("\n{}:{}: {what}", path.display(), location.range.start.line + 1));
            }
        }
        Diagnostic {
            range,
            severity: Some(severity),
            source: Some(SOURCE.to_owned()),
            message: message.into(),
            related_information: (linked && !related.is_empty()).then_some(related),
            code: None,
            code_description: None,
            tags: None,
            data: None,
        }
    }
}
