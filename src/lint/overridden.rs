//! Images that values point at the team's own ECR: which of the deployed ones are. The copy fills that registry with one
//! repository per entry, called as the entry.

use std::collections::HashSet;

use super::reconcile::Listed;
use crate::chart::Chart;
use crate::inventory::{Inventory, Use};
use crate::source::Layer;

/// The accounts from which AWS serves the images of its add-ons and charts, by region: never the team's. As "View Amazon
/// container image registries for Amazon EKS add-ons" of the EKS user guide has them; the first is that of most regions.
const AWS_ACCOUNTS: [&str; 17] = [
    "602401143452", // most regions
    "800184023465", // ap-east-1
    "877085696533", // af-south-1
    "558608220178", // me-south-1
    "590381155156", // eu-south-1
    "296578399912", // ap-southeast-3
    "759879836304", // me-central-1
    "455263428931", // eu-south-2
    "900612956339", // eu-central-2
    "900889452093", // ap-south-2
    "491585149902", // ap-southeast-4
    "066635153087", // il-central-1
    "761377655185", // ca-west-1
    "918309763551", // cn-north-1
    "961992271922", // cn-northwest-1
    "013241004608", // us-gov-west-1
    "151742754352", // us-gov-east-1
];

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
        if AWS_ACCOUNTS.contains(&account.as_str()) || copied.contains(account.as_str()) {
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
