//! How far the downloads are, for whoever shows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counts what is asked for and what came in. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicU64,
    asked: AtomicUsize,
    done: AtomicUsize,
}

impl Meter {
    /// `count` more bytes.
    pub(super) fn received(&self, count: u64) {
        self.0.bytes.fetch_add(count, Ordering::Relaxed);
    }

    /// `count` more charts are asked for.
    pub(super) fn asks(&self, count: usize) {
        self.0.asked.fetch_add(count, Ordering::Relaxed);
    }

    /// Of one chart more it is known what became of it.
    pub(super) fn finished(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// The bytes that came in.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Of how many charts it is known what became of them, and how many are asked for; nothing while that is not known.
    #[must_use]
    pub fn charts(&self) -> (usize, usize) {
        (self.0.done.load(Ordering::Relaxed), self.0.asked.load(Ordering::Relaxed))
    }
}
