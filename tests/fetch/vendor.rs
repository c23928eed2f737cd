//! `fetch --vendor` and charts that are taken in by `file://`.

use std::sync::{Arc, Mutex};

use crate::helm::{helm, packages, run_helm};
use crate::place::Place;
use crate::repository::{chart, files, repository, umbrella};
use crate::server::Server;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: '{{ .Chart.Name }}'}\nspec:\n  containers:\n  - {name: c, image: \
                   '{{ .Values.image }}'}\n";

/// A workspace whose umbrella takes in `local` by `file://`, which takes in `deep`, which needs `web` from the repository at `url`.
fn place(url: &str) -> Place {
    let place = Place::new(&[("local", "^0.1.0", "file://../parts/local"), ("web", "1.x", url)]);
    let metadata = |name: &str, version: &str, needs: &str| {
        format!("apiVersion: v2\nname: {name}\nversion: {version}\ndependencies:\n- {needs}\n")
    };
    place.write(
        "parts/local/Chart.yaml",
        metadata("local", "0.1.3", "{name: deep, version: 1.2.0, repository: 'file://../deep'}"),
    );
    place.write(
        "parts/deep/Chart.yaml",
        metadata("deep", "1.2.0", &format!("{{name: web, version: 1.0.0, repository: '{url}'}}")),
    );
    for name in ["local", "deep"] {
        place.write(&format!("parts/{name}/values.yaml"), format!("image: docker.io/acme/{name}:1\n"));
        place.write(&format!("parts/{name}/templates/pod.yaml"), POD);
        place.write(&format!("parts/{name}/notes.bak"), "not this one");
        place.write(&format!("parts/{name}/.helmignore"), "*.bak\n");
        place.write(&format!("parts/{name}/raw.bin"), b"\xff\x00\xfe");
    }
    place
}

fn offered() -> crate::server::Server {
    let web = |version: &str| ("web", version.to_owned(), chart("web", version, "docker.io/acme/web:1"));
    let all = ["1.0.0", "1.1.0"].map(web);
    repository(&all.each_ref().map(|(name, version, bytes)| (*name, version.as_str(), bytes.clone())))
}

fn names(place: &Place, folder: &str) -> Vec<String> {
    packages(&place.path(folder)).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn local_charts_are_packaged_and_their_own_charts_before_them() {
    let server = offered();
    let place = place(&server.url());
    place.write("umbrella/charts/local-0.1.0.tgz", chart("local", "0.1.0", "docker.io/acme/old:1"));
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(names(&place, "umbrella/charts"), ["local-0.1.3.tgz", "web-1.1.0.tgz"]);
    assert_eq!(names(&place, "parts/local/charts"), ["deep-1.2.0.tgz"]);
    assert_eq!(names(&place, "parts/deep/charts"), ["web-1.0.0.tgz"]);
    let expected = ["docker.io/acme/deep:1", "docker.io/acme/local:1", "docker.io/acme/web:1"];
    assert_eq!(place.images(), expected);
    assert_eq!(place.run(&["render", "umbrella"]).code, 0);
    // The folders are no root charts of their own for that; nor does their pin go.
    let settings = place.run(&["check", "--show-settings"]).stdout;
    assert!(settings.contains("umbrella:0.1.0") && !settings.contains("local:0.1.3 (parts/local)"), "{settings}");
    let before = (packages(&place.path("umbrella/charts")), std::fs::read(place.path(".mirrorlint.lock")).unwrap());
    let run = place.fetch_with(&["--vendor"]);
    assert!(run.code == 0 && !run.stdout.contains("wrote"), "{}", run.text());
    assert_eq!(place.fetch().code, 0);
    let after = (packages(&place.path("umbrella/charts")), std::fs::read(place.path(".mirrorlint.lock")).unwrap());
    assert!(before == after, "{}", run.text());
    // A change of the folder is one of the package.
    place.write("parts/deep/values.yaml", "image: docker.io/acme/deep:2\n");
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.stdout.matches("wrote ").count(), 2, "{}", run.text());
    assert!(place.images().contains(&"docker.io/acme/deep:2".to_owned()));
}

#[test]
fn helm_puts_the_same_packages_there_and_renders_them_the_same() {
    let Some(helm) = helm() else { return };
    let server = offered();
    let place = place(&server.url());
    run_helm(&helm, &place, &["repo", "add", "offered", &server.url()]);
    for chart in ["parts/deep", "parts/local", "umbrella"] {
        run_helm(&helm, &place, &["dependency", "update", chart]);
    }
    let folders = ["umbrella/charts", "parts/local/charts", "parts/deep/charts"];
    let theirs = folders.map(|folder| names(&place, folder));
    let rendered = run_helm(&helm, &place, &["template", "umbrella"]);
    folders.iter().for_each(|folder| std::fs::remove_dir_all(place.path(folder)).unwrap());
    for lock in ["umbrella/Chart.lock", "parts/local/Chart.lock", "parts/deep/Chart.lock"] {
        std::fs::remove_file(place.path(lock)).unwrap();
    }
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(folders.map(|folder| names(&place, folder)), theirs);
    assert_eq!(run_helm(&helm, &place, &["template", "umbrella"]), rendered);
    assert!(run_helm(&helm, &place, &["dependency", "list", "umbrella"]).matches("\tok").count() == 2);
}

#[test]
fn a_folder_in_charts_gets_no_package_beside_it() {
    let place = Place::new(&[("own", "0.1.0", "file://charts/own"), ("two", "0.1.0", "file://../two")]);
    for folder in ["umbrella/charts/own", "umbrella/charts/two", "two"] {
        let name = folder.rsplit('/').next().unwrap();
        place.write(&format!("{folder}/Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n"));
    }
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    let told =
        "left 2 folders in umbrella/charts as they are: Helm would put a package beside each, and leave to chance";
    assert!(run.stdout.contains(told), "{}", run.text());
    let held = std::fs::read_dir(place.path("umbrella/charts")).unwrap().count();
    assert_eq!((held, run.stdout.contains("wrote")), (2, false), "{}", run.text());
}

#[test]
fn a_folder_that_does_not_hold_what_is_asked_for_is_not_packaged() {
    for (metadata, words) in [
        ("name: local\nversion: 0.2.0", "holds local 0.2.0, but ^0.1.0 is asked for"),
        ("name: other\nversion: 0.1.0", "holds other 0.1.0, but ^0.1.0 is asked for"),
    ] {
        let place = Place::new(&[("local", "^0.1.0", "file://../local")]);
        place.write("local/Chart.yaml", format!("apiVersion: v2\n{metadata}\n"));
        let run = place.fetch_with(&["--vendor"]);
        assert_eq!(run.code, 2, "{}", run.text());
        assert!(run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{}", run.stderr);
        assert!(!place.path("umbrella/charts").exists());
    }
}

#[test]
fn a_vendored_package_of_another_version_is_told_and_replaced_only_when_asked_to() {
    let server = offered();
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch_with(&["--vendor"]).code, 0);
    let lock = std::fs::read(place.path(".mirrorlint.lock")).unwrap();
    place.write("umbrella/Chart.yaml", umbrella(&[("web", "1.1.0", &server.url())]));
    let found = place.findings("dependency-version-mismatch");
    assert!(found[0].ends_with("Run `mirrorlint fetch --vendor`, or ask for 1.0.0"), "{found:?}");
    for options in [&[][..], &["--dry-run"]] {
        let run = place.fetch_with(options);
        let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        let told =
            "umbrella asks for web 1.1.0, but umbrella/charts/web-1.0.0.tgz holds 1.0.0: `fetch --vendor` replaces it";
        assert!(run.code == 2 && said.contains(told), "{}", run.text());
        assert!(!run.stdout.contains("nothing to fetch"), "{}", run.text());
        assert!(std::fs::read(place.path(".mirrorlint.lock")).unwrap() == lock, "{}", run.text());
    }
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!((run.code, names(&place, "umbrella/charts")), (0, vec!["web-1.1.0.tgz".to_owned()]), "{}", run.text());
    assert_eq!((place.fetch().code, place.findings("dependency-version-mismatch").len()), (0, 0));
    // What Helm's lock file pins counts before what `Chart.yaml` leaves open, and no version takes any.
    let pinned = format!("dependencies:\n- {{name: web, repository: '{}', version: 1.0.0}}\n", server.url());
    place.write("umbrella/Chart.yaml", umbrella(&[("web", "1.x", &server.url())]));
    assert_eq!(place.fetch().code, 0);
    place.write("umbrella/Chart.lock", pinned);
    let run = place.fetch();
    assert!(run.code == 2 && run.stderr.contains("asks for web 1.0.0, but"), "{}", run.text());
    std::fs::remove_file(place.path("umbrella/Chart.lock")).unwrap();
    place.write("umbrella/Chart.yaml", umbrella(&[("web", "", &server.url())]));
    assert_eq!((place.fetch().code, place.findings("dependency-version-mismatch").len()), (0, 0));
}

#[test]
fn a_folder_of_another_version_is_told_once_and_goes_by_hand() {
    let server = offered();
    let place = Place::new(&[("local", "0.1.0", "file://../local"), ("other", "0.1.0", "file://../other")]);
    for name in ["local", "other"] {
        let needs = umbrella(&[("web", "1.1.0", &server.url())]);
        place.write(&format!("{name}/Chart.yaml"), needs.replace("umbrella", name));
    }
    place.write("local/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    let found = place.findings("dependency-version-mismatch");
    assert!(
        found[0].ends_with("Delete that folder and run `mirrorlint fetch --vendor`, or ask for 1.0.0"),
        "{found:?}"
    );
    let run = place.fetch();
    assert!(run.code == 2 && run.stdout.contains("fetched web 1.1.0"), "{}", run.text());
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    let told = "local asks for web 1.1.0, but local/charts/web holds 1.0.0: delete that folder, and fetch again";
    assert_eq!(said.matches(told).count(), 1, "{}", run.text());
    std::fs::remove_dir_all(place.path("local/charts")).unwrap();
    assert_eq!((place.fetch().code, place.findings("dependency-version-mismatch").len()), (0, 0));
}

#[cfg(unix)]
#[test]
fn links_lead_nothing_out_of_the_chart() {
    use std::os::unix::fs::symlink;
    let server = offered();
    for (link, to) in [("umbrella/charts/web-1.0.0.tgz", "../../victim"), ("umbrella/charts", "../out")] {
        let place = Place::new(&[("web", "1.0.0", &server.url())]);
        let victim = chart("web", "0.9.0", "docker.io/acme/victim:1");
        place.write("victim", &victim);
        place.write("out/web-0.9.0.tgz", &victim);
        std::fs::create_dir_all(place.path(link).parent().unwrap()).unwrap();
        symlink(to, place.path(link)).unwrap();
        let run = place.fetch_with(&["--vendor"]);
        assert_eq!(run.code, 2, "{}", run.text());
        let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("is a link: what it leads to"), "{said}");
        assert_eq!(std::fs::read(place.path("victim")).unwrap(), victim);
        assert_eq!(packages(&place.path("out")).len(), 1);
        assert!(place.path("out/web-0.9.0.tgz").exists());
    }
    // Within the chart a link is the chart's own.
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    place.write("umbrella/kept/.keep", "");
    symlink("kept", place.path("umbrella/charts")).unwrap();
    let run = place.fetch_with(&["--vendor"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(place.path("umbrella/kept/web-1.0.0.tgz").exists());
}

#[test]
fn what_could_not_be_brought_is_not_written_whoever_else_holds_it() {
    let good = chart("web", "1.0.0", "docker.io/acme/web:1");
    let other = chart("web", "1.0.0", "docker.io/acme/other:1");
    let wrong_digest = files(&[("web", "1.0.0", other.clone())]);
    let wrong_digest = [("/index.yaml", wrong_digest["/index.yaml"].clone()), ("/web-1.0.0.tgz", good.clone())];
    let no_package = [("/index.yaml", files(&[("web", "1.0.0", good.clone())])["/index.yaml"].clone())];
    let served = |all: &[(&str, Vec<u8>)]| {
        Server::of_files(all.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())).collect())
    };
    for server in [served(&wrong_digest), served(&no_package), served(&[])] {
        let place = Place::new(&[("web", "1.0.0", &server.url())]);
        place.write("helm/cache/repository/web-1.0.0.tgz", &other);
        place.write("umbrella/charts/web-0.9.0.tgz", chart("web", "0.9.0", "docker.io/acme/web:0"));
        let run = place.fetch_with(&["--vendor"]);
        assert_eq!(
            (run.code, names(&place, "umbrella/charts")),
            (2, vec!["web-0.9.0.tgz".to_owned()]),
            "{}",
            run.text()
        );
    }
    // Nor what our own cache has of a version that was published again, which the next run tells of, too.
    let offered = Arc::new(Mutex::new(files(&[("web", "1.0.0", good)])));
    let server = Server::of_shared(&offered);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    assert_eq!(place.fetch().code, 0);
    std::fs::remove_file(place.path(".mirrorlint.lock")).unwrap();
    *offered.lock().unwrap() = files(&[("web", "1.0.0", other)]);
    for options in [&["--vendor"][..], &[]] {
        let run = place.fetch_with(options);
        assert!(run.code == 2 && run.stderr.contains("published again"), "{}", run.text());
        assert!(!place.path("umbrella/charts").exists());
    }
}
