//! Where a value came from: a stretch of a file, by which actions it was printed, or several such. Knows nothing of texts.

use std::ops::Range;
use std::sync::Arc;

use crate::source::file::Span;

/// Which kind of source a stretch of text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// A values file: the chart's own, a parent chart's, or one given with `--values`.
    Values,
    /// `Chart.yaml`.
    Chart,
    /// Text of a template, or of another file of the chart that a template reads.
    Template,
    /// A `--set` argument.
    Set,
    /// Anything else: release name, capabilities, a generated value.
    Computed,
}

/// Where a value came from. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Arc<Node>);

/// What was computed from more places than these says nothing to anyone.
pub const MOST_ORIGINS: usize = 256;

/// Some origin, or none known.
pub type Origins = Option<Origin>;

#[derive(Debug, PartialEq, Eq)]
enum Node {
    Source {
        span: Span,
        layer: Layer,
    },
    /// `inner`, printed by the template action at `site` (an `include`, `tpl` or plain action).
    Via {
        site: Span,
        inner: Origin,
    },
    Union(Vec<Origin>),
    /// Nobody wrote it.
    Invented,
}

impl Origin {
    /// A stretch of a file.
    #[must_use]
    pub fn new(span: Span, layer: Layer) -> Self {
        Self(Arc::new(Node::Source { span, layer }))
    }

    /// That of a text which nobody wrote: it stands in for one that is not known. It has no place.
    #[must_use]
    pub fn invented() -> Self {
        Self(Arc::new(Node::Invented))
    }

    /// Whether something of it was invented.
    #[must_use]
    pub fn is_invented(&self) -> bool {
        match &*self.0 {
            Node::Source { .. } => false,
            Node::Via { inner, .. } => inner.is_invented(),
            Node::Union(all) => all.iter().any(Self::is_invented),
            Node::Invented => true,
        }
    }

    /// This origin, seen through the template action at `site`.
    #[must_use]
    pub fn via(&self, site: Span) -> Self {
        Self(Arc::new(Node::Via { site, inner: self.clone() }))
    }

    /// All of `origins` together; `None` when there are none. Equal ones are kept once, and of those with a
    /// place no more than [`MOST_ORIGINS`].
    pub fn union(origins: impl IntoIterator<Item = Origin>) -> Origins {
        let mut all: Vec<Origin> = Vec::new();
        for origin in origins {
            // What was invented is known as such among any number.
            if (all.len() < MOST_ORIGINS || origin.is_invented()) && !all.contains(&origin) {
                all.push(origin);
            }
        }
        if all.len() > 1 { Some(Self(Arc::new(Node::Union(all)))) } else { all.pop() }
    }

    /// The places in files, in order of their first mention, each with its layer and the chain of template actions that it
    /// passed through, outermost first.
    #[must_use]
    pub fn places(&self) -> Vec<(Span, Layer, Vec<Span>)> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect(&self, chain: &mut Vec<Span>, found: &mut Vec<(Span, Layer, Vec<Span>)>) {
        match &*self.0 {
            Node::Source { span, layer } => found.push((*span, *layer, chain.clone())),
            Node::Via { site, inner } => {
                chain.push(*site);
                inner.collect(chain, found);
                chain.pop();
            }
            Node::Union(all) => all.iter().for_each(|origin| origin.collect(chain, found)),
            Node::Invented => {}
        }
    }

    /// Whether it is the same one, not only an equal one.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// This origin narrowed to `range` of its bytes, for text that was taken over letter by letter.
    pub(super) fn narrowed(&self, range: Range<usize>) -> Self {
        match &*self.0 {
            Node::Source { span, layer } => {
                let start = span.start as usize;
                Self::new(Span::new(span.file, start + range.start, start + range.end), *layer)
            }
            Node::Via { site, inner } => inner.narrowed(range).via(*site),
            Node::Union(_) | Node::Invented => self.clone(),
        }
    }
}
