//! Self-consistency: the list that `init` writes from charts gives no finding, and whatever order things stand in, the findings
//! are the same. The charts are the fixtures' and those of every example of every rule page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod examples;
mod workspace;

use std::collections::BTreeMap;

use examples::{examples, pages};
use mirrorlint::lint::{Rule, rules};
use workspace::{Workspace, copy, fixture, run};

const LIST: &str = "tools/ecr-images.conf";

/// The files of each example, by the example's name.
fn shown() -> BTreeMap<String, BTreeMap<String, String>> {
    let of = |rule: &'static Rule| {
        pages(rule).into_iter().flat_map(|(_, page)| examples(&page)).map(move |example| (rule, example))
    };
    let mut shown = BTreeMap::new();
    for (rule, example) in rules().iter().flat_map(of) {
        let name = format!("{}: {}", rule.id, example.title);
        assert!(shown.insert(name.clone(), example.files).is_none(), "two examples are called `{name}`");
    }
    shown
}

/// What is left to say of the list that `init` writes, as `RULE SUBJECT`, and what `init` said.
fn after_init(workspace: &Workspace) -> (Vec<String>, String) {
    let init = workspace.run(&["init", "--output", LIST]);
    if !workspace.path(LIST).exists() {
        return (vec!["refused".to_owned()], init.stderr);
    }
    let run = workspace.run(&["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut keys: Vec<String> =
        report["findings"].as_array().unwrap().iter().map(|found| found["key"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    keys.dedup();
    (keys, init.stderr)
}

/// Whether no list can mend a finding: it is about the charts or another file, or about a tag that moves there.
fn is_beyond(key: &str) -> bool {
    let rule = rules().iter().find(|rule| key.starts_with(&format!("{}:", rule.id))).unwrap();
    rule.group == "chart"
        || matches!(rule.id, "floating-tag" | "invalid-image-reference" | "unmirrored-override" | "stale-mention")
}

#[test]
fn a_new_list_says_what_the_charts_deploy() {
    let (mut clean, mut said) = (0, String::new());
    for (name, files) in shown() {
        let mut workspace = Workspace::new();
        for (path, text) in files.iter().filter(|(path, _)| *path != LIST) {
            workspace = workspace.file(path, text);
        }
        let (left, stderr) = after_init(&workspace);
        let left: Vec<_> = left.into_iter().filter(|key| key == "refused" || !is_beyond(key)).collect();
        if left.is_empty() {
            clean += 1;
            continue;
        }
        // What cannot be listed is said at once.
        for key in &left {
            let subject = key.split_once(':').map_or("", |(_, subject)| subject);
            assert!(!stderr.is_empty() && stderr.contains(subject), "{name}: {key} is not said:\n{stderr}");
        }
        said.push_str(&format!("{name}\n  {}\n", left.join("\n  ")));
    }
    assert!(clean > 60, "only {clean} lists are clean:\n{said}");
    // Tags that move or are completed by an operator, and a registry that the scripts cannot read: `init` itself says each.
    // Where nothing at all can be listed, no list is written.
    insta::assert_snapshot!(said, @r#"
    dependency-version-mismatch: A condition without an alias applies
      refused
    floating-tag: The chart deploys what moves
      refused
    floating-tag: What is built for one system moves, too
      refused
    invalid-image-reference: A chart that wants a tag
      refused
    invalid-image-reference: A chart that wants an image
      refused
    invalid-image-reference: A registry with a port, a tag with a digest
      missing-entry:registry.example:5000/web:1.27.1
    missing-operand: A tag that the operator completes
      missing-operand:nvcr.io/nvidia/driver:580.65.06
    reader-disagreement: A registry with a port
      refused
    tag-mismatch: Docker Hub's short name and `latest` are no difference
      refused
    unavailable-chart: An external chart that was never downloaded
      refused
    undocumented-dynamic-image: A chart that names no region at all
      refused
    unmirrored-override: A digest, where tags are pushed
      refused
    unmirrored-override: Names and tags that the copy fills
      missing-entry:111122223333.dkr.ecr.us-west-2.amazonaws.com/plugin:latest
    unquoted-number: A date
      refused
    unquoted-number: A number that a template prints as no version at all
      refused
    unquoted-number: A tag that loses its zero
      refused
    unquoted-number: A word that means true, and an underscore
      refused
    unquoted-number: An `appVersion`
      refused
    unquoted-number: An account id
      refused
    unrenderable-chart: A broken values file
      refused
    unrenderable-chart: A required value is missing
      refused
    unrenderable-chart: A template that a chart which is not on disk may have
      refused
    unrenderable-chart: A value of a chart that is not on disk
      refused
    unrenderable-chart: A value of its own that is missing beside a chart that is
      refused
    "#);
}

#[test]
fn new_lists_of_the_fixtures() {
    let mut table = String::new();
    for name in ["hyperpod", "kitchen-sink"] {
        for region in [&[][..], &["--region", "us-west-2"], &["--region", "eu-central-1"]] {
            let workspace = Workspace::new();
            copy(&fixture(name), &workspace.path(""));
            std::fs::remove_file(workspace.path(LIST)).unwrap();
            let init = workspace.run(&[&["init", "--output", LIST], region].concat());
            // A dependency of the kitchen sink is not on disk.
            assert_eq!(init.code, if name == "hyperpod" { 0 } else { 2 }, "{}", init.stderr);
            let entries =
                workspace.read(LIST).lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
            table.push_str(&format!("{name} {}: {entries} entries\n", region.join(" ")));
            for row in workspace.findings() {
                let row: Vec<&str> = row.splitn(3, ' ').collect();
                table.push_str(&format!("  {} {}\n", row[0], row[1]));
            }
        }
    }
    insta::assert_snapshot!(table, @"
    hyperpod : 8 entries
      sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/Chart.yaml:29:11 ambiguous-subchart
    hyperpod --region us-west-2: 8 entries
      sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/Chart.yaml:29:11 ambiguous-subchart
    hyperpod --region eu-central-1: 8 entries
      sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/Chart.yaml:29:11 ambiguous-subchart
    kitchen-sink : 7 entries
    kitchen-sink --region us-west-2: 7 entries
    kitchen-sink --region eu-central-1: 7 entries
    ");
}

/// The findings without their places, sorted.
fn keys(workspace: &Workspace, threads: &str) -> Vec<String> {
    let run = run(&workspace.path(""), &["check", "--format", "json"], &[("RAYON_NUM_THREADS", threads)]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let key = |found: &serde_json::Value| {
        format!("{} {}", found["key"].as_str().unwrap(), found["message"].as_str().unwrap())
    };
    let mut keys: Vec<String> = report["findings"].as_array().unwrap().iter().map(key).collect();
    keys.sort();
    keys
}

/// Entries that are wrong in different ways say the same in whatever order they stand. Which of two entries of one name or
/// image is the second one is decided by order alone, so there are none here.
#[test]
fn the_order_of_entries_and_threads_changes_nothing() {
    for name in ["hyperpod", "kitchen-sink"] {
        let workspace = Workspace::new();
        copy(&fixture(name), &workspace.path(""));
        let list = workspace.read(LIST);
        let (header, entries) = list.split_once("\n\n").unwrap();
        let mut blocks: Vec<&str> =
            entries.trim_end().split("\n\n").filter(|block| !block.contains("duplicate")).collect();
        let mut first = None;
        for turn in 0..blocks.len() {
            blocks.rotate_left(1);
            let other = (turn * 7 + 3) % blocks.len();
            blocks.swap(turn, other);
            let text = format!("{header}\n\n{}\n", blocks.join("\n\n"));
            std::fs::write(workspace.path(LIST), text).unwrap();
            let keys = keys(&workspace, ["1", "2", "3", "8"][turn % 4]);
            assert!(!keys.is_empty());
            assert_eq!(first.get_or_insert_with(|| keys.clone()), &keys, "{name}, turn {turn}");
        }
    }
}

/// Files are found in whatever order the system gives them: the same workspace written in another order says the same.
#[test]
fn the_order_of_files_changes_nothing() {
    for name in ["hyperpod", "kitchen-sink"] {
        let files: Vec<_> = workspace::contents(&fixture(name)).into_iter().collect();
        let outcome = |backwards: bool| {
            let workspace = Workspace::new();
            let mut order: Vec<_> = files.iter().collect();
            if backwards {
                order.reverse();
            }
            for (path, bytes) in order {
                let path = workspace.path(path.strip_prefix(fixture(name)).unwrap().to_str().unwrap());
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, bytes).unwrap();
            }
            workspace.run(&["check", "--format", "json"]).stdout
        };
        assert_eq!(outcome(false), outcome(true), "{name}");
    }
}
