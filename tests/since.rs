//! `check --since REV` in real repositories of git: what the change touched or caused, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::path::Path;
use std::process::Command;

use workspace::{Run, Workspace, contents, pod, run};

/// Runs git without anybody's own configuration.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"])
        .args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for name in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{name}_NAME"), "somebody").env(format!("GIT_{name}_EMAIL"), "somebody@example.org");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "change", "--allow-empty"]);
}

impl Workspace {
    /// The workspace as the first commit of a repository.
    fn committed(self) -> Self {
        git(&self.path(""), &["init", "--quiet", "--initial-branch", "main"]);
        commit(&self.path(""));
        self
    }
}

const OLD: &str = "# Old (from local chart web:1.0.0)\nold=example.org/old:1\n";

/// A list with a finding that has been there for long, and an entry that is right.
fn start() -> Workspace {
    Workspace::with_list(&format!("{OLD}\n# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n"))
        .chart("web", &["nginx:1.27.1"])
        .committed()
}

fn since(workspace: &Workspace, arguments: &[&str]) -> Run {
    workspace.run(&[&["check", "--format", "concise", "--since"], arguments].concat())
}

/// The rules of a concise report.
fn rules(run: &Run) -> Vec<&str> {
    assert!(run.code < 2, "{}", run.text());
    run.stdout.lines().map(|line| line.split(['[', ']']).nth(1).unwrap()).collect()
}

#[test]
fn what_was_there_before_is_left_out_and_counted() {
    let workspace = start();
    assert_eq!(rules(&workspace.run(&["check", "--format", "concise"])), ["stale-entry"]);
    let run = since(&workspace, &["HEAD"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    // Lines that only move are not touched.
    let list = workspace.read("tools/ecr-images.conf");
    let workspace = workspace.file("tools/ecr-images.conf", format!("# On top\n\n{list}new=example.org/new:1\n"));
    let run = since(&workspace, &["HEAD"]);
    assert_eq!((run.code, rules(&run)), (1, vec!["stale-entry"]));
    assert!(run.stdout.lines().all(|line| line.contains("new")), "{}", run.stdout);
    let human = workspace.run(&["check", "--since", "HEAD"]).stdout;
    assert!(human.ends_with("\n1 older finding is left out: what was there at `HEAD` already\n"), "{human}");
    let json = workspace.run(&["check", "--since", "HEAD", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["since"], serde_json::json!({"revision": "HEAD", "left_out": 1}));
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
    // What is not asked for is not counted either.
    let json = workspace.run(&["check", "--since", "HEAD", "--format", "json", "--ignore", "stale-entry"]).stdout;
    assert!(json.contains("\"left_out\":0"), "{json}");
}

#[test]
fn no_findings_of_the_change_do_not_mean_that_all_is_well() {
    let workspace = start();
    let human = workspace.run(&["check", "--since", "HEAD"]).stdout;
    assert!(human.contains("No findings that the change touched or caused: 2 entries for web (default values, Kubernetes 1.31)\n1 older finding"), "{human}");
    let markdown = workspace.run(&["check", "--since", "HEAD", "--format", "markdown"]).stdout;
    assert!(markdown.contains("1 older finding is left out") && markdown.lines().count() == 1, "{markdown}");
    assert!(workspace.run(&["check", "--since", "HEAD", "--format", "sarif"]).stdout.contains("1 older finding"));
    let junit = workspace.run(&["check", "--since", "HEAD", "--format", "junit"]).stdout;
    assert!(junit.contains("<skipped message=\"No findings that the change touched or caused\"/>"), "{junit}");
}

#[test]
fn a_chart_that_makes_an_untouched_entry_wrong_is_told() {
    let workspace = start().file("web/templates/web.yaml", pod("web", &["nginx:1.27.2"]));
    for at in 1..=2 {
        let run = since(&workspace, &["HEAD"]);
        assert_eq!((run.code, rules(&run)), (1, vec!["tag-mismatch"]), "{at}");
        // Committed or not, it is the same change.
        git(&workspace.path(""), &["add", "--all"]);
    }
    commit(&workspace.path(""));
    assert_eq!(rules(&since(&workspace, &["HEAD~1"])), ["tag-mismatch"]);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
    // Wrong before, and now in another way.
    let workspace = workspace.file("web/templates/web.yaml", pod("web", &["nginx:1.27.3"]));
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["tag-mismatch"]);
}

#[test]
fn an_old_finding_on_a_touched_line_is_told() {
    let workspace = Workspace::with_list("# Web\nweb=nginx:1.27.1\n").chart("web", &["nginx:1.27.1"]).committed();
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
    let workspace = workspace.file("tools/ecr-images.conf", "# Web server\nweb=nginx:1.27.1\n");
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["undocumented-source"]);
}

#[test]
fn a_branch_is_held_against_where_it_parted() {
    let workspace = start();
    let folder = workspace.path("");
    git(&folder, &["switch", "--quiet", "--create", "topic"]);
    let workspace = workspace.file("notes.txt", "nothing\n");
    commit(&folder);
    // Meanwhile somebody mended it.
    git(&folder, &["switch", "--quiet", "main"]);
    let workspace = workspace.file("tools/ecr-images.conf", "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n");
    commit(&folder);
    git(&folder, &["switch", "--quiet", "topic"]);
    assert_eq!(rules(&since(&workspace, &["main"])), ["stale-entry"]);
    assert_eq!(rules(&since(&workspace, &["main..."])), Vec::<&str>::new());
}

#[test]
fn repository_and_files_stay_as_they_are_wherever_it_is_run() {
    let workspace = start().file("web/templates/web.yaml", pod("web", &["nginx:1.27.2"])).file("untracked", "x\n");
    let folder = workspace.path("");
    git(&folder, &["add", "web"]);
    let state = || {
        (git(&folder, &["status", "--porcelain"]), contents(&folder.join("tools")), git(&folder, &["ls-files", "-s"]))
    };
    let before = state();
    let expected = since(&workspace, &["HEAD"]).stdout;
    for (place, arguments) in
        [("", &["tools/ecr-images.conf"][..]), ("", &["."]), ("", &["--chart", "web"]), ("web", &[])]
    {
        let arguments = [&["check", "--format", "concise", "--since", "HEAD"], arguments].concat();
        // As in a hook, where git says where it is.
        let index = folder.join(".git/index");
        let environment = [("GIT_DIR", ".git"), ("GIT_INDEX_FILE", index.to_str().unwrap())];
        let run = run(&workspace.path(place), &arguments, &environment);
        assert_eq!(run.code, 1, "{place} {arguments:?}: {}", run.text());
        assert_eq!(run.stdout.replace("../", ""), expected, "{place} {arguments:?}");
    }
    assert_eq!(state(), before);
}

#[test]
fn charts_of_submodules_are_those_of_the_revision() {
    let charts = Workspace::new().chart("web", &["nginx:1.27.1"]).committed();
    let workspace = Workspace::with_list(&format!("{OLD}\n# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n"));
    let (folder, source) = (workspace.path(""), charts.path(""));
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["submodule", "--quiet", "add", source.to_str().unwrap(), "charts"]);
    commit(&folder);
    let run = since(&workspace, &["HEAD"]);
    assert_eq!((run.code, run.text().as_str()), (0, ""));
    let workspace = workspace.file("charts/web/templates/web.yaml", pod("web", &["nginx:1.27.2"]));
    commit(&folder.join("charts"));
    commit(&folder);
    assert_eq!(rules(&since(&workspace, &["HEAD~1"])), ["tag-mismatch"]);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
    // The history of the submodule is cut off.
    std::fs::remove_dir_all(folder.join("charts")).unwrap();
    std::fs::remove_dir_all(folder.join(".git/modules")).unwrap();
    let tip = git(&folder, &["rev-parse", "HEAD:charts"]);
    let workspace = workspace.chart("charts/web", &["nginx:1.27.2"]);
    git(&folder.join("charts"), &["init", "--quiet"]);
    commit(&folder.join("charts"));
    let run = since(&workspace, &["HEAD"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains(&format!("the submodule lacks the commit {}", tip.trim())), "{}", run.stderr);
}

/// A repository with a submodule `vendor`, whose chart is `vendor/web`, and two findings.
fn with_submodule(charts: &Workspace) -> Workspace {
    let workspace = Workspace::with_list(&format!("{OLD}\n# Web (from local chart web:1.0.0)\nweb=nginx:1.27.2\n"));
    let folder = workspace.path("");
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["submodule", "--quiet", "add", charts.path("").to_str().unwrap(), "vendor"]);
    commit(&folder);
    workspace
}

#[test]
fn a_submodule_that_moved_is_the_same() {
    let charts = Workspace::new().chart("web", &["nginx:1.27.1"]).committed();
    let none = |workspace: &Workspace, arguments: &[&str]| {
        let run = since(workspace, arguments);
        assert_eq!((run.code, run.text().as_str()), (0, ""), "{arguments:?}");
    };
    let workspace = with_submodule(&charts);
    git(&workspace.path(""), &["mv", "vendor", "third"]);
    none(&workspace, &["HEAD"]);
    none(&workspace, &["HEAD", "--chart", "third/web"]);
    // Its chart, too, and what that brings is told.
    git(&workspace.path("third"), &["mv", "web", "server"]);
    commit(&workspace.path("third"));
    none(&workspace, &["HEAD", "--chart", "third/server"]);
    commit(&workspace.path(""));
    none(&workspace, &["HEAD~1"]);
    let workspace = workspace.file("third/server/templates/web.yaml", pod("web", &["nginx:1.27.3"]));
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["tag-mismatch"]);
    // It became a folder.
    let workspace = with_submodule(&charts);
    git(&workspace.path(""), &["rm", "--quiet", "vendor"]);
    let workspace = workspace.chart("vendor/web", &["nginx:1.27.1"]);
    git(&workspace.path(""), &["add", "--all"]);
    none(&workspace, &["HEAD"]);
    // Nobody knows any more what it was.
    std::fs::remove_dir_all(workspace.path(".git/modules")).unwrap();
    let run = since(&workspace, &["HEAD"]);
    assert!(
        run.stderr.contains("warning: nothing is known here of the submodule vendor that was at HEAD"),
        "{}",
        run.text()
    );
    assert_eq!(rules(&run).len(), 2);
}

#[test]
fn a_new_failure_is_not_taken_for_an_old_one() {
    let failing = |which: &str| format!("tag: 1.27.1\na: {}\nb: {}\n", which == "a", which == "b");
    let template = "{{ if .Values.a }}{{ fail \"A\" }}{{ end }}\n{{ if .Values.b }}{{ fail \"B\" }}{{ end }}\n";
    let workspace = start()
        .file("web/templates/web.yaml", format!("{template}{}", pod("web", &["nginx:{{ .Values.tag }}"])))
        .file("web/values.yaml", failing("a"));
    commit(&workspace.path(""));
    let workspace = workspace.file("web/values.yaml", failing("b"));
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["unrenderable-chart"]);
    commit(&workspace.path(""));
    // The same one, further down.
    let moved = format!("{{{{/* On top */}}}}\n{}", workspace.read("web/templates/web.yaml"));
    let workspace = workspace.file("web/templates/web.yaml", moved);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());

    let workspace = Workspace::with_list(OLD)
        .chart("web", &["nginx:{{ if .Values.a }}a b{{ else }}c d{{ end }}"])
        .file("web/values.yaml", "a: true\n")
        .committed()
        .file("web/values.yaml", "a: false\n");
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["invalid-image-reference"]);

    // A note that was wrong already is so in another way.
    let workspace = Workspace::with_list("# Web (from local chart web:0.9.0)\nweb=nginx:1.27.1\n")
        .chart("web", &["nginx:1.27.1"])
        .committed();
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
    let workspace = workspace.file("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.1.0\n");
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["wrong-source"]);
}

#[test]
fn what_the_change_made_more_severe_is_told() {
    let workspace = start().file(".mirrorlint.yaml", "rules: {stale-entry: warning}\n");
    commit(&workspace.path(""));
    for (level, told) in [("error", 1), ("warning", 0), ("info", 0)] {
        let configuration = format!("rules: {{stale-entry: {level}}}\n");
        std::fs::write(workspace.path(".mirrorlint.yaml"), configuration).unwrap();
        assert_eq!(rules(&since(&workspace, &["HEAD"])).len(), told, "{level}");
    }
}

#[test]
fn an_old_finding_is_not_told_for_a_new_one_of_its_kind() {
    let list = format!("{OLD}bad line\n");
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1.27.1"]).committed();
    let workspace = workspace.file("tools/ecr-images.conf", format!("bad line\n{list}"));
    let run = since(&workspace, &["HEAD"]);
    assert_eq!(rules(&run), ["invalid-entry"]);
    assert!(run.stdout.starts_with("tools/ecr-images.conf:1:1:"), "{}", run.stdout);
}

#[test]
fn line_endings_that_git_does_not_count_are_no_change() {
    let workspace = start();
    git(&workspace.path(""), &["config", "core.autocrlf", "true"]);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
    let workspace = start().file(".gitattributes", "* text=auto eol=crlf\n");
    git(&workspace.path(""), &["add", "--all"]);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
}

#[test]
fn charts_outside_of_the_repository_are_what_they_were() {
    let list = format!("{OLD}\n# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n");
    let around = Workspace::new()
        .file("team/repo/tools/ecr-images.conf", &list)
        .chart("team/repo/web", &["nginx:1.27.1"])
        .file(
            "team/repo/web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.0.0, repository: \
             \"file://../../../sub\"}\n",
        )
        .chart("sub", &["redis:7"])
        .chart("team/outer", &["nginx:1.27.3"]);
    let repository = around.path("team/repo");
    git(&repository, &["init", "--quiet"]);
    commit(&repository);
    let check = |arguments: &[&str]| run(&repository, &[&["check", "--format", "concise"], arguments].concat(), &[]);
    assert_eq!(rules(&check(&[])), ["stale-entry", "missing-entry"]);
    let outcome = check(&["--since", "HEAD"]);
    assert_eq!((outcome.code, outcome.text().as_str()), (0, ""));
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: ../outer\n";
    let around = around.file("team/repo/.mirrorlint.yaml", configuration);
    commit(&repository);
    assert!(rules(&check(&[])).contains(&"stale-entry"));
    let outcome = check(&["--since", "HEAD"]);
    assert_eq!((outcome.code, outcome.text().as_str()), (0, ""));
    assert!(around.path("team/outer/Chart.yaml").exists() && around.path("sub/Chart.yaml").exists());
}

#[test]
fn a_chart_that_was_not_there_then_is_named() {
    let umbrella = |version: &str| {
        format!(
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {{name: sub, version: {version}, repository: \
             \"https://charts.example.org\"}}\n"
        )
    };
    let workspace = start().file("web/Chart.yaml", umbrella("1.0.0"));
    commit(&workspace.path(""));
    let run = since(&workspace, &["HEAD"]);
    assert!(rules(&run).is_empty() && run.stderr.is_empty(), "{}", run.text());
    let workspace = workspace.file("web/Chart.yaml", umbrella("1.0.1")).chart("web/charts/sub", &["redis:7"]);
    let workspace = workspace.file("web/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.1\n");
    let run = since(&workspace, &["HEAD"]);
    assert!(run.stderr.contains("warning: sub:1.0.0 of HEAD is not on this machine"), "{}", run.stderr);
    assert!(run.stderr.contains("run `mirrorlint fetch` on HEAD, too"), "{}", run.stderr);
    assert!(
        since(&workspace, &["HEAD", "--ignore", "unavailable-chart"]).stderr.contains("warning: sub:1.0.0 of HEAD")
    );
    // It is not there now either.
    std::fs::remove_dir_all(workspace.path("web/charts")).unwrap();
    let run = since(&workspace, &["HEAD"]);
    assert_eq!((rules(&run), run.stderr.as_str()), (vec!["unavailable-chart"], ""));
}

#[cfg(unix)]
#[test]
fn no_hook_of_the_repository_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let hook = "#!/bin/sh\necho ran >> ran\n";
    let workspace = start();
    for name in ["post-index-change", "post-checkout", "fsmonitor"] {
        let path = workspace.path(".git/hooks").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, hook).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    git(&workspace.path(""), &["config", "core.fsmonitor", ".git/hooks/fsmonitor"]);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), Vec::<&str>::new());
    assert!(!workspace.path("ran").exists() && !workspace.path(".git/ran").exists());
}

#[test]
fn a_revision_that_cannot_be_read_is_refused() {
    let workspace = start();
    let folder = workspace.path("");
    let refused = |folder: &Path, name: &str, environment: &[(&str, &str)], part: &str| {
        let run = run(folder, &["check", "--since", name], environment);
        let text = run.stderr.split(['\n', '│']).map(str::trim).collect::<Vec<_>>().join(" ");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}: {}", run.stderr);
        assert!(text.contains(part), "{name}: {}", run.stderr);
    };
    refused(&folder, "nowhere", &[], "--since nowhere: there is no such commit here");
    refused(&folder, "--help", &[], "");
    refused(&folder, "HEAD:tools", &[], "there is no such commit here");
    refused(&folder, "HEAD", &[("PATH", "/nowhere")], "--since needs git, which cannot be run");
    let outside = Workspace::with_list("web=nginx:1.27.1\n").chart("web", &["nginx:1.27.1"]);
    refused(&outside.path(""), "HEAD", &[], "the workspace lies in no git repository");
    commit(&folder);
    let clone = tempfile::tempdir().unwrap();
    let address = format!("file://{}", folder.display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &address, "shallow"]);
    refused(&clone.path().join("shallow"), "HEAD~1", &[], "The clone is shallow: fetch more of its history");
    let run = workspace.run(&["check", "--since", "HEAD", "--fix"]);
    assert!(run.code == 2 && run.stderr.contains("cannot be used with"), "{}", run.stderr);
}

#[test]
fn what_could_not_be_checked_then_counts_as_new_and_is_told() {
    let workspace =
        Workspace::with_list(OLD).file("other/ecr-images.conf", b"\xff").chart("web", &["nginx:1.27.1"]).committed();
    let workspace =
        workspace.file("other/ecr-images.conf", "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\nx\n");
    let run = since(&workspace, &["HEAD"]);
    assert!(
        run.stderr.contains("warning: not all could be checked as it was at HEAD, so more counts as new"),
        "{}",
        run.stderr
    );
    assert!(rules(&run).contains(&"invalid-entry"), "{}", run.stdout);
    // A workspace that was not there yet is new.
    let workspace = Workspace::new().file("readme", "x").committed();
    let workspace = workspace.file("tools/ecr-images.conf", OLD).chart("web", &["nginx:1.27.1"]);
    let run = since(&workspace, &["HEAD"]);
    assert_eq!((rules(&run), run.stderr.as_str()), (vec!["repository-mismatch"], ""));
}

#[test]
fn what_only_moved_is_no_news() {
    let workspace = start();
    let folder = workspace.path("");
    std::fs::create_dir(workspace.path("images")).unwrap();
    git(&folder, &["mv", "tools/ecr-images.conf", "images/ecr-images.conf"]);
    git(&folder, &["mv", "web", "charts"]);
    for arguments in [&["HEAD"][..], &["HEAD", "images/ecr-images.conf"], &["HEAD", "--chart", "charts"]] {
        let run = since(&workspace, arguments);
        assert_eq!((rules(&run), run.stderr.as_str()), (vec![], ""), "{arguments:?}");
    }
    // What a chart on the move changes is told.
    let workspace = workspace.file("charts/templates/web.yaml", pod("web", &["nginx:1.27.2"]));
    git(&folder, &["add", "--all"]);
    assert_eq!(rules(&since(&workspace, &["HEAD"])), ["tag-mismatch"]);
}

#[test]
fn a_values_file_that_was_not_there_brings_its_own_findings_alone() {
    let workspace = Workspace::with_list(&format!("{OLD}\n# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n"))
        .chart("web", &["nginx:{{ .Values.tag }}"])
        .file("web/values.yaml", "tag: 1.27.1\n")
        .file(".gitignore", "ignored.yaml\n")
        .committed()
        .file("new.yaml", "tag: 1.27.2\n")
        .file("ignored.yaml", "tag: 1.27.2\n");
    assert_eq!(rules(&workspace.run(&["check", "--format", "concise", "--values", "new.yaml"])).len(), 2);
    for values in ["new.yaml", "ignored.yaml"] {
        let run = since(&workspace, &["HEAD", "--values", values]);
        assert_eq!((rules(&run), run.stderr.as_str()), (vec!["tag-mismatch"], ""), "{values}");
    }
    // A chart that was not there is new with all that it brings.
    let workspace = workspace.chart("other", &["nginx:1.27.3"]);
    let run = since(&workspace, &["HEAD", "--chart", "other"]);
    assert!(rules(&run).contains(&"tag-mismatch") && run.stderr.is_empty(), "{}", run.text());
    let run = since(&workspace, &["HEAD", "--chart", "web", "--chart", "other"]);
    assert!(!rules(&run).contains(&"stale-entry"), "{}", run.text());
}

#[test]
fn before_the_first_commit_there_was_nothing() {
    let workspace = Workspace::with_list(OLD).chart("web", &["nginx:1.27.1"]);
    git(&workspace.path(""), &["init", "--quiet"]);
    let run = since(&workspace, &["HEAD"]);
    assert!(run.code == 1 && run.stdout.contains("repository-mismatch"), "{}", run.text());
}
