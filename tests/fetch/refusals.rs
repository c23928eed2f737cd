//! What a fetch says when it cannot bring a chart: what is wrong, with which address, what to do.

use std::fmt::Write as _;

use crate::place::Place;
use crate::repository::{chart, files};
use crate::server::{Reply, Server};

const IMAGE: &str = "docker.io/acme/web:1";

/// What is said of one dependency, `web` in that version, from a server that answers so; its address as `http://HOST`.
fn said(version: &str, change: impl Fn(&str, Reply) -> Reply + Send + Sync + 'static) -> String {
    let all = files(&[("web", "1.0.0", chart("web", "1.0.0", IMAGE))]);
    let server = Server::new(move |asked| {
        let reply = all.get(&asked.target).map_or_else(|| Reply::status(404), |bytes| Reply::ok(bytes.clone()));
        change(&asked.target, reply)
    });
    told(&Place::new(&[("web", version, &server.url())]), &server.url())
}

fn told(place: &Place, url: &str) -> String {
    let run = place.run(&["fetch", "--timeout", "2", "--retries", "0"]);
    assert_eq!(run.code, 2, "{}", run.text());
    let digests = regex::Regex::new("[0-9a-f]{64}").unwrap();
    let said = run.stderr.replace(url, "http://HOST").replace(&place.path("").display().to_string(), "ROOT/");
    digests.replace_all(&said, "DIGEST").into_owned()
}

fn of_package(target: &str) -> bool {
    target.ends_with(".tgz")
}

#[test]
fn what_servers_do() {
    let closed = {
        let server = Server::new(|_| Reply::status(404));
        let url = server.url();
        drop(server);
        told(&Place::new(&[("web", "1.0.0", &url)]), &url)
    };
    let other = chart("web", "1.0.0", "evil");
    let rows = [
        ("nobody listens", closed),
        ("no index", said("1.0.0", |_, _| Reply::status(404))),
        ("credentials", said("1.0.0", |_, _| Reply::status(401))),
        ("a page to sign in", said("1.0.0", |_, _| Reply::ok("<html>Please sign in</html>"))),
        ("no such version", said("2.0.0", |_, reply| reply)),
        ("no package", said("1.0.0", |target, reply| if of_package(target) { Reply::status(404) } else { reply })),
        (
            "other bytes than the index says",
            said("1.0.0", move |target, reply| if of_package(target) { Reply::ok(other.clone()) } else { reply }),
        ),
        (
            "a package that is cut off",
            said("1.0.0", |target, reply| if of_package(target) { Reply { cut: Some(9), ..reply } } else { reply }),
        ),
    ];
    let mut all = String::new();
    for (what, text) in rows {
        let _ = write!(all, "# {what}\n{text}");
    }
    insta::assert_snapshot!(all, @r#"
    # nobody listens
      × web of umbrella cannot be fetched: http://HOST/index.yaml: connection refused
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # no index
      × web of umbrella cannot be fetched: http://HOST/index.yaml answers 404: there is nothing
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # credentials
      × web of umbrella cannot be fetched: http://HOST/index.yaml answers 401: it wants other credentials, or some at all
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # a page to sign in
      × web of umbrella cannot be fetched: http://HOST/index.yaml is no index of a chart repository: invalid type: string "<html>Please sign in</html>", expected a mapping with `apiVersion` and `entries`
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # no such version
      × web of umbrella cannot be fetched: http://HOST offers no web 2.0.0; the newest is 1.0.0
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '2.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # no package
      × web of umbrella cannot be fetched: http://HOST/web-1.0.0.tgz answers 404: there is nothing
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # other bytes than the index says
      × web of umbrella cannot be fetched: http://HOST/web-1.0.0.tgz has the sha256 DIGEST, but its repository's index says DIGEST. Helm compares neither: where the index is known to be wrong, `helm dependency build` fills charts/
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    # a package that is cut off
      × web of umbrella cannot be fetched: http://HOST/web-1.0.0.tgz: the answer was cut off
       ╭─[umbrella/Chart.yaml:5:10]
     5 │ - {name: web, version: '1.0.0', repository: 'http://HOST'}
       ·          ───
       ╰────
    "#);
}
