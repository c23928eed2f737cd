//! What Kubernetes makes of `$(NAME)` in a container's variables, arguments and command before it runs, as far as the manifest says it:
//! values that come from elsewhere (`valueFrom`, `envFrom`) are not known, and references to them stay as they are.

use std::collections::HashMap;
use std::sync::Arc;

use crate::source::{Text, TextBuilder};
use crate::yaml::{Map, Value};

/// The container with its references expanded: of variables to those before them, of arguments and command to all; see "Define Dependent
/// Environment Variables" in the documentation of Kubernetes, and `makeEnvironmentVariables` of the kubelet.
pub(super) fn expanded(container: &Map) -> Map {
    let mut known = Variables::default();
    let env = container.get("env").and_then(Value::as_list).map(|items| {
        let items = items.iter().map(|item| known.add(item));
        Value::List(Arc::new(items.collect()))
    });
    if known.0.is_empty() {
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
#[derive(Default)]
struct Variables(HashMap<String, Text>);

impl Variables {
    /// Adds one as the list of variables has it, which is given back expanded.
    fn add(&mut self, item: &Value) -> Value {
        let Some((map, name)) = item.as_map().and_then(|map| Some((map, map.get("name")?.as_text()?))) else {
            return item.clone();
        };
        let value = match map.get("value") {
            Some(Value::String(text)) if !map.contains_key("valueFrom") => self.expand(text),
            // Whatever it was before, it is something else now.
            _ => {
                self.0.remove(name.as_str());
                return item.clone();
            }
        };
        self.0.insert(name.to_string(), value.clone());
        let entry = |(key, old): (&Text, &Value)| {
            let is_value = key.as_str() == "value";
            (key.clone(), if is_value { Value::String(value.clone()) } else { old.clone() })
        };
        Value::Map(Arc::new(map.iter().map(entry).collect()))
    }

    fn list(&self, value: &Value) -> Value {
        let Some(items) = value.as_list() else { return value.clone() };
        let item = |item: &Value| item.as_text().map_or_else(|| item.clone(), |text| Value::String(self.expand(text)));
        Value::List(Arc::new(items.iter().map(item).collect()))
    }

    /// `$(NAME)` is the value of a variable that is known, and stays as it is otherwise; `$$` is a dollar sign that begins nothing.
    fn expand(&self, text: &Text) -> Text {
        if !text.contains('$') {
            return text.clone();
        }
        let (mut built, mut done, mut at) = (TextBuilder::new(), 0, 0);
        while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
            let rest = &text[dollar + 1..];
            at = dollar + 1;
            if rest.starts_with('$') {
                built.push_slice(text, done..dollar + 1);
                (at, done) = (dollar + 2, dollar + 2);
            } else if let Some(end) = rest.strip_prefix('(').and_then(|rest| rest.find(')')) {
                at = dollar + end + 3;
                if let Some(value) = self.0.get(&rest[1..=end]) {
                    built.push_slice(text, done..dollar);
                    built.push_text(value);
                    done = at;
                }
            }
        }
        built.push_slice(text, done..text.len());
        built.finish()
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
        let variables =
            Variables(HashMap::from([("A".to_owned(), Text::new("$(B)")), ("B".to_owned(), Text::new("b"))]));
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
            assert_eq!(variables.expand(&Text::new(text)), expected, "{text}");
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
}
