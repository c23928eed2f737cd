//! The command line: arguments, subcommands, exit codes. Decides nothing about lists or charts; prints what other rooms
//! computed. The only room that writes to standard output and error.

mod arguments;
mod check;
mod environment;
#[cfg(feature = "fetch")]
mod fetch;
mod findings;
mod fix;
mod git;
mod images;
mod init;
#[cfg(feature = "lsp")]
mod lsp;
mod manual;
mod named;
mod plan;
mod render;
mod revision;
mod rules;
mod since;
#[cfg(feature = "fetch")]
mod versions;
mod why;

use std::io::{BufWriter, Read as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::chart::STANDARD_INPUT;
use crate::lint::Refusal;
use crate::report::{self, Style};
use crate::source::{Sources, to_bytes, to_utf8};
use arguments::{Arguments, Color, Command};

/// Bytes of standard input that are read at most.
const MAX_INPUT: u64 = 1 << 30;

/// How a command ended. Exit codes are a contract: 0, 1, 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Nothing to complain about.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// Something could not be checked, which was said; the rest was.
    Incomplete,
}

/// What a command gives: an ending, or why it could not run.
type Outcome = Result<Ending, Refusal>;

/// Where a command reads and prints.
struct Session {
    sources: Sources,
    style: Style,
    /// The style of standard error.
    error_style: Style,
    /// Whether standard error says in one line what could not be done, as `concise` says findings.
    is_concise: bool,
}

impl Session {
    /// A session on other sources.
    fn with(&self, sources: Sources) -> Self {
        Self { sources, ..*self }
    }

    /// Prints a report to standard output.
    fn print(&self, text: &str) -> Result<(), Refusal> {
        self.write(to_utf8(text).as_bytes())
    }

    /// The same to standard error.
    fn print_error(&self, text: &str) -> Result<(), Refusal> {
        is_printed("standard error", std::io::stderr().lock().write_all(to_utf8(text).as_bytes()))
    }

    /// Makes standard input a source under the name that it has in arguments. A second reading finds what the first one read.
    fn read_input(&self) -> Result<(), Refusal> {
        let path = std::path::Path::new(STANDARD_INPUT);
        if self.sources.find(path).is_none() {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().take(MAX_INPUT).read_to_end(&mut bytes);
            read.map_err(|error| Refusal::new(format!("cannot read standard input: {error}")))?;
            self.sources.add(path, crate::source::from_bytes(&bytes).into());
        }
        Ok(())
    }

    /// Prints what charts hold, byte for byte.
    fn print_raw(&self, text: &str) -> Result<(), Refusal> {
        self.write(to_bytes(text).as_ref())
    }

    /// As [`Session::print_raw`], of many parts.
    fn print_parts(&self, parts: &[&str]) -> Result<(), Refusal> {
        let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        let printed = parts.iter().try_for_each(|part| out.write_all(&to_bytes(part)));
        is_printed("standard output", printed.and_then(|()| out.flush()))
    }

    /// Tells on standard error what the output leaves out.
    fn warn(&self, message: &str) {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "warning: {}", report::printable(message));
    }

    /// Tells on standard error what could not be done.
    fn complain(&self, refusal: &Refusal) {
        let text = match report::concise_refusal(refusal, &self.sources).filter(|_| self.is_concise) {
            Some(line) => line,
            None => report::refusal(refusal, &self.sources, self.error_style),
        };
        let _ = std::io::stderr().lock().write_all(to_utf8(&text).as_bytes());
        let path = refusal.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        tell_variable(&format!("{path}: {}", refusal.message));
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut out = std::io::stdout().lock();
        is_printed("standard output", out.write_all(bytes).and_then(|()| out.flush()))
    }
}

/// A reader that has gone away (`| head`) is no error.
fn is_printed(stream: &str, outcome: std::io::Result<()>) -> Result<(), Refusal> {
    match outcome {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Refusal::new(format!("cannot write to {stream}: {error}")))
        }
        _ => Ok(()),
    }
}

/// Leaves `value` to the system: at the end of the process it takes memory back faster than we give it piece by piece.
fn leave<T>(value: T) {
    std::mem::forget(value);
}

/// The folder that people's paths are relative to.
fn here() -> std::path::PathBuf {
    std::env::current_dir().unwrap_or_default()
}

/// Runs the command line; what `main` returns.
#[must_use]
pub fn main() -> ExitCode {
    // A defect must not look like findings, which a panic's own exit code might to a script.
    std::panic::catch_unwind(start).unwrap_or(ExitCode::from(2))
}

fn start() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => run(arguments),
        Err(error) => {
            // Help and version are no errors; printing them can only fail when nobody reads.
            let _ = error.print();
            tell_variable(&error.render().to_string());
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}

fn run(arguments: Arguments) -> ExitCode {
    let session = Session {
        sources: Sources::new(),
        style: style(arguments.color, &std::io::stdout(), supports_hyperlinks::Stream::Stdout),
        error_style: style(arguments.color, &std::io::stderr(), supports_hyperlinks::Stream::Stderr),
        is_concise: matches!(&arguments.command, Command::Check(options) if options.is_concise()),
    };
    let outcome = match &arguments.command {
        Command::Check(options) => check::run(&session, options),
        Command::Images(options) => images::run(&session, options),
        Command::Why(options) => why::run(&session, options),
        Command::Init(options) => init::run(&session, options),
        Command::Plan(options) => plan::run(&session, options),
        #[cfg(feature = "fetch")]
        Command::Fetch(options) => fetch::run(&session, options),
        #[cfg(feature = "fetch")]
        Command::Versions(options) => versions::run(&session, options),
        Command::Render(options) => render::run(&session, options),
        Command::Values(options) => render::values(&session, options),
        #[cfg(feature = "lsp")]
        Command::Lsp(_) => lsp::run(&session),
        Command::Explain(options) => rules::explain(&session, options),
        Command::Rules(options) => rules::list(&session, options),
        Command::Completions(options) => manual::completions(&session, options),
        Command::Man(options) => manual::man(&session, options),
    };
    let code = match outcome {
        Ok(Ending::Clean) => ExitCode::SUCCESS,
        Ok(Ending::Findings) => ExitCode::from(1),
        Ok(Ending::Incomplete) => ExitCode::from(2),
        Err(refusal) => {
            session.complain(&refusal);
            ExitCode::from(2)
        }
    };
    leave((session, arguments));
    code
}

/// Tells on standard error which variable of the environment gave what `complaint` is about.
fn tell_variable(complaint: &str) {
    for name in environment::blamed(complaint) {
        let _ = writeln!(std::io::stderr().lock(), "note: the variable {name} of the environment says so");
    }
}

/// The style for one stream: colour as `--color` and the environment want it; as wide as the terminal.
fn style(color: Color, stream: &impl anstream::stream::RawStream, linked: supports_hyperlinks::Stream) -> Style {
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if environment::forces_color() => true,
        Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = width.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(100);
    let links = color && supports_hyperlinks::on(linked);
    Style { color, links, width: width.clamp(40, 120) }
}
