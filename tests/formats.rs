//! The formats of `check` beside each other: all carry the same findings, on a fixture and on a workspace whose names are made to
//! break them; none looks like success when something could not be checked; each is what its readers take.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod workspace;

use std::path::Path;

use mirrorlint::lint::{Checked, Edit, Finding, Fix, Refusal, Safety, rule};
use mirrorlint::report;
use mirrorlint::source::{Sources, Span};
use serde_json::Value;
use workspace::{Workspace, copy, fixture, run};

/// What every format has to carry: the rule, the file, the line.
type Row = (String, String, usize);

const FORMATS: [&str; 10] =
    ["human", "concise", "json", "sarif", "github", "markdown", "rdjson", "junit", "gitlab", "checkstyle"];

/// A list with whatever breaks XML, tables, commands and columns; beside it one that is no text.
fn hostile() -> Workspace {
    const LIST: &str = "# \u{1f680} <b>\"x\"</b> & 100% | `y` (from web:0.9.0)\r\n\
        web=nginx:1.27.0\r\n\
        no entry at all <![CDATA[ ]]> \u{1}\u{1b}[31m ::error::x, @you `z` | %0A\r\n\
        \u{e9}\u{1f680}=redis:1\n\
        a\"b<c>&'%,|:d=example.org/\u{1f680}|x:<1>\n\
        [link](https://example.org)=*b* _c_\n\
        old=example.org/old:1\n\
        old=example.org/old:1\n";
    Workspace::new()
        .file("a b/%20 \"q\" <t>&,;\u{e9}\u{1f680}'#?/tools/ecr-images.conf", LIST)
        .chart("a b/we b,%25 <&>/web", &["nginx:1.27.1", "example.org/side:1"])
        .file("other/ecr-images.conf", b"web=nginx:1.27.1\xff\n")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).unwrap_or_else(|| panic!("{pointer}: {value}")).as_array().unwrap()
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {value}")).to_owned()
}

fn number(value: &Value, pointer: &str) -> usize {
    let number = value.pointer(pointer).and_then(Value::as_u64);
    usize::try_from(number.unwrap_or_else(|| panic!("{pointer}: {value}"))).unwrap()
}

/// What percent-encoding stands for.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// What HTML's numeric entities stand for.
fn shown(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, after) = part.split_once(';').unwrap();
        out.push(char::from_u32(code.parse().unwrap()).unwrap());
        out.push_str(after);
    }
    out
}

/// A workflow command as GitHub's runner reads it: its name, properties, message.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap();
    let property = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), decoded(value))
    };
    (name.to_owned(), properties.split(',').map(property).collect(), decoded(message))
}

fn property(properties: &[(String, String)], name: &str) -> Option<String> {
    properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// The place of a finding in short, which its message follows.
static SHORT: std::sync::LazyLock<regex::Regex> =
    std::sync::LazyLock::new(|| regex::Regex::new(r"^.*?:\d+:\d+( |$)").unwrap());

/// The findings of one report, and whether it tells of something that could not be checked.
fn rows(format: &str, report: &str) -> (Vec<Row>, bool) {
    match format {
        "json" => {
            let report = json(report);
            let row = |finding: &Value| {
                (text(finding, "/rule"), text(finding, "/location/path"), number(finding, "/location/start/line"))
            };
            (items(&report, "/findings").iter().map(row).collect(), report["errors"].is_array())
        }
        "concise" => {
            let row = |line: &str| {
                let (place, rest) = line.split_once(": ").unwrap();
                let mut place = place.rsplitn(3, ':');
                let (_, line, path) = (place.next(), place.next().unwrap(), place.next().unwrap());
                let rule = rest.split(['[', ']']).nth(1).unwrap();
                (rule.to_owned(), path.to_owned(), line.parse().unwrap())
            };
            (report.lines().map(row).collect(), false)
        }
        "human" => {
            let mut rows = Vec::new();
            let mut rule = None;
            let place = |place: &str| {
                let mut place = place.rsplitn(3, ':');
                let (_, line, path) = (place.next(), place.next().unwrap(), place.next().unwrap());
                (path.to_owned(), line.parse::<usize>().unwrap())
            };
            for line in report.lines() {
                let Some((head, rest)) = line.split_once('[') else { continue };
                if ["error", "warning", "info"].contains(&head) {
                    // Drawn below, or short in this line.
                    match rest.split_once("] ") {
                        Some((rule, at)) => {
                            let at = SHORT.find(at).map_or(at, |found| found.as_str().trim_end());
                            rows.push((rule.to_owned(), place(at).0, place(at).1));
                        }
                        None => rule = rest.strip_suffix(']').map(str::to_owned),
                    }
                } else if head.ends_with("╭─")
                    && let Some(rule) = rule.take()
                {
                    let (path, line) = place(rest.strip_suffix(']').unwrap());
                    rows.push((rule, path, line));
                }
            }
            (rows, report.contains("not everything could be checked"))
        }
        "sarif" => {
            let report = json(report);
            let row = |result: &Value| {
                let path = decoded(&text(result, "/locations/0/physicalLocation/artifactLocation/uri"));
                (text(result, "/ruleId"), path, number(result, "/locations/0/physicalLocation/region/startLine"))
            };
            let successful = report.pointer("/runs/0/invocations/0/executionSuccessful").unwrap();
            (items(&report, "/runs/0/results").iter().map(row).collect(), !successful.as_bool().unwrap())
        }
        "github" => {
            let commands: Vec<_> = report.lines().map(command).collect();
            let row = |(_, properties, _): &(String, Vec<(String, String)>, String)| {
                let given = |name| property(properties, name).unwrap();
                (given("title"), given("file"), given("line").parse().unwrap_or(0))
            };
            let told = |(_, properties, _): &&(String, Vec<(String, String)>, String)| {
                property(properties, "title").unwrap() == "could not be checked"
            };
            let findings = commands.iter().filter(|command| !told(command));
            (findings.map(row).collect(), commands.iter().any(|command| told(&command)))
        }
        "markdown" => {
            let details = report.lines().filter_map(|line| line.strip_prefix("<details><summary>"));
            let row = |line: &str| {
                let (head, rest) = line.split_once(" <code>").unwrap();
                let place = shown(rest.strip_suffix("</code></summary>").unwrap());
                let (path, line) = place.rsplit_once(':').unwrap();
                (head.split_once(' ').unwrap().1.to_owned(), path.to_owned(), line.parse().unwrap())
            };
            let rows: Vec<Row> = details.filter(|line| !line.starts_with("What was assumed")).map(row).collect();
            let table = report.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| image |"));
            let verdict = |line: &str| {
                let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
                assert_eq!(cells.len(), 5, "{line}");
                cells[4].split(['[', ']']).nth(1).unwrap().to_owned()
            };
            let verdicts: Vec<String> = table.map(verdict).collect();
            assert_eq!(verdicts, rows.iter().map(|(rule, ..)| rule.clone()).collect::<Vec<_>>());
            (rows, report.contains("**Not everything could be checked:**"))
        }
        "rdjson" => {
            let report = json(report);
            let row = |one: &Value| {
                let line = one.pointer("/location/range/start/line").and_then(Value::as_u64).unwrap_or_default();
                (text(one, "/code/value"), text(one, "/location/path"), usize::try_from(line).unwrap())
            };
            unchecked(items(&report, "/diagnostics").iter().map(row).collect())
        }
        "gitlab" => {
            let report = json(report);
            let row = |one: &Value| {
                (text(one, "/check_name"), text(one, "/location/path"), number(one, "/location/lines/begin"))
            };
            unchecked(items(&report, "").iter().map(row).collect())
        }
        "checkstyle" => {
            let document = roxmltree::Document::parse(report).unwrap();
            assert_eq!(document.root_element().tag_name().name(), "checkstyle");
            let errors = document.descendants().filter(|node| node.has_tag_name("error"));
            let row = |node: roxmltree::Node<'_, '_>| {
                let rule = node.attribute("source").unwrap().strip_prefix("mirrorlint.").unwrap().to_owned();
                let path = node.parent().unwrap().attribute("name").unwrap().to_owned();
                (rule, path, node.attribute("line").unwrap().parse().unwrap())
            };
            unchecked(errors.map(row).collect())
        }
        "junit" => {
            let document = roxmltree::Document::parse(report).unwrap();
            let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
            let has = |node: &roxmltree::Node<'_, '_>, name: &str| node.children().any(|one| one.has_tag_name(name));
            let row = |node: roxmltree::Node<'_, '_>| {
                let rule = node.attribute("name").unwrap().split(':').next().unwrap().to_owned();
                let line = node.attribute("line").unwrap().parse().unwrap();
                (rule, node.attribute("file").unwrap().to_owned(), line)
            };
            let failed =
                cases.clone().filter(|node| has(node, "failure") || node.has_attribute("line") && has(node, "skipped"));
            for suite in document.descendants().filter(|node| node.has_tag_name("testsuite")) {
                let inside = suite.children().filter(roxmltree::Node::is_element);
                let count = |name: &str| inside.clone().filter(|node| has(node, name)).count();
                let given = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
                assert_eq!(given("tests"), inside.clone().count());
                for (attribute, name) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
                    assert_eq!(given(attribute), count(name));
                }
                let mut names: Vec<_> = inside.clone().map(|node| node.attribute("name").unwrap()).collect();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), inside.count(), "names tell cases apart");
            }
            (failed.map(row).collect(), cases.clone().any(|node| has(&node, "error")))
        }
        other => panic!("{other}"),
    }
}

fn unchecked(mut rows: Vec<Row>) -> (Vec<Row>, bool) {
    let all = rows.len();
    rows.retain(|(rule, ..)| rule != "unchecked");
    let told = rows.len() < all;
    (rows, told)
}

/// All reports of one run on the workspace in `folder`.
fn reports(folder: &Path, code: i32) -> Vec<(&'static str, String)> {
    let out = tempfile::tempdir().unwrap();
    let formats = FORMATS.map(|format| format!("--format={format}={}", out.path().join(format).display()));
    let mut arguments = vec!["check", "--color", "never"];
    arguments.extend(formats.iter().map(String::as_str));
    let run = run(folder, &arguments, &[("COLUMNS", "120")]);
    assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{}", run.stderr);
    FORMATS.iter().map(|format| (*format, std::fs::read_to_string(out.path().join(format)).unwrap())).collect()
}

/// `rows` as `format` shows them, sorted: what would stand behind the last line of a file of `folder` is shown at that line
/// where readers refuse lines that a file does not have.
fn as_shown(format: &str, folder: &Path, mut rows: Vec<Row>) -> Vec<Row> {
    if !["human", "concise", "json"].contains(&format) {
        for (_, path, line) in &mut rows {
            let text = std::fs::read(folder.join(path)).unwrap();
            *line = (*line).min(text.split_inclusive(|byte| *byte == b'\n').count());
        }
    }
    rows.sort();
    rows
}

#[test]
fn all_formats_carry_the_same_findings() {
    for name in ["hyperpod", "kitchen-sink"] {
        // Outside of the repository, so that paths from its top are those from the workspace.
        let folder = tempfile::tempdir().unwrap();
        copy(&fixture(name), folder.path());
        let reports = reports(folder.path(), 1);
        let (expected, _) = rows("json", &reports.iter().find(|(format, _)| *format == "json").unwrap().1);
        assert!(expected.len() > 5);
        for (format, report) in &reports {
            let (mut found, told) = rows(format, report);
            found.sort();
            assert_eq!(found, as_shown(format, folder.path(), expected.clone()), "{name}: {format}");
            assert!(!told, "{name}: {format}: all could be checked");
        }
    }
}

#[test]
fn hostile_names_break_no_format_and_errors_are_told_in_each() {
    let workspace = hostile();
    let reports = reports(&workspace.path(""), 2);
    let (mut expected, _) = rows("json", &reports.iter().find(|(format, _)| *format == "json").unwrap().1);
    expected.sort();
    let rules: Vec<&str> = expected.iter().map(|(rule, ..)| rule.as_str()).collect();
    for rule in ["invalid-entry", "invalid-repository-name", "reader-disagreement", "wrong-source", "tag-mismatch"] {
        assert!(rules.contains(&rule), "{rules:?}");
    }
    assert!(expected.iter().any(|(_, path, _)| path.contains("%20 \"q\" <t>&,;\u{e9}\u{1f680}'#?")));
    for (format, report) in &reports {
        let (mut found, told) = rows(format, report);
        found.sort();
        assert_eq!(found, as_shown(format, &workspace.path(""), expected.clone()), "{format}");
        // What these two leave to standard error is in the exit code, too; findings are all that one of them has.
        assert!(told || ["human", "concise"].contains(format), "{format} does not tell what could not be checked");
    }
}

#[cfg(unix)]
#[test]
fn no_name_of_a_file_speaks_to_the_terminal() {
    let workspace = Workspace::with_list("# Web\nweb=nginx:1.27.0\n").chart("\u{1b}[31m\u{9b}/web", &["nginx:1.27.1"]);
    for command in [
        &["check"][..],
        &["check", "--format", "concise"],
        &["check", "--format", "markdown"],
        &["check", "--show-settings"],
        &["check", "--fix"],
        &["check", "nowhere\u{1b}[31m"],
        &["images"],
        &["why", "nginx"],
        &["plan"],
    ] {
        let run = run(&workspace.path(""), command, &[]);
        assert!(!run.text().contains(['\u{1b}', '\u{9b}']), "{command:?}: {}", run.text());
    }
}

#[test]
fn a_clean_run_is_calm() {
    let workspace =
        Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n").chart("web", &["nginx:1.27.1"]);
    for (format, report) in reports(&workspace.path(""), 0) {
        let (found, told) = rows(format, &report);
        assert!(found.is_empty() && !told, "{format}: {report}");
        match format {
            "markdown" => {
                assert_eq!(report.lines().count(), 1, "{report}");
                assert!(report.starts_with("✅ **mirrorlint**: All right: tools/"), "{report}");
            }
            "junit" => {
                assert!(report.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""), "{report}");
                // The same test in each run, whatever the list and the charts hold by then.
                assert!(report.contains("<testcase name=\"says what the charts deploy\" "), "{report}");
            }
            "gitlab" => assert_eq!(report, "[]\n"),
            "github" => assert_eq!(report, ""),
            _ => {}
        }
    }
}

#[test]
fn a_run_that_left_something_out_is_no_success() {
    let workspace = Workspace::with_list("# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n")
        .chart("web", &["nginx:1.27.1"])
        .file("other/ecr-images.conf", b"\xff\n");
    for (format, report) in reports(&workspace.path(""), 2) {
        let (found, told) = rows(format, &report);
        assert!(found.is_empty(), "{format}");
        assert!(told || format == "concise", "{format}: {report}");
        assert!(!report.contains("All right"), "{format}: {report}");
    }
}

#[test]
fn readers_of_lines_are_told_in_a_line_what_could_not_be_checked() {
    let list = "# Web (from local chart web:1.0.0)\nweb=nginx:1.27.1\n";
    let workspace =
        |path: &str, bytes: &[u8]| Workspace::with_list(list).chart("web", &["nginx:1.27.1"]).file(path, bytes);
    for (path, bytes, line) in [
        (".mirrorlint.yaml", &b"rules: {x: 1}\n"[..], ".mirrorlint.yaml:1:12: error[unchecked] `rules.x` is 1; "),
        ("other/ecr-images.conf", b"\xff\n", "other/ecr-images.conf:1:1: error[unchecked] the list is not UTF-8: "),
    ] {
        let workspace = workspace(path, bytes);
        let run = workspace.run(&["check", "--format", "concise"]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{}", run.text());
        assert!(run.stderr.starts_with(line), "{}", run.stderr);
        assert!(workspace.run(&["check"]).stderr.lines().count() > 1, "people get it with its place drawn");
    }
}

#[test]
fn paths_start_at_the_top_of_the_repository_where_servers_show_them() {
    let workspace = Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file("deploy/tools/ecr-images.conf", "web=nginx:1.27.0\n")
        .chart("deploy/web", &["nginx:1.27.1"]);
    let report = |format: &str| {
        run(&workspace.path("deploy/web"), &["check", "--format", format, "--select", "tag-mismatch"], &[]).stdout
    };
    for format in ["sarif", "github", "markdown", "junit", "gitlab"] {
        assert_eq!(rows(format, &report(format)).0[0].1, "deploy/tools/ecr-images.conf", "{format}");
    }
    for format in ["human", "concise", "rdjson", "checkstyle"] {
        assert_eq!(rows(format, &report(format)).0[0].1, "../tools/ecr-images.conf", "{format}");
    }
    assert_eq!(rows("json", &report("json")).0[0].1, "tools/ecr-images.conf");
    // A submodule belongs to the repository around it.
    let workspace = workspace.file("deploy/.git", "gitdir: ../.git/modules/deploy\n");
    let run = run(&workspace.path("deploy"), &["check", "--format", "gitlab"], &[]);
    assert_eq!(rows("gitlab", &run.stdout).0[0].1, "deploy/tools/ecr-images.conf");
}

#[test]
fn the_summary_of_a_step_is_added_to_and_other_reports_are_replaced() {
    let workspace = Workspace::with_list("web=nginx:1.27.0\n").chart("web", &["nginx:1.27.1"]).file("sum", "before\n");
    let (summary, format) = (workspace.path("sum"), "--format=markdown=sum");
    let environment = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    for times in 1..=2 {
        run(&workspace.path(""), &["check", format], &environment);
        let text = workspace.read("sum");
        assert!(text.starts_with("before\n") && text.matches("### mirrorlint").count() == times, "{text}");
    }
    run(&workspace.path(""), &["check", format], &[]);
    assert!(workspace.read("sum").starts_with("### mirrorlint"));
}

/// A finding over bytes `start..end` of `text`, which replaces them by `new`.
fn checked(sources: &Sources, text: &str, (start, end): (usize, usize), new: &str) -> Checked {
    let file = sources.add("tools/list", text.into());
    let span = Span::new(file, start, end);
    let fix = Fix::new("Mend it", Safety::Safe, vec![Edit { span, text: new.to_owned() }]);
    let argument = Span::new(sources.add("--set tag=1", "tag=1".into()), 4, 5);
    let finding = Finding::new(rule("tag-mismatch").unwrap(), span, "x", "a [b](1)")
        .related("given [here](x)", Some(argument))
        .fix(fix);
    Checked { findings: vec![finding], ..Checked::default() }
}

#[test]
fn sarif_counts_in_utf16_units_and_knows_bytes() {
    let sources = Sources::new();
    let checked = checked(&sources, "\u{1f680}\u{e9}x\r\n\u{1f680}y", (6, 13), "z\n");
    let report = json(&report::sarif(&checked, &sources));
    let run = &report["runs"][0];
    assert_eq!((text(&report, "/version"), text(run, "/columnKind")), ("2.1.0".into(), "utf16CodeUnits".into()));
    let region = serde_json::json!({
        "startLine": 1, "startColumn": 4, "endLine": 2, "endColumn": 3, "byteOffset": 6, "byteLength": 7
    });
    let result = &run["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"], region);
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["deletedRegion"], region);
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "z\n");
    assert_eq!(text(change, "/artifactLocation/uriBaseId"), "%SRCROOT%");
    // What looks like a link is none; the related place is led to by one.
    assert_eq!(text(result, "/message/text"), "a [b\\](1). Mend it\n[given \\[here\\](x)](1)");
    assert_eq!(
        (number(result, "/relatedLocations/0/id"), text(result, "/relatedLocations/0/message/text")),
        (1, "given [here](x)".into())
    );
    // An argument is no file.
    assert!(result.pointer("/relatedLocations/0/physicalLocation").is_none());
    assert_eq!(text(result, "/relatedLocations/0/logicalLocations/0/name"), "--set tag=1");
    let rules = items(run, "/tool/driver/rules");
    assert_eq!(text(&rules[number(result, "/ruleIndex")], "/id"), "tag-mismatch");
    assert_eq!(rules.len(), mirrorlint::lint::rules().len());
    for rule in rules {
        assert!(
            text(rule, "/help/markdown").starts_with("## What it finds") && !text(rule, "/help/text").contains("](")
        );
        assert!(text(rule, "/helpUri").ends_with(&format!("/rules/{}.md", text(rule, "/id"))));
        assert!(["error", "warning", "note"].contains(&text(rule, "/defaultConfiguration/level").as_str()));
    }
}

#[test]
fn annotations_have_no_columns_on_several_lines() {
    let sources = Sources::new();
    let annotation = |text: &str, span| {
        let report = report::github(&checked(&sources, text, span, ""), &sources);
        let (_, properties, _) = command(report.lines().next().unwrap());
        ["line", "endLine", "col", "endColumn"].map(|name| property(&properties, name).unwrap_or_default())
    };
    assert_eq!(annotation("\u{1f680}ab\n", (4, 5)), ["1", "1", "3", "4"]);
    assert_eq!(annotation("ab\ncd\n", (1, 4)), ["1", "2", "", ""]);
    assert_eq!(annotation("ab\ncd\n", (1, 3)), ["1", "1", "2", ""]);
    assert_eq!(annotation("ab\n", (3, 3)), ["1", "1", "1", "3"], "no line behind the last one");
}

#[test]
fn suggestions_of_reviewdog_do_what_the_fix_does() {
    let sources = Sources::new();
    for (before, span, new, after) in [
        ("a\u{1f680}b\n", (5, 6), "c", "a\u{1f680}c\n"),
        ("a\nb\n", (4, 4), "c\n", "a\nb\nc\n"),
        ("a\r\nb\r\n", (6, 6), "c\r\nd\r\n", "a\r\nb\r\nc\r\nd\r\n"),
        ("a\nb\nc\n", (2, 4), "", "a\nc\n"),
        ("", (0, 0), "a\n", "a\n"),
        ("a", (1, 1), "\n", "a\n"),
    ] {
        let report = json(&report::rdjson(&checked(&sources, before, span, new), &sources));
        let suggestion = &report["diagnostics"][0]["suggestions"][0];
        let offset = |end: &str| {
            let line = number(suggestion, &format!("/range/{end}/line"));
            let lines: Vec<&str> = before.split_inclusive('\n').collect();
            assert!(line <= lines.len().max(1), "reviewdog knows no line behind the last one");
            let start: usize = lines[..line - 1].iter().map(|line| line.len()).sum();
            start + number(suggestion, &format!("/range/{end}/column")) - 1
        };
        let (start, end) = (offset("start"), offset("end"));
        let applied = format!("{}{}{}", &before[..start], text(suggestion, "/text"), &before[end..]);
        assert_eq!(applied, after);
    }
}

#[test]
fn fingerprints_know_no_lines_and_are_all_different() {
    let fingerprints = |list: &str| {
        let workspace = Workspace::with_list(list).chart("web", &["nginx:1.27.1"]);
        let run = workspace.run(&["check", "--format", "gitlab"]);
        let report = json(&run.stdout);
        items(&report, "").iter().map(|one| text(one, "/fingerprint")).collect::<Vec<_>>()
    };
    let list = "web=nginx:1.27.0\nold=example.org/old:1\nold=example.org/old:1\nnonsense\nnonsense\n";
    let known = fingerprints(list);
    assert_eq!(known, fingerprints(&format!("# moved\n\n\n{list}")));
    let mut once = known.clone();
    once.sort();
    once.dedup();
    assert!(once.len() == known.len() && known.len() > 3);
}

#[cfg(unix)]
#[test]
fn patches_are_taken_whatever_the_path_is() {
    let list = |tag: &str| format!("# Web (from local chart web:1.0.0)\nweb=nginx:{tag}\n");
    for folder in ["tools", "my tools", "a\"b", "tab\tx", "x\\y", "\u{e9}", " a \u{1}\u{7f}\\\"b", "line\nx"] {
        for program in [&["git", "apply"][..], &["patch", "-p1", "--silent"]] {
            let path = format!("{folder}/ecr-images.conf");
            let workspace = Workspace::new().file(&path, list("1.24")).chart("web", &["nginx:1.25"]);
            let diff = workspace.run(&["check", "--diff"]);
            assert_eq!(diff.code, 1, "{folder:?}: {}", diff.text());
            let workspace = workspace.file("patch", &diff.stdout);
            let (name, arguments) = program.split_first().unwrap();
            let mut command = std::process::Command::new(name);
            command.args(arguments).current_dir(workspace.path(""));
            command.stdin(std::fs::File::open(workspace.path("patch")).unwrap());
            let output = command.output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{folder:?}: {name}: {told}\n{}", diff.stdout);
            assert_eq!(workspace.read(&path), list("1.25"), "{folder:?}: {name}");
        }
    }
}

#[test]
fn many_findings_make_no_report_that_nobody_shows() {
    let list: String =
        (0..4000).map(|number| format!("image-{number}=example.org/{}:{number}\n", "x".repeat(99))).collect();
    let workspace = Workspace::with_list(&list).chart("web", &["nginx:1.27.1"]);
    let report = workspace.run(&["check", "--format", "markdown"]).stdout;
    assert!(report.len() < 1 << 20 && report.contains(" more are left out."), "{}", report.len());
}

#[test]
fn what_cannot_be_checked_has_its_place() {
    let sources = Sources::new();
    let file = sources.add("tools/list", "a\nb\n".into());
    let error = |path: Option<&str>, span| Refusal { path: path.map(Into::into), span, ..Refusal::new("why | <not>") };
    let errors = vec![error(Some("some folder"), None), error(None, Some(Span::new(file, 2, 3))), error(None, None)];
    let checked = Checked { errors, ..Checked::default() };
    let sarif = json(&report::sarif(&checked, &sources));
    let told = items(&sarif, "/runs/0/invocations/0/toolExecutionNotifications");
    assert_eq!(told.len(), 3);
    assert_eq!(text(&told[0], "/locations/0/physicalLocation/artifactLocation/uri"), "some%20folder");
    assert_eq!(number(&told[1], "/locations/0/physicalLocation/region/startLine"), 2);
    assert_eq!(text(&told[2], "/level"), "error");
    insta::assert_snapshot!(report::github(&checked, &sources), @r"
    ::error title=could not be checked,file=some folder::could not be checked: some folder: why | <not>
    ::error title=could not be checked,file=tools/list,line=2,endLine=2::could not be checked: tools/list: why | <not>
    ::error title=could not be checked::could not be checked: why | <not>
    ");
    insta::assert_snapshot!(report::markdown(&checked, &[], &sources), @r"
    ### mirrorlint: No findings, but not everything could be checked

    **Not everything could be checked:**

    - ❌ <code>some folder</code>: why &#124; &#60;not&#62;
    - ❌ <code>tools/list:2</code>: why &#124; &#60;not&#62;
    - ❌ why &#124; &#60;not&#62;
    ");
    insta::assert_snapshot!(report::junit(&checked, &sources), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="mirrorlint" tests="3" failures="0" errors="3">
      <testsuite name="some folder" tests="1" failures="0" errors="1" skipped="0">
        <testcase name="could be checked" classname="some folder" file="some folder">
          <error message="why | &lt;not&gt;" type="unchecked">why | &lt;not&gt;</error>
        </testcase>
      </testsuite>
      <testsuite name="tools/list" tests="1" failures="0" errors="1" skipped="0">
        <testcase name="could be checked" classname="tools/list" file="tools/list" line="2">
          <error message="why | &lt;not&gt;" type="unchecked">why | &lt;not&gt;</error>
        </testcase>
      </testsuite>
      <testsuite name="." tests="1" failures="0" errors="1" skipped="0">
        <testcase name="could be checked" classname="." file=".">
          <error message="why | &lt;not&gt;" type="unchecked">why | &lt;not&gt;</error>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}
