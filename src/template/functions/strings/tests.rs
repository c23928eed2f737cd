#![expect(clippy::single_range_in_vec_init, reason = "places are lists of ranges")]

use super::*;
use crate::source::{Layer, Sources, Text};

/// A text that stands at byte 100 of a values file.
fn placed(text: &str) -> Value {
    let file = Sources::new().add("values.yaml", format!("{:100}{text}", "").into());
    Value::String(Text::at(text, crate::source::Span::new(file, 100, 100 + text.len()), Layer::Values))
}

fn call(name: &str, arguments: &[Value]) -> Result<Text, std::string::String> {
    let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
    match (function.call)(arguments) {
        Ok(Value::String(text)) => Ok(text),
        Ok(other) => panic!("{other:?}"),
        Err(failure) => Err(failure.message),
    }
}

/// The parts of a text: what each says, and the bytes of the file that it came from.
fn places(text: &Text) -> Vec<(&str, Vec<std::ops::Range<usize>>)> {
    let ranges = |origins: crate::source::Origins| {
        origins.map_or_else(Vec::new, |origin| origin.places().iter().map(|(span, ..)| span.range()).collect())
    };
    text.parts().into_iter().map(|(range, origins)| (&text[range], ranges(origins))).collect()
}

#[test]
fn what_is_kept_keeps_its_place() {
    let kept = |name: &str, arguments: &[Value]| call(name, arguments).unwrap().exact_span().unwrap().range();
    assert_eq!(kept("trim", &[placed(" a b ")]), 101..104);
    assert_eq!(kept("trimPrefix", &[Value::string("v"), placed("v1.2")]), 101..104);
    assert_eq!(kept("trimSuffix", &[Value::string("-"), placed("ab-")]), 100..102);
    assert_eq!(kept("trimAll", &[Value::string("xy"), placed("yxay")]), 102..103);
    assert_eq!(kept("trunc", &[Value::int(-2), placed("abcd")]), 102..104);
    assert_eq!(kept("substr", &[Value::int(1), Value::int(3), placed("abcd")]), 101..103);
    assert_eq!(kept("replace", &[Value::string("x"), Value::string("y"), placed("abc")]), 100..103);
    assert_eq!(kept("lower", &[placed("v1.2")]), 100..104);
    assert_eq!(kept("join", &[Value::string(","), Value::list(vec![placed("ab")])]), 100..102);
}

#[test]
fn a_text_that_was_emptied_keeps_its_place() {
    for (name, arguments) in [
        ("trim", vec![placed("  ")]),
        ("nospace", vec![placed("  ")]),
        ("trunc", vec![Value::int(0), placed("ab")]),
        ("replace", vec![Value::string("a"), Value::string(""), placed("aa")]),
    ] {
        assert!(call(name, &arguments).unwrap().origins().is_some(), "{name}");
    }
}

#[test]
fn added_text_and_replacements_have_origins_of_their_own() {
    let indented = call("nindent", &[Value::int(2), placed("ab\ncd")]).unwrap();
    assert_eq!(places(&indented), [("\n  ", vec![]), ("ab\n", vec![100..103]), ("  ", vec![]), ("cd", vec![103..105])]);
    let replaced = call("replace", &[Value::string("+"), placed("_"), Value::string("1+2")]).unwrap();
    assert_eq!(places(&replaced), [("1", vec![]), ("_", vec![100..101]), ("2", vec![])]);
    let quoted = call("quote", &[placed("a\nb")]).unwrap();
    let expected =
        [("\"", vec![]), ("a", vec![100..101]), ("\\n", vec![101..102]), ("b", vec![102..103]), ("\"", vec![])];
    assert_eq!(places(&quoted), expected);
    let kebab = call("kebabcase", &[placed("fooBar")]).unwrap();
    let expected = [("foo", vec![100..103]), ("-", vec![]), ("b", vec![103..104]), ("ar", vec![104..106])];
    assert_eq!(places(&kebab), expected);
    let camel = call("camelcase", &[placed("a_bc")]).unwrap();
    assert_eq!(places(&camel), [("A", vec![100..101]), ("B", vec![102..103]), ("c", vec![103..104])]);
}

#[test]
fn split_parts_keep_their_places() {
    let function = FUNCTIONS.iter().find(|function| function.name == "splitList").unwrap();
    let Value::List(list) = (function.call)(&[Value::string("/"), placed("ab/c")]).unwrap() else { panic!("no list") };
    let spans: Vec<_> = list.items.iter().map(|item| item.origins().unwrap().places()[0].0.range()).collect();
    assert_eq!(spans, [100..102, 103..104]);
}

#[test]
fn counts_that_would_exhaust_memory_are_refused() {
    let huge = Value::int(i64::MAX);
    let overflow = "strings: Repeat count causes overflow";
    assert_eq!(call("repeat", &[huge.clone(), Value::string("ab")]).unwrap_err(), overflow);
    for (name, arguments) in [
        ("repeat", vec![Value::int(200 << 20), Value::string("ab")]),
        ("indent", vec![huge.clone(), Value::string("ab")]),
        ("indent", vec![Value::int(200 << 20), Value::string("a\nb\nc")]),
    ] {
        assert_eq!(
            call(name, &arguments).unwrap_err(),
            "the text is larger than 67108864 bytes, mirrorlint's bound",
            "{name}"
        );
    }
    assert_eq!(call("trunc", &[Value::int(i64::MIN), Value::string("ab")]).unwrap(), "ab");
    assert_eq!(call("wrap", &[huge.clone(), Value::string("a b")]).unwrap(), "a b");
    assert_eq!(call("abbrevboth", &[huge.clone(), huge, Value::string("ab")]).unwrap(), "ab");
}

#[test]
fn shuffling_leaves_the_letters() {
    assert_eq!(call("shuffle", &[Value::string("abc")]).unwrap().len(), 3);
}
