//! What `check` and `explain` print: formats, statistics, quiet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, fixture, run};

fn right() -> Workspace {
    Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n").chart("web", &["nginx:1.27.1"])
}

#[test]
fn concise_is_a_line_for_each_finding() {
    let run = run(&fixture("hyperpod"), &["check", "--format", "concise", "--ignore", "ambiguous-subchart"], &[]);
    insta::assert_snapshot!(run.stdout, @r"
    tools/ecr-images.conf:7:61: error[wrong-source] the note says aws-efa-k8s-device-plugin:0.5.10, but aws-efa-k8s-device-plugin:0.5.20 deploys the image
    tools/ecr-images.conf:10:102: error[tag-mismatch] `aws-efa-k8s-device-plugin` lists v0.5.6, but aws-efa-k8s-device-plugin:0.5.20 deploys v0.5.13
    tools/ecr-images.conf:16:112: error[tag-mismatch] `hyperpod-health-monitoring-agent` lists 1.0.819.0_1.0.267.0, but health-monitoring-agent:0.1.0 deploys 1.0.1892.0_1.0.424.0
    tools/ecr-images.conf:28:3: warning[undocumented-source] `kubeflow-training-operator` does not say where its image comes from; training-operators:0.1.0 deploys it. Write `(from local chart training-operators:0.1.0)`
    tools/ecr-images.conf:42:1: error[missing-entry] neuron-device-plugin:v0.1.0 deploys public.ecr.aws/neuron/neuron-device-plugin:2.19.16.0 (DaemonSet neuron-device-plugin-daemonset, container neuron-device-plugin), which is not listed
    ");
    assert_eq!(run.code, 1);
    let clean = right().run(&["check", "--format", "concise"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""));
}

#[test]
fn statistics_count_by_rule() {
    let run = |arguments: &[&str]| run(&fixture("hyperpod"), &[&["check", "--statistics"], arguments].concat(), &[]);
    insta::assert_snapshot!(run(&["--quiet"]).stdout, @r"
        2  error    tag-mismatch         2 with a suggested fix
        1  error    ambiguous-subchart
        1  error    missing-entry        1 with a suggested fix
        1  warning  undocumented-source  1 with a suggested fix
        1  error    wrong-source         1 with a suggested fix
    ");
    assert!(run(&[]).stdout.ends_with("5 errors, 1 warning; 5 with a suggested fix\n"));
    assert_eq!(run(&["--format", "concise"]).stdout, run(&["--quiet"]).stdout);
    assert_eq!(run(&["--format", "json"]).code, 2);
    assert_eq!(right().run(&["check", "--statistics", "--quiet"]).stdout, "");
}

#[test]
fn quiet_leaves_the_closing_lines_out() {
    let arguments = ["check", "--color", "never", "--select", "undocumented-source"];
    let full = run(&fixture("hyperpod"), &arguments, &[]);
    let quiet = run(&fixture("hyperpod"), &[&arguments[..], &["--quiet"]].concat(), &[]);
    assert!(full.stdout.starts_with(&quiet.stdout));
    assert!(quiet.stdout.contains("undocumented-source") && !quiet.stdout.contains("held against"));
    assert_eq!(quiet.code, full.code);
    assert_eq!(right().run(&["check", "-q"]).stdout, "");
}

#[test]
fn a_page_is_rendered_for_the_terminal() {
    let plain = right().run(&["explain", "unterminated-last-line"]).stdout;
    assert!(plain.starts_with("unterminated-last-line\n\nWhat it finds\n\nA last line that is an entry"), "{plain}");
    assert!(plain.contains("\n  tools/ecr-images.conf, fixed:\n    # Web server"), "{plain}");
    assert!(!plain.contains("```") && !plain.contains('\u{1b}'));
    let filled = plain.lines().filter(|line| !line.starts_with("    "));
    assert!(filled.into_iter().all(|line| line.chars().count() <= 100), "{plain}");
    let coloured = right().run(&["explain", "unterminated-last-line", "--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}["));
}

#[test]
fn a_page_has_fields_for_programs() {
    let json = right().run(&["explain", "tag-mismatch", "--format", "json"]).stdout;
    let page: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(page["id"], "tag-mismatch");
    assert_eq!((&page["severity"], &page["fix"]), (&"error".into(), &"safe".into()));
    assert!(page["url"].as_str().unwrap().ends_with("/rules/tag-mismatch.md"));
    let titles: Vec<_> =
        page["sections"].as_array().unwrap().iter().map(|part| part["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["What it finds", "Why it matters", "How to fix", "Examples"]);
    assert!(page["sections"][0]["text"].as_str().unwrap().starts_with("An entry whose repository"));
}
