//! `mirrorlint rules` and `mirrorlint explain`.

use serde::Serialize;

use super::arguments::{Explain, Format, Rules};
use super::{Ending, Outcome, Session};
use crate::lint::{Refusal, Rule, Safety, nearest_rule, rule, rules};
use crate::report;

#[derive(Serialize)]
struct Row {
    id: &'static str,
    group: &'static str,
    severity: &'static str,
    fix: Option<&'static str>,
    since: &'static str,
    summary: &'static str,
}

#[derive(Serialize)]
struct Catalogue {
    version: u32,
    rules: Vec<Row>,
}

#[derive(Serialize)]
struct Page {
    version: u32,
    #[serde(flatten)]
    row: Row,
    url: String,
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct Section {
    title: &'static str,
    text: &'static str,
}

impl From<&Rule> for Row {
    fn from(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            group: rule.group,
            severity: rule.severity.as_str(),
            fix: rule.fix.map(crate::lint::Safety::as_str),
            since: rule.since,
            summary: rule.summary,
        }
    }
}

/// Prints the catalogue.
pub(super) fn list(session: &Session, options: &Rules) -> Outcome {
    let rows: Vec<Row> = rules().iter().map(Row::from).collect();
    let text = match options.format {
        Format::Json => report::to_json(&Catalogue { version: 1, rules: rows }),
        Format::Human => {
            let width = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
            let line = |row: &Row| {
                let fix = row.fix.unwrap_or("-");
                format!("{:width$}  {:7}  {:6}  {}\n", row.id, row.severity, fix, row.summary)
            };
            rows.iter().map(line).collect()
        }
    };
    session.print(&text)?;
    Ok(Ending::Clean)
}

/// Prints a rule's page.
pub(super) fn explain(session: &Session, options: &Explain) -> Outcome {
    let rule = rule(&options.rule).ok_or_else(|| unknown(&options.rule))?;
    let text = match options.format {
        Format::Human => report::page(&with_facts(rule), session.style),
        Format::Json => {
            let sections = rule.sections().into_iter().map(|(title, text)| Section { title, text }).collect();
            report::to_json(&Page { version: 1, row: rule.into(), url: rule.url(), sections })
        }
    };
    session.print(&text)?;
    Ok(Ending::Clean)
}

/// The page with what its front matter says below the title.
fn with_facts(rule: &Rule) -> String {
    let fix = match rule.fix {
        None => "no fix",
        Some(Safety::Safe) => "safe fix (`--fix`)",
        Some(Safety::Unsafe) => "unsafe fix (`--fix --unsafe-fixes`)",
    };
    let facts = format!("- {}, {fix}, since {}\n- {}", rule.severity.as_str(), rule.since, rule.url());
    let body = rule.body();
    let (title, text) = body.split_once('\n').unwrap_or((body, ""));
    format!("{title}\n\n{facts}\n{text}")
}

/// What to say when there is no rule of that name.
pub(super) fn unknown(name: &str) -> Refusal {
    let hint = nearest_rule(name)
        .map_or_else(|| "`mirrorlint rules` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
    Refusal::new(format!("there is no rule called `{name}`; {hint}"))
}
