//! What the linter says: findings, each with a place, and fixes as byte edits. No presentation here.

use std::collections::HashMap;
use std::path::PathBuf;

use super::order::Rank;
use super::shorten::shorten;
use crate::inventory::ChartName;
use crate::lint::Rule;
use crate::source::{FileId, Span};

/// How bad a finding is. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// A deployment can fail.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How far a fix can be trusted. Ordered: a fix applies at a level when its safety is at or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// Makes the list say what the charts deploy; loses nothing.
    Safe,
    /// Deletes something, or rests on a guess.
    Unsafe,
}

impl Safety {
    /// `safe` or `unsafe`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// Puts `text` in place of the bytes of `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; a point inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Edits that are applied whole or not at all. Sorted, never overlapping, all in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: `Set the tag to v0.5.13`.
    pub title: String,
    /// How far it can be trusted.
    pub safety: Safety,
    /// How it goes with other fixes of the file.
    pub beside: Beside,
    edits: Vec<Edit>,
}

/// How a fix goes with others of its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    /// With all that do not touch it.
    #[default]
    Any,
    /// With none: it changes what they build on.
    None,
    /// Its one insertion is a block of its own, and stands above what others insert at the same point, which belongs to the line
    /// there.
    Block {
        /// Its text below another such block, where that is another one: what parts it from what stood there before does not part it
        /// from that.
        again: Option<String>,
    },
}

impl Fix {
    /// A fix of `edits`, which are sorted here.
    #[must_use]
    pub fn new(title: impl Into<String>, safety: Safety, mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        edits.dedup();
        debug_assert!(edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start), "edits overlap: {edits:?}");
        Self { title: shorten(title.into()), safety, beside: Beside::default(), edits }
    }

    /// The same, which goes with others so.
    #[must_use]
    pub fn beside(self, beside: Beside) -> Self {
        Self { beside, ..self }
    }

    /// The edits, in order of their place.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }
}

/// Another place that matters to a finding: the chart line that proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// What stands there.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// One thing that is wrong. Built with a place, or not at all.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How bad it is; the rule's own severity unless the configuration says otherwise.
    pub severity: Severity,
    /// What is wrong, and where the truth stands.
    pub message: String,
    /// What to do, where it is not what the first fix does.
    advice: Option<String>,
    /// Where.
    pub span: Span,
    /// A few words on the place itself.
    pub label: String,
    /// Other places.
    pub related: Vec<Related>,
    /// The entry's name.
    pub entry: Option<String>,
    /// What the list says.
    pub image: Option<String>,
    /// What the charts deploy.
    pub expected: Option<String>,
    /// The chart that it is about.
    pub chart: Option<ChartName>,
    /// The scenarios under which it holds; empty when it does not depend on any.
    pub scenarios: Vec<String>,
    /// What could be done, best first.
    pub fixes: Vec<Fix>,
    /// What tells this finding from others of its rule in the same file; free of line numbers.
    subject: String,
    /// What puts it before others that add entries at the same place, the smaller first.
    rank: Option<Rank>,
    /// How many before it in its file are of its kind.
    alike: usize,
    /// The rule that tells what of it is left, and that it tells itself, once it is mended.
    left: Option<&'static str>,
    /// The rules and places of findings that tell of the same cause and help more.
    behind: Vec<(&'static str, Span)>,
}

impl Finding {
    /// A finding of `rule` at `span` about `subject` (an entry's name, an image: whatever is stable when lines move).
    #[must_use]
    pub fn new(rule: &'static Rule, span: Span, subject: impl Into<String>, message: impl Into<String>) -> Self {
        let message = shorten(message.into());
        // What charts and servers say may end as a text does.
        let message = message.trim_end_matches(|letter: char| letter == '.' || letter.is_whitespace()).to_owned();
        Self {
            rule,
            severity: rule.severity,
            message,
            advice: None,
            span,
            label: String::new(),
            related: Vec::new(),
            entry: None,
            image: None,
            expected: None,
            chart: None,
            scenarios: Vec::new(),
            fixes: Vec::new(),
            subject: subject.into(),
            rank: None,
            alike: 0,
            left: None,
            behind: Vec::new(),
        }
    }

    /// Puts it before or behind others at the same place.
    #[must_use]
    pub(super) fn rank(mut self, rank: Rank) -> Self {
        self.rank = Some(rank);
        self
    }

    /// Words on the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = shorten(label.into());
        self
    }

    /// Says what to do, where that is not what the first fix does, or there may be none.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(shorten(advice.into()));
        self
    }

    /// Adds another place, where there is one.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, span: Option<Span>) -> Self {
        self.related.extend(span.map(|span| Related { message: shorten(message.into()), span }));
        self
    }

    /// Leaves it out where a finding of `rule` at `span`, which is about the same cause and helps more, is told and as bad.
    #[must_use]
    pub(super) fn behind(mut self, rule: &'static str, span: Span) -> Self {
        self.behind.push((rule, span));
        self
    }

    /// Tells what a finding of `rule` about the same will tell by itself once this one is mended.
    #[must_use]
    pub(super) fn tells_too(mut self, rule: &'static str) -> Self {
        self.left = Some(rule);
        self
    }

    /// The kind of what of it is left once it is mended, and was told by it.
    #[must_use]
    pub fn kind_left(&self) -> Option<String> {
        Some(format!("{}:{}", self.left?, self.subject))
    }

    /// Whether `other` stands for it, too.
    pub(super) fn is_behind(&self, other: &Self) -> bool {
        let is_at = |span: Span| other.span == span || other.related.iter().any(|related| related.span == span);
        other.severity >= self.severity && self.behind.iter().any(|(rule, span)| other.rule.id == *rule && is_at(*span))
    }

    /// Says which entry it is about.
    #[must_use]
    pub fn entry(mut self, name: &str) -> Self {
        self.entry = Some(name.to_owned());
        self
    }

    /// Says what the list says.
    #[must_use]
    pub fn image(mut self, image: &str) -> Self {
        self.image = Some(image.to_owned());
        self
    }

    /// Says what the charts deploy.
    #[must_use]
    pub fn expected(mut self, image: &str) -> Self {
        self.expected = Some(image.to_owned());
        self
    }

    /// Says which chart it is about.
    #[must_use]
    pub fn chart(mut self, chart: ChartName) -> Self {
        self.chart = Some(chart);
        self
    }

    /// Adds a fix, if there is one that changes something.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fixes.extend(fix.into().filter(|fix| !fix.edits.is_empty()));
        self
    }

    /// Takes away the fixes that are `refused`; what the first one would do stays as advice.
    pub(super) fn withhold(&mut self, refused: impl Fn(&Fix) -> bool) {
        let advice = self.advice().map(str::to_owned);
        self.fixes.retain(|fix| !refused(fix));
        self.advice = advice;
    }

    /// What to do, as an order: what the first fix does unless the rule says more.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.advice.as_deref().or_else(|| Some(self.fixes.first()?.title.as_str()))
    }

    /// The message and what to do, for a reader who sees no fix: one or two lines.
    #[must_use]
    pub fn told(&self) -> String {
        let stop = if self.message.ends_with(['!', '?', ':']) { "" } else { "." };
        self.advice().map_or_else(|| self.message.clone(), |advice| format!("{}{stop} {advice}", self.message))
    }

    /// The same for a reader who sees what the first fix does beside it.
    #[must_use]
    pub fn told_beside_fix(&self) -> String {
        let is_shown = self.fixes.first().is_some_and(|fix| self.advice() == Some(&fix.title));
        if is_shown { self.message.clone() } else { self.told() }
    }

    /// What orders findings at one place.
    pub(super) fn order(&self) -> Option<&Rank> {
        self.rank.as_ref()
    }

    /// What is wrong with what: `RULE:SUBJECT`. Entries of one name share it, so a file may have several findings of one kind.
    #[must_use]
    pub fn kind(&self) -> String {
        format!("{}:{}", self.rule.id, self.subject)
    }

    /// Names this finding within its file across runs, whatever moves there: its kind, and from the second of a kind on `#2`.
    #[must_use]
    pub fn key(&self) -> String {
        match self.alike {
            0 => self.kind(),
            before => format!("{}#{}", self.kind(), before + 1),
        }
    }

    /// Tells findings of one kind in one file apart, in their order.
    pub(crate) fn number(findings: &mut [Self]) {
        let mut known: HashMap<(FileId, String), usize> = HashMap::new();
        for finding in findings {
            let count = known.entry((finding.span.file, finding.kind())).or_default();
            finding.alike = *count;
            *count += 1;
        }
    }
}

/// Why the linter could not run at all (exit code 2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What is wrong and what to do.
    pub message: String,
    /// The file it is about, if it is about one.
    pub path: Option<PathBuf>,
    /// The place in that file, when it could be read.
    pub span: Option<Span>,
}

impl From<crate::chart::ChartError> for Refusal {
    fn from(error: crate::chart::ChartError) -> Self {
        Self { message: error.message, path: Some(error.path), span: error.span }
    }
}

impl From<crate::config::ConfigError> for Refusal {
    fn from(error: crate::config::ConfigError) -> Self {
        Self { message: error.message, path: Some(error.path), span: error.span }
    }
}

impl From<crate::store::LockError> for Refusal {
    fn from(error: crate::store::LockError) -> Self {
        Self { message: error.message, path: Some(error.path), span: None }
    }
}

impl Refusal {
    /// A refusal about no file in particular.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: None, span: None }
    }
}
