//! `--statistics`: how many findings each rule has, and how many of them have a fix.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::human::fixable;
use crate::lint::{Checked, Finding};

/// One line for each rule with findings, the most frequent first.
#[must_use]
pub fn statistics(checked: &Checked) -> String {
    let mut by_rule: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &checked.findings {
        by_rule.entry((finding.rule.id, finding.severity.as_str())).or_default().push(finding);
    }
    let mut rows: Vec<_> = by_rule.into_iter().collect();
    rows.sort_by_key(|((rule, _), findings)| (usize::MAX - findings.len(), *rule));
    let width = rows.iter().map(|((rule, _), _)| rule.len()).max().unwrap_or(0);
    let mut out = String::new();
    for ((rule, severity), findings) in rows {
        let number = findings.len();
        let fixable = fixable(findings.into_iter()).map(|words| format!("  {words}")).unwrap_or_default();
        let line = format!("{number:>5}  {severity:7}  {rule:width$}{fixable}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
