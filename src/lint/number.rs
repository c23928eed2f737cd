//! Numbers without quotes, and words that mean true or false, that become part of an image and that Helm prints otherwise than they are
//! written. Dates, times and `12:30` it prints as they are.

use std::ops::Range;

use crate::source::{Layer, Origin, Sources, Span, Text};
use crate::template::convert::from_yaml;
use crate::template::functions::format::print;
use crate::yaml::{self, Value};

/// One of them.
pub(crate) struct Number {
    /// Where it stands.
    pub span: Span,
    /// As it is written.
    pub written: String,
    /// As Helm prints it.
    pub printed: String,
    /// The kind of file that it stands in: values or `Chart.yaml`.
    pub layer: Layer,
    /// Its bytes within the image.
    range: Range<usize>,
}

/// The numbers within `image`, in order.
pub(crate) fn numbers(sources: &Sources, image: &Text) -> Vec<Number> {
    let mut found = Vec::new();
    for (range, origin) in image.parts() {
        let places = origin.iter().flat_map(Origin::places).collect::<Vec<_>>();
        let [(span, layer @ (Layer::Values | Layer::Chart), _)] = places.as_slice() else { continue };
        let printed = &image.as_str()[range.clone()];
        // Most of an image is text that was taken over letter by letter.
        let is_number =
            printed.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+' | '.'));
        if !is_number && !matches!(printed, "true" | "false") {
            continue;
        }
        let written = sources.slice(*span);
        if written != printed && is_plain(sources, *span) && prints_as(&written, printed, *layer) {
            found.push(Number { span: *span, written, printed: printed.to_owned(), layer: *layer, range });
        }
    }
    found
}

impl Number {
    /// Whether it stands in a package, which nobody edits.
    pub fn is_packaged(&self, sources: &Sources) -> bool {
        let file = sources.get(self.span.file);
        file.path().components().any(|part| part.as_os_str().to_string_lossy().ends_with('!'))
    }

    /// `number`, or `word` where it means true or false.
    pub fn kind(&self) -> &'static str {
        if matches!(self.printed.as_str(), "true" | "false") { "word" } else { "number" }
    }
}

/// `image` with its numbers as they are written; `None` when it has none.
pub(crate) fn as_written(sources: &Sources, image: &Text) -> Option<String> {
    let mut text = image.as_str().to_owned();
    let numbers = numbers(sources, image);
    for number in numbers.iter().rev() {
        text.replace_range(number.range.clone(), &number.written);
    }
    (!numbers.is_empty()).then_some(text)
}

/// Whether the scalar stands there without quotes.
fn is_plain(sources: &Sources, span: Span) -> bool {
    let file = sources.get(span.file);
    let before = file.text().get(..span.start as usize).and_then(|text| text.chars().next_back());
    !matches!(before, Some('"' | '\''))
}

/// Whether Helm reads `written` as a number or a boolean and prints it as `printed`. An image that a template changed by itself (`trunc`,
/// `printf "%02d"`) is the template's affair.
fn prints_as(written: &str, printed: &str, layer: Layer) -> bool {
    let (value, number) = match yaml::load(&Text::new(written)) {
        Ok(value @ Value::Float(number, _)) => (value, number),
        Ok(Value::Bool(value, _)) => return value.to_string() == *printed,
        _ => return false,
    };
    if layer == Layer::Chart {
        // `appVersion` is read as a float32, and printed in its shortest form.
        #[allow(clippy::cast_possible_truncation)] // that is what happens to it
        return printed.parse::<f32>().is_ok_and(|other| other.to_bits() == (number as f32).to_bits());
    }
    print(&from_yaml(&value)) == *printed || yaml::emit(&value).is_ok_and(|text| text.trim() == *printed)
}
