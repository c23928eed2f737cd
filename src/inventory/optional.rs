//! Images that charts would deploy if something were switched on: dependencies that a condition or a tag turns off, and
//! images in values that no template prints as the values stand. They are never missing; they explain why an entry is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::regions::speaks_of_regions;
use super::survey::{Job, choices, run_all, switch};
use super::{Scenario, Survey, Target, Use, values};
use crate::chart::{Cause, Chart, Choice, Disabled, merge};
use crate::render::Renderer;
use crate::source::{Sources, Text};
use crate::yaml::{Map, Value};

/// Switches inside switched-off charts that are followed.
const MAX_DEPTH: usize = 4;

/// Renderings of one round; charts with more dependencies than this are not known.
const MAX_RENDERINGS: usize = 512;

/// What could be deployed, but is not.
#[derive(Clone, Debug, Default)]
pub struct Optional {
    /// The images, each with [`Use::when`], sorted by chart path and image.
    pub uses: Vec<Use>,
    /// Names of switched-off charts whose images are not all known: they cannot be rendered, or charts below are missing.
    pub unknown: Vec<String>,
}

/// A rendering with something switched on.
#[derive(Clone)]
struct Variant<'a> {
    renderer: &'a Renderer,
    chart: &'a Arc<Chart>,
    scenario: Scenario,
    choice: Choice,
    /// The switches that were turned, outer ones first.
    switches: Vec<String>,
    /// Other scenarios in which the same is known to be deployed.
    also: Vec<String>,
}

/// Renders each target once more for each dependency that is switched off, with its switch on, and reads the values of the
/// charts that are on. What is deployed has already is left out.
#[must_use]
pub fn optional(sources: &Sources, targets: &[Target], survey: &Survey) -> Optional {
    let deployed = &survey.inventory;
    let mut found = Survey::default();
    let mut known = BTreeSet::new();
    let (mut round, mut named) = (Vec::new(), Vec::new());
    for (target, renderer) in targets.iter().zip(survey.renderers.iter()) {
        first_round(target, renderer, &mut known, &mut round, &mut named);
    }
    for _ in 0..MAX_DEPTH {
        round.truncate(MAX_RENDERINGS);
        let jobs: Vec<_> = round.iter().map(Variant::job).collect();
        let mut next = Vec::new();
        for ((job, outcome), variant) in jobs.iter().zip(run_all(&jobs, &survey.listed)).zip(&round) {
            match outcome {
                Ok(outcome) => {
                    let processed = outcome.processed.clone();
                    found.gather(sources, job, outcome);
                    named.extend(values::images(variant.chart, &variant.scenarios(), &processed, job.when.as_deref()));
                    next.extend(variant.each(&processed.disabled, &mut known));
                }
                Err(error) => found.refuse(sources, job, &error, None),
            }
            for used in found.inventory.uses.iter_mut().filter(|used| used.when == job.when) {
                let new = variant.also.iter().filter(|name| !used.scenarios.contains(name));
                let new: Vec<String> = new.cloned().collect();
                used.scenarios.extend(new);
            }
        }
        round = next;
    }
    found.settle(targets);
    let mut uses = found.inventory.uses;
    uses.retain(|used| !deployed.uses.iter().any(|other| other.text == used.text && other.slot() == used.slot()));
    let named = values::unused(named, deployed, &uses);
    uses.extend(named);
    Optional { uses, unknown: found.unknown }
}

/// The variants of `target` with one switch on each, and the images that its values name.
fn first_round<'a>(
    target: &'a Target,
    renderer: &'a Renderer,
    known: &mut BTreeSet<String>,
    round: &mut Vec<Variant<'a>>,
    named: &mut Vec<Use>,
) {
    let Target { chart, scenarios } = target;
    let names: Vec<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    // Scenarios that are regions and nothing else differ only in charts that speak of regions.
    let by_region = scenarios.iter().all(|scenario| scenario.region.as_ref() == Some(&scenario.name));
    for (number, scenario) in scenarios.iter().enumerate() {
        for choice in choices(chart) {
            // What cannot be processed is told by the survey itself.
            let Ok(processed) = chart.process(&scenario.values, &choice) else { continue };
            if number == 0 {
                named.extend(values::images(chart, &names, &processed, None));
            }
            let base =
                Variant { renderer, chart, scenario: scenario.clone(), choice, switches: Vec::new(), also: Vec::new() };
            let differs =
                |disabled: &&Disabled| !by_region || disabled.charts.iter().any(|chart| speaks_of_regions(chart));
            let (own, shared): (Vec<_>, Vec<_>) = processed.disabled.iter().partition(differs);
            round.extend(base.each(own, known));
            if number == 0 {
                let also = names.iter().skip(1).cloned().collect();
                round.extend(Variant { also, ..base }.each(shared, known));
            }
        }
    }
}

impl Variant<'_> {
    fn job(&self) -> Job<'_> {
        Job {
            renderer: self.renderer,
            chart: self.chart,
            scenario: &self.scenario,
            choice: self.choice.clone(),
            when: Some(self.switches.join(", ")),
        }
    }

    /// The names of all scenarios that it stands for.
    fn scenarios(&self) -> Vec<String> {
        [&self.scenario.name].into_iter().chain(&self.also).cloned().collect()
    }

    /// This rendering with one switch more: one for each of `disabled` that is not known. `known` holds what was turned,
    /// by chart, scenario, choice and switch.
    fn each<'d>(&self, disabled: impl IntoIterator<Item = &'d Disabled>, known: &mut BTreeSet<String>) -> Vec<Self> {
        let mut variants = Vec::new();
        for disabled in disabled {
            let switch = switch(&disabled.cause);
            let path = match &disabled.cause {
                Cause::Condition { path, .. } => path.split('.').map(Text::new).collect(),
                Cause::Tags { tags, .. } => [Text::new("tags")].into_iter().chain(tags.first().cloned()).collect(),
            };
            let key = format!("{:?} {} {:?} {switch}", self.chart.path, self.scenario.name, self.choice);
            if !known.insert(key) {
                continue;
            }
            let mut variant = self.clone();
            let empty = Map::new();
            let values = merge(self.scenario.values.as_map().unwrap_or(&empty), &on(path));
            variant.scenario.values = Value::Map(Arc::new(values));
            variant.switches.push(switch);
            variants.push(variant);
        }
        variants
    }
}

/// `true` under `path`.
fn on(path: Vec<Text>) -> Map {
    let leaf = Value::Bool(true, None);
    let value = path.into_iter().rev().fold(leaf, |value, key| Value::Map(Arc::new(Map::from([(key, value)]))));
    match value {
        Value::Map(map) => Arc::unwrap_or_clone(map),
        _ => Map::new(),
    }
}
