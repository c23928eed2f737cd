//! Walks a workspace's folder for lists and charts, through symbolic links too, and keeps what it could not or would not look
//! into. Reads names, and of files only `.git`, `.gitmodules` and `CACHEDIR.TAG`; judges nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::discovery::{LIST_NAME, Unread};
use crate::config::FILE_NAME;

/// Folders that tools fill or keep for themselves.
const FOREIGN: [&str; 2] = [".git", "node_modules"];

/// How a file called `CACHEDIR.TAG` begins, that marks a folder whose content can be made anew (<https://bford.info/cachedir/>).
const CACHE_SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// What makes a `target` folder beside it one that a build fills: of Cargo, Maven, sbt.
const BUILD_FILES: [&str; 3] = ["Cargo.toml", "pom.xml", "build.sbt"];

/// Where Linux shows processes as files: nearly without end, and nothing that anybody keeps.
const PROCESSES: &str = "/proc";

/// Folders that symbolic links may lead to in one walk.
const MAX_LINKED_FOLDERS: usize = 20_000;

/// What a folder with `.git` in it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkTree {
    /// A repository's own, or one that git does not know more about.
    Main,
    /// A part of the repository around it.
    Submodule,
    /// Another working copy of a repository (`git worktree add`).
    Copy,
}

/// What the folder is, if it is the top of a git work tree. `.git` is a folder in a repository's own, else a file that says
/// where that folder is.
pub(super) fn work_tree(folder: &Path) -> Option<WorkTree> {
    let marker = folder.join(".git");
    if marker.is_dir() {
        return Some(WorkTree::Main);
    }
    let text = std::fs::read_to_string(&marker).ok()?;
    let place = text.trim().strip_prefix("gitdir:")?.trim().replace('\\', "/");
    Some(match () {
        // A submodule of a linked work tree has both: what stands last says what the folder is.
        () if place.rfind("/modules/") > place.rfind("/worktrees/") => WorkTree::Submodule,
        () if place.contains("/worktrees/") => WorkTree::Copy,
        () => WorkTree::Main,
    })
}

/// Whether the folder at `path` is one that tools fill: git's own, node's packages, a cache that says so, a build's output.
pub(super) fn is_foreign(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let built = || {
        let beside = path.parent().unwrap_or(Path::new(""));
        name == "target" && BUILD_FILES.iter().any(|file| beside.join(file).is_file())
    };
    FOREIGN.iter().any(|foreign| name == *foreign) || built() || is_cache(path)
}

fn is_cache(folder: &Path) -> bool {
    let mut start = Vec::new();
    let file = std::fs::File::open(folder.join("CACHEDIR.TAG"));
    let read = file.and_then(|file| file.take(CACHE_SIGNATURE.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == CACHE_SIGNATURE
}

/// What lies below a folder. Paths start with the folder's own; nothing is found twice, whatever links lead there.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// What is called as a list, file or not.
    pub lists: Vec<PathBuf>,
    /// The folders with a `Chart.yaml`.
    pub charts: BTreeSet<PathBuf>,
    /// The folders that look like a chart, but have no `Chart.yaml`.
    pub headless: BTreeSet<PathBuf>,
    /// The folders with `templates/` that are no charts: other things have such folders, too.
    pub templated: BTreeSet<PathBuf>,
    /// The files that could be packaged charts.
    pub packages: BTreeSet<PathBuf>,
    /// The folders below the one that is walked through that hold a configuration.
    pub configured: BTreeSet<PathBuf>,
    /// The files called `.gitmodules`.
    pub gitmodules: Vec<PathBuf>,
    /// What could not be looked into.
    pub unread: Vec<Unread>,
    /// Symbolic links that lead nowhere.
    pub dangling: BTreeSet<PathBuf>,
    /// Folders that were left out, see [`is_foreign`]; hidden ones; links to a folder around the workspace.
    pub skipped: BTreeSet<PathBuf>,
    /// The folders that were looked into, by their own paths.
    visited: HashSet<PathBuf>,
    /// Symbolic links to folders, which are followed last: what is reached without them keeps its own path.
    links: BTreeMap<PathBuf, PathBuf>,
    /// Folders without `Chart.yaml` that have what umbrella charts have.
    suspects: BTreeSet<PathBuf>,
}

/// A folder to be looked into: under the path that it is found by, and its own.
struct Folder {
    shown: PathBuf,
    real: PathBuf,
}

impl Walk {
    /// Walks through `root`.
    pub fn of(root: &Path) -> Self {
        let mut walk = Self::default();
        let shown = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root.to_owned() };
        let top = std::fs::canonicalize(&shown).unwrap_or_else(|_| shown.clone());
        walk.tree(Folder { shown, real: top.clone() }, usize::MAX);
        let mut left = MAX_LINKED_FOLDERS;
        while let Some((link, target)) = walk.links.pop_first() {
            let home = std::env::home_dir().and_then(|home| std::fs::canonicalize(home).ok());
            if top.starts_with(&target) || home.is_some_and(|home| home.starts_with(&target)) {
                if !walk.visited.contains(&target) {
                    walk.skipped.insert(link);
                }
                continue;
            }
            left -= walk.tree(Folder { shown: link, real: target }, left);
        }
        walk.settle();
        walk
    }

    /// Walks through one folder and what lies below, but not through links; gives how many folders, at most `limit`, it took.
    fn tree(&mut self, top: Folder, limit: usize) -> usize {
        let (mut count, start) = (0, top.shown.clone());
        let mut open = vec![top];
        while let Some(folder) = open.pop() {
            if !self.visited.insert(folder.real.clone()) {
                continue;
            }
            if count == limit {
                let message = format!("links lead to more than {MAX_LINKED_FOLDERS} folders");
                self.unread.push(Unread { path: start, message });
                break;
            }
            count += 1;
            match entries(&folder.shown) {
                Ok(entries) => self.folder(&folder, entries, &mut open, folder.shown == start),
                Err(cause) => self.unread.push(Unread { path: folder.shown, message: cause.to_string() }),
            }
        }
        count
    }

    fn folder(&mut self, folder: &Folder, entries: Vec<(OsString, FileType)>, open: &mut Vec<Folder>, is_top: bool) {
        let has = |name: &str| entries.iter().any(|(other, _)| other == name);
        if !is_top && has(".git") && work_tree(&folder.shown) == Some(WorkTree::Copy) {
            return;
        }
        if !is_top && has("CACHEDIR.TAG") && is_cache(&folder.shown) {
            self.skipped.insert(folder.shown.clone());
            return;
        }
        if let Some(looks) = looks(&entries, is_top || has(".git")) {
            match looks {
                Looks::Chart => self.charts.insert(folder.shown.clone()),
                Looks::Misspelt => self.headless.insert(folder.shown.clone()),
                Looks::Umbrella => self.suspects.insert(folder.shown.clone()),
                Looks::Templated => self.templated.insert(folder.shown.clone()),
            };
        }
        // The last one that is put there is taken first.
        for (name, kind) in entries.into_iter().rev() {
            let path = folder.shown.join(&name);
            if name == LIST_NAME {
                self.lists.push(path);
                continue;
            }
            let (kind, target) = if kind.is_symlink() {
                match std::fs::metadata(&path).and_then(|found| Ok((found.file_type(), std::fs::canonicalize(&path)?)))
                {
                    Ok((kind, target)) => (kind, Some(target)),
                    Err(cause) if cause.kind() == ErrorKind::PermissionDenied => {
                        self.unread.push(Unread { path, message: cause.to_string() });
                        continue;
                    }
                    Err(_) => {
                        self.dangling.insert(path);
                        continue;
                    }
                }
            } else {
                (kind, None)
            };
            if !kind.is_dir() {
                match is_top || name != FILE_NAME {
                    true => self.file(&name, path),
                    false => drop(self.configured.insert(folder.shown.clone())),
                }
                continue;
            }
            let is_link = target.is_some();
            let real = target.unwrap_or_else(|| folder.real.join(&name));
            if is_left_out(&path, &name) || real.starts_with(PROCESSES) {
                self.skipped.insert(path);
            } else if is_link {
                self.links.insert(path, real);
            } else {
                open.push(Folder { shown: path, real });
            }
        }
    }

    fn file(&mut self, name: &OsStr, path: PathBuf) {
        if name == ".gitmodules" {
            self.gitmodules.push(path);
        } else if path.extension().is_some_and(|extension| extension == "tgz") {
            self.packages.insert(path);
        }
    }

    /// Tells umbrella charts without their `Chart.yaml` from other folders: there are charts in their `charts/`.
    fn settle(&mut self) {
        let holders: BTreeSet<&Path> =
            self.charts.iter().chain(&self.packages).filter_map(|chart| chart.parent()).collect();
        let umbrella = |folder: &&PathBuf| holders.contains(folder.join("charts").as_path());
        let found: Vec<PathBuf> = self.suspects.iter().filter(umbrella).cloned().collect();
        self.headless.extend(found);
        self.lists.sort();
        self.unread.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// The names in a folder and what they name, sorted.
fn entries(folder: &Path) -> std::io::Result<Vec<(OsString, FileType)>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.file_name(), entry.file_type()?));
    }
    entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    Ok(entries)
}

/// What a folder looks like by the names in it.
enum Looks {
    Chart,
    /// A chart whose `Chart.yaml` is called otherwise.
    Misspelt,
    /// An umbrella chart without `Chart.yaml`, if there are charts in its `charts/`.
    Umbrella,
    /// A folder with `templates/`.
    Templated,
}

/// `is_top`: the top of a workspace or repository, which may hold charts and values for all of them without being one.
fn looks(entries: &[(OsString, FileType)], is_top: bool) -> Option<Looks> {
    let file = |name: &str| entries.iter().any(|(other, kind)| other == name && !kind.is_dir());
    let folder = |name: &str| entries.iter().any(|(other, kind)| other == name && !kind.is_file());
    if file("Chart.yaml") {
        return Some(Looks::Chart);
    }
    let misspelt = |(name, kind): &(OsString, FileType)| {
        let like = |right: &str| name.to_str().is_some_and(|name| name.eq_ignore_ascii_case(right));
        !kind.is_dir() && (like("Chart.yaml") || like("Chart.yml"))
    };
    if entries.iter().any(misspelt) && (folder("templates") || file("values.yaml")) {
        return Some(Looks::Misspelt);
    }
    let part_of_a_chart = ["Chart.lock", "requirements.yaml", "requirements.lock", ".helmignore"];
    let others = is_top || entries.iter().any(|(name, _)| name.to_string_lossy().starts_with("helmfile"));
    let whole = folder("templates") || part_of_a_chart.iter().any(|name| file(name));
    if folder("charts") && (whole || (file("values.yaml") && !others)) {
        return Some(Looks::Umbrella);
    }
    folder("templates").then_some(Looks::Templated)
}

/// Whether the folder is no part of the workspace: one that tools fill, or a hidden one that is no chart (`.helm` may be).
fn is_left_out(path: &Path, name: &OsStr) -> bool {
    let hidden = || name.as_encoded_bytes().starts_with(b".") && !path.join("Chart.yaml").is_file();
    // A folder's `CACHEDIR.TAG` is looked for when its names are known.
    let target = || name == "target" && is_foreign(path);
    FOREIGN.iter().any(|foreign| name == *foreign) || hidden() || target()
}
