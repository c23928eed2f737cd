//! A line that the copy script or the values script reads otherwise than it is meant. What is no entry at all, no image, no
//! ECR name, or a last line without newline is said by the rules of those names; an image without tag by `floating-tag`.

use std::sync::Arc;

use super::tag_mismatch::{differs, obstacle};
use crate::image::{Reference, is_unseen, name_of};
use crate::inventory::Use;
use crate::lint::addition::{listable, spoilt};
use crate::lint::misread::{ShellMisread, misread, shown};
use crate::lint::same::{as_entry, brings};
use crate::lint::suppress::orders;
use crate::lint::{Beside, Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict, wanted};
use crate::mirror::readers::{Locale, PythonStep, ShellStep, Stop, read_python_line, read_shell_line};
use crate::mirror::{Ending, Entry, Line, LineKind, List};
use crate::source::Span;

/// What Windows editors put in front of a file; both scripts take it for text.
const BYTE_ORDER_MARK: char = '\u{feff}';

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let list = context.list;
    let mended = digests_to_go(context);
    let mut findings: Vec<_> = byte_order_mark(rule, list).into_iter().chain(carriage_returns(rule, list)).collect();
    for line in &list.lines {
        let whole = list.line_text(line);
        let text = if line.span.start == 0 { whole.trim_start_matches(BYTE_ORDER_MARK) } else { whole };
        let span = Span { start: line.span.end - u32::try_from(text.len()).unwrap_or(0), ..line.span };
        findings.extend(match line.kind {
            LineKind::Invalid(_) => None,
            LineKind::Entry(_) if mended.contains(&line.span) => None,
            LineKind::Entry(at) => entry(rule, context, &list.entries[at], line, text, span),
            LineKind::Blank | LineKind::Comment => nothing(rule, line, text, span),
        });
    }
    findings
}

/// The lines of entries whose digest goes with the fix of `tag-mismatch` or `digest-mismatch`, and that both scripts read as they
/// are meant then.
fn digests_to_go(context: &Context<'_>) -> Vec<Span> {
    let goes = |judged: &Judged<'_>| {
        let Verdict::OtherVersion { uses } = judged.verdict else { return false };
        let used = context.used(uses[0]);
        let name = &judged.entry.name.text;
        let is_read = |image: &str| misread(&format!("{name}={image}"), name, image).is_none();
        let deployed = wanted(judged.reference, used);
        let rule = match (differs(*judged, used), used.reference.digest()) {
            (true, _) => "tag-mismatch",
            (false, Some(_)) => "digest-mismatch",
            // The chart leaves the digest open: nobody complains of it.
            (false, None) => return false,
        };
        judged.reference.digest().is_some()
            && judged.entry.trailing_comment.is_none()
            && judged.entry.value.text == judged.entry.source.text
            && judged.entry.is_verbatim()
            && deployed.is_some_and(|image| {
                is_read(as_entry(&image).as_str()) && obstacle(context, judged.reference, used, &image).is_none()
            })
            && !context.is_silenced(judged.entry, rule)
    };
    context.judged().filter(goes).map(|judged| context.list.lines[judged.entry.line].span).collect()
}

fn byte_order_mark(rule: &'static Rule, list: &List) -> Option<Finding> {
    if !list.text().starts_with(BYTE_ORDER_MARK) {
        return None;
    }
    let first = list.lines.first()?;
    let name = match read_shell_line(list.line_text(first), true, Locale::Utf8) {
        ShellStep::Copies(reading) => reading.name,
        _ => BYTE_ORDER_MARK.to_string(),
    };
    let message = format!(
        "the list starts with a byte order mark (U+FEFF), which no editor shows: the copy script takes line 1 for an entry called \
         `{}`",
        shown(&name)
    );
    let span = Span::new(list.file(), 0, BYTE_ORDER_MARK.len_utf8());
    let fix = Fix::new("Remove the byte order mark", Safety::Safe, vec![Edit { span, text: String::new() }]);
    Some(Finding::new(rule, span, "byte order mark", message).label("starts with it").fix(fix))
}

/// One finding for the whole file, at the first line to which it matters: comments it does no harm.
fn carriage_returns(rule: &'static Rule, list: &List) -> Option<Finding> {
    let ends = |line: &&Line| line.ending == Ending::CrLf;
    let matters = |line: &&Line| matches!(line.kind, LineKind::Entry(_) | LineKind::Blank);
    let first = list.lines.iter().filter(ends).find(matters)?;
    let effect = match first.kind {
        LineKind::Entry(at) => format!("pulls `{}\\r`", shown(&list.entries[at].source.text)),
        _ => "stops at the first blank line".to_owned(),
    };
    let message = format!("the lines end with CRLF, of which the copy script reads the CR as text: it {effect}");
    let end = |line: &Line| line.span.end as usize;
    // Some editors double the CR: all of them go.
    let start = |line: &Line| end(line) - list.line_text(line).bytes().rev().take_while(|byte| *byte == b'\r').count();
    let edit = |line: &Line| Edit { span: Span::new(list.file(), start(line), end(line) + 1), text: String::new() };
    let edits = list.lines.iter().filter(ends).map(edit).collect();
    // What others insert ends as the lines do.
    let fix = Fix::new("End all lines with LF", Safety::Safe, edits).beside(Beside::None);
    let finding = Finding::new(rule, Span::new(list.file(), end(first), end(first)), "line endings", message);
    Some(finding.label("CRLF").fix(fix))
}

/// A blank line or a comment, of which the scripts should make nothing.
fn nothing(rule: &'static Rule, line: &Line, text: &str, span: Span) -> Option<Finding> {
    // A last line without newline is never seen by the copy script: here that does no harm.
    let shell = if line.ending == Ending::None { ShellStep::Skips } else { read_shell_line(text, true, Locale::C) };
    let what = if line.kind == LineKind::Blank { "blank line" } else { "comment" };
    let effect = match shell {
        ShellStep::Stops(Stop::NoName) => "the copy script stops here: it takes the blanks for a name".to_owned(),
        ShellStep::Stops(Stop::UnmatchedQuote(_)) => "the copy script stops here, at a quote".to_owned(),
        ShellStep::Copies(reading) => {
            let everywhere = matches!(read_shell_line(text, true, Locale::Utf8), ShellStep::Copies(_));
            let place = if everywhere { "" } else { "where the locale is not UTF-8, " };
            let starts = unseen(text, span).filter(|(at, _)| at.start == span.start);
            let starts = starts.map(|(_, character)| format!(", for it starts with {}", name_of(character)));
            let starts = starts.unwrap_or_default();
            format!("{place}the copy script takes this {what} for an entry called `{}`{starts}", shown(&reading.name))
        }
        ShellStep::Skips | ShellStep::Loses => match read_python_line(text).iter().find_map(taken) {
            Some(name) => {
                format!("the values script reads an entry called `{}` behind a CR in this {what}", shown(name))
            }
            None => return None,
        },
    };
    let plain = text.trim();
    let mends = matches!(read_shell_line(plain, true, Locale::C), ShellStep::Skips)
        && read_python_line(plain).iter().all(|step| *step == PythonStep::Skips);
    let advice = match line.kind {
        LineKind::Blank => "Leave the line empty",
        _ if text.trim().contains('\r') => "Remove the CR",
        _ => "Start the line with `#`",
    };
    let edits = Some(Edit { span, text: plain.to_owned() }).filter(|_| mends).into_iter().collect();
    let subject = if plain.is_empty() { "blank line" } else { plain };
    let finding = Finding::new(rule, span, subject, effect).label(format!("meant as a {what}")).advise(advice);
    Some(finding.fix(Fix::new(advice, Safety::Safe, edits)))
}

fn taken(step: &PythonStep) -> Option<&str> {
    match step {
        PythonStep::Skips => None,
        PythonStep::Ignores { name, .. } => Some(name),
        PythonStep::Takes(reading) => Some(&reading.name),
    }
}

/// The use whose tag an entry with a digest can list in its place: one that it brings. Of others `tag-mismatch` and
/// `digest-mismatch` speak.
fn brought<'a>(context: &Context<'a>, entry: &Entry) -> Option<&'a Use> {
    let judged = context.judged().find(|judged| judged.entry.line == entry.line)?;
    let Verdict::Right { uses } = judged.verdict else { return None };
    let mut uses = uses.iter().map(|at| context.used(*at));
    uses.find(|used| {
        !used.is_completed() && brings(judged.reference, used) && used.reference.same_repository(judged.reference)
    })
}

/// What an entry with a digest should list without it: what it brings, in its own words; else what has to be done first.
fn without_digest(context: &Context<'_>, entry: &Entry, listed: &Reference) -> Result<String, &'static str> {
    let name = listed.name();
    let used = brought(context, entry).filter(|used| spoilt(context, used).is_none());
    match (used.map(|used| listable(context, &entry.name.text, used)), listed.tag()) {
        (Some(Err(advice)), _) => Err(advice),
        (Some(Ok(image)), _) => image.tag().map(|tag| format!("{name}:{tag}")).ok_or("List a tag in its place"),
        (None, Some(tag)) => Ok(format!("{name}:{tag}")),
        (None, None) => Err("List a tag in its place"),
    }
}

/// Why the scripts read an entry otherwise than it is meant.
#[derive(Clone, Copy)]
enum Cause {
    /// An order to the linter behind the image.
    Order,
    /// Another comment there.
    Comment,
    /// What the shell takes away: quotes, backslashes.
    Spelling,
    /// A digest.
    Digest,
    /// An address in place of a registry's name.
    Address,
    /// A registry's port.
    Port,
    /// Something that nobody can see.
    Unseen,
}

impl Cause {
    /// A few words at the place.
    fn label(self) -> &'static str {
        match self {
            Self::Order => "no suppression here",
            Self::Comment => "read as a part of the image",
            Self::Spelling => "read as text by the values script",
            Self::Digest => "a digest",
            Self::Address => "colons in an address",
            Self::Port => "a port",
            Self::Unseen => "not what it seems",
        }
    }
}

fn entry(
    rule: &'static Rule,
    context: &Context<'_>,
    entry: &Entry,
    line: &Line,
    text: &str,
    span: Span,
) -> Option<Finding> {
    let (name, source) = (&entry.name.text, &entry.source.text);
    let readings = misread(text, name, source)?;
    let reference = Reference::parse(source).ok();
    let within = |range: std::ops::Range<usize>| entry.source.span_of(range);
    let registry = reference.as_ref().and_then(Reference::registry_range);
    let port = registry.filter(|range| source[range.clone()].contains(':'));
    let digest = reference.as_ref().and_then(Reference::digest_range);
    let alone = reference.as_ref().filter(|_| digest.is_some()).map(|image| without_digest(context, entry, image));
    // What a comment holds does no harm beside what the comment does.
    let before =
        entry.trailing_comment.as_ref().map_or(text.len(), |comment| (comment.span.start - span.start) as usize);
    let odd = unseen(text.get(..before).unwrap_or(text), span);
    let to_tag = || match (&port, &alone) {
        (Some(_), _) => "List the tag alone, from a registry that has a name without a port".to_owned(),
        (None, Some(Err(advice))) => (*advice).to_owned(),
        (None, Some(Ok(image))) if !source.starts_with(&format!("{image}@")) => {
            format!("Set the tag to {}", image.rsplit(':').next().unwrap_or_default())
        }
        _ => "List the tag alone".to_owned(),
    };
    let (advice, place, cause) = if let Some(comment) = &entry.trailing_comment {
        match orders(context.list, comment) {
            true => ("Put it on a line of its own above: here it is not read".to_owned(), comment.span, Cause::Order),
            false => ("Put the comment on a line of its own".to_owned(), comment.span, Cause::Comment),
        }
    } else if let Some((advice, place)) = taken_away(context.list, entry) {
        (advice, place, Cause::Spelling)
    } else if let Some(digest) = digest.clone() {
        (to_tag(), within(digest), Cause::Digest)
    } else if let Some(port) = port.clone() {
        match source.starts_with('[') {
            true => ("List the image from a registry that has a name".to_owned(), within(port), Cause::Address),
            false => ("List the image from a registry without a port".to_owned(), within(port), Cause::Port),
        }
    } else {
        (format!("Write `{name}={source}`"), odd.map_or(span, |(place, _)| place), Cause::Unseen)
    };
    // Where more is amiss, more has to go.
    let (advice, place, cause) = match (cause, odd) {
        (Cause::Order, _) => (advice, place, cause),
        (Cause::Digest | Cause::Address | Cause::Port, Some((odd, _))) => {
            (format!("Remove it, and {}", lower(&advice)), odd, Cause::Unseen)
        }
        (Cause::Digest, None) => (advice, place, cause),
        _ if digest.is_some() => (format!("{advice}, and {}", lower(&to_tag())), place, cause),
        _ => (advice, place, cause),
    };
    // A digest says nothing in a message, and fills a line.
    let means = match &reference {
        Some(reference) if reference.digest().is_some() => format!("`{name}` lists a digest:"),
        _ => format!("`{name}` means {source}, but"),
    };
    let because = odd.map(|(_, character)| {
        let alone = misread(&format!("{name}={source}"), name, source).is_none();
        format!(", {} {} stands here", if alone { "for" } else { "and" }, name_of(character))
    });
    let message = match &entry.trailing_comment {
        Some(comment) if orders(context.list, comment) && readings.is_part_of_image() => {
            let readers = match &readings.shell {
                None | Some(ShellMisread::Behind(_)) => "both scripts read".to_owned(),
                Some(shell) => format!("{shell}, and the values script reads"),
            };
            format!("{means} {readers} the suppression behind it as a part of the image")
        }
        _ => format!("{means} {}{}", readings, because.unwrap_or_default()),
    };
    let finding = Finding::new(rule, place, name, message).label(cause.label()).entry(name).image(source);
    let alone = alone.and_then(Result::ok);
    let fix = fix(context.list, entry, line, span, alone.as_deref());
    Some(finding.advise(&*advice).fix(fix.map(|(safety, edit)| Fix::new(advice, safety, vec![edit]))))
}

/// `order` within a sentence.
fn lower(order: &str) -> String {
    let mut letters = order.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The first character of `text`, which stands at `span`, that nobody can see, and its place.
fn unseen(text: &str, span: Span) -> Option<(Span, char)> {
    let (at, character) = text.char_indices().find(|(_, character)| is_unseen(*character))?;
    let start = span.start as usize + at;
    Some((Span::new(span.file, start, start + character.len_utf8()), character))
}

/// What has to go from the line of `entry` for both scripts to read it as the shell does, and where it stands.
fn taken_away(list: &List, entry: &Entry) -> Option<(String, Span)> {
    let name = Some(entry.name.span).filter(|_| !entry.name.is_verbatim());
    let value = Some(entry.value.span).filter(|_| entry.value.text != entry.source.text);
    let place = name.or(value)?;
    let written = list.text().get(entry.name.span.range())?.to_owned() + "\n" + &entry.value.text;
    let what = match (written.contains(['"', '\'']), written.contains('\\')) {
        (true, true) => "quotes and backslashes".to_owned(),
        (true, false) => "quotes".to_owned(),
        (false, true) => "backslashes".to_owned(),
        (false, false) => match written.lines().find(|part| part.starts_with('-')) {
            Some(part) => format!("`{}`", part.split_whitespace().next().unwrap_or_default()),
            None => "`=` at the end".to_owned(),
        },
    };
    Some((format!("Remove the {what}"), place))
}

/// The line as it is meant, the comment above it; with `alone`, the image without its digest, where the scripts cannot read that.
/// Nothing when the scripts would still read it otherwise.
fn fix(list: &List, entry: &Entry, line: &Line, span: Span, alone: Option<&str>) -> Option<(Safety, Edit)> {
    let (name, source) = (&entry.name.text, &entry.source.text);
    let mut text = format!("{name}={source}");
    let mut safety = Safety::Safe;
    if misread(&text, name, source).is_some() {
        // The tag alone still stands for the image, but no longer holds it in place.
        let ordered = entry.trailing_comment.as_ref().is_some_and(|comment| orders(list, comment));
        // Whether what is behind it allows that is not known before it is read.
        let alone = alone.filter(|_| !ordered)?;
        text = format!("{name}={alone}");
        safety = Safety::Unsafe;
        if misread(&text, name, alone).is_some() {
            return None;
        }
    }
    if let Some(comment) = &entry.trailing_comment {
        let ending = if line.ending == Ending::CrLf { "\r\n" } else { "\n" };
        text = format!("{}{ending}{text}", comment.text.trim_end());
        // A comment that says something of the source, or is an order to the linter, means more in its new place.
        let alone: Arc<str> = text.as_str().into();
        let alone = List::parse(list.file(), &alone);
        let note = alone.entries.first().map(|entry| &entry.note);
        let speaks =
            note.is_none_or(|note| note.from.is_some() || !note.repositories.is_empty() || !note.tags.is_empty());
        if speaks || !alone.directives.is_empty() {
            safety = Safety::Unsafe;
        }
    }
    Some((safety, Edit { span, text }))
}
