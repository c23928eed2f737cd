//! Trust: a list that is exactly right gives nothing, and each single change to it gives exactly what that change deserves,
//! at the place of the change.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use mirrorlint::fix::apply;
use mirrorlint::lint::{Checked, Finding, Settings, check, discover};
use mirrorlint::source::Sources;
use workspace::{copy, fixture};

/// What lies in the fixture's charts and not in its list.
const IN_CHARTS: &str = "ambiguous-subchart";

fn lint(folder: &Path) -> (Checked, Sources) {
    let sources = Sources::new();
    let mut checked = check(&sources, &discover(folder).unwrap(), &Settings::default()).unwrap();
    checked.findings.retain(|finding| finding.rule.id != IN_CHARTS);
    (checked, sources)
}

/// The fixture with the list that is right: all fixes applied, one after the other.
fn right() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("hyperpod"), folder.path());
    let path = folder.path().join("tools/ecr-images.conf");
    for _ in 0..20 {
        let (checked, sources) = lint(folder.path());
        let Some(finding) = checked.findings.first() else {
            return (folder, std::fs::read_to_string(path).unwrap());
        };
        let fix = finding.fixes.first().unwrap_or_else(|| panic!("no fix: {}", finding.message));
        let text = apply(sources.get(fix.edits()[0].span.file).text(), fix);
        std::fs::write(&path, text).unwrap();
    }
    panic!("the fixes never end")
}

const ENTRY: &str = "nvidia-k8s-device-plugin=nvcr.io/nvidia/k8s-device-plugin:v0.16.1";

/// A change's name, what it replaces, and by what.
const CHANGES: [(&str, &str, &str); 31] = [
    ("tag", "nvidia/k8s-device-plugin:v0.16.1", "nvidia/k8s-device-plugin:v0.16.0"),
    ("tag that moves", "nvidia/k8s-device-plugin:v0.16.1", "nvidia/k8s-device-plugin:latest"),
    ("no tag", "nvidia/k8s-device-plugin:v0.16.1", "nvidia/k8s-device-plugin"),
    (
        "digest behind the tag",
        "nvidia/k8s-device-plugin:v0.16.1",
        "nvidia/k8s-device-plugin:v0.16.1@sha256:0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "digest for the tag",
        "nvidia/k8s-device-plugin:v0.16.1",
        "nvidia/k8s-device-plugin@sha256:0000000000000000000000000000000000000000000000000000000000000000",
    ),
    ("registry in capitals", "plugin=nvcr.io/", "plugin=NVCR.io/"),
    ("registry", "plugin=nvcr.io/", "plugin=nvcr.example/"),
    ("no registry", "plugin=nvcr.io/", "plugin="),
    ("path", "plugin=nvcr.io/nvidia/k8s-device-plugin", "plugin=nvcr.io/nvidia/gpu-plugin"),
    ("capital letter", "plugin=nvcr.io/nvidia/", "plugin=nvcr.io/Nvidia/"),
    ("name", "nvidia-k8s-device-plugin=", "nvidia-gpu-plugin="),
    ("name that ECR refuses", "nvidia-k8s-device-plugin=", "nvidia--k8s-device-plugin="),
    ("name of another entry", "nvidia-k8s-device-plugin=", "mpi-operator="),
    ("chart in the note", "nvidia-k8s/nvidia-device-plugin:0.16.1", "nvidia-k8s/gpu-operator:0.16.1"),
    ("version in the note", "nvidia-k8s/nvidia-device-plugin:0.16.1", "nvidia-k8s/nvidia-device-plugin:0.16.0"),
    ("no note", " (from nvidia-k8s/nvidia-device-plugin:0.16.1)", ""),
    ("Repository:", "# Repository: nvcr.io/nvidia/k8s-device-plugin", "# Repository: nvcr.io/nvidia/gpu-plugin"),
    ("Tag:", "# Tag: v0.16.1", "# Tag: v0.16.0"),
    ("dropped entry", ENTRY, ""),
    (
        "doubled entry",
        "k8s-device-plugin:v0.16.1\n",
        "k8s-device-plugin:v0.16.1\nnvidia-k8s-device-plugin=nvcr.io/nvidia/k8s-device-plugin:v0.16.1\n",
    ),
    ("comment behind", "k8s-device-plugin:v0.16.1\n", "k8s-device-plugin:v0.16.1 # pinned\n"),
    (
        "quotes",
        "plugin=nvcr.io/nvidia/k8s-device-plugin:v0.16.1",
        "plugin=\"nvcr.io/nvidia/k8s-device-plugin:v0.16.1\"",
    ),
    (
        "blanks around",
        "plugin=nvcr.io/nvidia/k8s-device-plugin:v0.16.1",
        "plugin = nvcr.io/nvidia/k8s-device-plugin:v0.16.1 ",
    ),
    ("no equals sign", "nvidia-k8s-device-plugin=", "nvidia-k8s-device-plugin "),
    ("blank line with blanks", "k8s-device-plugin:v0.16.1\n\n", "k8s-device-plugin:v0.16.1\n\n  \n"),
    ("CR on one line", "k8s-device-plugin:v0.16.1\n", "k8s-device-plugin:v0.16.1\r\n"),
    ("CR behind a comment", "in front)\n", "in front)\r\n"),
    (
        "suppression of nothing",
        ENTRY,
        "# mirrorlint: allow tag-mismatch: none\nnvidia-k8s-device-plugin=nvcr.io/nvidia/k8s-device-plugin:v0.16.1",
    ),
    (
        "suppression without a colon before its reason",
        ENTRY,
        "# mirrorlint: allow tag-mismatch frozen\nnvidia-k8s-device-plugin=nvcr.io/nvidia/k8s-device-plugin:v0.16.0",
    ),
    (
        "entry of nothing",
        "\n# NVIDIA",
        "\n# Jenkins (from local chart mpi-operator:0.1.0)\njenkins=jenkins/jenkins:2.440.3\n\n# NVIDIA",
    ),
    ("byte order mark", "# Container images to mirror", "\u{feff}# Container images to mirror"),
];

fn row(out: &mut String, folder: &Path, change: &str) {
    let (checked, sources) = lint(folder);
    let _ = writeln!(out, "{change}");
    for finding in &checked.findings {
        let at = sources.start(finding.span);
        let _ = writeln!(
            out,
            "  {}:{} {} {}",
            at.line,
            at.column,
            finding.rule.id,
            sources.slice(finding.span).escape_debug()
        );
    }
}

#[test]
fn each_change_gives_what_it_deserves() {
    let (folder, list) = right();
    let path = folder.path().join("tools/ecr-images.conf");
    let mut table = String::new();
    row(&mut table, folder.path(), "nothing");
    for (name, from, to) in CHANGES {
        assert_eq!(list.matches(from).count(), 1, "{name}: `{from}` stands once in\n{list}");
        std::fs::write(&path, list.replace(from, to)).unwrap();
        row(&mut table, folder.path(), name);
    }
    std::fs::write(&path, list.trim_end()).unwrap();
    row(&mut table, folder.path(), "dropped newline");
    std::fs::write(&path, list.replace('\n', "\r\n")).unwrap();
    row(&mut table, folder.path(), "CRLF");
    insta::assert_snapshot!(table, @r#"
    nothing
    tag
      21:59 tag-mismatch v0.16.0
    tag that moves
      21:59 tag-mismatch latest
    no tag
      21:26 tag-mismatch nvcr.io/nvidia/k8s-device-plugin
    digest behind the tag
      21:67 reader-disagreement sha256:0000000000000000000000000000000000000000000000000000000000000000
    digest for the tag
      21:26 tag-mismatch nvcr.io/nvidia/k8s-device-plugin@sha256:0000000000000000000000000000000000000000000000000000000000000000
    registry in capitals
    registry
      21:26 repository-mismatch nvcr.example/nvidia/k8s-device-plugin
    no registry
      21:26 repository-mismatch nvidia/k8s-device-plugin
    path
      21:26 repository-mismatch nvcr.io/nvidia/gpu-plugin
    capital letter
      21:34 invalid-image-reference N
    name
    name that ECR refuses
      21:7 invalid-repository-name --
    name of another entry
      26:1 duplicate-entry mpi-operator
    chart in the note
      18:24 wrong-source (from nvidia-k8s/gpu-operator:0.16.1)
    version in the note
      18:62 wrong-source 0.16.0
    no note
      18:3 undocumented-source NVIDIA device plugin
    Repository:
      19:15 wrong-comment nvcr.io/nvidia/gpu-plugin
    Tag:
      20:8 wrong-comment v0.16.0
    dropped entry
      47:1 missing-entry 
    doubled entry
      22:1 duplicate-entry nvidia-k8s-device-plugin
    comment behind
      21:67 reader-disagreement # pinned
    quotes
      21:26 reader-disagreement \"nvcr.io/nvidia/k8s-device-plugin:v0.16.1\"
    blanks around
    no equals sign
      21:1 invalid-entry nvidia-k8s-device-plugin nvcr.io/nvidia/k8s-device-plugin:v0.16.1
    blank line with blanks
      23:1 reader-disagreement   
    CR on one line
      21:66 reader-disagreement 
    CR behind a comment
    suppression of nothing
      21:3 unused-suppression mirrorlint: allow tag-mismatch: none
    suppression without a colon before its reason
      21:3 unused-suppression mirrorlint: allow tag-mismatch frozen
    entry of nothing
      19:9 stale-entry jenkins/jenkins:2.440.3
    byte order mark
      1:1 reader-disagreement \u{feff}
    dropped newline
      46:74 unterminated-last-line 
    CRLF
      6:1 reader-disagreement
    "#);
}

/// The right list says the same whatever the order of its entries.
#[test]
fn the_order_of_entries_changes_nothing() {
    let (folder, list) = right();
    let (header, entries) = list.split_once("\n\n").unwrap();
    let mut entries: Vec<&str> = entries.trim_end().split("\n\n").collect();
    for turn in 0..entries.len() {
        entries.rotate_left(1);
        entries.swap(0, turn);
        let text = format!("{header}\n\n{}\n", entries.join("\n\n"));
        std::fs::write(folder.path().join("tools/ecr-images.conf"), text).unwrap();
        assert!(lint(folder.path()).0.findings.is_empty());
    }
}

/// A list that `init` writes from the charts of `name`, which has none of its own any more.
fn written_for(name: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), folder.path());
    let path = folder.path().join("tools/ecr-images.conf");
    let _ = std::fs::remove_file(&path);
    let run = workspace::run(folder.path(), &["init", "--output", "tools/ecr-images.conf"], &[]);
    assert!(path.exists(), "{name}: {}", run.stderr);
    (folder, std::fs::read_to_string(path).unwrap())
}

/// What becomes of the line of an entry.
type Change = fn(name: &str, image: &str) -> String;

/// Changes that any entry bears, and the one rule that each deserves, at the entry; none for what is right as well.
const EACH: [(&str, Change, Option<&str>); 10] = [
    ("tag", |name, image| format!("{name}={}:0.0.0-other\n", untagged(image)), Some("tag-mismatch")),
    ("no tag", |name, image| format!("{name}={}\n", untagged(image)), Some("tag-mismatch")),
    ("registry", |name, image| format!("{name}=registry.example/{image}\n"), Some("repository-mismatch")),
    (
        "path",
        |name, image| format!("{name}={}-other{}\n", untagged(image), &image[untagged(image).len()..]),
        Some("repository-mismatch"),
    ),
    ("name", |name, image| format!("{name}-other={image}\n"), None),
    ("doubled", |name, image| format!("{name}={image}\n{name}={image}\n"), Some("duplicate-entry")),
    ("quotes", |name, image| format!("{name}=\"{image}\"\n"), Some("reader-disagreement")),
    ("comment behind", |name, image| format!("{name}={image} # pinned\n"), Some("reader-disagreement")),
    ("CR", |name, image| format!("{name}={image}\r\n"), Some("reader-disagreement")),
    (
        "suppression of nothing",
        |name, image| format!("# mirrorlint: allow tag-mismatch: none\n{name}={image}\n"),
        Some("unused-suppression"),
    ),
];

fn untagged(image: &str) -> &str {
    image.rsplit_once(':').unwrap().0
}

/// The list with each line of the comment block above line `at` changed, and the one rule that each deserves.
fn notes(list: &str, at: usize) -> Vec<(&'static str, String, &'static str)> {
    let lines: Vec<&str> = list.lines().collect();
    let start = lines[..at].iter().rposition(|line| line.is_empty()).map_or(0, |blank| blank + 1);
    let with = |place: usize, line: String| {
        let changed = lines.iter().enumerate().map(|(number, old)| if number == place { line.as_str() } else { old });
        changed.map(|line| format!("{line}\n")).collect::<String>()
    };
    let mut changes = Vec::new();
    for (place, line) in lines.iter().enumerate().take(at).skip(start) {
        if let Some((title, note)) = line.split_once(" (from ").filter(|(title, _)| !title.starts_with("# Tag:")) {
            let (chart, version) = note.trim_end_matches(')').rsplit_once(':').unwrap();
            changes.push(("no note", with(place, title.to_owned()), "undocumented-source"));
            changes.push((
                "version in the note",
                with(place, format!("{title} (from {chart}:99.{version})")),
                "wrong-source",
            ));
            changes.push((
                "chart in the note",
                with(place, format!("{title} (from {chart}-other:{version})")),
                "wrong-source",
            ));
        }
        if line.starts_with("# Repository: ") {
            changes.push(("Repository:", with(place, format!("{line}-other")), "wrong-comment"));
        }
        if line.starts_with("# Tag: ") {
            changes.push(("Tag:", with(place, line.replacen("# Tag: ", "# Tag: 0", 1)), "wrong-comment"));
        }
    }
    changes
}

/// Every change to every entry of the lists that `init` writes for the other fixtures; and an entry that is dropped is missing.
#[test]
fn each_change_to_each_entry_of_other_fixtures_gives_what_it_deserves() {
    let mut cells = 0;
    for name in [
        "kitchen-sink",
        "umbrellas/argo-workflows",
        "umbrellas/cert-manager",
        "umbrellas/clickhouse-operator",
        "umbrellas/gpu-operator",
        "umbrellas/kube-prometheus-stack",
    ] {
        let (folder, list) = written_for(name);
        let path = folder.path().join("tools/ecr-images.conf");
        let keys = |checked: &Checked| checked.findings.iter().map(Finding::key).collect::<BTreeSet<_>>();
        // Of what cannot be listed as the charts have it nothing changes.
        let before = keys(&lint(folder.path()).0);
        // `LINE RULE` of what a list gives that the right one does not.
        let new = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let (checked, sources) = lint(folder.path());
            let new = checked.findings.iter().filter(|finding| !before.contains(&finding.key()));
            let found: Vec<_> =
                new.map(|finding| (sources.start(finding.span).line, finding.rule.id.to_owned())).collect();
            found
        };
        for (at, line) in list.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty()) {
            let (entry, image) = line.split_once('=').unwrap();
            let whole = format!("{line}\n");
            for (change, make, rule) in EACH {
                let changed = make(entry, image);
                let found = new(&list.replace(&whole, &changed));
                let here = at + 1..at + 1 + changed.lines().count();
                let rules: Vec<_> = found.iter().map(|(_, rule)| rule.as_str()).collect();
                assert_eq!(rules, rule.iter().copied().collect::<Vec<_>>(), "{name}: {change} of {line}");
                assert!(found.iter().all(|(line, _)| here.contains(line)), "{name}: {change} of {line}: {found:?}");
                cells += 1;
            }
            for (change, changed, rule) in notes(&list, at) {
                let found = new(&changed);
                let rules: Vec<_> = found.iter().map(|(_, rule)| rule.as_str()).collect();
                assert_eq!(rules, [rule], "{name}: {change} of {line}");
                cells += 1;
            }
            let dropped = new(&list.replace(&whole, ""));
            let rules: Vec<_> = dropped.iter().map(|(_, rule)| rule.as_str()).collect();
            assert!(
                matches!(rules.as_slice(), ["missing-entry" | "missing-operand"]),
                "{name}: without {line}: {rules:?}"
            );
        }
        let rules = |text: &str| new(text).into_iter().map(|(_, rule)| rule).collect::<Vec<_>>();
        assert_eq!(rules(list.trim_end()), ["unterminated-last-line"], "{name}: dropped newline");
        assert_eq!(rules(&list.replace('\n', "\r\n")), ["reader-disagreement"], "{name}: CRLF");
        assert_eq!(rules(&format!("\u{feff}{list}")), ["reader-disagreement"], "{name}: byte order mark");
    }
    assert!(cells > 400, "only {cells} cells");
}
