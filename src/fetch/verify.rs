//! Whether a package is the chart that was asked for. It is read under the limits of every packaged chart, and narrower ones, and
//! never unpacked to disk.

use std::path::Path;

use super::FetchError;
use crate::chart::version::Version;
use crate::chart::{Chart, LoadOptions};
use crate::source::Sources;

/// How deep charts may lie in charts of one package that is fetched.
pub const MAX_NESTED: usize = 16;

/// What is known of a package that may be kept.
#[derive(Debug)]
pub(super) struct Verified {
    /// The version as its `Chart.yaml` has it.
    pub version: String,
    /// What is to be said of it.
    pub notes: Vec<String>,
}

/// What the chart in `bytes` is, if it is `name` in `version`. `place`: where it is from.
pub(super) fn verify(bytes: &[u8], name: &str, version: &str, place: &str) -> Result<Verified, FetchError> {
    let fail = |message: String| FetchError::new(format!("{place} {message}"));
    // The place of what it holds is only told in errors.
    let chart = Chart::load_package(&Sources::new(), Path::new(place), bytes, &LoadOptions::default())
        .map_err(|error| fail(format!("is no chart that can be used: {}", error.message)))?;
    let (found, own) = (chart.name(), &chart.metadata.version);
    if *found != *name {
        return Err(fail(format!("should hold the chart {name}, but holds {found}")));
    }
    let plain = |text: &str| Version::parse(text).map(|version| version.to_string()).ok();
    if plain(own) != plain(version) {
        return Err(fail(format!("should hold {name} {version}, but holds {own}")));
    }
    if depth(&chart) > MAX_NESTED {
        return Err(fail(format!("is no chart that can be used: charts nest more than {MAX_NESTED} deep in it")));
    }
    Ok(Verified { version: own.to_string(), notes: lacking(&chart) })
}

fn depth(chart: &Chart) -> usize {
    chart.subcharts.iter().map(|subchart| depth(subchart) + 1).max().unwrap_or(0)
}

/// What the chart and those in it depend on, but do not hold.
fn lacking(chart: &Chart) -> Vec<String> {
    let own = chart.missing_dependencies().into_iter().map(|dependency| {
        let (name, version) = (chart.name(), &dependency.version);
        format!("{name} depends on {} {version}, which is not in its package: Helm deploys none", dependency.name)
    });
    own.chain(chart.subcharts.iter().flat_map(|subchart| lacking(subchart))).collect()
}
