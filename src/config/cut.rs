//! One item of a list of the configuration, taken out with its lines. Only where it stands in lines of its own, and nothing else can
//! hang on them; what is written in brackets, or with anchors and tags, is left to people.

use std::ops::Range;

use super::Loaded;
use crate::source::Span;
use crate::yaml::{self, Node};

/// What takes an item out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What to write where, in order.
    pub edits: Vec<(Span, &'static str)>,
    /// Whether comments go with it: behind it, or directly above it.
    pub has_comments: bool,
}

impl Loaded {
    /// Takes the item `number` out of the list that is called `list`; nothing where that is not sure.
    #[must_use]
    pub fn cut(&self, list: &str, number: usize) -> Option<Cut> {
        let stream = yaml::parse(&self.text).ok()?;
        let [document] = stream.documents.as_slice() else { return None };
        let root = document.root();
        let (key, items) = root.get(list)?;
        let is_list = items.is_sequence() && !items.is_flow() && !root.is_flow();
        if !is_list || !is_plain(items) {
            return None;
        }
        let text = self.text.as_str();
        let item = items.items().nth(number)?;
        let mut lines = lines_of(text, item)?;
        let mut has_comments = has_comment(text, item, &lines);
        let above = |at: usize| at.checked_sub(1).map(|end| line_start(text, end)..at);
        let is_comment = |line: &Range<usize>| text[line.clone()].trim_start().starts_with('#');
        while let Some(comment) = above(lines.start).filter(is_comment) {
            lines.start = comment.start;
            has_comments = true;
        }
        let is_blank = |line: &Range<usize>| text[line.clone()].trim().is_empty();
        let below = lines.end..line_end(text, lines.end);
        if let Some(blank) = above(lines.start).filter(|line| is_blank(line) && is_blank(&below)) {
            lines.start = blank.start;
        }
        let span = |range: Range<usize>| Span::new(self.file, range.start, range.end);
        let colon = key.range().end..key.range().end + 1;
        let edits = match items.items().len() {
            1 if text.get(colon.clone()) == Some(":") => {
                vec![(span(colon.end..colon.end), " []"), (span(lines), "")]
            }
            1 => return None,
            _ => vec![(span(lines), "")],
        };
        Some(Cut { edits, has_comments })
    }
}

/// Whether neither the node nor what is in it has an anchor, an alias or a tag.
fn is_plain(node: Node<'_>) -> bool {
    let own = node.anchor().is_none() && node.target().is_none() && node.tag().is_none();
    own && node.items().all(is_plain) && node.entries().all(|(key, value)| is_plain(key) && is_plain(value))
}

/// The lines that hold `item` and its dash, and nothing else.
fn lines_of(text: &str, item: Node<'_>) -> Option<Range<usize>> {
    let range = item.full_range();
    let start = line_start(text, range.start);
    let is_alone = text[start..range.start].trim() == "-" && !text[start..range.start].contains('\t');
    let end = range.start + text[range.clone()].trim_end().len();
    let behind = text[end..line_end(text, end)].trim();
    (is_alone && (behind.is_empty() || behind.starts_with('#'))).then(|| start..line_end(text, end))
}

/// Whether a comment stands in `lines`, which hold `item`.
fn has_comment(text: &str, item: Node<'_>, lines: &Range<usize>) -> bool {
    fn scalars(node: Node<'_>, found: &mut Vec<Range<usize>>) {
        if node.is_scalar() {
            found.push(node.range());
        }
        node.items().for_each(|item| scalars(item, found));
        node.entries().for_each(|(key, value)| [key, value].into_iter().for_each(|node| scalars(node, found)));
    }
    let mut found = Vec::new();
    scalars(item, &mut found);
    let marks = text[lines.clone()].match_indices('#').map(|(at, _)| lines.start + at);
    marks.into_iter().any(|at| found.iter().all(|scalar| !scalar.contains(&at)))
}

/// Where the line with byte `at` starts; that of a line break is the line that it ends.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Where that line ends, its line break included.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}
