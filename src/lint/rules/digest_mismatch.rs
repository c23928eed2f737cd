//! The charts deploy this repository with the same tag and another digest.

use super::tag_mismatch::other_version;
use crate::lint::{Context, Finding, Rule, Verdict};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let Verdict::OtherVersion { uses } = judged.verdict else { continue };
        let used = context.used(uses[0]);
        // A chart that deploys a tag alone takes what stands behind it: the digest that the list pins is one such.
        if used.reference.tag() == judged.reference.tag() && used.reference.digest().is_some() {
            findings.push(other_version(rule, context, judged, used));
        }
    }
    findings
}
