//! From a template of a rendering to the charts on the way to it, and how each was asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ChartLink;
use super::survey::name_of;
use crate::chart::version::Version;
use crate::chart::{ChartNode, Dependency, Processed};

/// The charts of one rendering by the folder that their templates' names begin with.
pub(super) struct Chains {
    by_path: BTreeMap<String, Arc<[ChartLink]>>,
}

impl Chains {
    pub(super) fn new(processed: &Processed) -> Self {
        let mut chains = Self { by_path: BTreeMap::new() };
        chains.add(&processed.root, None, &[]);
        chains
    }

    fn add(&mut self, node: &ChartNode, parent: Option<&ChartNode>, above: &[ChartLink]) {
        let asked = parent.and_then(|parent| dependency(parent, node));
        let mut chain = above.to_vec();
        chain.push(link(node, asked));
        for subchart in &node.subcharts {
            self.add(subchart, Some(node), &chain);
        }
        self.by_path.insert(node.path.clone(), chain.into());
    }

    /// Of the chart at that path.
    pub(super) fn of_chart(&self, path: &str) -> Option<&Arc<[ChartLink]>> {
        self.by_path.get(path)
    }

    pub(super) fn of_template(&self, template: &str) -> Option<&Arc<[ChartLink]>> {
        let ends = template.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
        ends.into_iter().rev().find_map(|end| self.by_path.get(&template[..end]))
    }
}

/// What the parent's `Chart.yaml` says of a subchart.
fn dependency<'a>(parent: &'a ChartNode, node: &ChartNode) -> Option<&'a Dependency> {
    let known = parent.chart.metadata.dependencies.iter().flatten();
    let called = |dependency: &&Dependency| {
        if dependency.alias.is_empty() { dependency.name == node.name } else { dependency.alias == node.name }
    };
    known.into_iter().find(called)
}

fn link(node: &ChartNode, asked: Option<&Dependency>) -> ChartLink {
    let mut chart = name_of(&node.chart);
    // The version that is pinned is the one to document; it may be spelled otherwise than the chart itself spells it.
    if let Some(dependency) = asked
        && let (Ok(pinned), Ok(own)) = (Version::parse(&dependency.version), Version::parse(&chart.version))
        && pinned == own
        // `1.2` is a range.
        && dependency.version.split(['-', '+']).next().is_some_and(|numbers| numbers.matches('.').count() > 1)
    {
        chart.version = dependency.version.to_string();
    }
    ChartLink {
        source: node.chart.clone(),
        chart,
        called: node.name.to_string(),
        folder: node.chart.path.file_name().map(|name| name.to_string_lossy().into_owned()),
        repository: asked.map(|dependency| dependency.repository.to_string()),
        pinned: asked.and_then(|dependency| dependency.version.exact_span()),
    }
}
