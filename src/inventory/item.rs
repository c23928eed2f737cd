//! What a loop of a template goes through, taken for one thing: which words it has, and what it may be. Reads values only.

use crate::source::Text;
use crate::yaml::Value;

/// What a loop goes through, taken for one.
#[derive(Clone)]
pub(super) struct Item {
    /// Its path from the root's values: `jobs[0]`, `jobs.*`.
    pub words: String,
    /// All of them.
    pub values: Vec<Value>,
}

impl Item {
    /// What stands at `path` in it.
    pub fn below(&self, path: &[impl AsRef<str>]) -> Self {
        let value = |value: &Value| path.iter().try_fold(value, |value, key| value.get(key.as_ref())).cloned();
        let words = path.iter().fold(self.words.clone(), |words, key| format!("{words}.{}", key.as_ref()));
        Self { words, values: self.values.iter().filter_map(value).collect() }
    }

    /// What a loop through it takes.
    pub fn each(&self) -> Self {
        let Self { words, values } = self;
        let lists: Vec<&Value> = values.iter().filter_map(Value::as_list).flatten().collect();
        let maps: Vec<(&Text, &Value)> = values.iter().filter_map(Value::as_map).flatten().collect();
        let words = match (&*lists, &*maps) {
            ([_], []) => format!("{words}[0]"),
            ([_, ..], []) => format!("{words}[*]"),
            ([], [(key, _)]) => format!("{words}.{key}"),
            _ => format!("{words}.*"),
        };
        Self { words, values: lists.into_iter().chain(maps.into_iter().map(|(_, value)| value)).cloned().collect() }
    }
}
