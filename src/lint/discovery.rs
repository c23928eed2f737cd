//! Finds the lists and the root charts of a workspace by walking its folder. Reads names, and of files only `.git`, which
//! says whether a folder is a submodule or another working copy, and `.gitmodules`.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::Refusal;

/// What a list is called.
pub const LIST_NAME: &str = "ecr-images.conf";

/// Folders that hold no charts or lists of the workspace's own.
pub(super) const SKIPPED: [&str; 3] = [".git", "node_modules", "target"];

/// A folder with lists and charts.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// The lists, those below `tools/` first.
    pub lists: Vec<PathBuf>,
    /// The folders with a `Chart.yaml` that lie in no other chart's `charts/`, sorted.
    pub charts: Vec<PathBuf>,
    /// Whether it has lists that are left out, because one was asked for.
    pub partial: bool,
    /// Why its root is that folder.
    pub why: String,
    /// Submodules that are not checked out: what they hold is not known.
    pub absent_submodules: Vec<PathBuf>,
}

/// What a folder with `.git` in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WorkTree {
    /// A repository's own, or one that git does not know more about.
    Main,
    /// A part of the repository around it.
    Submodule,
    /// Another working copy of a repository (`git worktree add`).
    Copy,
}

/// What the folder is, if it is the top of a git work tree. `.git` is a folder in a repository's own, else a file that says
/// where that folder is.
fn work_tree(folder: &Path) -> Option<WorkTree> {
    let marker = folder.join(".git");
    if marker.is_dir() {
        return Some(WorkTree::Main);
    }
    let text = std::fs::read_to_string(&marker).ok()?;
    let place = text.trim().strip_prefix("gitdir:")?.trim().replace('\\', "/");
    Some(match () {
        () if place.contains("/worktrees/") => WorkTree::Copy,
        () if place.contains("/modules/") => WorkTree::Submodule,
        () => WorkTree::Main,
    })
}

/// The workspace that `path` means: a folder is one itself; a list belongs to the nearest folder above it that holds charts.
///
/// # Errors
/// When there is nothing at `path`, or a folder holds no list.
pub fn discover(path: &Path) -> Result<Workspace, Refusal> {
    let refusal = |message: String| Refusal { path: Some(path.to_owned()), ..Refusal::new(message) };
    let metadata = std::fs::metadata(path).map_err(|error| refusal(format!("cannot be read: {error}")))?;
    if !metadata.is_dir() {
        return Ok(around(path));
    }
    if path.file_name().is_some_and(|name| name == LIST_NAME) {
        return Err(refusal("is a folder; the mirror list must be a file".to_owned()));
    }
    let workspace = walk(path);
    if workspace.lists.is_empty() {
        let folder = path.join("tools").join(LIST_NAME);
        if folder.is_dir() {
            let message = "is a folder; the mirror list must be a file";
            return Err(Refusal { path: Some(folder), ..Refusal::new(message) });
        }
        let message = format!("holds no `{LIST_NAME}`; name the list, or the folder that holds it");
        return Err(refusal(message));
    }
    Ok(Workspace { why: "the folder that was asked for".to_owned(), ..workspace })
}

/// The workspace of the folder `path` when a configuration says which lists it has.
#[must_use]
pub fn configured(path: &Path, lists: Vec<PathBuf>) -> Workspace {
    Workspace { lists, why: "the folder that was asked for".to_owned(), ..walk(path) }
}

/// The workspace of the list at `list`: the nearest folder above it with a chart below. The search ends at the top of the
/// git work tree, but leaves a submodule for the repository around it; outside of one it goes no further than the folder
/// above `tools/`.
fn around(list: &Path) -> Workspace {
    let absolute = absolute(list);
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let top = folder.ancestors().find(|folder| work_tree(folder).is_some_and(|tree| tree != WorkTree::Submodule));
    // A submodule without a repository around it is a work tree of its own.
    let top = top.or_else(|| folder.ancestors().filter(|folder| work_tree(folder).is_some()).last());
    let start = if folder.ends_with("tools") { folder.parent().unwrap_or(folder) } else { folder };
    let above: Vec<&Path> = match top {
        Some(top) => start.ancestors().take_while(|folder| folder.starts_with(top)).collect(),
        None => vec![start],
    };
    let nearest = above.iter().map(|folder| walk(folder)).find(|workspace| !workspace.charts.is_empty());
    let why = match nearest {
        Some(_) => "the nearest folder above the list that holds charts",
        None if folder == start => {
            "the folder of the list: none above it, up to the top of the work tree, holds charts"
        }
        None => "the folder above `tools/`: none above it, up to the top of the work tree, holds charts",
    };
    let mut workspace = Workspace { why: why.to_owned(), ..nearest.unwrap_or_else(|| walk(start)) };
    workspace.partial = workspace.lists.iter().any(|other| *other != absolute);
    // Paths are printed as they were given where that is possible.
    if let Ok(here) = std::env::current_dir()
        && let Ok(below) = workspace.root.strip_prefix(&here)
        && !list.is_absolute()
    {
        let relative = |path: &PathBuf| path.strip_prefix(&here).map_or_else(|_| path.clone(), Path::to_owned);
        let root = below.to_owned();
        workspace.charts = workspace.charts.iter().map(relative).collect();
        workspace.root = root;
        workspace.lists = vec![relative(&absolute)];
    } else {
        workspace.lists = vec![absolute.clone()];
    }
    workspace
}

/// `path` from the root of the file system; its folder's own path where `..` would hide which folders are above it.
fn absolute(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let climbs = whole.components().any(|part| part == Component::ParentDir);
    let folder = whole.parent().filter(|_| climbs).and_then(|folder| std::fs::canonicalize(folder).ok());
    match (folder, whole.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => whole,
    }
}

fn walk(root: &Path) -> Workspace {
    let mut workspace = Workspace { root: root.to_owned(), ..Workspace::default() };
    let mut charts = BTreeSet::new();
    let kept = |entry: &DirEntry| {
        let skipped = || SKIPPED.iter().any(|name| entry.file_name() == *name);
        let copy = || entry.file_type().is_dir() && work_tree(entry.path()) == Some(WorkTree::Copy);
        entry.depth() == 0 || !(skipped() || copy())
    };
    for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(kept).flatten() {
        if entry.file_name() == "Chart.yaml" && !entry.file_type().is_dir() {
            charts.extend(entry.path().parent().map(Path::to_owned));
        } else if entry.file_name() == LIST_NAME && entry.path().is_file() {
            workspace.lists.push(entry.into_path());
        } else if entry.file_name() == ".gitmodules" {
            workspace.absent_submodules.extend(absent_submodules(entry.path()));
        }
    }
    let in_tools = |list: &PathBuf| list.parent().is_some_and(|folder| folder.ends_with("tools"));
    workspace.lists.sort_by_key(|list| (!in_tools(list), list.clone()));
    let nested =
        |chart: &PathBuf| chart.ancestors().skip(1).any(|above| charts.contains(above) && below_charts(above, chart));
    workspace.charts = charts.iter().filter(|chart| !nested(chart)).cloned().collect();
    workspace
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
        let folder = workspace(&["chart/Chart.yaml", "x/ecr-images.conf/keep"]);
        let message = |path: PathBuf| discover(&path).unwrap_err().message;
        assert!(message(folder.path().join("nothing")).starts_with("cannot be read"));
        assert!(message(folder.path().to_owned()).contains("holds no `ecr-images.conf`"));
        assert!(message(folder.path().join("x/ecr-images.conf")).contains("is a folder"));
    }
}
