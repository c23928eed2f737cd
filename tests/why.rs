//! `mirrorlint why`: which image is meant, what is printed of it, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::path::Path;
use std::process::{Command, Output};

const FILES: [(&str, &str); 6] = [
    ("up/Chart.yaml", "apiVersion: v2\nname: up\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 2.0.0}\n"),
    ("up/values.yaml", "sub:\n  image:\n    tag: v2\nglobal:\n  registry: quay.io\n"),
    ("up/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 2.0.0\nappVersion: '9'\n"),
    (
        "up/charts/sub/values.yaml",
        "global:\n  registry: docker.io\nimage:\n  repository: team/app\n  tag: v1\nother: nginx:1\n",
    ),
    (
        "up/charts/sub/templates/_image.tpl",
        "{{ define \"sub.image\" -}}\n{{ .Values.global.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}\n{{- end }}\n",
    ),
    (
        "up/charts/sub/templates/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers:\n  - name: main\n    image: {{ include \"sub.image\" . }}\n  - name: aid\n    image: {{ .Values.other }}\n  - name: second\n    image: example.com/else/nginx:{{ .Chart.AppVersion }}\n",
    ),
];

const MORE: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: c, image: 'ghcr.io/team/app:v2'}]}\n";

fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(folder.path().join("mine.yaml"), "sub:\n  image:\n    tag: v3\n").unwrap();
    folder
}

fn why(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    command.current_dir(folder).arg("why").args(arguments).env_remove("COLUMNS").output().unwrap()
}

fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = why(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_chain_runs_from_the_template_to_the_values_that_won() {
    let folder = workspace();
    let expected = "\
quay.io/team/app:v2
  Pod app, container main in up > sub
    chart sub:2.0.0
    template
      up/charts/sub/templates/pod.yaml:7:12: {{ include \"sub.image\" . }}
        up/charts/sub/templates/_image.tpl:2:1: {{ .Values.global.registry }}
        up/charts/sub/templates/_image.tpl:2:31: {{ .Values.image.repository }}
        up/charts/sub/templates/_image.tpl:2:62: {{ .Values.image.tag }}
    registry quay.io
      up/values.yaml:5:13: quay.io (global.registry, values of the parent up:1.0.0)
        wins over up/charts/sub/values.yaml:2:13: docker.io (global.registry, default of sub:2.0.0)
    repository team/app
      up/charts/sub/values.yaml:4:15: team/app (image.repository, default of sub:2.0.0)
    tag v2
      up/values.yaml:3:10: v2 (sub.image.tag, values of the parent up:1.0.0)
        wins over up/charts/sub/values.yaml:5:8: v1 (image.tag, default of sub:2.0.0)
";
    assert_eq!(printed(folder.path(), &["quay.io/team/app:v2", "up"]), expected);
}

#[test]
fn an_image_is_meant_by_its_repository_or_the_end_of_its_name() {
    let folder = workspace();
    let full = printed(folder.path(), &["quay.io/team/app:v2", "up"]);
    for name in ["quay.io/team/app", "team/app", "app", "app:v2"] {
        assert_eq!(printed(folder.path(), &[name, "up"]), full, "{name}");
    }
    let official = printed(folder.path(), &["docker.io/library/nginx:1", "up"]);
    assert!(official.starts_with("nginx:1\n"), "{official}");
}

#[test]
fn the_users_values_win_over_files_and_charts() {
    let folder = workspace();
    let arguments = ["app", "up", "-f", "mine.yaml", "--set", "x=1", "--set", "sub.image.tag=v4"];
    let text = printed(folder.path(), &arguments);
    let expected = "
    tag v4
      --set 2:1:15: v4 (sub.image.tag, --set 2)
        wins over mine.yaml:3:10: v3 (sub.image.tag, --values mine.yaml)
        wins over up/values.yaml:3:10: v2 (sub.image.tag, values of the parent up:1.0.0)
        wins over up/charts/sub/values.yaml:5:8: v1 (image.tag, default of sub:2.0.0)
";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn literals_and_chart_yaml_are_named_as_such() {
    let folder = workspace();
    let text = printed(folder.path(), &["example.com/else/nginx", "up"]);
    let expected = "
    registry example.com
      up/charts/sub/templates/pod.yaml:11:12: example.com (the template's own text)
    repository else/nginx
      up/charts/sub/templates/pod.yaml:11:24: else/nginx (the template's own text)
    tag 9
      up/charts/sub/Chart.yaml:4:14: 9 (Chart.yaml)
";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn json_tells_the_same() {
    let folder = workspace();
    let json: serde_json::Value =
        serde_json::from_str(&printed(folder.path(), &["app", "up", "--format", "json"])).unwrap();
    let image = &json["images"][0];
    assert_eq!(json["version"], 1);
    assert_eq!(image["image"], "quay.io/team/app:v2");
    assert_eq!(image["location"]["line"], 7);
    let tag = &image["parts"][2]["origins"][0];
    assert_eq!(image["parts"][2]["part"], "tag");
    assert_eq!((&tag["path"], &tag["line"], &tag["column"]), (&"values.yaml".into(), &3.into(), &10.into()));
    assert_eq!(tag["key"], "sub.image.tag");
    assert_eq!(tag["layer"]["kind"], "parent");
    assert_eq!(tag["via"].as_array().unwrap().len(), 2);
    assert_eq!(tag["over"][0]["text"], "v1");
    assert_eq!(tag["over"][0]["layer"]["kind"], "default");
}

#[test]
fn an_unknown_or_ambiguous_image_is_refused_with_names() {
    let folder = workspace();
    let refused = |name: &str| {
        let output = why(folder.path(), &[name, "up"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let unknown = refused("quay.io/team/ap");
    assert!(
        unknown.contains("do not deploy `quay.io/team/ap`") && unknown.contains("quay.io/team/app:v2"),
        "{unknown}"
    );
    std::fs::write(folder.path().join("up/charts/sub/templates/more.yaml"), MORE).unwrap();
    let ambiguous = refused("team/app");
    assert!(ambiguous.contains("may mean several images"), "{ambiguous}");
    assert!(ambiguous.contains("quay.io/team/app:v2") && ambiguous.contains("ghcr.io/team/app:v2"), "{ambiguous}");
    let several = why(folder.path(), &["zzzzzzzz", "up"]);
    assert!(String::from_utf8(several.stderr).unwrap().contains("`mirrorlint images` lists them all"));
}

#[test]
fn paths_start_where_the_reader_stands_and_in_json_at_the_repository() {
    let folder = workspace();
    std::fs::create_dir_all(folder.path().join("tools")).unwrap();
    let at = |from: &str, arguments: &[&str]| printed(&folder.path().join(from), arguments);
    assert!(
        at("tools", &["app", "../up"]).contains("      ../up/values.yaml:3:10: v2"),
        "{}",
        at("tools", &["app", "../up"])
    );
    assert!(at("up", &["app", "."]).contains("      values.yaml:3:10: v2"));
    assert!(at("tools", &["app", "../up", "--format", "json"]).contains(r#""path":"values.yaml""#), "no repository");
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for from in ["tools", "."] {
        let up = if from == "." { "up" } else { "../up" };
        assert!(at(from, &["app", up, "--format", "json"]).contains(r#""path":"up/values.yaml""#), "{from}");
    }
}

#[test]
fn names_in_charts_stay_in_their_line_and_move_no_cursor() {
    let folder = workspace();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"p\\e[31m\\n::error::q\"}\nspec: {containers: [{name: \"c\\n::error::d\", \
               image: 'ghcr.io/team/odd:1'}]}\n";
    std::fs::create_dir_all(folder.path().join("up/templates")).unwrap();
    std::fs::write(folder.path().join("up/templates/odd.yaml"), pod).unwrap();
    let binary = env!("CARGO_BIN_EXE_mirrorlint");
    let images = Command::new(binary).current_dir(folder.path()).args(["images", "up"]).output().unwrap();
    for text in [printed(folder.path(), &["odd", "--chart", "up"]), String::from_utf8(images.stdout).unwrap()] {
        assert!(text.contains("::error::q") && text.contains("ghcr.io/team/odd:1"), "{text}");
        assert!(!text.contains('\u{1b}') && !text.lines().any(|line| line.starts_with("::")), "{text:?}");
    }
}
