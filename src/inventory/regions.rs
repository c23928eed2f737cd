//! Images whose text changes with the region: which regions a chart speaks of, and what it builds there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::asked::asked;
use super::jobs::{Job, choices, run_all};
use super::{Inventory, Scenario, Survey, Target, Use};
use crate::chart::Chart;
use crate::image::Reference;
use crate::source::{Layer, Origin, Sources};

/// The shape of an AWS region's name: area, perhaps a partition's word, direction, number. An availability zone
/// (`us-west-2a`) is none.
static REGION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let directions = "(?:north|south)?(?:east|west)|north|south|central";
    let shape =
        format!(r"\b(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(?:-(?:gov|iso[a-z]?|de))?-(?:{directions})-[0-9]{{1,2}}\b");
    Regex::new(&shape).ok()
});

/// Whether `name` has the shape of an AWS region's: an area of two to four letters, words the last of which is a direction, a
/// number. Any area will do: AWS builds on.
#[must_use]
pub fn is_region_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let [area, words @ .., direction, number] = parts.as_slice() else { return false };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let directions = ["east", "west", "north", "south", "central"];
    (2..=4).contains(&area.len())
        && word(area)
        && words.len() <= 1
        && words.iter().all(word)
        && word(direction)
        && directions.iter().any(|end| direction.ends_with(end))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The regions that `chart` and the charts below it name, when they name several and `region` is none of them.
#[must_use]
pub fn regions_without(chart: &Chart, region: &str) -> Option<Vec<String>> {
    fn speaks(chart: &Chart, region: &str) -> bool {
        let mut texts = chart.templates.iter().chain(&chart.values_file).map(|file| file.text.as_str());
        texts.any(|text| text.contains(region)) || chart.subcharts.iter().any(|subchart| speaks(subchart, region))
    }
    if speaks(chart, region) {
        return None;
    }
    let named = regions_named(chart);
    (named.len() > 1 && named.iter().all(|name| name != region)).then_some(named)
}

/// The regions that `text` names, in order.
pub fn regions_in(text: &str) -> impl Iterator<Item = String> {
    found_in(text).map(str::to_owned)
}

fn found_in(text: &str) -> impl Iterator<Item = &str> {
    REGION.iter().flat_map(move |shape| shape.find_iter(text)).map(|found| found.as_str())
}

/// Whether both are one image but for the accounts and regions of their ECR hosts, and the names of regions in their
/// repositories. An image is one with itself.
pub(super) fn differ_by_region(one: &Reference, other: &Reference) -> bool {
    let masked = |image: &Reference| {
        let path =
            |text: &str| REGION.as_ref().map_or_else(|| text.into(), |shape| shape.replace_all(text, "*")).into_owned();
        match image.ecr() {
            Some(_) => format!("*/{}", path(image.path())),
            None => path(&image.repository()),
        }
    };
    let version = |image: &Reference| image.as_str()[image.name_range().end..].to_owned();
    version(one) == version(other) && masked(one) == masked(other)
}

/// Whether `text` names a region.
pub(super) fn names_region(text: &str) -> bool {
    found_in(text).next().is_some()
}

/// The regions that the templates and values of `chart` and of the charts below it name, and those in the names of its
/// files (`regional-values/values-us-west-2.yaml`). Sorted, each once.
#[must_use]
pub fn regions_named(chart: &Chart) -> Vec<String> {
    fn collect(chart: &Chart, found: &mut BTreeSet<String>) {
        let texts = chart.templates.iter().chain(&chart.values_file).map(|file| file.text.as_str());
        let names = chart.files.iter().map(|file| file.name.as_str());
        found.extend(texts.chain(names).flat_map(regions_in));
        chart.subcharts.iter().for_each(|subchart| collect(subchart, found));
    }
    let mut found = BTreeSet::new();
    collect(chart, &mut found);
    found.into_iter().collect()
}

/// What `targets` build in `regions`: the uses of each target's scenarios with `region` values filled that are empty, or that no values
/// have; the region as scenario; with `moves`, also those values that name another region. Charts without such values build the same everywhere and
/// are left out.
#[must_use]
pub fn in_regions(
    sources: &Sources,
    targets: &[Target],
    survey: &Survey,
    regions: &[String],
    moves: bool,
) -> Inventory {
    let mut scenarios = Vec::new();
    for Target { chart, scenarios: bases, renderer } in targets {
        let Some(choice) = choices(chart).into_iter().next() else { continue };
        // Scenarios that are regions and nothing else have the same values.
        let by_region = bases.iter().all(|base| base.region.as_ref() == Some(&base.name));
        for base in bases.iter().take(if by_region { 1 } else { bases.len() }) {
            let Ok(processed) = chart.process(&base.values, &choice, base.options.schemas) else { continue };
            let asks = !asked(renderer, &processed).is_empty();
            for region in regions {
                let scenario = Scenario { name: region.clone(), region: Some(region.clone()), moves, ..base.clone() };
                if asks || !scenario.overrides(&processed.values).is_empty() {
                    scenarios.push((renderer, chart, scenario, choice.clone()));
                }
            }
        }
    }
    let jobs: Vec<Job<'_>> = scenarios
        .iter()
        .map(|(renderer, chart, scenario, choice)| Job {
            renderer,
            chart,
            scenario,
            choice: choice.clone(),
            when: None,
            also: &[],
        })
        .collect();
    let mut found = Survey::default();
    for (job, outcome) in jobs.iter().zip(run_all(&jobs, &survey.listed, &survey.stop)) {
        // A region that a chart refuses is one in which it builds nothing.
        if let Ok(outcome) = outcome {
            found.gather(sources, job, outcome);
        }
    }
    found.inventory
}

/// How an image changes with the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The account of its ECR registry does.
    pub account: bool,
    /// The region of its ECR registry does.
    pub region: bool,
    /// Its tag or digest does, and its name does not.
    pub version: bool,
}

/// Regions in which an image is tried at most, until it is taken for one that does not change.
const MAX_PROBES: usize = 12;

/// Regions that are tried together.
const PROBES: usize = 2;

/// Those of the uses `suspects` whose image changes with the region, and how. Renders only where the
/// scenarios of `survey` do not show it, in as few regions as it takes.
#[must_use]
pub fn dynamic(sources: &Sources, targets: &[Target], survey: &Survey, suspects: &[usize]) -> BTreeMap<usize, Change> {
    let uses = &survey.inventory.uses;
    let mut found: BTreeMap<usize, Change> = BTreeMap::new();
    let mut learn = |variants: &[Use], is_probe: bool, left: &mut Vec<usize>| {
        left.retain(|at| {
            let used = &uses[*at];
            // What is deployed anyway is another copy of an ambiguous chart, or what other values make of it, and not the region's.
            let is_known = |variant: &Use| {
                uses.iter().any(|known| known.slot() == variant.slot() && known.reference == variant.reference)
            };
            // Within one scenario it is another copy of an ambiguous chart; between two, other values may make the difference
            // where nothing in the image speaks of a region.
            let apart = |variant: &Use| variant.scenarios.iter().all(|scenario| !used.scenarios.contains(scenario));
            let is_regional = |variant: &Use| used.names_region() || differ_in_region(targets, used, variant);
            let counts = |variant: &Use| match is_probe {
                true => !is_known(variant),
                false => apart(variant) && is_regional(variant),
            };
            let other = |variant: &&Use| is_variant(used, variant) && counts(variant);
            let variant = variants.iter().find(other);
            found.extend(variant.map(|variant| (*at, change(&uses[*at], variant))));
            variant.is_none()
        });
    };
    let is_candidate = |at: &usize| uses[*at].chain.last().is_some_and(|link| speaks_of_regions(&link.source));
    let mut left: Vec<usize> = suspects.iter().copied().filter(is_candidate).collect();
    learn(uses, false, &mut left);
    if left.is_empty() {
        return found;
    }
    for regions in probes(targets, survey).chunks(PROBES) {
        learn(&in_regions(sources, targets, survey, regions, false).uses, true, &mut left);
        if left.is_empty() {
            break;
        }
    }
    found
}

/// Whether two uses are of scenarios that differ in nothing but their regions.
fn differ_in_region(targets: &[Target], one: &Use, other: &Use) -> bool {
    let scenarios = |used: &Use| -> Vec<&Scenario> {
        let all = targets.iter().flat_map(|target| &target.scenarios);
        all.filter(|scenario| used.scenarios.contains(&scenario.name)).collect()
    };
    let (one, other) = (scenarios(one), scenarios(other));
    let alike = |a: &Scenario, b: &Scenario| a.region.is_some() && a.region != b.region && a.given == b.given;
    one.iter().any(|a| other.iter().any(|b| alike(a, b)))
}

/// Whether the image of `used` may change with the region: it names one, or a template that had a part in it speaks of regions.
/// Whether it does is for rendering to say.
#[must_use]
pub fn may_change(sources: &Sources, used: &Use) -> bool {
    let parts = used.text.parts();
    let origins = || parts.iter().filter_map(|(_, origin)| origin.as_ref()).flat_map(Origin::places);
    let written = origins().filter(|(_, layer, _)| *layer == Layer::Template).map(|(span, ..)| span.file);
    let printed = origins().flat_map(|(.., sites)| sites).map(|site| site.file);
    used.names_region() || written.chain(printed).any(|file| speaks(sources.get(file).text()))
}

/// The regions to try: those that the charts name and that no scenario has shown, first one of each area. A chart that puts any
/// region into an image names none: then two well-known ones.
fn probes(targets: &[Target], survey: &Survey) -> Vec<String> {
    let in_vain = |scenario: &str| survey.regions.iter().any(|known| known.scenario == scenario && !known.is_taken);
    let scenarios = targets.iter().flat_map(|target| &target.scenarios).filter(|scenario| !in_vain(&scenario.name));
    let tried: BTreeSet<&str> = scenarios.filter_map(|scenario| scenario.region.as_deref()).collect();
    let mut named: BTreeSet<String> = targets.iter().flat_map(|target| regions_named(&target.chart)).collect();
    named.extend(["us-east-1", "us-west-2"].map(str::to_owned));
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ordered: Vec<(usize, &str)> = Vec::new();
    for region in named.iter().map(String::as_str).filter(|region| !tried.contains(region)) {
        let area = region.rsplitn(3, '-').last().unwrap_or(region);
        let turn = turns.entry(area).or_default();
        ordered.push((*turn, region));
        *turn += 1;
    }
    ordered.sort_unstable();
    ordered.into_iter().take(MAX_PROBES).map(|(_, region)| region.to_owned()).collect()
}

/// Whether `variant` is the same image in another region.
fn is_variant(used: &Use, variant: &Use) -> bool {
    variant.when.is_none() && variant.slot() == used.slot() && variant.reference.as_str() != used.reference.as_str()
}

fn change(used: &Use, variant: &Use) -> Change {
    let version = used.reference.name() == variant.reference.name();
    match (used.reference.ecr(), variant.reference.ecr()) {
        (Some(one), Some(other)) => {
            Change { account: one.account() != other.account(), region: one.region() != other.region(), version }
        }
        _ => Change { account: false, region: false, version },
    }
}

fn speaks(text: &str) -> bool {
    text.contains("region") || text.contains("Region")
}

/// Whether the templates of the chart, or of one below it, speak of regions at all: an image of one that does not is the same
/// everywhere.
pub(super) fn speaks_of_regions(chart: &Chart) -> bool {
    chart.templates.iter().any(|template| speaks(&template.text))
        || chart.subcharts.iter().any(|subchart| speaks_of_regions(subchart))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_regions_have_a_shape() {
        for right in
            ["us-west-2", "us-gov-east-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-10", "mx-central-1"]
        {
            assert!(is_region_name(right), "{right}");
        }
        for wrong in [
            "mars-1",
            "",
            "us",
            "us-west",
            "us-west-",
            "us-west-2a",
            "US-WEST-2",
            "west-2",
            "us--west-1",
            "us-east-100",
        ] {
            assert!(!is_region_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn regions_are_told_from_what_looks_like_them() {
        let text = "values-us-west-2.yaml eu-central-1: us-gov-west-1, us-iso-east-1 ap-southeast-10 cn-north-1 \
                    us-west-2a my-us-west-22x ml.p4d-1 west-2 us-west- 1.dkr.ecr.sa-east-1.amazonaws.com";
        let found: Vec<_> = regions_in(text).collect();
        let regions = [
            "us-west-2",
            "eu-central-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "ap-southeast-10",
            "cn-north-1",
            "sa-east-1",
        ];
        assert_eq!(found, regions);
    }
}
