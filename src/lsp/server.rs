//! The life of the server: reads messages in order, keeps the documents, answers what needs no computing. What does is left to
//! the worker, so that a long computation never keeps the server from reading.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, mpsc};
use std::thread;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, ResponseError};
use lsp_types::{
    CancelParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, Id, InitializeParams, MessageType, WorkspaceFolder,
    WorkspaceFolders,
};
use serde::de::DeserializeOwned;

use super::capabilities::{initialize_result, registrations};
use super::client::{Abilities, Client, Outgoing, error, unanswered};
use super::queue::{Queue, Scene};
use super::stamps::matters;
use super::uri::path_of;
use super::wire::{self, Frame, Malformed};
use super::worker::{self, Work};
use crate::inventory::Stop;

/// How the server ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As the protocol wants it: `shutdown`, then `exit`.
    Properly,
    /// Otherwise, and how.
    Abruptly(String),
}

/// What the reading thread found.
enum Event {
    Frame(Frame),
    End(Option<std::io::Error>),
}

/// Serves one client until it says goodbye. `work` makes what computes, once it is known what the client can do, and is told
/// what ends a computation.
pub(super) fn serve<W: Work>(
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
    work: impl Fn(Abilities, Stop) -> W + Send + Clone + 'static,
) -> Ended {
    let (events, incoming) = channel();
    // Never joined: it waits for input that may not come.
    thread::spawn(move || read_all(input, &events));
    let (sender, outgoing) = channel();
    let writer = thread::spawn(move || write_all(output, &outgoing));
    let mut server = Server {
        client: Arc::new(Client::new(sender)),
        queue: Arc::default(),
        scene: Scene::default(),
        state: State::New,
    };
    let ended = server.run(&incoming, work);
    drop(server);
    let _ = writer.join();
    ended
}

fn read_all(mut input: impl BufRead, events: &mpsc::Sender<Event>) {
    loop {
        let event = match wire::read(&mut input) {
            Ok(Some(frame)) => Event::Frame(frame),
            Ok(None) => Event::End(None),
            Err(error) => Event::End(Some(error)),
        };
        let last = matches!(event, Event::End(_));
        if events.send(event).is_err() || last {
            return;
        }
    }
}

fn write_all(mut output: impl Write, outgoing: &Receiver<Outgoing>) {
    // A client that has gone away closes its other end, too, which ends the reading.
    while let Ok(message) = outgoing.recv() {
        if wire::write(&mut output, &message).is_err() {
            return;
        }
    }
}

enum State {
    /// Nobody has said hello.
    New,
    /// It works.
    Running { abilities: Abilities, worker: thread::JoinHandle<()> },
    /// It was told to stop.
    ShutDown,
}

struct Server {
    client: Arc<Client>,
    queue: Arc<Queue>,
    scene: Scene,
    state: State,
}

impl Server {
    fn run<W: Work>(
        &mut self,
        incoming: &Receiver<Event>,
        work: impl Fn(Abilities, Stop) -> W + Send + Clone + 'static,
    ) -> Ended {
        let ended = loop {
            match incoming.recv() {
                Ok(Event::Frame(Frame::Message(Message::Notification(notice)))) if notice.method == "exit" => {
                    break match self.state {
                        State::ShutDown => Ended::Properly,
                        _ => Ended::Abruptly("the client said exit before shutdown".to_owned()),
                    };
                }
                Ok(Event::Frame(Frame::Message(message))) => self.receive(message, &work),
                Ok(Event::Frame(Frame::Malformed(malformed))) => self.client.complain(malformed),
                Ok(Event::End(Some(cause))) => {
                    let message = cause.to_string();
                    let id = serde_json::Value::Null;
                    let code = ErrorCode::ParseError as i32;
                    self.client.complain(Malformed { code, message: message.clone(), id });
                    break Ended::Abruptly(message);
                }
                Ok(Event::End(None)) | Err(_) => break Ended::Abruptly("the client has gone away".to_owned()),
            }
        };
        self.stop();
        ended
    }

    fn receive<W: Work>(&mut self, message: Message, work: &(impl Fn(Abilities, Stop) -> W + Send + Clone + 'static)) {
        match message {
            Message::Request(request) if request.method == "initialize" => self.initialize(request, work.clone()),
            Message::Request(request) => self.request(request),
            Message::Notification(notice) if matches!(self.state, State::Running { .. }) => self.notice(notice),
            // Before the beginning and after the end nobody listens; what a client answers is not needed.
            Message::Notification(_) | Message::Response(_) => {}
        }
    }

    fn initialize<W: Work>(&mut self, request: Request, work: impl Fn(Abilities, Stop) -> W + Send + 'static) {
        if !matches!(self.state, State::New) {
            return self.client.refuse(request.id, ErrorCode::InvalidRequest, "it was initialized before");
        }
        let params: InitializeParams = match serde_json::from_value(request.params) {
            Ok(params) => params,
            Err(cause) => return self.client.refuse(request.id, ErrorCode::InvalidParams, cause.to_string()),
        };
        self.scene.folders = Arc::new(folders_of(&params));
        let abilities = Abilities::of(&params.capabilities);
        self.client.respond(request.id, serde_json::to_value(initialize_result(&abilities)).map_err(internal));
        let (queue, client) = (self.queue.clone(), self.client.clone());
        let worker = thread::spawn(move || worker::run(&queue, &client, &|| work(abilities, queue.stop().clone())));
        self.state = State::Running { abilities, worker };
    }

    fn request(&mut self, request: Request) {
        match (&self.state, request.method.as_str()) {
            (State::New, _) => {
                self.client.refuse(request.id, ErrorCode::ServerNotInitialized, "initialize comes first");
            }
            (State::ShutDown, _) => {
                self.client.refuse(request.id, ErrorCode::InvalidRequest, "the server is shut down");
            }
            (State::Running { .. }, "shutdown") => {
                self.stop();
                self.client.respond(request.id, Ok(serde_json::Value::Null));
            }
            (State::Running { .. }, method) if !worker::METHODS.contains(&method) => {
                let message = format!("there is no method {method}");
                self.client.refuse(request.id, ErrorCode::MethodNotFound, message);
            }
            (State::Running { .. }, _) => {
                let id = request.id.clone();
                if !self.queue.ask(request, self.scene.clone()) {
                    self.client.refuse(id, ErrorCode::InvalidRequest, "another request has this id");
                }
            }
        }
    }

    fn notice(&mut self, notice: Notification) {
        let State::Running { abilities, .. } = &self.state else { return };
        let encoding = abilities.encoding;
        match notice.method.as_str() {
            "initialized" => {
                for (method, params) in registrations(abilities) {
                    self.client.request(&method, params);
                }
                self.change(|_| {});
            }
            "textDocument/didOpen" => self.with(notice, |server, params: DidOpenTextDocumentParams| {
                let document = params.text_document;
                let language = String::from(document.language_id);
                server.change(|scene| scene.documents.open(document.uri, &language, document.version, &document.text));
            }),
            "textDocument/didChange" => self.with(notice, |server, params: DidChangeTextDocumentParams| {
                let (document, changes) = (params.text_document, params.content_changes);
                let uri = document.text_document_identifier.uri;
                server.change(|scene| scene.documents.change(&uri, document.version, changes, encoding));
            }),
            "textDocument/didClose" => self.with(notice, |server, params: DidCloseTextDocumentParams| {
                server.change(|scene| {
                    scene.documents.close(&params.text_document.uri);
                    // What was not saved is not there any more.
                    scene.disk += 1;
                });
            }),
            "textDocument/didSave" => self.change(|scene| scene.disk += 1),
            "workspace/didChangeWatchedFiles" => self.with(notice, |server, params: DidChangeWatchedFilesParams| {
                if params.changes.iter().any(|change| path_of(&change.uri).is_some_and(|path| matters(&path))) {
                    server.change(|scene| scene.disk += 1);
                }
            }),
            "workspace/didChangeWorkspaceFolders" => {
                self.with(notice, |server, params: DidChangeWorkspaceFoldersParams| {
                    let (added, removed) = (paths(&params.event.added), paths(&params.event.removed));
                    server.change(|scene| {
                        let mut folders = scene.folders.to_vec();
                        folders.retain(|folder| !removed.contains(folder));
                        let new = added.into_iter().filter(|folder| !folders.contains(folder)).collect::<Vec<_>>();
                        folders.extend(new);
                        scene.folders = folders.into();
                    });
                });
            }
            "$/cancelRequest" => self.with(notice, |server, params: CancelParams| {
                let id = match params.id {
                    Id::Int(id) => RequestId::from(id),
                    Id::String(id) => RequestId::from(id),
                };
                if server.queue.cancel(&id) {
                    server.client.refuse(id, ErrorCode::RequestCanceled, "cancelled");
                }
            }),
            _ => {}
        }
    }

    /// Hands the parameters over, if they are what they should be; a notification cannot be refused, so that is logged.
    fn with<P: DeserializeOwned>(&mut self, notice: Notification, act: impl FnOnce(&mut Self, P)) {
        match serde_json::from_value(notice.params) {
            Ok(params) => act(self, params),
            Err(cause) => {
                let message = format!("{} was ignored, for its parameters are wrong: {cause}", notice.method);
                self.client.log(MessageType::Warning, message);
            }
        }
    }

    /// Changes the scene, and has it looked at.
    fn change(&mut self, change: impl FnOnce(&mut Scene)) {
        change(&mut self.scene);
        self.scene.revision += 1;
        for (id, fate) in self.queue.look(self.scene.clone()) {
            self.client.respond(id, Err(unanswered(fate)));
        }
    }

    /// Ends the work; what still waits is refused.
    fn stop(&mut self) {
        if let State::Running { worker, .. } = std::mem::replace(&mut self.state, State::ShutDown) {
            for id in self.queue.close() {
                self.client.refuse(id, ErrorCode::RequestCanceled, "the server shuts down");
            }
            let _ = worker.join();
        }
    }
}

fn internal(cause: serde_json::Error) -> ResponseError {
    error(ErrorCode::InternalError, cause.to_string())
}

/// The folders that the client works in; an older one has a root in their place.
#[allow(deprecated)]
fn folders_of(params: &InitializeParams) -> Vec<PathBuf> {
    match &params.workspace_folders_initialize_params.workspace_folders {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => paths(folders),
        _ => params.root_uri.iter().filter_map(path_of).collect(),
    }
}

fn paths(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    folders.iter().filter_map(|folder| path_of(&folder.uri)).collect()
}
