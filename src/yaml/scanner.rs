//! Text to tokens, by libyaml's rules as go-yaml v2.4 has them: block structure from indentation, keys found in hindsight.
//! Lazy: a token is scanned when the parser asks for it, so that the first error met is the one that Helm reports.
//! Works on bytes; knows nothing of nodes and values.

use std::collections::VecDeque;

use super::error::{Error, Failure};
use super::reader;
use super::token::{Kind, Mark, Style, Token, small};
use crate::source::beyond;

#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    /// Whether the token is held back until it is known not to be a key.
    awaited: bool,
    required: bool,
    token: usize,
    mark: Mark,
}

/// How many characters a key may take that is written without `?`.
const LONGEST_SIMPLE_KEY: usize = 1024;

/// How deep flow collections and how deep indentation may nest. go-yaml allows 10,000; readers here recurse.
pub(super) const DEEPEST: usize = 250;

pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) offset: usize,
    pub(super) line: usize,
    /// Bytes so far that continue a character.
    pub(super) continuations: usize,
    pub(super) line_index: usize,
    pub(super) flow_level: usize,
    pub(super) indent: isize,
    indents: Vec<isize>,
    simple_key_allowed: bool,
    simple_keys: Vec<SimpleKey>,
    tokens: VecDeque<Token>,
    taken: usize,
    available: bool,
    pub(super) refused: Option<usize>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut scanner = Self {
            text,
            bytes: text.as_bytes(),
            offset: 0,
            line: 0,
            continuations: 0,
            line_index: 0,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            tokens: VecDeque::new(),
            taken: 0,
            available: false,
            refused: reader::first_refused(text),
        };
        if text.starts_with('\u{feff}') {
            scanner.offset = 3;
            scanner.continuations = 3;
        }
        scanner
    }

    /// The next token, without taking it.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<&Token, Failure> {
        if !self.available {
            self.fetch_next()?;
        }
        self.tokens
            .front()
            .ok_or_else(|| Error::at(self.text, self.offset..self.offset, "yaml: no token".to_owned()).into())
    }

    fn fetch_next(&mut self) -> Result<(), Failure> {
        while self.needs_more()? {
            self.fetch()?;
        }
        self.available = true;
        Ok(())
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Result<Token, Failure> {
        self.peek()?;
        self.available = false;
        self.taken += 1;
        let end = self.offset..self.offset;
        self.tokens.pop_front().ok_or_else(|| Error::at(self.text, end, "yaml: no token".to_owned()).into())
    }

    /// Whether the first token may still turn out to be a key.
    fn needs_more(&mut self) -> Result<bool, Failure> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        let first = self.simple_keys.partition_point(|key| key.token < self.taken);
        for level in first..self.simple_keys.len() {
            if self.simple_keys[level].token != self.taken {
                break;
            }
            if self.simple_keys[level].awaited {
                return self.is_valid(level);
            }
        }
        Ok(false)
    }

    fn is_valid(&mut self, level: usize) -> Result<bool, Failure> {
        let key = self.simple_keys[level];
        if !key.possible {
            return Ok(false);
        }
        if (key.mark.line as usize) < self.line || key.mark.index as usize + LONGEST_SIMPLE_KEY < self.index() {
            if key.required {
                return Err(self.error(key.mark, "could not find expected ':'"));
            }
            self.simple_keys[level].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_simple_key(&mut self) -> Result<(), Failure> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.mark();
        let required = self.flow_level == 0 && isize::try_from(mark.column).is_ok_and(|column| column == self.indent);
        self.remove_simple_key()?;
        let token = self.taken + self.tokens.len();
        if let Some(last) = self.simple_keys.last_mut() {
            *last = SimpleKey { possible: true, awaited: true, required, token, mark };
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Result<(), Failure> {
        let Some(last) = self.simple_keys.last_mut() else { return Ok(()) };
        if last.possible && last.required {
            let mark = last.mark;
            return Err(self.error(mark, "could not find expected ':'"));
        }
        if last.possible {
            last.possible = false;
            last.awaited = false;
        }
        Ok(())
    }

    fn roll_indent(&mut self, column: u32, before: Option<usize>, kind: Kind, mark: Mark) -> Result<(), Failure> {
        let column = isize::try_from(column).unwrap_or(isize::MAX);
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > DEEPEST {
            return Err(self.error(mark, &beyond(format_args!("exceeded max depth of {DEEPEST}"))));
        }
        let token = Token { kind, start: mark, end: mark.offset };
        self.insert(before, token);
        Ok(())
    }

    /// Puts a token before the one of number `before`; behind all others if that one was taken already.
    fn insert(&mut self, before: Option<usize>, token: Token) {
        match before.and_then(|number| number.checked_sub(self.taken)) {
            Some(at) if at < self.tokens.len() => self.tokens.insert(at, token),
            _ => self.tokens.push_back(token),
        }
    }

    fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.mark());
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    pub(super) fn push(&mut self, kind: Kind, start: Mark) {
        self.tokens.push_back(Token { kind, start, end: small(self.offset) });
    }

    fn fetch(&mut self) -> Result<(), Failure> {
        self.skip_to_token()?;
        let column = self.column();
        self.unroll_indent(isize::try_from(column).unwrap_or(isize::MAX));
        let byte = self.at(0);
        if self.offset >= self.bytes.len() {
            return self.fetch_stream_end();
        }
        if column == 0 {
            if byte == b'%' {
                return self.fetch_directive();
            }
            if let Some(kind) = self.document_indicator() {
                self.unroll_indent(-1);
                self.remove_simple_key()?;
                self.simple_key_allowed = false;
                let start = self.mark();
                self.offset += 3;
                self.push(kind, start);
                return Ok(());
            }
        }
        let blank_next = self.is_blank_or_end(1);
        let flow = self.flow_level > 0;
        match byte {
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                self.push_indicator(Kind::FlowEntry);
                Ok(())
            }
            b'-' if blank_next => self.fetch_block_entry(),
            b'?' if flow || blank_next => self.fetch_key(),
            b':' if flow || blank_next => self.fetch_value(),
            b'*' | b'&' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                self.scan_anchor(byte == b'&')
            }
            b'!' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let start = self.mark();
                let kind = self.scan_tag()?;
                self.push(kind, start);
                Ok(())
            }
            b'|' | b'>' if !flow => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                let start = self.mark();
                let (content, end) = self.scan_block_scalar(byte == b'|')?;
                let style = if byte == b'|' { Style::Literal } else { Style::Folded };
                self.tokens.push_back(Token { kind: Kind::Scalar(style, content), start, end: small(end) });
                Ok(())
            }
            b'\'' | b'"' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let start = self.mark();
                let content = self.scan_quoted(byte == b'\'')?;
                let style = if byte == b'\'' { Style::SingleQuoted } else { Style::DoubleQuoted };
                self.push(Kind::Scalar(style, content), start);
                Ok(())
            }
            _ => self.fetch_plain(byte),
        }
    }

    fn fetch_plain(&mut self, byte: u8) -> Result<(), Failure> {
        let starts = match byte {
            b'-' => !matches!(self.at(1), b' ' | b'\t'),
            b'?' | b':' => self.flow_level == 0 && !self.is_blank_or_end(1),
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`' => false,
            _ => !self.is_blank_or_end(0),
        };
        if !starts {
            return Err(self.error(self.mark(), "found character that cannot start any token"));
        }
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let (content, end, ended_by_break) = self.scan_plain()?;
        self.tokens.push_back(Token { kind: Kind::Scalar(Style::Plain, content), start, end: small(end) });
        if ended_by_break {
            self.simple_key_allowed = true;
        }
        Ok(())
    }

    fn fetch_stream_end(&mut self) -> Result<(), Failure> {
        if self.column() != 0 {
            self.line += 1;
            self.line_index = self.index();
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(Kind::StreamEnd, self.mark());
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Failure> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let (kind, end) = self.scan_directive()?;
        self.tokens.push_back(Token { kind, start, end: small(end) });
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind) -> Result<(), Failure> {
        self.save_simple_key()?;
        let mark = self.mark();
        let token = self.taken + self.tokens.len();
        self.simple_keys.push(SimpleKey { token, mark, ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > DEEPEST {
            return Err(self.error(mark, &beyond(format_args!("exceeded max depth of {DEEPEST}"))));
        }
        self.simple_key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind) -> Result<(), Failure> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            // A collection without keys of its own shares its number with its bracket: go-yaml then no longer waits for
            // the colon behind it, and `[]: x` is no mapping.
            let closed = self.simple_keys.pop();
            if let (Some(closed), Some(outer)) = (closed, self.simple_keys.last_mut())
                && closed.token == outer.token
            {
                outer.awaited = false;
            }
        }
        self.simple_key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Failure> {
        if self.flow_level == 0 {
            let mark = self.mark();
            if !self.simple_key_allowed {
                return Err(self.error(mark, "block sequence entries are not allowed in this context"));
            }
            self.roll_indent(mark.column, None, Kind::BlockSequenceStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(Kind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Failure> {
        if self.flow_level == 0 {
            let mark = self.mark();
            if !self.simple_key_allowed {
                return Err(self.error(mark, "mapping keys are not allowed in this context"));
            }
            self.roll_indent(mark.column, None, Kind::BlockMappingStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(Kind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Failure> {
        let level = self.simple_keys.len() - 1;
        if self.is_valid(level)? {
            let key = self.simple_keys[level];
            self.insert(Some(key.token), Token { kind: Kind::Key, start: key.mark, end: key.mark.offset });
            self.roll_indent(key.mark.column, Some(key.token), Kind::BlockMappingStart, key.mark)?;
            self.simple_keys[level].possible = false;
            self.simple_keys[level].awaited = false;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                let mark = self.mark();
                if !self.simple_key_allowed {
                    return Err(self.error(mark, "mapping values are not allowed in this context"));
                }
                self.roll_indent(mark.column, None, Kind::BlockMappingStart, mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(Kind::Value);
        Ok(())
    }

    fn push_indicator(&mut self, kind: Kind) {
        let start = self.mark();
        self.offset += 1;
        self.push(kind, start);
    }

    fn skip_to_token(&mut self) -> Result<(), Failure> {
        loop {
            loop {
                match self.at(0) {
                    b' ' => self.offset += 1,
                    b'\t' if self.flow_level > 0 || !self.simple_key_allowed => self.offset += 1,
                    _ => break,
                }
            }
            if self.at(0) == b'#' {
                self.skip_line_content();
            }
            if self.break_len(0) == 0 {
                return Ok(());
            }
            self.skip_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }
}
