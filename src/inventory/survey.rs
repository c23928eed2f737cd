//! Renders root charts under all scenarios and gathers what they deploy and what was wrong with them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chains::Chains;
use super::dependence::dependence;
use super::jobs::{Job, Outcome, choices, run_all};
use super::listing::Listing;
use super::readings::Named;
use super::regions::speaks_of_regions;
use super::scenario::{RegionValue, region_values};
use super::scopes::Templates;
use super::stop::Stop;
use super::when::{any, either};
use super::witness::{Testimonies, disagreements};
use super::{
    ChartLink, ChartName, Gap, Inventory, Kind, Malformed, Optional, Scenario, Target, Use, Workload, decisive,
};
use crate::chart::{
    AmbiguousSubchart, Cause, Chart, ChartError, ChartNode, Dependency, Disabled, Place, RefusedPackage,
};
use crate::image::Reference;
use crate::render::{Decisions, RenderError, Renderer};
use crate::source::{Sources, Span};
use crate::yaml::Value;

/// Something wrong with a chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// A dependency that is not on disk.
    Unavailable {
        /// The dependency; its version as it is asked for.
        chart: ChartName,
        /// The chart that depends on it.
        parent: ChartName,
        /// Where it should come from.
        repository: Option<String>,
        /// The package that is at hand, but must not be used.
        refused: Option<RefusedPackage>,
        /// Where it is asked for.
        span: Span,
    },
    /// Helm would refuse it.
    Unrenderable {
        /// The chart that is to blame, as far as it is known.
        chart: ChartName,
        /// Helm's message.
        message: String,
        /// Where.
        span: Span,
        /// The scenarios under which it happens; none when the chart cannot even be loaded.
        scenarios: Vec<String>,
    },
    /// A subchart that lies twice under `charts/`.
    Ambiguous(Ambiguity),
}

/// A subchart that lies several times under `charts/`, so that Helm chooses by chance, or renders more than is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ambiguity {
    /// Its name.
    pub name: String,
    /// It, as the first copy has it.
    pub chart: ChartName,
    /// The paths of all copies.
    pub copies: Vec<PathBuf>,
    /// A place in each copy that can be shown, in the order of the copies.
    pub places: Vec<Span>,
    /// The copies that nobody asks for, where chance does not decide.
    pub leftover: Vec<PathBuf>,
    /// Where its parent asks for it; the first copy's name where nobody does.
    pub span: Span,
}

/// What the charts of a list deploy, and what is known of those that do not.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The images.
    pub inventory: Inventory,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// Names of charts whose images are not known.
    pub unknown: Vec<String>,
    /// Names of charts above those: some of the images below them are not known.
    pub above_unknown: Vec<String>,
    /// Why values were not held against schemas, with the places of these.
    pub unread: Vec<ChartError>,
    /// All names that the charts go by, those of dependencies that are not on disk too.
    pub known: Vec<String>,
    /// Charts that are switched off, by all names that they go by, with the switch.
    pub disabled: Vec<(String, String)>,
    /// Where each switch is off.
    pub switches: Vec<(String, Span)>,
    /// What the region of each scenario became in each root chart.
    pub regions: Vec<RegionOf>,
    /// A renderer per target, with its templates parsed.
    pub(super) renderers: Arc<[Arc<Renderer>]>,
    /// The images of the list.
    pub(super) listed: Arc<Listing>,
    /// Which blocks of templates ran, by root chart and scenario.
    pub(super) decided: BTreeMap<(PathBuf, String), Decisions>,
    /// What ends the renderings.
    pub(super) stop: Stop,
    /// What the charts say themselves of their images.
    testimonies: Testimonies,
}

/// What the region of one scenario became in one root chart.
#[derive(Clone, Debug)]
pub struct RegionOf {
    /// The root chart's folder or package.
    pub root: PathBuf,
    /// Its name.
    pub chart: String,
    /// The scenario.
    pub scenario: String,
    /// Whether some value says that region, if the scenario has one.
    pub is_taken: bool,
    /// The values that say another one, or any where the scenario has none.
    pub others: Vec<RegionValue>,
}

/// Surveys charts, each under its scenarios. Renders in parallel; the outcome does not depend on it. `listed` are the images
/// of the list: a string that equals one of them, or another version of it, is an operand wherever it stands. Once `stop` is said no
/// more is rendered, here and wherever the survey is asked for more: what it says is of no use then.
#[must_use]
pub fn survey(sources: &Sources, targets: &[Target], listed: &Arc<Listing>, stop: &Stop) -> Survey {
    let renderers = targets.iter().map(|target| target.renderer.clone()).collect();
    let mut survey = Survey { renderers, stop: stop.clone(), ..Survey::default() };
    let mut jobs = Vec::new();
    for Target { chart, scenarios, renderer } in targets {
        survey.inspect(sources, chart);
        survey.known.extend(names_of(chart));
        let choices = choices(chart);
        for scenario in scenarios {
            jobs.extend(choices.iter().map(|choice| Job {
                renderer,
                chart,
                scenario,
                choice: choice.clone(),
                when: None,
                also: &[],
            }));
        }
    }
    survey.listed = listed.clone();
    let mut refused = Vec::new();
    for (job, outcome) in jobs.iter().zip(run_all(&jobs, listed, stop)) {
        match outcome {
            Ok(outcome) => {
                survey.note_region(job, &outcome.processed.values);
                let decided = survey.decided.entry((job.chart.path.clone(), job.scenario.name.clone())).or_default();
                decided.merge(&outcome.decisions);
                survey.testimonies.hear(&outcome.processed.root);
                survey.gather(sources, job, outcome);
            }
            Err(error) => {
                survey.refuse(sources, job, &error, None);
                refused.push(job);
            }
        }
    }
    survey.add_rest(sources, &refused);
    survey.settle(targets);
    survey.inventory.disagreements = disagreements(&survey.testimonies.told, &survey.inventory);
    survey
}

impl Survey {
    /// The images that it was done for.
    #[must_use]
    pub fn listing(&self) -> &Arc<Listing> {
        &self.listed
    }

    /// What charts say of their images that cannot be read.
    #[must_use]
    pub fn misheard(&self) -> Vec<Gap> {
        self.testimonies.unread.clone()
    }

    /// The same for the images of another list, of which this one's answered all questions in the same way.
    #[must_use]
    pub fn for_listing(self, listed: Arc<Listing>) -> Self {
        Self { listed, ..self }
    }

    /// Adds what could be deployed: what a chart says of its images may speak of those.
    pub fn add_optional(&mut self, found: Optional) {
        self.inventory.uses.extend(found.uses);
        self.inventory.gaps.extend(found.gaps);
        self.switches.extend(found.switches);
        self.inventory.disagreements = disagreements(&self.testimonies.told, &self.inventory);
    }

    /// Of renderings that were refused as a whole in a region: what they deploy whatever the region is.
    fn add_rest(&mut self, sources: &Sources, refused: &[&Job<'_>]) {
        let elsewhere = |job: &&Job<'_>| Scenario { region: None, moves: false, ..job.scenario.clone() };
        let regional: Vec<&Job<'_>> = refused.iter().copied().filter(|job| job.scenario.region.is_some()).collect();
        let scenarios: Vec<Scenario> = regional.iter().map(elsewhere).collect();
        let jobs = regional.iter().zip(&scenarios);
        let jobs: Vec<Job<'_>> =
            jobs.map(|(job, scenario)| Job { scenario, choice: job.choice.clone(), when: None, ..**job }).collect();
        for (job, outcome) in jobs.iter().zip(run_all(&jobs, &self.listed, &self.stop)) {
            let Ok(outcome) = outcome else { continue };
            let mut found = Self::default();
            found.gather(sources, job, outcome);
            let is_same = |used: &Use| used.chain.last().is_some_and(|link| !speaks_of_regions(&link.source));
            found.inventory.uses.into_iter().filter(is_same).for_each(|used| self.inventory.add(used));
        }
    }

    /// What became of the scenario's region, in values as the templates saw them.
    fn note_region(&mut self, job: &Job<'_>, values: &Value) {
        let region = job.scenario.region.as_ref();
        let is_own = |value: &RegionValue| Some(&value.region) == region;
        let (own, others): (Vec<_>, Vec<_>) = region_values(values).into_iter().partition(is_own);
        let new = RegionOf {
            root: job.chart.path.clone(),
            chart: job.chart.name().to_string(),
            scenario: job.scenario.name.clone(),
            is_taken: region.is_none() || !own.is_empty(),
            others,
        };
        if !self.regions.iter().any(|known| known.root == new.root && known.scenario == new.scenario) {
            self.regions.push(new);
        }
    }

    /// What can be said of a chart before it is rendered.
    fn inspect(&mut self, sources: &Sources, chart: &Arc<Chart>) {
        let is_told = |found: &AmbiguousSubchart| found.random || !found.leftover.is_empty();
        for found in chart.ambiguous_subcharts().into_iter().filter(is_told) {
            self.problems.extend(ambiguity(sources, chart, &found).map(Problem::Ambiguous));
        }
    }

    /// The dependencies that are not on disk: of the root all, for Helm refuses it then; of the chart folders below it those
    /// that are on. What a packaged subchart lacks nobody brings, and Helm does not deploy it.
    fn miss(&mut self, sources: &Sources, node: &ChartNode, above: &[String], disabled: &[Disabled]) {
        let folder = node.chart.path.file_name().map(|folder| folder.to_string_lossy().into_owned());
        let own = [node.chart.name().to_string(), node.name.to_string()];
        let above: Vec<String> = above.iter().cloned().chain(own).chain(folder).collect();
        let refused = |name: &str| node.chart.refused.iter().find(|refused| refused.name == *name);
        let is_missing = |dependency: &Dependency| {
            let is_there = node.chart.subcharts.iter().any(|chart| *chart.name() == dependency.name);
            let brought = node.is_root || node.chart.place == Place::Folder;
            (brought && !is_there) || refused(&dependency.name).is_some()
        };
        let dependencies = node.chart.metadata.dependencies.iter().flatten();
        for dependency in dependencies.filter(|dependency| is_missing(dependency)) {
            let called = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            let off = disabled.iter().any(|found| found.parent == node.path && found.dependency == *called);
            let span = dependency.name.exact_span().or_else(|| start_of(sources, &node.chart));
            let (Some(span), true) = (span, node.is_root || !off) else { continue };
            let known =
                |problem: &Problem| matches!(problem, Problem::Unavailable { span: known, .. } if *known == span);
            if self.problems.iter().any(known) {
                continue;
            }
            let chart = ChartName { name: dependency.name.to_string(), version: dependency.version.to_string() };
            let repository = Some(dependency.repository.to_string()).filter(|address| !address.is_empty());
            self.unknown.extend([dependency.name.to_string(), dependency.alias.to_string()]);
            self.above_unknown.extend(above.iter().cloned());
            let refused = refused(&dependency.name).cloned();
            self.problems.push(Problem::Unavailable { chart, parent: name_of(&node.chart), repository, refused, span });
        }
        for subchart in &node.subcharts {
            self.miss(sources, subchart, &above, disabled);
        }
    }

    pub(super) fn gather(&mut self, sources: &Sources, job: &Job<'_>, outcome: Outcome) {
        let Outcome { processed, refusals, named, .. } = outcome;
        let chains = Chains::new(&processed);
        let unparsed = refusals.iter().any(|refusal| refusal.message.starts_with("parse error at "));
        for refusal in &refusals {
            // What a file that does not parse would have defined is not missing: the file is the one fault.
            let follows = unparsed && refusal.message.contains(": no template \"");
            if follows {
                self.distrust(refusal, &chains);
            } else {
                self.refuse(sources, job, refusal, Some(&chains));
            }
        }
        self.miss(sources, &processed.root, &[], &processed.disabled);
        for unread in &processed.unread {
            if !self.unread.iter().any(|known| known.span == unread.span) {
                self.unread.push(unread.clone());
            }
        }
        for disabled in &processed.disabled {
            let switches: Vec<String> = disabled.cause.switches().iter().map(|path| path.join(".")).collect();
            let when = any(&switches);
            if let Some(span) = switched_off(&disabled.cause) {
                self.switches.extend(switches.into_iter().map(|switch| (switch, span)));
            }
            let names = disabled.charts.iter().flat_map(|chart| names_of(chart));
            let names = names.chain([disabled.dependency.to_string()]);
            self.disabled.extend(names.map(|name| (name, when.clone())));
        }
        let templates = Templates::of(job.renderer, &processed.root);
        let mut turns = HashMap::new();
        for (number, named) in named.into_iter().enumerate() {
            self.add(sources, job, (&chains, &templates), (number, named), &mut turns, &processed.values);
        }
    }

    /// `named` is the image of that number; `turns` counts what names images and is the same but for them.
    fn add(
        &mut self,
        sources: &Sources,
        job: &Job<'_>,
        (chains, templates): (&Chains, &Templates),
        (number, Named { template, workload, text, fault, naming, when }): (usize, Named),
        turns: &mut HashMap<(Arc<str>, Workload, Option<String>), usize>,
        values: &Value,
    ) {
        let Some(chain) = chains.of_template(&template) else { return };
        let Some(last) = chain.last() else { return };
        let read = match &fault {
            Some((fault, near)) => Err(((*fault).to_owned(), decisive(near))),
            None => Reference::parse(&text).map_err(|error| (error.message, decisive(&text.slice(error.range)))),
        };
        let scenarios: Vec<String> = [&job.scenario.name].into_iter().chain(job.also).cloned().collect();
        let reference = match read {
            Ok(reference) => reference,
            Err((message, near)) => {
                let place = near.or_else(|| decisive(&text));
                let Some(span) = place.map(|(span, _)| span).or_else(|| start_of(sources, job.chart)) else { return };
                self.inventory.misread(Malformed {
                    text,
                    message,
                    chart: last.chart.clone(),
                    chain: chain.clone(),
                    template: template.to_string(),
                    workload,
                    span,
                    layer: place.map(|(_, layer)| layer),
                    scenarios,
                });
                return;
            }
        };
        let place = naming.as_ref().map(|naming| naming.place.clone());
        let turn = turns.entry((template.clone(), workload.clone(), place)).or_default();
        *turn += 1;
        let called: Vec<String> = chain.iter().map(|link| link.called.clone()).collect();
        let used = Use {
            depends: dependence(sources, templates, &text, values, &called[1..]),
            text,
            reference,
            kind: if naming.is_some() { Kind::Operand } else { Kind::Container },
            naming,
            chart: last.chart.clone(),
            path: called,
            chain: chain.clone(),
            template: template.to_string(),
            workload,
            scenarios,
            only_in: job.choice.preferred.clone(),
            when: both(job.when.clone(), when),
            turn: *turn - 1,
            number,
            root: job.chart.path.clone(),
            exempt: None,
        };
        self.inventory.add(used);
    }

    pub(super) fn refuse(&mut self, sources: &Sources, job: &Job<'_>, error: &RenderError, chains: Option<&Chains>) {
        let link = chains.and_then(|chains| self.distrust(error, chains));
        let chart = link.map_or_else(|| name_of(job.chart), |link| link.chart.clone());
        let Some(span) = error.place.or_else(|| start_of(sources, job.chart)) else { return };
        self.unknown.push(chart.name.clone());
        if chains.is_none() {
            // Nothing of it was rendered, so nothing is known of the charts below it either.
            self.unknown.extend(names_of(job.chart));
        }
        let scenario = job.scenario.name.clone();
        for problem in &mut self.problems {
            if let Problem::Unrenderable { chart: known, message, span: place, scenarios } = problem
                && (&*known, *place, cause(message)) == (&chart, span, cause(&error.message))
            {
                if !scenarios.contains(&scenario) {
                    scenarios.push(scenario);
                }
                return;
            }
        }
        let message = error.message.clone();
        self.problems.push(Problem::Unrenderable { chart, message, span, scenarios: vec![scenario] });
    }

    /// Notes that not all images of the chart with the refused template are known; gives the chart.
    fn distrust<'a>(&mut self, error: &crate::render::RenderError, chains: &'a Chains) -> Option<&'a ChartLink> {
        let (link, above) = chains.of_template(error.template.as_ref()?)?.split_last()?;
        self.unknown.extend(link.names().map(str::to_owned));
        self.above_unknown.extend(above.iter().flat_map(ChartLink::names).map(str::to_owned));
        Some(link)
    }

    /// Sorts, and forgets what holds under all choices or is on elsewhere.
    pub(super) fn settle(&mut self, targets: &[Target]) {
        let copies: Vec<PathBuf> = (targets.iter())
            .flat_map(|target| target.chart.ambiguous_subcharts())
            .filter(|found| found.random)
            .flat_map(|found| found.candidates.iter().map(|copy| copy.path.clone()).collect::<Vec<_>>())
            .collect();
        self.inventory.settle(&copies);
        // Each rendering told them anew.
        self.disabled.sort();
        self.disabled.dedup();
        let deployed = |name: &String| self.inventory.uses.iter().any(|used| used.links_named(name).next().is_some());
        self.disabled.retain(|(name, _)| !deployed(name));
        self.unknown.retain(|name| !name.is_empty());
    }
}

impl Inventory {
    /// Adds an image that nothing can pull, or the scenarios that are new about one that is known.
    fn misread(&mut self, malformed: Malformed) {
        let key = |known: &Malformed| (known.text.to_string(), known.template.clone(), known.workload.clone());
        match self.malformed.iter_mut().find(|known| key(known) == key(&malformed)) {
            Some(known) => add_new(&mut known.scenarios, malformed.scenarios),
            None => self.malformed.push(malformed),
        }
    }

    /// Adds a use, or what is new about one that is known: for each scenario what must be switched on in it.
    fn add(&mut self, used: Use) {
        let same = |known: &Use| known.text == used.text && known.slot() == used.slot();
        let mut ways: Vec<Use> = self.uses.extract_if(.., |known| same(known)).collect();
        for known in &mut ways {
            add_new(&mut known.depends, used.depends.clone());
            add_new(&mut known.only_in, used.only_in.clone());
        }
        for scenario in &used.scenarios {
            let mut when = used.when.clone();
            if let Some(known) = ways.iter_mut().find(|known| known.scenarios.contains(scenario)) {
                when = either(known.when.clone(), when);
                if known.when == when {
                    continue;
                }
                known.scenarios.retain(|known| known != scenario);
            }
            match ways.iter_mut().find(|known| known.when == when) {
                Some(known) => known.scenarios.push(scenario.clone()),
                None => {
                    let first = ways.first().unwrap_or(&used).clone();
                    ways.push(Use { when, scenarios: vec![scenario.clone()], ..first });
                }
            }
        }
        self.uses.extend(ways.into_iter().filter(|way| !way.scenarios.is_empty()));
    }

    /// `copies` are all copies of ambiguous subcharts: a use that all of one subchart's copies have depends on none.
    fn settle(&mut self, copies: &[PathBuf]) {
        for used in &mut self.uses {
            if copies.iter().all(|copy| used.only_in.contains(copy)) {
                used.only_in.clear();
            }
        }
        self.uses.sort_by(|a, b| {
            let key = |used: &Use| (used.path.clone(), used.template.clone(), used.workload.clone());
            key(a).cmp(&key(b)).then_with(|| a.reference.as_str().cmp(b.reference.as_str()))
        });
    }
}

/// Adds those of `others` that are not there yet.
pub(super) fn add_new<T: PartialEq>(known: &mut Vec<T>, others: Vec<T>) {
    for other in others {
        if !known.contains(&other) {
            known.push(other);
        }
    }
}

fn ambiguity(sources: &Sources, parent: &Chart, found: &AmbiguousSubchart) -> Option<Ambiguity> {
    let first = found.candidates.first()?;
    let declared = parent.metadata.dependencies.iter().flatten().find(|dependency| dependency.name == found.name);
    let span = declared.and_then(|dependency| dependency.name.exact_span()).or_else(|| first.name().exact_span())?;
    let place = |copy: &Arc<Chart>| copy.name().exact_span().or_else(|| start_of(sources, copy));
    Some(Ambiguity {
        name: found.name.to_string(),
        chart: name_of(first),
        copies: found.candidates.iter().map(|copy| copy.path.clone()).collect(),
        places: found.candidates.iter().filter_map(place).collect(),
        leftover: found.leftover.clone(),
        span,
    })
}

/// What must be switched on when either must.
pub(super) fn both(outer: Option<String>, inner: Option<String>) -> Option<String> {
    match (outer, inner) {
        (Some(outer), Some(inner)) => Some(format!("{outer}, {inner}")),
        (outer, inner) => outer.or(inner),
    }
}

/// Where a dependency is switched off.
fn switched_off(cause: &Cause) -> Option<Span> {
    let (Cause::Condition { origins, .. } | Cause::Tags { origins, .. }) = cause;
    origins.as_ref()?.places().first().map(|(span, ..)| *span)
}

/// All names that `chart` and the charts below it go by.
fn names_of(chart: &Chart) -> Vec<String> {
    let folder = chart.path.file_name().map(|name| name.to_string_lossy().into_owned());
    [chart.name().to_string()].into_iter().chain(folder).chain(names_below(chart)).collect()
}

/// The names of all charts below `chart`, and of those that it asks for.
fn names_below(chart: &Chart) -> Vec<String> {
    let asked = chart.metadata.dependencies.iter().flatten();
    let asked = asked.flat_map(|dependency| [dependency.name.to_string(), dependency.alias.to_string()]);
    asked.chain(chart.subcharts.iter().flat_map(|subchart| names_of(subchart))).collect()
}

pub(super) fn name_of(chart: &Chart) -> ChartName {
    ChartName { name: chart.name().to_string(), version: chart.metadata.version.to_string() }
}

/// The first byte of a chart's `Chart.yaml`: a place for what has no better one.
fn start_of(sources: &Sources, chart: &Chart) -> Option<Span> {
    let file = chart.metadata_file.or_else(|| sources.find(Path::new(&chart.metadata_path)))?;
    Some(Span::new(file, 0, 0))
}

/// What of Helm's message tells why, whichever templates led there: `required` and `fail` have the place of the outermost one in
/// front, other errors all that were on the way.
fn cause(message: &str) -> &str {
    let thrown = message.strip_prefix("execution error at (").and_then(|rest| Some(rest.split_once("): ")?.1));
    thrown.unwrap_or_else(|| message.rfind("template: ").map_or(message, |at| &message[at..]))
}
