//! Chart repositories over HTTP, from the repository into the cache and from there into `check`.

use crate::place::Place;
use crate::repository::{chart, chart_with, repository};

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
fn dependencies_of_dependencies_come_too() {
    let inner = chart("inner", "0.3.0", "docker.io/acme/inner:3");
    let deep = repository(&[("inner", "0.3.0", inner)]);
    let more = format!("dependencies:\n- {{name: inner, version: ~0.3, repository: '{}'}}\n", deep.url());
    let outer = repository(&[("outer", "2.0.0", chart_with("outer", "2.0.0", "docker.io/acme/outer:2", &more))]);
    let place = Place::new(&[("outer", "^2.0.0", &format!("{}/", outer.url()))]);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("no lock file pins it: 2.0.0 is the newest that `^2.0.0` allows"), "{}", run.stdout);
    assert_eq!(place.images(), ["docker.io/acme/inner:3", "docker.io/acme/outer:2"]);
    assert_eq!(place.packages(), ["inner-0.3.0.tgz", "outer-2.0.0.tgz"]);
}
