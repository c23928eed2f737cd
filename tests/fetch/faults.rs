//! What servers, packages and disks can do to a fetch: each is told, nothing half-written is left, and it ends with 2.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::place::Place;
use crate::repository::{chart, chart_with, files, package, repository};
use crate::server::{Asked, Reply, Server};

const IMAGE: &str = "docker.io/acme/web:1";

fn web() -> Vec<u8> {
    chart("web", "1.0.0", IMAGE)
}

/// A repository with `web` 1.0.0, whose package is given by `answer`.
fn serving(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
    let index = files(&[("web", "1.0.0", web())]).remove("/index.yaml").unwrap();
    Server::new(move |asked| if asked.target == "/index.yaml" { Reply::ok(index.clone()) } else { answer(asked) })
}

/// What is said of a repository whose package is given by `answer`.
fn said(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> String {
    let server = serving(answer);
    Place::new(&[("web", "1.0.0", &server.url())]).fails()
}

/// What is said of a repository of this index.
fn said_of_index(index: &str) -> String {
    let index = index.as_bytes().to_vec();
    let server = Server::new(move |_| Reply::ok(index.clone()));
    Place::new(&[("web", "1.0.0", &server.url())]).fails()
}

/// What is said of a package, which the index describes truthfully.
fn said_of_package(bytes: Vec<u8>) -> String {
    let server = repository(&[("web", "1.0.0", bytes)]);
    Place::new(&[("web", "1.0.0", &server.url())]).fails()
}

fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in {text:?}");
}

#[test]
fn a_server_that_is_down_is_told_with_the_place_that_asks() {
    let server = Server::new(|_| Reply::status(404));
    let url = server.url();
    drop(server);
    let said = Place::new(&[("web", "1.0.0", &url)]).fails();
    holds(&said, "web of umbrella cannot be fetched: ");
    holds(&said, "connection refused (2 attempts)");
    holds(&said, "umbrella/Chart.yaml:5:10");
}

#[test]
fn a_silent_server_is_not_waited_for() {
    let server = serving(|_| Reply { delay: Duration::from_secs(9), ..Reply::ok(web()) });
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let started = Instant::now();
    let run = place.run(&["fetch", "--timeout", "0.4", "--retries", "1"]);
    assert_eq!(run.code, 2);
    holds(&run.stderr.split_whitespace().collect::<Vec<_>>().join(" "), "no answer within 0.4 seconds (2 attempts)");
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
}

#[test]
fn an_answer_that_stops_or_never_ends_is_not_waited_for() {
    let dripping = |pace: u64, silence: &str| {
        let server = serving(move |_| Reply { pace: Duration::from_millis(pace), ..Reply::ok(web()) });
        let place = Place::new(&[("web", "1.0.0", &server.url())]);
        let started = Instant::now();
        let run = place.run(&["fetch", "--timeout", silence, "--retries", "0"]);
        assert_eq!(run.code, 2, "{}", run.text());
        assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
        assert_eq!(place.packages(), Vec::<String>::new());
        run.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    holds(&dripping(2000, "0.4"), "no answer within 0.4 seconds");
    // Never silent for long, but in thirty parts.
    holds(&dripping(200, "0.4"), "the answer did not end within 4 seconds");
}

#[test]
fn an_answer_that_is_cut_off_or_too_long_is_no_package() {
    let said_of = said(|_| Reply { cut: Some(100), ..Reply::ok(web()) });
    holds(&said_of, "web-1.0.0.tgz: the answer was cut off (2 attempts)");
    let said_of = said(|_| Reply { claimed: Some(1 << 40), cut: Some(100), ..Reply::ok(web()) });
    holds(&said_of, "web-1.0.0.tgz is larger than 104857600 bytes");
    // What comes behind the length that is claimed is not part of it.
    let said_of = said(|_| Reply { claimed: Some(100), ..Reply::ok(web()) });
    holds(&said_of, "has the sha256");
}

#[test]
fn statuses_are_told_in_words() {
    for (status, words) in [
        (401, "answers 401: it wants other credentials, or some at all"),
        (403, "answers 403: these credentials may not have it"),
        (404, "answers 404: there is nothing"),
        (418, "answers 418"),
    ] {
        let said = said(move |_| Reply::status(status));
        holds(&said, words);
        assert!(!said.contains("attempts"), "{said}");
    }
}

#[test]
fn a_server_that_fails_is_asked_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let count = Arc::new(AtomicUsize::new(0));
        let server = serving(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::status(status),
            _ => Reply::ok(web()),
        });
        let place = Place::new(&[("web", "1.0.0", &server.url())]);
        let run = place.fetch();
        assert_eq!(run.code, 0, "{status}: {}", run.text());
        assert_eq!(place.packages(), ["web-1.0.0.tgz"]);
    }
    holds(&said(|_| Reply::status(500)), "answers 500: the server failed (2 attempts)");
}

#[test]
fn retry_after_is_respected_and_one_that_is_too_long_is_not_waited_for() {
    let count = Arc::new(AtomicUsize::new(0));
    let server = serving(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::status(429).header("Retry-After", "1"),
        _ => Reply::ok(web()),
    });
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let started = Instant::now();
    assert_eq!(place.fetch().code, 0);
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    let started = Instant::now();
    let said = said(|_| Reply::status(429).header("Retry-After", "3600"));
    holds(&said, "answers 429: try again in 3600 seconds");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn redirects_are_followed_but_not_in_circles() {
    let server = serving(|asked| match asked.target.as_str() {
        "/web-1.0.0.tgz" => Reply::redirect("/a/b?x=1"),
        "/a/b?x=1" => Reply::redirect("../ç"),
        "/%C3%A7" => Reply::redirect("/c"),
        "/c" => Reply::ok(web()),
        _ => Reply::status(404),
    });
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    holds(&said(|asked| Reply::redirect(&asked.target)), "web-1.0.0.tgz redirects more than 9 times");
    holds(&said(|_| Reply::redirect("ftp://a.example/x")), "redirects to what is no address");
    holds(&said(|_| Reply::status(302)), "answers 302");
}

#[test]
fn bytes_that_the_index_does_not_promise_are_refused() {
    let said = said(|_| Reply::ok(chart("web", "1.0.0", "evil")));
    holds(&said, "but its repository's index says");
}

#[test]
fn an_index_that_is_none_is_told() {
    holds(&said_of_index(""), "/index.yaml is empty");
    holds(&said_of_index("<html>Please sign in</html>"), "/index.yaml is no index of a chart repository");
    holds(&said_of_index("entries:\n  web: []\n"), "no API version specified");
    holds(&said_of_index("apiVersion: v1\nentries:\n  api: []\n"), "offers no chart called web");
    holds(&said_of_index("apiVersion: v1\nentries:\n  web:\n  - {name: web"), "is no index of a chart repository");
    let broken = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0}\n  - {name: web, version: 2.0.0, urls: [x]}\n";
    holds(
        &said_of_index(broken),
        "offers no web 1.0.0; the newest is 2.0.0; an entry of web was skipped: version 1.0.0 has no URL",
    );
}

#[test]
fn broken_entries_keep_nobody_from_the_others() {
    let mut all = files(&[("web", "1.0.0", web())]);
    let index = String::from_utf8(all["/index.yaml"].clone()).unwrap();
    let index = index.replace("  web:\n", "  web:\n  - null\n  - {name: web, version: one, urls: [x]}\n");
    all.insert("/index.yaml".to_owned(), index.into_bytes());
    let server = Server::of_files(all);
    let run = Place::new(&[("web", "1.0.0", &server.url())]).fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    holds(&run.stdout, "an entry of web was skipped: `one` is no version");
}

#[test]
fn a_package_of_another_chart_or_version_is_refused() {
    holds(&said_of_package(chart("api", "1.0.0", IMAGE)), "should hold the chart web, but holds api");
    holds(&said_of_package(chart("web", "1.0.1", IMAGE)), "should hold web 1.0.0, but holds 1.0.1");
    holds(&said_of_package(b"<html>".to_vec()), "is no chart that can be used: file ");
    holds(&said_of_package(package(&[("web/values.yaml", "")])), "Chart.yaml file is missing");
    holds(&said_of_package(web()[..60].to_vec()), "is no chart that can be used: ");
}

/// A package of one entry beside a right `Chart.yaml`.
fn hostile(path: &str, change: impl Fn(&mut tar::Header)) -> Vec<u8> {
    let pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(pack);
    let metadata = b"apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let mut header = tar::Header::new_gnu();
    header.set_size(metadata.len() as u64);
    builder.append_data(&mut header, "web/Chart.yaml", &metadata[..]).unwrap();
    let mut header = tar::Header::new_gnu();
    // The library refuses to write such names.
    let bytes = path.as_bytes();
    header.as_mut_bytes()[..bytes.len()].copy_from_slice(bytes);
    header.set_size(0);
    change(&mut header);
    header.set_cksum();
    builder.append(&header, std::io::empty()).unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

#[test]
fn hostile_archives_are_refused() {
    let plain = |_: &mut tar::Header| {};
    holds(&said_of_package(hostile("web/../../etc/passwd", plain)), "chart illegally references parent directory");
    holds(&said_of_package(hostile("web//etc/passwd", plain)), "chart illegally contains absolute paths");
    holds(&said_of_package(hostile("../etc/passwd", plain)), "chart illegally references parent directory");
    holds(&said_of_package(hostile("/etc/passwd", plain)), "chart illegally contains absolute paths");
    holds(&said_of_package(hostile("web/c:/x", plain)), "chart contains illegally named files");
    for (kind, words) in [
        (tar::EntryType::Symlink, "as a symbolic link"),
        (tar::EntryType::Link, "as a hard link"),
        (tar::EntryType::Char, "as a device"),
        (tar::EntryType::Block, "as a device"),
        (tar::EntryType::Fifo, "as a named pipe"),
    ] {
        holds(&said_of_package(hostile("web/x", move |header| header.set_entry_type(kind))), words);
    }
}

#[test]
fn bombs_do_not_go_off() {
    // Ten gigabytes, as the header says; what follows does not matter.
    let large = hostile("web/zeros", |header| header.set_size(10 << 30));
    holds(&said_of_package(large), "is larger than the maximum file size 5242880");
    let zeros = "0".repeat(5_000_000);
    let many: Vec<(String, &str)> = (0..22).map(|number| (format!("web/{number}"), zeros.as_str())).collect();
    let mut all: Vec<(&str, &str)> = vec![("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")];
    all.extend(many.iter().map(|(path, text)| (path.as_str(), *text)));
    holds(&said_of_package(package(&all)), "decompressed chart is larger than the maximum size 104857600");
}

#[test]
fn a_million_files_are_too_many() {
    let pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(pack);
    let mut header = tar::Header::new_gnu();
    header.set_path("web/x").unwrap();
    header.set_size(0);
    header.set_cksum();
    // As many as it takes; the rest would only be made to be left unread.
    for _ in 0..50_000 {
        builder.append(&header, std::io::empty()).unwrap();
    }
    let bytes = builder.into_inner().unwrap().finish().unwrap();
    holds(&said_of_package(bytes), "chart archive has more than the maximum of 20000 entries");
}

#[test]
fn charts_nest_deep_but_not_without_end() {
    let nested = |depth: usize| {
        let mut files: Vec<(String, String)> = Vec::new();
        let mut path = "web".to_owned();
        for level in 0..=depth {
            let name = if level == 0 { "web".to_owned() } else { format!("n{level}") };
            files.push((format!("{path}/Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n")));
            path = format!("{path}/charts/n{}", level + 1);
        }
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        package(&files)
    };
    let server = repository(&[("web", "1.0.0", nested(16))]);
    let run = Place::new(&[("web", "1.0.0", &server.url())]).fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    holds(&said_of_package(nested(20)), "charts nest more than 16 deep");
    holds(&said_of_package(nested(40)), "charts nest more than 32 deep");
}

#[test]
fn what_a_package_lacks_is_told_and_not_brought_as_helm_does() {
    // It leads back to itself, even; the index cannot know a digest of what names its own address.
    let server = Arc::new(std::sync::OnceLock::<String>::new());
    let own = server.clone();
    let started = Server::new(move |asked| {
        let url = own.get().unwrap();
        let more = format!("dependencies:\n- {{name: web, version: 1.0.0, repository: '{url}'}}\n");
        match asked.target.as_str() {
            "/index.yaml" => {
                Reply::ok("apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, urls: [w.tgz]}\n")
            }
            _ => Reply::ok(chart_with("web", "1.0.0", IMAGE, &more)),
        }
    });
    server.set(started.url()).unwrap();
    let place = Place::new(&[("web", "1.0.0", &started.url())]);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    holds(&run.stdout, "web depends on web 1.0.0, which is not in its package: Helm deploys none");
    assert_eq!(place.images(), [IMAGE]);
    assert_eq!(place.findings("unavailable-chart").len(), 0);
}

#[test]
fn one_that_fails_keeps_no_other_from_coming() {
    let server = repository(&[("web", "1.0.0", web())]);
    let place = Place::new(&[("web", "1.0.0", &server.url()), ("api", "1.0.0", &server.url())]);
    let run = place.fetch();
    assert_eq!(run.code, 2);
    holds(&run.stderr, "offers no chart called api");
    assert_eq!(place.packages(), ["web-1.0.0.tgz"]);
    holds(&std::fs::read_to_string(place.path(".mirrorlint.lock")).unwrap(), "name: web");
}

#[test]
fn chunks_are_put_together_and_missed() {
    let server = serving(|_| Reply { chunked: true, ..Reply::ok(web()) });
    let run = Place::new(&[("web", "1.0.0", &server.url())]).fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    let said = said(|_| Reply { chunked: true, cut: Some(100), ..Reply::ok(web()) });
    holds(&said, "web-1.0.0.tgz: the answer was cut off (2 attempts)");
}

#[test]
fn an_index_without_end_is_not_read_to_it() {
    let server = Server::new(|_| Reply { claimed: Some(1 << 40), cut: Some(100), ..Reply::ok(vec![b' '; 200]) });
    let said = Place::new(&[("web", "1.0.0", &server.url())]).fails();
    holds(&said, "/index.yaml is larger than 268435456 bytes");
    // 300 MB of nothing in 300 kB.
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..300 {
        std::io::Write::write_all(&mut packer, &vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = packer.finish().unwrap();
    let server = Server::new(move |_| Reply::ok(bomb.clone()).header("Content-Encoding", "gzip"));
    let said = Place::new(&[("web", "1.0.0", &server.url())]).fails();
    holds(&said, "/index.yaml is larger than 268435456 bytes when unpacked");
}

/// A fetch that can write no more than this many blocks of 512 bytes into any file, as on a disk that fills up meanwhile.
#[cfg(target_os = "linux")]
fn fetch_on_a_small_disk(place: &Place, blocks: u32, arguments: &str) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_mirrorlint");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} fetch --timeout 2 --retries 0 {arguments}");
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(script).current_dir(place.path("."));
    command.envs(place.variables.iter().map(|(name, value)| (name, value)));
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.code(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_meanwhile_is_told_and_nothing_half_written_is_left() {
    // Bytes that do not pack, more of them than the disk takes.
    let noise: String =
        (0..2000).map(|number| mirrorlint::store::sha256(&[number as u8, (number >> 8) as u8])).collect();
    let server = repository(&[("web", "1.0.0", chart_with("web", "1.0.0", IMAGE, &format!("description: {noise}\n")))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let (code, text) = fetch_on_a_small_disk(&place, 8, "");
    assert_eq!(code, Some(2), "{text}");
    holds(&text, "web of umbrella cannot be fetched: ");
    assert_eq!(place.packages(), Vec::<String>::new());
    assert!(!place.path(".mirrorlint.lock").exists());
    // Into charts/ and the lock file, when the cache has it already.
    assert_eq!(place.fetch().code, 0);
    let lock = std::fs::read(place.path(".mirrorlint.lock")).unwrap();
    let (code, text) = fetch_on_a_small_disk(&place, 8, "--vendor");
    assert_eq!(code, Some(2), "{text}");
    holds(&text, "umbrella/charts/web-1.0.0.tgz");
    let left = std::fs::read_dir(place.path("umbrella/charts")).map_or(0, Iterator::count);
    assert_eq!((left, std::fs::read(place.path(".mirrorlint.lock")).unwrap()), (0, lock));
    std::fs::remove_file(place.path(".mirrorlint.lock")).unwrap();
    let (code, text) = fetch_on_a_small_disk(&place, 0, "");
    assert_eq!(code, Some(2), "{text}");
    holds(&text, ".mirrorlint.lock");
    assert!(!place.path(".mirrorlint.lock").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_told() {
    // A folder in which nothing can be written stands for it, and so does a file where a folder should be.
    let server = repository(&[("web", "1.0.0", web())]);
    let mut place = Place::new(&[("web", "1.0.0", &server.url())]).file("blocked", "");
    let blocked = place.path("blocked/cache").display().to_string();
    place.set("MIRRORLINT_CACHE", &blocked);
    let said = place.fails();
    holds(&said, "nothing was written to it");
    place.set("MIRRORLINT_CACHE", "/proc/mirrorlint");
    holds(&place.fails(), "/proc/mirrorlint/packages/");
}
