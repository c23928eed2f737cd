//! What is known of the thing under the cursor: of an entry which chart deploys it and where each part of its image comes from;
//! of a place in a chart which entries depend on it; of a rule's name what the rule finds.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use lsp_types::{Contents, Hover, MarkupContent, MarkupKind, Position, Range as LspRange};

use super::analysis::{Held, Room};
use super::documents::Document;
use super::places::Places;
use super::positions::{Encoding, Lines};
use super::queue::Scene;
use super::relations::{Relation, entry_at};
use crate::inventory::when::in_words;
use crate::inventory::{Giver, Strand, Use, lineage};
use crate::lint::{PAGES, Rule, Verdict, rule};
use crate::mirror::{DirectiveKind, Entry};
use crate::source::{Layer, Span};

/// Different origins of one image that are shown.
const MOST_ORIGINS: usize = 4;

/// Workloads of one origin that are named.
const MOST_PLACES: usize = 3;

/// The hover at `position` of `document`.
pub(super) fn hover(
    room: &Room,
    document: &Document,
    position: Position,
    scene: &Scene,
    encoding: Encoding,
) -> Option<Hover> {
    let lines = Lines::of(&document.text, encoding);
    let offset = lines.offset(&document.text, position);
    let writer = Writer { room, places: &Places::new(&room.sources, scene, encoding) };
    let (text, span) = match room.held(&document.path) {
        Some(held) => of_rule(&held, offset).or_else(|| writer.entry(&held, offset))?,
        None => (writer.dependents(document, offset)?, None),
    };
    let range = span.map(|span: Span| lines.range(&document.text, span.range()));
    Some(markdown(text, range))
}

fn markdown(value: String, range: Option<LspRange>) -> Hover {
    let contents = Contents::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value });
    Hover { contents, range }
}

/// The rule that a suppression names at `offset`.
fn of_rule(held: &Held<'_>, offset: usize) -> Option<(String, Option<Span>)> {
    let names = held.list.directives.iter().flat_map(|directive| match &directive.kind {
        DirectiveKind::Allow { rules, .. } => rules.as_slice(),
        _ => &[],
    });
    let name = names.into_iter().find(|name| {
        let range = name.span.range();
        range.start <= offset && offset <= range.end
    })?;
    Some((page(rule(&name.text)?), Some(name.span)))
}

/// A rule in a few words.
pub(super) fn about(rule: &Rule) -> String {
    format!("**{}** ({}): {}\n\n[Its page]({})", rule.id, rule.severity.as_str(), rule.summary, rule.url())
}

/// A rule's page but for its examples: a closed network has no way to where it is published.
fn page(rule: &Rule) -> String {
    let sections = rule.sections().into_iter().filter(|(title, _)| *title != "Examples");
    let sections = sections.map(|(title, text)| format!("\n\n#### {title}\n\n{}", abroad(text)));
    format!("{}{}", about(rule), sections.collect::<String>())
}

/// `text` with links to other pages as they are outside of their folder.
fn abroad(text: &str) -> String {
    let mut parts = text.split("](");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_page = part.split(')').next().is_some_and(|target| target.ends_with(".md") && !target.contains('/'));
        whole.push_str("](");
        whole.push_str(if is_page { PAGES } else { "" });
        whole.push_str(part);
    }
    whole
}

/// Writes Markdown.
struct Writer<'a> {
    room: &'a Room,
    places: &'a Places<'a>,
}

impl Writer<'_> {
    fn entry(&self, held: &Held<'_>, offset: usize) -> Option<(String, Option<Span>)> {
        let (at, entry) = entry_at(held, offset)?;
        let mut text = format!("**{}** lists `{}`\n\n", entry.name.text, entry.source.text);
        let uses = held.uses(at);
        text.push_str(&verdict(held, at, &uses));
        text.push_str("\n\n");
        // What several workloads have in common is told once.
        let mut origins: Vec<(String, Vec<&Use>)> = Vec::new();
        for used in &uses {
            let origin = self.origin(used);
            match origins.iter_mut().find(|(known, _)| *known == origin) {
                Some((_, all)) => all.push(used),
                None => origins.push((origin, vec![used])),
            }
        }
        for (origin, uses) in origins.iter().take(MOST_ORIGINS) {
            let mut places: Vec<String> = uses.iter().map(|used| used.place()).collect();
            places.dedup();
            let more = places.len().saturating_sub(MOST_PLACES);
            places.truncate(MOST_PLACES);
            if more > 0 {
                places.push(format!("{more} more"));
            }
            let _ = writeln!(text, "`{}` in {}\n\n{origin}", uses[0].reference, places.join("; "));
        }
        if origins.len() > MOST_ORIGINS {
            let _ = writeln!(text, "and {} more places\n", origins.len() - MOST_ORIGINS);
        }
        if let Some(used) = uses.iter().find(|used| used.names_region()) {
            self.regions(&mut text, held, used);
        }
        Some((text.trim_end().to_owned(), Some(span_of(entry))))
    }

    /// Which charts lead to a use, what it hangs on, and where each part of the text comes from.
    fn origin(&self, used: &Use) -> String {
        let mut text = format!("- chart **{}**", used.chart);
        if used.path.len() > 1 {
            let _ = write!(text, ": {}", used.path.join(" > "));
        }
        text.push('\n');
        if let Some(when) = &used.when {
            let _ = writeln!(text, "- deployed only with `{when}`");
        }
        if !used.only_in.is_empty() {
            let copies: Vec<_> = used.only_in.iter().map(|copy| self.shown(copy)).collect();
            let _ = writeln!(text, "- only by one of several copies of the chart: {}", copies.join(", "));
        }
        let lineage = lineage(&self.room.sources, used, &[]);
        // Parts that come from the same places stand in one line.
        let mut parts: Vec<(String, Range<usize>, String)> = Vec::new();
        for part in &lineage.parts {
            let mut places: Vec<String> = Vec::new();
            for strand in &part.strands {
                let place = format!("{} ({})", self.link(strand.span), words(strand));
                if !places.contains(&place) {
                    places.push(place);
                }
                for lost in strand.setting.iter().flat_map(|setting| &setting.over) {
                    places.push(format!("wins over {} ({})", self.link(lost.span), lost.key));
                }
            }
            let places = if places.is_empty() { "stands in no file".to_owned() } else { places.join(", ") };
            match parts.last_mut().filter(|(.., known)| *known == places) {
                Some((names, range, _)) => {
                    let _ = write!(names, ", {}", part.name);
                    range.end = part.range.end;
                }
                None => parts.push((part.name.to_string(), part.range.clone(), places)),
            }
        }
        for (names, range, places) in parts {
            let _ = writeln!(text, "- {names} `{}`: {places}", &used.text.as_str()[range]);
        }
        if let Some(place) = lineage.place {
            let _ = writeln!(text, "- printed by {}", self.link(place));
        }
        if let Some(pinned) = used.pinned() {
            let _ = writeln!(text, "- chart version pinned in {}", self.link(pinned));
        }
        text
    }

    /// A path as it is shown: from the workspace.
    fn shown(&self, path: &Path) -> String {
        crate::report::display_path(&self.room.workspace.root, path)
    }

    /// What the image is in every region that the charts name.
    fn regions(&self, text: &mut String, held: &Held<'_>, used: &Use) {
        let Some(everywhere) = self.room.everywhere() else { return };
        let path = held.checked.map(|checked| &checked.path);
        let list = everywhere.lists.iter().find(|list| Some(&list.path) == path);
        let variants = list.into_iter().flat_map(|list| &list.inventory.uses);
        let variants: Vec<&Use> =
            variants.filter(|other| other.when.is_none() && other.slot() == used.slot()).collect();
        let mut images: Vec<&str> = variants.iter().map(|used| used.reference.as_str()).collect();
        images.dedup();
        if images.len() < 2 {
            return;
        }
        text.push_str("In all regions that the charts name:\n\n");
        let mut by_region: Vec<(String, Vec<String>)> = Vec::new();
        for variant in variants {
            let (regions, image) = (variant.scenarios.join(", "), format!("`{}`", variant.reference));
            match by_region.iter_mut().find(|(known, _)| *known == regions) {
                Some((_, images)) if images.contains(&image) => {}
                Some((_, images)) => images.push(image),
                None => by_region.push((regions, vec![image])),
            }
        }
        for (regions, images) in by_region {
            let _ = writeln!(text, "- {regions}: {}", images.join(" or "));
        }
        text.push('\n');
    }

    /// What depends on a place in a chart.
    fn dependents(&self, document: &Document, offset: usize) -> Option<String> {
        let all = self.room.dependents(&document.path, offset);
        let nearest = [Relation::Origin, Relation::Pin, Relation::Site];
        let relation = nearest.into_iter().find(|wanted| all.iter().any(|found| found.relation == *wanted))?;
        let mut text = match relation {
            Relation::Origin => "Images that are made of this:\n\n",
            Relation::Pin => "Images of the chart that is pinned here:\n\n",
            Relation::Site => "Images that are printed here:\n\n",
        }
        .to_owned();
        for found in all.iter().filter(|found| found.relation == relation) {
            let image = &found.used.reference;
            let when = found.used.when.as_ref().map(|when| format!(", only with `{when}`")).unwrap_or_default();
            match &found.entry {
                Some((name, span)) => {
                    let listed = self.room.sources.slice(*span);
                    let same = listed == image.as_str();
                    let but = if same { "as it is".to_owned() } else { format!("as `{listed}`") };
                    let _ = writeln!(text, "- `{image}`{when}: listed by **{name}** {but}, {}", self.link(*span));
                }
                None => {
                    let _ = writeln!(text, "- `{image}`{when}: not listed");
                }
            }
        }
        Some(text)
    }

    /// A link to a place: `[values.yaml:3](file:///...#L3)`.
    fn link(&self, span: Span) -> String {
        let (location, inside) = self.places.location(span);
        let start = self.room.sources.start(span);
        let path = self.shown(self.room.sources.get(span.file).path());
        match inside {
            Some(_) => format!("`{path}:{}`", start.line),
            None => format!("[{path}:{}]({}#L{})", start.line, location.uri.0, start.line),
        }
    }
}

fn span_of(entry: &Entry) -> Span {
    Span { end: entry.value.span.end, ..entry.name.span }
}

/// The verdict on the entry of that index, in a sentence.
fn verdict(held: &Held<'_>, at: usize, uses: &[&Use]) -> String {
    let chart = uses.first().map(|used| used.chart.to_string()).unwrap_or_default();
    let image = uses.first().map(|used| used.reference.to_string()).unwrap_or_default();
    match held.verdict(at) {
        None if held.checked.is_none() => "This list could not be checked.".to_owned(),
        None => "This is no image reference.".to_owned(),
        Some(Verdict::Right { .. }) => format!("{chart} deploys it as it is listed."),
        Some(Verdict::OtherVersion { .. }) => format!("{chart} deploys another version: `{image}`."),
        Some(Verdict::Unpushed { expected, .. }) => {
            let tag = expected.tag().unwrap_or("latest");
            format!("{chart} takes tag `{tag}` by that name from the private registry, which the copy does not push.")
        }
        Some(Verdict::OtherRegistry { expected, .. }) => match uses.first().and_then(|used| used.when.as_deref()) {
            Some(when) => {
                format!("{chart} would deploy it from another registry, `{expected}`, when {}.", in_words(when))
            }
            None => format!("{chart} deploys it from another registry: `{expected}`."),
        },
        Some(Verdict::OtherRepository { .. }) => format!("{chart} deploys `{image}` in its place."),
        Some(Verdict::Disabled { when, .. }) => format!("It is deployed only when {}.", in_words(when)),
        Some(Verdict::Elsewhere) => "It is deployed in a region that was not asked for.".to_owned(),
        Some(Verdict::Mentioned(mention)) => {
            format!("Nothing that was tried deploys it, but its text stands in {}.", mention.chart)
        }
        Some(Verdict::Overridden) => "Values take it from the private registry, by another name.".to_owned(),
        Some(Verdict::Unknown) => "Nothing can be said of it: not all is known of what the charts deploy.".to_owned(),
        Some(Verdict::Stale) => "No chart deploys it.".to_owned(),
    }
}

/// What kind of place a strand came from, in words.
fn words(strand: &Strand) -> String {
    let layer = match strand.layer {
        Layer::Values => "values",
        Layer::Chart => "Chart.yaml",
        Layer::Template => "the template's own text",
        Layer::Set => "configuration",
        Layer::Computed => "computed",
    };
    strand.setting.as_ref().map_or_else(
        || layer.to_owned(),
        |setting| match &setting.giver {
            Giver::Own(chart) => format!("`{}`, default of {chart}", setting.key),
            Giver::Parent(chart) => format!("`{}`, values of the parent {chart}", setting.key),
            Giver::Given(given) => format!("`{}`, {given}", setting.key),
        },
    )
}
