//! The files of a revision, as git would check them out, in a folder of their own. Asks the git binary; never touches the work tree
//! or the index of the repository, never goes to the network.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::lint::Refusal;

/// Submodules within submodules that are followed.
const MOST_DEPTH: usize = 16;

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

/// The files of one commit; they go away with it.
pub(super) struct Revision {
    folder: TempDir,
    /// Which files are called otherwise by now: their path from the top, and the one that they had.
    pub renamed: Vec<(PathBuf, PathBuf)>,
}

impl Revision {
    /// The files of the commit that `name` names in the repository at `top`, those of its submodules at the commits that it has of
    /// them. `A...` is where `A` and the current commit part.
    ///
    /// # Errors
    /// When there is no git, no such commit, or a submodule lacks its commit.
    pub fn of(top: &Path, name: &str) -> Result<Self, Refusal> {
        let commit = commit(top, name)?;
        let refusal = |error: std::io::Error| Refusal::new(format!("cannot make a folder for {name}: {error}"));
        let folder = tempfile::Builder::new().prefix("mirrorlint-").tempdir().map_err(refusal)?;
        let revision = Self { folder, renamed: renamed(top, &commit)? };
        std::fs::create_dir_all(revision.path().join(".git")).map_err(refusal)?;
        revision.write(top, &commit, &revision.path(), 0)?;
        Ok(revision)
    }

    /// Where they lie.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Writes the files of `commit` of the repository at `top` into `target`.
    fn write(&self, top: &Path, commit: &str, target: &Path, depth: usize) -> Result<(), Refusal> {
        let index = self.folder.path().join("index");
        let _ = std::fs::remove_file(&index);
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(target);
        prefix.push("/");
        let index = Some(index.as_path());
        told(git(top, index, [OsStr::new("read-tree"), OsStr::new(commit)])?)?;
        let arguments = ["checkout-index", "--all", "--force", "--quiet"].map(OsStr::new);
        told(git(top, index, arguments.into_iter().chain([prefix.as_os_str()]))?)?;
        let entries = told(git(top, None, ["ls-tree", "-r", "-z", commit].map(OsStr::new))?)?;
        for (commit, path) in entries.split('\0').filter_map(submodule) {
            let (own, below) = (top.join(path), target.join(path));
            if !own.join(".git").exists() {
                // It is not there now either, which is told where it matters.
                continue;
            }
            let has = git(&own, None, ["cat-file", "-e", &format!("{commit}^{{commit}}")].map(OsStr::new))?;
            if !has.status.success() || depth >= MOST_DEPTH {
                let message = format!("the submodule lacks the commit {commit} of that revision: fetch its history");
                return Err(Refusal { path: Some(own), ..Refusal::new(message) });
            }
            let marked = std::fs::create_dir_all(&below)
                .and_then(|()| std::fs::write(below.join(".git"), "gitdir: ../.git/modules/submodule\n"));
            marked.map_err(|error| Refusal { path: Some(below.clone()), ..Refusal::new(error.to_string()) })?;
            self.write(&own, commit, &below, depth + 1)?;
        }
        Ok(())
    }
}

/// Which files of the work tree that git knows had another path in `commit`. The same and nearly the same content makes them one.
fn renamed(top: &Path, commit: &str) -> Result<Vec<(PathBuf, PathBuf)>, Refusal> {
    let arguments = ["diff-index", "-M", "--diff-filter=R", "--name-status", "--ignore-submodules", "-z", commit, "--"];
    let told = told(git(top, None, arguments.map(OsStr::new))?)?;
    let mut words = told.split('\0');
    let mut renamed = Vec::new();
    while let (Some(_), Some(old), Some(new)) = (words.next(), words.next(), words.next()) {
        renamed.push((new.into(), old.into()));
    }
    Ok(renamed)
}

/// A line of `git ls-tree` that is a submodule: its commit and path.
fn submodule(line: &str) -> Option<(&str, &str)> {
    let (head, path) = line.split_once('\t')?;
    let mut head = head.split(' ');
    (head.next()? == "160000").then_some(())?;
    Some((head.nth(1)?, path))
}

fn commit(top: &Path, name: &str) -> Result<String, Refusal> {
    let ask = |arguments: &[&str]| git(top, None, arguments.iter().map(OsStr::new));
    let tip = name.strip_suffix("...");
    let plain = format!("{}^{{commit}}", tip.unwrap_or(name));
    let mut found = ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &plain])?;
    let known = found.status.success();
    if known && tip.is_some() {
        let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        found = ask(&["merge-base", &commit, "HEAD"])?;
    }
    if found.status.success() {
        return Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned());
    }
    if name == "HEAD" && ask(&["rev-list", "--all", "--max-count=1"])?.stdout.is_empty() {
        // Before the first commit there was nothing.
        return Ok(told(ask(&["hash-object", "-t", "tree", "--stdin"])?)?.trim().to_owned());
    }
    let complaint = String::from_utf8_lossy(&found.stderr).lines().next().map(|line| format!(" ({line})"));
    let shallow = ask(&["rev-parse", "--is-shallow-repository"])?;
    let is_shallow = String::from_utf8_lossy(&shallow.stdout).trim() == "true";
    let what = match known {
        false => format!("--since {name}: there is no such commit here{}", complaint.unwrap_or_default()),
        true => format!("--since {name}: it has no commit in common with the current one"),
    };
    let advice = if is_shallow { ". The clone is shallow: fetch more of its history (`fetch-depth: 0`)" } else { "" };
    Err(Refusal { path: Some(top.to_owned()), ..Refusal::new(format!("{what}{advice}")) })
}

fn git<'a>(
    folder: &Path,
    index: Option<&Path>,
    arguments: impl IntoIterator<Item = &'a OsStr>,
) -> Result<std::process::Output, Refusal> {
    let mut command = Command::new("git");
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    // Objects that a partial clone left out are not fetched on the way.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_LFS_SKIP_SMUDGE", "1");
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.arg("-C").arg(folder).args(arguments).stdin(std::process::Stdio::null()).output();
    output.map_err(|error| Refusal::new(format!("--since needs git, which cannot be run: {error}")))
}

/// What git printed, when it did what it was asked for.
fn told(output: std::process::Output) -> Result<String, Refusal> {
    if output.status.success() {
        return Ok(crate::source::from_bytes(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Refusal::new(format!("--since: git refuses: {complaint}")))
}
