//! What a source note should say: the words that the fixes write into a list, in the way the team writes them.

use std::ops::Range;

use crate::image::{Reference, check_repository_name};
use crate::inventory::{Change, ChartLink, ChartName, Use};
use crate::mirror::Entry;
use crate::source::{Layer, Sources, Span};

/// `(from local chart NAME:VERSION)` or `(from REPO/NAME:VERSION)`.
pub(crate) fn source_note(used: &Use) -> String {
    note_of(&used.chart, used.chain.last())
}

/// The same for the chart that goes by `name`, however that is capitalised, on the way to a use.
pub(crate) fn source_note_named(used: &Use, name: &str) -> Option<String> {
    let is_name = |other: &str| other.eq_ignore_ascii_case(name);
    let goes_by = |link: &&ChartLink| {
        is_name(&link.chart.name) || is_name(&link.called) || link.folder.as_deref().is_some_and(is_name)
    };
    used.chain.iter().rev().find(goes_by).map(|link| note_of(&link.chart, Some(link)))
}

fn note_of(chart: &ChartName, link: Option<&ChartLink>) -> String {
    match link.and_then(|link| link.repository.as_deref()).and_then(repository_name) {
        Some(repository) => format!("(from {repository}/{chart})"),
        None => format!("(from local chart {chart})"),
    }
}

/// Whether the comments of an entry say that its image depends on the region.
pub(crate) fn speaks_of_region(entry: &Entry) -> bool {
    let note = &entry.note;
    let remarks = note.repositories.iter().chain(&note.tags).filter_map(|field| field.remark.as_ref());
    let texts = note.title.iter().chain(&note.notes).chain(&note.remarks).chain(remarks).chain(&entry.trailing_comment);
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.any(|word| {
            matches!(word, "region" | "regions" | "regional" | "dynamic" | "dynamically" | "account" | "accounts")
        })
    };
    note.default_region.is_some() || texts.into_iter().any(|text| says(&text.text))
}

/// A short name for a chart repository, as `helm repo add` would be given one; `None` for a local one.
fn repository_name(address: &str) -> Option<String> {
    if address.is_empty() || address.starts_with("file:") {
        return None;
    }
    if let Some(alias) = address.strip_prefix('@').or_else(|| address.strip_prefix("alias:")) {
        return Some(alias.to_owned());
    }
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default();
    let says_little = |part: &&str| matches!(*part, "charts" | "chart" | "helm" | "helm-charts" | "stable" | "");
    if let Some(part) = parts.rev().find(|part| !says_little(part)) {
        return Some(part.to_owned());
    }
    let labels: Vec<_> = host.split(':').next().unwrap_or_default().split('.').collect();
    labels.len().checked_sub(2).and_then(|at| labels.get(at)).map(|label| (*label).to_owned())
}

/// Words that titles have in capitals.
const CAPITALS: [&str; 22] = [
    "api", "aws", "cli", "cni", "csi", "dcgm", "dns", "ebs", "efa", "efs", "eks", "gpu", "http", "mpi", "nfd", "nfs",
    "sql", "ssh", "tls", "ui", "url", "vpc",
];

/// What a new block is titled: the image's last path part, in words.
pub(crate) fn title(used: &Use) -> String {
    let last = used.reference.path().rsplit('/').next().unwrap_or_default();
    let words = last.split(['-', '_', '.']).filter(|word| !word.is_empty()).map(|word| {
        if CAPITALS.contains(&word) {
            return word.to_uppercase();
        }
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    words.collect::<Vec<String>>().join(" ")
}

/// The lines of a new entry that lists `image` for `used`: title with source note, repository, tag and where it came from, the
/// entry.
pub(crate) fn block(
    sources: &Sources,
    used: &Use,
    name: &str,
    image: &Reference,
    change: Option<Change>,
) -> Vec<String> {
    let mut lines = vec![format!("# {} {}", title(used), source_note(used)), format!("# Repository: {}", image.name())];
    if let (Some(tag), Some(range)) = (image.tag(), image.tag_range()) {
        let place = used.decisive(range);
        let from = place.and_then(|(span, layer)| {
            given_source(sources, used, span).or_else(|| layer_source(layer).map(str::to_owned))
        });
        let from = from.map(|source| format!(" (from {source})")).unwrap_or_default();
        lines.push(format!("# Tag: {tag}{from}"));
    }
    lines.extend(used.naming.as_ref().map(|naming| format!("# Note: operand, {}", naming.place)));
    lines.extend(change.map(|change| region_note(change, image, used)));
    lines.push(format!("{name}={}", image.as_str()));
    lines
}

/// The name of the file that `span` lies in, when it is the user's own: a values file, the configuration. Arguments are no files.
fn given_source(sources: &Sources, used: &Use, span: Span) -> Option<String> {
    let file = sources.get(span.file).path().to_owned();
    let of_chart = |link: &ChartLink| {
        let own = link.source.values_file.as_ref().is_some_and(|own| own.file == span.file);
        own || link.source.metadata_file == Some(span.file)
            || link.source.templates.iter().any(|own| own.file == span.file)
    };
    let name = file.file_name()?.to_string_lossy().into_owned();
    let is_file =
        file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml" || extension == "json")
            || name == crate::config::FILE_NAME;
    (is_file && !used.chain.iter().any(of_chart)).then_some(name)
}

/// What notes call a layer that a tag comes from; `None` for what no chart says.
fn layer_source(layer: Layer) -> Option<&'static str> {
    match layer {
        Layer::Values => Some("chart values"),
        Layer::Chart => Some("Chart.yaml appVersion"),
        Layer::Template => Some("chart template"),
        Layer::Set | Layer::Computed => None,
    }
}

/// Where the tag of `used` comes from, in place of what `remark` names, the words behind a `Tag:`: the place within the remark
/// and the right words. `None` when the remark names no source, or one that is still true.
pub(crate) fn true_source(remark: &str, sources: &Sources, used: &Use) -> Option<(Range<usize>, String)> {
    let from = remark.strip_prefix('(').and_then(|inside| inside.strip_prefix("from "))?;
    let named = &from[..from.find([',', ';', '(', ')'])?];
    let (place, layer) = used.decisive(used.reference.tag_range()?)?;
    let given = given_source(sources, used, place);
    let right = given.clone().or_else(|| layer_source(layer).map(str::to_owned))?;
    let said = named.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let file = sources.get(place.file).path().file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let is_true = match layer {
        _ if given.is_some() => says(&["values"]),
        Layer::Values => says(&["values", "default"]),
        Layer::Chart => says(&["chart.yaml", "appversion", "app version", "chart version"]),
        Layer::Template | Layer::Set | Layer::Computed => says(&["template", "helper"]),
    };
    // Who names the chart alone, or the file itself, is right as well.
    let chart = said.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let chart_alone = chart.into_iter().all(|word| matches!(word, "the" | "helm" | "chart" | "charts"));
    let pinned = said.contains(&used.chart.name) && said.contains(&used.chart.version);
    let start = remark.len() - from.len();
    (!(is_true || chart_alone || pinned || file.is_some_and(|file| said.contains(&file))))
        .then_some((start..start + named.trim_end().len(), right))
}

/// The comment that says how `image` depends on the region, and for which one it is.
pub(crate) fn region_note(change: Change, image: &Reference, used: &Use) -> String {
    let what = varying(change);
    let scenario = used.scenarios.first().map_or("default", String::as_str);
    let region = image.ecr().map_or_else(|| scenario.to_owned(), |host| host.region().to_owned());
    let depend = if what.contains(" and ") { "depend" } else { "depends" };
    format!("# Note: {what} of this image {depend} on the region; this one is for {region}")
}

/// What of an image changes with the region, in words.
pub(crate) fn varying(change: Change) -> &'static str {
    match (change.account, change.region) {
        (true, true) => "the account and region",
        (true, false) => "the account",
        (false, true) => "the registry",
        (false, false) => "the repository",
    }
}

/// How a team names its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit<'a> {
    /// After the last part of the image's path, with this in front: `mirror/` of `mirror/web` and `mirror/redis`.
    Prefix(&'a str),
    /// As the image's whole path.
    Path,
}

impl<'a> Habit<'a> {
    /// The habit that all of `entries` show.
    pub fn of(entries: &'a [Entry]) -> Self {
        let is_path =
            |entry: &Entry| Reference::parse(&entry.source.text).is_ok_and(|image| image.path() == entry.name.text);
        let several = entries.iter().filter(|entry| entry.name.text.contains('/')).count() > 1;
        if several && entries.iter().all(is_path) { Self::Path } else { Self::Prefix(habitual_prefix(entries)) }
    }
}

/// What the names of all `entries` begin with, up to a separator, when that is the team's habit and not the images' own.
fn habitual_prefix(entries: &[Entry]) -> &str {
    let Some((first, others)) = entries.split_first().filter(|(_, others)| !others.is_empty()) else { return "" };
    let first = first.name.text.as_str();
    let shared = |name: &str| first.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
    let length = others.iter().map(|entry| shared(&entry.name.text)).min().unwrap_or_default();
    let common = &first.as_bytes()[..length];
    let end = common.iter().rposition(|byte| matches!(byte, b'/' | b'-' | b'_' | b'.')).map_or(0, |at| at + 1);
    let prefix = &first[..end];
    let own = |entry: &Entry| entry.source.text.contains(prefix) || entry.name.text.len() == end;
    if entries.iter().any(own) { "" } else { prefix }
}

/// A repository name for `image` that ECR accepts and that is not `taken`: as the habit is, where ECR accepts that; else its
/// last path part, with more of the path in front where that is needed.
pub(crate) fn new_name(image: &Reference, habit: Habit<'_>, taken: &[String]) -> String {
    let path = image.path().to_owned();
    if habit == Habit::Path && check_repository_name(&path).is_ok() && !taken.contains(&path) {
        return path;
    }
    let prefix = match habit {
        Habit::Prefix(prefix) => prefix,
        Habit::Path => "",
    };
    let parts: Vec<String> = path.split('/').map(ecr_part).collect();
    let prefix = Some(prefix).filter(|prefix| check_repository_name(&format!("{prefix}{}", parts.join("-"))).is_ok());
    let prefix = prefix.unwrap_or_default();
    let candidates = (1..=parts.len()).map(|count| format!("{prefix}{}", parts[parts.len() - count..].join("-")));
    let numbered = (2..).map(|number| format!("{prefix}{}-{number}", parts.join("-")));
    let free = |name: &String| name.len() > 1 && !taken.contains(name);
    candidates.chain(numbered).find(free).unwrap_or_default()
}

/// A path part of an image with ECR's stricter rule: one separator between letters or digits.
fn ecr_part(part: &str) -> String {
    let mut name = String::with_capacity(part.len());
    for letter in part.chars() {
        let separator = !letter.is_ascii_alphanumeric();
        if !(separator && name.ends_with(['.', '_', '-'])) {
            name.push(letter);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_get_the_name_people_give_them() {
        let names = [
            ("https://aws.github.io/eks-charts/", Some("eks-charts")),
            ("https://nvidia.github.io/k8s-device-plugin", Some("k8s-device-plugin")),
            ("oci://quay.io/jetstack/charts", Some("jetstack")),
            ("https://charts.jetstack.io", Some("jetstack")),
            ("https://charts.bitnami.com/bitnami", Some("bitnami")),
            ("@eks", Some("eks")),
            ("alias:eks", Some("eks")),
            ("http://localhost:5000", None),
            ("file://../x", None),
            ("", None),
        ];
        for (address, name) in names {
            assert_eq!(repository_name(address).as_deref(), name, "{address}");
        }
    }

    #[test]
    fn new_names_are_free_and_acceptable() {
        let image = Reference::parse("public.ecr.aws/neuron/device__plugin--x:1").unwrap();
        assert_eq!(new_name(&image, Habit::Prefix(""), &[]), "device_plugin-x");
        assert_eq!(new_name(&image, Habit::Prefix(""), &["device_plugin-x".to_owned()]), "neuron-device_plugin-x");
        let taken = ["device_plugin-x".to_owned(), "neuron-device_plugin-x".to_owned()];
        assert_eq!(new_name(&image, Habit::Prefix(""), &taken), "neuron-device_plugin-x-2");
        for name in [new_name(&image, Habit::Prefix(""), &[]), new_name(&image, Habit::Prefix(""), &taken)] {
            assert!(crate::image::check_repository_name(&name).is_ok());
        }
    }
    #[test]
    fn names_begin_as_all_others_do() {
        let prefix = |text: &str| {
            let sources = Sources::new();
            let file = sources.add("list", text.into());
            let list = crate::mirror::List::parse(file, sources.get(file).text());
            match Habit::of(&list.entries) {
                Habit::Prefix(prefix) => prefix.to_owned(),
                Habit::Path => "the path".to_owned(),
            }
        };
        assert_eq!(prefix("mirror/web=nginx:1\nmirror/redis=redis:7\n"), "mirror/");
        let paths = "nvidia/driver=nvcr.io/nvidia/driver:1\nnvidia/toolkit=nvcr.io/nvidia/toolkit:1\n";
        assert_eq!(prefix(paths), "the path");
        assert_eq!(prefix(&format!("{paths}web=nginx:1\n")), "");
        assert_eq!(prefix("acme-k8s-web=nginx:1\nacme-k8s-redis=redis:7\n"), "acme-k8s-");
        for none in [
            "",
            "mirror/web=nginx:1\n",
            "web=nginx:1\nmirror/redis=redis:7\n",
            "aws-node=eks/aws-node:1\naws-efa=eks/aws-efa:2\n",
            "a-=nginx:1\na-b=redis:7\n",
        ] {
            assert_eq!(prefix(none), "", "{none}");
        }
        let image = Reference::parse("ghcr.io/acme/web:1").unwrap();
        assert_eq!(new_name(&image, Habit::Path, &[]), "acme/web");
        assert_eq!(new_name(&image, Habit::Path, &["acme/web".to_owned()]), "web");
        assert_eq!(new_name(&image, Habit::Prefix("mirror/"), &[]), "mirror/web");
        assert_eq!(new_name(&image, Habit::Prefix("mirror/"), &["mirror/web".to_owned()]), "mirror/acme-web");
        assert_eq!(new_name(&image, Habit::Prefix("Mirror/"), &[]), "web", "ECR refuses the other names as well");
    }
}
