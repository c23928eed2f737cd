//! Reads a format of `printf`: its literal stretches and directives (`%-8.3f`, `%[2]*d`), in the order that Go's `fmt` reads them.

use super::printer::{Flags, Printer};
use crate::source::Text;
use crate::template::Value;
use crate::template::functions::types::type_name;
use crate::template::value::IntKind;

/// Go refuses larger widths, precisions and argument numbers.
const LARGEST: usize = 1_000_000;

/// The format and how far it and the operands were read.
struct Reader<'a> {
    format: &'a str,
    at: usize,
    operands: &'a [Value],
    next: usize,
    /// An argument number stood somewhere; extra operands are then no mistake.
    reordered: bool,
    /// The argument numbers of this directive are good.
    good: bool,
}

/// Prints `operands` as `format` says.
pub(super) fn run(printer: &mut Printer, format: &Text, operands: &[Value]) {
    let mut reader = Reader { format, at: 0, operands, next: 0, reordered: false, good: true };
    while let Some(found) = reader.format[reader.at..].find('%') {
        printer.out.push_slice(format, reader.at..reader.at + found);
        reader.at += found + 1;
        let Some(verb) = reader.directive(printer) else {
            printer.out.push_str("%!(NOVERB)");
            break;
        };
        match (verb, reader.operands.get(reader.next)) {
            ('%', _) => printer.out.push_slice(format, reader.at - 1..reader.at),
            _ if !reader.good => mistake(printer, verb, "(BADINDEX)"),
            (_, None) => mistake(printer, verb, "(MISSING)"),
            (_, Some(operand)) => {
                if verb == 'v' {
                    printer.flags.syntax = std::mem::take(&mut printer.flags.sharp);
                    printer.flags.names = std::mem::take(&mut printer.flags.plus);
                }
                printer.argument(operand, verb);
                reader.next += 1;
            }
        }
    }
    if reader.at < format.len() {
        printer.out.push_slice(format, reader.at..format.len());
    }
    if !reader.reordered {
        extra(printer, operands.get(reader.next..).unwrap_or_default());
    }
}

fn mistake(printer: &mut Printer, verb: char, what: &str) {
    printer.out.push_str("%!");
    printer.out.push(verb);
    printer.out.push_str(what);
}

fn extra(printer: &mut Printer, operands: &[Value]) {
    if operands.is_empty() {
        return;
    }
    printer.flags = Flags::default();
    printer.out.push_str("%!(EXTRA ");
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            printer.out.push_str(", ");
        }
        if !matches!(operand, Value::Nil) {
            printer.out.push_str(type_name(operand));
            printer.out.push('=');
        }
        printer.argument(operand, 'v');
    }
    printer.out.push(')');
}

impl Reader<'_> {
    /// Reads flags, width, precision and argument numbers; gives the verb, none at the end of the format.
    fn directive(&mut self, printer: &mut Printer) -> Option<char> {
        self.good = true;
        printer.flags = self.flags();
        let mut numbered = self.argument_number();
        if self.take(b'*') {
            numbered = false;
            match self.operand_number() {
                Some(width) => {
                    printer.flags.width = Some(width.unsigned_abs());
                    if width < 0 {
                        printer.flags.minus = true;
                        printer.flags.zero = false;
                    }
                }
                None => printer.out.push_str("%!(BADWIDTH)"),
            }
        } else {
            printer.flags.width = self.number();
            self.good &= !(numbered && printer.flags.width.is_some());
        }
        // A point at the very end is no precision but the verb.
        if self.at + 1 < self.format.len() && self.take(b'.') {
            self.good &= !numbered;
            numbered = self.argument_number();
            if self.take(b'*') {
                numbered = false;
                printer.flags.precision = self.operand_number().and_then(|precision| usize::try_from(precision).ok());
                if printer.flags.precision.is_none() {
                    printer.out.push_str("%!(BADPREC)");
                }
            } else {
                printer.flags.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !numbered {
            self.argument_number();
        }
        let verb = self.format[self.at..].chars().next()?;
        self.at += verb.len_utf8();
        Some(verb)
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                Some(b'#') => flags.sharp = true,
                // Zeros are for the left side only.
                Some(b'0') => flags.zero = !flags.minus,
                Some(b'+') => flags.plus = true,
                Some(b'-') => {
                    flags.minus = true;
                    flags.zero = false;
                }
                Some(b' ') => flags.space = true,
                _ => return flags,
            }
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.format.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A number in the format; one that is too large swallows the rest of the format, as in Go.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let so_far = number.unwrap_or(0);
            if so_far > LARGEST {
                self.at = self.format.len();
                return None;
            }
            number = Some(so_far * 10 + usize::from(digit - b'0'));
            self.at += 1;
        }
        number
    }

    /// The operand that a `*` stands for, when it is an integer of a sensible size.
    fn operand_number(&mut self) -> Option<isize> {
        let operand = self.operands.get(self.next)?;
        self.next += 1;
        let Value::Int(number, kind, _) = operand else { return None };
        if *kind == IntKind::Uint64 && *number < 0 {
            return None;
        }
        isize::try_from(*number).ok().filter(|number| number.unsigned_abs() <= LARGEST)
    }

    /// `[3]`: the next operand is the third. Tells whether a number stood there.
    fn argument_number(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let Some(close) = rest.find(']') else {
            self.good = false;
            self.at += 1;
            return false;
        };
        self.at += close + 1;
        let digits = &rest[1..close];
        let plain = !digits.is_empty() && digits.len() < 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse::<usize>() {
            Ok(index) if plain => {
                if (1..=self.operands.len()).contains(&index) {
                    self.next = index - 1;
                } else {
                    self.good = false;
                }
                true
            }
            _ => {
                self.good = false;
                false
            }
        }
    }
}
