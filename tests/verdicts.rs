//! What is said of an entry when not all is known of the charts, and what counts as one image.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, pod};

/// `RULE IMAGE` of each finding in the list; `RULE` of the others.
fn told(workspace: &Workspace) -> Vec<String> {
    told_with(workspace, &[])
}

fn told_with(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let run = workspace.run(&[&["check", "--format", "json"], arguments].concat());
    assert!(run.code < 2, "could not run:\n{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let row = |finding: &serde_json::Value| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let about = if finding["entry"].is_null() { text("expected") } else { text("entry") };
        format!("{} {about}", text("rule")).trim().to_owned()
    };
    report["findings"].as_array().unwrap().iter().map(row).collect()
}

/// A chart that asks for `ext` 1.0.0, which is not on disk.
fn umbrella(list: &str, images: &[&str]) -> Workspace {
    let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n\
                    - {name: ext, version: 1.0.0, repository: 'https://example.org/eks'}\n";
    Workspace::with_list(list).chart("app", images).file("app/Chart.yaml", metadata)
}

const APP: &str = "# App (from local chart app:1.0.0)\napp=quay.io/a/app:1\n\n";

#[test]
fn entries_of_a_chart_that_is_not_on_disk_are_left_alone() {
    let list = format!("{APP}# busybox for external (from eks/ext:1.0.0)\nbusybox=busybox:1.36\n");
    let wanted = ["missing-entry busybox:1.37", "unavailable-chart"];
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1", "busybox:1.37"])), wanted);
    let list = format!("{APP}# Controller (from eks/ext:1.0.0)\ncontroller=public.ecr.aws/ext/controller:v1\n");
    let wanted = ["missing-entry quay.io/other/controller:v9", "unavailable-chart"];
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1", "quay.io/other/controller:v9"])), wanted);
    // What is deployed as it is listed is right, and the note may be.
    let list = format!("{APP}# Controller (from eks/ext:1.0.0)\ncontroller=quay.io/other/controller:v9\n");
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1", "quay.io/other/controller:v9"])), ["unavailable-chart"]);
}

#[test]
fn entries_of_a_chart_that_cannot_be_rendered_are_left_alone() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n# Exporter (from local chart web:1.0.0)\nexporter=quay.io/a/exporter:1\n";
    let values = "metrics: {image: {repository: quay.io/a/exporter, tag: '1'}}\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &["nginx:1"])
        .file("web/values.yaml", values)
        .file("web/templates/exporter.yaml", pod("exporter", &["quay.io/a/exporter:{{ .Values.nothing.here.tag }}"]));
    assert_eq!(told(&workspace), ["unrenderable-chart"]);
}

#[test]
fn an_image_without_its_tag_keeps_its_entry() {
    let other = ["quay.io/a/other:5", "quay.io/a/app:"];
    let wanted = ["missing-entry quay.io/a/other:5", "invalid-image-reference"];
    assert_eq!(told(&Workspace::with_list(APP).chart("app", &other)), wanted);
}

#[test]
fn entries_of_a_chart_above_one_that_is_not_on_disk_are_not_stale() {
    let list = format!("{APP}# Agent (from local chart app:1.0.0)\nagent=quay.io/ext/agent:1\n");
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:1"])), ["unavailable-chart"]);
    // What the chart deploys itself is judged all the same.
    assert_eq!(told(&umbrella(&list, &["quay.io/a/app:2"])), ["tag-mismatch app", "unavailable-chart"]);
}
