//! New entries for a list: their names, their text and where they go. One place for all rules that add entries, so that two of
//! them never choose the same name.

use std::sync::Arc;

use super::context::Context;
use super::naming::Habit;
use super::note::words;
use super::number::numbers;
use super::rules::{disagreement, floats};
use super::style::Style;
use super::{Edit, Finding, Fix, Rule, Safety, serves};
use crate::chart::{Chart, Dependency};
use crate::image::Reference;
use crate::inventory::{ChartLink, Confidence, Kind, Use};
use crate::mirror::{Ending, LineKind, List};
use crate::source::Span;

/// What to do about a deployed image before it can be listed: its tag moves.
pub(crate) const MOVES: &str = "Its tag moves: pin it in the chart, then list that";

/// Likewise: it is deployed by its digest alone.
pub(crate) const HAS_NO_TAG: &str =
    "The copy scripts cannot read a digest: give it a fixed tag in the chart, then list that";

/// Likewise: Helm has spoilt a number in it.
pub(crate) const UNQUOTED: &str = "A number in it has no quotes: quote it in the chart, then list that";

/// A finding for each missing image of `kind`, with the entry that it wants; `message` says what is wrong.
pub(crate) fn additions(
    rule: &'static Rule,
    context: &Context<'_>,
    kind: Kind,
    message: impl Fn(&Use) -> String,
) -> Vec<Finding> {
    let order = Order::of(context);
    let habit = Habit::of(&context.list.entries);
    let style = Style::of(context.list);
    let mut taken: Vec<String> = context.list.entries.iter().map(|entry| entry.name.text.clone()).collect();
    let mut brought: Vec<Reference> = Vec::new();
    let mut findings = Vec::new();
    let reconciliation = context.reconciliation;
    for at in reconciliation.missing.iter().chain(&reconciliation.missing_operands) {
        let used = context.used(*at);
        // One entry serves a tag and the same tag with its digest.
        if brought.iter().any(|listed| serves(listed, &used.reference)) {
            continue;
        }
        let name = habit.name(&used.reference, &taken);
        let listed = match numbers(context.sources, &used.text).is_empty() {
            true => listable(&name, used),
            false => Err(UNQUOTED),
        };
        brought.extend(listed.clone());
        if used.kind == kind {
            let fix = listed.map(|image| {
                let words = words(context.sources, used, &image, context.dynamic.get(at).copied());
                let mut block = style.block(&words);
                block.push(format!("{name}={}", image.as_str()));
                let new = New { block: &block, gap: style.gap, is_first: findings.is_empty() };
                let edit = order.insert(context.list, used, &new);
                // What may be no image at all is listed only when somebody says so.
                let sure = used.naming.as_ref().is_none_or(|naming| naming.confidence == Confidence::Certain);
                let safety = if sure { Safety::Safe } else { Safety::Unsafe };
                Fix::new(format!("List it as `{name}`"), safety, vec![edit])
            });
            findings.push(finding(rule, context, used, message(used), fix).rank(order.rank(used)));
        }
        taken.push(name);
    }
    findings
}

fn finding(
    rule: &'static Rule,
    context: &Context<'_>,
    used: &Use,
    message: String,
    fix: Result<Fix, &'static str>,
) -> Finding {
    let image = used.reference.as_str();
    let (message, fix) = match fix {
        Ok(fix) => (message, Some(fix)),
        Err(advice) => (format!("{message}. {advice}"), None),
    };
    let place = used.decisive(0..used.text.len()).map(|(span, _)| span);
    let mut finding = Finding::new(rule, end(context.list), image, message)
        .label("missing")
        .expected(image)
        .chart(used.chart.clone())
        .related(format!("{} names it here", used.chart), place)
        .fix(fix);
    finding.scenarios = used.scenarios.clone();
    finding
}

/// What an entry should list for `image`: a line that both scripts read as it is meant, and that stands for one image; else
/// what has to be done first.
pub(super) fn listable(name: &str, used: &Use) -> Result<Reference, &'static str> {
    let image = &used.reference;
    if used.is_completed() {
        return Err(
            "Its controller puts the node's system behind the tag (`-ubuntu24.04`): list it as your nodes have it",
        );
    }
    if floats(image) {
        return Err(MOVES);
    }
    let is_read = |image: &&str| disagreement(&format!("{name}={image}"), name, image).is_none();
    let without_digest = image.tag_range().map(|tag| &image.as_str()[..tag.end]);
    let listed = [Some(image.as_str()), without_digest].into_iter().flatten().find(is_read);
    let listed = listed.and_then(|listed| Reference::parse(listed).ok());
    // Without its digest a tag may move.
    listed.filter(|listed| !floats(listed)).ok_or(match image.digest() {
        Some(_) => HAS_NO_TAG,
        None => "The copy scripts cannot read its registry with a port: list it from another one",
    })
}

/// The order in which the charts ask for their images: that of the dependencies in each `Chart.yaml`.
struct Order<'a> {
    charts: &'a [Arc<Chart>],
    /// The entries of containers with the rank of what they bring; empty when the list does not follow the order.
    entries: Vec<(usize, Vec<usize>)>,
}

impl<'a> Order<'a> {
    fn of(context: &Context<'a>) -> Self {
        let mut order = Self { charts: context.charts, entries: Vec::new() };
        for judged in context.judged() {
            let Some(first) = judged.verdict.uses().first() else { continue };
            let used = context.used(*first);
            if used.kind == Kind::Container {
                order.entries.push((judged.entry.line, order.rank(used)));
            }
        }
        if !order.entries.is_sorted_by_key(|(_, rank)| rank) {
            order.entries.clear();
        }
        order
    }

    /// The number of the root chart, and of each dependency on the way to the chart of `used`. What nobody asks for is last.
    fn rank(&self, used: &Use) -> Vec<usize> {
        let root = self.charts.iter().position(|chart| chart.path == used.root).unwrap_or(usize::MAX);
        let number = |pair: &[ChartLink]| {
            let [above, below] = pair else { return usize::MAX };
            let asked = above.source.metadata.dependencies.iter().flatten();
            let called = |dependency: &Dependency| match dependency.alias.is_empty() {
                true => *dependency.name == *below.called,
                false => *dependency.alias == *below.called,
            };
            asked.into_iter().position(called).unwrap_or(usize::MAX)
        };
        std::iter::once(root).chain(used.chain.windows(2).map(number)).collect()
    }

    /// Puts the entry for `used` where it belongs: behind the paragraph with the last entry that comes before it, or before the
    /// one with the first entry; at the end where the list has no order or one paragraph has entries of both sides.
    fn insert(&self, list: &List, used: &Use, new: &New<'_>) -> Edit {
        let rank = self.rank(used);
        let before = self.entries.partition_point(|(_, other)| *other <= rank);
        if let (0, Some((line, _))) = (before, self.entries.first())
            && let Some(entry) = list.entries.iter().find(|entry| entry.line == *line)
            // What stands right on top of the file may be its header.
            && let Some(above) = entry.block.start.checked_sub(1)
            && list.lines[above].kind == LineKind::Blank
        {
            return Edit { span: list.start_of_line(entry.block.start), text: new.above(list) };
        }
        // Where no blank lines part entries, comments do.
        if new.gap == 0
            && let Some(line) = before.checked_sub(1).map(|at| self.entries[at].0 + 1)
            && list.lines.get(line).is_some_and(|next| next.kind == LineKind::Comment)
        {
            return Edit { span: list.start_of_line(line), text: new.above(list) };
        }
        Edit { span: self.behind(list, before), text: new.behind(list) }
    }

    /// The end of the paragraph with the last of the first `before` entries; of the list when there is none, or what follows in
    /// that paragraph comes after it.
    fn behind(&self, list: &List, before: usize) -> Span {
        let last = before.checked_sub(1).and_then(|at| self.entries.get(at)).map(|(line, _)| *line);
        let paragraph = last.and_then(|line| {
            let behind = list.lines.iter().skip(line).position(|line| line.kind == LineKind::Blank)? + line;
            let parts = self.entries.get(before).is_some_and(|(next, _)| *next < behind);
            (!parts).then_some(behind)
        });
        // The end is where nothing but blank lines follow.
        let more = |behind: &usize| list.lines[*behind..].iter().any(|line| line.kind != LineKind::Blank);
        paragraph.filter(more).map_or_else(
            || open_end(list),
            |behind| {
                let start = list.span_of_lines(behind..behind).start as usize;
                Span::new(list.file(), start, start)
            },
        )
    }
}

/// The lines of a new entry, and how they are parted from others.
struct New<'a> {
    block: &'a [String],
    /// The blank lines between entries.
    gap: usize,
    /// Whether it is the first that is put into the list.
    is_first: bool,
}

impl New<'_> {
    /// The text that puts it above another entry.
    fn above(&self, list: &List) -> String {
        let ending = list.line_ending();
        let lines = self.block.iter().flat_map(|line| [line, ending]);
        lines.chain(std::iter::repeat_n(ending, self.gap)).collect()
    }

    /// The text that puts it behind a paragraph or at the end, parted from what stands there, which for all but the first is
    /// another block. Several of them can be put at one place one after the other, and at the end what ends an unterminated last
    /// line before them.
    fn behind(&self, list: &List) -> String {
        let ending = list.line_ending();
        let last = list.lines.iter().rev().find(|line| line.kind != LineKind::Blank);
        let is_comment = last.is_some_and(|line| line.kind == LineKind::Comment);
        let is_open = last.is_some_and(|line| line.ending == Ending::None);
        // What ends the list without a newline, and a comment, would become a part of the block.
        let gap = if is_comment || is_open { self.gap.max(1) } else { self.gap };
        let parts = last.is_some() || !self.is_first;
        let parted = if parts { gap } else { 0 } + usize::from(is_comment && is_open && self.is_first);
        let lines = self.block.iter().flat_map(|line| [line, ending]);
        std::iter::repeat_n(ending, parted).chain(lines).collect()
    }
}

/// The end of the list: behind the last line that says something.
fn end(list: &List) -> Span {
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
