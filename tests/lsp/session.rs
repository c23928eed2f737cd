//! A long session: what is kept from one edit to the next never changes an answer. After each edit the server says what a new
//! one says that is shown the same documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::workspace::{Workspace, copy, fixture};

/// Edits that are tried.
const EDITS: usize = 40;

/// A chart with switches, an image behind one of them, one that only the list can tell to be one, and a region.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    let templates = "sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/mpi-operator/templates";
    workspace
        .file(
            &format!("{templates}/extra.yaml"),
            "{{- if .Values.extra.enabled }}\napiVersion: v1\nkind: Pod\nmetadata: {name: extra}\nspec:\n  containers:\n  \
             - {name: extra, image: \"quay.io/team/extra:1\", args: [\"--helper=team/helper:2\"]}\n{{- end }}\n",
        )
        .file(&format!("{templates}/settings.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  what: team/tool:3\n")
}

/// What somebody adds to a list: nothing that is deployed, what is behind a switch, what the list alone vouches for.
const ENTRIES: [&str; 7] = [
    "",
    "\nnew=docker.io/library/nginx:1.2",
    "\nnew=docker.io/library/nginx:1.27.1\n",
    "\nextra=quay.io/team/extra:1\n",
    "\nhelper=team/helper:2\n",
    "\ntool=team/tool:3\n",
    "\ntool=team/tool:4\nnew=team/helper:1\n",
];

fn diagnostics(client: &mut Client) -> Value {
    let mut all = client.request("workspace/diagnostic", &json!({"previousResultIds": []}));
    // A new server sees each document in its first version.
    for report in all["items"].as_array_mut().unwrap() {
        report["version"] = Value::Null;
    }
    all
}

fn fresh(folder: &Path, documents: &BTreeMap<PathBuf, String>) -> Value {
    let mut client = Client::open(folder, &json!({"textDocument": {"diagnostic": {}}}));
    documents.iter().for_each(|(path, text)| client.open_document(path, "", text));
    let all = diagnostics(&mut client);
    client.finish();
    all
}

#[test]
fn what_is_kept_changes_no_answer() {
    let workspace = workspace();
    let folder = workspace.path("");
    let chart = "sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart";
    let list = workspace.path("tools/ecr-images.conf");
    let values = workspace.path(&format!("{chart}/charts/mpi-operator/values.yaml"));
    let new = workspace.path(&format!("{chart}/charts/mpi-operator/templates/new.yaml"));
    let (list_text, values_text) = [&list, &values].map(|path| std::fs::read_to_string(path).unwrap()).into();
    let mut documents = BTreeMap::from([(list.clone(), list_text.clone()), (values.clone(), values_text.clone())]);
    let mut client = Client::open(&folder, &json!({"textDocument": {"diagnostic": {}}}));
    documents.iter().for_each(|(path, text)| client.open_document(path, "", text));
    // Always the same edits, in an order without order.
    let mut state = 7_usize;
    let mut next = |count: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % count
    };
    let mut seen = BTreeMap::new();
    for turn in 0..EDITS {
        let version = i64::try_from(turn).unwrap() + 2;
        match next(4) {
            0 => {
                let text = format!("{values_text}extra: {{enabled: {}}}\n", next(2) == 0);
                client.change_document(&values, version, &text);
                documents.insert(values.clone(), text);
            }
            1 if documents.remove(&new).is_some() => client.close_document(&new),
            1 => {
                let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: new}\nspec: {containers: [{name: a, image: team/new:1}]}\n";
                client.open_document(&new, "", text);
                documents.insert(new.clone(), text.to_owned());
            }
            _ => {
                let text = format!("{list_text}{}", ENTRIES[next(ENTRIES.len())]);
                client.change_document(&list, version, &text);
                documents.insert(list.clone(), text);
            }
        }
        if turn % 20 == 9 {
            // Long enough for things to be computed ahead.
            std::thread::sleep(std::time::Duration::from_millis(1300));
        }
        let (told, new) = (diagnostics(&mut client), fresh(&folder, &documents));
        assert_eq!(told, new, "after edit {turn}: {}", uri(&list));
        seen.insert(told.to_string(), turn);
    }
    assert!(seen.len() > 8, "the edits change what there is to say: {}", seen.len());
    client.finish();
}
