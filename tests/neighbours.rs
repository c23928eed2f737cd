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

/// `PATH:LINE:COLUMN RULE MESSAGE` of what is found in a workspace with a chart `web`, that depends on `cache` as `asked` says, and
/// has it in `version`.
fn with_dependency(asked: &str, version: &str, folder: &str) -> Vec<String> {
    let list = format!("{NOTE}web=nginx:1\n\n# Cache (from local chart cache:{version})\ncache=redis:7\n");
    let metadata = format!("apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {{name: cache, {asked}}}\n");
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1"]).chart(folder, &["redis:7"]);
    let workspace = workspace.file("web/Chart.yaml", metadata);
    let metadata = format!("apiVersion: v2\nname: cache\nversion: {version}\n");
    workspace.file(&format!("{folder}/Chart.yaml"), metadata).findings()
}

#[test]
fn versions_that_do_are_no_mismatch() {
    for (asked, version) in [
        ("v1.2.3", "1.2.3"),
        ("1.2.3", "v1.2.3"),
        ("'1.2'", "1.2.3"),
        ("1.2.x", "1.2.9"),
        ("~1.2", "1.2.9"),
        ("^1.2", "1.9.0"),
        ("'>=1.0.0 <2'", "1.5.0"),
        ("1.2.3", "1.2.3+abc"),
        ("1.2.3+abc", "1.2.3"),
        ("'*'", "3.0.0"),
        ("'>=1.0.0-0'", "1.2.0-rc.1"),
        ("'1.10'", "1.10.0"),
        ("1.2.3-rc.1", "1.2.3-rc.1"),
        ("1.2.3 || 2.0.0", "2.0.0"),
        ("''", "2.0.0"),
    ] {
        let found = with_dependency(
            &format!("version: {asked}, repository: 'https://charts.example.org'"),
            version,
            "web/charts/cache",
        );
        assert_eq!(found, Vec::<String>::new(), "{asked} {version}");
        let beside = with_dependency(&format!("version: {asked}, repository: 'file://../cache'"), version, "cache");
        assert_eq!(beside, Vec::<String>::new(), "{asked} {version}");
    }
}

#[test]
fn a_mismatch_says_what_is_not_seen() {
    let told = |asked: &str, version: &str, folder: &str| {
        let found = with_dependency(asked, version, folder);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    };
    let number = told("version: 1.10", "1.10.0", "web/charts/cache");
    assert!(number.starts_with("web/Chart.yaml:5:26 "), "{number}");
    assert!(
        number.contains("asks for cache 1.1, but charts/ holds 1.10.0: 1.10 has no quotes, and as a number it is 1.1")
    );
    let early = told("version: '>=1.0.0'", "1.2.0-rc.1", "web/charts/cache");
    assert!(early.contains("holds 1.2.0-rc.1: a range takes no pre-release unless it names one. "), "{early}");
    let beside = told("version: 1.2.4, repository: 'file://../cache'", "1.2.3", "cache");
    assert!(
        beside.ends_with("but ../cache holds 1.2.3. `helm dependency build` refuses it. Ask for 1.2.3"),
        "{beside}"
    );
}

#[test]
fn a_chart_that_is_asked_for_twice_is_absent_once() {
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n\
        - {name: cache, version: 1.2.3, repository: 'https://charts.example.org', alias: one}\n\
        - {name: cache, version: 1.2.3, repository: 'https://charts.example.org', alias: two}\n";
    let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]);
    let found = workspace.file("web/Chart.yaml", metadata).findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("web/Chart.yaml:5:10 unavailable-chart "), "{found:?}");
}

#[test]
fn an_undecided_merge_is_one_finding() {
    let note = |version: &str| format!("# Web (from local chart web:{version})\n");
    for list in [
        format!("{}<<<<<<< HEAD\nweb=nginx:1\n=======\nweb=nginx:2\n>>>>>>> branch\n", note("1.0.0")),
        format!(
            "<<<<<<< HEAD\n{}web=nginx:1\n||||||| base\nweb=nginx:0\n=======\n{}web=nginx:2\n>>>>>>> branch\n",
            note("1.0.0"),
            note("0.9.0")
        ),
    ] {
        let places: Vec<_> =
            list.lines().position(|line| line.starts_with("<<<")).map(|line| line + 1).into_iter().collect();
        assert_eq!(found(&list, &["nginx:2"]), [format!("{}:1 invalid-entry", places[0])], "{list}");
    }
    // A mark that was forgotten leaves the entries as they are.
    assert_eq!(
        found(&format!("=======\n{NOTE}web=nginx:1\n"), &["nginx:2"]),
        ["1:1 invalid-entry", "3:11 tag-mismatch"]
    );
}

#[test]
fn a_comment_of_another_kind_does_not_part_an_entry_from_its_note() {
    for comment in ["// web", "; web", "-- web", "/* web */", "<!-- web -->"] {
        assert_eq!(found(&format!("{NOTE}{comment}\nweb=nginx:1\n"), &["nginx:1"]), ["2:1 invalid-entry"], "{comment}");
    }
}

#[test]
fn wide_signs_part_orders_too() {
    for order in [
        "# mirrorlint: allow tag-mismatch： frozen",
        "# mirrorlint： allow tag-mismatch：次の版まで",
        "# mirrorlint: exempt nginx：社内の控えから",
        "# mirrorlint: allow tag-mismatch，floating-tag： frozen",
    ] {
        let (listed, image) = if order.contains("floating") { ("nginx", "nginx:2") } else { ("nginx:1", "nginx:2") };
        let list = format!("{NOTE}{order}\nweb={listed}\n");
        let expected: Vec<String> = match order {
            order if order.contains("exempt") => vec!["2:3 unused-suppression".into(), "3:11 tag-mismatch".into()],
            order if order.contains("floating") => vec!["2:36 unused-suppression".into()],
            _ => Vec::new(),
        };
        assert_eq!(found(&list, &[image]), expected, "{order}");
    }
}

#[test]
fn what_is_silenced_already_is_told_of_the_second() {
    let told = |list: &str| Workspace::with_list(list).chart("web", &["nginx:2", "redis:7"]).findings().join("\n");
    let allow = "# mirrorlint: allow tag-mismatch: frozen\n";
    let exempt = "# mirrorlint: exempt redis: of the nodes\n";
    let twice = told(&format!("{exempt}\n{NOTE}{allow}{allow}web=nginx:1\n"));
    assert!(
        twice.starts_with("tools/ecr-images.conf:5:3 ") && twice.contains("another one above does already"),
        "{twice}"
    );
    let twice = told(&format!("{exempt}{exempt}\n{NOTE}web=nginx:2\n"));
    assert!(
        twice.starts_with("tools/ecr-images.conf:2:3 ") && twice.contains("the same stands above already"),
        "{twice}"
    );
}

#[test]
fn objects_without_names_are_told_in_words() {
    let told = |pod: &str| {
        let workspace = Workspace::with_list(&format!("{NOTE}web=nginx:1\n")).chart("web", &["nginx:1"]);
        workspace.file("web/templates/other.yaml", pod).findings().join("\n")
    };
    let pod = told("apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'redis:7'}]}\n");
    assert!(pod.contains("deploys redis:7 (Pod without a name), which"), "{pod}");
    let nothing = told("spec: {containers: [{image: 'redis:7'}]}\n");
    assert!(nothing.contains("deploys redis:7 (an object without kind and name), which"), "{nothing}");
}

#[test]
fn words_about_the_region_count_wherever_they_stand() {
    let found = |note: &str| {
        let list = format!("{note}\nagent=602401143452.dkr.ecr.us-west-2.amazonaws.com/agent:1\n");
        let pod = workspace::pod("web", &["602401143452.dkr.ecr.{{ .Values.region }}.amazonaws.com/agent:1"]);
        let workspace = Workspace::with_list(&list).chart("web", &[]).file("web/values.yaml", "region: ''\n");
        workspace.file("web/templates/web.yaml", pod).findings().len()
    };
    assert_eq!(found("# Agent (from local chart web:1.0.0)"), 1);
    for note in [
        "# Agent (from local chart web:1.0.0), one per region",
        "# Agent of the region (from local chart web:1.0.0)",
        "# Agent (from local chart web:1.0.0)\n# 注意: リージョンに依存",
        "# Agent (from local chart web:1.0.0)\n# Note: built dynamically",
        "# Agent (from local chart web:1.0.0)\n# Default Region: us-west-2",
    ] {
        assert_eq!(found(note), 0, "{note}");
    }
}
