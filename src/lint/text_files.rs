//! The text files that are a workspace's own: scripts, documentation, values beside those that the check takes. Lists, what is rendered of
//! charts, other git work trees (submodules), vendored folders and charts, what git ignores, and changelogs, which tell of the past, are
//! none of them. Reads them in parallel, and only when asked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use ignore::{DirEntry, WalkBuilder};
use rayon::prelude::*;
use regex::bytes::Regex;

use super::choice::VENDORED;
use super::discovery::{LIST_NAME, repository_of};
use super::walk::is_foreign;
use super::{Kept, Settings, Workspace};
use crate::config;
use crate::source::{FileId, Sources, canonical, to_bytes};

/// Larger files are data.
const LARGEST: u64 = 1 << 20;

/// Bytes of files that are kept in memory at most, where files are.
const MOST_KEPT: usize = 32 << 20;

/// A file with a NUL byte among its first so many is binary, as for git.
const LOOKED_AT: usize = 8000;

/// Starts of names of files that tell of the past.
const HISTORIES: [&str; 4] = ["changelog", "changes", "history", "release"];

/// Ends of names of files that were put aside, and of records of what ran.
const ASIDE: [&str; 7] = [".bak", ".log", ".old", ".orig", ".rej", ".swp", "~"];

/// Folders of a chart in which it has what Helm renders, and other charts.
const RENDERED_FOLDERS: [&str; 3] = ["charts", "crds", "templates"];

/// Files of a chart that are read for what it deploys.
const RENDERED_FILES: [&str; 5] = ["Chart.lock", "Chart.yaml", "requirements.lock", "requirements.yaml", "values.yaml"];

/// The text files of one workspace, found once.
pub(crate) struct TextFiles<'a> {
    workspace: &'a Workspace,
    kept: &'a Kept,
    /// Files of values and objects that the check takes.
    inputs: Vec<PathBuf>,
    paths: OnceLock<Vec<PathBuf>>,
}

impl<'a> TextFiles<'a> {
    /// Those of `workspace`, but for what the check takes itself; nothing is read yet.
    pub fn of(workspace: &'a Workspace, settings: &'a Settings) -> Self {
        let inputs = settings.inputs().iter().map(|path| canonical(path)).collect();
        Self { workspace, kept: &settings.kept, inputs, paths: OnceLock::new() }
    }

    /// The files in which `pattern` is found, in order of their paths. What cannot be read is left out.
    pub fn holding(&self, sources: &Sources, pattern: &Regex) -> Vec<FileId> {
        let paths = self.paths();
        let on_disk = self.on_disk(paths, pattern);
        let holds = |path: &&PathBuf| match sources.has_overlay(path) {
            true => sources.read(path).is_ok_and(|file| pattern.is_match(&to_bytes(sources.get(file).text()))),
            false => on_disk.contains(path.as_path()),
        };
        // Read in order, so that nothing depends on threads.
        let found = paths.iter().filter(holds).filter(|path| !self.inputs.contains(&canonical(path)));
        found.filter_map(|path| sources.read(path).ok()).collect()
    }

    fn paths(&self) -> &[PathBuf] {
        self.paths.get_or_init(|| match self.kept.files() {
            Some(mut kept) => {
                let lists = &self.workspace.lists;
                let known = kept.own.take().filter(|(of, _)| of == lists);
                kept.own.insert(known.unwrap_or_else(|| (lists.clone(), walk(self.workspace)))).1.clone()
            }
            None => walk(self.workspace),
        })
    }

    /// Those of `paths` in which `pattern` is found on disk.
    fn on_disk<'p>(&self, paths: &'p [PathBuf], pattern: &Regex) -> HashSet<&'p Path> {
        let read = |path: &Path| -> Arc<[u8]> {
            let small = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= LARGEST);
            let bytes = if small { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
            if bytes[..bytes.len().min(LOOKED_AT)].contains(&0) { Arc::default() } else { bytes.into() }
        };
        let Some(mut kept) = self.kept.files() else {
            return paths.par_iter().map(PathBuf::as_path).filter(|path| pattern.is_match(&read(path))).collect();
        };
        let mut left = MOST_KEPT.saturating_sub(kept.texts.values().map(|text| text.len()).sum());
        for path in paths.iter().filter(|path| !kept.texts.contains_key(*path)).collect::<Vec<_>>() {
            let text = read(path);
            if let Some(rest) = left.checked_sub(text.len()) {
                left = rest;
                kept.texts.insert(path.clone(), text);
            }
        }
        let texts = &kept.texts;
        let holds = |path: &&Path| match texts.get(*path) {
            Some(text) => pattern.is_match(text),
            None => pattern.is_match(&read(path)),
        };
        paths.par_iter().map(PathBuf::as_path).filter(holds).collect()
    }
}

fn walk(workspace: &Workspace) -> Vec<PathBuf> {
    let root = if workspace.root.as_os_str().is_empty() { Path::new(".") } else { &workspace.root };
    // Patterns that start at the top are matched with whole paths.
    let base = canonical(root);
    let mut walk = WalkBuilder::new(&base);
    // As git does it, but without need for a git work tree.
    walk.standard_filters(false).git_ignore(true).git_exclude(true).git_global(true);
    walk.parents(true).require_git(false).filter_entry(is_own);
    if let Some(top) = repository_of(root)
        && let Some(file) = own_excludes(&top)
    {
        // It stands in place of the user's own.
        walk.git_global(false).current_dir(top).add_ignore(file);
    }
    let files = walk.build().flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let lists: Vec<_> = workspace.lists.iter().map(|list| canonical(list)).collect();
    // Only a file of the same name is worth asking for its path.
    let is_list = |entry: &DirEntry| {
        lists.iter().any(|list| list.file_name() == Some(entry.file_name()) && *list == canonical(entry.path()))
    };
    let told = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
        name != LIST_NAME
            && name != config::FILE_NAME
            && !HISTORIES.iter().any(|history| name.starts_with(history))
            && !ASIDE.iter().any(|end| name.ends_with(end))
            && !is_of_chart(entry, &RENDERED_FILES)
            && !is_list(entry)
    };
    let below = |entry: DirEntry| Some(root.join(entry.path().strip_prefix(&base).ok()?));
    let mut paths: Vec<_> = files.filter(told).filter_map(below).collect();
    paths.sort();
    paths
}

/// The file that the repository at `top` names as `core.excludesFile` for itself; the last one counts, as for git.
fn own_excludes(top: &Path) -> Option<PathBuf> {
    static KEY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?im)^[ \t]*excludesfile[ \t]*=[ \t]*"?([^"\r\n]*?)"?[ \t]*\r?$"#).ok());
    let text = std::fs::read(top.join(".git/config")).ok()?;
    let named = KEY.as_ref()?.captures_iter(&text).last()?.get(1)?;
    let path = std::str::from_utf8(named.as_bytes()).ok()?;
    match path.strip_prefix("~/") {
        Some(rest) => Some(std::env::home_dir()?.join(rest)),
        None => Some(top.join(path)),
    }
}

/// Whether a folder belongs to the workspace: it is not what a chart renders, no git work tree of its own, none that tools fill, and none
/// that others wrote.
fn is_own(entry: &DirEntry) -> bool {
    let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let vendored = || entry.file_name().to_str().is_some_and(|name| VENDORED.contains(&name));
    let foreign = || {
        vendored()
            || is_foreign(entry.path())
            || entry.path().join(".git").exists()
            || is_of_chart(entry, &RENDERED_FOLDERS)
    };
    entry.depth() == 0 || !folder || !foreign()
}

/// Whether it is one of `names`, and lies beside a `Chart.yaml`.
fn is_of_chart(entry: &DirEntry, names: &[&str]) -> bool {
    let is_named = entry.file_name().to_str().is_some_and(|name| names.contains(&name));
    is_named && entry.path().with_file_name("Chart.yaml").exists()
}
