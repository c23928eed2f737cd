//! Proxies of the environment: who is asked through which, in what words, and with whose password.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::credentials::{SECRET, authorization, basic, repositories, web};
use crate::helm::helm;
use crate::place::Place;
use crate::repository::files;
use crate::server::{Asked, Reply, Server, read};
use crate::trust::authority;

/// A proxy that connects to port 443 only, as most do, and passes on what is asked for by `http`. Behind each host stands a server
/// on this machine. It wants the password; it ends with the test.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Proxy {
    /// One that knows `charts.example:443` and the like by the `127.0.0.1:PORT` that they are.
    fn new(hosts: &[(&str, &Server)]) -> Self {
        let hosts: HashMap<String, String> =
            hosts.iter().map(|(host, server)| ((*host).to_owned(), server.host())).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, asked) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<Asked>>>::default());
        let log = asked.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (hosts, log) = (hosts.clone(), log.clone());
                std::thread::spawn(move || converse(client, &hosts, &log));
            }
        });
        Self { port, asked }
    }

    /// `http://127.0.0.1:PORT`, with user and password.
    fn url(&self) -> String {
        format!("http://user:{SECRET}@127.0.0.1:{}", self.port)
    }

    /// Method, target and both authorizations of all that was asked.
    fn asked(&self) -> Vec<(String, Option<String>, Option<String>)> {
        let asked = self.asked.lock().unwrap();
        let field = |asked: &Asked, name: &str| asked.headers.get(name).cloned();
        let told = |one: &Asked| {
            let line = format!("{} {}", one.method, one.target);
            (line, field(one, "proxy-authorization"), field(one, "authorization"))
        };
        asked.iter().map(told).collect()
    }
}

/// Serves one connection to a proxy.
fn converse(mut client: TcpStream, hosts: &HashMap<String, String>, log: &Mutex<Vec<Asked>>) -> Option<()> {
    while let Some(asked) = read(&mut client) {
        log.lock().unwrap().push(asked.clone());
        let refuse = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        if asked.headers.get("proxy-authorization") != Some(&basic()) {
            client.write_all(refuse("407 Who Are You").as_bytes()).ok()?;
            continue;
        }
        if asked.method == "CONNECT" {
            let Some(server) = hosts.get(&asked.target).filter(|_| asked.target.ends_with(":443")) else {
                client.write_all(refuse("403 Forbidden").as_bytes()).ok()?;
                continue;
            };
            let mut server = TcpStream::connect(server).ok()?;
            client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
            let (mut from, mut to) = (server.try_clone().ok()?, client.try_clone().ok()?);
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::io::copy(&mut client, &mut server).ok()?;
            return None;
        }
        let place = asked.target.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
        let Some((server, path)) = place.and_then(|(host, path)| Some((hosts.get(host)?, path))) else {
            client.write_all(refuse("400 Bad Request").as_bytes()).ok()?;
            continue;
        };
        client.write_all(&passed_on(server, path, &asked)?).ok()?;
    }
    None
}

/// What `server` answers, up to its end.
fn passed_on(server: &str, path: &str, asked: &Asked) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(server).ok()?;
    let fields = asked.headers.iter().filter(|(name, _)| !name.starts_with("proxy-"));
    let fields: String = fields.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    server.write_all(format!("{} /{path} HTTP/1.1\r\n{fields}\r\n", asked.method).as_bytes()).ok()?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        server.read_exact(&mut byte).ok()?;
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer.clone()).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let mut body = vec![0; length];
    server.read_exact(&mut body).ok()?;
    Some([answer, body].concat())
}

/// What a server gives to who knows the password.
fn guarded(asked: &Asked) -> Reply {
    let all = files(&[("web", "1.0.0", web())]);
    match (authorization(asked), all.get(&asked.target)) {
        (Some(given), Some(body)) if given == SERVER => Reply::ok(body.clone()),
        _ => Reply::status(401),
    }
}

/// Another user than the proxy's.
const SERVER: &str = "Basic bWU6b3RoZXItd29yZA==";

/// Helm's file with a repository that is for that user.
fn known(url: &str) -> String {
    repositories(url, "  username: me\n  password: other-word\n")
}

#[test]
fn http_goes_to_a_proxy_by_its_whole_address() {
    for (host, shown) in [("charts.example", "charts.example"), ("charts.example:8080", "charts.example:8080")] {
        let server = Server::new(guarded);
        let proxy = Proxy::new(&[(host, &server)]);
        let url = format!("http://{host}");
        let mut place = Place::new(&[("web", "1.0.0", "@private")]).file("helm/config/repositories.yaml", known(&url));
        place.set("HTTP_PROXY", &proxy.url());
        let run = place.fetch();
        assert_eq!(run.code, 0, "{}\n{:?}", run.text(), proxy.asked());
        // Its name is for the proxy to look up.
        assert_eq!(place.images(), ["docker.io/acme/web:1"]);
        let both = |path: &str| (format!("GET {url}{path}"), Some(basic()), Some(SERVER.to_owned()));
        assert_eq!(proxy.asked(), [both("/index.yaml"), both("/web-1.0.0.tgz")]);
        for asked in server.asked() {
            assert_eq!(
                (asked.headers.get("host").map(String::as_str), authorization(&asked).as_deref()),
                (Some(shown), Some(SERVER))
            );
            assert_eq!(asked.headers.get("proxy-authorization"), None);
        }
        let Some(helm) = helm() else { continue };
        let arguments = ["repo", "add", "same", &url, "--username", "me", "--password", "other-word"];
        crate::helm::run_helm(&helm, &place, &arguments);
        assert_eq!(proxy.asked().last(), Some(&both("/index.yaml")));
    }
}

#[test]
fn from_http_to_https_the_proxy_is_asked_to_connect() {
    let (tls, authority) = authority();
    let secure = Server::secure(tls, guarded);
    let plain = Server::new(|asked| Reply::redirect(&format!("https://charts.example{}", asked.target)));
    let proxy = Proxy::new(&[("charts.example", &plain), ("charts.example:443", &secure)]);
    let mut place = Place::new(&[("web", "1.0.0", "@private")])
        .file("helm/config/repositories.yaml", known("http://charts.example"))
        .file("ca.pem", &authority);
    let path = place.path("ca.pem").display().to_string();
    place.set("SSL_CERT_FILE", &path);
    place.set("HTTP_PROXY", &proxy.url());
    place.set("HTTPS_PROXY", &proxy.url());
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}\n{:?}", run.text(), proxy.asked());
    let server = Some(SERVER.to_owned());
    let by = |line: &str, server: Option<String>| (line.to_owned(), Some(basic()), server);
    let expected = [
        by("GET http://charts.example/index.yaml", server.clone()),
        by("CONNECT charts.example:443", None),
        by("GET http://charts.example/web-1.0.0.tgz", server.clone()),
    ];
    // The connection to the server is kept.
    assert_eq!(proxy.asked(), expected);
    assert_eq!(secure.targets(), ["/index.yaml", "/web-1.0.0.tgz"]);
    for asked in secure.asked() {
        assert_eq!((authorization(&asked), asked.headers.get("proxy-authorization")), (server.clone(), None));
    }
}

#[test]
fn each_redirect_chooses_its_proxy_and_passwords_stay_behind() {
    // The last one is asked without a proxy, as this machine always is.
    let near = Server::new(|_| Reply::ok(web()));
    let there = format!("{}/there", near.url());
    let far = Server::new(move |_| Reply::redirect(&there));
    let proxy = Proxy::new(&[("charts.example", &far)]);
    let index = files(&[("web", "1.0.0", web())]).remove("/index.yaml").unwrap();
    let home = Server::new(move |asked| match asked.target.as_str() {
        "/index.yaml" => Reply::ok(index.clone()),
        _ => Reply::redirect("http://charts.example/away"),
    });
    let mut place =
        Place::new(&[("web", "1.0.0", "@private")]).file("helm/config/repositories.yaml", known(&home.url()));
    place.set("HTTP_PROXY", &proxy.url());
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}\n{:?}", run.text(), proxy.asked());
    assert_eq!(proxy.asked(), [("GET http://charts.example/away".to_owned(), Some(basic()), None)]);
    for server in [&near, &far, &home] {
        assert!(server.asked().iter().all(|asked| !asked.headers.contains_key("proxy-authorization")));
    }
    assert_eq!(near.asked().iter().map(authorization).collect::<Vec<_>>(), [None]);
    assert_eq!((near.targets(), far.targets()), (vec!["/there".to_owned()], vec!["/away".to_owned()]));
}

#[test]
fn where_no_proxy_is_to_be_used_none_is() {
    let proxy = Proxy::new(&[]);
    for except in ["charts.example", ".example", "*"] {
        let mut place = Place::new(&[("web", "1.0.0", "http://charts.example")]);
        place.set("HTTP_PROXY", &proxy.url());
        place.set("NO_PROXY", except);
        let said = place.fails();
        assert!(said.contains("charts.example/index.yaml: there is no such host"), "{said}");
    }
    assert_eq!(proxy.asked(), []);
}

#[test]
fn what_a_proxy_says_itself_names_it() {
    let server = Server::new(|_| Reply::status(403));
    let proxy = Proxy::new(&[("charts.example", &server)]);
    let shown = format!("127.0.0.1:{}", proxy.port);
    let with = proxy.url();
    // Without a scheme it is one for HTTP.
    let (bare, wrong) = (with.replace("http://", ""), with.replace("user:", "me:"));
    for (proxy, url, said) in [
        (
            &with,
            "http://charts.example",
            "answers 403: the proxy lets nobody there, or these credentials may not have it",
        ),
        (
            &bare,
            "http://charts.example",
            "answers 403: the proxy lets nobody there, or these credentials may not have it",
        ),
        (&wrong, "http://charts.example", "answers 407: the proxy wants other credentials, or some at all"),
        (&wrong, "https://charts.example", "the proxy refused: proxy server responded 407"),
        (&with, "https://charts.example:8443", "the proxy refused: proxy server responded 403"),
    ] {
        let mut place = Place::new(&[("web", "1.0.0", url)]);
        place.set("HTTP_PROXY", proxy);
        place.set("HTTPS_PROXY", proxy);
        let told = place.fails();
        let scheme = if proxy.contains("://") { "http://" } else { "" };
        let through = format!("{url}/index.yaml through the proxy {scheme}{shown}");
        assert!(told.contains(&through) && told.contains(said) && !told.contains(SECRET), "{told}");
    }
}

#[test]
fn a_proxy_may_itself_speak_tls() {
    let (tls, authority) = authority();
    let all = files(&[("web", "1.0.0", web())]);
    let proxy = Server::secure(tls, move |asked| {
        let path = asked.target.strip_prefix("http://charts.example").unwrap_or_default();
        all.get(path).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    let mut place = Place::new(&[("web", "1.0.0", "http://charts.example")]).file("ca.pem", &authority);
    let path = place.path("ca.pem").display().to_string();
    place.set("SSL_CERT_FILE", &path);
    place.set("HTTP_PROXY", &proxy.url());
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}\n{:?}", run.text(), proxy.asked());
}

#[test]
fn a_proxy_that_is_down_is_named() {
    let proxy = Server::new(|_| Reply::status(404)).url();
    for url in ["http://charts.example", "https://charts.example"] {
        let mut place = Place::new(&[("web", "1.0.0", url)]);
        let with = proxy.replace("http://", &format!("http://user:{SECRET}@"));
        place.set("HTTP_PROXY", &with);
        place.set("HTTPS_PROXY", &with);
        let said = place.fails();
        let told = format!("{url}/index.yaml through the proxy {proxy}: connection refused");
        assert!(said.contains(&told) && !said.contains(SECRET), "{said}");
    }
}

/// A SOCKS5 proxy that takes any host for `server`; gives its port and what it was asked to connect to.
fn socks(server: &Server) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, asked, target) =
        (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default(), server.host());
    let log = asked.clone();
    std::thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 2];
            client.read_exact(&mut head).unwrap();
            client.read_exact(&mut vec![0; head[1].into()]).unwrap();
            client.write_all(&[5, 0]).unwrap();
            // Version, connect, reserved, a name and its length; then the name and two bytes for the port.
            let mut request = [0; 5];
            client.read_exact(&mut request).unwrap();
            assert_eq!(request[..4], [5, 1, 0, 3]);
            let mut name = vec![0; usize::from(request[4]) + 2];
            client.read_exact(&mut name).unwrap();
            log.lock().unwrap().push(String::from_utf8(name[..name.len() - 2].to_vec()).unwrap());
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let mut server = std::net::TcpStream::connect(&target).unwrap();
            let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || std::io::copy(&mut client, &mut server));
        }
    });
    (port, asked)
}

#[test]
fn a_socks_proxy_looks_names_up_itself() {
    let server = Server::of_files(files(&[("web", "1.0.0", web())]));
    let (port, asked) = socks(&server);
    let mut place = Place::new(&[("web", "1.0.0", "http://charts.example")]);
    place.set("HTTP_PROXY", &format!("socks5://127.0.0.1:{port}"));
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(asked.lock().unwrap().first().map(String::as_str), Some("charts.example"));
}

#[test]
fn a_proxy_that_trickles_has_no_more_time_than_a_silent_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let answer = format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(100));
                for byte in answer.bytes() {
                    client.write_all(&[byte])?;
                    std::thread::sleep(std::time::Duration::from_millis(300));
                }
                std::io::Result::Ok(())
            });
        }
    });
    let mut place = Place::new(&[("web", "1.0.0", "https://charts.example")]);
    place.set("HTTPS_PROXY", &format!("http://127.0.0.1:{port}"));
    let started = std::time::Instant::now();
    let run = place.run(&["fetch", "--timeout", "1", "--retries", "0"]);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    assert!(run.code == 2 && said.contains("no answer within 1 seconds"), "{}", run.text());
    // All of it would take half a minute.
    assert!(started.elapsed() < std::time::Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn a_proxy_without_a_scheme_may_end_in_a_slash() {
    let server = Server::new(guarded);
    let proxy = Proxy::new(&[("charts.example", &server)]);
    for end in ["", "/", "/path"] {
        let mut place = Place::new(&[("web", "1.0.0", "@private")])
            .file("helm/config/repositories.yaml", known("http://charts.example"));
        place.set("HTTP_PROXY", &format!("{}{end}", proxy.url().replace("http://", "")));
        let run = place.fetch();
        assert_eq!(run.code, 0, "{}", run.text());
        let Some(helm) = helm() else { continue };
        let arguments =
            ["repo", "add", "same", "http://charts.example", "--username", "me", "--password", "other-word"];
        crate::helm::run_helm(&helm, &place, &arguments);
    }
}
