//! `mirrorlint versions`: what repositories offer of external charts, and what another version would change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::{ChartOptions, Format, Versions};
use super::check::is_chart;
use super::fetch::{Progress, charts, patience};
use super::images::subject;
use super::{Ending, Outcome, Session};
use crate::chart::version::Version;
use crate::chart::{Chart, LoadOptions};
use crate::fetch::{Comparison, Difference, External, FetchError, Meter, Offer, Release, Remotes, externals};
use crate::lint::{Deployment, Refusal, deployments};
use crate::report;
use crate::store::{Environment, Store, fits};

/// What is known of one dependency.
struct Listed {
    external: External,
    /// The version at hand, else the one that is pinned.
    pinned: Option<String>,
    shown: Vec<Shown>,
    /// How many are not shown.
    others: usize,
    notes: Vec<String>,
    /// Why nothing could be compared.
    error: Option<String>,
}

/// One version.
struct Shown {
    release: Release,
    /// Whether the dependency's constraint allows it.
    allowed: bool,
    /// What it would change, where that was asked for.
    difference: Option<Result<Difference, String>>,
}

pub(super) fn run(session: &Session, options: &Versions) -> Outcome {
    let subject = options.subject.as_deref();
    let path = subject.map(Path::new).filter(|path| is_chart(path));
    let name = subject.filter(|_| path.is_none());
    let given: Vec<PathBuf> =
        path.map(Path::to_owned).into_iter().chain(options.charts.charts.iter().cloned()).collect();
    let (root, paths, _) = charts(session, path, &given)?;
    let environment = Environment::of_process();
    let store = Store::open(&environment, &root)?;
    let mut complete = true;
    let mut wanted: Vec<(External, &Path)> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for path in &paths {
        let loading = LoadOptions { resolve_file_dependencies: true, packages: Some(&store) };
        let chart = match Chart::load(&session.sources, path, &loading) {
            Ok(chart) => chart,
            Err(error) => {
                complete = false;
                session.complain(&error.into());
                continue;
            }
        };
        for external in externals(&chart) {
            let named = name.is_none_or(|name| external.need.name == name || external.called == name);
            known.push(external.need.name.clone());
            let same = |other: &External| other.need.span == external.need.span && other.need.span.is_some();
            if named && !wanted.iter().any(|(other, _)| same(other)) {
                wanted.push((external, path));
            }
        }
    }
    if let (Some(name), true) = (name, wanted.is_empty()) {
        let hint = crate::nearest::hint(name, known.iter().map(String::as_str));
        let place = if *root == *std::path::Path::new(".") {
            "below the current folder".to_owned()
        } else {
            format!("in {}", root.display())
        };
        let message = format!("`{name}` is neither a chart nor an external dependency of one {place}{hint}");
        return Err(Refusal::new(message));
    }
    let meter = Meter::default();
    let remotes = Remotes::new(&environment, patience(&options.reaching), meter.clone());
    let progress = Progress::new(meter);
    let mut listed = Vec::new();
    let mut deployed = Deployed { session, options: &options.charts, of: BTreeMap::new(), errors: Vec::new() };
    for (external, root) in wanted {
        let comparison = if options.images { deployed.with(&external, path, root)? } else { None };
        match list(options, &store, &remotes, &external, comparison.as_ref()) {
            Ok(one) => listed.push(one),
            Err(refusal) => {
                complete = false;
                progress.tell(|| session.complain(&refusal));
            }
        }
    }
    progress.end();
    complete &= deployed.errors.is_empty();
    deployed.errors.iter().for_each(|error| session.complain(error));
    complete &= listed.iter().all(Listed::is_compared);
    match options.format {
        Format::Human if listed.is_empty() && complete => {
            session.print("no chart here depends on one from a repository\n")?
        }
        Format::Human => session.print(&listed.iter().map(human).collect::<Vec<_>>().join("\n"))?,
        Format::Json => {
            let report = Report { version: 1, dependencies: listed.iter().map(DependencyRow::from).collect() };
            session.print(&report::to_json(&report))?;
        }
    }
    Ok(if complete { Ending::Clean } else { Ending::Incomplete })
}

fn list(
    options: &Versions,
    store: &Store,
    remotes: &Remotes,
    external: &External,
    comparison: Option<&Comparison<'_>>,
) -> Result<Listed, Refusal> {
    let need = &external.need;
    let refuse = |message: String| Refusal { span: need.span, ..Refusal::new(message) };
    let Offer { releases, skipped } =
        remotes.offer(need).map_err(|error| refuse(format!("{} of {}: {error}", need.name, need.parent)))?;
    let fits = fits(&crate::chart::Wanted { locked: None, ..need.wanted() });
    let allows = |version: &str| fits.as_ref().is_some_and(|fits| fits.allows(version));
    let at_hand = external.chart.as_ref().map(|chart| chart.metadata.version.to_string());
    let pinned = at_hand.or_else(|| need.locked.clone()).or_else(|| {
        let newest = releases.iter().find(|release| allows(&release.version));
        newest.map(|release| release.version.clone())
    });
    let is_pinned = |version: &str| pinned.as_ref().is_some_and(|pinned| is_same(pinned, version));
    let prerelease = |version: &str| Version::parse(version).is_ok_and(|version| !version.prerelease().is_empty());
    let all = releases.len();
    let left_out =
        |release: &Release| prerelease(&release.version) && !options.prereleases && !is_pinned(&release.version);
    let mut shown: Vec<Release> = releases.into_iter().filter(|release| !left_out(release)).collect();
    let limit = options.limit as usize;
    if shown.len() > limit {
        let beyond = shown.split_off(limit);
        shown.extend(beyond.into_iter().find(|release| is_pinned(&release.version)));
    }
    let others = all - shown.len();
    let newer = |release: &Release| {
        let parse = |version: &str| Version::parse(version).ok();
        pinned.as_deref().is_none_or(|pinned| parse(&release.version) > parse(pinned))
    };
    let base = comparison.and_then(|comparison| base(comparison, remotes, external, pinned.as_deref(), &shown));
    let other = |comparison: &Comparison<'_>, before: &BTreeSet<String>, release: &Release| {
        let (bytes, place) = remotes.package(need, release)?;
        let chart = comparison.chart(&bytes, &place, &release.version)?;
        Ok(Difference::between(before, &comparison.images(Some(&chart))?))
    };
    let shown = shown.into_iter().map(|release| {
        let before = base.as_ref().and_then(|base| base.as_ref().ok()).filter(|_| newer(&release));
        let difference = comparison
            .zip(before)
            .map(|(comparison, before)| other(comparison, before, &release).map_err(|error: FetchError| error.message));
        Shown { allowed: allows(&release.version), release, difference }
    });
    let shown: Vec<Shown> = shown.collect();
    let mut notes = skipped;
    // A lock file that does not agree with what is rendered is told.
    if let Some(pin) = store.pin(&need.wanted())
        && !is_pinned(&pin.version)
    {
        notes.push(format!("{} pins {}", crate::store::LOCK_NAME, pin.version));
    }
    if let Some(pinned) = pinned.as_ref().filter(|_| !shown.iter().any(|shown| is_pinned(&shown.release.version))) {
        notes.push(format!("{pinned} is not offered any more"));
    }
    let error = base.and_then(Result::err);
    Ok(Listed { external: external.clone(), pinned, shown, others, notes, error })
}

/// The images that others are compared with: with the version at hand, else with the pinned one.
fn base(
    comparison: &Comparison<'_>,
    remotes: &Remotes,
    external: &External,
    pinned: Option<&str>,
    shown: &[Release],
) -> Option<Result<BTreeSet<String>, String>> {
    let with = |release: &Release| {
        let (bytes, place) = remotes.package(&external.need, release)?;
        comparison.images(Some(&comparison.chart(&bytes, &place, &release.version)?))
    };
    let images = match &external.chart {
        Some(_) => comparison.images(None),
        None => {
            let pinned = pinned?;
            let gone = || FetchError { message: format!("{pinned} is not offered any more: nothing to compare with") };
            let release = shown.iter().find(|release| is_same(pinned, &release.version)).ok_or_else(gone);
            release.and_then(with)
        }
    };
    Some(images.map_err(|error| error.message))
}

/// What is deployed, by the chart that was named; none is the workspace.
struct Deployed<'a> {
    session: &'a Session,
    options: &'a ChartOptions,
    of: BTreeMap<Option<PathBuf>, Vec<Deployment>>,
    /// What cannot be told of it.
    errors: Vec<Refusal>,
}

impl Deployed<'_> {
    /// What `images` would show of the chart at `path`, or of the workspace, as far as it depends on `external`; else what it
    /// would show of the chart `root`, which does.
    fn with<'a>(
        &'a mut self,
        external: &'a External,
        path: Option<&Path>,
        root: &Path,
    ) -> Result<Option<Comparison<'a>>, Refusal> {
        let sources = &self.session.sources;
        for path in [path, Some(root)] {
            let key = path.map(Path::to_owned);
            if !self.of.contains_key(&key) {
                let subject = subject(self.session, path, self.options)?;
                self.errors.extend(subject.errors);
                let mut all = Vec::new();
                for (workspace, settings) in &subject.parts {
                    let (found, errors) = deployments(sources, workspace, settings);
                    all.extend(found);
                    self.errors.extend(errors);
                }
                self.of.insert(key.clone(), all);
            }
            if let Some(comparison) = Comparison::new(sources, external, &self.of[&key]) {
                return Ok(Some(comparison));
            }
        }
        Ok(None)
    }
}

fn is_same(one: &str, other: &str) -> bool {
    let plain = |text: &str| Version::parse(text).map(|version| version.to_string()).ok();
    one == other || plain(one).is_some_and(|one| Some(one) == plain(other))
}

impl Listed {
    /// Whether a package of it is there that must not be used.
    fn is_refused(&self) -> bool {
        self.external.parent.refused.iter().any(|refused| refused.name == *self.external.need.name)
    }

    /// Whether all comparisons that were asked for could be made.
    fn is_compared(&self) -> bool {
        self.error.is_none() && !self.shown.iter().any(|shown| matches!(shown.difference, Some(Err(_))))
    }

    fn is_pinned(&self, release: &Release) -> bool {
        self.pinned.as_ref().is_some_and(|pinned| is_same(pinned, &release.version))
    }
}

fn human(listed: &Listed) -> String {
    let need = &listed.external.need;
    let (asks, _) = need.files();
    let at_hand = match (&listed.external.chart, &listed.pinned) {
        (Some(chart), _) => match &chart.keeper {
            Some(keeper) => format!("; {} is in {keeper}", chart.metadata.version),
            None => format!("; charts/ holds {}", chart.metadata.version),
        },
        (None, Some(pinned)) if listed.is_refused() => {
            format!("; that is {pinned}, but the package at hand is refused: `mirrorlint fetch` says why")
        }
        (None, Some(pinned)) => format!("; that is {pinned}, which is not at hand"),
        (None, None) => "; there is none".to_owned(),
    };
    let title = format!(
        "{} of {}, from {}: {asks} asks for {}{at_hand}",
        need.name,
        need.parent,
        need.shown_repository(),
        need.version
    );
    let mut out = report::in_line(&title) + "\n";
    listed.error.iter().for_each(|error| out.push_str(&format!("  ! {}\n", report::one_line(error))));
    let width = listed.shown.iter().map(|shown| shown.release.version.len()).max().unwrap_or(0);
    for shown in &listed.shown {
        let Release { version, app_version, created, deprecated, .. } = &shown.release;
        let mark = if listed.is_pinned(&shown.release) { '*' } else { ' ' };
        let mut words: Vec<String> = Vec::new();
        words.extend((!app_version.is_empty()).then(|| format!("app {app_version}")));
        words.extend(created.get(..10).map(str::to_owned));
        words.extend(deprecated.then(|| "deprecated".to_owned()));
        words.extend((!shown.allowed).then(|| format!("not what {asks} asks for")));
        let line = report::in_line(&format!("{mark} {version:width$}  {}", words.join(", ")));
        out.push_str(line.trim_end());
        out.push('\n');
        match &shown.difference {
            None => {}
            Some(Ok(Difference { added, removed })) if added.is_empty() && removed.is_empty() => {
                out.push_str("      the same images\n");
            }
            Some(Ok(Difference { added, removed })) => {
                removed.iter().for_each(|image| out.push_str(&format!("    - {}\n", report::in_line(image))));
                added.iter().for_each(|image| out.push_str(&format!("    + {}\n", report::in_line(image))));
            }
            Some(Err(message)) => out.push_str(&format!("    ! {}\n", report::one_line(message))),
        }
    }
    if listed.others > 0 {
        out.push_str(&format!("  {} more (--limit, --prereleases)\n", listed.others));
    }
    let notes = listed.notes.iter().take(crate::fetch::MAX_TOLD);
    notes.for_each(|note| out.push_str(&format!("  {}\n", report::in_line(note))));
    out
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    dependencies: Vec<DependencyRow<'a>>,
}

#[derive(Serialize)]
struct DependencyRow<'a> {
    name: &'a str,
    parent: &'a str,
    repository: String,
    constraint: &'a str,
    pinned: Option<&'a str>,
    versions: Vec<VersionRow<'a>>,
    others: usize,
    notes: &'a [String],
    error: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionRow<'a> {
    version: &'a str,
    app_version: Option<&'a str>,
    created: Option<&'a str>,
    deprecated: bool,
    pinned: bool,
    allowed: bool,
    images: Option<&'a Difference>,
    error: Option<&'a str>,
}

impl<'a> From<&'a Listed> for DependencyRow<'a> {
    fn from(listed: &'a Listed) -> Self {
        let need = &listed.external.need;
        let row = |shown: &'a Shown| {
            let Release { version, app_version, created, deprecated, .. } = &shown.release;
            VersionRow {
                version,
                app_version: Some(app_version.as_str()).filter(|text| !text.is_empty()),
                created: Some(created.as_str()).filter(|text| !text.is_empty()),
                deprecated: *deprecated,
                pinned: listed.is_pinned(&shown.release),
                allowed: shown.allowed,
                images: shown.difference.as_ref().and_then(|difference| difference.as_ref().ok()),
                error: shown.difference.as_ref().and_then(|difference| difference.as_ref().err()).map(String::as_str),
            }
        };
        Self {
            name: &need.name,
            parent: &need.parent,
            repository: need.shown_repository(),
            constraint: &need.version,
            pinned: listed.pinned.as_deref(),
            versions: listed.shown.iter().map(row).collect(),
            others: listed.others,
            notes: &listed.notes,
            error: listed.error.as_deref(),
        }
    }
}
