//! What the worker does: answers each request from the checked workspaces, and tells what a change means for diagnostics.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use lsp_server::{ErrorCode, Request, ResponseError};
use lsp_types::{
    CodeAction, CodeActionParams, CodeActionResponse, CompletionParams, DefinitionParams, Diagnostic,
    DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentSymbolParams, ExecuteCommandParams, FoldingRangeParams,
    FullDocumentDiagnosticReport, HoverParams, InlayHintParams, Location, LspNotificationMethod as Notice,
    LspRequestMethod as Method, MessageType, Position, PublishDiagnosticsParams, ReferenceParams, RelatedDocument,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, TextDocumentPositionParams,
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::actions::{Actions, document_of};
use super::analysis::{Analysis, Held, Room};
use super::capabilities::EXPLAIN;
use super::client::{Abilities, Client, error};
use super::completion::Completer;
use super::diagnostics::{ByFile, diagnostics, unplaced};
use super::documents::Document;
use super::hover::hover;
use super::navigation::Navigator;
use super::outline::{folds, hints, symbols};
use super::queue::Scene;
use super::worker::Work;
use crate::inventory::Stop;
use crate::lint::rule;

/// Everything that the worker remembers.
pub(super) struct Handlers {
    abilities: Abilities,
    analysis: Analysis,
    /// Said when nobody waits for what is being computed.
    stop: Stop,
    /// What the client was told last, and with which version of an open document.
    told: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>,
    /// What was said beside the diagnostics, each once.
    shown: Vec<String>,
    /// The state that was looked at last: the versions of the open documents.
    seen: BTreeMap<String, i32>,
}

impl Work for Handlers {
    fn answer(&mut self, request: &Request, scene: &Scene, client: &Client) -> Result<Value, ResponseError> {
        if self.analysis.has_drifted() {
            self.look(scene, client);
        }
        match request.method.as_str() {
            "textDocument/codeAction" => reply(request, |params| self.actions(&params, scene)),
            "codeAction/resolve" => reply(request, |action| self.resolve(action, scene)),
            "textDocument/hover" => reply(request, |params: HoverParams| {
                let at = params.text_document_position_params;
                let encoding = self.abilities.encoding;
                self.first(&at.text_document.uri, scene, |room, document| {
                    hover(room, document, at.position, scene, encoding)
                })
            }),
            "textDocument/definition" => reply(request, |params: DefinitionParams| {
                let at = params.text_document_position_params;
                self.navigate(&at, scene, |navigator, document, at| navigator.definition(document, at))
            }),
            "textDocument/references" => reply(request, |params: ReferenceParams| {
                let at = params.text_document_position_params;
                self.navigate(&at, scene, |navigator, document, at| navigator.references(document, at))
            }),
            "textDocument/completion" => reply(request, |params: CompletionParams| {
                let at = params.text_document_position_params;
                let encoding = self.abilities.encoding;
                self.first(&at.text_document.uri, scene, |room, document| {
                    let items = Completer::new(room, document, at.position, encoding).complete();
                    (!items.is_empty()).then_some(items)
                })
            }),
            "textDocument/inlayHint" => reply(request, |params: InlayHintParams| {
                let abilities = self.abilities;
                self.first(&params.text_document.uri, scene, |room, document| {
                    Some(hints(&room.held(&document.path)?, document, params.range, &abilities))
                })
            }),
            "textDocument/documentSymbol" => reply(request, |params: DocumentSymbolParams| {
                let abilities = self.abilities;
                self.list(&params.text_document.uri, scene, |held, document| symbols(&held.list, document, &abilities))
            }),
            "textDocument/foldingRange" => reply(request, |params: FoldingRangeParams| {
                let abilities = self.abilities;
                self.list(&params.text_document.uri, scene, |held, document| folds(&held.list, document, &abilities))
            }),
            "workspace/executeCommand" => Self::execute(request, client),
            "textDocument/diagnostic" => reply(request, |params| self.document_diagnostics(&params, scene)),
            "workspace/diagnostic" => reply(request, |params| self.workspace_diagnostics(&params, scene)),
            _ => Ok(Value::Null),
        }
    }

    fn look(&mut self, scene: &Scene, client: &Client) {
        self.analysis.has_drifted();
        let _ = self.analysis.rooms(scene);
        if self.stop.is_said() {
            return;
        }
        for message in self.analysis.rooms(scene).flat_map(unplaced) {
            if !self.shown.contains(&message) {
                client.show(MessageType::Warning, &message);
                self.shown.push(message);
            }
        }
        let now = diagnostics(self.analysis.rooms(scene), scene, &self.abilities);
        if self.abilities.pull {
            self.remind(now, scene, client);
        } else {
            self.publish(now, scene, client);
        }
        let versions = scene.documents.iter().map(|document| (document.uri.0.clone(), document.version));
        self.seen = versions.collect();
    }

    fn rest(&mut self, scene: &Scene) {
        let Self { analysis, stop, .. } = self;
        analysis.rooms(scene).take_while(|_| !stop.is_said()).for_each(Room::prepare);
    }

    fn remember(&mut self, broken: &Self) {
        self.told.clone_from(&broken.told);
        self.shown.clone_from(&broken.shown);
        self.seen.clone_from(&broken.seen);
    }
}

/// Answers with what `act` makes of the parameters, if they are what they should be.
fn reply<P: DeserializeOwned, R: Serialize>(
    request: &Request,
    act: impl FnOnce(P) -> R,
) -> Result<Value, ResponseError> {
    serde_json::to_value(act(parameters(request)?)).map_err(|cause| error(ErrorCode::InternalError, cause.to_string()))
}

/// The parameters, if they are what they should be.
fn parameters<P: DeserializeOwned>(request: &Request) -> Result<P, ResponseError> {
    serde_json::from_value(request.params.clone())
        .map_err(|cause| error(ErrorCode::InvalidParams, format!("{}: {cause}", request.method)))
}

impl Handlers {
    /// Nothing known yet. What is computed ends early once `stop` is said.
    pub fn new(abilities: Abilities, stop: Stop) -> Self {
        Self {
            abilities,
            analysis: Analysis::new(abilities.watch, stop.clone()),
            stop,
            told: BTreeMap::new(),
            shown: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Sends what is new, and takes back what is gone.
    fn publish(&mut self, mut now: ByFile, scene: &Scene, client: &Client) {
        for uri in self.told.keys() {
            now.entry(uri.clone()).or_default();
        }
        for document in scene.documents.iter() {
            now.entry(document.uri.0.clone()).or_default();
        }
        let mut told = BTreeMap::new();
        for (uri, diagnostics) in now {
            let version = scene.documents.get(&Uri(uri.clone())).map(|document| document.version);
            let known = self.told.get(&uri);
            let is_known = known.is_some_and(|(at, known)| *at == version && *known == diagnostics);
            if !is_known
                && (version.is_some() || known.is_some_and(|(_, known)| !known.is_empty()) || !diagnostics.is_empty())
            {
                let params =
                    PublishDiagnosticsParams { uri: Uri(uri.clone()), version, diagnostics: diagnostics.clone() };
                client.notify(&Notice::TextDocumentPublishDiagnostics, params);
            }
            if version.is_some() || !diagnostics.is_empty() {
                told.insert(uri, (version, diagnostics));
            }
        }
        self.told = told;
    }

    /// Tells a client that asks for diagnostics to ask again, when a change in one file changed those of another. For the file
    /// itself it asks anyway.
    fn remind(&mut self, now: ByFile, scene: &Scene, client: &Client) {
        let edited = |uri: &String| {
            let version = scene.documents.get(&Uri(uri.clone())).map(|document| document.version);
            version != self.seen.get(uri).copied()
        };
        let before = |uri: &String| self.told.get(uri).map(|(_, known)| known.as_slice()).unwrap_or_default();
        let is_new =
            |(uri, diagnostics): (&String, &Vec<Diagnostic>)| !edited(uri) && before(uri) != diagnostics.as_slice();
        let is_gone = |uri: &String| !now.contains_key(uri) && !edited(uri) && !before(uri).is_empty();
        let elsewhere = now.iter().any(is_new) || self.told.keys().any(is_gone);
        if elsewhere && self.abilities.refresh {
            client.request(&Method::WorkspaceDiagnosticRefresh, Value::Null);
        }
        self.told = now.into_iter().map(|(uri, diagnostics)| (uri, (None, diagnostics))).collect();
    }

    /// What the first workspace says that has something to say of the document.
    fn first<R>(&mut self, uri: &Uri, scene: &Scene, act: impl Fn(&Room, &Document) -> Option<R>) -> Option<R> {
        let document = scene.documents.seen(uri)?;
        self.analysis.rooms(scene).find_map(|room| act(room, document))
    }

    /// As [`Handlers::first`], of a list.
    fn list<R>(&mut self, uri: &Uri, scene: &Scene, act: impl Fn(&Held<'_>, &Document) -> R) -> Option<R> {
        self.first(uri, scene, |room, document| Some(act(&room.held(&document.path)?, document)))
    }

    /// The places that `find` finds, in all workspaces.
    fn navigate(
        &mut self,
        at: &TextDocumentPositionParams,
        scene: &Scene,
        find: impl Fn(&Navigator<'_>, &Document, Position) -> Vec<Location>,
    ) -> Vec<Location> {
        let encoding = self.abilities.encoding;
        let Some(document) = scene.documents.seen(&at.text_document.uri) else { return Vec::new() };
        let mut all: Vec<Location> = Vec::new();
        for room in self.analysis.rooms(scene) {
            let found = find(&Navigator { room, scene, encoding }, document, at.position);
            let new: Vec<_> = found.into_iter().filter(|location| !all.contains(location)).collect();
            all.extend(new);
        }
        all
    }

    /// What can be done, in all workspaces that have something to say of the document.
    fn actions(&mut self, params: &CodeActionParams, scene: &Scene) -> Vec<CodeActionResponse> {
        let Some(document) = scene.documents.seen(&params.text_document.uri) else { return Vec::new() };
        let actions = Actions { scene, abilities: &self.abilities };
        let mut all: Vec<CodeActionResponse> = Vec::new();
        for room in self.analysis.rooms(scene) {
            let offered = actions.offer(room, document, params).into_iter();
            let new: Vec<_> = offered.filter(|action| !all.contains(action)).collect();
            all.extend(new);
        }
        all
    }

    fn resolve(&mut self, action: CodeAction, scene: &Scene) -> CodeAction {
        let document = document_of(&action).and_then(|uri| scene.documents.seen(&uri));
        let Some(document) = document.filter(|_| action.edit.is_none()) else { return action };
        let actions = Actions { scene, abilities: &self.abilities };
        let all: Vec<&Room> = self.analysis.rooms(scene).collect();
        match all.iter().find(|room| room.has_list(&document.path)).or(all.first()) {
            Some(room) => actions.resolve(room, document, action),
            None => action,
        }
    }

    /// Says what a rule finds and how that is mended. The page itself is a link of each diagnostic, of no use in a closed network.
    fn execute(request: &Request, client: &Client) -> Result<Value, ResponseError> {
        let params: ExecuteCommandParams = parameters(request)?;
        let wanted = params.arguments.as_ref().and_then(|arguments| arguments.first()?.as_str()).unwrap_or_default();
        if params.command != EXPLAIN {
            return Err(error(ErrorCode::InvalidParams, format!("there is no command {}", params.command)));
        }
        let rule = rule(wanted)
            .ok_or_else(|| error(ErrorCode::InvalidParams, format!("there is no rule called `{wanted}`")))?;
        // Where messages are shown there is no room for the page.
        let how = rule.sections().into_iter().find(|(title, _)| *title == "How to fix");
        let how = how.and_then(|(_, text)| text.split("\n\n").next()).unwrap_or_default().replace('\n', " ");
        let (id, summary) = (rule.id, rule.summary);
        let message = format!("{id}: {summary}. How to fix: {how} All of it, in a terminal: mirrorlint explain {id}");
        client.show(MessageType::Info, message);
        Ok(Value::Null)
    }

    fn document_diagnostics(&mut self, params: &DocumentDiagnosticParams, scene: &Scene) -> DocumentDiagnosticReport {
        let mut all = diagnostics(self.analysis.rooms(scene), scene, &self.abilities);
        let items = all.remove(&params.text_document.uri.0).unwrap_or_default();
        let related_documents = self.abilities.related_documents.then(|| {
            let others = all.into_iter().filter(|(uri, _)| scene.documents.get(&Uri(uri.clone())).is_none());
            others.map(|(uri, items)| (Uri(uri), RelatedDocument::from(full(items)))).collect::<HashMap<_, _>>()
        });
        let related_documents = related_documents.filter(|related| !related.is_empty());
        let result_id = result_id(&items);
        if params.previous_result_id.as_ref() == Some(&result_id) {
            let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id };
            return RelatedUnchangedDocumentDiagnosticReport {
                related_documents,
                unchanged_document_diagnostic_report,
            }
            .into();
        }
        RelatedFullDocumentDiagnosticReport { related_documents, full_document_diagnostic_report: full(items) }.into()
    }

    fn workspace_diagnostics(
        &mut self,
        params: &WorkspaceDiagnosticParams,
        scene: &Scene,
    ) -> WorkspaceDiagnosticReport {
        let mut all = diagnostics(self.analysis.rooms(scene), scene, &self.abilities);
        let known: HashMap<&str, &str> =
            params.previous_result_ids.iter().map(|known| (known.uri.0.as_str(), known.value.as_str())).collect();
        // What has none any more is told, too.
        for uri in known.keys() {
            all.entry((*uri).to_owned()).or_default();
        }
        let items = all.into_iter().map(|(uri, items)| {
            let result_id = result_id(&items);
            let version = scene.documents.get(&Uri(uri.clone())).map(|document| document.version);
            if known.get(uri.as_str()) == Some(&result_id.as_str()) {
                let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id };
                return WorkspaceUnchangedDocumentDiagnosticReport {
                    uri: Uri(uri),
                    version,
                    unchanged_document_diagnostic_report,
                }
                .into();
            }
            let full_document_diagnostic_report = full(items);
            let report =
                WorkspaceFullDocumentDiagnosticReport { uri: Uri(uri), version, full_document_diagnostic_report };
            WorkspaceDocumentDiagnosticReport::from(report)
        });
        WorkspaceDiagnosticReport { items: items.collect() }
    }
}

fn full(items: Vec<Diagnostic>) -> FullDocumentDiagnosticReport {
    FullDocumentDiagnosticReport { result_id: Some(result_id(&items)), items }
}

/// Names a set of diagnostics: equal ones have equal names.
fn result_id(items: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(items).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
