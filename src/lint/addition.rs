//! New entries for a list: their names, their text and where they go. One place for all rules that add entries, so that two of
//! them never choose the same name.

use super::context::Context;
use super::note::{block, new_name};
use super::rules::{disagreement, floats};
use super::{Edit, Finding, Fix, Rule, Safety};
use crate::image::Reference;
use crate::inventory::{Kind, Use};
use crate::mirror::{Ending, LineKind, List};
use crate::source::Span;

/// A finding for each missing image of `kind`, with the entry that it wants; `message` says what is wrong.
pub(crate) fn additions(
    rule: &'static Rule,
    context: &Context<'_>,
    kind: Kind,
    message: impl Fn(&Use) -> String,
) -> Vec<Finding> {
    let mut taken: Vec<String> = context.list.entries.iter().map(|entry| entry.name.text.clone()).collect();
    let mut findings = Vec::new();
    let reconciliation = context.reconciliation;
    for at in reconciliation.missing.iter().chain(&reconciliation.missing_operands) {
        let used = context.used(*at);
        let name = new_name(&used.reference, &taken);
        if used.kind == kind {
            findings.push(finding(rule, context, *at, &name, message(used)));
        }
        taken.push(name);
    }
    findings
}

fn finding(rule: &'static Rule, context: &Context<'_>, at: usize, name: &str, message: String) -> Finding {
    let used = context.used(at);
    let change = context.dynamic.get(&at).copied();
    let image = used.reference.as_str();
    let end = end(context.list);
    let (message, fix) = match listable(name, used) {
        Ok(listed) => {
            let edit = Edit { span: end, text: insertion(context.list, &block(used, name, &listed, change)) };
            (message, Some(Fix::new(format!("List it as `{name}`"), Safety::Safe, vec![edit])))
        }
        Err(advice) => (format!("{message}. {advice}"), None),
    };
    let place = used.decisive(0..used.text.len()).map(|(span, _)| span);
    let mut finding = Finding::new(rule, end, image, message)
        .label("missing")
        .expected(image)
        .chart(used.chart.clone())
        .related(format!("{} names it here", used.chart), place)
        .fix(fix);
    finding.scenarios = used.scenarios.clone();
    finding
}

/// What an entry should list for `image`: a line that both scripts read as it is meant, and that stands for one image; else
/// what has to be done first.
fn listable(name: &str, used: &Use) -> Result<Reference, &'static str> {
    let image = &used.reference;
    if used.is_completed() {
        return Err(
            "Its controller puts the node's system behind the tag (`-ubuntu24.04`): list it as your nodes have it",
        );
    }
    if floats(image) {
        return Err("Its tag moves: pin it in the chart, then list that");
    }
    let is_read = |image: &&str| disagreement(&format!("{name}={image}"), name, image).is_none();
    let without_digest = image.tag_range().map(|tag| &image.as_str()[..tag.end]);
    let listed = [Some(image.as_str()), without_digest].into_iter().flatten().find(is_read);
    listed.and_then(|listed| Reference::parse(listed).ok()).ok_or(match image.digest() {
        Some(_) => "The copy scripts cannot read a digest: give it a tag in the chart, then list that",
        None => "The copy scripts cannot read its registry with a port: list it from another one",
    })
}

/// Where new entries go: behind the last line that says something.
fn end(list: &List) -> Span {
    let last = list.lines.iter().rev().find(|line| line.kind != LineKind::Blank);
    let at = last.map_or(list.text().len(), |line| line.span.end as usize + line.ending.as_str().len());
    Span::new(list.file(), at, at)
}

/// The text that puts `block` at the end, parted by a blank line from what stands there. Several of them can be put there one
/// after the other, and what ends an unterminated last line before them.
fn insertion(list: &List, block: &[String]) -> String {
    let ending = list.line_ending();
    let last = list.lines.iter().rev().find(|line| line.kind != LineKind::Blank);
    // A comment without an end would become a part of the block.
    let unfinished = last.is_some_and(|line| line.ending == Ending::None && line.kind == LineKind::Comment);
    let parted = usize::from(last.is_some()) + usize::from(unfinished);
    let lines = block.iter().flat_map(|line| [line, ending]);
    std::iter::repeat_n(ending, parted).chain(lines).collect()
}
