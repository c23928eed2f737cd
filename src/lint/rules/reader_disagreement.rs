//! A line that the copy script or the values script reads otherwise than it is meant. What is no entry at all, no image, no
//! ECR name, or a last line without newline is said by the rules of those names; an image without tag by `floating-tag`.

use std::sync::Arc;

use super::tag_mismatch::{differs, obstacle};
use crate::image::{Reference, check_repository_name, is_unseen, name_of};
use crate::inventory::Use;
use crate::lint::addition::{listable, spoilt};
use crate::lint::same::{as_entry, brings};
use crate::lint::suppress::orders;
use crate::lint::{Context, Edit, Finding, Fix, Judged, Rule, Safety, Verdict, wanted};
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
        let is_read = |image: &str| disagreement(&format!("{name}={image}"), name, image).is_none();
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
    let fix = Fix::new("End all lines with LF", Safety::Safe, edits).alone();
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

fn entry(
    rule: &'static Rule,
    context: &Context<'_>,
    entry: &Entry,
    line: &Line,
    text: &str,
    span: Span,
) -> Option<Finding> {
    let (name, source) = (&entry.name.text, &entry.source.text);
    let readings = disagreement(text, name, source)?;
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
    let (advice, place, label) = if let Some(comment) = &entry.trailing_comment {
        match orders(context.list, comment) {
            true => (
                "Put it on a line of its own above: here it is not read".to_owned(),
                comment.span,
                "no suppression here",
            ),
            false => ("Put the comment on a line of its own".to_owned(), comment.span, "read as a part of the image"),
        }
    } else if let Some((advice, place)) = taken_away(context.list, entry) {
        (advice, place, "read as text by the values script")
    } else if let Some(digest) = digest.clone() {
        (to_tag(), within(digest), "a digest")
    } else if let Some(port) = port.clone() {
        match source.starts_with('[') {
            true => ("List the image from a registry that has a name".to_owned(), within(port), "colons in an address"),
            false => ("List the image from a registry without a port".to_owned(), within(port), "a port"),
        }
    } else {
        (format!("Write `{name}={source}`"), odd.map_or(span, |(place, _)| place), "not what it seems")
    };
    // Where more is amiss, more has to go.
    let (advice, place, label) = match odd {
        _ if entry.trailing_comment.as_ref().is_some_and(|comment| orders(context.list, comment)) => {
            (advice, place, label)
        }
        Some((odd, _)) if label == "a digest" || label.contains("port") || label.contains("colons") => {
            (format!("Remove it, and {}", lower(&advice)), odd, "not what it seems")
        }
        _ if label != "a digest" && digest.is_some() => (format!("{advice}, and {}", lower(&to_tag())), place, label),
        _ => (advice, place, label),
    };
    // A digest says nothing in a message, and fills a line.
    let means = match &reference {
        Some(reference) if reference.digest().is_some() => format!("`{name}` lists a digest:"),
        _ => format!("`{name}` means {source}, but"),
    };
    let because = odd.map(|(_, character)| {
        let alone = disagreement(&format!("{name}={source}"), name, source).is_none();
        format!(", {} {} stands here", if alone { "for" } else { "and" }, name_of(character))
    });
    let message = match &entry.trailing_comment {
        Some(comment) if orders(context.list, comment) && is_part_to_python(&readings) => {
            let readers = match readings.first().filter(|shell| !shell.starts_with("the copy script pulls it with `")) {
                Some(shell) => format!("{shell}, and the values script reads"),
                None => "both scripts read".to_owned(),
            };
            format!("{means} {readers} the suppression behind it as a part of the image")
        }
        _ => format!("{means} {}{}", together(&readings), because.unwrap_or_default()),
    };
    let finding = Finding::new(rule, place, name, message).label(label).entry(name).image(source);
    let alone = alone.and_then(Result::ok);
    let fix = fix(context.list, entry, line, span, alone.as_deref());
    Some(finding.advise(&*advice).fix(fix.map(|(safety, edit)| Fix::new(advice, safety, vec![edit]))))
}

/// Whether the copy script reads a line otherwise, and the values script reads what stands behind the image as a part of that.
fn is_part_to_python(readings: &[String]) -> bool {
    let [_, python] = readings else { return false };
    ["the values script takes `", "the values script reads repository `"].iter().any(|start| python.starts_with(start))
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

/// What the scripts read, in one clause where it is the same.
fn together(readings: &[String]) -> String {
    let taken = |at: usize, by: &str| readings.get(at)?.strip_prefix(by);
    match (taken(0, "the copy script takes "), taken(1, "the values script takes ")) {
        (Some(shell), Some(python)) if shell == python => format!("both scripts take {shell}"),
        _ => readings.join(", and "),
    }
}

/// The line as it is meant, the comment above it; with `alone`, the image without its digest, where the scripts cannot read that.
/// Nothing when the scripts would still read it otherwise.
fn fix(list: &List, entry: &Entry, line: &Line, span: Span, alone: Option<&str>) -> Option<(Safety, Edit)> {
    let (name, source) = (&entry.name.text, &entry.source.text);
    let mut text = format!("{name}={source}");
    let mut safety = Safety::Safe;
    if disagreement(&text, name, source).is_some() {
        // The tag alone still stands for the image, but no longer holds it in place.
        let ordered = entry.trailing_comment.as_ref().is_some_and(|comment| orders(list, comment));
        // Whether what is behind it allows that is not known before it is read.
        let alone = alone.filter(|_| !ordered)?;
        text = format!("{name}={alone}");
        safety = Safety::Unsafe;
        if disagreement(&text, name, alone).is_some() {
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

/// What the scripts read otherwise than `name` and `source` mean, in clauses; `None` when there is nothing to say.
pub(in crate::lint) fn disagreement(line: &str, name: &str, source: &str) -> Option<Vec<String>> {
    let reference = Reference::parse(source).ok();
    // What is no image to the shell has its finding, however it is spelled.
    let is_spelling =
        || matches!(read_shell_line(line, true, Locale::C), ShellStep::Copies(read) if read.image == source);
    let plain = line.split_once('=').is_some_and(|(_, value)| value.trim() == source);
    if reference.is_none() && (plain || is_spelling()) {
        return None;
    }
    // A name that ECR refuses has its finding: the image is read as if it were another one.
    let (line, name) = match (check_repository_name(name), line.find('=')) {
        (Err(_), Some(equals)) => (format!("name{}", &line[equals..]), "name"),
        _ => (line.to_owned(), name),
    };
    let meant = Meant { name, source, reference: reference.as_ref() };
    let clauses: Vec<_> = meant.to_shell(&line).into_iter().chain(meant.to_python(&line)).collect();
    (!clauses.is_empty()).then_some(clauses)
}

struct Meant<'a> {
    name: &'a str,
    source: &'a str,
    reference: Option<&'a Reference>,
}

impl Meant<'_> {
    fn to_shell(&self, line: &str) -> Option<String> {
        let read = match read_shell_line(line, true, Locale::C) {
            ShellStep::Copies(reading) => reading,
            ShellStep::Stops(_) => return Some("the copy script stops here, at a quote that is not closed".to_owned()),
            ShellStep::Skips | ShellStep::Loses => return Some("the copy script skips the line".to_owned()),
        };
        let tag = |reference: &Reference| read.tag.as_deref() == reference.tag();
        if read.name != self.name {
            Some(format!("the copy script creates `{}`", shown(&read.name)))
        } else if let Some(more) = read.image.strip_prefix(self.source).filter(|more| !more.is_empty()) {
            Some(format!("the copy script pulls it with `{}` behind", shown(more)))
        } else if read.image != self.source {
            Some(format!("the copy script pulls `{}`", shown(&read.image)))
        } else if self.reference.is_none_or(tag) {
            None
        } else {
            Some(format!("the copy script takes {} for the tag", version(&read.tag.unwrap_or_default())))
        }
    }

    fn to_python(&self, line: &str) -> Option<String> {
        let steps = read_python_line(line);
        let entries: Vec<_> = steps.iter().filter(|step| **step != PythonStep::Skips).collect();
        let read = match entries.as_slice() {
            [PythonStep::Takes(reading)] => reading,
            [PythonStep::Ignores { name, image }] if name == self.name && image == self.source => return None,
            [PythonStep::Ignores { .. }] | [] => return Some("the values script leaves it out".to_owned()),
            several => return Some(format!("the values script reads {} entries here", several.len())),
        };
        let (repository, tag) = match self.reference {
            Some(reference) => (reference.name(), reference.tag()),
            None => self.source.rsplit_once(':').map_or((self.source, None), |(name, tag)| (name, Some(tag))),
        };
        if read.name != self.name {
            Some(format!("the values script calls it `{}`", shown(&read.name)))
        } else if version(&read.tag) == THE_DIGEST {
            Some(format!("the values script takes {THE_DIGEST} for the tag"))
        } else if read.repository != repository {
            let repository = shown(&read.repository);
            Some(format!(
                "the values script reads repository `{repository}` and takes {} for the tag",
                version(&read.tag)
            ))
        } else {
            (Some(read.tag.as_str()) != tag)
                .then(|| format!("the values script takes `{}` for the tag", shown(&read.tag)))
        }
    }
}

const THE_DIGEST: &str = "the digest";

/// What a script takes for a tag, for a message.
fn version(tag: &str) -> String {
    let bare = tag.trim_matches(['"', '\'']);
    let digest = bare.len() >= 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    if digest { THE_DIGEST.to_owned() } else { format!("`{}`", shown(tag)) }
}

/// Hexadecimal digits from which on a message shows only the first few.
const LONG: usize = 32;
const DIGITS: usize = 12;

/// The most characters of the list that a message repeats at once.
const SHOWN: usize = 60;

/// Text for a message: what cannot be seen is written as an escape, what is long is cut, digests too.
fn shown(text: &str) -> String {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_hexdigit).count();
    if let Some(start) = text.char_indices().map(|(at, _)| at).find(|at| digits(&text[*at..]) >= LONG) {
        let behind = &text[start + digits(&text[start..])..];
        return shown(&format!("{}…{behind}", &text[..start + DIGITS]));
    }
    let unseen = |c: char| c.is_control() || c == BYTE_ORDER_MARK || (c.is_whitespace() && c != ' ');
    let show = |c: char| if unseen(c) { c.escape_default().to_string() } else { c.to_string() };
    let cut = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    text.chars().take(SHOWN).map(show).collect::<String>() + cut
}
