//! `check --stdin-filename PATH -`: a list that an editor has not saved yet, as editors without a language client call it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::io::Write as _;
use std::process::{Command, Stdio};

use workspace::{Run, Workspace};

fn run(workspace: &Workspace, arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mirrorlint"))
        .current_dir(workspace.path(""))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that is refused reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

const CHECK: [&str; 6] = ["check", "--format", "concise", "--stdin-filename", "tools/ecr-images.conf", "-"];

#[test]
fn the_list_is_what_standard_input_says() {
    let workspace = Workspace::with_list("# (from local chart web:1.0.0)\nweb=nginx:2\n").chart("web", &["nginx:2"]);
    let unsaved = "# (from local chart web:1.0.0)\nweb=nginx:1\n";
    let run = self::run(&workspace, &CHECK, unsaved);
    assert_eq!(run.code, 1, "{}", run.text());
    assert!(run.stdout.starts_with("tools/ecr-images.conf:2:11: error[tag-mismatch] "), "{}", run.stdout);
    assert_eq!(workspace.findings(), Vec::<String>::new(), "on disk it is clean");
    let absolute = workspace.path("tools/ecr-images.conf");
    let absolute = absolute.to_str().unwrap();
    let run = self::run(&workspace, &["check", "--format", "concise", "-", "--stdin-filename", absolute], unsaved);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 1), "{}", run.text());
}

#[test]
fn a_list_that_was_never_saved_finds_its_charts() {
    let workspace = Workspace::new().chart("web", &["nginx:2"]);
    let run = self::run(&workspace, &CHECK, "# (from local chart web:1.0.0)\nweb=nginx:1\n");
    assert!(run.code == 1 && run.stdout.contains("error[tag-mismatch]"), "{}", run.text());
    let run = self::run(&workspace, &CHECK, "# (from local chart web:1.0.0)\nweb=nginx:2\n");
    assert_eq!((run.code, run.text()), (0, String::new()));
}

#[test]
fn what_is_no_list_is_not_taken_for_one() {
    let workspace = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]).file("web/values.yaml", "a: 1\n");
    let check = |name: &str| {
        let run =
            self::run(&workspace, &["check", "--format", "concise", "--stdin-filename", name, "-"], "web=nginx:2\n");
        (run.code, run.text())
    };
    for name in ["web/values.yaml", "web/templates/_helpers.tpl"] {
        let (code, text) = check(name);
        assert!(
            code == 2 && text.contains(name) && text.contains(" is no list, by its name: --stdin-filename takes"),
            "{text}"
        );
    }
    let (code, text) = check("images.txt");
    assert!(code == 1 && text.contains("images.txt:1:11: error[tag-mismatch]"), "{text}");
    std::fs::write(workspace.path(".mirrorlint.yaml"), "lists: [{path: images.yaml}]\n").unwrap();
    let (code, text) = check("images.yaml");
    assert!(code == 1 && text.contains("images.yaml:1:11: error[tag-mismatch]"), "{text}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let workspace = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]);
    for (arguments, why) in [
        (vec!["check", "-"], "--stdin-filename says where"),
        (vec!["check", "--stdin-filename", "x"], "is for standard input alone"),
        (vec!["check", "--stdin-filename", "x", "-", "tools"], "is for standard input alone"),
        (vec!["check", "--stdin-filename", "x", "-", "--values", "-"], "cannot hold values, too"),
        (vec!["check", "--stdin-filename", "x", "-", "--fix"], "cannot be used with"),
        (vec!["check", "--stdin-filename", "x", "-", "--diff"], "cannot be used with"),
    ] {
        let run = self::run(&workspace, &arguments, "");
        assert!(run.code == 2 && run.stderr.contains(why), "{arguments:?}: {}", run.text());
    }
}
