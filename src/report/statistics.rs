//! `--statistics`: how many findings each rule has, and how many of them have a suggested fix.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::lint::Checked;

/// One line for each rule with findings, the most frequent first.
#[must_use]
pub fn statistics(checked: &Checked) -> String {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for finding in &checked.findings {
        let (number, fixable) = counts.entry((finding.rule.id, finding.severity.as_str())).or_default();
        *number += 1;
        *fixable += usize::from(!finding.fixes.is_empty());
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((rule, _), (number, _))| (usize::MAX - number, *rule));
    let width = rows.iter().map(|((rule, _), _)| rule.len()).max().unwrap_or(0);
    let mut out = String::new();
    for ((rule, severity), (number, fixable)) in rows {
        let fixable = if fixable == 0 { String::new() } else { format!("  {fixable} with a suggested fix") };
        let line = format!("{number:>5}  {severity:7}  {rule:width$}{fixable}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
