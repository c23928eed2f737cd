//! The findings for people in groups: those about one entry, or one chart, together under its name. Of many the first are drawn, the
//! others have a line or two each.

use std::collections::{HashMap, HashSet};

use super::human::{Painter, filled, in_line, message};
use super::location::{Place, display_path};
use super::style::{Colour, Style};
use crate::lint::{Checked, Finding, Severity};
use crate::source::{FileId, Sources};

/// Findings that are all drawn. Of more, the first of each rule are, and no more than so many.
const MOST_DRAWN: usize = 10;

/// The lines that a finding in short may fill.
const LINES: usize = 2;

/// The findings alone: those about one entry together, each group under its name.
#[must_use]
pub fn findings(checked: &Checked, sources: &Sources, style: Style) -> String {
    let painter = Painter { sources, root: &checked.root, style };
    let is_many = checked.findings.len() > MOST_DRAWN;
    let mut out = String::new();
    let (mut drawn, mut known, mut is_any_short) = (0, HashSet::new(), false);
    for Group { name, findings } in groups(checked, sources) {
        if checked.findings.len() > 1 {
            out += &heading(&name, style);
        }
        let mut is_open = false;
        for finding in findings {
            let is_first = known.insert(finding.rule.id);
            let is_drawn = !is_many || (is_first && drawn < MOST_DRAWN);
            if is_drawn {
                drawn += 1;
                let gap = if checked.findings.len() > 1 && !out.ends_with("\n\n") { "\n" } else { "" };
                out += &format!("{gap}{}\n", painter.finding(finding, is_first));
            } else {
                is_any_short = true;
                out += &short(&painter, finding);
            }
            is_open = !is_drawn;
        }
        if is_open {
            out.push('\n');
        }
    }
    if is_any_short {
        out += "More on a rule: `mirrorlint explain RULE`\n\n";
    }
    out
}

/// What findings are about.
struct Group<'a> {
    name: String,
    findings: Vec<&'a Finding>,
}

/// The findings by what they are about, in the order of the first of each.
fn groups<'a>(checked: &'a Checked, sources: &Sources) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places = HashMap::new();
    for finding in &checked.findings {
        let subject = subject(finding, checked, sources);
        let at = *places.entry(subject.clone()).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group { name: subject.1, findings: Vec::new() });
        }
        groups[at].findings.push(finding);
    }
    groups
}

/// An entry and its list, what no entry is there for, a chart, else a file. What another file says of an entry is about that.
fn subject(finding: &Finding, checked: &Checked, sources: &Sources) -> (Option<FileId>, String) {
    let is_list = |file: &FileId| checked.lists.iter().any(|list| list.path == sources.get(*file).path());
    let own = Some(finding.span.file).filter(is_list);
    let list = own.or_else(|| finding.related.iter().map(|related| related.span.file).find(is_list));
    match (&finding.entry, &finding.chart) {
        (Some(entry), _) if list.is_some() => (list, entry.clone()),
        (None, Some(_)) if own.is_some() => (own, "not listed".to_owned()),
        (_, Some(chart)) => (None, chart.to_string()),
        _ => (None, display_path(&checked.root, sources.get(finding.span.file).path())),
    }
}

/// A line across the page with the name of a group.
fn heading(group: &str, style: Style) -> String {
    let name = in_line(&message(group));
    let rest = style.width.saturating_sub(name.chars().count() + 4).max(2);
    format!("{}\n", style.paint(Colour::Strong, &format!("━━ {name} {}", "━".repeat(rest))))
}

/// A finding without pictures: what and where, and what to do where there is room for that.
fn short(painter: &Painter<'_>, finding: &Finding) -> String {
    let style = painter.style;
    let Place { path, start, .. } = Place::new(painter.sources, painter.root, finding.span);
    let code = format!("{}[{}]", finding.severity.as_str(), finding.rule.id);
    let colour = match finding.severity {
        Severity::Error => Colour::Bad,
        Severity::Warning => Colour::Doubtful,
        Severity::Info => Colour::Note,
    };
    let line = |words: &str| {
        let place = format!("{}:{}:{}", in_line(&path), start.line, start.column);
        filled(&format!("{code} {place} {}", in_line(&message(words))), style.width, "", "  ")
    };
    let told = line(&finding.told());
    let lines = if told.lines().count() > LINES { line(&finding.message) } else { told };
    // Painted at last: colours take no columns.
    lines.replacen(&code, &style.paint(colour, &code), 1)
}
