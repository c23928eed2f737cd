//! Which charts are meant where no path is given, and where their lock file goes.

use crate::place::Place;
use crate::repository::{chart, repository, umbrella};
use crate::workspace::{Run, run};

/// Runs in a folder of `place`.
fn run_in(place: &Place, folder: &str, arguments: &[&str]) -> Run {
    let variables: Vec<_> = place.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    run(&place.path(folder), arguments, &variables)
}

#[test]
fn a_current_folder_with_charts_is_meant_and_one_without_stands_for_its_workspace() {
    let image = |version: &str| format!("docker.io/acme/web:{version}");
    let charts = ["1.0.0", "2.0.0"].map(|version| ("web", version, chart("web", version, &image(version))));
    let server = repository(&charts);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let other = umbrella(&[("web", "2.0.0", &server.url())]).replace("name: umbrella", "name: other");
    place.write("stack/other/Chart.yaml", other);
    for folder in ["stack/other", "stack"] {
        let run = run_in(&place, folder, &["fetch", "--dry-run"]);
        assert_eq!(run.code, 0, "{}", run.text());
        assert_eq!(run.stdout.matches("would fetch").count(), 1, "{folder}: {}", run.stdout);
        assert!(run.stdout.contains("would fetch web 2.0.0"), "{folder}: {}", run.stdout);
        let run = run_in(&place, folder, &["versions", "--format", "json"]);
        assert_eq!(run.stdout.matches("\"parent\"").count(), 1, "{folder}: {}", run.text());
    }
    let run = run_in(&place, "tools", &["fetch", "--dry-run"]);
    assert_eq!(run.stdout.matches("would fetch").count(), 2, "{}", run.text());
    // A lock file counts for a check of the workspace, wherever it was written from.
    let run = run_in(&place, "stack/other", &["fetch"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("wrote ../../.mirrorlint.lock (1 package)"), "{}", run.stdout);
    assert!(!place.path("stack/other/.mirrorlint.lock").exists());
    for (folder, number) in [("stack", 2), ("stack/other", 1), ("tools", 2)] {
        assert_eq!(run_in(&place, "tools", &["fetch"]).code, 0);
        let run = run_in(&place, folder, &["images", "--format", "plain"]);
        assert_eq!((run.code, run.stdout.lines().count()), (0, number), "{folder}: {}", run.text());
    }
    // By name as well: of two charts that are called so, the one below the current folder.
    let rendered = run_in(&place, "stack/other", &["render", "web"]);
    assert!(rendered.stdout.contains(&image("2.0.0")), "{}", rendered.text());
    assert_eq!(run_in(&place, "tools", &["fetch"]).code, 0);
    let rendered = run_in(&place, "tools", &["render", "web"]);
    assert!(rendered.code == 2 && rendered.stderr.contains("several charts"), "{}", rendered.text());
}

#[test]
fn charts_without_any_list_around_them_have_their_lock_file_beside_them() {
    let server = repository(&[("web", "1.0.0", chart("web", "1.0.0", "docker.io/acme/web:1"))]);
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    std::fs::remove_dir_all(place.path("tools")).unwrap();
    let run = run_in(&place, ".", &["fetch", "umbrella"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("wrote umbrella/.mirrorlint.lock"), "{}", run.stdout);
    // Their images need no list either.
    for folder in [".", "umbrella"] {
        let run = run_in(&place, folder, &["images", "--format", "plain"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, "docker.io/acme/web:1\n"), "{}", run.text());
    }
}
