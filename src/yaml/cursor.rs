//! Where the scanner stands: which bytes lie ahead, how to step over them, what lines and columns that makes, and errors there.
//! Continues `scanner`; knows nothing of tokens but their marks.

use std::ops::Range;

use super::error::{Error, Failure, within};
use super::reader;
use super::scanner::Scanner;
use super::token::{Kind, Mark, Token, small};

/// How many characters the scanner looks ahead.
const LOOKAHEAD: usize = 4;

/// Bytes at which a scalar may end or needs a closer look; nearly all others are letters that are stepped over.
pub(super) struct Stops([bool; 256]);

impl Stops {
    /// Those given, line breaks, the end, and everything past ASCII: such characters have several bytes.
    const fn new(given: &[u8]) -> Self {
        let mut stops = [false; 256];
        let mut byte = 0x80;
        while byte < 256 {
            stops[byte] = true;
            byte += 1;
        }
        let mut index = 0;
        while index < given.len() {
            stops[given[index] as usize] = true;
            index += 1;
        }
        stops[b'\n' as usize] = true;
        stops[b'\r' as usize] = true;
        stops[0] = true;
        Self(stops)
    }

    pub(super) const PLAIN: Self = Self::new(b" \t:,?[]{}");
    pub(super) const SINGLE_QUOTED: Self = Self::new(b" \t'");
    pub(super) const DOUBLE_QUOTED: Self = Self::new(b" \t\"\\");
    const LINE: Self = Self::new(b"");
}

impl Scanner<'_> {
    /// `---` or `...` at the start of a line.
    pub(super) fn document_indicator(&self) -> Option<Kind> {
        if self.column() != 0 || !self.is_blank_or_end(3) {
            return None;
        }
        match self.bytes.get(self.offset..self.offset + 3)? {
            b"---" => Some(Kind::DocumentStart),
            b"..." => Some(Kind::DocumentEnd),
            _ => None,
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            offset: small(self.offset),
            line: small(self.line),
            index: small(self.index()),
            column: small(self.column()),
        }
    }

    pub(super) fn index(&self) -> usize {
        self.offset - self.continuations
    }

    pub(super) fn column(&self) -> usize {
        self.index() - self.line_index
    }

    /// The byte `ahead` of here; 0 past the end.
    pub(super) fn at(&self, ahead: usize) -> u8 {
        self.bytes.get(self.offset + ahead).copied().unwrap_or(0)
    }

    /// The length in bytes of the line break `ahead` of here, 0 if there is none.
    pub(super) fn break_len(&self, ahead: usize) -> usize {
        match self.at(ahead) {
            b'\n' => 1,
            b'\r' => 1 + usize::from(self.at(ahead + 1) == b'\n'),
            0xC2 if self.at(ahead + 1) == 0x85 => 2,
            0xE2 if self.at(ahead + 1) == 0x80 && matches!(self.at(ahead + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    pub(super) fn is_end(&self, ahead: usize) -> bool {
        self.at(ahead) == 0
    }

    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.is_end(ahead) || self.break_len(ahead) > 0
    }

    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        matches!(self.at(ahead), b' ' | b'\t' | 0) || self.break_len(ahead) > 0
    }

    /// The line (from 0) of a place that was passed lately: go-yaml counts an empty value to the line of its colon.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        let passed = self.bytes.get(offset..self.offset).unwrap_or_default();
        self.line.saturating_sub(passed.iter().filter(|byte| **byte == b'\n').count())
    }

    /// Steps over one character that is no line break.
    pub(super) fn skip(&mut self) {
        let width = match self.at(0) {
            0..=0x7F => 1,
            0x80..=0xDF => 2,
            0xE0..=0xEF => 3,
            _ => 4,
        };
        self.offset = (self.offset + width).min(self.bytes.len());
        self.continuations += width - 1;
    }

    /// Steps over the characters before the next of `stops`.
    pub(super) fn skip_until(&mut self, stops: &Stops) {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        self.offset += rest.iter().position(|byte| stops.0[usize::from(*byte)]).unwrap_or(rest.len());
    }

    /// Steps over the line break here.
    pub(super) fn skip_break(&mut self) -> Range<usize> {
        let start = self.offset;
        let len = self.break_len(0);
        if len > 0 {
            if self.at(0) >= 0x80 {
                self.continuations += len - 1;
            }
            self.offset += len;
            self.line += 1;
            self.line_index = self.index();
        }
        start..self.offset
    }

    /// Steps to the end of the line, before its break.
    pub(super) fn skip_line_content(&mut self) {
        loop {
            self.skip_until(&Stops::LINE);
            if self.is_break_or_end(0) {
                break;
            }
            self.skip();
        }
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.at(0), b' ' | b'\t') {
            self.offset += 1;
        }
    }

    /// Refuses a character that YAML does not allow and that go-yaml had met by now: it reads ahead in blocks, and a bad
    /// byte in a block comes before anything else that is wrong in it.
    pub(super) fn check_characters(&self) -> Result<(), Failure> {
        let Some(at) = self.refused else { return Ok(()) };
        // A character that the end cuts short is met when the scanner looks that far.
        let cut_short = reader::is_cut_short(self.text, at);
        let seen = if cut_short { self.offset + LOOKAHEAD } else { (self.offset / reader::BLOCK + 1) * reader::BLOCK };
        if at < seen { Err(reader::refusal(self.text, at).into()) } else { Ok(()) }
    }

    /// An error of the scanner here; `context` is where the token began.
    pub(super) fn error(&self, context: Mark, problem: &str) -> Failure {
        let line = if self.line != 0 { self.line + 1 } else { context.line as usize };
        self.located(line, self.offset..self.offset + 1, self.line + 1, problem)
    }

    /// An error of the parser about a token.
    pub(super) fn parser_error(&self, context: Mark, token: &Token, problem: &str) -> Failure {
        let line = if token.start.line != 0 { token.start.line } else { context.line };
        // Tokens that stand for nothing written point to what comes there.
        let start = token.start.offset as usize;
        let end = (token.end as usize).max(start + 1);
        self.located(line as usize, start..end, token.start.line as usize + 1, problem)
    }

    fn located(&self, said: usize, range: Range<usize>, line: usize, problem: &str) -> Failure {
        if let Err(error) = self.check_characters() {
            return error;
        }
        let place = if said == 0 { String::new() } else { format!("line {said}: ") };
        let end = self.text.ceil_char_boundary(range.end.min(self.text.len())).max(range.start);
        let inside = within(self.text, range.start..end);
        if inside.start != range.start {
            return Error::at(self.text, inside, format!("yaml: {place}{problem}")).into();
        }
        Error { message: format!("yaml: {place}{problem}"), range: range.start..end, line }.into()
    }
}
