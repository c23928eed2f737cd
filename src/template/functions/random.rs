//! Functions that are random in Sprig. Here they give the same value every time, of the right shape: a linter's answer must
//! not change from run to run. Never asks the system for randomness.

use data_encoding::BASE64;

use super::Type::{Int, String};
use super::{Failure, Function, Outcome, arguments};
use crate::source::{Text, beyond};
use crate::template::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("randAlphaNum", &[Int], |arguments| {
        letters(arguments, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    }),
    Function::new("randAlpha", &[Int], |arguments| {
        letters(arguments, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    }),
    Function::new("randNumeric", &[Int], |arguments| letters(arguments, b"1234567890")),
    Function::new("randAscii", &[Int], |arguments| {
        // The printable characters that need no quoting come first.
        letters(arguments, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+/=")
    }),
    Function::new("randBytes", &[Int], bytes),
    Function::new("uuidv4", &[], |_| Ok(Value::string("01234567-89ab-4cde-8f01-23456789abcd"))),
    Function::new("bcrypt", &[String], |arguments| Ok(Value::String(bcrypt(arguments::text(arguments, 0)?)))),
    Function::new("htpasswd", &[String, String], htpasswd),
];

/// More than any secret is long; Go would fill memory.
const LONGEST: usize = 16 << 20;

/// As many letters of `alphabet` as asked for, in order; none for a negative count.
fn letters(arguments: &[Value], alphabet: &[u8]) -> Outcome {
    let count = usize::try_from(arguments::int(arguments, 0)?).unwrap_or(0);
    bounded(count)?;
    let letters = alphabet.iter().cycle().take(count).map(|letter| char::from(*letter));
    Ok(Value::string(letters.collect::<std::string::String>()))
}

/// As many bytes as asked for, in base64.
fn bytes(arguments: &[Value]) -> Outcome {
    let count = arguments::int(arguments, 0)?;
    let count = usize::try_from(count).map_err(|_| Failure::from("runtime error: makeslice: len out of range"))?;
    bounded(count)?;
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(count).collect();
    Ok(Value::string(BASE64.encode(&bytes)))
}

fn bounded(count: usize) -> Result<(), Failure> {
    if count > LONGEST { Err(beyond(format_args!("more than {LONGEST} random characters")).into()) } else { Ok(()) }
}

/// A hash in bcrypt's form with Go's default cost. It is of no password.
fn bcrypt(password: &Text) -> Text {
    Text::computed("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", password.origins())
}

/// `htpasswd USER PASSWORD`: a line of a password file.
fn htpasswd(arguments: &[Value]) -> Outcome {
    let (user, password) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let mut line = crate::source::TextBuilder::new();
    if user.contains(':') {
        line.push_str("invalid username: ");
        line.push_text(user);
    } else {
        line.push_text(user);
        line.push_str(":");
        line.push_text(&bcrypt(password));
    }
    Ok(Value::String(line.finish()))
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

    #[test]
    fn shapes_are_those_of_the_real_functions() {
        let letters = |name: &str| call(name, &[Value::int(100)]).unwrap();
        assert!(letters("randAlphaNum").bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(letters("randAlpha").bytes().all(|byte| byte.is_ascii_alphabetic()));
        assert!(letters("randNumeric").bytes().all(|byte| byte.is_ascii_digit()));
        assert!(letters("randAscii").bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(
            ["randAlphaNum", "randAlpha", "randNumeric", "randAscii"].iter().all(|name| letters(name).len() == 100)
        );
        assert_eq!(BASE64.decode(call("randBytes", &[Value::int(7)]).unwrap().as_bytes()).unwrap().len(), 7);
        let uuid = call("uuidv4", &[]).unwrap();
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!("89ab".contains(&uuid[19..20]));
        let line = call("htpasswd", &[Value::string("user"), Value::string("secret")]).unwrap();
        assert_eq!(line.strip_prefix("user:$2a$10$").unwrap().len(), 53);
    }

    #[test]
    fn counts_out_of_range_are_handled_as_in_go() {
        assert_eq!(call("randAlpha", &[Value::int(-1)]).unwrap(), "");
        assert_eq!(call("randBytes", &[Value::int(-1)]).unwrap_err(), "runtime error: makeslice: len out of range");
        assert!(call("randAlpha", &[Value::int(i64::MAX)]).is_err());
        assert_eq!(call("htpasswd", &[Value::string("a:b"), Value::string("c")]).unwrap(), "invalid username: a:b");
    }
}
