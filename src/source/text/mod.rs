//! A string that knows where each of its parts came from.
//!
//! A [`Text`] is a shared string and a list of runs: `run.len` bytes came from `run.origin`. A run that was taken over
//! letter by letter is exact: slicing the text narrows its place. Bytes that no run covers have no known origin.

mod builder;
mod origin;

use std::borrow::Borrow;
use std::ops::Range;
use std::sync::Arc;

pub use builder::TextBuilder;
pub use origin::{Layer, MOST_ORIGINS, Origin, Origins};

use super::file::{FileId, Span};

/// A stretch of a text. Offsets are kept small, for there are many runs: no text reaches 4 GiB ([`super::Sources`] refuses
/// such files, rendering stops long before).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    /// The run's first byte within its text: runs are found by binary search.
    start: u32,
    len: u32,
    /// The run's first byte within the origin's bytes, when the run was taken over letter by letter.
    exact: Option<u32>,
    origin: Origins,
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl Run {
    fn new(start: usize, len: usize, exact: Option<u32>, origin: Origins) -> Self {
        Self { start: small(start), len: small(len), exact, origin }
    }

    /// The part of this run that lies in `range` of its text, as a run of the text cut out there.
    fn cut(&self, range: &Range<usize>) -> Self {
        let start = self.start().max(range.start);
        let end = self.end().min(range.end).max(start);
        let exact = self.exact.map(|first| first.saturating_add(small(start - self.start())));
        Self::new(start - range.start, end - start, exact, self.origin.clone())
    }

    fn start(&self) -> usize {
        self.start as usize
    }

    fn end(&self) -> usize {
        self.start as usize + self.len as usize
    }

    fn place(&self) -> Origins {
        place(self.origin.as_ref(), self.exact, self.len as usize)
    }
}

/// Where `len` bytes of `origin` are.
fn place(origin: Option<&Origin>, exact: Option<u32>, len: usize) -> Origins {
    match (origin, exact) {
        (Some(origin), Some(first)) => Some(origin.narrowed(first as usize..first as usize + len)),
        (origin, _) => origin.cloned(),
    }
}

/// The runs of a text. Nearly all texts have one origin: that takes no memory of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Runs {
    None,
    /// One run over the whole text.
    Whole {
        origin: Origin,
        exact: Option<u32>,
    },
    Many(Arc<Vec<Run>>),
}

impl Runs {
    /// The runs of a text of `len` bytes.
    fn new(mut runs: Vec<Run>, len: usize) -> Self {
        match runs.as_mut_slice() {
            [run] if run.start == 0 && run.end() == len => match run.origin.take() {
                Some(origin) => Self::Whole { origin, exact: run.exact },
                None => Self::None,
            },
            runs if runs.iter().all(|run| run.origin.is_none()) => Self::None,
            _ => {
                runs.shrink_to_fit();
                Self::Many(Arc::new(runs))
            }
        }
    }

    fn whole(origin: Origins, exact: Option<u32>) -> Self {
        origin.map_or(Self::None, |origin| Self::Whole { origin, exact })
    }
}

/// Everything that a text of `len` bytes came from.
fn origins(runs: &Runs, len: usize) -> Origins {
    match runs {
        Runs::None => None,
        Runs::Whole { origin, exact } => place(Some(origin), *exact, len),
        Runs::Many(runs) => Origin::union(runs.iter().filter_map(Run::place)),
    }
}

/// A string with the origins of its parts. Compares, sorts and hashes as the plain string.
#[derive(Clone)]
pub struct Text {
    text: Arc<str>,
    runs: Runs,
}

impl Text {
    /// `text`, origin unknown.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), runs: Runs::None }
    }

    /// A whole file, letter by letter.
    #[must_use]
    pub fn of_file(file: FileId, text: Arc<str>, layer: Layer) -> Self {
        let span = Span::new(file, 0, text.len());
        Self { runs: Runs::Whole { origin: Origin::new(span, layer), exact: Some(0) }, text }
    }

    /// `text` that came from `span`; exact when both have the same length.
    #[must_use]
    pub fn at(text: &str, span: Span, layer: Layer) -> Self {
        let exact = (span.len() == text.len()).then_some(0);
        Self { text: text.into(), runs: Runs::Whole { origin: Origin::new(span, layer), exact } }
    }

    /// `text` computed from `origins` as a whole.
    #[must_use]
    pub fn computed(text: impl Into<Arc<str>>, origins: Origins) -> Self {
        Self { text: text.into(), runs: Runs::whole(origins, None) }
    }

    /// `text` computed from this one: keeps the union of its origins; unchanged text keeps everything.
    #[must_use]
    pub fn derive(&self, text: impl Into<Arc<str>> + AsRef<str>) -> Self {
        if text.as_ref() == self.as_str() { self.clone() } else { Self::computed(text, self.origins()) }
    }

    /// The plain string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The plain string, shared.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        self.text.clone()
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether `other` is the same string and each part of it came from the same places.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.text == other.text && self.runs == other.runs
    }

    /// The bytes of `range`, with their origins. A range that is out of bounds or splits a character is cut to fit.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let start = self.text.floor_char_boundary(range.start.min(self.len()));
        let end = self.text.floor_char_boundary(range.end.clamp(start, self.len()));
        if start == 0 && end == self.len() {
            return self.clone();
        }
        Self { text: self.text[start..end].into(), runs: self.runs_of(start..end) }
    }

    /// This text without surrounding blanks, as `strings.TrimSpace` has them.
    #[must_use]
    pub fn trim(&self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start.max(self.text.trim_end().len()))
    }

    /// Everything that any part of it came from, as one.
    #[must_use]
    pub fn origins(&self) -> Origins {
        origins(&self.runs, self.len())
    }

    /// Everything that the bytes of `range` came from: of an empty one, the place where it is.
    #[must_use]
    pub fn origins_of(&self, range: Range<usize>) -> Origins {
        let start = self.text.floor_char_boundary(range.start.min(self.len()));
        let end = self.text.floor_char_boundary(range.end.clamp(start, self.len()));
        origins(&self.runs_of(start..end), end - start)
    }

    /// Its parts in order: the bytes of each and where they came from. Parts cover the whole text.
    #[must_use]
    pub fn parts(&self) -> Vec<(Range<usize>, Origins)> {
        let mut parts = Vec::new();
        let mut covered = 0;
        if self.is_empty() {
            parts.extend(self.origins().map(|origin| (0..0, Some(origin))));
        }
        self.each_run(0..self.len(), |run| {
            parts.push((run.start()..run.end(), run.place()));
            covered = run.end();
        });
        if covered < self.len() {
            parts.push((covered..self.len(), None));
        }
        parts
    }

    /// The one place in a file that this text was taken from letter by letter, if there is one.
    #[must_use]
    pub fn exact_span(&self) -> Option<Span> {
        let Runs::Whole { origin, exact: exact @ Some(_) } = &self.runs else { return None };
        match place(Some(origin), *exact, self.len())?.places().as_slice() {
            [(span, ..)] => Some(*span),
            _ => None,
        }
    }

    /// Where `range` of this text stands in files: from the first known place to the last one in the same file.
    #[must_use]
    pub fn span_of(&self, range: Range<usize>) -> Option<Span> {
        let places = self.origins_of(range)?.places();
        let (first, ..) = *places.first()?;
        let same = places.iter().filter(|(span, ..)| span.file == first.file && span.start >= first.start);
        Some(Span { end: same.map(|(span, ..)| span.end).max().unwrap_or(first.end), ..first })
    }

    /// Gives each part of a run that lies in `range`, as a run of the text cut out there.
    fn each_run(&self, range: Range<usize>, mut take: impl FnMut(Run)) {
        match &self.runs {
            Runs::None => {}
            Runs::Whole { origin, exact } => {
                if !range.is_empty() {
                    let exact = exact.map(|first| first.saturating_add(small(range.start)));
                    take(Run::new(0, range.len(), exact, Some(origin.clone())));
                }
            }
            Runs::Many(runs) => {
                let first = runs.partition_point(|run| run.end() <= range.start);
                let inside = runs[first..].iter().take_while(|run| run.start() < range.end);
                inside.map(|run| run.cut(&range)).for_each(take);
            }
        }
    }

    /// The runs of the text cut out at `range`.
    fn runs_of(&self, range: Range<usize>) -> Runs {
        match &self.runs {
            Runs::None => Runs::None,
            Runs::Whole { origin, exact } => {
                let exact = exact.map(|first| first.saturating_add(small(range.start)));
                Runs::Whole { origin: origin.clone(), exact }
            }
            // An empty value still has a place: that of the run it was cut from.
            Runs::Many(runs) if range.is_empty() => {
                let run = runs.get(runs.partition_point(|run| run.end() < range.start));
                run.map_or(Runs::None, |run| {
                    let run = run.cut(&range);
                    Runs::whole(run.origin, run.exact)
                })
            }
            Runs::Many(_) => {
                let mut runs = Vec::new();
                let len = range.len();
                self.each_run(range, |run| runs.push(run));
                Runs::new(runs, len)
            }
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self { text: Arc::default(), runs: Runs::None }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text: text.into(), runs: Runs::None }
    }
}

impl std::ops::Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.text == *other
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", &*self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn file(text: &str) -> Text {
        let sources = Sources::new();
        Text::of_file(sources.add("values.yaml", text.into()), text.into(), Layer::Values)
    }

    fn ranges(text: &Text) -> Vec<Range<usize>> {
        text.origins().map_or_else(Vec::new, |all| all.places().into_iter().map(|(span, ..)| span.range()).collect())
    }

    #[test]
    fn a_slice_of_a_file_narrows_its_place() {
        let tag = file("tag: v0.5.13\n").slice(5..12);
        assert_eq!(tag, "v0.5.13");
        assert_eq!(ranges(&tag), [5..12]);
        assert_eq!(ranges(&tag.slice(1..4)), [6..9]);
    }

    #[test]
    fn texts_are_the_same_where_their_origins_are() {
        let (values, plain) = (file("nginx nginx"), Text::new("nginx"));
        assert!(values.slice(0..5) == values.slice(6..11) && !values.slice(0..5).is_same(&values.slice(6..11)));
        assert!(values.slice(0..5).is_same(&values.slice(0..5)) && !values.slice(0..5).is_same(&plain));
        let printed = |range: Range<usize>| {
            let mut builder = TextBuilder::new();
            builder.push_str("image: ");
            builder.push_via(&values.slice(range), values.exact_span().unwrap());
            builder.finish()
        };
        assert!(printed(0..5).is_same(&printed(0..5)) && !printed(0..5).is_same(&printed(6..11)));
    }

    #[test]
    fn an_empty_slice_keeps_its_place() {
        assert_eq!(ranges(&file("tag: \"\"\n").slice(6..6)), [6..6]);
    }

    #[test]
    fn a_built_text_knows_each_part() {
        let values = file("nginx 1.25");
        let mut builder = TextBuilder::new();
        builder.push_str("image: ");
        builder.push_slice(&values, 0..5);
        builder.push(':');
        builder.push_slice(&values, 6..10);
        let image = builder.finish();
        assert_eq!(image, "image: nginx:1.25");
        let parts: Vec<_> = image.parts().into_iter().map(|(range, origin)| (range, origin.is_some())).collect();
        assert_eq!(parts, [(0..7, false), (7..12, true), (12..13, false), (13..17, true)]);
        assert_eq!(ranges(&image.slice(13..17)), [6..10]);
        assert_eq!(ranges(&image.slice(7..17)), [0..5, 6..10]);
    }

    #[test]
    fn a_text_that_stays_alone_is_shared() {
        let (values, mut builder) = (file("nginx"), TextBuilder::new());
        builder.push_text(&values.slice(2..2));
        builder.push_text(&values);
        assert_eq!((builder.len(), builder.as_str()), (5, "nginx"));
        let again = std::mem::take(&mut builder).finish();
        assert!(Arc::ptr_eq(&again.shared(), &values.shared()));
        builder.push_text(&values.slice(1..3));
        builder.push('-');
        builder.push_text(&values);
        let text = builder.finish();
        assert_eq!(text, "gi-nginx");
        assert_eq!(ranges(&text.slice(0..4)), [1..3, 0..1]);
    }

    #[test]
    fn derived_text_keeps_the_union() {
        let quoted = file("abc").derive("\"abc\"".to_owned());
        assert_eq!(ranges(&quoted), [0..3]);
        assert_eq!(ranges(&quoted.slice(1..2)), [0..3]);
    }

    #[test]
    fn printing_through_actions_keeps_the_chain() {
        let value = file("abc");
        let site = |start| Span::new(value.exact_span().unwrap().file, start, start + 1);
        let mut helper = TextBuilder::new();
        helper.push_via(&value, site(10));
        let mut template = TextBuilder::new();
        template.push_via(&helper.finish(), site(20));
        let printed = template.finish().slice(1..2);
        let places = printed.origins().unwrap().places();
        assert_eq!(places.len(), 1);
        assert_eq!(places[0].0.range(), 1..2);
        assert_eq!(places[0].2, [site(20), site(10)]);
    }
}
