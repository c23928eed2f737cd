//! Patterns of `.Files.Glob`: those of gobwas/glob with `/` as separator. Translated to a regular expression, which matches
//! in linear time.

use regex::Regex;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Glob(Regex);

/// How deep `{a,{b,c}}` may nest.
const DEEPEST: usize = 16;

impl Glob {
    /// Compiles `pattern`: `*` and `?` stop at slashes, `**` does not; `[abc]`, `[a-z]`, `[!a]`, `{one,two}`, `\` escapes.
    /// `None` where gobwas finds an error.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let mut translated = "^(?s:".to_owned();
        let mut depth = 0usize;
        let mut rest = pattern.chars().peekable();
        while let Some(next) = rest.next() {
            match next {
                '*' if rest.peek() == Some(&'*') => {
                    rest.next();
                    translated.push_str(".*");
                }
                '*' => translated.push_str("[^/]*"),
                '?' => translated.push_str("[^/]"),
                '[' => translated.push_str(&class(&mut rest)?),
                '{' => {
                    depth += 1;
                    if depth > DEEPEST {
                        return None;
                    }
                    translated.push_str("(?:");
                }
                '}' if depth > 0 => {
                    depth -= 1;
                    translated.push(')');
                }
                ',' if depth > 0 => translated.push('|'),
                '\\' => push_literal(&mut translated, rest.next()?),
                _ => push_literal(&mut translated, next),
            }
        }
        translated.push_str(")$");
        if depth > 0 { None } else { Regex::new(&translated).ok().map(Self) }
    }

    /// Whether the whole of `text` matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn push_literal(translated: &mut String, character: char) {
    translated.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
}

/// `[abc]`, `[a-z]`, `[!abc]`: the opening bracket is past.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut inner = String::new();
    loop {
        match rest.next()? {
            ']' => break,
            '\\' => inner.push(rest.next()?),
            next => inner.push(next),
        }
    }
    let (negated, inner) = match inner.strip_prefix('!') {
        Some(inner) => (true, inner),
        None => (false, inner.as_str()),
    };
    let members: Vec<char> = inner.chars().collect();
    let body = match members.as_slice() {
        [] => return None,
        [low, '-', high] if low <= high => format!("{}-{}", in_class(*low), in_class(*high)),
        [_, '-', _] => return None,
        _ => members.iter().map(|member| in_class(*member)).collect(),
    };
    Some(format!("[{}{body}]", if negated { "^" } else { "" }))
}

fn in_class(character: char) -> String {
    if character.is_alphanumeric() { character.to_string() } else { format!("\\x{{{:x}}}", u32::from(character)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stops_at_slashes() {
        let cases = [
            ("*", "a.txt", true),
            ("*", "d/a.txt", false),
            ("**", "d/a.txt", true),
            ("d/*", "d/a.txt", true),
            ("d/**", "d/e/a.txt", true),
            ("**.txt", "d/e/a.txt", true),
            ("d/?.txt", "d/a.txt", true),
            ("d?a.txt", "d/a.txt", false),
            ("{a,b}.txt", "b.txt", true),
            ("{a,b*}.txt", "bcd.txt", true),
            ("[ab].txt", "a.txt", true),
            ("[a-c].txt", "b.txt", true),
            ("[!a-c].txt", "b.txt", false),
            ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false),
            ("a.txt", "axtxt", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Glob::parse(pattern).unwrap().matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_broken_pattern_is_none() {
        for pattern in ["[", "{a", "a\\", "[]", "[z-a]"] {
            assert!(Glob::parse(pattern).is_none(), "{pattern}");
        }
    }
}
