//! Another file of the workspace names a listed image with a tag that neither the list nor the charts know.

use std::collections::BTreeSet;

use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::context::version_place;
use crate::lint::{Context, Finding, Fix, Judged, Rule, Safety, Verdict};
use crate::mirror::{ChartOrigin, NamedChart};
use crate::source::{FileId, Span};

/// Behind a short name, a number from here on is a port: `redis:6379` is an address.
const FIRST_PORT: u32 = 80;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let entries: Vec<_> = context.judged().collect();
    let names: BTreeSet<_> = entries.iter().map(|judged| needle(judged.reference)).collect();
    let names: Vec<_> = names.into_iter().collect();
    let Ok(pattern) = regex::bytes::Regex::new(&format!("(?:{}):", names.join("|"))) else { return Vec::new() };
    if entries.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for file in context.files.holding(context.sources, &pattern) {
        let text = context.sources.get(file).text().clone();
        for mention in mentions(file, &text, &pattern) {
            findings.extend(judge(rule, context, &entries, &mention));
        }
    }
    findings
}

/// What any mention of the image's repository contains, whatever stands around it; escaped for a pattern.
fn needle(image: &Reference) -> String {
    regex::escape(image.path().strip_prefix("library/").unwrap_or_else(|| image.path()))
}

/// An image that is written out in a file.
struct Mention {
    image: Reference,
    /// Its tag, and where that stands.
    tag: String,
    span: Span,
}

/// The images with a tag that `text` names.
fn mentions(file: FileId, text: &str, pattern: &regex::bytes::Regex) -> Vec<Mention> {
    let (bytes, mut at, mut mentions) = (text.as_bytes(), 0, Vec::new());
    while let Some(found) = pattern.find_at(bytes, at) {
        let start =
            bytes[at..found.start()].iter().rposition(|byte| !is_part(*byte)).map_or(at, |before| at + before + 1);
        let length = bytes[found.end()..].iter().position(|byte| !is_part(*byte));
        let end = length.map_or(bytes.len(), |length| found.end() + length);
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(end..).and_then(|rest| rest.chars().next());
        mentions.extend(text.get(start..end).and_then(|word| mention(file, word, start, before, after)));
        at = end;
    }
    mentions
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':' | b'@')
}

/// The image that `word` is, unless a template or a pattern makes it from pieces.
fn mention(file: FileId, word: &str, start: usize, before: &str, after: Option<char>) -> Option<Mention> {
    let made = before.ends_with(['$', '}', '>', '%', '*']) || before.ends_with("${");
    // A source note and prose name charts in the same way.
    let said = before.trim_end_matches([' ', '`', '"', '\'']).to_ascii_lowercase();
    if said.ends_with("(from") || said.ends_with("chart") {
        return None;
    }
    if made || after.is_some_and(|c| matches!(c, '$' | '{' | '<' | '%' | '*' | '?' | '[' | '+' | '\\')) {
        return None;
    }
    let (word, start) =
        word.strip_prefix("docker://").map_or((word, start), |rest| (rest, start + word.len() - rest.len()));
    // `web:12:` is a place in a file, as compilers print it.
    let position = word.ends_with(':');
    let word = word.trim_end_matches(['.', ':', '-', '_', '/', '@']);
    let image = Reference::parse(word).ok().filter(|image| image.digest().is_none())?;
    let (tag, range) = (image.tag()?.to_owned(), image.tag_range()?);
    let number = tag.parse::<u32>().ok().filter(|_| !image.name().contains('/'));
    let port = number.is_some_and(|number| number >= FIRST_PORT || position);
    let real = tag.contains(|c: char| c.is_ascii_digit()) || super::floating_tag::is_moving(&tag);
    let placeholder = tag.split(['.', '-']).any(|part| part.eq_ignore_ascii_case("x"));
    let span = Span::new(file, start + range.start, start + range.end);
    (real && !port && !placeholder).then_some(Mention { image, tag, span })
}

/// Whether the mention is of a chart that is called as the image, at the version that is pinned or noted: alone, or with the repository
/// that a note names. What stands in a registry, or in another folder, is an image.
fn is_chart(context: &Context<'_>, mention: &Mention) -> bool {
    let (name, is_alone) = (mention.image.name(), !mention.image.name().contains('/'));
    let is = |chart: &str, version: &str| is_alone && chart == name && version == mention.tag;
    let called = |named: &NamedChart| match &named.origin {
        ChartOrigin::Repository(repository) if !is_alone => format!("{}/{}", repository.text, named.chart.text) == name,
        _ => named.chart.text == name,
    };
    let notes = context.list.entries.iter().flat_map(|entry| entry.note.charts());
    let noted =
        |named: &NamedChart| called(named) && named.version.as_ref().is_some_and(|version| version.text == mention.tag);
    let dependencies = context.charts.iter().flat_map(|chart| chart.metadata.dependencies.iter().flatten());
    notes.into_iter().any(noted)
        || context.inventory.uses.iter().any(|used| is(&used.chart.name, &used.chart.version))
        || dependencies.into_iter().any(|pinned| is(pinned.name.as_ref(), pinned.version.as_ref()))
}

/// Whether `text` has the tag behind a variable, too, as in `docker push $REPOSITORY:1.27.1`: what is pulled and what is pushed then
/// change together, or not at all.
fn is_behind_variable(text: &str, tag: &str) -> bool {
    let with_colon = format!(":{tag}");
    text.match_indices(&with_colon).any(|(at, found)| {
        let behind = text.as_bytes().get(at + found.len());
        let is_whole = behind.is_none_or(|byte| !is_part(*byte));
        let word = text[..at].rsplit(char::is_whitespace).next().unwrap_or_default();
        is_whole && word.contains('$')
    })
}

/// The words behind a version that make another image of it: `alpine` of `1.27.1-alpine`.
fn variant(tag: &str) -> Vec<String> {
    let behind = tag.split_once('-').map_or("", |(_, behind)| behind);
    let words = behind.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

fn judge(rule: &'static Rule, context: &Context<'_>, entries: &[Judged<'_>], mention: &Mention) -> Option<Finding> {
    let same = |image: &Reference| image.same_repository(&mention.image);
    let listed: Vec<_> = entries.iter().filter(|judged| same(judged.reference)).collect();
    let judged = *listed.first()?;
    let known = |image: &Reference| image.effective_tag() == Some(&mention.tag) && same(image);
    let uses = &context.inventory.uses;
    if is_chart(context, mention) {
        return None;
    }
    let meant = |judged: &Judged<'_>| matches!(judged.verdict, Verdict::Unpushed { expected, .. } if known(expected));
    if listed.iter().any(|judged| known(judged.reference) || meant(judged))
        || uses.iter().any(|used| known(&used.reference))
    {
        return None;
    }
    let deployed = listed.iter().filter_map(|judged| {
        let used = context.used(*judged.verdict.uses().first()?);
        let image = match judged.verdict {
            Verdict::Unpushed { expected, .. } => expected,
            _ => &used.reference,
        };
        same(image).then_some((used, image))
    });
    let deployed: Vec<(&Use, &Reference)> = deployed.collect();
    let mut right: BTreeSet<_> = deployed.iter().filter_map(|(_, image)| image.effective_tag()).collect();
    if right.is_empty() {
        right = listed.iter().filter_map(|judged| judged.reference.effective_tag()).collect();
    }
    // Another variant of the right version is another image, and as new.
    let version = |tag: &str| tag.split_once('-').map_or(tag, |(version, _)| version).to_owned();
    let is_variant = |tag: &&str| version(tag) == version(&mention.tag) && variant(tag) != variant(&mention.tag);
    if right.iter().any(is_variant) {
        return None;
    }
    let name = &judged.entry.name.text;
    let tag = judged.reference.effective_tag().unwrap_or("a digest");
    let truth = match deployed.first() {
        Some((used, image)) if image.effective_tag() == judged.reference.effective_tag() => {
            format!("`{name}` lists {tag}, and {} deploys that", used.chart)
        }
        Some((used, image)) => {
            let deploys = image.effective_tag().unwrap_or("a digest");
            format!("`{name}` lists {tag}, and {} deploys {deploys}", used.chart)
        }
        None => format!("`{name}` lists {tag}"),
    };
    let is_repeated = is_behind_variable(context.sources.get(mention.span.file).text(), &mention.tag);
    let advice = match right.first() {
        Some(right_tag) if right.len() == 1 && is_repeated => {
            format!("Write {right_tag} here and behind the variables, if the same image is meant")
        }
        Some(right_tag) if right.len() == 1 => format!("Write {right_tag}, if the same image is meant"),
        _ => "Write one of those that are deployed".to_owned(),
    };
    let message = format!("{} is named here, but {truth}", mention.image);
    let subject = format!("{name}:{}", mention.image);
    let mut finding = Finding::new(rule, mention.span, subject, message)
        .label("another tag than the list's")
        .advise(advice)
        .entry(name)
        .image(judged.reference.as_str())
        .related(format!("listed as `{name}`"), Some(judged.tag_span()));
    if let Some((used, image)) = deployed.first() {
        let place = version_place(used).map(|place| place.0);
        finding = finding.expected(image.as_str()).chart(used.chart.clone());
        finding = finding.related(format!("{} says its version here", used.chart), place);
    }
    if let (Some(tag), 1, false) = (right.first(), right.len(), is_repeated)
        && variant(tag) == variant(&mention.tag)
    {
        let edit = context.replace(mention.span, tag);
        let title = format!("Write {}:{tag}", mention.image.name());
        finding = finding.fix(Fix::new(title, Safety::Unsafe, edit.into_iter().collect()));
    }
    Some(finding)
}
