//! Values point at the team's own ECR, but at a name or a tag that the list does not fill.

use crate::lint::{Context, Finding, Rule};
use crate::nearest::hint;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let uses = context.inventory.uses.iter().enumerate();
    for (_, used) in uses.filter(|(at, _)| context.overridden.contains(at)) {
        let image = &used.reference;
        let repository = image.path();
        let entry = context.judged().find(|judged| judged.entry.name.text == repository);
        let (message, range) = match &entry {
            None => {
                let names = context.list.entries.iter().map(|entry| entry.name.text.as_str());
                let near = hint(repository, names);
                let advice = if near.is_empty() { ". Write an entry's name in the values" } else { near.as_str() };
                let message = format!(
                    "{} deploys {} from the private registry, but no entry is called `{repository}`: the copy never fills that \
                     repository{advice}",
                    used.chart,
                    image.as_str()
                );
                (message, image.path_range())
            }
            Some(judged) => {
                let pushed = judged.reference.effective_tag().unwrap_or("latest");
                let asked = image.effective_tag();
                let completed = |tag: &str| pushed.strip_prefix(tag).is_some_and(|rest| rest.starts_with('-'));
                if asked.is_none_or(|tag| tag == "latest" || tag == pushed || (used.is_completed() && completed(tag))) {
                    continue;
                }
                let tags = if pushed == "latest" { "`latest`".to_owned() } else { format!("`latest` and `{pushed}`") };
                let message = format!(
                    "{} deploys {} from the private registry, but the copy pushes only {tags} to `{repository}`. Ask for \
                     one that it pushes",
                    used.chart,
                    image.as_str()
                );
                (message, image.tag_range().unwrap_or_else(|| image.path_range()))
            }
        };
        let Some((span, _)) = used.decisive(range) else { continue };
        if findings.iter().any(|known| known.span == span && known.message == message) {
            continue;
        }
        let mut finding = Finding::new(rule, span, image.as_str(), message)
            .label("not in the private registry")
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
