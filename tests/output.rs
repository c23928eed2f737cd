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
    insta::assert_snapshot!(run.stdout, @r#"
    tools/ecr-images.conf:7:61: error[wrong-source] the note says aws-efa-k8s-device-plugin:0.5.10, but aws-efa-k8s-device-plugin:0.5.20 deploys the image. Note aws-efa-k8s-device-plugin:0.5.20
    tools/ecr-images.conf:10:102: error[tag-mismatch] `aws-efa-k8s-device-plugin` lists v0.5.6, but aws-efa-k8s-device-plugin:0.5.20 deploys v0.5.13. Set the tag to v0.5.13
    tools/ecr-images.conf:16:112: error[tag-mismatch] `hyperpod-health-monitoring-agent` lists 1.0.819.0_1.0.267.0, but health-monitoring-agent:0.1.0 deploys 1.0.1892.0_1.0.424.0. Set the tag to 1.0.1892.0_1.0.424.0
    tools/ecr-images.conf:28:3: warning[undocumented-source] `kubeflow-training-operator` does not say where its image comes from; training-operators:0.1.0 deploys it. Write `(from local chart training-operators:0.1.0)`
    tools/ecr-images.conf:42:1: error[missing-entry] public.ecr.aws/neuron/neuron-device-plugin:2.19.16.0 is not listed, but neuron-device-plugin:v0.1.0 deploys it. List it as `neuron-device-plugin`
    "#);
    assert_eq!(run.code, 1);
    let clean = right().run(&["check", "--format", "concise"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""));
}

#[test]
fn statistics_count_by_rule() {
    let run = |arguments: &[&str]| run(&fixture("hyperpod"), &[&["check", "--statistics"], arguments].concat(), &[]);
    insta::assert_snapshot!(run(&["--quiet"]).stdout, @r"
        2  error    tag-mismatch         2 fixable with --fix
        1  error    ambiguous-subchart
        1  error    missing-entry        1 fixable with --fix
        1  warning  undocumented-source  1 fixable with --fix
        1  error    wrong-source         1 fixable with --fix
    ");
    assert!(run(&[]).stdout.ends_with("5 errors, 1 warning; 5 fixable with --fix\n"));
    assert_eq!(run(&["--format", "concise"]).stdout, run(&["--quiet"]).stdout);
    assert_eq!(run(&["--format", "json"]).code, 2);
    assert_eq!(right().run(&["check", "--statistics", "--quiet"]).stdout, "");
}

#[test]
fn the_tally_says_what_applies_the_fixes() {
    let closing = |list: &str| {
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27.1"]);
        workspace.run(&["check"]).stdout.lines().last().unwrap().to_owned()
    };
    let note = "# Web (from local chart web:1.0.0)\n";
    let (wrong, stale) = (format!("{note}web=nginx:1.26.0\n"), format!("{note}web=nginx:1.27.1\n\nold=acme/old:1\n"));
    assert_eq!(closing(&wrong), "1 error; 1 fixable with --fix");
    assert_eq!(closing(&stale), "1 warning; 1 fixable with --fix --unsafe-fixes");
    let both = format!("{wrong}\nold=acme/old:1\n");
    assert_eq!(closing(&both), "1 error, 1 warning; 1 fixable with --fix, 1 more with --unsafe-fixes");
    assert_eq!(closing(&format!("{note}web=nginx:1.27.1\nold\n")), "1 error; none with a suggested fix");
}

#[test]
fn a_calm_line_names_the_rules_that_are_off() {
    let first = |rules: &str| {
        let workspace = right().file(".mirrorlint.yaml", rules);
        workspace.run(&["check"]).stdout.lines().next().unwrap().to_owned()
    };
    let one = "All right (stale-mention is off): 1 entry, 1 image of web:1.0.0 (default values, Kubernetes 1.31)";
    assert_eq!(first("rules: {stale-mention: off, stale-entry: error}\n"), one);
    let two = "All right (floating-tag, stale-mention are off): 1 entry";
    assert!(first("rules: {stale-mention: off, floating-tag: off}\n").starts_with(two));
    let four = "rules: {stale-mention: off, floating-tag: off, wrong-comment: off, wrong-source: off}\n";
    assert!(first(four).starts_with("All right (floating-tag, stale-mention and 2 others are off): 1 entry"));
}

#[test]
fn several_formats_go_to_several_places() {
    let workspace = Workspace::with_list("web=nginx:1.27.1\n").chart("web", &["nginx:1.27.1"]);
    let alone = |format: &str| workspace.run(&["check", "--format", format]).stdout;
    let (human, json, concise) = (alone("human"), alone("json"), alone("concise"));
    let formats = ["check", "--format", "json=out/report.json", "--format", "human", "--format=concise=lines"];
    let run = workspace.run(&formats);
    assert_eq!((run.code, run.stdout), (1, human.clone()));
    assert_eq!((workspace.read("out/report.json"), workspace.read("lines")), (json.clone(), concise));
    let run = workspace.run(&["check", "--color", "always", "--format", "human=out/report.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert_eq!(workspace.read("out/report.json"), human);
    // What `--fix` leaves, and what it mended.
    let run = workspace.run(&["check", "--fix", "--format", "json=out/report.json"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(workspace.read("out/report.json").contains("\"fixed\":[{"));
}

#[test]
fn a_report_in_a_chart_that_is_the_workspace_is_replaced() {
    let workspace = Workspace::with_list("web=nginx:1.27.1\n")
        .file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .file("templates/web.yaml", workspace::pod("web", &["nginx:1.27.1"]));
    for _ in 0..2 {
        let run = workspace.run(&["check", "--format", "json=out.json"]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    }
}

#[test]
fn outputs_that_are_in_the_way_are_refused() {
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: web\n    values: [rendering/production.yaml]\n    \
                         objects: [rendering/nodes]\n    scenarios: [{name: a, values: [rendering/east.json]}]\n";
    let workspace = right()
        .file(".mirrorlint.yaml", configuration)
        .file("rendering/production.yaml", "a: 1\n")
        .file("rendering/nodes", "{apiVersion: v1, kind: Node, metadata: {name: a}}\n")
        .file("rendering/east.json", "{}\n")
        .file("web/values.schema.json", "{}\n")
        .file("text", "x");
    let list = workspace.read("tools/ecr-images.conf");
    for (formats, message) in [
        (&["--format", "human", "--format", "json"][..], "human and json both go to standard output"),
        (&["--format", "json=a", "--format", "concise=./a"], "--format names it twice"),
        (&["--format", "json=tools/../tools/ecr-images.conf"], "is no report, but what was checked"),
        (&["--format", "json=web/Chart.yaml"], "is no report, but what was checked"),
        (&["--format", "json=rendering/production.yaml"], "is no report, but what was checked"),
        (&["--format", "json=rendering/east.json"], "is no report, but what was checked"),
        (&["--format", "json=rendering/nodes"], "is no report, but what was checked"),
        (&["--format", "json=text", "--set-file", "a=text"], "is no report, but what was checked"),
        (&["--format", "json=web/values.schema.json"], "is no report, but what was checked"),
        (&["--format", "json=.mirrorlint.lock"], "is no report, but what was checked"),
        (&["--format", "json=web"], "it is a folder"),
        (&["--format", "json=a", "--diff"], "--diff prints no findings"),
        (&["--format", "json=a", "--show-settings"], "--show-settings prints no findings"),
        (&["--format", "json=a", "--statistics"], "--statistics is for people"),
        (&["--format", "jsn"], "there is no format called `jsn`; it can be human, concise, json, sarif, "),
        (&["--format", "jsn"], "rdjson, junit, gitlab, checkstyle; did you mean `json`?"),
        (&["--format", "sarf=a"], "there is no format called `sarf`; it can be human, concise, json, sarif, "),
        (&["--format", "json="], "no file is named behind `json=`"),
    ] {
        let run = workspace.run(&[&["check"], formats].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{formats:?}");
        assert!(run.stderr.contains(message), "{formats:?}: {}", run.stderr);
        assert!(!workspace.path("a").exists());
    }
    assert_eq!(workspace.read("tools/ecr-images.conf"), list);
    assert_eq!(workspace.read("rendering/production.yaml"), "a: 1\n");
    assert!(!workspace.path(".mirrorlint.lock").exists());
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
    let facts = "- error, safe fix (`--fix`), since 0.1.0\n- https://";
    assert!(plain.starts_with(&format!("unterminated-last-line\n\n{facts}")), "{plain}");
    assert!(
        plain.contains("/rules/unterminated-last-line.md\n\nWhat it finds\n\nA last line that is an entry"),
        "{plain}"
    );
    assert!(plain.contains("\n  gives nothing\n"), "{plain}");
    assert!(plain.contains("\n  tools/ecr-images.conf, fixed:\n    # Web server"), "{plain}");
    assert!(!plain.contains("```") && !plain.contains('\u{1b}'));
    let filled = plain.lines().filter(|line| !line.starts_with("    "));
    assert!(filled.into_iter().all(|line| line.chars().count() <= 100), "{plain}");
    let coloured = right().run(&["explain", "unterminated-last-line", "--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}["));
}

/// An address that does not fit stays beside its mark, which says what it is.
#[test]
fn a_narrow_page_has_no_mark_alone() {
    let narrow = workspace::run(&right().path(""), &["explain", "unrenderable-chart"], &[("COLUMNS", "60")]).stdout;
    assert!(narrow.contains("\n- https://") && !narrow.lines().any(|line| line.trim() == "-"), "{narrow}");
}

/// What a fix would do is said where nobody wants it to be one.
#[test]
fn advice_stays_where_fixes_are_off() {
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1\n")
        .chart("web", &["nginx:2"])
        .file(".mirrorlint.yaml", "fixes: {tag-mismatch: off}\n");
    let printed = workspace.run(&["check"]).stdout;
    assert!(printed.contains("\n  do: Set the tag to 2\n") && !printed.contains("fix:"), "{printed}");
    assert!(workspace.findings()[0].ends_with("deploys 2. Set the tag to 2"));
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

/// What belongs to one entry stands under its name; of many findings of one rule, the first are drawn and the others told.
#[test]
fn many_findings_are_grouped_and_short() {
    let two = Workspace::with_list("# Web\nweb=nginx:1.27.0\n").chart("web", &["nginx:1.27.1", "redis:7"]);
    let printed = two.run(&["check"]).stdout;
    let headings = |printed: &str| -> Vec<String> {
        let headings = printed.lines().filter_map(|line| line.strip_prefix("━━ "));
        headings.map(|line| line.trim_end_matches('━').trim_end().to_owned()).collect()
    };
    assert_eq!(headings(&printed), ["web", "not listed"]);
    assert_eq!(printed.matches("─[").count(), 6, "each with its proof: {printed}");

    let images: Vec<String> = (0..30).map(|number| format!("quay.io/team/service-{number}:2")).collect();
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let list: String = (0..30)
        .map(|number| {
            format!("# Service (from local chart web:1.0.0)\nservice-{number}=quay.io/team/service-{number}:1\n\n")
        })
        .collect();
    let many = Workspace::with_list(&list).chart("web", &images);
    let printed = many.run(&["check"]).stdout;
    let names: Vec<String> = (0..30).map(|number| format!("service-{number}")).collect();
    assert_eq!(headings(&printed), names);
    let told = "error[tag-mismatch] tools/ecr-images.conf:89:36 `service-29` lists 1, but web:1.0.0 deploys 2. Set\n  \
                the tag to 2\n\n";
    assert!(printed.contains(told), "{printed}");
    assert_eq!(printed.matches("error[tag-mismatch]").count(), 30);
    assert!(printed.lines().count() < 160, "{printed}");
    assert_eq!(printed.matches("\n\nMore on a rule: `mirrorlint explain RULE`\n\n").count(), 1, "{printed}");
}

/// Of many findings each has two lines at most, below the name of its entry; what other files say of an entry stands there, too.
#[test]
fn findings_in_short_are_told_in_two_lines() {
    let name = |number: usize| format!("team/service-with-a-name-{number}");
    let entry = |number: usize| {
        let host = "602401143452.dkr.ecr.us-west-2.amazonaws.com";
        let entry = format!("service-with-a-name-{number}={host}/{}:v1.0.0-alpha", name(number));
        format!("# Service (from local chart other:1.0.0)\n# Tag: v0.9\n{entry}\n\n")
    };
    let list: String = (0..100).map(entry).collect();
    let images: Vec<String> = (0..100)
        .map(|number| format!("602401143452.dkr.ecr.us-west-2.amazonaws.com/{}:v1.0.1-beta", name(number)))
        .collect();
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let workspace = Workspace::with_list(&list)
        .chart("hyperpod-helm-chart", &images)
        .file("page.md", format!("docker pull {}:v0.9\n", images[50].rsplit_once(':').unwrap().0));
    let printed = workspace.run(&["check"]).stdout;
    let count = printed.matches("error[").count() + printed.matches("warning[").count();
    let blank = printed.lines().filter(|line| line.is_empty()).count();
    assert!(count >= 200, "{printed}");
    assert!(
        printed.lines().count() - blank <= 2 * count + 100 + 120,
        "{} for {count}:\n{printed}",
        printed.lines().count()
    );
    let group = printed.split("━━ service-with-a-name-50 ").nth(1).and_then(|rest| rest.split("━━ ").next());
    assert!(group.is_some_and(|group| group.contains("warning[stale-mention]")), "{printed}");
    assert!(printed.matches("━━ service-with").count() == 100, "{printed}");
}

/// With names as long as they are in practice, what is wrong has two lines at most on a page of 100 columns, and what to do has two.
#[test]
fn messages_with_long_names_have_two_lines() {
    let host = "602401143452.dkr.ecr.us-west-2.amazonaws.com";
    let plugin = format!("{host}/eks/aws-efa-k8s-device-plugin");
    let comment = "# EFA (from local chart hyperpod-helm-chart:1.0.0)\n";
    let lists = [
        format!("{comment}aws-efa-k8s-device-plugin={plugin}:v0.5.6\n"),
        format!("{comment}aws-efa-k8s-device-plugin={host}/amazon/aws-efa-k8s-plugin-before:v0.5.6\n"),
        format!("{comment}aws-efa-k8s-device-plugin=public.ecr.aws/eks-distro/aws-efa-k8s-device-plugin:v0.5.6\n"),
        format!("aws-efa-k8s-device-plugin={plugin}:v0.5.13\n"),
    ];
    let mut long = String::new();
    for list in lists {
        let image = format!("{plugin}:v0.5.13");
        let workspace = Workspace::with_list(&list).chart("hyperpod-helm-chart", &[&image]);
        let printed = workspace.run(&["check"]).stdout;
        for finding in printed.split("\n\n  ").skip(1) {
            let message = finding.lines().take_while(|line| !line.contains("╭─")).count();
            let advice = finding.lines().skip_while(|line| !line.starts_with("  do: "));
            let advice = advice.take_while(|line| !line.starts_with("  fix:") && !line.starts_with("  page:"));
            if message > 2 || advice.count() > 2 {
                long += finding;
            }
        }
        assert!(printed.contains("╭─["), "{printed}");
    }
    assert_eq!(long, "");
}

/// What a list has that a terminal would obey is shown as something else.
#[test]
fn concise_lines_are_safe_to_print() {
    let workspace = Workspace::with_list("we\u{1b}[31mb=nginx:1\n").chart("web", &["nginx:1"]);
    let run = workspace.run(&["check", "--format", "concise"]);
    assert!(run.code == 1 && !run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
}

/// A narrow terminal would break the address of a page.
#[test]
fn the_page_is_named_in_one_line() {
    for (columns, page) in [
        ("80", "  page: mirrorlint explain tag-mismatch\n"),
        ("100", "  page: https://github.com/mirrorlint/mirrorlint/blob/v0.1.0/rules/tag-mismatch.md\n"),
    ] {
        let page = page.replace("v0.1.0", concat!("v", env!("CARGO_PKG_VERSION")));
        let run =
            workspace::run(&workspace::fixture("hyperpod"), &["check", "--color", "never"], &[("COLUMNS", columns)]);
        assert!(run.stdout.contains(&page), "{columns}:\n{}", run.stdout);
    }
}

#[test]
#[cfg(unix)]
fn a_line_feed_in_a_path_does_not_break_the_line_of_the_place() {
    let workspace = workspace::Workspace::new().chart("web", &["nginx:2"]);
    let workspace = workspace.file("to\nols/ecr-images.conf", "# Web (from local chart web:1.0.0)\nweb=nginx:1\n");
    assert!(workspace.run(&["check"]).stdout.contains("╭─[to?ols/ecr-images.conf:2:11]"));
}
