//! Puts a [`Text`] together from parts, each with its places. Stops taking more once the allowance is spent.

use std::ops::Range;

use super::{Origin, Origins, Run, Runs, Text, small};
use crate::source::allowance::spend;
use crate::source::bytes::{from_bytes, may_be_stray, to_bytes};
use crate::source::file::Span;

/// Builds a [`Text`] from parts. Draws on the [`Allowance`](crate::source::Allowance): once that is spent, nothing more is added.
#[derive(Debug, Default)]
pub struct TextBuilder {
    /// The first text, when it was added as a whole: not copied before there is a second one, for many texts stay alone.
    first: Option<Text>,
    text: String,
    runs: Vec<Run>,
    covered: usize,
    full: bool,
}

impl TextBuilder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of bytes so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_str().len()
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }

    /// What was added so far, plain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.first.as_ref().map_or(&self.text, Text::as_str)
    }

    /// Whether something was left out, for the allowance was spent.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Makes room for so many bytes; false when there is none.
    fn has_room(&mut self, bytes: usize) -> bool {
        if self.text.capacity() - self.text.len() >= bytes { !self.full } else { self.grow(bytes) }
    }

    #[cold]
    fn grow(&mut self, bytes: usize) -> bool {
        let capacity = self.text.capacity();
        let wanted = self.text.len().saturating_add(bytes).max(capacity.saturating_mul(2)).max(SMALLEST);
        if self.full || !spend(wanted - capacity) {
            self.full = true;
            return false;
        }
        self.text.reserve_exact(wanted - self.text.len());
        true
    }

    /// Adds text of unknown origin: punctuation, indentation.
    pub fn push_str(&mut self, text: &str) {
        self.settle();
        if self.has_room(text.len()) {
            self.text.push_str(text);
        }
    }

    /// Adds one character of unknown origin.
    pub fn push(&mut self, character: char) {
        self.settle();
        if self.has_room(character.len_utf8()) {
            self.text.push(character);
        }
    }

    /// Adds text that was computed from `origins`.
    pub fn push_computed(&mut self, text: &str, origins: &Origins) {
        self.settle();
        if !self.has_room(text.len()) {
            return;
        }
        if origins.is_some() && !text.is_empty() {
            self.cover();
            self.add(Run::new(0, text.len(), None, origins.clone()));
        }
        self.text.push_str(text);
    }

    /// Adds a text with its origins.
    pub fn push_text(&mut self, text: &Text) {
        self.push_slice(text, 0..text.len());
    }

    /// Adds `range` of a text with its origins; the range must lie on character boundaries, else it is cut to fit.
    pub fn push_slice(&mut self, text: &Text, range: Range<usize>) {
        let start = text.text.floor_char_boundary(range.start.min(text.len()));
        let end = text.text.floor_char_boundary(range.end.clamp(start, text.len()));
        if start == end {
            return;
        }
        if end - start == text.len() && self.is_empty() {
            self.first = Some(text.clone());
            return;
        }
        self.settle();
        if !self.has_room(end - start) {
            return;
        }
        if !matches!(text.runs, Runs::None) {
            self.cover();
            text.each_run(start..end, |run| self.add(run));
        }
        self.text.push_str(&text.text[start..end]);
    }

    /// Adds a text that the template action at `site` printed.
    pub fn push_via(&mut self, text: &Text, site: Span) {
        self.settle();
        if !self.has_room(text.len()) {
            return;
        }
        if !matches!(text.runs, Runs::None) {
            self.cover();
            // Neighbouring runs often share an origin (a sliced value): they then share the wrapped one too.
            let mut last: Option<(Origin, Origin)> = None;
            text.each_run(0..text.len(), |run| {
                let origin = run.origin.map(|inner| match &last {
                    Some((known, wrapped)) if known.is_same(&inner) => wrapped.clone(),
                    _ => {
                        let wrapped = inner.via(site);
                        last = Some((inner, wrapped.clone()));
                        wrapped
                    }
                });
                self.add(Run { origin, ..run });
            });
        }
        self.text.push_str(&text.text);
    }

    /// The finished text.
    #[must_use]
    pub fn finish(self) -> Text {
        if let Some(only) = self.first {
            return only;
        }
        // Stray bytes that were cut apart may have come together again as a character.
        if may_be_stray(&self.text) {
            let bytes = to_bytes(&self.text);
            let joined = from_bytes(&bytes);
            if *joined != *self.text {
                let origins = Origin::union(self.runs.iter().filter_map(Run::place));
                return Text::computed(joined.as_ref(), origins);
            }
        }
        Text { runs: Runs::new(self.runs, self.text.len()), text: self.text.into() }
    }

    /// Copies the first text, now that it is not the only one.
    fn settle(&mut self) {
        if let Some(first) = self.first.take()
            && self.has_room(first.len())
        {
            first.each_run(0..first.len(), |run| self.add(run));
            self.text.push_str(&first);
        }
    }

    /// Gives the bytes that no run covers yet a run without origin.
    fn cover(&mut self) {
        if self.covered < self.text.len() {
            let len = self.text.len() - self.covered;
            self.push_run(Run::new(self.covered, len, None, None));
            self.covered = self.text.len();
        }
    }

    /// Adds a run behind all others, whatever its `start` says; neighbours of one origin become one run.
    fn add(&mut self, run: Run) {
        let start = small(self.covered);
        self.covered += run.len as usize;
        if let Some(last) = self.runs.last_mut() {
            let same = match (&last.origin, &run.origin) {
                (Some(a), Some(b)) => a.is_same(b),
                (None, None) => true,
                _ => false,
            };
            let adjacent = match (last.exact, run.exact) {
                (Some(first), Some(next)) => first.checked_add(last.len) == Some(next),
                (None, None) => true,
                _ => false,
            };
            if same && adjacent {
                last.len = last.len.saturating_add(run.len);
                return;
            }
        }
        self.push_run(Run { start, ..run });
    }

    fn push_run(&mut self, run: Run) {
        if self.runs.len() == self.runs.capacity() && !spend(self.runs.len().max(1) * size_of::<Run>()) {
            self.full = true;
        }
        self.runs.push(run);
    }
}

/// The bytes that a builder takes at first.
const SMALLEST: usize = 16;
