//! `values.schema.json`, in the words of gojsonschema.

use super::*;

/// The lines behind the chart's name, or `accepted`.
fn check(values: &str, schema: &str) -> String {
    let folder = Folder::new(&[("Chart.yaml", ROOT), ("values.yaml", values), ("values.schema.json", schema)]);
    folder.process(&Overrides::default(), &Choice::default()).map_or_else(
        |error| {
            const HEAD: &str = "values don't meet the specifications of the schema(s) in the following chart(s):\nx:\n";
            error.message.strip_prefix(HEAD).unwrap().trim_end().to_owned()
        },
        |_| "accepted".to_owned(),
    )
}

#[test]
fn violations_are_worded_as_helm_words_them() {
    for (values, keyword, lines) in [
        ("x", r#""enum":["y",1,null]"#, r#"- a: a must be one of the following: "y", 1, null"#),
        ("x", r#""pattern":"^q""#, "- a: Does not match pattern '^q'"),
        ("x", r#""minLength":2"#, "- a: String length must be greater than or equal to 2"),
        ("x", r#""maxLength":0"#, "- a: String length must be less than or equal to 0"),
        ("x", r#""format":"ipv4""#, "- a: Does not match format 'ipv4'"),
        ("x", r#""const":"k""#, r#"- a: a does not match: "k""#),
        ("x", r#""type":"integer""#, "- a: Invalid type. Expected: integer, given: string"),
        ("1", r#""type":["string","boolean"]"#, "- a: Invalid type. Expected: [string,boolean], given: integer"),
        ("5.5", r#""maximum":4"#, "- a: Must be less than or equal to 4"),
        ("5.5", r#""exclusiveMaximum":5.5"#, "- a: Must be less than 5.5"),
        ("5.5", r#""minimum":7.25"#, "- a: Must be greater than or equal to 7.25"),
        ("1", r#""minimum":1,"exclusiveMinimum":true"#, "- a: Must be greater than 1"),
        ("5.5", r#""multipleOf":2"#, "- a: Must be a multiple of 2"),
        ("5.5", r#""not":{"type":"number"}"#, "- a: Must not validate the schema (not)"),
        ("5.5", r#""type":"boolean""#, "- a: Invalid type. Expected: boolean, given: number"),
        (
            "1",
            r#""oneOf":[{"type":"number"},{"type":"integer"}]"#,
            "- a: Must validate one and only one schema (oneOf)",
        ),
        ("[1, 2]", r#""items":[{}],"additionalItems":false"#, "- a: No additional items allowed on array"),
        ("[1]", r#""minItems":2"#, "- a: Array must have at least 2 items"),
        (
            "{q: 1, r: 2}",
            r#""additionalProperties":false"#,
            "- a: Additional property q is not allowed\n- a: Additional property r is not allowed",
        ),
        ("{q: 1}", r#""required":["z"]"#, "- a: z is required"),
        ("{}", r#""minProperties":1"#, "- a: Must have at least 1 properties"),
        (
            "[{c: 1}]",
            r#""items":{"properties":{"c":{"type":"string"}}}"#,
            "- a.0.c: Invalid type. Expected: string, given: integer",
        ),
        // Of a value of the wrong type nothing else is told.
        ("null", r#""type":"string","enum":["y"]"#, "- a: Invalid type. Expected: string, given: null"),
        (
            "{c: 1}",
            r#""type":["string","null"],"enum":["y"],"properties":{"c":{"type":"string"}},"required":["d"]"#,
            "- a: Invalid type. Expected: [string,null], given: object",
        ),
        (
            "[1, x]",
            r#""items":{"type":"string","pattern":"y"}"#,
            "- a.0: Invalid type. Expected: string, given: integer\n- a.1: Does not match pattern 'y'",
        ),
        ("1", r#""type":["string"]"#, "- a: Invalid type. Expected: string, given: integer"),
        (
            "10",
            r#""type":["integer"],"allOf":[{"type":["string","number"]},{"type":"array"}]"#,
            "- a: Invalid type. Expected: array, given: integer\n- a: Must validate all the schemas (allOf)",
        ),
        (
            "{b: x}",
            r#""anyOf":[{"type":"array"},{"type":"string"}]"#,
            "- a: Must validate at least one schema (anyOf)\n- a: Invalid type. Expected: array, given: object",
        ),
        (
            "true",
            r#""if":{"type":"boolean"},"then":{"type":"null"}"#,
            "- a: Must validate \"then\" as \"if\" was valid\n- a: Invalid type. Expected: null, given: boolean",
        ),
        (
            "0",
            r##""type":"string","allOf":[{"$ref":"#/properties/a/definitions/x"}],"definitions":{"x":{"type":"string"}}"##,
            "- a: Invalid type. Expected: string, given: integer",
        ),
        ("1.0", r#""type":"integer""#, "accepted"),
        ("1e3", r#""type":"integer""#, "accepted"),
    ] {
        let schema = format!(r#"{{"properties":{{"a":{{{keyword}}}}}}}"#);
        assert_eq!(check(&format!("a: {values}\n"), &schema), lines, "{keyword}");
    }
    assert_eq!(check("a: 1\n", "false"), "- (root): False always fails validation");
    assert_eq!(check("", r#"{"required":["a"]}"#), "- (root): a is required");
    assert_eq!(check("a: 1\n", r#"{"dependencies":{"a":["b"]}}"#), "- (root): Has a dependency on b");
}

#[test]
fn the_draft_decides_which_keywords_count() {
    let schema = |draft: &str, keyword: &str| format!(r#"{{"$schema":"{draft}","properties":{{"a":{{{keyword}}}}}}}"#);
    let tuple = r#""prefixItems":[{"type":"string"}]"#;
    assert_ne!(check("a: [1]\n", &schema("https://json-schema.org/draft/2020-12/schema", tuple)), "accepted");
    assert_eq!(check("a: [1]\n", &schema("http://json-schema.org/draft-07/schema#", tuple)), "accepted");
    assert_eq!(check("a: [1]\n", &schema("http://json-schema.org/schema#", tuple)), "accepted");
    assert_eq!(check("a: 1\n", &schema("http://json-schema.org/draft-04/schema#", r#""type":"integer""#)), "accepted");
}

#[test]
fn schemas_that_cannot_be_used_are_refused() {
    assert_eq!(check("a: 1\n", "{bad"), "invalid character 'b' looking for beginning of object key string");
    assert_eq!(check("a: 1\n", "[]"), "schema is invalid");
    assert!(check("a: 1\n", r#"{"type":"foo"}"#).starts_with("has a primitive type that is NOT VALID -- given: /foo/"));
    let remote = check("a: 1\n", r#"{"properties":{"a":{"$ref":"https://example.com/x.json"}}}"#);
    assert!(remote.starts_with("schema cannot be resolved (references to other files are not followed)"), "{remote}");
    assert!(crate::source::is_beyond(&remote), "Helm would fetch it: {remote}");
    let local = check("a: 1\n", r##"{"definitions":{},"properties":{"a":{"$ref":"#/definitions/no"}}}"##);
    assert_eq!(local, "Object has no key 'no'");
    let expression = check("a: x\n", r#"{"properties":{"a":{"pattern":"(?=x)"}}}"#);
    assert_eq!(expression, "pattern must be a valid regex");
}

#[test]
fn a_schema_that_leads_elsewhere_binds_nobody_where_only_readable_ones_do() {
    let remote = r#"{"not":{"$ref":"https://example.com/x.json"}}"#;
    let folder = Folder::new(&[
        ("Chart.yaml", ROOT),
        ("values.yaml", "s: {tag: 5}\n"),
        ("values.schema.json", remote),
        ("charts/s/Chart.yaml", &metadata("s")),
        ("charts/s/values.schema.json", r#"{"properties":{"tag":{"type":"string"}}}"#),
    ]);
    let sources = Sources::new();
    let chart = folder.load(&sources).unwrap();
    let process = |given: &[&str]| {
        let set = given.iter().map(|&given| given.into()).collect();
        let given = Overrides { set, ..Overrides::default() }.merge(&sources).unwrap();
        chart.process(&given, &Choice::default(), Schemas::Readable)
    };
    let refused = process(&[]).unwrap_err();
    let expected = "s:\n- tag: Invalid type. Expected: string, given: integer\n";
    assert!(refused.message.ends_with(expected) && !refused.message.contains("example.com"), "{refused}");
    let processed = process(&["s.tag=x"]).unwrap();
    let [unread] = processed.unread.as_slice() else { panic!("{:?}", processed.unread) };
    let expected = "the values of x are not held against its schema: schema cannot be resolved (references to other files \
                    are not followed): https://example.com/x.json, mirrorlint's bound";
    assert_eq!(unread.message, expected);
    assert!(unread.path.ends_with("values.schema.json") && unread.span.is_some());
    assert!(chart.process(&Value::Null(None), &Choice::default(), Schemas::All).is_err());
}

#[test]
fn subcharts_have_their_own_schemas_and_places() {
    let folder = Folder::new(&[
        ("Chart.yaml", ROOT),
        ("values.schema.json", r#"{"required":["q"]}"#),
        ("values.yaml", "s: {tag: 5}\n"),
        ("charts/s/Chart.yaml", &metadata("s")),
        ("charts/s/values.schema.json", r#"{"properties":{"tag":{"type":"string"}}}"#),
    ]);
    let error = folder.process(&Overrides::default(), &Choice::default()).unwrap_err();
    assert_eq!(
        error.message,
        "values don't meet the specifications of the schema(s) in the following chart(s):\nx:\n- (root): q is required\n\
         s:\n- tag: Invalid type. Expected: string, given: integer\n"
    );
    let sources = Sources::new();
    let chart = folder.load(&sources).unwrap();
    let given = Overrides { set: vec!["q=1".into()], ..Overrides::default() }.merge(&sources).unwrap();
    let error = chart.process(&given, &Choice::default(), Schemas::All).unwrap_err();
    assert_eq!(sources.slice(error.span.unwrap()), "5");
    assert!(sources.get(error.span.unwrap().file).path().ends_with("values.yaml"));
    assert!(error.path.ends_with("charts/s/values.schema.json"));
}
