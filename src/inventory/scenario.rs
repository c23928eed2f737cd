//! The scenarios under which charts are rendered. Without configuration: one per region that the list's ECR hosts name,
//! else one called `default` (DESIGN section 5).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::chart::Chart;
use crate::image::Reference;
use crate::render::{Options, Renderer};
use crate::source::Text;
use crate::yaml::{Map, Value};

/// One named set of assumptions under which a chart is rendered.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name: as configured, the region's, or `default`.
    pub name: String,
    /// The region that empty `region` values take.
    pub region: Option<String>,
    /// The values over the chart's own.
    pub values: Value,
    /// The release and the cluster.
    pub options: Options,
}

/// A root chart and the scenarios under which it is deployed.
#[derive(Clone, Debug)]
pub struct Target {
    /// The chart.
    pub chart: Arc<Chart>,
    /// The scenarios; at least one.
    pub scenarios: Vec<Scenario>,
    /// What renders it.
    pub renderer: Arc<Renderer>,
}

/// The regions that the ECR hosts of `references` name, sorted, each once.
#[must_use]
pub fn regions_of<'a>(references: impl IntoIterator<Item = &'a Reference>) -> Vec<String> {
    let hosts = references.into_iter().filter_map(Reference::ecr);
    let regions: BTreeSet<_> = hosts.map(|host| host.region().to_owned()).collect();
    regions.into_iter().collect()
}

impl std::fmt::Display for Scenario {
    /// One line: its name, the region, the release, the cluster.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, region, options, .. } = self;
        write!(f, "{name}: ")?;
        region.iter().try_for_each(|region| write!(f, "empty `region` values are {region}, "))?;
        write!(
            f,
            "release {}, namespace {}, Kubernetes {}",
            options.release, options.namespace, options.kube_version.version
        )
    }
}

impl Scenario {
    /// The values that this scenario adds to `values`, a chart's coalesced ones: every key that is called `region` and is
    /// empty takes the region.
    #[must_use]
    pub fn overrides(&self, values: &Value) -> Map {
        let added = self.region.as_deref().and_then(|region| filled(values, &Text::new(region)));
        added.unwrap_or_default()
    }
}

/// The tree of the empty `region` keys below `value`, filled with `region`; `None` when there are none.
fn filled(value: &Value, region: &Text) -> Option<Map> {
    let map = value.as_map()?;
    let mut tree = Map::new();
    for (key, value) in map {
        let empty = value.is_null() || value.as_text().is_some_and(|text| text.is_empty());
        let added = if key == "region" && empty {
            Some(Value::String(region.clone()))
        } else {
            filled(value, region).map(|map| Value::Map(Arc::new(map)))
        };
        tree.extend(added.map(|added| (key.clone(), added)));
    }
    (!tree.is_empty()).then_some(tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(images: &[&str]) -> Vec<Reference> {
        images.iter().map(|image| Reference::parse(image).unwrap()).collect()
    }

    #[test]
    fn ecr_hosts_name_the_regions() {
        let list = references(&[
            "1.dkr.ecr.us-west-2.amazonaws.com/x:1",
            "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/a:1",
            "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/a:1",
            "nginx:1",
        ]);
        assert_eq!(regions_of(&list), ["eu-west-1", "us-west-2"]);
        assert!(regions_of(&references(&["nginx:1"])).is_empty());
    }

    #[test]
    fn only_empty_region_keys_are_filled() {
        let values = Text::new("global: {region: ''}\na: {region: us-east-1}\nb: {region: }\nc: {zone: ''}\n");
        let scenario = Scenario {
            name: "default".to_owned(),
            region: Some("eu-west-1".to_owned()),
            values: Value::Null(None),
            options: Options::default(),
        };
        let added = scenario.overrides(&crate::yaml::load(&values).unwrap());
        let json = crate::yaml::emit_json(&Value::Map(Arc::new(added))).unwrap();
        assert_eq!(&*json, r#"{"b":{"region":"eu-west-1"},"global":{"region":"eu-west-1"}}"#);
    }
}
