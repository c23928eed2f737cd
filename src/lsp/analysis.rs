//! What is checked: a workspace for each folder of the client, and one for each open list that lies in none of them. Each is
//! checked as the command line would check it, with the open documents in place of what is on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::queue::Scene;
use crate::config::FILE_NAME;
use crate::lint::{Checked, Configuring, Refusal, Settings, Workspace, check, configure, find, find_around};
use crate::source::{Sources, canonical};

/// All workspaces.
#[derive(Default)]
pub(super) struct Analysis {
    rooms: BTreeMap<PathBuf, Room>,
    /// The revision that they were checked at.
    revision: Option<u64>,
}

/// One workspace.
pub(super) struct Room {
    /// The files, as they were when it was checked.
    pub sources: Sources,
    /// Its folder, lists and charts.
    pub workspace: Workspace,
    /// Its settings; nothing when they cannot be read.
    pub settings: Option<Settings>,
    /// What was found; nothing when it could not be checked.
    pub checked: Option<Checked>,
    /// Why it, or one of its lists, could not be checked.
    pub errors: Vec<Refusal>,
}

impl Room {
    /// The lists.
    pub fn lists(&self) -> &[PathBuf] {
        &self.workspace.lists
    }

    /// Whether one of its lists is the file at `path`, its one path.
    pub fn has_list(&self, path: &Path) -> bool {
        self.lists().iter().any(|list| canonical(list) == path)
    }
}

impl Analysis {
    /// The workspaces of `scene`, checked.
    pub fn rooms(&mut self, scene: &Scene) -> impl Iterator<Item = &Room> {
        if self.revision != Some(scene.revision) {
            self.check(scene);
            self.revision = Some(scene.revision);
        }
        self.rooms.values()
    }

    fn check(&mut self, scene: &Scene) {
        let mut rooms = BTreeMap::new();
        for folder in scene.folders.iter() {
            if let Some(room) = open(folder, scene, false) {
                rooms.insert(folder.clone(), room);
            }
        }
        for document in scene.documents.iter().filter(|document| document.is_list()) {
            if !rooms.values().any(|room: &Room| room.has_list(&document.path))
                && let Some(room) = open(&document.path, scene, true)
            {
                rooms.insert(document.path.clone(), room);
            }
        }
        self.rooms = rooms;
    }
}

/// Checks the workspace of the folder or list at `start`; nothing when a folder holds no list.
fn open(start: &Path, scene: &Scene, is_list: bool) -> Option<Room> {
    let mut sources = Sources::new();
    for document in scene.documents.iter() {
        sources.overlay(&document.path, &document.text);
    }
    let found = if is_list { Ok(find_around(start)) } else { find(start, true) };
    let failed = |sources, workspace, settings, error| {
        Some(Room { sources, workspace, settings, checked: None, errors: vec![error] })
    };
    let workspace = match found {
        Ok(found) => found,
        Err(error) => {
            return failed(sources, Workspace { root: start.to_owned(), ..Workspace::default() }, None, error);
        }
    };
    let whole = !is_list;
    let configured = workspace.root.join(FILE_NAME).is_file();
    if workspace.lists.is_empty() && !configured {
        return None;
    }
    match configure(&sources, workspace.clone(), whole, &Configuring::Standard, Settings::default()) {
        Ok((workspace, settings)) => match check(&sources, &workspace, &settings) {
            Ok(mut checked) => {
                let errors = std::mem::take(&mut checked.errors);
                Some(Room { sources, workspace, settings: Some(settings), checked: Some(checked), errors })
            }
            Err(error) => failed(sources, workspace, Some(settings), error),
        },
        // A configuration for other things, and no list.
        Err(error) if error.span.is_none() && workspace.lists.is_empty() => None,
        Err(error) => failed(sources, workspace, None, error),
    }
}
