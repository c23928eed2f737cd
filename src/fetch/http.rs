//! One request, and everything that can go wrong with it: redirects, retries, limits of time and size. Credentials go to the
//! host that they are for and to no other.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustls::AlertDescription;
use ureq::http::Response;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::{Agent, Body};

use super::FetchError;
use super::address::Address;
use super::connection::{AGENT, connector};
use super::credentials::Login;
use super::meter::Meter;
use super::proxy::{Proxies, as_go};
use super::retry::{after, is_passing};
use super::trust::{Refusal, Trust, tls};

/// Redirects that are followed for one request; as many as Go follows, which asks ten times at most (net/http,
/// `defaultCheckRedirect`).
pub const MAX_REDIRECTS: usize = 9;
/// The least pause before a request is repeated; each further one is twice as long.
pub const FIRST_PAUSE: Duration = Duration::from_millis(300);
/// The longest pause that we choose.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// The longest pause that a server may ask for; one that wants more is not asked again.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);
/// How much longer than without a word a whole answer may take.
pub const WHOLE: u32 = 10;
/// Bytes of an error page that are read.
const MAX_ERROR_PAGE: u64 = 64 * 1024;

/// How patient we are.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a server may be silent.
    pub silence: Duration,
    /// How often a request is repeated that may succeed another time.
    pub retries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { silence: Duration::from_secs(30), retries: 3 }
    }
}

/// Sends requests.
pub struct Client {
    patience: Patience,
    proxies: Proxies,
    agents: Mutex<HashMap<(Trust, Option<String>), Agent>>,
    /// What has come in so far.
    pub meter: Meter,
}

/// What is asked for.
#[derive(Clone)]
pub struct Request<'a> {
    /// Of whom.
    pub address: &'a Address,
    /// The value of `Accept`.
    pub accept: &'a str,
    /// The value of `Authorization`.
    pub authorization: Option<String>,
    /// Whether other hosts get it, too, as Helm's `pass_credentials_all` says.
    pub pass_credentials: bool,
    /// Whether there are credentials that are not for this address.
    pub withheld: bool,
    /// How the server is trusted.
    pub trust: &'a Trust,
    /// The most bytes that the answer may have.
    pub most: u64,
    /// Whether the answer may be compressed.
    pub compressed: bool,
    /// A form to be posted.
    pub form: Option<String>,
}

impl<'a> Request<'a> {
    /// A plain request for what lies at `address`.
    #[must_use]
    pub fn new(address: &'a Address, trust: &'a Trust, most: u64) -> Self {
        Self {
            address,
            accept: "*/*",
            authorization: address.login.as_ref().map(Login::basic),
            pass_credentials: false,
            withheld: false,
            trust,
            most,
            compressed: false,
            form: None,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body; of an error only the beginning.
    pub body: Vec<u8>,
    /// Whether it is from who was asked, and no redirect led elsewhere on the way.
    pub at_home: bool,
    headers: ureq::http::HeaderMap,
    /// Who answered, when that was asked for elsewhere.
    redirected: Option<Address>,
    /// The proxy that may have answered in the server's place, without a password.
    proxy: Option<String>,
    /// Whether the one who answered was not given the credentials that there are.
    withheld: bool,
    /// How often was asked for it.
    attempts: u32,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        str::from_utf8(self.headers.get(name)?.as_bytes()).ok()
    }

    /// All values of a header.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).iter().filter_map(|value| str::from_utf8(value.as_bytes()).ok())
    }

    /// The answer, if it is what was asked for.
    ///
    /// # Errors
    /// What the status means.
    pub fn success(self, address: &Address) -> Result<Self, FetchError> {
        if self.status == 200 {
            return Ok(self);
        }
        let through = self.proxy.iter().map(|proxy| format!(" through the proxy {proxy}")).collect::<String>();
        let place = match &self.redirected {
            Some(place) => format!("{place}, where {address} redirects to,{through}"),
            None => format!("{address}{through}"),
        };
        let meaning = match self.status {
            401 | 403 if self.withheld => {
                return Err(self.error(format!(
                    "{place} answers {}: credentials go to no other host, unless `pass_credentials_all` in Helm's \
                     repositories.yaml says so",
                    self.status
                )));
            }
            401 => "401: it wants other credentials, or some at all",
            403 if self.proxy.is_some() => "403: the proxy lets nobody there, or these credentials may not have it",
            403 => "403: these credentials may not have it",
            404 => "404: there is nothing",
            407 => "407: the proxy wants other credentials, or some at all",
            408 => "408: it waited too long for us",
            410 => "410: it is gone",
            429 => "429: too many requests",
            500..=599 => return Err(self.error(format!("{place} answers {}: the server failed", self.status))),
            other => return Err(self.error(format!("{place} answers {other}"))),
        };
        Err(self.error(format!("{place} answers {meaning}")))
    }

    fn error(&self, message: String) -> FetchError {
        FetchError::new(after_attempts(message, self.attempts))
    }
}

fn after_attempts(message: String, attempts: u32) -> String {
    if attempts > 1 { format!("{message} ({attempts} attempts)") } else { message }
}

/// Why there is no answer.
pub(super) struct Failure {
    pub message: String,
    /// Whether it may be another time.
    pub passing: bool,
}

impl Failure {
    fn lasting(message: impl Into<String>) -> Self {
        Self { message: message.into(), passing: false }
    }
}

impl Client {
    /// A client under the proxies of this process.
    #[must_use]
    pub fn new(patience: Patience, meter: Meter) -> Self {
        Self { patience, proxies: Proxies::of_process(), agents: Mutex::default(), meter }
    }

    /// Sends `request` until it is answered, or there is no hope.
    ///
    /// # Errors
    /// Why there is no answer. An answer with an error status is one.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        self.repeat(request).map_err(|failure| FetchError::new(failure.message))
    }

    fn repeat(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let mut pause = FIRST_PAUSE;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.follow(request);
            let wait = match &outcome {
                Ok(answer) if is_passing(answer.status) => {
                    let asked = answer.header("retry-after").and_then(|value| after(value, SystemTime::now()));
                    match asked {
                        Some(asked) if asked > LONGEST_RETRY_AFTER => {
                            return Err(Failure::lasting(format!(
                                "{} answers {}: try again in {} seconds",
                                request.address,
                                answer.status,
                                asked.as_secs()
                            )));
                        }
                        Some(asked) => asked,
                        None => pause,
                    }
                }
                Err(failure) if failure.passing => pause,
                _ => return outcome,
            };
            if attempt > self.patience.retries {
                return match outcome {
                    Ok(answer) => Ok(Answer { attempts: attempt, ..answer }),
                    Err(failure) => Err(Failure { message: after_attempts(failure.message, attempt), ..failure }),
                };
            }
            std::thread::sleep(wait);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// As [`Client::send`], but only once.
    pub(super) fn try_once(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        self.follow(request)
    }

    /// One attempt, through all redirects.
    fn follow(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let mut address = request.address.clone();
        let mut at_home = true;
        for _ in 0..=MAX_REDIRECTS {
            // What a redirect's own address says is for who is not given the others, as Go has it (net/http, `Client.send`).
            let given = request.authorization.as_ref().filter(|_| at_home || request.pass_credentials);
            let written = address.login.as_ref().filter(|_| address != *request.address).map(Login::basic);
            let authorization = given.cloned().or(written);
            let answer = self.once(request, &address, authorization.as_ref())?;
            let location = answer.header("location").filter(|_| matches!(answer.status, 301 | 302 | 303 | 307 | 308));
            let Some(location) = location.filter(|_| request.form.is_none()) else {
                let withheld = authorization.is_none() && (request.withheld || request.authorization.is_some());
                let redirected = (address != *request.address).then_some(address);
                return Ok(Answer { at_home, redirected, withheld, ..answer });
            };
            let next = address
                .join(location)
                .map_err(|error| Failure::lasting(format!("{address} redirects to what is no address: {error}")))?;
            if address.secure && !next.secure {
                let message = format!("{address} redirects from https to {next}, which anybody could read and change");
                return Err(Failure::lasting(message));
            }
            // Once elsewhere, always elsewhere: who sends us back may have chosen where to.
            at_home &= is_same_home(&address, &next);
            address = next;
        }
        Err(Failure::lasting(format!("{} redirects more than {MAX_REDIRECTS} times", request.address)))
    }

    fn once(
        &self,
        request: &Request<'_>,
        address: &Address,
        authorization: Option<&String>,
    ) -> Result<Answer, Failure> {
        let agent = self.agent(request.trust, address).map_err(|error| Failure::lasting(error.message))?;
        let fail = |error: ureq::Error| self.explain(address, &error);
        let target = address.target();
        let encoding = if request.compressed { "gzip" } else { "identity" };
        let called = match &request.form {
            None => {
                let call = agent.get(&target).header("accept", request.accept).header("accept-encoding", encoding);
                let call = authorization.into_iter().fold(call, |call, value| call.header("authorization", value));
                call.call()
            }
            Some(form) => {
                let call = agent.post(&target).header("accept", request.accept);
                call.content_type("application/x-www-form-urlencoded").send(form)
            }
        };
        let mut response = called.map_err(fail)?;
        let status = response.status().as_u16();
        let most = if status == 200 { request.most } else { MAX_ERROR_PAGE };
        let body = match self.body(address, &mut response, most) {
            Ok(body) => body,
            // An error page that cannot be read takes nothing from the error.
            Err(_) if status != 200 => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let headers = response.headers().clone();
        let packed =
            headers.get("content-encoding").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"));
        let body = if packed && request.compressed { unpacked(address, &body, most)? } else { body };
        let proxy = self.proxies.forwarding(address).map(crate::store::plain_address);
        Ok(Answer { status, body, at_home: true, headers, redirected: None, proxy, withheld: false, attempts: 1 })
    }

    fn body(&self, address: &Address, response: &mut Response<Body>, most: u64) -> Result<Vec<u8>, Failure> {
        let too_large = || Failure::lasting(format!("{address} is larger than {most} bytes"));
        let length = response.body().content_length();
        if length.is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length.unwrap_or(0)).unwrap_or(0).min(1 << 24));
        let mut reader = response.body_mut().as_reader();
        let mut part = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut part) {
                Ok(0) => break,
                Ok(count) => {
                    self.meter.received(count as u64);
                    bytes.extend_from_slice(&part[..count]);
                }
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(self.explain(address, &ureq::Error::from(cause))),
            }
            if bytes.len() as u64 > most {
                return Err(too_large());
            }
        }
        match length {
            Some(length) if length != bytes.len() as u64 => Err(cut_off(&self.place(address))),
            _ => Ok(bytes),
        }
    }

    /// The agent for `address`: each trust and each proxy has its own connections.
    fn agent(&self, trust: &Trust, address: &Address) -> Result<Agent, FetchError> {
        let proxy = self.proxies.of(address).map(str::to_owned);
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = agents.get(&(trust.clone(), proxy.clone())) {
            return Ok(agent.clone());
        }
        let through = match &proxy {
            Some(proxy) => Some(ureq::Proxy::new(&as_go(proxy)).map_err(|_| {
                FetchError::new(format!("the proxy {} is no address", crate::store::plain_address(proxy)))
            })?),
            None => None,
        };
        let silence = self.patience.silence;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(through)
            .user_agent(AGENT)
            .timeout_connect(Some(silence))
            .timeout_recv_response(Some(silence))
            .timeout_per_read(Some(silence))
            .timeout_global(Some(silence * WHOLE))
            .build();
        let agent = Agent::with_parts(config, connector(tls(trust)?), DefaultResolver::default());
        agents.insert((trust.clone(), proxy), agent.clone());
        Ok(agent)
    }

    /// `address`, and the proxy that it is reached through, without a password.
    fn place(&self, address: &Address) -> String {
        match self.proxies.of(address) {
            Some(proxy) => format!("{address} through the proxy {}", crate::store::plain_address(proxy)),
            None => address.to_string(),
        }
    }

    /// What `error` means.
    fn explain(&self, address: &Address, error: &ureq::Error) -> Failure {
        let passing = |message: String| Failure { message, passing: true };
        let silence = self.patience.silence.as_secs_f32();
        let place = self.place(address);
        match error {
            ureq::Error::HostNotFound => passing(format!("{place}: there is no such host")),
            ureq::Error::Timeout(ureq::Timeout::Global) => {
                passing(format!("{place}: the answer did not end within {} seconds", silence * WHOLE as f32))
            }
            ureq::Error::Timeout(_) => passing(format!("{place}: no answer within {silence} seconds")),
            ureq::Error::ConnectProxyFailed(cause) => Failure::lasting(format!("{place}: the proxy refused: {cause}")),
            ureq::Error::Io(cause) => {
                let inner = cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
                match (inner, cause.kind()) {
                    (Some(error), _) => of_tls(&place, error),
                    (None, std::io::ErrorKind::ConnectionRefused) => passing(format!("{place}: connection refused")),
                    (None, std::io::ErrorKind::UnexpectedEof) => cut_off(&place),
                    (None, std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock) => {
                        passing(format!("{place}: no answer within {silence} seconds"))
                    }
                    // What the standard library says of every system's failure to resolve a name.
                    _ if cause.to_string().starts_with("failed to lookup address") => {
                        passing(format!("{place}: there is no such host"))
                    }
                    _ => passing(format!("{place}: {cause}")),
                }
            }
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::lasting(format!("{place} cannot be asked for")),
            other => passing(format!("{place}: {other}")),
        }
    }
}

/// Whether credentials for `here` may go `there`: the same host and port, or the same host by `https` in place of `http`.
fn is_same_home(here: &Address, there: &Address) -> bool {
    let (secure, host, port) = here.origin();
    let (next_secure, next_host, next_port) = there.origin();
    let upgraded = !secure && next_secure && port == 80 && next_port == 443;
    host == next_host && ((secure == next_secure && port == next_port) || upgraded)
}

fn cut_off(place: &str) -> Failure {
    Failure { message: format!("{place}: the answer was cut off"), passing: true }
}

fn of_tls(place: &str, error: &rustls::Error) -> Failure {
    const NAMED: &str = "SSL_CERT_FILE, or the repository's `caFile` in Helm's repositories.yaml, may name";
    let meaning = match error {
        rustls::Error::InvalidCertificate(cause) => match Refusal::of(cause) {
            // What stands for an authority may stand for no server, says webpki; Go, and so Helm, lets it.
            Refusal::IsAuthority => format!(
                "its certificate is one of an authority (CA:TRUE), and not itself among those that are trusted: {NAMED} it"
            ),
            Refusal::UntimelyAuthority => {
                format!("the authority of its certificate has expired, or is not valid yet: {NAMED} a newer one")
            }
            Refusal::UnknownAuthority => format!(
                "its certificate is not trusted ({cause}). A private authority belongs into SSL_CERT_FILE, or is the \
                 repository's `caFile` in Helm's repositories.yaml"
            ),
            Refusal::UnknownAlgorithm => format!(
                "its certificate, or its authority's, is signed in a way that mirrorlint does not check (SHA-1, P-521 and the like): \
                 {NAMED} its own"
            ),
            Refusal::Unproven => "it does not prove that the certificate which it shows is its own".to_owned(),
            Refusal::UnknownKey => {
                "its key is of a kind that mirrorlint does not know: RSA of 2048 to 8192 bits, P-256, P-384 and Ed25519 are"
                    .to_owned()
            }
            Refusal::Invalid => format!("its certificate is not valid: {cause}"),
        },
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "it wants a certificate of ours, which `certFile` and `keyFile` in Helm's repositories.yaml name".to_owned()
        }
        // What servers say of a key for P-521, and older ones of a client without a certificate.
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => "it ended the handshake: its key is none that \
             mirrorlint knows (RSA, P-256, P-384, Ed25519), its TLS is older than 1.2, or it wants a certificate of ours (`certFile`)"
            .to_owned(),
        rustls::Error::InvalidMessage(_) => "it does not speak TLS".to_owned(),
        other => format!("TLS failed: {other}"),
    };
    Failure::lasting(format!("{place}: {meaning}"))
}

/// `body` decompressed, unless that is more than `most` bytes.
fn unpacked(address: &Address, body: &[u8], most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(body).take(most.saturating_add(1));
    let read = reader.read_to_end(&mut bytes);
    read.map_err(|cause| Failure { passing: true, ..Failure::lasting(format!("{address}: gzip: {cause}")) })?;
    if bytes.len() as u64 > most {
        return Err(Failure::lasting(format!("{address} is larger than {most} bytes when unpacked")));
    }
    Ok(bytes)
}
