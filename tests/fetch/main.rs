//! `mirrorlint fetch` and `versions` against servers on the loopback address, and what `check` makes of what they brought.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod credentials;
mod faults;
mod helm;
mod http;
mod lock;
mod place;
mod registry;
mod repository;
mod server;
mod versions;
mod walkthrough;
#[path = "../workspace/mod.rs"]
mod workspace;
