//! What is deployed together: the root charts that a list is held against, or those that no list is for, under their scenarios, and
//! what they deploy. `check`, `images` and `versions` all start here.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::exemption::Exemptions;
use super::gaps::unknown_regions;
use super::mistaken::{fails, mistaken};
use super::reading::{listed, named_by, noted, read_list};
use super::reconcile::Listed;
use super::targets::{Finder, Targets};
use super::{Refusal, Settings, Workspace};
use crate::inventory::{Listing, Stop, Survey, Target, regions_of, survey};
use crate::mirror::List;
use crate::source::Sources;

/// Root charts under their scenarios.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The charts.
    pub targets: Vec<Target>,
    /// The images of the list, which has a say in what is one.
    pub listing: Arc<Listing>,
}

/// What is deployed in `workspace`: of each of its lists, else of its charts. What cannot be told of a list is a refusal, and keeps
/// nothing of the others.
#[must_use]
pub fn deployments(sources: &Sources, workspace: &Workspace, settings: &Settings) -> (Vec<Deployment>, Vec<Refusal>) {
    let all = held(sources, workspace, settings);
    let (held, errors): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let held = held.into_iter().flatten();
    let deployment =
        |(found, survey): (Targets, Survey)| Deployment { targets: found.targets, listing: survey.listing().clone() };
    (held.map(deployment).collect(), errors.into_iter().filter_map(Result::err).collect())
}

/// The root charts of each list of `workspace`, or of none where there is no list, with what they deploy.
pub(super) fn held(
    sources: &Sources,
    workspace: &Workspace,
    settings: &Settings,
) -> Vec<Result<(Targets, Survey), Refusal>> {
    let finder = Finder::new(sources, workspace, settings);
    if workspace.lists.is_empty() {
        let found = finder.of_charts();
        return vec![found.map(|found| {
            let survey = survey(sources, &found.targets, &Arc::default(), settings.kept.stop());
            (found, survey)
        })];
    }
    let of_list = |path: &Path| {
        let configured = settings.configured(path);
        let file = match read_list(sources, path) {
            // Which charts count and how is known without the list that they are to have.
            Err(_) if !path.exists() && configured.is_some() => sources.add(path, "".into()),
            read => read.map_err(|error| named_by(configured, error))?,
        };
        let list = List::parse(file, sources.get(file).text());
        hold(sources, settings, &finder, (path, &list, &listed(&list)), &Exemptions::of(&list, settings))
    };
    workspace.lists.iter().map(|path| of_list(path)).collect()
}

/// The root charts of a list, with what they deploy. Regions that its ECR hosts name by mistake count for nothing, which is told.
pub(super) fn hold(
    sources: &Sources,
    settings: &Settings,
    finder: &Finder<'_>,
    (path, list, listed): (&Path, &List, &[Listed]),
    exemptions: &Exemptions,
) -> Result<(Targets, Survey), Refusal> {
    let (configured, noted): (_, BTreeSet<&str>) = (settings.configured(path), noted(list));
    let find = |named: &[String]| {
        let found = finder.of_list(path, named, &noted, configured)?;
        let survey = settings.kept.survey(sources, &found.targets, settings.kept.listing(listed));
        is_wanted(settings.kept.stop()).map(|()| (found, survey))
    };
    let current = named_regions(path, listed, exemptions, &Settings::default());
    let mut named = named_regions(path, listed, exemptions, settings);
    let is_to_change = named != current;
    let (mut found, mut survey) = find(&named)?;
    // Without such regions everything else is as it would be without the mistake.
    let guessed: Vec<String> = named.iter().filter(|region| found.guesses(region)).cloned().collect();
    let mistaken = mistaken(sources, &found.targets, &survey, listed, &guessed);
    if !mistaken.regions.is_empty() {
        named.retain(|region| !mistaken.regions.contains(region));
        (found, survey) = find(&named)?;
        // A chart that builds nothing without a region is held against the list in one that it knows.
        if let Some(instead) = mistaken.instead.filter(|_| named.is_empty() && fails(&survey, None)) {
            named.push(instead);
            (found, survey) = find(&named)?;
        }
        found.notes.push(unknown_regions(&mistaken.regions));
    }
    // Of the variants of an image that is listed which the charts deploy as the list is, wherever it will be.
    if is_to_change {
        survey.inventory.prefer(&find(&current)?.1.inventory);
    }
    Ok((found, survey))
}

/// The regions that the ECR hosts of the list at `path` name, or will, whether there are such regions or not: those of its entries,
/// else those of what is exempt.
pub(super) fn named_regions(
    path: &Path,
    listed: &[Listed],
    exemptions: &Exemptions,
    settings: &Settings,
) -> Vec<String> {
    let mut named = regions_of(listed.iter().map(|entry| &entry.reference));
    let of_list = settings.outlook.iter().filter(|((list, _), _)| list == path);
    named.extend(of_list.clone().map(|((_, region), _)| region.clone()));
    named.retain(|region| of_list.clone().all(|((_, other), will)| *will || other != region));
    named.sort();
    named.dedup();
    if named.is_empty() { exemptions.named_regions() } else { named }
}

/// Ends a check that nobody waits for any more. What it refuses is not told: whoever says stop reads nothing of the check.
pub(super) fn is_wanted(stop: &Stop) -> Result<(), Refusal> {
    if stop.is_said() { Err(Refusal::new("the check was ended")) } else { Ok(()) }
}
