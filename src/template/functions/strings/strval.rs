//! Stand-in for Go's formatting of values until branch `gofmt` is merged.

use crate::source::Text;
use crate::template::Value;

/// Sprig's `strval`.
pub(super) fn strval(value: &Value) -> Text {
    printed(value)
}

/// `%v`.
pub(super) fn printed(value: &Value) -> Text {
    match value {
        Value::String(text) | Value::Bytes(text) => text.clone(),
        Value::Nil => Text::new("<nil>"),
        Value::Bool(answer, origins) => Text::computed(answer.to_string(), origins.clone()),
        Value::Int(number, _, origins) => Text::computed(number.to_string(), origins.clone()),
        Value::Float(number, origins) => Text::computed(number.to_string(), origins.clone()),
        Value::Object(object) => object.print(),
        Value::List(list) => {
            let items: Vec<String> = list.items.iter().map(|item| printed(item).to_string()).collect();
            Text::new(&format!("[{}]", items.join(" ")))
        }
        Value::Map(map) => {
            let entries = map.entries.borrow();
            let entries: Vec<String> = entries.iter().map(|(key, item)| format!("{key}:{}", printed(item))).collect();
            Text::new(&format!("map[{}]", entries.join(" ")))
        }
    }
}
