//! Holds the template functions against real Helm's answers, recorded in `functions/GROUP.json` by `functions/record.py`: each
//! snippet must print the same, or fail with the same words. A snippet that needs a function or an object that is not there yet
//! is left out, and counted.

use std::path::Path;

use mirrorlint::source::{Layer, Sources, Text, to_bytes};
use mirrorlint::template::functions::helm::cleanup_execution_error;
use mirrorlint::template::{Environment, Machine, Program, Value, convert, stack};
use mirrorlint::yaml;

/// Objects of the scope that this test does not build.
const OBJECTS: [&str; 6] = [".Chart", ".Release", ".Capabilities", ".Template", ".Files", ".Subcharts"];

/// Renders a snippet as the recorder's chart does: in `define "case"`, printed through `include`.
fn render(snippet: &str, values: &Text) -> Result<String, String> {
    let helper = Text::new(&format!("{{{{ define \"case\" }}}}{snippet}{{{{ end }}}}"));
    let manifest = Text::new("out: {{ include \"case\" . }}\n");
    let files = [("case/templates/_case.tpl", &helper), ("case/templates/case.yaml", &manifest)];
    let program = Program::parse(files).map_err(|error| error.to_string())?;
    let values = yaml::load_values(values).map_err(|error| error.to_string())?;
    let scope = Value::values([(Text::new("Values"), convert::values_from_yaml(&values))].into());
    let machine = Machine::new(&program, Environment::default());
    let printed =
        machine.execute("case/templates/case.yaml", &scope).map_err(|error| cleanup_execution_error(&error.message))?;
    printed.strip_prefix("out: ").and_then(|text| text.strip_suffix('\n')).map(shown).ok_or_else(|| "no output".into())
}

/// The text as the recorder's JSON shows it: each stray byte as U+FFFD.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for chunk in to_bytes(text).utf8_chunks() {
        shown.push_str(chunk.valid());
        shown.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    shown
}

/// The snippets of a group that behave otherwise than recorded, and how many could not be tried.
fn compare(group: &str) -> (Vec<String>, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions");
    let recorded = std::fs::read_to_string(folder.join(group).with_extension("json")).unwrap();
    let recorded: serde_json::Value = serde_json::from_str(&recorded).unwrap();
    let values = std::fs::read_to_string(folder.join("values.yaml")).unwrap();
    let values: std::sync::Arc<str> = values.into();
    let values = Text::of_file(Sources::new().add("values.yaml", values.clone()), values, Layer::Values);
    let (mut wrong, mut left_out) = (Vec::new(), 0);
    for case in recorded["cases"].as_array().unwrap() {
        let snippet = case["template"].as_str().unwrap();
        let answer = render(snippet, &values);
        let unknown = answer.as_ref().is_err_and(|error| error.contains("not defined"));
        if OBJECTS.iter().any(|object| snippet.contains(object)) || unknown && case["output"].is_string() {
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
fn random_functions_have_the_shape_of_helms() {
    check("random");
}
