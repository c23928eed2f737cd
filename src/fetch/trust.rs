//! Which certificates are trusted: the system's and those that SSL_CERT_FILE and SSL_CERT_DIR name, or only the authority that
//! Helm's `repositories.yaml` names for a repository.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, InconsistentKeys, OtherError, RootCertStore, SignatureScheme,
};

use super::FetchError;
use super::certificate::{algorithm_and_key, is_in_time, public_key};

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
    let (mut roots, mut untimely) = (RootCertStore::empty(), RootCertStore::empty());
    let now = UnixTime::now();
    for certificate in &trusted {
        let store = if is_in_time(certificate, now) { &mut roots } else { &mut untimely };
        store.add_parsable_certificates([certificate.clone()]);
    }
    let pair = trust.identity.as_ref();
    let identity = pair.map(|(certificate, key)| identity(certificate, key, &provider)).transpose()?;
    let algorithms = provider.signature_verification_algorithms;
    let verifier = Arc::new(Verifier { roots, untimely, trusted, algorithms, insecure: trust.insecure });
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
        (None, None) if !cfg!(target_os = "linux") => rustls_native_certs::load_native_certs().certs,
        (file, folders) => named(&file.unwrap_or_default(), &folders.unwrap_or_default(), &FILES, &FOLDERS),
    }
}

/// The certificates in `file` and `folders`, as the environment has them. Each takes the place of `FILES` and `FOLDERS` alone, as in
/// Go: who names a file of his own still trusts what lies in the system's folders.
fn named(file: &OsStr, folders: &OsStr, files: &[&str], own: &[&str]) -> Vec<CertificateDer<'static>> {
    let files: Vec<PathBuf> = match file.is_empty() {
        true => files.iter().map(PathBuf::from).collect(),
        false => vec![file.into()],
    };
    let folders: Vec<PathBuf> = match folders.is_empty() {
        true => own.iter().map(PathBuf::from).collect(),
        false => std::env::split_paths(folders).collect(),
    };
    let read = |path: PathBuf| std::fs::read(path).ok();
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let found = files.into_iter().find_map(read).into_iter().chain(entries.filter_map(|entry| read(entry.path())));
    let mut certificates: Vec<_> = found.flat_map(|bytes| of_pem(&bytes)).collect();
    // Folders hold them under several names.
    let mut known = HashSet::new();
    certificates.retain(|certificate| known.insert(certificate.clone()));
    certificates
}

/// The certificates among the blocks of `bytes`. One that does not end hides no other, as in Go (encoding/pem).
fn of_pem(bytes: &[u8]) -> Vec<CertificateDer<'static>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let begins: Vec<usize> =
        bytes.windows(BEGIN.len()).enumerate().filter(|(_, part)| *part == BEGIN).map(|(at, _)| at).collect();
    let ends = begins.iter().skip(1).copied().chain([bytes.len()]);
    let blocks = begins.iter().zip(ends).map(|(begin, end)| &bytes[*begin..end]);
    blocks.filter_map(|block| CertificateDer::from_pem_slice(block).ok()).collect()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, FetchError> {
    let bytes = read(path)?;
    let found = of_pem(&bytes);
    if found.is_empty() {
        return Err(FetchError::new(format!("{} holds no certificate", path.display())));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, FetchError> {
    std::fs::read(path).map_err(|cause| FetchError::new(format!("{} cannot be read: {cause}", path.display())))
}

/// As rustls verifies; but a certificate that is itself among those trusted needs no authority, as Go has it (crypto/x509,
/// `Certificate.Verify`). What one with `CA:TRUE` says that it may be used for is not looked at, other than in Go.
#[derive(Debug)]
struct Verifier {
    roots: RootCertStore,
    /// Authorities that have expired, or are of the future: webpki does not look at that.
    untimely: RootCertStore,
    trusted: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
    insecure: bool,
}

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its authority is unknown, or has only the name of a known one.
    UnknownAuthority,
    /// Its authority has expired, or is of the future.
    UntimelyAuthority,
    /// It stands for an authority (`CA:TRUE`).
    IsAuthority,
    /// It, or an authority's, is signed in a way that ring does not check.
    UnknownAlgorithm,
    /// The server has not its key.
    Unproven,
    /// Its key is of a kind that ring does not know.
    UnknownKey,
    /// All else.
    Invalid,
}

impl Refusal {
    /// What `error` means.
    pub fn of(error: &CertificateError) -> Self {
        use CertificateError::{
            BadSignature, Other, UnknownIssuer, UnsupportedSignatureAlgorithmContext,
            UnsupportedSignatureAlgorithmForPublicKeyContext,
        };
        match error {
            UnknownIssuer | BadSignature => Self::UnknownAuthority,
            UnsupportedSignatureAlgorithmContext { .. } | UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Self::UnknownAlgorithm
            }
            Other(OtherError(cause)) => match cause.downcast_ref::<Told>() {
                Some(Told(refusal)) => *refusal,
                None if cause.to_string() == "CaUsedAsEndEntity" => Self::IsAuthority,
                None => Self::Invalid,
            },
            _ => Self::Invalid,
        }
    }

    /// Whether a certificate that is itself trusted may have it. It is in its time: webpki looks at that first.
    fn is_of_authority(self) -> bool {
        matches!(self, Self::UnknownAuthority | Self::IsAuthority | Self::UnknownAlgorithm)
    }
}

/// A refusal of ours on its way through rustls.
#[derive(Debug, thiserror::Error)]
#[error("{0:?}")]
struct Told(Refusal);

impl From<Refusal> for rustls::Error {
    fn from(refusal: Refusal) -> Self {
        CertificateError::Other(OtherError(Arc::new(Told(refusal)))).into()
    }
}

fn is_of_authority(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(cause) if Refusal::of(cause).is_of_authority())
}

/// Why the server's signature, `signed`, was not good. Those of RSA are as long as their key, of which ring knows 2048 to 8192 bits.
fn of_handshake(error: rustls::Error, signed: &DigitallySignedStruct) -> rustls::Error {
    use SignatureScheme::{
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    };
    let is_rsa = matches!(
        signed.scheme,
        RSA_PKCS1_SHA256 | RSA_PKCS1_SHA384 | RSA_PKCS1_SHA512 | RSA_PSS_SHA256 | RSA_PSS_SHA384 | RSA_PSS_SHA512
    );
    let is_known = !is_rsa || (256..=1024).contains(&signed.signature().len());
    match &error {
        rustls::Error::InvalidCertificate(cause) => match Refusal::of(cause) {
            Refusal::UnknownAuthority if is_known => Refusal::Unproven.into(),
            Refusal::UnknownAuthority | Refusal::UnknownAlgorithm => Refusal::UnknownKey.into(),
            _ => error,
        },
        _ => error,
    }
}

impl Verifier {
    /// The key of a certificate that webpki does not read, such as one of version 1. Only who trusts any gets as far as this.
    fn unreadable_key<'a>(&self, shown: &'a CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'a>> {
        public_key(shown).filter(|_| self.insecure && ParsedCertificate::try_from(shown).is_err()).map(Into::into)
    }

    /// As rustls' `verify_tls12_signature`, of which there is none for a key alone.
    fn verify_with(
        &self,
        key: &[u8],
        message: &[u8],
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let (algorithm, key) = algorithm_and_key(key).ok_or(CertificateError::BadEncoding)?;
        let mut known = self.algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
        let known = known.find_map(|(_, all)| all.iter().find(|one| one.public_key_alg_id().as_ref() == algorithm));
        match known.map(|known| known.verify_signature(key, message, signed.signature())) {
            Some(Ok(())) => Ok(HandshakeSignatureValid::assertion()),
            _ => Err(CertificateError::BadSignature.into()),
        }
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
        let verify = |roots| {
            verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, self.algorithms.all)
        };
        match verify(&self.roots) {
            Err(error) if is_of_authority(&error) && self.trusted.contains(shown) => {}
            Err(_) if verify(&self.untimely).is_ok() => return Err(Refusal::UntimelyAuthority.into()),
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
        let verified = match self.unreadable_key(shown) {
            Some(key) => self.verify_with(&key, message, signed),
            None => verify_tls12_signature(message, shown, signed, &self.algorithms),
        };
        verified.map_err(|error| of_handshake(error, signed))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let verified = match self.unreadable_key(shown) {
            Some(key) => verify_tls13_signature_with_raw_key(message, &key, signed, &self.algorithms),
            None => verify_tls13_signature(message, shown, signed, &self.algorithms),
        };
        verified.map_err(|error| of_handshake(error, signed))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_without_an_end_hides_no_other() {
        let key = rcgen::KeyPair::generate().unwrap();
        let made = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        let (pem, der) = (made.pem(), made.der().clone());
        let unended = pem.split("-----END").next().unwrap();
        for (text, expected) in [
            (format!("{unended}{pem}"), 1),
            (format!("{unended}\n{pem}{unended}{pem}"), 2),
            (format!("-----BEGIN \n{pem}"), 1),
            (format!("# mine\r\n{}", pem.replace('\n', "\r\n")), 1),
            (format!("{}{pem}", key.serialize_pem()), 1),
            (unended.to_owned(), 0),
            (String::new(), 0),
        ] {
            assert_eq!(of_pem(text.as_bytes()), vec![der.clone(); expected], "{text}");
        }
    }

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
