//! Holds the template functions against real Helm's recorded answers.

mod recorded;

use recorded::check;

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
