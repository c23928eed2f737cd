//! `mirrorlint images`.

use std::path::{Path, PathBuf};

use super::arguments::{ChartOptions, Images, ImagesFormat as Format};
use super::check::{configuring, is_chart, settings, settings_of};
use super::named::named_chart;
use super::{Ending, Outcome, Session, here};
use crate::inventory::{Gap, Inventory};
use crate::lint::{Opened, Refusal, Settings, Workspace, check, home_of, images, open_charts, repository_of, store};
use crate::report;

pub(super) fn run(session: &Session, options: &Images) -> Outcome {
    let path = options.path.as_deref();
    let (root, inventory) = gather(session, path, &options.charts, options.all_regions)?;
    let whole = tell_gaps(session, &inventory);
    // Of charts of which nothing could be rendered there is nothing to be shown.
    if !whole && inventory.uses.is_empty() && options.format != Format::Json {
        return Ok(Ending::Incomplete);
    }
    let text = match options.format {
        Format::Human => report::images(&inventory, &session.sources, &here(), session.style),
        Format::Json => report::images_json(&inventory, &session.sources, &root),
        Format::Plain => report::images_plain(&inventory),
    };
    session.print(&text)?;
    Ok(if whole { Ending::Clean } else { Ending::Incomplete })
}

/// Tells on standard error what of the charts is not known; whether they could be rendered as they stand.
pub(super) fn tell_gaps(session: &Session, inventory: &Inventory) -> bool {
    let (refused, open): (Vec<&Gap>, Vec<&Gap>) = inventory.gaps.iter().partition(|gap| gap.is_refusal);
    for gap in &open {
        let place = gap.span.map(|span| report::place(&session.sources, &here(), span) + ": ").unwrap_or_default();
        session.warn(&report::in_line(&format!("{place}{}", gap.message)));
    }
    for gap in &refused {
        session.complain(&Refusal { span: gap.span, ..Refusal::new(gap.message.clone()) });
    }
    refused.is_empty()
}

/// `settings` with what is switched off, and with all regions that the charts name where that is asked for.
fn widened(settings: Settings, all_regions: bool) -> Settings {
    Settings { optional: true, all_regions, ..settings }
}

/// `inventory` without the images of which only a made-up value is known.
fn known(mut inventory: Inventory) -> Inventory {
    inventory.uses.retain(|used| used.invented().is_none());
    inventory
}

/// What the chart, the list or the workspace at `path` deploys or could deploy, in all regions when that is asked for; and the
/// folder that programs' paths are relative to: the workspace's, of a chart that is named its repository's, else its own.
pub(super) fn gather(
    session: &Session,
    path: Option<&Path>,
    options: &ChartOptions,
    all_regions: bool,
) -> Result<(PathBuf, Inventory), Refusal> {
    let Subject { root, parts, mut errors, by_itself } = subject(session, path, options)?;
    let mut all = Inventory::default();
    for (workspace, settings) in parts {
        let settings = widened(settings, all_regions);
        if by_itself {
            all.extend(images(&session.sources, &workspace, &settings)?);
            continue;
        }
        let checked = check(&session.sources, &workspace, &settings)?;
        checked.lists.into_iter().for_each(|list| all.extend(list.inventory));
        errors.extend(checked.errors);
    }
    for error in errors {
        let path = error.path.as_ref().filter(|_| error.span.is_none());
        let message =
            path.map_or_else(|| error.message.clone(), |path| format!("{}: {}", path.display(), error.message));
        all.gaps.push(Gap { message, span: error.span, is_refusal: true });
    }
    Ok((root, known(all)))
}

/// What is asked for.
pub(super) struct Subject {
    /// The folder that programs' paths are relative to.
    root: PathBuf,
    pub parts: Vec<(Workspace, Settings)>,
    /// Why others could not be opened.
    pub errors: Vec<Refusal>,
    /// Whether what the charts deploy matters, and not what lists say of it.
    by_itself: bool,
}

/// The chart, the list or the workspace at `path`, or that of the current folder. A chart that the configuration around it names is
/// deployed as that says.
pub(super) fn subject(session: &Session, path: Option<&Path>, options: &ChartOptions) -> Result<Subject, Refusal> {
    let named = path.map(|path| named_chart(session, path)).transpose()?;
    let path = named.as_deref();
    let Some(path) = path.or(Some(Path::new("."))).filter(|path| is_chart(path)) else {
        let settings = settings(session, options)?;
        let Opened { root, mut parts, errors } = open_charts(&session.sources, path, &configuring(options), settings)?;
        let by_itself = parts.iter().all(|(workspace, _)| workspace.lists.is_empty());
        parts.retain(|(workspace, _)| by_itself || !workspace.lists.is_empty());
        return Ok(Subject { root, parts, errors, by_itself });
    };
    let own = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    let own = if own.as_os_str().is_empty() { Path::new(".") } else { own };
    let home = Workspace { root: home_of(&session.sources, own), ..Workspace::default() };
    let settings = Settings { charts: vec![path.to_owned()], ..settings_of(session, &home, options)? };
    let settings = Settings { store: Some(store(own)?), ..settings };
    let workspace = Workspace { lists: settings.lists_of(path), ..home };
    let root = repository_of(own).unwrap_or_else(|| own.to_owned());
    Ok(Subject { root, parts: vec![(workspace, settings)], errors: Vec::new(), by_itself: true })
}
