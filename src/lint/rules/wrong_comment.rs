//! A `Repository:` or `Tag:` line that disagrees with the entry below it.

use crate::image::Reference;
use crate::lint::context::says_repository;
use crate::lint::{Context, Edit, Finding, Fix, Rule, Safety, Verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Of a stale entry nobody knows whether the line or its comment is right.
    for judged in context.judged().filter(|judged| *judged.verdict != Verdict::Stale) {
        let note = &judged.entry.note;
        let name = &judged.entry.name.text;
        // A comment that belongs to an image which is itself wrong is mended with the image, unless it is meant to stay.
        let is_mended = !context.is_silenced(judged.entry, rule.id);
        let repository_is_wrong =
            is_mended && matches!(judged.verdict, Verdict::OtherRegistry { .. } | Verdict::OtherRepository { .. });
        let is_other = matches!(judged.verdict, Verdict::OtherVersion { .. } | Verdict::Unpushed { .. });
        let version_is_wrong = repository_is_wrong || (is_mended && is_other);
        for field in note.repositories.iter().filter(|_| !repository_is_wrong) {
            let same = Reference::parse(&field.value.text).is_ok_and(|said| said.same_repository(judged.reference));
            if !(says_repository(&field.value.text, judged.reference) || same && version_is_wrong) {
                let right = judged.reference.name();
                let message = format!("the comment says repository {}, but `{name}` copies {right}", field.value.text);
                let edit = Edit { span: field.value.span, text: right.to_owned() };
                let fix = Fix::new(format!("Write `Repository: {right}`"), Safety::Safe, vec![edit]);
                let finding = judged.part_finding(rule, "Repository", field.value.span, message);
                findings.push(
                    finding.label("not what is copied").related("this is copied", Some(judged.name_span())).fix(fix),
                );
            }
        }
        let Some(tag) = judged.reference.tag().filter(|_| !version_is_wrong) else { continue };
        for field in note.tags.iter().filter(|field| field.value.text != tag) {
            let message = format!("the comment says tag {}, but `{name}` copies {tag}", field.value.text);
            let edit = Edit { span: field.value.span, text: tag.to_owned() };
            let fix = Fix::new(format!("Write `Tag: {tag}`"), Safety::Safe, vec![edit]);
            let finding = judged.part_finding(rule, "Tag", field.value.span, message);
            findings
                .push(finding.label("not what is copied").related("this is copied", Some(judged.tag_span())).fix(fix));
        }
    }
    findings
}
