//! Regions that a list's ECR hosts name by mistake: the charts know no such region, none builds anything of its own there, and only
//! entries speak of it whose account and region the charts never build together. Their hosts are the fault, and not what the charts
//! make of such a region.

use super::reconcile::Listed;
use crate::inventory::{ChartName, Problem, Survey, Target, Use, in_regions, regions_named};
use crate::source::Sources;

/// What was found of such regions.
#[derive(Debug, Default)]
pub(super) struct Mistaken {
    /// The regions.
    pub regions: Vec<String>,
    /// A region in which the charts build what the entries at fault name, that of their account where there is one.
    pub instead: Option<String>,
}

/// Whether charts are refused under the scenario `region`, or name images that nothing can pull; without one under any scenario.
pub(super) fn fails(survey: &Survey, region: Option<&str>) -> bool {
    let counts = |scenarios: &[String]| region.is_none_or(|region| scenarios.iter().any(|name| name == region));
    let refused = survey.problems.iter().any(|problem| match problem {
        Problem::Unrenderable { scenarios, .. } => counts(scenarios),
        Problem::Unavailable { .. } | Problem::Ambiguous(_) => false,
    });
    refused || survey.inventory.malformed.iter().any(|image| counts(&image.scenarios))
}

/// Those of `regions`, each a scenario of `targets`, under which charts fail by mistake.
pub(super) fn mistaken(
    sources: &Sources,
    targets: &[Target],
    survey: &Survey,
    listed: &[Listed],
    regions: &[String],
) -> Mistaken {
    let mut named: Vec<String> = targets.iter().flat_map(|target| regions_named(&target.chart)).collect();
    named.sort();
    named.dedup();
    let suspects: Vec<&String> =
        regions.iter().filter(|region| !named.contains(region)).filter(|region| fails(survey, Some(region))).collect();
    if suspects.is_empty() {
        return Mistaken::default();
    }
    let built = in_regions(sources, targets, survey, &named, false).uses;
    let is_wrong = |entry: &Listed| {
        let same_path = built.iter().chain(&survey.inventory.uses).map(|used| &used.reference);
        let same_path = same_path.filter(|image| image.path() == entry.reference.path());
        let mut hosts = same_path.filter_map(|image| image.ecr()).peekable();
        let listed = entry.reference.ecr();
        hosts.peek().is_some() && hosts.all(|host| listed.as_ref().is_some_and(|listed| !host.same_registry(listed)))
    };
    let is_of = |entry: &Listed, region: &str| entry.reference.ecr().is_some_and(|host| host.region() == region);
    let is_mistaken = |region: &&String| {
        let mut of_region = listed.iter().filter(|entry| is_of(entry, region)).peekable();
        of_region.peek().is_some() && of_region.all(is_wrong)
    };
    // Some chart builds there what it builds nowhere else, and none of what it has is at fault.
    let is_known = |region: &&String| {
        let at_fault = faulty(survey, region);
        let is_there = |used: &&Use| used.when.is_none() && used.scenarios.contains(region);
        let mut there = survey.inventory.uses.iter().filter(is_there).filter(|used| !at_fault.contains(&&used.chart));
        there.any(|used| {
            let mut elsewhere =
                built.iter().filter(|other| other.root == used.root && other.path == used.path).peekable();
            elsewhere.peek().is_some() && elsewhere.all(|other| other.reference != used.reference)
        })
    };
    let regions: Vec<String> =
        suspects.into_iter().filter(is_mistaken).filter(|region| !is_known(region)).cloned().collect();
    let wrong = || listed.iter().filter(|entry| regions.iter().any(|region| is_of(entry, region)));
    let hosts = |entry: &Listed| {
        let same_path = built.iter().map(|used| &used.reference).filter(|image| image.path() == entry.reference.path());
        same_path.filter_map(|image| image.ecr()).collect::<Vec<_>>()
    };
    let of_account = wrong().find_map(|entry| {
        let account = entry.reference.ecr()?.account().to_owned();
        hosts(entry).into_iter().find(|host| host.account() == account)
    });
    let instead = of_account.or_else(|| wrong().find_map(|entry| hosts(entry).into_iter().next()));
    let instead = instead.map(|host| host.region().to_owned());
    Mistaken { regions, instead }
}

/// The charts that fail under the scenario `region`.
fn faulty<'a>(survey: &'a Survey, region: &String) -> Vec<&'a ChartName> {
    let refused = survey.problems.iter().filter_map(|problem| match problem {
        Problem::Unrenderable { chart, scenarios, .. } if scenarios.contains(region) => Some(chart),
        _ => None,
    });
    let malformed = survey.inventory.malformed.iter().filter(|image| image.scenarios.contains(region));
    refused.chain(malformed.map(|image| &image.chart)).collect()
}
