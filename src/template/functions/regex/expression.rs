//! A compiled expression and Go's rules for going through a text: where the next search starts, which empty matches count.
//! Expressions are kept, since templates use the same few again and again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use regex::bytes::{CaptureLocations, Regex, RegexBuilder};

use crate::expression;
use crate::source::{beyond, spend};

/// The most expressions that are kept; a chart that builds more of them starts over.
const KEPT: usize = 64;
/// The most bytes of a compiled expression, as Go allows.
const LARGEST: usize = 128 << 20;
/// The bytes of a compiled expression that are no cause for worry.
const USUAL: usize = 2 << 20;
/// What counts for an expression of usual size, and for a larger one, which takes long to compile.
const COUNTED: [usize; 2] = [64 << 10, 64 << 20];

/// An expression in Go's syntax, ready to search.
#[derive(Debug)]
pub(super) struct Expression {
    regex: Regex,
    /// The name of each group, if it has one; the first stands for the whole match.
    names: Vec<Option<String>>,
}

/// What one match found.
pub(super) struct Groups<'match_> {
    places: &'match_ CaptureLocations,
    names: &'match_ [Option<String>],
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Result<Rc<Expression>, String>>> = RefCell::new(HashMap::new());
}

/// The expression that `pattern` means.
///
/// # Errors
/// Go's message.
pub(super) fn compile(pattern: &str) -> Result<Rc<Expression>, String> {
    COMPILED.with_borrow_mut(|kept| {
        if let Some(known) = kept.get(pattern) {
            return known.clone();
        }
        let compiled = Expression::new(pattern).map(Rc::new);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), compiled.clone());
        compiled
    })
}

impl Expression {
    fn new(pattern: &str) -> Result<Self, String> {
        let translated = expression::translate(pattern)?;
        let nesting = u32::try_from(2 * expression::DEEPEST + 100).unwrap_or(u32::MAX);
        let build = |limit| RegexBuilder::new(&translated.pattern).size_limit(limit).nest_limit(nesting).build();
        spend(COUNTED[0]);
        let regex = match build(USUAL) {
            Err(regex::Error::CompiledTooBig(_)) if spend(COUNTED[1]) => build(LARGEST),
            other => other,
        };
        let too_large =
            |_| beyond(format_args!("error parsing regexp: expression larger than {LARGEST} bytes: `{pattern}`"));
        Ok(Self { regex: regex.map_err(too_large)?, names: translated.names })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text.as_bytes()) && (text.is_ascii() || self.find(text).is_some())
    }

    /// The first match.
    pub(super) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.find_at(text, 0)
    }

    /// The first match that does not start before `at`. What starts within a character is none: there only `\B` holds.
    fn find_at(&self, text: &str, mut at: usize) -> Option<Range<usize>> {
        loop {
            let found = self.regex.find_at(text.as_bytes(), at)?.range();
            if text.is_char_boundary(found.start) {
                return Some(found);
            }
            at = found.start + 1;
        }
    }

    /// Likewise, with the groups.
    fn read_at(&self, places: &mut CaptureLocations, text: &str, mut at: usize) -> bool {
        while let Some(found) = self.regex.captures_read_at(places, text.as_bytes(), at) {
            if text.is_char_boundary(found.start()) {
                return true;
            }
            at = found.start() + 1;
        }
        false
    }

    /// The first `most` matches. An empty match right behind another one does not count.
    pub(super) fn find_all(&self, text: &str, most: usize) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let (mut at, mut previous) = (0, None);
        while all.len() < most && at <= text.len() && spend(search(text, at)) {
            let Some(found) = self.find_at(text, at) else { break };
            let adjacent = found.end == at && previous == Some(found.start);
            previous = Some(found.end);
            at = if found.end == at { after(text, at) } else { found.end };
            if !adjacent {
                all.push(found);
            }
        }
        all
    }

    /// Calls `visit` with each match as Go's `ReplaceAll` finds them, and whether it is replaced: an empty match right
    /// behind another one is not. Says whether there was any.
    pub(super) fn each_replaced(&self, text: &str, mut visit: impl FnMut(&Groups<'_>, bool)) -> bool {
        let mut places = self.regex.capture_locations();
        let (mut at, mut last) = (0, 0);
        let mut any = false;
        while at <= text.len() && spend(search(text, at)) && self.read_at(&mut places, text, at) {
            let groups = Groups { places: &places, names: &self.names };
            let (start, end) = (groups.start(), groups.end());
            visit(&groups, end > last || start == 0);
            any = true;
            last = end;
            at = after(text, at).max(end);
        }
        any
    }
}

impl Groups<'_> {
    /// Where the match starts.
    pub(super) fn start(&self) -> usize {
        self.group(0).map_or(0, |range| range.start)
    }

    /// Where it ends.
    pub(super) fn end(&self) -> usize {
        self.group(0).map_or(0, |range| range.end)
    }

    /// What the group of this number found.
    pub(super) fn group(&self, number: usize) -> Option<Range<usize>> {
        self.places.get(number).map(|(start, end)| start..end)
    }

    /// What the first group of this name that took part found.
    pub(super) fn named(&self, name: &str) -> Option<Range<usize>> {
        let same = |(number, known): (usize, &Option<String>)| (known.as_deref() == Some(name)).then_some(number);
        self.names.iter().enumerate().filter_map(same).find_map(|number| self.group(number))
    }
}

/// What one of many searches counts for: it may read all that is left, but seldom does.
fn search(text: &str, at: usize) -> usize {
    (text.len() - at) / 64 + size_of::<crate::source::Text>()
}

/// The place behind the character at `at`.
fn after(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}
