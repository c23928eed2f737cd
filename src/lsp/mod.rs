//! The editor server: speaks the Language Server Protocol over a pair of streams. Decides nothing about lists or charts: its
//! findings are those of `lint`, its fixes those of `fix`; it only places them in what is open. Beside `cli`, on top of all
//! other rooms.

mod actions;
mod analysis;
mod capabilities;
mod client;
mod completion;
mod diagnostics;
mod documents;
mod edits;
mod handlers;
mod hover;
mod navigation;
mod outline;
mod places;
mod positions;
mod queue;
mod relations;
mod server;
mod stamps;
mod uri;
mod wire;
mod worker;

use std::io::{BufRead, Write};

pub use server::Ended;

/// Serves one client until it says goodbye or goes away.
pub fn serve(input: impl BufRead + Send + 'static, output: impl Write + Send + 'static) -> Ended {
    server::serve(input, output, handlers::Handlers::new)
}
