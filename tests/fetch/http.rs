//! Chart repositories over HTTP, from the repository into the cache and from there into `check`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::place::Place;
use crate::repository::{chart, chart_with, entry, files, repository};
use crate::server::{Reply, Server};
use crate::workspace::contents;

#[test]
fn a_chart_comes_into_the_cache_and_check_and_images_find_it_there() {
    let server = repository(&[("web", "1.2.0", chart("web", "1.2.0", "docker.io/acme/web:1.2"))]);
    let place = Place::new(&[("web", "1.2.0", &server.url())]);
    let before = place.findings("unavailable-chart");
    assert_eq!(before.len(), 1);
    assert!(before[0].contains("`mirrorlint fetch`"), "{before:?}");
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("fetched web 1.2.0 from http://127.0.0.1:"), "{}", run.stdout);
    assert!(run.stdout.contains("wrote .mirrorlint.lock (1 package)"), "{}", run.stdout);
    assert_eq!(server.targets(), ["/index.yaml", "/web-1.2.0.tgz"]);
    assert_eq!(place.packages(), ["web-1.2.0.tgz"]);
    drop(server);
    // From here on there is no network.
    assert_eq!(place.images(), ["docker.io/acme/web:1.2"]);
    assert_eq!(place.findings("unavailable-chart"), Vec::<String>::new());
    let settings = place.run(&["check", "--show-settings"]);
    assert!(settings.stdout.contains("from the cache, pinned by .mirrorlint.lock: web 1.2.0"), "{}", settings.stdout);
    let check = place.run(&["check", "--exit-zero"]);
    assert!(check.stdout.contains("from the cache, pinned by .mirrorlint.lock: web 1.2.0"), "{}", check.stdout);
    let again = place.fetch();
    assert_eq!(again.code, 0, "{}", again.text());
    assert!(again.stdout.contains("cached web 1.2.0"), "{}", again.stdout);
    assert!(again.stdout.contains("unchanged: .mirrorlint.lock"), "{}", again.stdout);
}

#[test]
fn dependencies_of_local_charts_come_too_and_packages_bring_theirs() {
    let inner = chart("inner", "0.3.0", "docker.io/acme/inner:3");
    let deep = repository(&[("inner", "0.3.0", inner)]);
    let more = format!("dependencies:\n- {{name: inner, version: ~0.3, repository: '{}'}}\n", deep.url());
    let outer = repository(&[("outer", "2.0.0", chart_with("outer", "2.0.0", "docker.io/acme/outer:2", &more))]);
    let place = Place::new(&[("outer", "^2.0.0", &format!("{}/", outer.url())), ("local", "1.0.0", "file://../local")]);
    place.write("local/Chart.yaml", format!("apiVersion: v2\nname: local\nversion: 1.0.0\n{more}"));
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("no lock file pins it: 2.0.0 is the newest that `^2.0.0` allows"), "{}", run.stdout);
    // One `inner` only: Helm deploys none for `outer`, whose package lacks it.
    assert_eq!(place.images(), ["docker.io/acme/inner:3", "docker.io/acme/outer:2"]);
    assert_eq!(place.packages(), ["inner-0.3.0.tgz", "outer-2.0.0.tgz"]);
    let whole = place.run(&["images", "umbrella"]).stdout;
    assert!(whole.contains("in umbrella > local > inner") && !whole.contains("outer > inner"), "{whole}");
}

/// As `helm dependency build`, which fails where one of them cannot be had.
#[test]
fn charts_that_are_switched_off_are_brought_too() {
    let server = repository(&[("web", "1.0.0", chart("web", "1.0.0", "docker.io/acme/web:1"))]);
    let place = Place::new(&[]).file("umbrella/values.yaml", "switch: {on: false}\n");
    let metadata = format!(
        "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- {{name: web, version: 1.0.0, repository: '{0}', \
         condition: switch.on}}\n- {{name: none, version: 1.0.0, repository: '{0}', condition: switch.on}}\n",
        server.url()
    );
    place.write("umbrella/Chart.yaml", metadata);
    let run = place.fetch();
    assert_eq!(run.code, 2, "{}", run.text());
    assert!(run.stderr.contains("none of umbrella cannot be fetched"), "{}", run.text());
    assert_eq!(place.packages(), ["web-1.0.0.tgz"]);
    let Some(helm) = crate::helm::helm() else { return };
    let mut command = std::process::Command::new(helm);
    command.args(["dependency", "build", "umbrella"]).current_dir(place.path("."));
    command.envs(place.variables.iter().map(|(name, value)| (name, value)));
    let output = command.output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("none"), "{output:?}");
}

/// `bytes`, gzipped.
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_indexes_are_unpacked_and_packages_are_not() {
    let web = chart("web", "1.0.0", "docker.io/acme/web:1");
    let all = files(&[("web", "1.0.0", web)]);
    let server = Server::new(move |asked| match (asked.target.as_str(), all.get(&asked.target)) {
        ("/index.yaml", Some(index)) if asked.headers["accept-encoding"].contains("gzip") => {
            Reply::ok(gzipped(index)).header("Content-Encoding", "GZip")
        }
        // Many servers say this of what is a gzip file by itself.
        (_, Some(package)) => Reply::ok(package.clone()).header("Content-Encoding", "gzip"),
        _ => Reply::status(404),
    });
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(place.images(), ["docker.io/acme/web:1"]);
}

#[test]
fn a_large_index_is_no_burden() {
    // 24 MB in the form that Helm writes.
    let mut index = "apiVersion: v1\nentries:\n".to_owned();
    for chart in 0..300 {
        index.push_str(&format!("  other{chart}:\n"));
        for version in 0..100 {
            index.push_str(&format!(
                "  - annotations:\n      category: Infrastructure\n      licenses: Apache-2.0\n    apiVersion: v2\n    appVersion: \
                 1.{version}.0\n    created: \"2024-05-14T02:22:15.443Z\"\n    dependencies:\n    - name: common\n      repository: \
                 oci://registry.example/charts\n      tags:\n      - common\n      version: 2.x.x\n    description: A chart that says \
                 something about itself, and then some more.\n    digest: {:064}\n    home: https://charts.example/other\n    icon: \
                 https://charts.example/other.png\n    keywords:\n    - web\n    - server\n    maintainers:\n    - name: Somebody\n      \
                 url: https://charts.example\n    name: other{chart}\n    sources:\n    - https://code.example/charts/other\n    urls:\n    \
                 - https://charts.example/other{chart}-{version}.0.0.tgz\n    version: {version}.0.0\n",
                version
            ));
        }
    }
    let web = chart("web", "1.0.0", "docker.io/acme/web:1");
    index.push_str("  web:\n");
    index.push_str(&entry("web", "1.0.0", "web-1.0.0.tgz", &web));
    assert!(index.len() > 20_000_000, "{}", index.len());
    let server = Server::of_files(HashMap::from([
        ("/index.yaml".to_owned(), index.into_bytes()),
        ("/web-1.0.0.tgz".to_owned(), web),
    ]));
    let place = Place::new(&[("web", "^1.0.0", &server.url())]);
    let started = Instant::now();
    let run = place.run(&["fetch"]);
    assert_eq!(run.code, 0, "{}", run.text());
    // Of a build that is not optimised, on a machine with other work.
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn local_charts_bring_theirs_and_requirements_of_old_charts_count() {
    let server = repository(&[
        ("web", "1.0.0", chart("web", "1.0.0", "docker.io/acme/web:1")),
        ("api", "2.0.0", chart("api", "2.0.0", "docker.io/acme/api:2")),
    ]);
    let place = Place::new(&[("local", "0.1.0", "file://../local")]);
    let needs = format!("dependencies:\n- {{name: web, version: 1.0.0, repository: '{}'}}\n", server.url());
    place.write("local/Chart.yaml", format!("apiVersion: v2\nname: local\nversion: 0.1.0\n{needs}"));
    place.write("old/Chart.yaml", "apiVersion: v1\nname: old\nversion: 0.1.0\n");
    let needs = format!("dependencies:\n- {{name: api, version: '2.x', repository: '{}'}}\n", server.url());
    place.write("old/requirements.yaml", needs);
    let lock = format!("dependencies:\n- name: api\n  repository: {}\n  version: 2.0.0\n", server.url());
    place.write("old/requirements.lock", lock);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(place.packages(), ["api-2.0.0.tgz", "web-1.0.0.tgz"]);
    assert!(!run.stdout.contains("newest"), "{}", run.stdout);
    assert_eq!(place.images(), ["docker.io/acme/web:1"]);
    // What nobody needs any more is not pinned any more, unless only some charts were looked at.
    std::fs::remove_dir_all(place.path("old")).unwrap();
    let pins =
        |place: &Place| std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap().matches("- name:").count();
    assert_eq!(place.fetch_with(&["--chart", "umbrella"]).code, 0);
    assert_eq!(pins(&place), 2);
    assert_eq!(place.fetch().code, 0);
    assert_eq!(pins(&place), 1);
}

#[test]
fn a_dry_run_changes_nothing() {
    let server = repository(&[("web", "1.0.0", chart("web", "1.0.0", "docker.io/acme/web:1"))]);
    let place = Place::new(&[("web", "1.x", &server.url())]);
    let before = contents(&place.path("."));
    let run = place.fetch_with(&["--dry-run"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("would fetch web 1.0.0 from "), "{}", run.stdout);
    assert_eq!(contents(&place.path(".")), before);
    assert_eq!(server.targets(), ["/index.yaml"]);
}

#[test]
fn a_name_that_helm_does_not_know_is_told() {
    let said = Place::new(&[("web", "1.0.0", "@nobody")]).fails();
    assert!(said.contains("no repository is called @nobody: `helm repo add`"), "{said}");
    let said = Place::new(&[("web", "1.0.0", "stable")]).fails();
    assert!(said.contains("`stable` is no address"), "{said}");
    let said = Place::new(&[("web", "one", "http://127.0.0.1:1")]).fails();
    assert!(said.contains("`one` is no version and no constraint"), "{said}");
}
