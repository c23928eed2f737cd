//! `mirrorlint plan`: what the copy script would do with the lists.

use std::collections::HashSet;

use clap::ValueEnum;

use super::arguments::Plan;
use super::check::{check_opened, open};
use super::{Ending, Outcome, Session};
use crate::image::EcrHost;
use crate::lint::{Checked, Finding, Refusal, Settings};
use crate::report;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// For people: a block for each entry.
    Human,
    /// For people: a line for each entry, in columns.
    Table,
    /// For programs.
    Json,
}

pub(super) fn run(session: &Session, options: &Plan) -> Outcome {
    if let Some(registry) = &options.registry
        && EcrHost::parse(registry).is_none()
    {
        let wanted = "ACCOUNT.dkr.ecr.REGION.amazonaws.com, with an account of 12 digits";
        return Err(Refusal::new(format!("--registry: `{registry}` is no private ECR: {wanted}")));
    }
    let opened = open(session, options.path.as_deref(), &options.charts)?;
    let adjust = |settings: &mut Settings| settings.registry.clone_from(&options.registry);
    let (mut all, mut errors) = (None, Vec::new());
    check_opened(session, opened, &mut HashSet::new(), &adjust, (&mut all, &mut errors));
    let mut checked: Checked = match (all, errors.first()) {
        (None, Some(error)) => return Err(error.clone()),
        (all, _) => all.unwrap_or_default(),
    };
    errors.into_iter().for_each(|error| checked.add_error(error));
    let registry = options.registry.as_deref();
    session.print(&match options.format {
        PlanFormat::Human => report::plan(&checked, registry, session.style),
        PlanFormat::Table => report::plan_table(&checked, registry, session.style),
        PlanFormat::Json => report::plan_json(&checked, registry),
    })?;
    // What is not known of the charts is missing in the plan.
    let unknown = |finding: &&Finding| ["unavailable-chart", "unrenderable-chart"].contains(&finding.rule.id);
    let unknown: Vec<_> = checked.findings.iter().filter(unknown).collect();
    unknown.iter().for_each(|finding| session.warn(&finding.told()));
    checked.errors.iter().for_each(|error| session.complain(error));
    Ok(if unknown.is_empty() && checked.errors.is_empty() { Ending::Clean } else { Ending::Incomplete })
}
