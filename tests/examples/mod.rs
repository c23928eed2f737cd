//! The examples of rule pages, and the cases beside them: `rules/RULE.md` is what a user reads, `tests/rules/RULE.md` holds the
//! neighbours that only a test needs. Both are written alike.

#![allow(dead_code)] // each test crate uses its part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::collections::BTreeMap;
use std::path::PathBuf;

use mirrorlint::lint::Rule;

/// A small workspace with what is found in it and what it is fixed to.
#[derive(Debug, Default)]
pub struct Example {
    pub title: String,
    pub files: BTreeMap<String, String>,
    pub fixed: BTreeMap<String, String>,
    pub expected: Vec<String>,
}

/// The files with examples of a rule and their text: its page, and its further cases where it has some.
pub fn pages(rule: &Rule) -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let paths = ["rules", "tests/rules"].map(|place| folder.join(place).join(format!("{}.md", rule.id)));
    let read = |path: PathBuf| std::fs::read_to_string(&path).ok().map(|text| (path, text));
    paths.into_iter().filter_map(read).collect()
}

/// The examples of a page, each with files: each `###` below `## Examples` starts one.
pub fn examples(page: &str) -> Vec<Example> {
    let body = page.split_once("\n## Examples\n").expect("a page has examples").1;
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("### ") {
            examples.push(Example { title: title.to_owned(), ..Example::default() });
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let example = examples.last_mut().expect("a block stands below a title");
        let mut text: String = block.iter().map(|line| format!("{line}\n")).collect();
        let words: Vec<&str> = info.split_whitespace().collect();
        if words.contains(&"no-newline") {
            text.pop();
        }
        let named = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)).map(str::to_owned);
        if let Some(path) = named("file=") {
            example.files.insert(path, text);
        } else if let Some(path) = named("fixed=") {
            example.fixed.insert(path, text);
        } else if words == ["expect"] {
            example.expected = block.iter().map(|line| (*line).to_owned()).collect();
        }
    }
    for example in &examples {
        assert!(!example.files.is_empty(), "the example `{}` has no `file=`", example.title);
    }
    examples
}
