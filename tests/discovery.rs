//! What the linter decides without configuration, and that it says so: workspace, lists, charts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, run};

const LIST: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";

/// The closing lines of `check`, and nothing else of it.
fn closing(workspace: &Workspace, arguments: &[&str]) -> String {
    let run = workspace.run(&[&["check", "--exit-zero"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let is_first =
        |line: &str| line.starts_with("All right: ") || line.starts_with("No findings") || line.starts_with("tools/");
    let lines: Vec<&str> = run.stdout.lines().collect();
    let start = lines.iter().position(|line| is_first(line)).unwrap_or_else(|| panic!("{}", run.stdout));
    lines[start..].join("\n")
}

/// What was assumed, as those are told who ask.
fn settings(workspace: &Workspace, arguments: &[&str]) -> String {
    let run = workspace.run(&[&["check", "--show-settings"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
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
    let lines = settings(&workspace, &[]);
    has(&lines, "chart web:1.0.0 (charts/web)");
    has(&lines, "charts: the root chart that holds the charts which the source notes name");
    let silent = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]);
    has(&settings(&silent, &[]), "charts: the only root chart; no source note names a chart in it");
}

#[test]
fn of_several_root_charts_those_count_that_the_notes_name() {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    let lines = closing(&workspace, &[]);
    has(&lines, "other was passed over: no source note names a chart in it");
    lacks(&lines, "other:1.0.0");
    let both = format!("{LIST}\n# Redis (from local chart other:1.0.0)\nredis=redis:7\n");
    let workspace = Workspace::with_list(&both).chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    has(&settings(&workspace, &[]), "charts: the root charts that hold charts which the source notes name");
    let silent = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    has(&settings(&silent, &[]), "charts: all root charts, as no source note names a chart in one");
    has(&settings(&silent, &["--chart", "other"]), "charts: as --chart says");
}

/// The list of a team whose umbrella chart deploys `images` by its subchart `web`.
fn team(workspace: Workspace, folder: &str, list: &str, images: &[&str]) -> Workspace {
    let metadata = "apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0}]\n";
    let list = format!("# Web (from local chart web:1.0.0)\n# Repository: nginx\n# Tag: {list}\nnginx=nginx:{list}\n");
    workspace
        .file(&format!("{folder}/tools/ecr-images.conf"), list)
        .file(&format!("{folder}/charts/platform/Chart.yaml"), metadata)
        .chart(&format!("{folder}/charts/platform/charts/web"), images)
}

#[test]
fn of_several_root_charts_that_hold_the_same_the_nearest_counts() {
    let teams = team(Workspace::new(), "a", "1.1", &["nginx:1.1"]);
    let teams = team(team(teams, "b", "1.2", &["nginx:1.2"]), "c", "1.3", &["nginx:1.4"]);
    let told =
        "c/tools/ecr-images.conf:4:13 tag-mismatch `nginx` lists 1.3, but web:1.0.0 deploys 1.4. Set the tag to 1.4";
    assert_eq!(teams.findings(), [told], "each its own, and c's is wrong");
    let lines = settings(&teams, &[]);
    let nearest = "charts: of those that hold the charts which the source notes name, the root chart that no other list lies nearer to";
    assert_eq!(lines.matches(nearest).count(), 3, "{lines}");
    has(&lines, "b/charts/platform and c/charts/platform were passed over: other lists lie nearer to them");
    lacks(&teams.run(&["check"]).stdout, "passed over");
    // By itself each list says the same.
    let alone = settings(&teams, &["b/tools/ecr-images.conf"]);
    has(&alone, "workspace: b\n");
    assert_eq!(alone.matches("chart platform:1.0.0 (charts/platform)").count(), 1, "{alone}");
}

#[test]
fn no_other_lists_chart_stands_for_one_that_cannot_be_loaded() {
    let teams = team(team(Workspace::new(), "a", "1.1", &["nginx:1.1"]), "b", "1.2", &["nginx:1.2"]);
    let broken = teams.file("a/charts/platform/values.yaml", "image: [");
    let told = broken.findings();
    assert!(told.len() == 1 && told[0].starts_with("a/charts/platform/values.yaml"), "{told:?}");
    let lines = broken.run(&["check"]).stdout;
    has(&lines, "charts: the nearest one cannot be loaded; so no entry is held against any");
    has(&lines, "b/tools/ecr-images.conf: 1 entry, 1 image of platform:1.0.0");
}

#[test]
fn root_charts_that_lie_as_near_all_count() {
    let list = "# Web (from local chart web:1.0.0)\n# Repository: nginx\n# Tag: 1.1\nnginx=nginx:1.1\n";
    let root = |workspace: Workspace, folder: &str, image: &str| {
        let metadata = "apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0}]\n";
        let workspace = workspace.file(&format!("{folder}/Chart.yaml"), metadata);
        workspace.chart(&format!("{folder}/charts/web"), &[image])
    };
    let both = root(root(Workspace::with_list(list), "dev", "nginx:1.1"), "prod/deep", "nginx:1.2");
    let told = both.findings();
    assert!(told.len() == 1 && told[0].contains("missing-entry") && told[0].contains("nginx:1.2"), "{told:?}");
    has(&settings(&both, &[]), "charts: the root charts that hold charts which the source notes name");
    // Of charts of one name it is told where they lie, and why both count.
    let lines = closing(&both, &[]);
    has(&lines, "1 entry for platform (dev), platform (prod/deep) (default values, Kubernetes");
    has(&lines, "  charts: the root charts that hold charts which the source notes name");
    // The folder above `tools/` speaks for all below it; one below it lies as near as one beside it.
    let inside = root(root(Workspace::with_list(list), "tools/chart", "nginx:1.1"), "prod", "nginx:1.2");
    assert_eq!(inside.findings().len(), 1);
}

#[test]
fn a_farther_root_chart_counts_until_another_list_has_it() {
    let old =
        |image: &str| format!("# Redis (from local chart web:1.0.0)\n# Repository: redis\n# Tag: 7\nredis={image}\n");
    let near = team(Workspace::new(), "a", "1.1", &["nginx:1.1"]);
    let text = near.read("a/tools/ecr-images.conf") + "\n" + &old("redis:7");
    let near = near.file("a/tools/ecr-images.conf", &text);
    let metadata = "apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0}]\n";
    let alone = near.file("z/platform/Chart.yaml", metadata).chart("z/platform/charts/web", &["redis:7", "busybox:1"]);
    let told = alone.findings();
    assert!(told.len() == 1 && told[0].contains("missing-entry") && told[0].contains("busybox:1"), "{told:?}");
    // A list that lies nearer to it, and is held against others, takes it from nobody.
    let beside = alone.file("z/web/Chart.yaml", "apiVersion: v2\nname: other\nversion: 1.0.0\n");
    let beside = beside.file("z/tools/ecr-images.conf", "# Other (from local chart other:1.0.0)\nother=other:1\n");
    let told = beside.findings();
    assert!(told.iter().any(|told| told.contains("missing-entry") && told.contains("busybox:1")), "{told:?}");
    assert!(told.iter().all(|told| !told.contains("redis")), "{told:?}");
    // One that is held against it has it.
    let both = beside.file("z/tools/ecr-images.conf", old("redis:7") + "\nbusybox=busybox:1\n");
    let told = both.findings();
    let stale: Vec<&String> = told.iter().filter(|told| told.contains("stale-entry")).collect();
    assert!(stale.len() == 1 && stale[0].starts_with("a/tools/ecr-images.conf:9"), "{told:?}");
}

#[test]
fn a_chart_that_all_lists_lie_as_far_from_is_everybodys() {
    let shared = team(team(Workspace::new(), "ta", "1.1", &["nginx:1.1"]), "tb", "1.2", &["nginx:1.2"]);
    let metadata = "apiVersion: v2\nname: base\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0}]\n";
    let shared = shared.file("shared/base/Chart.yaml", metadata).chart("shared/base/charts/web", &["base:1"]);
    let told = shared.findings();
    let missing = |list: &str| told.iter().any(|told| told.starts_with(list) && told.contains("base:1"));
    assert!(told.len() == 2 && missing("ta/tools") && missing("tb/tools"), "{told:?}");
    // Whoever asks for the charts of all, gets all.
    assert_eq!(shared.run(&["images", "--format", "plain"]).stdout.lines().count(), 3);
}

#[test]
fn one_list_is_for_all_charts_that_its_notes_do_not_tell_apart() {
    let workspace = Workspace::new()
        .chart("ops/one", &["aa:1"])
        .chart("apps/two", &["bb:1"])
        .file("ops/tools/ecr-images.conf", "aa=aa:1\n");
    let told = workspace.findings();
    assert!(told.iter().any(|told| told.contains("missing-entry") && told.contains("bb:1")), "{told:?}");
    std::fs::remove_file(workspace.path("ops/tools/ecr-images.conf")).unwrap();
    let run = workspace.run(&["init", "--output", "ops/tools/ecr-images.conf"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    has(&workspace.read("ops/tools/ecr-images.conf"), "bb=bb:1");
    assert_eq!(workspace.run(&["images", "--format", "plain"]).stdout, "aa:1\nbb:1\n");
}

/// `charts/platform` in `folder` with these subcharts, each of one image, and a list there whose notes name the charts `noted`.
fn umbrella(workspace: Workspace, folder: &str, subcharts: &[&str], list: &str, noted: &[&str]) -> Workspace {
    let entry = |name: &&str| {
        format!("# It (from local chart {name}:1.0.0)\n# Repository: {name}\n# Tag: 1\n{name}={name}:1\n")
    };
    let asked: Vec<String> = subcharts.iter().map(|name| format!("{{name: {name}, version: 1.0.0}}")).collect();
    let metadata = format!("apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies: [{}]\n", asked.join(", "));
    let entries: Vec<String> = noted.iter().map(entry).collect();
    let workspace = workspace.file(&format!("{list}/tools/ecr-images.conf"), entries.join("\n"));
    let workspace = workspace.file(&format!("{folder}/platform/Chart.yaml"), metadata);
    subcharts.iter().fold(workspace, |workspace, name| {
        workspace.chart(&format!("{folder}/platform/charts/{name}"), &[&format!("{name}:1")])
    })
}

#[test]
fn a_note_that_names_a_chart_of_another_team_brings_none_of_it() {
    let teams = umbrella(Workspace::new().file(".git/HEAD", ""), "a", &["web"], "a", &["web", "base"]);
    let teams = umbrella(teams, "b", &["base", "queue"], "b", &["base", "queue"]);
    let list = teams.read("a/tools/ecr-images.conf");
    let list = list
        .replace("base:1.0.0", "base:0.9.0")
        .replace("Repository: base\n# Tag: 1\nbase=base:1", "Repository: base\n# Tag: 0\nbase=base:0");
    let teams = teams.file("a/tools/ecr-images.conf", list);
    let told = teams.findings();
    let expected = "a/tools/ecr-images.conf:9:6 stale-entry no chart deploys base:0, and base:0.9.0 is in no root chart of this list. \
                    Delete `base`, or say why it stays";
    assert_eq!(told, [expected]);
    let why = "base is in b/platform alone, which another list lies nearer to; `--chart` or .mirrorlint.yaml says it otherwise";
    has(&teams.run(&["check"]).stdout, why);
    has(&settings(&teams, &[]), why);
    // In the team's own folder it is the same.
    let own = run(&teams.path("a"), &["check", "--format", "concise"], &[]).stdout;
    has(&own, "tools/ecr-images.conf:9:6: warning[stale-entry] no chart deploys base:0");
    assert_eq!(own.matches("[").count(), 1, "{own}");
    // Nothing of the other team is listed.
    let list = teams.read("a/tools/ecr-images.conf");
    teams.run(&["check", "--fix"]);
    assert_eq!(teams.read("a/tools/ecr-images.conf"), list);
    // Told otherwise, it counts.
    let both = teams.findings_with(&["--chart", "a/platform", "--chart", "b/platform", "a/tools/ecr-images.conf"]);
    let is_missing = both.iter().any(|told| told.contains("missing-entry") && told.contains("queue:1"));
    assert!(is_missing && !both.iter().any(|told| told.contains("stale-entry")), "{both:?}");
}

/// What a root chart deploys that is left to another list.
#[test]
fn another_lists_chart_speaks_for_the_very_image_that_it_deploys() {
    const OWN: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n";
    let with = |list: &str| {
        let workspace =
            Workspace::new().file(".git/HEAD", "").file("prod/tools/ecr-images.conf", format!("{OWN}{list}"));
        let workspace = workspace.chart("prod/web", &["nginx:1"]);
        let shared = "# Monitor (from local chart monitoring:1.0.0)\nmonitor=acme/monitor:2\n";
        let workspace = workspace.file("shared/tools/ecr-images.conf", shared);
        let off = format!("{{{{- if .Values.on }}}}\n{}{{{{- end }}}}\n", workspace::pod("off", &["acme/probe:1"]));
        let workspace = workspace.chart("shared/monitoring", &["acme/monitor:2", "acme/agent:3"]);
        workspace.file("shared/monitoring/values.yaml", "on: false\n").file("shared/monitoring/templates/off.yaml", off)
    };
    let rules = |workspace: &Workspace| -> Vec<String> {
        let found = workspace.findings().into_iter().filter(|found| found.starts_with("prod/"));
        found.map(|found| found.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    };
    let noted = "# Monitor (from local chart monitoring:1.0.0)\n";
    for (list, expected) in [
        (format!("{noted}monitor=acme/monitor:2\n"), vec![]),
        (format!("{noted}agent=acme/agent:3\n"), vec![]),
        (format!("{noted}probe=acme/probe:1\n"), vec!["disabled-source"]),
        (format!("{noted}monitor=acme/monitor:2\n\nagent=acme/agent:3\n"), vec!["undocumented-source"]),
        ("agent=acme/agent:3\n".to_owned(), vec!["undocumented-source"]),
        ("# Agent (from local chart web:1.0.0)\nagent=acme/agent:3\n".to_owned(), vec!["wrong-source"]),
        // Neither another version, nor what nobody deploys, nor all that the other chart deploys.
        (format!("{noted}monitor=acme/monitor:1\n"), vec!["stale-entry"]),
        (format!("{noted}old=acme/old:1\n"), vec!["stale-entry"]),
        (format!("{noted}monitor=acme/monitor:2\n\n{noted}older=acme/monitor:1\n"), vec!["stale-entry"]),
    ] {
        let workspace = with(&list);
        assert_eq!(rules(&workspace), expected, "{list}");
        // In the list's own folder a note is as true.
        if list.starts_with(noted) && !list.contains("\nagent=acme/agent:3") {
            let own = run(&workspace.path("prod"), &["check", "--format", "concise"], &[]).stdout;
            assert_eq!(own.contains("stale-entry"), expected.contains(&"stale-entry"), "{list}: {own}");
        }
        // What the fixes write stays right.
        if !expected.contains(&"stale-entry") {
            workspace.run(&["check", "--fix", "--unsafe-fixes"]);
            let left: Vec<String> = rules(&workspace).into_iter().filter(|rule| rule != "disabled-source").collect();
            assert!(left.is_empty(), "{list}: {left:?}");
            assert!(workspace.read("prod/tools/ecr-images.conf").contains("acme/"), "{list}");
        }
    }
}

/// The same chart in another environment may be behind: it keeps nothing in the list.
#[test]
fn the_chart_of_another_environment_speaks_for_no_entry() {
    let environment = |workspace: Workspace, folder: &str, list: &str, images: &[&str]| {
        workspace.file(&format!("{folder}/tools/ecr-images.conf"), list).chart(&format!("{folder}/web"), images)
    };
    for note in ["# Web (from local chart web:1.0.0)\n", ""] {
        let list = format!("{note}web=nginx:1\n\n{note}agent=acme/agent:3\n");
        let both = environment(Workspace::new(), "prod", &list, &["nginx:1"]);
        let both = environment(both, "stage", &list, &["nginx:1", "acme/agent:3"]);
        let stale: Vec<String> = both.findings().into_iter().filter(|told| told.contains("stale-entry")).collect();
        assert!(stale.len() == 1 && stale[0].starts_with("prod/"), "{note}: {stale:?}");
    }
}

/// The charts of another repository, a folder beside, with a list of its own.
#[test]
fn a_list_beside_the_charts_of_another_repository_keeps_them() {
    let beside = |list: &str| {
        let workspace = umbrella(Workspace::new(), "cli", &["web", "queue"], list, &["web"]);
        umbrella(workspace, "cli", &["web", "queue"], "cli", &["web", "queue"])
    };
    for list in ["mirror", "."] {
        let told = beside(list).findings();
        assert!(
            told.len() == 1 && told[0].contains("missing-entry") && told[0].contains("queue:1"),
            "{list}: {told:?}"
        );
    }
    // So it is with several of them, and with one of its own as far away: none is nearer than the others.
    for own in ["ops", "cli2"] {
        let both = beside("mirror").chart(&format!("{own}/agent"), &["agent:1"]);
        let list = both.read("mirror/tools/ecr-images.conf");
        let both = both.file(
            "mirror/tools/ecr-images.conf",
            format!("{list}\n# Agent (from local chart agent:1.0.0)\nagent=agent:1\n"),
        );
        let told = both.findings();
        assert!(told.len() == 1 && told[0].contains("missing-entry") && told[0].contains("queue:1"), "{own}: {told:?}");
    }
    // A list above the charts of all is no farther from one than from another.
    let above = beside(".").chart("own/agent", &["agent:1"]);
    let list = above.read("tools/ecr-images.conf");
    let above =
        above.file("tools/ecr-images.conf", format!("{list}\n# Agent (from local chart agent:1.0.0)\nagent=agent:1\n"));
    let told = above.findings();
    assert!(told.len() == 1 && told[0].contains("missing-entry") && told[0].contains("queue:1"), "{told:?}");
}

#[test]
fn without_source_notes_the_nearest_count_too() {
    let bare = |workspace: Workspace, folder: &str, tag: &str| {
        let workspace = workspace.file(&format!("{folder}/tools/ecr-images.conf"), format!("nginx=nginx:{tag}\n"));
        workspace.chart(&format!("{folder}/chart"), &[&format!("nginx:{tag}")])
    };
    let teams = bare(bare(Workspace::new(), "a", "1.1"), "b", "1.2");
    let told = teams.findings();
    assert!(told.iter().all(|told| told.contains("undocumented-source")) && told.len() == 2, "{told:?}");
    has(
        &settings(&teams, &[]),
        "charts: the root chart that no other list lies nearer to, as no source note names a chart in one",
    );
}

#[test]
fn a_nearer_root_chart_that_cannot_be_loaded_is_not_passed_over() {
    let teams = team(team(Workspace::new(), "a", "1.1", &["nginx:1.1"]), "b", "1.1", &["nginx:1.1"]);
    let broken = teams.file("b/charts/platform/Chart.yaml", "apiVersion: v2\nname: [\n");
    let told = broken.findings();
    assert!(told.iter().any(|told| told.contains("unrenderable-chart")), "{told:?}");
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
    has(&settings(&workspace, &[]), "chart web:1.0.0 (cli/web)");
    has(&settings(&workspace, &["tools/ecr-images.conf"]), "chart web:1.0.0 (cli/web)");
}

#[test]
fn a_list_in_a_submodule_looks_around_it_too() {
    let workspace = Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("mirror/.git", "gitdir: ../.git/modules/mirror\n")
        .file("mirror/tools/ecr-images.conf", LIST)
        .chart("web", &["nginx:1"]);
    has(&settings(&workspace, &["mirror/tools/ecr-images.conf"]), "chart web:1.0.0 (web)");
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
    let lines = settings(&workspace, &[]);
    has(&lines, "chart web:1.0.0 (web)");
    lacks(&lines, "copies");
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(&settings(&workspace, &["tools/ecr-images.conf"]), "chart web:1.0.0 (web)");
}

/// `git worktree add` and `git submodule update --init` in it name such a folder.
#[test]
fn a_submodule_of_a_linked_work_tree_is_looked_into() {
    let workspace = Workspace::with_list(LIST)
        .file(".git", "gitdir: /elsewhere/.git/worktrees/here\n")
        .file("ext/.git", "gitdir: /elsewhere/.git/worktrees/here/modules/ext\n")
        .chart("ext/web", &["nginx:1"]);
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(&settings(&workspace, &[]), "chart web:1.0.0 (ext/web)");
}

#[test]
fn a_submodule_that_is_not_checked_out_makes_nothing_stale() {
    let list = format!("{LIST}\n# Agent (from local chart agent:1.0.0)\nagent=quay.io/acme/agent:1\n");
    let modules = "[submodule \"cli\"]\n\tpath = cli\n\turl = https://example.org/cli\n";
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).file(".gitmodules", modules);
    let told = "tools/ecr-images.conf:4:9 unavailable-chart no chart called agent is there; it may lie in a submodule that \
                is not checked out (cli): `git submodule update --init`; so nothing can be said of `agent`. Bring it there, or correct the note";
    assert_eq!(workspace.findings(), [told]);
    // Notes that all lead to charts have no need of it.
    let resolved = Workspace::with_list(LIST).chart("web", &["nginx:1"]).file(".gitmodules", modules);
    assert_eq!(resolved.findings(), Vec::<String>::new());
    // Without notes any chart may be meant.
    let bare = Workspace::with_list("web=nginx:1\nagent=quay.io/acme/agent:1\n")
        .chart("web", &["nginx:1"])
        .file(".gitmodules", modules);
    let found = bare.findings_with(&["--select", "stale-entry,unavailable-chart"]);
    assert!(
        found.len() == 1 && found[0].contains("no source note names a chart; the chart may lie in a submodule"),
        "{found:#?}"
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
    let taken = Workspace::with_list(LIST)
        .chart("platform", &[])
        .file(
            "platform/Chart.yaml",
            "apiVersion: v2\nname: platform\nversion: 1.0.0\n\
             dependencies: [{name: web, version: 1.0.0, repository: \"file://../web\"}]\n",
        )
        .chart("web", &["nginx:1"])
        .chart("vendor/acme/web", &["nginx:0"]);
    assert_eq!(taken.findings(), Vec::<String>::new());
    let only = Workspace::with_list(LIST).chart("vendor/acme/web", &["nginx:1"]);
    has(&settings(&only, &[]), "chart web:1.0.0 (vendor/acme/web)");
}

#[test]
fn settings_are_shown_with_their_reasons() {
    let configuration = "rules: {stale-entry: error}\n";
    let workspace =
        Workspace::with_list("old=redis:1\n").chart("web", &["nginx:1"]).file(".mirrorlint.yaml", configuration);
    let shown = workspace.run(&["check", "--show-settings", "--region", "eu-west-1"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    for part in [
        "workspace: .\n  the current folder\n",
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

#[cfg(unix)]
fn link(workspace: &Workspace, target: &str, path: &str) {
    let path = workspace.path(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, path).unwrap();
}

#[cfg(unix)]
#[test]
fn charts_behind_symbolic_links_are_found_once() {
    let outside = Workspace::new().chart("web", &["nginx:1"]);
    let workspace = Workspace::with_list(LIST);
    link(&workspace, outside.path("web").to_str().unwrap(), "deploy/web");
    link(&workspace, outside.path("").to_str().unwrap(), "deploy/all");
    link(&workspace, "..", "deploy/up");
    link(&workspace, ".", "deploy/self");
    link(&workspace, "/", "deploy/everything");
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(&settings(&workspace, &[]), "chart web:1.0.0 (deploy/all/web)");
    // What is in the workspace goes by its own path.
    let inside = Workspace::with_list(LIST).chart("z/web", &["nginx:1"]);
    link(&inside, "z/web", "a");
    has(&settings(&inside, &[]), "chart web:1.0.0 (z/web)\n");
    // A chart that another one takes in by a link is no root.
    let umbrella = Workspace::with_list(LIST).chart("web", &["nginx:1"]).chart("platform", &[]);
    link(&umbrella, "../../web", "platform/charts/web");
    has(&settings(&umbrella, &[]), "chart platform:1.0.0 (platform)\n");
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_makes_nothing_stale() {
    let list = format!("{LIST}\n# Agent (from local chart agent:1.0.0)\nagent=quay.io/acme/agent:1\n");
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]);
    link(&workspace, "../agent/chart", "agent");
    let found = workspace.findings();
    assert!(found.len() == 1 && found[0].contains("unavailable-chart"), "{found:#?}");
    has(&found[0], "it may be behind a symbolic link that leads nowhere (agent)");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let list = format!("{LIST}\n# Agent (from local chart agent:1.0.0)\nagent=quay.io/acme/agent:1\n");
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).chart("agent", &["quay.io/acme/agent:1"]);
    let lock = |mode| std::fs::set_permissions(workspace.path("agent"), std::fs::Permissions::from_mode(mode)).unwrap();
    lock(0o000);
    if std::fs::read_dir(workspace.path("agent")).is_ok() {
        return; // root may read everything
    }
    let run = workspace.run(&["check", "--format", "json"]);
    lock(0o755);
    assert_eq!(run.code, 2);
    has(&run.stderr, "agent: cannot be looked into, so lists and charts in it are not known: Permission denied");
    has(&run.stdout, r#""findings":[]"#);
    has(&run.stdout, r#""path":"agent""#);
}

#[test]
fn folders_that_tools_fill_are_left_out_and_others_of_their_name_are_not() {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n";
    let workspace = Workspace::with_list(LIST)
        .chart("target/web", &["nginx:1"])
        .chart("node_modules/x/web", &["nginx:0"])
        .chart("cache/web", &["nginx:0"])
        .file("cache/CACHEDIR.TAG", tag)
        .chart("java/target/classes/web", &["nginx:0"])
        .file("java/pom.xml", "")
        .chart(".terraform/modules/web", &["nginx:0"]);
    assert_eq!(workspace.findings(), Vec::<String>::new());
    has(&settings(&workspace, &[]), "chart web:1.0.0 (target/web)\n");
    let hidden = Workspace::with_list(LIST).chart(".helm", &["nginx:1"]);
    has(&settings(&hidden, &[]), "chart .helm:1.0.0 (.helm)\n");
    // When a chart is missed, it is said where nobody looked.
    let missed = Workspace::with_list(LIST).chart("other", &["nginx:1"]).chart("node_modules/web", &["nginx:1"]);
    has(&closing(&missed, &[]), "no chart called web is there; these folders were not looked into: node_modules");
}

#[test]
fn what_is_called_as_a_list_and_cannot_be_read_is_told_beside_the_others() {
    let workspace = Workspace::new().chart("web", &["nginx:1"]).file("a/ecr-images.conf", "web=nginx:2\n");
    let alone = workspace.run(&["check", "--format", "json"]);
    assert_eq!(alone.code, 1);
    let workspace = workspace
        .file("tools/ecr-images.conf/keep", "")
        .file("b/ecr-images.conf", b"web=ng\xffinx:1\n")
        .file("c/ecr-images.conf", b"web=nginx:1\n\0");
    let run = workspace.run(&["check", "--format", "json"]);
    assert_eq!(run.code, 2);
    for part in [
        "tools/ecr-images.conf: is a folder; the mirror list must be a file",
        "b/ecr-images.conf:1:7",
        "the list is not UTF-8",
        "c/ecr-images.conf:2:1",
        "it holds a NUL byte",
    ] {
        has(&run.stderr, part);
    }
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let before: serde_json::Value = serde_json::from_str(&alone.stdout).unwrap();
    assert_eq!(report["findings"], before["findings"], "the findings of the good list are all there");
    let errors = report["errors"].as_array().unwrap();
    let place = |error: &serde_json::Value| (error["path"].clone(), error["location"]["start"]["column"].clone());
    let places: Vec<_> = errors.iter().map(place).collect();
    let expected = [("tools/ecr-images.conf", None), ("b/ecr-images.conf", Some(7)), ("c/ecr-images.conf", Some(1))];
    assert_eq!(places, expected.map(|(path, column)| (path.into(), column.into())));
    // People read the findings, too, and are not told that all is well.
    let human = workspace.run(&["check", "--select", "invalid-entry"]);
    assert_eq!(human.code, 2);
    has(&human.stdout, "No findings, but not everything could be checked: 1 entry");
    // The exit code tells it whatever findings count for.
    assert_eq!(workspace.run(&["check", "--exit-zero"]).code, 2);
}

#[test]
fn without_a_path_it_looks_up() {
    let workspace = Workspace::with_list(LIST).chart("charts/web", &["nginx:1"]).file("docs/deep/x.md", "");
    let workspace = workspace.file(".git/HEAD", "ref: refs/heads/main\n");
    let expected = workspace.run(&["check", "--format", "json"]).stdout;
    for folder in ["tools", "docs", "docs/deep", "charts/web/templates"] {
        let found = run(&workspace.path(folder), &["check", "--format", "json"], &[]);
        assert_eq!((found.code, found.stdout.as_str()), (0, expected.as_str()), "{folder}: {}", found.stderr);
    }
    let told = run(&workspace.path("docs"), &["check"], &[]).stdout;
    has(&told, "All right: 1 entry, 1 image of web:1.0.0");
    has(&told, "workspace: .., the nearest folder above the current one that holds a list and charts");
    // A folder of lists looks up for charts, too.
    has(&settings(&workspace, &["tools"]), "chart web:1.0.0 (charts/web)");
    has(&run(&workspace.path("tools"), &["images"], &[]).stdout, "nginx:1\n");
    // Not out of the work tree.
    let inner = workspace.file("inner/.git/HEAD", "ref: refs/heads/main\n").file("inner/x/keep", "");
    let run = run(&inner.path("inner/x"), &["check"], &[]);
    assert_eq!(run.code, 2);
    has(&run.stderr, "holds no `ecr-images.conf`");
}

#[test]
fn a_configuration_above_makes_a_workspace() {
    let configuration = "lists: [{path: mirror/list.conf, charts: [{path: web}]}]\n";
    let workspace = Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file(".mirrorlint.yaml", configuration)
        .file("mirror/list.conf", LIST)
        .chart("web", &["nginx:1"]);
    let told = run(&workspace.path("mirror"), &["check"], &[]);
    assert_eq!(told.code, 0, "{}", told.text());
    has(&told.stdout, "All right: 1 entry, 1 image of web:1.0.0 (default values, ");
    has(&told.stdout, "as .mirrorlint.yaml says)");
    let isolated = run(&workspace.path("mirror"), &["check", "--isolated"], &[]);
    assert_eq!(isolated.code, 2);
}

#[test]
fn a_list_outside_of_git_looks_a_few_folders_up() {
    let workspace = Workspace::new().chart("charts/web", &["nginx:1"]).file("mirror/x/tools/ecr-images.conf", LIST);
    has(&settings(&workspace, &["mirror/x/tools/ecr-images.conf"]), "chart web:1.0.0 (charts/web)");
    let lines = closing(&workspace, &["mirror/x/tools/ecr-images.conf"]);
    has(&lines, "workspace: ., the nearest folder above the list that holds charts");
}

#[test]
fn an_umbrella_chart_without_its_metadata_is_told() {
    let list = "web=nginx:2\n";
    for (path, text) in
        [("values.yaml", "global: {}\n"), ("templates/x.yaml", ""), ("Chart.lock", ""), ("Chart.yml", "name: x\n")]
    {
        let workspace = Workspace::with_list(list)
            .chart("deploy/platform/charts/web", &["nginx:1"])
            .file("deploy/platform/values.yaml", "")
            .file(&format!("deploy/platform/{path}"), text);
        let found = workspace.findings();
        let expected = "unrenderable-chart Helm would refuse platform: Chart.yaml file is missing. Correct the chart, or give the values that you deploy it with";
        assert_eq!(found, [format!("deploy/platform/values.yaml:1:1 {expected}")], "{path}");
        let lines = closing(&workspace, &[]);
        has(&lines, "the only one that was found cannot be loaded; so no entry is held against any");
        has(&lines, "platform could not be rendered: what it deploys is not known");
    }
    // Values beside several charts make no chart of the workspace's top.
    let top = Workspace::with_list(LIST).chart("charts/web", &["nginx:1"]).file("values.yaml", "");
    assert_eq!(top.findings(), Vec::<String>::new());
}

#[test]
fn a_packaged_chart_is_pointed_at() {
    let run = Workspace::with_list(LIST).file("charts/web-1.0.0.tgz", "").run(&["check"]);
    assert_eq!(run.code, 2);
    has(
        &run.stderr,
        "no Helm chart below .: name one with --chart; there is a package: `--chart charts/web-1.0.0.tgz`",
    );
    let other = Workspace::with_list(LIST).chart("other", &["nginx:1"]).file("web-1.0.0.tgz", "");
    has(&closing(&other, &[]), "no chart called web is there but as a package; `--chart` takes it: web-1.0.0.tgz");
}

#[test]
fn a_region_that_is_none_is_told() {
    let list = "web=123456789012.dkr.ecr.mars-1.amazonaws.com/web:1\n";
    let image = "123456789012.dkr.ecr.mars-1.amazonaws.com/web:1";
    let lines = closing(&Workspace::with_list(list).chart("web", &[image]), &[]);
    has(&lines, "the list's ECR hosts name `mars-1`, which is no AWS region's name: no scenario is made of it");
    has(&lines, "1 image of web:1.0.0 (default values, Kubernetes 1.31)");
    // A chart with a table of regions knows which there are; one without does not.
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1"]);
    lacks(&closing(&workspace, &["--region", "us-east-9"]), "does not name");
    let workspace = workspace.file("web/values.yaml", "accounts: {us-west-2: 1, us-east-1: 2}\n");
    has(
        &closing(&workspace, &["--region", "us-east-9"]),
        "web does not name the region us-east-9, but others: us-east-1, us-west-2",
    );
    let wrong =
        "lists: [{path: tools/ecr-images.conf, charts: [{path: web, scenarios: [{name: a, region: mars-1}]}]}]\n";
    let run = workspace.file(".mirrorlint.yaml", wrong).run(&["check"]);
    assert_eq!(run.code, 2);
    has(&run.stderr, "`mars-1` is no name of an AWS region");
    has(&run.stderr, ".mirrorlint.yaml:1:");
}

#[test]
fn paths_are_told_from_the_current_folder() {
    let workspace =
        Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:2\n").chart("web", &["nginx:1"]);
    let place = |folder: &str, path: &str| {
        let run = run(&workspace.path(folder), &["check", "--format", "concise", path], &[]);
        run.stdout.split(": ").next().unwrap().to_owned()
    };
    assert_eq!(place("", "."), "tools/ecr-images.conf:2:11");
    assert_eq!(place("tools", ".."), "ecr-images.conf:2:11");
    assert_eq!(place("web/templates", "../../tools/ecr-images.conf"), "../../tools/ecr-images.conf:2:11");
    let elsewhere =
        run(&std::env::temp_dir(), &["check", "--format", "concise", workspace.path("").to_str().unwrap()], &[]);
    let name = workspace.path("").file_name().unwrap().to_string_lossy().into_owned();
    assert!(elsewhere.stdout.starts_with(&format!("{name}/tools/ecr-images.conf:2:11: ")), "{}", elsewhere.stdout);
    has(&run(&workspace.path("web"), &["check", ".."], &[]).stdout, "[../tools/ecr-images.conf:2:11]");
    // Programs know the workspace.
    has(
        &run(&workspace.path("web"), &["check", "..", "--format", "json"], &[]).stdout,
        r#""path":"tools/ecr-images.conf""#,
    );
}

#[test]
fn lists_of_any_content_are_read_or_told() {
    let chart = |list: &[u8]| Workspace::new().file("tools/ecr-images.conf", list).chart("web", &["nginx:1"]);
    for (list, code, part) in [
        (&b"\x7fELF\x02\x01\x01\0\0\0"[..], 2, "tools/ecr-images.conf:1:8"),
        (b"", 1, "missing-entry"),
        (b"# only\n# comments\n", 1, "missing-entry"),
        (b"\xef\xbb\xbfweb=nginx:1\n", 1, "tools/ecr-images.conf:1:1"),
        (b"\xef\xbb\xbf# title (from local chart web:1.0.0)\nweb=nginx:1\n", 1, "tools/ecr-images.conf:1:1"),
    ] {
        let workspace = chart(list);
        let before = workspace::contents(&workspace.path(""));
        let run = workspace.run(&["check"]);
        assert_eq!(run.code, code, "{list:?}: {}", run.text());
        has(&run.text(), part);
        assert_eq!(workspace::contents(&workspace.path("")), before, "nothing is written");
    }
    let workspace = chart(b"web=nginx:1\n");
    let folder = workspace.run(&["check", "web"]);
    assert_eq!(folder.code, 2);
    has(&folder.stderr, "web: is a Helm chart and holds no `ecr-images.conf`");
    has(&workspace.run(&["check", "nothing"]).stderr, "nothing: cannot be read: No such file");
}

/// The only chart has lost its `Chart.yaml`: its folder is named.
#[test]
fn a_lone_chart_without_metadata_is_named() {
    let workspace = Workspace::with_list("web=nginx:1\n")
        .file("web/values.yaml", "tag: 1\n")
        .file("web/templates/web.yaml", workspace::pod("web", &["nginx:1"]));
    let run = workspace.run(&["check", "."]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("web: has templates/, but no Chart.yaml"), "{}", run.stderr);
}

/// Without a path, a folder of lists means those lists, and not the others of its workspace.
#[test]
fn a_folder_of_lists_means_its_own() {
    let workspace = Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("teams/a/ecr-images.conf", "# Web (from local chart web:1.0.0)\nnginx=nginx:1\n")
        .file("teams/b/ecr-images.conf", "# Web (from local chart web:1.0.0)\nnginx=nginx:2\n")
        .chart("web", &["nginx:3"]);
    for arguments in [&["check", "--fix"][..], &["check", "--fix", "."]] {
        run(&workspace.path("teams/a"), arguments, &[]);
        assert!(workspace.read("teams/a/ecr-images.conf").contains("nginx:3"));
        assert!(workspace.read("teams/b/ecr-images.conf").contains("nginx:2"), "another team's list");
    }
    let told = run(&workspace.path("teams/a"), &["check"], &[]).stdout;
    has(&told, "workspace: ../..");
}

#[cfg(target_os = "linux")]
#[test]
fn processes_are_no_part_of_a_workspace() {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1"]);
    std::os::unix::fs::symlink("/proc", workspace.path("processes")).unwrap();
    assert_eq!(workspace.findings(), Vec::<String>::new());
    assert!(
        mirrorlint::lint::discover(std::path::Path::new("/proc"))
            .is_err_and(|refusal| refusal.message.contains("holds no"))
    );
}

/// A repository of two teams with a list and a chart each; the first one's list holds an image of a chart that both share.
fn teams() -> Workspace {
    let note = |chart: &str| format!("# It (from local chart {chart}:1.0.0)\n# Repository: {chart}\n# Tag: 1\n");
    Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("teams/a/tools/ecr-images.conf", format!("{}web=web:1\n\n{}base=base:1\n", note("web"), note("base")))
        .chart("teams/a/web", &["web:1"])
        .file("teams/b/tools/ecr-images.conf", format!("{}queue=queue:1\n", note("queue")))
        .chart("teams/b/queue", &["queue:1"])
        .chart("shared/charts/base", &["base:1"])
        .chart("shared/charts/other", &["other:1"])
}

#[test]
fn charts_above_count_where_a_note_names_none_in_the_folder() {
    let teams = teams();
    for arguments in [&["check"][..], &["check", "."], &["check", "tools/ecr-images.conf"]] {
        let told = run(&teams.path("teams/a"), arguments, &[]);
        has(&told.text(), "All right: 2 entries, 2 images of web:1.0.0, base:1.0.0");
        has(&told.stdout, "charts: ../../shared/charts/base, too: a source note names a chart in it that none in here");
        lacks(&told.stdout, "other");
    }
    has(&run(&teams.path("teams/a"), &["images", "--format", "plain"], &[]).stdout, "base:1\n");
    // All notes of the other list are answered within.
    let told = run(&teams.path("teams/b"), &["check"], &[]);
    assert_eq!((told.code, told.stdout.lines().count()), (0, 1), "{}", told.text());
    // What such charts depend on is brought, too.
    let metadata = "apiVersion: v2\nname: base\nversion: 1.0.0\ndependencies: [{name: x, version: 1.0.0, repository: 'http://localhost:1'}]\n";
    let teams = teams.file("shared/charts/base/Chart.yaml", metadata);
    let fetched = run(&teams.path("teams/a"), &["fetch", "--retries", "0"], &[("MIRRORLINT_CACHE", "cache")]);
    has(&fetched.stderr, "x of base cannot be fetched");
    // One that cannot be loaded, and is called as a note says, is told.
    let teams = teams.file("shared/charts/base/Chart.yaml", "name: [\n");
    has(&run(&teams.path("teams/a"), &["check"], &[]).stdout, "unrenderable-chart");
    // Outside of git the folder is all there is.
    std::fs::remove_dir_all(teams.path(".git")).unwrap();
    has(&run(&teams.path("teams/a"), &["check"], &[]).stdout, "stale-entry");
}

#[test]
fn charts_above_belong_to_the_lists_that_lie_nearer_to_them() {
    let list = "# It (from local chart base:1.0.0)\n# Repository: base\n# Tag: 1\nbase=base:1\n";
    let teams = teams().file("shared/tools/ecr-images.conf", list).chart("teams/a/base2/base", &["base:1"]);
    std::fs::rename(teams.path("teams/a/base2"), teams.path("teams/b/base2")).unwrap();
    // As at the top: the nearest that holds it counts, and the shared one is another list's.
    let told = run(&teams.path("teams/a"), &["check"], &[]);
    has(&told.text(), "charts: ../b/base2/base, too");
    lacks(&told.stdout, "charts: ../../shared");
}

#[test]
fn charts_above_count_neither_where_another_list_is_nearer_nor_at_another_version() {
    let own = "# It (from local chart queue:1.0.0)\n# Repository: queue\n# Tag: 1\nqueue=queue:1\n";
    let base = "\n# It (from local chart base:1.0.0)\n# Repository: base\n# Tag: 1\nbase=base:1\n";
    let near = teams().file("teams/b/tools/ecr-images.conf", format!("{own}{base}"));
    std::fs::rename(near.path("shared/charts/base"), near.path("teams/b/base")).unwrap();
    // It is the other team's, whose list has it: it speaks for the very image alone.
    let list = near.read("teams/a/tools/ecr-images.conf");
    for (tag, expected) in
        [("1", "All right: 2 entries, 1 image of web:1.0.0"), ("0", "base:1.0.0 is in no root chart")]
    {
        let list = list.replace("# Tag: 1\nbase=base:1", &format!("# Tag: {tag}\nbase=base:{tag}"));
        std::fs::write(near.path("teams/a/tools/ecr-images.conf"), list).unwrap();
        let told = run(&near.path("teams/a"), &["check"], &[]);
        lacks(&told.text(), "teams/b");
        lacks(&told.text(), "b/base");
        has(&told.stdout, expected);
    }
    // An external chart at another version may be installed by itself.
    let list = |version: &str| {
        format!(
            "# It (from local chart web:1.0.0)\n# Repository: web\n# Tag: 1\nweb=web:1\n\n\
             # It (from external chart base:{version})\n# Repository: base\n# Tag: 1\nbase=base:1\n"
        )
    };
    for (version, counts) in [("1.0.0", true), ("v1.0.0", true), ("2.0.0", false)] {
        let told = run(&teams().file("teams/a/tools/ecr-images.conf", list(version)).path("teams/a"), &["check"], &[]);
        assert_eq!(told.stdout.contains("charts: ../../shared/charts/base, too"), counts, "{}", told.text());
    }
}

#[test]
fn the_nearest_configuration_above_counts() {
    let configuration = "rules: {missing-entry: warning}\n\
                         exempt: [{image: other, reason: of nobody here}]\n\
                         lists:\n  - path: teams/a/tools/ecr-images.conf\n    \
                         charts: [{path: teams/a/web}, {path: shared/charts/base}]\n  \
                         - path: teams/b/list.conf\n";
    let teams = teams().file(".mirrorlint.yaml", configuration).file("teams/b/list.conf", "queue=queue:2\n");
    for (folder, arguments) in [("teams/a", &["check"][..]), ("teams/a", &["check", "."]), (".", &["check", "teams/a"])]
    {
        let told = run(&teams.path(folder), arguments, &[]);
        assert_eq!(told.code, 0, "{}", told.text());
        has(&told.stdout, "All right: 2 entries for web, base (default values, Kubernetes 1.31, as");
        has(&told.stdout, ".mirrorlint.yaml\n");
        lacks(&told.stdout, "unused-suppression");
    }
    has(
        &run(&teams.path("teams/a"), &["check", "--show-settings"], &[]).stdout,
        "  configuration: ../../.mirrorlint.yaml\n",
    );
    // Of its lists those in the folder, by the names that it gives them.
    let told = run(&teams.path("teams/b"), &["check", "--format", "concise"], &[]).text();
    has(&told, "list.conf:1:13: error[tag-mismatch]");
    lacks(&told, "ecr-images.conf");
    // Where it names none in there, the folder's own count, and that is told.
    let teams = teams.file("teams/c/ecr-images.conf", "web=web:2\n").chart("teams/c/web", &["web:1"]);
    let told = run(&teams.path("teams/c"), &["check"], &[]);
    has(&told.stdout, "configuration: ../../.mirrorlint.yaml, which names no list in here");
    has(&told.stdout, "tag-mismatch");
    let told = run(&teams.path("shared"), &["check", "."], &[]);
    assert_eq!(told.code, 2);
    has(&told.stderr, "configuration: ../.mirrorlint.yaml, which names no list in here");
    // A nearer one counts, and a misspelt one is told.
    let near = teams.file("teams/c/.mirrorlint.yaml", "rules: {tag-mismatch: off, undocumented-source: off}\n");
    assert_eq!(run(&near.path("teams/c"), &["check"], &[]).code, 0);
    let misspelt = near.file("teams/.mirrorlint.yml", "");
    has(&run(&misspelt.path("teams/a"), &["check"], &[]).stderr, "../.mirrorlint.yml: would not be read");
    assert_eq!(run(&misspelt.path("teams/a"), &["check", "--isolated"], &[]).code, 0);
    assert_eq!(run(&misspelt.path("teams/c"), &["check"], &[]).code, 0);
}

#[test]
fn images_of_a_subfolder_are_those_that_check_judges() {
    let configuration =
        "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - {path: vendor/charts/web, set: {tag: '2'}}\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: \"nginx:{{ .Values.tag }}\"}]}\n";
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nnginx=nginx:2\n")
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .chart("vendor/charts/web", &[])
        .file("vendor/charts/web/values.yaml", "tag: '1'\n")
        .file("vendor/charts/web/templates/web.yaml", template)
        .file(".mirrorlint.yaml", configuration);
    for folder in ["", "vendor", "vendor/charts", "vendor/charts/web"] {
        let folder = workspace.path(folder);
        let run = |arguments: &[&str]| workspace::run(&folder, arguments, &[]);
        assert_eq!(run(&["images", "--format", "plain"]).stdout, "nginx:2\n", "{folder:?}");
        has(&run(&["why", "nginx"]).stdout, "nginx:2");
    }
}
