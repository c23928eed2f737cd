//! Whether charts have the words that an image is put together from. What has none of them in no template, value or name deploys it
//! under no condition, so that nothing need be rendered to know. Reads charts as texts; renders nothing.

use super::Target;
use super::operands::completing;
use crate::chart::{Chart, ChartFile};
use crate::image::Reference;
use crate::source::Sources;
use crate::yaml::Value;

/// What templates that print the parts of a version write between them.
const JOINTS: [&str; 5] = ["}}.{{", "%s.%s", "%d.%d", "%v.%v", "join \".\""];

/// What charts say, and who renders them, in small letters.
#[derive(Debug, Default)]
pub struct Wording {
    /// Nothing where it may be anything.
    texts: Option<Vec<String>>,
    /// Whether versions may be put together from numbers.
    joins: bool,
    /// Whether there may be controllers that complete tags.
    completes: bool,
}

impl Wording {
    /// That of `targets`.
    #[must_use]
    pub fn of(sources: &Sources, targets: &[Target]) -> Self {
        let mut wording = Self { texts: Some(Vec::new()), ..Self::default() };
        for Target { chart, scenarios, .. } in targets {
            let reads_files = says(chart, "Files");
            wording.add_chart(sources, chart, reads_files);
            for scenario in scenarios {
                let options = &scenario.options;
                let given = [&options.release, &options.namespace, &options.kube_version.version];
                given.into_iter().chain(&scenario.region).for_each(|text| wording.add(text));
                std::iter::once(&scenario.values)
                    .chain(options.objects.iter())
                    .for_each(|value| wording.add_value(value));
            }
        }
        wording.joins = JOINTS.iter().any(|joint| wording.has(joint));
        wording.completes = completing().any(|kind| wording.has(&kind.to_ascii_lowercase()));
        wording
    }

    fn add(&mut self, text: &str) {
        self.texts.iter_mut().for_each(|texts| texts.push(text.to_ascii_lowercase()));
    }

    fn add_chart(&mut self, sources: &Sources, chart: &Chart, reads_files: bool) {
        let metadata = chart.metadata_file.iter().chain(&chart.requirements_file);
        metadata.for_each(|file| self.add(sources.get(*file).text()));
        // Nobody deploys what stands in a text for people.
        let is_read = |file: &&ChartFile| reads_files && !file.name.ends_with(".md") && !file.name.starts_with("crds/");
        let files = chart.files.iter().filter(is_read);
        chart.values_file.iter().chain(&chart.templates).chain(files).for_each(|file| self.add(&file.text));
        chart.subcharts.iter().for_each(|subchart| self.add_chart(sources, subchart, reads_files));
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Map(map) => map.iter().for_each(|(key, value)| {
                self.add(key);
                self.add_value(value);
            }),
            Value::List(items) => items.iter().for_each(|item| self.add_value(item)),
            Value::String(text) => self.add(text),
            Value::Int(number, _) => self.add(&number.to_string()),
            Value::Float(number, _) => self.add(&number.to_string()),
            Value::Bool(..) | Value::Null(_) => {}
        }
    }

    fn has(&self, word: &str) -> bool {
        self.texts.as_ref().is_none_or(|texts| texts.iter().any(|text| text.contains(word)))
    }

    /// Whether the repository of `image` can be put together: each word and each number of its path stands somewhere.
    #[must_use]
    pub fn names(&self, image: &Reference) -> bool {
        let is_number = |one: u8, other: u8| one.is_ascii_digit() == other.is_ascii_digit();
        let parts = image.path().split(|letter: char| !letter.is_ascii_alphanumeric());
        let mut words = parts.flat_map(|part| part.as_bytes().chunk_by(|one, other| is_number(*one, *other)));
        words.all(|word| word == b"library" || std::str::from_utf8(word).is_ok_and(|word| self.has(word)))
    }

    /// Whether the very `image` can be put together: its repository and what of its version stands between signs.
    #[must_use]
    pub fn makes(&self, image: &Reference) -> bool {
        let version = image.digest().and_then(|digest| Some(digest.split_once(':')?.1)).or(image.tag());
        let version = version.unwrap_or_default().to_ascii_lowercase();
        let mut parts = version.strip_prefix('v').unwrap_or(&version).split(['-', '_', '+']);
        // What a controller puts behind a tag stands in no chart.
        let parts: Vec<&str> = if self.completes { parts.next().into_iter().collect() } else { parts.collect() };
        let has = |part: &&str| self.has(part) || (self.joins && part.split('.').all(|number| self.has(number)));
        self.names(image) && parts.iter().all(has)
    }
}

/// Whether a template of `chart` or of those below it says `word`.
fn says(chart: &Chart, word: &str) -> bool {
    chart.templates.iter().any(|file| file.text.contains(word)) || chart.subcharts.iter().any(|below| says(below, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(texts: &[&str], joins: bool, completes: bool) -> Wording {
        Wording { texts: Some(texts.iter().map(ToString::to_string).collect()), joins, completes }
    }

    fn image(text: &str) -> Reference {
        Reference::parse(text).unwrap()
    }

    #[test]
    fn an_image_needs_all_words_of_its_path() {
        let wording = wording(&["acme/{{ .chart.name }}-web", "name: k8s"], false, false);
        for known in ["quay.io/acme/k8s-web:1", "web", "docker.io/library/web", "acme/web-acme"] {
            assert!(wording.names(&image(known)), "{known}");
        }
        for unknown in ["quay.io/acme/k8s-agent:1", "acme/web9"] {
            assert!(!wording.names(&image(unknown)), "{unknown}");
        }
        assert!(Wording::default().names(&image("acme/agent")) && Wording::default().makes(&image("acme/agent:9")));
    }

    #[test]
    fn the_very_image_needs_what_stands_between_the_signs_of_its_version() {
        let texts = ["acme/web", "appversion: 1.2.3", "flavour: alpine 7 0f3a"];
        let plain = wording(&texts, false, false);
        for known in ["acme/web", "acme/web:v1.2.3-alpine", "acme/web:1.2"] {
            assert!(plain.makes(&image(known)), "{known}");
        }
        for unknown in ["acme/web:1.2.4", "acme/web:1.2.3-ubuntu", "acme/web:7.3", "acme/other:1.2.3"] {
            assert!(!plain.makes(&image(unknown)), "{unknown}");
        }
        assert!(wording(&texts, true, false).makes(&image("acme/web:7.3")));
        assert!(wording(&texts, false, true).makes(&image("acme/web:1.2.3-ubuntu")));
        assert!(!wording(&texts, false, true).makes(&image("acme/web:1.2.4-alpine")));
    }
}
