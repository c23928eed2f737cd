//! Constraints as nearly all charts write them: `>=1.19-0`, `^1.2.0 || >2, <3.x`. Knows nothing of ranges and oddities, which
//! are left to the patterns; what it reads, it reads as they do.

use super::Comparison;

/// Each sign before those that it begins with.
const SIGNS: [&str; 11] = ["!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^"];

/// The groups of comparisons in `text`; `None` where this is no usual constraint.
pub(super) fn groups(text: &str) -> Option<Result<Vec<Vec<Comparison>>, String>> {
    text.split("||").map(group).collect()
}

fn group(text: &str) -> Option<Result<Vec<Comparison>, String>> {
    let mut rest = text.trim_matches(' ');
    let mut comparisons = Vec::new();
    while !rest.is_empty() || comparisons.is_empty() {
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).unwrap_or_default();
        rest = rest[sign.len()..].trim_start_matches(' ');
        let (written, behind) = rest.split_at(rest.find([' ', ',']).unwrap_or(rest.len()));
        let (numbers, prerelease) = version(written)?;
        comparisons.push(Comparison::new(sign, written, numbers, prerelease));
        rest = behind.trim_start_matches(' ');
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(' ');
    }
    Some(comparisons.into_iter().collect())
}

/// The numbers, the second and third with the point in front, and the prerelease with its hyphen.
fn version(text: &str) -> Option<([&str; 3], &str)> {
    let mut rest = text.strip_prefix('v').unwrap_or(text);
    let mut numbers = [""; 3];
    for (index, number) in numbers.iter_mut().enumerate() {
        let point = usize::from(index > 0);
        if point == 1 && !rest.starts_with('.') {
            break;
        }
        let digits = rest[point..].bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'x' | b'X' | b'*')).count();
        if digits == 0 {
            return None;
        }
        (*number, rest) = rest.split_at(point + digits);
    }
    let (prerelease, metadata) = rest.split_at(rest.find('+').unwrap_or(rest.len()));
    let is_suffix = |text: &str, sign: char| {
        let is_identifier =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        text.is_empty() || text.strip_prefix(sign).is_some_and(|parts| parts.split('.').all(is_identifier))
    };
    (is_suffix(prerelease, '-') && is_suffix(metadata, '+')).then_some((numbers, prerelease))
}
