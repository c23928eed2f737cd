//! Holds the template functions against real Helm's answers, recorded in `functions/GROUP.json` by `functions/record.py`: each
//! snippet must print the same, or fail with the same words. A snippet that needs a function that is not there yet is left out,
//! and counted.

use std::path::Path;
use std::sync::Arc;

use mirrorlint::source::{Layer, Sources, Text};
use mirrorlint::template::functions::helm::cleanup_execution_error;
use mirrorlint::template::objects::{Capabilities, Chart, Files};
use mirrorlint::template::value::{IntKind, Value};
use mirrorlint::template::{Environment, Machine, Program, convert, stack};
use mirrorlint::yaml;

/// What the recorder's chart gives its templates.
fn scope(values: &Text) -> Value {
    let map = |entries: Vec<(&str, Value)>| {
        Value::map(entries.into_iter().map(|(key, value)| (Text::new(key), value)).collect())
    };
    let chart = Chart {
        name: "case".into(),
        version: "1.2.3".into(),
        app_version: "4.5.6".into(),
        api_version: "v2".into(),
        is_root: true,
        ..Chart::default()
    };
    let capabilities = Capabilities {
        kube_version: "v1.31.0".into(),
        kube_major: "1".into(),
        kube_minor: "31".into(),
        api_versions: vec!["v1".into(), "apps/v1".into()],
        helm_version: "v3.10".into(),
        helm_commit: "".into(),
        helm_tree_state: "".into(),
        go_version: "".into(),
    };
    let files = [("files/a.txt", "first\nsecond\n"), ("files/b.json", "{\"k\": 1}")];
    let values = yaml::load_values(values).unwrap();
    let release = map(vec![
        ("Name", Value::string("rel")),
        ("Namespace", Value::string("ns")),
        ("IsInstall", Value::bool(true)),
        ("IsUpgrade", Value::bool(false)),
        ("Revision", Value::Int(1, IntKind::Int, None)),
        ("Service", Value::string("Helm")),
    ]);
    let template = [("Name", "case/templates/case.yaml"), ("BasePath", "case/templates")];
    let template = template.map(|(key, text)| (Text::new(key), Value::string(text)));
    let entries = [
        ("Values", convert::values_from_yaml(&values)),
        ("Chart", chart.into_value()),
        ("Capabilities", capabilities.into_value()),
        ("Files", Files::new(files.map(|(name, text)| (name.into(), text.into()))).into_value()),
        ("Release", release),
        ("Template", Value::values(template.into())),
        ("Subcharts", map(Vec::new())),
    ];
    Value::values(entries.into_iter().map(|(key, value)| (Text::new(key), value)).collect())
}

/// Renders a snippet as the recorder's chart does: in `define "case"`, printed through `include`.
fn render(snippet: &str, values: &Text) -> Result<String, String> {
    let helper = Text::new(&format!("{{{{ define \"case\" }}}}{snippet}{{{{ end }}}}"));
    let manifest = Text::new("out: {{ include \"case\" . }}\n");
    let files = [("case/templates/_case.tpl", &helper), ("case/templates/case.yaml", &manifest)];
    let program = Program::parse(files).map_err(|error| error.to_string())?;
    let machine = Machine::new(&program, Environment::default());
    let printed = machine.execute("case/templates/case.yaml", &scope(values));
    let printed = printed.map_err(|error| cleanup_execution_error(&error.message))?;
    printed
        .strip_prefix("out: ")
        .and_then(|text| text.strip_suffix('\n'))
        .map(str::to_owned)
        .ok_or_else(|| "no output".into())
}

/// The snippets of a group that behave otherwise than recorded, and how many could not be tried.
fn compare(group: &str) -> (Vec<String>, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions");
    let recorded = std::fs::read_to_string(folder.join(group).with_extension("json")).unwrap();
    let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
    let values = std::fs::read_to_string(folder.join("values.yaml")).unwrap();
    let values: Arc<str> = values.into();
    let values = Text::of_file(Sources::new().add("values.yaml", values.clone()), values, Layer::Values);
    let (mut wrong, mut left_out) = (Vec::new(), 0);
    for case in recorded["cases"].as_array().unwrap() {
        let snippet = case["template"].as_str().unwrap();
        let answer = render(snippet, &values);
        if answer.as_ref().is_err_and(|error| error.contains("not defined")) {
            left_out += 1;
            continue;
        }
        let expected = match (case["output"].as_str(), case["error"].as_str()) {
            (Some(output), _) => Ok(output.to_owned()),
            (_, Some(error)) => Err(error.to_owned()),
            _ => panic!("{snippet}: neither output nor error"),
        };
        if answer != expected {
            wrong.push(format!("{snippet}\n  Helm: {expected:?}\n  ours: {answer:?}"));
        }
    }
    (wrong, left_out)
}

fn check(group: &str) {
    let (wrong, left_out) = stack::on_deep_stack(|| compare(group));
    println!("{group}: {left_out} left out");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
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
