//! Images beyond the ones that are deployed by default: what is switched off, what other regions deploy, and what values take
//! from the team's own registry.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::{Workspace, pod};

/// `IMAGE WHEN SCENARIOS` of each image.
fn images(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let run = workspace.run(&[&["images", "--format", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let row = |image: &serde_json::Value| {
        let scenarios: Vec<_> =
            image["scenarios"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        format!("{} {} {}", image["image"].as_str().unwrap(), image["when"], scenarios.join(","))
    };
    report["images"].as_array().unwrap().iter().map(row).collect()
}

fn metadata(dependencies: &str) -> String {
    format!("apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n{dependencies}")
}

#[test]
fn switches_are_turned_one_at_a_time_and_those_inside_with_them() {
    let workspace = Workspace::new()
        .chart("web", &["nginx:1"])
        .file("web/Chart.yaml", metadata("- {name: a, version: 1.0.0, condition: a.enabled}\n- {name: t, version: 1.0.0, tags: [x, z]}\n"))
        .file("web/values.yaml", "a: {enabled: false}\ntags: {x: false, z: false}\n")
        .chart("web/charts/a", &["redis:7", "nginx:1"])
        .file("web/charts/a/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies:\n- {name: b, version: 1.0.0, condition: b.enabled}\n")
        .file("web/charts/a/values.yaml", "b: {enabled: false}\n")
        .chart("web/charts/a/charts/b", &["memcached:1"])
        .chart("web/charts/t", &["busybox:1"]);
    let mut found = images(&workspace, &["web"]);
    found.sort();
    let wanted = [
        "busybox:1 \"tags.x or tags.z\" default",
        "memcached:1 \"a.enabled, a.b.enabled\" default",
        "nginx:1 \"a.enabled\" default",
        "nginx:1 null default",
        "redis:7 \"a.enabled\" default",
    ];
    assert_eq!(found, wanted);
}

/// As Helm 3.10.1 deploys them: any tag that is true turns a dependency on, and so does a condition, which counts for more.
#[test]
fn every_tag_and_condition_that_turns_a_dependency_on_is_told() {
    let with = |dependency: &str, values: &str| {
        let workspace = Workspace::new()
            .chart("web", &["nginx:1"])
            .file("web/Chart.yaml", metadata(&format!("- {{name: t, version: 1.0.0, {dependency}}}\n")))
            .file("web/values.yaml", values)
            .chart("web/charts/t", &["busybox:1"]);
        let found = images(&workspace, &["web"]).into_iter().find(|row| row.starts_with("busybox:1 ")).unwrap();
        found.trim_start_matches("busybox:1 ").trim_end_matches(" default").to_owned()
    };
    assert_eq!(with("tags: [x, z]", "tags: {x: false}\n"), "\"tags.x or tags.z\"");
    assert_eq!(with("tags: [x], condition: 't.live,t.use'", "tags: {x: false}\n"), "\"tags.x or t.live or t.use\"");
    // A condition that is false leaves the tags no say, one that is true neither.
    assert_eq!(with("tags: [x], condition: t.live", "tags: {x: false}\nt: {live: false}\n"), "\"t.live\"");
    assert_eq!(with("tags: [x], condition: t.live", "tags: {x: false}\nt: {live: true}\n"), "null");
}

#[test]
fn a_value_that_a_template_gets_by_index_is_a_switch() {
    let with = |condition: &str| {
        let pod = |name: &str| {
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: c, image: 'busybox:1'}}]}}\n---\n"
            )
        };
        let other = "{{- if and .Values.tls.enabled (not .Values.tls.cm) }}\n# image: secret\n{{- end }}\n";
        let template = format!("{other}{{{{- if {condition} }}}}\n{}{{{{- end }}}}\n", pod("own"));
        let workspace = Workspace::new()
            .chart("web", &[])
            .file("web/values.yaml", "tls: {enabled: false, cm: true}\n")
            .file("web/templates/web.yaml", &template);
        images(&workspace, &["web"])
    };
    for condition in [
        ".Values.tls.enabled",
        "index .Values \"tls\" \"enabled\"",
        "index .Values.tls \"enabled\"",
        "(index .Values \"tls\").enabled",
        "and (index .Values \"tls\" \"enabled\") true",
    ] {
        assert_eq!(with(condition), ["busybox:1 \"tls.enabled\" default"], "{condition}");
    }
}

#[test]
fn values_that_no_template_prints_are_told_by_their_key() {
    let values = "image: {repository: nginx, tag: '1'}\nmetrics: {on: false, image: {registry: quay.io, repository: acme/exporter, tag: '2'}}\n\
                  sidecarImage: quay.io/acme/sidecar:3\nunspoken: {image: {repository: acme/never, tag: '1'}}\n\
                  git: {repository: https://example.org/x.git}\nlogs: {image: {repository: '', tag: '1'}}\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  \
                    - {name: web, image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"}\n\
                    {{ if .Values.metrics.on }}{{ .Values.metrics.image.repository }}{{ .Values.sidecarImage }}{{ .Values.git }}{{ .Values.logs }}{{ end }}\n";
    let workspace =
        Workspace::new().chart("web", &[]).file("web/values.yaml", values).file("web/templates/web.yaml", template);
    let wanted = [
        "nginx:1 null default",
        "quay.io/acme/exporter:2 \"metrics.image printed\" default",
        "quay.io/acme/sidecar:3 \"sidecarImage printed\" default",
    ];
    assert_eq!(images(&workspace, &["web"]), wanted);
    let told = workspace.run(&["images", "web"]).stdout;
    assert!(told.contains("  value metrics.image in web (when a template prints metrics.image) (likely)\n"), "{told}");
}

/// A chart with an account per region, as the health monitoring agent's.
fn agent(list: &str) -> Workspace {
    let template = "{{- $accounts := dict \"us-east-1\" \"111111111111\" \"eu-west-1\" \"222222222222\" }}\n\
                    {{- $region := .Values.region | default \"us-east-1\" }}\n\
                    apiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec:\n  containers:\n  \
                    - {name: agent, image: \"{{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/agent:1\"}\n  \
                    - {name: other, image: \"redis:7\"}\n";
    Workspace::with_list(list)
        .chart("agent", &[])
        .file("agent/values.yaml", "region: \"\"\n")
        .file("agent/templates/agent.yaml", template)
}

#[test]
fn all_regions_that_a_chart_names_are_shown() {
    let (east, west) = ("111111111111.dkr.ecr.us-east-1", "222222222222.dkr.ecr.eu-west-1");
    let workspace = agent("");
    assert_eq!(
        images(&workspace, &["agent"]),
        [format!("{east}.amazonaws.com/agent:1 null default"), "redis:7 null default".to_owned()]
    );
    let wanted = [
        format!("{east}.amazonaws.com/agent:1 null default,us-east-1"),
        format!("{west}.amazonaws.com/agent:1 null eu-west-1"),
        "redis:7 null default,eu-west-1,us-east-1".to_owned(),
    ];
    assert_eq!(images(&workspace, &["agent", "--all-regions"]), wanted);
    // A chart that names one region deploys something else in all others.
    let mirror = "{{ if eq .Values.region \"eu-central-1\" }}registry.example{{ else }}quay.io{{ end }}/acme/agent:1";
    let one = Workspace::with_list("").chart("one", &[mirror]).file("one/values.yaml", "region: ''\n");
    let wanted = ["quay.io/acme/agent:1 null default", "registry.example/acme/agent:1 null eu-central-1"];
    assert_eq!(images(&one, &["one", "--all-regions"]), wanted);
}

#[test]
fn a_wrong_pair_is_mended_with_its_tag_and_comments() {
    let list = "# Agent (from local chart agent:1.0.0)\n# Tag: 0\n# Default region: eu-west-1 (Account ID: 111111111111)\n\
                agent=111111111111.dkr.ecr.eu-west-1.amazonaws.com/agent:0\n\n# Redis (from local chart agent:1.0.0)\nredis=redis:7\n";
    let workspace = agent(list);
    let found = workspace.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    let fixed = list.replace("Tag: 0", "Tag: 1").replace("ID: 111111111111", "ID: 222222222222").replace(
        "111111111111.dkr.ecr.eu-west-1.amazonaws.com/agent:0",
        "222222222222.dkr.ecr.eu-west-1.amazonaws.com/agent:1",
    );
    assert_eq!(workspace.fixed("region-mismatch"), fixed);
    assert_eq!(agent(&fixed).findings(), Vec::<String>::new());
}

#[test]
fn overrides_of_the_user_are_held_against_the_list() {
    let list = "# Web (from local chart web:1.0.0)\nweb=docker.io/acme/web:1\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: \"{{ .Values.image }}\"}]}\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &[])
        .file("web/values.yaml", "image: docker.io/acme/web:1\n")
        .file("web/templates/web.yaml", template)
        .file("private.yaml", "image: 123456789012.dkr.ecr.us-west-2.amazonaws.com/wbe:1\n");
    let host = "image=123456789012.dkr.ecr.us-west-2.amazonaws.com";
    let with = |set: &str| workspace.findings_with(&["--set", &format!("{host}/{set}")]);
    assert_eq!(with("web:1"), Vec::<String>::new());
    assert_eq!(with("web:latest"), Vec::<String>::new());
    let tag = with("web:2");
    assert!(
        tag.len() == 1 && tag[0].contains("unmirrored-override") && tag[0].contains("pushes only `latest` and `1`"),
        "{tag:#?}"
    );
    // What `docker push` makes of the image may have another digest than the one that was pulled.
    let digest = format!("sha256:{}", "1".repeat(64));
    for image in [format!("web@{digest}"), format!("web:1@{digest}")] {
        let told = with(&image);
        assert!(told.len() == 1 && told[0].contains("unmirrored-override"), "{told:#?}");
        assert!(told[0].contains("the copy pushes tags (`latest` and `1` to `web`)"), "{told:#?}");
        let plan = workspace.run(&["plan", "--set", &format!("{host}/{image}")]).stdout;
        assert!(
            plan.contains(&format!("deployed, but not pushed: 123456789012.dkr.ecr.us-west-2.amazonaws.com/{image}")),
            "{plan}"
        );
    }
    // That the list pins the digest, which the scripts cannot read, is the finding there.
    let pinned = Workspace::with_list(&list.replace("web:1", &format!("web@{digest}")))
        .chart("web", &[&format!("123456789012.dkr.ecr.us-west-2.amazonaws.com/web@{digest}")]);
    let pinned = pinned.findings();
    assert!(pinned.iter().all(|told| !told.contains("unmirrored-override")), "{pinned:#?}");
    let name = workspace.findings_with(&["--values", "private.yaml"]);
    assert!(name.len() == 1 && name[0].starts_with("private.yaml:1:"), "{name:#?}");
    assert!(
        name[0].contains("no entry is called `wbe`")
            && name[0].ends_with("Write an entry's name (`web`?) in the values"),
        "{name:#?}"
    );
    // Another registry than ECR is none that the copy fills.
    let other = workspace.findings_with(&["--set", "image=registry.example.org/web:1"]);
    assert!(other[0].contains("repository-mismatch"), "{other:#?}");
}

/// A chart that differs from scenario to scenario, with a configuration: `east` and `west` take values files of the chart, `dark`
/// switches its second image off.
fn configured(list: &str) -> Workspace {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: web, image: \"nginx:{{ .Values.tag }}\"}\n\
                    {{ if .Values.probe }}    - {name: probe, image: \"busybox:1\"}\n{{ end }}";
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: charts/web\n    scenarios:\n    \
                         - {name: east, values: [regional-values/east.yaml]}\n    \
                         - {name: west, values: [regional-values/west.yaml]}\n    \
                         - {name: dark, values: [ours.yaml], set: {probe: false}}\n";
    Workspace::with_list(list)
        .chart("charts/web", &[])
        .file("charts/web/values.yaml", "tag: '1'\nprobe: true\n")
        .file("charts/web/templates/web.yaml", template)
        .file("charts/web/regional-values/east.yaml", "tag: '1'\n")
        .file("charts/web/regional-values/west.yaml", "tag: '2'\n")
        .file("ours.yaml", "tag: '1'\n")
        .file(".mirrorlint.yaml", configuration)
}

#[test]
fn each_finding_says_under_which_scenarios_it_holds() {
    let note = "# Nginx (from local chart web:1.0.0)\n";
    let workspace = configured(&format!("{note}nginx=docker.io/library/nginx:0\n"));
    let expected = [
        "tools/ecr-images.conf:2:31 tag-mismatch `nginx` lists 0, but web:1.0.0 deploys 1 (under the scenarios east, dark). Set the tag to 1",
        "tools/ecr-images.conf:3:1 missing-entry nginx:2 is not listed, but web:1.0.0 deploys it \
         (under the scenario west). List it as `nginx-2`",
        "tools/ecr-images.conf:3:1 missing-entry busybox:1 is not listed, but web:1.0.0 deploys it \
         (under the scenarios east, west). List it as `busybox`",
    ];
    assert_eq!(workspace.findings(), expected);
    // Every format says it, and JSON by itself.
    for format in ["human", "concise"] {
        let told = workspace.run(&["check", "--format", format]).stdout;
        let told = told.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(told.contains("(under the scenarios east, west)"), "{told}");
    }
    let report: serde_json::Value =
        serde_json::from_str(&workspace.run(&["check", "--format", "json"]).stdout).unwrap();
    assert_eq!(report["findings"][0]["scenarios"], serde_json::json!(["east", "dark"]));
    assert_eq!(report["findings"][2]["scenarios"], serde_json::json!(["east", "west"]));
    assert_eq!(report["lists"][0]["scenarios"], serde_json::json!(["east", "west", "dark"]));
}

#[test]
fn what_holds_under_all_scenarios_says_nothing_of_them() {
    let list =
        "# Nginx (from local chart web:1.0.0)\nnginx=nginx:1\n\n# Box (from local chart web:1.0.0)\nbox=busybox:0\n";
    let workspace = configured(list).file("charts/web/regional-values/west.yaml", "tag: '1'\n").file(
        "charts/web/templates/other.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec: {containers: [{name: c, image: \"busybox:1\"}]}\n",
    );
    assert_eq!(
        workspace.findings(),
        ["tools/ecr-images.conf:5:13 tag-mismatch `box` lists 0, but web:1.0.0 deploys 1. Set the tag to 1"]
    );
}

#[test]
fn values_files_lie_beside_the_configuration_or_in_the_chart() {
    let list =
        "# Nginx (from local chart web:1.0.0)\nnginx=nginx:1\n\n# Box (from local chart web:1.0.0)\nbox=busybox:1\n";
    // An entry is right if it is right in one scenario; but two tags are two images.
    let other = "tools/ecr-images.conf:6:1 missing-entry nginx:2 is not listed, but web:1.0.0 deploys it \
                 (under the scenario west). List it as `nginx-2`";
    assert_eq!(configured(list).findings(), [other]);
    // What lies beside the configuration comes first.
    let own = ["regional-values/east.yaml", "regional-values/west.yaml", "ours.yaml"];
    let own = own.into_iter().fold(configured(list), |workspace, path| workspace.file(path, "tag: '3'\n"));
    assert!(own.findings()[0].ends_with("deploys 3. Set the tag to 3"), "{:?}", own.findings());
    let lost = configured(list);
    std::fs::remove_file(lost.path("charts/web/regional-values/west.yaml")).unwrap();
    let run = lost.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("regional-values/west.yaml: no such file or directory"), "{}", run.stderr);
    assert!(run.stderr.contains(".mirrorlint.yaml:7:29"), "{}", run.stderr);
}

#[test]
fn a_chart_that_fails_under_some_scenarios_says_under_which() {
    let list =
        "# Nginx (from local chart web:1.0.0)\nnginx=nginx:1\n\n# Box (from local chart web:1.0.0)\nbox=busybox:1\n";
    let told = |east: &str, west: &str| {
        let fail = "{{ if eq .Values.tag \"bad\" }}{{ fail \"no\" }}{{ end }}";
        let workspace = configured(list)
            .file("charts/web/templates/fail.yaml", fail)
            .file("charts/web/regional-values/east.yaml", format!("tag: {east}\n"))
            .file("charts/web/regional-values/west.yaml", format!("tag: {west}\n"))
            .file("ours.yaml", format!("tag: {east}\n"));
        let run = workspace.run(&["check", "--format", "human"]);
        format!("{}{}", run.stdout, run.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let some = told("'1'", "bad");
    assert!(
        some.contains("web (under the scenario west) could not be rendered: what it deploys there is not known"),
        "{some}"
    );
    let all = told("bad", "bad");
    assert!(all.contains("web could not be rendered: what it deploys is not known"), "{all}");
}

/// The template of the health monitoring agent, in short: the region is a value, else a label of a node, else a default.
const BY_NODE: &str = "{{- $region := .Values.region }}\n{{- if not $region }}{{ range (lookup \"v1\" \"Node\" \"\" \"\").items }}{{ $region = index .metadata.labels \
                       \"topology.kubernetes.io/region\" }}{{ end }}{{ end }}\n{{- $accounts := dict \"us-east-1\" \"111111111111\" \"eu-west-1\" \
                       \"222222222222\" }}\n{{- $region = $region | default \"us-east-1\" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec: \
                       {containers: [{name: agent, image: \"{{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/agent:1\"}]}\n";

#[test]
fn lookup_finds_the_objects_that_are_supplied() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {topology.kubernetes.io/region: eu-west-1}}\n---\n\
                apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: kube-system}\n";
    let image = |objects: &str| {
        let configuration = format!(
            "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - {{path: agent, {objects}scenarios: [{{name: one}}]}}\n"
        );
        let workspace = Workspace::with_list("# nothing yet\n")
            .chart("agent", &[])
            .file("agent/values.yaml", "region: ''\n")
            .file("agent/templates/agent.yaml", BY_NODE)
            .file("cluster/node.yaml", node)
            .file(".mirrorlint.yaml", configuration);
        let found = workspace.findings();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].split(' ').nth(2).unwrap().to_owned()
    };
    assert_eq!(image(""), "111111111111.dkr.ecr.us-east-1.amazonaws.com/agent:1");
    assert_eq!(image("objects: [cluster/node.yaml], "), "222222222222.dkr.ecr.eu-west-1.amazonaws.com/agent:1");
}

#[test]
fn a_region_that_is_a_mistake_is_none_in_all_regions_either() {
    let template = "{{- $accounts := dict \"us-west-2\" \"111122223333\" \"eu-west-1\" \"444455556666\" }}\n\
                    {{- $region := .Values.region | default \"us-west-2\" }}\n\
                    {{- if not (hasKey $accounts $region) }}{{ fail \"unknown\" }}{{ end }}\n\
                    apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: \"\
                    {{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/web:1\"}]}\n";
    let list = "# Web (from local chart web:1.0.0)\nweb=111122223333.dkr.ecr.us-east-9.amazonaws.com/web:1\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &[])
        .file("web/values.yaml", "region: ''\n")
        .file("web/templates/web.yaml", template);
    assert!(workspace.findings()[0].contains("region-mismatch"));
    let all = workspace.run(&["images", "--all-regions", "--format", "plain"]);
    assert_eq!((all.code, all.stdout.lines().count()), (0, 2), "{}", all.text());
}

#[test]
fn objects_are_as_an_api_server_keeps_them() {
    let template = "{{- $secret := lookup \"v1\" \"Secret\" .Release.Namespace \"s\" }}\n\
                    {{- $elsewhere := lookup \"v1\" \"Secret\" \"elsewhere\" \"s\" }}\n\
                    {{- $node := lookup \"v1\" \"Node\" \"\" \"n1\" }}\n\
                    {{- $own := lookup \"acme.io/v1\" \"Tenant\" \"any\" \"t\" }}\n\
                    apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: \"\
                    {{ $secret.data.image | b64dec }}:{{ $secret.data.tag | b64dec }}-{{ $secret.metadata.namespace }}-\
                    {{ len $elsewhere }}-{{ hasKey $node.metadata \"namespace\" }}-{{ $own.spec.tag }}-{{ hasKey $secret \"stringData\" }}\"}]}\n";
    let run = |objects: &str| {
        let configuration =
            "lists:\n- path: tools/ecr-images.conf\n  charts: [{path: web, namespace: apps, objects: [o.yaml]}]\n";
        let workspace = Workspace::with_list("# nothing yet\n")
            .chart("web", &[])
            .file("web/templates/web.yaml", template)
            .file("o.yaml", objects)
            .file(".mirrorlint.yaml", configuration);
        workspace.run(&["images", "--format", "plain"])
    };
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {image: YQ==, tag: MQ==}\nstringData: {image: acme}\n";
    let others = "---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node, metadata: {name: n1}}\n\
                  - {apiVersion: acme.io/v1, kind: Tenant, metadata: {name: t}, spec: {tag: x}}\n";
    let found = run(&format!("{secret}{others}"));
    assert_eq!(found.stdout, "acme:1-apps-0-false-x-false\n", "{}", found.stderr);
    for (text, place, told) in [
        ("hello\n", "o.yaml:1:1", "it is no mapping"),
        ("---\na: 1\n", "o.yaml:2:1", "it has no `apiVersion`, or that is no text"),
        ("apiVersion: v1\nitems: [{kind: Node, apiVersion: v1}]\n", "o.yaml:2:10", "it has no `metadata.name`"),
        ("apiVersion: v1\nkind: ''\nmetadata: {name: x}\n", "o.yaml:1:1", "it has no `kind`"),
    ] {
        let refused = run(text);
        assert_eq!(refused.code, 2);
        let words = refused.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(words.contains(place) && words.contains(told), "{place}: {told} in\n{}", refused.stderr);
    }
}

#[test]
fn the_account_table_of_the_health_monitoring_agent_is_listed_in_full() {
    let chart = "fixtures/hyperpod/sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart";
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = workspace::run(root, &["images", chart, "--all-regions", "--format", "plain"], &[]);
    let agents: Vec<&str> = run.stdout.lines().filter(|image| image.ends_with(":1.0.1892.0_1.0.424.0")).collect();
    let accounts = [
        ("011528288828", "us-west-1"),
        ("211125453373", "eu-central-1"),
        ("767398015722", "us-east-1"),
        ("851725546812", "us-east-2"),
        ("905418368575", "us-west-2"),
    ];
    let image = |(account, region): (&str, &str)| {
        format!("{account}.dkr.ecr.{region}.amazonaws.com/hyperpod-health-monitoring-agent:1.0.1892.0_1.0.424.0")
    };
    assert_eq!(agents, accounts.map(image));
}

/// A pod's template: `containers` are lines of its list.
fn pod_of(containers: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n    - {{name: web, image: \"nginx:1\"}}\n{containers}"
    )
}

#[test]
fn blocks_behind_switches_are_tried() {
    let values = "exporter: {enabled: false, image: {repository: quay.io/acme/exporter, tag: '1'}}\nplain: false\nouter: {enabled: false, \
                  inner: {create: false}}\nmode: a\nby: {mode: {image: {repository: acme/mode, tag: '1'}}}\nhelper: {enabled: false, \
                  image: {repository: acme/helped, tag: '1'}}\nnever: {enabled: true}\n";
    let template = pod_of(
        "    {{- if .Values.exporter.enabled }}\n    {{- with .Values.exporter.image }}\n    - {name: e, image: \"{{ .repository }}:{{ .tag }}\"}\n    \
         {{- end }}\n    {{- end }}\n    {{- if .Values.plain }}\n    - {name: p, image: \"acme/plain:1\"}\n    {{- end }}\n    \
         {{- with .Values.outer }}{{ if and .enabled .inner.create }}\n    - {name: i, image: \"acme/inner:1\"}\n    {{- end }}{{ end }}\n    \
         {{- if not .Values.never.enabled }}\n    - {name: n, image: \"acme/never:1\"}\n    {{- end }}\n    \
         {{- if eq .Values.mode \"b\" }}\n    {{- with .Values.by.mode.image }}\n    - {name: m, image: \"{{ .repository }}:{{ .tag }}\"}\n    \
         {{- end }}\n    {{- end }}\n    {{- if eq (include \"helped\" .) \"yes\" }}\n    {{- with .Values.helper.image }}\n    - {name: h, image: \
         \"{{ .repository }}:{{ .tag }}\"}\n    {{- end }}\n    {{- end }}\n",
    );
    let helper = "{{ define \"helped\" }}{{ if .Values.helper.enabled }}yes{{ end }}{{ end }}";
    let workspace = Workspace::with_list(
        "# Exporter (from local chart web:1.0.0)\nexporter=quay.io/acme/exporter:1\n\n# Old (from local chart web:1.0.0)\nplain=acme/plain:0\n",
    )
    .chart("web", &[])
    .file("web/values.yaml", values)
    .file("web/templates/_helpers.tpl", helper)
    .file("web/templates/web.yaml", template);
    let mut found = images(&workspace, &["web"]);
    found.sort();
    let wanted = [
        "acme/helped:1 \"helper.enabled\" default",
        "acme/inner:1 \"outer.enabled, outer.inner.create\" default",
        "acme/mode:1 \"mode=b\" default",
        "acme/never:1 \"not never.enabled\" default",
        "acme/plain:1 \"plain\" default",
        "nginx:1 null default",
        "quay.io/acme/exporter:1 \"exporter.enabled\" default",
    ];
    assert_eq!(found, wanted);
    let shown = workspace.run(&["images", "web"]).stdout;
    assert!(shown.contains("in web (when outer.enabled and outer.inner.create are on)"), "{shown}");
    let told = workspace.findings();
    assert!(told[0].contains("disabled-source `exporter` is deployed only when exporter.enabled is on"), "{told:#?}");
    assert!(
        told[1].contains("disabled-source `plain` lists 0, but web:1.0.0 would deploy 1 when plain is on"),
        "{told:#?}"
    );
    assert!(workspace.run(&["check", "--select", "disabled-source"]).stdout.contains("exporter.enabled is off here"));
}

/// The images that one container list names when it is not empty, with what must hold for them.
fn optional(values: &str, containers: &str) -> Vec<String> {
    let helper = "{{ define \"is-on\" }}{{ if or .Values.helper.enabled (eq .Values.helper.kind \"special\") }}yes{{ end }}{{ end }}";
    let workspace = Workspace::new()
        .chart("web", &[])
        .file("web/values.yaml", format!("helper: {{enabled: false, kind: usual}}\n{values}\n"))
        .file("web/templates/_helpers.tpl", helper)
        .file("web/templates/web.yaml", pod_of(containers));
    images(&workspace, &["web"]).into_iter().filter(|row| !row.starts_with("nginx:1 ")).collect()
}

/// One block that runs for some of what a loop goes through, or of those that include it, and not for others.
#[test]
fn what_runs_for_one_is_tried_for_the_others() {
    let part = |condition: &str| {
        format!(
            "    {{{{- range $name, $part := .Values.parts }}}}{{{{ $it := $part.it }}}}{{{{ if {condition} }}}}\n    - {{name: x, image: \
             \"{{{{ $.Values.registry }}}}/{{{{ $name }}}}:1\"}}\n    {{{{- end }}}}{{{{ end }}}}\n"
        )
    };
    let values = "registry: acme\nall: false\nparts:\n  api: {enabled: true, mode: ha, it: {live: true}}\n  worker: {enabled: false, mode: one, it: {live: \
                  false}}";
    for (condition, when) in [
        ("$part.enabled", "parts.worker.enabled"),
        (".enabled", "parts.worker.enabled"),
        ("$it.live", "parts.worker.it.live"),
        ("eq $part.mode \"ha\"", "parts.worker.mode=ha"),
        ("not (eq .mode \"one\")", "not parts.worker.mode=one"),
        ("or .enabled $.Values.all", "all or parts.worker.enabled"),
    ] {
        let mut told = optional(values, &part(condition));
        told.sort();
        let either = |when: &str| when.split(" or ").map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        let (rest, last) = (&told[..1], told[1].split('"').nth(1).unwrap());
        assert_eq!((rest, either(last)), (&["acme/api:1 null default".to_owned()][..], either(when)), "{condition}");
        assert!(told.len() == 2 && told[1].starts_with("acme/worker:1 "), "{told:?}");
    }
    // What is nowhere on is told for each by itself.
    let mut off = optional(&values.replace("enabled: true", "enabled: false"), &part(".enabled"));
    off.sort();
    assert_eq!(off, ["acme/api:1 \"parts.api.enabled\" default", "acme/worker:1 \"parts.worker.enabled\" default"]);
    // Items of a list cannot be set one by one, and are tried together.
    let list = "registry: acme\nparts: [{enabled: true, name: api}, {enabled: false, name: worker}]";
    let mut told = optional(list, &part(".enabled").replace("{{ $name }}", "{{ $part.name }}"));
    told.sort();
    assert_eq!(told, ["acme/api:1 null default", "acme/worker:1 \"parts[*].enabled\" default"]);
    // One template, included for each.
    let helper = "{{ define \"part\" }}{{ if .it.enabled }}\n    - {name: x, image: \"{{ .root.Values.registry }}/{{ .name }}:1\"}\n{{ end }}{{ end }}";
    let calls = |names: [&str; 2]| {
        let call = |name| {
            format!("    {{{{- include \"part\" (dict \"root\" $ \"name\" \"{name}\" \"it\" .Values.{name}) }}}}\n")
        };
        names.map(call).concat()
    };
    for (api, wanted) in [("true", "null"), ("false", "\"api.enabled\"")] {
        let workspace = Workspace::new()
            .chart("web", &[])
            .file("web/values.yaml", format!("registry: acme\napi: {{enabled: {api}}}\nworker: {{enabled: false}}\n"))
            .file("web/templates/_part.tpl", helper)
            .file("web/templates/web.yaml", pod_of(&calls(["api", "worker"])));
        let mut told = images(&workspace, &["web"]);
        told.retain(|row| !row.starts_with("nginx:1 "));
        told.sort();
        assert_eq!(
            told,
            [format!("acme/api:1 {wanted} default"), "acme/worker:1 \"worker.enabled\" default".to_owned()]
        );
    }
}

#[test]
fn whatever_keeps_a_block_from_running_is_named() {
    let block = |values: &str, condition: &str| {
        let found = optional(
            values,
            &format!("    {{{{- {condition} }}}}\n    - {{name: x, image: \"acme/x:1\"}}\n    {{{{- end }}}}\n"),
        );
        let when = |row: &String| {
            row.strip_prefix("acme/x:1 ").and_then(|row| row.strip_suffix(" default")).unwrap().to_owned()
        };
        found.iter().map(when).collect::<Vec<_>>()
    };
    let cases = [
        ("x: {enabled: true}", "if not .Values.x.enabled", "not x.enabled"),
        (
            "a: {enabled: false}\nb: {enabled: false}",
            "if or .Values.a.enabled .Values.b.enabled",
            "a.enabled or b.enabled",
        ),
        ("a: false\nb: true", "if and .Values.a (not .Values.b)", "a, not b"),
        ("a: true\nb: true", "if not (and .Values.a .Values.b)", "not a or not b"),
        ("mode: single", "if eq .Values.mode \"ha\"", "mode=ha"),
        ("mode: single", "if has .Values.mode (list \"ha\" \"wide\")", "mode=ha or mode=wide"),
        ("mode: ha", "if ne .Values.mode \"ha\"", "not mode=ha"),
        ("url: https://example.org", "if not .Values.url", "not url"),
        ("a: {enabled: true}", "if .Values.a.enabled }}{{ else", "not a.enabled"),
        ("sidecar: {}", "with .Values.sidecar", "sidecar given"),
        ("jobs: []", "range .Values.jobs", "jobs given"),
        ("jobs: []", "range $name, $job := .Values.jobs", "jobs given"),
        ("replicas: 1", "if gt (int .Values.replicas) 2", "(gt (int .Values.replicas) 2)"),
        ("replicas: 1", "$n := int .Values.replicas }}{{ if gt $n 2", "(gt (int .Values.replicas) 2)"),
        ("a: 1", "$y := false }}{{ if .Release.IsUpgrade }}{{ $y = true }}{{ end }}{{ if $y", "(.Release.IsUpgrade)"),
        ("", "if .Capabilities.APIVersions.Has \"example.org/v1\"", "capability example.org/v1"),
        ("", "if eq (include \"is-on\" .) \"yes\"", "helper.enabled or helper.kind=special"),
        ("a: 1", "$on := eq .Values.helper.kind \"special\" }}{{ if $on", "helper.kind=special"),
        ("jobs: []\nb: false", "range .Values.jobs }}{{ end }}{{ if and .Values.b (not .Values.jobs)", "b"),
    ];
    for (values, condition, when) in cases {
        assert_eq!(block(values, condition), [format!("\"{when}\"")], "{condition}");
    }
    let loops = "    {{- range $name, $job := .Values.jobs }}{{ if $job.on }}\n    - {name: x, image: \"acme/x:1\"}\n    {{- end }}{{ end }}\n";
    assert_eq!(optional("jobs: {}", loops), ["acme/x:1 \"jobs given, jobs.*.on\" default"]);
    // What somebody can set, also of what a loop's dot stands for.
    let dots = "    {{- range .Values.jobs }}{{ with .side }}{{ if .live }}\n    - {name: x, image: \"acme/x:1\"}\n    {{- end }}{{ end }}{{ end }}\n";
    for (values, when) in [
        ("jobs: [{side: {live: false}}]", "jobs[0].side.live"),
        ("jobs: [{side: {live: false}}, {side: {live: false}}]", "jobs[*].side.live"),
        ("jobs: {web: {side: {live: false}}}", "jobs.web.side.live"),
        ("jobs: {a: {side: {live: false}}, b: {side: {live: ''}}}", "jobs.a.side.live"),
        ("jobs: {a: {side: {live: ''}}, b: {side: {live: ''}}}", "jobs.a.side.live given"),
    ] {
        let mut told = optional(values, dots);
        // Each of them names one.
        told.dedup();
        assert_eq!(told, [format!("acme/x:1 \"{when}\" default")], "{values}");
    }
    // What constants alone keep from running is deployed under no condition; what they leave to a value is the value's.
    for never in [
        "if false",
        "if not true",
        "if true }}{{ else",
        "if 0",
        "with \"\"",
        "if eq \"a\" \"b\"",
        "if and false .Values.a",
        "if not (or .Values.a true)",
        "if and .Values.a (eq \"a\" \"b\")",
        "$debug := false }}{{ if $debug",
        "if false }}{{ if .Values.a }}{{ end }}{{ if .Values.a }}{{ end",
    ] {
        assert_eq!(block("a: false", never), Vec::<String>::new(), "{never}");
    }
    for open in [
        "if or false .Values.a",
        "if and true .Values.a",
        "if and .Values.a (not false)",
        "$debug := false }}{{ if .Values.a }}{{ $debug = true }}{{ end }}{{ if $debug",
    ] {
        assert_eq!(block("a: false", open), ["\"a\""], "{open}");
    }
}

#[test]
fn an_entry_behind_a_constant_is_told_by_its_text() {
    let dead = "    {{- if false }}\n    - {name: x, image: \"acme/x:1\"}\n    {{- end }}\n";
    let workspace = Workspace::with_list(
        "# X (from local chart web:1.0.0)\nxx=acme/x:1\n\n# Web (from local chart web:1.0.0)\nweb=nginx:1\n",
    )
    .chart("web", &[])
    .file("web/templates/web.yaml", pod_of(dead));
    let told = workspace.findings();
    assert!(told.len() == 1 && told[0].contains("speaks of acme/x:1. Look there"), "{told:?}");
    assert!(!told[0].contains("is on") && !told[0].contains("false"), "{told:?}");
}

#[test]
fn a_block_within_a_block_needs_both() {
    let containers = "    {{- with .Values.extra }}{{ if $.Values.b.enabled }}\n    - {name: x, image: \"acme/x:1\"}\n    {{- end }}{{ end }}\n";
    assert_eq!(
        optional("extra: ''\nb: {enabled: false}\n", containers),
        ["acme/x:1 \"extra given, b.enabled\" default"]
    );
}

/// `IMAGE OBJECT WHEN` of what is not deployed; `templates` are the chart's.
fn when(values: &str, templates: &[(&str, String)]) -> Vec<String> {
    let mut workspace = Workspace::new().chart("web", &["nginx:1"]).file("web/values.yaml", values);
    for (name, text) in templates {
        workspace = workspace.file(&format!("web/templates/{name}"), text);
    }
    let run = workspace.run(&["images", "web", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let row = |image: &serde_json::Value| {
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Some(format!("{} {} {}", text(&image["image"])?, text(&image["workload"]["name"])?, text(&image["when"])?))
    };
    report["images"].as_array().unwrap().iter().filter_map(row).collect()
}

#[test]
fn an_image_that_hangs_on_two_blocks_apart_needs_both() {
    let values = "a: {enabled: false}\nb: {enabled: false}\n";
    let helper = "{{ define \"side\" }}{{ if .Values.b.enabled }}\n  - {name: s, image: \"acme/{{ .name }}:1\"}{{ end }}{{ end }}";
    let side = |name: &str| {
        let include = format!("{{{{ include \"side\" (dict \"Values\" .Values \"name\" \"{name}\") }}}}\n");
        format!("{}{include}", pod(name, &["nginx:1"]))
    };
    let on = |condition: &str, text: &str| format!("{{{{ if {condition} }}}}\n{text}{{{{ end }}}}\n");
    let always = ("one.yaml", side("one"));
    let helper = ("_helpers.tpl", helper.to_owned());
    let wanted = ["acme/one:1 one b.enabled", "acme/two:1 two a.enabled, b.enabled"];
    let apart = ("two.yaml", on(".Values.a.enabled", &side("two")));
    assert_eq!(when(values, &[helper.clone(), always.clone(), apart]), wanted);
    // In place of the other one.
    let instead = ("one.yaml", on("not .Values.a.enabled", &side("one")));
    let apart = ("two.yaml", on(".Values.a.enabled", &side("two")));
    assert_eq!(when(values, &[helper.clone(), instead, apart]), wanted);
    // Within one template.
    let below = format!("{}---\n{}", side("one"), on(".Values.a.enabled", &side("two")));
    assert_eq!(when(values, &[helper, ("one.yaml", below)]), wanted);
}

#[test]
fn a_condition_in_a_template_of_its_own_says_what_it_needs() {
    let values = "a: {enabled: false}\nb: {enabled: false}\nc: {enabled: true}\nmode: single\n";
    let cases = [
        (
            "if include \"on\" .",
            "{{ if and .Values.a.enabled .Values.b.enabled }}true{{ end }}",
            "a.enabled, b.enabled",
        ),
        (
            "if eq (include \"on\" .) \"true\"",
            "{{- if .Values.a.enabled }}{{- if .Values.b.enabled }}true{{- end }}{{- end -}}",
            "a.enabled, b.enabled",
        ),
        (
            "if eq \"true\" (include \"on\" $ | trim)",
            " {{ and .Values.a.enabled .Values.b.enabled }} ",
            "a.enabled, b.enabled",
        ),
        (
            "$on := include \"on\" . }}{{ if $on",
            "{{ if .Values.a.enabled }}{{ include \"also\" $ }}{{ end }}",
            "a.enabled, b.enabled",
        ),
        (
            "if not (include \"on\" .)",
            "{{ if and .Values.c.enabled (not .Values.a.enabled) }}true{{ end }}",
            "not c.enabled or a.enabled",
        ),
        (
            "if ne (include \"on\" .) \"one\"",
            "{{ if and .Values.a.enabled .Values.b.enabled }}two{{ else }}one{{ end }}",
            "a.enabled, b.enabled",
        ),
        (
            "if eq (include \"on\" .) \"ha\"",
            "{{ if eq .Values.mode \"wide\" }}{{ if .Values.b.enabled }}{{ \"ha\" }}{{ end }}{{ else }}single{{ end }}",
            "mode=wide, b.enabled",
        ),
    ];
    for (condition, helper, wanted) in cases {
        let also = "{{ define \"also\" }}{{ if .Values.b.enabled }}yes{{ end }}{{ end }}";
        let helpers = format!("{{{{ define \"on\" }}}}{helper}{{{{ end }}}}{also}");
        let block = format!("{{{{ {condition} }}}}\n{}{{{{ end }}}}\n", pod("x", &["acme/x:1"]));
        let found = when(values, &[("_helpers.tpl", helpers), ("x.yaml", block)]);
        assert_eq!(found, [format!("acme/x:1 x {wanted}")], "{condition}");
    }
}

#[test]
fn a_part_that_is_not_there_makes_no_other_image() {
    let variable = "    {{- $registry := print .Values.registry }}{{ if $registry }}\n    - {name: x, image: \"quay.io/acme/x:1\"}\n    \
                    {{- else }}\n    - {name: x, image: \"acme/x:1\"}\n    {{- end }}\n";
    assert_eq!(optional("registry: quay.io\n", variable), ["quay.io/acme/x:1 null default"]);
    let name = "    {{- if contains \"a\" (printf \"%s-%s\" .Values.nameOverride \"b\") }}\n    - {name: y, image: \"acme/y:1\"}\n    {{- end }}\n";
    let found = optional("nameOverride: web\n", name);
    assert!(found.iter().all(|row| !row.contains("%s") && !row.contains("=b")), "{found:#?}");
    let containers = "    - {name: x, image: \"{{ with .Values.registry }}{{ . }}/{{ end }}acme/x{{ if .Values.tag }}:{{ .Values.tag }}{{ else }}:latest{{ end }}\"}\n                          {{- if not .Values.image.tag }}\n    - {name: y, image: \"acme/y\"}\n    {{- end }}\n";
    assert_eq!(
        optional("registry: quay.io\ntag: '1'\nimage: {tag: '1'}\n", containers),
        ["quay.io/acme/x:1 null default"]
    );
}

#[test]
fn an_entry_behind_any_switch_is_not_stale() {
    let list = "# X (from local chart web:1.0.0)\nx=acme/x:1\n";
    let containers = "    {{- if or .Values.a.enabled (eq .Values.mode \"ha\") }}\n    - {name: x, image: \"acme/x:1\"}\n    {{- end }}\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &[])
        .file("web/values.yaml", "a: {enabled: false}\nmode: single\n")
        .file("web/templates/web.yaml", pod_of(containers));
    let told = workspace.findings_with(&["--select", "disabled-source,stale-entry"]);
    assert!(
        told.len() == 1 && told[0].contains("`x` is deployed only when a.enabled or mode=ha; web:1.0.0 would"),
        "{told:#?}"
    );
    let shown = workspace.run(&["check", "--select", "disabled-source"]).stdout;
    assert!(shown.contains("a.enabled is off here") && shown.contains("mode is not ha here"), "{shown}");
}

#[test]
fn what_a_trial_could_not_show_is_told() {
    let template = "{{- if .Values.extra.enabled }}{{ index .Values.hosts 3 }}\nimage: x\n{{ end }}";
    let workspace = Workspace::new()
        .chart("web", &["nginx:1"])
        .file("web/values.yaml", "hosts: []\nextra: {enabled: false}\ncache: {enabled: false}\n")
        .file("web/Chart.yaml", metadata("- {name: cache, version: 1.0.0, condition: cache.enabled}\n"))
        .file(
            "web/charts/cache/Chart.yaml",
            "apiVersion: v2\nname: cache\nversion: 1.0.0\ndependencies:\n- {name: lost, version: 1.0.0}\n",
        )
        .file("web/templates/extra.yaml", template);
    let run = workspace.run(&["images", "web"]);
    assert_eq!(run.code, 0, "what is deployed is known");
    let expected = [
        "warning: web/templates/extra.yaml:1:35: with extra.enabled on, Helm would refuse web: template: \
         web/templates/extra.yaml:1:34: executing \"web/templates/extra.yaml\" at <index .Values.hosts 3>: error calling index",
        "with cache.enabled on, cache:1.0.0 would need lost:1.0.0, which is not in its charts/",
    ];
    for line in expected {
        assert!(run.stderr.contains(line), "{line} in\n{}", run.stderr);
    }
    let report = workspace.run(&["images", "web", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["warnings"].as_array().unwrap().len(), 2);
    assert_eq!(report["warnings"][0]["location"]["path"], "charts/cache/Chart.yaml");
}

#[test]
fn a_region_that_a_chart_refuses_keeps_no_other_from_being_listed() {
    let template = "{{- $accounts := dict \"us-east-1\" \"111111111111\" \"eu-west-1\" \"222222222222\" }}\n{{- if eq .Values.region \"cn-north-1\" }}\
                    {{ fail \"not in China\" }}{{ end }}\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \
                    \"{{ get $accounts (.Values.region | default \"us-east-1\") }}.dkr.ecr.{{ .Values.region | default \"us-east-1\" \
                    }}.amazonaws.com/agent:1\"}]}\n";
    let workspace = Workspace::with_list(
        "# Agent (from local chart agent:1.0.0)\nagent=111111111111.dkr.ecr.us-east-1.amazonaws.com/agent:1\n",
    )
    .chart("agent", &[])
    .file("agent/values.yaml", "region: ''\n")
    .file("agent/templates/agent.yaml", template);
    for path in ["agent", "."] {
        let run = workspace.run(&["images", path, "--all-regions", "--format", "plain"]);
        assert_eq!(run.code, 2, "{path}");
        let wanted = "111111111111.dkr.ecr.us-east-1.amazonaws.com/agent:1\n222222222222.dkr.ecr.eu-west-1.amazonaws.com/agent:1\n";
        assert_eq!(run.stdout, wanted, "{path}");
        let told: String = run.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(told.contains("not in China") && told.contains("(under the scenario cn-north-1)"), "{told}");
    }
    let report = workspace.run(&["images", "agent", "--all-regions", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn a_region_that_only_wrong_hosts_name_is_their_fault() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \"{{ $account }}.dkr.ecr.{{ $region \
               }}.amazonaws.com/agent:1\"}]}\n";
    let with = |account: &str, hosts: &[&str]| {
        let entry = |(number, host): (usize, &&str)| {
            format!(
                "# Agent (from local chart agent:1.0.0)\n# Note: changes with the region\nagent{number}={host}.amazonaws.com/agent:1\n\n"
            )
        };
        let list: String = hosts.iter().enumerate().map(entry).collect();
        let table = "{{- $region := .Values.region | default \"us-east-1\" }}\n{{- $accounts := dict \"us-east-1\" \"111111111111\" \
                     \"eu-west-1\" \"222222222222\" }}\n";
        Workspace::with_list(&list)
            .chart("agent", &[])
            .file("agent/values.yaml", "region: ''\n")
            .file("agent/templates/agent.yaml", format!("{table}{account}\n{pod}"))
    };
    let tables = [
        "{{- $account := required \"no account\" (get $accounts $region) }}",
        "{{- if not (hasKey $accounts $region) }}{{ fail \"unknown region\" }}{{ end }}\n{{- $account := get $accounts $region }}",
        "{{- $account := index $accounts $region }}",
    ];
    for table in tables {
        for host in ["111111111111.dkr.ecr.ap-south-1", "999999999999.dkr.ecr.ap-south-1"] {
            let wrong = with(table, &[host]);
            let told = wrong.findings();
            assert!(told.len() == 1 && told[0].contains(" region-mismatch "), "{told:?}");
            let run = wrong.run(&["check"]);
            assert!(
                run.stdout.contains("\n  ap-south-1: only hosts that the charts never build name it"),
                "{}",
                run.stdout
            );
        }
        // Beside an entry that is right that one stays right.
        let beside = with(table, &["111111111111.dkr.ecr.ap-south-1", "222222222222.dkr.ecr.eu-west-1"]).findings();
        assert!(beside.len() == 1 && beside[0].contains(" region-mismatch `agent0`"), "{beside:?}");
        // A region that is asked for, that another image comes from, or that the chart names and refuses is meant.
        let asked = with(table, &["111111111111.dkr.ecr.ap-south-1"]).findings_with(&["--region", "ap-south-1"]);
        let other = with(table, &["111111111111.dkr.ecr.ap-south-1", "333333333333.dkr.ecr.ap-south-1"]);
        let list = other.read("tools/ecr-images.conf").replace(
            "333333333333.dkr.ecr.ap-south-1.amazonaws.com/agent",
            "333333333333.dkr.ecr.ap-south-1.amazonaws.com/other",
        );
        let other = other.file("tools/ecr-images.conf", list).findings();
        let named = with(&format!("{{{{/* ap-south-1 */}}}}{table}"), &["111111111111.dkr.ecr.ap-south-1"]).findings();
        for told in [asked, other, named] {
            let faults = ["unrenderable-chart", "invalid-image-reference"];
            assert!(faults.iter().any(|rule| told.iter().any(|told| told.contains(rule))), "{told:?}");
            assert!(told.iter().all(|told| !told.contains("region-mismatch")), "{told:?}");
        }
    }
    // A region that another chart builds images in is real, whoever refuses it.
    let other = "apiVersion: v1\nkind: Pod\nmetadata: {name: o}\nspec: {containers: [{name: o, image: \
                 \"333333333333.dkr.ecr.{{ .Values.region }}.amazonaws.com/other:1\"}]}\n";
    for (template, is_real) in [(other, true), (&*other.replace("{{ .Values.region }}", "us-east-1"), false)] {
        let workspace = with(tables[0], &["111111111111.dkr.ecr.ap-south-1"]);
        let list = format!(
            "{}# Other (from local chart other:1.0.0)\n# Note: changes with the region\nother=333333333333.dkr.ecr.us-east-1.amazonaws.com/other:1\n",
            workspace.read("tools/ecr-images.conf")
        );
        let told = workspace
            .chart("other", &[])
            .file("other/values.yaml", "region: ''\n")
            .file("other/templates/other.yaml", template)
            .file("tools/ecr-images.conf", list)
            .findings();
        assert_eq!(told.iter().any(|told| told.contains(" unrenderable-chart ")), is_real, "{told:?}");
        assert!(told.iter().any(|told| told.contains(" region-mismatch `agent0`")), "{told:?}");
    }
    // A chart that builds nothing without a region is asked in one that it knows.
    let tables = "{{- $region := .Values.region }}\n{{- $account := index (dict \"us-east-1\" \"111111111111\" \"eu-west-1\" \"222222222222\") $region }}";
    let nowhere = with("", &["222222222222.dkr.ecr.ap-south-1"]);
    let template = nowhere.read("agent/templates/agent.yaml");
    let pod = &template[template.find("apiVersion").unwrap()..];
    let told = nowhere.file("agent/templates/agent.yaml", format!("{tables}\n{pod}")).findings();
    assert!(
        told.len() == 1 && told[0].contains(" region-mismatch `agent0`") && told[0].contains("eu-west-1"),
        "{told:?}"
    );
    // What another region makes of the image refuses nothing: then the region counts as before.
    let open = with(
        "{{- $account := get $accounts $region | default \"444444444444\" }}",
        &["444444444444.dkr.ecr.ap-south-1"],
    );
    assert_eq!(open.findings(), Vec::<String>::new());
}

#[test]
fn all_regions_are_shown_of_each_configured_scenario() {
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: agent\n    scenarios:\n    - {name: blue, set: {tag: b}}\n    \
                         - {name: green, set: {tag: g}}\n";
    let template = "# us-east-1, eu-west-1\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \
                    \"1.dkr.ecr.{{ .Values.region }}.amazonaws.com/agent:{{ .Values.tag }}\"}]}\n";
    let workspace = Workspace::with_list("# nothing\n")
        .chart("agent", &[])
        .file("agent/values.yaml", "region: us-east-1\ntag: ''\n")
        .file("agent/templates/agent.yaml", template)
        .file(".mirrorlint.yaml", configuration);
    let wanted = [
        "1.dkr.ecr.eu-west-1.amazonaws.com/agent:b null blue/eu-west-1",
        "1.dkr.ecr.eu-west-1.amazonaws.com/agent:g null green/eu-west-1",
        "1.dkr.ecr.us-east-1.amazonaws.com/agent:b null blue,blue/us-east-1",
        "1.dkr.ecr.us-east-1.amazonaws.com/agent:g null green,green/us-east-1",
    ];
    assert_eq!(images(&workspace, &["--all-regions"]), wanted);
}

#[test]
fn the_region_of_a_configured_scenario_is_among_all_regions() {
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: agent\n    scenarios: [{name: prod, region: eu-west-1}]\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \
                    \"1.dkr.ecr.{{ .Values.region | default \"us-west-2\" }}.amazonaws.com/agent:1\"}]}\n";
    let workspace = Workspace::with_list("agent=1.dkr.ecr.us-west-2.amazonaws.com/agent:1\n")
        .chart("agent", &[])
        .file("agent/values.yaml", "region: ''\n")
        .file("agent/templates/agent.yaml", template)
        .file(".mirrorlint.yaml", configuration);
    let deployed = "1.dkr.ecr.eu-west-1.amazonaws.com/agent:1 null";
    assert_eq!(images(&workspace, &[]), [format!("{deployed} prod")]);
    let all = [format!("{deployed} eu-west-1"), "1.dkr.ecr.us-west-2.amazonaws.com/agent:1 null us-west-2".to_owned()];
    assert_eq!(images(&workspace, &["--all-regions"]), all);
}

#[test]
fn a_value_that_is_made_up_to_try_a_condition_is_part_of_no_image() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  \
                    - {name: a, image: \"acme/web:1-{{ .Values.kind }}\"}\n\
                    {{- if ne .Values.kind \"cpu\" }}\n  - {name: b, image: \"{{ .Values.driver }}:{{ .Values.kind }}\"}\n  \
                    - {name: c, image: \"acme/probe:2\"}\n{{- end }}\n";
    let list = |tag: &str| {
        let note = "(from local chart web:1.0.0)";
        Workspace::with_list(&format!(
            "# Web {note}\nweb=acme/web:1-cpu\n\n# Driver {note}\ndriver=acme/driver:{tag}\n\n# Probe {note}\nprobe=acme/probe:1\n"
        ))
        .chart("web", &[])
        .file("web/values.yaml", "kind: cpu\ndriver: acme/driver\n")
        .file("web/templates/web.yaml", template)
    };
    let workspace = list("gpu");
    assert_eq!(
        workspace.findings(),
        [
            "tools/ecr-images.conf:5:8 disabled-source `driver` lists gpu, which web:1.0.0 may deploy when not kind=cpu: \
             which tag is for values to say. Keep it for that, or delete it",
            "tools/ecr-images.conf:8:18 disabled-source `probe` lists 1, but web:1.0.0 would deploy 2 when not kind=cpu. List 2 before that",
        ]
    );
    let wanted = ["acme/web:1-cpu null default", "acme/probe:2 \"not kind=cpu\" default"];
    assert_eq!(images(&workspace, &[]), wanted);
    // Where the value says it, the tag is judged.
    let set = workspace.findings_with(&["--set", "kind=gpu"]);
    assert!(!set.iter().any(|finding| finding.contains("`driver`")), "{set:#?}");
    let set = list("cpu").findings_with(&["--set", "kind=gpu"]);
    assert!(
        set.iter().any(|finding| finding.contains("tag-mismatch `driver` lists cpu, but web:1.0.0 deploys gpu")),
        "{set:#?}"
    );
}

#[test]
fn an_unquoted_number_says_under_which_scenario_it_is_one() {
    let list =
        "# Nginx (from local chart web:1.0.0)\nnginx=nginx:1.10\n\n# Box (from local chart web:1.0.0)\nbox=busybox:1\n";
    let told = |workspace: &Workspace| {
        let findings = workspace.findings();
        findings.into_iter().filter(|finding| finding.contains("unquoted-number")).collect::<Vec<_>>()
    };
    let some = configured(list)
        .file("charts/web/values.yaml", "tag: '1.10'\nprobe: true\n")
        .file("charts/web/regional-values/east.yaml", "tag: '1.10'\n")
        .file("charts/web/regional-values/west.yaml", "tag: 1.10\n")
        .file("ours.yaml", "tag: '1.10'\n");
    let found = told(&some);
    assert!(found.len() == 1 && found[0].contains("Helm prints it as 1.1 (under the scenario west)"), "{found:#?}");
    let all = configured(list)
        .file("charts/web/values.yaml", "tag: 1.10\nprobe: true\n")
        .file("charts/web/regional-values/east.yaml", "{}\n")
        .file("charts/web/regional-values/west.yaml", "{}\n")
        .file("ours.yaml", "{}\n");
    let found = told(&all);
    assert!(found.len() == 1 && !found[0].contains("scenario"), "{found:#?}");
}

/// A chart whose region is a value called `key` that says `region`.
fn regional(key: &str, region: &str, list: &str) -> Workspace {
    let template = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: \"{{{{ index .Values.accounts .Values.{key} }}}}.dkr.ecr.\
         {{{{ .Values.{key} }}}}.amazonaws.com/agent:1\"}}]}}\n"
    );
    let values = format!("{key}: '{region}'\naccounts: {{us-west-2: '111111111111', us-east-1: '222222222222'}}\n");
    Workspace::with_list(&format!(
        "# Agent (from local chart agent:1.0.0)\n# Note: depends on the region\nagent={list}\n"
    ))
    .chart("agent", &[])
    .file("agent/values.yaml", values)
    .file("agent/templates/agent.yaml", template)
}

#[test]
fn a_region_that_values_set_is_told_with_its_place() {
    let west = "111111111111.dkr.ecr.us-west-2.amazonaws.com/agent:1";
    let workspace = regional("region", "us-east-1", west);
    let told = "tools/ecr-images.conf:3:7 region-mismatch `agent` copies from account 111111111111 in us-west-2, but agent:1.0.0 deploys \
                222222222222.dkr.ecr.us-east-1.amazonaws.com/agent:1: values set `region` to us-east-1, not us-west-2. \
                Change one of the two";
    assert_eq!(workspace.findings(), [told]);
    let run = workspace.run(&["check"]);
    assert!(
        run.stdout.contains("the region is set here") && run.stdout.contains("agent/values.yaml:1:"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("us-west-2 changes nothing in it: its values set `region` to us-east-1"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("(unsafe)"), "{}", run.stdout);
    // What is said helps.
    assert_eq!(workspace.findings_with(&["--set", "region=us-west-2"]), [""; 0]);
    // Another account than that of the region.
    let other = regional("region", "us-east-1", "999999999999.dkr.ecr.us-west-2.amazonaws.com/agent:1").findings();
    assert!(other[0].contains(&format!("with us-west-2 there it would deploy {west}")), "{other:#?}");
    // A region that was asked for and changes nothing is told, too.
    let run = workspace.run(&["images", "agent", "--region", "us-west-2"]);
    assert!(
        run.stderr.starts_with("warning: agent/values.yaml:1:")
            && run.stderr.contains("agent has no empty `region` value"),
        "{}",
        run.stderr
    );
    let none = Workspace::new().chart("web", &["nginx:1"]).run(&["images", "web", "--region", "us-west-2"]);
    assert!(
        none.stderr.contains("web has no empty `region` value, so us-west-2 changes nothing in it"),
        "{}",
        none.stderr
    );
}

#[test]
fn regions_by_other_names_are_filled() {
    let west = "111111111111.dkr.ecr.us-west-2.amazonaws.com/agent:1";
    for key in ["awsRegion", "aws_region", "AWS_DEFAULT_REGION"] {
        assert_eq!(regional(key, "", west).findings(), [""; 0], "{key}");
        assert!(regional(key, "us-east-1", west).findings()[0].contains(&format!("set `{key}` to us-east-1")), "{key}");
    }
}

#[test]
fn what_a_wrong_pair_should_be_is_what_it_serves() {
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  \
                - {name: a, image: \"111111111111.dkr.ecr.us-west-2.amazonaws.com/agent:1\"}\n  \
                - {name: b, image: \"222222222222.dkr.ecr.us-west-2.amazonaws.com/agent:1\"}\n  \
                - {name: c, image: \"333333333333.dkr.ecr.cn-north-1.amazonaws.com.cn/agent:1\"}\n";
    let check = |entries: &[&str]| {
        let entry = |(number, image): (usize, &&str)| {
            format!("# A (from local chart agent:1.0.0)\nagent{number}={image}.amazonaws.com/agent:1\n\n")
        };
        let list: String = entries.iter().enumerate().map(entry).collect();
        let workspace = Workspace::with_list(list.trim_end_matches('\n'))
            .chart("agent", &[])
            .file("agent/templates/agent.yaml", pods);
        let report =
            workspace.run(&["check", "--format", "json", "--exit-zero", "--ignore", "unterminated-last-line"]).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let row = |finding: &serde_json::Value| {
            let expected = finding["expected"].as_str().unwrap_or_default();
            format!("{} {}", finding["rule"].as_str().unwrap(), expected.split('.').next().unwrap())
        };
        report["findings"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    // One image is expected, the others are missing: none stays unsaid.
    let one = check(&["999999999999.dkr.ecr.us-west-2"]);
    assert_eq!(one, ["region-mismatch 111111111111", "missing-entry 222222222222", "missing-entry 333333333333"]);
    let two = check(&["999999999999.dkr.ecr.us-west-2", "888888888888.dkr.ecr.us-west-2"]);
    assert_eq!(two, ["region-mismatch 111111111111", "region-mismatch 222222222222", "missing-entry 333333333333"]);
    let listed = check(&["111111111111.dkr.ecr.us-west-2", "888888888888.dkr.ecr.us-west-2"]);
    assert_eq!(listed, ["region-mismatch 222222222222", "missing-entry 333333333333"]);
}

#[test]
fn images_say_what_they_depend_on() {
    let values = "account: '123456789012'\npartition: ''\naccel: cpu\nimages: {cpu: 'acme/cpu:1', gpu: 'acme/gpu:1'}\nimage: {repository: acme/web, \
                  tag: '1', flavour: x}\n";
    let template = "{{- $suffix := ternary \".cn\" \"\" (eq .Values.partition \"aws-cn\") }}\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  \
                    containers:\n  - {name: a, image: \"{{ .Values.account }}.dkr.ecr.us-east-1.amazonaws.com{{ $suffix }}/agent:1\"}\n  \
                    - {name: b, image: \"{{ index .Values.images .Values.accel }}\"}\n  \
                    - {name: c, image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"}\n  \
                    - {name: d, image: \"acme/kubectl:{{ .Capabilities.KubeVersion.Version }}\"}\n  \
                    - {name: e, image: \"acme/e{{/* .Values.account */}}:{{ required \"please lookup a b\" .Values.image.tag }}\"}\n  \
                    {{- range (lookup \"v1\" \"Node\" \"\" \"\").items }}{{ $suffix = .zone }}{{ end }}\n  \
                    - {name: f, image: \"acme/f:{{ .Values.account }}{{ $suffix }}-x\"}\n";
    let workspace =
        Workspace::new().chart("web", &[]).file("web/values.yaml", values).file("web/templates/web.yaml", template);
    let run = workspace.run(&["images", "web", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let row = |image: &serde_json::Value| {
        let depends =
            image["depends"].as_array().map(|all| all.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>());
        format!("{} {}", image["image"].as_str().unwrap(), depends.unwrap_or_default().join(","))
    };
    let mut rows: Vec<String> = report["images"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    let wanted = [
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/agent:1 account,partition",
        "acme/cpu:1 accel",
        "acme/e:1 ",
        "acme/f:123456789012-x account,partition,Node objects of the cluster",
        "acme/gpu:1 ",
        "acme/kubectl:v1.31.0 the Kubernetes version",
        "acme/web:1 ",
    ];
    assert_eq!(rows, wanted);
    assert!(workspace.run(&["images", "web"]).stdout.contains("(depends on account, partition)"));
}

#[test]
fn what_templates_make_of_a_made_up_value_is_neither_shown_nor_compared() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  \
                    - {name: a, image: \"acme/web:1{{ if .Values.variant }}-{{ .Values.variant | trunc 6 | upper }}{{ end }}\"}\n\
                    {{- if ne .Values.kind \"cpu\" }}\n  - {name: b, image: \"acme/driver:2-{{ .Values.kind | trunc 3 }}-x\"}\n  \
                    - {name: c, image: \"acme/{{ .Values.kind | upper | lower | trunc 5 }}:1\"}\n{{- end }}\n";
    let note = "(from local chart web:1.0.0)";
    let workspace = Workspace::with_list(&format!(
        "# Web {note}\nweb=acme/web:1\n\n# Web {note}\nweb-slim=acme/web:1-SLIM\n\n# Web {note}\nweb-2=acme/web:2-SLIM\n\n\
         # Driver {note}\ndriver=acme/driver:2-gpu-x\n\n# No {note}\nno=acme/mirro:1\n"
    ))
    .chart("web", &[])
    .file("web/values.yaml", "kind: cpu\nvariant: ''\n")
    .file("web/templates/web.yaml", template);
    let findings = workspace.findings();
    assert_eq!(
        findings.iter().map(|finding| finding.split(". ").next().unwrap()).collect::<Vec<_>>(),
        [
            "tools/ecr-images.conf:5:10 disabled-source `web-slim` lists 1-SLIM, which web:1.0.0 may deploy when variant given: which \
             tag is for values to say",
            "tools/ecr-images.conf:8:7 stale-entry no chart deploys acme/web:2-SLIM; the charts deploy acme/web:1, which `web` lists",
            "tools/ecr-images.conf:11:8 disabled-source `driver` lists 2-gpu-x, which web:1.0.0 may deploy when not kind=cpu: which tag \
             is for values to say",
            "tools/ecr-images.conf:14:4 stale-entry no chart deploys acme/mirro:1",
        ]
    );
    assert_eq!(images(&workspace, &[]), ["acme/web:1 null default"]);
}

#[test]
fn a_variable_of_another_template_says_nothing_of_an_image() {
    let helpers = "{{- define \"web.name\" -}}\n{{- $name := default .Chart.Name .Values.nameOverride -}}\n{{ $name }}\n{{- end -}}\n\
                   {{- define \"web.image\" -}}\n{{- $name := index . 0 -}}\nquay.io/acme/{{ $name }}\n{{- end -}}\n\
                   {{- define \"web.agent\" -}}\n{{- $name := .Values.agent -}}\nquay.io/acme/{{ $name }}\n{{- end -}}\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ include \"web.name\" . }}'}\nspec:\n  containers:\n  \
                    - {name: a, image: '{{ include \"web.image\" (list \"fixed\") }}:1'}\n  \
                    - {name: b, image: '{{ include \"web.agent\" . }}:1'}\n";
    let workspace = Workspace::new()
        .chart("web", &[])
        .file("web/values.yaml", "agent: a\n")
        .file("web/templates/_helpers.tpl", helpers)
        .file("web/templates/web.yaml", template);
    let told = workspace.run(&["images", "web"]).stdout;
    assert!(told.contains("quay.io/acme/a:1\n  Pod web, container b in web (depends on agent)\n"), "{told}");
    assert!(told.contains("quay.io/acme/fixed:1\n  Pod web, container a in web\n"), "{told}");
}

#[test]
fn a_chart_that_does_not_render_hides_no_other() {
    let workspace = Workspace::with_list(
        "# A (from local chart good:1.0.0)\nnginx=nginx:1\n\n# B (from local chart bad:1.0.0)\nredis=redis:7\n",
    )
    .chart("good", &["nginx:1"])
    .chart("bad", &["redis:7"])
    .file("bad/templates/broken.yaml", "{{ fail \"no\" }}");
    let run = workspace.run(&["images", "--format", "plain"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, "nginx:1\nredis:7\n"));
    assert!(run.stderr.contains("bad/templates/broken.yaml:1:4"), "{}", run.stderr);
    let run = workspace.run(&["why", "nginx"]);
    assert!(run.code == 2 && run.stdout.starts_with("nginx:1\n") && run.stderr.contains("broken.yaml"), "{run:?}");
    // Nothing is said of what could not be read at all.
    let run = workspace.file("bad/Chart.yaml", "[").run(&["images", "bad"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
}

#[test]
fn a_note_names_the_file_that_gives_the_tag() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: \"acme/web:{{ .Values.tag }}\"}]}\n";
    let fixed = |configuration: &str| {
        let workspace = Workspace::with_list("# none yet\n")
            .chart("web", &[])
            .file("web/values.yaml", "tag: '1'\n")
            .file("web/templates/web.yaml", template)
            .file("prod.yaml", "tag: '2'\n")
            .file(".mirrorlint.yaml", configuration);
        assert_eq!(workspace.run(&["check", "--fix", "--quiet"]).code, 0);
        assert_eq!(workspace.findings(), [""; 0]);
        workspace.read("tools/ecr-images.conf").lines().find(|line| line.starts_with("# Tag:")).unwrap().to_owned()
    };
    let of = |given: &str| format!("lists: [{{path: tools/ecr-images.conf, charts: [{{path: web{given}}}]}}]\n");
    assert_eq!(fixed(&of("")), "# Tag: 1 (from chart values)");
    assert_eq!(fixed(&of(", values: [prod.yaml]")), "# Tag: 2 (from prod.yaml)");
    assert_eq!(fixed(&of(", set: {tag: '3'}")), "# Tag: 3 (from .mirrorlint.yaml)");
}

/// The agent's list in both regions.
const BOTH: &str = "# Agent, dynamic by region (from local chart agent:1.0.0)\nagent=111111111111.dkr.ecr.us-east-1.amazonaws.com/agent:1\n\n\
                    # Agent, dynamic by region (from local chart agent:1.0.0)\nagent-eu=222222222222.dkr.ecr.eu-west-1.amazonaws.com/agent:1\n\n\
                    # Redis (from local chart agent:1.0.0)\nredis=redis:7\n";

#[test]
fn a_region_that_is_asked_for_makes_no_other_stale() {
    let workspace = agent(BOTH);
    assert_eq!(workspace.findings(), Vec::<String>::new());
    assert_eq!(workspace.findings_with(&["--region", "us-east-1"]), Vec::<String>::new());
    let west = agent(&BOTH[BOTH.find("\n\n").unwrap() + 2..]).findings_with(&["--region", "us-east-1"]);
    assert!(west.len() == 1 && west[0].contains("missing-entry") && west[0].contains("us-east-1"), "{west:#?}");
}

#[test]
fn an_old_tag_of_a_region_that_was_not_asked_for_is_an_old_tag() {
    let old = BOTH.replace("eu-west-1.amazonaws.com/agent:1", "eu-west-1.amazonaws.com/agent:0");
    let asked = ["--region", "us-east-1"];
    let found = agent(&old).findings_with(&asked);
    assert_eq!(
        found,
        ["tools/ecr-images.conf:5:61 tag-mismatch `agent-eu` lists 0, but agent:1.0.0 deploys 1. Set the tag to 1"]
    );
    let workspace = agent(&old);
    workspace.run(&[&["check", "--fix"], asked.as_slice()].concat());
    assert_eq!(workspace.read("tools/ecr-images.conf"), BOTH);
    // Without the image of the region that was asked for, that one is missing, and the old tag is no other image.
    let west = &old[old.find("\n\n").unwrap() + 2..];
    let rules = |list: &str| {
        let found = agent(list).findings_with(&asked);
        found.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rules(west), ["tag-mismatch", "missing-entry"]);
    // Beside the right one it is stale, and another repository of the region's account is no version of it.
    let both = format!("{BOTH}\n{}", &west[..west.find("\n\n").unwrap() + 1].replace("agent-eu=", "agent-old="));
    assert_eq!(rules(&both), ["stale-entry"]);
    assert_eq!(rules(&BOTH.replace("agent-eu=222222222222", "agent-eu=333333333333")), ["region-mismatch"]);
}

#[test]
fn a_region_that_is_asked_for_is_one_of_configured_scenarios() {
    let configuration = "lists: [{path: tools/ecr-images.conf, charts: [{path: agent, scenarios: [{name: prod, region: us-east-1}, \
                         {name: europe, region: eu-west-1}]}]}]\n";
    let workspace = agent(BOTH).file(".mirrorlint.yaml", configuration);
    let scenarios = |arguments: &[&str]| {
        let report = workspace.run(&[&["check", "--format", "json"], arguments].concat()).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        report["lists"][0]["scenarios"].clone()
    };
    assert_eq!(scenarios(&[]), serde_json::json!(["prod", "europe"]));
    assert_eq!(scenarios(&["--region", "eu-west-1"]), serde_json::json!(["europe"]));
    assert_eq!(scenarios(&["--region", "ap-south-1"]).as_array().unwrap().len(), 2);
}

#[test]
fn a_region_that_a_schema_refuses_hides_nothing_else() {
    let list = "# Agent (from local chart agent:1.0.0)\nagent=111111111111.dkr.ecr.ap-south-1.amazonaws.com/agent:1\n";
    let schema = r#"{"properties": {"region": {"enum": ["", "us-east-1", "eu-west-1"]}}}"#;
    let workspace = agent(list)
        .file("agent/values.schema.json", schema)
        .file(
            "agent/Chart.yaml",
            "apiVersion: v2\nname: agent\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0}]\n",
        )
        .chart("agent/charts/web", &["nginx:1"]);
    // Where nobody asks for the region, the entry's host is at fault.
    let guessed = workspace.findings();
    assert!(guessed.iter().any(|line| line.contains("region-mismatch `agent`")), "{guessed:#?}");
    assert!(guessed.iter().all(|line| !line.contains("unrenderable-chart")), "{guessed:#?}");
    let found = workspace.findings_with(&["--region", "ap-south-1"]);
    assert!(found.iter().any(|line| line.contains("unrenderable-chart") && line.contains("region")), "{found:#?}");
    for found in [&guessed, &found] {
        assert!(found.iter().any(|line| line.contains("missing-entry") && line.contains("nginx:1")), "{found:#?}");
    }
    let agent = found.iter().filter(|line| line.contains("dkr.ecr"));
    assert_eq!(agent.count(), 0, "what the region decides is not known: {found:#?}");
}

#[test]
fn a_tag_that_depends_on_the_region_is_told() {
    let template = "{{- $tags := dict \"us-east-1\" \"1\" \"eu-west-1\" \"2\" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec:\n  \
                    containers:\n  - {name: agent, image: \"quay.io/acme/agent:{{ get $tags .Values.region }}\"}\n";
    let list = "# Agent (from local chart agent:1.0.0)\nagent=quay.io/acme/agent:1\n";
    let workspace = Workspace::with_list(list)
        .chart("agent", &[])
        .file("agent/values.yaml", "region: us-east-1\n")
        .file("agent/templates/agent.yaml", template);
    assert_eq!(workspace.findings(), Vec::<String>::new(), "values say the region");
    let workspace = workspace.file("agent/values.yaml", "region: ''\n");
    let found = workspace.findings_with(&["--region", "us-east-1"]);
    assert!(found.len() == 1 && found[0].contains("undocumented-dynamic-image"), "{found:#?}");
    let fixed = workspace.run(&["check", "--region", "us-east-1", "--diff"]).stdout;
    assert!(
        fixed.contains("+# Note: the version of this image depends on the region; this one is for us-east-1"),
        "{fixed}"
    );
}

#[test]
fn an_image_that_nothing_can_pull_says_under_which_scenario() {
    let configured = |scenarios: &str| {
        let file =
            format!("lists: [{{path: tools/ecr-images.conf, charts: [{{path: web, scenarios: [{scenarios}]}}]}}]\n");
        let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1\n";
        let workspace = Workspace::with_list(list).chart("web", &["nginx:{{ .Values.tag }}"]);
        workspace.file("web/values.yaml", "tag: 1\n").file(".mirrorlint.yaml", file)
    };
    let good = "{name: test}";
    let bad = |name: &str| format!("{{name: {name}, set: {{tag: ''}}}}");
    let one = configured(&[good, &bad("prod"), &bad("stage")].join(", "));
    let told = one.findings();
    assert!(told.len() == 1 && told[0].contains("invalid-image-reference"), "{told:#?}");
    assert!(told[0].contains("(under the scenarios prod, stage). "), "{told:#?}");
    let json = one.run(&["check", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["findings"][0]["scenarios"], serde_json::json!(["prod", "stage"]));
    let all = configured(&bad("prod")).findings();
    assert!(all.iter().any(|told| told.contains("invalid-image-reference")), "{all:#?}");
    assert!(all.iter().all(|told| !told.contains("under the scenario")), "{all:#?}");
}

#[test]
fn what_other_values_make_of_an_image_is_not_the_regions_doing() {
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: web\n    scenarios:\n    \
                         - {name: blue, region: us-east-1, set: {tag: '1'}}\n    \
                         - {name: green, region: eu-west-1, set: {tag: '2'}}\n";
    let list = "# Web (from local chart web:1.0.0)\nweb=quay.io/acme/web:1\n\n\
                # Web (from local chart web:1.0.0)\nweb-2=quay.io/acme/web:2\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &["quay.io/acme/web:{{ .Values.tag }}{{ if .Values.region }}{{ end }}"])
        .file("web/values.yaml", "region: ''\ntag: ''\n")
        .file(".mirrorlint.yaml", configuration);
    assert_eq!(workspace.findings(), Vec::<String>::new());
}

/// A web chart with a subchart `sub` that is off, whose `template` is given, under the scenarios `dev` and `prod`, which sets `set`.
fn in_two_scenarios(values: &str, template: &str, set: &str) -> Workspace {
    let configuration = format!(
        "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: web\n    scenarios: [{{name: dev}}, {{name: prod, set: {{{set}}}}}]\n"
    );
    Workspace::with_list("# Exporter (from local chart sub:1.0.0)\nexporter=acme/exporter:3.0\n")
        .chart("web", &["nginx:1"])
        .file("web/Chart.yaml", metadata("- {name: sub, version: 1.0.0, condition: sub.enabled}"))
        .file("web/values.yaml", "sub: {enabled: false}\n")
        .chart("web/charts/sub", &[])
        .file("web/charts/sub/values.yaml", values)
        .file("web/charts/sub/templates/pod.yaml", template)
        .file(".mirrorlint.yaml", configuration)
}

#[test]
fn what_a_switched_off_chart_switches_off_is_tried_in_every_scenario() {
    let exporter = pod("exporter", &["acme/exporter:{{ .Values.exporter.tag }}"]);
    let template = format!("{{{{ if .Values.exporter.enabled }}}}\n{exporter}{{{{ end }}}}\n");
    let values = "exporter: {enabled: false, tag: '2.0'}\n";
    let workspace = in_two_scenarios(values, &template, "sub.exporter.tag: '3.0'");
    let wanted = [
        "nginx:1 null dev,prod",
        "acme/exporter:2.0 \"sub.enabled, sub.exporter.enabled\" dev",
        "acme/exporter:3.0 \"sub.enabled, sub.exporter.enabled\" prod",
    ];
    assert_eq!(images(&workspace, &[]), wanted);
    let told = workspace.findings().join("\n");
    assert!(told.contains("`exporter` is deployed only when sub.enabled and sub.exporter.enabled are on"), "{told}");
    // One image for all of them.
    let same = in_two_scenarios(values, &template, "other: 1");
    assert_eq!(
        images(&same, &[]),
        ["nginx:1 null dev,prod", "acme/exporter:2.0 \"sub.enabled, sub.exporter.enabled\" dev,prod"]
    );
    // Values that no template prints.
    let spoken = "{{/* .Values.image */}}";
    let unprinted = images(&in_two_scenarios("image: acme/other:1\n", spoken, "other: 1"), &[]);
    assert_eq!(unprinted, ["nginx:1 null dev,prod", "acme/other:1 \"sub.enabled, sub.image printed\" dev,prod"]);
    // Each scenario has its own.
    let unprinted = images(&in_two_scenarios("image: acme/other:1\n", spoken, "sub.image: 'acme/another:2'"), &[]);
    let wanted = [
        "nginx:1 null dev,prod",
        "acme/other:1 \"sub.enabled, sub.image printed\" dev",
        "acme/another:2 \"sub.enabled, sub.image printed\" prod",
    ];
    assert_eq!(unprinted, wanted);
    // What has to be run by force.
    let template = format!("{{{{ if eq (len .Values.hosts) 3 }}}}\n{exporter}{{{{ end }}}}\n");
    let values = "hosts: []\nexporter: {tag: '2.0'}\n";
    let forced = images(&in_two_scenarios(values, &template, "sub.exporter.tag: '3.0'"), &[]);
    assert!(forced.iter().any(|row| row.starts_with("acme/exporter:3.0 ") && row.ends_with(" prod")), "{forced:?}");
}

#[test]
fn each_scenario_says_itself_what_it_needs() {
    let template = "{{ if .Values.a.enabled }}\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n    \
                    - {name: a, image: \"acme/a:1\"}\n{{ if .Values.b.enabled }}    - {name: b, image: \"acme/b:1\"}\n{{ end }}{{ end }}";
    let values = "a: {enabled: false}\nb: {enabled: false}\n";
    let workspace = in_two_scenarios(values, template, "sub.enabled: true, sub.a.enabled: true");
    let mut found = images(&workspace, &[]);
    found.sort();
    let wanted = [
        "acme/a:1 \"sub.enabled, sub.a.enabled\" dev",
        "acme/a:1 null prod",
        "acme/b:1 \"sub.b.enabled\" prod",
        "acme/b:1 \"sub.enabled, sub.a.enabled, sub.b.enabled\" dev",
        "nginx:1 null dev,prod",
    ];
    assert_eq!(found, wanted);
    // What is deployed somewhere is right; of what is not, it is told where so little brings it.
    let note = |name: &str| format!("# It (from local chart sub:1.0.0)\npart-{name}=acme/{name}:1\n");
    let list = format!("# Web (from local chart web:1.0.0)\nnginx=nginx:1\n\n{}\n{}", note("a"), note("b"));
    let workspace = workspace.file("tools/ecr-images.conf", list);
    let told = "tools/ecr-images.conf:8:8 disabled-source `part-b` is deployed only when sub.b.enabled is on; sub:1.0.0 would deploy it \
                (under the scenario prod). Keep it for that, or delete it";
    assert_eq!(workspace.findings(), [told]);
}

/// Values that the charts of no scenario switch on, and one that names an image in one scenario alone.
#[test]
fn values_that_no_template_prints_are_read_in_every_scenario() {
    let configuration = "lists:\n- path: tools/ecr-images.conf\n  charts:\n  - path: web\n    scenarios: [{name: dev}, {name: prod, \
                         values: [prod.yaml]}, {name: test, values: [prod.yaml]}]\n";
    let list = "# Web (from local chart web:1.0.0)\nnginx=nginx:1\n\n# Spare (from local chart web:1.0.0)\nspare=acme/spare:2\n";
    let workspace = Workspace::with_list(list)
        .chart("web", &["nginx:1{{/* .Values.spare */}}"])
        .file("web/values.yaml", "spare: {}\n")
        .file("prod.yaml", "spare: {image: {repository: acme/spare, tag: '2'}}\n")
        .file(".mirrorlint.yaml", configuration);
    assert_eq!(
        images(&workspace, &[]),
        ["nginx:1 null dev,prod,test", "acme/spare:2 \"spare.image printed\" prod,test"]
    );
    let told = workspace.findings();
    assert!(told.len() == 1 && told[0].contains("disabled-source"), "{told:?}");
    assert!(told[0].contains("(under the scenarios prod, test)"), "{told:?}");
}

/// However a scenario comes to its region, an entry that is right in another one is of another region, and no other image.
#[test]
fn an_entry_for_a_region_that_no_scenario_is_in_is_a_mismatch_however_that_is_said() {
    let template = "{{- $accounts := dict \"us-east-1\" \"111111111111\" \"us-west-2\" \"333333333333\" \"eu-west-1\" \"222222222222\" }}\n\
                    {{- $region := .Values.region }}\n\
                    {{- if not $region }}{{- range (lookup \"v1\" \"Node\" \"\" \"\").items }}\n\
                    {{- $region = index .metadata.labels \"topology.kubernetes.io/region\" }}{{- end }}{{- end }}\n\
                    {{- $region = $region | default \"us-east-1\" }}\n\
                    apiVersion: v1\nkind: Pod\nmetadata: {name: agent}\nspec: {containers: [{name: agent, image: \"\
                    {{ get $accounts $region }}.dkr.ecr.{{ $region }}.amazonaws.com/agent:1\"}]}\n";
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: m, labels: {topology.kubernetes.io/region: eu-west-1}}\n";
    let list = "# Agent (from local chart agent:1.0.0)\n# Note: the account and region of this image depend on the region\n\
                agent=333333333333.dkr.ecr.us-west-2.amazonaws.com/agent:1\n";
    let found = |chart: &str| {
        let configuration = format!("lists:\n- path: tools/ecr-images.conf\n  charts: [{{path: agent, {chart}}}]\n");
        let workspace = Workspace::with_list(list)
            .chart("agent", &[])
            .file("agent/values.yaml", "region: ''\n")
            .file("agent/templates/agent.yaml", template)
            .file("node.yaml", node)
            .file(".mirrorlint.yaml", configuration);
        workspace.findings()
    };
    for (scenarios, said) in [
        ("scenarios: [{name: eu, set: {region: eu-west-1}}]", "values set `region` to eu-west-1, not us-west-2"),
        ("scenarios: [{name: eu, region: eu-west-1}]", "scenario `eu` is in eu-west-1, not us-west-2"),
        ("objects: [node.yaml], scenarios: [{name: eu}]", "scenario `eu` is in eu-west-1, not us-west-2"),
        ("scenarios: [{name: eu, set: {global.region: eu-west-1}}]", "scenario `eu` is in us-east-1, not us-west-2"),
    ] {
        let all = found(scenarios);
        let is_it = |found: &&String| found.contains("region-mismatch") && found.contains(said);
        assert_eq!((all.len(), all.iter().filter(is_it).count()), (1, 1), "{scenarios}: {all:#?}");
    }
    let both = "scenarios: [{name: eu, region: eu-west-1}, {name: us, region: us-west-2}]";
    assert!(!found(both).join("\n").contains("region-mismatch"));
}
