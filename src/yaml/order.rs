//! The order in which go-yaml writes keys: letters before other characters' like, digits by their number. Compares
//! strings only.

use std::cmp::Ordering;
use std::sync::OnceLock;

use regex::Regex;

use super::style::Dialect;
use crate::source::Text;

/// Sorts keys (with their values) as go-yaml does. Go's order is not transitive for odd keys, which the standard sort may
/// refuse with a panic; merging does not mind.
pub(super) fn sort_keys<T: Clone>(entries: &mut [(Text, T)], dialect: Dialect) {
    if entries.is_sorted_by(|a, b| compare(&a.0, &b.0, dialect) != Ordering::Greater) {
        return;
    }
    let middle = entries.len() / 2;
    let (left, right) = entries.split_at_mut(middle);
    sort_keys(left, dialect);
    sort_keys(right, dialect);
    let mut merged = Vec::with_capacity(entries.len());
    let (mut a, mut b) = (0, middle);
    while a < middle && b < entries.len() {
        if compare(&entries[b].0, &entries[a].0, dialect) == Ordering::Less {
            merged.push(entries[b].clone());
            b += 1;
        } else {
            merged.push(entries[a].clone());
            a += 1;
        }
    }
    merged.extend_from_slice(&entries[a..middle]);
    merged.extend_from_slice(&entries[b..]);
    entries.clone_from_slice(&merged);
}

fn compare(a: &str, b: &str, dialect: Dialect) -> Ordering {
    // Keys of plain letters compare as they are.
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let mut at = common.min(a.len()).min(b.len());
    while !a.is_char_boundary(at) || !b.is_char_boundary(at) {
        at -= 1;
    }
    let (Some(x), Some(y)) = (a[at..].chars().next(), b[at..].chars().next()) else {
        return a.len().cmp(&b.len());
    };
    let after_digit = dialect == Dialect::Pretty && a[..at].ends_with(is_digit);
    match (is_letter(x), is_letter(y)) {
        (true, true) => return x.cmp(&y),
        (true, false) if after_digit => return Ordering::Less,
        (false, true) if after_digit => return Ordering::Greater,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // Zeros count only behind other digits.
    let mut start = 0_i64;
    if x == '0' || y == '0' {
        let digits = a[..at].chars().rev().take_while(|c| is_digit(*c));
        start = i64::from(digits.into_iter().any(|digit| digit != '0'));
    }
    let number = |text: &str| {
        let digits = text.chars().take_while(|c| is_digit(*c));
        digits.fold((start, 0_usize), |(value, count), digit| {
            let digit = i64::from(u32::from(digit)) - i64::from(b'0');
            (value.wrapping_mul(10).wrapping_add(digit), count + 1)
        })
    };
    number(&a[at..]).cmp(&number(&b[at..])).then(x.cmp(&y))
}

/// Go's `unicode.IsLetter`: not all that Rust calls alphabetic.
fn is_letter(character: char) -> bool {
    static LETTER: OnceLock<Option<Regex>> = OnceLock::new();
    character.is_alphabetic() && (character.is_ascii() || matches(&LETTER, r"^\p{L}$", character))
}

/// Go's `unicode.IsDigit`: decimal digits, not all that Rust calls numeric.
fn is_digit(character: char) -> bool {
    static DIGIT: OnceLock<Option<Regex>> = OnceLock::new();
    character.is_numeric() && (character.is_ascii() || matches(&DIGIT, r"^\p{Nd}$", character))
}

fn matches(class: &OnceLock<Option<Regex>>, pattern: &str, character: char) -> bool {
    let class = class.get_or_init(|| Regex::new(pattern).ok());
    class.as_ref().is_some_and(|class| class.is_match(character.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_keys_count_as_numbers() {
        let sorted = ["1", "2", "10", "A1", "Z", "a", "a-b", "a_b", "a1", "a2", "a02", "a10", "ab", "b"];
        for (before, after) in sorted.iter().zip(&sorted[1..]) {
            assert_eq!(compare(before, after, Dialect::Standard), Ordering::Less, "{before} {after}");
        }
        // A vowel sign and a Roman number are no letters, a superscript is no digit.
        for (before, after) in [("\u{93e}", "a"), ("\u{2160}", "a"), ("a1\u{b2}", "a12"), ("\u{663}", "a")] {
            assert_eq!(compare(before, after, Dialect::Standard), Ordering::Less, "{before} {after}");
        }
        // Version 3 keeps `a1b` with `a1`, before `a10`.
        assert_eq!(compare("a1b", "a10", Dialect::Standard), Ordering::Greater);
        assert_eq!(compare("a1b", "a10", Dialect::Pretty), Ordering::Less);
    }
}
