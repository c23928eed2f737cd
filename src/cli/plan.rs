//! `mirrorlint plan`: what the copy script would do with the lists.

use super::arguments::{Format, Plan};
use super::check::open;
use super::{Ending, Outcome, Session};
use crate::image::EcrHost;
use crate::lint::{Refusal, check};
use crate::report;

pub(super) fn run(session: &Session, options: &Plan) -> Outcome {
    if let Some(registry) = &options.registry
        && EcrHost::parse(registry).is_none()
    {
        let wanted = "ACCOUNT.dkr.ecr.REGION.amazonaws.com, with an account of 12 digits";
        return Err(Refusal::new(format!("--registry: `{registry}` is no private ECR: {wanted}")));
    }
    let (workspace, settings) = open(session, options.path.as_deref(), &options.charts)?;
    let checked = check(&session.sources, &workspace, &settings)?;
    let registry = options.registry.as_deref();
    session.print(&match options.format {
        Format::Human => report::plan(&checked, registry, session.style),
        Format::Json => report::plan_json(&checked, registry),
    })?;
    match checked.errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(Ending::Clean),
    }
}
