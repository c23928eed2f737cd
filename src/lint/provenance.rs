//! How a list calls the places that tags come from, in the words behind its `Tag:` lines: new lines call them the same.

use super::context::Context;
use super::note::{layer_source, true_source};
use crate::inventory::{ChartLink, Use};
use crate::source::Layer;

/// A kind of place: a layer, of a chart that lies in the workspace or of another one.
type Kind = (Layer, bool);

/// What a list calls each kind of place, as often as it does.
pub(super) struct Provenance {
    said: Vec<(Kind, String)>,
}

impl Provenance {
    /// What the entries of `context` say that is true and names no version.
    pub fn of(context: &Context<'_>) -> Self {
        let mut said = Vec::new();
        for judged in context.judged() {
            let Some(used) = judged.verdict.uses().first().map(|at| context.used(*at)) else { continue };
            let Some(kind) = kind_of(used) else { continue };
            let remarks = judged.entry.note.tags.iter().filter_map(|field| field.remark.as_ref());
            let words = remarks.filter_map(|remark| {
                let is_true = true_source(&remark.text, context.sources, used).is_none();
                let words = remark.text.strip_prefix("(from ")?.strip_suffix(')')?;
                (is_true && is_general(words, used)).then(|| words.to_owned())
            });
            said.extend(words.map(|words| (kind, words)));
        }
        Self { said }
    }

    /// What the place is called that the tag of `used` comes from; nothing for what no chart says.
    pub fn words(&self, used: &Use) -> Option<String> {
        let kind = kind_of(used)?;
        let alike = || self.said.iter().filter(|(other, _)| *other == kind).map(|(_, words)| words);
        let count = |words: &&String| alike().filter(|other| other == words).count();
        let most = alike().map(|words| count(&words)).max();
        let usual = alike().find(|words| Some(count(words)) == most).cloned();
        usual.or_else(|| layer_source(kind.0).map(str::to_owned))
    }
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
