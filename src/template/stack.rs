//! Deep recursion without overflow: a guard that notices when little of the stack is left, and a thread with a large stack
//! for the rare rendering that needs one. Uses only the addresses of local variables; no unsafe code.

use std::cell::Cell;

/// The stack of [`on_deep_stack`]: room for Helm's limit of 1000 nested includes of each name. Pages cost memory only once
/// they are touched.
pub const DEEP_STACK: usize = 128 << 20;

/// What a [`Guard`] allows below its creation on any other thread: half of the smallest stack that callers have (2 MiB).
pub const SHALLOW_BUDGET: usize = 1 << 20;

std::thread_local! {
    /// Where the deep stack ends for practical purposes; 0 on other threads.
    static DEEP_END: Cell<usize> = const { Cell::new(0) };
    /// Whether a guard of this thread found the stack too small.
    static EXHAUSTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` here. If a [`Guard`] then found the stack too small, that outcome is dropped and `work` runs again on a deep
/// stack: nearly no chart needs one, and a thread costs more than many a chart.
pub fn on_sufficient_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    if DEEP_END.get() != 0 {
        return work();
    }
    EXHAUSTED.set(false);
    let outcome = work();
    if EXHAUSTED.replace(false) { on_deep_stack(&work) } else { outcome }
}

/// Runs `work` on a thread of its own with a stack of [`DEEP_STACK`] bytes. If the system refuses the thread, runs it here,
/// where templates may then nest less deeply. A panic of `work` goes on in the caller.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let work = std::sync::Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    let run = || {
        DEEP_END.set(here().saturating_sub(DEEP_STACK - DEEP_STACK / 8));
        take().map(|work| work())
    };
    let outcome = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("render".to_owned()).stack_size(DEEP_STACK);
        let handle = builder.spawn_scoped(scope, run).ok()?;
        match handle.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    match outcome {
        Some(outcome) => outcome,
        None => {
            take().map_or_else(|| std::panic::resume_unwind(Box::new("the work ran without outcome")), |work| work())
        }
    }
}

/// Notices that the stack runs out.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    end: usize,
}

impl Guard {
    /// A guard over what lies below the caller.
    #[must_use]
    pub fn new() -> Self {
        let deep = DEEP_END.get();
        Self { end: if deep == 0 { here().saturating_sub(SHALLOW_BUDGET) } else { deep } }
    }

    /// Whether so little is left that nothing more should nest.
    #[must_use]
    pub fn is_exhausted(self) -> bool {
        let exhausted = here() < self.end;
        if exhausted {
            EXHAUSTED.set(true);
        }
        exhausted
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self::new()
    }
}

/// About where the stack pointer is. Stacks grow downwards on every platform that we build for.
#[inline(never)]
fn here() -> usize {
    let mark = 0u8;
    std::ptr::from_ref(std::hint::black_box(&mark)).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descend(guard: Guard, depth: usize) -> usize {
        let filler = std::hint::black_box([0u8; 1024]);
        if guard.is_exhausted() { depth } else { descend(guard, depth + 1) + usize::from(filler[0]) }
    }

    #[test]
    fn the_guard_stops_recursion_on_any_thread() {
        let shallow = descend(Guard::new(), 0);
        let deep = on_deep_stack(|| descend(Guard::new(), 0));
        assert!(shallow > 100 && deep > shallow * 50, "{shallow} {deep}");
    }

    #[test]
    fn a_second_guard_on_the_deep_stack_grants_no_more() {
        fn nest(levels: usize) -> usize {
            let filler = std::hint::black_box([0u8; 4096]);
            let goes_on = levels < 1_000_000 && !Guard::new().is_exhausted();
            if goes_on { nest(levels + 1) + usize::from(filler[0]) } else { levels }
        }
        assert!(on_deep_stack(|| nest(0)) < 1_000_000);
    }

    #[test]
    fn only_work_that_needs_it_runs_again_on_a_deep_stack() {
        let runs = std::sync::atomic::AtomicUsize::new(0);
        let counted = |least: usize| {
            let run = || {
                runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                descend_to(Guard::new(), least)
            };
            let reached = on_sufficient_stack(run);
            (reached, runs.swap(0, std::sync::atomic::Ordering::Relaxed))
        };
        assert_eq!(counted(10), (true, 1));
        assert_eq!(counted(20_000), (true, 2));
        assert_eq!(counted(10), (true, 1));
        assert_eq!(counted(usize::MAX), (false, 2));
    }

    /// Whether `depth` more levels fit.
    fn descend_to(guard: Guard, depth: usize) -> bool {
        let filler = std::hint::black_box([0u8; 1024]);
        depth == usize::from(filler[0]) || !guard.is_exhausted() && descend_to(guard, depth - 1)
    }

    #[test]
    fn work_gives_its_outcome() {
        let text = "outer".to_owned();
        assert_eq!(on_deep_stack(|| text.len()), 5);
    }
}
