//! No `(from ...)` in the comment block of an entry that a chart deploys, or one that is only a name.

use crate::image::name_of;
use crate::inventory::Use;
use crate::lint::context::says_repository;
use crate::lint::note::{source_note, source_note_named, title};
use crate::lint::style::Style;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict};
use crate::mirror::{Entry, Located, NamedChart, SourceNote};
use crate::source::Span;

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for judged in context.judged() {
        let entry = judged.entry;
        // That its image is another one is told; from where that is says nothing of this one.
        if entry.note.from.is_some() || matches!(judged.verdict, Verdict::OtherRepository { .. }) {
            continue;
        }
        let Some(at) = judged.verdict.uses().first().copied() else { continue };
        let used = context.used(at);
        // What is off is deployed by nobody, from whatever registry.
        if used.when.is_some() {
            continue;
        }
        // A second entry of a name is to be deleted or renamed first.
        if context.list.entries.iter().any(|other| other.line < entry.line && other.name.text == entry.name.text) {
            continue;
        }
        if let Some(found) = incomplete(rule, context, judged) {
            findings.push(found);
            continue;
        }
        let name = &entry.name.text;
        let parted = context.list.parted_note(entry);
        if let Some((blanks, _)) = parted.filter(|(blanks, note)| is_note_of(context, blanks.start, note, used)) {
            let message =
                format!("a blank line parts `{name}` from the comments above it, which say where an image is from");
            let found = judged.finding(rule, entry.name.span, message).label("without comments");
            let edit = Edit { span: context.list.span_of_lines(blanks), text: String::new() };
            // They may be what is left of another entry.
            let fix = Fix::new("Take the blank line away", Safety::Unsafe, vec![edit]);
            findings.push(finding(found, used).fix(fix));
            continue;
        }
        if let Some((place, character)) = context.list.unread_note(entry) {
            let message = format!("the note of `{name}` cannot be read: {} stands in it", name_of(character));
            let found = judged.finding(rule, place, message).label("stands here").advise("Write it without that");
            findings.push(finding(found, used));
            continue;
        }
        let note = source_note(used);
        let message = format!("`{name}` does not say where its image comes from; {} deploys it", used.chart);
        let titled = title_of(context, entry);
        let edit = missing_note(context, entry, used);
        let sure = is_sure(context, judged);
        let fix = sure.then(|| Fix::new(format!("Write `{note}`"), context.safety_of_note(used), vec![edit]));
        let span = titled.map_or(entry.name.span, |title| title.span);
        let found = judged.finding(rule, span, message).label("names no chart").advise(format!("Write `{note}`"));
        findings.push(finding(found, used).fix(fix));
    }
    findings
}

/// Whether what stands above line `blank` and says `note` may be the note of `used`: at the top of the file it may as well be a legend,
/// unless it says what is true of that.
fn is_note_of(context: &Context<'_>, blank: usize, note: &SourceNote, used: &Use) -> bool {
    let mut named = note.charts();
    let mut repositories = note.repositories.iter();
    !context.list.header.contains(&(blank - 1))
        || (named.all(|named| source_note_named(used, &named.chart.text).is_some())
            && repositories.all(|field| says_repository(&field.value.text, &used.reference)))
}

/// The title of `entry`. The first words of the file may be its header instead.
fn title_of<'a>(context: &Context<'_>, entry: &'a Entry) -> Option<&'a Located> {
    let first = context.list.lines[0].span;
    let header = |title: &&Located| title.span.start < first.end && !entry.note.remarks.is_empty();
    entry.note.title.as_ref().filter(|title| !header(title))
}

/// The edit that writes from which chart `used` is: in place of a note that only names it, behind the title of `entry`, or with a
/// title above it.
pub(super) fn missing_note(context: &Context<'_>, entry: &Entry, used: &Use) -> Edit {
    let named = |named: &NamedChart| Some((named.span, source_note_named(used, &named.chart.text)?));
    if let Some((span, text)) = entry.note.perhaps.iter().find_map(named) {
        return Edit { span, text };
    }
    let note = source_note(used);
    match title_of(context, entry) {
        Some(title) => {
            let end = title.span.end as usize;
            Edit { span: Span::new(title.span.file, end, end), text: format!(" {note}") }
        }
        None => {
            let line = if entry.note.title.is_some() { entry.line } else { entry.block.start };
            let ending = context.list.line_ending();
            let comment = Style::of(context.list).title(&format!("{} {note}", title(used)));
            let text = comment + ending;
            Edit { span: context.list.start_of_line(line), text }
        }
    }
}

/// Whether it is known which image the entry stands for. Of a wrong one that can be a guess, which a note would make look known.
fn is_sure(context: &Context<'_>, judged: Judged<'_>) -> bool {
    let rival =
        |other: &Judged<'_>| other.entry.line != judged.entry.line && other.reference.path() == judged.reference.path();
    match judged.verdict {
        Verdict::Right { .. } | Verdict::Unpushed { .. } => true,
        _ => !context.judged().any(|other| rival(&other)),
    }
}

/// What is to be said of an entry whose note names a chart that deploys the image, and nothing else of it: `(from web)`.
fn incomplete(rule: &'static Rule, context: &Context<'_>, judged: Judged<'_>) -> Option<Finding> {
    let entry = judged.entry;
    let uses = || judged.verdict.uses().iter().map(|at| context.used(*at));
    let (named, used, note) = entry.note.perhaps.iter().find_map(|named| {
        let (used, note) = uses().find_map(|used| Some((used, source_note_named(used, &named.chart.text)?)))?;
        Some((named, used, note))
    })?;
    let (name, chart) = (&entry.name.text, &named.chart.text);
    let message = format!("the note of `{name}` says {chart}, but neither of which version nor from where");
    let edit = Edit { span: named.span, text: note.clone() };
    let safety = context.safety_of_note(used);
    let fix = is_sure(context, judged).then(|| Fix::new(format!("Write `{note}`"), safety, vec![edit]));
    let found = judged.finding(rule, named.span, message).label("names no version").advise(format!("Write `{note}`"));
    Some(finding(found, used).fix(fix))
}

fn finding(finding: Finding, used: &Use) -> Finding {
    let place = used.decisive(0..used.text.len()).map(|place| place.0);
    let mut finding = finding.chart(used.chart.clone()).related(format!("{} names the image here", used.chart), place);
    finding.scenarios = used.scenarios.clone();
    finding
}
