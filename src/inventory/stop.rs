//! A word to whoever computes something that takes long: that nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether to stop. Clones share it; the default one is never told to.
#[derive(Clone, Debug, Default)]
pub struct Stop(Option<Arc<AtomicBool>>);

impl Stop {
    /// One that can be told to stop, and was not yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Says that what is computed is of no use any more, or with false that it is again.
    pub fn say(&self, stop: bool) {
        self.0.iter().for_each(|said| said.store(stop, Ordering::Relaxed));
    }

    /// Whether it was said.
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.0.as_ref().is_some_and(|said| said.load(Ordering::Relaxed))
    }
}
