//! A Go struct with named fields, as `.Chart` and `.Capabilities` are: fields of embedded structs are its own as well.

use std::rc::Rc;

use crate::source::Text;
use crate::template::value::{Object, Value};

/// A field of a [`Record`].
#[derive(Clone, Debug)]
pub struct Field {
    /// Go's name.
    pub name: &'static str,
    /// The name in JSON and YAML.
    pub key: &'static str,
    /// Whether JSON leaves it out when it is empty.
    pub omits_empty: bool,
    /// Whether the struct is embedded: its fields and keys count as those of the outer one.
    pub embedded: bool,
    /// The value.
    pub value: Value,
}

/// A method without parameters.
pub type Method = fn(&Record) -> Value;

/// A struct, or a pointer to one.
#[derive(Clone, Debug)]
pub struct Record {
    /// Go's name of its type.
    pub type_name: &'static str,
    /// Whether it is a pointer.
    pub is_pointer: bool,
    /// The fields, in Go's order.
    pub fields: Vec<Field>,
    /// The methods of the pointer type that templates can call; those of a struct only where it has an address.
    pub methods: &'static [(&'static str, Method)],
}

impl Record {
    fn method(&self, name: &str) -> Option<Method> {
        self.methods.iter().find(|(known, _)| *known == name).map(|(_, method)| *method)
    }

    fn embedded(&self) -> impl Iterator<Item = &Record> {
        let embedded = self.fields.iter().filter(|field| field.embedded);
        embedded.filter_map(|field| match &field.value {
            Value::Object(object) => object.as_any().downcast_ref::<Self>(),
            _ => None,
        })
    }

    /// The keys and values that JSON has of it, in Go's order.
    #[must_use]
    pub fn members(&self) -> Vec<(&'static str, Value)> {
        self.each_field()
            .filter(|field| !(field.omits_empty && is_empty(&field.value)))
            .map(|field| (field.key, field.value.clone()))
            .collect()
    }

    /// The fields, those of embedded structs in the place of these.
    pub fn each_field(&self) -> impl Iterator<Item = &Field> {
        fn gather<'r>(record: &'r Record, found: &mut Vec<&'r Field>) {
            for field in &record.fields {
                match &field.value {
                    Value::Object(object) if field.embedded => {
                        object.as_any().downcast_ref::<Record>().into_iter().for_each(|inner| gather(inner, found));
                    }
                    _ => found.push(field),
                }
            }
        }
        let mut found = Vec::new();
        gather(self, &mut found);
        found.into_iter()
    }
}

/// What JSON's `omitempty` leaves out.
fn is_empty(value: &Value) -> bool {
    !matches!(value, Value::Object(_)) && !crate::template::functions::types::truth(value)
}

impl Object for Record {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn kind(&self) -> &'static str {
        if self.is_pointer { "ptr" } else { "struct" }
    }

    fn field(&self, name: &str) -> Option<Value> {
        let own = self.fields.iter().find(|field| field.name == name).map(|field| field.value.clone());
        own.or_else(|| self.embedded().find_map(|inner| inner.field(name)))
    }

    fn has_method(&self, name: &str) -> bool {
        self.method(name).is_some()
    }

    fn parameters(&self, name: &str) -> Option<&'static [crate::template::functions::Type]> {
        self.method(name).map(|_| &[] as &[_])
    }

    fn call(&self, name: &str, _arguments: &[Value]) -> Result<Value, String> {
        let method = self.method(name).ok_or_else(|| format!("{name} is not a method of {}", self.type_name))?;
        Ok(method(self))
    }

    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(self.fields.iter().map(|field| (field.name, field.value.clone())).collect())
    }

    fn string_by_address(&self) -> Option<Text> {
        match self.method("String")?(self) {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn boxed(&self) -> Option<Value> {
        let is_other = !self.is_pointer && !self.methods.is_empty();
        is_other.then(|| Value::Object(Rc::new(Self { methods: &[], ..self.clone() })))
    }

    fn data(&self) -> Value {
        Value::map(self.members().into_iter().map(|(key, value)| (Text::new(key), value)).collect())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
