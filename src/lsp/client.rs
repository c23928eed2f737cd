//! The other side: what it can do, and what is sent to it. Sending never waits for it to read.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use lsp_types::{
    ClientCapabilities, LogMessageParams, LspNotificationMethod, LspRequestMethod, MessageType, ShowMessageParams,
};
use serde::Serialize;
use serde_json::Value;

use super::positions::Encoding;
use super::queue::Fate;
use super::wire::Malformed;

/// What the client offers, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Abilities {
    /// How characters are counted.
    pub encoding: Encoding,
    /// It asks for diagnostics itself.
    pub pull: bool,
    /// An answer to that may speak of other documents, too.
    pub related_documents: bool,
    /// It can be told to ask again.
    pub refresh: bool,
    /// Diagnostics may point to other places.
    pub related_information: bool,
    /// It can watch files.
    pub watch: bool,
    /// Edits may name the version of the document that they are for.
    pub versioned_edits: bool,
    /// Edits may have a part to be filled in.
    pub snippet_edits: bool,
    /// Code actions may be edits.
    pub actions: bool,
    /// It asks for the edit of a code action when it is chosen.
    pub resolves_edits: bool,
    /// Symbols may lie in each other.
    pub nested_symbols: bool,
}

impl Abilities {
    /// Those that `client` tells.
    pub fn of(client: &ClientCapabilities) -> Self {
        let general = client.general.as_ref();
        let text = client.text_document.as_ref();
        let workspace = client.workspace.as_ref();
        let pull = text.and_then(|text| text.diagnostic.as_ref());
        let push = text.and_then(|text| text.publish_diagnostics.as_ref());
        // Many clients that ask say only of what they are told what it may hold.
        let diagnostics = [
            pull.and_then(|pull| pull.diagnostics_capabilities.related_information),
            push.and_then(|push| push.diagnostics_capabilities.related_information),
        ];
        let actions = text.and_then(|text| text.code_action.as_ref());
        let resolves = actions.and_then(|actions| actions.resolve_support.as_ref());
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let watch = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let symbols = text.and_then(|text| text.document_symbol.as_ref());
        let again = workspace.and_then(|workspace| workspace.diagnostics.as_ref());
        Self {
            encoding: Encoding::negotiated(general.and_then(|general| general.position_encodings.as_deref())),
            pull: pull.is_some(),
            related_documents: pull.and_then(|pull| pull.related_document_support).unwrap_or_default(),
            refresh: again.and_then(|again| again.refresh_support).unwrap_or_default(),
            related_information: diagnostics.contains(&Some(true)),
            watch: watch.and_then(|watch| watch.dynamic_registration).unwrap_or_default(),
            versioned_edits: edits.and_then(|edits| edits.document_changes).unwrap_or_default(),
            snippet_edits: edits.and_then(|edits| edits.snippet_edit_support).unwrap_or_default(),
            actions: actions.is_some_and(|actions| actions.code_action_literal_support.is_some()),
            resolves_edits: resolves.is_some_and(|resolves| resolves.properties.iter().any(|name| name == "edit")),
            nested_symbols: symbols.and_then(|all| all.hierarchical_document_symbol_support).unwrap_or_default(),
        }
    }
}

/// What goes over the wire to the client.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Outgoing {
    /// A message.
    Message(Message),
    /// The answer to what was no message.
    Complaint {
        /// Of the request, if it had one.
        id: Value,
        /// What was wrong.
        error: ResponseError,
    },
}

/// Sends to the client. When nobody reads any more, what is sent is lost: then the input ends, too.
#[derive(Debug)]
pub(super) struct Client {
    sender: Sender<Outgoing>,
    next: AtomicI32,
}

impl Client {
    /// A client that is reached by `sender`.
    pub fn new(sender: Sender<Outgoing>) -> Self {
        Self { sender, next: AtomicI32::new(1) }
    }

    fn send(&self, message: impl Into<Message>) {
        let _ = self.sender.send(Outgoing::Message(message.into()));
    }

    /// Answers a request.
    pub fn respond(&self, id: RequestId, response_result: Result<Value, ResponseError>) {
        self.send(Response { id, response_result });
    }

    /// Refuses a request.
    pub fn refuse(&self, id: RequestId, code: ErrorCode, message: impl Into<String>) {
        self.respond(id, Err(error(code, message)));
    }

    /// Says what was wrong with something that was no message.
    pub fn complain(&self, Malformed { code, message, id }: Malformed) {
        let error = ResponseError { code, message, data: None };
        let _ = self.sender.send(Outgoing::Complaint { id, error });
    }

    /// Sends a notification.
    pub fn notify(&self, method: &LspNotificationMethod<'_>, params: impl Serialize) {
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Notification { method: method.to_string(), params });
        }
    }

    /// Asks for something whose answer does not matter.
    pub fn request(&self, method: &LspRequestMethod<'_>, params: impl Serialize) {
        if let Ok(params) = serde_json::to_value(params) {
            let id = RequestId::from(self.next.fetch_add(1, Ordering::Relaxed));
            self.send(Request { id, method: method.to_string(), params });
        }
    }

    /// Writes into the client's log.
    pub fn log(&self, kind: MessageType, message: impl Into<String>) {
        let params = LogMessageParams { kind, message: message.into() };
        self.notify(&LspNotificationMethod::WindowLogMessage, params);
    }

    /// Tells the user.
    pub fn show(&self, kind: MessageType, message: impl Into<String>) {
        let params = ShowMessageParams { kind, message: message.into() };
        self.notify(&LspNotificationMethod::WindowShowMessage, params);
    }
}

/// What a request is answered with that nobody waits for any more.
pub(super) fn unanswered(fate: Fate) -> ResponseError {
    match fate {
        Fate::Cancelled => error(ErrorCode::RequestCanceled, "cancelled"),
        Fate::Outdated => error(ErrorCode::ContentModified, "the document has changed since"),
        // Of diagnostics: the client is to ask again.
        _ => {
            let data = Some(serde_json::json!({"retriggerRequest": true}));
            ResponseError { data, ..error(ErrorCode::ServerCancelled, "something has changed since") }
        }
    }
}

/// An error to answer with.
pub(super) fn error(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
