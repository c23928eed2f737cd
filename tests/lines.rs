//! Spellings of one line, each with exactly what is to be said of it; and that a line on which both scripts agree with its
//! meaning is passed over.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise
#![allow(clippy::invisible_characters)] // messages quote what nobody can see

mod workspace;

use std::fmt::Write as _;

use workspace::{Workspace, apply};

/// `LINE:COLUMN RULE MESSAGE`, and the list after each fix.
fn told(list: &str) -> String {
    let images = ["nginx:1.27.1", "host:5000/nginx:1.27.1", "nginx:latest", "host:5000/nginx"];
    let workspace = Workspace::with_list(&format!("# mirrorlint: allow missing-entry: another list\n\n{list}"));
    let workspace = workspace.chart("web", &images);
    let mut out = String::new();
    for row in workspace.findings_with(&["--ignore", "undocumented-source,unused-suppression"]) {
        let _ = writeln!(out, "{}", row.strip_prefix("tools/ecr-images.conf:").unwrap());
    }
    let before = workspace.read("tools/ecr-images.conf");
    let mut fixed = before.clone();
    for turn in 0.. {
        assert!(turn < 9, "fixes never end");
        let run = workspace.run(&["check", "--format", "json", "--select", "reader-disagreement"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let Some(edits) = findings.filter_map(|finding| finding["fixes"].get(0)?["edits"].as_array()).next() else {
            break;
        };
        fixed = apply(&fixed, edits);
        std::fs::write(workspace.path("tools/ecr-images.conf"), &fixed).unwrap();
    }
    if fixed != before {
        let _ = writeln!(out, "= {}", fixed.split_once("\n\n").unwrap().1.escape_debug());
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
    insta::assert_snapshot!(told("web=nginx:1.27.1 # why\n"), @r#"
    3:18 reader-disagreement `web` means nginx:1.27.1, but the copy script pulls it with ` # why` behind, and the values script takes `1.27.1 # why` for the tag. Put the comment on a line of its own
    = # why\nweb=nginx:1.27.1\n
    "#);
    insta::assert_snapshot!(told("web='nginx:1.27.1'\n"), @r#"
    3:5 reader-disagreement `web` means nginx:1.27.1, but the values script reads repository `'nginx` and takes `1.27.1'` for the tag. Remove the quotes
    = web=nginx:1.27.1\n
    "#);
    insta::assert_snapshot!(told("web=\"nginx:1.27.1\" # why\n"), @r#"
    3:20 reader-disagreement `web` means nginx:1.27.1, but the copy script pulls it with ` # why` behind, and the values script reads repository `"nginx` and takes `1.27.1" # why` for the tag. Put the comment on a line of its own
    = # why\nweb=nginx:1.27.1\n
    "#);
    insta::assert_snapshot!(told("# Web\nweb=nginx:1.27.1 # (from local chart web:1.0.0)\n"), @r#"
    4:18 reader-disagreement `web` means nginx:1.27.1, but the copy script pulls it with ` # (from local chart web:1.0.0)` behind, and the values script reads repository `nginx:1.27.1 # (from local chart web` and takes `1.0.0)` for the tag. Put the comment on a line of its own
    = # Web\n# (from local chart web:1.0.0)\nweb=nginx:1.27.1\n
    "#);
}

#[test]
fn what_cannot_be_seen_is_shown() {
    insta::assert_snapshot!(told("web\u{a0}=\u{a0}nginx:1.27.1\n"), @r#"
    3:4 reader-disagreement `web` means nginx:1.27.1, but the copy script creates `web\u{a0}`, for a no-break space (U+00A0) stands here. Write `web=nginx:1.27.1`
    = web=nginx:1.27.1\n
    "#);
    insta::assert_snapshot!(told("web=nginx:1.27.1\n\u{3000}# why\n \t\n"), @r#"
    4:1 reader-disagreement where the locale is not UTF-8, the copy script takes this comment for an entry called `\u{3000}# why`, for it starts with a wide space (U+3000). Start the line with `#`
    5:1 reader-disagreement the copy script stops here: it takes the blanks for a name. Leave the line empty
    = web=nginx:1.27.1\n# why\n\n
    "#);
    insta::assert_snapshot!(told("web=nginx:1.27.1\n# why\rother=nginx:1.27.1\n"), @r"4:1 reader-disagreement the values script reads an entry called `other` behind a CR in this comment. Remove the CR");
}

#[test]
fn crlf_is_one_finding() {
    insta::assert_snapshot!(told("# a\r\nweb=nginx:1.27.1\r\n\r\n# b\r\n"), @r#"
    4:17 reader-disagreement the lines end with CRLF, of which the copy script reads the CR as text: it pulls `nginx:1.27.1\r`. End all lines with LF
    = # a\nweb=nginx:1.27.1\n\n# b\n
    "#);
    insta::assert_snapshot!(told("web=nginx:1.27.1\n\r\n"), @r#"
    4:1 reader-disagreement the lines end with CRLF, of which the copy script reads the CR as text: it stops at the first blank line. End all lines with LF
    = web=nginx:1.27.1\n\n
    "#);
    insta::assert_snapshot!(told("# a\r\nweb=nginx:1.27.1 # why\r\n"), @r#"
    4:18 reader-disagreement `web` means nginx:1.27.1, but the copy script pulls it with ` # why` behind, and the values script takes `1.27.1 # why` for the tag. Put the comment on a line of its own
    4:23 reader-disagreement the lines end with CRLF, of which the copy script reads the CR as text: it pulls `nginx:1.27.1\r`. End all lines with LF
    = # a\n# why\nweb=nginx:1.27.1\n
    "#);
}

#[test]
fn what_only_looks_like_a_comment_or_an_entry_is_named() {
    let first = |line: &str| told(line).lines().next().unwrap_or_default().to_owned();
    insta::assert_snapshot!(first("\u{200b}# a note\n"), @r#"3:1 invalid-entry a zero-width space (U+200B) stands before the `#`: the scripts read `NAME=IMAGE` lines only. Start the line with `#`"#);
    insta::assert_snapshot!(first("\u{feff}# a note\n"), @r#"3:1 invalid-entry a byte order mark (U+FEFF) stands before the `#`: the scripts read `NAME=IMAGE` lines only. Start the line with `#`"#);
    insta::assert_snapshot!(first("\u{ff03} a note\n"), @r#"3:1 invalid-entry only `#` starts a comment, not a wide number sign (U+FF03): the scripts read `NAME=IMAGE` lines only. Write `#`"#);
    insta::assert_snapshot!(first("web\u{ff1d}nginx:1.27.1\n"), @r#"3:1 invalid-entry there is no `=` between repository name and source image, but a wide equals sign (U+FF1D): the scripts read `NAME=IMAGE` lines only. Write `=`"#);
    insta::assert_snapshot!(first("\u{200b}web=nginx:1.27.1\n"), @r#"3:1 invalid-repository-name ECR refuses the repository name `​web`: a zero-width space (U+200B) is not allowed in a name. Take it away"#);
    insta::assert_snapshot!(first("web=nginx:1.27.1\u{ad}\n"), @r#"3:17 invalid-image-reference `nginx:1.27.1­` is no image that can be pulled: a soft hyphen (U+00AD) is not allowed in a tag. Take it away"#);
    insta::assert_snapshot!(first("w\u{435}b=nginx:1.27.1\n"), @r#"3:2 invalid-repository-name ECR refuses the repository name `wеb`: `е` (U+0435) is not allowed in a name. Choose another one"#);
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
            "tools/ecr-images.conf:1:1 reader-disagreement the list starts with a byte order mark (U+FEFF), which no editor shows: the copy script takes line 1 for an entry called `\\u{{feff}}{name}`."
        );
        assert!(found[0].starts_with(&wanted), "{found:?}");
        assert_eq!(workspace.fixed("reader-disagreement"), list.trim_start_matches('\u{feff}'));
    }
}

/// One cause, one finding: what another rule says is not said again.
#[test]
fn other_rules_keep_their_lines() {
    insta::assert_snapshot!(told("web=nginx:1.27.1"), @r#"
    3:17 unterminated-last-line `web` stands on a last line without a newline: the copy script's `while read` never sees it. End the last line
    "#);
    insta::assert_snapshot!(told("web=nginx:1.27.1 # why"), @r#"
    3:18 reader-disagreement `web` means nginx:1.27.1, but the copy script pulls it with ` # why` behind, and the values script takes `1.27.1 # why` for the tag. Put the comment on a line of its own
    3:23 unterminated-last-line `web` stands on a last line without a newline: the copy script's `while read` never sees it. End the last line
    = # why\nweb=nginx:1.27.1
    "#);
    insta::assert_snapshot!(told("web\n=nginx:1\nweb=\n"), @r"
    3:1 invalid-entry there is no `=` between repository name and source image: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    4:1 invalid-entry there is no repository name before the `=`: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    5:1 invalid-entry there is no source image after the `=`: the scripts read `NAME=IMAGE` lines only. Write the line so, or put `#` before it
    ");
    insta::assert_snapshot!(told("it's=nginx:1.27.1\n"), @r#"
    3:3 invalid-repository-name ECR refuses the repository name `it's`: `'` is not allowed in a name. Choose another one
    "#);
    insta::assert_snapshot!(told("web='nginx:1.27.1\n"), @r#"
    3:5 invalid-image-reference `'nginx:1.27.1` is no image that can be pulled: `'` is not allowed in a repository. Correct it
    "#);
    insta::assert_snapshot!(told("web=Nginx:1.27.1 # why\n"), @r#"
    3:5 invalid-image-reference `Nginx:1.27.1` is no image that can be pulled: the repository must be lowercase, not `N`. Correct it
    3:18 reader-disagreement `web` means Nginx:1.27.1, but the copy script pulls it with ` # why` behind, and the values script takes `1.27.1 # why` for the tag. Put the comment on a line of its own
    = # why\nweb=Nginx:1.27.1\n
    "#);
    insta::assert_snapshot!(told("web=nginx\n"), @r"3:5 floating-tag web:1.0.0 deploys nginx:latest, and `latest` moves: nodes may want another image than was copied, and the values script skips it. Pin it in the chart, then list that");
}

#[test]
fn what_no_script_can_read_has_no_fix() {
    insta::assert_snapshot!(told("web=host:5000/nginx:1.27.1\n"), @r"3:5 reader-disagreement `web` means host:5000/nginx:1.27.1, but the copy script takes `5000/nginx` for the tag. List the image from a registry without a port");
    insta::assert_snapshot!(told("web=host:5000/nginx\n"), @r"
    3:5 reader-disagreement `web` means host:5000/nginx, but the copy script takes `5000/nginx` for the tag, and the values script reads repository `host` and takes `5000/nginx` for the tag. List the image from a registry without a port
    3:5 floating-tag web:1.0.0 deploys host:5000/nginx, and no tag means `latest`, which moves: nodes may want another image than was copied. Pin it in the chart, then list that
    ");
    let digest = format!("web=nginx@sha256:{}\n", "0".repeat(64));
    insta::assert_snapshot!(told(&digest), @r#"
    3:5 tag-mismatch `web` lists sha256:000000000000…, but web:1.0.0 deploys 1.27.1. Set the tag to 1.27.1
    "#);
}

#[test]
fn what_stands_behind_an_image_is_told_as_each_script_reads_it() {
    let digest = "a1b2".repeat(16);
    let behind =
        "the suppression behind it as a part of the image. Put it on a line of its own above: here it is not read";
    for (line, wanted) in [
        (
            "web=nginx:1.27.1 # mirrorlint: allow floating-tag: it's ours".to_owned(),
            format!(
                "means nginx:1.27.1, but the copy script stops here, at a quote that is not closed, and the values script reads {behind}"
            ),
        ),
        (
            "web=nginx:1.27.1 # mirrorlint: allow floating-tag: ours".to_owned(),
            format!("means nginx:1.27.1, but both scripts read {behind}"),
        ),
        (
            format!("web=\"nginx:1.27.1@sha256:{digest}\""),
            "and the values script takes the digest for the tag. Remove the quotes, and list the tag alone".to_owned(),
        ),
        (
            format!("web=nginx:1.27.1@sha256:{digest} # why"),
            "takes `a1b2a1b2a1b2… # why` for the tag. Put the comment on a line of its own, and list the tag alone"
                .to_owned(),
        ),
        (
            "web=nginx:1.27.1 # why\u{a0}not".to_owned(),
            r"takes `1.27.1 # why\u{a0}not` for the tag. Put the comment on a line of its own".to_owned(),
        ),
        (
            "web=reg.example:5000/nginx:1.27.1\u{a0}".to_owned(),
            "and a no-break space (U+00A0) stands here. Remove it, and list the image from a registry without a port"
                .to_owned(),
        ),
        ("web=nginx:1.27.1  #  x  y".to_owned(), "the values script takes `1.27.1  #  x  y` for the tag".to_owned()),
    ] {
        let told = told(&format!("{line}\n"));
        assert!(told.contains(&wanted), "{line}: {told}");
    }
}

#[test]
fn a_note_that_cannot_be_read_for_what_nobody_sees_gets_no_second_one() {
    let list = "# Web (from local\u{200b} chart web:1.0.0)\nweb=nginx:1.27.1\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27.1"]);
    let told = workspace.findings();
    assert!(told.len() == 1 && told[0].contains("a zero-width space (U+200B) stands in it"), "{told:?}");
    workspace.run(&["check", "--fix"]);
    assert_eq!(workspace.read("tools/ecr-images.conf"), list);
}
