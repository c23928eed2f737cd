//! Which known name a mistyped one was most likely meant to be: one measure for keys, values, rules and entries.

/// The least likeness, from 0 to 1, of names of which one is taken for the other's slip.
const LEAST: f32 = 0.6;

/// The name of `known` that is most like `name`, case left aside, if any is like it.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let rated = known.into_iter().map(|other| (likeness(name, other), other));
    let best = rated.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 > LEAST).then_some(best.1)
}

/// The names of `known`, the one most like `name` first; equally like ones stay in their order.
pub(crate) fn by_nearness<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut rated: Vec<_> = known.into_iter().map(|other| (likeness(name, other), other)).collect();
    rated.sort_by(|one, other| other.0.total_cmp(&one.0));
    rated.into_iter().map(|(_, other)| other).collect()
}

/// `; did you mean ...?`, when there is such a name.
pub(crate) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn likeness(one: &str, other: &str) -> f32 {
    similar::TextDiff::from_chars(one.to_lowercase(), other.to_lowercase()).ratio()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_the_name_that_was_meant() {
        let known = ["tag-mismatch", "digest-mismatch", "stale-entry"];
        assert_eq!(nearest("TAG-MISMATCH", known), Some("tag-mismatch"));
        assert_eq!(nearest("tag_mismatch", known), Some("tag-mismatch"));
        assert_eq!(nearest("everything", known), None);
        assert_eq!(nearest("x", []), None);
        assert_eq!(by_nearness("stale", known)[0], "stale-entry");
        assert_eq!(hint("stale-entri", known), "; did you mean `stale-entry`?");
        assert_eq!(hint("", known), "");
    }
}
