//! The files of a revision, as git would check them out, in a folder of their own. Never touches the work tree or the index of the
//! repository.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::git::{Link, Repository, told};
use crate::lint::Refusal;

/// Submodules within submodules that are followed.
const MOST_DEPTH: usize = 16;

/// The files of one commit; they go away with it.
pub(super) struct Revision {
    folder: TempDir,
    /// Below `folder` as the repository lies below the root, so that paths out of the repository have somewhere to lead.
    files: PathBuf,
    /// Which files and submodules are called otherwise by now: their path from the top, and the one that they had. What lies in a
    /// submodule stands before it.
    pub renamed: Vec<(PathBuf, PathBuf)>,
    /// The submodules of then that are nowhere here, by their paths from the top.
    pub lacking: Vec<PathBuf>,
}

/// A repository, and where it lay then and lies now: both from the top, the empty path for the top itself.
struct Place<'a> {
    repository: &'a Repository,
    then: &'a Path,
    /// Nothing when it has no work tree any more.
    now: Option<&'a Path>,
    depth: usize,
}

impl Revision {
    /// The files of the commit that `name` names in the repository at `top`, those of its submodules at the commits that it has of
    /// them. `A...` is where `A` and the current commit part.
    ///
    /// # Errors
    /// When there is no git, no such commit, or a submodule lacks its commit.
    pub fn of(top: &Path, name: &str) -> Result<Self, Refusal> {
        let repository = Repository::At(top.to_owned());
        let commit = commit(&repository, name)?;
        let refusal = |error: std::io::Error| Refusal::new(format!("cannot make a folder for {name}: {error}"));
        let folder = tempfile::Builder::new().prefix("mirrorlint-").tempdir().map_err(refusal)?;
        let files = below_root(&folder.path().join("files"), top);
        let mut revision = Self { folder, files, renamed: Vec::new(), lacking: Vec::new() };
        std::fs::create_dir_all(revision.files.join(".git")).map_err(refusal)?;
        let (then, now) = (Path::new(""), Some(Path::new("")));
        revision.write(&Place { repository: &repository, then, now, depth: 0 }, &commit)?;
        Ok(revision)
    }

    /// Where they lie.
    pub fn path(&self) -> &Path {
        &self.files
    }

    /// Lets paths out of the repository at `top` lead to `path`, which lies outside of it, from the files as well.
    ///
    /// # Errors
    /// What the system said.
    pub fn reach(&self, top: &Path, path: &Path) -> std::io::Result<()> {
        if path.starts_with(top) || !path.is_absolute() {
            return Ok(());
        }
        let common: PathBuf = top
            .components()
            .zip(path.components())
            .take_while(|(one, other)| one == other)
            .map(|pair| pair.0)
            .collect();
        let Some(next) = path.strip_prefix(&common).ok().and_then(|rest| rest.components().next()) else {
            return Ok(());
        };
        let (real, link) = (common.join(next), below_root(&self.folder.path().join("files"), &common).join(next));
        if !real.exists() || link.symlink_metadata().is_ok() { Ok(()) } else { make_link(&real, &link) }
    }

    /// Writes the files of `commit` of a repository, and of its submodules.
    fn write(&mut self, place: &Place<'_>, commit: &str) -> Result<(), Refusal> {
        let Place { repository, then, now, .. } = *place;
        let index = self.folder.path().join("index");
        let _ = std::fs::remove_file(&index);
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(self.files.join(then));
        prefix.push("/");
        told(repository.ask(Some(&index), [OsStr::new("read-tree"), OsStr::new(commit)])?)?;
        let arguments = ["checkout-index", "--all", "--force", "--quiet"].map(OsStr::new);
        told(repository.ask(Some(&index), arguments.into_iter().chain([prefix.as_os_str()]))?)?;
        if let Some(now) = now {
            let renamed = repository.renamed(commit)?.into_iter();
            self.renamed.extend(renamed.map(|(new, old)| (now.join(new), then.join(old))));
        }
        let links = repository.links(commit)?;
        if links.is_empty() {
            return Ok(());
        }
        let names = repository.modules(Some(commit))?;
        let paths = if now.is_some() { repository.modules(None)? } else { names.clone() };
        for link in &links {
            let name = names.get(&link.path);
            let path = paths.iter().find(|(_, other)| Some(*other) == name).map_or(&link.path, |(path, _)| path);
            self.write_submodule(place, link, name.map(String::as_str), path)?;
        }
        Ok(())
    }

    /// Writes the files of a submodule, which is called `name` and lies at `path` by now.
    fn write_submodule(
        &mut self,
        place: &Place<'_>,
        link: &Link,
        name: Option<&str>,
        path: &Path,
    ) -> Result<(), Refusal> {
        let (then, now) = (place.then.join(&link.path), place.now.map(|now| now.join(path)));
        let own = place.repository.folder().join(path);
        let at = (now.is_some() && own.join(".git").exists()).then_some(Repository::At(own));
        let kept = name.map(|name| place.repository.module(name)).transpose()?.flatten();
        let places: Vec<Repository> = at.into_iter().chain(kept).collect();
        let mut found = None;
        for repository in &places {
            if found.is_none() && repository.has(&link.commit)? {
                found = Some(repository);
            }
        }
        match (found, places.first()) {
            (Some(repository), _) if place.depth < MOST_DEPTH => {
                let below = self.files.join(&then);
                let marked = std::fs::create_dir_all(&below)
                    .and_then(|()| std::fs::write(below.join(".git"), "gitdir: ../.git/modules/submodule\n"));
                marked.map_err(|error| Refusal { path: Some(below.clone()), ..Refusal::new(error.to_string()) })?;
                let now = now.as_deref().filter(|_| matches!(repository, Repository::At(_)));
                self.write(&Place { repository, then: &then, now, depth: place.depth + 1 }, &link.commit)?;
            }
            (_, Some(repository)) => {
                let commit = &link.commit;
                let message = format!("the submodule lacks the commit {commit} of that revision: fetch its history");
                return Err(Refusal { path: Some(repository.folder().to_owned()), ..Refusal::new(message) });
            }
            // It is not there now either, which is told where it matters.
            (_, None) if place.now.is_some() && place.repository.links_to(&link.path)? => {}
            (_, None) => self.lacking.push(then.clone()),
        }
        if let Some(now) = now
            && now != then
        {
            self.renamed.push((now, then));
        }
        Ok(())
    }
}

/// `path` as it would lie if `folder` were the root.
fn below_root(folder: &Path, path: &Path) -> PathBuf {
    path.components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .fold(folder.to_owned(), |all, part| all.join(part))
}

#[cfg(unix)]
fn make_link(real: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(real, link)
}

#[cfg(windows)]
fn make_link(real: &Path, link: &Path) -> std::io::Result<()> {
    if real.is_dir() {
        std::os::windows::fs::symlink_dir(real, link)
    } else {
        std::os::windows::fs::symlink_file(real, link)
    }
}

fn commit(repository: &Repository, name: &str) -> Result<String, Refusal> {
    let ask = |arguments: &[&str]| repository.asked(arguments);
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
    let advice = match (is_shallow, known) {
        (true, _) => ". The clone is shallow: fetch more of its history (`fetch-depth: 0`)",
        (false, false) => ". Fetch it (`git fetch`), or name another one",
        (false, true) => ". Name another one",
    };
    Err(Refusal::new(format!("{what}{advice}")))
}
