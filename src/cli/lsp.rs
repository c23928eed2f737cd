//! `mirrorlint lsp`.

use super::{Ending, Outcome, Session};
use crate::lsp::{Ended, serve};

/// Exits 0 after a proper goodbye, 1 otherwise, as the protocol wants it.
pub(super) fn run(session: &Session) -> Outcome {
    // Locked by the threads that use them.
    let ended = serve(std::io::BufReader::new(std::io::stdin()), std::io::stdout());
    match ended {
        Ended::Properly => Ok(Ending::Clean),
        Ended::Abruptly(why) => {
            session.warn(&why);
            Ok(Ending::Findings)
        }
    }
}
