//! A rule's page for a terminal: headings, paragraphs and lists filled to its width, code indented. Knows the Markdown that
//! our own pages use, no more.

use super::style::{Colour, Style};

/// How far code stands in.
const INDENT: &str = "    ";

/// Renders Markdown.
#[must_use]
pub fn page(markdown: &str, style: Style) -> String {
    let mut printer = Printer { style, out: String::new(), paragraph: String::new(), is_clean: false };
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            printer.code(info, &code);
        } else if let Some(code) = line.strip_prefix(INDENT) {
            printer.fill();
            printer.line(&format!("{INDENT}{code}"));
        } else if line.trim().is_empty() {
            printer.fill();
            printer.gap();
        } else if line.starts_with('#') {
            printer.fill();
            printer.heading(line);
        } else {
            if line.starts_with("- ") {
                printer.fill();
            }
            printer.paragraph.push_str(line.trim());
            printer.paragraph.push(' ');
        }
    }
    printer.fill();
    printer.verdict();
    printer.out.trim_end().to_owned() + "\n"
}

struct Printer {
    style: Style,
    out: String,
    /// The words that are not printed yet.
    paragraph: String,
    /// Whether an example is being printed in which nothing is found so far.
    is_clean: bool,
}

impl Printer {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// One blank line, never two.
    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Says of an example in which nothing is found that it is right.
    fn verdict(&mut self) {
        if std::mem::take(&mut self.is_clean) {
            self.gap();
            let words = self.style.paint(Colour::Faint, "gives nothing");
            self.line(&format!("  {words}"));
        }
    }

    fn heading(&mut self, line: &str) {
        self.verdict();
        let text = line.trim_start_matches('#').trim();
        let code = if line.starts_with("### ") { Colour::Strong } else { Colour::Title };
        let heading = self.style.paint(code, &plain(text));
        self.gap();
        self.line(&heading);
    }

    /// Prints the paragraph; what follows a list's mark stands in.
    fn fill(&mut self) {
        let indent = if self.paragraph.starts_with("- ") { "  " } else { "" };
        let paragraph = plain(&std::mem::take(&mut self.paragraph));
        self.words(&paragraph, "", indent);
    }

    /// Prints `text`, filled to the width: the first line behind `first`, the others behind `indent`.
    fn words(&mut self, text: &str, first: &str, indent: &str) {
        let mut line = String::from(first);
        for word in text.split_whitespace() {
            let is_begun = !matches!(line.trim(), "" | "-");
            if is_begun && line.chars().count() + 1 + word.chars().count() > self.style.width {
                self.line(&line);
                line = format!("{indent}{word}");
            } else {
                if !line.trim().is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
        }
        if !line.trim().is_empty() {
            self.line(&line);
        }
    }

    /// A block of code below what it is: a file, what is found, the file after the fix.
    fn code(&mut self, info: &str, code: &[&str]) {
        self.fill();
        self.gap();
        let named = |key: &str| info.split_whitespace().find_map(|word| word.strip_prefix(key));
        self.is_clean = named("file=").is_some() || (self.is_clean && info != "expect");
        let title = match (named("file="), named("fixed=")) {
            (Some(path), _) => format!("{path}:"),
            (None, Some(path)) => format!("{path}, fixed:"),
            (None, None) if info == "expect" => "gives:".to_owned(),
            (None, None) => String::new(),
        };
        if !title.is_empty() {
            let title = self.style.paint(Colour::Faint, &title);
            self.line(&format!("  {title}"));
        }
        for line in code {
            let found = line.split_once(" \"").filter(|_| info == "expect");
            self.line(&format!("{INDENT}{}", found.map_or(*line, |(place, _)| place)));
            // What is said of it stands below, filled.
            if let Some((_, message)) = found {
                self.words(&format!("\"{message}"), "      ", "       ");
            }
        }
    }
}

/// Text with its links reduced to their words, and the address behind those that lead out of the catalogue.
pub(super) fn plain(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(open) = rest.find('[') {
        let link = rest[open..].find("](").and_then(|middle| {
            let (words, target) = (&rest[open + 1..open + middle], &rest[open + middle + 2..]);
            (!words.contains('[')).then_some(())?;
            let (address, after) = target.split_once(')')?;
            Some((words, address, after))
        });
        out.push_str(&rest[..open]);
        match link {
            Some((words, address, after)) => {
                out.push_str(words);
                if address.contains("://") {
                    out.push_str(&format!(" ({address})"));
                }
                rest = after;
            }
            None => {
                out.push('[');
                rest = &rest[open + 1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\n# tag-mismatch\n\n## What it finds\n\nAn entry whose repository the charts deploy, see\n\
        [missing entries](missing-entry.md), a[0].\n- one\n- two words that do not fit\n\n    shell line\n\n### Good\n\n\
        ```conf file=list\na=b:1\n\n```\n\n```expect\nlist:1:1 x \"y\"\n```\n```conf fixed=list\na=b:2\n```\n";

    #[test]
    fn a_page_is_filled_to_the_width() {
        let style = Style { color: false, links: false, width: 24 };
        assert_eq!(
            page(PAGE, style),
            "tag-mismatch\n\nWhat it finds\n\nAn entry whose\nrepository the charts\ndeploy, see missing\nentries, a[0].\n\
             - one\n- two words that do not\n  fit\n\n    shell line\n\nGood\n\n  list:\n    a=b:1\n\n  gives:\n    list:1:1 x\n      \"y\"\n\n  \
             list, fixed:\n    a=b:2\n"
        );
    }

    #[test]
    fn an_example_in_which_nothing_is_found_says_so() {
        let style = Style { color: false, links: false, width: 24 };
        let clean = "### Right\n\n```conf file=list\na=b:1\n```\n\n### Also\n\n```conf file=list\na=b:2\n```\n";
        assert_eq!(
            page(clean, style),
            "Right\n\n  list:\n    a=b:1\n\n  gives nothing\n\nAlso\n\n  list:\n    a=b:2\n\n  gives nothing\n"
        );
    }

    #[test]
    fn addresses_outside_are_shown() {
        assert_eq!(
            plain("as [others](https://example.org/1) and [we](we.md) say"),
            "as others (https://example.org/1) and we say"
        );
    }

    #[test]
    fn colour_is_used_only_when_it_is_on() {
        assert!(
            page(PAGE, Style { color: true, links: false, width: 80 })
                .contains("\u{1b}[1;38;5;31mtag-mismatch\u{1b}[0m")
        );
        assert!(!page(PAGE, Style { color: false, links: false, width: 80 }).contains('\u{1b}'));
    }
}
