//! The scenarios under which charts are rendered. Without configuration: one per region that the list's ECR hosts name,
//! else one called `default` (DESIGN section 5).

use std::sync::Arc;

use crate::image::Reference;
use crate::source::Text;
use crate::yaml::{Map, Value};

/// One named set of assumptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its name: the region's, or `default`.
    pub name: String,
    /// The region that empty `region` values take.
    pub region: Option<String>,
}

impl Scenario {
    /// Default values, nothing assumed.
    #[must_use]
    pub fn default_values() -> Self {
        Self { name: "default".to_owned(), region: None }
    }

    /// Empty `region` values take `region`.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        Self { name: region.to_owned(), region: Some(region.to_owned()) }
    }

    /// The scenarios that the ECR hosts of `references` ask for, sorted by name; never none.
    #[must_use]
    pub fn from_references<'a>(references: impl IntoIterator<Item = &'a Reference>) -> Vec<Self> {
        let hosts = references.into_iter().filter_map(Reference::ecr);
        let regions: std::collections::BTreeSet<_> = hosts.map(|host| host.region().to_owned()).collect();
        let scenarios: Vec<_> = regions.iter().map(|region| Self::of_region(region)).collect();
        if scenarios.is_empty() { vec![Self::default_values()] } else { scenarios }
    }

    /// The values that this scenario adds to `values`, a chart's coalesced ones: every key that is called `region` and is
    /// empty takes the region.
    #[must_use]
    pub fn overrides(&self, values: &Value) -> Map {
        let added = self.region.as_deref().and_then(|region| regions(values, &Text::new(region)));
        added.unwrap_or_default()
    }
}

/// The tree of the empty `region` keys below `value`, filled with `region`; `None` when there are none.
fn regions(value: &Value, region: &Text) -> Option<Map> {
    let map = value.as_map()?;
    let mut filled = Map::new();
    for (key, value) in map {
        let empty = value.is_null() || value.as_text().is_some_and(|text| text.is_empty());
        let added = if key == "region" && empty {
            Some(Value::String(region.clone()))
        } else {
            regions(value, region).map(|map| Value::Map(Arc::new(map)))
        };
        filled.extend(added.map(|added| (key.clone(), added)));
    }
    (!filled.is_empty()).then_some(filled)
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
        let names: Vec<_> = Scenario::from_references(&list).into_iter().map(|scenario| scenario.name).collect();
        assert_eq!(names, ["eu-west-1", "us-west-2"]);
        assert_eq!(Scenario::from_references(&references(&["nginx:1"])), [Scenario::default_values()]);
    }

    #[test]
    fn only_empty_region_keys_are_filled() {
        let values = Text::new("global: {region: ''}\na: {region: us-east-1}\nb: {region: }\nc: {zone: ''}\n");
        let added = Scenario::of_region("eu-west-1").overrides(&crate::yaml::load(&values).unwrap());
        let json = crate::yaml::emit_json(&Value::Map(Arc::new(added))).unwrap();
        assert_eq!(&*json, r#"{"b":{"region":"eu-west-1"},"global":{"region":"eu-west-1"}}"#);
    }
}
