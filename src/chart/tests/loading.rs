//! Reading folders, packages and `Chart.yaml`.

use super::*;
use crate::source::Layer;

#[test]
fn files_are_sorted_into_templates_values_and_the_rest() {
    let folder = Folder::new(&[
        ("Chart.yaml", "\u{feff}apiVersion: v2\nname: x\nversion: 0.1.0\nappVersion: '1.2'\n"),
        ("values.yaml", "\u{feff}a: 1\n---\nb: 2\n"),
        ("values.schema.json", "{}"),
        ("Chart.lock", "digest: abc\ndependencies:\n- name: q\n  version: 1.0.0\n"),
        ("README.md", "hi"),
        (".helmignore", "*.bak\n"),
        ("x.bak", ""),
        ("crds/a.yaml", ""),
        ("crds/b.txt", ""),
        ("templates/_helpers.tpl", ""),
        ("templates/a.yaml", ""),
        ("templates/.hidden", ""),
        ("charts/sub-1.tgz.prov", ""),
        ("charts/_off/Chart.yaml", "nonsense"),
        ("charts/.off/x", ""),
    ]);
    let sources = Sources::new();
    let chart = folder.load(&sources).unwrap();
    let names = |files: &[ChartFile]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&chart.templates), ["templates/_helpers.tpl", "templates/a.yaml"]);
    assert_eq!(names(&chart.files), [".helmignore", "README.md", "charts/sub-1.tgz.prov", "crds/a.yaml", "crds/b.txt"]);
    assert_eq!(chart.crds().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["crds/a.yaml"]);
    assert_eq!(json(&chart.values), r#"{"a":1,"b":2}"#);
    assert_eq!(chart.lock.as_ref().unwrap().dependencies[0].version, "1.0.0");
    assert!(chart.schema.is_some() && chart.subcharts.is_empty());
    let version = &chart.metadata.app_version;
    let places = version.origins().unwrap().places();
    assert_eq!((sources.slice(places[0].0).as_str(), places[0].1), ("1.2", Layer::Chart));
}

#[test]
fn scalars_become_strings_as_sigs_yaml_makes_them() {
    for (written, read) in [
        ("1.10", "1.1"),
        ("'1.10'", "1.10"),
        ("1.123456789", "1.1234568"),
        ("20240101", "20240101"),
        ("010", "8"),
        ("1e6", "1e+06"),
        ("2024-01-01", "2024-01-01"),
        ("true", "true"),
        ("yes", "true"),
        ("~", ""),
    ] {
        let folder = Folder::new(&[("Chart.yaml", &format!("{ROOT}appVersion: {written}\n"))]);
        let sources = Sources::new();
        let chart = folder.load(&sources).unwrap();
        assert_eq!(chart.metadata.app_version, read, "{written}");
        if let Some(origin) = chart.metadata.app_version.origins() {
            let span = origin.places()[0].0;
            assert_eq!(sources.slice(span), written.trim_matches('\''));
        }
    }
}

#[test]
fn chart_yaml_is_refused_in_helms_words() {
    const DECODING: &str =
        "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
    for (text, message) in [
        ("", "validation: chart.metadata.name is required"),
        ("apiVersion: v2\nversion: 1.0.0\n", "validation: chart.metadata.name is required"),
        ("name: x\n", "validation: chart.metadata.version is required"),
        ("name: x\nversion: zz\n", "validation: chart.metadata.version \"zz\" is invalid"),
        ("{ROOT}type: foo\n", "validation: chart.metadata.type must be application or library"),
        ("{ROOT}dependencies:\n- \n", "validation: dependency cannot be an empty list"),
        ("{ROOT}maintainers: [null]\n", "validation: maintainer cannot be an empty list"),
        (
            "{ROOT}dependencies:\n- name: 5\n  alias: a.b\n",
            "validation: dependency \"5\" has disallowed characters in the alias",
        ),
        ("{ROOT}name: [a]\n", "{DECODING} array into Go struct field Metadata.name of type string"),
        ("{ROOT}deprecated: 'true'\n", "{DECODING} string into Go struct field Metadata.deprecated of type bool"),
        (
            "{ROOT}dependencies: {}\n",
            "{DECODING} object into Go struct field Metadata.dependencies of type []*chart.Dependency",
        ),
        (
            "{ROOT}dependencies: [1]\n",
            "{DECODING} number into Go struct field Metadata.dependencies of type chart.Dependency",
        ),
        (
            "{ROOT}dependencies:\n- name: {a: b}\n",
            "{DECODING} object into Go struct field Dependency.dependencies.name of type string",
        ),
        (
            "{ROOT}dependencies:\n- name: q\n  tags: x\n",
            "{DECODING} string into Go struct field Dependency.dependencies.tags of type []string",
        ),
        (
            "{ROOT}maintainers: [{name: [1]}]\n",
            "{DECODING} array into Go struct field Maintainer.maintainers.name of type string",
        ),
        ("{ROOT}annotations: {a: [1]}\n", "{DECODING} array into Go struct field Metadata.annotations of type string"),
        ("{ROOT}sources: 5\n", "{DECODING} number into Go struct field Metadata.sources of type []string"),
        ("a\n", "{DECODING} string into Go value of type chart.Metadata"),
        (
            "a: b: c\n",
            "cannot load Chart.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context",
        ),
        ("Name: q\n{ROOT}", "accepted"),
        ("{ROOT}keywords: [1, true]\nunknown: {a: b}\n", "accepted"),
        ("{ROOT}dependencies:\n- name: q\n- name: q\n", "accepted"),
    ] {
        let folder = Folder::new(&[("Chart.yaml", &text.replace("{ROOT}", ROOT))]);
        assert_eq!(folder.refusal(), message.replace("{DECODING}", DECODING), "{text}");
    }
}

#[test]
fn refusals_have_a_place() {
    let sources = Sources::new();
    let folder = Folder::new(&[("Chart.yaml", "name: x\nversion: zz\n")]);
    let error = folder.load(&sources).unwrap_err();
    assert_eq!(sources.slice(error.span.unwrap()), "zz");
    assert!(error.path.ends_with("Chart.yaml"));
    let folder = Folder::new(&[("Chart.yaml", ROOT), ("charts/sub/Chart.yaml", "name: [x]\n")]);
    let error = folder.load(&sources).unwrap_err();
    assert!(error.message.starts_with("error unpacking sub in x: cannot load Chart.yaml: "));
    assert_eq!(sources.slice(error.span.unwrap()), "name");
    assert!(error.path.ends_with("charts/sub/Chart.yaml"));
}

#[test]
fn values_that_are_no_mapping_are_refused() {
    for (text, message) in [
        (
            "- a\n",
            "cannot load values.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go \
             value of type map[string]interface {}",
        ),
        (
            "a: {b\n",
            "cannot load values.yaml: error converting YAML to JSON: yaml: line 1: did not find expected ',' or '}'",
        ),
        ("null\n", "accepted"),
        ("", "accepted"),
    ] {
        assert_eq!(Folder::new(&[("Chart.yaml", ROOT), ("values.yaml", text)]).refusal(), message);
    }
}

#[test]
fn what_newer_helm_refuses_is_a_warning() {
    let folder = Folder::new(&[("Chart.yaml", &format!("{ROOT}dependencies:\n- name: q\n- name: w\n  alias: q\n"))]);
    let chart = folder.load(&Sources::new()).unwrap();
    assert_eq!(chart.warnings[0].message, "validation: more than one dependency with name or alias \"q\"");
}

#[test]
fn requirements_belong_to_the_metadata_of_old_charts() {
    let files = [("Chart.yaml", "name: x\nversion: 0.1.0\n"), ("requirements.yaml", "dependencies:\n- name: q\n")];
    let chart = Folder::new(&files).load(&Sources::new()).unwrap();
    assert_eq!(chart.metadata.dependencies.as_ref().unwrap()[0].name, "q");
    assert_eq!(chart.files[0].name, "requirements.yaml");
    let chart = Folder::new(&[("Chart.yaml", ROOT), files[1]]).load(&Sources::new()).unwrap();
    assert_eq!(chart.metadata.dependencies.as_ref().unwrap().len(), 1);
    assert!(chart.files.is_empty());
}

#[test]
fn dependencies_that_are_missing_are_named_together() {
    let folder = Folder::new(&[
        ("Chart.yaml", &format!("{ROOT}dependencies:\n- name: q\n- name: s\n  version: 9.9.9\n- name: r\n")),
        ("charts/s/Chart.yaml", &metadata("s")),
    ]);
    let sources = Sources::new();
    let error = folder.load(&sources).unwrap().check_dependencies().unwrap_err();
    assert!(error.message.ends_with("found in Chart.yaml, but missing in charts/ directory: q, r"));
    assert_eq!(sources.slice(error.span.unwrap()), "q");
}

#[test]
fn libraries_and_wrong_kubernetes_versions_are_refused() {
    let load = |text: &str| Folder::new(&[("Chart.yaml", &format!("{ROOT}{text}"))]).load(&Sources::new()).unwrap();
    let error = load("type: library\n").check_installable().unwrap_err();
    assert_eq!(error.message, "library charts are not installable");
    let check = |text: &str| load(text).check_kube_version("v1.31.0").map_err(|error| error.message);
    assert_eq!(check("kubeVersion: '>=1.20.0-0'\n"), Ok(()));
    assert_eq!(
        check("kubeVersion: '>9x9q'\n"),
        Err("chart requires kubeVersion: >9x9q which is incompatible with Kubernetes v1.31.0".to_owned())
    );
}

#[test]
fn an_unsaved_buffer_hides_the_file_on_disk() {
    let folder = Folder::new(&[("Chart.yaml", ROOT), ("values.yaml", "a: 1\n")]);
    let mut sources = Sources::new();
    sources.overlay(folder.root.path().join("values.yaml"), "a: 2\n");
    assert_eq!(json(&folder.load(&sources).unwrap().values), r#"{"a":2}"#);
}
