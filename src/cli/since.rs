//! `check --since REV`: of the findings those that the change since REV touched or caused. The workspace is checked as it was at REV,
//! too; what was said there already, of lines that nobody touched, is left out and counted.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Session;
use super::arguments::{ChartOptions, Check};
use super::check::check_all;
use super::revision::Revision;
use crate::chart::STANDARD_INPUT;
use crate::lint::{Checked, Finding, Refusal, Since, repository_of};
use crate::source::{Sources, Span, canonical};

/// Takes out of `checked` what was there at `revision` already.
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
    let files = Revision::of(&top, revision)?;
    let move_ = Move { from: canonical(&top), to: canonical(&files.path()), renamed: &files.renamed };
    let old = session.with(Sources::new());
    let input = Path::new(STANDARD_INPUT);
    if let Some(known) = session.sources.find(input) {
        old.sources.add(input, session.sources.get(known).text().clone());
    }
    let paths: Vec<PathBuf> = given.iter().map(|path| move_.path(path)).filter(|path| path.exists()).collect();
    let paths: Vec<Option<&Path>> = paths.iter().map(|path| Some(path.as_path())).collect();
    let mut before = Checked::default();
    if let Some(charts) = move_.options(&options.charts) {
        match check_all(&old, &paths, &charts) {
            Ok(checked) => before = checked,
            Err(error) => before.add_error(error),
        }
    }
    if let Some(error) = before.errors.first() {
        session.warn(&format!("not all could be checked as it was at {revision}, so more counts as new: {error}"));
    }
    let mut known: HashMap<Identity, usize> = HashMap::new();
    for finding in &before.findings {
        let path = below(&move_.to, old.sources.get(finding.span.file).path());
        *known.entry(identity(finding, path)).or_default() += 1;
    }
    let mut changes = Changes { sources: &session.sources, move_: &move_, lines: HashMap::new() };
    let all = checked.findings.len();
    checked.findings.retain(|finding| {
        let path = move_.before(&below(&move_.from, session.sources.get(finding.span.file).path()));
        let number = known.get_mut(&identity(finding, path)).filter(|number| **number > 0);
        let was_there = number.map(|number| *number -= 1).is_some();
        let mut spans = std::iter::once(finding.span).chain(finding.related.iter().map(|related| related.span));
        !was_there || spans.any(|span| changes.touch(span))
    });
    checked.since = Some(Since { revision: revision.to_owned(), left_out: all - checked.findings.len() });
    Ok(())
}

/// What makes two findings one, wherever its lines are: its file as it was called then, its kind, what is listed and what is
/// deployed.
type Identity = (PathBuf, String, Option<String>, Option<String>);

fn identity(finding: &Finding, path: PathBuf) -> Identity {
    (path, finding.kind(), finding.image.clone(), finding.expected.clone())
}

/// `path` from `top`; as it is when it lies elsewhere, or is an argument.
fn below(top: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") {
        return path.to_owned();
    }
    let path = canonical(path);
    path.strip_prefix(top).map(Path::to_owned).unwrap_or(path)
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
            let rest = new.strip_prefix(path).ok()?;
            if rest.as_os_str().is_empty() {
                return Some(old.clone());
            }
            let above = old.ancestors().nth(rest.components().count())?;
            (old.ends_with(rest) && is_new()).then(|| above.to_owned())
        };
        self.renamed.iter().find_map(called).unwrap_or_else(|| path.to_owned())
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
    lines: HashMap<PathBuf, Option<HashSet<usize>>>,
}

impl Changes<'_> {
    /// Whether a line of `span` was changed.
    fn touch(&mut self, span: Span) -> bool {
        let file = self.sources.get(span.file);
        if file.path().as_os_str().as_encoded_bytes().starts_with(b"-") {
            return false;
        }
        let lines = self.lines.entry(file.path().to_owned()).or_insert_with(|| {
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

/// The lines of `after`, from 1, that are not those of `before`.
fn changed(before: &str, after: &str) -> HashSet<usize> {
    if before == after {
        return HashSet::new();
    }
    let diff = similar::TextDiff::from_lines(before, after);
    let new = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal).flat_map(|op| op.new_range());
    new.map(|line| line + 1).collect()
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
    }
}
