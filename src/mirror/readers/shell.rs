//! The copy script's loop: `while IFS='=' read -r repo_name source_image`, comments skipped by `^[[:space:]]*#`, both fields
//! through `echo | xargs`, the tag by `cut -d: -f2`. As bash 5 and GNU findutils do it; the `xargs` of macOS differs only where
//! a field starts with a carriage return, vertical tab or form feed: it keeps them. What the locale is matters to comments alone.
//! Not covered: a field whose first word is `-e` (`echo` then interprets backslashes), `--help` or `--version`.

use super::xargs;

/// What the loop does with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShellStep {
    /// Nothing: a comment, or no text before the first `=`.
    Skips,
    /// Nothing, by mistake: `read` fails at the end of the file, so a last line without line feed is never seen.
    Loses,
    /// The script ends here (`set -e`); no later line is read.
    Stops(Stop),
    /// Copies an image.
    Copies(ShellReading),
}

/// Why the script ends at a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// `xargs` fails on a quote that no second one closes.
    UnmatchedQuote(char),
    /// The line has blanks (or a lone carriage return) where the name should be: no repository can be created.
    NoName,
}

/// Where the script runs, as far as that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// `C`, as in most container images: only ASCII has blanks.
    C,
    /// UTF-8, as in terminals and on runners: Unicode's blanks but those that keep words together stand before a comment, too.
    Utf8,
}

/// What the loop took from one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellReading {
    /// The repository it creates.
    pub name: String,
    /// The image it pulls.
    pub image: String,
    /// What it takes for the image's tag: the text between the first two colons; `None` without any colon.
    pub tag: Option<String>,
}

impl ShellReading {
    /// What it pushes, below the private registry: `NAME:latest`, and the tag unless that is `latest` too.
    #[must_use]
    pub fn pushes(&self) -> Vec<String> {
        let tag = self.tag.as_deref().filter(|tag| *tag != "latest");
        std::iter::once("latest").chain(tag).map(|tag| format!("{}:{tag}", self.name)).collect()
    }
}

/// What the loop does with `line`; `terminated` says whether a line feed follows it.
#[must_use]
pub fn read_shell_line(line: &str, terminated: bool, locale: Locale) -> ShellStep {
    if !terminated {
        return ShellStep::Loses;
    }
    // Bash drops NUL bytes from what it reads.
    let line = line.replace('\0', "");
    let (name, image) = fields(&line);
    let is_comment = name.trim_start_matches(|c| is_space(c, locale)).starts_with('#');
    if is_comment || name.is_empty() {
        return ShellStep::Skips;
    }
    let printed = |field| xargs::printed(field).map(|letters| xargs::text(&letters));
    let trimmed = |field| printed(field).map_err(|quote| ShellStep::Stops(Stop::UnmatchedQuote(quote)));
    match trimmed(name).and_then(|name| Ok((name, trimmed(image)?))) {
        Err(stops) => stops,
        Ok((name, _)) if name.is_empty() => ShellStep::Stops(Stop::NoName),
        Ok((name, image)) => {
            let tag = image.split(':').nth(1).map(str::to_owned);
            ShellStep::Copies(ShellReading { name, image, tag })
        }
    }
}

/// Whether `[[:space:]]` matches `c`, by the tables of glibc.
fn is_space(c: char, locale: Locale) -> bool {
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}');
    c.is_ascii_whitespace() || c == '\u{b}' || (locale == Locale::Utf8 && breaks(c))
}

/// How `IFS='=' read -r` gives a line to two variables: the first `=` splits; if the rest has a single `=` and that at its
/// end, the second variable loses it.
pub(in crate::mirror) fn fields(line: &str) -> (&str, &str) {
    let (name, rest) = line.split_once('=').unwrap_or((line, ""));
    let rest = match rest.strip_suffix('=') {
        Some(field) if !field.contains('=') => field,
        _ => rest,
    };
    (name, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies(line: &str) -> (String, String, Option<String>) {
        match read_shell_line(line, true, Locale::Utf8) {
            ShellStep::Copies(reading) => (reading.name, reading.image, reading.tag),
            other => panic!("{line}: {other:?}"),
        }
    }

    fn reading(name: &str, image: &str, tag: &str) -> (String, String, Option<String>) {
        (name.to_owned(), image.to_owned(), Some(tag.to_owned()))
    }

    #[test]
    fn a_plain_line_is_copied_under_its_tag_and_latest() {
        let ShellStep::Copies(read) = read_shell_line("mpi-operator=mpioperator/mpi-operator:0.5", true, Locale::Utf8)
        else {
            panic!()
        };
        assert_eq!(read.pushes(), ["mpi-operator:latest", "mpi-operator:0.5"]);
        let ShellStep::Copies(read) = read_shell_line("nginx=nginx:latest", true, Locale::Utf8) else { panic!() };
        assert_eq!(read.pushes(), ["nginx:latest"]);
        let ShellStep::Copies(read) = read_shell_line("nginx=nginx", true, Locale::Utf8) else { panic!() };
        assert_eq!((read.tag.clone(), read.pushes()), (None, vec!["nginx:latest".to_owned()]));
    }

    #[test]
    fn decoration_becomes_part_of_the_image() {
        assert_eq!(copies("a=x:1 # pinned"), reading("a", "x:1 # pinned", "1 # pinned"));
        assert_eq!(copies("a=x:1\r"), reading("a", "x:1\r", "1\r"));
        assert_eq!(copies("a = \"x:1\" "), reading("a", "x:1", "1"));
        assert_eq!(copies("export  a=x:1"), reading("export a", "x:1", "1"));
        assert_eq!(copies("\u{feff}# a=x:1"), reading("\u{feff}# a", "x:1", "1"));
    }

    #[test]
    fn the_tag_stands_between_the_first_two_colons() {
        assert_eq!(copies("a=host:5000/x:1"), reading("a", "host:5000/x:1", "5000/x"));
        assert_eq!(copies("a=x@sha256:abc"), reading("a", "x@sha256:abc", "abc"));
        assert_eq!(copies("a=x:1@sha256:abc"), reading("a", "x:1@sha256:abc", "1@sha256"));
    }

    #[test]
    fn read_gives_the_rest_of_the_line_to_the_last_variable() {
        assert_eq!(copies("a=b=c").1, "b=c");
        assert_eq!(copies("a=b=").1, "b");
        assert_eq!(copies("a=b==").1, "b==");
        assert_eq!(copies("a==").1, "");
        assert_eq!(copies("a==b").1, "=b");
        assert_eq!(copies("nginx"), ("nginx".into(), String::new(), None));
    }

    #[test]
    fn xargs_takes_quotes_backslashes_and_blanks_away() {
        assert_eq!(copies("a=  x   y\t:1 ").1, "x y :1");
        assert_eq!(copies("a=x\\:\\\\1").1, "x:\\1");
        assert_eq!(copies("a='x y'\" z\":1").1, "x y z:1");
        assert_eq!(copies("a=x:1\\").1, "x:1");
        assert_eq!(copies("a=-n x:1").1, "x:1");
        assert_eq!(read_shell_line("a='x:1", true, Locale::Utf8), ShellStep::Stops(Stop::UnmatchedQuote('\'')));
        assert_eq!(read_shell_line("# it's=x", true, Locale::Utf8), ShellStep::Skips);
        assert_eq!(read_shell_line("it's=x", true, Locale::Utf8), ShellStep::Stops(Stop::UnmatchedQuote('\'')));
    }

    #[test]
    fn some_lines_are_no_images() {
        assert_eq!(read_shell_line("", true, Locale::Utf8), ShellStep::Skips);
        assert_eq!(read_shell_line("=x:1", true, Locale::Utf8), ShellStep::Skips);
        assert_eq!(read_shell_line(" \t# x=y", true, Locale::Utf8), ShellStep::Skips);
        assert_eq!(read_shell_line("  ", true, Locale::Utf8), ShellStep::Stops(Stop::NoName));
        assert_eq!(read_shell_line("\r", true, Locale::Utf8), ShellStep::Stops(Stop::NoName));
        assert_eq!(read_shell_line("a=x:1", false, Locale::Utf8), ShellStep::Loses);
    }
}
