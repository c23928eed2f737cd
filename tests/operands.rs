//! Operands: which strings of rendered charts are images that a controller pulls, how they are named, where they come from.
//! The table holds what was found in public charts, in fixtures of the same shapes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A chart with one template.
fn chart(values: &str, template: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\nappVersion: \"7.1\"\n");
    write(folder.path(), "values.yaml", values);
    write(folder.path(), "templates/all.yaml", template);
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    let output = command.current_dir(folder).args(arguments).env_remove("COLUMNS").output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn images(folder: &Path) -> Value {
    serde_json::from_str(&run(folder, &["images", ".", "--format", "json"])).unwrap()
}

/// `IMAGE PLACE` of what objects name, with `?` behind what is only likely and `-` behind what is off; sorted.
fn operands(values: &str, template: &str) -> Vec<String> {
    let folder = chart(values, template);
    let row = |image: &Value| {
        let naming = image.get("naming").filter(|_| image["workload"]["kind"] != "")?;
        let likely = if naming["confidence"] == "likely" { " ?" } else { "" };
        let off = if image["when"].is_null() { "" } else { " -" };
        Some(format!("{} {}{likely}{off}", image["image"].as_str()?, naming["place"].as_str()?))
    };
    let mut rows: Vec<String> = images(folder.path())["images"].as_array().unwrap().iter().filter_map(row).collect();
    rows.sort();
    rows
}

/// A Deployment whose one container has what `inside` says.
fn container(inside: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec: {{template: {{spec: {{containers: [{{name: c, image: \
         'own:1', {inside}}}]}}}}}}\n"
    )
}

fn resource(kind: &str, spec: &str) -> String {
    format!("apiVersion: acme.io/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n")
}

fn config(data: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {data}\n")
}

/// What was found in public charts: the chart, the shape, what is read.
fn facts() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let prometheus = "{image: 'quay.io/prometheus/prometheus:v3.14.0', version: v3.14.0, sha: ''}";
    let driver = "{enabled: true, repository: nvcr.io/nvidia, image: driver, version: '580.65.06', manager: {image: \
                  k8s-driver-manager, repository: nvcr.io/nvidia/cloud-native, version: v0.12.0}}";
    let nats = "\n  controller-config.yaml: |\n    eventBus:\n      jetstream:\n        versions:\n        - version: latest\n          \
                natsImage: nats:2.10.10\n          metricsExporterImage: natsio/prometheus-nats-exporter:0.14.0\n          startCommand: \
                /nats-server";
    let istio = "\n  values: '{\"global\": {\"hub\": \"registry.istio.io/release\", \"tag\": \"1.30.0\", \"proxy\": {\"image\": \
                 \"proxyv2\", \"logLevel\": \"warning\"}}}'";
    let pod = "{templates: {podTemplates: [{name: p, spec: {containers: [{name: c, image: 'clickhouse/clickhouse-server:23.8'}]}}]}}";
    let toml = "\n  config.template.toml: |\n    [[runners]]\n      [runners.kubernetes]\n        image = \"ubuntu:22.04\"\n        \
                helper_image = \"docker.io/acme/runner-helper:18.3.0\"\n        # image = \"old/image:1\"";
    vec![
        (
            "kube-prometheus-stack",
            container("args: ['--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1', \
                 '--config-reloader-cpu-request=0', '--kubelet-service=kube-system/kubelet', \
                 '--thanos-default-base-image=quay.io/thanos/thanos:v0.42.4', '--localhost=127.0.0.1']"),
            vec![
                "quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1 argument --prometheus-config-reloader ?",
                "quay.io/thanos/thanos:v0.42.4 argument --thanos-default-base-image",
            ],
        ),
        (
            "kube-prometheus-stack",
            resource("Prometheus", prometheus),
            vec!["quay.io/prometheus/prometheus:v3.14.0 field spec.image"],
        ),
        (
            "gpu-operator",
            resource("ClusterPolicy", &format!("{{driver: {driver}, gds: {{enabled: false, repository: nvcr.io/x, image: fs, version: '2'}}}}")),
            vec![
                "nvcr.io/nvidia/cloud-native/k8s-driver-manager:v0.12.0 field spec.driver.manager.repository+image+version",
                "nvcr.io/nvidia/driver:580.65.06 field spec.driver.repository+image+version",
                "nvcr.io/x/fs:2 field spec.gds.repository+image+version -",
            ],
        ),
        (
            "argo-workflows",
            container("args: ['--configmap', wf-config, '--executor-image', 'quay.io/argoproj/argoexec:v4.0.6', '--loglevel', info]"),
            vec!["quay.io/argoproj/argoexec:v4.0.6 argument --executor-image"],
        ),
        (
            "cert-manager",
            container("args: ['--v=2', '--acme-http01-solver-image=quay.io/jetstack/cert-manager-acmesolver:v1.19.0']"),
            vec!["quay.io/jetstack/cert-manager-acmesolver:v1.19.0 argument --acme-http01-solver-image"],
        ),
        ("appmesh-controller",
            container("args: ['--sidecar-image-repository=public.ecr.aws/appmesh/envoy', '--sidecar-image-tag=v1.29.12.3-prod']"),
            vec!["public.ecr.aws/appmesh/envoy:v1.29.12.3-prod argument --sidecar-image-repository+--sidecar-image-tag"],
        ),
        ("appmesh-inject", container("command: [/inject, -sidecar-image=acme/envoy:v1.15]"), vec!["acme/envoy:v1.15 argument -sidecar-image"]),
        (
            "strimzi-kafka-operator",
            container(
                "env: [{name: STRIMZI_KAFKA_IMAGES, value: \"4.2.0=quay.io/strimzi/kafka:1-kafka-4.2.0\\n4.3.0=quay.io/strimzi/kafka:1-kafka-4.3.0\\n\"}, \
                 {name: STRIMZI_DEFAULT_MAVEN_BUILDER, value: 'quay.io/strimzi/maven-builder:1'}]",
            ),
            vec![
                "quay.io/strimzi/kafka:1-kafka-4.2.0 env STRIMZI_KAFKA_IMAGES",
                "quay.io/strimzi/kafka:1-kafka-4.3.0 env STRIMZI_KAFKA_IMAGES",
                "quay.io/strimzi/maven-builder:1 env STRIMZI_DEFAULT_MAVEN_BUILDER ?",
            ],
        ),
        (
            "cockroachdb",
            container("env: [{name: RELATED_IMAGE_INIT_CONTAINER, value: 'docker.io/cockroachdb/init:v1.0.0-rc.2'}]"),
            vec!["docker.io/cockroachdb/init:v1.0.0-rc.2 env RELATED_IMAGE_INIT_CONTAINER"],
        ),
        (
            "argo-events",
            config(nats),
            vec![
                "nats:2.10.10 data controller-config.yaml: eventBus.jetstream.versions[0].natsImage",
                "natsio/prometheus-nats-exporter:0.14.0 data controller-config.yaml: \
                 eventBus.jetstream.versions[0].metricsExporterImage",
            ],
        ),
        (
            "istio-discovery",
            config(istio),
            vec!["registry.istio.io/release/proxyv2:1.30.0 data values: global.proxy.(hub)+image+(tag)"],
        ),
        (
            "clickhouse-operator",
            config(&format!("\n  template.json: |\n    spec: {pod}\n    other: 1")),
            vec!["clickhouse/clickhouse-server:23.8 data template.json: spec.templates.podTemplates[0].spec.containers[0].image"],
        ),
        (
            "gitlab-runner",
            config(toml),
            vec![
                "docker.io/acme/runner-helper:18.3.0 data config.template.toml: helper_image",
                "ubuntu:22.04 data config.template.toml: image",
            ],
        ),
        (
            "rook-ceph",
            config("{plugin: 'quay.io/cephcsi/cephcsi:v3.17.0', attacher: 'registry.k8s.io/sig-storage/csi-attacher:v4.12.0'}"),
            vec![
                "quay.io/cephcsi/cephcsi:v3.17.0 data plugin ?",
                "registry.k8s.io/sig-storage/csi-attacher:v4.12.0 data attacher ?",
            ],
        ),
        ("cloudnative-pg", resource("Cluster", "{imageName: 'ghcr.io/cnpg/postgresql:16'}"), vec!["ghcr.io/cnpg/postgresql:16 field spec.imageName"]),
        (
            "istio",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {sidecar.istio.io/proxyImage: 'docker.io/istio/proxyv2:1.30', \
             checksum/config: 1f2e3d, prometheus.io/path: /metrics}}\nspec: {containers: [{name: c, image: 'own:1'}]}\n"
                .to_owned(),
            vec!["docker.io/istio/proxyv2:1.30 annotation sidecar.istio.io/proxyImage"],
        ),
    ]
}

#[test]
fn what_was_found_in_public_charts_is_found() {
    for (name, template, expected) in facts() {
        assert_eq!(operands("", &template), expected, "{name}: {template}");
    }
}

#[test]
fn what_only_looks_like_an_image_is_none() {
    let words = [
        "apps/v1",
        "monitoring.coreos.com/v1",
        "policy/v1beta1",
        "https://example.com/a/b:8080",
        "oci://ghcr.io/acme/charts/app:1.0.0",
        "prometheus:9090",
        "default/service:9000",
        "prometheus.monitoring.svc:9090/api",
        "localhost:8080",
        "127.0.0.1:53",
        "10.0.0.0/8",
        "/etc/config/app.yaml",
        "config/app.yaml",
        "app.kubernetes.io/name",
        "nvidia.com/gpu",
        "quay.io/acme/app",
        "acme/app",
        "1h30m",
        "1.2.3",
        "v1.31.0",
        "kube-system",
        "system:serviceaccount:kube-system:admin",
        "user:password",
        "arn:aws:iam::123456789012:role/app",
        "git@github.com:acme/app.git",
        "12:30:00",
        "a: b",
    ];
    for word in words {
        let word = word.replace('\'', "''");
        let templates = [
            container(&format!("env: [{{name: SETTING, value: '{word}'}}]")),
            container(&format!("args: ['--setting={word}', '--other', '{word}', '{word}']")),
            container(&format!("command: [sh, -c, 'run {word} now']")),
            config(&format!("{{setting: '{word}', config.yaml: \"setting: '{word}'\\nimages: 1\"}}")),
            resource("Thing", &format!("{{setting: '{word}', list: ['{word}']}}")),
            resource("Thing", &format!("{{imagePullPolicy: '{word}', imagesPath: '{word}'}}")),
        ];
        for template in templates {
            assert_eq!(operands("", &template), [""; 0], "{template}");
        }
    }
}

#[test]
fn references_to_variables_are_followed() {
    let env = "{name: REGISTRY, value: quay.io/acme}, {name: TAG, value: '1.0'}";
    let with =
        |more: &str, arguments: &str| operands("", &container(&format!("env: [{env}{more}], args: [{arguments}]")));
    let found = ["quay.io/acme/foo:1.0 argument --image"];
    assert_eq!(with("", "'--image=$(REGISTRY)/foo:$(TAG)'"), found);
    assert_eq!(with("", "--image, '$(REGISTRY)/foo:$(TAG)'"), found);
    assert_eq!(
        with(", {name: IMAGE, value: '$(REGISTRY)/foo:$(TAG)'}", "'$(IMAGE)'")[1],
        "quay.io/acme/foo:1.0 env IMAGE"
    );
    // What is escaped, unknown, or comes from elsewhere names no image; nor does a later variable in a variable.
    let secret = ", {name: TAG, valueFrom: {configMapKeyRef: {name: x, key: y}}}";
    for (more, arguments) in [
        ("", "'--image=$$(REGISTRY)/foo:$(TAG)'"),
        ("", "'--image=$(REGISTRY)/foo:$(OTHER)'"),
        (secret, "'--image=$(REGISTRY)/foo:$(TAG)'"),
        (", {name: IMAGE, value: '$(LATER)/foo:$(TAG)'}, {name: LATER, value: quay.io/acme}", "--v=2"),
        ("", "'--image=${REGISTRY}/foo:${TAG}'"),
    ] {
        assert_eq!(with(more, arguments), Vec::<String>::new(), "{more} {arguments}");
    }
    // Another container's variables are its own.
    let others = format!("env: [{env}]}}, {{name: b, image: 'own:2', args: ['--image=$(REGISTRY)/foo:$(TAG)']");
    assert_eq!(operands("", &container(&others)), Vec::<String>::new());
    // Each part is known by the line that it came from.
    let values = "registry: quay.io/acme\ntag: '1.0'\n";
    let template = container(
        "env: [{name: R, value: '{{ .Values.registry }}'}, {name: T, value: '{{ .Values.tag }}'}], args: ['--image=$(R)/foo:$(T)']",
    );
    let told = images(chart(values, &template).path());
    let operand =
        &told["images"].as_array().unwrap().iter().find(|image| image["kind"] == "operand").unwrap()["origins"];
    let origins: Vec<String> =
        operand.as_array().unwrap().iter().map(|origin| format!("{} {}", origin["kind"], origin["text"])).collect();
    assert!(origins.contains(&r#""values" "1.0""#.to_owned()), "{origins:?}");
}

#[test]
fn what_describes_and_what_labels_is_not_read() {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {image: \
                      'quay.io/a/b:1'}\n";
    assert_eq!(operands("", definition), [""; 0]);
    let labels = "apiVersion: acme.io/v1\nkind: Thing\nmetadata: {name: x, labels: {image: 'quay.io/a/b:1'}}\nspec: {selector: \
                  {image: 'quay.io/a/b:1'}}\n";
    assert_eq!(operands("", labels), [""; 0]);
    let addresses =
        resource("Thing", "{chart: 'ghcr.io/acme/app:1', endpoint: 'a.example.com/x:1', logo: {image: logo.png}}");
    assert_eq!(operands("", &addresses), [""; 0]);
}

#[test]
fn the_containers_own_images_are_no_operands() {
    assert_eq!(operands("", &container("env: []")), [""; 0]);
}

#[test]
fn split_fields_in_other_words_and_orders() {
    let one = |spec: &str| operands("", &resource("Thing", spec));
    assert_eq!(
        one("{image: {registry: quay.io, repository: a/b, tag: '1.5'}}"),
        ["quay.io/a/b:1.5 field spec.image.registry+repository+tag"]
    );
    assert_eq!(one("{image: {name: a/b, tag: v1}}"), ["a/b:v1 field spec.image.name+tag"]);
    assert_eq!(one("{imageRepository: a/b, imageTag: v1}"), ["a/b:v1 field spec.imageRepository+imageTag"]);
    assert_eq!(
        one("{agentImage: quay.io/a/b, agentVersion: v1, serverImage: 'quay.io/a/c:v2'}"),
        ["quay.io/a/b:v1 field spec.agentImage+agentVersion", "quay.io/a/c:v2 field spec.serverImage"]
    );
    let digest = "sha256:".to_owned() + &"ab".repeat(32);
    let bare = "ab".repeat(32);
    assert_eq!(
        one(&format!("{{repository: nvcr.io/nvidia, image: driver, version: '{digest}'}}")),
        [format!("nvcr.io/nvidia/driver@{digest} field spec.repository+image+version")]
    );
    assert_eq!(
        one(&format!("{{baseImage: quay.io/a/b, sha: {bare}}}")).len(),
        1,
        "an image and the digest of another name stay apart"
    );
    assert_eq!(
        one(&format!("{{image: quay.io/a/b, tag: v1, sha: {bare}}}")),
        [format!("quay.io/a/b:v1@{digest} field spec.image+tag+sha")]
    );
    // A Git or chart repository is no image.
    assert_eq!(one("{repository: 'https://charts.acme.io', name: app, version: 1.2.3}"), [""; 0]);
    assert_eq!(one("{registry: acme, name: app, version: '1'}"), [""; 0]);
    // A bare name is an image only where nothing is missing beside it.
    assert_eq!(one("{image: busybox}"), ["busybox field spec.image ?"]);
    assert_eq!(one("{image: busybox, repository: '', version: ''}"), [""; 0]);
}

#[test]
fn a_values_path_speaks_for_its_string() {
    let values = "sidecar:\n  image:\n    repository: acme/sidecar\n    tag: edge\n";
    let template = container(
        "args: ['--sidecar={{ .Values.sidecar.image.repository }}:{{ .Values.sidecar.image.tag }}', '--peer=acme/peer:edge']",
    );
    assert_eq!(operands(values, &template), ["acme/sidecar:edge argument --sidecar ?"]);
}

#[test]
fn each_part_points_at_its_own_line() {
    let values = "repository: nvcr.io/nvidia\nimage: toolkit\n";
    let template = resource(
        "ClusterPolicy",
        "{toolkit: {repository: {{ .Values.repository }}, image: {{ .Values.image }}, version: {{ .Chart.AppVersion | quote }}}}",
    );
    let folder = chart(values, &template);
    let report = images(folder.path());
    let image = &report["images"][0];
    assert_eq!(image["image"], "nvcr.io/nvidia/toolkit:7.1");
    assert_eq!(image["kind"], "operand");
    let places: Vec<String> = (image["origins"].as_array().unwrap().iter())
        .map(|place| {
            format!(
                "{}:{}:{} {} {}",
                place["path"].as_str().unwrap(),
                place["line"],
                place["column"],
                place["kind"].as_str().unwrap(),
                place["text"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        places,
        ["values.yaml:1:13 values nvcr.io/nvidia", "values.yaml:2:8 values toolkit", "Chart.yaml:4:14 chart 7.1"]
    );
}

#[test]
fn people_see_how_an_operand_is_named() {
    let folder = chart("", &container("env: [{name: RELATED_IMAGE_SHELL, value: 'busybox:1.37'}]"));
    let expected = "\
own:1
  Deployment d, container c in app
    templates/all.yaml:4:66: own:1
busybox:1.37
  Deployment d, container c, env RELATED_IMAGE_SHELL in app
    templates/all.yaml:4:116: busybox:1.37
";
    let shown = run(folder.path(), &["images", "."]);
    for line in expected.lines().filter(|line| !line.contains("all.yaml")) {
        assert!(shown.contains(line), "{line} in\n{shown}");
    }
}

#[test]
fn an_annotation_that_disagrees_is_told() {
    let template = container("env: [{name: NEW_IMAGE, value: 'new:1'}]");
    let column = template.lines().nth(3).unwrap().find("new:1").unwrap() + 1;
    let folder = chart("", &template);
    let list = "annotations:\n  artifacthub.io/images: |\n    - {name: own, image: \"own:2\"}\n    - {name: other, image: \"other:1\"}\n  \
                images: |\n    - {name: own, image: \"docker.io/library/own:1\"}\n";
    let file = folder.path().join("Chart.yaml");
    let text = std::fs::read_to_string(&file).unwrap() + list;
    std::fs::write(file, text).unwrap();
    let shown = run(folder.path(), &["images", "."]);
    let notes: Vec<&str> = shown.lines().filter(|line| line.starts_with("note: ")).collect();
    assert_eq!(
        notes,
        [
            "note: Chart.yaml:7:27: app:1.0.0 says in artifacthub.io/images that it uses own:2, but names own:1",
            "note: Chart.yaml:8:29: app:1.0.0 says in artifacthub.io/images that it uses other:1, but nothing that was rendered \
             names it",
            &format!(
                "note: templates/all.yaml:4:{column}: app:1.0.0 names new:1, which its artifacthub.io/images in Chart.yaml does \
                 not have"
            ),
        ]
    );
    let report = images(folder.path());
    assert_eq!(report["notes"].as_array().unwrap().len(), 3);
    assert_eq!(report["notes"][0]["image"], "own:2");
    assert_eq!(report["notes"][0]["location"]["start"]["line"], 7);
}

#[test]
fn an_annotation_agrees_by_the_tag_that_is_pulled_and_one_that_cannot_be_read_is_told() {
    let folder = chart(
        "",
        &container("env: [{name: A_IMAGE, value: 'quay.io/w/d:latest'}, {name: B_IMAGE, value: quay.io/w/e}]"),
    );
    let list = "annotations:\n  images: |\n    - {image: own:1}\n    - {image: quay.io/w/d}\n    - {image: 'quay.io/w/e:latest'}\n  \
                helm.sh/images: |\n    - {image: [\n  artifacthub.io/images: own:1\n";
    let file = folder.path().join("Chart.yaml");
    let text = std::fs::read_to_string(&file).unwrap() + list;
    std::fs::write(file, text).unwrap();
    let report = images(folder.path());
    assert_eq!(report["notes"].as_array().map_or(0, Vec::len), 0, "{}", report["notes"]);
    let warnings: Vec<&str> =
        report["warnings"].as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap()).collect();
    assert_eq!(
        warnings,
        [
            "app:1.0.0 says in helm.sh/images which images it uses, but that is no YAML: it is not compared",
            "app:1.0.0 says in artifacthub.io/images which images it uses, but that is no list: it is not compared",
        ]
    );
    assert_eq!(report["warnings"][0]["location"]["start"]["line"], 11);
}

/// `RULE ENTRY IMAGE EXPECTED` of the findings for a list.
fn findings(list: &str, template: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "tools/ecr-images.conf", list);
    write(folder.path(), "chart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n");
    write(folder.path(), "chart/templates/all.yaml", template);
    let report: Value = serde_json::from_str(&run(folder.path(), &["check", ".", "--format", "json"])).unwrap();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |finding: &Value| ["rule", "entry", "image", "expected"].map(|key| word(&finding[key])).join(" ");
    report["findings"].as_array().unwrap().iter().map(row).collect()
}

const NOTE: &str = "# Own (from local chart app:1.0.0)\nown=own:1\n\n# Agent (from local chart app:1.0.0)\n";

#[test]
fn an_entry_serves_an_operand() {
    let template = container("env: [{name: AGENT_IMAGE, value: 'quay.io/a/agent:2'}]");
    assert_eq!(findings(&format!("{NOTE}agent=quay.io/a/agent:2\n"), &template), [""; 0]);
    assert_eq!(
        findings(&format!("{NOTE}agent=quay.io/a/agent:1\n"), &template),
        ["tag-mismatch agent quay.io/a/agent:1 quay.io/a/agent:2"]
    );
}

#[test]
fn the_list_says_what_is_an_image() {
    // Neither the name nor the grammar says so, but the list does.
    let template = container("args: ['--agent', 'a/agent:blue', '--peer', 'a/peer:blue', '--cache', 'own:6379']");
    assert_eq!(findings(&format!("{NOTE}agent=a/agent:blue\n"), &template), [""; 0]);
    assert_eq!(
        findings(&format!("{NOTE}agent=a/agent:old\n"), &template),
        ["tag-mismatch agent a/agent:old a/agent:blue"]
    );
}

#[test]
fn an_operand_that_a_container_has_or_that_is_off_is_not_missing() {
    let own = container(
        "env: [{name: OWN_IMAGE, value: 'docker.io/library/own:1'}, {name: BASE_IMAGE, value: docker.io/library/own}]",
    );
    let list = "# Own (from local chart app:1.0.0)\nown=own:1\n";
    assert_eq!(findings(list, &own), [""; 0]);
    let off = format!("{own}---\n{}", resource("Thing", "{agent: {enabled: false, image: 'quay.io/a/agent:2'}}"));
    assert_eq!(findings(list, &off), [""; 0]);
    let on = off.replace("false", "true");
    assert_eq!(findings(list, &on), ["missing-operand - - quay.io/a/agent:2"]);
}

#[test]
fn an_annotation_may_speak_of_what_is_switched_off() {
    let values = "metrics: {on: false, image: {repository: acme/exporter, tag: '2'}}\n";
    let template =
        container("env: []") + "{{ if .Values.metrics.on }}# {{ .Values.metrics.image.repository }}{{ end }}\n";
    let notes = |list: &str| {
        let folder = chart(values, &template);
        let file = folder.path().join("Chart.yaml");
        let text = std::fs::read_to_string(&file).unwrap() + list;
        std::fs::write(file, text).unwrap();
        let told = images(folder.path())["notes"].as_array().cloned().unwrap_or_default();
        told.iter().map(|note| note["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Where it is known what would turn it on, the two agree.
    let list = |version: &str| {
        format!(
            "annotations:\n  helm.sh/images: |\n    - {{name: own, image: 'own:1'}}\n    - {{name: e, image: 'acme/exporter:{version}'}}\n"
        )
    };
    assert_eq!(notes(&list("2")), [""; 0]);
    assert_eq!(
        notes(&list("3")),
        ["app:1.0.0 says in helm.sh/images that it uses acme/exporter:3, but names acme/exporter:2"]
    );
}

#[test]
fn artifacts_that_are_no_images_are_left_out() {
    // Policies of Trivy, plugins of Falco: pulled from a registry, and nothing that `docker pull` takes.
    let values = "policiesBundle: {registry: mirror.gcr.io, repository: aquasec/trivy-checks, tag: 1}\n";
    let policies = "{policies.bundle.oci.ref: '{{ .Values.policiesBundle.registry }}/{{ .Values.policiesBundle.repository }}:{{ \
                    .Values.policiesBundle.tag }}', trivy.dbRepository: mirror.gcr.io/aquasec/trivy-db}";
    assert_eq!(operands(values, &config(policies)), [""; 0]);
    let plugins = "\n  falcoctl.yaml: |\n    # images: none\n    artifact:\n      install:\n        refs: [ghcr.io/falcosecurity/plugins/plugin/container:0.7.1]\n        \
                   resolveDeps: false";
    assert_eq!(operands("", &config(plugins)), [""; 0]);
    // What the list has is an image under any name.
    let template = config("{policies.bundle.oci.ref: 'mirror.gcr.io/aquasec/trivy-checks:1'}");
    let list = "# Checks (from local chart app:1.0.0)\nchecks=mirror.gcr.io/aquasec/trivy-checks:1\n";
    assert_eq!(findings(list, &template), [""; 0]);
}

#[test]
fn disks_modules_and_queries_are_no_images() {
    let fields = [
        "{machineImage: {name: gardenlinux, version: 1312.3.0}}",
        "{disk: {image: windows11.vhdx}, kernel: {image: vmlinuz}, image: ubuntu-22.04.iso}",
        "{image: ami-0123456789abcdef0, vm: {image: 'projects/debian-cloud/global/images/debian-12'}}",
        "{source: {repository: github.com/acme/repo, tag: v1}, module: 'github.com/acme/module:v1.0'}",
        "{map: 'foo.example.com/bar:8080', logoImage: 'acme/logo:1', rules: [{expr: 'x{image=\"quay.io/acme/x:1\"}'}]}",
    ];
    for spec in fields {
        assert_eq!(operands("", &resource("Thing", spec)), [""; 0], "{spec}");
    }
    let data = "\n  rules.yaml: |\n    groups: [{name: a, rules: [{expr: 'sum(x{image!=\"\",image=\"pause:3.9\"})', annotations: {summary: \"Image \
                quay.io/acme/doc:1 is gone\"}}]}]\n  query.txt: |\n    container_info{image=\"quay.io/acme/query:1\"}";
    assert_eq!(operands("", &config(data)), [""; 0]);
    // From the other side.
    assert_eq!(
        operands("", &resource("Thing", "{disk: {image: 'quay.io/acme/disk:1'}}")),
        ["quay.io/acme/disk:1 field spec.disk.image"]
    );
}

#[test]
fn commands_that_pull_name_images() {
    let script = "\n  run.sh: |\n    docker run --rm -u user:group -v /a:/b:ro quay.io/acme/run:1.0 other:2\n    crictl pull busybox\n    docker \
                  pull $IMAGE\n    skopeo copy docker://quay.io/acme/copied:3 dir:/x\n    echo run redis:7 now; kubectl create deployment:1";
    let found = [
        "busybox data run.sh: crictl pull ?",
        "quay.io/acme/copied:3 data run.sh: skopeo copy",
        "quay.io/acme/run:1.0 data run.sh: docker run",
    ];
    assert_eq!(operands("", &config(script)), found);
    let script = "\n  run.sh: |\n    docker network create ci\n    docker run --network ci -itd -v \"$(pwd)\":/src \\\n      \"quay.io/acme/web:1\" \
                  quay.io/acme/no:1\n    prepull quay.io/acme/each:1 acme/no:2\n    docker push quay.io/acme/no:3\n    echo quay.io/acme/no:4";
    let found = ["quay.io/acme/each:1 data run.sh ?", "quay.io/acme/web:1 data run.sh: docker run"];
    assert_eq!(operands("", &config(script)), found);
    let data = "\n  image: web:1\n  agentImage: agent:1";
    assert_eq!(operands("", &config(data)), ["agent:1 data agentImage", "web:1 data image ?"]);
    let arguments = container("args: ['sh', '-c', 'podman run -d acme/side:2']");
    assert_eq!(operands("", &arguments), ["acme/side:2 argument -c: podman run"]);
}

#[test]
fn related_images_and_those_of_kustomize_are_read() {
    let related = container("env: [{name: RELATED_IMAGE_A, value: busybox}, {name: MODE_IMAGE, value: fast}]");
    assert_eq!(operands("", &related), ["busybox env RELATED_IMAGE_A ?"]);
    let in_argument =
        container("command: ['RELATED_IMAGE_B=busybox', 'x'], args: ['env RELATED_IMAGE_C=alpine /manager']");
    assert_eq!(
        operands("", &in_argument),
        ["alpine argument: RELATED_IMAGE_C ?", "busybox argument RELATED_IMAGE_B ?"]
    );
    let kustomize = "\n  kustomization.yaml: |\n    images:\n    - {name: app, newName: quay.io/acme/app, newTag: '3'}\n    - {name: acme/other, \
                     newTag: '4'}";
    let found = [
        "acme/other:4 data kustomization.yaml: images[1].name+newTag",
        "quay.io/acme/app:3 data kustomization.yaml: images[0].newName+newTag",
    ];
    assert_eq!(operands("", &config(kustomize)), found);
}

#[test]
fn what_is_only_likely_is_listed_by_nobody_else() {
    let list = "# Own (from local chart app:1.0.0)\nown=own:1\n";
    let safety = |template: &str| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "tools/ecr-images.conf", list);
        write(folder.path(), "chart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n");
        write(folder.path(), "chart/templates/all.yaml", template);
        let report: Value = serde_json::from_str(&run(folder.path(), &["check", ".", "--format", "json"])).unwrap();
        report["findings"][0]["fixes"][0]["safety"].as_str().unwrap().to_owned()
    };
    assert_eq!(safety(&container("env: [{name: AGENT_IMAGE, value: 'quay.io/a/agent:2'}]")), "safe");
    assert_eq!(safety(&container("env: [{name: AGENT, value: 'quay.io/a/agent:2'}]")), "unsafe");
}

#[test]
fn what_is_left_alone_tolerated_or_told_is_no_operand() {
    let templates = [
        container("args: ['--taint=example.org/gpu:NoSchedule', '--taints', 'acme.io/gpu:NoExecute']"),
        container("args: ['--ignore-images=quay.io/acme/old:1', '--skip-image', 'quay.io/acme/old:2']"),
        container("env: [{name: EXCLUDED_IMAGES, value: 'quay.io/acme/old:1'}]"),
        container("env: [{name: MODE_IMAGE, value: fast}]"),
        resource("Application", "{source: {chart: app, repository: ghcr.io/acme/helm, version: 1.0.0}}"),
        resource("Application", "{source: {repoURL: ghcr.io/acme/helm/app, targetRevision: 1.0.0, name: x}}"),
        resource(
            "Thing",
            "{app: 'ghcr.io/acme/charts/app:1.0.0', from: {repository: ghcr.io/acme/charts/app, version: 1.0.0}}",
        ),
        resource(
            "Thing",
            "{image: 'Use quay.io/acme/app:1 or any later one', imageName: 'the image of the app, e.g. acme/app:1'}",
        ),
        config("{image: 'Take acme/app:1 here.'}"),
    ];
    for template in templates {
        assert_eq!(operands("", &template), [""; 0], "{template}");
    }
    // From the other side.
    let several = container("env: [{name: APP_IMAGES, value: 'quay.io/acme/a:1, quay.io/acme/b:2'}]");
    assert_eq!(operands("", &several), ["quay.io/acme/a:1 env APP_IMAGES", "quay.io/acme/b:2 env APP_IMAGES"]);
    let chart = resource("Thing", "{image: 'ghcr.io/acme/charts/app:1.0.0'}");
    assert_eq!(operands("", &chart), ["ghcr.io/acme/charts/app:1.0.0 field spec.image"]);
}

#[test]
fn a_base_image_takes_the_tag_beside_it() {
    let one = |spec: &str| operands("", &resource("Thing", spec));
    assert_eq!(one("{baseImage: quay.io/acme/base, tag: v1}"), ["quay.io/acme/base:v1 field spec.baseImage+tag"]);
    let digest = format!("sha256:{}", "a".repeat(64));
    assert_eq!(
        one(&format!("{{baseImage: acme/base, sha: '{digest}'}}")),
        [format!("acme/base@{digest} field spec.baseImage+sha")]
    );
    let two = one("{baseImage: quay.io/acme/base, otherImage: quay.io/acme/other, tag: v1}");
    assert!(two.iter().all(|row| !row.contains(":v1")), "whose tag it is cannot be told: {two:#?}");
}

#[test]
fn pieces_beside_a_whole_image_are_no_second_one() {
    let of = |kind: &str, spec: &str| {
        let resource = resource(kind, spec).replace("acme.io/v1", "monitoring.coreos.com/v1");
        operands("", &resource)
    };
    let bare = "a".repeat(64);
    let pieces = format!("version: v1, baseImage: quay.io/prometheus/prometheus, tag: v2, sha: {bare}");
    for kind in ["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"] {
        let whole = format!("{{image: 'registry.local/own:v3', {pieces}}}");
        assert_eq!(of(kind, &whole), ["registry.local/own:v3 field spec.image"], "{kind}: the image has precedence");
        let untagged = of(kind, "{image: quay.io/a/own, version: v1}");
        assert_eq!(untagged, ["quay.io/a/own field spec.image ?"], "{kind}: the version is for the operator");
        // An empty one has none.
        let empty = of(kind, &format!("{{image: '', {pieces}}}"));
        assert_eq!(empty.len(), 1, "{empty:?}");
        let digest = format!("quay.io/prometheus/prometheus@sha256:{bare} field spec.baseImage+sha");
        assert_eq!(empty, [digest], "{kind}: the digest has precedence");
        let tagged = of(kind, "{version: v1, baseImage: quay.io/prometheus/prometheus, tag: v2, sha: ''}");
        assert_eq!(tagged, ["quay.io/prometheus/prometheus:v2 field spec.baseImage+tag"], "{kind}");
    }
    let thanos = of(
        "Prometheus",
        "{thanos: {image: 'quay.io/thanos/thanos:v1', baseImage: quay.io/thanos/thanos, version: v1}}",
    );
    assert_eq!(thanos, ["quay.io/thanos/thanos:v1 field spec.thanos.image"]);
    // Of other kinds a base without a version is a piece, one with a version an image of its own; and pieces make one.
    let other = |spec: &str| operands("", &resource("Thing", spec));
    assert_eq!(other("{image: 'a.io/own:v3', baseImage: a.io/base, version: v1}"), ["a.io/own:v3 field spec.image"]);
    let two = other("{image: 'a.io/own:v3', baseImage: 'a.io/base:v1'}");
    assert_eq!(two, ["a.io/base:v1 field spec.baseImage", "a.io/own:v3 field spec.image"]);
    assert_eq!(other("{image: a.io/own, version: v1}"), ["a.io/own:v1 field spec.image+version"]);
    for own in ["baseImageTag", "baseTag", "baseImageVersion"] {
        let build = format!("{{image: 'a.io/own:v3', baseImage: a.io/base, {own}: '22.04'}}");
        let both = [format!("a.io/base:22.04 field spec.baseImage+{own}"), "a.io/own:v3 field spec.image".to_owned()];
        assert_eq!(other(&build), both);
        assert_eq!(other(&build.replace("22.04", "")), both[1..], "no version is none");
        let within = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {{c.yaml: \"{build}\"}}\n");
        assert!(operands("", &within).iter().any(|row| row.starts_with("a.io/base:22.04 ")), "{own}");
    }
}

#[test]
fn a_variable_may_name_an_image_that_everybody_knows() {
    let variables = container("env: [{name: WAIT_IMAGE, value: busybox}, {name: MODE_IMAGE, value: fast}]");
    assert_eq!(operands("", &variables), ["busybox env WAIT_IMAGE ?"]);
}

#[test]
fn lists_of_scripts_and_files_name_images() {
    let script = "\n  pull.sh: |\n    IMAGES=(acme/one:1 nginx:2  # the others\n      quay.io/acme/two:2)\n    WEB_IMAGES=\"web:1 db:2\"\n    \
                  for i in loop:1 pool:2; do docker pull \"$i\"; done\n    for host in one.example.com:443 other:8080; do curl $host; done\n    \
                  for each in quay.io/acme/each:1 $MORE; do run $each; done\n    NOTE_IMAGE=\"take acme/note:1 or not\"\n    \
                  kubectl -n x set image deploy/web web=nginx:3 side=quay.io/acme/side:1";
    let found = [
        "acme/one:1 data pull.sh: IMAGES",
        "db:2 data pull.sh: WEB_IMAGES",
        "loop:1 data pull.sh: for i",
        "nginx:2 data pull.sh: IMAGES",
        "nginx:3 data pull.sh: kubectl set image",
        "pool:2 data pull.sh: for i",
        "quay.io/acme/each:1 data pull.sh: for each ?",
        "quay.io/acme/side:1 data pull.sh: kubectl set image",
        "quay.io/acme/two:2 data pull.sh: IMAGES",
        "web:1 data pull.sh: WEB_IMAGES",
    ];
    assert_eq!(operands("", &config(script)), found);
    let files = "\n  images.txt: |\n    # ours\n    nginx:1\n    quay.io/acme/a\n  image-list: |\n    quay.io/acme/b:1";
    let found = ["nginx:1 data images.txt", "quay.io/acme/a data images.txt ?", "quay.io/acme/b:1 data image-list"];
    assert_eq!(operands("", &config(files)), found);
    let arguments = "command: [kubectl, set, image, deploy/x], args: ['web=nginx:1', '--all=a/b:1']";
    assert_eq!(operands("", &container(arguments)), [""; 0], "command and arguments are read apart");
    let arguments = "args: [kubectl, set, image, deploy/x, 'web=nginx:1', '*=redis:2', '--record=true']";
    assert_eq!(operands("", &container(arguments)), ["nginx:1 argument set image", "redis:2 argument set image"]);
}

#[test]
fn schemes_and_annotations_of_one_domain_name_images() {
    let volume = resource("DataVolume", "{source: {registry: {url: 'docker://quay.io/disks/fedora:40'}}}");
    assert_eq!(operands("", &volume), ["quay.io/disks/fedora:40 field spec.source.registry.url"]);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {mesh.io/proxy-image: cr.mesh.io/proxy, mesh.io/proxy-version: \
               edge-24.1, other.io/proxy-version: '9', other.io/init-image: 'a/init:1'}}\nspec: {containers: []}\n";
    let found = [
        "a/init:1 annotation other.io/init-image",
        "cr.mesh.io/proxy:edge-24.1 annotation mesh.io/proxy-image+mesh.io/proxy-version",
    ];
    assert_eq!(operands("", pod), found);
}

#[test]
fn what_policies_put_into_pods_is_pulled() {
    let rules = "[{validate: {pattern: {spec: {containers: [{image: 'a/no:1'}]}}}}, {mutate: {patchStrategicMerge: {spec: {containers: \
                 [{(image): 'a/no:2', name: x}, {name: side, image: 'a/side:1', env: [{name: AGENT_IMAGE, value: 'a/agent:1'}]}], \
                 initContainers: [{+(image): 'a/init:1'}]}}}}, {mutate: {foreach: [{list: x, patchesJson6902: \"- op: add\\n  value: {image: 'a/json:1'}\"}]}}, {generate: {kind: DaemonSet, data: {spec: {template: {spec: {containers: [{image: \
                 'a/made:1'}]}}}}}}]";
    let policy = |group: &str| {
        format!("apiVersion: {group}/v1\nkind: ClusterPolicy\nmetadata: {{name: x}}\nspec: {{rules: {rules}}}\n")
    };
    let found = [
        "a/agent:1 field spec.rules[1].mutate.patchStrategicMerge.spec.containers[1] env AGENT_IMAGE",
        "a/init:1 field spec.rules[1].mutate.patchStrategicMerge.spec.initContainers[0].image",
        "a/json:1 field spec.rules[2].mutate.foreach[0].patchesJson6902[0].image",
        "a/made:1 field spec.rules[3].generate.data.spec.template.spec.containers[0].image",
        "a/side:1 field spec.rules[1].mutate.patchStrategicMerge.spec.containers[1].image",
    ];
    assert_eq!(operands("", &policy("kyverno.io")), found);
    assert_eq!(operands("", &policy("constraints.gatekeeper.sh")), [""; 0]);
}

#[test]
fn what_policies_in_cel_and_of_gatekeeper_put_into_pods_is_pulled() {
    let told = |group: &str, kind: &str, spec: &str| {
        operands("", &format!("apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n"))
    };
    let apply = r#"{matchConditions: [{name: a, expression: 'object.image == "a/no:1.0"'}], mutations: [{patchType: ApplyConfiguration,
      applyConfiguration: {expression: 'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "x", image:
      "quay.io/acme/side:1.0"}]}}'}}]}"#;
    for (group, kind) in
        [("admissionregistration.k8s.io", "MutatingAdmissionPolicy"), ("policies.kyverno.io", "MutatingPolicy")]
    {
        let found = "quay.io/acme/side:1.0 field spec.mutations[0].applyConfiguration.expression: image";
        assert_eq!(told(group, kind, apply), [found], "{kind}");
    }
    let made = r#"{variables: [{name: pod, expression: '[{"kind": "Pod", "spec": {"containers": [{"image": "a/made:1.0"}]}}]'}],
      generate: [{expression: 'generator.Apply("default", variables.pod)'}]}"#;
    assert_eq!(
        told("policies.kyverno.io", "GeneratingPolicy", made),
        ["a/made:1.0 field spec.variables[0].expression: image"]
    );
    let patched = |expression: &str| {
        let variables = "[{name: side, expression: \"'a/side:1.0'\"}]";
        let spec = format!("{{variables: {variables}, mutations: [{{jsonPatch: {{expression: '{expression}'}}}}]}}");
        let found = told("policies.kyverno.io", "MutatingPolicy", &spec);
        found.iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (expression, found) in [
        (
            r#"[JSONPatch{op: "replace", path: "/spec/containers/" + string(0) + "/image", value: "a/new:1.0"}]"#,
            "a/new:1.0",
        ),
        (
            r#"[JSONPatch{op: "add", path: "/x/-", value: X{image: dyn("a/new:1.0"), ?x: optional.none()}}]"#,
            "a/new:1.0",
        ),
        (
            r#"X{image: c.image.startsWith("a/no:1") ? "a/one:1.0" : (c.b ? "a/two:1.0" : c.image)}"#,
            "a/one:1.0 a/two:1.0",
        ),
        (r#"{"image": variables.side, "name": "a/no:1.0"}"#, "a/side:1.0"),
        (r#"X{env: [Env{name: "AGENT_IMAGE", value: "a/agent:1.0"}]}"#, "a/agent:1.0"),
    ] {
        assert_eq!(patched(expression), found, "{expression}");
    }
    for open in ["{ ", "(", "\"", "?", "X{a:"] {
        assert_eq!(patched(&open.repeat(20_000)), "", "{open}");
    }
    let assign = |kind: &str, rest: &str| told("mutations.gatekeeper.sh", kind, rest);
    for (kind, spec, found) in [
        (
            "Assign",
            "{location: 'spec.containers[name: a].image', parameters: {assign: {value: 'a/set:1.0'}}}",
            "a/set:1.0 field spec.parameters.assign.value.image",
        ),
        (
            "Assign",
            "{location: 'spec.containers[name: side]', parameters: {assign: {value: {name: side, image: 'a/side:1.0'}}}}",
            "a/side:1.0 field spec.parameters.assign.value.containers[0].image",
        ),
        (
            "ModifySet",
            "{location: spec.initContainers, parameters: {values: {fromList: [{name: x, image: 'a/init:1.0'}]}}}",
            "a/init:1.0 field spec.parameters.values.fromList.initContainers[0].image",
        ),
        (
            "AssignImage",
            "{location: 'spec.containers[name: *].image', parameters: {assignDomain: quay.io, assignPath: acme/all, assignTag: ':1.0'}}",
            "quay.io/acme/all:1.0 field spec.parameters.image",
        ),
    ] {
        assert_eq!(assign(kind, spec), [found], "{kind}: {spec}");
    }
    for (group, kind, spec) in [
        // What only judges, what takes away, and parts of what is there already.
        (
            "admissionregistration.k8s.io",
            "ValidatingAdmissionPolicy",
            "{validations: [{expression: 'object.image != image: \"a/no:1.0\"'}]}",
        ),
        ("policies.kyverno.io", "ImageValidatingPolicy", "{matchImageReferences: [{glob: 'ghcr.io/acme/no:1.0'}]}"),
        (
            "policies.kyverno.io",
            "ValidatingPolicy",
            "{variables: [{name: image, expression: 'image: \"a/no:1.0\"'}], validations: [{expression: 'true'}]}",
        ),
        (
            "policies.kyverno.io",
            "MutatingPolicy",
            "{variables: [{name: image, expression: \"'a/no:1.0'\"}], mutations: [{jsonPatch: {expression: \"variables.image == 'a/no:2.0' && \
             object.image in ['a/no:3.0'] ? [JSONPatch{op: 'test', path: '/image', value: 'a/no:4.0'}, JSONPatch{op: 'remove', path: \
             '/image', value: 'quay.io/a/no:5.0'}] : [X{image: 'quay.io/a/no:' + x.image.replace('a/no:6.0', 'a/no:7.0')}]\"}}]}",
        ),
        (
            "mutations.gatekeeper.sh",
            "ModifySet",
            "{location: spec.initContainers, parameters: {operation: prune, values: {fromList: [{image: 'a/no:1.0'}]}}}",
        ),
        (
            "mutations.gatekeeper.sh",
            "AssignImage",
            "{location: 'spec.containers[name: *].image', parameters: {assignDomain: quay.io}}",
        ),
        ("mutations.gatekeeper.sh", "AssignImage", "{parameters: {assignPath: acme/all, assignTag: ':1.0'}}"),
        (
            "mutations.gatekeeper.sh",
            "Assign",
            "{location: spec.x, parameters: {assign: {fromMetadata: {field: name}}, assignIf: {in: ['a/no:1.0']}}}",
        ),
    ] {
        assert_eq!(told(group, kind, spec), [""; 0], "{kind}: {spec}");
    }
}

#[test]
fn properties_and_labels_of_images_are_none() {
    let env = |name: &str, value: &str| operands("", &container(&format!("env: [{{name: {name}, value: '{value}'}}]")));
    for (name, value) in [
        ("IMAGE_OWNER", "root:root"),
        ("IMAGE_LAYERS", "base:app"),
        ("IMAGE_PLATFORM", "linux:amd64"),
        ("IMAGE_SIZE", "10:20"),
    ] {
        assert_eq!(env(name, value), [""; 0], "{name}={value}");
    }
    assert_eq!(env("IMAGE_PROXY", "quay.io/acme/proxy:1"), ["quay.io/acme/proxy:1 env IMAGE_PROXY"]);
    assert_eq!(env("IMAGE_PROXY", "acme/proxy:1.0"), ["acme/proxy:1.0 env IMAGE_PROXY"]);
    assert_eq!(env("IMAGE_PROXY", "nginx:1.25"), ["nginx:1.25 env IMAGE_PROXY ?"]);
    assert_eq!(env("IMAGES_TO_PULL", "quay.io/a/b:1 quay.io/a/c:1").len(), 2);
    for key in ["tags", "userTags", "podLabels", "labels", "podSelector"] {
        let labelled = resource("NodeClass", &format!("{{{key}: {{image: 'quay.io/a/b:1', base: 'a/b:1.0'}}}}"));
        assert_eq!(operands("", &labelled), [""; 0], "{key}");
    }
    let images = resource("Thing", "{tags: {web: {image: 'quay.io/a/b:1'}}}");
    assert_eq!(operands("", &images), ["quay.io/a/b:1 field spec.tags.web.image"]);
}

/// What NVIDIA's operator asks of sandboxes, by release: `isStateEnabled` of `controllers/state_manager.go`, `IsEnabled` of
/// `api/nvidia/v1/clusterpolicy_types.go`. v24.9.2 and v25.3.4: `n.sandboxEnabled && SandboxDevicePlugin.IsEnabled()`, no mode. v26.7.0:
/// `&& SandboxWorkloads.Mode == "kubevirt"`, with "kata" for the CC manager and Kata's device plugin. All: "default is false if not
/// specified by user".
#[test]
fn sandboxes_are_as_the_release_of_the_operator_asks() {
    let off = |workloads: &str, mapping: &str, enabled: &str| {
        let spec = format!(
            "{{sandboxWorkloads: {{{workloads}}}, {mapping}: {{{enabled}repository: nvcr.io/x, image: p, version: v1}}}}"
        );
        let found = operands("", &resource("ClusterPolicy", &spec).replace("acme.io", "nvidia.com"));
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].ends_with('-')
    };
    let (on, kubevirt, kata) = ("enabled: true", "enabled: true, mode: kubevirt", "enabled: true, mode: kata");
    for (workloads, mapping, enabled, is_off) in [
        (on, "sandboxDevicePlugin", "enabled: true, ", false),
        (on, "sandboxDevicePlugin", "enabled: false, ", true),
        (on, "sandboxDevicePlugin", "", true),
        (on, "sandboxDevicePlugin", "enabled: null, ", true),
        (kubevirt, "sandboxDevicePlugin", "enabled: true, ", false),
        (kubevirt, "sandboxDevicePlugin", "", true),
        (kata, "sandboxDevicePlugin", "enabled: true, ", true),
        ("enabled: false", "sandboxDevicePlugin", "enabled: true, ", true),
        (on, "ccManager", "enabled: true, ", false),
        (kata, "ccManager", "enabled: true, ", false),
        (kubevirt, "ccManager", "enabled: true, ", true),
        // It came with the mode, which is "kubevirt" when nobody says it.
        (on, "kataSandboxDevicePlugin", "enabled: true, ", true),
        (kata, "kataSandboxDevicePlugin", "enabled: true, ", false),
        (on, "vfioManager", "", true),
        (on, "vfioManager", "enabled: true, ", false),
        (on, "vgpuManager", "", true),
        (on, "vgpuDeviceManager", "", true),
        // "default is true if not specified by user"
        (on, "devicePlugin", "", false),
    ] {
        assert_eq!(off(workloads, mapping, enabled), is_off, "{workloads}: {mapping} {enabled}");
    }
}
