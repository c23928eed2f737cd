//! `mirrorlint fetch` and `versions` against servers on the loopback address, and what `check` makes of what they brought.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod http;
mod place;
mod repository;
mod server;
#[path = "../workspace/mod.rs"]
mod workspace;
