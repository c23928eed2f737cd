//! What is advised can be done, and leads to no finding that says otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, pod};

const APP: &str = "# App (from local chart app:1.0.0)\napp=quay.io/a/app:1\n\n";

/// Two charts of one name are two; one chart under two names is brought once.
#[test]
fn charts_of_one_name_from_two_repositories_are_both_told() {
    for (second, count) in [("https://b.example.org", 2), ("https://a.example.org", 1)] {
        let metadata = format!(
            "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n\
             - {{name: ext, version: 1.0.0, repository: 'https://a.example.org'}}\n\
             - {{name: ext, alias: other, version: 1.0.0, repository: '{second}'}}\n"
        );
        let workspace = Workspace::with_list(APP).chart("app", &["quay.io/a/app:1"]).file("app/Chart.yaml", metadata);
        let told = workspace.findings();
        assert_eq!(told.iter().filter(|told| told.contains("unavailable-chart")).count(), count, "{told:?}");
    }
}

/// Advice that is followed leads to no finding that says otherwise.
#[test]
fn an_entry_with_a_digest_gets_the_tag_that_is_deployed() {
    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let untagged = "The copy scripts cannot read a digest: give it a fixed tag in the chart, then list that";
    for (deployed, listed, advice, fixed) in [
        (":1.4.4@D", "@D", "Set the tag to 1.4.4", ":1.4.4"),
        (":1.4.4@D", ":1.4.3@D", "Set the tag to 1.4.4", ":1.4.4"),
        (":1.4.4@D", ":1.4.4@D", "List the tag alone", ":1.4.4"),
        ("@D", "@D", untagged, "@D"),
        ("@D", ":1.4.4@D", untagged, ":1.4.4@D"),
        (":latest@D", "@D", untagged, "@D"),
    ] {
        let with = |version: &str| version.replace('D', DIGEST);
        let list = |version: &str| format!("# Web (from local chart web:1.0.0)\nweb=acme/web{}\n", with(version));
        let workspace = Workspace::with_list(&list(listed)).chart("web", &[&format!("acme/web{}", with(deployed))]);
        let told = workspace.findings();
        let [only] = told.as_slice() else { panic!("{deployed} {listed}: {told:?}") };
        assert!(only.contains("reader-disagreement") && only.ends_with(advice), "{only}");
        assert_eq!(workspace.fixed("reader-disagreement"), list(fixed), "{deployed} {listed}");
        let after = workspace.file("tools/ecr-images.conf", list(fixed)).findings();
        assert!(fixed == listed || after.is_empty(), "{after:?}");
    }
}

/// What has to be done before the tag of a switched-off image can be listed is said there, too.
#[test]
fn what_a_switch_would_bring_is_listed_as_it_can_be() {
    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    for (condition, version, advice) in [
        (".Values.more", ":3.0", "List 3.0 before that"),
        ("not .Values.external", ":3.0", "List 3.0 before that"),
        (".Values.more", ":3.0@D", "List 3.0 before that"),
        (".Values.more", ":latest", "Its tag moves: pin it in the chart, then list that"),
        (".Values.more", "@D", "give it a fixed tag in the chart, then list that"),
        (".Values.more", ":{{ .Values.other }}", "quote it in the chart, then list that"),
    ] {
        let more = pod("more", &[&format!("acme/c{}", version.replace('D', DIGEST))]);
        let workspace = Workspace::with_list("# C (from local chart web:1.0.0)\nc=acme/c:1.0\n")
            .chart("web", &[])
            .file("web/values.yaml", "more: false\nexternal: true\nother: 2.20\n")
            .file("web/templates/more.yaml", format!("{{{{- if {condition} }}}}\n{more}{{{{- end }}}}\n"));
        let told = workspace.findings();
        let found = told.iter().find(|told| told.contains("disabled-source")).unwrap_or_else(|| panic!("{told:?}"));
        assert!(found.ends_with(advice), "{found}");
    }
}

/// What charts say themselves may end as a text does: with a stop, or with a line feed.
#[test]
fn what_a_chart_says_ends_as_other_messages_do() {
    for (said, end) in [
        ("Please set image.tag.", ": Please set image.tag. Correct the chart"),
        ("A tag is needed\\n   Set it!\\n", "Set it! Correct the chart"),
        ("A tag is needed\\n\\n", ": A tag is needed. Correct the chart"),
    ] {
        let workspace = Workspace::with_list(APP)
            .chart("app", &["quay.io/a/app:1"])
            .file("app/templates/fail.yaml", format!("{{{{ fail \"{said}\" }}}}\n"));
        let told = workspace.findings();
        assert!(told.iter().any(|told| told.contains(end)), "{told:?}");
    }
}

/// As real Helm deploys them: a copy that fits any dependency of its name is there as that one alone; one that fits none goes by its
/// own name, which a dependency without alias may switch off.
#[test]
fn a_copy_is_deployed_as_the_dependency_that_it_fits() {
    for (dependencies, effect) in [
        ("{name: ext, alias: a, version: 1.0.0}", "all the same, but not under its alias."),
        ("{name: ext, version: 1.0.0}", "all the same."),
        ("{name: ext, version: 1.0.0, condition: no.such}", "all the same unless its condition switches it off."),
        (
            "{name: ext, alias: a, version: 1.0.0}, {name: ext, version: 1.0.0, condition: no.such}",
            "all the same, as `ext` unless its condition switches it off.",
        ),
        (
            "{name: ext, version: 1.0.0, condition: no.such}, {name: ext, alias: a, version: 1.0.0}",
            "all the same, as `ext` unless its condition switches it off.",
        ),
        ("{name: ext, alias: a, version: 2.0.0}, {name: ext, alias: b, version: 1.0.0}", "only as `a`."),
        ("{name: ext, alias: a, version: 1.0.0}, {name: ext, version: 2.0.0}", "only as `ext`."),
    ] {
        let workspace = Workspace::with_list(APP)
            .chart("app", &["quay.io/a/app:1"])
            .chart("app/charts/ext", &[])
            .file("app/charts/ext/Chart.yaml", "apiVersion: v2\nname: ext\nversion: 2.0.0\n")
            .file(
                "app/Chart.yaml",
                format!("apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{dependencies}]\n"),
            );
        let told = workspace.findings_with(&["--select", "dependency-version-mismatch"]);
        assert!(
            !told.is_empty() && told.iter().any(|told| told.contains(&format!("Helm deploys it {effect}"))),
            "{told:?}"
        );
    }
}

/// Another account, or another repository, is right to mend: with the tag that is meant, which the chart does not deploy yet.
#[test]
fn no_fix_writes_a_tag_that_helm_has_spoilt() {
    const ECR: &str = "602401143452.dkr.ecr.us-west-2.amazonaws.com/acme/web";
    for (rule, entry, deployed) in [
        ("region-mismatch", "602401143453.dkr.ecr.us-west-2.amazonaws.com/acme/web:1.10", ECR),
        ("repository-mismatch", "acme/wbe:1.10", "acme/web"),
    ] {
        let with = |tag: &str| {
            Workspace::with_list(&format!("# Web (from local chart web:1.0.0)\nweb={entry}\n"))
                .chart("web", &[&format!("{deployed}:{{{{ .Values.tag }}}}")])
                .file("web/values.yaml", format!("tag: {tag}\n"))
        };
        let findings = with("1.10").findings();
        let found = findings.iter().find(|told| told.contains(rule)).unwrap();
        assert!(found.ends_with("A part of it has no quotes: quote it in the chart, then list that"), "{found}");
        assert!(with("1.10").fixed(rule).ends_with(&format!("web={entry}\n")), "{rule}");
        assert!(with("'1.10'").fixed(rule).ends_with(&format!("web={deployed}:1.10\n")), "{rule}");
    }
}

/// Nobody can quote what stands in a package: values can be given in quotes, but what Helm makes of an `appVersion` is deployed.
#[test]
fn a_number_in_a_package_is_quoted_elsewhere_or_not_at_all() {
    let with = |entry: &str, version: &str, values: &str, tag: &str| {
        let metadata = format!("apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: {version}\n");
        let template = pod("web", &[&format!("acme/web:{tag}")]);
        let package = workspace::package(&[
            ("web/Chart.yaml", metadata.as_bytes()),
            ("web/values.yaml", values.as_bytes()),
            ("web/templates/web.yaml", template.as_bytes()),
        ]);
        let umbrella = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0}]\n";
        Workspace::with_list(&format!("# Base (from local chart app:1.0.0)\nbase=busybox:1\n{entry}"))
            .chart("app", &["busybox:1"])
            .file("app/Chart.yaml", umbrella)
            .file("app/charts/web-1.0.0.tgz", package)
    };
    const OLD: &str = "\n# Web (from local chart web:1.0.0)\nweb=acme/web:v1.0\n";
    let app = |entry: &str| with(entry, "1.10", "", "v{{ .Chart.AppVersion }}");
    for (entry, rule, advice) in
        [(OLD, "tag-mismatch", "Set the tag to v1.1"), ("", "missing-entry", "List it as `web`")]
    {
        let findings = app(entry).findings();
        let [found, number] = findings.as_slice() else { panic!("{findings:?}") };
        assert!(found.contains(rule) && found.ends_with(advice), "{found}");
        assert!(number.ends_with("prints it as 1.1. Tell its makers, or take another version of it"), "{number}");
        assert!(app(entry).fixed(rule).ends_with("web=acme/web:v1.1\n"), "{rule}");
    }
    let values = |entry: &str| with(entry, "1.0.0", "tag: 1.10\n", "v{{ .Values.tag }}");
    for (entry, rule) in [(OLD, "tag-mismatch"), ("", "missing-entry")] {
        let findings = values(entry).findings();
        let [found, number] = findings.as_slice() else { panic!("{findings:?}") };
        let advice = "A part of it has no quotes: set it in quotes in values of your own, then list that";
        assert!(found.contains(rule) && found.ends_with(advice), "{found}");
        assert!(number.ends_with("prints it as 1.1. Set it in quotes in values of your own"), "{number}");
        assert!(!values(entry).fixed(rule).contains("v1.1"), "{rule}");
    }
}
