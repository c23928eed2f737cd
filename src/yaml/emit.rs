//! Values to YAML, byte for byte as Helm's `toYaml`: sigs.k8s.io/yaml sends a value through JSON, reads that as YAML and
//! writes it with go-yaml v2's emitter, lines folded at 80. Carries the origins of keys and scalars.

use std::sync::Arc;

use super::json::{quote, requoted_width};
use super::number::{format_float, format_json, parse_int, parse_uint};
use super::order::sort_keys;
use super::reader::first_refused;
use super::scanner::{DEEPEST, Scanner};
use super::style::{Dialect, Style, analyze, break_len, escape, is_printable, is_word, style, width};
use super::token::Content;
use super::value::Value;
use crate::source::{Origins, Text, TextBuilder, beyond, is_stray};

/// Past this column a space may become a line break in the standard dialect.
const WIDTH: usize = 80;
/// The longest key, in bytes, that is written without `?`.
const LONGEST_SIMPLE_KEY: usize = 128;

/// `yaml.Marshal` of sigs.k8s.io/yaml v1.3; ends with a newline, which Helm's `toYaml` takes away.
///
/// # Errors
/// What Go says about values that JSON or YAML cannot hold (NaN, control characters); Helm's `toYaml` then prints nothing.
pub fn emit(value: &Value) -> Result<Text, String> {
    write(value, Dialect::Standard)
}

/// What Helm's `toYamlPretty` (3.17 and later) prints, with a newline at the end: go-yaml v3 by itself, sequences indented by
/// two, nothing folded, floats with exponents from 1e+06 on.
///
/// # Errors
/// When the value nests too deep.
pub fn emit_pretty(value: &Value) -> Result<Text, String> {
    write(value, Dialect::Pretty)
}

fn write(value: &Value, dialect: Dialect) -> Result<Text, String> {
    let mut emitter = Emitter {
        out: TextBuilder::new(),
        dialect,
        column: 0,
        indent: -1,
        whitespace: true,
        indention: true,
        depth: 0,
    };
    emitter.node(value, Context::Root)?;
    emitter.indent = 0;
    emitter.write_indent();
    Ok(emitter.out.finish())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Root,
    Item,
    SimpleKey,
    Key,
    Value,
}

struct Emitter {
    out: TextBuilder,
    dialect: Dialect,
    /// In characters.
    column: usize,
    /// -1 outside of everything.
    indent: isize,
    /// Whether a blank or nothing was written last.
    whitespace: bool,
    /// Whether the line so far is indentation and `-`, `?`, `:` only.
    indention: bool,
    depth: usize,
}

impl Emitter {
    fn node(&mut self, value: &Value, context: Context) -> Result<(), String> {
        if self.depth > DEEPEST {
            return Err(beyond(format_args!("error converting JSON to YAML: yaml: exceeded max depth of {DEEPEST}")));
        }
        self.depth += 1;
        let result = match value {
            Value::Null(origins) => self.plain("null", origins),
            Value::Bool(value, origins) => self.plain(if *value { "true" } else { "false" }, origins),
            Value::Int(value, origins) => self.plain(&value.to_string(), origins),
            Value::Float(value, origins) => self.plain(&self.number(*value)?, origins),
            Value::String(text) => self.string(&self.readable(text)?, context),
            Value::List(items) if items.is_empty() => self.plain("[]", &None),
            Value::Map(map) if map.is_empty() => self.plain("{}", &None),
            Value::List(items) => self.sequence(items, context),
            Value::Map(map) => self.mapping(map),
        };
        self.depth -= 1;
        result
    }

    fn sequence(&mut self, items: &[Value], context: Context) -> Result<(), String> {
        let outer = self.indent;
        let indentless = self.dialect == Dialect::Standard && context == Context::Value && !self.indention;
        self.increase_indent(false, indentless);
        for item in items {
            self.write_indent();
            self.indicator("-", true, false, true);
            self.node(item, Context::Item)?;
        }
        self.indent = outer;
        Ok(())
    }

    fn mapping(&mut self, map: &super::value::Map) -> Result<(), String> {
        let outer = self.indent;
        self.increase_indent(false, false);
        let mut entries = Vec::with_capacity(map.len());
        for (key, value) in map {
            // In between, the key stands in JSON that is read as YAML: on one line, within 1024 characters.
            if self.dialect == Dialect::Standard && (requoted_width(key) > 1024 || key.contains('\u{85}')) {
                return Err("error converting JSON to YAML: yaml: did not find expected ',' or '}'".to_owned());
            }
            entries.push((self.readable(key)?, value));
        }
        sort_keys(&mut entries, self.dialect);
        for (key, value) in entries {
            self.write_indent();
            if !analyze(&key, self.dialect).multiline && key.len() <= LONGEST_SIMPLE_KEY {
                self.string(&key, Context::SimpleKey)?;
                self.indicator(":", false, false, false);
            } else {
                self.indicator("?", true, false, true);
                self.string(&key, Context::Key)?;
                self.write_indent();
                self.indicator(":", true, false, true);
            }
            self.node(value, Context::Value)?;
        }
        self.indent = outer;
        Ok(())
    }

    fn string(&mut self, text: &Text, context: Context) -> Result<(), String> {
        let analysis = analyze(text, self.dialect);
        let style = style(text, &analysis, context == Context::SimpleKey);
        let outer = self.indent;
        self.increase_indent(true, false);
        let fold = self.dialect == Dialect::Standard && context != Context::SimpleKey;
        match style {
            Style::Plain => self.write_plain(text, fold),
            Style::Single => self.write_single(text, fold),
            Style::Double => self.write_double(text, fold),
            Style::Literal => self.write_literal(text),
        }
        self.indent = outer;
        Ok(())
    }

    fn plain(&mut self, text: &str, origins: &Origins) -> Result<(), String> {
        if !self.whitespace {
            self.put(" ");
        }
        self.out.push_computed(text, origins);
        self.column += text.len();
        self.whitespace = false;
        self.indention = false;
        Ok(())
    }

    fn increase_indent(&mut self, flow: bool, indentless: bool) {
        if self.indent < 0 {
            self.indent = if flow { 2 } else { 0 };
        } else if !indentless {
            self.indent += 2;
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn put_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn write_indent(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        while self.column < indent {
            self.out.push(' ');
            self.column += 1;
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, blank_before: bool, whitespace: bool, indention: bool) {
        if blank_before && !self.whitespace {
            self.put(" ");
        }
        self.put(text);
        self.whitespace = whitespace;
        self.indention = self.indention && indention;
    }

    /// Writes letters `from..to` as they are.
    fn copy(&mut self, text: &Text, from: usize, to: usize) {
        if from < to {
            self.out.push_slice(text, from..to);
            self.column += text[from..to].chars().count();
        }
    }

    /// Writes the line break at `at` as it is.
    fn copy_break(&mut self, text: &Text, at: usize, len: usize) {
        self.out.push_slice(text, at..at + len);
        self.column = 0;
    }

    fn write_plain(&mut self, text: &Text, fold: bool) {
        if !self.whitespace {
            self.put(" ");
        }
        self.write_folded(text, fold, None);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_single(&mut self, text: &Text, fold: bool) {
        self.indicator("'", true, false, false);
        self.write_folded(text, fold, Some(b'\''));
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// The letters of a plain or single-quoted scalar, folded at single spaces past the width.
    fn write_folded(&mut self, text: &Text, fold: bool, quote: Option<u8>) {
        if is_word(text) {
            self.copy(text, 0, text.len());
            self.indention = false;
            return;
        }
        let bytes = text.as_bytes();
        let is_space = |at: usize| bytes.get(at) == Some(&b' ');
        let (mut from, mut at) = (0, 0);
        let (mut spaces, mut breaks) = (false, false);
        // The column of `at`: letters since `from` are counted but not written yet.
        let mut column = self.column;
        while at < bytes.len() {
            let break_len = break_len(bytes, at);
            if is_space(at) {
                let inside = quote.is_none() || (at > 0 && at < bytes.len() - 1);
                if fold && !spaces && column > WIDTH && inside && !is_space(at + 1) {
                    self.copy(text, from, at);
                    self.write_indent();
                    from = at + 1;
                    column = self.column;
                } else {
                    column += 1;
                }
                at += 1;
                spaces = true;
            } else if break_len > 0 {
                self.copy(text, from, at);
                if !breaks && bytes[at] == b'\n' {
                    self.put_break();
                }
                self.copy_break(text, at, break_len);
                at += break_len;
                from = at;
                column = 0;
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.write_indent();
                    column = self.column;
                }
                if Some(bytes[at]) == quote {
                    self.copy(text, from, at);
                    self.put("'");
                    from = at;
                    column += 1;
                }
                at += width(bytes[at]);
                column += 1;
                self.indention = false;
                spaces = false;
                breaks = false;
            }
        }
        self.copy(text, from, bytes.len());
    }

    fn write_double(&mut self, text: &Text, fold: bool) {
        self.indicator("\"", true, false, false);
        let bytes = text.as_bytes();
        // go-yaml escapes everything in a string that starts with a byte order mark.
        let marked = text.starts_with('\u{feff}');
        let mut from = 0;
        let mut column = self.column;
        let mut spaces = false;
        for (at, character) in text.char_indices() {
            if marked || !is_printable(character) || matches!(character, '"' | '\\') || break_len(bytes, at) > 0 {
                self.copy(text, from, at);
                let origins = text.origins_of(at..at + character.len_utf8());
                let escaped = escape(character);
                self.out.push_computed(&escaped, &origins);
                self.column += escaped.len();
                column += escaped.len();
                from = at + character.len_utf8();
                spaces = false;
            } else if character == ' ' {
                if fold && !spaces && column > WIDTH && at > 0 && at < bytes.len() - 1 {
                    self.copy(text, from, at);
                    self.write_indent();
                    if bytes[at + 1] == b' ' {
                        self.put("\\");
                    }
                    from = at + 1;
                    column = self.column;
                } else {
                    column += 1;
                }
                spaces = true;
            } else {
                column += 1;
                spaces = false;
            }
        }
        self.copy(text, from, bytes.len());
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_literal(&mut self, text: &Text) {
        self.indicator("|", true, false, false);
        let bytes = text.as_bytes();
        if bytes.first() == Some(&b' ') || break_len(bytes, 0) > 0 {
            self.indicator("2", false, false, false);
        }
        let is_break = |character: char| matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let mut ends = text.chars().rev();
        let chomp = match (ends.next().is_some_and(is_break), ends.next()) {
            (false, _) => "-",
            (true, None) => "+",
            (true, Some(before)) if is_break(before) => "+",
            _ => "",
        };
        self.put(chomp);
        self.put_break();
        self.indention = true;
        self.whitespace = true;
        let (mut from, mut at) = (0, 0);
        let mut breaks = true;
        while at < bytes.len() {
            let len = break_len(bytes, at);
            if len > 0 {
                self.copy(text, from, at);
                self.copy_break(text, at, len);
                at += len;
                from = at;
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.write_indent();
                }
                at += width(bytes[at]);
                self.indention = false;
                breaks = false;
            }
        }
        self.copy(text, from, bytes.len());
    }

    /// A number as it comes out of JSON and YAML: whole ones without an exponent as far as integers reach.
    fn number(&self, value: f64) -> Result<String, String> {
        if self.dialect == Dialect::Pretty {
            return Ok(format_float(value));
        }
        if !value.is_finite() {
            let name = if value.is_nan() {
                "NaN"
            } else if value > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(format!("error marshaling into JSON: json: unsupported value: {name}"));
        }
        let json = format_json(value);
        if let Some(value) = parse_int(&json) {
            return Ok(value.to_string());
        }
        Ok(if parse_uint(&json).is_some() { json } else { format_float(value) })
    }

    /// A string as it comes back from JSON read as YAML: stray bytes are replaced, U+0085 folds like a line break, control
    /// characters past ASCII's first are refused.
    fn readable(&self, text: &Text) -> Result<Text, String> {
        // All these characters start with one of these bytes.
        if !text.bytes().any(|byte| matches!(byte, 0x7F | 0xC2 | 0xEF | 0xF4)) {
            return Ok(text.clone());
        }
        if self.dialect == Dialect::Pretty {
            return Ok(text.derive(text.replace(is_stray, "\u{fffd}")));
        }
        let json = quote(text, true);
        let failed = |message: &str| format!("error converting JSON to YAML: {message}");
        if first_refused(&json).is_some() {
            return Err(failed("yaml: control characters are not allowed"));
        }
        let mut scanner = Scanner::new(&json);
        match scanner.scan_quoted(false).map_err(|error| failed(&error.message))? {
            Content::Exact(range) => Ok(text.derive(Arc::<str>::from(&json[range.range()]))),
            Content::Cooked(cooked) => Ok(text.derive(cooked.value)),
        }
    }
}
