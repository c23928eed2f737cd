//! Holds the template language, its functions and Helm's objects against real Helm's answers, recorded in
//! `functions/GROUP.json` by `functions/record.py`: each snippet must print the same, or fail with the same words. A snippet
//! that needs a function that is not there yet is left out, and counted.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::sync::Arc;

use mirrorlint::source::{Layer, Sources, Text, to_bytes};
use mirrorlint::template::functions::helm::{cleanup_execution_error, cleanup_parse_error};
use mirrorlint::template::objects::{Capabilities, Chart, Files};
use mirrorlint::template::{Environment, Machine, Program, Value, convert, stack};
use mirrorlint::yaml;

/// What Helm 3.10 says that a cluster of its time knows.
const API_VERSIONS: &str = include_str!("functions/api-versions.txt");

/// The scope that the recorder's chart has.
fn scope(values: &Text) -> Value {
    let values = yaml::load_map(values, "map[string]interface {}").unwrap();
    let capabilities = Capabilities {
        kube_version: "v1.31.0".into(),
        kube_major: "1".into(),
        kube_minor: "31".into(),
        api_versions: API_VERSIONS.lines().map(Text::new).collect(),
        helm_version: "v3.10.1".into(),
        helm_commit: "9f88ccb6aee40b9a0535fcc7efea6055e1ef72c9".into(),
        helm_tree_state: "clean".into(),
        go_version: "go1.18.7".into(),
    };
    let chart = Chart {
        name: "case".into(),
        version: "1.2.3".into(),
        app_version: "4.5.6".into(),
        api_version: "v2".into(),
        is_root: true,
        ..Chart::default()
    };
    let files = [("files/a.txt", "first\nsecond\n"), ("files/b.json", "{\"k\": 1}")];
    let release = [
        ("Name", Value::string("rel")),
        ("Namespace", Value::string("ns")),
        ("IsInstall", Value::bool(true)),
        ("IsUpgrade", Value::bool(false)),
        ("Revision", Value::int(1)),
        ("Service", Value::string("Helm")),
    ];
    let template = [("Name", "case/templates/case.yaml"), ("BasePath", "case/templates")];
    let entries = [
        ("Values", convert::values_from_yaml(&values)),
        ("Chart", chart.into_value()),
        ("Capabilities", capabilities.into_value()),
        ("Files", Files::new(files.map(|(name, content)| (name.into(), content.into()))).into_value()),
        ("Release", Value::map(release.map(|(key, value)| (key.into(), value)).into())),
        ("Subcharts", Value::map([].into())),
        ("Template", Value::values(template.map(|(key, value)| (key.into(), Value::string(value))).into())),
    ];
    Value::values(entries.map(|(key, value)| (Text::new(key), value)).into())
}

/// Renders a snippet as the recorder's chart does.
fn render(snippet: &str, values: &Text) -> Result<String, String> {
    let helper = Text::new(&format!("{{{{ define \"case\" }}}}{snippet}{{{{ end }}}}"));
    let manifest = Text::new("out: {{ include \"case\" . }}\n");
    let files = [("case/templates/case.yaml", &manifest), ("case/templates/_case.tpl", &helper)];
    let program = Program::parse(files).map_err(|error| cleanup_parse_error("case", &error.message))?;
    let machine = Machine::new(&program, Environment::default());
    let printed = machine.execute("case/templates/case.yaml", &scope(values));
    let printed = printed.map_err(|error| cleanup_execution_error(&error.message))?;
    // The recorder's JSON kept `<no value>`, and shows each stray byte as U+FFFD.
    let mut shown = String::new();
    for chunk in to_bytes(&printed).utf8_chunks() {
        shown.push_str(chunk.valid());
        shown.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    let shown = shown.strip_prefix("out: ").and_then(|text| text.strip_suffix('\n'));
    shown.map(str::to_owned).ok_or_else(|| "no output".to_owned())
}

fn check(group: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions");
    let recorded = std::fs::read_to_string(folder.join(group).with_extension("json")).unwrap();
    let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
    let values: Arc<str> = std::fs::read_to_string(folder.join("values.yaml")).unwrap().into();
    let values = Text::of_file(Sources::new().add("values.yaml", values.clone()), values, Layer::Values);
    let cases = recorded["cases"].as_array().unwrap();
    let (mut wrong, mut left_out) = (Vec::new(), 0);
    for case in cases {
        let snippet = case["template"].as_str().unwrap();
        let ours = stack::on_deep_stack(|| render(snippet, &values));
        let helms = match case["output"].as_str() {
            Some(output) => Ok(output.to_owned()),
            None => Err(case["error"].as_str().unwrap().to_owned()),
        };
        if ours == helms {
            continue;
        }
        if ours.as_ref().is_err_and(|error| error.contains("function \"") && error.ends_with("not defined")) {
            left_out += 1;
            continue;
        }
        wrong.push(format!("{snippet}\n  Helm: {helms:?}\n  ours: {ours:?}"));
    }
    println!("{group}: {left_out} of {} left out", cases.len());
    assert!(!cases.is_empty());
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_language_is_as_in_helm() {
    check("language");
}

#[test]
fn the_objects_are_as_in_helm() {
    check("objects");
}

#[test]
fn go_builtins_answer_as_in_helm() {
    check("builtins");
}

#[test]
fn formats_answer_as_in_helm() {
    check("format");
}

#[test]
fn arithmetic_answers_as_in_helm() {
    check("math");
}

#[test]
fn lists_answer_as_in_helm() {
    check("lists");
}

#[test]
fn dictionaries_answer_as_in_helm() {
    check("dicts");
}

#[test]
fn types_and_defaults_answer_as_in_helm() {
    check("types");
}

#[test]
fn strings_answer_as_in_helm() {
    check("strings");
}

#[test]
fn regular_expressions_answer_as_in_helm() {
    check("regex");
}

#[test]
fn encodings_and_digests_answer_as_in_helm() {
    check("encoding");
}

#[test]
fn semantic_versions_answer_as_in_helm() {
    check("semver");
}

#[test]
fn paths_answer_as_in_helm() {
    check("paths");
}

#[test]
fn urls_answer_as_in_helm() {
    check("urls");
}

#[test]
fn dates_answer_as_in_helm() {
    check("dates");
}

#[test]
fn toml_is_written_as_in_helm() {
    check("toml");
}
