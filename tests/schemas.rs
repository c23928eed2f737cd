//! Holds values against schemas as real Helm does: its answers are recorded in `schemas/cases.json` by `schemas/record.py`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::path::Path;

use mirrorlint::chart::{Chart, Choice, LoadOptions, Overrides, Schemas};
use mirrorlint::source::Sources;

const HEAD: &str = "values don't meet the specifications of the schema(s) in the following chart(s):\nx:\n";

/// The lines behind the chart's name, sorted; none when the values are accepted.
fn lines(schema: &str, values: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = Sources::new();
    let chart = folder.path().join("x");
    std::fs::create_dir(&chart).unwrap();
    for (name, text) in [
        ("Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.2.3\n"),
        ("values.yaml", values),
        ("values.schema.json", schema),
    ] {
        std::fs::write(chart.join(name), "").unwrap();
        sources.overlay(chart.join(name), text);
    }
    let chart = Chart::load(&sources, &chart, &LoadOptions::default()).unwrap();
    let given = Overrides::default().merge(&sources).unwrap();
    let Err(error) = chart.process(&given, &Choice::default(), Schemas::All) else { return Vec::new() };
    let told = error.message.strip_prefix(HEAD).unwrap_or_else(|| panic!("{}", error.message));
    let mut lines: Vec<_> = told.trim().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn schemas_are_held_as_helm_holds_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/cases.json");
    let recording: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(recording["helm"], "v3.10.1");
    let cases = recording["cases"].as_array().unwrap();
    assert!(cases.len() > 200, "only {} cases were found", cases.len());
    let mut failures = Vec::new();
    for case in cases {
        let (schema, values) = (case["schema"].as_str().unwrap(), case["values"].as_str().unwrap());
        let expected: Vec<_> = case["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let found = lines(schema, values);
        if found != expected {
            failures.push(format!("{schema}\n{values}  helm: {expected:#?}\n  ours: {found:#?}"));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// Helm itself overflows its stack.
#[test]
fn a_schema_that_leads_to_itself_is_refused() {
    let endless = ["schema refers to itself without end"];
    assert_eq!(lines(r##"{"$ref":"#"}"##, "a: 1\n"), endless);
    assert_eq!(lines(r##"{"properties":{"a":{"anyOf":[{"$ref":"#/properties/a"},{}]}}}"##, "a: 1\n"), endless);
    let doubling = r##"{"definitions":{"d":{"allOf":[{"$ref":"#/definitions/d"},{"$ref":"#/definitions/d"}]}},
        "$ref":"#/definitions/d"}"##;
    assert_eq!(lines(doubling, "a: 1\n"), endless);
    let levels: String = (0..30)
        .map(|level| {
            let next = level + 1;
            format!(
                r##""{level}":{{"unevaluatedProperties":false,"allOf":[{{"$ref":"#/$defs/{next}"}},{{"$ref":"#/$defs/{next}"}}]}},"##
            )
        })
        .collect();
    let branching = format!(
        r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{{levels}"30":{{}}}},"$ref":"#/$defs/0"}}"##
    );
    assert_eq!(lines(&branching, "a: {b: 1}\n"), ["schema takes more than 4000000 steps, mirrorlint's bound"]);
    let deep = |depth| format!("{}{{}}{}", r#"{"not":"#.repeat(depth), "}".repeat(depth));
    assert_eq!(lines(&deep(200), "a: 1\n"), ["schemas nest deeper than 128, mirrorlint's bound"]);
    assert_eq!(lines(&deep(2000), "a: 1\n"), ["exceeded max depth of 250, mirrorlint's bound"]);
}
