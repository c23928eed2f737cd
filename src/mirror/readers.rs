//! What the two scripts that use the list see in each line, right or wrong: the copy script's shell loop and the values
//! script's Python loop. Whether they see what the line means is for a rule to say. `tests/readers.rs` holds both against
//! real bash and Python.

mod python;
mod shell;
pub(super) mod xargs;

pub use python::{PythonReading, PythonStep, read_python_line};
pub use shell::{Locale, ShellReading, ShellStep, Stop, read_shell_line};

pub(super) use shell::fields;

use super::line::Ending;
use super::list::List;
use crate::source::{Span, is_stray};

/// What the shell loop does with each line of `list`, in order; every line is read as if no earlier one had stopped the loop.
#[must_use]
pub fn shell_steps(list: &List, locale: Locale) -> Vec<ShellStep> {
    // The carriage return of a `\r\n` is no ending to the shell: it stays in the line.
    let read = |line: &super::Line| match line.ending {
        Ending::CrLf => read_shell_line(&format!("{}\r", list.line_text(line)), true, locale),
        ending => read_shell_line(list.line_text(line), ending == Ending::Lf, locale),
    };
    list.lines.iter().map(read).collect()
}

/// What the Python loop does with each line of `list`, in order. A line with lone carriage returns is several lines to it.
#[must_use]
pub fn python_steps(list: &List) -> Vec<Vec<PythonStep>> {
    list.lines.iter().map(|line| read_python_line(list.line_text(line))).collect()
}

/// The first stray byte of `list`: Python opens files as UTF-8 and gives up on the whole file there.
#[must_use]
pub fn python_refuses(list: &List) -> Option<Span> {
    let (at, c) = list.text().char_indices().find(|(_, c)| is_stray(*c))?;
    Some(Span::new(list.file(), at, at + c.len_utf8()))
}
