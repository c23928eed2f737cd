//! What the copy script makes of a list: which images it pulls, under which names it pushes them, and what of the charts each
//! serves. Reads the list as the script does.

use std::collections::HashSet;

use super::exemption::Exemptions;
use super::reconcile::brings;
use crate::image::Reference;
use crate::inventory::{Inventory, Use};
use crate::mirror::readers::{ShellStep, Stop, read_shell_line};
use crate::mirror::{Ending, LineKind, List};

/// What the copy script would do with one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What it copies, in order.
    pub steps: Vec<Step>,
    /// Entries that it does not copy: their lines (from 1), and why.
    pub lost: Vec<(usize, String)>,
    /// Deployed images that no step serves.
    pub missing: Vec<String>,
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
}

/// The plan for `list`; `overridden` are the uses that come from the team's own registry already.
pub(super) fn plan(list: &List, inventory: &Inventory, overridden: &HashSet<usize>, exemptions: &Exemptions) -> Plan {
    let mut plan = Plan::default();
    let mut stopped = None;
    let deployed: Vec<(usize, &Use)> =
        inventory.uses.iter().enumerate().filter(|(_, used)| used.when.is_none()).collect();
    let mut served = HashSet::new();
    for (line, number) in list.lines.iter().zip(1..) {
        let is_entry = matches!(line.kind, LineKind::Entry(_));
        if let Some(by) = stopped {
            if is_entry {
                plan.lost.push((number, format!("the script has stopped in line {by}")));
            }
            continue;
        }
        // The script takes the CR before a line feed for text.
        let read = list.line_text(line).to_owned() + if line.ending == Ending::CrLf { "\r" } else { "" };
        match read_shell_line(&read, line.ending != Ending::None) {
            ShellStep::Skips => {}
            ShellStep::Loses if is_entry => plan.lost.push((number, "no newline ends the line".to_owned())),
            ShellStep::Loses => {}
            ShellStep::Stops(stop) => {
                let why = match stop {
                    Stop::UnmatchedQuote(quote) => format!("the script stops here, at a {quote} that is not closed"),
                    Stop::NoName => "the script stops here, for there is no name".to_owned(),
                };
                plan.lost.push((number, why));
                stopped = Some(number);
            }
            ShellStep::Copies(read) => {
                let pushes = read.pushes();
                let pulled = Reference::parse(&read.image).ok();
                let stands_for = |(at, used): &&(usize, &Use)| match overridden.contains(at) {
                    true => is_pushed(&pushes, used),
                    false => pulled.as_ref().is_some_and(|pulled| brings(pulled, used)),
                };
                let of_step: Vec<_> = deployed.iter().filter(stands_for).collect();
                served.extend(of_step.iter().flat_map(|(at, used)| {
                    let variant = |(_, other): &&(usize, &Use)| other.slot() == used.slot();
                    deployed.iter().filter(variant).map(|(at, _)| *at).chain([*at]).collect::<Vec<_>>()
                }));
                let images = each_once(of_step.iter().map(|(_, used)| *used));
                plan.steps.push(Step { line: number, name: read.name, pulls: read.image, pushes, serves: images });
            }
        }
    }
    let left = deployed.iter().filter(|(at, _)| !served.contains(at)).map(|(_, used)| *used);
    let (exempt, missing): (Vec<&Use>, Vec<&Use>) = left.partition(|used| exemptions.cover(&used.reference));
    plan.exempt = each_once(exempt.into_iter());
    let mut slots = Vec::new();
    plan.missing = each_once(missing.into_iter().filter(|used| {
        let is_new = !slots.contains(&used.slot());
        slots.push(used.slot());
        is_new
    }));
    plan
}

/// Whether `NAME:TAG` is pushed that `used` names below the registry, or one with the tag completed.
fn is_pushed(pushes: &[String], used: &Use) -> bool {
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
