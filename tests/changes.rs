//! Each single change to each entry of a right list gives what that change deserves, at the changed line: a table of changes
//! and entries, every cell executed. The lists are those that `init` writes for the fixtures and for a chart with operands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::collections::BTreeMap;

use mirrorlint::fix::{Texts, View};
use mirrorlint::lint::{Settings, check, discover};
use mirrorlint::mirror::{Entry, List};
use mirrorlint::source::{Sources, Span};
use workspace::{Workspace, copy, fixture};

const LIST: &str = "tools/ecr-images.conf";
const DIGEST: &str = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// What can be changed of an entry.
const CHANGES: [&str; 17] = [
    "tag",
    "digest",
    "registry",
    "path",
    "name",
    "chart in the note",
    "version in the note",
    "no note",
    "Repository:",
    "Tag:",
    "dropped",
    "doubled",
    "comment behind",
    "quotes",
    "no equals sign",
    "CR at its end",
    "suppression of nothing",
];

/// The text with `new` in place of `span`.
fn put(text: &str, span: Span, new: &str) -> String {
    format!("{}{new}{}", &text[..span.start as usize], &text[span.end as usize..])
}

/// The list with one change to `entry`; `None` when it has nothing of the kind.
fn changed(list: &List, entry: &Entry, change: &str) -> Option<String> {
    let text: &str = list.text();
    let source = entry.source.text.as_str();
    let (repository, tag) = source.rsplit_once(':').unwrap();
    let path = repository.split_once('/').filter(|(host, _)| host.contains('.')).map_or(repository, |(_, path)| path);
    let image = |new: String| put(text, entry.source.span, &new);
    let line = list.span_of_lines(entry.line..entry.line + 1);
    let whole = &text[line.range()];
    Some(match change {
        "tag" => image(format!("{repository}:{tag}x")),
        "digest" => image(format!("{source}{DIGEST}")),
        "registry" => image(format!("mirror.example.org/{path}:{tag}")),
        "path" => image(format!("{repository}-old:{tag}")),
        "name" => put(text, entry.name.span, &format!("my-{}", entry.name.text)),
        "chart in the note" => put(text, entry.note.from.as_ref()?.chart.span, "gone"),
        "version in the note" => put(text, entry.note.from.as_ref()?.version.as_ref()?.span, "9.9.9"),
        "no note" => put(text, entry.note.from.as_ref()?.span, ""),
        "Repository:" => put(text, entry.note.repositories.first()?.value.span, "quay.io/old/place"),
        "Tag:" => put(text, entry.note.tags.first()?.value.span, "v0"),
        "dropped" => put(text, list.span_of_lines(entry.block.start..entry.line + 1), ""),
        "doubled" => put(text, line, &format!("{whole}{whole}")),
        "comment behind" => put(text, line, &format!("{} # pinned\n", whole.trim_end())),
        "quotes" => image(format!("\"{source}\"")),
        "no equals sign" => put(text, line, &whole.replacen('=', " ", 1)),
        "CR at its end" => put(text, line, &format!("{}\r\n", whole.trim_end())),
        "suppression of nothing" => put(text, line, &format!("# mirrorlint: allow tag-mismatch: none\n{whole}")),
        _ => unreachable!("{change}"),
    })
}

/// `RULE AT`: on the changed entry's line, in its block, at the end of the list, or elsewhere.
fn outcome(view: &View, entry: &Entry, known: &[String]) -> String {
    let mut rows = Vec::new();
    for finding in &view.checked.findings {
        if known.contains(&finding.key()) {
            continue;
        }
        let file = view.sources.get(finding.span.file);
        let line = view.sources.start(finding.span).line;
        let end = file.text()[finding.span.range().start..].trim().is_empty();
        let at = match line.checked_sub(1) {
            _ if !file.path().ends_with(LIST) => "in a chart",
            Some(line) if line == entry.line => "on the line",
            Some(line) if line == entry.line + 1 => "on the next line",
            Some(line) if entry.block.contains(&line) => "in the block",
            _ if end => "at the end",
            _ => "elsewhere",
        };
        rows.push(format!("{} {at}", finding.rule.id));
    }
    if rows.is_empty() { "nothing".to_owned() } else { rows.join(", ") }
}

fn look(workspace: &Workspace, text: Option<&str>) -> View {
    let found = discover(&workspace.path("")).unwrap();
    let mut sources = Sources::new();
    let texts: Texts = text.map(|text| (found.lists[0].clone(), text.into())).into_iter().collect();
    texts.iter().for_each(|(path, text)| sources.overlay(path, text));
    let checked = check(&sources, &found, &Settings::default()).unwrap();
    View { sources, checked }
}

/// What each change gives, and for which entries.
fn table(workspace: &Workspace, every: usize) -> String {
    let init = workspace.run(&["init", "--output", LIST, "--region", "us-west-2"]);
    // Of charts that are not there nothing can be listed.
    assert!(init.code != 1, "{}", init.stderr);
    let right = look(workspace, None);
    let known: Vec<String> = right.checked.findings.iter().map(mirrorlint::lint::Finding::key).collect();
    assert!(known.iter().all(|key| key.starts_with("ambiguous-subchart")), "{known:?}");
    let file = right.sources.find(&discover(&workspace.path("")).unwrap().lists[0]).unwrap();
    let list = List::parse(file, right.sources.get(file).text());
    let mut table = String::new();
    for change in CHANGES {
        let mut rows: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for entry in list.entries.iter().step_by(every) {
            let Some(text) = changed(&list, entry, change) else { continue };
            let row = outcome(&look(workspace, Some(&text)), entry, &known);
            rows.entry(row).or_default().push(&entry.name.text);
        }
        table.push_str(&format!("{change}\n"));
        let all = rows.len() == 1;
        for (row, names) in rows {
            let names = if all { "all".to_owned() } else { names.join(" ") };
            table.push_str(&format!("  {row}: {names}\n"));
        }
    }
    for (change, text) in
        [("dropped newline", list.text().trim_end().to_owned()), ("CRLF", list.text().replace('\n', "\r\n"))]
    {
        let last = list.entries.last().unwrap();
        table.push_str(&format!("{change}\n  {}\n", outcome(&look(workspace, Some(&text)), last, &known)));
    }
    table
}

fn without_list(name: &str) -> Workspace {
    let workspace = Workspace::new();
    copy(&fixture(name), &workspace.path(""));
    std::fs::remove_file(workspace.path(LIST)).unwrap();
    workspace
}

#[test]
fn of_the_hyperpod_fixture() {
    insta::assert_snapshot!(table(&without_list("hyperpod"), 1), @"
    tag
      tag-mismatch on the line: all
    digest
      reader-disagreement on the line: all
    registry
      repository-mismatch on the line: all
    path
      repository-mismatch on the line: all
    name
      nothing: all
    chart in the note
      wrong-source in the block: all
    version in the note
      wrong-source in the block: all
    no note
      undocumented-source in the block: all
    Repository:
      wrong-comment in the block: all
    Tag:
      wrong-comment in the block: all
    dropped
      missing-entry at the end: all
    doubled
      duplicate-entry on the next line: all
    comment behind
      reader-disagreement on the line: all
    quotes
      reader-disagreement on the line: all
    no equals sign
      invalid-entry on the line: all
    CR at its end
      reader-disagreement on the line: all
    suppression of nothing
      unused-suppression on the line: all
    dropped newline
      unterminated-last-line on the line
    CRLF
      reader-disagreement elsewhere
    ");
}

#[test]
fn of_the_kitchen_sink() {
    insta::assert_snapshot!(table(&without_list("kitchen-sink"), 1), @"
    tag
      tag-mismatch on the line: all
    digest
      reader-disagreement on the line: all
    registry
      repository-mismatch on the line: all
    path
      repository-mismatch on the line: all
    name
      nothing: all
    chart in the note
      wrong-source in the block: all
    version in the note
      wrong-source in the block: all
    no note
      undocumented-source in the block: all
    Repository:
      wrong-comment in the block: all
    Tag:
      wrong-comment in the block: all
    dropped
      missing-entry at the end: nginx oauth2-proxy aws-otel-collector queue-worker migrations redis
      missing-operand on the next line: job-runner
    doubled
      duplicate-entry on the next line: all
    comment behind
      reader-disagreement on the line: all
    quotes
      reader-disagreement on the line: all
    no equals sign
      invalid-entry on the line: all
    CR at its end
      reader-disagreement on the line: all
    suppression of nothing
      unused-suppression on the line: all
    dropped newline
      unterminated-last-line on the line
    CRLF
      reader-disagreement elsewhere
    ");
}

#[test]
fn of_operands() {
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: operator}\nspec:\n  template:\n    spec:\n      \
                    containers:\n      - name: operator\n        image: quay.io/acme/operator:1.4.0\n        env:\n        - {name: \
                    SIDECAR_IMAGE, value: \"quay.io/acme/sidecar:{{ .Values.sidecar }}\"}\n        args: \
                    [\"--helper-image=ghcr.io/acme/helper:{{ .Chart.AppVersion }}\"]\n";
    let workspace = Workspace::new()
        .file("operator/Chart.yaml", "apiVersion: v2\nname: operator\nversion: 1.0.0\nappVersion: \"1.4.0\"\n")
        .file("operator/values.yaml", "sidecar: 0.9.1\n")
        .file("operator/templates/operator.yaml", template);
    insta::assert_snapshot!(table(&workspace, 1), @"
    tag
      tag-mismatch on the line: all
    digest
      reader-disagreement on the line: all
    registry
      repository-mismatch on the line: all
    path
      repository-mismatch on the line: all
    name
      nothing: all
    chart in the note
      wrong-source in the block: all
    version in the note
      wrong-source in the block: all
    no note
      undocumented-source in the block: all
    Repository:
      wrong-comment in the block: all
    Tag:
      wrong-comment in the block: all
    dropped
      missing-entry at the end: operator
      missing-operand at the end: helper sidecar
    doubled
      duplicate-entry on the next line: all
    comment behind
      reader-disagreement on the line: all
    quotes
      reader-disagreement on the line: all
    no equals sign
      invalid-entry on the line: all
    CR at its end
      reader-disagreement on the line: all
    suppression of nothing
      unused-suppression on the line: all
    dropped newline
      unterminated-last-line on the line
    CRLF
      reader-disagreement elsewhere
    ");
}
