//! The rule that Amazon ECR's `CreateRepository` has for repository names (API reference: 2 to 256 characters, pattern
//! `(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*`): stricter than an image reference. Never asks AWS.

use std::ops::Range;

use super::character::name_of;

/// The fewest and the most characters a name may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=256;

/// Why Amazon ECR refuses a repository name, and which bytes of it show that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RepositoryNameError {
    /// What is wrong, in one phrase.
    pub message: String,
    /// The bytes at fault, within the name; empty where something is missing.
    pub range: Range<usize>,
}

/// Whether Amazon ECR creates a repository called `name`.
///
/// # Errors
/// The first thing it refuses, from left to right but the length last.
pub fn check_repository_name(name: &str) -> Result<(), RepositoryNameError> {
    let error = |message: String, range| Err(RepositoryNameError { message, range });
    if name.is_empty() {
        return error("the name is empty".to_owned(), 0..0);
    }
    let mut previous: Option<char> = None;
    for (at, c) in name.char_indices() {
        let range = at..at + c.len_utf8();
        match (c, previous) {
            ('a'..='z' | '0'..='9', _) => {}
            ('.' | '_' | '-' | '/', None) => return error(format!("a name cannot start with `{c}`"), range),
            ('.' | '_' | '-' | '/', Some(before @ ('.' | '_' | '-' | '/'))) => {
                let message = format!("`{before}{c}`: separators must stand between letters or digits");
                return error(message, at - 1..range.end);
            }
            ('.' | '_' | '-' | '/', _) => {}
            ('A'..='Z', _) => return error(format!("names are lowercase, not `{c}`"), range),
            _ => return error(format!("{} is not allowed in a name", name_of(c)), range),
        }
        previous = Some(c);
    }
    if let Some(last @ ('.' | '_' | '-' | '/')) = previous {
        return error(format!("a name cannot end with `{last}`"), name.len() - 1..name.len());
    }
    if !LENGTHS.contains(&name.len()) {
        let message =
            format!("a name has {} to {} characters, this one has {}", LENGTHS.start(), LENGTHS.end(), name.len());
        return error(message, 0..name.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_real_list_are_fine() {
        for name in ["aws-efa-k8s-device-plugin", "eks/aws.efa_k8s", "a1", "0a/b", &"a".repeat(256)] {
            assert_eq!(check_repository_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_refused_name_is_shown_where_it_is_wrong() {
        let long = "a".repeat(257);
        for (name, range, message) in [
            ("", 0..0, "empty"),
            ("a", 0..1, "2 to 256"),
            (long.as_str(), 0..257, "this one has 257"),
            ("Mpi-operator", 0..1, "lowercase, not `M`"),
            ("mpi operator", 3..4, "a space"),
            ("export mpi", 6..7, "a space"),
            ("mpi--operator", 3..5, "`--`"),
            ("mpi__operator", 3..5, "`__`"),
            ("eks//efa", 3..5, "`//`"),
            ("eks/-efa", 3..5, "`/-`"),
            ("-efa", 0..1, "start with `-`"),
            ("efa/", 3..4, "end with `/`"),
            ("n\u{e4}me", 1..3, "`\u{e4}`"),
            ("efa:v1", 3..4, "`:`"),
            ("\u{feff}efa", 0..3, "byte order mark"),
        ] {
            let error = check_repository_name(name).unwrap_err();
            assert_eq!(error.range, range, "{name}");
            assert!(error.message.contains(message), "{name}: {}", error.message);
        }
    }
}
