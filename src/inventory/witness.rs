//! What a chart says itself of its images, in the annotations `helm.sh/images`, `artifacthub.io/images` and `images` of its
//! `Chart.yaml`: a witness beside the rendering. Where the two disagree, that is told; the rendering is believed.

use super::{ChartName, Gap, Inventory, Use};
use crate::chart::{Chart, ChartNode};
use crate::image::Reference;
use crate::source::{Span, Text};
use crate::yaml::{self, Value};

/// The annotations that hold lists of images.
const ANNOTATIONS: [&str; 3] = ["helm.sh/images", "artifacthub.io/images", "images"];

/// A disagreement between a chart's annotation and what was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The chart.
    pub chart: ChartName,
    /// The annotation.
    pub annotation: &'static str,
    /// The image that only one of them has.
    pub image: String,
    /// Whether it is the annotation that has it.
    pub annotated: bool,
    /// Other versions of it that were rendered or could be, when the annotation has it. None: no such image was.
    pub rendered: Vec<String>,
    /// Where the annotation or the chart has it.
    pub span: Option<Span>,
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { chart, annotation, image, annotated, rendered, .. } = self;
        if !annotated {
            return write!(f, "{chart} names {image}, which its {annotation} in Chart.yaml does not have");
        }
        write!(f, "{chart} says in {annotation} that it uses {image}, but ")?;
        match rendered.is_empty() {
            true => f.write_str("nothing that was rendered names it"),
            false => write!(f, "names {}", rendered.join(", ")),
        }
    }
}

/// An image that a chart says it uses.
#[derive(Clone, Debug)]
pub(super) struct Testimony {
    chart: ChartName,
    annotation: &'static str,
    text: Text,
    reference: Reference,
}

/// What charts say.
#[derive(Clone, Debug, Default)]
pub(super) struct Testimonies {
    /// The images.
    pub told: Vec<Testimony>,
    /// What cannot be read, each once.
    pub unread: Vec<Gap>,
}

impl Testimonies {
    /// Adds what `node` and the charts below it that are on say.
    pub fn hear(&mut self, node: &ChartNode) {
        self.chart(&node.chart);
        node.subcharts.iter().for_each(|subchart| self.hear(subchart));
    }

    fn chart(&mut self, chart: &Chart) {
        let name = ChartName { name: chart.name().to_string(), version: chart.metadata.version.to_string() };
        for annotation in ANNOTATIONS {
            let Some(text) = chart.metadata.annotations.as_ref().and_then(|all| all.get(annotation)) else { continue };
            let list = match yaml::load(text) {
                Ok(Value::List(items)) => items,
                Ok(Value::Null(_)) => continue,
                Ok(_) => {
                    self.misheard(&name, annotation, text, "is no list");
                    continue;
                }
                Err(_) => {
                    self.misheard(&name, annotation, text, "is no YAML");
                    continue;
                }
            };
            for item in list.iter() {
                let Value::String(text) = item.get("image").unwrap_or(item) else { continue };
                let Ok(reference) = Reference::parse(text) else { continue };
                self.told.push(Testimony { chart: name.clone(), annotation, text: text.clone(), reference });
            }
        }
    }

    fn misheard(&mut self, chart: &ChartName, annotation: &str, text: &Text, why: &str) {
        let message = format!("{chart} says in {annotation} which images it uses, but that {why}: it is not compared");
        let span = text.origins().and_then(|origins| origins.places().first().map(|(span, ..)| *span));
        let gap = Gap { message, span, is_refusal: false };
        if !self.unread.contains(&gap) {
            self.unread.push(gap);
        }
    }
}

/// Where `testimonies` say otherwise than `inventory` has it, each once.
pub(super) fn disagreements(testimonies: &[Testimony], inventory: &Inventory) -> Vec<Disagreement> {
    let unseen = testimonies.iter().filter_map(|told| unseen(told, inventory));
    let deployed = inventory.uses.iter().filter(|used| used.when.is_none());
    let untold = deployed.filter_map(|used| untold(used, testimonies));
    let mut found: Vec<Disagreement> = Vec::new();
    for disagreement in unseen.chain(untold) {
        let same = |known: &Disagreement| known.image == disagreement.image && known.chart == disagreement.chart;
        if !found.iter().any(same) {
            found.push(disagreement);
        }
    }
    found
}

/// What was told, and neither rendered nor known to be switched off.
fn unseen(told: &Testimony, inventory: &Inventory) -> Option<Disagreement> {
    let known = inventory.uses.iter().filter(|used| used.invented().is_none());
    let references = known.map(|used| &used.reference);
    let named: Vec<&Reference> = references.filter(|other| other.same_repository(&told.reference)).collect();
    let agrees = |other: &&Reference| {
        // A digest beside the same tag says more, not something else.
        match other.digest().zip(told.reference.digest()) {
            Some((rendered, told)) => rendered == told,
            None => other.effective_tag() == told.reference.effective_tag(),
        }
    };
    if named.iter().any(agrees) {
        return None;
    }
    let mut rendered: Vec<String> = named.iter().map(ToString::to_string).collect();
    rendered.sort();
    rendered.dedup();
    Some(Disagreement {
        chart: told.chart.clone(),
        annotation: told.annotation,
        image: told.reference.to_string(),
        annotated: true,
        rendered,
        span: told.text.exact_span(),
    })
}

/// What was rendered and not told, by a chart that tells of others.
fn untold(used: &Use, testimonies: &[Testimony]) -> Option<Disagreement> {
    let of_chart = || testimonies.iter().filter(|told| told.chart == used.chart);
    let annotation = of_chart().next()?.annotation;
    if of_chart().any(|told| told.reference.same_repository(&used.reference)) {
        return None;
    }
    Some(Disagreement {
        chart: used.chart.clone(),
        annotation,
        image: used.reference.to_string(),
        annotated: false,
        rendered: Vec::new(),
        span: used.decisive(0..used.text.len()).map(|(span, _)| span),
    })
}
