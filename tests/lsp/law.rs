//! The law of all surfaces: the diagnostics of the server are the findings of `check --format json`, whatever client asks and
//! however it counts characters.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::workspace::{Workspace, copy, fixture, run};

/// How a client counts.
const ENCODINGS: [&str; 3] = ["utf-8", "utf-16", "utf-32"];

/// What a client says that it can do.
fn capabilities(encoding: &str, pull: bool) -> Value {
    let diagnostics = if pull { "diagnostic" } else { "publishDiagnostics" };
    json!({
        "general": {"positionEncodings": [encoding]},
        "textDocument": {diagnostics: {"relatedInformation": true}},
    })
}

/// A finding or diagnostic, in a form in which the two can be compared.
type Row = (String, String);

/// The findings of the command line, placed as an editor counts.
fn findings(folder: &Path, encoding: &str) -> (Vec<Row>, usize) {
    let run = run(folder, &["check", "--format", "json", "--exit-zero"], &[]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut place = |location: &Value| {
        let path = location["path"].as_str().unwrap().to_owned();
        // Editors do not open what lies in a package: its place is the package's beginning.
        if let Some((package, inside)) = path.split_once("!/") {
            let nowhere = json!({"line": 0, "character": 0});
            let range = json!({"start": nowhere, "end": nowhere});
            return (uri(&folder.join(package)), range, format!(" ({inside})"));
        }
        let text = texts.entry(path.clone()).or_insert_with(|| std::fs::read_to_string(folder.join(&path)).unwrap());
        let at = |point: &Value| {
            let offset = usize::try_from(point["offset"].as_u64().unwrap()).unwrap();
            let line = &text[text[..offset].rfind('\n').map_or(0, |end| end + 1)..offset];
            let characters = match encoding {
                "utf-8" => line.len(),
                "utf-16" => line.encode_utf16().count(),
                _ => line.chars().count(),
            };
            json!({"line": point["line"].as_u64().unwrap() - 1, "character": characters})
        };
        let range = json!({"start": at(&location["start"]), "end": at(&location["end"])});
        (uri(&folder.join(&path)), range, String::new())
    };
    let mut rows = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let (uri, range, _) = place(&finding["location"]);
        let related = finding["related"].as_array().unwrap().iter().map(|related| {
            let (uri, range, inside) = place(&related["location"]);
            let message = format!("{}{inside}", related["message"].as_str().unwrap());
            json!({"location": {"uri": uri, "range": range}, "message": message})
        });
        let severity = ["error", "warning", "info"].iter().position(|name| finding["severity"] == *name).unwrap() + 1;
        let row = json!({
            "range": range,
            "severity": severity,
            "code": finding["rule"],
            "message": finding["message"],
            "relatedInformation": related.collect::<Vec<_>>(),
            "key": finding["key"],
            "entry": finding["entry"],
        });
        rows.push((uri, row.to_string()));
    }
    for error in report["errors"].as_array().into_iter().flatten() {
        let (uri, range, _) = place(&error["location"]);
        rows.push((uri, json!({"range": range, "severity": 1, "message": error["message"]}).to_string()));
    }
    rows.sort();
    let lists = report["lists"].as_array().unwrap().len();
    (rows, lists)
}

fn row(uri: &str, diagnostic: &Value) -> Row {
    assert_eq!(diagnostic["source"], "mirrorlint");
    let Some(code) = diagnostic.get("code") else {
        let row = json!({
            "range": diagnostic["range"], "severity": diagnostic["severity"], "message": diagnostic["message"],
        });
        return (uri.to_owned(), row.to_string());
    };
    let page = diagnostic["codeDescription"]["href"].as_str().unwrap();
    assert!(page.starts_with("https://") && page.ends_with(&format!("/rules/{}.md", code.as_str().unwrap())));
    let row = json!({
        "range": diagnostic["range"],
        "severity": diagnostic["severity"],
        "code": code,
        "message": diagnostic["message"],
        "relatedInformation": diagnostic.get("relatedInformation").cloned().unwrap_or_else(|| json!([])),
        "key": diagnostic["data"]["key"],
        "entry": diagnostic["data"]["entry"],
    });
    (uri.to_owned(), row.to_string())
}

/// What a client that waits is told.
fn pushed(folder: &Path, encoding: &str, files: usize) -> Vec<Row> {
    let mut client = Client::open(folder, &capabilities(encoding, false));
    assert_eq!(client.server["capabilities"]["positionEncoding"], encoding);
    let mut rows = Vec::new();
    for _ in 0..files {
        let params = client.expect("textDocument/publishDiagnostics");
        let uri = params["uri"].as_str().unwrap();
        rows.extend(params["diagnostics"].as_array().unwrap().iter().map(|diagnostic| row(uri, diagnostic)));
    }
    client.finish();
    rows.sort();
    rows
}

/// What a client that asks is answered.
fn pulled(folder: &Path, encoding: &str) -> Vec<Row> {
    let mut client = Client::open(folder, &capabilities(encoding, true));
    let report = client.request("workspace/diagnostic", &json!({"previousResultIds": []}));
    let mut rows = Vec::new();
    for of_file in report["items"].as_array().unwrap() {
        let uri = of_file["uri"].as_str().unwrap();
        let diagnostics = of_file["items"].as_array().unwrap();
        rows.extend(diagnostics.iter().map(|diagnostic| row(uri, diagnostic)));
        let one = client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": uri}}));
        assert_eq!(one["items"], of_file["items"], "of one document and of all");
        let again = json!({"textDocument": {"uri": uri}, "previousResultId": one["resultId"]});
        assert_eq!(client.request("textDocument/diagnostic", &again)["kind"], "unchanged");
    }
    client.finish();
    rows.sort();
    rows
}

fn hold(folder: &Path, least: usize) {
    for encoding in ENCODINGS {
        let (told, _) = findings(folder, encoding);
        assert!(told.len() >= least, "{} findings", told.len());
        let files = told.iter().map(|(uri, _)| uri).collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!(pushed(folder, encoding, files), told, "{encoding}, pushed");
        assert_eq!(pulled(folder, encoding), told, "{encoding}, pulled");
    }
}

#[test]
fn the_hyperpod_fixture() {
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    hold(&workspace.path(""), 5);
}

#[test]
fn the_kitchen_sink() {
    let workspace = Workspace::new();
    copy(&fixture("kitchen-sink"), &workspace.path(""));
    hold(&workspace.path(""), 5);
}

/// Emoji, CRLF, spaces and percent signs in paths, a script that mentions an old tag, and two charts.
#[test]
fn a_hostile_workspace() {
    let workspace = Workspace::new()
        .chart("a b/100%/\u{1f600}web", &["nginx:1.27.1", "quay.io/team/api:v2"])
        .file("a b/100%/\u{1f600}web/Chart.yaml", "apiVersion: v2\r\nname: web\r\nversion: 1.0.0\r\n")
        .file(
            "tools/ecr-images.conf",
            "# \u{1f600}\u{1f600} web (from local chart web:0.9.0)\r\n# mirrorlint: allow floating-tag: \u{e9}\u{e8}\r\nweb=nginx:1.27.0\r\n\r\n\
             \u{1f600}=nginx\r\n# \u{1f600} mirrorlint\r\n# Tag: v1 \u{1f600} (x)\r\napi=quay.io/team/api:v1 # \u{1f600}\r\nnonsense \u{1f600}",
        )
        .file("copy \u{1f600}.sh", "echo \u{1f600}; docker pull nginx:1.26.0\n");
    hold(&workspace.path(""), 6);
}

/// A configuration that cannot be read: told there, and at the top of each list that nobody looks at for it.
#[test]
fn a_broken_configuration() {
    let workspace = Workspace::with_list("web=nginx:1\n")
        .chart("web", &["nginx:2"])
        .file(".mirrorlint.yaml", "rules:\n  tag-mismatch: \u{1f600}\n");
    let folder = workspace.path("");
    let run = run(&folder, &["check", "--format", "json"], &[]);
    assert_eq!(run.code, 2);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let told = report["errors"][0]["message"].as_str().unwrap();
    let mut client = Client::open(&folder, &capabilities("utf-16", true));
    let all = client.request("workspace/diagnostic", &json!({"previousResultIds": []}));
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["uri"], uri(&folder.join(".mirrorlint.yaml")));
    assert_eq!(items[0]["items"][0]["message"], told);
    assert_eq!(
        items[0]["items"][0]["range"],
        json!({"start": {"line": 1, "character": 16}, "end": {"line": 1, "character": 18}})
    );
    assert_eq!(items[1]["uri"], uri(&folder.join("tools/ecr-images.conf")));
    assert_eq!(items[1]["items"][0]["message"], format!("this list is not checked: {told}"));
    client.finish();
}

/// A configuration that names a rule that there is not, and a value of a chart at which Helm stumbles.
#[test]
fn errors_of_settings_and_charts() {
    let workspace = Workspace::with_list("web=nginx:1\n")
        .chart("web", &["nginx:2"])
        .file(".mirrorlint.yaml", "rules:\n  tag-missmatch: off\n");
    let run = workspace.run(&["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut client = Client::open(&workspace.path(""), &capabilities("utf-8", true));
    let list = uri(&workspace.path("tools/ecr-images.conf"));
    let one = client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": list}}));
    let message = one["items"][0]["message"].as_str().unwrap();
    assert!(message.ends_with(report["errors"][0]["message"].as_str().unwrap()), "{message}");
    client.finish();
}

/// The problem matcher that is documented for VS Code reads every line of `--format concise`.
#[test]
fn the_documented_problem_matcher_reads_every_line() {
    let page = include_str!("../../.github/docs/editors.md");
    let line = page.lines().find(|line| line.trim_start().starts_with("\"regexp\": ")).unwrap();
    let json = format!("{{{}}}", line.trim().trim_end_matches(','));
    let pattern: Value = serde_json::from_str(&json).unwrap();
    let pattern = regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let printed = run(&fixture("kitchen-sink"), &["check", "--format", "concise"], &[]).stdout;
    assert!(printed.lines().count() > 5);
    for line in printed.lines() {
        let parts = pattern.captures(line).unwrap_or_else(|| panic!("not read: {line}"));
        assert!(fixture("kitchen-sink").join(&parts[1]).is_file() || parts[1].contains("!/"), "{line}");
    }
}

/// What has no place in a file is said all the same.
#[test]
fn a_folder_that_is_not_there_is_told() {
    let workspace = Workspace::new().file("keep", "");
    let mut client = Client::start(&workspace.path(""));
    let folders = json!([{"uri": uri(&workspace.path("nowhere")), "name": "w"}]);
    client.initialize(&json!({"capabilities": {}, "workspaceFolders": folders}));
    client.notify("initialized", &json!({}));
    let told = client.expect("window/showMessage");
    assert!(told["message"].as_str().unwrap().contains("nowhere: cannot be read"), "{told}");
    client.finish();
}
