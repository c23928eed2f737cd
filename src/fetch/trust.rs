//! Which certificates are trusted: the system's and those that SSL_CERT_FILE and SSL_CERT_DIR name, or only the authority that
//! Helm's `repositories.yaml` names for a repository.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::ring;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

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
pub(super) fn tls(trust: &Trust) -> Result<TlsConfig, FetchError> {
    let roots = match &trust.authority {
        Some(path) => certificates(path)?,
        None => system(),
    };
    let identity = match &trust.identity {
        Some((certificate, key)) => {
            let bytes = read(key)?;
            let key = PrivateKey::from_pem(&bytes)
                .map_err(|_| FetchError::new(format!("{} holds no private key", key.display())))?;
            Some(ClientCert::new_with_certs(&certificates(certificate)?, key))
        }
        None => None,
    };
    let builder = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .disable_verification(trust.insecure);
    Ok(builder.client_cert(identity).build())
}

/// The system's certificates; what of them cannot be read is as if it were not there, and the handshake says what is missing.
fn system() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs().certs;
    found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}

fn certificates(path: &PathBuf) -> Result<Vec<Certificate<'static>>, FetchError> {
    let bytes = read(path)?;
    let items = parse_pem(&bytes).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate.to_owned()),
        _ => None,
    });
    let found: Vec<_> = items.collect();
    if found.is_empty() {
        return Err(FetchError::new(format!("{} holds no certificate", path.display())));
    }
    Ok(found)
}

fn read(path: &PathBuf) -> Result<Vec<u8>, FetchError> {
    std::fs::read(path).map_err(|cause| FetchError::new(format!("{} cannot be read: {cause}", path.display())))
}
