//! `.Files`: the files of a chart that are no templates, with the methods of Helm's `engine.files`.

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::glob::Glob;
use crate::source::{LazyText, Text, spend, to_bytes};
use crate::template::functions::Type;
use crate::template::value::{MapKind, Object, Value};
use crate::yaml;

/// Bytes that count for one pattern, for each of its characters, and for each file that is held against it: patterns are
/// compiled anew for each call.
const COUNTED: [usize; 3] = [2 << 10, 1 << 10, 64];

/// The files by their paths within the chart.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: BTreeMap<Text, LazyText>,
}

impl Files {
    /// The files, as names and contents.
    pub fn new(files: impl IntoIterator<Item = (Text, LazyText)>) -> Self {
        Self { files: files.into_iter().collect() }
    }

    /// This as a template's value.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }

    fn content(&self, name: &str) -> Text {
        self.files.get(name).map(|text| (**text).clone()).unwrap_or_default()
    }

    /// Those that match a pattern in which `*` stops at slashes. A pattern that is none matches all.
    fn matching(&self, pattern: &str) -> Self {
        let [one, character, file] = COUNTED;
        if !spend(one + pattern.len() * character + self.files.len() * file) {
            return Self::default();
        }
        let Some(glob) = Glob::parse(pattern) else {
            return self.clone();
        };
        let files = self.files.iter().filter(|(name, _)| glob.matches(name));
        Self { files: files.map(|(name, content)| (name.clone(), content.clone())).collect() }
    }

    /// The base names and contents as YAML, as data of a `ConfigMap` or `Secret`.
    fn data_of(&self, content: impl Fn(&Text) -> Text) -> Text {
        let base = |name: &Text| name.slice(name.rfind('/').map_or(0, |slash| slash + 1)..name.len());
        let entries = self.files.iter().map(|(name, text)| (base(name), yaml::Value::String(content(text))));
        let map = yaml::Value::Map(std::sync::Arc::new(entries.collect()));
        yaml::emit(&map).map(|text| crate::template::functions::helm::without_last_newline(&text)).unwrap_or_default()
    }

    fn lines(&self, name: &str) -> Value {
        let Some(content) = self.files.get(name) else {
            return Value::strings(Vec::new());
        };
        let mut lines = Vec::new();
        spend(content.len());
        let mut start = 0;
        for line in content.split('\n') {
            lines.push(content.slice(start..start + line.len()));
            start += line.len() + 1;
        }
        Value::strings(lines)
    }
}

impl Object for Files {
    fn type_name(&self) -> &'static str {
        "engine.files"
    }

    fn kind(&self) -> &'static str {
        "map"
    }

    /// The content of a file; of one that does not exist, no bytes.
    fn field(&self, name: &str) -> Option<Value> {
        Some(Value::Bytes(self.content(name)))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "Get" | "GetBytes" | "Glob" | "Lines" | "AsConfig" | "AsSecrets")
    }

    fn parameters(&self, name: &str) -> Option<&'static [Type]> {
        Some(if matches!(name, "AsConfig" | "AsSecrets") { &[] } else { &[Type::String] })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, String> {
        let path = match arguments {
            [Value::String(path)] => path.as_str(),
            _ => "",
        };
        Ok(match name {
            "Get" => Value::String(self.content(path)),
            "GetBytes" => Value::Bytes(self.content(path)),
            "Glob" => self.matching(path).into_value(),
            "Lines" => self.lines(path),
            "AsConfig" => Value::String(self.data_of(Text::clone)),
            "AsSecrets" => {
                let encode = |text: &Text| text.derive(data_encoding::BASE64.encode(&to_bytes(text)));
                Value::String(self.data_of(encode))
            }
            _ => return Err(format!("{name} is not a method of engine.files")),
        })
    }

    fn data(&self) -> Value {
        let entries = self.files.iter().map(|(name, content)| (name.clone(), Value::Bytes((**content).clone())));
        Value::map_of(MapKind::Any, entries.collect())
    }

    fn truth(&self) -> bool {
        !self.files.is_empty()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::convert;
    use crate::template::functions::format;

    fn files() -> Files {
        let files = [("files/a.txt", "first\nsecond\n"), ("files/b.json", "{\"k\": 1}"), ("top.txt", "")];
        Files::new(files.map(|(name, content)| (Text::new(name), content.into())))
    }

    fn call(files: &Files, method: &str, argument: &str) -> Value {
        files.call(method, &[Value::string(argument)]).unwrap()
    }

    #[test]
    fn a_file_that_is_not_there_is_empty() {
        assert_eq!(format::print(&call(&files(), "Get", "nope")), "");
        assert_eq!(format::print(&call(&files(), "Lines", "nope")), "[]");
        assert_eq!(format::print(&files().field("nope").unwrap()), "[]");
    }

    #[test]
    fn lines_keep_the_empty_one_at_the_end() {
        assert_eq!(format::print(&call(&files(), "Lines", "files/a.txt")), "[first second ]");
    }

    #[test]
    fn a_pattern_selects_files() {
        let count = |pattern: &str| match call(&files(), "Glob", pattern) {
            Value::Object(object) => convert::to_yaml(&object.data()).unwrap().as_map().unwrap().len(),
            _ => 0,
        };
        assert_eq!((count("*"), count("files/*"), count("**.txt"), count("none/*"), count("[")), (1, 2, 2, 0, 3));
    }

    #[test]
    fn configuration_and_secrets_are_yaml_by_base_name() {
        let chosen = files().matching("files/*");
        let shown = |method: &str| format::print(&chosen.call(method, &[]).unwrap()).to_string();
        assert_eq!(shown("AsConfig"), "a.txt: |\n  first\n  second\nb.json: '{\"k\": 1}'");
        assert_eq!(shown("AsSecrets"), "a.txt: Zmlyc3QKc2Vjb25kCg==\nb.json: eyJrIjogMX0=");
    }
}
