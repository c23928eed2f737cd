use std::collections::BTreeSet;

use super::*;
use crate::chart::tests::package;

const REPOSITORY: &str = "https://a.example/charts";

/// A store in a folder of its own, and a package of the chart `web` for each version in its cache.
struct Shelf {
    folder: tempfile::TempDir,
    store: Store,
}

fn web(version: &str, description: &str) -> Vec<u8> {
    let chart = format!("apiVersion: v2\nname: web\nversion: {version}\ndescription: {description}\n");
    package(&[("web/Chart.yaml", &chart)])
}

impl Shelf {
    fn new(versions: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("cache"));
        let shelf = Self { store: Store { cache: Some(cache), ..Store::default() }, folder };
        versions.iter().for_each(|version| shelf.add(version, "plain"));
        shelf
    }

    fn add(&self, version: &str, description: &str) {
        let bytes = web(version, description);
        let text = str::to_owned;
        let known = Known {
            repository: text(REPOSITORY),
            name: text("web"),
            version: text(version),
            url: format!("{REPOSITORY}/web-{version}.tgz"),
            sha256: sha256(&bytes),
        };
        self.store.cache.as_ref().unwrap().add(&known, &bytes).unwrap();
    }

    fn pin(&mut self, version: &str, bytes: &[u8]) {
        let lock = self.store.lock.get_or_insert_default();
        lock.packages.push(Pin {
            name: "web".into(),
            version: version.into(),
            repository: format!("{REPOSITORY}/"),
            url: String::new(),
            sha256: sha256(bytes),
            constraints: BTreeSet::new(),
        });
    }

    fn in_helm(&mut self, file: &str, bytes: &[u8]) {
        let helm = self.folder.path().join("helm");
        std::fs::create_dir_all(&helm).unwrap();
        std::fs::write(helm.join(file), bytes).unwrap();
        self.store.helm = Some(helm);
    }

    fn find(&self, version: &str, locked: Option<&str>) -> String {
        let wanted = Wanted { name: "web", version, repository: REPOSITORY, locked };
        match self.store.find(&wanted) {
            Found::Nothing => "nothing".to_owned(),
            Found::Refused(reason) => format!("refused: {reason}"),
            Found::Package(package) => format!("{} from {}", package.version, package.keeper),
        }
    }
}

#[test]
fn the_newest_that_is_asked_for_is_taken_unless_a_lock_says_which() {
    let mut shelf = Shelf::new(&["1.2.0", "1.10.0", "1.9.0", "2.0.0-rc.1"]);
    assert_eq!(shelf.find("^1.0.0", None), "1.10.0 from the cache");
    assert_eq!(shelf.find("^1.0.0", Some("1.9.0")), "1.9.0 from the cache");
    assert_eq!(shelf.find("^1.0.0", Some("1.8.0")), "nothing");
    assert_eq!(shelf.find("v1.2.0", None), "1.2.0 from the cache");
    assert_eq!(shelf.find("3.x", None), "nothing");
    assert_eq!(shelf.find("no constraint", None), "nothing");
    shelf.pin("1.2.0", &web("1.2.0", "plain"));
    assert_eq!(shelf.find("^1.0.0", None), "1.2.0 from the cache, pinned by .mirrorlint.lock");
    assert_eq!(shelf.find("^1.0.0", Some("1.9.0")), "1.9.0 from the cache, not pinned by .mirrorlint.lock");
}

#[test]
fn bytes_that_are_not_the_pinned_ones_are_refused() {
    let mut shelf = Shelf::new(&["1.2.0"]);
    shelf.pin("1.2.0", &web("1.2.0", "other"));
    let found = shelf.find("1.2.0", None);
    assert!(found.starts_with("refused: the cache holds other bytes for web 1.2.0 (sha256 "), "{found}");
    let mut shelf = Shelf::new(&[]);
    shelf.pin("1.2.0", &web("1.2.0", "other"));
    assert_eq!(shelf.find("1.2.0", None), "nothing");
    shelf.in_helm("web-1.2.0.tgz", &web("1.2.0", "plain"));
    let found = shelf.find("1.2.0", None);
    assert!(found.starts_with("refused: Helm's cache holds other bytes for web 1.2.0"), "{found}");
    shelf.in_helm("web-1.2.0.tgz", &web("1.2.0", "other"));
    assert_eq!(shelf.find("1.2.0", None), "1.2.0 from Helm's cache, pinned by .mirrorlint.lock");
}

#[test]
fn helms_cache_comes_after_ours_and_names_with_dashes_are_other_charts() {
    let mut shelf = Shelf::new(&["1.2.0"]);
    shelf.in_helm("web-1.3.0.tgz", &web("1.3.0", "plain"));
    shelf.in_helm("web-api-1.9.0.tgz", &web("1.9.0", "plain"));
    assert_eq!(shelf.find("^1.0.0", None), "1.2.0 from the cache");
    assert_eq!(shelf.find("^1.3.0", None), "1.3.0 from Helm's cache");
    assert_eq!(shelf.find("^1.4.0", None), "nothing");
}

#[test]
fn another_repositorys_chart_of_the_same_name_is_another_chart() {
    let shelf = Shelf::new(&["1.2.0"]);
    let wanted = Wanted { name: "web", version: "1.2.0", repository: "https://b.example", locked: None };
    assert!(matches!(shelf.store.find(&wanted), Found::Nothing));
}

#[test]
fn a_pin_stays_with_the_constraint_that_it_was_chosen_for() {
    let mut shelf = Shelf::new(&["1.2.0", "1.6.0"]);
    shelf.pin("1.2.0", &web("1.2.0", "plain"));
    shelf.pin("1.6.0", &web("1.6.0", "plain"));
    shelf.store.lock.as_mut().unwrap().packages[0].constraints = BTreeSet::from(["^1.0.0".to_owned()]);
    let keeper = "from the cache, pinned by .mirrorlint.lock";
    assert_eq!(shelf.find("^1.0.0", None), format!("1.2.0 {keeper}"));
    assert_eq!(shelf.find("^1.1.0", None), format!("1.6.0 {keeper}"));
    assert_eq!(shelf.find("^1.0.0", Some("1.6.0")), format!("1.6.0 {keeper}"));
}

#[test]
fn a_package_in_charts_is_held_against_its_pin() {
    let mut shelf = Shelf::new(&[]);
    let bytes = web("1.2.0", "plain");
    let object = |shelf: &Shelf, version: &str, repository: &str| {
        shelf.store.objection(&Held { name: "web", version, repository, bytes: &bytes })
    };
    assert_eq!(object(&shelf, "1.2.0", REPOSITORY), None);
    shelf.pin("1.2.0", &bytes);
    assert_eq!(object(&shelf, "1.2.0", REPOSITORY), None);
    shelf.store.lock = None;
    shelf.pin("1.2.0", &web("1.2.0", "other"));
    assert!(object(&shelf, "1.2.0", REPOSITORY).unwrap().contains("has other bytes (sha256 "));
    assert_eq!(object(&shelf, "1.3.0", REPOSITORY), None);
    assert_eq!(object(&shelf, "1.2.0", "https://b.example"), None);
}
