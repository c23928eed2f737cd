//! The JSON of `check`, `images` and `rules`: the contract that other programs read, held field by field; and every fix in it
//! against the diff that people see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use workspace::{Workspace, apply, copy, fixture, run};

const FIXTURES: [&str; 2] = ["hyperpod", "kitchen-sink"];

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let run = run(folder, &[arguments, &["--format", "json"]].concat(), &[]);
    assert!(run.stdout.ends_with("}\n") && run.stdout.lines().count() == 1, "one line: {}", run.stdout);
    serde_json::from_str(&run.stdout).unwrap()
}

/// Holds that `value` is an object of exactly `fields`, each of the named type: `string`, `number`, `array`, `object`; `?`
/// allows null.
fn shape(value: &Value, fields: &[(&str, &str)]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let names: Vec<&str> = object.keys().map(String::as_str).collect();
    let mut expected: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    expected.sort_unstable();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected, "{value}");
    for (name, kind) in fields {
        let held = &object[*name];
        let fits = match kind.trim_end_matches('?') {
            "string" => held.is_string(),
            "number" => held.is_u64(),
            "array" => held.is_array(),
            "object" => held.is_object(),
            other => panic!("{other}"),
        };
        assert!(fits || (kind.ends_with('?') && held.is_null()), "{name} is no {kind}: {held}");
    }
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn number(value: &Value, name: &str) -> usize {
    usize::try_from(value[name].as_u64().unwrap()).unwrap()
}

fn strings(value: &Value) {
    assert!(value.as_array().unwrap().iter().all(Value::is_string), "{value}");
}

fn chart(value: &Value) {
    if !value.is_null() {
        shape(value, &[("name", "string"), ("version", "string")]);
        assert!(!text(value, "name").is_empty());
    }
}

/// The text of a file of the report; `None` for one inside a package.
fn read(root: &Path, path: &str) -> Option<String> {
    let relative = !path.starts_with(['/', '.']) && !path.contains('\\') && !path.contains("//");
    assert!(relative, "`{path}` is not relative to the workspace");
    (!path.contains(".tgz!/")).then(|| std::fs::read_to_string(root.join(path)).unwrap())
}

/// Line and column count from 1, the column and the offset in bytes; all three mean one place.
fn point(value: &Value, text: Option<&str>) -> usize {
    shape(value, &[("line", "number"), ("column", "number"), ("offset", "number")]);
    let (line, column, offset) = (number(value, "line"), number(value, "column"), number(value, "offset"));
    assert!(line >= 1 && column >= 1);
    if let Some(text) = text {
        let before = &text.as_bytes()[..offset];
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        assert_eq!(line, before.iter().filter(|byte| **byte == b'\n').count() + 1);
        assert_eq!(column, offset - start + 1);
    }
    offset
}

/// The text at a location, where it can be read.
fn location(root: &Path, value: &Value) -> Option<String> {
    shape(value, &[("path", "string"), ("start", "object"), ("end", "object")]);
    let content = read(root, text(value, "path"));
    let start = point(&value["start"], content.as_deref());
    let end = point(&value["end"], content.as_deref());
    assert!(start <= end);
    content.map(|content| content[start..end].to_owned())
}

#[test]
fn the_report_has_the_fields_of_the_contract() {
    for name in FIXTURES {
        let root = fixture(name);
        let report = json(&root, &["check"]);
        let fields = [
            ("version", "number"),
            ("tool", "object"),
            ("lists", "array"),
            ("findings", "array"),
            ("summary", "object"),
        ];
        shape(&report, &fields);
        assert_eq!(report["version"], 1);
        shape(&report["tool"], &[("name", "string"), ("version", "string")]);
        assert_eq!(text(&report["tool"], "name"), "mirrorlint");
        assert_eq!(text(&report["tool"], "version"), env!("CARGO_PKG_VERSION"));
        for list in items(&report, "lists") {
            let fields = [
                ("path", "string"),
                ("entries", "number"),
                ("charts", "array"),
                ("scenarios", "array"),
                ("images", "number"),
                ("assumed", "array"),
            ];
            shape(list, &fields);
            assert_eq!(text(list, "path"), "tools/ecr-images.conf");
            assert!(read(&root, text(list, "path")).is_some());
            strings(&list["scenarios"]);
            for chart in items(list, "charts") {
                shape(chart, &[("name", "string"), ("version", "string"), ("path", "string")]);
                assert!(root.join(text(chart, "path")).join("Chart.yaml").is_file());
            }
        }
    }
    let hyperpod = json(&fixture("hyperpod"), &["check"]);
    let list = &items(&hyperpod, "lists")[0];
    assert_eq!((number(list, "entries"), number(list, "images")), (7, 8));
    assert_eq!(list["scenarios"], serde_json::json!(["us-west-2"]));
    let kitchen_sink = json(&fixture("kitchen-sink"), &["check"]);
    let charts = items(&items(&kitchen_sink, "lists")[0], "charts");
    assert_eq!(charts.iter().map(|chart| text(chart, "name")).collect::<Vec<_>>(), ["offline", "platform"]);
}

#[test]
fn every_finding_has_the_fields_of_the_contract() {
    for name in FIXTURES {
        let root = fixture(name);
        let report = json(&root, &["check"]);
        let mut keys = Vec::new();
        for finding in items(&report, "findings") {
            shape(
                finding,
                &[
                    ("rule", "string"),
                    ("url", "string"),
                    ("severity", "string"),
                    ("message", "string"),
                    ("key", "string"),
                    ("entry", "string?"),
                    ("image", "string?"),
                    ("expected", "string?"),
                    ("chart", "object?"),
                    ("scenarios", "array"),
                    ("location", "object"),
                    ("related", "array"),
                    ("fixes", "array"),
                ],
            );
            let rule = mirrorlint::lint::rule(text(finding, "rule")).unwrap();
            assert_eq!(text(finding, "severity"), rule.severity.as_str());
            assert_eq!(text(finding, "url"), rule.url());
            assert!(!text(finding, "message").is_empty());
            assert!(text(finding, "key").starts_with(&format!("{}:", rule.id)));
            keys.push(text(finding, "key"));
            chart(&finding["chart"]);
            strings(&finding["scenarios"]);
            location(&root, &finding["location"]);
            for related in items(finding, "related") {
                shape(related, &[("message", "string"), ("location", "object")]);
                assert!(!text(related, "message").is_empty());
                location(&root, &related["location"]);
            }
            for fix in items(finding, "fixes") {
                shape(fix, &[("title", "string"), ("safety", "string"), ("edits", "array")]);
                assert_eq!(Some(text(fix, "safety")), rule.fix.map(mirrorlint::lint::Safety::as_str), "{}", rule.id);
                let mut last = 0;
                for edit in items(fix, "edits") {
                    shape(edit, &[("path", "string"), ("start", "number"), ("end", "number"), ("text", "string")]);
                    let content = read(&root, text(edit, "path")).unwrap();
                    let (start, end) = (number(edit, "start"), number(edit, "end"));
                    assert!(last <= start && start <= end, "edits are sorted and apart");
                    assert!(content.get(start..end).is_some(), "edits stand between characters");
                    last = end;
                }
                assert!(last > 0 || !items(fix, "edits").is_empty());
            }
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "{name}: each finding has a key of its own");
    }
}

/// Keys and fingerprints know no lines, and yet no two findings of a file share them: servers drop those that do.
#[test]
fn findings_of_one_entry_and_of_entries_with_one_name_have_keys_of_their_own() {
    let block = "# Web (from local chart web:1.0.0)\n# Repository: bitnami/nginx\n# Tag: 2\n# Tag: 3\n";
    let list = format!("{block}web=nginx:1.27\n\n{block}web=nginx:1.26\n");
    let keys = |list: &str| {
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27", "nginx:1.26"]);
        let report = json(&workspace.path(""), &["check"]);
        let keys: Vec<String> =
            items(&report, "findings").iter().map(|finding| text(finding, "key").to_owned()).collect();
        let sarif: Value = serde_json::from_str(&workspace.run(&["check", "--format", "sarif"]).stdout).unwrap();
        let results = items(&sarif["runs"][0], "results");
        let prints: Vec<String> = results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
        (keys, prints)
    };
    let (known, prints) = keys(&list);
    let comments: Vec<&String> = known.iter().filter(|key| key.starts_with("wrong-comment")).collect();
    assert_eq!(
        comments,
        [
            "wrong-comment:web:Repository",
            "wrong-comment:web:Tag",
            "wrong-comment:web:Tag#2",
            "wrong-comment:web:Repository#2",
            "wrong-comment:web:Tag#3",
            "wrong-comment:web:Tag#4",
        ]
    );
    assert_eq!(prints.iter().collect::<std::collections::BTreeSet<_>>().len(), known.len());
    assert_eq!(keys(&format!("# Images\n\n{list}")), (known, prints), "whatever moves");
}

/// What the fields say, by the example of one finding.
#[test]
fn a_tag_mismatch_points_at_both_tags() {
    let root = fixture("hyperpod");
    let report = json(&root, &["check", "--select", "tag-mismatch"]);
    let finding = &items(&report, "findings")[0];
    let image = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin";
    assert_eq!(text(finding, "key"), "tag-mismatch:aws-efa-k8s-device-plugin");
    assert_eq!(text(finding, "entry"), "aws-efa-k8s-device-plugin");
    assert_eq!(text(finding, "image"), format!("{image}:v0.5.6"));
    assert_eq!(text(finding, "expected"), format!("{image}:v0.5.13"));
    assert_eq!(finding["chart"], serde_json::json!({"name": "aws-efa-k8s-device-plugin", "version": "0.5.20"}));
    assert_eq!(location(&root, &finding["location"]).unwrap(), "v0.5.6");
    let related = &items(finding, "related")[0];
    assert_eq!(location(&root, &related["location"]).unwrap(), "v0.5.13");
    assert!(text(&related["location"], "path").ends_with("charts/aws-efa-k8s-device-plugin/values.yaml"));
    assert_eq!(finding["scenarios"], serde_json::json!(["us-west-2"]));
}

#[test]
fn what_does_not_apply_is_null() {
    let reports = FIXTURES.map(|name| json(&fixture(name), &["check"]));
    let of = |rule: &str| {
        let mut findings = reports.iter().flat_map(|report| items(report, "findings"));
        findings.find(|finding| finding["rule"] == rule).unwrap()
    };
    let nulls = |rule: &str| {
        let finding = of(rule).as_object().unwrap();
        finding.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(sorted(nulls("invalid-entry")), "chart entry expected image");
    assert_eq!(sorted(nulls("stale-entry")), "chart expected");
    assert_eq!(sorted(nulls("missing-entry")), "entry image");
    assert_eq!(sorted(nulls("unavailable-chart")), "entry expected image");
    assert_eq!(sorted(nulls("repository-mismatch")), "");
}

#[test]
fn the_summary_counts_the_findings_that_are_shown() {
    for name in FIXTURES {
        for options in [&[][..], &["--ignore", "missing-entry"], &["--select", "stale-entry,tag-mismatch"]] {
            let report = json(&fixture(name), &[&["check"], options].concat());
            let summary = &report["summary"];
            shape(summary, &[("error", "number"), ("warning", "number"), ("info", "number"), ("fixable", "number")]);
            let findings = items(&report, "findings");
            for severity in ["error", "warning", "info"] {
                let count = findings.iter().filter(|finding| finding["severity"] == severity).count();
                assert_eq!(number(summary, severity), count, "{name} {options:?} {severity}");
            }
            let fixable = findings.iter().filter(|finding| !items(finding, "fixes").is_empty()).count();
            assert_eq!(number(summary, "fixable"), fixable);
        }
    }
}

#[test]
fn a_clean_report_has_all_fields_too() {
    let workspace =
        Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1\n").chart("web", &["nginx:1"]);
    let report = json(&workspace.path(""), &["check"]);
    assert_eq!(report["findings"], serde_json::json!([]));
    assert_eq!(report["summary"], serde_json::json!({"error": 0, "warning": 0, "info": 0, "fixable": 0}));
}

#[test]
fn columns_and_offsets_count_bytes() {
    let list = "# Größe 日本語 🚀 (from local chart web:0.9.0)\r\nweb=nginx:1\r\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1"]);
    let report = json(&workspace.path(""), &["check"]);
    let finding = &items(&report, "findings")[0];
    assert_eq!(text(finding, "rule"), "wrong-source");
    assert_eq!(location(&workspace.path(""), &finding["location"]).unwrap(), "0.9.0");
    assert_eq!(number(&finding["location"]["start"], "column"), list.find("0.9.0").unwrap() + 1);
    let edits = items(&items(finding, "fixes")[0], "edits");
    assert_eq!(apply(list, edits), list.replace("0.9.0", "1.0.0"));
}

/// The lines of each `fix:` block of the human report, in the order of the findings.
fn diffs(report: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in report.lines() {
        if let Some(title) = line.strip_prefix("  fix: ") {
            found.push((title.trim_end_matches(" (unsafe)").to_owned(), Vec::new()));
            inside = true;
        } else if inside && (line.starts_with("    - ") || line.starts_with("    + ")) {
            found.last_mut().unwrap().1.push(line.trim_start().to_owned());
        } else {
            inside = inside && line.starts_with("    \\");
        }
    }
    found
}

#[test]
fn the_edits_give_the_text_that_the_diff_shows() {
    for name in FIXTURES {
        let root = fixture(name);
        let human = run(&root, &["check", "--exit-zero"], &[("COLUMNS", "120")]).stdout;
        let shown = diffs(&human);
        let report = json(&root, &["check"]);
        let fixes = items(&report, "findings").iter().filter_map(|finding| items(finding, "fixes").first());
        let fixes: Vec<&Value> = fixes.collect();
        assert_eq!(shown.len(), fixes.len(), "{name}");
        for ((title, lines), fix) in shown.iter().zip(fixes) {
            assert_eq!(title, text(fix, "title"));
            let mut by_path: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
            for edit in items(fix, "edits") {
                by_path.entry(text(edit, "path")).or_default().push(edit.clone());
            }
            assert_eq!(by_path.len(), 1, "a fix edits one file");
            let (path, edits) = by_path.into_iter().next().unwrap();
            let before = read(&root, path).unwrap();
            let after = apply(&before, &edits);
            assert_ne!(before, after);
            let diff = similar::TextDiff::from_lines(before.as_str(), after.as_str());
            let changed = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
            let expected: Vec<String> =
                changed.map(|change| format!("{} {}", change.tag(), change.value().trim_end_matches('\n'))).collect();
            assert_eq!(
                lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>(),
                expected.iter().map(|line| line.trim_end()).collect::<Vec<_>>(),
                "{name}: {title}"
            );
        }
    }
}

#[test]
fn both_formats_carry_the_same_findings() {
    for name in FIXTURES {
        let root = fixture(name);
        let human = run(&root, &["check", "--exit-zero"], &[]).stdout;
        let heading = |line: &str| {
            let (severity, rest) = line.split_once('[')?;
            let (rule, _) = rest.split_once(']')?;
            ["error", "warning", "info"].contains(&severity).then(|| format!("{severity}[{rule}]"))
        };
        // The human report has those of one entry together.
        let mut drawn: Vec<String> = human.lines().filter_map(heading).collect();
        drawn.sort_unstable();
        let report = json(&root, &["check"]);
        let findings = items(&report, "findings");
        let mut expected: Vec<String> = findings
            .iter()
            .map(|finding| format!("{}[{}]", text(finding, "severity"), text(finding, "rule")))
            .collect();
        expected.sort_unstable();
        assert_eq!(drawn, expected, "{name}");
        for finding in findings {
            let start = &finding["location"]["start"];
            let place = format!("{}:{}:{}", text(&finding["location"], "path"), start["line"], start["column"]);
            assert!(human.contains(&place), "{place}");
        }
    }
}

#[test]
fn every_image_has_the_fields_of_the_contract() {
    for name in FIXTURES {
        let root = fixture(name);
        let report = json(&root, &["images"]);
        let mut fields = vec![("version", "number"), ("images", "array")];
        // Only where something is not known.
        fields.extend(report.get("warnings").map(|_| ("warnings", "array")));
        shape(&report, &fields);
        for warning in report["warnings"].as_array().into_iter().flatten() {
            shape(warning, &[("message", "string"), ("path", "string?"), ("location", "object?")]);
        }
        assert_eq!(report["version"], 1);
        assert!(!items(&report, "images").is_empty());
        for image in items(&report, "images") {
            let mut fields = vec![
                ("image", "string"),
                ("repository", "string"),
                ("tag", "string?"),
                ("digest", "string?"),
                ("kind", "string"),
                ("chart", "object"),
                ("path", "array"),
                ("workload", "object"),
                ("origins", "array"),
                ("scenarios", "array"),
                ("when", "string?"),
                ("exempt", "string?"),
            ];
            // Only where it depends on something.
            fields.extend(image.get("depends").map(|_| ("depends", "array")));
            // How an operand was recognised.
            let operand = text(image, "kind") == "operand";
            fields.extend(operand.then_some(("naming", "object")));
            shape(image, &fields);
            assert!(operand || text(image, "kind") == "container");
            assert!(text(image, "image").ends_with(&format!(":{}", text(image, "tag"))));
            let short = text(image, "image").rsplit_once(':').unwrap().0;
            assert!(text(image, "repository").ends_with(short));
            chart(&image["chart"]);
            strings(&image["path"]);
            strings(&image["scenarios"]);
            shape(&image["workload"], &[("kind", "string"), ("name", "string"), ("container", "string?")]);
            assert!(!items(image, "origins").is_empty(), "{image}");
            for origin in items(image, "origins") {
                let fields = [
                    ("path", "string"),
                    ("line", "number"),
                    ("column", "number"),
                    ("text", "string"),
                    ("kind", "string"),
                ];
                shape(origin, &fields);
                assert!(["values", "chart", "template", "set", "computed"].contains(&text(origin, "kind")));
                let content = read(&root, text(origin, "path"));
                if let Some(content) = content {
                    let line = content.split_inclusive('\n').nth(number(origin, "line") - 1).unwrap();
                    let rest = &line[number(origin, "column") - 1..];
                    let first = text(origin, "text").split('\n').next().unwrap();
                    assert!(rest.starts_with(first), "{origin} is not at its place");
                }
            }
        }
    }
}

/// An origin says which file decides which part: a tag that falls back to `appVersion`, with a `v` from the template.
#[test]
fn an_image_knows_where_its_parts_come_from() {
    let report = json(&fixture("hyperpod"), &["images"]);
    let image = items(&report, "images").iter().find(|image| text(image, "image").contains("nvcr.io")).unwrap();
    let origins: Vec<String> = items(image, "origins")
        .iter()
        .map(|origin| {
            let file = text(origin, "path").rsplit('/').next().unwrap();
            format!("{} {file} {}", text(origin, "kind"), text(origin, "text"))
        })
        .collect();
    assert!(origins.contains(&"values values.yaml nvcr.io/nvidia/k8s-device-plugin".to_owned()), "{origins:#?}");
    assert!(origins.iter().any(|origin| origin == "chart Chart.yaml 0.16.1"), "{origins:#?}");
}

#[test]
fn places_are_bytes_of_the_file_whatever_they_are() {
    let workspace = Workspace::with_list("web=nginx:1\n").chart("web", &["nginx:1"]);
    let workspace = workspace.file("other/ecr-images.conf", b"# a\xff\xfe b\nweb=nginx:1\n");
    let report: Value = serde_json::from_str(&workspace.run(&["check", "--format", "json"]).stdout).unwrap();
    let location = &items(&report, "errors")[0]["location"];
    assert_eq!((number(&location["start"], "offset"), number(&location["start"], "column")), (3, 4), "{location}");
    assert!(number(&location["end"], "offset") <= 5, "{location}");
}

/// A program that knows nothing but what the documentation of reports promises: it applies the safe fixes of one report, each whole, in
/// the order of the report, but for those that overlap one before them; insertions at one offset follow each other.
fn mended(root: &Path) -> bool {
    let report = json(root, &["check"]);
    let mut taken: BTreeMap<String, Vec<(usize, usize, String)>> = BTreeMap::new();
    for fix in items(&report, "findings").iter().flat_map(|finding| items(finding, "fixes").first()) {
        let edit = |edit: &Value| (number(edit, "start"), number(edit, "end"), text(edit, "text").to_owned());
        let edits: Vec<_> = items(fix, "edits").iter().map(edit).collect();
        let path = text(&items(fix, "edits")[0], "path");
        let known = taken.entry(path.to_owned()).or_default();
        let overlaps = |(start, end, _): &(usize, usize, String)| {
            known.iter().any(|(from, to, _)| {
                start.max(from) < end.min(to) || (start < from && to < end) || (from < start && end < to)
            })
        };
        if text(fix, "safety") == "safe" && !edits.iter().any(overlaps) {
            known.extend(edits);
        }
    }
    let mut has_changed = false;
    for (path, mut edits) in taken {
        edits.sort_by_key(|(start, end, _)| (*start, *end));
        let mut text = std::fs::read_to_string(root.join(&path)).unwrap();
        for (start, end, new) in edits.iter().rev() {
            text.replace_range(start..end, new);
            has_changed = true;
        }
        std::fs::write(root.join(&path), text).unwrap();
    }
    has_changed
}

#[test]
fn what_a_program_makes_of_the_edits_is_what_fixes_make() {
    // A note and a new entry at one place, and several new entries.
    let bare = |list: &str| {
        let images = ["a:1", "b:1", "c:1", "nginx:1"];
        let agent = "apiVersion: v1\nkind: Pod\nmetadata: {name: z}\nspec: {containers: [{name: z, image: 'z:1'}]}\n";
        Workspace::with_list(list).chart("web", &images).file("web/templates/zz.yaml", agent)
    };
    let lists = [
        "# Images\n\nnginx=nginx:1\n\nz=z:1\n",
        "# Images\r\n\r\nnginx=nginx:1\r\n\r\nz=z:1\r\n\r\n",
        "# A (from local chart web:1.0.0)\na=a:1\n\nnginx=nginx:1\n\n# Z\nz=z:1 # why\n",
        "# A (from local chart web:1.0.0)\na=a:1\n# B (from local chart web:1.0.0)\nb=b:1\nnginx=nginx:1\n",
    ];
    let fixtures = FIXTURES.map(|name| {
        let workspace = Workspace::new();
        copy(&fixture(name), &workspace.path(""));
        workspace
    });
    for workspace in lists.into_iter().map(bare).chain(fixtures) {
        let other = Workspace::new();
        copy(&workspace.path(""), &other.path(""));
        workspace.run(&["check", "--fix"]);
        assert!((0..10).any(|_| !mended(&other.path(""))), "no end");
        let list = |of: &Workspace| of.read("tools/ecr-images.conf");
        assert_eq!(list(&other), list(&workspace));
    }
}

/// Nothing but the line is touched, whatever its file is like.
#[test]
fn a_fix_of_one_line_leaves_the_line_endings_and_the_mark_of_the_others() {
    let list = "\u{feff}# Web (from local chart web:1.0.0)\r\nweb=nginx:1 # why\r\n\r\n# Redis (from local chart web:1.0.0)\r\nredis='redis:7'\r\n";
    let workspace = Workspace::with_list(list).chart("web", &["nginx:1", "redis:7"]);
    let report = json(&workspace.path(""), &["check"]);
    let after = |entry: &str| {
        let found = items(&report, "findings").iter().find(|finding| finding["entry"] == entry).unwrap();
        apply(list, items(&items(found, "fixes")[0], "edits"))
    };
    assert_eq!(after("web"), list.replace("web=nginx:1 # why", "# why\r\nweb=nginx:1"));
    assert_eq!(after("redis"), list.replace('\'', ""));
}
