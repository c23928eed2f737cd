//! The order in which go-yaml writes keys: letters before other characters' like, digits by their number. Compares
//! strings only.

use std::cmp::Ordering;

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
    let after_digit = dialect == Dialect::Pretty && a[..at].ends_with(char::is_numeric);
    match (x.is_alphabetic(), y.is_alphabetic()) {
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
        let digits = a[..at].chars().rev().take_while(|c| c.is_numeric());
        start = i64::from(digits.into_iter().any(|digit| digit != '0'));
    }
    let number = |text: &str| {
        let digits = text.chars().take_while(|c| c.is_numeric());
        digits.fold((start, 0_usize), |(value, count), digit| {
            let digit = i64::from(u32::from(digit)) - i64::from(b'0');
            (value.wrapping_mul(10).wrapping_add(digit), count + 1)
        })
    };
    number(&a[at..]).cmp(&number(&b[at..])).then(x.cmp(&y))
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
        // Version 3 keeps `a1b` with `a1`, before `a10`.
        assert_eq!(compare("a1b", "a10", Dialect::Standard), Ordering::Greater);
        assert_eq!(compare("a1b", "a10", Dialect::Pretty), Ordering::Less);
    }
}
