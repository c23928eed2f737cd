//! A web server on the loopback address that answers as it is told, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a client sent.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Path and query; behind a proxy the whole address.
    pub target: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// What it gets.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What `Content-Length` claims, when that is not the truth.
    pub claimed: Option<usize>,
    /// Bytes after which the connection ends.
    pub cut: Option<usize>,
    /// How long it takes.
    pub delay: Duration,
    /// How long it takes between every thirtieth of the body and the next.
    pub pace: Duration,
    /// Whether the body comes in chunks, without a length.
    pub chunked: bool,
}

impl Reply {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn redirect(to: &str) -> Self {
        Self::status(302).header("location", to)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Answers = dyn Fn(&Asked) -> Reply + Send + Sync;

/// The server; it ends with this value.
pub struct Server {
    port: u16,
    secure: bool,
    asked: Arc<Mutex<Vec<Asked>>>,
    ended: Arc<AtomicBool>,
}

/// Both directions of a connection, with TLS or without.
pub trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}

impl Server {
    pub fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answer), None)
    }

    /// One that speaks TLS.
    pub fn secure(tls: Arc<rustls::ServerConfig>, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answer), Some(tls))
    }

    /// One that gives the files of a map.
    pub fn of_files(files: HashMap<String, Vec<u8>>) -> Self {
        Self::new(move |asked| files.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone())))
    }

    /// One that gives the files of a map that may change meanwhile.
    pub fn of_shared(files: &Arc<Mutex<HashMap<String, Vec<u8>>>>) -> Self {
        let files = files.clone();
        let find = move |asked: &Asked| files.lock().unwrap().get(&asked.target).cloned();
        Self::new(move |asked| find(asked).map_or(Reply::status(404), Reply::ok))
    }

    fn start(answer: Arc<Answers>, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, ended) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default());
        let server = Self { port, secure: tls.is_some(), asked: asked.clone(), ended: ended.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let (answer, asked, tls) = (answer.clone(), asked.clone(), tls.clone());
                std::thread::spawn(move || serve(stream, &*answer, &asked, tls));
            }
        });
        server
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// `127.0.0.1:PORT`
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The targets that were asked for, in order.
    pub fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(stream: TcpStream, answer: &Answers, log: &Mutex<Vec<Asked>>, tls: Option<Arc<rustls::ServerConfig>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_nodelay(true);
    let mut connection: Box<dyn Connection> = match tls {
        Some(tls) => {
            let Ok(session) = rustls::ServerConnection::new(tls) else { return };
            Box::new(rustls::StreamOwned::new(session, stream))
        }
        None => Box::new(stream),
    };
    while let Some(asked) = read(&mut *connection) {
        let reply = answer(&asked);
        log.lock().unwrap().push(asked);
        if write(&mut *connection, &reply).is_none() || reply.cut.is_some() {
            break;
        }
    }
}

pub fn read(connection: &mut dyn Connection) -> Option<Asked> {
    // Byte by byte: what follows the head stays in the connection.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if connection.read(&mut byte).ok()? == 0 || head.len() > 1 << 16 {
            return None;
        }
        head.push(byte[0]);
    }
    let mut lines = BufReader::new(&head[..]).lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    connection.read_exact(&mut body).ok()?;
    Some(Asked { method, target, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn write(connection: &mut dyn Connection, reply: &Reply) -> Option<()> {
    std::thread::sleep(reply.delay);
    let length = reply.claimed.unwrap_or(reply.body.len());
    let framing =
        if reply.chunked { "transfer-encoding: chunked".to_owned() } else { format!("content-length: {length}") };
    let mut text = format!("HTTP/1.1 {} Answer\r\n{framing}\r\n", reply.status);
    reply.headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    let chunk = if reply.chunked { format!("{:x}\r\n", reply.body.len()) } else { String::new() };
    bytes.extend(chunk.into_bytes());
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len()).min(reply.body.len())];
    for part in body.chunks(body.len().div_ceil(30).max(1)) {
        bytes.extend(part);
        if !reply.pace.is_zero() {
            connection.write_all(&bytes).ok()?;
            connection.flush().ok()?;
            bytes.clear();
            std::thread::sleep(reply.pace);
        }
    }
    if reply.chunked && reply.cut.is_none() {
        bytes.extend(b"\r\n0\r\n\r\n");
    }
    connection.write_all(&bytes).ok()?;
    connection.flush().ok()
}
