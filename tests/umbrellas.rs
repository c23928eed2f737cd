//! Five public umbrella charts with operands. The tables are what was found in the charts themselves, each line held against
//! the manifests that Helm 3.10.1 renders of them: all that a reader calls an image, nothing that he does not. The fixtures
//! have the same shapes, names and tags, so that the tables hold of them too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// kube-prometheus-stack 88.5.3 (prometheus-community/helm-charts cf408a290, with grafana 10.5.15 for its pinned 12.11.1): image, kind, charts, place, how sure, when.
const KUBE_PROMETHEUS_STACK: &str = "
docker.io/bats/bats:v1.4.1 | container | kube-prometheus-stack > grafana | Pod, container release-name-test
docker.io/busybox:latest | container | kube-prometheus-stack > crds | Job, container busybox | when crds.upgradeJob.enabled
docker.io/curlimages/curl:8.9.1 | container | kube-prometheus-stack > grafana | Deployment, container download-dashboards | when grafana.dashboards given
docker.io/grafana/grafana-image-renderer:latest | container | kube-prometheus-stack > grafana | Deployment, container grafana-image-renderer | when grafana.imageRenderer.enabled
docker.io/grafana/grafana:12.3.1 | container | kube-prometheus-stack > grafana | Deployment, container grafana
docker.io/library/busybox:1.31.1 | container | kube-prometheus-stack > grafana | Deployment, container init-chown-data | when grafana.persistence.enabled
ghcr.io/jkroepke/kube-webhook-certgen:1.8.7 | container | kube-prometheus-stack | Job, container create
ghcr.io/jkroepke/kube-webhook-certgen:1.8.7 | container | kube-prometheus-stack | Job, container patch
ghcr.io/prometheus-community/windows-exporter:0.31.8 | container | kube-prometheus-stack > prometheus-windows-exporter | DaemonSet, container configure-firewall | when windowsMonitoring.enabled
ghcr.io/prometheus-community/windows-exporter:0.31.8 | container | kube-prometheus-stack > prometheus-windows-exporter | DaemonSet, container windows-exporter | when windowsMonitoring.enabled
quay.io/brancz/kube-rbac-proxy:v0.22.1 | container | kube-prometheus-stack > kube-state-metrics | Deployment, container kube-rbac-proxy-http | when kube-state-metrics.kubeRBACProxy.enabled
quay.io/brancz/kube-rbac-proxy:v0.22.1 | container | kube-prometheus-stack > kube-state-metrics | Deployment, container kube-rbac-proxy-telemetry | when kube-state-metrics.kubeRBACProxy.enabled, kube-state-metrics.selfMonitor.enabled
quay.io/brancz/kube-rbac-proxy:v0.22.1 | container | kube-prometheus-stack > prometheus-node-exporter | DaemonSet, container kube-rbac-proxy | when prometheus-node-exporter.kubeRBACProxy.enabled
quay.io/kiwigrid/k8s-sidecar:2.5.0 | container | kube-prometheus-stack > grafana | Deployment, container grafana-sc-dashboard
quay.io/kiwigrid/k8s-sidecar:2.5.0 | container | kube-prometheus-stack > grafana | Deployment, container grafana-sc-datasources
quay.io/prometheus-operator/admission-webhook:v0.93.1 | container | kube-prometheus-stack | Deployment, container prometheus-operator-admission-webhook | when prometheusOperator.admissionWebhooks.deployment.enabled
quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1 | operand | kube-prometheus-stack | Deployment, container kube-prometheus-stack, argument --prometheus-config-reloader | certain
quay.io/prometheus-operator/prometheus-operator:v0.93.1 | container | kube-prometheus-stack | Deployment, container kube-prometheus-stack
quay.io/prometheus/alertmanager:v0.34.0 | operand | kube-prometheus-stack | Alertmanager, field spec.image | certain
quay.io/prometheus/busybox:latest | container | kube-prometheus-stack > prometheus-node-exporter | DaemonSet, container permission-fix | when prometheus-node-exporter.permissionInitContainer.fixes.rapl or prometheus-node-exporter.permissionInitContainer.fixes.slabinfo
quay.io/prometheus/node-exporter:v1.12.1 | container | kube-prometheus-stack > prometheus-node-exporter | DaemonSet, container node-exporter | when not prometheus-node-exporter.image.distroless
quay.io/prometheus/node-exporter:v1.12.1-distroless | container | kube-prometheus-stack > prometheus-node-exporter | DaemonSet, container node-exporter
quay.io/prometheus/prometheus:v3.14.0-distroless | operand | kube-prometheus-stack | Prometheus, field spec.image | certain
quay.io/thanos/thanos:v0.42.4 | operand | kube-prometheus-stack | Deployment, container kube-prometheus-stack, argument --thanos-default-base-image | certain
registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0 | container | kube-prometheus-stack > kube-state-metrics | Deployment, container kube-state-metrics
registry.k8s.io/kubectl:v1.31.0 | container | kube-prometheus-stack > crds | Job, container kubectl | when crds.upgradeJob.enabled
";

/// gpu-operator v1.0.0-devel (NVIDIA/gpu-operator a22dbf671, with node-feature-discovery 0.19.0): image, kind, charts, place, how sure, when.
const GPU_OPERATOR: &str = "
nvcr.io/nvidia/cloud-native/dcgm:4.6.0-1-ubuntu24.04 | operand | gpu-operator | ClusterPolicy, field spec.dcgm.repository+image+version | certain | when spec.dcgm.enabled
nvcr.io/nvidia/cloud-native/dcgm:4.6.0-1-ubuntu24.04 | operand | gpu-operator | GPUCluster, field spec.dcgm.repository+image+version | certain | when gpuCluster.deployCR, spec.dcgm.enabled
nvcr.io/nvidia/cloud-native/gdrdrv:v2.6 | operand | gpu-operator | ClusterPolicy, field spec.gdrcopy.repository+image+version | certain | completed | when spec.gdrcopy.enabled
nvcr.io/nvidia/cloud-native/gdrdrv:v2.6 | operand | gpu-operator | NVIDIADriver, field spec.gdrcopy.repository+image+version | certain | completed | when driver.nvidiaDriverCRD.enabled, spec.gdrcopy.enabled
nvcr.io/nvidia/cloud-native/k8s-cc-manager:v0.4.3 | operand | gpu-operator | ClusterPolicy, field spec.ccManager.repository+image+version | certain | when spec.sandboxWorkloads.enabled, spec.sandboxWorkloads.mode: kata
nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0 | operand | gpu-operator | ClusterPolicy, field spec.driver.manager.repository+image+version | certain
nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0 | operand | gpu-operator | ClusterPolicy, field spec.vfioManager.driverManager.repository+image+version | certain | when spec.sandboxWorkloads.enabled
nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0 | operand | gpu-operator | ClusterPolicy, field spec.vfioManager.repository+image+version | certain | when spec.sandboxWorkloads.enabled
nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0 | operand | gpu-operator | ClusterPolicy, field spec.vgpuManager.driverManager.repository+image+version | certain | when spec.sandboxWorkloads.enabled, spec.vgpuManager.enabled
nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0 | operand | gpu-operator | Deployment, container gpu-operator, env DRIVER_MANAGER_IMAGE | certain
nvcr.io/nvidia/cloud-native/k8s-mig-manager:v0.15.0 | operand | gpu-operator | ClusterPolicy, field spec.migManager.repository+image+version | certain
nvcr.io/nvidia/cloud-native/nvidia-fs:2.29.4 | operand | gpu-operator | ClusterPolicy, field spec.gds.repository+image+version | certain | completed | when spec.gds.enabled
nvcr.io/nvidia/cloud-native/nvidia-fs:2.29.4 | operand | gpu-operator | NVIDIADriver, field spec.gds.repository+image+version | certain | completed | when driver.nvidiaDriverCRD.enabled, gds.enabled
nvcr.io/nvidia/cloud-native/nvidia-sandbox-device-plugin:v0.0.5 | operand | gpu-operator | ClusterPolicy, field spec.kataSandboxDevicePlugin.repository+image+version | certain | when spec.sandboxWorkloads.enabled, spec.sandboxWorkloads.mode: kata
nvcr.io/nvidia/cloud-native/vgpu-device-manager:v0.5.0 | operand | gpu-operator | ClusterPolicy, field spec.vgpuDeviceManager.repository+image+version | certain | when spec.sandboxWorkloads.enabled
nvcr.io/nvidia/dra-driver-nvidia-gpu:v0.5.0 | operand | gpu-operator | GPUCluster, field spec.draDriver.repository+image+version | certain | when gpuCluster.deployCR
nvcr.io/nvidia/driver:595.91.07 | operand | gpu-operator | ClusterPolicy, field spec.driver.repository+image+version | certain | completed
nvcr.io/nvidia/gpu-operator:main-latest | container | gpu-operator | Deployment, container gpu-operator
nvcr.io/nvidia/gpu-operator:main-latest | container | gpu-operator | Job, container cleanup-gpucluster
nvcr.io/nvidia/gpu-operator:main-latest | container | gpu-operator | Job, container upgrade-crd
nvcr.io/nvidia/gpu-operator:main-latest | operand | gpu-operator | ClusterPolicy, field spec.nodeStatusExporter.repository+image+version | certain | when spec.nodeStatusExporter.enabled
nvcr.io/nvidia/gpu-operator:main-latest | operand | gpu-operator | ClusterPolicy, field spec.validator.repository+image+version | certain
nvcr.io/nvidia/gpu-operator:main-latest | operand | gpu-operator | Deployment, container gpu-operator, env VALIDATOR_IMAGE | certain
nvcr.io/nvidia/k8s-device-plugin:v0.20.0 | operand | gpu-operator | ClusterPolicy, field spec.devicePlugin.repository+image+version | certain
nvcr.io/nvidia/k8s-device-plugin:v0.20.0 | operand | gpu-operator | ClusterPolicy, field spec.gfd.repository+image+version | certain
nvcr.io/nvidia/k8s/container-toolkit:v1.20.0 | operand | gpu-operator | ClusterPolicy, field spec.toolkit.repository+image+version | certain
nvcr.io/nvidia/k8s/dcgm-exporter:4.6.0-4.8.3-distroless | operand | gpu-operator | ClusterPolicy, field spec.dcgmExporter.repository+image+version | certain
nvcr.io/nvidia/kubevirt-gpu-device-plugin:v1.6.0 | operand | gpu-operator | ClusterPolicy, field spec.sandboxDevicePlugin.repository+image+version | certain | when spec.sandboxWorkloads.enabled
registry.k8s.io/nfd/node-feature-discovery:v0.19.0 | container | gpu-operator > node-feature-discovery | DaemonSet, container worker
registry.k8s.io/nfd/node-feature-discovery:v0.19.0 | container | gpu-operator > node-feature-discovery | Deployment, container gc
registry.k8s.io/nfd/node-feature-discovery:v0.19.0 | container | gpu-operator > node-feature-discovery | Deployment, container master
registry.k8s.io/nfd/node-feature-discovery:v0.19.0 | container | gpu-operator > node-feature-discovery | Job, container nfd-master
";

/// argo-workflows 1.0.18 (argoproj/argo-helm af0a9310): image, kind, charts, place, how sure, when.
const ARGO_WORKFLOWS: &str = "
quay.io/argoproj/argocli:v4.0.6 | container | argo-workflows | Deployment, container argo-server
quay.io/argoproj/argoexec:v4.0.6 | operand | argo-workflows | Deployment, container controller, argument --executor-image | certain
quay.io/argoproj/workflow-controller:v4.0.6 | container | argo-workflows | Deployment, container controller
registry.k8s.io/kubectl:v1.36.2 | container | argo-workflows | Job, container apply
";

/// cert-manager v0.0.0 (cert-manager/cert-manager 2d0d7f7f7, as it stands in the repository): image, kind, charts, place, how sure, when.
const CERT_MANAGER: &str = "
quay.io/jetstack/cert-manager-acmesolver:v0.0.0 | operand | cert-manager | Deployment, container cert-manager-controller, argument --acme-http01-solver-image | certain
quay.io/jetstack/cert-manager-cainjector:v0.0.0 | container | cert-manager | Deployment, container cert-manager-cainjector
quay.io/jetstack/cert-manager-controller:v0.0.0 | container | cert-manager | Deployment, container cert-manager-controller
quay.io/jetstack/cert-manager-startupapicheck:v0.0.0 | container | cert-manager | Job, container cert-manager-startupapicheck
quay.io/jetstack/cert-manager-webhook:v0.0.0 | container | cert-manager | Deployment, container cert-manager-webhook
";

/// altinity-clickhouse-operator 0.25.6 (Altinity/clickhouse-operator 50e8d0490): image, kind, charts, place, how sure, when.
const CLICKHOUSE_OPERATOR: &str = "
altinity/clickhouse-operator:0.25.6 | container | altinity-clickhouse-operator | Deployment, container altinity-clickhouse-operator
altinity/metrics-exporter:0.25.6 | container | altinity-clickhouse-operator | Deployment, container metrics-exporter
bitnami/kubectl:latest | container | altinity-clickhouse-operator | Job, container crd-install
clickhouse/clickhouse-server:23.8 | operand | altinity-clickhouse-operator | ConfigMap, data 001-templates.json.example: spec.templates.podTemplates[0].spec.containers[0].image | certain | when 001-templates.json.example used
";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/umbrellas").join(name)
}

fn run(folder: &Path, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    let output = command.current_dir(folder).args(arguments).env_remove("COLUMNS").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{error}");
    (String::from_utf8(output.stdout).unwrap(), error)
}

/// The lines of a table for what `images` reports.
fn table(chart: &Path) -> BTreeSet<String> {
    let (text, error) = run(chart, &["images", ".", "--format", "json"]);
    assert_eq!(error, "", "nothing is missing");
    let report: Value = serde_json::from_str(&text).unwrap();
    report["images"].as_array().unwrap().iter().map(line).collect()
}

fn line(image: &Value) -> String {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (workload, naming) = (&image["workload"], &image["naming"]);
    let container = text(&workload["container"]).map(|name| format!("container {name}"));
    let place: Vec<String> =
        [text(&workload["kind"]), container, text(&naming["place"])].into_iter().flatten().collect();
    let path: Vec<String> = image["path"].as_array().unwrap().iter().filter_map(text).collect();
    let completed = (naming["completed"] == true).then(|| "completed".to_owned());
    let when = text(&image["when"]).map(|when| format!("when {when}"));
    let known = [text(&image["image"]), text(&image["kind"]), Some(path.join(" > ")), Some(place.join(", "))];
    let parts: Vec<String> =
        known.into_iter().chain([text(&naming["confidence"]), completed, when]).flatten().collect();
    parts.join(" | ")
}

#[test]
fn what_was_found_in_umbrella_charts_is_found_and_nothing_else() {
    let tables = [
        ("kube-prometheus-stack", KUBE_PROMETHEUS_STACK),
        ("gpu-operator", GPU_OPERATOR),
        ("argo-workflows", ARGO_WORKFLOWS),
        ("cert-manager", CERT_MANAGER),
        ("clickhouse-operator", CLICKHOUSE_OPERATOR),
    ];
    for (name, recorded) in tables {
        let recorded: BTreeSet<String> = recorded.trim().lines().map(str::to_owned).collect();
        assert_eq!(table(&fixture(name)), recorded, "{name}");
    }
}

/// `RULE EXPECTED` of the findings for a list beside the chart, and their messages.
fn findings(name: &str, list: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), &folder.path().join("chart"));
    std::fs::create_dir(folder.path().join("tools")).unwrap();
    std::fs::write(folder.path().join("tools/ecr-images.conf"), list).unwrap();
    let (text, _) = run(folder.path(), &["check", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    let row = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
        (format!("{} {}", text("rule"), text("expected")), text("message"))
    };
    let mut rows: Vec<_> = report["findings"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// An empty list misses exactly what the table says is pulled: containers as entries, the other images as operands, each once.
#[test]
fn an_empty_list_misses_what_is_deployed_and_no_more() {
    for (name, recorded) in [
        ("kube-prometheus-stack", KUBE_PROMETHEUS_STACK),
        ("gpu-operator", GPU_OPERATOR),
        ("argo-workflows", ARGO_WORKFLOWS),
        ("cert-manager", CERT_MANAGER),
        ("clickhouse-operator", CLICKHOUSE_OPERATOR),
    ] {
        let deployed: Vec<Vec<&str>> = recorded.trim().lines().map(|line| line.split(" | ").collect()).collect();
        let of = |kind: &str| -> BTreeSet<&str> {
            let on = deployed.iter().filter(|row| row[1] == kind && !row.iter().any(|part| part.starts_with("when ")));
            on.map(|row| row[0]).collect()
        };
        let (containers, operands) = (of("container"), of("operand"));
        let expected: BTreeSet<String> = (containers.iter().map(|image| format!("missing-entry {image}")))
            .chain(operands.difference(&containers).map(|image| format!("missing-operand {image}")))
            .collect();
        let found: Vec<String> = findings(name, "# nothing yet\n").into_iter().map(|(row, _)| row).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{name}");
    }
}

/// What is said of the driver when the list has `entries` for it.
fn driver(entries: &[&str]) -> Vec<(String, String)> {
    let entry = |tag: &&str| {
        let name = format!("driver-{}", tag.replace('.', "-"));
        format!("# Driver (from local chart gpu-operator:v1.0.0-devel)\n{name}=nvcr.io/nvidia/driver:{tag}\n\n")
    };
    let list: String = entries.iter().map(entry).collect();
    let list = if list.is_empty() { "# nothing yet\n" } else { list.trim_end_matches('\n') };
    let rows = findings("gpu-operator", &format!("{list}\n"));
    rows.into_iter().filter(|(_, message)| message.contains("driver:") || message.starts_with("`driver-")).collect()
}

#[test]
fn an_entry_for_the_driver_has_the_nodes_system_behind_the_tag() {
    assert_eq!(driver(&["595.91.07-ubuntu24.04", "595.91.07-ubuntu22.04"]), []);
    let none = driver(&[]);
    assert_eq!(none.len(), 1, "{none:?}");
    assert_eq!(none[0].0, "missing-operand nvcr.io/nvidia/driver:595.91.07");
    assert!(
        none[0].1.ends_with("puts the node's system behind the tag (`-ubuntu24.04`): list it as your nodes have it")
    );
    // There is no image with the bare tag.
    let bare = driver(&["595.91.07"]);
    assert_eq!(bare.len(), 1, "{bare:?}");
    assert_eq!(bare[0].0, "tag-mismatch nvcr.io/nvidia/driver:595.91.07");
    assert!(
        bare[0].1.ends_with("deploys 595.91.07 with the node's system behind it. List it as your nodes have it"),
        "{bare:?}"
    );
}

#[test]
fn an_old_entry_for_the_driver_keeps_its_system() {
    let old = driver(&["580.65.06-ubuntu24.04", "580.65.06-ubuntu22.04"]);
    let rows: Vec<&str> = old.iter().map(|(row, _)| row.as_str()).collect();
    assert_eq!(
        rows,
        [
            "tag-mismatch nvcr.io/nvidia/driver:595.91.07-ubuntu22.04",
            "tag-mismatch nvcr.io/nvidia/driver:595.91.07-ubuntu24.04"
        ]
    );
    let bare = driver(&["580.65.06"]);
    assert_eq!(bare.len(), 1, "{bare:?}");
    assert!(
        bare[0].1.ends_with("deploys 595.91.07 with the node's system behind it. List it as your nodes have it"),
        "{bare:?}"
    );
}

#[test]
fn a_chart_that_is_not_there_is_told_beside_the_images() {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("kube-prometheus-stack"), folder.path());
    std::fs::remove_dir_all(folder.path().join("charts/grafana")).unwrap();
    for format in ["human", "json", "plain"] {
        let (images, error) = run(folder.path(), &["images", ".", "--format", format]);
        assert!(!images.contains("grafana/grafana:"));
        let expected = "warning: Chart.yaml:15:11: kube-prometheus-stack:88.5.3 depends on grafana:10.5.15, which is not in its charts/: what \
                        it deploys is unknown";
        assert!(error.starts_with(expected), "{error}");
    }
}
