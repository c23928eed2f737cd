//! `mirrorlint fetch` and `versions` against servers on the loopback address, and what `check` makes of what they brought.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise
#![allow(clippy::print_stderr)] // what could not be compared is said

mod credentials;
mod faults;
mod helm;
mod here;
mod http;
mod lock;
mod place;
mod proxy;
mod refusals;
mod registry;
mod repository;
mod server;
mod token;
mod trust;
mod vendor;
mod versions;
mod walkthrough;
#[path = "../workspace/mod.rs"]
mod workspace;
