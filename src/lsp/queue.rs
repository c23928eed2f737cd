//! What is to be computed, in order: requests, and looks at the whole after something changed. What a newer change makes
//! needless is dropped, and so are cancelled requests. Requests are answered of the newest state: each older one has to be checked.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lsp_server::{Request, RequestId};
use lsp_types::Uri;

use super::documents::Documents;
use crate::inventory::Stop;

/// The state of things that a task is for.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    /// The open documents.
    pub documents: Documents,
    /// The workspace folders.
    pub folders: Arc<Vec<PathBuf>>,
    /// Grows with every change of anything.
    pub revision: u64,
    /// Grows when something may have changed on disk.
    pub disk: u64,
}

/// Something to do.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// Answer a request.
    Answer(Request, Scene),
    /// See what a change means for diagnostics.
    Look(Scene),
    /// Compute ahead what the next change may need, for nobody asked for anything in a while.
    Rest(Scene),
}

/// How long nothing is asked for before things are computed ahead.
const PAUSE: Duration = Duration::from_secs(1);

/// The tasks that wait.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    ready: Condvar,
    /// Said when what is being done is of no use any more.
    stop: Stop,
}

impl Default for Queue {
    fn default() -> Self {
        Self { state: Mutex::default(), ready: Condvar::new(), stop: Stop::new() }
    }
}

#[derive(Debug, Default)]
struct State {
    tasks: VecDeque<Task>,
    running: Option<Running>,
    known: HashSet<RequestId>,
    /// What was looked at since things were last computed ahead.
    ahead: Option<Scene>,
    closed: bool,
}

/// What is being done.
#[derive(Debug)]
struct Running {
    task: Task,
    fate: Fate,
}

/// What became of a task while it was being done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// Somebody waits for it.
    #[default]
    Wanted,
    /// Nobody does, for it was cancelled.
    Cancelled,
    /// Nobody does, for something has changed since.
    Superseded,
    /// Nobody does, for the document that it is about has changed since.
    Outdated,
    /// It is begun again, of a newer state.
    Again,
}

impl Running {
    fn answers(&self, id: &RequestId) -> bool {
        matches!(&self.task, Task::Answer(request, _) if request.id == *id)
    }
}

/// What becomes of a request that is about `older`, once there is a `newer` state.
fn fate(request: &Request, older: &Scene, newer: &Scene) -> Fate {
    match request.method.as_str() {
        "textDocument/diagnostic" | "workspace/diagnostic" => return Fate::Superseded,
        // What is typed meanwhile narrows the former; the latter is about no document.
        "textDocument/completion" | "workspace/executeCommand" => return Fate::Wanted,
        _ => {}
    }
    let uri = ["/textDocument/uri", "/data/uri"].iter().find_map(|at| request.params.pointer(at)?.as_str());
    let of = |scene: &Scene| scene.documents.get(&Uri(uri?.to_owned())).cloned();
    let is_same = match (of(older), of(newer)) {
        (Some(older), Some(newer)) => Arc::ptr_eq(&older, &newer),
        (older, newer) => older.is_none() && newer.is_none(),
    };
    if is_same { Fate::Again } else { Fate::Outdated }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What ends the task that is being done.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Has the worker see what waits; ends what it does unless that is wanted still.
    fn wake(&self, state: &mut State, fate: impl FnOnce(&mut Task) -> Fate) {
        if let Some(running) =
            state.running.as_mut().filter(|running| matches!(running.fate, Fate::Wanted | Fate::Again))
        {
            let fate = fate(&mut running.task);
            // What is to be begun again is ended already.
            if fate != Fate::Wanted {
                running.fate = fate;
                self.stop.say(true);
            }
        }
        self.ready.notify_one();
    }

    /// Adds a request. False when one of that id waits already.
    pub fn ask(&self, request: Request, scene: Scene) -> bool {
        let mut state = self.state();
        let is_running = state.running.as_ref().is_some_and(|running| running.answers(&request.id));
        if is_running || !state.known.insert(request.id.clone()) {
            return false;
        }
        state.tasks.push_back(Task::Answer(request, scene));
        self.wake(&mut state, |task| if matches!(task, Task::Rest(_)) { Fate::Superseded } else { Fate::Wanted });
        true
    }

    /// Adds a look at what changed, in place of older ones, of which one that is being done is ended. What waits is answered of the
    /// new state; gives the requests for which there is no such answer, each with the reason.
    pub fn look(&self, scene: Scene) -> Vec<(RequestId, Fate)> {
        let mut state = self.state();
        let mut dropped = Vec::new();
        let renewed = |task: &mut Task| {
            let Task::Answer(request, own) = task else { return Fate::Superseded };
            let fate = fate(request, own, &scene);
            if fate == Fate::Again {
                *own = scene.clone();
            }
            fate
        };
        state.tasks.retain_mut(|task| {
            let fate = renewed(task);
            let is_kept = matches!(fate, Fate::Wanted | Fate::Again);
            if let Task::Answer(request, _) = task
                && !is_kept
            {
                dropped.push((request.id.clone(), fate));
            }
            is_kept
        });
        state.known.retain(|id| dropped.iter().all(|(gone, _)| gone != id));
        state.ahead = Some(scene.clone());
        self.wake(&mut state, renewed);
        state.tasks.push_back(Task::Look(scene));
        dropped
    }

    /// Cancels a request. True when it still waited: then nothing else answers it.
    pub fn cancel(&self, id: &RequestId) -> bool {
        let mut state = self.state();
        let fate = |task: &mut Task| match task {
            Task::Answer(request, _) if request.id == *id => Fate::Cancelled,
            _ => Fate::Wanted,
        };
        self.wake(&mut state, fate);
        let before = state.tasks.len();
        state.tasks.retain(|task| !matches!(task, Task::Answer(request, _) if request.id == *id));
        state.known.remove(id);
        state.tasks.len() < before
    }

    /// The next task, once there is one; nothing when the queue is closed.
    pub fn next(&self) -> Option<Task> {
        let mut state = self.state();
        self.finish(&mut state);
        loop {
            if state.closed {
                return None;
            }
            if let Some(task) = state.tasks.pop_front() {
                if let Task::Answer(request, _) = &task {
                    state.known.remove(&request.id);
                }
                return Some(self.begin(&mut state, task));
            }
            if state.ahead.is_none() {
                state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (awake, waited) = self.ready.wait_timeout(state, PAUSE).unwrap_or_else(PoisonError::into_inner);
            state = awake;
            if waited.timed_out() && state.tasks.is_empty() && !state.closed {
                return state.ahead.take().map(|scene| self.begin(&mut state, Task::Rest(scene)));
            }
        }
    }

    fn begin(&self, state: &mut State, task: Task) -> Task {
        self.stop.say(false);
        state.running = Some(Running { task: task.clone(), fate: Fate::Wanted });
        task
    }

    /// Ends what is being done, and says whether somebody waits for it.
    pub fn done(&self) -> Fate {
        self.finish(&mut self.state())
    }

    fn finish(&self, state: &mut State) -> Fate {
        let Some(Running { task, fate }) = state.running.take() else { return Fate::Wanted };
        match (task, fate) {
            // What was ended is taken up again when there is time.
            (Task::Rest(scene), Fate::Superseded | Fate::Cancelled) => {
                state.ahead.get_or_insert(scene);
            }
            (Task::Answer(request, scene), Fate::Again) => {
                state.known.insert(request.id.clone());
                state.tasks.push_front(Task::Answer(request, scene));
            }
            _ => {}
        }
        fate
    }

    /// Ends the work with the task that is being done. Gives the requests that still wait.
    pub fn close(&self) -> Vec<RequestId> {
        let mut state = self.state();
        state.closed = true;
        self.wake(&mut state, |_| Fate::Cancelled);
        let waiting = std::mem::take(&mut state.tasks).into_iter();
        waiting.filter_map(|task| if let Task::Answer(request, _) = task { Some(request.id) } else { None }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: i32, method: &str) -> Request {
        Request { id: id.into(), method: method.to_owned(), params: serde_json::Value::Null }
    }

    fn scene(revision: u64) -> Scene {
        Scene { revision, ..Scene::default() }
    }

    #[test]
    fn newer_looks_take_the_place_of_older_ones() {
        let queue = Queue::default();
        queue.look(scene(1));
        assert!(queue.ask(request(1, "textDocument/diagnostic"), scene(1)));
        assert!(queue.ask(request(2, "textDocument/hover"), scene(1)));
        assert_eq!(queue.look(scene(2)), [(RequestId::from(1), Fate::Superseded)]);
        let next = queue.next();
        assert!(matches!(next, Some(Task::Answer(request, scene)) if request.id == 2.into() && scene.revision == 2));
        assert_eq!(queue.done(), Fate::Wanted);
        assert!(matches!(queue.next(), Some(Task::Look(scene)) if scene.revision == 2));
        assert!(matches!(queue.next(), Some(Task::Rest(scene)) if scene.revision == 2), "nobody asks for anything");
    }

    #[test]
    fn a_look_that_is_being_done_ends_when_something_changes() {
        let queue = Queue::default();
        queue.look(scene(1));
        assert!(matches!(queue.next(), Some(Task::Look(_))));
        assert!(queue.ask(request(1, "textDocument/diagnostic"), scene(1)) && !queue.stop().is_said());
        queue.look(scene(2));
        assert!(queue.stop().is_said());
        assert_eq!(queue.done(), Fate::Superseded);
        assert!(matches!(queue.next(), Some(Task::Look(scene)) if scene.revision == 2) && !queue.stop().is_said());
        // So does the answer that says the same.
        assert!(queue.ask(request(2, "textDocument/diagnostic"), scene(2)));
        assert!(queue.next().is_some());
        queue.look(scene(3));
        assert_eq!((queue.stop().is_said(), queue.done()), (true, Fate::Superseded));
    }

    /// A state with one document, at a version.
    fn with_document(revision: u64, version: i32) -> Scene {
        let mut scene = scene(revision);
        scene.documents.open(Uri("file:///w/x".to_owned()), "conf", version, "");
        scene
    }

    fn about_it(id: i32, method: &str) -> Request {
        let params = serde_json::json!({"textDocument": {"uri": "file:///w/x"}});
        Request { params, ..request(id, method) }
    }

    #[test]
    fn requests_are_answered_of_the_newest_state_unless_their_document_changed() {
        let queue = Queue::default();
        let first = with_document(1, 1);
        let second = Scene { revision: 2, ..first.clone() };
        let revision = |task: Option<Task>| match task {
            Some(Task::Answer(request, scene)) => (request.id, scene.revision),
            other => panic!("{other:?}"),
        };
        for (id, method) in [(1, "textDocument/inlayHint"), (2, "textDocument/completion"), (3, "textDocument/hover")] {
            assert!(queue.ask(about_it(id, method), first.clone()));
        }
        assert_eq!(revision(queue.next()), (1.into(), 1));
        assert_eq!(queue.look(second.clone()), []);
        assert!(queue.stop().is_said(), "nobody needs what is checked for the older state");
        assert!(!queue.ask(about_it(1, "textDocument/hover"), second.clone()), "the id is taken still");
        assert_eq!(queue.done(), Fate::Again);
        assert_eq!(revision(queue.next()), (1.into(), 2));
        assert_eq!(queue.done(), Fate::Wanted);
        assert_eq!(queue.look(with_document(3, 2)), [(3.into(), Fate::Outdated)]);
        assert_eq!(revision(queue.next()), (2.into(), 1), "what is typed narrows it");
        queue.look(with_document(4, 3));
        assert_eq!((queue.stop().is_said(), queue.done()), (false, Fate::Wanted));
    }

    #[test]
    fn what_is_to_be_begun_again_may_be_outdated_or_cancelled_before() {
        let queue = Queue::default();
        let first = with_document(1, 1);
        for (id, fate) in [(1, Fate::Outdated), (2, Fate::Cancelled)] {
            assert!(queue.ask(about_it(id, "textDocument/hover"), first.clone()));
            while !matches!(queue.next(), Some(Task::Answer(..))) {}
            queue.look(Scene { revision: 2, ..first.clone() });
            match fate {
                Fate::Outdated => drop(queue.look(with_document(3, 2))),
                _ => assert!(!queue.cancel(&id.into())),
            }
            assert_eq!(queue.done(), fate);
            assert!(!matches!(queue.next(), Some(Task::Answer(..))));
        }
    }

    #[test]
    fn what_is_computed_ahead_ends_when_something_waits_and_is_taken_up_again() {
        let queue = Queue::default();
        queue.look(scene(1));
        assert!(matches!(queue.next(), Some(Task::Look(_))));
        assert!(matches!(queue.next(), Some(Task::Rest(_))) && !queue.stop().is_said());
        assert!(queue.ask(request(1, "textDocument/hover"), scene(1)) && queue.stop().is_said());
        assert!(matches!(queue.next(), Some(Task::Answer(..))) && queue.done() == Fate::Wanted);
        assert!(matches!(queue.next(), Some(Task::Rest(scene)) if scene.revision == 1) && !queue.stop().is_said());
        queue.look(scene(2));
        assert!(queue.stop().is_said() && matches!(queue.next(), Some(Task::Look(_))));
        assert!(matches!(queue.next(), Some(Task::Rest(scene)) if scene.revision == 2), "not that of the older state");
        queue.close();
        assert!(queue.stop().is_said() && queue.next().is_none());
    }

    #[test]
    fn a_cancelled_request_is_dropped_or_marked() {
        let queue = Queue::default();
        assert!(queue.ask(request(1, "x"), scene(1)) && queue.ask(request(2, "x"), scene(1)));
        assert!(!queue.ask(request(2, "x"), scene(1)), "the id is taken");
        assert!(queue.cancel(&2.into()) && !queue.cancel(&2.into()) && !queue.cancel(&3.into()));
        assert!(queue.next().is_some());
        assert!(!queue.cancel(&1.into()) && queue.stop().is_said());
        assert_eq!((queue.done(), queue.done()), (Fate::Cancelled, Fate::Wanted));
        assert!(queue.ask(request(2, "x"), scene(1)), "the id is free again");
        assert_eq!(queue.close(), [RequestId::from(2)]);
        assert!(queue.next().is_none());
    }
}
