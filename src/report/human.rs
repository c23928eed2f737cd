//! Findings for people: each drawn by miette into the line of the list and into the chart line that proves it, with the
//! suggested edit as a diff; then what was checked and what was assumed.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters,
};

use super::groups::findings;
use super::location::display_path;
use super::style::{Colour, Style};
use crate::fix::apply;
use crate::lint::{ChartName, Checked, CheckedChart, CheckedList, Finding, Fix, Refusal, Safety, Severity};
use crate::source::{SourceFile, Sources, Span};

impl Style {
    fn handler(self) -> GraphicalReportHandler {
        let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles: self.theme() };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(self.links).with_width(self.width);
        // An image that is broken in two can neither be read nor copied.
        handler
            .with_context_lines(1)
            .with_break_words(false)
            .with_word_separator(textwrap::WordSeparator::AsciiSpace)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
            .with_link_display_text("")
    }

    fn draw(self, picture: &Picture) -> String {
        let mut drawn = String::new();
        // Writing to a string fails only when a snippet is out of bounds, which `Snippet` never is.
        let _ = self.handler().render_report(&mut drawn, picture);
        drawn.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned() + "\n"
    }
}

/// The lines of a file around one place as miette reads them; its own would count lines from the start for each snippet.
struct Snippet {
    file: Arc<SourceFile>,
    name: String,
    /// The lines, safe to print, of the same length as in the file.
    lines: String,
    /// Where they start in the file.
    start: usize,
}

impl Snippet {
    /// Bytes of a line that are shown on either side of the place: a file may be one long line.
    const REACH: usize = 400;

    /// `columns`: what a line may fill, so that the label below it stays below its place; `label`: how long the label is.
    fn new(file: Arc<SourceFile>, name: String, span: Span, columns: usize, label: usize) -> Self {
        let text = file.text();
        let range = span.range();
        let first = file.line(file.position(range.start).line).map_or(0, |line| line.start);
        let last = file.line(file.position(range.end).line).map_or(text.len(), |line| line.end);
        let start = text.floor_char_boundary(first.max(range.start.saturating_sub(Self::REACH)));
        let end = text.ceil_char_boundary(last.min(range.end.saturating_add(Self::REACH))).max(start);
        let line = &text[start..end];
        let (start, lines) = match line.trim_end_matches(['\r', '\n']).contains('\n') {
            true => (start, line.to_owned()),
            false => {
                let (cut, lines) = crop(line, range.start - start..range.end - start, columns, label);
                (start + cut, lines)
            }
        };
        Self { file, name, lines: printable(&lines), start }
    }
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let position = self.file.position(span.offset());
        let first = position.line;
        let last = self.file.position(span.offset() + span.len()).line;
        // Asked without context, miette only wants to know where the label starts, for the line above the picture.
        let column = if before == 0 { position.column - 1 } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.lines.as_bytes(),
            (self.start, self.lines.len()).into(),
            first - 1,
            column,
            last - first + 1,
        )))
    }
}

/// Stands for what is left out of a line.
const CUT: &str = "…";

/// The part of `line` that shows `place` and has room for a label of length `label` below it, in `columns`; and how many bytes
/// before it are left out. [`CUT`] takes the place of as many bytes as it has.
fn crop(line: &str, place: std::ops::Range<usize>, columns: usize, label: usize) -> (usize, String) {
    /// What miette draws between a place and its label.
    const HOOK: usize = 4;
    let count = |text: &str| text.chars().count();
    let line = line.trim_end_matches(['\r', '\n']);
    let end = line.floor_char_boundary(place.end.min(line.len()));
    let start = line.floor_char_boundary(place.start.min(end));
    let (before, inside) = (count(&line[..start]), count(&line[start..end]));
    let wanted = before + inside.max(inside / 2 + HOOK + label);
    let nth = |number: usize| line.char_indices().nth(number).map_or(line.len(), |(at, _)| at);
    let mut cut = 0;
    // One more for the mark, and a few that make reading easier.
    if wanted > columns {
        cut = nth((wanted - columns + CUT.len()).min(before));
    }
    let last = nth(count(&line[..cut]) + columns);
    let mut shown = line[cut..last.max(end)].to_owned();
    if last.max(end) < line.len() {
        shown.push_str(CUT);
    }
    let mark = cut.checked_sub(CUT.len()).filter(|_| cut > 0);
    match mark {
        Some(mark) => (mark, format!("{CUT}{shown}")),
        None => (0, line[..cut].to_owned() + &shown),
    }
}

/// One picture: a message over one place in one file.
struct Picture {
    message: String,
    code: Option<String>,
    severity: miette::Severity,
    snippet: Option<(Snippet, LabeledSpan)>,
    /// The page on it.
    url: Option<String>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::fmt::Display for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Picture {}

impl Diagnostic for Picture {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn std::fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|(snippet, _)| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, label) = self.snippet.as_ref()?;
        Some(Box::new(std::iter::once(label.clone())))
    }

    fn url<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as Box<dyn std::fmt::Display>)
    }
}

pub(super) struct Painter<'a> {
    pub sources: &'a Sources,
    pub root: &'a Path,
    pub style: Style,
}

impl Painter<'_> {
    fn fix_title(&self, fix: &Fix) -> String {
        format!("  {} {}", self.style.paint(Colour::Note, "fix:"), title(fix))
    }

    fn snippet(&self, span: Span, label: &str) -> (Snippet, LabeledSpan) {
        let file = self.sources.get(span.file);
        let name = in_line(&display_path(self.root, file.path()));
        let label = (!label.is_empty()).then(|| printable(label));
        let end = file.text().floor_char_boundary(span.range().end.min(span.range().start + Snippet::REACH));
        let span = Span::new(span.file, span.range().start, end);
        // The number of the line and the frame stand before it.
        let columns = self.style.width.saturating_sub(file.position(span.range().end).line.to_string().len() + 4);
        let length = label.as_deref().map_or(0, |label| label.chars().count());
        let snippet = Snippet::new(file, name, span, columns, length);
        (snippet, LabeledSpan::new_primary_with_span(label, (span.start as usize, span.len())))
    }

    /// A finding in full: what is wrong and where the truth stands, drawn, and below that what to do.
    pub fn finding(&self, finding: &Finding, show_page: bool) -> String {
        let picture = Picture {
            message: message(&finding.message),
            code: Some(format!("{}[{}]", finding.severity.as_str(), finding.rule.id)),
            severity: match finding.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Info => miette::Severity::Advice,
            },
            snippet: Some(self.snippet(finding.span, &finding.label)),
            url: self.style.links.then(|| finding.rule.url()),
        };
        let mut out = self.style.draw(&picture);
        for related in &finding.related {
            out += &self.style.draw(&Picture {
                message: message(&related.message),
                code: None,
                severity: miette::Severity::Advice,
                snippet: Some(self.snippet(related.span, "")),
                url: None,
            });
        }
        let fix = finding.fixes.first();
        if let Some(advice) = finding.advice().filter(|advice| fix.is_none_or(|fix| fix.title != *advice)) {
            let advice = format!("{} {}", self.style.paint(Colour::Note, "do:"), message(advice));
            out += &filled(&advice, self.style.width, "  ", "      ");
        }
        if let Some(fix) = fix {
            self.fix(&mut out, fix);
        }
        if show_page && !self.style.links {
            // An address that a narrow terminal breaks can be neither read nor clicked.
            let (url, id) = (finding.rule.url(), finding.rule.id);
            let fits = "  page: ".len() + url.chars().count() <= self.style.width;
            let page = if fits { url } else { format!("mirrorlint explain {id}") };
            let _ = writeln!(out, "  {} {page}", self.style.paint(Colour::Note, "page:"));
        }
        out
    }

    fn fix(&self, out: &mut String, fix: &Fix) {
        let _ = writeln!(out, "{}", self.fix_title(fix));
        for (sign, line) in changed_lines(self.sources, fix) {
            let line = match sign {
                '-' => self.style.paint(Colour::Bad, &format!("- {line}")),
                '+' => self.style.paint(Colour::Good, &format!("+ {line}")),
                other => format!("{other} {line}"),
            };
            let _ = writeln!(out, "    {line}");
        }
    }
}

/// `text` in lines of `width` columns; what could be copied is not broken.
pub(super) fn filled(text: &str, width: usize, first: &str, others: &str) -> String {
    let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent(others).break_words(false);
    let options = options
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).join("\n") + "\n"
}

/// What a fix does, and whether it can be trusted.
pub(super) fn title(fix: &Fix) -> String {
    let safety = if fix.safety == Safety::Safe { "" } else { " (unsafe)" };
    format!("{}{safety}", message(&fix.title))
}

/// The lines that a fix takes away (`-`) and puts there (`+`), safe to print; `\` is a word on the line before.
pub(super) fn changed_lines(sources: &Sources, fix: &Fix) -> Vec<(char, String)> {
    let Some(edit) = fix.edits().first() else { return Vec::new() };
    let file = sources.get(edit.span.file);
    let after = apply(file.text(), fix);
    let diff = similar::TextDiff::from_lines(&**file.text(), after.as_str());
    let mut lines = Vec::new();
    for change in diff.grouped_ops(1).iter().flatten().flat_map(|op| diff.iter_changes(op)) {
        let sign = match change.tag() {
            similar::ChangeTag::Delete => '-',
            similar::ChangeTag::Insert => '+',
            similar::ChangeTag::Equal => continue,
        };
        lines.push((sign, message(&visible(change.value().trim_end_matches('\n')))));
        if change.missing_newline() {
            lines.push(('\\', "No newline at end of file".to_owned()));
        }
    }
    lines
}

/// A changed line with what an edit may be about and nobody can see: a carriage return at its end, a byte order mark.
fn visible(line: &str) -> String {
    let line = line.replace('\u{feff}', "<BOM>");
    line.strip_suffix('\r').map_or_else(|| line.clone(), |text| format!("{text}<CR>"))
}

/// `text` for a message, which quotes whatever stands in a file: printable, and not longer than can be read.
pub(super) fn message(text: &str) -> String {
    const LONGEST: usize = 2000;
    let end = text.floor_char_boundary(LONGEST);
    printable(&text[..end]) + if end < text.len() { "..." } else { "" }
}

/// `text` without what a terminal would obey: control characters, and those that turn the direction of writing. As long
/// as it was, so that places in it stay right.
#[must_use]
pub fn printable(text: &str) -> String {
    let replace = |letter: char| match letter {
        '\n' | '\t' => letter,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        _ if letter.is_control() && letter.len_utf8() == 1 => '?',
        _ if letter.is_control() => '¿',
        _ => letter,
    };
    text.chars().map(replace).collect()
}

/// `text` in one line, likewise: a path or what a server says may hold line feeds.
#[must_use]
pub fn in_line(text: &str) -> String {
    printable(text).replace(['\n', '\t'], "?")
}

/// The whole report.
#[must_use]
pub fn human(checked: &Checked, sources: &Sources, style: Style) -> String {
    findings(checked, sources, style) + &closing(checked, style)
}

/// The closing lines: one that says what was checked and assumed, and what came of it; what asks for a look below.
#[must_use]
pub fn closing(checked: &Checked, style: Style) -> String {
    let mut out = String::new();
    let calm = checked.findings.is_empty();
    let colour = |words: &str| style.paint(if is_uncertain(checked) { Colour::Doubtful } else { Colour::Good }, words);
    match checked.lists.as_slice() {
        [list] if calm => {
            let words = verdict(checked);
            let line = closing_line(&checked.root, &words, list, style.width);
            // A narrow terminal may have broken the words themselves.
            out += &line.strip_prefix(&words).map_or_else(|| line.clone(), |rest| colour(&words) + rest);
            notes(&mut out, list);
        }
        lists => {
            for list in lists {
                out += &closing_line(&checked.root, &display_path(&checked.root, &list.path), list, style.width);
                notes(&mut out, list);
            }
            let last = if calm { colour(&format!("{}.", verdict(checked))) } else { tally(checked) };
            let _ = writeln!(out, "{last}");
        }
    }
    if let Some(words) = left_out(checked) {
        let _ = writeln!(out, "{words}");
    }
    out
}

/// What was passed over or cannot be known.
fn notes(out: &mut String, list: &CheckedList) {
    for note in &list.notes {
        let _ = writeln!(out, "  {}", message(note));
    }
}

/// `head`, and what the list was held against, charts of one name with their places; shorter where the terminal has no room.
fn closing_line(root: &Path, head: &str, list: &CheckedList, width: usize) -> String {
    let head = message(head);
    let entries = count(list.entries, "entry", "entries");
    let images = count(list.images, "image", "images");
    let named = |shown: fn(&ChartName) -> String| -> Vec<String> {
        let name = |chart: &CheckedChart| {
            let same = list.charts.iter().filter(|other| other.name.name == chart.name.name).count();
            let place = || format!("{} ({})", shown(&chart.name), display_path(root, &chart.path));
            if same > 1 { place() } else { shown(&chart.name) }
        };
        list.charts.iter().map(name).collect()
    };
    let (full, short) = (named(ChartName::to_string), named(|name| name.name.clone()));
    let scenarios = list.scenarios.iter().filter(|name| *name != "default").cloned().collect::<Vec<_>>();
    let mut assumed = Vec::from_iter((!scenarios.is_empty()).then(|| some(&scenarios)));
    for brief in list.assumed.iter().flat_map(|assumption| &assumption.brief) {
        if !assumed.contains(brief) {
            assumed.push(brief.clone());
        }
    }
    let assumed = if assumed.is_empty() { String::new() } else { format!(" ({})", assumed.join(", ")) };
    let lines = [
        format!("{entries}, {images} of {}{assumed}", some(&full)),
        format!("{entries} for {}{assumed}", some(&short)),
    ];
    let room = width.saturating_sub(head.chars().count() + 2);
    let [full, short] = lines.map(|line| message(&line));
    let line = if full.chars().count() > room { short } else { full };
    filled(&format!("{head}: {line}"), width, "", "  ")
}

/// The first of `names`, and how many others there are.
fn some<Name: AsRef<str>>(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => "no chart".to_owned(),
        [first, second, _, _, ..] => format!("{first}, {second} and {} others", names.len() - 2),
        few => few.join(", "),
    }
}

/// What is left out because it was there before.
pub(super) fn left_out(checked: &Checked) -> Option<String> {
    let since = checked.since.as_ref()?;
    let findings = count(since.left_out, "older finding is", "older findings are");
    Some(format!("{findings} left out: what was there at `{}` already", message(&since.revision)))
}

/// What a list was held against.
pub(super) fn held_against(checked: &Checked, list: &CheckedList) -> String {
    let charts: Vec<_> = (list.charts.iter())
        .map(|chart| format!("{} ({})", chart.name, display_path(&checked.root, &chart.path)))
        .collect();
    format!(
        "{}: {} held against {} of {}",
        display_path(&checked.root, &list.path),
        count(list.entries, "entry", "entries"),
        count(list.images, "deployed image", "deployed images"),
        if charts.is_empty() { "no chart".to_owned() } else { charts.join(", ") },
    )
}

fn is_uncertain(checked: &Checked) -> bool {
    !checked.errors.is_empty() || checked.lists.iter().any(|list| list.uncertain)
}

/// What it means that there are no findings, without the full stop.
pub(super) fn verdict(checked: &Checked) -> String {
    let words = match checked.narrowed {
        _ if is_uncertain(checked) => "No findings, but not everything could be checked",
        _ if checked.since.is_some() => "No findings that the change touched or caused",
        true => "No findings of the rules that were asked for",
        false => "All right",
    };
    match checked.off.as_slice() {
        [] => words.to_owned(),
        [rule] => format!("{words} ({rule} is off)"),
        rules => format!("{words} ({} are off)", some(rules)),
    }
}

/// How many findings there are.
pub(super) fn tally(checked: &Checked) -> String {
    let number = |severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, infos) = (number(Severity::Error), number(Severity::Warning), number(Severity::Info));
    let kinds = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (infos, "note", "notes")];
    let found = kinds.into_iter().filter(|(number, ..)| *number > 0);
    let counts: Vec<_> = found.map(|(number, one, many)| count(number, one, many)).collect();
    let fixable = fixable(checked.findings.iter()).unwrap_or_else(|| "none with a suggested fix".to_owned());
    format!("{}; {fixable}", counts.join(", "))
}

/// How many of `findings` have a fix, and what applies it; nothing when none has.
pub(super) fn fixable<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<String> {
    let (mut safe, mut all) = (0, 0);
    for finding in findings.filter(|finding| !finding.fixes.is_empty()) {
        all += 1;
        safe += usize::from(finding.fixes.iter().any(|fix| fix.safety == Safety::Safe));
    }
    match (safe, all - safe) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} fixable with --fix")),
        (0, more) => Some(format!("{more} fixable with --fix --unsafe-fixes")),
        (safe, more) => Some(format!("{safe} fixable with --fix, {more} more with --unsafe-fixes")),
    }
}

pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Why the linter could not run, drawn like a finding where it has a place.
#[must_use]
pub fn refusal(refusal: &Refusal, sources: &Sources, style: Style) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let root = here.as_path();
    let painter = Painter { sources, root, style };
    let picture = Picture {
        message: match &refusal.path {
            Some(path) if refusal.span.is_none() => match display_path(root, path).as_str() {
                "." => printable(&format!("the current folder {}", refusal.message)),
                // Helm's own words say it already.
                path if names(&refusal.message, path) => printable(&refusal.message),
                path => printable(&format!("{path}: {}", refusal.message)),
            },
            _ => printable(&refusal.message),
        },
        code: None,
        severity: miette::Severity::Error,
        snippet: refusal.span.map(|span| painter.snippet(span, "")),
        url: None,
    };
    let mut drawn = String::new();
    // Messages of Helm stay in one line, as Helm has them: they are searched for.
    let _ = style.handler().with_wrap_lines(false).render_report(&mut drawn, &picture);
    format!("{}\n", drawn.trim_end())
}

/// Whether `path` is a word of `message`: `open values.yaml: no such file`.
fn names(message: &str, path: &str) -> bool {
    message.split(' ').any(|word| word.trim_end_matches(':') == path)
}

#[cfg(test)]
mod tests {
    use super::crop;

    #[test]
    fn a_line_is_cropped_so_that_its_label_has_room() {
        // The whole line has room.
        assert_eq!(crop("web=nginx:1\n", 10..11, 40, 10), (0, "web=nginx:1".to_owned()));
        // From the left: what is left out and the mark have the same length in bytes.
        let line = format!("{}web=nginx:1", "x".repeat(40));
        let (cut, shown) = crop(&line, 50..51, 30, 10);
        assert_eq!(shown, "…xxxweb=nginx:1");
        assert_eq!(cut + shown.len(), line.len());
        // From the right.
        assert_eq!(crop(&format!("a{}", "b".repeat(50)), 0..1, 10, 3), (0, "abbbbbbbbb…".to_owned()));
        // Letters of several bytes are not cut in two, and a place is shown whole, whatever its length.
        let line = format!("{}:v1", "ä".repeat(60));
        for columns in 0..80 {
            let (cut, shown) = crop(&line, 120..123, columns, 5);
            assert!(shown.ends_with(":v1") && cut + shown.len() == line.len(), "{columns}: {shown}");
        }
    }
}
