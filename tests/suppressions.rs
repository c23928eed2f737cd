//! What is not reported: suppressions and exemptions in the list and in the configuration, and severities.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::sync::Arc;

use mirrorlint::mirror::List;
use mirrorlint::mirror::readers::{Locale, PythonStep, ShellStep, python_steps, shell_steps};
use mirrorlint::source::Sources;
use workspace::Workspace;

const LIST: &str = "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n";

/// `LINE:COLUMN RULE` of each finding.
fn places(workspace: &Workspace) -> Vec<String> {
    let short = |row: &String| row.split(' ').take(2).collect::<Vec<_>>().join(" ");
    workspace.findings().iter().map(short).collect()
}

fn drifted(list: &str) -> Workspace {
    Workspace::with_list(list).chart("web", &["nginx:1.28.0"])
}

#[test]
fn a_suppression_speaks_of_its_entry_only() {
    let list = "# mirrorlint: allow stale-entry: kept for the old cluster\naa=x:1\n\nbb=y:1\n";
    let workspace = Workspace::with_list(list).chart("web", &[]);
    assert_eq!(places(&workspace), ["tools/ecr-images.conf:4:4 stale-entry"]);
}

#[test]
fn an_entry_of_the_same_name_is_another_entry() {
    let list = format!(
        "{LIST}\n# mirrorlint: allow tag-mismatch: not this one\n# Web (from local chart web:1.0.0)\nweb=nginx:1.28.0\n"
    );
    let workspace = drifted(&list).chart("other", &["busybox:1"]);
    let found = places(&workspace);
    assert!(found.contains(&"tools/ecr-images.conf:4:3 unused-suppression".to_owned()), "{found:?}");
    assert!(found.contains(&"tools/ecr-images.conf:6:1 duplicate-entry".to_owned()), "{found:?}");
}

#[test]
fn an_unterminated_last_line_can_be_allowed() {
    let workspace = Workspace::with_list(
        "# Web (from local chart web:1.0.0)\n# mirrorlint: allow unterminated-last-line: the generator drops it\nweb=nginx:1",
    );
    assert_eq!(places(&workspace.chart("web", &["nginx:1"])), Vec::<String>::new());
}

#[test]
fn a_suppression_is_above_an_entry_or_on_top() {
    let workspace = drifted(&format!("{LIST}\n# mirrorlint: allow tag-mismatch: too late\n"));
    assert_eq!(
        places(&workspace),
        ["tools/ecr-images.conf:2:11 tag-mismatch", "tools/ecr-images.conf:4:3 unused-suppression"]
    );
    let allow = "# mirrorlint: allow tag-mismatch: all of them\n\n";
    assert_eq!(places(&drifted(&format!("{allow}{LIST}"))), Vec::<String>::new());
}

#[test]
fn one_line_silences_several_rules() {
    let with = |allow: &str| {
        drifted(&format!("# Web (from local chart web:0.9.0)\n# mirrorlint: {allow}\nweb=nginx:1.27.1\n"))
    };
    assert_eq!(places(&with("allow tag-mismatch, wrong-source: frozen")), Vec::<String>::new());
    let idle = with("allow tag-mismatch, stale-entry,wrong-source , stale-mention: frozen");
    let found = idle.findings();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("tools/ecr-images.conf:2:35 unused-suppression `allow stale-entry` silences nothing"),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("tools/ecr-images.conf:2:62 unused-suppression `allow stale-mention` silences nothing")
    );
    assert!(idle.fixed("unused-suppression").contains("\n# mirrorlint: allow tag-mismatch,wrong-source: frozen\n"));
    let none = with("allow stale-entry, stale-mention: frozen");
    let run = none.run(&["check", "--fix", "--select", "unused-suppression"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(none.read("tools/ecr-images.conf"), "# Web (from local chart web:0.9.0)\nweb=nginx:1.27.1\n");
    let silent = with("allow tag-mismatch, stale-entry, wrong-source");
    let messages = silent.findings().join("\n");
    assert!(messages.contains("Write `# mirrorlint: allow tag-mismatch, wrong-source: WHY`"), "{messages}");
    silent.run(&["check", "--fix", "--select", "unused-suppression"]);
    assert!(silent.read("tools/ecr-images.conf").contains("# mirrorlint: allow tag-mismatch, wrong-source\n"));
}

#[test]
fn the_configuration_silences_what_lies_in_charts() {
    let configuration = "allow:\n- {rule: RULE, path: PATH, reason: it is only a sketch}\n";
    let configured = |rule: &str, path: &str| configuration.replace("RULE", rule).replace("PATH", path);
    let broken = |configuration: &str| {
        let workspace = Workspace::with_list(LIST).chart("web", &["nginx:1.27.1"]).chart("web/charts/sketch", &[]);
        let workspace = workspace.file("web/charts/sketch/templates/sketch.yaml", "{{ fail \"no\" }}");
        places(&workspace.file(".mirrorlint.yaml", configuration))
    };
    let told = ["web/charts/sketch/templates/sketch.yaml:1:4 unrenderable-chart"];
    assert_eq!(broken(""), told);
    assert_eq!(broken(&configured("unrenderable-chart", "web/charts/sketch")), Vec::<String>::new());
    assert_eq!(
        broken(&configured("unrenderable-chart", "web/charts/sketch/templates/sketch.yaml")),
        Vec::<String>::new()
    );
    assert_eq!(broken("allow: [{rule: unrenderable-chart, reason: it is only a sketch}]"), Vec::<String>::new());
    for glob in ["web/*/sketch.yaml", "*.yaml", "**/sketch.yaml", "**/web/charts/s?etch/", "web/charts/*"] {
        assert_eq!(broken(&configured("unrenderable-chart", &format!("'{glob}'"))), Vec::<String>::new(), "{glob}");
    }
    let unmeant = broken(&configured("duplicate-entry", "'web/*.conf'"));
    assert_eq!(unmeant, [".mirrorlint.yaml:2:10 unused-suppression", told[0]]);
    // What else there is to find is not known: another suppression gets the benefit of the doubt, one of a rule that
    // reads the list alone does not.
    assert_eq!(broken(&configured("tag-mismatch", "web")), told);
    let idle = broken(&configured("duplicate-entry", "tools"));
    assert_eq!(idle, [".mirrorlint.yaml:2:10 unused-suppression", told[0]]);
}

#[test]
fn the_configuration_is_held_to_its_reasons() {
    let with = |configuration: &str| places(&drifted(LIST).file(".mirrorlint.yaml", configuration));
    assert_eq!(with("allow: [{rule: tag-mismatch, reason: frozen}]"), Vec::<String>::new());
    assert_eq!(with("allow: [{rule: tag-mismatch, reason: ''}]"), [".mirrorlint.yaml:1:16 unused-suppression"]);
    let idle = with("exempt: [{image: 'quay.io/*', reason: none}]\nallow: [{rule: unused-suppression, reason: no}]");
    assert_eq!(
        idle,
        [
            "tools/ecr-images.conf:2:11 tag-mismatch",
            ".mirrorlint.yaml:1:18 unused-suppression",
            ".mirrorlint.yaml:2:16 unused-suppression"
        ]
    );
    let run = drifted(LIST).file(".mirrorlint.yaml", "allow: [{rule: tag-missmatch, reason: x}]").run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `tag-mismatch`?"), "{}", run.stderr);
}

#[test]
fn a_suppression_of_what_one_above_silences_says_so() {
    let told = |image: &str| {
        let allows = "allow: [{rule: tag-mismatch, reason: a}, {rule: tag-mismatch, path: tools, reason: b}]\n";
        let list = format!("# Web (from local chart web:1.0.0)\nweb={image}\n");
        drifted(&list).file(".mirrorlint.yaml", allows).findings()
    };
    let both = told("nginx:1.27.1");
    assert!(both.len() == 1 && both[0].contains("silences nothing: another one above does already"), "{both:?}");
    let neither = told("nginx:1.28.0");
    assert!(neither.len() == 2 && neither.iter().all(|told| told.contains("there is no such finding")), "{neither:?}");
}

/// What no list of the workspace needs is told once; what another list may need is not told when one list is asked for.
#[test]
fn the_configuration_is_for_all_lists() {
    let workspace =
        drifted(LIST).file("other/ecr-images.conf", "# Web (from local chart web:1.0.0)\nweb=nginx:1.28.0\n");
    let workspace = workspace.file(".mirrorlint.yaml", "allow: [{rule: tag-mismatch, reason: frozen}]");
    assert_eq!(places(&workspace), Vec::<String>::new());
    let run = workspace.run(&["check", "other/ecr-images.conf", "--format", "json"]);
    assert!(!run.stdout.contains("unused-suppression"), "{}", run.stdout);
}

#[test]
fn exemptions_are_good_for_missing_images() {
    let exempt = "# mirrorlint: exempt quay.io/a/*: reached through a proxy\n\n";
    let deployed = |images: &[&str]| places(&Workspace::with_list(&format!("{exempt}{LIST}")).chart("web", images));
    assert_eq!(deployed(&["nginx:1.27.1", "quay.io/a/b:1"]), Vec::<String>::new());
    assert_eq!(deployed(&["nginx:1.27.1"]), ["tools/ecr-images.conf:1:3 unused-suppression"]);
    let listed = format!("{exempt}{LIST}\n# B (from local chart web:1.0.0)\nbb=quay.io/a/b:1\n");
    let workspace = Workspace::with_list(&listed).chart("web", &["nginx:1.27.1", "quay.io/a/b:1"]);
    let found = workspace.findings();
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("entries stand for every image that it means"), "{found:?}");
}

#[test]
fn an_image_is_exempt_with_its_variants_in_other_regions() {
    let pod = "{{- $region := .Values.region | default \"us-east-1\" }}\n\
               {{- $accounts := dict \"us-east-1\" \"111111111111\" \"us-west-2\" \"222222222222\" }}\n\
               apiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec:\n  containers:\n    - name: agent\n      \
               image: {{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/agent:1\n";
    let with = |glob: &str| {
        Workspace::with_list(&format!("# mirrorlint: exempt {glob}: an endpoint\n\n{LIST}"))
            .chart("web", &["nginx:1.27.1"])
            .file("web/values.yaml", "region: \"\"\n")
            .file("web/templates/agent.yaml", pod)
    };
    for glob in
        ["222222222222.dkr.ecr.us-west-2.amazonaws.com/*", "*.dkr.ecr.us-west-2.*", "222222222222.dkr.*", "*/agent"]
    {
        for arguments in [&[][..], &["--region", "us-east-1"], &["--region", "us-west-2"]] {
            assert_eq!(with(glob).findings_with(arguments), [""; 0], "{glob} {arguments:?}");
        }
    }
    // Without another word of a region, that of an exemption is the list's.
    let findings = with("222222222222.dkr.ecr.us-west-2.amazonaws.com/other").findings();
    assert_eq!(findings.len(), 2);
    assert!(
        findings.iter().any(|told| told.contains("222222222222.dkr.ecr.us-west-2.amazonaws.com/agent:1")),
        "{findings:?}"
    );
}

#[test]
fn images_are_shown_as_exempt() {
    let list =
        format!("# mirrorlint: exempt quay.io/a/*: reached through a proxy\n# mirrorlint: exempt quay.io/b\n\n{LIST}");
    let workspace = Workspace::with_list(&list)
        .chart("web", &["nginx:1.27.1", "quay.io/a/b:1", "quay.io/b:1", "quay.io/c:1"])
        .file(".mirrorlint.yaml", "exempt: [{image: 'quay.io/c', reason: an endpoint}]\n");
    let shown = |arguments: &[&str]| {
        let run = workspace.run(&[&["images"], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let images = run.stdout.lines().filter(|line| !line.starts_with(' ')).map(str::to_owned).collect::<Vec<_>>();
        images.join("\n")
    };
    let exempt = "nginx:1.27.1\nquay.io/a/b:1 (exempt: reached through a proxy)\nquay.io/b:1 (exempt)\nquay.io/c:1 (exempt: an endpoint)";
    assert_eq!(shown(&[]), exempt);
    assert_eq!(shown(&["tools/ecr-images.conf"]), exempt);
    assert_eq!(shown(&["web"]), "nginx:1.27.1\nquay.io/a/b:1\nquay.io/b:1\nquay.io/c:1");
    let report: serde_json::Value = serde_json::from_str(&shown(&["--format", "json"])).unwrap();
    let reasons: Vec<_> = report["images"].as_array().unwrap().iter().map(|image| image["exempt"].clone()).collect();
    assert_eq!(serde_json::json!(reasons), serde_json::json!([null, "reached through a proxy", "", "an endpoint"]));
}

/// Neither script reads anything from a line that is addressed to the linter.
#[test]
fn the_scripts_skip_suppressions() {
    let lines = [
        "# mirrorlint: allow tag-mismatch: it's a=b:c",
        "#mirrorlint:exempt x=y/*: \"why",
        "  # mirrorlint: allow stale-entry: a = b",
    ];
    let text: Arc<str> = (lines.join("\n") + "\n").into();
    let list = List::parse(Sources::new().add("list", text.clone()), &text);
    assert_eq!(list.directives.len(), lines.len());
    assert!(shell_steps(&list, Locale::C).iter().all(|step| *step == ShellStep::Skips));
    assert!(python_steps(&list).iter().flatten().all(|step| *step == PythonStep::Skips));
}

#[test]
fn rules_take_the_severity_that_the_configuration_gives() {
    let run = |level: &str, arguments: &[&str]| {
        let workspace = drifted(LIST).file(".mirrorlint.yaml", format!("rules: {{tag-mismatch: {level}}}\n"));
        let run = workspace.run(&[&["check", "--format", "json"], arguments].concat());
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let severities: Vec<_> =
            report["findings"].as_array().unwrap().iter().map(|found| found["severity"].as_str().unwrap()).collect();
        (severities.join(" "), run.code)
    };
    let row = |severity: &str, code| (severity.to_owned(), code);
    assert_eq!(run("error", &[]), row("error", 1));
    assert_eq!(run("warning", &[]), row("warning", 1));
    assert_eq!(run("warning", &["--fail-on", "error"]), row("warning", 0));
    assert_eq!(run("info", &[]), row("info", 0));
    assert_eq!(run("info", &["--fail-on", "info"]), row("info", 1));
    assert_eq!(run("off", &["--fail-on", "info"]), row("", 0));
    assert_eq!(run("error", &["--ignore", "tag-mismatch"]), row("", 0));
    assert_eq!(run("error", &["--select", "stale-entry"]), row("", 0));
    assert_eq!(run("error", &["--select", "tag-mismatch", "--isolated"]), row("error", 1));
}

/// A rule that is off finds nothing, which is no reproach to a suppression of it.
#[test]
fn a_suppression_of_a_rule_that_is_off_is_not_unused() {
    let list = LIST.replace("web=", "# mirrorlint: allow tag-mismatch: frozen\nweb=");
    let workspace = drifted(&list).file(".mirrorlint.yaml", "rules: {tag-mismatch: off}\n");
    assert_eq!(places(&workspace), Vec::<String>::new());
}

#[test]
fn what_may_be_a_slip_is_not_deleted_as_if_that_were_safe() {
    for (exempt, advice) in [
        ("nginx, redis: no", "one image a line"),
        ("quay.io/a quay.io/b: no", "one image a line"),
        ("`quay.io/a`: no", "without quotes"),
        ("quay.io/A: no", "no capitals"),
        ("111111111111.dkr.ecr.us-west-2.amazonaws.com/a: no", "in any region"),
    ] {
        let workspace = Workspace::with_list(&format!("# mirrorlint: exempt {exempt}\n\n{LIST}"));
        let workspace = workspace.chart("web", &["nginx:1.27.1"]);
        let findings = workspace.findings();
        assert!(findings.len() == 1 && findings[0].contains(advice), "{findings:?}");
        workspace.run(&["check", "--fix"]);
        assert!(workspace.read("tools/ecr-images.conf").contains(exempt), "{exempt}");
    }
}

/// At the top of the file a bare `#` parts no suppression from the first entry. Who wrote it there may have meant the whole list: as long
/// as it would silence something there, its deletion is not safe.
#[test]
fn a_suppression_above_a_bare_hash_is_not_deleted_unasked() {
    let top =
        "# Images\n# mirrorlint: allow tag-mismatch: frozen\n#\n# Web (from local chart web:1.0.0)\nnginx=nginx:1\n";
    let list = format!("{top}\n# Cache (from local chart web:1.0.0)\nredis=redis:6\n");
    let with = |image: &str| Workspace::with_list(&list).chart("web", &["nginx:1", image]);
    let drifted = with("redis:7");
    let told = drifted.findings_with(&["--select", "unused-suppression"]);
    assert!(told.iter().any(|line| line.contains("A blank line in place of the bare `#`")), "{told:?}");
    drifted.run(&["check", "--fix", "--select", "unused-suppression"]);
    assert_eq!(drifted.read("tools/ecr-images.conf"), list);
    let parted = list.replacen("#\n", "\n", 1);
    assert_eq!(places(&drifted.file("tools/ecr-images.conf", &parted)), Vec::<String>::new());

    let right = with("redis:6");
    right.run(&["check", "--fix"]);
    assert!(!right.read("tools/ecr-images.conf").contains("allow"), "it is good for nothing either way");
}

/// At the top of the file, parted by a blank line, it speaks of the whole list, whatever stands beside it there.
#[test]
fn at_the_top_a_suppression_speaks_of_the_whole_list() {
    for title in [
        "# Images of the platform (from local chart web:1.0.0)",
        "# Title (from REPO/CHART:VERSION)",
        "# Repository: 123456789012.dkr.ecr.us-west-2.amazonaws.com/nginx",
    ] {
        let allow = "# mirrorlint: allow tag-mismatch, undocumented-source: frozen for the release";
        let list = format!("{title}\n{allow}\n\nnginx=nginx:1\n\nredis=redis:6\n");
        let with = |images: &[&str]| Workspace::with_list(&list).chart("web", images);
        assert_eq!(places(&with(&["nginx:1", "redis:7"])), Vec::<String>::new(), "{title}");
        let idle =
            Workspace::with_list(&list.replace(", undocumented-source", "")).chart("web", &["nginx:1", "redis:6"]);
        assert!(!idle.findings().iter().any(|finding| finding.contains("a blank line parts")), "{title}");
        idle.run(&["check", "--fix"]);
        assert!(idle.read("tools/ecr-images.conf").contains("allow tag-mismatch: frozen"), "{title}");
    }
}

/// What somebody meant to freeze is not written anew before anybody mends the suppression that says so.
#[test]
fn a_suppression_that_is_not_read_holds_fixes_back() {
    for (line, mended) in [
        (
            "# mirrorlint: alow tag-mismatch: frozen\nweb=nginx:1.27.1",
            "# mirrorlint: allow tag-mismatch: frozen\nweb=nginx:1.27.1",
        ),
        (
            "# mirrorlint: ignore tag-mismatch: frozen\nweb=nginx:1.27.1",
            "# mirrorlint: allow tag-mismatch: frozen\nweb=nginx:1.27.1",
        ),
        (
            "# mirrorlint: allow tag-missmatch: frozen\nweb=nginx:1.27.1",
            "# mirrorlint: allow tag-mismatch: frozen\nweb=nginx:1.27.1",
        ),
        (
            "# mirrorlint allow tag-mismatch: frozen\nweb=nginx:1.27.1",
            "# mirrorlint: allow tag-mismatch: frozen\nweb=nginx:1.27.1",
        ),
        (
            "# mirrorlint: allow wrong-source tag-mismatch: frozen\nweb=nginx:1.27.1",
            "# mirrorlint: allow tag-mismatch: frozen\nweb=nginx:1.27.1",
        ),
        (
            "web=nginx:1.27.1 # mirrorlint: allow tag-mismatch: frozen",
            "# mirrorlint: allow tag-mismatch: frozen\nweb=nginx:1.27.1",
        ),
    ] {
        let list = LIST.replace("web=nginx:1.27.1", line);
        let workspace = drifted(&list);
        let told = workspace.findings();
        assert!(told.iter().any(|finding| finding.contains("Set the tag to 1.28.0")), "{told:?}");
        workspace.run(&["check", "--fix"]);
        assert_eq!(workspace.read("tools/ecr-images.conf"), list);
        workspace.run(&["check", "--fix", "--unsafe-fixes"]);
        assert_eq!(workspace.read("tools/ecr-images.conf"), LIST.replace("web=nginx:1.27.1", mended));
    }
}
