//! `mirrorlint check`: what it finds in the fixtures, and in small workspaces next to what each rule is made for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::fmt::Write as _;
use std::path::Path;

use mirrorlint::fix::apply;
use mirrorlint::lint::{Checked, Finding, Settings, Workspace as Found, check, discover};
use mirrorlint::report::display_path;
use mirrorlint::source::{Sources, Span};
use workspace::{Workspace, contents, copy, fixture, pod, run};

/// A finding as a small table: place, rule, entry; what the charts deploy; other places; what the fix does.
fn describe(checked: &Checked, sources: &Sources, finding: &Finding) -> String {
    let place = |span: Span| {
        let at = sources.start(span);
        format!("{}:{}:{}", display_path(&checked.root, sources.get(span.file).path()), at.line, at.column)
    };
    let mut row = format!("{} {} {}", place(finding.span), finding.severity.as_str(), finding.rule.id);
    finding.entry.iter().for_each(|entry| row.push_str(&format!(" {entry}")));
    row.push('\n');
    if let Some(expected) = &finding.expected {
        let _ = writeln!(row, "  expected {expected}");
    }
    if let Some(chart) = &finding.chart {
        let _ = writeln!(row, "  chart    {chart}");
    }
    for related in &finding.related {
        let _ = writeln!(row, "  related  {}", place(related.span));
    }
    for fix in &finding.fixes {
        let file = sources.get(fix.edits()[0].span.file);
        let after = apply(file.text(), fix);
        let _ = writeln!(row, "  {:8} {}", fix.safety.as_str(), fix.title);
        for change in similar::TextDiff::from_lines(&**file.text(), &after).iter_all_changes() {
            let line = change.value().trim_end();
            match change.tag() {
                similar::ChangeTag::Equal => {}
                tag => writeln!(row, "    {tag}{line}").unwrap(),
            }
        }
    }
    row
}

fn lint(found: &Found) -> (Checked, Sources) {
    let sources = Sources::new();
    let checked = check(&sources, found, &Settings::default()).unwrap();
    (checked, sources)
}

fn table(folder: &Path) -> String {
    let (checked, sources) = lint(&discover(folder).unwrap());
    checked.findings.iter().map(|finding| describe(&checked, &sources, finding)).collect()
}

#[test]
fn hyperpod() {
    insta::assert_snapshot!(table(&fixture("hyperpod")), @r#"
    tools/ecr-images.conf:7:61 error wrong-source aws-efa-k8s-device-plugin
      chart    aws-efa-k8s-device-plugin:0.5.20
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/Chart.yaml:22:15
      safe     Note aws-efa-k8s-device-plugin:0.5.20
        -# AWS EFA device plugin (from eks/aws-efa-k8s-device-plugin:0.5.10)
        +# AWS EFA device plugin (from eks/aws-efa-k8s-device-plugin:0.5.20)
    tools/ecr-images.conf:10:102 error tag-mismatch aws-efa-k8s-device-plugin
      expected 602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.13
      chart    aws-efa-k8s-device-plugin:0.5.20
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/aws-efa-k8s-device-plugin/values.yaml:4:9
      safe     Set the tag to v0.5.13
        -# AWS EFA device plugin (from eks/aws-efa-k8s-device-plugin:0.5.10)
        +# AWS EFA device plugin (from eks/aws-efa-k8s-device-plugin:0.5.20)
        -# Tag: v0.5.6 (from chart values.yaml)
        -aws-efa-k8s-device-plugin=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.6
        +# Tag: v0.5.13 (from chart values.yaml)
        +aws-efa-k8s-device-plugin=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin:v0.5.13
    tools/ecr-images.conf:16:112 error tag-mismatch hyperpod-health-monitoring-agent
      expected 905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:1.0.1892.0_1.0.424.0
      chart    health-monitoring-agent:0.1.0
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/health-monitoring-agent/templates/_helpers.tpl:30:41
      safe     Set the tag to 1.0.1892.0_1.0.424.0
        -# Tag: 1.0.819.0_1.0.267.0 (from the readme beside the chart)
        +# Tag: 1.0.1892.0_1.0.424.0 (from chart template)
        -hyperpod-health-monitoring-agent=905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:1.0.819.0_1.0.267.0
        +hyperpod-health-monitoring-agent=905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:1.0.1892.0_1.0.424.0
    tools/ecr-images.conf:28:3 warning undocumented-source kubeflow-training-operator
      chart    training-operators:0.1.0
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/training-operators/values.yaml:2:15
      safe     Write `(from local chart training-operators:0.1.0)`
        -# Kubeflow Training Operator
        +# Kubeflow Training Operator (from local chart training-operators:0.1.0)
    tools/ecr-images.conf:42:1 error missing-entry
      expected public.ecr.aws/neuron/neuron-device-plugin:2.19.16.0
      chart    neuron-device-plugin:v0.1.0
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/neuron-device-plugin/templates/daemonset.yaml:17:18
      safe     List it as `neuron-device-plugin`
        +
        +# Neuron Device Plugin (from local chart neuron-device-plugin:v0.1.0)
        +# Repository: public.ecr.aws/neuron/neuron-device-plugin
        +# Tag: 2.19.16.0 (from chart template)
        +neuron-device-plugin=public.ecr.aws/neuron/neuron-device-plugin:2.19.16.0
    sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/Chart.yaml:29:11 error ambiguous-subchart
      chart    health-monitoring-agent:0.1.0
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/health-monitoring-agent/Chart.yaml:2:7
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/health-monitoring-agent-0.1.0.tgz!/health-monitoring-agent/Chart.yaml:2:7
    "#);
}

#[test]
fn kitchen_sink() {
    insta::assert_snapshot!(table(&fixture("kitchen-sink")), @r#"
    tools/ecr-images.conf:11:1 error duplicate-entry web
      related  tools/ecr-images.conf:8:1
    tools/ecr-images.conf:14:10 error duplicate-entry web-copy
      related  tools/ecr-images.conf:8:1
    tools/ecr-images.conf:18:8 warning wrong-comment oauth2-proxy
      related  tools/ecr-images.conf:19:48
      safe     Write `Tag: v7.6.0`
        -# Tag: v7.5.0
        +# Tag: v7.6.0
    tools/ecr-images.conf:22:7 error repository-mismatch redis
      expected docker.io/bitnamilegacy/redis:7.2.5-debian-12-r0
      chart    redis:19.6.4
      related  charts/platform/charts/redis/values.yaml:3:15
      unsafe   List docker.io/bitnamilegacy/redis:7.2.5-debian-12-r0
        -redis=docker.io/bitnami/redis:7.2.5-debian-12-r0
        +redis=docker.io/bitnamilegacy/redis:7.2.5-debian-12-r0
    tools/ecr-images.conf:25:9 warning stale-entry jenkins
      unsafe   Delete `jenkins`
        -# stale-entry: no chart deploys this any more (from local chart worker:2.0.0)
        -jenkins=jenkins/jenkins:2.440.3-lts
        -
    tools/ecr-images.conf:28:6 error invalid-repository-name queue--worker
    tools/ecr-images.conf:31:28 error invalid-image-reference migrations
    tools/ecr-images.conf:34:45 error reader-disagreement job-runner
      safe     Put the comment on a line of its own
        -job-runner=ghcr.io/example/job-runner:1.4.0 # pulled by the worker itself
        +# pulled by the worker itself
        +job-runner=ghcr.io/example/job-runner:1.4.0
    tools/ecr-images.conf:37:1 error invalid-entry
    tools/ecr-images.conf:43:16 info disabled-source metrics-server
      chart    metrics:0.1.0
      related  charts/platform/charts/metrics/Chart.yaml:5:13
      related  charts/platform/values.yaml:2:12
    tools/ecr-images.conf:43:68 error unterminated-last-line metrics-server
      safe     End the last line
        -metrics-server=registry.k8s.io/metrics-server/metrics-server:v0.7.1
        +metrics-server=registry.k8s.io/metrics-server/metrics-server:v0.7.1
    charts/offline/Chart.yaml:7:11 error unavailable-chart
      chart    ingress-nginx:4.11.2
    "#);
}

#[test]
fn the_order_in_which_charts_and_lists_are_found_changes_nothing() {
    for name in ["hyperpod", "kitchen-sink"] {
        let folder = fixture(name);
        let mut found = discover(&folder).unwrap();
        let expected = table(&folder);
        found.charts.reverse();
        let (checked, sources) = lint(&found);
        let rows: String = checked.findings.iter().map(|finding| describe(&checked, &sources, finding)).collect();
        assert_eq!(rows, expected, "{name}");
    }
}

#[test]
fn files_that_were_read_before_change_nothing() {
    let folder = fixture("kitchen-sink");
    let sources = Sources::new();
    for path in contents(&folder).into_keys().rev() {
        sources.read(&path).unwrap();
    }
    let checked = check(&sources, &discover(&folder).unwrap(), &Settings::default()).unwrap();
    let rows: String = checked.findings.iter().map(|finding| describe(&checked, &sources, finding)).collect();
    assert_eq!(rows, table(&folder));
}

#[test]
fn every_run_prints_the_same_bytes_whatever_the_threads() {
    for name in ["hyperpod", "kitchen-sink"] {
        for arguments in [&["check", "--exit-zero"][..], &["check", "--exit-zero", "--format", "json"], &["images"]] {
            let of = |threads: &str| run(&fixture(name), arguments, &[("RAYON_NUM_THREADS", threads)]).stdout;
            let first = of("1");
            assert!(!first.is_empty());
            for threads in ["1", "4", "4", "4"] {
                assert_eq!(of(threads), first, "{name} {arguments:?} with {threads} threads");
            }
        }
    }
}

#[test]
fn nothing_is_written() {
    for name in ["hyperpod", "kitchen-sink"] {
        let folder = tempfile::tempdir().unwrap();
        copy(&fixture(name), folder.path());
        let before = contents(folder.path());
        for arguments in [&["check"][..], &["check", "--format", "json"], &["images"]] {
            run(folder.path(), arguments, &[]);
        }
        assert_eq!(contents(folder.path()), before, "{name}");
    }
}

/// After a fix its finding is gone, and no other one is new.
#[test]
fn every_fix_mends_its_finding_and_breaks_nothing() {
    for name in ["hyperpod", "kitchen-sink"] {
        let folder = tempfile::tempdir().unwrap();
        copy(&fixture(name), folder.path());
        let found = discover(folder.path()).unwrap();
        let (checked, sources) = lint(&found);
        let keys = |checked: &Checked| checked.findings.iter().map(Finding::key).collect::<Vec<_>>();
        let before = keys(&checked);
        for finding in &checked.findings {
            for fix in &finding.fixes {
                let file = sources.get(fix.edits()[0].span.file);
                std::fs::write(file.path(), apply(file.text(), fix)).unwrap();
                let after = keys(&lint(&found).0);
                std::fs::write(file.path(), &**file.text()).unwrap();
                assert!(!after.contains(&finding.key()), "{name}: `{}` leaves {}", fix.title, finding.key());
                let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
                assert!(new.is_empty(), "{name}: `{}` brings {new:?}", fix.title);
            }
        }
    }
}

// What stands next to what each rule is made for.

#[test]
fn a_v_in_front_makes_another_tag() {
    let workspace =
        Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n").chart("web", &["nginx:v1.27.1"]);
    assert_eq!(
        workspace.findings(),
        [
            "tools/ecr-images.conf:2:11 tag-mismatch `web` lists 1.27.1, but web:1.0.0 deploys v1.27.1. Set the tag to v1.27.1"
        ]
    );
    assert_eq!(workspace.fixed("tag-mismatch"), "# Web (from local chart web:1.0.0)\nweb=nginx:v1.27.1\n");
}

#[test]
fn a_repository_with_two_tags_needs_two_entries() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1", "nginx:2"]);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("missing-entry nginx:2 is not listed, but web:1.0.0 deploys it"), "{found:#?}");
    // An entry for neither stands for the first; the second one is still missing.
    let workspace = Workspace::with_list(&list.replace(":1\n", ":0\n")).chart("web", &["nginx:1", "nginx:2"]);
    let rules: Vec<String> = rules_of(&workspace).split_whitespace().map(str::to_owned).collect();
    assert_eq!(rules, ["tag-mismatch", "missing-entry"]);
    let workspace = Workspace::with_list(&format!("{list}# Second (from local chart web:1.0.0)\nweb-2=nginx:2\n"))
        .chart("web", &["nginx:1", "nginx:2"]);
    assert_eq!(rules_of(&workspace), "");
}

#[test]
fn containers_without_names_are_several_images() {
    let manifest = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\nspec:\n  containers: [{image: \"a:1\"}, {image: \"b:1\"}]\n";
    let workspace = Workspace::with_list("# A (from local chart web:1.0.0)\na1=a:1\n")
        .chart("web", &[])
        .file("web/templates/web.yaml", manifest);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("missing-entry b:1 is not listed, but web:1.0.0 deploys it"), "{found:#?}");
}

#[test]
fn objects_of_one_name_in_two_namespaces_are_several_images() {
    let manifest = "{{ range list 1 2 }}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: \"n{{ . }}\"}\nspec: {containers: [{name: c, image: \"a:{{ . }}\"}]}\n{{ end }}";
    let workspace = Workspace::with_list("# A (from local chart web:1.0.0)\na1=a:1\n")
        .chart("web", &[])
        .file("web/templates/web.yaml", manifest);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("missing-entry a:2 is not listed, but web:1.0.0 deploys it"), "{found:#?}");
}

#[test]
fn root_charts_of_one_name_are_several() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    let workspace = Workspace::with_list(list).chart("v1/web", &["nginx:1"]).chart("v2/web", &["nginx:2"]);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("missing-entry nginx:2 is not listed, but web:1.0.0 deploys it"), "{found:#?}");
}

#[test]
fn one_image_of_two_charts_with_different_tags() {
    let chart = |list: &str| Workspace::with_list(list).chart("a", &["nginx:1"]).chart("b", &["nginx:2"]);
    let right = "# A (from local chart a:1.0.0)\na1=nginx:1\n\n# B (from local chart b:1.0.0)\nb2=nginx:2\n";
    assert_eq!(rules_of(&chart(right)), "");
    // Each entry is held against the chart that it names.
    let both = "# A (from local chart a:1.0.0)\na1=nginx:0\n\n# B (from local chart b:1.0.0)\nb2=nginx:0.5\n";
    let workspace = chart(both);
    let found = workspace.findings();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("`a1` lists 0, but a:1.0.0 deploys 1"), "{found:#?}");
    assert!(found[1].contains("`b2` lists 0.5, but b:1.0.0 deploys 2"), "{found:#?}");
    let swapped = chart(&both.replace("b2=nginx:0.5", "b2=nginx:1"));
    let found = swapped.findings();
    assert!(
        found.iter().any(|row| row.contains("wrong-source the note says b:1.0.0, but a:1.0.0 deploys the image")),
        "{found:#?}"
    );
}

#[test]
fn a_digest_is_a_version() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let deployed = format!("nginx@{digest}");
    let note = "# Web (from local chart web:1.0.0)\n";
    let right = Workspace::with_list(&format!("{note}web={deployed}\n")).chart("web", &[&deployed]);
    assert_eq!(rules_of(&right), "reader-disagreement", "neither script reads digests");
    let tag = Workspace::with_list(&format!("{note}web=nginx:1\n")).chart("web", &[&deployed]);
    assert_eq!(rules_of(&tag), "tag-mismatch");
    assert_eq!(tag.fixed("tag-mismatch"), tag.read("tools/ecr-images.conf"), "no script could read the digest");
    let other = Workspace::with_list(&format!("{note}web={deployed}\n")).chart("web", &["nginx:1"]);
    assert_eq!(rules_of(&other), "tag-mismatch", "its fix takes the digest away");
    assert_eq!(other.fixed("tag-mismatch"), format!("{note}web=nginx:1\n"));
    let pinned = format!("nginx:1@{digest}");
    let unpinned = Workspace::with_list(&format!("{note}web=nginx:1\n")).chart("web", &[&pinned]);
    assert_eq!(rules_of(&unpinned), "", "the scripts read tags alone");
    let old = Workspace::with_list(&format!("{note}web=nginx:0\n")).chart("web", &[&pinned]);
    assert_eq!(old.fixed("tag-mismatch"), format!("{note}web=nginx:1\n"));
    let both = Workspace::with_list(&format!("{note}web={pinned}\n")).chart("web", &[&pinned]);
    assert_eq!(both.fixed("reader-disagreement"), format!("{note}web=nginx:1\n"));
    let other =
        Workspace::with_list(&format!("{note}web=nginx:1@sha256:{}\n", "b".repeat(64))).chart("web", &[&pinned]);
    assert_eq!(rules_of(&other), "digest-mismatch", "its fix takes the digest away");
    assert_eq!(other.fixed("digest-mismatch"), format!("{note}web=nginx:1\n"));
}

#[test]
fn a_registry_port_is_no_tag() {
    let note = "# Web (from local chart web:1.0.0)\n";
    let deployed = "registry.example.org:5000/team/web:1";
    let right = Workspace::with_list(&format!(
        "{note}# Repository: registry.example.org:5000/team/web\n# Tag: 1\nweb={deployed}\n"
    ))
    .chart("web", &[deployed]);
    assert_eq!(rules_of(&right), "reader-disagreement", "the copy script takes the port for the tag's start");
    let old =
        Workspace::with_list(&format!("{note}web=registry.example.org:5000/team/web:0\n")).chart("web", &[deployed]);
    assert_eq!(old.fixed("tag-mismatch"), format!("{note}web={deployed}\n"));
    let none =
        Workspace::with_list(&format!("{note}web=registry.example.org:5000/team/web\n")).chart("web", &[deployed]);
    assert_eq!(none.fixed("tag-mismatch"), format!("{note}web={deployed}\n"));
    let port =
        Workspace::with_list(&format!("{note}web=registry.example.org:5001/team/web:1\n")).chart("web", &[deployed]);
    assert_eq!(rules_of(&port), "reader-disagreement repository-mismatch");
    assert_eq!(port.fixed("repository-mismatch"), format!("{note}web={deployed}\n"));
}

#[test]
fn no_tag_is_latest() {
    let note = "# Web (from local chart web:1.0.0)\n";
    for (listed, deployed) in [
        ("nginx", "nginx:latest"),
        ("nginx:latest", "nginx"),
        ("docker.io/nginx", "index.docker.io/library/nginx:latest"),
    ] {
        let workspace = Workspace::with_list(&format!("{note}web={listed}\n")).chart("web", &[deployed]);
        assert_eq!(rules_of(&workspace), "floating-tag", "{listed} for {deployed}");
    }
    let workspace = Workspace::with_list(&format!("{note}# Tag: 1\nweb=nginx:1\n")).chart("web", &["nginx"]);
    assert_eq!(rules_of(&workspace), "tag-mismatch", "one cause, one finding");
    assert_eq!(workspace.fixed("tag-mismatch"), workspace.read("tools/ecr-images.conf"), "a fixed tag stays");
    assert!(workspace.findings()[0].ends_with("Its tag moves: pin it in the chart, then list that"));
}

/// An umbrella chart with `sub` under an alias, in a folder of another name.
fn umbrella(list: &str) -> Workspace {
    let metadata = "apiVersion: v2\nname: umbrella\nversion: 3.0.0\ndependencies:\n- name: sub\n  version: 1.0.0\n  alias: front\n  repository: file://charts/folder\n";
    Workspace::with_list(list)
        .file("umbrella/Chart.yaml", metadata)
        .file("umbrella/charts/folder/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n")
        .file("umbrella/charts/folder/templates/pod.yaml", pod("sub", &["nginx:1"]))
}

#[test]
fn a_note_may_name_umbrella_chart_alias_or_folder() {
    for name in ["umbrella:3.0.0", "sub:1.0.0", "front:1.0.0", "folder:1.0.0", "sub:v1.0.0"] {
        let workspace = umbrella(&format!("# Web (from local chart {name})\nweb=nginx:1\n"));
        assert_eq!(rules_of(&workspace), "", "{name}");
    }
    for name in ["umbrella:1.0.0", "front:3.0.0", "folder:0.9", "other:1.0.0"] {
        let list = format!("# Web (from local chart {name})\nweb=nginx:1\n");
        let workspace = umbrella(&list);
        assert_eq!(rules_of(&workspace), "wrong-source", "{name}");
        let fixed = workspace.fixed("wrong-source");
        assert_eq!(rules_of(&umbrella(&fixed)), "", "{fixed}");
    }
    // Names lead to the partner of a wrong entry, too.
    for name in ["sub", "front", "folder"] {
        let workspace = umbrella(&format!("# Web (from local chart {name}:1.0.0)\nweb=quay.io/acme/httpd:1\n"));
        assert_eq!(rules_of(&workspace), "repository-mismatch", "{name}");
    }
}

#[test]
fn a_note_needs_no_version() {
    for note in ["from local chart web", "from charts/web", "from local chart ./web"] {
        let workspace = Workspace::with_list(&format!("# Web ({note})\nweb=nginx:1\n")).chart("web", &["nginx:1"]);
        assert_eq!(rules_of(&workspace), "", "{note}");
    }
    let workspace = Workspace::with_list("# Web (from local chart other)\nweb=nginx:1\n").chart("web", &["nginx:1"]);
    assert_eq!(workspace.fixed("wrong-source"), "# Web (from local chart web:1.0.0)\nweb=nginx:1\n");
}

#[test]
fn notes_choose_among_root_charts() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    assert_eq!(rules_of(&workspace), "", "`other` is none of the list's charts");
    let without = Workspace::with_list("# Web\nweb=nginx:1\n").chart("web", &["nginx:1"]).chart("other", &["redis:7"]);
    assert_eq!(rules_of(&without), "undocumented-source missing-entry", "without notes all charts count");
    assert_eq!(
        workspace.findings_with(&["--chart", "web", "--chart", "other"]).len(),
        1,
        "charts that are given count"
    );
    let library = Workspace::with_list("# Web\nweb=nginx:1\n")
        .chart("web", &["nginx:1"])
        .file("lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n");
    assert_eq!(rules_of(&library), "undocumented-source", "a library is no root");
    assert_eq!(rules_with(&library, &["--chart", "lib"]), "unrenderable-chart", "Helm installs no library");
}

#[test]
fn line_ends_of_a_windows_list_are_kept() {
    let list = "# Web (from local chart web:0.9.0)\r\n# Tag: 0\r\nweb=nginx:0\r\n";
    let workspace = || Workspace::with_list(list).chart("web", &["nginx:1", "redis:7"]);
    assert_eq!(rules_of(&workspace()), "wrong-source tag-mismatch reader-disagreement missing-entry");
    assert_eq!(workspace().fixed("tag-mismatch"), "# Web (from local chart web:1.0.0)\r\n# Tag: 1\r\nweb=nginx:1\r\n");
    let more = workspace().fixed("missing-entry");
    assert_eq!(
        more,
        format!(
            "{list}\r\n# Redis (from local chart web:1.0.0)\r\n# Repository: redis\r\n# Tag: 7 (from chart template)\r\nredis=redis:7\r\n"
        )
    );
    let last = Workspace::with_list(list.trim_end()).chart("web", &["nginx:1"]);
    let end = "a CR that no script sees, but for the last line";
    assert_eq!(last.fixed("unterminated-last-line"), format!("{}\n", list.trim_end()), "{end}");
}

#[test]
fn a_new_entry_is_one_that_both_scripts_read() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let cases = [
        (format!("redis:7@{digest}"), Some("redis=redis:7")),
        (format!("redis@{digest}"), None),
        ("redis".to_owned(), None),
        ("redis:latest".to_owned(), None),
        ("registry.example.org:5000/redis:7".to_owned(), None),
        ("redis:7".to_owned(), Some("redis=redis:7")),
    ];
    for (image, line) in cases {
        let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1", &image]);
        assert_eq!(rules_of(&workspace), "missing-entry", "{image}");
        let fixed = workspace.fixed("missing-entry");
        assert_eq!(fixed.lines().last(), Some(line.unwrap_or("web=nginx:1")), "{image}");
        if line.is_some() {
            assert_eq!(rules_of(&Workspace::with_list(&fixed).chart("web", &["nginx:1", &image])), "", "{fixed}");
        }
    }
}

#[test]
fn new_entries_and_the_end_of_the_last_line_go_together() {
    let lists =
        ["# Web (from local chart web:1.0.0)\nweb=nginx:1", "# Web (from local chart web:1.0.0)\r\nweb=nginx:1"];
    for list in lists {
        let images = ["nginx:1", "redis:7", "busybox:1"];
        let workspace = Workspace::with_list(list).chart("web", &images);
        assert_eq!(rules_of(&workspace), "unterminated-last-line missing-entry missing-entry");
        // As JSON has them, too: programs that take them all at once may get blank lines more, and no other list.
        let together = workspace.fixed("unterminated-last-line,missing-entry");
        assert_eq!(rules_of(&Workspace::with_list(&together).chart("web", &images)), "", "{together}");
        workspace.run(&["check", "--fix"]);
        let all = workspace.read("tools/ecr-images.conf");
        let block = |title: &str, name: &str, tag: &str| {
            format!(
                "\n# {title} (from local chart web:1.0.0)\n# Repository: {name}\n# Tag: {tag} (from chart template)\n{name}={name}:{tag}\n"
            )
        };
        let expected = format!("{list}\n{}{}", block("Redis", "redis", "7"), block("Busybox", "busybox", "1"));
        assert_eq!(all, expected);
        assert_eq!(rules_of(&Workspace::with_list(&all).chart("web", &images)), "");
        // Each by itself is right, too.
        let workspace = Workspace::with_list(list).chart("web", &images);
        let alone = workspace.fixed("missing-entry");
        assert_eq!(rules_of(&Workspace::with_list(&alone).chart("web", &images)), "", "{alone}");
    }
}

#[test]
fn a_stale_entry_leaves_what_is_not_its_own() {
    let cases = [
        // The file's header.
        ("# Images to mirror\n# Keep sorted\nold=a/old:1\n\nWEB", "# Images to mirror\n# Keep sorted\n\nWEB"),
        ("# Images\n# Old (from local chart web:1.0.0)\n# Tag: 1\nold=a/old:1\n\nWEB", "# Images\n\nWEB"),
        // A block above two entries.
        ("# Two of them\nold=a/old:1\nolder=nginx:1\n", "# Two of them\nolder=nginx:1\n"),
        ("WEB# Right behind\nold=a/old:1\n# Next\nprobe=probe:1\n", "WEB# Next\nprobe=probe:1\n"),
        ("WEB\n# Last\nold=a/old:1\n", "WEB"),
        ("WEB\n# Between\nold=a/old:1\n\n# Next\nprobe=probe:1\n", "WEB\n# Next\nprobe=probe:1\n"),
    ];
    let web = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    for (before, after) in cases {
        let workspace = Workspace::with_list(&before.replace("WEB", web)).chart("web", &["nginx:1", "probe:1"]);
        assert_eq!(workspace.fixed("stale-entry"), after.replace("WEB", web), "{before}");
    }
}

#[test]
fn a_header_is_no_title() {
    let list = "# ECR Image Configuration\n# Format: REPO_NAME=SOURCE_IMAGE\nweb=nginx:1\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]);
    assert_eq!(rules_of(&workspace), "undocumented-source");
    let fixed = workspace.fixed("undocumented-source");
    assert!(
        fixed.starts_with(
            "# ECR Image Configuration\n# Format: REPO_NAME=SOURCE_IMAGE\n# Nginx (from local chart web:1.0.0)\nweb="
        ),
        "{fixed}"
    );
    assert_eq!(rules_of(&Workspace::with_list(&fixed).chart("web", &["nginx:1"])), "");
    // A title of its own takes the note.
    let titled = "# ECR Image Configuration\n# Format: REPO_NAME=SOURCE_IMAGE\n#\n# Web server\nweb=nginx:1\n";
    let fixed = Workspace::with_list(titled).chart("web", &["nginx:1"]).fixed("undocumented-source");
    assert!(fixed.contains("\n# Web server (from local chart web:1.0.0)\nweb="), "{fixed}");
    // No comment at all.
    let bare = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]).fixed("undocumented-source");
    assert_eq!(bare, "# Nginx (from local chart web:1.0.0)\nweb=nginx:1\n");
}

#[test]
fn columns_count_bytes_of_any_script() {
    let workspace = Workspace::with_list("# ウェブ – サーバー (from local chart web:0.9.0)\nweb=nginx:1\n")
        .chart("web", &["nginx:1"]);
    assert_eq!(
        workspace.findings(),
        [
            "tools/ecr-images.conf:1:52 wrong-source the note says web:0.9.0, but web:1.0.0 deploys the image. Note web:1.0.0"
        ]
    );
    assert_eq!(workspace.fixed("wrong-source"), "# ウェブ – サーバー (from local chart web:1.0.0)\nweb=nginx:1\n");
    assert_eq!(
        rules_of(
            &Workspace::with_list("\u{feff}# Web (from local chart web:1.0.0)\nweb=nginx:1\n")
                .chart("web", &["nginx:1"])
        ),
        "reader-disagreement"
    );
}

/// A chart whose dependency `extra` is switched off by a condition; `nested` lies below it.
fn switched_off(list: &str) -> Workspace {
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: extra\n  version: 1.0.0\n  condition: extra.enabled\n";
    Workspace::with_list(list)
        .chart("web", &["nginx:1"])
        .file("web/Chart.yaml", metadata)
        .file("web/values.yaml", "extra: {enabled: false}\n")
        .chart("web/charts/extra", &["redis:7"])
        .chart("web/charts/extra/charts/nested", &["memcached:1"])
}

#[test]
fn entries_of_a_chart_that_is_switched_off_stay() {
    let web = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    for name in ["extra", "nested"] {
        let list = format!("{web}\n# Extra (from local chart {name}:1.0.0)\nextra=redis:6\n");
        assert_eq!(rules_of(&switched_off(&list)), "disabled-source", "{name}");
    }
    let list = format!("{web}\n# Redis (from local chart web:1.0.0)\nredis=redis:7\n");
    assert_eq!(rules_of(&switched_off(&list)), "disabled-source", "`extra` would deploy it, whatever the note says");
    let list = format!("{web}\n# Valkey (from local chart web:1.0.0)\nvalkey=valkey:7\n");
    assert_eq!(rules_of(&switched_off(&list)), "stale-entry");
    let on = switched_off(web).findings_with(&["--set", "extra.enabled=true"]);
    assert_eq!(on.len(), 2, "{on:#?}");
}

#[test]
fn an_image_without_its_tag_is_told_where_it_is_made() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
    let template =
        pod("web", &["{{ .Values.repository }}:{{ .Values.tag }}"]).replace("\"{{", "{{").replace("}}\"", "}}");
    let workspace = Workspace::with_list(list)
        .chart("web", &[])
        .file("web/values.yaml", "repository: nginx\ntag:\n")
        .file("web/templates/web.yaml", template.replace("image: {{", "image: \"{{").replace("}}}", "}}\"}"));
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with(
            "web/values.yaml:1:13 invalid-image-reference web:1.0.0 deploys `nginx:` (Pod web, container c0)"
        ),
        "{found:#?}"
    );
    assert_eq!(workspace.findings_with(&["--set", "tag=1"]), Vec::<String>::new());
    let both = workspace.findings_with(&["--set", "repository="]);
    assert!(both.iter().any(|row| row.contains("deploys `:`")), "{both:#?}");
}

#[test]
fn an_entry_that_cannot_be_read_stands_for_its_image() {
    let list = "# Web (from local chart web:1.0.0)\nweb=Nginx:1\n";
    assert_eq!(rules_of(&Workspace::with_list(list).chart("web", &["nginx:1"])), "invalid-image-reference");
    assert_eq!(
        rules_of(&Workspace::with_list(list).chart("web", &["nginx:1", "redis:7"])),
        "invalid-image-reference missing-entry"
    );
}

#[test]
fn each_region_of_the_list_is_a_scenario() {
    let template = pod("web", &["{{ get (dict \"us-west-2\" \"111111111111\" \"eu-west-1\" \"222222222222\") .Values.region }}.dkr.ecr.{{ .Values.region }}.amazonaws.com/agent:2"]).replace("\\\"", "\"");
    let template = template.replace("image: \"", "image: '").replace("agent:2\"", "agent:2'");
    let workspace = |entries: &str| {
        Workspace::with_list(entries)
            .chart("web", &[])
            .file("web/values.yaml", "region: \"\"\n")
            .file("web/templates/web.yaml", &template)
    };
    let note = "# Agent (from local chart web:1.0.0)\n# Note: the account depends on the region\n";
    let west = format!("{note}agent=111111111111.dkr.ecr.us-west-2.amazonaws.com/agent:2\n");
    let east = format!("{note}agent-eu=222222222222.dkr.ecr.eu-west-1.amazonaws.com/agent:2\n");
    assert_eq!(rules_of(&workspace(&west)), "");
    assert_eq!(rules_of(&workspace(&format!("{west}\n{east}"))), "");
    // The entry of the second region is behind.
    let behind = workspace(&format!("{west}\n{}", east.replace("agent:2", "agent:1")));
    let found = behind.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("tag-mismatch `agent-eu` lists 1, but web:1.0.0 deploys 2"), "{found:#?}");
    // A region of which no variant is listed rightly: one image is wrong, not one per region.
    let account = workspace(&west.replace("111111111111", "333333333333"));
    assert_eq!(rules_of(&account), "region-mismatch");
    assert_eq!(account.fixed("region-mismatch"), west);
}

/// What is to be said of the chart's image is said once the entry lists it.
#[test]
fn of_another_image_nothing_is_said_that_is_true_of_the_charts_alone() {
    let deployed = |account: &str, region: &str| format!("{account}.dkr.ecr.{region}.amazonaws.com/acme/delta:4.4");
    let template = r#"{{ $accounts := dict "us-west-2" "602401143452" "us-east-1" "333333333333" }}{{ $r := .Values.region | default "us-west-2" }}{{ get $accounts $r }}.dkr.ecr.{{ $r }}.amazonaws.com/acme/delta:4.4"#;
    let workspace =
        |list: &str| Workspace::with_list(list).chart("delta", &[template]).file("delta/values.yaml", "region: \"\"\n");
    let other = workspace("delta=999999999999.dkr.ecr.us-west-2.amazonaws.com/team/delta:9.9\n");
    assert_eq!(rules_of(&other), "repository-mismatch");
    other.run(&["check", "--fix"]);
    assert!(!other.read("tools/ecr-images.conf").contains('#'), "{}", other.read("tools/ecr-images.conf"));
    other.run(&["check", "--fix", "--unsafe-fixes"]);
    let (image, note) = (deployed("602401143452", "us-west-2"), "# Delta (from local chart delta:1.0.0)");
    assert!(
        other.read("tools/ecr-images.conf").starts_with(note)
            && other.read("tools/ecr-images.conf").ends_with(&format!("\ndelta={image}\n"))
    );
    assert_eq!(rules_of(&other), "");
    let named = workspace("# Delta (from delta)\ndelta=quay.io/team/delta:9.9\n");
    assert_eq!(rules_of(&named), "repository-mismatch");
    named.run(&["check", "--fix", "--unsafe-fixes", "--region", "us-west-2"]);
    assert!(
        named.read("tools/ecr-images.conf").starts_with(&format!("{note}\n")),
        "{}",
        named.read("tools/ecr-images.conf")
    );

    let older = workspace(&format!("delta={}\n", image.replace(":4.4", ":4.3")));
    assert_eq!(rules_of(&older), "undocumented-source undocumented-dynamic-image tag-mismatch");
}

#[test]
fn a_name_in_another_registry_is_the_partner() {
    let list = "# Agent\nhealth-agent=quay.io/acme/sagemaker-health-agent:latest\n";
    let workspace = Workspace::with_list(list).chart("web", &["example.org/health-agent:2", "nginx:1"]);
    assert_eq!(rules_of(&workspace), "repository-mismatch missing-entry", "the entry's name tells");
    let other =
        Workspace::with_list(&list.replace("health-agent=", "thing=")).chart("web", &["example.org/health-agent:2"]);
    assert_eq!(rules_of(&other), "stale-entry missing-entry");
}

#[test]
fn what_is_not_on_disk_makes_no_entry_stale() {
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: far\n  version: 1.0.0\n  alias: away\n  repository: https://charts.example.org\n";
    for note in ["far", "away"] {
        let list = format!(
            "# Web (from local chart web:1.0.0)\nweb=nginx:1\n\n# Far (from example/{note}:1.0.0)\nfar=redis:7\n"
        );
        let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).file("web/Chart.yaml", metadata);
        assert_eq!(rules_of(&workspace), "unavailable-chart", "{note}");
    }
}

#[test]
fn a_template_that_fails_makes_no_entry_of_its_chart_stale() {
    for name in ["sub", "front", "folder"] {
        let list = format!("# Web (from local chart {name}:1.0.0)\nweb=redis:7\n");
        let workspace = umbrella(&list).file("umbrella/charts/folder/templates/pod.yaml", "a: {{ fail \"no\" }}\n");
        assert_eq!(rules_of(&workspace), "unrenderable-chart", "{name}");
    }
}

#[test]
fn one_image_spelled_twice_is_one() {
    let note = "# Web (from local chart web:1.0.0)\n";
    let list = format!("{note}web=nginx:1\n{note}nginx=docker.io/library/nginx:1\n{note}web=index.docker.io/nginx:1\n");
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]);
    let found = workspace.findings();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("4:7 duplicate-entry docker.io/library/nginx:1 is already listed as `web`"),
        "{found:#?}"
    );
    assert!(found[1].contains("6:1 duplicate-entry `web` is listed twice. Delete one of the lines"), "{found:#?}");
    let two =
        Workspace::with_list(&format!("{note}web=nginx:1\n{note}web=nginx:2\n")).chart("web", &["nginx:1", "nginx:2"]);
    assert!(two.findings()[0].contains("go to one repository. Rename one"), "{:#?}", two.findings());
}

#[test]
fn comments_of_a_wrong_image_are_no_second_finding() {
    let list = "# Web (from local chart web:1.0.0)\n# Repository: docker.io/library/nginx\n# Tag: 0\nweb=nginx:0.9\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]);
    assert_eq!(rules_of(&workspace), "tag-mismatch");
    assert_eq!(workspace.fixed("tag-mismatch"), list.replace("Tag: 0", "Tag: 1").replace("nginx:0.9", "nginx:1"));
    let other = Workspace::with_list(&list.replace("nginx:0.9", "quay.io/nginx:0")).chart("web", &["nginx:1"]);
    assert_eq!(rules_of(&other), "repository-mismatch");
}

/// The rules that find something, in the order of the findings.
fn rules_of(workspace: &Workspace) -> String {
    rules_with(workspace, &[])
}

fn rules_with(workspace: &Workspace, arguments: &[&str]) -> String {
    let word = |row: &String| row.split(' ').nth(1).unwrap().to_owned();
    workspace.findings_with(arguments).iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_schema_that_refers_to_the_network_leaves_the_chart_known() {
    let schema = r#"{"properties":{"tag":{"$ref":"https://example.com/defs.json#/tag"}}}"#;
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=quay.io/acme/web:1.2.2\n")
        .chart("web", &["quay.io/acme/web:1.2.3"])
        .file("web/values.schema.json", schema);
    let text = workspace.run(&["check"]).stdout;
    assert!(text.contains("error[tag-mismatch]") && text.contains("1 error;"), "{text}");
    let told = "the values of web are not held against its schema: schema cannot be resolved (references to other files are \
                not followed): https://example.com/defs.json#/tag, mirrorlint's bound (web/values.schema.json:1)";
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{text}");
    let images = workspace.run(&["images", "web"]);
    assert!(images.stderr.contains("the values of web are not held"), "{}", images.stderr);
    assert_eq!(images.code, 0);
}
