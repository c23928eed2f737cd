//! Whether a package is the chart that was asked for. It is read under the limits of every packaged chart and never unpacked to
//! disk.

use std::path::Path;

use super::FetchError;
use crate::chart::version::Version;
use crate::chart::{Chart, LoadOptions};
use crate::source::Sources;

/// The version that the chart in `bytes` has, if it is `name` in `version`. `place`: where it is from.
pub(super) fn verify(bytes: &[u8], name: &str, version: &str, place: &str) -> Result<String, FetchError> {
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
    Ok(own.to_string())
}
