//! `include`, `tpl` and `lookup`: Helm's functions that run templates or ask the environment.

use super::types::{Held, type_name};
use super::{Evaluated, Evaluator, Set, execute_in};
use crate::source::{Text, beyond, is_spent, spend};
use crate::template::context::Place;
use crate::template::functions::helm;
use crate::template::machine::ExecError;
use crate::template::parser;
use crate::template::program::Templates;
use crate::template::quote::quote;
use crate::template::value::{Map, MapKind, Value};
use crate::template::{convert, machine};
use crate::yaml;

/// How often Helm lets a template include itself, also through others (`recursionMaxNums` of its engine).
const MAX_INCLUDES: usize = 1000;

/// How often a text that `tpl` runs may run another one so. Helm has no bound and dies.
const MAX_TEXTS: usize = 200;

/// Bytes that count for each action of a text that is parsed.
const ACTION: usize = 512;

impl<'p> Evaluator<'p, '_> {
    /// `include NAME DATA`
    pub(super) fn include(&mut self, node: Place<'p>, arguments: &[Value]) -> Evaluated<Held> {
        let [Value::String(name), data] = arguments else {
            return Ok(Held::default());
        };
        let open = self.set.included.borrow().get(name).copied().unwrap_or(0);
        if self.run.guard.is_exhausted() {
            self.place = Some(node);
            return Err(self.fail(format!("error calling include: {}", super::too_deep())));
        }
        if open > MAX_INCLUDES {
            self.place = Some(node);
            let message = format!("rendering template has a nested reference name: {name}: unable to execute template");
            return Err(self.fail(format!("error calling include: {message}")));
        }
        self.set.included.borrow_mut().insert(name.clone(), open + 1);
        let outcome = execute_in(self.run, self.set, name, data);
        self.set.included.borrow_mut().insert(name.clone(), open);
        match outcome {
            Ok(text) => Ok(Held::plain(Value::String(text))),
            Err(error) => Err(self.rethrow(node, error, |message| format!("error calling include: {message}"))),
        }
    }

    /// `tpl TEXT DATA`: runs the text as if it were the file that is being rendered, with all other files at hand.
    pub(super) fn tpl(&mut self, node: Place<'p>, arguments: &[Value]) -> Evaluated<Held> {
        let (text, data) = match arguments {
            [Value::String(text), data] => (text, data),
            _ => return Ok(Held::default()),
        };
        let (name, map) = match template_name(text, data) {
            Ok(found) => found,
            Err(message) => {
                self.place = Some(node);
                return Err(self.fail(format!("error calling tpl: {message}")));
            }
        };
        let told = |message: &str| {
            format!("error calling tpl: error during tpl function execution for {}: {message}", quote(text))
        };
        let before = self.place.replace(node);
        self.check_stack()?;
        if self.run.texts.get() >= MAX_TEXTS {
            return Err(
                self.fail(beyond(format_args!("error calling tpl: more than {MAX_TEXTS} texts run each other")))
            );
        }
        spend(text.len() + text.matches("{{").count() * ACTION);
        if is_spent() {
            self.check_memory()?;
        }
        let trees = match parser::parse_within(&name, text, self.run.guard) {
            Ok(trees) => trees,
            Err(error) => {
                let message = helm::cleanup_parse_error(&name, &error.message);
                let mut failed = self.fail(told(&message));
                failed.place = error.place.or(failed.place);
                return Err(failed);
            }
        };
        // Go still stands at the last argument once the call is through.
        self.place = before;
        if name.rsplit('/').next().is_some_and(|base| base.starts_with('_')) {
            // Helm does not render partials.
            return Ok(Held::plain(Value::String(Text::default())));
        }
        if let Some(map) = map {
            let template = map.entries.borrow().get("Template").cloned();
            map.entries.borrow_mut().insert("Template".into(), as_values(template));
        }
        let set = Set::new(Templates::with(self.set.templates.program(), &name, &trees));
        self.run.texts.update(|open| open + 1);
        let outcome = execute_in(self.run, &set, &name, data);
        self.run.texts.update(|open| open - 1);
        match outcome {
            Ok(text) => Ok(Held::plain(Value::String(helm::without_no_value(&text)))),
            Err(error) => Err(self.rethrow(node, error, |message| told(&helm::cleanup_execution_error(message)))),
        }
    }

    /// `lookup VERSION KIND NAMESPACE NAME`: nothing, as `helm template` has it, unless the environment has objects.
    pub(super) fn lookup(&self, arguments: &[Value]) -> Value {
        let word = |index: usize| match arguments.get(index) {
            Some(Value::String(text)) => text.as_str(),
            _ => "",
        };
        let objects = &self.run.environment.objects;
        if objects.is_empty() {
            return Value::map(std::collections::BTreeMap::new());
        }
        let found = objects.iter().filter(|object| is_wanted(object, [word(0), word(1), word(2), word(3)]));
        if word(3).is_empty() {
            let items = found.map(convert::from_yaml).collect();
            let entries = [
                ("apiVersion", Value::string(word(0))),
                ("kind", Value::string(format!("{}List", word(1)))),
                ("items", Value::list(items)),
            ];
            return Value::map(entries.into_iter().map(|(key, value)| (Text::new(key), value)).collect());
        }
        let mut found = found;
        found.next().map_or_else(|| Value::map(std::collections::BTreeMap::new()), convert::from_yaml)
    }

    /// `error`, as the present template tells it.
    fn rethrow(
        &mut self,
        node: Place<'p>,
        mut error: Box<ExecError>,
        tell: impl FnOnce(&str) -> String,
    ) -> Box<machine::ExecError> {
        self.place = Some(node);
        let message = tell(&error.message);
        self.wrap(&mut error, &message);
        error
    }
}

/// The name under which `tpl` runs: that of the file being rendered, which Helm finds in the data. Also the data's map.
fn template_name<'v>(text: &Text, data: &'v Value) -> Result<(Text, Option<&'v Map>), String> {
    let map = match data {
        Value::Map(map) => Some(map.as_ref()),
        _ => None,
    };
    let template = map.and_then(|map| map.entries.borrow().get("Template").cloned());
    let entry = |key: &str, written: &str| {
        let found = match &template {
            Some(Value::Map(template)) if template.kind != MapKind::String => {
                template.entries.borrow().get(key).cloned()
            }
            _ => None,
        };
        match found {
            Some(value) if !matches!(&value, Value::Map(map) if map.kind == MapKind::Any) => Ok(value),
            _ => Err(format!(
                "cannot retrieve Template.{written} from values inside tpl function: {text}: \"{key}\" is not a value"
            )),
        }
    };
    let base_path = entry("BasePath", "Basepath")?;
    let name = entry("Name", "Name")?;
    let string = |value| match value {
        Value::String(text) => Ok(text),
        Value::Nil => Err("interface conversion: interface {} is nil, not string".to_owned()),
        other => Err(format!("interface conversion: interface {{}} is {}, not string", type_name(&other))),
    };
    let name = string(name)?;
    string(base_path)?;
    Ok((name, map))
}

/// The `Template` entry that Helm puts in place: of the named type, with the two entries that it knows.
fn as_values(template: Option<Value>) -> Value {
    let mut entries = std::collections::BTreeMap::new();
    if let Some(Value::Map(map)) = template {
        for key in ["Name", "BasePath"] {
            if let Some(value) = map.entries.borrow().get(key) {
                entries.insert(Text::new(key), value.clone());
            }
        }
    }
    Value::values(entries)
}

/// Whether `object` has this version, kind, namespace and name; an empty namespace or name means any, and an object without
/// namespace belongs to all.
fn is_wanted(object: &yaml::Value, [version, kind, namespace, name]: [&str; 4]) -> bool {
    let text = |value: Option<&yaml::Value>| value.and_then(yaml::Value::as_text).map(|text| text.to_string());
    let metadata = object.get("metadata");
    let in_metadata = |key: &str| text(metadata.and_then(|metadata| metadata.get(key)));
    // Without a namespace all of them are listed, but none is asked for what a name alone says (helm/helm#9435).
    let in_any = namespace.is_empty() && name.is_empty();
    let has_namespace = in_any || in_metadata("namespace").is_none_or(|found| found == namespace);
    let has_name = name.is_empty() || in_metadata("name").is_some_and(|found| found == name);
    let is_kind =
        text(object.get("apiVersion")).as_deref() == Some(version) && text(object.get("kind")).as_deref() == Some(kind);
    is_kind && has_namespace && has_name
}
