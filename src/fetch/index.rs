//! A chart repository's `index.yaml`: which versions of the wanted charts it offers. Entries that Helm would skip are skipped and
//! told. Follows Helm's pkg/repo/index.go.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_yaml::Value;

use crate::chart::version::Version;

/// The largest index that is read, in bytes, unpacked.
pub const MAX_INDEX_SIZE: u64 = 256 * 1024 * 1024;
/// The most broken entries that are told one by one.
pub const MAX_TOLD: usize = 5;

/// One version of a chart, as a repository offers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// The version of what it deploys.
    pub app_version: String,
    /// When it was published, as the index has it.
    pub created: String,
    /// Whether its makers gave it up.
    pub deprecated: bool,
    /// Where the package is; relative ones are so to the repository.
    pub urls: Vec<String>,
    /// The sha256 that the package should have.
    pub digest: Option<String>,
    /// How many bytes the package should have, where that is known.
    pub size: Option<u64>,
}

/// What an index says of the wanted charts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// The releases of each chart, newest first.
    pub releases: BTreeMap<String, Vec<Release>>,
    /// Entries that were skipped, and why.
    pub skipped: Vec<String>,
}

impl Index {
    /// Reads what the index `text` says of the charts `names`.
    ///
    /// # Errors
    /// When it is no index.
    pub fn read(text: &str, names: &BTreeSet<&str>) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err("is empty".to_owned());
        }
        // What is not found in the excerpt may be written in another way.
        let excerpt = of_excerpt(text, names);
        let raw =
            match excerpt.filter(|raw| raw.has_version && names.iter().all(|name| raw.entries.contains_key(*name))) {
                Some(raw) => raw,
                None => read(text, names).map_err(|cause| format!("is no index of a chart repository: {cause}"))?,
            };
        if !raw.has_version {
            return Err("is no index of a chart repository: no API version specified".to_owned());
        }
        let mut index = Self::default();
        for (name, entries) in raw.entries {
            let mut releases = Vec::new();
            for entry in entries {
                match entry {
                    Ok(release) => releases.push(release),
                    Err(reason) => index.skipped.push(format!("an entry of {name} was skipped: {reason}")),
                }
            }
            sort(&mut releases);
            index.releases.insert(name, releases);
        }
        Ok(index)
    }
}

/// The newest first; equal ones in their order.
pub(super) fn sort(releases: &mut [Release]) {
    releases.sort_by_cached_key(|release| std::cmp::Reverse(Version::parse(&release.version).ok()));
}

/// One entry, if Helm would take it.
fn release(name: &str, entry: &Value) -> Result<Release, String> {
    if !entry.is_mapping() {
        return Err("it is no mapping".to_owned());
    }
    let text = |key: &str| entry.get(key).and_then(scalar);
    let version = text("version").filter(|version| !version.is_empty()).ok_or("it has no version")?;
    Version::parse(&version).map_err(|_| format!("`{version}` is no version"))?;
    match text("name") {
        None => return Err(format!("version {version} has no name")),
        Some(other) if other != name => return Err(format!("version {version} is called {other}")),
        Some(_) => {}
    }
    if let Some(kind) = text("type").filter(|kind| !["", "application", "library"].contains(&kind.as_str())) {
        return Err(format!("version {version} has the type `{kind}`"));
    }
    let urls = entry.get("urls").and_then(Value::as_sequence);
    let urls: Vec<String> = urls.into_iter().flatten().filter_map(scalar).filter(|url| !url.is_empty()).collect();
    if urls.is_empty() {
        return Err(format!("version {version} has no URL"));
    }
    let digest = text("digest").filter(|digest| !digest.is_empty());
    Ok(Release {
        version,
        app_version: text("appVersion").unwrap_or_default(),
        created: text("created").unwrap_or_default(),
        deprecated: entry.get("deprecated").and_then(Value::as_bool).unwrap_or_default(),
        urls,
        digest: digest.map(|digest| digest.trim_start_matches("sha256:").to_ascii_lowercase()),
        size: None,
    })
}

/// A scalar as text; numbers as Helm turns them into strings.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The entries of each chart, or why one is skipped.
type Entries = BTreeMap<String, Vec<Result<Release, String>>>;

#[derive(Default)]
struct Raw {
    has_version: bool,
    entries: Entries,
}

/// What an index has that is plainly written, one entry after the other.
fn of_excerpt(text: &str, names: &BTreeSet<&str>) -> Option<Raw> {
    let excerpt = super::excerpt::excerpt(text, names)?;
    let head: Value = serde_yaml::from_str(excerpt.version).ok()?;
    let mut raw = Raw { has_version: is_version(head.get("apiVersion")?), ..Raw::default() };
    for (name, items) in excerpt.entries {
        let entries: Option<Vec<_>> = items
            .into_iter()
            .map(|item| match serde_yaml::from_str::<Vec<Value>>(item).ok()?.as_slice() {
                [entry] => Some(release(name, entry)),
                _ => None,
            })
            .collect();
        raw.entries.insert(name.to_owned(), entries?);
    }
    Some(raw)
}

fn is_version(value: &Value) -> bool {
    scalar(value).is_some_and(|version| !version.is_empty())
}

fn read(text: &str, names: &BTreeSet<&str>) -> Result<Raw, String> {
    // Takes fourteen times the memory that the text has: one at a time.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if text.trim_start().starts_with('{') {
        let mut json = serde_json::Deserializer::from_str(text);
        if let Ok(raw) = (Seed { names }).deserialize(&mut json).and_then(|raw| json.end().map(|()| raw)) {
            return Ok(raw);
        }
    }
    Seed { names }.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|cause| cause.to_string())
}

/// Reads the whole index, keeping the wanted entries only.
struct Seed<'a> {
    names: &'a BTreeSet<&'a str>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Raw;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping with `apiVersion` and `entries`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut raw = Raw::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key.0.as_str() {
                "apiVersion" => raw.has_version = is_version(&map.next_value()?),
                "entries" => raw.entries = map.next_value_seed(Wanted { names: self.names })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(raw)
    }
}

struct Wanted<'a> {
    names: &'a BTreeSet<&'a str>,
}

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Entries;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping from charts to their versions")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(Key(name)) = map.next_key()? {
            if !self.names.contains(name.as_str()) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let found = versions(&name, &map.next_value()?);
            entries.entry(name).or_insert_with(Vec::new).extend(found);
        }
        Ok(entries)
    }
}

/// The entries of the chart `name`; what is no entry is told as one that was skipped.
fn versions(name: &str, value: &Value) -> Vec<Result<Release, String>> {
    match value {
        Value::Null => Vec::new(),
        Value::Sequence(entries) => entries.iter().map(|entry| release(name, entry)).collect(),
        other => vec![release(name, other)],
    }
}

/// A key, whatever scalar it is.
struct Key(String);

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(Key(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Key, E> {
                Ok(Key(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Key, E> {
                Ok(Key(number.to_string()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Key, E> {
                Ok(Key(number.to_string()))
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Key, E> {
                Ok(Key(flag.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Key, E> {
                Ok(Key("null".to_owned()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(text: &str) -> Result<Index, String> {
        Index::read(text, &BTreeSet::from(["web", "api"]))
    }

    fn versions(text: &str) -> Vec<String> {
        let index = index(text).unwrap();
        index.releases.get("web").into_iter().flatten().map(|release| release.version.clone()).collect()
    }

    const PLAIN: &str = "apiVersion: v1
entries:
  other:
  - {name: other, version: 1.0.0, urls: [o]}
  web:
  - name: web
    version: 1.9.0
    urls: [https://a.example/web-1.9.0.tgz]
  - name: web
    version: 1.10.0
    appVersion: 2.50
    created: 2024-01-01T00:00:00Z
    digest: sha256:ABCD
    urls:
    - charts/web-1.10.0.tgz
generated: now
";

    #[test]
    fn what_stands_in_place_of_entries_is_skipped() {
        for value in ["text", "1", "-1", "1.5", "true", "{version: 1.0.0}"] {
            let index = index(&format!("apiVersion: v1\nentries:\n  web: {value}\n  api: null\n")).unwrap();
            assert_eq!((index.releases["web"].len(), index.releases["api"].len()), (0, 0), "{value}");
            assert_eq!(index.skipped.len(), 1, "{value}: {:?}", index.skipped);
        }
    }

    #[test]
    fn releases_come_newest_first() {
        let index = index(PLAIN).unwrap();
        assert_eq!(index.releases.len(), 1);
        assert_eq!(versions(PLAIN), ["1.10.0", "1.9.0"]);
        let newest = &index.releases["web"][0];
        assert_eq!(newest.digest.as_deref(), Some("abcd"));
        assert_eq!(newest.urls, ["charts/web-1.10.0.tgz"]);
    }

    #[test]
    fn reading_entry_by_entry_is_as_reading_the_whole() {
        let names = BTreeSet::from(["web", "api"]);
        let entry = |version: &str, more: &str| format!("  - name: web\n    version: {version}\n{more}    urls: [x]\n");
        for (more, plain) in [
            ("", true),
            ("    text: |\n      - name: web\n\n      # no comment\n      - x\n", true),
            ("    text: plain\n      - and on\n    # a comment\n", true),
            ("    text: 'quoted\n\n      - and on'\n", true),
            ("    nested:\n    - name: other\n      version: 7.0.0\n", true),
            // Libyaml lets text in quotes stand anywhere.
            ("    text: \"quoted\n  - name: web\n    version: 7.0.0\"\n", false),
            ("    text: &anchor a\n    appVersion: *anchor\n", true),
        ] {
            let first = entry("1.0.0", more);
            let text = format!("apiVersion: v1\nentries:\n  api:\n  web:\n{first}{}other: x\n", entry("2.0.0", ""));
            let whole = read(&text, &names).unwrap();
            assert_eq!((whole.entries["web"].len(), whole.entries["api"].len()), (2, 0), "{text}");
            let found = of_excerpt(&text, &names).map(|raw| (raw.has_version, raw.entries));
            assert_eq!(found, plain.then_some((true, whole.entries)), "{text}");
        }
    }

    #[test]
    fn json_and_flow_style_are_the_same() {
        let json = r#"{"apiVersion":"v1","entries":{"web":[{"name":"web","version":"1.0.0","urls":["x"]}],"a":null}}"#;
        assert_eq!(versions(json), ["1.0.0"]);
        assert_eq!(versions("{apiVersion: v1, entries: {web: [{name: web, version: 1.0.0, urls: [x]}]}}"), ["1.0.0"]);
        assert_eq!(versions("---\napiVersion: v1\nentries: {}\n"), [""; 0]);
    }

    #[test]
    fn broken_entries_are_skipped_and_told() {
        let text = "apiVersion: v1
entries:
  web:
  - {name: web, version: 1.0.0, urls: [x]}
  - {name: web, version: one, urls: [x]}
  - {name: web, version: 1.1.0}
  - {name: web, version: 1.2.0, urls: []}
  - {name: other, version: 1.3.0, urls: [x]}
  - {version: 1.4.0, urls: [x]}
  - {name: web, urls: [x]}
  - {name: web, version: 1.5.0, type: service, urls: [x]}
  - null
  - text
  api: nothing
";
        let found = index(text).unwrap();
        assert_eq!(found.releases["web"].len(), 1);
        insta::assert_snapshot!(found.skipped.join("\n"), @r"
        an entry of api was skipped: it is no mapping
        an entry of web was skipped: `one` is no version
        an entry of web was skipped: version 1.1.0 has no URL
        an entry of web was skipped: version 1.2.0 has no URL
        an entry of web was skipped: version 1.3.0 is called other
        an entry of web was skipped: version 1.4.0 has no name
        an entry of web was skipped: it has no version
        an entry of web was skipped: version 1.5.0 has the type `service`
        an entry of web was skipped: it is no mapping
        an entry of web was skipped: it is no mapping
        ");
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for text in [
            "",
            "  \n",
            "<html><body>Sign in</body></html>",
            "- a\n",
            "entries: {}\n",
            "apiVersion: v1\nentries: [a]\n",
            "a: [\n",
        ] {
            assert!(index(text).is_err(), "{text}");
        }
    }
}
