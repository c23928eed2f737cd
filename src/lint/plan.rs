//! What the copy script makes of a list: which images it pulls, under which names it pushes them, and what of the charts each
//! serves. Reads the list as the script does.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::exemption::Exemptions;
use super::overridden::is_from;
use super::reconcile::Listed;
use super::same::{brings, same_image};
use super::targets::Lost;
use super::verdict::Verdict;
use crate::image::{Reference, check_repository_name};
use crate::inventory::{Inventory, Problem, Use};
use crate::mirror::readers::{Locale, ShellReading, ShellStep, Stop, shell_steps};
use crate::mirror::{InvalidLine, LineKind, List};

/// What the copy script would do with one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What it copies, in order.
    pub steps: Vec<Step>,
    /// Entries that it does not copy.
    pub lost: Vec<LostEntry>,
    /// Deployed images that no step serves.
    pub missing: Vec<String>,
    /// Those of them that values look for in the team's own registry.
    pub unfilled: Vec<String>,
    /// Deployed images that are not pulled from the registry that the copy fills, where that is known.
    pub upstream: Vec<String>,
    /// Deployed images that need no copy.
    pub exempt: Vec<String>,
}

/// One image that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line, from 1.
    pub line: usize,
    /// The repository that is created.
    pub name: String,
    /// What is pulled.
    pub pulls: String,
    /// What is pushed: `NAME:latest`, `NAME:TAG`.
    pub pushes: Vec<String>,
    /// The deployed images that it stands for.
    pub serves: Vec<String>,
    /// Why it is not known whether it stands for any, where that is so.
    pub unknown: Option<String>,
}

/// An entry that is not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostEntry {
    /// The line, from 1.
    pub line: usize,
    /// What is pulled all the same, before the script stops.
    pub pulls: Option<String>,
    /// Why.
    pub reason: String,
}

/// Where the copy goes.
pub(super) struct Pushed<'a> {
    /// The uses that come from the team's own registry already.
    pub overridden: &'a HashSet<usize>,
    /// That registry, when it is known.
    pub registry: Option<&'a str>,
}

/// Why it is not known whether the charts deploy what an entry lists, by the places of entries in the list.
pub(super) fn unknown(
    listed: &[Listed],
    verdicts: &[Verdict],
    problems: &[Problem],
    lost: &[Lost],
    unfilled: &[&Use],
) -> BTreeMap<usize, String> {
    let unjudged =
        (listed.iter().zip(verdicts)).filter(|(_, verdict)| matches!(verdict, Verdict::Unknown | Verdict::Overridden));
    let cause = |entry: &Listed| {
        let noted = entry.noted.as_ref().map(|noted| &noted.name);
        let of_note = problems.iter().filter_map(problem).find(|(chart, _)| Some(*chart) == noted);
        let any = || problems.iter().filter_map(problem).next();
        let nowhere = |lost: &&Lost| noted.map_or(lost.names.is_empty(), |noted| lost.names.contains(noted));
        let place = lost.iter().find(nowhere).map(|lost| lost.message.clone());
        let private = noted.and_then(|name| unfilled.iter().find(|used| !used.charts_named(name).is_empty()));
        let private = private.map(|used| {
            let image = used.reference.as_str();
            format!("{} deploys {image}, which no entry fills (unmirrored-override)", used.chart)
        });
        let said = of_note.map(|(_, cause)| cause).or(place).or(private).or_else(|| any().map(|(_, cause)| cause));
        said.unwrap_or_else(|| "not all that they deploy, or that the list says, can be read".to_owned())
    };
    unjudged.map(|(entry, _)| (entry.entry, cause(entry))).collect()
}

/// The chart of which something is not known, and why, in a few words.
fn problem(problem: &Problem) -> Option<(&String, String)> {
    match problem {
        Problem::Unavailable { chart, .. } => Some((&chart.name, format!("{chart} is not on disk"))),
        Problem::Unrenderable { chart, .. } => Some((&chart.name, format!("{chart} could not be rendered"))),
        Problem::Ambiguous(_) => None,
    }
}

/// The plan for `list`. `wanted` are the uses that entries stand for or that are missing; `unknown` says why nothing is known of
/// entries.
pub(super) fn plan(
    list: &List,
    inventory: &Inventory,
    wanted: &BTreeSet<usize>,
    pushed: &Pushed<'_>,
    exemptions: &Exemptions,
    unknown: &BTreeMap<usize, String>,
) -> Plan {
    let mut plan = Plan::default();
    let mut stopped = None;
    let Inventory { uses, aside, .. } = inventory;
    let deployed = |at: &usize| uses[*at].when.is_none();
    let deployed: Vec<usize> = (0..uses.len()).filter(deployed).collect();
    let mut served: Vec<Vec<&Use>> = Vec::new();
    let lost = |line: usize, reason: String| LostEntry { line, pulls: None, reason };
    for ((line, step), number) in list.lines.iter().zip(shell_steps(list, Locale::Utf8)).zip(1..) {
        let is_entry = matches!(line.kind, LineKind::Entry(_));
        if let Some(by) = stopped {
            if is_entry {
                plan.lost.push(lost(number, format!("the script has stopped in line {by}")));
            }
            continue;
        }
        let read = match step {
            ShellStep::Loses if is_entry => {
                plan.lost.push(lost(number, "no newline ends the line".to_owned()));
                continue;
            }
            ShellStep::Skips if line.kind == LineKind::Invalid(InvalidLine::NoName) => {
                plan.lost.push(lost(number, "the script skips the line, for there is no name".to_owned()));
                continue;
            }
            ShellStep::Skips | ShellStep::Loses => continue,
            ShellStep::Stops(Stop::UnmatchedQuote(quote)) => {
                Err(lost(number, format!("the script stops here, at a {quote} that is not closed")))
            }
            ShellStep::Stops(Stop::NoName) => {
                Err(lost(number, "the script stops here, for there is no name".to_owned()))
            }
            ShellStep::Copies(read) => {
                copyable(read).map_err(|(reason, pulls)| LostEntry { line: number, pulls, reason })
            }
        };
        let (read, pulled) = match read {
            Ok(read) => read,
            Err(entry) => {
                plan.lost.push(entry);
                stopped = Some(number);
                continue;
            }
        };
        let pushes = read.pushes();
        let goes_there = |used: &Use| pushed.registry.is_none_or(|registry| is_from(registry, used));
        let stands_for = |at: &&usize| match pushed.overridden.contains(at) {
            true => goes_there(&uses[**at]) && is_pushed(&pushes, &pulled, &uses[**at]),
            false => brings(&pulled, &uses[**at]),
        };
        let own: Vec<&Use> = deployed.iter().filter(stands_for).map(|at| &uses[*at]).collect();
        served.push(own.clone());
        // What the list does not answer for may be served by it.
        let others = aside.iter().filter(|used| used.when.is_none() && brings(&pulled, used));
        let serves = each_once(own.into_iter().chain(others));
        let unknown = match line.kind {
            LineKind::Entry(at) if serves.is_empty() => unknown.get(&at).cloned(),
            _ => None,
        };
        plan.steps.push(Step { line: number, name: read.name, pulls: read.image, pushes, serves, unknown });
    }
    for (at, served) in served.iter_mut().enumerate() {
        // What is pushed twice under one tag is what was pushed last.
        let (step, later) = (&plan.steps[at], &plan.steps[at + 1..]);
        let over = |later: &Step| {
            later.pulls != step.pulls && step.pushes.last().is_some_and(|tag| later.pushes.contains(tag))
        };
        if later.iter().any(over) {
            plan.steps[at].serves.clear();
            served.clear();
        }
    }
    // Which copy of a subchart Helm takes is known to nobody: what one deploys stands for no image of the other.
    let stands_in = |other: &Use, used: &Use| {
        other.is_variant(used) && (other.only_in == used.only_in || same_image(&other.reference, &used.reference))
    };
    let is_served = |used: &Use| served.iter().flatten().any(|other| stands_in(other, used));
    let of_copies = |at: &&usize| {
        let used = &uses[**at];
        !used.only_in.is_empty() && wanted.iter().any(|other| uses[*other].is_variant(used))
    };
    let wanted: BTreeSet<usize> = wanted.iter().chain(deployed.iter().filter(of_copies)).copied().collect();
    let left: Vec<(&usize, &Use)> = (wanted.iter().map(|at| (at, &uses[*at])))
        .filter(|(_, used)| !is_served(used) && !exemptions.cover(used))
        .collect();
    plan.missing = each_once(left.iter().map(|(_, used)| *used));
    plan.unfilled = each_once(left.iter().filter(|(at, _)| pushed.overridden.contains(at)).map(|(_, used)| *used));
    if let Some(registry) = pushed.registry {
        let others = deployed.iter().map(|at| &uses[*at]).filter(|used| !is_from(registry, used));
        plan.upstream = each_once(others.filter(|used| !exemptions.cover(used)));
    }
    let exempt = deployed.iter().map(|at| &uses[*at]).filter(|used| exemptions.cover(used));
    plan.exempt = each_once(exempt.filter(|used| !is_served(used)));
    plan
}

/// What is read, if it can be pulled and pushed; else why the script stops, and what it has pulled by then: it makes the repository,
/// pulls, tags, and pushes last.
fn copyable(read: ShellReading) -> Result<(ShellReading, Reference), (String, Option<String>)> {
    if check_repository_name(&read.name).is_err() {
        return Err((format!("the script stops here: no repository can be called `{}`", read.name), None));
    }
    if read.image.is_empty() {
        return Err(("the script stops here, for there is no image".to_owned(), None));
    }
    let pulled = Reference::parse(&read.image).map_err(|error| {
        (format!("the script stops here: `{}` cannot be pulled: {}", read.image, error.message), None)
    })?;
    // As the script pushes it: behind a registry.
    let is_refused = |push: &String| Reference::parse(&format!("registry.example/{push}")).is_err();
    match read.pushes().into_iter().find(is_refused) {
        Some(push) => Err((format!("the script stops here: `{push}` cannot be pushed"), Some(read.image))),
        None => Ok((read, pulled)),
    }
}

/// Whether `NAME:TAG` is pushed that `used` names below the registry, or one with the tag completed. A digest that was not pulled is
/// not taken to be pushed.
fn is_pushed(pushes: &[String], pulled: &Reference, used: &Use) -> bool {
    if used.reference.digest().is_some_and(|digest| pulled.digest() != Some(digest)) {
        return false;
    }
    let name = format!("{}:{}", used.reference.path(), used.reference.effective_tag().unwrap_or("latest"));
    let completed = |pushed: &String| pushed.strip_prefix(&name).is_some_and(|rest| rest.starts_with('-'));
    pushes.contains(&name) || (used.is_completed() && pushes.iter().any(completed))
}

fn each_once<'a>(uses: impl Iterator<Item = &'a Use>) -> Vec<String> {
    let mut images = Vec::new();
    for used in uses {
        let image = used.reference.as_str().to_owned();
        if !images.contains(&image) {
            images.push(image);
        }
    }
    images
}
