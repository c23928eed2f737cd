//! The same repositories asked by us and by real Helm (`MIRRORLINT_HELM`), and a real registry (Debian's `docker-registry`) where
//! they are installed.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mirrorlint::store::sha256;

use crate::place::Place;
use crate::repository::{chart, entry, files, repository};
use crate::server::Server;

/// Helm, where it is.
pub fn helm() -> Option<PathBuf> {
    let found = std::env::var_os("MIRRORLINT_HELM").map(PathBuf::from).filter(|path| path.is_file());
    if found.is_none() {
        eprintln!("MIRRORLINT_HELM names no Helm: nothing was compared");
    }
    found
}

/// Runs Helm in `place`, with the same folders of its own as we have.
pub fn run_helm(helm: &Path, place: &Place, arguments: &[&str]) -> String {
    let mut command = Command::new(helm);
    command.args(arguments).current_dir(place.path("."));
    command.envs(place.variables.iter().map(|(name, value)| (name, value)));
    let output = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "helm {arguments:?}: {text}");
    text
}

/// The packages in a `charts/`, with their bytes.
pub fn packages(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let read =
        |entry: std::fs::DirEntry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap());
    let mut found: Vec<_> = entries.map(read).collect();
    found.sort();
    found
}

/// What Helm and we put into `charts/`: the same.
fn compare(helm: &Path, place: &Place) -> Vec<String> {
    run_helm(helm, place, &["dependency", "update", "umbrella"]);
    let charts = place.path("umbrella/charts");
    let theirs = packages(&charts);
    std::fs::remove_dir_all(&charts).unwrap();
    // Once more from its lock file, which both obey now.
    run_helm(helm, place, &["dependency", "build", "umbrella"]);
    assert_eq!(packages(&charts), theirs);
    std::fs::remove_dir_all(&charts).unwrap();
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let ours = packages(&charts);
    assert_eq!(ours, theirs);
    std::fs::remove_dir_all(&charts).unwrap();
    // And without it: the newest that the constraints allow.
    std::fs::remove_file(place.path("umbrella/Chart.lock")).unwrap();
    std::fs::remove_file(place.path(".mirrorlint.lock")).unwrap();
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(packages(&charts), theirs);
    ours.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn helm_brings_the_same_bytes_from_a_repository() {
    let Some(helm) = helm() else { return };
    let versions = ["1.0.0", "1.2.0", "1.10.0", "1.10.1-rc.1", "2.0.0"];
    let mut charts: Vec<_> = versions.iter().map(|version| ("web", *version, chart("web", version, "web:1"))).collect();
    charts.push(("api", "0.3.1", chart("api", "0.3.1", "api:1")));
    charts.push(("v-chart", "v1.2.3", chart("v-chart", "v1.2.3", "v:1")));
    let server = repository(&charts);
    for (version, expected) in [
        ("^1.0.0", "1.10.0"),
        ("~1.2", "1.2.0"),
        (">=1.10.1-0 <1.99.0-0", "1.10.1-rc.1"),
        ("*", "2.0.0"),
        ("1.2.0", "1.2.0"),
    ] {
        let dependencies =
            [("web", version, "@local"), ("api", "0.3.x", "alias:local"), ("v-chart", "1.2.3", "@local")];
        let place = Place::new(&dependencies);
        run_helm(&helm, &place, &["repo", "add", "local", &server.url()]);
        let names = compare(&helm, &place);
        assert_eq!(names, ["api-0.3.1.tgz".to_owned(), "v-chart-v1.2.3.tgz".to_owned(), format!("web-{expected}.tgz")]);
    }
}

#[test]
fn what_helm_packages_and_indexes_is_read() {
    let Some(helm) = helm() else { return };
    let place = Place::new(&[]);
    for (name, version) in [("web", "1.0.0"), ("web", "1.1.0+build.5"), ("api", "0.1.0")] {
        place.write(
            &format!("src/{name}/Chart.yaml"),
            format!("apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: '1.10'\n"),
        );
        run_helm(&helm, &place, &["package", &format!("src/{name}"), "--destination", "published"]);
    }
    run_helm(&helm, &place, &["repo", "index", "published"]);
    let folder = place.path("published");
    let read = |entry: std::fs::DirEntry| {
        (format!("/{}", entry.file_name().into_string().unwrap()), std::fs::read(entry.path()).unwrap())
    };
    let server = Server::of_files(std::fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap())).collect());
    let place = Place::new(&[("web", "^1.0.0", &server.url()), ("api", "0.1.0", &server.url())]);
    run_helm(&helm, &place, &["repo", "add", "local", &server.url()]);
    assert_eq!(compare(&helm, &place), ["api-0.1.0.tgz", "web-1.1.0+build.5.tgz"]);
}

/// A registry of Debian's on a port of its own; it ends with this value.
pub struct DockerRegistry {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl DockerRegistry {
    fn start() -> Option<Self> {
        Self::with("")
    }

    /// One with more lines in its configuration.
    pub fn with(more: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n{more}",
            folder.path().display()
        );
        let file = folder.path().join("config.yml");
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(file).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(child) = command.spawn() else {
            eprintln!("there is no docker-registry: nothing was compared");
            return None;
        };
        let registry = Self { child, port, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "docker-registry does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    pub fn repository(&self) -> String {
        format!("oci://localhost:{}/charts", self.port)
    }
}

impl Drop for DockerRegistry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_real_registry_gives_us_what_helm_pushed_and_helm_gets() {
    let (Some(helm), Some(registry)) = (helm(), DockerRegistry::start()) else { return };
    let place = Place::new(&[("web", "^1.0.0", &registry.repository()), ("api", "0.3.1", &registry.repository())]);
    for (name, version) in [
        ("web", "1.0.0"),
        ("web", "1.9.0"),
        ("web", "1.10.0"),
        ("web", "2.0.0"),
        ("web", "1.11.0-rc.1"),
        ("api", "0.3.1"),
    ] {
        let file = format!("pushed/{name}-{version}.tgz");
        place.write(&file, chart(name, version, "docker.io/acme/web:1"));
        run_helm(&helm, &place, &["push", &file, &registry.repository()]);
    }
    assert_eq!(compare(&helm, &place), ["api-0.3.1.tgz", "web-1.10.0.tgz"]);
    // A version with metadata is a tag with an underscore.
    let place = Place::new(&[("web", "1.0.0+build.7", &registry.repository())]);
    place.write("pushed/web.tgz", chart("web", "1.0.0+build.7", "docker.io/acme/web:1"));
    run_helm(&helm, &place, &["push", "pushed/web.tgz", &registry.repository()]);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(place.packages(), ["web-1.0.0+build.7.tgz"]);
    // An index may lead there.
    let bytes = chart("web", "1.9.0", "docker.io/acme/web:1");
    let entry = entry("web", "1.9.0", &format!("{}/web:1.9.0", registry.repository()), &bytes);
    let index = format!("apiVersion: v1\nentries:\n  web:\n{entry}");
    let index = Server::of_files([("/index.yaml".to_owned(), index.into_bytes())].into());
    let place = Place::new(&[("web", "^1.0.0", &index.url())]);
    run_helm(&helm, &place, &["repo", "add", "local", &index.url()]);
    assert_eq!(compare(&helm, &place), ["web-1.9.0.tgz"]);
    // What it says of the bytes Helm passes over.
    let entry = entry.replace(&sha256(&bytes), &sha256(b"other bytes"));
    let index = format!("apiVersion: v1\nentries:\n  web:\n{entry}");
    let index = Server::of_files([("/index.yaml".to_owned(), index.into_bytes())].into());
    let place = Place::new(&[("web", "^1.0.0", &index.url())]);
    assert!(place.fails().contains("but its repository's index says"));
    run_helm(&helm, &place, &["dependency", "update", "umbrella"]);
    assert_eq!(packages(&place.path("umbrella/charts")), [("web-1.9.0.tgz".to_owned(), bytes)]);
    let place = Place::new(&[("none", "1.0.0", &registry.repository())]);
    assert!(place.fails().contains("answers 404"));
}

#[test]
fn a_package_of_ours_is_one_for_helm() {
    let Some(helm) = helm() else { return };
    let place = Place::new(&[]);
    for (path, bytes) in files(&[("web", "1.0.0", chart("web", "1.0.0", "web:1"))]) {
        place.write(path.trim_start_matches('/'), bytes);
    }
    assert!(run_helm(&helm, &place, &["show", "chart", "web-1.0.0.tgz"]).contains("name: web"));
}
