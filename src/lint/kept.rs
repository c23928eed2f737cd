//! What checks leave for later ones in a process that goes on: loaded charts with what they rendered and could deploy, by content; and
//! which text files are a workspace's own. Empty, and kept empty, where nobody asks for it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Workspace;
use super::reconcile::Listed;
use crate::chart::{Chart, ChartError};
use crate::inventory::{Listing, Optional, Problem, Stop, Survey, Target, optional, survey};
use crate::render::Renderer;
use crate::source::{FileId, Sources};

/// What is kept. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    inner: Option<Arc<Inner>>,
    /// What ends a check.
    stop: Stop,
    /// Whether what later checks may need is computed, too.
    is_ahead: bool,
}

#[derive(Debug, Default)]
struct Inner {
    charts: Mutex<HashMap<PathBuf, KeptChart>>,
    surveys: Mutex<Vec<KeptSurvey>>,
    trials: Mutex<Vec<Trial>>,
    files: Mutex<KeptFiles>,
    /// What lies below a folder around the workspace.
    around: Mutex<Option<Arc<Workspace>>>,
}

/// What charts deploy.
#[derive(Debug)]
struct KeptSurvey {
    targets: Vec<Target>,
    survey: Survey,
    /// As of a [`Trial`].
    idle: usize,
}

/// What was found of what could be switched on.
#[derive(Debug)]
struct Trial {
    targets: Vec<Target>,
    problems: Vec<Problem>,
    /// The list that it was found for: what vouches for images has a say in it.
    listing: Arc<Listing>,
    found: Optional,
    /// How often [`Kept::tidy`] was called since it was asked for.
    idle: usize,
}

/// Rounds that a survey or a trial is kept for without being asked for.
const MOST_IDLE: usize = 50;

/// Surveys, and trials, that are kept; the one that nobody asked for the longest goes first.
const MOST_TRIALS: usize = 32;

#[derive(Debug)]
struct KeptChart {
    chart: Arc<Chart>,
    renderer: Arc<Renderer>,
    /// All files that it was made of.
    files: HashSet<FileId>,
    /// Whether others may have come, or packages that lie elsewhere changed.
    doubtful: bool,
    /// Whether it was asked for since [`Kept::tidy`].
    used: bool,
}

/// The text files of a workspace.
#[derive(Debug, Default)]
pub(super) struct KeptFiles {
    /// With the lists that are none of them.
    pub own: Option<(Vec<PathBuf>, Vec<PathBuf>)>,
    /// Their bytes, as many as may be kept.
    pub texts: HashMap<PathBuf, Arc<[u8]>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Nothing yet; what is computed from now on is kept. Once `stop` is said, checks end early: what they give is of no use then.
    #[must_use]
    pub fn new(stop: Stop) -> Self {
        Self { inner: Some(Arc::default()), stop, is_ahead: false }
    }

    /// The same, for a check whose outcome nobody reads: what later ones may need is computed.
    #[must_use]
    pub fn ahead(&self) -> Self {
        Self { is_ahead: true, ..self.clone() }
    }

    /// What ends a check.
    #[must_use]
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Whether what later checks may need is computed, too.
    pub(super) fn is_ahead(&self) -> bool {
        self.is_ahead
    }

    /// Says that anything may have changed on disk, packages that lie elsewhere and the lock file among it: charts are loaded
    /// again, and kept as far as they came out the same.
    pub fn disk_changed(&self) {
        let Some(inner) = &self.inner else { return };
        *locked(&inner.files) = KeptFiles::default();
        *locked(&inner.around) = None;
        locked(&inner.charts).values_mut().for_each(|kept| kept.doubtful = true);
    }

    /// Forgets what was not used since this was last done, and the files that nothing is made of any more.
    pub fn tidy(&self, sources: &mut Sources) {
        let Some(inner) = &self.inner else { return };
        let mut charts = locked(&inner.charts);
        let old_charts: Vec<_> = charts.extract_if(|_, kept| !std::mem::take(&mut kept.used)).collect();
        charts.values().for_each(|kept| kept.renderer.forget_unused(&kept.files));
        let is_there = |target: &Target| charts.values().any(|kept| Arc::ptr_eq(&kept.chart, &target.chart));
        let mut surveys = locked(&inner.surveys);
        surveys.iter_mut().for_each(|kept| kept.idle += 1);
        let is_old = |kept: &mut KeptSurvey| kept.idle > MOST_IDLE || !kept.targets.iter().all(is_there);
        let old_surveys: Vec<_> = surveys.extract_if(.., is_old).collect();
        let mut trials = locked(&inner.trials);
        trials.iter_mut().for_each(|trial| trial.idle += 1);
        let is_old = |trial: &mut Trial| trial.idle > MOST_IDLE || !trial.targets.iter().all(is_there);
        let old_trials: Vec<_> = trials.extract_if(.., is_old).collect();
        if !(old_charts.is_empty() && old_surveys.is_empty() && old_trials.is_empty()) {
            // All that they rendered is taken apart; nobody has to wait for it.
            rayon::spawn(move || drop((old_charts, old_surveys, old_trials)));
        }
        sources.forget(&charts.values().flat_map(|kept| &kept.files).copied().collect());
    }

    /// The chart at `path`: the one that was loaded before, if each of its files is as it was; else what `load` gives.
    pub(super) fn chart(
        &self,
        sources: &Sources,
        path: &Path,
        load: impl FnOnce() -> Result<Arc<Chart>, ChartError>,
    ) -> Result<Arc<Chart>, ChartError> {
        let Some(inner) = &self.inner else { return load() };
        if let Some(kept) = locked(&inner.charts).get_mut(path)
            && !kept.doubtful
            && kept.files.iter().all(|file| sources.is_current(*file))
        {
            kept.used = true;
            return Ok(kept.chart.clone());
        }
        let chart = self.renewed(sources, path).map_or_else(load, Ok)?;
        let mut files = HashSet::new();
        collect(&chart, sources, &mut files);
        let mut charts = locked(&inner.charts);
        if let Some(kept) = charts.get_mut(path).filter(|kept| kept.files == files && is_same(&kept.chart, &chart)) {
            (kept.used, kept.doubtful) = (true, false);
            return Ok(kept.chart.clone());
        }
        let before = charts.get(path).map(|kept| kept.renderer.clone());
        let renderer = Arc::new(Renderer::remembering(chart.clone(), before.as_deref()));
        charts
            .insert(path.to_owned(), KeptChart { chart: chart.clone(), renderer, files, doubtful: false, used: true });
        Ok(chart)
    }

    /// The chart at `path`, where nothing but values and templates of it changed.
    fn renewed(&self, sources: &Sources, path: &Path) -> Option<Arc<Chart>> {
        let charts = locked(&self.inner.as_ref()?.charts);
        let KeptChart { chart, files, .. } = charts.get(path).filter(|kept| !kept.doubtful)?;
        chart.renewed(sources, &files.iter().copied().filter(|file| !sources.is_current(*file)).collect())
    }

    /// What lies below `folder`: what `walk` found before, if that was there.
    pub(super) fn around(&self, folder: &Path, walk: impl FnOnce() -> Workspace) -> Arc<Workspace> {
        let kept = self.inner.as_ref().and_then(|inner| locked(&inner.around).clone());
        kept.filter(|kept| kept.root == folder).unwrap_or_else(|| {
            let found = Arc::new(walk());
            self.inner.iter().for_each(|inner| *locked(&inner.around) = Some(found.clone()));
            found
        })
    }

    /// What renders `chart`: where that was kept, what rendered it before.
    pub(super) fn renderer(&self, chart: &Arc<Chart>) -> Arc<Renderer> {
        let kept = self.inner.as_ref().and_then(|inner| {
            let charts = locked(&inner.charts);
            charts.values().find(|kept| Arc::ptr_eq(&kept.chart, chart)).map(|kept| kept.renderer.clone())
        });
        kept.unwrap_or_else(|| Arc::new(Renderer::new(chart.clone())))
    }

    /// The images of `listed`, as what vouches for images in charts.
    pub(super) fn listing(&self, listed: &[Listed]) -> Arc<Listing> {
        let images = listed.iter().map(|listed| listed.reference.clone()).collect();
        Arc::new(if self.inner.is_some() { Listing::remembering(images) } else { Listing::new(images) })
    }

    /// What `targets` deploy, as far as `listing` vouches for it: what was found before, if nothing has changed that it depends on.
    pub(super) fn survey(&self, sources: &Sources, targets: &[Target], listing: Arc<Listing>) -> Survey {
        let find = || survey(sources, targets, &listing, &self.stop);
        let Some(inner) = &self.inner else { return find() };
        let same =
            |kept: &&mut KeptSurvey| are_same(&kept.targets, targets) && kept.survey.listing().is_answered_by(&listing);
        if let Some(kept) = locked(&inner.surveys).iter_mut().find(same) {
            kept.idle = 0;
            return kept.survey.clone().for_listing(listing);
        }
        // Not under the lock: it takes long.
        let found = find();
        if !self.stop.is_said() {
            let mut surveys = locked(&inner.surveys);
            make_room(&mut surveys, |kept| kept.idle);
            surveys.push(KeptSurvey { targets: targets.to_vec(), survey: found.clone(), idle: 0 });
        }
        found
    }

    /// What `targets`, which `survey` is of, could deploy: what was found before, if nothing has changed that it depends on. Nothing
    /// where the survey was told to stop.
    pub(super) fn optional(&self, sources: &Sources, targets: &[Target], survey: &Survey) -> Optional {
        if targets.is_empty() {
            return Optional::default();
        }
        let find = || optional(sources, targets, survey);
        let Some(inner) = &self.inner else { return find().unwrap_or_default() };
        let same = |trial: &&mut Trial| {
            are_same(&trial.targets, targets)
                && trial.problems == survey.problems
                && trial.listing.is_answered_by(survey.listing())
        };
        if let Some(trial) = locked(&inner.trials).iter_mut().find(same) {
            trial.idle = 0;
            return trial.found.clone();
        }
        // Not under the lock: it takes long.
        let Some(found) = find() else { return Optional::default() };
        let trial = Trial {
            targets: targets.to_vec(),
            problems: survey.problems.clone(),
            listing: survey.listing().clone(),
            found: found.clone(),
            idle: 0,
        };
        let mut trials = locked(&inner.trials);
        make_room(&mut trials, |trial| trial.idle);
        trials.push(trial);
        found
    }

    /// The paths of the workspace's text files, as far as they were looked at.
    #[must_use]
    pub fn text_files(&self) -> Vec<PathBuf> {
        self.files().map(|files| files.texts.keys().cloned().collect()).unwrap_or_default()
    }

    /// The text files, where they are kept.
    pub(super) fn files(&self) -> Option<MutexGuard<'_, KeptFiles>> {
        self.inner.as_ref().map(|inner| locked(&inner.files))
    }
}

/// Whether they are the very same charts under the same scenarios.
fn are_same(one: &[Target], other: &[Target]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
}

/// Drops what nobody asked for the longest, where there are [`MOST_TRIALS`].
fn make_room<T>(all: &mut Vec<T>, idle: impl Fn(&T) -> usize) {
    if all.len() >= MOST_TRIALS {
        let oldest = all.iter().enumerate().max_by_key(|(_, one)| idle(one)).map(|(at, _)| at);
        oldest.map(|at| all.remove(at));
    }
}

/// Whether two charts of the same files are the same: what was lent to them, and what of that was refused.
fn is_same(one: &Chart, other: &Chart) -> bool {
    let is_alike = one.path == other.path && one.keeper == other.keeper && one.refused == other.refused;
    let below = one.subcharts.iter().zip(&other.subcharts);
    is_alike
        && one.subcharts.len() == other.subcharts.len()
        && below.into_iter().all(|(one, other)| is_same(one, other))
}

/// All files that `chart` and those below it are made of.
fn collect(chart: &Chart, sources: &Sources, files: &mut HashSet<FileId>) {
    let locks = ["Chart.lock", "requirements.lock"].map(|name| chart.metadata_path.with_file_name(name));
    files.extend(locks.iter().filter_map(|path| sources.find(path)));
    files.extend(sources.find(&chart.path.join(".helmignore")));
    files.extend(chart.metadata_file.iter().chain(&chart.requirements_file));
    let own = chart.templates.iter().chain(&chart.files).chain(&chart.values_file).chain(&chart.schema);
    files.extend(own.map(|file| file.file));
    chart.subcharts.iter().for_each(|subchart| collect(subchart, sources, files));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Settings, check, find};

    #[test]
    fn what_is_computed_ahead_is_kept_unless_it_was_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("tools/ecr-images.conf", "# (from local chart web:1.0.0)\nweb=nginx:1\n");
        // The other one is passed over, for no note names it.
        for name in ["web", "other"] {
            write(&format!("{name}/Chart.yaml"), &format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"));
            write(&format!("{name}/values.yaml"), "more: {enabled: false}\n");
            let pod = "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx:1}]}\n";
            let more = "{{ if .Values.more.enabled }}\n---\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: b, image: \
                        redis:1}]}\n{{ end }}";
            write(&format!("{name}/templates/pods.yaml"), &format!("{pod}{more}"));
        }
        let workspace = find(&Sources::new(), folder.path(), true).unwrap();
        let stop = Stop::new();
        let (sources, kept) = (Sources::new(), Kept::new(stop.clone()));
        let trials = |kept: Kept| {
            let settings = Settings { kept: kept.clone(), ..Settings::default() };
            check(&sources, &workspace, &settings).unwrap();
            let trials = locked(&kept.inner.as_ref().unwrap().trials);
            trials.iter().map(|trial| trial.found.uses.len()).collect::<Vec<_>>()
        };
        assert_eq!(trials(kept.clone()), [0; 0], "no entry asks for it");
        stop.say(true);
        assert_eq!(trials(kept.ahead()), [0; 0]);
        stop.say(false);
        assert_eq!(trials(kept.ahead()), [1, 1], "of the chart, and of the one that is passed over");
        assert_eq!(trials(kept.ahead()), [1, 1]);
    }
}
