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
    /// Said when something waits while things are computed ahead.
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
    /// The request that is being answered, and whether it was cancelled meanwhile.
    running: Option<(RequestId, bool)>,
    known: HashSet<RequestId>,
    /// What was looked at since things were last computed ahead.
    ahead: Option<Scene>,
    /// What things are being computed ahead for.
    resting: Option<Scene>,
    closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What ends the computing ahead.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Has the worker see what waits.
    fn wake(&self) {
        self.stop.say(true);
        self.ready.notify_one();
    }

    /// Adds a request. False when one of that id waits already.
    pub fn ask(&self, request: Request, scene: Scene) -> bool {
        let mut state = self.state();
        let running = state.running.as_ref().is_some_and(|(id, _)| *id == request.id);
        if running || !state.known.insert(request.id.clone()) {
            return false;
        }
        state.tasks.push_back(Task::Answer(request, scene));
        self.wake();
        true
    }

    /// Adds a look at what changed, in place of older ones. Gives the requests that ask for the same of an older state: nobody
    /// needs their answers any more.
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
        self.wake();
        superseded
    }

    /// Cancels a request. True when it still waited: then nothing else answers it.
    pub fn cancel(&self, id: &RequestId) -> bool {
        let mut state = self.state();
        if let Some((running, cancelled)) = &mut state.running
            && running == id
        {
            *cancelled = true;
            return false;
        }
        let before = state.tasks.len();
        state.tasks.retain(|task| !matches!(task, Task::Answer(request, _) if request.id == *id));
        state.known.remove(id);
        state.tasks.len() < before
    }

    /// The next task, once there is one; nothing when the queue is closed.
    pub fn next(&self) -> Option<Task> {
        let mut state = self.state();
        // What was ended is taken up again when there is time.
        if let Some(scene) = state.resting.take().filter(|_| self.stop.is_said()) {
            state.ahead.get_or_insert(scene);
        }
        loop {
            if state.closed {
                return None;
            }
            if let Some(task) = state.tasks.pop_front() {
                if let Task::Answer(request, _) = &task {
                    state.known.remove(&request.id);
                    state.running = Some((request.id.clone(), false));
                }
                return Some(task);
            }
            if state.ahead.is_none() {
                state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (awake, waited) = self.ready.wait_timeout(state, PAUSE).unwrap_or_else(PoisonError::into_inner);
            state = awake;
            if waited.timed_out() && state.tasks.is_empty() && !state.closed {
                self.stop.say(false);
                state.resting = state.ahead.take();
                return state.resting.clone().map(Task::Rest);
            }
        }
    }

    /// Ends the request that is being answered. True when it was cancelled meanwhile.
    pub fn done(&self) -> bool {
        self.state().running.take().is_some_and(|(_, cancelled)| cancelled)
    }

    /// Ends the work after the task that is being done. Gives the requests that still wait.
    pub fn close(&self) -> Vec<RequestId> {
        let mut state = self.state();
        state.closed = true;
        self.stop.say(true);
        self.ready.notify_all();
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
        assert!(!queue.done());
        assert!(matches!(queue.next(), Some(Task::Look(scene)) if scene.revision == 2));
        assert!(matches!(queue.next(), Some(Task::Rest(scene)) if scene.revision == 2), "nobody asks for anything");
    }

    #[test]
    fn what_is_computed_ahead_ends_when_something_waits_and_is_taken_up_again() {
        let queue = Queue::default();
        queue.look(scene(1));
        assert!(matches!(queue.next(), Some(Task::Look(_))));
        assert!(matches!(queue.next(), Some(Task::Rest(_))) && !queue.stop().is_said());
        assert!(queue.ask(request(1, "textDocument/hover"), scene(1)) && queue.stop().is_said());
        assert!(matches!(queue.next(), Some(Task::Answer(..))) && !queue.done());
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
        assert!(!queue.cancel(&1.into()) && queue.done() && !queue.done());
        assert!(queue.ask(request(2, "x"), scene(1)), "the id is free again");
        assert_eq!(queue.close(), [RequestId::from(2)]);
        assert!(queue.next().is_none());
    }
}
