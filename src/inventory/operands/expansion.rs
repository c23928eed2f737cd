//! What Kubernetes makes of `$(NAME)` in a container's variables, arguments and command before it runs, as far as the manifest says it:
//! values that come from elsewhere (`valueFrom`, `envFrom`) are not known, and references to them stay as they are.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::source::{Text, TextBuilder};
use crate::yaml::{Map, Value};

/// Bytes of what references in one container may become, together; what goes beyond stays as it is. Linux starts no program with a
/// longer variable or argument (`MAX_ARG_STRLEN`), but a few lines can ask for any length: `$(A)$(A)`.
const MAX_EXPANDED: usize = 128 * 1024;

/// The container with its references expanded: of variables to those before them, of arguments and command to all; see "Define Dependent
/// Environment Variables" in the documentation of Kubernetes, and `makeEnvironmentVariables` of the kubelet.
pub(super) fn expanded(container: &Map) -> Map {
    let mut known = Variables::default();
    let env = container.get("env").and_then(Value::as_list).map(|items| {
        let items = items.iter().map(|item| known.add(item));
        Value::List(Arc::new(items.collect()))
    });
    if known.values.is_empty() {
        return container.clone();
    }
    let entry = |(key, value): (&Text, &Value)| {
        let value = match key.as_str() {
            "env" => env.clone().unwrap_or_else(|| value.clone()),
            "args" | "command" => known.list(value),
            _ => value.clone(),
        };
        (key.clone(), value)
    };
    container.iter().map(entry).collect()
}

/// Variables with their values.
struct Variables {
    values: HashMap<String, Text>,
    /// The bytes that are left of [`MAX_EXPANDED`].
    left: Cell<usize>,
}

impl Default for Variables {
    fn default() -> Self {
        Self { values: HashMap::new(), left: Cell::new(MAX_EXPANDED) }
    }
}

impl Variables {
    /// Adds one as the list of variables has it, which is given back expanded.
    fn add(&mut self, item: &Value) -> Value {
        let Some((map, name)) = item.as_map().and_then(|map| Some((map, map.get("name")?.as_text()?))) else {
            return item.clone();
        };
        let is_elsewhere = map.get("valueFrom").is_some_and(|source| !matches!(source, Value::Null(_)));
        let value = match map.get("value") {
            _ if is_elsewhere => None,
            Some(Value::String(text)) => self.expand(text),
            // Kubernetes gives a variable without a value the empty one.
            None | Some(Value::Null(_)) => Some(Text::new("")),
            _ => None,
        };
        let Some(value) = value else {
            // Whatever it was before, it is something else now.
            self.values.remove(name.as_str());
            return item.clone();
        };
        self.values.insert(name.to_string(), value.clone());
        let entry = |(key, old): (&Text, &Value)| {
            let is_value = key.as_str() == "value";
            (key.clone(), if is_value { Value::String(value.clone()) } else { old.clone() })
        };
        Value::Map(Arc::new(map.iter().map(entry).collect()))
    }

    fn list(&self, value: &Value) -> Value {
        let Some(items) = value.as_list() else { return value.clone() };
        let expanded = |item: &Value| self.expand(item.as_text()?).map(Value::String);
        let item = |item: &Value| expanded(item).unwrap_or_else(|| item.clone());
        Value::List(Arc::new(items.iter().map(item).collect()))
    }

    /// `$(NAME)` is the value of a variable that is known, and stays as it is otherwise; `$$` is a dollar sign that begins nothing.
    /// `None` when it would be too long.
    fn expand(&self, text: &Text) -> Option<Text> {
        if !text.contains('$') {
            return Some(text.clone());
        }
        let left = self.left.get();
        let (mut built, mut done, mut at) = (TextBuilder::new(), 0, 0);
        let mut is_changed = false;
        while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
            let rest = &text[dollar + 1..];
            at = dollar + 1;
            if rest.starts_with('$') {
                built.push_slice(text, done..dollar + 1);
                (at, done) = (dollar + 2, dollar + 2);
            } else if let Some(end) = rest.strip_prefix('(').and_then(|rest| rest.find(')')) {
                at = dollar + end + 3;
                if let Some(value) = self.values.get(&rest[1..=end]) {
                    built.push_slice(text, done..dollar);
                    if built.len() + value.len() > left {
                        return None;
                    }
                    built.push_text(value);
                    (done, is_changed) = (at, true);
                }
            }
        }
        built.push_slice(text, done..text.len());
        if is_changed {
            self.left.set(left.checked_sub(built.len())?);
        }
        Some(built.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn json(container: &str) -> String {
        let value = yaml::load(&Text::new(container)).unwrap();
        let expanded = expanded(value.as_map().unwrap());
        yaml::emit_json(&Value::Map(Arc::new(expanded))).unwrap().to_string()
    }

    #[test]
    fn references_are_expanded_as_the_documentation_says() {
        // Its own example.
        let container = "
env:
- {name: SERVICE_PORT, value: '80'}
- {name: SERVICE_IP, value: 172.17.0.1}
- {name: UNCHANGED_REFERENCE, value: '$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)'}
- {name: PROTOCOL, value: https}
- {name: SERVICE_ADDRESS, value: '$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)'}
- {name: ESCAPED_REFERENCE, value: '$$(PROTOCOL)://$(SERVICE_IP):$(SERVICE_PORT)'}
";
        let told = json(container);
        for (name, value) in [
            ("UNCHANGED_REFERENCE", "$(PROTOCOL)://172.17.0.1:80"),
            ("SERVICE_ADDRESS", "https://172.17.0.1:80"),
            ("ESCAPED_REFERENCE", "$(PROTOCOL)://172.17.0.1:80"),
        ] {
            let part = format!(r#"{{"name":"{name}","value":"{value}"}}"#);
            assert!(told.contains(&part), "{part} in {told}");
        }
    }

    #[test]
    fn only_whole_references_to_what_is_known_are_expanded() {
        let values = HashMap::from([("A".to_owned(), Text::new("$(B)")), ("B".to_owned(), Text::new("b"))]);
        let variables = Variables { values, ..Variables::default() };
        for (text, expected) in [
            ("$(B)", "b"),
            ("x$(B)y$(B)", "xbyb"),
            ("$(A)", "$(B)"),
            ("$(C)$(B)", "$(C)b"),
            ("$$(B)", "$(B)"),
            ("$$$(B)", "$b"),
            ("$$$$(B)", "$$(B)"),
            ("$B $", "$B $"),
            ("$(B", "$(B"),
            ("$()", "$()"),
            ("$(($(B))", "$(($(B))"),
            ("ä$(B)ä", "äbä"),
        ] {
            assert_eq!(variables.expand(&Text::new(text)).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn arguments_know_all_variables_and_none_of_another_source() {
        let told = json(
            "env: [{name: A, value: '1'}, {name: B, valueFrom: {fieldRef: {fieldPath: x}}}, {name: A, value: '2'}, {name: B, value: ''}, \
             {name: A, valueFrom: {secretKeyRef: {name: x, key: y}}}]\nargs: ['$(A) $(B) $(C)', 1]\ncommand: '$(B)'\nother: '$(B)'",
        );
        assert!(told.contains(r#""args":["$(A)  $(C)",1]"#), "{told}");
        assert!(told.contains(r#""command":"$(B)""#) && told.contains(r#""other":"$(B)""#), "{told}");
    }

    #[test]
    fn a_variable_without_a_value_is_empty() {
        // As the kubelet's makeEnvironmentVariables has it: a value that is not empty, else `valueFrom` where it is not nil, else "".
        let told = json(
            "env: [{name: A, value: }, {name: B, value: ''}, {name: C}, {name: D, valueFrom: }, {name: E, valueFrom: {x: y}}, {name: F, value: 1}]\n\
             args: [a$(A)b$(B)c$(C)d$(D)e, $(E), $(F), $(G)]",
        );
        assert!(told.contains(r#""args":["abcde","$(E)","$(F)","$(G)"]"#), "{told}");
    }

    #[test]
    fn what_would_grow_beyond_all_bounds_stays_as_it_is() {
        let doubled = |at: usize| format!("- {{name: A{at}, value: $(A{0})$(A{0})}}\n", at - 1);
        let env = |last: usize| (1..=last).map(doubled).collect::<String>();
        let told =
            |last: usize| json(&format!("env:\n- {{name: A0, value: xxxxxxxxxx}}\n{}args: [$(A2)]\n", env(last)));
        let deep = told(63);
        assert!(deep.len() < 2 * MAX_EXPANDED, "{}", deep.len());
        let told = told(13);
        assert!(told.contains(&format!(r#""args":["{}"]"#, "x".repeat(40))), "{}", told.len());
        let known = format!(r#"{{"name":"A12","value":"{}"}}"#, "x".repeat(10 << 12));
        assert!(told.contains(&known) && told.contains(r#"{"name":"A13","value":"$(A12)$(A12)"}"#), "{}", told.len());
        // The same without depth.
        let wide = "'$(A)', ".repeat(10_000);
        let told = json(&format!("env: [{{name: A, value: {}}}]\nargs: [{wide}]\n", "x".repeat(1000)));
        assert!(told.matches("xxx\"").count() > 100 && told.contains(r#""$(A)"]"#), "{}", told.len());
        assert!(told.len() < 2 * MAX_EXPANDED + 100_000, "{}", told.len());
    }
}
