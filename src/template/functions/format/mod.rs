//! Go's `fmt` over template values: what an action prints, and `print`, `println` and `printf`. Every part of the result keeps
//! the origins of the operand, or of the stretch of the format, that it came from. Never fails but on endless values.

mod directive;
pub(crate) mod float;
mod named;
mod printer;
pub(crate) mod quote;

use super::Failure;
use crate::source::Text;
use crate::template::Value;
use printer::Printer;

/// What `{{ value }}` prints: Go's default form of what a pointer points to, `<no value>` for nil. A map that contains itself is
/// cut short where it does.
#[must_use]
pub fn print(value: &Value) -> Text {
    match value {
        Value::String(text) => text.clone(),
        _ => {
            let mut printer = Printer::new();
            printer.printable(value);
            printer.finish().0
        }
    }
}

/// What `%v` prints of what a pointer points to. Cut short as [`print()`] is.
#[must_use]
pub(crate) fn pointed_form(value: &Value) -> Text {
    let mut printer = Printer::new();
    printer.pointed(value);
    printer.finish().0
}

/// What `%v` prints; nil is `<nil>`. Cut short as [`print()`] is.
#[must_use]
pub(crate) fn default_form(value: &Value) -> Text {
    if let Value::String(text) = value {
        return text.clone();
    }
    let mut printer = Printer::new();
    printer.argument(value, 'v');
    printer.finish().0
}

/// `fmt.Sprint`: the default forms, with a space between two operands that are both no strings.
pub(crate) fn sprint(operands: &[Value]) -> Result<Text, Failure> {
    joined(operands, |operand| matches!(operand, Value::String(_)), |printer, operand| printer.argument(operand, 'v'))
}

/// As [`sprint()`] of what [`print()`] gives of each: text for nil, too.
pub(crate) fn sprint_printable(operands: &[Value]) -> Result<Text, Failure> {
    joined(operands, |operand| matches!(operand, Value::String(_) | Value::Nil), Printer::printable)
}

fn joined(operands: &[Value], is_string: fn(&Value) -> bool, print: fn(&mut Printer, &Value)) -> Result<Text, Failure> {
    let mut printer = Printer::new();
    let mut after_string = true;
    for operand in operands {
        let string = is_string(operand);
        if !string && !after_string {
            printer.out.push(' ');
        }
        print(&mut printer, operand);
        after_string = string;
    }
    ended(printer)
}

/// `fmt.Sprintln`: the default forms with spaces between them and a line end.
pub(crate) fn sprintln(operands: &[Value]) -> Result<Text, Failure> {
    let mut printer = Printer::new();
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            printer.out.push(' ');
        }
        printer.argument(operand, 'v');
    }
    printer.out.push('\n');
    ended(printer)
}

/// `fmt.Sprintf`: mistakes in the format show in the text, as `%!d(string=hi)`.
pub(crate) fn sprintf(format: &Text, operands: &[Value]) -> Result<Text, Failure> {
    let mut printer = Printer::new();
    directive::run(&mut printer, format, operands);
    ended(printer)
}

/// Go's process dies of such a value; Helm prints nothing.
fn ended(printer: Printer) -> Result<Text, Failure> {
    match printer.finish() {
        (text, true) => Ok(text),
        (_, false) => Err("stack overflow: the value contains itself".into()),
    }
}
