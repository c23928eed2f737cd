//! Charts by name: one that the workspace's charts depend on need not be named by its path, which may lie in a cache.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Session;
use crate::chart::{Chart, LoadOptions, is_compatible};
use crate::lint::{Refusal, find_charts_here};
use crate::store::{Environment, Store};

/// The folder or package that `given` means: a path, or the name of a chart below one of the workspace.
pub(super) fn named_chart(session: &Session, given: &Path) -> Result<PathBuf, Refusal> {
    let is_name = given.components().count() == 1 && given.extension().is_none_or(|extension| extension != "tgz");
    let Some(name) = given.to_str().filter(|_| is_name && !given.exists()) else { return Ok(given.to_owned()) };
    let workspace = find_charts_here(&session.sources, true);
    let store = Store::open(&Environment::of_process(), &workspace.root)?;
    let mut found = BTreeSet::new();
    for path in &workspace.charts {
        let options = LoadOptions { resolve_file_dependencies: true, packages: Some(&store) };
        // A chart that cannot be loaded is no answer; who asks for it by its path hears why.
        if let Ok(chart) = Chart::load(&session.sources, path, &options) {
            collect(&chart, name, &mut found);
        }
    }
    let found: Vec<PathBuf> = found.into_iter().collect();
    match found.as_slice() {
        [] => Ok(given.to_owned()),
        [path] => Ok(path.clone()),
        several => {
            let paths: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            Err(Refusal::new(format!("`{name}` may mean several charts; name one:\n{}", paths.join("\n"))))
        }
    }
}

/// The charts called `name` below `chart`, by themselves or by an alias, that have a path of their own.
fn collect(chart: &Chart, name: &str, found: &mut BTreeSet<PathBuf>) {
    for subchart in &chart.subcharts {
        let mut asked = chart.metadata.dependencies.iter().flatten();
        let is_called = *subchart.name() == *name
            || asked.any(|one| {
                one.alias == *name
                    && one.name == *subchart.name()
                    && is_compatible(&one.version, &subchart.metadata.version)
            });
        if is_called && subchart.path.exists() {
            found.insert(subchart.path.clone());
        }
        collect(subchart, name, found);
    }
}
