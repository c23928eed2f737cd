//! What fixes did or would do: a patch that `git apply` and `patch` take, and one line for each finding that was mended.

use std::fmt::Write as _;
use std::path::Path;

use super::human::{Style, printable};
use super::location::display_path;
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
        let diff = similar::TextDiff::from_lines(&*change.before, &*change.after);
        let patch =
            diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
        for line in patch.split_inclusive('\n') {
            let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
            let code = match text.bytes().next() {
                _ if text.starts_with("--- ") || text.starts_with("+++ ") => Some("1"),
                Some(b'-') => Some("31"),
                Some(b'+') => Some("32"),
                Some(b'@') => Some("36"),
                _ => None,
            };
            out += &code.map_or_else(|| text.to_owned(), |code| style.paint(code, text));
            out += end;
        }
    }
    out
}

/// What was mended, one line each.
#[must_use]
pub fn fixed(fixed: &[Fixed], root: &Path, style: Style) -> String {
    let mut out = String::new();
    for one in fixed {
        let path = printable(&display_path(root, &one.path));
        let _ = writeln!(out, "{} {path}: {}: {}", style.paint("32", "fixed"), one.rule, printable(&one.title));
    }
    out
}
