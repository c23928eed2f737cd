//! What fixes did or would do: a patch that `git apply` and `patch` take, and one line for each finding that was mended.

use std::fmt::Write as _;
use std::path::Path;

use similar::ChangeTag;

use super::human::printable;
use super::location::display_path;
use super::style::{Colour, Style};
use crate::fix::{Change, Fixed};

/// The changes as a unified diff; nothing when there are none. Paths are those from the current folder; from `root` for files
/// that do not lie below it.
#[must_use]
pub fn patch(changes: &[Change], root: &Path, style: Style) -> String {
    let mut out = String::new();
    for change in changes {
        // Neither `git apply` nor `patch` takes a path with `..`.
        let below = display_path(Path::new("."), &change.path);
        let path = if below.starts_with("../") { display_path(root, &change.path) } else { below };
        // `patch` ends a line after its LF only; a lone CR is a part of it.
        let (before, after) = (lines(&change.before), lines(&change.after));
        let diff = similar::TextDiff::configure().diff_slices(&before, &after);
        let mut add = |code: Option<Colour>, line: &str| {
            out += &code.map_or_else(|| line.to_owned(), |code| style.paint(code, line));
            out.push('\n');
        };
        add(Some(Colour::Strong), &format!("--- {}", in_header(&format!("a/{path}"))));
        add(Some(Colour::Strong), &format!("+++ {}", in_header(&format!("b/{path}"))));
        for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
            add(Some(Colour::Note), &hunk.header().to_string());
            for change in hunk.iter_changes() {
                let code = match change.tag() {
                    ChangeTag::Equal => None,
                    ChangeTag::Delete => Some(Colour::Bad),
                    ChangeTag::Insert => Some(Colour::Good),
                };
                let (line, ended) =
                    change.value().strip_suffix('\n').map_or((change.value(), false), |line| (line, true));
                add(code, &format!("{}{line}", change.tag()));
                if !ended {
                    add(None, "\\ No newline at end of file");
                }
            }
        }
    }
    out
}

/// `path` as git writes it behind `---`: in quotes where letters in it are not shown, and with a tab behind a name with blanks, of which
/// `patch` would take the first part alone.
fn in_header(path: &str) -> String {
    let mut quoted = String::with_capacity(path.len());
    for letter in path.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\0'..' ' | '\x7f' => quoted.push_str(&format!("\\{:03o}", u32::from(letter))),
            other => quoted.push(other),
        }
    }
    let quote = if quoted == path { "" } else { "\"" };
    let end = if path.contains(' ') { "\t" } else { "" };
    format!("{quote}{quoted}{quote}{end}")
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// What was mended, one line each.
#[must_use]
pub fn fixed(fixed: &[Fixed], root: &Path, style: Style) -> String {
    let mut out = String::new();
    for one in fixed {
        let path = printable(&display_path(root, &one.path));
        let _ =
            writeln!(out, "{} {path}: {}: {}", style.paint(Colour::Good, "fixed"), one.rule, printable(&one.told()));
    }
    out
}
