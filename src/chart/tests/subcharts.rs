//! Charts in charts: folders, packages, `file://`, and the same one twice.

use super::*;

#[test]
fn subcharts_load_from_folders_packages_and_packages_in_packages() {
    let inner = package(&[("b/Chart.yaml", &metadata("b")), ("b/values.yaml", "v: 1\n")]);
    let folder = Folder::new(&[
        ("Chart.yaml", ROOT),
        ("charts/one/Chart.yaml", &metadata("one")),
        ("charts/one/charts/deep/Chart.yaml", &metadata("deep")),
        ("charts/two-1.tgz!two/Chart.yaml", &metadata("two")),
        ("charts/two-1.tgz!two/charts/c/Chart.yaml", &metadata("c")),
        ("charts/two-1.tgz!two/charts/c/templates/t.yaml", "text"),
    ]);
    folder.write("charts/three.tgz", &nest(&inner));
    let sources = Sources::new();
    let chart = folder.load(&sources).unwrap();
    let names: Vec<_> = chart.subcharts.iter().map(|chart| (chart.entry.as_str(), chart.name().as_str())).collect();
    assert_eq!(names, [("one", "one"), ("three.tgz", "a"), ("two-1.tgz", "two")]);
    assert_eq!(chart.subcharts[0].subcharts[0].path, folder.root.path().join("charts/one/charts/deep"));
    let nested = &chart.subcharts[1].subcharts[0];
    let package = folder.root.path().join("charts/three.tgz");
    assert_eq!((nested.place, &nested.path), (Place::Package, &inside(&package, "a/charts/b.tgz")));
    assert_eq!(nested.values_file.as_ref().unwrap().path, inside(&nested.path, "b/values.yaml"));
    let package = folder.root.path().join("charts/two-1.tgz");
    let inner = &chart.subcharts[2].subcharts[0];
    assert_eq!((inner.place, &inner.path), (Place::Inside, &inside(&package, "two/charts/c")));
    assert_eq!(inner.templates[0].path, inside(&package, "two/charts/c/templates/t.yaml"));
    assert_eq!(sources.get(inner.templates[0].file).text().as_ref(), "text");
}

fn inside(archive: &Path, path: &str) -> PathBuf {
    PathBuf::from(format!("{}!/{path}", archive.display()))
}

/// A package of the chart `a`, with the package `inner` as `charts/b.tgz`.
fn nest(inner: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    append(&mut builder, "a/Chart.yaml", metadata("a").as_bytes(), |_| {});
    append(&mut builder, "a/charts/b.tgz", inner, |_| {});
    builder.into_inner().unwrap().finish().unwrap()
}

#[test]
fn what_is_no_chart_in_charts_is_refused() {
    for (path, message) in [
        ("charts/README.md", "error unpacking README.md in x: Chart.yaml file is missing"),
        ("charts/a/b", "error unpacking a in x: Chart.yaml file is missing"),
        ("charts/x.tgz", "error unpacking x.tgz in x: EOF"),
        ("charts/y.tgz/q", "error unpacking tar in x: expected y.tgz, got y.tgz/q"),
        ("charts/y.tgz!a/b", "error unpacking y.tgz in x: Chart.yaml file is missing"),
        ("charts/y.tgz!a/../../b", "error unpacking y.tgz in x: chart illegally references parent directory"),
    ] {
        assert_eq!(Folder::new(&[("Chart.yaml", ROOT), (path, "")]).refusal(), message);
    }
}

#[test]
fn charts_nest_only_so_deep() {
    let mut bytes = package(&[("b/Chart.yaml", &metadata("b"))]);
    for _ in 0..MAX_CHART_DEPTH + 2 {
        bytes = nest(&bytes);
    }
    let folder = Folder::new(&[("Chart.yaml", ROOT)]);
    folder.write("charts/a.tgz", &bytes);
    assert!(folder.refusal().ends_with("charts nest more than 32 deep, mirrorlint's bound"));
}

#[test]
fn a_package_may_be_the_root() {
    let folder = Folder::new(&[("x.tgz!x/Chart.yaml", ROOT), ("x.tgz!x/values.yaml", "a: 1\n"), ("plain.tgz", "hi")]);
    let load = |name: &str| Chart::load(&Sources::new(), &folder.root.path().join(name), &LoadOptions::default());
    let chart = load("x.tgz").unwrap();
    assert_eq!((json(&chart.values).as_str(), chart.place), (r#"{"a":1}"#, Place::Package));
    assert!(load("plain.tgz").unwrap_err().message.ends_with("got 'text/plain; charset=utf-8'"));
    assert!(load("nowhere").unwrap_err().message.starts_with("cannot be read: "));
}

/// A chart that holds `s` as a folder of version 0.1.0 and as a package of `version`.
fn twice(dependencies: &str, version: &str) -> Folder {
    Folder::new(&[
        ("Chart.yaml", &format!("{ROOT}{dependencies}")),
        ("charts/s/Chart.yaml", &metadata("s")),
        ("charts/s/values.yaml", "a: folder\nf: 1\n"),
        ("charts/s-2.tgz!s/Chart.yaml", &format!("apiVersion: v2\nname: s\nversion: {version}\n")),
        ("charts/s-2.tgz!s/values.yaml", "a: package\np: 1\n"),
    ])
}

#[test]
fn a_subchart_that_is_there_twice_has_the_outcomes_that_helm_has() {
    const LISTED: &str = "dependencies: [{name: s, version: 0.1.0}]\n";
    const LATER: &str = "dependencies: [{name: s, version: 0.2.0}]\n";
    // Dependencies, version of the package, whether chance decides; then, with the folder met first and with the package
    // met first: the charts in order of their templates (the later one wins) and the values. Twenty runs of Helm each.
    for (dependencies, version, random, outcomes) in [
        (
            "",
            "0.1.0",
            true,
            [
                ("folder package", r#""a":"folder","f":1,"global":{},"p":1"#),
                ("package folder", r#""a":"package","f":1,"global":{},"p":1"#),
            ],
        ),
        (
            LISTED,
            "0.1.0",
            true,
            [("folder", r#""a":"folder","f":1,"global":{}"#), ("package", r#""a":"package","global":{},"p":1"#)],
        ),
        (LISTED, "0.2.0", false, [("package folder", r#""a":"package","f":1,"global":{},"p":1"#); 2]),
        (LATER, "0.2.0", false, [("folder package", r#""a":"folder","f":1,"global":{},"p":1"#); 2]),
        (
            "dependencies: [{name: s, version: 9.9.9}]\n",
            "0.2.0",
            true,
            [
                ("folder package", r#""a":"folder","f":1,"global":{},"p":1"#),
                ("package folder", r#""a":"package","f":1,"global":{},"p":1"#),
            ],
        ),
    ] {
        let folder = twice(dependencies, version);
        let found = folder.load(&Sources::new()).unwrap().ambiguous_subcharts();
        assert_eq!((found.len(), found[0].random, found[0].name.as_str()), (1, random, "s"));
        for (candidate, (order, values)) in found[0].candidates.iter().zip(outcomes) {
            let choice = Choice { preferred: vec![candidate.path.clone()] };
            let processed = folder.process(&Overrides::default(), &choice).unwrap();
            let places: Vec<_> = processed.root.subcharts.iter().map(|node| place_name(&node.chart)).collect();
            assert_eq!(places.join(" "), order, "{dependencies} {version}");
            assert_eq!(json(&processed.values), format!("{{\"s\":{{{values}}}}}"));
        }
    }
}

fn place_name(chart: &Chart) -> &'static str {
    if chart.place == Place::Folder { "folder" } else { "package" }
}

#[test]
fn file_dependencies_load_from_their_folders_when_asked() {
    let folder = Folder::new(&[
        (
            "a/Chart.yaml",
            &format!("{}dependencies:\n- name: b\n  version: '*'\n  repository: file://../b\n", metadata("a")),
        ),
        ("b/Chart.yaml", &format!("{}dependencies:\n- name: c\n  repository: file://../c/\n", metadata("b"))),
        ("c/Chart.yaml", &metadata("c")),
        ("lost/Chart.yaml", &format!("{ROOT}dependencies:\n- name: q\n  repository: file://../nowhere\n")),
    ]);
    let sources = Sources::new();
    let load = |name: &str, resolve| {
        let options = LoadOptions { resolve_file_dependencies: resolve, packages: None };
        Chart::load(&sources, &folder.root.path().join(name), &options)
    };
    assert_eq!(load("a", false).unwrap().missing_dependencies().len(), 1);
    let chart = load("a", true).unwrap();
    assert_eq!(chart.check_dependencies(), Ok(()));
    assert_eq!(chart.subcharts[0].path, folder.root.path().join("b"));
    assert_eq!(chart.subcharts[0].subcharts[0].name(), "c");
    let error = load("lost", true).unwrap_err();
    assert!(error.message.starts_with("directory ") && error.message.ends_with("nowhere not found"));
    assert_eq!(sources.slice(error.span.unwrap()), "file://../nowhere");
}

#[test]
fn a_file_dependency_that_leads_back_is_refused_at_its_place() {
    let folder = Folder::new(&[
        ("a/Chart.yaml", &format!("{}dependencies:\n- name: b\n  repository: file://../b\n", metadata("a"))),
        ("b/Chart.yaml", &format!("{}dependencies:\n- name: a\n  repository: file://../a\n", metadata("b"))),
    ]);
    let sources = Sources::new();
    let options = LoadOptions { resolve_file_dependencies: true, packages: None };
    let error = Chart::load(&sources, &folder.root.path().join("a"), &options).unwrap_err();
    assert_eq!(error.message, "error loading dependency b: dependency a leads back to itself: a -> b -> a");
    assert_eq!(sources.slice(error.span.unwrap()), "file://../a");
    assert!(error.path.ends_with("b/Chart.yaml"));
}
