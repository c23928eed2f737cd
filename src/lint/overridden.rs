//! Images that values point at the team's own ECR: which of the deployed ones are. The copy fills that registry with one
//! repository per entry, called as the entry.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::reconcile::Listed;
use super::underlying::underlying;
use crate::chart::{Chart, ChartFile};
use crate::image::{EcrHost, Reference};
use crate::inventory::{Inventory, Target, Use};
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
    /// The values of the chart itself, which lies in the workspace: somebody else's chart names somebody else's registry.
    Own,
}

/// Whether `image` may come from the team's registry: from an account of ECR that is not AWS's, and that the list does not copy
/// from.
pub(crate) fn may_be_own(listed: &[Listed], image: &Reference) -> bool {
    let copied =
        |account: &str| listed.iter().filter_map(|entry| entry.reference.ecr()).any(|host| host.account() == account);
    image.ecr().is_some_and(|host| !AWS_ACCOUNTS.contains(&host.account()) && !copied(host.account()))
}

/// Whether the entry that is called as the repository of `used` is documented as from its chart, and copies another image.
fn is_mirrored(listed: &[Listed], used: &Use) -> bool {
    let called_so = listed.iter().filter(|entry| entry.name == used.reference.path());
    let mut documented =
        called_so.filter(|entry| entry.noted.as_ref().is_some_and(|noted| !used.charts_named(&noted.name).is_empty()));
    documented.any(|entry| entry.reference.ecr().is_none() || entry.reference.path() != used.reference.path())
}

/// The uses whose registry is the team's, those that are only optional among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Overridden {
    pub uses: HashSet<usize>,
    /// What they would be by the values below those that point there, as far as that is known: repositories, without a version.
    pub under: HashMap<usize, Reference>,
}

/// The uses whose registry is the team's. That is `registry`, if it is known; and an account that the list does not copy from,
/// given by the user; or by a chart further up, if at least one of its images is called as an entry is, or is by values below one that an
/// entry copies; or by the chart's own values, if such an entry is documented as from that chart. What is only optional has no say in
/// whose registry is that of what is deployed.
pub(super) fn overridden(
    listed: &[Listed],
    inventory: &Inventory,
    registry: Option<&str>,
    targets: &[Target],
) -> Overridden {
    let scenarios = |used: &Use| {
        let of_root = targets.iter().filter(|target| target.chart.path == used.root);
        let scenario = of_root.flat_map(|target| &target.scenarios).find(|one| used.scenarios.contains(&one.name));
        scenario.map(|scenario| &scenario.values)
    };
    let under = |at: usize| {
        let used = &inventory.uses[at];
        underlying(used, scenarios(used).as_slice())
    };
    let is_copied = |image: &Reference| listed.iter().any(|entry| entry.reference.same_repository(image));
    let account = |used: &Use| used.reference.ecr().map(|host| host.account().to_owned());
    let mut candidates = Vec::new();
    for (at, used) in inventory.uses.iter().enumerate().filter(|(_, used)| is_named(used)) {
        let Some(account) = account(used) else { continue };
        if !may_be_own(listed, &used.reference) {
            continue;
        }
        candidates.extend(giver(used, &account).map(|giver| (at, account, giver)));
    }
    let is_entry = |at: usize| listed.iter().any(|entry| entry.name == inventory.uses[at].reference.path());
    let is_ours = |at: usize, giver: Giver| match giver {
        Giver::User => true,
        Giver::Parent => is_entry(at) || under(at).is_some_and(|image| is_copied(&image)),
        Giver::Own => is_mirrored(listed, &inventory.uses[at]),
    };
    let is_on = |at: usize| inventory.uses[at].when.is_none();
    let sure = candidates.iter().filter(|(at, _, giver)| is_ours(*at, *giver));
    let ours: HashSet<(bool, &str)> = sure
        .flat_map(|(at, account, _)| [true, false].map(|on| (on, is_on(*at), account.as_str())))
        .filter(|(on, by_deployed, _)| *by_deployed || !on)
        .map(|(on, _, account)| (on, account))
        .collect();
    let is_given = |(at, account, _): &&(usize, String, Giver)| ours.contains(&(is_on(*at), account.as_str()));
    let given = candidates.iter().filter(is_given).map(|(at, ..)| *at);
    let known = |(_, used): &(usize, &Use)| is_named(used) && registry.is_some_and(|own| is_from(own, used));
    let uses: HashSet<usize> = given.chain(inventory.uses.iter().enumerate().filter(known).map(|(at, _)| at)).collect();
    let under = uses.iter().filter_map(|at| Some((*at, under(*at)?))).collect();
    Overridden { uses, under }
}

/// Whether it is known of which repository `used` is.
fn is_named(used: &Use) -> bool {
    used.when.is_none() || used.invented().is_none_or(|invented| used.reference.name_range().end <= invented.start)
}

/// Whether `used` is pulled from the ECR registry of that host.
pub(super) fn is_from(registry: &str, used: &Use) -> bool {
    let own = EcrHost::parse(registry);
    own.zip(used.reference.ecr()).is_some_and(|(own, other)| own.same_registry(&other))
}

/// Whether the tag of `used` comes with what points it at its registry: the user gives it, by values or `--set`, or the value that
/// names the registry does. Else it is what charts ask any registry for.
pub(super) fn brings_tag(used: &Use) -> bool {
    let (Some(registry), Some(tag)) = (used.reference.registry_range(), used.reference.tag_range()) else {
        return false;
    };
    let is_both = |part: &Range<usize>| part.start <= registry.start && tag.end <= part.end;
    if used.text.parts().iter().any(|(part, _)| is_both(part)) {
        return true;
    }
    let Some((span, layer)) = used.decisive(tag) else { return false };
    let is_of_chart = |chart: &Chart| chart.values_file.as_ref().is_some_and(|file| file.file == span.file);
    match layer {
        Layer::Set => true,
        Layer::Values => !used.chain.iter().any(|link| is_of_chart(&link.source)),
        Layer::Chart | Layer::Template | Layer::Computed => false,
    }
}

/// Who gave the registry of `used`; nobody when a template does, or when the templates of its own chart speak of that account, or
/// the values of a chart from elsewhere.
fn giver(used: &Use, account: &str) -> Option<Giver> {
    let (span, layer) = used.decisive(used.reference.registry_range()?)?;
    let own = used.chain.last()?;
    let (source, names_it) = (&own.source, |file: &ChartFile| file.text.contains(account));
    if source.templates.iter().any(names_it) {
        return None;
    }
    let in_values = source.values_file.as_ref().is_some_and(names_it);
    let is_values_of = |chart: &Chart| chart.values_file.as_ref().is_some_and(|file| file.file == span.file);
    match layer {
        Layer::Values if is_values_of(source) => own.is_local().then_some(Giver::Own),
        _ if in_values => None,
        Layer::Set => Some(Giver::User),
        Layer::Values if used.chain.iter().any(|link| is_values_of(&link.source)) => Some(Giver::Parent),
        Layer::Values => Some(Giver::User),
        Layer::Chart | Layer::Template | Layer::Computed => None,
    }
}
