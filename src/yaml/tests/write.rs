//! Writing: `toYaml`, `toJson` and their like.

use std::sync::Arc;

use super::*;

fn to_yaml(value: &Value) -> String {
    emit(value).unwrap().strip_suffix('\n').unwrap().to_owned()
}

#[test]
fn strings_are_quoted_and_folded_as_helm_does() {
    for (string, yaml) in [
        ("", r#""""#),
        ("a", "a"),
        (" a", "' a'"),
        ("a ", "'a '"),
        ("~", r#""~""#),
        ("null", r#""null""#),
        ("yes", r#""yes""#),
        ("y", r#""y""#),
        ("on", r#""on""#),
        ("0", r#""0""#),
        ("1", r#""1""#),
        ("0x1", r#""0x1""#),
        ("0o7", r#""0o7""#),
        ("1e3", r#""1e3""#),
        ("1_000", r#""1_000""#),
        ("1.0", r#""1.0""#),
        (".5", r#"".5""#),
        (".inf", r#"".inf""#),
        ("12:30", r#""12:30""#),
        ("1:2:3", r#""1:2:3""#),
        ("2024-01-01", r#""2024-01-01""#),
        ("2001-12-14 21:59:43", r#""2001-12-14 21:59:43""#),
        ("-", "'-'"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        ("--", "--"),
        ("---", "'---'"),
        ("--- a", "'--- a'"),
        ("...", "'...'"),
        ("?", "'?'"),
        ("? a", "'? a'"),
        ("?a", "?a"),
        (":", "':'"),
        ("a:", "'a:'"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        (":a", ":a"),
        ("#", "'#'"),
        ("# a", "'# a'"),
        ("a # b", "'a # b'"),
        ("a#b", "a#b"),
        ("!a", "'!a'"),
        ("&a", "'&a'"),
        ("*a", "'*a'"),
        ("|", "'|'"),
        (">", "'>'"),
        ("%", "'%'"),
        ("@a", "'@a'"),
        ("`", "'`'"),
        ("'", "''''"),
        (r#"""#, r#"'"'"#),
        ("a'b", "a'b"),
        (r#"a"b"#, r#"a"b"#),
        (r"\", r"\"),
        ("[", "'['"),
        ("[a]", "'[a]'"),
        ("{}", "'{}'"),
        ("a, b", "a, b"),
        (",", "','"),
        ("=", "="),
        ("<<", "<<"),
        ("<a>&", "<a>&"),
        ("\t", r#""\t""#),
        ("a\tb", r#""a\tb""#),
        ("\n", "|2+\n"),
        ("a\n", "|\n  a"),
        ("\na", "|2-\n\n  a"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\nb\n\n", "|+\n  a\n  b\n"),
        (" a\nb", "|2-\n   a\n  b"),
        ("a \nb", r#""a \nb""#),
        ("a\n b", "|-\n  a\n   b"),
        ("a\nb ", r#""a\nb ""#),
        ("a\r\nb", r#""a\r\nb""#),
        ("\r", r#""\r""#),
        ("\u{0}", r#""\0""#),
        ("\u{7}", r#""\a""#),
        ("\u{1b}", r#""\e""#),
        ("é", "é"),
        ("日本語", "日本語"),
        ("\u{a0}", "\u{a0}"),
        ("\u{85}", "' '"),
        ("a\u{85}b", "a b"),
        ("\u{2028}", "'\u{2028}'"),
        ("a\u{2028}b", "'a\u{2028}  b'"),
        ("\u{feff}a", r#""\uFEFF\x61""#),
        ("�", "�"),
        ("\u{200b}", "\u{200b}"),
        (
            "word word word word word word word word word word word word word word word word word word",
            "word word word word word word word word word word word word word word word word\n  word word",
        ),
        (
            "word word word word word word word word word word word word word word word word word word ",
            "'word word word word word word word word word word word word word word word word\n  word word '",
        ),
        (
            "'word word word word word word word word word word word word word word word word word word '",
            "'''word word word word word word word word word word word word word word word word\n  word word '''",
        ),
        (
            ": word word word word word word word word word word word word word word word word word word",
            "': word word word word word word word word word word word word word word word word\n  word word'",
        ),
        (
            "12:30 word word word word word word word word word word word word word word word word word word \tword ",
            "\"12:30 word word word word word word word word word word word word word word word\n  word word word \\tword \"",
        ),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n  y",
        ),
        (
            "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a ",
            "'a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a\n  a a a a a a '",
        ),
        (
            "word  word  word  word  word  word  word  word  word  word  word  word  word  word  word  word  ",
            "'word  word  word  word  word  word  word  word  word  word  word  word  word  word  word  word  '",
        ),
        (
            "word word word word word word word word word word word word word word word word word word \nword word word word word word word word word word word word word word word word word word \n",
            "\"word word word word word word word word word word word word word word word word\n  word word \\nword word word word word word word word word word word word word word\n  word word word word \\n\"",
        ),
        (
            "é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é ",
            "'é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é é\n  é é é é é é '",
        ),
    ] {
        let map = Map::from([(Text::new("v"), Value::String(Text::new(string)))]);
        assert_eq!(to_yaml(&Value::Map(Arc::new(map))), format!("v: {yaml}"), "{string:?}");
    }
}

#[test]
fn structures_are_laid_out_as_helm_does() {
    for (json, yaml) in [
        ("{}", "{}"),
        (r#"{"a":{}}"#, "a: {}"),
        (r#"{"a":[]}"#, "a: []"),
        (r#"{"a":[1,[2,[]],{"b":3,"c":[4]}]}"#, "a:\n- 1\n- - 2\n  - []\n- b: 3\n  c:\n  - 4"),
        (r#"{"a":{"b":{"c":null}}}"#, "a:\n  b:\n    c: null"),
        (r#"{"a":[[1,2],[3]]}"#, "a:\n- - 1\n  - 2\n- - 3"),
        (r#"{"a":[{}]}"#, "a:\n- {}"),
        (r#"{"a":[{"b":{"c":1}}]}"#, "a:\n- b:\n    c: 1"),
        (
            r#"{"a":1.5,"b":1e21,"c":100000000000000000000,"d":1e-7,"e":0.00001,"f":-0.0,"g":18446744073709551615,"h":9007199254740993,"i":true}"#,
            "a: 1.5\nb: 1e+21\nc: 1e+20\nd: 1e-07\ne: 1e-05\nf: 0\ng: 1.8446744073709552e+19\nh: 9007199254740992\ni: true",
        ),
        (r#"{"a10":1,"a2":2,"A":3,"1":4,"-":5,"b":6}"#, "'-': 5\n\"1\": 4\nA: 3\na2: 2\na10: 1\nb: 6"),
        (
            r#"{"yes":1,"1":2,"null":3,"":4,"a b":5,"a: b":6,"a\nb":7,"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk":8}"#,
            "\"\": 4\n\"1\": 2\n? |-\n  a\n  b\n: 7\na b: 5\n'a: b': 6\n? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n: 8\n\"null\": 3\n\"yes\": 1",
        ),
    ] {
        assert_eq!(to_yaml(&load_json(&Text::new(json)).unwrap()), yaml, "{json}");
    }
}

#[test]
fn json_is_written_as_go_writes_it() {
    let yaml = "a: \"<&>\\L\u{e9}\\b\\f\\x01\\t\\\"\"\nb: []\nc: {}\nd: [1, {e: 2}]\nf: 1e21\ng: 1e-7\nh: 100\n";
    let value = load(&Text::new(yaml)).unwrap();
    let compact = "{\"a\":\"\\u003c\\u0026\\u003e\\u2028é\\u0008\\u000c\\u0001\\t\\\"\",\"b\":[],\"c\":{},\"d\":[1,{\"e\":2}],\"f\":1e+21,\"g\":1e-7,\"h\":100}";
    let pretty = "{\n  \"a\": \"\\u003c\\u0026\\u003e\\u2028é\\u0008\\u000c\\u0001\\t\\\"\",\n  \"b\": [],\n  \"c\": {},\n  \"d\": [\n    1,\n    {\n      \"e\": 2\n    }\n  ],\n  \"f\": 1e+21,\n  \"g\": 1e-7,\n  \"h\": 100\n}";
    let raw = "{\"a\":\"<&>\\u2028é\\u0008\\u000c\\u0001\\t\\\"\",\"b\":[],\"c\":{},\"d\":[1,{\"e\":2}],\"f\":1e+21,\"g\":1e-7,\"h\":100}";
    assert_eq!(emit_json(&value).unwrap(), compact);
    assert_eq!(emit_json_pretty(&value).unwrap(), pretty);
    assert_eq!(emit_json_raw(&value).unwrap(), raw);
}

#[test]
fn what_json_or_yaml_cannot_hold_is_refused() {
    let refused = |value: Value| emit(&value).unwrap_err();
    assert_eq!(refused(Value::Float(f64::NAN, None)), "error marshaling into JSON: json: unsupported value: NaN");
    let text = |text: &str| Value::String(Text::new(text));
    let control = "error converting JSON to YAML: yaml: control characters are not allowed";
    assert_eq!(refused(text("\u{7f}")), control);
    assert_eq!(refused(text("\u{80}")), control);
    assert_eq!(refused(text("\u{ffff}")), control);
    let key = |key: &str| Value::Map(Arc::new(Map::from([(Text::new(key), Value::Null(None))])));
    assert!(emit(&key(&"k".repeat(1022))).is_ok());
    assert!(emit(&key(&"k".repeat(1023))).is_err());
    assert!(emit(&key("a\u{85}b")).is_err());
}

#[test]
fn written_text_knows_where_its_strings_came_from() {
    let text = file("image:\n  tag: v0.5.13\n  \"quoted\": 'it''s'\n  number: 0x10\n");
    let written = emit(&load(&text).unwrap()).unwrap();
    assert_eq!(written, "image:\n  number: 16\n  quoted: it's\n  tag: v0.5.13\n");
    let at = |part: &str| {
        let start = written.find(part).unwrap();
        written.slice(start..start + part.len())
    };
    assert_eq!(exact(&at("v0.5.13")), Some(14..21));
    assert_eq!(exact(&at("tag")), Some(9..12));
    assert_eq!(exact(&at("quoted")), Some(25..31));
    assert_eq!(places(&at("16").origins()), [(52, 56)]);
    let json = emit_json(&load(&text).unwrap()).unwrap();
    let start = json.find("v0.5.13").unwrap();
    assert_eq!(exact(&json.slice(start..start + 7)), Some(14..21));
}

#[test]
fn pretty_yaml_indents_sequences_and_folds_nothing() {
    let long = "word ".repeat(30);
    let yaml = format!(
        "a:\n- 1\n- b: c\n  d: [x, ['y']]\n- []\ne: 1000000\nf: {}\ng: \"a\\tb\"\nh: \"a\\tb\\nc\"\n",
        long.trim()
    );
    let pretty = format!(
        "a:\n  - 1\n  - b: c\n    d:\n      - x\n      - - \"y\"\n  - []\ne: 1e+06\nf: {}\ng: \"a\\tb\"\nh: |-\n  a\tb\n  c\n",
        long.trim()
    );
    assert_eq!(emit_pretty(&load(&Text::from(yaml)).unwrap()).unwrap(), pretty.as_str());
}
