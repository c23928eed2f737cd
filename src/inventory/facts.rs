//! What could be otherwise: values and API versions, and sets of them that must be so together. Reads nothing.

use super::switches::Path;
use super::when::given;
use crate::source::{Origin, Text};
use crate::yaml::Value;

/// Ways to make one condition hold that are followed.
pub(super) const MAX_WAYS: usize = 12;

/// Something that would be otherwise.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// The value at a path from the root's is true or false.
    Switch(Path, bool),
    /// It is a text.
    Text(Path, String),
    /// It is another text than that; which is not known.
    Other(Path, String),
    /// The cluster has an API version.
    Capability(String),
}

impl Fact {
    /// `a.enabled`, `not a.enabled`, `mode=ha`, `not mode=ha`, `url given`, `capability example.org/v1`
    pub fn words(&self) -> String {
        match self {
            Self::Switch(path, true) => path.join("."),
            Self::Switch(path, false) => negated(&path.join(".")),
            Self::Text(path, text) if text.is_empty() => negated(&path.join(".")),
            Self::Text(path, text) => format!("{}={text}", path.join(".")),
            Self::Other(path, text) if text.is_empty() => given(&path.join(".")),
            Self::Other(path, text) => negated(&format!("{}={text}", path.join("."))),
            Self::Capability(version) => format!("capability {version}"),
        }
    }

    /// Whether both are about one value, or one API version.
    pub fn same_subject(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Capability(one), Self::Capability(other)) => one == other,
            _ => self.value().zip(other.value()).is_some_and(|((one, _), (other, _))| one == other),
        }
    }

    /// The value that it is about, and what it is then.
    pub fn value(&self) -> Option<(&Path, Value)> {
        match self {
            Self::Switch(path, on) => Some((path, Value::Bool(*on, None))),
            Self::Text(path, text) => Some((path, Value::String(Text::new(text)))),
            Self::Other(path, _) => Some((path, Value::String(Text::computed(OTHER, Some(Origin::invented()))))),
            Self::Capability(_) => None,
        }
    }
}

/// A text that no condition asks for. What becomes of it is known by its origin, whatever templates make of it: see
/// [`super::Use::invented`].
const OTHER: &str = "mirrorlint-another";

/// That `words` do not hold.
pub(super) fn negated(words: &str) -> String {
    format!("not {words}")
}

/// All ways to go both.
pub(super) fn product(one: &[Vec<Fact>], other: &[Vec<Fact>]) -> Vec<Vec<Fact>> {
    let pairs = one.iter().flat_map(|one| other.iter().filter_map(move |other| join(one, other)));
    pairs.take(MAX_WAYS).collect()
}

/// All facts of both, unless they contradict each other.
fn join(one: &[Fact], other: &[Fact]) -> Option<Vec<Fact>> {
    let mut all = one.to_vec();
    for fact in other {
        let mut is_said = false;
        for known in &mut all {
            match (&*known, fact) {
                (known, fact) if known == fact => is_said = true,
                (Fact::Switch(path, _), Fact::Switch(same, _)) | (Fact::Text(path, _), Fact::Text(same, _))
                    if path == same =>
                {
                    return None;
                }
                (Fact::Text(path, text), Fact::Other(same, than))
                | (Fact::Other(same, than), Fact::Text(path, text))
                    if path == same =>
                {
                    if text == than {
                        return None;
                    }
                    // Being one text is being no other.
                    *known = Fact::Text(path.clone(), text.clone());
                    is_said = true;
                }
                _ => {}
            }
        }
        if !is_said {
            all.push(fact.clone());
        }
    }
    let mut seen = Vec::new();
    all.retain(|fact| {
        !seen.contains(fact) && {
            seen.push(fact.clone());
            true
        }
    });
    Some(all)
}
