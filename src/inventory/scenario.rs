//! The scenarios under which charts are rendered. Without configuration: one per region that the list's ECR hosts name,
//! else one called `default` (DESIGN section 5).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::regions::is_region_name;
use crate::chart::Chart;
use crate::image::Reference;
use crate::render::{Options, Renderer};
use crate::source::{Span, Text};
use crate::yaml::{Map, Value};

/// One named set of assumptions under which a chart is rendered.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name: as configured, the region's, or `default`.
    pub name: String,
    /// The region that empty `region` values take.
    pub region: Option<String>,
    /// Whether values that name another region take it, too.
    pub moves: bool,
    /// The values over the chart's own.
    pub values: Value,
    /// The release and the cluster.
    pub options: Options,
    /// What the user gave, in words: `values prod.yaml`, `set tag="1.10"`, `objects nodes.yaml`.
    pub given: Vec<String>,
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

impl Target {
    /// `chart` under `scenarios`, rendered for nobody before.
    #[must_use]
    pub fn new(chart: Arc<Chart>, scenarios: Vec<Scenario>) -> Self {
        let renderer = Arc::new(Renderer::new(chart.clone()));
        Self { chart, scenarios, renderer }
    }

    /// Whether it is the very same chart under the same scenarios.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chart, &other.chart)
            && self.scenarios.len() == other.scenarios.len()
            && self.scenarios.iter().zip(&other.scenarios).all(|(one, two)| one.is_same(two))
    }
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
        )?;
        self.given.iter().try_for_each(|given| write!(f, ", {given}"))
    }
}

impl Scenario {
    /// Whether it is called the same and renders the same, with every place the same.
    fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.region, self.moves, &self.given) == (&other.name, &other.region, other.moves, &other.given)
            && self.values.is_same(&other.values)
            && self.options.is_same(&other.options)
    }

    /// The values that this scenario adds to `values`, a chart's coalesced ones: every key that is called as regions are and is
    /// empty takes the region; where it [moves](Self::moves), also every one that names another region.
    #[must_use]
    pub fn overrides(&self, values: &Value) -> Map {
        let added = self.region.as_deref().and_then(|region| filled(values, &Text::new(region), self.moves));
        added.unwrap_or_default()
    }
}

/// A value that says a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionValue {
    /// Its keys, from the root's values.
    pub path: String,
    /// The region.
    pub region: String,
    /// Where it stands.
    pub span: Option<Span>,
}

/// All keys below `value` that are called as regions are, and say one.
pub(super) fn region_values(value: &Value) -> Vec<RegionValue> {
    fn collect(value: &Value, path: &str, found: &mut Vec<RegionValue>) {
        for (key, value) in value.as_map().into_iter().flatten() {
            let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            match value.as_text().filter(|_| is_region_key(key)) {
                Some(text) if is_region_name(text) => found.push(RegionValue {
                    path,
                    region: text.to_string(),
                    span: text.origins().and_then(|origin| Some(origin.places().first()?.0)),
                }),
                _ => collect(value, &path, found),
            }
        }
    }
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

/// Whether a key is called as regions are: `region`, `awsRegion`, `aws_region`, `AWS_DEFAULT_REGION`.
pub(super) fn is_region_key(key: &str) -> bool {
    let Some(at) = key.len().checked_sub("region".len()).filter(|at| key.is_char_boundary(*at)) else { return false };
    let (before, last) = key.split_at(at);
    let part = before.is_empty() || before.ends_with(['_', '-']);
    match last {
        "region" | "REGION" => part,
        "Region" => true,
        _ => false,
    }
}

/// The tree of the empty region keys below `value`, filled with `region`; `None` when there are none.
fn filled(value: &Value, region: &Text, moves: bool) -> Option<Map> {
    let map = value.as_map()?;
    let mut tree = Map::new();
    for (key, value) in map {
        let text = value.as_text();
        let empty = value.is_null() || text.is_some_and(|text| text.is_empty());
        let other = moves && text.is_some_and(|text| *text != *region && is_region_name(text));
        let added = if is_region_key(key) && (empty || other) {
            Some(Value::String(region.clone()))
        } else {
            filled(value, region, moves).map(|map| Value::Map(Arc::new(map)))
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
        let values = Text::new(
            "global: {region: ''}\na: {region: us-east-1}\nb: {region: }\nc: {zone: ''}\nd: {awsRegion: '', AWS_REGION: '', \
             subregion: '', region: prod}\n",
        );
        let mut scenario = Scenario {
            name: "default".to_owned(),
            region: Some("eu-west-1".to_owned()),
            moves: false,
            values: Value::Null(None),
            options: Options::default(),
            given: Vec::new(),
        };
        let values = crate::yaml::load(&values).unwrap();
        let json = |scenario: &Scenario| {
            crate::yaml::emit_json(&Value::Map(Arc::new(scenario.overrides(&values)))).unwrap().to_string()
        };
        let rest = r#""b":{"region":"eu-west-1"},"d":{"AWS_REGION":"eu-west-1","awsRegion":"eu-west-1"},"global":{"region":"eu-west-1"}"#;
        assert_eq!(json(&scenario), format!("{{{rest}}}"));
        let set = region_values(&values);
        assert_eq!(set.len(), 1);
        assert_eq!((set[0].path.as_str(), set[0].region.as_str()), ("a.region", "us-east-1"));
        // With those that name another region.
        scenario.moves = true;
        assert_eq!(json(&scenario), format!("{{\"a\":{{\"region\":\"eu-west-1\"}},{rest}}}"));
    }
}
