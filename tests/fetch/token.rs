//! A real registry (Debian's `docker-registry`, where it is installed) that asks for tokens, which a server of ours signs.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use rcgen::{CertificateParams, KeyPair, SigningKey as _};
use serde_json::{Value, json};

use crate::helm::{DockerRegistry, helm, run_helm};
use crate::place::Place;
use crate::repository::chart;
use crate::server::{Asked, Reply, Server};

const SECRET: &str = "s3cr3t-word";

/// Signs tokens for who knows the password.
struct Signer {
    key: KeyPair,
    certificate: rcgen::Certificate,
}

impl Signer {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["tokens".to_owned()]).unwrap().self_signed(&key).unwrap();
        Self { key, certificate }
    }

    fn answer(&self, asked: &Asked) -> Reply {
        let known = format!("Basic {}", BASE64.encode(format!("user:{SECRET}").as_bytes()));
        let query = asked.target.split_once('?').map_or("", |(_, query)| query);
        let form = query.split('&').chain(asked.body.split('&'));
        let fields: Vec<(&str, String)> =
            form.filter_map(|field| field.split_once('=')).map(|(name, value)| (name, plain(value))).collect();
        let field: HashMap<&str, &str> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let by_header = asked.headers.get("authorization") == Some(&known);
        let by_form = field.get("username") == Some(&"user") && field.get("password") == Some(&SECRET);
        if !(by_header || by_form) || field.get("service") != Some(&"registry.test") {
            return Reply::status(401);
        }
        let scopes = fields.iter().filter(|(name, _)| *name == "scope").flat_map(|(_, scope)| scope.split(' '));
        let token = self.token(scopes.filter_map(access).collect());
        Reply::ok(json!({ "token": token, "access_token": token, "expires_in": 300 }).to_string())
    }

    /// A signed token (RFC 7519) for `access`.
    fn token(&self, access: Vec<Value>) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let header = json!({"typ": "JWT", "alg": "ES256", "x5c": [BASE64.encode(self.certificate.der())]});
        let claims = json!({
            "iss": "issuer.test", "sub": "user", "aud": "registry.test", "jti": "1",
            "nbf": now - 60, "iat": now - 60, "exp": now + 300, "access": access,
        });
        let encoded = |part: Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let text = format!("{}.{}", encoded(header), encoded(claims));
        let signature = two_numbers(&self.key.sign(text.as_bytes()).unwrap());
        format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

/// `repository:charts/web:pull,push` as a token has it.
fn access(scope: &str) -> Option<Value> {
    let mut parts = scope.split(':');
    let (kind, name, actions) = (parts.next()?, parts.next()?, parts.next()?);
    let actions: Vec<&str> = actions.split(',').collect();
    Some(json!({"type": kind, "name": name, "actions": actions}))
}

/// `value` of a form or query, decoded.
fn plain(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// The two numbers of an ECDSA signature in DER, 32 bytes each, as tokens have them.
fn two_numbers(der: &[u8]) -> Vec<u8> {
    let mut rest = &der[2..];
    let mut out = Vec::new();
    for _ in 0..2 {
        let (number, tail) = rest[2..].split_at(rest[1].into());
        let digits = &number[number.len().saturating_sub(32)..];
        out.extend(std::iter::repeat_n(0, 32 - digits.len()));
        out.extend(digits);
        rest = tail;
    }
    out
}

#[test]
fn a_real_registry_takes_the_tokens_that_we_fetch() {
    let signer = Signer::new();
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("tokens.pem");
    std::fs::write(&bundle, signer.certificate.pem()).unwrap();
    let tokens = Server::new(move |asked| signer.answer(asked));
    let auth = format!(
        "auth:\n  token: {{realm: '{}/token', service: registry.test, issuer: issuer.test, rootcertbundle: '{}'}}\n",
        tokens.url(),
        bundle.display()
    );
    let (Some(helm), Some(registry)) = (helm(), DockerRegistry::with(&auth)) else { return };
    let login = |word: &str| {
        let host = registry.repository().trim_start_matches("oci://").split('/').next().unwrap().to_owned();
        json!({"auths": {host: {"auth": BASE64.encode(format!("user:{word}").as_bytes())}}}).to_string()
    };
    let place = Place::new(&[("web", "^1.0.0", &registry.repository())]);
    place.write("helm/config/registry/config.json", login(SECRET));
    for version in ["1.0.0", "1.1.0"] {
        place.write("pushed/web.tgz", chart("web", version, "docker.io/acme/web:1"));
        run_helm(&helm, &place, &["push", "pushed/web.tgz", &registry.repository()]);
    }
    let before = tokens.asked().len();
    let run = place.fetch();
    assert_eq!(run.code, 0, "{}", run.text());
    assert_eq!(place.packages(), ["web-1.1.0.tgz"]);
    assert!(!run.text().contains(SECRET));
    assert_eq!(tokens.asked().len(), before + 1, "one token serves all");
    // With another password, and with none.
    for word in [Some("other-word"), None] {
        let place = Place::new(&[("web", "1.0.0", &registry.repository())]);
        word.iter().for_each(|word| place.write("helm/config/registry/config.json", login(word)));
        let said = place.fails();
        assert!(said.contains("/token answers 401"), "{said}");
    }
}
