//! Holds the template language and Helm's objects against real Helm's recorded answers.

mod recorded;

use recorded::check;

#[test]
fn the_language_is_as_in_helm() {
    check("language");
}

#[test]
fn the_objects_are_as_in_helm() {
    check("objects");
}
