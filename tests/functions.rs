//! Holds the template functions against real Helm's answers, recorded in `functions/GROUP.json` by `functions/record.py`: each
//! snippet stands in the recorder's own chart and must print the same, or fail with the same words.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mirrorlint::chart::{Chart, LoadOptions};
use mirrorlint::render::{KubeVersion, Options, print, render};
use mirrorlint::source::Sources;
use mirrorlint::yaml;

/// The chart that `record.py` makes, with an empty snippet.
fn write_chart(folder: &Path) -> PathBuf {
    let values = std::fs::read_to_string(recorded().join("values.yaml")).unwrap();
    let files = [
        ("Chart.yaml", "apiVersion: v2\nname: case\nversion: 1.2.3\nappVersion: \"4.5.6\"\n"),
        ("values.yaml", &values),
        ("files/a.txt", "first\nsecond\n"),
        ("files/b.json", "{\"k\": 1}"),
        ("templates/_case.tpl", ""),
        ("templates/case.yaml", "out: {{ include \"case\" . | toJson }}\n"),
    ];
    for (name, text) in files {
        let path = folder.join("case").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder.join("case")
}

fn recorded() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions")
}

fn run(chart: &Path, snippet: &str) -> Result<String, String> {
    let mut sources = Sources::new();
    let text = format!("{{{{ define \"case\" }}}}{snippet}{{{{ end }}}}");
    sources.overlay(chart.join("templates/_case.tpl"), &text);
    let chart = Chart::load(&sources, chart, &LoadOptions::default()).map_err(|error| error.message)?;
    let options = Options {
        release: "rel".to_owned(),
        namespace: "ns".to_owned(),
        kube_version: KubeVersion::parse("1.31.0")?,
        ..Options::default()
    };
    let nothing = yaml::Value::Map(Arc::default());
    let rendered = render(&chart, &nothing, &options).map_err(|error| error.message)?;
    match rendered.refusals.into_iter().next() {
        Some(error) => Err(error.message),
        None => Ok(print([], &rendered.manifests, false).to_string()),
    }
}

/// What helm printed of a snippet, in the same form as [`run`].
fn expected(case: &serde_json::Value) -> Result<String, String> {
    let string = |key: &str| case.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    match string("error") {
        Some(error) => Err(error),
        None => Ok(string("output").unwrap()),
    }
}

/// The string behind `out: ` in a rendered case.
fn output(printed: &str) -> String {
    let line =
        printed.lines().find_map(|line| line.strip_prefix("out: ")).unwrap_or_else(|| panic!("no output: {printed}"));
    serde_json::from_str(line).unwrap()
}

#[test]
fn every_function_answers_as_helm_does() {
    let folder = tempfile::tempdir().unwrap();
    let chart = write_chart(folder.path());
    let mut groups: Vec<_> = std::fs::read_dir(recorded()).unwrap().map(|entry| entry.unwrap().path()).collect();
    groups.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    groups.sort();
    assert!(!groups.is_empty());
    let (mut count, mut failures) = (0, Vec::new());
    for group in groups {
        let text = std::fs::read_to_string(&group).unwrap();
        let recording: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(recording["helm"], "v3.10.1");
        for case in recording["cases"].as_array().unwrap() {
            count += 1;
            let snippet = case["template"].as_str().unwrap();
            let (ours, helms) = (run(&chart, snippet).map(|printed| output(&printed)), expected(case));
            if ours != helms {
                let name = group.file_stem().unwrap().to_string_lossy().into_owned();
                failures.push(format!("{name}: {snippet}\n   helm: {helms:?}\n   ours: {ours:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} differ:\n{}", failures.len(), failures.join("\n"));
}
