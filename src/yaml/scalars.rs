//! The scanner's longer tokens: plain, quoted and block scalars, anchors, tags, directives. Each scalar remembers which of
//! its letters stand where in the source. Continues `scanner`; no block structure here.

use std::ops::Range;

use super::cursor::Stops;
use super::error::Failure;
use super::scanner::Scanner;
use super::token::{Content, Cooked, Kind, Mark, Tag};

/// Line breaks between two parts of a flow scalar: they fold to a space, or to one fewer than they are.
#[derive(Default)]
struct Breaks {
    first: Option<Range<usize>>,
    rest: Vec<Range<usize>>,
}

impl Breaks {
    fn add(&mut self, range: Range<usize>) {
        if self.first.is_none() {
            self.first = Some(range);
        } else {
            self.rest.push(range);
        }
    }

    fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl Scanner<'_> {
    /// Adds a line break as YAML normalises it: everything but U+2028 and U+2029 becomes a newline.
    fn cook_break(&self, cooked: &mut Cooked, range: Range<usize>) {
        match &self.text[range.clone()] {
            kept @ ("\n" | "\u{2028}" | "\u{2029}") => cooked.push(kept, range, true),
            _ => cooked.push("\n", range, false),
        }
    }

    fn is_newline(range: &Range<usize>) -> bool {
        range.len() < 3
    }

    /// Folds the breaks of a flow scalar.
    fn fold(&self, cooked: &mut Cooked, breaks: &mut Breaks) {
        let Some(first) = breaks.first.take() else { return };
        if Self::is_newline(&first) {
            if breaks.rest.is_empty() {
                cooked.push(" ", first, false);
            }
        } else {
            self.cook_break(cooked, first);
        }
        for range in breaks.rest.drain(..) {
            self.cook_break(cooked, range);
        }
    }

    /// A plain scalar: its content, where it ends, and whether a line break ended it.
    pub(super) fn scan_plain(&mut self) -> Result<(Content, usize, bool), Failure> {
        let start = self.mark();
        let indent = self.indent + 1;
        let mut cooked: Option<Cooked> = None;
        let mut breaks = Breaks::default();
        // The bytes since `from` are not in `cooked` yet; blanks after `end` belong to the scalar only if more follows.
        let (mut from, mut end) = (self.offset, self.offset);
        loop {
            if self.document_indicator().is_some() || self.at(0) == b'#' {
                break;
            }
            let before = self.offset;
            loop {
                self.skip_until(&Stops::PLAIN);
                if self.is_blank_or_end(0) || self.ends_plain() {
                    break;
                }
                self.skip();
            }
            if self.offset > before {
                if !breaks.is_empty() {
                    let cooked = cooked.get_or_insert_default();
                    cooked.push(&self.text[from..end], from..end, true);
                    self.fold(cooked, &mut breaks);
                    from = before;
                }
                end = self.offset;
            }
            if !matches!(self.at(0), b' ' | b'\t') && self.break_len(0) == 0 {
                break;
            }
            loop {
                if matches!(self.at(0), b' ' | b'\t') {
                    if !breaks.is_empty() && self.at(0) == b'\t' && self.column_below(indent) {
                        return Err(self.error(start, "found a tab character that violates indentation"));
                    }
                    self.offset += 1;
                } else if self.break_len(0) > 0 {
                    let range = self.skip_break();
                    breaks.add(range);
                } else {
                    break;
                }
            }
            if self.flow_level == 0 && self.column_below(indent) {
                break;
            }
        }
        let ended_by_break = !breaks.is_empty();
        let content = match cooked {
            None => Content::Exact((from..end).into()),
            Some(mut cooked) => {
                cooked.push(&self.text[from..end], from..end, true);
                Content::Cooked(Box::new(cooked))
            }
        };
        Ok((content, end, ended_by_break))
    }

    fn column_below(&self, indent: isize) -> bool {
        isize::try_from(self.column()).unwrap_or(isize::MAX) < indent
    }

    fn ends_plain(&self) -> bool {
        match self.at(0) {
            b':' => self.is_blank_or_end(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => self.flow_level > 0,
            _ => false,
        }
    }

    pub(super) fn scan_quoted(&mut self, single: bool) -> Result<Content, Failure> {
        let start = self.mark();
        let quote = if single { b'\'' } else { b'"' };
        let stops = if single { &Stops::SINGLE_QUOTED } else { &Stops::DOUBLE_QUOTED };
        self.offset += 1;
        let mut cooked: Option<Cooked> = None;
        let mut breaks = Breaks::default();
        // The bytes since `from` are not in `cooked` yet.
        let mut from = self.offset;
        loop {
            if self.document_indicator().is_some() {
                return Err(self.error(start, "found unexpected document indicator"));
            }
            if self.is_end(0) {
                return Err(self.error(start, "found unexpected end of stream"));
            }
            let mut after_break = false;
            loop {
                self.skip_until(stops);
                if self.is_blank_or_end(0) {
                    break;
                }
                let byte = self.at(0);
                if byte == quote && !(single && self.at(1) == b'\'') {
                    break;
                }
                if byte == quote {
                    let cooked = cooked.get_or_insert_default();
                    cooked.push(&self.text[from..=self.offset], from..self.offset + 1, true);
                    self.offset += 2;
                    from = self.offset;
                } else if byte == b'\\' && !single {
                    let cooked = cooked.get_or_insert_default();
                    cooked.push(&self.text[from..self.offset], from..self.offset, true);
                    if self.break_len(1) > 0 {
                        self.offset += 1;
                        self.skip_break();
                        from = self.offset;
                        after_break = true;
                        break;
                    }
                    self.scan_escape(start, cooked)?;
                    from = self.offset;
                } else {
                    self.skip();
                }
            }
            if self.at(0) == quote {
                break;
            }
            let blanks = self.offset;
            let mut folded = after_break;
            loop {
                if matches!(self.at(0), b' ' | b'\t') {
                    self.offset += 1;
                } else if self.break_len(0) > 0 {
                    if !folded {
                        let cooked = cooked.get_or_insert_default();
                        cooked.push(&self.text[from..blanks], from..blanks, true);
                        folded = true;
                    }
                    let range = self.skip_break();
                    if after_break {
                        breaks.rest.push(range);
                    } else {
                        breaks.add(range);
                    }
                } else {
                    break;
                }
            }
            if folded {
                let cooked = cooked.get_or_insert_default();
                if breaks.is_empty() {
                    for range in breaks.rest.drain(..) {
                        self.cook_break(cooked, range);
                    }
                } else {
                    self.fold(cooked, &mut breaks);
                }
                from = self.offset;
            }
        }
        let end = self.offset;
        self.offset += 1;
        Ok(match cooked {
            None => Content::Exact((from..end).into()),
            Some(mut cooked) => {
                cooked.push(&self.text[from..end], from..end, true);
                Content::Cooked(Box::new(cooked))
            }
        })
    }

    /// An escape of a double-quoted scalar, at its backslash.
    fn scan_escape(&mut self, start: Mark, cooked: &mut Cooked) -> Result<(), Failure> {
        let at = self.offset;
        let (character, digits) = match self.at(1) {
            b'0' => ('\0', 0),
            b'a' => ('\u{7}', 0),
            b'b' => ('\u{8}', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\u{b}', 0),
            b'f' => ('\u{c}', 0),
            b'r' => ('\r', 0),
            b'e' => ('\u{1b}', 0),
            b' ' => (' ', 0),
            b'"' => ('"', 0),
            b'\'' => ('\'', 0),
            b'\\' => ('\\', 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{a0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            b'U' => ('\0', 8),
            _ => return Err(self.error(start, "found unknown escape character")),
        };
        self.offset += 2;
        let mut character = character;
        if digits > 0 {
            let mut value = 0_u32;
            for ahead in 0..digits {
                let Some(digit) = char::from(self.at(ahead)).to_digit(16) else {
                    return Err(self.error(start, "did not find expected hexdecimal number"));
                };
                value = value << 4 | digit;
            }
            let Some(valid) = char::from_u32(value) else {
                return Err(self.error(start, "found invalid Unicode character escape code"));
            };
            character = valid;
            self.offset += digits;
        }
        // `\"` is the letter `"` that stands there; `\n` is not the letter `n`.
        let literal = digits == 0 && character.is_ascii() && self.bytes[at + 1] == character as u8;
        let from = if literal { at + 1 } else { at };
        cooked.push(character.encode_utf8(&mut [0; 4]), from..self.offset, literal);
        Ok(())
    }

    /// A block scalar: its content and where its last line ends, before the line break.
    pub(super) fn scan_block_scalar(&mut self, literal: bool) -> Result<(Content, usize), Failure> {
        let start = self.mark();
        self.offset += 1;
        let (keep, increment) = self.scan_block_header(start)?;
        let mut end = self.offset;
        let mut indent = match increment {
            0 => 0,
            increment => usize::try_from(self.indent).unwrap_or(0) + increment,
        };
        let mut cooked = Cooked::default();
        let mut leading: Option<Range<usize>> = None;
        let mut trailing: Vec<Range<usize>> = Vec::new();
        self.scan_block_breaks(&mut indent, &mut trailing, start)?;
        let mut leading_blank = false;
        while self.column() == indent && !self.is_end(0) {
            let blank = matches!(self.at(0), b' ' | b'\t');
            if let Some(range) = leading.take() {
                if !literal && !leading_blank && !blank && Self::is_newline(&range) {
                    if trailing.is_empty() {
                        cooked.push(" ", range, false);
                    }
                } else {
                    self.cook_break(&mut cooked, range);
                }
            }
            for range in trailing.drain(..) {
                self.cook_break(&mut cooked, range);
            }
            leading_blank = blank;
            let from = self.offset;
            self.skip_line_content();
            cooked.push(&self.text[from..self.offset], from..self.offset, true);
            end = self.offset;
            if self.break_len(0) > 0 {
                leading = Some(self.skip_break());
            }
            self.scan_block_breaks(&mut indent, &mut trailing, start)?;
        }
        if keep != Some(false)
            && let Some(range) = leading
        {
            self.cook_break(&mut cooked, range);
        }
        if keep == Some(true) {
            for range in trailing {
                self.cook_break(&mut cooked, range);
            }
        }
        let content = match cooked.pieces.as_slice() {
            [piece] if piece.exact => Content::Exact(piece.source),
            [] => Content::Exact((end..end).into()),
            _ => Content::Cooked(Box::new(cooked)),
        };
        Ok((content, end))
    }

    /// The rest of the line after `|` or `>`: whether trailing breaks are kept (`+`) or stripped (`-`), and the indentation.
    fn scan_block_header(&mut self, start: Mark) -> Result<(Option<bool>, usize), Failure> {
        let mut keep = None;
        let mut increment = 0;
        for _ in 0..2 {
            match self.at(0) {
                sign @ (b'+' | b'-') if keep.is_none() => keep = Some(sign == b'+'),
                b'0' if increment == 0 => {
                    return Err(self.error(start, "found an indentation indicator equal to 0"));
                }
                digit @ b'1'..=b'9' if increment == 0 => increment = usize::from(digit - b'0'),
                _ => break,
            }
            self.offset += 1;
        }
        self.end_header(start)?;
        Ok((keep, increment))
    }

    /// The end of a line that says how to read what follows: blanks, and perhaps a comment.
    fn end_header(&mut self, start: Mark) -> Result<(), Failure> {
        self.blanks();
        if self.at(0) == b'#' {
            self.skip_line_content();
        }
        if !self.is_break_or_end(0) {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        self.skip_break();
        Ok(())
    }

    fn scan_block_breaks(
        &mut self,
        indent: &mut usize,
        breaks: &mut Vec<Range<usize>>,
        start: Mark,
    ) -> Result<(), Failure> {
        let mut widest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.at(0) == b' ' {
                self.offset += 1;
            }
            widest = widest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.at(0) == b'\t' {
                return Err(self.error(start, "found a tab character where an indentation space is expected"));
            }
            if self.break_len(0) == 0 {
                break;
            }
            let range = self.skip_break();
            breaks.push(range);
        }
        if *indent == 0 {
            *indent = widest.max(usize::try_from(self.indent + 1).unwrap_or(0)).max(1);
        }
        Ok(())
    }

    fn read_word(&mut self) -> Range<usize> {
        let from = self.offset;
        while matches!(self.at(0), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-') {
            self.offset += 1;
        }
        from..self.offset
    }

    pub(super) fn scan_anchor(&mut self, anchor: bool) -> Result<(), Failure> {
        let start = self.mark();
        self.offset += 1;
        let name = self.read_word();
        let ends =
            self.is_blank_or_end(0) || matches!(self.at(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            return Err(self.error(start, "did not find expected alphabetic or numeric character"));
        }
        self.push(if anchor { Kind::Anchor(name.into()) } else { Kind::Alias(name.into()) }, start);
        Ok(())
    }

    pub(super) fn scan_tag(&mut self) -> Result<Kind, Failure> {
        let start = self.mark();
        let (mut handle, mut suffix);
        if self.at(1) == b'<' {
            self.offset += 2;
            handle = String::new();
            suffix = self.scan_tag_uri("", start)?;
            if self.at(0) != b'>' {
                return Err(self.error(start, "did not find the expected '>'"));
            }
            self.offset += 1;
        } else {
            handle = self.scan_tag_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                suffix = self.scan_tag_uri("", start)?;
            } else {
                suffix = self.scan_tag_uri(&handle, start)?;
                "!".clone_into(&mut handle);
                if suffix.is_empty() {
                    std::mem::swap(&mut handle, &mut suffix);
                }
            }
        }
        if !self.is_blank_or_end(0) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(Kind::Tag(Box::new(Tag { handle: handle.into(), suffix: suffix.into() })))
    }

    fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Result<String, Failure> {
        let from = self.offset;
        if self.at(0) != b'!' {
            return Err(self.error(start, "did not find expected '!'"));
        }
        self.offset += 1;
        self.read_word();
        if self.at(0) == b'!' {
            self.offset += 1;
        } else if directive && self.offset != from + 1 {
            return Err(self.error(start, "did not find expected '!'"));
        }
        Ok(self.text[from..self.offset].to_owned())
    }

    fn scan_tag_uri(&mut self, head: &str, start: Mark) -> Result<String, Failure> {
        let mut uri = head.as_bytes().get(1..).unwrap_or_default().to_vec();
        let from = self.offset;
        loop {
            match self.at(0) {
                b'%' => self.scan_uri_escape(start, &mut uri)?,
                byte @ (b'0'..=b'9'
                | b'A'..=b'Z'
                | b'a'..=b'z'
                | b'_'
                | b'-'
                | b';'
                | b'/'
                | b'?'
                | b':'
                | b'@'
                | b'&'
                | b'='
                | b'+'
                | b'$'
                | b','
                | b'.'
                | b'!'
                | b'~'
                | b'*'
                | b'\''
                | b'('
                | b')'
                | b'['
                | b']') => {
                    uri.push(byte);
                    self.offset += 1;
                }
                _ => break,
            }
        }
        if head.is_empty() && self.offset == from {
            return Err(self.error(start, "did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    fn scan_uri_escape(&mut self, start: Mark, uri: &mut Vec<u8>) -> Result<(), Failure> {
        let mut left = None;
        while left != Some(0) {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (Some(high), Some(low)) = (digit(self.at(1)), digit(self.at(2))) else {
                return Err(self.error(start, "did not find URI escaped octet"));
            };
            if self.at(0) != b'%' {
                return Err(self.error(start, "did not find URI escaped octet"));
            }
            let octet = high << 4 | low;
            left = match (left, octet) {
                (None, 0..=0x7F) => Some(0),
                (None, 0xC0..=0xDF) => Some(1),
                (None, 0xE0..=0xEF) => Some(2),
                (None, 0xF0..=0xF7) => Some(3),
                (None, _) => return Err(self.error(start, "found an incorrect leading UTF-8 octet")),
                (Some(more), 0x80..=0xBF) => Some(more - 1),
                (Some(_), _) => return Err(self.error(start, "found an incorrect trailing UTF-8 octet")),
            };
            uri.push(octet);
            self.offset += 3;
        }
        Ok(())
    }

    /// A `%YAML` or `%TAG` line: its token and where that ends.
    pub(super) fn scan_directive(&mut self) -> Result<(Kind, usize), Failure> {
        let start = self.mark();
        self.offset += 1;
        let name = self.read_word();
        if name.is_empty() {
            return Err(self.error(start, "could not find expected directive name"));
        }
        if !self.is_blank_or_end(0) {
            return Err(self.error(start, "found unexpected non-alphabetical character"));
        }
        let kind = match &self.text[name] {
            "YAML" => {
                self.blanks();
                let major = self.scan_version_number(start)?;
                if self.at(0) != b'.' {
                    return Err(self.error(start, "did not find expected digit or '.' character"));
                }
                self.offset += 1;
                Kind::VersionDirective(major, self.scan_version_number(start)?)
            }
            "TAG" => {
                self.blanks();
                let handle = self.scan_tag_handle(true, start)?.into();
                if !matches!(self.at(0), b' ' | b'\t') {
                    return Err(self.error(start, "did not find expected whitespace"));
                }
                self.blanks();
                let suffix = self.scan_tag_uri("", start)?.into();
                if !self.is_blank_or_end(0) {
                    return Err(self.error(start, "did not find expected whitespace or line break"));
                }
                Kind::TagDirective(Box::new(Tag { handle, suffix }))
            }
            _ => return Err(self.error(start, "found unknown directive name")),
        };
        let end = self.offset;
        self.end_header(start)?;
        Ok((kind, end))
    }

    fn scan_version_number(&mut self, start: Mark) -> Result<u8, Failure> {
        let (mut value, mut length) = (0, 0);
        while self.at(0).is_ascii_digit() {
            length += 1;
            if length > 2 {
                return Err(self.error(start, "found extremely long version number"));
            }
            value = value * 10 + (self.at(0) - b'0');
            self.offset += 1;
        }
        if length == 0 {
            return Err(self.error(start, "did not find expected version number"));
        }
        Ok(value)
    }
}
