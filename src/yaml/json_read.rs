//! JSON as Go's `encoding/json` reads it into an interface: its syntax, its words for errors, numbers as floats, the last
//! of duplicate keys. Strings and numbers keep their places.

use std::ops::Range;
use std::sync::Arc;

use super::error::Error;
use super::number::parse_decimal;
use super::scanner::DEEPEST;
use super::value::{Map, Value};
use crate::source::{Text, TextBuilder, beyond, to_bytes};

/// The value of a JSON text: `json.Unmarshal` into an `interface{}`.
///
/// # Errors
/// As Go words them: `invalid character 'x' after object key`, `unexpected end of JSON input`.
pub fn load_json(text: &Text) -> Result<Value, Error> {
    let (value, range_error) = read(text)?;
    range_error.map_or(Ok(value), Err)
}

/// The first value of a JSON text, whatever stands behind it: what a `json.Decoder` decodes.
///
/// # Errors
/// As [`load_json`], but `EOF` or `unexpected EOF` where the text ends too early.
pub fn load_json_first(text: &Text) -> Result<Value, Error> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0, range_error: None };
    reader.skip_blanks();
    let is_empty = reader.at == reader.bytes.len();
    reader.value().map_err(|error| match error.message.as_str() {
        "unexpected end of JSON input" => {
            Error { message: if is_empty { "EOF" } else { "unexpected EOF" }.to_owned(), ..error }
        }
        _ => error,
    })
}

/// As [`load_json`] into a Go map, as `fromJson` does: `None` for `null`, which makes the map nil.
///
/// # Errors
/// As [`load_json`], and anything else than an object.
pub fn load_json_map(text: &Text) -> Result<Option<Arc<Map>>, Error> {
    match read(text)? {
        (Value::Map(_) | Value::Null(_), Some(error)) => Err(error),
        (Value::Map(map), None) => Ok(Some(map)),
        (Value::Null(_), None) => Ok(None),
        (other, _) => Err(mismatch(text, &other, "map[string]interface {}")),
    }
}

/// As [`load_json`] into a Go slice, as `fromJsonArray` does: `None` for `null`, which makes the slice nil.
///
/// # Errors
/// As [`load_json`], and anything else than an array.
pub fn load_json_list(text: &Text) -> Result<Option<Arc<Vec<Value>>>, Error> {
    match read(text)? {
        (Value::List(_), Some(error)) => Err(error),
        (Value::List(list), None) => Ok(Some(list)),
        (Value::Null(_), None) => Ok(None),
        (other, _) => Err(mismatch(text, &other, "[]interface {}")),
    }
}

fn mismatch(text: &Text, value: &Value, go_type: &str) -> Error {
    let message = format!("json: cannot unmarshal {} into Go value of type {go_type}", value.json_kind());
    Error::at(text, 0..text.len(), message)
}

/// The value, and what is wrong with its numbers: that is reported after all other errors.
fn read(text: &Text) -> Result<(Value, Option<Error>), Error> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0, range_error: None };
    reader.skip_blanks();
    let value = reader.value()?;
    reader.skip_blanks();
    if reader.at < reader.bytes.len() {
        return Err(reader.unexpected("after top-level value"));
    }
    Ok((value, reader.range_error))
}

struct Reader<'a> {
    text: &'a Text,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// A number that no float holds; Go reports it after the syntax is checked.
    range_error: Option<Error>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The error of a byte that does not fit, or of the end.
    fn unexpected(&self, place: &str) -> Error {
        let Some(character) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) else {
            let end = self.bytes.len();
            // Within a word, number or escape Go takes the end for a blank.
            let message = if place.contains(" in ") || place.starts_with("in ") && place != "in string literal" {
                format!("invalid character ' ' {place}")
            } else {
                "unexpected end of JSON input".to_owned()
            };
            return Error::at(self.text, end..end, message);
        };
        let range = self.at..self.at + character.len_utf8();
        let byte = to_bytes(&self.text[range.clone()]).first().copied().unwrap_or_default();
        Error::at(self.text, range, format!("invalid character {} {place}", quote_byte(byte)))
    }

    fn value(&mut self) -> Result<Value, Error> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true").map(|range| Value::Bool(true, self.text.origins_of(range))),
            Some(b'f') => self.literal("false").map(|range| Value::Bool(false, self.text.origins_of(range))),
            Some(b'n') => self.literal("null").map(|range| Value::Null(self.text.origins_of(range))),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Error>) -> Result<Value, Error> {
        if self.depth >= DEEPEST {
            return Err(Error::at(
                self.text,
                self.at..self.at + 1,
                beyond(format_args!("exceeded max depth of {DEEPEST}")),
            ));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_blanks();
        let value = read(self)?;
        self.at += 1;
        self.depth -= 1;
        Ok(value)
    }

    /// The members of an object, up to its brace.
    fn object(&mut self) -> Result<Value, Error> {
        let mut map = Map::new();
        while self.peek() != Some(b'}') || !map.is_empty() {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.skip_blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            self.skip_blanks();
            let value = self.value()?;
            // A later key brings its own place.
            map.remove(key.as_str());
            map.insert(key, value);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.unexpected("after object key:value pair")),
            }
            self.skip_blanks();
        }
        Ok(Value::Map(Arc::new(map)))
    }

    /// The elements of an array, up to its bracket.
    fn array(&mut self) -> Result<Value, Error> {
        let mut items = Vec::new();
        while self.peek() != Some(b']') || !items.is_empty() {
            items.push(self.value()?);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.unexpected("after array element")),
            }
            self.skip_blanks();
        }
        Ok(Value::List(Arc::new(items)))
    }

    fn literal(&mut self, word: &str) -> Result<Range<usize>, Error> {
        let start = self.at;
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                let place = format!("in literal {word} (expecting {})", quote_byte(expected));
                return Err(self.unexpected(&place));
            }
            self.at += 1;
        }
        Ok(start..self.at)
    }

    fn digits(&mut self, place: &str) -> Result<(), Error> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected(place));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.text.slice(start..self.at);
        let Some(value) = parse_decimal(&text) else {
            let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
            self.range_error.get_or_insert(Error::at(self.text, start..self.at, message));
            return Ok(Value::Float(f64::INFINITY, text.origins()));
        };
        Ok(Value::Float(value, text.origins()))
    }

    fn string(&mut self) -> Result<Text, Error> {
        self.at += 1;
        let mut builder: Option<TextBuilder> = None;
        let mut from = self.at;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let out = builder.get_or_insert_default();
                    out.push_slice(self.text, from..self.at);
                    let start = self.at;
                    let (character, exact) = self.escape()?;
                    if exact {
                        out.push_slice(self.text, start + 1..self.at);
                    } else {
                        let origins = self.text.origins_of(start..self.at);
                        out.push_computed(character.encode_utf8(&mut [0; 4]), &origins);
                    }
                    from = self.at;
                }
                // Bytes that are no UTF-8 read as U+FFFD. They travel as characters that start with this byte.
                Some(0xF4) => {
                    let character = self.text[self.at..].chars().next().unwrap_or_default();
                    let end = self.at + character.len_utf8();
                    if matches!(character, '\u{10fe00}'..='\u{10feff}') {
                        let out = builder.get_or_insert_default();
                        out.push_slice(self.text, from..self.at);
                        out.push_computed("\u{fffd}", &self.text.origins_of(self.at..end));
                        from = end;
                    }
                    self.at = end;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(self.unexpected("in string literal")),
            }
        }
        let end = self.at;
        self.at += 1;
        Ok(match builder {
            None => self.text.slice(from..end),
            Some(mut out) => {
                out.push_slice(self.text, from..end);
                out.finish()
            }
        })
    }

    /// The character of an escape, and whether it is the letter behind the backslash.
    fn escape(&mut self) -> Result<(char, bool), Error> {
        self.at += 1;
        let (character, exact) = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => (char::from(byte), true),
            Some(b'b') => ('\u{8}', false),
            Some(b'f') => ('\u{c}', false),
            Some(b'n') => ('\n', false),
            Some(b'r') => ('\r', false),
            Some(b't') => ('\t', false),
            Some(b'u') => {
                self.at += 1;
                let first = self.hexadecimal()?;
                return Ok((self.paired(first)?, false));
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok((character, exact))
    }

    /// The character of a `\u` escape; a surrogate with its other half, or U+FFFD when that is missing.
    fn paired(&mut self, first: u32) -> Result<char, Error> {
        let is_high = (0xD800..0xDC00).contains(&first);
        if is_high && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hexadecimal()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn hexadecimal(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// A byte as `encoding/json` quotes it.
fn quote_byte(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".to_owned(),
        b'\\' => "'\\\\'".to_owned(),
        7 => "'\\a'".to_owned(),
        8 => "'\\b'".to_owned(),
        b'\t' => "'\\t'".to_owned(),
        b'\n' => "'\\n'".to_owned(),
        0xb => "'\\v'".to_owned(),
        0xc => "'\\f'".to_owned(),
        b'\r' => "'\\r'".to_owned(),
        0..0x20 => format!("'\\x{byte:02x}'"),
        0x7f..=0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}
