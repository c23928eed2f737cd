//! The same subchart twice under `charts/`, as folder and as package: Helm picks one at random.

use crate::inventory::Problem;
use crate::lint::{Context, Finding, Rule};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for problem in context.problems {
        let Problem::Ambiguous(ambiguity) = problem else { continue };
        let name = &ambiguity.name;
        let mut images: Vec<String> = Vec::new();
        for used in context.inventory.uses.iter().filter(|used| used.path.contains(name) && !used.only_in.is_empty()) {
            let image = used.reference.as_str().to_owned();
            if !images.contains(&image) {
                images.push(image);
            }
        }
        let differ = match images.as_slice() {
            [] => "both deploy the same images".to_owned(),
            images => format!("they deploy different images: {}", images.join(", ")),
        };
        let names: Vec<_> = ambiguity.copies.iter().map(|copy| last_part(copy)).collect();
        let [first, second, ..] = names.as_slice() else { continue };
        let message = format!(
            "`{name}` lies twice under charts/, as {first} and as {second}: Helm renders one of them at random; {differ}. Delete one",
        );
        let mut finding = Finding::new(rule, ambiguity.span, name, message).label("which of the two?");
        finding.chart = Some(ambiguity.chart.clone());
        for (copy, place) in names.iter().zip(&ambiguity.places) {
            finding = finding.related(format!("the copy {copy}"), Some(*place));
        }
        findings.push(finding);
    }
    findings
}

/// `sub` for a folder, `sub-0.1.0.tgz` for a package.
fn last_part(path: &std::path::Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
