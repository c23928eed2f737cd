//! Small workspaces that tests write into temporary folders, the fixtures, and the binary run on them.

#![allow(dead_code)] // each test crate uses its part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder that goes away with the test.
pub struct Workspace {
    folder: TempDir,
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A workspace with `list` as `tools/ecr-images.conf`.
    pub fn with_list(list: &str) -> Self {
        Self::new().file("tools/ecr-images.conf", list)
    }

    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// A chart of version 1.0.0, called as its folder is; one pod with a container (`c0`, `c1`, ...) for each image.
    pub fn chart(self, folder: &str, images: &[&str]) -> Self {
        let name = folder.rsplit('/').next().unwrap().to_owned();
        self.file(&format!("{folder}/Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"))
            .file(&format!("{folder}/templates/{name}.yaml"), pod(&name, images))
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs the binary in the workspace.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run(self.folder.path(), arguments, &[])
    }

    /// The findings of `check` as `PATH:LINE:COLUMN RULE MESSAGE`.
    pub fn findings(&self) -> Vec<String> {
        self.findings_with(&[])
    }

    pub fn findings_with(&self, arguments: &[&str]) -> Vec<String> {
        let run = self.run(&[&["check", "--format", "json"], arguments].concat());
        assert!(run.code < 2, "could not run:\n{}", run.stderr);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let row = |finding: &serde_json::Value| {
            let (place, start) = (&finding["location"], &finding["location"]["start"]);
            let (rule, message) = (text(&finding["rule"]), text(&finding["message"]));
            format!("{}:{}:{} {rule} {message}", text(&place["path"]), start["line"], start["column"])
        };
        report["findings"].as_array().unwrap().iter().map(row).collect()
    }

    /// The list after the first fix of each finding of `rule`, the last first.
    pub fn fixed(&self, rule: &str) -> String {
        let run = self.run(&["check", "--format", "json", "--exit-zero", "--select", rule]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let mut text = self.read("tools/ecr-images.conf");
        for finding in report["findings"].as_array().unwrap().iter().rev() {
            if let Some(edits) = finding["fixes"][0]["edits"].as_array() {
                text = apply(&text, edits);
            }
        }
        text
    }
}

/// A pod's manifest with a container for each image.
pub fn pod(name: &str, images: &[&str]) -> String {
    let container = |(number, image): (usize, &&str)| format!("  - {{name: c{number}, image: \"{image}\"}}\n");
    let containers: String = images.iter().enumerate().map(container).collect();
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n{containers}")
}

/// An archive of `(path, content)`; a path that ends in `@` is a symbolic link to the content.
pub fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        let link = path.strip_suffix('@');
        // Written by hand: the library refuses the paths that are to be refused.
        let name = link.unwrap_or(path).as_bytes();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_mode(0o644);
        if link.is_some() {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_link_name(std::str::from_utf8(content).unwrap()).unwrap();
        }
        let content = if link.is_some() { &[][..] } else { content };
        header.set_size(content.len() as u64);
        header.set_cksum();
        archive.append(&header, content).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// The edits of a fix of the JSON report, applied.
pub fn apply(text: &str, edits: &[serde_json::Value]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let number = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    for edit in edits.iter().rev() {
        let new = edit["text"].as_str().unwrap().bytes();
        bytes.splice(number(&edit["start"])..number(&edit["end"]), new);
    }
    String::from_utf8(bytes).unwrap()
}

/// What a run of the binary gave.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Everything that was printed.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs the binary in `folder` and holds what is true of every run: no panic, one of three exit codes.
pub fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env_remove("NO_COLOR").env("COLUMNS", "100");
    // What this machine has of charts is no part of a test.
    for cache in ["MIRRORLINT_CACHE", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "DOCKER_CONFIG"] {
        command.env(cache, "/nowhere");
    }
    for variable in ["FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    for option in ["COLOR", "CONFIG", "FAIL_ON", "FORMAT", "IGNORE", "KUBE_VERSION", "REGION", "SELECT"] {
        command.env_remove(format!("MIRRORLINT_{option}"));
    }
    for variable in ["HELM_REPOSITORY_CACHE", "HELM_REPOSITORY_CONFIG", "HELM_REGISTRY_CONFIG"] {
        command.env_remove(variable);
    }
    command.envs(environment.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let run =
        Run { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) };
    assert!(!run.stderr.contains("panicked"), "{arguments:?} panicked:\n{}", run.stderr);
    assert!((0..=2).contains(&run.code), "{arguments:?} ended with {}:\n{}", run.code, run.stderr);
    run
}

/// The folder of a fixture.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// All files below `folder` with their bytes.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_owned(), std::fs::read(entry.path()).unwrap())).collect()
}

/// Copies `folder` to `target`.
pub fn copy(folder: &Path, target: &Path) {
    for (path, bytes) in contents(folder) {
        let path = target.join(path.strip_prefix(folder).unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
