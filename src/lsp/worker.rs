//! The thread that computes: one task after the other. A task that panics is told to the client; the next one begins with
//! nothing remembered but what the client was told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lsp_server::{ErrorCode, Request, ResponseError};
use lsp_types::MessageType;
use serde_json::Value;

use super::client::{Client, error, unanswered};
use super::queue::{Fate, Queue, Scene, Task};
use crate::lint::words;

/// The requests that are answered here.
pub(super) const METHODS: [&str; 12] = [
    "codeAction/resolve",
    "textDocument/codeAction",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/diagnostic",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/hover",
    "textDocument/inlayHint",
    "textDocument/references",
    "workspace/diagnostic",
    "workspace/executeCommand",
];

/// What computes; ends early where it is told that nobody waits for it any more.
pub(super) trait Work {
    /// Answers a request, one of [`METHODS`].
    fn answer(&mut self, request: &Request, scene: &Scene, client: &Client) -> Result<Value, ResponseError>;

    /// Sees what a change means, and tells the client.
    fn look(&mut self, scene: &Scene, client: &Client);

    /// Computes ahead what the next change may need; tells nobody.
    fn rest(&mut self, scene: &Scene);

    /// Takes over what the client was told, from one that a panic has broken.
    fn remember(&mut self, broken: &Self);
}

/// Does what the queue holds, until that is closed.
pub(super) fn run<W: Work>(queue: &Queue, client: &Client, work: &dyn Fn() -> W) {
    let mut working = work();
    while let Some(task) = queue.next() {
        // What a panic leaves half done is thrown away, but not what the client knows.
        let outcome = catch_unwind(AssertUnwindSafe(|| match &task {
            Task::Answer(request, scene) => Some(working.answer(request, scene, client)),
            Task::Look(scene) => {
                working.look(scene, client);
                None
            }
            Task::Rest(scene) => {
                working.rest(scene);
                None
            }
        }));
        let outcome = outcome.unwrap_or_else(|panic| {
            let mut new = work();
            new.remember(&working);
            working = new;
            let what = if let Task::Answer(request, _) = &task { request.method.as_str() } else { "a check" };
            let message = format!("a defect in mirrorlint: {what} panicked: {}", words(panic.as_ref()));
            client.show(MessageType::Error, &message);
            Some(Err(error(ErrorCode::InternalError, message)))
        });
        let fate = queue.done();
        if let Task::Answer(request, _) = task {
            let answer = match fate {
                Fate::Again => continue,
                Fate::Wanted => outcome.unwrap_or(Ok(Value::Null)),
                fate => Err(unanswered(fate)),
            };
            client.respond(request.id, answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use serde_json::json;

    use super::super::client::Abilities;
    use super::super::server::{Ended, serve};
    use super::super::wire::{self, Frame};
    use super::*;
    use crate::inventory::Stop;

    /// Panics over hovers, waits for a word on completions and for its end on inlay hints and workspace diagnostics, and counts
    /// what it was asked since it began.
    struct Fragile {
        count: usize,
        before: usize,
        stop: Stop,
        go: std::sync::Arc<std::sync::Mutex<Receiver<()>>>,
    }

    impl Work for Fragile {
        fn answer(&mut self, request: &Request, _: &Scene, client: &Client) -> Result<Value, ResponseError> {
            self.count += 1;
            match request.method.as_str() {
                "textDocument/hover" => panic!("ouch"),
                "textDocument/references" => return Ok(json!(self.before)),
                "textDocument/completion" => {
                    client.log(MessageType::Log, "waiting");
                    self.go.lock().unwrap().recv().unwrap();
                }
                "textDocument/inlayHint" | "workspace/diagnostic" => {
                    client.log(MessageType::Log, "waiting");
                    while !self.stop.is_said() {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                }
                _ => {}
            }
            Ok(json!(self.count))
        }

        fn look(&mut self, _: &Scene, _: &Client) {}

        fn rest(&mut self, _: &Scene) {}

        fn remember(&mut self, broken: &Self) {
            self.before = broken.count;
        }
    }

    /// One end of a pipe of bytes.
    struct Pipe(Receiver<Vec<u8>>, Vec<u8>);

    impl Read for Pipe {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.1.is_empty() {
                self.1 = self.0.recv().unwrap_or_default();
            }
            let count = buffer.len().min(self.1.len());
            buffer[..count].copy_from_slice(&self.1[..count]);
            self.1.drain(..count);
            Ok(count)
        }
    }

    struct PipeWriter(Sender<Vec<u8>>);

    impl std::io::Write for PipeWriter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    struct Talk {
        to: PipeWriter,
        from: std::io::BufReader<Pipe>,
        go: Sender<()>,
        server: std::thread::JoinHandle<Ended>,
    }

    impl Talk {
        fn begin() -> Self {
            let ((to, input), (output, from), (go, waits)) = (channel(), channel(), channel());
            let waits = std::sync::Arc::new(std::sync::Mutex::new(waits));
            let input = std::io::BufReader::new(Pipe(input, Vec::new()));
            let work = move |_: Abilities, stop: Stop| Fragile { count: 0, before: 0, stop, go: waits.clone() };
            let server = std::thread::spawn(move || serve(input, PipeWriter(output), work));
            let from = std::io::BufReader::new(Pipe(from, Vec::new()));
            let mut talk = Self { to: PipeWriter(to), from, go, server };
            talk.say(json!({"id": 0, "method": "initialize", "params": {"capabilities": {}}}));
            assert!(talk.hear()["result"]["capabilities"].is_object());
            talk
        }

        fn say(&mut self, message: Value) {
            wire::write(&mut self.to, &message).unwrap();
        }

        fn hear(&mut self) -> Value {
            match wire::read(&mut self.from).unwrap().unwrap() {
                Frame::Message(message) => serde_json::to_value(message).unwrap(),
                Frame::Malformed(malformed) => panic!("{malformed:?}"),
            }
        }
    }

    #[test]
    fn a_panic_is_told_and_the_server_lives_on() {
        let mut talk = Talk::begin();
        talk.say(json!({"id": 1, "method": "textDocument/definition"}));
        talk.say(json!({"id": 2, "method": "textDocument/hover"}));
        talk.say(json!({"id": 3, "method": "textDocument/definition"}));
        assert_eq!(talk.hear()["result"], 1);
        let told = talk.hear();
        assert_eq!(told["method"], "window/showMessage");
        assert!(told["params"]["message"].as_str().unwrap().contains("textDocument/hover panicked: ouch"));
        let refused = talk.hear();
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(2), &json!(-32603)));
        assert_eq!(talk.hear()["result"], 1, "it began anew");
        talk.say(json!({"id": 5, "method": "textDocument/references"}));
        assert_eq!(talk.hear()["result"], 2, "and knows what was said before");
        talk.say(json!({"id": 4, "method": "shutdown"}));
        assert_eq!(talk.hear()["id"], 4);
        talk.say(json!({"method": "exit"}));
        assert_eq!(talk.server.join().unwrap(), Ended::Properly);
    }

    #[test]
    fn cancelled_requests_are_dropped_waiting_or_not() {
        let mut talk = Talk::begin();
        talk.say(json!({"id": 1, "method": "textDocument/completion"}));
        assert_eq!(talk.hear()["method"], "window/logMessage");
        talk.say(json!({"id": 2, "method": "textDocument/definition"}));
        talk.say(json!({"id": 3, "method": "textDocument/definition"}));
        for id in [3, 1] {
            talk.say(json!({"method": "$/cancelRequest", "params": {"id": id}}));
        }
        let dropped = talk.hear();
        assert_eq!((&dropped["id"], &dropped["error"]["code"]), (&json!(3), &json!(-32800)));
        // The server reads in order: once it refuses this one, it has read the other cancellation.
        talk.say(json!({"id": 9, "method": "no/such"}));
        assert_eq!(talk.hear()["error"]["code"], -32601);
        talk.go.send(()).unwrap();
        let late = talk.hear();
        assert_eq!((&late["id"], &late["error"]["code"]), (&json!(1), &json!(-32800)));
        assert_eq!(talk.hear()["result"], 2, "what was cancelled while it waited was never begun");
        drop(talk.to);
        assert_eq!(talk.server.join().unwrap(), Ended::Abruptly("the client has gone away".to_owned()));
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_ended() {
        let mut talk = Talk::begin();
        talk.say(json!({"id": 1, "method": "textDocument/inlayHint"}));
        assert_eq!(talk.hear()["method"], "window/logMessage");
        talk.say(json!({"method": "$/cancelRequest", "params": {"id": 1}}));
        assert_eq!(talk.hear()["error"]["code"], -32800);
        talk.say(json!({"id": 2, "method": "workspace/diagnostic"}));
        assert_eq!(talk.hear()["method"], "window/logMessage");
        let document = json!({"uri": "file:///w/x", "languageId": "conf", "version": 1, "text": ""});
        talk.say(json!({"method": "textDocument/didOpen", "params": {"textDocument": document}}));
        let superseded = talk.hear();
        assert_eq!((&superseded["id"], &superseded["error"]["code"]), (&json!(2), &json!(-32802)));
        assert_eq!(superseded["error"]["data"]["retriggerRequest"], true);
        talk.say(json!({"id": 3, "method": "textDocument/inlayHint"}));
        assert_eq!(talk.hear()["method"], "window/logMessage");
        talk.say(json!({"id": 4, "method": "shutdown"}));
        assert_eq!(talk.hear()["error"]["code"], -32800, "nor does it keep the server from ending");
        assert_eq!(talk.hear()["id"], 4);
        talk.say(json!({"method": "exit"}));
        assert_eq!(talk.server.join().unwrap(), Ended::Properly);
    }

    #[test]
    fn newer_edits_supersede_requests_for_diagnostics() {
        let mut talk = Talk::begin();
        talk.say(json!({"id": 1, "method": "textDocument/completion"}));
        assert_eq!(talk.hear()["method"], "window/logMessage");
        talk.say(json!({"id": 2, "method": "textDocument/diagnostic"}));
        let document = json!({"uri": "file:///w/x", "languageId": "conf", "version": 1, "text": ""});
        talk.say(json!({"method": "textDocument/didOpen", "params": {"textDocument": document}}));
        let superseded = talk.hear();
        assert_eq!((&superseded["id"], &superseded["error"]["code"]), (&json!(2), &json!(-32802)));
        assert_eq!(superseded["error"]["data"]["retriggerRequest"], true);
        talk.go.send(()).unwrap();
        assert_eq!(talk.hear()["result"], 1);
        std::thread::sleep(Duration::from_millis(1));
        talk.say(json!({"method": "exit"}));
        assert!(matches!(talk.server.join().unwrap(), Ended::Abruptly(_)));
    }
}
