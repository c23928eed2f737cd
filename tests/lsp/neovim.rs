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
