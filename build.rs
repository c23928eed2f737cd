//! Reads the front matter of every `rules/<id>.md` into the rule table that `src/lint/rules/mod.rs` includes. A page without
//! a rule file, a rule file without a page, or a page that lacks a field does not compile.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/lint/rules");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let root = Path::new(&root);
    let pages = names(&root.join("rules"), "md")?;
    for rule in names(&root.join("src/lint/rules"), "rs")?.iter().filter(|name| *name != "mod") {
        if !pages.contains(&rule.replace('_', "-")) {
            return Err(format!("src/lint/rules/{rule}.rs has no page rules/{}.md", rule.replace('_', "-")).into());
        }
    }
    let mut table = String::from("pub(crate) static RULES: &[Rule] = &[\n");
    for id in &pages {
        let path = root.join("rules").join(format!("{id}.md"));
        let text = fs::read_to_string(&path)?;
        let fields = front_matter(&text).ok_or_else(|| format!("rules/{id}.md has no front matter"))?;
        let field = |name: &str| fields.get(name).copied().ok_or_else(|| format!("rules/{id}.md: no `{name}:`"));
        if field("id")? != id {
            return Err(format!("rules/{id}.md: `id:` is not the file's name").into());
        }
        let fix = match field("fix")? {
            "none" => "None",
            "safe" => "Some(Safety::Safe)",
            "unsafe" => "Some(Safety::Unsafe)",
            other => return Err(format!("rules/{id}.md: `fix: {other}` is none of none, safe, unsafe").into()),
        };
        let severity = match field("severity")? {
            "info" => "Info",
            "warning" => "Warning",
            "error" => "Error",
            other => return Err(format!("rules/{id}.md: `severity: {other}` is none of info, warning, error").into()),
        };
        writeln!(
            table,
            "    Rule {{ id: {id:?}, group: {:?}, severity: Severity::{severity}, fix: {fix}, since: {:?}, summary: {:?}, \
             page: include_str!({:?}), check: {}::check }},",
            field("group")?,
            field("since")?,
            field("summary")?,
            path.display(),
            id.replace('-', "_"),
        )?;
    }
    table.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("rules.rs"), table)?;
    Ok(())
}

fn names(folder: &Path, extension: &str) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

fn front_matter(text: &str) -> Option<BTreeMap<&str, &str>> {
    let head = text.strip_prefix("---\n")?.split_once("\n---\n")?.0;
    head.lines().map(|line| line.split_once(':').map(|(key, value)| (key.trim(), value.trim()))).collect()
}
