//! No tag, `latest`, or a branch's name. An entry that only needs the tag that the charts deploy is `tag-mismatch`'s.

use std::collections::BTreeSet;

use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::context::version_place;
use crate::lint::{Context, Finding, Judged, Rule, Verdict};

/// Tags that move by custom.
const MOVING: [&str; 29] = [
    "alpha",
    "beta",
    "canary",
    "current",
    "dev",
    "devel",
    "develop",
    "development",
    "edge",
    "head",
    "latest",
    "lts",
    "main",
    "mainline",
    "master",
    "next",
    "nightly",
    "prod",
    "production",
    "release",
    "rolling",
    "snapshot",
    "stable",
    "staging",
    "test",
    "testing",
    "tip",
    "trunk",
    "unstable",
];

/// Architectures with digits in their names, as registries call them.
const ARCHITECTURES: [&str; 14] = [
    "amd64", "arm32v5", "arm32v6", "arm32v7", "arm64", "arm64v8", "armv6", "armv7", "i386", "ppc64le", "riscv64",
    "s390x", "x64", "x86",
];

/// Systems and runtimes whose version stands behind their name in tags.
const PLATFORMS: [&str; 16] = [
    "alpine", "cuda", "debian", "el", "go", "golang", "java", "jdk", "jre", "node", "php", "py", "python", "rocm",
    "ubi", "ubuntu",
];

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        // `latest` of the team's own registry is what the copy pushes there.
        let used = judged.verdict.uses().first().filter(|at| !context.overridden.contains(at));
        match (used.map(|at| context.used(*at)), judged.verdict) {
            (Some(used), Verdict::Right { .. }) if floats(&used.reference) => {
                findings.push(deployed(rule, judged, used));
            }
            (None, _) | (Some(_), Verdict::Right { .. }) if floats(judged.reference) => {
                findings.push(listed(rule, context, judged))
            }
            // The rule that says what the charts deploy says the rest, too.
            _ => {}
        }
    }
    findings
}

/// Whether what `image` names can change from one day to the next.
pub(in crate::lint) fn floats(image: &Reference) -> bool {
    image.digest().is_none() && image.tag().is_none_or(is_moving)
}

/// Whether a tag is a word that moves, alone or with what it is built for behind it: `stable`, `stable-alpine`, `latest-amd64`,
/// `lts-jdk17`, but not `main-3f2a1b`; or ends in `latest`, as `main-latest` does.
pub(super) fn is_moving(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase().replace("x86_64", "x64");
    let mut parts = tag.split(['-', '_']);
    let moves = parts.next().is_some_and(|word| MOVING.contains(&word)) && parts.all(is_build);
    moves || tag.ends_with("-latest")
}

/// Whether a part of a tag says for what an image is built, and not which one it is: a word, an architecture, a system or runtime
/// with its version. Seven letters that are all hexadecimal digits are a commit.
fn is_build(part: &str) -> bool {
    let is_commit = part.len() >= 7 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = part.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    let platform = &part[..part.len() - version.len()];
    let is_word = version.is_empty() && !is_commit;
    let is_version = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_word || ARCHITECTURES.contains(&part) || (is_version && PLATFORMS.contains(&platform))
}

/// The charts themselves deploy what moves.
fn deployed(rule: &'static Rule, judged: Judged<'_>, used: &Use) -> Finding {
    let image = used.reference.as_str();
    let message = format!(
        "{} deploys {image}, and {}: nodes may want another image than was copied{}",
        used.chart,
        words(&used.reference),
        left_out(judged.reference),
    );
    let (span, layer) = version_place(used).unzip();
    let layer = layer.map(|layer| format!(" ({layer})")).unwrap_or_default();
    let mut finding = judged
        .finding(rule, judged.tag_span(), message)
        .label("moves")
        .advise("Pin it in the chart, then list that")
        .chart(used.chart.clone())
        .related(format!("{} says so here{layer}", used.chart), span);
    finding.scenarios = used.scenarios.clone();
    finding
}

/// Nothing says which tag the entry should have, unless a switched-off chart does.
fn listed(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>) -> Finding {
    let (name, image) = (&judged.entry.name.text, judged.reference);
    let message = format!(
        "`{name}` lists {}, and {}: nobody can tell what was copied{}",
        image.as_str(),
        words(image),
        left_out(image),
    );
    let finding = judged.finding(rule, judged.tag_span(), message).label("moves").advise("List a fixed tag");
    // What no chart deploys needs no tag: it goes.
    let finding = finding.behind("stale-entry", judged.entry.source.span);
    let fixed =
        |used: &&Use| used.reference.same_repository(image) && !floats(&used.reference) && used.invented().is_none();
    let known: Vec<_> = context.inventory.uses.iter().filter(fixed).collect();
    let versions: BTreeSet<_> = known.iter().map(|used| (used.reference.tag(), used.reference.digest())).collect();
    match (judged.verdict, known.first()) {
        (Verdict::Disabled { .. }, Some(used)) if versions.len() == 1 => {
            let place = version_place(used).map(|place| place.0);
            let related =
                finding.related(format!("{} would deploy this", used.chart), place).expected(used.reference.as_str());
            related.chart(used.chart.clone()).fix(super::tag_mismatch::fix(context, judged, used))
        }
        _ => finding,
    }
}

fn words(image: &Reference) -> String {
    image.tag().map_or_else(|| "no tag means `latest`, which moves".to_owned(), |tag| format!("`{tag}` moves"))
}

/// The values script takes an image up only where it sees a colon.
fn left_out(listed: &Reference) -> &'static str {
    if listed.as_str().contains(':') { "" } else { ", and the values script skips it" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_move_and_versions_stay() {
        for image in ["nginx", "nginx:latest", "a/b:Main", "a/b:stable-alpine", "a/b:nightly", "host:5000/a"] {
            assert!(floats(&Reference::parse(image).unwrap()), "{image}");
        }
        for tag in [
            "latest-amd64",
            "latest_arm64",
            "latest-x86_64",
            "stable-alpine3.20-slim",
            "nightly-foo",
            "lts-jdk17",
            "latest-cuda12.4",
            "dev-ubuntu22.04",
            "main-latest",
            "1.27-latest",
        ] {
            assert!(is_moving(tag), "{tag}");
        }
        for tag in [
            "1.27-stable",
            "main-abcdefa",
            "latest-20240101",
            "nightly-2024-01-01",
            "stable-1.27",
            "release-1.2",
            "main-64",
            "dev-pr12",
            "edge-v2",
            "stable.1",
            "latest1",
            "notlatest",
            "test-rc1",
            "main-sha3f2a1b",
            "20240101-nightly",
            "jdk17",
        ] {
            assert!(!is_moving(tag), "{tag}");
        }
        let digest = format!("nginx:latest@sha256:{}", "0".repeat(64));
        for image in ["nginx:1", "a/b:2.440.3-lts", "a/b:main-3f2a1b", "a/b:v1-855e096", "a/b:jammy", &digest] {
            assert!(!floats(&Reference::parse(image).unwrap()), "{image}");
        }
    }
}
