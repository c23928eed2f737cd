//! Every example of every rule page, and every case beside them in `tests/rules/`, is a small workspace: it is linted, its
//! findings must be exactly those it expects, and its fixed text exactly what the page's rule fixes it to.
//! `MIRRORLINT_BLESS=1 cargo test --test rules` writes both into the pages as they are; read the difference before it is committed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod examples;

use std::collections::BTreeMap;
use std::path::Path;

use examples::{Example, examples, pages};
use mirrorlint::fix::apply;
use mirrorlint::lint::{Checked, Finding, Rule, Settings, check, discover, rules};
use mirrorlint::report::display_path;
use mirrorlint::source::Sources;

fn lint(folder: &Path) -> (Checked, Sources) {
    let sources = Sources::new();
    let workspace = discover(folder).unwrap_or_else(|refusal| panic!("{refusal}"));
    let checked = check(&sources, &workspace, &Settings::default()).unwrap_or_else(|refusal| panic!("{refusal}"));
    (checked, sources)
}

/// `PATH:LINE:COLUMN RULE`, and the message.
fn rows(checked: &Checked, sources: &Sources) -> Vec<(String, String)> {
    let row = |finding: &Finding| {
        let at = sources.start(finding.span);
        let path = display_path(&checked.root, sources.get(finding.span.file).path());
        (format!("{path}:{}:{} {}", at.line, at.column, finding.rule.id), finding.told())
    };
    checked.findings.iter().map(row).collect()
}

fn write(folder: &Path, files: &BTreeMap<String, String>) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
    }
}

fn run(rule: &Rule, example: &Example) {
    let name = format!("{}: {}", rule.id, example.title);
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(folder.path(), &example.files);
    let (checked, sources) = lint(folder.path());
    let found = rows(&checked, &sources);
    let shown: Vec<String> = found.iter().map(|(place, message)| format!("{place} \"{message}\"")).collect();
    let matches = found.len() == example.expected.len()
        && example.expected.iter().zip(&found).all(|(expected, (place, message))| {
            let (wanted, part) = expected.split_once(" \"").expect("an expectation quotes a part of the message");
            wanted == place && message.contains(part.trim_end_matches('"'))
        });
    assert!(matches, "{name}\nexpected:\n  {}\nfound:\n  {}", example.expected.join("\n  "), shown.join("\n  "));

    let texts = fixed(rule, example, &checked, &sources);
    for (path, fixed) in &example.fixed {
        assert_eq!(&texts[path], fixed, "{name}: {path} after the fix");
    }
    if texts == example.files {
        assert!(example.fixed.is_empty(), "{name}: shows a fixed text, but nothing is fixed");
        return;
    }
    assert!(!example.fixed.is_empty(), "{name}: has a fix, but does not show the fixed text");
    let after = tempfile::tempdir().expect("a folder can be made");
    write(after.path(), &texts);
    let told: Vec<String> = checked.findings.iter().filter_map(Finding::kind_left).collect();
    let (mut checked, sources) = lint(after.path());
    checked.findings.retain(|finding| !told.contains(&finding.kind()));
    let left = rows(&checked, &sources);
    let kept = |row: &(String, String)| found.iter().any(|(_, message)| *message == row.1);
    assert!(left.iter().all(|row| kept(row) && !row.0.ends_with(rule.id)), "{name}: after the fix: {left:?}");
}

/// The text of the example's files after all fixes of the page's rule, the last first.
fn fixed(rule: &Rule, example: &Example, checked: &Checked, sources: &Sources) -> BTreeMap<String, String> {
    let mut texts = example.files.clone();
    for finding in checked.findings.iter().rev().filter(|finding| finding.rule.id == rule.id) {
        let Some(fix) = finding.fixes.first() else { continue };
        let file = sources.get(fix.edits()[0].span.file);
        let text = texts.get_mut(&display_path(&checked.root, file.path())).expect("a fix edits a file of the example");
        *text = apply(text, fix);
    }
    texts
}

/// The page with the `expect` and `fixed` blocks that its examples deserve. A part of a message that still holds is kept.
fn bless(rule: &Rule, page: &str) -> String {
    let (head, body) = page.split_once("\n## Examples\n").expect("a page has examples");
    let mut page = format!("{head}\n## Examples\n");
    let parts: Vec<&str> = body.split("\n### ").collect();
    page.push_str(parts[0]);
    for part in &parts[1..] {
        page.push_str("\n### ");
        let example = examples(&format!("\n## Examples\n\n### {part}")).pop().expect("a part has a title");
        let folder = tempfile::tempdir().expect("a folder can be made");
        write(folder.path(), &example.files);
        let (checked, sources) = lint(folder.path());
        let mut blocks = String::new();
        let found = rows(&checked, &sources);
        if !found.is_empty() {
            blocks.push_str("\n```expect\n");
        }
        for (turn, (place, message)) in found.iter().enumerate() {
            let id = |place: &str| place.split(' ').nth(1).map(str::to_owned);
            let rows = example.expected.iter().filter_map(|row| row.split_once(" \""));
            let of_rule: Vec<_> = rows.filter(|(at, _)| id(at) == id(place)).collect();
            // Of several rows of one rule the one at this place is meant, else the one in this turn.
            let turn = found[..turn].iter().filter(|(at, _)| id(at) == id(place)).count();
            let kept = of_rule.iter().filter(|(at, _)| at == place).chain(of_rule.get(turn));
            let kept = kept.map(|(_, part)| part.strip_suffix('"').unwrap_or(part)).find(|part| message.contains(part));
            blocks.push_str(&format!("{place} \"{}\"\n", kept.unwrap_or(message)));
        }
        if !found.is_empty() {
            blocks.push_str("```\n");
        }
        for (path, text) in fixed(rule, &example, &checked, &sources) {
            if example.files[&path] != text {
                let language =
                    if path.ends_with(".conf") { "conf" } else { path.rsplit('.').next().unwrap_or_default() };
                let (mark, text) = text.strip_suffix('\n').map_or((" no-newline", &*text), |text| ("", text));
                blocks.push_str(&format!("\n```{language} fixed={path}{mark}\n{text}\n```\n"));
            }
        }
        page.push_str(&(without_outcome(part) + &blocks));
    }
    page
}

/// The text of an example without its `expect` and `fixed` blocks.
fn without_outcome(example: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut lines = example.lines();
    while let Some(line) = lines.next() {
        if line == "```expect" || (line.starts_with("```") && line.contains(" fixed=")) {
            lines.by_ref().find(|line| *line == "```");
            continue;
        }
        kept.push(line);
        if line.starts_with("```") {
            for line in lines.by_ref() {
                kept.push(line);
                if line == "```" {
                    break;
                }
            }
        }
    }
    kept.join("\n").trim_end().to_owned() + "\n"
}

#[test]
fn every_example_of_every_page_holds() {
    let pages = || rules().iter().flat_map(|rule| pages(rule).into_iter().map(move |(path, page)| (rule, path, page)));
    if std::env::var_os("MIRRORLINT_BLESS").is_some() {
        for (rule, path, page) in pages() {
            std::fs::write(path, bless(rule, &page)).expect("a page can be written");
        }
        return;
    }
    let mut failures = Vec::new();
    let mut count = 0;
    for (rule, _, page) in pages() {
        for example in &examples(&page) {
            count += 1;
            let outcome = std::panic::catch_unwind(|| run(rule, example));
            if let Err(panic) = outcome {
                failures.push(panic.downcast_ref::<String>().cloned().unwrap_or_default());
            }
        }
    }
    assert!(count >= rules().len(), "only {count} examples were found");
    assert!(failures.is_empty(), "{} of {count} examples fail:\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn every_case_stands_beside_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    for file in std::fs::read_dir(folder).expect("there are cases") {
        let path = file.expect("a file").path();
        let id = path.file_stem().expect("a name").to_string_lossy();
        assert!(mirrorlint::lint::rule(&id).is_some(), "{} belongs to no rule", path.display());
    }
}

#[test]
fn every_page_can_be_read() {
    for rule in rules() {
        let lines: Vec<&str> = rule.page.lines().collect();
        assert!(lines.len() <= 250, "{} has {} lines: tests/rules/ takes what only a test needs", rule.id, lines.len());
        let long: Vec<&&str> = lines.iter().filter(|line| line.chars().count() > 150).collect();
        assert!(long.is_empty(), "{} has long lines: {long:#?}", rule.id);
    }
}

#[test]
fn every_page_has_its_sections() {
    for rule in rules() {
        for section in ["## What it finds", "## Why it matters", "## How to fix", "## Examples"] {
            assert!(rule.page.contains(&format!("\n\n{section}\n\n")), "{} has no `{section}`", rule.id);
        }
        assert!(rule.page.contains(&format!("\n# {}\n", rule.id)), "{} is not titled by its name", rule.id);
        assert!(rule.page.contains("\n\nPrinciple: "), "{} does not say what it follows from", rule.id);
        // `explain` fills paragraphs and lists; it draws no tables.
        assert!(!rule.page.contains("\n|"), "{} has a table", rule.id);
    }
}
