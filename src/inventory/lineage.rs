//! How an image came about: for its registry, repository, tag and digest each stretch of text with the place that it came
//! from, the template actions that it passed through, and the values that it won over. Asks no template again.

use std::ops::Range;

use super::{ChartName, Use};
use crate::chart::Given;
use crate::source::{Layer, Origin, Sources, Span};
use crate::yaml::Value;

/// Everything that is known about the text of one use of an image.
#[derive(Clone, Debug)]
pub struct Lineage {
    /// Where the template names it: the outermost action that prints it, or its text in the template.
    pub place: Option<Span>,
    /// Registry, repository, tag and digest, as far as it has them.
    pub parts: Vec<Part>,
}

/// One part of an image.
#[derive(Clone, Debug)]
pub struct Part {
    /// `registry`, `repository`, `tag` or `digest`.
    pub name: &'static str,
    /// Its bytes within the image.
    pub range: Range<usize>,
    /// What it is made of, in the order of the text. Empty when it was made of nothing that stands in a file.
    pub strands: Vec<Strand>,
}

/// A stretch of a part and one place that it came from. A stretch that was computed from several places has as many strands.
#[derive(Clone, Debug, PartialEq)]
pub struct Strand {
    /// Its bytes within the image.
    pub range: Range<usize>,
    /// The place.
    pub span: Span,
    /// The kind of place.
    pub layer: Layer,
    /// The template actions that it passed through, outermost first.
    pub sites: Vec<Span>,
    /// The value that it is a part of, when the place is one.
    pub setting: Option<Setting>,
}

impl Strand {
    /// Whether `next` goes on in the image and in the file where this one ends.
    fn is_followed_by(&self, next: &Self) -> bool {
        let in_file = self.span.file == next.span.file && self.span.end == next.span.start;
        self.range.end == next.range.start && in_file && self.layer == next.layer && self.sites == next.sites
    }
}

/// A value that won.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its key where it stands: `image.tag`.
    pub key: String,
    /// Who gives it.
    pub giver: Giver,
    /// The values of the same key that lost against it, the strongest first.
    pub over: Vec<Lost>,
}

/// A value that lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    /// Its key where it stands.
    pub key: String,
    /// Who gives it.
    pub giver: Giver,
    /// Where it stands.
    pub span: Span,
}

/// Who gives a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Giver {
    /// The chart whose template names the image, by its `values.yaml`.
    Own(ChartName),
    /// A chart above it.
    Parent(ChartName),
    /// The user.
    Given(Given),
}

/// One source of values.
struct Source<'a> {
    giver: Giver,
    /// The names that lead from the root to the chart whose values these are.
    path: &'a [String],
    values: &'a Value,
}

/// The lineage of `used`; `given` are the user's values, weakest first.
#[must_use]
pub fn lineage(sources: &Sources, used: &Use, given: &[(Given, Value)]) -> Lineage {
    let layers = layers(used, given);
    let reference = &used.reference;
    let ranges = [
        ("registry", reference.registry_range()),
        ("repository", Some(reference.path_range())),
        ("tag", reference.tag_range()),
        ("digest", reference.digest_range()),
    ];
    let part = |(name, range): (&'static str, Option<Range<usize>>)| {
        let range = range?;
        let mut strands = strands(used, range.clone());
        for strand in strands.iter_mut().filter(|strand| matches!(strand.layer, Layer::Values | Layer::Set)) {
            strand.setting = setting(sources, &layers, strand.span);
        }
        Some(Part { name, range, strands })
    };
    let parts: Vec<Part> = ranges.into_iter().filter_map(part).collect();
    Lineage { place: place(used), parts }
}

/// Where the template itself names the image.
fn place(used: &Use) -> Option<Span> {
    let (span, layer, sites) = used.text.origins()?.places().into_iter().next()?;
    sites.first().copied().or_else(|| (layer == Layer::Template).then_some(span))
}

fn strands(used: &Use, range: Range<usize>) -> Vec<Strand> {
    let mut strands: Vec<Strand> = Vec::new();
    for (piece, origin) in used.text.slice(range.clone()).parts() {
        for (span, layer, sites) in origin.iter().flat_map(Origin::places) {
            let strand =
                Strand { range: range.start + piece.start..range.start + piece.end, span, layer, sites, setting: None };
            if strands.contains(&strand) {
                continue;
            }
            match strands.last_mut() {
                // A changed word is told as a whole: `lower` derives it letter by letter.
                Some(last) if last.is_followed_by(&strand) => {
                    last.range.end = strand.range.end;
                    last.span.end = strand.span.end;
                }
                _ => strands.push(strand),
            }
        }
    }
    strands
}

/// All sources of values that the chart of `used` sees, weakest first.
fn layers<'a>(used: &'a Use, given: &'a [(Given, Value)]) -> Vec<Source<'a>> {
    let names = used.path.get(1..).unwrap_or_default();
    let last = used.chain.len().saturating_sub(1);
    let charts = used.chain.iter().enumerate().rev().map(|(depth, link)| Source {
        giver: if depth == last { Giver::Own(link.chart.clone()) } else { Giver::Parent(link.chart.clone()) },
        path: &names[..depth.min(names.len())],
        values: &link.source.values,
    });
    let given = given.iter().map(|(given, values)| Source { giver: Giver::Given(given.clone()), path: &[], values });
    charts.chain(given).collect()
}

/// The value that `span` lies in, and those that lost against it.
fn setting(sources: &Sources, layers: &[Source<'_>], span: Span) -> Option<Setting> {
    let (index, keys) = layers.iter().enumerate().rev().find_map(|(index, layer)| {
        let holds = |found: Span| {
            let inside = found.start <= span.start && span.end <= found.end;
            inside && (found.file == span.file || is_argument(sources, &layer.giver, span))
        };
        let mut keys = Vec::new();
        find(layer.values, &holds, &mut keys, 0).then_some((index, keys))
    })?;
    let winner = &layers[index];
    let from_root: Vec<Key> = winner.path.iter().map(|name| Key::Name(name.clone())).chain(keys.clone()).collect();
    let over = layers[..index].iter().rev().filter_map(|layer| {
        let inner = strip(&from_root, layer.path);
        let global = keys.first().is_some_and(|key| *key == Key::Name("global".to_owned())).then_some(keys.as_slice());
        [inner, global].into_iter().flatten().find_map(|keys| {
            let span = origin(follow(layer.values, keys)?)?;
            Some(Lost { key: shown(keys), giver: layer.giver.clone(), span })
        })
    });
    Some(Setting { key: shown(&keys), giver: winner.giver.clone(), over: over.collect() })
}

/// Whether `span` stands in the argument of that flag and number: arguments are read again to tell them apart.
fn is_argument(sources: &Sources, giver: &Giver, span: Span) -> bool {
    let Giver::Given(given @ Given::Argument(..)) = giver else { return false };
    sources.get(span.file).path().to_str() == Some(&given.to_string())
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Name(String),
    Index(usize),
}

/// `a.b[0]`
fn shown(keys: &[Key]) -> String {
    let mut out = String::new();
    for key in keys {
        match key {
            Key::Name(name) => {
                out.push_str(if out.is_empty() { "" } else { "." });
                out.push_str(&name.replace('.', "\\."));
            }
            Key::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

/// Nesting that is followed. Deeper values are no image's.
const MAX_DEPTH: usize = 200;

/// Looks for the leaf or key that stands at a place that `holds`; `keys` then lead to it.
fn find(value: &Value, holds: &impl Fn(Span) -> bool, keys: &mut Vec<Key>, depth: usize) -> bool {
    let holds_any = |origin: Option<Origin>| origin.is_some_and(|all| all.places().iter().any(|(at, ..)| holds(*at)));
    if depth > MAX_DEPTH {
        return false;
    }
    match value {
        Value::Map(map) => map.iter().any(|(key, value)| {
            keys.push(Key::Name(key.to_string()));
            let found = holds_any(key.origins()) || find(value, holds, keys, depth + 1);
            if !found {
                keys.pop();
            }
            found
        }),
        Value::List(items) => items.iter().enumerate().any(|(index, value)| {
            keys.push(Key::Index(index));
            let found = find(value, holds, keys, depth + 1);
            if !found {
                keys.pop();
            }
            found
        }),
        leaf => holds_any(leaf_origin(leaf)),
    }
}

fn follow<'a>(value: &'a Value, keys: &[Key]) -> Option<&'a Value> {
    keys.iter().try_fold(value, |value, key| match key {
        Key::Name(name) => value.get(name),
        Key::Index(index) => value.as_list()?.get(*index),
    })
}

/// `keys` below `path`; `None` when they lead elsewhere.
fn strip<'a>(keys: &'a [Key], path: &[String]) -> Option<&'a [Key]> {
    let (first, rest) = keys.split_at_checked(path.len())?;
    first.iter().zip(path).all(|(key, name)| matches!(key, Key::Name(key) if key == name)).then_some(rest)
}

fn leaf_origin(value: &Value) -> Option<Origin> {
    match value {
        Value::Null(origins) | Value::Bool(_, origins) | Value::Int(_, origins) | Value::Float(_, origins) => {
            origins.clone()
        }
        Value::String(text) => text.origins(),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// Where a leaf stands.
fn origin(value: &Value) -> Option<Span> {
    leaf_origin(value)?.places().first().map(|(span, ..)| *span)
}
