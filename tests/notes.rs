//! Source notes as people write them: several in one block, and such as are only a name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::Workspace;

/// What is found in a list with the comment `note` above an image that the charts `app` and `other` deploy, and the list after
/// `--fix`, without its last line.
fn checked(note: &str) -> (Vec<String>, String) {
    let workspace = Workspace::with_list(&format!("{note}\nnginx=nginx:1.27.1\n"))
        .chart("umbrella", &[])
        .chart("umbrella/charts/app", &["nginx:1.27.1"])
        .chart("umbrella/charts/other", &["nginx:1.27.1"]);
    let short = |row: String| row.split(' ').skip(1).take(1).collect();
    let found = workspace.findings().into_iter().map(short).collect();
    let run = workspace.run(&["check", "--fix"]);
    assert_eq!(run.code, 0, "{note}: {}", run.text());
    let list = workspace.read("tools/ecr-images.conf");
    (found, list.strip_suffix("\nnginx=nginx:1.27.1\n").unwrap().to_owned())
}

#[test]
fn one_right_note_is_enough() {
    for note in [
        "# Web (from local chart gone:0.1.0) and (from local chart app:1.0.0)",
        "# Web (from local chart app:1.0.0) and (from local chart gone:0.1.0)",
        "# Web (from local chart app:1.0.0)\n# and (from local chart other:1.0.0)",
        "# Web (from local chart other:0.9.0), (from local chart umbrella:1.0.0)",
        "# Web (from web) (from local chart app:1.0.0)",
    ] {
        let (found, list) = checked(note);
        assert_eq!((found, list), (Vec::new(), note.to_owned()));
    }
}

#[test]
fn of_several_wrong_notes_the_nearest_is_mended() {
    let note = "# Web (from local chart gone:0.1.0) and (from local chart app:0.9.0)";
    let (found, list) = checked(note);
    assert_eq!(found, ["wrong-source"]);
    assert_eq!(list, note.replace("app:0.9.0", "app:1.0.0"));
    let (found, list) = checked("# Web (from local chart gone:0.1.0) and (from local chart lost:0.1.0)");
    assert_eq!(found, ["wrong-source"]);
    assert_eq!(list, "# Web (from local chart app:1.0.0) and (from local chart lost:0.1.0)");
}

#[test]
fn a_name_alone_is_completed_where_it_stands() {
    for (note, mended) in [
        ("# Web (from app)", "# Web (from local chart app:1.0.0)"),
        ("# Web\n# Notes (from the other chart), mostly", "# Web\n# Notes (from local chart other:1.0.0), mostly"),
        ("# Web (from App)", "# Web (from local chart app:1.0.0)"),
        ("# Web (from docker hub)", "# Web (from docker hub) (from local chart app:1.0.0)"),
        ("# Web (from umbrella)", "# Web (from local chart umbrella:1.0.0)"),
        ("# Web (from values)", "# Web (from values) (from local chart app:1.0.0)"),
        ("# Web (from the readme)", "# Web (from the readme) (from local chart app:1.0.0)"),
        ("# Web (from app values)", "# Web (from app values) (from local chart app:1.0.0)"),
    ] {
        let (found, list) = checked(note);
        assert_eq!(found, ["undocumented-source"]);
        assert_eq!(list, mended);
    }
}
