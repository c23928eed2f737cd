//! A quick look at a document: whether it is certainly read without complaint, and where its top entries stand. Knows only
//! the YAML that programs and templates write most: block collections, scalars, no anchors and no tags. Of anything else it
//! says nothing, and the parser decides. Thus whole manifests are checked at a tenth of what parsing them takes.

use std::ops::Range;

use super::resolve::{Resolved, resolve};

/// How deep collections are followed.
const DEEPEST: usize = 200;

/// How long keys may be: half of what the scanner takes.
const LONGEST_KEY: usize = 512;

/// An entry of the mapping at the top.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its lines, and those behind it that belong to no entry.
    pub lines: Range<usize>,
}

/// The entries of the document in `text`, if it is a mapping of the kind that this module knows.
pub(super) fn outline(text: &str) -> Option<Vec<Entry<'_>>> {
    if !has_plain_characters(text.as_bytes()) {
        return None;
    }
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, levels: Vec::new(), last: Last::Nothing, entries: Vec::new() };
    while reader.at < text.len() {
        reader.line()?;
    }
    let mut entries = reader.entries;
    let mut end = text.len();
    for entry in entries.iter_mut().rev() {
        entry.lines.end = end;
        end = entry.lines.start;
    }
    (!entries.is_empty()).then_some(entries)
}

/// Whether no character needs a closer look: a control, a tab, a line break other than `\n`, a byte order mark, a stray byte.
fn has_plain_characters(bytes: &[u8]) -> bool {
    fn is_suspect(byte: u8) -> bool {
        (byte < 0x20) & (byte != b'\n') | matches!(byte, 0x7F | 0xC2 | 0xE2 | 0xEF | 0xF4)
    }
    fn is_refused(bytes: &[u8]) -> bool {
        match bytes {
            // U+0080 to U+009F, U+2028 and U+2029; U+FEFF, U+FFFE and U+FFFF with some harmless neighbours.
            [0xC2, next, ..] => *next < 0xA0,
            [0xE2, 0x80, next, ..] => matches!(next, 0xA8 | 0xA9),
            [0xE2, ..] => false,
            [0xEF, next, ..] => matches!(next, 0xBB | 0xBF),
            [byte, ..] => is_suspect(*byte),
            [] => false,
        }
    }
    // One comparison finds the controls and all bytes past ASCII, which are negative. Without a branch for each byte this runs
    // many bytes at a time; only blocks that hold one are looked at again.
    let is_unusual = |byte: u8| (byte.cast_signed() < 0x20) & (byte != b'\n') | (byte == 0x7F);
    bytes.chunks(256).enumerate().all(|(index, block)| {
        let unusual = block.iter().fold(false, |found, byte| found | is_unusual(*byte));
        !unusual || !(index * 256..index * 256 + block.len()).any(|at| is_refused(&bytes[at..]))
    })
}

/// An open collection.
#[derive(Clone, Copy)]
struct Level {
    column: usize,
    is_sequence: bool,
}

/// What the last line that was no comment ended with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Something that goes no further.
    Nothing,
    /// A key or dash without a value: a deeper line may bring it.
    Open,
    /// A plain scalar: deeper lines continue it.
    Plain,
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    levels: Vec<Level>,
    last: Last,
    entries: Vec<Entry<'a>>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(b'\n')
    }

    fn spaces(&mut self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
        self.at += count;
        count
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
    }

    /// Reads a line, and those that its scalar takes up. `None`: it is not known here.
    fn line(&mut self) -> Option<()> {
        let start = self.at;
        let column = self.spaces();
        match self.peek() {
            b'\n' => {
                self.at += 1;
                return Some(());
            }
            b'#' => {
                if self.last == Last::Plain {
                    self.last = Last::Nothing;
                }
                self.skip_line();
                return Some(());
            }
            _ => {}
        }
        if self.last == Last::Plain && self.levels.last().is_some_and(|level| column > level.column) {
            return self.plain();
        }
        if column == 0 && self.is_marker() {
            return None;
        }
        self.node(start, column)
    }

    /// Whether a document starts or ends here; the last dash or point need not be followed by a blank.
    fn is_marker(&self) -> bool {
        self.bytes[self.at..].starts_with(b"---") || self.bytes[self.at..].starts_with(b"...")
    }

    /// A dash, an entry or, behind a dash, a scalar, at `column`.
    fn node(&mut self, start: usize, mut column: usize) -> Option<()> {
        let mut is_item = false;
        while self.peek() == b'-' && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n')) {
            self.open(column, true)?;
            self.last = Last::Open;
            is_item = true;
            self.at += 1;
            let blanks = self.spaces();
            match self.peek() {
                b'\n' | b'#' => {
                    self.skip_line();
                    return Some(());
                }
                _ => column += 1 + blanks,
            }
        }
        let Some(key) = self.key() else {
            let is_deeper = self.levels.last().is_some_and(|level| self.last == Last::Open && column > level.column);
            return if is_item || is_deeper { self.value() } else { None };
        };
        self.open(column, false)?;
        if self.levels.len() == 1 {
            if column > 0 {
                return None;
            }
            self.entries.push(Entry { key: &self.text[key], lines: start..start });
        }
        self.last = Last::Open;
        match self.peek() {
            b'\n' => self.at += 1,
            _ => {
                self.spaces();
                match self.peek() {
                    b'\n' | b'#' => self.skip_line(),
                    _ => return self.value(),
                }
            }
        }
        Some(())
    }

    /// Finds the collection that a dash or key at `column` belongs to, or opens it.
    fn open(&mut self, column: usize, is_sequence: bool) -> Option<()> {
        let Some(top) = self.levels.last().copied() else {
            // The document starts here, and does so once.
            self.levels.push(Level { column, is_sequence });
            return (self.last == Last::Nothing).then_some(());
        };
        // A sequence may stand as far left as the key that it belongs to.
        let indentless = column == top.column && is_sequence && !top.is_sequence;
        if column > top.column || indentless {
            self.levels.push(Level { column, is_sequence });
            return (self.last == Last::Open && self.levels.len() < DEEPEST).then_some(());
        }
        while self.levels.len() > 1 && self.levels.last().is_some_and(|level| level.column > column) {
            self.levels.pop();
        }
        if let [.., outer, inner] = self.levels.as_slice()
            && outer.column == column
            && inner.column == column
            && !is_sequence
        {
            self.levels.pop();
        }
        let found = self.levels.last()?;
        (found.column == column && found.is_sequence == is_sequence).then_some(())
    }

    /// The key here, without quotes; what follows is its colon's blank or the end of the line.
    fn key(&mut self) -> Option<Range<usize>> {
        let from = self.at;
        let rest = self.bytes.get(from..(from + LONGEST_KEY).min(self.bytes.len()))?;
        let (range, colon) = match *rest.first()? {
            quote @ (b'"' | b'\'') => {
                let end = 1 + rest[1..].iter().position(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b'\n'))?;
                (rest[end] == quote).then_some((from + 1..from + end, end + 1))?
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'/' | b'$' => {
                let ends = |at: usize| matches!(rest.get(at + 1), None | Some(b' ' | b'\n'));
                let stop = |at: usize| matches!(rest[at], b' ' | b'\n') || rest[at] == b':' && ends(at);
                let end = (0..rest.len()).find(|at| stop(*at))?;
                let name = &self.text[from..from + end];
                if matches!(resolve(name), Resolved::Null | Resolved::Uint(_)) {
                    return None;
                }
                (from..from + end, end)
            }
            _ => return None,
        };
        let blank = matches!(self.bytes.get(from + colon + 1), None | Some(b' ' | b'\n'));
        if rest.get(colon) != Some(&b':') || !blank {
            return None;
        }
        self.at = from + colon + 1;
        Some(range)
    }

    /// The scalar here, or an empty collection, to the end of its last line.
    fn value(&mut self) -> Option<()> {
        self.last = Last::Nothing;
        match self.peek() {
            b'"' | b'\'' => self.quoted(),
            b'|' | b'>' => self.block(),
            b'{' if self.bytes[self.at..].starts_with(b"{}") => {
                self.at += 2;
                self.rest_of_line()
            }
            b'[' => self.flow(),
            b'-' if self.bytes.get(self.at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'-') => {
                self.plain()
            }
            // Infinities and no numbers start with a point, too.
            b'.' if self
                .bytes
                .get(self.at + 1)
                .is_some_and(|next| matches!(next, b'a'..=b'h' | b'j'..=b'm' | b'o'..=b'z' | b'/' | b'_')) =>
            {
                self.plain()
            }
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'_'
            | b'/'
            | b'$'
            | b'('
            | b'<'
            | b'='
            | b'^'
            | b'~'
            | b';'
            | b'\\'
            | 0x80.. => self.plain(),
            _ => None,
        }
    }

    /// What may stand behind a value: blanks and a comment.
    fn rest_of_line(&mut self) -> Option<()> {
        let blanks = self.spaces();
        let ends = self.peek() == b'\n' || blanks > 0 && self.peek() == b'#';
        self.skip_line();
        ends.then_some(())
    }

    /// The rest of a line that belongs to a plain scalar.
    fn plain(&mut self) -> Option<()> {
        self.last = Last::Plain;
        loop {
            let rest = &self.bytes[self.at..];
            self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b':' | b'#')).unwrap_or(rest.len());
            match self.peek() {
                b':' if matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n')) => return None,
                b'#' if self.bytes[self.at - 1] == b' ' => {
                    self.last = Last::Nothing;
                    self.skip_line();
                    return Some(());
                }
                b'\n' => {
                    self.at += 1;
                    return Some(());
                }
                _ => self.at += 1,
            }
        }
    }

    /// A sequence in brackets on one line, of words and of strings in quotes.
    fn flow(&mut self) -> Option<()> {
        self.at += 1;
        self.spaces();
        while self.peek() != b']' {
            let rest = self.bytes.get(self.at..)?;
            self.at += match *rest.first()? {
                quote @ (b'"' | b'\'') => {
                    let end = 1 + rest[1..].iter().position(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b'\n'))?;
                    (rest[end] == quote).then_some(end + 1)?
                }
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'_' => {
                    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.');
                    rest.iter().position(|byte| !is_word(byte))?
                }
                _ => return None,
            };
            self.spaces();
            match self.peek() {
                b',' => self.at += 1,
                b']' => break,
                _ => return None,
            }
            self.spaces();
        }
        self.at += 1;
        self.rest_of_line()
    }

    /// A quoted scalar on any number of lines.
    fn quoted(&mut self) -> Option<()> {
        let quote = self.peek();
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..)?;
            self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'"' | b'\'' | b'\\'))?;
            let next = self.bytes.get(self.at + 1).copied();
            match self.bytes[self.at] {
                b'\n' if self.bytes[self.at + 1..].starts_with(b"---") => return None,
                b'\n' if self.bytes[self.at + 1..].starts_with(b"...") => return None,
                b'\'' if quote == b'\'' && next == Some(b'\'') => self.at += 2,
                b'\\' if quote == b'"' => match next? {
                    b'"' | b'\\' | b'n' | b't' => self.at += 2,
                    _ => return None,
                },
                byte if byte == quote => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.rest_of_line()
    }

    /// A block scalar: its header, and all lines that are indented as its first one is.
    fn block(&mut self) -> Option<()> {
        self.at += 1;
        if matches!(self.peek(), b'+' | b'-') {
            self.at += 1;
        }
        self.spaces();
        if self.peek() != b'\n' {
            return None;
        }
        self.skip_line();
        let outer = self.levels.last()?.column;
        let (mut widest, mut indent) = (0, None);
        while self.at < self.bytes.len() {
            let start = self.at;
            let column = self.spaces();
            if self.peek() == b'\n' {
                widest = widest.max(if indent.is_none() { column } else { 0 });
                self.at += 1;
                continue;
            }
            let least = *indent.get_or_insert(column.max(outer + 1));
            // Blank lines in front count towards the indentation, too.
            if widest > least {
                return None;
            }
            if column < least {
                self.at = start;
                break;
            }
            self.skip_line();
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Option<Vec<&str>> {
        outline(text).map(|entries| entries.iter().map(|entry| entry.key).collect())
    }

    #[test]
    fn what_programs_write_is_known() {
        let text = "\
# Source: a
apiVersion: v1
'kind': \"Deployment\"
metadata:
  name: x-y  # a comment
  annotations: {}
  labels:
    app.kubernetes.io/name: it's
spec:
- description: |-
    What it is: this.

      And that.
  items:
  - one
  - --three
  - - two
      on
    - -3
  text: 'It is: ''quoted''

    on two lines' # and commented
  long: a plain one
    - that goes on

    and on
data:
  script: |

    #!/bin/sh
  empty:
  flow: [ \"x\", y-1.2/z, 'v, w' ]
  below:
    [] # none
  path: .spec.x
  other: >
status: \u{fc}ber\u{2019}s";
        assert_eq!(keys(text).unwrap(), ["apiVersion", "kind", "metadata", "spec", "data", "status"]);
        assert!(crate::yaml::load(&text.into()).is_ok());
    }

    #[test]
    fn entries_have_their_lines() {
        let text = "# c\na:\n- x\n# d\n\nb: y";
        let lines: Vec<_> = outline(text).unwrap().into_iter().map(|entry| &text[entry.lines]).collect();
        assert_eq!(lines, ["a:\n- x\n# d\n\n", "b: y"]);
    }

    #[test]
    fn of_anything_else_nothing_is_said() {
        for text in [
            "",
            "# c",
            "x",
            "- a",
            "a: b: c",
            "a: x\n b: y",
            "a: x\n  b:",
            " a: x",
            "a: x\n- y",
            "a: &x y",
            "a: *x",
            "a: !x y",
            "a: [x: y]",
            "a: [x",
            "a: [x]y",
            "a: .5",
            "a: {x: y}",
            "a: x\n---\n",
            "...\na: x",
            "%YAML 1.1",
            "a:\tx",
            "a: x\r\n",
            "a: \u{85}",
            "<<: x",
            "null: x",
            "a: .nan",
            "a: -.inf",
            "a: 'x",
            "a: \"\\x\"",
            "a: 'x'y",
            "a: |2\n   x",
            "a: |\n    \n  x",
            "a: |\n    x\n  y",
            "a:\n  - x\n y: z",
            "a: @x",
            "a:\n  x: y: z",
            "a: %x",
            "a: x\n# c\n  y",
            "a: 'x\n--- '",
        ] {
            assert_eq!(keys(text), None, "{text:?}");
        }
    }
}
