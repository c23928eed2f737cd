//! What a source note should say: the words that the fixes write into a list. How a team writes them is `style`'s.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::provenance::Provenance;
use super::style::Words;
use crate::image::Reference;
use crate::inventory::{Change, ChartLink, ChartName, Use, is_region_name};
use crate::mirror::Entry;
use crate::source::{Layer, Sources, Span};
use crate::store::plain_address;

/// `(from local chart NAME:VERSION)` or `(from REPO/NAME:VERSION)`; `(from NAME:VERSION)` where the repository's address has no name.
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

/// The same for `chart`, which was asked for as in `link`.
pub(crate) fn note_of(chart: &ChartName, link: Option<&ChartLink>) -> String {
    match link.filter(|link| !link.is_local()).and_then(|link| link.repository.as_deref()) {
        Some(address) => match repository_name(address) {
            Some(repository) => format!("(from {repository}/{chart})"),
            None => format!("(from {chart})"),
        },
        None => format!("(from local chart {chart})"),
    }
}

/// Region, account and dynamic in Japanese and Chinese, which part no words.
const ELSEWHERE: [&str; 7] = ["リージョン", "アカウント", "動的", "区域", "區域", "账户", "动态"];

/// Whether the comments of an entry say that its image depends on the region.
pub(crate) fn speaks_of_region(entry: &Entry) -> bool {
    let note = &entry.note;
    let remarks = note.repositories.iter().chain(&note.tags).filter_map(|field| field.remark.as_ref());
    let texts = note.title.iter().chain(&note.notes).chain(&note.remarks).chain(remarks).chain(&entry.trailing_comment);
    let says = |text: &str| {
        if ELSEWHERE.iter().any(|word| text.contains(word)) {
            return true;
        }
        let text = text.to_ascii_lowercase();
        let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.any(|word| {
            matches!(word, "region" | "regions" | "regional" | "dynamic" | "dynamically" | "account" | "accounts")
        })
    };
    note.default_region.is_some() || texts.into_iter().any(|text| says(&text.text))
}

/// What stands between a name and its country: `example.co.jp`.
const KINDS: [&str; 6] = ["ac", "co", "com", "gov", "ne", "or"];

/// A short name for a chart repository, as `helm repo add` would be given one; `None` where the address has none.
fn repository_name(address: &str) -> Option<String> {
    let address = plain_address(address);
    if let Some(alias) = address.strip_prefix('@').or_else(|| address.strip_prefix("alias:")) {
        return Some(alias.to_owned());
    }
    let (_, rest) = address.split_once("://")?;
    let mut parts = rest.split('/');
    let host = parts.next().unwrap_or_default();
    let says_little = |part: &&str| matches!(*part, "charts" | "chart" | "helm" | "helm-charts" | "stable" | "");
    if let Some(part) = parts.rev().find(|part| !says_little(part)) {
        return Some(part.to_owned());
    }
    let host = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(host, _)| host);
    let labels: Vec<_> = host.split('.').collect();
    // A number is no label, and the only one of a host says where it is as well as any.
    let is_number = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    let domain = match labels.as_slice() {
        [.., kind, country] if labels.len() > 2 && country.len() == 2 && KINDS.contains(kind) => 3,
        _ => 2,
    };
    let name = if is_number { host } else { labels[labels.len().saturating_sub(domain)] };
    (!name.is_empty()).then(|| name.to_owned())
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

/// The words of a new entry that lists `image` for `used`: title, source note, repository, tag and where it came from, notes.
pub(super) fn words(
    sources: &Sources,
    provenance: &Provenance,
    used: &Use,
    image: &Reference,
    change: Option<Change>,
) -> Words {
    let tag = image.tag().zip(image.tag_range()).map(|(tag, range)| {
        let place = used.decisive(range);
        let given = |span: Span| given_source(sources, used, span).map(|file| format!("(from {file})"));
        let from = place.and_then(|(span, _)| given(span).or_else(|| provenance.remark(used)));
        tag.to_owned() + &from.map(|remark| format!(" {remark}")).unwrap_or_default()
    });
    let operand = used.naming.as_ref().map(|naming| format!("operand, {}", naming.place));
    Words {
        title: title(used),
        source: source_note(used),
        repository: image.name().to_owned(),
        tag,
        region: change.and(image.ecr()).map(|host| match change.is_some_and(|change| change.account) {
            true => format!("{} (Account ID: {})", host.region(), host.account()),
            false => host.region().to_owned(),
        }),
        notes: operand.into_iter().chain(change.map(|change| region_note(change, image, used))).collect(),
    }
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
pub(super) fn layer_source(layer: Layer) -> Option<&'static str> {
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

/// The note that says how `image` depends on the region, and for which one it is, or under which values.
pub(crate) fn region_note(change: Change, image: &Reference, used: &Use) -> String {
    let what = varying(change);
    let region = match (image.ecr(), used.scenarios.first().map(String::as_str)) {
        (Some(host), _) => host.region().to_owned(),
        (None, Some("default") | None) => "the chart's default values".to_owned(),
        (None, Some(region)) if is_region_name(region) => region.to_owned(),
        (None, Some(scenario)) => format!("the scenario {scenario}"),
    };
    let depend = if what.contains(" and ") { "depend" } else { "depends" };
    format!("{what} of this image {depend} on the region; {IS_FOR}{region}")
}

/// What stands before the region in a note about it.
const IS_FOR: &str = "this one is for ";

/// Where such a note names its region.
pub(crate) fn region_of_note(note: &str) -> Option<Range<usize>> {
    let start = note.rfind(IS_FOR)? + IS_FOR.len();
    is_region_name(&note[start..]).then_some(start..note.len())
}

/// What of an image changes with the region, in words.
pub(crate) fn varying(change: Change) -> &'static str {
    if change.version {
        return "the version";
    }
    match (change.account, change.region) {
        (true, true) => "the account and region",
        (true, false) => "the account",
        (false, true) => "the registry",
        (false, false) => "the repository",
    }
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
            ("https://charts.example.co.jp", Some("example")),
            ("https://charts.co.jp", Some("charts")),
            ("https://co.uk", Some("co")),
            ("https://charts.co.com", Some("co")),
            ("@eks", Some("eks")),
            ("alias:eks", Some("eks")),
            ("http://localhost:5000", Some("localhost")),
            ("http://chartmuseum:8080/charts", Some("chartmuseum")),
            ("https://user:word@chartmuseum/", Some("chartmuseum")),
            ("http://127.0.0.1:8178", Some("127.0.0.1")),
            ("http://[::1]:8178/charts", Some("[::1]")),
            ("oci://[fd00::1]", Some("[fd00::1]")),
            ("https://", None),
            ("nowhere", None),
        ];
        for (address, name) in names {
            assert_eq!(repository_name(address).as_deref(), name, "{address}");
        }
    }
}
