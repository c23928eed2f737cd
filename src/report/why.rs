//! `mirrorlint why`: how one image came about, for people and as JSON. Paths and places as in the other formats.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use serde::Serialize;

use super::human::{in_line, printable};
use super::location::Place;
use super::style::{Colour, Style};
use crate::inventory::{Giver, Lineage, Part, Setting, Strand, Use};
use crate::source::{Layer, Sources, Span};

/// A use of the image, and what is known about its text.
pub type Explained<'a> = (&'a Use, Lineage);

/// The chain of each use, indented from the template down to the values.
#[must_use]
pub fn why(uses: &[Explained<'_>], sources: &Sources, root: &Path, style: Style) -> String {
    let printer = Printer { sources, root };
    let mut out = String::new();
    for (index, (used, lineage)) in uses.iter().enumerate() {
        if index == 0 || uses[index - 1].0.reference != used.reference {
            let _ = writeln!(out, "{}", style.paint(Colour::Strong, &in_line(used.reference.as_str())));
        }
        let scenarios =
            if used.scenarios == ["default"] { String::new() } else { format!(" ({})", used.scenarios.join(", ")) };
        let when = used.when.as_deref().map(super::images::when).unwrap_or_default();
        let line = format!("{} in {}{scenarios}{when}", used.place(), used.path.join(" > "));
        let _ = writeln!(out, "  {}", in_line(&line));
        let _ = writeln!(out, "    {} {}", style.paint(Colour::Note, "chart"), in_line(&used.chart.to_string()));
        let _ = writeln!(out, "    {}", style.paint(Colour::Note, "template"));
        printer.sites(&mut out, lineage);
        for part in &lineage.parts {
            let text = &used.text.as_str()[part.range.clone()];
            let _ = writeln!(out, "    {} {}", style.paint(Colour::Note, part.name), in_line(text));
            printer.part(&mut out, used, part);
        }
    }
    out
}

struct Printer<'a> {
    sources: &'a Sources,
    root: &'a Path,
}

impl Printer<'_> {
    /// `PATH:LINE:COLUMN: TEXT`, the first line of the text.
    fn at(&self, span: Span) -> String {
        let place = Place::new(self.sources, self.root, span);
        let text = self.sources.slice(span);
        let (path, text) = (in_line(&place.path), printable(first_line(&text)));
        format!("{path}:{}:{}: {text}", place.start.line, place.start.column)
    }

    /// The tree of the actions that printed the image, outermost first.
    fn sites(&self, out: &mut String, lineage: &Lineage) {
        let mut printed: Vec<&[Span]> = Vec::new();
        for strand in lineage.parts.iter().flat_map(|part| &part.strands) {
            for depth in 1..=strand.sites.len() {
                let chain = &strand.sites[..depth];
                if !printed.contains(&chain) {
                    printed.push(chain);
                    let _ = writeln!(out, "{:indent$}{}", "", self.at(chain[depth - 1]), indent = 4 + 2 * depth);
                }
            }
        }
        if printed.is_empty() {
            match lineage.place {
                Some(place) => {
                    let _ = writeln!(out, "      {}", self.at(place));
                }
                None => out.push_str("      no place is known\n"),
            }
        }
    }

    fn part(&self, out: &mut String, used: &Use, part: &Part) {
        if part.strands.is_empty() {
            out.push_str("      computed; stands in no file\n");
        }
        let pieces: Vec<&Range<usize>> = part.strands.iter().map(|strand| &strand.range).collect();
        for strand in &part.strands {
            let whole = pieces.iter().all(|range| **range == part.range);
            let piece = &used.text.as_str()[strand.range.clone()];
            let piece = if whole { String::new() } else { format!("`{}` ", in_line(piece)) };
            let _ = writeln!(out, "      {piece}{} ({})", self.at(strand.span), in_line(&words(strand)));
            for lost in strand.setting.iter().flat_map(|setting| &setting.over) {
                let given = in_line(&given(&lost.key, &lost.giver));
                let _ = writeln!(out, "        wins over {} ({given})", self.at(lost.span));
            }
        }
    }
}

/// What kind of place a strand came from, in words.
fn words(strand: &Strand) -> String {
    match (&strand.setting, strand.layer) {
        (Some(Setting { key, giver, .. }), _) => given(key, giver),
        (None, Layer::Values) => "values".to_owned(),
        (None, Layer::Chart) => "Chart.yaml".to_owned(),
        (None, Layer::Template) => "the template's own text".to_owned(),
        (None, Layer::Set) => "--set".to_owned(),
        (None, Layer::Computed) => "computed".to_owned(),
    }
}

fn given(key: &str, giver: &Giver) -> String {
    match giver {
        Giver::Own(chart) => format!("{key}, default of {chart}"),
        Giver::Parent(chart) => format!("{key}, values of the parent {chart}"),
        Giver::Given(given) => format!("{key}, {given}"),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[derive(Serialize)]
struct Report {
    version: u32,
    images: Vec<JsonImage>,
}

#[derive(Serialize)]
struct JsonImage {
    image: String,
    kind: &'static str,
    chart: JsonChart,
    path: Vec<String>,
    workload: JsonWorkload,
    template: String,
    location: Option<JsonPlace>,
    scenarios: Vec<String>,
    when: Option<String>,
    parts: Vec<JsonPart>,
}

#[derive(Serialize)]
struct JsonChart {
    name: String,
    version: String,
}

#[derive(Serialize)]
struct JsonWorkload {
    kind: String,
    name: String,
    container: Option<String>,
}

#[derive(Serialize)]
struct JsonPlace {
    path: String,
    line: usize,
    column: usize,
    text: String,
}

#[derive(Serialize)]
struct JsonPart {
    part: &'static str,
    text: String,
    origins: Vec<JsonOrigin>,
}

#[derive(Serialize)]
struct JsonOrigin {
    /// The stretch of the image.
    piece: String,
    #[serde(flatten)]
    place: JsonPlace,
    kind: &'static str,
    key: Option<String>,
    layer: Option<JsonLayer>,
    via: Vec<JsonPlace>,
    over: Vec<JsonLost>,
}

#[derive(Serialize)]
struct JsonLost {
    #[serde(flatten)]
    place: JsonPlace,
    key: String,
    layer: JsonLayer,
}

/// Who gives a value: `default` and `parent` name a chart, `file` and `set` what the user gave.
#[derive(Serialize)]
struct JsonLayer {
    kind: &'static str,
    chart: Option<String>,
    given: Option<String>,
}

impl From<&Giver> for JsonLayer {
    fn from(giver: &Giver) -> Self {
        use crate::chart::Given;
        match giver {
            Giver::Own(chart) => Self { kind: "default", chart: Some(chart.to_string()), given: None },
            Giver::Parent(chart) => Self { kind: "parent", chart: Some(chart.to_string()), given: None },
            Giver::Given(given @ Given::File(_)) => Self { kind: "file", chart: None, given: Some(given.to_string()) },
            Giver::Given(given @ Given::Argument(..)) => {
                Self { kind: "set", chart: None, given: Some(given.to_string()) }
            }
        }
    }
}

/// The same as one line of JSON.
#[must_use]
pub fn why_json(uses: &[Explained<'_>], sources: &Sources, root: &Path) -> String {
    let printer = Printer { sources, root };
    let images = uses.iter().map(|(used, lineage)| JsonImage {
        image: used.reference.to_string(),
        kind: used.kind.as_str(),
        chart: JsonChart { name: used.chart.name.clone(), version: used.chart.version.clone() },
        path: used.path.clone(),
        workload: JsonWorkload {
            kind: used.workload.kind.clone(),
            name: used.workload.name.clone(),
            container: used.workload.container.clone(),
        },
        template: used.template.clone(),
        location: lineage.place.map(|span| printer.place(span)),
        scenarios: used.scenarios.clone(),
        when: used.when.clone(),
        parts: lineage.parts.iter().map(|part| printer.json_part(used, part)).collect(),
    });
    super::json::to_json(&Report { version: 1, images: images.collect() })
}

impl Printer<'_> {
    fn place(&self, span: Span) -> JsonPlace {
        let place = Place::new(self.sources, self.root, span);
        JsonPlace {
            path: place.path,
            line: place.start.line,
            column: place.start.column,
            text: self.sources.slice(span),
        }
    }

    fn json_part(&self, used: &Use, part: &Part) -> JsonPart {
        let origin = |strand: &Strand| JsonOrigin {
            piece: used.text.as_str()[strand.range.clone()].to_owned(),
            place: self.place(strand.span),
            kind: super::json::layer(strand.layer),
            key: strand.setting.as_ref().map(|setting| setting.key.clone()),
            layer: strand.setting.as_ref().map(|setting| JsonLayer::from(&setting.giver)),
            via: strand.sites.iter().map(|site| self.place(*site)).collect(),
            over: (strand.setting.iter().flat_map(|setting| &setting.over))
                .map(|lost| JsonLost {
                    place: self.place(lost.span),
                    key: lost.key.clone(),
                    layer: JsonLayer::from(&lost.giver),
                })
                .collect(),
        };
        JsonPart {
            part: part.name,
            text: used.text.as_str()[part.range.clone()].to_owned(),
            origins: part.strands.iter().map(origin).collect(),
        }
    }
}
