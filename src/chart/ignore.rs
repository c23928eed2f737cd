//! `.helmignore`: which files of a chart folder Helm leaves out. Helm's rules, not git's: a `!` rule ignores everything that
//! it does not match. Follows Helm's ignore rules and Go's `filepath.Match`; pure.

/// The rules of one `.helmignore`, with Helm's own default behind them.
#[derive(Debug)]
pub(super) struct Rules {
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    glob: Glob,
    negated: bool,
    only_folders: bool,
    whole_path: bool,
}

/// A line of `.helmignore` that Helm refuses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRule {
    /// The line's bytes within the file.
    pub(super) range: std::ops::Range<usize>,
    /// Helm's message.
    pub(super) message: &'static str,
}

impl Rules {
    /// Reads the text of a `.helmignore`; an empty text gives only Helm's default, which ignores dotfiles in `templates/`.
    pub(super) fn parse(text: &str) -> Result<Self, BadRule> {
        let mut patterns = Vec::new();
        let mut offset = 0;
        for raw in text.split_inclusive('\n') {
            let range = offset..offset + raw.len();
            offset = range.end;
            let line = if range.start == 0 { raw.strip_prefix('\u{feff}').unwrap_or(raw) } else { raw };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.contains("**") {
                return Err(BadRule { range, message: "double-star (**) syntax is not supported" });
            }
            // Helm tries each rule on this name; a rule whose bad part is not reached passes and never matches later.
            if glob_match(line, "abc").is_none() {
                return Err(BadRule { range, message: "syntax error in pattern" });
            }
            patterns.push(Pattern::new(line));
        }
        patterns.push(Pattern::new("templates/.?*"));
        Ok(Self { patterns })
    }

    /// Whether Helm leaves out `path`, which is relative to the chart and separated by `/`.
    pub(super) fn ignores(&self, path: &str, folder: bool) -> bool {
        if path.is_empty() || path == "." || path == "./" {
            return false;
        }
        for pattern in &self.patterns {
            if pattern.negated {
                if (pattern.only_folders && !folder) || !pattern.matches(path) {
                    return true;
                }
            } else if (folder || !pattern.only_folders) && pattern.matches(path) {
                return true;
            }
        }
        false
    }
}

impl Pattern {
    fn new(rule: &str) -> Self {
        let (negated, rule) = rule.strip_prefix('!').map_or((false, rule), |rest| (true, rest));
        let (only_folders, rule) = rule.strip_suffix('/').map_or((false, rule), |rest| (true, rest));
        let (whole_path, rule) = rule.strip_prefix('/').map_or((rule.contains('/'), rule), |rest| (true, rest));
        Self { glob: Glob::new(rule), negated, only_folders, whole_path }
    }

    fn matches(&self, path: &str) -> bool {
        let name = if self.whole_path { path } else { path.rsplit('/').next().unwrap_or(path) };
        self.glob.matches(name)
    }
}

/// A pattern of `filepath.Match`. Each file of a chart is held against each of them; nearly all are of the first two forms.
#[derive(Debug)]
enum Glob {
    /// A name without anything special.
    Plain(String),
    /// `*`, then something plain: `*.swp`.
    Ending(String),
    /// Anything else, and what it starts with before anything special.
    Other { start: String, pattern: String },
}

impl Glob {
    fn new(pattern: &str) -> Self {
        let plain = |text: &str| !text.contains(['*', '?', '[', '\\']);
        match pattern.strip_prefix('*') {
            _ if plain(pattern) => Self::Plain(pattern.to_owned()),
            Some(ending) if plain(ending) => Self::Ending(ending.to_owned()),
            _ => {
                let start = pattern.split(['*', '?', '[', '\\']).next().unwrap_or_default().to_owned();
                Self::Other { start, pattern: pattern.to_owned() }
            }
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Plain(plain) => name == plain,
            Self::Ending(ending) => name.strip_suffix(ending.as_str()).is_some_and(|start| !start.contains('/')),
            Self::Other { start, pattern } => name.starts_with(start) && glob_match(pattern, name) == Some(true),
        }
    }
}

/// Whether `name` matches as Go's `filepath.Match` says; `None` for a malformed pattern, which Go only notices where it
/// looks. `*` and `?` never match `/`.
pub(crate) fn glob_match(pattern: &str, name: &str) -> Option<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut pattern, mut name) = (pattern.as_slice(), name.as_slice());
    while !pattern.is_empty() {
        let star = pattern.first() == Some(&'*');
        while pattern.first() == Some(&'*') {
            pattern = &pattern[1..];
        }
        let end = chunk_end(pattern);
        let (chunk, rest) = pattern.split_at(end);
        pattern = rest;
        if star && chunk.is_empty() {
            return Some(!name.contains(&'/'));
        }
        match match_chunk(chunk, name)? {
            Some(left) if left.is_empty() || !pattern.is_empty() => {
                name = left;
                continue;
            }
            _ => {}
        }
        if star && let Some(left) = match_later(chunk, name, pattern.is_empty())? {
            name = left;
            continue;
        }
        // Go checks the remainder of the pattern before it says no.
        while !pattern.is_empty() {
            while pattern.first() == Some(&'*') {
                pattern = &pattern[1..];
            }
            let end = chunk_end(pattern);
            match_chunk(&pattern[..end], &[])?;
            pattern = &pattern[end..];
        }
        return Some(false);
    }
    Some(name.is_empty())
}

/// Tries `chunk` at each later place of `name` that a star may reach; gives what is left behind the match.
#[expect(clippy::option_option, reason = "a malformed pattern, no match, and a match are three answers")]
fn match_later<'a>(chunk: &[char], name: &'a [char], last: bool) -> Option<Option<&'a [char]>> {
    let mut skipped = 0;
    while skipped < name.len() && name[skipped] != '/' {
        if let Some(left) = match_chunk(chunk, &name[skipped + 1..])?
            && (!last || left.is_empty())
        {
            return Some(Some(left));
        }
        skipped += 1;
    }
    Some(None)
}

/// The end of the pattern's part before the next star that stands outside a class.
fn chunk_end(pattern: &[char]) -> usize {
    let mut in_class = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '*' if !in_class => return at,
            _ => {}
        }
        at += 1;
    }
    pattern.len()
}

/// Matches `chunk` (without stars) at the start of `name`: what is left of `name`, or no match. A malformed chunk is `None`.
#[expect(clippy::option_option, reason = "a malformed pattern, no match, and a match are three answers")]
fn match_chunk<'a>(mut chunk: &[char], mut name: &'a [char]) -> Option<Option<&'a [char]>> {
    // After the first difference Go goes on reading the chunk, only to find mistakes in it.
    let mut failed = false;
    while let Some(&first) = chunk.first() {
        failed |= name.is_empty();
        match first {
            '[' => {
                let current = if failed { None } else { name.first().copied() };
                let (matched, rest) = match_class(&chunk[1..], current)?;
                chunk = rest;
                failed |= !matched;
            }
            '?' => {
                failed |= name.first() == Some(&'/');
                chunk = &chunk[1..];
            }
            '\\' => {
                let literal = chunk.get(1)?;
                failed |= name.first() != Some(literal);
                chunk = &chunk[2..];
            }
            literal => {
                failed |= name.first() != Some(&literal);
                chunk = &chunk[1..];
            }
        }
        if !failed {
            name = &name[1..];
        }
    }
    Some((!failed).then_some(name))
}

/// Reads a class after its `[`: whether it has `current`, and what follows the class.
fn match_class(mut chunk: &[char], current: Option<char>) -> Option<(bool, &[char])> {
    let negated = chunk.first() == Some(&'^');
    if negated {
        chunk = &chunk[1..];
    }
    let mut matched = false;
    let mut ranges = 0;
    loop {
        if chunk.first() == Some(&']') && ranges > 0 {
            return Some((matched != negated, &chunk[1..]));
        }
        let (low, rest) = class_character(chunk)?;
        chunk = rest;
        let mut high = low;
        if chunk.first() == Some(&'-') {
            (high, chunk) = class_character(&chunk[1..])?;
        }
        matched |= current.is_some_and(|current| low <= current && current <= high);
        ranges += 1;
    }
}

fn class_character(chunk: &[char]) -> Option<(char, &[char])> {
    let chunk = match chunk.first()? {
        '-' | ']' => return None,
        '\\' => &chunk[1..],
        _ => chunk,
    };
    // Go: the class must still be closed behind the character.
    let character = *chunk.first()?;
    (chunk.len() > 1).then_some((character, &chunk[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(rules: &str, path: &str) -> bool {
        Rules::parse(rules).unwrap().ignores(path.trim_end_matches('/'), path.ends_with('/'))
    }

    #[test]
    fn simple_patterns_match_as_all_others_do() {
        for pattern in ["*.swp", "*", "a", "a/b", "*a/b", "*~", ".git", "*a*", "a?", "\\*", ""] {
            for name in ["a", "b", "a/b", "x.swp", "d/x.swp", ".swp", "aa/b", "x~", ".git", "x.git", "*", "", "ab"] {
                let general = glob_match(pattern, name) == Some(true);
                assert_eq!(Glob::new(pattern).matches(name), general, "{pattern} {name}");
            }
        }
    }

    #[test]
    fn patterns_match_as_go_matches_paths() {
        for (pattern, name, matches) in [
            ("abc", "abc", Some(true)),
            ("*", "abc", Some(true)),
            ("*c", "abc", Some(true)),
            ("a*", "ab/c", Some(false)),
            ("a*/b", "abc/b", Some(true)),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Some(false)),
            ("ab[c]", "abc", Some(true)),
            ("ab[b-d]", "abc", Some(true)),
            ("ab[^c]", "abc", Some(false)),
            ("ab[^e-g]", "abc", Some(true)),
            ("a\\*b", "a*b", Some(true)),
            ("a?b", "a\u{263a}b", Some(true)),
            ("a?b", "a/b", Some(false)),
            ("[]a]", "]", None),
            ("[-]", "-", None),
            ("[x-]", "x", None),
            ("[\\-x]", "x", Some(true)),
            ("[", "a", None),
            ("[^", "a", None),
            ("a[", "a", None),
            ("a[", "ab", None),
            ("*x", "xxx", Some(true)),
            ("\\", "a", None),
        ] {
            assert_eq!(glob_match(pattern, name), matches, "{pattern} on {name}");
        }
    }

    #[test]
    fn rules_without_a_slash_match_the_name_alone() {
        assert!(ignores("*.bak", "docs/a.bak"));
        assert!(ignores("ci", "ci/"));
        assert!(!ignores("/a.txt", "docs/a.txt"));
        assert!(ignores("/a.txt", "a.txt"));
        assert!(ignores("docs/*.md", "docs/a.md"));
        assert!(!ignores("docs/*.md", "x/docs/a.md"));
    }

    #[test]
    fn a_trailing_slash_means_folders_only() {
        assert!(ignores("ci/", "ci/"));
        assert!(!ignores("ci/", "ci"));
    }

    #[test]
    fn a_negated_rule_ignores_what_it_does_not_match() {
        assert!(ignores("!*.yaml", "README.md"));
        assert!(!ignores("!*.yaml", "values.yaml"));
        assert!(ignores("!docs/", "docs"));
    }

    #[test]
    fn dotfiles_in_templates_are_always_ignored() {
        assert!(ignores("", "templates/.hidden"));
        assert!(!ignores("", "templates/."));
        assert!(!ignores("# comment\n\n", "templates/a.yaml"));
        assert!(!ignores("", "templates/sub/.hidden"));
    }

    proptest::proptest! {
        #[test]
        fn no_rule_breaks_the_matcher(rule in "[ab*?\\[\\]^!/\\\\ -]{0,12}", path in "[ab/-]{0,8}") {
            if let Ok(rules) = Rules::parse(&rule) {
                rules.ignores(&path, path.ends_with('/'));
            }
        }
    }

    #[test]
    fn double_stars_and_malformed_rules_are_refused() {
        let bad = Rules::parse("a\nb/**\n").unwrap_err();
        assert_eq!((bad.message, bad.range), ("double-star (**) syntax is not supported", 2..7));
        assert_eq!(Rules::parse("[").unwrap_err().message, "syntax error in pattern");
    }
}
