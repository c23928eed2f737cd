//! What is to be computed, in order: requests, and looks at the whole after something changed. What a newer change makes
//! needless is dropped, and so are cancelled requests.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lsp_server::{Request, RequestId};

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
#[derive(Debug)]
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
    /// The request, when it answers one.
    id: Option<RequestId>,
    /// Whether it finds diagnostics.
    is_look: bool,
    /// What it computes ahead for, when it does.
    rest: Option<Scene>,
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
}

impl From<&Task> for Running {
    fn from(task: &Task) -> Self {
        let mut running = Self { id: None, is_look: false, rest: None, fate: Fate::Wanted };
        match task {
            Task::Answer(request, _) => {
                running.id = Some(request.id.clone());
                running.is_look = is_look(request);
            }
            Task::Look(_) => running.is_look = true,
            Task::Rest(scene) => running.rest = Some(scene.clone()),
        }
        running
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What ends the task that is being done.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Has the worker see what waits; ends what it does if that `is_needless`, which is what its `fate` says then.
    fn wake(&self, state: &mut State, fate: Fate, is_needless: impl Fn(&Running) -> bool) {
        if let Some(running) = state.running.as_mut().filter(|running| is_needless(running)) {
            if running.fate == Fate::Wanted {
                running.fate = fate;
            }
            self.stop.say(true);
        }
        self.ready.notify_one();
    }

    /// Adds a request. False when one of that id waits already.
    pub fn ask(&self, request: Request, scene: Scene) -> bool {
        let mut state = self.state();
        let is_running = state.running.as_ref().is_some_and(|running| running.id.as_ref() == Some(&request.id));
        if is_running || !state.known.insert(request.id.clone()) {
            return false;
        }
        state.tasks.push_back(Task::Answer(request, scene));
        self.wake(&mut state, Fate::Superseded, |running| running.rest.is_some());
        true
    }

    /// Adds a look at what changed, in place of older ones, of which one that is being done is ended. Gives the requests that wait
    /// and ask for the same of an older state: nobody needs their answers any more.
    pub fn look(&self, scene: Scene) -> Vec<RequestId> {
        let mut state = self.state();
        let mut superseded = Vec::new();
        state.tasks.retain(|task| match task {
            Task::Look(_) | Task::Rest(_) => false,
            Task::Answer(request, _) if is_look(request) => {
                superseded.push(request.id.clone());
                false
            }
            Task::Answer(..) => true,
        });
        state.known.retain(|id| !superseded.contains(id));
        state.ahead = Some(scene.clone());
        state.tasks.push_back(Task::Look(scene));
        self.wake(&mut state, Fate::Superseded, |running| running.is_look || running.rest.is_some());
        superseded
    }

    /// Cancels a request. True when it still waited: then nothing else answers it.
    pub fn cancel(&self, id: &RequestId) -> bool {
        let mut state = self.state();
        self.wake(&mut state, Fate::Cancelled, |running| running.id.as_ref() == Some(id));
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
        state.running = Some(Running::from(&task));
        task
    }

    /// Ends what is being done, and says whether somebody waits for it.
    pub fn done(&self) -> Fate {
        self.finish(&mut self.state())
    }

    fn finish(&self, state: &mut State) -> Fate {
        let Some(running) = state.running.take() else { return Fate::Wanted };
        // What was ended is taken up again when there is time.
        if let Some(scene) = running.rest.filter(|_| running.fate != Fate::Wanted) {
            state.ahead.get_or_insert(scene);
        }
        running.fate
    }

    /// Ends the work with the task that is being done. Gives the requests that still wait.
    pub fn close(&self) -> Vec<RequestId> {
        let mut state = self.state();
        state.closed = true;
        self.wake(&mut state, Fate::Cancelled, |_| true);
        let waiting = std::mem::take(&mut state.tasks).into_iter();
        waiting.filter_map(|task| if let Task::Answer(request, _) = task { Some(request.id) } else { None }).collect()
    }
}

/// Whether a request asks for what a look finds.
fn is_look(request: &Request) -> bool {
    matches!(request.method.as_str(), "textDocument/diagnostic" | "workspace/diagnostic")
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
        assert_eq!(queue.look(scene(2)), [RequestId::from(1)]);
        assert!(matches!(queue.next(), Some(Task::Answer(request, _)) if request.id == RequestId::from(2)));
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
        // So does the answer that says the same; the others stay what somebody asked for.
        assert!(queue.ask(request(2, "textDocument/diagnostic"), scene(2)));
        assert!(queue.ask(request(3, "textDocument/hover"), scene(2)));
        assert!(queue.next().is_some());
        queue.look(scene(3));
        assert_eq!((queue.stop().is_said(), queue.done()), (true, Fate::Superseded));
        assert!(matches!(queue.next(), Some(Task::Answer(request, _)) if request.id == RequestId::from(3)));
        queue.look(scene(4));
        assert_eq!((queue.stop().is_said(), queue.done()), (false, Fate::Wanted));
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
