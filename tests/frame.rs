//! Holds `mirrorlint render` against real Helm's answers for whole charts, recorded in `frame/cases.json` by
//! `frame/record.py`: flags, order, hooks, CRDs, `--show-only`, values, and what is refused with which words.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

fn recorded(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frame").join(name)).unwrap()
}

/// The charts that `record.py` makes.
fn write_charts(folder: &Path) {
    let text = recorded("charts.txt").replace("\\t", "\t");
    for block in text.split("\n==== ").skip(1) {
        let (path, text) = block.split_once('\n').unwrap();
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn texts(value: &serde_json::Value) -> Vec<&str> {
    value.as_array().map(|items| items.iter().map(|item| item.as_str().unwrap()).collect()).unwrap_or_default()
}

/// The exit code, standard output and standard error of `mirrorlint render`.
fn run(folder: &Path, case: &serde_json::Value) -> (Option<i32>, String, String) {
    let mut arguments = texts(&case["arguments"]);
    for (flag, usual) in [("--namespace", "ns"), ("--kube-version", "1.31.0")] {
        if !arguments.contains(&flag) {
            arguments.extend([flag, usual]);
        }
    }
    let release = case["release"].as_str().unwrap_or("rel");
    let mut child = Command::new(env!("CARGO_BIN_EXE_mirrorlint"))
        .current_dir(folder)
        .args(["render", case["chart"].as_str().unwrap(), "--release-name", release])
        .args(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read standard input closes it; that is no failure.
    let _ = child.stdin.take().unwrap().write_all(case["input"].as_str().unwrap_or_default().as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

#[test]
fn every_case_is_printed_or_refused_as_helm_does() {
    let folder = tempfile::tempdir().unwrap();
    write_charts(folder.path());
    let cases: serde_json::Value = serde_json::from_str(&recorded("cases.json")).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    assert!(cases.len() > 100, "only {} cases were found", cases.len());
    let mut failures = Vec::new();
    for case in cases {
        let (code, output, complaint) = run(folder.path(), case);
        let name = format!("{} {} {:?}", case["chart"], case["release"], texts(&case["arguments"]));
        match (case["output"].as_str(), case["error"].as_str()) {
            (Some(expected), _) if code != Some(0) || output != expected => {
                failures.push(format!("{name}\nHelm printed:\n{expected}\nwe:\n{output}{complaint}"));
            }
            (None, Some(expected)) => {
                let (expected, told) = (expected.lines().next().unwrap(), complaint.lines().next().unwrap_or_default());
                if code != Some(2) || !output.is_empty() || !told.contains(expected) {
                    failures.push(format!("{name}\nHelm refused: {expected}\nwe:\n{output}{complaint}"));
                }
            }
            _ => {}
        }
    }
    assert!(failures.is_empty(), "{} of {} cases differ:\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

#[test]
fn addresses_are_not_fetched() {
    let folder = tempfile::tempdir().unwrap();
    write_charts(folder.path());
    let case = serde_json::json!({"chart": "full", "arguments": ["-f", "https://localhost:1/x.yaml"]});
    let (code, output, complaint) = run(folder.path(), &case);
    assert_eq!((code, output.as_str()), (Some(2), ""));
    assert!(complaint.contains("values are only read from files, not from https://localhost:1/x.yaml"), "{complaint}");
}
