//! Which blocks of templates ran and which did not, by the template that was executed: what it includes decides within it.

use std::collections::{BTreeMap, BTreeSet};

use crate::template::Decision;

/// What was decided in a rendering, and how often.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// By the chart's path and the template's full name.
    by_template: BTreeMap<(String, String), BTreeMap<Decision, usize>>,
}

impl Decisions {
    /// Adds what was decided while `template` of the chart at `chart` was executed.
    pub(super) fn add(&mut self, chart: &str, template: &str, decided: BTreeMap<Decision, usize>) {
        if !decided.is_empty() {
            self.by_template.insert((chart.to_owned(), template.to_owned()), decided);
        }
    }

    /// Adds those of another rendering of the same charts: what was decided more often in one of the two counts.
    pub fn merge(&mut self, other: &Self) {
        for (template, decided) in &other.by_template {
            let known = self.by_template.entry(template.clone()).or_default();
            for (decision, count) in decided {
                let known = known.entry(*decision).or_default();
                *known = (*known).max(*count);
            }
        }
    }

    /// All of them with the path of the chart; those that several templates made, several times.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Decision)> {
        self.by_template.iter().flat_map(|((chart, _), decided)| decided.keys().map(move |one| (chart.as_str(), one)))
    }

    /// Those of the templates of the chart at that path.
    #[must_use]
    pub fn of_chart(&self, chart: &str) -> BTreeSet<Decision> {
        self.iter().filter(|(path, _)| *path == chart).map(|(_, decision)| *decision).collect()
    }

    /// Whether some template made `decision` more often than in `before`.
    #[must_use]
    pub fn has_more(&self, decision: &Decision, before: &Self) -> bool {
        let count = |decisions: &Self, template| {
            let decided = decisions.by_template.get(template);
            decided.and_then(|decided| decided.get(decision)).copied().unwrap_or_default()
        };
        self.by_template.keys().any(|template| count(self, template) > count(before, template))
    }
}
