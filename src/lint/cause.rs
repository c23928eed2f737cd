//! One cause, one finding. Which findings stand behind which, the rules say ([`Finding::behind`]); here, once suppressions, severities and
//! what was asked for are known, it is decided: one that nobody is told takes no other away.

use super::Finding;

/// Leaves out what stands behind a finding that is told; those of the rules `unasked` are not.
pub(super) fn keep_one_per_cause(findings: &mut Vec<Finding>, unasked: &[&str]) {
    let told: Vec<Finding> = findings.iter().filter(|finding| !unasked.contains(&finding.rule.id)).cloned().collect();
    findings.retain(|finding| !told.iter().any(|other| finding.is_behind(other)));
}
