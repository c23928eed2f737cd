//! The GitHub Action, run as a runner runs it: the steps of action.yml one after the other, each with the environment that it
//! asks for, against a scratch workspace. Releases are archives in a folder.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_yaml::Value;
use workspace::Workspace;

const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join(".github/actions/mirrorlint")
}

fn action() -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(folder().join("action.yml")).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_yaml::to_string(other).unwrap().trim().to_owned(),
    }
}

/// What is between `${{` and `}}`, when that is all.
fn expression(text: &str) -> Option<&str> {
    Some(text.strip_prefix("${{")?.strip_suffix("}}")?.trim())
}

/// What a job that uses the action sees of it.
#[derive(Debug)]
struct Outcome {
    code: i32,
    log: String,
    outputs: BTreeMap<String, String>,
    summary: String,
}

impl Outcome {
    fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }
}

/// Runs the action in `workspace`. `path` comes before the system's PATH.
fn run(workspace: &Workspace, path: Option<&Path>, with: &[(&str, &str)]) -> Outcome {
    let action = action();
    let given: BTreeMap<_, _> = with.iter().copied().collect();
    let names = action["inputs"].as_mapping().unwrap();
    assert!(given.keys().all(|name| names.contains_key(*name)), "no such input: {given:?}");
    let input = |name: &str| match given.get(name) {
        Some(value) => (*value).to_owned(),
        None => text(&action["inputs"][name]["default"]),
    };
    let temporary = tempfile::tempdir().unwrap().keep();
    let file = |name: &str| {
        let path = temporary.join(name);
        std::fs::write(&path, "").unwrap();
        path
    };
    let (outputs, summary, paths) = (file("output"), file("summary"), file("path"));
    let (mut code, mut log) = (0, String::new());
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        if let Some(condition) = step.get("if") {
            let condition = expression(condition.as_str().unwrap()).unwrap().to_owned();
            let (left, right) = condition.split_once(" != ").expect("a condition that this runner knows");
            if input(left.strip_prefix("inputs.").unwrap()) == right.trim_matches('\'') {
                continue;
            }
        }
        let added = std::fs::read_to_string(&paths).unwrap();
        let system = std::env::var_os("PATH").unwrap();
        let search = added.lines().map(PathBuf::from).rev().chain(path.map(Path::to_owned));
        let search = search.chain(std::env::split_paths(&system));
        // As GitHub runs `shell: bash`.
        assert_eq!(step["shell"].as_str(), Some("bash"));
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"].as_str().unwrap()])
            .current_dir(workspace.path(""))
            .env("PATH", std::env::join_paths(search).unwrap())
            .env("GITHUB_ACTION_PATH", folder())
            .env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_PATH", &paths)
            .env("RUNNER_TEMP", &temporary)
            .envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")]);
        for (name, value) in step["env"].as_mapping().unwrap() {
            let value = expression(value.as_str().unwrap()).unwrap().strip_prefix("inputs.").unwrap();
            command.env(name.as_str().unwrap(), input(value));
        }
        let output = command.output().unwrap();
        log.push_str(&String::from_utf8_lossy(&output.stdout));
        log.push_str(&String::from_utf8_lossy(&output.stderr));
        code = output.status.code().unwrap();
        if code != 0 {
            break;
        }
    }
    let written = std::fs::read_to_string(outputs).unwrap();
    let written: BTreeMap<_, _> = written.lines().filter_map(|line| line.split_once('=')).collect();
    let outputs = action["outputs"].as_mapping().unwrap().iter().filter_map(|(name, output)| {
        let value = expression(output["value"].as_str().unwrap()).unwrap();
        let value = written.get(value.strip_prefix("steps.check.outputs.").unwrap())?;
        Some((name.as_str().unwrap().to_owned(), (*value).to_owned()))
    });
    Outcome { code, log, outputs: outputs.collect(), summary: std::fs::read_to_string(summary).unwrap() }
}

/// Where the program that was just built lies.
fn built() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mirrorlint")).parent().unwrap()
}

const INSTALLED: (&str, &str) = ("installed", "true");

fn list(tag: &str) -> String {
    format!("# Web (from local chart web:1.0.0)\n# Repository: nginx\n# Tag: {tag}\nweb=nginx:{tag}\n")
}

fn clean() -> Workspace {
    Workspace::with_list(&list("1.25")).chart("charts/web", &["nginx:1.25"])
}

fn drifting() -> Workspace {
    Workspace::with_list(&list("1.24")).chart("charts/web", &["nginx:1.25"])
}

/// A folder of releases with one archive, made as the release workflow makes it, and the archive's SHA-256.
fn release() -> &'static (PathBuf, String) {
    static RELEASE: OnceLock<(PathBuf, String)> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let releases = tempfile::tempdir().unwrap().keep();
        let folder = releases.join(format!("v{}", env!("CARGO_PKG_VERSION")));
        let output = Command::new(root().join(".ci/package"))
            .args([TARGETS[0], env!("CARGO_BIN_EXE_mirrorlint")])
            .arg(&folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let archive = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let sum = Command::new("sha256sum").arg(&archive).current_dir(&folder).output().unwrap();
        (releases, String::from_utf8(sum.stdout).unwrap())
    })
}

fn download_url() -> String {
    format!("file://{}", release().0.display())
}

#[test]
fn a_clean_workspace_passes() {
    let outcome = run(&clean(), Some(built()), &[INSTALLED]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let counts = ["errors", "warnings", "infos", "fixable", "exit-code"].map(|name| outcome.output(name));
    assert_eq!(counts, ["0"; 5], "{outcome:?}");
    assert!(!outcome.log.contains("::error"), "{outcome:?}");
}

#[test]
fn drift_fails_with_annotation_summary_sarif_and_counts() {
    let outcome = run(&drifting(), Some(built()), &[INSTALLED]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let counts = ["errors", "warnings", "infos", "fixable", "exit-code"].map(|name| outcome.output(name));
    assert_eq!(counts, ["1", "0", "0", "1", "1"], "{outcome:?}");
    let annotation = outcome.log.lines().find(|line| line.starts_with("::error ")).expect("an annotation");
    assert!(annotation.contains("file=tools/ecr-images.conf,line=4"), "{annotation}");
    assert!(outcome.summary.contains("nginx"), "{outcome:?}");
    let sarif = std::fs::read_to_string(outcome.output("sarif-file")).unwrap();
    assert!(sarif.contains("\"tag-mismatch\""), "{sarif}");
    let json = std::fs::read_to_string(outcome.output("json-file")).unwrap();
    assert!(json.contains("\"tag-mismatch\""), "{json}");
}

#[test]
fn what_is_not_wanted_is_not_written() {
    let workspace = drifting();
    let with = [
        INSTALLED,
        ("annotations", "false"),
        ("summary", "false"),
        ("arguments", "--exit-zero\n--ignore\nstale-entry\n"),
        ("paths", "tools/ecr-images.conf\n"),
        ("sarif-file", "out.sarif"),
    ];
    let outcome = run(&workspace, Some(built()), &with);
    assert_eq!((outcome.code, outcome.output("errors")), (0, "1"), "{outcome:?}");
    assert!(!outcome.log.lines().any(|line| line.starts_with("::error")), "{outcome:?}");
    assert_eq!(outcome.summary, "");
    assert!(workspace.read("out.sarif").contains("tag-mismatch"));
    assert_eq!(Path::new(outcome.output("sarif-file")), workspace.path("out.sarif"));
}

#[test]
fn a_sarif_file_takes_the_place_of_an_earlier_report_alone() {
    let workspace = drifting();
    let with_file = |file| run(&workspace, Some(built()), &[INSTALLED, ("sarif-file", file)]);
    let outcome = with_file("tools/ecr-images.conf");
    assert_eq!((outcome.code, outcome.output("sarif-file")), (2, ""), "{outcome:?}");
    assert_eq!(workspace.read("tools/ecr-images.conf"), list("1.24"));
    let outcome = with_file("tools");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.log.contains("::error title=mirrorlint::sarif-file names a folder: tools"), "{outcome:?}");
    for _ in 0..2 {
        let outcome = with_file("deep/out.sarif");
        assert_eq!((outcome.code, outcome.output("errors")), (1, "1"), "{outcome:?}");
        assert_eq!(Path::new(outcome.output("sarif-file")), workspace.path("deep/out.sarif"));
    }
    // What an earlier run left does not pass for this one's.
    let with = [INSTALLED, ("sarif-file", "deep/out.sarif"), ("arguments", "--no-such-option")];
    let outcome = run(&workspace, Some(built()), &with);
    assert_eq!((outcome.code, outcome.output("sarif-file")), (2, ""), "{outcome:?}");
    assert!(!workspace.path("deep/out.sarif").exists());
}

/// GitHub knows files by their paths from the top of the repository.
#[test]
fn annotations_find_files_below_a_working_directory() {
    let workspace = Workspace::new()
        .file("deploy/tools/ecr-images.conf", list("1.24"))
        .chart("deploy/charts/web", &["nginx:1.25"])
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file(".git/objects/x", "")
        .file(".git/refs/x", "");
    let outcome = run(&workspace, Some(built()), &[INSTALLED, ("working-directory", "deploy")]);
    assert!(outcome.log.contains("file=deploy/tools/ecr-images.conf,line=4"), "{outcome:?}");
    let sarif = std::fs::read_to_string(outcome.output("sarif-file")).unwrap();
    assert!(sarif.contains("\"uri\":\"deploy/tools/ecr-images.conf\""), "{sarif}");
}

#[test]
fn nothing_in_a_report_is_a_command_to_the_runner() {
    let list = "::add-mask::x\n##[add-path]/tmp\n::set-output name=errors::0\n";
    let outcome = run(&Workspace::with_list(list).chart("charts/web", &["nginx:1.25"]), Some(built()), &[INSTALLED]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let stop = outcome.log.find("::stop-commands::").expect("commands are stopped");
    let token = outcome.log[stop..].lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    let end = format!("\n::{token}::\n");
    let resume = outcome.log.find(&end).expect("commands are taken again");
    for quoted in ["add-mask", "set-output"] {
        assert!(outcome.log[stop..resume].contains(quoted), "the report quotes the list: {outcome:?}");
    }
    for line in outcome.log[..stop].lines().chain(outcome.log[resume + end.len()..].lines()) {
        let allowed = ["::error ", "::warning ", "::notice ", "::"].iter().any(|start| line.starts_with(start));
        let quoted = line.starts_with("::add-mask") || line.starts_with("::set-output") || line.contains("##[");
        assert!(line.is_empty() || (allowed && !quoted), "{line:?}");
    }
}

#[test]
fn inputs_are_never_code() {
    let nasty = "$(touch hacked) `touch hacked`; touch hacked";
    for name in
        ["version", "checksums", "download-url", "working-directory", "paths", "arguments", "fail-on", "sarif-file"]
    {
        let workspace = clean();
        let installed = if matches!(name, "version" | "checksums" | "download-url") { "false" } else { "true" };
        let outcome = run(&workspace, Some(built()), &[("installed", installed), (name, nasty)]);
        assert!(!workspace.path("hacked").exists(), "{name}: {outcome:?}");
    }
    for step in action()["runs"]["steps"].as_sequence().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "inputs come through the environment");
    }
}

#[test]
fn a_check_that_cannot_run_is_told() {
    let outcome = run(&Workspace::new(), Some(built()), &[INSTALLED]);
    assert_eq!((outcome.code, outcome.output("exit-code"), outcome.output("errors")), (2, "2", ""), "{outcome:?}");
    assert!(outcome.log.contains("::error title=mirrorlint::mirrorlint could not check everything"), "{outcome:?}");
    let outcome = run(&clean(), Some(built()), &[INSTALLED, ("working-directory", "nowhere")]);
    assert!(outcome.code == 2 && outcome.log.contains("there is no folder nowhere"), "{outcome:?}");
}

#[test]
fn a_release_with_the_pinned_checksum_is_run() {
    let with = [("download-url", download_url()), ("checksums", release().1.clone())];
    let with: Vec<_> = with.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let outcome = run(&drifting(), None, &with);
    assert_eq!((outcome.code, outcome.output("errors")), (1, "1"), "{outcome:?}");
    assert!(outcome.log.contains(concat!("mirrorlint ", env!("CARGO_PKG_VERSION"))), "{outcome:?}");
}

#[test]
fn a_release_with_another_checksum_is_not_run() {
    let name = release().1.split_whitespace().nth(1).unwrap();
    let wrong = format!("{}  {name}", "0".repeat(64));
    let outcome = run(&drifting(), None, &[("download-url", &download_url()), ("checksums", &wrong)]);
    assert_eq!((outcome.code, outcome.output("exit-code")), (2, ""), "{outcome:?}");
    assert!(outcome.log.contains("it was not unpacked"), "{outcome:?}");
}

#[test]
fn a_release_without_a_checksum_is_not_downloaded() {
    for checksums in ["", "# none", "0000  other.tar.gz"] {
        let with =
            [("download-url", download_url()), ("checksums", checksums.to_owned()), ("version", "9.9.9".to_owned())];
        let with: Vec<_> = with.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let outcome = run(&drifting(), None, &with);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.log.contains("has not exactly one SHA-256 for mirrorlint-9.9.9-x86_64"), "{outcome:?}");
    }
}

#[test]
fn a_release_that_is_not_there_is_told() {
    let name = format!("mirrorlint-9.9.9-{}.tar.gz", TARGETS[0]);
    let sum = format!("{}  {name}", "0".repeat(64));
    let url = download_url();
    let outcome = run(&drifting(), None, &[("download-url", &url), ("checksums", &sum), ("version", "9.9.9")]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.log.contains(&format!("{url}/v9.9.9/{name} cannot be downloaded")), "{outcome:?}");
}

/// The archives of a version exist only after its tag; the pinned version is the last one that was released.
#[test]
fn checksums_are_pinned_for_every_platform_or_none() {
    let pinned = std::fs::read_to_string(folder().join("checksums.txt")).unwrap();
    let mut pinned: Vec<_> = pinned.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    if pinned.is_empty() {
        return; // nothing was released yet
    }
    pinned.retain(|line| line.split_whitespace().next().is_some_and(|sum| sum.len() == 64));
    let version = text(&action()["inputs"]["version"]["default"]);
    for target in TARGETS {
        let archive = format!("mirrorlint-{version}-{target}.tar.gz");
        assert!(pinned.iter().any(|line| line.ends_with(&format!("  {archive}"))), "no checksum of {archive}");
    }
}
