//! One cause, one finding: of several rules that speak of one entry for one reason, the one whose advice helps is kept. Runs when
//! suppressions and severities are applied, so that what nobody wants to hear takes nothing away.

use super::Finding;

/// What no chart deploys needs neither a tag nor to be listed once: it goes. Of two entries of one name of which one is to go, the
/// finding about both of them says so.
pub(super) fn once(findings: &mut Vec<Finding>) {
    let of = |rule: &str| findings.iter().filter(|finding| finding.rule.id == rule).cloned().collect::<Vec<_>>();
    let (stale, doubled) = (of("stale-entry"), of("duplicate-entry"));
    let named = |one: &Finding, other: &Finding| one.span.file == other.span.file && one.entry == other.entry;
    // One by name stands at the name, one by image at the image.
    let by_name = |doubled: &Finding| !stale.iter().any(|stale| stale.span == doubled.span);
    let to_go = |doubled: &Finding| stale.iter().filter(|stale| named(stale, doubled)).count();
    findings.retain(|finding| match finding.rule.id {
        "floating-tag" => !stale.iter().any(|stale| {
            let span = stale.span;
            named(stale, finding) && span.start <= finding.span.start && finding.span.end <= span.end
        }),
        "duplicate-entry" => by_name(finding) && to_go(finding) < 2,
        "stale-entry" => {
            !doubled.iter().any(|doubled| named(doubled, finding) && by_name(doubled) && to_go(doubled) == 1)
        }
        _ => true,
    });
}
