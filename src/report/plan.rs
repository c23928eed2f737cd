//! `plan`: what is pulled, what is pushed, and which deployed images that serves.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::human::printable;
use super::json::to_json;
use super::location::display_path;
use super::style::{Colour, Style};
use crate::lint::{Checked, CheckedList, LostEntry, Plan, Step};

/// The plan for people: a block for each image, then what is not copied.
#[must_use]
pub fn plan(checked: &Checked, registry: Option<&str>, style: Style) -> String {
    of_lists(checked, style, |steps| steps.iter().map(|step| block(step, registry, style)).collect())
}

/// The same in columns: a line for each image, then what is not copied.
#[must_use]
pub fn plan_table(checked: &Checked, registry: Option<&str>, style: Style) -> String {
    of_lists(checked, style, |steps| table(steps, registry))
}

/// The plan of each list below its path; `show` prints the steps.
fn of_lists(checked: &Checked, style: Style, show: impl Fn(&[Step]) -> String) -> String {
    let of_list = |list: &CheckedList| {
        let path = printable(&display_path(Path::new("."), &list.path));
        let path = style.paint(Colour::Strong, &path);
        format!("{path}\n{}{}", show(&list.plan.steps), left_out(&list.plan, style))
    };
    checked.lists.iter().map(of_list).collect()
}

fn block(step: &Step, registry: Option<&str>, style: Style) -> String {
    let mut out = format!("  {}: pull {}\n", step.line, style.paint(Colour::Note, &printable(&step.pulls)));
    for target in targets(step, registry) {
        let _ = writeln!(out, "      push {}", printable(&target));
    }
    let serves = match (step.serves.as_slice(), &step.unknown) {
        ([], Some(cause)) => {
            style.paint(Colour::Doubtful, &format!("not known whether the charts deploy it: {}", printable(cause)))
        }
        ([], None) => style.paint(Colour::Doubtful, "serves nothing that the charts deploy"),
        (images, _) => format!("serves {}", printable(&images.join(", "))),
    };
    let _ = writeln!(out, "      {serves}");
    out
}

fn table(steps: &[Step], registry: Option<&str>) -> String {
    let row = |step: &Step| {
        let serves = match (step.serves.as_slice(), &step.unknown) {
            ([], Some(_)) => "not known".to_owned(),
            ([], None) => "nothing".to_owned(),
            (images, _) => images.join(", "),
        };
        let cells = [step.line.to_string(), step.pulls.clone(), targets(step, registry).join(", "), serves];
        cells.map(|cell| printable(&cell))
    };
    let head = ["line", "pull", "push", "serves"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(steps.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (line, pull, push) = (width(0), width(1), width(2));
    let shown = |[at, pulled, pushed, served]: &[String; 4]| {
        format!("  {at:>line$}  {pulled:pull$}  {pushed:push$}  {served}\n")
    };
    rows.iter().map(shown).collect()
}

/// What is not copied, and what comes from elsewhere, a line for each.
fn left_out(plan: &Plan, style: Style) -> String {
    let Plan { lost, missing, unfilled, upstream, exempt, .. } = plan;
    let mut out = String::new();
    for LostEntry { line, pulls, reason } in lost {
        let pull = pulls.as_ref().map(|image| format!("pull {}, ", style.paint(Colour::Note, &printable(image))));
        let pull = pull.unwrap_or_default();
        let _ = writeln!(out, "  {line}: {pull}{}: {}", style.paint(Colour::Bad, "not copied"), printable(reason));
    }
    for image in missing {
        let (what, rule) = match unfilled.contains(image) {
            true => ("deployed, but not pushed", " (unmirrored-override)"),
            false => ("deployed, but not copied", ""),
        };
        let _ = writeln!(out, "  {}: {image}{rule}", style.paint(Colour::Bad, what));
    }
    for image in upstream {
        let _ = writeln!(out, "  {}: {image}", style.paint(Colour::Doubtful, "deployed, but not from that registry"));
    }
    for image in exempt {
        let _ = writeln!(out, "  exempt, not copied: {image}");
    }
    out
}

/// What a step pushes, with the registry where it is known.
fn targets(step: &Step, registry: Option<&str>) -> Vec<String> {
    let full = |push: &String| registry.map_or_else(|| push.clone(), |registry| format!("{registry}/{push}"));
    step.pushes.iter().map(full).collect()
}

#[derive(Serialize)]
struct Report {
    version: u32,
    lists: Vec<List>,
}

#[derive(Serialize)]
struct List {
    path: String,
    steps: Vec<JsonStep>,
    lost: Vec<Lost>,
    missing: Vec<String>,
    unfilled: Vec<String>,
    upstream: Vec<String>,
    exempt: Vec<String>,
}

#[derive(Serialize)]
struct JsonStep {
    line: usize,
    name: String,
    pulls: String,
    pushes: Vec<String>,
    serves: Vec<String>,
    unknown: Option<String>,
}

#[derive(Serialize)]
struct Lost {
    line: usize,
    pulls: Option<String>,
    reason: String,
}

/// The plan for programs; paths relative to the workspace root, lines from 1.
#[must_use]
pub fn plan_json(checked: &Checked, registry: Option<&str>) -> String {
    let list = |list: &CheckedList| {
        let Plan { steps, missing, unfilled, upstream, exempt, .. } = &list.plan;
        let lost =
            |entry: &LostEntry| Lost { line: entry.line, pulls: entry.pulls.clone(), reason: entry.reason.clone() };
        let step = |step: &Step| JsonStep {
            line: step.line,
            name: step.name.clone(),
            pulls: step.pulls.clone(),
            pushes: targets(step, registry),
            serves: step.serves.clone(),
            unknown: step.unknown.clone(),
        };
        List {
            path: display_path(&checked.root, &list.path),
            steps: steps.iter().map(step).collect(),
            lost: list.plan.lost.iter().map(lost).collect(),
            missing: missing.clone(),
            unfilled: unfilled.clone(),
            upstream: upstream.clone(),
            exempt: exempt.clone(),
        }
    };
    to_json(&Report { version: 1, lists: checked.lists.iter().map(list).collect() })
}
