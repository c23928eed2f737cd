//! Reads Go's syntax of regular expressions (RE2, with Perl's additions) and writes the `regex` crate's. Refuses what Go
//! refuses, in Go's words. Works through the text with a stack of its own, so nesting costs no native stack.

mod class;
mod escape;
mod unicode;

use crate::source::is_stray;

/// The deepest nesting of groups, as in Go.
pub const DEEPEST: usize = 1000;
/// The most copies that a repetition, or nested ones together, may ask for, as in Go.
const MOST_COPIES: u64 = 1000;

/// An expression for the `regex` crate.
#[derive(Debug)]
pub struct Translation {
    /// The pattern; its groups have no names.
    pub pattern: String,
    /// The name of each group, if it has one; the first stands for the whole match.
    pub names: Vec<Option<String>>,
}

/// What is wrong, and the part of the expression that is.
#[derive(Debug)]
struct Problem {
    code: &'static str,
    part: String,
}

impl Problem {
    fn new(code: &'static str, part: &str) -> Self {
        Self { code, part: part.to_owned() }
    }
}

/// Translates `source`.
///
/// # Errors
/// Go's message.
pub fn translate(source: &str) -> Result<Translation, String> {
    let problem = |problem: Problem| format!("error parsing regexp: {}: `{}`", problem.code, problem.part);
    let mut parser = Parser {
        source,
        at: 0,
        flags: Flags::default(),
        groups: vec![Group::default()],
        names: vec![None],
        repetition: None,
    };
    parser.run().map_err(problem)?;
    let mut groups = parser.groups;
    match (groups.pop(), groups.is_empty()) {
        (Some(whole), true) => Ok(Translation { pattern: whole.finish().text, names: parser.names }),
        _ => Err(problem(Problem::new("missing closing )", source))),
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`
    fold_case: bool,
    /// `m`
    multiline: bool,
    /// `s`
    dot_all: bool,
    /// `U`
    swap_greed: bool,
}

/// Something that a repetition applies to.
struct Piece {
    text: String,
    /// How many copies of its innermost part its counted repetitions make.
    copies: u64,
    /// Whether it ends in a repetition, so that another one needs a group around it.
    repeated: bool,
}

/// A group that is still open, or the whole expression.
#[derive(Default)]
struct Group {
    /// What the group starts and ends with.
    open: &'static str,
    close: &'static str,
    /// The flags to go back to behind the group.
    outer: Flags,
    /// The alternatives before the current one, each followed by `|`.
    before: String,
    /// The current alternative.
    pieces: Vec<Piece>,
    copies: u64,
}

impl Group {
    fn end_alternative(&mut self) {
        for piece in self.pieces.drain(..) {
            self.before.push_str(&piece.text);
            self.copies = self.copies.max(piece.copies);
        }
    }

    fn finish(mut self) -> Piece {
        self.end_alternative();
        let text = [self.open, &self.before, self.close].concat();
        Piece { text, copies: self.copies, repeated: false }
    }
}

struct Parser<'source> {
    source: &'source str,
    at: usize,
    flags: Flags,
    groups: Vec<Group>,
    names: Vec<Option<String>>,
    /// Where the repetition right before the current place starts, if there is one.
    repetition: Option<usize>,
}

impl<'source> Parser<'source> {
    fn run(&mut self) -> Result<(), Problem> {
        while let Some(character) = self.rest().chars().next() {
            if is_stray(character) {
                return Err(Problem::new("invalid UTF-8", self.source));
            }
            let repetition = match character {
                '*' | '+' | '?' => Some(self.at),
                '{' if counts(self.rest()).is_some() => Some(self.at),
                _ => None,
            };
            if repetition.is_some() {
                self.repeat()?;
            } else {
                self.element(character)?;
            }
            self.repetition = repetition;
        }
        Ok(())
    }

    fn rest(&self) -> &'source str {
        &self.source[self.at..]
    }

    fn element(&mut self, character: char) -> Result<(), Problem> {
        match character {
            '(' if self.rest().starts_with("(?") => self.open_special(),
            '(' => self.open("(", None, 1),
            ')' => self.close(),
            '|' => {
                if let Some(group) = self.groups.last_mut() {
                    group.end_alternative();
                    group.before.push('|');
                }
                self.at += 1;
                Ok(())
            }
            '^' => self.push(if self.flags.multiline { "(?m:^)" } else { r"\A" }.to_owned(), 1),
            '$' => self.push(if self.flags.multiline { "(?m:$)" } else { r"\z" }.to_owned(), 1),
            '.' => self.push(if self.flags.dot_all { "(?s:.)" } else { r"[^\n]" }.to_owned(), 1),
            '[' => {
                let (class, length) = class::parse(self.rest())?;
                self.push_folded(class, length)
            }
            '\\' => self.escaped(),
            character => self.literal(u32::from(character), character.len_utf8()),
        }
    }

    fn escaped(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        match rest.as_bytes().get(1) {
            Some(b'A') => self.push(r"\A".to_owned(), 2),
            Some(b'z') => self.push(r"\z".to_owned(), 2),
            Some(b'b') => self.push(r"(?-u:\b)".to_owned(), 2),
            Some(b'B') => self.push(r"(?-u:\B)".to_owned(), 2),
            Some(b'C') => Err(Problem::new("invalid escape sequence", &rest[..2])),
            Some(b'Q') => self.quoted(),
            _ => {
                if let Some((unicode, length)) = class::unicode(rest)? {
                    return self.push_folded(unicode, length);
                }
                if let Some(perl) = class::perl(rest) {
                    return self.push_folded(perl.to_owned(), 2);
                }
                let (code, length) = escape::parse(rest)?;
                self.literal(code, length)
            }
        }
    }

    /// `\Q` up to `\E` or the end: literals.
    fn quoted(&mut self) -> Result<(), Problem> {
        let literals = &self.rest()[2..];
        let (literals, end) = literals.split_once(r"\E").map_or((literals, 2), |(literals, _)| (literals, 4));
        for character in literals.chars() {
            self.literal(u32::from(character), 0)?;
        }
        self.at += literals.len() + end;
        Ok(())
    }

    fn literal(&mut self, code: u32, length: usize) -> Result<(), Problem> {
        let text = match char::from_u32(code) {
            Some(character) => regex::escape(character.encode_utf8(&mut [0; 4])),
            None => class::NOTHING.to_owned(),
        };
        self.push_folded(text, length)
    }

    fn push_folded(&mut self, text: String, length: usize) -> Result<(), Problem> {
        self.push(if self.flags.fold_case { format!("(?i:{text})") } else { text }, length)
    }

    fn push(&mut self, text: String, length: usize) -> Result<(), Problem> {
        if let Some(group) = self.groups.last_mut() {
            group.pieces.push(Piece { text, copies: 0, repeated: false });
        }
        self.at += length;
        Ok(())
    }

    fn open(&mut self, open: &'static str, name: Option<String>, length: usize) -> Result<(), Problem> {
        if self.groups.len() > DEEPEST {
            return Err(Problem::new("expression nests too deeply", self.source));
        }
        if open == "(" {
            self.names.push(name);
        }
        self.groups.push(Group { open, close: ")", outer: self.flags, ..Group::default() });
        self.at += length;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        match self.groups.as_slice() {
            [_, .., _] => {}
            _ => return Err(Problem::new("unexpected )", self.source)),
        }
        if let Some(group) = self.groups.pop() {
            self.flags = group.outer;
            let piece = group.finish();
            if let Some(outer) = self.groups.last_mut() {
                outer.pieces.push(piece);
            }
        }
        self.at += 1;
        Ok(())
    }

    /// `(?P<name>`, `(?<name>`, `(?flags)`, `(?flags:`.
    fn open_special(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        if rest.len() > 4 && rest.starts_with("(?P<") {
            let capture = match rest.find('>') {
                Some(end) => &rest[..=end],
                None => return Err(Problem::new("invalid named capture", rest)),
            };
            let name = &capture[4..capture.len() - 1];
            if !is_name(name) {
                return Err(Problem::new("invalid named capture", capture));
            }
            return self.open("(", Some(name.to_owned()), capture.len());
        }
        // Go 1.22 added this form; earlier it was an unknown flag, as it still is here when it names nothing.
        if let Some((name, _)) = rest.strip_prefix("(?<").and_then(|rest| rest.split_once('>'))
            && is_name(name)
        {
            return self.open("(", Some(name.to_owned()), "(?<>".len() + name.len());
        }
        self.set_flags()
    }

    fn set_flags(&mut self) -> Result<(), Problem> {
        let mut flags = self.flags;
        let (mut negated, mut any) = (false, false);
        let mut length = 2;
        for character in self.rest()[2..].chars() {
            length += character.len_utf8();
            match character {
                'i' => flags.fold_case = !negated,
                'm' => flags.multiline = !negated,
                's' => flags.dot_all = !negated,
                'U' => flags.swap_greed = !negated,
                '-' if !negated => {
                    (negated, any) = (true, false);
                    continue;
                }
                ':' | ')' if !negated || any => {
                    if character == ':' {
                        self.open("(?:", None, 0)?;
                    }
                    self.flags = flags;
                    self.at += length;
                    return Ok(());
                }
                _ => break,
            }
            any = true;
        }
        Err(Problem::new("invalid or unsupported Perl syntax", &self.rest()[..length]))
    }

    fn repeat(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        let counted = counts(rest);
        let mut length = counted.map_or(1, |counts| counts.length);
        let copies = match counted {
            Some(Counts { least, most, .. }) => {
                let most = most.unwrap_or(least);
                if least > MOST_COPIES || most > MOST_COPIES || most < least {
                    return Err(Problem::new("invalid repeat count", &rest[..length]));
                }
                Some(most)
            }
            None => None,
        };
        let operator = &rest[..length];
        let reluctant = rest[length..].starts_with('?');
        length += usize::from(reluctant);
        let end = self.at + length;
        if let Some(start) = self.repetition {
            return Err(Problem::new("invalid nested repetition operator", &self.source[start..end]));
        }
        let Some(piece) = self.groups.last_mut().and_then(|group| group.pieces.last_mut()) else {
            return Err(Problem::new("missing argument to repetition operator", &rest[..length]));
        };
        if piece.repeated {
            piece.text = format!("(?:{})", piece.text);
        }
        piece.text.push_str(operator);
        if reluctant != self.flags.swap_greed {
            piece.text.push('?');
        }
        piece.repeated = true;
        if let Some(copies) = copies {
            piece.copies = if copies == 0 { 0 } else { copies * piece.copies.max(1) };
            // Go looks at the product only where something is repeated at least twice.
            if copies >= 2 && piece.copies > MOST_COPIES {
                return Err(Problem::new("invalid repeat count", &rest[..length]));
            }
        }
        self.at = end;
        Ok(())
    }
}

/// `{2}`, `{2,}`, `{2,3}`.
#[derive(Clone, Copy)]
struct Counts {
    least: u64,
    /// None for `{2,}`.
    most: Option<u64>,
    length: usize,
}

/// The counts at the start of `text`; anything else that starts with a brace is literal.
fn counts(text: &str) -> Option<Counts> {
    let (inner, _) = text.strip_prefix('{')?.split_once('}')?;
    let length = inner.len() + 2;
    let number = |digits: &str| {
        let decimal = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
        let valid = decimal && (digits.len() == 1 || !digits.starts_with('0'));
        // What is beyond all bounds is as wrong as what is a little beyond them.
        valid.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    match inner.split_once(',') {
        None => number(inner).map(|least| Counts { least, most: Some(least), length }),
        Some((least, "")) => number(least).map(|least| Counts { least, most: None, length }),
        Some((least, most)) => Some(Counts { least: number(least)?, most: Some(number(most)?), length }),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}
