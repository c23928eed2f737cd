//! `mirrorlint versions`: what there is, what is pinned, what another version would change.

use crate::place::Place;
use crate::repository::{chart, chart_with, package, repository, umbrella};
use crate::server::{Reply, Server};

fn offer() -> Server {
    let web = |version: &str, image: &str| chart("web", version, image);
    repository(&[
        ("web", "1.0.0", web("1.0.0", "docker.io/acme/web:1.0")),
        ("web", "1.10.0", web("1.10.0", "docker.io/acme/web:1.10")),
        ("web", "1.9.0", web("1.9.0", "docker.io/acme/web:1.0")),
        ("web", "2.0.0-rc.1", web("2.0.0-rc.1", "docker.io/acme/web:2-rc")),
        ("web", "2.0.0", b"broken".to_vec()),
    ])
}

#[test]
fn versions_come_newest_first_and_the_pinned_one_is_marked() {
    let server = offer();
    let place = Place::new(&[("web", "^1.0.0", &server.url())]);
    place.write("umbrella/charts/web-1.0.0.tgz", chart("web", "1.0.0", "docker.io/acme/web:1.0"));
    let run = place.run(&["versions", "web"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let text = run.stdout.replace(&server.url(), "URL");
    insta::assert_snapshot!(text, @r"
    web of umbrella, from URL: Chart.yaml asks for ^1.0.0; charts/ holds 1.0.0
      2.0.0   not what Chart.yaml asks for
      1.10.0
      1.9.0
    * 1.0.0
      1 more (--limit, --prereleases)
    ");
    let run = place.run(&["versions", "umbrella", "--limit", "1", "--prereleases"]);
    assert!(run.stdout.contains("* 1.0.0") && run.stdout.contains("3 more"), "{}", run.text());
    assert_eq!(server.targets(), ["/index.yaml", "/index.yaml"]);
}

#[test]
fn newer_versions_are_rendered_and_their_images_compared() {
    let server = offer();
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let run = place.run(&["versions", "--images"]);
    // What cannot be compared is no agreement.
    assert_eq!(run.code, 2, "{}", run.text());
    let text: String = run.stdout.lines().map(|line| line.split(": file ").next().unwrap().to_owned() + "\n").collect();
    insta::assert_snapshot!(text.replace(&server.url(), "URL"), @r"
    web of umbrella, from URL: Chart.yaml asks for 1.0.0; that is 1.0.0, which is not at hand
      2.0.0   not what Chart.yaml asks for
        ! URL/web-2.0.0.tgz is no chart that can be used
      1.10.0  not what Chart.yaml asks for
        - docker.io/acme/web:1.0
        + docker.io/acme/web:1.10
      1.9.0   not what Chart.yaml asks for
          the same images
    * 1.0.0
      1 more (--limit, --prereleases)
    ");
    // Nothing of it counts for `check`.
    assert_eq!(place.packages(), Vec::<String>::new());
    // The values of the parent are those that count.
    place.write("umbrella/values.yaml", "web: {image: 'docker.io/mine/web:7'}\n");
    let run = place.run(&["versions", "web", "--images", "--format", "json"]);
    assert!(
        run.stdout.starts_with("{\"version\":1,\"dependencies\":[{\"name\":\"web\",")
            && run.stdout.lines().count() == 1
    );
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let newer = &report["dependencies"][0]["versions"][1];
    assert_eq!(newer["version"], "1.10.0");
    assert_eq!(newer["images"], serde_json::json!({"added": [], "removed": []}));
    assert_eq!(report["dependencies"][0]["pinned"], "1.0.0");
}

#[test]
fn images_are_compared_as_they_are_deployed() {
    let server = offer();
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let compared = |arguments: &[&str]| {
        let run = place.run(&[&["versions", "--limit", "3", "--format", "json", "--images"], arguments].concat());
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let version = &report["dependencies"][0]["versions"][1];
        assert_eq!(version["version"], "1.10.0");
        version["images"].clone()
    };
    let image = |text: &str| serde_json::json!([format!("docker.io/acme/web:{text}")]);
    let changed = serde_json::json!({"added": image("1.10"), "removed": image("1.0")});
    let same = serde_json::json!({"added": [], "removed": []});
    assert_eq!(compared(&[]), changed);
    assert_eq!(compared(&["--set", "web.image=docker.io/acme/web:frozen"]), same);
    // As the configuration says, of the workspace, of the dependency and of the chart that are named.
    place.write("prod.yaml", "web: {image: 'docker.io/acme/web:frozen'}\n");
    let list = "lists: [{path: tools/ecr-images.conf, charts: [{path: umbrella, values: [prod.yaml]}]}]\n";
    place.write(".mirrorlint.yaml", list);
    assert_eq!(place.fetch().code, 0);
    for name in [&[][..], &["web"], &["umbrella"], &["--chart", "umbrella"]] {
        assert_eq!(compared(name), same, "{name:?}");
        assert_eq!(compared(&[&["--isolated"], name].concat()), changed, "{name:?}");
    }
    for path in [&["images"][..], &["images", "umbrella"], &["images", "--chart", "umbrella"]] {
        let run = place.run(&[path, &["--format", "plain"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (0, "docker.io/acme/web:frozen\n"), "{path:?} {}", run.stderr);
    }
    // The list that it is to have need not be there.
    std::fs::remove_file(place.path("tools/ecr-images.conf")).unwrap();
    assert_eq!(place.images(), ["docker.io/acme/web:frozen"]);
}

#[test]
fn a_version_that_is_not_offered_any_more_is_told() {
    let server = offer();
    let place = Place::new(&[("web", "1.x", &server.url())]);
    place.write(
        "umbrella/Chart.lock",
        format!("dependencies: [{{name: web, version: 1.0.5, repository: '{}'}}]\n", server.url()),
    );
    let run = place.run(&["versions"]);
    assert!(run.code == 0 && run.stdout.ends_with("  1.0.5 is not offered any more\n"), "{}", run.text());
    let run = place.run(&["versions", "--images"]);
    assert!(
        run.code == 2 && run.stdout.contains("  ! 1.0.5 is not offered any more: nothing to compare"),
        "{}",
        run.text()
    );
    // What is not known is null.
    let run = place.run(&["versions", "--format", "json"]);
    assert!(run.stdout.contains("\"appVersion\":null,\"created\":null"), "{}", run.stdout);
}

#[test]
fn a_package_in_charts_that_is_refused_is_not_called_absent() {
    let server = offer();
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    place.write("umbrella/charts/web-1.0.0.tgz", chart("web", "1.0.0", "docker.io/acme/evil:1"));
    let run = place.run(&["versions"]);
    assert!(
        run.stdout.contains("; that is 1.0.0, but the package at hand is refused: `mirrorlint fetch`"),
        "{}",
        run.text()
    );
}

#[test]
fn the_values_of_all_charts_above_count() {
    let server = offer();
    let place = Place::new(&[]);
    place.write(
        "umbrella/Chart.yaml",
        "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies: [{name: mid, alias: m, version: 0.1.0}]\n",
    );
    place.write(
        "umbrella/charts/mid/Chart.yaml",
        umbrella(&[("web", "1.0.0", &server.url())]).replace("umbrella", "mid"),
    );
    let versions = || place.run(&["versions", "web", "--images", "--limit", "3"]).stdout;
    assert!(versions().contains("+ docker.io/acme/web:1.10"), "{}", versions());
    place.write("umbrella/values.yaml", "m: {web: {image: 'docker.io/acme/web:frozen'}}\n");
    assert!(versions().contains("the same images") && !versions().contains(" + "), "{}", versions());
}

#[test]
fn of_one_chart_under_two_names_one_is_exchanged() {
    let server = offer();
    let place = Place::new(&[]);
    let dependency =
        |alias: &str| format!("{{name: web, alias: {alias}, version: 1.0.0, repository: '{}'}}", server.url());
    let all = [dependency("one"), dependency("two")].join(", ");
    let metadata = format!("apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies: [{all}]\n");
    place.write("umbrella/Chart.yaml", metadata);
    place.write("umbrella/values.yaml", "two: {image: 'docker.io/acme/two:1'}\n");
    assert_eq!(place.fetch().code, 0);
    let run = place.run(&["versions", "two", "--images", "--limit", "3"]);
    assert!(run.stdout.contains("the same images") && !run.stdout.contains(" + "), "{}", run.text());
    let run = place.run(&["versions", "one", "--images", "--limit", "3"]);
    let changed = "    - docker.io/acme/web:1.0\n    + docker.io/acme/web:1.10\n";
    assert!(run.stdout.contains(changed), "{}", run.text());
    // By its alias a chart is found everywhere.
    let run = place.run(&["values", "two"]);
    assert_eq!((run.code, run.stdout.contains("docker.io/acme/web:1.0")), (0, true), "{}", run.text());
}

#[test]
fn what_cannot_be_rendered_as_it_is_is_said_once() {
    let picky = |version: &str| {
        let template = "{{ if eq .Release.Namespace \"default\" }}{{ fail \"\\nnot in\\ndefault\" }}{{ end }}\napiVersion: v1\nkind: Pod\n\
                        metadata: {name: web}\nspec: {containers: [{name: c, image: 'docker.io/acme/web:{{ .Chart.Version }}'}]}\n";
        let metadata = format!("apiVersion: v2\nname: web\nversion: {version}\n");
        package(&[("web/Chart.yaml", &metadata), ("web/templates/pod.yaml", template)])
    };
    let all = ["1.0.0", "1.1.0", "1.2.0"].map(|version| ("web", version, picky(version)));
    let server = repository(&all);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let run = place.run(&["versions", "--images"]);
    assert_eq!((run.code, run.text().matches("not in default").count()), (2, 1), "{}", run.text());
    let run = place.run(&["versions", "--images", "--namespace", "web"]);
    assert_eq!((run.code, run.stdout.contains("+ docker.io/acme/web:1.2.0")), (0, true), "{}", run.text());
}

#[test]
fn names_that_nobody_depends_on_are_told() {
    let place = Place::new(&[("web", "1.0.0", "http://127.0.0.1:1")]);
    let run = place.run(&["versions", "wep"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `web`?"), "{}", run.stderr);
    let run = place.run(&["versions", "web", "--retries", "0"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("connection refused"), "{}", run.stderr);
}

#[test]
fn what_servers_say_stays_in_its_line_and_moves_no_cursor() {
    let lacks = "dependencies:\n- {name: x, version: \"1\\e]0;y\\n::error::z\", repository: 'https://a.example'}\n";
    let web = chart_with("web", "1.0.0", "docker.io/acme/web:1", lacks);
    let index = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, urls: [web.tgz], appVersion: \"\\e[31mX\\n::error::a\", \
                 created: \"2024-01-\\n0\\e]0;x\"}\n  - {name: web, version: \"1\\e[0m\\n::error::b\", urls: [w]}\n";
    let server = Server::new(move |asked| match asked.target.as_str() {
        "/index.yaml" => Reply::ok(index),
        _ => Reply::ok(web.clone()),
    });
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    for arguments in [&["versions", "web"][..], &["fetch", "--dry-run"], &["fetch"]] {
        let run = place.run(arguments);
        assert_eq!(run.code, 0, "{}", run.text());
        assert!(run.stdout.contains("::error::b"), "{}", run.stdout);
        assert!(!run.text().lines().any(|line| line.trim_start().starts_with("::")), "{}", run.text());
        assert!(!run.text().contains('\u{1b}'), "{:?}", run.text());
    }
    // An error, too.
    let server = Server::new(|asked| match asked.target.contains("/manifests/") {
        true => Reply::ok(r#"{"config":{"mediaType":"\n::error::c\u001b[0m","digest":"x","size":1}}"#),
        false => Reply::ok("{}"),
    });
    let run = Place::new(&[("web", "1.0.0", &format!("oci://{}/charts", server.host()))]).fetch();
    assert!(run.stderr.contains("::error::c") && !run.stderr.contains("\n::"), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
}
