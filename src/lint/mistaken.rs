//! Regions that a list's ECR hosts name by mistake: the charts know no such region, and only entries speak of it whose account and
//! region the charts never build together. Their hosts are the fault, and not what the charts make of such a region.

use super::reconcile::Listed;
use crate::inventory::{Problem, Survey, Target, in_regions, regions_named};
use crate::source::Sources;

/// Those of `regions`, each a scenario of `targets`, under which charts are refused, or name images that nothing can pull, by mistake.
pub(super) fn mistaken(
    sources: &Sources,
    targets: &[Target],
    survey: &Survey,
    listed: &[Listed],
    regions: &[String],
) -> Vec<String> {
    let fails = |region: &&String| {
        let refused = survey.problems.iter().any(|problem| match problem {
            Problem::Unrenderable { scenarios, .. } => scenarios.contains(region),
            Problem::Unavailable { .. } | Problem::Ambiguous(_) => false,
        });
        refused || survey.inventory.malformed.iter().any(|image| image.scenarios.contains(region))
    };
    let mut named: Vec<String> = targets.iter().flat_map(|target| regions_named(&target.chart)).collect();
    named.sort();
    named.dedup();
    let suspects: Vec<&String> = regions.iter().filter(|region| !named.contains(region)).filter(fails).collect();
    if suspects.is_empty() {
        return Vec::new();
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
    suspects.into_iter().filter(is_mistaken).cloned().collect()
}
