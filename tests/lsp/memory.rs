//! A server that is typed at for long holds no more memory than one that just began. Loosely: the allocator is not ours.

use serde_json::json;

use crate::client::{Client, uri};
use crate::workspace::{Workspace, copy, fixture};

/// Edits before the first look, and from there to the second.
const EDITS: [i64; 2] = [60, 240];

/// Bytes that may have been added: about what one of the edits reads and renders.
const MOST: u64 = 6 << 20;

#[test]
fn edits_leave_nothing_behind() {
    let workspace = Workspace::new();
    copy(&fixture("hyperpod"), &workspace.path(""));
    let mut client = Client::open(&workspace.path(""), &json!({"textDocument": {"diagnostic": {}}}));
    let list = workspace.path("tools/ecr-images.conf");
    let chart = "sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/values.yaml";
    let files =
        [(list.clone(), workspace.read("tools/ecr-images.conf")), (workspace.path(chart), workspace.read(chart))];
    for (path, text) in &files {
        client.open_document(path, "", text);
    }
    let mut version = 1;
    let mut memory = Vec::new();
    for edits in EDITS {
        for turn in 0..edits {
            version += 1;
            let (path, text) = &files[usize::from(turn % 3 == 0)];
            client.change_document(path, version, &format!("{text}# {version}\n"));
            let ask = json!({"textDocument": {"uri": uri(&list)}});
            assert!(client.request("textDocument/diagnostic", &ask)["items"].as_array().unwrap().len() > 3);
        }
        memory.extend(client.memory());
    }
    client.finish();
    if let [before, after] = memory[..] {
        assert!(after < before + MOST, "{before} bytes became {after}");
    }
}
