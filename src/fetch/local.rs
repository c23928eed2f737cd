//! Charts that others take in by `file://`, which lie on this machine.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chart::{Chart, ChartError, LoadOptions, Place};
use crate::source::{Sources, canonical};

/// The charts at `paths` and all that they take in by `file://`, whatever their `charts/` hold of those: each once, and those that
/// are taken in before those that take them in. What cannot be loaded is told.
#[must_use]
pub fn with_local(
    sources: &Sources,
    paths: &[PathBuf],
    options: &LoadOptions<'_>,
) -> (Vec<Arc<Chart>>, Vec<ChartError>) {
    let mut all = All { sources, options, known: HashSet::new(), charts: Vec::new(), errors: Vec::new() };
    paths.iter().for_each(|path| all.add(path));
    (all.charts, all.errors)
}

struct All<'a> {
    sources: &'a Sources,
    options: &'a LoadOptions<'a>,
    known: HashSet<PathBuf>,
    charts: Vec<Arc<Chart>>,
    errors: Vec<ChartError>,
}

impl All<'_> {
    fn add(&mut self, path: &Path) {
        if !self.known.insert(canonical(path)) {
            return;
        }
        match Chart::load(self.sources, path, self.options) {
            Ok(chart) => {
                self.add_below(&chart);
                self.charts.push(chart);
            }
            Err(error) => self.errors.push(error),
        }
    }

    fn add_below(&mut self, chart: &Chart) {
        chart.local_dependencies().iter().for_each(|(_, folder)| self.add(folder));
        let folders = chart.subcharts.iter().filter(|subchart| subchart.place == Place::Folder);
        folders.for_each(|subchart| self.add_below(subchart));
    }
}
