//! Images that charts would deploy if something were otherwise: dependencies that a condition or a tag turns off, blocks of
//! templates that do not run, and images in values that no template prints as the values stand. They are never missing; they
//! explain why an entry is there. Each is found by rendering once more: with other values or API versions where the block's
//! condition says which, else with the block run by force.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::facts::Fact;
use super::jobs::{Job, choices, run_all};
use super::regions::speaks_of_regions;
use super::speech::Speeches;
use super::switches::{Block, Blocks, Guard, beside, blocks};
use super::when::{is_regional, printed};
use super::{Gap, Problem, Scenario, Survey, Target, Use, values};
use crate::chart::{Chart, ChartNode, Choice, Disabled, Processed};
use crate::render::{Decisions, Renderer};
use crate::source::{Origin, Sources, Span, Text, verdict};
use crate::template::Decision;
use crate::yaml::{Map, Value, merge};

/// Switches inside switched-off charts that are followed.
const MAX_DEPTH: usize = 4;

/// Renderings of all rounds, by scenario; what more there is to turn on is told.
const MAX_RENDERINGS: usize = 512;

/// Pairs of switches that are turned together; what more there is is told.
const MAX_PAIRS: usize = 96;

/// Blocks of one round that are run by force, by chart and scenario.
const MAX_FORCED: usize = 64;

/// What could be deployed, but is not.
#[derive(Clone, Debug, Default)]
pub struct Optional {
    /// The images, each with [`Use::when`], sorted by chart path and image.
    pub uses: Vec<Use>,
    /// Names of switched-off charts whose images are not all known: they cannot be rendered, or charts below are missing.
    pub unknown: Vec<String>,
    /// The same in sentences, with what was switched on.
    pub gaps: Vec<Gap>,
    /// Where each switch is off.
    pub switches: Vec<(String, Span)>,
}

/// A rendering with something switched on.
#[derive(Clone)]
struct Variant<'a> {
    renderer: &'a Renderer,
    chart: &'a Arc<Chart>,
    scenario: Scenario,
    choice: Choice,
    /// The switches that were turned, outer ones first.
    switches: Vec<String>,
    /// What they say, as far as they are values and API versions.
    facts: Vec<Fact>,
    /// How often something was turned.
    turns: usize,
    /// What it all began with.
    base: Arc<Base>,
    /// Other scenarios in which the same is known to be deployed.
    also: Vec<String>,
    /// The charts whose templates were looked through, by their paths.
    seen: Arc<BTreeSet<String>>,
}

/// A rendering with nothing switched on.
struct Base {
    /// The blocks that did not run in it.
    guards: Vec<Guard>,
    decided: Decisions,
}

/// What the renderings of one chart in one scenario decided.
#[derive(Default)]
struct Trials<'a> {
    /// The conditions that were asked for, by the chart that they were asked for in.
    asked: HashSet<(String, Span)>,
    /// Which way each of them went in some rendering.
    taken: HashSet<Decision>,
    /// What each of them was first asked for in.
    reached: HashMap<Span, Arc<Variant<'a>>>,
}

/// The rounds of renderings and what came of them.
struct Search<'a> {
    sources: &'a Sources,
    survey: &'a Survey,
    found: Survey,
    /// What was turned, by chart, scenario, choice and switches.
    known: BTreeSet<String>,
    /// The images that values name.
    named: Vec<Use>,
    gaps: Vec<Gap>,
    switches: Vec<(String, Span)>,
    /// Renderings that may still be done.
    left: usize,
    /// How many of them may be of pairs.
    pairs: usize,
    /// What was decided, by root chart and scenario: what is off in one may bring something else in another.
    trials: BTreeMap<(PathBuf, String), Trials<'a>>,
    /// The blocks that print whole images.
    blocks: BTreeMap<Decision, Block>,
    /// What else is decided where a value is there, by its path.
    together: BTreeMap<Vec<String>, BTreeSet<Decision>>,
    /// Which templates name images.
    speeches: Speeches,
}

/// Renders each target once more for each dependency and each block of a template that is switched off, with its switch on, and
/// reads the values of the charts that are on. What is deployed already is left out. Nothing when the survey
/// was told to stop meanwhile, which is looked at between renderings.
#[must_use]
pub fn optional(sources: &Sources, targets: &[Target], survey: &Survey) -> Option<Optional> {
    let scenarios = targets.iter().map(|target| target.scenarios.len()).max().unwrap_or(1);
    let mut search = Search {
        sources,
        survey,
        found: Survey::default(),
        known: BTreeSet::new(),
        named: Vec::new(),
        gaps: Vec::new(),
        switches: Vec::new(),
        left: MAX_RENDERINGS * scenarios,
        pairs: MAX_PAIRS,
        trials: BTreeMap::new(),
        blocks: BTreeMap::new(),
        together: BTreeMap::new(),
        speeches: Speeches::default(),
    };
    let (mut round, mut bases) = (Vec::new(), Vec::new());
    for (target, renderer) in targets.iter().zip(survey.renderers.iter()) {
        search.first_round(target, renderer, &mut round, &mut bases);
    }
    for _ in 0..MAX_DEPTH {
        round = search.render(round);
    }
    let uses = search.new_uses(targets);
    let unused = values::unused(search.named.clone(), &survey.inventory, &uses);
    // What no block of a template shows may be guarded in ways that cannot be read: by a helper, by a variable.
    let round: Vec<_> = bases.iter().flat_map(|(base, values)| search.beside(base, values, &unused)).collect();
    search.render(round);
    for _ in 0..MAX_DEPTH {
        search.force();
    }
    let mut uses = search.new_uses(targets);
    let unused = values::unused(search.named, &survey.inventory, &uses);
    uses.extend(unused);
    // What has an invented name is an image that nobody knows.
    let is_named = |used: &Use| used.invented().is_none_or(|invented| invented.start > used.reference.name_range().end);
    uses.retain(is_named);
    let Survey { mut unknown, above_unknown, disabled, .. } = search.found;
    let is_off = |name: &String| survey.disabled.iter().chain(&disabled).any(|(chart, _)| chart == name);
    unknown.extend(above_unknown.into_iter().filter(is_off));
    let found = Optional { uses, unknown, gaps: search.gaps, switches: search.switches };
    (!survey.stop.is_said()).then_some(found)
}

impl<'a> Search<'a> {
    /// The variants of `target` with one switch on each, and the images that its values name.
    fn first_round(
        &mut self,
        target: &'a Target,
        renderer: &'a Renderer,
        round: &mut Vec<Variant<'a>>,
        bases: &mut Vec<(Variant<'a>, Value)>,
    ) {
        let Target { chart, scenarios, .. } = target;
        let names: Vec<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
        // Scenarios that are regions and nothing else differ only in charts that speak of regions.
        let by_region = scenarios.iter().all(|scenario| scenario.region.as_ref() == Some(&scenario.name));
        for (number, scenario) in scenarios.iter().enumerate() {
            // What a switch asks for beside it is no matter: what it brings is.
            let mut tolerant = scenario.clone();
            tolerant.options.is_tolerant = true;
            for choice in choices(chart) {
                // What cannot be processed is told by the survey itself.
                let Ok(processed) = chart.process(&scenario.values, &choice, scenario.options.schemas) else {
                    continue;
                };
                // The values of regions are the same but for the region.
                if !by_region || number == 0 {
                    let own = if by_region { names.as_slice() } else { std::slice::from_ref(&scenario.name) };
                    self.named.extend(values::images(chart, own, &processed, None, &BTreeSet::new()));
                }
                let place = (chart.path.clone(), scenario.name.clone());
                let decided = self.survey.decided.get(&place).cloned().unwrap_or_default();
                let mut found =
                    blocks(renderer, &processed, &decided, &HashSet::new(), &HashSet::new(), &mut self.speeches);
                let guards = std::mem::take(&mut found.guards);
                let base = Variant {
                    renderer,
                    chart,
                    scenario: tolerant.clone(),
                    choice,
                    switches: Vec::new(),
                    facts: Vec::new(),
                    turns: 0,
                    base: Arc::new(Base { guards, decided }),
                    also: Vec::new(),
                    seen: Arc::new(paths(&processed.root)),
                };
                let shared = Variant { also: names.iter().skip(1).cloned().collect(), ..base.clone() };
                let speaks = |charts: &[Arc<Chart>]| !by_region || charts.iter().any(|chart| speaks_of_regions(chart));
                for disabled in &processed.disabled {
                    match speaks(&disabled.charts) {
                        true => round.extend(base.with_dependency(disabled, &mut self.known)),
                        false if number == 0 => round.extend(shared.with_dependency(disabled, &mut self.known)),
                        false => {}
                    }
                }
                for guard in &base.base.guards {
                    let base = if speaks(std::slice::from_ref(&guard.chart)) { &base } else { &shared };
                    if base.also.is_empty() || number == 0 {
                        round.extend(self.turn(base, &guard.facts, &processed));
                    }
                }
                // What does not speak of regions is run by force for all of them at once.
                let reached = if by_region { (number == 0).then_some(&shared) } else { Some(&base) };
                self.learn(&base.place(), reached, &base.base.decided, found);
                bases.push((if by_region { shared } else { base }, processed.values));
            }
        }
    }

    /// Renders a round; what the next one is to try.
    fn render(&mut self, mut round: Vec<Variant<'a>>) -> Vec<Variant<'a>> {
        if let Some(more) = round.len().checked_sub(self.left).filter(|more| *more > 0) {
            let message = format!("{more} switches were not tried: what they would bring is not known");
            self.gaps.push(Gap { message, span: None, is_refusal: false });
        }
        round.truncate(self.left);
        self.left -= round.len();
        let jobs: Vec<_> = round.iter().map(Variant::job).collect();
        let mut next = Vec::new();
        for ((job, outcome), variant) in
            jobs.iter().zip(run_all(&jobs, &self.survey.listed, &self.survey.stop)).zip(&round)
        {
            let problems = self.found.problems.len();
            match outcome {
                Ok(outcome) => {
                    let (processed, decisions) = (outcome.processed.clone(), outcome.decisions.clone());
                    self.found.gather(self.sources, job, outcome);
                    // Those of the charts that were on before have their turn by themselves.
                    let of_new = |disabled: &&Disabled| !variant.seen.contains(&disabled.parent);
                    for disabled in processed.disabled.iter().filter(of_new) {
                        next.extend(variant.with_dependency(disabled, &mut self.known));
                    }
                    let new = paths(&processed.root);
                    let seen = Variant { seen: Arc::new(&new | &variant.seen), ..variant.clone() };
                    if !new.is_subset(&variant.seen) {
                        let (when, scenarios) = (job.when.as_deref(), variant.scenarios());
                        self.named.extend(values::images(variant.chart, &scenarios, &processed, when, &variant.seen));
                    }
                    if let Some(found) = self.news(variant, &processed, &decisions) {
                        for guard in &found.guards {
                            next.extend(self.turn(&seen, &guard.facts, &processed));
                        }
                        self.learn(&seen.place(), Some(&seen), &decisions, found);
                    }
                    next.extend(self.pairs(&seen, &decisions, &processed));
                    let trials = self.trials.entry(variant.place()).or_default();
                    trials.taken.extend(decisions.iter().map(|(_, decision)| decision));
                }
                Err(error) => self.found.refuse(self.sources, job, &error, None),
            }
            let new: Vec<Gap> = self.found.problems[problems..].iter().filter_map(|new| self.gap(new, job)).collect();
            self.gaps.extend(new);
        }
        next
    }

    /// `variant`, in which one thing is turned, with another one turned as well: each block whose condition it asked for more often
    /// than the rendering without it, as where an object that it brings includes the template of another one.
    fn pairs(&mut self, variant: &Variant<'a>, decisions: &Decisions, processed: &Processed) -> Vec<Variant<'a>> {
        let base = variant.base.clone();
        let is_asked_anew =
            |decision: &Decision| decisions.has_more(&Decision { taken: !decision.taken, ..*decision }, &base.decided);
        let mut round = Vec::new();
        for guard in base.guards.iter().filter(|_| variant.turns == 1) {
            if variant.is_about(&guard.facts) || !guard.decisions.iter().any(is_asked_anew) {
                continue;
            }
            round.extend(self.turn(variant, &guard.facts, processed));
        }
        if let Some(more) = round.len().checked_sub(self.pairs).filter(|more| *more > 0) {
            let message = format!("{more} pairs of switches were not tried: what only both would bring is not known");
            self.gaps.push(Gap { message, span: None, is_refusal: false });
        }
        round.truncate(self.pairs);
        self.pairs -= round.len();
        round
    }

    /// The blocks of templates in `variant`, when conditions were asked for that no rendering of the same scenario has asked for
    /// before.
    fn news(&mut self, variant: &Variant<'a>, processed: &Processed, decisions: &Decisions) -> Option<Blocks> {
        let Trials { asked, taken, .. } = self.trials.entry(variant.place()).or_default();
        let is_news = decisions.iter().any(|(chart, decision)| !asked.contains(&(chart.to_owned(), decision.place)));
        is_news.then(|| blocks(variant.renderer, processed, decisions, asked, taken, &mut self.speeches))
    }

    /// Notes what was decided at `place`, the blocks of the templates there, and in which variant they were `reached`.
    fn learn(
        &mut self,
        place: &(PathBuf, String),
        reached: Option<&Variant<'a>>,
        decisions: &Decisions,
        Blocks { blocks, together, .. }: Blocks,
    ) {
        let reached = reached.map(|variant| Arc::new(variant.clone()));
        let trials = self.trials.entry(place.clone()).or_default();
        for (chart, decision) in decisions.iter() {
            trials.asked.insert((chart.to_owned(), decision.place));
            trials.taken.insert(*decision);
            if let Some(variant) = &reached {
                trials.reached.entry(decision.place).or_insert_with(|| variant.clone());
            }
        }
        for block in blocks {
            self.blocks.entry(block.decision).or_insert(block);
        }
        for (path, decision) in together {
            self.together.entry(path).or_default().insert(decision);
        }
    }

    /// Runs by force each block that was reached and that no rendering of its scenario has run, or for some only, alone and with what else its value
    /// decides. What Helm would refuse then says nothing: the values are not there that would let it run.
    fn force(&mut self) {
        let (mut round, mut joint) = (Vec::new(), Vec::new());
        let blocks = self.blocks.iter().flat_map(|block| self.trials.values().map(move |trials| (block, trials)));
        for ((decision, Block { words, path, ran_for_some, .. }), Trials { taken, reached, .. }) in blocks {
            let Some(variant) = reached.get(&decision.place).filter(|_| *ran_for_some || !taken.contains(decision))
            else {
                continue;
            };
            round.extend(variant.with_blocks(&[*decision], words, &mut self.known));
            let others = path.as_ref().and_then(|path| self.together.get(path)).filter(|others| others.len() > 1);
            let others: Option<Vec<Decision>> = others.map(|others| others.iter().copied().collect());
            joint.extend(others.and_then(|others| variant.with_blocks(&others, words, &mut self.known)));
        }
        round.extend(joint);
        round.truncate(MAX_FORCED * self.trials.len());
        let jobs: Vec<_> = round.iter().map(Variant::job).collect();
        for ((job, outcome), variant) in
            jobs.iter().zip(run_all(&jobs, &self.survey.listed, &self.survey.stop)).zip(&round)
        {
            let Ok(mut outcome) = outcome else { continue };
            outcome.refusals.clear();
            let (processed, decisions) = (outcome.processed.clone(), outcome.decisions.clone());
            self.found.gather(self.sources, job, outcome);
            if let Some(found) = self.news(variant, &processed, &decisions) {
                self.learn(&variant.place(), Some(variant), &decisions, found);
            }
            let trials = self.trials.entry(variant.place()).or_default();
            trials.taken.extend(decisions.iter().map(|(_, decision)| decision));
        }
    }

    /// What a trial could not show, unless it is known of the charts as they stand.
    fn gap(&self, problem: &Problem, job: &Job<'_>) -> Option<Gap> {
        let switches = job.when.as_deref().unwrap_or_default().replace(", ", " and ");
        let place = |problem: &Problem| match problem {
            Problem::Unrenderable { span, .. } | Problem::Unavailable { span, .. } => Some(*span),
            Problem::Ambiguous(_) => None,
        };
        let span = place(problem)?;
        let message = match problem {
            Problem::Unrenderable { chart, message, .. } => {
                format!("with {switches} on, {}", verdict(&chart.name, message))
            }
            Problem::Unavailable { chart, parent, .. } => {
                format!("with {switches} on, {parent} would need {chart}, which is not in its charts/")
            }
            Problem::Ambiguous(_) => return None,
        };
        let known = self.survey.problems.iter().any(|known| place(known) == Some(span));
        let message = format!("{message}; so not all is known of what it could deploy");
        (!known).then_some(Gap { message, span: Some(span), is_refusal: false })
    }

    /// `base` where `facts` hold, once.
    fn turn(&mut self, base: &Variant<'a>, facts: &[Fact], processed: &Processed) -> Option<Variant<'a>> {
        self.note_places(facts, &processed.values);
        base.with_facts(facts, &mut self.known)
    }

    /// Notes where the value of each of `facts` is otherwise.
    fn note_places(&mut self, facts: &[Fact], values: &Value) {
        for fact in facts {
            let Some((path, _)) = fact.value() else { continue };
            let origins = match path.iter().try_fold(values, |value, key| value.get(key)) {
                Some(Value::Bool(_, origins) | Value::Null(origins)) => origins.clone(),
                Some(Value::String(text)) => text.origins(),
                _ => continue,
            };
            let place = origins.as_ref().map(Origin::places).unwrap_or_default();
            let new = place.first().map(|(span, ..)| (fact.words(), *span));
            self.switches.extend(new.filter(|new| !self.switches.contains(new)));
        }
    }

    /// `base` with the switches on that stand beside and above each of the images that values name in vain: the nearest, and
    /// all.
    fn beside(&mut self, base: &Variant<'a>, values: &Value, unused: &[Use]) -> Vec<Variant<'a>> {
        let mut round = Vec::new();
        // What a switch was turned for has its turn by that.
        let path = |used: &'_ Use| {
            let path = values::path_of(used).filter(|_| used.root == base.chart.path)?.to_owned();
            (used.when == Some(printed(&path))).then_some(path)
        };
        for path in unused.iter().filter_map(path) {
            let path: Vec<&str> = path.split('.').collect();
            let facts = beside(values, &path);
            let nearest = &facts[..facts.len().min(1)];
            for facts in [nearest, facts.as_slice()].into_iter().filter(|facts| !facts.is_empty()) {
                self.note_places(facts, values);
                round.extend(base.with_facts(facts, &mut self.known));
            }
        }
        round
    }

    /// What was found and is not deployed: of each chart the images that it does not deploy anyway in the same scenario. What is on in one
    /// region and off in another is that region's doing.
    fn new_uses(&mut self, targets: &[Target]) -> Vec<Use> {
        self.found.settle(targets);
        let known = &self.survey.inventory.uses;
        let mut deployed: HashMap<(&[String], &str), BTreeSet<&String>> = HashMap::new();
        for used in known.iter().filter(|used| used.when.is_none()) {
            let scenarios = deployed.entry((used.path.as_slice(), used.reference.as_str())).or_default();
            scenarios.extend(&used.scenarios);
        }
        let mut uses = self.found.inventory.uses.clone();
        for used in &mut uses {
            let named = known.iter().filter(|other| other.text == used.text && other.slot() == used.slot());
            let mut on: BTreeSet<&String> = named.flat_map(|other| &other.scenarios).collect();
            on.extend(deployed.get(&(used.path.as_slice(), used.reference.as_str())).into_iter().flatten());
            let is_regional = used.when.as_deref().is_some_and(is_regional);
            used.scenarios.retain(|scenario| !on.contains(scenario) && (on.is_empty() || !is_regional));
        }
        uses.retain(|used| !used.scenarios.is_empty());
        uses
    }
}

/// The paths of `node` and of the charts below it.
fn paths(node: &ChartNode) -> BTreeSet<String> {
    let below = node.subcharts.iter().flat_map(paths);
    std::iter::once(node.path.clone()).chain(below).collect()
}

impl Variant<'_> {
    fn job(&self) -> Job<'_> {
        Job {
            renderer: self.renderer,
            chart: self.chart,
            scenario: &self.scenario,
            choice: self.choice.clone(),
            when: Some(self.switches.join(", ")),
            also: &self.also,
        }
    }

    /// The root chart and the scenario.
    fn place(&self) -> (PathBuf, String) {
        (self.chart.path.clone(), self.scenario.name.clone())
    }

    /// Whether one of `facts` is about something that was turned already.
    fn is_about(&self, facts: &[Fact]) -> bool {
        facts.iter().any(|fact| self.facts.iter().any(|known| known.same_subject(fact)))
    }

    /// The names of all scenarios that it stands for.
    fn scenarios(&self) -> Vec<String> {
        [&self.scenario.name].into_iter().chain(&self.also).cloned().collect()
    }

    /// This rendering with `disabled` on, by each of the values that do that, unless that is `known`.
    fn with_dependency(&self, disabled: &Disabled, known: &mut BTreeSet<String>) -> Vec<Self> {
        let switches = disabled.cause.switches().into_iter();
        switches.filter_map(|path| self.with_facts(&[Fact::Switch(path, true)], known)).collect()
    }

    /// This rendering where `facts` hold, unless that is `known`.
    fn with_facts(&self, facts: &[Fact], known: &mut BTreeSet<String>) -> Option<Self> {
        self.with(facts, facts.iter().map(Fact::words).collect(), known)
    }

    /// This rendering with blocks run by force, whose condition is `words`, unless that is `known`.
    fn with_blocks(&self, blocks: &[Decision], words: &str, known: &mut BTreeSet<String>) -> Option<Self> {
        let key = format!("{:?} {} {:?} {blocks:?}", self.chart.path, self.scenario.name, self.choice);
        let mut variant = self.turned(vec![words.to_owned()], key, known)?;
        let forced = self.scenario.options.forced.iter().chain(blocks).copied();
        variant.scenario.options.forced = forced.collect();
        Some(variant)
    }

    fn with(&self, facts: &[Fact], names: Vec<String>, known: &mut BTreeSet<String>) -> Option<Self> {
        let mut all = [self.switches.as_slice(), &names].concat();
        all.sort();
        let key = format!("{:?} {} {:?} {}", self.chart.path, self.scenario.name, self.choice, all.join(", "));
        let mut variant = self.turned(names, key, known)?;
        variant.facts.extend_from_slice(facts);
        let mut values = self.scenario.values.as_map().cloned().unwrap_or_default();
        for fact in facts {
            if let Some((path, value)) = fact.value() {
                values = merge(&values, &under(path, value));
            }
            if let Fact::Capability(version) = fact {
                variant.scenario.options.api_versions.push(version.clone());
            }
        }
        variant.scenario.values = Value::Map(Arc::new(values));
        Some(variant)
    }

    /// This with more that is turned, called `names`, unless `key` is known.
    fn turned(&self, names: Vec<String>, key: String, known: &mut BTreeSet<String>) -> Option<Self> {
        if !known.insert(key) {
            return None;
        }
        let mut variant = self.clone();
        variant.switches.extend(names);
        variant.turns += 1;
        Some(variant)
    }
}

/// `value` under `path`.
fn under(path: &[String], value: Value) -> Map {
    let keys = path.iter().rev().map(|key| Text::new(key));
    let value = keys.fold(value, |value, key| Value::Map(Arc::new(Map::from([(key, value)]))));
    match value {
        Value::Map(map) => Arc::unwrap_or_clone(map),
        _ => Map::new(),
    }
}
