//! Where `mirrorlint check` puts what it found: each report on standard output or in a file of its own.

use std::path::Path;

use super::Session;
use super::arguments::{Base, Check, FindingsFormat as Format, Output};
use super::here;
use crate::config::FILE_NAME;
use crate::fix::{Fixed, append, put};
use crate::lint::{Checked, Refusal, repository_of};
use crate::report;
use crate::source::canonical;
use crate::store::LOCK_NAME;

/// Refuses outputs that are in each other's way.
pub(super) fn check_outputs(options: &Check) -> Result<(), Refusal> {
    if options.statistics
        && let Some(output) = options.format.iter().find(|output| !output.format.is_for_people())
    {
        let name = output.format.name();
        let message = format!("--statistics is for people: {name} has every finding with its rule");
        return Err(Refusal::new(message));
    }
    let to_standard_output: Vec<_> = options.format.iter().filter(|output| output.file.is_none()).collect();
    if let [first, second, ..] = to_standard_output.as_slice() {
        let (first, second) = (first.format.name(), second.format.name());
        let message = format!(
            "--format: {first} and {second} both go to standard output. Name a file for one of them: {second}=FILE"
        );
        return Err(Refusal::new(message));
    }
    let files: Vec<_> = options.format.iter().filter_map(|output| output.file.as_deref()).collect();
    if let Some(file) = files.first()
        && (options.diff || options.show_settings)
    {
        let flag = if options.diff { "--diff" } else { "--show-settings" };
        return Err(refusal(file, &format!("{flag} prints no findings that could be written to it")));
    }
    let again = |at: &usize| files[..*at].iter().any(|before| canonical(before) == canonical(files[*at]));
    match (1..files.len()).find(again) {
        Some(at) => Err(refusal(files[at], "--format names it twice")),
        None => Ok(()),
    }
}

/// Writes and prints the reports that `options` asks for.
///
/// # Errors
/// When one cannot be written. A list, chart, configuration or values file is no report, and is left alone.
pub(super) fn put_out(
    session: &Session,
    options: &Check,
    checked: &mut Checked,
    fixed: &[Fixed],
) -> Result<(), Refusal> {
    let files = || options.format.iter().filter_map(|output| Some((output.format, output.file.as_deref()?)));
    if let Some((_, file)) = files().find(|(_, file)| is_input(options, checked, file)) {
        return Err(refusal(file, "is no report, but what was checked; nothing was written to it"));
    }
    for (format, file) in files() {
        let plain = report::Style { color: false, links: false, ..session.style };
        let text = text(session, options, format, plain, checked, fixed);
        let put = match Stream::of(file) {
            Some(Stream::Output) => session.print(&text),
            Some(Stream::Error) => session.print_error(&text),
            None => {
                let put = if is_step_summary(file) { append } else { put };
                put(file, &crate::source::to_utf8(&text)).map_err(|error| Refusal::new(error.to_string()))
            }
        };
        put?;
    }
    match options.format.iter().find(|output| output.file.is_none()) {
        Some(output) => session.print(&text(session, options, output.format, session.style, checked, fixed)),
        None => Ok(()),
    }
}

/// Whether the file at `path` is a list, part of a chart, a configuration, a lock, or a file of values or objects of this run.
fn is_input(options: &Check, checked: &Checked, path: &Path) -> bool {
    let charts = checked.lists.iter().flat_map(|list| list.charts.iter().map(|chart| &chart.path));
    let lists = checked.lists.iter().map(|list| &list.path).chain(&options.paths);
    let given = options.charts.config.iter().chain(&options.charts.values.values).chain(&checked.inputs);
    let path = canonical(path);
    let name = path.file_name().unwrap_or_default();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    // A chart may be the whole workspace, with older reports in it.
    let is_of_charts = ["yaml", "yml", "tpl", "tgz", "lock"].contains(&extension) || name == "values.schema.json";
    // What is read under its name, on later runs as well.
    name == FILE_NAME
        || name == LOCK_NAME
        || path.is_file()
            && (is_of_charts && charts.into_iter().any(|chart| path.starts_with(canonical(chart)))
                || lists.chain(given).any(|input| canonical(input) == path))
}

/// A stream of the process that is named as a file. It may lead into a file that holds more than the report: to put the report in
/// its place would take the rest away.
enum Stream {
    Output,
    Error,
}

impl Stream {
    fn of(file: &Path) -> Option<Self> {
        match file.to_str()? {
            "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Some(Self::Output),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => Some(Self::Error),
            _ => None,
        }
    }
}

/// Whether `file` is the summary of a step of GitHub's workflows, to which each command of the step adds its part.
fn is_step_summary(file: &Path) -> bool {
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|summary| !summary.is_empty());
    summary.is_some_and(|summary| canonical(Path::new(&summary)) == canonical(file))
}

/// One report.
fn text(
    session: &Session,
    options: &Check,
    format: Format,
    style: report::Style,
    checked: &mut Checked,
    fixed: &[Fixed],
) -> String {
    let sources = &session.sources;
    let base = match format.base() {
        Base::Here => here(),
        Base::Workspace => checked.root.clone(),
        Base::Repository => repository_of(&checked.root).unwrap_or_else(|| checked.root.clone()),
    };
    let root = std::mem::replace(&mut checked.root, base);
    let mut text = match format {
        _ if options.statistics => report::statistics(checked),
        Format::Human => report::findings(checked, sources, style),
        Format::Concise => report::concise(checked, sources),
        Format::Json => report::json(checked, fixed, sources),
        Format::Sarif => report::sarif(checked, sources),
        Format::Github => report::github(checked, sources),
        Format::Markdown => report::markdown(checked, fixed, sources),
        Format::Rdjson => report::rdjson(checked, sources),
        Format::Junit => report::junit(checked, sources),
        Format::Gitlab => report::gitlab(checked, sources),
        Format::Checkstyle => report::checkstyle(checked, sources),
    };
    let nothing = checked.lists.is_empty() && !checked.errors.is_empty();
    if format == Format::Human && !options.quiet && !nothing {
        if options.statistics && !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&report::fixed(fixed, &checked.root, style));
        text.push_str(&report::closing(checked, style));
    }
    checked.root = root;
    text
}

fn refusal(file: &Path, message: &str) -> Refusal {
    Refusal { path: Some(file.to_owned()), ..Refusal::new(message) }
}

impl std::str::FromStr for Output {
    type Err = String;

    /// `FORMAT` or `FORMAT=FILE`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
        let format = Format::named(name)?;
        match file {
            Some("") => Err(format!("no file is named behind `{name}=`")),
            file => Ok(Self { format, file: file.map(Into::into) }),
        }
    }
}
