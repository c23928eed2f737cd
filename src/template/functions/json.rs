//! Reads JSON as Go's `encoding/json` does into `interface {}`, with its messages. Values keep the places they were read from.

use std::collections::BTreeMap;

use crate::source::{Text, beyond, from_bytes, to_bytes};
use crate::template::Value;
use crate::template::quote::quote;

/// How deep arrays and objects may nest. Go allows 10,000; a template could not print or convert that.
const DEEPEST: usize = 400;

/// What was read of a text.
#[derive(Debug)]
pub(super) struct Read {
    /// The value; nil in place of numbers that Go cannot hold.
    pub(super) value: Value,
    /// Go's message for the first such number: it reads on and complains at the end.
    pub(super) overflow: Option<String>,
}

/// The value that `text` is.
///
/// # Errors
/// Go's message, for numbers beyond all bounds too.
pub(super) fn parse(text: &Text) -> Result<Value, String> {
    let read = read(text)?;
    read.overflow.map_or(Ok(read.value), Err)
}

/// The value that `text` is.
///
/// # Errors
/// Go's message.
pub(super) fn read(text: &Text) -> Result<Read, String> {
    let bytes = to_bytes(text);
    // Offsets into the text are offsets into the bytes, unless the text holds stray bytes: then origins are left out.
    let source = (bytes.len() == text.len()).then_some(text);
    let mut parser = Parser { bytes: &bytes, source, position: 0, depth: 0, overflow: None };
    let value = parser.value()?;
    parser.blanks();
    match parser.peek() {
        None => Ok(Read { value, overflow: parser.overflow }),
        Some(_) => Err(parser.unexpected("after top-level value")),
    }
}

struct Parser<'b> {
    bytes: &'b [u8],
    source: Option<&'b Text>,
    position: usize,
    depth: usize,
    overflow: Option<String>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.position += 1;
        }
    }

    /// Go's complaint about the next byte, or about the end.
    fn unexpected(&self, context: &str) -> String {
        let Some(byte) = self.peek() else {
            return "unexpected end of JSON input".to_owned();
        };
        let shown = match byte {
            b'\'' => "'\\''".to_owned(),
            b'"' => "'\"'".to_owned(),
            _ => {
                let quoted = quote(char::from(byte).encode_utf8(&mut [0; 4]));
                format!("'{}'", quoted.trim_start_matches('"').trim_end_matches('"'))
            }
        };
        format!("invalid character {shown} {context}")
    }

    /// The text from `start` to here, with its origins.
    fn read_since(&self, start: usize) -> Text {
        match self.source {
            Some(source) => source.slice(start..self.position),
            None => Text::new(&from_bytes(&self.bytes[start..self.position])),
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        self.blanks();
        let start = self.position;
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b't') => self.literal("true").map(|()| Value::Bool(true, self.read_since(start).origins())),
            Some(b'f') => self.literal("false").map(|()| Value::Bool(false, self.read_since(start).origins())),
            Some(b'n') => self.literal("null").map(|()| Value::Nil),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        if self.depth >= DEEPEST {
            return Err(beyond(format_args!("exceeded max depth of {DEEPEST}")));
        }
        self.depth += 1;
        self.position += 1;
        let value = inner(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, String> {
        let mut entries = BTreeMap::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.position += 1;
            return Ok(Value::map(entries));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.position += 1;
            let value = self.value()?;
            entries.insert(key, value);
            self.blanks();
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b'}') => break,
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
        self.position += 1;
        Ok(Value::map(entries))
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.position += 1;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b']') => break,
                _ => return Err(self.unexpected("after array element")),
            }
        }
        self.position += 1;
        Ok(Value::list(items))
    }

    fn literal(&mut self, word: &str) -> Result<(), String> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(&format!("in literal {word} (expecting '{}')", char::from(expected))));
            }
            self.position += 1;
        }
        Ok(())
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected(context));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.position += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.position;
        if self.peek() == Some(b'-') {
            self.position += 1;
        }
        if self.peek() == Some(b'0') {
            self.position += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.position += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.position += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.position += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.read_since(start);
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number, text.origins())),
            _ => {
                let message = || format!("json: cannot unmarshal number {text} into Go value of type float64");
                self.overflow.get_or_insert_with(message);
                Ok(Value::Nil)
            }
        }
    }

    /// A string; without escapes it keeps its place to the letter.
    fn string(&mut self) -> Result<Text, String> {
        self.position += 1;
        let start = self.position;
        let mut unescaped: Option<Vec<u8>> = None;
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.unexpected(""));
            };
            match byte {
                b'"' => break,
                b'\\' => {
                    let bytes = unescaped.get_or_insert_with(|| self.bytes[start..self.position].to_vec());
                    let mut bytes = std::mem::take(bytes);
                    self.escape(&mut bytes)?;
                    unescaped = Some(bytes);
                }
                ..=0x1f => return Err(self.unexpected("in string literal")),
                _ => {
                    if let Some(bytes) = &mut unescaped {
                        bytes.push(byte);
                    }
                    self.position += 1;
                }
            }
        }
        let written = self.read_since(start);
        self.position += 1;
        let bytes = match unescaped {
            None if std::str::from_utf8(&self.bytes[start..self.position]).is_ok() => return Ok(written),
            None => self.bytes[start..self.position - 1].to_vec(),
            Some(bytes) => bytes,
        };
        // Go replaces what is no UTF-8.
        Ok(written.derive(String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), String> {
        self.position += 1;
        let plain = match self.peek() {
            Some(b'"') => b'"',
            Some(b'\\') => b'\\',
            Some(b'/') => b'/',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let mut code = self.hexadecimal()?;
                if (0xd800..0xdc00).contains(&code) && self.bytes[self.position..].starts_with(b"\\u") {
                    // The second half of a pair; when it is none, both stand for the replacement character.
                    let back = self.position;
                    self.position += 1;
                    let low = self.hexadecimal()?;
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    } else {
                        self.position = back;
                    }
                }
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        bytes.push(plain);
        self.position += 1;
        Ok(())
    }

    /// Four digits; the `u` before them is next.
    fn hexadecimal(&mut self) -> Result<u32, String> {
        self.position += 1;
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            code = code * 16 + digit;
            self.position += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::functions::format;

    #[test]
    fn values_are_gos() {
        let cases = [
            (r#"{"b": [1, 2.5, -1e3], "a": {"x": null}, "t": true}"#, "map[a:map[x:<nil>] b:[1 2.5 -1000] t:true]"),
            (r#""a\n\u00e9\ud83d\ude80\/""#, "a\n\u{e9}\u{1f680}/"),
            (r#""\ud800x""#, "\u{fffd}x"),
            (" [ ] ", "[]"),
            (r#"{"a":1,"a":2}"#, "map[a:2]"),
        ];
        for (text, shown) in cases {
            assert_eq!(format::print(&parse(&text.into()).unwrap()), shown, "{text}");
        }
    }

    #[test]
    fn errors_are_gos() {
        let cases = [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            ("{a}", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("1 x", "invalid character 'x' after top-level value"),
            ("01", "invalid character '1' after top-level value"),
            ("-x", "invalid character 'x' in numeric literal"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("trux", "invalid character 'x' in literal true (expecting 'e')"),
            ("\"\\q\"", "invalid character 'q' in string escape code"),
            ("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"),
            ("\"a\nb\"", "invalid character '\\n' in string literal"),
            ("'", "invalid character '\\'' looking for beginning of value"),
            ("\u{e9}", "invalid character '\u{c3}' looking for beginning of value"),
            ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
        ];
        for (text, message) in cases {
            assert_eq!(parse(&text.into()).err().as_deref(), Some(message), "{text}");
        }
        assert!(parse(&"[".repeat(100_000).as_str().into()).is_err());
    }
}
