//! What is to be said of an entry. Finds nothing out.

use crate::image::Reference;
use crate::inventory::Mention;

/// What is known of the chart that a source note names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no such note.
    Unnamed,
    /// It is there.
    Known,
    /// Not all that it deploys is known: it is not on disk, cannot be rendered, or may lie where nobody could look.
    Unknown,
    /// It is in no root chart.
    Nowhere,
}

/// What is to be said of an entry. Uses are indices into [`Inventory::uses`](crate::inventory::Inventory::uses).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Deployed as it is listed, or brings what is: see [`brings`](super::same::brings).
    Right {
        /// All uses of what the entry brings; where there are none, those that pull what the copy makes of it, or that mean it
        /// and are spoilt by Helm.
        uses: Vec<usize>,
    },
    /// Its path is deployed from ECR, now or behind a switch, but never from its account and region.
    OtherRegistry {
        /// The uses that the entry should serve, best first; one that is only optional alone.
        uses: Vec<usize>,
        /// The image that the charts build in its place.
        expected: Reference,
        /// Whether `expected` is of the entry's own region.
        own_region: bool,
        /// What it would be in the entry's own region if the values said so that name another one.
        possible: Option<Reference>,
    },
    /// The same repository is deployed with another tag or digest.
    OtherVersion {
        /// The uses that the entry should serve, best first.
        uses: Vec<usize>,
    },
    /// What the copy makes of it is deployed from the team's own registry, with a tag that the copy does not push.
    Unpushed {
        /// The uses that ask for it, those whose tag is not the override's first.
        uses: Vec<usize>,
        /// What the entry would list with the tag of the first of them.
        expected: Reference,
        /// Whether that tag is the override's, and not what the charts would ask any registry for.
        by_override: bool,
    },
    /// What the entry stands for is deployed from another repository.
    OtherRepository {
        /// The uses that the entry should serve.
        uses: Vec<usize>,
        /// Whether the source note's chart led there; else the image's name did.
        documented: bool,
    },
    /// It is deployed only when something is switched on.
    Disabled {
        /// The switch, as [`Use::when`](crate::inventory::Use::when) has it.
        when: String,
        /// The use that there would be; `None` when only the source note leads to the switched-off chart.
        used: Option<usize>,
    },
    /// It is right in a region that was not asked for.
    Elsewhere,
    /// Values take what it copies from the team's own registry, by a name that no entry has.
    Overridden,
    /// Its chart could not be read or rendered, so nothing can be said.
    Unknown,
    /// Nothing that was tried deploys it, but its text stands in a chart.
    Mentioned(Mention),
    /// No chart deploys it.
    Stale,
}

impl Verdict {
    /// The uses that the entry serves or should serve.
    #[must_use]
    pub fn uses(&self) -> &[usize] {
        match self {
            Self::Right { uses }
            | Self::OtherRegistry { uses, .. }
            | Self::OtherVersion { uses }
            | Self::Unpushed { uses, .. }
            | Self::OtherRepository { uses, .. } => uses,
            Self::Disabled { .. }
            | Self::Elsewhere
            | Self::Overridden
            | Self::Mentioned(_)
            | Self::Unknown
            | Self::Stale => &[],
        }
    }

    /// Adds `first` to the index of each use.
    pub(super) fn count_on(&mut self, first: usize) {
        match self {
            Self::Right { uses }
            | Self::OtherRegistry { uses, .. }
            | Self::OtherVersion { uses }
            | Self::Unpushed { uses, .. }
            | Self::OtherRepository { uses, .. } => uses.iter_mut().for_each(|at| *at += first),
            Self::Disabled { used, .. } => used.iter_mut().for_each(|at| *at += first),
            Self::Elsewhere | Self::Overridden | Self::Mentioned(_) | Self::Unknown | Self::Stale => {}
        }
    }
}
