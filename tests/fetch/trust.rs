//! Which servers are trusted by their certificates: those that Helm trusts.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::credentials::{repositories, web};
use crate::helm::helm;
use crate::place::Place;
use crate::repository::files;
use crate::server::{Reply, Server};

/// A server that shows `certificate`.
fn showing(certificate: &rcgen::Certificate, key: &KeyPair) -> Arc<rustls::ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Arc::new(config)
}

/// A certificate for 127.0.0.1 and charts.example, and the authority that it is from.
pub fn authority() -> (Arc<rustls::ServerConfig>, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1", "localhost", "charts.example"].map(str::to_owned)).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    (showing(&certificate, &key), issuer.pem())
}

#[test]
fn a_private_authority_is_trusted_where_it_is_named() {
    let (tls, authority) = authority();
    let all = files(&[("web", "1.0.0", web())]);
    let server = Server::secure(tls, move |asked| {
        all.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    let place = Place::new(&[("web", "1.0.0", &server.url())]);
    let said = place.fails();
    assert!(said.contains("its certificate is not trusted") && said.contains("SSL_CERT_FILE"), "{said}");
    // By the environment.
    let mut place = Place::new(&[("web", "1.0.0", &server.url())]).file("ca.pem", &authority);
    let path = place.path("ca.pem").display().to_string();
    place.set("SSL_CERT_FILE", &path);
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    // By Helm's file.
    for (more, code) in [
        (format!("  caFile: {path}\n"), 0),
        ("  insecure_skip_tls_verify: true\n".to_owned(), 0),
        ("  caFile: /nowhere/ca.pem\n".to_owned(), 2),
        (String::new(), 2),
    ] {
        let place = Place::new(&[("web", "1.0.0", &server.url())])
            .file("helm/config/repositories.yaml", repositories(&server.url(), &more));
        let run = place.fetch();
        assert_eq!(run.code, code, "{more}: {}", run.text());
    }
}

/// What a server shows, and what is in the file that is trusted.
struct Case {
    name: &'static str,
    /// What the certificate says of itself.
    params: fn(&mut CertificateParams),
    /// Whether an authority signed it, not it itself.
    issued: bool,
    trusted: Trusted,
    /// What the refusal says.
    refused: Option<&'static str>,
    /// Whether Helm 3.10.1 refuses it, too.
    helm: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Trusted {
    /// The certificate itself.
    Itself,
    /// The authority that signed it.
    Issuer,
    /// One that is made in the same way.
    Another,
}

/// A server that signs for itself, as `openssl req -x509` makes them: `CA:TRUE`.
fn own(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

fn plain(_: &mut CertificateParams) {}

const CASES: [Case; 12] = [
    Case { name: "own", params: own, issued: false, trusted: Trusted::Itself, refused: None, helm: false },
    Case {
        name: "own, no authority",
        params: |params| params.is_ca = IsCa::ExplicitNoCa,
        issued: false,
        trusted: Trusted::Itself,
        refused: None,
        helm: false,
    },
    Case {
        name: "own, says nothing",
        params: plain,
        issued: false,
        trusted: Trusted::Itself,
        refused: None,
        helm: false,
    },
    Case {
        name: "another of the same name",
        params: own,
        issued: false,
        trusted: Trusted::Another,
        refused: Some("one of an authority (CA:TRUE), and not itself among those that are trusted"),
        helm: true,
    },
    Case {
        name: "another, no authority",
        params: plain,
        issued: false,
        trusted: Trusted::Another,
        refused: Some("its certificate is not trusted"),
        helm: true,
    },
    Case {
        name: "of another host",
        params: |params| {
            own(params);
            params.subject_alt_names =
                CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap().subject_alt_names;
        },
        issued: false,
        trusted: Trusted::Itself,
        refused: Some("its certificate is not valid: certificate not valid for name \"127.0.0.1\""),
        helm: true,
    },
    Case {
        name: "expired",
        params: |params| {
            own(params);
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        },
        issued: false,
        trusted: Trusted::Itself,
        refused: Some("its certificate is not valid: certificate expired"),
        helm: true,
    },
    Case {
        name: "of the future",
        params: |params| {
            own(params);
            (params.not_before, params.not_after) = (date_time_ymd(4000, 1, 1), date_time_ymd(4001, 1, 1));
        },
        issued: false,
        trusted: Trusted::Itself,
        refused: Some("its certificate is not valid: certificate not valid yet"),
        helm: true,
    },
    Case { name: "issued", params: plain, issued: true, trusted: Trusted::Issuer, refused: None, helm: false },
    Case {
        name: "issued, itself trusted",
        params: plain,
        issued: true,
        trusted: Trusted::Itself,
        refused: None,
        helm: false,
    },
    Case {
        name: "issued, an authority",
        params: own,
        issued: true,
        trusted: Trusted::Issuer,
        refused: Some("one of an authority (CA:TRUE), and not itself among those that are trusted"),
        helm: false,
    },
    Case {
        name: "for clients",
        params: |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        issued: false,
        trusted: Trusted::Itself,
        refused: Some("its certificate is not valid: "),
        helm: true,
    },
];

#[test]
fn a_server_that_is_itself_trusted_needs_no_authority() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    for Case { name, params: change, issued, trusted, refused, helm: theirs } in CASES {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let another = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let certificate = match issued {
            true => params.signed_by(&key, &issuer).unwrap(),
            false => params.self_signed(&key).unwrap(),
        };
        let pem = match trusted {
            Trusted::Itself => certificate.pem(),
            Trusted::Issuer => issuer.pem(),
            Trusted::Another => another.pem(),
        };
        let all = files(&[("web", "1.0.0", web())]);
        let server = Server::secure(showing(&certificate, &key), move |asked| {
            all.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
        });
        let told = |run: crate::workspace::Run, way: &str| {
            assert_eq!(run.code, if refused.is_some() { 2 } else { 0 }, "{name}, {way}: {}", run.text());
            let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
            assert!(refused.is_none_or(|refused| said.contains(refused)), "{name}, {way}: {said}");
        };
        let mut place = Place::new(&[("web", "1.0.0", &server.url())]).file("ca.pem", &pem);
        let path = place.path("ca.pem").display().to_string();
        place.set("SSL_CERT_FILE", &path);
        told(place.fetch(), "SSL_CERT_FILE");
        let place = Place::new(&[("web", "1.0.0", "@private")])
            .file("ca.pem", &pem)
            .file("helm/config/repositories.yaml", repositories(&server.url(), &format!("  caFile: {path}\n")));
        place.write("ca.pem", &pem);
        told(place.fetch(), "caFile");
        if let Some(helm) = helm() {
            let arguments = ["repo", "add", "private", &server.url(), "--force-update", "--ca-file", "ca.pem"];
            let output = std::process::Command::new(helm)
                .args(arguments)
                .current_dir(place.path("."))
                .envs(place.variables.iter().map(|(name, value)| (name, value)))
                .output()
                .unwrap();
            assert_eq!(output.status.success(), !theirs, "{name}: {output:?}");
        }
    }
}

/// A server for clients with a certificate from `issuer`, and what is trusted of it.
fn choosy(issuer: &CertificateDer<'static>) -> (Server, String) {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(issuer.clone()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![own.der().clone()], secret)
        .unwrap();
    let all = files(&[("web", "1.0.0", web())]);
    let server = Server::secure(Arc::new(config), move |asked| {
        all.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    (server, own.pem())
}

/// A place that knows `server` and shows it this certificate.
fn showing_it(server: &Server, authority: &str, identity: Option<(&str, &str)>) -> Place {
    let place = Place::new(&[("web", "1.0.0", "@private")]);
    let at = |file: &str| place.path(file).display().to_string();
    let mut more = format!("  caFile: {}\n", at("ca.pem"));
    place.write("ca.pem", authority);
    if let Some((certificate, key)) = identity {
        place.write("own.pem", certificate);
        place.write("own.key", key);
        more.push_str(&format!("  certFile: {}\n  keyFile: {}\n", at("own.pem"), at("own.key")));
    }
    place.write("helm/config/repositories.yaml", repositories(&server.url(), &more));
    place
}

#[test]
fn a_server_that_wants_to_know_its_clients_is_shown_their_certificate() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let (key, another) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let (known, unknown) = (params.signed_by(&key, &issuer).unwrap(), params.self_signed(&key).unwrap());
    let (server, authority) = choosy(issuer.der());
    let (secret, other) = (key.serialize_pem(), another.serialize_pem());
    let run = showing_it(&server, &authority, Some((&known.pem(), &secret))).fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    for (identity, told) in [
        (None, "it wants a certificate of ours, which `certFile` and `keyFile` in Helm's repositories.yaml name"),
        (Some((unknown.pem(), secret.clone())), "TLS failed: "),
        (Some((known.pem(), other)), "own.key is not the key of "),
        (Some((known.pem(), known.pem())), "own.key holds no private key that can be used"),
        (Some((secret.clone(), secret)), "own.pem holds no certificate"),
    ] {
        let identity = identity.as_ref().map(|(certificate, key)| (certificate.as_str(), key.as_str()));
        let said = showing_it(&server, &authority, identity).fails();
        assert!(said.contains(told), "{told}: {said}");
    }
}

/// What `openssl x509 -req` makes without extensions: a certificate of version 1, and its key.
const OLD: (&str, &str) = (
    "-----BEGIN CERTIFICATE-----\n\
     MIIBFjCBvQIUYBWJd8QbuLozPVLif760WdtFJE0wCgYIKoZIzj0EAwIwDTELMAkG\n\
     A1UEAwwCbWUwIBcNMjYxMTI5MTExNTQ3WhgPMjEyNjExMDUxMTE1NDdaMA0xCzAJ\n\
     BgNVBAMMAm1lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEErEqOWx4Bnz3ajIn\n\
     GhdrQdIb/SiSTRDbfO2eG3p3cN7e+mH2GMJaKad2zGnw8BfvIu3F/J8ais/v7qnx\n\
     10zqJjAKBggqhkjOPQQDAgNIADBFAiAR3RC8dfkYLI6grBGNWF0/+veBbmMUKj7o\n\
     fAb7dCexgQIhAOTA9oqDfxYfekho9FEJ84c2fGR+u8+RmfnLSe1fE1ew\n\
     -----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\n\
     MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAmT4uKlXksgASrAQ\n\
     q01m8lRaGnO1kXythkl+1EKt9HihRANCAAQSsSo5bHgGfPdqMicaF2tB0hv9KJJN\n\
     ENt87Z4bendw3t76YfYYwlopp3bMafDwF+8i7cX8nxqKz+/uqfHXTOom\n\
     -----END PRIVATE KEY-----\n",
);

#[test]
fn a_clients_certificate_of_version_1_is_shown() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let server = Server::secure(showing(&own, &key), |_| Reply::ok(web()));
    let said = showing_it(&server, &own.pem(), Some(OLD)).fails();
    // So far it was asked.
    assert!(said.contains("/index.yaml is no text"), "{said}");
    // And it was shown, to one who does not know it.
    let (server, authority) = choosy(own.der());
    let said = showing_it(&server, &authority, Some(OLD)).fails();
    assert!(said.contains("TLS failed: ") && server.asked().is_empty(), "{said}");
}

/// What we say to a server that shows `certificate` with `key`, where `trusted` is; and whether Helm takes it, where that is.
fn asked(tls: Arc<rustls::ServerConfig>, trusted: Option<&str>) -> (Result<(), String>, Option<bool>) {
    let all = files(&[("web", "1.0.0", web())]);
    let server = Server::secure(tls, move |asked| {
        all.get(&asked.target).map_or(Reply::status(404), |body| Reply::ok(body.clone()))
    });
    let mut place = Place::new(&[("web", "1.0.0", "@private")]);
    let path = place.path("ca.pem").display().to_string();
    place.write("ca.pem", trusted.unwrap_or_default());
    place.set("SSL_CERT_FILE", &path);
    let more = if trusted.is_none() { "  insecure_skip_tls_verify: true\n" } else { "" };
    place.write("helm/config/repositories.yaml", repositories(&server.url(), more));
    let said = match place.fetch() {
        run if run.code == 0 => Ok(()),
        run => Err(run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "")),
    };
    let taken = helm().map(|helm| {
        let insecure: &[&str] = if trusted.is_none() { &["--insecure-skip-tls-verify"] } else { &[] };
        let output = std::process::Command::new(helm)
            .args(["repo", "add", "another", &server.url()])
            .args(insecure)
            .current_dir(place.path("."))
            .envs(place.variables.iter().map(|(name, value)| (name, value)))
            .output();
        output.unwrap().status.success()
    });
    (said, taken)
}

#[test]
fn an_authority_that_has_expired_is_none() {
    for (from, to, told) in [
        (2020, 2021, Some("the authority of its certificate has expired, or is not valid yet: SSL_CERT_FILE, or ")),
        (4000, 4001, Some("the authority of its certificate has expired, or is not valid yet: SSL_CERT_FILE, or ")),
        (2020, 4001, None),
    ] {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let (said, taken) = asked(showing(&certificate, &key), Some(&issuer.pem()));
        assert!(said.as_ref().err().is_none_or(|said| told.is_some_and(|told| said.contains(told))), "{said:?}");
        assert_eq!(said.is_ok(), told.is_none());
        assert!(taken.is_none_or(|taken| taken == told.is_none()), "{from}");
    }
}

/// Shows what may be somebody else's certificate.
#[derive(Debug)]
struct Thief(Arc<rustls::sign::CertifiedKey>);

impl rustls::server::ResolvesServerCert for Thief {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// A server that shows `certificate` under one version of TLS, and signs with `key`, which may be another's.
fn stealing(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    version: &'static rustls::SupportedProtocolVersion,
) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let secret = provider.key_provider.load_private_key(secret).unwrap();
    let shown = rustls::sign::CertifiedKey::new(vec![certificate], secret);
    let config = rustls::ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
    Arc::new(config.with_no_client_auth().with_cert_resolver(Arc::new(Thief(Arc::new(shown)))))
}

#[test]
fn who_has_not_the_key_of_a_certificate_is_never_trusted() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let old = CertificateDer::from_pem_slice(OLD.0.as_bytes()).unwrap();
    let olds = KeyPair::from_pem(OLD.1).unwrap();
    let another = KeyPair::generate().unwrap();
    let stolen = "it does not prove that the certificate which it shows is its own";
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for (certificate, key, trusted, told) in [
            (own.der(), &key, Some(own.pem()), None),
            (own.der(), &another, Some(own.pem()), Some(stolen)),
            (own.der(), &key, None, None),
            (own.der(), &another, None, Some(stolen)),
            // Of version 1.
            (&old, &olds, None, None),
            (&old, &another, None, Some(stolen)),
        ] {
            let (said, taken) = asked(stealing(certificate.clone(), key, version), trusted.as_deref());
            assert_eq!(said.is_ok(), told.is_none(), "{version:?}: {said:?}");
            assert!(said.err().is_none_or(|said| told.is_some_and(|told| said.contains(told))));
            assert!(taken.is_none_or(|taken| taken == told.is_none()), "{version:?}");
        }
    }
}

/// What `openssl req -x509 -sha512` makes of a key for P-256: a certificate for 127.0.0.1 until 2126 that ring does not check.
const LONG: (&str, &str) = (
    "-----BEGIN CERTIFICATE-----\n\
     MIIBWDCB/6ADAgECAhQ3aq3TsrYz7vZIKzUBFlpQGexmNzAKBggqhkjOPQQDBDAM\n\
     MQowCAYDVQQDDAFzMCAXDTI2MTEyOTEyMzkxMFoYDzIxMjYxMTA1MTIzOTEwWjAM\n\
     MQowCAYDVQQDDAFzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEujjh8+HWpMFz\n\
     DE04x6T6BHwsF745cs+MmWX/gEjc1d3xDlwKaW+ePK6IHqnwHbhrFjiDvtEQ5Hyt\n\
     SBJbn2PylKM9MDswDwYDVR0RBAgwBocEfwAAATAJBgNVHRMEAjAAMB0GA1UdDgQW\n\
     BBQ09TkZ0cmbYpzovP4S375x2Nf7kTAKBggqhkjOPQQDBANIADBFAiA9UPpNY1Hz\n\
     zchZR28eSZtekKwqaRDgP5lBMk6XpZA3sgIhAKeEW//rsIBI+eqyT/HZlIhVCafj\n\
     3DTOSYEJro6wQj3k\n\
     -----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\n\
     MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqli8c0m3JtPXovWU\n\
     ILGBz4LMg6eUQLqYHO7lV+HWii6hRANCAAS6OOHz4dakwXMMTTjHpPoEfCwXvjly\n\
     z4yZZf+ASNzV3fEOXAppb548rogeqfAduGsWOIO+0RDkfK1IElufY/KU\n\
     -----END PRIVATE KEY-----\n",
);

#[test]
fn a_server_that_is_itself_trusted_may_be_signed_in_any_way() {
    let certificate = CertificateDer::from_pem_slice(LONG.0.as_bytes()).unwrap();
    let key = KeyPair::from_pem(LONG.1).unwrap();
    let tls = || stealing(certificate.clone(), &key, &rustls::version::TLS13);
    let (said, taken) = asked(tls(), Some(LONG.0));
    assert_eq!((said, taken.unwrap_or(true)), (Ok(()), true));
    // It is its own authority, which is another.
    let another = CertificateDer::from_pem_slice(OLD.0.as_bytes()).unwrap();
    assert_ne!(another, certificate);
    let (said, taken) = asked(tls(), Some(OLD.0));
    assert!(said.unwrap_err().contains("its certificate is not trusted (UnknownIssuer)") && taken != Some(true));
}

#[test]
fn what_mirrorlint_cannot_check_is_told_in_words() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "s");
    let key = KeyPair::from_pem(LONG.1).unwrap();
    let same = params.self_signed(&key).unwrap();
    // Of the same name and key as the authority, but signed in its own way.
    let certificate = CertificateDer::from_pem_slice(LONG.0.as_bytes()).unwrap();
    let (said, taken) = asked(stealing(certificate, &key, &rustls::version::TLS13), Some(&same.pem()));
    let said = said.unwrap_err();
    assert!(said.contains("is signed in a way that mirrorlint does not check (SHA-1, P-521 and the like): "), "{said}");
    assert!(taken.unwrap_or(true));
}
