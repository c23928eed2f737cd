//! OCI registries, played by a server of ours: tokens, tags, manifests, digests, and what can be wrong with them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use mirrorlint::store::sha256;

use crate::place::Place;
use crate::repository::{chart, entry, umbrella};
use crate::server::{Asked, Reply, Server};
use crate::trust::authority;

const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const SECRET: &str = "s3cr3t-word";

fn web(version: &str) -> Vec<u8> {
    chart("web", version, "docker.io/acme/web:1")
}

/// A manifest of one layer.
fn manifest(config: &str, layer: &str, digest: &str, size: usize) -> String {
    let empty = sha256(b"{}");
    format!(
        "{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"{config}\",\"digest\":\"sha256:{empty}\",\"size\":2}},\"layers\":\
         [{{\"mediaType\":\"{layer}\",\"digest\":\"sha256:{digest}\",\"size\":{size}}}]}}"
    )
}

/// A registry of one chart, with the manifest and the blob that it is told.
struct Registry {
    manifest: String,
    blob: Vec<u8>,
}

impl Registry {
    fn of(bytes: Vec<u8>) -> Self {
        Self { manifest: manifest(CONFIG, LAYER, &sha256(&bytes), bytes.len()), blob: bytes }
    }

    fn answer(&self, asked: &Asked) -> Reply {
        let target = asked.target.as_str();
        match target {
            "/v2/" => Reply::ok("{}"),
            _ if target.starts_with("/v2/charts/web/manifests/") => Reply::ok(self.manifest.clone())
                .header("Docker-Content-Digest", &format!("sha256:{}", sha256(self.manifest.as_bytes()))),
            _ if target.starts_with("/v2/charts/web/blobs/") => Reply::ok(self.blob.clone()),
            "/v2/charts/web/tags/list?n=1000" => {
                let next = "</v2/charts/web/tags/list?n=1000&last=x>; rel=\"next\"";
                Reply::ok(r#"{"name":"charts/web","tags":["1.0.0","latest","1.2.0_build.1"]}"#).header("Link", next)
            }
            "/v2/charts/web/tags/list?n=1000&last=x" => Reply::ok(r#"{"tags":["1.10.0","sha256-ab.sig","v9.0.0"]}"#),
            _ => Reply::status(404),
        }
    }

    fn start(self) -> Server {
        Server::new(move |asked| self.answer(asked))
    }
}

fn place(server: &Server, version: &str) -> Place {
    Place::new(&[("web", version, &format!("oci://{}/charts", server.host()))])
}

#[test]
fn an_exact_version_needs_no_list_of_tags() {
    let server = Registry::of(web("1.2.0+build.1")).start();
    let place = place(&server, "1.2.0+build.1");
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(place.packages(), ["web-1.2.0+build.1.tgz"]);
    assert_eq!(place.images(), ["docker.io/acme/web:1"]);
    let digest = sha256(&web("1.2.0+build.1"));
    let expected =
        ["/v2/charts/web/manifests/1.2.0_build.1".to_owned(), format!("/v2/charts/web/blobs/sha256:{digest}")];
    assert_eq!(server.targets()[1..], expected);
    let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
    assert!(lock.contains(&format!("url: oci://{}/charts/web:1.2.0_build.1", server.host())), "{lock}");
}

#[test]
fn a_constraint_takes_the_newest_of_all_pages_as_helm_does() {
    let server = Registry::of(web("1.10.0")).start();
    let place = place(&server, "^1.0.0");
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("fetched web 1.10.0"), "{}", run.stdout);
    // Helm reads tags strictly: `v9.0.0` is none.
    let said = self::place(&Registry::of(web("1.10.0")).start(), ">=9.0.0").fails();
    assert!(said.contains("offers no web >=9.0.0; the newest is v9.0.0; Helm takes no tags"), "{said}");
}

#[test]
fn what_a_registry_gives_is_verified() {
    let good = web("1.0.0");
    let (digest, size) = (sha256(&good), good.len());
    let mut other = good.clone();
    other[20] ^= 1;
    for (manifest, blob, words) in [
        (manifest(CONFIG, LAYER, &digest, size), other, "has the sha256"),
        (manifest(CONFIG, LAYER, &digest, size + 1), good.clone(), "its manifest says"),
        (manifest(CONFIG, LAYER, &digest, 1 << 40), good.clone(), "is larger than 104857600 bytes"),
        (
            manifest("application/vnd.oci.image.config.v1+json", LAYER, &digest, size),
            good.clone(),
            "is no Helm chart: its configuration is",
        ),
        (
            manifest(CONFIG, "application/octet-stream", &digest, size),
            good.clone(),
            "is no Helm chart: it has no layer",
        ),
        (manifest(CONFIG, LAYER, "../../x", size), good.clone(), "nothing is known of digests"),
        ("<html>".to_owned(), good.clone(), "is no manifest"),
        ("{}".to_owned(), good.clone(), "it has no configuration"),
    ] {
        let said = place(&Registry { manifest, blob }.start(), "1.0.0").fails();
        assert!(said.contains(words), "{words}: {said}");
    }
    let registry = Registry::of(good);
    let server = Server::new(move |asked| {
        let reply = registry.answer(asked);
        if asked.target.contains("manifests") {
            return Reply::ok(reply.body).header("Docker-Content-Digest", &format!("sha256:{}", "0".repeat(64)));
        }
        reply
    });
    let said = place(&server, "1.0.0").fails();
    assert!(said.contains("the manifest of oci://") && said.contains("has the sha256"), "{said}");
    let said = place(&Server::new(|_| Reply::status(404)), "1.0.0").fails();
    assert!(said.contains("answers 404"), "{said}");
}

/// A registry that wants a token, and the server that gives it to who knows the password.
fn guarded(anonymous: bool) -> (Server, Arc<Server>) {
    let tokens = Arc::new(Server::new(move |asked| {
        let scope = asked.target.contains("scope=repository:charts/web:pull") && asked.target.contains("service=reg");
        let basic = data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes());
        let known = asked.headers.get("authorization").is_some_and(|given| *given == format!("Basic {basic}"));
        let refreshed = asked.body.contains(&format!("refresh_token={SECRET}"));
        match scope && (anonymous || known) || refreshed {
            true => Reply::ok(r#"{"token":"the-token"}"#),
            false => Reply::status(401),
        }
    }));
    let realm = format!("Bearer realm=\"{}/token\",service=\"reg\",scope=\"repository:charts/web:pull\"", tokens.url());
    let registry = Registry::of(web("1.0.0"));
    let server = Server::new(move |asked| match asked.headers.get("authorization") {
        Some(given) if given == "Bearer the-token" => registry.answer(asked),
        _ => Reply::status(401).header("WWW-Authenticate", &realm),
    });
    (server, tokens)
}

#[test]
fn tokens_are_fetched_with_credentials_or_without() {
    let (server, tokens) = guarded(true);
    let run = place(&server, "1.0.0").fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(tokens.asked()[0].headers.get("authorization"), None);
    let packed = data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes());
    for (file, auth) in [
        ("helm/config/registry/config.json", format!("\"auth\":\"{packed}\"")),
        ("helm/docker/config.json", format!("\"auth\":\"{packed}\"")),
        ("helm/docker/config.json", format!("\"identitytoken\":\"{SECRET}\"")),
    ] {
        let (server, tokens) = guarded(false);
        let place = place(&server, "1.0.0").file(file, format!("{{\"auths\":{{\"{}\":{{{auth}}}}}}}", server.host()));
        let run = place.fetch();
        assert_eq!(run.code, 0, "{file}: {}", run.text());
        assert!(!run.text().contains(SECRET) && !run.text().contains("the-token"));
        // The password goes to the token server and nowhere else.
        let told = |asked: &Asked| asked.headers.get("authorization").is_some_and(|given| given.contains(&packed));
        assert!(!server.asked().iter().any(told));
        assert_eq!(tokens.asked().len(), 1, "one token serves all");
    }
    let (server, _tokens) = guarded(false);
    let said = place(&server, "1.0.0").fails();
    assert!(said.contains("/token answers 401"), "{said}");
}

#[test]
fn a_registry_that_speaks_tls_is_spoken_to_so() {
    let (tls, authority) = authority();
    let registry = Registry::of(web("1.0.0"));
    let server = Server::secure(tls, move |asked| registry.answer(asked));
    let mut place = place(&server, "1.0.0").file("ca.pem", authority);
    assert!(place.fails().contains("its certificate is not trusted"));
    let path = place.path("ca.pem").display().to_string();
    place.set("SSL_CERT_FILE", &path);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
}

#[test]
fn a_registry_is_met_once_in_a_run() {
    let (server, tokens) = guarded(true);
    let url = format!("oci://{}/charts", server.host());
    // Twice the same chart, as two umbrellas might ask for it.
    let place = Place::new(&[("web", "1.0.0", &url)]);
    place.write(
        "other/Chart.yaml",
        crate::repository::umbrella(&[("web", "=1.0.0", &url)]).replace("umbrella", "other"),
    );
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    let pings = server.targets().iter().filter(|target| *target == "/v2/").count();
    assert_eq!((pings, tokens.asked().len() <= 2), (1, true));
}

#[test]
fn a_token_in_the_clear_is_not_asked_for() {
    for realm in ["http://tokens.example/token", "//tokens.example/token"] {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"reg\"");
        let server = Server::new(move |_| Reply::status(401).header("WWW-Authenticate", &challenge));
        let packed = data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes());
        let auths = format!("{{\"auths\":{{\"{}\":{{\"auth\":\"{packed}\"}}}}}}", server.host());
        let said = place(&server, "1.0.0").file("helm/docker/config.json", auths).fails();
        assert!(said.contains("wants a token from http://tokens.example/token, which anybody could read"), "{said}");
        assert!(!said.contains(SECRET));
    }
}

#[test]
fn pages_of_tags_end_and_stay_at_home() {
    let elsewhere = Server::new(|_| Reply::ok(r#"{"tags":["1.0.0"]}"#));
    let next = format!("<{}/v2/charts/web/tags/list>; rel=\"next\"", elsewhere.url());
    let server = Server::new(move |asked| match asked.target.as_str() {
        "/v2/" => Reply::ok("{}"),
        _ => Reply::ok(r#"{"tags":["0.1.0"]}"#).header("Link", &next),
    });
    let said = place(&server, "^1.0.0").fails();
    assert!(said.contains("continues on another host"), "{said}");
    assert_eq!(elsewhere.asked().len(), 0);
    let server = Server::new(|asked| match asked.target.as_str() {
        "/v2/" => Reply::ok("{}"),
        again => Reply::ok(r#"{"tags":["0.1.0"]}"#).header("Link", &format!("<{again}>; rel=\"next\"")),
    });
    let said = place(&server, "^1.0.0").fails();
    assert!(said.contains("has more than 200 pages of tags"), "{said}");
}

#[cfg(unix)]
#[test]
fn credential_helpers_are_asked() {
    use std::os::unix::fs::PermissionsExt as _;
    let (server, _tokens) = guarded(false);
    let script = format!(
        "#!/bin/sh\nread host\n[ \"$host\" = {} ] && echo '{{\"Username\":\"user\",\"Secret\":\"{SECRET}\"}}'\n",
        server.host()
    );
    let mut place = place(&server, "1.0.0")
        .file("bin/docker-credential-test", script)
        .file("helm/docker/config.json", r#"{"credsStore":"test"}"#);
    let program = place.path("bin/docker-credential-test");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.path("bin").display(), std::env::var("PATH").unwrap());
    place.set("PATH", &path);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
}

#[test]
fn blobs_elsewhere_get_no_token() {
    let (server, _tokens) = guarded(true);
    let bytes = web("1.0.0");
    let store = Server::new(move |_| Reply::ok(bytes.clone()));
    let away = store.url();
    let inner = server.url();
    // In front of the registry: only blobs are elsewhere.
    let front = Server::new(move |asked| {
        if asked.target.contains("/blobs/") {
            return Reply::redirect(&format!("{away}/blob?signature=1"));
        }
        let mut reply = Reply::status(401).header("WWW-Authenticate", "Basic realm=\"x\"");
        if asked.headers.contains_key("authorization") {
            reply = Registry::of(web("1.0.0")).answer(asked);
        }
        reply
    });
    let packed = data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes());
    let place = place(&front, "1.0.0")
        .file("helm/docker/config.json", format!("{{\"auths\":{{\"{}\":{{\"auth\":\"{packed}\"}}}}}}", front.host()));
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(store.asked().len(), 1);
    assert_eq!(store.asked()[0].headers.get("authorization"), None);
    drop(inner);
}

#[test]
fn who_a_redirect_leads_to_gets_no_password_even_if_it_asks() {
    for login in [
        format!("{{\"auth\":\"{}\"}}", data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes())),
        format!("{{\"identitytoken\":\"{SECRET}\"}}"),
    ] {
        let realm: Arc<Mutex<String>> = Arc::default();
        let named = realm.clone();
        let evil = Server::new(move |asked| match asked.target.starts_with("/token") {
            true => Reply::ok(r#"{"token":"x"}"#),
            false => {
                Reply::status(401).header("WWW-Authenticate", &format!("Bearer realm=\"{}\"", named.lock().unwrap()))
            }
        });
        *realm.lock().unwrap() = format!("{}/token", evil.url());
        let away = format!("{}/blob", evil.url());
        let registry = Registry::of(web("1.0.0"));
        let server = Server::new(move |asked| match asked.target.contains("/blobs/") {
            true => Reply::redirect(&away),
            false => registry.answer(asked),
        });
        let auths = format!("{{\"auths\":{{\"{}\":{login}}}}}", server.host());
        let said = place(&server, "1.0.0").file("helm/docker/config.json", auths).fails();
        assert!(said.contains("redirects to, answers 401"), "{said}");
        assert_eq!(evil.targets(), ["/blob"]);
        assert_eq!(evil.asked()[0].headers.get("authorization"), None);
    }
}

#[test]
fn a_tag_with_a_v_is_asked_for_again_on_another_machine() {
    let registry = Registry::of(web("1.0.0"));
    let server = Server::new(move |asked| match asked.target.ends_with("/manifests/1.0.0") {
        true => Reply::status(404),
        false => registry.answer(asked),
    });
    let mut place = place(&server, "v1.0.0");
    assert_eq!(place.fetch().code, 0);
    let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
    assert!(lock.contains("version: 1.0.0\n") && lock.contains("/charts/web:v1.0.0\n"), "{lock}");
    place.set("MIRRORLINT_CACHE", &place.path("other").display().to_string());
    for told in ["fetched web 1.0.0", "cached web 1.0.0"] {
        let run = place.fetch();
        assert_eq!(run.code, 0, "{}", run.text());
        assert!(run.stdout.contains(told) && !run.stdout.contains("not compared"), "{}", run.text());
    }
    assert_eq!(std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap(), lock);
}

#[test]
fn an_index_may_lead_to_a_registry() {
    let (server, _tokens) = guarded(false);
    let url = format!("oci://{}/charts/web:1.0.0", server.host());
    let packed = data_encoding::BASE64.encode(format!("user:{SECRET}").as_bytes());
    let auths = format!("{{\"auths\":{{\"{}\":{{\"auth\":\"{packed}\"}}}}}}", server.host());
    for (package, words) in [(web("1.0.0"), ""), (web("1.0.1"), "but its repository's index says")] {
        let index = format!("apiVersion: v1\nentries:\n  web:\n{}", entry("web", "1.0.0", &url, &package));
        let index = Server::new(move |_| Reply::ok(index.clone()));
        let place = Place::new(&[("web", "^1.0.0", &index.url())]).file("helm/docker/config.json", &auths);
        if !words.is_empty() {
            assert!(place.fails().contains(words));
            continue;
        }
        let run = place.fetch();
        assert_eq!(run.code, 0, "{}", run.text());
        assert_eq!(place.images(), ["docker.io/acme/web:1"]);
        let lock = std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap();
        assert!(lock.contains(&format!("repository: {}\n  url: {url}\n", index.url())), "{lock}");
        assert_eq!(index.targets(), ["/index.yaml"]);
    }
}

#[test]
fn a_tag_that_moved_is_told_although_the_package_is_here() {
    let moved = Arc::new(AtomicBool::new(false));
    let is_moved = moved.clone();
    let (before, after) = (Registry::of(web("1.0.0")), Registry::of(chart("web", "1.0.0", "evil:1")));
    let server = Server::new(move |asked| if is_moved.load(Ordering::SeqCst) { &after } else { &before }.answer(asked));
    let place = place(&server, "1.0.0");
    let run = place.fetch_with(&["--dry-run"]);
    assert!(run.stdout.contains(&format!("(sha256 {})", sha256(&web("1.0.0")))), "{}", run.text());
    assert_eq!(place.fetch().code, 0);
    let asked = server.targets().len();
    let run = place.fetch();
    assert_eq!((run.code, run.stdout.contains("cached web 1.0.0")), (0, true), "{}", run.text());
    // Only the manifest.
    assert_eq!(server.targets()[asked..], ["/v2/".to_owned(), "/v2/charts/web/manifests/1.0.0".to_owned()]);
    moved.store(true, Ordering::SeqCst);
    let run = place.fetch();
    assert_eq!(run.code, 2, "{}", run.text());
    assert!(run.stderr.contains("web 1.0.0 was published again with other bytes: oci://"), "{}", run.stderr);
}

#[test]
fn two_tags_of_one_version_are_never_taken_for_each_other() {
    let (plain, other) = (Registry::of(web("1.0.0")), Registry::of(chart("web", "1.0.0", "docker.io/acme/other:1")));
    let blob = format!("/v2/charts/web/blobs/sha256:{}", sha256(&other.blob));
    let server = Server::new(move |asked| {
        let is_other = asked.target.ends_with("/manifests/v1.0.0") || asked.target == blob;
        if is_other { &other } else { &plain }.answer(asked)
    });
    let place = place(&server, "1.0.0");
    let address = format!("oci://{}/charts", server.host());
    place.write("other/Chart.yaml", umbrella(&[("web", "v1.0.0", &address)]).replace("name: umbrella", "name: other"));
    for _ in 0..2 {
        let run = place.fetch_with(&["--vendor"]);
        assert_eq!(run.code, 2, "{}", run.text());
        assert!(!place.path("other/charts").exists() || !place.path("umbrella/charts").exists(), "{}", run.text());
    }
}
