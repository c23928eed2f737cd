//! How long the editor server takes from a keystroke to the diagnostics, and what memory it holds after many. Prints figures;
//! asserts none. `cargo bench --bench editor`; MIRRORLINT_WORKSPACE names another workspace than the fixture.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a measurement may stop

#[path = "../lsp/client.rs"]
#[allow(dead_code)]
mod client;
#[path = "../workspace/mod.rs"]
mod workspace;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use client::Client;
use serde_json::json;
use workspace::{Workspace, copy, fixture};

const LIST: &str = "tools/ecr-images.conf";

/// How many keystrokes are measured.
const KEYSTROKES: usize = 200;

fn main() {
    let given = std::env::var_os("MIRRORLINT_WORKSPACE").map_or_else(|| fixture("hyperpod"), PathBuf::from);
    let workspace = Workspace::new();
    copy(&given, &workspace.path(""));
    let root = workspace.path("");
    let chart = umbrella(&root);
    println!("workspace: {}, chart: {}", given.display(), chart.strip_prefix(&root).unwrap().display());
    let edits = std::env::var("MIRRORLINT_EDITS").ok().and_then(|edits| edits.parse().ok()).unwrap_or(10_000);

    println!("one render, as a command:     {}", told(&(0..20).map(|_| render(&chart)).collect::<Vec<_>>()));
    let mut editor = Editor::open(&root);
    let list = root.join(LIST);
    let text = std::fs::read_to_string(&list).unwrap();
    editor.open_document(&list, &text);
    let times: Vec<_> =
        (0..KEYSTROKES).map(|turn| editor.keystroke(&list, &format!("{text}{}", typed(turn)))).collect();
    println!("a keystroke in the list:      {}", told(&times));
    let tags: Vec<_> =
        (0..KEYSTROKES).map(|turn| editor.keystroke(&list, &text.replace(":v0", &format!(":v{}", turn % 7)))).collect();
    println!("a keystroke in a tag:         {}", told(&tags));
    let values = chart.join("values.yaml");
    let text = std::fs::read_to_string(&values).unwrap();
    editor.open_document(&values, &text);
    let times: Vec<_> = (0..KEYSTROKES).map(|turn| editor.keystroke(&values, &format!("{text}# {turn}\n"))).collect();
    println!("a keystroke in values.yaml:   {}", told(&times));

    let list_text = std::fs::read_to_string(&list).unwrap();
    let mut last = 0;
    for turn in 0..edits {
        if [100, 1000, edits - 1].contains(&turn) {
            let memory = editor.client.memory().unwrap_or_default();
            println!("memory after {turn:>5} edits:     {:.1} MiB", memory as f64 / f64::from(1 << 20));
            last = memory;
        }
        if turn % 50 == 0 {
            editor.keystroke(&values, &format!("{text}# {turn}\n"));
        }
        editor.keystroke(&list, &format!("{list_text}{}", typed(turn)));
    }
    assert!(last > 0 || edits == 0 || !Path::new("/proc").exists());
    editor.client.finish();
}

/// What somebody types at the end of the list: an entry, letter by letter.
fn typed(turn: usize) -> String {
    let entry = "\nweb=docker.io/library/nginx:1.27.";
    let number = turn.to_string();
    format!("{}{number}", &entry[..entry.len() - turn % entry.len()])
}

struct Editor {
    client: Client,
    version: i64,
}

impl Editor {
    fn open(root: &Path) -> Self {
        let client = Client::open(root, &json!({"textDocument": {"diagnostic": {}}}));
        Self { client, version: 1 }
    }

    fn open_document(&mut self, path: &Path, text: &str) {
        self.client.open_document(path, "", text);
        self.ask(path);
    }

    /// Asks for the diagnostics of a document, as an editor does after each change.
    fn ask(&mut self, path: &Path) {
        self.client.request("textDocument/diagnostic", &json!({"textDocument": {"uri": client::uri(path)}}));
    }

    fn keystroke(&mut self, path: &Path, text: &str) -> Duration {
        self.version += 1;
        let start = Instant::now();
        self.client.change_document(path, self.version, text);
        self.ask(path);
        start.elapsed()
    }
}

fn render(chart: &Path) -> Duration {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    command.arg("render").arg(chart).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap();
    start.elapsed()
}

/// The chart with the most files.
fn umbrella(root: &Path) -> PathBuf {
    let charts = walkdir::WalkDir::new(root).into_iter().flatten().filter(|entry| entry.file_name() == "Chart.yaml");
    let folders = charts.map(|entry| entry.path().parent().unwrap().to_owned());
    folders.max_by_key(|folder| walkdir::WalkDir::new(folder).into_iter().count()).unwrap()
}

fn told(times: &[Duration]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = |share: usize| sorted[(sorted.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    format!("median {:.1} ms, 95 of 100 within {:.1} ms", at(50), at(95))
}
