//! `mirrorlint images`.

use std::path::{Path, PathBuf};

use super::arguments::{ChartOptions, Images, ImagesFormat as Format};
use super::check::{is_chart, open, settings, store};
use super::{Ending, Outcome, Session};
use crate::inventory::Inventory;
use crate::lint::{Refusal, Settings, check, images};
use crate::report;

pub(super) fn run(session: &Session, options: &Images) -> Outcome {
    let path = options.path.as_deref();
    let (root, inventory) = gather(session, path, &options.charts, options.all_regions)?;
    let text = match options.format {
        Format::Human => report::images(&inventory, &session.sources, &root, session.style),
        Format::Json => report::images_json(&inventory, &session.sources, root_of(&root)),
        Format::Plain => report::images_plain(&inventory),
    };
    session.print(&text)?;
    Ok(Ending::Clean)
}

/// `settings` with what is switched off, and with all regions that the charts name where that is asked for.
fn widened(settings: Settings, all_regions: bool) -> Settings {
    Settings { optional: true, all_regions, ..settings }
}

/// What the chart, the list or the workspace at `path` deploys or could deploy, in all regions when that is asked for; and the
/// path that its paths are relative to.
pub(super) fn gather(
    session: &Session,
    path: Option<&Path>,
    options: &ChartOptions,
    all_regions: bool,
) -> Result<(PathBuf, Inventory), Refusal> {
    if let Some(path) = path.or(Some(Path::new("."))).filter(|path| is_chart(path)) {
        let store = Some(store(root_of(path))?);
        let settings = widened(Settings { store, ..settings(session, options)? }, all_regions);
        let inventory = images(&session.sources, &[path.to_owned()], &settings)?;
        inventory.gaps.iter().for_each(|gap| session.warn(gap));
        return Ok((path.to_owned(), inventory));
    }
    let (workspace, settings) = open(session, path, options)?;
    let settings = widened(settings, all_regions);
    let mut all = Inventory::default();
    let checked = check(&session.sources, &workspace, &settings)?;
    if let Some(error) = checked.errors.into_iter().next() {
        return Err(error);
    }
    for finding in &checked.findings {
        match finding.rule.id {
            // As for a chart by itself: what it deploys is not known, so there is no answer.
            "unrenderable-chart" => {
                return Err(Refusal { span: Some(finding.span), ..Refusal::new(finding.message.clone()) });
            }
            "unavailable-chart" => session.warn(&finding.message),
            _ => {}
        }
    }
    for list in checked.lists {
        all.uses.extend(list.inventory.uses);
        all.malformed.extend(list.inventory.malformed);
        all.disagreements.extend(list.inventory.disagreements);
    }
    Ok((workspace.root, all))
}

/// The folder that paths are relative to.
pub(super) fn root_of(path: &Path) -> &Path {
    if path.is_file() { path.parent().unwrap_or(path) } else { path }
}
