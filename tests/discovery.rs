//! What the linter decides without configuration, and that it says so: workspace, lists, charts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, run};

const LIST: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";

/// The closing lines of `check`, and nothing else of it.
fn closing(workspace: &Workspace, arguments: &[&str]) -> String {
    let run = workspace.run(&[&["check", "--exit-zero"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let start = run.stdout.find(" held against ").unwrap_or_else(|| panic!("{}", run.stdout));
    run.stdout[start..].to_owned()
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "no `{part}` in:\n{text}");
}

fn lacks(text: &str, part: &str) {
    assert!(!text.contains(part), "`{part}` in:\n{text}");
}

#[test]
fn the_only_root_chart_is_taken() {
    let workspace = Workspace::with_list(LIST).chart("charts/web", &["nginx:1"]);
    let lines = closing(&workspace, &[]);
    has(&lines, "web:1.0.0 (charts/web)");
    has(&lines, "charts: the root chart that holds the charts which the source notes name");
    let silent = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]);
    has(&closing(&silent, &[]), "charts: the only root chart; no source note names a chart in it");
}

#[test]
fn of_several_root_charts_those_count_that_the_notes_name() {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    let lines = closing(&workspace, &[]);
    has(&lines, "other was passed over: no source note names a chart in it");
    lacks(&lines, "other:1.0.0");
    let both = format!("{LIST}\n# Redis (from local chart other:1.0.0)\nredis=redis:7\n");
    let workspace = Workspace::with_list(&both).chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    has(&closing(&workspace, &[]), "charts: the root charts that hold charts which the source notes name");
    let silent = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    has(&closing(&silent, &[]), "charts: all root charts, as no source note names a chart in one");
    has(&closing(&silent, &["--chart", "other"]), "charts: as --chart says");
}

#[test]
fn without_charts_it_does_not_run() {
    let run = Workspace::with_list(LIST).run(&["check"]);
    assert_eq!(run.code, 2);
    has(&run.stderr, "no Helm chart below");
}

#[test]
fn charts_in_a_submodule_are_found() {
    let workspace = Workspace::with_list(LIST)
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("cli/.git", "gitdir: ../.git/modules/cli\n")
        .chart("cli/web", &["nginx:1"]);
    has(&closing(&workspace, &[]), "web:1.0.0 (cli/web)");
    has(&closing(&workspace, &["tools/ecr-images.conf"]), "web:1.0.0 (cli/web)");
}

#[test]
fn a_list_in_a_submodule_looks_around_it_too() {
    let workspace = Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("mirror/.git", "gitdir: ../.git/modules/mirror\n")
        .file("mirror/tools/ecr-images.conf", LIST)
        .chart("web", &["nginx:1"]);
    has(&closing(&workspace, &["mirror/tools/ecr-images.conf"]), "web:1.0.0 (web)");
    // In a repository of its own it stays there.
    let own = Workspace::new()
        .file("mirror/.git/HEAD", "ref: refs/heads/main\n")
        .file("mirror/tools/ecr-images.conf", LIST)
        .chart("web", &["nginx:1"]);
    assert_eq!(own.run(&["check", "mirror/tools/ecr-images.conf"]).code, 2);
}

#[test]
fn a_work_tree_is_a_top_and_other_work_trees_inside_are_left_out() {
    let workspace = Workspace::with_list(LIST)
        .file(".git", "gitdir: /elsewhere/.git/worktrees/here\n")
        .chart("web", &["nginx:1"])
        .file("copies/old/.git", "gitdir: /elsewhere/.git/worktrees/old\n")
        .chart("copies/old/web", &["nginx:0"])
        .file("copies/old/tools/ecr-images.conf", "web=nginx:0\n");
    let lines = closing(&workspace, &[]);
    has(&lines, "web:1.0.0 (web)");
    lacks(&lines, "copies");
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(&closing(&workspace, &["tools/ecr-images.conf"]), "web:1.0.0 (web)");
}

#[test]
fn a_submodule_that_is_not_checked_out_makes_nothing_stale() {
    let list = format!("{LIST}\n# Agent (from local chart agent:1.0.0)\nagent=quay.io/acme/agent:1\n");
    let modules = "[submodule \"cli\"]\n\tpath = cli\n\turl = https://example.org/cli\n";
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).file(".gitmodules", modules);
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(
        &closing(&workspace, &[]),
        "no chart called agent is there; it may lie in a submodule that is not checked out (cli)",
    );
    // Checked out, it holds no such chart: then the entry is stale.
    let workspace = workspace.file("cli/README.md", "");
    assert!(workspace.findings()[0].contains("stale-entry"));
}

#[test]
fn a_vendored_copy_is_no_root_chart() {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1"]).chart("vendor/acme/web", &["nginx:0"]);
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(&closing(&workspace, &[]), "vendor/acme/web was passed over: it is a vendored copy of web");
    let only = Workspace::with_list(LIST).chart("vendor/acme/web", &["nginx:1"]);
    has(&closing(&only, &[]), "web:1.0.0 (vendor/acme/web)");
}

#[test]
fn settings_are_shown_with_their_reasons() {
    let configuration = "rules: {stale-entry: error}\n";
    let workspace =
        Workspace::with_list("old=redis:1\n").chart("web", &["nginx:1"]).file(".mirrorlint.yaml", configuration);
    let shown = workspace.run(&["check", "--show-settings", "--region", "eu-west-1"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    for part in [
        "workspace: .\n  the folder that was asked for\n",
        "configuration: ./.mirrorlint.yaml\n  stale-entry: error\n",
        "list: tools/ecr-images.conf\n",
        "  chart web:1.0.0 (web)\n",
        "  scenario eu-west-1: empty `region` values are eu-west-1, release release-name, namespace default, Kubernetes v1.31.0\n",
        "  charts: the only root chart; no source note names a chart in it\n",
    ] {
        has(&shown.stdout, part);
    }
    let shown = workspace.run(&["check", "--show-settings", "--isolated", "tools/ecr-images.conf"]).stdout;
    has(&shown, "configuration: none, as --isolated says\n");
    has(&shown, "  the nearest folder above the list that holds charts\n");
    assert_eq!(workspace.run(&["check", "--show-settings", "--chart", "nowhere"]).code, 2);
}

#[test]
fn settings_of_another_folder_name_that_folder() {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1"]);
    let folder = workspace.path("");
    let shown = run(&std::env::temp_dir(), &["check", "--show-settings", folder.to_str().unwrap()], &[]).stdout;
    has(&shown, &format!("workspace: {}", folder.display()));
}
