//! The main job: a list held against the charts that it names. One computation; every command and format presents it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::cause::keep_one_per_cause;
use super::context::Context;
use super::coverage::coverage;
use super::defect::contained;
use super::deployment::{held, hold, is_wanted, named_regions};
use super::exemption::{Exemptions, Idleness};
use super::gaps::{gaps, in_vain, said_with_place, under, unjudged, unread, unrendered};
use super::note::speaks_of_region;
use super::overridden::{Overridden, overridden};
use super::passed_over::Said;
use super::plan::{Plan, Pushed, plan, unknown};
use super::reading::{listed, meant, named_by, noted, read_list};
use super::reconcile::{Coverage, Listed, Reconciliation, reconcile};
use super::settings::Levels;
use super::supply;
use super::suppress::{self, Configured};
use super::targets::{Finder, Targets};
use super::text_files::TextFiles;
use super::verdict::Verdict;
use super::{Assumption, Edit, Finding, Fix, Refusal, Rule, Settings, Workspace, rule, rules};
use crate::chart::Chart;
use crate::image::Reference;
use crate::inventory::{
    ChartName, Gap, Inventory, Problem, Survey, Target, Use, dynamic, in_regions, may_change, mention, optional,
    regions_in, regions_named, regions_of,
};
use crate::mirror::List;
use crate::source::{Sources, Span};

/// The outcome for all lists of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// The lists.
    pub lists: Vec<CheckedList>,
    /// The findings, by path, place and rule.
    pub findings: Vec<Finding>,
    /// The files of values and objects that it was told to read.
    pub inputs: Vec<PathBuf>,
    /// Whether rules were left out, so that no findings does not mean that all is well.
    pub narrowed: bool,
    /// The rules that the configuration switches off, by name.
    pub off: Vec<&'static str>,
    /// Since when it is, when findings that were there before are left out.
    pub since: Option<Since>,
    /// Lists that could not be checked, and folders that could not be looked into: exit code 2.
    pub errors: Vec<Refusal>,
}

impl Checked {
    /// Adds what was found in another workspace.
    pub fn add(&mut self, other: Self) {
        if self.root != other.root {
            self.root = PathBuf::new();
        }
        self.lists.extend(other.lists);
        self.inputs.extend(other.inputs);
        let off: BTreeSet<_> = self.off.iter().copied().chain(other.off).collect();
        self.off = off.into_iter().collect();
        // What is wrong with a chart is said once.
        let new = |finding: &Finding| {
            self.findings.iter().all(|known| (known.kind(), known.span) != (finding.kind(), finding.span))
        };
        let new: Vec<_> = other.findings.into_iter().filter(new).collect();
        self.findings.extend(new);
        Finding::number(&mut self.findings);
    }

    /// Adds an error, unless it is known.
    pub fn add_error(&mut self, error: Refusal) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}

/// What is left out because a revision had it already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The revision, as it was asked for.
    pub revision: String,
    /// How many findings.
    pub left_out: usize,
}

/// The rule that tells of merges that were left undecided.
const INVALID: &str = "invalid-entry";

/// One list and what it was held against.
#[derive(Clone, Debug)]
pub struct CheckedList {
    /// Where it lies.
    pub path: PathBuf,
    /// The number of its entries.
    pub entries: usize,
    /// The root charts.
    pub charts: Vec<CheckedChart>,
    /// Whether source notes name charts in them.
    pub by_notes: bool,
    /// The names of the scenarios.
    pub scenarios: Vec<String>,
    /// The number of images that the charts deploy.
    pub images: usize,
    /// Whether there are charts of which it is not known what they deploy, so that no findings does not mean that all is well.
    pub uncertain: bool,
    /// What was assumed.
    pub assumed: Vec<Assumption>,
    /// What was passed over or cannot be known, in sentences: what asks for a look.
    pub notes: Vec<String>,
    /// What the copy script makes of it.
    pub plan: Plan,
    /// Everything that the charts deploy.
    pub inventory: Inventory,
    /// The verdicts on the entries with a well-formed image, by their index among the list's entries. Uses are indices into
    /// those of the inventory, with [`Inventory::aside`] behind them.
    pub verdicts: BTreeMap<usize, Verdict>,
    /// What is deployed and neither listed nor exempt, by index.
    pub missing: Vec<usize>,
}

impl CheckedList {
    /// The use of that index.
    #[must_use]
    pub fn used(&self, at: usize) -> Option<&Use> {
        self.inventory.used(at)
    }

    /// All that was assumed and passed over, in sentences.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        let assumed = self.assumed.iter().map(|assumption| &assumption.sentence);
        assumed.chain(&self.notes).map(String::as_str)
    }
}

/// A root chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedChart {
    /// Its name and version.
    pub name: ChartName,
    /// Its folder or package.
    pub path: PathBuf,
}

/// Checks the lists of `workspace`, or those that the configuration names. What keeps one of them from being checked (it is no
/// text, there is no chart to hold it against) is among [`Checked::errors`]; the others are checked all the same. Where
/// [`super::Kept::stop`] is said meanwhile it ends early, and what it gives is of no use.
///
/// # Errors
/// When the settings make no sense.
pub fn check(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Result<Checked, Refusal> {
    let mut checked = Checked { root: workspace.root.clone(), inputs: settings.inputs(), ..Checked::default() };
    let levels = Levels::of(settings)?;
    checked.off = levels.off();
    let files = TextFiles::of(workspace, settings);
    let finder = Finder::new(sources, workspace, settings);
    let run = Run { sources, workspace, settings, levels: &levels, files: &files, finder: &finder };
    let mut configured = Configured::of(settings)?;
    let mut whole = Leftover::default();
    let mut searched = workspace.searched;
    for path in workspace.lists.iter().take_while(|_| !settings.kept.stop().is_said()) {
        match contained(path, || run.check_list(path)) {
            Ok((list, findings, leftover)) => {
                checked.lists.push(list);
                checked.findings.extend(findings);
                searched |= leftover.searched;
                whole.add(leftover);
            }
            Err(error) => {
                whole.unsure = true;
                checked.add_error(error);
            }
        }
    }
    if searched {
        workspace.unread.iter().for_each(|unread| checked.add_error(unread.into()));
    }
    configured.suppress(sources, &mut checked.findings);
    // What one list has no need of, another one may have.
    if !workspace.partial {
        let faults = configured.at_fault(&whole.exemptions, &|rule| run.is_doubtful(rule, whole.unsure));
        let unused = rule(suppress::UNUSED);
        checked.findings.extend(unused.iter().flat_map(|rule| rules::unused_suppression::configured(rule, &faults)));
    }
    checked.findings = checked.findings.into_iter().filter_map(|finding| levels.apply(finding)).collect();
    keep_one_per_cause(&mut checked.findings, &settings.unasked);
    // What is wrong with a chart is said once, however many lists it is for.
    let mut known = BTreeSet::new();
    checked.findings.retain(|finding| known.insert((finding.kind(), finding.span, finding.message.clone())));
    checked.findings.sort_by_cached_key(|finding| {
        let file = sources.get(finding.span.file);
        let in_list = workspace.lists.iter().any(|list| list == file.path());
        // How the list is written comes first, so that fixes at one place follow each other as they should.
        let first = finding.rule.group != "list";
        let rank = finding.order().cloned();
        (!in_list, file.path().to_owned(), finding.span.start, first, rank, finding.rule.id, finding.message.clone())
    });
    Finding::number(&mut checked.findings);
    Ok(checked)
}

/// What a list would be held against.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The list.
    pub list: PathBuf,
    /// The root charts.
    pub charts: Vec<CheckedChart>,
    /// The scenarios, each in one line.
    pub scenarios: Vec<String>,
    /// Why, and what was passed over, in sentences.
    pub notes: Vec<String>,
}

/// Decides what the lists of `workspace` would be held against; renders nothing.
///
/// # Errors
/// As [`check`].
pub fn decide(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Result<Vec<Decision>, Refusal> {
    Levels::of(settings)?;
    let finder = Finder::new(sources, workspace, settings);
    let decide = |path: &PathBuf| {
        let configured = settings.configured(path);
        let file = read_list(sources, path).map_err(|error| named_by(configured, error))?;
        let list = List::parse(file, sources.get(file).text());
        let listed = listed(&list);
        let named = named_regions(path, &listed, &Exemptions::of(&list, settings), settings);
        let Targets { targets, problems, assumed, notes: told, lost, .. } =
            finder.of_list(path, &named, &noted(&list), configured)?;
        let mut notes: Vec<String> = assumed.into_iter().map(|assumption| assumption.sentence).chain(told).collect();
        notes.extend(lost.into_iter().map(|lost| lost.message));
        let mut scenarios: Vec<String> = Vec::new();
        for scenario in targets.iter().flat_map(|target| &target.scenarios) {
            let line = scenario.to_string();
            if !scenarios.contains(&line) {
                scenarios.push(line);
            }
        }
        notes.extend(problems.iter().filter_map(|problem| match problem {
            Problem::Unrenderable { chart, message, .. } => Some(format!("{} cannot be loaded: {message}", chart.name)),
            _ => None,
        }));
        let all = supply::supplies(targets.iter().map(|target| &target.chart));
        notes.extend(all.into_iter().filter(|sentence| !notes.contains(sentence)).collect::<Vec<_>>());
        let charts = targets.iter().map(|target| checked_chart(&target.chart)).collect();
        Ok(Decision { list: path.clone(), charts, scenarios, notes })
    };
    workspace.lists.iter().map(decide).collect()
}

/// What the charts of `workspace` deploy by themselves; its lists say no more than which those are, and under which scenarios. What
/// of them cannot be rendered is among [`Inventory::gaps`].
///
/// # Errors
/// As [`check`].
pub fn images(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Result<Inventory, Refusal> {
    let mut inventory = Inventory::default();
    for held in held(sources, workspace, settings) {
        let (Targets { targets, problems, .. }, mut survey) = held?;
        survey.problems.extend(problems);
        survey.inventory.gaps = gaps(&survey.problems, &scenario_names(&targets));
        survey.inventory.gaps.extend(unread(&survey));
        survey.inventory.gaps.extend(in_vain(&survey, &targets, settings));
        survey.inventory.gaps.extend(survey.misheard());
        if settings.optional {
            survey.add_optional(optional(sources, &targets, &survey).unwrap_or_default());
        }
        inventory.extend(survey.inventory);
    }
    Ok(inventory)
}

/// The names of the scenarios of `targets`, each once.
fn scenario_names(targets: &[Target]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for scenario in targets.iter().flat_map(|target| &target.scenarios) {
        if !names.contains(&scenario.name) {
            names.push(scenario.name.clone());
        }
    }
    names
}

/// What one run of the linter is told.
struct Run<'a> {
    sources: &'a Sources,
    workspace: &'a Workspace,
    settings: &'a Settings,
    levels: &'a Levels,
    files: &'a TextFiles<'a>,
    finder: &'a Finder<'a>,
}

/// What the lists leave to be said of the configuration.
#[derive(Default)]
struct Leftover {
    /// What each of its exemptions is good for.
    exemptions: Vec<Idleness>,
    /// Whether there are charts of which it is not known what they deploy.
    unsure: bool,
    /// Whether charts were looked for in the workspace.
    searched: bool,
}

impl Leftover {
    fn add(&mut self, other: Self) {
        self.unsure |= other.unsure;
        self.exemptions.resize(other.exemptions.len(), Idleness::Unmatched);
        self.exemptions.iter_mut().zip(other.exemptions).for_each(|(mine, other)| *mine = (*mine).max(other));
    }
}

impl Run<'_> {
    fn check_list(&self, path: &Path) -> Result<(CheckedList, Vec<Finding>, Leftover), Refusal> {
        let Self { sources, workspace, settings, .. } = *self;
        let configured = settings.configured(path);
        let file = read_list(sources, path).map_err(|error| named_by(configured, error))?;
        let list = List::parse(file, sources.get(file).text());
        let listed = listed(&list);
        let mut exemptions = Exemptions::of(&list, settings);
        let stop = settings.kept.stop();
        let (found, mut survey) = hold(sources, settings, self.finder, (path, &list, &listed), &exemptions)?;
        let Targets { targets, problems, assumed, mut notes, blind, lost, searched, by_notes, passed_over, .. } = found;
        let blind = blind || !problems.is_empty();
        survey.problems.extend(problems);
        let registry = settings.registry.as_deref();
        let own = |inventory: &Inventory| overridden(&listed, inventory, registry, &targets);
        let Overridden { uses, under } = own(&survey.inventory);
        let mut coverage =
            Coverage { blind, overridden: uses, under, meant: meant(&list), ..coverage(sources, &survey) };
        let mut reconciliation = reconcile(&listed, &survey.inventory, &coverage);
        let references: Vec<Reference> = listed.iter().map(|entry| entry.reference.clone()).collect();
        let narrowed = !settings.regions.is_empty() && !regions_of(&references).is_empty();
        if narrowed || reconciliation.asks_for_regions() {
            coverage.narrowed = narrowed;
            coverage.built = built(sources, &targets, &survey, if narrowed { &references } else { &[] });
            if narrowed {
                let deployed = coverage.built.iter().filter(|used| used.when.is_none());
                survey.inventory.aside.extend(deployed.cloned());
            }
            reconciliation = reconcile(&listed, &survey.inventory, &coverage);
            let regions = reconciliation.regions_in_doubt(&listed);
            if !regions.is_empty() {
                coverage.possible = in_regions(sources, &targets, &survey, &regions, true).uses;
                reconciliation = reconcile(&listed, &survey.inventory, &coverage);
            }
        }
        // Rendering what is switched off takes as long again as everything else: only where it can change a verdict.
        let is_ahead = settings.kept.is_ahead();
        let asks = || {
            // What an exemption matches must not hang on whether some entry is wrong.
            let idle = exemptions.idleness(&listed, &HashSet::new(), &survey.inventory);
            idle.contains(&Idleness::Unmatched) || reconciliation.asks_for_optional()
        };
        if settings.optional || is_ahead || asks() {
            let found = settings.kept.optional(sources, &targets, &survey);
            coverage.disabled_unknown.clone_from(&found.unknown);
            survey.add_optional(found);
            Overridden { uses: coverage.overridden, under: coverage.under } = own(&survey.inventory);
            reconciliation = reconcile(&listed, &survey.inventory, &coverage);
        }
        is_wanted(stop)?;
        if is_ahead {
            passed_over.prepare(sources, &settings.kept, &listed);
        }
        let said =
            passed_over.ask(sources, &settings.kept, (&listed, &coverage.meant), &reconciliation, &survey.inventory);
        let Said { verdicts, exact, aside, problems, malformed, unsure, disabled_unknown, note } = said;
        if !(verdicts.is_empty() && exact.is_empty()) {
            (coverage.elsewhere, coverage.exactly_elsewhere) = (verdicts, exact);
            reconciliation = reconcile(&listed, &survey.inventory, &coverage);
        }
        coverage.disabled_unknown.extend(disabled_unknown);
        // What no trial shows may still be made of pieces of text: that is for people to look at.
        for (verdict, entry) in reconciliation.verdicts.iter_mut().zip(&listed) {
            if *verdict == Verdict::Stale {
                let mut all = targets.iter().chain(&passed_over.targets);
                let uses = || survey.inventory.uses.iter().chain(&survey.inventory.aside).chain(&aside);
                let found = all.find_map(|target| mention(&target.chart, &entry.reference, uses()));
                let absent = if coverage.may_hide(entry) { Verdict::Unknown } else { Verdict::Stale };
                *verdict = found.map_or(absent, Verdict::Mentioned);
            }
        }
        survey.inventory.aside.extend(aside);
        survey.problems.extend(problems);
        survey.inventory.malformed.extend(malformed);
        exemptions.with_variants(survey.inventory.uses.iter().cloned());
        if exemptions.ask_for_regions(&survey.inventory) {
            let named = targets.iter().flat_map(|target| regions_named(&target.chart));
            let regions: BTreeSet<String> = named.chain(exemptions.globs().flat_map(regions_in)).collect();
            let regions: Vec<String> = regions.into_iter().collect();
            exemptions.with_variants(in_regions(sources, &targets, &survey, &regions, true).uses);
        }
        for used in &mut survey.inventory.uses {
            used.exempt = exemptions.reason(used).map(str::to_owned);
        }
        let needed = |at: &usize| !exemptions.cover(&survey.inventory.uses[*at]);
        reconciliation.missing.retain(needed);
        reconciliation.missing_operands.retain(needed);
        let mut suspects = undocumented(sources, &list, &listed, &reconciliation, &survey.inventory);
        // New entries are documented at once.
        let missing = reconciliation.missing.iter().chain(&reconciliation.missing_operands);
        suspects.extend(missing.filter(|at| may_change(sources, &survey.inventory.uses[**at])));
        let dynamic = dynamic(sources, &targets, &survey, &suspects);
        let charts: Vec<_> = targets.iter().map(|target| target.chart.clone()).collect();
        let overridden = &coverage.overridden;
        let mut unmirrored = overridden.clone();
        unmirrored.retain(needed);
        let mut off = self.levels.off();
        off.extend(suppress::allowed(settings, path));
        let context = Context {
            sources,
            list: &list,
            charts: &charts,
            listed: &listed,
            reconciliation: &reconciliation,
            inventory: &survey.inventory,
            problems: &survey.problems,
            lost: &lost,
            overridden: &unmirrored,
            switches: &survey.switches,
            regions: &survey.regions,
            dynamic: &dynamic,
            files: self.files,
            off: &off,
            faults: &[],
        };
        let unsure = unsure || blind || !coverage.unknown.is_empty();
        let judged = reconciliation.verdicts.iter().flat_map(Verdict::uses).copied();
        // What comes from the team's registry already is exempt from another rule.
        let judged = judged.filter(|at| !overridden.contains(at)).collect();
        let mut idle = exemptions.idleness(&listed, &judged, &survey.inventory);
        if unsure || !survey.inventory.malformed.is_empty() {
            idle.fill(Idleness::Busy);
        }
        let in_list = exemptions.in_list().min(idle.len());
        let of_configuration = idle.split_off(in_list);
        let mut findings = self.findings(&context, unsure, &idle);
        let leftover = Leftover { exemptions: of_configuration, unsure, searched };
        notes.extend(note);
        let scenarios = scenario_names(&targets);
        notes.extend(unrendered(&survey.problems, &scenarios));
        notes.extend(unjudged(&listed, &reconciliation.verdicts, !coverage.meant.is_empty()));
        let mut known = gaps(&survey.problems, &scenarios);
        known.extend(lost.iter().map(|lost| Gap { message: lost.message.clone(), span: None, is_refusal: false }));
        let mut told = unread(&survey);
        told.extend(in_vain(&survey, &targets, settings));
        notes.extend(told.iter().map(|gap| said_with_place(sources, workspace, gap)));
        known.extend(told);
        known.extend(survey.misheard());
        survey.inventory.gaps.splice(0..0, known);
        say_scenarios(&mut findings, &scenarios, &survey.inventory);
        let verdicts = reconciliation.verdicts.iter().flat_map(|verdict| verdict.uses());
        let missing = reconciliation.missing.iter().chain(&reconciliation.missing_operands);
        let missing = missing.chain(&reconciliation.reserved);
        let is_on = |at: &usize| survey.inventory.uses.get(*at).is_some_and(|used| used.when.is_none());
        let wanted: BTreeSet<usize> = verdicts.chain(missing).chain(overridden).copied().filter(is_on).collect();
        let pushed = Pushed { overridden, registry };
        let is_entry = |used: &Use| listed.iter().any(|entry| entry.name == used.reference.path());
        let unfilled: Vec<&Use> = overridden
            .iter()
            .filter(|at| is_on(at))
            .map(|at| &survey.inventory.uses[*at])
            .filter(|used| !is_entry(used))
            .collect();
        let unknown = unknown(&listed, &reconciliation.verdicts, &survey.problems, &lost, &unfilled);
        let plan = plan(&list, &survey.inventory, &wanted, &pushed, &exemptions, &unknown);
        let entries = listed.iter().map(|listed| listed.entry);
        let missing = [reconciliation.missing.as_slice(), &reconciliation.missing_operands].concat();
        let checked = CheckedList {
            uncertain: unsure || !passed_over.broken.is_empty() || reconciliation.verdicts.contains(&Verdict::Unknown),
            plan,
            path: path.to_owned(),
            entries: list.entries.len(),
            charts: targets.iter().map(|target| checked_chart(&target.chart)).collect(),
            by_notes,
            scenarios,
            images: survey.inventory.count(),
            assumed,
            notes,
            verdicts: entries.zip(reconciliation.verdicts).collect(),
            missing,
            inventory: survey.inventory,
        };
        Ok((checked, findings, leftover))
    }

    /// What the rules find and the list's suppressions leave, and what is to be said of those.
    fn findings(&self, context: &Context<'_>, unsure: bool, idle: &[Idleness]) -> Vec<Finding> {
        let on = |rule: &&Rule| !self.levels.is_off(rule);
        let mut findings: Vec<_> = rules().iter().filter(on).flat_map(|rule| (rule.check)(rule, context)).collect();
        let list = context.list;
        withhold(list, &mut findings);
        hold_back(list, &mut findings);
        let mut faults = suppress::suppress(list, &mut findings, &|rule| self.is_doubtful(rule, unsure));
        faults.extend(suppress::exemptions_at_fault(list, idle));
        let context = Context { faults: &faults, ..*context };
        findings.extend(rule(suppress::UNUSED).iter().flat_map(|rule| (rule.check)(rule, &context)));
        // While a merge is undecided, nobody knows which of its lines are meant; that it is undecided is told.
        let merges: Vec<Span> = list.merges().into_iter().map(|merge| list.span_of_lines(merge)).collect();
        let within = |span: Span| {
            merges.iter().any(|merge| merge.file == span.file && merge.range().contains(&(span.start as usize)))
        };
        findings.retain(|finding| finding.rule.id == INVALID || !within(finding.span));
        findings
    }

    /// Whether it says nothing of a suppression of `rule` that it silences nothing: the rule is off, or depends on charts
    /// of which it is not known what they deploy.
    fn is_doubtful(&self, rule: &Rule, unsure: bool) -> bool {
        self.levels.is_off(rule) || (unsure && rule.group != "list")
    }
}

/// Takes away the fixes that write to a part of an entry which the shell reads otherwise than it stands: a quote could lose its other
/// half. The line is mended as a whole first.
fn withhold(list: &List, findings: &mut [Finding]) {
    let odd = list.entries.iter().filter(|entry| !entry.is_verbatim());
    let odd: Vec<Span> = odd.map(|entry| Span { end: entry.value.span.end, ..entry.name.span }).collect();
    let cuts = |edit: &Edit, line: &Span| {
        let (start, end) = (edit.span.start, edit.span.end);
        let is_whole = start <= line.start && line.end <= end;
        edit.span.file == line.file && start < line.end && line.start < end && !is_whole
    };
    let refused = |fix: &Fix| fix.edits().iter().any(|edit| odd.iter().any(|line| cuts(edit, line)));
    let told = findings.iter_mut().filter(|finding| finding.fixes.iter().any(refused));
    told.for_each(|finding| finding.withhold(refused));
}

/// Takes away the fixes for entries that somebody wrote a suppression for which is not read as one: what it was to keep would be gone
/// before anybody mends it. What mends it stays.
fn hold_back(list: &List, findings: &mut [Finding]) {
    for (entry, place) in
        list.entries.iter().enumerate().filter_map(|(at, entry)| Some((entry, suppress::unread(list, at)?)))
    {
        let line = Span { end: entry.value.span.end, ..entry.name.span };
        let touches = |span: Span| span.file == line.file && span.start < line.end && line.start < span.end;
        for finding in findings.iter_mut() {
            let is_about = finding.entry.as_ref() == Some(&entry.name.text);
            let mends = finding.span == place;
            let refused = |fix: &Fix| is_about || fix.edits().iter().any(|edit| touches(edit.span));
            if !mends && finding.fixes.iter().any(refused) {
                finding.withhold(refused);
            }
        }
    }
}

/// Says of each finding under which of `scenarios` it holds: of an image, where it is deployed. Where that is everywhere, there is
/// nothing to say.
fn say_scenarios(findings: &mut [Finding], scenarios: &[String], inventory: &Inventory) {
    for finding in findings.iter_mut().filter(|finding| !finding.scenarios.is_empty()) {
        let expected = finding.expected.as_deref();
        let same = |used: &&Use| used.when.is_none() && expected == Some(used.reference.as_str());
        let holds = |name: &&String| {
            finding.scenarios.contains(name)
                || inventory.uses.iter().filter(same).any(|used| used.scenarios.contains(name))
        };
        let under: Vec<String> = scenarios.iter().filter(holds).cloned().collect();
        let said = self::under(&under, scenarios).unwrap_or_default();
        finding.message.push_str(&said);
        finding.scenarios = under;
    }
}

/// What the charts build in all regions that they name, and in those of `listed`.
fn built(sources: &Sources, targets: &[Target], survey: &Survey, listed: &[Reference]) -> Vec<Use> {
    let named = targets.iter().flat_map(|target| regions_named(&target.chart));
    let regions: BTreeSet<String> = named.chain(regions_of(listed)).collect();
    let regions: Vec<String> = regions.into_iter().collect();
    in_regions(sources, targets, survey, &regions, false).uses
}

/// The uses for which it matters whether they change with the region: of entries whose comments do not speak of it.
fn undocumented(
    sources: &Sources,
    list: &List,
    listed: &[Listed],
    reconciliation: &Reconciliation,
    inventory: &Inventory,
) -> Vec<usize> {
    let silent = |listed: &Listed| !speaks_of_region(&list.entries[listed.entry]);
    let entries = listed.iter().zip(&reconciliation.verdicts).filter(|(listed, _)| silent(listed));
    let first = entries.filter_map(|(_, verdict)| verdict.uses().first().copied());
    first.filter(|at| inventory.uses.get(*at).is_some_and(|used| may_change(sources, used))).collect()
}

fn checked_chart(chart: &Chart) -> CheckedChart {
    let name = ChartName { name: chart.name().to_string(), version: chart.metadata.version.to_string() };
    CheckedChart { name, path: chart.path.clone() }
}
