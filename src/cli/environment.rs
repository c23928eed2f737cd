//! What the environment says in place of options: `MIRRORLINT_*`, where the command line does not say it; and whether it wants
//! colour. A variable that is empty is none.

use clap::builder::{OsStr, Resettable};

/// The variables and their options.
const VARIABLES: [(&str, &str); 8] = [
    ("MIRRORLINT_COLOR", "--color"),
    ("MIRRORLINT_CONFIG", "--config"),
    ("MIRRORLINT_FAIL_ON", "--fail-on"),
    ("MIRRORLINT_FORMAT", "--format"),
    ("MIRRORLINT_IGNORE", "--ignore"),
    ("MIRRORLINT_KUBE_VERSION", "--kube-version"),
    ("MIRRORLINT_REGION", "--region"),
    ("MIRRORLINT_SELECT", "--select"),
];

/// The options that a variable must not get in the way of: with one of them on the command line, it says nothing.
const OVERRULED: [(&str, &str); 5] = [
    ("MIRRORLINT_CONFIG", "--isolated"),
    ("MIRRORLINT_FORMAT", "--diff"),
    ("MIRRORLINT_FORMAT", "--show-settings"),
    ("MIRRORLINT_FORMAT", "--statistics"),
    ("MIRRORLINT_REGION", "--all-regions"),
];

/// The variable `name` as clap takes it: nothing when it is empty, or when the command line speaks against its option.
pub(super) fn variable(name: &'static str) -> Resettable<OsStr> {
    debug_assert!(VARIABLES.iter().any(|(known, _)| *known == name), "{name}");
    let is_empty = std::env::var_os(name).is_some_and(|value| value.is_empty());
    if is_empty || OVERRULED.iter().any(|(known, option)| *known == name && is_given(option)) {
        return Resettable::Reset;
    }
    Resettable::Value(name.into())
}

/// Those that say what only the check itself can find wrong.
const JUDGED_LATER: [&str; 4] =
    ["MIRRORLINT_CONFIG", "MIRRORLINT_IGNORE", "MIRRORLINT_KUBE_VERSION", "MIRRORLINT_SELECT"];

/// The variables that gave what `complaint` is about: it names what they say, and the command line does not say it.
pub(super) fn blamed(complaint: &str) -> Vec<&'static str> {
    let is_blamed = |(name, option): &&(&str, &str)| {
        let value = std::env::var(name).unwrap_or_default();
        let about = complaint.contains(&format!("'{option} ")) || JUDGED_LATER.contains(name);
        about && value.split(',').any(|part| is_named(part.trim(), complaint)) && !is_given(option)
    };
    VARIABLES.iter().filter(is_blamed).map(|(name, _)| *name).collect()
}

/// Whether `complaint` has `value` as a word of its own.
fn is_named(value: &str, complaint: &str) -> bool {
    let ends = |text: &str, at_end: bool| {
        let letter = if at_end { text.chars().next_back() } else { text.chars().next() };
        letter.is_none_or(|letter| !letter.is_alphanumeric() && letter != '-' && letter != '_')
    };
    let mut places = complaint.match_indices(value).filter(|_| !value.is_empty());
    places.any(|(at, _)| ends(&complaint[..at], true) && ends(&complaint[at + value.len()..], false))
}

/// Whether `FORCE_COLOR` asks for colour and `NO_COLOR` does not forbid it. `CLICOLOR_FORCE` and the terminal are asked elsewhere.
pub(super) fn forces_color() -> bool {
    let given = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    given("NO_COLOR").is_none() && given("FORCE_COLOR").is_some_and(|value| value != "0" && value != "false")
}

fn is_given(option: &str) -> bool {
    std::env::args_os().skip(1).any(|argument| {
        let argument = argument.to_string_lossy();
        argument.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_named_as_a_word() {
        assert!(
            is_named("no-rule", "there is no rule called `no-rule`") && is_named("a.yaml", "a.yaml: cannot be read")
        );
        assert!(!is_named("rule", "`no-rule`") && !is_named("", "x") && !is_named("tag", "tags"));
    }
}
