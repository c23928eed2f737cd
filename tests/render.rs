//! `mirrorlint render` prints what `helm template` prints: as it was recorded, and as a Helm binary on this machine says
//! (`MIRRORLINT_HELM`, else `helm` on the path).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use workspace::{Workspace, copy, fixture, run};

const UMBRELLA: &str = "sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart";

/// What `mirrorlint render` prints; `None` when it refuses.
fn rendered(chart: &Path, values: &[&str]) -> Option<String> {
    let chart = chart.to_str().unwrap();
    let options = ["render", chart, "--release-name", "rel", "--namespace", "ns", "--kube-version", "1.31.0"];
    let run = run(Path::new("."), &[&options, values].concat(), &[]);
    assert_eq!(run.code == 0, run.stderr.is_empty(), "{}", run.stderr);
    (run.code == 0).then_some(run.stdout)
}

/// The charts of the fixtures, each rendering the same thing every time. In `hyperpod` a subchart lies twice under
/// `charts/`, and Helm picks by chance: here the copies stand alone.
fn charts(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let charts = [
        ("folder", fixture("hyperpod").join(UMBRELLA)),
        ("package", fixture("hyperpod").join(UMBRELLA)),
        ("platform", fixture("kitchen-sink/charts/platform")),
        ("offline", fixture("kitchen-sink/charts/offline")),
    ];
    let charts = charts.map(|(name, source)| {
        copy(&source, &folder.join(name));
        (name, folder.join(name))
    });
    std::fs::remove_file(folder.join("folder/charts/health-monitoring-agent-0.1.0.tgz")).unwrap();
    std::fs::remove_dir_all(folder.join("package/charts/health-monitoring-agent")).unwrap();
    charts.into()
}

#[test]
fn charts_render_as_recorded_from_helm() {
    let folder = tempfile::tempdir().unwrap();
    charts(folder.path());
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rendered");
    for (chart, record) in [("folder", "hyperpod.yaml"), ("platform", "platform.yaml")] {
        let expected = std::fs::read_to_string(recorded.join(record)).unwrap();
        assert_same(&rendered(&folder.path().join(chart), &[]).unwrap(), &expected, chart);
    }
}

#[test]
fn the_folder_counts_where_helm_picks_by_chance() {
    let folder = tempfile::tempdir().unwrap();
    charts(folder.path());
    let both = rendered(&fixture("hyperpod").join(UMBRELLA), &[]).unwrap();
    assert_eq!(both, rendered(&folder.path().join("folder"), &[]).unwrap());
    assert_ne!(both, rendered(&folder.path().join("package"), &[]).unwrap());
}

#[test]
fn charts_render_as_helm_renders_them() {
    let Some(helm) = helm() else {
        eprintln!("no Helm here (MIRRORLINT_HELM, or `helm` on the path): only the recorded output was compared");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let values: [&[&str]; 5] = [
        &[],
        &["--set", "global.region=eu-west-1,cert-manager.enabled=true"],
        &["--set", "health-monitoring-agent.enabled=false", "--set-string", "nvidia-device-plugin.image.tag=0.10"],
        &["--set", "metrics.enabled=true", "--set-json", "web={\"replicas\":2e3}"],
        &["--no-hooks", "--include-crds"],
    ];
    for (name, chart) in charts(folder.path()) {
        for values in values {
            let told = Command::new(&helm)
                .args(["template", "rel"])
                .arg(&chart)
                .args(["--namespace", "ns", "--kube-version", "1.31.0"])
                .args(values)
                .output()
                .unwrap();
            let message = String::from_utf8_lossy(&told.stderr).into_owned();
            if message.contains("unknown flag") {
                continue;
            }
            match (rendered(&chart, values), told.status.success()) {
                (Some(ours), true) => {
                    assert_same(&ours, &String::from_utf8(told.stdout).unwrap(), &format!("{name} {values:?}"));
                }
                (ours, succeeded) => assert_eq!(ours.is_some(), succeeded, "{name} {values:?}: Helm says {message}"),
            }
        }
    }
}

/// A Helm binary that runs.
fn helm() -> Option<PathBuf> {
    let binary = std::env::var_os("MIRRORLINT_HELM").map_or_else(|| PathBuf::from("helm"), PathBuf::from);
    let runs = Command::new(&binary).arg("version").output().is_ok_and(|output| output.status.success());
    let asked = std::env::var_os("MIRRORLINT_HELM").is_some();
    assert!(runs || !asked, "MIRRORLINT_HELM is no Helm: {}", binary.display());
    runs.then_some(binary)
}

/// Holds that both are the same, and shows the lines that are not.
fn assert_same(ours: &str, expected: &str, name: &str) {
    let diff = similar::TextDiff::from_lines(expected, ours);
    assert!(ours == expected, "{name} (- Helm, + mirrorlint):\n{}", diff.unified_diff());
}

/// Recorded from Helm 3.10.1: a subchart's globals are its own table, but what lies deeper in them is its parent's.
#[test]
fn a_change_is_seen_wherever_helm_shares_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let main = "main: {{ .Values.global.net.a }} {{ .Values.global.net.d.e }} {{ (index .Values.global.list 0).a }}";
    let sub = "\
{{ $_ := set .Values.global.net \"a\" \"sub\" }}{{ $_ := set .Values.global.net.d \"e\" \"sub\" -}}
{{ $_ := set (index .Values.global.list 0) \"a\" \"sub\" -}}
sub: {{ .Values.global.net.a }}";
    let files = [
        ("Chart.yaml", "apiVersion: v2\nname: main\nversion: 0.1.0\n"),
        ("values.yaml", "global: {net: {a: 1, d: {e: 1}}, list: [{a: 1}]}\n"),
        ("templates/main.yaml", main),
        ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
        ("charts/sub/values.yaml", "global: {net: {b: 2}}\n"),
        ("charts/sub/templates/sub.yaml", sub),
    ];
    let text = rendered_of(folder.path(), &files.map(|(path, text)| (path, text.as_bytes())));
    assert!(text.contains("sub: sub\n") && text.contains("main: 1 sub sub\n"), "{text}");
}

/// What the chart of these files renders to.
fn rendered_of(folder: &Path, files: &[(&str, &[u8])]) -> String {
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    rendered(folder, &[]).unwrap()
}

/// Recorded from Helm 3.10.1.
#[test]
fn charts_under_one_alias_keep_their_own_scopes() {
    let folder = tempfile::tempdir().unwrap();
    let dependencies = "dependencies: [{name: a, version: '*', alias: x}, {name: b, version: '*', alias: x}]\n";
    let root = format!("apiVersion: v2\nname: main\nversion: 0.1.0\n{dependencies}");
    let chart = |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\ndescription: chart {name}\n");
    let (a, b) = (chart("a"), chart("b") + "type: library\n");
    let template = "t: {{ .Chart.Description }} {{ .Files.Get \"f\" }} {{ .Template.BasePath }} {{ .Values.v }}\n";
    let partial = "{{ define \"b\" }}{{ .Chart.Description }}{{ end }}";
    let text = rendered_of(
        folder.path(),
        &[
            ("Chart.yaml", root.as_bytes()),
            ("charts/a/Chart.yaml", a.as_bytes()),
            ("charts/a/values.yaml", b"v: of a\n"),
            ("charts/a/f", b"file of a"),
            ("charts/a/templates/a.yaml", template.as_bytes()),
            ("charts/b/Chart.yaml", b.as_bytes()),
            ("charts/b/f", b"file of b"),
            ("charts/b/templates/_b.tpl", partial.as_bytes()),
            ("templates/main.yaml", b"m: {{ include \"b\" .Subcharts.x }}\n"),
        ],
    );
    assert!(text.contains("t: chart a file of a main/charts/x/templates of a\n"), "{text}");
    assert!(text.contains("m: chart b\n"), "{text}");
}

/// Recorded from Helm 3.10.1: what `Chart.yaml` does not have is nil, what is empty there is not, but for `dependencies`.
#[test]
fn what_a_chart_has_empty_is_not_nil() {
    let lists = "list .Keywords .Sources .Maintainers .Annotations .Dependencies | toJson | quote";
    let dependency = "printf \"%#v %#v %T\" .Tags .ImportValues (first .ImportValues) | quote";
    let template = format!(
        "a: {{{{ with .Chart }}}}{{{{ {lists} }}}}\n{{{{ range .Dependencies }}}}b: {{{{ {dependency} }}}}{{{{ end }}}}{{{{ end }}}}"
    );
    let renders = |more: &str, expected: &str| {
        let folder = tempfile::tempdir().unwrap();
        let metadata = format!("apiVersion: v2\nname: main\nversion: 0.1.0\n{more}");
        let files = [
            ("Chart.yaml", metadata.as_bytes()),
            ("charts/a/Chart.yaml", b"apiVersion: v2\nname: a\nversion: 0.1.0\n"),
            ("charts/a/values.yaml", b"exports: {b: {c: 1}}\n"),
            ("templates/main.yaml", template.as_bytes()),
        ];
        let text = rendered_of(folder.path(), &files);
        assert!(text.ends_with(expected), "{more}{text}");
    };
    renders("", "a: \"[null,null,null,null,null]\"\n");
    renders(
        "keywords: []\nsources: ~\nmaintainers: []\nannotations: {}\ndependencies: []\n",
        "a: \"[[],null,[],{},null]\"\n",
    );
    renders(
        "dependencies: [{name: a, version: '*', import-values: []}]\nannotations: ~\n",
        "\nb: \"[]string(nil) []interface {}(nil) <nil>\"\n",
    );
    let import =
        r#"[]string{} []interface {}{map[string]string{\"child\":\"exports.b\", \"parent\":\".\"}} map[string]string"#;
    renders("dependencies: [{name: a, version: '*', tags: [], import-values: [b]}]\n", &format!("\nb: \"{import}\"\n"));
}

/// go-yaml reads UTF-16 that says so.
#[test]
fn values_in_utf16_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let wide = |text: &str| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let text = rendered_of(
        folder.path(),
        &[
            ("Chart.yaml", &wide("apiVersion: v2\nname: main\nversion: 0.1.0\n")),
            ("values.yaml", &wide("a: h\u{e9}\nb: [1]\n")),
            ("f.yaml", &wide("c: \u{1f680}\n")),
            ("templates/main.yaml", b"v: {{ toJson .Values }}\nf: {{ .Files.Get \"f.yaml\" | fromYaml | toJson }}\n"),
        ],
    );
    assert!(text.contains("v: {\"a\":\"h\u{e9}\",\"b\":[1]}\nf: {\"c\":\"\u{1f680}\"}\n"), "{text}");
}

/// The flag that Helm has since 3.16.
#[test]
fn schemas_are_passed_over_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("Chart.yaml", "apiVersion: v2\nname: w\nversion: 1.0.0\n");
    write("values.yaml", "port: http\n");
    write("values.schema.json", r#"{"properties": {"port": {"type": "integer"}}}"#);
    write("templates/a.yaml", "a: {{ .Values.port }}\n");
    let chart = folder.path().to_str().unwrap();
    let refused = run(Path::new("."), &["render", chart], &[]);
    assert!(
        refused.code == 2 && refused.stderr.contains("Invalid type. Expected: integer, given: string"),
        "{}",
        refused.stderr
    );
    let printed = run(Path::new("."), &["render", chart, "--skip-schema-validation"], &[]);
    assert_eq!((printed.code, printed.stdout.as_str()), (0, "---\n# Source: w/templates/a.yaml\na: http\n"));
}

#[test]
fn what_helm_warns_of_is_told_beside_the_output() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("Chart.yaml", "apiVersion: v2\nname: w\nversion: 1.0.0\ndeprecated: true\n");
    write("values.yaml", "image: {tag: a}\nport: 1\n");
    write("templates/a.yaml", "a: {{ .Values.image }}\n");
    let options = ["render", folder.path().to_str().unwrap(), "--set", "image.tag=b,port.http=2"];
    let run = run(Path::new("."), &options, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "---\n# Source: w/templates/a.yaml\na: map[tag:b]\n"));
    let told = "warning: this chart is deprecated\nwarning: skipped value for w.port: Not a table.\n";
    assert_eq!(run.stderr, told);
}

#[test]
fn of_a_flag_that_is_given_twice_the_last_counts_and_switches_take_values() {
    let workspace = Workspace::new()
        .chart("web", &["{{ .Capabilities.KubeVersion }}-{{ .Release.Namespace }}"])
        .file("web/crds/a.yaml", "kind: CustomResourceDefinition\n");
    let printed = |flags: &[&str]| {
        let run = workspace.run(&[&["render", "web"], flags].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let twice = printed(&["--kube-version", "1.20", "--kube-version", "1.21.0", "-n", "a", "--namespace", "b"]);
    assert!(twice.contains("v1.21.0-b"), "{twice}");
    assert!(printed(&["--include-crds", "--include-crds=true"]).contains("CustomResourceDefinition"));
    assert!(!printed(&["--include-crds", "--include-crds=false"]).contains("CustomResourceDefinition"));
    assert_eq!(workspace.run(&["render", "web", "--include-crds=perhaps"]).code, 2);
}
