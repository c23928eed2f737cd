//! The images that rendered charts deploy: each use with its chart, workload, container, origins and scenarios.
//! Uses `render`, `chart` and `image`; judges nothing.

mod asked;
mod chains;
mod conditions;
mod constant;
mod dependence;
mod facts;
mod filling;
mod included;
mod item;
mod jobs;
mod lineage;
mod listing;
mod mention;
mod operands;
mod optional;
mod paths;
mod pods;
mod readings;
mod regions;
mod scenario;
mod scopes;
mod speech;
mod stop;
mod survey;
mod switches;
mod values;
pub mod when;
mod witness;

use std::path::PathBuf;
use std::sync::Arc;

use crate::chart::Chart;
use crate::image::Reference;
use crate::source::{Layer, Origin, Span, Text};

pub use lineage::{Giver, Lineage, Lost, Part, Setting, Strand, lineage};
pub use listing::Listing;
pub use mention::{Mention, mention};
pub use operands::{Confidence, Naming};
pub use optional::{Optional, optional};
pub use regions::{
    Change, dynamic, in_regions, is_region_name, may_change, regions_in, regions_named, regions_without,
};
pub use scenario::{RegionValue, Scenario, Target, regions_of};
pub use stop::Stop;
pub use survey::{Ambiguity, Problem, RegionOf, Survey, survey};
pub use witness::Disagreement;

/// How an image gets pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A container of a pod names it.
    Container,
    /// A running controller will pull it: a variable, an argument, a ConfigMap or a custom resource names it.
    Operand,
}

impl Kind {
    /// `container` or `operand`
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Operand => "operand",
        }
    }
}

/// A chart's name and version, as its `Chart.yaml` has them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChartName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl std::fmt::Display for ChartName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.version.as_str() {
            "" => f.write_str(&self.name),
            version => write!(f, "{}:{version}", self.name),
        }
    }
}

/// One chart on the way from the root chart to the one that names an image.
#[derive(Clone, Debug)]
pub struct ChartLink {
    /// The chart as it was loaded.
    pub source: Arc<Chart>,
    /// Its name and version.
    pub chart: ChartName,
    /// What its parent calls it: its alias, else its name.
    pub called: String,
    /// The last part of its folder's path.
    pub folder: Option<String>,
    /// Where its parent's `Chart.yaml` says it comes from; `None` for a root chart and a dependency that nobody declares.
    pub repository: Option<String>,
    /// Where its parent's `Chart.yaml` asks for its version.
    pub pinned: Option<Span>,
}

impl ChartLink {
    /// All names that the chart goes by: its own, its parent's for it, its folder's.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [self.chart.name.as_str(), &self.called].into_iter().chain(self.folder.as_deref())
    }

    /// Whether it lies in the workspace, and is brought from nowhere.
    pub(crate) fn is_local(&self) -> bool {
        self.repository.as_deref().is_none_or(|address| address.is_empty() || address.starts_with("file:"))
    }
}

/// The object that names an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Workload {
    /// Its `kind`.
    pub kind: String,
    /// Its `metadata.name`.
    pub name: String,
    /// The container's name, when a container names the image.
    pub container: Option<String>,
}

impl std::fmt::Display for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.kind.as_str(), self.name.as_str()) {
            ("", "") => f.write_str("an object without kind and name")?,
            ("", name) => write!(f, "object {name}")?,
            (kind, "") => write!(f, "{kind} without a name")?,
            (kind, name) => write!(f, "{kind} {name}")?,
        }
        self.container.iter().try_for_each(|container| write!(f, ", container {container}"))
    }
}

/// One place at which the charts name an image.
#[derive(Clone, Debug)]
pub struct Use {
    /// The image as the manifest has it, with its origins.
    pub text: Text,
    /// The same, read.
    pub reference: Reference,
    /// How it gets pulled.
    pub kind: Kind,
    /// How it is named, when it is an operand.
    pub naming: Option<Naming>,
    /// The chart whose template names it.
    pub chart: ChartName,
    /// The names of the charts from the root chart down to it; aliases where the dependency has one.
    pub path: Vec<String>,
    /// The same charts, and how each was asked for.
    pub chain: Arc<[ChartLink]>,
    /// The template, by its full name.
    pub template: String,
    /// The object that names it.
    pub workload: Workload,
    /// The scenarios under which it is deployed, in their order.
    pub scenarios: Vec<String>,
    /// When a subchart lies several times under `charts/`: the copies that name this image, if not all of them do.
    pub only_in: Vec<PathBuf>,
    /// Under which condition it is deployed that does not hold, see [`when`].
    pub when: Option<String>,
    /// Which of the containers of one rendering that are the same but for their image, from 0: containers without names,
    /// objects of one name in several namespaces.
    pub turn: usize,
    /// Which of the images that are rendered with it is named there, from 0, in the order in which Helm prints them.
    pub number: usize,
    /// The root chart's folder or package.
    pub root: PathBuf,
    /// What it depends on beside the values that are the image: values by their paths from the root's (`global.region`), the
    /// Kubernetes version, the release, in words.
    pub depends: Vec<String>,
    /// Why the list need not have it, where somebody says so: an exemption's reason, which may be empty.
    pub exempt: Option<String>,
}

/// What tells the places apart at which charts name images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot<'a> {
    root: &'a std::path::Path,
    path: &'a [String],
    template: &'a str,
    workload: &'a Workload,
    naming: Option<&'a str>,
    kind: Kind,
    turn: usize,
}

impl Use {
    /// Where its text came from, in the order of the text, each place once.
    #[must_use]
    pub fn origins(&self) -> Vec<(Span, Layer)> {
        let mut places = Vec::new();
        for (_, origin) in self.text.parts() {
            for (span, layer, _) in origin.iter().flat_map(Origin::places) {
                if !places.contains(&(span, layer)) {
                    places.push((span, layer));
                }
            }
        }
        places
    }

    /// The place that decides `range` of its text: a values line rather than `Chart.yaml`, that rather than a template.
    #[must_use]
    pub fn decisive(&self, range: std::ops::Range<usize>) -> Option<(Span, Layer)> {
        decisive(&self.text.slice(range))
    }

    /// The charts on the way to it that go by `name`.
    #[must_use]
    pub fn charts_named(&self, name: &str) -> Vec<&ChartName> {
        self.links_named(name).map(|link| &link.chart).collect()
    }

    /// The same with how each was asked for, from the one that deploys it up.
    pub(crate) fn links_named(&self, name: &str) -> impl Iterator<Item = &ChartLink> {
        self.chain.iter().rev().filter(move |link| link.names().any(|known| known == name))
    }

    /// Whether it is of the kind that changes with the region: it comes from a private ECR, names a region, or is made with one.
    #[must_use]
    pub fn names_region(&self) -> bool {
        let is_region = |value: &String| scenario::is_region_key(value.rsplit('.').next().unwrap_or(value));
        self.reference.ecr().is_some()
            || regions::names_region(self.reference.name())
            || self.depends.iter().any(is_region)
    }

    /// Whether its controller puts the node's system behind the tag, so that no such image exists as it is named.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.naming.as_ref().is_some_and(|naming| naming.completed)
    }

    /// The stretch of its text that was invented to try a condition, with what lies in between, where there is such: what it is
    /// then is not known, and it is neither shown nor compared.
    #[must_use]
    pub fn invented(&self) -> Option<std::ops::Range<usize>> {
        let parts = self.text.parts().into_iter();
        let invented = parts.filter(|(_, origin)| origin.as_ref().is_some_and(Origin::is_invented));
        invented.map(|(range, _)| range).reduce(|first, last| first.start..last.end)
    }

    /// Where the version of its chart is pinned.
    #[must_use]
    pub fn pinned(&self) -> Option<Span> {
        self.chain.last().and_then(|link| link.pinned)
    }

    /// What names it, for messages: `DaemonSet rel-efa, container efa`; behind it the place within, when it is an operand.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.naming {
            Some(naming) if values::path_of(self).is_some() => naming.place.clone(),
            Some(naming) => format!("{}, {}", self.workload, naming.place),
            None => self.workload.to_string(),
        }
    }

    /// Whether both are one image that is called otherwise in another region, or in another copy of an ambiguous subchart: they
    /// stand at one place, and differ in nothing but accounts and names of regions, or come from different copies.
    #[must_use]
    pub fn is_variant(&self, other: &Self) -> bool {
        let copies = |used: &Self| !used.only_in.is_empty();
        let apart = || self.only_in.iter().all(|copy| !other.only_in.contains(copy));
        self.slot() == other.slot()
            && ((copies(self) && copies(other) && apart())
                || regions::differ_by_region(&self.reference, &other.reference))
    }

    /// What stays the same when only the scenario changes. Two uses with the same slot need not be one image, see
    /// [`Use::is_variant`].
    #[must_use]
    pub fn slot(&self) -> Slot<'_> {
        let Self { root, path, template, workload, kind, turn, .. } = self;
        let naming = self.naming.as_ref().map(|naming| naming.place.as_str());
        Slot { root, path, template, workload, naming, kind: *kind, turn: *turn }
    }
}

/// The place that decides `text`, see [`Use::decisive`].
fn decisive(text: &Text) -> Option<(Span, Layer)> {
    let rank = |layer: Layer| match layer {
        Layer::Set => 0,
        Layer::Values => 1,
        Layer::Chart => 2,
        Layer::Template => 3,
        Layer::Computed => 4,
    };
    let places = text.origins()?.places();
    let best = places.into_iter().filter(|(span, ..)| !span.is_empty()).min_by_key(|(_, layer, _)| rank(*layer))?;
    Some((best.0, best.1))
}

/// Everything that the charts of one list deploy.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// The uses, sorted by chart path, workload and image; optional ones, which have a [`Use::when`], come last.
    pub uses: Vec<Use>,
    /// What entries may stand for that nothing else deploys: uses in regions that were not asked for, and of charts that were
    /// passed over and asked all the same. Counted on behind the others where a use is told by its index; part of nothing else.
    pub aside: Vec<Use>,
    /// Images that nothing can pull, each once.
    pub malformed: Vec<Malformed>,
    /// What the charts say of their images in `Chart.yaml`, where the rendering says otherwise.
    pub disagreements: Vec<Disagreement>,
    /// Why it may not be all that the charts deploy or could deploy.
    pub gaps: Vec<Gap>,
}

impl Inventory {
    /// Puts of the variants of an image one first that `other` has, too.
    pub(crate) fn prefer(&mut self, other: &Self) {
        let same = |used: &Use, other: &Use| other.reference == used.reference && other.slot() == used.slot();
        let mut known: Vec<bool> =
            self.uses.iter().map(|used| other.uses.iter().any(|other| same(used, other))).collect();
        for at in 0..self.uses.len() {
            let better = |next: &usize| known[*next] && self.uses[*next].is_variant(&self.uses[at]);
            if let Some(next) = (at + 1..self.uses.len()).filter(|_| !known[at]).find(better) {
                self.uses.swap(at, next);
                known.swap(at, next);
            }
        }
    }
}

/// Something that is not known of what charts deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What, in a sentence.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// Whether charts were refused as they stand, and not only something that is switched off.
    pub is_refusal: bool,
}

/// A container's image that is no image reference: `nginx:`, when nobody gave the tag.
#[derive(Clone, Debug)]
pub struct Malformed {
    /// The image as the manifest has it, with its origins.
    pub text: Text,
    /// What is wrong with it.
    pub message: String,
    /// The chart whose template names it.
    pub chart: ChartName,
    /// The charts from the root chart down to that one.
    pub chain: Arc<[ChartLink]>,
    /// The template, by its full name.
    pub template: String,
    /// The object that names it.
    pub workload: Workload,
    /// The place that comes nearest to it.
    pub span: Span,
    /// Of which kind that place is, where it is known.
    pub layer: Option<Layer>,
    /// The scenarios under which it is named.
    pub scenarios: Vec<String>,
}

impl Inventory {
    /// Adds what `other` charts deploy; what is not known of both is said once.
    pub fn extend(&mut self, other: Self) {
        let Self { uses, aside, malformed, disagreements, gaps } = other;
        self.uses.extend(uses);
        self.aside.extend(aside);
        self.malformed.extend(malformed);
        self.disagreements.extend(disagreements);
        let new: Vec<Gap> = gaps.into_iter().filter(|gap| !self.gaps.contains(gap)).collect();
        self.gaps.extend(new);
    }

    /// The use of that index; those aside are counted on behind the others.
    #[must_use]
    pub fn used(&self, at: usize) -> Option<&Use> {
        self.uses.get(at).or_else(|| self.aside.get(at.checked_sub(self.uses.len())?))
    }

    /// The number of uses, those aside among them: the first index that means none.
    pub(crate) fn len(&self) -> usize {
        self.uses.len() + self.aside.len()
    }

    /// The number of images that are deployed: variants of one image count once.
    #[must_use]
    pub fn count(&self) -> usize {
        let mut images: Vec<&Use> = Vec::new();
        let mut seen: Vec<&Use> = Vec::new();
        for used in self.uses.iter().filter(|used| used.when.is_none()) {
            let known = images.iter().any(|other| other.reference.as_str() == used.reference.as_str())
                || seen.iter().any(|other| other.is_variant(used));
            seen.push(used);
            if !known {
                images.push(used);
            }
        }
        images.len()
    }
}
