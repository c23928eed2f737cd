//! What a chart says itself of its images, in the annotations `helm.sh/images`, `artifacthub.io/images` and `images` of its
//! `Chart.yaml`: a witness beside the rendering. Where the two disagree, that is told; the rendering is believed.

use super::{ChartName, Inventory};
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
    /// The image that the annotation has.
    pub image: String,
    /// Other versions of it that the chart's templates name. None: they name no such image.
    pub rendered: Vec<String>,
    /// Where the annotation has it.
    pub span: Option<Span>,
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { chart, annotation, image, rendered, .. } = self;
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

/// What `node` and the charts below it that are on say.
pub(super) fn testimonies(node: &ChartNode) -> Vec<Testimony> {
    let below = node.subcharts.iter().flat_map(testimonies);
    of_chart(&node.chart).into_iter().chain(below).collect()
}

fn of_chart(chart: &Chart) -> Vec<Testimony> {
    let name = ChartName { name: chart.name().to_string(), version: chart.metadata.version.to_string() };
    let mut found = Vec::new();
    for annotation in ANNOTATIONS {
        let Some(text) = chart.metadata.annotations.get(annotation) else { continue };
        let Ok(list) = yaml::load(text) else { continue };
        for item in list.as_list().unwrap_or_default() {
            let text = item.get("image").unwrap_or(item);
            let Value::String(text) = text else { continue };
            let Ok(reference) = Reference::parse(text) else { continue };
            found.push(Testimony { chart: name.clone(), annotation, text: text.clone(), reference });
        }
    }
    found
}

/// Where `testimonies` say otherwise than `inventory` has it, each once.
pub(super) fn disagreements(testimonies: &[Testimony], inventory: &Inventory) -> Vec<Disagreement> {
    let mut found: Vec<Disagreement> = Vec::new();
    for Testimony { chart, annotation, text, reference } in testimonies {
        let same = |other: &Reference| other.same_repository(reference);
        let named: Vec<&Reference> =
            inventory.uses.iter().map(|used| &used.reference).filter(|other| same(other)).collect();
        let agrees = |other: &&Reference| {
            // A digest beside the same tag says more, not something else.
            let digests = other.digest().zip(reference.digest()).is_none_or(|(a, b)| a == b);
            digests
                && (other.tag() == reference.tag()
                    || (other.digest().is_some() && other.digest() == reference.digest()))
        };
        if named.iter().any(agrees) {
            continue;
        }
        let mut rendered: Vec<String> = named.iter().map(ToString::to_string).collect();
        rendered.sort();
        rendered.dedup();
        let span = text.exact_span();
        let disagreement =
            Disagreement { chart: chart.clone(), annotation, image: reference.to_string(), rendered, span };
        if !found.contains(&disagreement) {
            found.push(disagreement);
        }
    }
    found
}
