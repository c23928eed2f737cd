//! What the comment block above an entry says about the image's source. Tolerant of how people write it, exact about where
//! it stands; a line that fits nothing is kept as a remark.

use super::directive;
use super::located::{Located, Piece};
use super::named_chart::{CLOSING, ChartOrigin, Named, NamedChart, OPENING};

/// A `KEY: VALUE` line of the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The value: its first word, without quotes around it.
    pub value: Located,
    /// What else stands on the line: `(from chart values.yaml)`.
    pub remark: Option<Located>,
    /// The charts that the remark names, but for the one that the block is from: `(from chart web:1.0.0 values.yaml)`.
    pub charts: Vec<NamedChart>,
}

/// The comment block of an entry, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceNote {
    /// What the image is called, without the `(from ...)` behind it.
    pub title: Option<Located>,
    /// The chart that the block says the image is from: the first one, or where there is none the first that stands with its
    /// version behind a repository or a tag.
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
        for comment in comments {
            for part in lines(unbulleted(comment), note.title.is_none() && note.from.is_none()) {
                match keyed(part) {
                    Some((Key::Repository, value)) => note.repositories.extend(field(value)),
                    Some((Key::Tag, value)) => note.tags.extend(field(value)),
                    Some((Key::DefaultRegion, value)) => note.default_region = note.default_region.or(field(value)),
                    Some((Key::Note, value)) => note.notes.extend(value.filled()),
                    None => note.read_plain(part),
                }
            }
        }
        if note.from.is_none() {
            note.from = note.take_remarked();
        }
        note
    }

    /// Takes out the first chart that stands with its version behind a repository or a tag.
    fn take_remarked(&mut self) -> Option<NamedChart> {
        let fields = self.repositories.iter_mut().chain(&mut self.tags);
        let first = fields.filter_map(|field| {
            let says = |named: &NamedChart| named.version.is_some() && !may_be_image(named, &field.value.text);
            let at = field.charts.iter().position(says)?;
            Some((field, at))
        });
        first.min_by_key(|(field, at)| field.charts[*at].span.start).map(|(field, at)| field.charts.remove(at))
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

/// What starts an item of a list, or stands between two that share a line.
const BULLETS: [char; 8] = ['-', '*', '+', '•', '・', '–', '—', '/'];

/// What stands behind a key.
const COLONS: [char; 2] = [':', '：'];

/// What may part several `KEY: VALUE` in one line; a bullet with blanks around it does, too, and a full stop with one behind it.
const PARTING: [char; 7] = [',', ';', '|', '、', '，', '；', '。'];

/// Whether the letter at byte `at` of `text` may part two fields that stand in one line.
pub(crate) fn may_part(text: &str, at: usize, letter: char) -> bool {
    let is_blank_behind = text[at + letter.len_utf8()..].starts_with(char::is_whitespace);
    let is_blank_before = text[..at].ends_with(char::is_whitespace);
    match letter {
        _ if PARTING.contains(&letter) => true,
        '.' => is_blank_behind && !is_blank_before,
        _ => BULLETS.contains(&letter) && is_blank_behind && is_blank_before,
    }
}

/// The words of `comment` without a bullet in front of them. Behind one a key may be the beginning of a sentence.
fn unbulleted(comment: Piece<'_>) -> Piece<'_> {
    let (bullet, words) = comment.first_word();
    let is_bullet = bullet.text.chars().count() == 1 && bullet.text.starts_with(BULLETS);
    let words = words.trim();
    let is_sentence = || !matches!(keyed(words), None | Some((Key::Note, _))) && parts(words).is_none();
    if is_bullet && !is_sentence() { words } else { comment }
}

/// What one line says one behind the other: `Repository: nginx, Tag: 1`, and the same behind what names a chart or, where it may be
/// one, a title. Where anything else stands among that it is a sentence, and the line is whole.
fn lines(comment: Piece<'_>, may_be_title: bool) -> Vec<Piece<'_>> {
    if matches!(keyed(comment), Some((Key::Note, _))) {
        return vec![comment];
    }
    let Named { charts, perhaps } = Named::find(comment);
    let named = charts.iter().map(|(chart, _)| chart).chain(&perhaps);
    let notes = named.map(|chart| ((chart.span.end - comment.span().start) as usize, 0));
    let titles = partings(comment).filter(|_| may_be_title && keyed(comment).is_none());
    let mut heads: Vec<(usize, usize)> = notes.chain(titles).collect();
    heads.sort_unstable();
    let behind = |(at, width): (usize, usize)| {
        let (head, rest) = comment.split(at, width);
        let rest =
            rest.trim_start_matching(|letter| letter.is_whitespace() || letter == '.' || PARTING.contains(&letter));
        let parts = parts(unbulleted(rest))?;
        // Behind a title a label in small letters may as well be a word of a sentence.
        let is_label = width == 0 || !rest.text.starts_with(char::is_lowercase);
        Some(if is_label { [vec![head], parts].concat() } else { vec![comment] })
    };
    parts(comment).or_else(|| heads.into_iter().find_map(behind)).unwrap_or_else(|| vec![comment])
}

/// Where something may part the fields of `words`, outside of parentheses, and how many bytes that has.
fn partings(words: Piece<'_>) -> impl Iterator<Item = (usize, usize)> {
    let parts = move |(at, letter, depth): &(usize, char, usize)| *depth == 0 && may_part(words.text, *at, *letter);
    depths(words.text).filter(parts).map(|(at, letter, _)| (at, letter.len_utf8()))
}

/// The parts of `words` when they are nothing but `KEY: VALUE`, each with a remark in parentheses at most, and perhaps a note at the
/// end.
fn parts(words: Piece<'_>) -> Option<Vec<Piece<'_>>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (at, width) in partings(words).chain([(words.text.len(), 0)]) {
        let rest = words.from(start);
        if !parts.is_empty() && matches!(keyed(rest), Some((Key::Note, _))) {
            parts.push(rest);
            return Some(parts);
        }
        parts.push(Some(words.slice(start..at)).filter(|part| is_field(*part))?);
        start = at + width;
    }
    Some(parts)
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

/// Whether what `named` is taken for a chart may be an image that `value`, a repository or a tag, is a part of: `Tag: 1 (from nginx:1)`.
fn may_be_image(named: &NamedChart, value: &str) -> bool {
    match &named.origin {
        ChartOrigin::Local => false,
        ChartOrigin::Repository(address) => {
            !address.text.contains("://") && address.text.split('/').next().is_some_and(|host| host.contains('.'))
        }
        ChartOrigin::Unsaid => {
            let is_version = named.version.as_ref().is_some_and(|version| version.text == value);
            is_version || value.rsplit('/').next() == Some(&named.chart.text)
        }
    }
}

/// The value and the remark behind it; nothing when no value stands there.
fn field(value: Piece<'_>) -> Option<Field> {
    let (word, rest) = value.first_word();
    // No tag and no repository holds a parenthesis: a remark may follow without a blank, or one end that holds them all.
    let remark = word.text.find([OPENING, CLOSING].as_flattened()).filter(|at| *at > 0);
    let (word, rest) = remark.map_or((word, rest), |at| value.trim().split(at, 0));
    let word = word.trim_end_matching(|c| matches!(c, ',' | ';'));
    // The full stop of a sentence; a tag may end with one, which then stands there twice.
    let word = word.text.strip_suffix('.').map_or(word, |bare| word.slice(0..bare.len()));
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
