//! `mirrorlint versions`: what there is, what is pinned, what another version would change.

use crate::place::Place;
use crate::repository::{chart, chart_with, repository};
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
        ! URL/web-2.0.0.tgz
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
