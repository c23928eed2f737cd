//! From a path to what is to be checked: the workspace, its lists and its settings, the configuration among them. The command
//! line and the editor server open a workspace the same way.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choice::{shown_here, some};
use super::{Refusal, Settings, Workspace, find, find_around, find_here, places_of_configuration};
use crate::config::{FILE_NAME, Loaded, MISNAMED};
use crate::source::{Sources, canonical};
use crate::store::{Environment, Store};

/// Which configuration counts.
#[derive(Clone, Debug, Default)]
pub enum Configuring {
    /// The one at the workspace root, else the nearest above it, up to the top of the git work tree, where there is one.
    #[default]
    Standard,
    /// This one.
    Given(PathBuf),
    /// None.
    Isolated,
}

impl Configuring {
    /// Whether a folder with a configuration is a workspace for that.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        matches!(self, Self::Standard)
    }
}

/// What a path means: a workspace with the settings for it, and those below it that are workspaces of their own, as if they were
/// named behind it.
#[derive(Debug, Default)]
pub struct Opened {
    /// The folder that was asked for, which paths are relative to.
    pub root: PathBuf,
    /// The workspaces.
    pub parts: Vec<(Workspace, Settings)>,
    /// Why others could not be opened.
    pub errors: Vec<Refusal>,
}

/// The workspaces with lists that `path` means, or the current folder, and the settings for each: its configuration and `settings`
/// over that.
///
/// # Errors
/// As [`find`]; when the configuration cannot be read; when there is no list.
pub fn open(
    sources: &Sources,
    path: Option<&Path>,
    configuring: &Configuring,
    settings: Settings,
) -> Result<Opened, Refusal> {
    let mut opened = open_charts(sources, path, configuring, settings)?;
    if opened.errors.is_empty() && opened.parts.iter().all(|(workspace, _)| workspace.lists.is_empty()) {
        let first = opened.parts.first().map(|(workspace, _)| workspace.clone()).unwrap_or_default();
        Workspace { theirs: Vec::new(), ..first }.with_lists()?;
    }
    opened.parts.retain(|(workspace, _)| !workspace.lists.is_empty());
    Ok(opened)
}

/// As [`open`], for who asks for charts, whatever lists there are: there need be none in the first workspace.
///
/// # Errors
/// As [`find`]; when the configuration cannot be read.
pub fn open_charts(
    sources: &Sources,
    path: Option<&Path>,
    configuring: &Configuring,
    settings: Settings,
) -> Result<Opened, Refusal> {
    let (first, own) = open_one(sources, path, configuring, settings.clone())?;
    let mut entered = HashSet::from([canonical(&first.root)]);
    let mut known: HashSet<PathBuf> = first.lists.iter().map(|list| canonical(list)).collect();
    let mut open: VecDeque<(usize, PathBuf)> = first.nested.iter().map(|nested| (0, nested.clone())).collect();
    let mut opened = Opened { root: first.root.clone(), parts: vec![(first, own)], errors: Vec::new() };
    while let Some((above, folder)) = open.pop_front() {
        if !entered.insert(canonical(&folder)) {
            continue;
        }
        let (mut workspace, own) = match open_one(sources, Some(&folder), configuring, settings.clone()) {
            Ok(found) => found,
            Err(error) => {
                opened.errors.push(error);
                continue;
            }
        };
        workspace.lists.retain(|list| known.insert(canonical(list)));
        let at = if workspace.lists.is_empty() { above } else { opened.parts.len() };
        open.extend(workspace.nested.iter().map(|nested| (at, nested.clone())));
        if workspace.lists.is_empty() {
            let file = shown_here(&folder.join(FILE_NAME));
            let told = format!("{file} was passed over: no list is left for it; --config makes it count");
            opened.parts[above].0.told.push(told);
        } else {
            opened.parts.push((workspace, own));
        }
    }
    Ok(opened)
}

/// The workspace at `path` alone.
fn open_one(
    sources: &Sources,
    path: Option<&Path>,
    configuring: &Configuring,
    settings: Settings,
) -> Result<(Workspace, Settings), Refusal> {
    let found = match path {
        Some(path) => named(sources, path, configuring)?,
        None => find_here(sources, configuring.is_standard()),
    };
    let asked = match path {
        None => Some(PathBuf::from(".")),
        Some(path) => Some(path.to_owned()).filter(|path| *path == found.root),
    };
    let settings = settings_of(sources, &found, configuring, settings)?;
    Ok((with_configured(found, asked.as_deref(), configuring, &settings), settings))
}

fn named(sources: &Sources, path: &Path, configuring: &Configuring) -> Result<Workspace, Refusal> {
    // A list that was never saved.
    if sources.has_overlay(path) && !path.exists() {
        return Ok(find_around(sources, path, configuring.is_standard()));
    }
    find(sources, path, configuring.is_standard())
}

/// `found` with its configuration: `whole` says that all of its lists are meant, so that those count which the configuration
/// names.
///
/// # Errors
/// As [`open`].
pub fn configure(
    sources: &Sources,
    found: Workspace,
    whole: bool,
    configuring: &Configuring,
    settings: Settings,
) -> Result<(Workspace, Settings), Refusal> {
    let settings = settings_of(sources, &found, configuring, settings)?;
    let asked = Some(found.root.clone()).filter(|_| whole);
    Ok((with_configured(found, asked.as_deref(), configuring, &settings).with_lists()?, settings))
}

/// `found` with the lists that its configuration names; of one that lies above, or that nobody asked for by its folder, those in the
/// `asked` folder. Without that some lists alone are meant.
fn with_configured(
    mut found: Workspace,
    asked: Option<&Path>,
    configuring: &Configuring,
    settings: &Settings,
) -> Workspace {
    if !configuring.is_standard() {
        found.nested.clear();
    }
    let Some(loaded) = &settings.configuration else { return found.parted() };
    let lists: Vec<PathBuf> = loaded.configuration.lists.iter().map(|list| loaded.below(&list.path)).collect();
    let is_above = |folder: &Path| configuring.is_standard() && loaded.is_above(folder);
    let within = |folder: &Path| {
        let folder = canonical(folder);
        lists.iter().filter(|list| canonical(list).starts_with(&folder)).cloned().collect::<Vec<_>>()
    };
    let mut counted = asked.filter(|asked| is_above(asked)).map(within).unwrap_or_default();
    if counted.is_empty() && asked.is_some() {
        counted = if is_above(&found.root) { within(&found.root) } else { lists.clone() };
    }
    // What it says beside may be for others.
    found.partial |= is_above(&found.root) || (!counted.is_empty() && counted.len() < lists.len());
    if is_above(&found.root) {
        let none = asked.is_some() && counted.is_empty() && !lists.is_empty();
        let none = if none { ", which names no list in here" } else { "" };
        found.told.push(format!("configuration: {}{none}", shown_here(&loaded.folder.join(FILE_NAME))));
    }
    // Where some lists alone are meant, they are those that were asked for.
    let is_named = |list: &PathBuf| asked.is_none() && settings.names_list(list);
    if counted.is_empty() && !found.lists.iter().any(is_named) {
        return found.parted();
    }
    let within = |folder: &PathBuf| asked.is_none_or(|asked| canonical(folder).starts_with(canonical(asked)));
    let passed_over = std::mem::take(&mut found.nested).into_iter().filter(within);
    let passed_over: Vec<String> = passed_over.map(|folder| shown_here(&folder.join(FILE_NAME))).collect();
    if !passed_over.is_empty() {
        let were = if passed_over.len() == 1 { "was" } else { "were" };
        let file = shown_here(&loaded.folder.join(FILE_NAME));
        found.told.push(format!("{} {were} passed over: {file} names the lists", some(&passed_over)));
    }
    if counted.is_empty() { found } else { found.configured(counted) }
}

/// The settings for a workspace: its configuration, and `settings` over that.
///
/// # Errors
/// When the configuration cannot be read.
pub fn settings_of(
    sources: &Sources,
    found: &Workspace,
    configuring: &Configuring,
    settings: Settings,
) -> Result<Settings, Refusal> {
    let file = match configuring {
        Configuring::Given(given) => Some(given.clone()),
        Configuring::Standard => standard(sources, &found.root)?,
        Configuring::Isolated => None,
    };
    let configuration = file.map(|file| Loaded::read(sources, &file)).transpose()?;
    Ok(Settings { configuration, store: Some(store(&found.root)?), ..settings })
}

/// The configuration that counts in `root`: the nearest.
fn standard(sources: &Sources, root: &Path) -> Result<Option<PathBuf>, Refusal> {
    for file in places_of_configuration(root) {
        let is_there = file.is_file() || sources.has_overlay(&file);
        refuse_misnamed(file.parent().unwrap_or(root), is_there)?;
        if is_there {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// Nobody should think that a file counts which is called almost as the configuration is.
fn refuse_misnamed(root: &Path, has_configuration: bool) -> Result<(), Refusal> {
    let Some(path) = MISNAMED.iter().map(|name| root.join(name)).find(|path| path.is_file()) else { return Ok(()) };
    let rest = match has_configuration {
        true => format!("{FILE_NAME} is there and counts; delete one of the two"),
        false => format!("the configuration is called {FILE_NAME}; rename it, or name it with --config"),
    };
    Err(Refusal { path: Some(path), ..Refusal::new(format!("would not be read: {rest}")) })
}

/// The packages on this machine, for charts in `folder`.
///
/// # Errors
/// When the lock file there cannot be read.
pub fn store(folder: &Path) -> Result<Arc<Store>, Refusal> {
    Ok(Arc::new(Store::open(&Environment::of_process(), folder)?))
}
