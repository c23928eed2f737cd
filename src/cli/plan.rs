//! `mirrorlint plan`: what the copy script would do with the lists.

use clap::ValueEnum;

use super::arguments::Plan;
use super::check::open;
use super::{Ending, Outcome, Session};
use crate::image::EcrHost;
use crate::lint::{Finding, Refusal, check};
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
    let (workspace, mut settings) = open(session, options.path.as_deref(), &options.charts)?;
    settings.registry.clone_from(&options.registry);
    let checked = check(&session.sources, &workspace, &settings)?;
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
