//! Sprig's keys and certificates. What is made here looks like the real thing (PEM type, line length, size), but its content
//! is filler, and the same every time: a linter has no use for secrets.

use std::net::IpAddr;
use std::rc::Rc;

use data_encoding::BASE64;

use super::Type::{Int, List, String};
use super::encoding::decode_base64;
use super::format::default_form;
use super::{Failure, Function, Outcome, Type, arguments};
use crate::source::{Origin, Origins, Text, from_bytes, to_bytes};
use crate::template::Value;
use crate::template::value::Object;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("genPrivateKey", &[String], private_key),
    Function::new("genCA", &[String, Int], |arguments| made(arguments, None)),
    Function::new("genCAWithKey", &[String, Int, String], |arguments| made(arguments, Some(2))),
    Function::new("genSelfSignedCert", &[String, List, List, Int], |arguments| named(arguments, None)),
    Function::new("genSelfSignedCertWithKey", &[String, List, List, Int, String], |arguments| {
        named(arguments, Some(4))
    }),
    Function::new("genSignedCert", &[String, List, List, Int, AUTHORITY], |arguments| named(arguments, None)),
    Function::new("genSignedCertWithKey", &[String, List, List, Int, AUTHORITY, String], |arguments| {
        named(arguments, Some(5))
    }),
    Function::new("buildCustomCert", &[String, String], built),
];

const NAME: &str = "sprig.certificate";
const AUTHORITY: Type = Type::Object(NAME);

/// The kind of PEM block that a certificate has.
const CERTIFICATE: &str = "CERTIFICATE";

/// Bytes of what Go makes: an RSA key of 2048 bits and a certificate with it.
const KEY_SIZE: usize = 1190;
const CERTIFICATE_SIZE: usize = 760;

/// A certificate and its key.
#[derive(Debug)]
struct Certificate {
    certificate: Text,
    key: Text,
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn kind(&self) -> &'static str {
        "struct"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::String(self.certificate.clone())),
            "Key" => Some(Value::String(self.key.clone())),
            _ => None,
        }
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(["Cert", "Key"].map(|name| (name, self.field(name).unwrap_or_default())).into())
    }

    fn data(&self) -> Value {
        let fields = ["Cert", "Key"].map(|name| (Text::new(name), self.field(name).unwrap_or_default()));
        Value::map(fields.into())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// `genPrivateKey KIND`
fn private_key(arguments: &[Value]) -> Outcome {
    let kind = arguments::text(arguments, 0)?;
    let (block, size) = match kind.as_str() {
        "" | "rsa" => ("RSA PRIVATE KEY", 2349),
        "dsa" => ("DSA PRIVATE KEY", 848),
        "ecdsa" => ("EC PRIVATE KEY", 121),
        "ed25519" => ("PRIVATE KEY", 48),
        _ => return Ok(Value::String(Text::computed(format!("Unknown type {kind}"), kind.origins()))),
    };
    Ok(Value::String(Text::computed(pem(block, size), kind.origins())))
}

/// A certificate, with the key at an index, or with a new one.
fn made(arguments: &[Value], key: Option<usize>) -> Outcome {
    let origins: Origins = Origin::union(arguments.iter().filter_map(Value::origins));
    let key = match key {
        Some(index) => {
            let key = arguments::text(arguments, index)?;
            check_key(key).map_err(|problem| Failure::from(format!("parsing private key: {problem}")))?;
            key.clone()
        }
        None => Text::computed(pem("RSA PRIVATE KEY", KEY_SIZE), origins.clone()),
    };
    let certificate = Text::computed(pem(CERTIFICATE, CERTIFICATE_SIZE), origins);
    Ok(Value::Object(Rc::new(Certificate { certificate, key })))
}

/// Likewise, for a list of addresses and one of host names.
fn named(arguments: &[Value], key: Option<usize>) -> Outcome {
    let made = made(arguments, key)?;
    let items = |index: usize| Ok::<_, Failure>(arguments::list(arguments, index)?.map_or(&[][..], |list| &list.items));
    for address in items(1)? {
        let Value::String(text) = address else {
            return Err(format!("error parsing ip: {} is not a string", default_form(address)).into());
        };
        if text.parse::<IpAddr>().is_err() {
            return Err(format!("error parsing ip: {text}").into());
        }
    }
    for name in items(2)? {
        if !matches!(name, Value::String(_)) {
            return Err(format!("error processing alternate dns name: {} is not a string", default_form(name)).into());
        }
    }
    Ok(made)
}

/// `buildCustomCert CERTIFICATE KEY`, both PEM in base64. Whether they are valid inside is not looked into.
fn built(arguments: &[Value]) -> Outcome {
    let decode = |index: usize, problem: &str| -> Result<Text, Failure> {
        let text = arguments::text(arguments, index)?;
        let bytes = decode_base64(&to_bytes(text)).map_err(|_| Failure::from(problem))?;
        Ok(Text::computed(from_bytes(&bytes).as_ref(), text.origins()))
    };
    let certificate = decode(0, "unable to decode base64 certificate")?;
    let key = decode(1, "unable to decode base64 private key")?;
    let (_, content) = block(&certificate).ok_or_else(|| Failure::from("unable to decode certificate"))?;
    if !is_sequence(&content) {
        return Err("error parsing certificate: decodedCert.Bytes: x509: malformed certificate".into());
    }
    check_key(&key).map_err(|problem| Failure::from(format!("error parsing private key: {problem}")))?;
    Ok(Value::Object(Rc::new(Certificate { certificate, key })))
}

/// Whether a text is a private key, as far as its PEM block tells.
fn check_key(text: &str) -> Result<(), std::string::String> {
    let Some((kind, _)) = block(text) else { return Err("no PEM data in input".to_owned()) };
    match kind.strip_suffix("PRIVATE KEY") {
        Some("" | "RSA " | "EC " | "DSA ") => Ok(()),
        Some(other) if other.ends_with(' ') => Err(format!("invalid private key type {}", other.trim_end())),
        _ => Err(format!("no private key data in PEM block of type {kind}")),
    }
}

/// The kind and content of the first PEM block.
fn block(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    let body: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Some((kind, decode_base64(&body).ok()?))
}

/// Whether the bytes are one ASN.1 sequence, as every key and certificate is.
fn is_sequence(content: &[u8]) -> bool {
    content.starts_with(&[0x30]) && content.len() > 2
}

/// A PEM block of filler, which claims to be an ASN.1 sequence of `size` bytes.
fn pem(kind: &str, size: usize) -> std::string::String {
    let [.., high, low] = size.saturating_sub(4).to_be_bytes();
    let filler = (0_u8..=u8::MAX).cycle();
    // Lengths below 128 take one byte, those above 255 two and a mark.
    let head = if size < 130 { vec![0x30, low.wrapping_add(2)] } else { vec![0x30, 0x82, high, low] };
    let content: Vec<u8> = head.into_iter().chain(filler).take(size).collect();
    let mut lines = format!("-----BEGIN {kind}-----\n");
    for line in BASE64.encode(&content).as_bytes().chunks(64) {
        lines.extend(line.iter().map(|byte| char::from(*byte)));
        lines.push('\n');
    }
    lines.push_str(&format!("-----END {kind}-----\n"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &[Value]) -> Outcome {
        let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
        (function.call)(arguments)
    }

    fn field(value: &Value, name: &str) -> Text {
        let Value::Object(object) = value else { panic!("{value:?}") };
        let Some(Value::String(text)) = object.field(name) else { panic!("no {name}") };
        text
    }

    fn problem(name: &str, arguments: &[Value]) -> std::string::String {
        call(name, arguments).unwrap_err().message
    }

    #[test]
    fn blocks_are_of_the_right_kind_and_width() {
        let authority = call("genCA", &[Value::string("ca"), Value::int(365)]).unwrap();
        let certificate = field(&authority, "Cert");
        assert!(
            certificate.starts_with("-----BEGIN CERTIFICATE-----\n")
                && certificate.ends_with("-----END CERTIFICATE-----\n")
        );
        assert!(certificate.lines().skip(1).all(|line| line.len() <= 64));
        assert!(field(&authority, "Key").starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
        assert_eq!(block(&certificate).unwrap().1.len(), CERTIFICATE_SIZE);
        let arguments = [Value::string("cn"), Value::Nil, Value::Nil, Value::int(1), authority];
        assert_eq!(field(&call("genSignedCert", &arguments).unwrap(), "Cert"), certificate);
    }

    #[test]
    fn a_given_key_is_kept() {
        let Value::String(key) = call("genPrivateKey", &[Value::string("ed25519")]).unwrap() else {
            panic!("no string")
        };
        assert_eq!(key.len(), 119);
        let made = call("genCAWithKey", &[Value::string("ca"), Value::int(1), Value::String(key.clone())]).unwrap();
        assert_eq!(field(&made, "Key"), key);
        let encoded = |text: &Text| Value::string(BASE64.encode(text.as_bytes()));
        let built = call("buildCustomCert", &[encoded(&field(&made, "Cert")), encoded(&key)]).unwrap();
        assert_eq!(field(&built, "Key"), key);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        let list = |value: Value| Value::list(vec![value]);
        let signed = |addresses: Value, names: Value| [Value::string("cn"), addresses, names, Value::int(1)];
        assert_eq!(
            problem("genSelfSignedCert", &signed(list(Value::string("nope")), Value::Nil)),
            "error parsing ip: nope"
        );
        assert_eq!(
            problem("genSelfSignedCert", &signed(list(Value::int(1)), Value::Nil)),
            "error parsing ip: 1 is not a string"
        );
        assert_eq!(
            problem("genSelfSignedCert", &signed(Value::Nil, list(Value::int(1)))),
            "error processing alternate dns name: 1 is not a string"
        );
        let custom = |certificate: &str, key: &str| {
            problem("buildCustomCert", &[Value::string(certificate), Value::string(key)])
        };
        assert_eq!(custom("a", "b"), "unable to decode base64 certificate");
        assert_eq!(custom("YQ==", "YQ=="), "unable to decode certificate");
        assert_eq!(
            problem("genCAWithKey", &[Value::string("ca"), Value::int(1), Value::string("x")]),
            "parsing private key: no PEM data in input"
        );
    }
}
