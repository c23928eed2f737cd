//! Which certificates are trusted: the system's and those that SSL_CERT_FILE and SSL_CERT_DIR name, or only the authority that
//! Helm's `repositories.yaml` names for a repository.

use std::ffi::OsStr;
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
use rustls_native_certs::load_certs_from_paths;

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
        None => system(),
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

/// Where Go looks for the system's certificates (crypto/x509, `root_linux.go`): in the first of the files that there is, and in the
/// folders.
const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
const FOLDERS: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// The system's certificates, and those that the environment names.
fn system() -> Vec<CertificateDer<'static>> {
    match (std::env::var_os("SSL_CERT_FILE"), std::env::var_os("SSL_CERT_DIR")) {
        (None, None) => rustls_native_certs::load_native_certs().certs,
        (file, folders) => named(&file.unwrap_or_default(), &folders.unwrap_or_default(), &FILES, &FOLDERS),
    }
}

/// The certificates in `file` and `folders`, as the environment has them. Each takes the place of `FILES` and `FOLDERS` alone, as in
/// Go: who names a file of his own still trusts what lies in the system's folders.
fn named(file: &OsStr, folders: &OsStr, files: &[&str], own: &[&str]) -> Vec<CertificateDer<'static>> {
    let file = match file.is_empty() {
        true => files.iter().map(PathBuf::from).find(|path| path.is_file()),
        false => Some(file.into()),
    };
    let folders: Vec<PathBuf> = match folders.is_empty() {
        true => own.iter().map(PathBuf::from).collect(),
        false => std::env::split_paths(folders).collect(),
    };
    let mut found = load_certs_from_paths(file.as_deref(), None).certs;
    found.extend(folders.iter().flat_map(|folder| load_certs_from_paths(None, Some(folder)).certs));
    found
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_takes_the_place_of_its_own_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let make = |name: &'static str| {
            let key = rcgen::KeyPair::generate().unwrap();
            let made = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, made.pem()).unwrap();
            (name, made.der().clone())
        };
        let all = ["mine.pem", "mine/a.pem", "second/b.pem", "bundle.pem", "other.pem", "system/c.pem"].map(make);
        let (files, own) = ([path("none.pem"), path("bundle.pem"), path("other.pem")], [path("system"), path("none")]);
        let (files, own) = (files.each_ref().map(String::as_str), own.each_ref().map(String::as_str));
        let folders = std::env::join_paths([path("mine"), path("second")]).unwrap().into_string().unwrap();
        let mine = path("mine.pem");
        for (file, folders, expected) in [
            ("", "", vec!["bundle.pem", "system/c.pem"]),
            (&mine, "", vec!["mine.pem", "system/c.pem"]),
            ("", &folders, vec!["bundle.pem", "mine/a.pem", "second/b.pem"]),
            (&mine, &folders, vec!["mine.pem", "mine/a.pem", "second/b.pem"]),
        ] {
            let found = named(OsStr::new(file), OsStr::new(folders), &files, &own);
            let name = |certificate| all.iter().find(|(_, made)| made == certificate).unwrap().0;
            assert_eq!(found.iter().map(name).collect::<Vec<_>>(), expected);
        }
    }
}
