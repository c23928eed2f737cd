//! Deep recursion without overflow: a thread with a large stack for a whole rendering, and a guard that notices when little
//! is left. Uses only the addresses of local variables; no unsafe code.

/// The stack of [`on_deep_stack`]: room for Helm's limit of 1000 nested includes of each name. Pages cost memory only once
/// they are touched.
pub const DEEP_STACK: usize = 128 << 20;

/// What a [`Guard`] allows below its creation on any other thread: half of the smallest stack that callers have (2 MiB).
pub const SHALLOW_BUDGET: usize = 1 << 20;

std::thread_local! {
    /// Where the deep stack ends for practical purposes; 0 on other threads.
    static DEEP_END: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
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
        here() < self.end
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
    fn work_gives_its_outcome() {
        let text = "outer".to_owned();
        assert_eq!(on_deep_stack(|| text.len()), 5);
    }
}
