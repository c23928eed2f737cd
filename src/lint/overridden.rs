//! Images that values point at the team's own ECR: which of the deployed ones are. The copy fills that registry with one
//! repository per entry, called as the entry.

use std::collections::HashSet;

use super::reconcile::Listed;
use crate::chart::Chart;
use crate::inventory::{Inventory, Use};
use crate::source::Layer;

/// The account from which AWS serves its charts' images in most regions: never the team's.
const AWS_ACCOUNT: &str = "602401143452";

/// Who gave the registry of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Giver {
    /// `--values`, `--set`, the configuration.
    User,
    /// A chart above the one that names the image.
    Parent,
}

/// The uses whose registry is the team's. That is an account that neither the list copies from nor a chart speaks of by itself,
/// given by the user; or by a chart further up, if at least one of its images is called as an entry is.
pub(super) fn overridden(listed: &[Listed], inventory: &Inventory) -> HashSet<usize> {
    let copied: HashSet<&str> =
        listed.iter().filter_map(|entry| entry.reference.ecr()).map(|host| host.account()).collect();
    let account = |used: &Use| used.reference.ecr().map(|host| host.account().to_owned());
    let mut candidates = Vec::new();
    for (at, used) in inventory.uses.iter().enumerate().filter(|(_, used)| used.when.is_none()) {
        let Some(account) = account(used) else { continue };
        if account == AWS_ACCOUNT || copied.contains(account.as_str()) {
            continue;
        }
        candidates.extend(giver(used, &account).map(|giver| (at, account, giver)));
    }
    let is_entry = |at: usize| listed.iter().any(|entry| entry.name == inventory.uses[at].reference.path());
    let ours: HashSet<String> = candidates
        .iter()
        .filter(|(at, _, giver)| *giver == Giver::User || is_entry(*at))
        .map(|(_, account, _)| account.clone())
        .collect();
    candidates.into_iter().filter(|(_, account, _)| ours.contains(account)).map(|(at, ..)| at).collect()
}

/// Who gave the registry of `used`; nobody when its own chart speaks of that account, or a template does.
fn giver(used: &Use, account: &str) -> Option<Giver> {
    let (span, layer) = used.decisive(used.reference.registry_range()?)?;
    let own = used.chain.last()?;
    if speaks_of(&own.source, account) {
        return None;
    }
    let is_values_of = |chart: &Chart| chart.values_file.as_ref().is_some_and(|file| file.file == span.file);
    match layer {
        Layer::Set => Some(Giver::User),
        Layer::Values if used.chain.iter().any(|link| is_values_of(&link.source)) => Some(Giver::Parent),
        Layer::Values => Some(Giver::User),
        Layer::Chart | Layer::Template | Layer::Computed => None,
    }
}

/// Whether the chart's own values or templates name the account.
fn speaks_of(chart: &Chart, account: &str) -> bool {
    chart.templates.iter().chain(&chart.values_file).any(|file| file.text.contains(account))
}
