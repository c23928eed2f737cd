//! Which certificates are trusted: the system's and those that SSL_CERT_FILE and SSL_CERT_DIR name, or only the authority that
//! Helm's `repositories.yaml` names for a repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, InconsistentKeys, RootCertStore, SignatureScheme};

use super::FetchError;

/// How a server is to be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trust {
    /// The authority that its certificate must come from; none is any that the system trusts.
    pub authority: Option<PathBuf>,
    /// A client certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Whether any certificate will do. Only where somebody wrote so into Helm's `repositories.yaml`.
    pub insecure: bool,
}

/// The configuration for `trust`.
pub(super) fn tls(trust: &Trust) -> Result<ClientConfig, FetchError> {
    // What of the system's cannot be read is as if it were not there, and the handshake says what is missing.
    let trusted = match &trust.authority {
        Some(path) => certificates(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.iter().cloned());
    let pair = trust.identity.as_ref();
    let identity = pair.map(|(certificate, key)| identity(certificate, key, &provider)).transpose()?;
    let algorithms = provider.signature_verification_algorithms;
    let verifier = Arc::new(Verifier { roots, trusted, algorithms, insecure: trust.insecure });
    let fail = |cause: rustls::Error| FetchError::new(format!("TLS cannot be set up: {cause}"));
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(fail)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    match identity {
        Some(identity) => Ok(builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity)))),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// What the client shows. What its certificate says is for the server to judge; openssl's plain ones are too old for rustls to read.
fn identity(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, FetchError> {
    let no_key = || FetchError::new(format!("{} holds no private key that can be used", key.display()));
    let secret = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| no_key())?;
    let secret = provider.key_provider.load_private_key(secret).map_err(|_| no_key())?;
    let identity = CertifiedKey::new(certificates(certificate)?, secret);
    match identity.keys_match() {
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(FetchError::new(format!("{} is not the key of {}", key.display(), certificate.display())))
        }
        _ => Ok(identity),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, FetchError> {
    let bytes = read(path)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect();
    if found.is_empty() {
        return Err(FetchError::new(format!("{} holds no certificate", path.display())));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, FetchError> {
    std::fs::read(path).map_err(|cause| FetchError::new(format!("{} cannot be read: {cause}", path.display())))
}

/// As rustls verifies; but a certificate that is itself among those trusted needs no authority, whatever it may be used for, as Go
/// has it (crypto/x509, `Certificate.Verify`).
#[derive(Debug)]
struct Verifier {
    roots: RootCertStore,
    trusted: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
    insecure: bool,
}

/// What webpki says of a certificate that is in its time, but whose authority is unknown, another of the same name, or itself. The
/// time is what it looks at first.
fn lacks_authority(error: &rustls::Error) -> bool {
    use CertificateError::{BadSignature, UnknownIssuer};
    matches!(error, rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature)) || is_authority(error)
}

/// Whether a server was refused because its certificate is one of an authority (`CA:TRUE`).
pub(super) fn is_authority(error: &rustls::Error) -> bool {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(cause)) => cause.to_string() == "CaUsedAsEndEntity",
        _ => false,
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.insecure {
            return Ok(ServerCertVerified::assertion());
        }
        let certificate = ParsedCertificate::try_from(shown)?;
        let algorithms = self.algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms) {
            Err(error) if lacks_authority(&error) && self.trusted.contains(shown) => {}
            verified => verified?,
        }
        verify_server_name(&certificate, name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match self.insecure {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => verify_tls12_signature(message, shown, signed, &self.algorithms),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match self.insecure {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => verify_tls13_signature(message, shown, signed, &self.algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
