//! A small client of our own: strict about what the server may say, and when. What it did not ask for and did not expect is a
//! failure, and so is what it did not read.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long an answer may take, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client and its server.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came while something else was waited for.
    early: VecDeque<Value>,
    next: i64,
    finished: bool,
    /// What the server can do.
    pub server: Value,
}

impl Client {
    /// A server that was not spoken to.
    pub fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mirrorlint"))
            .arg("lsp")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, messages) = channel();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || while read(&mut output).is_some_and(|message| sender.send(message).is_ok()) {});
        let input = child.stdin.take();
        Self { child, input, messages, early: VecDeque::new(), next: 1, finished: false, server: Value::Null }
    }

    /// A server in `folder` that was told what the client can do, and works.
    pub fn open(folder: &Path, capabilities: &Value) -> Self {
        let mut client = Self::start(folder);
        let folders = json!([{"uri": uri(folder), "name": "w"}]);
        client.initialize(&json!({"capabilities": capabilities, "workspaceFolders": folders}));
        client.notify("initialized", &json!({}));
        client
    }

    pub fn initialize(&mut self, params: &Value) {
        self.server = self.request("initialize", params);
    }

    /// Sends a message as it is.
    pub fn send(&mut self, message: &Value) {
        self.send_raw(&frame(&message.to_string()));
    }

    pub fn send_raw(&mut self, bytes: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes.as_bytes()).and_then(|()| input.flush()).unwrap();
    }

    pub fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks, and does not wait for the answer; gives the request's id.
    pub fn ask(&mut self, method: &str, params: &Value) -> i64 {
        let id = self.next;
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The result of a request, which comes next.
    pub fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method} was refused: {answer}");
        answer["result"].clone()
    }

    /// The code of the error that a request is refused with.
    pub fn refused(&mut self, method: &str, params: &Value) -> i64 {
        let id = self.ask(method, params);
        self.answer(id)["error"]["code"].as_i64().unwrap()
    }

    /// The answer to the request `id`, which comes next.
    pub fn answer(&mut self, id: i64) -> Value {
        let message = self.next();
        assert_eq!(message["id"], id, "not the answer that was expected: {message}");
        assert!(message.get("method").is_none(), "{message}");
        message
    }

    /// The parameters of a notification, which comes next.
    pub fn expect(&mut self, method: &str) -> Value {
        let message = self.next();
        assert_eq!(message["method"], method, "{message}");
        assert!(message.get("id").is_none(), "{message}");
        message["params"].clone()
    }

    /// The parameters of a request of the server, which comes next and is answered with `result`.
    pub fn serve(&mut self, method: &str, result: &Value) -> Value {
        let message = self.next();
        assert_eq!(message["method"], method, "{message}");
        self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
        message["params"].clone()
    }

    /// The next message, whatever it is.
    pub fn next(&mut self) -> Value {
        if let Some(message) = self.early.pop_front() {
            return message;
        }
        match self.messages.recv_timeout(PATIENCE) {
            Ok(message) => message,
            Err(error) => {
                let _ = self.child.kill();
                panic!("nothing came ({error}); standard error: {}", self.complaints());
            }
        }
    }

    pub fn open_document(&mut self, path: &Path, language: &str, text: &str) {
        let document = json!({"uri": uri(path), "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}));
    }

    /// Puts `text` in place of the whole document.
    pub fn change_document(&mut self, path: &Path, version: i64, text: &str) {
        let changes = json!([{"text": text}]);
        let params = json!({"textDocument": {"uri": uri(path), "version": version}, "contentChanges": changes});
        self.notify("textDocument/didChange", &params);
    }

    pub fn close_document(&mut self, path: &Path) {
        self.notify("textDocument/didClose", &json!({"textDocument": {"uri": uri(path)}}));
    }

    /// Ends as the protocol wants it. Nothing may have been left unread.
    pub fn finish(mut self) {
        assert_eq!(self.request("shutdown", &Value::Null), Value::Null);
        self.notify("exit", &Value::Null);
        assert_eq!(self.ended(), 0);
    }

    /// The exit code, after the server has ended by itself. Nothing may have been left unread.
    pub fn ended(&mut self) -> i32 {
        let unread = self.early.pop_front();
        assert!(unread.is_none(), "unread: {unread:?}");
        match self.messages.recv_timeout(PATIENCE) {
            Ok(message) => panic!("unread: {message}"),
            Err(RecvTimeoutError::Timeout) => panic!("the server does not end"),
            Err(RecvTimeoutError::Disconnected) => {}
        }
        self.finished = true;
        self.child.wait().unwrap().code().unwrap()
    }

    /// Closes the server's standard input.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// What the server said on standard error, once it has ended.
    pub fn complaints(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// The processor time that the server took, where the system tells; in steps of 10 ms.
    #[allow(dead_code)] // the benchmark's
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Bytes of memory that the server holds, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        assert!(self.finished || std::thread::panicking(), "the server was not ended");
    }
}

/// `json` as it goes over the wire.
pub fn frame(json: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{json}", json.len())
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut header = String::new();
    output.read_line(&mut header).ok().filter(|count| *count > 0)?;
    let length = header.strip_prefix("Content-Length: ").unwrap().trim_end().parse().unwrap();
    let mut blank = String::new();
    output.read_line(&mut blank).unwrap();
    assert_eq!(blank, "\r\n");
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).unwrap();
    let message: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(message["jsonrpc"], "2.0");
    Some(message)
}

/// The URI of the file at `path`.
pub fn uri(path: &Path) -> String {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = "file://".to_owned();
    for byte in path.to_str().unwrap().bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => uri.push(byte as char),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
