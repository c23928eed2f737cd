//! The git binary, asked about one repository. Never writes to it, runs none of its hooks, never goes to the network.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::lint::Refusal;

/// What hooks of git set, and would lead git to another repository or index.
const VARIABLES: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
];

/// What would run other programs, or leave files behind.
const SETTINGS: [&str; 3] = ["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.splitIndex=false"];

/// A repository.
pub(super) enum Repository {
    /// The one whose work tree is that folder.
    At(PathBuf),
    /// The one that git keeps in that folder, wherever its work tree was.
    Kept(PathBuf),
}

/// A submodule as a commit has it.
pub(super) struct Link {
    /// Its path from the top.
    pub path: PathBuf,
    /// The commit that it is at.
    pub commit: String,
}

impl Repository {
    /// Its folder.
    pub fn folder(&self) -> &Path {
        let (Self::At(folder) | Self::Kept(folder)) = self;
        folder
    }

    /// What git prints for `arguments`, on the index in the file `index` in place of the repository's own.
    pub fn ask<'a>(
        &self,
        index: Option<&Path>,
        arguments: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<Output, Refusal> {
        let mut command = Command::new("git");
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        // Objects that a partial clone left out are not fetched on the way.
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_LFS_SKIP_SMUDGE", "1");
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.arg("-C").arg(self.folder());
        if let Self::Kept(folder) = self {
            // What it says of its work tree may lie no more.
            command.arg("--git-dir").arg(folder).arg("--work-tree").arg(folder);
        }
        let output = command.args(arguments).stdin(Stdio::null()).output();
        output.map_err(|error| Refusal::new(format!("--since needs git, which cannot be run: {error}")))
    }

    /// The same of plain arguments.
    pub fn asked(&self, arguments: &[&str]) -> Result<Output, Refusal> {
        self.ask(None, arguments.iter().map(OsStr::new))
    }

    /// Whether `commit` is there.
    pub fn has(&self, commit: &str) -> Result<bool, Refusal> {
        Ok(self.asked(&["cat-file", "-e", &format!("{commit}^{{commit}}")])?.status.success())
    }

    /// The submodules of `commit`, in order of their paths.
    pub fn links(&self, commit: &str) -> Result<Vec<Link>, Refusal> {
        let entries = told(self.asked(&["ls-tree", "-r", "-z", commit])?)?;
        Ok(entries.split('\0').filter_map(link).collect())
    }

    /// Whether the index has a submodule at `path`.
    pub fn links_to(&self, path: &Path) -> Result<bool, Refusal> {
        let entries = told(self.asked(&["ls-files", "--stage", "-z"])?)?;
        let at_path = |entry: &str| entry.split_once('\t').is_some_and(|(_, of)| Path::new(of) == path);
        Ok(entries.split('\0').any(|entry| entry.starts_with(LINK_MODE) && at_path(entry)))
    }

    /// The paths of submodules and their names, as `.gitmodules` has them: of `commit`, or of the work tree.
    pub fn modules(&self, commit: Option<&str>) -> Result<HashMap<PathBuf, String>, Refusal> {
        let pattern = r"^submodule\..*\.path$";
        let output = match commit {
            Some(commit) => {
                let blob = format!("{commit}:.gitmodules");
                self.asked(&["config", "--null", "--blob", &blob, "--get-regexp", pattern])?
            }
            None => {
                let file = self.folder().join(".gitmodules");
                let arguments = ["config", "--null", "--file"].map(OsStr::new).into_iter();
                let pattern = ["--get-regexp", pattern].map(OsStr::new);
                self.ask(None, arguments.chain([file.as_os_str()]).chain(pattern))?
            }
        };
        // Without the file there are none.
        let text = crate::source::from_bytes(&output.stdout).into_owned();
        let module = |entry: &str| {
            let (key, path) = entry.split_once('\n')?;
            let name = key.strip_prefix("submodule.")?.strip_suffix(".path")?;
            (is_inside(name) && is_inside(path)).then(|| (path.into(), name.to_owned()))
        };
        Ok(text.split('\0').filter_map(module).collect())
    }

    /// The repository of the submodule of that name, where git keeps it.
    pub fn module(&self, name: &str) -> Result<Option<Self>, Refusal> {
        let folder = told(self.asked(&["rev-parse", "--git-path", &format!("modules/{name}")])?)?;
        let folder = self.folder().join(folder.trim_end_matches(['\r', '\n']));
        Ok(folder.join("HEAD").is_file().then_some(Self::Kept(folder)))
    }

    /// Which files of the work tree that git knows had another path in `commit`: their path now, and the one of then. The same and
    /// nearly the same content makes them one.
    pub fn renamed(&self, commit: &str) -> Result<Vec<(PathBuf, PathBuf)>, Refusal> {
        let arguments =
            ["diff-index", "-M", "--diff-filter=R", "--name-status", "--ignore-submodules", "-z", commit, "--"];
        let told = told(self.asked(&arguments)?)?;
        let mut words = told.split('\0');
        let mut renamed = Vec::new();
        while let (Some(_), Some(old), Some(new)) = (words.next(), words.next(), words.next()) {
            renamed.push((new.into(), old.into()));
        }
        Ok(renamed)
    }
}

/// The mode of a submodule in trees and indices.
const LINK_MODE: &str = "160000 ";

/// A line of `git ls-tree` that is a submodule.
fn link(line: &str) -> Option<Link> {
    let (head, path) = line.split_once('\t')?;
    let commit = head.strip_prefix(LINK_MODE)?.split(' ').nth(1)?;
    Some(Link { path: path.into(), commit: commit.to_owned() })
}

/// Whether `path` leads nowhere else than below.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// What git printed, when it did what it was asked for.
pub(super) fn told(output: Output) -> Result<String, Refusal> {
    if output.status.success() {
        return Ok(crate::source::from_bytes(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Refusal::new(format!("--since: git refuses: {complaint}")))
}
