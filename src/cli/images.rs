//! `mirrorlint images`.

use std::path::{Path, PathBuf};

use super::arguments::{ChartOptions, Images, ImagesFormat as Format};
use super::check::{configuring, is_chart, settings};
use super::named::named_chart;
use super::{Ending, Outcome, Session, here};
use crate::inventory::{Gap, Inventory};
use crate::lint::{Refusal, Settings, Workspace, check, images, open_charts, repository_of, store};
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

/// What the chart, the list or the workspace at `path` deploys or could deploy, in all regions when that is asked for; and the
/// folder that programs' paths are relative to: the workspace's, of a chart that is named its repository's, else its own.
pub(super) fn gather(
    session: &Session,
    path: Option<&Path>,
    options: &ChartOptions,
    all_regions: bool,
) -> Result<(PathBuf, Inventory), Refusal> {
    let named = path.map(|path| named_chart(session, path)).transpose()?;
    let path = named.as_deref();
    if let Some(path) = path.or(Some(Path::new("."))).filter(|path| is_chart(path)) {
        let own = if path.is_file() { path.parent().unwrap_or(path) } else { path };
        let own = if own.as_os_str().is_empty() { Path::new(".") } else { own };
        let (store, charts) = (Some(store(own)?), vec![path.to_owned()]);
        let settings = widened(Settings { store, charts, ..settings(session, options)? }, all_regions);
        let inventory = images(&session.sources, &Workspace::default(), &settings)?;
        return Ok((repository_of(own).unwrap_or_else(|| own.to_owned()), inventory));
    }
    let settings = settings(session, options)?;
    let (workspace, settings) = open_charts(&session.sources, path, &configuring(options), settings)?;
    let settings = widened(settings, all_regions);
    if workspace.lists.is_empty() {
        let inventory = images(&session.sources, &workspace, &settings)?;
        return Ok((workspace.root, inventory));
    }
    let mut all = Inventory::default();
    let checked = check(&session.sources, &workspace, &settings)?;
    for list in checked.lists {
        all.uses.extend(list.inventory.uses);
        all.aside.extend(list.inventory.aside);
        all.malformed.extend(list.inventory.malformed);
        all.disagreements.extend(list.inventory.disagreements);
        let new = |gap: &Gap| !all.gaps.contains(gap);
        let new: Vec<Gap> = list.inventory.gaps.into_iter().filter(new).collect();
        all.gaps.extend(new);
    }
    for error in checked.errors {
        let path = error.path.as_ref().filter(|_| error.span.is_none());
        let message =
            path.map_or_else(|| error.message.clone(), |path| format!("{}: {}", path.display(), error.message));
        all.gaps.push(Gap { message, span: error.span, is_refusal: true });
    }
    Ok((workspace.root, all))
}
