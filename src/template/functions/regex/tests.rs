use proptest::prelude::*;

use super::*;
use crate::source::{Layer, Sources, Span};

fn call(name: &str, arguments: &[Value]) -> Result<Value, std::string::String> {
    let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
    (function.call)(arguments).map_err(|failure| failure.message)
}

fn text(name: &str, arguments: &[&str]) -> std::string::String {
    let arguments: Vec<Value> = arguments.iter().map(|argument| Value::string(*argument)).collect();
    match call(name, &arguments) {
        Ok(Value::String(text)) => text.to_string(),
        Ok(other) => panic!("{other:?}"),
        Err(message) => message,
    }
}

/// A text that stands at byte 100 of a values file.
fn placed(text: &str) -> Value {
    let file = Sources::new().add("values.yaml", format!("{:100}{text}", "").into());
    Value::String(Text::at(text, Span::new(file, 100, 100 + text.len()), Layer::Values))
}

#[test]
fn matches_and_kept_parts_keep_their_places() {
    let Value::String(found) = call("regexFind", &[Value::string("[0-9.]+"), placed("v1.2-rc")]).unwrap() else {
        panic!()
    };
    assert_eq!(found.exact_span().unwrap().range(), 101..104);
    let arguments = [Value::string("(v)([0-9.]+)"), placed("a:v1.2"), Value::string("$2")];
    let Value::String(replaced) = call("regexReplaceAll", &arguments).unwrap() else { panic!() };
    assert_eq!(replaced, "a:1.2");
    assert_eq!(replaced.slice(2..5).exact_span().unwrap().range(), 103..106);
    let arguments = [Value::string("/"), Value::string("a/b"), placed("-")];
    let Value::String(replaced) = call("regexReplaceAll", &arguments).unwrap() else { panic!() };
    assert_eq!(replaced.exact_span(), None);
    assert_eq!(replaced.slice(1..2).exact_span().unwrap().range(), 100..101);
}

#[test]
fn classes_are_ascii_and_their_special_characters_literal() {
    assert_eq!(text("regexReplaceAll", &[r"\w|\d", "aé1_٣", "x"]), "xéxx٣");
    assert_eq!(text("regexReplaceAll", &["[[a]", "[a]", "x"]), "xx]");
    assert_eq!(text("regexReplaceAll", &["[a&&b~~c]", "a&b~", "x"]), "xxxx");
    assert_eq!(text("regexReplaceAll", &[r"[^\d\s]", "1 a٣", "x"]), "1 xx");
    assert_eq!(text("regexReplaceAll", &["[[:alpha:]]", "aé1", "x"]), "xé1");
    assert_eq!(text("regexReplaceAll", &["a{,2}|x{", "a{,2}x{", "-"]), "--");
    assert_eq!(text("regexReplaceAll", &[r"\Qa.b\E+", "a.bbb", "x"]), "x");
    assert_eq!(text("regexReplaceAll", &["#.", "# ab #c", "x"]), "xab x");
}

#[test]
fn flags_hold_to_the_end_of_their_group() {
    assert_eq!(text("regexReplaceAll", &["(a(?i)b|c)d", "aBdCd cD", "x"]), "xx cD");
    assert_eq!(text("regexReplaceAll", &["(?i:a)b", "AbAB", "x"]), "xAB");
    assert_eq!(text("regexReplaceAll", &["(?U)a+b+?", "aabb", "x"]), "x");
    assert_eq!(text("regexReplaceAll", &["(?m)^|$", "a\nb", "."]), ".a.\n.b.");
}

#[test]
fn messages_are_those_of_go() {
    let must = |pattern: &str| text("mustRegexFind", &[pattern, "a"]).replace("error parsing regexp: ", "");
    assert_eq!(must("[a"), "missing closing ]: `[a`");
    assert_eq!(must("(a"), "missing closing ): `(a`");
    assert_eq!(must("a)"), "unexpected ): `a)`");
    assert_eq!(must("a**"), "invalid nested repetition operator: `**`");
    assert_eq!(must("|+"), "missing argument to repetition operator: `+`");
    assert_eq!(must("(?i)*"), "missing argument to repetition operator: `*`");
    assert_eq!(must("((a{10}){10}){11}"), "invalid repeat count: `{11}`");
    assert_eq!(must("[z-a]"), "invalid character class range: `z-a`");
    assert_eq!(must(r"\p{Foo}"), r"invalid character class range: `\p{Foo}`");
    assert_eq!(must("(?<=a)"), "invalid or unsupported Perl syntax: `(?<`");
    assert_eq!(must(r"a\"), "trailing backslash at end of expression: ``");
    assert_eq!(
        must(&crate::source::from_bytes(b"\xff")),
        format!("invalid UTF-8: `{}`", crate::source::from_bytes(b"\xff"))
    );
    assert_eq!(
        text("regexFind", &["a`(", "a"]),
        "regexp: Compile(\"a`(\"): error parsing regexp: missing closing ): `a`(`"
    );
    assert!(matches!(call("regexMatch", &[Value::string("["), Value::string("a")]), Ok(Value::Bool(false, _))));
}

#[test]
fn newer_named_groups_are_read_too() {
    assert_eq!(text("regexReplaceAll", &["(?<n>a)(?P<n>b)", "ab", "${n}"]), "a");
}

#[test]
fn deep_nesting_and_large_counts_are_bounded() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(text("mustRegexFind", &[&nested(900), "a"]), "a");
    assert!(
        text("mustRegexFind", &[&nested(100_000), "a"])
            .starts_with("error parsing regexp: expression nests too deeply")
    );
    let large = r"\pL{1000}".repeat(500);
    assert!(text("mustRegexFind", &[&large, "a"]).starts_with("error parsing regexp: expression larger than"));
}

proptest! {
    #[test]
    fn no_pattern_panics(pattern in r"[a-c(){}\[\]|*+?.^$\\QEpPdwbx0-9:,<>imsU&~é-]{0,24}", text in r"[a-c1 é\n-]{0,8}") {
        if let Ok(expression) = expression::compile(&pattern) {
            expression.find_all(&text, usize::MAX);
            expression.each_replaced(&text, |_, _| ());
        }
    }

    /// Whatever Go's syntax lets through, the translation must be valid for the crate: no other error than Go's own.
    #[test]
    fn what_is_accepted_compiles(pattern in r"(\[\^?[a-c&~\[:\]-]{1,4}\]|[a-c]|\\[dDwWsSbBAzQE]|\(\?i\)|[*+?|]|\{1,2\}|\(a\)){0,12}") {
        let problem = expression::compile(&pattern).err().unwrap_or_default();
        prop_assert!(!problem.contains("larger than"), "{problem}");
    }
}
