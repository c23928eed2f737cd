//! README.md says what the code does: its table of rules is made from the pages' front matter.
//! `MIRRORLINT_BLESS=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::path::Path;

use mirrorlint::lint::rules;
use workspace::{fixture, run};

const HEAD: &str = "| rule | severity | fix | finds |\n|---|---|---|---|\n";

/// The order in which the groups stand.
const GROUPS: [&str; 4] = ["list", "image", "source", "chart"];

fn table() -> String {
    let mut rules: Vec<_> = rules().iter().collect();
    let group = |name: &str| GROUPS.iter().position(|group| *group == name).expect("a rule is of a known group");
    rules.sort_by_key(|rule| (group(rule.group), rule.id));
    let mut table = HEAD.to_owned();
    for rule in rules {
        let fix = rule.fix.map_or("-", mirrorlint::lint::Safety::as_str);
        let (id, severity, summary) = (rule.id, rule.severity.as_str(), rule.summary);
        table.push_str(&format!("| [{id}](rules/{id}.md) | {severity} | {fix} | {summary} |\n"));
    }
    table
}

#[test]
fn the_table_of_rules_is_that_of_the_pages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let start = readme.find(HEAD).expect("README.md has the table of rules");
    let end = start + readme[start..].find("\n\n").expect("something follows the table") + 1;
    if std::env::var_os("MIRRORLINT_BLESS").is_some() {
        std::fs::write(&path, format!("{}{}{}", &readme[..start], table(), &readme[end..])).unwrap();
        return;
    }
    let right = table();
    assert!(
        readme[start..end] == right,
        "README.md is out of date: run this test once with MIRRORLINT_BLESS=1\n{right}"
    );
}

/// The picture on top is a part of what the README's first command prints.
#[test]
fn the_opening_example_is_what_is_printed() {
    let readme = include_str!("../README.md").replace("\r\n", "\n");
    let block = |fence: &str| {
        let start = readme.find(fence).expect("the block is there") + fence.len();
        readme[start..start + readme[start..].find("```").expect("the block ends")].to_owned()
    };
    let printed = run(&fixture("hyperpod"), &["check", "--color", "never"], &[]).stdout;
    let picture = block("```text\n");
    let (picture, _) = picture.split_once("    ...\n").expect("the example breaks off in the fix");
    assert!(printed.contains(picture), "{picture}\nis not in\n{printed}");
    let list = std::fs::read_to_string(fixture("hyperpod").join("tools/ecr-images.conf")).unwrap();
    let entry = block("```conf\n");
    assert!(list.contains(&entry), "{entry}");
}
