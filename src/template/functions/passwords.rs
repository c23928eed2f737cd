//! `derivePassword`, `encryptAES` and `decryptAES`. Encryption uses the same start every time, so its result does not change
//! from run to run; the others are the real ones.

use std::cell::RefCell;
use std::collections::HashMap;

use data_encoding::BASE64;

use super::Type::{String, Uint32};
use super::cipher::{BLOCK, Key};
use super::{Failure, Function, Outcome, arguments, encoding, scrypt};
use crate::source::{Origin, Text, from_bytes, spend, to_bytes};
use crate::template::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("derivePassword", &[Uint32, String, String, String, String], derive_password),
    Function::new("encryptAES", &[String, String], encrypt),
    Function::new("decryptAES", &[String, String], decrypt),
];

/// The templates of the Master Password algorithm: each letter names a class of characters.
const TEMPLATES: [(&str, &[&str]); 6] = [
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

/// What one password counts for: its 32 MB are free again at once, but it takes time.
const COUNTED: usize = 8 << 20;
/// The most keys that are kept.
const KEPT: usize = 16;
/// What the algorithm puts in front of everything.
const SCOPE: &[u8] = b"com.lyndir.masterpassword";

/// `derivePassword COUNTER KIND PASSWORD USER SITE`: the algorithm Master Password.
fn derive_password(arguments: &[Value]) -> Outcome {
    let counter = u32::try_from(arguments::int(arguments, 0)?).unwrap_or_default();
    let kind = arguments::text(arguments, 1)?;
    let Some((_, templates)) = TEMPLATES.iter().find(|(name, _)| kind == *name) else {
        return Ok(Value::String(Text::computed(format!("cannot find password template {kind}"), kind.origins())));
    };
    let bytes = |index| arguments::text(arguments, index).map(|text| to_bytes(text).into_owned());
    let (password, user, site) = (bytes(2)?, bytes(3)?, bytes(4)?);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let key = derived_key(password, [SCOPE, &length(&user), &user].concat())?;
    let seed = scrypt::authenticate(&key, &[SCOPE, &length(&site), &site, &counter.to_be_bytes()]);
    let pick = |index: usize, from: usize| seed.get(index).map_or(0, |byte| usize::from(*byte)) % from.max(1);
    let template = templates.get(pick(0, templates.len())).copied().unwrap_or_default();
    let letter = |(index, class): (usize, char)| {
        let class = class_of(class).as_bytes();
        class.get(pick(index + 1, class.len())).map(|byte| char::from(*byte))
    };
    let password: std::string::String = template.chars().enumerate().filter_map(letter).collect();
    let origins = arguments.iter().filter_map(Value::origins);
    Ok(Value::String(Text::computed(password, Origin::union(origins))))
}

thread_local! {
    static DERIVED: RefCell<HashMap<[Vec<u8>; 2], Vec<u8>>> = RefCell::new(HashMap::new());
}

/// The key behind the passwords of one user. The last few are kept: charts derive several from one.
fn derived_key(password: Vec<u8>, salt: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let secret = [password, salt];
    if let Some(key) = DERIVED.with_borrow(|kept| kept.get(&secret).cloned()) {
        return Ok(key);
    }
    if !spend(COUNTED) {
        return Err("the memory is spent".into());
    }
    let [password, salt] = &secret;
    let key = scrypt::derive(password, salt);
    DERIVED.with_borrow_mut(|kept| {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(secret, key.clone());
    });
    Ok(key)
}

fn class_of(letter: char) -> &'static str {
    match letter {
        'C' => "BCDFGHJKLMNPQRSTVWXYZ",
        'v' => "aeiou",
        'c' => "bcdfghjklmnpqrstvwxyz",
        'a' => "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        'n' => "0123456789",
        'o' => "@&%?,=[]_:-+*$#!'^~;()/.",
        _ => "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The first 32 bytes of a password, filled up with zeros.
fn key(password: &Text) -> Key {
    let mut key = [0; 32];
    key.iter_mut().zip(to_bytes(password).iter()).for_each(|(to, from)| *to = *from);
    Key::new(key)
}

/// `encryptAES PASSWORD TEXT`: AES-256 in CBC mode, padded as PKCS #7 says, in base64; nothing stays nothing.
fn encrypt(arguments: &[Value]) -> Outcome {
    let (password, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    if text.is_empty() {
        return Ok(Value::String(text.clone()));
    }
    let key = key(password);
    let mut bytes = to_bytes(text).into_owned();
    let padding = BLOCK - bytes.len() % BLOCK;
    bytes.extend(std::iter::repeat_n(u8::try_from(padding).unwrap_or_default(), padding));
    // Where Sprig takes random bytes, these are always the same.
    let mut previous = *b"0123456789abcdef";
    let mut encrypted = previous.to_vec();
    for block in bytes.as_chunks::<BLOCK>().0 {
        previous = key.encrypt(xor(*block, previous));
        encrypted.extend(previous);
    }
    Ok(Value::String(Text::computed(BASE64.encode(&encrypted), text.origins())))
}

/// `decryptAES PASSWORD TEXT`: the inverse. Sprig checks nothing, so its errors are those of Go's runtime.
fn decrypt(arguments: &[Value]) -> Outcome {
    let (password, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    if text.is_empty() {
        return Ok(Value::String(text.clone()));
    }
    let encrypted = encoding::decode_base64(&to_bytes(text))?;
    let Some((start, blocks)) = encrypted.split_first_chunk::<BLOCK>() else {
        let capacity = to_bytes(text).len() / 4 * 3;
        return Err(format!("runtime error: slice bounds out of range [:{BLOCK}] with capacity {capacity}").into());
    };
    let (blocks, rest) = blocks.as_chunks::<BLOCK>();
    if !rest.is_empty() {
        return Err("crypto/cipher: input not full blocks".into());
    }
    let key = key(password);
    let mut previous = *start;
    let mut bytes = Vec::with_capacity(blocks.len() * BLOCK);
    for block in blocks {
        bytes.extend(xor(key.decrypt(*block), previous));
        previous = *block;
    }
    let padding = bytes.last().copied().ok_or_else(|| Failure::from("runtime error: index out of range [-1]"))?;
    let Some(length) = bytes.len().checked_sub(usize::from(padding)) else {
        let end = bytes.len().abs_diff(usize::from(padding));
        return Err(format!("runtime error: slice bounds out of range [:-{end}]").into());
    };
    Ok(Value::String(Text::computed(from_bytes(&bytes[..length]).as_ref(), text.origins())))
}

fn xor(one: [u8; BLOCK], other: [u8; BLOCK]) -> [u8; BLOCK] {
    std::array::from_fn(|index| one[index] ^ other[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &[Value]) -> Result<std::string::String, std::string::String> {
        let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
        match (function.call)(arguments) {
            Ok(Value::String(text)) => Ok(text.to_string()),
            Ok(other) => panic!("{other:?}"),
            Err(failure) => Err(failure.message),
        }
    }

    fn strings<const N: usize>(texts: [&str; N]) -> [Value; N] {
        texts.map(Value::string)
    }

    #[test]
    fn what_helm_encrypted_is_decrypted() {
        let arguments = strings(["secretkey", "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ="]);
        assert_eq!(call("decryptAES", &arguments).unwrap(), "plaintext");
        let encrypted = call("encryptAES", &strings(["key", "more than one block of text, h\u{e9}llo"])).unwrap();
        assert_eq!(
            call("decryptAES", &strings(["key", &encrypted])).unwrap(),
            "more than one block of text, h\u{e9}llo"
        );
    }

    #[test]
    fn broken_texts_fail_as_in_go() {
        let error = |text: &str| call("decryptAES", &strings(["k", text])).unwrap_err();
        assert_eq!(error("a"), "illegal base64 data at input byte 0");
        assert_eq!(error("YQ=="), "runtime error: slice bounds out of range [:16] with capacity 3");
        assert_eq!(error("MDEyMzQ1Njc4OWFiY2RlZg=="), "runtime error: index out of range [-1]");
        assert_eq!(error("MDEyMzQ1Njc4OWFiY2RlZmFi"), "crypto/cipher: input not full blocks");
    }

    #[test]
    fn derived_passwords_have_the_form_of_their_kind() {
        let derive = |kind: &str, site: &str| {
            call(
                "derivePassword",
                &[Value::int(1), Value::string(kind), Value::string("p"), Value::string("u"), Value::string(site)],
            )
        };
        assert!(derive("pin", "a").unwrap().bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!([derive("long", "a").unwrap().len(), derive("maximum", "a").unwrap().len()], [14, 20]);
        assert_ne!(derive("long", "a"), derive("long", "b"));
        assert_eq!(derive("none", "a").unwrap(), "cannot find password template none");
    }
}
