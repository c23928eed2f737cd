//! Character classes of Go's regular expressions, written for the `regex` crate, where `[`, `&&`, `--` and `~~` mean more.

use std::fmt::Write;

use super::Problem;
use super::escape;

/// A class that no character is in.
pub(super) const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

const RANGE: &str = "invalid character class range";

/// The class at the start of `text` (a bracket), and how many bytes it takes.
///
/// # Errors
/// Go's problem with it.
pub(super) fn parse(text: &str) -> Result<(String, usize), Problem> {
    let mut class = "[".to_owned();
    let mut at = 1;
    if text[at..].starts_with('^') {
        class.push('^');
        at += 1;
    }
    let start = class.len();
    let mut first = true;
    // A bracket right at the start is one of the characters.
    while first || !text[at..].starts_with(']') {
        first = false;
        let rest = &text[at..];
        if let Some((named, length)) = posix(rest)? {
            class.push_str(named);
            at += length;
        } else if let Some((unicode, length)) = unicode(rest)? {
            class.push_str(&unicode);
            at += length;
        } else if let Some(perl) = perl(rest) {
            class.push_str(perl);
            at += 2;
        } else {
            at += push_range(&mut class, text, at)?;
        }
    }
    if class.len() == start {
        // Everything that was named is a surrogate, which no text holds.
        class.push_str(NOTHING);
    }
    class.push(']');
    Ok((class, at + 1))
}

/// Adds the character or range at `at`.
fn push_range(class: &mut String, text: &str, at: usize) -> Result<usize, Problem> {
    let (low, mut length) = character(text, at)?;
    let mut high = low;
    let rest = &text[at + length..];
    if rest.len() >= 2 && rest.starts_with('-') && !rest.starts_with("-]") {
        let (end, more) = character(text, at + length + 1)?;
        high = end;
        length += 1 + more;
        if high < low {
            return Err(Problem::new(RANGE, &text[at..at + length]));
        }
    }
    // Rust's characters leave out the surrogates.
    let low = if (0xd800..0xe000).contains(&low) { 0xe000 } else { low };
    let high = if (0xd800..0xe000).contains(&high) { 0xd7ff } else { high };
    if low <= high {
        // Writing to a string cannot fail.
        let _ = write!(class, r"\x{{{low:X}}}-\x{{{high:X}}}");
    }
    Ok(length)
}

/// One character of a class, escaped or not. `text` is the whole class.
fn character(text: &str, at: usize) -> Result<(u32, usize), Problem> {
    match text[at..].chars().next() {
        None => Err(Problem::new("missing closing ]", text)),
        Some('\\') => escape::parse(&text[at..]),
        Some(character) => Ok((u32::from(character), character.len_utf8())),
    }
}

/// `[:alpha:]` and the like.
fn posix(text: &str) -> Result<Option<(&str, usize)>, Problem> {
    if !text.starts_with("[:") {
        return Ok(None);
    }
    let Some(end) = text[2..].find(":]").map(|found| found + 4) else { return Ok(None) };
    let name = &text[..end];
    let known = matches!(
        name[2..end - 2].strip_prefix('^').unwrap_or(&name[2..end - 2]),
        "alnum"
            | "alpha"
            | "ascii"
            | "blank"
            | "cntrl"
            | "digit"
            | "graph"
            | "lower"
            | "print"
            | "punct"
            | "space"
            | "upper"
            | "word"
            | "xdigit"
    );
    if known { Ok(Some((name, end))) } else { Err(Problem::new(RANGE, name)) }
}

/// `\d`, `\s`, `\w` and their opposites, which are ASCII in Go.
pub(super) fn perl(text: &str) -> Option<&'static str> {
    Some(match text.as_bytes().get(..2)? {
        br"\d" => "[0-9]",
        br"\D" => "[^0-9]",
        br"\s" => r"[\t\n\x0C\r ]",
        br"\S" => r"[^\t\n\x0C\r ]",
        br"\w" => "[0-9A-Za-z_]",
        br"\W" => "[^0-9A-Za-z_]",
        _ => return None,
    })
}

/// `\pL`, `\p{Greek}`, `\P{^L}` at the start of `text`, and how many bytes it takes.
///
/// # Errors
/// A name that is none of Unicode's.
pub(super) fn unicode(text: &str) -> Result<Option<(String, usize)>, Problem> {
    let Some(rest) = text.strip_prefix(r"\p").or_else(|| text.strip_prefix(r"\P")) else { return Ok(None) };
    let mut negated = text.starts_with(r"\P");
    let (name, length) = match rest.chars().next() {
        Some('{') => match rest.find('}') {
            Some(end) => (&rest[1..end], 2 + end + 1),
            None => return Err(Problem::new(RANGE, text)),
        },
        Some(letter) => (&rest[..letter.len_utf8()], 2 + letter.len_utf8()),
        None => ("", 2),
    };
    let name = name.strip_prefix('^').inspect(|_| negated = !negated).unwrap_or(name);
    match unicode_class(name) {
        Some(class) if negated => Ok(Some((format!("[^{class}]"), length))),
        Some(class) => Ok(Some((class, length))),
        None => Err(Problem::new(RANGE, &text[..length])),
    }
}

/// The `regex` crate's form of a category or script.
fn unicode_class(name: &str) -> Option<String> {
    match name {
        "Any" => Some(r"[\x{0}-\x{10FFFF}]".to_owned()),
        "Cs" => Some(NOTHING.to_owned()),
        name => super::unicode::class(name),
    }
}
