//! Images in text that is neither YAML nor JSON: scripts, TOML, templates. A word counts when the word before it names an image,
//! when a command pulls or runs it, when its text came from a values line that is an image, or when the list has it.

use std::ops::Range;

use super::Confidence;
use super::commands::{self, Said};
use super::evidence::{Evidence, plausible};
use super::lists::{List, lists};
use super::words::{Hint, hint};
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
    let mut found = Vec::new();
    let mut read = Vec::new();
    for list in lists(text) {
        let words = of_list(text, &list, evidence);
        if !words.is_empty() {
            found.extend(words);
            read.push(list.range);
        }
    }
    let mut start = 0;
    for line in text.as_str().split_inclusive('\n') {
        let trimmed = line.trim_start();
        if !trimmed.starts_with('#') && !trimmed.starts_with("//") && !trimmed.starts_with("{{") {
            scan_line(text, start, line, &read, evidence, &mut found);
        }
        start += line.len();
    }
    found
}

/// The images in a list of a shell, where all of its words are such: by its name, by what a loop does with it, or by their shape.
fn of_list(text: &Text, list: &List<'_>, evidence: &Evidence<'_>) -> Vec<Word> {
    let words: Vec<Text> = list.words(text).into_iter().map(|range| text.slice(range)).collect();
    let is_versioned =
        |word: &Text| plausible(word).is_some_and(|image| image.tag().is_some() || image.digest().is_some());
    // One word is read with the name before it.
    if (words.len() < 2 && !list.is_loop) || !words.iter().all(|word| word.contains('$') || is_versioned(word)) {
        return Vec::new();
    }
    let named = hint(list.name);
    let hint = if list.is_loop && !named.image && is_run(text, list.name) { hint("image") } else { named };
    let known = words.iter().filter(|word| !word.contains('$'));
    let read = known.map(|word| Some((word, evidence.assess(word, &hint)?.1)));
    let Some(read) = read.collect::<Option<Vec<_>>>() else { return Vec::new() };
    let key = if list.is_loop { format!("for {}", list.name) } else { list.name.to_owned() };
    read.into_iter().map(|(word, confidence)| Word { key: key.clone(), text: word.clone(), confidence }).collect()
}

/// Whether a command of `text` pulls or runs what the variable `name` holds.
fn is_run(text: &str, name: &str) -> bool {
    let (plain, braced) = (format!("${name}"), format!("${{{name}}}"));
    let lines = text.lines().filter(|line| line.contains('$') && !line.trim_start().starts_with('#'));
    lines.into_iter().any(|line| {
        // Braces and quotes around a variable part no words here.
        let line = line.replace(&braced, &plain).replace('"', " ");
        let words = split(&line);
        words
            .iter()
            .zip(commands::read(&line, &words))
            .any(|(word, said)| line[word.clone()] == *plain && said.command.is_some())
    })
}

/// `read` are the lists that were read already.
fn scan_line(
    text: &Text,
    start: usize,
    line: &str,
    read: &[Range<usize>],
    evidence: &Evidence<'_>,
    found: &mut Vec<Word>,
) {
    let words = split(line);
    for (number, (range, said)) in words.iter().zip(commands::read(line, &words)).enumerate() {
        let word = &line[range.clone()];
        if word.starts_with('#') {
            return;
        }
        if read.iter().any(|list| list.contains(&(start + range.start))) {
            continue;
        }
        if let Some((from, command)) = pulled(line, &words, number, &said).or_else(|| set(line, &words, number, &said))
        {
            let image = text.slice(start + from..start + range.end);
            let hint = Hint { bare: true, ..hint("image") };
            if let Some((_, confidence)) = evidence.assess(&image, &hint) {
                found.push(Word { key: command, text: image, confidence });
            }
            continue;
        }
        let related = word.contains("RELATED_IMAGE_");
        if !(related || word.contains([':', '@']))
            || line[..range.start].ends_with("//")
            || (said.is_queried && !line[..range.start].trim_end_matches([' ', '"', '\'']).ends_with(':'))
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
        let accepted = evidence.assess(&image, &hint).filter(|(reference, _)| {
            let versioned = reference.tag().is_some() || reference.digest().is_some();
            (versioned || hint.bare) && (hint.image || evidence.vouches(&image, reference))
        });
        if let Some((_, confidence)) = accepted {
            found.push(Word { key: shown(key, &hint), text: image, confidence });
        }
    }
}

/// Whether a command pulls or runs the word of that number: where its image starts, and the command.
fn pulled(line: &str, words: &[Range<usize>], number: usize, said: &Said) -> Option<(usize, String)> {
    let (tool, verb) = said.command?;
    let image = &line[words[number].clone()];
    if image.contains(['=', '$']) || line[words[number].end..].starts_with(['{', '(', '`']) {
        return None;
    }
    let from = words[number].start + image.strip_prefix("docker://").map_or(0, |rest| image.len() - rest.len());
    Some((from, format!("{} {}", &line[words[tool].clone()], &line[words[verb].clone()])))
}

/// The same of `kubectl set image deployment/web web=IMAGE`.
fn set(line: &str, words: &[Range<usize>], number: usize, said: &Said) -> Option<(usize, String)> {
    let tool = said.setter?;
    let own = &line[words[number].clone()];
    let equals = own.find('=').filter(|_| !own.starts_with('-') && !own.contains('$'))?;
    Some((words[number].start + equals + 1, format!("{} set image", &line[words[tool].clone()])))
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
