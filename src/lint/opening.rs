//! From a path to what is to be checked: the workspace, its lists and its settings, the configuration among them. The command
//! line and the editor server open a workspace the same way.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choice::shown_here;
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

/// The workspace that `path` means, or the current folder, and the settings for it: its configuration and `settings` over
/// that.
///
/// # Errors
/// As [`find`]; when the configuration cannot be read; when there is no list.
pub fn open(
    sources: &Sources,
    path: Option<&Path>,
    configuring: &Configuring,
    settings: Settings,
) -> Result<(Workspace, Settings), Refusal> {
    let (workspace, settings) = open_charts(sources, path, configuring, settings)?;
    Ok((workspace.with_lists()?, settings))
}

/// As [`open`], for who asks for charts, whatever lists there are: there need be none.
///
/// # Errors
/// As [`find`]; when the configuration cannot be read.
pub fn open_charts(
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
    let Some(loaded) = &settings.configuration else { return found };
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
