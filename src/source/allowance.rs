//! How much memory a piece of work may take: a counter per thread, which everything that grows draws on. Nobody counts unless
//! an [`Allowance`] is open.

use std::cell::Cell;

std::thread_local! {
    /// The bytes that are left; the largest number where nobody counts.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// While it lives, this thread may take so many bytes and no more; inner ones count for themselves.
#[derive(Debug)]
pub struct Allowance {
    before: u64,
}

impl Allowance {
    /// Allows `bytes`.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        Self { before: LEFT.replace(bytes.min(u64::MAX - 1)) }
    }
}

impl Drop for Allowance {
    fn drop(&mut self) {
        LEFT.set(self.before);
    }
}

/// Takes `bytes` from the allowance. False when that is more than is left: then nothing is, and the caller should stop.
pub fn spend(bytes: usize) -> bool {
    let left = LEFT.get();
    if left == u64::MAX {
        return true;
    }
    let rest = u64::try_from(bytes).ok().and_then(|bytes| left.checked_sub(bytes)).unwrap_or(0);
    LEFT.set(rest);
    rest > 0
}

/// Whether nothing is left.
#[must_use]
pub fn is_spent() -> bool {
    LEFT.get() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone_until_the_end() {
        assert!(spend(usize::MAX) && !is_spent());
        {
            let _outer = Allowance::of(10);
            assert!(spend(6) && !spend(6) && is_spent() && !spend(0));
            {
                let _inner = Allowance::of(5);
                assert!(!is_spent() && spend(4));
            }
            assert!(is_spent());
        }
        assert!(!is_spent());
    }
}
