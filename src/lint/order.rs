//! Where a new entry belongs in a list: with those of its chart, and the charts in the order in which they are asked for; and how
//! many blank lines part it from the others there. Knows entries, charts and lines, no wording.

use std::sync::Arc;

use super::Edit;
use super::context::{Context, Judged};
use crate::chart::{Chart, Dependency};
use crate::inventory::{ChartLink, Inventory, Kind, Use};
use crate::mirror::{Ending, Entry, LineKind, List};
use crate::source::Span;

/// What puts one entry before another, the smaller first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// The number of the root chart, and of each dependency on the way to the chart that names the image, with its name. What
    /// nobody asks for is last.
    chart: Vec<(usize, String)>,
    /// The images of containers come before those that a controller pulls.
    kind: Kind,
    /// Where the chart first names the image: the template, and the number within what is rendered.
    place: (String, usize),
    /// The image.
    image: String,
}

/// An entry that stands for an image of the charts.
struct Seat {
    line: usize,
    rank: Rank,
}

/// The order of a list's entries.
pub(super) struct Order<'a> {
    charts: &'a [Arc<Chart>],
    inventory: &'a Inventory,
    seats: Vec<Seat>,
}

/// The lines of a new entry, and the blank lines between entries.
pub(super) struct New<'a> {
    pub block: &'a [String],
    pub gap: usize,
}

/// Where an entry belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    /// Behind the entry of that line.
    Behind(usize),
    /// Above the entry of the first line; where that is not possible, behind that of the second one.
    Above(usize, Option<usize>),
    /// Nothing in the list tells.
    End,
}

impl<'a> Order<'a> {
    pub fn of(context: &Context<'a>) -> Self {
        let mut order = Self { charts: context.charts, inventory: context.inventory, seats: Vec::new() };
        let seat = |judged: Judged<'_>| {
            let uses = || judged.verdict.uses().iter().map(|at| context.used(*at));
            let noted = judged.entry.note.from.as_ref().map(|from| from.chart.text.as_str());
            let used = uses().find(|used| Some(used.chart.name.as_str()) == noted).or_else(|| uses().next())?;
            Some(Seat { line: judged.entry.line, rank: order.rank(used) })
        };
        let seats = context.judged().filter_map(seat).collect();
        order.seats = seats;
        order
    }

    pub fn rank(&self, used: &Use) -> Rank {
        let root = self.charts.iter().position(|chart| chart.path == used.root).unwrap_or(usize::MAX);
        let number = |pair: &[ChartLink]| {
            let [above, below] = pair else { return (usize::MAX, String::new()) };
            let mut asked = above.source.metadata.dependencies.iter().flatten();
            let called = |dependency: &Dependency| match dependency.alias.is_empty() {
                true => *dependency.name == *below.called,
                false => *dependency.alias == *below.called,
            };
            (asked.position(called).unwrap_or(usize::MAX), below.called.clone())
        };
        let chart = std::iter::once((root, String::new())).chain(used.chain.windows(2).map(number)).collect();
        let is_same = |other: &&Use| {
            let is_there = (&other.root, &other.path, other.kind) == (&used.root, &used.path, used.kind);
            is_there && other.when.is_none() && other.reference.as_str() == used.reference.as_str()
        };
        let place = |used: &Use| (used.template.clone(), used.number);
        let first = self.inventory.uses.iter().filter(is_same).map(place).min();
        let place = first.unwrap_or_else(|| place(used));
        Rank { chart, kind: used.kind, place, image: used.reference.as_str().to_owned() }
    }

    /// The edit that puts `new` where an entry of `rank` belongs, and its text where another one is inserted there before it.
    pub fn insert(&self, list: &List, rank: &Rank, new: &New<'_>) -> (Edit, Option<String>) {
        match self.spot(rank) {
            Spot::Behind(line) => new.behind(list, line),
            Spot::Above(line, behind) => match (new.above_entry(list, line), behind) {
                (Some(edit), _) => (edit, None),
                (None, Some(behind)) => new.behind(list, behind),
                (None, None) => new.at_end(list),
            },
            Spot::End => new.at_end(list),
        }
    }

    /// Among all entries; where those of operands stand apart, among the others.
    fn spot(&self, rank: &Rank) -> Spot {
        let all: Vec<&Seat> = self.seats.iter().collect();
        let containers = || self.seats.iter().filter(|seat| seat.rank.kind == Kind::Container).collect::<Vec<_>>();
        spot_among(&all, rank).or_else(|| spot_among(&containers(), rank)).unwrap_or(Spot::End)
    }
}

/// Where an entry of `rank` belongs among `seats`: with those of its chart, which stand together; where there are none, between the
/// charts, which follow each other as they are asked for.
fn spot_among(seats: &[&Seat], rank: &Rank) -> Option<Spot> {
    let is_peer = |seat: &&&Seat| seat.rank.chart == rank.chart;
    let Some(first) = seats.iter().position(|seat| is_peer(&seat)) else {
        let is_sorted = seats.is_sorted_by_key(|seat| &seat.rank.chart);
        let at = seats.partition_point(|seat| seat.rank.chart < rank.chart);
        return match (is_sorted, at.checked_sub(1), seats.first()) {
            (true, Some(before), _) => Some(Spot::Behind(seats[before].line)),
            (true, None, Some(first)) => Some(Spot::Above(first.line, None)),
            _ => None,
        };
    };
    let count = seats[first..].iter().take_while(is_peer).count();
    let (peers, rest) = seats[first..].split_at(count);
    if rest.iter().any(|seat| is_peer(&seat)) {
        return None;
    }
    let is_sorted = peers.is_sorted_by_key(|seat| &seat.rank);
    let at = if is_sorted { peers.partition_point(|seat| seat.rank <= *rank) } else { count };
    Some(match at.checked_sub(1) {
        Some(before) => Spot::Behind(peers[before].line),
        None => Spot::Above(peers[0].line, Some(peers[count - 1].line)),
    })
}

impl New<'_> {
    /// Above the block of the entry in `line`, where that is parted from what stands before it. What stands higher above the note
    /// than elsewhere may be the header of a section, and on top of the file that of the list. Nothing goes between an entry and the
    /// comments that a blank line parts it from.
    fn above_entry(&self, list: &List, line: usize) -> Option<Edit> {
        let entry = list.entries.iter().find(|entry| entry.line == line)?;
        if list.parted_comments(entry).is_some() {
            return None;
        }
        let height = |entry: &Entry| {
            let note = entry.note.from.as_ref()?.span.start;
            let is_it = |at: &usize| list.lines[*at].span.end >= note;
            Some(entry.block.clone().find(is_it)? - entry.block.start)
        };
        let elsewhere = list.entries.iter().filter(|other| other.line != line).filter_map(height).min();
        let above = entry.block.start.checked_sub(1);
        let is_parted = match above.map(|above| list.lines[above].kind) {
            Some(above) => above == LineKind::Blank || (self.gap == 0 && matches!(above, LineKind::Entry(_))),
            None => entry.block.is_empty() || height(entry).is_some_and(|height| height <= elsewhere.unwrap_or(0)),
        };
        let is_section = elsewhere.is_some() && height(entry) > elsewhere;
        if !is_parted || is_section {
            return None;
        }
        // A note that an entry lacks would be written at the very place where its block begins. Only at the top of the file there is no
        // other one.
        let lacks_note = entry.note.title.is_none() && entry.note.from.is_none();
        match above {
            Some(above) if lacks_note => (list.lines[above].kind == LineKind::Blank).then(|| self.below(list, above)),
            _ => Some(self.above(list, entry.block.start)),
        }
    }

    /// In front of the blank line there, which parts it from what follows.
    fn below(&self, list: &List, blank: usize) -> Edit {
        let ending = list.line_ending();
        Edit { span: list.start_of_line(blank), text: ending.repeat(self.gap.max(1)) + &self.lines(ending) }
    }

    /// Above that line.
    fn above(&self, list: &List, line: usize) -> Edit {
        let ending = list.line_ending();
        Edit { span: list.start_of_line(line), text: self.lines(ending) + &ending.repeat(self.gap) }
    }

    /// Behind the paragraph of the entry in `line`, but above what is said there of the next entry; or right behind the entry where
    /// comments part entries.
    fn behind(&self, list: &List, line: usize) -> (Edit, Option<String>) {
        let next = list.lines.get(line + 1).map(|next| next.kind);
        if self.gap == 0 && next == Some(LineKind::Comment) {
            return (self.above(list, line + 1), None);
        }
        let is_blank = |at: usize| list.lines[at].kind == LineKind::Blank;
        let blank = (line..list.lines.len()).find(|at| is_blank(*at));
        let Some(blank) = blank.filter(|blank| (*blank..list.lines.len()).any(|at| !is_blank(at))) else {
            return self.at_end(list);
        };
        let ending = list.line_ending();
        let gap = ending.repeat(self.gap);
        let mut parted = list.entries.iter().filter_map(|entry| list.parted_comments(entry));
        let edit = match parted.find(|comments| comments.end == blank) {
            Some(comments) => {
                let Edit { span, text } = self.above(list, comments.start);
                Edit { span, text: gap + &text }
            }
            None => Edit { span: list.start_of_line(blank), text: gap + &self.lines(ending) },
        };
        (edit, None)
    }

    /// Behind the last line that says something, and behind blank lines that part it from that.
    fn at_end(&self, list: &List) -> (Edit, Option<String>) {
        let ending = list.line_ending();
        let lines = self.lines(ending);
        let parted = |gap: usize| Some(ending.repeat(gap) + &lines);
        let Some(last) = list.lines.iter().rposition(|line| line.kind != LineKind::Blank) else {
            // Nothing but blank lines: they part nothing.
            let start = list.start_of_line(0).start as usize;
            let span = Span::new(list.file(), start, list.text().len());
            return (Edit { span, text: lines.clone() }, parted(self.gap));
        };
        let is_comment = list.lines[last].kind == LineKind::Comment;
        // A comment would become a part of the block.
        let gap = if is_comment { self.gap.max(1) } else { self.gap };
        if list.lines[last].ending == Ending::None {
            // Behind an entry another fix ends the line, and programs apply both as they are told.
            let ends = if is_comment { gap + 1 } else { gap.max(1) };
            return (Edit { span: open_end(list), text: ending.repeat(ends) + &lines }, parted(gap));
        }
        let blank = list.lines[last + 1..].iter().take(gap).take_while(|line| line.ending != Ending::None).count();
        let start = list.span_of_lines(last + 1 + blank..last + 1 + blank).start as usize;
        let span = Span::new(list.file(), start, start);
        (Edit { span, text: ending.repeat(gap - blank) + &lines }, parted(gap))
    }

    fn lines(&self, ending: &str) -> String {
        self.block.iter().flat_map(|line| [line, ending]).collect()
    }
}

/// The end of the list: behind the last line that says something.
pub(super) fn end(list: &List) -> Span {
    let last = list.lines.iter().rev().find(|line| line.kind != LineKind::Blank);
    let at = last.map_or(list.text().len(), |line| line.span.end as usize + line.ending.as_str().len());
    Span::new(list.file(), at, at)
}

/// The same with a CR that the last line has instead of a newline, which would make one with the LF of a new line.
fn open_end(list: &List) -> Span {
    let end = end(list).end as usize;
    let stray = list.text()[..end].bytes().rev().take_while(|byte| *byte == b'\r').count();
    Span::new(list.file(), end - stray, end)
}
