//! How a connection comes about: through a SOCKS proxy, through one for HTTP, or straight, and TLS on top of it. A proxy for HTTP
//! is asked to CONNECT for `https` and for the whole address for `http`, as Go does it. That is ours, as ureq knows CONNECT only and
//! waits for its answer without end, and so is TLS, for the sake of whom it trusts; both follow ureq's `ConnectProxyConnector` and
//! `RustlsConnector`. All else is ureq's.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::config::Config;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, SocksConnector, TcpConnector, Transport,
    TransportAdapter,
};
use ureq::{Agent, Proxy, ProxyProtocol};

use super::credentials::Login;

/// What we call ourselves.
pub(super) const AGENT: &str = concat!("mirrorlint/", env!("CARGO_PKG_VERSION"));
/// The most bytes of a proxy's answer to CONNECT.
const MAX_PROXY_HEAD: usize = 64 * 1024;

/// Connections whose TLS is as `tls` has it.
pub(super) fn connector(tls: ClientConfig) -> impl Connector {
    ().chain(SocksConnector::default())
        .chain(Proxied(Agent::config_builder().proxy(None).build()))
        .chain(TcpConnector::default())
        .chain(Tls(Arc::new(tls)))
}

/// Connections through a proxy for HTTP. It holds the configuration for the way to the proxy.
#[derive(Debug)]
struct Proxied(Config);

impl<In: Transport> Connector<In> for Proxied {
    type Out = Either<In, Box<dyn Transport>>;

    fn connect(&self, details: &ConnectionDetails, below: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        let proxy = details.config.proxy().filter(|proxy| is_for_http(proxy) && below.is_none());
        let Some(proxy) = proxy else { return Ok(below.map(Either::A)) };
        let way = ConnectionDetails {
            uri: proxy.uri(),
            addrs: details.resolver.resolve(proxy.uri(), &self.0, details.timeout)?,
            config: &self.0,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let connection = (details.run_connector)(&way)?;
        let login = [proxy.username(), proxy.password()].map(Option::unwrap_or_default);
        let authorization = (proxy.username().is_some()).then(|| Login::new(login[0], login[1]).basic());
        let authorization = authorization.map_or_else(String::new, |value| format!("Proxy-Authorization: {value}\r\n"));
        let through: Box<dyn Transport> = match details.needs_tls() {
            true => Box::new(Tunnel(tunnel(connection, details, &authorization)?)),
            false => {
                let origin = format!("http://{}", details.uri.authority().map_or("", |authority| authority.as_str()));
                Box::new(Forwarded { proxy: connection, origin, authorization, begins: true })
            }
        };
        Ok(Some(Either::B(through)))
    }
}

fn is_for_http(proxy: &Proxy) -> bool {
    matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

/// `connection` to a proxy, from where it is one to the server. Proxy and answer together have the time that there is to connect.
fn tunnel(
    connection: Box<dyn Transport>,
    details: &ConnectionDetails,
    authorization: &str,
) -> Result<Box<dyn Transport>, ureq::Error> {
    let server = format!("{}:{}", details.uri.host().unwrap_or_default(), details.uri.port_u16().unwrap_or(443));
    let mut stream = TransportAdapter::new(connection, details.current_time.clone());
    stream.set_timeout(details.timeout);
    let head = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\nUser-Agent: {AGENT}\r\n{authorization}\r\n");
    stream.write_all(head.as_bytes())?;
    let refused = |reason: &str| Err(ureq::Error::ConnectProxyFailed(reason.to_owned()));
    // Byte by byte: what follows is the server's.
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") && !answer.ends_with(b"\n\n") {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return refused("it ended the connection");
        }
        answer.push(byte[0]);
        if answer.len() > MAX_PROXY_HEAD {
            return refused("its answer has no end");
        }
    }
    let line = answer.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
    match String::from_utf8_lossy(line).split(' ').collect::<Vec<_>>()[..] {
        [http, "200", ..] if http.starts_with("HTTP/1.") => Ok(stream.into_inner()),
        [http, status, ..] if http.starts_with("HTTP/1.") => refused(&format!("proxy server responded {status}")),
        _ => refused("it does not speak HTTP"),
    }
}

/// A connection to a server, which a proxy passes on as it is: without TLS yet, even where the way to the proxy has its own.
#[derive(Debug)]
struct Tunnel(Box<dyn Transport>);

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }
}

/// A connection to a proxy that passes requests on to one server. They have no bodies: forms, with what is secret in them, go by
/// `https` or to this machine only, and never come here.
struct Forwarded {
    proxy: Box<dyn Transport>,
    /// `http://host:port`
    origin: String,
    /// `Proxy-Authorization: ...` with the line's end, or nothing.
    authorization: String,
    /// Whether what is sent next is the beginning of a request.
    begins: bool,
}

impl std::fmt::Debug for Forwarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Forwarded")
    }
}

impl Forwarded {
    /// The head of a request, `GET /path HTTP/1.1` and so on, as it is for the proxy.
    fn head(&self, head: &[u8]) -> Vec<u8> {
        let end = head.windows(2).position(|end| end == b"\r\n").map_or(head.len(), |end| end + 2);
        let (line, fields) = head.split_at(end);
        let path = line.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
        [&line[..path], self.origin.as_bytes(), &line[path..], self.authorization.as_bytes(), fields].concat()
    }
}

impl Transport for Forwarded {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.proxy.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if !std::mem::take(&mut self.begins) {
            return self.proxy.transmit_output(amount, timeout);
        }
        let sent = self.proxy.buffers().output()[..amount].to_vec();
        let mut head = &*self.head(&sent);
        while !head.is_empty() {
            let output = self.proxy.buffers().output();
            let count = head.len().min(output.len());
            output[..count].copy_from_slice(&head[..count]);
            self.proxy.transmit_output(count, timeout)?;
            head = &head[count..];
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.begins = true;
        self.proxy.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.proxy.is_open()
    }
}

#[derive(Debug)]
struct Tls(Arc<ClientConfig>);

impl<In: Transport> Connector<In> for Tls {
    type Out = Either<In, Secure>;

    fn connect(&self, details: &ConnectionDetails, below: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(below) = below else { return Ok(None) };
        if !details.needs_tls() || below.is_tls() {
            return Ok(Some(Either::A(below)));
        }
        let host = details.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ureq::Error::BadUri(host.to_owned()))?;
        let mut session = ClientConnection::new(self.0.clone(), name).map_err(std::io::Error::other)?;
        let mut stream = TransportAdapter::new(Box::new(below) as Box<dyn Transport>, details.current_time.clone());
        stream.set_timeout(details.timeout);
        session.complete_io(&mut stream)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Secure { buffers, stream: StreamOwned::new(session, stream) })))
    }
}

/// A connection with TLS.
struct Secure {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl std::fmt::Debug for Secure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secure")
    }
}

impl Transport for Secure {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        self.stream.write_all(&self.buffers.output()[..amount])?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.sock.set_timeout(timeout);
        let count = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
