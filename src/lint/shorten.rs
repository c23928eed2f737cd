//! What messages leave out of what they quote: the greater part of digests, and the end of words longer than any image. Fixes and
//! the fields of a finding have all of it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// How much of a digest is shown, as container tools show it.
const DIGITS: usize = 12;

/// Longer words are cut; no image, and hardly a path, is.
const LONGEST: usize = 200;

/// How much of them is shown.
const SHOWN: usize = 60;

static DIGEST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(sha(?:256|512):)([0-9a-fA-F]{64,128})\b").ok());

/// `text` with short digests, unless two that differ would look the same, and without words that nobody reads to their end.
pub(super) fn shorten(text: String) -> String {
    let text = short_digests(text);
    if text.len() <= LONGEST {
        return text;
    }
    let word = |word: &str| match word.chars().count() > LONGEST {
        true => word.chars().take(SHOWN).chain(['…']).collect(),
        false => word.to_owned(),
    };
    text.split_inclusive([' ', '`'])
        .map(|part| {
            let end = part.trim_end_matches([' ', '`']).len();
            word(&part[..end]) + &part[end..]
        })
        .collect()
}

fn short_digests(text: String) -> String {
    let Some(digest) = DIGEST.as_ref().filter(|_| text.contains("sha")) else { return text };
    let all: Vec<&str> =
        digest.captures_iter(&text).filter_map(|found| found.get(2)).map(|found| found.as_str()).collect();
    let alike = |one: &&str| all.iter().any(|other| other != one && other[..DIGITS] == one[..DIGITS]);
    if all.is_empty() || all.iter().any(alike) {
        return text;
    }
    digest.replace_all(&text, |found: &Captures<'_>| format!("{}{}…", &found[1], &found[2][..DIGITS])).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_short_where_that_tells_them_apart() {
        let (zeros, ones) = ("0".repeat(64), "1".repeat(64));
        let told = |one: &str, other: &str| shorten(format!("lists 1@sha256:{one}, but web deploys sha256:{other}"));
        assert_eq!(told(&zeros, &ones), "lists 1@sha256:000000000000…, but web deploys sha256:111111111111…");
        let near = format!("{}1", "0".repeat(63));
        assert_eq!(told(&zeros, &near), format!("lists 1@sha256:{zeros}, but web deploys sha256:{near}"));
        assert_eq!(shorten(format!("`x@sha512:{}`", "a".repeat(128))), "`x@sha512:aaaaaaaaaaaa…`");
    }

    #[test]
    fn endless_words_are_cut() {
        let long = "a".repeat(257);
        assert_eq!(
            shorten(format!("the name `{long}`: too long")),
            format!("the name `{}…`: too long", "a".repeat(60))
        );
        let words = "word ".repeat(100);
        assert_eq!(shorten(words.clone()), words);
    }
}
