//! `mirrorlint fetch`: external charts into the cache, their digests into the lock file.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::arguments::{Fetch, Reaching};
use super::check::is_chart;
use super::{Ending, Outcome, Session, here};
use crate::chart::{LoadOptions, Place};
use crate::config::{List, Loaded};
use crate::fetch::{
    Brought, External, Meter, Mode, Need, Patience, Remotes, Run, State, Vendored, bring, externals, pins, vendor,
    with_local,
};
use crate::lint::{
    Refusal, Settings, Workspace, charts_around, find, find_charts_here, home_of, places_of_configuration,
};
use crate::report::in_line;
use crate::source::{Span, canonical, path_from};
use crate::store::{Environment, LOCK_NAME, Lock, Store};

pub(super) fn run(session: &Session, options: &Fetch) -> Outcome {
    let (root, charts, whole) = charts(session, options.path.as_deref(), &options.charts)?;
    let environment = Environment::of_process();
    let mut store = Store::open(&environment, &root)?;
    let before = store.lock.clone();
    let meter = Meter::default();
    let remotes = Remotes::new(&environment, patience(&options.reaching), meter.clone());
    let mode = Mode { update: options.update, dry_run: options.dry_run, vendor: options.vendor };
    let progress = Progress::new(meter);
    let failed = Mutex::new(None);
    let (outcomes, broken) = bring(&session.sources, &charts, &store, &remotes, mode, &|outcome| {
        let shown =
            outcome.result.as_ref().map(|brought| line(&outcome.need.name, brought, &outcome.need.shown_repository()));
        progress.tell(|| {
            if let (Ok(shown), false) = (&shown, options.quiet)
                && let Err(refusal) = session.print(shown)
            {
                *failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(refusal);
            }
        });
    });
    progress.end();
    if let Some(refusal) = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(refusal);
    }
    let mut complete = true;
    for error in broken {
        complete = false;
        session.complain(&error.into());
    }
    for outcome in &outcomes {
        if let Err(error) = &outcome.result {
            complete = false;
            let need = &outcome.need;
            let message = format!("{} of {} cannot be fetched: {error}", need.name, need.parent);
            session.complain(&Refusal { span: place(need), ..Refusal::new(in_line(&message)) });
        }
    }
    let externals = all_externals(session, &charts);
    if !options.vendor {
        complete &= !tell_misfits(session, &externals);
    }
    let mut vendored = false;
    if !options.dry_run {
        // What is not asked for any more is forgotten, unless somebody looked at some charts only. What lies in charts/ is
        // still asked for.
        let own = before
            .as_ref()
            .and_then(|lock| lock.path.parent())
            .is_none_or(|folder| canonical(folder) == canonical(&root));
        let asked: Vec<Need> = externals.into_iter().map(|external| external.need).collect();
        let (old, path) = match before {
            Some(lock) => (lock.packages, lock.path),
            None => (Vec::new(), home_of(&session.sources, &root).join(LOCK_NAME)),
        };
        let run = Run { before: &old, outcomes: &outcomes, asked: &asked, whole: whole && own && complete };
        let (lock, written) = Lock::change(&path, |now| pins(&run, now))?;
        tell_lock(session, options, &lock, written)?;
        store.lock = Some(lock);
        if options.vendor {
            vendored = vendor_all(session, options, &charts, &store, &outcomes)?;
        }
    }
    if outcomes.is_empty() && complete && !vendored && !options.quiet {
        let vendored = if options.update { "; what is there `--vendor` chooses anew" } else { "" };
        session
            .print(&format!("nothing to fetch: no chart here depends on one that is not in its charts/{vendored}\n"))?;
    }
    Ok(if complete { Ending::Clean } else { Ending::Incomplete })
}

fn tell_lock(session: &Session, options: &Fetch, lock: &Lock, written: bool) -> Result<(), Refusal> {
    if options.quiet || (lock.packages.is_empty() && !written) {
        return Ok(());
    }
    let shown = path_from(&here(), &lock.path);
    let number = lock.packages.len();
    let packages = if number == 1 { "1 package".to_owned() } else { format!("{number} packages") };
    let how = if written { "wrote" } else { "unchanged:" };
    session.print(&format!("{how} {} ({packages})\n", shown.display()))
}

/// Where `need` stands, unless a password stands there: who writes one into Chart.yaml need not see it in a log.
fn place(need: &Need) -> Option<Span> {
    let secretive = need.shown_repository() != need.repository.trim_end_matches('/');
    need.span.filter(|_| !secretive)
}

/// All that `charts` ask for from repositories, wherever it is.
fn all_externals(session: &Session, charts: &[PathBuf]) -> Vec<External> {
    let loading = LoadOptions { resolve_file_dependencies: true, packages: None };
    let (charts, _) = with_local(&session.sources, charts, &loading);
    charts.iter().flat_map(externals).collect()
}

/// Tells what lies in `charts/` in another version than is asked for; whether there is any.
fn tell_misfits(session: &Session, externals: &[External]) -> bool {
    let here = here();
    let mut told = Vec::new();
    for external in externals {
        let (need, Some(held)) = (&external.need, external.misfit()) else { continue };
        let wanted = need.locked.as_ref().unwrap_or(&need.version);
        let (path, found) = (path_from(&here, &held.path), &held.metadata.version);
        let (path, folder) = (path.display(), held.place == Place::Folder);
        let remedy = if folder { "delete that folder, and fetch again" } else { "`fetch --vendor` replaces it" };
        let message = format!("{} asks for {} {wanted}, but {path} holds {found}: {remedy}", need.parent, need.name);
        // A chart that others take in by `file://` is met again below each.
        if !told.contains(&message) {
            session.complain(&Refusal { span: place(need), ..Refusal::new(message.clone()) });
            told.push(message);
        }
    }
    !told.is_empty()
}

/// Whether anything was done.
fn vendor_all(
    session: &Session,
    options: &Fetch,
    charts: &[PathBuf],
    store: &Store,
    outcomes: &[crate::fetch::Outcome],
) -> Result<bool, Refusal> {
    let mut changed = false;
    let loading = LoadOptions { resolve_file_dependencies: true, packages: Some(store) };
    // What cannot be loaded was told.
    for chart in with_local(&session.sources, charts, &loading).0 {
        let done = vendor(&chart, store.cache.as_ref(), outcomes).map_err(|error| Refusal::new(error.message))?;
        changed |= !done.is_empty();
        for vendored in done.iter().filter(|_| !options.quiet) {
            session.print(&(told(vendored) + "\n"))?;
        }
    }
    Ok(changed)
}

fn told(vendored: &Vendored) -> String {
    let here = here();
    let shown = |path: &Path| path_from(&here, path).display().to_string();
    match vendored {
        Vendored::Written(path) => format!("wrote {}", shown(path)),
        Vendored::Removed(path) => format!("removed {}", shown(path)),
        Vendored::Left(path) => {
            format!("left {}, which Chart.yaml does not ask for: Helm would remove it", shown(path))
        }
        Vendored::Beside(folder, number) => {
            let folders = if *number == 1 { "1 folder".to_owned() } else { format!("{number} folders") };
            let why = "Helm would put a package beside each, and leave to chance which of the two counts";
            format!("left {folders} in {} as they are: {why}", shown(folder))
        }
    }
}

/// The workspace's root, the charts, and whether those are all of it.
pub(super) fn charts(
    session: &Session,
    path: Option<&Path>,
    given: &[PathBuf],
) -> Result<(PathBuf, Vec<PathBuf>, bool), Refusal> {
    let found = match path {
        Some(path) if path.is_file() => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Workspace { root: folder.to_owned(), charts: vec![path.to_owned()], ..Workspace::default() }
        }
        Some(path) => find(&session.sources, path, true)?,
        None => find_charts_here(&session.sources, true),
    };
    if !given.is_empty() {
        return Ok((found.root, given.to_vec(), false));
    }
    let mut charts = found.charts.clone();
    let configuration = places_of_configuration(&found.root).into_iter().find(|file| file.is_file());
    let configuration = configuration.map(|file| Loaded::read(&session.sources, &file)).transpose()?;
    if let Some(loaded) = &configuration {
        let is_meant = |list: &&List| {
            !loaded.is_above(&found.root) || canonical(&loaded.below(&list.path)).starts_with(canonical(&found.root))
        };
        let configured = loaded.configuration.lists.iter().filter(is_meant).flat_map(|list| &list.charts);
        let configured: Vec<PathBuf> = configured.map(|chart| loaded.below(&chart.path)).collect();
        let known: Vec<PathBuf> = charts.iter().map(|chart| canonical(chart)).collect();
        charts.extend(configured.into_iter().filter(|chart| is_chart(chart) && !known.contains(&canonical(chart))));
    }
    let settings = Settings { configuration, ..Settings::default() };
    charts.extend(charts_around(&session.sources, &found, &settings));
    if charts.is_empty() {
        let message = "holds no Helm chart: name one with --chart";
        return Err(Refusal { path: Some(found.root), ..Refusal::new(message) });
    }
    Ok((found.root, charts, true))
}

pub(super) fn patience(reaching: &Reaching) -> Patience {
    Patience { silence: Duration::from_secs_f32(reaching.timeout), retries: reaching.retries }
}

fn line(name: &str, brought: &Brought, repository: &str) -> String {
    let Brought { version, sha256, state, notes, .. } = brought;
    let what = match state {
        State::Held => "cached",
        State::Fetched => "fetched",
        State::Wanted => "would fetch",
    };
    let digest = if sha256.is_empty() { String::new() } else { format!(" (sha256 {sha256})") };
    let mut out = in_line(&format!("{what} {name} {version} from {repository}{digest}")) + "\n";
    notes.iter().for_each(|note| out.push_str(&format!("  {}\n", in_line(note))));
    out
}

/// How far the downloads are, on a terminal; elsewhere nothing but what is told.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(meter: Meter) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let far = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                let (done, asked) = meter.charts();
                let _ = out.write_str(&how_far(done, asked, meter.bytes()));
            };
            let style = ProgressStyle::with_template("{spinner} {far}");
            let bar = ProgressBar::new_spinner();
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()).with_key("far", far));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar }
    }

    /// Lets `print` print, with the bar out of its way.
    pub(super) fn tell(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub(super) fn end(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}

/// A bar of the charts that are done, and the bytes that came in.
fn how_far(done: usize, asked: usize, bytes: u64) -> String {
    const WIDTH: usize = 24;
    let bytes = indicatif::HumanBytes(bytes);
    if asked == 0 {
        return bytes.to_string();
    }
    let full = WIDTH * done.min(asked) / asked;
    let bar = "━".repeat(full) + &" ".repeat(WIDTH - full);
    let charts = if asked == 1 { "chart" } else { "charts" };
    format!("▕{bar}▏ {done} of {asked} {charts}, {bytes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_shows_the_charts_that_are_done() {
        assert_eq!(how_far(0, 0, 0), "0 B");
        let shown = |done: usize, asked: usize| how_far(done, asked, 2048);
        assert_eq!(shown(0, 1), format!("▕{}▏ 0 of 1 chart, 2.00 KiB", " ".repeat(24)));
        assert_eq!(shown(1, 4), format!("▕{}{}▏ 1 of 4 charts, 2.00 KiB", "━".repeat(6), " ".repeat(18)));
        assert_eq!(shown(4, 4), format!("▕{}▏ 4 of 4 charts, 2.00 KiB", "━".repeat(24)));
    }
}
