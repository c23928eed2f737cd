//! One cause, one finding: the one that helps more is told, and what is not told takes no other away.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::Workspace;

const WEB: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";

/// `LINE RULE` of each finding.
fn told(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let row = |row: String| {
        let (place, rest) = row.split_once(' ').unwrap();
        format!("{} {}", place.split(':').nth(1).unwrap(), rest.split(' ').next().unwrap())
    };
    workspace.findings_with(arguments).into_iter().map(row).collect()
}

fn listed(rest: &str) -> Workspace {
    Workspace::with_list(&format!("{WEB}{rest}")).chart("web", &["nginx:1"])
}

#[test]
fn of_two_entries_of_one_name_the_one_to_delete_is_named_once() {
    let two = listed("# Old (from local chart web:1.0.0)\nweb=redis:6\n");
    assert_eq!(told(&two, &[]), ["4 duplicate-entry"]);
    let one = two.run(&["check", "--format", "concise"]).stdout;
    assert!(one.contains("Delete redis:6, which no chart deploys"), "{one}");
    // Nobody is told of the one that stood for it.
    for arguments in [["--ignore", "duplicate-entry"], ["--select", "stale-entry"]] {
        assert_eq!(told(&two, &arguments), ["4 stale-entry"], "{arguments:?}");
    }
    let off = listed("# Old (from local chart web:1.0.0)\nweb=redis:6\n")
        .file(".mirrorlint.yaml", "rules: {duplicate-entry: off}\n");
    assert_eq!(told(&off, &[]), ["4 stale-entry"]);
    // What is worse is not left out for what is less bad.
    let less = two.file(".mirrorlint.yaml", "rules: {duplicate-entry: info, stale-entry: error}\n");
    assert_eq!(told(&less, &[]), ["4 duplicate-entry", "4 stale-entry"]);
}

#[test]
fn a_doubled_name_is_always_told() {
    let three =
        listed("# Old (from local chart web:1.0.0)\nweb=redis:6\n# Older (from local chart web:1.0.0)\nweb=redis:5\n");
    assert_eq!(told(&three, &[]), ["4 duplicate-entry", "6 duplicate-entry"]);
    assert_eq!(told(&three, &["--select", "duplicate-entry"]), ["4 duplicate-entry", "6 duplicate-entry"]);
    assert_eq!(three.run(&["check", "--fail-on", "error"]).code, 1);
    let gone = Workspace::with_list("web=redis:6\nweb=redis:5\n").chart("web", &[]);
    assert_eq!(told(&gone, &["--fail-on", "error", "--select", "duplicate-entry"]), ["2 duplicate-entry"]);
    assert_eq!(
        told(&gone, &["--ignore", "undocumented-source"]),
        ["1 stale-entry", "2 duplicate-entry", "2 stale-entry"]
    );
}

#[test]
fn nobody_is_told_to_delete_what_is_meant_to_stay() {
    let old = "# Old (from local chart web:1.0.0)\nweb=redis:6\n";
    let here = listed(&format!("# mirrorlint: allow stale-entry: for the old cluster\n{old}"));
    let elsewhere = listed(old)
        .file(".mirrorlint.yaml", "allow: [{rule: stale-entry, path: tools, reason: for the old cluster}]\n");
    for workspace in [here, elsewhere] {
        let printed = workspace.run(&["check", "--format", "concise"]).stdout;
        assert!(printed.contains("go to one repository. Rename one\n") && !printed.contains("Delete"), "{printed}");
    }
}

#[test]
fn what_no_chart_deploys_needs_no_tag_unless_nobody_is_told() {
    let floating = listed("# Old (from local chart web:1.0.0)\nold=redis:latest\n");
    assert_eq!(told(&floating, &[]), ["4 stale-entry"]);
    assert_eq!(told(&floating, &["--ignore", "stale-entry"]), ["4 floating-tag"]);
    assert_eq!(told(&floating, &["--select", "floating-tag"]), ["4 floating-tag"]);
}

fn chart(name: &str, dependency: &str, image: &str) -> Workspace {
    let dependencies = match dependency {
        "" => String::new(),
        name => format!("dependencies:\n  - {{name: {name}, version: 1.0.0, repository: 'https://charts.example'}}\n"),
    };
    Workspace::with_list("# Web (from web:1.0.0)\nweb=nginx:1\n")
        .file(&format!("{name}/Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n{dependencies}"))
        .file(&format!("{name}/templates/pod.yaml"), workspace::pod(name, &[image]))
}

fn rules_of(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let rows = workspace.findings_with(arguments).into_iter();
    rows.map(|row| row.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn a_broken_chart_is_told_beside_the_missing_one_of_another() {
    let list =
        "# Web (from local chart web:1.0.0)\nweb=nginx:1\n# Other (from local chart other:1.0.0)\nother=redis:1\n";
    let broken = chart("web", "", "{{ include `web.lables` . }}")
        .file("tools/ecr-images.conf", list)
        .file(
            "other/Chart.yaml",
            "apiVersion: v2\nname: other\nversion: 1.0.0\ndependencies: [{name: web, version: 2.0.0, repository: 'https://c.example'}]\n",
        )
        .file("other/templates/pod.yaml", workspace::pod("other", &["redis:1"]));
    assert_eq!(rules_of(&broken, &[]), ["unavailable-chart", "unrenderable-chart"]);
    assert_eq!(rules_of(&broken, &["--ignore", "unavailable-chart"]), ["unrenderable-chart"]);
}

#[test]
fn a_chart_that_lacks_another_is_told_of_once() {
    let (missing, both) = (["unavailable-chart"], ["unavailable-chart", "unrenderable-chart"]);
    let found = |dependency: &str, image: &str| rules_of(&chart("web", dependency, image), &[]);
    assert_eq!(found("common", "{{ include `common.image` . }}"), missing);
    assert_eq!(found("common", "{{ .Values.common.image.tag }}"), missing);
    // A name of its own, and one of a library that nobody asks for.
    assert_eq!(found("common", "{{ include `web.image` . }}"), both);
    assert_eq!(found("common", "{{ include `commons.image` . }}"), both);
    assert_eq!(found("common", "{{ .Values.image.image.tag }}"), both);
    let lacking = chart("web", "common", "{{ include `common.image` . }}");
    assert_eq!(rules_of(&lacking, &["--ignore", "unavailable-chart"]), ["unrenderable-chart"]);
    let allowed = lacking.file(".mirrorlint.yaml", "allow: [{rule: unavailable-chart, reason: not here}]\n");
    assert_eq!(rules_of(&allowed, &[]), ["unrenderable-chart"]);
}
