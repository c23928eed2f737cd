//! What could stand at the cursor. In a list: entries that are missing, images, tags and charts that are deployed, orders to the
//! linter and the rules that they name. In a configuration: keys, rules and the words that a value can be.

use std::ops::Range;

use lsp_types::{CompletionItem, CompletionItemKind, Position, TextEdit};

use super::analysis::{Held, Room};
use super::documents::Document;
use super::hover::about;
use super::positions::{Encoding, Lines};
use super::relations::entry_at;
use crate::config::{FILE_NAME, possible};
use crate::image::Reference;
use crate::inventory::Use;
use crate::lint::{rules, source_note};

/// Completes in one document.
pub(super) struct Completer<'a> {
    room: &'a Room,
    document: &'a Document,
    lines: Lines,
    /// The cursor.
    offset: usize,
    /// The line up to the cursor.
    before: &'a str,
    /// The rest of it.
    after: &'a str,
}

/// One thing that could stand there.
struct Offer {
    label: String,
    text: String,
    detail: String,
    kind: CompletionItemKind,
}

impl<'a> Completer<'a> {
    /// At `position` of `document`.
    pub fn new(room: &'a Room, document: &'a Document, position: Position, encoding: Encoding) -> Self {
        let text: &str = &document.text;
        let lines = Lines::of(text, encoding);
        let offset = lines.offset(text, position);
        let start = text[..offset].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let end = text[offset..].find(['\n', '\r']).map_or(text.len(), |at| offset + at);
        Self { room, document, lines, offset, before: &text[start..offset], after: &text[offset..end] }
    }

    /// Everything that could stand at the cursor, best first.
    pub fn complete(&self) -> Vec<CompletionItem> {
        if self.document.path.file_name().is_some_and(|name| name == FILE_NAME) {
            return self.configuration();
        }
        let Some(held) = self.room.held(&self.document.path) else { return Vec::new() };
        match self.before.trim_start().strip_prefix('#') {
            Some(comment) => self.comment(&held, comment.trim_start_matches('#').trim_start()),
            None => match self.before.find('=') {
                Some(equals) => self.source(&held, equals + 1),
                None => self.entries(&held),
            },
        }
    }

    /// The entries that are missing, with their comments, in place of the whole line.
    fn entries(&self, held: &Held<'_>) -> Vec<CompletionItem> {
        let whole = self.offset - self.before.len()..self.offset + self.after.len();
        let findings = self.room.checked.iter().flat_map(|checked| &checked.findings);
        let missing = findings.filter(|finding| finding.rule.id.starts_with("missing-"));
        let offers = missing.filter_map(|finding| {
            let edit = finding.fixes.first()?.edits().iter().find(|edit| edit.span.file == held.list.file())?;
            let block = edit.text.trim_matches(['\n', '\r']).to_owned();
            let (name, image) = block.lines().last()?.split_once('=')?;
            Some(Offer {
                label: name.to_owned(),
                detail: image.to_owned(),
                kind: CompletionItemKind::Module,
                text: block,
            })
        });
        self.items(offers.collect(), &whole)
    }

    /// What can stand behind the `=` at `start` of the line: a tag, when a repository stands there already; else an image.
    fn source(&self, held: &Held<'_>, start: usize) -> Vec<CompletionItem> {
        let Some(checked) = held.checked else { return Vec::new() };
        let typed = self.before[start..].trim_start();
        let rest = self.after.find(char::is_whitespace).unwrap_or(self.after.len());
        let deployed = || checked.inventory.uses.iter().filter(|used| used.when.is_none());
        if let Some((repository, tag)) = typed.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'))
            && let Ok(repository) = Reference::parse(repository)
        {
            let same = deployed().filter(|used| used.reference.same_repository(&repository));
            let tags = same.filter_map(|used| Some((used, used.reference.tag()?)));
            let offers = tags.map(|(used, tag)| offer(tag, used, CompletionItemKind::Value)).collect();
            return self.items(offers, &(self.offset - tag.len()..self.offset + rest));
        }
        // What the entry stands for comes first, then what is missing, then the rest.
        let partners = entry_at(held, self.offset).map(|(at, _)| held.uses(at)).unwrap_or_default();
        let missing = checked.missing.iter().filter_map(|at| checked.used(*at));
        let all = partners.into_iter().chain(missing).chain(deployed());
        let offers = all.map(|used| offer(used.reference.as_str(), used, CompletionItemKind::Value)).collect();
        self.items(offers, &(self.offset - typed.len()..self.offset + rest))
    }

    /// What can stand in a comment that begins so.
    fn comment(&self, held: &Held<'_>, comment: &str) -> Vec<CompletionItem> {
        let word = |text: &str| {
            let typed = text.rsplit([' ', ',', '\t']).next().unwrap_or_default();
            let rest = self.after.find([' ', ',', ':', '\t']).unwrap_or(self.after.len());
            self.offset - typed.len()..self.offset + rest
        };
        if let Some(order) = comment.strip_prefix("mirrorlint:").map(str::trim_start) {
            if let Some(names) = order.strip_prefix("allow ") {
                let rule = |rule: &crate::lint::Rule| Offer {
                    label: rule.id.to_owned(),
                    text: rule.id.to_owned(),
                    detail: rule.summary.to_owned(),
                    kind: CompletionItemKind::EnumMember,
                };
                let reason = names.contains(':');
                return if reason { Vec::new() } else { self.items(rules().iter().map(rule).collect(), &word(names)) };
            }
            if let Some(image) = order.strip_prefix("exempt ") {
                let missing = held
                    .checked
                    .into_iter()
                    .flat_map(|checked| checked.missing.iter().filter_map(|at| checked.used(*at)).collect::<Vec<_>>());
                let offers = missing.map(|used| offer(used.reference.as_str(), used, CompletionItemKind::Value));
                return self.items(offers.collect(), &word(image));
            }
            let orders = [("allow", "no findings of these rules"), ("exempt", "images that need no mirroring")];
            return self.items(orders.map(|(name, detail)| keyword(name, detail)).into(), &word(order));
        }
        if let Some((_, typed)) = comment.rsplit_once("(from ").filter(|(_, typed)| !typed.contains(')')) {
            return self.notes(held, typed);
        }
        let field = ["Tag:", "Repository:"].into_iter().find_map(|field| Some((field, comment.strip_prefix(field)?)));
        let Some((field, typed)) = field else { return Vec::new() };
        // The block that the line belongs to is that of the entry below it.
        let uses = entry_at(held, self.offset).map(|(at, _)| held.uses(at)).unwrap_or_default();
        let offers = uses.into_iter().filter_map(|used| {
            let image = &used.reference;
            let text = if field == "Tag:" { image.tag()? } else { image.name() };
            Some(offer(text, used, CompletionItemKind::Value))
        });
        self.items(offers.collect(), &word(typed))
    }

    /// The charts that a source note can name: those of the entry below first, then all that deploy something.
    fn notes(&self, held: &Held<'_>, typed: &str) -> Vec<CompletionItem> {
        let Some(checked) = held.checked else { return Vec::new() };
        let partners = entry_at(held, self.offset).map(|(at, _)| held.uses(at)).unwrap_or_default();
        let all = partners.into_iter().chain(checked.inventory.uses.iter().filter(|used| used.when.is_none()));
        let closed = self.after.find(')');
        let offers = all.filter_map(|used| {
            let note = source_note(used);
            let chart = note.strip_prefix("(from ")?.strip_suffix(')')?;
            let text = if closed.is_some() { chart.to_owned() } else { format!("{chart})") };
            let detail = used.reference.to_string();
            Some(Offer { label: chart.to_owned(), text, detail, kind: CompletionItemKind::Reference })
        });
        let end = self.offset + closed.unwrap_or(self.after.len());
        self.items(offers.collect(), &(self.offset - typed.len()..end))
    }

    fn configuration(&self) -> Vec<CompletionItem> {
        let above = &self.document.text[..self.offset - self.before.len()];
        let (path, value) = path_at(above, self.before);
        let typed = self.before.rsplit([' ', '\t', '{', ',', '[']).next().unwrap_or_default();
        let rest = self.after.find([' ', ':', ',', '}']).unwrap_or(self.after.len());
        let range = self.offset - typed.len()..self.offset + rest;
        let key = path.last().map(String::as_str);
        let of_rules = !value && path.len() == 1 && matches!(key, Some("rules" | "fixes"));
        if of_rules || (value && path.first().is_some_and(|first| first == "allow") && key == Some("rule")) {
            let fixes = key == Some("fixes");
            let known = rules().iter().filter(|rule| !fixes || rule.fix.is_some());
            let colon = if value || self.after.starts_with(':') { "" } else { ": " };
            let offers = known.map(|rule| Offer {
                label: rule.id.to_owned(),
                text: format!("{}{colon}", rule.id),
                detail: rule.summary.to_owned(),
                kind: CompletionItemKind::EnumMember,
            });
            return self.items(offers.collect(), &range);
        }
        let offers = possible(&path).into_iter().map(|(name, detail)| {
            let colon = if value || self.after.starts_with(':') { "" } else { ": " };
            let kind = if value { CompletionItemKind::EnumMember } else { CompletionItemKind::Property };
            Offer { text: format!("{name}{colon}"), label: name, detail, kind }
        });
        self.items(offers.collect(), &range)
    }

    /// The offers, each once, in place of `range`.
    fn items(&self, offers: Vec<Offer>, range: &Range<usize>) -> Vec<CompletionItem> {
        let text: &str = &self.document.text;
        let typed = text.get(range.start..self.offset).unwrap_or_default();
        let mut items: Vec<CompletionItem> = Vec::new();
        for Offer { label, text: new_text, detail, kind } in offers {
            if items.iter().any(|known| known.label == label) {
                continue;
            }
            let documentation = rules().iter().find(|rule| rule.id == label).map(|rule| about(rule).into());
            // Editors filter by what is typed in place of the range, which begins with the label.
            let filter = (!typed.is_empty() && !new_text.starts_with(typed)).then(|| label.clone());
            items.push(CompletionItem {
                sort_text: Some(format!("{:04}", items.len())),
                filter_text: filter.or_else(|| Some(label.clone())),
                text_edit: Some(TextEdit { range: self.lines.range(text, range.clone()), new_text }.into()),
                label,
                kind: Some(kind),
                detail: Some(detail).filter(|detail| !detail.is_empty()),
                documentation,
                ..CompletionItem::default()
            });
        }
        items
    }
}

fn offer(text: &str, used: &Use, kind: CompletionItemKind) -> Offer {
    let detail = format!("{}, {}", used.chart, used.workload);
    Offer { label: text.to_owned(), text: text.to_owned(), detail, kind }
}

fn keyword(name: &str, detail: &str) -> Offer {
    Offer {
        label: name.to_owned(),
        text: format!("{name} "),
        detail: detail.to_owned(),
        kind: CompletionItemKind::Keyword,
    }
}

/// Where in a configuration, which need not be whole, a line that begins with `before` stands: the keys above it, an index for
/// each list; and whether a value is being written there rather than a key.
fn path_at(above: &str, before: &str) -> (Vec<String>, bool) {
    let mut path = Vec::new();
    let (mut indent, keys, value) = shape(before);
    path.extend(keys.into_iter().rev());
    for line in above.lines().rev() {
        let text = line.trim_end();
        if text.trim_start().is_empty() || text.trim_start().starts_with('#') || indent == 0 {
            continue;
        }
        let start = text.len() - text.trim_start().len();
        let item = text.trim_start().starts_with("- ");
        // The first key of an item stands behind its dash.
        let column = if item { start + 2 } else { start };
        let key = text.trim_start().trim_start_matches("- ").split_once(':').map(|(key, _)| key.trim().to_owned());
        if column < indent {
            path.extend(key);
            indent = column;
        }
        if item && start < indent {
            path.push("0".to_owned());
            indent = start + 1;
            // The list itself may stand at the same column as its items' dashes.
            if let Some(parent) = parent_of_list(above, line, start) {
                path.push(parent.0);
                indent = parent.1;
            }
        }
    }
    path.reverse();
    (path, value)
}

/// The key of the list with an item at `line`, and its column.
fn parent_of_list(above: &str, line: &str, column: usize) -> Option<(String, usize)> {
    let at = line.as_ptr() as usize - above.as_ptr() as usize;
    above[..at].lines().rev().find_map(|line| {
        let text = line.trim_start();
        let start = line.len() - text.len();
        let (key, rest) = text.split_once(':')?;
        let opens = rest.trim().is_empty() && !text.starts_with(['-', '#']);
        (opens && start <= column).then(|| (key.trim().to_owned(), start))
    })
}

/// The column at which the key of a line stands, what of a path the line itself tells, and whether its value is being written.
fn shape(before: &str) -> (usize, Vec<String>, bool) {
    let text = before.trim_start();
    let start = before.len() - text.len();
    let (mut keys, inner, column) = match text.strip_prefix("- ") {
        Some(inner) => (vec!["0".to_owned()], inner, start + 1),
        None => (Vec::new(), text, start),
    };
    match inner.split_once(": ") {
        Some((key, value)) => {
            keys.push(key.trim().to_owned());
            // `rules: {tag-mismatch: `: one more step.
            let flow = value.trim_start().strip_prefix('{').map(|rest| rest.rsplit(',').next().unwrap_or(rest));
            match flow {
                Some(last) => match last.split_once(": ") {
                    Some((key, _)) => {
                        keys.push(key.trim().to_owned());
                        (column, keys, true)
                    }
                    None => (column, keys, false),
                },
                None => (column, keys, true),
            }
        }
        None => (column, keys, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> (String, bool) {
        let start = text.rfind('\n').map_or(0, |end| end + 1);
        let (path, value) = path_at(&text[..start], &text[start..]);
        (path.join("."), value)
    }

    #[test]
    fn places_in_unfinished_configurations() {
        for (text, path, value) in [
            ("", "", false),
            ("ru", "", false),
            ("rules:\n  ", "rules", false),
            ("rules:\n  tag-mismatch: ", "rules.tag-mismatch", true),
            ("rules: {tag-mismatch: ", "rules.tag-mismatch", true),
            ("rules: {a: off, ", "rules", false),
            ("lists:\n  - path: x\n    ", "lists.0", false),
            ("lists:\n- path: x\n  ", "lists.0", false),
            ("lists:\n  - path: x\n    charts:\n      - path: y\n        ", "lists.0.charts.0", false),
            ("lists:\n  - path: x\n    charts:\n      - ", "lists.0.charts.0", false),
            ("lists:\n  - path: x\nallow:\n  - rule: ", "allow.0.rule", true),
            ("rules:\n  a: off\n# x\n\n", "", false),
        ] {
            assert_eq!(at(text), (path.to_owned(), value), "{text:?}");
        }
    }
}
