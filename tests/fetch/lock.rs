//! The lock file, and what happens when published bytes change; fetches that meet or die.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::place::Place;
use crate::repository::{chart, entry, files, repository, umbrella};
use crate::server::{Reply, Server};

fn web(version: &str) -> Vec<u8> {
    chart("web", version, &format!("docker.io/acme/web:{version}"))
}

#[test]
fn the_lock_file_decides_what_a_constraint_means_until_it_is_asked_to_update() {
    let first = files(&[("web", "1.0.0", web("1.0.0"))]);
    let second = files(&[("web", "1.0.0", web("1.0.0")), ("web", "1.1.0", web("1.1.0"))]);
    let newer = Arc::new(AtomicBool::new(false));
    let is_newer = newer.clone();
    let server = Server::new(move |asked| {
        let files = if is_newer.load(Ordering::SeqCst) { &second } else { &first };
        files.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    let mut place = Place::new(&[("web", "^1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    newer.store(true, Ordering::SeqCst);
    // On another machine, too.
    place.set("MIRRORLINT_CACHE", &place.path("other").display().to_string());
    let run = place.fetch();
    assert!(run.stdout.contains("fetched web 1.0.0"), "{}", run.text());
    assert_eq!(place.images(), ["docker.io/acme/web:1.0.0"]);
    let run = place.fetch_with(&["--update", "--dry-run"]);
    assert!(run.stdout.contains("would fetch web 1.1.0"), "{}", run.text());
    assert_eq!(place.images(), ["docker.io/acme/web:1.0.0"]);
    let run = place.fetch_with(&["--update"]);
    assert!(run.stdout.contains("fetched web 1.1.0"), "{}", run.text());
    assert_eq!(place.images(), ["docker.io/acme/web:1.1.0"]);
}

#[test]
fn helms_lock_comes_first() {
    let server = repository(&[("web", "1.0.0", web("1.0.0")), ("web", "1.1.0", web("1.1.0"))]);
    let lock = |version: &str| {
        let url = server.url();
        format!("dependencies:\n- name: web\n  repository: {url}\n  version: {version}\ndigest: x\ngenerated: now\n")
    };
    let place = Place::new(&[("web", "^1.0.0", &server.url())]).file("umbrella/Chart.lock", lock("1.0.0"));
    let run = place.fetch();
    assert!(run.stdout.contains("fetched web 1.0.0"), "{}", run.text());
    assert!(!run.stdout.contains("newest"), "{}", run.stdout);
    assert_eq!(place.images(), ["docker.io/acme/web:1.0.0"]);
    let place = Place::new(&[("web", "^1.0.0", &server.url())]).file("umbrella/Chart.lock", lock("0.9.0"));
    let run = place.fetch();
    assert!(run.stdout.contains("fetched web 1.1.0"), "{}", run.text());
    assert!(
        run.stdout.contains("Chart.lock pins 0.9.0, which is not what Chart.yaml asks for (^1.0.0)"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_version_that_was_published_again_with_other_bytes_is_an_error_that_says_so() {
    let good = files(&[("web", "1.0.0", web("1.0.0"))]);
    let other = files(&[("web", "1.0.0", chart("web", "1.0.0", "docker.io/evil/web:1"))]);
    let changed = Arc::new(AtomicBool::new(false));
    let is_changed = changed.clone();
    let server = Server::new(move |asked| {
        let files = if is_changed.load(Ordering::SeqCst) { &other } else { &good };
        files.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    let mut place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    let lock = std::fs::read(place.path(".mirrorlint.lock")).unwrap();
    changed.store(true, Ordering::SeqCst);
    // Pin and cache agree, but not with what is offered now.
    let run = place.fetch();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("web 1.0.0 was published again with other bytes: http://127.0.0.1:"), "{}", run.stderr);
    assert_eq!(std::fs::read(place.path(".mirrorlint.lock")).unwrap(), lock);
    // Without the lock file, the cache remembers.
    std::fs::remove_file(place.path(".mirrorlint.lock")).unwrap();
    let run = place.fetch();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("was published again with other bytes"), "{}", run.stderr);
    // Without the cache, the lock file does.
    std::fs::write(place.path(".mirrorlint.lock"), &lock).unwrap();
    place.set("MIRRORLINT_CACHE", &place.path("other").display().to_string());
    let run = place.fetch();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("was published again with other bytes"), "{}", run.stderr);
    assert!(!place.path("other").exists());
    assert_eq!(std::fs::read(place.path(".mirrorlint.lock")).unwrap(), lock);
}

#[test]
fn check_refuses_a_package_that_is_not_the_pinned_one() {
    let server = repository(&[("web", "1.0.0", web("1.0.0"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
    let digest = lock.split("sha256: ").nth(1).unwrap().trim();
    std::fs::write(place.path(".mirrorlint.lock"), lock.replace(digest, &"0".repeat(64))).unwrap();
    let found = place.findings("unavailable-chart");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("the cache holds other bytes for web 1.0.0"), "{found:?}");
    // A lock file that is none is no licence.
    std::fs::write(place.path(".mirrorlint.lock"), "<<<<<<< HEAD\n").unwrap();
    let run = place.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is no lock file"), "{}", run.stderr);
    // Neither is a package that was damaged on disk.
    std::fs::write(place.path(".mirrorlint.lock"), &lock).unwrap();
    std::fs::write(place.path(&format!("cache/packages/{digest}/web-1.0.0.tgz")), "x").unwrap();
    let found = place.findings("unavailable-chart");
    assert!(found[0].contains("is damaged"), "{found:?}");
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(place.findings("unavailable-chart").len(), 0);
}

#[test]
fn charts_come_before_the_cache_and_helms_cache_after_it() {
    let server = repository(&[("web", "1.0.0", web("1.0.0"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    place.write("helm/cache/repository/web-1.0.0.tgz", chart("web", "1.0.0", "of-helm:1"));
    assert_eq!(place.images(), ["of-helm:1"]);
    let settings = place.run(&["check", "--show-settings"]).stdout;
    assert!(settings.contains("from Helm's cache: web 1.0.0"), "{settings}");
    assert_eq!(place.fetch().code, 0);
    assert_eq!(place.images(), ["docker.io/acme/web:1.0.0"]);
    std::fs::remove_file(place.path(".mirrorlint.lock")).unwrap();
    place.write("umbrella/charts/web-1.0.0.tgz", chart("web", "1.0.0", "of-charts:1"));
    assert_eq!(place.images(), ["of-charts:1"]);
    let settings = place.run(&["check", "--show-settings"]).stdout;
    assert!(settings.contains("from charts/ of umbrella, packages: web 1.0.0"), "{settings}");
    let run = place.fetch();
    assert!(run.stdout.contains("nothing to fetch"), "{}", run.text());
}

#[test]
fn render_is_as_strict_as_helm() {
    let server = repository(&[("web", "1.0.0", web("1.0.0"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    let run = place.run(&["render", "umbrella"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("missing in charts/ directory: web"), "{}", run.stderr);
}

#[test]
fn vendoring_fills_charts_and_replaces_other_versions() {
    let server = repository(&[("web", "1.1.0", web("1.1.0")), ("api", "2.0.0", chart("api", "2.0.0", "api:2"))]);
    let place = Place::new(&[("web", "^1.1.0", &server.url()), ("api", "2.0.0", &server.url())]);
    place.write("umbrella/charts/web-1.0.0.tgz", web("1.0.0"));
    place.write("umbrella/charts/own-1.0.0.tgz", chart("own", "1.0.0", "own:1"));
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let mut names: Vec<_> =
        std::fs::read_dir(place.path("umbrella/charts")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["api-2.0.0.tgz", "own-1.0.0.tgz", "web-1.1.0.tgz"]);
    assert!(run.stdout.contains("own-1.0.0.tgz, which Chart.yaml does not ask for"), "{}", run.stdout);
    assert_eq!(std::fs::read(place.path("umbrella/charts/web-1.1.0.tgz")).unwrap(), web("1.1.0"));
    assert_eq!(place.run(&["render", "umbrella"]).code, 0);
    // A folder is somebody's work.
    let place = Place::new(&[("web", "^1.1.0", &server.url())]);
    place.write("umbrella/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("take it away first"), "{}", run.stderr);
}

#[test]
fn fetches_at_once_do_not_disturb_each_other() {
    let charts: Vec<(String, Vec<u8>)> = (0..12)
        .map(|number| {
            let name = format!("web{number}");
            let bytes = chart(&name, "1.0.0", "web:1");
            (name, bytes)
        })
        .collect();
    let listed: Vec<_> = charts.iter().map(|(name, bytes)| (name.as_str(), "1.0.0", bytes.clone())).collect();
    let server = repository(&listed);
    let url = server.url();
    let dependencies: Vec<_> = charts.iter().map(|(name, _)| (name.as_str(), "1.0.0", url.as_str())).collect();
    let place = Place::new(&dependencies);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| place.fetch())).collect();
        for run in runs {
            let run = run.join().unwrap();
            assert_eq!(run.code, 0, "{}", run.text());
        }
    });
    assert_eq!(place.packages().len(), 12);
    assert_eq!(place.findings("unavailable-chart").len(), 0);
}

#[cfg(unix)]
#[test]
fn a_fetch_that_is_killed_leaves_nothing_that_counts() {
    let index = {
        let entries: String = (0..6)
            .map(|number| {
                let name = format!("web{number}");
                format!("  {name}:\n{}", entry(&name, "1.0.0", &format!("{name}.tgz"), &chart(&name, "1.0.0", "web:1")))
            })
            .collect();
        format!("apiVersion: v1\nentries:\n{entries}")
    };
    let server = Server::new(move |asked| match asked.target.as_str() {
        "/index.yaml" => Reply::ok(index.clone()),
        other => {
            let name = other.trim_start_matches('/').trim_end_matches(".tgz");
            let number: u64 = name.trim_start_matches("web").parse().unwrap_or(0);
            Reply { delay: Duration::from_millis(40 * number), ..Reply::ok(chart(name, "1.0.0", "web:1")) }
        }
    });
    let names: Vec<String> = (0..6).map(|number| format!("web{number}")).collect();
    let url = server.url();
    let dependencies: Vec<_> = names.iter().map(|name| (name.as_str(), "1.0.0", url.as_str())).collect();
    let place = Place::new(&dependencies);
    for wait in [20, 50, 80, 110, 140, 170, 200] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mirrorlint"));
        command.arg("fetch").current_dir(place.path(".")).stdout(std::process::Stdio::null());
        command.envs(place.variables.iter().map(|(name, value)| (name, value)));
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever is there under its own name is whole; `check` reads it and the lock file.
        for path in crate::workspace::contents(&place.path("."))
            .keys()
            .filter(|path| path.starts_with(place.path("cache/packages")))
        {
            let digest = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with('.') || mirrorlint::store::sha256(&std::fs::read(path).unwrap()) == digest);
        }
        let run = place.run(&["check", "--exit-zero"]);
        assert_eq!(run.code, 0, "{}", run.text());
        assert!(!run.text().contains("damaged") && !run.text().contains("must not be used"));
    }
    assert_eq!(place.fetch().code, 0);
    assert_eq!(place.findings("unavailable-chart").len(), 0);
}

#[test]
fn vendoring_keeps_what_another_dependency_wants_and_all_pins() {
    let offered = ["1.0.0", "1.1.0", "1.2.0"].map(|version| ("web", version, web(version)));
    let server = repository(&offered);
    let place = Place::new(&[]);
    let wants = |second: &str| {
        let url = server.url();
        format!(
            "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies:\n\
             - {{name: web, version: 1.0.0, alias: one, repository: '{url}'}}\n\
             - {{name: web, version: {second}, alias: two, repository: '{url}'}}\n"
        )
    };
    let held = || {
        let entries = std::fs::read_dir(place.path("umbrella/charts")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    place.write("umbrella/Chart.yaml", wants("1.1.0"));
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!((run.code, held()), (0, vec!["web-1.0.0.tgz".to_owned(), "web-1.1.0.tgz".to_owned()]), "{}", run.text());
    place.write("umbrella/Chart.yaml", wants("1.2.0"));
    for _ in 0..2 {
        let run = place.fetch_with(&["--vendor"]);
        let kept = vec!["web-1.0.0.tgz".to_owned(), "web-1.2.0.tgz".to_owned()];
        assert_eq!((run.code, held()), (0, kept), "{}", run.text());
        let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
        assert!(lock.contains("1.0.0") && lock.contains("1.2.0") && !lock.contains("1.1.0"), "{lock}");
    }
}

#[test]
fn fetching_one_chart_keeps_the_pins_of_the_others() {
    let server = repository(&[("web", "1.0.0", web("1.0.0")), ("api", "2.0.0", chart("api", "2.0.0", "api:2"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let other = umbrella(&[("api", "2.0.0", &server.url())]).replace("name: umbrella", "name: other");
    place.write("other/Chart.yaml", other);
    assert_eq!(place.fetch().code, 0);
    let run = place.run(&["fetch", "other"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
    assert!(lock.contains("name: web") && lock.contains("name: api"), "{lock}");
}

#[test]
fn what_is_here_and_pinned_needs_no_repository() {
    let server = repository(&[("web", "1.0.0", web("1.0.0"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    drop(server);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("cached web 1.0.0"), "{}", run.stdout);
    assert!(run.stdout.contains("not compared with what is offered now: http://127.0.0.1:"), "{}", run.stdout);
}

#[test]
fn packages_in_charts_are_held_against_the_lock_file() {
    let server = repository(&[("web", "1.0.0", web("1.0.0"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch_with(&["--vendor"]).code, 0);
    assert_eq!(place.findings("unavailable-chart").len(), 0);
    let file = "umbrella/charts/web-1.0.0.tgz";
    place.write(file, chart("web", "1.0.0", "docker.io/evil/web:1"));
    let found = place.findings("unavailable-chart");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("depends on web:1.0.0, but the package in its charts/ has other bytes (sha256 "),
        "{found:?}"
    );
    let run = place.fetch();
    assert_eq!(run.code, 2, "{}", run.text());
    assert!(run.stderr.contains("umbrella/Chart.yaml:5") && run.stderr.contains("has other bytes"), "{}", run.stderr);
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(std::fs::read(place.path(file)).unwrap(), web("1.0.0"));
    assert_eq!(place.findings("unavailable-chart").len(), 0);
    // A folder has no bytes that could be compared.
    std::fs::remove_file(place.path(file)).unwrap();
    place.write("umbrella/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    assert_eq!(place.findings("unavailable-chart").len(), 0);
}

#[test]
fn vendoring_brings_what_repositories_give_and_updating_the_newest() {
    let server = repository(&[("web", "1.0.0", web("1.0.0")), ("web", "1.1.0", web("1.1.0"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    // Nothing pins it yet.
    place.write("umbrella/charts/web-1.0.0.tgz", chart("web", "1.0.0", "other:1"));
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(std::fs::read(place.path("umbrella/charts/web-1.0.0.tgz")).unwrap(), web("1.0.0"));
    let run = place.fetch_with(&["--vendor"]);
    assert!(!run.stdout.contains("charts/web"), "{}", run.stdout);
    place.write("umbrella/Chart.yaml", umbrella(&[("web", "^1.0.0", &server.url())]));
    let run = place.fetch_with(&["--vendor"]);
    assert!(run.stdout.contains("cached web 1.0.0"), "{}", run.stdout);
    let run = place.fetch_with(&["--vendor", "--update"]);
    assert!(run.stdout.contains("fetched web 1.1.0"), "{}", run.text());
    let names: Vec<_> =
        std::fs::read_dir(place.path("umbrella/charts")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["web-1.1.0.tgz"]);
}

#[test]
fn no_chart_moves_the_pin_of_another() {
    let offered = ["1.2.0", "1.6.0"].map(|version| ("web", version, web(version)));
    let (old, new) = (files(&offered[..1]), files(&offered));
    let newer = Arc::new(AtomicBool::new(false));
    let is_newer = newer.clone();
    let server = Server::new(move |asked| {
        let files = if is_newer.load(Ordering::SeqCst) { &new } else { &old };
        files.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    let place = Place::new(&[("web", "^1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    newer.store(true, Ordering::SeqCst);
    let other = umbrella(&[("web", "^1.5.0", &server.url())]).replace("name: umbrella", "name: other");
    place.write("other/Chart.yaml", other);
    for arguments in [&["other"][..], &[]] {
        let run = place.fetch_with(arguments);
        assert_eq!(run.code, 0, "{}", run.text());
        assert_eq!(place.images(), ["docker.io/acme/web:1.2.0"]);
        let run = place.run(&["images", "other", "--format", "plain"]);
        assert_eq!(run.stdout, "docker.io/acme/web:1.6.0\n");
    }
}

#[test]
fn fetches_of_different_charts_at_once_lose_no_pins() {
    let charts: Vec<(String, Vec<u8>)> = (0..6)
        .map(|number| format!("web{number}"))
        .map(|name| (name.clone(), chart(&name, "1.0.0", "web:1")))
        .collect();
    let listed: Vec<_> = charts.iter().map(|(name, bytes)| (name.as_str(), "1.0.0", bytes.clone())).collect();
    let server = repository(&listed);
    for round in 0..5 {
        let mut place = Place::new(&[]);
        let cache = place.path("cache").display().to_string();
        place.set("MIRRORLINT_CACHE", &cache);
        for (name, _) in &charts {
            let text =
                umbrella(&[(name, "1.0.0", &server.url())]).replace("name: umbrella", &format!("name: of-{name}"));
            place.write(&format!("of-{name}/Chart.yaml"), text);
        }
        std::thread::scope(|scope| {
            for (name, _) in &charts {
                let place = &place;
                scope.spawn(move || {
                    let run = place.fetch_with(&["--chart", &format!("of-{name}")]);
                    assert_eq!(run.code, 0, "{}", run.text());
                });
            }
        });
        let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
        assert_eq!(lock.matches("- name: ").count(), charts.len(), "round {round}: {lock}");
    }
}

#[test]
fn a_version_of_two_numbers_is_a_range() {
    let server = repository(&[("web", "1.2.0", web("1.2.0")), ("web", "1.2.5", web("1.2.5"))]);
    let url = server.url();
    let place = Place::new(&[("web", "1.2", &url)]);
    let lock = "version: 1\npackages:\n- {name: web, version: 1.2.0, repository: REPOSITORY, url: u, sha256: DIGEST}\n";
    let lock = lock.replace("REPOSITORY", &url).replace("DIGEST", &mirrorlint::store::sha256(&web("1.2.0")));
    place.write(".mirrorlint.lock", lock);
    let run = place.fetch();
    assert!(run.stdout.contains("fetched web 1.2.0"), "{}", run.text());
    let run = place.fetch_with(&["--update"]);
    assert!(run.stdout.contains("1.2.5 is the newest that `1.2` allows"), "{}", run.text());
    assert_eq!(place.images(), ["docker.io/acme/web:1.2.5"]);
}

#[test]
fn an_index_without_digests_compares_nothing_which_is_told() {
    let without = |version: &str| {
        let mut all = files(&[("web", version, web(version))]);
        let index = String::from_utf8(all["/index.yaml"].clone()).unwrap();
        let index = index.lines().filter(|line| !line.contains("digest:")).collect::<Vec<_>>().join("\n");
        all.insert("/index.yaml".to_owned(), index.into_bytes());
        all
    };
    let server = Server::of_files(without("1.0.0"));
    let place = Place::new(&[("web", "^1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    let told = "  not compared with what is offered now: its repository gives no digest\n";
    let run = place.fetch();
    assert!(run.code == 0 && run.stdout.contains(told), "{}", run.text());
    std::fs::remove_file(place.path(".mirrorlint.lock")).unwrap();
    let run = place.fetch();
    assert!(run.code == 0 && run.stdout.contains(told), "{}", run.text());
}

#[test]
fn helms_older_lock_file_is_called_by_its_name() {
    let server = repository(&[("web", "1.0.0", web("1.0.0"))]);
    let dependency =
        |version: &str| format!("dependencies:\n- {{name: web, version: {version}, repository: '{}'}}\n", server.url());
    let place = Place::new(&[]);
    place.write("umbrella/Chart.yaml", "apiVersion: v1\nname: umbrella\nversion: 0.1.0\n");
    place.write("umbrella/requirements.yaml", dependency("^1.0.0"));
    place.write("umbrella/requirements.lock", dependency("0.9.0"));
    // Pinned or not.
    for _ in 0..2 {
        let run = place.fetch();
        let told = "requirements.lock pins 0.9.0, which is not what requirements.yaml asks for (^1.0.0)";
        assert!(run.code == 0 && run.stdout.contains(told), "{}", run.text());
    }
    let run = place.run(&["versions"]);
    assert!(run.stdout.contains("requirements.yaml asks for ^1.0.0"), "{}", run.text());
}

#[test]
fn what_no_repository_is_named_for_is_told() {
    for repository in ["", ", repository: ''"] {
        let place = Place::new(&[]);
        let metadata = format!(
            "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies: [{{name: gone, version: 1.0.0{repository}}}]\n"
        );
        place.write("umbrella/Chart.yaml", &metadata);
        for arguments in [&[][..], &["--vendor"]] {
            let run = place.fetch_with(arguments);
            let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
            let told =
                "umbrella depends on gone 1.0.0, which is not in its charts/ and names no repository: put it there";
            assert!(run.code == 2 && said.contains(told) && !run.stdout.contains("nothing"), "{}", run.text());
        }
        place.write("umbrella/charts/gone/Chart.yaml", "apiVersion: v2\nname: gone\nversion: 1.0.0\n");
        let run = place.fetch();
        assert!(run.code == 0 && run.stdout.contains("nothing to fetch"), "{}", run.text());
    }
}

#[test]
fn repositories_that_differ_in_user_or_query_are_told_apart() {
    let of = |from: &str| files(&[("web", "1.0.0", chart("web", "1.0.0", &format!("docker.io/acme/{from}:1")))]);
    let (of_a, of_b) = (of("a"), of("b"));
    let server = Server::new(move |asked| {
        let is_a = asked.target.contains("repo=a")
            || asked.headers.get("authorization").is_some_and(|it| it.ends_with("YTp4"));
        let path = asked.target.split('?').next().unwrap_or_default();
        let mut body = if is_a { &of_a } else { &of_b }.get(path).cloned().unwrap_or_default();
        if path == "/index.yaml" {
            // Nothing but the package itself says which bytes it has.
            let text = String::from_utf8(body).unwrap();
            body = text
                .lines()
                .filter(|line| !line.contains("digest:"))
                .map(|line| line.to_owned() + "\n")
                .collect::<String>()
                .into();
        }
        Reply::ok(body)
    });
    let (by_user, by_query) = (
        |user: &str| server.url().replace("//", &format!("//{user}:x@")),
        |query: &str| format!("{}?repo={query}", server.url()),
    );
    for address in [&by_user as &dyn Fn(&str) -> String, &by_query] {
        for arguments in [&[&["--vendor"][..]][..], &[&["--chart", "one"], &["--chart", "two"], &["--vendor"]], &[&[]]]
        {
            let place = Place::new(&[]);
            std::fs::remove_dir_all(place.path("umbrella")).unwrap();
            for (name, from) in [("one", "a"), ("two", "b")] {
                let metadata = umbrella(&[("web", "1.0.0", &address(from))]).replace("umbrella", name);
                place.write(&format!("{name}/Chart.yaml"), metadata);
            }
            for arguments in arguments {
                let run = place.fetch_with(arguments);
                assert_eq!(run.code, 0, "{}", run.text());
            }
            for (name, from) in [("one", "a"), ("two", "b")] {
                let run = place.run(&["images", name, "--format", "plain"]);
                assert_eq!(run.stdout, format!("docker.io/acme/{from}:1\n"), "{}", run.text());
            }
            let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
            assert!(!lock.contains("repo=") && !lock.contains(":x"), "{lock}");
        }
    }
}
