//! What stands in the editor counts, not what is on disk: in lists, values, `Chart.yaml`, templates and configurations; and a
//! change in any of them refreshes the others.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::workspace::Workspace;

fn workspace() -> Workspace {
    Workspace::with_list("# (from local chart web:1.0.0)\nweb=nginx:1\n")
        .file("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .file("web/values.yaml", "tag: \"1\"\n")
        .file(
            "web/templates/pod.yaml",
            "kind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: \"nginx:{{ .Values.tag }}\"}\n",
        )
}

/// What a client is told next: the file's name, its version, and the rules.
fn published(client: &mut Client) -> (String, Value, Vec<String>) {
    let params = client.expect("textDocument/publishDiagnostics");
    let name = params["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let rules = params["diagnostics"].as_array().unwrap().iter();
    let rules = rules.map(|diagnostic| diagnostic["code"].as_str().unwrap_or("?").to_owned()).collect();
    (name, params["version"].clone(), rules)
}

fn told(name: &str, version: Value, rules: &[&str]) -> (String, Value, Vec<String>) {
    (name.to_owned(), version, rules.iter().map(|rule| (*rule).to_owned()).collect())
}

const LIST: &str = "ecr-images.conf";

#[test]
fn unsaved_text_counts_wherever_it_stands() {
    let workspace = workspace();
    let mut client = Client::open(&workspace.path(""), &json!({}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    assert_eq!(published(&mut client), told(LIST, json!(1), &[]));
    // In the list.
    client.change_document(&list, 2, "# (from local chart web:1.0.0)\nweb=nginx:2\n");
    assert_eq!(published(&mut client), told(LIST, json!(2), &["tag-mismatch"]));
    // In the values: what is open and not saved moves with them.
    let values = workspace.path("web/values.yaml");
    client.open_document(&values, "yaml", "tag: \"1\"\n");
    assert_eq!(published(&mut client), told("values.yaml", json!(1), &[]));
    client.change_document(&values, 2, "tag: \"2\"\n");
    assert_eq!(published(&mut client), told(LIST, json!(2), &[]));
    assert_eq!(published(&mut client), told("values.yaml", json!(2), &[]));
    // In a template.
    let template = workspace.path("web/templates/pod.yaml");
    client.open_document(&template, "helm", &workspace.read("web/templates/pod.yaml").replace("nginx:", "nginx:v"));
    assert_eq!(published(&mut client), told(LIST, json!(2), &["tag-mismatch"]));
    assert_eq!(published(&mut client), told("pod.yaml", json!(1), &[]));
    client.close_document(&template);
    assert_eq!(published(&mut client), told(LIST, json!(2), &[]));
    // In Chart.yaml.
    let chart = workspace.path("web/Chart.yaml");
    client.open_document(&chart, "yaml", "apiVersion: v2\nname: web\nversion: 2.0.0\n");
    assert_eq!(published(&mut client), told(LIST, json!(2), &["wrong-source"]));
    assert_eq!(published(&mut client), told("Chart.yaml", json!(1), &[]));
    client.change_document(&chart, 2, "apiVersion: v2\nname: web\nversion: [\n");
    let (name, version, rules) = published(&mut client);
    assert_eq!((name.as_str(), &version), (LIST, &json!(2)), "{rules:?}");
    assert_eq!(published(&mut client), told("Chart.yaml", json!(2), &["unrenderable-chart"]));
    client.finish();
}

#[test]
fn an_unsaved_configuration_counts() {
    let workspace = workspace().file(".mirrorlint.yaml", "").file("tools/ecr-images.conf", "web=nginx:1");
    let mut client = Client::open(&workspace.path(""), &json!({}));
    let (_, _, rules) = published(&mut client);
    assert!(rules.contains(&"unterminated-last-line".to_owned()), "{rules:?}");
    let configuration = workspace.path(".mirrorlint.yaml");
    client.open_document(&configuration, "yaml", "rules: {unterminated-last-line: off}\n");
    assert_eq!(published(&mut client).0, ".mirrorlint.yaml");
    let (name, _, rules) = published(&mut client);
    assert!(name == LIST && !rules.contains(&"unterminated-last-line".to_owned()), "{rules:?}");
    client.change_document(&configuration, 2, "rules: {unterminated-last-line: of}\n");
    assert_eq!(published(&mut client), told(".mirrorlint.yaml", json!(2), &["?"]));
    assert_eq!(published(&mut client), told(LIST, Value::Null, &["?"]));
    client.finish();
}

#[test]
fn a_configuration_above_the_folder_counts() {
    let workspace = Workspace::new()
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .chart("team/web", &["nginx:1"])
        .file("team/tools/ecr-images.conf", "# (from local chart web:1.0.0)\nweb=nginx:2\n");
    let mut client = Client::open(&workspace.path("team"), &json!({}));
    let list = workspace.path("team/tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("team/tools/ecr-images.conf"));
    assert_eq!(published(&mut client), told(LIST, json!(1), &["tag-mismatch"]));
    // One that comes is seen.
    let workspace = workspace.file(".mirrorlint.yaml", "rules: {tag-mismatch: off}\n");
    std::thread::sleep(std::time::Duration::from_millis(400));
    client.change_document(&list, 2, "# (from local chart web:1.0.0)\nweb=nginx:3\n");
    assert_eq!(published(&mut client), told(LIST, json!(2), &[]));
    client.open_document(&workspace.path(".mirrorlint.yaml"), "yaml", "");
    let rules: Vec<_> = std::iter::repeat_with(|| published(&mut client)).take(2).collect();
    assert!(rules.contains(&told(LIST, json!(2), &["tag-mismatch"])), "{rules:?}");
    client.finish();
}

#[test]
fn a_list_of_which_no_chart_can_be_loaded_says_so() {
    let workspace = workspace().file("web/Chart.yaml", "apiVersion: v2\nname: web\n");
    let mut client = Client::open(&workspace.path(""), &json!({"textDocument": {"diagnostic": {}}}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    let ask = json!({"textDocument": {"uri": uri(&list)}});
    let told = client.request("textDocument/diagnostic", &ask);
    let [only] = told["items"].as_array().unwrap().as_slice() else { panic!("{told}") };
    let message = only["message"].as_str().unwrap();
    assert!(message.starts_with("this list is held against no chart: Helm would refuse web: "), "{message}");
    assert!(message.contains("web/Chart.yaml:1: "), "{message}");
    assert!(message.contains(". Correct the chart, or give the values that you deploy it with"), "{message}");
    // One that is silenced is silent everywhere.
    let configuration = "rules: {unrenderable-chart: off}\n";
    client.open_document(&workspace.path(".mirrorlint.yaml"), "yaml", configuration);
    assert_eq!(client.request("textDocument/diagnostic", &ask)["items"], json!([]));
    client.finish();
}

#[test]
fn what_is_about_a_folder_is_told_in_a_file() {
    let workspace = workspace().file("web/charts/zz/values.yaml", "");
    let mut client = Client::open(&workspace.path(""), &json!({}));
    assert_eq!(published(&mut client), told(LIST, Value::Null, &["?"]));
    assert_eq!(published(&mut client), told("Chart.yaml", Value::Null, &["unrenderable-chart"]));
    client.finish();
}

#[test]
fn a_configured_list_that_is_not_there_is_told_in_the_configuration_alone() {
    let workspace = workspace().file(".mirrorlint.yaml", "lists: [{path: gone.conf}]\n");
    let mut client = Client::open(&workspace.path(""), &json!({}));
    assert_eq!(published(&mut client), told(".mirrorlint.yaml", Value::Null, &["?"]));
    client.finish();
}

#[test]
fn a_client_that_asks_is_told_to_ask_again_when_another_file_changes_something() {
    let workspace = workspace();
    let capabilities = json!({
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    });
    let mut client = Client::open(&workspace.path(""), &capabilities);
    let (list, values) = (workspace.path("tools/ecr-images.conf"), workspace.path("web/values.yaml"));
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    client.open_document(&values, "yaml", "tag: \"1\"\n");
    let ask = json!({"textDocument": {"uri": uri(&list)}});
    assert_eq!(client.request("textDocument/diagnostic", &ask)["items"], json!([]));
    client.change_document(&values, 2, "tag: \"2\"\n");
    assert_eq!(client.serve("workspace/diagnostic/refresh", &Value::Null), Value::Null);
    assert_eq!(client.request("textDocument/diagnostic", &ask)["items"][0]["code"], "tag-mismatch");
    // The list's own change needs no reminder.
    client.change_document(&list, 2, "# (from local chart web:1.0.0)\nweb=nginx:2\n");
    assert_eq!(client.request("textDocument/diagnostic", &ask)["items"], json!([]));
    client.finish();
}

#[test]
fn a_list_without_a_folder_finds_its_charts() {
    let workspace = workspace();
    let mut client = Client::start(&std::env::temp_dir());
    client.initialize(&json!({"capabilities": {}, "rootUri": null}));
    client.notify("initialized", &json!({}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", "# (from local chart web:1.0.0)\nweb=nginx:7\n");
    assert_eq!(published(&mut client), told(LIST, json!(1), &["tag-mismatch"]));
    client.close_document(&list);
    assert_eq!(published(&mut client), told(LIST, Value::Null, &[]));
    client.finish();
}

#[test]
fn a_list_that_was_never_saved_is_one_too() {
    let workspace = workspace();
    std::fs::remove_file(workspace.path("tools/ecr-images.conf")).unwrap();
    let actions = json!({"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}}});
    let mut client = Client::open(&workspace.path(""), &json!({"textDocument": {"codeAction": actions}}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", "# (from local chart web:1.0.0)\nweb=nginx:7\n");
    assert_eq!(published(&mut client), told(LIST, json!(1), &["tag-mismatch"]));
    // Its fixes are as safe as those of others.
    let params = json!({
        "textDocument": {"uri": uri(&list)},
        "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}},
        "context": {"diagnostics": [], "only": ["quickfix", "source.fixAll"]},
    });
    let actions = client.request("textDocument/codeAction", &params);
    assert_eq!((&actions[0]["title"], &actions[0]["isPreferred"]), (&json!("Set the tag to 1"), &json!(true)));
    let all = actions.as_array().unwrap().iter().find(|action| action["kind"] == "source.fixAll.mirrorlint").unwrap();
    let edits = all["edit"]["changes"][uri(&list)].as_array().unwrap();
    assert!(edits.iter().any(|edit| edit["newText"].as_str().unwrap().contains("nginx:1")), "{all}");
    // By another name it is one when the editor says so.
    let other = workspace.path("tools/images.txt");
    client.open_document(&other, "ecr-images", "# (from local chart web:1.0.0)\nweb=nginx:8\n");
    assert_eq!(published(&mut client), told("images.txt", json!(1), &["tag-mismatch"]));
    client.finish();
}

#[test]
fn files_of_charts_that_were_never_saved_count() {
    let workspace = Workspace::with_list("# (from local chart web:1.0.0)\nweb=nginx:1\n").file(".mirrorlint.yaml", "");
    let mut client = Client::open(&workspace.path(""), &json!({"textDocument": {"diagnostic": {}}}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    let rules = |client: &mut Client| {
        let report = client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": uri(&list)}}));
        let items = report["items"].as_array().unwrap().iter();
        items.map(|item| item["code"].as_str().unwrap_or("?").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rules(&mut client), ["?"], "there is no chart");
    // A chart in folders that are not there yet.
    client.open_document(&workspace.path("web/Chart.yaml"), "yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    assert_eq!(rules(&mut client), ["stale-entry"]);
    let pod = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \"nginx:{{ .Values.tag }}\"}]}\n";
    let template = workspace.path("web/templates/pod.yaml");
    client.open_document(&template, "helm", pod);
    let values = workspace.path("web/values.yaml");
    client.open_document(&values, "yaml", "tag: \"2\"\n");
    assert_eq!(rules(&mut client), ["tag-mismatch"]);
    client.change_document(&values, 2, "tag: \"1\"\n");
    assert!(rules(&mut client).is_empty());
    client.close_document(&template);
    assert_eq!(rules(&mut client), ["stale-entry"]);
    client.finish();
}

#[test]
fn a_file_that_was_never_saved_joins_a_chart_that_was() {
    // Its files are read anew for the chart that takes it in, before it is looked at itself.
    let dependency = |name: &str| format!("- {{name: {name}, version: 1.0.0, repository: \"file://../{name}\"}}\n");
    let dependencies = format!("dependencies:\n{}{}", dependency("wide"), dependency("gone"));
    let workspace = workspace()
        .file("web/Chart.yaml", format!("apiVersion: v2\nname: web\nversion: 1.0.0\n{dependencies}"))
        .chart("wide", &["nginx:1"]);
    let mut client = Client::open(&workspace.path(""), &json!({"textDocument": {"diagnostic": {}}}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    let misses = |client: &mut Client| {
        let report = client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": uri(&list)}}));
        report["items"].as_array().unwrap().iter().any(|item| item["code"] == "missing-entry")
    };
    assert!(!misses(&mut client));
    let template = workspace.path("wide/templates/more.yaml");
    let pod = workspace.read("web/templates/pod.yaml").replace("nginx:{{ .Values.tag }}", "redis:1");
    client.open_document(&template, "helm", &pod);
    assert!(misses(&mut client));
    client.close_document(&template);
    assert!(!misses(&mut client));
    client.finish();
}

#[test]
fn what_a_chart_ignores_is_read_anew_though_it_ignores_that_file_too() {
    let workspace = workspace().file("web/.helmignore", ".helmignore\n").chart("web", &["nginx:1", "redis:1"]);
    let mut client = Client::open(&workspace.path(""), &json!({}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    let (_, _, rules) = published(&mut client);
    assert_eq!(rules, ["missing-entry"]);
    client.open_document(&workspace.path("web/.helmignore"), "ignore", ".helmignore\ntemplates/*\n");
    assert_eq!(published(&mut client), told(LIST, json!(1), &["stale-entry"]));
    assert_eq!(published(&mut client), told(".helmignore", json!(1), &[]));
    client.finish();
}

#[test]
fn a_chart_that_was_never_saved_makes_its_folder_the_workspace() {
    let workspace = workspace().file("team/ecr-images.conf", "# (from local chart own:1.0.0)\nown=redis:1\n");
    let mut client = Client::open(&workspace.path("team"), &json!({"textDocument": {"diagnostic": {}}}));
    let list = workspace.path("team/ecr-images.conf");
    let rules = |client: &mut Client| {
        let report = client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": uri(&list)}}));
        let items = report["items"].as_array().unwrap().iter();
        items.map(|item| item["code"].as_str().unwrap_or("?").to_owned()).collect::<Vec<_>>()
    };
    client.open_document(&list, "conf", &workspace.read("team/ecr-images.conf"));
    assert!(rules(&mut client).contains(&"stale-entry".to_owned()), "the charts are those of the folder above");
    let chart = workspace.path("team/own/Chart.yaml");
    client.open_document(&chart, "yaml", "apiVersion: v2\nname: own\nversion: 1.0.0\n");
    let pod = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: redis:1}]}\n";
    client.open_document(&workspace.path("team/own/templates/pod.yaml"), "helm", pod);
    assert!(rules(&mut client).is_empty());
    client.close_document(&chart);
    assert!(rules(&mut client).contains(&"stale-entry".to_owned()));
    client.finish();
}

#[test]
fn a_configuration_that_was_never_saved_counts() {
    let workspace = workspace().file("tools/ecr-images.conf", "web=nginx:2\n");
    let mut client = Client::open(&workspace.path(""), &json!({}));
    assert!(published(&mut client).2.contains(&"tag-mismatch".to_owned()));
    let prod = workspace.path("prod.yaml");
    client.open_document(&prod, "yaml", "tag: \"2\"\n");
    assert_eq!(published(&mut client), told("prod.yaml", json!(1), &[]));
    let configuration =
        "lists:\n  - path: tools/ecr-images.conf\n    charts:\n      - {path: web, values: [prod.yaml]}\n";
    client.open_document(&workspace.path(".mirrorlint.yaml"), "yaml", configuration);
    assert_eq!(published(&mut client), told(".mirrorlint.yaml", json!(1), &[]));
    assert_eq!(published(&mut client), told(LIST, Value::Null, &["undocumented-source"]));
    client.finish();
}

#[test]
fn folders_come_and_go() {
    let (one, other) = (workspace(), workspace());
    std::fs::write(other.path("tools/ecr-images.conf"), "# (from local chart web:1.0.0)\nweb=nginx:9\n").unwrap();
    let mut client = Client::open(&one.path(""), &json!({}));
    let folder = json!({"uri": uri(&other.path("")), "name": "other"});
    let change = |added: &[&Value], removed: &[&Value]| json!({"event": {"added": added, "removed": removed}});
    client.notify("workspace/didChangeWorkspaceFolders", &change(&[&folder], &[]));
    assert_eq!(published(&mut client), told(LIST, Value::Null, &["tag-mismatch"]));
    client.notify("workspace/didChangeWorkspaceFolders", &change(&[], &[&folder]));
    assert_eq!(published(&mut client), told(LIST, Value::Null, &[]));
    client.finish();
}

#[test]
fn what_changes_on_disk_is_seen() {
    let workspace = workspace();
    let watching = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
    let mut client = Client::open(&workspace.path(""), &watching);
    let asked = client.serve("client/registerCapability", &Value::Null);
    assert_eq!(asked["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    let values = workspace.path("web/values.yaml");
    std::fs::write(&values, "tag: \"3\"\n").unwrap();
    let event = json!({"changes": [{"uri": uri(&values), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", &event);
    assert_eq!(published(&mut client), told(LIST, Value::Null, &["tag-mismatch"]));
    client.finish();
}

/// The package of a chart without templates.
fn package(name: &str) -> Vec<u8> {
    let metadata = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(metadata.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, format!("{name}/Chart.yaml"), metadata.as_bytes()).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn charts_are_loaded_again_when_what_they_do_not_consist_of_changes_on_disk() {
    let dependency = "dependencies: [{name: db, version: 1.0.0, repository: https://charts.example.com}]\n";
    let workspace = workspace()
        .file("web/Chart.yaml", format!("apiVersion: v2\nname: web\nversion: 1.0.0\n{dependency}"))
        .file("web/charts/db-1.0.0.tgz", package("db"));
    let watching = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
    let mut client = Client::open(&workspace.path(""), &watching);
    client.serve("client/registerCapability", &Value::Null);
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    assert_eq!(published(&mut client), told(LIST, json!(1), &[]));
    let write = |client: &mut Client, path: &str, text: &str| {
        std::fs::write(workspace.path(path), text).unwrap();
        let event = json!({"changes": [{"uri": uri(&workspace.path(path)), "type": 1}]});
        client.notify("workspace/didChangeWatchedFiles", &event);
    };
    // A lock file that pins other bytes.
    let digest = "0".repeat(64);
    let pin =
        "{name: db, version: 1.0.0, repository: https://charts.example.com, url: https://charts.example.com/db.tgz";
    write(&mut client, ".mirrorlint.lock", &format!("version: 1\npackages:\n- {pin}, sha256: {digest}}}\n"));
    assert_eq!(published(&mut client), told("Chart.yaml", Value::Null, &["unavailable-chart"]));
    std::fs::remove_file(workspace.path(".mirrorlint.lock")).unwrap();
    // A template that was not there.
    let pod = workspace.read("web/templates/pod.yaml").replace("nginx:", "redis:").replace("name: web", "name: more");
    write(&mut client, "web/templates/more.yaml", &pod);
    assert_eq!(published(&mut client), told(LIST, json!(1), &["missing-entry"]));
    assert_eq!(published(&mut client), told("Chart.yaml", Value::Null, &[]));
    client.finish();
}

#[test]
fn without_a_watch_what_changes_on_disk_is_seen_at_the_next_request() {
    let workspace = workspace();
    let mut client = Client::open(&workspace.path(""), &json!({}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    assert_eq!(published(&mut client), told(LIST, json!(1), &[]));
    std::thread::sleep(std::time::Duration::from_millis(400));
    std::fs::write(workspace.path("web/values.yaml"), "tag: \"33\"\n").unwrap();
    let id = client.ask("textDocument/foldingRange", &json!({"textDocument": {"uri": uri(&list)}}));
    assert_eq!(published(&mut client), told(LIST, json!(1), &["tag-mismatch"]));
    client.answer(id);
    client.finish();
}

/// Whether the server sees that `change` was made on disk, though nobody tells it.
fn is_seen(client: &mut Client, change: impl FnOnce()) {
    std::thread::sleep(std::time::Duration::from_millis(400));
    let ask = json!({"previousResultIds": []});
    let before = client.request("workspace/diagnostic", &ask);
    change();
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_ne!(client.request("workspace/diagnostic", &ask), before);
}

fn asking() -> Value {
    json!({"textDocument": {"diagnostic": {}}})
}

#[test]
fn without_a_watch_a_first_list_is_seen() {
    let workspace = Workspace::new().chart("web", &["nginx:1"]).file("tools/readme", "");
    let mut client = Client::open(&workspace.path(""), &asking());
    is_seen(&mut client, || std::fs::write(workspace.path("tools/ecr-images.conf"), "web=nginx:2\n").unwrap());
    client.finish();
}

#[test]
fn without_a_watch_new_files_of_charts_elsewhere_are_seen() {
    let dependency = "dependencies: [{name: own, version: 1.0.0, repository: \"file://../../own\"}]\n";
    let workspace = Workspace::new()
        .chart("own", &["redis:1"])
        .file("in/web/Chart.yaml", format!("apiVersion: v2\nname: web\nversion: 1.0.0\n{dependency}"))
        .file("in/.mirrorlint.yaml", "")
        .file("in/ecr-images.conf", "# (from local chart web:1.0.0)\nredis=redis:1\n");
    let mut client = Client::open(&workspace.path("in"), &asking());
    let pod = workspace.read("own/templates/own.yaml").replace("redis:1", "busybox:1");
    is_seen(&mut client, || std::fs::write(workspace.path("own/templates/more.yaml"), pod).unwrap());
    client.finish();
}

#[test]
fn without_a_watch_what_an_unsaved_configuration_names_is_seen() {
    let workspace = workspace().file("vendor/prod.yaml", "tag: \"2\"\n").file(".mirrorlint.yaml", "");
    let mut client = Client::open(&workspace.path(""), &asking());
    client.request("workspace/diagnostic", &json!({"previousResultIds": []}));
    let charts = "lists: [{path: tools/ecr-images.conf, charts: [{path: web, values: [vendor/prod.yaml]}]}]\n";
    client.open_document(&workspace.path(".mirrorlint.yaml"), "yaml", charts);
    // In place: the folder stays as it was.
    is_seen(&mut client, || std::fs::write(workspace.path("vendor/prod.yaml"), "tag: \"33\"\n").unwrap());
    client.finish();
}

#[test]
fn with_a_watch_what_lies_outside_of_the_clients_folders_is_seen() {
    let workspace = workspace();
    let mut watching = asking();
    watching["workspace"] = json!({"didChangeWatchedFiles": {"dynamicRegistration": true}});
    let mut client = Client::open(&workspace.path("tools"), &watching);
    client.serve("client/registerCapability", &Value::Null);
    is_seen(&mut client, || std::fs::write(workspace.path("web/values.yaml"), "tag: \"33\"\n").unwrap());
    client.finish();
}

#[test]
fn without_a_watch_files_that_are_no_part_of_charts_are_seen_too() {
    let digest = |digit: &str| {
        let (url, sha256) = ("https://charts.example.com/db.tgz", digit.repeat(64));
        let address = "repository: https://charts.example.com";
        format!("version: 1\npackages:\n- {{name: db, version: 1.0.0, {address}, url: {url}, sha256: {sha256}}}\n")
    };
    let dependency = "dependencies: [{name: db, version: 1.0.0, repository: https://charts.example.com}]\n";
    let workspace = workspace()
        .file("web/Chart.yaml", format!("apiVersion: v2\nname: web\nversion: 1.0.0\n{dependency}"))
        .file("web/charts/db-1.0.0.tgz", package("db"))
        .file("deploy.sh", "helm install x\n")
        .file(".mirrorlint.lock", "version: 1\npackages: []\n");
    let mut client = Client::open(&workspace.path(""), &json!({}));
    let list = workspace.path("tools/ecr-images.conf");
    client.open_document(&list, "conf", &workspace.read("tools/ecr-images.conf"));
    assert_eq!(published(&mut client), told(LIST, json!(1), &[]));
    let mut write = |path: &str, text: &str| {
        std::thread::sleep(std::time::Duration::from_millis(400));
        // In place, as some editors do: the folder stays as it was.
        std::fs::write(workspace.path(path), text).unwrap();
        let id = client.ask("textDocument/foldingRange", &json!({"textDocument": {"uri": uri(&list)}}));
        let seen = published(&mut client);
        client.answer(id);
        seen
    };
    let lock = write(".mirrorlint.lock", &digest("0"));
    assert_eq!(lock, told("Chart.yaml", Value::Null, &["unavailable-chart"]));
    let script = write("deploy.sh", "docker pull nginx:7\n");
    assert_eq!(script, told("deploy.sh", Value::Null, &["stale-mention"]));
    client.finish();
}

#[test]
fn a_configuration_below_the_folder_counts_for_its_lists_also_before_it_is_saved() {
    let list = "team/tools/ecr-images.conf";
    let workspace = Workspace::new()
        .file(list, "# web (from local chart web:1.0.0)\nweb=nginx:2\n")
        .chart("team/web", &["nginx:{{ .Values.tag }}"])
        .file("team/web/values.yaml", "tag: '1'\n");
    let configuration = "lists: [{path: tools/ecr-images.conf, charts: [{path: web, set: {tag: '2'}}]}]\n";
    let mut client = Client::open(&workspace.path(""), &json!({}));
    client.open_document(&workspace.path(list), "conf", &workspace.read(list));
    assert_eq!(published(&mut client), told(LIST, json!(1), &["tag-mismatch"]));
    client.open_document(&workspace.path("team/.mirrorlint.yaml"), "yaml", configuration);
    let both = [published(&mut client), published(&mut client)];
    assert!(both.contains(&told(LIST, json!(1), &[])), "{both:?}");
    client.change_document(&workspace.path(list), 2, "# web (from local chart web:1.0.0)\nweb=nginx:1\n");
    assert_eq!(published(&mut client), told(LIST, json!(2), &["tag-mismatch"]));
    client.finish();
}
