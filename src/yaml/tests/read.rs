//! Reading: values and errors.

use std::sync::Arc;

use super::*;

/// `fromYaml TEXT | toJson` of a template.
fn from_yaml(text: &str) -> String {
    with_error(load_map(&file(text), "map[string]interface {}").map(Some))
}

fn with_error(result: Result<Option<Arc<Map>>, Error>) -> String {
    let value = match result {
        Ok(Some(map)) => Value::Map(map),
        Ok(None) => Value::Null(None),
        Err(error) => Value::Map(Arc::new(Map::from([(Text::new("Error"), Value::String(Text::new(&error.message)))]))),
    };
    emit_json(&value).unwrap().to_string()
}

#[test]
fn yaml_reads_as_helm_reads_it() {
    for (yaml, json) in [
        ("a: ~", r#"{"a":null}"#),
        ("a:", r#"{"a":null}"#),
        ("a: yes", r#"{"a":true}"#),
        ("a: 'yes'", r#"{"a":"yes"}"#),
        ("y: 1", r#"{"true":1}"#),
        ("a: 010", r#"{"a":8}"#),
        ("a: 08", r#"{"a":8}"#),
        ("a: 0o7", r#"{"a":7}"#),
        ("a: 0b1", r#"{"a":1}"#),
        ("a: 1_000", r#"{"a":1000}"#),
        ("a: 0x1F", r#"{"a":31}"#),
        ("a: 1:30", r#"{"a":"1:30"}"#),
        ("a: 905418368575", r#"{"a":905418368575}"#),
        ("a: 0.10", r#"{"a":0.1}"#),
        ("a: 1.10", r#"{"a":1.1}"#),
        ("a: 1e3", r#"{"a":1000}"#),
        ("a: 1e400", r#"{"a":"1e400"}"#),
        ("a: .5", r#"{"a":0.5}"#),
        ("a: 20240101", r#"{"a":20240101}"#),
        ("a: 2024-01-01", r#"{"a":"2024-01-01"}"#),
        ("a: 18446744073709551615", r#"{"a":18446744073709552000}"#),
        ("a: 123456789012345678901234567890", r#"{"a":1.2345678901234568e+29}"#),
        ("a: <<", r#"{"a":"\u003c\u003c"}"#),
        ("a: =", r#"{"a":"="}"#),
        ("1: a\n1.5: b\ntrue: c\n010: d", r#"{"1":"a","1.5":"b","8":"d","true":"c"}"#),
        (
            "~: a",
            r#"{"Error":"error converting YAML to JSON: Unsupported map key of type: %!s(\u003cnil\u003e), key: \u003cnil\u003e, value: \"a\""}"#,
        ),
        ("a: .inf", r#"{"Error":"error converting YAML to JSON: json: unsupported value: +Inf"}"#),
        ("a: .nan", r#"{"Error":"error converting YAML to JSON: json: unsupported value: NaN"}"#),
        ("a: .inf\na: 1", r#"{"a":1}"#),
        ("b: -.inf\na: .nan", r#"{"Error":"error converting YAML to JSON: json: unsupported value: NaN"}"#),
        (
            "~: -.inf",
            r#"{"Error":"error converting YAML to JSON: Unsupported map key of type: %!s(\u003cnil\u003e), key: \u003cnil\u003e, value: -Inf"}"#,
        ),
        ("a: !!str 12", r#"{"a":"12"}"#),
        ("a: !!int x", r#"{"Error":"error converting YAML to JSON: yaml: cannot decode !!str `x` as a !!int"}"#),
        ("a: !!float 1", r#"{"a":1}"#),
        ("a: !!binary aGVsbG8=", r#"{"a":"hello"}"#),
        ("a: !local 12", r#"{"a":"12"}"#),
        ("a: &x {b: 1}\nc:\n  b: 2\n  <<: *x", r#"{"a":{"b":1},"c":{"b":1}}"#),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2", r#"{"a":{"b":1},"c":{"b":2}}"#),
        ("a: {<<: [{b: 1}, {b: 2, c: 3}]}", r#"{"a":{"b":1,"c":3}}"#),
        (
            "a: {<<: 1}",
            r#"{"Error":"error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"}"#,
        ),
        ("a: 1\na: 2", r#"{"a":2}"#),
        ("a: *x", r#"{"Error":"error converting YAML to JSON: yaml: unknown anchor 'x' referenced"}"#),
        ("a: &x [*x]", r#"{"Error":"error converting YAML to JSON: yaml: anchor 'x' value contains itself"}"#),
        ("[a]: b", r#"{"Error":"error converting YAML to JSON: yaml: invalid map key: []interface {}{\"a\"}"}"#),
        ("? a\n: b\n? c", r#"{"a":"b","c":null}"#),
        (
            "[a, b: c, ? d]: 1",
            r#"{"Error":"error converting YAML to JSON: yaml: invalid map key: []interface {}{\"a\", map[interface {}]interface {}{\"b\":\"c\"}, map[interface {}]interface {}{\"d\":interface {}(nil)}}"}"#,
        ),
        ("a: {b, c: , d: e}", r#"{"a":{"b":null,"c":null,"d":"e"}}"#),
        ("a: [b: c, ? d : e]", r#"{"a":[{"b":"c"},{"d":"e"}]}"#),
        ("a: 'it''s'", r#"{"a":"it's"}"#),
        ("a: \"x\\\n  y\\tz\"", r#"{"a":"xy\tz"}"#),
        ("a: \"b\n\n  c\"", r#"{"a":"b\nc"}"#),
        ("a: b\n  c\n\n  d", r#"{"a":"b c\nd"}"#),
        ("a: |\n  b\n   c\n\nd: e", r#"{"a":"b\n c\n","d":"e"}"#),
        ("a: >-\n  b\n  c\n\n  d\n   e\n  f\n", r#"{"a":"b c\nd\n e\nf"}"#),
        ("a: |+\n  b\n\n", r#"{"a":"b\n\n"}"#),
        ("a: |2\n    b\n", r#"{"a":"  b\n"}"#),
        (
            "a: b: c",
            r#"{"Error":"error converting YAML to JSON: yaml: mapping values are not allowed in this context"}"#,
        ),
        ("a:\n- b\n c", r#"{"a":["b c"]}"#),
        ("a: @b", r#"{"Error":"error converting YAML to JSON: yaml: found character that cannot start any token"}"#),
        ("a: `b", r#"{"Error":"error converting YAML to JSON: yaml: found character that cannot start any token"}"#),
        ("a: %b", r#"{"Error":"error converting YAML to JSON: yaml: found character that cannot start any token"}"#),
        ("a: 'b", r#"{"Error":"error converting YAML to JSON: yaml: found unexpected end of stream"}"#),
        (r#"a: "\q""#, r#"{"Error":"error converting YAML to JSON: yaml: found unknown escape character"}"#),
        ("a: [b", r#"{"Error":"error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"}"#),
        ("a: {b: c", r#"{"Error":"error converting YAML to JSON: yaml: line 1: did not find expected ',' or '}'"}"#),
        (
            "a:\n\t- b",
            r#"{"Error":"error converting YAML to JSON: yaml: line 2: found character that cannot start any token"}"#,
        ),
        ("\ta: b", r#"{"Error":"error converting YAML to JSON: yaml: found character that cannot start any token"}"#),
        (
            "a: b\n\tc: d",
            r#"{"Error":"error converting YAML to JSON: yaml: line 2: found a tab character that violates indentation"}"#,
        ),
        (
            "a: |\n\tb",
            r#"{"Error":"error converting YAML to JSON: yaml: line 2: found a tab character where an indentation space is expected"}"#,
        ),
        (
            "a: -\n  b",
            r#"{"Error":"error converting YAML to JSON: yaml: block sequence entries are not allowed in this context"}"#,
        ),
        (
            "- a",
            r#"{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"}"#,
        ),
        (
            "a",
            r#"{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}"}"#,
        ),
        (
            "12",
            r#"{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go value of type map[string]interface {}"}"#,
        ),
        ("a: !x!y z", r#"{"Error":"error converting YAML to JSON: yaml: found undefined tag handle"}"#),
        (
            "%YAML 1.2\n---\na: b",
            r#"{"Error":"error converting YAML to JSON: yaml: found incompatible YAML document"}"#,
        ),
        ("%YAML 1.1\n---\na: b", r#"{"a":"b"}"#),
        ("a: b\n---\nc: d", r#"{"a":"b"}"#),
        ("a: b\n...\nc: d", r#"{"a":"b"}"#),
        (
            "--- a: b",
            r#"{"Error":"error converting YAML to JSON: yaml: mapping values are not allowed in this context"}"#,
        ),
        ("a: b\nc\nd: e", r#"{"Error":"error converting YAML to JSON: yaml: line 3: could not find expected ':'"}"#),
        (
            "a: 1\n  b: 2",
            r#"{"Error":"error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"}"#,
        ),
        ("a: \u{1}", r#"{"Error":"error converting YAML to JSON: yaml: control characters are not allowed"}"#),
        ("a: b # c", r#"{"a":"b"}"#),
        ("a: b#c", r#"{"a":"b#c"}"#),
        (
            "a:b",
            r#"{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}"}"#,
        ),
        ("a: {b:c}", r#"{"a":{"b:c":null}}"#),
        ("a: [1,2]", r#"{"a":[1,2]}"#),
        ("a: {b: c}}", r#"{"Error":"error converting YAML to JSON: yaml: did not find expected key"}"#),
        (r#"a: "\U0001F680""#, "{\"a\":\"🚀\"}"),
        ("# only a comment", "{}"),
        ("", "{}"),
        ("a: b\r\nc: d\r\n", r#"{"a":"b","c":"d"}"#),
        ("\u{feff}a: b", r#"{"a":"b"}"#),
        (
            "[]: a",
            r#"{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"}"#,
        ),
        ("? []\n: a", r#"{"Error":"error converting YAML to JSON: yaml: invalid map key: []interface {}{}"}"#),
    ] {
        assert_eq!(from_yaml(yaml), json, "{yaml:?}");
    }
}

#[test]
fn json_reads_as_helm_reads_it() {
    for (text, json) in [
        ("", r#"{"Error":"unexpected end of JSON input"}"#),
        ("nul", r#"{"Error":"invalid character ' ' in literal null (expecting 'l')"}"#),
        (r#"{"a" 1}"#, r#"{"Error":"invalid character '1' after object key"}"#),
        (r#"{"a":1"#, r#"{"Error":"unexpected end of JSON input"}"#),
        ("{a:1}", r#"{"Error":"invalid character 'a' looking for beginning of object key string"}"#),
        (r#"{"a":1,}"#, r#"{"Error":"invalid character '}' looking for beginning of object key string"}"#),
        ("[1,]", r#"{"Error":"invalid character ']' looking for beginning of value"}"#),
        ("[1 2]", r#"{"Error":"invalid character '2' after array element"}"#),
        (r#"{"a":01}"#, r#"{"Error":"invalid character '1' after object key:value pair"}"#),
        (r#"{"a":1.}"#, r#"{"Error":"invalid character '}' after decimal point in numeric literal"}"#),
        ("{\"a\":\"\u{1}\"}", r#"{"Error":"invalid character '\\x01' in string literal"}"#),
        (r#"{"a":"\x"}"#, r#"{"Error":"invalid character 'x' in string escape code"}"#),
        (r#"{"a":"\u12"}"#, r#"{"Error":"invalid character '\"' in \\u hexadecimal character escape"}"#),
        ("{} x", r#"{"Error":"invalid character 'x' after top-level value"}"#),
        ("1", r#"{"Error":"json: cannot unmarshal number into Go value of type map[string]interface {}"}"#),
        (r#""x""#, r#"{"Error":"json: cannot unmarshal string into Go value of type map[string]interface {}"}"#),
        ("[]", r#"{"Error":"json: cannot unmarshal array into Go value of type map[string]interface {}"}"#),
        ("true", r#"{"Error":"json: cannot unmarshal bool into Go value of type map[string]interface {}"}"#),
        ("null", "null"),
        (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        (r#"{"a":"\ud83d\ude00\ud800"}"#, "{\"a\":\"😀�\"}"),
        ("{'a':1}", r#"{"Error":"invalid character '\\'' looking for beginning of object key string"}"#),
        (r#"{"a":tru}"#, r#"{"Error":"invalid character '}' in literal true (expecting 'e')"}"#),
        ("-", r#"{"Error":"invalid character ' ' in numeric literal"}"#),
    ] {
        assert_eq!(with_error(load_json_map(&file(text))), json, "{text:?}");
    }
    let error = load_json(&file("[1e400]")).unwrap_err();
    assert_eq!(error.message, "json: cannot unmarshal number 1e400 into Go value of type float64");
}

#[test]
fn a_bad_byte_is_refused_before_anything_else_of_its_block() {
    let refused = |bytes: &[u8]| load(&file(&crate::source::from_bytes(bytes))).unwrap_err().message;
    let words = |problem: &str| format!("error converting YAML to JSON: yaml: {problem}");
    assert_eq!(refused(b"a: b: c\nd: \x7f"), words("control characters are not allowed"));
    assert_eq!(refused(b"a: \xff"), words("invalid leading UTF-8 octet"));
    assert_eq!(refused(b"a: \xc3("), words("invalid trailing UTF-8 octet"));
    assert_eq!(refused(b"a: \xc0\x80"), words("invalid length of a UTF-8 sequence"));
    assert_eq!(refused(b"a: \xed\xa0\x80"), words("invalid Unicode character"));
    assert_eq!(refused(b"a: \xc3"), words("incomplete UTF-8 octet sequence"));
    let far = format!("a: b: c\nd: {}\u{7f}", "x".repeat(600));
    assert_eq!(refused(far.as_bytes()), words("mapping values are not allowed in this context"));
}

#[test]
fn strict_reading_refuses_duplicate_keys() {
    let error = load_strict(&file("a: 1\nb: 2\na: 3\n1: x\n'1': y\nb: 4\n")).unwrap_err();
    let words = "error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key \"a\" already set in map\n  \
                 line 6: key \"b\" already set in map";
    assert_eq!(error.message, words);
    assert_eq!(error.range, 10..11);
    assert!(load_strict(&file("a: 1\nb: {a: 1}")).is_ok());
}

#[test]
fn values_files_of_several_documents_are_merged() {
    let values = load_values(&file("a: {b: 1, c: 2}\n---\na: {b: 3}\nd: 4\n--- \n# nothing\n---\ne: ~\n")).unwrap();
    assert_eq!(emit_json(&Value::Map(values)).unwrap(), r#"{"a":{"b":3,"c":2},"d":4,"e":null}"#);
    let values = load_values(&file("%YAML 1.1\n# one\n\n---\na: 1\n---\nb: 2\n")).unwrap();
    assert_eq!(emit_json(&Value::Map(values)).unwrap(), r#"{"a":1,"b":2}"#);
    let error = load_values(&file("a: 1\n---\nb: c: d\n")).unwrap_err();
    assert_eq!(error.range, 13..14);
    assert_eq!(error.line, 3);
    assert!(error.message.starts_with("cannot unmarshal yaml document: error converting YAML to JSON: yaml: "));
    let texts: Vec<String> = split(&file("---\na\n---\nb\n--- # c\n")).iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["---\na\n", "b\n--- # c\n"]);
}

#[test]
fn where_go_wants_a_string_numbers_pass_through_single_precision() {
    let stream = parse(&file("[1.10, 010, 1234567890, 1e10, yes, '1.10', ~, 2024-01-01, 0.123456789]")).unwrap();
    let read: Vec<_> =
        stream.documents[0].root().items().map(|item| item.to_go_string().map(|text| text.to_string())).collect();
    let read: Vec<_> = read.iter().map(Option::as_deref).collect();
    let expected = [
        Some("1.1"),
        Some("8"),
        Some("1234567890"),
        Some("1e+10"),
        Some("true"),
        Some("1.10"),
        None,
        Some("2024-01-01"),
    ];
    assert_eq!(read[..8], expected);
    assert_eq!(read[8], Some("0.12345679"));
}
