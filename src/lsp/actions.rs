//! Code actions: the fixes of findings, all safe fixes at once, a suppression, and a rule's page.

use lsp_types::{CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Command, Range, TextEdit, Uri};

use super::analysis::{Held, Room};
use super::capabilities::{EXPLAIN, FIX_ALL};
use super::client::Abilities;
use super::diagnostics::Teller;
use super::documents::Document;
use super::edits::{Edits, between, insertion, is_of_endings, of_fix, workspace_edit};
use super::places::Places;
use super::positions::Lines;
use super::queue::Scene;
use crate::fix::{Texts, View, is_safe, safe_fix, settle};
use crate::lint::{Finding, Fix, Outlook, Refusal};
use crate::source::{Span, canonical};

/// Offers what can be done.
pub(super) struct Actions<'a> {
    pub scene: &'a Scene,
    pub abilities: &'a Abilities,
}

impl Actions<'_> {
    /// What can be done in a range of `document` about the findings of `room`.
    pub fn offer(&self, room: &Room, document: &Document, params: &CodeActionParams) -> Vec<CodeActionResponse> {
        let only = params.context.only.as_deref();
        let wants = |kind: &str| only.is_none_or(|only| only.iter().any(|wanted| includes(wanted, kind)));
        let mut actions = Vec::new();
        let places = Places::new(&room.sources, self.scene, self.abilities.encoding);
        let findings = room.checked.iter().flat_map(|checked| &checked.findings);
        let here = |finding: &&Finding| {
            let (location, _) = places.location(finding.span);
            location.uri == document.uri && meets(location.range, params.range)
        };
        let here: Vec<&Finding> = findings.filter(here).collect();
        if wants("quickfix") {
            for finding in &here {
                actions.extend(self.fixes(room, finding, &places));
            }
            if let Some(held) = room.held(&document.path) {
                actions.extend(here.iter().filter_map(|finding| self.suppress(finding, &held, &places)));
            }
        }
        if only.is_none() {
            let mut rules: Vec<&Finding> = Vec::new();
            for finding in &here {
                if rules.iter().all(|known| known.rule != finding.rule) {
                    rules.push(finding);
                }
            }
            actions.extend(rules.into_iter().map(explain));
        }
        let asked = only.is_some() || self.abilities.resolves_edits;
        if wants(FIX_ALL) && asked && has_safe_fix(room, document, &places) {
            actions.extend(self.fix_all_action(room, document));
        }
        actions.into_iter().map(CodeActionResponse::from).collect()
    }

    fn fixes(&self, room: &Room, finding: &Finding, places: &Places<'_>) -> Vec<CodeAction> {
        let diagnostic = Teller { places, abilities: self.abilities }.finding(finding).1;
        let action = |(number, fix): (usize, &Fix)| {
            let edits = of_fix(fix, places)?;
            let safe = is_safe(&room.sources, &room.workspace.root, fix);
            Some(CodeAction {
                title: if safe { fix.title.clone() } else { format!("{} (unsafe)", fix.title) },
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![diagnostic.clone()]),
                is_preferred: Some(number == 0 && safe),
                edit: Some(workspace_edit(edits, &self.scene.documents, self.abilities)),
                ..CodeAction::default()
            })
        };
        finding.fixes.iter().enumerate().filter_map(action).collect()
    }

    /// A comment that silences `finding`, or says that its image needs no mirroring. The reason is for the user to write: until
    /// then the linter asks for it.
    fn suppress(&self, finding: &Finding, held: &Held<'_>, places: &Places<'_>) -> Option<CodeAction> {
        let list = &held.list;
        if finding.span.file != list.file() || finding.rule.id == "unused-suppression" {
            return None;
        }
        let entry = finding.entry.as_ref().and_then(|name| {
            let named = list.entries.iter().filter(|entry| entry.name.text == *name);
            let around = |span: Span| span.start <= finding.span.start && finding.span.start <= span.end;
            named.into_iter().find(|entry| around(list.span_of_lines(entry.block.start..entry.line + 1)))
        });
        let order = match (&finding.expected, entry) {
            (Some(image), None) if finding.rule.id.starts_with("missing-") => format!("exempt {image}"),
            _ => format!("allow {}", finding.rule.id),
        };
        let title = match (&finding.expected, entry) {
            (Some(image), None) if finding.rule.id.starts_with("missing-") => {
                format!("Exempt {image} from mirroring, with a reason")
            }
            (_, Some(entry)) => format!("Allow {} for `{}`, with a reason", finding.rule.id, entry.name.text),
            (_, None) => format!("Allow {} in this list, with a reason", finding.rule.id),
        };
        let (line, parted) = match entry {
            Some(entry) => (entry.line, false),
            // What speaks of the whole list stands above the first entry's block.
            None => (0, list.header.is_empty()),
        };
        let ending = list.line_ending();
        let after = if parted { format!("{ending}{ending}") } else { ending.to_owned() };
        let (location, _) = places.location(list.start_of_line(line));
        let comment = format!("# mirrorlint: {order}: ");
        let parts = (comment.as_str(), "why", after.as_str());
        Some(CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![Teller { places, abilities: self.abilities }.finding(finding).1]),
            is_preferred: Some(false),
            edit: Some(insertion(location.uri, location.range, parts, &self.scene.documents, self.abilities)),
            ..CodeAction::default()
        })
    }

    /// The action that applies all safe fixes to `document`; with its edit, unless the client asks for that later.
    fn fix_all_action(&self, room: &Room, document: &Document) -> Option<CodeAction> {
        let action = CodeAction {
            title: "Apply all safe fixes of mirrorlint".to_owned(),
            kind: Some(CodeActionKind::Custom(FIX_ALL.into())),
            data: Some(serde_json::json!({"uri": document.uri})),
            ..CodeAction::default()
        };
        if self.abilities.resolves_edits {
            return Some(action);
        }
        let edits = self.fix_all(room, document);
        let edit =
            workspace_edit(Edits::from([(document.uri.0.clone(), edits)]), &self.scene.documents, self.abilities);
        Some(CodeAction { edit: Some(edit), ..action })
    }

    /// What `check --fix` would change in `document`, but for line endings.
    pub fn fix_all(&self, room: &Room, document: &Document) -> Vec<TextEdit> {
        let known = room.errors.len();
        let check = |texts: &Texts, outlook: &Outlook| {
            let mut room = Room::new(room.start.clone(), room.kept.stop().clone());
            if !room.look(self.scene, texts, outlook, 0) {
                return Err(Refusal::new("there is no list any more"));
            }
            // A fix that keeps something from being checked is none.
            if room.errors.len() > known {
                return Err(room.errors.remove(known));
            }
            let checked = room.checked.ok_or_else(|| Refusal::new("nothing could be checked"))?;
            Ok(View { sources: room.sources, checked })
        };
        let wanted = |view: &View, finding: &Finding| {
            safe_fix(view, finding).filter(|fix| !is_of_endings(fix, &view.sources)).cloned()
        };
        let Ok(settled) = settle(check, wanted) else { return Vec::new() };
        let change = settled.changes.iter().find(|change| canonical(&change.path) == document.path);
        change.map_or_else(Vec::new, |change| {
            between(&change.before, &change.after, &Lines::of(&change.before, self.abilities.encoding))
        })
    }

    /// A `fix all` with its edit.
    pub fn resolve(&self, room: &Room, document: &Document, action: CodeAction) -> CodeAction {
        let edits = Edits::from([(document.uri.0.clone(), self.fix_all(room, document))]);
        CodeAction { edit: Some(workspace_edit(edits, &self.scene.documents, self.abilities)), ..action }
    }
}

/// The document that a `fix all` is for.
pub(super) fn document_of(action: &CodeAction) -> Option<Uri> {
    serde_json::from_value(action.data.as_ref()?.get("uri")?.clone()).ok()
}

fn explain(finding: &Finding) -> CodeAction {
    let rule = finding.rule.id;
    let title = format!("Explain {rule}");
    let arguments = Some(vec![rule.into()]);
    let command = Command { title: title.clone(), command: EXPLAIN.to_owned(), arguments, tooltip: None };
    CodeAction { title, command: Some(command), ..CodeAction::default() }
}

fn has_safe_fix(room: &Room, document: &Document, places: &Places<'_>) -> bool {
    let is_safe = |fix: &Fix| is_safe(&room.sources, &room.workspace.root, fix) && !is_of_endings(fix, &room.sources);
    let safe = |finding: &Finding| finding.fixes.iter().any(is_safe);
    let mut findings = room.checked.iter().flat_map(|checked| &checked.findings).filter(|finding| safe(finding));
    findings.any(|finding| places.file(finding.span.file).path == document.path)
}

/// Whether an action of `kind` is asked for by `wanted`: the kind itself or one above it.
fn includes(wanted: &CodeActionKind, kind: &str) -> bool {
    let wanted = String::from(wanted.clone());
    wanted.is_empty() || kind.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether two ranges have a line in common: the cursor may stand anywhere in the line of a finding.
fn meets(one: Range, other: Range) -> bool {
    one.start.line <= other.end.line && other.start.line <= one.end.line
}
