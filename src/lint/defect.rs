//! What becomes of a defect of ours: a panic while one list is checked is told as what kept that list from being checked, and
//! the other lists are checked all the same.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::Refusal;

/// Does `work` on the list at `path`. A panic in it is among its refusals; the panic's own hook has told the place in our code.
///
/// # Errors
/// Those of `work`, and a panic of it.
pub(super) fn contained<T>(path: &Path, work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    // What a panic leaves half done is dropped with the outcome; locks are taken whether poisoned or not.
    let outcome = catch_unwind(AssertUnwindSafe(work));
    outcome.unwrap_or_else(|panic| Err(Refusal { path: Some(path.to_owned()), ..Refusal::new(told(panic.as_ref())) }))
}

/// What a user is told of a panic.
fn told(panic: &(dyn Any + Send)) -> String {
    let issues = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");
    format!("a defect in mirrorlint: checking this list panicked: {}. Please report it: {issues}", words(panic))
}

/// What a panic said.
pub(crate) fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)] // the defect itself

    use super::*;

    #[test]
    fn a_panic_is_told_with_its_list() {
        let refusal = contained::<()>(Path::new("tools/ecr-images.conf"), || panic!("index {} of 2", 3));
        let Err(Refusal { message, path, .. }) = refusal else { panic!("nothing was refused") };
        assert_eq!(path.as_deref(), Some(Path::new("tools/ecr-images.conf")));
        assert!(
            message.starts_with("a defect in mirrorlint: checking this list panicked: index 3 of 2. "),
            "{message}"
        );
    }

    #[test]
    fn a_panic_on_another_thread_is_told_too() {
        let refusal = contained(Path::new("list"), || Ok(rayon::join(|| (), || panic!("elsewhere"))));
        assert!(refusal.is_err_and(|refusal: Refusal| refusal.message.contains("elsewhere")));
    }

    #[test]
    fn outcomes_pass_through() {
        assert_eq!(contained(Path::new("list"), || Ok(7)), Ok(7));
        let refusal = Refusal::new("no chart");
        assert_eq!(contained::<()>(Path::new("list"), || Err(refusal.clone())), Err(refusal));
    }
}
