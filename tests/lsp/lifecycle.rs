//! Hello and goodbye, and input that is no message.

use serde_json::{Value, json};

use crate::client::{Client, frame, uri};
use crate::workspace::Workspace;

fn empty() -> Workspace {
    Workspace::new().file("keep", "")
}

fn initialized(workspace: &Workspace) -> Client {
    let mut client = Client::open(&workspace.path(""), &json!({}));
    client.server = Value::Null;
    client
}

#[test]
fn the_server_says_what_it_can_do() {
    let workspace = empty();
    let mut client = Client::start(&workspace.path(""));
    client.initialize(&json!({"processId": null, "rootUri": null, "capabilities": {}}));
    let server = client.server.clone();
    assert_eq!(server["serverInfo"], json!({"name": "mirrorlint", "version": env!("CARGO_PKG_VERSION")}));
    let offered = &server["capabilities"];
    assert_eq!(offered["positionEncoding"], "utf-16");
    assert_eq!(offered["textDocumentSync"]["change"], 2);
    assert!(offered.get("diagnosticProvider").is_none(), "a client that does not ask is told");
    assert!(offered.get("codeActionProvider").is_none(), "a client that knows commands only gets none");
    client.notify("initialized", &json!({}));
    client.finish();
}

#[test]
fn nothing_goes_before_initialize() {
    let workspace = empty();
    let mut client = Client::start(&workspace.path(""));
    assert_eq!(client.refused("textDocument/hover", &json!({})), -32002);
    assert_eq!(client.refused("shutdown", &Value::Null), -32002);
    client.notify("textDocument/didOpen", &json!({"nonsense": true}));
    client.initialize(&json!({"capabilities": {}}));
    assert_eq!(client.refused("initialize", &json!({"capabilities": {}})), -32600);
    client.finish();
}

#[test]
fn initialize_with_wrong_parameters_can_be_repeated() {
    let workspace = empty();
    let mut client = Client::start(&workspace.path(""));
    assert_eq!(client.refused("initialize", &json!({"capabilities": 7})), -32602);
    client.initialize(&json!({"capabilities": {}}));
    client.finish();
}

#[test]
fn exit_without_shutdown_is_an_error() {
    let workspace = empty();
    for initialize in [false, true] {
        let mut client = Client::start(&workspace.path(""));
        if initialize {
            client.initialize(&json!({"capabilities": {}}));
        }
        client.notify("exit", &Value::Null);
        assert_eq!(client.ended(), 1);
        assert!(client.complaints().contains("exit before shutdown"));
    }
}

#[test]
fn a_client_that_goes_away_ends_the_server() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    client.hang_up();
    assert_eq!(client.ended(), 1);
    assert!(client.complaints().contains("gone away"));
}

#[test]
fn after_shutdown_everything_is_refused() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    assert_eq!(client.request("shutdown", &Value::Null), Value::Null);
    assert_eq!(client.refused("textDocument/hover", &json!({})), -32600);
    assert_eq!(client.refused("shutdown", &Value::Null), -32600);
    client.notify("exit", &Value::Null);
    assert_eq!(client.ended(), 0);
}

#[test]
fn what_nobody_knows_is_refused_and_ignored() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    assert_eq!(client.refused("textDocument/unheardOf", &json!({})), -32601);
    client.notify("$/unheardOf", &json!({}));
    client.notify("textDocument/unheardOf", &json!({}));
    client.send(&json!({"jsonrpc": "2.0", "id": 4711, "result": "an answer to nothing"}));
    client.notify("$/cancelRequest", &json!({"id": "never asked"}));
    assert_eq!(client.refused("textDocument/diagnostic", &json!({"position": "none"})), -32602);
    client.notify("textDocument/didChange", &json!({"nonsense": true}));
    let logged = client.expect("window/logMessage");
    assert!(logged["message"].as_str().unwrap().starts_with("textDocument/didChange was ignored"));
    client.finish();
}

#[test]
fn changes_to_what_is_not_open_are_ignored() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    let nowhere = workspace.path("nowhere");
    client.change_document(&nowhere, 2, "x=y:1\n");
    client.close_document(&nowhere);
    let position = json!({"textDocument": {"uri": uri(&nowhere)}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.request("textDocument/hover", &position), Value::Null);
    client.finish();
}

#[test]
fn broken_json_is_answered_and_the_next_message_is_read() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    for (broken, code) in
        [("{", -32700), ("\u{1f600}", -32700), ("[]", -32600), ("7", -32600), (r#"{"jsonrpc":"1.0","id":1}"#, -32600)]
    {
        client.send_raw(&frame(broken));
        let answer = client.next();
        assert_eq!((&answer["error"]["code"], answer.get("method")), (&json!(code), None), "{broken}");
    }
    client.finish();
}

#[test]
fn a_request_whose_id_is_none_is_refused_and_not_forgotten() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    for (id, told) in [("3000000000", json!(3_000_000_000_u32)), ("1.5", Value::Null), ("null", Value::Null)] {
        client
            .send_raw(&frame(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"textDocument/hover","params":{{}}}}"#)));
        let answer = client.next();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32600), &told), "{id}");
    }
    client.finish();
}

#[test]
fn requests_in_a_batch_are_refused_as_a_whole() {
    let workspace = empty();
    let mut client = initialized(&workspace);
    client.send(&json!([{"jsonrpc": "2.0", "id": 7, "method": "shutdown"}]));
    let answer = client.next();
    assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32600), &Value::Null));
    client.finish();
}

#[test]
fn a_broken_frame_is_answered_and_ends_the_server() {
    let workspace = empty();
    for (broken, why) in [
        ("Content-Length: 3\r\n\r\n{}", None),
        ("Content-Length: 1\r\n\r\n{}nonsense\r\n\r\n", Some(-32700)),
        ("Content-Length: 18446744073709551615\r\n\r\n{}", None),
        ("Content-Length: many\r\n\r\n{}", None),
        ("Content-Length: -2\r\n\r\n{}", None),
        ("{}\r\n\r\n", None),
        ("\r\n", None),
    ] {
        let mut client = initialized(&workspace);
        client.send_raw(broken);
        client.hang_up();
        if let Some(first) = why {
            assert_eq!(client.next()["error"]["code"], first, "{broken:?}");
        }
        let answer = client.next();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32700), &Value::Null), "{broken:?}");
        assert_eq!(client.ended(), 1, "{broken:?}");
        assert!(client.complaints().starts_with("warning: "), "{broken:?}");
    }
}
