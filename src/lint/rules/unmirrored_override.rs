//! Values point at the team's own ECR, but at a name, a tag or a digest that the list does not fill.

use std::ops::Range;

use super::tag_mismatch;
use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::reconcile::last_part;
use crate::lint::same::unpushed_tag;
use crate::lint::{Context, Finding, Rule};
use crate::nearest::nearest;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let uses = context.inventory.uses.iter().enumerate();
    for (_, used) in uses.filter(|(at, used)| used.when.is_none() && context.overridden.contains(at)) {
        let image = &used.reference;
        let repository = image.path();
        let entry = context.judged().find(|judged| judged.entry.name.text == repository);
        let (message, advice, range) = match &entry {
            None => {
                let names = context.list.entries.iter().map(|entry| entry.name.text.as_str());
                let near = copied(context, repository).or_else(|| nearest(repository, names));
                let near = near.map(|name| format!(" (`{name}`?)")).unwrap_or_default();
                let message = format!(
                    "{} deploys {} from the private registry, but no entry is called `{repository}`: the copy never fills that \
                     repository",
                    used.chart,
                    image.as_str()
                );
                (message, format!("Write an entry's name{near} in the values"), image.path_range())
            }
            // The rule that says which tag the list should have instead says the rest, too.
            Some(judged) if tag_mismatch::is_of_chart(*judged, used) => continue,
            Some(judged) => match unpushed(judged.reference, used) {
                Some(told) => told,
                None => continue,
            },
        };
        let Some((span, _)) = used.decisive(range) else { continue };
        if findings.iter().any(|known| known.span == span && known.message == message) {
            continue;
        }
        let mut finding = Finding::new(rule, span, image.as_str(), message)
            .label("not in the private registry")
            .advise(advice)
            .image(image.as_str())
            .chart(used.chart.clone())
            .related("this is copied", entry.as_ref().map(|judged| judged.entry.source.span));
        if let Some(judged) = &entry {
            finding = finding.entry(&judged.entry.name.text);
        }
        finding.scenarios = used.scenarios.clone();
        findings.push(finding);
    }
    findings
}

/// The entry that copies an image of that path, or of its last part: more likely meant than one of a like name.
fn copied<'a>(context: &'a Context<'_>, repository: &str) -> Option<&'a str> {
    let is_alike = |path: &str| last_part(path) == last_part(repository);
    let same_path = context.judged().find(|judged| judged.reference.path() == repository);
    let found = same_path.or_else(|| context.judged().find(|judged| is_alike(judged.reference.path())));
    found.map(|judged| judged.entry.name.text.as_str())
}

/// What of `used` the copy of `source` does not push to the repository of that name, in a sentence, and which bytes of the image
/// ask for it. Whoever asks for a digest does not ask for the tag before it.
fn unpushed(source: &Reference, used: &Use) -> Option<(String, String, Range<usize>)> {
    let image = &used.reference;
    let (chart, shown, repository) = (&used.chart, image.as_str(), image.path());
    let pushed = source.effective_tag().unwrap_or("latest");
    let tags = if pushed == "latest" { "`latest`".to_owned() } else { format!("`latest` and `{pushed}`") };
    if let Some((digest, range)) = image.digest().zip(image.digest_range()) {
        let message = format!(
            "{chart} deploys {shown} from the private registry, but the copy pushes tags ({tags} to `{repository}`), not \
             that digest"
        );
        return (source.digest() != Some(digest)).then_some((message, "Ask for a tag alone".to_owned(), range));
    }
    unpushed_tag(source, used)?;
    let message =
        format!("{chart} deploys {shown} from the private registry, but the copy pushes only {tags} to `{repository}`");
    let range = image.tag_range().unwrap_or_else(|| image.path_range());
    Some((message, "Ask for one that it pushes".to_owned(), range))
}
