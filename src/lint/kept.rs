//! What checks leave for later ones in a process that goes on: loaded charts with what they rendered and could deploy, by content; and
//! which text files are a workspace's own. Empty, and kept empty, where nobody asks for it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::reconcile::Listed;
use crate::chart::{Chart, ChartError};
use crate::inventory::{Listing, Optional, Problem, Survey, Target, optional};
use crate::render::Renderer;
use crate::source::{FileId, Sources};

/// What is kept. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Kept(Option<Arc<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    charts: Mutex<HashMap<PathBuf, KeptChart>>,
    trials: Mutex<Vec<Trial>>,
    files: Mutex<KeptFiles>,
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

/// Rounds that a trial is kept for without being asked for.
const MOST_IDLE: usize = 50;

/// Trials that are kept; the one that nobody asked for the longest goes first.
const MOST_TRIALS: usize = 32;

#[derive(Debug)]
struct KeptChart {
    chart: Arc<Chart>,
    renderer: Arc<Renderer>,
    /// All files that it was made of.
    files: HashSet<FileId>,
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
    /// Nothing yet; what is computed from now on is kept.
    #[must_use]
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Says that anything may have changed on disk. Charts are told by their files: see [`Sources::doubt_all`].
    pub fn disk_changed(&self) {
        self.0.iter().for_each(|inner| *locked(&inner.files) = KeptFiles::default());
    }

    /// Forgets what was not used since this was last done, and the files that nothing is made of any more.
    pub fn tidy(&self, sources: &mut Sources) {
        let Some(inner) = &self.0 else { return };
        let mut charts = locked(&inner.charts);
        charts.retain(|_, kept| std::mem::take(&mut kept.used));
        charts.values().for_each(|kept| kept.renderer.forget_unused(&kept.files));
        let is_there = |target: &Target| charts.values().any(|kept| Arc::ptr_eq(&kept.chart, &target.chart));
        let mut trials = locked(&inner.trials);
        trials.iter_mut().for_each(|trial| trial.idle += 1);
        trials.retain(|trial| trial.idle <= MOST_IDLE && trial.targets.iter().all(is_there));
        sources.forget(&charts.values().flat_map(|kept| &kept.files).copied().collect());
    }

    /// The chart at `path`: the one that was loaded before, if each of its files is as it was; else what `load` gives.
    pub(super) fn chart(
        &self,
        sources: &Sources,
        path: &Path,
        load: impl FnOnce() -> Result<Arc<Chart>, ChartError>,
    ) -> Result<Arc<Chart>, ChartError> {
        let Some(inner) = &self.0 else { return load() };
        if let Some(kept) = locked(&inner.charts).get_mut(path)
            && kept.files.iter().all(|file| sources.is_current(*file))
        {
            kept.used = true;
            return Ok(kept.chart.clone());
        }
        let chart = load()?;
        let mut files = HashSet::new();
        collect(&chart, sources, &mut files);
        let mut charts = locked(&inner.charts);
        if let Some(kept) = charts.get_mut(path).filter(|kept| kept.files == files) {
            kept.used = true;
            return Ok(kept.chart.clone());
        }
        let before = charts.get(path).map(|kept| kept.renderer.clone());
        let renderer = Arc::new(Renderer::remembering(chart.clone(), before.as_deref()));
        charts.insert(path.to_owned(), KeptChart { chart: chart.clone(), renderer, files, used: true });
        Ok(chart)
    }

    /// What renders `chart`: where that was kept, what rendered it before.
    pub(super) fn renderer(&self, chart: &Arc<Chart>) -> Arc<Renderer> {
        let kept = self.0.as_ref().and_then(|inner| {
            let charts = locked(&inner.charts);
            charts.values().find(|kept| Arc::ptr_eq(&kept.chart, chart)).map(|kept| kept.renderer.clone())
        });
        kept.unwrap_or_else(|| Arc::new(Renderer::new(chart.clone())))
    }

    /// The images of `listed`, as what vouches for images in charts.
    pub(super) fn listing(&self, listed: &[Listed]) -> Arc<Listing> {
        let images = listed.iter().map(|listed| listed.reference.clone()).collect();
        Arc::new(if self.0.is_some() { Listing::remembering(images) } else { Listing::new(images) })
    }

    /// What `targets`, which `survey` is of, could deploy: what was found before, if nothing has changed that it depends on.
    pub(super) fn optional(&self, sources: &Sources, targets: &[Target], survey: &Survey) -> Optional {
        let Some(inner) = &self.0 else { return optional(sources, targets, survey) };
        let same = |trial: &&mut Trial| {
            trial.targets.len() == targets.len()
                && trial.targets.iter().zip(targets).all(|(one, other)| one.is_same(other))
                && trial.problems == survey.problems
                && trial.listing.is_answered_by(survey.listing())
        };
        if let Some(trial) = locked(&inner.trials).iter_mut().find(same) {
            trial.idle = 0;
            return trial.found.clone();
        }
        // Not under the lock: it takes long.
        let found = optional(sources, targets, survey);
        let trial = Trial {
            targets: targets.to_vec(),
            problems: survey.problems.clone(),
            listing: survey.listing().clone(),
            found: found.clone(),
            idle: 0,
        };
        let mut trials = locked(&inner.trials);
        if trials.len() >= MOST_TRIALS {
            let oldest = trials.iter().enumerate().max_by_key(|(_, trial)| trial.idle).map(|(at, _)| at);
            oldest.map(|at| trials.remove(at));
        }
        trials.push(trial);
        found
    }

    /// The text files, where they are kept.
    pub(super) fn files(&self) -> Option<MutexGuard<'_, KeptFiles>> {
        self.0.as_ref().map(|inner| locked(&inner.files))
    }
}

/// All files that `chart` and those below it are made of.
fn collect(chart: &Chart, sources: &Sources, files: &mut HashSet<FileId>) {
    let locks = ["Chart.lock", "requirements.lock"].map(|name| chart.metadata_path.with_file_name(name));
    files.extend(locks.iter().filter_map(|path| sources.find(path)));
    files.extend(chart.metadata_file.iter().chain(&chart.requirements_file));
    let own = chart.templates.iter().chain(&chart.files).chain(&chart.values_file).chain(&chart.schema);
    files.extend(own.map(|file| file.file));
    chart.subcharts.iter().for_each(|subchart| collect(subchart, sources, files));
}
