//! What is checked: a workspace for each folder of the client, and one for each open list that lies in none of them. Each is
//! checked as the command line would check it, with the open documents in place of what is on disk.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::queue::Scene;
use crate::config::FILE_NAME;
use crate::fix::Texts;
use crate::lint::{
    Checked, CheckedList, Configuring, Refusal, Settings, Workspace, check, configure, find, find_around,
};
use crate::mirror::List;
use crate::source::{Sources, canonical};

/// What a workspace is opened by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    /// A folder of the client: all lists in it.
    Folder(PathBuf),
    /// An open list that lies in none.
    List(PathBuf),
}

/// All workspaces.
#[derive(Default)]
pub(super) struct Analysis {
    rooms: BTreeMap<Start, Room>,
    /// The revision that they were checked at.
    revision: Option<u64>,
}

/// One workspace.
pub(super) struct Room {
    /// What it was opened by.
    pub start: Start,
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
    /// The same in every region that the charts name, once somebody asks.
    everywhere: OnceCell<Option<Checked>>,
}

impl Room {
    /// What is found in every region that the charts name.
    pub fn everywhere(&self) -> Option<&Checked> {
        let check = || {
            let settings = Settings { all_regions: true, ..self.settings.clone()? };
            check(&self.sources, &self.workspace, &settings).ok()
        };
        self.everywhere.get_or_init(check).as_ref()
    }

    /// The lists.
    pub fn lists(&self) -> &[PathBuf] {
        &self.workspace.lists
    }

    /// The list at `path`, its one path: the text that was checked, and what was found about it.
    pub fn held(&self, path: &Path) -> Option<Held<'_>> {
        let list = self.lists().iter().find(|list| canonical(list) == path)?;
        let file = self.sources.read(list).ok()?;
        let parsed = List::parse(file, self.sources.get(file).text());
        let checked = self.checked.iter().flat_map(|checked| &checked.lists).find(|checked| checked.path == *list);
        Some(Held { list: parsed, checked })
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
            let start = Start::Folder(folder.clone());
            rooms.extend(Room::open(&start, scene, &Texts::new()).map(|room| (start, room)));
        }
        for document in scene.documents.iter().filter(|document| document.is_list()) {
            if !rooms.values().any(|room: &Room| room.has_list(&document.path)) {
                let start = Start::List(document.path.clone());
                rooms.extend(Room::open(&start, scene, &Texts::new()).map(|room| (start, room)));
            }
        }
        self.rooms = rooms;
    }
}

/// A list of a workspace, and what was found about it.
pub(super) struct Held<'a> {
    /// The list.
    pub list: List,
    /// What it was held against; nothing when it could not be checked.
    pub checked: Option<&'a CheckedList>,
}

impl Room {
    /// Checks a workspace, with `texts` over what is open; nothing when a folder holds no list.
    pub fn open(start: &Start, scene: &Scene, texts: &Texts) -> Option<Self> {
        let mut sources = Sources::new();
        for document in scene.documents.iter() {
            sources.overlay(&document.path, &document.text);
        }
        for (path, text) in texts {
            sources.overlay(canonical(path), text);
        }
        let (found, root) = match start {
            Start::Folder(folder) => (find(folder, true), folder),
            Start::List(list) => (Ok(find_around(list)), list),
        };
        let mut room = Self {
            start: start.clone(),
            sources,
            workspace: Workspace { root: root.clone(), ..Workspace::default() },
            settings: None,
            checked: None,
            errors: Vec::new(),
            everywhere: OnceCell::new(),
        };
        match found {
            Ok(found) if found.lists.is_empty() && !found.root.join(FILE_NAME).is_file() => return None,
            Ok(found) => room.workspace = found,
            Err(error) => {
                room.errors.push(error);
                return Some(room);
            }
        }
        let whole = matches!(start, Start::Folder(_));
        let found = room.workspace.clone();
        match configure(&room.sources, found, whole, &Configuring::Standard, Settings::default()) {
            Ok((workspace, settings)) => {
                match check(&room.sources, &workspace, &settings) {
                    Ok(mut checked) => {
                        room.errors = std::mem::take(&mut checked.errors);
                        room.checked = Some(checked);
                    }
                    Err(error) => room.errors.push(error),
                }
                (room.workspace, room.settings) = (workspace, Some(settings));
            }
            // A configuration for other things, and no list.
            Err(error) if error.span.is_none() && room.workspace.lists.is_empty() => return None,
            Err(error) => room.errors.push(error),
        }
        Some(room)
    }
}
