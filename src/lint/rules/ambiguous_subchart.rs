//! The same subchart twice under `charts/`, as folder and as package: Helm picks one at random, or mixes both.

use std::path::{Path, PathBuf};

use crate::inventory::{Problem, Use};
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Ambiguous(ambiguity) = problem else { continue };
        let name = &ambiguity.name;
        let deployed: Vec<String> =
            ambiguity.copies.iter().map(|copy| only_deployed(context, name, copy, &ambiguity.copies)).collect();
        let names: Vec<_> = ambiguity.copies.iter().map(|copy| last_part(copy)).collect();
        let leftover: Vec<_> = ambiguity.leftover.iter().map(|copy| last_part(copy)).collect();
        let leftover = leftover.join(" and ");
        let message = if leftover.is_empty() {
            let differ = match deployed.iter().all(String::is_empty) {
                true => "both deploy the same images",
                false => "they deploy different images",
            };
            format!("`{name}` lies twice under charts/, and Helm renders either at random: {differ}")
        } else {
            format!(
                "`{name}` lies twice under charts/: nobody asks for the version of {leftover}, but Helm mixes its \
                 templates and values into the other copy"
            )
        };
        let mut finding = Finding::new(rule, ambiguity.span, name, message).label("which of the two?");
        let one = if leftover.is_empty() { "one" } else { leftover.as_str() };
        finding = finding.advise(format!("Delete {one}"));
        finding.chart = Some(ambiguity.chart.clone());
        for ((copy, place), images) in names.iter().zip(&ambiguity.places).zip(&deployed) {
            let deploys = if images.is_empty() { String::new() } else { format!(" deploys {images}") };
            finding = finding.related(format!("the copy {copy}{deploys}"), Some(*place));
        }
        findings.push(finding);
    }
    findings
}

/// The images that this copy of the subchart deploys and not each other one as well, in words.
fn only_deployed(context: &Context<'_>, name: &String, copy: &Path, copies: &[PathBuf]) -> String {
    let of_subchart = || context.inventory.uses.iter().filter(|used| used.path.contains(name));
    // Helm may deploy the same image by another object.
    let also = |image: &Use, other: &PathBuf| {
        of_subchart().any(|used| {
            used.reference == image.reference
                && used.when == image.when
                && (used.only_in.is_empty() || used.only_in.contains(other))
                && image.scenarios.iter().all(|scenario| used.scenarios.contains(scenario))
        })
    };
    let mut images: Vec<&str> = Vec::new();
    for used in of_subchart().filter(|used| used.only_in.iter().any(|path| path == copy)) {
        let image = used.reference.as_str();
        if !images.contains(&image) && !copies.iter().all(|other| also(used, other)) {
            images.push(image);
        }
    }
    match images.as_slice() {
        [first, second, rest @ ..] if rest.len() > 1 => format!("{first}, {second} and {} more", rest.len()),
        images => images.join(", "),
    }
}

/// `sub` for a folder, `sub-0.1.0.tgz` for a package.
fn last_part(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
