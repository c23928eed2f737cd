//! Images that values name, whether or not a template prints them: mappings with a `repository`, strings under `image` and
//! `...Image` keys. Only those of charts whose templates speak of the key, so that a scaffold's left-over `image` is none.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chains::Chains;
use super::survey::{add_new, both};
use super::when::printed;
use super::{ChartLink, Confidence, Inventory, Kind, Naming, Use, Workload};
use crate::chart::{Chart, ChartNode, Processed};
use crate::image::Reference;
use crate::source::{Span, Text, TextBuilder};
use crate::template::convert::from_yaml;
use crate::template::functions::format::print;
use crate::yaml::{Map, Value};

/// What the places of values begin with.
const VALUE: &str = "value ";

/// Nesting that is followed; deeper values are no image's.
const MAX_DEPTH: usize = 50;

/// The images that the values of `chart` name, of its subcharts too, but for the charts at the paths `known`. `when` is what had to
/// be switched on for that.
pub(super) fn images(
    chart: &Arc<Chart>,
    scenarios: &[String],
    processed: &Processed,
    when: Option<&str>,
    known: &BTreeSet<String>,
) -> Vec<Use> {
    let chains = Chains::new(processed);
    let mut reader = Reader { root: chart, scenarios, when, chains: &chains, known, found: Vec::new() };
    if let Some(values) = processed.values.as_map() {
        reader.chart(&processed.root, values, &[]);
    }
    reader.found
}

/// Those of `named` whose values no deployed image and none of `optional` was made of, each once.
pub(super) fn unused(named: Vec<Use>, deployed: &Inventory, optional: &[Use]) -> Vec<Use> {
    let known = || deployed.uses.iter().chain(optional);
    let places: Vec<Span> = known().flat_map(Use::origins).map(|(span, _)| span).collect();
    let overlap = |a: &Span, b: &Span| a.file == b.file && a.start < b.end && b.start < a.end;
    let mut unused: Vec<Use> = Vec::new();
    for used in named {
        let same = |known: &&mut Use| known.text == used.text && known.slot() == used.slot() && known.when == used.when;
        if let Some(known) = unused.iter_mut().find(same) {
            add_new(&mut known.scenarios, used.scenarios);
            continue;
        }
        let Some((place, _)) = used.decisive(used.reference.path_range()) else { continue };
        let spoken_for = places.iter().any(|span| overlap(span, &place))
            || known().chain(&unused).any(|other| {
                other.reference.repository() == used.reference.repository()
                    && other.reference.effective_tag() == used.reference.effective_tag()
            });
        if !spoken_for {
            unused.push(used);
        }
    }
    unused
}

/// The path of the value that `used` is, where nothing else names it.
pub(super) fn path_of(used: &Use) -> Option<&str> {
    used.naming.as_ref()?.place.strip_prefix(VALUE).filter(|_| used.workload.kind.is_empty())
}

struct Reader<'a> {
    root: &'a Arc<Chart>,
    scenarios: &'a [String],
    when: Option<&'a str>,
    chains: &'a Chains,
    /// The charts whose own values are not read, by their paths.
    known: &'a BTreeSet<String>,
    found: Vec<Use>,
}

impl Reader<'_> {
    /// The values of one chart; `path` leads to them from the root's.
    fn chart(&mut self, node: &ChartNode, values: &Map, path: &[&str]) {
        let Some(chain) = self.chains.of_chart(&node.path).cloned() else { return };
        let is_known = self.known.contains(&node.path);
        for (key, value) in values {
            let path = [path, &[key.as_str()]].concat();
            let dependency = |asked: &crate::chart::Dependency| {
                *key == *asked.name || (!asked.alias.is_empty() && *key == *asked.alias)
            };
            if let Some(subchart) = node.subcharts.iter().find(|subchart| subchart.name == *key) {
                if let Some(values) = value.as_map() {
                    self.chart(subchart, values, &path);
                }
            } else if !is_known
                && key != "global"
                && !node.chart.metadata.dependencies.iter().flatten().any(dependency)
                && speaks_of(&node.chart, key)
            {
                self.value(node, &chain, key, value, None, &path);
            }
        }
    }

    fn value(
        &mut self,
        node: &ChartNode,
        chain: &Arc<[ChartLink]>,
        key: &str,
        value: &Value,
        parent: Option<&Map>,
        path: &[&str],
    ) {
        // `images: {agent: REF}`
        let above = path.len().checked_sub(2).map_or("", |above| path[above]);
        let inside = above == "images" || above.ends_with("Images");
        if path.len() > MAX_DEPTH {
            return;
        }
        let image = match value {
            Value::Map(map) => split(key, map, &node.chart),
            Value::String(text) if is_image_key(key) || inside => whole(text, key, parent),
            _ => None,
        };
        if let Some((text, reference)) = image {
            self.add(node, chain, text, reference, path);
        }
        if let Value::Map(map) = value {
            for (key, value) in map.iter() {
                let path = [path, &[Text::as_str(key)]].concat();
                self.value(node, chain, key, value, Some(map), &path);
            }
        }
    }

    fn add(&mut self, node: &ChartNode, chain: &Arc<[ChartLink]>, text: Text, reference: Reference, path: &[&str]) {
        let Some(last) = chain.last() else { return };
        let path = path.join(".");
        let fact = printed(&path);
        self.found.push(Use {
            text,
            reference,
            kind: Kind::Operand,
            naming: Some(Naming { place: format!("{VALUE}{path}"), confidence: Confidence::Likely, completed: false }),
            chart: last.chart.clone(),
            path: chain.iter().map(|link| link.called.clone()).collect(),
            chain: chain.clone(),
            template: format!("{}/values.yaml", node.path),
            workload: Workload { kind: String::new(), name: String::new(), container: None },
            scenarios: self.scenarios.to_vec(),
            only_in: Vec::new(),
            when: both(self.when.map(str::to_owned), Some(fact)),
            turn: 0,
            number: 0,
            depends: Vec::new(),
            root: self.root.path.clone(),
            exempt: None,
        });
    }
}

/// Whether a template of the chart names `key`.
fn speaks_of(chart: &Chart, key: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let mut templates = chart.templates.iter();
    templates.any(|template| {
        let text = template.text.as_str();
        text.match_indices(key).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + key.len()..].chars().next();
            before.is_some_and(|letter| matches!(letter, '.' | '"' | '`')) && !after.is_some_and(is_part)
        })
    })
}

/// `image`, `...Image`, `..._image`.
fn is_image_key(key: &str) -> bool {
    key == "image" || key.ends_with("Image") || key.ends_with("_image")
}

/// A text that is not empty, or a number as Helm prints it.
fn filled(map: &Map, keys: &[&str]) -> Option<Text> {
    let value = keys.iter().find_map(|key| map.get(*key))?;
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Float(..) | Value::Int(..) => print(&from_yaml(value)),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// An image whose registry, repository and tag stand in sibling keys. Without a tag it is the chart's `appVersion`.
fn split(key: &str, map: &Map, chart: &Chart) -> Option<(Text, Reference)> {
    let repository = filled(map, &["repository"])?;
    let speaks_of_images = ["registry", "tag", "image", "version", "pullPolicy", "imagePullPolicy"];
    if !key.to_ascii_lowercase().contains("image") && !speaks_of_images.iter().any(|key| map.contains_key(*key)) {
        return None;
    }
    let mut builder = TextBuilder::new();
    let has_host =
        repository.split_once('/').is_some_and(|(first, _)| first.contains(['.', ':']) || first == "localhost");
    if let Some(registry) = filled(map, &["registry"]).filter(|_| !has_host) {
        builder.push_text(&registry);
        builder.push_str("/");
    }
    builder.push_text(&repository);
    // NVIDIA's charts: the repository is the folder of the image.
    if let Some(name) = filled(map, &["image"]) {
        builder.push_str("/");
        builder.push_text(&name);
    }
    let digest = filled(map, &["digest"]).filter(|digest| digest.starts_with("sha256:"));
    let app_version = Some(chart.metadata.app_version.clone()).filter(|version| !version.is_empty());
    match filled(map, &["tag", "version"]).or_else(|| app_version.filter(|_| digest.is_none())) {
        Some(tag) => {
            builder.push_str(":");
            builder.push_text(&tag);
        }
        None if digest.is_none() => return None,
        None => {}
    }
    if let Some(digest) = digest {
        builder.push_str("@");
        builder.push_text(&digest);
    }
    let text = builder.finish();
    Reference::parse(&text).ok().map(|reference| (text, reference))
}

/// A string that is a whole image, or becomes one with the tag beside it. One without any tag is taken for no image.
fn whole(text: &Text, key: &str, parent: Option<&Map>) -> Option<(Text, Reference)> {
    let text = text.trim();
    let reference = Reference::parse(&text).ok()?;
    if reference.tag().is_some() || reference.digest().is_some() {
        return Some((text, reference));
    }
    let parent = parent?;
    if parent.contains_key("repository") {
        return None;
    }
    let own = format!("{key}Tag");
    let tag = filled(parent, &[own.as_str(), "tag", "version"])?;
    let mut builder = TextBuilder::new();
    builder.push_text(&text);
    builder.push_str(":");
    builder.push_text(&tag);
    let text = builder.finish();
    Reference::parse(&text).ok().map(|reference| (text, reference))
}
