//! Images in text that is neither YAML nor JSON: scripts, TOML, templates. A word counts when the word before it names an image,
//! when a command pulls or runs it, when it has a registry, a path and a version, when its text came from a values line that is an
//! image, or when the list has it.

use std::ops::Range;

use super::Confidence;
use super::commands::Commands;
use super::evidence::{Evidence, plausible};
use super::lists::{List, lists};
use super::words::{Hint, hint};
use crate::image::Reference;
use crate::source::Text;

/// An image in a text.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The name before it: a key, a flag, a variable. Empty when there is none.
    pub key: String,
    /// The image.
    pub text: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

/// The images in `text`, line by line, comments left out.
pub(super) fn scan(text: &Text, evidence: &Evidence<'_>) -> Vec<Word> {
    let commands = Commands::of(text);
    let mut found = Vec::new();
    let mut read = Vec::new();
    for list in lists(text) {
        let words = of_list(text, &list, &commands, evidence);
        if !words.is_empty() {
            found.extend(words);
            read.push(list.range);
        }
    }
    for pulled in &commands.pulled {
        let image = text.slice(pulled.range.clone());
        let is_read = || read.iter().any(|list| list.contains(&pulled.range.start));
        if !image.contains(['=', '$'])
            && !is_read()
            && let Some((_, confidence)) = evidence.assess(&image, &Hint { bare: true, ..hint("image") })
        {
            found.push(Word { key: pulled.command.clone(), text: image, confidence });
        }
    }
    let mut start = 0;
    for line in text.as_str().split_inclusive('\n') {
        let trimmed = line.trim_start();
        if !trimmed.starts_with('#') && !trimmed.starts_with("//") && !trimmed.starts_with("{{") {
            scan_line(text, start, line, &read, &commands, evidence, &mut found);
        }
        start += line.len();
    }
    found
}

/// The images in a list of a shell, where all of its words are such: by its name, by what a loop does with it, or by their shape.
fn of_list(text: &Text, list: &List<'_>, commands: &Commands, evidence: &Evidence<'_>) -> Vec<Word> {
    let words: Vec<Text> = list.words(text).into_iter().map(|range| text.slice(range)).collect();
    let is_versioned =
        |word: &Text| plausible(word).is_some_and(|image| image.tag().is_some() || image.digest().is_some());
    // One word is read with the name before it.
    if (words.len() < 2 && !list.is_loop) || !words.iter().all(|word| word.contains('$') || is_versioned(word)) {
        return Vec::new();
    }
    let named = hint(list.name);
    let hint = if list.is_loop && !named.image && is_run(text, list.name, commands) { hint("image") } else { named };
    let known = words.iter().filter(|word| !word.contains('$'));
    let read = known.map(|word| Some((word, evidence.assess(word, &hint)?.1)));
    let Some(read) = read.collect::<Option<Vec<_>>>() else { return Vec::new() };
    let key = if list.is_loop { format!("for {}", list.name) } else { list.name.to_owned() };
    read.into_iter().map(|(word, confidence)| Word { key: key.clone(), text: word.clone(), confidence }).collect()
}

/// Whether a command of `text` pulls or runs what the variable `name` holds.
fn is_run(text: &str, name: &str, commands: &Commands) -> bool {
    let (plain, braced) = (format!("${name}"), format!("${{{name}}}"));
    commands.pulled.iter().map(|pulled| &text[pulled.range.clone()]).any(|word| word == plain || word == braced)
}

/// `read` are the lists that were read already.
fn scan_line(
    text: &Text,
    start: usize,
    line: &str,
    read: &[Range<usize>],
    commands: &Commands,
    evidence: &Evidence<'_>,
    found: &mut Vec<Word>,
) {
    let words = split(line);
    // A sentence may speak of an image; among many lines one is used.
    let is_script = text.contains('\n');
    let mut is_queried = false;
    for (number, range) in words.iter().enumerate() {
        let before = number.checked_sub(1).map_or(0, |before| words[before].end);
        is_queried = queried(line, before..range.start, is_queried);
        let word = &line[range.clone()];
        if word.starts_with('#') {
            return;
        }
        let is_pulled = || {
            commands
                .pulled_at(start + range.end - 1)
                .is_some_and(|pulled| !text[pulled.range.clone()].contains(['=', '$']))
        };
        if read.iter().any(|list| list.contains(&(start + range.start))) || is_pulled() {
            continue;
        }
        let related = word.contains("RELATED_IMAGE_");
        if !(related || word.contains([':', '@']))
            || line[..range.start].ends_with("//")
            || (is_queried && !line[..range.start].trim_end_matches([' ', '"', '\'']).ends_with(':'))
        {
            continue;
        }
        // `name=value` in one word, else the word before says the name.
        let (key, from) = match word.rfind('=') {
            Some(at) => (&word[..at], range.start + at + 1),
            None => (key_before(line, &words[..number], range.start), range.start),
        };
        let key = key.rsplit('=').next().unwrap_or_default().trim_start_matches('-');
        let end = line[from..range.end].trim_end_matches(['.', ':']).len() + from;
        let image = text.slice(start + from..start + end);
        let hint = hint(key);
        let is_whole =
            |reference: &Reference| is_script && reference.registry().is_some() && !commands.takes(start + from);
        let accepted = evidence.assess(&image, &hint).filter(|(reference, _)| {
            let versioned = reference.tag().is_some() || reference.digest().is_some();
            (versioned || hint.bare) && (hint.image || is_whole(reference) || evidence.vouches(&image, reference))
        });
        if let Some((_, confidence)) = accepted {
            found.push(Word { key: shown(key, &hint), text: image, confidence });
        }
    }
}

/// Whether a word stands within the braces of a query, `container_info{image=`, by what stands before it in `range` and whether the
/// word before that does.
fn queried(line: &str, range: Range<usize>, was: bool) -> bool {
    let bytes = line.as_bytes();
    range.fold(was, |is, at| match bytes[at] {
        b'{' => at
            .checked_sub(1)
            .map(|before| bytes[before])
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        b'}' => false,
        _ => is,
    })
}

fn shown(key: &str, hint: &Hint) -> String {
    if hint.image { key.to_owned() } else { String::new() }
}

/// The words of a line: what stands between blanks, quotes and brackets.
pub(super) fn split(line: &str) -> Vec<Range<usize>> {
    let parts = |letter: char| letter.is_whitespace() || "\"'`,;|()[]{}<>\\".contains(letter);
    let mut words = Vec::new();
    let mut from = None;
    for (at, letter) in line.char_indices() {
        match (parts(letter), from) {
            (true, Some(start)) => {
                words.push(start..at);
                from = None;
            }
            (false, None) => from = Some(at),
            _ => {}
        }
    }
    words.extend(from.map(|start| start..line.len()));
    words
}

/// The name that stands before the word at `start`: `image: WORD`, `image = WORD`, `--image WORD`, `<image>WORD`.
fn key_before<'a>(line: &'a str, before: &[Range<usize>], start: usize) -> &'a str {
    let word = |back: usize| before.len().checked_sub(back).map(|at| &line[before[at].clone()]);
    let Some(last) = word(1) else { return "" };
    let between = before.last().map_or("", |range| &line[range.end..start]);
    match last {
        ":" | "=" | ":=" | "=>" => word(2).unwrap_or_default(),
        _ if last.ends_with([':', '=']) => last.trim_end_matches([':', '=']),
        _ if last.starts_with('-') && last.len() > 1 => last,
        _ if between == ">" && line[..before[before.len() - 1].start].ends_with('<') => last,
        _ => "",
    }
}
