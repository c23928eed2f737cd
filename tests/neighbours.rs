//! Lists next to the ones that rules are about: what is odd and right gives nothing, one cause gives one finding, at its place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use workspace::Workspace;

const NOTE: &str = "# Web (from local chart web:1.0.0)\n";

/// `LINE:COLUMN RULE` of what is found in `list`, which is held against a chart that deploys `images`.
fn found(list: &str, images: &[&str]) -> Vec<String> {
    let workspace = Workspace::with_list(list).chart("web", images);
    let short = |row: &String| {
        let mut words = row.split(' ');
        let place = words.next().unwrap().trim_start_matches("tools/ecr-images.conf:").to_owned();
        format!("{place} {}", words.next().unwrap())
    };
    workspace.findings().iter().map(short).collect()
}

const DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn what_is_odd_and_right_gives_nothing() {
    for (entry, image) in [
        ("\tweb\t=\tnginx:1.27.1\t", "nginx:1.27.1"),
        ("web=docker.io/library/nginx:1.27.1", "nginx:1.27.1"),
        ("web=index.docker.io/library/nginx:1.27.1", "nginx:1.27.1"),
        ("web=nginx:1.27.1", "registry-1.docker.io/library/nginx:1.27.1"),
        ("web=QUAY.io/acme/web:1", "quay.io/acme/web:1"),
        ("web=nginx:1.27.1-gke.1", "nginx:1.27.1-gke.1"),
        ("# Tag: \"1.27.1\" (from chart values.yaml)\nweb=nginx:1.27.1", "nginx:1.27.1"),
        ("# Tag：1.27.1（from values.yaml）\nweb=nginx:1.27.1", "nginx:1.27.1"),
        ("#==========\n# Section\n#==========\nweb=nginx:1.27.1", "nginx:1.27.1"),
        ("# 注意: リージョンに依存\nweb=nginx:1.27.1", "nginx:1.27.1"),
    ] {
        assert_eq!(found(&format!("{NOTE}{entry}\n"), &[image]), Vec::<String>::new(), "{entry}");
    }
    for note in ["# ウェブ（from local chart web:1.0.0）\n", "# Web (from local chart web:v1.0.0)\n"] {
        assert_eq!(found(&format!("{note}web=nginx:1\n"), &["nginx:1"]), Vec::<String>::new(), "{note}");
    }
    assert_eq!(found(&NOTE.replace('\n', "\r\n"), &[]), Vec::<String>::new(), "CRLF does comments no harm");
}

#[test]
fn one_cause_is_one_finding() {
    let tagged = format!("web=nginx:1.27.1@{DIGEST}");
    for (entry, image, expected) in [
        // The fix of the tag takes the digest away.
        (format!("web=nginx@{DIGEST}").as_str(), "nginx:1.27.1", "2:5 tag-mismatch"),
        (&tagged, "nginx:1.27.1", "2:18 reader-disagreement"),
        // What cannot be read stands for the image that it most likely means.
        ("web='nginx:1.27.1", "nginx:1.27.1", "2:5 invalid-image-reference"),
        ("web==nginx:1.27.1", "nginx:1.27.1", "2:5 invalid-image-reference"),
        ("web=nginx: 1.27.1", "nginx:1.27.1", "2:11 invalid-image-reference"),
        ("web=nginx:1.27.1;", "nginx:1.27.1", "2:17 invalid-image-reference"),
        ("web: nginx:1.27.1", "nginx:1.27.1", "2:1 invalid-entry"),
        ("Web=nginx:1.27.1", "nginx:1.27.1", "2:1 invalid-repository-name"),
        ("# Tag: 1.26\nweb=nginx:1.25", "nginx:1.27.1", "3:11 tag-mismatch"),
        ("web\u{3000}=\u{3000}nginx:1.27.1", "nginx:1.27.1", "2:1 reader-disagreement"),
        ("web=nginx:latest", "nginx:1.27.1", "2:11 tag-mismatch"),
    ] {
        assert_eq!(found(&format!("{NOTE}{entry}\n"), &[image]), [expected], "{entry}");
    }
    // Of which nothing is left when the mismatch is meant to stay: then the digest is told.
    let allowed = format!("{NOTE}# mirrorlint: allow tag-mismatch: frozen\nweb=nginx@{DIGEST}\n");
    assert_eq!(found(&allowed, &["nginx:1.27.1"]), ["3:11 reader-disagreement"]);
}

#[test]
fn the_advice_fits_the_line() {
    let told = |entry: &str, image: &str| {
        Workspace::with_list(&format!("{NOTE}{entry}\n")).chart("web", &[image]).findings().join("\n")
    };
    let address = told("web=[2001:db8::1]/web:1", "[2001:db8::1]/web:1");
    assert!(address.ends_with("List the image from a registry that has a name"), "{address}");
    let port = told("web=reg.example.org:5000/web:1", "reg.example.org:5000/web:1");
    assert!(port.ends_with("List the image from a registry without a port"), "{port}");
}
