//! From an entry to the lines of the charts that decide it, and from those back to the entries.

use lsp_types::{Location, Position};

use super::analysis::{Held, Room};
use super::documents::Document;
use super::places::Places;
use super::positions::{Encoding, Lines};
use super::queue::Scene;
use super::relations::{Part, Relation, entry_at};
use crate::image::Reference;
use crate::inventory::{Use, lineage};
use crate::source::Span;

/// Finds its way through one workspace.
pub(super) struct Navigator<'a> {
    pub room: &'a Room,
    pub scene: &'a Scene,
    pub encoding: Encoding,
}

impl Navigator<'_> {
    /// Where what stands at `position` is decided: of an entry's tag the values line; of its note the version that is pinned.
    pub fn definition(&self, document: &Document, position: Position) -> Vec<Location> {
        let Some(held) = self.room.held(&document.path) else { return Vec::new() };
        let offset = self.offset(document, position);
        let Some((at, entry)) = entry_at(&held, offset) else { return Vec::new() };
        let uses = held.uses(at);
        let inside = |span: Span| span.range().start <= offset && offset <= span.range().end;
        let spans: Vec<Span> = if let Some(noted) = entry.note.charts().find(|noted| inside(noted.span)) {
            uses.iter().flat_map(|used| chart(used, &noted.chart.text)).collect()
        } else {
            let image = Reference::parse(&entry.source.text).ok();
            let part = match image.filter(|_| inside(entry.source.span)) {
                Some(image) => Part::at(&image, entry.source.offset_of(offset)),
                None => Part::Whole,
            };
            let part = if inside(entry.name.span) || part == Part::Whole { Part::Version } else { part };
            uses.iter().filter_map(|used| used.decisive(part.range(used))).map(|(span, _)| span).collect()
        };
        self.locations(spans)
    }

    /// From an entry: all places that its image is made of, and the actions that print it. From one of those: the entries.
    pub fn references(&self, document: &Document, position: Position) -> Vec<Location> {
        let offset = self.offset(document, position);
        let Some(held) = self.room.held(&document.path) else {
            let dependents = self.room.dependents(&document.path, offset);
            let nearest = [Relation::Origin, Relation::Pin, Relation::Site];
            let relation = nearest.into_iter().find(|wanted| dependents.iter().any(|found| found.relation == *wanted));
            let of_relation = dependents.into_iter().filter(|found| Some(found.relation) == relation);
            return self.locations(of_relation.filter_map(|found| Some(found.entry?.1)).collect());
        };
        self.of_entry(&held, offset)
    }

    fn of_entry(&self, held: &Held<'_>, offset: usize) -> Vec<Location> {
        let Some((at, _)) = entry_at(held, offset) else { return Vec::new() };
        let mut spans = Vec::new();
        for used in held.uses(at) {
            let lineage = lineage(&self.room.sources, used, &[]);
            spans.extend(lineage.parts.iter().flat_map(|part| &part.strands).map(|strand| strand.span));
            spans.extend(lineage.place);
            spans.extend(used.pinned());
        }
        self.locations(spans)
    }

    fn offset(&self, document: &Document, position: Position) -> usize {
        Lines::of(&document.text, self.encoding).offset(&document.text, position)
    }

    /// The places of `spans`, each once; what lies in a package cannot be gone to by line, but its package can.
    fn locations(&self, spans: Vec<Span>) -> Vec<Location> {
        let places = Places::new(&self.room.sources, self.scene, self.encoding);
        let mut locations = Vec::new();
        for (location, _) in spans.into_iter().map(|span| places.location(span)) {
            if !locations.contains(&location) {
                locations.push(location);
            }
        }
        locations
    }
}

/// Where the version of the chart called `name` on the way to `used` is pinned, else where the chart says its name.
fn chart(used: &Use, name: &str) -> Option<Span> {
    let link = used.chain.iter().rev().find(|link| link.chart.name == name || link.called == name)?;
    link.pinned.or_else(|| link.source.name().exact_span())
}
