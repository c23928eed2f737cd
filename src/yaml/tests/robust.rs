//! Hostile input: nothing panics, nothing overflows the stack, nothing explodes.

use proptest::prelude::*;

use super::*;

/// Reads and writes `text` in every way there is.
fn exercise(text: &str) {
    let text = file(text);
    if let Ok(stream) = parse(&text) {
        for document in &stream.documents {
            for data in &document.nodes {
                assert!(text.get(data.range.range()).is_some(), "{text:?}: {data:?}");
                assert!(text.get(data.first as usize..data.range.end as usize).is_some(), "{text:?}: {data:?}");
            }
            let _ = document.to_value();
            let _ = document.leaf_at(3);
        }
    }
    let errors = [parse(&text).err(), load_strict(&text).err(), load_values(&text).err(), load_json(&text).err()];
    for error in errors.into_iter().flatten() {
        assert!(text.get(error.range.clone()).is_some(), "{text:?}: {error:?}");
    }
    let keys = ["a", "key", "<<", ""];
    match (load(&text), load_entries(&text, &keys)) {
        (Ok(Value::Map(mut all)), Ok(Value::Map(some))) => {
            std::sync::Arc::make_mut(&mut all).retain(|key, _| keys.contains(&key.as_str()));
            let some = some.iter().filter(|(key, _)| keys.contains(&key.as_str())).collect::<Vec<_>>();
            assert_eq!(format!("{some:?}"), format!("{:?}", all.iter().collect::<Vec<_>>()));
        }
        (Ok(all), Ok(same)) => assert_eq!(format!("{same:?}"), format!("{all:?}")),
        (Err(one), Err(same)) => assert_eq!(one, same),
        (one, other) => panic!("{text}: {one:?}, {other:?}"),
    }
    for value in [load(&text).ok(), load_json(&text).ok(), Some(Value::String(text.clone()))].into_iter().flatten() {
        let _ = (emit_json(&value), emit_json_pretty(&value), emit_json_raw(&value));
        // Go writes a key that is called `<<` like one that merges.
        if let Ok(written) = emit(&value)
            && !written.contains("<<")
        {
            // What was written reads back the same (U+0085 and the like were folded on the way out).
            let again = load(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
            assert_eq!(emit(&again).as_ref(), Ok(&written));
        }
    }
}

fn fragment() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "\n",
        "\n",
        "  ",
        " ",
        "\t",
        "-",
        "- ",
        ":",
        ": ",
        "?",
        "? ",
        "#",
        " #",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!t ",
        "!!str ",
        "!!int ",
        "|",
        ">",
        "|-\n",
        "'",
        "\"",
        "%",
        "@",
        "`",
        "---",
        "---\n",
        "...\n",
        "\\",
        "<<: ",
        "a",
        "b: c",
        "\r\n",
        "\r",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\0",
        "\u{e9}",
        "\u{10feff}",
        "|2\n",
        ">+\n",
        "0",
        "1e3",
        "~",
        "%YAML 1.1\n",
        "%TAG ! x\n",
        "\u{1f680}",
        "\u{7f}",
        "null",
        "[]",
        "{}",
        "key: ",
        "  - ",
        "\\u12",
        "true",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_mixture_of_indicators_is_read_or_refused(parts in proptest::collection::vec(fragment(), 0..40)) {
        exercise(&parts.concat());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        exercise(&crate::source::from_bytes(&bytes));
    }
}

fn line() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "a:",
        "a:",
        "key: x",
        "- ",
        "-",
        "- a: 1",
        "- x y",
        "- - x",
        "- a:",
        "key: |",
        "a: >-",
        "- |",
        "text",
        "# c",
        "'q': v",
        "\"q\": 1",
        "a: 'v",
        "v'",
        "a: \"v",
        "\\n v\"",
        "a: x # c",
        "a: 'x' # c",
        "a: {}",
        "- []",
        "a: [x]",
        "---",
        "...",
        "a: b: c",
        "a: b:",
        "a: -1",
        "null: x",
        "1: x",
        "a: 'it''s'",
        "a: \u{fc}\u{2019}",
        "a: \u{2028}",
        "a:\t",
        "",
        "",
        "a: .inf",
        "a: <<",
        "a: http://x:1/ y",
        "a: x  ",
        "a : x",
        "a: !t x",
        "a: &b x",
        "a: *b",
        "? a",
        "a: 10e3",
        "- -",
        "~:",
        "a: [x, \"y\"]",
        "- [ a ]",
        "a: [x,]",
        "a: []",
        "[]",
        "{}",
        "a: .x",
        "- --x",
        "a: [x]: y",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn a_quick_look_is_never_wrong(lines in proptest::collection::vec((0..5_usize, line()), 1..9)) {
        let text = lines.iter().map(|(indent, line)| format!("{}{line}\n", " ".repeat(*indent))).collect::<String>();
        exercise(&text);
        exercise(text.trim());
    }
}

#[test]
fn deep_nesting_is_refused_within_a_small_stack() {
    let test = || {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("[a: ", "]"), ("{\"a\":", "}")] {
            for depth in [240, 5_000] {
                let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                let result = parse(&file(&text)).map(|stream| stream.documents.len());
                assert_eq!(result.is_ok(), depth < 250, "{open}: {result:?}");
                exercise(&text);
            }
        }
        let blocks: String = (0..240).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        exercise(&blocks);
        let chain: String = (1..600).map(|index| format!("- &a{index} [*a{}]\n", index - 1)).collect();
        assert!(load(&file(&format!("- &a0 x\n{chain}"))).is_err());
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn aliases_do_not_explode() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let error = load(&file(&text)).unwrap_err();
    assert_eq!(error.message, "error converting YAML to JSON: yaml: document contains excessive aliasing");
}
