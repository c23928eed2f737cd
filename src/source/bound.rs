//! Words for bounds that are mirrorlint's own: Helm would go on, perhaps until memory or patience ends. They stay in a message
//! wherever it is passed on, so that whoever reports it can tell it from a refusal of Helm's.

use std::fmt::Display;

const MARK: &str = "mirrorlint's bound";

/// What says that a bound of ours was reached: `more than 5 steps, mirrorlint's bound`. `what` says how much is too much.
pub fn beyond(what: impl Display) -> String {
    format!("{what}, {MARK}")
}

/// Whether a message says so.
#[must_use]
pub fn is_beyond(message: &str) -> bool {
    message.contains(MARK)
}

/// What happens to `subject` and why, for a reader: who refuses it, and the message.
#[must_use]
pub fn verdict(subject: &str, message: &str) -> String {
    if is_beyond(message) {
        format!("mirrorlint gives up on {subject}: {message}")
    } else {
        format!("Helm would refuse {subject}: {message}")
    }
}
