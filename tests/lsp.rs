//! The editor server, over the wire: a spawned `mirrorlint lsp` and a small client that fails on everything that it did not
//! expect. What the server says must be what the command line says.

#![cfg(feature = "lsp")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/features.rs"]
mod features;
#[path = "lsp/law.rs"]
mod law;
#[path = "lsp/lifecycle.rs"]
mod lifecycle;
#[path = "lsp/memory.rs"]
mod memory;
#[path = "lsp/neovim.rs"]
mod neovim;
#[path = "lsp/overlays.rs"]
mod overlays;
#[path = "lsp/session.rs"]
mod session;
