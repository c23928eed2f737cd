//! `check --since REV`: of the findings those that the change since REV touched or caused. The workspace is checked as it was at REV,
//! too; what was said there already, of lines that nobody touched, is left out and counted.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Session;
use super::arguments::{ChartOptions, Check};
use super::check::{check_all, is_selected};
use super::revision::Revision;
use crate::chart::STANDARD_INPUT;
use crate::inventory::ChartName;
use crate::lint::{Checked, Finding, Outlook, Refusal, Severity, Since, repository_of};
use crate::source::{FileId, Sources, Span, canonical};

/// Takes out of `checked` what was not asked for, and what was there at `revision` already.
///
/// # Errors
/// When the revision cannot be read.
pub(super) fn narrow(session: &Session, options: &Check, checked: &mut Checked, revision: &str) -> Result<(), Refusal> {
    // Without a path, the workspace is the folder that was found.
    let given: Vec<PathBuf> = if options.paths.is_empty() { vec![checked.root.clone()] } else { options.paths.clone() };
    let Some(top) = given.iter().find_map(|path| repository_of(path)) else {
        return Err(Refusal::new("--since: the workspace lies in no git repository"));
    };
    if let Some(other) = given.iter().find(|path| repository_of(path).as_ref() != Some(&top)) {
        let message = format!("--since: it does not lie in the repository {}", top.display());
        return Err(Refusal { path: Some(other.clone()), ..Refusal::new(message) });
    }
    let files = Revision::of(&canonical(&top), revision)?;
    let move_ = Move { from: canonical(&top), to: canonical(files.path()), renamed: &files.renamed };
    for path in session.sources.paths() {
        if let Err(error) = files.reach(&move_.from, &canonical(&path))
            && path.exists()
        {
            let path = path.display();
            session.warn(&format!("{path} lies outside of the repository, so what it brings counts as new: {error}"));
        }
    }
    let old = session.with(Sources::new());
    let before = check_before(session, &old, options, &given, &move_);
    warn(session, revision, &files, &move_, &before, checked);
    checked.findings.retain(|finding| is_selected(options, finding));
    let mut known = Known::default();
    for finding in &before.findings {
        let path = below(&move_.to, old.sources.get(finding.span.file).path());
        known.add(identity(finding, path, &move_), finding.severity);
    }
    let mut changes = Changes { sources: &session.sources, move_: &move_, lines: HashMap::new() };
    let all = checked.findings.len();
    checked.findings.retain(|finding| {
        let mut spans = std::iter::once(finding.span).chain(finding.related.iter().map(|related| related.span));
        let path = || move_.before(&below(&move_.from, session.sources.get(finding.span.file).path()));
        // What is on lines that were touched is told anyway: it takes no place of one that nobody touched.
        spans.any(|span| changes.touch(span)) || !known.take(&identity(finding, path(), &move_), finding.severity)
    });
    checked.since = Some(Since { revision: revision.to_owned(), left_out: all - checked.findings.len() });
    Ok(())
}

/// What is found in the files of the revision, read into the sources of `old`.
fn check_before(session: &Session, old: &Session, options: &Check, given: &[PathBuf], move_: &Move<'_>) -> Checked {
    let input = Path::new(STANDARD_INPUT);
    if let Some(known) = session.sources.find(input) {
        old.sources.add(input, session.sources.get(known).text().clone());
    }
    let paths: Vec<PathBuf> = given.iter().map(|path| move_.path(path)).filter(|path| path.exists()).collect();
    let paths: Vec<Option<&Path>> = paths.iter().map(|path| Some(path.as_path())).collect();
    let mut before = Checked::default();
    if let Some(charts) = move_.options(&options.charts) {
        match check_all(old, &paths, options, &charts, &Outlook::new()) {
            Ok(checked) => before = checked,
            Err(error) => before.add_error(error),
        }
    }
    before
}

/// Says why more may count as new than the change brought.
fn warn(session: &Session, revision: &str, files: &Revision, move_: &Move<'_>, before: &Checked, now: &Checked) {
    let say = |what: &str| session.warn(&format!("{what} at {revision}, so more counts as new"));
    // Where there was no list, all of it is new anyway.
    let was_there = now.lists.iter().any(|list| move_.path(&list.path).exists());
    if let Some(error) = before.errors.first().filter(|_| was_there) {
        let error = move_.said(&error.to_string());
        session.warn(&format!("not all could be checked as it was at {revision}, so more counts as new: {error}"));
    }
    for path in &files.lacking {
        say(&format!("nothing is known here of the submodule {} that was", path.display()));
    }
    let missing: Vec<_> = unavailable(now).collect();
    let came = |chart: &&ChartName| missing.iter().all(|other| other.name != chart.name);
    let charts: BTreeSet<String> = unavailable(before).filter(came).map(ToString::to_string).collect();
    let is_unsure = |checked: &Checked| checked.lists.iter().any(|list| list.uncertain);
    if !charts.is_empty() {
        session.warn(&format!(
            "{} of {revision} is not on this machine, so all that is found with its new version counts as new: run \
             `mirrorlint fetch` on {revision}, too",
            charts.into_iter().collect::<Vec<_>>().join(", ")
        ));
    } else if is_unsure(before) && !is_unsure(now) {
        say("not all that the charts deployed is known as it was");
    }
}

/// The charts that are pinned and not there.
fn unavailable(checked: &Checked) -> impl Iterator<Item = &ChartName> {
    let findings = checked.findings.iter().filter(|finding| finding.rule.id == "unavailable-chart");
    findings.filter_map(|finding| finding.chart.as_ref())
}

/// What makes two findings one, wherever its lines are.
#[derive(PartialEq, Eq, Hash)]
struct Identity {
    /// Its file, as it was called then.
    path: PathBuf,
    kind: String,
    /// What is listed.
    image: Option<String>,
    /// What is deployed.
    expected: Option<String>,
    /// What else it is about, where that says nothing.
    what: String,
}

fn identity(finding: &Finding, path: PathBuf, move_: &Move<'_>) -> Identity {
    let what = match (&finding.image, &finding.expected) {
        // Another chart or version is expected than before, not another image.
        _ if finding.rule.id == "wrong-source" => finding.chart.as_ref().map(ToString::to_string).unwrap_or_default(),
        (None, None) => without_lines(&move_.said(&finding.message)),
        _ => String::new(),
    };
    let (image, expected) = (finding.image.clone(), finding.expected.clone());
    Identity { path, kind: finding.kind(), image, expected, what }
}

/// `message` without its numbers of lines and columns, which shift: those of `file:1:2:`, `(file:1:2)` and `line 1`.
fn without_lines(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let end = rest[start..].find(|letter: char| !letter.is_ascii_digit()).map_or(rest.len(), |end| start + end);
        out.push_str(&rest[..start]);
        let follows = rest[end..].chars().next();
        let is_place = out.ends_with("line ") || out.ends_with(':') && matches!(follows, None | Some(':' | ')'));
        if !is_place {
            out.push_str(&rest[start..end]);
        }
        rest = &rest[end..];
    }
    out + rest
}

/// The findings of then, and how severe each was.
#[derive(Default)]
struct Known(HashMap<Identity, Vec<Severity>>);

impl Known {
    fn add(&mut self, identity: Identity, severity: Severity) {
        self.0.entry(identity).or_default().push(severity);
    }

    /// Takes out one that was at least so severe, the least of them.
    fn take(&mut self, identity: &Identity, severity: Severity) -> bool {
        let Some(known) = self.0.get_mut(identity) else { return false };
        let enough = known.iter().enumerate().filter(|(_, known)| **known >= severity);
        let least = enough.min_by_key(|(_, known)| **known).map(|(at, _)| at);
        least.map(|at| known.swap_remove(at)).is_some()
    }
}

/// `path` from `top`; as it is when it lies elsewhere, or is an argument.
fn below(top: &Path, path: &Path) -> PathBuf {
    if is_argument(path) {
        return path.to_owned();
    }
    let path = canonical(path);
    path.strip_prefix(top).map(Path::to_owned).unwrap_or(path)
}

/// Whether it is no file, but an argument: `--set 1`.
fn is_argument(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().starts_with(b"-")
}

/// The way from the repository to the files of the revision.
struct Move<'a> {
    from: PathBuf,
    to: PathBuf,
    renamed: &'a [(PathBuf, PathBuf)],
}

impl Move<'_> {
    /// Where `path` was; what lies outside of the repository is what it was.
    fn path(&self, path: &Path) -> PathBuf {
        let shown = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let path_then = |rest: &Path| self.to.join(self.before(rest));
        canonical(shown).strip_prefix(&self.from).map_or_else(|_| path.to_owned(), path_then)
    }

    /// What the file or folder at `path`, both from the top, was called; a folder that is new is where its files come from.
    fn before(&self, path: &Path) -> PathBuf {
        let is_new = || !self.to.join(path).exists();
        let called = |(new, old): &(PathBuf, PathBuf)| {
            if let Ok(inside) = path.strip_prefix(new) {
                return Some(old.join(inside).components().collect());
            }
            let rest = new.strip_prefix(path).ok()?;
            let above = old.ancestors().nth(rest.components().count())?;
            (old.ends_with(rest) && is_new()).then(|| above.to_owned())
        };
        self.renamed.iter().find_map(called).unwrap_or_else(|| path.to_owned())
    }

    /// `message` as it would be said in the repository itself.
    fn said(&self, message: &str) -> String {
        message.replace(&*self.to.to_string_lossy(), &self.from.to_string_lossy())
    }

    /// What was asked for, of the files of then: a file that was not there gave no values. Nothing when none of the charts was.
    fn options(&self, options: &ChartOptions) -> Option<ChartOptions> {
        let mut moved = options.clone();
        let input = Path::new(STANDARD_INPUT);
        let paths = moved.charts.iter_mut().chain(&mut moved.config).chain(&mut moved.values.values);
        for path in paths.filter(|path| path.as_path() != input) {
            *path = self.path(path);
        }
        let was_there = |path: &PathBuf| path == input || !path.starts_with(&self.to) || path.exists();
        moved.charts.retain(was_there);
        moved.config = moved.config.filter(was_there);
        moved.values.values.retain(was_there);
        (options.charts.is_empty() || !moved.charts.is_empty()).then_some(moved)
    }
}

/// Which lines of files are others than at the revision.
struct Changes<'a> {
    sources: &'a Sources,
    move_: &'a Move<'a>,
    /// Of each file; none when all are.
    lines: HashMap<FileId, Option<HashSet<usize>>>,
}

impl Changes<'_> {
    /// Whether a line of `span` was changed.
    fn touch(&mut self, span: Span) -> bool {
        let file = self.sources.get(span.file);
        if is_argument(file.path()) {
            return false;
        }
        let lines = self.lines.entry(span.file).or_insert_with(|| {
            let old = self.move_.path(file.path());
            // A file of a package is as new as the package.
            if let Some((package, _)) = old.to_str().and_then(|path| path.split_once(".tgz!/")) {
                let package = PathBuf::from(format!("{package}.tgz"));
                let now = file.path().to_str().and_then(|path| path.split_once(".tgz!/"));
                let now = now.and_then(|(now, _)| std::fs::read(format!("{now}.tgz")).ok());
                return (now.is_some() && now == std::fs::read(package).ok()).then(HashSet::new);
            }
            let bytes = std::fs::read(old).ok()?;
            let before = crate::source::from_bytes(&bytes);
            Some(changed(&before, file.text()))
        });
        let Some(lines) = lines else { return true };
        let (first, last) = (self.sources.start(span).line, self.sources.end(span).line);
        (first..=last).any(|line| lines.contains(&line))
    }
}

/// The lines of `after`, from 1, that are not those of `before`. Whether a line ends with LF or CRLF is for git's settings to say.
fn changed(before: &str, after: &str) -> HashSet<usize> {
    if before == after {
        return HashSet::new();
    }
    let (before, after) = (lines(before), lines(after));
    let diff = similar::capture_diff_slices(similar::Algorithm::Myers, &before, &after);
    let new = diff.iter().filter(|op| op.tag() != similar::DiffTag::Equal).flat_map(similar::DiffOp::new_range);
    new.map(|line| line + 1).collect()
}

/// The lines without their ends, and whether they have one.
fn lines(text: &str) -> Vec<(&str, bool)> {
    let part = |line| match str::strip_suffix(line, '\n') {
        Some(ended) => (ended.strip_suffix('\r').unwrap_or(ended), true),
        None => (line, false),
    };
    text.split_inclusive('\n').map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_are_those_that_are_new() {
        let changed = |before, after| {
            let mut lines: Vec<_> = changed(before, after).into_iter().collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(changed("a\nb\nc\n", "a\nx\nb\nd\n"), [2, 4]);
        assert_eq!(changed("a\nb\n", "b\n"), Vec::<usize>::new());
        assert_eq!(changed("a", "a"), Vec::<usize>::new());
        assert_eq!(changed("a\r\nb\n", "a\nx\r\nb\r\n"), [2]);
        assert_eq!(changed("a\rb\nc", "a\rb\nc\n"), [2]);
    }

    #[test]
    fn messages_are_the_same_wherever_their_lines_are() {
        for (message, same) in [
            ("error at (web/templates/p.yaml:10:21): A 10", "error at (web/templates/p.yaml::): A 10"),
            ("web/t.yaml:3: unexpected", "web/t.yaml:: unexpected"),
            ("yaml: line 12: did not", "yaml: line : did not"),
            ("`redis:7` of web:1.0.0 with 2:x", "`redis:7` of web:1.0.0 with 2:x"),
        ] {
            assert_eq!(without_lines(message), same);
        }
    }
}
