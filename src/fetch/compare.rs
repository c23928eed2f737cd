//! What another version of a chart would change in the images of what is deployed: everything is rendered as for `images`, with the
//! dependency exchanged.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::FetchError;
use super::needs::External;
use super::verify::verify;
use crate::chart::{Chart, LoadOptions};
use crate::inventory::{Problem, Stop, Target, survey};
use crate::lint::Deployment;
use crate::source::Sources;

/// How the images of two versions differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// What is deployed with the other version only.
    pub added: Vec<String>,
    /// What is deployed as it is now only.
    pub removed: Vec<String>,
}

/// The root charts that a dependency has a part in, under their scenarios.
#[derive(Debug)]
pub struct Comparison<'a> {
    sources: &'a Sources,
    external: &'a External,
    deployments: Vec<Deployment>,
}

impl<'a> Comparison<'a> {
    /// Those of `deployments` that depend on `external`, if any. `sources` are those that they were loaded with.
    #[must_use]
    pub fn new(sources: &'a Sources, external: &'a External, deployments: &[Deployment]) -> Option<Self> {
        let mut found = Vec::new();
        for Deployment { targets, listing } in deployments {
            let depends = |target: &&Target| target.chart.asks_for(&external.asked());
            let targets: Vec<Target> = targets.iter().filter(depends).cloned().collect();
            if !targets.is_empty() {
                found.push(Deployment { targets, listing: listing.clone() });
            }
        }
        (!found.is_empty()).then_some(Self { sources, external, deployments: found })
    }

    /// The package `bytes`, which goes by `place` and must be the dependency in `version`.
    ///
    /// # Errors
    /// When it is not, or no chart that can be used.
    pub fn chart(&self, bytes: &[u8], place: &str, version: &str) -> Result<Arc<Chart>, FetchError> {
        verify(bytes, &self.external.need.name, version, place)?;
        Chart::load_package(self.sources, Path::new(place), bytes, &LoadOptions::default())
            .map_err(|error| FetchError::new(format!("{place}: {}", error.message)))
    }

    /// The images that are deployed: as things are, or with `other` as the dependency.
    ///
    /// # Errors
    /// When something cannot be rendered.
    pub fn images(&self, other: Option<&Arc<Chart>>) -> Result<BTreeSet<String>, FetchError> {
        let mut images = BTreeSet::new();
        for Deployment { targets, listing } in &self.deployments {
            let targets: Vec<Target> = targets.iter().map(|target| self.exchanged(target, other)).collect();
            let survey = survey(self.sources, &targets, listing, &Stop::default());
            if let Some((chart, message)) = survey.problems.iter().find_map(|problem| match problem {
                Problem::Unrenderable { chart, message, .. } => Some((chart, message)),
                _ => None,
            }) {
                return Err(FetchError::new(format!("{chart} cannot be rendered: {message}")));
            }
            let deployed = survey.inventory.uses.iter().filter(|used| used.when.is_none());
            images.extend(deployed.map(|used| used.reference.as_str().to_owned()));
        }
        Ok(images)
    }

    fn exchanged(&self, target: &Target, other: Option<&Arc<Chart>>) -> Target {
        match other {
            Some(other) => {
                let chart = target.chart.exchanged(&self.external.asked(), other);
                Target::new(chart, target.scenarios.clone())
            }
            None => target.clone(),
        }
    }
}

impl Difference {
    /// What `after` and `before` do not share.
    #[must_use]
    pub fn between(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Self {
        Self {
            added: after.difference(before).cloned().collect(),
            removed: before.difference(after).cloned().collect(),
        }
    }
}
