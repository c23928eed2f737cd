//! `--format sarif`: SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), for code scanning. Paths are relative to
//! the top of the repository, lines and columns count from 1, columns in UTF-16 code units; offsets are bytes.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::human::left_out;
use super::json::to_json;
use super::location::{Counted, display_path, within};
use super::page::plain;
use crate::lint::{Checked, Finding, Fix, PAGES, Refusal, Rule, Severity, rules};
use crate::source::{Sources, Span, canonical};

/// What paths are relative to; who reads the report knows where that lies. The name is the one that code scanning knows.
const BASE: &str = "%SRCROOT%";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: Bases,
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Bases {
    #[serde(rename = "%SRCROOT%")]
    root: Base,
}

#[derive(Serialize)]
struct Base {
    description: Message,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Message,
    help_uri: String,
    default_configuration: Configuration,
    properties: DescriptorProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct DescriptorProperties {
    tags: [&'static str; 1],
    /// How bad it is, as GitHub reads it.
    #[serde(rename = "problem.severity")]
    severity: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprint,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
}

#[derive(Serialize)]
struct Fingerprint {
    #[serde(rename = "mirrorlintKey/v1")]
    key: String,
}

#[derive(Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<PlainMessage>,
}

#[derive(Serialize, PartialEq, Eq)]
struct PlainMessage {
    text: String,
}

#[derive(Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

/// What lies in no file: an argument that gives a value.
#[derive(Serialize, PartialEq, Eq)]
struct LogicalLocation {
    name: String,
    kind: &'static str,
}

#[derive(Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    byte_offset: usize,
    byte_length: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Message,
    artifact_changes: [ArtifactChange; 1],
    properties: FixProperties,
}

#[derive(Serialize)]
struct FixProperties {
    safety: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: PlainMessage,
}

/// The findings as one line of JSON.
#[must_use]
pub fn sarif(checked: &Checked, sources: &Sources) -> String {
    let printer = Printer { sources, root: &checked.root };
    let errors = checked.errors.iter().map(|error| printer.error(error));
    let notes = checked.lists.iter().flat_map(|list| list.sentences().map(|note| printer.note(&list.path, note)));
    let since = left_out(checked).map(|words| Notification {
        level: "note",
        message: text(unlinked(&words)),
        locations: Vec::new(),
    });
    let results = checked.findings.iter().zip(fingerprints(checked, sources));
    let driver = Driver {
        name: "mirrorlint",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: rules().iter().map(descriptor).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        invocations: [Invocation {
            execution_successful: checked.errors.is_empty(),
            tool_execution_notifications: errors.chain(notes).chain(since).collect(),
        }],
        original_uri_base_ids: Bases { root: Base { description: text("The top of the repository.") } },
        column_kind: "utf16CodeUnits",
        results: results.map(|(finding, name)| printer.finding(finding, name)).collect(),
    };
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    to_json(&Log { schema, version: "2.1.0", runs: [run] })
}

fn text(text: impl Into<String>) -> Message {
    Message { text: text.into(), markdown: None }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A rule, with its page as help; the examples are for those who look it up.
fn descriptor(rule: &Rule) -> Descriptor {
    let sections = rule.sections().into_iter().filter(|(title, _)| *title != "Examples");
    let (mut help, mut markdown) = (String::new(), String::new());
    for (title, body) in sections {
        help.push_str(&format!("{title}\n\n{}\n\n", plain(body)));
        markdown.push_str(&format!("## {title}\n\n{}\n\n", with_whole_links(body)));
    }
    let mut summary = rule.summary.to_owned();
    summary.push('.');
    Descriptor {
        id: rule.id,
        short_description: text(summary),
        full_description: text(rule.sections().first().map_or(rule.summary.to_owned(), |(_, body)| plain(body))),
        help: Message { text: help.trim_end().to_owned(), markdown: Some(markdown.trim_end().to_owned()) },
        help_uri: rule.url(),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: DescriptorProperties {
            tags: [rule.group],
            severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

/// Markdown of a page, whose links to other pages lead there from anywhere.
fn with_whole_links(markdown: &str) -> String {
    let mut parts = markdown.split("](");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let target = part.split(')').next().unwrap_or_default();
        out.push_str("](");
        if target.ends_with(".md") && !target.contains("://") {
            out.push_str(PAGES);
        }
        out.push_str(part);
    }
    out
}

/// The text of a message, where `[words](1)` would be a link (SARIF 2.1.0, 3.11.6).
fn unlinked(message: &str) -> String {
    message.replace("](", "\\](")
}

/// `path` as a relative URI: everything percent-encoded that could mean anything, but what joins packages and paths in them.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

struct Printer<'a> {
    sources: &'a Sources,
    root: &'a Path,
}

impl Printer<'_> {
    fn finding(&self, finding: &Finding, key: String) -> SarifResult {
        let mut message = unlinked(&finding.told());
        let mut related = Vec::new();
        for (number, other) in finding.related.iter().enumerate() {
            let words = other.message.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
            // Code scanning shows related places only where the message leads to them.
            message.push_str(&format!("\n[{words}]({})", number + 1));
            let message = Some(PlainMessage { text: other.message.clone() });
            related.push(Location { id: Some(number + 1), message, ..self.location(other.span) });
        }
        SarifResult {
            rule_id: finding.rule.id,
            rule_index: rules().iter().position(|rule| rule == finding.rule),
            level: level(finding.severity),
            message: text(message),
            locations: [self.location(finding.span)],
            related_locations: related,
            partial_fingerprints: Fingerprint { key },
            fixes: finding.fixes.iter().filter_map(|fix| self.fix(fix)).collect(),
        }
    }

    fn error(&self, error: &Refusal) -> Notification {
        let in_file = |path: &PathBuf| Location {
            id: None,
            physical_location: self
                .artifact(path)
                .map(|artifact_location| PhysicalLocation { artifact_location, region: None }),
            logical_locations: Vec::new(),
            message: None,
        };
        let location = error.span.map(|span| self.location(span));
        let location = location.or_else(|| error.path.as_ref().map(in_file));
        let location = location.filter(|location| location.physical_location.is_some());
        let path = error.path.as_ref().map(|path| format!("{}: ", display_path(self.root, path))).unwrap_or_default();
        let message = text(unlinked(&format!("could not be checked: {path}{}", error.message)));
        Notification { level: "error", message, locations: location.into_iter().collect() }
    }

    /// What was assumed or passed over, of a list.
    fn note(&self, list: &Path, note: &str) -> Notification {
        let message = text(unlinked(&format!("{}: {note}", display_path(self.root, list))));
        Notification { level: "note", message, locations: Vec::new() }
    }

    fn fix(&self, fix: &Fix) -> Option<SarifFix> {
        let file = self.sources.get(fix.edits().first()?.span.file);
        let replacement = |edit: &crate::lint::Edit| Replacement {
            deleted_region: self.region(edit.span),
            inserted_content: PlainMessage { text: edit.text.clone() },
        };
        Some(SarifFix {
            description: text(unlinked(&fix.title)),
            artifact_changes: [ArtifactChange {
                artifact_location: self.artifact(file.path())?,
                replacements: fix.edits().iter().map(replacement).collect(),
            }],
            properties: FixProperties { safety: fix.safety.as_str() },
        })
    }

    fn location(&self, span: Span) -> Location {
        let file = self.sources.get(span.file);
        let artifact = self.artifact(file.path());
        let logical = match artifact {
            Some(_) => Vec::new(),
            None => vec![LogicalLocation { name: display_path(self.root, file.path()), kind: "parameter" }],
        };
        let physical = artifact.map(|artifact_location| PhysicalLocation {
            artifact_location,
            region: Some(self.region(within(self.sources, span))),
        });
        Location { id: None, physical_location: physical, logical_locations: logical, message: None }
    }

    fn region(&self, span: Span) -> Region {
        let file = self.sources.get(span.file);
        let (start, end) = (Counted::new(&file, span.start as usize), Counted::new(&file, span.end as usize));
        Region {
            start_line: start.line,
            start_column: start.units,
            end_line: end.line,
            end_column: end.units,
            byte_offset: start.offset,
            byte_length: end.offset - start.offset,
        }
    }

    /// The file at `path`, below the base where it can be; nothing of what an argument or standard input gave.
    fn artifact(&self, path: &Path) -> Option<ArtifactLocation> {
        if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
            return None;
        }
        let shown = display_path(self.root, path);
        let outside = shown.starts_with("../") || Path::new(&shown).is_absolute();
        Some(match shown.as_str() {
            "." => return None,
            _ if outside => {
                let whole = canonical(path).to_string_lossy().replace('\\', "/");
                ArtifactLocation { uri: format!("file:///{}", uri(whole.trim_start_matches('/'))), uri_base_id: None }
            }
            below => ArtifactLocation { uri: uri(below), uri_base_id: Some(BASE) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("a b/\u{e9}%:#?.yaml"), "a%20b/%C3%A9%25%3A%23%3F.yaml");
        assert_eq!(uri("charts/web-1.0.tgz!/web/values.yaml"), "charts/web-1.0.tgz!/web/values.yaml");
    }

    #[test]
    fn links_of_pages_are_whole_and_messages_have_none() {
        assert_eq!(
            with_whole_links("see [a](b.md), [c](https://x/d.md)."),
            format!("see [a]({PAGES}b.md), [c](https://x/d.md).")
        );
        assert_eq!(unlinked("[a](1) b[0]"), "[a\\](1) b[0]");
    }
}
