//! `plan`: what is pulled, what is pushed, and which deployed images that serves.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::human::printable;
use super::json::to_json;
use super::location::display_path;
use super::style::{Colour, Style};
use crate::lint::{Checked, LostEntry, Plan, Step};

/// The plan for people: a block for each image, then what is not copied.
#[must_use]
pub fn plan(checked: &Checked, registry: Option<&str>, style: Style) -> String {
    let mut out = String::new();
    for list in &checked.lists {
        let path = printable(&display_path(Path::new("."), &list.path));
        let Plan { steps, lost, missing, unfilled, upstream, exempt } = &list.plan;
        let _ = writeln!(out, "{}", style.paint(Colour::Strong, &path));
        for step in steps {
            let _ = writeln!(out, "  {}: pull {}", step.line, style.paint(Colour::Note, &printable(&step.pulls)));
            for target in targets(step, registry) {
                let _ = writeln!(out, "      push {}", printable(&target));
            }
            match (step.serves.as_slice(), &step.unknown) {
                ([], Some(cause)) => {
                    let words = format!("not known whether the charts deploy it: {}", printable(cause));
                    let _ = writeln!(out, "      {}", style.paint(Colour::Doubtful, &words));
                }
                ([], None) => {
                    let _ = writeln!(
                        out,
                        "      {}",
                        style.paint(Colour::Doubtful, "serves nothing that the charts deploy")
                    );
                }
                (images, _) => {
                    let _ = writeln!(out, "      serves {}", printable(&images.join(", ")));
                }
            }
        }
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
            let _ =
                writeln!(out, "  {}: {image}", style.paint(Colour::Doubtful, "deployed, but not from that registry"));
        }
        for image in exempt {
            let _ = writeln!(out, "  exempt, not copied: {image}");
        }
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
    let list = |list: &crate::lint::CheckedList| {
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
