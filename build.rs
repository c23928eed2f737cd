//! Reads the front matter of every `rules/<id>.md` into the rule table that `src/lint/rules/mod.rs` includes. A page without
//! a rule file, a rule file without a page, or a page that lacks a field does not compile.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;

/// What a page says of its rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: String,
    group: String,
    severity: Severity,
    fix: Fix,
    since: String,
    summary: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Info,
    Warning,
    Error,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Fix {
    None,
    Safe,
    Unsafe,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/lint/rules");
    println!("cargo::rerun-if-changed=build.rs");
    link_at_fixed_address();
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let root = Path::new(&root);
    let pages = names(&root.join("rules"), "md")?;
    for rule in names(&root.join("src/lint/rules"), "rs")?.iter().filter(|name| *name != "mod") {
        let id = rule.replace('_', "-");
        if !pages.contains(&id) {
            return Err(format!("src/lint/rules/{rule}.rs has no page rules/{id}.md").into());
        }
    }
    let mut table = String::from("pub(crate) static RULES: &[Rule] = &[\n");
    for id in &pages {
        let path = root.join("rules").join(format!("{id}.md"));
        let page = read(&path, id).map_err(|error| format!("rules/{id}.md: {error}"))?;
        let fix = match page.fix {
            Fix::None => "None",
            Fix::Safe => "Some(Safety::Safe)",
            Fix::Unsafe => "Some(Safety::Unsafe)",
        };
        writeln!(
            table,
            "    Rule {{ id: {id:?}, group: {:?}, severity: Severity::{:?}, fix: {fix}, since: {:?}, summary: {:?}, \
             page: include_str!({:?}), check: {}::check }},",
            page.group,
            page.severity,
            page.since,
            page.summary,
            path.display(),
            id.replace('-', "_"),
        )?;
    }
    table.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("rules.rs"), table)?;
    Ok(())
}

/// On Linux with GNU's C library the program is linked for a fixed address: a movable one patches a hundred pages of tables
/// at every start, which takes longer than rendering a small chart. Static programs are linked as the caller says.
fn link_at_fixed_address() {
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if target("OS") == "linux" && target("ENV") == "gnu" && target("ARCH") == "x86_64" && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        link_unwinder();
    }
}

/// Links the unwinder of panics into the program where the compiler brings it along, for each shared library costs a tenth
/// of a millisecond at every start.
fn link_unwinder() {
    if env::var("HOST") == env::var("TARGET")
        && let Ok(told) = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output()
        && Path::new(String::from_utf8_lossy(&told.stdout).trim()).is_absolute()
    {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

fn read(path: &Path, id: &str) -> Result<FrontMatter, Box<dyn Error>> {
    let text = fs::read_to_string(path)?.replace("\r\n", "\n");
    let head = text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n")).ok_or("no front matter")?.0;
    let page: FrontMatter = serde_yaml::from_str(head)?;
    if page.id != id {
        return Err(format!("`id: {}` is not the file's name", page.id).into());
    }
    Ok(page)
}

/// The names, without extension and sorted, of the files in `folder` that have this extension.
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
