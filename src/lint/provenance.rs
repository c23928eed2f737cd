//! How a list calls the places that tags come from, in the words behind its `Tag:` lines: new lines call them the same.

use super::context::Context;
use super::note::{layer_source, true_source};
use super::style::most;
use crate::inventory::{ChartLink, Use};
use crate::source::Layer;

/// A kind of place: a layer, of a chart that lies in the workspace or of another one.
type Kind = (Layer, bool);

/// What a list calls each kind of place, as often as it does.
pub(super) struct Provenance {
    said: Vec<(Kind, String)>,
}

/// Words that speak of no chart more than of another: they are true of all places of a layer.
const PLAIN: [&str; 21] = [
    "a",
    "app",
    "appversion",
    "chart",
    "chart's",
    "chart.yaml",
    "chart.yaml's",
    "charts",
    "default",
    "defaults",
    "file",
    "from",
    "helm",
    "in",
    "of",
    "template",
    "templates",
    "the",
    "values",
    "values.yaml",
    "version",
];

impl Provenance {
    /// What the entries of `context` say that is true and names no version.
    pub fn of(context: &Context<'_>) -> Self {
        let mut said = Vec::new();
        for judged in context.judged() {
            let Some(used) = judged.verdict.uses().first().map(|at| context.used(*at)) else { continue };
            let Some(kind) = kind_of(used) else { continue };
            let remarks = judged.entry.note.tags.iter().filter_map(|field| field.remark.as_ref());
            let remarks = remarks.filter(|remark| {
                let Some(words) = inside(&remark.text) else { return false };
                let from = words.strip_prefix("from ");
                let source = from.unwrap_or(words);
                let is_true = true_source(&format!("(from {source})"), context.sources, used).is_none();
                is_true && is_general(source, used) && (from.is_some() || is_of_all(words))
            });
            said.extend(remarks.map(|remark| (kind, remark.text.clone())));
        }
        Self { said }
    }

    /// What the place is called that the tag of `used` comes from: `(from chart values)`. As others of its kind are; else as
    /// others of its layer, where that is true of both. Nothing for what no chart says.
    pub fn remark(&self, used: &Use) -> Option<String> {
        let kind = kind_of(used)?;
        let of_kind = self.said.iter().filter(|(other, _)| *other == kind).map(|(_, remark)| remark.clone());
        let of_layer =
            self.said.iter().filter(|(other, _)| other.0 == kind.0).map(|(_, remark)| remark.replace("local ", ""));
        let of_layer = of_layer.filter(|remark| inside(remark).is_some_and(is_of_all));
        let usual = most(of_kind).or_else(|| most(of_layer));
        usual.or_else(|| layer_source(kind.0).map(|source| format!("(from {source})")))
    }
}

/// What stands within the parentheses of `remark`.
fn inside(remark: &str) -> Option<&str> {
    remark.strip_prefix('(')?.strip_suffix(')')
}

/// Whether the words of a remark are as true of any other chart.
fn is_of_all(words: &str) -> bool {
    words.split_whitespace().all(|word| PLAIN.contains(&word.to_ascii_lowercase().as_str()))
}

fn kind_of(used: &Use) -> Option<Kind> {
    let (_, layer) = used.decisive(used.reference.tag_range()?)?;
    Some((layer, used.chain.last().is_none_or(ChartLink::is_local)))
}

/// Whether the words could stand behind another chart's tag: they name a kind of file, in letters, and not this chart.
fn is_general(words: &str, used: &Use) -> bool {
    let said = words.to_ascii_lowercase();
    let names_kind = ["values", "appversion", "template"].iter().any(|kind| said.contains(kind));
    let is_plain = words.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '.' | '\'' | '-'));
    names_kind && is_plain && used.chain.iter().flat_map(ChartLink::names).all(|name| !words.contains(name))
}
