//! What an image would be without the values that point it at the team's own registry: what the values below them say in their place,
//! down to those of the chart itself. Reads values; renders nothing.

use crate::image::Reference;
use crate::inventory::Use;
use crate::source::{Layer, Origins, Span};
use crate::yaml::Value;

/// The repository that `used` would be of, where each part of its text that values from above its chart give is all of a value, and
/// something below says that value, too. `given` are values over those of the root chart. What it says of tags means nothing.
pub(super) fn underlying(used: &Use, given: &[&Value]) -> Option<Reference> {
    let layers = Layers::of(used, given);
    let mut text = String::new();
    let mut changed = false;
    for (range, origin) in used.text.parts() {
        let part = used.text.get(range)?;
        match layers.above(&origin) {
            Some((at, path, value)) => {
                if value != part {
                    return None;
                }
                // Where it is empty, templates tend to take something else.
                text.push_str(&layers.below(at, path).filter(|text| !text.is_empty())?);
                changed = true;
            }
            None => text.push_str(part),
        }
    }
    Reference::parse(text.trim_end_matches([':', '@'])).ok().filter(|_| changed)
}

/// The values of the charts on the way to an image, each over the next, with the key that leads to the next.
struct Layers<'a>(Vec<(&'a Value, Option<&'a str>)>);

impl<'a> Layers<'a> {
    fn of(used: &'a Use, given: &[&'a Value]) -> Self {
        let given = given.iter().map(|values| (*values, None));
        let keys = used.chain.iter().skip(1).map(|link| Some(link.called.as_str())).chain([None]);
        Self(given.chain(used.chain.iter().map(|link| &link.source.values).zip(keys)).collect())
    }

    /// The value above the last layer that `origin` is of: which layer has it, by which keys, and its text.
    fn above(&self, origin: &Origins) -> Option<(usize, Vec<&'a str>, &'a str)> {
        let places = origin.as_ref()?.places();
        let (span, ..) = places.iter().find(|(_, layer, _)| matches!(layer, Layer::Values | Layer::Set))?;
        let (_, above) = self.0.split_last()?;
        above.iter().enumerate().find_map(|(at, (values, _))| {
            let mut path = Vec::new();
            find(values, *span, &mut path).map(|value| (at, path, value))
        })
    }

    /// What the nearest layer below that of index `at` says in place of the value at `path`.
    fn below(&self, at: usize, mut path: Vec<&str>) -> Option<String> {
        for (above, (values, _)) in self.0[at..].iter().zip(&self.0[at + 1..]) {
            if let Some(key) = above.1.filter(|_| path.first() != Some(&"global")) {
                if path.first() != Some(&key) {
                    return None;
                }
                path.remove(0);
            }
            let value = path.iter().try_fold(*values, |value, key| value.get(key));
            if let Some(text) = value.and_then(Value::as_text) {
                return Some(text.to_string());
            }
        }
        None
    }
}

/// The text below `value` that stands at `span`, and the keys that lead there.
fn find<'a>(value: &'a Value, span: Span, path: &mut Vec<&'a str>) -> Option<&'a str> {
    if let Some(text) = value.as_text() {
        let places = text.origins().map(|origin| origin.places()).unwrap_or_default();
        let is_it = |own: &Span| own.file == span.file && own.start <= span.start && span.end <= own.end;
        return places.iter().any(|(own, ..)| is_it(own)).then_some(text.as_str());
    }
    for (key, value) in value.as_map().into_iter().flatten() {
        path.push(key.as_str());
        if let Some(found) = find(value, span, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}
