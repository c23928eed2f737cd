//! XML 1.0 documents for reports: elements, attributes, text; all escaped. Holds nothing that is no report.

use std::fmt::Write as _;

/// An element with what is in it.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    inside: Vec<Self>,
    text: String,
}

impl Element {
    pub fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), inside: Vec::new(), text: String::new() }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// Sets its text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Adds elements in it.
    #[must_use]
    pub fn inside(mut self, elements: impl IntoIterator<Item = Self>) -> Self {
        self.inside.extend(elements);
        self
    }

    /// The document of which it is the whole.
    #[must_use]
    pub fn document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut out, 0);
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        let _ = write!(out, "{indent}<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escaped(value, true));
        }
        if self.inside.is_empty() && self.text.is_empty() {
            out.push_str("/>\n");
            return;
        }
        let _ = write!(out, ">{}", escaped(&self.text, false));
        if !self.inside.is_empty() {
            out.push('\n');
            self.inside.iter().for_each(|element| element.write(out, depth + 1));
            out.push_str(&indent);
        }
        let _ = writeln!(out, "</{}>", self.name);
    }
}

/// `text` for an attribute or an element. White space stays what it is; a character that XML 1.0 cannot hold, not even
/// escaped (section 2.2), is the replacement character.
fn escaped(text: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' if !in_attribute => out.push(letter),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let element = Element::new("a")
            .with("b", "<\"&'\t\r\n\u{0}\u{1b}\u{ffff}\u{1f680}")
            .inside([Element::new("c").text("]]>\r\n"), Element::new("d")]);
        assert_eq!(
            element.document(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <a b=\"&lt;&quot;&amp;'&#9;&#13;&#10;\u{fffd}\u{fffd}\u{fffd}\u{1f680}\">\n  <c>]]&gt;&#13;\n</c>\n  <d/>\n</a>\n"
        );
    }
}
