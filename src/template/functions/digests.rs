//! Checksums of a string's bytes, in hexadecimal (Adler-32 in decimal).

use data_encoding::HEXLOWER;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::Type::String;
use super::{Function, Outcome, arguments};
use crate::source::{Text, to_bytes};
use crate::template::Value;

/// The functions of this family. `sha512sum` came with Sprig 3.3.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("sha1sum", &[String], |arguments| sum(arguments, |bytes| HEXLOWER.encode(&Sha1::digest(bytes)))),
    Function::new("sha256sum", &[String], |arguments| sum(arguments, |bytes| HEXLOWER.encode(&Sha256::digest(bytes)))),
    Function::new("sha512sum", &[String], |arguments| sum(arguments, |bytes| HEXLOWER.encode(&Sha512::digest(bytes)))),
    Function::new("adler32sum", &[String], |arguments| sum(arguments, |bytes| adler32(bytes).to_string())),
];

fn sum(arguments: &[Value], digest: fn(&[u8]) -> std::string::String) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    Ok(Value::String(Text::computed(digest(&to_bytes(text)), text.origins())))
}

fn adler32(bytes: &[u8]) -> u32 {
    let add = |(low, high): (u32, u32), byte: &u8| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    };
    let (low, high) = bytes.iter().fold((1, 0), add);
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, text: &str) -> Text {
        let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
        let Value::String(text) = (function.call)(&[Value::string(text)]).unwrap() else { panic!("no string") };
        text
    }

    #[test]
    fn digests_are_in_lower_case_hexadecimal() {
        assert_eq!(call("sha1sum", "hello"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert!(call("sha256sum", "").starts_with("e3b0c44298fc1c14"));
        assert!(call("sha512sum", "").starts_with("cf83e1357eefb8bd"));
        assert_eq!(call("adler32sum", "hello"), "103547413");
    }

    #[test]
    fn stray_bytes_count_as_one() {
        let stray = crate::source::from_bytes(b"\xff").into_owned();
        assert!(call("sha256sum", &stray).starts_with("a8100ae6aa1940d0"));
    }
}
