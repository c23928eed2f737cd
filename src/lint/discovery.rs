//! Decides which folder is the workspace, and what its lists and root charts are: as the path says that was asked for, else
//! the nearest folder above. What it takes and what it could not look into is told.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::Refusal;
use super::walk::{Walk, WorkTree, work_tree};
use crate::config;
use crate::source::Sources;

/// What a list is called.
pub const LIST_NAME: &str = "ecr-images.conf";

/// How many folders above the list's are looked through for charts outside of a git work tree.
const MOST_ABOVE: usize = 4;

/// A folder with lists and charts.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// The lists, those below `tools/` first.
    pub lists: Vec<PathBuf>,
    /// The folders with a `Chart.yaml`, or that have lost it, that lie in no other chart's `charts/`, sorted.
    pub charts: Vec<PathBuf>,
    /// The folders with `templates/` that are no charts.
    pub templated: Vec<PathBuf>,
    /// The folders below it with a configuration, but those below another one: workspaces of their own.
    pub nested: Vec<PathBuf>,
    /// The lists in those, which are not its own.
    pub theirs: Vec<PathBuf>,
    /// Whether it has lists that are left out, because one was asked for.
    pub partial: bool,
    /// What of the folders above it counts in it, in sentences.
    pub told: Vec<String>,
    /// Whether its lists are those that were found below it, so that others may be where nobody could look.
    pub searched: bool,
    /// Why its root is that folder.
    pub why: String,
    /// Whether its root is none that was asked for, and so has to be told.
    pub above: bool,
    /// Submodules that are not checked out: what they hold is not known.
    pub absent_submodules: Vec<PathBuf>,
    /// What could not be looked into.
    pub unread: Vec<Unread>,
    /// Symbolic links that lead nowhere.
    pub dangling: Vec<PathBuf>,
    /// Folders that were left out: hidden ones, and those that tools fill.
    pub skipped: Vec<PathBuf>,
    /// Files that could be packaged charts and lie in no chart.
    pub packages: Vec<PathBuf>,
}

/// A folder that could not be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The folder.
    pub path: PathBuf,
    /// Why.
    pub message: String,
}

impl From<&Unread> for Refusal {
    fn from(unread: &Unread) -> Self {
        let message = format!("cannot be looked into, so lists and charts in it are not known: {}", unread.message);
        Self { path: Some(unread.path.clone()), ..Self::new(message) }
    }
}

/// The workspace that `path` means: a folder is one itself; a list belongs to the nearest folder above it that holds charts.
///
/// # Errors
/// When there is nothing at `path`, or a folder holds no list.
pub fn discover(path: &Path) -> Result<Workspace, Refusal> {
    find(&Sources::new(), path, false)?.with_lists()
}

/// As [`discover`], but the folder need not hold lists; what stands in `sources` and was never saved counts. With `configurable`, a
/// folder with a configuration is a workspace, too.
///
/// # Errors
/// When there is nothing at `path`.
pub fn find(sources: &Sources, path: &Path, configurable: bool) -> Result<Workspace, Refusal> {
    let refusal = |message: String| Refusal { path: Some(path.to_owned()), ..Refusal::new(message) };
    let metadata = std::fs::metadata(path).map_err(|error| refusal(format!("cannot be read: {error}")))?;
    if !metadata.is_dir() {
        return Ok(find_around(sources, path, configurable));
    }
    if path.file_name().is_some_and(|name| name == LIST_NAME) {
        return Err(refusal("is a folder; the mirror list must be a file".to_owned()));
    }
    let workspace = walk(path).with_unsaved(sources);
    let whole = !workspace.charts.is_empty() || is_marked(sources, path, configurable);
    if !whole && !workspace.lists.is_empty() {
        // A folder of lists, as `tools/` is.
        let lists: Vec<PathBuf> = workspace.lists.iter().map(|list| absolute(list)).collect();
        let mut found = nearest(sources, &absolute(&path.join(LIST_NAME)), configurable);
        if !found.charts.is_empty() || is_marked(sources, &found.root, configurable) {
            found.partial = found.lists.iter().any(|list| !lists.contains(list));
            found.lists = lists;
            found.nested.retain(|nested| nested.starts_with(absolute(&path.join(LIST_NAME)).parent().unwrap_or(path)));
            found.searched = true;
            return Ok(as_given(found, path));
        }
    }
    Ok(Workspace { why: "the folder that was asked for".to_owned(), ..workspace })
}

/// The workspace when no path is given: the current folder, or the nearest above it, up to the top of the git work tree,
/// with a list and charts, or a configuration; else the nearest with a list; else the current folder. From a folder of lists
/// without charts, only those lists. What stands in `sources` and was never saved counts.
#[must_use]
pub fn find_here(sources: &Sources, configurable: bool) -> Workspace {
    let here = PathBuf::from(".");
    let first = walk(&here).with_unsaved(sources);
    let fits = |found: &Workspace| {
        (!found.lists.is_empty() && !found.charts.is_empty()) || is_marked(sources, &found.root, configurable)
    };
    if !fits(&first) {
        if !first.lists.is_empty()
            && let Ok(found) = find(sources, &here, configurable)
            && (!found.charts.is_empty() || is_marked(sources, &found.root, configurable))
        {
            return Workspace { above: true, ..found };
        }
        let absolute = absolute(&here);
        let mut second: Option<Workspace> = None;
        for folder in above(&absolute).into_iter().skip(1) {
            let found = walk(folder).with_unsaved(sources);
            if fits(&found) {
                let why = "the nearest folder above the current one that holds a list and charts".to_owned();
                let marked = format!("the nearest folder above the current one with {}", config::FILE_NAME);
                let why = if is_marked(sources, folder, configurable) { marked } else { why };
                return Workspace { why, above: true, ..found };
            }
            if second.is_none() && !found.lists.is_empty() {
                second = Some(found);
            }
        }
        if let (true, Some(second)) = (first.lists.is_empty(), second) {
            let why = "the nearest folder above the current one that holds a list".to_owned();
            return Workspace { why, above: true, ..second };
        }
    }
    Workspace { why: "the current folder".to_owned(), ..first }
}

/// Where charts alone are asked for and no path is given: the current folder, if it holds some or a configuration; else as
/// [`find_here`].
#[must_use]
pub fn find_charts_here(sources: &Sources, configurable: bool) -> Workspace {
    let here = PathBuf::from(".");
    let found = walk(&here).with_unsaved(sources);
    if found.charts.is_empty() && !is_marked(sources, &here, configurable) {
        return find_here(sources, configurable);
    }
    Workspace { why: "the current folder".to_owned(), ..found }
}

/// The folder that a check of the charts in `folder` takes for the workspace: the nearest from it on with a list or a
/// configuration; else `folder`. There belongs what is to count for such a check.
#[must_use]
pub fn home_of(sources: &Sources, folder: &Path) -> PathBuf {
    let whole = absolute(&folder.join(LIST_NAME));
    let above = above(whole.parent().unwrap_or(folder)).into_iter();
    let found = above.map(walk).find(|found| !found.lists.is_empty() || is_marked(sources, &found.root, true));
    found.map_or_else(|| folder.to_owned(), |found| as_given(found, folder).root)
}

/// The workspace of the list at `list`, as [`find`] for a list; but it need not be there yet.
#[must_use]
pub fn find_around(sources: &Sources, list: &Path, configurable: bool) -> Workspace {
    let absolute = absolute(list);
    let mut workspace = nearest(sources, &absolute, configurable);
    workspace.partial = workspace.lists.iter().any(|other| *other != absolute);
    workspace.lists = vec![absolute];
    workspace.nested.clear();
    workspace.searched = false;
    as_given(workspace, list)
}

/// Where the configuration that counts in `folder` may lie, the nearest place first: in it and in the folders above it, up to the top
/// of the git work tree; outside of one in it alone.
#[must_use]
pub fn places_of_configuration(folder: &Path) -> Vec<PathBuf> {
    let start = absolute(&folder.join(config::FILE_NAME));
    let top = repository_of(folder);
    let above = start.ancestors().skip(2).take_while(|above| top.as_ref().is_some_and(|top| above.starts_with(top)));
    // As the folder is called, where that is possible.
    let here = std::env::current_dir().ok().filter(|_| !folder.is_absolute());
    let called = |path: &Path| here.as_ref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_owned();
    std::iter::once(folder.to_owned()).chain(above.map(called)).map(|folder| folder.join(config::FILE_NAME)).collect()
}

/// Whether the folder holds a configuration that counts.
fn is_marked(sources: &Sources, folder: &Path, configurable: bool) -> bool {
    let file = folder.join(config::FILE_NAME);
    configurable && (file.is_file() || sources.has_overlay(&file))
}

impl Workspace {
    /// The same with the lists that a configuration names.
    #[must_use]
    pub fn configured(self, lists: Vec<PathBuf>) -> Self {
        Self { lists, searched: false, ..self }
    }

    /// The same with the lists and charts in it that were never saved.
    pub(super) fn with_unsaved(mut self, sources: &Sources) -> Self {
        for inside in sources.unsaved_below(&self.root) {
            let path = self.root.join(&inside);
            let Some(folder) = path.parent().map(Path::to_owned) else { continue };
            if path.file_name().is_some_and(|name| name == LIST_NAME) && !self.lists.contains(&path) {
                self.lists.push(path);
            } else if path.ends_with("Chart.yaml") && !self.charts.contains(&folder) {
                self.templated.retain(|templated| *templated != folder);
                self.charts.push(folder);
            } else if path.ends_with(config::FILE_NAME) && folder != self.root {
                self.nested.push(folder);
            }
        }
        sort_lists(&mut self.lists);
        outermost(&mut self.charts);
        self.nested = highest(self.nested);
        self
    }

    /// The same without the lists of the workspaces below it.
    #[must_use]
    pub(super) fn parted(mut self) -> Self {
        let is_theirs = |list: &PathBuf| self.nested.iter().any(|nested| list.starts_with(nested));
        (self.theirs, self.lists) = self.lists.into_iter().partition(is_theirs);
        self
    }

    /// The same, if it or a workspace below it holds a list.
    ///
    /// # Errors
    /// When none does.
    pub fn with_lists(self) -> Result<Self, Refusal> {
        if !(self.lists.is_empty() && self.theirs.is_empty()) {
            return Ok(self);
        }
        let is_chart = self.root.join("Chart.yaml").is_file();
        let mut message = if is_chart {
            format!(
                "is a Helm chart and holds no `{LIST_NAME}`; name the list, or ask for the chart's images \
                     (`mirrorlint images`)"
            )
        } else {
            format!("holds no `{LIST_NAME}`; name the list, or the folder that holds it")
        };
        self.told.iter().for_each(|told| message.push_str(&format!("\n{told}")));
        for unread in &self.unread {
            message.push_str(&format!("\n{} cannot be looked into: {}", unread.path.display(), unread.message));
        }
        Err(Refusal { path: Some(self.root), ..Refusal::new(message) })
    }
}

/// The workspace of the list at `list`, an absolute path: the nearest folder above it with a chart below, or else the one
/// above `tools/`.
fn nearest(sources: &Sources, list: &Path, configurable: bool) -> Workspace {
    let (folder, start) = (list.parent().unwrap_or(Path::new("/")), home(list));
    for (steps, folder) in above(start).into_iter().enumerate() {
        let found = walk(folder).with_unsaved(sources);
        let why = match (found.charts.is_empty(), is_marked(sources, folder, configurable)) {
            (_, true) => format!("the nearest folder above the list with {}", config::FILE_NAME),
            (false, _) => "the nearest folder above the list that holds charts".to_owned(),
            (true, false) => continue,
        };
        return Workspace { why, above: steps > 0, ..found };
    }
    let place = if folder == start { "the folder of the list" } else { "the folder above `tools/`" };
    let top = match top_of(start) {
        Some(_) => "the top of the work tree",
        None => "the bound of the search outside of git",
    };
    Workspace { why: format!("{place}: none above it, up to {top}, holds charts"), ..walk(start).with_unsaved(sources) }
}

/// The folder that a list speaks for: its own, or the one above `tools/`.
pub(super) fn home(list: &Path) -> &Path {
    let folder = list.parent().unwrap_or(Path::new("/"));
    if folder.ends_with("tools") { folder.parent().unwrap_or(folder) } else { folder }
}

/// `start` and the folders above it that may be its workspace. In a git work tree all up to its top, out of a submodule into
/// the repository around it; outside of one a few, and none that holds more than projects: the home folder and those above
/// it, the folder for temporary files, the root of the file system and the folders in it.
fn above(start: &Path) -> Vec<&Path> {
    if let Some(top) = top_of(start) {
        return start.ancestors().take_while(|folder| folder.starts_with(top)).collect();
    }
    let home = std::env::home_dir().unwrap_or_default();
    let wide =
        |folder: &Path| home.starts_with(folder) || folder == std::env::temp_dir() || folder.components().count() <= 2;
    let higher = start.ancestors().skip(1).take(MOST_ABOVE).take_while(|folder| !wide(folder));
    std::iter::once(start).chain(higher).collect()
}

/// The top of the git work tree that `folder` lies in.
fn top_of(folder: &Path) -> Option<&Path> {
    let top = folder.ancestors().find(|folder| work_tree(folder).is_some_and(|tree| tree != WorkTree::Submodule));
    // A submodule without a repository around it is a work tree of its own.
    top.or_else(|| folder.ancestors().filter(|folder| work_tree(folder).is_some()).last())
}

/// The top of the git repository that `folder` lies in, out of a submodule into the repository around it; `None` outside of git.
#[must_use]
pub fn repository_of(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // The top may be above what `..` climbs over.
    let absolute = absolute(&folder.join(LIST_NAME));
    top_of(absolute.parent()?).map(Path::to_owned)
}

/// The same with its paths as `given` was given, where that is possible.
fn as_given(workspace: Workspace, given: &Path) -> Workspace {
    let Ok(here) = std::env::current_dir() else { return workspace };
    let Ok(below) = workspace.root.strip_prefix(&here) else { return workspace };
    if given.is_absolute() {
        return workspace;
    }
    let root = if below.as_os_str().is_empty() { PathBuf::from(".") } else { below.to_owned() };
    let relative = |path: &PathBuf| path.strip_prefix(&here).map_or_else(|_| path.clone(), Path::to_owned);
    let all = |paths: &[PathBuf]| paths.iter().map(relative).collect();
    let unread = |unread: &Unread| Unread { path: relative(&unread.path), ..unread.clone() };
    Workspace {
        root,
        lists: all(&workspace.lists),
        charts: all(&workspace.charts),
        absent_submodules: all(&workspace.absent_submodules),
        dangling: all(&workspace.dangling),
        skipped: all(&workspace.skipped),
        packages: all(&workspace.packages),
        templated: all(&workspace.templated),
        nested: all(&workspace.nested),
        theirs: all(&workspace.theirs),
        unread: workspace.unread.iter().map(unread).collect(),
        ..workspace
    }
}

/// `path` from the root of the file system; its folder's own path where `..` would hide which folders are above it.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let climbs = whole.components().any(|part| part == Component::ParentDir);
    let folder = whole.parent().filter(|_| climbs).and_then(|folder| std::fs::canonicalize(folder).ok());
    match (folder, whole.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => whole,
    }
}

pub(super) fn walk(root: &Path) -> Workspace {
    let found = Walk::of(root);
    let mut lists = found.lists;
    sort_lists(&mut lists);
    let is_chart = |folder: &Path| found.charts.contains(folder) || found.headless.contains(folder);
    let mut charts: Vec<PathBuf> = found.charts.iter().chain(&found.headless).cloned().collect();
    outermost(&mut charts);
    let loose = |package: &&PathBuf| package.ancestors().skip(1).all(|folder| !is_chart(folder));
    Workspace {
        root: root.to_owned(),
        lists,
        charts,
        templated: found.templated.into_iter().collect(),
        nested: highest(found.configured),
        searched: true,
        absent_submodules: found.gitmodules.iter().flat_map(|file| absent_submodules(file)).collect(),
        packages: found.packages.iter().filter(loose).cloned().collect(),
        unread: found.unread,
        dangling: found.dangling.into_iter().collect(),
        skipped: found.skipped.into_iter().collect(),
        ..Workspace::default()
    }
}

/// Sorts lists, those in a `tools/` folder first.
fn sort_lists(lists: &mut [PathBuf]) {
    let in_tools = |list: &PathBuf| list.parent().is_some_and(|folder| folder.ends_with("tools"));
    lists.sort_by_key(|list| (!in_tools(list), list.clone()));
}

/// Those of `folders` that lie in no other one, sorted.
fn highest(folders: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let folders: BTreeSet<PathBuf> = folders.into_iter().collect();
    let is_highest = |folder: &&PathBuf| folder.ancestors().skip(1).all(|above| !folders.contains(above));
    folders.iter().filter(is_highest).cloned().collect()
}

/// Sorts charts, and leaves those out that lie in another one's `charts/`.
fn outermost(charts: &mut Vec<PathBuf>) {
    charts.sort();
    let all = charts.clone();
    let is_chart = |folder: &Path| all.binary_search_by(|chart| chart.as_path().cmp(folder)).is_ok();
    charts.retain(|chart| !chart.ancestors().skip(1).any(|above| is_chart(above) && below_charts(above, chart)));
}

/// The submodules of a `.gitmodules` file whose folders are empty or not there.
fn absent_submodules(file: &Path) -> Vec<PathBuf> {
    let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
    let folder = file.parent().unwrap_or(Path::new(""));
    let paths = text.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim().strip_prefix('='));
    let paths = paths.map(|path| folder.join(path.trim().trim_matches('"')));
    paths.filter(|path| std::fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none())).collect()
}

/// Whether `chart` lies in the `charts/` folder of the chart at `above`.
fn below_charts(above: &Path, chart: &Path) -> bool {
    chart.strip_prefix(above).is_ok_and(|rest| rest.starts_with("charts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    fn below(root: &Path, paths: &[PathBuf]) -> Vec<String> {
        paths.iter().map(|path| path.strip_prefix(root).unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn lists_and_root_charts_are_found() {
        let folder = workspace(&[
            "other/ecr-images.conf",
            "tools/ecr-images.conf",
            "cli/chart/Chart.yaml",
            "cli/chart/charts/sub/Chart.yaml",
            "node_modules/x/Chart.yaml",
        ]);
        let found = discover(folder.path()).unwrap();
        assert_eq!(below(folder.path(), &found.lists), ["tools/ecr-images.conf", "other/ecr-images.conf"]);
        assert_eq!(below(folder.path(), &found.charts), ["cli/chart"]);
    }

    #[test]
    fn a_list_belongs_to_the_nearest_folder_with_charts() {
        let folder = workspace(&[".git/HEAD", "a/chart/Chart.yaml", "b/tools/ecr-images.conf", "b/chart/Chart.yaml"]);
        let found = discover(&folder.path().join("b/tools/ecr-images.conf")).unwrap();
        assert_eq!(found.root, folder.path().join("b"));
        assert_eq!(below(folder.path(), &found.charts), ["b/chart"]);
    }

    #[test]
    fn a_missing_path_and_a_folder_without_lists_are_told() {
        let folder = workspace(&["chart/Chart.yaml", "y/keep", "x/ecr-images.conf/keep"]);
        let message = |path: PathBuf| discover(&path).unwrap_err().message;
        assert!(message(folder.path().join("nothing")).starts_with("cannot be read"));
        assert!(message(folder.path().join("y")).contains("holds no `ecr-images.conf`"));
        assert!(message(folder.path().join("chart")).contains("is a Helm chart and holds no `ecr-images.conf`"));
        // What is called as a list is one, and is refused when it is to be read.
        assert_eq!(discover(folder.path()).unwrap().lists, [folder.path().join("x/ecr-images.conf")]);
        assert!(message(folder.path().join("x/ecr-images.conf")).contains("is a folder"));
    }
}
