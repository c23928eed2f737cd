//! A pinned chart that is not on disk, and one that a note names and that may lie where nobody could look.

use crate::chart::RefusedPackage;
use crate::inventory::Problem;
use crate::lint::targets::Lost;
use crate::lint::{Context, Finding, Judged, Related, Rule, Verdict};
use crate::store::plain_address;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for problem in context.problems {
        let Problem::Unavailable { chart, parent, span, refused, .. } = problem else { continue };
        let Some((message, advice)) = sentences(problem) else { continue };
        let label = if refused.is_some() { "must not be used" } else { "not on disk" };
        let finding =
            Finding::new(rule, *span, format!("{}:{chart}", parent.name), message).label(label).advise(advice);
        // One chart under several aliases is brought once; one of the same name from elsewhere is another one.
        let same = |known: &&mut Finding| known.told() == finding.told() && known.span.file == span.file;
        match findings.iter_mut().find(same) {
            Some(known) => known.related.push(Related { message: "asked for here, too".to_owned(), span: *span }),
            None => findings.push(finding.chart(chart.clone())),
        }
    }
    findings.extend(context.lost.iter().filter_map(|lost| nowhere(rule, context, lost)));
    findings
}

/// One finding for all charts that may lie in one place: at the first entry of which nothing can be said for that.
fn nowhere(rule: &'static Rule, context: &Context<'_>, lost: &Lost) -> Option<Finding> {
    let means = |judged: &Judged<'_>| match judged.entry.note.from.as_ref() {
        Some(from) => lost.names.contains(&from.chart.text),
        None => lost.names.is_empty(),
    };
    let judged = context.judged().find(|judged| *judged.verdict == Verdict::Unknown && means(judged))?;
    let span = judged.entry.note.from.as_ref().map_or(judged.entry.source.span, |from| from.span);
    let message = format!("{}; so nothing can be said of `{}`", lost.message, judged.entry.name.text);
    Some(judged.finding(rule, span, message).label("not here").advise("Bring it there, or correct the note"))
}

/// The problem in words and what to do, when it is a chart that is not on disk.
pub(in crate::lint) fn sentences(problem: &Problem) -> Option<(String, String)> {
    let Problem::Unavailable { chart, parent, repository, refused, .. } = problem else { return None };
    if let Some(RefusedPackage { held: Some(_), reason, .. }) = refused {
        let message = format!("{parent} depends on {chart}, but {reason}: what it deploys is unknown");
        return Some((message, "Find out why, then run `mirrorlint fetch --vendor`".to_owned()));
    }
    let depends = format!("{parent} depends on {chart}, which is not in its charts/");
    let external = repository.as_deref().filter(|from| !from.starts_with("file://"));
    Some(match (refused, external) {
        (Some(RefusedPackage { reason, .. }), _) => (
            format!("{depends}, and the package at hand must not be used: {reason}"),
            "Find out why, then run `mirrorlint fetch`".to_owned(),
        ),
        (None, Some(from)) => (
            format!("{depends}: what it deploys is unknown"),
            format!("`mirrorlint fetch` brings it from {}", plain_address(from)),
        ),
        (None, None) => {
            (format!("{depends}: what it deploys is unknown"), "Put it there: it names no repository".to_owned())
        }
    })
}
