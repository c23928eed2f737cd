//! Cuts a template into tokens by the rules of Go's `text/template/parse` (1.18, which newer ones only extend).
//! Trim markers are settled here: the parser never sees them, nor comments.

use super::quote::{describe, is_alphanumeric, is_printable, quote};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The end of sense; the lexer holds the message.
    Error,
    Bool,
    /// Printable ASCII that means nothing by itself.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    End,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParenthesis,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParenthesis,
    Space,
    String,
    Text,
    Variable,
    Dot,
    Nil,
    Keyword(Keyword),
}

/// The words that begin control actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

/// A stretch of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    /// What stands before the first token: nothing.
    pub(super) const NONE: Self = Self { kind: Kind::End, start: 0, end: 0 };
}

#[derive(Clone, Copy)]
enum State {
    Text,
    LeftDelimiter,
    Inside,
    Finished,
}

/// The scanner; gives one token per call.
pub(super) struct Lexer<'s> {
    input: &'s str,
    position: usize,
    start: usize,
    state: State,
    depth: usize,
    /// The message of the error token.
    pub(super) error: String,
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl<'s> Lexer<'s> {
    pub(super) fn new(input: &'s str) -> Self {
        Self { input, position: 0, start: 0, state: State::Text, depth: 0, error: String::new() }
    }

    /// The plain text of a token.
    pub(super) fn text(&self, token: Token) -> &'s str {
        self.input.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// A token as Go's errors name it: quoted, keywords in angle brackets, long ones cut.
    pub(super) fn describe(&self, token: Token) -> String {
        let text = self.text(token);
        match token.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Error => self.error.clone(),
            Kind::Keyword(_) | Kind::Dot | Kind::Nil => format!("<{text}>"),
            _ if crate::source::to_bytes(text).len() > 10 => {
                let cut = text.char_indices().nth(10).map_or(text.len(), |(end, _)| end);
                format!("{}...", quote(&text[..cut]))
            }
            _ => quote(text),
        }
    }

    /// The line of the byte `offset`, from 1. Counts from the start: for errors.
    pub(super) fn line(&self, offset: u32) -> usize {
        let before = self.input.as_bytes().get(..offset as usize).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// The next token; after the end or an error, the end again and again.
    pub(super) fn next_token(&mut self) -> Token {
        loop {
            let token = match self.state {
                State::Text => self.text_token(),
                State::LeftDelimiter => self.left_delimiter(),
                State::Inside => Some(self.inside_action()),
                State::Finished => {
                    self.start = self.position;
                    Some(self.emit(Kind::End))
                }
            };
            if let Some(token) = token {
                return token;
            }
        }
    }

    fn rest(&self) -> &'s str {
        self.input.get(self.position..).unwrap_or_default()
    }

    fn bytes(&self) -> &'s [u8] {
        self.input.as_bytes().get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        match self.bytes().first() {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.rest().chars().next(),
        }
    }

    fn advance(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        Some(next)
    }

    /// Steps over letters, digits and underscores.
    fn skip_word(&mut self) {
        loop {
            let rest = self.bytes();
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            self.position += rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
            match self.peek() {
                Some(letter) if !letter.is_ascii() && is_alphanumeric(letter) => self.position += letter.len_utf8(),
                _ => return,
            }
        }
    }

    fn accept(&mut self, valid: &str) -> bool {
        let found = self.peek().is_some_and(|next| valid.contains(next));
        if found {
            self.advance();
        }
        found
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }

    fn emit(&mut self, kind: Kind) -> Token {
        let (start, end) = (self.start, self.position);
        self.start = end;
        let offset = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Token { kind, start: offset(start), end: offset(end) }
    }

    fn fail(&mut self, message: impl Into<String>) -> Token {
        self.error = message.into();
        self.state = State::Finished;
        self.emit(Kind::Error)
    }

    fn text_token(&mut self) -> Option<Token> {
        let rest = self.rest();
        // Braces are rare: searching one is several times as fast as searching two.
        let mut braces = rest.match_indices('{').map(|(at, _)| at);
        let found = braces.find(|at| rest.as_bytes().get(at + 1) == Some(&b'{'));
        let Some(found) = found else {
            self.position = self.input.len();
            self.state = State::Finished;
            return (!rest.is_empty()).then(|| self.emit(Kind::Text));
        };
        self.state = State::LeftDelimiter;
        let trimmed = has_left_trim(&rest[found + 2..]);
        let kept = if trimmed { rest[..found].trim_end_matches(BLANK).len() } else { found };
        let delimiter = self.position + found;
        self.position += kept;
        let token = (kept > 0).then(|| self.emit(Kind::Text));
        self.position = delimiter;
        self.start = delimiter;
        token
    }

    fn left_delimiter(&mut self) -> Option<Token> {
        self.position += 2;
        let marker = if has_left_trim(self.rest()) { 2 } else { 0 };
        if self.rest()[marker..].starts_with("/*") {
            self.position += marker;
            self.start = self.position;
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelimiter);
        self.position += marker;
        self.start = self.position;
        self.depth = 0;
        self.state = State::Inside;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token> {
        let Some(length) = self.rest()[2..].find("*/") else {
            return Some(self.fail("unclosed comment"));
        };
        self.position += 2 + length + 2;
        let Some(trimmed) = right_delimiter(self.bytes()) else {
            return Some(self.fail("comment ends before closing delimiter"));
        };
        self.position += if trimmed { 4 } else { 2 };
        self.leave_action(trimmed);
        None
    }

    fn right_delimiter(&mut self) -> Token {
        let trimmed = right_delimiter(self.bytes()) == Some(true);
        if trimmed {
            self.position += 2;
        }
        self.start = self.position;
        self.position += 2;
        let token = self.emit(Kind::RightDelimiter);
        self.leave_action(trimmed);
        token
    }

    fn leave_action(&mut self, trimmed: bool) {
        if trimmed {
            let rest = self.rest();
            self.position += rest.len() - rest.trim_start_matches(BLANK).len();
        }
        self.start = self.position;
        self.state = State::Text;
    }

    fn inside_action(&mut self) -> Token {
        if right_delimiter(self.bytes()).is_some() {
            if self.depth > 0 {
                return self.fail("unclosed left paren");
            }
            return self.right_delimiter();
        }
        let Some(next) = self.peek() else {
            return self.fail("unclosed action");
        };
        if BLANK.contains(&next) {
            return self.space();
        }
        let at_number = next == '.' && self.bytes().get(1).is_some_and(u8::is_ascii_digit);
        if at_number || next == '+' || next == '-' || next.is_ascii_digit() {
            return self.number();
        }
        if is_alphanumeric(next) {
            return self.identifier();
        }
        self.advance();
        match next {
            '=' => self.emit(Kind::Assign),
            ':' if self.accept("=") => self.emit(Kind::Declare),
            ':' => self.fail("expected :="),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant"),
            '`' => self.raw_string(),
            '$' => self.field_or_variable(Kind::Variable, Kind::Variable),
            // A point at the very end of the input is read as a number, as Go does.
            '.' if self.peek().is_none() => self.emit(Kind::Number),
            '.' => self.field_or_variable(Kind::Dot, Kind::Field),
            '(' => {
                self.depth += 1;
                self.emit(Kind::LeftParenthesis)
            }
            // One too many is refused by the parser, which meets it first.
            ')' => {
                self.depth = self.depth.saturating_sub(1);
                self.emit(Kind::RightParenthesis)
            }
            _ if next.is_ascii() && is_printable(next) => self.emit(Kind::Char),
            _ => self.fail(format!("unrecognized character in action: {}", describe(next))),
        }
    }

    /// A run of blanks; the last one may belong to a trim marker.
    fn space(&mut self) -> Token {
        let rest = self.bytes();
        let mut length = rest.iter().position(|byte| !is_blank(*byte)).unwrap_or(rest.len());
        if right_delimiter(&rest[length - 1..]) == Some(true) {
            // More than one: the delimiter alone was recognised before the first blank.
            length -= 1;
        }
        self.position += length;
        self.emit(Kind::Space)
    }

    fn identifier(&mut self) -> Token {
        self.skip_word();
        if let Some(bad) = self.bad_terminator() {
            return self.fail(format!("bad character {}", describe(bad)));
        }
        let kind = match &self.input[self.start..self.position] {
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            "nil" => Kind::Nil,
            "true" | "false" => Kind::Bool,
            _ => Kind::Identifier,
        };
        self.emit(kind)
    }

    /// `.`, `.name`, `$` or `$name`; the first character is past.
    fn field_or_variable(&mut self, alone: Kind, named: Kind) -> Token {
        if self.bad_terminator().is_none() {
            return self.emit(alone);
        }
        self.skip_word();
        match self.bad_terminator() {
            Some(bad) => self.fail(format!("bad character {}", describe(bad))),
            None => self.emit(named),
        }
    }

    /// The next character, if a word cannot end before it.
    fn bad_terminator(&self) -> Option<char> {
        let ends = |next: &char| matches!(next, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(' | '}');
        self.peek().filter(|next| !ends(next))
    }

    fn quoted(&mut self, end: char, kind: Kind, unterminated: &str) -> Token {
        loop {
            match self.advance() {
                Some('\\') if self.peek().is_some_and(|next| next != '\n') => {
                    self.advance();
                }
                None | Some('\n' | '\\') => return self.fail(unterminated),
                Some(next) if next == end => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token {
        match self.rest().find('`') {
            Some(length) => {
                self.position += length + 1;
                self.emit(Kind::RawString)
            }
            None => {
                self.position = self.input.len();
                self.fail("unterminated raw quoted string")
            }
        }
    }

    fn number(&mut self) -> Token {
        let whole = self.scan_number();
        let mut kind = Kind::Number;
        let mut good = whole;
        if whole && matches!(self.peek(), Some('+' | '-')) {
            // A complex constant: no spaces, and it ends in `i`.
            kind = Kind::Complex;
            good = self.scan_number() && self.input[..self.position].ends_with('i');
        }
        if good {
            return self.emit(kind);
        }
        let message = format!("bad number syntax: {}", quote(&self.input[self.start..self.position]));
        self.fail(message)
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let (mut digits, mut exponent) = ("0123456789_", "eE");
        if self.accept("0") {
            if self.accept("xX") {
                (digits, exponent) = ("0123456789abcdefABCDEF_", "pP");
            } else if self.accept("oO") {
                (digits, exponent) = ("01234567_", "");
            } else if self.accept("bB") {
                (digits, exponent) = ("01_", "");
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.advance();
            return false;
        }
        true
    }
}

/// Whether `text`, right after the opening braces, is a trim marker: a dash and a blank.
fn has_left_trim(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(BLANK))
}

/// Whether `text` starts with the closing braces: with a trim marker (a blank and a dash), without, or not at all.
fn right_delimiter(text: &[u8]) -> Option<bool> {
    match text {
        [b'}', b'}', ..] => Some(false),
        [blank, b'-', b'}', b'}', ..] if is_blank(*blank) => Some(true),
        _ => None,
    }
}
