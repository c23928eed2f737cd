//! The main job: a list held against the charts that it names. One computation; every command and format presents it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::context::Context;
use super::reconcile::{Coverage, Listed, NotedChart, reconcile};
use super::{Finding, Refusal, Workspace, rules};
use crate::chart::{Chart, ChartError, LoadOptions, Overrides};
use crate::image::Reference;
use crate::inventory::{ChartName, Inventory, Problem, Scenario, Survey, survey};
use crate::mirror::{Entry, List};
use crate::render::{KubeVersion, Options};
use crate::source::{FileId, Sources, Span, to_bytes};
use crate::yaml;

/// How charts are found and rendered.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Root charts to hold the list against; none means those that are found.
    pub charts: Vec<PathBuf>,
    /// Regions that empty `region` values take; none means those that the list's ECR hosts name.
    pub regions: Vec<String>,
    /// Values over the charts' own.
    pub overrides: Overrides,
    /// The Kubernetes version that charts see; none means [`Settings::DEFAULT_KUBE_VERSION`].
    pub kube_version: Option<String>,
}

impl Settings {
    /// A version that current charts accept; Helm's own default depends on its build.
    pub const DEFAULT_KUBE_VERSION: &'static str = "1.31.0";
}

/// The outcome for all lists of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// The lists.
    pub lists: Vec<CheckedList>,
    /// The findings, by path, place and rule.
    pub findings: Vec<Finding>,
}

/// One list and what it was held against.
#[derive(Clone, Debug)]
pub struct CheckedList {
    /// Where it lies.
    pub path: PathBuf,
    /// The number of its entries.
    pub entries: usize,
    /// The root charts.
    pub charts: Vec<CheckedChart>,
    /// The names of the scenarios.
    pub scenarios: Vec<String>,
    /// The number of images that the charts deploy.
    pub images: usize,
    /// What was assumed and what was passed over, in sentences.
    pub notes: Vec<String>,
    /// Everything that the charts deploy.
    pub inventory: Inventory,
}

/// A root chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedChart {
    /// Its name and version.
    pub name: ChartName,
    /// Its folder or package.
    pub path: PathBuf,
}

/// Checks the lists of `workspace`.
///
/// # Errors
/// When a list cannot be read as text, there is no chart to hold it against, or the settings make no sense.
pub fn check(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Result<Checked, Refusal> {
    let mut checked = Checked { root: workspace.root.clone(), ..Checked::default() };
    for path in &workspace.lists {
        let (list, findings) = check_list(sources, workspace, path, settings)?;
        checked.lists.push(list);
        checked.findings.extend(findings);
    }
    // What is wrong with a chart is said once, however many lists it is for.
    let mut known = BTreeSet::new();
    checked.findings.retain(|finding| known.insert((finding.key(), finding.span, finding.message.clone())));
    checked.findings.sort_by_cached_key(|finding| {
        let file = sources.get(finding.span.file);
        let in_list = workspace.lists.iter().any(|list| list == file.path());
        (!in_list, file.path().to_owned(), finding.span.start, finding.rule.id, finding.message.clone())
    });
    Ok(checked)
}

/// What charts deploy by themselves, without any list.
///
/// # Errors
/// As [`check`].
pub fn images(sources: &Sources, charts: &[PathBuf], settings: &Settings) -> Result<Inventory, Refusal> {
    let charts: Result<Vec<_>, _> = charts.iter().map(|path| load(sources, path).map_err(refusal)).collect();
    let scenarios = scenarios(settings, &[]);
    let survey = run(sources, &charts?, &scenarios, settings)?;
    match survey.problems.into_iter().find_map(|problem| match problem {
        Problem::Unrenderable { message, span, .. } => Some((message, span)),
        _ => None,
    }) {
        Some((message, span)) => Err(Refusal { span: Some(span), ..Refusal::new(message) }),
        None => Ok(survey.inventory),
    }
}

fn check_list(
    sources: &Sources,
    workspace: &Workspace,
    path: &Path,
    settings: &Settings,
) -> Result<(CheckedList, Vec<Finding>), Refusal> {
    let file = read_list(sources, path)?;
    let list = List::parse(file, sources.get(file).text());
    let listed = listed(&list);
    let chosen = choose(sources, workspace, &listed, settings)?;
    let scenarios = scenarios(settings, &listed);
    let mut survey = run(sources, &chosen.charts, &scenarios, settings)?;
    let blind = !chosen.problems.is_empty();
    survey.problems.extend(chosen.problems);
    let coverage = Coverage {
        unknown: survey.unknown.clone(),
        blind,
        disabled: survey.disabled.clone(),
        malformed: survey.inventory.malformed.iter().filter_map(|image| without_version(&image.text)).collect(),
        meant: meant(&list),
    };
    let reconciliation = reconcile(&listed, &survey.inventory, &coverage);
    let context = Context {
        sources,
        list: &list,
        listed: &listed,
        reconciliation: &reconciliation,
        inventory: &survey.inventory,
        problems: &survey.problems,
    };
    let findings = rules().iter().flat_map(|rule| (rule.check)(rule, &context)).collect();
    let mut notes = chosen.notes;
    notes.push(assumption(&scenarios, settings));
    let checked = CheckedList {
        path: path.to_owned(),
        entries: list.entries.len(),
        charts: chosen.charts.iter().map(|chart| checked_chart(chart)).collect(),
        scenarios: scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        images: survey.inventory.count(),
        notes,
        inventory: survey.inventory,
    };
    Ok((checked, findings))
}

/// Reads a list, which must be text.
fn read_list(sources: &Sources, path: &Path) -> Result<FileId, Refusal> {
    let refusal = |message: String, span| Refusal { message, path: Some(path.to_owned()), span };
    if path.is_dir() {
        return Err(refusal("is a folder; the mirror list must be a file".to_owned(), None));
    }
    // A pipe would be waited for.
    let irregular = std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    if irregular && !sources.has_overlay(path) {
        return Err(refusal("is no regular file".to_owned(), None));
    }
    let file = sources.read(path).map_err(|error| refusal(format!("cannot be read: {}", error.cause), None))?;
    let text = sources.get(file).text().clone();
    let place = |at: usize| Some(Span::new(file, at, at + text[at..].chars().next().map_or(0, char::len_utf8)));
    if let Some(at) = text.find('\0') {
        return Err(refusal("the list is no text: it holds a NUL byte here".to_owned(), place(at)));
    }
    let stray = text
        .char_indices()
        .find(|(_, letter)| to_bytes(letter.encode_utf8(&mut [0; 4])).len() == 1 && !letter.is_ascii());
    match stray {
        Some((at, _)) => {
            Err(refusal("the list is not UTF-8: this byte is no part of a character".to_owned(), place(at)))
        }
        None => Ok(file),
    }
}

/// The entries with a well-formed image.
fn listed(list: &List) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (index, entry) in list.entries.iter().enumerate() {
        let Ok(reference) = Reference::parse(&entry.source.text) else { continue };
        let noted = entry.note.from.as_ref().map(|named| NotedChart {
            name: named.chart.text.clone(),
            version: named.version.as_ref().map(|version| version.text.clone()).unwrap_or_default(),
        });
        listed.push(Listed { entry: index, name: entry.name.text.clone(), reference, noted });
    }
    listed
}

/// For each entry whose image cannot be read: its name and the last part of the image, as a chart would spell them.
fn meant(list: &List) -> Vec<Vec<String>> {
    let unreadable = list.entries.iter().filter(|entry| Reference::parse(&entry.source.text).is_err());
    let last = |text: &str| {
        let last = text.rsplit('/').next().unwrap_or_default();
        last.split([':', '@']).next().unwrap_or_default().to_ascii_lowercase()
    };
    let names = |entry: &Entry| vec![last(&entry.name.text), last(&entry.source.text)];
    unreadable.map(names).collect()
}

/// The repository of an image whose tag or digest is missing behind its mark.
fn without_version(image: &str) -> Option<Reference> {
    Reference::parse(image.trim_end_matches([':', '@'])).ok()
}

/// The root charts of a list.
#[derive(Default)]
struct Chosen {
    charts: Vec<Arc<Chart>>,
    problems: Vec<Problem>,
    notes: Vec<String>,
}

/// Those given; else those whose dependency tree holds a chart that a source note names; else all that there are.
fn choose(sources: &Sources, workspace: &Workspace, listed: &[Listed], settings: &Settings) -> Result<Chosen, Refusal> {
    let given = !settings.charts.is_empty();
    let paths = if given { &settings.charts } else { &workspace.charts };
    if paths.is_empty() {
        let message = format!(
            "no Helm chart below {}: name one with --chart; if the charts are a git submodule, check it out \
             (`git submodule update --init`)",
            workspace.root.display()
        );
        return Err(Refusal::new(message));
    }
    let mut chosen = Chosen::default();
    let (mut loaded, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        let installable = |chart: Arc<Chart>| if given { chart.check_installable().map(|()| chart) } else { Ok(chart) };
        match load(sources, path).and_then(installable) {
            Ok(chart) => loaded.push(chart),
            Err(error) if given && error.span.is_none() => return Err(refusal(error)),
            Err(error) => broken.push((path, error)),
        }
    }
    // A chart that another one takes in by file:// is no root.
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if !given {
        let taken: BTreeSet<PathBuf> =
            loaded.iter().flat_map(|chart| below(chart)).map(|path| absolute(&path)).collect();
        loaded.retain(|chart| !taken.contains(&absolute(&chart.path)));
        // Nor is a library chart one: Helm installs none.
        if loaded.iter().any(|chart| chart.check_installable().is_ok()) {
            loaded.retain(|chart| chart.check_installable().is_ok());
        }
    }
    let names: BTreeSet<&str> = listed.iter().filter_map(|entry| Some(entry.noted.as_ref()?.name.as_str())).collect();
    let holding: Vec<_> = loaded.iter().filter(|chart| names.iter().any(|name| holds(chart, name))).cloned().collect();
    let found: BTreeSet<&str> =
        names.iter().copied().filter(|name| holding.iter().any(|chart| holds(chart, name))).collect();
    chosen.charts = if given || holding.is_empty() { loaded.clone() } else { holding };
    let others = loaded.len() - chosen.charts.len();
    if others > 0 {
        let charts = if others == 1 { "chart was" } else { "charts were" };
        chosen.notes.push(format!("{others} other root {charts} passed over: no source note names a chart in them"));
    }
    // A chart that cannot be loaded might be one that the notes mean, unless all of those were found elsewhere.
    let all_found = !given && !names.is_empty() && found.len() == names.len();
    for (path, error) in broken {
        if all_found {
            chosen.notes.push(format!("{} was passed over, it cannot be loaded: {}", path.display(), error.message));
        } else {
            chosen.problems.push(unloadable(sources, path, error)?);
        }
    }
    Ok(chosen)
}

fn unloadable(sources: &Sources, path: &Path, error: ChartError) -> Result<Problem, Refusal> {
    let start = sources.read(&path.join("Chart.yaml")).ok().map(|file| Span::new(file, 0, 0));
    let Some(span) = error.span.or(start) else { return Err(refusal(error)) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let chart = ChartName { name, version: String::new() };
    Ok(Problem::Unrenderable { chart, message: error.message, span, scenarios: Vec::new() })
}

fn load(sources: &Sources, path: &Path) -> Result<Arc<Chart>, ChartError> {
    Chart::load(sources, path, &LoadOptions { resolve_file_dependencies: true })
}

/// The paths of all charts below `chart`.
fn below(chart: &Chart) -> Vec<PathBuf> {
    chart.subcharts.iter().flat_map(|sub| std::iter::once(sub.path.clone()).chain(below(sub))).collect()
}

/// Whether `chart`, a chart below it, or a dependency of one of them goes by `name`.
fn holds(chart: &Chart, name: &str) -> bool {
    let folder = chart.path.file_name().is_some_and(|folder| folder == name);
    let mut asked = chart.metadata.dependencies.iter().flatten();
    folder
        || *chart.name() == name
        || asked.any(|dependency| dependency.name == name || dependency.alias == name)
        || chart.subcharts.iter().any(|subchart| holds(subchart, name))
}

fn scenarios(settings: &Settings, listed: &[Listed]) -> Vec<Scenario> {
    if settings.regions.is_empty() {
        return Scenario::from_references(listed.iter().map(|entry| &entry.reference));
    }
    settings.regions.iter().map(|region| Scenario::of_region(region)).collect()
}

fn run(
    sources: &Sources,
    charts: &[Arc<Chart>],
    scenarios: &[Scenario],
    settings: &Settings,
) -> Result<Survey, Refusal> {
    let values: yaml::Value = settings.overrides.merge(sources).map_err(refusal)?;
    let version = settings.kube_version.as_deref().unwrap_or(Settings::DEFAULT_KUBE_VERSION);
    let kube_version = KubeVersion::parse(version).map_err(Refusal::new)?;
    let options = Options { kube_version, ..Options::default() };
    Ok(survey(sources, charts, scenarios, &values, &options))
}

/// What was assumed, in a sentence.
fn assumption(scenarios: &[Scenario], settings: &Settings) -> String {
    let version = settings.kube_version.as_deref().unwrap_or(Settings::DEFAULT_KUBE_VERSION);
    let regions: Vec<_> = scenarios.iter().filter_map(|scenario| scenario.region.as_deref()).collect();
    let kubernetes = format!("Kubernetes {version}");
    match (regions.as_slice(), settings.regions.is_empty()) {
        ([], _) => format!("assumed: the charts' default values, {kubernetes}"),
        (regions, true) => format!(
            "assumed: empty `region` values are {}, which the list's ECR hosts name; {kubernetes}",
            regions.join(" or ")
        ),
        (regions, false) => format!("assumed: empty `region` values are {}; {kubernetes}", regions.join(" or ")),
    }
}

fn checked_chart(chart: &Chart) -> CheckedChart {
    let name = ChartName { name: chart.name().to_string(), version: chart.metadata.version.to_string() };
    CheckedChart { name, path: chart.path.clone() }
}

fn refusal(error: ChartError) -> Refusal {
    Refusal { message: error.message, path: Some(error.path), span: error.span }
}
