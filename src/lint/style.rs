//! How a team writes the comments above its entries: learned from the blocks of a list, so that new ones look like them. Knows
//! lines and their leads, no charts.

use std::ops::Range;

use crate::mirror::{Entry, LineKind, List};
use crate::source::Span;

/// What a new comment begins with where no other one shows it.
const MARK: &str = "# ";

/// What may stand around a value.
const QUOTES: [char; 3] = ['"', '\'', '`'];

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
    /// The region that a private ECR is in, where the image changes with it, and its account.
    pub region: Option<String>,
    /// Notes.
    pub notes: Vec<String>,
}

/// What a part of a comment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Title,
    Source,
    Repository,
    Tag,
    Region,
    Note,
}

impl Kind {
    /// Whether it is the image's own.
    fn is_field(&self) -> bool {
        matches!(self, Self::Repository | Self::Tag)
    }
}

/// Something that a comment says, behind what stands in front of it in the line.
type Part = (String, Kind);

/// One comment line of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Comment {
    /// A line without words, as it is: `#`, `# -----`.
    Banner(String),
    /// One that says something; mostly one thing.
    Said(Vec<Part>),
}

/// The way of one list.
pub(crate) struct Style {
    /// The lines of a block, whole.
    comments: Vec<Comment>,
    /// What comments begin with.
    mark: String,
    /// What notes begin with.
    note: String,
    /// What stands in front of the region that an image is for, where entries say it.
    region: Option<String>,
    /// Whether these stand above repository and tag.
    is_note_first: bool,
    /// How many blank lines stand between entries.
    pub gap: usize,
}

impl Style {
    /// The way that most blocks of `list` are written.
    pub fn of(list: &List) -> Self {
        let shapes: Vec<Vec<Comment>> = list.entries.iter().map(|entry| shape(list, entry)).collect();
        // What some entries have to say is in the way of none.
        let own = |comment: &&Comment| !comment.says(Kind::Note) && !comment.says(Kind::Region);
        let usual = shapes.iter().map(|shape| shape.iter().filter(own).cloned().collect::<Vec<_>>());
        let telling = usual.filter(|shape| shape.iter().any(|comment| matches!(comment, Comment::Said(_))));
        let comments = most(telling).unwrap_or_default();
        let blocks = list.entries.iter().flat_map(|entry| list.comments_of(entry));
        let marks = |lines: &mut dyn Iterator<Item = usize>| most(lines.filter_map(|line| mark_of(list, line)));
        let mark = comments.iter().find_map(Comment::lead).map(|lead| lead[..mark_length(lead)].to_owned());
        let mark = mark.or_else(|| marks(&mut blocks.into_iter())).or_else(|| marks(&mut list.header.clone()));
        let mark = mark.unwrap_or_else(|| MARK.to_owned());
        let comments = whole(comments, &shapes, &mark);
        // A note looks like the lines of repository and tag: with their bullet, as far in.
        let start = comments.iter().find(|comment| comment.begins_with(Kind::is_field)).and_then(Comment::lead);
        let start = start.map_or(mark.as_str(), |lead| &lead[..label_start(lead)]);
        let note = usual_lead(&shapes, Kind::Note).unwrap_or_else(|| format!("{start}Note: "));
        let region = usual_lead(&shapes, Kind::Region);
        let is_note_first = most(shapes.iter().filter_map(|shape| {
            let place = |is: fn(&Kind) -> bool| shape.iter().flat_map(Comment::parts).position(|(_, kind)| is(kind));
            Some(place(|kind| *kind == Kind::Note)? < place(Kind::is_field)?)
        }));
        let is_note_first = is_note_first.unwrap_or_default();
        Self { comments, note, region, is_note_first, gap: gap(list), mark }
    }

    /// The comment lines above a new entry.
    pub fn block(&self, words: &Words) -> Vec<String> {
        let written = |comment: &Comment| match comment {
            Comment::Banner(line) => Some(line.clone()),
            Comment::Said(parts) => {
                let said = parts.iter().filter_map(|(lead, kind)| Some(format!("{lead}{}", words.of(*kind)?)));
                Some(said.collect::<String>()).filter(|line| !line.is_empty())
            }
        };
        let is_field = |comment: &Comment| comment.begins_with(Kind::is_field);
        let first = self.comments.iter().position(is_field).filter(|_| self.is_note_first);
        let (above, below) = self.comments.split_at(first.unwrap_or(self.comments.len()));
        let region = words.region.iter().zip(&self.region).map(|(region, lead)| format!("{lead}{region}"));
        let notes = region.chain(words.notes.iter().map(|note| self.note(note)));
        above.iter().filter_map(written).chain(notes).chain(below.iter().filter_map(written)).collect()
    }

    /// The line of a note.
    pub fn note(&self, text: &str) -> String {
        format!("{}{text}", self.note)
    }

    /// The line of a title, with what stands behind that in it.
    pub fn title(&self, text: &str) -> String {
        let titled = self.comments.iter().find(|comment| comment.begins_with(|kind| *kind == Kind::Title));
        format!("{}{text}", titled.and_then(Comment::lead).unwrap_or(&self.mark))
    }
}

impl Words {
    /// What is said of that kind, once.
    fn of(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Title => Some(&self.title),
            Kind::Source => Some(&self.source),
            Kind::Repository => Some(&self.repository),
            Kind::Tag => self.tag.as_deref(),
            Kind::Region | Kind::Note => None,
        }
    }
}

impl Comment {
    /// What stands in front of its first words.
    fn lead(&self) -> Option<&str> {
        self.parts().first().map(|(lead, _)| lead.as_str())
    }

    fn parts(&self) -> &[Part] {
        match self {
            Self::Banner(_) => &[],
            Self::Said(parts) => parts,
        }
    }

    fn begins_with(&self, is: impl Fn(&Kind) -> bool) -> bool {
        self.parts().first().is_some_and(|(_, kind)| is(kind))
    }

    fn says(&self, kind: Kind) -> bool {
        self.parts().iter().any(|(_, said)| *said == kind)
    }
}

/// What mostly stands in front of `kind` where a line begins with it.
fn usual_lead(shapes: &[Vec<Comment>], kind: Kind) -> Option<String> {
    let firsts = shapes.iter().flatten().filter_map(|comment| comment.parts().first());
    most(firsts.filter(|(_, said)| *said == kind).map(|(lead, _)| lead.clone()))
}

/// The lines with all that a new entry should say; `shapes` are those of all blocks.
fn whole(mut comments: Vec<Comment>, shapes: &[Vec<Comment>], mark: &str) -> Vec<Comment> {
    let place = |comments: &[Comment], kind: Kind| comments.iter().position(|comment| comment.says(kind));
    let titled = |lead: &str| vec![(lead.to_owned(), Kind::Title), (" ".to_owned(), Kind::Source)];
    match (place(&comments, Kind::Title), place(&comments, Kind::Source)) {
        (Some(_), Some(_)) => {}
        (Some(at), None) => {
            if let Comment::Said(parts) = &mut comments[at] {
                let title = parts.iter().position(|(_, said)| *said == Kind::Title).unwrap_or_default();
                parts.insert(title + 1, (" ".to_owned(), Kind::Source));
            }
        }
        (None, Some(at)) => {
            if let Comment::Said(parts) = &mut comments[at] {
                let source = parts.iter().position(|(_, said)| *said == Kind::Source).unwrap_or_default();
                let lead = std::mem::replace(&mut parts[source].0, " ".to_owned());
                parts.insert(source, (lead, Kind::Title));
            }
        }
        (None, None) => {
            let behind = comments.iter().take_while(|comment| matches!(comment, Comment::Banner(_))).count();
            comments.insert(behind, Comment::Said(titled(mark)));
        }
    }
    // Which of the two the other blocks have first.
    let first = |shape: &Vec<Comment>| {
        let both = shape.iter().flat_map(Comment::parts).map(|(_, kind)| *kind);
        let mut both = both.filter(Kind::is_field);
        both.next().zip(both.next()).map(|(first, _)| first)
    };
    let is_tag_first = most(shapes.iter().filter_map(first)) == Some(Kind::Tag);
    for (kind, other, is_first) in
        [(Kind::Repository, Kind::Tag, !is_tag_first), (Kind::Tag, Kind::Repository, is_tag_first)]
    {
        if place(&comments, kind).is_some() {
            continue;
        }
        let label = if kind == Kind::Tag { "Tag: " } else { "Repository: " };
        let known = place(&comments, other);
        if let Some(Comment::Said(parts)) = known.map(|at| &mut comments[at])
            && let Some(at) = parts.iter().position(|(_, said)| *said == other)
            && let Some(joint) = joint(&parts[at].0)
        {
            let part = (format!("{joint}{label}"), kind);
            parts.insert(if is_first { at } else { at + 1 }, part);
            continue;
        }
        let usual = usual_lead(shapes, kind);
        let label = usual.as_ref().map_or(label, |lead| &lead[mark_length(lead)..]);
        let lead = format!("{mark}{label}");
        // No field stands above the title.
        let is_above = |at: usize| is_first && comments[at].begins_with(Kind::is_field);
        let at = known.map_or(comments.len(), |at| if is_above(at) { at } else { at + 1 });
        comments.insert(at, Comment::Said(vec![(lead, kind)]));
    }
    comments
}

/// The lines of the entry's block that a new one has as well, each kind once.
fn shape(list: &List, entry: &Entry) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    for line in list.comments_of(entry) {
        let Some(comment) = comment(list, entry, line) else { continue };
        let is_known = |(_, kind): &Part| comments.iter().any(|other| other.says(*kind));
        if !comment.parts().iter().any(is_known) {
            comments.push(comment);
        }
    }
    comments
}

fn comment(list: &List, entry: &Entry, line: usize) -> Option<Comment> {
    let (note, span) = (&entry.note, list.lines[line].span);
    let fields = [(&note.repositories, Kind::Repository), (&note.tags, Kind::Tag)];
    let fields = fields.into_iter().flat_map(|(fields, kind)| fields.iter().map(move |field| (field, kind)));
    let fields = fields.chain(note.default_region.iter().map(|field| (field, Kind::Region)));
    let fields = fields.map(|(field, kind)| {
        let end = field.remark.as_ref().map_or(field.value.span.end, |remark| remark.span.end);
        (field.value.span.start..end, kind)
    });
    let plain = |span: Span, kind: Kind| (span.start..span.end, kind);
    let title = note.title.iter().map(|title| plain(title.span, Kind::Title));
    let source = note.from.iter().map(|from| plain(from.span, Kind::Source));
    let notes = note.notes.iter().map(|told| plain(told.span, Kind::Note));
    let said = title.chain(source).chain(fields).chain(notes);
    let mut said: Vec<(Range<u32>, Kind)> =
        said.filter(|(place, _)| span.start <= place.start && place.end <= span.end).collect();
    said.sort_by_key(|(place, _)| place.start);
    let text = |from: u32, to: u32| list.text().get(from as usize..to as usize).unwrap_or_default().to_owned();
    let start = list.start_of_line(line).start;
    if said.is_empty() {
        let banner = text(start, span.end);
        return (!banner.contains(char::is_alphanumeric)).then_some(Comment::Banner(banner));
    }
    let mut end = start;
    let parts = said.into_iter().map(|(place, kind)| {
        // Quotes around a value are no part of what stands in front of it.
        let lead = text(end, place.start).trim_start_matches(QUOTES).trim_end_matches(QUOTES).to_owned();
        end = place.end;
        // A dash behind a title is no word of it.
        if kind == Kind::Title {
            let words = text(place.start, place.end);
            let dash = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '–' | '—' | ':' | ',');
            end = place.start + u32::try_from(words.trim_end_matches(dash).len()).unwrap_or_default();
        }
        (lead, kind)
    });
    Some(Comment::Said(parts.collect()))
}

/// The `#` that the comment of that line begins with, and the blanks behind it; nothing when it says nothing.
fn mark_of(list: &List, line: usize) -> Option<String> {
    let known = list.lines.get(line).filter(|known| known.kind == LineKind::Comment)?;
    let start = list.start_of_line(line).start as usize;
    let text = list.text().get(start..known.span.end as usize)?;
    text.contains(char::is_alphanumeric).then(|| text[..mark_length(text)].to_owned())
}

/// Where the words of a lead begin: behind the mark and a bullet.
fn label_start(lead: &str) -> usize {
    lead.find(char::is_alphanumeric).unwrap_or(lead.len())
}

/// What parts a field from what stands before it in the line, where one more could be read that is parted likewise.
fn joint(lead: &str) -> Option<&str> {
    let joint = &lead[..label_start(lead)];
    joint.starts_with([',', ';', '|', '、', '，', '；']).then_some(joint)
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
pub(super) fn most<T: PartialEq>(values: impl Iterator<Item = T>) -> Option<T> {
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
            region: Some("eu-west-1".to_owned()),
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
        let bullets = "# Web (from a/web:1)\n# - Tag: 1\n# - Repository: nginx\nweb=nginx:1\n";
        assert_eq!(
            block(bullets),
            [
                "# Redis (from local chart cache:1.0.0)",
                "# - Tag: 7 (from chart values)",
                "# - Repository: redis",
                "# - Note: varies",
            ]
        );
        let one_line = "# Web (from a/web:1) Repository: nginx, Tag: 1\nweb=nginx:1\n";
        let written = "# Redis (from local chart cache:1.0.0) Repository: redis, Tag: 7 (from chart values)";
        assert_eq!(block(one_line), [written, "# Note: varies"]);
        let untitled = "# (from a/web:1), Tag: 1 (old) | Repository: nginx\nweb=nginx:1\n";
        let written = "# Redis (from local chart cache:1.0.0), Tag: 7 (from chart values) | Repository: redis";
        assert_eq!(block(untitled), [written, "# Note: varies"]);
        // What the blocks of the usual shape lack is written as the others have it.
        let mixed = "# A (from a/web:1)\na=a:1\n\n# B (from a/web:1)\nb=b:1\n\n# C (from a/web:1)\n# * Tag: 1\n\
                     # * Image repo: c\nc=c:1\n";
        assert_eq!(
            block(mixed),
            [
                "# Redis (from local chart cache:1.0.0)",
                "# * Tag: 7 (from chart values)",
                "# * Image repo: redis",
                "# * Note: varies",
            ]
        );
        let dynamic = "# Agent (from a/web:1)\n# Remark: none\n# Note: by region\n# Tag: 1\n# Default region: us-west-2\n\
                       agent=a:1\n";
        assert_eq!(
            block(dynamic),
            [
                "# Redis (from local chart cache:1.0.0)",
                "# Default region: eu-west-1",
                "# Note: varies",
                "# Repository: redis",
                "# Tag: 7 (from chart values)",
            ]
        );
        let two_ways = format!("{tight}\n# A (from a/web:1)\na=a:1\n\n# B (from a/web:1)\nb=b:1\n");
        assert_eq!(block(&two_ways)[..2], [usual[0], "# Tag:7 (from chart values)"], "as far as anybody shows it");
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
