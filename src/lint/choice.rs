//! Which of a workspace's charts are roots, and which of those a list is held against.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::discovery::{absolute, home};
use super::reading::{noted, read_list};
use super::targets::Targets;
use super::{Assumption, Refusal, Settings, Workspace};
use crate::chart::{Chart, ChartError};
use crate::inventory::{ChartName, Problem};
use crate::mirror::List;
use crate::render::Renderer;
use crate::source::{Sources, Span, path_from};

static NO_NAMES: BTreeSet<&str> = BTreeSet::new();

/// The root charts of a workspace, or those that were given: the same for all of its lists.
pub(super) struct Roots {
    /// Whether `--chart` gave them.
    given: bool,
    /// How many folders and packages they are of.
    count: usize,
    /// Those that could be loaded, and what renders each.
    loaded: Vec<Root>,
    /// Where the others lie, and why they could not.
    broken: Vec<(PathBuf, ChartError)>,
    /// What was passed over, in sentences.
    notes: Vec<String>,
}

/// A root chart.
#[derive(Clone)]
pub(super) struct Root {
    pub chart: Arc<Chart>,
    /// What renders it.
    pub renderer: Arc<Renderer>,
    /// Where it lies, from the root of the file system.
    place: PathBuf,
    /// How near the nearest of the lists lies to it that are held against it, if several are.
    nearest: usize,
}

/// The root charts of a workspace, parted.
pub(super) struct Choice {
    /// Those that a list is held against.
    pub charts: Vec<Root>,
    /// The others that may deploy what it lists.
    pub others: Vec<Root>,
    /// What else is to be said.
    pub chosen: Targets,
}

impl Roots {
    /// Those given; else the charts of `workspace` that Helm installs and that are no part of another one.
    pub fn of(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Result<Self, Refusal> {
        let given = !settings.charts.is_empty();
        let paths = if given { &settings.charts } else { &workspace.charts };
        if paths.is_empty() {
            return Err(no_charts(workspace));
        }
        let (mut loaded, mut broken) = (Vec::new(), Vec::new());
        for path in paths {
            let installable =
                |chart: Arc<Chart>| if given { chart.check_installable().map(|()| chart) } else { Ok(chart) };
            match load(sources, path, settings).and_then(installable) {
                Ok(chart) => loaded.push(chart),
                Err(error) if given && error.span.is_none() => return Err(error.into()),
                Err(error) => broken.push((path.clone(), error)),
            }
        }
        let mut notes = Vec::new();
        if !given {
            // A chart that another one takes in by file:// is no root.
            let own = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            let taken: BTreeSet<PathBuf> =
                loaded.iter().flat_map(|chart| below(chart)).map(|path| own(&path)).collect();
            loaded.retain(|chart| !taken.contains(&own(&chart.path)));
            // Nor is a library chart one: Helm installs none.
            if loaded.iter().any(|chart| chart.check_installable().is_ok()) {
                loaded.retain(|chart| chart.check_installable().is_ok());
            }
            if workspace.above {
                notes.push(format!("workspace: {}, {}", shown_here(&workspace.root), workspace.why));
            }
            let (kept, copies) = part_vendored(loaded);
            loaded = kept;
            for (copy, original) in copies {
                let (copy, original) = (shown(workspace, &copy.path), shown(workspace, &original.path));
                notes.push(format!("{copy} was passed over: it is a vendored copy of {original}"));
            }
        }
        let root = |chart: Arc<Chart>| {
            let place = absolute(&chart.path);
            Root { renderer: settings.kept.renderer(&chart), chart, place, nearest: 0 }
        };
        let mut roots =
            Self { given, count: paths.len(), loaded: loaded.into_iter().map(root).collect(), broken, notes };
        if !given && workspace.lists.len() > 1 {
            roots.measure(sources, workspace, settings);
        }
        Ok(roots)
    }

    /// Finds out how near the lists lie to the root charts that they are held against.
    fn measure(&mut self, sources: &Sources, workspace: &Workspace, settings: &Settings) {
        let is_found = |path: &&PathBuf| settings.configured(path).is_none_or(|list| list.list.charts.is_empty());
        for path in workspace.lists.iter().filter(is_found) {
            // One that cannot be read is told when it is checked.
            let Ok(file) = read_list(sources, path) else { continue };
            let list = List::parse(file, sources.get(file).text());
            let place = absolute(path);
            for at in self.holders(&noted(&list)).into_iter().flatten() {
                let root = &mut self.loaded[at];
                root.nearest = root.nearest.max(nearness(home(&place), &root.place));
            }
        }
    }

    /// For each of `names` the root charts that hold it; for none, or when nothing holds any, all of them.
    fn holders(&self, names: &BTreeSet<&str>) -> Vec<Vec<usize>> {
        let all = 0..self.loaded.len();
        let of = |name: &&str| all.clone().filter(|at| holds(&self.loaded[*at].chart, name)).collect::<Vec<_>>();
        let found: Vec<Vec<usize>> = names.iter().map(of).filter(|holders| !holders.is_empty()).collect();
        if found.is_empty() { vec![all.collect()] } else { found }
    }

    /// Those given; else those whose dependency tree holds a chart that the source notes of `list` name; else all that there are.
    /// Where the list has a nearer one of these, it leaves those to other lists that they are nearer to.
    pub fn choose(
        &self,
        sources: &Sources,
        workspace: &Workspace,
        list: Option<&Path>,
        names: &BTreeSet<&str>,
    ) -> Choice {
        let Self { given, count, loaded, broken, notes } = self;
        let given = *given;
        let mut chosen = Targets { searched: !given, notes: notes.clone(), ..Targets::default() };
        let home = list.map(|list| home(&absolute(list)).to_owned()).unwrap_or_default();
        let near = |at: &usize| nearness(&home, &loaded[*at].place);
        let broken: Vec<_> =
            broken.iter().map(|(path, error)| (path, error, nearness(&home, &absolute(path)))).collect();
        let found: BTreeSet<&str> =
            names.iter().copied().filter(|name| loaded.iter().any(|root| holds(&root.chart, name))).collect();
        let holders = self.holders(if given { &NO_NAMES } else { names });
        let candidates: BTreeSet<usize> = holders.iter().flatten().copied().collect();
        // One that cannot be loaded is the list's own, too: no other list's stands in its place.
        let broken_at = broken.iter().map(|(.., own)| *own).max().unwrap_or_default();
        let own = |holders: Vec<usize>| -> Vec<usize> {
            let nearest = holders.iter().map(near).max().unwrap_or_default().max(broken_at);
            let is_own = |at: &usize| loaded[*at].nearest <= near(at) || near(at) == nearest;
            holders.into_iter().filter(is_own).collect()
        };
        let taken: BTreeSet<usize> = match list {
            Some(_) if !given => holders.into_iter().flat_map(own).collect(),
            _ => candidates.clone(),
        };
        let anothers: Vec<usize> = candidates.difference(&taken).copied().collect();
        let unnamed: Vec<usize> = (0..loaded.len()).filter(|at| !candidates.contains(at)).collect();
        let paths = |all: &[usize]| all.iter().map(|at| shown(workspace, &loaded[*at].chart.path)).collect::<Vec<_>>();
        chosen.notes.extend(passed_over(&paths(&unnamed), |them| format!("no source note names a chart in {them}")));
        chosen
            .assumed
            .extend(why_these(given, taken.len(), found.is_empty(), !anothers.is_empty()).map(Assumption::told));
        let nearer = |them: &str| format!("other lists lie nearer to {them}");
        chosen.assumed.extend(passed_over(&paths(&anothers), nearer).map(Assumption::told));
        if taken.is_empty() {
            chosen.notes.push(match count {
                _ if !loaded.is_empty() => {
                    "charts: the nearest one cannot be loaded; so no entry is held against any".to_owned()
                }
                1 => "charts: the only one that was found cannot be loaded; so no entry is held against any".to_owned(),
                many => {
                    format!("charts: {many} were found, none of them can be loaded; so no entry is held against any")
                }
            });
        }
        if !given {
            let lost: Vec<&str> = names.difference(&found).copied().collect();
            chosen.look_for(workspace, &lost, names.is_empty());
        }
        // A chart that cannot be loaded might be one that the notes mean, unless all of those were found elsewhere, and no farther off.
        let all_found = !given && !names.is_empty() && found.len() == names.len();
        let is_nearer = |own: usize| taken.is_empty() || taken.iter().any(|at| own > near(at));
        for (path, error, own) in broken {
            if all_found && !is_nearer(own) {
                let shown = shown(workspace, path);
                chosen.notes.push(format!("{shown} was passed over, it cannot be loaded: {}", error.message));
                chosen.passed_over.broken.push(unloadable(sources, path, error));
            } else {
                chosen.problems.push(unloadable(sources, path, error));
            }
        }
        let of = |all: &mut dyn Iterator<Item = usize>| all.map(|at| loaded[at].clone()).collect();
        Choice { charts: of(&mut taken.into_iter()), others: of(&mut unnamed.into_iter()), chosen }
    }
}

/// That the root charts at `paths` were passed over, and why: `why` is told whether they are `it` or `them`.
fn passed_over(paths: &[String], why: impl Fn(&str) -> String) -> Option<String> {
    match paths {
        [] => None,
        [one] => Some(format!("{one} was passed over: {}", why("it"))),
        [_, _] | [_, _, _] => Some(format!("{} were passed over: {}", paths.join(" and "), why("them"))),
        [first, ..] => {
            Some(format!("{} other root charts were passed over, {first} and others: {}", paths.len(), why("them")))
        }
    }
}

/// How near `chart` lies to a list that speaks for the folder `home`: how many folders they share, from the root of the file system on.
fn nearness(home: &Path, chart: &Path) -> usize {
    home.components().zip(chart.components()).take_while(|(one, other)| one == other).count()
}

/// Why a list is held against so many root charts; `unnamed`: no source note names a chart in one; `left`: others are left to the
/// lists that they are nearer to.
fn why_these(given: bool, charts: usize, unnamed: bool, left: bool) -> Option<&'static str> {
    Some(match (charts, unnamed, left) {
        (0, ..) => return None,
        _ if given => "charts: as --chart says",
        (1, true, false) => "charts: the only root chart; no source note names a chart in it",
        (_, true, false) => "charts: all root charts, as no source note names a chart in one",
        (1, true, true) => {
            "charts: the root chart that no other list lies nearer to, as no source note names a chart in one"
        }
        (_, true, true) => {
            "charts: the root charts that no other list lies nearer to, as no source note names a chart in one"
        }
        (1, false, false) => "charts: the root chart that holds the charts which the source notes name",
        (_, false, false) => "charts: the root charts that hold charts which the source notes name",
        (1, false, true) => {
            "charts: of those that hold the charts which the source notes name, the root chart that no other list lies nearer to"
        }
        (_, false, true) => {
            "charts: of those that hold the charts which the source notes name, the root charts that no other list lies nearer to"
        }
    })
}

/// Whether the package at `path` is called as one of the charts `names`, with a version or not.
pub(super) fn is_of(path: &Path, names: &[&str]) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let rest = |name: &&str| stem.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    names.iter().any(rest)
}

/// Folders for copies of other people's files.
pub(super) const VENDORED: [&str; 5] = ["vendor", "vendored", "third_party", "third-party", "external"];

/// A chart and what it is a copy of.
type Copied = (Arc<Chart>, Arc<Chart>);

/// Parts `charts` into those that count, and those below a `vendor/` folder or the like that have the name of one outside, a
/// root chart or one below it.
fn part_vendored(charts: Vec<Arc<Chart>>) -> (Vec<Arc<Chart>>, Vec<Copied>) {
    let is_vendored =
        |chart: &Arc<Chart>| chart.path.components().any(|part| VENDORED.iter().any(|name| part.as_os_str() == *name));
    let (vendored, mut kept): (Vec<_>, Vec<_>) = charts.into_iter().partition(is_vendored);
    let mut copies = Vec::new();
    for chart in vendored {
        match kept.iter().filter(|other| !is_vendored(other)).find_map(|other| called(other, chart.name())) {
            Some(original) => copies.push((chart, original)),
            None => kept.push(chart),
        }
    }
    kept.sort_by(|a, b| a.path.cmp(&b.path));
    (kept, copies)
}

/// `chart`, or the first chart below it, if it is called `name`.
fn called(chart: &Arc<Chart>, name: &str) -> Option<Arc<Chart>> {
    if *chart.name() == name {
        return Some(chart.clone());
    }
    chart.subcharts.iter().find_map(|subchart| called(subchart, name))
}

/// A path as the workspace sees it.
pub(super) fn shown(workspace: &Workspace, path: &Path) -> String {
    path_from(&std::path::absolute(&workspace.root).unwrap_or_default(), path).display().to_string()
}

/// A path as the user sees it.
fn shown_here(path: &Path) -> String {
    let shown = path_from(&std::env::current_dir().unwrap_or_default(), path);
    if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() }
}

/// At most three of `names`, and how many others there are.
pub(super) fn some(names: &[String]) -> String {
    match names {
        [.., _, _, _, _] => format!("{} and {} others", names[..2].join(", "), names.len() - 2),
        few => few.join(", "),
    }
}

fn unloadable(sources: &Sources, path: &Path, error: &ChartError) -> Problem {
    let span = error.span.unwrap_or_else(|| start_of(sources, &error.path));
    let folder = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let chart = ChartName { name, version: String::new() };
    Problem::Unrenderable { chart, message: error.message.clone(), span, scenarios: Vec::new() }
}

/// The start of what an error is about as a whole: a file, known or not; a folder's file; a package, of whose bytes nothing can
/// be shown.
fn start_of(sources: &Sources, path: &Path) -> Span {
    let inside = file_for(path);
    let path = inside.as_deref().unwrap_or(path);
    let shown = path.extension().is_none_or(|extension| extension != "tgz") && path.is_file();
    let known = sources.find(path).or_else(|| shown.then(|| sources.read(path).ok()).flatten());
    Span::new(known.unwrap_or_else(|| sources.add(path, "".into())), 0, 0)
}

/// The file to point at where a folder is no chart, for no editor shows a folder: the metadata of the chart that takes it in, else its
/// own values.
fn file_for(folder: &Path) -> Option<PathBuf> {
    let above = folder.parent().filter(|above| above.ends_with("charts")).and_then(Path::parent);
    let metadata = above.map(|chart| chart.join("Chart.yaml"));
    let found = metadata.into_iter().chain([folder.join("values.yaml")]).find(|file| file.is_file());
    found.filter(|_| folder.is_dir())
}

/// Why there is no chart to hold a list against, and what helps.
fn no_charts(workspace: &Workspace) -> Refusal {
    let mut message = format!("no Helm chart below {}: name one with --chart", shown_here(&workspace.root));
    match workspace.packages.as_slice() {
        [] => message.push_str("; if the charts are a git submodule, check it out (`git submodule update --init`)"),
        [package] => message.push_str(&format!("; there is a package: `--chart {}`", shown_here(package))),
        [first, ..] => message.push_str(&format!("; there are packages, `--chart {}` takes one", shown_here(first))),
    }
    if workspace.above {
        message.push_str(&format!(" ({})", workspace.why));
    }
    match workspace.templated.first() {
        Some(folder) => {
            let message = format!("has templates/, but no Chart.yaml, so it is no Helm chart; {message}");
            Refusal { path: Some(folder.clone()), ..Refusal::new(message) }
        }
        None => Refusal::new(message),
    }
}

pub(super) fn load(sources: &Sources, path: &Path, settings: &Settings) -> Result<Arc<Chart>, ChartError> {
    settings.kept.chart(sources, path, || Chart::load(sources, path, &settings.loading()))
}

/// The paths of all charts below `chart`, and of the folders that packages in a `charts/` were made from.
fn below(chart: &Chart) -> Vec<PathBuf> {
    let local = chart.local_dependencies().into_iter().map(|(_, folder)| folder);
    let below = chart.subcharts.iter().flat_map(|sub| std::iter::once(sub.path.clone()).chain(below(sub)));
    local.chain(below).collect()
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
