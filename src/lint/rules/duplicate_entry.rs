//! One name twice, or one image under two names.

use std::collections::HashMap;

use crate::image::Reference;
use crate::lint::{Context, Finding, Judged, Rule, Verdict, same_image};
use crate::mirror::Entry;
use crate::source::Span;

/// What to do about two entries that no chart deploys.
const DELETE_BOTH: &str = "Delete both, which no chart deploys";

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: HashMap<&str, &Entry> = HashMap::new();
    for entry in &context.list.entries {
        if let Some(first) = names.get(entry.name.text.as_str()) {
            let name = &entry.name.text;
            let (one, other) = (&first.source.text, &entry.source.text);
            let (message, advice) = match same(first, entry) {
                true => (format!("`{name}` is listed twice"), "Delete one of the lines"),
                false => (format!("`{name}` is listed twice: {one} and {other} go to one repository"), "Rename one"),
            };
            let advice = match (superfluous(context, first, entry), goes(context, first) && goes(context, entry)) {
                (Some(stale), _) => format!("Delete {}, which no chart deploys", stale.source.text),
                (None, true) => DELETE_BOTH.to_owned(),
                (None, false) => advice.to_owned(),
            };
            findings.push(duplicate(rule, entry, entry.name.span, first, message).advise(advice));
        }
        names.entry(&entry.name.text).or_insert(entry);
    }
    let mut images: Vec<(&Reference, &Entry)> = Vec::new();
    for judged in context.judged() {
        let image = judged.reference;
        let entry = judged.entry;
        // What is listed again under its name is said already.
        if names.get(entry.name.text.as_str()).is_some_and(|first| first.line != entry.line) {
            continue;
        }
        let known = images.iter().find(|(other, _)| {
            other.same_repository(image)
                && other.effective_tag() == image.effective_tag()
                && other.digest() == image.digest()
        });
        match known {
            Some((_, first)) => {
                let message = format!("{} is already listed as `{}`", entry.source.text, first.name.text);
                let found = duplicate(rule, entry, entry.source.span, first, message);
                findings.push(found.advise(if goes(context, entry) { DELETE_BOTH } else { "Keep one of the two" }));
            }
            None => images.push((image, entry)),
        }
    }
    findings
}

/// The one of two entries of one name that no chart deploys and nobody wants to keep, when the other one stays.
fn superfluous<'a>(context: &Context<'_>, first: &'a Entry, again: &'a Entry) -> Option<&'a Entry> {
    match (goes(context, first), goes(context, again)) {
        (true, false) => Some(first),
        (false, true) => Some(again),
        _ => None,
    }
}

/// Whether no chart deploys `entry`, and nobody wants to keep it.
fn goes(context: &Context<'_>, entry: &Entry) -> bool {
    let is_stale = |judged: Judged<'_>| judged.entry.line == entry.line && *judged.verdict == Verdict::Stale;
    context.judged().any(is_stale) && !context.is_silenced(entry, "stale-entry")
}

/// The places of the findings that advise to delete `entry`.
pub(super) fn that_delete(context: &Context<'_>, entry: &Entry) -> Vec<Span> {
    let mut alike = context.list.entries.iter().filter(|other| other.name.text == entry.name.text);
    let Some(first) = alike.next() else { return Vec::new() };
    let deletes = |again: &&Entry| superfluous(context, first, again).is_some_and(|gone| gone.line == entry.line);
    alike.filter(deletes).map(|again| again.name.span).collect()
}

/// Whether both name one image, however it is spelled.
fn same(first: &Entry, entry: &Entry) -> bool {
    let read = |entry: &Entry| Reference::parse(&entry.source.text).ok();
    first.source.text == entry.source.text
        || read(first).zip(read(entry)).is_some_and(|(first, entry)| same_image(&first, &entry))
}

fn duplicate(rule: &'static Rule, entry: &Entry, span: Span, first: &Entry, message: String) -> Finding {
    Finding::new(rule, span, &entry.name.text, message)
        .label("again")
        .entry(&entry.name.text)
        .image(&entry.source.text)
        .related("first listed here", Some(first.name.span))
}
