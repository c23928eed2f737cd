//! What the comment block above an entry says about the image's source. Tolerant of how people write it, exact about where
//! it stands; a line that fits nothing is kept as a remark.

use super::directive;
use super::located::{Located, Piece};
use super::named_chart::{CLOSING, Named, NamedChart, OPENING};
use crate::source::Span;

/// A `KEY: VALUE` line of the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The value: its first word, without quotes around it.
    pub value: Located,
    /// What else stands on the line: `(from chart values.yaml)`.
    pub remark: Option<Located>,
    /// The charts that the remark names: `(from chart web:1.0.0 values.yaml)`.
    pub charts: Vec<NamedChart>,
}

/// The comment block of an entry, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceNote {
    /// What the image is called, without the `(from ...)` behind it.
    pub title: Option<Located>,
    /// The chart that the block says the image is from: the first one.
    pub from: Option<NamedChart>,
    /// The other ones.
    pub others: Vec<NamedChart>,
    /// What names a chart only if there is one: `(from web)`.
    pub perhaps: Vec<NamedChart>,
    /// The `Repository:` lines.
    pub repositories: Vec<Field>,
    /// The `Tag:` lines.
    pub tags: Vec<Field>,
    /// `Default region:`.
    pub default_region: Option<Field>,
    /// What stands behind `Note:`.
    pub notes: Vec<Located>,
    /// All other lines but the title.
    pub remarks: Vec<Located>,
}

enum Key {
    Repository,
    Tag,
    DefaultRegion,
    Note,
}

impl SourceNote {
    /// Reads the words of a block's comment lines, from the first to the last.
    pub(super) fn read<'a>(comments: impl Iterator<Item = Piece<'a>>) -> Self {
        let mut note = Self::default();
        let comments = comments.filter(|comment| directive::read(*comment).is_none());
        for comment in comments.flat_map(|comment| lines(unbulleted(comment))) {
            match keyed(comment) {
                Some((Key::Repository, value)) => note.repositories.extend(field(value)),
                Some((Key::Tag, value)) => note.tags.extend(field(value)),
                Some((Key::DefaultRegion, value)) => note.default_region = note.default_region.or(field(value)),
                Some((Key::Note, value)) => note.notes.extend(value.filled()),
                None => note.read_plain(comment),
            }
        }
        note
    }

    /// All charts that the block says the image is from.
    pub fn charts(&self) -> impl Iterator<Item = &NamedChart> {
        self.from.iter().chain(&self.others)
    }

    /// Whether it says where an image is from.
    pub(super) fn says_source(&self) -> bool {
        !(self.from.is_none() && self.repositories.is_empty() && self.tags.is_empty())
    }

    /// Whether it says anything at all.
    pub(super) fn says_anything(&self) -> bool {
        *self != Self::default()
    }

    /// A line without a key: the title is the one that names the chart, else the first that says anything.
    fn read_plain(&mut self, comment: Piece<'_>) {
        if !comment.text.contains(char::is_alphanumeric) {
            return;
        }
        let Named { charts, perhaps } = Named::find(comment);
        self.perhaps.extend(perhaps);
        let mut charts = charts.into_iter();
        let first = if self.from.is_none() { charts.next() } else { None };
        self.others.extend(charts.map(|(chart, _)| chart));
        match first {
            Some((chart, title)) => {
                let behind = comment.from((chart.span.end - comment.span().start) as usize);
                self.remarks.extend(behind.filled().filter(|words| words.text.contains(char::is_alphanumeric)));
                self.from = Some(chart);
                // What was taken for the title may have been the end of the file's header.
                if let Some(title) = title.filled() {
                    self.remarks.extend(self.title.replace(title));
                }
            }
            _ if self.title.is_none() && self.from.is_none() && !is_disabled_entry(comment.text) => {
                self.title = comment.filled();
            }
            _ => self.remarks.extend(comment.filled()),
        }
    }
}

/// What starts an item of a list.
const BULLETS: [char; 7] = ['-', '*', '+', '•', '・', '–', '—'];

/// What stands behind a key.
const COLONS: [char; 2] = [':', '：'];

/// What may part several `KEY: VALUE` in one line.
const PARTING: [char; 6] = [',', ';', '|', '、', '，', '；'];

/// The words of `comment` without a bullet in front of them. Behind one a key may be the beginning of a sentence.
fn unbulleted(comment: Piece<'_>) -> Piece<'_> {
    let (bullet, words) = comment.first_word();
    let is_bullet = bullet.text.chars().count() == 1 && bullet.text.starts_with(BULLETS);
    let words = words.trim();
    let is_sentence = || !matches!(keyed(words), None | Some((Key::Note, _))) && parts(words).is_none();
    if is_bullet && !is_sentence() { words } else { comment }
}

/// What one line says one behind the other: `Repository: nginx, Tag: 1`, and the same behind what names a chart. Where anything else
/// stands among that it is a sentence, and the line is whole.
fn lines(comment: Piece<'_>) -> Vec<Piece<'_>> {
    if matches!(keyed(comment), Some((Key::Note, _))) {
        return vec![comment];
    }
    let behind_note = |at: Span| {
        let (head, rest) = comment.split((at.end - comment.span().start) as usize, 0);
        let rest = rest.trim_start_matching(|letter| letter.is_whitespace() || PARTING.contains(&letter));
        Some([vec![head], parts(unbulleted(rest))?].concat())
    };
    let Named { charts, perhaps } = Named::find(comment);
    let named = || charts.iter().map(|(chart, _)| chart).chain(&perhaps);
    parts(comment).or_else(|| named().find_map(|chart| behind_note(chart.span))).unwrap_or_else(|| vec![comment])
}

/// The parts of `words` when they are nothing but `KEY: VALUE`, each with a remark in parentheses at most.
fn parts(words: Piece<'_>) -> Option<Vec<Piece<'_>>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (at, letter, depth) in depths(words.text) {
        if depth == 0 && PARTING.contains(&letter) {
            parts.push(words.slice(start..at));
            start = at + letter.len_utf8();
        }
    }
    parts.push(words.from(start));
    parts.iter().all(|part| is_field(*part)).then_some(parts)
}

/// Whether `part` is a key and one word, perhaps with a remark in parentheses behind it.
fn is_field(part: Piece<'_>) -> bool {
    let Some((Key::Repository | Key::Tag | Key::DefaultRegion, value)) = keyed(part) else { return false };
    let bare: String = depths(value.text)
        .filter(|(_, letter, depth)| *depth == 0 && !CLOSING.contains(letter))
        .map(|(_, letter, _)| letter)
        .collect();
    let is_closed = value.text.matches(OPENING).count() == value.text.matches(CLOSING).count();
    is_closed && bare.split_whitespace().count() == 1 && field(value).is_some()
}

/// The letters of `text` with their places, and how many parentheses are open around each; one that opens counts as inside.
fn depths(text: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let mut depth: usize = 0;
    text.char_indices().map(move |(at, letter)| {
        if OPENING.contains(&letter) {
            depth += 1;
        } else if CLOSING.contains(&letter) {
            depth = depth.saturating_sub(1);
        }
        (at, letter, depth)
    })
}

/// The key of a `KEY: VALUE` line, and the value. Case, blanks and a word like `image` in front do not matter; Japanese is read as
/// well, and its wide colon.
fn keyed(comment: Piece<'_>) -> Option<(Key, Piece<'_>)> {
    let (at, colon) = comment.text.char_indices().find(|(_, letter)| COLONS.contains(letter))?;
    let (words, value) = comment.split(at, colon.len_utf8());
    let words: Vec<String> = words.text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let key = match words.as_slice() {
        ["repository" | "repo" | "リポジトリ" | "レポジトリ"]
        | ["image" | "source" | "upstream", "repository" | "repo"] => Key::Repository,
        ["tag" | "タグ" | "イメージタグ"] | ["image" | "source" | "upstream", "tag"] => Key::Tag,
        ["region" | "リージョン" | "デフォルトリージョン"] | ["default", "region"] => Key::DefaultRegion,
        ["note" | "notes" | "注" | "注意" | "注記" | "備考" | "ノート" | "メモ"] => Key::Note,
        _ => return None,
    };
    Some((key, value))
}

/// The value and the remark behind it; nothing when no value stands there.
fn field(value: Piece<'_>) -> Option<Field> {
    let (word, rest) = value.first_word();
    // No tag and no repository holds a parenthesis: a remark may follow without a blank, or one end that holds them all.
    let remark = word.text.find([OPENING, CLOSING].as_flattened()).filter(|at| *at > 0);
    let (word, rest) = remark.map_or((word, rest), |at| value.trim().split(at, 0));
    let word = word.trim_end_matching(|c| matches!(c, ',' | ';'));
    let word = unquoted(word);
    (!word.text.is_empty() && !word.text.starts_with(OPENING)).then(|| {
        let charts = Named::find(rest).charts.into_iter().map(|(chart, _)| chart).collect();
        Field { value: word.located(), remark: rest.filled(), charts }
    })
}

fn unquoted(word: Piece<'_>) -> Piece<'_> {
    let quoted = ['"', '\'', '`']
        .into_iter()
        .any(|quote| word.text.len() > 1 && word.text.starts_with(quote) && word.text.ends_with(quote));
    if quoted { word.slice(1..word.text.len() - 1) } else { word }
}

/// Whether a comment is an entry that was put out of use: no words, one `=`.
fn is_disabled_entry(comment: &str) -> bool {
    !comment.contains(char::is_whitespace) && comment.contains('=')
}
