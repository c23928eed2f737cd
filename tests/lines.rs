//! Spellings of one line, each with exactly what is to be said of it; and that a line on which both scripts agree with its
//! meaning is passed over.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::fmt::Write as _;

use workspace::Workspace;

/// `LINE:COLUMN RULE MESSAGE`, and the list after each fix.
fn told(list: &str) -> String {
    let images = ["nginx:1.27.1", "host:5000/nginx:1.27.1", "nginx:latest", "host:5000/nginx"];
    let workspace = Workspace::with_list(&format!("# mirrorlint: allow missing-entry: another list\n\n{list}"));
    let workspace = workspace.chart("web", &images);
    let mut out = String::new();
    for row in workspace.findings_with(&["--ignore", "undocumented-source,unused-suppression"]) {
        let _ = writeln!(out, "{}", row.strip_prefix("tools/ecr-images.conf:").unwrap());
    }
    let fixed = workspace.fixed("reader-disagreement");
    if fixed != workspace.read("tools/ecr-images.conf") {
        let _ = writeln!(out, "{:?}", fixed.split_once("\n\n").unwrap().1);
    }
    out
}

#[test]
fn what_both_read_as_meant_is_passed_over() {
    let lists = [
        "web=nginx:1.27.1\n",
        "  web = nginx:1.27.1  \n",
        "\tweb=\tdocker.io/library/nginx:1.27.1\n",
        "\n\n#\n # web=nginx:1\n\t#=:\nweb=nginx:1.27.1\n",
        "# it's \"a comment\r\nweb=nginx:1.27.1\n",
        "web=nginx:1.27.1\n# end",
        "web=nginx:1.27.1\n  ",
    ];
    for list in lists {
        assert_eq!(told(list), "", "{list:?}");
    }
}

#[test]
fn decoration_is_taken_away() {
    insta::assert_snapshot!(told("web=nginx:1.27.1 # why\n"), @"");
    insta::assert_snapshot!(told("web='nginx:1.27.1'\n"), @"");
    insta::assert_snapshot!(told("web=\"nginx:1.27.1\" # why\n"), @"");
    insta::assert_snapshot!(told("# Web\nweb=nginx:1.27.1 # (from local chart web:1.0.0)\n"), @"");
}

#[test]
fn what_cannot_be_seen_is_shown() {
    insta::assert_snapshot!(told("web\u{a0}=\u{a0}nginx:1.27.1\n"), @"");
    insta::assert_snapshot!(told("web=nginx:1.27.1\n\u{3000}# why\n \t\n"), @"");
    insta::assert_snapshot!(told("web=nginx:1.27.1\n# why\rother=nginx:1.27.1\n"), @"");
}

#[test]
fn crlf_is_one_finding() {
    insta::assert_snapshot!(told("# a\r\nweb=nginx:1.27.1\r\n\r\n# b\r\n"), @"");
    insta::assert_snapshot!(told("web=nginx:1.27.1\n\r\n"), @"");
    insta::assert_snapshot!(told("# a\r\nweb=nginx:1.27.1 # why\r\n"), @"");
}

#[test]
fn a_byte_order_mark_is_one_finding() {
    for (list, name) in [
        ("\u{feff}web=nginx:1.27.1\n", "web"),
        ("\u{feff}# Web\nweb=nginx:1.27.1\n", "# Web"),
        ("\u{feff}\nweb=nginx:1.27.1\n", ""),
    ] {
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27.1"]);
        let found = workspace.findings_with(&["--ignore", "undocumented-source"]);
        assert_eq!(found.len(), 1, "{found:?}");
        let wanted = format!(
            "tools/ecr-images.conf:1:1 reader-disagreement the list starts with a byte order mark, which no editor shows: the copy script takes line 1 for an entry called `\\u{{feff}}{name}`."
        );
        assert!(found[0].starts_with(&wanted), "{found:?}");
        assert_eq!(workspace.fixed("reader-disagreement"), list.trim_start_matches('\u{feff}'));
    }
}

/// One cause, one finding: what another rule says is not said again.
#[test]
fn other_rules_keep_their_lines() {
    insta::assert_snapshot!(told("web=nginx:1.27.1"), @"");
    insta::assert_snapshot!(told("web=nginx:1.27.1 # why"), @"");
    insta::assert_snapshot!(told("web\n=nginx:1\nweb=\n"), @"");
    insta::assert_snapshot!(told("it's=nginx:1.27.1\n"), @"");
    insta::assert_snapshot!(told("web='nginx:1.27.1\n"), @"");
    insta::assert_snapshot!(told("web=Nginx:1.27.1 # why\n"), @"");
    insta::assert_snapshot!(told("web=nginx\n"), @"");
}

#[test]
fn what_no_script_can_read_has_no_fix() {
    insta::assert_snapshot!(told("web=host:5000/nginx:1.27.1\n"), @"");
    insta::assert_snapshot!(told("web=host:5000/nginx\n"), @"");
    let digest = format!("web=nginx@sha256:{}\n", "0".repeat(64));
    insta::assert_snapshot!(told(&digest), @"");
}
