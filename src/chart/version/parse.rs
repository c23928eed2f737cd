//! The two ways to read a version: leniently, as Helm reads nearly all of them, and strictly. Messages are those of
//! Masterminds/semver 3.1 (from 3.4 on they start in lower case).

use super::Version;

const INVALID: &str = "Invalid Semantic Version";

/// `v?N(.N)?(.N)?(-ids)?(+ids)?`, anchored.
pub(super) fn lenient(text: &str) -> Result<Version, String> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'v'));
    let mut numbers = ["0"; 3];
    for (index, number) in numbers.iter_mut().enumerate() {
        let dot = usize::from(index > 0);
        if dot == 1 && bytes.get(at) != Some(&b'.') {
            break;
        }
        let length = digits(at + dot);
        if length == 0 {
            return Err(INVALID.to_owned());
        }
        *number = &text[at + dot..at + dot + length];
        at += dot + length;
    }
    let (prerelease, at) = suffix(text, at, b'-')?;
    let (metadata, at) = suffix(text, at, b'+')?;
    if at < text.len() {
        return Err(INVALID.to_owned());
    }
    let [major, minor, patch] =
        numbers.map(|digits| number(digits).map_err(|e| format!("Error parsing version segment: {e}")));
    let version = build([major?, minor?, patch?], prerelease, metadata, text);
    check_extras(&version)?;
    Ok(version)
}

/// `N.N.N(-ids)?(+ids)?`, numbers without leading zeros.
pub(super) fn strict(text: &str) -> Result<Version, String> {
    if text.is_empty() {
        return Err("Version string empty".to_owned());
    }
    let mut parts = text.splitn(3, '.');
    let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(INVALID.to_owned());
    };
    let (rest, metadata) = rest.split_once('+').unwrap_or((rest, ""));
    let (patch, prerelease) = rest.split_once('-').unwrap_or((rest, ""));
    for digits in [major, minor, patch] {
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("Invalid characters in version".to_owned());
        }
        if digits.len() > 1 && digits.starts_with('0') {
            return Err("Version segment starts with 0".to_owned());
        }
    }
    let version = build([number(major)?, number(minor)?, number(patch)?], prerelease, metadata, text);
    check_extras(&version)?;
    Ok(version)
}

/// No part of a prerelease may hold other characters, or be a number with a leading zero.
pub(super) fn check_prerelease(text: &str) -> Result<(), String> {
    for part in text.split('.') {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            if part.len() > 1 && part.starts_with('0') {
                return Err("Version segment starts with 0".to_owned());
            }
        } else if !part.bytes().all(is_identifier) {
            return Err("Invalid Prerelease string".to_owned());
        }
    }
    Ok(())
}

/// No part of the metadata may hold other characters.
pub(super) fn check_metadata(text: &str) -> Result<(), String> {
    let valid = text.bytes().all(|byte| byte == b'.' || is_identifier(byte));
    if valid { Ok(()) } else { Err("Invalid Metadata string".to_owned()) }
}

fn build(numbers: [u64; 3], prerelease: &str, metadata: &str, original: &str) -> Version {
    let [major, minor, patch] = numbers;
    let [prerelease, metadata, original] = [prerelease, metadata, original].map(str::to_owned);
    Version { major, minor, patch, prerelease, metadata, original }
}

fn check_extras(version: &Version) -> Result<(), String> {
    check_prerelease(&version.prerelease)?;
    check_metadata(&version.metadata)
}

/// Go's `ParseUint`: the same numbers, its own words.
fn number(digits: &str) -> Result<u64, String> {
    digits.parse().map_err(|_| {
        let problem = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
        format!("strconv.ParseUint: parsing \"{digits}\": {problem}")
    })
}

/// The dot-separated identifiers behind `sign` at `at`, if it stands there, and where they end.
fn suffix(text: &str, at: usize, sign: u8) -> Result<(&str, usize), String> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&sign) {
        return Ok(("", at));
    }
    let start = at + 1;
    let length = bytes[start..].iter().take_while(|byte| **byte == b'.' || is_identifier(**byte)).count();
    let found = &text[start..start + length];
    if found.split('.').any(str::is_empty) { Err(INVALID.to_owned()) } else { Ok((found, start + length)) }
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(text: &str) -> Result<String, String> {
        lenient(text).map(|version| version.to_string())
    }

    #[test]
    fn lenient_reading_fills_in_numbers() {
        for (text, expected) in [
            ("1.2.3", "1.2.3"),
            ("v1.2.3", "1.2.3"),
            ("1", "1.0.0"),
            ("v1.2", "1.2.0"),
            ("01.02.03", "1.2.3"),
            ("1.2-5", "1.2.0-5"),
            ("1.2.3-beta.01x+01", "1.2.3-beta.01x+01"),
            ("1.2.3---a-b+c", "1.2.3---a-b+c"),
            ("v1.31.0-eks-a1b2", "1.31.0-eks-a1b2"),
        ] {
            assert_eq!(full(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(lenient("v1.2").unwrap().original(), "v1.2");
    }

    #[test]
    fn lenient_reading_refuses_in_its_own_words() {
        for text in [
            "",
            "v",
            "x",
            "1.",
            "1.2.",
            "1.2.3.4",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-a..b",
            "1.2.3+a_b",
            " 1",
            "V1",
            "1.2.3-\u{e9}",
        ] {
            assert_eq!(full(text).unwrap_err(), INVALID, "{text}");
        }
        assert_eq!(full("1.2.3-01").unwrap_err(), "Version segment starts with 0");
        assert_eq!(
            full("1.99999999999999999999").unwrap_err(),
            "Error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range"
        );
    }

    #[test]
    fn strict_reading_wants_all_of_it() {
        let strict = |text| strict(text).map(|version| version.to_string());
        assert_eq!(strict("1.2.3-a.1+b").as_deref(), Ok("1.2.3-a.1+b"));
        assert_eq!(strict("").unwrap_err(), "Version string empty");
        assert_eq!(strict("1.2").unwrap_err(), INVALID);
        assert_eq!(strict("v1.2.3").unwrap_err(), "Invalid characters in version");
        assert_eq!(strict("1.02.3").unwrap_err(), "Version segment starts with 0");
        assert_eq!(strict("1.2.3-01").unwrap_err(), "Version segment starts with 0");
        assert_eq!(strict("1.2.3-a_b").unwrap_err(), "Invalid Prerelease string");
        assert_eq!(strict("1.2.3+a_b").unwrap_err(), "Invalid Metadata string");
        assert_eq!(strict("1..3").unwrap_err(), "strconv.ParseUint: parsing \"\": invalid syntax");
        assert_eq!(strict("1.2.3.4").unwrap_err(), "Invalid characters in version");
    }
}
