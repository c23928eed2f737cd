//! Which root charts a list is held against, and under which scenarios: as configured, as the command line says, else as the
//! list itself lets guess. Every guess is told.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::choice::{Choice, Root, Roots, is_of, load, shown, some};
use super::objects::objects;
use super::passed_over::PassedOver;
use super::{Assumption, Refusal, Settings, Workspace, supply};
use crate::chart::{Chart, Overrides, Schemas, assign, read_values};
use crate::config::{self, Loaded};
use crate::inventory::{Problem, Scenario, Target, is_region_name, regions_named, regions_without};
use crate::render::{KubeVersion, Options, Renderer};
use crate::source::{Sources, Span, canonical};
use crate::yaml::{self, Map, Value, merge};

/// Charts that source notes name and that are nowhere, and where they may be.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// Their names; none where no note names a chart, so that any may be meant.
    pub names: Vec<String>,
    /// Where they may be and what to do, in a sentence.
    pub message: String,
}

/// The root charts of a list.
#[derive(Default)]
pub(super) struct Targets {
    pub targets: Vec<Target>,
    /// Charts that cannot be loaded.
    pub problems: Vec<Problem>,
    /// What was assumed.
    pub assumed: Vec<Assumption>,
    /// What was passed over or cannot be known, in sentences.
    pub notes: Vec<String>,
    /// Whether charts that the source notes name may lie where nobody could look.
    pub blind: bool,
    /// Charts that may lie where nobody could look.
    pub lost: Vec<Lost>,
    /// Whether the charts are those that were found in the workspace.
    pub searched: bool,
    /// Whether source notes name charts in them.
    pub by_notes: bool,
    /// Whether the regions of the scenarios are those that the list's ECR hosts name.
    pub guessed: bool,
    /// The root charts that the list is not held against, for no source note names a chart in them or other lists lie nearer.
    pub passed_over: PassedOver,
}

/// Finds the root charts of the lists of one workspace; what is the same for all of them it finds once.
pub(super) struct Finder<'a> {
    sources: &'a Sources,
    workspace: &'a Workspace,
    settings: &'a Settings,
    roots: OnceCell<Result<Roots, Refusal>>,
}

impl<'a> Finder<'a> {
    pub fn new(sources: &'a Sources, workspace: &'a Workspace, settings: &'a Settings) -> Self {
        Self { sources, workspace, settings, roots: OnceCell::new() }
    }

    /// The targets of the list at `path`, which `configured` describes, or nothing; its ECR hosts name the regions `named`, its notes
    /// the charts `noted`.
    pub fn of_list(
        &self,
        path: &Path,
        named: &[String],
        noted: &BTreeSet<&str>,
        configured: Option<Configured<'_>>,
    ) -> Result<Targets, Refusal> {
        let mut targets = match configured {
            Some(configured) if self.settings.charts.is_empty() && !configured.list.charts.is_empty() => {
                Targets::configured(self.sources, named, self.settings, configured)
            }
            _ => self.found(Some(path), named, noted, configured),
        }?;
        targets.notes.splice(0..0, self.workspace.told.iter().cloned());
        Ok(targets)
    }

    /// Charts without a list.
    pub fn of_charts(&self) -> Result<Targets, Refusal> {
        self.found(None, &[], &BTreeSet::new(), None)
    }

    /// `configured`: what the configuration says of the list, which counts for charts that are given and that it names.
    fn found(
        &self,
        list: Option<&Path>,
        named: &[String],
        noted: &BTreeSet<&str>,
        configured: Option<Configured<'_>>,
    ) -> Result<Targets, Refusal> {
        let Self { sources, workspace, settings, roots } = self;
        let roots = roots.get_or_init(|| Roots::of(sources, workspace, settings)).as_ref().map_err(Clone::clone)?;
        let Choice { charts, others, anothers, chosen: mut targets } = roots.choose(sources, workspace, list, noted);
        let base = Scenario {
            name: "default".to_owned(),
            region: None,
            moves: false,
            values: settings.overrides.merge(sources).map_err(Refusal::from)?,
            options: options(settings, None)?,
            given: given(settings),
        };
        let mut said = Vec::new();
        for Root { chart, renderer, .. } in charts {
            let of_it = configured.and_then(|configured| Some((configured, configured.number_of(&chart.path)?)));
            if let Some((configured, number)) = of_it {
                targets.add_configured(sources, named, settings, (configured, number), (chart, renderer))?;
                said.push(number);
                continue;
            }
            let scenarios = by_region(&base, &chart, named, settings);
            targets.assumed.push(Assumption::of(&scenarios, settings));
            targets.doubt_regions(&chart, &scenarios, named, settings);
            targets.targets.push(Target { chart, scenarios, renderer });
        }
        targets.close(sources, settings, configured.map(|configured| (configured, said.as_slice())));
        let target = |Root { chart, renderer, .. }: Root| {
            let scenarios = by_region(&base, &chart, named, settings);
            Target { chart, scenarios, renderer }
        };
        targets.passed_over.targets.extend(others.into_iter().map(target));
        targets.passed_over.anothers.extend(anothers.into_iter().map(target));
        Ok(targets)
    }
}

impl Targets {
    /// Whether `region` is a scenario for no other reason than that the list's ECR hosts name it.
    pub fn guesses(&self, region: &str) -> bool {
        self.guessed && self.targets.iter().flat_map(|target| &target.scenarios).any(|scenario| scenario.name == region)
    }

    /// Says which regions are none, as far as can be told, and which are not among those that the chart names.
    fn doubt_regions(&mut self, chart: &Chart, scenarios: &[Scenario], named: &[String], settings: &Settings) {
        if settings.regions.is_empty() {
            let wrong = named.iter().filter(|region| !is_region_name(region));
            let note = |region| {
                format!(
                    "the list's ECR hosts name `{region}`, which is no AWS region's name: no scenario is made of it"
                )
            };
            let new: Vec<String> = wrong.map(note).filter(|note| !self.notes.contains(note)).collect();
            self.notes.extend(new);
        }
        for region in scenarios.iter().filter_map(|scenario| scenario.region.as_deref()) {
            if let Some(named) = regions_without(chart, region) {
                let known = some(&named);
                self.notes.push(format!("{} does not name the region {region}, but others: {known}", chart.name()));
            }
        }
    }

    /// Says where the charts called `lost`, which source notes name, may be. `unnamed`: the notes name no charts at all, so any
    /// chart may be meant.
    pub(super) fn look_for(&mut self, workspace: &Workspace, lost: &[&str], unnamed: bool) {
        let shown = |paths: &[PathBuf]| some(&paths.iter().map(|path| shown(workspace, path)).collect::<Vec<_>>());
        if !workspace.unread.is_empty() && (unnamed || !lost.is_empty()) {
            self.blind = true;
        }
        if lost.is_empty() && !unnamed {
            return;
        }
        let nowhere = match lost {
            [] => "no source note names a chart".to_owned(),
            lost => format!("no chart called {} is there", lost.join(" or ")),
        };
        let mut places = Vec::new();
        if !workspace.absent_submodules.is_empty() {
            let submodules = shown(&workspace.absent_submodules);
            places.push(format!(
                "may lie in a submodule that is not checked out ({submodules}): `git submodule update --init`"
            ));
        }
        if !workspace.dangling.is_empty() {
            let links = shown(&workspace.dangling);
            places.push(format!("may be behind a symbolic link that leads nowhere ({links})"));
        }
        for place in places {
            self.blind = true;
            let it = if lost.is_empty() { "the chart" } else { "it" };
            let names = lost.iter().map(ToString::to_string).collect();
            self.lost.push(Lost { names, message: format!("{nowhere}; {it} {place}") });
        }
        if lost.is_empty() {
            return;
        }
        let skipped: Vec<PathBuf> = workspace.skipped.iter().filter(|path| !path.ends_with(".git")).cloned().collect();
        if !skipped.is_empty() {
            self.notes.push(format!("{nowhere}; these folders were not looked into: {}", shown(&skipped)));
        }
        let packages: Vec<PathBuf> = workspace.packages.iter().filter(|path| is_of(path, lost)).cloned().collect();
        if !packages.is_empty() {
            self.notes.push(format!("{nowhere} but as a package; `--chart` takes it: {}", shown(&packages)));
        }
    }

    fn configured(
        sources: &Sources,
        named: &[String],
        settings: &Settings,
        configured: Configured<'_>,
    ) -> Result<Self, Refusal> {
        let mut targets = Self::default();
        for (number, chart) in configured.list.charts.iter().enumerate() {
            let path = configured.loaded.below(&chart.path);
            let loaded = load(sources, &path, settings).map_err(|error| {
                let error = Refusal::from(error);
                if error.span.is_some() {
                    return error;
                }
                let message = format!("{}: {}", path.display(), error.message);
                let span = Some(configured.loaded.span(&at(&configured.place(number), &["path"])));
                Refusal { message, span, ..error }
            })?;
            let renderer = settings.kept.renderer(&loaded);
            targets.add_configured(sources, named, settings, (configured, number), (loaded, renderer))?;
        }
        let all: Vec<usize> = (0..configured.list.charts.len()).collect();
        targets.close(sources, settings, Some((configured, &all)));
        Ok(targets)
    }

    /// What is said of all root charts at once: `configured` are those that the configuration describes.
    fn close(&mut self, sources: &Sources, settings: &Settings, configured: Option<(Configured<'_>, &[usize])>) {
        self.guessed = settings.regions.is_empty();
        if let Some((configured, numbers @ [_, ..])) = configured {
            self.guessed &= numbers.iter().all(|number| configured.list.charts[*number].scenarios.is_empty());
            let name = configured.loaded.path(sources);
            let name = name.file_name().unwrap_or_default().to_string_lossy();
            let scenarios: Vec<_> = self.targets.iter().flat_map(|target| &target.scenarios).cloned().collect();
            self.assumed.push(Assumption::configured(&name, &scenarios));
        }
        self.assumed.dedup();
        self.notes.extend(supply::lent(self.targets.iter().map(|target| &target.chart)));
    }

    /// Adds a chart, the one of that number that the configuration names for a list, as it says.
    fn add_configured(
        &mut self,
        sources: &Sources,
        named: &[String],
        settings: &Settings,
        (configured, number): (Configured<'_>, usize),
        (loaded, renderer): (Arc<Chart>, Arc<Renderer>),
    ) -> Result<(), Refusal> {
        let chart = &configured.list.charts[number];
        let place = configured.place(number);
        let path = configured.loaded.below(&chart.path);
        let over = settings.overrides.merge(sources).map_err(Refusal::from)?;
        let layer = Layered { sources, loaded: configured.loaded, chart: &path };
        let values = layer.values(&Map::new(), &chart.values, &chart.set, &place)?;
        let mut options = options(settings, chart.kube_version.as_deref()).map_err(|error| {
            let own = chart.kube_version.as_ref().filter(|_| settings.kube_version.is_none());
            Refusal { span: own.map(|_| configured.loaded.span(&at(&place, &["kube-version"]))), ..error }
        })?;
        options.release = chart.release.clone().unwrap_or(options.release);
        if let (None, Some(namespace)) = (&settings.namespace, &chart.namespace) {
            options.namespace.clone_from(namespace);
        }
        options.api_versions.clone_from(&chart.api_versions);
        options.objects = layer.objects(&chart.objects, &place, &options.namespace)?;
        let mut said = layer.said(&chart.values, &chart.set, &place);
        let shown = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        said.extend(shown(&chart.objects).iter().map(|path| format!("objects {path}")));
        said.extend(chart.api_versions.iter().map(|version| format!("API version {version}")));
        let finish = |values: &Map| Value::Map(Arc::new(merge(values, over.as_map().unwrap_or(&Map::new()))));
        let base = Scenario {
            name: "default".to_owned(),
            region: None,
            moves: false,
            values: finish(&values),
            options: options.clone(),
            given: said.clone(),
        };
        let mut scenarios = Vec::new();
        for (index, scenario) in chart.scenarios.iter().enumerate() {
            let index = index.to_string();
            let place = at(&place, &["scenarios", &index]);
            let values = layer.values(&values, &scenario.values, &scenario.set, &place)?;
            if let Some(region) = scenario.region.as_ref().filter(|region| !is_region_name(region)) {
                let message = format!("`{region}` is no name of an AWS region, as `us-west-2` is");
                let span = Some(configured.loaded.span(&at(&place, &["region"])));
                return Err(Refusal { span, ..Refusal::new(message) });
            }
            scenarios.push(Scenario {
                name: scenario.name.clone(),
                region: scenario.region.clone(),
                moves: false,
                values: finish(&values),
                options: options.clone(),
                given: [said.clone(), layer.said(&scenario.values, &scenario.set, &place), given(settings)].concat(),
            });
        }
        if scenarios.is_empty() {
            scenarios = by_region(&base, &loaded, named, settings);
            self.assumed.push(Assumption::of(&scenarios, settings));
        } else if settings.all_regions || !settings.regions.is_empty() {
            scenarios = in_all_regions(scenarios, &loaded, named, settings);
        }
        self.doubt_regions(&loaded, &scenarios, named, settings);
        self.targets.push(Target { chart: loaded, scenarios, renderer });
        Ok(())
    }
}

/// What the configuration says of one list.
#[derive(Clone, Copy)]
pub(super) struct Configured<'a> {
    pub loaded: &'a Loaded,
    pub list: &'a config::List,
    /// Which of the configured lists it is.
    pub number: usize,
}

impl Configured<'_> {
    /// Where the list's path stands.
    pub fn span(&self) -> Span {
        self.loaded.span(&["lists", &self.number.to_string(), "path"].map(str::to_owned))
    }

    /// Which of the list's charts lies at `path`.
    fn number_of(&self, path: &Path) -> Option<usize> {
        let path = canonical(path);
        self.list.charts.iter().position(|chart| canonical(&self.loaded.below(&chart.path)) == path)
    }

    /// The path of a chart within the configuration.
    fn place(&self, chart: usize) -> Vec<String> {
        ["lists", &self.number.to_string(), "charts", &chart.to_string()].map(str::to_owned).to_vec()
    }
}

fn at(place: &[String], rest: &[&str]) -> Vec<String> {
    place.iter().map(String::as_str).chain(rest.iter().copied()).map(str::to_owned).collect()
}

/// Reads what a configuration names.
struct Layered<'a> {
    sources: &'a Sources,
    loaded: &'a Loaded,
    /// The chart's folder or package.
    chart: &'a Path,
}

impl Layered<'_> {
    /// Where a values file lies: below the configuration's folder, else below the chart's, as `helm --values` would be given it
    /// by somebody who stands there.
    fn values_file(&self, file: &Path) -> PathBuf {
        let is_there = |path: &PathBuf| self.sources.has_overlay(path) || path.exists();
        let own = self.loaded.below(file);
        let of_chart = self.chart.join(file);
        if !is_there(&own) && is_there(&of_chart) { of_chart } else { own }
    }

    /// `under` with values files and settings over it.
    fn values(
        &self,
        under: &Map,
        files: &[PathBuf],
        set: &BTreeMap<String, config::Scalar>,
        place: &[String],
    ) -> Result<Map, Refusal> {
        let mut values = under.clone();
        for (number, file) in files.iter().enumerate() {
            let read = read_values(self.sources, &self.values_file(file)).map_err(|error| {
                let span = error.span.or_else(|| Some(self.loaded.span(&at(place, &["values", &number.to_string()]))));
                Refusal { span, ..Refusal::from(error) }
            })?;
            values = merge(&values, &read);
        }
        let place = at(place, &["set"]);
        for (key, value) in self.loaded.assignments(&place, set) {
            assign(&mut values, &key, &value).map_err(|message| Refusal {
                message,
                path: None,
                span: key.exact_span().or_else(|| Some(self.loaded.span(&place))),
            })?;
        }
        Ok(values)
    }

    /// What the configuration gives, in words.
    fn said(&self, files: &[PathBuf], set: &BTreeMap<String, config::Scalar>, place: &[String]) -> Vec<String> {
        let files = files.iter().map(|file| format!("values {}", file.display()));
        let set = self.loaded.assignments(&at(place, &["set"]), set);
        let set = set.iter().map(|(key, value)| {
            let value = yaml::emit_json(value).map(|json| json.to_string()).unwrap_or_default();
            format!("set {key}={value}")
        });
        files.chain(set).collect()
    }

    /// The Kubernetes objects of `files`, which the chart at `place` of the configuration names; it is released into `namespace`.
    fn objects(&self, files: &[PathBuf], place: &[String], namespace: &str) -> Result<Arc<[Value]>, Refusal> {
        let mut all = Vec::new();
        for (number, file) in files.iter().enumerate() {
            let named = || self.loaded.span(&at(place, &["objects", &number.to_string()]));
            let found = objects(self.sources, &self.loaded.below(file), namespace);
            all.extend(found.map_err(|error| Refusal { span: error.span.or_else(|| Some(named())), ..error })?);
        }
        Ok(all.into())
    }
}

fn options(settings: &Settings, configured: Option<&str>) -> Result<Options, Refusal> {
    let version = settings.kube_version.as_deref().or(configured).unwrap_or(Settings::DEFAULT_KUBE_VERSION);
    let kube_version = KubeVersion::parse(version).map_err(Refusal::new)?;
    let own = Options::default();
    let namespace = settings.namespace.clone().unwrap_or(own.namespace);
    Ok(Options { kube_version, namespace, schemas: Schemas::Readable, ..own })
}

/// What the command line gives, in words.
fn given(settings: &Settings) -> Vec<String> {
    let Overrides { files, json, set, set_string, set_file, set_literal } = &settings.overrides;
    let files = files.iter().map(|file| format!("--values {}", file.display()));
    let flags = [
        ("set-json", json),
        ("set", set),
        ("set-string", set_string),
        ("set-file", set_file),
        ("set-literal", set_literal),
    ];
    let arguments = flags.into_iter().flat_map(|(flag, all)| all.iter().map(move |one| format!("--{flag} {one}")));
    files.chain(arguments).collect()
}

/// One scenario per region that the settings or the list's ECR hosts name, or the chart when all are asked for; `base` when
/// there are none, and beside those that the chart alone names.
fn by_region(base: &Scenario, chart: &Chart, named: &[String], settings: &Settings) -> Vec<Scenario> {
    let mut regions = match settings.regions.as_slice() {
        [] => named.iter().filter(|region| is_region_name(region)).cloned().collect(),
        given => given.to_vec(),
    };
    let is_open = regions.is_empty();
    if settings.all_regions {
        regions.extend(regions_named(chart).into_iter().chain(base.region.clone()));
        regions.sort();
        regions.dedup();
    }
    if regions.is_empty() {
        return vec![base.clone()];
    }
    let moves = settings.all_regions;
    let of = |region: String| Scenario { name: region.clone(), region: Some(region), moves, ..base.clone() };
    // Where neither the user nor the list says a region, the chart is deployed in others than it names, too.
    let is_shown = regions.contains(&base.name) || base.region.as_ref().is_some_and(|own| regions.contains(own));
    let everywhere = (is_open && !is_shown).then(|| base.clone());
    everywhere.into_iter().chain(regions.into_iter().map(of)).collect()
}

/// Each of the configured `scenarios` in each region: `prod/us-west-2`, or the region alone where there is one of them. Where
/// some are configured for the regions that are asked for, those.
fn in_all_regions(scenarios: Vec<Scenario>, chart: &Chart, named: &[String], settings: &Settings) -> Vec<Scenario> {
    let is_asked = |scenario: &Scenario| scenario.region.as_ref().is_some_and(|own| settings.regions.contains(own));
    if !settings.all_regions && scenarios.iter().any(is_asked) {
        return scenarios.into_iter().filter(is_asked).collect();
    }
    let of = |base: &Scenario| {
        let mut variants = by_region(base, chart, named, settings);
        let is_region =
            |variant: &Scenario| variant.region.as_ref() == Some(&variant.name) && variant.name != base.name;
        for variant in variants.iter_mut().filter(|variant| is_region(variant) && scenarios.len() > 1) {
            variant.name = format!("{}/{}", base.name, variant.name);
        }
        variants
    };
    scenarios.iter().flat_map(of).collect()
}
