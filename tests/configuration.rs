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

const CHARTS: &str = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: web\n";

/// What `check` says on standard error, in one line, of a configuration that it refuses.
fn refused(configuration: &str) -> String {
    let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1.27.1"]).file(".mirrorlint.yaml", configuration);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    run.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn what_a_configuration_names_wrongly_is_told_with_its_place() {
    let rows = [
        (format!("{CHARTS}    kube-version: \"banana\"\n"), ".mirrorlint.yaml:5:19"),
        (format!("{CHARTS}    objects: [nodes.yaml]\n"), ".mirrorlint.yaml:5:15"),
        ("lists:\n- path: tools/lost.conf\n".to_owned(), ".mirrorlint.yaml:2:9"),
        (format!("{CHARTS}    release: a\n    release: b\n"), ".mirrorlint.yaml:6:5"),
        ("rules: {stale-entry: off}\nrules: {}\n".to_owned(), ".mirrorlint.yaml:2:1"),
    ];
    for (configuration, place) in rows {
        let told = refused(&configuration);
        assert!(told.contains(place), "{place} in {told}");
    }
    assert!(refused(&format!("{CHARTS}    objects: [nodes.yaml]\n")).contains("nodes.yaml cannot be read"));
    assert!(refused(&format!("{CHARTS}    release: a\n    release: b\n")).contains("`release` stands here twice"));
}

#[test]
fn a_configuration_by_another_name_is_not_passed_over() {
    for name in [".mirrorlint.yml", "mirrorlint.yaml", "mirrorlint.yml"] {
        let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1.27.1"]).file(name, "rules: {}\n");
        for arguments in [&["check"][..], &["images"], &["check", "--show-settings"]] {
            let run = workspace.run(arguments);
            assert_eq!(run.code, 2, "{name}");
            let told = format!("{name}: would not be read: the configuration is called .mirrorlint.yaml");
            assert!(run.stderr.replace("\n  │", "").contains(&told), "{}", run.stderr);
        }
        assert_eq!(workspace.run(&["check", "--isolated"]).code, 0);
        assert_eq!(workspace.run(&["check", "--config", name]).code, 0);
        let both = workspace.file(".mirrorlint.yaml", "rules: {}\n").run(&["check"]);
        assert!(both.code == 2 && both.stderr.contains("delete one of the two"), "{}", both.stderr);
    }
}

#[test]
fn settings_show_all_that_was_given() {
    let scenarios = "    api-versions: [acme.io/v1]\n    objects: [nodes.yaml]\n    values: [base.yaml]\n    scenarios:\n    - {name: a, values: \
                     [prod.yaml], set: {tag: 1.10, on: true}}\n    - {name: b}\n";
    let workspace = Workspace::with_list(LIST)
        .chart("web", &["nginx:1.27.1"])
        .file("base.yaml", "x: 1\n")
        .file("prod.yaml", "x: 2\n")
        .file("nodes.yaml", "")
        .file(".mirrorlint.yaml", format!("{CHARTS}{scenarios}"));
    let shown = workspace.run(&["check", "--show-settings", "--set", "y=2"]).stdout;
    let line = |name: &str| shown.lines().find(|line| line.contains(&format!("scenario {name}:"))).unwrap().to_owned();
    let both = ", values base.yaml, objects nodes.yaml, API version acme.io/v1";
    assert!(
        line("a").ends_with(&format!("{both}, values prod.yaml, set on=true, set tag=\"1.10\", --set y=2")),
        "{shown}"
    );
    assert!(line("b").ends_with(&format!("{both}, --set y=2")), "{shown}");
}

const BY_VALUES: &str = "lists: [{path: tools/ecr-images.conf, charts: [{path: web, values: [prod.yaml]}]}]\n";

/// A team's folder with a list and a chart, whose image has the tag 1.27.1, with `prod.yaml` 1.28.0.
fn with_team(workspace: Workspace, folder: &str, name: &str, listed: &str) -> Workspace {
    let in_folder = |path: &str| format!("{folder}/{path}");
    let note = format!("# {name} (from local chart {name}:1.0.0)\n{name}=nginx:{listed}\n");
    workspace
        .file(&in_folder("tools/ecr-images.conf"), note)
        .chart(&in_folder(name), &["nginx:{{ .Values.tag }}"])
        .file(&in_folder(&format!("{name}/values.yaml")), "tag: 1.27.1\n")
        .file(&in_folder("prod.yaml"), "tag: 1.28.0\n")
}

/// One team with a configuration and one without.
fn teams() -> Workspace {
    let workspace = with_team(Workspace::new(), "team-a", "web", "1.28.0").file("team-a/.mirrorlint.yaml", BY_VALUES);
    with_team(workspace, "team-b", "api", "1.27.1")
}

#[test]
fn a_configuration_below_is_that_of_its_folder() {
    let none: Vec<String> = Vec::new();
    for workspace in [teams(), teams().file(".mirrorlint.yaml", "rules: {stale-mention: off}\n")] {
        for paths in [&[][..], &["."], &["team-a", "team-b"], &[".", "team-a"], &["team-a/tools/ecr-images.conf"]] {
            assert_eq!(workspace.findings_with(paths), none, "{paths:?}");
        }
    }
    let workspace = teams();
    let shown = workspace.run(&["check", "--show-settings"]).stdout;
    assert!(shown.contains("configuration: none here; .mirrorlint.yaml counts below for team-a\n"), "{shown}");
    assert!(shown.contains("configuration: ./team-a/.mirrorlint.yaml\n"), "{shown}");
    let images = workspace.run(&["images", "--format", "plain"]).stdout;
    assert_eq!(images.lines().collect::<Vec<_>>(), ["nginx:1.27.1", "nginx:1.28.0"]);
    assert_eq!(workspace.run(&["why", "nginx:1.28.0"]).code, 0);
    let plan = workspace.run(&["plan", "--format", "json"]).stdout;
    assert!(plan.contains("nginx:1.28.0") && plan.contains("nginx:1.27.1"), "{plan}");
}

#[test]
fn neither_isolated_nor_given_is_one_below_asked() {
    let workspace = teams().file("all.yaml", "rules: {}\n");
    for arguments in [&["--isolated"][..], &["--config", "all.yaml"]] {
        let found = workspace.findings_with(arguments);
        assert!(matches!(found.as_slice(), [one] if one.contains("team-a") && one.contains("deploys 1.27.1")));
    }
}

#[test]
fn fixes_are_those_of_the_nearest_configuration() {
    let wrong = "# web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n";
    let workspace = teams().file("team-a/tools/ecr-images.conf", wrong);
    let found = workspace.findings();
    assert_eq!(
        found,
        [
            "team-a/tools/ecr-images.conf:2:11 tag-mismatch `web` lists 1.27.1, but web:1.0.0 deploys 1.28.0. Set the tag to 1.28.0"
        ]
    );
    assert_eq!(workspace.run(&["check", "--fix"]).code, 0);
    assert!(workspace.read("team-a/tools/ecr-images.conf").ends_with("web=nginx:1.28.0\n"));
    assert!(workspace.read("team-b/tools/ecr-images.conf").ends_with("api=nginx:1.27.1\n"));
}

#[test]
fn a_list_without_notes_takes_no_charts_of_a_configured_team() {
    let workspace = with_team(Workspace::new(), "team-a", "web", "1.28.0").file("team-a/.mirrorlint.yaml", BY_VALUES);
    let workspace =
        workspace.chart("team-b/api", &["redis:7.2"]).file("team-b/tools/ecr-images.conf", "redis=redis:7.2\n");
    let found = workspace.findings_with(&["--ignore", "undocumented-source"]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn one_that_names_the_lists_passes_over_those_below_and_says_so() {
    let workspace = teams().file(".mirrorlint.yaml", "lists: [{path: team-a/tools/ecr-images.conf}]\n");
    let found = workspace.findings();
    assert!(matches!(found.as_slice(), [one] if one.contains("deploys 1.27.1")), "{found:?}");
    let told = "team-a/.mirrorlint.yaml was passed over: .mirrorlint.yaml names the lists";
    for arguments in [&["check"][..], &["check", "--show-settings"]] {
        let run = workspace.run(arguments);
        assert!(run.stdout.contains(told), "{}", run.stdout);
    }
    // The nearest counts for who asks there.
    assert_eq!(workspace.findings_with(&["team-a"]), Vec::<String>::new());
}

#[test]
fn one_that_has_no_list_left_is_told() {
    let workspace = teams().file("team-b/api/.mirrorlint.yaml", "rules: {}\n");
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.contains("team-b/api/.mirrorlint.yaml was passed over: no list is left for it"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_broken_one_below_keeps_no_other_list_from_being_checked() {
    let workspace = teams().file("team-a/.mirrorlint.yaml", "lits: []\n");
    let workspace = workspace.file("team-b/tools/ecr-images.conf", "api=nginx:1.0\n");
    let run = workspace.run(&["check", "--format", "concise"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("team-a/.mirrorlint.yaml:1:1"), "{}", run.stderr);
    assert!(run.stdout.contains("tag-mismatch"), "{}", run.stdout);
}

#[test]
fn those_inside_each_other_count_as_they_would_by_name() {
    let inner = |outer: &str| {
        let workspace = teams().file("team-a/.mirrorlint.yaml", outer);
        with_team(workspace, "team-a/sub", "db", "1.28.0")
            .file("team-a/sub/.mirrorlint.yaml", BY_VALUES.replace("web", "db"))
    };
    let rules_only = inner("rules: {tag-mismatch: warning}\n");
    let named = inner(BY_VALUES);
    for (workspace, lists) in [(rules_only, 3), (named, 2)] {
        let mut seen = Vec::new();
        for paths in [&[][..], &["team-a", "team-b"]] {
            let run = workspace.run(&[&["check", "--format", "json"], paths].concat());
            let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!(report["lists"].as_array().unwrap().len(), lists);
            seen.push(report["findings"].as_array().unwrap().len());
        }
        assert_eq!(seen, if lists == 3 { [1, 1] } else { [0, 0] });
    }
}

#[test]
fn one_in_a_submodule_counts_but_its_files_are_not_written() {
    let workspace = teams()
        .file(".git/HEAD", "")
        .file("team-a/.git", "gitdir: ../.git/modules/team-a\n")
        .file("team-a/tools/ecr-images.conf", "# web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n");
    let run = workspace.run(&["check", "--fix"]);
    assert!(run.stdout.contains("deploys 1.28.0"), "{}", run.stdout);
    assert!(run.stderr.contains("not written"), "{}", run.stderr);
    assert!(workspace.read("team-a/tools/ecr-images.conf").ends_with("1.27.1\n"));
}
