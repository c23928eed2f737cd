//! A workspace with an umbrella chart, a cache of its own, and the binary run in it.

use std::path::{Path, PathBuf};

use crate::repository::umbrella;
use crate::workspace::{Run, Workspace, contents, run};

pub struct Place {
    pub workspace: Workspace,
    pub variables: Vec<(String, String)>,
}

impl Place {
    /// A workspace whose chart `umbrella` depends on `NAME VERSION REPOSITORY`.
    pub fn new(dependencies: &[(&str, &str, &str)]) -> Self {
        let list = "# Web (from local chart web)\nweb=docker.io/acme/web:1\n";
        let workspace = Workspace::with_list(list).file("umbrella/Chart.yaml", umbrella(dependencies));
        let mut place = Self { workspace, variables: Vec::new() };
        let cache = place.path("cache").display().to_string();
        let helm = place.path("helm").display().to_string();
        place.set("MIRRORLINT_CACHE", &cache);
        place.set("HELM_CACHE_HOME", &format!("{helm}/cache"));
        place.set("HELM_CONFIG_HOME", &format!("{helm}/config"));
        place.set("DOCKER_CONFIG", &format!("{helm}/docker"));
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"] {
            place.set(variable, "");
        }
        place
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.workspace = self.workspace.file(path, content);
        self
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.workspace.path(path)
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        run(&self.path("."), arguments, &variables)
    }

    /// `fetch`, impatient.
    pub fn fetch(&self) -> Run {
        self.fetch_with(&[])
    }

    pub fn fetch_with(&self, arguments: &[&str]) -> Run {
        self.run(&[&["fetch", "--timeout", "2", "--retries", "1"], arguments].concat())
    }

    /// What a fetch that fails says; nothing may be left of it.
    pub fn fails(&self) -> String {
        let run = self.fetch();
        assert_eq!(run.code, 2, "{}", run.text());
        assert_eq!(self.packages(), Vec::<String>::new(), "{}", run.text());
        assert!(!self.path(".mirrorlint.lock").exists());
        run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "")
    }

    /// The files of the cache below `packages`, and all that is half-written.
    pub fn packages(&self) -> Vec<String> {
        let cache = self.path("cache");
        if !cache.exists() {
            return Vec::new();
        }
        let mut names: Vec<_> = contents(&cache)
            .into_keys()
            .filter(|path| !path.starts_with(cache.join("index")))
            .map(|path| Path::new(path.file_name().unwrap()).display().to_string())
            .collect();
        names.sort();
        names
    }

    /// The images that `images` finds in the umbrella chart.
    pub fn images(&self) -> Vec<String> {
        let run = self.run(&["images", "umbrella", "--format", "plain"]);
        assert_eq!(run.code, 0, "{}", run.text());
        run.stdout.lines().map(str::to_owned).collect()
    }

    /// The findings of `rule`.
    pub fn findings(&self, rule: &str) -> Vec<String> {
        let run = self.run(&["check", "--format", "concise", "--exit-zero", "--select", rule]);
        assert_eq!(run.code, 0, "{}", run.text());
        run.stdout.lines().filter(|line| line.contains(&format!("[{rule}]"))).map(str::to_owned).collect()
    }
}
