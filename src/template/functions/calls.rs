//! Calls functions of these families by name, for unit tests: what no template can show (provenance, sharing), what differs from
//! Helm 3.10 on purpose, and values that must not hang.

use std::collections::BTreeMap;

use super::*;
use crate::source::{Layer, Sources, Text};
use crate::template::value::{Element, IntKind, MapKind};

fn families() -> impl Iterator<Item = &'static Function> {
    [
        builtins::FUNCTIONS,
        compare::FUNCTIONS,
        convert::FUNCTIONS,
        defaults::FUNCTIONS,
        dicts::FUNCTIONS,
        escape::FUNCTIONS,
        lists::FUNCTIONS,
        math::FUNCTIONS,
        types::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

fn call(name: &str, arguments: &[Value]) -> Outcome {
    let function = families().find(|function| function.name == name).unwrap();
    assert!(arguments.len() >= function.parameters.len(), "{name} takes more arguments");
    (function.call)(arguments)
}

fn shown(name: &str, arguments: &[Value]) -> String {
    match call(name, arguments) {
        Ok(value) => format::print(&value).to_string(),
        Err(failure) => format!("error: {}", failure.message),
    }
}

fn string(text: &str) -> Value {
    Value::string(text)
}

fn dict(entries: &[(&str, Value)]) -> Value {
    Value::map(entries.iter().map(|(key, value)| (Text::new(key), value.clone())).collect::<BTreeMap<_, _>>())
}

fn endless() -> Value {
    let map = dict(&[("a", Value::int(1))]);
    call("set", &[map.clone(), string("self"), map.clone()]).unwrap();
    call("set", &[map.clone(), string("again"), map]).unwrap()
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::list(Vec::new()), |inner, _| Value::list(vec![inner]))
}

/// A text whose every byte is at its own place in a file.
fn located(text: &str) -> Text {
    Text::of_file(Sources::new().add("values.yaml", text.into()), text.into(), Layer::Values)
}

fn ranges(text: &Text) -> Vec<(u32, u32)> {
    let places = text.origins().map_or_else(Vec::new, |origin| origin.places());
    places.into_iter().map(|(span, ..)| (span.start, span.end)).collect()
}

#[test]
fn no_name_is_taken_twice() {
    let mut names: Vec<_> = families().map(|function| function.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn printf_keeps_each_part_at_its_place() {
    let file = located("%s:%s nginx 1.25");
    let (format, repository, tag) = (file.slice(0..5), file.slice(6..11), file.slice(12..16));
    let Value::String(image) =
        call("printf", &[format.into_value(), repository.into_value(), tag.into_value()]).unwrap()
    else {
        panic!("printf gives a string");
    };
    assert_eq!(image, "nginx:1.25");
    assert_eq!(ranges(&image.slice(0..5)), [(6, 11)]);
    assert_eq!(ranges(&image.slice(5..6)), [(2, 3)]);
    assert_eq!(ranges(&image.slice(7..9)), [(13, 15)]);
}

trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Text {
    fn into_value(self) -> Value {
        Value::String(self)
    }
}

#[test]
fn printing_a_list_keeps_the_places_of_its_members() {
    let file = located("abc");
    let list = Value::list(vec![file.slice(0..1).into_value(), file.slice(2..3).into_value()]);
    let printed = format::print(&list);
    assert_eq!(printed, "[a c]");
    assert_eq!(ranges(&printed.slice(3..4)), [(2, 3)]);
}

#[test]
fn numbers_keep_what_they_were_computed_from() {
    let file = located("12 30");
    let sum = call("add", &[file.slice(0..2).into_value(), file.slice(3..5).into_value()]).unwrap();
    assert_eq!(format::print(&sum), "42");
    assert_eq!(ranges(&format::print(&sum)), [(0, 2), (3, 5)]);
}

#[test]
fn quoting_and_escaping_keep_what_they_leave_alone() {
    let file = located("a\"b");
    let Value::String(quoted) = call("printf", &[string("%q"), file.clone().into_value()]).unwrap() else { panic!() };
    assert_eq!(quoted, r#""a\"b""#);
    assert_eq!(ranges(&quoted.slice(1..2)), [(0, 1)]);
    assert_eq!(ranges(&quoted.slice(2..4)), [(1, 2)]);
    assert_eq!(ranges(&quoted.slice(4..5)), [(2, 3)]);
    let Value::String(html) = call("html", &[file.into_value()]).unwrap() else { panic!() };
    assert_eq!(html, "a&#34;b");
    assert_eq!(ranges(&html.slice(6..7)), [(2, 3)]);
}

#[test]
fn an_empty_text_keeps_its_place_when_quoted() {
    let empty = located("tag: \"\"").slice(6..6);
    let Value::String(quoted) = call("printf", &[string("%q"), empty.into_value()]).unwrap() else { panic!() };
    assert_eq!(ranges(&quoted), [(6, 6)]);
}

#[test]
fn values_that_contain_themselves_end() {
    let map = endless();
    assert_eq!(format::print(&map), "map[a:1 again:... self:...]");
    let overflow = "error: stack overflow: the value contains itself";
    assert_eq!(shown("print", std::slice::from_ref(&map)), overflow);
    assert_eq!(shown("deepCopy", std::slice::from_ref(&map)), overflow);
    assert_eq!(shown("deepEqual", &[map.clone(), endless()]), "true");
    assert_eq!(shown("merge", &[endless(), map.clone()]), overflow);
    assert_eq!(shown("len", std::slice::from_ref(&map)), "3");
    assert_eq!(shown("empty", std::slice::from_ref(&map)), "false");
    assert!(map.origins().is_none());
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = nested(20_000);
    assert!(shown("print", std::slice::from_ref(&deep)).starts_with("error: stack overflow"));
    assert!(shown("deepCopy", std::slice::from_ref(&deep)).starts_with("error: stack overflow"));
    assert_eq!(shown("deepEqual", &[deep.clone(), nested(20_000)]), "false");
    assert_eq!(shown("len", std::slice::from_ref(&deep)), "1");
    assert!(deep.origins().is_none());
}

#[test]
fn values_that_share_members_are_compared_once() {
    let doubled = || (0..60).fold(Value::list(Vec::new()), |inner, _| Value::list(vec![inner.clone(), inner]));
    assert_eq!(shown("deepEqual", &[doubled(), doubled()]), "true");
    assert!(shown("print", &[doubled()]).starts_with("error"));
    assert!(doubled().origins().is_none());
}

#[test]
fn merging_shares_what_the_destination_lacked() {
    let (first, second) =
        (dict(&[("n", dict(&[("a", Value::int(1))]))]), dict(&[("n", dict(&[("b", Value::int(2))]))]));
    let merged = call("merge", &[dict(&[]), first.clone(), second.clone()]).unwrap();
    assert_eq!(format::print(&merged), "map[n:map[a:1 b:2]]");
    assert_eq!(format::print(&first), "map[n:map[a:1 b:2]]");
    assert_eq!(format::print(&second), "map[n:map[b:2]]");
}

#[test]
fn merging_a_map_into_itself_changes_nothing() {
    let map = dict(&[("a", Value::int(1))]);
    assert_eq!(shown("merge", &[map.clone(), map.clone()]), "map[a:1]");
    assert_eq!(shown("mergeOverwrite", &[map.clone(), map]), "map[a:1]");
}

#[test]
fn anything_compares_with_nil_in_newer_go() {
    assert_eq!(shown("eq", &[dict(&[]), Value::Nil]), "false");
    assert_eq!(shown("ne", &[Value::list(Vec::new()), Value::Nil]), "true");
    assert_eq!(shown("eq", &[Value::Nil, Value::Nil]), "true");
    assert_eq!(shown("eq", &[string(""), Value::Nil]), "false");
    let (nil_map, nil_list) = (Value::nil_map(MapKind::Any), Value::list_or_nil(Element::String, Vec::new()));
    assert_eq!(shown("eq", &[nil_map.clone(), Value::Nil]), "true");
    assert_eq!(shown("eq", &[Value::Nil, nil_list.clone()]), "true");
    assert_eq!(shown("eq", &[nil_map.clone(), dict(&[])]), "false");
    assert_eq!(shown("eq", &[nil_list.clone(), nil_list.clone()]), "true");
    assert_eq!(shown("eq", &[dict(&[]), Value::Nil, Value::Nil]), "false");
    assert!(shown("eq", &[dict(&[]), dict(&[])]).starts_with("error: uncomparable type"));
    assert!(shown("eq", &[nil_map, nil_list]).starts_with("error: uncomparable type"));
}

#[test]
fn endless_counting_is_refused() {
    assert!(shown("until", &[Value::int(i64::MAX)]).starts_with("error: more than"));
    assert!(shown("seq", &[Value::int(i64::MIN)]).starts_with("error: more than"));
    assert_eq!(
        shown("untilStep", &[Value::int(i64::MAX - 1), Value::int(i64::MAX), Value::int(7)]),
        format!("[{}]", i64::MAX - 1)
    );
}

#[test]
fn extreme_arithmetic_wraps_or_is_refused() {
    let (least, minus_one) = (Value::int(i64::MIN), Value::int(-1));
    assert_eq!(shown("div", &[least.clone(), minus_one.clone()]), i64::MIN.to_string());
    assert_eq!(shown("mod", &[least.clone(), minus_one]), "0");
    assert_eq!(shown("sub", &[least, Value::int(1)]), i64::MAX.to_string());
    let huge = Value::Float(1e308, None);
    assert_eq!(shown("mulf", &vec![huge.clone(); 40]), "+Inf");
    let tiny = Value::Float(1e-308, None);
    let mut arguments = vec![huge];
    arguments.extend(vec![tiny; 100]);
    assert_eq!(shown("divf", &arguments), "error: the number has too many digits");
}

#[test]
fn named_integers_print_their_names() {
    let hour = Value::Int(3_600_000_000_000, IntKind::Duration, None);
    assert_eq!(
        shown("printf", &[string("%v %s %d %q"), hour.clone(), hour.clone(), hour.clone(), hour.clone()]),
        "1h0m0s 1h0m0s 3600000000000 \"1h0m0s\""
    );
    assert_eq!(shown("typeOf", std::slice::from_ref(&hour)), "time.Duration");
    assert_eq!(shown("kindOf", &[hour]), "int64");
    assert_eq!(shown("toString", &[Value::Int(3, IntKind::Month, None)]), "March");
}

#[test]
fn file_contents_print_as_bytes() {
    let bytes = Value::Bytes(Text::new("a\u{e9}"));
    assert_eq!(format::print(&bytes), "[97 195 169]");
    assert_eq!(shown("toString", std::slice::from_ref(&bytes)), "aé");
    assert_eq!(
        shown(
            "printf",
            &[
                string("%s %x %q %v %#v %c"),
                bytes.clone(),
                bytes.clone(),
                bytes.clone(),
                bytes.clone(),
                bytes.clone(),
                bytes.clone()
            ]
        ),
        "aé 61c3a9 \"aé\" [97 195 169] []byte{0x61, 0xc3, 0xa9} [a Ã ©]"
    );
    assert_eq!(shown("len", std::slice::from_ref(&bytes)), "3");
    assert_eq!(shown("index", &[bytes.clone(), Value::int(0)]), "97");
    assert_eq!(shown("first", &[bytes]), "97");
}

#[test]
fn a_huge_width_is_no_width() {
    assert_eq!(shown("printf", &[string("%99999999999d"), Value::int(1)]), "%!(NOVERB)%!(EXTRA int=1)");
    assert_eq!(shown("printf", &[string("%*d"), Value::int(i64::MAX), Value::int(1)]), "%!(BADWIDTH)1");
}
