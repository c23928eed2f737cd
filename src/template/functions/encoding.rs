//! Base64 and base32, as Go's standard encodings read and write them. Sprig returns a decoder's error as the result.

use data_encoding::{BASE32, BASE64};

use super::Type::String;
use super::{Function, Outcome, arguments};
use crate::source::{Text, from_bytes, to_bytes};
use crate::template::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &[String], |arguments| encode(arguments, |bytes| BASE64.encode(bytes))),
    Function::new("b32enc", &[String], |arguments| encode(arguments, |bytes| BASE32.encode(bytes))),
    Function::new("b64dec", &[String], |arguments| decode(arguments, decode_base64)),
    Function::new("b32dec", &[String], |arguments| decode(arguments, decode_base32)),
];

fn encode(arguments: &[Value], encoding: fn(&[u8]) -> std::string::String) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    Ok(Value::String(Text::computed(encoding(&to_bytes(text)), text.origins())))
}

fn decode(arguments: &[Value], decoding: fn(&[u8]) -> Result<Vec<u8>, std::string::String>) -> Outcome {
    let text = arguments::text(arguments, 0)?;
    let decoded = match decoding(&to_bytes(text)) {
        Ok(bytes) => from_bytes(&bytes).into_owned(),
        Err(message) => message,
    };
    Ok(Value::String(Text::computed(decoded, text.origins())))
}

const PAD: u8 = b'=';
const BASE64_DIGITS: [std::ops::RangeInclusive<u8>; 5] =
    [b'A'..=b'Z', b'a'..=b'z', b'0'..=b'9', b'+'..=b'+', b'/'..=b'/'];
const BASE32_DIGITS: [std::ops::RangeInclusive<u8>; 2] = [b'A'..=b'Z', b'2'..=b'7'];

/// Go's `base64.StdEncoding`: line ends anywhere, padding needed, left-over bits ignored.
///
/// # Errors
/// Go's message, which counts the bytes of the input from 0.
pub(super) fn decode_base64(input: &[u8]) -> Result<Vec<u8>, std::string::String> {
    let corrupt = |at: usize| Err(format!("illegal base64 data at input byte {at}"));
    let next = |from: usize| input[from..].iter().position(|byte| !is_line_end(*byte)).map(|skipped| from + skipped);
    let mut bytes = Vec::with_capacity(input.len() / 4 * 3);
    let mut at = 0;
    let (mut bits, mut held) = (0_u64, 0);
    while let Some(place) = next(at) {
        at = place + 1;
        if let Some(value) = value(input[place], &BASE64_DIGITS) {
            bits = bits << 6 | value;
            held += 1;
            if held == 4 {
                push_bits(&mut bytes, bits, 3, 3);
                (bits, held) = (0, 0);
            }
            continue;
        }
        if input[place] != PAD || held < 2 {
            return corrupt(place);
        }
        if held == 2 {
            match next(at) {
                None => return corrupt(input.len()),
                Some(second) if input[second] != PAD => return corrupt(second - 1),
                Some(second) => at = second + 1,
            }
        }
        if let Some(garbage) = next(at) {
            return corrupt(garbage);
        }
        push_bits(&mut bytes, bits << (6 * (4 - held)), 3, held - 1);
        return Ok(bytes);
    }
    if held > 0 { corrupt(input.len() - held) } else { Ok(bytes) }
}

/// Go's `base32.StdEncoding`: likewise; positions count the input without its line ends.
fn decode_base32(input: &[u8]) -> Result<Vec<u8>, std::string::String> {
    let corrupt = |at: usize| Err(format!("illegal base32 data at input byte {at}"));
    let input: Vec<u8> = input.iter().copied().filter(|byte| !is_line_end(*byte)).collect();
    let mut bytes = Vec::with_capacity(input.len() / 8 * 5);
    for (start, group) in (0..).step_by(8).zip(input.chunks(8)) {
        let mut bits = 0_u64;
        for (index, byte) in group.iter().enumerate() {
            if *byte == PAD && index >= 2 && input.len() - start <= 8 {
                if input.len() - start < 8 {
                    return corrupt(input.len());
                }
                if let Some(wrong) = group[index..].iter().position(|byte| *byte != PAD) {
                    return corrupt(start + index + wrong - 1);
                }
                // 1, 3 and 6 characters hold no whole number of bytes.
                if matches!(index, 3 | 6) {
                    return corrupt(start + index);
                }
                push_bits(&mut bytes, bits << (5 * (8 - index)), 5, index * 5 / 8);
                return Ok(bytes);
            }
            match value(*byte, &BASE32_DIGITS) {
                Some(value) => bits = bits << 5 | value,
                None => return corrupt(start + index),
            }
        }
        if group.len() < 8 {
            return corrupt(input.len() - group.len());
        }
        push_bits(&mut bytes, bits, 5, 5);
    }
    Ok(bytes)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The five or six bits that a letter stands for.
fn value(byte: u8, digits: &[std::ops::RangeInclusive<u8>]) -> Option<u64> {
    let mut first = 0;
    for range in digits {
        if range.contains(&byte) {
            return Some(first + u64::from(byte - range.start()));
        }
        first += u64::from(range.end() - range.start()) + 1;
    }
    None
}

/// Adds the first `count` bytes of a group of `width` bytes, which `bits` holds right-aligned.
fn push_bits(bytes: &mut Vec<u8>, bits: u64, width: usize, count: usize) {
    bytes.extend(bits.to_be_bytes().iter().skip(8 - width).take(count));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_errors_count_the_input_as_go_does() {
        let error = |input: &[u8]| decode_base64(input).unwrap_err();
        assert_eq!(error(b"aGVsbG8"), "illegal base64 data at input byte 4");
        assert_eq!(error(b"aGVs bG8="), "illegal base64 data at input byte 4");
        assert_eq!(error(b"YQ==YQ=="), "illegal base64 data at input byte 4");
        assert_eq!(error(b"="), "illegal base64 data at input byte 0");
        assert_eq!(decode_base64(b"aG\nVs\r\nbG8=\n").unwrap(), b"hello");
    }

    #[test]
    fn base32_wants_whole_groups() {
        assert_eq!(decode_base32(b"NBSW\nY3DP").unwrap(), b"hello");
        assert_eq!(decode_base32(b"ME======").unwrap(), b"a");
        assert!(decode_base32(b"ME").is_err());
        assert!(decode_base32(b"nbswy3dp").is_err());
    }

    #[test]
    fn stray_bytes_survive_both_ways() {
        let all: Vec<u8> = (0..=255).collect();
        let text = Value::string(from_bytes(&all).into_owned());
        for (encode, decode) in [("b64enc", "b64dec"), ("b32enc", "b32dec")] {
            let call = |name: &str, value: Value| {
                let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
                (function.call)(&[value]).unwrap()
            };
            let Value::String(round) = call(decode, call(encode, text.clone())) else { panic!("no string") };
            assert_eq!(to_bytes(&round).as_ref(), all.as_slice());
        }
    }
}
