//! What every rule sees: the list, the verdicts, the charts; and the few steps that several rules share.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::chart::Chart;
use crate::image::Reference;
use crate::inventory::{Change, Inventory, Problem, RegionOf, Use};
use crate::mirror::{DirectiveKind, Entry, List, NamedChart, Scope};
use crate::source::{Layer, Sources, Span};

use super::reconcile::{Listed, Reconciliation};
use super::suppress::Fault;
use super::targets::Lost;
use super::text_files::TextFiles;
use super::verdict::{Standing, Verdict};
use super::{Edit, Finding, Safety};

/// One list with everything that is known about it.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub sources: &'a Sources,
    pub list: &'a List,
    /// The root charts.
    pub charts: &'a [Arc<Chart>],
    /// The entries with a well-formed image, and the verdict on each.
    pub listed: &'a [Listed],
    pub reconciliation: &'a Reconciliation,
    pub inventory: &'a Inventory,
    /// What was wrong with the charts.
    pub problems: &'a [Problem],
    /// Charts that may lie where nobody could look.
    pub lost: &'a [Lost],
    /// The uses that come from the team's own registry.
    pub overridden: &'a HashSet<usize>,
    /// Where each switch of a chart is off.
    pub switches: &'a [(String, Span)],
    /// What the region of each scenario became in each root chart.
    pub regions: &'a [RegionOf],
    /// The uses that change with the region and how: those of entries without a word about it, and those without an entry.
    pub dynamic: &'a BTreeMap<usize, Change>,
    /// The other text files of the workspace.
    pub files: &'a TextFiles<'a>,
    /// The rules that the configuration switches off, or whose findings in the list it allows, by name.
    pub off: &'a [&'static str],
    /// Suppressions and exemptions at fault: none while the other rules run.
    pub faults: &'a [Fault],
}

/// An entry with its verdict.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub entry: &'a Entry,
    pub reference: &'a Reference,
    pub verdict: &'a Verdict,
    /// What is known of the chart that its note names.
    pub noted: Standing,
}

impl<'a> Context<'a> {
    /// The entries with a well-formed image, in the order of the list.
    pub fn judged(&self) -> impl Iterator<Item = Judged<'a>> + use<'a> {
        let entries = &self.list.entries;
        let verdicts = self.reconciliation.verdicts.iter().zip(&self.reconciliation.noted);
        self.listed.iter().zip(verdicts).map(|(listed, (verdict, noted))| Judged {
            entry: &entries[listed.entry],
            reference: &listed.reference,
            verdict,
            noted: *noted,
        })
    }

    /// The use of that index.
    pub fn used(&self, at: usize) -> &'a Use {
        let Inventory { uses, aside, .. } = self.inventory;
        uses.get(at).unwrap_or_else(|| &aside[at - uses.len()])
    }

    /// Makes the `Repository:` and `Tag:` lines of `entry` say what `image` is, where they say otherwise.
    pub fn comments(&self, entry: &Entry, image: &Reference) -> Vec<Edit> {
        if self.is_silenced(entry, "wrong-comment") {
            return Vec::new();
        }
        let repositories = entry.note.repositories.iter().filter(|field| !says_repository(&field.value.text, image));
        let repositories = repositories.filter_map(|field| self.replace(field.value.span, image.name()));
        let tags = entry.note.tags.iter().filter_map(|field| self.replace(field.value.span, image.tag()?));
        repositories.chain(tags).collect()
    }

    /// Makes the words behind a `Repository:` or `Tag:` of `entry` name the versions of the charts that `used` comes from.
    pub fn remarked_versions(&self, entry: &Entry, used: &Use) -> Vec<Edit> {
        if self.is_silenced(entry, "wrong-comment") {
            return Vec::new();
        }
        let fields = entry.note.repositories.iter().chain(&entry.note.tags);
        let edit = |named: &NamedChart| {
            let chart = *used.charts_named(&named.chart.text).first()?;
            self.replace(named.version.as_ref()?.span, &chart.version)
        };
        fields.flat_map(|field| &field.charts).filter_map(edit).collect()
    }

    /// Whether somebody wants findings of `rule` about `entry` to stay, or none at all: then no other fix mends them on the way.
    pub fn is_silenced(&self, entry: &Entry, rule: &str) -> bool {
        let speaks = |scope: Scope| match scope {
            Scope::File => true,
            Scope::Entry(at) => self.list.entries.get(at).is_some_and(|other| other.line == entry.line),
            Scope::Nowhere => false,
        };
        let off = self.off.contains(&rule);
        off || self.list.directives.iter().any(|order| match &order.kind {
            DirectiveKind::Allow { rules, .. } => speaks(order.scope) && rules.iter().any(|name| name.text == rule),
            _ => false,
        })
    }

    /// How far a note can be trusted that names the chart of `used`: where the list is not held against that chart, the note would make
    /// it answer for all that the chart deploys.
    pub fn safety_of_note(&self, used: &Use) -> Safety {
        if self.charts.iter().any(|chart| chart.path == used.root) { Safety::Safe } else { Safety::Unsafe }
    }

    /// Replaces `span` by `text`, unless that is what stands there.
    pub fn replace(&self, span: Span, text: &str) -> Option<Edit> {
        (self.sources.slice(span) != text).then(|| Edit { span, text: text.to_owned() })
    }
}

impl Judged<'_> {
    /// The place of `range` of the image within the list.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.entry.source.span_of(range)
    }

    /// The place of the tag; of the whole image when it has none.
    pub fn tag_span(&self) -> Span {
        self.reference.tag_range().map_or(self.entry.source.span, |range| self.span(range))
    }

    /// The place of everything but tag and digest.
    pub fn name_span(&self) -> Span {
        self.span(self.reference.name_range())
    }

    /// A finding about this entry at `span`.
    pub fn finding(&self, rule: &'static super::Rule, span: Span, message: String) -> Finding {
        self.about(Finding::new(rule, span, &self.entry.name.text, message))
    }

    /// The same about the `part` of its comments that `span` is, of which several may be wrong.
    pub fn part_finding(&self, rule: &'static super::Rule, part: &str, span: Span, message: String) -> Finding {
        self.about(Finding::new(rule, span, format!("{}:{part}", self.entry.name.text), message))
    }

    fn about(&self, finding: Finding) -> Finding {
        finding.entry(&self.entry.name.text).image(self.reference.as_str())
    }
}

/// Whether `said`, of a `Repository:` line, is the repository of `image`; a tag behind it must be the image's, too.
pub(crate) fn says_repository(said: &str, image: &Reference) -> bool {
    Reference::parse(said)
        .is_ok_and(|said| said.same_repository(image) && said.tag().is_none_or(|tag| image.tag() == Some(tag)))
}

/// `tag v1` or `digest sha256:...`: what of an image tells its version.
pub(crate) fn version_of(reference: &Reference) -> String {
    match (reference.tag(), reference.digest()) {
        (Some(tag), None) => tag.to_owned(),
        (Some(tag), Some(digest)) => format!("{tag}@{digest}"),
        (None, Some(digest)) => digest.to_owned(),
        (None, None) => "no tag".to_owned(),
    }
}

/// The place that decides the version of an image, and what kind of place it is, in words.
pub(crate) fn version_place(used: &Use) -> Option<(Span, &'static str)> {
    let range = match (used.reference.tag_range(), used.reference.digest_range()) {
        (Some(tag), Some(digest)) => tag.start..digest.end,
        (Some(range), None) | (None, Some(range)) => range,
        (None, None) => 0..used.text.len(),
    };
    let (span, layer) = used.decisive(range)?;
    Some((span, layer_words(layer)))
}

/// What a layer is called in messages.
pub(crate) fn layer_words(layer: Layer) -> &'static str {
    match layer {
        Layer::Values => "values",
        Layer::Chart => "Chart.yaml",
        Layer::Template => "template",
        Layer::Set => "--set",
        Layer::Computed => "computed",
    }
}
