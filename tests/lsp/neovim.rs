//! Headless Neovim as the client, where there is one. MIRRORLINT_NVIM names it, and then it must be there.

use std::process::{Command, Stdio};

use crate::workspace::{Workspace, copy, fixture};

#[test]
fn neovim_drives_the_server() {
    let given = std::env::var_os("MIRRORLINT_NVIM");
    let program = given.clone().unwrap_or_else(|| "nvim".into());
    let found = Command::new(&program).arg("--version").stdout(Stdio::null()).status();
    if found.is_err() && given.is_none() {
        println!("there is no nvim: nothing was tested");
        return;
    }
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    let root = workspace.path("").canonicalize().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lsp/neovim.lua");
    let home = workspace.path(".home");
    let output = Command::new(&program)
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", script])
        .current_dir(&root)
        .env("WORKSPACE", &root)
        .env("MIRRORLINT", env!("CARGO_BIN_EXE_mirrorlint"))
        .envs(["XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"].map(|name| (name, &home)))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    assert!(said.contains("the server says goodbye"), "{said}");
}

/// The set-up of the page on editors, taken from there. MIRRORLINT_NVIM_NEW names a Neovim that is new enough.
#[test]
fn the_documented_set_up_works() {
    let Some(program) = std::env::var_os("MIRRORLINT_NVIM_NEW") else {
        println!("there is no new nvim: nothing was tested");
        return;
    };
    let page = include_str!("../../.github/docs/editors.md");
    let (_, rest) = page.split_once("**Neovim 0.11 or newer**").unwrap();
    let (set_up, _) = rest.split_once("```lua\n").unwrap().1.split_once("```").unwrap();
    let workspace = Workspace::new().file(".home/nvim/init.lua", set_up).file(".mirrorlint.yaml", "");
    copy(&fixture("hyperpod"), &workspace.path(""));
    let root = workspace.path("").canonicalize().unwrap();
    let (home, binary) = (root.join(".home"), std::path::Path::new(env!("CARGO_BIN_EXE_mirrorlint")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [binary.parent().unwrap().to_owned()].into_iter().chain(std::env::split_paths(&path));
    let output = Command::new(&program)
        .args(["--headless", "-i", "NONE", "-n", "-S"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lsp/neovim_documented.lua"))
        .current_dir(&root)
        .env("WORKSPACE", &root)
        .env("PATH", std::env::join_paths(folders).unwrap())
        .envs(["CONFIG", "STATE", "CACHE", "DATA"].map(|name| (format!("XDG_{name}_HOME"), &home)))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    assert!(said.contains("ok: all fixes are applied"), "{said}");
}
