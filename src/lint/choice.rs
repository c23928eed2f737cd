//! Which of a workspace's charts are roots, and which of those a list is held against.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::discovery::{absolute, home, repository_of, walk};
use super::reading::{noted, read_list};
use super::targets::Targets;
use super::{Assumption, Refusal, Settings, Workspace};
use crate::chart::{Chart, ChartError, is_compatible};
use crate::config;
use crate::inventory::{ChartName, Problem};
use crate::mirror::{ChartOrigin, List, NamedChart};
use crate::render::Renderer;
use crate::source::{Sources, Span, canonical, path_from};

static NO_NAMES: BTreeSet<&str> = BTreeSet::new();

/// The root charts of a workspace, or those that were given: the same for all of its lists.
#[derive(Default)]
pub(super) struct Roots {
    /// Whether `--chart` gave them.
    given: bool,
    /// How many folders and packages they are of.
    count: usize,
    /// Those that could be loaded, and what renders each.
    loaded: Vec<Root>,
    /// Those around the workspace that other lists lie nearer to.
    left: Vec<Root>,
    /// Where the others lie, and why they could not.
    broken: Vec<(PathBuf, ChartError)>,
    /// What was passed over, in sentences.
    notes: Vec<String>,
    /// Everything up to the top of the git work tree, if that was looked through for charts.
    around: Option<Arc<Workspace>>,
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
    /// Whether it lies in no folder of the workspace, and so counts for notes alone that name no chart in there.
    is_outside: bool,
}

/// The root charts of a workspace, parted.
pub(super) struct Choice {
    /// Those that a list is held against.
    pub charts: Vec<Root>,
    /// The others that may deploy what it lists.
    pub others: Vec<Root>,
    /// Those that are left to other lists, and may deploy an image of this one all the same.
    pub anothers: Vec<Root>,
    /// What else is to be said.
    pub chosen: Targets,
}

impl Roots {
    /// Those given; else the charts of `workspace` that Helm installs and that are no part of another one.
    pub fn of(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Result<Self, Refusal> {
        let given = !settings.charts.is_empty();
        let mut roots = Self { given, count: workspace.charts.len(), ..Self::default() };
        if given {
            roots.count = settings.charts.len();
            for path in &settings.charts {
                let installable = |chart: Arc<Chart>| chart.check_installable().map(|()| chart);
                match load(sources, path, settings).and_then(installable) {
                    Ok(chart) => roots.loaded.push(Root::of(chart, settings)),
                    Err(error) if error.span.is_none() => return Err(error.into()),
                    Err(error) => roots.broken.push((path.clone(), error)),
                }
            }
            return Ok(roots);
        }
        let found = Found::among(sources, &workspace.charts, settings);
        if workspace.above {
            roots.notes.push(format!("workspace: {}, {}", shown_here(&workspace.root), workspace.why));
        }
        for (copy, original) in found.copies {
            let (copy, original) = (shown(workspace, &copy.path), shown(workspace, &original.path));
            roots.notes.push(format!("{copy} was passed over: it is a vendored copy of {original}"));
        }
        roots.loaded = found.charts.into_iter().map(|chart| Root::of(chart, settings)).collect();
        roots.broken = found.broken;
        roots.look_around(sources, workspace, settings);
        if roots.loaded.is_empty() && roots.broken.is_empty() {
            return Err(no_charts(workspace));
        }
        roots.measure(sources, workspace, settings);
        // One around the workspace that other lists lie nearer to is theirs.
        let homes: Vec<PathBuf> = workspace.lists.iter().map(|list| home(&absolute(list)).to_owned()).collect();
        let is_near = |root: &Root| homes.iter().any(|home| nearness(home, &root.place) >= root.nearest);
        (roots.loaded, roots.left) = roots.loaded.into_iter().partition(|root| !root.is_outside || is_near(root));
        Ok(roots)
    }

    /// Looks for charts that notes of the lists name and that no root chart of the workspace holds, up to the top of the git work tree.
    /// One that a note calls external must be there at the version that the note says: it may as well be installed by itself.
    fn look_around(&mut self, sources: &Sources, workspace: &Workspace, settings: &Settings) {
        let all: Vec<Vec<Asked>> =
            unconfigured(sources, &workspace.lists, settings).map(|(_, list)| asked(&list)).collect();
        let all: BTreeSet<&Asked> = all.iter().flatten().collect();
        let mut lost: BTreeSet<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        let is_of = |path: &Path, name: &str| path.file_name().is_some_and(|folder| folder == name);
        lost.retain(|name| {
            let mut broken = self.broken.iter();
            !self.loaded.iter().any(|root| holds(&root.chart, name)) && !broken.any(|(path, _)| is_of(path, name))
        });
        let own = canonical(&workspace.root);
        let top = repository_of(&workspace.root).filter(|top| !lost.is_empty() && canonical(top) != own);
        let Some(top) = top else { return };
        let around = settings.kept.around(&top, || walk(&top).with_unsaved(sources));
        let outside = around.charts.iter().filter(|chart| !canonical(chart).starts_with(&own)).cloned();
        let found = Found::among(sources, &outside.collect::<Vec<_>>(), settings);
        let named = |chart: &&Arc<Chart>| {
            let mut asked = all.iter().filter(|(name, _)| lost.contains(name.as_str()));
            asked.any(|(name, version)| {
                holds(chart, name) && version.as_ref().is_none_or(|at| holds_at(chart, name, at))
            })
        };
        let charts: Vec<Arc<Chart>> = found.charts.iter().filter(named).cloned().collect();
        self.loaded.extend(charts.into_iter().map(|chart| Root { is_outside: true, ..Root::of(chart, settings) }));
        self.broken.extend(found.broken.into_iter().filter(|(path, _)| lost.iter().any(|name| is_of(path, name))));
        self.around = Some(around);
    }

    /// Finds out how near the lists lie to the root charts that they are held against.
    fn measure(&mut self, sources: &Sources, workspace: &Workspace, settings: &Settings) {
        // Charts from around the workspace belong to other lists there, too.
        let others = self.around.iter().filter(|_| self.loaded.iter().any(|root| root.is_outside));
        let others = others.flat_map(|around| &around.lists).chain(&workspace.theirs);
        let others: Vec<PathBuf> = others.cloned().collect();
        if workspace.lists.len() + others.len() < 2 {
            return;
        }
        for (path, list) in unconfigured(sources, workspace.lists.iter().chain(&others), settings) {
            let place = absolute(path);
            for at in self.holders(&noted(&list)).into_iter().flatten() {
                let root = &mut self.loaded[at];
                root.nearest = root.nearest.max(nearness(home(&place), &root.place));
            }
        }
    }

    /// For each of `names` the root charts that hold it, those of the workspace before others; for none, or when nothing holds any, all
    /// of the workspace's.
    fn holders(&self, names: &BTreeSet<&str>) -> Vec<Vec<usize>> {
        let (outside, all): (Vec<usize>, Vec<usize>) =
            (0..self.loaded.len()).partition(|at| self.loaded[*at].is_outside);
        let of = |name: &&str| {
            let among = |all: &[usize]| -> Vec<usize> {
                all.iter().copied().filter(|at| holds(&self.loaded[*at].chart, name)).collect()
            };
            Some(among(&all)).filter(|own| !own.is_empty()).unwrap_or_else(|| among(&outside))
        };
        let found: Vec<Vec<usize>> = names.iter().map(of).filter(|holders| !holders.is_empty()).collect();
        if found.is_empty() { vec![all] } else { found }
    }

    /// Those given; else those whose dependency tree holds a chart that the source notes of `list` name; else all that there are.
    /// Those that other lists lie nearer to it leaves to them, but for the nearest of its own.
    pub fn choose(
        &self,
        sources: &Sources,
        workspace: &Workspace,
        list: Option<&Path>,
        names: &BTreeSet<&str>,
    ) -> Choice {
        let Self { given, count, loaded, left, broken, notes, around } = self;
        let given = *given;
        let mut chosen = Targets { searched: !given, notes: notes.clone(), ..Targets::default() };
        let home = list.map(|list| home(&absolute(list)).to_owned()).unwrap_or_default();
        let near = |at: &usize| nearness(&home, &loaded[*at].place);
        let broken: Vec<_> =
            broken.iter().map(|(path, error)| (path, error, nearness(&home, &absolute(path)))).collect();
        let found: BTreeSet<&str> =
            names.iter().copied().filter(|name| loaded.iter().any(|root| holds(&root.chart, name))).collect();
        chosen.by_notes = !found.is_empty();
        let candidates: BTreeSet<usize> =
            self.holders(if given { &NO_NAMES } else { names }).into_iter().flatten().collect();
        // One that cannot be loaded is the list's own, too: no other list's stands in its place.
        let broken_at = broken.iter().map(|(.., own)| *own).max().unwrap_or_default();
        let nearest = candidates.iter().map(near).max().unwrap_or_default().max(broken_at);
        let is_own = |at: &usize| loaded[*at].nearest <= near(at) || near(at) == nearest;
        let is_taken = |at: &usize| given || list.is_none() || is_own(at);
        let taken: BTreeSet<usize> = candidates.iter().copied().filter(is_taken).collect();
        let anothers: Vec<usize> = candidates.difference(&taken).copied().collect();
        let is_unnamed = |at: &usize| !candidates.contains(at) && !loaded[*at].is_outside;
        let unnamed: Vec<usize> = (0..loaded.len()).filter(is_unnamed).collect();
        let paths = |all: &[usize]| all.iter().map(|at| shown(workspace, &loaded[*at].chart.path)).collect::<Vec<_>>();
        chosen.notes.extend(passed_over(&paths(&unnamed), |them| format!("no source note names a chart in {them}")));
        let why = why_these(given, taken.len(), found.is_empty(), !anothers.is_empty());
        let called: BTreeSet<&str> = taken.iter().map(|at| loaded[*at].chart.name().as_str()).collect();
        // Charts of one name are easily more than somebody thinks of.
        match why {
            Some(why) if called.len() < taken.len() => chosen.notes.push(why.to_owned()),
            why => chosen.assumed.extend(why.map(Assumption::told)),
        }
        let outside: Vec<usize> = taken.iter().copied().filter(|at| loaded[*at].is_outside).collect();
        if !outside.is_empty() {
            let it = if outside.len() == 1 { "it" } else { "them" };
            let paths = some(&paths(&outside));
            chosen
                .notes
                .push(format!("charts: {paths}, too: a source note names a chart in {it} that none in here holds"));
        }
        // A note that names a chart which only another list's root chart holds is easily one that nobody mended.
        let held = |name: &&str| taken.iter().any(|at| holds(&loaded[*at].chart, name));
        for name in found.iter().filter(|name| !given && !held(name)) {
            let theirs: Vec<usize> = anothers.iter().copied().filter(|at| holds(&loaded[*at].chart, name)).collect();
            let theirs = some(&paths(&theirs));
            chosen.notes.push(format!(
                "{name} is in {theirs} alone, which another list lies nearer to; `--chart` or {} says it otherwise",
                config::FILE_NAME
            ));
        }
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
            let wider = around.as_ref().filter(|_| !lost.is_empty()).map(|around| Workspace {
                root: workspace.root.clone(),
                unread: workspace.unread.clone(),
                ..Workspace::clone(around)
            });
            chosen.look_for(wider.as_ref().unwrap_or(workspace), &lost, names.is_empty());
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
        let lends = |chart: &Chart| names.iter().any(|name| !held(name) && holds(chart, name));
        // One that is called as one of its own is what another environment has of that: it may be behind, and speaks for no entry.
        let is_asked = |at: &usize| {
            let chart = &loaded[*at].chart;
            !called.contains(chart.name().as_str()) || lends(chart)
        };
        let of = |all: &mut dyn Iterator<Item = usize>| all.map(|at| loaded[at].clone()).collect::<Vec<_>>();
        let left = left.iter().filter(|root| !given && lends(&root.chart)).cloned();
        let anothers = of(&mut anothers.iter().copied().filter(is_asked)).into_iter().chain(left).collect();
        Choice { charts: of(&mut taken.iter().copied()), others: of(&mut unnamed.into_iter()), anothers, chosen }
    }
}

impl Root {
    fn of(chart: Arc<Chart>, settings: &Settings) -> Self {
        let place = absolute(&chart.path);
        Self { renderer: settings.kept.renderer(&chart), chart, place, nearest: 0, is_outside: false }
    }
}

/// Root charts that were found.
struct Found {
    charts: Vec<Arc<Chart>>,
    /// Where others lie, and why they could not be loaded.
    broken: Vec<(PathBuf, ChartError)>,
    /// Vendored copies, which were passed over.
    copies: Vec<Copied>,
}

impl Found {
    /// Those of the charts at `paths` that Helm installs and that are no part of another one.
    fn among(sources: &Sources, paths: &[PathBuf], settings: &Settings) -> Self {
        let (mut loaded, mut broken) = (Vec::new(), Vec::new());
        for path in paths {
            match load(sources, path, settings) {
                Ok(chart) => loaded.push(chart),
                Err(error) => broken.push((path.clone(), error)),
            }
        }
        // A chart that another one takes in by file:// is no root.
        let taken: BTreeSet<PathBuf> =
            loaded.iter().flat_map(|chart| below(chart)).map(|path| canonical(&path)).collect();
        loaded.retain(|chart| !taken.contains(&canonical(&chart.path)));
        // Nor is a library chart one: Helm installs none.
        if loaded.iter().any(|chart| chart.check_installable().is_ok()) {
            loaded.retain(|chart| chart.check_installable().is_ok());
        }
        let (charts, copies) = part_vendored(loaded);
        Self { charts, broken, copies }
    }
}

/// The root charts around `workspace` that its lists are held against, too: whoever brings what charts depend on has to know them.
#[must_use]
pub fn charts_around(sources: &Sources, workspace: &Workspace, settings: &Settings) -> Vec<PathBuf> {
    let roots = Roots::of(sources, workspace, settings).unwrap_or_default();
    let outside = roots.loaded.into_iter().filter(|root| root.is_outside);
    outside.map(|root| root.chart.path.clone()).collect()
}

/// The lists whose charts nobody configured. One that cannot be read is told when it is checked.
fn unconfigured<'a>(
    sources: &'a Sources,
    lists: impl IntoIterator<Item = &'a PathBuf>,
    settings: &'a Settings,
) -> impl Iterator<Item = (&'a PathBuf, List)> {
    let is_found = |path: &&PathBuf| settings.configured(path).is_none_or(|list| list.list.charts.is_empty());
    lists.into_iter().filter(is_found).filter_map(|path| {
        let file = read_list(sources, path).ok()?;
        Some((path, List::parse(file, sources.get(file).text())))
    })
}

/// A chart that a note names, and the version that it must have, if it is an external one.
type Asked = (String, Option<String>);

/// The charts that the notes of `list` name.
fn asked(list: &List) -> Vec<Asked> {
    let asked = |named: &NamedChart| {
        let version = named.version.as_ref().filter(|_| named.origin != ChartOrigin::Local);
        (named.chart.text.clone(), version.map(|version| version.text.clone()))
    };
    list.entries.iter().flat_map(|entry| entry.note.charts()).map(asked).collect()
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
pub(super) fn shown_here(path: &Path) -> String {
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

/// Whether `chart`, a chart below it, or a dependency of one of them goes by `name` and is of that version.
fn holds_at(chart: &Chart, name: &str, version: &str) -> bool {
    let plain = |version: &str| version.trim_start_matches('v').to_owned();
    let is_it = |own: &str| plain(own) == plain(version);
    let mut asked = chart.metadata.dependencies.iter().flatten();
    (*chart.name() == name && is_it(&chart.metadata.version))
        || asked.any(|dependency| {
            let is_called = dependency.name == name || dependency.alias == name;
            is_called && (is_it(&dependency.version) || is_compatible(&dependency.version, version))
        })
        || chart.subcharts.iter().any(|subchart| holds_at(subchart, name, version))
}
