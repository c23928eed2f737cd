//! Renderings to be done, in parallel, and what is kept of them: which images their documents name. Judges nothing.

use std::sync::{Arc, Mutex, PoisonError};

use super::Scenario;
use super::filling;
use super::listing::Listing;
use super::operands::Evidence;
use super::pods::DEFINITION;
use super::readings::{Named, Readings};
use super::stop::Stop;
use crate::chart::{AmbiguousSubchart, Chart, Choice, Processed};
use crate::render::{Decisions, Occasion, Options, RenderError, Rendered, Renderer};

/// One rendering to be done.
pub(super) struct Job<'a> {
    pub renderer: &'a Renderer,
    pub chart: &'a Arc<Chart>,
    pub scenario: &'a Scenario,
    pub choice: Choice,
    /// What had to be switched on for it.
    pub when: Option<String>,
    /// Other scenarios in which the same is deployed.
    pub also: &'a [String],
}

/// What is kept of a rendering: not its manifests, which may be large.
pub(super) struct Outcome {
    pub processed: Processed,
    pub refusals: Vec<RenderError>,
    pub decisions: Decisions,
    pub named: Vec<Named>,
}

/// Renderings whose manifests are kept at a time.
const TOGETHER: usize = 64;

/// Renders in parallel; the outcomes in the order of the jobs, or of the first of them when `stop` was said. Of manifests that
/// several renderings have one is read.
pub(super) fn run_all(jobs: &[Job<'_>], listed: &Listing, stop: &Stop) -> Vec<Result<Outcome, RenderError>> {
    use rayon::prelude::*;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for jobs in jobs.chunks(TOGETHER) {
        let readings = Mutex::new(Readings::default());
        let run = |job| (!stop.is_said()).then(|| run(job, listed, &readings));
        let Some(rendered) = jobs.par_iter().map(run).collect::<Option<Vec<_>>>() else { break };
        let readings = readings.into_inner().unwrap_or_else(PoisonError::into_inner);
        let read = |document| (!stop.is_said()).then(|| readings.read(document));
        let Some(read) = readings.documents.par_iter().map(read).collect::<Option<Vec<Vec<Named>>>>() else { break };
        outcomes.extend(rendered.into_iter().map(|rendered| {
            let (processed, refusals, decisions, documents) = rendered?;
            let named = documents.into_iter().flat_map(|at| read[at].iter().cloned()).collect();
            Ok(Outcome { processed, refusals, decisions, named })
        }));
    }
    outcomes
}

/// A rendering, its documents by their numbers.
type Run = (Processed, Vec<RenderError>, Decisions, Vec<usize>);

fn run<'a>(job: &Job<'_>, listed: &'a Listing, readings: &Mutex<Readings<'a>>) -> Result<Run, RenderError> {
    let rendered = render(job)?;
    let evidence = Evidence::new(listed, &rendered.processed.values);
    let Rendered { processed, refusals, manifests, decisions } = Arc::unwrap_or_clone(rendered);
    // The schemas of custom resources are the bulk of many charts, and deploy nothing.
    let manifests = manifests.into_iter().filter(|manifest| manifest.kind != DEFINITION);
    // Equal documents give equal findings: it does not matter which thread comes first.
    let mut readings = readings.lock().unwrap_or_else(PoisonError::into_inner);
    let evidence = readings.learn(evidence);
    let documents = manifests.map(|manifest| readings.number(evidence, manifest)).collect();
    Ok((processed, refusals, decisions, documents))
}

fn render(job: &Job<'_>) -> Result<Arc<Rendered>, RenderError> {
    let Scenario { values, options, region, moves, .. } = job.scenario;
    let options = Options { choice: job.choice.clone(), notes: true, ..options.clone() };
    let occasion = Occasion { values: values.clone(), region: region.clone(), moves: *moves, options };
    job.renderer
        .once(occasion, |Occasion { options, .. }| filling::render(job.renderer, job.chart, job.scenario, options))
}

/// The choices under which all copies of ambiguous subcharts get their turn: folders first, then each further copy.
pub(super) fn choices(chart: &Chart) -> Vec<Choice> {
    let ambiguous: Vec<AmbiguousSubchart> =
        chart.ambiguous_subcharts().into_iter().filter(|found| found.random).collect();
    let most = ambiguous.iter().map(|found| found.candidates.len()).max().unwrap_or(1);
    let choice = |turn: usize| Choice {
        preferred: (ambiguous.iter())
            .filter_map(|found| found.candidates.get(turn))
            .map(|copy| copy.path.clone())
            .collect(),
    };
    (0..most).map(choice).collect()
}
