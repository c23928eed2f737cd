//! What is printed does not depend on how many threads render.

#![allow(clippy::unwrap_used)] // a test may stop at the first surprise

use std::path::Path;
use std::process::{Command, Output};

fn run(threads: &str, arguments: &[&str]) -> Output {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    command.current_dir(fixtures).env("RAYON_NUM_THREADS", threads).args(arguments).output().unwrap()
}

#[test]
fn output_is_the_same_with_any_number_of_threads() {
    for arguments in [
        &["check", "hyperpod", "--format", "json"][..],
        &["check", "kitchen-sink"],
        &["images", "hyperpod", "--format", "json", "--region", "us-west-2", "--region", "eu-central-1"],
    ] {
        let one = run("1", arguments);
        assert!(!one.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&one.stderr));
        for threads in ["2", "3", "8"] {
            assert_eq!(run(threads, arguments), one, "{arguments:?} on {threads} threads");
        }
    }
}
