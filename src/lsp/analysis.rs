//! What is checked: a workspace for each folder of the client, and one for each open list that lies in none of them. Each is
//! checked as the command line would check it, with the open documents in place of what is on disk.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::queue::Scene;
use super::stamps::Stamps;
use crate::fix::Texts;
use crate::inventory::Stop;
use crate::lint::{
    Checked, CheckedList, Configuring, Kept, Outlook, Refusal, Settings, Workspace, check, configure, find,
    find_around, places_of_configuration,
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

impl Start {
    fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::List(path) => path,
        }
    }
}

/// How often files that no client watches are looked at, at most.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// All workspaces.
pub(super) struct Analysis {
    /// Whether the client tells what changes on disk.
    watched: bool,
    /// Said when nobody waits for what is being checked.
    stop: Stop,
    /// How often something had changed that nobody told.
    drift: u64,
    /// When that was looked for last.
    looked: Option<Instant>,
    rooms: BTreeMap<Start, Room>,
    /// When what they are made of was changed last, as far as nobody tells; of folders without a list, too, for one may come.
    stamps: BTreeMap<Start, (u64, Stamps)>,
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
    everywhere: OnceCell<Checked>,
    /// What was found on disk, and among the files of `unsaved`.
    found: Option<Workspace>,
    /// The open files that were never saved.
    unsaved: Vec<PathBuf>,
    /// What is kept from one look to the next.
    pub kept: Kept,
    /// The state of the disk that it was last looked at, see [`Scene::disk`].
    disk: Option<u64>,
}

impl Room {
    /// What is found in every region that the charts name.
    pub fn everywhere(&self) -> Option<&Checked> {
        if self.everywhere.get().is_none() {
            let settings = Settings { all_regions: true, ..self.settings.clone()? };
            let checked = check(&self.sources, &self.workspace, &settings).ok()?;
            if self.kept.stop().is_said() {
                return None;
            }
            let _ = self.everywhere.set(checked);
        }
        self.everywhere.get()
    }

    /// Computes what could be switched on and what charts that were passed over deploy, which is kept: an entry that nothing
    /// deploys makes it needed.
    pub fn prepare(&self) {
        let Some(settings) = self.settings.clone().filter(|_| self.checked.is_some()) else { return };
        // What it finds is of no use here, only what is kept of it.
        let _ = check(&self.sources, &self.workspace, &Settings { kept: self.kept.ahead(), ..settings });
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
    /// None yet; `watched` says whether the client tells what changes on disk. Checks end early once `stop` is said.
    pub fn new(watched: bool, stop: Stop) -> Self {
        let (rooms, stamps) = (BTreeMap::new(), BTreeMap::new());
        Self { watched, stop, drift: 0, looked: None, rooms, stamps, revision: None }
    }

    /// Whether something changed on disk that nobody told: then the next look is a new one.
    pub fn has_drifted(&mut self) -> bool {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK_AGAIN) {
            return false;
        }
        self.looked = Some(Instant::now());
        let drifted = self.stamps.values().any(|(_, stamps)| stamps.are_old());
        if drifted {
            self.drift += 1;
            self.revision = None;
        }
        drifted
    }

    /// The workspaces of `scene`, checked, unless nobody waits for them.
    pub fn rooms(&mut self, scene: &Scene) -> impl Iterator<Item = &Room> {
        if self.revision != Some(scene.revision) {
            self.revision = None;
            self.check(scene);
            if !self.stop.is_said() {
                self.revision = Some(scene.revision);
            }
        }
        self.rooms.values()
    }

    fn check(&mut self, scene: &Scene) {
        let mut before = std::mem::take(&mut self.rooms);
        let mut stamps_before = std::mem::take(&mut self.stamps);
        let mut rooms = BTreeMap::new();
        let watched = if self.watched { both_paths(&scene.folders) } else { Vec::new() };
        // Gives the folders below that are workspaces of their own.
        let mut enter = |start: Start, rooms: &mut BTreeMap<Start, Room>| {
            let mut room = before.remove(&start).unwrap_or_else(|| Room::new(start.clone(), self.stop.clone()));
            let disk = scene.disk + self.drift;
            let is_new = room.disk != Some(disk);
            let began = SystemTime::now();
            let holds_lists = room.look(scene, &Texts::new(), &Outlook::new(), disk);
            let known = stamps_before.remove(&start).filter(|(at, _)| *at == disk);
            let mut stamps = known.map_or_else(|| Stamps::new(watched.clone()), |(_, stamps)| stamps);
            stamps.add(&room.files(), &room.roots(), began);
            self.stamps.insert(start.clone(), (disk, stamps));
            let nested = room.workspace.nested.clone();
            if holds_lists {
                if self.stop.is_said() {
                    // Not all that may have changed was looked at.
                    room.disk = room.disk.filter(|_| !is_new);
                }
                rooms.insert(start, room);
            }
            nested
        };
        let mut folders: VecDeque<PathBuf> = scene.folders.iter().cloned().collect();
        let mut entered = HashSet::new();
        while let Some(folder) = folders.pop_front() {
            if entered.insert(canonical(&folder)) {
                folders.extend(enter(Start::Folder(folder), &mut rooms));
            }
        }
        for document in scene.documents.iter().filter(|document| document.is_list()) {
            if !rooms.values().any(|room: &Room| room.has_list(&document.path)) {
                enter(Start::List(document.path.clone()), &mut rooms);
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
    /// Not looked into yet. Its checks end early once `stop` is said.
    pub fn new(start: Start, stop: Stop) -> Self {
        Self {
            start,
            sources: Sources::new(),
            workspace: Workspace::default(),
            settings: None,
            checked: None,
            errors: Vec::new(),
            everywhere: OnceCell::new(),
            found: None,
            unsaved: Vec::new(),
            kept: Kept::new(stop),
            disk: None,
        }
    }

    /// Checks it, with `texts` over what is open, and lists as their `outlook` is; `disk` grows when something may have changed there.
    /// False when a folder holds no list.
    pub fn look(&mut self, scene: &Scene, texts: &Texts, outlook: &Outlook, disk: u64) -> bool {
        let mut open = scene.documents.texts();
        open.extend(texts.iter().map(|(path, text)| (canonical(path), text.clone())));
        self.sources.set_overlays(open);
        if self.disk != Some(disk) {
            self.disk = Some(disk);
            self.sources.doubt_all();
            self.kept.disk_changed();
            self.found = None;
        }
        let unsaved = self.sources.unsaved();
        if unsaved != self.unsaved {
            (self.unsaved, self.found) = (unsaved, None);
            self.kept.disk_changed();
        }
        self.settings = None;
        self.checked = None;
        self.errors.clear();
        self.everywhere = OnceCell::new();
        let found = match self.found.take().map_or_else(|| self.find(), Ok) {
            Ok(found) => found,
            Err(error) => {
                self.workspace = Workspace { root: self.start.path().to_owned(), ..Workspace::default() };
                self.errors.push(error);
                return true;
            }
        };
        self.found = Some(found.clone());
        let is_there = |file: &PathBuf| file.is_file() || self.sources.has_overlay(file);
        self.workspace = found.clone();
        if found.lists.is_empty() && !places_of_configuration(&found.root).iter().any(is_there) {
            return false;
        }
        let whole = matches!(self.start, Start::Folder(_));
        let settings = Settings { kept: self.kept.clone(), outlook: outlook.clone(), ..Settings::default() };
        match configure(&self.sources, found, whole, &Configuring::Standard, settings) {
            Ok((workspace, _)) if workspace.lists.is_empty() => {
                self.workspace = workspace;
                return false;
            }
            Ok((workspace, settings)) => {
                match check(&self.sources, &workspace, &settings) {
                    Ok(mut checked) => {
                        self.errors = std::mem::take(&mut checked.errors);
                        self.checked = Some(checked);
                    }
                    Err(error) => self.errors.push(error),
                }
                (self.workspace, self.settings) = (workspace, Some(settings));
            }
            // A configuration for other things, and no list.
            Err(error) if error.span.is_none() && self.workspace.lists.is_empty() => return false,
            Err(error) => self.errors.push(error),
        }
        if !self.kept.stop().is_said() {
            self.kept.tidy(&mut self.sources);
        }
        true
    }

    /// The files that what was found depends on, those among them that are not there.
    fn files(&self) -> Vec<PathBuf> {
        let store = self.settings.as_ref().and_then(|settings| settings.store.as_ref());
        let lock = store.and_then(|store| Some(store.lock.as_ref()?.path.clone()));
        let missed = self.errors.iter().filter_map(|error| error.path.clone());
        // A nearer configuration may come.
        let configurations = places_of_configuration(&self.workspace.root);
        [self.sources.paths(), self.kept.text_files(), configurations, lock.into_iter().chain(missed).collect()]
            .concat()
    }

    /// The folders in which what may matter comes and goes: its own, and those of charts elsewhere.
    fn roots(&self) -> Vec<PathBuf> {
        let own = if self.workspace.root.as_os_str().is_empty() { self.start.path() } else { &self.workspace.root };
        let charts = self.sources.paths().into_iter().filter(|path| path.ends_with("Chart.yaml") && path.is_file());
        let charts = charts.filter_map(|path| Some(path.parent()?.to_owned()));
        std::iter::once(own.to_owned()).chain(charts).collect()
    }

    fn find(&self) -> Result<Workspace, Refusal> {
        match &self.start {
            Start::Folder(folder) => find(&self.sources, folder, true),
            Start::List(list) => Ok(find_around(&self.sources, list, true)),
        }
    }
}

/// The folders as they are called, and by their one paths.
fn both_paths(folders: &[PathBuf]) -> Vec<PathBuf> {
    folders.iter().cloned().chain(folders.iter().map(|folder| canonical(folder))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_was_ended_has_files_read_again_only_where_the_disk_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ecr-images.conf"), "web=nginx:1\n").unwrap();
        let stop = Stop::new();
        let mut analysis = Analysis::new(true, stop.clone());
        let scene = |revision: u64, disk: u64| {
            let folders = vec![folder.path().to_owned()].into();
            Scene { revision, disk, folders, ..Scene::default() }
        };
        let mut disk = |revision: u64, disk: u64, is_ended: bool| {
            stop.say(is_ended);
            analysis.rooms(&scene(revision, disk)).map(|room| room.disk).collect::<Vec<_>>()
        };
        assert_eq!(disk(1, 0, false), [Some(0)]);
        assert_eq!(disk(2, 0, true), [Some(0)]);
        assert_eq!(disk(3, 1, true), [None]);
        assert_eq!(disk(4, 1, false), [Some(1)]);
    }
}
