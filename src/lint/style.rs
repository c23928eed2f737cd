//! How a team writes the comments above its entries: learned from the blocks of a list, so that new ones look like them. Knows
//! lines and their leads, no charts.

use std::ops::Range;

use crate::mirror::{Entry, LineKind, List};
use crate::source::Span;

/// What a new comment begins with where no other one shows it.
const MARK: &str = "# ";

/// Blank lines between entries where no others show it, and the most that are followed.
const GAP: usize = 1;
const MOST_GAP: usize = 3;

/// The words of a new entry.
pub(crate) struct Words {
    /// What the image is called.
    pub title: String,
    /// `(from ...)`.
    pub source: String,
    /// The repository.
    pub repository: String,
    /// The tag with what stands behind it.
    pub tag: Option<String>,
    /// Notes.
    pub notes: Vec<String>,
}

/// One comment line of a block, by what stands in front of its words.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A line without words, as it is: `#`, `# -----`.
    Banner(String),
    /// The title alone.
    Title(String),
    /// Title and source note, and what stands between them.
    Titled(String, String),
    /// The source note alone.
    Source(String),
    Repository(String),
    Tag(String),
    Note(String),
}

/// The way of one list.
pub(crate) struct Style {
    /// The lines of a block, whole.
    parts: Vec<Part>,
    /// What comments begin with.
    mark: String,
    /// What notes begin with.
    note: String,
    /// How many blank lines stand between entries.
    pub gap: usize,
}

impl Style {
    /// The way that most blocks of `list` are written.
    pub fn of(list: &List) -> Self {
        let shapes: Vec<Vec<Part>> = list.entries.iter().map(|entry| shape(list, entry)).collect();
        let telling = shapes.iter().filter(|shape| shape.iter().any(|part| !matches!(part, Part::Banner(_))));
        let parts = most(telling.cloned()).unwrap_or_default();
        let blocks = list.entries.iter().flat_map(|entry| list.comments_of(entry));
        let marks = |lines: &mut dyn Iterator<Item = usize>| most(lines.filter_map(|line| mark_of(list, line)));
        let mark = parts.iter().find_map(|part| part.lead()).map(|lead| lead[..mark_length(lead)].to_owned());
        let mark = mark.or_else(|| marks(&mut blocks.into_iter())).or_else(|| marks(&mut list.header.clone()));
        let mark = mark.unwrap_or_else(|| MARK.to_owned());
        let notes = shapes.iter().flatten().filter_map(|part| match part {
            Part::Note(lead) => Some(lead.clone()),
            _ => None,
        });
        let note = most(notes).unwrap_or_else(|| format!("{mark}Note: "));
        Self { parts: whole(parts, &mark), note, gap: gap(list), mark }
    }

    /// The comment lines above a new entry.
    pub fn block(&self, words: &Words) -> Vec<String> {
        let mut lines = Vec::new();
        let mut notes: Vec<String> = words.notes.iter().map(|note| self.note(note)).collect();
        for part in &self.parts {
            match part {
                Part::Banner(line) => lines.push(line.clone()),
                Part::Title(lead) => lines.push(format!("{lead}{}", words.title)),
                Part::Titled(lead, between) => lines.push(format!("{lead}{}{between}{}", words.title, words.source)),
                Part::Source(lead) => lines.push(format!("{lead}{}", words.source)),
                Part::Repository(lead) => lines.push(format!("{lead}{}", words.repository)),
                Part::Tag(lead) => lines.extend(words.tag.iter().map(|tag| format!("{lead}{tag}"))),
                Part::Note(_) => lines.append(&mut notes),
            }
        }
        lines.append(&mut notes);
        lines
    }

    /// The line of a note.
    pub fn note(&self, text: &str) -> String {
        format!("{}{text}", self.note)
    }

    /// A comment line.
    pub fn comment(&self, text: &str) -> String {
        format!("{}{text}", self.mark)
    }
}

impl Part {
    /// What stands in front of its words.
    fn lead(&self) -> Option<&str> {
        match self {
            Self::Banner(_) => None,
            Self::Title(lead) | Self::Titled(lead, _) | Self::Source(lead) => Some(lead),
            Self::Repository(lead) | Self::Tag(lead) | Self::Note(lead) => Some(lead),
        }
    }
}

/// The parts with all that a new entry should say.
fn whole(mut parts: Vec<Part>, mark: &str) -> Vec<Part> {
    let has = |parts: &[Part], is: fn(&Part) -> bool| parts.iter().any(is);
    let titled = |lead: &str| Part::Titled(lead.to_owned(), " ".to_owned());
    if !has(&parts, |part| matches!(part, Part::Titled(..))) {
        let title = parts.iter().position(|part| matches!(part, Part::Title(_)));
        let source = parts.iter().position(|part| matches!(part, Part::Source(_)));
        match (title, source) {
            (Some(_), Some(_)) => {}
            (Some(at), None) | (None, Some(at)) => parts[at] = titled(parts[at].lead().unwrap_or(mark)),
            (None, None) => {
                let behind = parts.iter().take_while(|part| matches!(part, Part::Banner(_))).count();
                parts.insert(behind, titled(mark));
            }
        }
    }
    if !has(&parts, |part| matches!(part, Part::Repository(_))) {
        let tag = parts.iter().position(|part| matches!(part, Part::Tag(_))).unwrap_or(parts.len());
        parts.insert(tag, Part::Repository(format!("{mark}Repository: ")));
    }
    if !has(&parts, |part| matches!(part, Part::Tag(_))) {
        let repository = parts.iter().position(|part| matches!(part, Part::Repository(_)));
        parts.insert(repository.map_or(parts.len(), |at| at + 1), Part::Tag(format!("{mark}Tag: ")));
    }
    parts
}

/// The lines of the entry's block that a new one has as well, each kind once.
fn shape(list: &List, entry: &Entry) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in list.comments_of(entry) {
        let Some(part) = part(list, entry, line) else { continue };
        let known = |other: &Part| std::mem::discriminant(other) == std::mem::discriminant(&part);
        if matches!(part, Part::Banner(_)) || !parts.iter().any(known) {
            parts.push(part);
        }
    }
    parts
}

fn part(list: &List, entry: &Entry, line: usize) -> Option<Part> {
    let (note, span) = (&entry.note, list.lines[line].span);
    let within = |place: Span| span.start <= place.start && place.end <= span.end;
    let text = |from: u32, to: u32| list.text().get(from as usize..to as usize).unwrap_or_default().to_owned();
    let start = list.start_of_line(line).start;
    // Quotes around a value are no part of what stands in front of it.
    let lead = |place: Span| text(start, place.start).trim_end_matches(['"', '\'', '`']).to_owned();
    let source = note.from.as_ref().map(|from| from.span).filter(|from| within(*from));
    let title = note.title.as_ref().map(|title| title.span).filter(|title| within(*title));
    let field =
        |values: &[crate::mirror::Field]| values.iter().map(|field| field.value.span).find(|span| within(*span));
    match (title, source) {
        (Some(title), Some(source)) => {
            // A dash between them is no word of the title.
            let both = text(title.start, source.start);
            let words =
                both.trim_end_matches(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '–' | '—' | ':'));
            return Some(Part::Titled(lead(title), both[words.len()..].to_owned()));
        }
        (Some(title), None) => return Some(Part::Title(lead(title))),
        (None, Some(source)) => return Some(Part::Source(lead(source))),
        (None, None) => {}
    }
    if let Some(value) = field(&note.repositories) {
        return Some(Part::Repository(lead(value)));
    }
    if let Some(value) = field(&note.tags) {
        return Some(Part::Tag(lead(value)));
    }
    if let Some(told) = note.notes.iter().find(|told| within(told.span)) {
        return Some(Part::Note(lead(told.span)));
    }
    let banner = text(start, span.end);
    (!banner.contains(char::is_alphanumeric)).then_some(Part::Banner(banner))
}

/// The `#` that the comment of that line begins with, and the blanks behind it; nothing when it says nothing.
fn mark_of(list: &List, line: usize) -> Option<String> {
    let known = list.lines.get(line).filter(|known| known.kind == LineKind::Comment)?;
    let start = list.start_of_line(line).start as usize;
    let text = list.text().get(start..known.span.end as usize)?;
    text.contains(char::is_alphanumeric).then(|| text[..mark_length(text)].to_owned())
}

fn mark_length(comment: &str) -> usize {
    let rest = comment.trim_start().trim_start_matches('#').trim_start();
    comment.len() - rest.len()
}

/// The blank lines between an entry and the block of the next one: as many as most have.
fn gap(list: &List) -> usize {
    let between = list.entries.windows(2).filter(|pair| !pair[1].block.is_empty());
    let lines = between.map(|pair| pair[0].line + 1..pair[1].block.start);
    let is_blank = |line: &usize| list.lines[*line].kind == LineKind::Blank;
    let blank = lines.filter(|lines: &Range<usize>| lines.clone().all(|line| is_blank(&line)));
    most(blank.map(|lines| lines.len())).unwrap_or(GAP).min(MOST_GAP)
}

/// What comes most often; of those that come as often the first.
fn most<T: PartialEq>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counted: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counted.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counted.push((value, 1)),
        }
    }
    let most = counted.iter().map(|(_, count)| *count).max()?;
    counted.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn list(text: &str) -> List {
        let sources = Sources::new();
        let file = sources.add("list", text.into());
        List::parse(file, sources.get(file).text())
    }

    fn block(text: &str) -> Vec<String> {
        let words = Words {
            title: "Redis".to_owned(),
            source: "(from local chart cache:1.0.0)".to_owned(),
            repository: "redis".to_owned(),
            tag: Some("7 (from chart values)".to_owned()),
            notes: vec!["varies".to_owned()],
        };
        Style::of(&list(text)).block(&words)
    }

    #[test]
    fn a_block_is_written_as_most_others_are() {
        let usual = [
            "# Redis (from local chart cache:1.0.0)",
            "# Repository: redis",
            "# Tag: 7 (from chart values)",
            "# Note: varies",
        ];
        assert_eq!(block(""), usual);
        assert_eq!(block("web=nginx:1\n"), usual);
        assert_eq!(block("# The images\n\nweb=nginx:1\n"), usual);
        let tight = "#Web (from a/web:1)\n#Tag:1\n#Repository:nginx\nweb=nginx:1\n";
        assert_eq!(
            block(tight),
            [
                "#Redis (from local chart cache:1.0.0)",
                "#Tag:7 (from chart values)",
                "#Repository:redis",
                "#Note: varies"
            ]
        );
        let rich = "## =====\n## Web - (from a/web:1)\n## =====\n## image repo : \"nginx\"\n## tag : 1\n## ノート：はい\nweb=nginx:1\n";
        assert_eq!(
            block(rich),
            [
                "## =====",
                "## Redis - (from local chart cache:1.0.0)",
                "## =====",
                "## image repo : redis",
                "## tag : 7 (from chart values)",
                "## ノート：varies",
            ]
        );
        let apart = "\n#  Web\n#  (from a/web:1)\n#\n#  タグ：1\nweb=nginx:1\n";
        assert_eq!(
            block(apart),
            [
                "#  Redis",
                "#  (from local chart cache:1.0.0)",
                "#",
                "#  Repository: redis",
                "#  タグ：7 (from chart values)",
                "#  Note: varies",
            ]
        );
        let two_ways = format!("{tight}\n# A (from a/web:1)\na=a:1\n\n# B (from a/web:1)\nb=b:1\n");
        assert_eq!(block(&two_ways), usual);
        assert_eq!(block("##The images\n\nweb=nginx:1\n")[0], "##Redis (from local chart cache:1.0.0)");
        assert_eq!(block("\u{feff}#Web (from a/web:1)\nweb=nginx:1\n")[0], "#Redis (from local chart cache:1.0.0)");
    }

    #[test]
    fn entries_are_parted_as_others_are() {
        let gap = |text: &str| Style::of(&list(text)).gap;
        assert_eq!(gap(""), 1);
        assert_eq!(gap("a=a:1\nb=b:1\n"), 1, "entries without comments show nothing");
        assert_eq!(gap("# A\na=a:1\n# B\nb=b:1\n"), 0);
        assert_eq!(gap("# A\na=a:1\n\n\n# B\nb=b:1\n\n\n# C\nc=c:1\n\n# D\nd=d:1\n"), 2);
        assert_eq!(gap("# A\na=a:1\n\n# ---- section\n\n# B\nb=b:1\n"), 1);
    }
}
