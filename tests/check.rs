//! `mirrorlint check`: what it finds in the fixtures, and in small workspaces next to what each rule is made for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::fmt::Write as _;
use std::path::Path;

use mirrorlint::fix::apply;
use mirrorlint::lint::{Checked, Finding, Settings, Workspace as Found, check, discover};
use mirrorlint::report::display_path;
use mirrorlint::source::{Sources, Span};
use workspace::{contents, copy, fixture, run};

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
        +# Tag: 1.0.1892.0_1.0.424.0 (from the readme beside the chart)
        -hyperpod-health-monitoring-agent=905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:1.0.819.0_1.0.267.0
        +hyperpod-health-monitoring-agent=905418368575.dkr.ecr.us-west-2.amazonaws.com/hyperpod-health-monitoring-agent:1.0.1892.0_1.0.424.0
    tools/ecr-images.conf:28:3 warning undocumented-source kubeflow-training-operator
      chart    training-operators:0.1.0
      related  sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/training-operators/values.yaml:2:15
      safe     Add `(from local chart training-operators:0.1.0)`
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
    tools/ecr-images.conf:34:12 warning stale-entry job-runner
      unsafe   Delete `job-runner`
        -# reader-disagreement: the comment becomes part of the image (from local chart worker:2.0.0)
        -job-runner=ghcr.io/example/job-runner:1.4.0 # pulled by the worker itself
        -
    tools/ecr-images.conf:34:45 error reader-disagreement job-runner
      safe     Put the comment on a line of its own
        -job-runner=ghcr.io/example/job-runner:1.4.0 # pulled by the worker itself
        +# pulled by the worker itself
        +job-runner=ghcr.io/example/job-runner:1.4.0
    tools/ecr-images.conf:37:1 error invalid-entry
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
