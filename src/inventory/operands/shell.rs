//! Lines, commands and words as a shell parts them, with what stands in quotes and substitutions. Reads text; runs and expands nothing.

use std::ops::Range;

/// What stands in quotes, or in a substitution.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Whether the shell runs it, whatever is around: `$(...)`.
    pub runs: bool,
}

/// A word of a command.
#[derive(Debug)]
pub(super) struct Word {
    /// Its bytes in the text, quotes and all.
    pub range: Range<usize>,
    /// What it says, where that stands in one piece: without quotes around it, and with none within.
    pub inner: Option<Range<usize>>,
    /// What could be commands within it.
    pub pieces: Vec<Piece>,
}

impl Word {
    /// What it says, or how it is written where that does not stand in one piece.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.inner.clone().unwrap_or_else(|| self.range.clone())]
    }
}

/// The lines of a script, those behind a backslash with the line before, without comments and lines of templates.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
            let from = start;
            let left_out = ["#", "//", "{{"].iter().any(|mark| rest.trim_start_matches([' ', '\t']).starts_with(mark));
            let ends = |at: &usize| left_out || !rest[..*at].ends_with('\\');
            let length = rest.match_indices('\n').map(|(at, _)| at).find(ends).unwrap_or(rest.len());
            start += length + 1;
            if !left_out {
                return Some(from..from + length);
            }
        }
    })
}

/// The commands of the line at `range`, each with its words.
pub(super) fn commands(text: &str, range: Range<usize>) -> Vec<Vec<Word>> {
    let mut reader =
        Reader { text, end: range.end, commands: vec![Vec::new()], start: None, pieces: Vec::new(), vain: Vec::new() };
    let mut at = range.start;
    while at < range.end {
        at = reader.step(at).min(range.end);
    }
    reader.end_word(range.end);
    reader.commands
}

/// Where the reading stands.
struct Reader<'a> {
    text: &'a str,
    end: usize,
    commands: Vec<Vec<Word>>,
    /// Where the present word starts.
    start: Option<usize>,
    /// What could be commands within it.
    pieces: Vec<Piece>,
    /// What was once looked for in vain, and so stands nowhere behind that either.
    vain: Vec<&'static str>,
}

impl Reader<'_> {
    /// Reads what stands at that byte; the byte behind it.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..self.end];
        if let Some((open, close)) = PAIRS.into_iter().find(|(open, _)| rest.starts_with(open)) {
            return self.piece(at, open, close);
        }
        match rest.as_bytes() {
            [b' ' | b'\t' | b'\r', ..] => self.end_word(at),
            [b'\\', b'\n', ..] => {
                self.end_word(at);
                return at + 2;
            }
            [b';' | b'|' | b'&' | b'(' | b')' | b'<' | b'>' | b'\n', ..] => self.end_command(at),
            [b'#', ..] if self.start.is_none() => return at + rest.find('\n').unwrap_or(rest.len()),
            [b'$', b'{', ..] => {
                self.start.get_or_insert(at);
                let ends = |letter: char| letter == '}' || letter.is_whitespace();
                return at + rest.find(ends).unwrap_or(rest.len()).max(2);
            }
            _ => _ = self.start.get_or_insert(at),
        }
        at + rest.chars().next().map_or(1, char::len_utf8)
    }

    /// Reads what stands between the marks `open` and `close`; where it has no end, `open` parts words.
    fn piece(&mut self, at: usize, open: &'static str, close: &'static str) -> usize {
        let start = at + open.len();
        let inner = &self.text[start..self.end];
        let length = if self.vain.contains(&open) { None } else { length(inner, open, close) };
        let Some(length) = length else {
            self.vain.push(open);
            self.end_word(at);
            return start;
        };
        self.start.get_or_insert(at);
        self.pieces.push(Piece { range: start..start + length, runs: matches!(open, "$(" | "`") });
        start + length + close.len()
    }

    fn end_word(&mut self, at: usize) {
        let pieces = std::mem::take(&mut self.pieces);
        let Some(start) = self.start.take() else { return };
        let is_quote = |piece: &&Piece| !piece.runs;
        let inner = match (pieces.iter().filter(is_quote).count(), pieces.first()) {
            (0, _) => Some(start..start + self.text[start..at].trim_end_matches([',', ']']).len()),
            (1, Some(quoted)) => {
                let before = self.text[start..quoted.range.start].trim_start_matches('\\');
                let behind = self.text[quoted.range.end..at].trim_start_matches('\\');
                // `"a:1",` in a list
                let is_rest = |rest: &str| rest.bytes().all(|byte| b",]}:".contains(&byte));
                (before.len() == 1 && is_rest(&behind[1..])).then(|| quoted.range.clone())
            }
            _ => None,
        };
        let word = Word { range: start..at, inner, pieces };
        if let Some(command) = self.commands.last_mut() {
            command.push(word);
        }
    }

    fn end_command(&mut self, at: usize) {
        self.end_word(at);
        self.commands.push(Vec::new());
    }
}

/// What begins quotes and substitutions, and what ends them. Within other quotes those of a script have a backslash before them.
const PAIRS: [(&str, &str); 6] = [("\"", "\""), ("'", "'"), ("`", "`"), ("$(", ")"), ("\\\"", "\\\""), ("\\'", "\\'")];

/// The bytes of `text`, which stands behind `open`, before its `close`.
fn length(text: &str, open: &str, close: &str) -> Option<usize> {
    let (mut depth, mut is_escaped) = (0, false);
    match open {
        "\"" => text.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        }),
        "$(" => text.bytes().position(|byte| {
            depth += match byte {
                b'(' => 1,
                b')' => -1,
                _ => 0,
            };
            depth < 0
        }),
        _ => text.find(close),
    }
}
