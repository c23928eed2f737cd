//! What another version of a chart would change in the images that it deploys.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::FetchError;
use super::needs::External;
use crate::chart::{Chart, LoadOptions, Schemas};
use crate::inventory::{Problem, Scenario, Stop, Target, survey};
use crate::lint::Settings;
use crate::render::{KubeVersion, Options};
use crate::source::Sources;
use crate::yaml::{Map, Value};

/// How the images of two versions differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// What only the other version deploys.
    pub added: Vec<String>,
    /// What only the version at hand deploys.
    pub removed: Vec<String>,
}

/// How the images of the package `bytes`, which goes by `place`, differ from those of `at_hand`: both rendered by themselves, with
/// the values that the parent in `external` has for them. `sources` are those that `at_hand` was loaded with.
///
/// # Errors
/// When one of them cannot be rendered.
pub fn compare(
    sources: &Sources,
    external: &External,
    at_hand: &Arc<Chart>,
    (bytes, place): (&[u8], &str),
) -> Result<Difference, FetchError> {
    let other = Chart::load_package(sources, Path::new(place), bytes, &LoadOptions::default())
        .map_err(|error| FetchError::new(format!("{place}: {}", error.message)))?;
    let values = given(external);
    let (before, after) = (images(sources, at_hand, &values)?, images(sources, &other, &values)?);
    Ok(Difference {
        added: after.difference(&before).cloned().collect(),
        removed: before.difference(&after).cloned().collect(),
    })
}

/// The values that the parent has for the dependency.
fn given(external: &External) -> Value {
    let values = &external.parent.values;
    let own = values.get(external.called.as_str()).and_then(Value::as_map);
    let mut map: Map = own.cloned().unwrap_or_default();
    if let Some(global) = values.get("global").filter(|global| global.as_map().is_some()) {
        map.insert("global".into(), global.clone());
    }
    Value::Map(Arc::new(map))
}

fn images(sources: &Sources, chart: &Arc<Chart>, values: &Value) -> Result<BTreeSet<String>, FetchError> {
    let kube_version = KubeVersion::parse(Settings::DEFAULT_KUBE_VERSION).map_err(FetchError::new)?;
    let options = Options { kube_version, schemas: Schemas::Readable, ..Options::default() };
    let scenario = Scenario {
        name: "default".to_owned(),
        region: None,
        moves: false,
        values: values.clone(),
        options,
        given: Vec::new(),
    };
    let target = Target::new(chart.clone(), vec![scenario]);
    let survey = survey(sources, &[target], &Arc::default(), &Stop::default());
    if let Some(message) = survey.problems.iter().find_map(|problem| match problem {
        Problem::Unrenderable { message, .. } => Some(message),
        _ => None,
    }) {
        let version = &chart.metadata.version;
        return Err(FetchError::new(format!("{} {version} cannot be rendered: {message}", chart.name())));
    }
    let deployed = survey.inventory.uses.iter().filter(|used| used.when.is_none());
    Ok(deployed.map(|used| used.reference.as_str().to_owned()).collect())
}
