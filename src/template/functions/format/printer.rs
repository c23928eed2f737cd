//! Prints one operand under one verb, as Go's `fmt` does: flags, width, precision, and complaints about verbs that do not fit.

use std::rc::Rc;

use super::quote::{can_backquote, is_printable, push_quoted};
use super::{float, named};
use crate::source::{Origins, Text, TextBuilder, to_bytes};
use crate::template::Value;
use crate::template::functions::types::{DEEPEST, type_name};
use crate::template::value::{IntKind, List, Map, Object};

/// No operand prints more than this many bytes; values that share members can unfold without end.
const LONGEST: usize = 16 << 20;

/// Where a pointer points to: another place in every run of Helm, the same in ours.
const ADDRESS: i64 = 0xC0_0001_0000;

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub width: Option<usize>,
    pub precision: Option<usize>,
    pub minus: bool,
    pub plus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%#v`
    pub syntax: bool,
    /// `%+v`: the names of fields.
    pub names: bool,
}

/// The text so far and the state of the directive that is being printed.
pub(super) struct Printer {
    pub out: TextBuilder,
    pub flags: Flags,
    /// Inside a complaint: methods are not called.
    complaining: bool,
    /// The maps that are being printed, outermost first.
    open: Vec<*const Map>,
    depth: usize,
    endless: bool,
}

impl Printer {
    pub(super) fn new() -> Self {
        let flags = Flags::default();
        Self { out: TextBuilder::new(), flags, complaining: false, open: Vec::new(), depth: 0, endless: false }
    }

    /// The text, and whether it is whole: false when a value contained itself and was cut short.
    pub(super) fn finish(self) -> (Text, bool) {
        (self.out.finish(), !self.endless)
    }

    /// Prints an operand. `%T` and `%p` are known for operands only, not for their members.
    pub(super) fn argument(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'v' | 'T') => self.pad("<nil>", &None),
            (Value::Nil, _) => self.complain(value, verb),
            // What is for errors alone is refused before members are looked at, but those of bytes.
            (_, 'w') if !matches!(value, Value::Bytes(_)) => self.complain(value, verb),
            (_, 'T') => self.pad_text(&self.cut(&Text::new(type_name(value)))),
            (_, 'p') => self.pointer(value),
            _ => self.value(value, verb),
        }
    }

    /// Prints what an action does: what a pointer points to, by the methods of the pointer.
    pub(super) fn printable(&mut self, value: &Value) {
        match value {
            Value::Nil => self.out.push_str("<no value>"),
            Value::Object(object) => match object.string_by_address() {
                Some(text) => self.out.push_text(&text),
                None => self.pointed(value),
            },
            _ => self.value(value, 'v'),
        }
    }

    /// Prints what a pointer points to; everything else as it is.
    pub(super) fn pointed(&mut self, value: &Value) {
        match value {
            Value::Nil => self.out.push_str("<nil>"),
            Value::Object(object) if object.kind() == "ptr" && object.string().is_none() => {
                self.structure(&**object, &object.members().unwrap_or_default(), 'v');
            }
            _ => self.value(value, 'v'),
        }
    }

    fn value(&mut self, value: &Value, verb: char) {
        match value {
            Value::Nil if self.flags.syntax => self.out.push_str("interface {}(nil)"),
            Value::Nil => self.out.push_str("<nil>"),
            Value::Bool(truth, origins) => match verb {
                't' | 'v' => self.pad(if *truth { "true" } else { "false" }, origins),
                _ => self.complain(value, verb),
            },
            Value::Int(number, kind, origins) => self.integer_of(value, *number, *kind, verb, origins),
            Value::Float(number, origins) => self.float(value, *number, verb, origins),
            Value::String(text) => self.string(value, text, verb),
            Value::Bytes(text) => self.bytes(text, verb),
            Value::List(list) => self.list(type_name(value), list, verb),
            Value::Map(map) => self.map(type_name(value), map, verb),
            Value::Object(object) => self.object(value, &**object, verb),
        }
    }

    /// `%!d(string=hi)`: the verb does not fit the value.
    fn complain(&mut self, value: &Value, verb: char) {
        let outer = std::mem::replace(&mut self.complaining, true);
        self.out.push_str("%!");
        self.out.push(verb);
        self.out.push('(');
        if matches!(value, Value::Nil) {
            self.out.push_str("<nil>");
        } else {
            self.out.push_str(type_name(value));
            self.out.push('=');
            self.value(value, 'v');
        }
        self.out.push(')');
        self.complaining = outer;
    }

    /// Addresses differ from run to run in Go; here each is the same.
    fn pointer(&mut self, value: &Value) {
        let referenced = match value {
            Value::List(_) | Value::Map(_) | Value::Bytes(_) => true,
            Value::Object(object) => matches!(object.kind(), "ptr" | "map" | "slice"),
            _ => false,
        };
        if !referenced {
            return self.complain(value, 'p');
        }
        self.hexadecimal_address();
    }

    fn hexadecimal_address(&mut self) {
        self.flags.sharp = !self.flags.sharp;
        self.integer(ADDRESS.unsigned_abs(), false, 16, 'v', &None);
        self.flags.sharp = !self.flags.sharp;
    }

    fn padding(&mut self, count: usize) {
        let filler = if self.flags.zero { "0" } else { " " };
        self.out.push_str(&filler.repeat(count));
    }

    /// Surrounds what `push` adds, `length` characters, with padding up to the width.
    fn padded(&mut self, length: usize, push: impl FnOnce(&mut TextBuilder)) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(length);
        if missing == 0 {
            push(&mut self.out);
        } else if self.flags.minus {
            push(&mut self.out);
            self.padding(missing);
        } else {
            self.padding(missing);
            push(&mut self.out);
        }
    }

    fn pad(&mut self, text: &str, origins: &Origins) {
        let length = if self.flags.width.is_some() { text.chars().count() } else { 0 };
        self.padded(length, |out| out.push_computed(text, origins));
    }

    fn pad_text(&mut self, text: &Text) {
        let length = if self.flags.width.is_some() { text.chars().count() } else { 0 };
        self.padded(length, |out| out.push_text(text));
    }

    /// The first characters of `text`, as many as the precision allows.
    fn cut(&self, text: &Text) -> Text {
        match self.flags.precision.and_then(|count| text.char_indices().nth(count)) {
            Some((end, _)) => text.slice(0..end),
            None => text.clone(),
        }
    }

    fn string(&mut self, value: &Value, text: &Text, verb: char) {
        match verb {
            'v' if self.flags.syntax => self.quoted(text),
            'v' | 's' if self.flags.precision.is_none() => self.pad_text(text),
            'v' | 's' => self.pad_text(&self.cut(text)),
            'x' | 'X' => self.hexadecimal(text, verb),
            'q' => self.quoted(text),
            _ => self.complain(value, verb),
        }
    }

    fn quoted(&mut self, text: &Text) {
        let text = self.cut(text);
        let mut literal = TextBuilder::new();
        if self.flags.sharp && can_backquote(&text) {
            literal.push('`');
            literal.push_text(&text);
            literal.push('`');
        } else {
            push_quoted(&mut literal, &text, '"', self.flags.plus);
        }
        self.pad_text(&literal.finish());
    }

    /// The bytes of a string, two digits each.
    fn hexadecimal(&mut self, text: &Text, verb: char) {
        let bytes = to_bytes(text);
        let count = self.flags.precision.unwrap_or(bytes.len()).min(bytes.len());
        let prefix = match (self.flags.sharp, verb) {
            (false, _) => "",
            (true, 'x') => "0x",
            (true, _) => "0X",
        };
        let mut digits = String::with_capacity(count * 2 + prefix.len());
        for (index, byte) in bytes[..count].iter().enumerate() {
            if index > 0 && self.flags.space {
                digits.push(' ');
            }
            if index == 0 || self.flags.space {
                digits.push_str(prefix);
            }
            let two = if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") };
            digits.push_str(&two);
        }
        self.pad(&digits, &text.origins());
    }

    fn integer_of(&mut self, value: &Value, number: i64, kind: IntKind, verb: char, origins: &Origins) {
        let by_method = !self.complaining && !self.flags.syntax && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q');
        if let Some(name) = by_method.then(|| named::name(number, kind)).flatten() {
            return self.string(value, &Text::computed(name, origins.clone()), verb);
        }
        let unsigned = matches!(kind, IntKind::Uint8 | IntKind::Uint32 | IntKind::Uint64);
        let negative = !unsigned && number < 0;
        let size = if unsigned { number.cast_unsigned() } else { number.unsigned_abs() };
        match verb {
            'v' if self.flags.syntax && unsigned => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.integer(size, false, 16, verb, origins);
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.integer(size, negative, 10, verb, origins),
            'b' => self.integer(size, negative, 2, verb, origins),
            'o' | 'O' => self.integer(size, negative, 8, verb, origins),
            'x' | 'X' => self.integer(size, negative, 16, verb, origins),
            'c' => self.pad(character(number).encode_utf8(&mut [0; 4]), origins),
            'q' => {
                let text = Text::computed(character(number).to_string(), origins.clone());
                let mut literal = TextBuilder::new();
                push_quoted(&mut literal, &text, '\'', self.flags.plus);
                self.pad_text(&literal.finish());
            }
            'U' => self.code_point(number.cast_unsigned(), origins),
            _ => self.complain(value, verb),
        }
    }

    fn integer(&mut self, size: u64, negative: bool, base: u32, verb: char, origins: &Origins) {
        let mut text = String::new();
        let sign = match (negative, self.flags.plus, self.flags.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (.., true) => " ",
            _ => "",
        };
        let digits = match (base, verb) {
            (2, _) => format!("{size:b}"),
            (8, _) => format!("{size:o}"),
            (16, 'X') => format!("{size:X}"),
            (16, _) => format!("{size:x}"),
            _ => size.to_string(),
        };
        let wanted = match (self.flags.precision, self.flags.width) {
            // Nothing at all, but the padding.
            (Some(0), _) if size == 0 => {
                let zero = std::mem::take(&mut self.flags.zero);
                self.padding(self.flags.width.unwrap_or(0));
                self.flags.zero = zero;
                return;
            }
            (Some(precision), _) => precision,
            (None, Some(width)) if self.flags.zero => width.saturating_sub(sign.len()),
            _ => 0,
        };
        text.extend(std::iter::repeat_n('0', wanted.saturating_sub(digits.len())));
        text.push_str(&digits);
        let prefix = match (base, verb) {
            (8, 'O') => "0o",
            (2, _) if self.flags.sharp => "0b",
            (8, _) if self.flags.sharp && !text.starts_with('0') => "0",
            (16, 'X') if self.flags.sharp => "0X",
            (16, _) if self.flags.sharp => "0x",
            _ => "",
        };
        // The zeros were counted as digits; a prefix and `%O` come on top of them.
        let prefix = if verb == 'O' && self.flags.sharp && !text.starts_with('0') { "0o0" } else { prefix };
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(&format!("{sign}{prefix}{text}"), origins);
        self.flags.zero = zero;
    }

    fn code_point(&mut self, code: u64, origins: &Origins) {
        let precision = self.flags.precision.unwrap_or(4).max(4);
        let mut text = format!("U+{code:0precision$X}");
        let shown = u32::try_from(code).ok().and_then(char::from_u32).filter(|shown| is_printable(*shown));
        if let (true, Some(shown)) = (self.flags.sharp, shown) {
            text.push_str(&format!(" '{shown}'"));
        }
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(&text, origins);
        self.flags.zero = zero;
    }

    fn float(&mut self, value: &Value, number: f64, verb: char, origins: &Origins) {
        let (form, default) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'F' => ('f', Some(6)),
            'e' | 'E' => (verb, Some(6)),
            _ => return self.complain(value, verb),
        };
        let precision = self.flags.precision.or(default);
        let mut text = float::format(number, form, precision);
        if !text.starts_with(['+', '-']) {
            text.insert(0, '+');
        }
        if self.flags.space && !self.flags.plus && text.starts_with('+') {
            text.replace_range(..1, " ");
        }
        if !number.is_finite() {
            let bare = number.is_nan() && !self.flags.space && !self.flags.plus;
            let zero = std::mem::take(&mut self.flags.zero);
            self.pad(if bare { &text[1..] } else { &text }, origins);
            self.flags.zero = zero;
            return;
        }
        if self.flags.sharp && form != 'b' {
            text = with_point(&text, form, precision);
        }
        if !self.flags.plus && text.starts_with('+') {
            return self.pad(&text[1..], origins);
        }
        // Zeros go between the sign and the digits.
        match self.flags.width {
            Some(width) if self.flags.zero && !self.flags.minus && width > text.len() => {
                let zeros = "0".repeat(width - text.len());
                self.out.push_computed(&format!("{}{zeros}{}", &text[..1], &text[1..]), origins);
            }
            _ => self.pad(&text, origins),
        }
    }

    fn bytes(&mut self, text: &Text, verb: char) {
        match verb {
            's' => self.pad_text(&self.cut(text)),
            'x' | 'X' => self.hexadecimal(text, verb),
            'q' => self.quoted(text),
            'v' | 'd' if self.flags.syntax => {
                let bytes: Vec<String> = to_bytes(text).iter().map(|byte| format!("{byte:#x}")).collect();
                let name = if self.depth > 0 { "[]uint8" } else { "[]byte" };
                self.out.push_computed(&format!("{name}{{{}}}", bytes.join(", ")), &text.origins());
            }
            // One stretch, for files may be large: a number each would take many times their size.
            'v' | 'd' if self.flags == Flags::default() => {
                let bytes: Vec<String> = to_bytes(text).iter().map(u8::to_string).collect();
                self.out.push_computed(&format!("[{}]", bytes.join(" ")), &text.origins());
            }
            _ => {
                let origins = text.origins();
                self.out.push('[');
                for (index, byte) in to_bytes(text).iter().enumerate() {
                    if index > 0 {
                        self.out.push(' ');
                    }
                    let byte = Value::Int(i64::from(*byte), IntKind::Uint8, origins.clone());
                    self.value(&byte, verb);
                }
                self.out.push(']');
            }
        }
    }

    /// Starts a collection; false when it must not be entered.
    fn enter(&mut self) -> bool {
        if self.depth >= DEEPEST || self.out.len() > LONGEST {
            self.endless = true;
            self.out.push_str("...");
            return false;
        }
        self.depth += 1;
        true
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push_str(if self.flags.syntax { ", " } else { " " });
        }
    }

    fn list(&mut self, name: &str, list: &List, verb: char) {
        if !self.enter() {
            return;
        }
        if self.flags.syntax {
            self.out.push_str(name);
        }
        if self.flags.syntax && list.is_nil {
            self.out.push_str("(nil)");
        } else {
            self.out.push(if self.flags.syntax { '{' } else { '[' });
            for (index, item) in list.items.iter().enumerate() {
                self.separate(index);
                self.value(item, verb);
            }
            self.out.push(if self.flags.syntax { '}' } else { ']' });
        }
        self.depth -= 1;
    }

    fn map(&mut self, name: &str, map: &Rc<Map>, verb: char) {
        if self.open.contains(&Rc::as_ptr(map)) {
            self.endless = true;
            return self.out.push_str("...");
        }
        if !self.enter() {
            return;
        }
        if self.flags.syntax && map.is_nil {
            self.out.push_str(name);
            self.out.push_str("(nil)");
            self.depth -= 1;
            return;
        }
        self.open.push(Rc::as_ptr(map));
        self.entries(if self.flags.syntax { name } else { "map" }, map, verb);
        self.open.pop();
        self.depth -= 1;
    }

    fn entries(&mut self, name: &str, map: &Map, verb: char) {
        self.out.push_str(name);
        self.out.push(if self.flags.syntax { '{' } else { '[' });
        for (index, (key, member)) in map.entries.borrow().iter().enumerate() {
            self.separate(index);
            self.value(&Value::String(key.clone()), verb);
            self.out.push(':');
            self.value(member, verb);
        }
        self.out.push(if self.flags.syntax { '}' } else { ']' });
    }

    /// What has a `String` method prints by it, unless Go's syntax is wanted; the rest as what it is.
    fn object(&mut self, value: &Value, object: &dyn Object, verb: char) {
        let is_text = matches!(verb, 'v' | 's' | 'x' | 'X' | 'q');
        if is_text
            && !self.flags.syntax
            && !self.complaining
            && let Some(text) = object.string()
        {
            return self.string(value, &text, verb);
        }
        if self.depth > 0 && object.kind() == "ptr" {
            return self.address(value, verb);
        }
        if let Some(members) = object.members() {
            self.out.push_str(if object.kind() == "ptr" { "&" } else { "" });
            return self.structure(object, &members, verb);
        }
        match (object.data(), object.kind()) {
            (Value::Map(map), "map") => self.map(object.type_name(), &map, verb),
            (Value::List(list), "slice") => self.list(object.type_name(), &list, verb),
            // The fields of a time nobody sees.
            _ if is_text => {
                self.string(value, &object.string().unwrap_or_default(), if verb == 'v' { 's' } else { verb })
            }
            _ => self.complain(value, verb),
        }
    }

    /// A pointer within a value; complaints show what it points to.
    fn address(&mut self, value: &Value, verb: char) {
        match verb {
            'v' if self.flags.syntax => self.out.push_str(&format!("({})({ADDRESS:#x})", type_name(value))),
            'v' => self.hexadecimal_address(),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer_of(value, ADDRESS, IntKind::Uint64, verb, &None),
            _ => {
                let depth = std::mem::take(&mut self.depth);
                self.complain(value, verb);
                self.depth = depth;
            }
        }
    }

    fn structure(&mut self, object: &dyn Object, members: &[(&'static str, Value)], verb: char) {
        if !self.enter() {
            return;
        }
        if self.flags.syntax {
            self.out.push_str(object.type_name().trim_start_matches('*'));
        }
        self.out.push('{');
        for (index, (name, member)) in members.iter().enumerate() {
            self.separate(index);
            if self.flags.syntax || self.flags.names {
                self.out.push_str(name);
                self.out.push(':');
            }
            self.value(member, verb);
        }
        self.out.push('}');
        self.depth -= 1;
    }
}

/// The character of a code point; what is none is U+FFFD.
fn character(code: i64) -> char {
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// `%#g` and the like: always a decimal point, and the trailing zeros that `%g` drops. `text` starts with its sign.
fn with_point(text: &str, form: char, precision: Option<usize>) -> String {
    let exponent = if matches!(form, 'x' | 'X') { ['p', 'P'] } else { ['e', 'E'] };
    let (number, tail) = text.split_at(text.find(exponent).unwrap_or(text.len()));
    let mut number = number.to_owned();
    let wanted = if matches!(form, 'g' | 'G' | 'x') { precision.unwrap_or(6) } else { 0 };
    let digits =
        number[1..].chars().filter(|character| *character != '.').skip_while(|character| *character == '0').count();
    let mut missing = wanted.saturating_sub(digits);
    if !number.contains('.') {
        if number.len() == 2 && number.ends_with('0') {
            missing = missing.saturating_sub(1);
        }
        number.push('.');
    }
    number.extend(std::iter::repeat_n('0', missing));
    number + tail
}
