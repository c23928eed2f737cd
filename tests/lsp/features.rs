//! What the editor shows and offers: actions, hovers, ways from entries to charts and back, completions, outline, hints.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::workspace::{Workspace, copy, fixture};

const LIST: &str = "tools/ecr-images.conf";

/// What a client says that it can do: everything that these tests need.
fn capabilities() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "workspace": {"workspaceEdit": {"documentChanges": true}},
        "textDocument": {
            "diagnostic": {"relatedInformation": true},
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}},
                "resolveSupport": {"properties": ["edit"]},
            },
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
        },
    })
}

/// A client with the list of a workspace open.
struct Editor {
    client: Client,
    workspace: Workspace,
    text: String,
}

impl Editor {
    fn open(workspace: Workspace) -> Self {
        let text = workspace.read(LIST);
        let mut client = Client::open(&workspace.path(""), &capabilities());
        client.open_document(&workspace.path(LIST), "conf", &text);
        Self { client, workspace, text }
    }

    fn hyperpod() -> Self {
        let workspace = Workspace::new();
        copy(&fixture("hyperpod"), &workspace.path(""));
        Self::open(workspace)
    }

    /// Puts `text` in place of the list.
    fn write(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.client.change_document(&self.workspace.path(LIST), 2, text);
    }

    /// Where `needle` first stands in the list, in its middle.
    fn at(&self, needle: &str) -> Value {
        position(&self.text, self.text.find(needle).unwrap() + needle.len() / 2)
    }

    fn end(&self) -> Value {
        position(&self.text, self.text.len())
    }

    fn ask(&mut self, method: &str, more: &Value) -> Value {
        let path = self.workspace.path(LIST);
        let mut params = json!({"textDocument": {"uri": uri(&path)}});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.client.request(method, &params)
    }

    fn hover(&mut self, needle: &str) -> String {
        let at = self.at(needle);
        let hover = self.ask("textDocument/hover", &json!({"position": at}));
        hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("nothing over {needle}: {hover}")).to_owned()
    }

    fn actions(&mut self, needle: &str, only: Option<&str>) -> Vec<Value> {
        let at = self.at(needle);
        let mut context = json!({"diagnostics": []});
        if let Some(only) = only {
            context["only"] = json!([only]);
        }
        let params = json!({"range": {"start": at, "end": at}, "context": context});
        self.ask("textDocument/codeAction", &params).as_array().unwrap().clone()
    }

    fn labels(&mut self, position: &Value) -> Vec<String> {
        let items = self.ask("textDocument/completion", &json!({"position": position}));
        let items = items.as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    /// The list after the edit of an action.
    fn applied(&self, action: &Value) -> String {
        let change = &action["edit"]["documentChanges"][0];
        assert_eq!(change["textDocument"]["uri"], uri(&self.workspace.path(LIST)));
        apply(&self.text, change["edits"].as_array().unwrap())
    }

    /// Places as `FILE:LINE TEXT`.
    fn lines(&self, locations: &Value) -> Vec<String> {
        let line = |location: &Value| {
            let uri = location["uri"].as_str().unwrap();
            let path = uri.strip_prefix("file://").unwrap();
            let number = usize::try_from(location["range"]["start"]["line"].as_u64().unwrap()).unwrap();
            let name = path.rsplit('/').next().unwrap();
            let text = std::fs::read_to_string(path).unwrap_or_default();
            format!("{name}:{} {}", number + 1, text.lines().nth(number).unwrap_or_default().trim())
        };
        locations.as_array().unwrap().iter().map(line).collect()
    }
}

/// The place of a byte, as UTF-16 counts.
fn position(text: &str, offset: usize) -> Value {
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    json!({"line": line, "character": text[start..offset].encode_utf16().count()})
}

fn apply(text: &str, edits: &[Value]) -> String {
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = position["character"].as_u64().unwrap();
        let letters = text[start..].chars().take_while(|letter| {
            let fits = units > 0;
            units = units.saturating_sub(letter.len_utf16() as u64);
            fits
        });
        start + letters.map(char::len_utf8).sum::<usize>()
    };
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]), edit["newText"].as_str().unwrap()))
        .collect();
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    let mut fixed = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        fixed.replace_range(start..end, new);
    }
    fixed
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

fn small() -> Workspace {
    Workspace::with_list("# \u{1f600} (from local chart web:1.0.0)\n# Tag: 1.26.0\nweb=nginx:1.26.0\n")
        .file("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
        .file("web/values.yaml", "image:\n  tag: 1.27.1\nsidecar: busybox:1.36\n")
        .file(
            "web/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: \"nginx:{{ .Values.image.tag }}\"}\n  - {name: side, image: {{ .Values.sidecar }}}\n",
        )
}

#[test]
fn a_quick_fix_mends_its_finding() {
    let mut editor = Editor::open(small());
    let actions = editor.actions("nginx:1.26", Some("quickfix"));
    assert_eq!(titles(&actions), ["Set the tag to 1.27.1", "Allow tag-mismatch for `web`, with a reason"]);
    assert_eq!(actions[0]["isPreferred"], true);
    assert_eq!(actions[0]["diagnostics"][0]["code"], "tag-mismatch");
    let fixed = editor.applied(&actions[0]);
    assert_eq!(fixed, "# \u{1f600} (from local chart web:1.0.0)\n# Tag: 1.27.1\nweb=nginx:1.27.1\n");
    editor.write(&fixed);
    let left = editor.ask("textDocument/diagnostic", &json!({}));
    let codes: Vec<_> = left["items"].as_array().unwrap().iter().map(|item| item["code"].clone()).collect();
    assert_eq!(codes, ["missing-entry"]);
    editor.client.finish();
}

#[test]
fn a_suppression_asks_for_its_reason() {
    let mut editor = Editor::open(small());
    let actions = editor.actions("nginx:1.26", Some("quickfix"));
    let silenced = editor.applied(&actions[1]);
    assert!(silenced.ends_with("# Tag: 1.26.0\n# mirrorlint: allow tag-mismatch: \nweb=nginx:1.26.0\n"), "{silenced}");
    editor.write(&silenced);
    let codes = |editor: &mut Editor| {
        let left = editor.ask("textDocument/diagnostic", &json!({}));
        let codes = left["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(&mut editor), ["unused-suppression", "missing-entry"]);
    editor.write(&silenced.replace("mismatch: \n", "mismatch: the new one is broken\n"));
    assert_eq!(codes(&mut editor), ["missing-entry"]);
    // What has no entry is exempted in the list's header.
    let at = editor.end();
    let params = json!({"range": {"start": at, "end": at}, "context": {"diagnostics": [], "only": ["quickfix"]}});
    let actions = editor.ask("textDocument/codeAction", &params);
    let exempt = actions.as_array().unwrap().iter().find(|action| action["title"].as_str().unwrap().contains("Exempt"));
    let exempted = editor.applied(exempt.unwrap());
    assert!(exempted.starts_with("# mirrorlint: exempt busybox:1.36: \n\n# \u{1f600}"), "{exempted}");
    editor.write(&exempted.replace("1.36: \n", "1.36: on every node\n"));
    assert_eq!(codes(&mut editor), Vec::<String>::new());
    editor.client.finish();
}

#[test]
fn fix_all_is_what_the_command_line_writes() {
    for name in ["hyperpod", "kitchen-sink"] {
        let workspace = Workspace::new();
        copy(&fixture(name), &workspace.path(""));
        let mut editor = Editor::open(workspace);
        let actions = editor.actions("=", Some("source.fixAll"));
        assert_eq!(titles(&actions), ["Apply all safe fixes of mirrorlint"]);
        assert_eq!(actions[0]["kind"], "source.fixAll.mirrorlint");
        assert!(actions[0].get("edit").is_none(), "it is asked for when it is chosen");
        let action = editor.client.request("codeAction/resolve", &actions[0]);
        let fixed = editor.applied(&action);
        assert_ne!(fixed, editor.text);
        editor.workspace.run(&["check", "--fix", "--quiet"]);
        assert_eq!(fixed, editor.workspace.read(LIST), "{name}");
        editor.write(&fixed);
        assert_eq!(editor.actions("=", Some("source.fixAll.mirrorlint")), Vec::<Value>::new(), "{name}");
        editor.client.finish();
    }
}

#[test]
fn line_endings_are_left_to_the_editor() {
    let list = "# (from local chart web:1.0.0)\r\n# Tag: 1.26.0\r\nweb=nginx:1.26.0\r\n";
    let mut editor = Editor::open(small().file(LIST, list));
    let found = editor.ask("textDocument/diagnostic", &json!({}));
    let found = found["items"].as_array().unwrap().clone();
    let endings = found.iter().find(|item| item["code"] == "reader-disagreement").unwrap();
    assert_eq!(endings["data"]["fixable"], false);
    let actions = editor.actions("nginx:1.26", Some("quickfix"));
    assert!(!titles(&actions).contains(&"End all lines with LF"), "{actions:?}");
    let all = editor.actions("=", Some("source.fixAll"));
    let all = editor.client.request("codeAction/resolve", &all[0]);
    let fixed = editor.applied(&all);
    assert!(fixed.starts_with("# (from local chart web:1.0.0)\r\n# Tag: 1.27.1\r\nweb=nginx:1.27.1\r\n"), "{fixed:?}");
    assert!(!fixed.replace("\r\n", "").contains(['\r', '\n']), "{fixed:?}");
    editor.write(&fixed);
    assert_eq!(editor.actions("=", Some("source.fixAll")), Vec::<Value>::new(), "nothing else is left to be done");
    editor.client.finish();
}

#[test]
fn a_rule_is_explained() {
    let mut editor = Editor::open(small());
    let actions = editor.actions("nginx:1.26", None);
    let explain = actions.iter().find(|action| action["title"] == "Explain tag-mismatch").unwrap();
    let command = &explain["command"];
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    let id = editor.client.ask("workspace/executeCommand", &params);
    let shown = editor.client.expect("window/showMessage");
    let message = shown["message"].as_str().unwrap();
    assert!(message.contains("How to fix: Take the tag that the charts deploy."), "{message}");
    assert!(message.starts_with("tag-mismatch: ") && message.ends_with("mirrorlint explain tag-mismatch"), "{message}");
    assert_eq!(editor.client.answer(id)["result"], Value::Null);
    let wrong = json!({"command": command["command"], "arguments": ["no-rule"]});
    assert_eq!(editor.client.refused("workspace/executeCommand", &wrong), -32602);
    assert_eq!(editor.client.refused("workspace/executeCommand", &json!({"command": "x"})), -32602);
    editor.client.finish();
}

#[test]
fn a_hover_on_a_rules_name_has_its_page() {
    let list = "# (from local chart web:1.0.0)\n# mirrorlint: allow floating-tag: frozen\nweb=nginx:1\n";
    let mut editor = Editor::open(small().file("tools/ecr-images.conf", list));
    let text = editor.hover("floating-tag");
    let parts = [
        "**floating-tag** (warning): ",
        "#### What it finds",
        "#### How to fix\n\nPin the image",
        "/rules/tag-mismatch.md)",
    ];
    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    assert!(!text.contains("](tag-mismatch.md)") && !text.contains("Examples") && !text.contains("```"), "{text}");
    editor.client.finish();
}

#[test]
fn hovers_tell_who_deploys_an_entry_and_where_each_part_comes_from() {
    let mut editor = Editor::open(small());
    let text = editor.hover("web=nginx");
    insta::assert_snapshot!(text.replace(&uri(&editor.workspace.path("")), "file:///w"), @r"
    **web** lists `nginx:1.26.0`

    web:1.0.0 deploys another version: `nginx:1.27.1`.

    `nginx:1.27.1` in Pod web, container web

    - chart **web:1.0.0**
    - repository `nginx`: [web/templates/pod.yaml:6](file:///w/web/templates/pod.yaml#L6) (the template's own text)
    - tag `1.27.1`: [web/values.yaml:2](file:///w/web/values.yaml#L2) (`image.tag`, default of web:1.0.0)
    - printed by [web/templates/pod.yaml:6](file:///w/web/templates/pod.yaml#L6)
    ");
    assert!(editor.hover("1.26.0").starts_with("**web** lists"), "the comment block belongs to the entry");
    editor.client.finish();
}

#[test]
fn hovers_tell_what_a_dynamic_image_is_in_all_regions() {
    let mut editor = Editor::hyperpod();
    let text = editor.hover("hyperpod-health-monitoring-agent=");
    assert!(text.contains("In all regions that the charts name:"), "{text}");
    assert!(text.contains("- us-west-2: `905418368575.dkr.ecr.us-west-2.amazonaws.com/"), "{text}");
    assert!(text.matches(".dkr.ecr.").count() > 10, "{text}");
    editor.client.finish();
}

#[test]
fn hovers_in_charts_tell_which_entries_depend_on_them() {
    let mut editor = Editor::open(small());
    let mut hover = |path: &str, needle: &str| {
        let (file, text) = (editor.workspace.path(path), editor.workspace.read(path));
        editor.client.open_document(&file, "yaml", &text);
        let at = position(&text, text.find(needle).unwrap() + 1);
        let params = json!({"textDocument": {"uri": uri(&file)}, "position": at});
        let hover = editor.client.request("textDocument/hover", &params);
        let references = editor.client.request("textDocument/references", &{
            let mut params = params;
            params["context"] = json!({"includeDeclaration": false});
            params
        });
        let text = hover["contents"]["value"].as_str().unwrap_or_default().to_owned();
        (text, editor.lines(&references))
    };
    let (text, references) = hover("web/values.yaml", "1.27.1");
    assert!(
        text.starts_with("Images that are made of this:\n\n- `nginx:1.27.1`: listed by **web** as `nginx:1.26.0`"),
        "{text}"
    );
    assert_eq!(references, ["ecr-images.conf:3 web=nginx:1.26.0"]);
    let (text, references) = hover("web/templates/pod.yaml", "{{ .Values.sidecar");
    assert!(text.starts_with("Images that are printed here:\n\n- `busybox:1.36`: not listed"), "{text}");
    assert!(references.is_empty());
    assert_eq!(hover("web/Chart.yaml", "apiVersion"), (String::new(), Vec::new()));
    editor.client.finish();
}

#[test]
fn hovers_over_a_pinned_version_tell_what_the_chart_brings() {
    let mut editor = Editor::hyperpod();
    let path = "sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/Chart.yaml";
    let (file, text) = (editor.workspace.path(path), editor.workspace.read(path));
    editor.client.open_document(&file, "yaml", &text);
    let name = text.find("aws-efa-k8s-device-plugin").unwrap();
    let at = position(&text, name + text[name..].find("version:").unwrap() + 11);
    let hover =
        editor.client.request("textDocument/hover", &json!({"textDocument": {"uri": uri(&file)}, "position": at}));
    let text = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(text.starts_with("Images of the chart that is pinned here:"), "{text}");
    assert!(text.contains("listed by **aws-efa-k8s-device-plugin**"), "{text}");
    editor.client.finish();
}

#[test]
fn from_an_entry_to_the_values_and_all_that_it_is_made_of() {
    let mut editor = Editor::open(small());
    let position = editor.at("nginx");
    let found = editor.ask("textDocument/definition", &json!({"position": position}));
    assert_eq!(editor.lines(&found), ["pod.yaml:6 - {name: web, image: \"nginx:{{ .Values.image.tag }}\"}"]);
    let tag = editor.text.rfind("1.26.0").unwrap() + 2;
    let position = self::position(&editor.text, tag);
    let found = editor.ask("textDocument/definition", &json!({"position": position}));
    assert_eq!(editor.lines(&found), ["values.yaml:2 tag: 1.27.1"]);
    let context = json!({"position": position, "context": {"includeDeclaration": true}});
    let found = editor.ask("textDocument/references", &context);
    let lines = editor.lines(&found);
    assert!(lines.contains(&"values.yaml:2 tag: 1.27.1".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("pod.yaml:6")), "{lines:?}");
    let position = editor.at("local chart web:1.0.0");
    let found = editor.ask("textDocument/definition", &json!({"position": position}));
    assert_eq!(editor.lines(&found), ["Chart.yaml:2 name: web"]);
    editor.client.finish();
}

#[test]
fn completions_in_a_list() {
    let mut editor = Editor::open(small());
    let list = editor.text.clone();
    // A new line: the entries that are missing, with their comments.
    editor.write(&format!("{list}\nbu"));
    let end = editor.end();
    let items = editor.ask("textDocument/completion", &json!({"position": end}));
    assert_eq!(items[0]["label"], "busybox");
    let new = items[0]["textEdit"]["newText"].as_str().unwrap();
    assert!(new.starts_with('#') && new.ends_with("\nbusybox=busybox:1.36"), "{new}");
    let completed = apply(&editor.text, &[items[0]["textEdit"].clone()]);
    editor.write(&format!("{completed}\n"));
    let left = editor.ask("textDocument/diagnostic", &json!({}));
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "only the wrong tag is left: {left}");
    // Behind the name: what is missing, then everything.
    editor.write(&format!("{list}\nside="));
    let end = editor.end();
    assert_eq!(editor.labels(&end), ["busybox:1.36", "nginx:1.27.1"]);
    // Behind the repository: the tags that the charts deploy.
    editor.write(&format!("{list}\nweb2=docker.io/library/nginx:1"));
    let end = editor.end();
    let items = editor.ask("textDocument/completion", &json!({"position": end}));
    assert_eq!((&items[0]["label"], &items[1]), (&json!("1.27.1"), &Value::Null));
    assert!(apply(&editor.text, &[items[0]["textEdit"].clone()]).ends_with("\nweb2=docker.io/library/nginx:1.27.1"));
    // Orders, rules and images in comments.
    editor.write("# mirrorlint: ");
    let end = editor.end();
    assert_eq!(editor.labels(&end), ["allow", "exempt"]);
    editor.write("# mirrorlint: allow tag-mismatch, fl");
    let end = editor.end();
    assert!(editor.labels(&end).contains(&"floating-tag".to_owned()));
    editor.write("# mirrorlint: allow tag-mismatch: because fl");
    let end = editor.end();
    assert!(editor.labels(&end).is_empty());
    editor.write("# mirrorlint: exempt b");
    let end = editor.end();
    assert_eq!(editor.labels(&end), ["busybox:1.36", "nginx:1.27.1"]);
    editor.write(&list.replace("# Tag: 1.26.0", "# Tag: "));
    let tag = self::position(&editor.text, editor.text.find("# Tag: ").unwrap() + 7);
    assert_eq!(editor.labels(&tag), ["1.27.1"]);
    // The chart in a source note, closed where it is not.
    for (note, end) in [("(from ", ")"), ("(from local", ")"), ("(from x) y", "")] {
        editor.write(&list.replace("# Tag: 1.26.0", &format!("# Web {note}")));
        let at = editor.text.rfind("(from ").unwrap() + 6;
        let items = editor.ask("textDocument/completion", &json!({"position": self::position(&editor.text, at)}));
        assert_eq!(items[0]["label"], "local chart web:1.0.0", "{note}");
        assert_eq!(items[0]["textEdit"]["newText"], format!("local chart web:1.0.0{end}"), "{note}");
    }
    editor.client.finish();
}

#[test]
fn completions_in_a_configuration() {
    let workspace = small().file(".mirrorlint.yaml", "");
    let mut client = Client::open(&workspace.path(""), &capabilities());
    let path = workspace.path(".mirrorlint.yaml");
    client.open_document(&path, "yaml", "");
    let mut version = 1;
    let mut labels = |text: &str| {
        version += 1;
        client.change_document(&path, version, text);
        let params = json!({"textDocument": {"uri": uri(&path)}, "position": position(text, text.len())});
        let items = client.request("textDocument/completion", &params);
        let items = items.as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(labels("l"), ["allow", "exempt", "fixes", "lists", "rules"]);
    assert!(labels("rules:\n  t").contains(&"tag-mismatch".to_owned()));
    assert_eq!(labels("rules:\n  tag-mismatch: "), ["off", "info", "warning", "error"]);
    assert!(
        labels("lists:\n  - path: x\n    charts:\n      - path: y\n        k").contains(&"kube-version".to_owned())
    );
    assert!(labels("allow:\n  - rule: ").contains(&"stale-entry".to_owned()));
    client.finish();
}

#[test]
fn the_shape_of_a_list() {
    let mut editor = Editor::open(small());
    let symbols = editor.ask("textDocument/documentSymbol", &json!({}));
    assert_eq!(symbols[0]["name"], "web");
    assert_eq!(symbols[0]["detail"], "nginx:1.26.0");
    assert_eq!(symbols[0]["range"]["start"]["line"], 0);
    assert_eq!(symbols[0]["selectionRange"]["start"], json!({"line": 2, "character": 0}));
    let folds = editor.ask("textDocument/foldingRange", &json!({}));
    assert_eq!(folds, json!([{"startLine": 0, "endLine": 2, "kind": "region"}]));
    let whole = json!({"start": {"line": 0, "character": 0}, "end": editor.end()});
    let hints = editor.ask("textDocument/inlayHint", &json!({"range": whole}));
    assert_eq!(hints.as_array().unwrap().len(), 1);
    assert_eq!(hints[0]["label"], "deployed: 1.27.1");
    assert_eq!(hints[0]["position"], json!({"line": 2, "character": 16}));
    let above = json!({"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}});
    assert_eq!(editor.ask("textDocument/inlayHint", &json!({"range": above})), json!([]));
    // Editors have a line more where a CR stands alone.
    let text = editor.text.clone();
    editor.write(&format!("# one\r# two\n\n{text}"));
    let folds = editor.ask("textDocument/foldingRange", &json!({}));
    assert_eq!(folds, json!([{"startLine": 3, "endLine": 5, "kind": "region"}]));
    editor.client.finish();
}
