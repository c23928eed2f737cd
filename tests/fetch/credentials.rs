//! Who gets which credentials, over what: nobody else, and never in the clear.

use std::sync::{Arc, Mutex};

use crate::place::Place;
use crate::repository::{chart, entry, files};
use crate::server::{Asked, Reply, Server};
use crate::trust::authority;

pub const SECRET: &str = "s3cr3t-word";

pub fn web() -> Vec<u8> {
    chart("web", "1.0.0", "docker.io/acme/web:1")
}

/// `user:s3cr3t-word` as a header has it.
pub fn basic() -> String {
    format!("Basic {}", data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes()))
}

pub fn authorization(asked: &Asked) -> Option<String> {
    asked.headers.get("authorization").cloned()
}

/// Helm's file with one repository.
pub fn repositories(url: &str, more: &str) -> String {
    format!("apiVersion: ''\nrepositories:\n- name: private\n  url: {url}\n{more}")
}

pub fn login() -> String {
    format!("  username: user\n  password: {SECRET}\n")
}

#[test]
fn a_known_repository_gets_its_password_and_other_hosts_do_not() {
    let other = Server::new(|_| Reply::ok(web()));
    let elsewhere = format!("{}/web-1.0.0.tgz", other.url());
    for (more, told) in [("", None), ("  pass_credentials_all: true\n", Some(basic()))] {
        let index = format!("apiVersion: v1\nentries:\n  web:\n{}", entry("web", "1.0.0", &elsewhere, &web()));
        let server = Server::new(move |asked| match authorization(asked) {
            Some(given) if given == basic() => Reply::ok(index.clone()),
            _ => Reply::status(401),
        });
        let place = Place::new(&[("web", "1.0.0", "@private")])
            .file("helm/config/repositories.yaml", repositories(&server.url(), &(login() + more)));
        let run = place.fetch();
        assert_eq!(run.code, 0, "{}", run.text());
        assert!(!run.text().contains(SECRET));
        assert_eq!(other.asked().last().map(authorization), Some(told));
        let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
        assert!(lock.contains("repository: '@private'") && lock.contains(&elsewhere), "{lock}");
    }
}

#[test]
fn redirects_to_other_hosts_lose_the_password_for_good() {
    let server: Arc<Mutex<String>> = Arc::default();
    let home = server.clone();
    // It sends everybody back to where they came from.
    let other = Server::new(move |_| Reply::redirect(&format!("{}/back", home.lock().unwrap())));
    let away = other.url();
    let index = files(&[("web", "1.0.0", web())]).remove("/index.yaml").unwrap();
    let started = Server::new(move |asked| match asked.target.as_str() {
        "/index.yaml" => Reply::ok(index.clone()),
        "/web-1.0.0.tgz" => Reply::redirect("/moved"),
        "/moved" => Reply::redirect(&format!("{away}/x")),
        _ => Reply::ok(web()),
    });
    *server.lock().unwrap() = started.url();
    let place = Place::new(&[("web", "1.0.0", "alias:private")])
        .file("helm/config/repositories.yaml", repositories(&started.url(), &login()));
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    let told: Vec<_> =
        started.asked().iter().map(|asked| (asked.target.clone(), authorization(asked).is_some())).collect();
    let expected = [("/index.yaml", true), ("/web-1.0.0.tgz", true), ("/moved", true), ("/back", false)];
    assert_eq!(told, expected.map(|(target, told)| (target.to_owned(), told)));
    assert_eq!(other.asked().iter().map(authorization).collect::<Vec<_>>(), [None]);
}

#[test]
fn a_password_in_an_address_is_used_and_never_shown() {
    let all = files(&[("web", "1.0.0", web())]);
    let server = Server::new(move |asked| match (authorization(asked), all.get(&asked.target)) {
        (Some(given), Some(body)) if given == basic() => Reply::ok(body.clone()),
        _ => Reply::status(401),
    });
    let url = server.url().replace("://", &format!("://user:{SECRET}@"));
    let place = Place::new(&[("web", "1.0.0", &url)]);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(!run.text().contains(SECRET), "{}", run.text());
    assert!(!std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap().contains(SECRET));
    assert_eq!(place.images(), ["docker.io/acme/web:1"]);
    let wrong = server.url().replace("://", "://user:other-word@");
    let place = Place::new(&[("web", "1.0.0", &wrong)]);
    let said = place.fails();
    assert!(said.contains("answers 401") && !said.contains("other-word@"), "{said}");
}

#[test]
fn who_lacks_credentials_is_named_and_what_would_give_them() {
    let elsewhere = Server::new(|_| Reply::status(401));
    let there = format!("{}/x.tgz", elsewhere.url());
    let entry = entry("web", "1.0.0", "web.tgz", &web());
    let away = entry.replace("web.tgz", &there);
    for (entry, redirects) in [(entry, true), (away, false)] {
        let index = format!("apiVersion: v1\nentries:\n  web:\n{entry}");
        let target = there.clone();
        let server = Server::new(move |asked| match asked.target.as_str() {
            "/index.yaml" => Reply::ok(index.clone()),
            _ => Reply::redirect(&target),
        });
        let who =
            if redirects { format!("{there}, where {}/web.tgz redirects to,", server.url()) } else { there.clone() };
        for (more, why) in [
            (
                login(),
                "credentials go to no other host, unless `pass_credentials_all` in Helm's repositories.yaml says so",
            ),
            (login() + "  pass_credentials_all: true\n", "it wants other credentials, or some at all"),
            (String::new(), "it wants other credentials, or some at all"),
        ] {
            let place = Place::new(&[("web", "1.0.0", "@private")])
                .file("helm/config/repositories.yaml", repositories(&server.url(), &more));
            let said = place.fails();
            assert!(said.contains(&format!("{who} answers 401: {why}")), "{more}: {said}");
        }
    }
}

#[test]
fn https_never_becomes_http() {
    let (tls, authority) = authority();
    let plain = Server::new(|_| Reply::ok(web()));
    let away = plain.url();
    let index = files(&[("web", "1.0.0", web())]).remove("/index.yaml").unwrap();
    let server = Server::secure(tls, move |asked| match asked.target.as_str() {
        "/index.yaml" => Reply::ok(index.clone()),
        _ => Reply::redirect(&format!("{away}/web-1.0.0.tgz")),
    });
    let mut place = Place::new(&[("web", "1.0.0", &server.url())]).file("ca.pem", &authority);
    let path = place.path("ca.pem").display().to_string();
    place.set("SSL_CERT_FILE", &path);
    let said = place.fails();
    assert!(said.contains("redirects from https to http://"), "{said}");
    assert_eq!(plain.asked().len(), 0);
}

#[test]
fn an_address_with_a_password_and_the_same_without_are_two() {
    let index = format!(
        "apiVersion: v1\nentries:\n  web:\n{}  api:\n{}",
        entry("web", "1.0.0", "web.tgz", &web()),
        entry("api", "1.0.0", "api.tgz", &web())
    );
    let server = Server::new(move |asked| match (authorization(asked), asked.target.as_str()) {
        (Some(given), "/index.yaml") if given == basic() => Reply::ok(index.clone()),
        (Some(given), _) if given == basic() => Reply::ok(web()),
        _ => Reply::status(401),
    });
    let with = server.url().replace("http://", &format!("http://user:{SECRET}@"));
    let place = Place::new(&[("web", "1.0.0", &with), ("api", "1.0.0", &server.url())]);
    let run = place.fetch();
    assert_eq!(run.code, 2, "{}", run.text());
    assert!(run.stdout.contains("fetched web 1.0.0"), "{}", run.text());
    assert!(run.stderr.contains("api of umbrella cannot be fetched") && run.stderr.contains("401"), "{}", run.text());
    assert!(!run.text().contains(SECRET));
}

#[test]
fn no_host_is_asked_in_the_name_of_another() {
    let evil = Server::of_files(files(&[("web", "1.0.0", chart("web", "1.0.0", "evil.example/web:1"))]));
    let good = Server::of_files(files(&[("web", "1.0.0", web())]));
    for sign in ["#", "?", "/x#", "/x?"] {
        for (scheme, folder) in [("http", ""), ("oci", "/charts")] {
            let written = format!("{scheme}://{}{sign}@{}{folder}", evil.host(), good.host());
            let said = Place::new(&[("web", "1.0.0", &written)]).fails();
            assert!(said.contains("is no address: an `@` behind its host is written %40"), "{said}");
        }
    }
    assert_eq!(evil.targets(), [""; 0]);
    // Elsewhere an `@` is one.
    let index = format!("apiVersion: v1\nentries:\n  web:\n{}", entry("web", "1.0.0", "web@1.0.0/x.tgz#a@b", &web()));
    let server = Server::new(move |asked| match asked.target.as_str() {
        "/gh@1/index.yaml" => Reply::ok(index.clone()),
        "/gh@1/web@1.0.0/x.tgz" => Reply::ok(web()),
        _ => Reply::status(404),
    });
    let with = server.url().replace("http://", "http://user:x@");
    let place = Place::new(&[("web", "1.0.0", &format!("{with}/gh@1"))]);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
    assert!(lock.contains(&format!("repository: {}/gh@1#", server.url())) && !lock.contains("user"), "{lock}");
    assert_eq!(place.images(), ["docker.io/acme/web:1"]);
}

#[test]
fn a_password_that_ends_the_host_is_not_shown() {
    for password in [format!("a/{SECRET}"), format!("12/{SECRET}"), format!("12?{SECRET}"), format!("a#{SECRET}")] {
        let written = format!("https://me:{password}@charts.example/x");
        let said = Place::new(&[("web", "1.0.0", &written)]).fails();
        assert!(said.contains("`https://charts.example/x` is no address") && !said.contains(SECRET), "{said}");
        // A server that redirects there tells no more.
        let server = Server::new(move |_| Reply::redirect(&written));
        let said = Place::new(&[("web", "1.0.0", &server.url())]).fails();
        assert!(!said.contains(SECRET) || password.starts_with("12/"), "{said}");
    }
}

#[test]
fn a_redirect_may_bring_a_password_of_its_own() {
    // Who is sent on, with what in the address; what comes there, and whether that is elsewhere.
    for (more, elsewhere, told) in [
        (String::new(), true, Some(basic())),
        (String::new(), false, Some(basic())),
        ("  username: me\n  password: other-word\n".to_owned(), true, Some(basic())),
        ("  username: me\n  password: other-word\n".to_owned(), false, Some("Basic bWU6b3RoZXItd29yZA==".to_owned())),
    ] {
        let all = files(&[("web", "1.0.0", web())]);
        let there = all.clone();
        let other = Server::new(move |asked| Reply::ok(there[&asked.target].clone()));
        let away = other.host();
        let server = Server::new(move |asked| {
            let (name, home) = (asked.target.trim_start_matches("/there"), &asked.headers["host"]);
            match asked.target.starts_with("/there") {
                true => Reply::ok(all[name].clone()),
                false if elsewhere => Reply::redirect(&format!("http://user:{SECRET}@{away}{name}")),
                false => Reply::redirect(&format!("http://user:{SECRET}@{home}/there{name}")),
            }
        });
        let place = Place::new(&[("web", "1.0.0", "@private")])
            .file("helm/config/repositories.yaml", repositories(&server.url(), &more));
        let asked = || {
            let asked = if elsewhere { other.asked() } else { server.asked() };
            asked.last().and_then(authorization)
        };
        let run = place.fetch();
        assert_eq!(run.code, 0, "{}", run.text());
        assert!(!run.text().contains(SECRET));
        assert_eq!(asked(), told, "{more} {elsewhere}");
        let Some(helm) = crate::helm::helm() else { continue };
        let login: &[&str] = if more.is_empty() { &[] } else { &["--username", "me", "--password", "other-word"] };
        crate::helm::run_helm(&helm, &place, &[&["repo", "add", "another", &server.url()], login].concat());
        assert_eq!(asked(), told, "{more} {elsewhere}");
    }
}

#[test]
fn as_many_redirects_are_followed_as_go_follows() {
    for (count, fine) in [(9, true), (10, false)] {
        let all = files(&[("web", "1.0.0", web())]);
        let server = Server::new(move |asked| {
            let (number, name) = asked.target[1..].split_once('/').unwrap_or(("0", &asked.target[1..]));
            match number.parse::<u32>().unwrap() {
                number if number < count => Reply::redirect(&format!("/{}/{name}", number + 1)),
                _ => Reply::ok(all[&format!("/{name}")].clone()),
            }
        });
        let place = Place::new(&[("web", "1.0.0", &server.url())]);
        if fine {
            assert_eq!(place.fetch().code, 0);
        } else {
            assert!(place.fails().contains("redirects more than 9 times"));
        }
        let Some(helm) = crate::helm::helm() else { continue };
        let output = std::process::Command::new(helm)
            .args(["repo", "add", "another", &server.url()])
            .current_dir(place.path("."))
            .envs(place.variables.iter().map(|(name, value)| (name, value)))
            .output();
        assert_eq!(output.unwrap().status.success(), fine);
    }
}
