//! A run that is killed while it mends leaves the old list or the new one, whole.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use workspace::Workspace;

const LIST: &str = "tools/ecr-images.conf";

fn mend(workspace: &Workspace) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    command.current_dir(workspace.path("")).args(["check", "--fix"]).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn a_killed_run_leaves_a_whole_list() {
    let old: String = (0..60)
        .map(|number| format!("# Web {number} (from local chart web:1.0.0)\nweb{number}=acme/web{number}:0\n\n"))
        .collect();
    let images: Vec<String> = (0..60).map(|number| format!("acme/web{number}:1")).collect();
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let workspace = Workspace::with_list(&old).chart("web", &images);
    let started = Instant::now();
    assert!(mend(&workspace).status().unwrap().success());
    let whole = started.elapsed();
    let new = workspace.read(LIST);
    assert_eq!(new, old.replace(":0\n", ":1\n"));

    let (mut olds, mut news) = (0, 0);
    for turn in 0..50_u32 {
        std::fs::write(workspace.path(LIST), &old).unwrap();
        let mut run = mend(&workspace).spawn().unwrap();
        // The last part of a run is where the file is written: most attempts are made there, at moments that differ.
        let moment = if turn % 5 == 0 { whole * turn / 50 } else { whole * (70 + turn) / 100 };
        std::thread::sleep(moment.max(Duration::from_micros(1)));
        run.kill().unwrap();
        run.wait().unwrap();
        let left = workspace.read(LIST);
        assert!(left == old || left == new, "after {moment:?} of {whole:?} the list is neither:\n{left}");
        (olds, news) = (olds + u32::from(left == old), news + u32::from(left == new));
    }
    assert_eq!(olds + news, 50);
    assert!(olds > 0, "no run was killed in time");
    // What a killed run leaves beside the list keeps the next one from nothing, and is no list.
    std::fs::write(workspace.path(LIST), &old).unwrap();
    assert!(mend(&workspace).status().unwrap().success());
    assert_eq!(workspace.read(LIST), new);
}
