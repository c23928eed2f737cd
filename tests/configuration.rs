//! `.mirrorlint.yaml` as the command line meets it: which list it speaks of, what it sets, what it says of slips.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::Workspace;

const LIST: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n";

/// A chart whose image's tag is the value `tag`.
fn tagged(configuration: &str) -> Workspace {
    Workspace::with_list(LIST)
        .chart("web", &["nginx:{{ .Values.tag | default `1.28.0` }}"])
        .file("web/values.yaml", "tag: ''\n")
        .file("deploy/.mirrorlint.yaml", configuration)
}

#[test]
fn a_list_is_known_by_whatever_path() {
    let configuration = "lists: [{path: PATH, charts: [{path: ../web, set: {tag: 1.27.1}}]}]\n";
    let check = |configured: &str, asked: &str| {
        let workspace = tagged(&configuration.replace("PATH", configured));
        workspace.findings_with(&["--config", "deploy/.mirrorlint.yaml", asked])
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(check("../tools/ecr-images.conf", "tools/ecr-images.conf"), none);
    assert_eq!(check("../deploy/../tools/./ecr-images.conf", "deploy/../tools/ecr-images.conf"), none);
    assert_eq!(check("../tools/ecr-images.conf", "."), none);
    assert_eq!(check("../tools/other.conf", "tools/ecr-images.conf").len(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_list_is_that_list() {
    let configuration = "lists: [{path: link.conf, charts: [{path: ../web, set: {tag: 1.27.1}}]}]\n";
    let workspace = tagged(configuration);
    std::os::unix::fs::symlink("../tools/ecr-images.conf", workspace.path("deploy/link.conf")).unwrap();
    let arguments = ["--config", "deploy/.mirrorlint.yaml", "tools/ecr-images.conf"];
    assert_eq!(workspace.findings_with(&arguments), Vec::<String>::new());
}

#[test]
fn an_allowed_path_may_climb() {
    let configuration = "allow: [{rule: unrenderable-chart, path: ../web/../web/templates, reason: a sketch}]\n";
    let workspace = tagged(configuration).file("web/templates/broken.yaml", "{{ fail `no` }}");
    let found = workspace.findings_with(&["--config", "deploy/.mirrorlint.yaml"]);
    assert!(!found.iter().any(|row| row.contains("unrenderable-chart")), "{found:?}");
}

#[test]
fn a_version_that_is_set_keeps_its_last_zero() {
    let configuration = "lists: [{path: ../tools/ecr-images.conf, charts: [{path: ../web, set: {tag: 1.10}}]}]\n";
    let found = tagged(configuration).findings_with(&["--config", "deploy/.mirrorlint.yaml"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("deploys 1.10"), "{found:?}");
}

#[test]
fn two_scenarios_of_one_name_are_refused_with_the_place() {
    let scenarios = "[{name: a, set: {tag: '1'}}, {name: a, set: {tag: '2'}}]";
    let list =
        format!("lists: [{{path: ../tools/ecr-images.conf, charts: [{{path: ../web, scenarios: {scenarios}}}]}}]");
    let run = tagged(&list).run(&["check", "--config", "deploy/.mirrorlint.yaml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("another scenario of this chart is called `a`"), "{}", run.stderr);
    assert!(run.stderr.contains("deploy/.mirrorlint.yaml:1:"), "{}", run.stderr);
}

#[test]
fn unknown_rules_are_told_with_the_nearest() {
    for flag in ["--select", "--ignore"] {
        for (name, hint) in [
            ("TAG-MISMATCH", "did you mean `tag-mismatch`?"),
            ("stale_entry", "did you mean `stale-entry`?"),
            ("everything", "`mirrorlint rules` lists them all"),
        ] {
            let run = Workspace::new().run(&["check", flag, name]);
            assert_eq!(run.code, 2);
            assert!(run.stderr.contains(hint), "{flag} {name}: {}", run.stderr);
        }
    }
}
